"""Terms: counting, keyness of outlets, collocations, concordances, lexical diversity."""

import random
import re
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as some
from numpy.testing import assert_allclose
from pandas.testing import assert_frame_equal
from scipy import sparse
from scipy.stats import fisher_exact

from analysis import terms
from analysis.terms import outlet_keywords, vocabulary
from analysis.terms import statistics as st
from analysis.terms.vocabulary import Words
from analysis.text.words import words

COUNTS = pd.DataFrame(
    {"Gazette": [6, 1, 3, 7], "Courier": [2, 4, 2, 4], "Herald": [0, 0, 5, 5]},
    index=["harbour", "strike", "the", "of"],
)


def corpus(outlets: dict[str, int], seed: int = 1):
    """article_counts and articles of outlets with so many articles; the Gazette likes `harbour`."""
    rng = random.Random(seed)
    texts, articles = [], []
    for outlet, number in outlets.items():
        for i in range(number):
            doc_id = f"{outlet}-{i}"
            tokens = rng.choices(["the", "of", "ship", "sea", "crew"], k=40)
            tokens += ["harbour"] * (rng.randint(1, 4) if outlet == "Gazette" else i % 2)
            texts.append({"doc_id": doc_id, "text": " ".join(tokens)})
            articles.append({"doc_id": doc_id, "outlet": outlet})
    return terms.count_terms(pd.DataFrame(texts)), pd.DataFrame(articles)


# ---------------------------------------------------------------------------- counting


def test_count_terms():
    texts = pd.DataFrame(
        {
            "doc_id": ["a", "a", "a", "b"],
            "kind": ["title", "body", "furniture", "body"],
            "text": ["The ship's crew", "The US told us.", "Share the page", "Ship"],
        }
    )
    counted = terms.count_terms(texts).set_index(["doc_id", "term"])["n"].to_dict()
    assert counted == {
        ("a", "the"): 2, ("a", "ship"): 1, ("a", "crew"): 1, ("a", "US"): 1, ("a", "told"): 1,
        ("a", "us"): 1, ("b", "ship"): 1,
    }  # fmt: skip


def test_term_table():
    article_counts = pd.DataFrame(
        [("a", "sea", 2), ("a", "tide", 1), ("b", "sea", 1), ("c", "sea", 1)],
        columns=["doc_id", "term", "n"],
    )
    articles = pd.DataFrame({"doc_id": ["a", "b", "c"], "outlet": ["X", "X", "Y"]})
    articles["n_tokens"] = [10, 10, 20]
    table = terms.term_table(article_counts, articles).set_index("term")
    assert list(table.index) == ["sea", "tide"]
    assert table.loc["sea", ["n", "doc_freq", "X", "Y"]].tolist() == [4, 3, 3, 1]
    assert table.loc["sea", "per_1000"] == 100
    spread = st.dispersion([2, 1, 1], [10, 10, 20])
    assert table.loc["sea", "dispersion_dp"] == spread["dp"]
    assert table.loc["sea", "juilland_d"] == spread["juilland_d"]
    with pytest.raises(ValueError, match="c: n_tokens"):
        terms.term_table(article_counts, articles.assign(n_tokens=[10, 10, 0]))
    with pytest.raises(KeyError, match="'c'"):
        terms.term_table(article_counts, articles.head(2))
    with pytest.raises(ValueError, match="doc_freq"):
        terms.term_table(article_counts, articles.assign(outlet="doc_freq"))


def test_merge_variants():
    counts = pd.DataFrame({"X": [3, 4, 5, 1]}, index=["US", "U.S.", "us", "port"])
    variants = {"US": ["U.S."], "Harbour": ["port"]}
    merged = terms.merge_variants(counts, variants)
    assert merged["X"].to_dict() == {"US": 7, "us": 5, "harbour": 1}
    assert merged.sum().equals(counts.sum())
    long = pd.DataFrame({"doc_id": ["a", "a", "b"], "term": ["Kata’ib", "kataib", "kata'ib"]})
    merged = terms.merge_variants(long.assign(n=[1, 2, 4]), {"Kataib": ["Kata'ib"]})
    assert merged.to_dict("split")["data"] == [["a", "kataib", 3], ["b", "kataib", 4]]


def test_variants_of_several_words():
    texts = [
        [["the", "fish", "market", "opens"], ["old", "fish"], ["market"]],
        [["a", "fishmarket", "near", "the", "ka’b", "fish", "market", "hall"]],
    ]
    words = Words.of(texts)
    variants = {"Fish market": ["fishmarket"], "Hall": ["ka'b fish market hall"]}
    whole = vocabulary.joined(words, terms.multiword_variants(variants))
    assert whole.vocabulary[whole.codes].tolist() == [
        *("the", "fish market", "opens", "old", "fish", "market"),
        *("a", "fishmarket", "near", "the", "ka'b fish market hall"),
    ]
    assert whole.sentence_ends.tolist() == [3, 5, 6, 11] and whole.article_ends.tolist() == [6, 11]
    counts = terms.merge_variants(vocabulary.count_by_article(whole, ["a", "b"]), variants)
    counted = counts.set_index(["doc_id", "term"])["n"].to_dict()
    assert counted["a", "fish market"] == counted["b", "fish market"] == counted["b", "hall"] == 1
    assert counted["a", "fish"] == 1 and ("b", "fish") not in counted
    assert vocabulary.joined(words, [("fish", "hall")]) is words
    twice = vocabulary.joined(Words.of([[["x", "x", "x"]]]), [("x", "x")])
    assert twice.vocabulary[twice.codes].tolist() == ["x x", "x"]


# ----------------------------------------------------------------------------- keyness


def test_keyness():
    table = terms.keyness(COUNTS, "Gazette", "Courier")
    assert list(table["term"]) == ["harbour", "of", "the", "strike"]  # overused first
    strike = table.set_index("term").loc["strike"]
    # quanteda.textstats: 1 of 17 against 4 of 12
    assert_allclose(strike["log_likelihood"], 3.77944059085925, atol=1e-7)
    assert_allclose(strike["chi_squared"], 3.71503267973856)
    assert_allclose(strike["p_value"], 0.0518860048395133, atol=1e-7)
    assert_allclose(strike["per_1000_target"], 1000 / 17)
    assert strike["log_ratio"] < 0
    assert (table["p_adjusted"] >= table["p_value"]).all()
    assert (table["log_likelihood"] >= table["log_likelihood_2cell"]).all()


def test_keyness_reads_terms_as_index_column_or_whole_table():
    expected = terms.keyness(COUNTS, "Gazette")
    as_column = COUNTS.rename_axis("term").reset_index()
    assert_frame_equal(terms.keyness(as_column, "Gazette"), expected)
    measures = dict.fromkeys(("n", "doc_freq", "per_1000", "dispersion_dp"), 1.5)
    assert_frame_equal(terms.keyness(as_column.assign(**measures), "Gazette"), expected)


def test_keyness_compares_with_the_rest_and_with_groups():
    rest = terms.keyness(COUNTS, "Gazette").set_index("term")
    both = terms.keyness(COUNTS, "Gazette", ["Courier", "Herald"]).set_index("term")
    assert_frame_equal(rest, both)
    assert rest.loc["the", "n_reference"] == 7
    few = terms.keyness(COUNTS, ["Gazette", "Courier"], "Herald", min_count=8)
    assert set(few["term"]) == {"harbour", "the", "of"}
    # the sizes are those of the whole corpus, whatever the minimum
    assert_allclose(few.set_index("term").loc["of", "per_1000_target"], 11000 / 29)


def test_keyness_prior():
    weak = terms.keyness(COUNTS, "Gazette", prior=1).set_index("term")
    strong = terms.keyness(COUNTS, "Gazette", prior=10000).set_index("term")
    assert abs(strong.loc["strike", "log_odds"]) < abs(weak.loc["strike", "log_odds"])
    uniform = terms.keyness(COUNTS, "Gazette", prior=pd.Series(0.1, COUNTS.index))
    expected = st.log_odds(6, 2, 17, 22, 0.1, 0.4)
    assert_allclose(uniform.loc[0, ["log_odds", "log_odds_z"]].tolist(), expected)


@pytest.mark.parametrize(
    ("target", "reference", "error", "message"),
    [
        ("Gazete", None, KeyError, "mean Gazette"),
        ("Gazette", ["Xyz"], KeyError, "there are: Gazette"),
        ("Gazette", ["Gazette", "Herald"], ValueError, "in target and in reference"),
        (["Gazette", "Courier", "Herald"], None, ValueError, "reference has no words"),
    ],
)
def test_keyness_errors(target, reference, error, message):
    with pytest.raises(error, match=message):
        terms.keyness(COUNTS, target, reference)


def test_keyness_refuses_what_are_no_counts():
    with pytest.raises(ValueError, match="negative"):
        terms.keyness(COUNTS - 3, "Gazette")
    with pytest.raises(ValueError, match="not numbers: note"):
        terms.keyness(COUNTS.assign(note="x"), "Gazette")


CONTRACT = ["outlet", "term", "n_outlet", "n_rest", "log_likelihood", "p_adjusted", "log_ratio"]
CONTRACT += ["log_odds_z", "ci_low", "ci_high"]


def test_keyness_by_outlet_with_enough_articles():
    article_counts, articles = corpus({"Gazette": 12, "Courier": 12, "Herald": 4})
    table = terms.keyness_by_outlet(article_counts, articles, rounds=200)
    assert set(CONTRACT) <= set(table)
    harbour = table[table["term"] == "harbour"].set_index("outlet")
    gazette = harbour.loc["Gazette"]
    assert 0 < gazette["ci_low"] < gazette["log_ratio"] < gazette["ci_high"]
    assert gazette["p_adjusted"] < 0.05
    assert gazette["p_presence"] <= gazette["p_presence_adjusted"] < 0.05
    assert gazette["p_rate"] <= gazette["p_rate_adjusted"] < 0.05
    told = gazette[[f"stories_{side}{of}" for side in ("outlet", "rest") for of in ("", "_of")]]
    assert told.tolist() == [12, 12, 8, 16]
    assert_allclose(gazette["p_presence"], fisher_exact([[12, 0], [8, 8]])[1])
    assert gazette[["reason", "rests_on_one_article", "most_influential"]].tolist() == ["", "", ""]
    assert gazette["doc_freq_outlet"] == 12
    assert np.isnan(
        harbour.loc["Herald", ["p_value", "p_adjusted", "ci_low", "ci_high"]].astype(float)
    ).all()
    reason = "fewer than five independent stories: 4 in this outlet"
    assert harbour.loc["Herald", "reason"] == reason
    assert np.isfinite(harbour.loc["Herald", "log_ratio"])
    again = terms.keyness_by_outlet(article_counts, articles, rounds=200)
    shuffled = article_counts.sample(frac=1, random_state=1)
    assert_frame_equal(table, again, check_exact=True)
    assert_frame_equal(
        table, terms.keyness_by_outlet(shuffled, articles, rounds=200), check_exact=True
    )


def test_keyness_by_outlet_below_twenty_articles():
    article_counts, articles = corpus({"Gazette": 6, "Courier": 1})
    table = terms.keyness_by_outlet(article_counts, articles)
    assert table[["ci_low", "ci_high", "p_adjusted", "p_presence", "p_rate"]].isna().all(axis=None)
    pattern = r"1 in (?:this outlet|the rest); fewer than twenty stories in all \(7\)"
    assert table["reason"].str.contains(pattern).all()
    assert (table["loo_low"] <= table["log_ratio"]).mean() > 0.5
    # all of the Courier is one article: every difference rests on it, one way or the other
    assert (table.loc[table["outlet"] == "Courier", "most_influential"] == "Courier-0").all()


def test_keyness_by_outlet_names_the_article_a_term_rests_on():
    article_counts, articles = corpus({"Gazette": 10, "Courier": 10})
    extra = pd.DataFrame({"doc_id": ["Courier-3"], "term": ["lighthouse"], "n": [9]})
    article_counts = pd.concat([article_counts, extra])
    table = terms.keyness_by_outlet(article_counts, articles, rounds=50).set_index(
        ["outlet", "term"]
    )
    assert table.loc[("Courier", "lighthouse"), "rests_on_one_article"] == "Courier-3"
    assert table.loc[("Gazette", "lighthouse"), "rests_on_one_article"] == "Courier-3"
    assert table.loc[("Gazette", "harbour"), "rests_on_one_article"] == ""
    # what the rest does not have at all has no upper limit
    assert table.loc[("Courier", "lighthouse"), "ci_high"] == np.inf
    ranged = terms.keyness_by_outlet(article_counts, articles, rounds=50, min_docs=2)
    assert "lighthouse" not in set(ranged["term"])


def test_an_outlet_without_words_has_no_keyness():
    article_counts, articles = corpus({"Gazette": 6, "Courier": 6})
    empty = pd.DataFrame({"doc_id": ["Herald-0"], "outlet": ["Herald"]})
    table = terms.keyness_by_outlet(article_counts, pd.concat([articles, empty]))
    assert set(table["outlet"]) == {"Gazette", "Courier"}


def test_keyness_by_outlet_of_one_outlet_is_empty():
    table = terms.keyness_by_outlet(*corpus({"Gazette": 6}))
    assert table.empty
    assert set(CONTRACT) <= set(table)


def test_article_counts_may_be_sparse():
    article_counts, articles = corpus({"Gazette": 8, "Courier": 12})
    names = sorted(article_counts["term"].unique())
    wide = article_counts.pivot(index="doc_id", columns="term", values="n").fillna(0)
    matrix = sparse.csr_array(wide.reindex(articles["doc_id"])[names].to_numpy(np.int64))
    long = terms.keyness_by_outlet(article_counts, articles, rounds=20)
    assert_frame_equal(terms.keyness_by_outlet((matrix, names), articles, rounds=20), long)


def test_word_shift():
    table = terms.word_shift(COUNTS, "Gazette", measure="proportion")
    assert table.attrs == {"total": pytest.approx(0), "size_target": 17, "size_reference": 22}
    assert_allclose(table["share"].sum(), 1)
    assert table["share"].is_monotonic_decreasing
    assert table.set_index("term").loc["harbour", "higher_in"] == "target"


# ------------------------------------------------------------------------ collocations


@pytest.mark.parametrize("sentences", [[["tea", "cup"]] * 3, [["tea", "cup"], ["tea", "pot"]]])
def test_a_word_that_begins_every_pair_is_no_evidence(sentences):
    found = terms.collocations(sentences, min_count=1)
    assert (found["log_likelihood"] == 0).all() and found.notna().all(axis=None)


def test_collocations():
    sentences = [["Harbour", "strike", "ends"]] * 3 + [
        ["the", "harbour", "strike"],
        ["ends", "the"],
    ]
    table = terms.collocations(sentences, min_count=2).set_index("bigram")
    assert list(table["n"]) == [4, 3]
    found = st.association(4, 4, 4, 9)  # nine pairs, none across sentences
    for name in ("log_likelihood", "pmi", "log_dice", "t_score"):
        assert_allclose(table.loc["harbour strike", name], found[name])
    wide = terms.collocations(sentences, min_count=2, window=3).set_index("bigram")
    assert wide.loc["harbour ends", "n"] == 3
    assert terms.collocations([], min_count=1).empty
    assert terms.collocations([["one"], ["two"]], min_count=1).empty


# ------------------------------------------------------------------------- concordance

SENTENCES = pd.DataFrame(
    {
        "doc_id": ["a", "a", "b"],
        "sent_id": [0, 1, 0],
        "outlet": ["Gazette", "Gazette", "Courier"],
        "start": [0, 40, 10],
        "text": [
            "The harbour strike ended.",
            "“The strike,” the mayor said, “hurt the harbour’s trade.”",
            "Dockers strike again",
        ],
    }
)


def test_kwic_of_a_sentences_table():
    lines = terms.kwic(SENTENCES, "strike", window=2)
    assert list(lines.columns) == ["doc_id", "sent_id", "left", "node", "right", "outlet"]
    assert lines.drop(columns="outlet").to_numpy().tolist() == [
        ["a", 0, "The harbour", "strike", "ended."],
        ["a", 1, "“The", "strike", ",” the mayor"],
        ["b", 0, "Dockers", "strike", "again"],
    ]
    assert terms.kwic(SENTENCES, "mayor", 1)["left"].tolist() == ["the"]
    assert terms.kwic(SENTENCES, "said", 3)["left"].tolist() == ["strike,” the mayor"]
    assert terms.kwic(SENTENCES, "harbour", 1)["right"].tolist() == ["strike", "’s trade.”"]
    assert terms.kwic(SENTENCES, "strike", 0)[["left", "right"]].eq("").all(axis=None)


def test_kwic_phrases_and_regular_expressions():
    assert terms.kwic(SENTENCES, "The Strike")["sent_id"].tolist() == [1]
    assert terms.kwic(SENTENCES, "The Strike", ignore_case=False).empty
    assert terms.kwic(SENTENCES, "strik").empty
    assert terms.kwic(SENTENCES, "HARB|dock", regex=True)["node"].tolist() == [
        "harb",
        "harb",
        "Dock",
    ]
    assert len(terms.kwic(SENTENCES, re.compile(r"\bthe\b"))) == 2
    assert terms.kwic(SENTENCES, r"\bdock\w+ strike")["node"].tolist() == ["Dockers strike"]
    assert terms.kwic(SENTENCES, r"dock|mayor", regex=False).empty
    assert terms.kwic(SENTENCES, "dock*")["node"].tolist() == ["Dockers"]
    assert terms.kwic(SENTENCES, "*arbour")["node"].tolist() == ["harbour", "harbour"]
    assert terms.kwic(SENTENCES, "“")["left"].tolist() == ["", "“The strike,” the mayor said,"]
    assert terms.kwic(SENTENCES, "x*", regex=True).empty  # empty matches are none


def test_kwic_of_initialisms_and_apostrophes():
    text = "It told us that US ships and Nato ships don’t sail."
    assert terms.kwic(text, "US")["node"].tolist() == ["US"]
    assert terms.kwic(text, "us")["node"].tolist() == ["us", "US"]
    assert terms.kwic(text, "NATO ships")["node"].tolist() == ["Nato ships"]
    for pattern in ("don’t", "don't", "don’t|won’t"):
        assert terms.kwic(text, pattern)["node"].tolist() == ["don’t"]
        assert terms.kwic(text.replace("’", "'"), pattern)["node"].tolist() == ["don't"]


def test_many_phrases_at_once_are_found_where_kwic_finds_each():
    texts = [*SENTENCES["text"], "the THE, The harbour’s strike", "Strike strike", ""]
    sentences = pd.DataFrame({"doc_id": "a", "sent_id": range(len(texts)), "text": texts})
    phrases = [
        (p, e) for p in ("the strike", "The", "strike", "harbour", "–") for e in (True, False)
    ]
    found = terms.find_phrases(texts, phrases)
    assert found["strike", True] == [0, 1, 2, 3, 4] and found["–", False] == []
    for phrase, exact in phrases:
        lines = terms.kwic(sentences, phrase, regex=False, ignore_case=not exact)
        assert found[phrase, exact] == list(dict.fromkeys(lines["sent_id"]))


def test_kwic_of_other_sources():
    text = "The strike ended. Nobody called it a strike."
    from_text = terms.kwic(text, "strike", 3)
    assert from_text[["sent_id", "left", "right"]].to_numpy().tolist() == [
        [0, "The", "ended."],
        [1, "called it a", "."],
    ]
    tokens = ["the", "strike", "ended"]
    expected = ["the", "strike", "ended"]
    for source in (tokens, [tokens], words("the strike ended"), (t for t in tokens)):
        assert terms.kwic(source, "strike").loc[0, ["left", "node", "right"]].tolist() == expected
    held = SimpleNamespace(sentences=SENTENCES)
    assert_frame_equal(terms.kwic(held, "strike"), terms.kwic(SENTENCES, "strike"))
    assert terms.kwic([], "strike").empty


def test_kwic_leaves_out_what_does_not_count():
    assert len(terms.kwic(SENTENCES.assign(kind=["body", "furniture", "body"]), "strike")) == 2
    assert len(terms.kwic(SENTENCES.assign(counted=[True, False, False]), "strike")) == 1
    articles = pd.DataFrame({"doc_id": ["a", "b"], "text": ["A strike. A strike!", "No strike."]})
    assert terms.kwic(articles, "strike")["sent_id"].tolist() == [0, 1, 0]


def test_kwic_of_an_entity():
    mentions = pd.DataFrame(
        [("a", 1, 43, 47, "the mayor", "mayor"), ("b", 0, 10, 17, "Dockers", "union")],
        columns=["doc_id", "sent_id", "start", "end", "surface", "entity_id"],
    )
    lines = terms.kwic(SENTENCES, "mayor", 1, mentions=mentions)
    assert lines[["left", "node", "right"]].to_numpy().tolist() == [
        ["strike,”", "the mayor", "said"]
    ]
    with pytest.raises(KeyError, match="mean mayor"):
        terms.kwic(SENTENCES, "major", mentions=mentions)


def test_sort_kwic():
    lines = pd.DataFrame({"left": ["the old", "an Old", "new"], "right": ["b a", "A c", "a b"]})
    assert terms.sort_kwic(lines)["right"].tolist() == ["a b", "A c", "b a"]
    assert terms.sort_kwic(lines, "left")["left"].tolist() == ["new", "an Old", "the old"]


@given(some.text(alphabet="ab .'\n’“", max_size=60), some.sampled_from(["a", "ab", "a b"]))
def test_kwic_shows_the_text_as_it_stands(text, pattern):
    for line in terms.kwic(text, pattern, window=2).itertuples():
        assert line.node in text
        assert line.left in text
        assert line.right in text
        assert len(words(line.left)) <= 2
        assert len(words(line.right)) <= 2


# ------------------------------------------------------------------- lexical diversity


def test_lexical_diversity_published():
    # lexicalrichness 0.5.1 on "this is a sentence ." twenty times
    found = terms.lexical_diversity(["This", "is", "a", "sentence", "."] * 20, window=25)
    assert (found["n_tokens"], found["n_types"], found["ttr"]) == (100, 5, 0.05)
    assert_allclose(found["mattr"], 0.2)
    assert_allclose(found["mtld"], 7.142857142857143)
    assert_allclose(found["hdd"], 0.11904720875292632)  # McCarthy & Jarvis 2010


def test_mtld_factor_is_complete_at_the_threshold():
    # read forwards, 18 types in 25 words are exactly 0.72, and the last word begins a new factor
    first = [f"w{i}" for i in range(7)]
    tokens = [*first, *(f"w{i}" for i in range(7, 18)), *first, "last"]
    backwards = 26 / ((1 - 19 / 26) / 0.28)
    assert_allclose(terms.lexical_diversity(tokens)["mtld"], (26 + backwards) / 2)
    assert np.isnan(terms.lexical_diversity(tokens[:18])["mtld"])  # no word twice


@given(some.lists(some.sampled_from("abcdefg"), max_size=120))
def test_mattr_is_the_mean_of_its_windows(tokens):
    found = terms.lexical_diversity(tokens, window=10)
    windows = [len(set(tokens[i : i + 10])) / 10 for i in range(len(tokens) - 9)]
    if windows:
        assert_allclose(found["mattr"], np.mean(windows))
    else:
        assert np.isnan(found["mattr"])
    assert np.isnan(found["hdd"]) == (len(tokens) < 42)


def test_false_alarms_where_words_come_in_clumps():
    rng = np.random.default_rng(5)
    rates = rng.gamma(0.2, 5, (40, 30))  # most articles lack a word, some repeat it
    matrix = sparse.csr_array(rng.poisson(rates))
    articles = pd.DataFrame({"doc_id": range(40), "outlet": ["a", "b"] * 20, "n_tokens": 500})
    names = [f"w{i}" for i in range(30)]
    table = terms.false_alarms((matrix, names), articles).set_index("test")
    assert table["deals_with_any"].tolist() == [1, 0, 0] and table.loc["words", "words_called"] > 5
    assert (table.loc[["presence", "rate"], "uncorrected"] < 0.1).all()
    assert terms.false_alarms((matrix[:8], names), articles[:8]).empty


def test_lexical_diversity_is_the_same_to_the_last_digit_in_every_order():
    """Pythons before 3.12 add up floats otherwise than later ones, unless they do so exactly."""
    tokens = [f"word{n}" for n in range(1, 40) for _ in range(n)]
    found = {terms.lexical_diversity(tokens[-k:] + tokens[:-k])["hdd"] for k in range(0, 780, 13)}
    assert len(found) == 1


def test_copies_of_one_story_count_once():
    article_counts, articles = corpus({"Gazette": 12, "Courier": 12})
    extra = pd.DataFrame({"doc_id": [f"Courier-{i}" for i in range(8)], "term": "lagoon", "n": 3})
    article_counts = pd.concat([article_counts, extra])
    apart = terms.keyness_by_outlet(article_counts, articles, rounds=50)
    copies = articles["doc_id"].isin(extra["doc_id"])
    articles["story"] = articles["doc_id"].where(~copies, "Courier-0")
    once = terms.keyness_by_outlet(article_counts, articles, rounds=50)
    apart, once = (t[t["term"] == "lagoon"].set_index("outlet") for t in (apart, once))
    assert apart.loc["Courier", "p_presence_adjusted"] < 0.05
    assert once.loc["Courier", ["stories_outlet", "stories_outlet_of"]].tolist() == [1, 5]
    assert (once["too_rare"] == "presence;rate").all()
    assert once[["p_presence", "p_rate", "p_rate_adjusted"]].isna().all(axis=None)
    assert (once["rests_on_one_article"] == "Courier-0").all()
    articles.loc[articles["doc_id"] == "Gazette-0", "story"] = "Courier-0"  # both print it
    both = terms.keyness_by_outlet(article_counts, articles, rounds=50).set_index("outlet")
    reason = "fewer than five independent stories: 4 in this outlet"
    assert both.loc["Courier", "reason"].str.startswith(reason).all()
    assert both.loc["Courier", ["p_value", "p_presence", "p_rate", "ci_low"]].isna().all(axis=None)


def test_keyness_of_many_outlets_is_bounded_and_says_so(monkeypatch):
    counts, articles = corpus({"Gazette": 9, "Courier": 8, "Herald": 7, "Mirror": 6})
    whole = terms.keyness_by_outlet(counts, articles, rounds=300)
    assert (whole["reason"] == "").all()
    monkeypatch.setattr(outlet_keywords, "MOST_OUTLETS", 2)
    monkeypatch.setattr(outlet_keywords, "MOST_ROWS", 8)
    monkeypatch.setattr(outlet_keywords, "FAIR_WORDS", 2)
    monkeypatch.setattr(outlet_keywords, "BUDGET", 1)
    bounded = terms.keyness_by_outlet(counts, articles, rounds=300)
    assert set(bounded["outlet"]) == {"Gazette", "Courier"}
    assert len(bounded) == 8
    (reason,) = set(bounded["reason"])
    assert reason == (
        "intervals from 200 rounds instead of 300; "
        "of 4 outlets the 2 with most stories, of 6 words the 4 most frequent"
    )
    place = ["outlet", "term"]
    same = ["n_outlet", "n_rest", "log_ratio", "log_odds", "p_presence", "stories_rest_of"]
    both = bounded.merge(whole, on=place, suffixes=("", "_whole"))
    for column in same:  # the others are still what an outlet is compared with
        assert_allclose(both[column], both[f"{column}_whole"])
    monkeypatch.setattr(outlet_keywords, "LOOKS", 1)
    assert bounded["term"].nunique() > terms.keyness_by_outlet(counts, articles)["term"].nunique()


def test_false_alarms_of_many_outlets(monkeypatch):
    counts, articles = corpus({"Gazette": 9, "Courier": 8, "Herald": 7, "Mirror": 6})
    monkeypatch.setattr(outlet_keywords, "MOST_OUTLETS", 2)
    alarms = terms.false_alarms(counts, articles, rounds=3).set_index("test")
    assert 0 < alarms.loc["words", "n_tests"] <= 2 * counts["term"].nunique()
