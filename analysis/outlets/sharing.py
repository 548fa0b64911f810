"""Passages that articles share, and the stories they tell."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from zlib import crc32

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.base.columns import names
from analysis.base.memory import AT_ONCE
from analysis.text.words import word_texts

GRAM = 5
MAX_HOLDERS = 500  # articles; a five-gram of more is a formula, not a passage taken from another
_TEXTS = 5000  # pairs whose texts are in memory together
WINDOW = 14  # days between the articles of a pair
MIN_SHARED = 5  # five-grams
SAME_TEXT = 0.5  # containment from which two articles are one text


def word_codes(text: str) -> np.ndarray:
    """The words of `text` in order, whatever their case, as 32-bit numbers."""
    return np.array(
        [crc32(word.casefold().encode("utf-8", "replace")) for word in word_texts(text)], np.uint32
    )


def reuse_table(
    prints: Mapping[str, np.ndarray],
    read: Callable[[Iterable[str]], Mapping[str, str]],
    published: Mapping[str, str],
    credits: Mapping[str, Iterable[str]],
    outlets: Mapping[str, str],
) -> pd.DataFrame:
    """Pairs of articles that share passages, by containment of word five-grams.

    Containment (Broder 1997, *On the resemblance and containment of documents*) is the share of
    one article's five-grams that the other holds; it finds wire copy inside a longer article,
    which the Jaccard coefficient misses.  Pairs are looked for by the five-grams that at most
    `MAX_HOLDERS` articles have (as passim does: Smith, Cordell & Mullen 2015, *American Literary
    History* 27(3)), of which they share `MIN_SHARED`; then all are counted.

    `prints` are the `word_codes` of the articles, `read` gives the texts of some, `published` are
    ISO dates: pairs more than `WINDOW` days apart are left out, and articles without a day are
    compared with each other only.

    Returns doc_a, doc_b, n_shared_ngrams, containment_a (of a's five-grams in b), containment_b,
    jaccard, longest_shared (words), passage, direction, direction_basis.
    """
    day = {doc: date.fromisoformat(published[doc] or date.max.isoformat()) for doc in prints}
    ids = sorted(prints, key=day.__getitem__)
    days = np.array([day[doc].toordinal() for doc in ids], int)
    grams, held = all_grams([prints[doc] for doc in ids])
    sizes = dict(zip(ids, held.tolist(), strict=True))
    sharing = _sharing(grams, held, days)
    pairs = sorted(tuple(sorted((ids[i], ids[j]))) for i, j in sharing)
    rows, texts = [], {}
    for number, (a, b) in enumerate(pairs):
        if a not in texts:
            texts = read(dict.fromkeys(doc_a for doc_a, _ in pairs[number : number + _TEXTS]))
        shared, (start, end) = _common(prints[a], prints[b])
        passage = word_texts(texts[a])[start:end]
        direction, basis = _direction(a, b, day, credits, outlets)
        rows.append(
            {
                "doc_a": a,
                "doc_b": b,
                "n_shared_ngrams": shared,
                "containment_a": shared / sizes[a],
                "containment_b": shared / sizes[b],
                "jaccard": shared / (sizes[a] + sizes[b] - shared),
                "longest_shared": end - start,
                "passage": " ".join(passage).casefold(),
                "direction": direction,
                "direction_basis": basis,
            }
        )
    return pd.DataFrame(rows, columns=names("reuse"))


def stories(documents: pd.DataFrame, reuse: pd.DataFrame) -> list[str]:
    """The story each article tells: the first article (of `documents`) of its copies.

    One story are articles of a `duplicate_cluster`, and two of `reuse` of which one holds most of
    the other's five-grams; directly or through others.
    """
    same = reuse[reuse[["containment_a", "containment_b"]].max(axis=1) >= SAME_TEXT]
    place = pd.Index(documents["doc_id"])
    copies = documents["duplicate_of"] != ""
    one = np.r_[place.get_indexer(same["doc_a"]), np.flatnonzero(copies)]
    other = np.r_[
        place.get_indexer(same["doc_b"]), place.get_indexer(documents["duplicate_of"][copies])
    ]
    joined = sparse.coo_array((np.ones(len(one)), (one, other)), shape=[len(place)] * 2)
    number = pd.Series(sparse.csgraph.connected_components(joined, directed=False)[1])
    return place[number.drop_duplicates().index][pd.factorize(number)[0]].tolist()


def _grams(codes: np.ndarray) -> np.ndarray:
    """Each run of five words as one 64-bit number."""
    many = max(len(codes) - GRAM + 1, 0)
    mixed = np.zeros(many, np.uint64)
    for i in range(GRAM):  # the polynomial, its upper bits folded into the lower
        mixed = (mixed + codes[i : i + many] + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def all_grams(prints: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The five-grams of each article, once, one article after another; and how many each has."""
    grams, held = np.empty(sum(map(len, prints)), np.uint64), np.zeros(len(prints), int)
    end = 0
    for number, codes in enumerate(prints):
        distinct = np.unique(_grams(codes))
        held[number] = len(distinct)
        grams[end : end + len(distinct)] = distinct
        end += len(distinct)
    return grams[:end], held


def shared_grams(
    grams: np.ndarray, held: np.ndarray, most: float = np.inf
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Of `all_grams` those that two to `most` articles have, in order, and each article beside it.

    Some at a time, so that memory is bounded.
    """
    holders = np.repeat(np.arange(len(held), dtype=np.int32), held)
    last_bytes = grams.view(np.uint8)[::8]
    slices = max(1, len(grams) // AT_ONCE)
    for number in range(min(slices, 256)):
        in_slice = last_bytes % slices == number if slices > 1 else slice(None)
        order = np.argsort(grams[in_slice], kind="stable")
        gram, holder = grams[in_slice][order], holders[in_slice][order]
        starts = np.flatnonzero(np.r_[True, gram[1:] != gram[:-1]][: len(gram)])
        times = np.diff(np.r_[starts, len(gram)])
        kept = np.repeat((times > 1) & (times <= most), times)
        yield gram[kept], holder[kept]


def _sharing(grams: np.ndarray, held: np.ndarray, days: np.ndarray) -> Iterable[tuple[int, int]]:
    """Pairs of articles, in order of time, that share `MIN_SHARED` five-grams not too common."""
    pairs, counts = np.empty(0, np.int64), np.empty(0, np.int64)
    for gram, holder in shared_grams(grams, held, MAX_HOLDERS):
        parts, step = [pairs], 0
        first = np.arange(len(gram))
        while len(first):
            step += 1
            first = first[first + step < len(gram)]
            near = days[holder[first + step]] - days[holder[first]] <= WINDOW
            first = first[near & (gram[first + step] == gram[first])]
            parts.append(holder[first].astype(np.int64) * len(days) + holder[first + step])
        weights = np.concatenate([counts, *(np.ones(len(part), np.int64) for part in parts[1:])])
        pairs, place = np.unique(np.concatenate(parts), return_inverse=True)
        counts = np.bincount(place, weights, len(pairs)).astype(np.int64)
    return zip(*np.divmod(pairs[counts >= MIN_SHARED], max(len(days), 1)), strict=True)


def _common(a: np.ndarray, b: np.ndarray) -> tuple[int, tuple[int, int]]:
    """How many five-grams `a` and `b` share, and where in `a` the longest run both have lies."""
    grams, others = _grams(a), _grams(b)
    order = np.argsort(others, kind="stable")
    low, high = (np.searchsorted(others[order], grams, side) for side in ("left", "right"))
    many = high - low
    place = np.repeat(np.arange(len(grams)), many)
    nth = np.arange(len(place)) - np.repeat(np.cumsum(many) - many, many)
    diagonal = order[np.repeat(low, many) + nth] - place
    sort = np.lexsort((place, diagonal))
    place, diagonal = place[sort], diagonal[sort]
    breaks = (np.diff(place) != 1) | (np.diff(diagonal) != 0)
    starts = np.flatnonzero(np.r_[True, breaks])
    lengths = np.diff(np.r_[starts, len(place)])
    best = np.lexsort((place[starts] + lengths, -lengths))[0]  # of equals the first in `a`
    start = int(place[starts[best]])
    return len(np.unique(grams[many > 0])), (start, start + int(lengths[best]) + GRAM - 1)


def _direction(
    a: str,
    b: str,
    day: Mapping[str, date],
    credits: Mapping[str, Iterable[str]],
    outlets: Mapping[str, str],
) -> tuple[str, str]:
    for borrower, lender in ((a, b), (b, a)):
        earlier = day[lender] <= day[borrower]  # else the credit is for a story not in the corpus
        if earlier and outlets.get(lender) in set(credits.get(borrower, ())):
            return f"{lender} → {borrower}", "credit in the text"
    # the earlier article need not be the source of the later one: both may copy a third
    return "", "date" if day[a] != day[b] else "none"
