"""An event told in one sentence, and in a few words, as ``lexicons/wording.yml`` words it."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from analysis.base.messages import at_least, in_words, listed_and
from analysis.lexicons import OURS, Lexicon

_OPTIONAL = re.compile(r" ?\[([^\]]*)\]")  # what stands in brackets is left out without a party
_EXPLAINED = re.compile(r"\s*\([^()]*\)$")  # "Baghdad (city)"
_WHERE = re.compile(r"(\b[a-z][\w-]*) in [A-Z][\w’'-]*$")  # "militias in Arvania"
_ARTICLE = re.compile(r"^(?:an?|the) ")


class _Told(NamedTuple):
    """What of an event its sentence needs; parties and place are names, or empty."""

    event_type: str
    mode: str
    happened: bool
    source: str
    target: str
    place: str
    killed_min: Any = None  # missing where no death is told
    killed_max: Any = None
    absent: bool = False  # told not to have happened


class Names:
    """What parties are called: by the names of actors, in force and war by those of the dyads.

    A country that is studied as a party may be called otherwise there than elsewhere: what
    attacks are made on is "US forces", not the United States, if a dyad is named so.

    >>> actors = pd.DataFrame({"entity_id": ["a", "b"], "name": ["Arvania", "Harbour Guard"],
    ...                        "type": ["GPE", "ORG"], "side": ["sea", ""], "parent": ["", "a"]})
    >>> dyads = [{"id": "x", "name": "Arvanian fleet → ports", "source": ["sea"], "target": []}]
    >>> names = Names.of(actors, dyads)
    >>> names.names["a"], names.forces["a"], names.members
    ('Arvania', 'Arvanian fleet', frozenset({'b'}))
    """

    def __init__(
        self,
        names: Mapping[str, str],
        forces: Mapping[str, str] | None = None,
        members: Collection[str] = (),
    ) -> None:
        self.names, self.forces, self.members = names, forces or {}, frozenset(members)

    @classmethod
    def of(cls, actors: pd.DataFrame, dyads: Sequence[Mapping[str, Any]]) -> "Names":
        """The names in table ``actors``; those of countries as parties from the dyads' names."""
        called: dict[str, str] = {}
        for dyad in dyads:
            words = [word.strip() for word in re.split("→|->", dyad["name"])]
            if len(words) == 2:
                for word, parties in zip(words, (dyad["source"], dyad["target"]), strict=True):
                    called |= dict.fromkeys(parties, word)
        countries = actors[actors["type"] == "GPE"].itertuples()
        forces = {c.entity_id: called.get(c.entity_id, called.get(c.side)) for c in countries}
        return cls(
            dict(zip(actors["entity_id"], actors["name"], strict=True)),
            {key: word for key, word in forces.items() if word},
            actors.loc[actors["parent"] != "", "entity_id"],
        )


def event_sentences(events: pd.DataFrame, names: Names, lexicon: Lexicon = OURS) -> list[str]:
    """A sentence for each event, without its date and without a full stop.

    `events`: event_type, mode, happened, source, target, place, and, where they are told,
    killed_min, killed_max and absent (told not to have happened).

    >>> row = {"event_type": "ASSAULT", "mode": "drone", "happened": True, "source": "a",
    ...        "target": "b", "place": "c", "killed_min": 3, "killed_max": 3}
    >>> names = Names({"a": "Arvania", "b": "United Ports", "c": "Morla (city)"})
    >>> for told in event_sentences(pd.DataFrame([row, row | {"source": ""}]), names):
    ...     print(told)
    Arvania attacked United Ports with drones in Morla, killing three people
    There was a drone attack on United Ports in Morla, killing three people
    """
    return [_sentence(event, lexicon) for event in _named(events, names, lexicon)]


def event_phrases(events: pd.DataFrame, names: Names, lexicon: Lexicon = OURS) -> list[str]:
    """A few words for each event, for a chart whose lanes name the parties of those `studied`.

    Who acts is named where the lane does not say it: of a member of a side, and in other lanes.

    >>> row = {"event_type": "ASSAULT", "mode": "drone", "happened": True, "source": "a",
    ...        "target": "b", "place": "", "studied": True}
    >>> names = Names({"a": "Arvania", "b": "United Ports"})
    >>> event_phrases(pd.DataFrame([row, row | {"studied": False}]), names)
    ['drone attack on United Ports', 'drone attack on United Ports by Arvania']
    """
    implied = events["studied"] & ~events["source"].isin(names.members)
    shown = events.assign(source=events["source"].mask(implied, ""))
    return [_phrase(event, lexicon) for event in _named(shown, names, lexicon)]


def _named(events: pd.DataFrame, names: Names, lexicon: Lexicon) -> Iterator[_Told]:
    in_force = lexicon["wording"]["forces"]
    fields = [field for field in _Told._fields if field in events]
    for event in events[fields].itertuples(index=False):
        parties = {
            role: listed_and(
                in_sentence(known.get(key, names.names.get(key, key)), lexicon)
                for key in getattr(event, role).split(";")
                if key
            )
            for role in ("source", "target")
            for known in [names.forces if event.event_type in in_force[role] else {}]
        }
        place = (
            in_sentence(names.names.get(event.place, event.place), lexicon) if event.place else ""
        )
        if place:  # one place is enough
            parties = {role: _WHERE.sub(r"\1", party) for role, party in parties.items()}
        yield _Told(**event._asdict() | parties | {"place": place})


def in_sentence(name: str, lexicon: Lexicon = OURS) -> str:
    """A name as it stands within a sentence.

    >>> in_sentence("United Nations"), in_sentence("Morla (city)"), in_sentence("Protesters")
    ('the United Nations', 'Morla', 'protesters')
    """
    name = _EXPLAINED.sub("", name)
    takes = name.split(" ")[-1] in lexicon["wording"]["the"] and not name.lower().startswith("the ")
    name = name.lower() if name in lexicon["wording"]["common"] else name
    return f"the {name}" if takes else name


def _worded(event: _Told, lexicon: Lexicon) -> dict[str, str]:
    """The wording of an event's kind, with the party acted on, if any, in its place."""
    modes = lexicon["wording"]["types"][event.event_type]
    return {
        form: _OPTIONAL.sub(lambda found: f" {found[1]}" if event.target else "", words).replace(
            "_", event.target
        )
        for form, words in modes.get(event.mode, modes["plain"]).items()
    }


def _sentence(event: _Told, lexicon: Lexicon) -> str:
    wording = _worded(event, lexicon)
    if event.absent:
        told = f"There was no {_ARTICLE.sub('', wording['noun'])}"
        told += f" by {event.source}" if event.source else ""
    elif event.happened or event.event_type == "THREATEN":
        did = wording["did"] if event.target else wording.get("alone", wording["did"])
        told = f"{event.source} {did}" if event.source else f"There was {wording['noun']}"
    else:
        told = f"There was talk of {wording['noun']}"
        told += f" by {event.source}" if event.source else ""
    told = _with_place(told, event, lexicon)
    if killed := _killed(event):
        people = f"{killed} {'person' if killed == 'one' else 'people'}"
        known = "killed people" in told
        told = told.replace("people", people, 1) if known else f"{told}, killing {people}"
    return told[:1].upper() + told[1:]


def _phrase(event: _Told, lexicon: Lexicon) -> str:
    told = _ARTICLE.sub("", _worded(event, lexicon)["noun"])
    if event.absent:
        told = f"no {told}"
    elif not (event.happened or event.event_type == "THREATEN"):
        told = f"talk of {told}"
    told = _with_place(told, event, lexicon) + (f" by {event.source}" if event.source else "")
    killed = _killed(event)
    return f"{told}, {killed} killed" if killed else told


def _with_place(told: str, event: _Told, lexicon: Lexicon) -> str:
    if not event.place or event.place in told:
        return told
    is_building = event.place.split(" ")[-1].lower() in lexicon["wording"]["at"]
    return f"{told} {'at' if is_building else 'in'} {event.place}"


def _killed(event: _Told) -> str:
    """How many were killed, if a number is told."""
    least, most = (0 if pd.isna(n) else int(n) for n in (event.killed_min, event.killed_max))
    if least == most:
        return in_words(least) if least else ""
    if least and most:
        return f"{in_words(least)} to {in_words(most)}"
    return at_least(least) if least > 1 else ""
