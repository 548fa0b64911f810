"""How near outlets stand: cosine and Jensen–Shannon divergence of their words, with uncertainty.

Few words drive any two texts apart, and an outlet of few articles from all others.  So every
number stands beside what chance gives: the same articles dealt out to outlets of the same sizes at
random.  Resampled articles repeat, which by itself drives outlets apart; bootstrap values are
therefore moved so that their mean is the value observed.
"""

from collections.abc import Collection
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse, special
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from analysis.base import wording
from analysis.base.thresholds import FEW_ARTICLES
from analysis.terms import statistics as st
from analysis.terms.counts import ArticleCounts, sparse_counts

MIN_COUNT = 5  # occurrences of a term that is compared
MOST_OUTLETS = 500  # compared, those with most articles
LEVEL = 0.05  # of p-values; where so few rounds cannot reach it there is none
BUDGET = 3_000_000_000  # logarithms taken in all; what is more costs rounds first, then words
FAIR_ROUNDS = 99  # kept as long as words can be given up instead
FAIR_WORDS = 500  # kept whatever they cost


class Likeness(NamedTuple):
    """Distances of outlets.

    `pairs`: a row a pair, outlet_a, outlet_b, n_articles_a, n_articles_b, n_words_a, n_words_b,
    jsd (bits, 0 same, 1 nothing shared) and cosine, each with _low, _high (95 % by bootstrap over
    articles) and _chance (mean when articles are dealt out at random), p_value (share of such deals
    with a jsd as large), p_adjusted (Benjamini & Hochberg); both are empty where the rounds are too
    few for a p below `LEVEL`.  `outlets` are those compared; `distances` (outlets × outlets) is jsd
    above chance, `resampled` (rounds × outlets × outlets) the same in each round of the bootstrap.
    `reason` says what is left out and why.
    """

    pairs: pd.DataFrame
    outlets: list[str]
    distances: np.ndarray
    resampled: np.ndarray
    reason: str


def outlet_likeness(
    article_counts: ArticleCounts, articles: pd.DataFrame, rounds: int = 300, seed: int = 0
) -> Likeness:
    """Compare the words of all outlets that have `FEW_ARTICLES` articles or more.

    `article_counts`: doc_id, term, n (or a pair, see `analysis.terms.counts`); `articles`: doc_id,
    outlet.  Terms with fewer than `MIN_COUNT` occurrences, or in one article only, are left out.
    Of many outlets with many words there are fewer rounds, then fewer words, as `BUDGET` allows.
    """
    matrix, _ = sparse_counts(article_counts, articles)
    with_words = matrix.sum(axis=1) > 0
    matrix, articles = matrix[with_words], articles[with_words]
    sizes = articles.groupby("outlet").size()
    enough = sizes[sizes >= FEW_ARTICLES].sort_values(ascending=False, kind="stable")
    outlets = sorted(enough.index[:MOST_OUTLETS])
    few = sizes[~sizes.index.isin(enough.index)].to_dict()
    reason = wording.not_compared(few, len(enough), len(outlets))
    is_kept = articles["outlet"].isin(outlets).to_numpy()
    kept = articles[is_kept].reset_index(drop=True)
    if len(outlets) < 2:
        none = pd.DataFrame(columns=_COLUMNS), [], np.empty((0, 0)), np.empty((0, 0, 0))
        return Likeness(*none, reason)
    matrix = _without_rare(matrix[is_kept])
    groups = pd.factorize(kept["outlet"], sort=True)[0]
    asked = rounds, matrix.shape[1]
    rounds, words = _affordable(matrix, groups, rounds)
    matrix = matrix[:, words]
    cut = wording.comparison_cut(asked, (rounds, len(words)), LEVEL)
    reason = " ".join(filter(None, [reason, cut]))
    rng = np.random.default_rng(seed)
    once = np.ones(len(kept), int)
    observed = _compare(matrix, groups, once)
    drawn = st.resample_weights(groups, rounds, seed).T
    resampled = np.stack([_compare(matrix, groups, weights) for weights in drawn])
    dealt = np.stack([_compare(matrix, rng.permutation(groups), once) for _ in range(rounds)])
    resampled += observed - resampled.mean(axis=0)
    low, high = np.quantile(resampled, (0.025, 0.975), axis=0).clip(0, 1)
    chance = dealt.mean(axis=0)
    p_value = (1 + (dealt[:, 0] >= observed[0]).sum(axis=0)) / (1 + rounds)
    if 1 / (1 + rounds) > LEVEL:
        p_value = np.full_like(p_value, np.nan)
    table = pd.DataFrame(combinations(outlets, 2), columns=["outlet_a", "outlet_b"])
    words = pd.Series(matrix.sum(axis=1)).groupby(kept["outlet"]).sum()
    for what, source in (("n_articles", sizes), ("n_words", words)):
        for side in "ab":
            table[f"{what}_{side}"] = table[f"outlet_{side}"].map(source)
    for k, name in enumerate(("jsd", "cosine")):
        values = (observed[k], low[k], high[k], chance[k])
        for ending, value in zip(("", "_low", "_high", "_chance"), values, strict=True):
            table[name + ending] = value
    table["p_value"], table["p_adjusted"] = p_value, st.adjust_p(p_value)
    distances = squareform((observed[0] - chance[0]).clip(0))
    rounds_ = np.stack([squareform(values) for values in (resampled[:, 0] - chance[0]).clip(0)])
    table = table[_COLUMNS].sort_values(["jsd", "outlet_a", "outlet_b"], ignore_index=True)
    return Likeness(table, outlets, distances, rounds_, reason)


def among(likeness: Likeness, outlets: Collection[str]) -> Likeness:
    """The map and the tree's part of a likeness: the distances of some outlets."""
    kept = [place for place, name in enumerate(likeness.outlets) if name in outlets]
    return likeness._replace(
        outlets=[likeness.outlets[place] for place in kept],
        distances=likeness.distances[np.ix_(kept, kept)],
        resampled=likeness.resampled[:, kept][:, :, kept],
    )


_COLUMNS = [
    *("outlet_a", "outlet_b", "n_articles_a", "n_articles_b", "n_words_a", "n_words_b"),
    *(name + ending for name in ("jsd", "cosine") for ending in ("", "_low", "_high", "_chance")),
    *("p_value", "p_adjusted"),
]


def _without_rare(matrix: sparse.csr_array) -> sparse.csr_array:
    """Articles × terms, without the terms that are too rare to compare."""
    doc_freq = np.bincount(matrix.indices, minlength=matrix.shape[1])
    return matrix[:, (matrix.sum(axis=0) >= MIN_COUNT) & (doc_freq > 1)]


def _affordable(
    matrix: sparse.csr_array, groups: np.ndarray, rounds: int
) -> tuple[int, np.ndarray]:
    """(rounds, terms in their order) that `BUDGET` allows; each round is one of either kind.

    A comparison takes a logarithm for each outlet that has a term and each outlet after it.
    """
    counts = _by_group(matrix, groups, np.ones(len(groups), int))
    frequent = np.argsort(-counts.sum(axis=0), kind="stable")
    cost = np.cumsum((counts > 0).sum(axis=0)[frequent]) * (len(counts) - 1)  # of two rounds

    def allowed(words: int) -> int:
        return int(min(rounds, BUDGET // max(cost[:words].max(initial=1), 1)))

    fair = max(allowed(len(cost)), min(rounds, FAIR_ROUNDS))
    words = max(int(np.searchsorted(cost * fair, BUDGET, "right")), FAIR_WORDS)
    return max(min(fair, allowed(words)), 1), np.sort(frequent[:words])


def _by_group(matrix: sparse.csr_array, groups: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Groups × terms, articles weighted."""
    member = sparse.csr_array((weights, (groups, np.arange(len(groups)))))
    return (member @ matrix).toarray()


def _compare(matrix: sparse.csr_array, groups: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """(2 × pairs): jsd and cosine of every pair of groups, articles weighted."""
    counts = _by_group(matrix, groups, weights)
    return np.stack([pairwise_jsd(counts), pairwise_cosine(counts)])


def pairwise_cosine(counts: np.ndarray) -> np.ndarray:
    """The cosine of every two rows of counts, in the order of `combinations`."""
    length = np.sqrt((counts.astype(float) ** 2).sum(axis=1, keepdims=True))
    unit = counts / np.maximum(length, 1)
    return (unit @ unit.T)[np.triu_indices(len(counts), 1)]


def pairwise_jsd(counts: np.ndarray) -> np.ndarray:
    """The Jensen–Shannon divergence of every two rows of counts, in the order of `combinations`.

    In bits, 0 the same, 1 nothing shared: the divergence, not its root, the distance (Lin 1991).
    Of the words that the first does not have, the second's share is known beforehand, so that each
    row is compared in its own words only.  Nothing is shared with a row without words.
    """
    total = counts.sum(axis=1)
    shares = np.ascontiguousarray((counts / np.maximum(total, 1)[:, None]).T)
    entropy, halved = special.entr(shares).sum(axis=0) / 2, special.entr(shares / 2)
    alone = halved.sum(axis=0)
    nats = []
    for a in range(len(counts) - 1):
        own, others = np.flatnonzero(shares[:, a]), slice(a + 1, None)
        middle = special.entr((shares[own, others] + shares[own, a, None]) / 2).sum(axis=0)
        rest = alone[others] - halved[own, others].sum(axis=0)
        nats.append(middle + rest - entropy[a] - entropy[others])
    first, second = np.triu_indices(len(counts), 1)
    bits = np.where((total[first] == 0) | (total[second] == 0), 1, np.concatenate(nats) / np.log(2))
    return np.clip(bits, 0, 1)


# --------------------------------------------------------------------------- map and tree


def classical_mds(distances: np.ndarray) -> tuple[np.ndarray, float]:
    """((n × 2) coordinates, share of the variance they show) of squared distances.

    Torgerson (1952).  The square root of the Jensen–Shannon divergence is a distance (Endres &
    Schindelin 2003), so the divergence is what is given here.
    """
    n = len(distances)
    centre = np.eye(n) - 1 / n
    values, vectors = np.linalg.eigh(-0.5 * centre @ distances @ centre)
    values, vectors = values[::-1].clip(0), vectors[:, ::-1]
    vectors = vectors * np.where(vectors[np.abs(vectors).argmax(axis=0), range(n)] < 0, -1, 1)
    total = values.sum()
    points = np.zeros((n, 2))
    points[:, : min(n, 2)] = (vectors * np.sqrt(values))[:, :2]
    return points, float(values[:2].sum() / total) if total > 0 else np.nan


def outlet_map(likeness: Likeness) -> tuple[pd.DataFrame, float]:
    """Outlets on a plane with the ellipse that holds 95 % of their places under resampling.

    outlet, x, y, width, height (axes of the ellipse), angle (degrees), and the share of the
    distances the plane shows.  Each round is turned, mirrored and moved onto the map (Procrustes,
    no scaling: Gower 1975) before the ellipses are drawn.
    """
    columns = ["outlet", "x", "y", "width", "height", "angle"]
    if not likeness.outlets:
        return pd.DataFrame(columns=columns), np.nan
    points, share = classical_mds(likeness.distances)
    rounds = np.stack([_onto(points, classical_mds(d)[0]) for d in likeness.resampled])
    rows = []
    for place, name in enumerate(likeness.outlets):
        values, vectors = np.linalg.eigh(np.cov(rounds[:, place].T))
        width, height = 2 * np.sqrt(values.clip(0) * -2 * np.log(0.05))
        angle = np.degrees(np.arctan2(vectors[1, 0], vectors[0, 0]))
        rows.append((name, *points[place], width, height, angle))
    return pd.DataFrame(rows, columns=columns), share


def _onto(points: np.ndarray, moved: np.ndarray) -> np.ndarray:
    middle = points.mean(axis=0)
    moved = moved - moved.mean(axis=0)
    left, _, right = np.linalg.svd(moved.T @ (points - middle))
    return moved @ left @ right + middle


def outlet_tree(likeness: Likeness) -> tuple[np.ndarray, list[float]]:
    """(SciPy linkage of the outlets, share of rounds that have each of its groups).

    Average linkage (UPGMA, Sokal & Michener 1958); support as Felsenstein (1985) counts it.
    """
    if not likeness.outlets:
        return np.empty((0, 4)), []
    tree = _linkage(likeness.distances)
    groups = [_groups(_linkage(d)) for d in likeness.resampled]
    return tree, [float(np.mean([group in drawn for drawn in groups])) for group in _groups(tree)]


def _linkage(distances: np.ndarray) -> np.ndarray:
    return hierarchy.linkage(squareform(distances, checks=False), "average")


def _groups(tree: np.ndarray) -> list[frozenset[int]]:
    """The outlets below each node of a linkage."""
    below = [frozenset([i]) for i in range(len(tree) + 1)]
    for a, b, *_ in tree:
        below.append(below[int(a)] | below[int(b)])
    return below[len(tree) + 1 :]
