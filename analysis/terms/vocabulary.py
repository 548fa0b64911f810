"""The words of a corpus as numbers, for counts that do not hold each word as a text."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.base.memory import AT_ONCE


class Words(NamedTuple):
    """All counted words in order: `codes` into the sorted `vocabulary`, and where units end."""

    vocabulary: np.ndarray  # of str
    codes: np.ndarray
    sentence_ends: np.ndarray
    article_ends: np.ndarray

    @classmethod
    def of(cls, articles: Iterable[Iterable[list[str]]]) -> "Words":
        """From articles of sentences of terms."""
        numbers: dict[str, int] = {}
        parts, sentences, ends, total = [], [], [], 0
        for article in articles:
            codes: list[int] = []
            for sentence in article:
                codes += [numbers.setdefault(word, len(numbers)) for word in sentence]
                sentences.append(total + len(codes))
            total += len(codes)
            ends.append(total)
            parts.append(np.array(codes, np.int32))
        vocabulary = np.array(list(numbers), dtype=object)
        order = np.argsort(vocabulary) if len(vocabulary) else np.empty(0, np.intp)
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        codes = rank[np.concatenate(parts)] if parts else np.empty(0, np.int32)
        return cls(vocabulary[order], codes, np.array(sentences, int), np.array(ends, int))

    def batches(self) -> Iterator[tuple[int, np.ndarray, np.ndarray, np.ndarray]]:
        """First article, then code, sentence and article (0, 1, ...) of each word, in parts."""
        first, start = 0, 0
        while first < len(self.article_ends):
            last = int(np.searchsorted(self.article_ends, start + AT_ONCE, "right"))
            last = max(last, first + 1)
            stop = int(self.article_ends[last - 1])
            sentences = slice(*np.searchsorted(self.sentence_ends, (start + 1, stop + 1)))
            sentence, article = (
                np.repeat(np.arange(len(ends)), np.diff(ends, prepend=start))
                for ends in (self.sentence_ends[sentences], self.article_ends[first:last])
            )
            yield first, self.codes[start:stop], sentence, article
            first, start = last, stop


def joined(words: Words, phrases: Iterable[tuple[str, ...]]) -> Words:
    """`words` with each place of a phrase in a sentence as one word, joined by blanks.

    Of phrases that overlap the longer counts, then the first in the text.
    """
    plain = np.array([straight(word) for word in words.vocabulary], dtype=object)
    codes, last = words.codes, len(words.codes)
    taken, phrase_at = np.zeros(last, bool), {}
    for phrase in sorted(set(phrases), key=lambda own: (-len(own), own)):
        at = np.arange(last - len(phrase) + 1)
        for offset, word in enumerate(phrase):
            at = at[np.isin(codes[at + offset], np.flatnonzero(plain == straight(word)))]
        ends = [np.searchsorted(words.sentence_ends, at + k, "right") for k in (0, len(phrase) - 1)]
        for place in at[ends[0] == ends[1]].tolist():
            if not taken[place : place + len(phrase)].any():
                taken[place : place + len(phrase)] = True
                phrase_at[place] = phrase
    if not phrase_at:
        return words
    names = sorted({*words.vocabulary, *map(" ".join, phrase_at.values())})
    number = {name: code for code, name in enumerate(names)}
    codes = np.array([number[word] for word in words.vocabulary], np.int32)[codes]
    taken[list(phrase_at)] = False  # the first word of a phrase stands for it
    codes[list(phrase_at)] = [number[" ".join(phrase)] for phrase in phrase_at.values()]
    before = np.append(0, np.cumsum(~taken))
    ends = before[words.sentence_ends], before[words.article_ends]
    return Words(np.array(names, dtype=object), codes[~taken], *ends)


def straight(text: str) -> str:
    """`text` with straight apostrophes; its length stays."""
    return text.replace("’", "'").replace("ʼ", "'")


def count_by_article(words: Words, doc_ids: Iterable[str]) -> pd.DataFrame:
    """doc_id, term (both categories) and n: occurrences in each article."""
    size = max(len(words.vocabulary), 1)
    parts = [tuple(np.empty((3, 0), np.int32))]
    for first, codes, _, article in words.batches():
        cells, n = counted(article * size + codes)
        cells = first + cells // size, cells % size, n
        parts.append(tuple(column.astype(np.int32) for column in cells))
    rows, terms, n = map(np.concatenate, zip(*parts, strict=True))
    return pd.DataFrame(
        {
            "doc_id": pd.Categorical.from_codes(rows, list(doc_ids)),
            "term": pd.Categorical.from_codes(terms, words.vocabulary),
            "n": n.astype(np.int32, copy=False),
        }
    )


def ngrams(words: Words, longest: int, min_count: int = 2) -> pd.DataFrame:
    """size, term (the words joined by a blank), n, doc_freq of runs of 2 to `longest` words.

    A run lies within one sentence and is found `min_count` times.  Only runs that are frequent
    enough can be part of a longer one that is (Agrawal & Srikant 1994): all others are left out.

    >>> ngrams(Words.of([[["old", "harbour", "wall"], ["old", "harbour"]]]), 2)
       size         term  n  doc_freq
    0     2  old harbour  2         1
    """
    base = max(len(words.vocabulary), 1)
    shorter = [np.flatnonzero(np.bincount(words.codes, minlength=base) >= min_count)]
    codes, tables = shorter[0][:, None], []
    for size in range(2, longest + 1):
        keys, n, doc_freq = _runs(words, [pd.Index(runs) for runs in shorter], base)
        keys, n, doc_freq = (column[n >= min_count] for column in (keys, n, doc_freq))
        codes = np.column_stack([codes[keys // base], keys % base])
        names = [" ".join(run) for run in zip(*words.vocabulary[codes.T], strict=True)]
        tables.append(pd.DataFrame({"size": size, "term": names, "n": n, "doc_freq": doc_freq}))
        shorter.append(keys)
    order, ascending = ["size", "n", "term"], [True, False, True]
    return pd.concat(tables).sort_values(order, ascending=ascending, ignore_index=True)


def _runs(
    words: Words, shorter: list[pd.Index], base: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Keys of runs, n and doc_freq; a key is the number of the shorter run it begins with, in the
    last of `shorter` (frequent runs of one word, two, ...), times `base`, and its last word.
    """
    parts = [tuple(np.empty((3, 0), np.int64))]
    for _, codes, sentence, article in words.batches():
        number = shorter[0].get_indexer(codes)
        for length, runs in enumerate(shorter[1:], 1):
            key = number[:-1] * base + codes[length:]
            number = np.where(number[:-1] < 0, -1, runs.get_indexer(key))
        inside = sentence[: -len(shorter)] == sentence[len(shorter) :]
        inside &= (number[:-1] >= 0) & (number[1:] >= 0)
        keys = (number[:-1] * base + codes[len(shorter) :])[inside]
        articles = int(article[-1]) + 1 if len(article) else 1
        cells, n = counted(keys * articles + article[: -len(shorter)][inside])
        parts.append(added([(cells // articles, n, np.ones_like(n))]))
    return added(parts)


def counted(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different keys, sorted, and how often each is there (`np.unique`, but faster)."""
    keys = np.sort(keys)
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[starts], np.diff(starts, append=len(keys))


def added(parts: list[tuple[np.ndarray, ...]]) -> tuple[np.ndarray, ...]:
    """The different keys of several counts, sorted, and the sum of each count."""
    keys, *counts = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(keys, kind="stable")
    starts = np.flatnonzero(np.diff(keys[order], prepend=-1))
    return keys[order][starts], *(
        np.add.reduceat(n[order], starts) if len(n) else n for n in counts
    )
