"""ProQuest: TXT split at its rules of underscores, HTML and e-mail (EML)."""

import email
import email.policy
import re
from itertools import pairwise

from lxml import etree

from analysis.base.messages import Note
from analysis.corpus.readers.common import Reading, make_reading, plain, problem, squeeze
from analysis.corpus.readers.dating import find_date
from analysis.corpus.readers.fields import URL, add, counter, label_of
from analysis.corpus.readers.pages import BREAK, decode_html, lines_of, parse_html
from analysis.lexicons import load

_NONE = "there is no field “Full text:”. Export “Citation, abstract, full text”."
_RULE = re.compile(r"^[ \t]*_{60,}[ \t]*$", re.MULTILINE)
_ANCHOR = re.compile(r"<a\s[^<>]{0,40}name=[\"']?DocID_", re.IGNORECASE)
_WRAPPER = re.compile(r"<div style=[\"']margin-bottom:\s?20p[tx]", re.IGNORECASE)
_EDITION = re.compile(r"([^,]+), ([^;]*\b(?:edition|edición|édition|ausgabe)\b.*)", re.IGNORECASE)
_MARK = "\ue001"
_INFO = re.compile(
    r"\s*;?\s*(?P<place>[^\[\];]*)\[[^\]]*\][. \xa0]*(?P<date>.*?\d{4})\b:?\s*(?P<pages>.*)"
)


def is_text_export(text: str) -> bool:
    """Whether a plain text is a ProQuest export."""
    return bool(_RULE.search(text)) and "proquest" in text.lower()


def is_html_export(text: str) -> bool:
    """Whether an HTML text is a ProQuest export."""
    return bool(_ANCHOR.search(text)) or ("ProQuest" in text and "<strong>" in text.lower())


def read_text_export(text: str, name: str) -> Reading:
    """Articles of a TXT export."""
    chunks = [[line.strip() for line in chunk.split("\n")] for chunk in _RULE.split(text)]
    return _reading([_marked(chunk) for chunk in chunks], name, "ProQuest TXT")


def read_email(data: bytes, name: str) -> Reading:
    """Articles of an e-mail that ProQuest sent: its HTML part, else its text."""
    if b"proquest" not in data.lower():
        todo = "Save what it holds or leads to: each article's page as HTML, or its text as TXT."
        raise problem(name, "the e-mail does not come from ProQuest.", todo)
    message = email.message_from_bytes(data, policy=email.policy.default)
    for kind, read in (("html", read_html_export), ("plain", read_text_export)):
        for part in message.walk():
            if part.get_content_type() == f"text/{kind}" and not part.get_filename():
                content = part.get_payload(decode=True) or b""
                charset = part.get_content_charset() if kind == "html" else None
                text, _ = decode_html(content, name, charset)
                reading = read(text, name)
                reading.format = "ProQuest EML"
                return reading
    what = "the e-mail has no text that can be read."
    raise problem(name, what, "Save the whole message as EML.")


def read_html_export(text: str, name: str) -> Reading:
    """Articles of an HTML export, split at its document anchors, one tree an article."""
    marks = list(_ANCHOR.finditer(text)) or list(_WRAPPER.finditer(text))
    starts = [match.start() for match in marks] or [0]
    chunks = []
    for a, b in zip(starts, [*starts[1:], len(text)], strict=True):
        # the pages of single articles stand inside the page: only their tags are dropped
        inner = re.sub(
            r"</?(?:html|body|head|meta|title)\b[^<>]*>|\bhtml(?:>|&gt;)", " ", text[a:b]
        )
        tree = parse_html(f"<html><body>{inner}</body></html>", name)
        chunk = _html_lines(tree)
        cuts = [n for n, line in enumerate(chunk) if counter().fullmatch(line)][1:]
        if not cuts and not marks:  # nothing marks the articles but the last of their fields
            cuts = [n + 1 for n, line in enumerate(chunk) if _is_last(line)]
        edges = [0, *cuts, len(chunk)]
        chunks += [chunk[i:j] for i, j in pairwise(edges)]
    return _reading(chunks, name, "ProQuest HTML")


def _is_last(line: str) -> bool:
    label = label_of(line[1:]) if line.startswith(_MARK) else None
    return bool(label) and label.known == "database"


def _html_lines(tree: etree._Element) -> list[str]:
    for hidden in tree.xpath("//a[contains(@class, 'sr-only')]"):
        hidden.drop_tree()  # "Enlarge this image"
    for node in tree.iter("strong", "b"):
        label = label_of(squeeze("".join(node.itertext())))
        if label and not label.rest and label.known:
            node.text = f"{BREAK}{_MARK}{node.text or ''}"
    for link in tree.iter("a"):
        if "docview" in (link.get("href") or "") and "http" not in (link.text or ""):
            link.text = f"{BREAK}{link.get('href')}"
    return lines_of(tree)


def _marked(lines: list[str]) -> list[str]:
    """The lines, those that begin a field marked: up to the text, and in the fields after it.

    The fields after the text are its last blocks of one line with a label, known to us or not, so
    that a paragraph with a colon stays in the text.
    """
    labels = [label_of(line) for line in lines]
    known = [bool(label and label.known) for label in labels]
    bodies = [n for n, label in enumerate(labels) if known[n] and label.name == "body"]
    body = bodies[0] if bodies else len(lines)
    foot = _foot(lines, known, body if bodies else 0)
    begins = [known[n] if n <= body else n >= foot and bool(labels[n]) for n in range(len(lines))]
    return [_MARK * mark + line for line, mark in zip(lines, begins, strict=True)]


def _foot(lines: list[str], known: list[bool], body: int) -> int:
    """Where the fields after the text begin."""
    foot = len(lines)
    for n in range(len(lines) - 1, body, -1):
        if lines[n - 1]:
            continue
        if known[n]:
            foot = n
        elif lines[n] and not label_of(lines[n]) and not URL.match(lines[n]):
            break
    return foot


def _reading(chunks: list[list[str]], name: str, kind: str) -> Reading:
    articles, notes = [], []
    for chunk in chunks:
        fields = _article(chunk)
        if any(fields.get(key) for key in ("text", "document_id", "url", "outlet")):
            articles.append(fields)
        elif len(shown := squeeze(" ".join(chunk))) > 20:
            notes.append(Note(name, f"skipped, no article: “{shown[:60]}…”."))
    reading = make_reading(articles, name, kind, _NONE)
    reading.notes += notes
    return reading


def _article(marked: list[str]) -> dict:
    """The fields of the marked lines of one article; those before the first mark have no label."""
    fields: dict = {}
    values: list[tuple[str, list[str]]] = [("", [])]
    for line in marked:
        label = label_of(line[1:]) if line.startswith(_MARK) else None
        if label:
            values.append((label.name, [label.rest]))
        else:
            values[-1][1].append(line.replace(_MARK, ""))
    for name, lines in values[1:]:
        _add_value(fields, name, [squeeze(line) for line in lines if line.strip()])
    fields["text"] = fields.pop("body", "")
    top = (squeeze(line) for line in values[0][1] if not counter().fullmatch(line))
    _read_top(list(filter(None, top)), fields)
    fields["published_raw"] = fields.pop("published", "")
    _read_publication(fields)
    return fields


def _add_value(fields: dict, name: str, rows: list[str]) -> None:
    links = [row for row in rows if "docview" in row and URL.fullmatch(row)]
    filled = [row for row in rows if row not in links]
    if links and name != "links":
        fields.setdefault("url", links[0])
    if name in ("body", "highlight"):
        nothing = load("exports")["nothing"]
        add(fields, name, "\n\n".join(row for row in filled if plain(row) not in nothing))
    elif filled:
        add(fields, name, filled[0])  # what follows one line is the foot of the page


def _read_top(rows: list[str], fields: dict) -> None:
    for row in rows:
        if URL.match(row):
            fields["url"] = row
        elif not fields.get("title"):
            fields["title"] = row
        elif row != fields["title"]:
            add(fields, "publication_info", row)


def _read_publication(fields: dict) -> None:
    """Outlet, edition, place and date, from their fields or from the line of the citation."""
    info = _INFO.search(fields.get("publication_info", "")[:500])
    if not fields["published_raw"] and info and find_date(info["date"]).day:
        fields["published_raw"] = info["date"]
    outlet = fields.get("outlet") or (fields["publication_info"] if info else "")
    fields["outlet"], _, place = outlet.partition(";")
    if not info or fields["published_raw"] != info["date"]:
        add(fields, "place_of_publication", place)
    edition = _EDITION.fullmatch(fields["outlet"][:200])
    if edition:
        fields |= {"outlet": edition[1], "edition": edition[2]}
    fields["outlet"] = fields["outlet"].strip()
