"""Quotations: what is said in an article, directly or indirectly, and who says it.

Rules over the words around a reporting verb, in the line of Pouliquen, Steinberger & Best (2007)
for direct and Krestel, Bergler & Witte (2008) for indirect speech: no parser and no model, so that
a reader can see why a speaker was chosen.
"""

import re
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, pairwise, takewhile
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
    lemma.  `anonymous`: a source without a name, of which more than one could speak (an official, a
    spokesman; not the minister, the army).  `rule`: how the speaker was found (see `Attribution`;
    also ``apposition``: "…" the group, which …, said; ``continued``: whole sentences in marks
    after or before the speaker's; ``introduced``: after a sentence on what the speaker did).
    `fragments`: places of words in marks within an indirect quotation, counted from its start.
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
    fragments: tuple[Span, ...] = ()

    def is_literal(self, start: int, end: int) -> bool:
        """Are the characters start:end of the text the speaker's own words, in marks?

        >>> [said] = find_quotations("The mayor said the old bridge was a “disgrace to all”.")
        >>> said.text, said.is_literal(38, 46), said.is_literal(19, 29)
        ('the old bridge was a “disgrace to all”', True, False)
        """
        marked = self.fragments if not self.direct else ((0, self.end - self.start),)
        return any(self.start + a <= start and end <= self.start + b for a, b in marked)


class _Speech(NamedTuple):
    place: Span
    speaker: Span
    verb: str
    direct: bool
    rule: str
    fragments: tuple[Span, ...] = ()


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
    r"(?:[^‘“”\"\n'’]|“[^“”\n]{1,300}”|\"[^\"\n]{1,300}\"|(?<=\w)['’](?=\w)"
    r"|(?<=s)['’](?=\s[a-z](?:[^‘\n'’]|(?<=\w)['’](?=\w)){0,300}['’](?!\w))"  # "the boys’ school"
    r"){1,1000})['’](?!\w)"
    r")"
)
_AGENTS = ("er", "or", "ist", "ian", "man")  # endings of nouns for those who do something
_ASIDE, _NEAR = (
    re.compile(rf"\b(?:{words})(?: the)? \Z")
    for words in ("in|near|to|with|by|at", "in|near|to|with|at")
)
_DASHES = frozenset("-–—")
_FEWEST = 3  # words of a clause that is reported, and one more
_SENTENCE = 30  # characters from which a passage in marks may be a sentence


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
    tokens = _plural_possessives([*tokens, *left])
    return _Unit(start, end, [token.text for token in tokens], [token[:2] for token in tokens])


def _plural_possessives(tokens: list[Word]) -> list[Word]:
    """Tokens, the apostrophe of "the dockers’ union" joined to its word."""
    joined: list[Word] = []
    for token in tokens:
        before = joined[-1] if joined else None
        if before and token.text in {"’", "'"} and before.text.endswith("s") and (
            before.end == token.start
        ):  # fmt: skip
            joined[-1] = Word(before.start, token.end, before.text + token.text)
        else:
            joined.append(token)
    return joined


class _Reader:
    """Reads a text unit by unit, and remembers who has spoken or was named."""

    def __init__(self, text: str, mentions: list[Mention], known: Reporting) -> None:
        self._text, self._mentions, self._known = text, mentions, known
        self._heard: list[Span] = []  # speakers, and subjects of sentences
        self._named: list[Span] = []  # persons
        self._before: Span | None = None  # who the sentence before speaks of
        self._last: _Speech | None = None
        self._open: list[Span] = []  # paragraphs in marks whose speaker comes with the next

    def read(self, unit: _Unit) -> list[Quotation]:
        """The quotations of the next unit."""
        alone = QUOTE in unit.tokens and not any(map(is_word, unit.tokens))
        speeches = self._alone(unit) if alone else self._in_sentence(unit)
        return [self._quotation(speech, unit.end) for speech in speeches]

    def _alone(self, unit: _Unit) -> list[_Speech]:
        """Passages in marks and nothing else: they go on with a speaker, or wait for the next."""
        places = [unit.places[i] for i, token in enumerate(unit.tokens) if token == QUOTE]
        if self._text[places[-1][1] : places[-1][1] + 1].isspace():
            self._open += places
            return []
        self._last = self._last or self._introduced(places[0])
        rule = "introduced" if self._last and self._last.rule == "introduced" else "continued"
        found = [self._last._replace(place=p, rule=rule) for p in places if self._last]
        self._last = found[-1]._replace(rule="continued") if found else None
        return self._opened(found) + found

    def _introduced(self, place: Span) -> _Speech | None:
        """A sentence in marks after one on what its speaker does ("Orme laughed. “…”")."""
        if not self._before or "\n" in self._text[self._before[0] : place[0]]:
            return None
        spoken = self._text[slice(*place)]
        whole = spoken[0].isupper() and spoken[-1] in ".!?…" and len(spoken.split()) > 2
        who = self._text[slice(*self._before)]
        human = self._is_person(who) or self._head(who) in self._known.lists["anonymous"]
        return _Speech(place, self._before, "say", True, "introduced") if whole and human else None

    def _opened(self, next_: list[_Speech]) -> list[_Speech]:
        """The paragraphs left open before a speech, or after the last one."""
        speech = next(iter(next_), self._last)
        opened = [speech._replace(place=p, rule="continued") for p in self._open if speech]
        self._open = []
        return opened

    def _in_sentence(self, unit: _Unit) -> list[_Speech]:
        """The speeches of a unit that has words outside quotation marks."""
        near = _between(self._mentions, unit.start, unit.end)
        persons = [m[:2] for m in near if m.type == "PERSON"]
        self._named = [*self._named[-_HEARD:], *persons]
        clauses = Clauses(unit.tokens, self._known)
        subject = self._subject(unit, clauses.opening_subject())
        self._heard = [*self._heard[-_HEARD:], *subject]
        attributed = not self._known.attributing.isdisjoint(unit.tokens)
        said = list(self._said(unit, clauses)) if attributed else []
        speeches = self._speeches(unit, clauses, said)
        direct = [speech for speech in speeches if speech.direct]
        opened = self._opened(direct)
        spoken = [one.speech((unit.start, unit.end), direct=True) for one in said[-1:]]
        self._last = next(iter(direct[-1:] or spoken), None)
        self._before = next(iter(subject or persons[-1:]), None)
        return opened + speeches

    def _subject(self, unit: _Unit, opening: Range) -> list[Span]:
        """Place of the name, or of the noun phrase that can speak, that opens a sentence."""
        first, last = opening
        phrase = unit.tokens[first:last]
        if any(map(self._known.speaks, phrase)):
            return [unit.span(opening)]
        name = list(takewhile(str.istitle, phrase))
        after = word_at(unit.tokens, first + len(name))
        if name and name[0] in self._known.lists["determiners"]:
            named = 1 < len(name) == len(phrase)
        else:
            named = len(name) > 1 or (name and self._is_name(name[0], after))
        return [unit.span((first, first + len(name)))] if named else []

    def _is_name(self, word: str, after: str) -> bool:
        """Does a name begin a sentence ("Dorn was"), not any word ("Asked", "Tears")?"""
        singular = word[-1] != "s" or after in {"was", "is", "has"}
        lists = self._known.lists
        closed = {word, word.lower()} & (lists["boundaries"] | lists["circumstances"])
        return singular and not closed and not word.endswith(("ed", "ing"))

    def _speeches(self, unit: _Unit, clauses: Clauses, said: list[_Said]) -> list[_Speech]:
        """What is said in a unit; marked words within an indirect quotation are part of it."""
        quotes = (i for i, token in enumerate(unit.tokens) if token == QUOTE)
        direct = list(filter(None, (self._direct(unit, clauses, i, said) for i in quotes)))
        indirect = [
            one.speech(place)._replace(fragments=_within(place, direct))
            for one in said
            if (place := self._reported(unit, clauses, one.by, said))
        ]
        parts = {
            (one.place[0] + start, one.place[0] + end)
            for one in indirect
            for start, end in one.fragments
        }
        return [one for one in direct if one.place not in parts] + indirect

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
        one = next(self._speakers(unit, clauses, quote, said), None)
        return one.speech(unit.places[quote], direct=True) if one else None

    def _speakers(
        self, unit: _Unit, clauses: Clauses, quote: int, said: list[_Said]
    ) -> Iterator[_Said]:
        """Who may have spoken a passage, the likeliest first."""
        gap = quote + 1 + (clauses.word(quote + 1) == ",")
        yield from (one for one in said if one.by.first == gap)
        yield from self._across_apposition(unit, clauses, gap, said)
        yield from (one for one in reversed(said) if one.by.last <= quote)
        if unit.tokens[0] != "Asked":
            after = (one for one in said if one.by.first > quote)
            turns = self._known.lists["turns"]
            yield from (one for one in after if turns.isdisjoint(unit.tokens[quote : one.by.first]))

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
        stop = next((i for i in range(start, stop) if self._is_own(unit, i)), stop)
        passed = (i for i in range(opening, one.first) if self._is_passed(unit, i))
        before = _clause(tokens, max((i + 1 for i in passed), default=opening), one.first)
        place = self._clause_of(one, tokens, before, _clause(tokens, start, stop))
        if place is None:
            return None
        start, end = unit.span(place)
        return start - (tokens[place[0]] == QUOTE), end + (tokens[place[1] - 1] == QUOTE)

    def _clause_of(
        self, one: Attribution, tokens: list[str], before: Range, after: Range
    ) -> Range | None:
        """Of the clauses before and after an attribution the one that is reported."""
        aside = self._aside_end(tokens, one)
        if aside is not None and self._is_predicate(word_at(tokens, aside + 1)):
            whole = tokens[slice(*before)] + tokens[aside + 1 : after[1]]
            return (aside + 1, after[1]) if self._is_clause(one, whole) else None
        follows = self._follows(one, tokens[slice(*after)], aside == one.last)
        place = after if follows else before
        return place if self._is_clause(one, tokens[slice(*place)]) else None

    def _aside_end(self, tokens: list[str], one: Attribution) -> int | None:
        """The comma that closes an attribution between commas (", Orme said on Monday,")."""
        last = one.last
        if word_at(tokens, one.first - 1) != ",":
            return None
        if self._known.opens_circumstance(tokens[last:], word_at(tokens, last)):
            last = next((i for i in range(last, last + 6) if word_at(tokens, i) == ","), last)
        return last if word_at(tokens, last) == "," else None

    def _is_predicate(self, word: str) -> bool:
        """Does a word go on with a subject before an aside ("The levy, Orme said, would rise")?"""
        return word in self._known.finite or (len(word) > 3 and word.endswith("ed"))

    def _is_clause(self, one: Attribution, content: list[str]) -> bool:
        """Is it enough for a clause, not words that name something (to call the act "a crime")?"""
        fragments = content.count(QUOTE)
        if fragments and one.verb in self._known.lists["with_object"] and not one.that:
            return False
        n_words = sum(token[0].isalnum() for token in content)
        return n_words > (1 if fragments and content[0] != QUOTE else _FEWEST)

    def _is_passed(self, unit: _Unit, i: int) -> bool:
        """Does a reported clause begin behind token `i`, a dateline's dash or words in marks?"""
        tokens = unit.tokens
        ends = tokens[0].isupper() and (tokens[i - 1] == ")" or tokens[i - 1].isupper())
        return (ends and tokens[i] in _DASHES) or self._is_own(unit, i)

    def _is_own(self, unit: _Unit, i: int) -> bool:
        """Is token `i` a sentence in marks, or the rest of one (…, “but we have won the match”)?"""
        start, end = unit.places[i]
        begins = word_at(unit.tokens, i - 1) in {",", ":"} or self._text[start].isupper()
        return unit.tokens[i] == QUOTE and begins and end - start > _SENTENCE

    def _follows(self, one: Attribution, after: list[str], aside: bool) -> bool:
        """Does what is reported stand behind its attribution (an `aside` between commas)?"""
        if one.verb == "according to":
            return one.first == 0
        if aside and not one.that:
            return False
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
        latest = (
            sorted(found, key=itemgetter(1), reverse=True) for found in (self._heard, self._named)
        )
        for start, end in chain.from_iterable(latest) if fits else ():
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
        lists = self._known.lists
        if {part.lower() for part in parts} & lists["persons"]:
            return True
        head = self._head(phrase).split()[-1]
        if head.endswith(_AGENTS) and head not in lists["official"] | lists["media"]:
            return True
        return parts[0] not in lists["determiners"] and parts[-1].istitle()

    def _is_anonymous(self, phrase: str, near: str) -> bool:
        """A source without a name that does not speak officially, or one that asked for it."""
        lists = self._known.lists
        heads = [word.text for word in words(phrase) if self._known.speaks(word.text)]
        noun = self._head(phrase).split()[
            -1
        ]  # "a company spokesman", "a spokesman for the company"
        who = noun if self._known.speaks(noun) else next(iter(heads), "").lower()
        unnamed = who in lists["anonymous"]
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
            speech.fragments,
        )

    def _entity(self, start: int, end: int) -> str:
        """The entity that the speaker's noun phrase names, "" without one."""
        nouns = set(self._text[start:end].lower().split())
        lists = self._known.lists
        media = not nouns.isdisjoint(lists["media"])
        aside = _ASIDE if nouns.isdisjoint(lists["texts"]) else _NEAR  # "a statement by the army"
        speaking = [
            m
            for m in _between(self._mentions, start, end)
            if m.end <= end and m.rule != "compound"
            and not (m.type == "GPE" and media) and not aside.search(self._text[start : m.start])
        ]  # fmt: skip
        rank = {"PERSON": 0, "NORP": 0, "ORG": 1}
        best = min(speaking, key=lambda m: (rank.get(m.type, 2), m.start), default=None)
        return best.entity_id if best else ""


def _within(place: Span, direct: list[_Speech]) -> tuple[Span, ...]:
    """Places of the passages in `place`, counted from its start."""
    first, last = place
    inside = [a.place for a in direct if first <= a.place[0] and a.place[1] <= last]
    return tuple((start - first, end - first) for start, end in inside)


def _clause(tokens: list[str], first: int, last: int) -> Range:
    """The stretch of tokens without punctuation and conjunctions at its ends."""
    while first < last and tokens[first] in _LOOSE:
        first += 1
    while first < last and tokens[last - 1] in _LOOSE:
        last -= 1
    return first, last
