"""Europresse: HTML, the present layout (``<article>``) and the older one (tables)."""

import re
from collections import Counter

from lxml import etree

from analysis.corpus.readers.common import Reading, make_reading, squeeze
from analysis.corpus.readers.dating import find_date, is_weekday
from analysis.corpus.readers.fields import add, is_rights
from analysis.corpus.readers.pages import lines_of, parse_html

_NONE = "no publication is named. Save the page with the full documents."
_NUMBER = re.compile(r"news[·.:](\d{8})[·.:][\w·.:-]+")
_ISSUE = re.compile(r",?\s*(n[o°º]\.?\s*[\d\s-]+.*)$", re.IGNORECASE)
_PAGE = re.compile(r"\bpp?\.\s*([\w-]+)")


def is_html_export(text: str) -> bool:
    """Whether an HTML text is a Europresse export."""
    return "DocPublicationName" in text or "rdp__articletitle" in text


def read_html_export(text: str, name: str) -> Reading:
    """Articles of an HTML export: its ``<article>``, else one for each name of a publication."""
    tree = parse_html(text, name)
    heads = [e for e in tree.iter() if _has_class(e, "docpublicationname")]
    inner = {e for head in heads for e in head.iterdescendants()}
    heads = [head for head in heads if head not in inner]
    within = Counter(up for head in heads for up in head.iterancestors())
    articles = [e for e in tree.iter("article") if squeeze("".join(e.itertext()))]
    if len(articles) < len(heads):
        articles = [_container(head, within) for head in heads]
    return make_reading(map(_article, articles), name, "Europresse HTML", _NONE)


def _has_class(element: etree._Element, *starts: str) -> bool:
    names = str(element.get("class") or "").lower().split()
    return isinstance(element.tag, str) and any(n.startswith(s) for n in names for s in starts)


def _container(head: etree._Element, within: Counter) -> etree._Element:
    """The largest element around a publication's name that holds no other publication."""
    best = head
    for up in head.iterancestors():
        if within[up] > 1:
            break
        best = up
    return best


def _article(element: etree._Element) -> dict:
    publication = _said(_first(element, "docpublicationname"))
    issue = _ISSUE.search(publication)
    fields: dict = {"outlet": publication[: issue.start()] if issue else publication}
    fields["issue"] = issue[1] if issue else None
    heads = _all(element, "docheader", "doctitresoussection")
    _read_header(squeeze("".join("".join(e.itertext()) for e in heads)), fields)
    titles = _all(element, "titrearticle")
    title = next((e for e in titles if _has_class(e, "titrearticlevisu")), *titles[:1] or [None])
    body = _first(element, "dococurrcontainer")
    body = _first(element, "doctext") if body is None or not lines_of(body) else body
    around = {e for part in (*titles, body) if part is not None for e in part.iter()}
    authors = _all(element, "docauthors", "sm-margin-bottomnews")
    fields["title"] = _said(title)
    add(fields, "byline", _said(next((e for e in authors if e not in around), None)))
    add(fields, "subtitle", _said(_first(element, "rdp__subtitle")))
    lines = lines_of(element)
    text = _old_text(lines, fields) if body is None else lines_of(body)
    fields["text"] = "\n\n".join(text)
    _read_foot(lines, text, fields)
    return fields


def _all(element: etree._Element, *starts: str) -> list[etree._Element]:
    return [e for e in element.iter() if _has_class(e, *starts)]


def _first(element: etree._Element, *starts: str) -> etree._Element | None:
    return next((e for e in element.iter() if _has_class(e, *starts)), None)


def _said(element: etree._Element | None) -> str:
    return "" if element is None else squeeze(" ".join(lines_of(element)))


def _read_foot(lines: list[str], text: list[str], fields: dict) -> None:
    """Rights and number; the day in the number stands in for a date that cannot be read."""
    for line in lines:
        if is_rights(line) and line not in text:
            add(fields, "copyright", line)
    number = _NUMBER.search(" ".join(lines[::-1]))
    if number:
        fields["document_id"] = number[0]
        if not find_date(fields.get("published_raw") or "").day:
            fields["load_date"] = number[1]


def _read_header(header: str, fields: dict) -> None:
    """``Politique, jeudi 5 octobre 2013, p. 3``: section, date, pages, in any order."""
    fields["published_raw"] = header
    page = _PAGE.search(header)
    if page:
        fields["pages"] = page[1]
    match = re.search(r"\d{1,2}(?:er)?\s\w+\s\d{4}|\w+\s\d{1,2},\s\d{4}", header)
    if match:
        section, _, last = header[: match.start()][:200].strip(" ,").rpartition(" ")
        section = section.strip(" ,") if is_weekday(last) else f"{section} {last}".strip()
        fields["section"] = section or None


def _old_text(lines: list[str], fields: dict) -> list[str]:
    """Text of the older layout: the lines after the title, up to the notice of rights."""
    name = fields.get("title") or ""
    after = lines[lines.index(name) + 1 :] if name in lines else lines
    if name in lines and lines.index(name) > 0:
        before = lines[lines.index(name) - 1]
        if not find_date(before).day and before not in (fields["outlet"], fields.get("section")):
            fields["subtitle"] = before
    text: list[str] = []
    for line in after:
        if is_rights(line) or _NUMBER.search(line):
            break
        text.append(line)
    if len(text) > 1 and len(text[0].split()) <= 8 and not re.search(r"[.!?:»\"]$", text[0]):
        fields["byline"] = text.pop(0)
    return text
