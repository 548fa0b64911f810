"""Normalise raw text for matching, and map every position back to the raw text.

What changes: mojibake is repaired (ftfy, only in the tokens that show it), exotic spaces become a
space, line ends become ``\\n``, curly quotes and apostrophes become straight ones, soft hyphens and
zero-width characters go. Dashes, ellipses, accents and case stay.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\0"
_BREAKS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_APOSTROPHES = "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4"
_QUOTES = "\u201c\u201d\u201e\u201f\u2033"
_SAME_LENGTH = [
    (character, replacement)
    for characters, replacement in (
        (_SPACES, " "),
        (_BREAKS, "\n"),
        (_APOSTROPHES, "'"),
        (_QUOTES, '"'),
    )
    for character in characters
]
# Joiners (U+200C, U+200D) carry meaning in Persian, in Indic scripts and in emoji: they go only
# between Latin letters.
_INVISIBLE = "\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_MOJIBAKE_SIGNS = ("Ã", "Â", "â€", "â\x80", "Ð", "Ø", "Ù", "ï»¿")


@dataclass(frozen=True)
class Normalised:
    """A normalised text; `starts` and `ends` give each character's place in the raw text.

    Both are None when no character moved (the usual case).
    """

    text: str
    raw_length: int
    starts: np.ndarray | None = None
    ends: np.ndarray | None = None

    def to_raw(self, index: int) -> int:
        """Raw position of the character at `index`; the raw length for the end of the text."""
        if self.starts is None:
            return index
        return int(self.starts[index]) if index < len(self.starts) else self.raw_length

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Raw (start, end) of the normalised text[start:end], without invisible neighbours."""
        if self.starts is None:
            return start, end
        if end <= start:
            return self.to_raw(start), self.to_raw(start)
        return int(self.starts[start]), int(self.ends[end - 1])


@cache
def _patterns() -> tuple[re.Pattern, re.Pattern]:
    invisible = re.compile(
        f"[{_INVISIBLE}]+|(?<=[A-Za-z\u00c0-\u024f])[\u200c\u200d]+(?=[A-Za-z\u00c0-\u024f])"
    )
    token = re.compile(
        r"[^ \t\r\n]*(?:[ÂÃÐÑØÙâ][\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2013-\u2122]|ï»¿)[^ \t\r\n]*"
    )
    return invisible, token


def normalise(raw: str) -> Normalised:
    """Normalised `raw`, with the way back (see the module's docstring for what changes)."""
    edits = _mojibake(raw) if any(sign in raw for sign in _MOJIBAKE_SIGNS) else []
    text, starts, ends = _apply(raw, edits) if edits else (raw, None, None)
    if not text.isascii():
        found = [(m.start(), m.end(), "") for m in _patterns()[0].finditer(text)]
        if found:
            text, new_starts, new_ends = _apply(text, found)
            starts = new_starts if starts is None else starts[new_starts]
            ends = new_ends if ends is None else ends[new_ends - 1]
    if "\r\n" in text:
        text = text.replace("\r\n", " \n")
    for character, replacement in _SAME_LENGTH:
        if character in text:
            text = text.replace(character, replacement)
    return Normalised(text, len(raw), starts, ends)


def _mojibake(raw: str) -> list[tuple[int, int, str]]:
    """(start, end, repaired) of the tokens that ftfy repairs."""
    from ftfy import fix_encoding  # noqa: PLC0415  (half of this module's import time; seldom used)

    edits = []
    for match in _patterns()[1].finditer(raw):
        repaired = fix_encoding(match.group())
        if repaired != match.group():
            edits.append((match.start(), match.end(), repaired))
    return edits


def _apply(text: str, edits: list[tuple[int, int, str]]) -> tuple[str, np.ndarray, np.ndarray]:
    """`text` with `edits` made, and each new character's start and end in `text`.

    Characters of a replacement that also begin or end the replaced token keep their own place;
    what differs between them stands for the whole stretch that differs.
    """
    parts, starts, ends, position = [], [], [], 0

    def keep(start: int, end: int) -> None:
        parts.append(text[start:end])
        starts.append(np.arange(start, end))
        ends.append(np.arange(start + 1, end + 1))

    for start, end, new in edits:
        old = text[start:end]
        head = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
        head = min(len(old), len(new)) if head is None else head
        tail = 0
        while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
            tail += 1
        keep(position, start + head)
        middle = new[head : len(new) - tail]
        parts.append(middle)
        starts.append(np.full(len(middle), start + head))
        ends.append(np.full(len(middle), end - tail))
        position = end - tail
    keep(position, len(text))
    return "".join(parts), np.concatenate(starts), np.concatenate(ends)
