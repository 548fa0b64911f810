"""Rows of a corpus's tables, checked by the rules of ``analysis/base/schema_files/tables.yml``."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from math import isfinite

from analysis.base.columns import table_columns
from analysis.base.messages import Note, nearest
from analysis.base.schemas import load_schema, short

FIRST_YEAR, LAST_YEAR = 1700, 2199  # what the charts' calendar holds, with room around it
LONGEST_ID = 500

Fault = tuple[str, str]


def check_row(table: str, row: Mapping[str, str], where: str) -> list[Note]:
    """What is wrong with the cells of a row, each with its column; `row` may lack columns."""
    notes = []
    for column, rule in load_schema("tables")[table].items():
        value = row.get(column) or ""
        if value and "kind" in rule:
            fault = _fault(table, column, value, rule["kind"])
        else:
            fault = ("empty", rule["todo"]) if rule.get("needed") and not value else None
        if fault:
            notes.append(Note(f"{where}, column {column}", *fault))
    return notes


def day(text: str) -> date | None:
    """The day that a text written as 2024-07-31 names, if there is such a day."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def _day(value: str) -> Fault | None:
    read = day(value)
    if read is None:
        return f"{short(value)} is not an ISO date (YYYY-MM-DD)", _date_advice(value)
    if not FIRST_YEAR <= read.year <= LAST_YEAR:
        todo = f"correct the year; charts hold the years {FIRST_YEAR} to {LAST_YEAR}"
        return f"{value} cannot be drawn", todo
    return None


def _past(value: str) -> Fault | None:
    read = day(value)
    if read and read > date.today():
        what = f"{value} lies in the future: this machine's clock says {date.today()}"
        return what, "correct the year, or the clock"
    return _day(value)


def _date_advice(value: str) -> str:
    numbers = [int(n) for n in re.findall(r"\d{1,9}", value)]
    if len(numbers) == 3 and 1900 < numbers[2] < 10_000:
        first, second, year = numbers
        pairs = ((first, second), (second, first))
        good = sorted(filter(day, {f"{year:04}-{m:02}-{d:02}" for d, m in pairs}))
        if good:
            return "write " + " or ".join(good)
    return "write it as 2024-07-31"


def _number(value: str) -> Fault | None:
    try:
        if isfinite(float(value)) and "_" not in value:
            return None
    except ValueError:
        pass
    return f"{short(value)} is no number", "write it as 1234.5, or leave the cell empty"


def _id(value: str) -> Fault | None:
    if bad := re.search(r"[;\x00-\x1f\x7f-\x9f\u2028\u2029]", value):
        sign = "a semicolon" if bad[0] == ";" else "a sign that cannot be printed"
        return f"{short(value)} holds {sign}", "give an id of letters, digits and hyphens"
    if len(value) > LONGEST_ID:
        return f"an id of {len(value)} characters", f"at most {LONGEST_ID}"
    return None


def _choice(value: str, allowed: tuple[str, ...]) -> Fault | None:
    if value in allowed:
        return None
    return f"{short(value)} is not allowed", nearest(value, allowed, "one of")


def _fault(table: str, column: str, value: str, kind: str) -> Fault | None:
    if kind == "choice":
        return _choice(value, table_columns(table)[column].values)
    return _KINDS[kind](value)


_KINDS: dict[str, Callable[[str], Fault | None]] = {
    "day": _day,
    "past": _past,
    "number": _number,
    "id": _id,
}
