"""What goes wrong in the cells of a table of articles: mended, and told with a count."""

import html
import re
from collections.abc import Callable
from typing import NamedTuple

from ftfy import badness, fix_encoding

from analysis.base.messages import Note, counted
from analysis.corpus.readers.common import ReaderError
from analysis.corpus.readers.pages import lines_of, parse_html, read_html_article
from analysis.lexicons import load

_BLOCK = re.compile(r"</?(?:p|br|div|li|[uo]l|h[1-6]|table|t[rd]|blockquote|body)\b[^<>]*>", re.I)
_TAG = re.compile(r"</?(?:[abiu]|em|strong|span|img|figure|script|style|iframe)\b[^<>]*>", re.I)
_ENTITY = re.compile(r"&(?:#x?[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
_PAGE = re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE)


class _Mending(NamedTuple):
    mend: Callable[[str], str]
    columns: tuple[str, ...]  # all where there are none
    what: str
    todo: str = ""


def mend_cells(values: dict[str, list[str]], name: str) -> list[Note]:
    """Empty the cells that say “nan”, read HTML as HTML, repair letters of a wrong encoding.

    >>> cells = {"text": ["<p>The quay.</p><p>Shut&nbsp;down.</p>", "nan"]}
    >>> for note in mend_cells(cells, "a.csv"):
    ...     print(note)
    a.csv: 1 cell without a value (nan, None): read as empty.
    a.csv: 1 cell with HTML: read without its tags. Compare some with the source.
    >>> cells["text"]
    ['The quay.\\n\\nShut down.', '']
    """
    notes = []
    for mend, columns, what, todo in _MENDINGS:
        changed = 0
        for column in set(columns or values) & set(values):
            before = values[column]
            values[column] = [mend(cell) if cell else cell for cell in before]
            changed += sum(map(str.__ne__, before, values[column]))
        if changed:
            notes.append(Note(name, f"{counted(changed, 'cell')} {what}", todo))
    return notes


def _emptied(cell: str) -> str:
    return "" if cell.strip() in load("exports")["no_value"] else cell


def _without_tags(cell: str) -> str:
    if not _BLOCK.search(cell) and _BLOCK.search(bare := html.unescape(cell)):
        cell = bare  # its tags were written as text: &lt;p&gt;
    try:
        if _PAGE.match(cell):
            return read_html_article(cell.encode("utf-8", "replace"))["text"]
        if _BLOCK.search(cell):
            return "\n\n".join(lines_of(parse_html(f"<body>{cell}</body>", "")))
        if _TAG.search(cell):  # its own line breaks are its paragraphs
            cell = "\n".join(
                " ".join(lines_of(parse_html(f"<body>{line}</body>", ""))) if line.strip() else ""
                for line in cell.split("\n")
            )
    except ReaderError:
        return cell
    return html.unescape(cell).replace("\xa0", " ") if _ENTITY.search(cell) else cell


def _repaired(cell: str) -> str:
    return fix_encoding(cell) if not cell.isascii() and badness.is_bad(cell) else cell


_MENDINGS = (
    _Mending(_emptied, (), "without a value (nan, None): read as empty."),
    _Mending(
        _without_tags,
        ("text", "title", "outlet", "byline"),
        "with HTML: read without its tags.",
        "Compare some with the source.",
    ),
    _Mending(
        _repaired,
        (),
        "with letters broken by a wrong encoding (“Ã©” for “é”): repaired.",
        "Signs that were lost stand as “�”; export again as UTF-8 to have them.",
    ),
)
