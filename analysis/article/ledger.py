"""The corrections of one article, applied while it is read.

Kinds of sentences and blocks, mentions and dates are corrected before anything is read from them,
so that all that rests on them follows.  The machine's value is kept beside the corrected one.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

Place = tuple[str, int]  # field and start
OUTCOME = ("table", "key", "column", "machine_value", "state")


class Correction(NamedTuple):
    """A correction of one article: the table's row that begins at `start` of its raw `field`."""

    table: str
    start: int
    column: str
    value: str
    field: str = "text"


def row_key(doc_id: str, field: str, start: int) -> str:
    """``doc_id:start``, and ``doc_id:title:start`` in the title cell."""
    return f"{doc_id}:{start}" if field == "text" else f"{doc_id}:{field}:{start}"


def read_key(key: str, doc_ids: Collection[str]) -> tuple[str, str, int]:
    """doc_id, field and start of a `row_key`; an id of `doc_ids` may itself end in ``:title``."""
    head, _, start = key.rpartition(":")
    doc_id, _, field = head.rpartition(":")
    if field == "title" and doc_id and head not in doc_ids:
        return doc_id, field, int(start)
    return head, "text", int(start)


class Ledger:
    """The corrections of one article, and what became of each."""

    def __init__(self, doc_id: str, corrections: Sequence[Correction]) -> None:
        self._doc_id = doc_id
        self._wanted: dict[tuple[str, Place], dict[str, str]] = {}
        self._outcomes: dict[tuple[str, Place, str], tuple[str, str]] = {}
        for table, start, column, value, field in corrections:
            self._wanted.setdefault((table, (field, start)), {})[column] = value
            self._outcomes[table, (field, start), column] = ("", "no such key")

    def __bool__(self) -> bool:
        return bool(self._wanted)

    def changes(
        self, table: str, place: Place, machine: Mapping[str, Any], told: str = ""
    ) -> dict[str, Any]:
        """The corrected columns of the row of `table` at `place`; its machine's values are kept.

        `told` is what to keep of a row that is deleted.
        """
        found = self._wanted.get((table, place), {})
        for column, value in found.items():
            before = "no" if column == "delete" else _text(machine[column])
            state = "unchanged" if before == value else "applied"
            self._outcomes[table, place, column] = (told if column == "delete" else before, state)
        changed = {column: _value(column, value) for column, value in found.items()}
        return self._with_interval(table, place, machine, changed)

    def _with_interval(
        self, table: str, place: Place, machine: Mapping[str, Any], changed: dict[str, Any]
    ) -> dict[str, Any]:
        """Both days or none, in order; a day alone is the whole interval."""
        names = changed.keys() & {"date_from", "date_to"}
        if not names:
            return changed
        first, last = (changed.get(name, machine[name]) for name in ("date_from", "date_to"))
        first, last = first or last, last or first
        if not first or first <= last:
            return changed | {"date_from": first, "date_to": last}
        for name in names:
            self._outcomes[table, place, name] = (_text(machine[name]), "not allowed")
        return {name: value for name, value in changed.items() if name not in names}

    def rows(self) -> list[dict[str, str]]:
        """One row a correction: doc_id, table, key, column, machine_value, state."""
        doc_id = self._doc_id
        return [
            dict(zip(OUTCOME, (table, row_key(doc_id, *place), column, *outcome), strict=True))
            | {"doc_id": doc_id}
            for (table, place, column), outcome in self._outcomes.items()
        ]


def _value(column: str, text: str) -> Any:
    if column in ("date_from", "date_to"):
        return date.fromisoformat(text) if text else None
    if column.endswith(("_min", "_max")):
        return int(text) if text else None
    return text == "yes" if column in ("counted", "delete", "mutual") else text


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
