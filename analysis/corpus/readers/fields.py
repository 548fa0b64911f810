"""The parser of labelled fields (``BYLINE: …``) that the formats of databases share."""

import re
from functools import cache
from typing import NamedTuple

from analysis.corpus.readers.common import plain, slug, squeeze
from analysis.lexicons import load

_LABEL = re.compile(r"\s*([^\W\d_][\w .&/()'’-]{0,40}?)\s?:(?=\s|$)\s*(.*)", re.DOTALL)
_SINGLE = ("title", "outlet", "published", "language", "url")
URL = re.compile(r"https?://\S+")
_WIDTH = 78  # databases wrap plain text at 80 columns


class Label(NamedTuple):
    """A line that begins with a label: our name if the label is known, the label, the rest."""

    known: str | None
    printed: str
    rest: str

    @property
    def name(self) -> str:
        return self.known or slug(self.printed)


def _key(label: str) -> str:
    """A label without spaces and hyphens, which exports put in and leave out."""
    return plain(label).replace(" ", "").replace("-", "")


@cache
def _names(part: str) -> dict[str, str]:
    return {_key(label): name for name, all_ in load("exports")[part].items() for label in all_}


def label_of(line: str) -> Label | None:
    """The label a line begins with, known or not; None where there is none."""
    match = _LABEL.match(line)
    if not match:
        return None
    known = _names("fields").get(_key(match[1]))
    name = slug(match[1]) if known == "own_name" else known
    return Label(name, match[1], match[2].strip())


def heading_of(line: str) -> str | None:
    """The part of a document that a line of its own announces (``Body``, ``End of Document``)."""
    return _names("headings").get(_key(line)) if len(line) < 40 else None


@cache
def _rights() -> tuple[str, ...]:
    return tuple(map(plain, load("exports")["rights"]))


def is_rights(line: str) -> bool:
    """Whether a line is a notice of rights."""
    return plain(line[:60]).startswith(_rights())


@cache
def counter() -> re.Pattern:
    """A line that counts the articles of a file: ``3 of 100 DOCUMENTS``."""
    words = "|".join(sorted(load("exports")["document_words"], key=len, reverse=True))
    of = "|".join(load("exports")["of_words"])
    number = r"(\d[\d.,]*)"
    either = rf"{number} (?:{of}) {number} (?:{words})|(?:{words}) {number} (?:{of}) {number}"
    return re.compile(rf"[ \t\f\ufeff]*(?:{either})[ \t]*", re.IGNORECASE)


@cache
def _length() -> re.Pattern:
    return re.compile(rf"\d[\d.,\s]*\s?(?:{'|'.join(load('exports')['words'])})\.?", re.IGNORECASE)


def is_length(line: str) -> bool:
    """Whether a line is the length of an article: ``877 Wörter``."""
    return bool(_length().fullmatch(line.strip()))


def unwrap(lines: list[str]) -> str:
    """One paragraph: line breaks forced by the width of the page go, others stay."""
    text = ""
    for previous, line in zip(["", *lines], lines, strict=False):
        word = line.split(maxsplit=1)[:1]
        forced = word and len(previous.rstrip()) + 1 + len(word[0]) >= _WIDTH
        text += (" " if forced else "\n") * bool(text) + squeeze(line)
    return text


def add(fields: dict, name: str, value: str) -> None:
    """Keep a value under a name; a second one is joined or, of `_SINGLE`, kept beside it."""
    value = value.strip()
    if fields.get(name) and name in _SINGLE and fields[name] != value:
        name = f"{name}_other"
    if value and fields.get(name) != value:
        fields[name] = f"{fields[name]}\n{value}" if fields.get(name) else value
