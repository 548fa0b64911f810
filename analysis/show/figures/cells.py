"""Tables as pictures: numbers as shades, short texts as coloured cells."""

from collections.abc import Mapping

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.style import context

from analysis.show.figures.style import STYLE, WIDE, empty, label_cells, noted, plain, plot

CELL_COLOURS = {
    "published earlier": "#eeeeee",
    "reported": "#d9ecdf",
    "1": "#b9dcc8",
    "2": "#b9dcc8",
}
TOLD_COLOURS = {"others tell too": "#555555", "it alone tells": "#c4c4c4"}
CELL_MARKS = {"published earlier": "×", "reported": "○", "1": "●", "2": "●"}
MARKS_NOTE = "● reported with a date, ○ without, – not mentioned, × published earlier."


@context(STYLE)
def heatmap(table: pd.DataFrame, title: str, note: str = "", decimals: int = 1) -> Figure:
    """A table of numbers as shades with the numbers in the cells; rows × columns of `table`."""
    if table.empty:
        return empty("Nothing to draw: the table is empty.")
    rows, columns = table.shape
    width = 2.4 + (1.15 if columns <= WIDE else 0.4) * columns
    figure, axes = plot(min(width, 9.6), 1.2 + 0.24 * rows)
    values = table.to_numpy(float)
    top = np.nanmax(values) if np.isfinite(values).any() else 1
    axes.imshow(values, cmap="Blues", aspect="auto", vmin=0, vmax=top * 1.3 or 1)
    label_cells(axes, table, 38)
    for i, j in np.ndindex(rows, columns):
        text = _decimal(values[i, j], decimals)
        colour = "white" if values[i, j] > 0.75 * top else "black"
        axes.text(j, i, text, ha="center", va="center", fontsize=7.5, color=colour)
    axes.set_title(plain(title))
    return noted(figure, note)


def _decimal(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}" if np.isfinite(value) else "–"


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
    is_wide = columns > WIDE
    width = 4.6 + (0.26 if is_wide else 1.1) * columns
    figure, axes = plot(min(width, 9.6), 1.1 + 0.28 * rows)
    for i, j in np.ndindex(rows, columns):
        text = str(cells.iat[i, j])
        key = next((key for key in colours if text.startswith(key)), "")
        colour = colours.get(key, "white")
        if is_wide:
            text = CELL_MARKS.get(key, text)
        axes.add_patch(mpl.patches.Rectangle((j - 0.48, i - 0.45), 0.96, 0.9, color=colour))
        size = 8 if is_wide else 7
        axes.text(j, i, plain(text), ha="center", va="center", fontsize=size)
    axes.set_xlim(-0.5, columns - 0.5)
    axes.set_ylim(rows - 0.5, -0.5)
    label_cells(axes, cells, 60)
    axes.set_title(plain(title))
    return noted(figure, f"{MARKS_NOTE} {note}" if is_wide else note)
