"""Objects as the rows of a table: JSON, JSON Lines, and what Parquet holds."""

import json
import math
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.messages import Note
from analysis.corpus.readers.common import MEGABYTE, ReaderError, check_size, problem, slug
from analysis.corpus.readers.text import MAX_TEXT, codec_of, read_text, table_encoding
from analysis.lexicons import load

MAX_TABLE = 1500 * MEGABYTE
MAX_COLUMNS = 2_000
ROW = "row"


def from_json(path: Path, encoding: str | None) -> pd.DataFrame:
    if path.suffix.lower() != ".json" and path.stat().st_size > MAX_TEXT:
        check_size(path, MAX_TABLE, "a table in JSON Lines")
        encoding = encoding or table_encoding(path)
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
    return of_records(list(map(_flat, records)), path.name, encoding=encoding)


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


def _objects(value: Any) -> list[Any]:
    """The articles in what a service answers: objects with a text, wherever they lie.

    Where nothing has a text, the longest list of objects, else the object itself.  What holds
    them all, a channel or feed, names their outlet.
    """
    value = _rows_of(value)
    articles = list(_with_text(value))
    if isinstance(value, dict) and articles != [value] and isinstance(value.get("name"), str):
        articles = [{"channel_name": value["name"]} | article for article in articles]
    if articles or isinstance(value, list):
        return articles or value
    lists = [
        objects
        for objects in _lists(value)
        if objects and all(isinstance(o, dict) for o in objects)
    ]
    return max(lists, key=len, default=[value])


def _rows_of(value: Any) -> Any:
    """Objects of a table that pandas wrote by columns, or apart from their names; else `value`."""
    if not isinstance(value, dict):
        return value
    columns, rows = value.get("columns"), value.get("data")
    if isinstance(columns, list) and isinstance(rows, list):
        return [dict(zip(map(str, columns), row, strict=False)) for row in rows]
    keys = {tuple(part) if isinstance(part, dict) else None for part in value.values()}
    if len(keys) == 1 and (rows := keys.pop()) and _text_keys(value):
        return [{name: column[row] for name, column in value.items()} for row in rows]
    return value


def _with_text(value: Any) -> Iterator[dict]:
    if isinstance(value, list):
        for part in value:
            yield from _with_text(part)
    elif isinstance(value, dict) and any(map(_flat(value).get, _text_keys(_flat(value)))):
        yield value
    elif isinstance(value, dict):
        yield from _with_text([part for part in value.values() if isinstance(part, dict | list)])


def _text_keys(record: dict) -> list[str]:
    return [key for key in record if column_key(key) in _text_names()]


@cache
def _text_names() -> frozenset[str]:
    return frozenset(map(column_key, load("exports")["columns"]["text"]))


@lru_cache(maxsize=10_000)
def column_key(name: object) -> str:
    """The name of a column as names are compared: ``articleBody`` is ``article_body``."""
    return slug(str(name), "")


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
            inner = {k: cell_text(v) for k, v in value.items()}
            row |= {k: v for k, v in inner.items() if k not in record}
        row[key] = _words(value) if _text_keys({key: value}) else cell_text(value)
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


def cell_text(value: object) -> str:
    """A value as a cell: lists joined by ``;``, dates ISO, nothing as an empty string."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ";".join(cell_text(part) for part in value)
    if isinstance(value, dict):
        return _named(value) or json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def of_records(records: list[dict], name: str, **attrs: object) -> pd.DataFrame:
    check_width(len(set().union(*records)), name)
    rows = [{key: cell_text(value) for key, value in record.items()} for record in records]
    return numbered(pd.DataFrame(rows, dtype=object).fillna(""), **attrs)


def numbered(frame: pd.DataFrame, **attrs: object) -> pd.DataFrame:
    frame.index = pd.RangeIndex(1, len(frame) + 1, name=ROW)
    frame.attrs = attrs
    return frame


def check_width(columns: int, name: str) -> None:
    if columns > MAX_COLUMNS:
        what = f"the table has {columns:,} columns; {MAX_COLUMNS:,} are read."
        raise problem(name, what, "Remove those that are not needed.")
