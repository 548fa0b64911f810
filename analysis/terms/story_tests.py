"""Do outlets differ in a word?  Two hypotheses, tested with independent stories as units.

A story is one article or a group of copies and near copies, which count once.  For each outlet
against the rest only stories that one side alone has are compared: what both print tells of no
difference.

Longer stories have more different words, so that both compare stories of like length only.

*presence*: among stories of like length, as large a share has the word on both sides.  The exact
    test of many fourfold tables, one for each length, its two-sided p the sum of all outcomes that
    are no more probable (Agresti 2002, *Categorical Data Analysis*, 6.3.5; as in R's
    `mantelhaen.test`); of one table it is Fisher's.
*rate*: the mean of the stories' relative frequencies is the same.  Permutation test: stories are
    dealt out to the two sides at random, each among those of like length; p = (1 + b) / (1 + B),
    with b of B deals as far from the expected sum of rates as the stories are (Davison & Hinkley
    1997, *Bootstrap Methods*, 4.2).  B grows tenfold while b < 10: as p only goes on from its low
    side, it stays a p (see Besag & Clifford 1991).

Multiplicity: Benjamini & Hochberg, where a p counts against those tests only that could have one as
small, however their stories were dealt out (Tarone 1990, *Biometrics* 46(2), at every p instead of
at one; see Heyse 2011 and Döhler, Durand & Roquain 2018, *Electronic Journal of Statistics* 12(1)).
What could not even have p < .05 is *too rare to test*.  Both look at how many stories have the
word, never at whose they are.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import fft, sparse, special

from analysis.base.thresholds import FEW_ARTICLES

LEVEL = 0.05
STRATUM = 30  # stories at least that are of like length
MAX_STRATA = 10
FIRST, ENOUGH = 99, 10  # deals before the first look; b from which no more are dealt
BUDGET = 5 * 10**9  # multiplications for one table, after the first look
_AT_ONCE = 64  # deals
_SHUFFLE = 20  # multiplications that dealing out one story takes as long as
_WIDE = 256  # outcomes from which on distributions are added up by Fourier's transform
_BLOCK = 2**20  # chances held at once
_TOTAL = 2.0**23  # of the rates of a term as integers: their sums are exact in single precision


class Stories(NamedTuple):
    """Stories × terms, the words of each story, and (stories × outlets) which outlet prints it."""

    counts: sparse.csr_array
    sizes: np.ndarray
    printed: np.ndarray

    @classmethod
    def of(
        cls,
        counts: sparse.csr_array,
        sizes: ArrayLike,
        outlets: ArrayLike,
        stories: ArrayLike,
        n_outlets: int | None = None,
    ) -> "Stories":
        """From articles × terms, their words, and the numbers of their outlets and stories."""
        outlets, stories = np.asarray(outlets, int), np.asarray(stories)
        member = sparse.csr_array((np.ones(len(stories), int), (stories, np.arange(len(stories)))))
        n_outlets = outlets.max(initial=-1) + 1 if n_outlets is None else n_outlets
        printed = np.zeros((member.shape[0], n_outlets), bool)
        printed[stories, outlets] = True
        sizes = member @ np.asarray(sizes)
        filled = sizes > 0
        return cls(sparse.csr_array(member @ counts)[filled], sizes[filled], printed[filled])

    def sides(self, outlet: int) -> tuple[np.ndarray, np.ndarray]:
        """The stories that the outlet alone has, or the others alone; and which are its own."""
        own = self.printed[:, outlet]
        rest = self.printed.sum(axis=1) > own  # any of the others
        compared = np.flatnonzero(own ^ rest)
        return compared, own[compared]


class Tested(NamedTuple):
    """Outlets × terms.  p is NaN where a side has too few stories or the word is too rare."""

    n_outlet: np.ndarray  # stories of the outlet alone with the term
    n_rest: np.ndarray
    of_outlet: np.ndarray  # stories of the outlet alone (of each outlet)
    of_rest: np.ndarray
    presence: np.ndarray
    presence_adjusted: np.ndarray
    presence_rare: np.ndarray  # too rare to test
    rate: np.ndarray
    rate_adjusted: np.ndarray
    rate_rare: np.ndarray
    deals: np.ndarray  # B


def compare(
    stories: Stories, budget: int = BUDGET, seed: int = 0, outlets: int | None = None
) -> Tested:
    """Test each outlet, or the first so many `outlets`, against the rest."""
    n_terms = stories.counts.shape[1]
    n_outlets = stories.printed.shape[1] if outlets is None else outlets
    sides = [stories.sides(outlet) for outlet in range(n_outlets)]
    of = np.array([(own.sum(), (~own).sum()) for _, own in sides]).reshape(-1, 2)
    tested = np.flatnonzero((of >= FEW_ARTICLES).all(axis=1))
    n = np.zeros((2, n_outlets, n_terms), int)
    p, least = np.full((2, 2, n_outlets, n_terms), np.nan)
    for outlet, (compared, own) in enumerate(sides):
        counts, stratum = stories.counts[compared], strata(stories.sizes[compared])
        n[:, outlet] = with_term(counts, np.where(own, 0, 1), 2)
        if outlet in tested:
            present = with_term(counts, stratum)
            p[0, outlet], least[0, outlet] = presence_p(n[0, outlet], present, own, stratum)
            least[1, outlet] = least_rate_p(present, own, stratum)
    rare = least >= LEVEL * (1 - 1e-9)
    p[0, rare[0]] = np.nan
    deals = np.zeros((n_outlets, n_terms), int)
    wanted = ~rare[1] & ~np.isnan(least[1])
    most = int(np.ceil(lone(least[1]) / LEVEL))  # from here on a lone p can be significant
    for outlet in tested:
        terms, (compared, own) = np.flatnonzero(wanted[outlet]), sides[outlet]
        sizes = stories.sizes[compared]
        rates = stories.counts[compared][:, terms].T.tocsr() / sizes
        p[1, outlet, terms], deals[outlet, terms] = rate_p(
            rates, own, strata(sizes), most, budget // len(tested), seed
        )
    adjusted = [adjust_p(*own) for own in zip(p, least, strict=True)]
    return Tested(*n, *of.T, p[0], adjusted[0], rare[0], p[1], adjusted[1], rare[1], deals)


def with_term(counts: sparse.csr_array, groups: np.ndarray, n_groups: int = 0) -> np.ndarray:
    """How many stories of each group have each term (groups × terms)."""
    n_groups = n_groups or groups.max(initial=-1) + 1
    cells = np.repeat(groups, np.diff(counts.indptr)) * counts.shape[1] + counts.indices
    found = np.bincount(cells, minlength=n_groups * counts.shape[1])
    return found.reshape(n_groups, counts.shape[1])


def presence_p(
    found: np.ndarray, present: np.ndarray, own: np.ndarray, stratum: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Two-sided p of each term's presence, and the least that it can have.

    found: the outlet's stories with the term; present: all with it (strata × terms).  The chances
    of a sum over strata are those of its parts folded into one another: exact; of terms with very
    many outcomes by Fourier's transform, and p then rounded up to 1e-12.
    """
    size = np.bincount(stratum)[:, None]
    n_own = np.bincount(stratum, own).astype(int)[:, None]
    low = np.maximum(present - (size - n_own), 0)
    spread = np.minimum(present, n_own) - low
    width = spread.sum(axis=0) + 1  # outcomes
    p, least = np.ones((2, len(found)))
    power = np.ceil(np.log2(width)).astype(int)
    for high in np.unique(power):
        alike = np.flatnonzero(power == high)
        for terms in np.array_split(alike, (len(alike) << high) // _BLOCK + 1):
            chances = _chances(present[:, terms], low[:, terms], spread[:, terms], size, n_own)
            seen = chances[np.arange(len(terms)), found[terms] - low[:, terms].sum(axis=0)]
            outcomes = np.arange(chances.shape[1]) < width[terms, None]
            rarest = np.where(outcomes, chances, 1).min(axis=1)
            wide = chances.shape[1] > _WIDE
            for result, chance in ((p, seen), (least, rarest)):
                limit = chance[:, None] * (1 + 1e-7) + 1e-15 * wide
                sums = np.where(chances <= limit, chances, 0).sum(axis=1)
                result[terms] = np.minimum(np.ceil(sums * 1e12) / 1e12 if wide else sums, 1)
    return p, least


def _chances(present, low, spread, size, n_own) -> np.ndarray:
    """Chance of each number of the outlet's stories with the term, the least first (terms × …)."""
    ln = special.gammaln(np.arange(size.max() + 1) + 1.0)
    width = spread.sum(axis=0).max() + 1
    wide = width > _WIDE
    whole = np.zeros((present.shape[1], width))
    whole[:, 0] = 1
    whole = fft.rfft(whole) if wide else whole
    for stratum in np.flatnonzero(spread.any(axis=1)):
        k = np.arange(spread[stratum].max() + 1)
        here = k <= spread[stratum, :, None]
        k = np.where(here, k + low[stratum, :, None], low[stratum, :, None])
        n, of, total = n_own[stratum, 0], size[stratum, 0], present[stratum, :, None]
        log_p = _choose(ln, n, k) + _choose(ln, of - n, total - k) - _choose(ln, of, total)
        part = np.where(here, np.exp(log_p), 0)
        if wide:
            whole = whole * fft.rfft(part, width)
            continue
        folded = whole * part[:, :1]
        for shift in range(1, part.shape[1]):
            folded[:, shift:] += whole[:, :-shift] * part[:, [shift]]
        whole = folded
    return np.maximum(fft.irfft(whole, width), 0) if wide else whole


def least_rate_p(present: np.ndarray, own: np.ndarray, stratum: np.ndarray) -> np.ndarray:
    """What the p of each term's rate cannot be below, however its stories are dealt out.

    present: stories with the term (strata × terms).
    The sum of rates is greatest when the outlet has all stories with the word (or, in a stratum
    with more of them than it has stories, those with the highest rates), least when it has none.
    """
    ln = special.gammaln(np.arange(len(own) + 1) + 1.0)
    every, none = np.zeros((2, present.shape[1]))
    for number, k in enumerate(present):
        inside = stratum == number
        size, n_own = int(inside.sum()), int(own[inside].sum())
        alone = -_choose(ln, size, n_own)
        rest = np.maximum(n_own - k, 0)
        every += np.where(k <= n_own, _choose(ln, size - k, rest) + alone, alone)
        without = np.maximum(size - k, n_own)
        none += np.where(size - k >= n_own, _choose(ln, without, n_own) + alone, alone)
    return np.exp(np.minimum(every, none))


def _choose(ln: np.ndarray, n: ArrayLike, k: ArrayLike) -> np.ndarray:
    """Logarithm of the binomial coefficient, by those of the factorials."""
    return ln[n] - ln[k] - ln[n - k]


def strata(sizes: np.ndarray) -> np.ndarray:
    """Number of the stratum, of stories of like length, that each story is in."""
    n = max(len(sizes), 1)
    ranks = np.searchsorted(np.sort(sizes), sizes)  # equal lengths are in one stratum
    return ranks * min(max(n // STRATUM, 1), MAX_STRATA) // n


def adjust_p(p: np.ndarray, least: np.ndarray) -> np.ndarray:
    """p-values adjusted by Benjamini & Hochberg for the tests that could have one as small.

    least: the least p of each test; NaN stays NaN and is no test.  The i-th smallest p is
    multiplied by m / i, with m the tests whose least p is no greater.

    >>> p, least = np.array([0.001, 0.03, 0.4]), np.array([0.001, 0.02, 0.04])
    >>> adjust_p(p, least).round(3).tolist()  # Benjamini & Hochberg: 0.003, 0.045, 0.4
    [0.001, 0.03, 0.4]
    """
    adjusted, known = np.full(p.shape, np.nan), ~np.isnan(p)
    own, least = np.maximum(p[known], least[known]), np.sort(least[known])
    order = np.argsort(own, kind="stable")
    could = np.searchsorted(least, own[order] * (1 + 1e-9), "right")
    steps = own[order] * could / np.arange(1, len(own) + 1)
    own[order] = np.minimum.accumulate(steps[::-1])[::-1]
    adjusted[known] = np.minimum(own, 1)
    return adjusted


def lone(least: np.ndarray) -> int:
    """Number of tests that a p which alone is small counts against (Tarone's K).

    It is the least K such that at most K tests can have p ≤ .05 / K.
    """
    known = np.sort(least[~np.isnan(least)])
    divisors = np.arange(1, len(known) + 2)
    fitting = np.searchsorted(known, LEVEL / divisors * (1 + 1e-9), "right") <= divisors
    return int(divisors[fitting.argmax()])


def rate_p(
    rates: sparse.csr_array,
    own: np.ndarray,
    stratum: np.ndarray,
    most: int,
    budget: int,
    seed: int,
) -> tuple[np.ndarray, np.ndarray]:
    """p of each term's rate (terms × stories) and the number of deals it rests on.

    At most `most` deals, and those after the first look only as far as the `budget` goes.  Rates
    are rounded to integers whose sums are exact, so that the same seed gives the same bytes.
    """
    rates, rng = sparse.csr_array(rates, copy=True), np.random.default_rng(seed)
    scale = _TOTAL / np.maximum(rates.sum(axis=1), np.finfo(float).tiny)
    rates.data = np.rint(rates.data * np.repeat(scale, np.diff(rates.indptr)))
    expected = rates @ (np.bincount(stratum, own) / np.bincount(stratum))[stratum]
    observed = np.abs(rates @ own.astype(float) - expected) - 0.5
    rates = rates.astype(np.float32)
    b, deals, running = *np.zeros((2, rates.shape[0]), int), np.arange(rates.shape[0])
    done, goal = 0, FIRST
    while len(running):
        part = rates[running]
        cost = part.nnz + _SHUFFLE * len(own)
        new = min(goal, max(most, FIRST), done + budget // cost if done else FIRST) - done
        if new <= 0:
            break
        for start in range(0, new, _AT_ONCE):
            sums = part @ _deals(own, stratum, min(_AT_ONCE, new - start), rng)
            far = np.abs(sums - expected[running, None]) >= observed[running, None]
            b[running] += far.sum(axis=1)
        budget -= new * cost if done else 0
        done += new
        deals[running] = done
        running = running[b[running] < ENOUGH]
        goal = 10 * (done + 1) - 1
    return (1 + b) / (1 + deals), deals


def _deals(
    own: np.ndarray, stratum: np.ndarray, rounds: int, rng: np.random.Generator
) -> np.ndarray:
    """(stories × rounds): 1 where a story falls to the outlet, which gets as many as it has."""
    dealt = np.empty((len(own), rounds), np.float32)
    keys = rng.integers(0, 2**32, rounds * len(own), dtype=np.uint32)
    done = 0
    for number in np.unique(stratum):
        inside = np.flatnonzero(stratum == number)
        n_own = int(own[inside].sum())
        drawn = keys[done : done + rounds * len(inside)].reshape(rounds, len(inside))
        last = np.partition(drawn, n_own - 1, axis=1)[:, [n_own - 1]] if n_own else np.int64(-1)
        dealt[inside] = (drawn <= last).T
        done += drawn.size
    return dealt
