"""The one style of all figures: sizes, colours, names cut to what there is room for, saving.

Colours are those of Okabe & Ito (2008), told apart by the colour-blind; whatever colour says is
also said by position, marker or label; those of outlets and sides are Tol's (2021, "muted").
"""

import io
import textwrap
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.style import context
from matplotlib.ticker import FuncFormatter

STYLE = ["default", Path(__file__).with_name("news.mplstyle")]
LAID_OUT = [*STYLE, {"figure.constrained_layout.use": False}]  # what is set up is not moved again
DIRECTION_COLOURS = {"escalation": "#D55E00", "pause": "#0072B2"}  # nothing else has these
PHASE_COLOURS = {"escalation": "#f4bb94", "pause": "#a9cfea"}
PALETTE = ("#332288", "#009E73", "#CC79A7", "#999933", "#882255", "#44AA99", "#000000")
MORE_COLOURS = ("#AA4499", "#117733", "#DDCC77", "#661100", "#6699CC", "#88CCEE")
GREY = "#767676"
OPEN_STYLE = [  # of charts drawn in a notebook's cells
    *STYLE,
    {"text.parse_math": False, "axes.prop_cycle": cycler(color=PALETTE)},
]
NARROW = 5.2  # inches of a figure that a phone shows whole
WIDE = 5  # columns of a table beyond which their labels are slanted and cells hold marks
NUMBERS = FuncFormatter(lambda value, _: f"{value:,.10g}")


@context(LAID_OUT)
def save(figure: Figure, path: Path) -> None:
    """Write `path`.svg, .png and .pdf; the same figure gives the same bytes."""
    path.with_suffix(".png").write_bytes(image(figure))
    figure.savefig(path.with_suffix(".svg"), metadata={"Date": None})
    figure.savefig(path.with_suffix(".pdf"), metadata={"CreationDate": None, "Producer": None})


@context(LAID_OUT)
def image(figure: Figure) -> bytes:
    """The figure, laid out, as PNG."""
    lay_out(figure)
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    return drawn.getvalue()


def lay_out(figure: Figure) -> None:
    """Fit everything into the figure, once for all formats."""
    FigureCanvasAgg(figure)
    if figure.axes and (engine := figure.get_layout_engine()):
        engine.execute(figure)
    figure.set_layout_engine(None)  # "none" would keep one that draws all twice
    for axes in figure.axes:  # the last digits of the layout's solver differ from run to run
        for which in ("original", "active"):
            place = axes.get_position(original=which == "original").bounds
            axes.set_position([round(side, 6) for side in place], which=which)


def colour_of(direction: str) -> str:
    """The colour of escalation and of pause; all else is grey.

    >>> colour_of("pause"), colour_of("diplomacy")
    ('#0072B2', '#767676')
    """
    return DIRECTION_COLOURS.get(direction, GREY)


def palette_for(names: Iterable[str]) -> dict[str, str]:
    """A colour for each name in the order given; grey beyond the palette."""
    colours = PALETTE + MORE_COLOURS
    return {name: colours[i] if i < len(colours) else GREY for i, name in enumerate(names)}


@context(STYLE)
def empty(reason: str) -> Figure:
    """A figure that says why there is nothing to draw."""
    figure, axes = plot(7.6, 1.2)
    axes.axis("off")
    axes.text(0.5, 0.5, "\n".join(textwrap.wrap(reason, 90)), ha="center", va="center")
    return figure


def plot(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of so many inches, and its one axes."""
    figure = Figure(figsize=(width, height))
    return figure, figure.subplots()


def noted(figure: Figure, text: str) -> Figure:
    """The figure with what stands behind the numbers below its axes."""
    if text:
        width = int(17 * figure.get_figwidth())  # characters of 7.5 points on the figure's width
        figure.supxlabel(
            "\n".join(textwrap.wrap(plain(text), width)), x=0.01, ha="left", fontsize=7.5
        )
    return figure


def short(text: object, width: int = 38) -> str:
    """At most `width` characters of a text, cut between words; formula mark-up taken literally."""
    return plain(textwrap.shorten(str(text), width, placeholder=" …") or str(text)[:width])


def plain(text: str) -> str:
    """Text without matplotlib's formula mark-up."""
    return text.replace("$", r"\$")


def wrapped(text: object, width: int = 14) -> str:
    """A text in lines of at most `width` characters; formula mark-up taken literally."""
    return plain("\n".join(textwrap.wrap(str(text), width)))


def label_cells(axes: Axes, table: pd.DataFrame, width: int) -> None:
    """Names of columns above a table, slanted where there are many, and of rows beside it."""
    columns = range(table.shape[1])
    if len(columns) > WIDE:
        names = [short(c, 24) for c in table.columns]
        axes.set_xticks(columns, names, rotation=35, ha="left", rotation_mode="anchor")
    else:
        axes.set_xticks(columns, [wrapped(c) for c in table.columns])
    axes.set_yticks(range(table.shape[0]), [short(r, width) for r in table.index])
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.spines[:].set_visible(False)
