"""A corpus: reading a folder of articles, its settings and actors, and checking all of it."""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from analysis.base.columns import file_columns, names, schema
from analysis.base.messages import Note, counted, gathered, listed, nearest
from analysis.base.rows import check_row, day
from analysis.base.schemas import load_schema, read_checked, shown
from analysis.corpus import readers
from analysis.corpus.outlet_names import alike_outlets
from analysis.corpus.readers import ReaderError
from analysis.entities import candidates as entities
from analysis.lexicons import Lexicon
from analysis.lexicons.additions import check_additions

REQUIRED = ("file", "outlet")
COLUMNS = tuple(file_columns("articles.csv"))
ACTOR_COLUMNS = tuple(file_columns("actors.csv"))
OURS = frozenset(column for table in schema()["tables"] for column in names(table))
RESERVED = {"text", "_where", *names("documents")} - {*COLUMNS, "byline"}
_TRACKING = re.compile(r"utm_|fbclid|gclid|mc_[ce]id|cmp=|ref=|src=|smid=|partner=|at_|xtor")
SURROGATES = re.compile("[\ud800-\udfff]")


class CorpusError(ValueError):
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
    problems: list[Note] = []
    notes: list[Note] = []
    if not path.exists():
        raise CorpusError([Note(str(path), "no such file or folder", _existing_parent(path))])
    if path.is_dir():
        settings = read_settings(path / "corpus.yml", problems)
        records = _read_records(path, settings, problems, notes)
        wrong, idle = check_additions(path / "lexicons")
        lexicon = Lexicon.read(None if wrong else path / "lexicons")
        actors = _read_actors(path / "actors.csv", lexicon, problems, notes)
        problems += _check_parties(path / "corpus.yml", settings["dyads"], actors)
        problems += wrong
        notes += idle
    else:
        settings = read_settings(path / "corpus.yml", problems)
        records = _read_exports(path, settings, problems, notes)
        actors = pd.DataFrame(columns=list(ACTOR_COLUMNS))
    _make_whole(records, notes)
    _join_outlets(records, settings["outlets"])
    _rename_outlets(records, notes)
    notes += alike_outlets((record["outlet"] for record in records), path / "corpus.yml")
    _check_documents(records, problems)
    _note_undated(records, notes)
    if problems:
        raise CorpusError(_within(path, problems))
    texts = Texts((record["doc_id"], record.pop("text")) for record in records)
    for record in records:
        record.pop("_where")
    documents = pd.DataFrame(records).fillna("")
    order = [c for c in COLUMNS if c in documents] + [c for c in documents if c not in COLUMNS]
    return Corpus(path, documents[order], actors, settings, gathered(_within(path, notes)), texts)


def _within(path: Path, notes: list[Note]) -> list[Note]:
    """Notes that name the corpus folder, not the way to it: a report must not depend on that."""
    full, name = str(path), path.name
    return [Note(*(part.replace(full, name) for part in note)) for note in notes]


def _existing_parent(path: Path) -> str:
    parent = next(p for p in path.absolute().parents if p.is_dir())
    names = sorted(p.name for p in parent.iterdir() if p.is_dir())
    return nearest(path.name, names, f"folders in {parent}")


# --- settings -------------------------------------------------------------------------------


def read_settings(file: Path, problems: list[Note]) -> dict[str, Any]:
    """The settings of a ``corpus.yml``, the default where it (or a key) is missing."""
    schema = load_schema("corpus")
    settings = {key: deepcopy(rule["default"]) for key, rule in schema["properties"].items()}
    if not file.is_file():
        return settings
    try:
        text = readers.read_text(file)[0]
    except ReaderError as error:
        problems += error.problems
        return settings
    given, found = read_checked(text, str(file), schema)
    if not found:
        settings |= given
        _check_settings(file, settings, found)
    problems += found
    return settings


def _check_settings(file: Path, settings: dict[str, Any], problems: list[Note]) -> None:
    """What a schema cannot say of settings that have the right form."""
    ids = [dyad["id"] for dyad in settings["dyads"]]
    for number, name in enumerate(ids):
        if name in ids[:number]:
            where = f"{file}, key dyads: {number + 1}: id"
            problems.append(Note(where, f"{name!r} is told twice", "give each its own id"))
    for number, span in enumerate(settings["covered"], 1):
        days = {"date": span[0]}, {"date": span[1]}
        where = f"{file}, key covered: {number}"
        bad = [note for row in days for note in check_row("spans", row, where)]
        if not bad and span[0] > span[1]:
            bad = [Note(where, f"{span[0]} is after {span[1]}", "write [first day, last day]")]
        problems += bad


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


def _read_records(
    path: Path, settings: dict[str, Any], problems: list[Note], notes: list[Note]
) -> list[dict[str, Any]]:
    """The articles: by the setting `table`, by articles.csv, or whatever exports the folder has."""
    listing = path / "articles.csv"
    if settings["table"]:
        source = path / settings["table"]
        if _inside(source, path):
            return _read_exports(source, settings, problems, notes)
        what = f"{settings['table']!r} lies outside the corpus folder"
        problems.append(Note(f"{path / 'corpus.yml'}, key table", what, "copy it in"))
    elif listing.is_file():
        return _read_listed(path, listing, settings["columns"], problems, notes)
    elif (path / "texts").is_dir():
        todo = f"propose one with: python -m analysis corpus --name {path}"
        problems.append(Note(str(listing), "no such file", todo))
    else:
        return _read_exports(path, settings, problems, notes)
    return []


def _read_listed(
    path: Path,
    listing: Path,
    columns: dict[str, str],
    problems: list[Note],
    notes: list[Note],
) -> list[dict[str, Any]]:
    try:
        frame = readers.read_csv(listing)
    except ReaderError as error:
        problems += error.problems
        return []
    frame = frame.rename(columns={theirs: ours for ours, theirs in columns.items()})
    taken = {name: f"{name}_given" for name in frame if name in RESERVED}
    if taken:
        what = f"also columns of ours: {', '.join(taken)}"
        notes.append(Note(str(listing), what, f"kept as {', '.join(taken.values())}"))
    frame = frame.rename(columns=taken)
    if twice := sorted(set(frame.columns[frame.columns.duplicated()])):
        what = f"two columns are meant by {', '.join(twice)}"
        problems.append(Note(str(listing), what, "mend `columns:` in corpus.yml"))
        return []
    missing = [column for column in REQUIRED if column not in frame]
    if missing:
        what = f"no column {', '.join(missing)}; there are: {', '.join(frame.columns)}"
        todo = "rename the column, or map it under `columns:` in corpus.yml"
        problems.append(Note(str(listing), what, todo))
        return []
    records = []
    for row, values in frame.iterrows():
        record = {str(key): value.strip() for key, value in values.items()}
        record["_where"] = f"{listing}, row {row}"
        record["text"] = _read_article(path, record, problems, notes)
        record["doc_id"] = record.get("doc_id") or Path(record["file"]).stem
        records.append(record)
    _report_unlisted(path, records, notes)
    return records


def _inside(target: Path, folder: Path) -> bool:
    return target.resolve().is_relative_to(folder.resolve())


def _read_article(
    path: Path, record: dict[str, Any], problems: list[Note], notes: list[Note]
) -> str:
    where, name = f"{record['_where']}, column file", record["file"]
    file = path / name
    if not name:
        problems.append(Note(where, "empty", "give the text's path, as texts/my-article.txt"))
    elif not _inside(file, path):
        problems.append(Note(where, f"{name!r} lies outside the corpus folder", "copy it in"))
    elif not file.is_file():
        siblings = [p.relative_to(path).as_posix() for p in path.glob("texts/*")]
        problems.append(Note(where, f"no file {name}", nearest(name, siblings, "files there")))
    else:
        try:
            return _decode(file, record, where, notes)
        except ReaderError as error:
            problems += [Note(f"{where}, {p.where}", p.what, p.todo) for p in error.problems]
    return ""


def _decode(file: Path, record: dict[str, Any], where: str, notes: list[Note]) -> str:
    if file.suffix.lower() in {".html", ".htm"}:
        page = readers.read_html_article(file)
        for key in ("title", "byline", "published"):
            if page.get(key) and not record.get(key):
                record[key] = page[key]
        return page["text"]
    text, encoding = readers.read_text(file)
    if encoding not in {"utf-8", "utf-8-sig"}:
        what = f"{record['file']} is not UTF-8; read as {encoding}"
        notes.append(Note(where, what, "look at its accents and quotes; save it as UTF-8"))
    given = record.get("sha256", "")
    if given and given != hashlib.sha256(file.read_bytes()).hexdigest():
        what = f"{record['file']} has changed since its sha256 was noted"
        notes.append(Note(where, what, "restore the text, or empty the cell sha256"))
    return text


def _report_unlisted(path: Path, records: list[dict[str, Any]], notes: list[Note]) -> None:
    listed = {(path / record["file"]).resolve() for record in records}
    for file in sorted((path / "texts").glob("*")):
        if file.is_file() and not file.name.startswith(".") and file.resolve() not in listed:
            what = "in texts/ but not in articles.csv: not read"
            notes.append(Note(str(file), what, "add a row for it, or remove it"))


def _read_exports(
    path: Path, settings: dict[str, Any], problems: list[Note], notes: list[Note]
) -> list[dict[str, Any]]:
    read = readers.read_folder if path.is_dir() else readers.read_file
    columns, order = settings["columns"] or None, settings["date_order"] or None
    try:
        reading = read(path, columns=columns, date_order=order)
    except ReaderError as error:
        problems += error.problems
        return []
    notes += reading.notes
    documents = join_metadata(reading.documents, notes)
    if not documents:
        what = f"{reading.format} holds no texts, only their addresses"
        problems.append(Note(str(path), what, "put the texts (saved pages) into the same folder"))
    return [
        {key: "" if value is None else value for key, value in document.items()}
        | {"_where": f"{path}, article {document['doc_id']}"}
        for document in documents
    ]


def address_key(url: str) -> str:
    """What two addresses of one page have in common, however they were copied.

    >>> address_key("http://m.gazette.example/a/?utm_source=rss#top")
    'gazette.example/a'
    """
    parts = urlsplit(url.strip())
    site = re.sub(r"^(?:www|m|mobile|amp)\.", "", (parts.hostname or "").lower())
    asked = [one for one in parts.query.split("&") if one and not _TRACKING.match(one)]
    return site + parts.path.rstrip("/") + ("?" + "&".join(sorted(asked)) if asked else "")


def join_metadata(documents: list[dict[str, Any]], notes: list[Note]) -> list[dict[str, Any]]:
    """Documents with a text; rows of metadata alone complete the text that has their address.

    Such rows come from Media Cloud or GDELT; those without a text are counted in a note.
    """
    rows = {address_key(d["url"]): d for d in documents if not d["text"] and d.get("url")}
    texts = [d for d in documents if d["text"]]
    for document in texts:
        row = rows.pop(address_key(document.get("url") or ""), {})
        document |= {k: v for k, v in row.items() if v and k not in ("doc_id", "file", "text")}
    if rows:
        what = f"{len(rows)} rows of metadata have no text with their address: left out"
        notes.append(Note("metadata", what, "save these pages beside the table, as .html"))
    return texts


def _make_whole(records: list[dict[str, Any]], notes: list[Note]) -> None:
    """Half characters, which no file can hold, become the sign for what is lost: �."""
    for record in records:
        for key, value in record.items():
            if isinstance(value, str) and SURROGATES.search(value):
                record[key] = SURROGATES.sub("\ufffd", value)
                where = f"{record['_where']}, column {key}"
                notes.append(Note(where, "half a character: read as �", "look at its signs"))


def _join_outlets(records: list[dict[str, Any]], joined: Mapping[str, list[str]]) -> None:
    """Give the names that `outlets:` in corpus.yml joins the one to keep."""
    kept = {name: keep for keep, names in joined.items() for name in names}
    for record in records:
        if (name := record.get("outlet") or "") in kept:
            record |= {"outlet": kept[name], "outlet_given": name}


def _rename_outlets(records: list[dict[str, Any]], notes: list[Note]) -> None:
    """Outlets head columns and stand in lists: none may have a column's name, or hold ``;``."""
    told = set()
    for record in records:
        name = record.get("outlet") or ""
        new = ", ".join(part.strip() for part in name.split(";")) if ";" in name else name
        new = f"{new} (outlet)" if new in OURS else new
        if new != name and name not in told:
            why = "a name of one of our columns" if name in OURS else "; stands between names"
            told.add(name)
            where = f"{record['_where']}, column outlet"
            notes.append(Note(where, f"{name!r}: {why}", f"it is called {new!r}"))
        record["outlet"] = new


# --- checks ---------------------------------------------------------------------------------


def _check_documents(records: list[dict[str, Any]], problems: list[Note]) -> None:
    seen: dict[str, str] = {}
    for record in records:
        where, doc_id = record["_where"], record["doc_id"]
        if doc_id in seen:
            what = f"{doc_id!r} is also the id of {seen[doc_id]}"
            problems.append(Note(f"{where}, column doc_id", what, "give every article its own id"))
        seen.setdefault(doc_id, where)
        problems += check_row("articles", record, where)
        _check_range(record, problems)


def _note_undated(records: list[dict[str, Any]], notes: list[Note]) -> None:
    """One note on the articles without a date, which are left out where one is needed."""
    undated = [record for record in records if not record.setdefault("published", "")]
    if undated:
        what = f"{len(undated)} of {counted(len(records), 'article')} without a date: "
        what += f"left out of the timeline ({listed((r['doc_id'] for r in undated), 5)})"
        where = undated[0]["_where"].rpartition(", ")[0]
        notes.append(Note(where, what, "fill in `published` where you know the day"))


def _check_range(record: dict[str, Any], problems: list[Note]) -> None:
    published = record.get("published") or ""
    first = record.get("published_from") or published
    last = record.get("published_to") or published
    if all(map(day, (published, first, last))) and not first <= published <= last:
        what = f"{published} does not lie between {first} and {last}"
        todo = "published_from ≤ published ≤ published_to"
        problems.append(Note(f"{record['_where']}, column published", what, todo))


def _read_actors(
    file: Path, lexicon: Lexicon, problems: list[Note], notes: list[Note]
) -> pd.DataFrame:
    if not file.is_file():
        what = "no actors.csv: names are proposed, no entity is counted"
        notes.append(Note(str(file), what, "list the actors you study, one row each"))
        return pd.DataFrame(columns=list(ACTOR_COLUMNS))
    try:
        frame = readers.read_csv(file)
    except ReaderError as error:
        problems += error.problems
        return pd.DataFrame(columns=list(ACTOR_COLUMNS))
    missing = [column for column in ("entity_id", "name", "type") if column not in frame]
    if missing:
        what = f"no column {', '.join(missing)}; there are: {', '.join(frame.columns)}"
        problems.append(Note(str(file), what, f"columns: {', '.join(ACTOR_COLUMNS)}"))
        return pd.DataFrame(columns=list(ACTOR_COLUMNS))
    frame = frame.reindex(columns=[*ACTOR_COLUMNS, *frame.columns.difference(ACTOR_COLUMNS)])
    frame = frame.astype(object).fillna("").astype(str).apply(lambda column: column.str.strip())
    try:
        entities.compile_actors(frame, lexicon)
    except ValueError as error:
        problems += [
            Note(f"{file}", line, "correct the row")
            for line in str(error).splitlines()
            if line.strip()
        ]
    return frame
