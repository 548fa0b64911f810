"""Phases of a dyad: escalation and pause, observed in events and declared by the parties.

The rule, printed on every figure that shows phases:

*Observed.* Attacks that happened and are dated, at most `max_gap` days apart, form a cluster; a
cluster with at least `min_attacks` attacks is an escalation (of attacks with overlapping dates the
largest number told counts, for they may be the same).  From its last attack to the next
escalation there is a pause; attacks in it, too few for an escalation, are breaches and do not end
it.  *Declared.* A halt, truce or suspension announced by the dyad's source begins a pause; an
announced resumption ends it.  Days that no article covers are `not covered`, never a phase.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pandas as pd

COLUMNS = (
    *("basis", "dyad", "cycle", "phase", "date_from", "date_to", "start_earliest"),
    *("start_latest", "n_events", "first_event_id", "rests_on_one_article", "rule"),
)


@dataclass(frozen=True)
class Rule:
    """Thresholds of the cut; `max_gap` in days, `min_attacks` in incidents."""

    max_gap: int = 45
    min_attacks: int = 3

    def __str__(self) -> str:
        return (
            f"escalation: at least {self.min_attacks} dated attacks, at most {self.max_gap} days "
            "apart (of attacks with overlapping dates the largest number told counts); pause: from "
            "the last of them to the next escalation (single attacks are breaches); declared: from "
            "an announced halt to an announced resumption"
        )


@dataclass
class _Phase:
    phase: str
    events: list[dict[str, Any]]
    start: date
    end: date


def cut_phases(
    events: pd.DataFrame,
    dyad: str,
    covered: Iterable[tuple[date, date]],
    rule: Rule | None = None,
) -> pd.DataFrame:
    """Phases of `dyad`, observed and declared, over the spans of time that the articles cover.

    `events` has the columns of table ``events`` and ``doc_ids`` (``;``-joined).  Returns the
    columns of table ``phases``, in order of time.
    """
    rule = rule or Rule()
    own = events[(events["dyad"] == dyad) & events["date_from"].notna()]
    own = own.sort_values(["date_from", "date_to", "event_id"]).to_dict("records")
    spans = sorted(covered)
    rows: list[dict[str, Any]] = []
    for basis, cut in (("observed", _observed), ("declared", _declared)):
        phases = [p for span in spans for p in cut(own, span, rule)] + _not_covered(spans)
        cycle = 0
        for phase in sorted(phases, key=lambda p: p.start):
            cycle += phase.phase == "escalation" or cycle == 0
            rows.append(_row(phase, basis, dyad, cycle, rule))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _observed(events: list[dict[str, Any]], span: tuple[date, date], rule: Rule) -> list[_Phase]:
    attacks = [e for e in events if e["event_type"] == "ASSAULT" and e["happened"] and _in(e, span)]
    clusters: list[list[dict[str, Any]]] = []
    for attack in attacks:
        last = max((e["date_to"] for e in clusters[-1]), default=None) if clusters else None
        if last and (attack["date_from"] - last).days <= rule.max_gap:
            clusters[-1].append(attack)
        else:
            clusters.append([attack])
    strong = [c for c in clusters if _incidents(c) >= rule.min_attacks]
    phases = []
    for number, cluster in enumerate(strong):
        start, end = cluster[0]["date_from"], max(e["date_to"] for e in cluster)
        phases.append(_Phase("escalation", cluster, max(start, span[0]), min(end, span[1])))
        until = strong[number + 1][0]["date_from"] if number + 1 < len(strong) else span[1]
        if (until - end).days > rule.max_gap:
            breaches = [e for e in attacks if end < e["date_from"] < until]
            phases.append(_Phase("pause", breaches, end + timedelta(days=1), until))
    return phases


def _incidents(events: list[dict[str, Any]]) -> int:
    """The least number of attacks these events can be.

    "Two attacks this week" and "Monday's attack" may be told of the same: of events whose dates
    overlap only the largest number counts.
    """
    total, most, until = 0, 0, date.min
    for event in events:
        if event["date_from"] > until:
            total, most = total + most, 0
        most = max(most, event["n_incidents_min"])
        until = max(until, event["date_to"])
    return total + most


def _declared(events: list[dict[str, Any]], span: tuple[date, date], rule: Rule) -> list[_Phase]:
    turns = [e for e in events if _in(e, span) and _turn(e)]
    phases: list[_Phase] = []
    for event in turns:
        kind = _turn(event)
        if phases and phases[-1].phase == kind:
            phases[-1].events.append(event)
            continue
        if phases:
            phases[-1].end = event["date_from"]
        phases.append(_Phase(kind, [event], event["date_from"], span[1]))
    return phases


def _turn(event: dict[str, Any]) -> str:
    """The phase that an announcement begins, if it is one."""
    if event["event_type"] == "RETREAT" and event["mode"] == "ceasefire" and event["happened"]:
        return "pause"
    if event["event_type"] == "THREATEN" and event["mode"] == "resume":
        return "escalation"
    return ""


def _in(event: dict[str, Any], span: tuple[date, date]) -> bool:
    return event["date_from"] <= span[1] and event["date_to"] >= span[0]


def _not_covered(spans: list[tuple[date, date]]) -> list[_Phase]:
    day = timedelta(days=1)
    return [
        _Phase("not covered", [], before[1] + day, after[0] - day)
        for before, after in pairwise(spans)
        if (after[0] - before[1]).days > 1
    ]


def _row(phase: _Phase, basis: str, dyad: str, cycle: int, rule: Rule) -> dict[str, Any]:
    first = phase.events[0] if phase.events else None
    dated = first and (basis == "declared" or phase.phase == "escalation")
    documents = {doc for e in phase.events[:1] for doc in e["doc_ids"].split(";")}
    return {
        "basis": basis,
        "dyad": dyad,
        "cycle": cycle,
        "phase": phase.phase,
        "date_from": phase.start,
        "date_to": phase.end,
        "start_earliest": first["date_from"] if dated else phase.start,
        "start_latest": first["date_to"] if dated else phase.start,
        "n_events": len(phase.events),
        "first_event_id": first["event_id"] if first else "",
        "rests_on_one_article": next(iter(documents)) if len(documents) == 1 else "",
        "rule": str(rule),
    }
