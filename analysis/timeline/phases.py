"""Phases of a dyad: escalation and pause, observed in events and declared by the parties.

The rule, printed on every figure that shows phases:

*Observed.* Attacks that happened and are dated, at most `max_gap` days apart, form a cluster; a
cluster with at least `min_attacks` attacks is an escalation (of attacks with overlapping dates the
largest number told counts, for they may be the same).  From its last attack to the next
escalation there is a pause; attacks in it, too few for an escalation, are breaches and do not end
it.  Where attacks are frequent and articles many, a shorter silence parts two clusters too, if the
articles of those days would, at their average rate, have told of so many attacks that chance alone
would rarely leave it.  *Declared.* A halt, truce or suspension that holds for the dyad begins a
pause; an announced resumption ends it, or a new truce after a long silence or renewed attacks.
Days that no article covers are `not covered`.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise, zip_longest
from math import inf, log
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.base import wording
from analysis.base.columns import names
from analysis.base.thresholds import MANY_ARTICLES, MANY_ATTACKS

COLUMNS = tuple(names("phases"))
DAY = timedelta(days=1)
LEAST_LULL = 7  # days
CHANCE = 0.05
VAGUEST = 120  # days; an announcement dated less closely begins no phase

Span = tuple[date, date]


@dataclass(frozen=True)
class Rule:
    """Thresholds of the cut.

    `max_gap` is in days, `min_attacks` in incidents.  An announcement counts if `min_outlets`
    report it.  A silence in which the articles would tell of `expected` attacks is a pause too.
    """

    max_gap: int = 45
    min_attacks: int = 3
    min_outlets: int = 1
    expected: float = inf

    @classmethod
    def of(cls, dyad: Mapping[str, Any]) -> "Rule":
        """The thresholds a dyad of ``corpus.yml`` gives, else ours."""
        return cls(**{key: dyad[key] for key in ("max_gap", "min_attacks") if key in dyad})

    def fitted(self, articles: int, attacks: int) -> "Rule":
        """The rule for so many articles and dated attacks.

        n attacks at a steady rate leave a silence of x expected attacks somewhere with a chance
        of about n·exp(−x); `expected` is the x for which that is 5 %.
        """
        if articles < MANY_ARTICLES:
            return self
        many = attacks >= MANY_ATTACKS
        return replace(self, min_outlets=2, expected=log(attacks / CHANCE) if many else inf)

    def __str__(self) -> str:
        return wording.phase_rule(**vars(self), least_lull=LEAST_LULL)


class Event(NamedTuple):
    """What the cut looks at in an event; `turn` is the phase that an announcement begins."""

    id: str
    first: date
    last: date
    attack: bool
    turn: str
    campaign: bool
    n: int
    n_outlets: int


@dataclass
class Phase:
    """A phase with its events and the range of the day on which it begins."""

    kind: str
    start: date
    end: date
    earliest: date
    latest: date
    events: list[Event] = field(default_factory=list)
    how_ended: str = ""


class Pace:
    """How many attacks articles published between two days would tell of, at the average rate."""

    def __init__(self, published: Sequence[date], attacks: int) -> None:
        self.days = np.sort(np.array(published, "datetime64[D]"))
        self.rate = attacks / len(self.days) if len(self.days) else 0.0

    def expected(self, after: date, until: date) -> float:
        first, last = np.searchsorted(self.days, [np.datetime64(after), np.datetime64(until)])
        return float(last - first) * self.rate


# --- the cut --------------------------------------------------------------------------------


def cut_phases(
    events: pd.DataFrame,
    dyad: str,
    covered: Iterable[Span],
    rule: Rule | None = None,
    published: Sequence[date] = (),
) -> pd.DataFrame:
    """Phases of `dyad`, observed and declared, over the spans of time that the articles cover.

    `events` has the columns of table ``events``, `published` the articles' days.  Returns the
    columns of table ``phases``, in order of time; `rests_on_one_article` and `support` are empty
    (see `phase_checks.robustness`).
    """
    spans = sorted(covered)
    own = events_of(events, dyad)
    rule = (rule or Rule()).fitted(len(published), len(attacks_in(own, spans, rule or Rule())))
    rows: list[dict[str, Any]] = []
    for basis, phases in cut(own, spans, rule, published).items():
        cycle = 0
        for phase in phases:
            cycle += phase.kind == "escalation" or cycle == 0
            rows.append(_row(phase, basis, dyad, cycle, rule))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def events_of(events: pd.DataFrame, dyad: str) -> list[Event]:
    """The dated events of a dyad, in order of time."""
    return events_by_dyad(events, [dyad])[dyad]


def events_by_dyad(events: pd.DataFrame, dyads: Iterable[str]) -> dict[str, list[Event]]:
    """The dated events of each dyad, in order of time; `events` come in order of ``event_id``."""
    events = events.dropna(subset=["date_from", "date_to"])
    first, last = (events[column].to_numpy("M8[D]") for column in ("date_from", "date_to"))
    happened = events["happened"].to_numpy(bool)
    kind, mode = (events[column].to_numpy(object) for column in ("event_type", "mode"))
    halts = (kind == "RETREAT") & (mode == "ceasefire") & happened
    resumes = (kind == "THREATEN") & (mode == "resume")
    turn = np.select([halts, resumes], ["pause", "escalation"], "")
    least = events["n_incidents_min"].fillna(0)
    campaign, number, n_outlets = events["campaign"], events["event_id"], events["n_outlets"]
    attack = (kind == "ASSAULT") & happened
    order = np.lexsort((last, first))
    columns = (number, first, last, attack, turn, campaign, least, n_outlets)
    told = map(Event, *(np.asarray(column)[order].tolist() for column in columns))
    found: dict[str, list[Event]] = {dyad: [] for dyad in dyads}
    for own, event in zip(events["dyad"].to_numpy(object)[order], told, strict=True):
        for dyad in filter(None, own.split(";")):
            if dyad in found:
                found[dyad].append(event)
    return found


def cut(
    events: Sequence[Event], spans: Sequence[Span], rule: Rule, published: Sequence[date] = ()
) -> dict[str, list[Phase]]:
    """The phases by basis, in order of time; `events` are of one dyad and in order of time."""
    attacks = [attacks_in(events, [span], rule) for span in spans]
    turns = [event for event in events if event.turn and event.n_outlets >= rule.min_outlets]
    pace = Pace(published, len({attack.id for own in attacks for attack in own}))
    within = list(zip(spans, attacks, strict=True))
    observed = [p for span, own in within for p in _observed(own, span, rule, pace)]
    declared = [p for span, own in within for p in _declared(turns, own, span, rule)]
    empty = _not_covered(spans)
    return {
        basis: sorted(phases + empty, key=lambda p: p.start)
        for basis, phases in (("observed", observed), ("declared", declared))
    }


def attacks_in(events: Sequence[Event], spans: Sequence[Span], rule: Rule) -> list[Event]:
    """Attacks dated closely enough; a campaign counts if it begins where articles cover it."""

    def usable(event: Event, span: Span) -> bool:
        if event.campaign:
            return span[0] <= event.first <= span[1]
        return _in(event, span) and _wide(event) <= rule.max_gap

    return [e for e in events if e.attack and any(usable(e, span) for span in spans)]


def _observed(attacks: Sequence[Event], span: Span, rule: Rule, pace: Pace) -> list[Phase]:
    """Escalations and the pauses after them; `attacks` are those of the span, in order of time."""

    def parted(end: date, start: date) -> bool:
        days = (start - end).days
        silent = days > LEAST_LULL and pace.expected(end + DAY, start) >= rule.expected
        return days > rule.max_gap or silent

    clusters = _clusters(attacks, parted)
    strong = [cluster for cluster in clusters if _incidents(cluster) >= rule.min_attacks]
    phases = []
    for cluster, after in zip_longest(strong, strong[1:]):
        escalation = _escalation(cluster, span)
        phases.append(escalation)
        until = after[0].first if after else span[1] + DAY
        if parted(escalation.end, until):
            breaches = [attack for attack in attacks if escalation.end < attack.first < until]
            phases.append(_pause_after(escalation, until, breaches))
    return phases


def _clusters(attacks: Iterable[Event], parted: Callable[[date, date], bool]) -> list[list[Event]]:
    """Attacks with no silence between them that parts them."""
    clusters: list[list[Event]] = []
    reached = date.min
    for attack in attacks:
        if clusters and not parted(reached, attack.first):
            clusters[-1].append(attack)
        else:
            clusters.append([attack])
        reached = max(reached, attack.last)
    return clusters


def _escalation(cluster: list[Event], span: Span) -> Phase:
    """From the first to the last day of the attacks, as far as the articles cover them.

    It begins at the latest on the last day that the earliest single attack may have been.
    """
    start = max(cluster[0].first, span[0])
    end = min(max(attack.last for attack in cluster), span[1])
    latest = min((attack.last for attack in cluster if not attack.campaign), default=start)
    return Phase("escalation", start, end, cluster[0].first, max(latest, start), cluster)


def _pause_after(escalation: Phase, until: date, breaches: list[Event]) -> Phase:
    """From an escalation's end to the day before `until`.

    It may have begun already when the last single attack was at the earliest.
    """
    start = escalation.end + DAY
    single = (attack.first for attack in escalation.events if not attack.campaign)
    earliest = min(max(single, default=escalation.end), escalation.end) + DAY
    return Phase("pause", start, until - DAY, earliest, start, breaches)


def _incidents(events: Sequence[Event]) -> int:
    """The least number of attacks these events can be.

    "Two attacks this week" and "Monday's attack" may be told of the same: of events whose dates
    overlap only the largest number counts.
    """
    total, most, until = 0, 0, date.min
    for event in events:
        if event.first > until:
            total, most = total + most, 0
        most = max(most, event.n)
        until = max(until, event.last)
    return total + most


def _declared(
    turns: Iterable[Event], attacks: Sequence[Event], span: Span, rule: Rule
) -> list[Phase]:
    """Halts and resumptions told; a truce after a long silence, or after attacks, is a new one."""
    told = _Declared(attacks, span, rule)
    for turn in turns:
        if _in(turn, span):
            told.add(turn)
    return told.phases


class _Declared:
    """Halts and resumptions told within a span, in order of time, made into phases."""

    def __init__(self, attacks: Sequence[Event], span: Span, rule: Rule) -> None:
        self._attacks, self._span, self._rule = attacks, span, rule
        self._days_of_attack = [attack.first for attack in attacks]
        self.phases: list[Phase] = []

    def add(self, turn: Event) -> None:
        """What an announcement begins, or which phase it tells again."""
        last = self.phases[-1] if self.phases else None
        if last and last.kind == turn.turn:
            _date_closer(last, turn)
            if not self._begins_anew(last, turn):
                last.events.append(turn)
                return
        if _is_vague(turn):
            return
        if last:
            last.end = max(last.start, turn.first - DAY)
            last.latest = max(last.earliest, min(last.latest, turn.last))
            last.how_ended = "not told" if last.kind == turn.turn else "announced"
        start = max(turn.first, self._span[0])
        phase = Phase(turn.turn, start, self._span[1], turn.first, turn.last, [turn])
        self.phases.append(phase)

    def _begins_anew(self, phase: Phase, turn: Event) -> bool:
        """Whether it is a new truce: told after a long silence, or after attacks."""
        if _is_vague(turn):
            return False
        known = max(event.last for event in phase.events if not _is_vague(event))
        days = (turn.first - known).days
        after, until = (bisect_right(self._days_of_attack, day) for day in (known, turn.first))
        between = [attack for attack in self._attacks[after:until] if attack.last < turn.first]
        broken = days > LEAST_LULL and _incidents(between) >= self._rule.min_attacks
        return broken or days > self._rule.max_gap


def _date_closer(phase: Phase, turn: Event) -> None:
    """Where the turn that began a phase is told again to the week or day, it dates the phase."""
    if phase.earliest <= turn.first and turn.last <= phase.latest and _wide(turn) <= LEAST_LULL:
        phase.start = phase.earliest = turn.first
        phase.latest = turn.last


def _is_vague(turn: Event) -> bool:
    return _wide(turn) > VAGUEST


def _wide(event: Event) -> int:
    return (event.last - event.first).days


def _in(event: Event, span: Span) -> bool:
    return event.first <= span[1] and event.last >= span[0]


def _not_covered(spans: Sequence[Span]) -> list[Phase]:
    return [
        Phase("not covered", a[1] + DAY, b[0] - DAY, a[1] + DAY, a[1] + DAY)
        for a, b in pairwise(spans)
        if (b[0] - a[1]).days > 1
    ]


def _row(phase: Phase, basis: str, dyad: str, cycle: int, rule: Rule) -> dict[str, Any]:
    return {
        **{"basis": basis, "dyad": dyad, "cycle": cycle, "phase": phase.kind},
        **{"date_from": phase.start, "date_to": phase.end},
        **{"start_earliest": phase.earliest, "start_latest": phase.latest},
        **{"n_events": len(phase.events), "end": phase.how_ended},
        "first_event_id": phase.events[0].id if phase.events else "",
        **{"state": "", "scope": "", "condition": "", "bound_by": "", "said_by": ""},
        **{"last_told": phase.end, "ends_by": None, "rests_on_one_article": "", "support": np.nan},
        **{"depends_on_threshold": False, "proposed": False, "rule": str(rule)},
    }


# --- what is covered, and where the lanes part ----------------------------------------------


def coverage(settings: Mapping[str, Any], documents: pd.DataFrame) -> tuple[list[Span], list[date]]:
    """Spans of time that a corpus's articles can speak about, and the days they were published."""
    given = [tuple(date.fromisoformat(str(day)) for day in span) for span in settings["covered"]]
    dated = documents["counted"] & (documents["published"] != "")
    published = documents.loc[dated, "published"].map(date.fromisoformat)
    return covered_spans(given, published), list(published)


def covered_spans(
    given: Iterable[Span], published: Iterable[date], reach: int = Rule().max_gap
) -> list[Span]:
    """Spans of time the articles can speak about: as the corpus says, else what they reach.

    An article can vouch for the `reach` days before it: a longer silence is not theirs to tell.
    """
    spans = sorted(given)
    if spans:
        return spans
    for day in sorted(published):
        first = day - reach * DAY
        if spans and first <= spans[-1][1] + DAY:
            spans[-1] = (spans[-1][0], day)
        else:
            spans.append((first, day))
    return spans


def lanes_part(phases: pd.DataFrame) -> pd.DataFrame:
    """Spans in which a dyad's declared phase is not the observed one: dyad, dates, both phases."""
    rows = []
    for dyad, own in phases[phases["phase"] != "not covered"].groupby("dyad", sort=False):
        lanes = {basis: lane.to_dict("records") for basis, lane in own.groupby("basis")}
        for seen in lanes.get("observed", []):
            for told in lanes.get("declared", []):
                first = max(seen["date_from"], told["date_from"])
                last = min(seen["date_to"], told["date_to"])
                if first <= last and seen["phase"] != told["phase"]:
                    rows.append((dyad, first, last, told["phase"], seen["phase"]))
    columns = ["dyad", "date_from", "date_to", "declared", "observed"]
    return pd.DataFrame(rows, columns=columns).sort_values(columns, ignore_index=True)
