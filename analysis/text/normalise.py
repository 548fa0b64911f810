"""Normalise raw text for matching, and map every position back to the raw text.

What changes: mojibake is repaired (ftfy, only in the tokens that show it), exotic spaces become a
space, line ends become ``\\n``, curly quotes and apostrophes become straight ones, soft hyphens and
zero-width characters go. Dashes, ellipses, accents and case stay.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

_SPACES = "\u00a0\u1680\u202f\u205f\u3000\0" + "".join(map(chr, range(0x2000, 0x200B)))
_BREAKS = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_APOSTROPHES = "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4"
_QUOTES = "\u201c\u201d\u201e\u201f\u2033"
_SAME_LENGTH = {
    character: replacement
    for characters, replacement in (
        (_SPACES, " "),
        (_BREAKS, "\n"),
        (_APOSTROPHES, "'"),
        (_QUOTES, '"'),
    )
    for character in characters
}
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff" + "".join(
    map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)
# Joiners mean something in Persian, Indic scripts and emoji: they go only between Latin letters.
_JOINERS = "\u200c\u200d"
_MOJIBAKE = re.compile(r"[ÂÃÐÑØÙâ][\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2013-\u2122]|ï»¿")
_MOJIBAKE_SIGNS = "ÂÃÐÑØÙâï"  # with one of which every match begins
_LONGEST_TOKEN = 200


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

    def spans(self, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The same as `span` for many stretches, none of them empty."""
        if self.starts is None:
            return starts, ends
        return self.starts[starts], self.ends[ends - 1]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Raw (start, end) of the normalised text[start:end], without invisible neighbours."""
        if self.starts is None:
            return start, end
        if end <= start:
            return self.to_raw(start), self.to_raw(start)
        return int(self.starts[start]), int(self.ends[end - 1])


def normalise(raw: str) -> Normalised:
    """Normalised `raw`, with the way back (see the module's docstring for what changes).

    >>> normalise("“We left,” he said").text
    '"We left," he said'
    """
    text, starts, ends = raw, None, None
    special = _special(text)
    for change, signs in ((_repaired, _MOJIBAKE_SIGNS), (_visible, _INVISIBLE)):
        if not special.isdisjoint(signs):
            text, new_starts, new_ends = change(text)
            special = _special(text)
            starts = new_starts if starts is None else starts[new_starts]
            ends = new_ends if ends is None else ends[new_ends - 1]
    if "\r" in special:
        text = text.replace("\r\n", " \n")
    for character in special & _SAME_LENGTH.keys():
        text = text.replace(character, _SAME_LENGTH[character])
    return Normalised(text, len(raw), starts, ends)


def _codes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _special(text: str) -> set[str]:
    """The characters of `text` that are not printable ASCII."""
    codes = _codes(text)
    return {*map(chr, {*codes[codes - 32 > 94].tolist()})}


def _visible(text: str) -> tuple[str, np.ndarray, np.ndarray]:
    """`text` without invisible characters, and each character's start and end in `text`."""
    codes = _codes(text)
    gone = np.isin(codes, [*map(ord, _INVISIBLE)])
    for i in np.flatnonzero(np.isin(codes, [*map(ord, _JOINERS)])).tolist():
        around = text[max(i - 1, 0) : i] + text[i + 1 : i + 2]
        gone[i] = around.isalpha() and max(around) < "\u0250"
    kept = np.flatnonzero(~gone)
    return codes[kept].tobytes().decode("utf-32-le", "surrogatepass"), kept, kept + 1


def _repaired(text: str) -> tuple[str, np.ndarray, np.ndarray]:
    """`text` without mojibake, and each character's start and end in `text`."""
    return _apply(text, _mojibake(text))


def _mojibake(text: str) -> list[tuple[int, int, str]]:
    """(start, end, repaired) of the tokens that ftfy repairs."""
    from ftfy import fix_encoding  # slow to import and seldom needed

    repair = cache(fix_encoding)
    edits, done = [], 0
    for match in _MOJIBAKE.finditer(text):
        if match.start() < done:
            continue
        start = match.start()
        while (
            start > max(done, match.start() - _LONGEST_TOKEN) and text[start - 1] not in " \t\r\n"
        ):
            start -= 1
        end = match.end()
        while end < min(len(text), start + _LONGEST_TOKEN) and text[end] not in " \t\r\n":
            end += 1
        repaired = repair(text[start:end])
        if repaired != text[start:end] and not {*repaired} & {*_BREAKS}:  # one line stays one
            edits.append((start, end, repaired))
        done = end
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
        if new and head + tail == len(new):  # a neighbour stands for what only went ("Â¡" is "¡")
            head, tail = (head, tail - 1) if tail else (head - 1, tail)
        keep(position, start + head)
        middle = new[head : len(new) - tail]
        parts.append(middle)
        starts.append(np.full(len(middle), start + head))
        ends.append(np.full(len(middle), end - tail))
        position = end - tail
    keep(position, len(text))
    return "".join(parts), np.concatenate(starts), np.concatenate(ends)
