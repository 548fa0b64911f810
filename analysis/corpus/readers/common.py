"""What all readers share: the result they return, the errors they raise, and safe zip files."""

import hashlib
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath

from lxml import etree

from analysis.base.messages import Note, PlainError, listed
from analysis.lexicons import load

KEYS = (
    *("doc_id", "file", "outlet", "published", "published_raw", "published_basis", "title"),
    *("byline", "text", "section", "language", "url", "source"),
)

MEGABYTE = 1_000_000
MAX_UNPACKED = 80 * MEGABYTE


class ReaderError(PlainError, ValueError):
    """A file cannot be read. `problems` holds every problem found, the message lists them all."""

    def __init__(self, problems: Note | Iterable[Note]):
        self.problems = [problems] if isinstance(problems, Note) else list(problems)
        super().__init__("\n".join(map(str, self.problems)))


def problem(where: str, what: str, todo: str = "") -> ReaderError:
    """The error of a single problem, to be raised."""
    return ReaderError(Note(where, what, todo))


@dataclass
class Reading:
    """The articles of one file or folder, in file order; duplicates are kept.

    Every document is a dict that has at least the keys of `KEYS` (None where the file says
    nothing), and all other fields of the article under their slugged labels.
    """

    documents: list[dict]
    format: str
    notes: list[Note] = field(default_factory=list)
    dated: bool = False


def plain(text: str) -> str:
    """Lower case, without accents or repeated spaces: how labels and names are compared."""
    if text.isascii():
        return " ".join(text.lower().split())
    text = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).lower().split())


def slug(text: str, joiner: str = "_") -> str:
    """A label as a column name: ``Publication-Type`` becomes ``publication_type``."""
    return re.sub(r"[^\w]+|_+", joiner, plain(text)).strip(joiner)


def squeeze(text: str | None) -> str:
    """One line: runs of white space (and non-breaking spaces) become one space."""
    return " ".join((text or "").split())


def file_key(path: str) -> str:
    """The name of a file without folder and ending, whatever system wrote it."""
    return PurePosixPath(path.replace("\\", "/").strip()).stem.casefold()


def document_id(name: str, number: int | None = None) -> str:
    """Identifier of the article with this number in this file; the same on every run."""
    stem = name[: -len(Path(name).suffix)] if Path(name).suffix else name
    base = re.sub(r"[^a-z0-9]+", "-", plain(stem)).strip("-")
    base = base or "doc-" + hashlib.sha1(name.encode("utf-8", "replace")).hexdigest()[:8]
    return base if number is None else f"{base}-{number:04d}"


@cache
def _language_codes() -> dict[str, str]:
    names = load("exports")["languages"]
    return {plain(name): code for code, all_names in names.items() for name in all_names}


def is_language(name: str) -> bool:
    """Whether a line is the name of a language, in any of the languages of the interfaces."""
    return plain(name[:40]) in _language_codes()


def language_code(raw: str | None) -> str | None:
    """ISO 639-1 code of a language as an export names it (``GERMAN; DEUTSCH``), else the string."""
    if not raw or not raw.strip():
        return None
    known = _language_codes()
    for part in re.split(r"[;,/()|]", raw):
        name = plain(part)
        if name in known:
            return known[name]
        if re.fullmatch(r"[a-z]{2}([-_][a-z]{2})?", name):
            return name[:2]
    return squeeze(raw)


def document(**fields) -> dict:
    """A document with all `KEYS`; empty values are None, the language is a code where known.

    `published` is what the file says: it is kept as `published_raw` until dates are read.
    """
    made = dict.fromkeys(KEYS) | {key: value or None for key, value in fields.items()}
    made["text"] = made["text"] or ""
    made["published_raw"] = made["published_raw"] or made["published"]
    made["published"] = None
    if made["language"]:
        code = language_code(made["language"])
        if code != made["language"]:
            made["language_raw"] = made["language"]
        made["language"] = code
    return made


def make_reading(
    articles: Iterable[dict], name: str, kind: str, none_found: str, said: int | None = None
) -> Reading:
    """The documents of the fields of articles, with notes on what they lack.

    The fields are called as in `KEYS`, others as they like; `published` is the date as the file
    writes it.  `none_found` says why a file of this kind may hold no article; `said` is how many
    articles the file itself claims to hold.
    """
    documents = [
        document(doc_id=document_id(name, number), file=name, **fields)
        for number, fields in enumerate(articles, start=1)
    ]
    notes = []
    for key in ("title", "outlet", "text"):
        lacking = [doc["doc_id"] for doc in documents if not doc[key]]
        if lacking:
            what = f"{len(lacking)} of {len(documents)} have no {key}: {listed(lacking, 5)}."
            notes.append(Note(name, what))
    if said is not None and said != len(documents):
        what = f"it says {said} documents, {len(documents)} were found."
        notes.append(Note(name, what, "Look whether the export is complete."))
    if not documents:
        notes.append(Note(name, f"0 articles recognised: {none_found}"))
    return Reading(documents, kind, notes)


def check_size(path: Path, limit: int, what: str) -> None:
    """Raise `ReaderError` when the file is empty or larger than `limit` bytes."""
    size = path.stat().st_size
    if size == 0:
        raise problem(path.name, "the file is empty.", "Save or download it again.")
    if size > limit:
        message = (
            f"the file has {-(-size // MEGABYTE)} MB; {what} is read up to {limit // MEGABYTE} MB."
        )
        raise problem(path.name, message, "Split it or export fewer articles at a time.")


def parse_xml(data: bytes, name: str, kind: str) -> etree._Element:
    """The tree of an XML text, nothing fetched and no entity resolved; `kind` says what it is."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        what = f"the {kind} is damaged or not safe to read ({error})."
        raise problem(name, what, "Export or save it again.") from error


def open_zip(path: Path, kind: str) -> zipfile.ZipFile:
    """An Office file as a zip archive, refused when truncated, encrypted or a zip bomb."""
    check_size(path, 100 * MEGABYTE, f"a {kind}")
    try:
        archive = zipfile.ZipFile(path)
        members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        todo = "The download was probably cut off: export or save it again."
        raise problem(path.name, f"this is no complete {kind} ({error}).", todo) from error
    if sum(member.file_size for member in members) > MAX_UNPACKED or len(members) > 10_000:
        archive.close()
        what = f"unpacked, this {kind} would exceed {MAX_UNPACKED // MEGABYTE} MB (a zip bomb?)."
        todo = "Do not open it unless you trust where it comes from; export fewer articles."
        raise problem(path.name, what, todo)
    return archive


def read_member(archive: zipfile.ZipFile, member: str, name: str) -> bytes:
    """One file of the archive, never more bytes than `MAX_UNPACKED`, whatever its header says."""
    try:
        with archive.open(member) as stream:
            content = stream.read(MAX_UNPACKED + 1)
    except Exception as error:  # zipfile and zlib raise many kinds on damaged data
        what = f"{member} inside the file cannot be unpacked ({error or type(error).__name__})."
        todo = "The file is damaged or protected by a password: export it again."
        raise problem(name, what, todo) from error
    if len(content) > MAX_UNPACKED:
        what = f"{member} unpacks to more than {MAX_UNPACKED // MEGABYTE} MB (a zip bomb?)."
        raise problem(name, what)
    return content
