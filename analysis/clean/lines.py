"""Which lines of a page are its article: features of lines, and an additive model over them.

The model (lexicons/clean_model.yml, written by benchmarks/clean_train.py) is a generalised additive
model (Hastie and Tibshirani 1986): the range of every feature is cut into intervals, every interval
has a weight, and a line's score, the log-odds of being article text, is the intercept plus the
weights of the intervals its features fall in. It runs twice: the second pass also sees the scores
the first gave to the neighbours (stacked sequential learning, Cohen and Carvalho 2005).
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import compress, repeat
from typing import Any, NamedTuple

import numpy as np

LONG = 12  # words of a line that can carry the article
STOP, FURNITURE, STARTS, INSIDE, CREDIT, HEADER, ADDRESS = (1 << k for k in range(7))  # of words
LINE, MARKER = 1, 2  # what whole lines do
_ENDINGS = {4: ".!\"'»", 3: "?;", 2: "…)]", 1: ":,"}
_BULLETS = "*+•-–—◦▪"
_MOST = 80  # words of a paragraph that may be an article by itself
_WORDS = 60  # of a sentence on average, at most
SENTENCE_END = re.compile(r"[.!?]['\"’”]?(?:\s|$)")
_WRAPPED = (40, 120)  # width of the rows of a wrapped page
_MENU_ENTRY = 40  # characters of a short line
_LOCAL_WINDOWS = np.array([(0, 8, 8), (1, 3, 3), (2, 4, 0), (2, 0, 4), (3, 6, 0), (3, 0, 6)])
_CONTEXT_WINDOWS = np.array([(0, 2, 2), (0, 5, 5), (0, 6, 0)])


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

    def where(self, kept: list[bool]) -> "Lines":
        """The lines whose flag in `kept` is true."""
        if all(kept):
            return self
        return Lines([*compress(self.text, kept)], *(column[kept] for column in self[1:]))


def page_lines(text: str) -> Lines:
    """The non-blank lines of `text`."""
    rows: list[tuple[str, int, int, int, int]] = []
    place, gap = 0, 9
    for row in text.split("\n"):
        inner = row.strip()
        if inner:
            indent = len(row) - len(row.lstrip())
            start = place + indent
            rows.append((inner, start, start + len(inner), indent, min(gap, 9)))
        gap = 0 if inner else gap + 1
        place += len(row) + 1
    texts, *columns = zip(*rows, strict=True) if rows else [()] * 5
    return _unwrap(Lines([*texts], *(np.array(column, int) for column in columns)), text)


def _unwrap(rows: Lines, page: str) -> Lines:
    """Rows joined to lines, if the page is wrapped to a fixed width (else the rows as they are).

    It is when many rows go on in lower case on the next; a row belongs to the one above it when
    its first word would not have fitted there.
    """
    least, most = _WRAPPED
    width = rows.end - rows.start
    wide = [i for i, size in enumerate(width.tolist()) if size >= least]
    adjacent = (rows.gap[1:] == 0) & (width[:-1] <= most)
    lower = [text[0].islower() for text in rows.text[1:]]
    broken = [i for i in wide if i < len(lower) and lower[i] and adjacent[i]]
    if len(broken) < 3 or len(broken) * 4 < len(wide):
        return rows
    first_word = np.array([len(text.split(None, 1)[0]) for text in rows.text[1:]])
    bullet = np.array([text[0] in _BULLETS for text in rows.text[1:]])
    joined = adjacent & (width[:-1] + 1 + first_word > width[broken].max()) & ~bullet
    first = np.flatnonzero(np.concatenate([[True], ~joined]))
    start, end = rows.start[first], rows.end[np.append(first[1:], len(width)) - 1]
    text = [page[a:b].replace("\n", " ") for a, b in zip(start, end, strict=True)]
    return Lines(text, start, end, rows.indent[first], rows.gap[first])


def without_menus(lines: Lines) -> list[bool]:
    """False for lines inside a long run of lines of a few words (menus, lists).

    The first three and the last two lines of a run stay, so that its neighbours still see it.
    """
    long = [len(t) > _MENU_ENTRY or t.count(" ") > 4 for t in lines.text]
    kept = [True] * len(long)
    for run in re.finditer("s{6,}", "".join("l" if is_long else "s" for is_long in long)):
        first, stop = run.start() + 3, run.end() - 2
        kept[first:stop] = [False] * (stop - first)
    return kept


class _Tables(NamedTuple):
    """For every code point of the basic plane: is it capital, folded form, kind as end, start."""

    upper: np.ndarray
    folded: np.ndarray
    ending: np.ndarray
    beginning: np.ndarray


@cache
def _tables() -> _Tables:
    upper, ending = np.zeros(65536, bool), np.zeros(65536, np.uint8)
    folded, beginning = np.full(65536, 32, np.uint32), np.full(65536, 4, np.uint8)
    for code in range(65536):
        character = chr(code)
        if character.isalpha():
            lower = character.lower()
            upper[code] = character != lower
            folded[code] = ord(lower) if len(lower) == 1 else code
            beginning[code] = 3 if character != lower else 2
        elif character.isdigit():
            folded[code], beginning[code] = code, 1
    for kind, characters in _ENDINGS.items():
        ending[[ord(c) for c in characters]] = kind
    beginning[[ord(c) for c in _BULLETS]] = 0
    folded[10] = 10
    return _Tables(upper, folded, ending, beginning)


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.intp)


def _of(table: np.ndarray, codes: np.ndarray) -> np.ndarray:
    return table.take(codes, mode="clip")


def _edges(folded: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Start and end of each word of folded code points that begin and end with a line end."""
    inside = folded > 32
    edges = np.flatnonzero(inside[1:] != inside[:-1]) + 1
    return edges[::2], edges[1::2]


def _folded(codes: np.ndarray) -> str:
    return _of(_tables().folded, codes).tobytes().decode("utf-32-le", "surrogatepass")


def fold(text: str) -> str:
    """Lower case, and everything but letters, digits and line ends a space; same length."""
    return _folded(_codes(text))


class Furniture(NamedTuple):
    """The furniture lexicon (furniture.yml), as far as it is of some languages."""

    lexicon: dict[str, Any]
    languages: tuple[str, ...]

    def entries(self, *keys: str) -> list[str]:
        """Its entries under these keys, those of any language first."""
        spoken = ("any", *self.languages)
        return [e for key in keys for k in spoken for e in self.lexicon[key].get(k, [])]

    def either(self, *keys: str) -> str:
        """A pattern for any of these entries, the longest first."""
        longest = sorted({*self.entries(*keys)}, key=lambda e: (-len(e), e))
        return "|".join(map(re.escape, longest))


@dataclass(frozen=True)
class Phrases:
    """The furniture lexicon, folded and laid out for look-up."""

    whole: dict[str, int]  # LINE, MARKER or both of a whole line
    words: dict[str, int]  # STOP ... ADDRESS of a word
    starts: dict[str, tuple[str, ...]]  # by their first word
    inside: dict[str, list[str]]  # by their longest word

    @classmethod
    def compile(cls, furniture: Furniture) -> "Phrases":
        def entries(key: str) -> list[str]:
            return [" ".join(fold(entry).split()) for entry in furniture.entries(key)]

        starts: dict[str, tuple[str, ...]] = {}
        for phrase in entries("starts"):
            word = phrase.split()[0]
            starts[word] = (*starts.get(word, ()), f" {phrase} ")
        longest = [max(entry.split(), key=len) for entry in entries("inside")]
        inside: dict[str, list[str]] = {}
        for word, entry in zip(longest, entries("inside"), strict=True):
            inside.setdefault(word, []).append(f" {entry} ")
        words = {
            STOP: entries("stop"),
            FURNITURE: entries("words"),
            STARTS: starts,
            INSIDE: longest,
            ADDRESS: entries("address"),
            CREDIT: [entry.split()[0] for entry in entries("captions") + entries("pictures")],
            HEADER: [entry.split()[0] for entry in entries("headers")],
        }
        flags: dict[str, int] = {}
        for flag, own in words.items():
            for word in " ".join(own).split():
                flags[word] = flags.get(word, 0) | flag
        whole: Counter[str] = Counter()
        for flag, key in ((LINE, "lines"), (MARKER, "markers")):
            whole.update({entry.strip("0123456789 "): flag for entry in entries(key)})
        return cls(dict(whole), flags, starts, inside)


class Page:
    """The lines of a page laid out for counting, and their folded words.

    `speaks` is how strongly each line speaks as furniture does: in whole, by its opening, inside;
    a `marker` says that what follows is not the article ("Related", "Comments (3)"); `most` is a
    paragraph of sentences that has more than half of the page's words.
    """

    def __init__(self, lines: Lines, phrases: Phrases) -> None:
        """`lines` must not be empty."""
        tables = _tables()
        self.lines = lines
        codes = _codes("\n".join(["", *lines.text, ""]))
        length = lines.end - lines.start
        stop = (length + 1).cumsum()
        folded = _of(tables.folded, codes)
        starts, ends = _edges(folded)
        bounds = starts.searchsorted([0, *stop.tolist()])
        n_words = bounds[1:] - bounds[:-1]
        self._line_of = line_of = np.arange(len(n_words)).repeat(n_words)  # of each word
        self.n_words = n_words.astype(float)
        capitals = _of(tables.upper, codes[starts])
        self.capitalised = self._count(capitals) / np.maximum(n_words, 1)
        self.ending = _of(tables.ending, codes[stop - 1])
        self.beginning = _of(tables.beginning, codes[stop - length])
        self.prose = (n_words >= LONG) & (length > 60)
        self.most = n_words * 2 > max(n_words.sum(), 2 * _MOST)
        for i in np.flatnonzero(self.most).tolist():
            self.most[i] = len(SENTENCE_END.findall(lines.text[i])) * _WORDS >= n_words[i]
        one_space = folded > 32
        one_space[1:] |= one_space[:-1]
        text = folded[one_space | (folded == 10)].tobytes().decode("utf-32-le", "surrogatepass")
        self.folded = text.replace(" \n", "\n").split("\n")[1:-1]
        words = text.split()
        self._flags = _look_up(phrases.words, words)
        opening = np.append(self._flags, np.uint8(0))[bounds[:-1]]
        self.opening = np.where(n_words > 0, opening, 0)
        whole = _look_up(phrases.whole, [line.strip("0123456789 ") for line in self.folded])
        self.marker = (whole & MARKER) > 0
        self.speaks = 2.0 * ((whole & LINE) > 0)
        for i in np.flatnonzero(self.opening & STARTS).tolist():
            line = f" {self.folded[i]} "
            self.speaks[i] += line.startswith(phrases.starts.get(line.split(None, 1)[0], "\n"))
        held = np.flatnonzero(self._flags & INSIDE)
        for i, word in {(int(line_of[place]), words[place]) for place in held.tolist()}:
            line = f" {self.folded[i]} "
            self.speaks[i] += any(map(line.__contains__, phrases.inside[word]))
        number = {word: i for i, word in enumerate(dict.fromkeys(words))}
        numbers = np.fromiter(map(number.__getitem__, words), np.intp, len(words))
        content = np.flatnonzero((ends - starts > 3) & (self._flags & STOP == 0))
        line_of, numbers = line_of[content], numbers[content]
        in_prose = np.flatnonzero(self.prose[line_of])
        first, last = np.full((2, len(number)), -1, np.int32)
        last[numbers[in_prose]] = line_of[in_prose]
        first[numbers[in_prose[::-1]]] = line_of[in_prose[::-1]]
        first, last = first[numbers], last[numbers]
        elsewhere = (first >= 0) & ((first != line_of) | (last != line_of))
        size = len(n_words)
        told = np.bincount(line_of[elsewhere], minlength=size)
        n_content = np.bincount(line_of, minlength=size)
        self.told = (told + 0.5) / (n_content + 1)

    def words(self, i: int) -> list[str]:
        """The folded words of line `i`."""
        return self.folded[i].split()

    def count(self, does: int) -> np.ndarray:
        """Number of each line's words that do this (STOP ... HEADER)."""
        return self._count(self._flags & does)

    def _count(self, flags: np.ndarray) -> np.ndarray:
        return np.bincount(self._line_of[flags > 0], minlength=len(self.n_words))


def _look_up(flags: dict[str, int], keys: list[str]) -> np.ndarray:
    return np.frombuffer(bytes(map(flags.get, keys, repeat(0))), np.uint8)


def _windows(values: list[np.ndarray], spans: np.ndarray) -> np.ndarray:
    """For each (k, before, after) the mean of values[k] over the lines i - before .. i + after."""
    n = len(values[0])
    total = np.zeros((len(values), n + 1))
    np.cumsum(values, axis=1, out=total[:, 1:])
    k, before, after = spans.T[:, :, None]
    places = np.arange(n)
    low, high = np.maximum(places - before, 0), np.minimum(places + after + 1, n)
    return (total[k, high] - total[k, low]) / (high - low)


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
    hits = np.minimum(page.speaks + 2 * page.marker, 3)
    speaks = np.minimum(page.count(FURNITURE) / size + hits, 3)
    copies = Counter(page.folded)
    log_words = np.log1p(n_words)
    mass = page.prose * np.minimum(n_words, 80)
    total = max(mass.sum(), 1.0)
    before = mass.cumsum() - mass
    after = total - before - mass
    marked = np.maximum.accumulate(np.where(page.marker, before, -1.0))
    weight = mass + 0.01 * n_words
    quoted = np.array(['"' in text for text in page.lines.text])
    address = np.where(quoted, 0, page.count(ADDRESS) / size)
    by_indent = np.bincount(indents, weight)
    main_indent = by_indent.argmax()
    since_prose, _ = _distance(page.prose)
    sentence = (page.ending >= 2) & (n_words >= 6)
    places = np.arange(n)
    windows = _windows([page.prose, sentence, log_words, speaks], _LOCAL_WINDOWS)
    return {
        "words": n_words,
        "end": page.ending,
        "beginning": page.beginning,
        "capitalised words": page.capitalised,
        "furniture phrases": hits,
        "address": address,
        "told elsewhere": page.told,
        "told beyond page": page.told - (page.told * mass).sum() / total,
        "copies": np.array([copies[line] for line in page.folded]),
        "prose words before": before,
        "prose words after": after,
        "prose before": before / total,
        "prose after": after / total,
        "prose before marker": marked / total,
        "prose since marker": np.where(marked < 0, -1, before - marked),
        "lines after": n - 1 - places,
        "place": places / n,
        "page prose": np.full(n, total),
        "page prose share": np.full(n, total / max(n_words.sum(), 1)),
        "indent": np.abs(indents - main_indent),
        "same indent": by_indent[indents] / max(weight.sum(), 1e-9),
        "gap before": page.lines.gap,
        "previous words": _shift(log_words, -1),
        "next end": _shift(page.ending, 1),
        "prose around": windows[0],
        "sentences near": windows[1],
        "words above": windows[2],
        "words below": windows[3],
        "furniture above": windows[4],
        "furniture below": windows[5],
        "since prose": since_prose,
    }


def context_features(page: Page, scores: np.ndarray) -> dict[str, np.ndarray]:
    """Features of the second pass: what the first one's `scores` say of a line's neighbours."""
    scores = scores.clip(-6, 6)
    p = 1 / (1 + np.exp(-scores))
    words = np.minimum(page.n_words, 80)
    mass = p * words
    total = max(mass.sum(), 1e-9)
    before = mass.cumsum() - mass
    since, until = _distance(_main_segment((p - 0.35) * np.sqrt(words)))
    indents = page.lines.indent
    by_indent = np.bincount(indents, mass) / np.maximum(np.bincount(indents, words), 1e-9)
    windows = _windows([p], _CONTEXT_WINDOWS)
    return {
        "first score": scores,
        "score after": _shift(scores, 1, -4),
        "score near": windows[0],
        "score around": windows[1],
        "score above": windows[2],
        "body before": before / total,
        "body after": (total - before - mass) / total,
        "body words before": before,
        "since main part": since,
        "until main part": until,
        "score of indent": by_indent[indents],
        "page body": np.full(len(p), total),
        "page score": np.full(len(p), total / max(words.sum(), 1)),
    }


def _main_segment(scores: np.ndarray) -> np.ndarray:
    """True for the lines of the run with the highest sum of scores (Kadane's algorithm)."""
    sums = np.append(0.0, scores.cumsum())
    stop = int((sums - np.minimum.accumulate(sums)).argmax())
    begin = int(sums[: stop + 1].argmin())
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
        reached = values[:, None, :] >= self.steps[:, :, None]
        return self.base[:, None] + (self.gains[:, None, :] @ reached.astype(np.float32))[:, 0]
