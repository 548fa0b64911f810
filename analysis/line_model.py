"""Which lines of a page are its article: features of lines, and an additive model over them.

The model (lexicons/clean_model.yml, written by benchmarks/clean_train.py) is a generalised additive
model (Hastie and Tibshirani 1986): the range of every feature is cut into intervals, every interval
has a weight, and a line's score, the log-odds of being article text, is the intercept plus the
weights of the intervals its features fall in. It runs twice: the second pass also sees the scores
the first gave to the neighbours (stacked sequential learning, Cohen and Carvalho 2005).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import compress, repeat
from typing import NamedTuple

import numpy as np

LONG = 12  # words of a line that can carry the article
STOP, FURNITURE, STARTS, INSIDE, CREDIT, HEADER = (1 << k for k in range(6))  # what words do
LINE, MARKER = 1, 2  # what whole lines do
_UPPER, _MARK = 1, 2
_ENDINGS = {4: ".!\"'»", 3: "?;", 2: "…)]", 1: ":,"}
_BULLETS = "*+•-–—◦▪"
_WRAPPED = (40, 120)  # width of the rows of a wrapped page
_MENU_ENTRY = 40  # characters of a short line


class Lines(NamedTuple):
    """The non-blank lines of a text without their margins, as columns (one value a line).

    `gap` counts the blank lines before a line (at most 9). Rows of a paragraph that was wrapped to
    a fixed width are one line; in `text`, a space stands for each line end in it.
    """

    text: list[str]
    start: np.ndarray
    end: np.ndarray
    indent: np.ndarray
    gap: np.ndarray

    def where(self, kept: np.ndarray) -> "Lines":
        """The lines whose flag in `kept` is true."""
        return Lines([*compress(self.text, kept.tolist())], *(column[kept] for column in self[1:]))


def page_lines(text: str) -> Lines:
    """The non-blank lines of `text`."""
    rows = text.split("\n")
    stripped = [*map(str.strip, rows)]
    size, inner, from_left = (
        np.fromiter(map(len, column), int, len(rows))
        for column in (rows, stripped, map(str.lstrip, rows))
    )
    indent = size - from_left
    start = np.cumsum(size + 1) - size - 1 + indent
    filled = np.flatnonzero(inner)
    gap = np.diff(filled, prepend=-10) - 1
    lines = Lines(
        [*filter(None, stripped)],
        start[filled],
        (start + inner)[filled],
        indent[filled],
        np.minimum(gap, 9),
    )
    return _unwrap(lines, text)


def _unwrap(rows: Lines, page: str) -> Lines:
    """Rows joined to lines, if the page is wrapped to a fixed width (else the rows as they are).

    It is when many rows go on in lower case on the next; a row belongs to the one above it when
    its first word would not have fitted there.
    """
    width = rows.end - rows.start
    above = width[:-1]
    adjacent = (rows.gap[1:] == 0) & (above <= _WRAPPED[1])
    likely = np.flatnonzero(adjacent & (above >= _WRAPPED[0]))
    broken = [i for i in likely.tolist() if rows.text[i + 1][0].islower()]
    if len(broken) < 3 or len(broken) * 4 < (width >= _WRAPPED[0]).sum():
        return rows
    first_word = np.array([len(text.split(None, 1)[0]) for text in rows.text[1:]])
    bullet = np.array([text[0] in _BULLETS for text in rows.text[1:]])
    joined = adjacent & (above + 1 + first_word > width[broken].max()) & ~bullet
    first = np.flatnonzero(np.concatenate([[True], ~joined]))
    start, end = rows.start[first], rows.end[np.append(first[1:], len(width)) - 1]
    text = [page[a:b].replace("\n", " ") for a, b in zip(start, end, strict=True)]
    return Lines(text, start, end, rows.indent[first], rows.gap[first])


def without_menus(lines: Lines) -> np.ndarray:
    """False for lines inside a long run of lines of a few words (menus, lists).

    The first three and the last two lines of a run stay, so that its neighbours still see it.
    """
    spaces = np.array([text.count(" ") for text in lines.text])
    long = (lines.end - lines.start > _MENU_ENTRY) | (spaces > 4)
    since, until = _distance(np.concatenate([[True], long, [True]]))
    return (since[1:-1] <= 3) | (until[1:-1] <= 2)


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
            classes[code] = _UPPER if character != lower else 0
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
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.intp)


def _of(table: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return table.take(codes, mode="clip")


def _folded(codes: np.ndarray) -> str:
    return _of(_tables().folded, codes).tobytes().decode("utf-32-le", "surrogatepass")


def fold(text: str) -> str:
    """Lower case, and everything but letters, digits and line ends a space; same length."""
    return _folded(_codes(text))


@dataclass(frozen=True)
class Phrases:
    """The furniture lexicon, folded and laid out for look-up."""

    whole: dict[str, int]  # LINE, MARKER or both of a whole line
    words: dict[str, int]  # STOP ... HEADER of a word
    starts: dict[str, tuple[str, ...]]  # by their first word
    inside: dict[str, tuple[str, ...]]  # by their longest word

    @classmethod
    def compile(cls, lexicon: dict, languages: tuple[str, ...]) -> "Phrases":
        """`lexicon` (furniture.yml) for `languages`."""

        def entries(key: str) -> list[str]:
            by_language = lexicon[key]
            folded = (fold(e) for k in ("any", *languages) for e in by_language.get(k, []))
            return [" ".join(entry.split()) for entry in folded]

        def by_word(phrases: list[str], word_of: Callable) -> dict[str, tuple[str, ...]]:
            groups: dict[str, tuple[str, ...]] = {}
            for phrase in dict.fromkeys(phrases):
                word = word_of(phrase.split())
                groups[word] = (*groups.get(word, ()), f" {phrase} ")
            return groups

        def flags(uses: dict[int, Iterable[str]]) -> dict[str, int]:
            out: Counter[str] = Counter()
            for flag, keys in uses.items():
                out.update(dict.fromkeys(keys, flag))
            return dict(out)

        starts = by_word(entries("starts"), lambda words: words[0])
        inside = by_word(entries("inside"), lambda words: max(words, key=len))
        words = {
            STOP: " ".join(entries("stop")).split(),
            FURNITURE: entries("words"),
            STARTS: starts,
            INSIDE: inside,
            CREDIT: [entry.split()[0] for entry in entries("captions")],
            HEADER: [entry.split()[0] for entry in entries("headers")],
        }
        whole = {
            flag: [entry.strip("0123456789 ") for entry in entries(key)]
            for flag, key in ((LINE, "lines"), (MARKER, "markers"))
        }
        return cls(flags(whole), flags(words), starts, inside)


class Page:
    """The lines of a page laid out for counting, and their folded words.

    `speaks` is how strongly each line speaks as furniture does: in whole, by its opening, inside;
    a `marker` says that what follows is not the article ("Related", "Comments (3)").
    """

    def __init__(self, lines: Lines, phrases: Phrases) -> None:
        """`lines` must not be empty."""
        tables = _tables()
        self.lines = lines
        codes = _codes("\n".join(["", *lines.text, ""]))
        length = lines.end - lines.start
        stop = np.cumsum(length + 1)
        folded = _of(tables.folded, codes)
        in_word = folded > 32
        starts = np.flatnonzero(in_word[1:] > in_word[:-1]) + 1  # of words
        self._bounds = np.searchsorted(starts, np.concatenate([[0], stop]))
        n_words = np.diff(self._bounds)
        self.n_words = n_words.astype(float)
        capitals = (_of(tables.classes, codes[starts]) & _UPPER) > 0
        ended = (_of(tables.classes, codes[starts - 2]) & _MARK) > 0
        self.capitalised = self._count(capitals) / np.maximum(n_words, 1)
        self.sentences = self._count(capitals & ended)
        self.ending = _of(tables.ending, codes[stop - 1])
        self.beginning = _of(tables.beginning, codes[stop - length])
        self.prose = (n_words >= LONG) & (length > 60)
        in_word[1:] |= in_word[:-1]  # one space between words
        text = folded[in_word | (folded == 10)].tobytes().decode("utf-32-le", "surrogatepass")
        self.folded = text.replace(" \n", "\n").split("\n")[1:-1]
        words = text.split()
        self._flags = _look_up(phrases.words, words)
        opening = np.append(self._flags, np.uint8(0))[self._bounds[:-1]]
        self.opening = np.where(n_words > 0, opening, 0)
        whole = _look_up(phrases.whole, [line.strip("0123456789 ") for line in self.folded])
        self.marker = (whole & MARKER) > 0
        self.speaks = 2.0 * ((whole & LINE) > 0)
        for i in np.flatnonzero(self.opening & STARTS).tolist():
            line = f" {self.folded[i]} "
            self.speaks[i] += line.startswith(phrases.starts[line.split(None, 1)[0]])
        places = np.flatnonzero(self._flags & INSIDE)
        within = np.searchsorted(self._bounds, places, "right") - 1
        for i, place in zip(within.tolist(), places.tolist(), strict=True):
            line = f" {self.folded[i]} "
            self.speaks[i] += any(map(line.__contains__, phrases.inside[words[place]]))

    def words(self, i: int) -> list[str]:
        """The folded words of line `i`."""
        return self.folded[i].split()

    def count(self, does: int) -> np.ndarray:
        """Number of each line's words that do this (STOP ... HEADER)."""
        return self._count(self._flags & does)

    def _count(self, flags: np.ndarray) -> np.ndarray:
        return np.diff(np.searchsorted(np.flatnonzero(flags), self._bounds))


def _look_up(flags: dict[str, int], keys: list[str]) -> np.ndarray:
    return np.frombuffer(bytes(map(flags.get, keys, repeat(0))), np.uint8)


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


def local_features(page: Page) -> dict[str, np.ndarray]:
    """Features of each line by name, from its characters and words and its place on the page."""
    n, n_words, indents = len(page.lines.text), page.n_words, page.lines.indent
    size = np.maximum(n_words, 1)
    stop = page.count(STOP) / size
    if (stop * page.prose).sum() < 0.12 * page.prose.sum():  # a language we have no words of
        stop = np.minimum(n_words / LONG, 1) * 0.4
    hits = page.speaks + 2 * page.marker
    speaks = np.minimum(page.count(FURNITURE) / size + hits, 3)
    copies = Counter(page.folded)
    log_words = np.log1p(n_words)
    mass = page.prose * np.minimum(n_words, 80)
    total = max(mass.sum(), 1.0)
    before = np.cumsum(mass) - mass
    after = total - before - mass
    marked = np.maximum.accumulate(np.where(page.marker, before, -1.0))
    weight = mass + 0.01 * n_words
    by_indent = np.bincount(indents, weight)
    main_indent = np.argmax(by_indent)
    since_prose, until_prose = _distance(page.prose)
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
        "indent": np.abs(indents - main_indent),
        "same indent": by_indent[indents] / max(weight.sum(), 1e-9),
        "gap before": page.lines.gap,
        "gap after": _shift(page.lines.gap, 1, 9),
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
    indents = page.lines.indent
    by_indent = np.bincount(indents, mass) / np.maximum(np.bincount(indents, words), 1e-9)
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
        "score of indent": by_indent[indents],
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
    """One pass of the model, laid out for NumPy: a row a feature, a column a step."""

    names: tuple[str, ...]
    steps: np.ndarray  # filled up with infinity
    gains: np.ndarray  # what reaching the step adds
    base: np.ndarray  # weight of each feature's first interval
    intercept: float

    @classmethod
    def from_yaml(cls, content: dict) -> "Pass":
        features = content["features"].values()
        shape = len(features), max(len(feature["steps"]) for feature in features)
        steps, gains = np.full(shape, np.inf, np.float32), np.zeros(shape, np.float32)
        for j, feature in enumerate(features):
            n = len(feature["steps"])
            steps[j, :n], gains[j, :n] = feature["steps"], np.diff(feature["weights"])
        base = np.array([feature["weights"][0] for feature in features], np.float32)
        return cls(tuple(content["features"]), steps, gains, base, content["intercept"])

    def effects(self, features: dict[str, np.ndarray]) -> np.ndarray:
        """What each feature adds to each line's score (its log-odds of being article text, less the
        intercept), features x lines."""
        values = np.array([features[name] for name in self.names], np.float32)
        effects = np.repeat(self.base[:, None], values.shape[1], axis=1)
        for step, gain in zip(self.steps.T, self.gains.T, strict=True):
            effects += (values >= step[:, None]) * gain[:, None]
        return effects
