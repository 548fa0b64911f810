"""From the rows of single articles to the tables of the corpus."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis import entities, outlets, phases, terms
from analysis.actors import compile_actors
from analysis.corpus import Corpus
from analysis.corrections import account, correct_merges
from analysis.credits import source_name
from analysis.duplicates import Duplicate, find_duplicates
from analysis.event_dates import line
from analysis.event_table import event_table
from analysis.merging import merge_reports
from analysis.notes import Note
from analysis.phase_checks import robustness
from analysis.side_files import in_sentences, read_codings, read_reference
from analysis.vocabulary import Words, count_by_article, ngrams

Frames = dict[str, pd.DataFrame]
LONGEST_NGRAM = 3
MILLION = 1_000_000  # n-grams rarer than once in so many words are not listed


def aggregate(corpus: Corpus, frames: Frames, corrections: pd.DataFrame) -> Frames:
    """All tables of the study; `frames` are the per-article tables of the whole corpus.

    `corrections` are the user's (see `analysis.corrections.read_corrections`).
    """
    documents = _documents(corpus, frames["documents"])
    documents, copies = _mark_duplicates(corpus, documents, frames["sentences"])
    frames = frames | {"documents": documents, "actors": corpus.actors}
    frames["credits"] = _credits(frames["credits"], documents, corpus.actors)
    frames["reuse"] = _reuse(frames, documents)
    frames |= _left_out(frames, documents.loc[~documents["counted"], "doc_id"])
    frames |= _terms(frames, corpus.settings["variants"])
    frames |= _entities(frames, corpus.actors)
    frames["labels"] = _labels(frames["label_uses"], documents)
    starts = {
        name: frames[name].groupby("doc_id")["start"].agg(list).to_dict()
        for name in ("sentences", "mentions", "dates", "event_reports")
    }
    merged, merges = correct_merges(_merged(frames, corpus), corrections)
    frames |= _events(frames | {"event_reports": merged}, corpus)
    outcomes = pd.concat([frames["corrections"], merges])
    frames["corrections"], notes = account(corrections, outcomes, starts)
    codings, unread = read_codings(corpus.path, corpus.texts)
    frames["codings"] = in_sentences(codings, frames["sentences"])
    frames["reference"], faulty = read_reference(corpus.path)
    frames["warnings"] = pd.DataFrame(
        [(n.where, n.what, n.todo) for n in [*corpus.notes, *copies, *notes, *unread, *faulty]],
        columns=["where", "what", "what_to_do"],
    ).astype(str)
    del frames["words"]
    return frames


def _documents(corpus: Corpus, found: pd.DataFrame) -> pd.DataFrame:
    """What the corpus gives, then what was found in the texts."""
    given = corpus.documents
    byline = given["byline"] if "byline" in given else pd.Series("", given.index)
    table = given.drop(columns="byline", errors="ignore").merge(found, on="doc_id", how="left")
    table["byline"] = byline.where(byline != "", table["byline"])
    if "title" not in table:
        table["title"] = ""
    table["title_basis"] = table["title"].map(lambda title: "given" if title else "found")
    table["title"] = table["title"].where(table["title"] != "", table["title_found"])
    for column in ("source", "published_from", "published_to", "published_basis"):
        if column not in table:
            table[column] = ""
    return table


# --- duplicates -----------------------------------------------------------------------------


def _mark_duplicates(
    corpus: Corpus, documents: pd.DataFrame, sentences: pd.DataFrame
) -> tuple[pd.DataFrame, list[Note]]:
    """Documents with their duplicates: copies of the article of their cluster published first.

    By the setting `duplicates: once` copies are not counted; they have no words then.
    """
    once = corpus.settings.get("duplicates", "keep") == "once"
    body = sentences[sentences["kind"] == "body"].groupby("doc_id", sort=False)["text"]
    texts = body.agg(" ".join)
    by_date = documents.sort_values("published", kind="stable")["doc_id"]
    found = find_duplicates(texts.reindex(by_date, fill_value="").to_dict())
    marks = [found.get(doc_id, Duplicate("", "", "")) for doc_id in documents["doc_id"]]
    is_copy = pd.Series([bool(mark.of) for mark in marks], documents.index, dtype=bool)
    documents = documents.assign(
        duplicate_cluster=[mark.cluster for mark in marks],
        duplicate_of=[mark.of for mark in marks],
        duplicate_kind=[mark.kind for mark in marks],
        counted=~(is_copy & once),
    )
    sizes = ["n_sentences", "n_tokens"]
    documents[sizes] = documents[sizes].where(documents["counted"], 0, axis=0)
    if not found:
        return documents, []
    exact, copies = sum(mark.kind == "exact" for mark in marks), int(is_copy.sum())
    clusters = len({mark.cluster for mark in found.values()})
    what = (
        f"copies of other articles: {exact} word for word, {copies - exact} nearly, in clusters: "
        f"{clusters}; {'each cluster is counted once' if once else 'all are counted'}"
    )
    todo = (
        f"see duplicate_of in documents; `duplicates: {'keep' if once else 'once'}` in corpus.yml "
    )
    todo += "counts them all" if once else "counts each cluster once"
    return documents, [Note("articles", what, todo)]


def _left_out(frames: Frames, doc_ids: pd.Series) -> Frames:
    """The tables without what is not counted: marked where they say what counts, else dropped."""
    if doc_ids.empty:
        return {}
    marked = {
        name: frames[name].assign(
            counted=frames[name]["counted"] & ~frames[name]["doc_id"].isin(doc_ids)
        )
        for name in ("sentences", "mentions")
    }
    names = ("words", "candidates", "label_uses", "passives", "headlines", "credits")
    return marked | {
        name: frames[name][~frames[name]["doc_id"].isin(doc_ids)].reset_index(drop=True)
        for name in (*names, "quotations", "dates", "event_reports")
    }


# --- terms and entities ---------------------------------------------------------------------


def _terms(frames: Frames, variants: Mapping[str, list[str]]) -> Frames:
    documents = frames["documents"][frames["documents"]["counted"]]
    own = frames["words"]
    lines = (text.split("\n") for text in own["terms"])
    words = Words.of((line.split(" ") for line in article if line) for article in lines)
    counts = count_by_article(words, own["doc_id"])
    merged = terms.merge_variants(counts, variants) if variants else counts
    return {
        "term_counts": counts,
        "ngrams": ngrams(words, LONGEST_NGRAM, max(2, len(words.codes) // MILLION)),
        "terms": terms.term_table(merged, documents),
        "keyness": terms.keyness_by_outlet(merged, documents),
        "keyness_unmerged": terms.keyness_by_outlet(counts, documents),
        "collocations": terms.collocations(words, min_count=3),
        "diversity": _diversity(own),
    }


def _diversity(words: pd.DataFrame) -> pd.DataFrame:
    """Lexical diversity of each article."""
    rows = [
        {"doc_id": doc_id} | terms.lexical_diversity(text.split())
        for doc_id, text in zip(words["doc_id"], words["terms"], strict=True)
    ]
    return pd.DataFrame(rows, columns=["doc_id", *terms.lexical_diversity([])])


def _entities(frames: Frames, actors: pd.DataFrame) -> Frames:
    mentions, documents = frames["mentions"], frames["documents"]
    sentences = frames["sentences"]
    return {
        "entities": entities.entity_table(mentions, documents),
        "entity_rates": entities.entity_rates(mentions, documents),
        "spellings": entities.surface_table(mentions, documents),
        "cooccurrence": entities.cooccurrence(mentions, int(sentences["counted"].sum())),
        "first_mentions": entities.first_mentions(mentions, sentences),
        "proposed_names": entities.propose_names(frames["candidates"], compile_actors(actors)),
    }


def _labels(uses: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    uses = uses.merge(documents[["doc_id", "outlet"]], on="doc_id")
    groups = uses.groupby(["outlet", "entity_id", "label", "voice"])["doc_id"]
    return groups.agg(n="size", doc_ids=lambda ids: ";".join(dict.fromkeys(ids))).reset_index()


def _credits(credits: pd.DataFrame, documents: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
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
    credits = credits.assign(credited=[outlets_by_id.get(own, name) for own, name in ids])
    own = credits["doc_id"].map(documents.set_index("doc_id")["outlet"])
    return credits[credits["credited"] != own].reset_index(drop=True)


def _reuse(frames: Frames, documents: pd.DataFrame) -> pd.DataFrame:
    sentences = frames["sentences"]
    body = sentences[sentences["counted"] & (sentences["kind"] == "body")]
    texts = body.groupby("doc_id")["text"].agg(" ".join).to_dict()
    by_doc = documents.set_index("doc_id")
    credits = frames["credits"].groupby("doc_id")["credited"].agg(set).to_dict()
    published = by_doc["published"].to_dict()
    return outlets.find_reuse(texts, published, credits, by_doc["outlet"].to_dict())


# --- events ---------------------------------------------------------------------------------


def _merged(frames: Frames, corpus: Corpus) -> pd.DataFrame:
    parents = corpus.actors.set_index("entity_id")["parent"].to_dict()
    reports, sentences = frames["event_reports"], frames["sentences"]
    by_place = sentences.set_index(["doc_id", "sent_id"])["text"].to_dict()
    texts = [by_place[place] for place in zip(reports["doc_id"], reports["sent_id"], strict=True)]
    return merge_reports(reports, parents, texts=texts, published=_last_days(frames["documents"]))


def _last_days(documents: pd.DataFrame) -> dict[str, date]:
    """The last day on which each article may have come out."""
    days = documents["published_to"].where(documents["published_to"] != "", documents["published"])
    return dict(zip(documents["doc_id"], map(date.fromisoformat, days), strict=True))


def _events(frames: Frames, corpus: Corpus) -> Frames:
    actors = corpus.actors.set_index("entity_id")
    parents = actors["parent"].to_dict()
    sides = actors["side"].to_dict()
    names = actors["name"].to_dict()
    reports = frames["event_reports"]
    dyads = corpus.settings["dyads"]
    reports["dyad"] = [_dyad(row, dyads, sides, parents) for row in reports.itertuples()]
    documents = frames["documents"]
    keys = outlets.source_keys(documents, frames["credits"], frames["reuse"])
    by_doc = documents.set_index("doc_id")["outlet"].to_dict()
    events = event_table(reports, by_doc, keys, names, _last_days(documents))
    events["dyad"] = [  # whose truce it is, all its reports together must tell
        _dyad(row, dyads, sides, parents) if row.event_type == "RETREAT" else row.dyad
        for row in events.itertuples()
    ]
    events["studied"] = events["dyad"] != ""
    reports["dyad"] = reports["event_id"].map(events.set_index("event_id")["dyad"])
    cut = _phases(frames | {"event_reports": reports}, events, corpus.settings)
    return {"event_reports": reports, "events": events, "phases": cut}


def _phases(frames: Frames, events: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    documents = frames["documents"][frames["documents"]["counted"]]
    spans, published = phases.coverage(settings, documents)
    rules = {dyad["id"]: phases.Rule.of(dyad) for dyad in settings["dyads"]}
    cut = [phases.cut_phases(events, dyad, spans, rules[dyad], published) for dyad in rules]
    if not cut:
        return pd.DataFrame(columns=list(phases.COLUMNS))
    return robustness(pd.concat(cut), frames["event_reports"], documents, spans, rules)


_BETWEEN = re.compile(r"\b(?:truce|cease-?fire|armistice|cessation)s?\b", re.I)


def _dyad(
    event: Any, dyads: list[dict[str, Any]], sides: Mapping[str, str], parents: Mapping[str, str]
) -> str:
    """The studied dyad an event belongs to, or an empty text.

    Both parties decide.  An announcement may name its source alone ("the group suspends its
    attacks"), an attack its target alone ("rockets hit the base"): then that party is enough if it
    leaves one dyad.  A truce holds for both sides that it names, a halt for the one that halts.  It
    also belongs to the dyads (``;``-joined) that name its mediator under
    `mediators`, or that have mediators where it names nobody.
    """

    def among(party: str, wanted: list[str]) -> bool:
        own = {party, *line(party, parents)}
        return bool((own | {sides.get(one, "") for one in own}) & set(wanted)) if party else False

    fitting = [
        dyad["id"]
        for dyad in dyads
        if (among(event.source, dyad["source"]) or (not event.source and event.target))
        and (among(event.target, dyad["target"]) or (not event.target and event.source))
    ]
    if len(fitting) == 1 and _BETWEEN.search(getattr(event, "summary", "")):
        turned = [d["id"] for d in dyads if among(event.source, d["target"])
                  and among(event.target, d["source"])]  # fmt: skip
        return ";".join([*fitting, *turned])
    if not fitting and event.event_type == "RETREAT" and event.mode == "ceasefire":
        parties = [party for party in (event.source, event.target) if party]
        ours = [dyad.get("mediators", []) for dyad in dyads]
        return ";".join(
            dyad["id"]
            for dyad, mediators in zip(dyads, ours, strict=True)
            if mediators and all(among(party, [*mediators, *dyad["source"]]) for party in parties)
        )
    one_sided = not (event.source and event.target)
    if one_sided and event.direction not in ("escalation", "pause"):
        return ""
    return fitting[0] if len(fitting) == 1 else ""
