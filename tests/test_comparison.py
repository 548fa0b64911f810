"""Outlets compared: what is told, by whom it is said, with which words; what charts draw of it."""

import json
import random
from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.outlets import shifts, telling, voices
from analysis.report import notebook_files
from analysis.show import choice, figures, sentences
from analysis.terms import content


def test_initialisms_are_no_function_words():
    table = pd.DataFrame({"term": ["the", "us", "US", "truce", "2,500", "17"]})
    assert content.without_stopwords(table, "en")["term"].tolist() == ["US", "truce", "2,500"]


def test_an_outlet_could_report_until_its_last_possible_day():
    documents = pd.DataFrame(
        {
            **{
                "doc_id": ["a", "b"],
                "outlet": ["Early", "Late"],
                "published_to": ["", "2021-05-09"],
            },
            **{"published": ["2021-05-01", "2021-05-01"], "n_tokens": [10, 10]},
        }
    )
    day = pd.Timestamp("2021-05-05").date()
    event = {"event_id": "e1", "studied": True, "date_from": day, "date_to": day, "summary": "raid"}
    events = pd.DataFrame([event | {"n_outlets": 0, "n_reports": 0, "happened": True}])
    reports = pd.DataFrame(columns=["event_id", "doc_id", "date_from", "date_to"])
    (row,) = telling.event_matrix(events, reports, documents, 5).to_dict("records")
    assert row == {"Early": "published earlier", "Late": "–"}


def _documents(**articles):
    rows = [(f"{o}{i}", o, 100) for o, n in articles.items() for i in range(n)]
    return pd.DataFrame(rows, columns=["doc_id", "outlet", "n_tokens"])


def test_shares_have_intervals_only_with_enough_articles():
    documents = _documents(Few=4, Many=6)
    items = pd.DataFrame({"doc_id": documents["doc_id"].repeat(2), "kind": ["x", "y"] * 10})
    table = voices.share_intervals(items, "kind", documents).set_index(["outlet", "kind"])
    assert table.loc[("Many", "x"), "n_words"] == 600
    many, few = table.loc[("Many", "x")], table.loc[("Few", "x")]
    assert 0 < many["low"] < 0.5 < many["high"] < 1 and many["reason"] == ""
    assert pd.isna(few["low"]) and few["reason"] == "fewer than 5 articles"
    assert "Few" in sentences.few_articles(table.reset_index())
    assert sentences.few_articles(table.loc[["Many"]].reset_index()) == ""


def test_verbs_have_the_class_of_the_lexicon():
    quotations = pd.DataFrame({"verb": ["say", "claim", "vow", "deny", "according to", "sing"]})
    classes = ["neutral", "claim", "vow", "deny", "according to", "other"]
    assert voices.verb_classes(quotations)["verb_class"].tolist() == classes


def test_voices_are_sides_or_anonymous():
    actors = pd.DataFrame({"entity_id": ["kaath", "town"], "side": ["rebels", ""]})
    quotations = pd.DataFrame(
        {"speaker_entity_id": ["kaath", "kaath", "town", ""], "anonymous": [0, 1, 0, 0]}
    )
    found = voices.voices(quotations, actors)["voice"].tolist()
    assert found == ["rebels", "anonymous", "other or unknown", "other or unknown"]


def test_headlines_say_who_did_it_or_not():
    documents = _documents(Courier=5).assign(published="2021-05-01")
    told = {"title": "", "event_type": "", "status": "", "attribution": "", "target": ""}
    rows = [("kaath", "attacks", ""), ("", "strike", ""), ("", "", "no agent"), ("", "", "")]
    rows.append(("town", "blast", ""))
    headlines = pd.DataFrame(rows, columns=["source", "trigger", "passive"])
    headlines = headlines.assign(doc_id=documents["doc_id"], **told)
    actors = pd.DataFrame({"entity_id": ["kaath", "town"], "name": ["Kaath Brigade", "Town"]})
    actors["type"] = ["ORG", "LOC"]
    table = voices.headlines(headlines, documents, actors)
    assert table["source"].iat[0] == "Kaath Brigade"
    expected = ["names who did it", "act without doer", "act without doer", "no event"]
    expected.append("act without doer")
    assert table["says"].tolist() == expected


def test_word_shift_takes_the_outlets_of_the_episode_or_the_largest():
    documents = _documents(Small=1, Middle=2, Large=3)
    assert shifts.shift_pair(documents, pd.DataFrame(), ["", ""]) == ["Large", "Middle"]
    episode = pd.DataFrame(columns=["event_id", "Small", "Large"])
    assert shifts.shift_pair(documents, episode, ["", ""]) == ["Small", "Large"]
    assert shifts.shift_pair(documents, episode, ["", "Middle"]) == ["Middle", "Small"]
    with pytest.raises(ValueError, match="there are: Large, Middle, Small"):
        shifts.shift_pair(documents, episode, ["Smal", ""])


def test_word_shifts_by_three_measures():
    counts = pd.DataFrame({"term": ["the", "truce", "war"], "A": [5, 4, 1], "B": [5, 1, 4]})
    table = shifts.word_shifts(counts, ["A", "B"])
    assert table.groupby("measure")["cumulative_share"].max().round(9).eq(1).all()
    assert set(table["measure"]) == {"proportion", "entropy", "jsd"}
    assert shifts.word_shifts(counts, ["A"]).empty


def test_of_many_outlets_charts_have_those_with_most_articles():
    outlets = [f"Outlet {n:02d}" for n in range(25) for _ in range(1 + (n * 7) % 25)]
    documents = pd.DataFrame({"outlet": outlets, "n_tokens": 10})
    drawn = choice.drawn_outlets(documents)
    sizes = documents["outlet"].value_counts()
    assert drawn == sorted(sizes.index[:20]) and sizes.is_unique
    table = pd.DataFrame({name: [1] for name in sizes.index}, index=["strike"])
    assert set(choice.drawn(table, documents)) == set(drawn)
    assert set(choice.drawn(table.T, documents).index) == set(drawn)
    assert choice.drawn(documents, documents)["outlet"].nunique() == 20
    assert choice.drawn_note(documents, "Base.") == (
        "Of 25 outlets the 20 with most articles are drawn. Base."
    )
    few = documents[documents["outlet"].isin(drawn[:3])]
    assert choice.drawn_note(few, "Base.") == "Base." and len(choice.drawn(few, few)) == len(few)


@pytest.mark.parametrize("seed", range(6))
def test_the_closest_articles_are_those_that_share_most_events(seed, monkeypatch):
    monkeypatch.setattr(telling, "AT_ONCE", 40)
    draw = random.Random(seed)
    days = pd.date_range("2021-01-01", periods=9).strftime("%Y-%m-%d")
    rows = [
        (f"d{n}", draw.choice("ABC"), draw.choice(days)) for n in range(draw.choice((1, 8, 14)))
    ]
    documents = pd.DataFrame(rows, columns=["doc_id", "outlet", "published"])
    told = [(row[0], f"e{draw.randrange(6)}") for row in rows for _ in range(draw.randrange(5))]
    reports = pd.DataFrame(told, columns=["doc_id", "event_id"])
    held = {row[0]: {event for doc_id, event in told if doc_id == row[0]} for row in rows}
    pairs = [
        (-len(held[a] & held[b]), i, j)
        for (i, (a, own, day)), (j, (b, other, later)) in combinations(enumerate(rows), 2)
        if own != other and abs(pd.Timestamp(later) - pd.Timestamp(day)).days <= 2
    ]
    expected = tuple(rows[place][0] for place in min(pairs)[1:]) if pairs else ()
    assert telling._closest_pair(documents, reports, 2) == expected


def _after_cell(notebook, cell, **names):
    """What is set after a cell of a notebook, whose study has the tables among `names`."""
    path = notebook_files.NOTEBOOKS / f"{notebook}.ipynb"
    cells = {c["id"]: "".join(c["source"]) for c in json.loads(path.read_text("utf-8"))["cells"]}
    study = SimpleNamespace(show=lambda *given: None, table=names.get)
    names |= {"pd": pd, "figures": figures, "study": study}
    exec(cells[cell], names)
    return names


@pytest.mark.parametrize("told", [True, False])
def test_events_told_alone_and_by_others_are_counted_for_each_outlet(told):
    events = pd.DataFrame({"outlets": ["Post;Courier", "Post"], "n_outlets": [2, 1]})
    tables = {"events": events if told else events.head(0), "event_reports": None}
    documents = pd.DataFrame({"outlet": ["Post", "Courier", "Herald"]})
    alone = _after_cell("04_compare_outlets", "told-rows", documents=documents, **tables)["alone"]
    assert alone.loc["Post"].tolist() == ([1, 1] if told else [0, 0])
    assert alone.loc["Herald"].tolist() == [0, 0] and alone.index.name == "outlet"


def test_words_tested_too_rare_and_different_are_counted():
    keyness = pd.DataFrame(
        {
            "outlet": ["A", "A", "A", "B"],
            "p_presence_adjusted": [0.01, 0.7, np.nan, np.nan],
            "p_rate_adjusted": [0.2, np.nan, np.nan, np.nan],
            "too_rare": ["", "rate", "presence;rate", ""],
        }
    )
    tests = _after_cell("04b_compare_words", "tests-of-words", whole=keyness)["tests"]
    assert tests.reset_index().to_dict("split")["data"] == [
        *(["A", "presence", 2, 1, 1], ["A", "rate", 1, 2, 0]),
        *(["B", "presence", 0, 0, 0], ["B", "rate", 0, 0, 0]),
    ]
