"""Nexis Uni and Lexis Advance: DOCX, and the same layout as RTF or text."""

import io
import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from analysis.base.messages import Note
from analysis.corpus.readers.common import (
    Reading,
    make_reading,
    open_zip,
    problem,
    read_member,
    squeeze,
)
from analysis.corpus.readers.dating import is_date
from analysis.corpus.readers.fields import URL, Label, add, heading_of, is_rights, label_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}
_COUNT = re.compile(r"\w+ \((\d+)\)")
_PARTS = ("body", "classification", "graphic", "correction")
_MOST = 500_000
_FOOT = ("classification", "graphic", "correction", "notes")
_SEVERAL = ("highlight", "byline", "correction", "notes")


class Paragraph(NamedTuple):
    """A paragraph and the bookmark before it: ``Bookmark_3`` begins an article, ``Body`` a part."""

    text: str
    bookmark: str = ""

    @property
    def heading(self) -> str | None:
        """The part of the document this paragraph announces, in whatever language."""
        named = self.bookmark if len(self.text) < 40 and self.bookmark in _PARTS else None
        return named or heading_of(self.text)


def docx_paragraphs(path: Path, name: str) -> list[Paragraph]:
    """The paragraphs of a Word document that have text.

    Raises ReaderError for damaged files, zip bombs and documents that declare a document type
    (external entities); nothing is fetched and no entity resolved.
    """
    with open_zip(path, "Word document") as archive:
        members = archive.namelist()
        main = next((m for m in members if m.lower() == "word/document.xml"), None)
        if main is None:
            what = "this is no Word document (word/document.xml is missing)."
            raise problem(name, what, "Unpack it if it is a ZIP archive; else export it again.")
        content = read_member(archive, main, name)
    try:
        return _parse(content, name)
    except etree.XMLSyntaxError as error:
        what = f"the Word document is damaged or not safe to read ({error})."
        raise problem(name, what, "Export it again.") from error


def _parse(content: bytes, name: str) -> list[Paragraph]:
    tags = (f"{_W}p", f"{_W}bookmarkStart")
    safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
    parsed = etree.iterparse(io.BytesIO(content), events=("end",), tag=tags, **safe)
    paragraphs, bookmark = [], ""
    for number, (_, node) in enumerate(parsed):
        if number > _MOST:
            what = f"the Word document has more than {_MOST:,} paragraphs."
            raise problem(name, what, "Export fewer articles at a time.")
        if node.tag == f"{_W}bookmarkStart":
            bookmark = _bookmark(node.get(f"{_W}name", "")) or bookmark
        elif next(node.iterancestors(f"{_W}p"), None) is None:
            for paragraph in node.iter(f"{_W}p"):  # itself, and those of a text box within
                text = _text(paragraph)
                if text.strip():
                    paragraphs.append(Paragraph(text, bookmark))
                    bookmark = ""
            node.clear()  # what was read is let go, so that a long document fits in memory
            while node.getprevious() is not None:
                del node.getparent()[0]
    if parsed.root.getroottree().docinfo.doctype:
        what = "the Word document declares a document type, which Word never writes."
        raise problem(name, what, "It may be an attack: do not use it.")
    return paragraphs


def _text(paragraph: etree._Element) -> str:
    parts = []
    for part in paragraph.iter(f"{_W}t", *_BREAKS):
        if next(part.iterancestors(f"{_W}p")) is paragraph:
            parts.append(_BREAKS.get(part.tag) or part.text or "")
    return "".join(parts).strip(" \n\t")


def _bookmark(name: str) -> str:
    base = re.sub(r"_?\d+$", "", name).lower()
    return base if base in ("bookmark", *_PARTS) else ""


def read_paragraphs(paragraphs: list[Paragraph], name: str, kind: str) -> Reading:
    """Articles of the paragraphs of an export, split at its end lines, bookmarks or bodies."""
    articles, how = _split(_Export(paragraphs))
    none = "there is no line “End of Document”, “Body” or “Load-Date:”; it begins "
    none += f"“{squeeze(paragraphs[0].text)[:60]}”." if paragraphs else "nowhere: it is empty."
    none += " Export the articles themselves, not the list of results."
    said = next(filter(None, (says_count(p.text) for p in paragraphs[:6])), None)
    reading = make_reading(map(_article, articles), name, kind, none, said)
    if articles:
        reading.notes.append(Note(name, f"{len(articles)} articles, told apart by {how}."))
    return reading


def says_count(text: str) -> int | None:
    """How many articles a line of the cover page says there are: ``Documents (12)``."""
    match = _COUNT.fullmatch(text.strip())
    return int(match[1]) if match else None


class _Line(NamedTuple):
    """The text of a paragraph, the part of the document it announces, the label it begins with."""

    text: str
    heading: str | None
    label: Label | None

    @property
    def known(self) -> str | None:
        return self.label.known if self.label else None

    @property
    def is_field(self) -> bool:
        """Whether its label is known, or set off by a non-breaking space."""
        return bool(self.label) and (bool(self.known) or ":\xa0" in self.text[:45])

    @property
    def is_date(self) -> bool:
        """Whether it gives a date, perhaps with an edition or a time, but no sentence."""
        return not self.label and is_date(self.text)


class _Export:
    """The lines of an export, and where those stand at which its articles can be told apart.

    `marks` begin an article, `bodies` its text; one ends before `ends` and before `loads`.
    """

    def __init__(self, paragraphs: list[Paragraph]) -> None:
        self.lines = [_Line(p.text, p.heading, label_of(p.text)) for p in paragraphs]
        numbered = list(enumerate(self.lines))
        self.marks = [n for n, p in enumerate(paragraphs) if p.bookmark == "bookmark"]
        self.bodies = [n for n, line in numbered if line.heading == "body"]
        self.ends = [n + 1 for n, line in numbered if line.heading == "end"]
        self.loads = [n + 1 for n, line in numbered if line.known == "load_date"]
        self.lengths = [n for n, line in numbered if line.known == "length"]

    def by_ends(self) -> list[int]:
        if not self.ends:
            return []
        # a cover page may list the articles before the first one begins
        anchors = [*self.marks[:1], *map(self.head_of, (self.bodies or self.lengths)[:1]), 0]
        # where an end line is missing, a load date with a body after it ends an article
        parts = sorted([*self.bodies, *self.ends])
        lost = {n for n in self.loads if next((p for p in parts if p >= n), -1) in self.bodies}
        cuts = [anchors[0], *sorted(n for n in {*self.ends, *lost} if n > anchors[0])]
        unended = any(body >= cuts[-1] for body in self.bodies)
        return [*cuts, len(self.lines)] if unended else cuts

    def by_marks(self) -> list[int]:
        enough = len(self.marks) >= max(1, len(self.bodies))
        return [*self.marks, len(self.lines)] if enough else []

    def by_bodies(self) -> list[int]:
        heads = [self.head_of(body) for body in self.bodies[:1]]
        for previous, body in pairwise(self.bodies):
            between = [load for load in self.loads if previous < load < body]
            heads.append(between[-1] if between else self.head_of(body))
        return [*heads, len(self.lines)] if heads else []

    def by_loads(self) -> list[int]:
        return [0, *self.loads] if self.loads else []

    def head_of(self, body: int) -> int:
        """The first line of the head of the article with this line “Body”: two above its date."""
        above = range(body - 1, max(-1, body - 25), -1)
        return next((max(0, n - 2) for n in above if self.lines[n].is_date), body)


def _split(export: _Export) -> tuple[list[list[_Line]], str]:
    """The lines of each article, and by what they were told apart."""
    ways = {
        "their end lines": export.by_ends,
        "their bookmarks": export.by_marks,
        "the lines “Body”": export.by_bodies,
        "the lines “Load-Date:”": export.by_loads,
    }
    cuts, how = next(((cuts, how) for how, way in ways.items() if (cuts := way())), ([], ""))
    articles = [export.lines[a:b] for a, b in pairwise(cuts)]
    return [lines for lines in articles if len(lines) > 2], how


def _article(lines: list[_Line]) -> dict:
    """The fields of one article: head, text, then labelled fields under headings."""
    if lines[-1].heading == "end":
        lines = lines[:-1]
    body = next((n for n, line in enumerate(lines) if line.heading == "body"), None)
    dated = next((n for n, line in enumerate(lines[:10]) if n and line.is_date), 1)
    until = len(lines) if body is None else body
    head = next((n for n in range(dated + 1, until) if lines[n].is_field), until)
    fields: dict = {}
    _read_top([line.text for line in lines[:head]], fields)
    if body is None:
        start = head + _read_labels(lines[head:], fields)
    else:
        _read_labels(lines[head:body], fields, has_body=True)
        start = body + 1
    end = _tail(lines, start)
    _read_text([row for line in lines[start:end] for row in line.text.split("\n")], fields)
    _read_foot(lines[end:], fields)
    return fields


def _read_labels(lines: list[_Line], fields: dict, has_body: bool = False) -> int:
    """Labelled fields of the head; returns how many lines they are.

    Where no line “Body” says where the text begins (`has_body`), it begins without a label.
    """
    name = None
    for number, line in enumerate(lines):
        if line.is_field:
            name = line.label.name
            add(fields, name, squeeze(line.label.rest))
        elif is_rights(line.text):
            add(fields, "copyright", line.text)
        elif not has_body:
            return number
        elif name in _SEVERAL:
            add(fields, name, squeeze(line.text))
    return len(lines)


def _read_text(rows: list[str], fields: dict) -> None:
    """The text, without the address at its end and the abstract that some outlets set before it."""
    text = list(map(squeeze, rows))
    while text and (not text[-1] or URL.fullmatch(text[-1])):
        url = text.pop()
        fields["url"] = url if url.count("/") > 2 else fields.get("url")
    text = [line for line in text if line]
    marks = [line.upper() for line in text]
    if marks[:1] == ["ABSTRACT"] and "FULL TEXT" in marks:
        full = marks.index("FULL TEXT")
        add(fields, "highlight", "\n\n".join(text[1:full]))
        text = text[full + 1 :]
    fields["text"] = "\n\n".join(text)


def _read_foot(lines: list[_Line], fields: dict) -> None:
    name = "notes"
    for line in lines:
        if line.heading:
            name = line.heading
        elif line.is_field:
            name = line.label.name
            add(fields, name, squeeze(line.label.rest))
        else:
            add(fields, "copyright" if is_rights(line.text) else name, line.text)


def _tail(lines: list[_Line], start: int) -> int:
    """Where the parts after the text begin: the last heading of each kind, or labelled lines."""
    after = range(start, len(lines))
    headings = {lines[n].heading: n for n in after}  # the last of each kind
    cuts = [headings[kind] for kind in _FOOT if kind in headings]
    cuts += [n for n in after if lines[n].known and ":\xa0" in lines[n].text[:45]][:1]
    suffix = len(lines)
    while suffix > start and lines[suffix - 1].known:
        suffix -= 1
    return min([*cuts, suffix])


def _read_top(texts: list[str], fields: dict) -> None:
    """Title, outlet, date, edition and rights, which no label names."""
    fields["title"] = squeeze(texts[0]) if texts else None
    rows = [squeeze(row) for text in texts[1:] for row in text.split("\n") if row.strip()]
    rights = next((n for n, row in enumerate(rows) if is_rights(row)), len(rows))
    add(fields, "copyright", "\n".join(rows[rights:]))
    _read_unlabelled(rows[:rights], fields)


def _read_unlabelled(rows: list[str], fields: dict) -> None:
    dates = [n for n, row in enumerate(rows) if not label_of(row) and is_date(row)]
    if dates == [0]:
        fields |= {"outlet": fields["title"], "title": None}  # a document without a headline
    if dates:
        fields["published_raw"] = rows.pop(next(filter(None, dates), 0))
    if rows:
        add(fields, "outlet", rows.pop(0).rstrip("."))
    editions = []
    for row in rows:
        label = label_of(row)
        if label and label.known:
            add(fields, label.name, label.rest)
        else:
            editions.append(row)
    add(fields, "edition", "\n".join(editions))
