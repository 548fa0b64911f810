"""Drawing tables: one function a chart; a chart knows columns, not corpora or files.

Every function returns a matplotlib Figure.  Each family has a file, all have one style:

- ``style``: sizes, colours, cutting names to the room there is, saving
- ``bars``: bars, dots and lines, one row a thing; ``cells``: tables as pictures
- ``timeline``: what is told to have happened, in words, on an axis of days (``time_axes``)
- ``network``: who is named together; ``outlets``: how near outlets stand, and by which words
"""

from analysis.show.figures.bars import KIND_COLOURS, bars, counts_over_time, dots, spans, stacked
from analysis.show.figures.cells import CELL_COLOURS, TOLD_COLOURS, heatmap, matrix
from analysis.show.figures.network import network
from analysis.show.figures.outlets import outlet_map, outlet_tree, word_shift
from analysis.show.figures.style import (
    DIRECTION_COLOURS,
    GREY,
    NARROW,
    OPEN_STYLE,
    empty,
    image,
    noted,
    palette_for,
    save,
)
from analysis.show.figures.timeline import MANY_EVENTS, timeline

__all__ = [
    "CELL_COLOURS",
    "DIRECTION_COLOURS",
    "GREY",
    "KIND_COLOURS",
    "MANY_EVENTS",
    "NARROW",
    "OPEN_STYLE",
    "TOLD_COLOURS",
    "bars",
    "counts_over_time",
    "dots",
    "empty",
    "heatmap",
    "image",
    "matrix",
    "network",
    "noted",
    "outlet_map",
    "outlet_tree",
    "palette_for",
    "save",
    "spans",
    "stacked",
    "timeline",
    "word_shift",
]
