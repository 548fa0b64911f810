"""Reports of one event, from several sentences and outlets, merged into events.

Complete-link clustering under constraints: two reports may be one event when nothing they say
contradicts it (type, date, place, parties, number); the best-supported pairs are joined first, and
a report joins a group only if it is compatible with every member.  Each report keeps the reason of
its merge, so that a merge can be checked and, by ``coding/corrections.csv``, undone.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple

import pandas as pd

from analysis.event_dates import related, target_is_place

HAPPENED = ("happened", "ongoing")
MIN_SCORE = 3.0
_WEIGHT = {"date": 2.0, "type": 1.0, "source": 1.0, "target": 1.0, "place": 1.5, "mode": 0.5}
_CAMPAIGN_DAYS = 20
_SERIES = 5  # incidents; "several attacks" and more are told as a series


class Report(NamedTuple):
    """What the merge looks at in a report; parties and places are entity ids or words."""

    event_type: str
    direction: str
    mode: str
    status: str
    source: str
    target: str
    place: str
    date_from: date | None
    date_to: date | None
    series: bool
    long: bool


def merge_reports(
    reports: pd.DataFrame,
    parents: Mapping[str, str] | None = None,
    min_score: float = MIN_SCORE,
) -> pd.DataFrame:
    """Give every report an event.

    `reports` has the columns of ``event_reports``; `parents` maps an entity to the group, side or
    place it belongs to.  Returns the reports with ``event_id`` (``e0001``, in order of the first
    report) and ``merged_because`` (empty for a group's first report).
    """
    parents = parents or {}
    rows = [_report(row) for row in reports.to_dict("records")]
    groups: list[list[int]] = [[i] for i in range(len(rows))]
    member_of = list(range(len(rows)))
    because = [""] * len(rows)
    for score, i, j, reason in _pairs(rows, parents, min_score):
        a, b = sorted((member_of[i], member_of[j]))
        if a == b or not _compatible_groups(groups[a], groups[b], rows, parents):
            continue
        because[max(i, j)] = because[max(i, j)] or f"{reason} ({score:.1f})"
        for k in groups[b]:
            member_of[k] = a
        groups[a] += groups[b]
        groups[b] = []
    order = {group: number for number, group in enumerate(dict.fromkeys(member_of), 1)}
    return reports.assign(
        event_id=[f"e{order[group]:04d}" for group in member_of],
        merged_because=because,
        campaign=[row.series and row.long for row in rows],
    )


def _report(row: Mapping[str, Any]) -> Report:
    first, last = (d if isinstance(d, date) else None for d in (row["date_from"], row["date_to"]))
    most = row["n_incidents_max"]
    many = pd.isna(most) or most > _SERIES
    long = bool(first and last and (last - first).days > _CAMPAIGN_DAYS)
    words = (row[name] or "" for name in Report._fields[:7])
    return Report(*words, first, last, many, long)


def _pairs(
    rows: list[Report], parents: Mapping[str, str], min_score: float
) -> list[tuple[float, int, int, str]]:
    """Compatible pairs with enough support, best first; only dates near each other are compared."""
    dated = sorted((r.date_from, i) for i, r in enumerate(rows) if r.date_from)
    pairs = []
    for position, (_, i) in enumerate(dated):
        last = rows[i].date_to or rows[i].date_from
        for start, j in dated[position + 1 :]:
            if start > last:
                break
            found = _support(rows[i], rows[j], parents)
            if found and found[0] >= min_score:
                pairs.append((found[0], *sorted((i, j)), found[1]))
    return sorted(pairs, key=lambda pair: (-pair[0], pair[1], pair[2]))


def _support(a: Report, b: Report, parents: Mapping[str, str]) -> tuple[float, str] | None:
    """How much speaks for one event, and what; None where something speaks against it."""
    if (
        a.direction != b.direction
        or a.event_type != b.event_type
        or (a.series, a.long) != (b.series, b.long)
    ):
        return None
    if (a.status in HAPPENED) != (b.status in HAPPENED) or not _dates_meet(a, b):
        return None
    reasons = ["type"]
    if {a.date_from, a.date_to} == {b.date_from, b.date_to} or _narrow(a, b):
        reasons.append("date")
    for name in ("source", "target", "place"):
        mine, theirs = getattr(a, name), getattr(b, name)
        if mine and theirs:
            if related(mine, theirs, parents):
                reasons.append(name)
            elif name != "target" or not target_is_place(a, b, parents):
                return None
    if a.mode and a.mode == b.mode:
        reasons.append("mode")
    return sum(_WEIGHT[reason] for reason in reasons), "same " + ", ".join(reasons)


def _dates_meet(a: Report, b: Report) -> bool:
    return bool(
        a.date_from and b.date_from and a.date_from <= b.date_to and b.date_from <= a.date_to
    )


def _narrow(a: Report, b: Report) -> bool:
    """Both intervals are a few days at most, so that their overlap means something."""
    return all(r.date_to - r.date_from <= timedelta(days=3) for r in (a, b))


def _compatible_groups(
    a: list[int], b: list[int], rows: list[Report], parents: Mapping[str, str]
) -> bool:
    return all(_support(rows[i], rows[j], parents) for i in a for j in b)
