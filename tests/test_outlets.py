"""Credits, shared passages and independent sources, in invented articles."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.entities.matcher import Entity
from analysis.outlets.sharing import reuse_table, stories, word_codes
from analysis.outlets.sources import count_independent, source_keys
from analysis.quotes.credits import UNNAMED, MediaNames, find_credits, source_name

MEDIA = MediaNames(
    [Entity("courier", "The Courier", "ORG", ("Courier News",), "media", "")], ["Elva Echo"]
)


def credits(text):
    return [(c.name, c.whole) for c in find_credits(text, MEDIA)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("ELVA (Reuters) - The truce held on Monday.", "Reuters"),
        ("Port Elva, Norland (SANA) The truce held.", "SANA"),
        ("AFP — The truce held on Monday.", "AFP"),
        ("Truce holds in Elva AFP Wednesday 17 Sep 2014 The truce held.", "AFP"),
        ("By Ann Writer, Associated Press\n\nThe truce held.", "Associated Press"),
        ("The truce held. /SANA/", "SANA"),
        ("The truce held.\n\n– REUTERS", "Reuters"),
        ("The truce held. (With inputs from dpa)", "dpa"),
        ("The truce held. Source: agencies", UNNAMED),
        ("The truce held and the army left the town, FNA reported. 218-11", "Fars"),
        ("The truce held. The Courier contributed to this report.", "The Courier"),
    ],
)
def test_bylines_datelines_and_sign_offs_credit_the_whole_article(text, name):
    assert credits(text) == [(name, True)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A general told Reuters and AFP that the truce held in the hills.", ["Reuters", "AFP"]),
        ("It held, according to Norland's state-run SANA, for days and days on end.", ["SANA"]),
        ("An AFP photographer saw the convoy leave the town in the afternoon.", ["AFP"]),
        ("It held, he was quoted as saying by Interfax, whatever his army did.", ["Interfax"]),
        ("According to the Hillside news agency it held for some days.", ["Hillside news agency"]),
        ("The minister told Courier News it held as far as he knew.", ["The Courier"]),
        ("It held, the Elva Echo reported on Monday, and nobody was hurt.", ["Elva Echo"]),
        ("It held. The Petra news agency said so, and everybody was glad.", ["Petra"]),
    ],
)
def test_a_statement_is_credited(text, names):
    assert [name for name, _ in credits(text)] == names


@pytest.mark.parametrize(
    "text",
    [
        "Smoke rises over the hills behind Elva on Friday (Reuters)\nThe truce held on Monday.",
        "The general waves. AP Photo/Ann Writer",
        "Two Reuters journalists were killed near the town in March, on the way to Elva.",
        "He flew to Petra, and told Petra's people so in a speech on the market square.",
        "Offices of Reuters were closed on Monday because of the holiday in the town.",
    ],
)
def test_pictures_victims_and_other_words_are_no_credits(text):
    assert credits(text) == []


def test_names_of_one_organisation_are_one():
    assert {source_name(n) for n in ("sana", "SANA", "Syrian Arab News Agency")} == {"SANA"}
    assert {source_name(n) for n in ("aljazeera.net", "Al-Jazeera")} == {"Al Jazeera"}
    assert source_name("Elva Echo") == "Elva Echo"


PIECES = ["told ", "(", ")", "AFP", " and ", "Reuters", " reported", ". ", "\n", "— ", "By ", "/",
          "Source: ", "agencies", "The Courier", " TV", "Hill", " 3 May", "é", " "]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_credits_lie_in_the_text(text):
    for credit in find_credits(text, MEDIA):
        assert 0 <= credit.start < credit.end <= len(text)
        assert text[credit.start : credit.end].strip()


TELLING = (
    "the general said on monday that his army would leave the hills before winter comes and that "
    "nobody would follow it there"
)


def _reuse(texts, published, credits=None, outlets=None):
    prints = {name: word_codes(text) for name, text in texts.items()}
    return reuse_table(prints, lambda names: texts, published, credits or {}, outlets or {})


def test_shared_passages_and_their_direction():
    texts = {"a": f"News. {TELLING}.", "b": f"Reports. {TELLING}. More words follow.", "c": "No."}
    published = {"a": "2024-01-01", "b": "2024-01-02", "c": "2024-01-02"}
    (row,) = _reuse(texts, published, {}, {"a": "Echo", "b": "Courier"}).to_dict("records")
    assert (row["doc_a"], row["doc_b"], row["longest_shared"]) == ("a", "b", len(TELLING.split()))
    assert row["n_shared_ngrams"] == len(TELLING.split()) - 4
    assert row["containment_a"] > row["containment_b"] > row["jaccard"] > 0.5
    assert (row["direction"], row["direction_basis"]) == ("", "date")
    (row,) = _reuse(texts, published, {"b": ["Echo"]}, {"a": "Echo"}).to_dict("records")
    assert (row["direction"], row["direction_basis"]) == ("a → b", "credit in the text")
    late = published | {"b": "2024-03-01"}
    assert _reuse(texts, late).empty


def documents(**outlets):
    rows = [(doc, outlet, "") for doc, outlet in outlets.items()]
    return pd.DataFrame(rows, columns=["doc_id", "outlet", "source"])


def credit_rows(*rows):
    return pd.DataFrame(rows, columns=["doc_id", "credited", "early"]).astype({"early": bool})


def independent(table, given=None, reuse=None):
    given = credit_rows() if given is None else given
    return count_independent(source_keys(table, given, reuse).values())


def test_articles_that_rest_on_one_wire_count_once():
    table = documents(a="Echo", b="Courier", c="Herald")
    assert independent(table) == 3
    assert independent(table, credit_rows(("a", "AFP", True), ("b", "AFP", True))) == 2
    # one statement late in an article does not make it the agency's; two do
    assert independent(table, credit_rows(("a", "AFP", True), ("b", "AFP", False))) == 3
    twice = credit_rows(("a", "AFP", True), ("b", "AFP", False), ("b", "AFP", False))
    assert independent(table, twice) == 2
    # the credited outlet is one of the corpus; the wire stands in a column of the table
    assert independent(table, credit_rows(("a", "Herald", True))) == 2
    assert independent(table.assign(source=["AFP", "afp.com", "PressReader"])) == 2


def test_unnamed_agencies_do_not_tell_whose_news_it_is():
    table = documents(a="Echo", b="Courier")
    assert independent(table, credit_rows(("a", UNNAMED, True), ("b", UNNAMED, True))) == 2


def test_near_copies_count_once():
    table = documents(a="Echo", b="Courier", c="Herald")
    reuse = pd.DataFrame(
        [("a", "b", 0.8, 0.3), ("b", "c", 0.2, 0.1)],
        columns=["doc_a", "doc_b", "containment_a", "containment_b"],
    )
    assert independent(table, reuse=reuse) == 2


def test_stories_are_copies_and_shared_texts_directly_or_through_others():
    documents = pd.DataFrame({"doc_id": list("abcdef"), "duplicate_of": ["", "a", "", "", "", ""]})
    shared = pd.DataFrame({"doc_a": ["b", "d"], "doc_b": ["e", "f"]})
    shared = shared.assign(containment_a=[0.2, 0.3], containment_b=[0.6, 0.4])
    assert stories(documents, shared) == ["a", "a", "c", "d", "a", "f"]
    assert stories(documents, shared.head(0)) == ["a", "a", "c", "d", "e", "f"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("The road is open, he told Reuters.", "before"),
        ("An AFP photographer saw the boats.", "after"),
        ("MORLA (Reuters) - The road is open. Boats left the harbour at noon.", "bracket"),
        ("Source: Reuters\nThe road is open. Boats left the harbour at noon.", "source"),
    ],
)
def test_each_credit_names_its_rule(text, rule):
    assert [credit.rule for credit in find_credits(text, MEDIA)] == [rule]
