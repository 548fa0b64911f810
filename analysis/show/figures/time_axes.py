"""Axes of days: a panel for each span that the articles cover, with the gaps marked."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

import matplotlib.dates as mdates
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.show.figures.style import PHASE_COLOURS

DAY = timedelta(days=1)
MOST_PANELS = 3  # spans of time side by side; more share one panel, with gaps in grey
Span = tuple[date, date]  # the first and the last day of a stretch of time that articles cover
GAPS_NOTE = "Grey bands: no article covers this time."


def joined(spans: Sequence[Span], most: int = MOST_PANELS) -> tuple[list[Span], list[Span]]:
    """The spans and no gaps, or, of more than `most`, their whole length and the gaps in it."""
    spans = sorted(spans)
    if len(spans) <= most:
        return spans, []
    gaps = [(b[1] + DAY, c[0] - DAY) for b, c in pairwise(spans)]
    return [(spans[0][0], spans[-1][1])], gaps


def widths(spans: Sequence[Span]) -> np.ndarray:
    days = np.array([(last - first).days + 1 for first, last in spans])
    return np.maximum(days, 0.25 * days.max())


def panels_of(
    figure: Figure, spans: Sequence[Span], heights: Sequence[float]
) -> Sequence[Sequence[Axes]]:
    """Rows of relative `heights`, a panel a span: as wide as it is long, but none too narrow."""
    return figure.subplots(
        len(heights), len(spans), sharey="row", squeeze=False,
        width_ratios=widths(spans), height_ratios=heights,
    )  # fmt: skip


def days_of(panels: Iterable[Axes], spans: Iterable[Span], gaps: Sequence[Span]) -> None:
    """Give each panel the days of its span, grey where there are gaps, and dates below."""
    for axes, (first, last) in zip(panels, spans, strict=True):
        axes.set_xlim(first - 3 * DAY, last + 4 * DAY)
        for start, end in gaps:
            if first <= start <= end <= last:
                axes.axvspan(start, end + DAY, color=PHASE_COLOURS["not covered"], zorder=0)
        _date_axis(axes, (last - first).days)


def _date_axis(axes: Axes, days: int) -> None:
    """Months, or what fits where the span of so many `days` is much longer or shorter."""
    months = mdates.MonthLocator(interval=max(1, days // 240))
    axes.xaxis.set_major_locator(months if 45 < days < 730 else mdates.AutoDateLocator())
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
