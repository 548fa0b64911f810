"""``coding/corrections.csv``: what the user puts right, and what became of it.

A row names a table, the row's key ``doc_id:start`` (the article and where the row begins in it: an
offset stays when other rows come or go, a running number does not; ``doc_id:title:start`` in a
title cell), a column and the right value.
`analysis.article.ledger` applies those of an article while it is read; merges are corrected here.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from analysis.article.ledger import OUTCOME, Correction, Place, read_key, row_key
from analysis.base.columns import Column, file_columns, names, schema, table_columns
from analysis.base.messages import Note, nearest
from analysis.base.rows import day
from analysis.corpus.side_files import read_optional

FILE = "coding/corrections.csv"
GIVEN = file_columns(FILE)
COLUMNS = names("corrections")
PLACED = ("sentences", "mentions", "dates", "event_reports")  # tables whose rows can be corrected
PLACE = ["doc_id", "field", "start"]
MOST_LISTED = 20  # values that a message lists
Places = Mapping[str, Mapping[str, list[Place]]]  # where the rows begin, by table and article


# --- what can be corrected ------------------------------------------------------------------


def _fields(entity_ids: Iterable[str]) -> dict[str, dict[str, Column]]:
    """The columns that can be corrected."""
    ids = tuple(entity_ids) or ("the ids of an actors.csv",)
    special = {
        "delete": Column("bool", (), False, "the row does not belong here"),
        "entity_id": Column("string", ids, False, "who is named"),
    }
    return {
        table: {name: special.get(name) or table_columns(_listed(table))[name] for name in columns}
        for table, columns in schema()["corrected"].items()
    }


def _allowed(value: str, values: Sequence[str]) -> str:
    """What may stand there; of a long list the nearest, or the first."""
    if len(values) > MOST_LISTED:
        return nearest(value, values, "one of")
    return f"one of {', '.join(values)}"


def _spelled(value: str, column: Column) -> str:
    """The one spelling that `column` has for `value`; ValueError says what to write instead."""
    if allowed := column.values or (("yes", "no") if column.type == "bool" else ()):
        known = {word.lower(): word for word in allowed} | {"true": "yes", "false": "no"}
        if known.get(value.lower()) not in allowed:
            raise ValueError(_allowed(value, allowed))
        return known[value.lower()]
    if not value and not column.empty:
        raise ValueError("write the right value")
    if value and column.type == "day" and not day(value):
        raise ValueError("write the day as 2024-07-31, or leave the cell empty")
    if value and column.type == "int32":
        if not re.fullmatch(r"[0-9]{1,6}", value):
            raise ValueError("write a whole number, or leave the cell empty")
        return str(int(value))
    return value


# --- reading --------------------------------------------------------------------------------


def read_corrections(
    folder: Path, entity_ids: Iterable[str] = ()
) -> tuple[pd.DataFrame, list[Note]]:
    """The corrections of a corpus folder (index: row of the file), and what is wrong with them.

    Columns as COLUMNS; `state` is empty for what can be applied, else it says why it cannot.
    """
    frame, notes = read_optional(folder / FILE, FILE, GIVEN, GIVEN[:4])
    frame = frame.reindex(columns=COLUMNS, fill_value="")
    fields = _fields(entity_ids)
    for row in frame.index:
        given = frame.loc[row]
        try:
            frame.loc[row, "value"] = _checked(given, fields)
        except _WrongError as wrong:
            frame.loc[row, "state"], column, what, todo = wrong.args
            notes.append(Note(f"{FILE}, row {row}, column {column}", what, todo))
            continue
        if given["column"] == "event_id" and re.fullmatch(r"e\d{4,}", given["value"]):
            what = f"the number {given['value']} may become another event's"
            todo = "write doc_id:start of one of the event's reports"
            notes.append(Note(f"{FILE}, row {row}, column value", what, todo))
    again = frame[frame["state"] == ""].duplicated(["table", "key", "column"], keep="last")
    for row in again.index[again]:
        what = "a later row corrects the same cell: that one counts"
        notes.append(Note(f"{FILE}, row {row}", what, "keep one of them"))
        frame.loc[row, "state"] = "superseded"
    return frame, notes


class _WrongError(ValueError):
    """A row that cannot be applied: its state, the column of the file, what, what to do."""


def _checked(given: pd.Series, fields: Mapping[str, Mapping[str, Column]]) -> str:
    """The value of a good row as it is spelt; raises _WrongError."""
    table, column, value = given["table"], given["column"], given["value"]
    if table not in fields:
        todo = schema()["instead"].get(table) or nearest(table, fields, "one of")
        raise _WrongError("no such table", "table", f"{table!r} cannot be corrected here", todo)
    if column not in fields[table]:
        what = f"{column!r} of {table} cannot be corrected"
        todo = nearest(column, fields[table], "one of")
        raise _WrongError("no such column", "column", what, todo)
    if not re.fullmatch(r".+:[0-9]{1,9}", given["key"]):
        todo = f"write doc_id:start of the row, as in tables/{_listed(table)}.csv"
        raise _WrongError("no such key", "key", f"{given['key']!r} is no key", todo)
    try:
        return _spelled(value, fields[table][column])
    except ValueError as error:
        raise _WrongError("not allowed", "value", f"{value!r} is no {column}", str(error)) from None


def _listed(table: str) -> str:
    """The table of the report in which the rows can be seen."""
    return "sentences" if table == "blocks" else table


def by_article(
    corrections: pd.DataFrame, doc_ids: Collection[str]
) -> dict[str, tuple[Correction, ...]]:
    """What is to be corrected while an article is read (all but the merges)."""
    by_doc: dict[str, list[Correction]] = {}
    good = corrections[(corrections["state"] == "") & (corrections["column"] != "event_id")]
    for row in good.itertuples():
        doc_id, field, start = read_key(row.key, doc_ids)
        correction = Correction(row.table, start, row.column, row.value, field)
        by_doc.setdefault(doc_id, []).append(correction)
    return {doc_id: tuple(sorted(of_article)) for doc_id, of_article in by_doc.items()}


# --- merges -------------------------------------------------------------------------------


def correct_merges(
    reports: pd.DataFrame, corrections: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Reports with their ``event_id`` corrected, and what became of each correction.

    A value is ``alone``, the key of another report (whose event this one joins), the number the
    machine gave an event, or any name: the reports with one name are one event.  Other reports
    stay where they are.
    """
    wanted = corrections[(corrections["state"] == "") & (corrections["column"] == "event_id")]
    if wanted.empty:
        return reports, pd.DataFrame(columns=list(OUTCOME))
    places = zip(reports["doc_id"], reports["field"], reports["start"], strict=True)
    index = {row_key(*place): i for i, place in enumerate(places)}
    machine = reports["event_id"].tolist()
    last = max((int(event[1:]) for event in machine), default=0)
    events, because = list(machine), reports["merged_because"].tolist()
    links: dict[int, int] = {}
    named: dict[str, str] = {}
    outcomes = []
    for row in wanted.itertuples():
        i = index.get(row.key)
        if i is None:
            outcomes.append(("event_reports", row.key, "event_id", "", "no such key"))
            continue
        because[i] = "corrected"
        if row.value in index:
            links[i] = index[row.value]
        elif row.value in machine:
            events[i] = row.value
        elif row.value != "alone" and row.value in named:
            events[i] = named[row.value]
        else:
            last += 1
            events[i] = named[row.value] = f"e{last:04d}"
    for i in links:
        events[i] = events[_end(i, links)]
    for key in wanted.loc[wanted["key"].isin(index), "key"]:
        i = index[key]
        state = "unchanged" if _fellows(i, events) == _fellows(i, machine) else "applied"
        outcomes.append(("event_reports", key, "event_id", machine[i], state))
    corrected = reports.assign(event_id=events, merged_because=because)
    return corrected, pd.DataFrame(outcomes, columns=list(OUTCOME))


def _fellows(i: int, events: list[str]) -> set[int]:
    """The reports of the event of report `i`."""
    return {j for j, event in enumerate(events) if event == events[i]}


def _end(i: int, links: Mapping[int, int]) -> int:
    """Where the links from `i` lead; reports that name each other meet at the first of them."""
    seen: list[int] = []
    while i in links and i not in seen:
        seen.append(i)
        i = links[i]
    return min(seen[seen.index(i) :]) if i in seen else i


# --- accounting -----------------------------------------------------------------------------


def account(
    corrections: pd.DataFrame, outcomes: pd.DataFrame, places: Places
) -> tuple[pd.DataFrame, list[Note]]:
    """The table ``corrections`` with the machine's values, and notes on what was not applied.

    `places` gives, for each table and article, where its rows begin (see `places_of`).
    """
    outcome_of = {tuple(row[:3]): tuple(row[3:]) for row in outcomes[list(OUTCOME)].to_numpy()}
    done, notes = corrections.copy(), []
    for row in corrections.index[corrections["state"] == ""]:
        table, key, column = corrections.loc[row, ["table", "key", "column"]]
        machine_value, state = outcome_of.get((table, key, column), ("", "no such key"))
        done.loc[row, ["machine_value", "state"]] = [machine_value, state]
        if state == "no such key":
            what, todo = _not_found(table, key, places)
            notes.append(Note(f"{FILE}, row {row}, column key", what, todo))
        elif state == "not allowed":
            what = "the interval would end before it begins"
            todo = "correct date_from and date_to, in a row each"
            notes.append(Note(f"{FILE}, row {row}, column value", what, todo))
    return done, notes


def corrected_articles(corrections: pd.DataFrame, doc_ids: Collection[str]) -> set[str]:
    """The articles that corrections name; there may be none of that name."""
    return {read_key(key, doc_ids)[0] for key in corrections.loc[corrections["state"] == "", "key"]}


def places_of(tables: Mapping[str, pd.DataFrame], doc_ids: Iterable[str]) -> Places:
    """Where the rows of `tables` begin (columns as PLACE), by article; `doc_ids` are all there are.

    >>> rows = pd.DataFrame({"doc_id": ["a"], "field": ["text"], "start": [7]})
    >>> places_of({"dates": rows}, ["a", "b"])
    {'dates': {'a': [('text', 7)]}, 'sentences': {'a': [], 'b': []}}
    """
    places: dict[str, dict[str, list[Place]]] = {}
    for name, rows in tables.items():
        of_table = places.setdefault(name, {})
        for doc_id, *place in rows[PLACE].itertuples(index=False, name=None):
            of_table.setdefault(doc_id, []).append(tuple(place))
    places["sentences"] = {doc_id: [] for doc_id in doc_ids} | places.get("sentences", {})
    return places


def _not_found(table: str, key: str, places: Places) -> tuple[str, str]:
    doc_id, field, start = read_key(key, places["sentences"])
    if doc_id not in places["sentences"]:
        return f"no article {doc_id!r}", nearest(doc_id, places["sentences"])
    rows = places[_listed(table)].get(doc_id, [])
    rows = sorted(rows, key=lambda place: (place[0] != field, abs(place[1] - start)))
    todo = " or ".join(row_key(doc_id, *place) for place in sorted(rows[:2]))
    return f"no row of {table} begins there", f"nearest: {todo}" if rows else "it has none"
