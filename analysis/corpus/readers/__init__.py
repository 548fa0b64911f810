"""Readers: one file a format, each turns an export into texts and metadata."""

import re
from hashlib import sha1
from pathlib import Path

from analysis.base.messages import Note, counted, listed
from analysis.corpus.readers import europresse, factiva, lexisnexis, nexis, proquest, ris
from analysis.corpus.readers.archives import odt_paragraphs, saved_page, unpacked
from analysis.corpus.readers.common import (
    KEYS,
    ReaderError,
    Reading,
    document,
    document_id,
    problem,
)
from analysis.corpus.readers.dating import date_documents
from analysis.corpus.readers.fields import heading_of
from analysis.corpus.readers.pages import MAX_EXPORT, decode_html, read_html_article
from analysis.corpus.readers.tables import SUFFIXES, is_table, read_csv, read_table
from analysis.corpus.readers.text import read_bytes, read_text

__all__ = [
    "KEYS",
    "Note",
    "ReaderError",
    "Reading",
    "read_csv",
    "read_file",
    "read_folder",
    "read_html_article",
    "read_text",
]


_SAVED_PAGES = (".mhtml", ".mht")
_TEXTS = (
    *(".txt", ".text", ".docx", ".odt", ".doc", ".rtf", ".eml", ".pdf", ".ris", ".zip", ".gz"),
    *_SAVED_PAGES,
)
_FEW_WORDS = 30
_ONE = "no export of a database known here; read as one article, its first line as the headline."
_HTML = (".htm", ".html", ".xhtml")
_FOREIGN = (
    (b"%PDF", "a PDF, which holds no text that can be told apart", "Export as DOCX, TXT or HTML."),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file", "Open it and save it as DOCX or XLSX."),
)


def read_file(
    path: str | Path,
    *,
    columns: dict | None = None,
    encoding: str | None = None,
    date_order: str | None = None,
    name: str = "",
) -> Reading:
    """All articles of one file: a table, an export of a news database, or a single article.

    `columns` maps our names to the columns of a table; `date_order` (``dmy``, ``mdy``) says how
    dates such as 03/04/2015 are meant; `name` stands for the file in identifiers and notes.
    Which export it is, is told from its content. Raises ReaderError with what to do.
    """
    path = Path(path)
    name = name or path.name
    if not path.is_file():
        raise problem(name, "there is no such file.", "Check the path and how it is spelt.")
    suffix = path.suffix.lower()
    options = {"columns": columns, "encoding": encoding, "date_order": date_order}
    if suffix in SUFFIXES:
        return read_table(path, **options, name=name)
    data = read_bytes(path)
    if data.startswith((b"PK", b"\x1f\x8b")):
        return _read_archive(path, name, options)
    for signature, what, todo in _FOREIGN:
        if data.startswith(signature):
            raise problem(name, f"this is {what}.", todo)
    if suffix in (".eml", *_SAVED_PAGES):
        return _read_message(data, name, suffix, date_order)
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<", data[:200]) or suffix in _HTML:
        text, used = decode_html(data, name, encoding)
        reading = _read_html(text, data, name, date_order)
    else:
        text, used = read_text(path, encoding)
        if is_table(text):
            return read_table(path, **options, name=name, suffix=".tsv")
        reading = _read_text(text, name, date_order)
    if "windows" in used or not used.startswith("utf"):
        reading.notes.insert(0, Note(name, f"read as {used} (a guess from its bytes)."))
    return reading


def _read_archive(path: Path, name: str, options: dict) -> Reading:
    with unpacked(path) as (kind, folder):
        if kind == "folder":
            return read_folder(folder, **options)
    read = odt_paragraphs if kind == "ODT" else nexis.docx_paragraphs
    return _read_paragraphs(read(path, name), name, options["date_order"], kind)


def _read_message(data: bytes, name: str, suffix: str, date_order: str | None) -> Reading:
    if suffix in _SAVED_PAGES:
        page = saved_page(data, name)
        return _read_html(decode_html(page, name)[0], page, name, date_order)
    if b"proquest" not in data.lower():
        todo = "Save what it holds or leads to: each article's page as HTML, or its text as TXT."
        raise problem(name, "the e-mail does not come from ProQuest.", todo)
    return proquest.read_email(data, name, date_order)


def _read_html(text: str, data: bytes, name: str, date_order: str | None) -> Reading:
    if len(data) > MAX_EXPORT:
        what = f"the page has more than {MAX_EXPORT // 1_000_000} MB."
        raise problem(name, what, "Export fewer articles at a time.")
    for module in (europresse, factiva, lexisnexis, proquest):
        if module.is_html_export(text):
            return module.read_html_export(text, name, date_order)
    page = read_html_article(data, name)
    page["published_raw"] = page.pop("published")
    doc = document(doc_id=document_id(name), file=name, **page)
    notes = date_documents([doc], name, date_order)
    notes.append(Note(name, "no export of a database known here; read as one web page."))
    if len(doc["text"].split()) < _FEW_WORDS:
        what = f"only {len(doc['text'].split())} words were found: a menu, login or consent page?"
        notes.append(Note(name, what, "Save the page once the article is shown."))
    return Reading([doc], "web page", notes)


def _read_text(text: str, name: str, date_order: str | None) -> Reading:
    if text.startswith("{\\rtf"):
        paragraphs = [nexis.Paragraph(line.strip(" \t")) for line in _rtf_lines(text, name)]
        reading = _read_paragraphs(paragraphs, name, date_order, "RTF")
        what = f"{reading.format}: this format was never tested on a real export."
        reading.notes.insert(0, Note(name, what, "Compare some articles with the database."))
        return reading
    for module in (proquest, lexisnexis, ris):
        if module.is_text_export(text):
            return module.read_text_export(text, name, date_order)
    lines = [line for line in text.split("\n") if line.strip()]
    if factiva.is_text_export(lines):
        return factiva.read_lines(lines, name, date_order)
    if any(heading_of(line) == "end" for line in lines):
        paragraphs = [nexis.Paragraph(line.strip(" \t")) for line in lines]
        return nexis.read_paragraphs(paragraphs, name, date_order, "Nexis text")
    doc = document(doc_id=document_id(name), file=name, text=text)
    return Reading([doc], "plain text", date_documents([doc], name, date_order))


def _rtf_lines(text: str, name: str) -> list[str]:
    from striprtf.striprtf import rtf_to_text

    try:
        lines = rtf_to_text(text, errors="replace").replace("\x0c", "\n").split("\n")
    except Exception as error:  # striprtf raises many kinds on damaged files
        what = f"the RTF cannot be read ({error or type(error).__name__})."
        raise problem(name, what, "Export as DOCX or HTML.") from error
    return [line for line in lines if line.strip()]


def _read_paragraphs(
    paragraphs: list[nexis.Paragraph], name: str, date_order: str | None, kind: str
) -> Reading:
    texts = [paragraph.text for paragraph in paragraphs]
    blocks = "\n\n".join(texts)
    if lexisnexis.is_text_export(blocks):
        return lexisnexis.read_text_export(blocks, name, date_order, kind)
    if factiva.is_text_export(texts):
        return factiva.read_lines(texts, name, date_order, kind)
    reading = nexis.read_paragraphs(paragraphs, name, date_order, f"Nexis {kind}")
    listing = any(map(nexis.says_count, texts[:6]))  # the results of a search, not the articles
    if reading.documents or listing or (len(texts) < 2 and len(blocks.split()) < _FEW_WORDS):
        return reading
    title, *text = texts
    fields = {"title": title, "text": "\n\n".join(text)} if text else {"text": title}
    doc = document(doc_id=document_id(name), file=name, **fields)
    notes = date_documents([doc], name, date_order)
    return Reading([doc], kind, [Note(name, _ONE, "Compare it with the file."), *notes])


def read_folder(path: str | Path, **options) -> Reading:
    """All articles of the files of a folder and its folders, in the order of their names.

    Options are those of `read_file`. A file that cannot be read is a note; ReaderError is raised
    when nothing was read at all.
    """
    folder = Path(path)
    names, notes = _names_in(folder)
    found: list[Reading] = []
    taken: set[str] = set()
    for name in names:
        try:
            reading = read_file(folder / name, name=name, **options)
        except ReaderError as error:
            notes += error.problems
            continue
        if taken & {doc["doc_id"] for doc in reading.documents}:
            for doc in reading.documents:
                doc["doc_id"] += f"-{sha1(name.encode()).hexdigest()[:6]}"
        taken |= {doc["doc_id"] for doc in reading.documents}
        found.append(reading)
        notes += reading.notes
    if not found:
        raise ReaderError(
            notes or [Note(folder.name, "the folder holds no file that can be read.")]
        )
    kinds = ", ".join(sorted({reading.format for reading in found}))
    documents = [doc for reading in found for doc in reading.documents]
    return Reading(documents, kinds, notes, all(reading.metadata_only for reading in found))


def _names_in(folder: Path) -> tuple[list[str], list[Note]]:
    """The files of a folder that can be read, in order, and notes on the others."""
    names, other, linked = [], [], []
    for name in sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()):
        if any(part.startswith(".") or part.endswith("_files") for part in name.split("/")):
            continue  # hidden, or the pictures and scripts of a page saved by a browser
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            linked.append(name)
        elif Path(name).suffix.lower() in (*SUFFIXES, *_HTML, *_TEXTS):
            names.append(name)
        else:
            other.append(name)
    notes = []
    if other:
        what = f"{len(other)} files of other kinds were skipped: {', '.join(other[:5])}."
        notes.append(Note(folder.name, what))
    if linked:
        what = f"{counted(len(linked), 'link')} out of the folder skipped: {listed(linked, 5)}."
        notes.append(Note(folder.name, what, "Copy in what belongs to the corpus."))
    return names, notes
