"""From the rows of single articles to the tables of the corpus."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import partial

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis import terms
from analysis.base import wording
from analysis.base.messages import Note
from analysis.corpus.languages import language_notes
from analysis.corpus.reading import Corpus
from analysis.corpus.side_files import SENTENCE_COLUMNS, in_sentences
from analysis.events.when import line
from analysis.lexicons import Lexicon
from analysis.outlets.copies import mark_copies
from analysis.outlets.sharing import reuse_table, stories
from analysis.outlets.sources import credits_to_others, source_keys
from analysis.tables.beside import Beside
from analysis.tables.corrections import (
    PLACE,
    PLACED,
    account,
    correct_merges,
    corrected_articles,
    places_of,
)
from analysis.tables.parts import Parts
from analysis.terms.entities import COLUMNS as MENTION_COLUMNS
from analysis.terms.entities import entity_tables, labels_by_outlet
from analysis.terms.vocabulary import Words, count_by_article, joined, ngrams
from analysis.timeline.dyads import of_kinds, pause_kinds
from analysis.timeline.events import last_days
from analysis.timeline.halts import Place
from analysis.timeline.merging import merge_reports
from analysis.timeline.tables import timeline_tables

Named = Iterator[tuple[str, pd.DataFrame]]
LONGEST_NGRAM = 3
USED = ("words", "fingerprints")  # tables of the articles that are no tables of the study
MILLION = 1_000_000  # n-grams rarer than once in so many words are not listed


def aggregate(corpus: Corpus, parts: Parts, beside: Beside, lexicon: Lexicon) -> Named:
    """The tables of the study that are not just those of the articles, one after another.

    Each comes with its name as soon as it is made, so that it can be written and forgotten.
    Nothing is read from the corpus's folder, which may have changed since.
    """
    corrections, codings, reference = beside
    documents = _documents(corpus, parts.read("documents"))
    prints = _prints(parts)
    once = corpus.settings.get("duplicates", "keep") == "once"
    documents, copies = mark_copies(documents, prints, once)
    credits = credits_to_others(parts.read("credits"), documents, corpus.actors)
    reuse = _reuse(parts, prints, credits, documents)
    del prints
    documents["story"] = stories(documents, reuse)
    yield from {"documents": documents, "reuse": reuse}.items()
    parts.left_out = set(documents.loc[~documents["counted"], "doc_id"])
    credits = credits[~credits["doc_id"].isin(parts.left_out)].reset_index(drop=True)
    yield "credits", credits
    yield from _terms(parts, documents, corpus.settings["variants"])
    for name, table in _entities(parts, documents, corpus.actors):
        if name == "entities":
            yield "actors", _named(corpus.actors, table["entity_id"])
        yield name, table
    sources = source_keys(documents, credits, reuse)
    del credits, reuse
    merged, merges = correct_merges(_merged(parts, corpus, documents, lexicon), corrections)
    yield from timeline_tables(
        *(merged, documents, sources, corpus.actors, corpus.settings),
        *_around_halts(parts, merged, pause_kinds(corpus.settings)),
        lexicon,
    )
    del merged
    outcomes = pd.concat([parts.read("corrections"), merges])
    named = corrected_articles(corrections, parts.doc_ids)
    rows = {name: parts.read(name, PLACE, named) for name in PLACED}
    accounted, notes = account(corrections, outcomes, places_of(rows, parts.doc_ids))
    yield "corrections", accounted
    coded = parts.read("sentences", SENTENCE_COLUMNS, set(codings["doc_id"]))
    yield "codings", in_sentences(codings, coded)
    yield "reference", reference
    languages = language_notes(Counter(documents["language"]), "articles")
    every = [*corpus.notes, *languages, *_unread(documents), *copies, *notes]
    columns = ["where", "what", "what_to_do"]
    warnings = pd.DataFrame([(n.where, n.what, n.todo) for n in every], columns=columns)
    yield "warnings", warnings.astype(str)


def _documents(corpus: Corpus, found: pd.DataFrame) -> pd.DataFrame:
    """What the corpus gives, then what was found in the texts."""
    given = corpus.documents
    byline = given["byline"] if "byline" in given else pd.Series("", given.index)
    own = given.drop(columns=["byline", "language"], errors="ignore")
    table = own.merge(found, on="doc_id", how="left")
    table["byline"] = byline.where(byline != "", table["byline"])
    if "title" not in table:
        table["title"] = ""
    table["title_basis"] = table["title"].map(lambda title: "given" if title else "found")
    table["title"] = table["title"].where(table["title"] != "", table["title_found"])
    for column in ("source", "published_from", "published_to", "published_basis"):
        if column not in table:
            table[column] = ""
    return table


def _unread(documents: pd.DataFrame) -> Iterator[Note]:
    """The articles whose reading failed, by error."""
    errors = documents[documents["reading_error"] != ""]
    for error, doc_ids in errors.groupby("reading_error", sort=False)["doc_id"]:
        yield wording.unread(doc_ids, error)


def _prints(parts: Parts) -> dict[str, np.ndarray]:
    """The word codes of each article's counted body."""
    rows = pa.concat_tables(parts.batches("fingerprints", ["doc_id", "words"]))
    codes = (np.frombuffer(data, np.uint32) for data in rows["words"].to_pylist())
    return dict(zip(rows["doc_id"].to_pylist(), codes, strict=True))


# --- terms and entities ---------------------------------------------------------------------


def _terms(parts: Parts, documents: pd.DataFrame, variants: Mapping[str, list[str]]) -> Named:
    documents = documents[documents["counted"]]
    articles = (text for rows in parts.batches("words") for text in rows["terms"].to_pylist())
    words = Words.of([line.split(" ") for line in a.split("\n") if line] for a in articles)
    yield "ngrams", ngrams(words, LONGEST_NGRAM, max(2, len(words.codes) // MILLION))
    yield "collocations", terms.collocations(words, min_count=3)
    counts = count_by_article(words, documents["doc_id"])
    yield "term_counts", counts
    whole = joined(words, terms.multiword_variants(variants))
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
    mentions = (rows.to_pandas() for rows in parts.batches("mentions", MENTION_COLUMNS))
    media = frozenset(actors.loc[actors["side"] == "media", "entity_id"])
    yield from entity_tables(mentions, documents, media).items()
    uses = parts.read("label_uses", ["doc_id", "entity_id", "label", "voice"])
    yield "labels", labels_by_outlet(uses, documents)


def _named(actors: pd.DataFrame, mentioned: Iterable[str]) -> pd.DataFrame:
    """The corpus's own actors, those of other lists that articles name, and what they belong to."""
    parents = dict(zip(actors["entity_id"], actors["parent"], strict=True))
    wanted = {*actors.loc[actors["origin"] == "corpus", "entity_id"], *mentioned}
    wanted |= {wider for entity_id in wanted for wider in line(entity_id, parents)}
    return actors[actors["entity_id"].isin(wanted)].reset_index(drop=True)


def _reuse(
    parts: Parts,
    prints: Mapping[str, np.ndarray],
    credits: pd.DataFrame,
    documents: pd.DataFrame,
) -> pd.DataFrame:
    by_doc = documents.set_index("doc_id")
    credited = credits.groupby("doc_id")["credited"].agg(set).to_dict()
    published, outlet = by_doc["published"].to_dict(), by_doc["outlet"].to_dict()
    return reuse_table(prints, partial(_bodies, parts), published, credited, outlet)


def _bodies(parts: Parts, doc_ids: Iterable[str]) -> dict[str, str]:
    """The counted body of some articles."""
    doc_ids = list(doc_ids)
    rows = parts.read("sentences", ["doc_id", "kind", "counted", "text"], set(doc_ids))
    texts = rows[(rows["kind"] == "body") & rows["counted"]].groupby("doc_id")["text"]
    return texts.agg(" ".join).reindex(doc_ids, fill_value="").to_dict()


# --- events ---------------------------------------------------------------------------------


def _merged(
    parts: Parts, corpus: Corpus, documents: pd.DataFrame, lexicon: Lexicon
) -> pd.DataFrame:
    parents = corpus.actors.set_index("entity_id")["parent"].to_dict()
    published, reports = last_days(documents), parts.read("event_reports")
    return merge_reports(
        reports, parents, texts=_told_in(parts), published=published, lexicon=lexicon
    )


def _around_halts(
    parts: Parts, reports: pd.DataFrame, halts: Iterable[str]
) -> tuple[dict[Place, str], dict[Place, list[date]]]:
    """The sentences of articles that tell of halts, by their place, and the days that they name."""
    tell, place = set(reports.loc[of_kinds(reports, halts), "doc_id"]), ["doc_id", "sent_id"]
    rows = parts.read("sentences", [*place, "text"], tell)
    dates = parts.read("dates", [*place, "date_from", "date_to"], tell)
    dates = dates[dates["date_from"].notna() & (dates["date_from"] == dates["date_to"])]
    days = dates.groupby(place)["date_to"].agg(list).to_dict()
    return dict(zip(zip(*(rows[c] for c in place), strict=True), rows["text"], strict=True)), days


def _told_in(parts: Parts) -> Iterator[str]:
    """The sentence of each report, in their order."""
    place = ["doc_id", "sent_id"]
    batches = (parts.batches("event_reports", place), parts.batches("sentences", [*place, "text"]))
    for reports, sentences in zip(*batches, strict=True):
        by_place = sentences.to_pandas().set_index(place)["text"].to_dict()
        for key in zip(*reports.to_pydict().values(), strict=True):
            yield by_place[key]
