"""Phases of a dyad: escalation and pause, as declared, told and observed.

Sections 4 to 6 of RULES.md, which the rule printed on every figure sums up.  What counts is in
`analysis.timeline.evidence`.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache, partial
from itertools import pairwise, zip_longest
from math import inf, log
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.base import wording
from analysis.base.columns import names
from analysis.base.thresholds import MANY_ARTICLES, MANY_ATTACKS
from analysis.timeline.evidence import (
    DAY,
    MAX_GAP,
    NEAR,
    Absence,
    Attack,
    End,
    Evidence,
    Halt,
    Hold,
    Resumption,
    Span,
)
from analysis.timeline.pairs import BACK_DAYS

COLUMNS = tuple(names("phases"))
BASES = ("declared", "told", "observed")
LEAST_LULL = 7  # days
CHANCE = 0.05
VAGUE = 31  # days; "since February" begins somewhere in it
VAGUEST = 120  # days; an announcement dated less closely begins no phase


@dataclass(frozen=True)
class Rule:
    """Thresholds of the cut.

    `max_gap` is in days, `min_attacks` in incidents.  A halt counts if `min_outlets` tell it.  A
    silence in which the articles would tell of `expected` attacks parts two escalations too.
    `chosen`: the researcher says which days are covered.
    """

    max_gap: int = MAX_GAP
    min_attacks: int = 3
    min_outlets: int = 1
    expected: float = inf
    chosen: bool = False

    @classmethod
    def of(cls, dyad: Mapping[str, Any], chosen: bool = False) -> "Rule":
        """The thresholds a dyad of ``corpus.yml`` gives, else ours."""
        own = {key: dyad[key] for key in ("max_gap", "min_attacks") if key in dyad}
        return cls(**own, chosen=chosen)

    def fitted(self, evidence: Evidence, spans: Sequence[Span], articles: int) -> "Rule":
        """The rule for so many articles and the attacks that they date.

        n attacks at a steady rate leave a silence of x expected attacks somewhere with a chance
        of about n·exp(−x); `expected` is the x for which that is 5 %.
        """
        if articles < MANY_ARTICLES:
            return self
        usable = (a for a in evidence.attacks if _usable(a, self))
        attacks = sum(any(_meets(a, span) for span in spans) for a in usable)
        many = attacks >= MANY_ATTACKS
        return replace(self, min_outlets=2, expected=log(attacks / CHANCE) if many else inf)

    def __str__(self) -> str:
        return wording.phase_rule(**vars(self), least_lull=LEAST_LULL)


@dataclass
class Phase:
    """A phase; `start` to `latest` is the range of its first day, `start` None if not told.

    It is told to go on until `told`, and ended by `ends_by` if that is known.
    """

    basis: str
    kind: str
    start: date | None
    latest: date
    end: date
    events: list[str] = field(default_factory=list)
    told: date | None = None
    state: str = ""
    how: str = ""
    ends_by: date | None = None
    stops: tuple[str, ...] = ()
    bound: tuple[str, ...] = ()
    said_by: tuple[str, ...] = ()
    scope: str = ""
    condition: str = ""


class Pace:
    """How many attacks articles published between two days would tell of, at the average rate."""

    def __init__(self, published: ArrayLike, attacks: int) -> None:
        self.days = np.sort(np.array(published, "datetime64[D]"))
        self.rate = attacks / len(self.days) if len(self.days) else 0.0

    def expected(self, after: date, until: date) -> float:
        first, last = np.searchsorted(self.days, [np.datetime64(after), np.datetime64(until)])
        return float(last - first) * self.rate


def cut(
    evidence: Evidence, spans: Sequence[Span], rule: Rule, published: ArrayLike = ()
) -> list[Phase]:
    """The phases of one dyad in the `spans` covered: declared, told, observed.

    `rule` is `fitted`, `published` are the days of the articles.
    """
    phases: list[Phase] = []
    for span in spans:
        own = _within(evidence, span, rule)
        lulls = _lulls(own)
        phases += _pauses(own, rule) + lulls + _observed(own, lulls, rule, published)
    phases = _once(phases)
    order = {basis: n for n, basis in enumerate(BASES)}
    phases += _not_covered(spans)
    return sorted(phases, key=lambda p: (order[p.basis], p.start or p.latest, p.latest))


def _once(phases: Iterable[Phase]) -> list[Phase]:
    """Of a phase that several spans covered have, as its dates meet them, the one told longest."""
    longest: dict[tuple[Any, ...], Phase] = {}
    for phase in phases:
        key = (phase.basis, phase.kind, phase.start, phase.latest, phase.stops, phase.bound)
        key += (phase.said_by, phase.scope, phase.condition)
        known = longest.setdefault(key, phase)
        if (phase.end, phase.state == "contested") > (known.end, known.state == "contested"):
            longest[key] = phase
    return [*longest.values()]


def phase_table(phases: Iterable[Phase], dyad: Mapping[str, Any], rule: Rule) -> pd.DataFrame:
    """The phases of a dyad as rows of table ``phases``, without what its checks say."""
    phases = list(phases)
    begun = [p.latest for p in phases if p.basis == "observed" and p.kind == "escalation"]
    rows = []
    for phase in phases:
        rows.append(
            {
                **{"basis": phase.basis, "dyad": dyad["id"], "phase": phase.kind},
                "cycle": sum(day <= phase.latest for day in begun),
                **{"date_from": phase.start, "date_to": phase.end},
                **{"start_earliest": phase.start, "start_latest": phase.latest},
                **{"n_events": len(phase.events), "first_event_id": next(iter(phase.events), "")},
                **{"end": phase.how, "state": phase.state, "scope": phase.scope},
                **{"condition": phase.condition, "bound_by": ";".join(phase.bound)},
                **{"said_by": ";".join(phase.said_by), "last_told": phase.told},
                **{"ends_by": phase.ends_by, "proposed": bool(dyad.get("proposed", False))},
                **{"rests_on_one_article": "", "support": np.nan, "depends_on_threshold": False},
                "rule": str(rule),
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _within(evidence: Evidence, span: Span, rule: Rule) -> Evidence:
    """The evidence of a span of time; announcements dated too vaguely begin nothing."""
    attacks = [attack for attack in evidence.attacks if _meets(attack, span)]
    resumptions = [turn for turn in evidence.resumptions if _meets(turn, span)]
    halts = [halt for halt in evidence.halts if _meets(halt, span) and _begins(halt, rule)]
    holds = [hold for hold in evidence.holds if span[0] <= hold.day <= span[1]]
    holds.sort(key=attrgetter("day"))
    absences = [absence for absence in evidence.absences if _told_in(absence, span)]
    ends = [end for end in evidence.ends if _meets(end, span)]
    return Evidence(attacks, resumptions, halts, holds, absences, ends)


def _told_in(absence: Absence, span: Span) -> bool:
    """Whether an absence meets a span; one of no days at all meets none."""
    some = bool(absence.first or absence.last)
    return some and _meets(absence._replace(last=absence.last or absence.told), span)


def _begins(halt: Halt, rule: Rule) -> bool:
    """Whether a halt is dated closely enough, and told by enough outlets, to begin a pause."""
    dated = halt.first is not None or rule.min_outlets == 1
    return dated and _wide(halt) <= VAGUEST and halt.n_outlets >= rule.min_outlets


# --- observed -------------------------------------------------------------------------------


def _observed(
    evidence: Evidence, lulls: Iterable[Phase], rule: Rule, published: ArrayLike
) -> list[Phase]:
    """Escalations, and the pauses between them (section 4)."""
    attacks = [attack for attack in evidence.attacks if _usable(attack, rule)]
    pace = Pace(published, len(attacks))
    quiet = [(p.latest, p.end) for p in lulls if p.start and p.state != "contested"]

    def parted(end: date, start: date) -> bool:
        days = (start - end).days
        silent = days > LEAST_LULL and pace.expected(end + DAY, start) >= rule.expected
        told = ((min(last, start) - max(first, end)).days for first, last in quiet)
        return days > rule.max_gap or silent or max(told, default=0) >= LEAST_LULL

    clusters = _clusters(attacks, parted)
    strong = [cluster for cluster in clusters if _incidents(cluster) >= rule.min_attacks]
    phases = []
    for cluster, after in zip_longest(strong, strong[1:]):
        escalation = _escalation(cluster, evidence.absences, rule)
        phases.append(escalation)
        if after:
            escalation.state, escalation.how = "ended", escalation.how or "pause observed"
            breaches = [a for a in attacks if escalation.end < a.first < after[0].first]
            phases.append(_pause_between(cluster, after, breaches))
    return phases + _undated(evidence.attacks, phases, rule)


def _usable(attack: Attack, rule: Rule) -> bool:
    if attack.first is None:
        return False
    return _wide(attack) <= rule.max_gap or (
        attack.n * rule.max_gap >= rule.min_attacks * _wide(attack)
    )


def _clusters(
    attacks: Iterable[Attack], parted: Callable[[date, date], bool]
) -> Iterator[list[Attack]]:
    """Attacks with no silence between them that parts them."""
    cluster: list[Attack] = []
    reached = date.min
    for attack in attacks:
        if cluster and parted(reached, attack.first):
            yield cluster
            cluster = []
        cluster.append(attack)
        reached = max(reached, attack.last)
    if cluster:
        yield cluster


def _incidents(attacks: Sequence[Attack]) -> int:
    """The least number of attacks these can be.

    "Two attacks this week" and "Monday's attack" may be told of the same: of events whose dates
    overlap only the largest number counts.
    """
    total, most, until = 0, 0, date.min
    for attack in attacks:
        if attack.first > until:
            total, most = total + most, 0
        most = max(most, attack.n)
        until = max(until, attack.last)
    return total + most


def _escalation(cluster: list[Attack], absences: Iterable[Absence], rule: Rule) -> Phase:
    """From the first attack to the last, or to the first day of an absence after them."""
    start, latest = cluster[0].first, min(attack.begun for attack in cluster)
    end, told = max(a.last for a in cluster), max(a.seen for a in cluster)
    last = max(a.first for a in cluster)
    over = [
        a.first
        for a in absences
        if a.first and max(last, latest + DAY) <= a.first <= end + (rule.max_gap + 1) * DAY
    ]
    phase = Phase("observed", "escalation", start, latest, end, [a.id for a in cluster], told)
    phase.state = "open"
    if over:
        phase.ends_by = min(over)
        phase.state, phase.how = "ended", "absence told"
        phase.end = min(end, phase.ends_by)
        phase.told = min(told, phase.ends_by)
    return phase


def _pause_between(
    cluster: Sequence[Attack], after: Sequence[Attack], breaches: Sequence[Attack]
) -> Phase:
    """From an escalation's last attack, at the earliest, to the next escalation's first."""
    start, latest = max(a.first for a in cluster) + DAY, max(a.last for a in cluster) + DAY
    begun = min(attack.begun for attack in after)
    phase = Phase("observed", "pause", min(start, latest), latest, after[0].first - DAY)
    phase.events, phase.state, phase.how = [a.id for a in breaches], "ended", "attacks"
    phase.ends_by = begun
    return phase


def _undated(attacks: Iterable[Attack], dated: Sequence[Phase], rule: Rule) -> list[Phase]:
    """Escalations of attacks told without a day, where no other began in the year before."""
    phases: list[Phase] = []
    many = (a for a in attacks if a.first is None and a.n >= rule.min_attacks)
    for attack in sorted(many, key=lambda a: (a.last, a.id)):
        since = attack.last - BACK_DAYS * DAY
        begun = (p.latest for p in [*dated, *phases] if p.kind == "escalation")
        if not any(since <= day <= attack.last for day in begun):
            end = attack.last
            phase = Phase("observed", "escalation", None, end, end, [attack.id], end, "open")
            phases.append(phase)
    return phases


# --- declared and told ----------------------------------------------------------------------


def _pauses(evidence: Evidence, rule: Rule) -> list[Phase]:
    """A pause for each version of a halt; one that the same parties tell again is renewed."""
    against = cache(partial(_against, evidence))
    pauses: list[Phase] = []
    leading: set[tuple[str, str]] = set()
    for halt in sorted(evidence.halts, key=lambda h: (h.first or h.last, h.last)):
        first = (halt.id, halt.basis) not in leading
        leading.add((halt.id, halt.basis))
        if not first and len(halt.said_by) < rule.min_outlets:
            continue
        earlier = next((p for p in reversed(pauses) if _renews(p, halt, against, rule)), None)
        if earlier:
            _renew(earlier, halt)
            continue
        pauses.append(
            Phase(
                *(halt.basis, "pause", halt.first, halt.last, halt.last, [halt.id]),
                **{name: getattr(halt, name) for name in _SAID},
            )
        )
    for pause in pauses:
        _end(pause, against(pause.stops), rule)
    held = (_held(pause, against(pause.stops), rule) for pause in pauses)
    return pauses + [one for of_pause in held for one in of_pause]


def _held(pause: Phase, evidence: Evidence, rule: Rule) -> Iterator[Phase]:
    """A declared pause as those tell it who say that it holds."""
    own = [hold for hold in evidence.holds if hold.id in pause.events and hold.day >= pause.latest]
    outlets = sorted({hold.outlet for hold in own})
    if pause.basis == "declared" and own and len(outlets) >= rule.min_outlets:
        events = list(dict.fromkeys(hold.id for hold in own))
        held = replace(pause, basis="told", events=events, said_by=tuple(outlets), told=None)
        held.ends_by, held.how = None, ""
        _end(held, evidence, rule)
        yield held


_SAID = ("stops", "bound", "said_by", "scope", "condition")


def _renews(
    pause: Phase, halt: Halt, against: Callable[[tuple[str, ...]], Evidence], rule: Rule
) -> bool:
    """Whether a halt tells again of a pause of the same parties that has not ended."""
    if pause.basis != halt.basis or halt.id in pause.events:
        return False
    if pause.stops and halt.stops:
        same = not {*pause.stops}.isdisjoint(halt.stops)
    else:
        same = not (pause.bound and halt.bound) or {*pause.bound} == {*halt.bound}
    if not same:
        return False
    day, evidence = halt.first or halt.last, against(pause.stops)
    recent, told = day - rule.max_gap * DAY, max(pause.latest, pause.told or pause.latest)
    if told < recent and not _holds_told(evidence, recent, day):
        return False
    so_far = replace(pause, events=[*pause.events])
    _end(so_far, evidence, rule, day)
    return so_far.state != "ended" and (day - so_far.told).days <= rule.max_gap


def _renew(pause: Phase, halt: Halt) -> None:
    """What a halt told again adds to its pause: a closer date, later telling, more outlets."""
    latest = pause.latest if pause.start else pause.latest + NEAR * DAY  # announced for a day ahead
    inside = halt.first and (pause.start or date.min) <= halt.first and halt.last <= latest
    if inside or (halt.effective and halt.first and _follows(halt, pause)):
        pause.start, pause.latest = halt.first, halt.last
    pause.events.append(halt.id)
    pause.told = max(filter(None, (pause.told, halt.last)))
    pause.said_by = tuple(sorted({*pause.said_by, *halt.said_by}))
    pause.bound, pause.stops = pause.bound or halt.bound, pause.stops or halt.stops
    pause.condition = pause.condition or halt.condition


def _against(evidence: Evidence, stops: tuple[str, ...]) -> Evidence:
    """The evidence of a halt: of what speaks against it that by its parties, or by nobody named."""

    def own(told: list[Any], by: str) -> list[Any]:
        parties = map(attrgetter(by), told)
        pairs = zip(told, parties, strict=True)
        return [one for one, who in pairs if not who or not who.isdisjoint(stops)]

    if not stops:
        return evidence
    return evidence._replace(
        attacks=own(evidence.attacks, "by"),
        resumptions=own(evidence.resumptions, "by"),
        ends=own(evidence.ends, "parties"),
    )


def _follows(halt: Halt, pause: Phase) -> bool:
    """Whether a halt takes effect within a week after the day on which its pause was announced."""
    return timedelta(0) < halt.first - pause.latest <= NEAR * DAY


class _Contrary(NamedTuple):
    """What speaks against a pause after its beginning: breaches, and that it is told to be over."""

    attacks: list[Attack]
    resumptions: list[Resumption]
    ends: list[End]

    def after(self, day: date) -> "_Contrary":
        attacks, resumptions = (own[bisect_right(own, day, key=_day) :] for own in self[:2])
        return _Contrary(attacks, resumptions, [end for end in self.ends if end.last > day])


def _end(pause: Phase, evidence: Evidence, rule: Rule, until: date = date.max) -> None:
    """Until when a pause is told to go on, and by when it has ended (section 6).

    `evidence` is that of its parties (`_against`).
    """
    contrary = _contrary(pause, evidence, until)
    holds = _holds_told(evidence, pause.latest, until)
    held = [hold.day for hold in holds if _carries(hold, pause, rule)]
    lasts = bool(held or pause.told)
    pause.told = max(filter(None, (pause.latest, pause.told, *held)))
    breached = any(one.first <= pause.told for own in contrary[:2] for one in own[:1])
    if over := _over(contrary.after(pause.told) if lasts else contrary, rule):
        pause.state, pause.ends_by, pause.how = "ended", *over
    else:
        pause.state = ("contested" if breached else "holding") if lasts else "open"
    pause.end = pause.ends_by or pause.told


def _holds_told(evidence: Evidence, since: date, until: date) -> list[Hold]:
    """What is said to hold on the days from `since` on and before `until`."""
    first, after = (bisect_left(evidence.holds, d, key=attrgetter("day")) for d in (since, until))
    return evidence.holds[first:after]


def _contrary(pause: Phase, evidence: Evidence, until: date) -> _Contrary:
    """The breaches of a pause; it had begun when its parties announced that they resume."""
    resumptions = _begun(evidence.resumptions, pause.start or date.min, until)
    if pause.stops and pause.start != pause.latest:
        pause.latest = min([pause.latest, *(turn.last for turn in resumptions)])
    attacks = _begun(evidence.attacks, pause.latest + DAY, until)
    ends = [end for end in evidence.ends if pause.latest < end.last < until]
    return _Contrary(attacks, [t for t in resumptions if t.last >= pause.latest], ends)


def _carries(hold: Any, pause: Phase, rule: Rule) -> bool:
    """Whether what is told to hold is this pause, or one of its parties that began with it."""
    if hold.id in pause.events:
        return True
    if hold.parties and pause.stops and hold.parties.isdisjoint(pause.stops):
        return False
    gap = rule.max_gap * DAY
    if hold.first is None:
        return pause.latest <= hold.day <= pause.latest + gap
    return hold.first <= pause.latest + gap and (pause.start or pause.latest) <= hold.last + gap


def _over(contrary: _Contrary, rule: Rule) -> tuple[date, str] | None:
    """The day of the first report that a pause is over, and what ends it."""
    gap = rule.max_gap
    ends = [
        (turn.last, "resumption announced, then attacks")
        for turn in contrary.resumptions
        if any(turn.first <= attack.last for attack in _reaching(contrary.attacks, turn.last, gap))
    ]
    ends += [(end.last, "told to be over") for end in contrary.ends]
    if begun := _strong_by((a for a in contrary.attacks if _usable(a, rule)), rule):
        ends.append((begun, "attacks"))
    return min(ends, default=None)


def _strong_by(attacks: Iterable[Attack], rule: Rule) -> date | None:
    """By when the first attacks that are enough, with no silence between them, had begun.

    They come in order of time, and none had begun before its first day: the rest is not looked at.
    """
    cluster: list[Attack] = []
    begun = reached = date.min
    for attack in attacks:
        if cluster and attack.first > begun and _incidents(cluster) >= rule.min_attacks:
            break
        if not cluster or (attack.first - reached).days > rule.max_gap:
            cluster, begun, reached = [], attack.begun, date.min
        cluster.append(attack)
        begun, reached = min(begun, attack.begun), max(reached, attack.last)
    return begun if _incidents(cluster) >= rule.min_attacks else None


def _reaching(attacks: list[Attack], day: date, gap: int) -> Iterator[Attack]:
    """Those that begin at most `gap` days after a day, the last first."""
    return reversed(attacks[: bisect_right(attacks, day + gap * DAY, key=_day)])


def _lulls(evidence: Evidence) -> list[Phase]:
    """Absences that are told, those that begin and end alike as one (section 2.8)."""
    lulls: list[Phase] = []
    begins: list[int] = []  # of each, as a number
    for absence in sorted(evidence.absences, key=lambda a: (a.first or date.min, a.last or a.told)):
        begin = (absence.first or date.min).toordinal()
        near = lulls[bisect_left(begins, begin - NEAR) :]
        same = next((lull for lull in near if _same_absence(lull, absence)), None)
        if same:
            same.events.append(absence.id)
            same.said_by = tuple(sorted({*same.said_by, absence.outlet}))
        else:
            lulls.append(_lull(absence))
            begins.append(begin)
    for lull in lulls:
        until = lull.end + (NEAR + 1) * DAY
        _end_lull(lull, _begun(evidence.attacks, lull.latest + DAY, until))
    return lulls


def _lull(absence: Absence) -> Phase:
    latest = absence.first or absence.last or absence.told
    end = absence.last or latest
    lull = Phase("told", "pause", absence.first, latest, end, [absence.id], end)
    lull.said_by, lull.scope = (absence.outlet,), "not said"
    return lull


def _end_lull(lull: Phase, attacks: Iterable[Attack]) -> None:
    """An attack told inside contradicts an absence, one when its span ends ends it."""
    near = NEAR * DAY
    lull.state = "holding"
    for attack in attacks:
        if lull.latest + VAGUE * DAY < attack.first and attack.last < lull.end - near:
            lull.state, lull.how, lull.ends_by = "contested", "", None
            return
        if lull.end <= attack.last and attack.first <= lull.end + near:
            lull.state, lull.how = "ended", "attacks"
            lull.ends_by = min(attack.last, lull.ends_by or attack.last)


def _same_absence(lull: Phase, absence: Absence) -> bool:
    begin = abs((absence.first or date.min) - (lull.start or date.min)).days
    end = abs((absence.last or lull.end) - lull.end).days
    return begin <= NEAR and end <= NEAR


# --- helpers --------------------------------------------------------------------------------


def _day(one: Any) -> date:
    """The first day, of what has none the last there is: the order in which evidence is told."""
    return one.first or date.max


def _begun(told: list[Any], since: date, until: date) -> list[Any]:
    """Those that begin from `since` on and before `until`."""
    first = bisect_left(told, since, key=_day)
    return told[first : bisect_left(told, until, first, key=_day)]


def _wide(one: Attack | Halt) -> int:
    return (one.last - one.first).days if one.first else 0


def _meets(one: Any, span: Span) -> bool:
    return (one.first or one.last) <= span[1] and one.last >= span[0]


def _not_covered(spans: Sequence[Span]) -> Iterator[Phase]:
    for a, b in pairwise(spans):
        if (b[0] - a[1]).days > 1:
            first = a[1] + DAY
            yield Phase("observed", "not covered", first, first, b[0] - DAY)


def lanes_part(phases: pd.DataFrame) -> pd.DataFrame:
    """Spans in which a dyad's declared phase is not the observed one: dyad, dates, both phases."""
    rows = []
    own_phases = phases[phases["phase"] != "not covered"]
    own_phases = own_phases.assign(begin=own_phases["date_from"].fillna(own_phases["start_latest"]))
    for dyad, own in own_phases.groupby("dyad", sort=False):
        lanes = {basis: lane.to_dict("records") for basis, lane in own.groupby("basis")}
        for seen in lanes.get("observed", []):
            for told in lanes.get("declared", []):
                first = max(seen["begin"], told["begin"])
                last = min(seen["date_to"], told["date_to"])
                if first <= last and seen["phase"] != told["phase"]:
                    rows.append((dyad, first, last, told["phase"], seen["phase"]))
    columns = ["dyad", "date_from", "date_to", "declared", "observed"]
    found = pd.DataFrame(rows, columns=columns).drop_duplicates()
    return found.sort_values(columns, ignore_index=True)
