"""Tables for LaTeX documents: booktabs, every character of the cells taken literally."""

import re
import textwrap
from pathlib import Path
from typing import Any

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


def write_latex(frame: pd.DataFrame, path: Path, name: str, caption: str) -> None:
    """A longtable with rules of booktabs; needs both packages, `array` and a T1 or Unicode font.

    The more columns, the smaller its letters; of a very wide one some reach into the margin.
    """
    numeric = [pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]
    texts = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    heads = [textwrap.wrap(str(name).replace("_", "_ "), SHORT) or [""] for name in frame.columns]
    widths = [
        max(map(len, (*head, *(row[i] for row in texts)))) + 2 for i, head in enumerate(heads)
    ]
    whole = [number or w <= SHORT + 2 for number, w in zip(numeric, widths, strict=True)]
    least = sum(w if own else min(w, NARROW) for w, own in zip(widths, whole, strict=True))
    size = next((size for size, room in ROOM.items() if least <= room), "tiny")
    free = ROOM[size] - sum(w for w, own in zip(widths, whole, strict=True) if own)
    shares = [0 if own else min(w, 100) for w, own in zip(widths, whole, strict=True)]
    part = max(free, NARROW) / sum(shares) / ROOM[size] if any(shares) else 0
    columns = [
        PARAGRAPH.format(part * share) if share else "r" if number else "l"
        for number, share in zip(numeric, shares, strict=True)
    ]
    head = " & ".join(map(_head, heads)) + r" \\"
    lines = [
        r"% \usepackage{booktabs,longtable,array}; LuaLaTeX for other scripts than Latin",
        rf"\begingroup\{size}\setlength{{\tabcolsep}}{{3pt}}",
        rf"\begin{{longtable}}{{@{{}}{''.join(columns) or 'l'}@{{}}}}",
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
        *(" & ".join(map(_breakable, row)) + r" \\" for row in texts),
        r"\end{longtable}",
        r"\endgroup",
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _cell(value: Any) -> str:
    if pd.isna(value):
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
