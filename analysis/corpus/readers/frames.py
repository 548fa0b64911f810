"""Tables as any program saves them: CSV, TSV, Excel, Parquet and JSON, every cell a text."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.messages import Note
from analysis.base.safe_csv import unescape
from analysis.corpus.readers.common import (
    MEGABYTE,
    ReaderError,
    check_size,
    open_zip,
    problem,
)
from analysis.corpus.readers.records import (
    MAX_TABLE,
    ROW,
    cell_text,
    check_width,
    column_key,
    from_json,
    numbered,
    of_records,
)
from analysis.corpus.readers.text import codec_of, table_encoding
from analysis.lexicons import load

MAX_ROWS = 250_000
MAX_CELL = 10 * MEGABYTE
_ABOVE = 10  # among so many rows the one that names the columns is looked for
_LONGEST_NAME = 40  # of a column


def read_csv(
    path: str | Path, *, encoding: str | None = None, titled: bool = False
) -> pd.DataFrame:
    """A table as any spreadsheet saves it: all values strings, empty cells ``""``.

    The delimiter (``,`` ``;`` tab ``|``) and the encoding are found; a line ``sep=;`` is obeyed.
    The index, named ``row``, is the row number the spreadsheet shows (the header is row 1).
    ``df.attrs`` holds ``delimiter`` and ``encoding``. One apostrophe before ``= + - @`` tab or
    return, which keeps spreadsheets from running a cell, is taken off. Rows without any value are
    left out; in a table of articles (`titled`) lines may stand above the one that names columns.

    Raises ReaderError listing every row with too many cells, doubled or empty column names, cells
    over 10 MB, NUL bytes and unreadable encodings.
    """
    path = Path(path)
    check_size(path, MAX_TABLE, "a CSV table")
    encoding = encoding or table_encoding(path)
    codec, errors = codec_of(encoding)
    try:
        with path.open(encoding=codec, errors=errors, newline="") as stream:
            head = stream.read(100_000)
            stream.seek(0)
            asked = re.match(r"\ufeff?sep=(.)\r?\n", head)
            delimiter = asked[1] if asked else _delimiter(head, path.suffix.lower())
            rows = _rows(stream, delimiter, path.name)
            if asked:
                next(rows)
            frame = _frame(rows, path.name, titled)
    except (UnicodeError, LookupError) as error:
        what = f"the file is not in {encoding} ({error})."
        raise problem(path.name, what, "Save it as CSV UTF-8.") from error
    frame.attrs = {"delimiter": delimiter, "encoding": encoding}
    return frame


def _delimiter(head: str, suffix: str) -> str:
    """The delimiter that splits the first rows into the same, largest number of cells.

    One that parts usual names of columns comes before all others.
    """

    def evenness(delimiter: str) -> tuple[bool, float]:
        try:
            rows = list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))
        except csv.Error:
            return False, 0
        rows = [row for row in rows[:50] if any(row)]
        named = any(usual_names_in(row) > 1 for row in rows[:_ABOVE])
        rows = rows[:-1] if len(rows) > 2 else rows  # the last one may be cut off
        widths = Counter(map(len, rows))  # lines above the header are narrower
        even = max((n * count / len(rows) for n, count in widths.items() if n > 1), default=0)
        return named, even

    if suffix in {".tsv", ".tab"}:
        return "\t"
    best = max(";\t,|", key=evenness)
    return best if any(evenness(best)) else ","


def _rows(stream: io.TextIOBase, delimiter: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """(row number, cells) of every row; no line or cell longer than `MAX_CELL` is read."""
    what = f"a cell has more than {MAX_CELL // MEGABYTE} million characters."
    todo = "A quotation mark is probably never closed; look at this row in a text editor."

    def lines() -> Iterator[str]:
        number = 0
        while line := stream.readline(MAX_CELL):
            number += 1
            if len(line) >= MAX_CELL:
                raise problem(f"{name}, line {number}", what, todo)
            if "\0" in line:
                why = "the line holds NUL bytes: this is no text table, or it is damaged."
                raise problem(f"{name}, line {number}", why, "Save it again as CSV UTF-8.")
            yield line

    number, before = 0, csv.field_size_limit(MAX_CELL)
    try:
        for number, row in enumerate(csv.reader(lines(), delimiter=delimiter), start=1):
            yield number, row
    except csv.Error as error:
        reason = (what, todo) if "field limit" in str(error) else (f"{error}.",)
        raise problem(f"{name}, row {number + 1}", *reason) from error
    finally:
        csv.field_size_limit(before)


def _frame(rows: Iterator[tuple[int, list[str]]], name: str, titled: bool) -> pd.DataFrame:
    """A table of numbered rows; the first that holds anything names the columns.

    In a `titled` table the first that has usual names does.
    """
    filled = ((number, row) for number, row in rows if any(cell.strip() for cell in row))
    filled = _from_header(filled) if titled else filled
    number, row = next(filled, (0, []))
    if not row:
        raise problem(name, "the table is empty.", "Its first row must name the columns.")
    header = _header(row, name)
    problems = _header_problems(header, f"{name}, row {number}")
    width = len(header)
    numbers, cells = [], []
    for number, row in filled:
        if len(numbers) == MAX_ROWS:
            raise problem(name, f"the table has more than {MAX_ROWS:,} rows.", "Split it.")
        problems += _row_problems(row, width, f"{name}, row {number}")
        numbers.append(number)
        cells.append([unescape(cell) for cell in (*row[:width], *[""] * (width - len(row)))])
    if cells and len(row) < width and "\n" in row[-1]:
        what = f"a quotation mark opened before “{row[-1][:40]}” is never closed."
        todo = "Close it, or double quotation marks inside a cell."
        problems.append(Note(f"{name}, row {number}", what, todo))
    if problems:
        more = Note(name, f"{len(problems) - 20} more rows have such problems.")
        raise ReaderError(problems[:20] + [more] * (len(problems) > 20))
    return pd.DataFrame(cells, columns=header, index=pd.Index(numbers, name=ROW), dtype=object)


def _from_header(rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The rows from the one that has usual names of columns; all where none of the first has."""
    first = list(islice(rows, _ABOVE))
    known = [usual_names_in(row) for _, row in first]
    start = next((n for n, count in enumerate(known) if count > 1), 0)
    return chain(first[start:], rows)


def is_table(text: str) -> bool:
    """Whether a plain text is a table, as spreadsheets save it: its first line names columns."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    return usual_names_in(first.split("\t")) > 1


def usual_names_in(cells: list[str]) -> int:
    """How many usual names of columns the cells are."""
    return len(_usual_names() & {column_key(cell) for cell in cells if len(cell) < _LONGEST_NAME})


@cache
def _usual_names() -> frozenset[str]:
    return frozenset(
        column_key(name) for names in load("exports")["columns"].values() for name in names
    )


def _header(row: list[str], name: str) -> list[str]:
    header = [unescape(cell).strip() for cell in row]
    while not header[-1]:
        header.pop()
    check_width(len(header), name)
    return header


def _row_problems(row: list[str], width: int, where: str) -> list[Note]:
    extra = next((cell for cell in row[width:] if cell.strip()), None)
    if extra is None:
        return []
    what = f"the row has {len(row)} cells, the header {width}; "
    what += f"the first that is too many begins “{extra[:40]}”."
    return [Note(where, what, "Quote cells that hold the delimiter, or remove the cell.")]


def _header_problems(header: list[str], where: str) -> list[Note]:
    header[0] = header[0] or "row_name"  # R and pandas save row names without one
    lacking = [
        Note(f"{where}, column {position}", "the column has no name.", "Name it or remove it.")
        for position, name in enumerate(header, start=1)
        if not name
    ]
    return lacking + [
        Note(where, f"{count} columns are named “{name}”.", "Give each its own name.")
        for name, count in Counter(filter(None, header)).items()
        if count > 1
    ]


def _from_csv(path: Path, encoding: str | None) -> pd.DataFrame:
    """As `read_csv`; a GDELT file, which has no header, gets names for the columns we use."""
    with path.open("rb") as stream:
        first = stream.readline(100_000).decode("utf-8", "replace").rstrip("\r\n").split("\t")
    named = load("exports")["gdelt_headerless"].get(len(first))
    if not named or not re.match(r"\d{6,}", first[0]):
        return read_csv(path, encoding=encoding, titled=True)
    how = {"sep": "\t", "header": None, "dtype": str, "quoting": csv.QUOTE_NONE}
    how |= {"usecols": list(named.values()), "nrows": MAX_ROWS + 1, "encoding_errors": "replace"}
    frame = pd.read_csv(path, keep_default_na=False, **how)
    frame.columns = sorted(named, key=named.get)
    return numbered(frame)


def _from_parquet(path: Path, encoding: str | None) -> pd.DataFrame:
    import pyarrow as pa
    import pyarrow.parquet as pq

    check_size(path, MAX_TABLE, "a Parquet table")
    try:
        with pq.ParquetFile(path) as file:
            groups = [file.metadata.row_group(i) for i in range(file.metadata.num_row_groups)]
            if sum(group.total_byte_size for group in groups) > MAX_TABLE:
                what = f"unpacked it exceeds {MAX_TABLE // MEGABYTE} MB."
                raise problem(path.name, what, "Split it.")
            return of_records(file.read().to_pylist(), path.name)
    except (pa.ArrowException, OSError) as error:
        what = f"this is no complete Parquet file ({error})."
        raise problem(path.name, what, "Save it again.") from error


def _sheets(sheets: list) -> list:
    """The sheets on whose top columns are named as usual, all as on the first; else the first."""
    named = [(sheet, _top(sheet)) for sheet in sheets]
    named = [(sheet, top) for sheet, top in named if top]
    return [sheet for sheet, top in named if top == named[0][1]] or sheets[:1]


def _top(sheet: Any) -> list[str]:
    """The first row of a sheet that names columns as usual; empty where none does."""
    rows = sheet.iter_rows(max_row=_ABOVE, values_only=True)
    cells = (list(map(cell_text, row)) for row in rows)
    return next((row for row in cells if usual_names_in(row) > 1), [])


def _frame_of(sheet: Any, name: str) -> pd.DataFrame:
    rows = enumerate(sheet.iter_rows(values_only=True), start=1)
    cells = ((n, [cell_text(value) for value in row]) for n, row in rows)
    return _frame(cells, name, titled=True)


def _from_excel(path: Path, encoding: str | None) -> pd.DataFrame:
    open_zip(path, "Excel workbook").close()
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheets = _sheets([one for one in book.worksheets if one.sheet_state == "visible"])
        frames = [_frame_of(sheet, path.name) for sheet in sheets]
        book.close()
    except ReaderError:
        raise
    except Exception as error:  # openpyxl raises many kinds on damaged files
        what = f"this is no Excel workbook that can be read ({error})."
        raise problem(path.name, what, "Save as .xlsx.") from error
    frame = frames[0]
    for more in frames[1:]:  # their rows are numbered on, so that each has a number of its own
        more.index += frame.index.max()
        frame = pd.concat([frame, more])
    titles = ", ".join(f"“{sheet.title}”" for sheet in sheets)
    frame.attrs = {"read": titles, "skipped": len(book.worksheets) - len(sheets)}
    return frame


LOADERS = {  # by the ending of a file: (path, encoding) to its table
    **dict.fromkeys((".csv", ".tsv", ".tab"), _from_csv),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), from_json),
    **dict.fromkeys((".parquet", ".pq"), _from_parquet),
    **dict.fromkeys((".xlsx", ".xlsm"), _from_excel),
}
