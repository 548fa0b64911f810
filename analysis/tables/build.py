"""The tables of a corpus: built once under a lock, in a cache keyed by what they depend on."""

import json
import shutil
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock
from tqdm import tqdm

from analysis.article.ledger import OUTCOME, Correction
from analysis.article.reading import Article, Rows, Settings, annotate, unread
from analysis.base.columns import article_columns, schema, table_columns, types
from analysis.base.digests import digest, module_digests
from analysis.base.json_files import load_json
from analysis.base.messages import Note, listed
from analysis.corpus.proposing import with_proposed
from analysis.corpus.reading import Corpus
from analysis.entities.candidates import first_mentions
from analysis.lexicons import Lexicon
from analysis.outlets.sharing import word_codes
from analysis.tables.beside import Beside, read_beside
from analysis.tables.corrections import (
    PLACE,
    PLACED,
    account,
    by_article,
    correct_merges,
    corrected_articles,
    places_of,
)
from analysis.tables.joining import USED, aggregate
from analysis.tables.kept import UNFINISHED, is_whole, keep, new_folder
from analysis.tables.parts import Parts
from analysis.tables.stored import Tables
from analysis.tables.workers import EngineError, give_back_memory, map_parts
from analysis.terms.diversity import lexical_diversity
from analysis.timeline.proposed import proposed_dyads

_ARROW = {
    "string": pa.string(),
    "list": pa.string(),
    "bool": pa.bool_(),
    "int32": pa.int32(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "day": pa.date32(),
    "binary": pa.binary(),
}
PART_SIZE = 200  # articles
FEW, SHARE = 5, 0.01  # articles that may fail at least, and of all


def build(
    corpus: Corpus, cache: Path, progress: Callable[[str], None] = lambda line: None
) -> Tables:
    """The tables of `corpus`, taken from the cache or built; one process builds, others wait."""
    lexicon = Lexicon.read(corpus.lexicons)
    corpus = _without_parameters(with_proposed(corpus, lexicon))
    settings = _settings(corpus, lexicon)
    annotation = digest(
        module_digests(
            "article.reading", "entities.candidates", "outlets.sharing", "terms.diversity"
        ),
        corpus.actors.to_csv(index=False),
        lexicon.key,
        corpus.settings["clean"],
        settings.outlets,
        article_columns(),
    )
    beside, wrong = read_beside(corpus)
    notes = list(dict.fromkeys([*corpus.notes, *wrong]))
    corrected = by_article(beside.corrections, set(corpus.documents["doc_id"]))
    keys = {digest(*article): article.doc_id for article in _articles(corpus, corrected)}
    everything = digest(
        annotation,
        module_digests("tables.joining", "tables.parts"),
        types(),
        corpus.settings,
        [*keys.items()],
        corpus.documents.to_csv(index=False),
        [frame.to_csv() for frame in beside],
        notes,
    )
    folder = cache / "tables" / everything[:32]
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / "tables.lock"):
        for left in (
            *cache.glob(f"tables/{UNFINISHED}*"),
            *cache.glob(f"articles/*/{UNFINISHED}*"),
        ):
            shutil.rmtree(left)  # of a process that was killed
        if not is_whole(folder):
            progress(f"reading {len(keys)} articles")
            store = cache / "articles" / annotation[:32]
            parts = _Store(store).annotated(_articles(corpus, corrected), keys, settings)
            _aggregate(replace(corpus, notes=notes), beside, lexicon, parts, folder)
    return Tables(folder)


def correction_notes(corpus: Corpus, corrections: pd.DataFrame) -> list[Note]:
    """Corrections that cannot be applied: what a build would say, of the articles named alone."""
    doc_ids = corpus.documents["doc_id"].tolist()
    named = corrected_articles(corrections, doc_ids)
    if not named:
        return []
    lexicon = Lexicon.read(corpus.lexicons)
    corpus = with_proposed(corpus, lexicon)
    own = replace(corpus, documents=corpus.documents[corpus.documents["doc_id"].isin(named)])
    settings, corrected = _settings(corpus, lexicon), by_article(corrections, doc_ids)
    rows = [_read(article, settings) for article in _articles(own, corrected)]
    tables = {
        name: pd.DataFrame([row for of_one in rows for row in of_one[name]], columns=columns)
        for name, columns in {**dict.fromkeys(PLACED, PLACE), "corrections": OUTCOME}.items()
    }
    reports = tables["event_reports"].assign(event_id="e0001", merged_because="")
    outcomes = pd.concat([tables.pop("corrections"), correct_merges(reports, corrections)[1]])
    return account(corrections, outcomes, places_of(tables, doc_ids))[1]


def _without_parameters(corpus: Corpus) -> Corpus:
    """The corpus without what it sets in notebooks, on which no table depends."""
    settings = {key: value for key, value in corpus.settings.items() if key != "notebooks"}
    return replace(corpus, settings=settings)


def _settings(corpus: Corpus, lexicon: Lexicon) -> Settings:
    names = tuple(sorted(corpus.documents["outlet"].unique()))
    return Settings(corpus.actors, lexicon, corpus.settings["clean"], names)


def _articles(corpus: Corpus, corrections: dict[str, tuple[Correction, ...]]) -> Iterator[Article]:
    for row in corpus.documents.to_dict("records"):
        given = {field: row.get(field, "") for field in Article._fields}
        doc_id = row["doc_id"]
        given |= {"text": corpus.text(doc_id), "corrections": corrections.get(doc_id, ())}
        yield Article(**given)


# --- per article ----------------------------------------------------------------------------


class _Store:
    """The parts that are kept: folders with the rows of some articles, and whose they are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        parts = [part for part in sorted(folder.glob("*")) if is_whole(part)]
        self._held = {part: load_json(part / "articles.json", []) for part in parts}

    def annotated(
        self, articles: Iterable[Article], wanted: dict[str, str], settings: Settings
    ) -> dict[Path, set[str]]:
        """The parts that hold the rows of all `articles`; what is there is not done again.

        `wanted` has the doc_id of each article by its digest.  With each part come the ids of the
        articles to take from it: it may also hold an earlier state of an article that has changed.
        """
        done = {key for keys in self._held.values() for key in keys}
        missing = sum(key not in done for key in wanted)
        pairs = zip(wanted, articles, strict=True)
        unread_articles = ((key, article) for key, article in pairs if key not in done)
        count = -(-missing // PART_SIZE)
        batches = (dict(islice(unread_articles, PART_SIZE)) for _ in range(count))
        with tqdm(total=missing, desc="tables    articles", unit="", disable=None) as bar:
            for keys, rows in map_parts(partial(_annotate_part, settings), batches, count):
                self._add(keys, rows)
                bar.update(len(keys))
        doc_ids = {
            part: {wanted[key] for key in keys if key in wanted}
            for part, keys in self._held.items()
        }
        return {part: wanted_here for part, wanted_here in doc_ids.items() if wanted_here}

    def _add(self, keys: list[str], rows: dict[str, pa.Table]) -> None:
        folder = self._folder / digest(keys)[:32]
        with new_folder(folder) as part:
            for name, table in rows.items():
                pq.write_table(table, part / f"{name}.parquet")
            (part / "articles.json").write_text(json.dumps(keys))
            keep(part)
        self._held[folder] = keys


def _annotate_part(
    settings: Settings, articles: dict[str, Article]
) -> tuple[list[str], dict[str, pa.Table]]:
    """The digests of some articles and their rows, table by table."""
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in article_columns()}
    for article in articles.values():
        for name, added in _read(article, settings).items():
            rows[name] += added
    tables = {name: _arrow(name, of_table) for name, of_table in rows.items()}
    first = first_mentions(*(tables[name].to_pandas() for name in ("mentions", "sentences")))
    tables["first_mentions"] = _arrow("first_mentions", first.to_dict("records"))
    return list(articles), tables


def _read(article: Article, settings: Settings) -> Rows:
    """The rows of an article; where its reading fails only that it is there, and the error."""
    try:
        rows = annotate(article, settings)
        return rows | _measured(article.doc_id, rows)
    except (MemoryError, OSError):  # the machine's trouble, not the article's
        raise
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(place.filename).name}, line {place.lineno}"
        rows = unread(article, f"{type(error).__name__} in {where}")
        return rows | _measured(article.doc_id, rows)


def _check_read(errors: dict[str, str]) -> None:
    """Go on unless many articles failed, or all; `errors` by doc_id, empty where there is none."""
    failed = {doc_id: error for doc_id, error in errors.items() if error}
    if len(failed) > max(FEW, SHARE * len(errors)) or len(failed) == len(errors) > 0:
        which = listed(f"{doc_id} ({error})" for doc_id, error in failed.items())
        raise EngineError(
            f"{len(failed):,} of {len(errors):,} articles cannot be read: {which}.\n"
            "That many point to a fault of this program: send its makers these lines, or take the "
            "articles out of the corpus, and run the same command again."
        )


def _measured(doc_id: str, rows: Rows) -> Rows:
    """What the tables of the whole corpus need to know of an article, as far as it alone tells."""
    body = (row for row in rows["sentences"] if row["kind"] == "body" and row["counted"])
    text = " ".join(row["text"] for row in body)
    words = rows["words"][0]["terms"].split()
    return {
        "diversity": [{"doc_id": doc_id, **lexical_diversity(words)}],
        "fingerprints": [{"doc_id": doc_id, "words": word_codes(text).tobytes()}],
    }


def _arrow(name: str, rows: list[dict[str, Any]]) -> pa.Table:
    kinds = article_columns()[name]
    arrays = [pa.array([row[column] for row in rows], _ARROW[kinds[column]]) for column in kinds]
    return pa.Table.from_arrays(arrays, names=list(kinds))


def _typed(name: str, frame: pd.DataFrame) -> pa.Table:
    """Table `name` with the types of ``columns.yml``, where it is empty too."""
    known = table_columns(name) if name in schema()["tables"] else {}
    blank = [column for column in frame if column in known and frame[column].isna().all()]
    frame = frame.astype(dict.fromkeys(blank, object))
    fields = [
        field.with_type(_ARROW.get(known[field.name].type, field.type))
        if field.name in known
        else field
        for field in pa.Schema.from_pandas(frame, preserve_index=False)
    ]
    return pa.Table.from_pandas(frame, pa.schema(fields), preserve_index=False)


# --- the corpus as a whole ------------------------------------------------------------------


def _aggregate(
    corpus: Corpus,
    beside: Beside,
    lexicon: Lexicon,
    parts: dict[Path, set[str]],
    folder: Path,
) -> None:
    rows = Parts(parts, corpus.documents["doc_id"].tolist())
    documents = rows.read("documents", ["doc_id", "reading_error"])
    _check_read(dict(zip(documents["doc_id"], documents["reading_error"], strict=True)))
    settings = corpus.settings
    with new_folder(folder) as new:
        for name, frame in aggregate(corpus, rows, beside, lexicon):
            if name == "dyads" and not settings["dyads"]:
                settings = settings | {"dyads": proposed_dyads(frame)}
            table = _typed(name, frame)
            pq.write_table(table, new / f"{name}.parquet")
            del frame, table
            give_back_memory()
        written = {file.stem for file in new.iterdir()}
        unchanged = [name for name in article_columns() if name not in {*written, *USED}]
        for name in unchanged:
            rows.write(name, new / f"{name}.parquet")
        told = json.dumps(settings, ensure_ascii=False, sort_keys=True, default=str)
        (new / "settings.json").write_text(told, "utf-8")
        keep(new)
