"""What counts for phases: attacks, halts, resumptions, what is told to hold and to be absent.

Sections 2 and 3 of RULES.md.  `Record` holds the body reports of the dyads studied and tells, for
all articles or some of them, the evidence of each dyad; phases and their checks are made of it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.lexicons import OURS, Lexicon
from analysis.timeline import dyads as relations
from analysis.timeline.dyads import Dyads, of_kind, of_kinds, set_mutual
from analysis.timeline.events import MergedReports, last_days
from analysis.timeline.halts import DECLARED, EFFECT, NOT_MADE
from analysis.timeline.pairs import BACK_DAYS, CAMPAIGN_DAYS, HAPPENED

DAY = timedelta(days=1)
MAX_GAP = 45  # days
NEAR = 7  # days by which a boundary may move and still be the same
_STARTS = "truce starts"  # how the rule of a truce begins of which its day of effect is told
LASTING = 15  # days; attacks told as going on count as one in so many
_TOLD = 50_000  # events, as one or another of their reports tell them, that are remembered
Span = tuple[date, date]
Parties = frozenset[str]  # a party, what it belongs to and what belongs to it; empty: nobody named


class Attack(NamedTuple):
    """Attacks of one event; `first` is None where no day is told, `last` then the day of telling.

    They had begun by `begun`, and the last of them is told by `seen`.
    """

    id: str
    first: date | None
    last: date
    begun: date
    seen: date
    n: int
    by: Parties


class Resumption(NamedTuple):
    """An announcement to start again."""

    id: str
    first: date
    last: date
    by: Parties


_Bound = tuple[tuple[str, ...], tuple[str, ...]]  # who stops, and these with whom else is bound


class Halt(NamedTuple):
    """A version of a halt: `stops` are those who stop, `bound` also whom else it involves.

    `effective`: its day is told as that on which it takes effect.
    """

    id: str
    first: date | None
    last: date
    basis: str
    stops: tuple[str, ...]
    bound: tuple[str, ...]
    said_by: tuple[str, ...]
    n_outlets: int
    scope: str
    condition: str
    effective: bool = False


class Hold(NamedTuple):
    """That a truce goes on, said of a day; `first` and `last` tell when the truce began."""

    id: str
    day: date
    first: date | None
    last: date
    parties: Parties
    outlet: str


class Absence(NamedTuple):
    """That nothing happened from `first` to `last`, each None where it is not told."""

    id: str
    first: date | None
    last: date | None
    told: date
    outlet: str


class End(NamedTuple):
    """That a truce is over: by `last`, and not before `first`, None where no day is told."""

    id: str
    first: date | None
    last: date
    parties: Parties


class Evidence(NamedTuple):
    """What the articles tell of one dyad, each kind in order of time."""

    attacks: list[Attack]
    resumptions: list[Resumption]
    halts: list[Halt]
    holds: list[Hold]
    absences: list[Absence]
    ends: list[End]


class _Event(NamedTuple):
    """What articles tell of an event; `date_from`, `date_to` are None where no day is told."""

    event_id: str
    event_type: str
    mode: str
    dyad: str
    source: str
    happened: bool
    date_from: date | None
    date_to: date | None
    begun: date | None
    seen: date | None
    told: date
    n_incidents_min: float


class _Report(NamedTuple):
    """What a halt's or an absence's report says."""

    event_id: str
    article: int
    outlet: str
    status: str
    source: str
    target: str
    mutual: bool
    unannounced: bool
    scope: str
    condition: str
    told_on: date | None
    rule: str
    first: date | None
    last: date | None
    date_basis: str
    out: date
    dyad: str


class Record:
    """The body reports of the dyads studied, of dated articles."""

    def __init__(
        self,
        reports: pd.DataFrame,
        documents: pd.DataFrame,
        actors: pd.DataFrame,
        settings: Mapping[str, Any],
        lexicon: Lexicon = OURS,
    ) -> None:
        """`reports` are ``event_reports`` with their events and dyads, `documents` the table."""
        dated = documents[documents["counted"] & (documents["published"] != "")]
        self.doc_ids = dated["doc_id"].to_numpy(object)
        self.published = dated["published"].to_numpy("datetime64[D]")
        self.dyads = Dyads(settings, actors, lexicon)
        self._circle, self._stopping = cache(self.dyads.circle), cache(self.dyads.stopping)
        # in a sample most events are told as in the one before
        self._added = lru_cache(_TOLD)(lambda *event: tuple(self._adds(*event)))
        self._members = {d["id"]: self.dyads.members(d["id"]) for d in settings["dyads"]}
        body = reports[_counts(reports) & reports["doc_id"].isin(self.doc_ids)]
        out = last_days(dated)
        outlets = dict(zip(self.doc_ids, dated["outlet"], strict=True))
        self._merged = MergedReports(body, outlets, out, ("event_type", "mode", "dyad", "source"))
        self.spans = covered_spans(settings["covered"], body, out)
        told = (
            set_mutual(body, lexicon)
            .assign(
                article=pd.Index(self.doc_ids).get_indexer(body["doc_id"]),
                outlet=body["doc_id"].map(outlets),
                out=body["doc_id"].map(out),
                first=_days(body["date_from"]),
                last=_days(body["date_to"]),
                told_on=_days(body["told_on"]),
            )
            .sort_values(["event_id", "article"], kind="stable")
        )
        halts = told[of_kinds(told, self.dyads.pause)]
        self._halting = _rows(halts[halts["status"].isin([*HAPPENED, "conditional", "planned"])])
        absent = told[told["status"] == "absence"]
        ended = of_kinds(absent, self.dyads.pause)
        self._over, self._absent = _rows(absent[ended]), _rows(absent[~ended])
        attacks = told[of_kinds(told, self.dyads.escalation)]
        again = re.compile(lexicon["events"]["halts"]["resumed"], re.I)
        resumed = attacks["trigger"].str.contains(again) & attacks["status"].isin(HAPPENED)
        self._resumed = _telling(attacks[resumed])
        self._lasting = _telling(attacks[_last(attacks)])
        self.size = len(body)

    def evidence(self, kept: np.ndarray | None = None) -> dict[str, Evidence]:
        """The evidence of each dyad from all articles, or those of `doc_ids` that are `kept`."""
        found = {dyad: Evidence([], [], [], [], [], []) for dyad in self._members}
        halts = self._halts(kept)
        for event in _in_time(self._merged.tell(kept)):
            lasting, again = (_told(by, event, kept) for by in (self._lasting, self._resumed))
            reports = halts.get(event.event_id, ())
            for dyad in filter(found.get, event.dyad.split(";")):
                for kind, one in self._added(dyad, event, reports, lasting, again):
                    getattr(found[dyad], kind).append(one)
        for row in self._absent:
            for own in _of(found, row.dyad) if _kept(row, kept) else ():
                own.absences.append(Absence(row.event_id, row.first, row.last, row.out, row.outlet))
        for row in self._over:
            for dyad in filter(found.get, row.dyad.split(";")) if _kept(row, kept) else ():
                found[dyad].ends.append(self._ended(dyad, row))
        return found

    def _halts(self, kept: np.ndarray | None) -> dict[str, tuple[_Report, ...]]:
        """The reports of halts by event."""
        rows = (row for row in self._halting if _kept(row, kept))
        return {key: tuple(group) for key, group in groupby(rows, lambda row: row.event_id)}

    def _attacks(self, event: _Event) -> bool:
        """Whether an event is an attack; breaches of no day are told of a pause."""
        breach = event.mode == "violate-ceasefire" and not event.date_from
        kind = event.event_type, event.mode
        return event.happened and not breach and of_kind(*kind, self.dyads.escalation)

    def _attack(self, event: _Event, lasting: bool) -> Attack:
        first, last = days = _known(event)
        ends = (event.begun, event.seen) if first else (last, last)
        n = int(event.n_incidents_min) if event.n_incidents_min > 0 else 1
        if first and lasting:
            n, ends = max(n, -(-(last - first).days // LASTING)), (first, last)
        return Attack(event.event_id, *days, *ends, n, self._circle(event.source))

    def _adds(
        self, dyad: str, event: _Event, reports: Sequence[_Report], lasting: bool, again: bool
    ) -> Iterator[tuple[str, Any]]:
        """What an event adds to the evidence of a dyad, each with its kind there.

        `reports` are those of a halt; attacks are told as `lasting` over a long span, or as taken
        up `again`.
        """
        days, kind = _known(event), (event.event_type, event.mode)
        attacks = self._attacks(event)
        if attacks:
            yield "attacks", self._attack(event, lasting)
        resumes = kind == ("THREATEN", "resume") or (again and attacks)
        if resumes and event.date_from:
            by = self._circle(event.source)
            yield "resumptions", Resumption(event.event_id, *days, by)
        if of_kind(*kind, self.dyads.pause) and (event.happened or self._announced(dyad, reports)):
            days = _effective_days(reports, days)
            for version in self._versions(dyad, reports, days):
                yield "halts", version
            for hold in self._holds(dyad, reports, days):
                yield "holds", hold

    def _holds(
        self, dyad: str, reports: Sequence[_Report], days: tuple[date | None, date]
    ) -> Iterator[Hold]:
        """By whom and on which day a halt is told to hold."""
        holding = [row for row in reports if row.status == "ongoing"]
        said = {row.article: day for row in holding if (day := _held(row))}
        for row in holding:
            day = _held(row) or said.get(row.article, row.out)
            yield Hold(row.event_id, day, *days, self._stopped(dyad, row), row.outlet)

    def _announced(self, dyad: str, reports: Iterable[_Report]) -> bool:
        """Whether who halts announces it for a day to come, or it is to take effect."""
        reports = list(reports)
        made = not any(NOT_MADE in row.rule for row in reports)
        return made and any(
            row.rule.startswith(_STARTS)
            or (row.rule.startswith("planned") and self._stopping(dyad, _halt(row)))
            for row in reports
            if row.status == "planned"
        )

    def _ended(self, dyad: str, row: _Report) -> End:
        dated = row.last is not None and row.date_basis == "expression"
        days = (row.first, min(row.last, row.out)) if dated else (None, row.out)
        return End(row.event_id, *days, self._stopped(dyad, row))

    def _stopped(self, dyad: str, row: _Report) -> Parties:
        return self._circle(";".join(self._stopping(dyad, _halt(row))))

    def _versions(
        self, dyad: str, reports: Sequence[_Report], days: tuple[date | None, date]
    ) -> Iterator[Halt]:
        """The halt as outlets that name the same parties tell it, those that most name first."""
        by_outlet: dict[str, list[_Report]] = {}
        for row in reports:
            by_outlet.setdefault(row.outlet, []).append(row)
        named = {outlet: self._named(dyad, own) for outlet, own in by_outlet.items()}
        for (stops, bound), outlets in _agreeing(named).items():
            own = [row for outlet in outlets for row in by_outlet[outlet]]
            silent = any(row.unannounced for row in own)
            silent |= all(row.status == "ongoing" and DECLARED not in row.rule for row in own)
            yield Halt(
                *(own[0].event_id, *days, "told" if silent else "declared"),
                *(stops, bound, tuple(sorted(outlets)), len(by_outlet)),
                self._scope(dyad, stops, own),
                next((row.condition for row in own if row.condition), ""),
                any(_takes_effect(row) for row in own),
            )

    def _named(self, dyad: str, reports: Iterable[_Report]) -> _Bound:
        """Who stops, and these with whom else the halt involves, in the order of the text."""
        stops: dict[str, None] = {}
        others: dict[str, None] = {}
        for row in reports:
            stops |= dict.fromkeys(self._stopping(dyad, _halt(row)))
            if row.mutual:
                parties = f"{row.source};{row.target}".split(";")
                others |= dict.fromkeys(filter(self.dyads.is_actor, parties))
        return tuple(stops), tuple(stops | others)

    def _scope(self, dyad: str, stops: Iterable[str], reports: Iterable[_Report]) -> str:
        said = {row.scope for row in reports}
        members = self._members[dyad]
        if "all" in said or (members and members <= set(stops)):
            return "all"
        inner = any(self.dyads.is_part(who) for who in stops)
        return "some" if inner or "some" in said else "not said"


def _agreeing(named: Mapping[str, _Bound]) -> dict[_Bound, list[str]]:
    """The outlets that tell one version of a halt, by the parties it names."""
    versions: list[tuple[_Bound, list[str]]] = []
    for outlet in sorted(named, key=lambda one: -len(named[one][1])):
        stops, bound = named[outlet]
        for (others, more), outlets in versions:
            same = not (stops and others) and {*bound} <= {*more}
            if same or {*stops} & {*others}:
                outlets.append(outlet)
                break
        else:
            versions.append((named[outlet], [outlet]))
    return dict(versions)


# --- what is covered ------------------------------------------------------------------------


def covered_spans(
    given: Iterable[Sequence[str]], reports: pd.DataFrame, out: Mapping[str, date]
) -> list[Span]:
    """Spans of time the articles speak of: as the corpus says, else from what they tell.

    `reports` are those of the dyads studied, `out` the day on which each article came out.  Each
    reaches from the first event it dates, at most a year back, or from `MAX_GAP` days back, to
    that day.
    """
    chosen = sorted((date.fromisoformat(str(a)), date.fromisoformat(str(b))) for a, b in given)
    if chosen:
        return chosen
    reach = {doc_id: day - MAX_GAP * DAY for doc_id, day in out.items()}
    first = _days(reports["date_from"])
    for doc_id, day in zip(reports["doc_id"], first, strict=True):
        if day is not None and doc_id in out and out[doc_id] - BACK_DAYS * DAY <= day:
            reach[doc_id] = min(reach[doc_id], day)
    return joined_spans((reach[doc_id], day) for doc_id, day in out.items())


def joined_spans(spans: Iterable[Span]) -> list[Span]:
    """The spans of days in order; those that overlap, or follow each other, as one.

    >>> day = date(2031, 1, 1)
    >>> joined_spans([(day + DAY, day + 2 * DAY), (day, day)]) == [(day, day + 2 * DAY)]
    True
    """
    joined: list[Span] = []
    for first, last in sorted(spans):
        if joined and first <= joined[-1][1] + DAY:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def coverage(
    settings: Mapping[str, Any], documents: pd.DataFrame, reports: pd.DataFrame
) -> list[Span]:
    """Spans of time that a corpus's articles speak of; `reports` is table ``event_reports``."""
    dated = documents[documents["counted"] & (documents["published"] != "")]
    return covered_spans(settings["covered"], reports[_counts(reports)], last_days(dated))


# --- rows -----------------------------------------------------------------------------------


def _counts(reports: pd.DataFrame) -> np.ndarray:
    """Which reports a body sentence makes, of a dyad, and not doubtful."""
    headline = reports["in_title"] | reports["in_caption"]
    doubtful = reports["status"] == "doubtful"
    return (~headline & ~doubtful & (reports["dyad"] != "")).to_numpy(bool)


def _rows(reports: pd.DataFrame) -> list[_Report]:
    return [_Report(*row) for row in reports[list(_Report._fields)].itertuples(index=False)]


def _days(values: pd.Series) -> list[date | None]:
    return values.astype(object).where(values.notna(), None).to_numpy("M8[D]").tolist()


def _in_time(told: Mapping[str, np.ndarray]) -> list[_Event]:
    """The events that are told, in order of time, those without a day last."""
    rows = zip(*(told[name].tolist() for name in _Event._fields), strict=True)
    events = (_Event(*row) for row in rows)
    return sorted(events, key=lambda e: (e.date_from or date.max, e.date_to or e.told, e.event_id))


def _of(found: Mapping[str, Evidence], dyads: str) -> Iterator[Evidence]:
    return (found[dyad] for dyad in dyads.split(";") if dyad in found)


def _known(event: _Event) -> tuple[date | None, date]:
    """From when to when an event may be; without a day it was over when it was told."""
    return (event.date_from, event.date_to) if event.date_from else (None, event.told)


def _takes_effect(row: _Report) -> bool:
    """Whether a report of a halt tells its day of effect."""
    return row.first is not None and (row.rule.startswith(_STARTS) or EFFECT in row.rule)


def _effective_days(
    reports: Iterable[_Report], days: tuple[date | None, date]
) -> tuple[date | None, date]:
    """The days of a halt: of its effect, where that is told in them or a week after them."""
    first, last = days
    effects = sorted((row.first, row.last) for row in reports if _takes_effect(row))
    near = (e for e in effects if first is None or first <= e[0] <= last + NEAR * DAY)
    return next(near, days)


def _last(attacks: pd.DataFrame) -> np.ndarray:
    """Which reports tell of attacks as going on over a long span."""
    days = (pd.to_datetime(attacks["last"]) - pd.to_datetime(attacks["first"])).dt.days
    return (attacks["status"].eq("ongoing") & (days > CAMPAIGN_DAYS)).to_numpy(bool)


def _telling(reports: pd.DataFrame) -> dict[str, list[int]]:
    """By event the articles of some reports."""
    return reports.groupby("event_id")["article"].agg(list).to_dict()


def _told(by: Mapping[str, list[int]], event: _Event, kept: np.ndarray | None) -> bool:
    """Whether one of the articles kept says of an event what those of `by` say."""
    return any(kept is None or kept[article] for article in by.get(event.event_id, ()))


def _kept(row: _Report, kept: np.ndarray | None) -> bool:
    return kept is None or bool(kept[row.article])


def _held(row: _Report) -> date | None:
    """The day of which a report says that the truce holds, else that on which its source did."""
    if row.last and row.date_basis == "expression":
        return min(row.last, row.out)
    recent = row.told_on and row.out - 7 * DAY <= row.told_on <= row.out
    return row.told_on if recent else None


def _halt(row: _Report) -> relations.Halt:
    return relations.Halt(row.source, row.target, row.mutual)
