"""Where the news of an article comes from: whom it credits, how many sources are independent."""

from collections.abc import Iterable

import pandas as pd

from analysis.outlets.sharing import SAME_TEXT
from analysis.quotes.credits import UNNAMED, organisations, source_name


def credits_to_others(
    credits: pd.DataFrame, documents: pd.DataFrame, actors: pd.DataFrame
) -> pd.DataFrame:
    """Credits to others, under the name the corpus has for an outlet where it is one of them."""
    spelled = {
        alias.strip(): row.entity_id
        for row in actors.itertuples()
        for alias in (row.name, *row.aliases.split(";"))
    }
    known = list(documents["outlet"].unique())
    outlets_by_id = {spelled[outlet]: outlet for outlet in known if outlet in spelled}
    by_name = {source_name(outlet): outlet for outlet in known}
    named = credits["credited"].map(lambda name: by_name.get(source_name(name), name))
    ids = zip(credits["entity_id"], named, strict=True)
    credits = credits.assign(
        credited=[outlets_by_id.get(entity_id, name) for entity_id, name in ids]
    )
    outlet = credits["doc_id"].map(documents.set_index("doc_id")["outlet"])
    return credits[credits["credited"] != outlet].reset_index(drop=True)


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

    >>> keys = frozenset({"Gazette", "wire"}), frozenset({"wire"}), frozenset({"Echo"})
    >>> count_independent(keys)
    2
    """
    groups: list[set[str]] = []
    for key in keys:
        joined = set(key).union(*(group for group in groups if group & key))
        groups = [group for group in groups if not group & key] + [joined]
    return len(groups)
