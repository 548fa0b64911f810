"""Starting a corpus folder: everything in it that can be filled in, and nothing written over."""

import json
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.addresses import RESERVED
from analysis.base.environment import ROOT
from analysis.base.messages import Note, counted, gathered, listed, listed_and
from analysis.base.safe_csv import write_sheet
from analysis.clean.blocks import clean_text
from analysis.corpus import readers
from analysis.corpus.doubtful import doubtful_texts
from analysis.corpus.languages import article_languages, language_notes
from analysis.corpus.outlet_names import alike_outlets
from analysis.corpus.proposing import makers, propose, sample, write_proposed
from analysis.corpus.readers.common import slug
from analysis.corpus.reading import (
    ACTOR_COLUMNS,
    COLUMNS,
    PROPOSED,
    read_documents,
    read_settings,
)
from analysis.entities.world import known_actors
from analysis.lexicons import load

TEMPLATES = Path(__file__).with_name("templates")
LONGEST_NAME = 100  # bytes; some systems that encrypt allow 143


def start_corpus(folder: Path, source: Path | None = None, outlet: str = "") -> list[Note]:
    """Make `folder` a corpus folder; returns what the user should know or do next.

    `source` is an export, a table, a page or a folder of them; without it the folder's own texts
    are listed, and an empty folder gets two fictional articles, so that it runs.  `outlet` is the
    outlet of all articles, whatever the source says; the `columns` and the `date_order` of a
    ``corpus.yml`` that is there already are obeyed.  A file that is there already is kept as it is.

    Raises ReaderError where no article can be read; then nothing is written.
    """
    notes: list[Note] = []
    texts = folder / "texts"
    kept: list[str] = []
    with _place(texts):
        if source is None and not any(texts.glob("*")):
            source = TEMPLATES / "example.jsonl"
            notes.append(Note(f"{folder.name}/texts", "two fictional articles;", "put yours there"))
        documents = _documents(folder, source or texts, notes)
    rows = list(_rows(folder, documents, outlet, (source or texts).resolve(), kept))
    notes.append(_holds(rows, folder.name))
    notes += [*_lacking(rows), *doubtful_texts(documents, f"{folder.name}/texts")]
    languages = article_languages((doc["language"] or "", doc["text"]) for doc in documents)
    notes += language_notes(languages, f"{folder.name}/articles.csv")
    notes += alike_outlets((row["outlet"] for row in rows), folder / "corpus.yml")
    _write_table(folder / "articles.csv", COLUMNS, rows, kept)
    _write_table(folder / "actors.csv", ACTOR_COLUMNS, [], kept)
    if (folder / PROPOSED).exists():
        kept.append(PROPOSED)
    else:
        write_proposed(folder / PROPOSED, _proposed(folder, rows))
    _write(folder / "corpus.yml", _settings(_title(rows)), kept)
    _write(folder / "DATASHEET.md", (TEMPLATES / "DATASHEET.md").read_text("utf-8"), kept)
    if kept:
        named = ", ".join(kept[-4:]) if len(kept) < 5 else f"{len(kept)} files"
        todo = "Name a new folder to start anew."
        notes.append(Note(folder.name, f"already there and kept: {named}.", todo))
    return gathered(notes)


@contextmanager
def _place(texts: Path) -> Iterator[None]:
    """The folder to write to, made before the work; if that fails, nothing of it is left."""
    made = [folder for folder in (texts, *texts.parents) if not folder.exists()]
    _check_place(texts)
    try:
        yield
    except readers.ReaderError:
        for folder in made:
            folder.rmdir()
        raise


def _check_place(texts: Path) -> None:
    """Find out before the work that the folder cannot be written."""
    try:
        texts.mkdir(parents=True, exist_ok=True)
        for folder in (texts.parent, texts):
            tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        where = str(error.filename or texts)
        what = f"nothing can be written there ({error.strerror})."
        raise readers.ReaderError(Note(where, what, "Name another folder.")) from None


def _documents(folder: Path, source: Path, notes: list[Note]) -> list[dict[str, Any]]:
    """The articles of `source`, read as the folder's ``corpus.yml`` says, if there is one."""
    settings, problems = read_settings(folder / "corpus.yml")
    if problems:
        raise readers.ReaderError(problems)
    reading = read_documents(source, settings)
    notes += reading.notes
    if not reading.documents:
        todo = "Give the articles themselves, with their texts. Nothing was written."
        raise readers.ReaderError([*notes, Note(source.name, "no article has a text.", todo)])
    return reading.documents


def _rows(
    folder: Path, documents: list[dict[str, Any]], outlet: str, source: Path, kept: list[str]
) -> Iterator[dict[str, Any]]:
    """Rows of articles.csv; texts that are not in the folder yet are written to ``texts/``."""
    inside = source == (folder / "texts").resolve()
    taken = {file.name.casefold() for file in source.iterdir()} if inside else set()
    articles = Counter(document["file"] for document in documents)
    for document in documents:
        file = Path(document["file"])
        is_there = inside and file.suffix in (".txt", ".html", ".htm") and articles[str(file)] == 1
        name = f"texts/{file.as_posix() if is_there else _file_name(document['doc_id'], taken)}"
        if not is_there:
            _write(folder / name, document["text"], kept)
        row = {key: value or "" for key, value in document.items() if key != "text"}
        row |= {"file": name, "original_name": document["file"]}
        if outlet:
            row |= {"outlet": outlet, "outlet_given": row["outlet"]}
        _fill(row, document["text"])
        yield row


def _holds(rows: list[dict[str, Any]], where: str) -> Note:
    """How many articles were read, of which outlets and days: what to compare with the source."""
    outlets = Counter(row["outlet"] for row in rows if row["outlet"])
    days = sorted({row["published"] for row in rows if row["published"]})
    what = counted(len(rows), "article")
    if outlets:
        named = listed((f"{name} ({n})" for name, n in outlets.most_common()), 5)
        what += f" of {counted(len(outlets), 'outlet')}, {named}"
    if days:
        what += f", published {days[0]}" + (f" to {days[-1]}" if days[1:] else "")
    return Note(where, f"{what}.")


def _lacking(rows: list[dict[str, Any]]) -> Iterator[Note]:
    """What check would find missing, with the ways to give it."""
    nameless = sum(not row["outlet"] for row in rows)
    if nameless:
        what = f"{nameless} of {counted(len(rows), 'article')} without an outlet."
        todo = 'Fill in the column; or start a new folder with OUTLET="…" if all are of one.'
        yield Note("articles.csv, column outlet", what, todo)
    if undated := [row["doc_id"] for row in rows if not row["published"]]:
        what = f"{len(undated)} of {counted(len(rows), 'article')} without a date"
        todo = "They are left out of the timeline; fill in the column where you know the day."
        fetched = [name for name in load("exports")["not_published"] if rows[0].get(name)]
        if fetched:
            todo += f" “{fetched[0]}” is only the day of fetching; to count it all the same, write "
            todo += f"`columns: {{published: {fetched[0]}}}` in corpus.yml of a new folder."
        yield Note("articles.csv, column published", f"{what} ({listed(undated, 5)}).", todo)


def _title(rows: list[dict[str, Any]]) -> str:
    """A title to begin with: of which outlets the articles are, those with most first."""
    outlets = [name for name, _ in Counter(row["outlet"] for row in rows).most_common() if name]
    if not outlets or len(outlets) > 3:
        return f"Articles of {counted(len(outlets), 'outlet')}" if outlets else "Untitled articles"
    return f"Articles of {listed_and(outlets)}"


def _file_name(doc_id: str, taken: set[str]) -> str:
    """A name for an article's text that every system can hold, and that is not yet `taken`."""
    plain = unicodedata.normalize("NFC", slug(doc_id, "-")).encode("utf-8", "ignore")
    stem = plain[:LONGEST_NAME].decode("utf-8", "ignore").strip("-")
    if not stem or RESERVED.fullmatch(stem):
        stem = f"article-{stem}".strip("-")
    name, number = f"{stem}.txt", 1
    while unicodedata.normalize("NFC", name.casefold()) in taken:
        number += 1
        name = f"{stem}-{number}.txt"
    taken.add(unicodedata.normalize("NFC", name.casefold()))
    return name


def _fill(row: dict[str, Any], text: str) -> None:
    """Headline and date found in the text, where the export has none, and marked as found."""
    if row["published"] and row["title"]:
        return
    cleaned = clean_text(text)
    row["title"] = row["title"] or (cleaned.title or "")
    if not row["published"] and cleaned.date:
        row["published"] = cleaned.date.iso
        row["published_basis"] = (
            f"found: “{cleaned.date.surface}” in the text; it may be the day of copying: check it"
        )


def _proposed(folder: Path, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The most frequent names of the texts, for the user to keep, merge, type or delete."""
    documents = pd.DataFrame(rows)
    texts = (
        (row.doc_id, readers.read_text(folder / row.file)[0], row.published)
        for row in sample(documents).itertuples()
        if row.file.endswith(".txt")
    )
    return propose(texts, known_actors(), makers=makers(documents))


def _write_table(
    path: Path, first: tuple[str, ...], rows: list[dict[str, Any]], kept: list[str]
) -> None:
    """A table for the user to edit, our columns first."""
    if path.exists():
        kept.append(path.name)
        return
    columns = list(dict.fromkeys([*first, *(key for row in rows for key in row)]))
    whole = [dict.fromkeys(columns, "") | row for row in rows]
    write_sheet(pd.DataFrame(whole, columns=columns, dtype=object), path)


def _write(path: Path, text: str, kept: list[str]) -> None:
    if path.exists():
        kept.append(path.name)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def _settings(title: str) -> str:
    """corpus.yml with every parameter of every notebook, its default and its explanation."""
    lines = []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        head, *cells = json.loads(path.read_text("utf-8"))["cells"]
        tagged = (cell for cell in cells if "parameters" in cell["metadata"].get("tags", []))
        if "exercise" in head["metadata"].get("tags", []):
            continue  # a lesson, which no report runs
        for cell in tagged:
            own = [line for line in cell["source"] if not line.startswith("corpus = ")]
            lines.append(f"#   {path.stem}:")
            lines += [f"#     {line.rstrip().replace(' = ', ': ', 1)}" for line in own]
    template = (TEMPLATES / "corpus.yml").read_text("utf-8")
    return template.replace("{title}", json.dumps(title, ensure_ascii=False)).replace(
        "{parameters}", "\n".join(lines)
    )
