"""The entities of a corpus, counted: summed over its articles, some at a time."""

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

from analysis.entities.candidates import counted_mentions
from analysis.entities.matcher import fold
from analysis.terms.statistics import rate_interval

COLUMNS = [
    *("doc_id", "sent_id", "kind", "counted", "entity_id", "entity", "type", "rule", "surface")
]


def entity_tables(
    batches: Iterable[pd.DataFrame], documents: pd.DataFrame, media: Collection[str] = ()
) -> dict[str, pd.DataFrame]:
    """Tables of the mentions of `batches`, each of some whole articles (columns as COLUMNS).

    `documents` has doc_id, outlet, n_tokens and n_sentences.  Undecided mentions are counted apart:
    in n_undecided of every entity they may mean.  `media` are the entities that tell of events.

    entities        one row an entity: n_mentions, n_documents, per_1000 words, and a count column
                    an outlet; low and high are the 95 % Poisson interval of per_1000: it takes
                    mentions as independent, which within an article they are not, and so is the
                    narrowest it could be
    entity_rates    entity and outlet: n, n_tokens, per_1000, low, high
    spellings       entity and surface: n, and a count column an outlet
    cooccurrence    pairs of entities in one sentence: n_sentences, n_documents, and npmi, the
                    normalised pointwise mutual information (Bouma 2009) over all sentences
    """
    outlet_of = documents.set_index("doc_id")["outlet"]
    parts = [_counts(mentions, outlet_of) for mentions in batches]
    keys = [[*part.index.names] for part in parts[0]]
    spelled, documents_with, undecided, alone, pairs = (
        pd.concat(own).groupby(key).sum()
        for own, key in zip(zip(*parts, strict=True), keys, strict=True)
    )
    outlets = sorted(documents["outlet"].unique())
    by_outlet = _wide(spelled, ["entity_id", "entity", "type"], outlets)
    sentences = int(documents["n_sentences"].sum())
    return {
        "entities": _entities(by_outlet, documents_with, undecided, documents, media),
        "entity_rates": _rates(by_outlet, documents.groupby("outlet")["n_tokens"].sum()),
        "spellings": _spellings(_wide(spelled, ["entity_id", "entity", "surface"], outlets)),
        "cooccurrence": _cooccurrence(pairs, alone, sentences),
    }


def labels_by_outlet(uses: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Table ``labels``: n and doc_ids by outlet, entity_id, label and voice, of `label_uses`."""
    uses = uses.merge(documents[["doc_id", "outlet"]], on="doc_id")
    groups = uses.groupby(["outlet", "entity_id", "label", "voice"])["doc_id"]
    return groups.agg(n="size", doc_ids=lambda ids: ";".join(dict.fromkeys(ids))).reset_index()


def _counts(mentions: pd.DataFrame, outlet_of: pd.Series) -> tuple[pd.DataFrame, ...]:
    """What adds up over articles, under its keys."""
    counted = counted_mentions(mentions)
    undecided = counted.loc[counted["rule"] == "undecided", ["entity_id"]]
    undecided = undecided.assign(entity_id=undecided["entity_id"].str.split(";"))
    decided = counted[counted["rule"] != "undecided"]
    spelling = {surface: fold(surface) for surface in decided["surface"].unique()}
    decided = decided.assign(
        outlet=decided["doc_id"].map(outlet_of), surface=decided["surface"].map(spelling)
    )
    sentence = ["doc_id", "sent_id"]
    held = decided.drop_duplicates([*sentence, "entity_id"])[[*sentence, "entity_id"]]
    pairs = held.merge(held, on=sentence, suffixes=("_a", "_b"))
    pairs = pairs[(pairs["entity_id_a"] < pairs["entity_id_b"]).astype(bool)]
    both = pairs.groupby(["entity_id_a", "entity_id_b"])["doc_id"]
    in_documents = held.drop_duplicates(["doc_id", "entity_id"])
    return (
        decided.groupby(["entity_id", "entity", "type", "surface", "outlet"]).size().to_frame("n"),
        in_documents.groupby("entity_id").size().to_frame("n"),
        undecided.explode("entity_id").groupby("entity_id").size().to_frame("n"),
        held.groupby("entity_id").size().to_frame("n"),
        both.agg(n_sentences="size", n_documents="nunique"),
    )


def _wide(counts: pd.DataFrame, keys: list[str], outlets: list[str]) -> pd.DataFrame:
    """One row for each of `keys` (the index), one column an outlet."""
    table = counts.groupby([*keys, "outlet"])["n"].sum().unstack("outlet", fill_value=0)
    return table.reindex(columns=outlets, fill_value=0).rename_axis(columns=None)


def _entities(
    by_outlet: pd.DataFrame,
    documents_with: pd.DataFrame,
    undecided: pd.DataFrame,
    documents: pd.DataFrame,
    media: Collection[str],
) -> pd.DataFrame:
    table = by_outlet.sum(axis=1).rename("n_mentions").reset_index()
    ids, n_tokens = table["entity_id"], max(int(documents["n_tokens"].sum()), 1)
    table["n_documents"] = ids.map(documents_with["n"])
    table["per_1000"] = 1000 * table["n_mentions"] / n_tokens
    table["low"], table["high"] = rate_interval(table["n_mentions"], n_tokens)
    table["n_undecided"] = ids.map(undecided["n"]).fillna(0).astype(int)
    table["media"] = ids.isin(media)
    table = pd.concat([table, by_outlet.reset_index(drop=True)], axis=1)
    order = ["n_mentions", "entity_id"]
    return table.sort_values(order, ascending=[False, True], ignore_index=True)


def _rates(by_outlet: pd.DataFrame, tokens: pd.Series) -> pd.DataFrame:
    counts = by_outlet.groupby("entity_id").sum().rename_axis(columns="outlet")
    table = counts.stack().rename("n").reset_index()
    table["n_tokens"] = tokens.clip(lower=1).reindex(table["outlet"]).to_numpy()
    table["per_1000"] = 1000 * table["n"] / table["n_tokens"]
    table["low"], table["high"] = rate_interval(table["n"], table["n_tokens"])
    return table


def _spellings(by_outlet: pd.DataFrame) -> pd.DataFrame:
    table = by_outlet.reset_index()
    table.insert(3, "n", by_outlet.sum(axis=1).to_numpy())
    order = ["entity_id", "n", "surface"]
    return table.sort_values(order, ascending=[True, False, True], ignore_index=True)


def _cooccurrence(pairs: pd.DataFrame, alone: pd.DataFrame, sentences: int) -> pd.DataFrame:
    table = pairs.rename_axis(["entity_a", "entity_b"]).reset_index()
    joint = table["n_sentences"].to_numpy(float) / max(sentences, 1)
    sides = (table[side].map(alone["n"]).to_numpy(float) for side in ("entity_a", "entity_b"))
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(joint / np.prod([n / sentences for n in sides], axis=0)) / -np.log(joint)
    table["npmi"] = np.where(joint == 1, 1.0, npmi)
    order = ["n_sentences", "entity_a", "entity_b"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)
