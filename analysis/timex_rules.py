"""Resolving rules of the temporal tagger: what the patterns of `lexicons/dates.yml` stand for.

A function marked `@resolver` is called for the patterns listed under its name, with the context and
the named elements of the match. It returns a `Reading` (or several, with the tokens each covers),
or None when the words do not name a time; then the next pattern is tried.
"""

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from typing import Any, NamedTuple

from analysis.lexicons import load
from analysis.timex_values import (
    DAY,
    Span,
    add,
    at_unit,
    duration,
    holiday,
    interval,
    narrow,
    shift,
    unit_of,
    week_of,
)
from analysis.timex_words import Token, vocabulary


class Reading(NamedTuple):
    """What a time expression says. `tokens` is the part of the match it covers (default: all)."""

    type: str
    value: str
    anchor: str = "absolute"
    mod: str | None = None
    span: Span | None = None
    tokens: tuple[int, int] | None = None
    base: bool = True  # whether later expressions may be counted from it


class Text:
    """A text, and what its words tell whatever the publication date: sentences and tense."""

    def __init__(self, text: str, low: str):
        self.text, self.low = text, low
        self._cues_known: dict[int, list[tuple[int, str]]] = {}
        self._tenses: dict[tuple[int, int], str | None] = {}

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [match.end() for match in _SENTENCE_END.finditer(self.text)]

    def sentence(self, place: int) -> int:
        """Number of the sentence that holds a place."""
        return bisect_right(self._sentence_ends, place)

    def _cues(self, number: int) -> list[tuple[int, str]]:
        """Where verbs that tell the tense stand in a sentence, and what they tell."""
        if number not in self._cues_known:
            ends = [0, *self._sentence_ends[max(number - 1, 0) : number + 1], len(self.low)]
            first, last = ends[number > 0 : (number > 0) + 2]
            found = [(m.start(), _cue(m[0])) for m in _CUE.finditer(self.low, first, last)]
            self._cues_known[number] = [(place, kind) for place, kind in found if kind]
        return self._cues_known[number]

    def tense(self, start: int, end: int) -> str | None:
        """past, future or None, by the nearest verb of the sentence: before, else after."""
        if (start, end) not in self._tenses:
            self._tenses[start, end] = self._tense(start, end)
        return self._tenses[start, end]

    def _tense(self, start: int, end: int) -> str | None:
        before = self.low[max(0, start - 40) : start]
        cues = self._cues(self.sentence(start))
        if _TIMETABLE.search(before):
            return "future"
        if _POSSESSIVE.match(self.low, end):
            return None
        if not cues and _INFINITIVE.search(before):
            return "future"  # headlines: "Doctors to resume strike on Monday"
        here = bisect_left(cues, (start,))
        if here and start - cues[here - 1][0] < 200:
            return "future" if _UNTIL.search(before) else cues[here - 1][1]
        after = bisect_left(cues, (end,))
        return cues[after][1] if after < len(cues) and cues[after][0] - end < 200 else None


class Context:
    """What is known about a text while it is read from front to back, and about the match at hand.

    `published` is the publication date; `history` the values mentioned so far; `recent` the last
    one where it stands in the sentence of the match or the one before; `narrative_year` the year
    last mentioned if the text is a history, at its beginning the first one (`narrative`).
    """

    def __init__(self, text: Text, published: dt.date, narrative: int | None):
        self.published = published
        self.history: list[str] = []
        self._text, self._narrative = text, narrative
        self._start = self._end = self._last_place = 0

    def move(self, start: int, end: int) -> None:
        """Turn to the match at these offsets."""
        self._start, self._end = start, end

    def add(self, value: str, end: int) -> None:
        """Remember a date that was mentioned."""
        self.history.append(value)
        self._last_place = end

    def before(self) -> str:
        """The 40 characters before the match, in lower case."""
        return self._text.low[max(0, self._start - 40) : self._start]

    def after(self) -> str:
        return self._text.low[self._end : self._end + 20]

    @property
    def informal(self) -> bool:
        """Whether the match is in a short message, which tells of what is to come."""
        return len(self._text.text) < 160 and self._text.text[self._start].islower()

    def tense(self) -> str | None:
        return self._text.tense(self._start, self._end)

    @property
    def narrative_year(self) -> int | None:
        year = self.history[-1][:4] if self._narrative and self.history else ""
        return int(year) if len(year) == 4 and year.isdecimal() else self._narrative

    @property
    def recent(self) -> str | None:
        if not self.history or self._start - self._last_place > 300:
            return None
        passed = self._text.sentence(self._start) - self._text.sentence(self._last_place)
        return self.history[-1] if passed < 2 else None

    def day(self) -> str:
        """The day a time of day belongs to: the one just mentioned, else that of publication."""
        near = self.recent
        return near if near and unit_of(near) == "D" else at_unit(self.published, "D")

    def last(self, *units: str) -> str:
        """The last mentioned date as fine as one of `units`, else the publication date."""
        for value in reversed(self.history[-4:]):
            if not units or unit_of(value) in units:
                return value
        return at_unit(self.published, "D")


class Groups:
    """The named elements of a match."""

    def __init__(self, tokens: list[Token], groups: dict[str, tuple[int, int]]):
        self._tokens, self._groups = tokens, groups

    def __contains__(self, name: str) -> bool:
        return self._find(name) is not None

    def where(self, name: str) -> tuple[int, int]:
        if name in self._groups:
            return self._groups[name]
        place = self._tokens.index(self._find(name))
        return place, place + 1

    def _find(self, name: str) -> Token | None:
        if name in self._groups:
            return self._tokens[self._groups[name][0]]
        if name.isupper():
            tags = vocabulary().groups.get(name, (name,))
            for token in self._tokens:
                if token.tag in tags:
                    return token
        return None

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

    def words(self, name: str) -> str:
        if name not in self:
            return ""
        first, last = self.where(name)
        return " ".join(token.word for token in self._tokens[first:last])


Resolver = Callable[[Context, Groups], Any]
RESOLVERS: dict[str, Resolver] = {}


def resolver(function: Resolver) -> Resolver:
    """Register a function under its name for the patterns of the lexicon listed there."""
    RESOLVERS[function.__name__] = function
    return function


# --- tense ---------------------------------------------------------------------------------------

# A full stop ends no sentence after one letter ("a.m.", "U.S.") or a title or a short month.
_SENTENCE_END = re.compile(
    r"(?:\.(?<![.\s][A-Za-z]\.)(?<!Mr\.|Dr\.|St\.|Lt\.|Ms\.)(?<!Sept\.|Capt\.)"
    r"(?<!Mrs\.|Gen\.|Sen\.|Rep\.|Gov\.|Col\.|Sgt\.|Adm\.|Rev\.|Maj\.|Jan\.|Feb\.|Mar\.|Apr\.)"
    r"(?<!Aug\.|Oct\.|Nov\.|Dec\.)"
    r"|[!?])[)'\"”’]*\s+(?=[A-Z\"'`“‘])|\n\s*\n"
)
_CUE = re.compile(
    r"[cfgj-oquxyz][a-z]*"  # no phrase below begins so
    r"|['’]ll\b|\b(?:had\s+(?:[a-z]+ly\s+)?been\s+(?:due|set|scheduled|expected|planned)(?:\s+to)?\b"
    r"|(?:is|are|was|were|be)\s+(?:to|going|due|set|scheduled|likely)\b|to\s+be\b"
    r"|(?:set|due|ready|plans?|planning|planned|hopes?|expected|scheduled|vowed|agreed"
    r"|threatened|promised|pledged)\s+(?:to|for)\b"
    r"|plan(?:s|ned)?\s+(?:an?|the)\b|as\s+soon\s+as\b|be(?:\s+[a-z]+ly)?\s+[a-z]+)|[a-z]+"
)
_UNTIL = re.compile(
    r"\b(?:until|till|by)\s+(?:\d[\d:]*\s*[ap]\.?m\.?\s+(?:[a-z]{2,4}\s+)?(?:on\s+)?)?$"
)


_TIMETABLE = re.compile(
    r"\b(?:(?:is|are|starts?|begins?|opens?|closes?|resumes?|reopens?)\s+(?:(?:at|on|for)\s+)?"
    r"(?:\d[\d:.]*\s*[ap]\.?m\.?\s+(?:on\s+)?)?|(?:ahead\s+of|in\s+time\s+for)\s+)$"
)
_POSSESSIVE = re.compile(r"['’]s\b")
_INFINITIVE = re.compile(r"\bto\s+[a-z]{3,}\b")


@cache
def _tense_words() -> dict[str, str]:
    tense = load("dates")["tense"]
    return {w: kind for kind in ("not_past", "past", "future") for w in tense[kind]}


_FUTURE_PARTICIPLES = (" to", " going", " due", " set", " scheduled", " likely")


@lru_cache(maxsize=20_000)
def _cue(words: str) -> str | None:
    if words.startswith("be") and words[2:3].isspace() and not words.endswith(_FUTURE_PARTICIPLES):
        return None  # "be held": the modal before it tells
    if len(words.split()) > 1:
        return "past" if words.startswith("had") else "future"
    kind = _tense_words().get(words.replace("’", "'"))
    if kind is None and len(words) > 3 and words.endswith("ed"):
        return "past"
    return None if kind == "not_past" else kind


# --- absolute dates -----------------------------------------------------------------------------


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except (TypeError, ValueError):  # "May 7.5" is no day
        return None


def _closest(ctx: Context, spans: list[tuple[Span, str]]) -> str:
    """Of the same date in several years, the one that distance and tense speak for.

    One that is five times nearer than the other is meant whatever the tense (writers name the
    year of a date nearly a year away); else the past tense takes the last one gone by, the future
    tense the next one to come. Without either it is the last one, as news tells of what was,
    unless the next one is twice as near.
    """
    gone = [(span, value) for span, value in spans if span[0] <= ctx.published]
    ahead = [(span, value) for span, value in spans if span[1] >= ctx.published]
    if not gone or not ahead:
        return (gone or ahead)[-1][1]
    back = max((ctx.published - gone[-1][0][1]).days, 0)
    forth = max((ahead[0][0][0] - ctx.published).days, 0)
    tense = ctx.tense()
    if re.search(r"\bsince\s+$", ctx.before()):
        return gone[-1][1]
    if 5 * min(back, forth) > max(back, forth) and tense:
        return gone[-1][1] if tense == "past" else ahead[0][1]
    return gone[-1][1] if back <= 2 * forth else ahead[0][1]


def _in_some_year(ctx: Context, make: Callable[[int], str | None]) -> str | None:
    """The value `make(year)` for the year the text is in: of the narrative, or by tense."""
    if ctx.narrative_year:
        value = make(ctx.narrative_year)
        last, span = interval(ctx.last()), interval(value) if value else None
        if last and span and (last[0] - span[0]).days > 183:
            return make(ctx.narrative_year + 1) or value
        return value
    years = range(ctx.published.year - 4, ctx.published.year + 5)
    values = [value for year in years if (value := make(year))]
    spans = [(span, value) for value in values if (span := interval(value))]
    window = [s for s in spans if abs((s[0][0] - ctx.published).days) < 370] or spans
    return _closest(ctx, window) if window else None


@resolver
def written_in_digits(ctx: Context, g: Groups) -> Reading | None:
    return Reading("DATE", g.value(""))


@resolver
def day_of_month(ctx: Context, g: Groups) -> Reading | None:
    month, day = g.value("MONTH"), g.value("day")
    if "rel" in g:
        return _relative(ctx, g.words("rel"), lambda y: _date(y, month, day))
    return _day_of_month(ctx, month, day, g.value("year"))


def _day_of_month(
    ctx: Context, month: int, day: int, year: int | None, tokens: tuple[int, int] | None = None
) -> Reading | None:
    if year is not None:
        value, anchor = _date(year, month, day), "absolute"
    else:
        value = _in_some_year(ctx, lambda y: _date(y, month, day))
        anchor = "previous" if ctx.narrative_year else "published"
    return Reading("DATE", value, anchor, tokens=tokens) if value else None


@resolver
def days_after_month(ctx: Context, g: Groups) -> list[Reading | None] | None:
    """As in "April 3-5": one expression a day, as in TimeBank."""
    first, last, month, year = g.value("day"), g.value("to"), g.value("MONTH"), g.value("year")
    if last <= first:
        return None
    end = g.where("year")[1] if year is not None else g.where("to")[1]
    return [
        _day_of_month(ctx, month, first, year, (g.where("MONTH")[0], g.where("day")[1])),
        _day_of_month(ctx, month, last, year, (g.where("to")[0], end)),
    ]


@resolver
def days_before_month(ctx: Context, g: Groups) -> list[Reading | None] | None:
    first, last, month, year = g.value("day"), g.value("to"), g.value("MONTH"), g.value("year")
    if last <= first:
        return None
    end = g.where("year")[1] if year is not None else g.where("MONTH")[1]
    return [
        _day_of_month(ctx, month, first, year, g.where("day")),
        _day_of_month(ctx, month, last, year, (g.where("to")[0], end)),
    ]


@resolver
def days_to_day(ctx: Context, g: Groups) -> list[Reading | None]:
    """As in "from 10 May to 22 June 1940", "May to June 1940": the year is that of both."""
    month, end, year = g.value("MONTH"), g.value("end"), g.value("year")
    first, last = g.value("day"), g.value("to")
    begin = year - (month > end)
    starts = (g.where("MONTH"), g.where("day")) if first else (g.where("MONTH"),)
    stops = (g.where("end"), g.where("year"), g.where("to") if last else g.where("end"))
    head = (min(w[0] for w in starts), max(w[1] for w in starts))
    tail = (min(w[0] for w in stops), max(w[1] for w in stops))
    if first is None:
        return [
            Reading("DATE", f"{begin:04}-{month:02}", tokens=head),
            Reading("DATE", f"{year:04}-{end:02}", tokens=tail),
        ]
    return [
        _day_of_month(ctx, month, first, begin, head),
        _day_of_month(ctx, end, last, year, tail),
    ]


_ON = re.compile(r"\b(?:on|by|before|until|till|til|since|from|for|is|was|due)\s+$")


@resolver
def day_and_month(ctx: Context, g: Groups) -> Reading | None:
    """As in "on 10/3": in either order, whichever is nearer to the publication date."""
    first, second = g.value("first"), g.value("second")
    if not ("WEEKDAY" in g or _ON.search(ctx.before())):
        return None
    year = ctx.published.year
    both = [(y, *o) for y in (year - 1, year, year + 1) for o in ((first, second), (second, first))]
    days = [value for order in both if (value := _date(*order))]
    if not days:
        return None
    near = min(days, key=lambda d: abs((dt.date.fromisoformat(d) - ctx.published).days))
    return Reading("DATE", near, "published")


@resolver
def day_alone(ctx: Context, g: Groups) -> Reading | None:
    """As in "on the 12th": of the month of the last date, and not "on the 12th floor"."""
    last = ctx.last("D", "M")
    if not _NO_NOUN.match(ctx.after()) and not (ctx.narrative_year and _PEOPLE.match(ctx.after())):
        return None
    value = _date(int(last[:4]), int(last[5:7]), g.value("NTH"))
    return Reading("DATE", value, "previous", tokens=(1, 3)) if value else None


@resolver
def month_of_year(ctx: Context, g: Groups) -> Reading | None:
    if "UNIT" in g and g.value("UNIT") != "Y":
        return None
    year, anchor = g.value("year"), "absolute"
    if year is None:
        year, anchor = _relative_year(ctx, g.words("rel"))
    return Reading("DATE", f"{year:04}-{g.value('MONTH'):02}", anchor)


def _relative_year(ctx: Context, rel: str) -> tuple[int, str]:
    """ "last", "this", "next" year from publication; "that", "following" ... from the last date."""
    step = {"last": -1, "previous": -1, "next": 1, "following": 1}.get(rel, 0)
    if rel in {"last", "this", "next"} or not (last := interval(ctx.last())):
        return ctx.published.year + step, "published"
    return last[0].year + step, "previous"


@resolver
def bare_month(ctx: Context, g: Groups) -> Reading | None:
    value = _in_some_year(ctx, lambda y: f"{y:04}-{g.value('MONTH'):02}")
    return Reading("DATE", value, "previous" if ctx.narrative_year else "published")


@resolver
def year(ctx: Context, g: Groups) -> Reading | None:
    number = next(v for v in (g.value("YEAR"), g.value("YY"), g.value("NUM")) if v is not None)
    if not 1000 <= number < 2200:
        return None
    if g.words("").endswith("quarter"):
        return Reading("DATE", f"{number:04}{_quarter_at_hand(ctx)[4:]}")
    return Reading("DATE", f"{number:04}")


@resolver
def year_of_era(ctx: Context, g: Groups) -> Reading:
    """As in "390 BC", "AD 70"; TIMEX2 writes BC0390 and 0070."""
    return Reading("DATE", f"{g.value('era').replace('AD', '')}{int(g.value('number')):04}")


@resolver
def years(ctx: Context, g: Groups) -> list[Reading] | None:
    """As in "1989-90"."""
    first, last = g.value("from"), g.value("to") % 100
    if last != (first + 1) % 100 and not first % 100 < last < 100:
        return None
    last += first // 100 * 100 + (100 if last < first % 100 else 0)
    return [
        Reading("DATE", f"{first:04}", tokens=g.where("from")),
        Reading("DATE", f"{last:04}", tokens=g.where("to")),
    ]


@resolver
def decade(ctx: Context, g: Groups) -> Reading:
    value = g.value("DECADE")
    if isinstance(value, int):  # "the nineties": of the last century that had them
        century = (ctx.published.year - 10 * value) // 100
        value = f"{century}{value}"
    return Reading("DATE", value)


@resolver
def numbered_unit(ctx: Context, g: Groups) -> Reading | None:
    """As in "the 20th century", "the second quarter" (of the year at hand)."""
    unit, number = g.value("UNIT"), g.value("ORD")
    era = g.value("era", "")
    if unit == "C" and (number > 5 or era or g.tag("ORD") == "NTH"):
        return Reading("DATE", f"{era.replace('AD', '')}{number - 1:02}")
    if unit == "Q" and number <= 4:
        return _quarter(ctx, number, None)
    return None


def _quarter(ctx: Context, number: int, year: int | None) -> Reading:
    """Without a year: the one at hand or gone by within three quarters, or the next to come."""
    if year is not None:
        return Reading("DATE", f"{year:04}-Q{number}")
    now = ctx.published.year * 4 + (ctx.published.month - 1) // 3
    back = (now - (number - 1)) % 4
    index = now + 1 if back == 3 and ctx.tense() == "future" else now - back
    return Reading("DATE", f"{index // 4:04}-Q{number}", "published")


@resolver
def quarter(ctx: Context, g: Groups) -> Reading | None:
    if g.value("ORD") > 4:
        return None
    year = g.value("YEAR")
    if g.words("rel") in {"last", "this", "next"}:
        year = ctx.published.year + {"last": -1, "this": 0, "next": 1}[g.words("rel")]
    return _quarter(ctx, g.value("ORD"), year)


@resolver
def part_of_month(ctx: Context, g: Groups) -> Reading | None:
    """As in "the first week of May", "the last day of March", "the second half of June"."""
    year, month = g.value("year"), g.value("MONTH")
    value = f"{year:04}-{month:02}" if year else None
    value = value or _in_some_year(ctx, lambda y: f"{y:04}-{month:02}")
    first, last = interval(value)
    word, words = g.words("n"), g.words("").split()
    back = word in {"last", "final"}
    number = g.value("n") if g.tag("n") == "ORD" else 1
    if "half" in words:
        middle = first + 14 * DAY
        span = (middle + DAY, last) if word in {"second", "last"} else (first, middle)
        return Reading("DATE", value, span=span)
    if g.tag("UNITS"):
        mod = "END" if back else "START"
        return Reading("DATE", value, mod=mod, span=narrow((first, last), mod))
    if g.value("UNIT") == "D":
        day = last if back else first + (number - 1) * DAY
        return Reading("DATE", day.isoformat()) if day <= last else None
    if g.value("UNIT") == "W" and number <= 5:
        start = last - 6 * DAY if back else first + 7 * (number - 1) * DAY
        return Reading("DATE", week_of(start), span=(start, min(start + 6 * DAY, last)))
    if g.value("UNIT") == "WE" and number <= 5:
        ahead = (6 - first.isoweekday()) % 7
        start = first + (ahead + 7 * (number - 1)) * DAY
        return Reading("DATE", at_unit(start, "WE")) if not back else None
    return None


@resolver
def abbreviated_part(ctx: Context, g: Groups) -> Reading | None:
    """As in "Q3 2012", "H1"."""
    part, year = g.value("PART"), g.value("year", ctx.published.year)
    return Reading("DATE", f"{year:04}-{part}") if part[0] == "Q" or part[1] in "12" else None


@resolver
def half(ctx: Context, g: Groups) -> Reading:
    step = {"last": -1, "next": 1}.get(g.words("rel"), 0)
    year = g.value("YEAR", ctx.published.year + step)
    return Reading("DATE", f"{year:04}-H{1 if g.words('half') == 'first' else 2}")


@resolver
def season(ctx: Context, g: Groups) -> Reading | None:
    code = g.value("SEASON")
    if (year := g.value("YEAR")) is not None:
        return Reading("DATE", f"{year:04}-{code}")
    rel = g.words("rel")
    if rel and g.words("").endswith(" year"):
        year, anchor = _relative_year(ctx, rel)
        return Reading("DATE", f"{year:04}-{code}", anchor)
    if rel == "this":
        return Reading("DATE", f"{ctx.published.year:04}-{code}", "published")
    if not rel:
        value = _in_some_year(ctx, lambda y: f"{y:04}-{code}")
        return Reading("DATE", value, "previous" if ctx.narrative_year else "published")
    return _relative(ctx, rel, lambda y: f"{y:04}-{code}")


def _relative(ctx: Context, rel: str, make: Callable[[int], str | None]) -> Reading | None:
    """The last one wholly gone by, or the next one not yet begun.

    "the following May" is counted from the last date, "next May" from the publication date.
    """
    last = interval(ctx.last()) if rel in {"that", "same", "following", "previous"} else None
    day, anchor = (last[0], "previous") if last else (ctx.published, "published")
    values = [v for y in range(day.year - 2, day.year + 3) if (v := make(y)) and interval(v)]
    if rel in {"that", "same"}:
        value = make(day.year)
    elif rel in _BEFORE:
        value = next((v for v in reversed(values) if interval(v)[1] < day), None)
    else:
        value = next((v for v in values if interval(v)[0] > day), None)
    return Reading("DATE", value, anchor) if value else None


@resolver
def relative_month(ctx: Context, g: Groups) -> Reading | None:
    if g.words("rel") == "this":
        return Reading("DATE", f"{ctx.published.year:04}-{g.value('MONTH'):02}", "published")
    return _relative(ctx, g.words("rel"), lambda y: f"{y:04}-{g.value('MONTH'):02}")


@resolver
def feast(ctx: Context, g: Groups) -> Reading | None:
    def make(year: int) -> str:
        day = holiday(g.value("HOLIDAY"), year)
        words = g.words("")
        return week_of(day) if words.endswith("week") else day.isoformat()

    if "YEAR" in g:
        return Reading("DATE", make(g.value("YEAR")))
    if g.words("rel") in {"last", "next"}:
        return _relative(ctx, g.words("rel"), make)
    if g.words("rel") == "this":
        return Reading("DATE", make(ctx.published.year), "published")
    return Reading("DATE", _in_some_year(ctx, make), "published")


# --- days relative to the publication date or to the last date ------------------------------------


@resolver
def deictic_day(ctx: Context, g: Groups) -> Reading:
    day = at_unit(ctx.published + g.value("DEICTIC") * DAY, "D")
    return _with_daypart(day, g, "published")


def _with_daypart(day: str, g: Groups, anchor: str) -> Reading:
    if "DAYPART" in g:
        return Reading("TIME", f"{day}T{g.value('DAYPART')}", anchor)
    return Reading("DATE", day, anchor)


@resolver
def over_next_day(ctx: Context, g: Groups) -> Reading:
    step = -2 if g.words("").endswith("yesterday") else 2
    return Reading("DATE", at_unit(ctx.published + step * DAY, "D"), "published")


@resolver
def part_of_this_day(ctx: Context, g: Groups) -> Reading:
    if "TONIGHT" in g:
        return Reading("TIME", f"{ctx.published}TNI", "published")
    day = ctx.published - (g.words("rel") == "last") * DAY
    return Reading("TIME", f"{day}T{g.value('DAYPART')}", "published")


_AT = re.compile(r"\b(?:at|before|after|until|till|by|around|from|since) $")
_OF_A_DAY = re.compile(r" of (?:the )?(?:\d|[a-z]{3,9}day\b|[a-z]{3,9}\.? \d)")


@resolver
def part_of_last_day(ctx: Context, g: Groups) -> Reading | None:
    rel, words, code = g.words("rel"), g.words("").split(), g.value("DAYPART")
    clock_like = words[-1] in {"overnight", "midnight", "noon", "midday"}
    clock_like = clock_like or (code != "NI" and _AT.search(ctx.before()))
    dated = _OF_A_DAY.match(ctx.after()) and words[0] == "the"
    if not (clock_like or rel or dated) and (len(words) == 1 or code == "NI"):
        return None
    day = ctx.day()
    if rel in {"next", "following", "previous"}:
        day = shift(ctx.last("D"), -1 if rel == "previous" else 1, "D") or day
    part = {"noon": "12:00", "midday": "12:00", "midnight": "24:00"}.get(words[-1], code)
    return Reading("TIME", f"{day}T{part or 'MO'}", "previous")


_PERIODS = {"D", "W", "M", "Q", "Y", "E", "C"}
_BEFORE = {"last", "past", "previous", "preceding", "latest"}
_AFTER = {"next", "coming", "following", "upcoming"}


@resolver
def weekday(ctx: Context, g: Groups) -> Reading | None:
    number, rel, anchor = g.value("WEEKDAY"), g.words("rel"), ctx.published
    if g.words("").endswith("week"):
        monday = anchor - (anchor.isoweekday() - 1) * DAY
        week = {"last": -7, "next": 7}.get(rel, 0)
        return _with_daypart(at_unit(monday + (number - 1 + week) * DAY, "D"), g, "published")
    basis = "published"
    back = (anchor.isoweekday() - number) % 7
    if rel in {"previous", "following", "that"} or (ctx.narrative_year and not rel):
        last = interval(ctx.last("D"))
        anchor, basis = (last[0], "previous") if last else (anchor, basis)
        back = (anchor.isoweekday() - number) % 7
        if rel == "that" or not rel:
            return _with_daypart(at_unit(anchor + (-back % 7) * DAY, "D"), g, basis)
    if rel in _BEFORE:
        day = anchor - (back or 7) * DAY
    elif rel in _AFTER:
        day = anchor + ((-back % 7) or 7) * DAY
    elif rel == "this" or ctx.tense() == "future" or (not ctx.tense() and ctx.informal):
        day = anchor + (-back % 7) * DAY
    else:
        day = anchor - back * DAY
    return _with_daypart(at_unit(day, "D"), g, basis)


# --- periods ------------------------------------------------------------------------------------


@resolver
def relative_period(ctx: Context, g: Groups) -> Reading | None:
    rel, unit = g.words("rel"), g.value("UNIT")
    words = g.words("")
    if unit not in {"D", "W", "WE", "M", "Q", "Y", "E", "C"}:
        return None
    if unit == "D" and rel in {"last", "current", "past", "latest", "coming"}:
        return None
    if unit == "D" and rel == "this":
        return Reading("DATE", at_unit(ctx.published, "D"), "published")
    step = -1 if rel in _BEFORE else 1 if rel in _AFTER else 0
    if rel in {"previous", "following", "same", "that", "preceding"} or (
        unit == "D" and rel == "next"
    ):
        value = _around(ctx, step, unit)
        return Reading("DATE", value, "previous") if value else None
    the_next = "the next " in words
    if the_next and ctx.narrative_year:
        return Reading("DATE", _around(ctx, 1, unit), "previous")
    if "the last " in words or "the past " in words or the_next or rel == "past":
        value = duration(1, unit)
        return Reading("DURATION", value, "published", span=_until(ctx, step, 1, unit))
    if unit == "WE" and rel == "this" and ctx.tense() == "past" and ctx.published.isoweekday() < 5:
        step = -1
    start = add(ctx.published, step, unit)
    value = at_unit(start, unit)
    if words.endswith("quarter") and unit == "Y":
        value += _quarter_at_hand(ctx)[4:]
    return Reading("DATE", value, "published")


def _around(ctx: Context, step: int, unit: str) -> str | None:
    """The period `step` units from the last date mentioned, as coarse as the unit."""
    finer = {"D": "D", "W": "D W WE", "WE": "D W WE", "M": "D W WE M", "Q": "D M Q"}
    last = interval(ctx.last(*finer[unit].split()) if unit in finer else ctx.last())
    if not last:
        return None
    return at_unit(add(last[0], step, unit), unit)


def _until(ctx: Context, sign: int, count: Any, unit: str) -> Span | None:
    if count == "X" or unit not in {"D", "W", "F", "WE", "M", "Q", "Y", "E", "C"}:
        return None
    other = add(ctx.published, sign * count, unit)
    return (min(other, ctx.published), max(other, ctx.published))


@resolver
def the_period(ctx: Context, g: Groups) -> Reading | None:
    """As in "the year", "the end of the month": of publication, in a history of the last date."""
    unit = g.value("UNIT")
    if unit not in _PERIODS or (unit in {"D", "E", "C"} and "mod" not in g):
        return None
    if unit == "Q":
        return Reading("DATE", _quarter_at_hand(ctx), "previous")
    if ctx.narrative_year or unit == "D":
        value = _around(ctx, 0, unit)
        return Reading("DATE", value, "previous") if value else None
    return Reading("DATE", at_unit(ctx.published, unit), "published")


@resolver
def period_ended(ctx: Context, g: Groups) -> Reading | None:
    """A length of time in "the year ended March 31", but "the quarter ended" is the one at hand."""
    unit, tokens = g.value("UNIT"), (0, g.where("")[1] - 1)
    if unit == "Q":
        return Reading("DATE", _quarter_at_hand(ctx), "previous", tokens=tokens)
    if unit not in _PERIODS:
        return None
    return Reading("DURATION", duration(1, unit), "event", tokens=tokens)


@resolver
def period_end(ctx: Context, g: Groups) -> Reading | None:
    """As in "year-end", "the month's end"."""
    if g.value("UNIT") not in _PERIODS:
        return None
    value = at_unit(ctx.published, g.value("UNIT"))
    return Reading("DATE", value, "published", mod="END", span=narrow(interval(value), "END"))


@resolver
def week_of_day(ctx: Context, g: Groups) -> Reading | None:
    """As in "the week of March 6"."""
    day = _day_of_month(ctx, g.value("MONTH"), g.value("DAY"), None)
    return Reading("DATE", week_of(interval(day.value)[0]), day.anchor) if day else None


def _quarter_at_hand(ctx: Context) -> str:
    """The quarter mentioned last, else the last one that has ended: results are reported then."""
    named = next((v for v in reversed(ctx.history) if unit_of(v) == "Q"), None)
    return named or shift(at_unit(ctx.published, "Q"), -1, "Q")


@resolver
def the_weekend(ctx: Context, g: Groups) -> Reading:
    """The weekend gone by, or the one to come after a future tense."""
    day = ctx.published
    if ctx.tense() != "future" and day.isoweekday() < 6:
        day -= 7 * DAY
    return Reading("DATE", at_unit(day, "WE"), "published")


@resolver
def compared_period(ctx: Context, g: Groups) -> Reading | None:
    """As in "the year-ago quarter": the period reported on, a year before."""
    words = g.words("").split()
    if "latest" in words:
        return Reading("DATE", _quarter_at_hand(ctx), "previous")
    if "ORD" in g:
        return Reading("DATE", f"{ctx.published.year - 1:04}-Q{g.value('ORD')}", base=False)
    base = _quarter_at_hand(ctx) if "quarter" in words else _compared(ctx)
    tokens = (0, g.where("")[1] - (words[-1] in {"level", "month"}))
    return Reading("DATE", shift(base, -1, "Y"), "previous", tokens=tokens, base=False)


def _compared(ctx: Context) -> str:
    """What "a year ago" is compared with: a quarter or month at hand, else the year."""
    for value in reversed(ctx.history[-4:]):
        if unit_of(value) == "Q":
            return value
    if unit_of(ctx.recent or "") == "M":
        return ctx.recent
    return at_unit(ctx.published, "Y")


# --- counted units ------------------------------------------------------------------------------

_HOURS = {"S", "MIN", "H"}
_AGE = re.compile(r"[\s-]+olds?\b")
_NO_NOUN = re.compile(r"\s*(?:[.,;:?!)\"'”’`-]|$|and\b|but\b|in\b|on\b|at\b|with\b)")
_PEOPLE = re.compile(r" (?:the|a|an|he|she|they|it|his|her|their|its|troops|forces)\b")
_RATE = re.compile(
    r"(?:\d[\d.,]*|once|twice|times?|[mb]illion|thousand|hundreds?|percent|dollars|cents)"
    r"(?:\s+(?!for\b|in\b|within\b|after\b|over\b|than\b|about\b|nearly\b|to\b|by\b)[\w$'-]+){0,3}\s*$"
)


def _count(g: Groups) -> Any:
    if "n" in g:
        count = g.value("n")
        return count if count == "X" else count + (g.value("FRAC", 0) or 0.5 * ("half" in g))
    return {"a": 1, "an": 1, "half": 0.5}.get(g.words("one"), 1)


@resolver
def counted_ago(ctx: Context, g: Groups) -> Reading | None:
    """As in "two days ago", "in two days' time": from the publication date."""
    unit, ago = g.value("ANYUNIT"), g.words("dir") == "ago"
    count = _count(g) if "n" in g or "one" in g else "X"
    if unit in _HOURS:
        return Reading("DURATION", duration(count, unit), "published")
    if count == "X":
        return Reading("DATE", "PAST_REF" if ago else "FUTURE_REF", "published")
    if ago and unit == "Y" and count == 1:
        return Reading("DATE", shift(_compared(ctx), -1, "Y"), "previous", base=False)
    return _moved(ctx.published, -count if ago else count, unit)


@resolver
def counted_from(ctx: Context, g: Groups) -> Reading | None:
    """As in "two days later", "the day before": from the date last mentioned.

    "two days before the vote" is a length of time, counted from an event of unknown date.
    """
    unit, way, definite = g.value("ANYUNIT"), g.words("dir"), g.words("").startswith("the")
    count = _count(g)
    length = Reading("DURATION", duration(count, unit), "event")
    if way in {"before", "after"} and not _NO_NOUN.match(ctx.after()):
        tokens = (0, g.where("ANYUNIT")[1])
        return None if definite else length._replace(tokens=tokens)
    last = _reference(ctx, unit)
    if unit in _HOURS or count == "X" or not last:
        return length
    later = way in {"later", "after"}
    value = shift(last, count if later else -count, unit)
    coarse = ctx.narrative_year or later  # reports compare a day with the same day a year earlier
    if value and coarse and (unit, unit_of(value)) in {("M", "D"), ("Y", "D"), ("Y", "M")}:
        value = at_unit(interval(value)[0], unit)
    return Reading("DATE", value, "previous", base=later) if value else length


def _moved(day: dt.date, count: float, unit: str) -> Reading | None:
    if count % 1 and unit in {"Y", "E"}:
        count, unit = count * (12 if unit == "Y" else 120), "M"
    coarse = {"E": "Y", "C": "Y", "L": "Y", "F": "W", "WE": "WE"}.get(unit, unit)
    return Reading("DATE", at_unit(add(day, count, unit), coarse), "published")


def _reference(ctx: Context, unit: str) -> str | None:
    """The last date fine enough to count units from; None if only coarser ones are near."""
    fine = {"D": {"D"}, "W": {"D", "W", "WE"}, "F": {"D", "W"}, "WE": {"D", "W", "WE"}}
    fine["M"] = {"D", "W", "WE", "M"}
    fine["Q"] = fine["M"] | {"Q"}
    for value in reversed(ctx.history[-3:]):
        if unit not in fine or unit_of(value) in fine[unit]:
            return value
    return None if ctx.history else ctx.published.isoformat()


@resolver
def counted(ctx: Context, g: Groups) -> Reading | None:
    unit, count = g.value("ANYUNIT", g.value("UNIT")), _count(g)
    if (unit == "Q" and (count == 3 or "one" in g)) or (unit == "WE" and "one" in g):
        return None  # fractions ("three-quarters"), and weekends that are no measure of time
    if _AGE.match(ctx.after()):
        return None
    words = g.words("")
    if g.words("half") and count == 1:
        count = 1.5
    single = "one" in g and "n" not in g and words.startswith(("a ", "an "))
    if single and _RATE.search(ctx.before()):
        return Reading("SET", duration(1, unit), "published")
    return Reading("DURATION", duration(count, unit))


@resolver
def counted_range(ctx: Context, g: Groups) -> Reading:
    return Reading("DURATION", duration(g.value("n"), g.value("ANYUNIT")), mod="APPROX")


@resolver
def counted_span(ctx: Context, g: Groups) -> Reading:
    """As in "the last three months": a duration that ends at publication."""
    unit, count, rel = g.value("ANYUNIT", g.value("UNIT")), g.value("n", 0.5), g.words("rel")
    if rel in {"last", "past", "next", "coming"} and not ctx.after().startswith(" of "):
        span = _until(ctx, -1 if rel in {"last", "past"} else 1, count, unit)
        return Reading("DURATION", duration(count, unit), "published", span=span)
    return Reading("DURATION", duration(count, unit), "event")


@resolver
def uncounted(ctx: Context, g: Groups) -> Reading | None:
    words = g.words("")
    if g.tag("UNIT") or g.tag("LONG"):
        return Reading("DURATION", duration(1, g.value("UNIT", g.value("LONG"))))
    if words.startswith("recent"):
        return Reading("DATE", "PAST_REF", "published")
    if g.value("UNITS") in {"S", "MIN", "Q", "WE"} or _AGE.match(ctx.after()):
        return None
    return Reading("DURATION", duration("X", g.value("UNITS")))


# --- sets -----------------------------------------------------------------------------------------


@resolver
def every_unit(ctx: Context, g: Groups) -> Reading:
    count = g.value("n", 2 if "other" in g.words("").split() else 1)
    return Reading("SET", duration(count, g.value("UNIT", g.value("UNITS"))))


@resolver
def every_named(ctx: Context, g: Groups) -> Reading | None:
    part = f"T{g.value('DAYPART')}" if "DAYPART" in g else ""
    if number := g.value("WEEKDAY", g.value("WEEKDAYS")):
        return Reading("SET", f"XXXX-WXX-{number}{part}")
    if "MONTH" in g:
        return Reading("SET", f"XXXX-{g.value('MONTH'):02}")
    if "SEASON" in g:
        return Reading("SET", f"XXXX-{g.value('SEASON')}")
    return Reading("SET", f"XXXX-XX-XX{part}") if part else None


@resolver
def frequency(ctx: Context, g: Groups) -> Reading:
    return Reading("SET", g.value("FREQUENCY"))


# --- times of day -----------------------------------------------------------------------------


@resolver
def clock(ctx: Context, g: Groups) -> Reading | None:
    hour, minute = g.value("CLOCK") or (g.value("N12"), 0)
    if "four" in g:
        if g.length("four") != 4:
            return None
        hour, minute = divmod(g.value("four"), 100)
    half = g.value("AMPM") or {"AF": "p", "EV": "p", "NI": "p", "MO": "a"}.get(g.value("DAYPART"))
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59:
        return None
    if "WEEKDAY" in g or "DEICTIC" in g:
        where = g.where("four")
        length, sure = g.length("four"), half or not 1900 <= hour * 100 + minute < 2060
        day = weekday(ctx, g) if "WEEKDAY" in g else deictic_day(ctx, g)
        return day._replace(type="TIME", value=f"{day.value}T{hour:02}:{minute:02}") if sure else None
    return Reading("TIME", f"{ctx.day()}T{hour:02}:{minute:02}", "previous")
