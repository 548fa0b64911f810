"""Texts that are probably not the whole article, or no article: counted and named."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from analysis.base.messages import Note, counted, listed
from analysis.lexicons import load

_EXCEL = range(32_700, 32_768)  # the most characters a cell of Excel holds, spaces around them cut
_SHORT = 100
_TEASER = 1_500  # a longer text that ends in three dots is no teaser


def doubtful_texts(documents: Iterable[dict[str, Any]], where: str) -> Iterator[Note]:
    """A note on each kind of doubtful text among documents that have `doc_id` and `text`.

    >>> (note,) = doubtful_texts([{"doc_id": "a", "text": "The quay was… [+1402 chars]"}], "t.csv")
    >>> print(note.what)
    1 of 1 article is only its beginning, as “The quay was… [+1402 chars]” (a)
    """
    kinds: dict[str, list[dict]] = {}
    documents = list(documents)
    for document in documents:
        if kind := _kind(document["text"].strip()):
            kinds.setdefault(kind, []).append(document)
    for kind, (one, more, todo) in _SAID.items():
        if found := kinds.get(kind):
            what = f"{len(found)} of {counted(len(documents), 'article')} "
            what += f"{one if len(found) == 1 else more}, as “{_end(found[0]['text'])}” "
            yield Note(where, f"{what}({listed((doc['doc_id'] for doc in found), 5)})", todo)


_SAID = {
    "cut": (
        "ends at 32,767 characters, the most a cell of Excel holds",
        "end at 32,767 characters, the most a cell of Excel holds",
        "the rest is lost: take these texts from the source, as CSV or JSON.",
    ),
    "teaser": (
        "is only its beginning",
        "are only their beginnings",
        "collect the whole texts; what such articles do not say counts as not said.",
    ),
    "short": (
        f"has fewer than {_SHORT} characters",
        f"have fewer than {_SHORT} characters",
        "look whether these are articles; remove their rows if not.",
    ),
}


def _kind(text: str) -> str:
    if len(text) in _EXCEL:
        return "cut"
    if len(text) < _TEASER and _teaser().search(text[-60:]):
        return "teaser"
    return "short" if len(text) < _SHORT else ""


def _teaser() -> re.Pattern:
    ends = "|".join(load("exports")["teaser_ends"])
    return re.compile(rf"(?:{ends})\W*$", re.IGNORECASE)


def _end(text: str) -> str:
    end = " ".join(text.split())
    return end if len(end) < 40 else f"…{end[-40:]}"
