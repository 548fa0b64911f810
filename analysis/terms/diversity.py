"""Lexical diversity of a text: type-token ratios that allow for its length, MTLD, HD-D."""

from collections import Counter
from math import comb, fsum

import numpy as np

from analysis.text.words import term


def lexical_diversity(tokens: list[str], window: int = 50) -> dict[str, float]:
    """n_tokens, n_types, ttr, mattr, mtld, hdd of a list of words, as terms.

    mattr: mean type-token ratio of all windows of `window` words (Covington & McFall 2010).
    mtld: McCarthy & Jarvis (2010), threshold 0.72: a factor is complete when the ratio *reaches*
        the threshold, the last one counts in part, mean of forward and backward reading
        (lexicalrichness reads it so; taaled and textacy go on until the ratio is below).
    hdd: HD-D with 42 draws, as the mean contribution of the types: expected types in a draw / 42.

    NaN where the text is too short: fewer words than the window or the draws, or no repetition.

    >>> measures = lexical_diversity(["the", "old", "wall", "the", "old", "gate"], window=3)
    >>> {name: round(measures[name], 2) for name in ("n_types", "ttr", "mattr")}
    {'n_types': 4, 'ttr': 0.67, 'mattr': 1.0}
    """
    tokens = [term(t) for t in tokens]
    n, types = len(tokens), Counter(tokens)
    before, after = _previous(tokens), _previous(tokens[::-1])
    hdd = np.nan
    if n >= 42:
        times, draws = Counter(types.values()).items(), comb(n, 42)
        hdd = fsum(count * (1 - comb(n - often, 42) / draws) for often, count in times) / 42
    return {
        "n_tokens": n,
        "n_types": len(types),
        "ttr": len(types) / n if n else np.nan,
        "mattr": _mattr(before, window),
        "mtld": (_mtld(before) + _mtld(after)) / 2,
        "hdd": hdd,
    }


def _previous(tokens: list[str]) -> list[int]:
    """For each word the place of the last one like it before, -1 if there is none."""
    last: dict[str, int] = {}
    places = []
    for place, token in enumerate(tokens):
        places.append(last.get(token, -1))
        last[token] = place
    return places


def _mtld(previous: list[int], threshold: float = 0.72) -> float:
    factors, start, types, ratio = 0.0, 0, 0, 1.0
    for place, before in enumerate(previous):
        types += before < start
        ratio = types / (place + 1 - start)
        if ratio <= threshold:
            factors, start, types, ratio = factors + 1, place + 1, 0, 1.0
    factors += (1 - ratio) / (1 - threshold)
    return len(previous) / factors if factors else np.nan


def _mattr(previous: list[int], window: int) -> float:
    """A word adds a type to every window that holds it but none like it before it."""
    places, windows = np.arange(len(previous)), len(previous) - window + 1
    if windows < 1:
        return np.nan
    first = np.maximum(np.array(previous), places - window)
    last = np.minimum(places, windows - 1)
    return int(np.maximum(last - first, 0).sum()) / window / windows
