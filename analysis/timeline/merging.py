"""Reports of one event, from several sentences and outlets, merged into events.

Average-link clustering under constraints. Two reports may be one event when nothing they say
contradicts it: type, place, whether it happened, dates more than a day apart, numbers. What they
share speaks for it: date, parties, place, mode, and rare words of their sentences
(cosine of TF-IDF); a party that differs speaks against it (see `analysis.timeline.pairs`). The
best-supported pairs are joined first; groups join when their reports, or a sample of them, agree on
average, and no two of them contradict each other. Dates that differ by a day are both kept. An
undated report joins others of its article, and in others what they date before it was published.
Each report keeps the reason of its merge, so that a merge can be checked and, by
``coding/corrections.csv``, undone.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import repeat

import numpy as np
import pandas as pd

from analysis.base import wording
from analysis.lexicons import OURS, Lexicon
from analysis.timeline.pairs import Pairs, Reports

MIN_SCORE = 3.0
_AVERAGE = 0.7  # of the score of the best pair that groups must have on average
_TOLD_WORDS = 0.5  # points of the words from which they are a reason
_AT_ONCE = 3_000  # pairs whose turns are found together
_SAMPLE = 8  # reports by which a large group is judged


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
    told = Reports(reports, parents or {}, texts, published or {}, lexicon)
    member_of, because = np.arange(len(reports)), [""] * len(reports)
    for kind in np.unique(told.kind):
        joined = _join(told, told.candidates(kind, min_score), member_of, min_score)
        for j, why in _explained(told, *joined):
            because[j] = because[j] or why
    number = pd.factorize(member_of)[0] + 1
    return reports.assign(
        event_id=[f"e{n:04d}" for n in number],
        merged_because=because,
        campaign=told.campaign,
    )


def _join(told: Reports, pairs: Pairs, member_of: np.ndarray, min_score: float) -> Pairs:
    """Join groups (each named by its first in `member_of`) and give the pairs that joined them.

    Judged together are pairs of whose groups no better pair is left: none waits for another.
    """
    groups: dict[int, list[int]] = {}
    refused: set[tuple[int, int, int, int]] = set()
    best, joined = np.empty(len(member_of), int), [np.empty((0, 2), int)]
    pairs, taken = np.stack(pairs, axis=1), _AT_ONCE
    waiting = pairs[:taken]
    while len(waiting):
        own = np.sort(member_of[waiting], axis=1)
        apart = own[:, 0] != own[:, 1]
        waiting, own = waiting[apart], own[apart]
        rank = np.arange(len(own)).repeat(2).reshape(-1, 2)
        best[own] = len(own)
        np.minimum.at(best, own, rank)  # the best pair of each group
        ready = (best[own] == rank).all(axis=1)
        sides = [[groups.get(group, [group]) for group in pair] for pair in own[ready].tolist()]
        agree = np.array(_agree(told, sides, refused, min_score), bool)
        for a, b in (side for side, one in zip(sides, agree, strict=True) if one):
            member_of[b] = a[0]
            groups[a[0]] = a + groups.pop(b[0], b)
        joined.append(waiting[ready][agree])
        more = pairs[taken : taken + _AT_ONCE - int((~ready).sum())]
        waiting, taken = np.concatenate([waiting[~ready], more]), taken + len(more)
    return tuple(np.concatenate(joined).T)


def _agree(told: Reports, sides: list, refused: set, min_score: float) -> list[bool]:
    """Whether the reports of two groups, or a sample of them, support each other on average.

    `refused` are the groups, as they were, that do not.
    """
    states = [(a[0], len(a), b[0], len(b)) for a, b in sides]
    open_ = [n for n, (_, a, _, b) in enumerate(states) if a + b > 2 and states[n] not in refused]
    chosen = [[group[:: max(1, len(group) // _SAMPLE)] for group in sides[n]] for n in open_]
    i = np.array([one for a, b in chosen for one in a for _ in b], int)
    j = np.array([other for a, b in chosen for _ in a for other in b], int)
    sizes = np.array([len(a) * len(b) for a, b in chosen], int)
    points = np.add.reduceat(told.score(i, j), np.cumsum(sizes) - sizes) if open_ else sizes
    weak = points < _AVERAGE * min_score * sizes
    refused |= {states[n] for n, one in zip(open_, weak, strict=True) if one}
    return [state not in refused for state in states]


def _explained(told: Reports, i: np.ndarray, j: np.ndarray) -> Iterator[tuple[int, str]]:
    """Each of the reports `j` and why it was joined with the one of `i`."""
    reasons = told.reasons(i, j)
    reasons["words"] = reasons["words"] > _TOLD_WORDS
    points = told.score(i, j)
    for row, report in enumerate(j.tolist()):
        names = (name for name, holds in reasons.items() if holds[row])
        yield report, wording.merged_because(names, points[row])
