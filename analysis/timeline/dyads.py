"""The relations that a corpus studies, and which of them an event belongs to."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.events.when import line
from analysis.lexicons import OURS, Lexicon

ESCALATION, PAUSE = ("ASSAULT",), ("RETREAT/ceasefire",)
_GROUND = ("LOC", "FAC")  # types of places that are no governments
_MONTH, _WEEK = timedelta(days=31), timedelta(days=7)


def pause_kinds(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """What pauses in a corpus: ceasefires always, and the types of its setting ``pause``.

    >>> pause_kinds({"pause": ["AGREE"]})
    ('RETREAT/ceasefire', 'AGREE')
    """
    return tuple(dict.fromkeys([*PAUSE, *settings.get("pause", ())]))


def of_kinds(events: pd.DataFrame, kinds: Collection[str]) -> np.ndarray:
    """Which events (event_type, mode) are of some kinds, each a TYPE or TYPE/mode.

    >>> told = pd.DataFrame({"event_type": ["RETREAT", "RETREAT"], "mode": ["ceasefire", ""]})
    >>> of_kinds(told, ["RETREAT/ceasefire"]).tolist()
    [True, False]
    """
    told = zip(events["event_type"].tolist(), events["mode"].tolist(), strict=True)
    return np.array([of_kind(*one, kinds) for one in told], dtype=bool)


def of_kind(event_type: str, mode: str, kinds: Collection[str]) -> bool:
    """Whether an event is of one of some kinds, each a TYPE or TYPE/mode.

    >>> of_kind("RETREAT", "ceasefire", ["RETREAT/ceasefire"])
    True
    """
    return event_type in kinds or f"{event_type}/{mode}" in kinds


class Act(NamedTuple):
    """What decides to which dyad an event belongs; parties are entity_ids, or empty."""

    source: str
    target: str
    event_type: str
    mode: str
    direction: str
    place: str = ""


class Halt(NamedTuple):
    """What a report of a halt says of its parties; `mutual`: it binds both, as a truce does."""

    source: str
    target: str
    mutual: bool


class Dyads:
    """The `dyads` of a corpus's settings, with its table of actors.

    >>> actors = pd.DataFrame({"entity_id": ["fleet", "port"], "side": "", "parent": ""})
    >>> dyads = Dyads({"dyads": [{"id": "sea", "source": ["fleet"], "target": ["port"]}]}, actors)
    >>> dyads.of(Act("fleet", "port", "ASSAULT", "", "escalation"))
    'sea'
    """

    def __init__(
        self, settings: Mapping[str, Any], actors: pd.DataFrame, lexicon: Lexicon = OURS
    ) -> None:
        self._actors = actors = actors.set_index("entity_id")
        self._dyads: Sequence[Mapping[str, Any]] = settings["dyads"]
        self.escalation = settings.get("escalation", ESCALATION)
        self.pause = pause_kinds(settings)
        self._sides, self._parents = actors["side"].to_dict(), actors["parent"].to_dict()
        self._by_id = {dyad["id"]: dyad for dyad in self._dyads}
        self._nameless = self._without_name(lexicon)
        self._fights = re.compile(lexicon["events"]["halts"]["fights"], re.I)

    def _without_name(self, lexicon: Lexicon) -> set[str]:
        """Words for people under arms, and places, of no side and in no dyad: no parties."""
        words = self._actors.index.isin(lexicon["world"]["roles"]["armed"])
        ground = self._actors.get("type", pd.Series("", self._actors.index)).isin(_GROUND)
        free = (self._actors["side"] == "") & (self._actors["parent"] == "")
        roles = ("source", "target", "mediators")
        wanted = {one for dyad in self._dyads for role in roles for one in dyad.get(role, ())}
        return {*self._actors.index[free & (words | ground)]} - wanted

    def _parties(self, named: str) -> str:
        """The parties among those named."""
        return ";".join(one for one in named.split(";") if one not in self._nameless)

    def of(self, act: Act) -> str:
        """The dyad of an act, or an empty text.

        Both parties decide.  An announcement may name its source alone ("the group suspends its
        attacks"), an attack its target alone ("rockets hit the base"): then that party is enough
        if it leaves one dyad.  Where an attack names neither, the side of its place is the target.
        """
        act = act._replace(source=self._parties(act.source), target=self._parties(act.target))
        if not (act.source or act.target) and self._side(act.place):
            act = act._replace(target=act.place)
        fitting = [dyad["id"] for dyad in self._dyads if self._fits(dyad, act)]
        if len(fitting) != 1:
            return ""
        studied = {act.event_type, f"{act.event_type}/{act.mode}"} & {*self.escalation, *self.pause}
        turns = bool(studied) or act.direction in ("escalation", "pause")
        return fitting[0] if turns or (act.source and act.target) else ""

    def of_each(self, reports: pd.DataFrame) -> list[str]:
        """The dyad of each row (columns as in `Act`)."""
        acts = list(reports[list(Act._fields)].itertuples(index=False, name=None))
        known = {act: self.of(Act(*act)) for act in dict.fromkeys(acts)}
        return [known[act] for act in acts]

    def of_events(self, events: pd.DataFrame, reports: pd.DataFrame) -> pd.Series:
        """The dyad of each event: what most of its reports say; of halts, several ``;``-joined.

        Whose a halt is, all its body `reports` together tell: those that name who stops (`mutual`
        has to be set, see `set_mutual`).  One of which none does is of the dyad of whom its
        headlines name, else of the other halts in its articles, else of those whose attacks these
        tell most of, else of those that have one of its parties as a mediator.  Absences and
        fighting of nobody named are of the dyads of what is told beside them (`_of_nobody`).
        """
        headline = reports["in_title"] | reports["in_caption"]
        body, known = reports[~headline], events.set_index("event_id")["dyad"]
        acts = body[of_kinds(body, self.escalation)].assign(dyad=lambda b: b["event_id"].map(known))
        attacks, silent = acts[acts["dyad"] != ""], acts[acts["dyad"] == ""]
        halts, titles = body[of_kinds(body, self.pause)], reports[headline]
        of_halts = self._of_halts(halts, titles[of_kinds(titles, self.pause)], attacks)
        named = dict.fromkeys(halts["event_id"], "") | of_halts
        named |= self._of_nobody(silent, attacks, halts.assign(dyad=halts["event_id"].map(named)))
        own = events["event_id"].isin(named) & (
            events["dyad"].eq("") | of_kinds(events, self.pause)
        )
        return events["dyad"].mask(own, events["event_id"].map(named)).fillna("")

    def _of_nobody(
        self, silent: pd.DataFrame, attacks: pd.DataFrame, halts: pd.DataFrame
    ) -> dict[str, str]:
        """By event the dyads of absences, and of fighting, of which nobody is named.

        They are those of the attacks in the sentence, else in the article, else of its truces; an
        article that tells of a dyad's attack does not say that there was none.
        """
        beside, truces = _counted(attacks, ["doc_id", "sent_id"]), _counted(halts, ["doc_id"])
        columns, told = ["doc_id", "dyad", "date_from", "date_to"], {}
        for doc_id, *attack in attacks[columns].itertuples(index=False):
            told.setdefault(doc_id, []).append(attack)
        fights = silent["trigger"].str.contains(self._fights)
        fights &= (silent["source"].map(self._parties) + silent["target"].map(self._parties)) == ""
        found = {}
        for row in silent[fights | (silent["status"] == "absence")].itertuples():
            near = told.get(row.doc_id, ())
            apart = (a for a in near if row.status != "absence" or not _inside(row, *a[1:]))
            counts = beside.get((row.doc_id, row.sent_id)) or Counter(a[0] for a in apart)
            if not near and row.status == "absence":
                counts = truces.get((row.doc_id,), counts)
            found[row.event_id] = self._joined(_most(counts))
        return found

    def mark_doubtful(self, reports: pd.DataFrame) -> pd.DataFrame:
        """Reports with status doubtful where the article names doers of another side for the event.

        It must name them as often.  `reports` have the `dyad` that their own parties give; what is
        corrected stays.
        """
        acts = of_kinds(reports, self.escalation) & (reports["status"] == "happened")
        named = reports[acts & (reports["source"] != "")]
        places = list(zip(named["event_id"], named["doc_id"], strict=True))
        told: dict[tuple[str, str], Counter[str]] = {}
        sides: dict[tuple[str, str], Counter[str]] = {}
        for place, source, dyad in zip(places, named["source"], named["dyad"], strict=True):
            told.setdefault(place, Counter()).update([dyad] if dyad else [])
            sides.setdefault(place, Counter()).update([self._side(source)])
        doubtful = [
            "corrected" not in rule
            and self._side(source) != ""
            and any(
                n >= sides[place][self._side(source)]
                and not self._among(source, self._by_id[dyad]["source"])
                for dyad, n in told[place].items()
            )
            for source, rule, place in zip(named["source"], named["rule"], places, strict=True)
        ]
        return reports.assign(
            status=reports["status"].mask(reports.index.isin(named.index[doubtful]), "doubtful")
        )

    def _side(self, party: str) -> str:
        """The side of a party, or of what it belongs to."""
        sides = (self._sides.get(one, "") for one in (party, *sorted(line(party, self._parents))))
        return next(filter(None, sides), "")

    def _of_halts(
        self, halts: pd.DataFrame, titles: pd.DataFrame, attacks: pd.DataFrame
    ) -> dict[str, str]:
        columns = ["event_id", "doc_id", *Halt._fields]
        rows = list(halts[columns].itertuples(index=False, name=None))
        titled = self._stopped_in(titles[columns].itertuples(index=False, name=None))
        found = {e: own or titled.get(e, set()) for e, own in self._stopped_in(rows).items()}
        in_attacks = _counted(attacks, ["doc_id"])
        self._narrow(found, rows, in_attacks)
        in_halts: dict[str, Counter[str]] = {}
        for event_id, doc_id, *_ in rows:
            in_halts.setdefault(doc_id, Counter()).update(found[event_id])
        silent: dict[str, list[Counter[str]]] = {
            event_id: [Counter(), Counter(), Counter()]
            for event_id, own in found.items()
            if not own
        }
        for event_id, doc_id, *halt in (row for row in rows if row[0] in silent):
            others, fought, brokered = silent[event_id]
            others.update(in_halts[doc_id])
            fought.update(in_attacks.get((doc_id,), {}))
            brokered.update(self._mediated(halt[:2]))
        found |= {e: _most(next(filter(None, told), Counter())) for e, told in silent.items()}
        return {event_id: self._joined(own) for event_id, own in found.items()}

    def _narrow(
        self,
        found: dict[str, set[str]],
        halts: Sequence[tuple[str, ...]],
        in_attacks: Mapping[tuple[Any, ...], Counter[str]],
    ) -> None:
        """Of several dyads of a halt keep those whose other side is named, or attacked beside."""
        against: dict[str, set[str]] = {}
        beside: dict[str, set[str]] = {}
        for event_id, doc_id, *halt in halts:
            if halt[1] and halt[1] != halt[0]:
                named = (d for d in self._by_id if self.stopping(d, Halt(*halt)))
                against.setdefault(event_id, set()).update(named)
            beside.setdefault(event_id, set()).update(in_attacks.get((doc_id,), ()))
        for event_id, own in found.items():
            if len(own) > 1:
                named, near = against.get(event_id, set()), beside.get(event_id, set())
                found[event_id] = own & named or own & near or own

    def _stopped_in(self, rows: Iterable[tuple[str, ...]]) -> dict[str, set[str]]:
        """By event the dyads whose source stops, by what most reports of its halt say."""
        told: dict[str, Counter[str]] = {}
        for event_id, _, *halt in rows:
            stopping = (d for d in self._by_id if self.stopping(d, Halt(*halt)))
            told.setdefault(event_id, Counter()).update(stopping)
        return {event_id: _most(own) for event_id, own in told.items()}

    def _joined(self, dyads: Collection[str]) -> str:
        return ";".join(dyad for dyad in self._by_id if dyad in dyads)

    def stopping(self, dyad_id: str, halt: Halt) -> list[str]:
        """Who of the dyad's source stops, by a report of a halt."""
        dyad = self._by_id[dyad_id]
        target = "" if halt.target == halt.source else halt.target  # nobody halts against himself
        ways = [(halt.source, target), (target, halt.source)]
        return [
            who
            for one, other in ways[: 1 + halt.mutual]
            if not other or self._among(other, dyad["target"])
            for who in filter(None, one.split(";"))
            if self._among(who, dyad["source"])
        ]

    def is_actor(self, party: str) -> bool:
        """Whether a party is listed, not just words of the text."""
        return party in self._sides

    def is_part(self, party: str) -> bool:
        """Whether a party belongs to another."""
        return bool(self._parents.get(party))

    def circle(self, party: str) -> frozenset[str]:
        """A party, all that it belongs to and all that belongs to it; nothing for nobody."""
        parties = [one for one in self._parties(party).split(";") if one]
        return frozenset().union(*({one} | self._circles.get(one, set()) for one in parties))

    @cached_property
    def _circles(self) -> dict[str, set[str]]:
        circles: dict[str, set[str]] = {}
        for party in self._parents:
            for wider in line(party, self._parents):
                circles.setdefault(party, set()).add(wider)
                circles.setdefault(wider, set()).add(party)
        return circles

    def members(self, dyad_id: str) -> set[str]:
        """The parties of a dyad's source that actors.csv lists: no persons, no places."""
        wanted = self._by_id[dyad_id]["source"]
        own = self._actors["side"].isin(wanted) | self._actors.index.isin(wanted)
        kinds = self._actors.get("type", pd.Series("ORG", self._actors.index))
        return set(self._actors.index[own & kinds.isin(["ORG", "NORP", "GPE"])])

    def _fits(self, dyad: Mapping[str, Any], act: Act) -> bool:
        named = [(act.source, dyad["source"]), (act.target, dyad["target"])]
        named = [(party, wanted) for party, wanted in named if party]
        return bool(named) and all(self._among(party, wanted) for party, wanted in named)

    def _mediated(self, parties: Iterable[str]) -> set[str]:
        named = {one for party in parties for one in party.split(";")}
        return {
            dyad["id"]
            for dyad in self._dyads
            if any(self._among(party, dyad.get("mediators", [])) for party in named)
        }

    def _among(self, parties: str, wanted: Collection[str]) -> bool:
        """Whether a party, or what it belongs to, or the side of one of these, is wanted."""
        wider = {
            one for party in parties.split(";") for one in (party, *line(party, self._parents))
        }
        sides = {self._sides.get(one, "") for one in wider} - {""}
        return not (wider | sides).isdisjoint(wanted)


def _inside(absence: Any, first: date | None, last: date | None) -> bool:
    """Whether an attack from `first` to `last` was while an absence's report says none was."""
    end, begin = absence.date_to, absence.date_from
    if pd.isna(first) or pd.isna(end):
        return False
    since = end - _WEEK if pd.isna(begin) else begin + _MONTH
    return since <= last < end


def _counted(attacks: pd.DataFrame, place: list[str]) -> dict[tuple[Any, ...], Counter[str]]:
    """How many events of each dyad, of several ``;``-joined, are told in each place."""
    found: dict[tuple[Any, ...], Counter[str]] = {}
    for dyads, *where in attacks[["dyad", *place]].itertuples(index=False):
        found.setdefault(tuple(where), Counter()).update(filter(None, dyads.split(";")))
    return found


def _most(counts: Counter[str]) -> set[str]:
    """Those told at least half as often as the one told most."""
    return {one for one, n in counts.items() if 2 * n >= max(counts.values())}


def set_mutual(reports: pd.DataFrame, lexicon: Lexicon = OURS) -> pd.DataFrame:
    """Reports with `mutual` also where a truce is told by its name (column trigger)."""
    words = "|".join(lexicon["events"]["mutual"])
    named = reports["trigger"].str.contains(rf"\b(?:{words})s?\b", flags=re.I)
    told = reports.get("mutual", pd.Series(False, reports.index))
    return reports.assign(mutual=told.astype(bool) | (named & (reports["event_type"] == "RETREAT")))
