"""Resolving rules of the temporal tagger: what the patterns of `lexicons/dates.yml` stand for.

A function marked `@resolver` is called for the patterns listed under its name, with the context and
the named elements of the match. It returns a `Reading` (or several, with the tokens each covers),
or None when the words do not name a time; then the next pattern is tried.
"""

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

from analysis.dates.context import Context, Groups, Reading
from analysis.dates.values import (
    DAY,
    Span,
    add,
    at_unit,
    duration,
    full_year,
    holiday,
    interval,
    narrow,
    shift,
    unit_of,
    week_of,
)

Resolver = Callable[[Context, Groups], Any]
RESOLVERS: dict[str, Resolver] = {}
_STEPS = {"last": -1, "past": -1, "previous": -1, "preceding": -1, "latest": -1}
_STEPS |= {"next": 1, "coming": 1, "following": 1, "upcoming": 1}
_OF_LAST_DATE = {"previous", "preceding", "following", "same", "that"}  # not of publication
_NEWS = 60  # days from publication in which a day is news rather than of a year named before
_PERIODS = {"D", "W", "M", "Q", "Y", "E", "C"}
_HOURS = {"S", "MIN", "H"}


def resolver(function: Resolver) -> Resolver:
    """Register a function under its name for the patterns of the lexicon listed there."""
    RESOLVERS[function.__name__] = function
    return function


# --- dates of the calendar ----------------------------------------------------------------------


@resolver
def written_in_digits(ctx: Context, g: Groups) -> Reading:
    """As in "2017-04-09"; of the two days that "9/4/2017" can mean, that of publication."""
    if "NUMDATE" not in g:
        return Reading("DATE", g.value(""))
    days, published = g.value("NUMDATE"), at_unit(ctx.published, "D")
    return Reading("DATE", published if published in days else days[0])


def _date(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except (TypeError, ValueError):  # "May 7.5" is no day
        return None


def _closest(ctx: Context, spans: list[tuple[Span, str]]) -> str:
    """Of the same date in several years, the one that distance and tense speak for.

    One that is five times nearer than the other is meant whatever the tense (writers name the
    year of a date nearly a year away). The nearer one is meant of what is set for a day ("the
    election in November") and after "until"; else the past tense takes the last one gone by, the
    future tense the next one to come. Without either it is the last one, as news tells of what
    was, unless the next one is twice as near.
    """
    gone = [(span, value) for span, value in spans if span[0] <= ctx.published]
    ahead = [(span, value) for span, value in spans if span[1] >= ctx.published]
    if not gone or not ahead or ctx.is_after("since"):
        return (gone or ahead)[-1][1]
    back = max((ctx.published - gone[-1][0][1]).days, 0)
    forth = max((ahead[0][0][0] - ctx.published).days, 0)
    if ctx.is_set_for_a_day:
        return gone[-1][1] if back <= forth else ahead[0][1]
    tense = ctx.tense() if 5 * min(back, forth) > max(back, forth) else None
    if tense in {"past", "future"}:
        return gone[-1][1] if tense == "past" else ahead[0][1]
    return gone[-1][1] if back <= 2 * forth else ahead[0][1]


def _going_on(ctx: Context, make: Callable[[int], str | None]) -> str | None:
    """The value for the year of the date told of in this paragraph, if it goes on from that.

    What "had been" is the last before that date; an earlier month after a later one is the next
    year's where half a year lies between.
    """
    last = interval(ctx.told) if ctx.told else None
    if not last or not _goes_on(ctx, make, last[0].year):
        return None
    year = last[0].year
    days = {y: span[0] for y in (year - 1, year, year + 1) if (span := interval(make(y) or ""))}
    if year not in days or days[year] > ctx.published:
        return None
    if ctx.is_past_perfect:
        return make(year - (days[year] > last[1] and year - 1 in days))
    is_next = (last[0] - days[year]).days > 183 and days.get(year + 1, dt.date.max) <= ctx.published
    return make(year + is_next)


def _goes_on(ctx: Context, make: Callable[[int], str | None], year: int) -> bool:
    """Whether a date goes on from the one told of.

    A day does from a day, and what stands in front of its clause ("In May the governor fled") or
    "had been" from any date; but after a year alone, what "had been" does not, and a day near
    publication is news.
    """
    before = unit_of(ctx.told or "")
    if before == "Y":
        return ctx.is_after("in_front") and not _is_news(ctx, make)
    is_day = before == unit_of(make(year) or "") == "D"
    return is_day or ctx.is_past_perfect or ctx.is_after("in_front")


def _is_news(ctx: Context, make: Callable[[int], str | None]) -> bool:
    """Whether the date of that name in the year of publication is near publication."""
    near = interval(make(ctx.published.year) or "")
    return near is not None and abs((ctx.published - near[0]).days) <= _NEWS


def _in_some_year(ctx: Context, make: Callable[[int], str | None]) -> Reading | None:
    """The value `make(year)` for the year the text is in: of the narrative, or by tense."""
    if told := _going_on(ctx, make):
        return Reading("DATE", told, "previous")
    if ctx.narrative_year:
        value = make(ctx.narrative_year)
        last, span = interval(ctx.last()), interval(value) if value else None
        if last and span and (last[0] - span[0]).days > 183:
            value = make(ctx.narrative_year + 1) or value
        return Reading("DATE", value, "previous")
    for near in (1, 4):  # 29 February may be years away
        years = range(ctx.published.year - near, ctx.published.year + near + 1)
        if spans := [(span, v) for y in years if (v := make(y)) and (span := interval(v))]:
            return Reading("DATE", _closest(ctx, spans), "published")
    return None


def _relative(ctx: Context, rel: str, make: Callable[[int], str | None]) -> Reading | None:
    """The last one wholly gone by, or the next one not yet begun.

    "the following May" is counted from the last date, "next May" from the publication date.
    """
    last = interval(ctx.last()) if rel in _OF_LAST_DATE else None
    day, anchor = (last[0], "previous") if last else (ctx.published, "published")
    values = [v for y in range(day.year - 2, day.year + 3) if (v := make(y)) and interval(v)]
    if rel in {"that", "same", "this"}:
        value = make(day.year)
    elif _STEPS.get(rel) == -1:
        value = next((v for v in reversed(values) if interval(v)[1] < day), None)
    else:
        value = next((v for v in values if interval(v)[0] > day), None)
    return Reading("DATE", value, anchor)


def _relative_year(ctx: Context, rel: str) -> tuple[int, str]:
    """ "last", "this", "next" year from publication; "that", "following" ... from the last date."""
    counted = rel in _OF_LAST_DATE or (not rel and ctx.narrative_year)
    last = interval(ctx.last()) if counted else None
    day, anchor = (last[0], "previous") if last else (ctx.published, "published")
    return day.year + _STEPS.get(rel, 0), anchor


def _recurring(g: Groups) -> Callable[[int], str | None]:
    """What comes round once a year (a day, month, season, quarter, feast), as a value of a year."""
    if "HOLIDAY" in g:
        as_value = week_of if g.words().endswith("week") else dt.date.isoformat
        return lambda year: as_value(holiday(g.value("HOLIDAY"), year))
    if "MONTH" in g:
        month, day = g.value("MONTH"), g.value("day", g.value("DAY"))
        if day is not None:
            return lambda year: _date(year, month, day)
        return lambda year: f"{year:04}-{month:02}"
    code = g.value("SEASON") or g.value("PART") or f"Q{g.value('ORD')}"
    if "half" in g:
        code = "H1" if g.words("half") == "first" else "H2"
    return lambda year: f"{year:04}-{code}"


@resolver
def yearly(ctx: Context, g: Groups) -> Reading | None:
    """As in "12 May", "last May", "May of that year", "the third quarter of 1989", "Easter"."""
    make, rel = _recurring(g), g.words("rel")
    if (year := g.value("YEAR", g.value("YY"))) is not None:
        value = make(year)
        return Reading("DATE", value) if interval(value or "") else None
    if "y" in g or "PART" in g:
        if g.value("y", "Y") != "Y":
            return None
        year, anchor = _relative_year(ctx, rel)
        return Reading("DATE", make(year), anchor)
    if "ORD" in g and "MONTH" not in g:
        return _quarter(ctx, g.value("ORD")) if g.value("ORD") <= 4 else None
    return _relative(ctx, rel, make) if rel else _in_some_year(ctx, make)


def _quarter(ctx: Context, number: int) -> Reading:
    """The one at hand or gone by within three quarters, or the next to come."""
    now = ctx.published.year * 4 + (ctx.published.month - 1) // 3
    back = (now - (number - 1)) % 4
    index = now + 1 if back == 3 and ctx.tense() == "future" else now - back
    return Reading("DATE", f"{index // 4:04}-Q{number}", "published")


@resolver
def between(ctx: Context, g: Groups) -> list[Reading | None] | None:
    """As in "3-5 April", "May to June 1940", "1989-90": one expression an end, as in TimeBank."""
    ends = g.part("from"), g.part("until")
    if "MONTH" not in g:
        first, last = ends[0].value("YEAR"), g.value("until") % 100
        if last != (first + 1) % 100 and not first % 100 < last < 100:
            return None
        last += first // 100 * 100 + (100 if last < first % 100 else 0)
        made = [Reading("DATE", f"{year:04}") for year in (first, last)]
    else:
        months = [end.value("MONTH", g.value("MONTH")) for end in ends]
        days = [end.value("DAY") for end in ends]
        if months[0] == months[1] and days[0] and days[1] <= days[0]:
            return None
        year = g.value("YEAR", g.value("YY"))
        years = (year, year) if year is None else (year - (months[0] > months[1]), year)
        made = [_day(ctx, *end) for end in zip(years, months, days, strict=True)]
    places = map(g.where, ("from", "until"))
    return [one and one._replace(tokens=place) for one, place in zip(made, places, strict=True)]


@resolver
def days_of_month(ctx: Context, g: Groups) -> list[Reading | None] | None:
    """As in "Jan. 28, 29 and 30", "3, 4 and 5 March": one expression a day."""
    places = g.places("DAY")
    days = [day for _, day in places]
    if ctx.is_before("counted_after") or days != sorted(set(days)):
        return None
    month = g.where("MONTH")[0]
    made = [_day(ctx, g.value("year"), g.value("MONTH"), day) for day in days]
    tokens = [(place, place + 1) for place, _ in places]
    if month < places[0][0]:
        tokens[0] = month, tokens[0][1]
    else:
        tokens[-1] = tokens[-1][0], month + 1
    tokens[-1] = tokens[-1][0], g.where("")[1]
    return [one and one._replace(tokens=t) for one, t in zip(made, tokens, strict=True)]


@resolver
def day_of_month(ctx: Context, g: Groups) -> Reading:
    """As in "the 1st of last month"."""
    month = add(ctx.published, _STEPS.get(g.words("rel"), 0), "M")
    return Reading("DATE", _date(month.year, month.month, g.value("day")), "published")


@resolver
def stamp(ctx: Context, g: Groups) -> Reading:
    """As in "Tue Mar 4 09:12:45 2014"."""
    hour, minute = g.value("CLOCK")
    day = _date(g.value("YEAR"), g.value("MONTH"), g.value("DAY"))
    return Reading("TIME", day and f"{day}T{hour:02}:{minute:02}")


@resolver
def written_with_hyphens(ctx: Context, g: Groups) -> Reading | None:
    """As in "10-Apr-15"."""
    if g.length("short") != 2:
        return None
    return Reading("DATE", _date(full_year(g.value("short")), g.value("MONTH"), g.value("day")))


def _day(ctx: Context, year: int | None, month: int, day: int | None) -> Reading | None:
    def make(year: int) -> str | None:
        return _date(year, month, day) if day else f"{year:04}-{month:02}"

    return _in_some_year(ctx, make) if year is None else Reading("DATE", make(year))


@resolver
def day_and_month(ctx: Context, g: Groups) -> Reading | None:
    """As in "on 10/3": in either order, whichever is nearer to the publication date."""
    first, second, year = g.value("first"), g.value("second"), ctx.published.year
    if not ("WEEKDAY" in g or ctx.is_after("on_a_date")):
        return None
    both = [(y, *o) for y in (year - 1, year, year + 1) for o in ((first, second), (second, first))]
    days = [value for order in both if (value := _date(*order))]
    near = (abs((dt.date.fromisoformat(day) - ctx.published).days) for day in days)
    return Reading("DATE", min(zip(near, days, strict=True), default=(0, None))[1], "published")


@resolver
def day_alone(ctx: Context, g: Groups) -> Reading | None:
    """As in "on the 12th": of the month of the last date, and not "on the 12th floor"."""
    last = ctx.last("D", "M")
    if not ctx.is_before("no_noun") and not (ctx.narrative_year and ctx.is_before("clause")):
        return None
    value = _date(int(last[:4]), int(last[5:7]), g.value("NTH"))
    return Reading("DATE", value, "previous", tokens=(1, 3))


@resolver
def year(ctx: Context, g: Groups) -> Reading | None:
    number = next(v for v in (g.value("YEAR"), g.value("YY"), g.value("NUM")) if v is not None)
    if not 1000 <= number < 2200:
        return None
    quarter = _quarter_at_hand(ctx)[4:] if g.words().endswith("quarter") else ""
    return Reading("DATE", f"{number:04}{quarter}")


@resolver
def era(ctx: Context, g: Groups) -> Reading | None:
    """As in "390 BC", "AD 70", "the nineties", "the 20th century"; TIMEX2: BC0390, 0070, 199."""
    before = g.value("ERA", "").replace("AD", "")
    if "DECADE" in g:
        value = g.value("DECADE")
        if isinstance(value, int):  # of the last century that had them
            value = f"{(ctx.published.year - 10 * value) // 100}{value}"
        return Reading("DATE", value)
    if "number" in g:
        return Reading("DATE", f"{before}{int(g.value('number')):04}")
    number = g.value("ORD")
    if number > 5 or "ERA" in g or g.tag("ORD") == "NTH":
        return Reading("DATE", f"{before}{number - 1:02}")
    return None


@resolver
def part_of_month(ctx: Context, g: Groups) -> Reading | None:
    """As in "the first week of May", "the last day of March", "the second half of June"."""
    reading = _day(ctx, g.value("year"), g.value("MONTH"), None)
    first, last = interval(reading.value)
    word, unit, is_last = g.words("n"), g.value("UNIT"), g.words("n") in {"last", "final"}
    number = g.value("n") if g.tag("n") == "ORD" else 1
    if g.words("of") == "half":
        middle = first + 14 * DAY
        second = word in {"second", "last"}
        return reading._replace(span=(middle + DAY, last) if second else (first, middle))
    if g.tag("UNITS"):
        mod = "END" if is_last else "START"
        return reading._replace(mod=mod, span=narrow((first, last), mod))
    if unit == "D":
        day = last if is_last else first + (number - 1) * DAY
        return Reading("DATE", day.isoformat()) if day <= last else None
    if unit == "W" and number <= 5:
        start = last - 6 * DAY if is_last else first + 7 * (number - 1) * DAY
        return Reading("DATE", week_of(start), span=(start, min(start + 6 * DAY, last)))
    if unit == "WE" and number <= 5 and not is_last:
        ahead = (6 - first.isoweekday()) % 7
        return Reading("DATE", at_unit(first + (ahead + 7 * (number - 1)) * DAY, "WE"))
    return None


# --- days counted from the publication date or the last date --------------------------------------


def _with_daypart(day: dt.date, g: Groups, anchor: str) -> Reading:
    part = g.value("DAYPART", g.value("TONIGHT"))
    value = at_unit(day, "D")
    return Reading("TIME", f"{value}T{part}", anchor) if part else Reading("DATE", value, anchor)


@resolver
def deictic_day(ctx: Context, g: Groups) -> Reading:
    """As in "tomorrow night", "this morning", "last night"."""
    step = g.value("DEICTIC", _STEPS.get(g.words("rel"), 0))
    reading = _with_daypart(ctx.published + step * DAY, g, "published")
    return _night_before(ctx) if g.words() == "last night" else reading


def _night_before(ctx: Context) -> Reading:
    """The night from the day before publication to that of publication."""
    span = ctx.published - DAY, ctx.published
    return Reading("TIME", f"{at_unit(span[0], 'D')}TNI", "published", span=span)


@resolver
def part_of_last_day(ctx: Context, g: Groups) -> Reading | None:
    rel, words, code = g.words("rel"), g.words().split(), g.value("DAYPART", "MO")
    hour = {"noon": "12:00", "midday": "12:00", "midnight": "24:00"}.get(words[-1])
    if not (hour or rel) and not _is_part_of_a_day(ctx, words, code):
        return None
    day = ctx.day()
    if words == ["overnight"] and day == at_unit(ctx.published, "D"):
        return _night_before(ctx)._replace(base=False)
    if rel in {"next", "following", "previous"}:
        day = shift(ctx.last("D"), _STEPS[rel], "D") or day
    return Reading("TIME", f"{day}T{hour or code}", "previous")


def _is_part_of_a_day(ctx: Context, words: list[str], code: str) -> bool:
    """Whether words such as "dawn", "the night" name a part of one day, not of any."""
    if words[-1] == "overnight" or (words[0] == "the" and ctx.is_before("of_a_day")):
        return True
    return code != "NI" and (len(words) > 1 or ctx.is_after("at_a_time"))


@resolver
def weekday(ctx: Context, g: Groups) -> Reading | None:
    number, rel = g.value("WEEKDAY"), g.words("rel")
    anchor, basis = ctx.published, "published"
    if g.words().endswith("week"):
        step = number - anchor.isoweekday() + 7 * _STEPS.get(rel, 0)
        return _with_daypart(anchor + step * DAY, g, basis)
    if rel in _OF_LAST_DATE or (ctx.narrative_year and not rel):
        last = interval(ctx.last("D"))
        anchor, basis = (last[0], "previous") if last else (anchor, basis)
    ahead = (number - anchor.isoweekday()) % 7
    if rel in _STEPS:
        ahead = (ahead or 7) if _STEPS[rel] > 0 else ahead - 7
    elif basis == "published" and rel != "this":
        ahead -= 7 * (ctx.tense() != "future" and ahead > 0)
    return _with_daypart(anchor + ahead * DAY, g, basis)


# --- periods ------------------------------------------------------------------------------------


_NO_DAY = {"last", "current", "past", "latest", "coming"}  # "the last day", "the current day"
_LENGTH = re.compile(r"past|the (?:last|next) ")  # a length of time, not a week of the calendar


@resolver
def relative_period(ctx: Context, g: Groups) -> Reading | None:
    """As in "last week", "the same month", "the past year", "this year's quarter"."""
    rel, unit, words = g.words("rel"), g.value("UNIT"), g.words()
    step = _steps(ctx, rel, unit)
    if unit not in _PERIODS | {"WE"} or (unit == "D" and rel in _NO_DAY):
        return None
    if rel in _OF_LAST_DATE or (unit == "D" and rel == "next"):
        return _around(ctx, step, unit)
    if rel == "past" or _LENGTH.search(words):
        if rel == "next" and ctx.narrative_year:
            return _around(ctx, 1, unit)
        return Reading("DURATION", duration(1, unit), "published", span=_until(ctx, step, 1, unit))
    value = at_unit(add(ctx.published, step, unit), unit)
    if words.endswith("quarter") and unit == "Y":
        value += _quarter_at_hand(ctx)[4:]
    return Reading("DATE", value, "published")


def _steps(ctx: Context, rel: str, unit: str) -> int:
    """Units from the one at hand; "this weekend" is the last one after a past tense."""
    if unit == "WE" and rel == "this" and ctx.published.isoweekday() < 5:
        return -(ctx.tense() == "past")
    return _STEPS.get(rel, 0)


def _around(ctx: Context, step: int, unit: str) -> Reading | None:
    """The period `step` units from the last date mentioned, as coarse as the unit."""
    finer = {"D": "D", "W": "D W WE", "WE": "D W WE", "M": "D W WE M", "Q": "D M Q"}
    last = interval(ctx.last(*finer.get(unit, "").split()))
    return Reading("DATE", at_unit(add(last[0], step, unit), unit), "previous") if last else None


def _until(ctx: Context, sign: int, count: Any, unit: str) -> Span | None:
    if count != "X" and unit == "H":
        count, unit = math.ceil(count / 24), "D"
    if count == "X" or unit not in _PERIODS | {"F", "WE"}:
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
        return _around(ctx, 0, unit)
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
    day = _day(ctx, None, g.value("MONTH"), g.value("DAY"))
    return day and day._replace(value=week_of(interval(day.value)[0]))


@resolver
def the_weekend(ctx: Context, g: Groups) -> Reading:
    """The weekend gone by, or the one to come after a future tense."""
    gone = ctx.tense() != "future" and ctx.published.isoweekday() < 6
    return Reading("DATE", at_unit(ctx.published - 7 * gone * DAY, "WE"), "published")


def _quarter_at_hand(ctx: Context) -> str:
    """The quarter mentioned last, else the last one that has ended: results are reported then."""
    named = next((v for v in reversed(ctx.history) if unit_of(v) == "Q"), None)
    return named or shift(at_unit(ctx.published, "Q"), -1, "Q")


@resolver
def compared_period(ctx: Context, g: Groups) -> Reading:
    """As in "the year-ago quarter": the period reported on, a year before."""
    words = g.words().split()
    if "latest" in words:
        return Reading("DATE", _quarter_at_hand(ctx), "previous")
    if "ORD" in g:
        return Reading("DATE", f"{ctx.published.year - 1:04}-Q{g.value('ORD')}", base=False)
    base = _quarter_at_hand(ctx) if "quarter" in words else _compared(ctx)
    tokens = (0, g.where("")[1] - (words[-1] in {"level", "month"}))
    return Reading("DATE", shift(base, -1, "Y"), "previous", tokens=tokens, base=False)


@resolver
def same_period_before(ctx: Context, g: Groups) -> Reading | None:
    """As in "the same month a year ago": of the date last mentioned."""
    same = _around(ctx, 0, g.value("UNIT")) if g.value("UNIT") in {"D", "M", "Q"} else None
    return same and same._replace(value=shift(same.value, -1, "Y"), base=False)


def _compared(ctx: Context) -> str:
    """What "a year ago" is compared with: a quarter or month at hand, else the year."""
    for value in reversed(ctx.history[-4:]):
        if unit_of(value) == "Q":
            return value
    return ctx.recent if unit_of(ctx.recent or "") == "M" else at_unit(ctx.published, "Y")


# --- counted units ------------------------------------------------------------------------------


def _count(g: Groups) -> Any:
    count = g.value("n", 0.5 if g.words("one") == "half" else "FRAC" not in g)
    return count if count == "X" else count + (g.value("FRAC", 0) or 0.5 * ("half" in g))


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
    if count % 1 and unit in {"Y", "E"}:
        count, unit = count * (12 if unit == "Y" else 120), "M"
    coarse = {"E": "Y", "C": "Y", "L": "Y", "F": "W"}.get(unit, unit)
    day = add(ctx.published, -count if ago else count, unit)
    return Reading("DATE", at_unit(day, coarse), "published")


@resolver
def counted_from(ctx: Context, g: Groups) -> Reading | None:
    """As in "two days later", "the day before": from the date last mentioned.

    "two days before the vote" is a length of time, counted from an event of unknown date.
    """
    unit, way, count = g.value("ANYUNIT"), g.words("dir"), _count(g)
    length = Reading("DURATION", duration(count, unit), "event")
    if way in {"before", "after"} and not ctx.is_before("no_noun"):
        if g.words().startswith("the"):
            return None
        return length._replace(tokens=(0, g.where("ANYUNIT")[1]))
    last = _reference(ctx, unit)
    if unit in _HOURS or count == "X" or not last or count % 1:
        return length
    later = way in {"later", "after"}
    value = shift(last, count if later else -count, unit)
    coarse = ctx.narrative_year or later  # reports compare a day with the same day a year earlier
    if value and coarse and (unit, unit_of(value)) in {("M", "D"), ("Y", "D"), ("Y", "M")}:
        value = at_unit(interval(value)[0], unit)
    return Reading("DATE", value, "previous", base=later) if value else length


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
    unit, count = g.value("ANYUNIT"), _count(g)
    if (unit == "Q" and (count == 3 or "one" in g)) or (unit == "WE" and "one" in g):
        return None  # fractions ("three-quarters"), and weekends that are no measure of time
    if ctx.is_before("age"):
        return None
    one = "one" in g and "n" not in g and g.words().startswith(("a ", "an "))
    if one and ctx.is_after("rate"):
        return Reading("SET", duration(1, unit), "published")
    return Reading("DURATION", duration(count, unit), mod="APPROX" if "to" in g else None)


@resolver
def counted_span(ctx: Context, g: Groups) -> Reading:
    """As in "the last three months": a duration that ends at publication."""
    unit, count, rel = g.value("ANYUNIT"), g.value("n", 0.5), g.words("rel")
    length = Reading("DURATION", duration(count, unit), "event")
    if rel in {"last", "past", "next", "coming"} and not ctx.is_before("of"):
        return length._replace(anchor="published", span=_until(ctx, _STEPS[rel], count, unit))
    return length


@resolver
def uncounted(ctx: Context, g: Groups) -> Reading | None:
    if one := g.value("UNIT", g.value("LONG")):
        return Reading("DURATION", duration(1, one))
    if g.words().startswith("recent"):
        return Reading("DATE", "PAST_REF", "published")
    if g.value("UNITS") in {"S", "MIN", "Q", "WE"} or ctx.is_before("age"):
        return None
    return Reading("DURATION", duration("X", g.value("UNITS")))


# --- sets and times of day ----------------------------------------------------------------------


@resolver
def every(ctx: Context, g: Groups) -> Reading | None:
    part = f"T{g.value('DAYPART')}" if "DAYPART" in g else ""
    if unit := g.value("ANYUNIT"):
        count = g.value("n", 2 if "other" in g.words().split() else 1)
        return Reading("SET", duration(count, unit))
    if number := g.value("WEEKDAY", g.value("WEEKDAYS")):
        return Reading("SET", f"XXXX-WXX-{number}{part}")
    if "MONTH" in g:
        return Reading("SET", f"XXXX-{g.value('MONTH'):02}")
    if "SEASON" in g:
        return Reading("SET", f"XXXX-{g.value('SEASON')}")
    return Reading("SET", g.value("FREQUENCY", f"XXXX-XX-XX{part}"))


@resolver
def clock(ctx: Context, g: Groups) -> Reading | None:
    """As in "10 p.m.", "0730 GMT", "5 in the morning"."""
    time = _four_digits(g) if "four" in g else g.value("CLOCK") or (g.value("N12"), 0)
    took = g.words().count(":") == 2 and ctx.is_after("in")  # "finished in 2:41:09"
    if not time or took:
        return None
    hour, minute = time
    part = g.value("DAYPART", g.value("TONIGHT"))
    half = g.value("AMPM") or {"AF": "p", "EV": "p", "NI": "p", "MO": "a"}.get(part)
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59:
        return None
    return Reading("TIME", f"{ctx.day()}T{hour:02}:{minute:02}", "previous")


def _four_digits(g: Groups) -> tuple[int, int] | None:
    """Hour and minute of "0730"."""
    return divmod(g.value("four"), 100) if g.length("four") == 4 else None
