"""Events from the reports that were merged: what most of them say, the dates all agree on."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import groupby, pairwise
from math import fsum
from operator import attrgetter
from typing import Any

import numpy as np
import pandas as pd

from analysis.outlets.sharing import count_independent
from analysis.timeline.pairs import HAPPENED

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
_AT_ONCE = 20_000  # events whose reports are in memory as objects
_COMMONEST = ("event_type", "mode", "direction", "dyad", "source", "target")
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
    outlet and where its news comes from (`outlets.sharing.source_keys`), `names` the name of an
    entity, `published` the last day on which an article may have come out.
    """
    event = pd.factorize(reports["event_id"], sort=True)[0]
    order = np.argsort(event, kind="stable")
    starts = np.flatnonzero(np.diff(event[order], prepend=-1))
    tables = []
    for first, last in pairwise([*starts[::_AT_ONCE], len(order)]):
        own = reports.iloc[order[first:last]].astype(object)
        told = own.where(own.notna(), None).itertuples()
        tables.append(
            pd.DataFrame(
                _event(event_id, list(group), outlets, sources, names, published or {})
                for event_id, group in groupby(told, attrgetter("event_id"))
            )
        )
    tables = tables or [pd.DataFrame(columns=list(EVENT_COLUMNS))]
    return pd.concat([table.astype(_TYPES) for table in tables], ignore_index=True)


def _event(
    event_id: str,
    group: list[Any],
    outlets: Mapping[str, str],
    sources: Mapping[str, frozenset[str]],
    names: Mapping[str, str],
    published: Mapping[str, date],
) -> dict[str, Any]:
    docs = list(dict.fromkeys(report.doc_id for report in group))
    by_outlet = list(dict.fromkeys(outlets[doc] for doc in docs))
    event = {
        "event_id": event_id,
        **{column: _commonest(getattr(r, column) for r in group) for column in _COMMONEST},
        # of equals the last: headlines tell of the country, texts of the town
        "place": _commonest(report.place for report in reversed(group)),
        **_when(group, outlets, published),
        "studied": False,
        "happened": any(report.status in HAPPENED for report in group),
        "campaign": any(report.campaign for report in group),
        "goldstein": fsum(report.goldstein for report in group) / len(group),
        **_incidents(group),
        "n_reports": len(group),
        "n_outlets": len(by_outlet),
        "n_independent_sources": count_independent(sources[doc] for doc in docs),
        "outlets": ";".join(by_outlet),
        "doc_ids": ";".join(docs),
    }
    source, target, place = (names.get(event[c], event[c]) for c in ("source", "target", "place"))
    parts = (source and f"{source}:", group[0].trigger, target and f"→ {target}")
    event["summary"] = " ".join(filter(None, [*parts, place and f"({place})"]))
    return {column: event[column] for column in EVENT_COLUMNS}


def _commonest(values: Iterable[str | None]) -> str:
    """The commonest filled value, the first told among equals."""
    counts = Counter(filter(None, values))
    return max(counts, key=counts.get, default="")


def _incidents(group: list[Any]) -> dict[str, int | None]:
    """The highest least and the lowest most number that a report gives."""
    told = {
        name: [n for report in group if (n := getattr(report, name)) is not None]
        for name in ("n_incidents_min", "n_incidents_max")
    }
    least = max(told["n_incidents_min"], default=None)
    most = min(told["n_incidents_max"], default=None)
    return {"n_incidents_min": min(least, most) if most else least, "n_incidents_max": most}


def _when(
    group: list[Any], outlets: Mapping[str, str], published: Mapping[str, date]
) -> dict[str, Any]:
    """First and last day and, where reports contradict each other, who gives which dates.

    Dated by the reports that do not do so by publication, nor as still going on, if there are any.
    A campaign lasts from its first report's beginning to its last report's end.
    """
    dated = [r for r in group if r.date_from and r.date_to]
    dated = [r for r in dated if r.date_basis != "publication date"] or dated
    dated = [r for r in dated if r.status != "ongoing" or r.direction != "pause"] or dated
    if not dated:
        return {"date_from": None, "date_to": None, "precision": "", "dates_reported": ""}
    told = sorted({(r.date_from, r.date_to) for r in dated})
    closest = [  # without those that hold another
        (a, b) for a, b in told if not any(a <= c and d <= b and (a, b) != (c, d) for c, d in told)
    ]
    first, last = max(a for a, _ in closest), min(b for _, b in closest)
    given = []
    if any(r.campaign for r in dated):
        first, last = min(r.date_from for r in dated), max(r.date_to for r in dated)
    elif first > last:  # merged against their dates
        first, last = min(a for a, _ in closest), max(b for _, b in closest)
        for a, b in closest:
            by = [outlets[r.doc_id] for r in dated if (r.date_from, r.date_to) == (a, b)]
            days = str(a) if a == b else f"{a}..{b}"
            given.append(f"{days} {', '.join(dict.fromkeys(by))}")
    over = [published[r.doc_id] for r in group if r.status != "planned" and r.doc_id in published]
    if over and not dated[0].campaign:  # what an article tells of is over when it comes out
        last = max(first, min(last, *over))
    length = (last - first).days
    return {
        **{"date_from": first, "date_to": last, "dates_reported": ";".join(given)},
        "precision": next((name for most, name in _PRECISIONS if length <= most), "longer"),
    }
