"""A line of the report on what was read: where, what was found, what to do about it."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple


class Note(NamedTuple):
    """The place (file, row, column), what was found there, what to do about it."""

    where: str
    what: str
    todo: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.what}" + (f" {self.todo}" if self.todo else "")


def nearest(word: str, known: Iterable[str], label: str = "there are") -> str:
    """What the user may have meant by an unknown `word`, else the first of what is `known`."""
    names = [str(name) for name in known]
    near = get_close_matches(str(word), names, 1)
    if near:
        return f"did you mean {near[0]}?"
    listed = ", ".join(names[:20]) + (" …" if len(names) > 20 else "")
    return f"{label}: {listed}"
