"""The words of a corpus as numbers, for counts that do not hold each word as a text."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

BATCH = 4_000_000  # words counted at a time, in whole articles


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
        """First article, then code, sentence and article (0, 1, ...) of each word of a batch."""
        first, start = 0, 0
        while first < len(self.article_ends):
            last = int(np.searchsorted(self.article_ends, start + BATCH, "right"))
            last = max(last, first + 1)
            stop = int(self.article_ends[last - 1])
            places = np.arange(start, stop)
            sentence = np.searchsorted(self.sentence_ends, places, "right")
            article = np.searchsorted(self.article_ends[first:last], places, "right")
            yield first, self.codes[start:stop], sentence, article
            first, start = last, stop


def count_by_article(words: Words, doc_ids: Iterable[str]) -> pd.DataFrame:
    """doc_id, term (both categories) and n: occurrences in each article."""
    size = max(len(words.vocabulary), 1)
    found = []
    for first, codes, _, article in words.batches():
        cells, n = np.unique(article * size + codes, return_counts=True)
        cells = first + cells // size, cells % size, n
        found.append(tuple(column.astype(np.int32) for column in cells))
    rows, terms, n = _joined(found, 3)
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
    """
    base = max(len(words.vocabulary), 1)
    keys, *_ = _runs(words, 1, base, min_count, None)
    tables = []
    for size in range(2, longest + 1):
        keys, n, doc_freq = _runs(words, size, base, min_count, keys)
        codes = [keys // base ** (size - 1 - i) % base for i in range(size)]
        names = [" ".join(run) for run in zip(*(words.vocabulary[c] for c in codes), strict=True)]
        tables.append(pd.DataFrame({"size": size, "term": names, "n": n, "doc_freq": doc_freq}))
    order, ascending = ["size", "n", "term"], [True, False, True]
    return pd.concat(tables).sort_values(order, ascending=ascending, ignore_index=True)


def _runs(
    words: Words, length: int, base: int, min_count: int, shorter: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Runs of `length` words as numbers to the base `base`; `shorter` are the frequent ones."""
    found = []
    for _, codes, sentence, article in words.batches():
        many = len(codes) - length + 1
        if many < 1:
            continue
        inside = sentence[:many] == sentence[length - 1 :]
        if shorter is not None:
            head = _numbers(codes, length - 1, base)
            frequent = np.isin(head, shorter)
            inside &= frequent[:-1] & frequent[1:]
        keys, own = _numbers(codes, length, base)[inside], article[:many][inside]
        order = np.argsort(keys, kind="stable")  # articles stay in order
        keys, own = keys[order], own[order]
        starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]][: len(keys)])
        fresh = np.r_[True, (keys[1:] != keys[:-1]) | (own[1:] != own[:-1])][: len(keys)]
        n = np.diff(np.r_[starts, len(keys)])
        found.append((keys[starts], n, np.add.reduceat(fresh, starts) if len(starts) else n))
    keys, n, doc_freq = _joined(found, 3)
    keys, place = np.unique(keys, return_inverse=True)
    n, doc_freq = (np.bincount(place, x, len(keys)).astype(np.int64) for x in (n, doc_freq))
    kept = n >= min_count
    return keys[kept], n[kept], doc_freq[kept]


def _numbers(codes: np.ndarray, length: int, base: int) -> np.ndarray:
    """Each run of `length` codes as one number; fits as long as base ** length < 2 ** 63."""
    many = len(codes) - length + 1
    numbers = np.zeros(many, np.int64)
    for i in range(length):
        numbers = numbers * base + codes[i : i + many]
    return numbers


def _joined(found: list[tuple[np.ndarray, ...]], count: int) -> list[np.ndarray]:
    if not found:
        return [np.empty(0, np.int64)] * count
    return [np.concatenate(parts) for parts in zip(*found, strict=True)]
