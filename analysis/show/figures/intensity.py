"""How intense events were over time, and what others published."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.style import context

from analysis.show.figures.style import GREY, PALETTE, STYLE, empty, noted, palette_for, plain
from analysis.show.figures.time_axes import DAY, GAPS_NOTE, Span, days_of, joined, panels_of
from analysis.show.figures.timeline import MANY_EVENTS

MARKERS = ("o", "s", "D", "^", "v", "P", "X")
HALF_A_MONTH = pd.Timedelta(days=14)
MONTHS_NOTE = (
    "A mark: the events of a month with the same weight, its area their number; those of the "
    "context are left out."
)


@context(STYLE)
def intensity(
    events: pd.DataFrame,
    lanes: Sequence[str],
    spans: Sequence[Span],
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
    given = any(frame is not None and len(frame) for frame in (counts, dated))
    spans, gaps = joined(spans)
    figure = Figure(figsize=(10.2, 5.4 if given else 3.2))
    rows = panels_of(figure, spans, [3.0, 1.8] if given else [1.0])
    _draw_weights(rows[0], spans, events, lanes, many)
    if given:
        _published(rows[1], spans, counts, dated)
    for row in rows:
        days_of(row, spans, gaps)
    handles = rows[0][0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside upper left", ncols=min(len(lanes), 4))
    explained = [MONTHS_NOTE if many else "", GAPS_NOTE if gaps else "", note]
    return noted(figure, " ".join(filter(None, explained)))


def _draw_weights(
    panels: Sequence[Axes],
    spans: Sequence[Span],
    events: pd.DataFrame,
    lanes: Sequence[str],
    many: bool,
) -> None:
    """Dots of the weights by lane: the events themselves, or, of `many`, those of each month."""
    start, end = pd.to_datetime(events["date_from"]), pd.to_datetime(events["date_to"])
    events = events.assign(day=start + (end - start) / 2)
    events["month"] = events["day"].dt.to_period("M")
    most = events.groupby(["lane", "month", "goldstein"]).size().max()
    colours = palette_for(lanes) | {"context": GREY}
    for axes, (first, last) in zip(panels, spans, strict=True):
        axes.axhline(0, color="#999999", linewidth=0.8)
        inside = events[events["day"].dt.date.between(first, last)]
        for number, lane in enumerate(lanes):
            own = inside[inside["lane"] == lane]
            dots, sizes, alpha = own, 20, 0.75
            if many:
                dots = own.groupby(["month", "goldstein"]).size().reset_index(name="n")
                dots["day"] = _middle(dots["month"].dt)
                sizes, alpha = 2 + 60 * dots["n"] / most, 0.4
            axes.scatter(
                dots["day"], dots["goldstein"], sizes, colours[lane], alpha=alpha, linewidths=0,
                marker=MARKERS[number % len(MARKERS)], label=plain(lane),
            )  # fmt: skip
            if lane != "context":
                means = _monthly_means(own, many)
                axes.plot(_middle(means.index), means, color=colours[lane], linewidth=1)
        axes.set_ylim(-11, 11)
    panels[0].set_ylabel("Goldstein weight")


def _monthly_means(events: pd.DataFrame, broken: bool) -> pd.Series:
    """The mean weight of each month; where `broken`, missing in a month without events."""
    means = events.groupby("month")["goldstein"].mean()
    if broken and len(means):
        return means.reindex(pd.period_range(means.index[0], means.index[-1], freq="M"))
    return means


def _middle(months: Any) -> Any:
    """The middles of months, of an index of periods or of the ``dt`` of such a column."""
    return months.to_timestamp(how="S") + HALF_A_MONTH


def _published(
    panels: Sequence[Any],
    spans: Sequence[Span],
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
