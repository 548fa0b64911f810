"""Outlets: how near they stand, and by which words they differ."""

from collections.abc import Iterable, Mapping, Sequence

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.style import context

from analysis.show.figures.style import PALETTE, STYLE, empty, noted, plot, short

SHIFT_TITLES = {
    "proportion": "Proportion",
    "entropy": "Entropy ({:+.3f} bits)",
    "jsd": "Jensen–Shannon ({:.3f} bits)",
}


@context(STYLE)
def outlet_map(points: pd.DataFrame, note: str = "") -> Figure:
    """Outlets (outlet, x, y) with ellipses (width, height, angle); names beside the map.

    Names stand in two columns, in the order of their height, so that none cover each other.
    """
    if points.empty:
        return empty(note or "No outlets to draw.")
    figure, axes = plot(8.6, max(3.6, 1.6 + 0.17 * len(points)))
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
            axes.text(edge, y, short(row.outlet, 26), ha=align, va="center", fontsize=8)
    width = right - left + 2 * margin
    axes.set_xlim(left - margin - 0.35 * width, right + margin + 0.35 * width)
    axes.set_ylim(low - 0.03 * (high - low), high + 0.03 * (high - low))
    axes.set_aspect("equal")
    axes.axis("off")
    return noted(figure, note)


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
    figure, axes = plot(7.6, 1.2 + 0.27 * len(names))
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
    axes.set_yticks(range(len(names)), [short(names[leaf]) for leaf in leaves])
    axes.set_xlim(0, 1.08 * tree[-1, 2] or 1)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(xlabel)
    return noted(figure, note)


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
        axes.set_yticks(y, [short(term, 18) for term in own["term"]])
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
    axes.set_yticks([1, 0], [short(name) for name in sizes])
    axes.set_xlabel("words in all")
    return noted(figure, note)
