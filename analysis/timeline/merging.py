"""Reports of one event, from several sentences and outlets, merged into events.

Average-link clustering under constraints. Two reports may be one event when nothing they say
contradicts it: type, place, whether it happened, dates more than a day apart, numbers. What they
share speaks for it: date, parties, place, mode, and rare words of their sentences
(cosine of TF-IDF); a party that differs speaks against it (see `analysis.timeline.pairs`). The
best-supported pairs are joined first; groups join when their reports, or a sample of them, agree on
average, where a contradiction counts heavily: one misread date parts no event that many tell.
Dates that differ by a day are both kept. An undated report joins others of its article, and in
others what they date before it was published.
Each report keeps the reason of its merge, so that a merge can be checked and, by
``coding/corrections.csv``, undone.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import compress, product, repeat

import numpy as np
import pandas as pd

from analysis.base import wording
from analysis.lexicons import OURS, Lexicon
from analysis.timeline.pairs import Pairs, Reports

MIN_SCORE = 3.0
_AVERAGE = 0.6  # of the score of the best pair that groups must have on average
_TOLD_WORDS = 0.5  # points of the words from which they are a reason
_AT_ONCE = 3_000  # pairs whose turns are found together
_SAMPLE = 8  # reports by which a large group is judged
Sides = list[list[int]]  # the reports of two groups
State = tuple[int, int, int, int]  # of two groups the first report and the size


def merge_reports(
    reports: pd.DataFrame,
    parents: Mapping[str, str] | None = None,
    min_score: float = MIN_SCORE,
    texts: Iterable[str] | None = None,
    published: Mapping[str, date] | None = None,
    lexicon: Lexicon = OURS,
) -> pd.DataFrame:
    """Give every report an event.

    `reports` has the columns of ``event_reports``; `parents` maps an entity to the group, side or
    place it belongs to; `texts` are the reports' sentences, `published` each article's day (without
    it, undated reports join in their article alone). Returns the reports with ``event_id``
    (``e0001``, in order of the first report) and ``merged_because`` (empty for a group's first).
    """
    texts = repeat("", len(reports)) if texts is None else texts
    compared = Reports(reports, parents or {}, texts, published or {}, lexicon)
    member_of, because = np.arange(len(reports)), [""] * len(reports)
    for kind in np.unique(compared.kind):
        joined = _join(compared, compared.candidates(kind, min_score), member_of, min_score)
        for j, why in _explained(compared, *joined):
            because[j] = because[j] or why
    number = pd.factorize(member_of)[0] + 1
    return reports.assign(
        event_id=[f"e{n:04d}" for n in number],
        merged_because=because,
        campaign=compared.campaign,
    )


def _join(compared: Reports, pairs: Pairs, member_of: np.ndarray, min_score: float) -> Pairs:
    """Join groups (each named by its first in `member_of`) and give the pairs that joined them.

    Judged together are pairs of whose groups no better pair is left: none waits for another.
    """
    groups: dict[int, list[int]] = {}
    refused: set[State] = set()
    best, joined = np.empty(len(member_of), int), [np.empty((0, 2), int)]
    pairs, taken = np.stack(pairs, axis=1), _AT_ONCE
    waiting = pairs[:taken]
    while len(waiting):
        group_of = np.sort(member_of[waiting], axis=1)
        apart = group_of[:, 0] != group_of[:, 1]
        waiting, group_of = waiting[apart], group_of[apart]
        rank = np.arange(len(group_of)).repeat(2).reshape(-1, 2)
        best[group_of] = len(group_of)
        np.minimum.at(best, group_of, rank)  # the best pair of each group
        ready = (best[group_of] == rank).all(axis=1)
        sides = [[groups.get(g, [g]) for g in pair] for pair in group_of[ready].tolist()]
        agree = np.array(_agree(compared, sides, refused, min_score), bool)
        for a, b in (side for side, one in zip(sides, agree, strict=True) if one):
            member_of[b] = a[0]
            groups[a[0]] = a + groups.pop(b[0], b)
        joined.append(waiting[ready][agree])
        more = pairs[taken : taken + _AT_ONCE - int((~ready).sum())]
        waiting, taken = np.concatenate([waiting[~ready], more]), taken + len(more)
    return tuple(np.concatenate(joined).T)


def _agree(
    compared: Reports, sides: list[Sides], refused: set[State], min_score: float
) -> list[bool]:
    """Whether the reports of two groups support each other on average.

    `refused` are the groups, as they were, that do not.  Two reports alone are their own average.
    """
    states = [(a[0], len(a), b[0], len(b)) for a, b in sides]
    several = (n for n, (_, size_a, _, size_b) in enumerate(states) if size_a + size_b > 2)
    judged = [n for n in several if states[n] not in refused]
    if judged:
        points, pairs = _support(compared, [sides[n] for n in judged])
        weak = points < _AVERAGE * min_score * pairs
        refused |= {states[n] for n in compress(judged, weak)}
    return [state not in refused for state in states]


def _support(compared: Reports, sides: list[Sides]) -> tuple[np.ndarray, np.ndarray]:
    """For every two groups what speaks for their pairs of reports together, and how many they are.

    A pair has a report of either group, of large groups one of a sample.
    """
    samples = [[group[:: max(1, len(group) // _SAMPLE)] for group in pair] for pair in sides]
    sizes = np.array([len(a) * len(b) for a, b in samples], int)
    i, j = np.array([pair for sample in samples for pair in product(*sample)], int).T
    return np.add.reduceat(compared.score(i, j), np.cumsum(sizes) - sizes), sizes


def _explained(compared: Reports, i: np.ndarray, j: np.ndarray) -> Iterator[tuple[int, str]]:
    """Each of the reports `j` and why it was joined with the one of `i`."""
    reasons = compared.reasons(i, j)
    reasons["words"] = reasons["words"] > _TOLD_WORDS
    points = compared.score(i, j)
    for row, report in enumerate(j.tolist()):
        names = (name for name, holds in reasons.items() if holds[row])
        yield report, wording.merged_because(names, points[row])
