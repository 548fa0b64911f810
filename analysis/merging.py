"""Reports of one event, from several sentences and outlets, merged into events.

Average-link clustering under constraints. Two reports may be one event when nothing they say
contradicts it: type, place, whether it happened, dates more than a day apart, numbers. What they
share speaks for it: date, parties, place, mode, and rare words of their sentences (cosine of
TF-IDF); a party that differs speaks against it. The best-supported pairs are joined first; groups
join when their reports agree on average, and no two of them contradict each other. Dates that
differ by a day are both kept. An undated report joins only others of its article. Each report
keeps the reason of its merge, so that a merge can be checked and, by ``coding/corrections.csv``,
undone.

The cost grows with the number of reports, not with that of their pairs: each is compared only with
the next few of its type in the order of time, of those of its place and of those of its parties
(multi-pass sorted neighbourhoods; Hernández and Stolfo 1998, *Data Mining and Knowledge Discovery*
2(1)), and of large groups a sample is compared.
"""

import math
import re
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from heapq import nlargest
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.event_dates import related, target_is_place
from analysis.lexicons import load

HAPPENED = ("happened", "ongoing")
MIN_SCORE = 3.0
_WEIGHT = {
    **{"type": 1.0, "date": 2.0, "day before or after": 0.0, "source": 1.0, "target": 1.0},
    **{"place": 1.5, "wider place": 0.5, "mode": 0.5, "other source": -3.0, "other target": -3.0},
    **{"one of several": -0.5, "article": 0.5, "sentence": 1.0, "state": 1.0, "vague date": -1.0},
}
_AVERAGE = 0.85  # of the score of the best pair that groups must have on average
_WORDS = 5.0  # of two sentences with the same words
_CAMPAIGN_DAYS = 20
_STATES = {"ceasefire"}  # modes of what lasts: two reports of a truce are hardly of two
_STATE_DAYS = 90
_SERIES = 5  # incidents; "several attacks" and more are told as a series
_HEADLINE_DAYS = 1  # before those its date says, a headline's event may have been
_NEIGHBOURS = 60  # reports after it, in each order, that one is compared with
_PARTNERS = 20  # of these, the best that are kept
_SAMPLE = 24  # reports by which a large group is judged
_DAY = timedelta(days=1)


class Report(NamedTuple):
    """What the merge looks at in a report; parties and places are entity ids or words."""

    event_type: str
    mode: str
    source: str
    target: str
    place: str
    doc_id: str
    sent_id: int
    status: str
    date_from: date | None
    date_to: date | None
    least: float
    most: float
    campaign: bool
    words: Mapping[str, float]


def merge_reports(
    reports: pd.DataFrame,
    parents: Mapping[str, str] | None = None,
    min_score: float = MIN_SCORE,
    texts: Sequence[str] = (),
) -> pd.DataFrame:
    """Give every report an event.

    `reports` has the columns of ``event_reports``; `parents` maps an entity to the group, side or
    place it belongs to; `texts` are the reports' sentences. Returns the reports with ``event_id``
    (``e0001``, in order of the first report) and ``merged_because`` (empty for a group's first).
    """
    table = reports.reindex(columns=_COLUMNS).astype(object)
    table = table.where(table.notna(), None)
    vectors = _vectors(texts or [""] * len(table))
    rows = [
        _report(*row, words)
        for row, words in zip(table.itertuples(index=False), vectors, strict=True)
    ]
    support = _Support(rows, parents or {})
    groups: list[list[int]] = [[i] for i in range(len(rows))]
    member_of = list(range(len(rows)))
    because = [""] * len(rows)
    refused: set[tuple[int, int, int, int]] = set()
    for i, j in _candidates(rows, support, min_score):
        a, b = sorted((member_of[i], member_of[j]))
        state = a, len(groups[a]), b, len(groups[b])
        if a == b or state in refused:
            continue
        if not support.agree(groups[a], groups[b], min_score):
            refused.add(state)
            continue
        score, reason = support(i, j)
        because[max(i, j)] = because[max(i, j)] or f"same {reason} ({score:.1f})"
        for k in groups[b]:
            member_of[k] = a
        groups[a] += groups[b]
        groups[b] = []
    order = {group: number for number, group in enumerate(dict.fromkeys(member_of), 1)}
    return reports.assign(
        event_id=[f"e{order[group]:04d}" for group in member_of],
        merged_because=because,
        campaign=[row.campaign for row in rows],
    )


_COLUMNS = [
    *("event_type", "mode", "source", "target", "place", "doc_id", "sent_id", "status"),
    *("date_from", "date_to", "n_incidents_min", "n_incidents_max", "date_basis"),
]


def _report(*values: Any) -> Report:
    *told, status, first, last, least, most, basis, words = values
    most = math.inf if most is None else most
    long = bool(first and last and (last - first).days > _CAMPAIGN_DAYS)
    if first and basis == "publication date":
        first -= _HEADLINE_DAYS * _DAY
    names, sent_id = [name or "" for name in told[:-1]], told[-1]
    return Report(*names, sent_id, status, first, last, least, most, long and most > _SERIES, words)


def _vectors(texts: Sequence[str]) -> list[dict[str, float]]:
    """TF-IDF weights of a sentence's words, of length 1."""
    bags = {text: set(_WORD.findall(text.lower())) - _function_words() for text in set(texts)}
    frequency = Counter(word for text in texts for word in bags[text])
    vectors = {}
    for text, bag in bags.items():
        weights = {word: math.log(len(texts) / frequency[word]) for word in sorted(bag)}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        vectors[text] = {word: w / norm for word, w in weights.items()}
    return [vectors[text] for text in texts]


_WORD = re.compile(r"[^\W_]{3,}")


@cache
def _function_words() -> frozenset[str]:
    return frozenset(load("stopwords")["en"])


def _candidates(
    rows: list[Report], support: "_Support", min_score: float
) -> Iterator[tuple[int, int]]:
    """Pairs with enough support, best first; only dates near each other, or one article."""
    first, second, scores = array("q"), array("q"), array("d")
    for i, partners in enumerate(_neighbours(rows)):
        scored = [(found[0], -j) for j in partners if (found := support(i, j))]
        for score, j in nlargest(_PARTNERS, (s for s in scored if s[0] >= min_score)):
            first.append(min(i, -j))
            second.append(max(i, -j))
            scores.append(-score)
    for k in np.lexsort((second, first, scores)):
        yield first[k], second[k]


def _neighbours(rows: list[Report]) -> list[set[int]]:
    """For each report those after it, in one of the orders, that it is to be compared with."""
    dated = sorted((i for i, row in enumerate(rows) if row.date_from), key=lambda i: rows[i][8])
    undated = [i for i, row in enumerate(rows) if row.doc_id and not row.date_from]
    blocks: dict[tuple, list[int]] = {}
    near: list[set[int]] = [set() for _ in rows]
    for i in dated:
        kind = rows[i].event_type, rows[i].campaign
        for key in (rows[i][4:5], rows[i][2:4], ()):  # place, parties
            if not key or any(key):
                blocks.setdefault((kind, key), []).append(i)
    for block in blocks.values():
        for position, i in enumerate(block):
            last = (rows[i].date_to or rows[i].date_from) + _DAY
            following = block[position + 1 : position + 1 + _NEIGHBOURS]
            near[i].update(j for j in following if rows[j].date_from <= last)
    by_article: dict[tuple[str, str], list[int]] = {}
    for i, row in enumerate(rows):
        by_article.setdefault((row.doc_id, row.event_type), []).append(i)
    for i in undated:
        same = by_article[rows[i].doc_id, rows[i].event_type]
        near[i].update(j for j in same if j != i and (rows[j].date_from or j > i))
    return near


class _Support:
    """How much speaks for two reports telling of one event."""

    def __init__(self, rows: list[Report], parents: Mapping[str, str]) -> None:
        self.rows, self.parents = rows, parents
        self._known = lru_cache(maxsize=500_000)(self._score)

    def __call__(self, i: int, j: int) -> tuple[float, str] | None:
        """Score and reasons; None where something speaks against it."""
        return self._known(i, j) if i < j else self._known(j, i)

    def agree(self, a: list[int], b: list[int], min_score: float) -> bool:
        total = 0.0
        a, b = (group[:: max(1, len(group) // _SAMPLE)] for group in (a, b))
        for i in a:
            for j in b:
                if (found := self(i, j)) is None:
                    return False
                total += found[0]
        return total >= _AVERAGE * min_score * len(a) * len(b)

    def _score(self, i: int, j: int) -> tuple[float, str] | None:
        a, b = self.rows[i], self.rows[j]
        if (
            a.event_type != b.event_type
            or a.campaign != b.campaign
            or not _status_agrees(a, b)
            or _counts_differ(a, b)
            or (when := _dates(a, b)) is None
        ):
            return None
        reasons = ["type", *when]
        for name in ("source", "target", "place"):
            mine, theirs = getattr(a, name), getattr(b, name)
            if not (mine and theirs) or (name == "target" and target_is_place(a, b, self.parents)):
                continue
            if related(mine, theirs, self.parents):
                reasons.append(name if name != "place" or mine == theirs else "wider place")
            elif name == "place":
                return None
            else:
                reasons.append(f"other {name}")
        if a.mode and a.mode == b.mode:
            reasons.append("mode")
        if a.doc_id == b.doc_id and a.doc_id:
            reasons.append("sentence" if a.sent_id == b.sent_id else "article")
        if a.mode in _STATES and b.mode in _STATES:
            reasons.append("state")
        if (a.most > 1) != (b.most > 1):
            reasons.append("one of several")
        small, large = (a.words, b.words) if len(a.words) <= len(b.words) else (b.words, a.words)
        cosine = sum(w * large.get(word, 0.0) for word, w in small.items())
        if "sentence" in reasons:
            cosine = 0.0  # its own words say nothing
        score = sum(_WEIGHT[reason] for reason in reasons) + _WORDS * cosine
        return score, ", ".join([*reasons, *(["words"] if cosine > 0.1 else [])])


def _status_agrees(a: Report, b: Report) -> bool:
    """What was planned may have come about; what was threatened is told as an event of its own."""
    if a.status in HAPPENED and b.status in HAPPENED:
        return True
    return a.status == b.status or ("planned" in (a.status, b.status) and a.mode in _STATES)


def _dates(a: Report, b: Report) -> list[str] | None:
    """What the dates say: the same, next to each other, nothing; None where they exclude it."""
    if not (a.date_from and b.date_from):
        return []
    gap = (max(a.date_from, b.date_from) - min(a.date_to, b.date_to)).days
    narrow = all(r.date_to - r.date_from <= 3 * _DAY for r in (a, b))
    if "ongoing" in (a.status, b.status) and a.mode in _STATES and gap < _STATE_DAYS:
        return []
    if gap > 1 or (gap == 1 and not narrow):
        return None
    if gap == 1:
        return ["day before or after"]
    if any(r.date_to - r.date_from > 31 * _DAY for r in (a, b)) and not a.campaign:
        return ["vague date"]
    return ["date"] if narrow or (a.date_from, a.date_to) == (b.date_from, b.date_to) else []


def _counts_differ(a: Report, b: Report) -> bool:
    """ "30 raids" are not "the raid", but "raids" may be."""
    few, many = (a, b) if (a.most, a.least) <= (b.most, b.least) else (b, a)
    return few.most < many.least and (many.most < math.inf or many.least > _SERIES)
