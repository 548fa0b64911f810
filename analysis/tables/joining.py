"""From the rows of single articles to the tables of the corpus."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.article.ledger import Place, read_key
from analysis.base.messages import Note
from analysis.corpus.reading import Corpus
from analysis.corpus.side_files import (
    SENTENCE_COLUMNS,
    in_sentences,
    read_codings,
    read_reference,
)
from analysis.entities import candidates as entities
from analysis.entities.matcher import compile_actors
from analysis.events.when import line
from analysis.lexicons import load
from analysis.outlets import sharing as outlets
from analysis.outlets.copies import Duplicate, cluster
from analysis.quotes.credits import source_name
from analysis.tables.corrections import account, correct_merges
from analysis.tables.parts import Parts
from analysis.terms import tables as terms
from analysis.terms.entities import COLUMNS as MENTION_COLUMNS
from analysis.terms.entities import entity_tables
from analysis.terms.vocabulary import Words, count_by_article, joined, ngrams
from analysis.timeline import phases
from analysis.timeline.events import event_table, last_days
from analysis.timeline.merging import merge_reports
from analysis.timeline.phase_checks import robustness

Named = Iterator[tuple[str, pd.DataFrame]]
LONGEST_NGRAM = 3
USED = ("words", "fingerprints")  # tables of the articles that are no tables of the study
MILLION = 1_000_000  # n-grams rarer than once in so many words are not listed


def aggregate(corpus: Corpus, parts: Parts, corrections: pd.DataFrame) -> Named:
    """The tables of the study that are not just those of the articles, one after another.

    Each comes with its name as soon as it is made, so that it can be written and forgotten.
    `corrections` are the user's (see `analysis.tables.corrections.read_corrections`).
    """
    documents = _documents(corpus, parts.read("documents"))
    prints = _prints(parts)
    documents, copies = _mark_duplicates(corpus, documents, prints)
    credits = _credits(parts.read("credits"), documents, corpus.actors)
    reuse = _reuse(parts, prints, credits, documents)
    del prints
    documents["story"] = outlets.stories(documents, reuse)
    yield from {"documents": documents, "actors": corpus.actors, "reuse": reuse}.items()
    parts.left_out = set(documents.loc[~documents["counted"], "doc_id"])
    credits = credits[~credits["doc_id"].isin(parts.left_out)].reset_index(drop=True)
    yield "credits", credits
    yield from _terms(parts, documents, corpus.settings["variants"])
    yield from _entities(parts, documents, corpus.actors)
    keys = outlets.source_keys(documents, credits, reuse)
    del credits, reuse
    merged, merges = correct_merges(_merged(parts, corpus, documents), corrections)
    yield from _events(merged, documents, keys, corpus)
    del merged
    outcomes = pd.concat([parts.read("corrections"), merges])
    told, notes = account(corrections, outcomes, _places(parts, corrections))
    yield "corrections", told
    codings, unread = read_codings(corpus.path, corpus.texts, corpus.titles)
    coded = parts.read("sentences", SENTENCE_COLUMNS, set(codings["doc_id"]))
    yield "codings", in_sentences(codings, coded)
    reference, faulty = read_reference(corpus.path)
    yield "reference", reference
    every = [*corpus.notes, *_failed(documents), *copies, *notes, *unread, *faulty]
    columns = ["where", "what", "what_to_do"]
    warnings = pd.DataFrame([(n.where, n.what, n.todo) for n in every], columns=columns)
    yield "warnings", warnings.astype(str)


def _places(parts: Parts, corrections: pd.DataFrame) -> dict[str, dict[str, list[Place]]]:
    """By table and article the field and start of its rows, for the articles corrected."""
    good = corrections.loc[corrections["state"] == "", "key"]
    corrected = {read_key(key, parts.doc_ids)[0] for key in good}
    places: dict[str, dict[str, list[Place]]] = {}
    for name in ("sentences", "mentions", "dates", "event_reports"):
        rows = parts.read(name, ["doc_id", "field", "start"], corrected)
        own = places.setdefault(name, {})
        for doc_id, *place in rows.itertuples(index=False, name=None):
            own.setdefault(doc_id, []).append(tuple(place))
    places["sentences"] = {doc_id: [] for doc_id in parts.doc_ids} | places["sentences"]
    return places


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


def _failed(documents: pd.DataFrame) -> Iterator[Note]:
    """The articles whose reading failed, by error."""
    errors = documents[documents["reading_error"] != ""]
    todo = "a fault of this program: tell its makers, or take the article out of the corpus"
    for error, own in errors.groupby("reading_error", sort=False)["doc_id"]:
        what = f"reading failed ({error}): counted as articles, nothing in them is"
        yield Note(f"articles {', '.join(own)}", what, todo)


# --- duplicates -----------------------------------------------------------------------------


def _prints(parts: Parts) -> dict[str, np.ndarray]:
    """The word codes of each article's counted body."""
    found = pa.concat_tables(parts.batches("fingerprints", ["doc_id", "words"]))
    codes = (np.frombuffer(own, np.uint32) for own in found["words"].to_pylist())
    return dict(zip(found["doc_id"].to_pylist(), codes, strict=True))


def _mark_duplicates(
    corpus: Corpus, documents: pd.DataFrame, prints: Mapping[str, np.ndarray]
) -> tuple[pd.DataFrame, list[Note]]:
    """Documents with their duplicates: copies of the article of their cluster published first.

    By the setting `duplicates: once` copies are not counted; they have no words then.
    """
    once = corpus.settings.get("duplicates", "keep") == "once"
    days = documents["published"].replace("", None)  # those without a day come last
    by_date = documents["doc_id"].loc[days.sort_values(kind="stable").index]
    found = cluster({doc_id: prints[doc_id] for doc_id in by_date})
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


# --- terms and entities ---------------------------------------------------------------------


def _terms(parts: Parts, documents: pd.DataFrame, variants: Mapping[str, list[str]]) -> Named:
    documents = documents[documents["counted"]]
    articles = (text for rows in parts.batches("words") for text in rows["terms"].to_pylist())
    words = Words.of([line.split(" ") for line in a.split("\n") if line] for a in articles)
    yield "ngrams", ngrams(words, LONGEST_NGRAM, max(2, len(words.codes) // MILLION))
    yield "collocations", terms.collocations(words, min_count=3)
    counts = count_by_article(words, documents["doc_id"])
    yield "term_counts", counts
    whole = joined(words, terms.phrases(variants))
    merged = counts if whole is words else count_by_article(whole, documents["doc_id"])
    del words, whole
    merged = terms.merge_variants(merged, variants) if variants else merged
    cells = terms.sparse_counts(merged, documents)
    unmerged = cells if merged is counts else terms.sparse_counts(counts, documents)
    del counts, merged
    yield "terms", terms.term_table(cells, documents)
    keyness = terms.keyness_by_outlet(cells, documents)
    yield "keyness", keyness
    if unmerged is not cells:
        keyness = terms.keyness_by_outlet(unmerged, documents)
    yield "keyness_unmerged", keyness


def _entities(parts: Parts, documents: pd.DataFrame, actors: pd.DataFrame) -> Named:
    first = parts.read("first_mentions").sort_values("doc_id", kind="stable", ignore_index=True)
    yield "first_mentions", first
    candidates = parts.read("candidates", ["doc_id", "surface", "type_guess"])
    yield "proposed_names", entities.propose_names(candidates, compile_actors(actors))
    del candidates
    mentions = (rows.to_pandas() for rows in parts.batches("mentions", MENTION_COLUMNS))
    yield from entity_tables(mentions, documents).items()
    uses = parts.read("label_uses", ["doc_id", "entity_id", "label", "voice"])
    yield "labels", _labels(uses, documents)


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


def _reuse(
    parts: Parts,
    prints: Mapping[str, np.ndarray],
    credits: pd.DataFrame,
    documents: pd.DataFrame,
) -> pd.DataFrame:
    by_doc = documents.set_index("doc_id")
    credited = credits.groupby("doc_id")["credited"].agg(set).to_dict()
    published, outlet = by_doc["published"].to_dict(), by_doc["outlet"].to_dict()
    return outlets.reuse(prints, partial(_bodies, parts), published, credited, outlet)


def _bodies(parts: Parts, doc_ids: Iterable[str]) -> dict[str, str]:
    """The counted body of some articles."""
    doc_ids = list(doc_ids)
    rows = parts.read("sentences", ["doc_id", "kind", "counted", "text"], set(doc_ids))
    texts = rows[(rows["kind"] == "body") & rows["counted"]].groupby("doc_id")["text"]
    return texts.agg(" ".join).reindex(doc_ids, fill_value="").to_dict()


# --- events ---------------------------------------------------------------------------------


def _merged(parts: Parts, corpus: Corpus, documents: pd.DataFrame) -> pd.DataFrame:
    parents = corpus.actors.set_index("entity_id")["parent"].to_dict()
    published, reports = last_days(documents), parts.read("event_reports")
    return merge_reports(reports, parents, texts=_told_in(parts), published=published)


def _told_in(parts: Parts) -> Iterator[str]:
    """The sentence of each report, in their order."""
    place = ["doc_id", "sent_id"]
    batches = (parts.batches("event_reports", place), parts.batches("sentences", [*place, "text"]))
    for reports, sentences in zip(*batches, strict=True):
        by_place = sentences.to_pandas().set_index(place)["text"].to_dict()
        for own in zip(*reports.to_pydict().values(), strict=True):
            yield by_place[own]


def _events(
    reports: pd.DataFrame,
    documents: pd.DataFrame,
    keys: Mapping[str, frozenset[str]],
    corpus: Corpus,
) -> Named:
    dyads = _Dyads(corpus)
    kind = ["source", "target", "event_type", "mode", "direction"]
    kinds = reports[kind].drop_duplicates()
    kinds["dyad"] = [dyads.of(row) for row in kinds.itertuples()]
    reports["dyad"] = reports[kind].merge(kinds, on=kind, how="left")["dyad"].to_numpy()
    by_doc = documents.set_index("doc_id")["outlet"].to_dict()
    names = corpus.actors.set_index("entity_id")["name"].to_dict()
    events = event_table(reports, by_doc, keys, names, last_days(documents))
    mutual = _mutual(reports)
    events["dyad"] = [  # whose truce it is, all its reports together must tell
        dyads.of(row, row.event_id in mutual) if row.event_type == "RETREAT" else row.dyad
        for row in events.itertuples()
    ]
    events["studied"] = events["dyad"] != ""
    reports["dyad"] = reports["event_id"].map(events.set_index("event_id")["dyad"])
    yield from {"event_reports": reports, "events": events}.items()
    yield "phases", _phases(reports, events, documents, corpus.settings)


def _phases(
    reports: pd.DataFrame,
    events: pd.DataFrame,
    documents: pd.DataFrame,
    settings: Mapping[str, Any],
) -> pd.DataFrame:
    documents = documents[documents["counted"] & (documents["published"] != "")]
    spans, published = phases.coverage(settings, documents)
    rules = {dyad["id"]: phases.Rule.of(dyad) for dyad in settings["dyads"]}
    cut = [phases.cut_phases(events, dyad, spans, rules[dyad], published) for dyad in rules]
    if not cut:
        return pd.DataFrame(columns=list(phases.COLUMNS))
    return robustness(pd.concat(cut), reports, documents, spans, rules)


class _Dyads:
    """The studied relations, and which of them an event belongs to."""

    def __init__(self, corpus: Corpus) -> None:
        actors = corpus.actors.set_index("entity_id")
        self._dyads = corpus.settings["dyads"]
        self._sides, self._parents = actors["side"].to_dict(), actors["parent"].to_dict()

    def of(self, event: Any, mutual: bool = False) -> str:
        """The dyad of an event, several ``;``-joined, or an empty text.

        Both parties decide.  An announcement may name its source alone ("the group suspends its
        attacks"), an attack its target alone ("rockets hit the base"): then that party is enough
        if it leaves one dyad.  A truce, which is `mutual`, holds for both sides that it names, a
        halt for the one that halts.  A ceasefire of no dyad's parties belongs to those that name
        its mediator under `mediators`, or that have mediators where it names nobody.
        """
        source, target = event.source, event.target
        fitting = [dyad["id"] for dyad in self._dyads if self._fits(dyad, source, target)]
        if not fitting and event.event_type == "RETREAT" and event.mode == "ceasefire":
            return ";".join(self._mediated([party for party in (source, target) if party]))
        if len(fitting) != 1:
            return ""
        if mutual:
            return ";".join([*fitting, *self._turned_round(source, target)])
        names_both = bool(source and target)
        return fitting[0] if names_both or event.direction in ("escalation", "pause") else ""

    def _fits(self, dyad: Mapping[str, Any], source: str, target: str) -> bool:
        if not (source or target):
            return False
        return (not source or self._among(source, dyad["source"])) and (
            not target or self._among(target, dyad["target"])
        )

    def _turned_round(self, source: str, target: str) -> Iterator[str]:
        for dyad in self._dyads:
            if self._among(source, dyad["target"]) and self._among(target, dyad["source"]):
                yield dyad["id"]

    def _mediated(self, parties: list[str]) -> Iterator[str]:
        for dyad in self._dyads:
            mediators = dyad.get("mediators", [])
            ours = [*mediators, *dyad["source"]]
            if mediators and all(self._among(party, ours) for party in parties):
                yield dyad["id"]

    def _among(self, party: str, wanted: Iterable[str]) -> bool:
        """Whether a party, or what it belongs to, or the side of one of these, is wanted."""
        if not party:
            return False
        own = {party, *line(party, self._parents)}
        return not (own | {self._sides.get(one, "") for one in own}).isdisjoint(wanted)


def _mutual(reports: pd.DataFrame) -> set[str]:
    """The events whose first report tells of a truce by its name."""
    words = "|".join(load("events")["mutual"])
    named = re.compile(rf"\b(?:{words})s?\b", re.I)
    triggers = reports.drop_duplicates("event_id")[["event_id", "trigger"]]
    return {event_id for event_id, trigger in triggers.to_numpy() if named.search(trigger)}
