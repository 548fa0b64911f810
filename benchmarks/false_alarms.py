"""False alarms and power of the tests of words: ``python benchmarks/false_alarms.py``.

Null: corpora of two outlets that do not differ, of several shapes (Poisson counts; each article has
its own weights; of topics; with copies that one outlet prints; with one outlet writing three times
as much).  The share of runs with any word called different after correction, and its error.
Power: the share of planted words found, of 60 % against 20 % of 100 and 100 articles and of 5 of 5
against 10 of 95, beside Fisher's test at the same level over all words.
The scores are kept in ``false_alarms.csv``, which the tests read.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import sparse

from analysis.terms import statistics as st
from analysis.terms.story_tests import LEVEL, Stories, compare, presence_p, with_term

FILE = Path(__file__).with_suffix(".csv")
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
        counts[outlets, :PLANTED] = rng.random((100, PLANTED)) < 0.6
    else:
        outlets, counts = np.arange(100) < 5, (rng.random((100, words)) < 0.2).astype(int)
        counts[:, :PLANTED] = outlets[:, None]
        for word in range(PLANTED):
            counts[5 + rng.choice(95, 10, replace=False), word] = 1
    counts *= rng.integers(1, 4, counts.shape)
    sizes = rng.integers(300, 600, len(outlets))
    return Stories.of(sparse.csr_array(counts), sizes, outlets, np.arange(len(outlets)))


PLANTED = 10
POWER = ("60 % and 20 % of 100 and 100", "5 of 5 and 10 of 95")


def whole_family(stories: Stories) -> np.ndarray:
    """p of Fisher's test adjusted over all words, the rare ones too."""
    p = []
    for outlet in range(2):
        compared, own = stories.sides(outlet)
        of_sides = with_term(stories.counts[compared], 1 - own, 2)
        alike = np.zeros(len(own), int)
        p.append(presence_p(of_sides[0], of_sides.sum(axis=0)[None], own, alike)[0])
    return st.adjust_p(np.stack(p))


def rows(runs: int, seed: int) -> Iterator[tuple]:
    for shape in SHAPES:
        rng, found = np.random.default_rng(seed), np.zeros(2)
        for _ in range(runs):
            tested = compare(null_corpus(rng, shape), budget=10**8)
            both = (tested.presence_adjusted, tested.rate_adjusted)
            found += [(adjusted < LEVEL).any() for adjusted in both]
        yield from scores("no difference", shape, ("presence", "rate"), found, runs, runs)
    for shape in POWER:
        rng, found, rounds = np.random.default_rng(seed), np.zeros(3), max(runs // 10, 1)
        for _ in range(rounds):
            stories = planted(rng, shape)
            tested = compare(stories)
            every = (tested.presence_adjusted, tested.rate_adjusted, whole_family(stories))
            found += [(adjusted[1, :PLANTED] < LEVEL).sum() for adjusted in every]
        tests = ("presence", "rate", "Fisher over all words")
        yield from scores("planted", shape, tests, found, rounds * PLANTED, rounds)


def scores(corpus: str, shape: str, tests, found, of: int, runs: int) -> Iterator[tuple]:
    """Rows of the file: the shares found, with their standard errors."""
    for test, share in zip(tests, found / of, strict=True):
        error = np.sqrt(share * (1 - share) / of)
        yield corpus, shape, test, f"{share:.4f}", f"{error:.4f}", runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["corpus", "shape", "test", "share", "standard_error", "runs"])
        for row in rows(options.runs, options.seed):
            writer.writerow(row)
            print(*row, sep="  ", flush=True)


if __name__ == "__main__":
    main()
