"""Patterns of time expressions: rows of tags and words (`lexicons/dates.yml`), compiled and sought.

An element of a pattern is a word or a tag; "|" stands between alternatives, a name before ":", "?"
after what may be missing; brackets group.
"""

import re
from functools import cache, lru_cache
from typing import Any

from analysis.dates.time_words import TimeLexicon, TimeWord

Candidate = tuple[int, int, dict[str, tuple[int, int]]]  # tokens, number of the pattern, groups


def _tags(known: TimeLexicon, name: str) -> set[str]:
    """The tags and words that a name in a pattern stands for."""
    members = {*known.members.get(name, (name,))}
    return (members & {name}).union(*(_tags(known, member) for member in members - {name}))


def _compile(known: TimeLexicon, pattern: str) -> tuple[re.Pattern[str], set[str]]:
    """A pattern as a regular expression over words and tags that each end in a blank.

    With it the tags a match can begin with.
    """
    parts: list[str] = []
    closing: list[str] = []
    # per open bracket: tags it can begin with, nothing read yet in this alternative, in an earlier
    frames: list[list[Any]] = [[set(), True, False]]
    for number, element in enumerate(pattern.split()):
        body, optional = (element[:-1], "?") if element.endswith("?") else (element, "")
        name, _, body = body.rpartition(":")
        opening = f"(?P<{name}_{number}>" if name else ""
        if body == "(":
            parts.append(opening + "(?:")
            closing.append("))" if name else ")")
            frames.append([set(), True, False])
        elif body == ")":
            parts.append(closing.pop() + optional)
            begins, empty, earlier = frames.pop()
            if frames[-1][1]:
                frames[-1][0] |= begins
                frames[-1][1] = empty or earlier or bool(optional)
        elif body == "|":
            parts.append("|")
            frames[-1][1:] = True, frames[-1][1] or frames[-1][2]
        else:
            tags = set().union(*(_tags(known, part) for part in body.split("|")))
            choice = "|".join(map(re.escape, sorted(tags)))
            parts.append(f"{opening}(?:(?:{choice}) )" + (")" if name else "") + optional)
            if frames[-1][1]:
                frames[-1][0] |= tags
                frames[-1][1] = bool(optional)
    return re.compile("".join(parts)), frames[0][0]


@cache
def _patterns(known: TimeLexicon) -> dict[str, list[tuple[int, re.Pattern[str]]]]:
    """By first tag: the patterns that can begin with it, with their numbers."""
    result: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
    for number, (text, _) in enumerate(known.patterns + known.references):
        pattern, begins = _compile(known, text)
        for tag in begins:
            result.setdefault(tag, []).append((number, pattern))
    return result


def fitting(known: TimeLexicon, row: list[TimeWord]) -> list[tuple[int, list[Candidate]]]:
    """The places of a row at which patterns match, and these, the longest first.

    A candidate has how many tokens it covers, the number of its pattern among the patterns and
    references of the lexicon, and the tokens of each named element ("" the whole).
    """
    tags = [token.word if token.word in known.literals else token.tag for token in row]
    return _places(known, " ".join(tags) + " ")


@lru_cache(maxsize=20_000)
def _places(known: TimeLexicon, tags: str) -> list[tuple[int, list[Candidate]]]:
    starts = [0] + [m.end() for m in re.finditer(" ", tags)]
    places = ((first, _at(known, tags[offset:])) for first, offset in enumerate(starts[:-1]))
    return [(first, found) for first, found in places if found]


@lru_cache(maxsize=20_000)
def _at(known: TimeLexicon, tags: str) -> list[Candidate]:
    """The patterns that match at the beginning of a row of tags."""
    found: list[Candidate] = []
    for number, pattern in _patterns(known).get(tags.partition(" ")[0], ()):
        if (match := pattern.match(tags)) and match.end():
            groups = {"": (0, tags.count(" ", 0, match.end()))}
            for name, place in pattern.groupindex.items():
                if match[place]:
                    first, last = (tags.count(" ", 0, offset) for offset in match.span(place))
                    groups[name.rpartition("_")[0]] = first, last
            found.append((groups[""][1], number, groups))
    return sorted(found, key=lambda candidate: (-candidate[0], candidate[1]))
