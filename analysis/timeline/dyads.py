"""The relations that a corpus studies, and which of them an event belongs to."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import pandas as pd

from analysis.base.columns import names as columns_of
from analysis.events.when import line
from analysis.lexicons import OURS, Lexicon

MOST_PROPOSED = 3  # pairs, each in both directions
LEAST_TOGETHER = 3  # articles
_ACTORS = ("GPE", "ORG", "NORP", "PERSON")


def consider_dyads(reports: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """Pairs of actors that a corpus might study: table ``dyads``, the pair most told of first.

    Counted are the articles in which both do something, to whomever, themselves or by what belongs
    to them; what they do does not count: to choose by attacks and halts would select on the
    outcome.  The first `MOST_PROPOSED` pairs are `proposed`.

    >>> reports = pd.DataFrame({"doc_id": [*"aabbcc"], "source": ["fleet", "port"] * 3})
    >>> actors = pd.DataFrame({"entity_id": ["fleet", "port"], "name": ["Fleet", "Port"]})
    >>> dyads = consider_dyads(reports, actors.assign(type="ORG", parent=""))
    >>> dyads[["id", "name", "n_documents", "proposed"]].values.tolist()[0]
    ['fleet-port', 'Fleet → Port (proposed)', 3, True]
    """
    parents = dict(zip(actors["entity_id"], actors["parent"], strict=True))
    able = actors[actors["type"].isin(_ACTORS)]
    names = dict(zip(able["entity_id"], able["name"], strict=True))
    acting = reports[reports["source"].isin(names)]
    whose = {one: _owner(one, parents, names) for one in acting["source"].unique()}
    parties = acting["source"].map(whose).groupby(acting["doc_id"]).agg(set)
    together = Counter(pair for own in parties for pair in combinations(sorted(own), 2))
    pairs = sorted(together.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = [
        {
            "id": f"{source}-{target}",
            "name": f"{names[source]} → {names[target]} (proposed)",
            **{"source": source, "target": target, "n_documents": n},
            "proposed": rank < MOST_PROPOSED,
        }
        for rank, (pair, n) in enumerate(p for p in pairs if p[1] >= LEAST_TOGETHER)
        for source, target in (pair, pair[::-1])
    ]
    return pd.DataFrame(rows, columns=list(columns_of("dyads")))


def _owner(entity_id: str, parents: Mapping[str, str], names: Collection[str]) -> str:
    """The widest actor that an entity belongs to."""
    while parents.get(entity_id, "") in names:
        entity_id = parents[entity_id]
    return entity_id


def proposed_dyads(considered: pd.DataFrame) -> list[dict[str, Any]]:
    """Those proposed in the form of the setting ``dyads``, each marked `proposed`."""
    rows = considered[considered["proposed"].astype(bool)].to_dict("records")
    return [
        {"id": row["id"], "name": row["name"], "source": [row["source"]]}
        | {"target": [row["target"]], "proposed": True}
        for row in rows
    ]


def lines_to_copy(dyads: Sequence[Mapping[str, Any]]) -> str:
    """The lines of ``corpus.yml`` that make dyads proposed dyads chosen.

    >>> print(lines_to_copy([{"id": "a-b", "name": "A → B", "source": ["a"], "target": ["b"]}]))
    dyads:
      - {id: a-b, name: "A → B", source: [a], target: [b]}
    """
    lines = [
        f'  - {{id: {dyad["id"]}, name: "{dyad["name"].removesuffix(" (proposed)")}", '
        f"source: [{', '.join(dyad['source'])}], target: [{', '.join(dyad['target'])}]}}"
        for dyad in dyads
    ]
    return "\n".join(["dyads:", *lines])


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
