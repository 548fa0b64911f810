"""Events from the reports that were merged: what most of them say, the dates all agree on."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis.merging import HAPPENED
from analysis.outlets import count_independent

EVENT_COLUMNS = (
    *("event_id", "event_type", "mode", "direction", "date_from", "date_to", "precision"),
    *("source", "target", "place", "dyad", "studied", "happened", "campaign", "goldstein"),
    *("n_incidents_min", "n_incidents_max", "n_reports", "n_outlets", "n_independent_sources"),
    *("outlets", "doc_ids", "summary"),
)
_TYPES = {
    **dict.fromkeys(("n_incidents_min", "n_incidents_max"), "Int32"),
    **dict.fromkeys(("studied", "happened", "campaign"), bool),
    "goldstein": float,
}
_PRECISIONS = ((0, "day"), (6, "week"), (30, "month"), (366, "year"))


def event_table(
    reports: pd.DataFrame,
    outlets: Mapping[str, str],
    sources: Mapping[str, frozenset[str]],
    names: Mapping[str, str],
) -> pd.DataFrame:
    """One row an event, in the order of ``event_id``; columns as EVENT_COLUMNS.

    `reports` are ``event_reports`` with their events; `outlets` and `sources` give each article's
    outlet and where its news comes from (`analysis.outlets.source_keys`), `names` the name of an
    entity.
    """
    groups: dict[str, list[Any]] = {}
    for report in reports.itertuples():
        groups.setdefault(report.event_id, []).append(report)
    rows = [_event(groups[event_id], outlets, sources, names) for event_id in sorted(groups)]
    table = pd.DataFrame(rows, columns=list(EVENT_COLUMNS))
    return table.astype(_TYPES)  # also where there are no events


def _event(
    group: list[Any],
    outlets: Mapping[str, str],
    sources: Mapping[str, frozenset[str]],
    names: Mapping[str, str],
) -> dict[str, Any]:
    """A campaign lasts from its first report's beginning to its last report's end."""
    docs = list(dict.fromkeys(report.doc_id for report in group))
    by_outlet = list(dict.fromkeys(outlets[doc] for doc in docs))
    first, last = _agreed_dates(group)
    common = {
        column: _commonest(getattr(report, column) for report in group)
        for column in ("event_type", "mode", "direction", "dyad", "source", "target", "place")
    }
    named = {c: names.get(common[c], common[c]) for c in ("source", "target", "place")}
    return {
        "event_id": group[0].event_id,
        **common,
        "date_from": first,
        "date_to": last,
        "precision": _precision(first, last),
        "studied": False,
        "happened": any(report.status in HAPPENED for report in group),
        "campaign": any(report.campaign for report in group),
        "goldstein": sum(report.goldstein for report in group) / len(group),
        "n_incidents_min": max(_filled(report.n_incidents_min for report in group), default=None),
        "n_incidents_max": min(_filled(report.n_incidents_max for report in group), default=None),
        "n_reports": len(group),
        "n_outlets": len(by_outlet),
        "n_independent_sources": count_independent(sources[doc] for doc in docs),
        "outlets": ";".join(by_outlet),
        "doc_ids": ";".join(docs),
        "summary": _summary(group[0].trigger, named),
    }


def _filled(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if not pd.isna(value)]


def _commonest(values: Iterable[str]) -> str:
    """The commonest filled value, the first in alphabetical order among equals."""
    counts = Counter(value for value in values if not pd.isna(value) and value)
    return min(counts, key=lambda value: (-counts[value], value), default="")


def _agreed_dates(group: list[Any]) -> tuple[date | None, date | None]:
    dated = [r for r in group if not (pd.isna(r.date_from) or pd.isna(r.date_to))]
    if not dated:
        return None, None
    dated = [r for r in dated if r.date_basis != "publication date"] or dated
    starts, ends = [r.date_from for r in dated], [r.date_to for r in dated]
    agreed = max(starts), min(ends)
    if any(r.campaign for r in dated) or agreed[0] > agreed[1]:  # merged against their dates
        return min(starts), max(ends)
    return agreed


def _precision(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return ""
    days = (last - first).days
    return next((name for most, name in _PRECISIONS if days <= most), "longer")


def _summary(trigger: str, named: Mapping[str, str]) -> str:
    source, target, place = named["source"], named["target"], named["place"]
    parts = [f"{source}:" if source else "", trigger, f"→ {target}" if target else ""]
    return " ".join(filter(None, [*parts, f"({place})" if place else ""]))
