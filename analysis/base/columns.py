"""What stands in each table of a study: ``columns.yml``, read once and asked here."""

import re
from collections.abc import Collection
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from analysis.base.yaml_files import load_yaml

FILE = Path(__file__).with_suffix(".yml")
OTHERS = "*"  # stands for columns that the corpus names: its outlets, its own metadata
TYPES = {  # in words for the reader of a report
    "string": "text",
    "category": "text",
    "list": "texts joined by ;",
    "bool": "true or false",
    "int32": "whole number",
    "int64": "whole number",
    "float64": "number",
    "day": "date",
    "binary": "bytes",
}
_ENTRY = re.compile(
    r"\((?:one of (?P<values>.+?)|(?P<type>\w+))(?P<empty> or empty)?\) (?P<meaning>.+)", re.S
)


class Column(NamedTuple):
    """A column: its type (one of `TYPES`), the values allowed (none: any), and what it means."""

    type: str
    values: tuple[str, ...]
    empty: bool
    meaning: str

    @property
    def kind(self) -> str:
        """The type in words, with the values that are allowed."""
        words = f"one of {', '.join(self.values)}" if self.values else TYPES[self.type]
        return f"{words}, or empty" if self.empty else words


@cache
def schema() -> dict[str, Any]:
    """The content of ``columns.yml``, treated as read-only."""
    return load_yaml(FILE.read_text("utf-8"))


@cache
def table_columns(table: str) -> dict[str, Column]:
    """The columns of a table in their order; KeyError if ``columns.yml`` does not know it.

    >>> table_columns("mentions")["type"].values
    ('PERSON', 'ORG', 'GPE', 'LOC', 'FAC', 'NORP')
    """
    return _columns("tables", table)


def _columns(part: str, table: str) -> dict[str, Column]:
    """The columns of a table of a part of the file; those without a text are as in `any`."""
    return {
        name: _column(f"{table}: {name}", text or schema()["any"][name])
        for name, text in schema()[part][table].items()
        if name != "of"
    }


def names(table: str) -> list[str]:
    """The names of a table's columns, without those that the corpus names.

    >>> names("warnings")
    ['where', 'what', 'what_to_do']
    """
    return [name for name in table_columns(table) if name != OTHERS]


def file_columns(file: str) -> list[str]:
    """The columns read from a table of a corpus folder.

    >>> file_columns("coding/corrections.csv")[:4]
    ['table', 'key', 'column', 'value']
    """
    return list(schema()["files"][file])


@cache
def article_columns() -> dict[str, dict[str, str]]:
    """The tables read from one article, each with its columns and their types.

    >>> article_columns()["words"]
    {'doc_id': 'string', 'terms': 'string'}
    """
    return {
        table: {name: _shared(table, name).type for name in columns or names(table)}
        for table, columns in schema()["articles"].items()
    }


def _shared(table: str, name: str) -> Column:
    """A column of a table, or one that only the rows of single articles have."""
    return table_columns(table).get(name) or _column(name, schema()["any"][name])


def types() -> dict[str, dict[str, tuple[Any, ...]]]:
    """Type and allowed values of every column: what results depend on, without the meanings."""
    return {
        table: {name: column[:3] for name, column in table_columns(table).items()}
        for table in schema()["tables"]
    }


def shown_columns(name: str) -> dict[str, Column]:
    """The columns that a table shown in a notebook may have; KeyError if it is not known.

    >>> shown_columns("top_terms")["doc_freq"].meaning
    'articles with it'
    """
    found = {column: _column(column, text) for column, text in schema()["any"].items()}
    for table in schema()["shown"][name].get("of", "").split():
        found |= table_columns(table)
    return found | _columns("shown", name)


def dictionary(tables: Collection[str]) -> list[dict[str, str]]:
    """Table, Column, Values and Meaning of every column of `tables`, then of those shown.

    Of a table shown in a notebook only what no other table has is explained anew.
    """
    every = {name: table_columns(name) for name in sorted(schema()["tables"]) if name in tables}
    every |= {name: _columns("shown", name) for name in schema()["shown"]}
    return [
        {"Table": name, "Column": column, "Values": entry.kind, "Meaning": entry.meaning}
        for name, known in every.items()
        for column, entry in known.items()
    ]


def _column(place: str, text: str) -> Column:
    entry = _ENTRY.fullmatch(text)
    kind = entry and (entry["type"] or "string")
    if kind not in TYPES:
        raise ValueError(f"{FILE.name}, {place}: write (TYPE) MEANING, TYPE as its head says")
    values = tuple((entry["values"] or "").split(", ")) if entry["values"] else ()
    return Column(kind, values, bool(entry["empty"]), entry["meaning"])
