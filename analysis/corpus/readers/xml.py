"""XML: the articles of the kinds that ``xml_kinds`` of ``lexicons/exports.yml`` describe."""

import re

from lxml import etree

from analysis.corpus.readers.common import Reading, make_reading, parse_xml, problem
from analysis.corpus.readers.pages import lines_of, parse_html
from analysis.lexicons import load

_NONE = "none of its records has a text."


def read_xml(data: bytes, name: str) -> Reading | None:
    """The articles of an XML file of a known kind; None where it is a web page.

    Raises ReaderError for XML that is damaged or of no known kind.
    """
    if re.search(rb"<html\b|<!doctype html", data[:2000], re.IGNORECASE):
        return None
    tree = parse_xml(data, name, "XML")
    for node in tree.iter(etree.Element):
        node.tag = etree.QName(node).localname  # whatever its namespace
    for kind, paths in load("exports")["xml_kinds"].items():
        if records := tree.xpath(paths["record"]):
            return make_reading([_fields(record, paths) for record in records], name, kind, _NONE)
    what = f"an XML of a kind not known here (it begins <{tree.tag}>)."
    raise problem(name, what, "Export as CSV, DOCX or HTML; or save each article as TXT.")


def _fields(record: etree._Element, paths: dict[str, str]) -> dict[str, str]:
    """The fields of a record, each from the first of its places (``;`` between) that has it."""
    fields = {}
    for ours, places in paths.items():
        found = (record.xpath(place) for place in places.split(";") if ours != "record")
        parts = next(filter(None, found), [])
        words = filter(None, map(_words, parts if ours == "text" else parts[:1]))
        fields[ours] = "\n\n".join(words)
    return {ours: words for ours, words in fields.items() if words}


def _words(part: object) -> str:
    """What an element or attribute says; HTML written as text is read as HTML."""
    if isinstance(part, str):
        return part.strip()
    text = "".join(part.itertext()).strip()
    if re.match(r"<\w", text):
        return "\n\n".join(lines_of(parse_html(text, "")))
    return "\n\n".join(" ".join(line.split()) for line in text.split("\n") if line.strip())
