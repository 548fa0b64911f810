"""Formulas against the values their papers and other programs print."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from numpy.testing import assert_allclose, assert_array_equal
from scipy import sparse
from scipy.spatial import distance

from analysis.terms import statistics as st

# ----------------------------------------------------------------------------- keyness


def test_log_likelihood_dunning_1993():
    # Dunning 1993, p. 72: 10, 0, 3, 31764
    assert round(float(st.log_likelihood(10, 3, 10, 31767)), 2) == 167.23


def test_log_likelihood_of_two_cells_is_smaller():
    # 2 (10 ln 10/7.5 + 5 ln 5/7.5), Rayson & Garside 2000
    assert_allclose(st.log_likelihood(10, 5, 100, 100, cells=2), 1.699, atol=5e-4)
    assert st.log_likelihood(10, 5, 100, 100) > st.log_likelihood(10, 5, 100, 100, cells=2)
    with pytest.raises(ValueError, match="2 or 4"):
        st.log_likelihood(1, 1, 2, 2, cells=3)


# quanteda.textstats, textstat_keyness, 17 words against 12: a, b, χ², G²
QUANTEDA = [
    (6, 2, 1.2218720821662, 1.27423806755251),
    (1, 4, 3.71503267973856, 3.77944059085925),
    (3, 2, 0.00473856209150327, 0.00475146670634174),
    (1, 0, 0.73109243697479, 1.09329104033814),
]


@pytest.mark.parametrize(("a", "b", "chi2", "g2"), QUANTEDA)
def test_keyness_of_quanteda(a, b, chi2, g2):
    assert_allclose(st.chi_squared(a, b, 17, 12), chi2, rtol=1e-12)
    assert_allclose(st.log_likelihood(a, b, 17, 12), g2, atol=1e-7)  # it adds 1e-9 to each ratio


def test_p_value():
    assert round(st.chi_squared_p(0.5), 2) == 0.48  # Pedersen 1996, p. 10
    assert_allclose(st.chi_squared_p(4.53493937025623), 0.033209633231064, rtol=1e-12)


def test_effect_sizes():
    # Gabrielatos & Marchi 2011, p. 18
    assert round(float(st.percent_diff(206523, 178174, 959641, 1562358)), 1) == 88.7
    assert st.percent_diff(3, 0, 10, 10) == np.inf
    assert st.log_ratio(8, 2, 100, 100) == 2
    assert st.log_ratio(4, 0, 100, 100) == 3  # a zero counts as a half


# ConvoKit FightingWords, US inaugural speeches after and before 1945 (9,591 types)
FIGHTING_WORDS = [
    (1605, 5666, -0.44070472332509025, -15.586113153336825),
    (119, 29, 2.250705891752257, 10.884212725488824),
    (53, 226, -0.6105187327824595, -4.003490744789336),
]


@pytest.mark.parametrize(("post", "pre", "delta", "z"), FIGHTING_WORDS)
def test_log_odds_monroe(post, pre, delta, z):
    assert_allclose(st.log_odds(post, pre, 46349, 108539, 0.1, 959.1), (delta, z), rtol=1e-12)


def test_adjusted_p_benjamini_hochberg_1995():
    # p. 296: fifteen hypotheses, four of them rejected at 0.05
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (st.adjust_p(p) <= 0.05).sum() == 4
    assert_array_equal(st.adjust_p([np.nan, *p])[1:], st.adjust_p(p))
    assert np.isnan(st.adjust_p([np.nan, 0.2])[0])
    assert st.adjust_p([]).size == 0
    table = np.reshape([np.nan, *p], (4, 4))  # of several outlets: all are one family
    assert_array_equal(st.adjust_p(table).ravel()[1:], st.adjust_p(p))


def test_an_empty_corpus_has_no_measures():
    assert np.isnan(st.log_likelihood(0, 3, 0, 10))
    assert np.isnan(st.chi_squared(0, 3, 0, 10))
    assert np.isnan(st.percent_diff(0, 3, 0, 10))


counts = some.integers(0, 10**6)


@given(counts, counts, counts, counts)
def test_g2_is_symmetric_and_not_negative(a, b, rest_a, rest_b):
    size_a, size_b = a + rest_a + 1, b + rest_b + 1
    g2 = st.log_likelihood(a, b, size_a, size_b)
    assert g2 >= 0
    assert_allclose(g2, st.log_likelihood(b, a, size_b, size_a), atol=1e-6)
    assert g2 >= st.log_likelihood(a, b, size_a, size_b, cells=2) - 1e-6


# ------------------------------------------------------------------------- association


def test_association_published():
    assert round(float(st.association(8, 13, 32, 31777)["log_likelihood"]), 2) == 95.29  # NLTK
    # Manning & Schütze 1999, ch. 5.3.4, 5.3.2, 5.4
    assert int(st.association(150, 12593, 932, 14307668)["log_likelihood"]) == 1291
    bigram = st.association(20, 42, 20, 14307668)
    assert round(float(bigram["t_score"]), 4) == 4.4721
    assert round(float(bigram["pmi"]), 2) == 18.38
    assert round(float(st.association(8, 1105, 44, 15e6)["pmi"]), 1) == 11.3  # Church & Hanks 1990
    # Smadja et al. 1996, p. 13: Dice 0.08; Rychlý's 14 + log2
    assert round(float(2 ** (st.association(130, 3121, 143, 1e6)["log_dice"] - 14)), 2) == 0.08


def test_chi_squared_of_a_collocation():
    # Manning & Schütze 1999, 5.3.3
    assert round(float(st.chi_squared(59, 6, 67, 571007 - 67)), -1) == 456400


def test_npmi_runs_from_minus_one_to_one():
    npmi = st.association([0, 5, 1, 9], [5, 5, 3, 9], [5, 5, 3, 9], 9)["npmi"]
    assert_allclose(npmi, [-1, 1, 0, 1], atol=1e-12)


# -------------------------------------------------------------------------- dispersion

LETTERS = [9, 10, 10, 10, 11]  # parts of the corpus in Gries 2020
LYNE = [8143, 8058, 8271, 8125, 7959, 7941, 8146, 8001, 8003, 7930]
DISPERSION = [
    ([2, 2, 2, 2, 2], LETTERS, {"juilland_d": 0.968, "kl_divergence": 0.003, "dpnorm": 0.024}),
    ([1, 2, 3, 4, 5], LETTERS, {"dp": 0.18, "juilland_d": 0.785, "dpnorm": 0.22}),
    ([1, 2, 3, 4, 5], LETTERS, {"kl_divergence": 0.137}),
    ([1, 0, 0, 0, 0], LETTERS, {"dp": 0.82, "kl_divergence": 2.474}),
    ([0, 1, 0, 0, 0], LETTERS, {"dp": 0.8, "dpnorm": 0.976, "juilland_d": 0}),
    ([0, 0, 0, 0, 1], LETTERS, {"dpnorm": 0.951, "kl_divergence": 2.184}),
    ([2, 1, 0], [1, 1, 1], {"dpnorm": 0.5}),  # Lijffijt & Gries 2012, p. 148
    ([2, 0, 1, 1, 3, 0, 3, 0, 0, 0], LYNE, {"juilland_d": 0.6038797, "dp": 1 - 0.5009295}),
    ([2, 0, 1, 1, 3, 0, 3, 0, 0, 0], LYNE, {"dpnorm": 0.553547978581359}),
    ([1] * 10, [1000] * 10, {"juilland_d": 1, "dp": 0, "kl_divergence": 0}),
]


@pytest.mark.parametrize(("frequencies", "sizes", "expected"), DISPERSION)
def test_dispersion_published(frequencies, sizes, expected):
    found = st.dispersion(frequencies, sizes)
    for name, value in expected.items():
        assert abs(found[name] - value) < 6e-4, name


def test_measures_of_terms_are_the_same_some_terms_at_a_time(monkeypatch):
    rng = np.random.default_rng(5)
    counts = sparse.csr_array(rng.poisson(0.4, (12, 40)))
    sizes, own = np.asarray(counts.sum(axis=1)) + 3, np.arange(12) < 5
    measures = [
        lambda: st.decisive_article(counts, sizes, own),
        *(lambda name=name: st.dispersion(counts, sizes)[name] for name in ("dp", "juilland_d")),
    ]
    whole = [measure() for measure in measures]
    for cells in (1, 7, 100):
        monkeypatch.setattr(st, "AT_ONCE", cells)
        for measure, expected in zip(measures, whole, strict=True):
            assert_array_equal(measure(), expected)


def test_dispersion_of_a_sparse_table_and_of_an_absent_term():
    table = np.array([[1, 0, 2], [0, 0, 2], [5, 0, 2]])
    found = st.dispersion(sparse.csr_array(table), [10, 20, 30])
    for name, values in found.items():
        assert np.isnan(values[1])
        assert values[0] == st.dispersion(table[:, 0], [10, 20, 30])[name]
    assert np.isnan(st.dispersion([3], [10])["dpnorm"])  # one part only


# --------------------------------------------------------------------------- intervals


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    # Newcombe 1998, Statistics in Medicine 17, p. 861, method 3
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_interval(k, n, low, high):
    assert_allclose(st.wilson_interval(k, n), (low, high), atol=5e-5)


@pytest.mark.parametrize(
    ("n", "low", "high"), [(0, 0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39)]
)
def test_rate_interval(n, low, high):
    # Garwood 1936, table I, 95 per cent
    assert_allclose(st.rate_interval(n, 1000), (low, high), atol=6e-3)
    assert_allclose(st.rate_interval(n, 500), (2 * low, 2 * high), atol=12e-3)
    assert np.isnan(st.rate_interval(n, 0)).all()


# ---------------------------------------------------------------------------- word shift


def test_word_shift_adds_up():
    a, b = [1, 1, 2], [2, 0, 2]
    assert_allclose(st.word_shift(a, b, "proportion"), [-0.25, 0.25, 0])
    assert_allclose(st.word_shift(a, b, "entropy"), [0, 0.5, 0])  # 1.5 bits less 1 bit
    shift = st.word_shift(a, b, "jsd")
    assert shift[2] == 0 < shift[0] < shift[1]
    assert_allclose(shift.sum(), distance.jensenshannon(a, b, base=2) ** 2)
    with pytest.raises(ValueError, match="proportion"):
        st.word_shift(a, b, "sentiment")


# -------------------------------------------------------------------------- resampling

rng = np.random.default_rng(7)
ARTICLES = rng.poisson(0.8, (30, 6))
ARTICLES[:12, 5] = 0  # the last term: in no article of group 0
SIZES = ARTICLES.sum(axis=1) + 40
GROUPS = np.repeat([0, 1, 0], [6, 18, 6])
ARTICLES[GROUPS == 0, 5] = 0


def test_weights_draw_as_many_articles_as_a_group_has():
    weights = st.resample_weights(GROUPS, 50, seed=1)
    assert weights.shape == (30, 50)
    assert (weights[GROUPS == 0].sum(axis=0) == 12).all()
    assert (weights[GROUPS == 1].sum(axis=0) == 18).all()
    assert len(np.unique(weights, axis=1).T) == 50


def test_bootstrap_takes_the_quantiles_of_plain_resampling():
    low, high = st.bootstrap_log_ratio(ARTICLES, SIZES, GROUPS, rounds=201, seed=3)
    order = np.argsort(GROUPS, kind="stable")
    weights = st.resample_weights(GROUPS[order], 201, seed=3)
    own = GROUPS[order] == 1
    ratios = []
    for w in weights.T:
        drawn, words = ARTICLES[order] * w[:, None], SIZES[order] * w
        a, b = drawn[own].sum(axis=0), drawn[~own].sum(axis=0)
        ratios.append(st.log_ratio(a, b, words[own].sum(), words[~own].sum()))
    ratios = np.sort(ratios, axis=0)
    # Φ(−t₁₁ √(12/11)) = 0.0108 instead of 0.025, as twelve articles are the smaller side
    a, b = (ARTICLES[side == GROUPS].sum(axis=0) for side in (1, 0))
    ratio = st.log_ratio(a, b, SIZES[GROUPS == 1].sum(), SIZES[GROUPS == 0].sum())
    farther = np.maximum(ratio - ratios[2], ratios[198] - ratio)
    assert_allclose(low[1], ratio - farther)
    assert_allclose(high[1, :5], (ratio + farther)[:5])
    assert high[1, 5] == np.inf  # the other side never has the term
    assert low[0, 5] == -np.inf


def test_bootstrap_same_seed_same_bytes():
    table = sparse.csr_array(ARTICLES)
    first = st.bootstrap_log_ratio(table, SIZES, GROUPS, 100, seed=5)
    again = st.bootstrap_log_ratio(table, SIZES, GROUPS, 100, seed=5)
    other = st.bootstrap_log_ratio(table, SIZES, GROUPS, 100, seed=6)
    assert [x.tobytes() for x in first] == [x.tobytes() for x in again]
    assert first[0].tobytes() != other[0].tobytes()


def test_intervals_of_the_groups_asked_for_are_those_of_all():
    whole = st.bootstrap_log_ratio(ARTICLES, SIZES, GROUPS, 100, seed=5)
    asked = st.bootstrap_log_ratio(ARTICLES, SIZES, GROUPS, 100, seed=5, asked=[1])
    for every, own in zip(whole, asked, strict=True):
        assert_array_equal(own[1], every[1])
        assert np.isnan(own[0]).all()


@pytest.mark.parametrize("n", [5, 20])
def test_interval_covers_the_truth(n):
    # rates differ from article to article (gamma, as a term comes in clumps); the ratio is 2
    draws = np.random.default_rng(2)
    outlet = np.repeat([0, 1], [n, 80])
    clumps = draws.gamma(0.5, 2 * np.where(outlet, 2, 4)[:, None], (n + 80, 400))
    low, high = st.bootstrap_log_ratio(
        draws.poisson(clumps), np.full(n + 80, 500), outlet, rounds=300
    )
    assert 0.93 < ((low[0] < 1) & (high[0] > 1)).mean() < 0.99


def test_share_of_things_counted_in_articles():
    """Coverage under clustering, where Wilson's interval of the things has 0.78."""
    rng = np.random.default_rng(1)
    inside = 0
    for _ in range(400):
        n = rng.poisson(4, 30) + 1
        k = rng.binomial(n, rng.beta(0.6, 1.4, 30))
        low, high = st.clustered_share_interval(k, n)
        inside += low <= 0.3 <= high
    assert 0.92 <= inside / 400 <= 0.98
    assert st.clustered_share_interval([0, 0, 0], [9, 9, 9])[1] > 0.5
    assert np.isnan(st.clustered_share_interval([3, 0], [5, 0])).all()


def test_leave_one_out():
    own = GROUPS == 0
    found = st.leave_one_out_log_ratio(sparse.csr_array(ARTICLES), SIZES, own)
    for left_out in (0, 10):
        kept = np.arange(30) != left_out
        a, b = ARTICLES[own & kept].sum(axis=0), ARTICLES[~own & kept].sum(axis=0)
        expected = st.log_ratio(a, b, SIZES[own & kept].sum(), SIZES[~own & kept].sum())
        assert_allclose(found[left_out], expected)
    alone = st.leave_one_out_log_ratio([[1], [2], [3]], [9, 9, 9], [True, False, False])
    assert np.isnan(alone[0]).all()
    assert np.isfinite(alone[1:]).all()


@given(
    some.lists(some.tuples(some.integers(0, 3), some.integers(0, 9), some.booleans()), min_size=1)
)
def test_decisive_article(articles):
    counts = np.array([[n] for n, _, _ in articles])
    sizes = np.array([n + more + 1 for n, more, _ in articles])
    own = np.array([side for _, _, side in articles])

    def rate(side, without=-1):
        kept = side & (np.arange(len(articles)) != without)
        return counts[kept].sum() / sizes[kept].sum() if kept.any() else 0.0

    found = int(st.decisive_article(counts, sizes, own)[0])
    a, b = rate(own), rate(~own)
    if math.isclose(a, b):
        return
    side, less = (own, b) if a > b else (~own, a)
    remaining = [
        rate(side, i) if side[i] and counts[i, 0] else np.inf for i in range(len(articles))
    ]
    if abs(min(remaining) - less) > 1e-12 or less == 0:
        assert (found >= 0) == (min(remaining) <= less)
    if found >= 0:
        assert remaining[found] == min(remaining)
