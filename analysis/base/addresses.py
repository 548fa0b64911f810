"""From a number to what stands behind it: addresses of evidence, and the marks of a figure."""

import hashlib
import re
from collections.abc import Container, Iterable, Iterator, Mapping
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


class Mark(NamedTuple):
    """A part of a figure that leads somewhere: its rectangle in percent from the upper left."""

    label: str
    address: str
    box: tuple[float, float, float, float]


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
    found = {}
    for column, kind in COLUMNS.items():
        if _is_given(row.get(column)):
            key = str(row[column])
            if kind == "entities":
                key = str(row.get("entity_id") or entities.get(key, ""))
            if key:
                found[column] = Target(kind, key, evidence_address(kind, key))
    if _is_given(row.get("doc_id")):
        address = article_address(row["doc_id"], row.get("sent_id"))
        found["doc_id"] = Target("articles", str(row["doc_id"]), address)
    return found


def cell_kind(text: str) -> str:
    """How wide a table's cell has to be: dates on one line, sentences not too narrow."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        return "date"
    return "short" if len(text) <= SHORT else "long" if len(text) > LONG else "middle"


def _is_given(value: Any) -> bool:
    return value is not None and not pd.isna(value) and value != ""


# --- figures --------------------------------------------------------------------------------


def figure_targets(data: pd.DataFrame, entities: Mapping[str, str]) -> dict[str, Target]:
    """What the labels of a figure drawn from `data` lead to, by label.

    An event is labelled by its number; the ends of a tie by the names of the `entities`.
    """
    targets: dict[str, Target] = {}
    names = {key: name for name, key in entities.items()}
    for row in data.drop(columns="sent_id", errors="ignore").to_dict("records"):
        for column, target in row_targets(row, entities).items():
            targets.setdefault(str(row["number" if column == "event_id" else column]), target)
        for column in ("entity_a", "entity_b"):
            if row.get(column) in names:
                key = str(row[column])
                targets[names[key]] = Target("entities", key, evidence_address("entities", key))
    if not targets and "outlet" in data:
        for name in map(str, data["outlet"].unique()):
            targets[name] = Target("outlets", name, evidence_address("outlets", name))
    return targets


def labels_of(figure: Any, names: Iterable[str]) -> Iterator[tuple[str, Any, Any]]:
    """The labels among a figure's texts: name, text, and the axes where it labels a whole row.

    Bars that bear a name, hidden from legends by an underscore before it, come after them.
    """
    names = list(names)
    known = set(names)
    for axes in figure.axes:
        rows = [text for text in axes.get_yticklabels() if _name(text, names, known)]
        for text in rows or axes.texts:
            if name := _name(text, names, known):
                yield name, text, axes if rows else None
        for bar in axes.patches:
            if (name := bar.get_label().removeprefix("_")) in known:
                yield name, bar, None


def _name(text: Any, names: list[str], known: set[str]) -> str:
    """The name that a label stands for; long names are cut short on figures."""
    label = text.get_text().replace(r"\$", "$")
    if label in known:
        return label
    if label.endswith(" …"):
        return next((name for name in names if name.startswith(label[:-2])), "")
    return ""


def marks(figure: Any, targets: Mapping[str, Target]) -> list[Mark]:
    """Where the labels stand on a figure that has been drawn; a row's label stands for its row."""
    found = []
    width, height = figure.bbox.width, figure.bbox.height
    for name, text, axes in labels_of(figure, targets):
        box = text.get_window_extent().padded(2)
        x0, x1, y0, y1 = box.x0, box.x1, box.y0, box.y1
        if axes is not None:
            ticks = axes.get_yticks()
            x1 = axes.bbox.x1
            if len(ticks) > 1:
                rows = axes.transData.transform([(0, ticks[0]), (0, ticks[1])])
                half = abs(rows[0][1] - rows[1][1]) / 2
                y0, y1 = (box.y0 + box.y1) / 2 - half, (box.y0 + box.y1) / 2 + half
        parts = (x0 / width, 1 - y1 / height, (x1 - x0) / width, (y1 - y0) / height)
        found.append(Mark(name, targets[name].address, tuple(round(100 * p, 2) for p in parts)))
    return found


def boxes(figure: Any, keys: Container[str]) -> dict[str, tuple[float, float, float, float]]:
    """Where what bears a key, as its label after an underscore, stands on a drawn figure.

    Left, top, width and height of all that bears the key together, in percent of the figure.
    """
    found: dict[str, list[Any]] = {}
    for axes in figure.axes:
        for part in (*axes.patches, *axes.texts):
            key = part.get_label().removeprefix("_")
            if key in keys:
                found.setdefault(key, []).append(part.get_window_extent())
    width, height = figure.bbox.width, figure.bbox.height
    placed = {}
    for key, parts in found.items():
        x0, y0 = min(p.x0 for p in parts), min(p.y0 for p in parts)
        x1, y1 = max(p.x1 for p in parts), max(p.y1 for p in parts)
        shares = (x0 / width, 1 - y1 / height, (x1 - x0) / width, (y1 - y0) / height)
        placed[key] = tuple(round(100 * share, 2) for share in shares)
    return placed
