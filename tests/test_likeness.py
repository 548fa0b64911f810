"""How near outlets stand, on made-up counts."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy.spatial.distance import pdist

from analysis.outlets import likeness

WORDS = [f"word{i}" for i in range(60)]


def corpus(outlets, articles, words_each=150, seed=0):
    """article_counts and articles; `outlets` maps a name to the rates of its words."""
    rng = np.random.default_rng(seed)
    counts, rows = [], []
    for outlet, rates in outlets.items():
        for number in range(articles):
            doc_id = f"{outlet}{number}"
            drawn = rng.multinomial(words_each, rng.dirichlet(np.array(rates) * 40))
            counts += [(doc_id, w, n) for w, n in zip(WORDS, drawn, strict=True)]
            rows.append((doc_id, outlet))
    return (
        pd.DataFrame(counts, columns=["doc_id", "term", "n"]),
        pd.DataFrame(rows, columns=["doc_id", "outlet"]),
    )


EVEN = np.full(60, 1 / 60)
FALLING = np.arange(60, 0, -1) / np.arange(60, 0, -1).sum()


@pytest.fixture(scope="module")
def found():
    outlets = {"a": EVEN, "b": EVEN, "c": FALLING, "d": FALLING}
    return likeness.outlet_likeness(*corpus(outlets, 12), rounds=60)


def test_every_pair_as_the_formulas_say():
    counts = np.random.default_rng(1).integers(0, 9, (4, 30))
    distance = pdist(counts, "jensenshannon") ** 2 / np.log(2)  # in bits
    assert_allclose(likeness.pairwise_jsd(counts), distance)
    assert_allclose(likeness.pairwise_cosine(counts), 1 - pdist(counts, "cosine"))


def test_outlets_that_write_alike_are_near(found):
    pairs = found.pairs.set_index(["outlet_a", "outlet_b"])
    assert list(found.pairs.columns) == likeness._COLUMNS and len(pairs) == 6
    alike = pairs.loc[[("a", "b"), ("c", "d")]]
    others = pairs.drop(alike.index)
    assert alike["jsd"].max() < others["jsd"].min()
    assert (others["jsd"] > others["jsd_chance"]).all() and (others["p_adjusted"] < 0.05).all()
    assert (alike["p_value"] > 0.05).all()
    assert (pairs["jsd_low"] <= pairs["jsd"]).all() and (pairs["jsd"] <= pairs["jsd_high"]).all()
    assert alike["cosine"].min() > others["cosine"].max()


def test_tree_joins_those_alike_first(found):
    tree, support = likeness.outlet_tree(found)
    assert {frozenset(pair) for pair in tree[:2, :2].astype(int).tolist()} == {
        frozenset({0, 1}),
        frozenset({2, 3}),
    }
    assert support == [1.0, 1.0, 1.0]


def test_map_keeps_the_distances(found):
    points, share = likeness.outlet_map(found)
    x = points.set_index("outlet")["x"]
    assert abs(x["a"] - x["b"]) < abs(x["a"] - x["c"]) and 0 < share <= 1
    assert (points[["width", "height"]] >= 0).all(axis=None)


def test_distances_in_the_plane_are_found_again():
    places = np.array([[0, 0], [3, 0], [0, 4], [3, 4.0]])
    squared = ((places[:, None] - places[None]) ** 2).sum(axis=-1)
    points, share = likeness.classical_mds(squared)
    assert_allclose(((points[:, None] - points[None]) ** 2).sum(axis=-1), squared, atol=1e-9)
    assert share == pytest.approx(1)
    turned = points @ np.array([[0, 1], [-1, 0]]) + 7
    assert_allclose(likeness._onto(points, turned), points, atol=1e-9)


def test_few_articles_are_not_compared_and_it_says_so():
    counts, articles = corpus({"a": EVEN, "b": FALLING}, 4)
    found = likeness.outlet_likeness(counts, articles)
    assert found.pairs.empty and list(found.pairs.columns) == likeness._COLUMNS
    assert "a (4), b (4)" in found.reason and "cannot be told" in found.reason
    assert likeness.outlet_map(found)[0].empty and len(likeness.outlet_tree(found)[0]) == 0


def test_same_seed_same_values():
    counts, articles = corpus({"a": EVEN, "b": FALLING}, 5)
    first, second = (likeness.outlet_likeness(counts, articles, 20).pairs for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_of_no_outlets_there_is_no_distance():
    counts, articles = corpus({"a": EVEN, "b": EVEN}, 1)
    nothing = likeness.outlet_likeness(counts, articles)
    assert likeness.among(nothing, ["a", "b"]).outlets == nothing.outlets == []
    assert likeness.outlet_tree(nothing)[1] == []


def test_some_outlets_keep_their_distances(found):
    some = found.outlets[::2]
    part = likeness.among(found, some)
    assert part.outlets == some and part.resampled.shape[1:] == (len(some), len(some))
    assert_allclose(part.distances, found.distances[::2, ::2])


def test_many_outlets_cost_rounds_then_words_and_it_is_said(monkeypatch):
    counts, articles = corpus(dict.fromkeys("abcdefgh", EVEN), 5, 900)
    whole = likeness.outlet_likeness(counts, articles, 200)
    assert whole.reason == "" and len(whole.resampled) == 200
    monkeypatch.setattr(likeness, "FAIR_WORDS", 20)
    least = 20 * 8 * 7  # of two rounds on twenty words that all eight have
    for budget, rounds, words in ((least * 99 * 2, 99, 40), (least * 30, 30, 20)):
        monkeypatch.setattr(likeness, "BUDGET", budget)
        some = likeness.outlet_likeness(counts, articles, 200)
        told = f"Compared are the {words} most frequent of 60 words. So many outlets and words "
        assert some.reason == f"{told}allow {rounds} rounds instead of 200."
        assert len(some.resampled) == rounds and some.pairs["p_value"].notna().all()
    monkeypatch.setattr(likeness, "BUDGET", least * 18)
    few = likeness.outlet_likeness(counts, articles, 200)
    assert "No p-values: 18 rounds cannot give one of 0.05 or less." in few.reason
    assert few.pairs[["p_value", "p_adjusted"]].isna().all(axis=None)


def test_of_very_many_outlets_the_largest_are_compared(monkeypatch):
    monkeypatch.setattr(likeness, "MOST_OUTLETS", 3)
    small, large = (corpus(dict.fromkeys(names, EVEN), k) for names, k in (("ab", 5), ("xyz", 6)))
    some = likeness.outlet_likeness(*map(pd.concat, zip(small, large, strict=True)), rounds=20)
    assert some.outlets == ["x", "y", "z"]
    assert some.reason == (
        "Of 5 outlets with 5 articles or more the 3 with most articles are compared."
    )


def test_an_outlet_whose_words_are_all_rare_shares_nothing():
    counts, articles = corpus({"a": EVEN, "b": FALLING}, 5)
    own = pd.DataFrame({"doc_id": [f"c{n}" for n in range(5)], "outlet": "c"})
    alone = own[["doc_id"]].assign(term=[f"once{n}" for n in range(5)], n=1)
    near = likeness.outlet_likeness(*map(pd.concat, ((counts, alone), (articles, own))), rounds=20)
    assert near.pairs.set_index(["outlet_a", "outlet_b"]).loc[("a", "c"), "jsd"] == 1
    assert np.isfinite(likeness.outlet_map(near)[0].drop(columns="outlet")).all(axis=None)
