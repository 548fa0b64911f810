"""Which lines of a news page are its article: features of lines and an additive model over them.

The model (lexicons/clean_model.yml, written by benchmarks/clean_train.py) is a generalised additive
model: every feature has a few steps, every step a weight, and a line's score (log-odds of being
body text) is the intercept plus the weights of the steps it has reached. It runs twice: the second
pass also sees the first pass's scores of the neighbours, after stacked sequential learning (Cohen
and Carvalho 2005).
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache

import numpy as np

LETTER, UPPER, DIGIT, PUNCTUATION, COMMA, LINKISH, STOP_MARK = 1, 2, 4, 8, 16, 32, 64
LONG = 12  # words of a line that can carry the article

ENDINGS = {
    ".": 4,
    "!": 4,
    "?": 3,
    '"': 4,
    "'": 4,
    "…": 2,
    ")": 2,
    "]": 2,
    "»": 4,
    ":": 1,
    ";": 3,
    ",": 1,
}


@cache
def _tables() -> tuple[np.ndarray, np.ndarray]:
    """For every code point of the BMP: its class bits, and its folded form (lower case, or space)."""
    classes = np.zeros(65536, np.uint8)
    folded = np.full(65536, 32, np.uint32)
    for code in range(65536):
        character = chr(code)
        if character.isalpha():
            lower = character.lower()
            classes[code] = LETTER | (UPPER if character != lower else 0)
            folded[code] = ord(lower) if len(lower) == 1 else code
        elif character.isdigit():
            classes[code], folded[code] = DIGIT, code
        elif not character.isspace():
            classes[code] = PUNCTUATION
    for character in ",;":
        classes[ord(character)] |= COMMA
    for character in "|/›»•·#@©→_={}<>\\":
        classes[ord(character)] |= LINKISH
    for character in ".!?":
        classes[ord(character)] |= STOP_MARK
    folded[10] = 10
    return classes, folded


def fold(text: str) -> str:
    """Lower case, everything but letters, digits and line ends a space; same length."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    return _tables()[1][np.minimum(codes, 65535)].tobytes().decode("utf-32-le", "surrogatepass")


@dataclass(frozen=True)
class Phrases:
    """The furniture lexicon, folded and laid out for look-up."""

    markers: frozenset[str]
    lines: frozenset[str]
    starts: frozenset[str]
    starts_first: frozenset[str]
    inside: tuple[str, ...]
    inside_first: frozenset[str]
    words: frozenset[str]
    stop: frozenset[str]


def phrases(lexicon: dict, languages: tuple[str, ...] = ("en", "fr", "de", "es")) -> Phrases:
    """`lexicon` (furniture.yml) compiled for `languages`."""

    def entries(key: str) -> list[str]:
        content = lexicon[key]
        return [" ".join(fold(e).split()) for k in languages for e in content.get(k, [])]

    starts, inside = entries("starts"), entries("inside")
    return Phrases(
        frozenset(entries("markers")),
        frozenset(entries("lines")),
        frozenset(starts),
        frozenset(s.split()[0] for s in starts),
        tuple(f" {phrase} " for phrase in inside),
        frozenset(phrase.split()[0] for phrase in inside),
        frozenset(entries("words")),
        frozenset(w for entry in entries("stop") for w in entry.split()),
    )


def _window(values: np.ndarray, before: int, after: int) -> np.ndarray:
    """Mean of `values` over the lines i-before .. i+after (fewer at the edges)."""
    n = len(values)
    total = np.concatenate([[0.0], np.cumsum(values)])
    low = np.clip(np.arange(n) - before, 0, n)
    high = np.clip(np.arange(n) + after + 1, 0, n)
    return (total[high] - total[low]) / np.maximum(high - low, 1)


def _shift(values: np.ndarray, by: int, fill: float = 0.0) -> np.ndarray:
    """values[i + by], `fill` beyond the edges."""
    out = np.full(len(values), fill, values.dtype)
    if by > 0:
        out[:-by] = values[by:]
    else:
        out[-by:] = values[:by]
    return out


def _distance(flags: np.ndarray, cap: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Lines since the last flagged line and until the next one, the line itself being 0."""
    n = len(flags)
    places = np.arange(n)
    last = np.maximum.accumulate(np.where(flags, places, -cap))
    following = np.minimum.accumulate(np.where(flags, places, n + cap)[::-1])[::-1]
    return np.minimum(places - last, cap), np.minimum(following - places, cap)


def local_features(
    lines: list[str], indents: np.ndarray, gaps: np.ndarray, lexicon: Phrases
) -> dict[str, np.ndarray]:
    """Features of each line by name, from its own characters and its place on the page.

    `lines` are stripped and not empty; `indents` their leading spaces; `gaps` the blank lines
    before each.
    """
    n = len(lines)
    joined = "\n".join(lines) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.minimum(codes, 65535)
    class_table, fold_table = _tables()
    classes = class_table[codes]
    folded = fold_table[codes].tobytes().decode("utf-32-le", "surrogatepass").split("\n")
    length = np.fromiter(map(len, lines), np.int64, n)
    begin = np.concatenate([[0], np.cumsum(length + 1)[:-1]])

    def count(flags: np.ndarray) -> np.ndarray:
        return np.add.reduceat(flags.astype(np.int32), begin)

    letters = (classes & LETTER) != 0
    word_start = letters.copy()
    word_start[1:] &= ~letters[:-1]
    upper = (classes & UPPER) != 0
    n_letters = np.maximum(count(letters), 1)
    n_starts = np.maximum(count(word_start), 1)
    stop_marks = (classes & STOP_MARK) != 0
    inner_stop = stop_marks.copy()
    inner_stop[:-2] &= (classes[1:-1] == 0) & ((classes[2:] & UPPER) != 0)

    words = [line.split() for line in folded[:n]]
    n_words = np.fromiter(map(len, words), np.float64, n)
    size = np.maximum(n_words, 1)
    is_stop, is_furniture = lexicon.stop.__contains__, lexicon.words.__contains__
    stop = np.fromiter((sum(map(is_stop, w)) for w in words), np.float64, n) / size
    furniture = np.fromiter((sum(map(is_furniture, w)) for w in words), np.float64, n)
    keys = [" ".join(w[:30]) for w in words]
    copies = Counter(keys)
    seen: set[str] = set()
    earlier = np.zeros(n)
    for i, key in enumerate(keys):
        earlier[i] = key in seen
        seen.add(key)
    marker, exact, start, inside = (np.zeros(n) for _ in range(4))
    for i, (w, key) in enumerate(zip(words, keys, strict=True)):
        if not w:
            continue
        if len(w) <= 7:
            if key in lexicon.markers or (w[-1].isdigit() and " ".join(w[:-1]) in lexicon.markers):
                marker[i] = 1
            elif key in lexicon.lines:
                exact[i] = 1
        if w[0] in lexicon.starts_first:
            start[i] = any(" ".join(w[:k]) in lexicon.starts for k in range(1, 6))
        if not lexicon.inside_first.isdisjoint(w):
            padded = f" {key} "
            inside[i] = sum(phrase in padded for phrase in lexicon.inside)

    prose = ((n_words >= LONG) & (length > 60)).astype(np.float64)
    mass = prose * np.minimum(n_words, 80)
    vocabulary: Counter = Counter()
    content = []
    for w, long in zip(words, prose, strict=True):
        chosen = {x for x in w if len(x) > 4 and not is_stop(x)}
        content.append(chosen)
        if long:
            vocabulary.update(chosen)
    known = {x for x, k in vocabulary.items() if k >= 2}
    overlap = np.fromiter((len(c & known) / max(len(c), 1) for c in content), np.float64, n)

    total = max(mass.sum(), 1.0)
    before = np.concatenate([[0.0], np.cumsum(mass)[:-1]])
    since_prose, until_prose = _distance(prose > 0)
    since_marker, until_marker = _distance(marker > 0)
    marker_mass = np.maximum.accumulate(np.where(marker > 0, before, -1.0))
    weights = mass + 0.01 * n_words
    common = Counter()
    for indent, weight in zip(indents.tolist(), weights.tolist(), strict=True):
        common[indent] += weight
    main_indent = common.most_common(1)[0][0]
    log_words = np.log1p(n_words)
    end = np.fromiter((ENDINGS.get(line[-1], 0) for line in lines), np.float64, n)
    sentence = ((end >= 3) & (n_words >= 6)).astype(np.float64)
    index = np.arange(n)
    first = np.fromiter((_first(line) for line in lines), np.float64, n)
    n_digits = count((classes & DIGIT) != 0)
    out = {
        "words": n_words,
        "word length": n_letters / size,
        "function words": stop,
        "capitalised words": count(upper & word_start) / n_starts,
        "capitals": count(upper) / n_letters,
        "digits": n_digits / length,
        "end": end,
        "first": first,
        "sentences": count(inner_stop),
        "commas": count((classes & COMMA) != 0) / size,
        "link signs": count((classes & LINKISH) != 0),
        "furniture words": furniture / size,
        "furniture words n": furniture,
        "marker": marker,
        "furniture line": exact,
        "furniture start": start,
        "furniture phrase": inside,
        "copies": np.fromiter((copies[k] for k in keys), np.float64, n),
        "copy of earlier": earlier,
        "indent": np.abs(indents - main_indent),
        "same indent": np.fromiter((common[i] for i in indents.tolist()), np.float64, n)
        / weights.sum(),
        "gap before": gaps,
        "gap after": _shift(gaps, 1, 9),
        "shared vocabulary": overlap,
        "prose before": before / total,
        "prose after": (total - before - mass) / total,
        "prose words before": before,
        "prose words after": total - before - mass,
        "lines before": index,
        "lines after": n - 1 - index,
        "place": index / n,
        "since prose": since_prose,
        "until prose": until_prose,
        "since marker": since_marker,
        "until marker": until_marker,
        "prose since marker": np.where(marker_mass < 0, -1, before - marker_mass),
        "prose before marker": marker_mass / total,
        "page prose": np.full(n, total),
        "page prose share": np.full(n, total / max(n_words.sum(), 1)),
        "previous words": _shift(log_words, -1),
        "next words": _shift(log_words, 1),
        "second previous words": _shift(log_words, -2),
        "second next words": _shift(log_words, 2),
        "previous end": _shift(end, -1),
        "next end": _shift(end, 1),
        "previous function words": _shift(stop, -1),
        "next function words": _shift(stop, 1),
        "same shape before": _shift(log_words, -1) - log_words,
        "prose near": _window(prose, 3, 3),
        "prose around": _window(prose, 8, 8),
        "prose above": _window(prose, 5, -1) if n > 1 else prose,
        "prose below": _window(prose, -1, 5) if n > 1 else prose,
        "sentences near": _window(sentence, 3, 3),
        "words above": _window(log_words, 4, 0),
        "words below": _window(log_words, 0, 4),
        "furniture near": _window(furniture / size + exact + marker + start, 3, 3),
        "furniture below": _window(furniture / size + exact + marker + start, 0, 6),
        "furniture above": _window(furniture / size + exact + marker + start, 6, 0),
    }
    return out


@dataclass(frozen=True)
class Pass:
    """One pass of the model, laid out for NumPy: a feature's steps stand side by side."""

    names: tuple[str, ...]
    column: np.ndarray  # of each step, its feature's place in `names`
    steps: np.ndarray
    gains: np.ndarray  # what reaching the step adds
    first_step: np.ndarray  # of each feature
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
            content["intercept"],
        )

    def score(self, features: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Log-odds of each line, and each step reached (lines x steps, 0 or its gain)."""
        values = np.column_stack([features[name] for name in self.names]).astype(np.float32)
        reached = (values[:, self.column] >= self.steps) * self.gains
        return reached.sum(axis=1) + self.intercept, reached

    def effects(self, reached: np.ndarray) -> np.ndarray:
        """What each feature adds to a line's score, beyond what it adds to the page's mean line."""
        sums = np.add.reduceat(reached, self.first_step, axis=1)
        return sums - sums.mean(axis=0)


def _first(line: str) -> int:
    first = line[0]
    if first.isupper():
        return 3
    if first.isdigit():
        return 1
    if first in "*+•-–—◦▪":
        return 0
    if first.islower():
        return 2
    return 4


def main_segment(scores: np.ndarray) -> np.ndarray:
    """1 for the lines of the contiguous run with the highest sum of scores, else 0 (Kadane)."""
    sums = np.concatenate([[0.0], np.cumsum(scores)])
    lowest = np.minimum.accumulate(sums)
    stop = int(np.argmax(sums - lowest))
    begin = int(np.argmin(sums[: stop + 1]))
    inside = np.zeros(len(scores))
    inside[begin:stop] = 1
    return inside


def context_features(
    local: dict[str, np.ndarray], scores: np.ndarray, indents: np.ndarray
) -> dict[str, np.ndarray]:
    """Features of the second pass: what the first pass (`scores`, log-odds) says of the neighbours."""
    scores = np.clip(scores, -6, 6)
    p = 1 / (1 + np.exp(-scores))
    words = np.minimum(local["words"], 80)
    mass = p * words
    total = max(mass.sum(), 1e-9)
    before = np.concatenate([[0.0], np.cumsum(mass)[:-1]])
    segment = main_segment((p - 0.35) * np.sqrt(words))
    since, until = _distance(segment > 0)
    groups, place = np.unique(indents, return_inverse=True)
    by_indent = np.bincount(place, mass) / np.maximum(np.bincount(place, words), 1e-9)
    since_sure, until_sure = _distance((p > 0.8) & (words >= LONG))
    return {
        "score": scores,
        "score before": _shift(scores, -1, -4),
        "score after": _shift(scores, 1, -4),
        "score 2 before": _shift(scores, -2, -4),
        "score 2 after": _shift(scores, 2, -4),
        "score near": _window(p, 2, 2),
        "score around": _window(p, 5, 5),
        "score above": _window(p, 6, 0),
        "score below": _window(p, 0, 6),
        "score far above": _window(p, 15, 0),
        "score far below": _window(p, 0, 15),
        "body before": before / total,
        "body after": (total - before - mass) / total,
        "body words before": before,
        "body words after": total - before - mass,
        "segment": segment,
        "segment since": since,
        "segment until": until,
        "sure since": since_sure,
        "sure until": until_sure,
        "indent score": by_indent[place],
        "page body": np.full(len(p), total),
        "page score": np.full(len(p), total / max(words.sum(), 1)),
    }
