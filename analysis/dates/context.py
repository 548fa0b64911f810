"""What the temporal tagger knows when it resolves a match: the text, tense and dates before."""

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cached_property, lru_cache, partial
from typing import Any, NamedTuple

from analysis.dates.time_words import TimeLexicon, TimeWord
from analysis.dates.values import Span, at_unit, interval, unit_of


class Reading(NamedTuple):
    """What a time expression says. `tokens` is the part of the match it covers (default: all)."""

    type: str
    value: str | None
    anchor: str = "absolute"
    mod: str | None = None
    span: Span | None = None
    tokens: tuple[int, int] | None = None
    base: bool = True  # whether later expressions may be counted from it


# A full stop ends no sentence after one letter ("a.m.", "U.S.") or a title or a short month.
_SENTENCE_END = re.compile(
    r"[.!?\n](?:(?<=\n)\s*\n"
    r"|(?<!\n)(?<![.\s][A-Za-z]\.)(?<!Mr\.|Dr\.|St\.|Lt\.|Ms\.)(?<!Sept\.|Capt\.)"
    r"(?<!Mrs\.|Gen\.|Sen\.|Rep\.|Gov\.|Col\.|Sgt\.|Adm\.|Rev\.|Maj\.|Jan\.|Feb\.|Mar\.|Apr\.)"
    r"(?<!Aug\.|Oct\.|Nov\.|Dec\.)[)'\"”’]*\s+(?=[A-Z\"'`“‘]))"
)


_PARAGRAPH_END = re.compile(r"\n\s*\n|(?<=[.!?\"'”’)])[^\S\n]*\n")
_QUOTE = re.compile('["“”]')


class Text:
    """A text, and what its words tell whatever the publication date.

    That is sentences, paragraphs, quoted speech, tense, and which years are named in passing.
    """

    def __init__(self, text: str, low: str, known: TimeLexicon):
        self.text, self.low, self.known = text, low, known
        self._cues_known: dict[int, list[tuple[int, str]]] = {}

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [match.end() for match in _SENTENCE_END.finditer(self.text)]

    def sentence(self, place: int) -> int:
        """Number of the sentence that holds a place."""
        return bisect_right(self._sentence_ends, place)

    @cached_property
    def _paragraph_ends(self) -> list[int]:
        return [match.end() for match in _PARAGRAPH_END.finditer(self.text)]

    def paragraph(self, place: int) -> int:
        """Number of the paragraph that holds a place."""
        return bisect_right(self._paragraph_ends, place)

    @cached_property
    def _quotes(self) -> list[int]:
        return [match.start() for match in _QUOTE.finditer(self.text)]

    def quotation(self, place: int) -> int | None:
        """Where the quotation begins that holds a place, as far as its paragraph tells."""
        number = self.paragraph(place)
        first = self._paragraph_ends[number - 1] if number else 0
        before = self._quotes[bisect_left(self._quotes, first) : bisect_left(self._quotes, place)]
        return before[-1] if len(before) % 2 else None

    def is_after(self, name: str, place: int) -> bool:
        """Whether a `contexts` expression of the lexicon fits the 40 characters before a place."""
        before = self.low[max(0, place - 40) : place]
        return bool(self.known.contexts[name].search(before))

    def is_in_passing(self, start: int, end: int, is_day: bool) -> bool:
        """Whether a date is no part of what is told, as in "the largest since 1973".

        What is told has a day, or its date stands before the verb or at the end of its clause;
        "a law passed in 1987 bars this" names a year in passing, and so does a relative clause.
        """
        contexts, number = self.known.contexts, self.sentence(start)
        first = max(self._sentence_ends[number - 1] if number else 0, start - 200)
        if contexts["in_passing_before"].search(self.low, first, start):
            return True
        clause = max(
            (m.end() for m in contexts["clause_begin"].finditer(self.low, first, start)), default=0
        )
        in_front = not any(
            clause <= place < start and kind != "open" for place, kind in self._cues(number)
        )
        return not (is_day or in_front or contexts["clause_end"].match(self.low, end))

    def is_past_perfect(self, place: int) -> bool:
        """Whether the sentence says before a place what "had been" at the time told of."""
        number = self.sentence(place)
        first = self._sentence_ends[number - 1] if number else 0
        return bool(
            self.known.contexts["past_perfect"].search(self.low, max(first, place - 200), place)
        )

    def _cues(self, number: int) -> list[tuple[int, str]]:
        """Where verbs that tell the tense stand in a sentence, and what they tell."""
        if number not in self._cues_known:
            ends = [0, *self._sentence_ends[max(number - 1, 0) : number + 1], len(self.low)]
            first, last = ends[number > 0 : (number > 0) + 2]
            verbs = self.known.contexts["verbs"].finditer(self.low, first, last)
            told = ((m.start(), _cue(self.known, m[0])) for m in verbs)
            undertaken = self.known.contexts["undertaking"].finditer(self.low, first, last)
            to_come = ((m.start("what"), "future") for m in undertaken)
            aims = self.known.contexts["aim"].finditer(self.text, first, last)
            left_open = ((m.start(), "open") for m in aims)
            cues = {place: kind for place, kind in (*left_open, *told, *to_come) if kind}
            self._cues_known[number] = sorted(cues.items())
        return self._cues_known[number]

    def tense(self, start: int, end: int) -> str | None:
        """past, future, open or None, by the nearest verb of the sentence: before, else after.

        It is open where an infinitive, a modal verb or "if" follows a verb in the past.
        """
        before, context = self.low[max(0, start - 40) : start], self.known.contexts
        if context["timetable"].search(before):
            return "future"
        if context["possessive"].match(self.low, end):
            return None
        cues = self._cues(self.sentence(start))
        verbs = [cue for cue in cues if cue[1] != "open"]
        if not verbs and context["infinitive"].search(before):
            return "future"  # headlines: "Doctors to resume strike on Monday"
        if kind := _nearest(cues, start):
            return "future" if context["until"].search(before) else kind
        return next((k for p, k in verbs if end <= p < end + 200), None)


def _nearest(cues: list[tuple[int, str]], start: int) -> str | None:
    """What the last verb in the 200 characters before a place tells."""
    near = [kind for place, kind in cues if start - 200 < place < start]
    told = next((kind for kind in reversed(near) if kind != "open"), None)
    return "open" if told == "past" and near[-1] == "open" else told


@lru_cache(maxsize=20_000)
def _cue(known: TimeLexicon, words: str) -> str | None:
    is_be = words.startswith("be") and words[2:3].isspace()
    if is_be and not known.contexts["to_come"].search(words):
        return None  # "be held": the modal before it tells
    if len(words.split()) > 1:
        return "past" if words.startswith("had") else "future"
    kind = known.tenses.get(words.replace("’", "'"))
    if kind is None and len(words) > 3 and words.endswith("ed"):
        return "past"
    return None if kind == "not_past" else kind


class Told(NamedTuple):
    """A date with a year, or one that goes on from it, and where it was told."""

    value: str
    place: int


class Context:
    """What is known about a text while it is read from front to back, and about the match at hand.

    `published` is the publication date; `history` the values mentioned so far; `recent` the last
    one where it stands in the sentence of the match or the one before; `narrative_year` the year
    last mentioned if the text is a history, at its beginning the first one (`narrative`); `told`
    the date the paragraph tells of.
    """

    def __init__(self, text: Text, published: dt.date, narrative: int | None):
        self.published = published
        self.history: list[str] = []
        self._told: Told | None = None
        self._last_day: Told | None = None
        self._news = -1  # the last sentence with a date counted from that of publication
        self.text, self._narrative = text, narrative
        self._start = self._end = self._last_place = 0

    def move(self, start: int, end: int) -> None:
        """Turn to the match at these offsets."""
        self._start, self._end = start, end

    def add(self, reading: Reading, start: int, end: int) -> None:
        """Remember a date that was mentioned, in a history not one long after it."""
        unit, value = unit_of(reading.value or ""), (reading.value or "").split("T")[0]
        if not reading.base or not unit:
            return
        in_passing = partial(self.text.is_in_passing, start, end, unit == "D")
        if reading.type == "DATE" or reading.anchor == "published":
            self._tell(Told(value, start), reading.anchor, in_passing)
        if self._narrative and value == at_unit(self.published, "D"):
            return
        if self._narrative and reading.anchor == "absolute" and in_passing():
            return
        self.history.append(value)
        self._last_place = end
        if unit == "D":
            self._last_day = Told(value, start)

    def _tell(self, told: Told, anchor: str, in_passing: Callable[[], bool]) -> None:
        """A year begins what is told; what is counted from the publication date ends it."""
        sentence = self.text.sentence(told.place)
        if anchor == "published":
            self._told, self._news = None, sentence
        elif unit_of(told.value) not in {"D", "M", "Y"} or self._news == sentence:
            return
        elif self._told if anchor == "previous" else not in_passing():
            self._told = told

    @property
    def told(self) -> str | None:
        """The date told of in this paragraph, from which a day without a year goes on."""
        text, start = self.text, self._start
        if not self._told or text.paragraph(start) != text.paragraph(self._told.place):
            return None
        goes_on = text.sentence(start) - text.sentence(self._told.place) <= 2
        same_voice = text.quotation(start) == text.quotation(self._told.place)
        to_come = self.tense() == "future" and not self.is_after("until")
        is_news = to_come or self.is_after("since")
        return self._told.value if goes_on and same_voice and not is_news else None

    @property
    def is_set_for_a_day(self) -> bool:
        """Whether it is the date of an election or the like, or something goes on until it."""
        return any(map(self.is_after, ("event_before", "until"))) or self.is_before("event_after")

    @property
    def is_past_perfect(self) -> bool:
        return self.text.is_past_perfect(self._start)

    def is_after(self, name: str) -> bool:
        """Whether a `contexts` expression of the lexicon fits the 40 characters before."""
        return self.text.is_after(name, self._start)

    def is_before(self, name: str) -> bool:
        """Whether a `contexts` expression of the lexicon fits the text after the match."""
        return bool(self.text.known.contexts[name].match(self.text.low, self._end))

    def tense(self) -> str | None:
        return self.text.tense(self._start, self._end)

    @property
    def narrative_year(self) -> int | None:
        year = self.history[-1][:4] if self._narrative and self.history else ""
        return int(year) if len(year) == 4 and year.isdecimal() else self._narrative

    @property
    def recent(self) -> str | None:
        if not self.history or self._start - self._last_place > 300:
            return None
        passed = self.text.sentence(self._start) - self.text.sentence(self._last_place)
        return self.history[-1] if passed < 2 else None

    def day(self) -> str:
        """The day a time of day belongs to: the one just mentioned, else that of publication."""
        if last := self._last_day:
            passed = self.text.sentence(self._start) - self.text.sentence(last.place)
            is_news = abs((self.published - interval(last.value)[0]).days) <= 7
            if passed < (3 if is_news else 2):
                return last.value
        return self.last("D") if self.narrative_year else at_unit(self.published, "D")

    def last(self, *units: str) -> str:
        """The last mentioned date as fine as one of `units`, else the publication date."""
        for value in reversed(self.history[-4:]):
            if not units or unit_of(value) in units:
                return value
        return at_unit(self.published, "D")


class Groups:
    """The named elements of a match, and its tokens by tag (names in upper case)."""

    def __init__(
        self, tokens: list[TimeWord], groups: dict[str, tuple[int, int]], known: TimeLexicon
    ):
        self._tokens, self._groups, self._known = tokens, groups, known
        self._found = {token.tag: token for token in reversed(tokens) if token.tag.isupper()}
        for name, (first, _) in groups.items():
            self._found[name] = tokens[first]

    def _find(self, name: str) -> TimeWord | None:
        token = self._found.get(name)
        if token is None and (tags := self._known.groups.get(name)):
            return min(filter(None, map(self._found.get, tags)), default=None)
        return token

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    def where(self, name: str) -> tuple[int, int]:
        """The tokens of a named element, first and after the last."""
        if name in self._groups:
            return self._groups[name]
        place = self._tokens.index(self._find(name))
        return place, place + 1

    def places(self, name: str) -> list[tuple[int, Any]]:
        """Index and value of every token that a name in a pattern stands for."""
        tags = self._known.groups[name]
        return [(i, token.value) for i, token in enumerate(self._tokens) if token.tag in tags]

    def part(self, name: str) -> "Groups":
        """The tokens of a named element alone."""
        first, last = self._groups[name]
        return Groups(self._tokens[first:last], {}, self._known)

    def value(self, name: str, default: Any = None) -> Any:
        """The value of a named element, or of the first token with a tag of that name."""
        token = self._find(name)
        return default if token is None or token.value is None else token.value

    def length(self, name: str) -> int:
        """Characters of a named element."""
        token = self._find(name)
        return token.end - token.start if token else 0

    def tag(self, name: str) -> str | None:
        token = self._find(name)
        return token.tag if token else None

    def words(self, name: str = "") -> str:
        """The words of a named element, or of the whole match."""
        if name not in self:
            return ""
        first, last = self.where(name)
        return " ".join(token.word for token in self._tokens[first:last])
