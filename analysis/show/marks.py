"""The parts of a figure that lead to what stands behind them."""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from analysis.base.addresses import Target, row_targets

Box = tuple[float, float, float, float]  # left, top, width, height in percent of a figure


class Mark(NamedTuple):
    """A part of a figure that leads somewhere, and its rectangle."""

    label: str
    address: str
    box: Box


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
                targets[names[row[column]]] = Target.to("entities", row[column])
    if not targets and "outlet" in data:
        for name in map(str, data["outlet"].unique()):
            targets[name] = Target.to("outlets", name)
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


def marks_on(figure: Any, targets: Mapping[str, Target]) -> list[Mark]:
    """Where the labels stand on a figure that has been drawn; a row's label stands for its row."""
    placed = []
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
        placed.append(Mark(name, targets[name].address, _percent(figure, x0, x1, y0, y1)))
    return placed


def _percent(figure: Any, x0: float, x1: float, y0: float, y1: float) -> Box:
    """Left, top, width and height of a rectangle of pixels, in percent of the figure."""
    width, height = figure.bbox.width, figure.bbox.height
    parts = (x0 / width, 1 - y1 / height, (x1 - x0) / width, (y1 - y0) / height)
    return tuple(round(100 * part, 2) for part in parts)


def boxes_of(figure: Any, keys: Container[str]) -> dict[str, Box]:
    """Where all that bears a key, as its label after an underscore, stands on a drawn figure."""
    places: dict[str, list[Any]] = {}
    for axes in figure.axes:
        for part in (*axes.patches, *axes.texts):
            key = part.get_label().removeprefix("_")
            if key in keys:
                places.setdefault(key, []).append(part.get_window_extent())
    placed = {}
    for key, parts in places.items():
        x0, y0 = min(p.x0 for p in parts), min(p.y0 for p in parts)
        x1, y1 = max(p.x1 for p in parts), max(p.y1 for p in parts)
        placed[key] = _percent(figure, x0, x1, y0, y1)
    return placed
