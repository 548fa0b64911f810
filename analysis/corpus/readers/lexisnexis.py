"""Older LexisNexis exports, TXT and HTML: one layout, printed as text or marked up."""

import re
from collections.abc import Callable, Iterable
from itertools import pairwise, takewhile

from analysis.corpus.readers.common import Reading, make_reading, squeeze
from analysis.corpus.readers.dating import is_date, is_season
from analysis.corpus.readers.fields import (
    URL,
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
_HOLDER = re.compile(r"Copyright\s*(?:©|\(c\))?\s*\d{4}\s*(.*)", re.IGNORECASE)


class Block:
    """Lines set as one block, and whether it is centred (as heads of documents are)."""

    def __init__(self, lines: list[str], centred: bool, join: Callable[[list[str]], str]) -> None:
        self.lines, self.centred, self._join = lines, centred, join
        self.label = label_of(lines[0])
        self.is_upper = bool(self.label) and self.label.printed.isupper() and not centred
        self.is_field = self.is_upper and bool(self.label.known)

    @property
    def text(self) -> str:
        return self._join(self.lines)

    @property
    def value(self) -> str:
        """What it says after its label."""
        value = self._join([self.label.rest, *self.lines[1:]]).strip()
        return value if self.label.name in (*_LONG, "body") else squeeze(value)


def is_text_export(text: str) -> bool:
    """Whether a plain text is a LexisNexis export, or a single article of one."""
    lines = text.split("\n")
    if any(counter().fullmatch(line) for line in lines):
        return True
    names = {label_of(line).known for line in lines if _is_field(line)}
    return names >= {"length", "load_date"}


def is_html_export(text: str) -> bool:
    """Whether an HTML text is an older LexisNexis export."""
    return bool(_START_HTML.search(text)) or "LXNComment" in text[:5000]


def read_text_export(text: str, name: str, kind: str = "TXT") -> Reading:
    """Articles of a TXT export, split at lines such as ``3 of 100 DOCUMENTS``."""
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines) if counter().fullmatch(line)]
    chunks = [lines[a + 1 : b] for a, b in pairwise([*starts, len(lines)])] or [lines]
    totals = [lines[start] for start in starts]
    return _reading(map(_blocks, chunks), totals, name, kind)


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
                    blocks.append(Block(lines, bool(kinds & centred), "\n".join))
        documents.append(blocks)
    return _reading(documents, totals, name, "HTML")


def _blocks(lines: list[str]) -> list[Block]:
    """Blocks are set apart by empty lines; fields that follow each other line by line, too."""
    blocks, current = [], []
    for line in [*(line.strip("\f").rstrip() for line in lines), ""]:
        if current and (not line.strip() or (_is_field(line) and _is_field(current[0]))):
            indent = max(len(part) - len(part.lstrip()) for part in current)
            blocks.append(Block(current, indent >= 10, unwrap))
            current = []
        if line.strip():
            current.append(line)
    return blocks


def _is_field(line: str) -> bool:
    label = label_of(line) if line[:1].isupper() else None
    return label is not None and bool(label.known) and label.printed.isupper()


def _reading(documents: Iterable[list[Block]], totals: list, name: str, kind: str) -> Reading:
    counts = (re.findall(r"\d+", re.sub(r"[.,]", "", line)) for line in totals)
    numbers = [list(map(int, pair)) for pair in counts]
    one_file = len({pair[-1] for pair in numbers}) == 1
    said = max(pair[0] for pair in numbers) - numbers[0][0] + 1 if one_file else None
    return make_reading(map(_article, documents), name, f"LexisNexis {kind}", _NONE, said)


def _article(blocks: list[Block]) -> dict:
    """The fields of one article: head, labelled fields, text, labelled fields, rights."""
    fields: dict = {}
    start = _read_labels(blocks, _read_head(blocks, fields), fields)
    end = _tail(blocks, start)
    body = [fields.pop("body", ""), *(block.text for block in blocks[start:end])]
    fields["text"] = "\n\n".join(paragraph for paragraph in body if paragraph)
    name = "copyright"
    for block in blocks[end:]:
        if block.is_field:
            name = block.label.name
        elif is_rights(block.lines[0]):
            name = "copyright"
        add(fields, name, block.value if block.is_field else block.text)
    fields["title"] = squeeze(fields.get("title"))
    holder = _HOLDER.match(fields.get("copyright", ""))
    if holder and is_season(fields.get("outlet", "")):
        fields |= {"outlet": holder[1].split(" All ")[0], "published_raw": fields["outlet"]}
    return fields


def _read_head(blocks: list[Block], fields: dict) -> int:
    """Outlet, date, edition, rights, title, unlabelled byline; returns where they end."""
    for here, block in enumerate(blocks):
        if block.is_field:
            return here
        if is_rights(block.lines[0]) and not block.centred:
            add(fields, "copyright", block.text)
        elif block.centred or "outlet" not in fields:
            following = takewhile(lambda later: later.centred, blocks[here + 1 :])
            _read_centred(block, list(following), fields)
        elif name := _unlabelled(block, blocks[here + 1 : here + 2], fields):
            joint = "" if name == "url" else " "
            add(fields, name, joint.join(" ".join(block.lines).split()))
        else:
            return here
    return len(blocks)


def _unlabelled(block: Block, following: list[Block], fields: dict) -> str | None:
    """The field that a block without a label is, by its form and what was read before it."""
    one_line = block.lines[0].strip() if len(block.lines) == 1 else ""
    if URL.fullmatch(one_line.replace(" ", "")) or URL.match(block.lines[0].strip()):
        return "url"
    if "published_raw" not in fields and _is_date(" ".join(one_line.split()[:5])):
        return "published_raw"
    short = len(block.lines) <= 8 and len(block.text) < 500
    if "title" not in fields and short:
        return "title"
    byline = one_line and len(one_line) < 80 and any(later.is_field for later in following)
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
    return is_season(line) or is_date(line)


def _read_labels(blocks: list[Block], here: int, fields: dict) -> int:
    """The labelled fields of the head; returns where the text begins."""
    known = [*(block.is_field for block in blocks), False, False, False]
    while here < len(blocks):
        # a label not known to us is one if a field of the head follows, else a line of text
        block, is_next_known = blocks[here], known[here + 1]
        between = block.is_upper and is_next_known and blocks[here + 1].label.name in _HEAD
        if known[here] or between:
            name, value = block.label.name, block.value
            here += 1
            if name == "body":
                fields["body"] = value
                break
            if not value and not known[here] and any(known[here + 1 : here + 3]):
                value = blocks[here].text  # it stands below its label
                here += 1
            add(fields, name, value)
        elif is_length(block.lines[0]):
            add(fields, "length", block.lines[0])
            here += 1
        else:
            break
    return here


def _tail(blocks: list[Block], start: int) -> int:
    """Where the labelled fields and the rights after the text begin."""
    end = len(blocks)
    for here in range(len(blocks) - 1, start - 1, -1):
        if blocks[here].is_field or is_rights(blocks[here].lines[0]):
            end = here
            continue
        before = next((n for n in range(here, start - 1, -1) if blocks[n].is_field), None)
        # text of a long field, or a field with a label not known to us after one that is
        long = before is not None and blocks[before].label.name in _LONG
        if before is None or not (here - before <= 6 if long else blocks[here].is_upper):
            break
    return end
