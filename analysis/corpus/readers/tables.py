"""Tables of articles: CSV, TSV, JSON, JSON Lines, Parquet, Excel; one row an article."""

import codecs
import csv
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.messages import Note
from analysis.base.rows import LONGEST_ID
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
from analysis.corpus.readers.dating import is_date
from analysis.corpus.readers.text import MAX_TEXT, codec_of, detect_encoding, read_text
from analysis.lexicons import load

MAX_TABLE = 1500 * MEGABYTE
MAX_ROWS, MAX_COLUMNS = 250_000, 2_000
MAX_CELL = 10 * MEGABYTE
_FORMULA = re.compile(r"'+[=+\-@\t\r]")
ROW = "row"
_ADDRESS = re.compile(r"\s*(?:https?://(?:www\.)?|www\.)(?=[^\s/]+\.[^\s/])", re.IGNORECASE)
_ASKED = ("text", "title", "outlet", "published")  # whose runners-up are named
_LINES = "\ncolumns:\n  text: NAME\n  outlet: NAME\n  published: NAME"
_WHOLE = 0.8
_ABOVE = 10  # among so many rows the one that names the columns is looked for
_SAMPLE_ROWS, _LONGEST_DATE = 200, 40


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
        reason = (what, todo) if "field limit" in str(error) else (f"{error}.",)
        raise problem(f"{name}, row {number + 1}", *reason) from error
    finally:
        csv.field_size_limit(before)


def _frame(rows: Iterator[tuple[int, list[str]]], name: str) -> pd.DataFrame:
    """A table of numbered rows; the first that holds anything names the columns."""
    filled = ((number, row) for number, row in rows if any(cell.strip() for cell in row))
    first = list(islice(filled, _ABOVE))
    known = [_known(row) for _, row in first]
    start = next((n for n, count in enumerate(known) if count > 1), 0)  # lines may stand above it
    filled = chain(first[start:], filled)
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
        cells.append([_undo_formula(cell) for cell in (*row[:width], *[""] * (width - len(row)))])
    if cells and len(row) < width and "\n" in row[-1]:
        what = f"a quotation mark opened before “{row[-1][:40]}” is never closed."
        todo = "Close it, or double quotation marks inside a cell."
        problems.append(Note(f"{name}, row {number}", what, todo))
    if problems:
        more = Note(name, f"{len(problems) - 20} more rows have such problems.")
        raise ReaderError(problems[:20] + [more] * (len(problems) > 20))
    return pd.DataFrame(cells, columns=header, index=pd.Index(numbers, name=ROW), dtype=object)


def is_table(text: str) -> bool:
    """Whether a plain text is a table, as spreadsheets save it: its first line names columns."""
    first = text.lstrip("\ufeff").partition("\n")[0]
    return _known(first.split("\t")) > 1


def _known(cells: list[str]) -> int:
    """How many cells are usual names of columns."""
    return sum(slug(cell) in _usual_names() for cell in cells if len(cell) < _LONGEST_DATE)


@cache
def _usual_names() -> frozenset[str]:
    return frozenset(slug(name) for names in load("exports")["columns"].values() for name in names)


def _header(row: list[str], name: str) -> list[str]:
    header = [_undo_formula(cell).strip() for cell in row]
    while not header[-1]:
        header.pop()
    _check_width(len(header), name)
    return header


def _check_width(columns: int, name: str) -> None:
    if columns > MAX_COLUMNS:
        what = f"the table has {columns:,} columns; {MAX_COLUMNS:,} are read."
        raise problem(name, what, "Remove those that are not needed.")


def _row_problems(row: list[str], width: int, where: str) -> list[Note]:
    extra = next((cell for cell in row[width:] if cell.strip()), None)
    if extra is None:
        return []
    what = f"the row has {len(row)} cells, the header {width}; "
    what += f"the first that is too many begins “{extra[:40]}”."
    return [Note(where, what, "Quote cells that hold the delimiter, or remove the cell.")]


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
    path: Path,
    *,
    columns: dict | None = None,
    encoding: str | None = None,
    name: str = "",
    suffix: str = "",
) -> Reading:
    """A table of articles; `columns` maps our names (`KEYS`) to the columns of the table.

    `suffix` says of which kind the table is, where the file's own does not.

    Columns not mapped are recognised by their usual names and the others carried along.
    A table without texts (Media Cloud, GDELT) gives a Reading with `metadata_only` set.
    """
    name = name or path.name
    frame = _LOADERS[suffix or path.suffix.lower()](path, encoding)
    if not 0 < len(frame) <= MAX_ROWS:
        what = f"the table has {len(frame) or 'no'} rows; up to {MAX_ROWS:,} are read."
        raise problem(name, what, "Split it." if len(frame) else "")
    reading = _reading(frame, _map_columns(frame, columns or {}, name), name)
    used = frame.attrs.get("encoding", "utf-8")
    if used not in ("utf-8", "utf-8-sig"):
        reading.notes.insert(0, Note(name, f"read as {used} (a guess from its bytes)."))
    if frame.attrs.get("sheets", 1) > 1:
        what = "only one of {sheets} sheets, “{sheet}”, was read.".format(**frame.attrs)
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
    records = _objects(records)
    wrong = [number for number, record in enumerate(records, 1) if not isinstance(record, dict)]
    if wrong:
        where = f"{path.name}, record {wrong[0]}"
        raise problem(where, "it is no object with named fields (an article).")
    return _of_records(list(map(_flat, records)), path.name, encoding=encoding)


def _objects(value: Any) -> list[Any]:
    """The articles in what a service answers: objects with a text, wherever they lie.

    Where nothing has a text, the longest list of objects, else the object itself.
    """
    articles = list(_with_text(value))
    if articles or isinstance(value, list):
        return articles or value
    lists = [
        objects
        for objects in _lists(value)
        if objects and all(isinstance(o, dict) for o in objects)
    ]
    return max(lists, key=len, default=[value])


def _with_text(value: Any) -> Iterator[dict]:
    if isinstance(value, list):
        for part in value:
            yield from _with_text(part)
    elif isinstance(value, dict) and any(map(_flat(value).get, _text_keys(_flat(value)))):
        yield value
    elif isinstance(value, dict):
        yield from _with_text([part for part in value.values() if isinstance(part, dict | list)])


def _text_keys(record: dict) -> list[str]:
    names = {slug(name) for name in load("exports")["columns"]["text"]}
    return [key for key in record if slug(key) in names]


def _lists(value: Any) -> Iterator[list]:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        if isinstance(part, list):
            yield part
        yield from _lists(part)


def _flat(record: dict) -> dict[str, str]:
    """An object as the row of a table: what it holds one level down is a column, too."""
    row = {}
    for key, value in record.items():
        if isinstance(value, dict) and not _named(value):
            inner = {k: _cell(v) for k, v in value.items()}
            row |= {k: v for k, v in inner.items() if k not in record}
        row[key] = _words(value) if _text_keys({key: value}) else _cell(value)
    return row


def _named(value: dict) -> str:
    """What an object that stands for a name is called: {"id": 3, "name": "The Gazette"}."""
    names = (value.get(key) for key in load("exports")["naming"])
    return next((name for name in names if isinstance(name, str) and name.strip()), "")


def _words(value: Any) -> str:
    """A text, its parts joined: strings are paragraphs, unless objects stand between them."""
    if isinstance(value, dict):
        return _named(value) or "\n\n".join(filter(None, map(_words, value.values())))
    if isinstance(value, list):
        inline = any(isinstance(part, str) for part in value)
        inline &= any(isinstance(part, dict) for part in value)
        return ("" if inline else "\n\n").join(filter(None, map(_words, value)))
    return value if isinstance(value, str) else ""


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
        return _named(value) or json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
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


def _sheet(sheets: list) -> Any:
    """The first sheet on whose top columns are named as usual, else the first."""
    for sheet in sheets:
        rows = sheet.iter_rows(max_row=_ABOVE, values_only=True)
        if any(_known(list(map(_cell, row))) > 1 for row in rows):
            return sheet
    return sheets[0]


def _from_excel(path: Path, encoding: str | None) -> pd.DataFrame:
    open_zip(path, "Excel workbook").close()
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        sheet = _sheet([one for one in book.worksheets if one.sheet_state == "visible"])
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
    for ours, usual in _usual(frame).items():
        free = [column for column in usual if column not in mapping.values()]
        if ours not in mapping and free:
            mapping[ours] = _fullest(frame, free) if ours == "text" else free[0]
    if "published" not in mapping and (column := _dates_in(frame, mapping)):
        mapping["published"] = column
    if not mapping.keys() & {"text", "url"}:
        todo = "Name the column of the texts in corpus.yml of the new folder, and try again:"
        raise problem(where, f"no column holds the texts. {has}", f"{todo}{_LINES}")
    return mapping


def _usual(frame: pd.DataFrame) -> dict[str, list[str]]:
    """The columns that hold anything under usual names, by our name, the likeliest first."""
    filled = [column for column in frame.columns if frame[column].str.strip().any()]
    by_slug = {slug(str(column)): column for column in reversed(filled)}
    return {
        ours: list(dict.fromkeys(by_slug[name] for name in map(slug, names) if name in by_slug))
        for ours, names in load("exports")["columns"].items()
    }


def _fullest(frame: pd.DataFrame, columns: list[str]) -> str:
    """The first column with whole texts: others may hold only their beginnings."""
    sizes = {column: int(frame[column].str.len().sum()) for column in columns}
    return next(c for c, size in sizes.items() if size >= _WHOLE * max(sizes.values()))


def _dates_in(frame: pd.DataFrame, mapping: dict) -> str | None:
    """The first column whose cells are days, whatever its name, unless days of downloading."""
    never = load("exports")["not_published"]
    for column in frame.columns:
        if column not in mapping.values() and slug(str(column)) not in never:
            cells = [cell for cell in frame[column].head(_SAMPLE_ROWS) if cell.strip()]
            days = sum(is_date(cell) and len(cell) < _LONGEST_DATE for cell in cells)
            if cells and days > 0.8 * len(cells):
                return column
    return None


def _reading(frame: pd.DataFrame, mapping: dict, name: str) -> Reading:
    notes = _mapping_notes(frame, mapping, name)
    values = _values(frame, mapping)
    notes += _name_sites(values, name)
    if fault := _fault_of_ids(values.get("doc_id", [])):
        values["doc_id_given"] = values.pop("doc_id")
        what = f"the identifiers in “{mapping['doc_id']}” {fault}"
        notes.append(Note(name, f"{what}; kept as doc_id_given, own ones made."))
    documents = []
    for row, *cells in zip(frame.index, *values.values(), strict=True):
        made = {"doc_id": document_id(name, int(row))} | dict(zip(values, cells, strict=True))
        documents.append(document(**made | {"file": name, "row": int(row)}))
    empty = [str(doc["row"]) for doc in documents if not squeeze(doc["text"])]
    if empty and "text" in mapping:
        shown = ", ".join(empty[:10]) + (" …" if len(empty) > 10 else "")
        notes.append(Note(name, f"{len(empty)} rows have no text (rows {shown})."))
    service = _service(map(str, frame.columns))
    if "text" not in mapping:
        what = f"{service or 'this table'} gives metadata only: {len(documents)} rows, no texts."
        todo = "Collect the texts yourself; they are joined by the column `url`."
        notes.append(Note(name, what, todo))
    kind = f"{service or 'articles'} table"
    return Reading(documents, kind, notes, metadata_only="text" not in mapping)


def _mapping_notes(frame: pd.DataFrame, mapping: dict, name: str) -> list[Note]:
    pairs = ", ".join(f"{ours} = “{column}”" for ours, column in mapping.items() if ours != column)
    rivals = [
        f"{ours} = “{column}”"
        for ours, usual in _usual(frame).items()
        if ours in _ASKED
        for column in usual
        if column not in mapping.values()
    ]
    if not pairs and not rivals:
        return []
    what = f"columns recognised: {pairs or 'all by our names'}."
    what += f" Also possible: {', '.join(rivals)}." if rivals else ""
    return [Note(name, what, "Map them in corpus.yml if wrong.")]


def _values(frame: pd.DataFrame, mapping: dict) -> dict[str, list[str]]:
    """The columns of a table: those of ours under our names, the others under free ones."""
    values = {ours: frame[column].tolist() for ours, column in mapping.items()}
    for column in (column for column in frame.columns if column not in mapping.values()):
        values[_free_name(str(column), values)] = frame[column].tolist()
    return values


def _name_sites(values: dict[str, list[str]], name: str) -> list[Note]:
    """Addresses are no outlets, their sites are; sites also stand in where no outlet is named."""
    given = values.get("outlet") or []
    addresses = given if any(map(_ADDRESS.match, given)) else [] if given else values.get("url", [])
    if not any(map(_ADDRESS.match, addresses)):
        return []
    values["outlet"] = [
        re.split(r"[/?#]", _ADDRESS.sub("", address))[0] if _ADDRESS.match(address) else address
        for address in addresses
    ]
    what = "outlets are the sites of the addresses"
    return [Note(name, f"{what}, as “{next(filter(None, values['outlet']))}”.")]


def _service(columns: Iterable[str]) -> str | None:
    """Whose table of addresses has these columns: Media Cloud, GDELT."""
    known = {slug(column) for column in columns}
    shapes = load("exports")["metadata_tables"]
    return next((s for s, shape in shapes.items() if any(map(known.issuperset, shape))), None)


def _fault_of_ids(values: list[str]) -> str:
    """Why a column of identifiers cannot tell the rows apart; empty where it can."""
    given = [squeeze(value) for value in values]
    if longest := next((value for value in given if len(value) > LONGEST_ID), None):
        return f"are too long (“{longest[:30]}…”)"
    if not given or (all(given) and len(set(given)) == len(given)):
        return ""
    twice = next((v for v, count in Counter(given).items() if count > 1 and v), None)
    what = f"“{twice}” stands in {given.count(twice)} rows" if twice else "some are empty"
    return f"are not unique ({what})"


def _free_name(column: str, taken: Iterable[str]) -> str:
    """The slug of a carried column; one that is ours but was not mapped gets ``_given``."""
    free = slug(column) or "column"
    free = f"{free}_given" if free in (*KEYS, "row", "language_raw") else free
    while free in taken:
        free += "_2"
    return free
