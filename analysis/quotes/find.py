"""Quotations: what is said in an article, directly or indirectly, and who says it.

Rules over the words around a reporting verb, in the line of Pouliquen, Steinberger & Best (2007)
for direct and Krestel, Bergler & Witte (2008) for indirect speech: no parser and no model, so that
a reader can see why a speaker was chosen.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from analysis.entities.matcher import Mention
from analysis.quotes.attribution import (
    ENDS,
    QUOTE,
    Attribution,
    attributions,
    clause_subject,
    lists,
    phrase_end,
    speaks,
    tokenise,
    word_at,
)
from analysis.text.words import split_sentences


class Quotation(NamedTuple):
    """Words of a speaker: ``source[start:end] == text``, without the quotation marks.

    `speaker` is the noun phrase that names the speaker, ``source[speaker_start:speaker_end]``; in
    place of a pronoun, the last speaker or person it can mean.  `verb` is the reporting verb's
    lemma.  `anonymous`: a source without a name that does not speak officially.
    """

    start: int
    end: int
    text: str
    speaker: str
    speaker_start: int
    speaker_end: int
    speaker_entity_id: str
    verb: str
    direct: bool
    anonymous: bool


class _Speech(NamedTuple):
    place: tuple[int, int]
    speaker: tuple[int, int]
    verb: str
    direct: bool


_HEARD = 20  # speakers a pronoun looks back on
_LONGEST = 4000  # characters of a unit: what is longer is no sentence
_LOOSE = ENDS | {"that", "and", "but", "But", "And"}
# Closed by its mark, or open where the next paragraph or sentence opens with a mark again.
_MARKS = re.compile(
    r"[“«„\"‘'](?:"  # first, so that `re` can skip to them
    r"(?<=“)(?P<curly>[^“”]{1,3000})(?:”|(?=\n{1,3}“))"
    r"|(?<=«)\s?(?P<angle>[^«»]{1,3000}?)\s?»"
    r"|(?<=„)(?P<low>[^„“”]{1,3000})[“”]"
    r'|(?<=")(?<![\w"].)(?=[\w\[(….$£€-])'
    r'(?P<straight>[^"\n]{1,3000})(?:(?<!\s)"|"(?!\w)|(?=\s"\w)|(?=\n{1,3}"))'
    r"|(?<=[‘'])(?<!\w.)(?P<single>(?=[\w\[…])"
    r"(?:[^‘“”\"\n'’]|“[^“”\n]{1,300}”|(?<=\w)['’](?=\w)){1,1000})['’](?!\w)"
    r")"
)
_HYPHENATED = re.compile(r"[\w-]+")
_ASIDE = re.compile(r"\b(?:in|near|to|with|by|at)(?: the)? \Z")


def find_quotations(
    text: str,
    sentences: Sequence[tuple[int, int]] | None = None,
    mentions: Iterable[Mention] = (),
) -> list[Quotation]:
    """Direct and indirect quotations of `text`, in order of their start.

    `sentences` are (start, end) spans as of `split_sentences`; `mentions` of the same text give
    speakers their entity.  Words in quotation marks without a speaker (scare quotes, titles, names)
    are not quotations; whole sentences in marks after an attribution go on with its speaker.
    """
    mentions = sorted(mentions)
    names = {mention[:2] for mention in mentions}
    marked = [place for m in _MARKS.finditer(text) if (place := m.span(m.lastgroup)) not in names]
    whole = [(*place, QUOTE) for place in marked]
    whole += [m[:3] for m in mentions if " " in m.surface and not _inside(m, marked)]
    whole.sort()
    found: list[Quotation] = []
    heard: list[tuple[int, int]] = []  # who was named so far: speakers and persons
    last: _Speech | None = None
    for start, end in _units(text, sentences or split_sentences(text), marked):
        near = _between(mentions, start, end)
        heard = [*heard[-_HEARD:], *(m[:2] for m in near if m.type == "PERSON")]
        tokens, places = tokenise(text, start, end, _between(whole, start, end))
        first, stop = clause_subject(tokens)
        named = any(map(speaks, tokens[first:stop]))
        goes_on = last is not None and QUOTE in tokens
        if not (named or goes_on) and lists()["attributing"].isdisjoint(tokens):
            last = None
            continue
        if named:
            heard.append(_span(places, first, stop))
        said: list[Attribution] = []
        for item in attributions(tokens):
            speaker = _antecedent(text, _span(places, *item.speaker), heard)
            if any(map(str.isalpha, text[slice(*speaker)])):
                said.append(item._replace(speaker=speaker))  # its place in the text
                heard.append(speaker)
        direct = _direct(tokens, places, said, last) if QUOTE in tokens else []
        indirect = [
            _Speech(place, item.speaker, item.verb, False)
            for item in said
            if (place := _reported(tokens, places, item, said))
        ]
        spoken = [_Speech((start, end), i.speaker, i.verb, False) for i in said]
        last = next(iter(direct[-1:] or spoken[-1:]), None)
        found += [_quotation(text, speech, mentions, end) for speech in direct + indirect]
    return sorted(found, key=lambda quotation: quotation[:2])


def _between(items: Sequence[tuple], start: int, end: int) -> Sequence[tuple]:
    """Of items sorted by their start, those that start in start:end."""
    first = bisect_left(items, (start,))
    return items[first : bisect_left(items, (end,), first)]


def _span(places: list[tuple[int, int]], first: int, last: int) -> tuple[int, int]:
    return places[first][0], places[last - 1][1]


def _inside(mention: Mention, marked: list[tuple[int, int]]) -> bool:
    before = bisect_left(marked, (mention.end,)) - 1
    return before >= 0 and mention.start < marked[before][1]


def _units(text, sentences, marked) -> list[tuple[int, int]]:
    """Sentences, joined where a quotation or a lower-case letter goes across their boundary."""
    units: list[tuple[int, int]] = []
    for start, end in sorted(sentences):
        first, stop = units[-1] if units else (start, start)
        *_, quote = (0, 0), *_between(marked, first, stop)
        goes_on = (
            quote[1] > start
            or (text[start].islower() and "\n\n" not in text[stop:start])
            or text[start : start + 2].strip() in {'"', "”", "’"}
        )
        if units and goes_on and end - first < _LONGEST:
            units[-1] = (first, max(end, stop))
        else:
            units.append((start, min(end, start + _LONGEST)))
    return units


def _direct(
    tokens: list[str],
    places: list[tuple[int, int]],
    said: list[Attribution],
    last: _Speech | None,
) -> list[_Speech]:
    """Each passage in quotation marks that has a speaker."""
    found = []
    for i, token in enumerate(tokens):
        if token != QUOTE or word_at(tokens, i - 1) in lists()["distance"]:
            continue
        gap = i + 1 + (word_at(tokens, i + 1) == ",")
        choice = (
            [a for a in said if a.first == gap]
            or _across_apposition(tokens, places, gap, said)
            or [a for a in said if a.last <= i][-1:]
            or [a for a in said if a.first > i and tokens[0] != "Asked"]
        )
        if choice:
            found.append(_Speech(places[i], choice[0].speaker, choice[0].verb, True))
        elif last and not any(token[0].isalnum() for token in tokens):
            found.append(_Speech(places[i], last.speaker, last.verb, True))
    return found


def _across_apposition(
    tokens: list[str], places: list[tuple[int, int]], first: int, said: list[Attribution]
) -> list[Attribution]:
    """ "…" the Observatory, which has sources in the country, said: the Observatory speaks."""
    last = phrase_end(tokens, first)
    phrase, after = tokens[first:last], word_at(tokens, last)
    later = [a for a in said if last < a.last <= first + 25 and not a.inverted]
    opens = after in {",", "(", "["} or after in lists()["relative"] | lists()["determiners"]
    if phrase and later and opens and (phrase[0].istitle() or any(map(speaks, phrase))):
        return [later[0]._replace(speaker=_span(places, first, last))]
    return []


def _reported(
    tokens: list[str],
    places: list[tuple[int, int]],
    item: Attribution,
    said: list[Attribution],
) -> tuple[int, int] | None:
    """Place of what is reported outside quotation marks, None if that is no clause."""
    opening = max((a.last for a in said if a.last <= item.first), default=0)
    stop = min((a.first for a in said if a.first >= item.last), default=len(tokens))
    start = phrase_end(tokens, item.last) if item.verb == "tell" else item.last
    near = tokens[start : start + 5]
    start += near.index("that") if "that" in near else 0
    before, after = _clause(tokens, opening, item.first), _clause(tokens, start, stop)
    if item.verb == "according to":
        content = after if item.first == 0 else before
    elif (
        item.that
        or item.verb in lists()["with_object"]
        or not (item.inverted or _hollow(tokens[slice(*after)]))
    ):
        content = after
    else:
        content = before
    words = [token for token in tokens[slice(*content)] if token[0].isalnum()]
    return _span(places, *content) if len(words) > 3 else None


def _hollow(clause: list[str]) -> bool:
    """Is what follows a verb of saying only its time, place or manner ("said on Sunday")?"""
    if not clause or clause[0] not in lists()["circumstances"]:
        return not clause
    return clause[0] != "at" or word_at(clause, 1) not in {"least", "most"}


def _clause(tokens: list[str], first: int, last: int) -> tuple[int, int]:
    """The stretch of tokens without punctuation and conjunctions at its ends."""
    while first < last and tokens[first] in _LOOSE:
        first += 1
    while first < last and tokens[last - 1] in _LOOSE:
        last -= 1
    return first, last


def _antecedent(
    text: str, speaker: tuple[int, int], heard: list[tuple[int, int]]
) -> tuple[int, int]:
    """The last speaker (or person named) that a pronoun or "the source" can mean, else itself."""
    phrase = text[slice(*speaker)]
    parts = phrase.split()
    if phrase in lists()["pronouns"]:
        person = phrase in lists()["person_pronouns"]

        def fits(earlier: str) -> bool:
            return phrase in {"they", "They"} or _is_person(earlier) == person
    elif len(parts) == 2 and parts[0] in {"the", "The"}:

        def fits(earlier: str) -> bool:
            return len(earlier) > len(phrase) and _head(earlier) == parts[1].lower()
    else:
        return speaker
    for start, end in sorted(heard, key=itemgetter(1), reverse=True):
        earlier = text[start:end]
        if end <= speaker[0] and earlier not in lists()["pronouns"] and fits(earlier):
            return start, end
    return speaker


def _head(phrase: str) -> str:
    """The noun of a noun phrase: its last word before a preposition."""
    inner = lists()["inner"]
    return next((a for a, b in pairwise([*phrase.split(), "of"]) if b in inner), phrase).lower()


def _is_person(phrase: str) -> bool:
    """Does a noun phrase name one person (he, she) rather than a body (it)?"""
    parts = phrase.split()
    if {part.lower() for part in parts} & lists()["persons"]:
        return True
    return parts[0] not in lists()["determiners"] and parts[-1].istitle()


def _is_anonymous(phrase: str, near: str) -> bool:
    """A source without a name that does not speak officially, or one that asked for it."""
    heads = [part for part in _HYPHENATED.findall(phrase) if speaks(part)]
    unnamed = bool(heads) and heads[0].lower() in lists()["anonymous"]
    named = unnamed and re.search(rf"{heads[-1]},? [A-Z]", phrase)
    asked = any(map(near.__contains__, lists()["anonymity_phrases"]))
    return (unnamed and not named) or asked


def _quotation(text: str, speech: _Speech, mentions: list[Mention], unit_end: int) -> Quotation:
    start, end = speech.speaker
    phrase = text[start:end]
    media = lists()["media"].intersection(phrase.lower().split())
    speaking = [
        m
        for m in _between(mentions, start, end)
        if m.end <= end and m.method != "compound"
        and not (m.type == "GPE" and media) and not _ASIDE.search(text[start : m.start])
    ]  # fmt: skip
    speaking.sort(key=lambda m: (m.type not in {"PERSON", "ORG", "NORP"}, m.type == "ORG", m.start))
    entity_id = speaking[0].entity_id if speaking else ""
    near = text[min(start, speech.place[0]) : unit_end + 120]
    about = (phrase, start, end, entity_id, speech.verb, speech.direct)
    return Quotation(*speech.place, text[slice(*speech.place)], *about, _is_anonymous(phrase, near))
