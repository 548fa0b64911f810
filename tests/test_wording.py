"""Events told in sentences: whatever the type and mode, and whoever is named."""

from itertools import product

import pandas as pd
import pytest

from analysis.lexicons import load
from analysis.timeline.wording import Names, event_phrases, event_sentences

NAMES = {"gulls": "Gull Front", "larks": "Lark Union", "quay": "Quay (district)"}
KINDS = [(kind, mode) for kind, modes in load("plover")["goldstein"].items() for mode in modes]


def _row(kind, mode, happened=True, source="gulls", target="larks", place=""):
    row = {"event_type": kind, "mode": mode, "happened": happened is True}
    row["absent"] = happened == "no"
    return row | {"source": source, "target": target, "place": place}


def _told(*given, **named):
    return event_sentences(pd.DataFrame([_row(*given, **named)]), Names(NAMES))[0]


@pytest.mark.parametrize(("kind", "mode"), KINDS)
def test_every_kind_of_event_has_a_sentence(kind, mode):
    parties = product([True, False, "no"], ["gulls", "sparrows", ""], ["larks", ""], ["quay", ""])
    rows = [_row(kind, mode, *given) for given in parties]
    sentences = event_sentences(pd.DataFrame(rows), Names(NAMES))
    for row, told in zip(rows, sentences, strict=True):
        source, target, place = row["source"], row["target"], row["place"]
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
    assert _told("ASSAULT", "", happened="no") == (
        "There was no attack on the Lark Union by the Gull Front"
    )


def test_a_country_is_called_in_war_as_its_dyad_calls_it():
    actors = pd.DataFrame(
        {
            **{"entity_id": ["a", "b", "c"], "name": ["Arvania", "Quay Guard", "Morla"]},
            **{"type": ["GPE", "ORG", "GPE"], "side": ["sea", "land", ""], "parent": ["", "x", ""]},
        }
    )
    dyads = [{"name": "guards → Arvanian fleet", "source": ["land"], "target": ["sea"]}]
    names = Names.of(actors, dyads)
    row = {"event_type": "ASSAULT", "mode": "drone", "happened": True, "studied": True}
    row |= {"source": "b", "target": "a", "place": "c", "killed_min": 3, "killed_max": 3}
    rows = [
        row,
        row | {"event_type": "CONSULT", "mode": "visit", "studied": False, "killed_min": None},
        row | {"mode": "kill", "killed_min": 2, "killed_max": None},
        row | {"mode": "kill", "killed_min": None, "killed_max": None, "place": ""},
    ]
    events = pd.DataFrame(rows)
    assert event_sentences(events, names) == [
        "The Quay Guard attacked Arvanian fleet with drones in Morla, killing three people",
        "The Quay Guard visited Arvania in Morla",
        "The Quay Guard killed at least two people in an attack on Arvanian fleet in Morla",
        "The Quay Guard killed people in an attack on Arvanian fleet",
    ]
    assert event_phrases(events, names)[0] == (
        "drone attack on Arvanian fleet in Morla by the Quay Guard, three killed"
    )


def test_one_place_is_enough_and_some_things_happen_at_a_place():
    names = Names({"m": "armed bands in Tarn", "p": "Tarn airport"})
    row = {"event_type": "ASSAULT", "mode": "", "happened": True, "source": "", "target": "m"}
    events = pd.DataFrame(
        [row | {"place": "p", "studied": True}, row | {"place": "Sel", "studied": 1}]
    )
    assert event_sentences(events, names) == [
        "There was an attack on armed bands at Tarn airport",
        "There was an attack on armed bands in Sel",
    ]
