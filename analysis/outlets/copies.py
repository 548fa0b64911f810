"""Articles that are there more than once: exact copies, and near duplicates by their shingles.

Exact are articles with the same words in the same order.  Near are articles whose sets of five-word
shingles have a Jaccard similarity of at least 0.8 (Broder 1997, "On the resemblance and containment
of documents"); candidates come from MinHash signatures in a locality-sensitive index, and every
candidate's similarity is then computed exactly.  Duplicates of duplicates are in one cluster.

A `fingerprint` is all that is kept of an article; the words of the candidates alone are read again.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

SHINGLE = 5  # words
THRESHOLD = 0.8
_SIGNATURE = 128
_BANDS = (21, 6)  # number, length: finds a pair of similarity 0.8 with probability 0.998
_DIGEST = 16  # bytes
_AT_ONCE = 100_000  # pairs compared
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
    prints = {doc_id: fingerprint(text) for doc_id, text in texts.items()}
    return cluster(prints, lambda wanted: {doc_id: texts[doc_id] for doc_id in wanted}, threshold)


def fingerprint(text: str) -> bytes:
    """Digest of the words, then the signature of the shingles if there are any; b"" of no word."""
    tokens = _tokens(text)
    if not tokens:
        return b""
    exact = blake2b("\0".join(tokens).encode("utf-8", "replace"), digest_size=_DIGEST).digest()
    shingles = _shingles(tokens)
    if not len(shingles):
        return exact
    signature = _empty_signature().copy()
    signature.update_batch(shingles)
    return exact + signature.hashvalues.astype("<u4").tobytes()


@cache
def _empty_signature() -> Any:
    from datasketch import MinHash  # slow to import

    return MinHash(_SIGNATURE, seed=1, hashfunc=int, scheme="affine32")


def cluster(
    prints: Mapping[str, bytes],
    read: Callable[[Collection[str]], Mapping[str, str]],
    threshold: float = THRESHOLD,
) -> dict[str, Duplicate]:
    """`find_duplicates` by the fingerprints; `read` gives the texts of some articles."""
    ids = [doc_id for doc_id, own in prints.items() if own]
    exact = [prints[doc_id][:_DIGEST] for doc_id in ids]
    originals: dict[bytes, int] = {}
    parent = np.array([originals.setdefault(own, i) for i, own in enumerate(exact)], int)
    whole = _DIGEST + 4 * _SIGNATURE
    single = np.array([i for i in originals.values() if len(prints[ids[i]]) == whole], int)
    joined = b"".join(prints[ids[i]][_DIGEST:] for i in single)
    signatures = np.frombuffer(joined, "<u4").reshape(-1, _SIGNATURE)
    for a, b in _near_pairs(signatures, threshold, lambda w: read([ids[i] for i in single[w]])):
        first, later = sorted((_root(single[a], parent), _root(single[b], parent)))
        parent[later] = first
    clusters: dict[int, list[int]] = {}
    for i in range(len(ids)):
        clusters.setdefault(_root(i, parent), []).append(i)
    found = {}
    shared = [members for members in clusters.values() if len(members) > 1]
    for number, (first, *later) in enumerate(shared, 1):
        name = f"d{number:04d}"
        found[ids[first]] = Duplicate(name, "", "")
        for i in later:
            kind = "exact" if exact[i] == exact[first] else "near"
            found[ids[i]] = Duplicate(name, ids[first], kind)
    return found


def _tokens(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _root(i: int, parent: np.ndarray) -> int:
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return int(i)


def _near_pairs(
    signatures: np.ndarray, threshold: float, read: Callable[[np.ndarray], Mapping[str, str]]
) -> Iterator[tuple[int, int]]:
    """Rows of `signatures` that are at least `threshold` alike, by the texts that `read` gives.

    Of many that are all alike, the pairs that others have joined are not looked at.
    """
    close = np.zeros(len(signatures), bool)
    for a, b in _in_one_band(signatures):
        new = ~(close[a] & close[b])
        alike = _alike(signatures, a[new], b[new], threshold)
        close[a[new][alike]] = close[b[new][alike]] = True
    wanted = np.flatnonzero(close)
    texts = zip(wanted, read(wanted).values(), strict=True)
    shingles = {i: _shingles(_tokens(text)) for i, text in texts}
    joined, refused = np.arange(len(signatures)), set()
    for a, b in _in_one_band(signatures, close):
        new = joined[a] != joined[b]
        alike = _alike(signatures, a[new], b[new], threshold)
        for pair in zip(a[new][alike].tolist(), b[new][alike].tolist(), strict=True):
            first, later = (joined[i] for i in pair)
            if first == later or pair in refused:
                continue
            own, other = (shingles[i] for i in pair)
            shared = len(np.intersect1d(own, other, assume_unique=True))
            if shared >= threshold * (len(own) + len(other) - shared):
                joined[joined == later] = first
                yield pair
            else:
                refused.add(pair)


def _in_one_band(
    signatures: np.ndarray, only: np.ndarray | slice = slice(None)
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of rows, the first above the second, that agree in a whole band, some at a time."""
    rows = np.arange(len(signatures))[only]
    bands, length = _BANDS
    for first in range(0, bands * length, length):
        columns = signatures[only, first : first + length]
        order = np.lexsort(columns.T)
        new = (columns[order[1:]] != columns[order[:-1]]).any(axis=1)
        run = np.cumsum(np.r_[True, new][: len(order)])
        for step in range(1, len(order)):  # each with the next of its run, the one after it, ...
            near = np.flatnonzero(run[step:] == run[:-step])
            if not len(near):
                break
            yield rows[order[near]], rows[order[near + step]]


def _alike(signatures: np.ndarray, a: np.ndarray, b: np.ndarray, threshold: float) -> np.ndarray:
    """Which pairs, by the estimate of their signatures, may reach the threshold."""
    found = [
        (signatures[a[i : i + _AT_ONCE]] == signatures[b[i : i + _AT_ONCE]]).mean(axis=1)
        for i in range(0, len(a), _AT_ONCE)
    ]
    return np.concatenate([np.empty(0), *found]) >= threshold - _ERROR


def _shingles(tokens: list[str]) -> np.ndarray:
    """Hashes (32 bits) of the runs of five words, each once."""
    words = np.array([crc32(word.encode("utf-8", "replace")) for word in tokens], np.uint64)
    if len(words) < SHINGLE:
        return np.array([], np.uint32)
    runs = np.lib.stride_tricks.sliding_window_view(words, SHINGLE)
    mixed = np.zeros(len(runs), np.uint64)
    for column in runs.T:  # polynomial in 64 bits, of which the upper half is well mixed
        mixed = (mixed + column + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return np.unique((mixed >> np.uint64(32)).astype(np.uint32))
