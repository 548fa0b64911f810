"""Tables for LaTeX documents: booktabs, every character of the cells taken literally."""

import re
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

_SPECIAL = {
    **{c: rf"\{c}" for c in "&%$#_{}"},
    **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
    **{"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}"},
    **{"→": r"$\rightarrow$", "−": r"$-$", "[": "{[}", "]": "{]}", "\ufffd": "?"},
}
SHORT = 12  # characters beyond which a column of texts is set in paragraphs
PARAGRAPH = r">{{\raggedright\arraybackslash}}p{{{:.3f}\linewidth}}"
NARROW = 20  # characters that such a column has room for at least
ROOM = {"small": 90, "footnotesize": 100, "scriptsize": 115, "tiny": 150}  # characters of a line


class _Column(NamedTuple):
    """A column as it is set: the lines of its name, its cells."""

    head: list[str]
    cells: list[str]
    numeric: bool

    @property
    def width(self) -> int:
        """Characters it takes on one line, with the space beside it."""
        return max(map(len, (*self.head, *self.cells))) + 2

    @property
    def on_one_line(self) -> bool:
        return self.numeric or self.width <= SHORT + 2


def write_latex(frame: pd.DataFrame, path: Path, name: str, caption: str) -> None:
    """A longtable with rules of booktabs; needs both packages, `array` and a T1 or Unicode font.

    The more columns, the smaller its letters; of a very wide one some reach into the margin.
    """
    columns = [_column(str(name), frame.iloc[:, i]) for i, name in enumerate(frame.columns)]
    size = _size(columns)
    head = " & ".join(_head(column.head) for column in columns) + r" \\"
    rows = zip(*(column.cells for column in columns), strict=True)
    lines = [
        r"% \usepackage{booktabs,longtable,array}; LuaLaTeX for other scripts than Latin",
        rf"\begingroup\{size}\setlength{{\tabcolsep}}{{3pt}}",
        rf"\begin{{longtable}}{{@{{}}{''.join(_kinds(columns, ROOM[size])) or 'l'}@{{}}}}",
        rf"\caption{{{plain(caption)}}}\label{{tab:{name}}}\\",
        r"\toprule",
        head,
        r"\midrule",
        r"\endfirsthead",
        r"\toprule",
        head,
        r"\midrule",
        r"\endhead",
        r"\bottomrule",
        r"\endlastfoot",
        *(" & ".join(map(_breakable, row)) + r" \\" for row in rows),
        r"\end{longtable}",
        r"\endgroup",
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _column(name: str, values: pd.Series) -> _Column:
    head = textwrap.wrap(name.replace("_", "_ "), SHORT) or [""]
    return _Column(head, [_cell(v) for v in values], pd.api.types.is_numeric_dtype(values.dtype))


def _size(columns: list[_Column]) -> str:
    """The largest letters in which the columns have room, else the smallest."""
    least = sum(c.width if c.on_one_line else min(c.width, NARROW) for c in columns)
    return next((size for size, room in ROOM.items() if least <= room), "tiny")


def _kinds(columns: list[_Column], room: int) -> list[str]:
    """How LaTeX is to set each column: on one line, or in paragraphs that share what is left."""
    free = room - sum(column.width for column in columns if column.on_one_line)
    shares = [0 if column.on_one_line else min(column.width, 100) for column in columns]
    part = max(free, NARROW) / max(sum(shares), 1) / room
    return [
        PARAGRAPH.format(part * share) if share else "r" if column.numeric else "l"
        for column, share in zip(columns, shares, strict=True)
    ]


def is_missing(value: Any) -> bool:
    """Whether a cell is empty; a cell that holds a list is not."""
    return pd.api.types.is_scalar(value) and pd.isna(value)


def _cell(value: Any) -> str:
    if is_missing(value):
        return ""
    return f"{value:.4g}" if isinstance(value, float) else " ".join(str(value).split())


def _breakable(text: str) -> str:
    """Long words of machines (ids, lists of them) may break where their parts meet."""
    return re.sub(r"(?<=\w)(;|\\_|/|-)(?=\w)", r"\1\\allowbreak{}", plain(text))


def _head(lines: list[str]) -> str:
    """The name of a column, one line or several above each other."""
    shown = r"\\".join(plain(line.replace("_ ", "_")) for line in lines)
    return shown if len(lines) == 1 else rf"\shortstack[l]{{{shown}}}"


def plain(text: str) -> str:
    """`text` with every character that LaTeX could read as a command taken literally."""
    return "".join(_SPECIAL.get(c, c) for c in text)
