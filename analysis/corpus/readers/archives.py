"""Files that hold files: ZIP and GZ as delivered, ODT, and web pages saved as one file (MHTML)."""

import email
import email.policy
import gzip
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from analysis.corpus.readers.common import (
    MAX_UNPACKED,
    MEGABYTE,
    open_zip,
    parse_xml,
    problem,
    read_member,
)
from analysis.corpus.readers.nexis import Paragraph

_WORD = "Word document"
_DOCUMENTS = (b"word/document.xml", b"xl/workbook.xml", b"content.xml")
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"


@contextmanager
def unpacked(path: Path) -> Iterator[tuple[str, Path]]:
    """What a compressed file is (DOCX, ODT, folder), and for a folder where its files are.

    Raises ReaderError for what is damaged, protected or too large; no file leaves the folder.
    """
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made) / path.stem
        folder.mkdir()
        kind = "folder"
        if path.read_bytes()[:2] == b"PK":
            kind = _unzip(path, folder)
        else:
            (folder / path.stem).write_bytes(_gunzip(path))
        yield kind, folder


def _unzip(path: Path, folder: Path) -> str:
    kind = {".zip": "ZIP file", ".odt": "OpenDocument text"}.get(path.suffix.lower(), _WORD)
    with open_zip(path, kind) as archive:
        members = [member for member in archive.namelist() if not member.endswith("/")]
        if any(member.lower() == "word/document.xml" for member in members):
            return "DOCX"
        if {"content.xml", "mimetype"} <= set(members):
            return "ODT"
        for member in members:
            parts = [part for part in PurePosixPath(member).parts if part not in ("/", "..")]
            file = folder.joinpath(*parts)
            content = read_member(archive, member, path.name)
            if _is_archive(content) or not file.resolve().is_relative_to(folder.resolve()):
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    return "folder"


def _is_archive(content: bytes) -> bool:
    """Whether a file within an archive is another one: never unpacked, it may hold itself."""
    if content.startswith(b"PK"):
        return not any(name in content for name in _DOCUMENTS)
    return content.startswith(b"\x1f\x8b")


def _gunzip(path: Path) -> bytes:
    try:
        with gzip.open(path) as stream:
            content = stream.read(MAX_UNPACKED + 1)
    except (OSError, EOFError, zlib.error) as error:
        what = f"the file cannot be unpacked ({error})."
        raise problem(path.name, what, "Download it again.") from error
    if _is_archive(content):
        raise problem(path.name, "it holds another compressed file.", "Unpack it first.")
    if len(content) > MAX_UNPACKED:
        what = f"it unpacks to more than {MAX_UNPACKED // MEGABYTE} MB (a zip bomb?)."
        raise problem(path.name, what, "Unpack it yourself if you trust it.")
    return content


def odt_paragraphs(path: Path, name: str) -> list[Paragraph]:
    """The headings and paragraphs of an OpenDocument text that hold anything."""
    with open_zip(path, "OpenDocument text") as archive:
        content = read_member(archive, "content.xml", name)
    tree = parse_xml(content, name, "document")
    lines = ("".join(node.itertext()).strip() for node in tree.iter(f"{_TEXT}h", f"{_TEXT}p"))
    return [Paragraph(line) for line in lines if line]


def saved_page(data: bytes, name: str) -> bytes:
    """The web page in a file that a browser saved as one (MHTML)."""
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            return part.get_payload(decode=True) or b""
    raise problem(name, "no web page is in this file.", "Save the page again, as HTML.")
