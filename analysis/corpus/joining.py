"""Rows of metadata, and the texts that lie beside them: joined by address or by name of file."""

import re
from typing import Any
from urllib.parse import urlsplit

from analysis.base.messages import Note, counted, listed
from analysis.corpus.readers.common import file_key

_TRACKING = re.compile(r"utm_|fbclid|gclid|mc_[ce]id|cmp=|ref=|src=|smid=|partner=|at_|xtor")
_OF_THE_TEXT = ("doc_id", "file", "text", "text_file")


def address_key(url: str) -> str:
    """What two addresses of one page have in common, however they were copied.

    >>> address_key("http://m.gazette.example/a/?utm_source=rss#top")
    'gazette.example/a'
    """
    parts = urlsplit(url.strip())
    site = re.sub(r"^(?:www|m|mobile|amp)\.", "", (parts.hostname or "").lower())
    asked = [one for one in parts.query.split("&") if one and not _TRACKING.match(one)]
    return site + parts.path.rstrip("/") + ("?" + "&".join(sorted(asked)) if asked else "")


def with_metadata(documents: list[dict[str, Any]], notes: list[Note]) -> list[dict[str, Any]]:
    """The documents with a text, completed by the rows of metadata of the same article.

    A row belongs to the text of another file that has its address, or lies in the file that it
    names.  Notes on the rows and texts that have no other are added to `notes`.
    """
    texts = [document for document in documents if document["text"]]
    rows = [document for document in documents if not document["text"]]
    found = _found_for(rows, texts)
    joined, left = [], []
    for row, text in zip(rows, found, strict=True):
        if text is None or text["file"] == row["file"]:
            left.append(row)
        else:
            joined.append(text)
            text |= {k: v for k, v in row.items() if v and k not in _OF_THE_TEXT}
    notes += _unjoined(texts, joined, left)
    return texts


def _found_for(rows: list[dict], texts: list[dict]) -> list[dict[str, Any] | None]:
    """The text of each row: by its address, else by the file it names."""
    by_address = {address_key(text["url"]): text for text in texts if text.get("url")}
    by_name: dict[str, list[dict[str, Any]]] = {}
    for text in texts:
        by_name.setdefault(file_key(text["file"]), []).append(text)
    return [
        by_address.get(address_key(row.get("url") or "")) or _named(row, by_name) for row in rows
    ]


def _named(row: dict[str, Any], by_name: dict[str, list[dict]]) -> dict[str, Any] | None:
    """The text in the file that a row names; of several of one name, the one in its folder."""
    name = row.get("text_file") or ""
    found = by_name.get(file_key(name), []) if name else []
    if len(found) > 1:
        ends = f"/{name.replace(chr(92), '/').strip().casefold()}"
        paths = [f"/{text['file'].casefold()}" for text in found]
        pairs = zip(found, paths, strict=True)
        found = [text for text, path in pairs if ends.endswith(path) or path.endswith(ends)]
    return found[0] if len(found) == 1 else None


def _unjoined(texts: list[dict], joined: list[dict], left: list[dict]) -> list[Note]:
    notes = []
    if left:
        which = listed(
            (f"row {row['row']}" if row.get("row") else row["doc_id"] for row in left), 5
        )
        what = f"{len(left)} of {counted(len(texts) + len(left), 'article')}"
        todo = "If texts lie elsewhere, save them beside the table, as .txt or .html."
        notes.append(Note(left[0]["file"], f"{what} without a text ({which}): left out.", todo))
    if joined and len(joined) < len(texts):
        have = {id(text) for text in joined}
        names = listed((text["file"] for text in texts if id(text) not in have), 3)
        what = f"{counted(len(texts) - len(have), 'text')} without a row of metadata: {names}."
        notes.append(Note("metadata", what, "Kept, without what the table says of the others."))
    return notes
