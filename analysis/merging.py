"""Reports of one event, from several sentences and outlets, merged into events.

Average-link clustering under constraints. Two reports may be one event when nothing they say
contradicts it: type, place, whether it happened, dates more than a day apart, numbers. What they
share speaks for it: date, parties, place, mode, and rare words of their sentences (cosine of
TF-IDF); a party that differs speaks against it. The best-supported pairs are joined first; groups
join when their reports agree on average, and no two of them contradict each other. Dates that
differ by a day are both kept. An undated report joins only others of its article. Each report
keeps the reason of its merge, so that a merge can be checked and, by ``coding/corrections.csv``,
undone.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

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
    records = reports.to_dict("records")
    vectors = _vectors(texts or [""] * len(records))
    rows = [_report(row, words) for row, words in zip(records, vectors, strict=True)]
    support = _Support(rows, parents or {})
    groups: list[list[int]] = [[i] for i in range(len(rows))]
    member_of = list(range(len(rows)))
    because = [""] * len(rows)
    for i, j in _candidates(rows, support, min_score):
        a, b = sorted((member_of[i], member_of[j]))
        if a == b or not support.agree(groups[a], groups[b], min_score):
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


def _report(row: Mapping[str, Any], words: Mapping[str, float]) -> Report:
    first, last = (d if isinstance(d, date) else None for d in (row["date_from"], row["date_to"]))
    least, most = row["n_incidents_min"], row["n_incidents_max"]
    most = math.inf if pd.isna(most) else most
    long = bool(first and last and (last - first).days > _CAMPAIGN_DAYS)
    if first and row.get("date_basis") == "publication date":
        first -= _HEADLINE_DAYS * _DAY
    texts = (row.get(name) or "" for name in Report._fields[:6])
    place = row.get("sent_id", -1), row["status"]
    return Report(*texts, *place, first, last, least, most, long and most > _SERIES, words)


def _vectors(texts: Iterable[str]) -> list[dict[str, float]]:
    """TF-IDF weights of a sentence's words, of length 1."""
    bags = [set(re.findall(r"[^\W_]{3,}", text.lower())) - _function_words() for text in texts]
    frequency = Counter(word for bag in bags for word in bag)
    result = []
    for bag in bags:
        weights = {word: math.log(len(bags) / frequency[word]) for word in bag}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        result.append({word: w / norm for word, w in weights.items()})
    return result


@cache
def _function_words() -> frozenset[str]:
    return frozenset(load("stopwords")["en"])


def _candidates(rows: list[Report], support: "_Support", min_score: float) -> list[tuple[int, int]]:
    """Pairs with enough support, best first; only dates near each other, or one article."""
    dated = sorted((r.date_from, i) for i, r in enumerate(rows) if r.date_from)
    pairs = []
    for position, (_, i) in enumerate(dated):
        last = (rows[i].date_to or rows[i].date_from) + _DAY
        for start, j in dated[position + 1 :]:
            if start > last:
                break
            pairs.append((i, j))
    undated = [i for i, row in enumerate(rows) if row.doc_id and not row.date_from]
    by_key: dict[tuple[str, str], list[int]] = {}
    for i, row in enumerate(rows):
        by_key.setdefault((row.doc_id, row.event_type), []).append(i)
    for i in undated:
        same = by_key[(rows[i].doc_id, rows[i].event_type)]
        pairs += [(i, j) for j in same if j != i and (rows[j].date_from or j > i)]
    scored = [(found[0], *sorted((i, j))) for i, j in pairs if (found := support(i, j))]
    best = sorted((p for p in scored if p[0] >= min_score), key=lambda p: (-p[0], p[1], p[2]))
    return [(i, j) for _, i, j in best]


class _Support:
    """How much speaks for two reports telling of one event."""

    def __init__(self, rows: list[Report], parents: Mapping[str, str]) -> None:
        self.rows, self.parents = rows, parents
        self.known: dict[tuple[int, int], tuple[float, str] | None] = {}

    def __call__(self, i: int, j: int) -> tuple[float, str] | None:
        """Score and reasons; None where something speaks against it."""
        key = (i, j) if i < j else (j, i)
        if key not in self.known:
            self.known[key] = self._score(self.rows[key[0]], self.rows[key[1]])
        return self.known[key]

    def agree(self, a: list[int], b: list[int], min_score: float) -> bool:
        total = 0.0
        for i in a:
            for j in b:
                if (found := self(i, j)) is None:
                    return False
                total += found[0]
        return total >= _AVERAGE * min_score * len(a) * len(b)

    def _score(self, a: Report, b: Report) -> tuple[float, str] | None:
        when = _dates(a, b)
        if (
            (a.event_type, a.campaign) != (b.event_type, b.campaign)
            or when is None
            or not _status_agrees(a, b)
            or _counts_differ(a, b)
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
        small, large = sorted((a.words, b.words), key=len)
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
    few, many = sorted((a, b), key=lambda r: (r.most, r.least))
    return few.most < many.least and (many.most < math.inf or many.least > _SERIES)
