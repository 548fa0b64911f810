"""Tables of articles: which column is which, and one article a row."""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from analysis.base.messages import Note
from analysis.base.rows import LONGEST_ID
from analysis.corpus.readers.cells import mend_cells
from analysis.corpus.readers.common import (
    KEYS,
    ReaderError,
    Reading,
    document,
    document_id,
    problem,
    slug,
    squeeze,
)
from analysis.corpus.readers.dating import is_date
from analysis.corpus.readers.frames import LOADERS, MAX_ROWS
from analysis.corpus.readers.records import column_key
from analysis.lexicons import load

_ADDRESS = re.compile(r"\s*(?:https?://(?:www\.)?|www\.)(?=[^\s/]+\.[^\s/])", re.IGNORECASE)
_ASKED = ("text", "title", "outlet", "published")  # whose runners-up are named
_LINES = "\ncolumns:\n  text: NAME\n  outlet: NAME\n  published: NAME"
_FILE = re.compile(r"(?!https?:)[^\n;]{1,300}\.(?:txt|text|html?|docx?|odt|rtf|pdf|mhtml)", re.I)
_NEEDED = {"text", "text_file", "url"}
_WHOLE = 0.8
_SAMPLE_ROWS, _LONGEST_DATE = 200, 40


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
    Of a table without texts (Media Cloud, GDELT) the documents have none.
    """
    name = name or path.name
    frame = LOADERS[suffix or path.suffix.lower()](path, encoding)
    if not 0 < len(frame) <= MAX_ROWS:
        what = f"the table has {len(frame) or 'no'} rows; up to {MAX_ROWS:,} are read."
        raise problem(name, what, "Split it." if len(frame) else "")
    reading = _reading(frame, _map_columns(frame, columns or {}, name), name)
    used = frame.attrs.get("encoding", "utf-8")
    if used not in ("utf-8", "utf-8-sig"):
        reading.notes.insert(0, Note(name, f"read as {used} (a guess from its bytes)."))
    if skipped := frame.attrs.get("skipped"):
        what = f"read of its sheets: {frame.attrs['read']}; left out: {skipped} with other columns."
        todo = "If they hold articles, save them as files of their own."
        reading.notes.insert(0, Note(name, what, todo))
    return reading


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
    if not mapping.keys() & _NEEDED and not _map_others(frame, mapping):
        todo = "Name the column of the texts in corpus.yml of the new folder, and try again:"
        raise problem(where, f"no column holds the texts. {has}", f"{todo}{_LINES}")
    return mapping


def _beginnings() -> set[str]:
    return set(map(column_key, load("exports")["beginnings"]))


def _usual(frame: pd.DataFrame) -> dict[str, list[str]]:
    """The columns that hold anything under usual names, by our name, the likeliest first."""
    filled = [column for column in frame.columns if frame[column].str.strip().any()]
    by_key = {column_key(column): column for column in reversed(filled)}
    return {
        ours: list(dict.fromkeys(by_key[key] for key in map(column_key, names) if key in by_key))
        for ours, names in load("exports")["columns"].items()
    }


def _fullest(frame: pd.DataFrame, columns: list[str]) -> str:
    """The first column with whole texts: others may hold only their beginnings."""
    sizes = {column: int(frame[column].str.len().sum()) for column in columns}
    return next(c for c, size in sizes.items() if size >= _WHOLE * max(sizes.values()))


def _map_others(frame: pd.DataFrame, mapping: dict) -> bool:
    """Map what may stand for a column of texts: one of files, else one of beginnings."""
    if file := _files_in(frame):
        mapping["text_file"] = file
    elif found := [c for c in frame.columns if column_key(c) in _beginnings()]:
        mapping["text"] = found[0]
    return bool(mapping.keys() & _NEEDED)


def _files_in(frame: pd.DataFrame) -> str | None:
    """The column that names the files of the texts: by its name, else by what its cells end in."""
    usual = set(map(column_key, load("exports")["text_files"]))
    named = [column for column in frame.columns if column_key(column) in usual]
    return next((c for c in [*named, *frame.columns] if _are_files(frame[c], c in named)), None)


def _are_files(cells: pd.Series, named: bool) -> bool:
    filled = [cell for cell in cells.head(_SAMPLE_ROWS) if cell.strip()]
    files = sum(bool(_FILE.fullmatch(cell.strip())) for cell in filled)
    return bool(filled) and (named or files > _WHOLE * len(filled))


def _dates_in(frame: pd.DataFrame, mapping: dict) -> str | None:
    """The first column whose cells are days, whatever its name, unless days of downloading."""
    never = load("exports")["not_published"]
    for column in frame.columns:
        if column not in mapping.values() and slug(str(column)) not in never:
            cells = [cell for cell in frame[column].head(_SAMPLE_ROWS) if cell.strip()]
            days = sum(is_date(cell) and len(cell) < _LONGEST_DATE for cell in cells)
            if cells and days > _WHOLE * len(cells):
                return column
    return None


def _reading(frame: pd.DataFrame, mapping: dict, name: str) -> Reading:
    notes = _mapping_notes(frame, mapping, name)
    values = _values(frame, mapping)
    notes += mend_cells(values, name)
    notes += _name_sites(values, name)
    if fault := _fault_of_ids(values.get("doc_id", [])):
        values["doc_id_given"] = values.pop("doc_id")
        what = f"the identifiers in “{mapping['doc_id']}” {fault}"
        notes.append(Note(name, f"{what}; kept as doc_id_given, own ones made."))
    documents = []
    for row, *cells in zip(frame.index, *values.values(), strict=True):
        made = {"doc_id": document_id(name, int(row))} | dict(zip(values, cells, strict=True))
        documents.append(document(**made | {"file": name, "row": int(row)}))
    service = _service(map(str, frame.columns))
    if "text" not in mapping:
        how = (
            f"the names in “{mapping['text_file']}”"
            if "text_file" in mapping
            else "their addresses"
        )
        what = f"{service or 'this table'} gives metadata only, no texts."
        notes.append(Note(name, what, f"Texts saved in its folder are joined to it by {how}."))
    elif column_key(mapping["text"]) in _beginnings():
        what = f"no column holds whole texts; “{mapping['text']}” holds their beginnings."
        notes.append(Note(name, what, "What such articles do not say counts as not said."))
    return Reading(documents, f"{service or 'articles'} table", notes)


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
    named = zip(addresses, values["outlet"], strict=True)
    example = next(site for address, site in named if _ADDRESS.match(address))
    return [Note(name, f"outlets are the sites of the addresses, as “{example}”.")]


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
