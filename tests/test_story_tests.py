"""Tests with stories as units: exact enumeration, published rules, false alarms and power."""

from fractions import Fraction
from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from false_alarms import PLANTED, POWER, planted
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.stats import false_discovery_control, fisher_exact

from analysis.terms import story_tests

SCORES = Path(__file__).parent.parent / "benchmarks/false_alarms.csv"


def stories(counts, sizes, outlets, groups=None):
    groups = np.arange(len(sizes)) if groups is None else groups
    return story_tests.Stories.of(sparse.csr_array(counts), sizes, outlets, groups)


def fisher_p(a, b, size_a, size_b):
    """Presence where all stories are of one length."""
    own = np.arange(size_a + size_b) < size_a
    return story_tests.presence_p(np.array(a), np.add(a, b)[None], own, np.zeros(len(own), int))


def test_presence_among_stories_of_one_length_is_fishers_exact_test():
    draws = np.random.default_rng(3)
    for size_a, size_b in ((5, 95), (40, 40), (30, 7)):
        a, b = draws.integers(0, size_a + 1, 50), draws.integers(0, size_b + 1, 50)
        p, least = fisher_p(a, b, size_a, size_b)
        tables = [[[x, size_a - x], [y, size_b - y]] for x, y in zip(a, b, strict=True)]
        assert_allclose(p, [fisher_exact(table)[1] for table in tables], rtol=1e-6)
        for total, lowest in zip(a + b, least, strict=True):
            own = np.arange(max(0, total - size_b), min(total, size_a) + 1)
            assert_allclose(lowest, fisher_p(own, total - own, size_a, size_b)[0].min())
    # Agresti 2002, *Categorical Data Analysis*, 3.5.2: the lady tasting tea
    assert_allclose(fisher_p([3], [1], 4, 4)[0], 34 / 70)


def enumerated_presence(word, own, stratum):
    """p over all ways to deal the stories out within the strata."""
    ways = dealt_out(own, stratum)
    found = np.array([word[way].sum() for way in ways])
    chances = np.bincount(found) / len(ways)
    return chances[chances <= chances[word[own].sum()] * (1 + 1e-9)].sum()


def test_presence_compares_stories_of_like_length():
    draws = np.random.default_rng(5)
    own = np.array([1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 1, 1, 1], bool)
    stratum = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 2, 2])  # one side alone in the last
    words = draws.random((30, 15)) < draws.random((30, 1))
    present = np.stack([words[:, stratum == number].sum(axis=1) for number in range(3)])
    p, least = story_tests.presence_p(words[:, own].sum(axis=1), present, own, stratum)
    assert_allclose(p, [enumerated_presence(word, own, stratum) for word in words])
    assert (least <= p * (1 + 1e-9)).all() and (least < p).any()


def test_presence_of_common_words_is_the_same_by_both_ways(monkeypatch):
    draws = np.random.default_rng(6)
    own, stratum = draws.random(900) < 0.4, draws.integers(0, 9, 900)
    words = draws.random((40, 900)) < draws.random((40, 1))
    present = np.stack([words[:, stratum == number].sum(axis=1) for number in range(9)])
    given = words[:, own].sum(axis=1), present, own, stratum
    monkeypatch.setattr(story_tests, "_WIDE", 0)
    by_transform = story_tests.presence_p(*given)
    monkeypatch.setattr(story_tests, "_WIDE", 1000)
    for found, exact in zip(by_transform, story_tests.presence_p(*given), strict=True):
        assert_allclose(found, exact, rtol=1e-9, atol=1.1e-12)
        assert (found >= 1e-12).all()


@pytest.mark.parametrize(("size_b", "expected"), [(95, 0.05), (495, 0.01)])
def test_a_word_of_one_story_is_no_evidence(size_b, expected):
    sizes = np.full(5 + size_b, 300)
    word = np.arange(5 + size_b) == 0
    p, _ = fisher_p([1], [0], 5, size_b)
    assert_allclose(p, expected)
    rates = sparse.csr_array((word / sizes)[None])
    own, one = np.arange(5 + size_b) < 5, np.zeros(5 + size_b, int)
    p, deals = story_tests.rate_p(rates, own, one, 100_000, 10**9, seed=1)
    error = np.sqrt(expected / deals)
    assert abs(p - expected) < 4 * error
    tested = story_tests.compare(stories(word[:, None], sizes, ~own))
    assert tested.presence_rare.all() or expected < 0.05


def dealt_out(own, stratum) -> list:
    """All ways to deal the stories out within the strata."""
    ways = [np.zeros(len(own), bool)]
    for number in np.unique(stratum):
        inside = np.flatnonzero(stratum == number)
        ways = [
            w | np.isin(np.arange(len(own)), chosen)
            for w in ways
            for chosen in combinations(inside, int(own[inside].sum()))
        ]
    return ways


def enumerated(rates, own, stratum) -> Fraction:
    """p of a vector of integer rates over all ways to deal the stories out within the strata."""
    ways = dealt_out(own, stratum)
    sums = np.array([rates[w].sum() for w in ways])
    far = np.abs(sums * len(ways) - sums.sum())
    return Fraction(int((far >= far[[(w == own).all() for w in ways]]).sum()), len(ways))


def test_rate_is_the_permutation_test():
    draws = np.random.default_rng(8)
    own = np.array([1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 0], bool)
    stratum = np.repeat([0, 1], 6)
    rates = draws.poisson(draws.gamma(1, 2, (8, 12)))
    rates[0, ~own] = 0
    for split in (np.zeros(12, int), stratum):
        exact = np.array([float(enumerated(row, own, split)) for row in rates])
        p, deals = story_tests.rate_p(sparse.csr_array(rates / 7), own, split, 19_999, 10**9, 4)
        assert (np.abs(p - exact) < 1 / deals + 4.5 * np.sqrt(exact / deals)).all()
        present = np.stack([(rates[:, split == n] > 0).sum(axis=1) for n in range(split.max() + 1)])
        least = story_tests.least_rate_p(present, own, split)
        assert (least <= exact + 1e-12).all()
    word = np.zeros(12, int)
    word[own] = 3  # the outlet has them all: the least p there is
    least = story_tests.least_rate_p(np.array([[5]]), own, np.zeros(12, int))
    assert_allclose(least, 1 / comb(12, 5))
    assert float(enumerated(word, own, np.zeros(12, int))) == 1 / comb(12, 5)


def test_a_lone_p_counts_against_tarones_k():
    # the least K such that at most K of the tests can have p <= 0.05 / K
    least = np.array([0.0476, 0.0001, 0.0143, 0.3, np.nan, 0.0143, 1.0])
    # K = 1: four can (0.0476, …); K = 2: three; K = 3: three, of which each can have p <= 0.0167
    assert story_tests.lone(least) == 3
    assert story_tests.lone(np.array([0.2, 0.06])) == 1


def test_a_p_counts_against_the_tests_that_could_have_one_as_small():
    p = np.array([0.004, 0.012, 0.012, 0.3, np.nan, 0.7, 0.02])
    least = np.array([0.004, 0.012, 0.001, 0.013, np.nan, 0.2, 0.021])  # the last by few deals
    expected = [0.004 * 2, 0.012 * 3 / 3, 0.012 * 3 / 3, 0.3 * 6 / 5, np.nan, 0.7, 0.021 * 5 / 4]
    assert_allclose(story_tests.adjust_p(p, least), expected)
    draws = np.random.default_rng(1).random(50)  # where every test could have any p: by all
    whole = false_discovery_control(draws, method="bh")
    assert_allclose(story_tests.adjust_p(draws, np.zeros(50)), whole)


def test_what_is_tested_does_not_depend_on_whose_stories_they_are():
    draws = np.random.default_rng(4)
    counts, sizes = draws.poisson(0.1, (60, 90)), draws.integers(200, 900, 60)
    outlets = np.repeat([0, 1], [15, 45])
    inside = story_tests.strata(sizes)
    found = []
    for _ in range(3):
        for number in np.unique(inside):
            outlets[inside == number] = draws.permutation(outlets[inside == number])
        tested = story_tests.compare(stories(counts, sizes, outlets))
        found.append((tested.presence_rare, tested.rate_rare))
    for rare in found[1:]:
        assert_array_equal(rare, found[0])
    assert 0 < found[0][0].mean() < 1


def null_corpus(draws, shape: str):
    """Counts, sizes, outlets and stories of two outlets that do not differ."""
    n, words = 90, 250
    sizes = np.full(n, 400)
    outlets = (np.arange(n) < 30).astype(int)
    if shape == "lengths":  # one outlet writes three times as much in an article
        sizes = (np.where(outlets, 250, 750) * draws.lognormal(0, 0.5, n)).astype(int)
    rates = draws.dirichlet(1 / np.arange(1, words + 1))
    weights = draws.gamma(0.6, 1, (n, words))
    if shape == "topics":
        weights *= draws.gamma(0.4, 1, (5, words))[draws.integers(0, 5, n)]
    shares = rates * weights
    counts = draws.poisson(sizes[:, None] * shares / shares.sum(axis=1, keepdims=True))
    groups = np.arange(n)
    if shape == "copies":  # one outlet prints each story about three times
        groups = np.where(outlets, groups, draws.integers(30, 52, n))
        counts = counts[groups]
    return counts, np.maximum(counts.sum(axis=1), 1), outlets, groups


@pytest.mark.parametrize("shape", ["topics", "copies", "lengths"])
def test_hardly_any_discovery_where_there_is_no_difference(shape):
    draws, found = np.random.default_rng(11), []
    for _ in range(25):
        tested = story_tests.compare(stories(*null_corpus(draws, shape)), budget=10**8)
        found.append([(tested.rate_adjusted < 0.05).any(), (tested.presence_adjusted < 0.05).any()])
    any_found = np.sum(found, axis=0)
    assert (any_found <= 4).all()  # of 25 by chance alone: once in 200 times more


def test_the_last_large_simulation_was_good():
    scores = pd.read_csv(SCORES).set_index(["corpus", "shape", "test"])
    null = scores.loc["no difference"]
    assert len(null) == 8 and (null["runs"] >= 1000).all() and (null["share"] <= 0.07).all()
    found = scores.loc["planted", "share"].unstack()
    many, few = found.loc["60 % and 20 % of 100 and 100"], found.loc["5 of 5 and 10 of 95"]
    for those in (many, few):
        assert those["presence"] >= those["Fisher over all words"] - 0.01
    assert many["rate"] > 0.9 and few["rate"] > 0.6  # like lengths only: fewer to compare


def test_planted_words_are_found_as_by_the_exact_test():
    draws = np.random.default_rng(6)
    sizes, outlets = np.full(200, 400), np.repeat([0, 1], 100)
    counts = (draws.random((200, 600)) < 0.2).astype(int)
    counts[:100, :20] = draws.random((100, 20)) < 0.6
    tested = story_tests.compare(stories(counts, sizes, outlets))
    assert (tested.presence_adjusted[0, :20] < 0.05).all()
    assert (tested.rate_adjusted[0, :20] < 0.05).all()
    five = np.zeros((100, 8), int)
    five[:15, :] = 1  # in five of five and in ten of ninety-five: p = 4e-5
    tested = story_tests.compare(stories(five, np.full(100, 300), np.arange(100) >= 5))
    assert_allclose(tested.presence, comb(15, 5) / comb(100, 5), rtol=1e-9)
    assert (tested.presence_adjusted < 0.05).all() and (tested.rate_adjusted < 0.05).all()


def test_words_of_few_stories_are_found_among_those_of_like_length():
    draws, found = np.random.default_rng(1), 0
    for _ in range(6):
        tested = story_tests.compare(planted(draws, POWER[1], 250), budget=0)
        found += (tested.presence_adjusted[1, :PLANTED] < 0.05).sum()
    assert found == 6 * PLANTED  # by Fisher's test at the same level too


def test_same_seed_same_bytes():
    draws = np.random.default_rng(2)
    given = stories(*null_corpus(draws, "topics"))
    first, again = (story_tests.compare(given, seed=5) for _ in range(2))
    assert first.rate.tobytes() == again.rate.tobytes()
    assert first.rate.tobytes() != story_tests.compare(given, seed=6).rate.tobytes()
