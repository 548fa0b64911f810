"""A corpus: reading a folder of articles, its settings and actors, and checking all of it."""

import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.columns import file_columns, names, schema
from analysis.base.digests import file_digest
from analysis.base.messages import Note, PlainError, counted, gathered, listed, nearest
from analysis.base.rows import check_row, day
from analysis.base.schemas import load_schema, read_checked, shown
from analysis.corpus import readers
from analysis.corpus.doubtful import doubtful_texts
from analysis.corpus.joining import with_metadata
from analysis.corpus.outlet_names import alike_outlets
from analysis.corpus.readers import ReaderError, Reading
from analysis.corpus.readers.common import language_code
from analysis.corpus.side_files import read_optional
from analysis.entities.matcher import compile_actors
from analysis.entities.world import join_actors, known_actors
from analysis.lexicons import Lexicon
from analysis.lexicons.additions import check_additions

REQUIRED = ("file", "outlet")
COLUMNS = tuple(file_columns("articles.csv"))
ACTOR_COLUMNS = tuple(file_columns("actors.csv"))
OURS = frozenset(column for table in schema()["tables"] for column in names(table))
PROPOSED = "actors_proposed.csv"
RESERVED = {"text", "_where", *names("documents")} - {*COLUMNS, "byline"}
INSIDE = ("coding/*.csv", "lexicons/*.yml", "notebooks/*.ipynb", "reference/*.csv")
SURROGATES = re.compile("[\ud800-\udfff]")


class CorpusError(PlainError, ValueError):
    """All problems of a corpus at once; ``problems`` is a list of (where, what, todo)."""

    def __init__(self, problems: list[Note]) -> None:
        self.problems = gathered(problems)
        lines = [f"{p.where}: {p.what}\n    → {p.todo}" for p in self.problems]
        count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
        super().__init__(f"{count} in the corpus\n" + "\n".join(lines))


class Texts(Mapping[str, str]):
    """The texts of articles by doc_id, held compressed: those of a large corpus take gigabytes."""

    def __init__(self, texts: Iterable[tuple[str, str]]) -> None:
        self._packed = {
            doc_id: zlib.compress(text.encode("utf-8", "surrogatepass"), 1)
            for doc_id, text in texts
        }

    def __getitem__(self, doc_id: str) -> str:
        return zlib.decompress(self._packed[doc_id]).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)


@dataclass
class _Log:
    """What comes up while a corpus is read: problems, which stop it, and notes."""

    problems: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def problem(self, where: str | Path, what: str, todo: str) -> None:
        self.problems.append(Note(str(where), what, todo))

    def note(self, where: str | Path, what: str, todo: str) -> None:
        self.notes.append(Note(str(where), what, todo))


@dataclass(frozen=True)
class Corpus:
    """A checked corpus.

    ``documents`` has one row an article in the order of the corpus, with the columns of
    ``articles.csv`` (see COLUMNS) and any others that came along; dates are ISO strings,
    missing values empty strings (of `published`, too: such an article counts wherever no date is
    needed).  ``actors`` has the columns of ``actors.csv``.
    """

    path: Path
    documents: pd.DataFrame
    actors: pd.DataFrame
    settings: dict[str, Any]
    notes: list[Note] = field(default_factory=list)
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        return self.path.stem

    def text(self, doc_id: str) -> str:
        """The article's text as read from its file (offsets in all tables point into it)."""
        return self.texts[doc_id]

    @property
    def titles(self) -> dict[str, str]:
        """The headline each article was given beside its text, if any."""
        if "title" not in self.documents:
            return {}
        return dict(zip(self.documents["doc_id"], self.documents["title"], strict=True))

    @property
    def lexicons(self) -> Path | None:
        folder = self.path / "lexicons"
        return folder if folder.is_dir() else None


def read_corpus(path: str | Path) -> Corpus:
    """Read and check a corpus folder, a table, an export file or a folder of exports.

    A folder with ``articles.csv`` or ``corpus.yml`` is a corpus folder; anything else is read by
    the reader of its format (see `analysis.corpus.readers`).

    Raises CorpusError listing all problems, each with file, row, column and what to do.
    """
    path = Path(path).absolute()
    if not path.exists():
        raise CorpusError([Note(str(path), "no such file or folder", _existing_parent(path))])
    settings, problems = read_settings(path / "corpus.yml")
    missing = list(_no_files(path))
    log = _Log([*problems, *missing])
    if path.is_dir():
        records = _read_records(path, settings, log)
        wrong, idle = check_additions(path / "lexicons")
        log.notes += idle
        lexicon = Lexicon.read(None if wrong or missing else path / "lexicons")
        actors = _read_actors(path / "actors.csv", lexicon, log)
        proposed = _read_actors(path / PROPOSED, lexicon, log)
        log.problems += wrong
    else:
        records = _read_exports(path, settings, log)
        actors = proposed = pd.DataFrame(columns=list(ACTOR_COLUMNS))
    if not log.problems:
        actors = known_actors(actors, settings["world"])
        if settings["world"]:
            actors = join_actors(actors, proposed, "proposed")
        log.problems += _check_parties(path / "corpus.yml", settings["dyads"], actors)
    _make_whole(records, log)
    log.notes += doubtful_texts(records, str(path))
    _name_outlets(records, settings["outlets"], log)
    log.notes += alike_outlets((record["outlet"] for record in records), path / "corpus.yml")
    _check_documents(records, log)
    _note_undated(records, log)
    if log.problems:
        raise CorpusError(_within(path, log.problems))
    texts = Texts((record["doc_id"], record.pop("text")) for record in records)
    documents = pd.DataFrame(records).drop(columns="_where", errors="ignore").fillna("")
    order = [c for c in COLUMNS if c in documents] + [c for c in documents if c not in COLUMNS]
    notes = gathered(_within(path, log.notes))
    return Corpus(path, documents[order], actors, settings, notes, texts)


def _no_files(path: Path) -> Iterator[Note]:
    """What bears the name of a file of a corpus and is none: a folder, a link that leads nowhere.

    It would be passed over as if it were not there, or never end.
    """
    single = [path / name for name in ("articles.csv", "actors.csv", PROPOSED, "corpus.yml")]
    inside = [file for pattern in INSIDE for file in sorted(path.glob(pattern))]
    for file in [*single, *inside]:
        if os.path.lexists(file) and not file.is_file():
            yield Note(str(file), "is no file", "put the file itself there, or remove it")
    for folder in (path / name for name in ("coding", "lexicons", "notebooks", "reference")):
        if os.path.lexists(folder) and not folder.is_dir():
            yield Note(str(folder), "is no folder", "put the folder itself there, or remove it")


def _within(path: Path, notes: list[Note]) -> list[Note]:
    """Notes that name the corpus folder, not the way to it: a report must not depend on that.

    The name of a file that is no UTF-8 has the sign for what is lost (�) in it.
    """
    full, name = str(path), path.name

    def told(part: str) -> str:
        return SURROGATES.sub("\ufffd", part.replace(full, name))

    return [Note(*map(told, note)) for note in notes]


def _existing_parent(path: Path) -> str:
    parent = next(p for p in path.absolute().parents if p.is_dir())
    names = sorted(p.name for p in parent.iterdir() if p.is_dir())
    return nearest(path.name, names, f"folders in {parent}")


# --- settings -------------------------------------------------------------------------------


def read_settings(file: Path) -> tuple[dict[str, Any], list[Note]]:
    """The settings of a ``corpus.yml``, the default where it (or a key) is missing; its problems.

    Where anything is wrong all are the defaults.
    """
    schema = load_schema("corpus")
    settings = {key: deepcopy(rule["default"]) for key, rule in schema["properties"].items()}
    if not file.is_file():
        return settings, []
    try:
        text = readers.read_text(file)[0]
    except ReaderError as error:
        return settings, error.problems
    given, wrong = read_checked(text, str(file), schema)
    if wrong:
        return settings, wrong
    settings |= given
    return settings, list(_check_settings(file, settings))


def _check_settings(file: Path, settings: dict[str, Any]) -> Iterator[Note]:
    """What a schema cannot say of settings that have the right form."""
    for key in ("outlets", "variants"):
        yield from _check_joined(f"{file}, key {key}", settings[key])
    ids = [dyad["id"] for dyad in settings["dyads"]]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            where = f"{file}, key dyads: {number + 1}: id"
            yield Note(where, f"{name!r} is told twice", "give each its own id")
    for number, (first, last) in enumerate(settings["covered"], 1):
        where = f"{file}, key covered: {number}"
        wrong = [n for date in (first, last) for n in check_row("spans", {"date": date}, where)]
        yield from wrong
        if not wrong and first > last:
            yield Note(where, f"{first} is after {last}", "write [first day, last day]")


def _check_joined(where: str, joined: Mapping[str, list[str]]) -> Iterator[Note]:
    """Names that are joined to two others, or to one that is itself joined to another."""
    kept: dict[str, str] = {}
    for keep, others in joined.items():
        for name in others:
            if name in joined and name != keep:
                what = f"{name!r} is joined to {keep!r} and has names of its own"
                yield Note(f"{where}: {name}", what, f"write them all below {keep!r}")
            elif (other := kept.setdefault(name, keep)) != keep:
                what = f"{name!r} is joined to {other!r} and to {keep!r}"
                yield Note(f"{where}: {name}", what, "keep one")


def _check_parties(file: Path, dyads: list[dict[str, Any]], actors: pd.DataFrame) -> list[Note]:
    """Parties of dyads that are neither an entity nor a side of actors.csv."""
    known = dict.fromkeys([*actors["side"], *actors["entity_id"]])
    known.pop("", None)
    return [
        Note(
            f"{file}, key {shown(('dyads', number, role))}",
            f"{name!r} is no side and no entity_id of actors.csv",
            nearest(name, known),
        )
        for number, dyad in enumerate(dyads if known else [])
        for role in ("source", "target", "mediators")
        for name in dyad.get(role, [])
        if name not in known
    ]


def changed_keys(corpus: Corpus) -> list[Note]:
    """What owners of a corpus should know of keys of ``corpus.yml`` that changed their meaning."""
    if not any("mediators" in dyad for dyad in corpus.settings["dyads"]):
        return []
    what = "mediators may broker a truce, no more: their truces no longer hold for a dyad by that"
    todo = "look at bound_by in table phases: a truce binds whom a sentence names as stopping"
    return [Note(f"{corpus.path / 'corpus.yml'}, key dyads", what, todo)]


# --- articles -------------------------------------------------------------------------------


def _read_records(path: Path, settings: dict[str, Any], log: _Log) -> list[dict[str, Any]]:
    """The articles: by the setting `table`, by articles.csv, or whatever exports the folder has."""
    listing = path / "articles.csv"
    if settings["table"]:
        source = path / settings["table"]
        if _inside(source, path):
            return _read_exports(source, settings, log)
        what = f"{settings['table']!r} lies outside the corpus folder"
        log.problem(f"{path / 'corpus.yml'}, key table", what, "copy it in")
    elif listing.is_file():
        return _read_listed(path, listing, settings["columns"], log)
    elif (path / "texts").is_dir():
        todo = f"propose one with: python -m analysis corpus --name {path}"
        log.problem(listing, "no such file", todo)
    else:
        return _read_exports(path, settings, log)
    return []


def _read_listed(
    path: Path, listing: Path, columns: dict[str, str], log: _Log
) -> list[dict[str, Any]]:
    try:
        frame = readers.read_csv(listing)
    except ReaderError as error:
        log.problems += error.problems
        return []
    frame = frame.rename(columns={theirs: ours for ours, theirs in columns.items()})
    taken = {name: f"{name}_given" for name in frame if name in RESERVED}
    if taken:
        what = f"also columns of ours: {', '.join(taken)}"
        log.note(listing, what, f"kept as {', '.join(taken.values())}")
    frame = frame.rename(columns=taken)
    if twice := sorted(set(frame.columns[frame.columns.duplicated()])):
        what = f"two columns are meant by {', '.join(twice)}"
        log.problem(listing, what, "mend `columns:` in corpus.yml")
        return []
    if missing := [column for column in REQUIRED if column not in frame]:
        what = f"no column {', '.join(missing)}; there are: {', '.join(frame.columns)}"
        log.problem(listing, what, "rename the column, or map it under `columns:` in corpus.yml")
        return []
    records = [
        _listed(path, f"{listing}, row {row}", values, log) for row, values in frame.iterrows()
    ]
    if not records:
        log.problem(listing, "lists no article", "give each text in texts/ a row below the header")
    _note_unlisted(path, records, log)
    return records


def _listed(path: Path, where: str, values: pd.Series, log: _Log) -> dict[str, Any]:
    """The article of one row of articles.csv."""
    record = {str(key): value.strip() for key, value in values.items()} | {"_where": where}
    record["text"] = _read_article(path, record, log)
    if record.get("language"):
        record["language"] = language_code(record["language"]) or ""
    record["doc_id"] = record.get("doc_id") or Path(record["file"]).stem
    return record


def _inside(target: Path, folder: Path) -> bool:
    return target.resolve().is_relative_to(folder.resolve())


def _read_article(path: Path, record: dict[str, Any], log: _Log) -> str:
    where, name = f"{record['_where']}, column file", record["file"]
    file = path / name
    if not name:
        log.problem(where, "empty", "give the text's path, as texts/my-article.txt")
    elif not _inside(file, path):
        log.problem(where, f"{name!r} lies outside the corpus folder", "copy it in")
    elif not file.is_file():
        siblings = [p.relative_to(path).as_posix() for p in path.glob("texts/*")]
        log.problem(where, f"no file {name}", nearest(name, siblings, "files there"))
    else:
        try:
            return _decode(file, record, where, log)
        except ReaderError as error:
            log.problems += [Note(f"{where}, {p.where}", p.what, p.todo) for p in error.problems]
    return ""


def _decode(file: Path, record: dict[str, Any], where: str, log: _Log) -> str:
    if file.suffix.lower() in {".html", ".htm"}:
        page = readers.read_html_article(file)
        for key in ("title", "byline", "published"):
            if page.get(key) and not record.get(key):
                record[key] = page[key]
        return page["text"]
    text, encoding = readers.read_text(file)
    if encoding not in {"utf-8", "utf-8-sig"}:
        what = f"{record['file']} is not UTF-8; read as {encoding}"
        log.note(where, what, "look at its accents and quotes; save it as UTF-8")
    given = record.get("sha256", "")
    if given and given != file_digest(file):
        what = f"{record['file']} has changed since its sha256 was noted"
        log.note(where, what, "restore the text, or empty the cell sha256")
    return text


def _note_unlisted(path: Path, records: list[dict[str, Any]], log: _Log) -> None:
    listed = {(path / record["file"]).resolve() for record in records}
    for file in sorted((path / "texts").glob("*")):
        if file.is_file() and not file.name.startswith(".") and file.resolve() not in listed:
            what = "in texts/ but not in articles.csv: not read"
            log.note(file, what, "add a row for it, or remove it")


def _read_exports(path: Path, settings: dict[str, Any], log: _Log) -> list[dict[str, Any]]:
    try:
        reading = read_documents(path, settings)
    except ReaderError as error:
        log.problems += error.problems
        return []
    log.notes += reading.notes
    if not reading.documents:
        what = f"{reading.format} holds no texts, only their addresses"
        log.problem(path, what, "put the texts (saved pages) into the same folder")
    return [
        {key: "" if value is None else value for key, value in document.items()}
        | {"_where": f"{path}, article {document['doc_id']}"}
        for document in reading.documents
    ]


def read_documents(path: Path, settings: dict[str, Any]) -> Reading:
    """The articles with a text of a file or folder of exports, read as a corpus's settings say.

    Rows of metadata alone complete the text of their address or file (see `with_metadata`); a
    table that names files is read with these.  Raises ReaderError.
    """
    options = {"columns": settings["columns"] or None, "date_order": settings["date_order"] or None}
    if path.is_dir():
        reading = readers.read_folder(path, **options)
    else:
        reading = readers.read_file(path, **options)
        if files := {doc["text_file"] for doc in reading.documents if doc.get("text_file")}:
            reading = readers.read_folder(path.parent, only={path.name, *files}, **options)
    reading.documents = with_metadata(reading.documents, reading.notes)
    return reading


def _make_whole(records: list[dict[str, Any]], log: _Log) -> None:
    """Half characters, which no file can hold, become the sign for what is lost: �."""
    for record in records:
        for key, value in record.items():
            if isinstance(value, str) and SURROGATES.search(value):
                record[key] = SURROGATES.sub("\ufffd", value)
                where = f"{record['_where']}, column {key}"
                log.note(where, "half a character: read as �", "look at its signs")


def _name_outlets(
    records: list[dict[str, Any]], joined: Mapping[str, list[str]], log: _Log
) -> None:
    """Give the names that `outlets:` in corpus.yml joins the one to keep, and all a safe one.

    Outlets head columns and stand in lists: none may have a column's name, or hold ``;``.
    """
    kept = {name: keep for keep, names in joined.items() for name in names}
    noted = set()
    for record in records:
        name = record.get("outlet") or ""
        if name in kept:
            record["outlet_given"] = name
            name = kept[name]
        new = ", ".join(part.strip() for part in name.split(";")) if ";" in name else name
        new = f"{new} (outlet)" if new in OURS else new
        if new != name and name not in noted:
            why = "a name of one of our columns" if name in OURS else "; stands between names"
            noted.add(name)
            where = f"{record['_where']}, column outlet"
            log.note(where, f"{name!r}: {why}", f"it is called {new!r}")
        record["outlet"] = new


# --- checks ---------------------------------------------------------------------------------


def _check_documents(records: list[dict[str, Any]], log: _Log) -> None:
    seen: dict[str, str] = {}
    for record in records:
        where, doc_id = record["_where"], record["doc_id"]
        if doc_id in seen:
            what = f"{doc_id!r} is also the id of {seen[doc_id]}"
            log.problem(f"{where}, column doc_id", what, "give every article its own id")
        seen.setdefault(doc_id, where)
        log.problems += check_row("articles", record, where)
        published = record.get("published") or ""
        first = record.get("published_from") or published
        last = record.get("published_to") or published
        if all(map(day, (published, first, last))) and not first <= published <= last:
            what = f"{published} does not lie between {first} and {last}"
            todo = "published_from ≤ published ≤ published_to"
            log.problem(f"{where}, column published", what, todo)


def _note_undated(records: list[dict[str, Any]], log: _Log) -> None:
    """One note on the articles without a date, which are left out where one is needed."""
    undated = [record for record in records if not record.setdefault("published", "")]
    if undated:
        what = f"{len(undated)} of {counted(len(records), 'article')} without a date: "
        what += f"left out of the timeline ({listed((r['doc_id'] for r in undated), 5)})"
        where = undated[0]["_where"].rpartition(", ")[0]
        log.note(where, what, "fill in `published` where you know the day")


def read_proposed(path: Path, lexicon: Lexicon) -> pd.DataFrame:
    """The rows of a corpus's actors_proposed.csv; raises CorpusError with what is wrong there."""
    log = _Log()
    proposed = _read_actors(path / PROPOSED, lexicon, log)
    if log.problems:
        raise CorpusError(_within(path, log.problems))
    return proposed


def _read_actors(file: Path, lexicon: Lexicon, log: _Log) -> pd.DataFrame:
    """The rows of actors.csv or actors_proposed.csv; none where there is no such file."""
    actors, wrong = read_optional(file, str(file), ACTOR_COLUMNS, ("entity_id", "name", "type"))
    log.problems += wrong
    actors = actors.astype(str)
    try:
        compile_actors(actors, lexicon)
    except ValueError as error:
        for line in filter(str.strip, str(error).splitlines()):
            log.problem(file, line, "correct the row")
    return actors
