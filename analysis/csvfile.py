"""CSV files that are the same bytes for the same table and do no harm in a spreadsheet."""

import csv
import re
from pathlib import Path

import pandas as pd

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """UTF-8, one header row, ISO dates, ten significant digits, empty cells for missing values.

    A text cell that a spreadsheet would run as a formula (it begins with = + - @, a tab or a
    return) gets one leading apostrophe; `read_csv` takes it off again.  A name that ends in
    ``.gz`` is compressed.
    """
    plain = frame.copy()
    for column in plain.columns:
        if not pd.api.types.is_numeric_dtype(plain[column]):
            plain[column] = plain[column].map(_escape, na_action="ignore")
    plain.columns = [_escape(str(column)) for column in plain.columns]
    plain.to_csv(
        path,
        index=False,
        float_format="%.10g",
        lineterminator="\n",
        quoting=csv.QUOTE_MINIMAL,
        encoding="utf-8",
        compression={"method": "gzip", "mtime": 0} if path.suffix == ".gz" else None,
    )


def _escape(value: object) -> object:
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value


def _unescape(value: object) -> object:
    return value[1:] if isinstance(value, str) and _ESCAPED.match(value) else value


def read_csv(path: str | Path) -> pd.DataFrame:
    """A table as `write_csv` wrote it, without its protecting apostrophes."""
    frame = pd.read_csv(path, encoding="utf-8")
    for column in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[column]):
            frame[column] = frame[column].map(_unescape, na_action="ignore")
    return frame.rename(columns=_unescape)
