"""Tables of articles: CSV, TSV, JSON, JSON Lines, Parquet, Excel; one row an article."""

import codecs
import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd

from analysis.base.messages import Note
from analysis.corpus.readers.common import (
    KEYS,
    MEGABYTE,
    ReaderError,
    Reading,
    check_size,
    document,
    document_id,
    open_zip,
    problem,
    slug,
    squeeze,
)
from analysis.corpus.readers.dating import date_documents
from analysis.corpus.readers.text import MAX_TEXT, codec_of, detect_encoding, read_text
from analysis.lexicons import load

MAX_TABLE = 1500 * MEGABYTE
MAX_ROWS, MAX_COLUMNS = 250_000, 2_000
MAX_CELL = 10 * MEGABYTE
_FORMULA = re.compile(r"'+[=+\-@\t\r]")
ROW = "row"


def read_csv(path: str | Path, *, encoding: str | None = None) -> pd.DataFrame:
    """A table as any spreadsheet saves it: all values strings, empty cells ``""``.

    The delimiter (``,`` ``;`` tab ``|``) and the encoding are found; a line ``sep=;`` is obeyed.
    The index, named ``row``, is the row number the spreadsheet shows (the header is row 1).
    ``df.attrs`` holds ``delimiter`` and ``encoding``. One apostrophe before ``= + - @`` tab or
    return, which keeps spreadsheets from running a cell, is taken off. Rows without any value are
    left out.

    Raises ReaderError listing every row with too many cells, doubled or empty column names, cells
    over 10 MB, NUL bytes and unreadable encodings.
    """
    path = Path(path)
    check_size(path, MAX_TABLE, "a CSV table")
    encoding = encoding or _table_encoding(path)
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
            frame = _frame(rows, path.name)
    except (UnicodeError, LookupError) as error:
        what = f"the file is not in {encoding} ({error})."
        raise problem(path.name, what, "Save it as CSV UTF-8.") from error
    frame.attrs = {"delimiter": delimiter, "encoding": encoding}
    return frame


def _table_encoding(path: Path) -> str:
    """Encoding of a table, told by the megabyte: it is never held in memory as bytes and text."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    with path.open("rb") as stream:
        while chunk := stream.read(MEGABYTE):
            try:
                if "\0" not in decoder.decode(chunk):
                    continue
            except UnicodeDecodeError:
                pass
            return detect_encoding(chunk, path.name)
    return "utf-8-sig"


def _delimiter(head: str, suffix: str) -> str:
    """The delimiter that splits the first rows into the same, largest number of cells."""

    def evenness(delimiter: str) -> float:
        try:
            rows = list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))
        except csv.Error:
            return 0
        rows = [row for row in rows[:50] if any(row)]
        rows = rows[:-1] if len(rows) > 2 else rows  # the last one may be cut off
        width = len(rows[0]) if rows else 0
        return width * sum(len(row) == width for row in rows) / len(rows) if width > 1 else 0

    if suffix in {".tsv", ".tab"}:
        return "\t"
    best = max(";\t,|", key=evenness)
    return best if evenness(best) else ","


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
        found = (what, todo) if "field limit" in str(error) else (f"{error}.",)
        raise problem(f"{name}, row {number + 1}", *found) from error
    finally:
        csv.field_size_limit(before)


def _frame(rows: Iterator[tuple[int, list[str]]], name: str) -> pd.DataFrame:
    header: list[str] = []
    numbers, cells, problems = [], [], []
    for number, row in rows:
        where = f"{name}, row {number}"
        if not any(cell.strip() for cell in row):
            continue
        if not header:
            header = [_undo_formula(cell).strip() for cell in row]
            while not header[-1]:
                header.pop()
            _check_width(len(header), name)
            problems += _header_problems(header, where)
            continue
        extra = [cell for cell in row[len(header) :] if cell.strip()]
        if extra:
            what = f"the row has {len(row)} cells, the header {len(header)}; "
            what += f"the first that is too many begins “{extra[0][:40]}”."
            todo = "Quote cells that hold the delimiter, or remove the cell."
            problems.append(Note(where, what, todo))
        if len(numbers) == MAX_ROWS:
            raise problem(name, f"the table has more than {MAX_ROWS:,} rows.", "Split it.")
        numbers.append(number)
        filled = row[: len(header)] + [""] * (len(header) - len(row))
        cells.append([_undo_formula(cell) for cell in filled])
    if cells and len(row) < len(header) and "\n" in row[-1]:
        what = f"a quotation mark opened before “{row[-1][:40]}” is never closed."
        problems.append(Note(where, what, "Close it, or double quotation marks inside a cell."))
    if not header:
        raise problem(name, "the table is empty.", "Its first row must name the columns.")
    if problems:
        more = Note(name, f"{len(problems) - 20} more rows have such problems.")
        raise ReaderError(problems[:20] + [more] * (len(problems) > 20))
    return pd.DataFrame(cells, columns=header, index=pd.Index(numbers, name=ROW), dtype=object)


def _check_width(columns: int, name: str) -> None:
    if columns > MAX_COLUMNS:
        what = f"the table has {columns:,} columns; {MAX_COLUMNS:,} are read."
        raise problem(name, what, "Remove those that are not needed.")


def _undo_formula(cell: str) -> str:
    return cell[1:] if _FORMULA.match(cell) else cell


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


def read_table(
    path: Path, *, columns: dict | None = None, encoding=None, date_order=None, name: str = ""
) -> Reading:
    """A table of articles; `columns` maps our names (`KEYS`) to the columns of the table.

    Columns not mapped are recognised by their usual names and the others carried along.
    A table without texts (Media Cloud, GDELT) gives a Reading with `metadata_only` set.
    """
    name = name or path.name
    frame = _LOADERS[path.suffix.lower()](path, encoding)
    if not 0 < len(frame) <= MAX_ROWS:
        what = f"the table has {len(frame) or 'no'} rows; up to {MAX_ROWS:,} are read."
        raise problem(name, what, "Split it." if len(frame) else "")
    reading = _reading(frame, _map_columns(frame, columns or {}, name), name, date_order)
    used = frame.attrs.get("encoding", "utf-8")
    if used not in ("utf-8", "utf-8-sig"):
        reading.notes.insert(0, Note(name, f"read as {used} (a guess from its bytes)."))
    if frame.attrs.get("sheets", 1) > 1:
        what = "only the first of {sheets} sheets, “{sheet}”, was read.".format(**frame.attrs)
        reading.notes.insert(0, Note(name, what, "Save other sheets as files of their own."))
    return reading


def _from_csv(path: Path, encoding: str | None) -> pd.DataFrame:
    """As `read_csv`; a GDELT file, which has no header, gets names for the columns we use."""
    with path.open("rb") as stream:
        first = stream.readline(100_000).decode("utf-8", "replace").rstrip("\r\n").split("\t")
    named = load("exports")["gdelt_headerless"].get(len(first))
    if not named or not re.match(r"\d{6,}", first[0]):
        return read_csv(path, encoding=encoding)
    how = {"sep": "\t", "header": None, "dtype": str, "quoting": csv.QUOTE_NONE}
    how |= {"usecols": list(named.values()), "nrows": MAX_ROWS + 1, "encoding_errors": "replace"}
    frame = pd.read_csv(path, keep_default_na=False, **how)
    frame.columns = sorted(named, key=named.get)
    return _numbered(frame)


def _numbered(frame: pd.DataFrame, **attrs: object) -> pd.DataFrame:
    frame.index = pd.RangeIndex(1, len(frame) + 1, name=ROW)
    frame.attrs = attrs
    return frame


def _of_records(records: list[dict], name: str, **attrs: object) -> pd.DataFrame:
    _check_width(len(set().union(*records)), name)
    rows = [{key: _cell(value) for key, value in record.items()} for record in records]
    return _numbered(pd.DataFrame(rows, dtype=object).fillna(""), **attrs)


def _from_json(path: Path, encoding: str | None) -> pd.DataFrame:
    if path.suffix.lower() != ".json" and path.stat().st_size > MAX_TEXT:
        check_size(path, MAX_TABLE, "a table in JSON Lines")
        encoding = encoding or _table_encoding(path)
        codec, errors = codec_of(encoding)
        try:
            with path.open(encoding=codec, errors=errors) as lines:
                records = _json_records(lines, path.name)
        except UnicodeError as error:
            what = f"the file is not in {encoding} ({error})."
            raise problem(path.name, what, "Save it again as UTF-8.") from error
    else:
        text, encoding = read_text(path, encoding)
        whole = path.suffix.lower() == ".json" or text.lstrip().startswith("[")
        records = _json_records([text] if whole else text.split("\n"), path.name, whole)
    if isinstance(records, dict):  # {"articles": [...]}, as many services answer
        lists = [value for value in records.values() if isinstance(value, list)]
        records = max(lists, key=len) if lists else [records]
    wrong = [number for number, record in enumerate(records, 1) if not isinstance(record, dict)]
    if wrong:
        where = f"{path.name}, record {wrong[0]}"
        raise problem(where, "it is no object with named fields (an article).")
    return _of_records(records, path.name, encoding=encoding)


def _json_records(parts: Iterable[str], name: str, whole: bool = False) -> dict | list:
    """What JSON texts say: a `whole` one, or one a line."""
    records, problems = [], []
    for number, part in enumerate(parts, start=1):
        try:
            records += [json.loads(part)] if part.strip() else []
        except (ValueError, RecursionError) as error:  # no JSON, or a number of 5,000 digits
            if whole and "Extra data" in str(error):
                return _json_records(part.split("\n"), name)
            where = name if whole else f"{name}, line {number}"
            problems.append(Note(where, f"this is no valid JSON ({error}).", "Export it again."))
    if problems:
        raise ReaderError(problems[:20])
    return records[0] if whole and isinstance(records[0], dict | list) else records


def _cell(value: object) -> str:
    """A value as a cell: lists joined by ``;``, dates ISO, nothing as an empty string."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ";".join(_cell(part) for part in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


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
            return _of_records(file.read().to_pylist(), path.name)
    except (pa.ArrowException, OSError) as error:
        what = f"this is no complete Parquet file ({error})."
        raise problem(path.name, what, "Save it again.") from error


def _from_excel(path: Path, encoding: str | None) -> pd.DataFrame:
    open_zip(path, "Excel workbook").close()
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
        rows = enumerate(sheet.iter_rows(values_only=True), start=1)
        frame = _frame(((n, [_cell(value) for value in row]) for n, row in rows), path.name)
        book.close()
    except ReaderError:
        raise
    except Exception as error:  # openpyxl raises many kinds on damaged files
        what = f"this is no Excel workbook that can be read ({error})."
        raise problem(path.name, what, "Save as .xlsx.") from error
    frame.attrs = {"sheet": sheet.title, "sheets": len(book.worksheets)}
    return frame


_LOADERS = {
    **dict.fromkeys((".csv", ".tsv", ".tab"), _from_csv),
    **dict.fromkeys((".json", ".jsonl", ".ndjson"), _from_json),
    **dict.fromkeys((".parquet", ".pq"), _from_parquet),
    **dict.fromkeys((".xlsx", ".xlsm"), _from_excel),
}
SUFFIXES = tuple(_LOADERS)


def _map_columns(frame: pd.DataFrame, wanted: dict, where: str) -> dict[str, str]:
    """Our name -> column of the table, as the user says, else by usual names if not empty."""
    names = [str(column) for column in frame.columns]
    has = f"It has: {', '.join(names[:40])}."
    problems = [
        Note(where, f"the column “{column}” named for `{ours}` is not in the table.", has)
        for ours, column in wanted.items()
        if column not in names
    ]
    if problems:
        raise ReaderError(problems)
    mapping = dict(wanted)
    filled = [column for column in names if frame[column].str.strip().any()]
    by_slug = {slug(column): column for column in reversed(filled)}
    for ours, usual in load("exports")["columns"].items():
        for column in filter(None, (by_slug.get(slug(name)) for name in usual)):
            if ours not in mapping and column not in mapping.values():
                mapping[ours] = column
    if not mapping.keys() & {"text", "url"}:
        todo = "Name the column of the texts: columns: {text: NAME}."
        raise problem(where, f"no column holds the texts. {has}", todo)
    return mapping


def _reading(frame: pd.DataFrame, mapping: dict, name: str, date_order: str | None) -> Reading:
    notes: list[Note] = []
    columns = {str(column): frame[column].tolist() for column in frame.columns}
    known = {slug(column) for column in columns}
    shapes = load("exports")["metadata_tables"]
    service = next((s for s, shape in shapes.items() if any(map(known.issuperset, shape))), None)
    pairs = ", ".join(f"{ours} = “{column}”" for ours, column in mapping.items() if ours != column)
    if pairs:
        what = f"columns recognised: {pairs}."
        notes.append(Note(name, what, "Map them in corpus.yml if wrong."))
    values = {ours: columns[column] for ours, column in mapping.items()}
    for column in (column for column in columns if column not in mapping.values()):
        values[_free_name(column, values)] = columns[column]
    given = [squeeze(value) for value in values.get("doc_id", [])]
    unique = bool(given) and all(given) and len(set(given)) == len(given)
    if given and not unique:
        values["doc_id_given"] = values.pop("doc_id")
        twice = [value for value, count in Counter(given).items() if count > 1 and value]
        what = f"“{twice[0]}” stands in {given.count(twice[0])} rows" if twice else "some are empty"
        what = f"the identifiers in “{mapping['doc_id']}” are not unique ({what})"
        notes.append(Note(name, f"{what}; kept as doc_id_given, own ones made."))
    documents = []
    for row, *cells in zip(frame.index, *values.values(), strict=True):
        made = {"doc_id": document_id(name, int(row))} | dict(zip(values, cells, strict=True))
        made |= {"published_raw": made.pop("published", None), "file": name}
        documents.append(document(**made, row=int(row)))
    empty = [str(doc["row"]) for doc in documents if not squeeze(doc["text"])]
    if empty and "text" in mapping:
        shown = ", ".join(empty[:10]) + (" …" if len(empty) > 10 else "")
        notes.append(Note(name, f"{len(empty)} rows have no text (rows {shown})."))
    notes += date_documents(documents, name, date_order)
    if "text" not in mapping:
        what = f"{service or 'this table'} gives metadata only: {len(documents)} rows, no texts."
        todo = "Collect the texts yourself; they are joined by the column `url`."
        notes.append(Note(name, what, todo))
    kind = f"{service or 'articles'} table"
    return Reading(documents, kind, notes, metadata_only="text" not in mapping)


def _free_name(column: str, taken: Iterable[str]) -> str:
    """The slug of a carried column; one that is ours but was not mapped gets ``_given``."""
    free = slug(column) or "column"
    free = f"{free}_given" if free in (*KEYS, "row", "language_raw") else free
    while free in taken:
        free += "_2"
    return free
