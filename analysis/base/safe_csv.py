"""CSV files that are the same bytes for the same table and do no harm in a spreadsheet."""

import csv
import re
from pathlib import Path

import pandas as pd

LARGEST = 100_000_000  # bytes of a table that is written as CSV
_AT_ONCE = 50_000  # rows
_FORMULA = re.compile(r"'*[=+\-@\t\r]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r]")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """UTF-8, one header row, ISO dates, ten significant digits, empty cells for missing values.

    A text cell that a spreadsheet would run as a formula (it begins with = + - @, a tab or a
    return) gets one leading apostrophe; `read_csv` takes it off again.
    """
    with path.open("w", encoding="utf-8", newline="") as file:
        for first in range(0, max(len(frame), 1), _AT_ONCE):
            plain = frame.iloc[first : first + _AT_ONCE].copy()
            for column in plain.columns:
                if isinstance(plain[column].dtype, pd.StringDtype):  # some are millions of texts
                    risky = plain[column].str.match(_FORMULA, na=False)
                    if risky.any():
                        plain.loc[risky, column] = "'" + plain[column][risky]
                elif not pd.api.types.is_numeric_dtype(plain[column]):
                    plain[column] = plain[column].map(escape, na_action="ignore")
            plain.to_csv(
                file,
                index=False,
                header=first == 0 and [escape(str(column)) for column in plain.columns],
                float_format="%.10g",
                lineterminator="\n",
                quoting=csv.QUOTE_MINIMAL,
            )


def write_table(frame: pd.DataFrame, folder: Path, name: str) -> None:
    """``NAME.csv``, or ``NAME.parquet`` where that would be larger than `LARGEST` bytes."""
    path = folder / f"{name}.csv"
    write_csv(frame, path)
    if path.stat().st_size > LARGEST:
        path.unlink()
        frame.to_parquet(path.with_suffix(".parquet"), index=False)


def write_sheet(frame: pd.DataFrame, path: Path) -> None:
    """A CSV for a user to edit, as a spreadsheet reads it best: UTF-8 with its mark."""
    safe = frame.map(escape).rename(columns=escape)
    safe.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def escape(value: object) -> object:
    """A cell that no spreadsheet runs as a formula; `read_csv` gives back the value."""
    return "'" + value if isinstance(value, str) and _FORMULA.match(value) else value


def unescape(value: object) -> object:
    """The value that `escape` made a safe cell of.

    >>> unescape(escape("=1+1")), unescape("'tis")
    ('=1+1', "'tis")
    """
    return value[1:] if isinstance(value, str) and _ESCAPED.match(value) else value


def read_csv(path: str | Path) -> pd.DataFrame:
    """A table as `write_csv` wrote it, without its protecting apostrophes."""
    frame = pd.read_csv(path, encoding="utf-8")
    for column in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[column]):
            frame[column] = frame[column].map(unescape, na_action="ignore")
    return frame.rename(columns=unescape)
