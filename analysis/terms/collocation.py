"""Collocations: pairs of words that stand near each other more often than by chance."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis.terms import statistics as st
from analysis.terms import vocabulary
from analysis.terms.keywords import most_overused_first
from analysis.terms.vocabulary import Words
from analysis.text.words import term


def collocations(
    sentence_tokens: Iterable[list[str]] | Words, min_count: int = 5, window: int = 2
) -> pd.DataFrame:
    """Pairs of words, the first before the second, at most ``window - 1`` words apart.

    bigram, n, log_likelihood, pmi, npmi, log_dice, t_score (`statistics.association`).  The 2 × 2
    table is of pairs: how often the first word comes first in a pair, the second second, among
    all pairs; no pair crosses a sentence.  Pairs that attract each other most come first, those
    that occur together less often than by chance last.

    >>> pairs = collocations([["old", "harbour"], ["old", "harbour"], ["old", "wall"]], min_count=2)
    >>> pairs[["bigram", "n"]]
            bigram  n
    0  old harbour  2
    """
    words = sentence_tokens
    if not isinstance(words, Words):
        words = Words.of([[[term(token) for token in tokens] for tokens in sentence_tokens]])
    names, found = words.vocabulary, [tuple(np.empty((2, 0), np.int64))]
    as_first, as_second = np.zeros((2, len(names)), np.int64)
    for _, ids, sentence, _ in words.batches():
        for d in range(1, window):
            same = sentence[:-d] == sentence[d:]
            x, y = ids[:-d][same], ids[d:][same]
            as_first += np.bincount(x, minlength=len(names))
            as_second += np.bincount(y, minlength=len(names))
            found.append(vocabulary.counted(x.astype(np.int64) * len(names) + y))
    pairs, n = vocabulary.added(found)
    pairs, n = pairs[n >= min_count], n[n >= min_count]
    x, y = np.divmod(pairs, max(len(names), 1))
    measures = st.association(n, as_first[x], as_second[y], as_first.sum())
    table = pd.DataFrame({"bigram": [f"{names[i]} {names[j]}" for i, j in zip(x, y, strict=True)]})
    table["n"] = n
    for name in ("log_likelihood", "pmi", "npmi", "log_dice", "t_score"):
        table[name] = measures[name]
    return most_overused_first(table, table["pmi"])
