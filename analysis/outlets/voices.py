"""Whom outlets quote and how, what their headlines assert, and how sure shares are."""

import numpy as np
import pandas as pd

from analysis.base.thresholds import FEW_ARTICLES
from analysis.lexicons import OURS, Lexicon
from analysis.terms import statistics

MOST_SIDES = 8
_FEW = f"fewer than {FEW_ARTICLES} articles"


def verb_classes(quotations: pd.DataFrame, lexicon: Lexicon = OURS) -> pd.DataFrame:
    """Quotations with `verb_class`, the class of their verb in ``lexicons/reporting_verbs.yml``."""
    classes = lexicon["reporting_verbs"]["classes"]
    by_verb = {verb: name for name, verbs in classes.items() for verb in verbs}
    verb_class = quotations["verb"].map(by_verb | {"according to": "according to"})
    return quotations.assign(verb_class=verb_class.fillna("other"))


def voices(quotations: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """Quotations with `voice`: the side of their speaker, or ``anonymous``.

    Beyond `MOST_SIDES` the sides heard least are one, ``other sides``.
    """
    side = actors.set_index("entity_id")["side"].replace("", np.nan)
    voice = quotations["speaker_entity_id"].map(side).astype(object).fillna("other or unknown")
    voice = voice.mask(quotations["anonymous"].astype(bool), "anonymous")
    kept = voice.value_counts().index[:MOST_SIDES]
    return quotations.assign(voice=voice.where(voice.isin(kept), "other sides"))


def headlines(
    headlines: pd.DataFrame, documents: pd.DataFrame, actors: pd.DataFrame
) -> pd.DataFrame:
    """What each headline asserts: outlet, published, title, who, does what, to whom, how surely.

    `says` sums it up: ``names who did it`` (a mere place is no doer), ``act without doer``, ``no
    event``.
    """
    names = actors.set_index("entity_id")["name"]
    places = actors.loc[actors["type"].isin(["LOC", "FAC"]), "entity_id"]
    table = headlines.merge(documents[["doc_id", "outlet", "published"]], on="doc_id")
    has_act = table["trigger"] != ""
    doer = (table["source"] != "") & ~table["source"].isin(places)
    for party in ("source", "target"):
        table[party] = table[party].map(names).astype(object).fillna(table[party])
    named = doer & has_act | (table["passive"] == "agent named")
    has_act |= table["passive"] != ""
    kinds = ["names who did it", "act without doer"]
    table["says"] = np.select([named, has_act], kinds, "no event")
    columns = ["published", "title", "source", "trigger", "target", "event_type", "status"]
    return table[["doc_id", "outlet", *columns, "attribution", "passive", "says"]]


def share_intervals(items: pd.DataFrame, column: str, documents: pd.DataFrame) -> pd.DataFrame:
    """How sure the shares are that the values of `column` have among the items of each outlet.

    Items are rows with a doc_id.  outlet, `column`, low, high (95 %, see
    `statistics.clustered_share_interval`), n_articles (that have an item), n_words, reason (why
    there is no interval).
    """
    table = pd.crosstab(items["doc_id"], items[column])
    outlets = documents.set_index("doc_id")["outlet"].reindex(table.index)
    words = documents.groupby("outlet")["n_tokens"].sum()
    rows = []
    for outlet, articles in table.groupby(outlets):
        n_of = articles.sum(axis=1)
        few = len(articles) < FEW_ARTICLES
        for value, n in articles.items():
            interval = (np.nan, np.nan) if few else statistics.clustered_share_interval(n, n_of)
            rows.append(
                (outlet, value, *interval, len(articles), words[outlet], _FEW if few else "")
            )
    columns = ["outlet", column, "low", "high", "n_articles", "n_words", "reason"]
    return pd.DataFrame(rows, columns=columns)
