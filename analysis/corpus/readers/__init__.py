"""Readers: one file a format, each turns an export into texts and metadata.

- ``nexis``, ``lexisnexis``, ``factiva``, ``proquest``, ``europresse``, ``ris``: exports
- ``tables``: a row an article; ``frames`` and ``records`` read the files, ``cells`` mends them
- ``text``, ``labelled``: plain texts, and those with a head before each article
- ``pages``, ``xml``, ``pdf``, ``archives``: web pages, other files, and files that hold files
- ``common``, ``fields``, ``dating``, ``filenames``: what they share: the result, labelled lines,
  days, what names of files say

To add an export: a file with `is_text_export` and `read_text_export` (or the same of ``html``),
which hands the fields of its articles to `common.make_reading`; its name in `_read_text`
(`_read_html`), where the first that takes a file for its own reads it.  An ending that is new goes
into `_TEXTS`: without it a single file is read, but a folder passes over it.
``ris`` is a short example.  What labels mean is in ``lexicons/exports.yml``.
"""

import re
from collections.abc import Iterable
from hashlib import sha1
from pathlib import Path

from analysis.base.messages import Note, counted, listed
from analysis.corpus.readers import europresse, factiva, lexisnexis, nexis, proquest, ris
from analysis.corpus.readers.archives import odt_paragraphs, saved_page, unpacked
from analysis.corpus.readers.common import (
    ReaderError,
    Reading,
    document,
    document_id,
    file_key,
    make_reading,
    problem,
)
from analysis.corpus.readers.dating import date_documents
from analysis.corpus.readers.fields import heading_of
from analysis.corpus.readers.filenames import name_files
from analysis.corpus.readers.frames import LOADERS, is_table, read_csv
from analysis.corpus.readers.labelled import read_labelled
from analysis.corpus.readers.pages import (
    MAX_EXPORT,
    articles_of,
    decode_html,
    read_html_article,
)
from analysis.corpus.readers.pdf import pdf_text
from analysis.corpus.readers.tables import read_table
from analysis.corpus.readers.text import read_bytes, read_text
from analysis.corpus.readers.xml import read_xml
from analysis.lexicons import load

__all__ = [
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
    *(".xml", *_SAVED_PAGES),
)
_FEW_WORDS = 30
_LONGEST_TITLE = 150
_ONE = (
    "no export of a database known here; read as one article, a short first line as the headline."
)
_ADDRESS = re.compile(r"\s*(?:https?://|www\.)\S+\s*$")
_HTML = (".htm", ".html", ".xhtml")


def read_file(path: str | Path, *, date_order: str | None = None, **options) -> Reading:
    """All articles of one file: a table, an export of a news database, or a single article.

    `date_order` (``dmy``, ``mdy``) says how dates such as 03/04/2015 are meant; the options
    `columns` maps our names to the columns of a table, `encoding` is that of the file.  Which
    export it is, is told from its content.  Raises ReaderError with what to do.
    """
    path = Path(path)
    reading = _read(path, path.name, date_order, **options)
    _date([reading], path.name, date_order)
    return reading


def _read(
    path: Path,
    name: str,
    date_order: str | None,
    columns: dict | None = None,
    encoding: str | None = None,
) -> Reading:
    """The articles of a file, called `name` in identifiers and notes, their dates not yet read."""
    if not path.is_file():
        raise problem(name, "there is no such file.", "Check the path and how it is spelt.")
    suffix = path.suffix.lower()
    if foreign := load("exports")["foreign"].get(suffix):
        raise problem(name, foreign["what"], foreign["todo"])
    if suffix in LOADERS:
        return read_table(path, columns=columns, encoding=encoding, name=name)
    if not read_bytes(path).startswith((b"PK", b"\x1f\x8b")):
        return _read_plain(path, name, columns, encoding)
    with unpacked(path) as (kind, folder):
        if kind == "folder":
            options = {"columns": columns, "encoding": encoding, "date_order": date_order}
            return read_folder(folder, **options)
    paragraphs_of = odt_paragraphs if kind == "ODT" else nexis.docx_paragraphs
    return _read_paragraphs(paragraphs_of(path, name), name, kind)


def _date(readings: list[Reading], where: str, order: str | None) -> None:
    """Date the articles of readings: of one file by what the file shows, files of one together."""
    alone = [one for one in readings if len(one.documents) == 1 and not one.dated]
    documents = [reading.documents[0] for reading in alone]
    own = [doc for doc in documents if not doc.get("row")]
    if alone:
        alone[-1].notes += name_files(own, where) + date_documents(documents, where, order)
    for reading in readings:
        if len(reading.documents) > 1 and not reading.dated:
            reading.notes += date_documents(reading.documents, reading.documents[0]["file"], order)
        reading.dated = True


def _read_plain(path: Path, name: str, columns: dict | None, encoding: str | None) -> Reading:
    """The articles of a file that is neither a table nor packed."""
    data, suffix = read_bytes(path), path.suffix.lower()
    if data.startswith(b"%PDF"):
        return _read_paragraphs(_paragraphs(pdf_text(path, name).split("\n")), name, "PDF")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        todo = "Open it and save it as DOCX or XLSX."
        raise problem(name, "this is an old Word or Excel file.", todo)
    if suffix in _SAVED_PAGES:
        data = saved_page(data, name)
        return _read_html(decode_html(data, name)[0], data, name)
    if suffix == ".eml":
        return proquest.read_email(data, name)
    is_xml = suffix == ".xml" or re.match(rb"(?:\xef\xbb\xbf)?\s*<\?xml", data[:200])
    if is_xml and (reading := read_xml(data, name)):
        return reading
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<", data[:200]) or suffix in _HTML:
        text, used = decode_html(data, name, encoding)
        reading = _read_html(text, data, name)
    else:
        text, used = read_text(path, encoding)
        if is_table(text):
            return read_table(path, columns=columns, encoding=encoding, name=name, suffix=".tsv")
        reading = _read_text(text, name)
    if "windows" in used or not used.startswith("utf"):
        reading.notes.insert(0, Note(name, f"read as {used} (a guess from its bytes)."))
    return reading


def _single(name: str, kind: str, *notes: Note, **fields: str | None) -> Reading:
    """The reading of a file that is one article."""
    return Reading([document(doc_id=document_id(name), file=name, **fields)], kind, [*notes])


def _read_html(text: str, data: bytes, name: str) -> Reading:
    if len(data) > MAX_EXPORT:
        what = f"the page has more than {MAX_EXPORT // 1_000_000} MB."
        raise problem(name, what, "Export fewer articles at a time.")
    for module in (europresse, factiva, lexisnexis, proquest):
        if module.is_html_export(text):
            return module.read_html_export(text, name)
    several, short = articles_of(text, name)
    if several:
        reading = make_reading(several, name, "web page", "")
        what = f"a page of {len(several)} articles, as its marks say"
        what += f"; {short} of fewer than 60 words left out." if short else "."
        reading.notes.append(Note(name, what, "Remove those that do not belong to the corpus."))
        return reading
    page = read_html_article(data, name)
    notes = [Note(name, "no export of a database known here; read as one web page.")]
    many = len(page["text"].split())
    ending = Path(name).suffix
    if many < _FEW_WORDS and ending.lower() not in (*_HTML, *_SAVED_PAGES):
        what = f"this is a web page (“{page['text'][:40]}”), no {ending} file."
        raise problem(name, what, "The download failed, as when a session ends: download it again.")
    if many < _FEW_WORDS:
        what = f"only {many} words were found: a menu, login or consent page?"
        notes.append(Note(name, what, "Save the page once the article is shown."))
    return _single(name, "web page", *notes, **page)


def _read_text(text: str, name: str) -> Reading:
    if text.startswith("{\\rtf"):
        reading = _read_paragraphs(_paragraphs(_rtf_lines(text, name)), name, "RTF")
        what = f"{reading.format}: this format was never tested on a real export."
        reading.notes.insert(0, Note(name, what, "Compare some articles with the database."))
        return reading
    for module in (proquest, lexisnexis, ris):
        if module.is_text_export(text):
            return module.read_text_export(text, name)
    lines = text.split("\n")
    if factiva.is_text_export(lines):
        return factiva.read_lines([line for line in lines if line.strip()], name)
    if any(heading_of(line) == "end" for line in lines):
        return nexis.read_paragraphs(_paragraphs(lines), name, "Nexis text")
    if all(_ADDRESS.match(line) for line in lines if line.strip()):
        todo = "Save each page as HTML into a folder, and give that."
        raise problem(name, "a list of addresses, without articles.", todo)
    return read_labelled(text, name) or _single(name, "plain text", text=text)


def _paragraphs(lines: list[str]) -> list[nexis.Paragraph]:
    return [nexis.Paragraph(line.strip(" \t")) for line in lines if line.strip()]


def _rtf_lines(text: str, name: str) -> list[str]:
    from striprtf.striprtf import rtf_to_text

    try:
        return rtf_to_text(text, errors="replace").replace("\x0c", "\n").split("\n")
    except Exception as error:  # striprtf raises many kinds on damaged files
        what = f"the RTF cannot be read ({error or type(error).__name__})."
        raise problem(name, what, "Export as DOCX or HTML.") from error


def _read_paragraphs(paragraphs: list[nexis.Paragraph], name: str, kind: str) -> Reading:
    texts = [paragraph.text for paragraph in paragraphs]
    blocks = "\n\n".join(texts)
    if lexisnexis.is_text_export(blocks):
        return lexisnexis.read_text_export(blocks, name, kind)
    if factiva.is_text_export(texts):
        return factiva.read_lines(texts, name, kind)
    reading = nexis.read_paragraphs(paragraphs, name, f"Nexis {kind}")
    listing = any(map(nexis.says_count, texts[:6]))  # the results of a search, not the articles
    if reading.documents or listing or (len(texts) < 2 and len(blocks.split()) < _FEW_WORDS):
        return reading
    if labelled := read_labelled(blocks, name):
        return labelled
    title, *text = texts
    headed = text and len(title) < _LONGEST_TITLE
    fields = {"title": title, "text": "\n\n".join(text)} if headed else {"text": blocks}
    return _single(name, kind, Note(name, _ONE, "Compare it with the file."), **fields)


def read_folder(
    path: str | Path, *, only: Iterable[str] = (), date_order: str | None = None, **options
) -> Reading:
    """All articles of the files of a folder and its folders, in the order of their names.

    Options are those of `read_file`; of files named in `only` (endings do not count) others are
    left aside.  A file that cannot be read is a note; ReaderError is raised when nothing was read.
    """
    folder = Path(path)
    names, notes = _names_in(folder)
    if wanted := set(map(file_key, only)):
        names, notes = [name for name in names if file_key(name) in wanted], []
    readings: list[Reading] = []
    for name in names:
        try:
            readings.append(_read(folder / name, name, date_order, **options))
        except ReaderError as error:
            notes += error.problems
    if not readings:
        none = "the folder holds no file that can be read."
        todo = "Put texts or exports into it; README lists the kinds of files."
        raise ReaderError(notes or [Note(folder.name, none, todo)])
    _part(readings)
    _date(readings, folder.name, date_order)
    kinds = ", ".join(sorted({reading.format for reading in readings}))
    documents = [doc for reading in readings for doc in reading.documents]
    notes += [note for reading in readings for note in reading.notes]
    return Reading(documents, kinds, notes, dated=True)


def _part(readings: list[Reading]) -> None:
    """Give the articles of a file other identifiers where an earlier one has them already."""
    taken: set[str] = set()
    for reading in readings:
        if taken & {doc["doc_id"] for doc in reading.documents}:
            for doc in reading.documents:
                doc["doc_id"] += f"-{sha1(doc['file'].encode()).hexdigest()[:6]}"
        taken |= {doc["doc_id"] for doc in reading.documents}


def _names_in(folder: Path) -> tuple[list[str], list[Note]]:
    """The files of a folder that can be read, in order, and notes on the others."""
    names, other, linked = [], [], []
    for name in sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()):
        if any(part.startswith(".") or part.endswith("_files") for part in name.split("/")):
            continue  # hidden, or the pictures and scripts of a page saved by a browser
        if not (folder / name).resolve().is_relative_to(folder.resolve()):
            linked.append(name)
        elif Path(name).suffix.lower() in (*LOADERS, *_HTML, *_TEXTS):
            names.append(name)
        else:
            other.append(name)
    notes = []
    if other:
        what = f"{counted(len(other), 'file')} of other kinds skipped: {listed(other, 5)}."
        todo = "Save those that hold articles as a kind of file that README lists."
        notes.append(Note(folder.name, what, todo))
    if linked:
        what = f"{counted(len(linked), 'link')} out of the folder skipped: {listed(linked, 5)}."
        notes.append(Note(folder.name, what, "Copy in what belongs to the corpus."))
    return names, notes
