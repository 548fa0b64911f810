"""Pairs of reports that may tell of one event: which are compared, and what speaks for each.

All reports are held as arrays, and pairs are looked for and scored many at a time.  Only reports of
one block are compared: those of one article, place, parties, or week and rare word; in a large
block only those next to each other in time (multi-pass sorted neighbourhoods; Hernández and Stolfo
1998, *Data Mining and Knowledge Discovery* 2(1)).  So the cost grows with the number of reports,
not with that of their pairs.
"""

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby, pairwise

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.events.when import ARMED, line
from analysis.lexicons import OURS, Lexicon

HAPPENED = ("happened", "ongoing")
_WORDS = 5.0  # points of two sentences with the same words
_CONTRADICTION = -6.0  # points of a date, place or number that differs: two agreements' worth
CAMPAIGN_DAYS = 20
_STATES = ("ceasefire",)  # modes of what lasts: two reports of a truce are hardly of two
_STATE_DAYS = 90
BACK_DAYS = 366  # to which an article may reach back without a date
SERIES = 5  # incidents; "several attacks" and more are told as a series
_HEADLINE_DAYS = 1  # before those its date says, a headline's event may have been
_NEIGHBOURS = 20  # reports after it, in each block, that one is compared with
_PARTNERS = 10  # of these, the best that are kept
_RARE = 3  # words of a sentence by which it is looked for
_WEEKS = 3  # of its dates by which a report is looked for
_NARROW, _NEAR, _VAGUE = 3, 10, 31  # days an event is dated to
_TEXTS = 100_000  # sentences whose rare words are found together
_AT_ONCE = 20_000  # reports of blocks whose neighbours are in memory together
_NEVER = np.iinfo(np.int32).min  # no date
_DATES = ("", "date", "dates overlap", "vague date", "day before or after", "undated", "excluded")
_VAGUE_DATE, _EXCLUDED = _DATES.index("vague date"), _DATES.index("excluded")
_WEEKDAY = date(1970, 1, 1).toordinal() % 7
_WORD = re.compile(r"[^\W_]{3,}")
_COLUMNS = [
    *("event_type", "mode", "source", "target", "place", "doc_id", "sent_id", "status"),
    *("date_from", "date_to", "n_incidents_min", "n_incidents_max", "date_basis"),
    *("attribution", "trigger", "killed_min"),
]
Pairs = tuple[np.ndarray, np.ndarray]


class Reports:
    """The reports of ``event_reports`` as arrays; `kind` tells those that may be one event."""

    def __init__(
        self,
        reports: pd.DataFrame,
        parents: Mapping[str, str],
        texts: Iterable[str],
        published: Mapping[str, date],
        lexicon: Lexicon = OURS,
    ) -> None:
        reports = reports.reindex(columns=_COLUMNS)

        def codes(column: str) -> np.ndarray:
            return pd.factorize(_filled(reports, column))[0].astype(np.int32)

        self.words, self.text = _vectors(texts, len(reports), set(lexicon["stopwords"]["en"]))
        self._weights = lexicon["events"]["merging"]
        parts = range(0, max(self.words.shape[0], 1), _TEXTS)
        rare = [_heaviest(self.words[first : first + _TEXTS], _RARE) for first in parts]
        self._rare = np.concatenate(rare)
        self.first, self.last = (_days(_filled(reports, c, None)) for c in ("date_from", "date_to"))
        self.dated = (self.first != _NEVER) & (self.last != _NEVER)
        least, most = (_filled(reports, f"n_incidents_{end}", np.nan) for end in ("min", "max"))
        self.least = np.nan_to_num(least.astype(float), nan=0)
        self.most = np.nan_to_num(most.astype(float), nan=np.inf)
        killed = _filled(reports, "killed_min", np.nan).astype(float)
        self.killed = np.nan_to_num(killed, nan=0)
        long = self.dated & (self.last - self.first > CAMPAIGN_DAYS)
        self.campaign = long & (self.most > SERIES)
        headline = _filled(reports, "date_basis") == "publication date"
        self.first = np.where(self.dated & headline, self.first - _HEADLINE_DAYS, self.first)
        self.length = np.where(self.dated, self.last - self.first, 0)
        status, mode = _filled(reports, "status"), _filled(reports, "mode")
        self.happened, self.ongoing = np.isin(status, HAPPENED), status == "ongoing"
        self.planned = np.isin(status, ("planned", "conditional"))
        self.absent = status == "absence"
        self.status = codes("status")
        self.state, self.mode = np.isin(mode, _STATES), np.where(mode == "", -1, codes("mode"))
        named = re.compile(rf"(?:{'|'.join(lexicon['events']['mutual'])})s?(?: of \w+)?", re.I)
        triggers = _filled(reports, "trigger")
        self.truce = self.state & np.array([bool(named.search(one)) for one in triggers], bool)
        mentioned = np.array([bool(named.fullmatch(one)) for one in triggers], bool)
        self.loose = self.state & (self.ongoing | mentioned)
        attribution = _filled(reports, "attribution")
        self.blamed, self.claimed = attribution == "blamed", attribution == "claimed"
        self.armed = np.isin(_filled(reports, "event_type"), list(ARMED))
        self.kind = 2 * codes("event_type") + self.campaign
        doc_ids = _filled(reports, "doc_id")
        self.article = np.where(doc_ids == "", -1, codes("doc_id"))
        self.sentence = _filled(reports, "sent_id", -1).astype(int)
        self.published = _days(np.array([published.get(doc_id) for doc_id in doc_ids], object))
        self._name(reports, parents)

    def _name(self, reports: pd.DataFrame, parents: Mapping[str, str]) -> None:
        """Parties and places as numbers, 0 for none, and which of them belong together."""
        columns = [_filled(reports, column) for column in ("source", "target", "place")]
        known = dict.fromkeys([*parents, *parents.values()])
        numbers = {"": 0} | {name: n for n, name in enumerate(filter(None, known), 1)}
        self._within = np.zeros((len(numbers), len(numbers)), bool)
        for name, number in numbers.items():
            wider = [numbers[one] for one in line(name, parents)]
            self._within[number, wider] = self._within[wider, number] = True
        self._n_known = len(numbers)
        self.source, self.target, self.place = (
            np.array([numbers.setdefault(name, len(numbers)) for name in column], np.int32)
            for column in columns
        )
        self.whole = (self.source > 0) & (self.target > 0)
        tops = {
            n: min((o for o in line(n, parents) if not parents.get(o)), default=n) for n in known
        }
        self._member = np.isin(
            np.arange(len(numbers)), [numbers[n] for n in known if parents.get(n)]
        )
        self._top = np.array([numbers[tops.get(name, name)] for name in numbers])

    def _related(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Whether two names are the same, or one belongs to the other."""
        known_a, known_b = (np.where(x < self._n_known, x, 0) for x in (a, b))
        return (a == b) | self._within[known_a, known_b]

    # --- what is compared -------------------------------------------------------------------

    def candidates(self, kind: int, min_score: float) -> Pairs:
        """Pairs of reports of a kind with enough support, best first."""
        rows = np.flatnonzero(self.kind == kind)
        day = np.where(self.dated, self.first, self.published)
        rows = rows[np.argsort(day[rows], kind="stable")]
        found = [(np.empty(0), *np.empty((2, 0), np.int32))]
        for one, other in _neighbours(*self._blocks(rows)):
            pairs = np.stack([rows[one], rows[other]])
            points = self.score(*pairs)
            order = np.lexsort((pairs[1], -points, pairs[0]))
            order = order[points[order] >= min_score]
            order = order[_rank(pairs[0, order]) < _PARTNERS]
            found.append((points[order], *np.sort(pairs[:, order], axis=0).astype(np.int32)))
        points, i, j = map(np.concatenate, zip(*found, strict=True))
        order = np.lexsort((j, i, -points))
        return i[order], j[order]

    def _blocks(self, rows: np.ndarray) -> Pairs:
        """Place in `rows` and block of each report in each of its blocks, as two arrays."""
        source, target, place, article, dated, first, last, text = (
            column[rows].astype(np.int64)
            for column in (
                *(self.source, self.target, self.place, self.article),
                *(self.dated, self.first, self.last, self.text),
            )
        )
        parties = self._top[source] * len(self._top) + self._top[target]
        blocks = [
            (article, article >= 0),
            (place, place > 0),
            (parties, (source > 0) | (target > 0)),
            (np.zeros(len(rows), int), self.state[rows]),
        ]
        first, last = (first + _WEEKDAY) // 7, (last + 1 + _WEEKDAY) // 7
        earliest = first[dated > 0].min(initial=0)
        for nth in range(_WEEKS):
            week = first + nth
            inside = (dated > 0) & (week <= last)
            blocks.append((week - earliest, inside))
            for word in self._rare[text].T:
                number = (week - earliest) * self.words.shape[1] + word
                blocks.append((number, inside & (word >= 0)))
        kinds = [0, 1, 2, 3] + [4, *[5] * _RARE] * _WEEKS
        at = [np.flatnonzero(inside) for _, inside in blocks]
        keys = [6 * n[own] + kind for (n, _), own, kind in zip(blocks, at, kinds, strict=True)]
        return np.concatenate(at).astype(np.int32), np.concatenate(keys)

    # --- what speaks for a pair -------------------------------------------------------------

    def score(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """How much speaks for reports `i` and `j` telling of one event; -inf: it cannot be.

        Where their numbers, places or dates differ, one of them may be wrong: that speaks against
        it, but does not alone part groups whose other reports agree.
        """
        possible, apart = self._possible(i, j), self._contradict(i, j)
        points = np.where(possible & apart, _CONTRADICTION, -np.inf)
        rows = np.flatnonzero(possible & ~apart)
        i, j = i[rows], j[rows]
        reasons = self.reasons(i, j)
        likeness = reasons.pop("words")
        points[rows] = sum(self._weights[name] * holds for name, holds in reasons.items())
        points[rows] += likeness
        return points

    def _possible(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Whether they tell of an act of one kind: both of what happened, say, and of one halt."""
        # what was planned may have come about; what was threatened is told as an event of its own
        possible = (self.status[i] == self.status[j]) | (self.happened[i] & self.happened[j])
        possible |= (self.planned[i] | self.planned[j]) & self.state[i]
        possible &= self.absent[i] == self.absent[j]
        return possible & ~(self._blame(i, j) | self._blame(j, i) | self._halt_apart(i, j))

    def _contradict(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Whether their numbers, places or dates cannot all be of one event."""
        # "30 raids" are not "the raid", but "raids" may be
        fewer = self.most[i] < self.most[j]
        most, least = np.maximum(self.most[i], self.most[j]), self.least[np.where(fewer, j, i)]
        counted = np.isfinite(most) | (least > SERIES)
        numbers = (np.minimum(self.most[i], self.most[j]) < least) & counted
        a, b = self.place[i], self.place[j]
        places = (a > 0) & (b > 0) & ~self._related(a, b)
        return numbers | places | (self._dates(i, j) == _EXCLUDED)

    def _blame(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Where `i` blames for attacks of no day, and `j` tells of a single one or of a claim."""
        general = self.blamed[i] & ~self.dated[i] & (self.most[i] > 1)
        return general & (self.claimed[j] | (self.dated[j] & (self.most[j] == 1)))

    def _halt_apart(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """Who halts binds himself; a halt and a truce share a party, or are two.

        Within one article, members and their side may tell of one halt.
        """
        halts, a, b = self.state[i] & self.state[j], self.source[i], self.source[j]
        elsewhere = (self.article[i] != self.article[j]) | (self.article[i] < 0)
        members = (a != b) & (a > 0) & (b > 0)
        members &= elsewhere | (self._member[a] & self._member[b])
        both, same = self._share_parties(i, j)
        one = self.truce[i] != self.truce[j]
        return halts & np.where(one, both & ~same, ~self.truce[i] & members)

    def reasons(self, i: np.ndarray, j: np.ndarray) -> dict[str, np.ndarray]:
        """By reason which pairs have it, of those that are possible; of `words` the points."""
        dates = self._dates(i, j)
        reasons = {"type": np.ones(len(i), bool)}
        reasons |= {name: dates == n for n, name in enumerate(_DATES) if name and n != _EXCLUDED}
        at_place = self._related(self.target[i], self.place[j])
        at_place |= self._related(self.target[j], self.place[i])
        truces = self.truce[i] & self.truce[j]
        for name, column in (("source", self.source), ("target", self.target)):
            a, b = column[i], column[j]
            both, same = (a > 0) & (b > 0), self._related(a, b)
            both &= ~truces if name == "source" else ~truces & ~at_place
            reasons |= {name: both & same, f"other {name}": both & ~same}
        both, same = self._share_parties(i, j)
        whole = both & self.whole[i] & self.whole[j]  # a truce is often told from one side
        reasons["source"] |= truces & both & same
        reasons["other source"] |= truces & whole & ~same
        a, b = self.place[i], self.place[j]
        placed = (a > 0) & (b > 0)
        reasons |= {"place": placed & (a == b), "wider place": placed & (a != b)}
        a, b = self.mode[i], self.mode[j]
        reasons |= {"other mode": (a != b) & ~self.armed[i], "mode": (a == b) & (a >= 0)}
        together = (self.article[i] == self.article[j]) & (self.article[i] >= 0)
        sentence = together & (self.sentence[i] == self.sentence[j])
        alone = together & ~sentence & (self.dated[i] != self.dated[j]) & ~self.state[i]
        reasons |= {
            "sentence": sentence,
            "article, one undated": alone,
            "article": together & ~sentence & ~alone,
            "state": self.state[i] & self.state[j],
            "one of several": (self.most[i] > 1) != (self.most[j] > 1),
        }
        reasons |= self._tolls(i, j)
        cosine = self.words[self.text[i]].multiply(self.words[self.text[j]]).sum(axis=1)
        return reasons | {"words": np.where(sentence, 0, _WORDS * cosine)}  # its own say nothing

    def _tolls(self, i: np.ndarray, j: np.ndarray) -> dict[str, np.ndarray]:
        """Whether both tell of as many dead, or one of twice as many as the other."""
        a, b = self.killed[i], self.killed[j]
        both = (a > 1) & (b > 1)
        same, other = both & (a == b), both & (np.maximum(a, b) >= 2 * np.minimum(a, b))
        return {"same toll": same, "other toll": other}

    def _share_parties(self, i: np.ndarray, j: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Whether both name a party, and one of them the same: a truce is told from either side."""
        ours, theirs = (self.source[i], self.target[i]), (self.source[j], self.target[j])
        same = [(a > 0) & self._related(a, b) for a in ours for b in theirs]
        both = [(a > 0) & (b > 0) for a in ours for b in theirs]
        return np.any(both, axis=0), np.any(same, axis=0)

    def _dates(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """What the dates say, as numbers of `_DATES`."""
        state, dated = self.state[i], self.dated[i] & self.dated[j]
        same = self.article[i] == self.article[j]
        gap = np.maximum(self.first[i], self.first[j]) - np.minimum(self.last[i], self.last[j])
        wide = np.maximum(self.length[i], self.length[j])
        equal = (self.first[i] == self.first[j]) & (self.last[i] == self.last[j])
        vague = np.where(state | (~same & dated), _VAGUE_DATE, _EXCLUDED)
        return np.select(
            [
                ~dated & same & (self.article[i] >= 0),
                ~dated,
                (self.loose[i] | self.loose[j]) & state & (gap < _STATE_DAYS),
                (gap > 1) | ((gap == 1) & (wide > _NARROW)),
                (wide > _VAGUE) & ~self.campaign[i],
                gap == 1,
                (wide <= _NARROW) | equal,
                wide <= _NEAR,
            ],
            [
                np.where((wide > _VAGUE) & ~state, _EXCLUDED, 0),
                self._undated(i, j),
                0,
                _EXCLUDED,
                vague,
                _DATES.index("day before or after"),
                _DATES.index("date"),
                _DATES.index("dates overlap"),
            ],
        )

    def _undated(self, i: np.ndarray, j: np.ndarray) -> np.ndarray:
        """An article without a date tells of what was before it came out."""
        dated, undated = np.where(self.dated[i], (i, j), (j, i))
        days = self.published[undated].astype(int) - self.first[dated]
        told = (self.published[i] != _NEVER) & (self.published[j] != _NEVER) & self.dated[dated]
        told &= (self.status[i] == self.status[j]) & (days >= 0)
        told &= days <= np.where(self.state[i], _STATE_DAYS, BACK_DAYS)
        apart = np.abs(self.published[i].astype(int) - self.published[j])
        loose = self.loose[i] | self.loose[j] | ~(self.dated[i] | self.dated[j])
        lasts = self.state[i] & self.state[j] & loose & (apart < _STATE_DAYS)
        return np.where(told | lasts, _DATES.index("undated"), _EXCLUDED)


def _neighbours(member: np.ndarray, block: np.ndarray) -> Iterator[Pairs]:
    """Each pair once, the pairs of some members at a time: those near each other in a block.

    `member` (numbers in order of time) and `block` tell who is in which block.
    """
    by_block = np.lexsort((member, block)).astype(np.int32)
    sizes = np.diff(np.flatnonzero(np.diff(block[by_block], prepend=-1)), append=len(block))
    ends = np.repeat(np.cumsum(sizes, dtype=np.int32), sizes)
    members = member[by_block]
    order = np.argsort(members, kind="stable").astype(np.int32)  # places in the blocks, by member
    starts = np.flatnonzero(np.diff(members[order], prepend=-1))
    cuts = np.unique([*starts[:: max(1, _AT_ONCE * len(starts) // max(len(order), 1))], len(order)])
    for first, last in pairwise(cuts):
        place = order[first:last]
        near = place[:, None] + np.arange(1, _NEIGHBOURS + 1)
        inside = near < ends[place][:, None]
        one, other = np.repeat(members[place], inside.sum(axis=1)), members[near[inside]]
        many = int(members.max()) + 1
        yield np.divmod(np.unique(one.astype(np.int64) * many + other), many)


def _rank(groups: np.ndarray) -> np.ndarray:
    """Number of each row in its group; the rows of a group follow each other."""
    starts = np.flatnonzero(np.diff(groups, prepend=-1))
    return np.arange(len(groups)) - np.repeat(starts, np.diff([*starts, len(groups)]))


def _filled(table: pd.DataFrame, column: str, missing: object = "") -> np.ndarray:
    values = table[column].astype(object)
    return values.where(values.notna(), missing).to_numpy(object)


def _days(values: np.ndarray) -> np.ndarray:
    """Days since 1970, or `_NEVER`."""
    days = values.astype("datetime64[D]")
    return np.where(np.isnat(days), _NEVER, days.astype(int)).astype(np.int32)


def _vectors(
    texts: Iterable[str], count: int, stopwords: set[str]
) -> tuple[sparse.csr_array, np.ndarray]:
    """TF-IDF weights, a row of length 1 for each text; and the row of each of `count` reports.

    Reports of one sentence follow each other; `stopwords` count for nothing.
    """
    numbers: dict[str, int] = {}
    codes, ends, times = array("i"), [0], []
    for text, same in groupby(texts):
        bag = set(_WORD.findall(text.lower())) - stopwords
        codes.extend(numbers.setdefault(word, len(numbers)) for word in sorted(bag))
        ends.append(len(codes))
        times.append(sum(1 for _ in same))
    lengths, words = np.diff(ends), np.frombuffer(codes, np.int32)
    parts = [slice(first, first + _TEXTS) for first in range(0, len(times), _TEXTS)]
    own = [slice(ends[part.start], ends[min(part.stop, len(times))]) for part in parts]
    frequency = np.zeros(len(numbers))
    for part, inside in zip(parts, own, strict=True):
        told = np.repeat(times[part], lengths[part])
        frequency += np.bincount(words[inside], told, len(numbers))
    weights = np.log(count / frequency)[words]
    for part, inside in zip(parts, own, strict=True):
        rows = np.repeat(np.arange(len(lengths[part])), lengths[part])
        norm = np.sqrt(np.bincount(rows, weights[inside] ** 2, len(lengths[part])))
        weights[inside] /= np.where(norm > 0, norm, 1)[rows]
    vectors = sparse.csr_array((weights, words, ends), (len(times), len(numbers)))
    return vectors, np.repeat(np.arange(len(times), dtype=np.int32), times)


def _heaviest(vectors: sparse.csr_array, most: int) -> np.ndarray:
    """Up to `most` columns of each row with the largest values, -1 where there are fewer."""
    row = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    order = np.lexsort((np.arange(len(row)), -vectors.data, row))
    rank = _rank(row[order])
    found = np.full((vectors.shape[0], most), -1, np.int32)
    kept = rank < most
    found[row[order][kept], rank[kept]] = vectors.indices[order][kept]
    return found
