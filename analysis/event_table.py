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
    "dates_reported",
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
    published: Mapping[str, date] | None = None,
) -> pd.DataFrame:
    """One row an event, in the order of ``event_id``; columns as EVENT_COLUMNS.

    `reports` are ``event_reports`` with their events; `outlets` and `sources` give each article's
    outlet and where its news comes from (`analysis.outlets.source_keys`), `names` the name of an
    entity, `published` the last day on which an article may have come out.
    """
    groups: dict[str, list[Any]] = {}
    for report in reports.itertuples():
        groups.setdefault(report.event_id, []).append(report)
    known = published or {}
    rows = [_event(groups[key], outlets, sources, names, known) for key in sorted(groups)]
    table = pd.DataFrame(rows, columns=list(EVENT_COLUMNS))
    return table.astype(_TYPES)  # also where there are no events


def _event(
    group: list[Any],
    outlets: Mapping[str, str],
    sources: Mapping[str, frozenset[str]],
    names: Mapping[str, str],
    published: Mapping[str, date],
) -> dict[str, Any]:
    """A campaign lasts from its first report's beginning to its last report's end."""
    docs = list(dict.fromkeys(report.doc_id for report in group))
    by_outlet = list(dict.fromkeys(outlets[doc] for doc in docs))
    dated = _dated(group)
    first, last = _agreed_dates(dated)
    told = [published[r.doc_id] for r in group if r.status != "planned" and r.doc_id in published]
    if first and told and not dated[0].campaign:  # what an article tells of is over by then
        last = max(first, min(last, *told))
    common = {
        column: _commonest(getattr(report, column) for report in group)
        for column in ("event_type", "mode", "direction", "dyad", "source", "target", "place")
    }
    least = max(_filled(report.n_incidents_min for report in group), default=None)
    most = min(_filled(report.n_incidents_max for report in group), default=None)
    # of the places told equally often the last: headlines tell of the country, texts of the town
    common["place"] = _commonest(report.place for report in reversed(group))
    named = {c: names.get(common[c], common[c]) for c in ("source", "target", "place")}
    return {
        "event_id": group[0].event_id,
        **common,
        "date_from": first,
        "date_to": last,
        "precision": _precision(first, last),
        "dates_reported": _conflict(dated, outlets),
        "studied": False,
        "happened": any(report.status in HAPPENED for report in group),
        "campaign": any(report.campaign for report in group),
        "goldstein": sum(report.goldstein for report in group) / len(group),
        "n_incidents_min": min(least, most) if most else least,
        "n_incidents_max": most,
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
    """The commonest filled value, the first told among equals."""
    counts = Counter(value for value in values if not pd.isna(value) and value)
    return max(counts, key=counts.get, default="")


def _dated(group: list[Any]) -> list[Any]:
    """Reports that date the event: not by publication, nor as still going on, if others do."""
    dated = [r for r in group if not (pd.isna(r.date_from) or pd.isna(r.date_to))]
    dated = [r for r in dated if r.date_basis != "publication date"] or dated
    return [r for r in dated if r.status != "ongoing" or r.direction != "pause"] or dated


def _conflict(dated: list[Any], outlets: Mapping[str, str]) -> str:
    """The closest dates and who gives them, where reports contradict each other; else empty."""
    closest = _closest(dated)
    if len(closest) < 2 or dated[0].campaign or _meet(closest)[0] <= _meet(closest)[1]:
        return ""
    told = []
    for first, last in closest:
        days = str(first) if first == last else f"{first}..{last}"
        by = [outlets[r.doc_id] for r in dated if (r.date_from, r.date_to) == (first, last)]
        told.append(f"{days} {', '.join(dict.fromkeys(by))}")
    return ";".join(told)


def _closest(dated: list[Any]) -> list[tuple[date, date]]:
    """The intervals told, without those that hold another."""
    told = sorted({(r.date_from, r.date_to) for r in dated})
    return [
        (a, b) for a, b in told if not any(a <= c and d <= b and (a, b) != (c, d) for c, d in told)
    ]


def _meet(intervals: list[tuple[date, date]]) -> tuple[date, date]:
    return max(first for first, _ in intervals), min(last for _, last in intervals)


def _agreed_dates(dated: list[Any]) -> tuple[date | None, date | None]:
    if not dated:
        return None, None
    closest = _closest(dated)
    agreed = _meet(closest)
    if any(r.campaign for r in dated):
        return min(r.date_from for r in dated), max(r.date_to for r in dated)
    if agreed[0] > agreed[1]:  # merged against their dates
        return min(first for first, _ in closest), max(last for _, last in closest)
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
