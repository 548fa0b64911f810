"""The actors everybody knows: faults of the list, and how its names are read."""

import re
from collections import defaultdict

import pandas as pd
import pytest

from analysis.entities import compile_actors, find_entities, join_actors, known_actors
from analysis.entities.world import COLUMNS, split_years, version, world
from analysis.events.taking_part import Part, taking_part
from analysis.lexicons import load

WORDS = {"turkey", "chad", "jordan", "mali", "georgia", "pole", "finn", "dane", "swede", "lao"}


@pytest.fixture(scope="module")
def matcher():
    return compile_actors(known_actors())


def names_of(row):
    return [row["name"], *filter(None, row["aliases"].split(";"))]


def ids(text, matcher, published=""):
    return [m.entity_id for m in find_entities(text, matcher, published)]


# --- the list -----------------------------------------------------------------------------------


def test_no_name_of_the_list_is_anothers_unless_the_words_around_can_tell():
    owners, places = defaultdict(set), set()
    for row in world().to_dict("records"):
        places |= {row["entity_id"]} if row["type"] == "LOC" else set()
        for name in names_of(row):
            owners[split_years(name)[0]].add((row["entity_id"], split_years(name)[1]))
    for name, own in owners.items():
        always = {entity_id for entity_id, years in own if years is None or not years.until}
        states = always - places
        told = len(states) < 2 and len(always & places) < 2
        assert told or name in load("world")["contexts"], f"{name} means {sorted(always)}"


def test_no_word_of_the_language_is_a_name_without_its_context():
    names, world_ = load("names"), load("world")
    plain = {word.lower() for key in ("everyday_words", "non_names") for word in names[key]} | WORDS
    capitals = set(names["ordinary_in_capitals"])
    roles = {world_["roles"]["state"], *world_["roles"]["groups"]}
    for row in world()[~world()["entity_id"].isin(roles)].to_dict("records"):
        for alias in (split_years(name)[0] for name in names_of(row)):
            if alias.lower() in plain:
                assert alias in world_["contexts"] or alias in capitals, alias


def test_rows_are_whole():
    rows = world()
    assert rows["entity_id"].is_unique
    assert set(rows["parent"]) <= {"", *rows["entity_id"]}
    assert set(rows["type"]) <= {"GPE", "ORG", "LOC", "NORP"}
    assert set(rows["side"]) == {"", "media"}
    assert re.fullmatch(r"\d{4}-\d\d", version())


def test_contexts_and_roles_name_entities_of_the_list():
    known, world_ = set(world()["entity_id"]), load("world")
    meant = {one for entities in world_["contexts"].values() for one in entities}
    assert meant <= known
    assert {world_["roles"]["state"], *world_["roles"]["groups"]} <= known


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Norway's army crossed into Sweden.", ["norway", "sweden"]),
        ("Oslo has accused Stockholm of spying.", ["norway", "sweden"]),
        ("The ferry left for Oslo; snow fell in Stockholm.", ["oslo", "stockholm"]),
        ("Danish soldiers and Finnish police met.", ["denmark", "finland", "police"]),
        ("They ate turkey. Turkey is best served warm.", []),
        ("The envoy flew from Ankara; Turkey has refused.", ["ankara", "turkey"]),
        ("The drummer Chad Lowden and Michael Jordan sang.", []),
        ("Ms. Ireland and Tom Holland arrived.", []),
        ("Lorries crossed into Chad near the lake.", ["chad"]),
        ("Voters in Georgia chose; Atlanta counted late.", ["georgia-us"]),
        ("Tbilisi said Georgia would join.", ["georgia", "georgia"]),
        (
            "A kitchen of the Salvation Army opened; years after the Arab Spring the Army left.",
            ["armed-forces"],
        ),
        ("Nobody had heard of the Paris bombings then.", ["paris"]),
        ("The National Security Council met.", ["national-security-council"]),
        ("The Washington Post reported it.", ["washington-post"]),
        ("The UN Special Envoy spoke for NATO.", ["un", "nato"]),
    ],
)
def test_names_are_read_by_their_context(text, found, matcher):
    assert ids(text, matcher) == found


def test_a_name_means_what_it_meant_on_the_day_of_publication(matcher):
    text = "Moscow has rejected the offer."
    assert ids(text, matcher, "1985-03-02") == ["soviet-union"]
    assert ids(text, matcher, "2015-03-02") == ids(text, matcher) == ["russia"]
    assert ids("Sanaa has rejected the offer.", matcher, "2010-03-02") == ["yemen"]
    assert ids("Sanaa has rejected the offer.", matcher, "2019-03-02") == ["sanaa"]


def test_forces_are_those_of_the_state_named(matcher):
    text = "The Kenyan army fired. The army left Uganda; Kenyan rebels and Houthi fighters stayed."
    found = [(m.surface, m.entity_id, m.rule) for m in find_entities(text, matcher)]
    assert found == [
        ("Kenyan", "kenya", "alias"),
        ("The army", "kenya", "role"),
        ("Uganda", "uganda", "alias"),
        ("Kenyan", "kenya", "alias"),
        ("rebels", "rebels", "alias"),
        ("Houthi", "houthis", "alias"),
    ]


def test_forces_of_no_state_named_stay_nobodys(matcher):
    assert ids("Government forces shelled the hill.", matcher) == ["armed-forces"]


# --- beside a corpus's own ----------------------------------------------------------------------


def own(*rows):
    return pd.DataFrame(rows, columns=["entity_id", "name", "type", "aliases", "side"])


def test_a_corpus_s_own_actors_come_first_and_the_world_fills_the_rest():
    given = own(("no", "Norway", "GPE", "Norge", "north"), ("oslo-fc", "Oslo", "ORG", "", ""))
    mentions = find_entities(
        "Norge and Norwegian envoys met Sweden in Oslo.", compile_actors(known_actors(given))
    )
    assert [(m.surface, m.entity_id, m.method) for m in mentions] == [
        ("Norge", "no", "corpus"),
        ("Norwegian", "no", "world"),
        ("Sweden", "sweden", "world"),
        ("Oslo", "oslo-fc", "corpus"),
    ]


def test_an_id_of_the_corpus_is_never_anothers():
    actors = known_actors(own(("sweden", "Sven Sweden Ltd", "ORG", "", "")))
    assert actors["entity_id"].is_unique
    assert ids("Sweden left.", compile_actors(actors)) == ["sweden-2"]


def test_without_the_world_only_the_corpus_counts():
    actors = known_actors(own(("no", "Norway", "GPE", "", "")), with_world=False)
    assert ids("Norway and Sweden left.", compile_actors(actors)) == ["no"]


def test_proposed_names_never_take_a_name_that_is_known():
    proposed = own(("swede", "Sweden", "PERSON", "Lund", ""), ("a", "Ada Brandt", "PERSON", "", ""))
    actors = join_actors(known_actors(), proposed, "proposed")
    mentions = find_entities("Sweden told Ada Brandt of Lund.", compile_actors(actors))
    assert [(m.entity, m.method) for m in mentions] == [
        ("Sweden", "world"),
        ("Ada Brandt", "proposed"),
        ("Lund", "proposed"),
    ]


def test_an_article_before_a_word_does_not_make_it_another_actor():
    own = pd.DataFrame(
        [["corps", "Elva Corps", "ORG", "army"]], columns=["entity_id", "name", "type", "aliases"]
    )
    own_matcher = compile_actors(known_actors(own))
    assert ids("The army left. Then the army came back.", own_matcher) == ["corps", "corps"]


@pytest.mark.parametrize("name", ["Allemagne", "Deutschland", "Alemania", "ألمانيا"])
def test_states_are_known_by_their_names_in_other_languages(name):
    (mention,) = find_entities(f"{name}: 3.", compile_actors(known_actors()))
    assert (mention.entity_id, mention.method) == ("germany", "world")


@pytest.mark.parametrize("name", ["Island", "Maurice", "Granada", "Chili", "Salvador"])
def test_a_foreign_name_that_means_something_else_here_is_no_state(name):
    assert not find_entities(f"They saw {name} there.", compile_actors(known_actors()))


@pytest.mark.parametrize(
    ("event_type", "part", "left"),
    [
        ("ASSAULT", ("rebels", "damascus", ""), ("rebels", "syria", "damascus")),
        ("ASSAULT", ("syria", "damascus", ""), ("syria", "", "damascus")),
        ("ASSAULT", ("israel", "gaza", ""), ("israel", "gaza", "")),  # it belongs to somebody
        ("ASSAULT", ("turkey", "karsa", "syria"), ("turkey", "", "karsa")),
        ("ASSAULT", ("karsa", "hamas", ""), ("", "hamas", "karsa")),
        ("ASSAULT", ("hamas", "karsa", "gaza"), ("hamas", "", "gaza")),
        ("ASSAULT", ("reuters", "hamas", ""), ("", "hamas", "")),
        ("CONSULT", ("hamas", "bbc", ""), ("hamas", "", "")),
        ("ACCUSE", ("hamas", "bbc", ""), ("hamas", "bbc", "")),
        ("ASSAULT", ("hamas", "More than 150,000 people", ""), ("hamas", "", "")),
        ("ASSAULT", ("Meanwhile six others", "twelve dockers", ""), ("", "twelve dockers", "")),
    ],
)
def test_who_takes_part_in_an_event(event_type, part, left):
    karsa = pd.DataFrame([["karsa", "Karsa", "LOC", ""]], columns=COLUMNS[:4])
    matcher = compile_actors(join_actors(known_actors(), karsa, "proposed"))
    assert taking_part(Part(*part), event_type, matcher) == left


def test_a_place_of_the_corpus_s_own_list_may_be_a_party():
    own = pd.DataFrame([["karsa", "Karsa", "LOC", ""]], columns=COLUMNS[:4])
    part = Part("hamas", "karsa", "")
    assert taking_part(part, "ASSAULT", compile_actors(known_actors(own))) == part
