"""Formulas on arrays: keyness, association, dispersion, intervals, word shift, resampling.

Conventions: counts are non-negative, sizes are the numbers of words they were counted in;
arguments broadcast like NumPy arrays.  ``a`` is the corpus studied, ``b`` the one beside it.
A value that is not defined (an empty corpus, one part only) is NaN, never a substitute.
"""

from collections.abc import Callable
from functools import wraps
from itertools import pairwise

import numpy as np
import scipy  # scipy.stats is loaded at its first use
from numpy.typing import ArrayLike
from scipy import sparse, special

from analysis.base.memory import AT_ONCE

Counts = ArrayLike | sparse.sparray  # articles × terms
Measured = np.ndarray | dict[str, np.ndarray]


def _some_terms_at_a_time(measure: Callable[..., Measured]) -> Callable[..., Measured]:
    """A measure of each term of (articles × terms), where a sparse table is too large for one."""

    @wraps(measure)
    def whole(counts: Counts, *of_articles: ArrayLike) -> Measured:
        if not sparse.issparse(counts) or counts.nnz <= AT_ONCE:
            return measure(counts, *of_articles)
        columns = sparse.csc_array(counts)
        cuts = np.searchsorted(
            columns.indptr, np.arange(0, columns.nnz + AT_ONCE, AT_ONCE), "right"
        )
        cuts = np.unique([0, *(cuts - 1), columns.shape[1]])
        parts = [measure(columns[:, a:b], *of_articles) for a, b in pairwise(cuts)]
        if isinstance(parts[0], dict):
            return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        return np.concatenate(parts)

    return whole


# ------------------------------------------------------------------ two corpora, one term


def log_likelihood(
    a: ArrayLike, b: ArrayLike, size_a: ArrayLike, size_b: ArrayLike, cells: int = 4
) -> np.ndarray:
    """G² of a term's counts `a`, `b` in corpora of `size_a`, `size_b` words; never negative.

    ``cells=4``: the whole 2 × 2 table, term and other words (Dunning 1993, *Computational
    Linguistics* 19(1)).  ``cells=2``: the term's two cells only (Rayson & Garside 2000), always a
    little smaller.  No continuity correction and nothing added to empty cells.
    """
    if cells not in (2, 4):
        raise ValueError(f"cells is 2 or 4, not {cells!r}")
    table, expected = _table(a, b, size_a, size_b)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = special.xlogy(table, table / expected)
    parts = np.where(table == 0, 0.0, parts)[:cells]
    return np.maximum(2 * parts.sum(axis=0), 0.0) + _nan_where_empty(size_a, size_b)


def chi_squared(a: ArrayLike, b: ArrayLike, size_a: ArrayLike, size_b: ArrayLike) -> np.ndarray:
    """Pearson's χ² of the 2 × 2 table, without Yates's correction."""
    table, expected = _table(a, b, size_a, size_b)
    with np.errstate(divide="ignore", invalid="ignore"):
        return ((table - expected) ** 2 / expected).sum(axis=0)


def log_ratio(a: ArrayLike, b: ArrayLike, size_a: ArrayLike, size_b: ArrayLike) -> np.ndarray:
    """Binary logarithm of the ratio of relative frequencies; 1 is twice as frequent in a.

    A count of zero is taken as 0.5 (Hardie 2014, as in CQPweb), so that the ratio is finite.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate_a, rate_b = np.where(a == 0, 0.5, a) / size_a, np.where(b == 0, 0.5, b) / size_b
        return np.log2(rate_a / rate_b)


def percent_diff(a: ArrayLike, b: ArrayLike, size_a: ArrayLike, size_b: ArrayLike) -> np.ndarray:
    """%DIFF of Gabrielatos & Marchi (2011); infinite where the term is not in b at all."""
    with np.errstate(divide="ignore", invalid="ignore"):
        rate_a, rate_b = np.divide(a, size_a), np.divide(b, size_b)
        return 100 * (rate_a - rate_b) / rate_b


def log_odds(
    a: ArrayLike,
    b: ArrayLike,
    size_a: ArrayLike,
    size_b: ArrayLike,
    prior: ArrayLike,
    prior_size: float | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(δ, z) of Monroe, Colaresi & Quinn (2008, *Political Analysis* 16(4)), natural logarithm.

    `prior` holds the pseudo-counts α of each term, `prior_size` their sum over all terms (by
    default the sum of `prior`).  z = δ / sqrt(1/(a+α) + 1/(b+α)), equations 16, 19 and 22.
    The two corpora are compared with each other, not each with their pooled total.
    """
    prior = np.asarray(prior, float)
    prior_size = prior.sum() if prior_size is None else prior_size
    a, b = np.asarray(a, float) + prior, np.asarray(b, float) + prior
    with np.errstate(divide="ignore", invalid="ignore"):
        delta = np.log(a / (size_a + prior_size - a)) - np.log(b / (size_b + prior_size - b))
        return delta, delta / np.sqrt(1 / a + 1 / b)


def chi_squared_p(statistic: ArrayLike) -> np.ndarray:
    """Upper tail of the chi-squared distribution, one degree of freedom: the p of G² and of χ²."""
    return special.erfc(np.sqrt(np.asarray(statistic) / 2))


def adjust_p(p: ArrayLike) -> np.ndarray:
    """p-values adjusted by Benjamini & Hochberg (1995); NaN stays NaN and is no test."""
    p = np.asarray(p, float)
    adjusted, known = np.full(p.shape, np.nan), ~np.isnan(p)
    if known.any():
        adjusted[known] = scipy.stats.false_discovery_control(p[known], method="bh")
    return adjusted


def _table(
    a: ArrayLike, b: ArrayLike, size_a: ArrayLike, size_b: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Observed and expected cells, both of shape (4, ...): a, b, the other words of a, of b."""
    a, b, size_a, size_b = np.broadcast_arrays(
        *(np.asarray(x, float) for x in (a, b, size_a, size_b))
    )
    size = size_a + size_b
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (a + b) / size
    expected = [size_a * share, size_b * share, size_a * (1 - share), size_b * (1 - share)]
    return np.stack([a, b, size_a - a, size_b - b]), np.stack(expected)


def _nan_where_empty(*sizes: ArrayLike) -> np.ndarray:
    return np.where(
        np.any([np.equal(x, 0) for x in np.broadcast_arrays(*sizes)], axis=0), np.nan, 0.0
    )


# ------------------------------------------------------------------------- association


def association(
    n_xy: ArrayLike, n_x: ArrayLike, n_y: ArrayLike, n: ArrayLike
) -> dict[str, np.ndarray]:
    """Association of x and y that occur `n_x`, `n_y` times, `n_xy` times together, among `n`.

    log_likelihood (G², four cells, Dunning 1993), pmi (bits, Church & Hanks 1990), npmi (−1 to 1,
    Bouma 2009), t_score ((O − E)/√O, Church et al. 1991) and log_dice (at most 14, Rychlý 2008).
    """
    n_xy, n_x, n_y = (np.asarray(x, float) for x in (n_xy, n_x, n_y))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = n_x * n_y / n
        pmi = np.log2(n_xy / expected)
        return {
            "log_likelihood": np.where(  # where all begin with x, y tells nothing of it
                n_x == n, 0.0, log_likelihood(n_xy, n_y - n_xy, n_x, n - n_x)
            ),
            "pmi": pmi,
            "npmi": np.where(n_xy == n, 1.0, np.where(n_xy == 0, -1.0, pmi / -np.log2(n_xy / n))),
            "t_score": (n_xy - expected) / np.sqrt(n_xy),
            "log_dice": 14 + np.log2(2 * n_xy / (n_x + n_y)),
        }


# -------------------------------------------------------------------------- dispersion


@_some_terms_at_a_time
def dispersion(counts: Counts, sizes: ArrayLike) -> dict[str, np.ndarray | float]:
    """How evenly terms are spread over the parts of a corpus: (parts × terms), (parts,) → (terms,).

    dp: Gries's deviation of proportions, 0 even, towards 1 uneven (2008); dpnorm: divided by its
    largest value (Lijffijt & Gries 2012); juilland_d: 1 even; kl_divergence: bits, 0 even (Gries
    2020).  Sizes of the parts are allowed for in all of them: juilland_d is of relative
    frequencies, with the population's deviation.
    One vector of counts gives scalars.
    """
    sizes = np.asarray(sizes, float)
    one_term = not sparse.issparse(counts) and np.ndim(counts) == 1
    cells = sparse.coo_array(np.reshape(counts, (-1, 1)) if one_term else counts)
    part, term = cells.coords
    n_parts, n_terms = cells.shape

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(term, values, n_terms)

    present = cells.data > 0
    part, term, count = part[present], term[present], cells.data[present].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = sizes / sizes.sum()
        observed, expected = (count / total(count)[term]), share[part]
        dp = (total(np.abs(observed - expected)) + 1 - total(expected)) / 2
        rate = count / sizes[part]
        mean = total(rate) / n_parts
        squares = total((rate - mean[term]) ** 2) + (n_parts - total(count > 0)) * mean**2
        measures = {
            "dp": dp,
            "dpnorm": dp / (1 - share.min()),
            "juilland_d": 1 - np.sqrt(squares / n_parts) / mean / np.sqrt(n_parts - 1),
            "kl_divergence": total(special.xlogy(observed, observed / expected)) / np.log(2),
        }
        occurs = total(count) > 0
    measures = {name: np.where(occurs, values, np.nan) for name, values in measures.items()}
    return {name: float(v[0]) for name, v in measures.items()} if one_term else measures


# --------------------------------------------------------------------------- intervals


def rate_interval(
    n: ArrayLike, size: ArrayLike, per: float = 1000, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """(low, high) of the rate of `n` events in `size` words, per 1,000 words.

    Exact Poisson (Garwood 1936); NaN where `size` is 0.  It takes events as independent; those of
    one article are not, so that the true uncertainty is larger.
    """
    n, tail = np.asarray(n, float), (1 - confidence) / 2
    unit = per / np.where(np.equal(size, 0), np.nan, size)
    low = np.where(n == 0, 0.0, special.chdtri(2 * n, 1 - tail) / 2)
    return low * unit, special.chdtri(2 * n + 2, tail) / 2 * unit


def wilson_interval(
    k: ArrayLike, n: ArrayLike, confidence: float = 0.95
) -> tuple[np.ndarray, np.ndarray]:
    """(low, high) of a proportion `k` of `n` by Wilson's score (1927); NaN where `n` is 0."""
    k, n = np.asarray(k, float), np.asarray(n, float)
    z = special.ndtri((1 + confidence) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = (k + z**2 / 2) / (n + z**2)
        half = z / (n + z**2) * np.sqrt(k * (n - k) / n + z**2 / 4)
    low, high = np.where(k == 0, 0.0, centre - half), np.where(k == n, 1.0, centre + half)
    return np.where(n == 0, np.nan, low), np.where(n == 0, np.nan, high)


def clustered_share_interval(
    k: ArrayLike, n: ArrayLike, confidence: float = 0.95
) -> tuple[float, float]:
    """(low, high) of the share Σk / Σn, of things counted in articles: k of n in each.

    Wilson's interval for the number of things that, independent of each other, would tell as much
    (Kish 1965; Korn & Graubard 1998, *Survey Methodology* 24(2)): Σn divided by the design effect,
    at least 1, with Student's t for as many articles as have any.  Where none or all are k, the
    articles count, not the things.  NaN with fewer than two such articles.
    """
    k, n = np.asarray(k, float), np.asarray(n, float)
    k, n = k[n > 0], n[n > 0]
    articles, total = len(n), n.sum()
    if articles < 2:
        return np.nan, np.nan
    share, effective = k.sum() / total, float(articles)
    if 0 < share < 1:
        variance = articles / (articles - 1) * ((k - share * n) ** 2).sum() / total**2
        effective = total / max(variance * total / (share * (1 - share)), 1.0)
    tail = (1 + confidence) / 2
    effective *= (special.ndtri(tail) / special.stdtrit(articles - 1, tail)) ** 2
    low, high = wilson_interval(share * effective, effective, confidence)
    return float(low), float(high)


# ---------------------------------------------------------------------------- word shift


def word_shift(a: ArrayLike, b: ArrayLike, measure: str = "jsd") -> np.ndarray:
    """What each term contributes to the difference of two count vectors (Gallagher et al. 2021).

    ``proportion``: difference of relative frequencies, a − b; ``entropy``: of Shannon entropy,
    bits, a − b; ``jsd``: of the Jensen–Shannon divergence, bits, never negative.  The sum over the
    last axis is the whole difference; shifterator shows each divided by the sum of magnitudes.
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    with np.errstate(invalid="ignore"):
        p, q = a / a.sum(-1, keepdims=True), b / b.sum(-1, keepdims=True)
    if measure == "proportion":
        return p - q
    if measure == "entropy":
        return (special.entr(p) - special.entr(q)) / np.log(2)
    if measure == "jsd":
        middle = special.entr((p + q) / 2)
        return np.maximum((middle - (special.entr(p) + special.entr(q)) / 2) / np.log(2), 0.0)
    raise ValueError(f"measure is 'proportion', 'entropy' or 'jsd', not {measure!r}")


# -------------------------------------------------------------------------- resampling


def resample_weights(groups: ArrayLike, rounds: int, seed: int) -> np.ndarray:
    """How often each article is drawn: (articles,) group numbers → int32 (articles × rounds).

    Articles are drawn with replacement within their group, as many as the group has.
    """
    groups, rng = np.asarray(groups), np.random.default_rng(seed)
    weights = np.empty((len(groups), rounds), np.int32)
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        n = len(members)
        drawn = rng.integers(0, n, (rounds, n)) + n * np.arange(rounds)[:, None]
        weights[members] = np.bincount(drawn.ravel(), minlength=rounds * n).reshape(rounds, n).T
    return weights


def bootstrap_log_ratio(
    counts: Counts,
    sizes: ArrayLike,
    groups: ArrayLike,
    rounds: int = 1000,
    seed: int = 0,
    confidence: float = 0.95,
    asked: ArrayLike | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(low, high) of the log ratio of each group against the rest, by bootstrap over articles.

    `counts` is (articles × terms), integer and may be sparse; `sizes` and `groups` (numbers from
    0) are of the articles; the results are (groups × terms), NaN for groups that are not among
    those `asked` (numbers, or all).  Articles are drawn within each group.
    Expanded percentile interval (Hesterberg 2015, *The American Statistician* 69(4)): the plain
    one is too narrow with few articles, so its tails are made those of Student's t for as many
    articles as the smaller side has.  It still ends too low for a term that comes in clumps (it
    held the truth in .87 of samples of five articles), so that each end is as far from the log
    ratio as the farther of the two: .95 to .98 with five articles and with twenty.  A term that one
    side does not have at all gives no limit at that end, which is infinite.  All sums are of
    integers: the same seed gives the same bytes.
    """
    groups = np.asarray(groups)
    by_group = np.argsort(groups, kind="stable")
    groups, sizes = groups[by_group], np.asarray(sizes, np.int64)[by_group]
    matrix = sparse.csr_array(counts)[by_group].astype(np.int32)
    weights = resample_weights(groups, rounds, seed)
    edges = np.searchsorted(groups, np.arange(groups.max() + 2))
    parts = [slice(edges[g], edges[g + 1]) for g in range(groups.max() + 1)]
    transposed = [matrix[part].T.tocsr() for part in parts]
    size = np.stack([sizes[part] @ weights[part] for part in parts])
    size_all, n_terms = size.sum(axis=0), matrix.shape[1]
    articles = np.diff(edges)
    fewest = np.maximum(np.minimum(articles, articles.sum() - articles), 2)
    t = special.stdtrit(fewest - 1, (1 + confidence) / 2)
    ends = (special.ndtr(-t * np.sqrt(fewest / (fewest - 1))) * (rounds - 1)).astype(int)
    asked = np.arange(len(parts)) if asked is None else np.asarray(asked)
    low, high = np.full((2, len(parts), n_terms), np.nan)
    step = max(1, 2**23 // (len(parts) * rounds))
    for start in range(0, n_terms, step):
        block = slice(start, start + step)
        n = np.stack([t[block] @ weights[part] for t, part in zip(transposed, parts, strict=True)])
        n_all = n.sum(axis=0)
        for g in asked:
            ratios = log_ratio(n[g], n_all - n[g], size[g], size_all - size[g])
            first, last = ends[g], rounds - 1 - ends[g]
            ratios.partition((first, last), axis=1)
            low[g, block], high[g, block] = ratios[:, first], ratios[:, last]
    totals, words = np.stack([t.sum(axis=1) for t in transposed]), np.bincount(groups, sizes)
    rest, rest_words = totals.sum(axis=0) - totals, words.sum() - words
    ratio = log_ratio(totals, rest, words[:, None], rest_words[:, None])
    low, high = np.minimum(low, 2 * ratio - high), np.maximum(high, 2 * ratio - low)
    low[totals == 0] = -np.inf
    high[rest == 0] = np.inf
    others = np.setdiff1d(np.arange(len(parts)), asked)
    low[others], high[others] = np.nan, np.nan
    return low, high


def leave_one_out_log_ratio(counts: Counts, sizes: ArrayLike, in_a: ArrayLike) -> np.ndarray:
    """Log ratio without each article in turn: (articles × terms), NaN where a side is left empty.

    `in_a` tells the articles of the corpus studied; the others are the reference.  Dense: meant
    for a few dozen articles.
    """
    counts = counts.toarray() if sparse.issparse(counts) else np.asarray(counts)
    sizes, in_a = np.asarray(sizes), np.asarray(in_a, bool)
    totals = [
        (counts[side].sum(axis=0) - counts * side[:, None], (sizes[side].sum() - sizes * side))
        for side in (in_a, ~in_a)
    ]
    (a, size_a), (b, size_b) = totals
    ratios = log_ratio(a, b, size_a[:, None], size_b[:, None])
    ratios[(size_a == 0) | (size_b == 0)] = np.nan
    return ratios


@_some_terms_at_a_time
def decisive_article(counts: Counts, sizes: ArrayLike, in_a: ArrayLike) -> np.ndarray:
    """Number of the article without which a term is no longer more frequent on its side, or −1.

    The side is the one that uses the term more, per word; so a term that only one article of it
    has is always marked, and every term of a side that is one article.  `counts` is
    (articles × terms), `in_a` tells the articles of one side.
    """
    columns = sparse.csc_array(counts, dtype=float, copy=True)
    columns.eliminate_zeros()
    article, n = columns.indices, columns.data
    sizes, in_a = np.asarray(sizes, float), np.asarray(in_a, bool)
    n_terms = columns.shape[1]
    numbers = np.full(n_terms, -1)
    if not n.size:
        return numbers
    term = np.repeat(np.arange(n_terms), np.diff(columns.indptr))
    side = np.where(in_a[article], 0, 1)
    total = np.stack([np.bincount(term, n * (side == s), n_terms) for s in (0, 1)])
    size = np.array([sizes[in_a].sum(), sizes[~in_a].sum()])
    rates = _rate(total, size[:, None])
    more_used = rates[side, term] > rates[1 - side, term]
    left = _rate(total[side, term] - n, size[side] - sizes[article])
    left = np.where(more_used, left, np.inf)
    filled = np.flatnonzero(np.diff(columns.indptr))
    least = np.full(n_terms, np.inf)
    least[filled] = np.minimum.reduceat(left, columns.indptr[filled])
    decisive = (left == least[term]) & more_used & (left <= rates[1 - side, term])
    numbers[term[decisive][::-1]] = article[decisive][::-1]
    return numbers


def _rate(n: ArrayLike, size: ArrayLike) -> np.ndarray:
    """n / size, and 0 where there is no word."""
    return np.divide(n, size, out=np.zeros(np.broadcast(n, size).shape), where=np.greater(size, 0))
