"""Which lines of a page are its article: features of lines, and an additive model over them.

The model (lexicons/clean_model.yml, written by benchmarks/clean_train.py) is a generalised additive
model (Hastie and Tibshirani 1986): the range of every feature is cut into intervals, every interval
has a weight, and a line's score, the log-odds of being article text, is the intercept plus the
weights of the intervals its features fall in. It runs twice: the second pass also sees the scores
the first gave to the neighbours (stacked sequential learning, Cohen and Carvalho 2005).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain, count, pairwise
from typing import NamedTuple

import numpy as np

LONG = 12  # words of a line that can carry the article
_UPPER, _LETTER, _MARK = 1, 2, 4
_ENDINGS = {4: ".!\"'»", 3: "?;", 2: "…)]", 1: ":,"}
_BULLETS = "*+•-–—◦▪"
_WRAPPED = (40, 120)  # width of the rows of a wrapped page
_MENU, _MENU_ENTRY = 5, 40  # lines kept of a run of short lines; characters of a short line
_CHUNK = 4096  # lines scored at once, so that memory stays small


class Line(NamedTuple):
    """A non-blank line without its margins; `gap` counts the blank lines before it (at most 9).

    Rows of a paragraph that was wrapped to a fixed width are one line; in `text`, a space stands
    for each line end in it.
    """

    start: int
    end: int
    text: str
    indent: int
    gap: int


def page_lines(text: str) -> list[Line]:
    """The non-blank lines of `text`."""
    lines, position, gap = [], 0, 9
    for row in text.split("\n"):
        stripped = row.strip()
        if stripped:
            indent = len(row) - len(row.lstrip())
            start = position + indent
            lines.append(Line(start, start + len(stripped), stripped, indent, gap))
            gap = 0
        elif gap < 9:
            gap += 1
        position += len(row) + 1
    return _unwrap(lines)


def _unwrap(rows: list[Line]) -> list[Line]:
    """Rows joined to lines, if the page is wrapped to a fixed width (else the rows as they are).

    It is when many rows go on in lower case on the next; a row belongs to the one above it when
    its first word would not have fitted there.
    """
    broken = [
        len(above.text)
        for above, row in pairwise(rows)
        if row.text[0].islower() and row.gap == 0 and _WRAPPED[0] <= len(above.text) <= _WRAPPED[1]
    ]
    if len(broken) < 3 or len(broken) * 4 < sum(len(row.text) >= _WRAPPED[0] for row in rows):
        return rows
    width = max(broken)
    lines, last = [rows[0]], len(rows[0].text)
    for row in rows[1:]:
        full = last + 1 + len(row.text.split(None, 1)[0]) > width
        if row.gap == 0 and full and last <= _WRAPPED[1] and row.text[0] not in _BULLETS:
            above = lines[-1]
            margin = " " * (row.start - above.end)
            lines[-1] = above._replace(end=row.end, text=above.text + margin + row.text)
        else:
            lines.append(row)
        last = len(row.text)
    return lines


def without_menus(lines: list[Line]) -> list[int]:
    """Indices of the lines that are not inside a long run of lines of a few words (menus, lists).

    The first three and the last two lines of a run stay, so that its neighbours still see it.
    """
    kept, run = [], 0
    for i, line in enumerate(lines):
        if len(line.text) > _MENU_ENTRY or line.text.count(" ") > 4:
            run = 0
        else:
            run += 1
            if run > _MENU:
                kept[-2:] = kept[-1:]
        kept.append(i)
    return kept


class _Tables(NamedTuple):
    """For every code point of the basic plane: class bits, folded form, kind as end and start."""

    classes: np.ndarray
    folded: np.ndarray
    ending: np.ndarray
    beginning: np.ndarray


@cache
def _tables() -> _Tables:
    classes, ending = np.zeros(65536, np.uint8), np.zeros(65536, np.uint8)
    folded, beginning = np.full(65536, 32, np.uint32), np.full(65536, 4, np.uint8)
    for code in range(65536):
        character = chr(code)
        if character.isalpha():
            lower = character.lower()
            classes[code] = _LETTER | (_UPPER if character != lower else 0)
            folded[code] = ord(lower) if len(lower) == 1 else code
            beginning[code] = 3 if character != lower else 2
        elif character.isdigit():
            folded[code], beginning[code] = code, 1
    for character in ".!?":
        classes[ord(character)] = _MARK
    for kind, characters in _ENDINGS.items():
        ending[[ord(c) for c in characters]] = kind
    beginning[[ord(c) for c in _BULLETS]] = 0
    folded[10] = 10
    return _Tables(classes, folded, ending, beginning)


def _codes(text: str) -> np.ndarray:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return np.minimum(codes, 65535)


def fold(text: str) -> str:
    """Lower case, and everything but letters, digits and line ends a space; same length."""
    return _tables().folded[_codes(text)].tobytes().decode("utf-32-le", "surrogatepass")


@dataclass(frozen=True)
class Phrases:
    """The furniture lexicon, folded and laid out for look-up; phrases stand by their first word."""

    markers: frozenset[str]
    lines: frozenset[str]
    starts: dict[str, list[str]]
    inside: dict[str, list[str]]
    words: frozenset[str]
    stop: frozenset[str]

    @classmethod
    def compile(cls, lexicon: dict, languages: tuple[str, ...]) -> "Phrases":
        """`lexicon` (furniture.yml) for `languages`."""

        def entries(key: str) -> list[str]:
            return [" ".join(fold(e).split()) for k in languages for e in lexicon[key].get(k, [])]

        def by_first(key: str) -> dict[str, list[str]]:
            groups: dict[str, list[str]] = {}
            for phrase in entries(key):
                groups.setdefault(phrase.split()[0], []).append(f" {phrase} ")
            return groups

        return cls(
            frozenset(entries("markers")),
            frozenset(entries("lines")),
            by_first("starts"),
            by_first("inside"),
            frozenset(entries("words")),
            frozenset(word for entry in entries("stop") for word in entry.split()),
        )

    def is_marker(self, words: list[str]) -> bool:
        """Whether a line says that what follows is not the article ("Related", "Comments (3)")."""
        if not 0 < len(words) <= 7:
            return False
        if " ".join(words) in self.markers:
            return True
        whole = words[:-1] if words[-1].isdigit() else words[1:] if words[0].isdigit() else None
        return bool(whole) and " ".join(whole) in self.markers

    def hits(self, page: "Page") -> np.ndarray:
        """How strongly each line speaks as furniture does: in whole, by its opening, inside."""
        found = []
        for words, may_hold in zip(page.words, page.count(self.inside).tolist(), strict=True):
            n = 2 if 0 < len(words) <= 7 and " ".join(words) in self.lines else 0
            openings = self.starts.get(words[0]) if words else None
            if openings or may_hold:
                padded = f" {' '.join(words)} "
                n += padded.startswith(tuple(openings or ()))
                for first in self.inside.keys() & words if may_hold else ():
                    n += sum(map(padded.__contains__, self.inside[first]))
            found.append(n)
        return np.array(found)


class Page:
    """The lines of a page laid out for counting, and their folded words."""

    def __init__(self, lines: list[Line]) -> None:
        """`lines` must not be empty."""
        tables = _tables()
        self.lines = lines
        joined = "\n".join([line.text for line in lines]) + "\n"
        codes = _codes(joined)
        self.folded = (
            tables.folded[codes].tobytes().decode("utf-32-le", "surrogatepass").split("\n")[:-1]
        )
        self.words = [line.split() for line in self.folded]
        self.n_words = np.array([*map(len, self.words)], float)
        self.numbers: dict[str, int] = defaultdict(count().__next__)  # of each word, from 0
        numbers = map(self.numbers.__getitem__, chain.from_iterable(self.words))
        self.numbered = np.fromiter(numbers, int)
        length = np.array([line.end - line.start for line in lines])
        begin = np.cumsum(length + 1) - length - 1
        classes = tables.classes[codes]
        letters = (classes & _LETTER) > 0
        first_letters = letters.copy()
        first_letters[1:] &= ~letters[:-1]
        upper = (classes & _UPPER) > 0
        full_stops = (classes & _MARK) > 0
        full_stops[:-2] &= upper[2:]
        capitals = _count(upper & first_letters, begin)
        self.capitalised = capitals / np.maximum(self.n_words, 1)
        self.sentences = _count(full_stops, begin)
        self.ending = tables.ending[codes[begin + length - 1]]
        self.beginning = tables.beginning[codes[begin]]
        self.indents = np.array([line.indent for line in lines])
        self.gaps = np.array([line.gap for line in lines], float)
        self.prose = ((self.n_words >= LONG) & (length > 60)).astype(float)

    @cached_property
    def in_prose(self) -> np.ndarray:
        """How often the page's long lines use each word of `numbers`."""
        prose = np.repeat(self.prose > 0, self.n_words.astype(int))
        return np.bincount(self.numbered[prose], minlength=len(self.numbers))

    def count(self, wanted: Container[str]) -> np.ndarray:
        """Number of each line's words that are in `wanted`."""
        return self._sum(self._flags(wanted.__contains__, bool))

    @cached_property
    def n_shared(self) -> np.ndarray:
        """Number of each line's longer words that the long lines use at least twice."""
        return self._sum((self.in_prose > 1) & (self._flags(len, int) > 4))

    def _flags(self, of_word: Callable, kind: type) -> np.ndarray:
        return np.fromiter(map(of_word, self.numbers), kind, len(self.numbers))

    def _sum(self, flags: np.ndarray) -> np.ndarray:
        total = np.zeros(len(self.numbered) + 1)
        np.cumsum(flags[self.numbered], out=total[1:])
        ends = np.cumsum(self.n_words).astype(int)
        return np.diff(total[ends], prepend=0)


def _count(flags: np.ndarray, begin: np.ndarray) -> np.ndarray:
    """Number of flagged characters of each line; lines begin at `begin`."""
    lines = np.searchsorted(begin, np.flatnonzero(flags), "right") - 1
    return np.bincount(lines, minlength=len(begin))


def _windows(values: list[np.ndarray], spans: list[tuple[int, int, int]]) -> Iterator[np.ndarray]:
    """For each (k, before, after) the mean of values[k] over the lines i - before .. i + after."""
    n = len(values[0])
    total = np.zeros((len(values), n + 1))
    np.cumsum(values, axis=1, out=total[:, 1:])
    for k, before, after in spans:
        low = np.maximum(np.arange(-before, n - before), 0)
        high = np.minimum(np.arange(after + 1, n + after + 1), n)
        yield (total[k, high] - total[k, low]) / (high - low)


def _shift(values: np.ndarray, by: int, fill: float = 0.0) -> np.ndarray:
    """values[i + by], `fill` beyond the edges."""
    out = np.full(len(values), fill)
    if by > 0:
        out[:-by] = values[by:]
    else:
        out[-by:] = values[:by]
    return out


def _distance(flags: np.ndarray, cap: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Lines since the last flagged line and until the next one (0 on it, at most `cap`)."""
    places = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, places, -cap))
    coming = np.minimum.accumulate(np.where(flags, places, len(flags) + cap)[::-1])[::-1]
    return np.minimum(places - last, cap), np.minimum(coming - places, cap)


def local_features(page: Page, phrases: Phrases) -> dict[str, np.ndarray]:
    """Features of each line by name, from its characters and words and its place on the page."""
    n, n_words = len(page.lines), page.n_words
    size = np.maximum(n_words, 1)
    stop = page.count(phrases.stop) / size
    if (stop * page.prose).sum() < 0.12 * page.prose.sum():  # a language we have no words of
        stop = np.minimum(n_words / LONG, 1) * 0.4
    furniture = page.count(phrases.words) / size
    marker = np.array([phrases.is_marker(words) for words in page.words])
    hits = phrases.hits(page) + 2 * marker
    speaks = np.minimum(furniture + hits, 3)
    copies = Counter(page.folded)
    log_words = np.log1p(n_words)
    mass = page.prose * np.minimum(n_words, 80)
    total = max(mass.sum(), 1.0)
    before = np.cumsum(mass) - mass
    after = total - before - mass
    marked = np.maximum.accumulate(np.where(marker, before, -1.0))
    weight = mass + 0.01 * n_words
    _, group = np.unique(page.indents, return_inverse=True)
    by_indent = np.bincount(group, weight)
    main_indent = page.indents[np.argmax(by_indent[group])]
    since_prose, until_prose = _distance(page.prose > 0)
    sentence = (page.ending >= 2) & (n_words >= 6)
    places = np.arange(n)
    windows = _windows(
        [page.prose, sentence, log_words, speaks],
        [(0, 8, 8), (1, 3, 3), (2, 4, 0), (2, 0, 4), (3, 6, 0), (3, 0, 6)],
    )
    return {
        "words": n_words,
        "end": page.ending,
        "beginning": page.beginning,
        "capitalised words": page.capitalised,
        "sentences": page.sentences,
        "function words": stop,
        "furniture phrases": hits,
        "shared vocabulary": page.n_shared / np.maximum(size * (1 - stop), 1),
        "copies": np.array([copies[line] for line in page.folded]),
        "prose words before": before,
        "prose words after": after,
        "prose before": before / total,
        "prose after": after / total,
        "prose before marker": marked / total,
        "prose since marker": np.where(marked < 0, -1, before - marked),
        "lines before": places,
        "lines after": n - 1 - places,
        "place": places / n,
        "page prose": np.full(n, total),
        "page prose share": np.full(n, total / max(n_words.sum(), 1)),
        "indent": np.abs(page.indents - main_indent),
        "same indent": (by_indent / max(weight.sum(), 1e-9))[group],
        "gap before": page.gaps,
        "gap after": _shift(page.gaps, 1, 9),
        "previous words": _shift(log_words, -1),
        "next words": _shift(log_words, 1),
        "next end": _shift(page.ending, 1),
        "prose around": next(windows),
        "sentences near": next(windows),
        "words above": next(windows),
        "words below": next(windows),
        "furniture above": next(windows),
        "furniture below": next(windows),
        "since prose": since_prose,
        "until prose": until_prose,
    }


def context_features(page: Page, scores: np.ndarray) -> dict[str, np.ndarray]:
    """Features of the second pass: what the first one's `scores` say of a line's neighbours."""
    scores = np.clip(scores, -6, 6)
    p = 1 / (1 + np.exp(-scores))
    words = np.minimum(page.n_words, 80)
    mass = p * words
    total = max(mass.sum(), 1e-9)
    before = np.cumsum(mass) - mass
    since, until = _distance(_main_segment((p - 0.35) * np.sqrt(words)))
    since_sure, until_sure = _distance((p > 0.8) & (words >= LONG))
    _, group = np.unique(page.indents, return_inverse=True)
    by_indent = np.bincount(group, mass) / np.maximum(np.bincount(group, words), 1e-9)
    windows = _windows([p], [(0, 2, 2), (0, 5, 5), (0, 6, 0), (0, 0, 6)])
    return {
        "first score": scores,
        "score before": _shift(scores, -1, -4),
        "score after": _shift(scores, 1, -4),
        "score near": next(windows),
        "score around": next(windows),
        "score above": next(windows),
        "score below": next(windows),
        "body before": before / total,
        "body after": (total - before - mass) / total,
        "body words before": before,
        "since main part": since,
        "until main part": until,
        "since sure": since_sure,
        "until sure": until_sure,
        "score of indent": by_indent[group],
        "page body": np.full(len(p), total),
        "page score": np.full(len(p), total / max(words.sum(), 1)),
    }


def _main_segment(scores: np.ndarray) -> np.ndarray:
    """True for the lines of the run with the highest sum of scores (Kadane's algorithm)."""
    sums = np.concatenate([[0.0], np.cumsum(scores)])
    stop = int(np.argmax(sums - np.minimum.accumulate(sums)))
    begin = int(np.argmin(sums[: stop + 1]))
    inside = np.zeros(len(scores), bool)
    inside[begin:stop] = True
    return inside


@dataclass(frozen=True)
class Pass:
    """One pass of the model, laid out for NumPy: the steps of all features stand in one row."""

    names: tuple[str, ...]
    feature: np.ndarray  # of each step, its feature's place in `names`
    steps: np.ndarray
    gains: np.ndarray  # what reaching the step adds
    first_step: np.ndarray  # of each feature
    base: np.ndarray  # weight of each feature's first interval
    intercept: float

    @classmethod
    def from_yaml(cls, content: dict) -> "Pass":
        features = content["features"]
        sizes = [len(f["steps"]) for f in features.values()]
        return cls(
            tuple(features),
            np.repeat(np.arange(len(sizes)), sizes),
            np.concatenate([f["steps"] for f in features.values()]).astype(np.float32),
            np.concatenate([np.diff(f["weights"]) for f in features.values()]).astype(np.float32),
            np.concatenate([[0], np.cumsum(sizes)[:-1]]),
            np.array([f["weights"][0] for f in features.values()], np.float32),
            content["intercept"],
        )

    def effects(self, features: dict[str, np.ndarray]) -> np.ndarray:
        """What each feature adds to each line's score, features x lines."""
        gained = [
            np.add.reduceat(reached * self.gains[:, None], self.first_step, axis=0)
            for reached in self._reached(features)
        ]
        return np.concatenate(gained, axis=1) + self.base[:, None]

    def score(self, features: dict[str, np.ndarray]) -> np.ndarray:
        """Log-odds of each line being article text."""
        gained = [self.gains @ reached for reached in self._reached(features)]
        return np.concatenate(gained) + self.base.sum() + self.intercept

    def _reached(self, features: dict[str, np.ndarray]) -> Iterator[np.ndarray]:
        """1 where a line has reached a step, steps x lines, some lines at a time."""
        values = np.array([features[name] for name in self.names], np.float32)
        for begin in range(0, values.shape[1], _CHUNK):
            part = values[:, begin : begin + _CHUNK]
            yield (part[self.feature] >= self.steps[:, None]).astype(np.float32)
