"""Names of actors.csv in invented sentences; tables against counts done by hand."""

import pickle
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.entities.candidates import (
    compile_actors,
    find_candidates,
    find_entities,
    first_mentions,
)
from analysis.entities.matcher import ActorMatcher, Entity
from analysis.terms.entities import entity_tables

ROWS = [
    ("norland", "Norland", "GPE", "Norlander;Norlanders;NL;N.L.;Velmar", "north", ""),
    ("velmar", "Velmar (city)", "LOC", "Velmar", "north", "norland"),
    ("us", "United States", "GPE", "US;U.S.;Washington", "us", ""),
    ("washington", "Washington, D.C.", "LOC", "Washington", "us", "us"),
    ("brigade", "Brigade of Kaath", "ORG", "Kata'ib Kaath;Kataib Kaath", "south", ""),
    ("kaath", "Kaath", "ORG", "", "south", ""),
    ("sorani", "Milo Sorani", "PERSON", "Sorani", "south", "kaath"),
    ("surani", "Surani", "LOC", "", "north", ""),
    ("herald", "The Courier", "ORG", "", "media", ""),
]
COLUMNS = ["entity_id", "name", "type", "aliases", "side", "parent"]


def actors(*rows):
    return pd.DataFrame(rows or ROWS, columns=COLUMNS)


@pytest.fixture(scope="module")
def matcher():
    return compile_actors(actors())


def ids(text, matcher):
    return [(m.surface, m.entity_id) for m in find_entities(text, matcher)]


def methods(text, matcher):
    return [(m.entity_id, m.rule) for m in find_entities(text, matcher)]


@pytest.mark.parametrize("apostrophe", ["'", "’", "‘", "ʼ", "ʿ"])
def test_longest_name_wins_with_any_apostrophe(matcher, apostrophe):
    text = f"Kata{apostrophe}ib Kaath denied it. Kaath agreed."
    assert ids(text, matcher) == [(f"Kata{apostrophe}ib Kaath", "brigade"), ("Kaath", "kaath")]


def test_words_are_bounded_and_possessives_cut(matcher):
    assert ids("Norland’s army, Norlandia's navy, pre-Norland times", matcher) == [
        ("Norland", "norland"),
        ("Norland", "norland"),
    ]
    assert ids("Sorani'yan arrived", matcher) == []


def test_longest_match_that_fails_its_boundary_leaves_the_shorter(matcher):
    assert ids("the United States of", matcher) == [("United States", "us")]
    assert ids("Milo Soranis met Kaath", matcher) == [("Kaath", "kaath")]


def test_us_is_not_us(matcher):
    assert ids("They told us that the US and U.S. troops left us.", matcher) == [
        ("US", "us"),
        ("U.S.", "us"),
    ]
    assert methods("GIVE US MORE TIME", matcher) == [("us", "undecided")]
    assert methods("He shouted GIVE US TIME at the US envoy.", matcher) == [
        ("us", "undecided"),
        ("us", "alias"),
    ]


def test_names_in_a_headline_of_capitals(matcher):
    assert ids("SORANI MEETS KATA’IB KAATH", matcher) == [
        ("SORANI", "sorani"),
        ("KATA’IB KAATH", "brigade"),
    ]


def test_similar_names_stay_apart(matcher):
    assert ids("Sorani flew to Surani.", matcher) == [("Sorani", "sorani"), ("Surani", "surani")]


@pytest.mark.parametrize(
    ("text", "entity_id"),
    [
        ("during his visit to Washington last week", "washington"),
        ("the government in Washington has faced pressure", "washington"),
        ("near Washington airport", "washington"),
        ("what he brought back from Washington", "washington"),
        ("WASHINGTON (Courier) — Talks began", "washington"),
        ("a strike, which Washington attributed to rebels", "us"),
        ("While Washington has cautiously welcomed it", "us"),
        ("Washington, which is slowly reducing its troops", "us"),
        ("Washington and Velmar will restart talks", "us"),
        ("Washington-backed groups", "us"),
        ("talks between Norland and Washington", "us"),
        ("pressure on Washington mounted", "us"),
        ("bombing Washington’s embassy complex", "us"),
        ("an anti-Washington protest", "us"),
        ("criticism from Washington grew", "us"),
        ("rocket attacks on Washington killed five", "washington"),
        ("west of the capital Washington", "washington"),
        ("the Washington Opera House", "washington"),
        ("troops advanced on Washington", "washington"),
        ("a flight from Velmar to Washington", "washington"),
        ("the Washington government", "us"),
        ("a deal brokered by Norland and both Washington", "us"),
        ("They called on Washington to leave", "us"),
    ],
)
def test_capital_is_place_or_government_by_context(matcher, text, entity_id):
    found = [m for m in find_entities(text, matcher) if m.surface.title() == "Washington"]
    assert [(m.entity_id, m.rule) for m in found] == [(entity_id, "context")]


def test_a_capital_joined_to_another_is_what_that_is(matcher):
    assert methods("a deal brokered by Velmar and Washington", matcher) == [
        ("norland", "context"),
        ("us", "context"),
    ]


def test_undecided_capital_names_both(matcher):
    (mention,) = find_entities("A. Writer Washington B. Reader", matcher)
    assert (mention.entity_id, mention.rule) == ("us;washington", "undecided")
    assert mention.entity == "United States or Washington, D.C."


def test_short_name_beside_an_unknown_one_is_undecided(matcher):
    assert methods("They blamed Saraya Kaath for it.", matcher) == [("kaath", "undecided")]
    assert methods("Relatives of Ahmed Sorani wept.", matcher) == [("sorani", "undecided")]
    assert methods("Yesterday Kaath denied it. General Sorani left.", matcher) == [
        ("kaath", "alias"),
        ("sorani", "alias"),
    ]
    assert ids("He told the Washington Post so.", matcher)[1:] == []


def test_compound_is_marked(matcher):
    assert methods("Norland-backed fighters", matcher) == [("norland", "compound")]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (("", "A", "ORG", "", "", ""), "entity_id", "empty"),
        (("norland", "B", "ORG", "", "", ""), "entity_id", "already in row 2"),
        (("a", "", "ORG", "", "", ""), "name", "empty"),
        (("a", "A", "PEOPLE", "", "", ""), "type", "PEOPLE"),
        (("a", "A", "ORG", "Norlanders", "", ""), "aliases", "norland"),
        (("a", "A", "ORG", "the", "", ""), "aliases", "everyday"),
        (("a", "A", "ORG", "", "", "nobody"), "parent", "nobody"),
    ],
)
def test_bad_rows_are_named_with_row_and_column(row, column, words):
    with pytest.raises(ValueError, match=rf"row 11, column {column}: .*{words}"):
        compile_actors(actors(*ROWS, row))


def test_all_bad_rows_are_listed_at_once():
    rows = [("a", "", "ORG", "", "", ""), ("b", "B", "X", "", "", "c")]
    with pytest.raises(ValueError, match="column name") as error:
        compile_actors(actors(*rows))
    assert len(str(error.value).splitlines()) == 3


def test_matcher_survives_pickling(matcher):
    copy = pickle.loads(pickle.dumps(matcher))
    text = "Kaath met Norlanders in Washington."
    assert find_entities(text, copy) == find_entities(text, matcher)


@given(st.text(st.sampled_from("KaathUS.’'- \nWashington“Sorani1é"), max_size=120))
def test_surface_is_the_text_at_its_place(text):
    matcher = compile_actors(actors())
    mentions = find_entities(text, matcher)
    assert all(text[m.start : m.end] == m.surface for m in mentions)
    assert all(a.end <= b.start for a, b in pairwise(mentions))
    assert all(text[c.start : c.end] == c.surface for c in find_candidates(text, matcher))


def test_candidates_are_unknown_names_with_a_type(matcher):
    text = (
        "Reporters asked General Tariq Belmond about Kaath on Monday. The minister said he "
        "had met Belmond in Port Elva, and the Ministry of Works agreed. However, it rained."
    )
    found = {c.surface: c.type_guess for c in find_candidates(text, matcher)}
    assert found == {
        "Tariq Belmond": "PERSON",
        "Belmond": "",
        "Port Elva": "LOC",
        "Ministry of Works": "ORG",
    }


def mention_rows():
    columns = ["doc_id", "sent_id", "kind", "counted", "start", "surface", "entity_id", "rule"]
    rows = [
        ("d1", 0, "title", True, 0, "A", "a", "alias"),
        ("d1", 1, "body", True, 9, "A’s", "a", "alias"),
        ("d1", 1, "body", True, 12, "B", "b", "alias"),
        ("d1", 2, "caption", False, 20, "A", "a", "alias"),
        ("d1", 3, "furniture", True, 30, "A", "a", "alias"),
        ("d2", 0, "body", True, 0, "B", "b", "alias"),
        ("d2", 1, "body", True, 9, "C", "b;c", "undecided"),
    ]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(entity=table["entity_id"].str.upper(), type="ORG", field="text")


DOCUMENTS = pd.DataFrame(
    {
        **{"doc_id": ["d1", "d2"], "outlet": ["Courier", "Echo"]},
        **{"n_tokens": [300, 200], "n_sentences": [2, 1]},
    }
)


def tables(*batches):
    return entity_tables(batches, DOCUMENTS, media=["b"])


def test_entity_table_counts_what_counts():
    table = tables(mention_rows())["entities"].set_index("entity_id")
    assert table.loc["a", ["n_mentions", "n_documents", "Courier", "Echo"]].tolist() == [2, 1, 2, 0]
    assert table.loc["b", ["n_mentions", "n_documents", "n_undecided"]].tolist() == [2, 2, 1]
    assert table["media"].to_dict() == {one: one == "b" for one in table.index}
    assert table.loc["a", "per_1000"] == 4.0
    # Garwood's exact interval of 2 events: 0.2422 to 7.2247 (tables of the Poisson distribution)
    assert table.loc["a", "low"] == pytest.approx(0.2422 / 0.5, abs=1e-3)
    assert table.loc["a", "high"] == pytest.approx(7.2247 / 0.5, abs=1e-3)


def test_rates_of_an_outlet_without_mentions_reach_down_to_zero():
    rates = tables(mention_rows())["entity_rates"].set_index(["entity_id", "outlet"])
    assert rates.loc[("a", "Echo"), ["n", "low"]].tolist() == [0, 0]
    assert rates.loc[("a", "Echo"), "high"] == pytest.approx(stats.expon.isf(0.025) / 0.2)


def test_surfaces_are_counted_by_outlet():
    table = tables(mention_rows())["spellings"]
    row = table[(table["entity_id"] == "b") & (table["surface"] == "B")].iloc[0]
    assert (row["n"], row["Courier"], row["Echo"]) == (2, 1, 1)


def test_npmi_of_pairs():
    (row,) = tables(mention_rows())["cooccurrence"].to_dict("records")
    # of three sentences a is in 2, b in 2, both in 1: ln((1/3)/(4/9)) / -ln(1/3)
    assert (row["entity_a"], row["entity_b"], row["n_sentences"]) == ("a", "b", 1)
    assert row["npmi"] == pytest.approx(-0.26186, abs=1e-5)


def test_batches_of_articles_add_up():
    rows = mention_rows()
    apart = [rows[rows["doc_id"] == doc_id] for doc_id in ("d1", "d2")]
    for name, table in tables(rows).items():
        pd.testing.assert_frame_equal(tables(*apart)[name], table)


def test_first_mention_and_prominence():
    sentences = pd.DataFrame(
        [("d1", 0, "title"), ("d1", 1, "body"), ("d1", 2, "caption"), ("d2", 0, "body")],
        columns=["doc_id", "sent_id", "kind"],
    )
    table = first_mentions(mention_rows(), sentences).set_index(["doc_id", "entity_id"])
    assert table.loc[("d1", "a"), ["sent_id", "in_headline", "in_lead"]].tolist() == [0, True, True]
    assert table.loc[("d1", "b"), ["sent_id", "in_headline", "in_lead"]].tolist() == [
        1,
        False,
        True,
    ]
    assert table.loc[("d1", "b"), "position"] == pytest.approx(1 / 3)


def test_tables_of_nothing_have_their_columns():
    nothing = mention_rows().iloc[:0]
    assert {"entity_id", "n_mentions", "Echo"} <= set(tables(nothing)["entities"])
    assert list(tables(nothing)["cooccurrence"]) == [
        "entity_a",
        "entity_b",
        "n_sentences",
        "n_documents",
        "npmi",
    ]


def test_an_article_before_a_known_name_is_no_name(matcher):
    text = "Reports spoke of Ada al-Kataib Hezbollah. In Elva, Al-Kataib Hezbollah left."
    assert not [c.surface for c in find_candidates(text, matcher) if c.surface.endswith("-")]


def test_a_name_in_small_letters_may_begin_a_sentence():
    union = Entity("union", "Harbour Union", "ORG", ("dockers", "tug crews"), "", "")
    matcher = ActorMatcher([union])
    text = "Dockers left the quay. Tug crews stayed, DOCKERS did not; DoCkErs is no name."
    found = [mention.surface for mention in find_entities(text, matcher)]
    assert found == ["Dockers", "Tug crews", "DOCKERS"]
