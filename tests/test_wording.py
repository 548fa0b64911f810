"""Events told in sentences: whatever the type and mode, and whoever is named."""

from itertools import product

import pandas as pd
import pytest

from analysis.lexicons import load
from analysis.timeline.wording import Names, event_sentences

NAMES = {"gulls": "Gull Front", "larks": "Lark Union", "quay": "Quay (district)"}
KINDS = [(kind, mode) for kind, modes in load("plover")["goldstein"].items() for mode in modes]


def _told(kind, mode, happened=True, source="gulls", target="larks", place=""):
    row = {"event_type": kind, "mode": mode, "happened": happened}
    row |= {"source": source, "target": target, "place": place}
    return event_sentences(pd.DataFrame([row]), Names(NAMES))[0]


@pytest.mark.parametrize(("kind", "mode"), KINDS)
def test_every_kind_of_event_has_a_sentence(kind, mode):
    parties = product([True, False], ["gulls", "sparrows", ""], ["larks", ""], ["quay", ""])
    for happened, source, target, place in parties:
        told = _told(kind, mode, happened, source, target, place)
        assert told[0].isupper() and not set(told) & set("[]_;():→") and "  " not in told
        named = [source, place, target if _has_room(kind, mode) else ""]
        for key in filter(None, named):
            assert NAMES.get(key, key).removesuffix(" (district)").lower() in told.lower()


def _has_room(kind, mode):
    """Whether the words of this kind have room for a party acted on."""
    modes = load("wording")["types"][kind]
    return all("_" in modes.get(mode, modes["plain"])[form] for form in ("did", "noun"))


def test_the_words_of_a_sentence():
    assert _told("ASSAULT", "drone") == "The Gull Front attacked the Lark Union with drones"
    assert _told("ASSAULT", "rocket", source="") == (
        "There was rocket or missile fire at the Lark Union"
    )
    assert _told("ASSAULT", "drone", target="", place="quay") == (
        "The Gull Front carried out a drone attack in Quay"
    )
    assert _told("RETREAT", "ceasefire", happened=False) == (
        "There was talk of a halt of attacks on the Lark Union by the Gull Front"
    )
    assert _told("THREATEN", "resume", happened=False, source="gulls;sparrows") == (
        "The Gull Front and sparrows announced new attacks on the Lark Union"
    )
