"""Rules of the temporal tagger: patterns over vocabulary tags, and how each pattern is resolved.

A rule is a function under one or more patterns. A pattern is a row of elements apart by spaces:
a tag (`MONTH`) or a word (`last`), alternatives with `|`, a name before a colon (`n:NUM`), `?`
for optional, brackets round optional groups. `analysis.dates` finds the longest pattern that
matches and calls the function, which returns a `Reading` (or several, with the tokens each one
covers) or None when the words do not name a time.

Values are TIMEX3 values as strings ("1989-Q3"); `interval`, `shift` and `unit_of` compute on them.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from analysis.lexicons import load

Span = tuple[dt.date, dt.date]
_DAY = dt.timedelta(days=1)
_SEASON_MONTH = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}
_DURATION_DAYS = {"D": 1, "W": 7, "M": 30, "Q": 91, "Y": 365}


class Token(NamedTuple):
    """A word of the vocabulary: its place, its word (lower case), its tag and what it stands for."""

    start: int
    end: int
    word: str
    tag: str
    value: Any


@dataclass(frozen=True)
class Reading:
    """What a time expression says. `tokens` is the part of the match it covers (default: all)."""

    type: str
    value: str
    anchor: str = "absolute"
    mod: str | None = None
    span: Span | None = None
    tokens: tuple[int, int] | None = None
    base: bool = True  # whether later expressions may be counted from it


@dataclass
class Context:
    """What is known while a text is read from front to back."""

    published: dt.date
    tense: Callable[[], str | None]
    clock_date: Callable[[], str]
    before: Callable[[], str]  # the characters before and after the match
    after: Callable[[], str]
    history: list[str] = field(default_factory=list)
    narrative_year: int | None = None
    recent: str | None = None  # last value in the same sentence or the one before

    def last(self, *units: str) -> str:
        """The last mentioned date as fine as one of `units`, else the publication date."""
        for value in reversed(self.history[-4:]):
            if not units or unit_of(value) in units:
                return value
        return self.published.isoformat()


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
        tags = CLASSES.get(name, name).split("|")
        return next((token for token in self._tokens if token.tag in tags), None)

    def value(self, name: str, default: Any = None) -> Any:
        """The value of a named element, or of the first token with a tag of that name."""
        token = self._find(name)
        return default if token is None or token.value is None else token.value

    def tag(self, name: str) -> str | None:
        token = self._find(name)
        return token.tag if token else None

    def words(self, name: str) -> str:
        if name not in self:
            return ""
        first, last = self.where(name)
        return " ".join(token.word for token in self._tokens[first:last])


# --- arithmetic on TIMEX3 values ---------------------------------------------------------------


def _month_end(year: int, month: int) -> dt.date:
    return (dt.date(year, month, 28) + dt.timedelta(days=4)).replace(day=1) - _DAY


def _months(year: int, first: int, count: int) -> Span:
    last_year, last = divmod(year * 12 + first - 1 + count - 1, 12)
    return dt.date(year, first, 1), _month_end(last_year, last + 1)


_VALUE = re.compile(
    r"(?P<y>\d{4})(?:-(?P<m>\d\d)(?:-(?P<d>\d\d))?|-W(?P<w>\d\d)(?P<we>-WE)?|-Q(?P<q>[1-4])"
    r"|-H(?P<h>[12])|-(?P<s>SP|SU|FA|WI))?(?:T.*)?$"
)
_UNITS = {"m": "M", "d": "D", "w": "W", "we": "WE", "q": "Q", "h": "H6", "s": "SEASON"}


def unit_of(value: str) -> str | None:
    """Granularity of a TIMEX3 date value: D, W, WE, M, Q, H6 (half), SEASON, Y, E, C or None."""
    if match := _VALUE.match(value):
        return _UNITS.get(match.lastgroup or "", "Y") if match.lastgroup != "y" else "Y"
    return {3: "E", 2: "C"}.get(len(value)) if value.isdigit() else None


def interval(value: str) -> Span | None:
    """The closed interval a TIMEX3 date value stands for; None for durations, sets, references.

    Seasons are the meteorological ones of the northern hemisphere; a winter begins in December
    of the year named. A decade is ten years from its 0, a century a hundred years from its 00.
    """
    try:
        if value.isdigit() and len(value) in {2, 3}:
            size = 10 ** (4 - len(value))
            first = int(value) * size
            return dt.date(max(first, 1), 1, 1), dt.date(first + size - 1, 12, 31)
        match = _VALUE.match(value)
        if not match:
            return None
        year = int(match["y"])
        if match["d"]:
            day = dt.date(year, int(match["m"]), int(match["d"]))
            return day, day
        if match["m"]:
            return _months(year, int(match["m"]), 1)
        if match["w"]:
            monday = dt.date.fromisocalendar(year, int(match["w"]), 1)
            return monday + (5 * _DAY if match["we"] else 0 * _DAY), monday + 6 * _DAY
        if match["q"]:
            return _months(year, 3 * int(match["q"]) - 2, 3)
        if match["h"]:
            return _months(year, 6 * int(match["h"]) - 5, 6)
        if match["s"]:
            return _months(year, _SEASON_MONTH[match["s"]], 3)
        return dt.date(year, 1, 1), dt.date(year, 12, 31)
    except (ValueError, OverflowError):
        return None


def narrow(span: Span, mod: str | None) -> Span:
    """The first, middle or last third of an interval (rounded up to days) for START, MID, END."""
    first, last = span
    days = (last - first).days + 1
    third = -(-days // 3)
    if mod == "START":
        return first, first + (third - 1) * _DAY
    if mod == "END":
        return last - (third - 1) * _DAY, last
    if mod == "MID":
        return first + (days // 3) * _DAY, last - (days // 3) * _DAY
    return span


def week_of(day: dt.date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def at_unit(day: dt.date, unit: str) -> str:
    """The value of the period of size `unit` that holds `day`."""
    year = f"{day.year:04}"
    if unit == "W":
        return week_of(day)
    if unit == "WE":
        return week_of(day) + "-WE"
    return {
        "D": day.isoformat(),
        "M": year + f"-{day.month:02}",
        "Q": year + f"-Q{(day.month + 2) // 3}",
        "H6": year + f"-H{1 if day.month < 7 else 2}",
        "Y": year,
        "E": year[:3],
        "C": year[:2],
    }[unit]


def add(day: dt.date, count: float, unit: str) -> dt.date:
    """`day` moved by `count` units; months and years keep the day of the month where it exists."""
    if unit in {"D", "W", "F", "WE"}:
        return day + dt.timedelta(days=round(count * {"D": 1, "F": 14}.get(unit, 7)))
    step = {"M": 1, "Q": 3, "H6": 6, "Y": 12, "E": 120, "C": 1200, "L": 12000}[unit]
    year, month = divmod(day.year * 12 + day.month - 1 + round(count * step), 12)
    return dt.date(year, month + 1, min(day.day, _month_end(year, month + 1).day))


def shift(value: str, count: float, unit: str) -> str | None:
    """The TIMEX3 value `count` units after `value`, as fine as the finer of both."""
    span, own = interval(value), unit_of(value)
    if not span or not own:
        return None
    try:
        moved = add(span[0], count, unit)
    except (ValueError, OverflowError):
        return None
    if own == "SEASON":
        return f"{moved.year:04}{value[4:]}"
    if own == "D" and unit in {"E", "C", "L"}:
        own = "Y"
    return at_unit(moved, own)


def duration(count: Any, unit: str) -> str | None:
    """TIMEX3 duration of `count` units; a fortnight is two weeks, a decade ten years."""
    if unit == "WE":
        return "P2D" if count == 1 else f"P{_number(count)}WE"
    if count != "X":
        count *= {"F": 2, "E": 10, "C": 100}.get(unit, 1)
        unit = {"F": "W", "E": "Y", "C": "Y"}.get(unit, unit)
        if count % 1 and unit in {"Y", "H", "MIN"}:
            whole, part = divmod(count, 1)
            small = {"Y": f"{part * 12:.0f}M", "H": f"{part * 60:.0f}M", "MIN": f"{part * 60:.0f}S"}
            head = "P" if unit == "Y" else "PT"
            return f"{head}{f'{whole:.0f}{unit[0]}' if whole else ''}{small[unit]}"
    if unit in {"S", "MIN", "H"}:
        return f"PT{_number(count)}{unit[0]}"
    return f"P{_number(count)}{unit}"


def _number(count: Any) -> str:
    return "X" if count == "X" else f"{count:g}" if count < 1e6 else str(int(count))


def _easter(year: int) -> dt.date:
    """Easter Sunday of the Gregorian calendar (Meeus, Astronomical Algorithms, 1991)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l_ = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * l_) // 451
    month, day = divmod(h + l_ - 7 * m + 114, 31)
    return dt.date(year, month, day + 1)


def holiday(rule: Any, year: int) -> dt.date:
    """The day of a feast (a `holidays` entry of the lexicon) in a year."""
    if isinstance(rule, str):
        return dt.date.fromisoformat(f"{year:04}-{rule}")
    if "easter" in rule:
        return _easter(year) + dt.timedelta(days=rule["easter"])
    if rule["nth"] > 0:
        first = dt.date(year, rule["month"], 1)
        ahead = (rule["weekday"] - first.isoweekday()) % 7
        return first + dt.timedelta(days=ahead + 7 * (rule["nth"] - 1) + rule.get("plus", 0))
    last = _month_end(year, rule["month"])
    return last - dt.timedelta(days=(last.isoweekday() - rule["weekday"]) % 7)


# --- patterns -----------------------------------------------------------------------------------

CLASSES = {  # names used in patterns for several tags
    "DAY": "N12|N31",
    "NUM": "N12|N31|N",
    "COUNT": "N12|N31|N|QUANT",
    "ANYUNIT": "UNIT|UNITS",
}
MACROS = {
    "@mod": "( mod:( the? very? BOUND of|to | the? very? EARLY -? | sometime|earlier|later in? ) )?",
    "@approx": "( approx:( more|less|fewer than | at least|most | no more|less|fewer than | up to"
    " | as long as | APPROX ) )?",
    "@year": "( ,? year:YEAR|YY | of|, year:YEAR )",
}


class Rule(NamedTuple):
    pattern: str
    resolve: Callable[[Context, Groups], Any]


RULES: list[Rule] = []


def rule(*patterns: str) -> Callable:
    def add_rules(function: Callable) -> Callable:
        RULES.extend(Rule(pattern, function) for pattern in patterns)
        return function

    return add_rules


# --- absolute dates -----------------------------------------------------------------------------


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


def _closest(ctx: Context, spans: list[tuple[Span, str]]) -> str:
    """Of the same date in several years, the one that distance and tense speak for.

    One that is five times nearer than the other is meant whatever the tense (writers name the
    year of a date nearly a year away); else the past tense takes the last one gone by, the future
    tense the next one to come, and without either the nearer is taken.
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
    return gone[-1][1] if back <= forth else ahead[0][1]


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


@rule("ISO", "NUMDATE")
def written_in_digits(ctx: Context, g: Groups) -> Reading | None:
    return Reading("DATE", g.value(""))


@rule(
    "( WEEKDAY ,? )? MONTH day:DAY|ORD @year?",
    "( WEEKDAY ,? the? )? day:DAY|ORD of? MONTH @year?",
    "( WEEKDAY ,? )? MONTH the day:ORD @year?",
    "( WEEKDAY ,? )? rel:last|next MONTH day:DAY|ORD",
    "day:DAY - MONTH - year:YEAR|YY",
)
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


@rule("MONTH day:DAY -|to|and|through|or to:DAY @year?")
def days_after_month(ctx: Context, g: Groups) -> list[Reading | None] | None:
    """ "April 3-5": one expression a day, as in TimeBank."""
    first, last, month, year = g.value("day"), g.value("to"), g.value("MONTH"), g.value("year")
    if last <= first:
        return None
    end = g.where("year")[1] if year is not None else g.where("to")[1]
    return [
        _day_of_month(ctx, month, first, year, (g.where("MONTH")[0], g.where("day")[1])),
        _day_of_month(ctx, month, last, year, (g.where("to")[0], end)),
    ]


@rule("day:DAY -|to|and|through|or to:DAY of? MONTH @year?")
def days_before_month(ctx: Context, g: Groups) -> list[Reading | None] | None:
    first, last, month, year = g.value("day"), g.value("to"), g.value("MONTH"), g.value("year")
    if last <= first:
        return None
    end = g.where("year")[1] if year is not None else g.where("MONTH")[1]
    return [
        _day_of_month(ctx, month, first, year, g.where("day")),
        _day_of_month(ctx, month, last, year, (g.where("to")[0], end)),
    ]


@rule("@mod MONTH @year", "@mod MONTH of? rel:last|this|next UNIT")
def month_of_year(ctx: Context, g: Groups) -> Reading | None:
    if "UNIT" in g and g.value("UNIT") != "Y":
        return None
    step = {"last": -1, "next": 1}.get(g.words("rel"), 0)
    year = g.value("year", ctx.published.year + step)
    anchor = "published" if "rel" in g else "absolute"
    return Reading("DATE", f"{year:04}-{g.value('MONTH'):02}", anchor)


@rule("@mod MONTH")
def bare_month(ctx: Context, g: Groups) -> Reading | None:
    value = _in_some_year(ctx, lambda y: f"{y:04}-{g.value('MONTH'):02}")
    return Reading("DATE", value, "previous" if ctx.narrative_year else "published")


@rule(
    "@mod YEAR",
    "@mod the? year YEAR|NUM",
    "@mod the? fiscal year? YEAR",
    "the YEAR period|year",
    "@mod YY",
    "post|pre - YEAR",
    "the YEAR quarter",
)
def year(ctx: Context, g: Groups) -> Reading | None:
    number = next(v for v in (g.value("YEAR"), g.value("YY"), g.value("NUM")) if v is not None)
    if not 1000 <= number < 2200:
        return None
    if g.words("").endswith("quarter"):
        return Reading("DATE", f"{number:04}{_quarter_at_hand(ctx)[4:]}")
    return Reading("DATE", f"{number:04}")


@rule("from:YEAR -|/ to:N12|N31|N|YY")
def years(ctx: Context, g: Groups) -> list[Reading] | None:
    """ "1989-90"."""
    first, last = g.value("from"), g.value("to") % 100
    if last != (first + 1) % 100 and not first % 100 < last < 100:
        return None
    last += first // 100 * 100 + (100 if last < first % 100 else 0)
    return [
        Reading("DATE", f"{first:04}", tokens=g.where("from")),
        Reading("DATE", f"{last:04}", tokens=g.where("to")),
    ]


@rule("@mod the? DECADE")
def decade(ctx: Context, g: Groups) -> Reading:
    value = g.value("DECADE")
    if isinstance(value, int):  # "the nineties": of the last century that had them
        century = (ctx.published.year - 10 * value) // 100
        value = f"{century}{value}"
    return Reading("DATE", value)


@rule("@mod the? ORD -? UNIT")
def numbered_unit(ctx: Context, g: Groups) -> Reading | None:
    """ "the 20th century", "the second quarter" (of the year at hand)."""
    unit, number = g.value("UNIT"), g.value("ORD")
    if unit == "C" and number > 5:
        return Reading("DATE", f"{number - 1:02}")
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


@rule(
    "@mod its|the|a? rel:latest|current|comparable? fiscal -? ORD -? quarter ( of|, YEAR | YEAR )?",
    "@mod its|the|a? fiscal? ORD -? quarter of|, YEAR",
    "@mod its|the|a? fiscal? ORD -? quarter YEAR",
    "@mod the? YEAR 's? fiscal? ORD -? quarter",
    "@mod the? rel:last|this|next year 's? fiscal? ORD -? quarter",
    "@mod the? fiscal? ORD -? quarter of rel:last|this|next year",
)
def quarter(ctx: Context, g: Groups) -> Reading | None:
    if g.value("ORD") > 4:
        return None
    year = g.value("YEAR")
    if g.words("rel") in {"last", "this", "next"}:
        year = ctx.published.year + {"last": -1, "this": 0, "next": 1}[g.words("rel")]
    return _quarter(ctx, g.value("ORD"), year)


@rule(
    "the? n:ORD|last|final UNIT of MONTH @year?",
    "the? n:first|last|second|opening|early|final half|days|weeks of MONTH @year?",
)
def part_of_month(ctx: Context, g: Groups) -> Reading | None:
    """"the first week of May", "the last day of March", "the second half of June"."""
    year, month = g.value("year"), g.value("MONTH")
    value = f"{year:04}-{month:02}" if year else None
    value = value or _in_some_year(ctx, lambda y: f"{y:04}-{month:02}")
    first, last = interval(value)
    word, words = g.words("n"), g.words("").split()
    back = word in {"last", "final"}
    number = g.value("n") if g.tag("n") == "ORD" else 1
    if "half" in words:
        middle = first + 14 * _DAY
        span = (middle + _DAY, last) if word in {"second", "last"} else (first, middle)
        return Reading("DATE", value, span=span)
    if g.tag("UNITS"):
        mod = "END" if back else "START"
        return Reading("DATE", value, mod=mod, span=narrow((first, last), mod))
    if g.value("UNIT") == "D":
        day = last if back else first + (number - 1) * _DAY
        return Reading("DATE", day.isoformat()) if day <= last else None
    if g.value("UNIT") == "W" and number <= 5:
        start = last - 6 * _DAY if back else first + 7 * (number - 1) * _DAY
        return Reading("DATE", week_of(start), span=(start, min(start + 6 * _DAY, last)))
    if g.value("UNIT") == "WE" and number <= 5:
        ahead = (6 - first.isoweekday()) % 7
        start = first + (ahead + 7 * (number - 1)) * _DAY
        return Reading("DATE", at_unit(start, "WE")) if not back else None
    return None


@rule("PART ,? of? year:YEAR", "PART")
def abbreviated_part(ctx: Context, g: Groups) -> Reading | None:
    """ "Q3 2012", "H1"."""
    part, year = g.value("PART"), g.value("year", ctx.published.year)
    return Reading("DATE", f"{year:04}-{part}") if part[0] == "Q" or part[1] in "12" else None


@rule("the? half:first|second|last half of the? ( YEAR | rel:last|this|next? year )")
def half(ctx: Context, g: Groups) -> Reading:
    step = {"last": -1, "next": 1}.get(g.words("rel"), 0)
    year = g.value("YEAR", ctx.published.year + step)
    return Reading("DATE", f"{year:04}-H{1 if g.words('half') == 'first' else 2}")


@rule(
    "@mod the|a? SEASON ( of|, YEAR | YEAR )",
    "@mod the? rel:last|this|next|past|coming|that SEASON",
    "@mod this rel:past|coming SEASON",
    "@mod the? SEASON",
)
def season(ctx: Context, g: Groups) -> Reading | None:
    code = g.value("SEASON")
    if (year := g.value("YEAR")) is not None:
        return Reading("DATE", f"{year:04}-{code}")
    rel = g.words("rel")
    if rel == "that":
        return Reading("DATE", f"{ctx.last()[:4]}-{code}", "previous")
    if rel == "this":
        return Reading("DATE", f"{ctx.published.year:04}-{code}", "published")
    if not rel:
        value = _in_some_year(ctx, lambda y: f"{y:04}-{code}")
        return Reading("DATE", value, "previous" if ctx.narrative_year else "published")
    return _relative(ctx, rel, lambda y: f"{y:04}-{code}")


def _relative(ctx: Context, rel: str, make: Callable[[int], str | None]) -> Reading | None:
    """The last one wholly gone by, or the next one not yet begun."""
    years = range(ctx.published.year - 2, ctx.published.year + 3)
    spans = [(s, v) for y in years if (v := make(y)) and (s := interval(v))]
    if rel in {"last", "past"}:
        value = next((v for s, v in reversed(spans) if s[1] < ctx.published), None)
    else:
        value = next((v for s, v in spans if s[0] > ctx.published), None)
    return Reading("DATE", value, "published") if value else None


@rule("@mod the? rel:last|this|next|past|coming MONTH", "@mod this rel:past|coming MONTH")
def relative_month(ctx: Context, g: Groups) -> Reading | None:
    if g.words("rel") == "this":
        return Reading("DATE", f"{ctx.published.year:04}-{g.value('MONTH'):02}", "published")
    return _relative(ctx, g.words("rel"), lambda y: f"{y:04}-{g.value('MONTH'):02}")


@rule(
    "@mod the? HOLIDAY weekend|week? ( ,? of? YEAR )?",
    "rel:last|next|this HOLIDAY weekend|week?",
)
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


@rule(
    "EARLY|earlier|later? DEICTIC DAYPART?",
    "DEICTIC 's DAYPART",
    "EARLY|earlier|later DEICTIC 's? DAYPART?",
)
def deictic_day(ctx: Context, g: Groups) -> Reading:
    day = at_unit(ctx.published + g.value("DEICTIC") * _DAY, "D")
    return _with_daypart(day, g, "published")


def _with_daypart(day: str, g: Groups, anchor: str) -> Reading:
    if "DAYPART" in g:
        return Reading("TIME", f"{day}T{g.value('DAYPART')}", anchor)
    return Reading("DATE", day, anchor)


@rule("the? day before yesterday", "the? day after tomorrow")
def over_next_day(ctx: Context, g: Groups) -> Reading:
    step = -2 if g.words("").endswith("yesterday") else 2
    return Reading("DATE", at_unit(ctx.published + step * _DAY, "D"), "published")


@rule("@mod rel:this|last DAYPART", "EARLY|earlier|later? TONIGHT")
def part_of_this_day(ctx: Context, g: Groups) -> Reading:
    if "TONIGHT" in g:
        return Reading("TIME", f"{ctx.published}TNI", "published")
    day = ctx.published - (g.words("rel") == "last") * _DAY
    return Reading("TIME", f"{day}T{g.value('DAYPART')}", "published")


_OF_A_DAY = re.compile(r" of (?:the )?(?:\d|[a-z]{3,9}day\b|[a-z]{3,9}\.? \d)")


@rule(
    "the? rel:that|same|next|following|previous DAYPART",
    "the EARLY? DAYPART",
    "EARLY -? DAYPART",
    "DAYPART",
)
def part_of_last_day(ctx: Context, g: Groups) -> Reading | None:
    rel, words, code = g.words("rel"), g.words("").split(), g.value("DAYPART")
    clock_like = words[-1] in {"overnight", "midnight", "noon", "midday"}
    dated = _OF_A_DAY.match(ctx.after()) and words[0] == "the"
    if not (clock_like or rel or dated) and (len(words) == 1 or code == "NI"):
        return None
    day = ctx.clock_date()[:10]
    if rel in {"next", "following", "previous"}:
        day = shift(ctx.last("D"), -1 if rel == "previous" else 1, "D") or day
    part = {"noon": "12:00", "midday": "12:00", "midnight": "24:00"}.get(words[-1], code)
    return Reading("TIME", f"{day}T{part}", "previous")


_BEFORE = {"last", "past", "previous"}
_AFTER = {"next", "coming", "following", "upcoming"}


@rule(
    "( EARLY|earlier|later on? )? WEEKDAY EARLY? DAYPART?",
    "( EARLY|earlier|later on? )? the? rel:last|next|this|past|coming|previous|following|that"
    " WEEKDAY DAYPART?",
    "WEEKDAY rel:last|next|this week DAYPART?",
    "this rel:past|coming WEEKDAY DAYPART?",
    "EARLY -? WEEKDAY DAYPART",
)
def weekday(ctx: Context, g: Groups) -> Reading | None:
    number, rel, anchor = g.value("WEEKDAY"), g.words("rel"), ctx.published
    if g.words("").endswith("week"):
        monday = anchor - (anchor.isoweekday() - 1) * _DAY
        week = {"last": -7, "next": 7}.get(rel, 0)
        return _with_daypart(at_unit(monday + (number - 1 + week) * _DAY, "D"), g, "published")
    basis = "published"
    back = (anchor.isoweekday() - number) % 7
    if rel in {"previous", "following", "that"} or (ctx.narrative_year and not rel):
        last = interval(ctx.last("D"))
        anchor, basis = (last[0], "previous") if last else (anchor, basis)
        back = (anchor.isoweekday() - number) % 7
        if rel == "that" or not rel:
            return _with_daypart(at_unit(anchor + (-back % 7) * _DAY, "D"), g, basis)
    if rel in _BEFORE:
        day = anchor - (back or 7) * _DAY
    elif rel in _AFTER:
        day = anchor + ((-back % 7) or 7) * _DAY
    elif ctx.tense() == "future" or (rel == "this" and ctx.tense() != "past"):
        day = anchor + (-back % 7) * _DAY
    else:
        day = anchor - back * _DAY
    return _with_daypart(at_unit(day, "D"), g, basis)


# --- periods ------------------------------------------------------------------------------------


@rule(
    "@mod the? rel:last|this|next|current|coming|previous|following|same|that|latest|past|preceding"
    " fiscal? UNIT",
    "@mod rel:that same UNIT",
    "@mod the? rel:last|this|next UNIT 's? quarter|period",
)
def relative_period(ctx: Context, g: Groups) -> Reading | None:
    rel, unit = g.words("rel"), g.value("UNIT")
    words = g.words("")
    if unit not in {"D", "W", "WE", "M", "Q", "Y", "E", "C"}:
        return None
    if unit == "D" and rel in {"last", "current", "past", "latest", "coming"}:
        return None
    if unit == "D" and rel == "this":
        return Reading("DATE", at_unit(ctx.published, "D"), "published")
    step = (
        -1
        if rel in {"last", "previous", "preceding", "latest", "past"}
        else 1
        if rel in {"next", "coming", "following"}
        else 0
    )
    if rel in {"previous", "following", "same", "that", "preceding"} or (
        unit == "D" and rel == "next"
    ):
        value = _around(ctx, step, unit)
        return Reading("DATE", value, "previous") if value else None
    if "the last " in words or "the past " in words or "the next " in words or rel == "past":
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
    try:
        return at_unit(add(last[0], step, unit), unit)
    except (ValueError, OverflowError):
        return None


def _until(ctx: Context, sign: int, count: Any, unit: str) -> Span | None:
    if count == "X" or unit not in {"D", "W", "F", "WE", "M", "Q", "Y", "E", "C"}:
        return None
    try:
        other = add(ctx.published, sign * count, unit)
    except (ValueError, OverflowError):
        return None
    return (min(other, ctx.published), max(other, ctx.published))


@rule(
    "@mod the fiscal|full? UNIT ended|ending?",
    "UNIT - end",
    "UNIT 's? end",
    "the? UNIT of day:( MONTH DAY )",
)
def the_period(ctx: Context, g: Groups) -> Reading | None:
    """ "the year", "the end of the month", "the year ended March 31", "year-end"."""
    unit, words = g.value("UNIT"), g.words("").split()
    if unit not in {"D", "W", "M", "Q", "Y", "E", "C"}:
        return None
    if unit in {"D", "E", "C"} and "mod" not in g and words[-1] != "end":
        return None
    if "day" in g:
        day = _day_of_month(ctx, g.value("MONTH"), g.value("DAY"), None)
        return Reading("DATE", week_of(interval(day.value)[0])) if unit == "W" and day else None
    if words[-1] in {"ended", "ending"}:
        size = g.where("")[1] - 1
        if unit == "Q":
            return Reading("DATE", _quarter_at_hand(ctx), "previous", tokens=(0, size))
        return Reading("DURATION", duration(1, unit), "event", tokens=(0, size))
    if words[-1] == "end":
        value = at_unit(ctx.published, unit)
        span = narrow(interval(value), "END")
        return Reading("DATE", value, "published", mod="END", span=span)
    if unit == "Q":
        return Reading("DATE", _quarter_at_hand(ctx), "previous")
    if ctx.narrative_year or unit == "D":
        value = _around(ctx, 0, unit)
        return Reading("DATE", value, "previous") if value else None
    return Reading("DATE", at_unit(ctx.published, unit), "published")


def _quarter_at_hand(ctx: Context) -> str:
    """The quarter mentioned last, else the last one that has ended: results are reported then."""
    named = next((v for v in reversed(ctx.history) if unit_of(v) == "Q"), None)
    return named or shift(at_unit(ctx.published, "Q"), -1, "Q")


@rule("the weekend")
def the_weekend(ctx: Context, g: Groups) -> Reading:
    """The weekend gone by, or the one to come after a future tense."""
    day = ctx.published
    if ctx.tense() != "future" and day.isoweekday() < 6:
        day -= 7 * _DAY
    return Reading("DATE", at_unit(day, "WE"), "published")


@rule(
    "( the|a? comparable|corresponding? )? year - ago|earlier ( quarter|period|level|month )?",
    "( the|a? comparable|corresponding? )? year - ago|earlier ORD fiscal? quarter",
    "the latest quarter|period",
)
def compared_period(ctx: Context, g: Groups) -> Reading | None:
    """ "the year-ago quarter": the period reported on, a year before."""
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

_AGE = re.compile(r"[\s-]+olds?\b")
_NO_NOUN = re.compile(r"\s*(?:[.,;:?!)\"'”’`-]|$|and\b|but\b|in\b|on\b|at\b|with\b)")
_RATE = re.compile(
    r"(?:\d[\d.,]*|once|twice|times?|[mb]illion|thousand|hundreds?|percent|dollars|cents)"
    r"(?:\s+(?!for\b|in\b|within\b|after\b|over\b|than\b|about\b|nearly\b|to\b|by\b)[\w$'-]+){0,3}\s*$"
)


def _count(g: Groups) -> Any:
    if "n" in g:
        count = g.value("n")
        return count if count == "X" else count + (g.value("FRAC", 0) or 0.5 * ("half" in g))
    return {"a": 1, "an": 1, "half": 0.5}.get(g.words("one"), 1)


_ONE = "( n:COUNT | one:a|an n:QUANT of? | one:a|an )"


@rule(
    f"@approx {_ONE} ANYUNIT ( or so )? dir:ago|earlier|later|previously|hence",
    f"@approx {_ONE} ANYUNIT dir:before|after",
    f"@approx {_ONE} ANYUNIT ( or so )? dir:from now",
    "the ANYUNIT dir:before|after",
    "in n:COUNT ANYUNIT 's? dir:time",
    "in one:a|an ANYUNIT 's? dir:time",
    "@approx ANYUNIT dir:ago",
)
def counted_from(ctx: Context, g: Groups) -> Reading | None:
    """ "two days later", from the last date; "two days ago", from the publication date."""
    unit, way = g.value("ANYUNIT"), g.words("dir")
    count = _count(g) if "n" in g or "one" in g else 1 if g.words("").startswith("the") else "X"
    if way in {"before", "after"} and not _NO_NOUN.match(ctx.after()):
        start = g.where("ANYUNIT")[1]
        if g.words("").startswith("the"):
            return None
        return Reading("DURATION", duration(count, unit), tokens=(g.where("")[0], start))
    if unit in {"S", "MIN", "H"}:
        back = Reading("DURATION", duration(count, unit), "published")
        return back
    sign = -1 if way in {"ago", "earlier", "before", "previously"} else 1
    if count == "X" and way == "ago":
        return Reading("DATE", "PAST_REF", "published")
    if count == "X":
        return Reading("DURATION", duration("X", unit), "event")
    if way in {"ago", "from now", "hence", "time"}:
        if way == "ago" and unit == "Y" and count == 1:
            return Reading("DATE", shift(_compared(ctx), -1, "Y"), "previous", base=False)
        return _moved(ctx.published, sign * count, unit)
    last = _reference(ctx, unit)
    value = shift(last, sign * count, unit) if last else None
    coarse = ctx.narrative_year or way in {"later", "after"}  # reports compare day with day
    if value and coarse and unit in {"M", "Y"} and unit_of(value) == "D":
        value = at_unit(interval(value)[0], unit)
    if not value:
        return Reading("DURATION", duration(count, unit), "event")
    return Reading("DATE", value, "previous", base=way in {"later", "after"})


def _moved(day: dt.date, count: float, unit: str) -> Reading | None:
    if count % 1 and unit in {"Y", "E"}:
        count, unit = count * (12 if unit == "Y" else 120), "M"
    coarse = {"E": "Y", "C": "Y", "L": "Y", "F": "W", "WE": "WE"}.get(unit, unit)
    try:
        return Reading("DATE", at_unit(add(day, count, unit), coarse), "published")
    except (ValueError, OverflowError):
        return None


def _reference(ctx: Context, unit: str) -> str | None:
    """The last date fine enough to count units from; None if only coarser ones are near."""
    fine = {"D": {"D"}, "W": {"D", "W", "WE"}, "F": {"D", "W"}, "WE": {"D", "W", "WE"}}
    fine["M"] = {"D", "W", "WE", "M"}
    fine["Q"] = fine["M"] | {"Q"}
    for value in reversed(ctx.history[-3:]):
        if unit not in fine or unit_of(value) in fine[unit]:
            return value
    return None if ctx.history else ctx.published.isoformat()


@rule(
    "@approx n:COUNT -? ANYUNIT ( -? long )?",
    "@approx n:COUNT more|additional|straight|consecutive|full|trading|business|working ANYUNIT",
    "@approx n:COUNT FRAC -? ANYUNIT",
    "@approx n:COUNT -? and -? half:( a -? half ) -? ANYUNIT",
    "@approx n:COUNT -? odd|some ANYUNIT",
    "@approx one:a|an ANYUNIT ( and half:( a half ) )?",
    "@approx ( a|the )? one:half ( a|an )? -? ANYUNIT",
    "@approx one:a|an n:QUANT|NUM of? ANYUNIT",
    "@approx another|additional n:COUNT ANYUNIT",
    "another|additional UNIT",
    "an additional UNIT",
    "@approx n:COUNT ANYUNIT or so",
    "the? n:COUNT ANYUNIT",
    "the|these|those n:COUNT ANYUNIT",
)
def counted(ctx: Context, g: Groups) -> Reading | None:
    unit, count = g.value("ANYUNIT", g.value("UNIT")), _count(g)
    if (unit == "Q" and (count == 3 or "one" in g)) or (unit == "WE" and "one" in g):
        return None  # fractions ("three-quarters"), and weekends that are no measure of time
    if _AGE.match(ctx.after()):
        return None
    words = g.words("")
    if g.words("half") and count == 1:
        count = 1.5
    if "one" in g and "n" not in g and words.startswith(("a ", "an ")):
        if _RATE.search(ctx.before()):
            return Reading("SET", duration(1, unit), "published")
    return Reading("DURATION", duration(count, unit))


@rule("@approx n:NUM to|or|- m:NUM -? ANYUNIT", "the? next|last|past n:NUM to|or|- m:NUM ANYUNIT")
def counted_range(ctx: Context, g: Groups) -> Reading:
    return Reading("DURATION", duration(g.value("n"), g.value("ANYUNIT")), mod="APPROX")


@rule(
    "@approx the? rel:last|past|next|first|latest|previous|coming|final|preceding|following|opening"
    " n:COUNT full|trading|business? ANYUNIT ( or so )?",
    "@approx the? rel:last|past|next|first|coming n:QUANT of? ANYUNIT",
    "each|all of the rel:last|past|next n:COUNT ANYUNIT",
    "@approx the? rel:last|past|next half UNIT",
)
def counted_span(ctx: Context, g: Groups) -> Reading:
    """ "the last three months": a duration that ends at publication."""
    unit, count, rel = g.value("ANYUNIT", g.value("UNIT")), g.value("n", 0.5), g.words("rel")
    if rel in {"last", "past", "next", "coming"} and not ctx.after().startswith(" of "):
        span = _until(ctx, -1 if rel in {"last", "past"} else 1, count, unit)
        return Reading("DURATION", duration(count, unit), "published", span=span)
    return Reading("DURATION", duration(count, unit), "event")


@rule(
    "@approx UNITS ( -? long )?",
    "UNITS or|and UNITS",
    "the UNITS ahead",
    "recent UNITS",
    "( a|an )? UNIT -? long",
    "LONG",
)
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


@rule("every|each other? UNIT", "every|each n:NUM UNITS", "per UNIT")
def every_unit(ctx: Context, g: Groups) -> Reading:
    count = g.value("n", 2 if "other" in g.words("").split() else 1)
    return Reading("SET", duration(count, g.value("UNIT", g.value("UNITS"))))


@rule(
    "every|each WEEKDAY DAYPART?",
    "every|each MONTH",
    "every|each SEASON",
    "every|each DAYPART",
    "every|each HOLIDAY",
    "WEEKDAYS DAYPART?",
)
def every_named(ctx: Context, g: Groups) -> Reading | None:
    return _named_set(g)


def _named_set(g: Groups) -> Reading | None:
    part = f"T{g.value('DAYPART')}" if "DAYPART" in g else ""
    if number := g.value("WEEKDAY", g.value("WEEKDAYS")):
        return Reading("SET", f"XXXX-WXX-{number}{part}")
    if "MONTH" in g:
        return Reading("SET", f"XXXX-{g.value('MONTH'):02}")
    if "SEASON" in g:
        return Reading("SET", f"XXXX-{g.value('SEASON')}")
    return Reading("SET", f"XXXX-XX-XX{part}") if part else None


@rule("FREQUENCY")
def frequency(ctx: Context, g: Groups) -> Reading:
    return Reading("SET", g.value("FREQUENCY"))


# --- times of day -----------------------------------------------------------------------------


@rule(
    "CLOCK AMPM? ZONE?",
    "N12 AMPM ZONE?",
    "N12 o'clock AMPM? ZONE?",
    "N12|CLOCK in the DAYPART",
    "four:YEAR|N ZONE",
)
def clock(ctx: Context, g: Groups) -> Reading | None:
    hour, minute = g.value("CLOCK") or (g.value("N12"), 0)
    if "four" in g:
        hour, minute = divmod(g.value("four"), 100)
    half = g.value("AMPM") or {"AF": "p", "EV": "p", "NI": "p", "MO": "a"}.get(g.value("DAYPART"))
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59:
        return None
    return Reading("TIME", f"{ctx.clock_date()}T{hour:02}:{minute:02}", "previous")


@cache
def lexicon_rules() -> list[Rule]:
    """All rules, with one more for every phrase of the lexicon that has a fixed value."""

    def fixed(value: str) -> Callable[[Context, Groups], Reading]:
        return lambda ctx, g: Reading("DATE", value, "published")

    references = load("dates")["references"]
    return RULES + [
        Rule(phrase, fixed(value)) for value, phrases in references.items() for phrase in phrases
    ]
