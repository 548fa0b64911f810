"""Tables for LaTeX documents: booktabs, every character of the cells taken literally."""

from pathlib import Path
from typing import Any

import pandas as pd

_SPECIAL = {
    **{c: rf"\{c}" for c in "&%$#_{}"},
    **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
    **{"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}", '"': r"\textquotedbl{}"},
    **{"→": r"$\rightarrow$", "−": r"$-$", "[": "{[}", "]": "{]}"},
}
LONG = 30  # characters beyond which a column's cells are set as paragraphs


def write_latex(frame: pd.DataFrame, path: Path, name: str, caption: str) -> None:
    """A longtable with rules of booktabs; needs both packages, `array` and a T1 or Unicode font."""
    numeric = [pd.api.types.is_numeric_dtype(kind) for kind in frame.dtypes]
    texts = [[_cell(value) for value in row] for row in frame.itertuples(index=False)]
    widths = [max((len(row[i]) for row in texts), default=0) for i in range(len(numeric))]
    long = sum(width > LONG for width in widths)
    share = f"{0.6 / long:.2f}" if long else ""
    columns = [
        "r" if number else rf"p{{{share}\linewidth}}" if width > LONG else "l"
        for number, width in zip(numeric, widths, strict=True)
    ]
    head = " & ".join(plain(str(column)) for column in frame.columns) + r" \\"
    lines = [
        r"% \usepackage{booktabs,longtable,array}",
        rf"\begin{{longtable}}{{@{{}}{''.join(columns)}@{{}}}}",
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
        *(" & ".join(map(plain, row)) + r" \\" for row in texts),
        r"\end{longtable}",
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")


def _cell(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:.4g}" if isinstance(value, float) else " ".join(str(value).split())


def plain(text: str) -> str:
    """`text` with every character that LaTeX could read as a command taken literally."""
    return "".join(_SPECIAL.get(c, c) for c in text)
