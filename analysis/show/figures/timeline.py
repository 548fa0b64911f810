"""The timeline: dated events in lanes, with the phases above them."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.style import context

from analysis.show.figures.style import (
    DIRECTION_COLOURS,
    GREY,
    PHASE_COLOURS,
    STYLE,
    empty,
    noted,
    wrapped,
)
from analysis.show.figures.time_axes import (
    DAY,
    GAPS_NOTE,
    Span,
    days_of,
    joined,
    panels_of,
    widths,
)

MANY_EVENTS = 60  # beyond them the timeline shows monthly counts
LEVEL = 0.24  # height of a row of events on the timeline
COUNT_LEVELS = 4  # rows of events that the bars of these counts are high
PLOT_POINTS = 600  # width of the timeline's panels together
STRIPS_NOTE = "Strips: observed phases above, declared below; orange escalation, blue pause."
COUNTS_NOTE = (
    "Bars: events a month, as high as the lane's most in a month; events told as a series are not "
    "counted."
)


@context(STYLE)
def timeline(
    events: pd.DataFrame,
    lanes: Sequence[str],
    phases: pd.DataFrame,
    spans: Sequence[Span],
    note: str = "",
    undated: pd.DataFrame | None = None,
) -> Figure:
    """Dated events by lane, escalation above its line and everything else below.

    `events`: number, lane, direction, date_from, date_to, month, happened; a bar is as wide as the
    date is uncertain.  `phases`: lane, basis, phase, date_from, date_to, start_earliest,
    start_latest, drawn as strips above each lane, with a line as long as the range of the start.
    One panel for each span of time that the articles cover; between them nothing is known.  More
    than `MANY_EVENTS` events are drawn as monthly counts.  `undated`: lane, until, n, of attacks
    told without a date, as an arrow that ends on the day they were told.
    """
    if events.empty:
        return empty("No dated event to draw.")
    spans, gaps = joined(spans)
    many = len(events) > MANY_EVENTS
    undated = pd.DataFrame(columns=["lane", "until", "n"]) if undated is None or many else undated
    drawn = _monthly_counts(events, spans) if many else _stacked_events(events, spans)
    lines, top = _lane_lines(drawn, lanes, phases, set(undated["lane"]))
    figure = Figure(figsize=(10.2, 1.4 + 0.62 * top))
    panels = panels_of(figure, spans, [1.0])[0]
    shares = widths(spans) / widths(spans).sum()
    for axes, (first, last), share in zip(panels, spans, shares, strict=True):
        axes.set_ylim(-0.2, top)
        for lane in lanes:
            axes.axhline(lines[lane][0], color="#999999", linewidth=0.8, zorder=1)
            strips = phases[phases["lane"] == lane]
            _draw_strips(axes, strips, lines[lane][1], first, last, PLOT_POINTS * share)
            own = drawn[(drawn["lane"] == lane) & (drawn["panel"] == first)]
            draw = _draw_counts if many else _draw_events
            draw(axes, own, lines[lane][0], first, last)
            _draw_undated(axes, undated[undated["lane"] == lane], lines[lane][1], first, last)
    days_of(panels, spans, gaps)
    for axes in panels[1:]:
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.annotate(
            "not\ncovered", (0, 0.5), (-14, 0), "axes fraction", textcoords="offset points",
            rotation=90, ha="center", va="center", fontsize=7.5, color="#666666",
        )  # fmt: skip
    names = [wrapped(_with_most(lane, drawn) if many else lane) for lane in lanes]
    panels[0].set_yticks([lines[lane][0] for lane in lanes], names)
    _timeline_legend(figure, panels[0], many)
    explained = [COUNTS_NOTE if many else "", STRIPS_NOTE if len(phases) else ""]
    explained += [GAPS_NOTE if gaps else "", note]
    return noted(figure, " ".join(filter(None, explained)))


def _stacked_events(events: pd.DataFrame, spans: Sequence[Span]) -> pd.DataFrame:
    """Events of each panel with their level: how far from the line, so that none overlap."""
    rows = []
    for first, last in spans:
        room = max(1, int(0.035 * (last - first).days)) * DAY  # a dot with its number
        free: dict[tuple[str, bool], list[date]] = {}
        inside = events[(events["date_from"] <= last) & (events["date_to"] >= first)]
        for event in inside.sort_values(["date_from", "number"]).to_dict("records"):
            up = event["direction"] == "escalation"
            levels = free.setdefault((event["lane"], up), [])
            start = max(event["date_from"], first)
            level = next((i for i, end in enumerate(levels) if start > end), len(levels))
            levels[level : level + 1] = [min(event["date_to"], last) + room]
            rows.append(event | {"panel": first, "up": up, "level": level})
    return pd.DataFrame(rows, columns=[*events.columns, "panel", "up", "level"])


def _monthly_counts(events: pd.DataFrame, spans: Sequence[Span]) -> pd.DataFrame:
    """Events of each panel, lane, direction and month, as bars.

    `share` and `base` are the height of a bar and of those under it, as shares of `most`, the
    lane's highest bar.
    """
    single = events[~events["campaign"]]
    first = pd.to_datetime(single["month"]).dt.date
    single = single.assign(
        up=single["direction"] == "escalation",
        month=first,
        panel=[next((a for a, b in spans if a.replace(day=1) <= m <= b), None) for m in first],
    )
    bar = ["panel", "lane", "up", "month"]
    counts = single.groupby([*bar, "direction"]).size().rename("n").reset_index()
    most = counts.groupby(bar)["n"].sum().groupby("lane").max()
    counts["most"] = counts["lane"].map(most)
    below = counts.groupby(bar)["n"].cumsum() - counts["n"]
    counts = counts.assign(share=counts["n"] / counts["most"], base=below / counts["most"])
    highest = (counts["share"] + counts["base"]).groupby([counts["lane"], counts["up"]])
    return counts.assign(level=np.ceil(COUNT_LEVELS * highest.transform("max")) - 1)


def _draw_counts(axes: Axes, counts: pd.DataFrame, line: float, first: date, last: date) -> None:
    for bar in counts.itertuples():
        side = COUNT_LEVELS * LEVEL * (1 if bar.up else -1)
        axes.bar(
            max(bar.month, first), side * bar.share, 25 * DAY, line + side * bar.base,
            align="edge", color=DIRECTION_COLOURS[bar.direction],
            alpha=0.5 if bar.lane == "context" else 1, label=[f"_{bar.month:%Y-%m}"],
        )  # fmt: skip


def _with_most(lane: str, counts: pd.DataFrame) -> str:
    most = counts.loc[counts["lane"] == lane, "most"]
    return f"{lane} (most: {most.iat[0]})" if len(most) else lane


def _lane_lines(
    drawn: pd.DataFrame, lanes: Sequence[str], phases: pd.DataFrame, undated: set[str]
) -> tuple[dict[str, tuple[float, float]], float]:
    """For each lane the height of its line and of its strips, from the last lane upwards."""
    lines, height = {}, 0.2
    for lane in reversed(lanes):
        own = drawn[drawn["lane"] == lane]
        below, above = (
            1 + own.loc[own["up"] == up, "level"].max() if (own["up"] == up).any() else 0
            for up in (False, True)
        )
        line = height + LEVEL * below + 0.25
        strips = line + LEVEL * above + (0.75 if lane in undated else 0.3)
        lines[lane] = (line, strips)
        height = strips + (0.85 if (phases["lane"] == lane).any() else 0.2)
    return lines, height


def _draw_strips(
    axes: Axes, phases: pd.DataFrame, level: float, first: date, last: date, points: float
) -> None:
    """Phases as strips, named where the name fits into a panel of so many `points`."""
    for phase in phases.itertuples():
        at = level + (0.35 if phase.basis == "observed" else 0)
        start, end = max(phase.date_from, first), min(phase.date_to, last)
        if phase.phase != "not covered" and start <= end:
            axes.barh(at, end - start + DAY, 0.3, start, color=PHASE_COLOURS[phase.phase])
            earliest, latest = max(phase.start_earliest, first), min(phase.start_latest, last)
            axes.hlines(at - 0.13, earliest, latest + DAY, color="#555555", linewidth=1.5)
            text = f"{phase.basis}: {phase.phase}"
            if points * (end - start).days > 4.2 * len(text) * (last - first).days:
                middle = start + (end - start) / 2
                axes.text(middle, at, text, ha="center", va="center", fontsize=6.5)


def _draw_undated(axes: Axes, told: pd.DataFrame, strips: float, first: date, last: date) -> None:
    """An arrow from no beginning to the last day on which attacks were told, with their number."""
    told = told[told["until"].between(first, last)] if len(told) else told
    if told.empty:
        return
    at, until = strips - 0.45, told["until"].max()
    axes.annotate(
        "", (first, at), (until, at), annotation_clip=False,
        arrowprops={"arrowstyle": "->", "color": DIRECTION_COLOURS["escalation"],
                    "linestyle": "dotted"},
    )  # fmt: skip
    left = (until - first).days > 0.25 * (last - first).days
    axes.annotate(
        f"{told['n'].sum()} undated", (until, at), (-3 if left else 3, 5), fontsize=6.5,
        textcoords="offset points", ha="right" if left else "left", va="center",
    )  # fmt: skip


def _draw_events(axes: Axes, events: pd.DataFrame, line: float, first: date, last: date) -> None:
    """A bar as wide as the date is uncertain, with a dot and the event's number."""
    for event in events.itertuples():
        at = line + (0.22 + LEVEL * event.level) * (1 if event.up else -1)
        colour = DIRECTION_COLOURS[event.direction] if event.lane != "context" else GREY
        start, end = max(event.date_from, first), min(event.date_to, last)
        axes.hlines(at, start, end + DAY, color=colour, linewidth=3, alpha=0.45)
        middle = start + (end - start) / 2
        face = colour if event.happened else "white"
        axes.plot(middle, at, "o", color=colour, markerfacecolor=face, markersize=4.5)
        axes.annotate(
            str(event.number), (middle, at), (4, 0), textcoords="offset points", fontsize=6.5,
            va="center",
        )  # fmt: skip


def _timeline_legend(figure: Figure, axes: Axes, counts: bool) -> None:
    for direction, colour in DIRECTION_COLOURS.items():
        axes.plot([], [], "s" if counts else "o-", color=colour, label=direction)
    if not counts:
        label = "announced or threatened"
        axes.plot([], [], "o", color="black", markerfacecolor="white", label=label)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=5)
