"""Nexis Uni and Lexis Advance: DOCX, and the same layout as RTF or text."""

import io
import re
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from analysis.base.messages import Note
from analysis.corpus.readers.common import Reading, open_zip, problem, read_member, squeeze
from analysis.corpus.readers.dating import is_date, make_reading
from analysis.corpus.readers.fields import URL, Label, add, heading_of, is_rights, label_of

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAKS = {f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}tab": "\t", f"{_W}noBreakHyphen": "-"}
_COUNT = re.compile(r"\w+ \((\d+)\)")
_PARTS = ("body", "classification", "graphic", "correction")
_MOST = 500_000
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
    found, bookmark = [], ""
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
                    found.append(Paragraph(text, bookmark))
                    bookmark = ""
            node.clear()  # what was read is let go, so that a long document fits in memory
            while node.getprevious() is not None:
                del node.getparent()[0]
    if parsed.root.getroottree().docinfo.doctype:
        what = "the Word document declares a document type, which Word never writes."
        raise problem(name, what, "It may be an attack: do not use it.")
    return found


def _text(paragraph: etree._Element) -> str:
    parts = []
    for part in paragraph.iter(f"{_W}t", *_BREAKS):
        if next(part.iterancestors(f"{_W}p")) is paragraph:
            parts.append(_BREAKS.get(part.tag) or part.text or "")
    return "".join(parts).strip(" \n\t")


def _bookmark(name: str) -> str:
    base = re.sub(r"_?\d+$", "", name).lower()
    return base if base in ("bookmark", *_PARTS) else ""


def read_paragraphs(
    paragraphs: list[Paragraph], name: str, date_order: str | None, kind: str
) -> Reading:
    """Articles of the paragraphs of an export, split at its end lines, bookmarks or bodies."""
    chunks, how = _split(paragraphs)
    none = "there is no line “End of Document”, “Body” or “Load-Date:”; it begins "
    none += f"“{squeeze(paragraphs[0].text)[:60]}”." if paragraphs else "nowhere: it is empty."
    none += " Export the articles themselves, not the list of results."
    cover = next((m for p in paragraphs[:6] if (m := _COUNT.fullmatch(p.text.strip()))), None)
    said = int(cover[1]) if cover else None
    reading = make_reading([_article(c) for c in chunks], name, kind, date_order, none, said)
    if chunks:
        reading.notes.append(Note(name, f"{len(chunks)} articles, told apart by {how}."))
    return reading


def _split(paragraphs: list[Paragraph]) -> tuple[list[list[Paragraph]], str]:
    """The paragraphs of each article, and by what they were told apart."""
    headings = [p.heading for p in paragraphs]
    marks = [n for n, p in enumerate(paragraphs) if p.bookmark == "bookmark"]
    ends = [n + 1 for n, heading in enumerate(headings) if heading == "end"]
    bodies = [n for n, heading in enumerate(headings) if heading == "body"]
    labelled = [label_of(p.text) for p in paragraphs]
    loads = [n + 1 for n, at in enumerate(labelled) if at and at.known == "load_date"]
    if ends:
        # a cover page may list the articles before the first one begins
        anchors = bodies or [n for n, at in enumerate(labelled) if at and at.known == "length"]
        first = marks[0] if marks else _head_of(paragraphs, anchors[0]) if anchors else 0
        # where an end line is missing, a load date with a body after it ends an article
        parts = [(n, heading) for n, heading in enumerate(headings) if heading in ("body", "end")]
        lost = [n for n in loads if next((h for at, h in parts if at >= n), "") == "body"]
        cuts, how = sorted({first, *(n for n in ends + lost if n > first)}), "their end lines"
        if any(heading == "body" for heading in headings[cuts[-1] :]):
            cuts.append(len(paragraphs))  # the last one lacks its end line
    elif len(marks) >= max(1, len(bodies)):
        cuts, how = [*marks, len(paragraphs)], "their bookmarks"
    elif bodies:
        heads = [_head_of(paragraphs, bodies[0])]
        for previous, body in pairwise(bodies):
            between = [load for load in loads if previous < load < body]
            heads.append(between[-1] if between else _head_of(paragraphs, body))
        cuts, how = [*heads, len(paragraphs)], "the lines “Body”"
    else:
        cuts, how = [0, *loads] if loads else [], "the lines “Load-Date:”"
    chunks = [paragraphs[a:b] for a, b in pairwise(cuts)]
    return [chunk for chunk in chunks if len(chunk) > 2], how


def _head_of(paragraphs: list[Paragraph], body: int) -> int:
    """The first line of the head of the article with this line “Body”: two above its date."""
    for dated in range(body - 1, max(-1, body - 25), -1):
        if _is_date(paragraphs[dated].text):
            return max(0, dated - 2)
    return body


def _is_date(text: str) -> bool:
    """Whether a line gives a date, perhaps with an edition or a time, but no sentence."""
    return not label_of(text) and is_date(text)


def _article(paragraphs: list[Paragraph]) -> dict:
    """The fields of one article: head, text, then labelled fields under headings."""
    if paragraphs[-1].heading == "end":
        paragraphs = paragraphs[:-1]
    texts = [p.text for p in paragraphs]
    headings = [p.heading for p in paragraphs]
    labels = [label_of(text) for text in texts]
    fields: dict = {}
    body = headings.index("body") if "body" in headings else None
    dated = next((n for n, text in enumerate(texts[:10]) if n and _is_date(text)), 1)
    after = range(dated + 1, len(texts) if body is None else body)
    here = next((n for n in after if _is_field(labels[n], texts[n])), after.stop)
    _read_top(texts[:here], fields)
    name = None
    while here < len(texts) and here != body:
        if _is_field(labels[here], texts[here]):
            name = labels[here].name
            add(fields, name, squeeze(labels[here].rest))
        elif is_rights(texts[here]):
            add(fields, "copyright", texts[here])
        elif body is not None and name in _SEVERAL:
            add(fields, name, squeeze(texts[here]))
        elif body is None:
            break
        here += 1
    start = here + (here == body)
    end = _tail(texts, headings, labels, start)
    text = [squeeze(line) for text in texts[start:end] for line in text.split("\n")]
    while text and (not text[-1] or URL.fullmatch(text[-1])):
        url = text.pop()
        fields["url"] = url if url.count("/") > 2 else fields.get("url")
    _split_abstract([line for line in text if line], fields)
    for text, heading, label in zip(texts[end:], headings[end:], labels[end:], strict=True):
        if heading:
            name = heading
        elif _is_field(label, text):
            name = label.name
            add(fields, name, squeeze(label.rest))
        elif is_rights(text):
            add(fields, "copyright", text)
        else:
            add(fields, name or "notes", text)
    return fields


def _split_abstract(text: list[str], fields: dict) -> None:
    """Text without the abstract that some outlets set before it under a line of its own."""
    marks = [squeeze(line).upper() for line in text]
    if marks[:1] == ["ABSTRACT"] and "FULL TEXT" in marks:
        full = marks.index("FULL TEXT")
        add(fields, "highlight", "\n\n".join(text[1:full]))
        text = text[full + 1 :]
    fields["text"] = "\n\n".join(text)


def _tail(texts: list[str], headings: list, labels: list, start: int) -> int:
    """Where the parts after the text begin: the last heading of each kind, or labelled lines."""
    cuts = [len(texts)]
    for kind in ("classification", "graphic", "correction", "notes"):
        cuts += [n for n in range(start, len(texts)) if headings[n] == kind][-1:]
    known = [bool(label and label.known) for label in labels]
    cuts += [n for n in range(start, len(texts)) if known[n] and ":\xa0" in texts[n][:45]][:1]
    suffix = len(texts)
    while suffix > start and known[suffix - 1]:
        suffix -= 1
    return min(*cuts, suffix)


def _is_field(label: Label | None, text: str) -> bool:
    """Whether a line is a field: its label is known, or set off by a non-breaking space."""
    return bool(label) and (bool(label.known) or ":\xa0" in text[:45])


def _read_top(lines: list[str], fields: dict) -> None:
    """Title, outlet, date, edition and rights, which no label names."""
    fields["title"] = squeeze(lines[0]) if lines else None
    rows = [squeeze(row) for line in lines[1:] for row in line.split("\n") if row.strip()]
    rights = next((n for n, row in enumerate(rows) if is_rights(row)), len(rows))
    add(fields, "copyright", "\n".join(rows[rights:]))
    rows = rows[:rights]
    dated = next((n for n, row in enumerate(rows) if n > 0 and _is_date(row)), None)
    if dated is None and rows and _is_date(rows[0]):
        fields |= {"outlet": fields["title"], "title": None}  # a document without a headline
        dated = 0
    if dated is not None:
        fields["published_raw"] = rows.pop(dated)
    if rows:
        add(fields, "outlet", rows.pop(0).rstrip("."))
    labels = [label_of(row) for row in rows]
    for label in (label for label in labels if label and label.known):
        add(fields, label.name, label.rest)
    others = (row for row, at in zip(rows, labels, strict=True) if not (at and at.known))
    add(fields, "edition", "\n".join(others))
