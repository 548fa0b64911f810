"""The relations that a corpus studies, and which of them an event belongs to."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from analysis.events.when import line
from analysis.lexicons import OURS, Lexicon


class Act(NamedTuple):
    """What decides to which dyads an event belongs; parties are entity_ids, or empty."""

    source: str
    target: str
    event_type: str
    mode: str
    direction: str

    @property
    def is_halt(self) -> bool:
        return self.event_type == "RETREAT" and self.mode == "ceasefire"


class Dyads:
    """The `dyads` of a corpus's settings, with its table of actors.

    >>> actors = pd.DataFrame({"entity_id": ["fleet", "port"], "side": "", "parent": ""})
    >>> dyads = Dyads([{"id": "sea", "source": ["fleet"], "target": ["port"]}], actors)
    >>> dyads.of(Act("fleet", "port", "ASSAULT", "", "escalation"))
    'sea'
    """

    def __init__(self, dyads: Sequence[Mapping[str, Any]], actors: pd.DataFrame) -> None:
        actors = actors.set_index("entity_id")
        self._dyads = dyads
        self._sides, self._parents = actors["side"].to_dict(), actors["parent"].to_dict()

    def of(self, act: Act, mutual: bool = False) -> str:
        """The dyad of an act, several ``;``-joined, or an empty text.

        Both parties decide.  An announcement may name its source alone ("the group suspends its
        attacks"), an attack its target alone ("rockets hit the base"): then that party is enough
        if it leaves one dyad.  A truce, which is `mutual`, holds for both sides that it names, a
        halt for the one that halts.  A ceasefire of no dyad's parties belongs to those that name
        its mediator under `mediators`, or that have mediators where it names nobody.
        """
        fitting = [dyad["id"] for dyad in self._dyads if self._fits(dyad, act)]
        if not fitting and act.is_halt:
            return ";".join(self._mediated([party for party in act[:2] if party]))
        if len(fitting) != 1:
            return ""
        if mutual:
            return ";".join([*fitting, *self._turned_round(act)])
        both_named = bool(act.source and act.target)
        return fitting[0] if both_named or act.direction in ("escalation", "pause") else ""

    def of_each(self, reports: pd.DataFrame, mutual: bool = False) -> list[str]:
        """The dyad of each row (columns as in `Act`)."""
        acts = list(reports[list(Act._fields)].itertuples(index=False, name=None))
        known = {act: self.of(Act(*act), mutual) for act in dict.fromkeys(acts)}
        return [known[act] for act in acts]

    def of_events(
        self, events: pd.DataFrame, reports: pd.DataFrame, lexicon: Lexicon = OURS
    ) -> pd.Series:
        """The dyad of each event: what most of its reports say.

        Whose truce or halt it is all its `reports` together must tell.
        """
        halts = events["event_type"] == "RETREAT"
        mutual = events["event_id"].isin(_mutual(reports, lexicon))
        dyads = events["dyad"].copy()
        for both_halt in (False, True):
            rows = halts & (mutual == both_halt)
            dyads[rows] = self.of_each(events[rows], both_halt)
        return dyads

    def _fits(self, dyad: Mapping[str, Any], act: Act) -> bool:
        named = [(act.source, dyad["source"]), (act.target, dyad["target"])]
        named = [(party, wanted) for party, wanted in named if party]
        return bool(named) and all(self._among(party, wanted) for party, wanted in named)

    def _turned_round(self, act: Act) -> Iterator[str]:
        for dyad in self._dyads:
            if self._among(act.source, dyad["target"]) and self._among(act.target, dyad["source"]):
                yield dyad["id"]

    def _mediated(self, parties: list[str]) -> Iterator[str]:
        for dyad in self._dyads:
            mediators = dyad.get("mediators", [])
            ours = [*mediators, *dyad["source"]]
            if mediators and all(self._among(party, ours) for party in parties):
                yield dyad["id"]

    def _among(self, party: str, wanted: Collection[str]) -> bool:
        """Whether a party, or what it belongs to, or the side of one of these, is wanted."""
        if not party:
            return False
        wider = {party, *line(party, self._parents)}
        return not (wider | {self._sides.get(one, "") for one in wider}).isdisjoint(wanted)


def _mutual(reports: pd.DataFrame, lexicon: Lexicon) -> set[str]:
    """The events whose first report tells of a truce by its name."""
    words = "|".join(lexicon["events"]["mutual"])
    named = re.compile(rf"\b(?:{words})s?\b", re.I)
    triggers = reports.drop_duplicates("event_id")[["event_id", "trigger"]]
    return {event_id for event_id, trigger in triggers.to_numpy() if named.search(trigger)}
