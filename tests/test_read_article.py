"""One article read alone: the same rows as in a corpus of one, and what a corpus's lexicon adds."""

import pandas as pd
import pytest

from analysis import read_article
from analysis.article import Article, Settings, annotate
from analysis.corpus import read_corpus
from analysis.lexicons import Lexicon
from analysis.tables.build import build

ACTORS = """entity_id,name,type,aliases,side,parent
guard,Elva Guard,ORG,Guard,north,
morla,Morla,GPE,,,
"""
TEXT = """Elva Guard shells Morla

MORLA, May 4 (Reuters) - The Elva Guard, a militia from the hills, shelled the port on Monday.

"We will not leave the river before winter comes," a spokesman for the Elva Guard said.

Six fishermen were wounded near the harbour on 2 May 2021, the ministry of health said last week.
"""


def _actors(rows=ACTORS):
    lines = [line.split(",") for line in rows.splitlines()]
    return pd.DataFrame(lines[1:], columns=lines[0])


def test_rows_are_those_of_a_corpus_of_one(tmp_path):
    folder = tmp_path / "one"
    (folder / "texts").mkdir(parents=True)
    (folder / "texts/article.txt").write_text(TEXT, "utf-8")
    (folder / "actors.csv").write_text(ACTORS, "utf-8")
    rows = "doc_id,file,outlet,published\narticle,texts/article.txt,Post,2021-05-04\n"
    (folder / "articles.csv").write_text(rows, "utf-8")
    tables = build(read_corpus(folder), tmp_path / "cache")
    alone = read_article(TEXT, "2021-05-04", actors=_actors())
    for name in ("sentences", "mentions", "quotations", "label_uses", "passives", "dates"):
        there = tables.read(name)
        shared = [column for column in alone[name] if column in there]
        assert len(shared) > 5 and len(alone[name]) > 0, name
        assert alone[name][shared].astype(str).equals(there[shared].astype(str)), name
    reports = tables.read("event_reports")
    assert alone["event_reports"]["start"].tolist() == reports["start"].tolist() != []


def test_without_a_day_of_publication_only_what_needs_it_stays_open():
    dates = read_article(TEXT, actors=_actors())["dates"].set_index("surface")
    assert dates.loc["2 May 2021", "value"] == "2021-05-02"
    assert dates.loc["Monday", "value"] == "" and dates.loc["Monday", "date_from"] is None
    assert dates.loc["last week", "date_to"] is None


def test_nothing_read_still_has_its_columns_and_a_wrong_day_is_named():
    tables = read_article("")
    assert tables["mentions"].empty and "entity_id" in tables["mentions"]
    with pytest.raises(ValueError, match="published: 'May'"):
        read_article("", "May")


@pytest.mark.parametrize(
    ("table", "column", "additions", "said"),
    [
        ("label_uses", "label", {"labels": {"labels": {"corsair": ["corsairs"]}}}, "corsair"),
        (
            *("quotations", "verb"),
            {"reporting_verbs": {"classes": {"neutral": {"bleat": ["bleated"]}}}},
            "bleat",
        ),
        (
            *("credits", "credited"),
            {"credits": {"organisations": {"Tern Wire": ["The Tern Wire"]}}},
            "Tern Wire",
        ),
        ("passives", "harm", {"passives": {"harm": ["scuttled"]}}, True),
        (
            *("candidates", "type_guess"),
            {"names": {"type_heads": {"FAC": ["Lighthouse"]}}},
            "FAC",
        ),
        ("dates", "value", {"dates": {"words": {"WEEKDAY": {5: ["fryday"]}}}}, "2021-04-30"),
    ],
)
def test_what_a_corpus_adds_is_read(table, column, additions, said):
    text = (
        "The harbour was scuttled at dawn, according to The Tern Wire. "
        "The boats of the Elva Guard corsairs lay below the Old Morning Lighthouse. "
        "The captain bleated on Fryday that nobody had seen the wreck before the storm."
    )
    article = Article("one", text, "2021-05-04")

    def read(lexicon):
        return [row[column] for row in annotate(article, Settings(_actors(), lexicon))[table]]

    assert said not in read(Lexicon())
    assert said in read(Lexicon(additions))


def test_a_date_that_is_part_of_a_name_is_none():
    actors = _actors(
        "entity_id,name,type,aliases,side,parent\nmarch,23 March Front,ORG,Front of 23 March,,\n"
    )
    text = "The 23 March Front (Front of 23 March) shelled Morla on 30 April. On 23 March it blew."
    dates = read_article(text, "2021-05-04", actors=actors)["dates"]
    assert dates["value"].tolist() == ["2021-04-30", "2021-03-23"]


@pytest.mark.parametrize(
    ("told", "target"),
    [
        ("a Norwegian trawler", ""),
        ("two Norwegian schools", ""),
        ("a Norwegian-flagged barge", ""),
        ("a Norwegian fishing crew", ""),
        ("Norwegian troops", "norway"),
        ("the Norwegian national guard", "norway"),
    ],
)
def test_what_comes_from_a_state_is_not_the_state(told, target):
    tables = read_article(f"Rebels attacked {told} on Monday.", "2021-05-04")
    assert tables["event_reports"]["target"].tolist() == [target]
