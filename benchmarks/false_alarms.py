"""False alarms and power of the tests of words: ``python benchmarks/false_alarms.py``.

Null: corpora of two outlets that do not differ, of several shapes (Poisson counts; each article has
its own weights; of topics; with copies that one outlet prints; with one outlet writing three times
as much). Printed is the share of runs with any word called different after correction, and its
standard error; for presence also where lengths differ, which is a difference in presence.
Power: the share of planted words found, of 60 % against 20 % of 100 and 100 articles and of 5 of 5
against 10 of 95, beside Fisher's test at the same level without leaving anything out of the family.
"""

import argparse
from collections.abc import Iterator

import numpy as np
from scipy import sparse

from analysis.terms import statistics as st
from analysis.terms.story_tests import LEVEL, Stories, Tested, compare, fisher_p

SHAPES = ("articles", "topics", "copies", "lengths")


def null_corpus(rng: np.random.Generator, shape: str, words: int = 250) -> Stories:
    """Two outlets of 30 and 60 articles that do not differ."""
    n = 90
    sizes, outlets, groups = np.full(n, 400), np.arange(n) < 30, np.arange(n)
    if shape == "lengths":
        sizes = (np.where(outlets, 250, 750) * rng.lognormal(0, 0.5, n)).astype(int)
    weights = rng.gamma(0.6, 1, (n, words)) * rng.dirichlet(1 / np.arange(1, words + 1))
    if shape == "topics":
        weights *= rng.gamma(0.4, 1, (5, words))[rng.integers(0, 5, n)]
    counts = rng.poisson(sizes[:, None] * weights / weights.sum(axis=1, keepdims=True))
    if shape == "copies":  # the second outlet prints each story about three times
        groups = np.where(outlets, groups, rng.integers(30, 52, n))
        counts = counts[groups]
    sizes = np.maximum(counts.sum(axis=1), 1)
    return Stories.of(sparse.csr_array(counts), sizes, outlets, groups)


def planted(rng: np.random.Generator, shape: str, words: int = 500) -> Stories:
    """Ten words planted among others that do not differ."""
    if shape == "60 % and 20 % of 100 and 100":
        outlets, counts = np.arange(200) < 100, (rng.random((200, words)) < 0.2).astype(int)
        counts[outlets, :10] = rng.random((100, 10)) < 0.6
    else:
        outlets, counts = np.arange(100) < 5, (rng.random((100, words)) < 0.2).astype(int)
        counts[:, :10] = outlets[:, None]
        for word in range(10):
            counts[5 + rng.choice(95, 10, replace=False), word] = 1
    counts *= rng.integers(1, 4, counts.shape)
    sizes = rng.integers(300, 600, len(outlets))
    return Stories.of(sparse.csr_array(counts), sizes, outlets, np.arange(len(outlets)))


POWER = ("60 % and 20 % of 100 and 100", "5 of 5 and 10 of 95")


def whole_family(tested: Tested) -> np.ndarray:
    """p of Fisher's test adjusted over all words, the rare ones too."""
    sizes = zip(tested.of_outlet, tested.of_rest, strict=True)
    pairs = zip(tested.n_outlet, tested.n_rest, sizes, strict=True)
    return st.adjust_p(np.stack([fisher_p(a, b, *of)[0] for a, b, of in pairs]))


def rows(runs: int, seed: int) -> Iterator[str]:
    for shape in SHAPES:
        rng, found = np.random.default_rng(seed), np.zeros(2)
        for _ in range(runs):
            tested = compare(null_corpus(rng, shape), budget=10**8)
            both = (tested.presence_adjusted, tested.rate_adjusted)
            found += [(adjusted < LEVEL).any() for adjusted in both]
        share = found / runs
        error = np.sqrt(share * (1 - share) / runs)
        yield (
            f"no difference, {shape:9} presence {share[0]:.3f} ± {error[0]:.3f}   "
            f"rate {share[1]:.3f} ± {error[1]:.3f}   {runs} runs"
        )
    for shape in POWER:
        rng, found, rounds = np.random.default_rng(seed), np.zeros(3), max(runs // 10, 1)
        for _ in range(rounds):
            tested = compare(planted(rng, shape))
            every = (tested.presence_adjusted, tested.rate_adjusted, whole_family(tested))
            found += [(adjusted[1, :10] < LEVEL).mean() for adjusted in every]
        presence, rate, exact = found / rounds
        yield (
            f"planted, {shape:29} presence {presence:.3f}   rate {rate:.3f}   "
            f"Fisher over all words {exact:.3f}   {rounds} runs"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for row in rows(options.runs, options.seed):
        print(row, flush=True)


if __name__ == "__main__":
    main()
