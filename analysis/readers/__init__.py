"""Readers: one file a format, each turns an export into texts and metadata."""

from pathlib import Path

from analysis.readers.common import (
    KEYS,
    Note,
    ReaderError,
    Reading,
    document,
    document_id,
)
from analysis.readers.dating import date_documents
from analysis.readers.pages import Article, read_html_article
from analysis.readers.tables import SUFFIXES, read_csv, read_table
from analysis.readers.text import read_text

__all__ = [
    "KEYS",
    "Article",
    "Note",
    "ReaderError",
    "Reading",
    "read_csv",
    "read_file",
    "read_folder",
    "read_html_article",
    "read_text",
]


def read_file(
    path: str | Path,
    *,
    columns: dict | None = None,
    encoding: str | None = None,
    date_order: str | None = None,
    name: str = "",
) -> Reading:
    """All articles of one file: a table, an export of a news database, or a single article."""
    path = Path(path)
    name = name or path.name
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return read_table(
            path, columns=columns, encoding=encoding, date_order=date_order, name=name
        )
    if suffix in (".htm", ".html", ".xhtml"):
        page = read_html_article(path)
        doc = document(
            doc_id=document_id(name),
            file=name,
            text=page.text,
            title=page.title,
            byline=page.author,
            published_raw=page.date,
            outlet=page.outlet,
            url=page.url,
            language=page.language,
        )
        return Reading([doc], "web page", date_documents([doc], name, date_order))
    text, _ = read_text(path, encoding)
    doc = document(doc_id=document_id(name), file=name, text=text)
    return Reading([doc], "plain text", date_documents([doc], name, date_order))


def read_folder(path: str | Path, **options) -> Reading:
    """All articles of the files of a folder and its folders, in the order of their names."""
    folder = Path(path)
    documents, notes, formats = [], [], []
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = file.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in Path(name).parts):
            continue
        try:
            reading = read_file(file, name=name, **options)
        except ReaderError as error:
            notes += error.problems
            continue
        documents += reading.documents
        notes += reading.notes
        formats.append(reading.format)
    if not documents:
        raise ReaderError(notes or Note(folder.name, "the folder holds no file that can be read."))
    return Reading(documents, ", ".join(sorted(set(formats))), notes)
