"""Articles that are there more than once: exact copies, and near duplicates by their five-grams.

Exact are articles with the same words in the same order.  Near are articles whose sets of
five-grams of words have a Jaccard similarity of at least 0.8 (Broder 1997, "On the resemblance and
containment of documents").  Every such pair is found: an article is left out of whose five-grams
too few stand in any other, and two that are alike share one of their rarest (the prefix filter of
Chaudhuri, Ganti & Kaushik 2006, "A primitive operator for similarity joins").  Duplicates of
duplicates are in one cluster.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.base import wording
from analysis.base.messages import Note
from analysis.outlets.sharing import all_grams, shared_grams

THRESHOLD = 0.8


class Duplicate(NamedTuple):
    """An article of cluster `cluster`; `of` is the cluster's first article ("" for itself)."""

    cluster: str
    of: str
    kind: str


def find_duplicates(prints: Mapping[str, np.ndarray]) -> dict[str, Duplicate]:
    """The articles (id to `word_codes` of the body) that have a duplicate, in the order given.

    `kind` is ``exact`` or ``near`` (compared with the cluster's first article), empty for the
    first one itself.  Texts without a word are left out; texts of fewer than five words have exact
    duplicates only.

    >>> from analysis.outlets.sharing import word_codes
    >>> texts = {"a": "The wall fell.", "b": "the wall fell", "c": "It stood."}
    >>> find_duplicates({name: word_codes(text) for name, text in texts.items()})["b"]
    Duplicate(cluster='d0001', of='a', kind='exact')
    """
    ids = [doc_id for doc_id, codes in prints.items() if len(codes)]
    originals: dict[bytes, int] = {}
    words = (prints[doc_id].tobytes() for doc_id in ids)
    exact = np.array([originals.setdefault(word_row, i) for i, word_row in enumerate(words)], int)
    single = np.unique(exact)
    joined = np.arange(len(ids))
    joined[single] = single[_joined([prints[ids[i]] for i in single])]
    clusters: dict[int, list[int]] = {}
    for i, first in enumerate(joined[exact].tolist()):
        clusters.setdefault(first, []).append(i)
    duplicates = {}
    shared = [members for members in clusters.values() if len(members) > 1]
    for number, (first, *later) in enumerate(shared, 1):
        name = f"d{number:04d}"
        duplicates[ids[first]] = Duplicate(name, "", "")
        for i in later:
            kind = "exact" if exact[i] == exact[first] else "near"
            duplicates[ids[i]] = Duplicate(name, ids[first], kind)
    return duplicates


def mark_copies(
    documents: pd.DataFrame, prints: Mapping[str, np.ndarray], once: bool
) -> tuple[pd.DataFrame, list[Note]]:
    """Documents with their duplicates: copies of the article of their cluster published first.

    `prints` are the `word_codes` of the articles.  If they count `once`, copies are not `counted`
    and have no words.
    """
    days = documents["published"].replace("", None)  # those without a day come last
    by_date = documents["doc_id"].loc[days.sort_values(kind="stable").index]
    duplicates = find_duplicates({doc_id: prints[doc_id] for doc_id in by_date})
    marks = [duplicates.get(doc_id, Duplicate("", "", "")) for doc_id in documents["doc_id"]]
    marks = pd.DataFrame(marks, documents.index, columns=["cluster", "of", "kind"], dtype=object)
    is_copy = marks["of"] != ""
    documents = documents.assign(
        **marks.add_prefix("duplicate_"),
        counted=~(is_copy & once),
    )
    sizes = ["n_sentences", "n_tokens"]
    documents[sizes] = documents[sizes].where(documents["counted"], 0, axis=0)
    exact, near = ((marks["kind"] == kind).sum() for kind in ("exact", "near"))
    clusters = len({mark.cluster for mark in duplicates.values()})
    return documents, [wording.copies(exact, near, clusters, once)] if duplicates else []


def _joined(prints: list[np.ndarray]) -> np.ndarray:
    """For each article one of its cluster of near duplicates, the same for all of them."""
    joined, refused = np.arange(len(prints)), set()
    articles, grams, held = _with_others(*all_grams(prints))
    grams_of = dict(zip(articles.tolist(), np.split(grams, np.cumsum(held)), strict=False))
    groups = (articles[places] for places in _sharing_a_rare_gram(grams, held))
    for holders in {group.tobytes(): group for group in groups}.values():
        if (joined[holders] == joined[holders[0]]).all():
            continue
        for number, a in enumerate(holders.tolist(), 1):
            others = holders[number:]
            for b in others[joined[others] != joined[a]].tolist():
                if joined[a] == joined[b] or (a, b) in refused:
                    continue
                if _alike(grams_of[a], grams_of[b]):
                    joined[joined == joined[b]] = joined[a]
                else:
                    refused.add((a, b))
    return joined


def _with_others(grams: np.ndarray, held: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The articles that may have a near duplicate, their five-grams, and how many each has.

    Of the five-grams of such an article at least `THRESHOLD` stand in others of these articles.
    """
    articles, before = np.arange(len(held)), np.inf
    while len(articles) < 0.9 * before:  # the few that more rounds would leave out do no harm
        before = len(articles)
        shared = np.zeros(len(held), int)
        for _, holder in shared_grams(grams, held):
            shared += np.bincount(holder, minlength=len(held))
        stays = (held > 0) & (shared >= THRESHOLD * held)
        grams = grams[np.repeat(stays, held)]
        articles, held = articles[stays], held[stays]
    return articles, grams, held


def _sharing_a_rare_gram(grams: np.ndarray, held: np.ndarray) -> Iterator[np.ndarray]:
    """For each five-gram the articles, if several, that have it among their rarest.

    Of n five-grams, ordered from the rarest, the first n - ⌈THRESHOLD · n⌉ + 1: two articles that
    are alike have the first of those they share among these.
    """
    holder = np.repeat(np.arange(len(held)), held)
    _, gram, times = np.unique(grams, return_inverse=True, return_counts=True)
    order = np.lexsort((gram, times[gram], holder))
    nth = np.arange(len(order)) - np.repeat(np.cumsum(held) - held, held)
    rare = order[nth <= np.repeat(held - np.ceil(THRESHOLD * held), held)]
    rare = rare[np.argsort(gram[rare], kind="stable")]
    for holders in np.split(holder[rare], np.flatnonzero(np.diff(gram[rare])) + 1):
        if len(holders) > 1:
            yield holders


def _alike(a: np.ndarray, b: np.ndarray) -> bool:
    shared = len(np.intersect1d(a, b, assume_unique=True))
    return shared >= THRESHOLD * (len(a) + len(b) - shared)
