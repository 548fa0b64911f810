"""An event told in one sentence, with subject and object, as ``lexicons/wording.yml`` words it."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import pandas as pd

from analysis.base.messages import listed_and
from analysis.lexicons import OURS, Lexicon

_OPTIONAL = re.compile(r" ?\[([^\]]*)\]")  # what stands in brackets is left out without a party
_ARTICLE = re.compile(r"^an? ")
_EXPLAINED = re.compile(r"\s*\([^()]*\)$")  # "Baghdad (city)"


class _Told(NamedTuple):
    """What of an event its sentence needs; parties and place are names, or empty."""

    event_type: str
    mode: str
    happened: bool
    absent: bool
    source: str
    target: str
    place: str


def event_sentences(
    events: pd.DataFrame, names: Mapping[str, str], lexicon: Lexicon = OURS
) -> list[str]:
    """A sentence for each event, without its date and without a full stop.

    `events`: event_type, mode, happened, absent (told not to have happened), source, target, place;
    `names`: those of the entities.

    >>> row = {"event_type": "ASSAULT", "mode": "drone", "happened": True, "absent": False,
    ...        "source": "a", "target": "b", "place": "c"}
    >>> names = {"a": "Arvania", "b": "United Ports", "c": "Morla (city)"}
    >>> for told in event_sentences(pd.DataFrame([row, row | {"source": ""}]), names):
    ...     print(told)
    Arvania attacked United Ports with drones in Morla
    There was a drone attack on United Ports in Morla
    """
    return [_sentence(event, lexicon) for event in _named(events, names, lexicon)]


def _named(events: pd.DataFrame, names: Mapping[str, str], lexicon: Lexicon) -> Iterator[_Told]:
    for event in events[list(_Told._fields)].itertuples(index=False):
        source, target = (
            listed_and(_name(names.get(key, key), lexicon) for key in keys.split(";") if key)
            for keys in (event.source, event.target)
        )
        place = _EXPLAINED.sub("", names.get(event.place, event.place))
        yield _Told(*event[:4], source, target, place)


def _name(name: str, lexicon: Lexicon) -> str:
    """A name as it stands within a sentence."""
    name = _EXPLAINED.sub("", name)
    takes = name.split(" ")[-1] in lexicon["wording"]["the"] and not name.lower().startswith("the ")
    return f"the {name}" if takes else name


def _sentence(event: _Told, lexicon: Lexicon) -> str:
    modes = lexicon["wording"]["types"][event.event_type]
    did = "did" if event.target else "alone"
    wording = {
        form: _OPTIONAL.sub(lambda found: f" {found[1]}" if event.target else "", words)
        for form, words in modes.get(event.mode, modes["plain"]).items()
    }
    if event.absent:
        told = f"There was no {_ARTICLE.sub('', wording['noun'])}"
        told += f" by {event.source}" if event.source else ""
    elif event.happened or event.event_type == "THREATEN":
        told = (
            f"{event.source} {wording.get(did, wording['did'])}"
            if event.source
            else f"There was {wording['noun']}"
        )
    else:
        told = f"There was talk of {wording['noun']}"
        told += f" by {event.source}" if event.source else ""
    told = told.replace("_", event.target)
    if event.place and event.place not in told:
        told += f" in {event.place}"
    return told[:1].upper() + told[1:]
