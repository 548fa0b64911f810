"""Articles that are there more than once: exact copies, and near duplicates by their shingles.

Exact are articles with the same words in the same order.  Near are articles whose sets of five-word
shingles have a Jaccard similarity of at least 0.8 (Broder 1997, "On the resemblance and containment
of documents"); candidates come from MinHash signatures in a locality-sensitive index, and every
candidate's similarity is then computed exactly.  Duplicates of duplicates are in one cluster.
"""

import re
from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

import numpy as np

SHINGLE = 5  # words
THRESHOLD = 0.8
_SIGNATURE = 128
_BANDS = (21, 6)  # finds a pair of similarity 0.8 with a probability of 0.998
_ERROR = 0.12  # more than three standard errors of a signature's estimate
_WORD = re.compile(r"\w+")


class Duplicate(NamedTuple):
    """An article of cluster `cluster`; `of` is the cluster's first article ("" for itself)."""

    cluster: str
    of: str
    kind: str


def find_duplicates(texts: Mapping[str, str], threshold: float = THRESHOLD) -> dict[str, Duplicate]:
    """The articles of `texts` (id to body) that have a duplicate, in the order of `texts`.

    `kind` is ``exact`` or ``near`` (compared with the cluster's first article), empty for the
    first one itself.  Texts without a word are left out; texts of fewer than five words have exact
    duplicates only.
    """
    originals: dict[bytes, str] = {}
    same: dict[str, bytes] = {}
    parent: dict[str, str] = {}
    for doc_id, text in texts.items():
        tokens = _tokens(text)
        if tokens:
            same[doc_id] = blake2b("\0".join(tokens).encode("utf-8", "replace")).digest()
            parent[doc_id] = originals.setdefault(same[doc_id], doc_id)
    order = {doc_id: number for number, doc_id in enumerate(texts)}
    single = {doc_id: texts[doc_id] for doc_id in originals.values()}
    for a, b in _near_pairs(single, threshold, parent):
        first, later = sorted((_root(a, parent), _root(b, parent)), key=order.__getitem__)
        parent[later] = first
    clusters: dict[str, list[str]] = {}
    for doc_id in parent:
        clusters.setdefault(_root(doc_id, parent), []).append(doc_id)
    found = {}
    shared = [members for members in clusters.values() if len(members) > 1]
    for number, (first, *later) in enumerate(shared, 1):
        name = f"d{number:04d}"
        found[first] = Duplicate(name, "", "")
        for doc_id in later:
            kind = "exact" if same[doc_id] == same[first] else "near"
            found[doc_id] = Duplicate(name, first, kind)
    return found


def _tokens(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _root(doc_id: str, parent: dict[str, str]) -> str:
    while parent[doc_id] != doc_id:
        parent[doc_id] = parent[parent[doc_id]]
        doc_id = parent[doc_id]
    return doc_id


def _near_pairs(
    texts: Mapping[str, str], threshold: float, parent: dict[str, str]
) -> Iterator[tuple[str, str]]:
    """Pairs of at least `threshold`, without those that `parent` joins already."""
    from datasketch import MinHash, MinHashLSH  # slow to import

    index = MinHashLSH(num_perm=_SIGNATURE, params=_BANDS)
    empty = MinHash(_SIGNATURE, seed=1, hashfunc=int, scheme="affine32")
    shingles = [_shingles(text) for text in texts.values()]
    signatures = np.empty((len(texts), _SIGNATURE), np.uint32)
    names = list(texts)
    for i, (doc_id, own) in enumerate(zip(names, shingles, strict=True)):
        if not len(own):
            continue
        signature = empty.copy()
        signature.update_batch(own)
        signatures[i] = signature.hashvalues
        root = _root(doc_id, parent)
        near = np.array([j for j in index.query(signature) if _root(names[j], parent) != root], int)
        likeness = (signatures[near] == signatures[i]).mean(axis=1)
        for j in np.sort(near[likeness >= threshold - _ERROR]):
            if _root(names[j], parent) != _root(doc_id, parent):
                shared = len(np.intersect1d(own, shingles[j], assume_unique=True))
                if shared >= threshold * (len(own) + len(shingles[j]) - shared):
                    yield doc_id, names[j]
        index.insert(i, signature, check_duplication=False)


def _shingles(text: str) -> np.ndarray:
    """Hashes (32 bits) of the runs of five words, each once."""
    words = np.array([crc32(word.encode("utf-8", "replace")) for word in _tokens(text)], np.uint64)
    if len(words) < SHINGLE:
        return np.array([], np.uint32)
    runs = np.lib.stride_tricks.sliding_window_view(words, SHINGLE)
    mixed = np.zeros(len(runs), np.uint64)
    for column in runs.T:  # polynomial in 64 bits, of which the upper half is well mixed
        mixed = (mixed + column + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return np.unique((mixed >> np.uint64(32)).astype(np.uint32))
