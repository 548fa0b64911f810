"""Outlets beside each other: shared passages, who credits whom, who reports which event."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

import pandas as pd

from analysis.credits import UNNAMED, organisations, source_name
from analysis.tokens import words

GRAM = 5
SAME_TEXT = 0.5  # containment from which two articles are one text


def find_reuse(
    texts: Mapping[str, str],
    published: Mapping[str, str],
    credits: Mapping[str, Iterable[str]] | None = None,
    outlets: Mapping[str, str] | None = None,
    window_days: int = 14,
    min_shared: int = 5,
) -> pd.DataFrame:
    """Pairs of articles that share passages, by containment of word five-grams.

    Containment (Broder 1997, *On the resemblance and containment of documents*) is the share of
    one article's five-grams that the other holds; it finds wire copy inside a longer article,
    which the Jaccard coefficient misses.  `texts` and `published` (ISO dates) are by doc_id; pairs
    published more than `window_days` apart are left out.

    Returns doc_a, doc_b, n_shared_ngrams, containment_a (of a's five-grams in b), containment_b,
    jaccard, longest_shared (words), passage, direction, direction_basis.
    """
    tokens = {doc: [w.text.casefold() for w in words(text)] for doc, text in texts.items()}
    grams = {doc: _grams(own) for doc, own in tokens.items()}
    day = {doc: pd.Timestamp(published[doc]) for doc in texts}
    rows = []
    for (a, b), shared in sorted(_sharing(grams).items()):
        if shared < min_shared or abs((day[a] - day[b]).days) > window_days:
            continue
        passage = _longest(tokens[a], tokens[b])
        direction, basis = _direction(a, b, day, credits or {}, outlets or {})
        rows.append(
            {
                "doc_a": a,
                "doc_b": b,
                "n_shared_ngrams": shared,
                "containment_a": shared / len(grams[a]),
                "containment_b": shared / len(grams[b]),
                "jaccard": shared / len(grams[a] | grams[b]),
                "longest_shared": len(passage),
                "passage": " ".join(passage),
                "direction": direction,
                "direction_basis": basis,
            }
        )
    return pd.DataFrame(rows, columns=list(REUSE_COLUMNS)).astype(REUSE_COLUMNS)


def source_keys(
    documents: pd.DataFrame, credits: pd.DataFrame, reuse: pd.DataFrame | None = None
) -> dict[str, frozenset[str]]:
    """What each article's reporting rests on: doc_id → its outlet, its wire, its credits, its text.

    A credit counts when it is for the whole article, stands in the first three sentences or is
    given twice; one to agencies that stay unnamed does not tell whose news it is.  Column `source`
    of the documents counts when it names a news organisation of the lexicon, one credited somewhere
    in the corpus or an outlet of it, not a mere republishing platform.  Two articles of `reuse` of
    which one holds most of the other's five-grams share their text.
    """
    known = {*documents["outlet"], *credits["credited"]}
    credits = credits[credits["credited"] != UNNAMED]
    main = credits[credits["early"] | credits.duplicated(["doc_id", "credited"], keep=False)]
    keys = {row.doc_id: {row.outlet, *_wire(row.source, known)} for row in documents.itertuples()}
    for doc_id, credited in zip(main["doc_id"], main["credited"], strict=True):
        keys[doc_id].add(credited)
    for pair in (reuse if reuse is not None else pd.DataFrame()).itertuples():
        if max(pair.containment_a, pair.containment_b) >= SAME_TEXT:
            for doc_id in (pair.doc_a, pair.doc_b):
                keys[doc_id].add(f"text of {pair.doc_a} and {pair.doc_b}")
    return {doc_id: frozenset(own) for doc_id, own in keys.items()}


def _wire(source: str, known: set[str]) -> set[str]:
    name = source_name(source)
    return {one for one in (source, name) if one in known or one in organisations()}


def count_independent(keys: Iterable[frozenset[str]]) -> int:
    """How many independent sources stand behind articles with these keys.

    Articles that share a key, directly or through others, count once.
    """
    groups: list[set[str]] = []
    for key in keys:
        joined = set(key).union(*(group for group in groups if group & key))
        groups = [group for group in groups if not group & key] + [joined]
    return len(groups)


REUSE_COLUMNS = {
    **{"doc_a": str, "doc_b": str, "n_shared_ngrams": int, "containment_a": float},
    **{"containment_b": float, "jaccard": float, "longest_shared": int, "passage": str},
    **{"direction": str, "direction_basis": str},
}


def _grams(tokens: list[str]) -> set[tuple[str, ...]]:
    return set(zip(*(tokens[i:] for i in range(GRAM)), strict=False))


def _sharing(grams: Mapping[str, set[tuple[str, ...]]]) -> Counter[tuple[str, str]]:
    """How many five-grams each pair of articles shares, by way of an index of the five-grams."""
    holders: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for doc, own in grams.items():
        for gram in own:
            holders[gram].append(doc)
    return Counter(
        pair for docs in holders.values() if len(docs) > 1 for pair in combinations(sorted(docs), 2)
    )


def _longest(a: list[str], b: list[str]) -> list[str]:
    """The longest run of words that both have."""
    best, end = 0, 0
    previous: dict[int, int] = {}
    places: dict[str, list[int]] = defaultdict(list)
    for j, word in enumerate(b):
        places[word].append(j)
    for i, word in enumerate(a):
        current = {j: previous.get(j - 1, 0) + 1 for j in places[word]}
        for length in current.values():
            if length > best:
                best, end = length, i + 1
        previous = current
    return a[end - best : end]


def _direction(
    a: str,
    b: str,
    day: Mapping[str, pd.Timestamp],
    credits: Mapping[str, Iterable[str]],
    outlets: Mapping[str, str],
) -> tuple[str, str]:
    for borrower, lender in ((a, b), (b, a)):
        earlier = day[lender] <= day[borrower]  # else the credit is for a story not in the corpus
        if earlier and outlets.get(lender) in set(credits.get(borrower, ())):
            return f"{lender} → {borrower}", "credit in the text"
    # the earlier article need not be the source of the later one: both may copy a third
    return "", "date" if day[a] != day[b] else "none"
