"""From a number to what stands behind it: addresses of evidence."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

COLUMNS = {  # columns of a table whose cells lead to evidence, and the page that holds it
    "event_id": "events",
    "term": "terms",
    "bigram": "terms",
    "entity": "entities",
    "month": "months",
}
RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9¹²³]", re.I)  # names of files, by Windows
SHORT, LONG = 24, 60  # characters of a table's cell


class Target(NamedTuple):
    """What something leads to: the kind of evidence, its key, its address."""

    kind: str
    key: str
    address: str

    @classmethod
    def to(cls, kind: str, key: object) -> "Target":
        """The evidence of a kind for `key`.

        >>> Target.to("events", "e0001").address
        '../evidence/events.html#e0001'
        """
        return cls(kind, str(key), evidence_address(kind, key))


def anchor(key: object) -> str:
    """`key` as a name for files and anchors on every system: ASCII, short, without collisions."""
    text = str(key)
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60]
    if text and plain == text and not RESERVED.fullmatch(text):
        return plain
    sign = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain}-{sign}".lstrip("-")


def evidence_address(kind: str, key: object) -> str:
    """Where the evidence for `key` is, seen from a folder of the report."""
    return f"../evidence/{kind}.html#{anchor(key)}"


def article_address(doc_id: object, sent_id: object = None) -> str:
    """Where an article's page is, or a sentence on it, seen from a folder of the report."""
    place = "" if sent_id is None else f"#s{int(sent_id)}"
    return f"../articles/{anchor(doc_id)}.html{place}"


def row_targets(row: dict[str, Any], entities: Mapping[str, str]) -> dict[str, Target]:
    """What each cell of a table's row leads to; `entities` gives the id of each entity's name."""
    targets = {}
    for column, kind in COLUMNS.items():
        if _is_given(row.get(column)):
            key = str(row[column])
            if kind == "entities":
                key = str(row.get("entity_id") or entities.get(key, ""))
            if key:
                targets[column] = Target.to(kind, key)
    if _is_given(row.get("doc_id")):
        address = article_address(row["doc_id"], row.get("sent_id"))
        targets["doc_id"] = Target("articles", str(row["doc_id"]), address)
    return targets


def cell_kind(text: str) -> str:
    """How wide a table's cell has to be: dates on one line, sentences not too narrow."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return "date"
    return "short" if len(text) <= SHORT else "long" if len(text) > LONG else "middle"


def _is_given(value: Any) -> bool:
    return value is not None and not pd.isna(value) and value != ""
