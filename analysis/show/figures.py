"""Drawing tables: one function a chart; a chart knows columns, not corpora or files.

Colours are those of Okabe & Ito (2008), told apart by the colour-blind; whatever colour says is
also said by position, marker or label; beyond seven they are Tol's (2021, "muted").  Every function
returns a matplotlib Figure.
"""

import io
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.style import context
from matplotlib.ticker import FuncFormatter

DAY = timedelta(days=1)
LEVEL = 0.24  # height of a row of events on the timeline
# matplotlib's own first: nothing that a user has set counts
STYLE = ["default", Path(__file__).with_name("news.mplstyle")]
LAID_OUT = [*STYLE, {"figure.constrained_layout.use": False}]  # what is set up is not moved again
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MORE_COLOURS = ("#882255", "#999933", "#332288", "#44AA99", "#DDCC77", "#AA4499", "#117733")
MARKERS = ("o", "s", "D", "^", "v", "P", "X")
GREY = "#8a8a8a"
WIDE = 8  # columns of a table beyond which their labels are slanted and cells hold marks
MOST_PANELS = 3  # spans of time side by side; more share one panel, with gaps in grey
MANY_TIES = 60  # of a network; more would be a tangle
MANY_EVENTS = 60  # beyond them the timeline shows monthly counts
COUNT_LEVELS = 4  # rows of events that the bars of these counts are high
STRIPS_NOTE = "Strips: observed phases above, declared below; orange escalation, blue pause."
GAPS_NOTE = "Grey bands: no article covers this time."
NUMBERS = FuncFormatter(lambda value, _: f"{value:,.10g}")
PLOT_POINTS = 600  # width of the timeline's panels together
HALF_A_MONTH = pd.Timedelta(days=14)
MONTHS_NOTE = (
    "A mark: the events of a month with the same weight, its area their number; those of the "
    "context are left out."
)
COUNTS_NOTE = (
    "Bars: events a month, as high as the lane's most in a month; events told as a series are not "
    "counted."
)
DIRECTION_COLOURS = {
    "escalation": "#D55E00",
    "pause": "#0072B2",
    "diplomacy": "#009E73",
    "other": GREY,
}
KIND_COLOURS = {
    **{"title": "#000000", "subtitle": "#CC79A7", "byline": "#E69F00", "dateline": "#F0E442"},
    **{"body": "#0072B2", "caption": "#56B4E9", "furniture": "#bbbbbb"},
}
CELL_COLOURS = {
    "published earlier": "#eeeeee",
    "reported": "#d9ecdf",
    "1": "#b9dcc8",
    "2": "#b9dcc8",
}
CELL_MARKS = {"published earlier": "×", "reported": "○", "1": "●", "2": "●"}
MARKS_NOTE = "● reported with a date, ○ without, – not mentioned, × published earlier."
SHIFT_TITLES = {
    "proportion": "Proportion",
    "entropy": "Entropy ({:+.3f} bits)",
    "jsd": "Jensen–Shannon ({:.3f} bits)",
}
SETTING_TABLES = ("GDEF", "GPOS", "GSUB", "MATH")  # of a font: how to set type with it
PHASE_COLOURS = {"escalation": "#f6d5c2", "pause": "#cfe3f1", "not covered": "#eeeeee"}


@context(LAID_OUT)
def save(figure: Figure, path: Path) -> None:
    """Write `path`.svg, .png and .pdf; the same figure gives the same bytes."""
    from fontTools.subset import Options

    # a PDF says where each glyph stands: its fonts, cut down, take half the time without these
    Options._drop_tables_default = sorted({*Options._drop_tables_default, *SETTING_TABLES})
    path.with_suffix(".png").write_bytes(image(figure))
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
    figure.savefig(path.with_suffix(".pdf"), metadata={"CreationDate": None, "Producer": None})


@context(LAID_OUT)
def image(figure: Figure) -> bytes:
    """The figure, laid out, as PNG."""
    _lay_out(figure)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    return drawn.getvalue()


def _lay_out(figure: Figure) -> None:
    """Fit everything into the figure, once for all formats."""
    FigureCanvasAgg(figure)
    if figure.axes and (engine := figure.get_layout_engine()):
        engine.execute(figure)
    figure.set_layout_engine(None)  # "none" would keep one that draws all twice
    for axes in figure.axes:  # the last digits of the layout's solver differ from run to run
        for which in ("original", "active"):
            place = axes.get_position(original=which == "original").bounds
            axes.set_position([round(side, 6) for side in place], which=which)


def outlet_colours(outlets: Iterable[str]) -> dict[str, str]:
    """A colour for each outlet, the same in every notebook; grey beyond the palette."""
    return palette_for(sorted(set(outlets)))


def palette_for(names: Iterable[str]) -> dict[str, str]:
    """A colour for each name in the order given; grey beyond the palette."""
    colours = PALETTE + MORE_COLOURS
    return {name: colours[i] if i < len(colours) else GREY for i, name in enumerate(names)}


@context(STYLE)
def empty(reason: str) -> Figure:
    """A figure that says why there is nothing to draw."""
    figure, axes = _plot(7.6, 1.2)
    axes.axis("off")
    axes.text(0.5, 0.5, "\n".join(textwrap.wrap(reason, 90)), ha="center", va="center")
    return figure


def _plot(width: float, height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(width, height))
    return figure, figure.subplots()


def _noted(figure: Figure, text: str) -> Figure:
    """The figure with what stands behind the numbers below its axes."""
    if text:
        width = int(17 * figure.get_figwidth())  # characters of 7.5 points on the figure's width
        figure.supxlabel(
            "\n".join(textwrap.wrap(_plain(text), width)), x=0.01, ha="left", fontsize=7.5
        )
    return figure


@context(STYLE)
def bars(
    frame: pd.DataFrame,
    label: str,
    value: str,
    xlabel: str,
    low: str = "",
    high: str = "",
    note: str = "",
) -> Figure:
    """Horizontal bars, the first row at the top, with intervals `low` to `high` where given."""
    if frame.empty:
        return empty("Nothing to draw: no row passed the thresholds.")
    figure, axes = _plot(7.6, 0.9 + 0.23 * len(frame))
    y = np.arange(len(frame))[::-1]
    axes.barh(y, frame[value], color=PALETTE[0], height=0.62)
    if low and high:
        axes.hlines(y, frame[low], frame[high], color="black", linewidth=1)
    axes.set_yticks(y, [_short(text) for text in frame[label]])
    axes.set_ylim(-0.7, len(frame) - 0.3)
    axes.set_xlabel(xlabel)
    axes.xaxis.set_major_formatter(NUMBERS)
    axes.grid(axis="x")
    return _noted(figure, note)


def _short(text: object, width: int = 38) -> str:
    return _plain(textwrap.shorten(str(text), width, placeholder=" …") or str(text)[:width])


def _plain(text: str) -> str:
    """Text without matplotlib's formula mark-up."""
    return text.replace("$", r"\$")


@context(STYLE)
def heatmap(
    table: pd.DataFrame, title: str, note: str = "", decimals: int = 1, texts: Any = None
) -> Figure:
    """A table of numbers as shades with the numbers in the cells; rows × columns of `table`."""
    if table.empty:
        return empty("Nothing to draw: the table is empty.")
    rows, columns = table.shape
    figure, axes = _plot(min(2.4 + 1.15 * columns, 11), 1.2 + 0.24 * rows)
    values = table.to_numpy(float)
    top = np.nanmax(values) if np.isfinite(values).any() else 1
    axes.imshow(values, cmap="Blues", aspect="auto", vmin=0, vmax=top * 1.3 or 1)
    _label_cells(axes, table, 38)
    for i, j in np.ndindex(rows, columns):
        text = texts[i][j] if texts is not None else _decimal(values[i, j], decimals)
        colour = "white" if values[i, j] > 0.75 * top else "black"
        axes.text(j, i, text, ha="center", va="center", fontsize=7.5, color=colour)
    axes.set_title(_plain(title))
    return _noted(figure, note)


def _decimal(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}" if np.isfinite(value) else "–"


def _label_cells(axes: Any, table: pd.DataFrame, width: int) -> None:
    """Names of columns above a table, slanted where there are many, and of rows beside it."""
    columns = range(table.shape[1])
    if len(columns) > WIDE:
        names = [_short(c, 24) for c in table.columns]
        axes.set_xticks(columns, names, rotation=35, ha="left", rotation_mode="anchor")
    else:
        axes.set_xticks(columns, [_wrapped(c) for c in table.columns])
    axes.set_yticks(range(table.shape[0]), [_short(r, width) for r in table.index])
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.spines[:].set_visible(False)


def _wrapped(text: object, width: int = 14) -> str:
    return _plain("\n".join(textwrap.wrap(str(text), width)))


@context(STYLE)
def stacked(table: pd.DataFrame, colours: Mapping[str, str], xlabel: str, note: str = "") -> Figure:
    """Horizontal bars in parts: one bar a row of `table`, one part a column."""
    if table.empty:
        return empty("Nothing to draw: the table is empty.")
    figure, axes = _plot(7.6, 1.3 + 0.36 * len(table))
    y = np.arange(len(table))[::-1]
    left = np.zeros(len(table))
    for name in table.columns:
        label = _plain(str(name))
        axes.barh(y, table[name], left=left, color=colours[name], height=0.62, label=label)
        left += table[name].to_numpy(float)
    axes.set_yticks(y, [_short(text) for text in table.index])
    axes.set_xlabel(xlabel)
    axes.xaxis.set_major_formatter(NUMBERS)
    axes.set_ylim(-0.7, len(table) - 0.3)
    figure.legend(ncols=min(len(table.columns), 6), loc="outside upper left", fontsize=8)
    return _noted(figure, note)


@context(STYLE)
def dots(
    frame: pd.DataFrame,
    label: str,
    value: str,
    group: str,
    xlabel: str,
    columns: int = 3,
    low: str = "",
    high: str = "",
    note: str = "",
) -> Figure:
    """Small multiples: a panel for each value of `group`, dots with intervals, zero marked."""
    groups = list(dict.fromkeys(frame[group]))
    if not groups:
        return empty("Nothing to draw: no row passed the thresholds.")
    columns = min(columns, len(groups))
    lines = -(-len(groups) // columns)
    deepest = frame.groupby(group).size().max()
    height = lines * (0.75 + 0.22 * deepest) + 0.6  # the note needs room too
    figure = Figure(figsize=(3.1 * columns + 0.4, height))
    panels = figure.subplots(lines, columns, sharex=True, squeeze=False).ravel()
    colours = outlet_colours(groups)
    for axes, name in zip(panels, groups, strict=False):
        own = frame[frame[group] == name]
        y = np.arange(len(own))[::-1]
        axes.axvline(0, color="#999999", linewidth=0.8)
        if low and high:
            axes.hlines(y, own[low], own[high], color=colours[name], linewidth=1.2)
        axes.plot(own[value], y, "o", color=colours[name], markersize=4.5)
        axes.set_yticks(y, [_short(text, 22) for text in own[label]])
        axes.set_ylim(-0.8, max(deepest, 1) - 0.2 - (deepest - len(own)))
        axes.set_title(_wrapped(name, 30))
        axes.grid(axis="x")
    for axes in panels[len(groups) :]:
        axes.axis("off")
    for axes in panels[max(len(groups) - columns, 0) : len(groups)]:
        axes.set_xlabel(xlabel)
        axes.tick_params(labelbottom=True)
    return _noted(figure, note)


@context(STYLE)
def network(nodes: pd.DataFrame, edges: pd.DataFrame, most: int = 24, note: str = "") -> Figure:
    """Entities (entity_id, entity, n, side) on a circle, side by side, with ties between them.

    `edges` has entity_a, entity_b, n; the `most` entities with the strongest ties are drawn.  A
    circle keeps every name readable, and nothing depends on chance.
    """
    if edges.empty:
        return empty("No two entities stand in one sentence often enough to draw a network.")
    strength = pd.concat([edges.groupby(end)["n"].sum() for end in ("entity_a", "entity_b")])
    kept = strength.groupby(level=0).sum().sort_index().nlargest(most).index
    ties = edges[edges["entity_a"].isin(kept) & edges["entity_b"].isin(kept)]
    ties = ties.sort_values(["n", "entity_a", "entity_b"], ascending=[False, True, True])
    if len(ties) > MANY_TIES:
        note = f"Of {len(ties)} ties the {MANY_TIES} strongest are drawn. {note}"
        ties = ties.head(MANY_TIES)
    own = nodes[nodes["entity_id"].isin(kept)]
    own = own.sort_values(["side", "n", "entity_id"], ascending=[True, False, True])
    angle = np.pi / 2 - (np.arange(len(own)) + 0.5) * 2 * np.pi / len(own)
    place = dict(zip(own["entity_id"], zip(np.cos(angle), np.sin(angle), strict=True), strict=True))
    colour = palette_for(own["side"].unique())
    figure, axes = _plot(8.2, 6.8)
    for tie in ties.sort_values(["n", "entity_a", "entity_b"]).itertuples():
        (x0, y0), (x1, y1) = place[tie.entity_a], place[tie.entity_b]
        curve = mpl.path.Path([(x0, y0), (0.25 * (x0 + x1), 0.25 * (y0 + y1)), (x1, y1)],
                              [mpl.path.Path.MOVETO] + 2 * [mpl.path.Path.CURVE3])  # fmt: skip
        width, shade = 0.3 + 5 * tie.n / ties["n"].max(), 0.25 + 0.5 * tie.n / ties["n"].max()
        axes.add_patch(mpl.patches.PathPatch(curve, fc="none", ec="#555555", lw=width, alpha=shade))
    for node, turn in zip(own.itertuples(), angle, strict=True):
        x, y = place[node.entity_id]
        axes.scatter(x, y, s=20 + 260 * node.n / own["n"].max(), color=colour[node.side], zorder=3)
        right = np.cos(turn) > -1e-9
        axes.text(
            1.11 * x, 1.11 * y, _short(node.entity, 34), fontsize=8.5, va="center",
            ha="left" if right else "right", rotation_mode="anchor",
            rotation=np.degrees(turn) + (0 if right else 180),
        )  # fmt: skip
    for side, shade in colour.items():
        axes.scatter([], [], color=shade, label=side or "no side given")
    figure.legend(loc="outside upper left", ncols=min(len(colour), 6))
    axes.set_aspect("equal")
    axes.set_xlim(-1.9, 1.9)
    axes.set_ylim(-1.9, 1.9)
    axes.axis("off")
    return _noted(figure, note)


@context(STYLE)
def timeline(
    events: pd.DataFrame,
    lanes: Sequence[str],
    phases: pd.DataFrame,
    spans: Sequence[tuple[date, date]],
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
    panels = _stacked_panels(figure, spans, [1.0])[0]
    shares = _widths(spans) / _widths(spans).sum()
    for axes, (first, last), share in zip(panels, spans, shares, strict=True):
        axes.set_xlim(first - 3 * DAY, last + 4 * DAY)
        axes.set_ylim(-0.2, top)
        for lane in lanes:
            axes.axhline(lines[lane][0], color="#999999", linewidth=0.8, zorder=1)
            strips = phases[phases["lane"] == lane]
            _draw_strips(axes, strips, lines[lane][1], first, last, PLOT_POINTS * share)
            own = drawn[(drawn["lane"] == lane) & (drawn["panel"] == first)]
            draw = _draw_counts if many else _draw_events
            draw(axes, own, lines[lane][0], first, last)
            _draw_undated(axes, undated[undated["lane"] == lane], lines[lane][1], first, last)
        _draw_gaps(axes, gaps, first, last)
        _date_axis(axes, first, last)
    for axes in panels[1:]:
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.annotate(
            "not\ncovered", (0, 0.5), (-14, 0), "axes fraction", textcoords="offset points",
            rotation=90, ha="center", va="center", fontsize=7.5, color="#666666",
        )  # fmt: skip
    names = [_wrapped(_with_most(lane, drawn) if many else lane) for lane in lanes]
    panels[0].set_yticks([lines[lane][0] for lane in lanes], names)
    _timeline_legend(figure, panels[0], many)
    explained = [COUNTS_NOTE if many else "", STRIPS_NOTE if len(phases) else ""]
    explained += [GAPS_NOTE if gaps else "", note]
    return _noted(figure, " ".join(filter(None, explained)))


def joined(
    spans: Sequence[tuple[date, date]], most: int = MOST_PANELS
) -> tuple[list[tuple[date, date]], list[tuple[date, date]]]:
    """The spans and no gaps, or, of more than `most`, their whole length and the gaps in it."""
    spans = sorted(spans)
    if len(spans) <= most:
        return spans, []
    gaps = [(b[1] + DAY, c[0] - DAY) for b, c in pairwise(spans)]
    return [(spans[0][0], spans[-1][1])], gaps


def _draw_gaps(axes: Any, gaps: Iterable[tuple[date, date]], first: date, last: date) -> None:
    for start, end in gaps:
        if first <= start <= end <= last:
            axes.axvspan(start, end + DAY, color=PHASE_COLOURS["not covered"], zorder=0)


def _widths(spans: Sequence[tuple[date, date]]) -> np.ndarray:
    days = np.array([(last - first).days + 1 for first, last in spans])
    return np.maximum(days, 0.25 * days.max())


def _stacked_panels(
    figure: Figure, spans: Sequence[tuple[date, date]], heights: Sequence[float]
) -> Any:
    """Rows of relative `heights`, a panel a span: as wide as it is long, but none too narrow."""
    return figure.subplots(
        len(heights), len(spans), sharey="row", squeeze=False,
        width_ratios=_widths(spans), height_ratios=heights,
    )  # fmt: skip


def _stacked_events(events: pd.DataFrame, spans: Sequence[tuple[date, date]]) -> pd.DataFrame:
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


def _monthly_counts(events: pd.DataFrame, spans: Sequence[tuple[date, date]]) -> pd.DataFrame:
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


def _draw_counts(axes: Any, counts: pd.DataFrame, line: float, first: date, last: date) -> None:
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
    axes: Any, phases: pd.DataFrame, level: float, first: date, last: date, points: float
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


def _draw_undated(axes: Any, told: pd.DataFrame, strips: float, first: date, last: date) -> None:
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


def _date_axis(axes: Any, first: date, last: date) -> None:
    """Months, or what fits where the span is much longer or shorter."""
    days = (last - first).days
    months = mdates.MonthLocator(interval=max(1, days // 240))
    axes.xaxis.set_major_locator(months if 45 < days < 730 else mdates.AutoDateLocator())
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(axes.xaxis.get_major_locator()))


def _draw_events(axes: Any, events: pd.DataFrame, line: float, first: date, last: date) -> None:
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


def _timeline_legend(figure: Figure, axes: Any, counts: bool) -> None:
    for direction, colour in DIRECTION_COLOURS.items():
        axes.plot([], [], "s" if counts else "o-", color=colour, label=direction)
    if not counts:
        label = "announced or threatened"
        axes.plot([], [], "o", color="black", markerfacecolor="white", label=label)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper left", ncols=5)


@context(STYLE)
def intensity(
    events: pd.DataFrame,
    lanes: Sequence[str],
    spans: Sequence[tuple[date, date]],
    note: str = "",
    counts: pd.DataFrame | None = None,
    dated: pd.DataFrame | None = None,
) -> Figure:
    """Weights of events over time, one panel a covered span; a line joins the monthly means.

    Below, on an axis of its own, what others published: `counts` (date, value, series) as lines,
    `dated` (date, mark) as lettered marks.
    """
    many = len(events) > MANY_EVENTS
    lanes = [lane for lane in lanes if not (many and lane == "context")]
    if events.empty or not lanes:
        return empty("No dated event of a dyad studied: name the dyads in corpus.yml.")
    start, end = pd.to_datetime(events["date_from"]), pd.to_datetime(events["date_to"])
    events = events.assign(day=start + (end - start) / 2)
    given = [frame for frame in (counts, dated) if frame is not None and len(frame)]
    spans, gaps = joined(spans)
    figure = Figure(figsize=(10.2, 5.4 if given else 3.2))
    rows = _stacked_panels(figure, spans, [3.0, 1.8] if given else [1.0])
    colours = palette_for(lanes) | {"context": GREY}
    most = events.groupby(["lane", events["day"].dt.to_period("M"), "goldstein"]).size().max()
    for axes, (first, last) in zip(rows[0], spans, strict=True):
        axes.axhline(0, color="#999999", linewidth=0.8)
        inside = events[(events["day"].dt.date >= first) & (events["day"].dt.date <= last)]
        for number, lane in enumerate(lanes):
            own = inside[inside["lane"] == lane]
            dots = own.assign(n=1)
            if many:
                month = own["day"].dt.to_period("M").dt.to_timestamp() + HALF_A_MONTH
                dots = own.groupby([month, "goldstein"]).size().reset_index(name="n")
            axes.scatter(
                dots["day"], dots["goldstein"], 2 + 60 * dots["n"] / most if many else 20,
                colours[lane], marker=MARKERS[number % len(MARKERS)],
                alpha=0.4 if many else 0.75, linewidths=0, label=_plain(lane),
            )  # fmt: skip
            if lane != "context":
                monthly = own.groupby(own["day"].dt.to_period("M"))["goldstein"].mean()
                if many and len(monthly):  # a month without events breaks the line
                    whole = pd.period_range(monthly.index[0], monthly.index[-1], freq="M")
                    monthly = monthly.reindex(whole)
                axes.plot(monthly.index.to_timestamp(how="S") + HALF_A_MONTH, monthly,
                          color=colours[lane], linewidth=1)  # fmt: skip
        axes.set_ylim(-11, 11)
    for row in rows:
        for axes, (first, last) in zip(row, spans, strict=True):
            axes.set_xlim(first - timedelta(days=3), last + timedelta(days=4))
            _draw_gaps(axes, gaps, first, last)
            _date_axis(axes, first, last)
    rows[0][0].set_ylabel("Goldstein weight")
    if given:
        _published(rows[1], spans, counts, dated)
    figure.legend(
        *rows[0][0].get_legend_handles_labels(),
        loc="outside upper left",
        ncols=min(len(lanes), 4) or 1,
    )
    explained = [MONTHS_NOTE if many else "", GAPS_NOTE if gaps else "", note]
    return _noted(figure, " ".join(filter(None, explained)))


def _published(
    panels: Sequence[Any],
    spans: Sequence[tuple[date, date]],
    counts: pd.DataFrame | None,
    dated: pd.DataFrame | None,
) -> None:
    """What others published: series as lines, events as letters above them."""
    series = [] if counts is None else list(counts.groupby("series"))
    top = max((own["value"].max() for _, own in series), default=1.0)
    marks = pd.DataFrame(columns=["date", "mark"]) if dated is None else dated
    for axes, (first, last) in zip(panels, spans, strict=True):
        for number, (_, own) in enumerate(series):
            inside = own[own["date"].between(first, last)]
            axes.plot(inside["date"], inside["value"], "o-", color=PALETTE[number], markersize=3)
        levels: list[date] = []
        room = max(1, int(0.03 * (last - first).days)) * DAY
        for row in marks[marks["date"].between(first, last)].itertuples():
            level = next((i for i, end in enumerate(levels) if row.date > end), len(levels))
            levels[level : level + 1] = [row.date + room]
            axes.axvline(row.date, color="#999999", linewidth=0.6, linestyle="dotted")
            axes.text(
                row.date, top * (1.15 + 0.17 * level), row.mark, fontsize=7, ha="center",
                va="center",
            )  # fmt: skip
        axes.set_ylim(0, top * 1.75)
        if not series:
            axes.set_yticks([])
    panels[0].set_ylabel("published count" if series else "published", loc="bottom")


@context(STYLE)
def spans(
    frame: pd.DataFrame, label: str, note: str = "", mark: str = "", xlabel: str = ""
) -> Figure:
    """One horizontal line a row from date_from to date_to, with a mark at the date `mark`."""
    if frame.empty:
        return empty("No dates to draw.")
    figure, axes = _plot(8.6, 1.2 + 0.34 * frame[label].nunique())
    names = list(dict.fromkeys(frame[label]))
    for number, name in enumerate(names):
        own = frame[frame[label] == name]
        y = len(names) - 1 - number
        for row in own.itertuples():
            width = row.date_to - row.date_from + timedelta(days=1)
            axes.barh(y, width, 0.5, row.date_from, color=PALETTE[0], alpha=0.45)
        if mark:
            axes.plot(own[mark].iat[0], y, "k|", markersize=13, markeredgewidth=2)
    axes.set_yticks(range(len(names)), [_short(name) for name in reversed(names)])
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    return _noted(figure, note)


@context(STYLE)
def matrix(
    cells: pd.DataFrame, colours: Mapping[str, str], title: str = "", note: str = ""
) -> Figure:
    """A table of short texts as coloured cells; `colours` maps what a cell begins with.

    Where there are too many columns for texts, cells hold marks, explained in the note.
    """
    if cells.empty:
        return empty("Nothing to draw: the table is empty.")
    rows, columns = cells.shape
    figure, axes = _plot(min(4.6 + 1.35 * columns, 12), 1.1 + 0.3 * rows)
    for i, j in np.ndindex(rows, columns):
        text = str(cells.iat[i, j])
        key = next((key for key in colours if text.startswith(key)), "")
        colour = colours.get(key, "white")
        if columns > WIDE:
            text = CELL_MARKS.get(key, text)
        axes.add_patch(mpl.patches.Rectangle((j - 0.48, i - 0.45), 0.96, 0.9, color=colour))
        axes.text(j, i, _plain(text), ha="center", va="center", fontsize=7)
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    _label_cells(axes, cells, 64)
    axes.set_title(_plain(title))
    return _noted(figure, f"{MARKS_NOTE} {note}" if columns > WIDE else note)


# --- outlets: how near they stand, and by which words they differ ---------------------------


@context(STYLE)
def outlet_map(points: pd.DataFrame, note: str = "") -> Figure:
    """Outlets (outlet, x, y) with ellipses (width, height, angle); names beside the map.

    Names stand in two columns, in the order of their height, so that none cover each other.
    """
    if points.empty:
        return empty(note or "No outlets to draw.")
    figure, axes = _plot(8.6, max(3.6, 1.6 + 0.17 * len(points)))
    for row in points.itertuples():
        place, size = (row.x, row.y), (row.width, row.height)
        ellipse = mpl.patches.Ellipse(place, *size, angle=row.angle, color=PALETTE[0])
        ellipse.set(alpha=0.12, linewidth=0)
        axes.add_patch(ellipse)
    axes.plot(points["x"], points["y"], "o", color=PALETTE[0], markersize=4.5)
    reach = points[["width", "height"]].max(axis=1) / 2
    left, right = (points["x"] - reach).min(), (points["x"] + reach).max()
    low, high = (points["y"] - reach).min(), (points["y"] + reach).max()
    margin = 0.06 * (right - left)
    ordered = points.sort_values("x", kind="stable")["outlet"].tolist()
    halves = ordered[: len(ordered) // 2], ordered[len(ordered) // 2 :]
    sides = ("right", "left")
    for names, edge, align in zip(halves, (left - margin, right + margin), sides, strict=True):
        own = points[points["outlet"].isin(names)].sort_values("y")
        for row, y in zip(own.itertuples(), _spread(own["y"], low, high), strict=True):
            axes.plot([row.x, edge], [row.y, y], color="#999999", linewidth=0.5, zorder=1)
            axes.text(edge, y, _short(row.outlet, 26), ha=align, va="center", fontsize=8)
    width = right - left + 2 * margin
    axes.set_xlim(left - margin - 0.35 * width, right + margin + 0.35 * width)
    axes.set_ylim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    axes.set_aspect("equal")
    axes.axis("off")
    return _noted(figure, note)


def _spread(wanted: Iterable[float], low: float, high: float) -> np.ndarray:
    """Heights near those wanted (ascending), evenly apart where they are too near each other."""
    wanted = np.asarray(list(wanted), float)
    gap = 0.9 * (high - low) / max(len(wanted), 8)
    places = wanted.copy()
    for i in range(1, len(places)):
        places[i] = max(places[i], places[i - 1] + gap)
    places -= max(places[-1] - high, 0)
    for i in range(len(places) - 2, -1, -1):
        places[i] = min(places[i], places[i + 1] - gap)
    return places


@context(STYLE)
def outlet_tree(tree: np.ndarray, support: Sequence[float], names: Sequence[str],
                xlabel: str, note: str = "") -> Figure:  # fmt: skip
    """A linkage as a tree from left to right; each join with its support in percent."""
    if not len(names):
        return empty(note or "No outlets to draw.")
    figure, axes = _plot(7.6, 1.2 + 0.27 * len(names))
    leaves = _leaves(tree, len(names))
    places = {leaf: (0.0, float(y)) for y, leaf in enumerate(leaves)}
    for number, (a, b, distance, _) in enumerate(tree):
        (xa, ya), (xb, yb) = places[int(a)], places[int(b)]
        axes.plot([xa, distance, distance, xb], [ya, ya, yb, yb], color="#333333", linewidth=1)
        places[len(names) + number] = (distance, (ya + yb) / 2)
        axes.annotate(
            f"{100 * support[number]:.0f} %", (distance, (ya + yb) / 2), (3, 1), va="bottom",
            textcoords="offset points", fontsize=6.5, color="#555555",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.3},
        )  # fmt: skip
    axes.set_yticks(range(len(names)), [_short(names[leaf]) for leaf in leaves])
    axes.set_xlim(0, 1.08 * tree[-1, 2] or 1)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(xlabel)
    return _noted(figure, note)


def _leaves(tree: np.ndarray, n: int) -> list[int]:
    """Leaves of a linkage from top to bottom, so that its branches do not cross."""
    below = {leaf: [leaf] for leaf in range(n)}
    for number, (a, b, *_) in enumerate(tree):
        below[n + number] = below[int(a)] + below[int(b)]
    return below[n + len(tree) - 1]


@context(STYLE)
def word_shift(
    words: pd.DataFrame, curve: pd.DataFrame, sizes: Mapping[str, int], note: str = ""
) -> Figure:
    """Word-shift graphs (Gallagher et al. 2021), one panel a measure.

    `words`: measure, term, contribution, higher_in (``target`` or ``reference``), total; below the
    words of each measure its `curve` (measure, rank, cumulative_share) and, at the bottom, the
    words of the two outlets (`sizes`, target first).
    """
    if words.empty:
        return empty("There is one outlet: nothing to compare.")
    measures = list(dict.fromkeys(words["measure"]))
    colours = dict(zip(("target", "reference"), PALETTE, strict=False))
    deepest = words.groupby("measure").size().max()
    figure = Figure(figsize=(10.2, 3.1 + 0.19 * deepest))
    grid = figure.add_gridspec(3, len(measures), height_ratios=[0.19 * deepest, 1, 0.5])
    for column, measure in enumerate(measures):
        own = words[words["measure"] == measure]
        axes, y = figure.add_subplot(grid[0, column]), np.arange(len(own))[::-1]
        signed = own["contribution"].where(
            (own["contribution"] < 0) | (own["higher_in"] == "target") | (measure != "jsd"),
            -own["contribution"],
        )
        axes.barh(y, signed, color=own["higher_in"].map(colours), height=0.66)
        axes.axvline(0, color="#999999", linewidth=0.8)
        axes.set_yticks(y, [_short(term, 18) for term in own["term"]])
        axes.set_ylim(-0.7, len(own) - 0.3)
        axes.set_title(SHIFT_TITLES[measure].format(own["total"].iat[0]))
        axes.locator_params(axis="x", nbins=4)
        axes.tick_params(axis="x", labelsize=7.5)
        line = curve[curve["measure"] == measure]
        axes = figure.add_subplot(grid[1, column])
        axes.plot(line["rank"], line["cumulative_share"], color="#333333")
        axes.axvline(len(own), color="#999999", linewidth=0.8, linestyle=":")
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:,.0f}")
        axes.set_ylim(0, 1)
        axes.set_xlabel("words, largest first")
        axes.grid()
        if not column:
            axes.set_ylabel("share of the\ndifference")
    axes = figure.add_subplot(grid[2, :])
    axes.barh([1, 0], list(sizes.values()), color=list(colours.values()), height=0.66)
    axes.set_yticks([1, 0], [_short(name) for name in sizes])
    axes.set_xlabel("words in all")
    return _noted(figure, note)
