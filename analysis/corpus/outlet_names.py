"""Names that may mean one outlet: listed for the user to join, never joined by themselves."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis.base.messages import Note, listed
from analysis.corpus.readers.common import plain
from analysis.lexicons import load

_SITE = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}")
_IN_BRACKETS = re.compile(r"\s*[(\[][^)\]]*[)\]]")


def outlet_key(name: str) -> str:
    """What stays of an outlet's name without article, place, edition and ending of a site.

    >>> {outlet_key(name) for name in ("The Guardian", "Guardian (London)", "www.guardian.co.uk")}
    {'guardian'}
    """
    text = plain(_IN_BRACKETS.sub("", name))
    words = load("exports")["outlet_words"]
    if _SITE.fullmatch(text):
        *parts, _ = text.split(".")
        text = next((part for part in reversed(parts) if part not in words["site"]), text)
    kept = [word for word in re.findall(r"[^\W_]+", text) if word not in words["name"]]
    return "".join(kept).removeprefix("the") or text


def alike_outlets(names: Iterable[str], settings: Path) -> Iterator[Note]:
    """One note on the groups of names that may be one outlet each, ready to be joined."""
    groups: dict[str, list[str]] = {}
    for name in dict.fromkeys(filter(None, names)):
        groups.setdefault(outlet_key(name), []).append(name)
    lines = [
        f"{alike[0]!r}: [{', '.join(map(repr, alike[1:]))}]"
        for alike in groups.values()
        if alike[1:]
    ]
    if lines:
        what = f"names that may be one outlet each are counted apart: {listed(lines)}"
        todo = "join those that are one: a line each, as here, below `outlets:` in corpus.yml."
        yield Note(str(settings), what, todo)
