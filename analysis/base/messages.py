"""Words for people: what was found where and what to do about it, the nearest name, numbers."""

import re
from collections.abc import Iterable
from datetime import date
from difflib import get_close_matches
from typing import NamedTuple

_SPECIAL = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|[^\s,:]+\.\w{2,5}\b|[\w-]*\d[\w-]*")
_ROW = re.compile(r"\brow (\d+)")
_WORDS = [
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
]
_APART = 3  # so many notes of one kind are still told one by one


class PlainError(Exception):
    """An error that is told as its message alone: what is wrong, where, and what to do."""


class Note(NamedTuple):
    """The place (file, row, column), what was found there, what to do about it.

    >>> print(Note("a.csv, row 2", "no date", "fill it in."))
    a.csv, row 2: no date. Fill it in.
    """

    where: str
    what: str
    todo: str = ""

    def __str__(self) -> str:
        if not self.todo:
            return f"{self.where}: {self.what}"
        if self.what.endswith((";", ":")):  # the sentence goes on
            return f"{self.where}: {self.what} {self.todo}"
        stop = "" if self.what.rstrip("”").endswith((".", "?", "!")) else "."
        return f"{self.where}: {self.what}{stop} {self.todo[0].upper()}{self.todo[1:]}"


def gathered(notes: Iterable[Note]) -> list[Note]:
    """Notes of one kind, that differ only in rows, files and quoted values, as one with a count.

    >>> print(*gathered(Note(f"a.csv, row {row}, column outlet", "empty") for row in range(2, 9)))
    a.csv, rows 2, 3, 4, 5, 6, 2 more, column outlet: empty (7 times)
    """
    kinds: dict[tuple[str, ...], list[Note]] = {}
    for note in notes:
        kinds.setdefault(tuple(_SPECIAL.sub("", part) for part in note[:2]), []).append(note)
    return [one for alike in kinds.values() for one in _joined(list(dict.fromkeys(alike)))]


def _joined(notes: list[Note]) -> list[Note]:
    differ = len({note[1:] for note in notes}) > 1
    if len(notes) == 1 or (differ and len(notes) <= _APART):
        return notes
    where, what, todo = notes[0]
    rows = [match[1] for note in notes if (match := _ROW.search(note.where))]
    same_file = len({_ROW.sub("", note.where) for note in notes}) == 1
    if same_file and len(rows) == len(notes):
        where = _ROW.sub(f"rows {listed(rows, 5)}", where, count=1)
    else:
        where = listed((note.where for note in notes), 3)
    return [Note(where, f"{what} ({len(notes):,} times)", todo)]


def nearest(word: str, known: Iterable[str], label: str = "there are") -> str:
    """What the user may have meant by an unknown `word`, else the first of what is `known`."""
    names = [str(name) for name in known]
    near = get_close_matches(str(word), names, 1)
    if near:
        return f"did you mean {near[0]}?"
    return f"{label}: {listed(names, 20)}"


def listed(names: Iterable[str], most: int = 8) -> str:
    """The first names of a list, and how many more there are."""
    names = list(names)
    more = [f"{len(names) - most:,} more"] if len(names) > most else []
    return ", ".join([*names[:most], *more])


def listed_and(names: Iterable[str]) -> str:
    """Names as a sentence lists them.

    >>> listed_and(["Courier", "Gazette", "Post"])
    'Courier, Gazette and Post'
    """
    *first, last = [*names] or [""]
    return f"{', '.join(first)} and {last}" if first else last


def first_lines(text: str, most: int = 40) -> str:
    """The first lines of a long message, and how many are left out, for where all would drown.

    >>> print(first_lines("no file\\nno outlet\\nno date", most=1))
    no file
    Lines left out: 2. make check lists all.
    """
    lines = text.splitlines()
    more = [f"Lines left out: {len(lines) - most:,}. make check lists all."] if lines[most:] else []
    return "\n".join([*lines[:most], *more])


def in_words(n: int) -> str:
    """A number as a sentence has it: small ones as words.

    >>> in_words(5), in_words(1204)
    ('five', '1,204')
    """
    return _WORDS[n] if 0 <= n < len(_WORDS) else f"{n:,}"


def at_least(n: int) -> str:
    """A lowest number in words: one above a round one was told as "more than".

    >>> at_least(3), at_least(161), at_least(1_501)
    ('at least three', 'more than 160', 'more than 1,500')
    """
    is_one_above = n > 20 and n % 10 == 1
    return f"more than {in_words(n - 1)}" if is_one_above else f"at least {in_words(n)}"


def counted(n: int, noun: str) -> str:
    """A number with its noun: 1 article, 1,204 articles."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def days(first: date, last: date, joint: str = "to") -> str:
    """A day or a range of days, the year told once.

    >>> days(date(2024, 1, 28), date(2024, 2, 4))
    '2024-01-28 to 02-04'
    """
    if first == last:
        return f"{first}"
    if first.year == last.year:
        return f"{first} {joint} {last:%m-%d}"
    return f"{first} {joint} {last}"
