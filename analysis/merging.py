"""Reports of one event, from several sentences and outlets, merged into events.

Average-link clustering under constraints. Two reports may be one event when nothing they say
contradicts it: type, place, whether it happened, dates more than a day apart, numbers. What they
share speaks for it: date, parties, place, mode, and rare words of their sentences
(cosine of TF-IDF); a party that differs speaks against it. The best-supported pairs are joined
first; groups join when their reports agree on average, and no two of them contradict each other.
Dates that differ by a day are both kept. An undated report joins others of its article, and in
others what they date before it was published. Each report keeps the reason of its merge, so that a
merge can be checked and, by ``coding/corrections.csv``, undone.

The cost grows with the number of reports, not with that of their pairs: only reports of one block
are compared, those of one type and article, place, parties, or week and rare word; in a large block
only those next to each other in time (multi-pass sorted neighbourhoods; Hernández and Stolfo 1998,
*Data Mining and Knowledge Discovery* 2(1)); and of large groups a sample.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from heapq import nlargest
from typing import NamedTuple

import pandas as pd

from analysis.event_dates import ARMED, line, related, target_is_place
from analysis.lexicons import load

HAPPENED = ("happened", "ongoing")
MIN_SCORE = 3.0
_AVERAGE = 0.7  # of the score of the best pair that groups must have on average
_WORDS = 5.0  # of two sentences with the same words
_CAMPAIGN_DAYS = 20
_STATES = {"ceasefire"}  # modes of what lasts: two reports of a truce are hardly of two
_STATE_DAYS = 90
_BACK_DAYS = 366  # to which an article may reach back without a date
_SERIES = 5  # incidents; "several attacks" and more are told as a series
_HEADLINE_DAYS = 1  # before those its date says, a headline's event may have been
_NEIGHBOURS = 20  # reports after it, in each block, that one is compared with
_PARTNERS = 20  # of these, the best that are kept
_SAMPLE = 8  # reports by which a large group is judged
_RARE = 3  # words of a sentence by which it is looked for
_NARROW, _NEAR, _VAGUE = 3, 10, 31  # days an event is dated to
_DAY = timedelta(days=1)
_WORD = re.compile(r"[^\W_]{3,}")
_COLUMNS = [
    *("event_type", "mode", "source", "target", "place", "doc_id", "sent_id", "status"),
    *("date_from", "date_to", "n_incidents_min", "n_incidents_max", "date_basis"),
]


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
    published: date | None


def merge_reports(
    reports: pd.DataFrame,
    parents: Mapping[str, str] | None = None,
    min_score: float = MIN_SCORE,
    texts: Sequence[str] = (),
    published: Mapping[str, date] | None = None,
) -> pd.DataFrame:
    """Give every report an event.

    `reports` has the columns of ``event_reports``; `parents` maps an entity to the group, side or
    place it belongs to; `texts` are the reports' sentences, `published` each article's day (without
    it, undated reports join in their article alone). Returns the reports with ``event_id``
    (``e0001``, in order of the first report) and ``merged_because`` (empty for a group's first).
    """
    table = reports.reindex(columns=_COLUMNS).astype(object)
    rows = _reports(table.where(table.notna(), None), texts, published or {})
    score = partial(_score, parents=parents or {})
    groups = {i: [i] for i in range(len(rows))}
    member_of = list(groups)
    because = [""] * len(rows)
    refused: set[tuple[int, int, int, int]] = set()
    for _, i, j in _candidates(rows, score, min_score):
        a, b = sorted((member_of[i], member_of[j]))
        state = a, len(groups[a]), b, len(groups[b])
        if a == b or state in refused:
            continue
        if not _agree(*([rows[k] for k in groups[g]] for g in (a, b)), score, min_score):
            refused.add(state)
            continue
        points, reasons = score(rows[i], rows[j])
        because[j] = because[j] or f"same {', '.join(reasons)} ({points:.1f})"
        for k in groups[b]:
            member_of[k] = a
        groups[a] += groups.pop(b)
    order = {group: number for number, group in enumerate(dict.fromkeys(member_of), 1)}
    return reports.assign(
        event_id=[f"e{order[group]:04d}" for group in member_of],
        merged_because=because,
        campaign=[row.campaign for row in rows],
    )


def _reports(
    table: pd.DataFrame, texts: Sequence[str], published: Mapping[str, date]
) -> list[Report]:
    vectors, rows = _vectors(texts or [""] * len(table)), []
    for told, words in zip(table.itertuples(index=False), vectors, strict=True):
        *names, sent_id, status, first, last, least, most, basis = told
        most = math.inf if most is None else most
        long = bool(first and last and (last - first).days > _CAMPAIGN_DAYS)
        if first and basis == "publication date":
            first -= _HEADLINE_DAYS * _DAY
        when, n = (first, last), (least, most, long and most > _SERIES)
        names = (name or "" for name in names)
        rows.append(Report(*names, sent_id, status, *when, *n, words, published.get(told.doc_id)))
    return rows


def _vectors(texts: Sequence[str]) -> list[dict[str, float]]:
    """TF-IDF weights of a sentence's words, of length 1."""
    function = set(load("stopwords")["en"])
    bags = {text: set(_WORD.findall(text.lower())) - function for text in set(texts)}
    frequency = Counter(word for text in texts for word in bags[text])
    vectors = {}
    for text, bag in bags.items():
        weights = {word: math.log(len(texts) / frequency[word]) for word in sorted(bag)}
        norm = math.sqrt(sum(w * w for w in weights.values())) or 1.0
        vectors[text] = {word: w / norm for word, w in weights.items()}
    return [vectors[text] for text in texts]


Score = Callable[[Report, Report], tuple[float, list[str]] | None]


def _candidates(rows: list[Report], score: Score, min_score: float) -> list[tuple[float, int, int]]:
    """Pairs with enough support (first and second report, the score negative), best first."""
    pairs = []
    for i, partners in enumerate(_neighbours(rows, score.keywords["parents"])):
        scored = [(found[0], -j) for j in partners if (found := score(rows[i], rows[j]))]
        best = nlargest(_PARTNERS, (s for s in scored if s[0] >= min_score))
        pairs += [(-points, min(i, -j), max(i, -j)) for points, j in best]
    return sorted(pairs)


def _neighbours(rows: list[Report], parents: Mapping[str, str]) -> list[set[int]]:
    """For each report those after it, in a block and in time, that it is to be compared with."""
    blocks: dict[tuple, list[int]] = {}
    for i, row in enumerate(rows):
        for key in _keys(row, parents):
            blocks.setdefault((row.event_type, row.campaign, *key), []).append(i)
    near: list[set[int]] = [set() for _ in rows]
    for block in blocks.values():
        block.sort(key=lambda i: (rows[i].date_from or rows[i].published or date.min, i))
        for position, i in enumerate(block):
            near[i].update(block[position + 1 : position + 1 + _NEIGHBOURS])
    return near


def _keys(row: Report, parents: Mapping[str, str]) -> Iterator[tuple]:
    """What a report is looked for by; undated ones are not looked for by the week."""
    if row.doc_id:
        yield ("article", row.doc_id)
    if row.place:
        yield ("place", row.place)
    if row.source or row.target:
        yield ("parties", _whole(row.source, parents), _whole(row.target, parents))
    if row.date_from:
        first, last = row.date_from.toordinal() // 7, (row.date_to + _DAY).toordinal() // 7
        for week in range(first, min(last, first + 2) + 1):
            yield ("week", week)
            for word in nlargest(_RARE, row.words, key=row.words.get):
                yield ("word", week, word)


def _whole(name: str, parents: Mapping[str, str]) -> str:
    """The widest one that it belongs to."""
    return min((one for one in line(name, parents) if not parents.get(one)), default=name)


def _agree(a: list[Report], b: list[Report], score: Score, min_score: float) -> bool:
    """Whether the reports of two groups, or a sample of them, support each other on average."""
    a, b = (group[:: max(1, len(group) // _SAMPLE)] for group in (a, b))
    total = 0.0
    for one in a:
        for other in b:
            if (found := score(one, other)) is None:
                return False
            total += found[0]
    return total >= _AVERAGE * min_score * len(a) * len(b)


def _score(a: Report, b: Report, parents: Mapping[str, str]) -> tuple[float, list[str]] | None:
    """How much speaks for two reports telling of one event, and what; None: it cannot be."""
    # "30 raids" are not "the raid", but "raids" may be
    few, many = sorted(((a.most, a.least), (b.most, b.least)))
    happened = a.status in HAPPENED and b.status in HAPPENED
    # what was planned may have come about; what was threatened is told as an event of its own
    came_about = "planned" in (a.status, b.status) and a.mode in _STATES
    if (
        (a.event_type, a.campaign) != (b.event_type, b.campaign)
        or not (happened or came_about or a.status == b.status)
        or (few[0] < many[1] and (many[0] < math.inf or many[1] > _SERIES))
        or (when := _dates(a, b)) is None
    ):
        return None
    reasons = ["type", *when]
    for name in ("source", "target", "place"):
        mine, theirs = getattr(a, name), getattr(b, name)
        if not (mine and theirs) or (name == "target" and target_is_place(a, b, parents)):
            continue
        if related(mine, theirs, parents):
            reasons.append(name if name != "place" or mine == theirs else "wider place")
        elif name == "place":
            return None
        else:
            reasons.append(f"other {name}")
    if a.mode != b.mode and a.event_type not in ARMED:
        reasons.append("other mode")
    elif a.mode and a.mode == b.mode:
        reasons.append("mode")
    if a.doc_id == b.doc_id and a.doc_id:
        alone = (a.date_from is None) != (b.date_from is None) and a.mode not in _STATES
        same = "article, one undated" if alone else "article"
        reasons.append("sentence" if a.sent_id == b.sent_id else same)
    if a.mode in _STATES and b.mode in _STATES:
        reasons.append("state")
    if (a.most > 1) != (b.most > 1):
        reasons.append("one of several")
    points = sum(map(load("events")["merging"].get, reasons))
    if "sentence" in reasons:
        return points, reasons  # its own words say nothing
    few, many = sorted((a.words, b.words), key=len)
    cosine = sum(weight * many.get(word, 0.0) for word, weight in few.items())
    return points + _WORDS * cosine, reasons + ["words"] * (cosine > 0.1)


def _dates(a: Report, b: Report) -> list[str] | None:
    """What the dates say: the same, next to each other, nothing; None where they exclude it."""
    if not (a.date_from and b.date_from):
        return _undated(a, b)
    same_article = a.doc_id == b.doc_id
    gap = (max(a.date_from, b.date_from) - min(a.date_to, b.date_to)).days
    wide = max((r.date_to - r.date_from).days for r in (a, b))
    if "ongoing" in (a.status, b.status) and a.mode in _STATES and gap < _STATE_DAYS:
        found = []
    elif gap > 1 or (gap == 1 and wide > _NARROW):
        found = None
    elif wide > _VAGUE and not a.campaign:
        found = ["vague date"] if a.mode in _STATES or not same_article else None
    elif gap == 1:
        found = ["day before or after"]
    elif wide <= _NARROW or (a.date_from, a.date_to) == (b.date_from, b.date_to):
        found = ["date"]
    else:
        found = ["dates overlap"] if wide <= _NEAR else []
    return found


def _undated(a: Report, b: Report) -> list[str] | None:
    """One article does not contradict itself; another tells of what was before it came out."""
    dated, undated = (a, b) if a.date_from else (b, a)
    if a.doc_id and a.doc_id == b.doc_id:
        vague = dated.date_from and (dated.date_to - dated.date_from).days > _VAGUE
        return None if vague and a.mode not in _STATES else []
    if not (a.published and b.published and dated.date_from and a.status == b.status):
        return None
    days = (undated.published - dated.date_from).days
    return ["undated"] if 0 <= days <= (_STATE_DAYS if a.mode in _STATES else _BACK_DAYS) else None
