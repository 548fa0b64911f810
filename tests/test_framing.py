"""Labels and passives in invented sentences."""

import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.entities.candidates import compile_actors, find_entities
from analysis.quotes.find import find_quotations
from analysis.quotes.labels import find_labels
from analysis.quotes.passives import find_passives

ACTORS = compile_actors(
    pd.DataFrame(
        [
            ("kaath", "Kaath Brigade", "ORG", ""),
            ("sword", "Sword", "ORG", ""),
            ("union", "Islamic Resistance in Norland", "ORG", ""),
            (
                "militias",
                "Militias of Norland",
                "NORP",
                "militias;militia groups;Iran-backed forces",
            ),
            ("norland", "Norland", "GPE", "Norlander"),
            ("belmond", "Tariq Belmond", "PERSON", ""),
        ],
        columns=["entity_id", "name", "type", "aliases"],
    )
)


def labels(sentence):
    mentions = find_entities(sentence, ACTORS)
    found = find_labels(sentence, mentions, find_quotations(sentence, mentions=mentions))
    return {(label.entity_id, label.label, label.voice) for label in found}


@pytest.mark.parametrize(
    ("sentence", "entity_id", "label"),
    [
        ("Kaath Brigade, one of Norland’s most powerful militias, denied it.", "kaath", "militia"),
        ("Kaath Brigade, one of Norland’s most powerful militias, denied it.", "kaath", "powerful"),
        ("A flag of Kaath Brigade militia group flew there.", "kaath", "militia"),
        ("The Iranian-backed Kaath Brigade left.", "kaath", "Iran-backed"),
        ("The Iran-backed Shiite armed group Kaath Brigade left.", "kaath", "armed group"),
        ("The pro-Iran Kaath Brigade left.", "kaath", "pro-Iran"),
        ("Kaath Brigade is a terrorist organisation.", "kaath", "terrorist"),
        ("They fight extremist terrorist groups like Sword, he said.", "sword", "terrorist"),
        ("They fight extremist terrorist groups like Sword, he said.", "sword", "extremist"),
        ("Rebel groups such as Sword and Kaath Brigade left.", "kaath", "rebel"),
        ("The ministry has designated Kaath Brigade a terrorist group.", "kaath", "terrorist"),
        ("Iran-backed militias left.", "militias", "Iran-backed"),
        ("Iran-backed militias left.", "militias", "militia"),
        ("A strike on Iran-backed forces followed.", "militias", "Iran-backed"),
    ],
)
def test_label_modifies_the_actor(sentence, entity_id, label):
    assert (entity_id, label, "outlet") in labels(sentence)


@pytest.mark.parametrize(
    ("sentence", "entity_id"),
    [
        ("Militias feared a proxy battleground beside Kaath Brigade.", "kaath"),
        ("Terrorist groups like Sword fought Kaath Brigade.", "kaath"),
        ("The army says Kaath Brigade fought terrorists.", "kaath"),
        ("Tariq Belmond, a leader of pro-Iran militias, was killed.", "belmond"),
        ("Kaath Brigade, the force that includes militias, left.", "kaath"),
        ("Norland attacked militias and Kaath Brigade.", "kaath"),
        ("A proxy war between Norland and others began.", "norland"),
    ],
)
def test_label_of_another_is_not_counted(sentence, entity_id):
    assert entity_id not in {found for found, _, _ in labels(sentence)}


def test_voice_is_the_outlets_the_sources_or_a_name():
    assert labels("The Islamic Resistance in Norland left.") == {("union", "resistance", "name")}
    quoted = "“The terrorist group Kaath Brigade must leave,” the minister said."
    assert labels(quoted) == {("kaath", "terrorist", "quoted")}
    assert labels("The terrorist group Kaath Brigade left.") == {("kaath", "terrorist", "outlet")}


@given(
    st.lists(
        st.sampled_from(
            ["Kaath Brigade", "Sword", "militias", " ", ", ", "a ", "terrorist", "Iran-backed",
             " is ", " like ", " and ", "(", ")", "“", "”", "one of ", "U.S.-led ", "é"]
        ),
        max_size=30,
    )
)  # fmt: skip
def test_labels_lie_in_the_sentence(pieces):
    sentence = "".join(pieces)
    for label in find_labels(sentence, find_entities(sentence, ACTORS)):
        assert 0 <= label.start < label.end <= len(sentence)
        assert sentence[label.start : label.end].strip()


@pytest.mark.parametrize(
    ("sentence", "passives"),
    [
        ("Three soldiers were killed in a strike.", [("killed", False)]),
        ("Three soldiers were killed by a drone.", [("killed", True)]),
        ("The base was quickly struck by Friday.", [("struck", False)]),
        ("The army killed three soldiers.", []),
        ("They are concerned about it.", []),
        ("It was hit, and by noon it was moved.", [("hit", False), ("moved", False)]),
    ],
)
def test_passives_with_and_without_agent(sentence, passives):
    assert [(p.participle, p.agent) for p in find_passives(sentence)] == passives


def test_a_long_line_is_read_in_time():
    sentence = "militias " * 5_000
    mentions = find_entities(sentence, ACTORS)
    started = time.process_time()
    find_labels(sentence, mentions)
    assert time.process_time() - started < 4  # in time squared it would take minutes


@pytest.mark.parametrize(
    ("headline", "passives"),
    [
        ("Six killed in blast near Kaath base", [("killed", False)]),
        ("Six killed, nine wounded by Kaath drones", [("wounded", True)]),
        ("Rebels killed at least six", []),
        ("Rebels killed six guards", []),
        ("Bomb targets market, six wounded", [("wounded", False)]),
        ("Minister says base was struck", [("struck", False)]),
        ("Talks opened in Norland", []),
    ],
)
def test_headlines_leave_out_to_be(headline, passives):
    found = find_passives(headline, headline=True)
    assert [(p.participle, p.agent) for p in found] == passives
    assert all(p.harm and headline[p.start : p.end].endswith(p.participle) for p in found)
