"""Factiva: HTML in three layouts (two-column table, divisions, bare), and RTF or text."""

import re

from lxml import etree

from analysis.corpus.readers.common import Reading, is_language, make_reading, squeeze
from analysis.corpus.readers.dating import is_date
from analysis.corpus.readers.fields import add, is_length, is_rights
from analysis.corpus.readers.pages import lines_of, parse_html
from analysis.lexicons import load

_NONE = "the file comes from Factiva, but holds no article. Save as “Article Format”, full text."
_CODE = re.compile(r"[A-Z]{2,4}")
_LANGUAGE_CLASS = re.compile(r"\b([a-z]{2}|[a-z]{4})Article\b")
_NUMBER = re.compile(r"\b([A-Za-z]\w{6,7}(?:19|20)\d{6}[a-z0-9]{7,10})\b")
# the last line of an article; word processors set cells apart by tabs, striprtf by bars
_END = re.compile(rf"\s*(?:AN[\s|]+)?[^\W\d]+\s+{_NUMBER.pattern}[\s|]*")
_CODED = re.compile(r"\s*([A-Z]{2,3})(?:[ ]?[\t|]\s*|[ ]{2,}|[ ]?$)(.*?)[\s|]*")
_SOURCE_CODE = re.compile(r"[A-Z][A-Z0-9]{1,11}")
_TIME = re.compile(r"\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[AP]M)?(?: ?[A-Z]{2,5})?")


def is_html_export(text: str) -> bool:
    """Whether an HTML text is a Factiva export."""
    if re.search(r"class=[\"']?article\s+[a-z]{2,4}Article\b", text):
        return True
    layout = r"class=[\"']?(?:index|article\b|articleParagraph)|<b>HD</b>"
    return "activa" in text and bool(re.search(layout, text))


def read_html_export(text: str, name: str) -> Reading:
    """Articles of an HTML export."""
    tree = parse_html(text, name)
    elements = _articles(tree)
    if not elements and is_text_export(lines_of(tree)):
        return read_lines(lines_of(tree), name)
    articles = []
    for element in elements:
        rows = _rows(element)
        fields = _from_codes(rows) if rows else _from_divisions(element)
        match = _LANGUAGE_CLASS.search(" ".join(e.get("class") or "" for e in element.iter("div")))
        if not fields.get("language") and match:
            fields["language"] = match[1]
        articles.append(fields)
    return make_reading(map(_with_day, articles), name, "Factiva HTML", _NONE)


def is_text_export(lines: list[str]) -> bool:
    """Whether lines of text are a Factiva export: one is the number of a document."""
    return any(map(_END.fullmatch, lines))


def read_lines(lines: list[str], name: str, kind: str = "text") -> Reading:
    """Articles of a text or RTF export, which end with a line ``Document ABCD…``."""
    chunks, current = [], []
    for line in lines:
        current.append(line)
        if _END.fullmatch(line):
            chunks.append(current)
            current = []
    articles = []
    for chunk in chunks:
        rows = _coded_lines(chunk)
        lines = [squeeze(line) for line in chunk if line.strip()]
        articles.append(_from_codes(rows) if rows else _from_lines(lines))
    return make_reading(map(_with_day, articles), name, f"Factiva {kind}", _NONE)


def _with_day(fields: dict) -> dict:
    """The day in an article's number stands in for a date that cannot be read."""
    day = re.search(r"((?:19|20)\d{6})[a-z]", fields.get("document_id", ""))
    if day and not is_date(fields.get("published_raw", "")):
        fields["load_date"] = day[1]
    return fields


def _articles(tree: etree._Element) -> list[etree._Element]:
    """The innermost elements that hold one article each, of the first layout that has any."""
    divisions, tables = list(tree.iter("div")), tree.iter("table")
    layouts = (
        (d for d in divisions if _LANGUAGE_CLASS.search(d.get("class") or "")),
        (d for d in divisions if "article" in (d.get("class") or "").split()),
        (table for table in tables if any(code == "HD" for code, _ in _rows(table))),
    )
    elements = next(filter(None, map(list, layouts)), [])
    outer = {up for element in elements for up in element.iterancestors(element.tag)}
    return [e for e in elements if e not in outer and squeeze("".join(e.itertext()))]


def _rows(element: etree._Element) -> list[tuple[str, list[str]]]:
    """(code, lines) of a two-column article; empty for another layout."""
    rows = []
    for row in element.iter("tr"):
        cells = row.findall("td") + row.findall("th")
        code = squeeze("".join(cells[0].itertext())) if len(cells) >= 2 else ""
        if _CODE.fullmatch(code):
            rows.append((code, lines_of(cells[1])))
    return rows if any(code in ("HD", "TD", "LP") for code, _ in rows) else []


def _coded_lines(lines: list[str]) -> list[tuple[str, list[str]]]:
    """The same from lines that begin with a code."""
    known, rows = load("exports")["factiva_codes"], []
    for line in lines:
        coded = _CODED.fullmatch(line)
        if coded and coded[1] in known:
            rows.append((coded[1], [coded[2].strip()]))
        elif rows and line.strip(" \t|"):
            rows[-1][1].append(squeeze(line.strip(" \t|")))
    codes = {code for code, _ in rows}
    return rows if {"HD", "PD"} <= codes or {"HD", "SN"} <= codes else []


def _from_codes(rows: list[tuple[str, list[str]]]) -> dict:
    names, fields = load("exports")["factiva_codes"], {}
    for code, lines in rows:
        name = names.get(code, code.lower())
        joint = "\n\n" if name in ("lead", "body") else " "
        add(fields, name, joint.join(line for line in lines if line))
    parts = [fields.pop("lead", ""), fields.pop("body", "")]
    fields["text"] = "\n\n".join(part for part in parts if part)
    number = _NUMBER.search(fields.get("document_id", ""))
    if number:
        fields["document_id"] = number[1]
    return fields


def _from_divisions(element: etree._Element) -> dict:
    """Fields by their place: section, headline, author, length, date, outlet, code, language …"""
    fields: dict = {}
    paragraphs = [p for p in element.iter() if "articleParagraph" in str(p.get("class") or "")]
    fields["text"] = "\n\n".join(line for p in paragraphs for line in lines_of(p))
    heads = element.xpath(".//*[@id='hd' or contains(@class, 'Headline')]")[:1]
    authors = element.xpath(".//*[contains(concat(' ', @class, ' '), ' author ')]")
    for author in authors:
        add(fields, "byline", " ".join(lines_of(author)))
    for head in heads:
        fields["title"] = squeeze(" ".join(lines_of(head)))
        if "counted" in str(head.xpath("(.//@class)[1]")):
            fields["title"] = re.sub(r"^\d+\)\s*", "", fields["title"])  # its number in the list
    above, below = _around(element, heads, {e for p in (*paragraphs, *authors) for e in p.iter()})
    if above:
        fields["section"] = above[0]
    captions = _place(below, fields)  # or the text, where its paragraphs are not marked
    add(fields, "graphic" if paragraphs else "text", "\n\n".join(captions))
    return fields


def _around(
    element: etree._Element, heads: list[etree._Element], read: set[etree._Element]
) -> tuple[list[str], list[str]]:
    """The lines above and below the headline (all below, where it has none) not `read` yet."""
    read = read | {element} | {e for head in heads for e in head.iter()}
    above: list[str] = []
    below: list[str] = []
    for node in element.iter("div", "p"):
        if node in heads:
            above, below = below, []
        elif node not in read and not node.xpath(".//div|.//p"):
            below += lines_of(node)
    return above, below


def _from_lines(lines: list[str]) -> dict:
    """The same from lines: what stands before the length is section, headline and author."""
    at = _length_at(lines[:15])
    if at is None or at < 0:
        return {"title": lines[0], "text": "\n\n".join(lines[1:-1])}
    fields: dict = {"title": max(lines[:at], key=len, default=None)}
    headline = lines.index(fields["title"]) if at else 0
    for n, line in enumerate(lines[:at]):
        if line != fields["title"]:
            add(fields, "section" if n < headline else "byline", line)
    fields["text"] = "\n\n".join(_place(lines[at:], fields))
    return fields


def _length_at(lines: list[str]) -> int | None:
    """Which line is the length; in a language not known to us, the one before the date."""
    at = next((n for n, line in enumerate(lines) if is_length(line)), None)
    if at is None:
        return next((n - 1 for n, line in enumerate(lines) if is_date(line)), None)
    return at


def _place(lines: list[str], fields: dict) -> list[str]:
    """Read length, date, time, outlet, code, edition, language, rights in the order they are set.

    Returns the lines after the rights and the publisher.
    """
    at = _length_at(lines)
    at = 0 if at is None else at
    if lines and at >= 0 and lines[at][:1].isdigit():
        fields["length"] = lines[at]
        add(fields, "credit", "\n".join(lines[:at]))
    after = lines[at + 1 :]
    if after and (is_date(after[0]) or re.search(r"\b(?:19|20)\d\d\b", after[0])):
        fields["published_raw"] = after.pop(0)
    if after and _TIME.fullmatch(after[0]):
        fields["time"] = after.pop(0)
    if after:
        fields["outlet"] = after.pop(0)
    number = _NUMBER.search(after[-1]) if after else None
    if number:
        fields["document_id"] = number[1]
        after.pop()
    return _read_labelless(after, fields)


def _read_labelless(lines: list[str], fields: dict) -> list[str]:
    """Code, edition, language, rights, publisher; returns the lines between these two."""
    editions = []
    after = iter(lines)
    for line in after:
        name = _kind(line, fields)
        if name == "edition":
            editions.append(line)
        else:
            add(fields, name, line)
        if name == "copyright":
            break
    add(fields, "edition", "\n".join(editions))
    rest = list(after)
    if rest:
        fields["publisher"] = rest.pop()
    return rest


def _kind(line: str, fields: dict) -> str:
    """The field that a line after the outlet is."""
    if is_rights(line) or ("language" in fields and len(line) > 30):
        return "copyright"
    if "language" not in fields and is_language(line):
        return "language"
    if "source_code" not in fields and _SOURCE_CODE.fullmatch(line):
        return "source_code"
    return "pages" if re.fullmatch(r"[A-Z]{0,4}[-.]?\d{1,4}[A-Z]?", line) else "edition"
