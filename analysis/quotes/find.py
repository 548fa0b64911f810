"""Quotations: what is said in an article, directly or indirectly, and who says it.

Rules over the words around a reporting verb, in the line of Pouliquen, Steinberger & Best (2007)
for direct and Krestel, Bergler & Witte (2008) for indirect speech: no parser and no model, so that
a reader can see why a speaker was chosen.
"""

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple

from analysis.entities.matcher import Mention
from analysis.lexicons import OURS, Lexicon
from analysis.quotes.attribution import (
    ENDS,
    QUOTE,
    Attribution,
    Clauses,
    Range,
    Reporting,
    reporting,
)
from analysis.text.phrases import is_word, word_at
from analysis.text.sentences import Sentence, sentences_of
from analysis.text.words import Word, words

Span = tuple[int, int]  # a place in the text


class Quotation(NamedTuple):
    """Words of a speaker: ``source[start:end] == text``, without the quotation marks.

    `speaker` is the noun phrase that names the speaker, ``source[speaker_start:speaker_end]``; in
    place of a pronoun, the last speaker or person it can mean.  `verb` is the reporting verb's
    lemma.  `anonymous`: a source without a name that does not speak officially.  `rule`: how the
    speaker was found (see `Attribution`; also ``apposition``: "…" the group, which …, said; and
    ``continued``: whole sentences in marks after the speaker's).
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
    rule: str


class _Speech(NamedTuple):
    place: Span
    speaker: Span
    verb: str
    direct: bool
    rule: str


class _Said(NamedTuple):
    """An attribution, and the place of its speaker (of the antecedent of a pronoun)."""

    by: Attribution
    speaker: Span
    rule: str

    def speech(self, place: Span, direct: bool = False) -> _Speech:
        return _Speech(place, self.speaker, self.by.verb, direct, self.rule)


class _Unit(NamedTuple):
    """Sentences read as one, each passage in marks and each known name a token of its own."""

    start: int
    end: int
    tokens: list[str]
    places: list[Span]

    def span(self, tokens: Range) -> Span:
        """Where a range of tokens, not empty, stands in the text."""
        return self.places[tokens[0]][0], self.places[tokens[1] - 1][1]


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
_ASIDE = re.compile(r"\b(?:in|near|to|with|by|at)(?: the)? \Z")


def find_quotations(
    text: str,
    sentences: Sequence[Sentence] | None = None,
    mentions: Iterable[Mention] = (),
    lexicon: Lexicon = OURS,
) -> list[Quotation]:
    """Direct and indirect quotations of `text`, in order of their start.

    `sentences` are those of the text, where they are at hand; `mentions` of the same text give
    speakers their entity.  Words in quotation marks without a speaker (scare quotes, titles, names)
    are not quotations; whole sentences in marks after an attribution go on with its speaker.

    >>> [said] = find_quotations("The bridge is closed until May, according to the ministry.")
    >>> said.text, said.speaker, said.rule
    ('The bridge is closed until May', 'the ministry', 'according-to')
    """
    mentions = sorted(mentions)
    names = {mention[:2] for mention in mentions}
    marked = [place for m in _MARKS.finditer(text) if (place := m.span(m.lastgroup)) not in names]
    whole = [Word(*place, QUOTE) for place in marked]
    whole += [Word(*m[:3]) for m in mentions if " " in m.surface and not _inside(m, marked)]
    reader = _Reader(text, mentions, reporting(lexicon))
    sentences = sentences_of(text) if sentences is None else sentences
    found = [
        q for unit in _units(text, sentences, marked, sorted(whole)) for q in reader.read(unit)
    ]
    return sorted(found, key=lambda quotation: quotation[:2])


def _between(items: Sequence[tuple], start: int, end: int) -> Sequence[tuple]:
    """Of items sorted by their start, those that start in start:end."""
    first = bisect_left(items, (start,))
    return items[first : bisect_left(items, (end,), first)]


def _inside(mention: Mention, marked: list[Span]) -> bool:
    before = bisect_left(marked, (mention.end,)) - 1
    return before >= 0 and mention.start < marked[before][1]


def _units(
    text: str, sentences: Iterable[Sentence], marked: list[Span], whole: list[Word]
) -> Iterator[_Unit]:
    """Sentences, joined where a quotation or a lower-case letter goes across their boundary."""
    joined: list[Sentence] = []
    for sentence in sorted(sentences, key=lambda sentence: sentence.start):
        if joined and not _goes_on(text, joined, sentence, marked):
            yield _unit(joined, whole)
            joined = []
        joined.append(sentence)
    if joined:
        yield _unit(joined, whole)


def _goes_on(text: str, before: list[Sentence], sentence: Sentence, marked: list[Span]) -> bool:
    first, stop, start = before[0].start, before[-1].end, sentence.start
    *_, quote = (0, 0), *_between(marked, first, stop)
    lower = text[start].islower() and "\n\n" not in text[stop:start]
    closes = text[start : start + 2].strip() in {'"', "”", "’"}
    return (quote[1] > start or lower or closes) and sentence.end - first < _LONGEST


def _unit(sentences: list[Sentence], whole: list[Word]) -> _Unit:
    """The tokens of sentences; what begins in a passage or name of `whole` is part of it."""
    start = sentences[0].start
    end = sentences[-1].end if len(sentences) > 1 else min(sentences[0].end, start + _LONGEST)
    left = deque(
        Word(sentence.start + first, sentence.start + last, word)
        for sentence in sentences
        for first, last, word in sentence.tokens
        if sentence.start + first < end
    )
    tokens: list[Word] = []
    done = start
    for one in _between(whole, start, end):
        margin = one.text == QUOTE  # its quotation marks
        if one.start < done:
            continue
        done = one.end + margin
        while left and left[0].end <= one.start - margin:
            tokens.append(left.popleft())
        inside = []
        while left and left[0].start < done:
            inside.append(left.popleft())
        if inside and not margin:  # "Blue Front-led"
            one = Word(inside[0].start, inside[-1].end, one.text)  # noqa: PLW2901
        tokens.append(one)
    tokens += left
    return _Unit(start, end, [token.text for token in tokens], [token[:2] for token in tokens])


class _Reader:
    """Reads a text unit by unit, and remembers who has spoken or was named."""

    def __init__(self, text: str, mentions: list[Mention], known: Reporting) -> None:
        self._text, self._mentions, self._known = text, mentions, known
        self._heard: list[Span] = []  # speakers and persons
        self._last: _Speech | None = None

    def read(self, unit: _Unit) -> list[Quotation]:
        """The quotations of the next unit."""
        near = _between(self._mentions, unit.start, unit.end)
        self._heard = [*self._heard[-_HEARD:], *(m[:2] for m in near if m.type == "PERSON")]
        clauses = Clauses(unit.tokens, self._known)
        opening = clauses.opening_subject()
        named = any(map(self._known.speaks, unit.tokens[slice(*opening)]))
        attributed = not self._known.attributing.isdisjoint(unit.tokens)
        if not (named or attributed or (self._last and QUOTE in unit.tokens)):
            self._last = None
            return []
        if named:
            self._heard.append(unit.span(opening))
        speeches = self._speeches(unit, clauses, list(self._said(unit, clauses)))
        return [self._quotation(speech, unit.end) for speech in speeches]

    def _speeches(self, unit: _Unit, clauses: Clauses, said: list[_Said]) -> list[_Speech]:
        """What is said in a unit; the last speaker is who a quotation after it goes on with."""
        quotes = (i for i, token in enumerate(unit.tokens) if token == QUOTE)
        direct = list(filter(None, (self._direct(unit, clauses, i, said) for i in quotes)))
        indirect = [
            one.speech(place)
            for one in said
            if (place := self._reported(unit, clauses, one.by, said))
        ]
        spoken = [one.speech((unit.start, unit.end)) for one in said[-1:]]
        self._last = next(iter(direct[-1:] or spoken), None)
        return direct + indirect

    def _said(self, unit: _Unit, clauses: Clauses) -> Iterator[_Said]:
        """The attributions of a unit whose speaker is more than a sign."""
        for one in clauses.attributions():
            speaker = self._antecedent(unit.span(one.speaker))
            if any(map(str.isalpha, self._text[slice(*speaker)])):
                self._heard.append(speaker)
                yield _Said(one, speaker, one.rule)

    def _direct(
        self, unit: _Unit, clauses: Clauses, quote: int, said: list[_Said]
    ) -> _Speech | None:
        """The passage in quotation marks at token `quote`, if it has a speaker."""
        if clauses.word(quote - 1) in self._known.lists["distance"]:
            return None
        place = unit.places[quote]
        if one := next(self._speakers(unit, clauses, quote, said), None):
            return one.speech(place, direct=True)
        if self._last and not any(map(is_word, unit.tokens)):
            return _Speech(place, self._last.speaker, self._last.verb, True, "continued")
        return None

    def _speakers(
        self, unit: _Unit, clauses: Clauses, quote: int, said: list[_Said]
    ) -> Iterator[_Said]:
        """Who may have spoken a passage, the likeliest first."""
        gap = quote + 1 + (clauses.word(quote + 1) == ",")
        yield from (one for one in said if one.by.first == gap)
        yield from self._across_apposition(unit, clauses, gap, said)
        yield from (one for one in reversed(said) if one.by.last <= quote)
        if unit.tokens[0] != "Asked":
            yield from (one for one in said if one.by.first > quote)

    def _across_apposition(
        self, unit: _Unit, clauses: Clauses, first: int, said: list[_Said]
    ) -> Iterator[_Said]:
        """ "…" the Observatory, which has sources in the country, said: the Observatory speaks."""
        lists, subject = self._known.lists, clauses.phrase_from(first)
        phrase, last = unit.tokens[slice(*subject)], subject[1]
        after = clauses.word(last)
        opens = after in {",", "(", "["} or after in lists["relative"] | lists["determiners"]
        speaks = phrase and (phrase[0].istitle() or any(map(self._known.speaks, phrase)))
        for one in said if opens and speaks else ():
            if last < one.by.last <= first + 25 and not one.by.inverted:
                yield one._replace(speaker=unit.span(subject), rule="apposition")

    def _reported(
        self, unit: _Unit, clauses: Clauses, one: Attribution, said: list[_Said]
    ) -> Span | None:
        """Place of what is reported outside quotation marks, None if that is no clause."""
        tokens = unit.tokens
        opening = max((a.by.last for a in said if a.by.last <= one.first), default=0)
        stop = min((a.by.first for a in said if a.by.first >= one.last), default=len(tokens))
        start = clauses.phrase_from(one.last)[1] if one.verb == "tell" else one.last
        near = tokens[start : start + 5]
        start += near.index("that") if "that" in near else 0
        before, after = _clause(tokens, opening, one.first), _clause(tokens, start, stop)
        content = after if self._follows(one, tokens[slice(*after)]) else before
        spoken = [token for token in tokens[slice(*content)] if token[0].isalnum()]
        return unit.span(content) if len(spoken) > 3 else None

    def _follows(self, one: Attribution, after: list[str]) -> bool:
        """Does what is reported stand behind its attribution?"""
        if one.verb == "according to":
            return one.first == 0
        if one.that or one.verb in self._known.lists["with_object"]:
            return True
        return not one.inverted and not self._hollow(after)

    def _hollow(self, clause: list[str]) -> bool:
        """Is what follows a verb of saying only its time, place or manner ("said on Sunday")?"""
        if not clause or not self._known.opens_circumstance(clause, clause[0]):
            return not clause
        return clause[0] != "at" or word_at(clause, 1) not in {"least", "most"}

    def _antecedent(self, speaker: Span) -> Span:
        """The last speaker (or person named) that a pronoun or "the source" can mean, or itself."""
        phrase = self._text[slice(*speaker)]
        fits = self._fitting(phrase)
        for start, end in sorted(self._heard, key=itemgetter(1), reverse=True) if fits else ():
            earlier = self._text[start:end]
            if end <= speaker[0] and earlier not in self._known.lists["pronouns"] and fits(earlier):
                return start, end
        return speaker

    def _fitting(self, phrase: str) -> Callable[[str], bool] | None:
        """Whether an earlier phrase can be meant by `phrase`; None if that stands for no other."""
        lists, parts = self._known.lists, phrase.split()
        if phrase in {"they", "They"}:
            return lambda earlier: True
        if phrase in lists["pronouns"]:
            person = phrase in lists["person_pronouns"]
            return lambda earlier: self._is_person(earlier) == person
        if len(parts) == 2 and parts[0] in {"the", "The"}:
            noun = parts[1].lower()
            return lambda earlier: len(earlier) > len(phrase) and self._head(earlier) == noun
        return None

    def _head(self, phrase: str) -> str:
        """The noun of a noun phrase: its last word before a preposition."""
        words = self._known.phrases.words
        inner = words.prepositions | words.linked
        parts = pairwise([*phrase.split(), "of"])
        return next((a for a, b in parts if b in inner), phrase).lower()

    def _is_person(self, phrase: str) -> bool:
        """Does a noun phrase name one person (he, she) rather than a body (it)?"""
        parts = phrase.split()
        if {part.lower() for part in parts} & self._known.lists["persons"]:
            return True
        return parts[0] not in self._known.lists["determiners"] and parts[-1].istitle()

    def _is_anonymous(self, phrase: str, near: str) -> bool:
        """A source without a name that does not speak officially, or one that asked for it."""
        lists = self._known.lists
        heads = [word.text for word in words(phrase) if self._known.speaks(word.text)]
        unnamed = bool(heads) and heads[0].lower() in lists["anonymous"]
        named = unnamed and re.search(rf"{heads[-1]},? [A-Z]", phrase)
        asked = any(map(near.__contains__, lists["anonymity_phrases"]))
        return (unnamed and not named) or asked

    def _quotation(self, speech: _Speech, unit_end: int) -> Quotation:
        text, (start, end) = self._text, speech.speaker
        phrase = text[start:end]
        near = text[min(start, speech.place[0]) : unit_end + 120]
        return Quotation(
            *(*speech.place, text[slice(*speech.place)]),
            *(phrase, start, end, self._entity(start, end)),
            *(speech.verb, speech.direct, self._is_anonymous(phrase, near), speech.rule),
        )

    def _entity(self, start: int, end: int) -> str:
        """The entity that the speaker's noun phrase names, "" without one."""
        media = self._known.lists["media"].intersection(self._text[start:end].lower().split())
        speaking = [
            m
            for m in _between(self._mentions, start, end)
            if m.end <= end and m.rule != "compound"
            and not (m.type == "GPE" and media) and not _ASIDE.search(self._text[start : m.start])
        ]  # fmt: skip
        rank = {"PERSON": 0, "NORP": 0, "ORG": 1}
        best = min(speaking, key=lambda m: (rank.get(m.type, 2), m.start), default=None)
        return best.entity_id if best else ""


def _clause(tokens: list[str], first: int, last: int) -> Range:
    """The stretch of tokens without punctuation and conjunctions at its ends."""
    while first < last and tokens[first] in _LOOSE:
        first += 1
    while first < last and tokens[last - 1] in _LOOSE:
        last -= 1
    return first, last
