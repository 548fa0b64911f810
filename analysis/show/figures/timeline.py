"""The timeline: what is said to have happened, was announced, is said to hold, named in words."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import Circle, Rectangle
from matplotlib.style import context
from matplotlib.textpath import text_to_path

from analysis.base.messages import counted
from analysis.show.figures.style import GREY, PHASE_COLOURS, STYLE, colour_of, empty, plain
from analysis.show.figures.time_axes import DAY, Days
from analysis.timeline.drawn import CONTEXT

MANY_EVENTS = 60  # beyond them months are counted, and only those named are drawn one by one
WIDTH = 10.4  # inches: the page's width on a screen, or A4 across
LEFT, RIGHT = 1.3, WIDTH - 0.2  # of the axis of days
SIZE, LINE = 9, 0.16  # points of a letter, inches of a line
STRIP, BARS = 0.22, 0.5  # heights of a strip and of the months' bars
DOT, SMALL = 0.06, 0.045  # radius of a mark, and of one without a label
FADE, SLICES = 0.36, 9  # inches over which an open end fades, in so many steps
GAP = 0.09  # inches between a mark and its label, or two labels
LABEL = 2.5  # inches that a label is wide at most
MOST_FLAGS = 2  # rows of articles' names; beyond them only their days are marked
STRIPS = {"observed": "happened", "declared": "announced", "told": "said to hold"}
KEY = (
    "Filled: said to have happened. Open: announced. Hatched: sources disagree. "
    "Fading: the articles end, not the pause. Blank: nobody wrote, which is not peace."
)


@context(STYLE)
def timeline(
    marks: pd.DataFrame,
    phases: pd.DataFrame,
    articles: pd.DataFrame,
    lanes: Sequence[str],
    title: str,
    note: str = "",
) -> Figure:
    """Phases as three strips a lane, events as marks, articles as flags on one axis of days.

    `marks`: key, lane, direction, date_from, date_to, month, happened, campaign, label (empty for
    a small mark).  `phases`: key, lane, basis, phase, date_from (None: start not told), date_to,
    start_latest, state, breach (from which
    day sources disagree), labels (of which the first is used that has room).  `articles`:
    outlet, published.  What is drawn of a row bears its key as matplotlib's label, an underscore
    before it.  More than `MANY_EVENTS` marks are counted by month; those with a label are drawn.
    """
    if marks.empty and phases.empty:
        return empty("No dated event to draw.")
    chart = _Chart(Days(_used(marks, phases, articles), LEFT, RIGHT))
    chart.head(title, note)
    chart.top = chart.y
    for lane in lanes:
        context_name = "between others" if len(lanes) > 1 else "events"
        chart.heading(context_name if lane == CONTEXT else _called(lane))
        thin = len(marks) > MANY_EVENTS
        chart.strips(phases[phases["lane"] == lane], thin)
        own = marks[marks["lane"] == lane]
        if thin:
            chart.months(own[~own["campaign"]])
            own = own[own["label"] != ""]
        chart.marks(own, is_context=lane == CONTEXT and len(lanes) > 1)
    chart.flags(articles)
    chart.axis()
    return chart.finished()


def _called(lane: str) -> str:
    """The name of a pair; of one proposed without what is said of the names.

    >>> _called("Rebels (group not named) → Arvania (proposed)")
    'Rebels → Arvania'
    """
    return re.sub(r" \([^()]*\)", "", lane) if lane.endswith(" (proposed)") else lane


def _used(
    marks: pd.DataFrame, phases: pd.DataFrame, articles: pd.DataFrame
) -> Iterator[tuple[date, date]]:
    begun = marks["date_from"].where(~marks["campaign"], marks["date_to"])  # may go far back
    yield from zip(begun, marks["date_to"], strict=True)
    yield from zip(articles["published"], articles["published"], strict=True)
    for phase in phases.itertuples():
        yield _begun(phase), phase.date_to


def _begun(phase: Any) -> date:
    """The day from which a phase is drawn; one whose start is not told fades in before it."""
    told = pd.notna(phase.date_from)
    return phase.date_from if told else min(phase.start_latest, phase.date_to)


@cache
def text_width(text: str, size: float = SIZE, weight: str = "normal") -> float:
    """Inches that a line of text is wide."""
    font = FontProperties(family="DejaVu Sans", size=size, weight=weight)
    return text_to_path.get_text_width_height_descent(text, font, ismath=False)[0] / 72


def lines_of(text: str, width: float, size: float = SIZE, weight: str = "normal") -> list[str]:
    """A text in lines that are at most `width` inches wide, cut between words.

    >>> lines_of("rockets at a base in the north", 1.2)
    ['rockets at a base', 'in the north']
    """
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer, size, weight) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def balanced(text: str, width: float) -> list[str]:
    """The lines of `lines_of`, none much longer than the others.

    >>> balanced("9 February: announcement of new attacks", 2.2)
    ['9 February: announcement', 'of new attacks']
    """
    lines = lines_of(text, width)
    while len(narrower := lines_of(text, max(map(text_width, lines)) - 0.01)) == len(lines):
        if narrower == lines:
            break
        lines = narrower
    return lines


class _Rows:
    """Rows that fill from the left and right; what is given a place overlaps nothing in its row."""

    def __init__(self) -> None:
        self.rows: list[list[tuple[float, float]]] = []

    def place(self, *choices: tuple[float, float]) -> tuple[int, tuple[float, float]]:
        """The first row in which one of the spans of inches has room, and which of them it is."""
        for number, row in enumerate([*self.rows, []]):
            for left, right in choices:
                if all(right + GAP <= a or left >= b + GAP for a, b in row):
                    self.rows[number : number + 1] = [[*row, (left, right)]]
                    return number, (left, right)
        raise AssertionError("an empty row has room")


def _length(first: date, last: date) -> str:
    """How long a folded stretch is.

    >>> _length(date(2031, 1, 1), date(2034, 2, 1)), _length(date(2031, 1, 1), date(2031, 8, 1))
    ('3 years', '7 months')
    """
    months = (last - first).days // 30
    return counted(round(months / 12), "year") if months >= 18 else f"{months} months"


class _Placed(NamedTuple):
    """A mark with its label: row, lines, and the label's left end (of a wide mark: above it)."""

    mark: Any
    row: int
    lines: list[str]
    left: float
    above: bool


class _Chart:
    """A figure that grows downwards; `y` is how far it has come, in inches like all places."""

    def __init__(self, days: Days) -> None:
        self.days, self.y, self.top = days, 0.12, 0.0
        self.figure = Figure(figsize=(WIDTH, 1), layout="none")
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, WIDTH))
        self.axes.set_axis_off()

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        self.axes.text(x, y, plain(text), **{"fontsize": SIZE, "va": "center"} | style)

    def box(self, left: float, right: float, top: float, height: float, **style: Any) -> None:
        style = {"linewidth": 0, "zorder": 2} | style
        self.axes.add_artist(Rectangle((left, top), right - left, height, **style))

    # --- head ---

    def head(self, title: str, note: str) -> None:
        """Title, what it rests on, and the key with the colours."""
        for line in lines_of(title, WIDTH - 0.3, 13, "bold"):
            self.text(0.15, self.y + 0.12, line, fontsize=13, fontweight="bold")
            self.y += 0.26
        for line in lines_of(note, WIDTH - 0.3) if note else []:
            self.text(0.15, self.y + LINE / 2, line)
            self.y += LINE
        self.y += 0.04
        x = 0.15
        for word in ("escalation", "pause", "other"):
            self.box(x, x + 0.11, self.y + 0.025, 0.11, facecolor=colour_of(word))
            self.text(x + 0.16, self.y + LINE / 2, word)
            x += 0.16 + text_width(word) + 0.2
        for number, line in enumerate(lines_of(KEY, RIGHT - x)):
            self.text(x, self.y + LINE * (number + 0.5), line, color="#444444")
        self.y += LINE * (number + 1) + 0.16

    def heading(self, lane: str) -> None:
        self.text(0.15, self.y + LINE / 2, lane, fontweight="bold")
        self.y += LINE + 0.08

    # --- strips ---

    def strips(self, phases: pd.DataFrame, thin: bool = False) -> None:
        """The three strips of a lane, phases of one strip that overlap in rows of their own.

        A `thin` chart has no empty strips.
        """
        if phases.empty:
            return
        for basis, name in STRIPS.items():
            rows, own = _Rows(), phases[phases["basis"] == basis]
            if thin and own.empty:
                continue
            bars = [(phase, *self._ends(phase)) for phase in own.itertuples()]
            rowed = [(phase, *rows.place((left, right))) for phase, left, right in bars]
            self.text(LEFT - 0.12, self.y + STRIP / 2, name, ha="right", color="#333333")
            for phase, row, (left, right) in rowed:
                top = self.y + row * (STRIP + 0.04)
                self._bar(phase, left, right, top)
                self._bar_label(phase, left, right, top, rows.rows[row])
            self.y += max(len(rows.rows), 1) * (STRIP + 0.04)
        self.y += 0.1

    def _ends(self, phase: Any) -> tuple[float, float]:
        """From where to where a phase is drawn, with what fades of it."""
        left, right = self.days.span(_begun(phase), phase.date_to)
        left -= FADE if pd.isna(phase.date_from) else 0
        right += FADE if phase.state == "open" else 0
        return max(left, LEFT - 0.1), min(max(right, left + 0.03), RIGHT + 0.15)

    def _bar(self, phase: Any, left: float, right: float, top: float) -> None:
        """A bar: filled, or open where it was announced; its ends fade where they are not told."""
        label, is_open = f"_{phase.key}", phase.basis == "declared"
        begin, end = left, right
        if pd.isna(phase.date_from):
            begin = min(left + FADE, right)
            self._fade(phase, begin, left, top)
        if phase.state == "open":
            end = max(right - FADE, begin)
            self._fade(phase, end, right, top)
        colour = PHASE_COLOURS[phase.phase]
        if not is_open:
            self.box(begin, end, top, STRIP, facecolor=colour, label=label)
        else:
            edges = {"facecolor": colour_of(phase.phase), "label": label}
            self.box(begin, end, top, 0.018, **edges)
            self.box(begin, end, top + STRIP - 0.018, 0.018, **edges)
            self.box(left, right, top, STRIP, facecolor="none", label=label)
            for at, told in ((begin, begin == left), (end - 0.018, end == right)):
                self.box(at, at + 0.018, top, STRIP, **edges) if told else None
        if phase.state == "contested":
            breach = begin if pd.isna(phase.breach) else self.days.at(phase.breach)
            self.box(
                min(max(breach, begin), end - 0.1), end, top, STRIP, hatch="////", fill=False,
                edgecolor=colour_of("escalation"), zorder=3,
            )  # fmt: skip

    def _fade(self, phase: Any, near: float, far: float, top: float) -> None:
        """What fades of a bar, from its full end to its faint one."""
        step = (far - near) / SLICES
        colour = colour_of(phase.phase)
        for n in range(SLICES):
            left, right = sorted((near + n * step, near + (n + 1) * step))
            style = {"alpha": 1 - (n + 1) / (SLICES + 1), "antialiased": False}
            if phase.basis == "declared":
                self.box(left, right, top, 0.018, facecolor=colour, **style)
                self.box(left, right, top + STRIP - 0.018, 0.018, facecolor=colour, **style)
            else:
                self.box(
                    left, right, top, STRIP, facecolor=PHASE_COLOURS[phase.phase],
                    label=f"_{phase.key}", **style,
                )  # fmt: skip

    def _bar_label(
        self, phase: Any, left: float, right: float, top: float, row: list[tuple[float, float]]
    ) -> None:
        """The first of a phase's labels that has room in its bar, or beside it."""
        others = [span for span in row if span != (left, right)]
        for text in phase.labels:
            wide = text_width(text)
            inside = left + (right - left - wide) / 2
            for x in (inside, right + GAP, left - GAP - wide):
                free = x == inside and wide + 0.08 <= right - left
                free |= x != inside and all(x > b + GAP or x + wide < a - GAP for a, b in others)
                if free and x >= LEFT - 0.1 and x + wide <= RIGHT + 0.15:
                    style = {"label": f"_{phase.key}", "zorder": 5}
                    if phase.state == "contested" and x == inside:
                        style["bbox"] = {"facecolor": "white", "linewidth": 0, "pad": 0.8}
                    self.text(x, top + STRIP / 2, text, **style)
                    row.append((x, x + wide))
                    return

    # --- events ---

    def months(self, events: pd.DataFrame) -> None:
        """A bar a month, as high as its events are of the lane's fullest month."""
        if events.empty:
            return
        counts = events.groupby(["month", "direction"]).size().unstack(fill_value=0)
        most = counts.sum(axis=1).max()
        self.text(LEFT - 0.12, self.y + LINE / 2, f"most: {most}", ha="right", color="#333333")
        self.text(LEFT - 0.12, self.y + LINE * 1.5, "a month", ha="right", color="#333333")
        for month, row in counts.iterrows():
            first = date.fromisoformat(f"{month}-01")
            left, right = self.days.span(first, first + 27 * DAY)
            floor = self.y + BARS
            for direction in ("escalation", "pause", "diplomacy", "other"):
                height = BARS * row.get(direction, 0) / most
                floor -= height
                self.box(left, right, floor, height, facecolor=colour_of(direction))
            self.box(left, right, self.y, BARS, facecolor="none", label=f"_{month}")
        self.y += BARS + 0.12

    def marks(self, events: pd.DataFrame, is_context: bool = False) -> None:
        """Marks with their labels beside them, each free of all others; below, the small ones.

        What is context to the relations studied is grey.
        """
        if is_context:
            events = events.assign(direction="other")
        events = events.sort_values(["date_from", "date_to", "key"])
        rows = _Rows()
        placed = [self._placed(mark, rows) for mark in events.itertuples() if mark.label]
        for number in range(len(rows.rows)):
            own = [one for one in placed if one.row == number]
            height = max(LINE * (len(one.lines) + one.above) for one in own) + 0.06
            for one in own:
                self._labelled(one, height)
            self.y += height
        self._small(events[events["label"] == ""])
        self.y += 0.1

    def _placed(self, mark: Any, rows: _Rows) -> _Placed:
        """A place for the label: to the right of its mark or to the left; above a wide one."""
        lines = balanced(mark.label, LABEL)
        wide = max(map(text_width, lines))
        left, right = self._reach(mark)
        if right - left > wide / 2:
            begin = min(left, RIGHT + 0.15 - wide)
            row, (left, _) = rows.place((begin, max(right, begin + wide)))
            return _Placed(mark, row, lines, left, above=True)
        choices = [(left, right + GAP + wide), (left - GAP - wide, right)]
        fitting = [(a, b) for a, b in choices if a >= 0.15 and b <= RIGHT + 0.15]
        row, (begin, _) = rows.place(*(fitting or choices[1:]))
        return _Placed(mark, row, lines, right + GAP if begin == left else begin, above=False)

    def _reach(self, mark: Any) -> tuple[float, float]:
        """From where to where a mark is drawn: a dot, or a bar as wide as its date is uncertain."""
        left, right = self.days.span(mark.date_from, mark.date_to)
        middle, radius = (left + right) / 2, DOT if mark.label else SMALL
        return min(left, middle - radius), max(right, middle + radius)

    def _labelled(self, one: _Placed, height: float) -> None:
        middle = self.y + height / 2
        first = middle - LINE * (len(one.lines) - 1 + one.above) / 2
        at = first + LINE * len(one.lines) if one.above else middle
        self._mark(one.mark, at)
        left = self._reach(one.mark)[0]
        beside = not one.above and one.left < left
        for number, line in enumerate(one.lines):
            x = left - GAP if beside else one.left
            self.text(
                x, first + LINE * number, line, ha="right" if beside else "left",
                label=f"_{one.mark.key}",
            )  # fmt: skip

    def _mark(self, mark: Any, y: float) -> None:
        colour, label = colour_of(mark.direction), f"_{mark.key}"
        left, right = self._reach(mark)
        if right - left > 2 * DOT:
            style = {"facecolor": colour, "alpha": 0.35, "label": label}
            self.box(left, right, y - 0.022, 0.044, **style)
        face = colour if mark.happened else "white"
        place = ((left + right) / 2, y)
        radius = DOT if mark.label else SMALL
        self.axes.add_artist(
            Circle(place, radius, facecolor=face, edgecolor=colour, lw=1.4, label=label, zorder=4)
        )

    def _small(self, events: pd.DataFrame) -> None:
        """Marks without a label, in rows in which none lies on another."""
        rows = _Rows()
        placed = [(mark, rows.place(self._reach(mark))[0]) for mark in events.itertuples()]
        for mark, row in placed:
            self._mark(mark, self.y + (row + 0.5) * 0.15)
        self.y += 0.15 * len(rows.rows)

    # --- articles and days ---

    def flags(self, articles: pd.DataFrame) -> None:
        """The day of each article with a line up to what it could know; names where they fit."""
        articles = articles.drop_duplicates(["published", "outlet"])
        articles = articles.sort_values(["published", "outlet"])
        rows, names = _Rows(), []
        for article in articles.itertuples():
            x, wide = self.days.at(article.published) + 0.01, text_width(article.outlet)
            left = min(max(x - wide / 2, LEFT - 0.1), RIGHT + 0.15 - wide)
            names.append((x, article.outlet, *rows.place((left, left + wide))))
        deep = len(rows.rows) if len(rows.rows) <= MOST_FLAGS else 0
        for x, outlet, row, (left, _) in names:
            if deep:
                self.text(left, self.y + LINE * (row + 0.5), outlet, color="#333333")
                self.box(
                    x - 0.004, x + 0.004, self.top, self.y - self.top, facecolor="#000000",
                    alpha=0.12, zorder=0,
                )  # fmt: skip
            self.box(x - 0.01, x + 0.01, self.y + LINE * deep + 0.02, 0.14, facecolor="#222222")
        self.y += LINE * deep + 0.16
        self.text(LEFT - 0.12, self.y - 0.07, "articles", ha="right", color="#333333")

    def axis(self) -> None:
        """The days below, a line for each stretch of time; what is folded between them."""
        for _, left, right in self.days.runs:
            self.box(left, right, self.y, 0.012, facecolor="#555555")
        for x, text in self.days.ticks():
            self.box(x - 0.005, x + 0.005, self.y, 0.06, facecolor="#555555")
            for number, line in enumerate(text.split("\n")):
                self.text(x, self.y + 0.14 + LINE * number, line, ha="center", color="#333333")
        for ((_, _, left), (_, right, _)), fold in zip(
            self.days.between(), self.days.folds, strict=True
        ):
            self.box(
                left + 0.06, right - 0.06, self.top, self.y - self.top + 0.02, facecolor="#f3f3f3",
                zorder=0,
            )  # fmt: skip
            y = self.y + 0.14 + 2 * LINE
            self.text((left + right) / 2, y, f"{_length(*fold)} blank", ha="center", color=GREY)
        self.y += LINE * bool(self.days.folds)
        self.y += 0.06 + 2 * LINE + 0.12

    def finished(self) -> Figure:
        self.axes.set_ylim(self.y, 0)
        self.figure.set_figheight(self.y)
        return self.figure
