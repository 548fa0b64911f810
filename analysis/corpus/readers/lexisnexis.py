"""Older LexisNexis exports, TXT and HTML: one layout, printed as text or marked up."""

import re
from collections.abc import Callable
from itertools import pairwise, takewhile
from typing import NamedTuple

from analysis.corpus.readers.common import Reading, make_reading, squeeze
from analysis.corpus.readers.dating import is_date
from analysis.corpus.readers.fields import (
    URL,
    Label,
    add,
    counter,
    is_length,
    is_rights,
    label_of,
    unwrap,
)
from analysis.corpus.readers.pages import lines_of, parse_html

_NONE = "there is no line such as “3 of 100 DOCUMENTS”. Export the full documents."
_CENTRED = re.compile(r"\.(c\d+)\s*\{[^}]{0,300}?text-align:\s*center", re.IGNORECASE)
_START_HTML = re.compile(r"<a\s+name=[\"']?DOC_ID_|<!--[^<>]{0,60}<DOC NUMBER", re.IGNORECASE)
_LONG = ("graphic", "correction", "notes", "highlight", "disclaimer")
_HEAD = ("byline", "section", "length", "dateline", "highlight", "title", "body")
_SEASON = re.compile(r"(?:spring|summer|fall|autumn|winter),? \d{4}", re.IGNORECASE)
_HOLDER = re.compile(r"Copyright\s*(?:©|\(c\))?\s*\d{4}\s*(.*)", re.IGNORECASE)


class Block(NamedTuple):
    """Lines set as one block, and whether the block is centred (as heads of documents are)."""

    lines: list[str]
    centred: bool


def is_text_export(text: str) -> bool:
    """Whether a plain text is a LexisNexis export."""
    return any(counter().fullmatch(line) for line in text.split("\n"))


def is_html_export(text: str) -> bool:
    """Whether an HTML text is an older LexisNexis export."""
    return bool(_START_HTML.search(text)) or "LXNComment" in text[:5000]


def read_text_export(text: str, name: str, kind: str = "TXT") -> Reading:
    """Articles of a TXT export, split at lines such as ``3 of 100 DOCUMENTS``."""
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines) if counter().fullmatch(line)]
    chunks = [lines[a + 1 : b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    totals = [lines[start] for start in starts]
    return _reading([_blocks(chunk) for chunk in chunks], totals, name, kind)


def read_html_export(text: str, name: str) -> Reading:
    """Articles of an HTML export, split at its document anchors, one tree an article."""
    centred = set(_CENTRED.findall(text))
    starts = [match.start() for match in _START_HTML.finditer(text)]
    starts = [a for n, a in enumerate(starts) if n == 0 or text[starts[n - 1] : a].count("<") > 8]
    documents, totals = [], []
    for a, b in pairwise([*starts, len(text)]):
        tree = parse_html(text[a:b], name)
        blocks = []
        for node in tree.iter("div"):
            kinds = {node.get("class"), *(p.get("class") for p in node.iter("p"))}
            for child in node:
                lines = lines_of(child) if child.tag != "div" else []
                if lines and counter().fullmatch(lines[0]):
                    totals.append(lines[0])
                elif lines:
                    blocks.append(Block(lines, bool(kinds & centred)))
        documents.append(blocks)
    return _reading(documents, totals, name, "HTML")


def _blocks(lines: list[str]) -> list[Block]:
    """Blocks are set apart by empty lines; fields that follow each other line by line, too."""
    blocks, current = [], []
    for line in [*(line.strip("\f").rstrip() for line in lines), ""]:
        if current and (not line.strip() or (_is_field(line) and _is_field(current[0]))):
            indent = max(len(part) - len(part.lstrip()) for part in current)
            blocks.append(Block(current, indent >= 10))
            current = []
        if line.strip():
            current.append(line)
    return blocks


def _is_field(line: str) -> bool:
    label = label_of(line) if line[:1].isupper() else None
    return label is not None and bool(label.known) and label.printed.isupper()


def _reading(chunks: list, totals: list, name: str, kind: str) -> Reading:
    join = "\n".join if kind == "HTML" else unwrap
    articles = [_article(blocks, join) for blocks in chunks]
    found = (re.findall(r"\d+", re.sub(r"[.,]", "", line)) for line in totals)
    numbers = [list(map(int, pair)) for pair in found]
    one_file = len({pair[-1] for pair in numbers}) == 1
    said = max(pair[0] for pair in numbers) - numbers[0][0] + 1 if one_file else None
    return make_reading(articles, name, f"LexisNexis {kind}", _NONE, said)


class _Parts(NamedTuple):
    """The blocks of one article with the label each begins with, and how their lines join."""

    blocks: list[Block]
    labels: list[Label | None]
    upper: list[bool]
    known: list[bool]
    join: Callable[[list[str]], str]

    def value(self, here: int) -> str:
        """What a block says after its label."""
        label = self.labels[here]
        value = self.join([label.rest, *self.blocks[here].lines[1:]]).strip()
        return value if label.name in (*_LONG, "body") else squeeze(value)


def _article(blocks: list[Block], join: Callable) -> dict:
    """The fields of one article: head, labelled fields, text, labelled fields, rights."""
    labels = [label_of(block.lines[0]) for block in blocks]
    upper = [
        bool(label) and label.printed.isupper() and not block.centred
        for label, block in zip(labels, blocks, strict=True)
    ]
    known = [is_upper and bool(label.known) for label, is_upper in zip(labels, upper, strict=True)]
    parts = _Parts(blocks, labels, upper, known, join)
    fields: dict = {}
    start = _read_labels(parts, _read_head(parts, fields), fields)
    end = _tail(parts, start)
    body = [fields.pop("body", ""), *(join(block.lines) for block in blocks[start:end])]
    fields["text"] = "\n\n".join(paragraph for paragraph in body if paragraph)
    name = "copyright"
    for here in range(end, len(blocks)):
        if known[here]:
            name = labels[here].name
            add(fields, name, parts.value(here))
        else:
            name = "copyright" if is_rights(blocks[here].lines[0]) else name
            add(fields, name, join(blocks[here].lines))
    fields["title"] = squeeze(fields.get("title"))
    holder = _HOLDER.match(fields.get("copyright", ""))
    if holder and _SEASON.fullmatch(fields.get("outlet", "")):
        fields |= {"outlet": holder[1].split(" All ")[0], "published_raw": fields["outlet"]}
    return fields


def _read_head(parts: _Parts, fields: dict) -> int:
    """Outlet, date, edition, rights, title, unlabelled byline; returns where they end."""
    for here, block in enumerate(parts.blocks):
        if parts.known[here]:
            return here
        if is_rights(block.lines[0]) and not block.centred:
            add(fields, "copyright", parts.join(block.lines))
        elif block.centred or "outlet" not in fields:
            following = takewhile(lambda later: later.centred, parts.blocks[here + 1 :])
            _read_centred(block, list(following), fields)
        elif name := _unlabelled(parts, here, fields):
            joint = "" if name == "url" else " "
            add(fields, name, joint.join(" ".join(block.lines).split()))
        else:
            return here
    return len(parts.blocks)


def _unlabelled(parts: _Parts, here: int, fields: dict) -> str | None:
    """The field that a block without a label is, by its form and what was read before it."""
    block = parts.blocks[here]
    one_line = block.lines[0].strip() if len(block.lines) == 1 else ""
    if URL.fullmatch(one_line.replace(" ", "")) or URL.match(block.lines[0].strip()):
        return "url"
    if "published_raw" not in fields and _is_date(" ".join(one_line.split()[:5])):
        return "published_raw"
    short = len(block.lines) <= 8 and len(parts.join(block.lines)) < 500
    if "title" not in fields and short:
        return "title"
    byline = one_line and len(one_line) < 80 and parts.known[here + 1 : here + 2] == [True]
    return "byline" if byline else None


def _read_centred(block: Block, following: list[Block], fields: dict) -> None:
    lines = [squeeze(line) for line in block.lines]
    if is_rights(lines[0]):
        # the outlet may be set right under its notice of rights, or follow as a block of its own
        later = any(not is_rights(b.lines[0]) and not is_date(b.lines[0]) for b in following)
        last = len(lines) > 1 and not is_rights(lines[-1])
        if last and not later and "outlet" not in fields:
            fields["outlet"] = lines.pop()
        add(fields, "copyright", "\n".join(lines))
        return
    for line in lines:
        label = label_of(line)
        if label and label.known:
            add(fields, label.name, label.rest)
        elif "outlet" not in fields:
            add(fields, "outlet", line)
        elif "published_raw" not in fields and _is_date(line):
            fields["published_raw"] = line
        else:
            add(fields, "edition", line)


def _is_date(line: str) -> bool:
    return bool(_SEASON.fullmatch(line)) or is_date(line)


def _read_labels(parts: _Parts, here: int, fields: dict) -> int:
    """The labelled fields of the head; returns where the text begins."""
    blocks, known = parts.blocks, [*parts.known, False, False, False]
    while here < len(blocks):
        # a label not known to us is one if a field of the head follows, else a line of text
        between = parts.upper[here] and known[here + 1] and parts.labels[here + 1].name in _HEAD
        if known[here] or between:
            name, value = parts.labels[here].name, parts.value(here)
            here += 1
            if name == "body":
                fields["body"] = value
                break
            if not value and not known[here] and any(known[here + 1 : here + 3]):
                value = parts.join(blocks[here].lines)  # it stands below its label
                here += 1
            add(fields, name, value)
        elif is_length(blocks[here].lines[0]):
            add(fields, "length", blocks[here].lines[0])
            here += 1
        else:
            break
    return here


def _tail(parts: _Parts, start: int) -> int:
    """Where the labelled fields and the rights after the text begin."""
    end = len(parts.blocks)
    for here in range(len(parts.blocks) - 1, start - 1, -1):
        if parts.known[here] or is_rights(parts.blocks[here].lines[0]):
            end = here
            continue
        before = next((n for n in range(here, start - 1, -1) if parts.known[n]), None)
        # text of a long field, or a field with a label not known to us after one that is
        long = before is not None and parts.labels[before].name in _LONG
        if before is None or not (here - before <= 6 if long else parts.upper[here]):
            break
    return end
