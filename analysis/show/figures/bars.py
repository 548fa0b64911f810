"""Bars, dots and lines: how much of what, one row a thing."""

from collections.abc import Mapping
from datetime import timedelta

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.style import context

from analysis.show.figures.style import (
    NARROW,
    NUMBERS,
    PALETTE,
    STYLE,
    empty,
    noted,
    palette_for,
    plain,
    plot,
    short,
    wrapped,
)

KIND_COLOURS = {
    **{"title": "#000000", "subtitle": "#CC79A7", "byline": "#E69F00", "dateline": "#F0E442"},
    **{"body": "#0072B2", "caption": "#56B4E9", "furniture": "#bbbbbb"},
}


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
    figure, axes = plot(7.6, 0.9 + 0.23 * len(frame))
    y = np.arange(len(frame))[::-1]
    axes.barh(y, frame[value], color=PALETTE[0], height=0.62)
    if low and high:
        axes.hlines(y, frame[low], frame[high], color="black", linewidth=1)
    axes.set_yticks(y, [short(text) for text in frame[label]])
    axes.set_ylim(-0.7, len(frame) - 0.3)
    axes.set_xlabel(xlabel)
    axes.xaxis.set_major_formatter(NUMBERS)
    axes.grid(axis="x")
    return noted(figure, note)


@context(STYLE)
def stacked(table: pd.DataFrame, colours: Mapping[str, str], xlabel: str, title: str) -> Figure:
    """Horizontal bars in parts: one bar a row of `table`, the longest first, one part a column.

    Narrow enough for a phone.
    """
    if table.empty:
        return empty("Nothing to draw: the table is empty.")
    table = table.loc[table.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    figure, axes = plot(NARROW, 1.2 + 0.24 * len(table))
    y = np.arange(len(table))[::-1]
    left = np.zeros(len(table))
    for name in table.columns:
        label = plain(str(name))
        axes.barh(y, table[name], left=left, color=colours[name], height=0.62, label=label)
        left += table[name].to_numpy(float)
    axes.set_yticks(y, [short(text, 26) for text in table.index])
    axes.set_xlabel(xlabel)
    axes.xaxis.set_major_formatter(NUMBERS)
    axes.set_ylim(-0.7, len(table) - 0.3)
    axes.legend(ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    figure.suptitle(wrapped(title, 56), x=0.01, ha="left", fontsize=10, fontweight="bold")
    return figure


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
    colours = palette_for(sorted(groups))
    for axes, name in zip(panels, groups, strict=False):
        own = frame[frame[group] == name]
        y = np.arange(len(own))[::-1]
        axes.axvline(0, color="#999999", linewidth=0.8)
        if low and high:
            axes.hlines(y, own[low], own[high], color=colours[name], linewidth=1.2)
        axes.plot(own[value], y, "o", color=colours[name], markersize=4.5)
        axes.set_yticks(y, [short(text, 22) for text in own[label]])
        axes.set_ylim(-0.8, max(deepest, 1) - 0.2 - (deepest - len(own)))
        axes.set_title(wrapped(name, 30))
        axes.grid(axis="x")
    for axes in panels[len(groups) :]:
        axes.axis("off")
    for axes in panels[max(len(groups) - columns, 0) : len(groups)]:
        axes.set_xlabel(xlabel)
        axes.tick_params(labelbottom=True)
    return noted(figure, note)


@context(STYLE)
def counts_over_time(counts: pd.DataFrame, note: str = "") -> Figure:
    """A line for each series of published counts; `counts`: series, date, value."""
    if counts.empty:
        return empty("No count to draw.")
    figure, axes = plot(8.6, 3)
    colours = palette_for(dict.fromkeys(counts["series"]))
    for name, own in counts.sort_values("date").groupby("series", sort=False):
        axes.plot(own["date"], own["value"], "o-", color=colours[name], markersize=3)
        axes.annotate(
            short(name), (own["date"].iat[-1], own["value"].iat[-1]), (5, 0), fontsize=9,
            textcoords="offset points", color=colours[name], va="center",
        )  # fmt: skip
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(NUMBERS)
    return noted(figure, note)


@context(STYLE)
def spans(
    frame: pd.DataFrame, label: str, note: str = "", mark: str = "", xlabel: str = ""
) -> Figure:
    """One horizontal line a row from date_from to date_to, with a mark at the date `mark`."""
    if frame.empty:
        return empty("No dates to draw.")
    figure, axes = plot(8.6, 1.2 + 0.34 * frame[label].nunique())
    names = list(dict.fromkeys(frame[label]))
    for number, name in enumerate(names):
        own = frame[frame[label] == name]
        y = len(names) - 1 - number
        for row in own.itertuples():
            width = row.date_to - row.date_from + timedelta(days=1)
            axes.barh(y, width, 0.5, row.date_from, color=PALETTE[0], alpha=0.45)
        if mark:
            axes.plot(own[mark].iat[0], y, "k|", markersize=13, markeredgewidth=2)
    axes.set_yticks(range(len(names)), [short(name) for name in reversed(names)])
    axes.xaxis.set_major_formatter(mdates.ConciseDateFormatter(axes.xaxis.get_major_locator()))
    axes.set_xlabel(xlabel)
    axes.grid(axis="x")
    return noted(figure, note)
