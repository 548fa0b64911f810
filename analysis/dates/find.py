"""Time expressions of English news: found, typed, and resolved to calendar dates.

`find_dates` reads a text from front to back, as TimeML's annotators do. Neighbouring time words
(`analysis.dates.time_words`) are matched against the patterns of `lexicons/dates.yml`, the longest
first, and each match is resolved (`analysis.dates.rules`) against the publication date, the date
last mentioned, the tense of the clause, or, in a history, the year last mentioned.

Standards. Types and values are TIMEX3 (TimeML 1.2.1, Saurí et al. 2006), which takes over ISO 8601
(days, months, years, weeks, clock times, durations) and TIMEX2's extensions (Ferro et al. 2005):
quarters 2024-Q1, halves 2024-H1, seasons 2024-SU, weekends 2024-W06-WE, decades "199", centuries
"19", parts of the day TMO TAF TEV TNI, PAST_REF, PRESENT_REF, FUTURE_REF, X for an unknown number;
`mod` holds TIMEX3's modifiers. Dates with slashes are read month first (10/11/2020 is 11 October),
those with dots or hyphens day first (9.4.2017 is 9 April), unless only the other order gives a day
or the day of publication; a year of two digits is 1950 to 2049.

Conventions where the standards are silent. "early", "mid" and "late" (and start, middle, end of)
leave the value alone and narrow the interval to the first, middle or last third of its days,
rounded up. "earlier this month" ends, and "later this month" begins, at the publication date.
Seasons are the meteorological ones of the northern hemisphere, a winter begins in December of the
year named. A weekday is the one last gone by (the day of publication included) unless a future
tense governs it; "last" and "next" leave out the day of publication. A month or day without a year
is the one gone by after a past tense, the one to come after a future tense; without either it is
the one gone by unless the other is twice as near, and one five times nearer is taken in any case. A
text whose first date has a year older than the year before publication, with a month or in front of
its clause (or another such year follows), and more than twice as many such years as words like
"yesterday", is a history: there, dates without a year belong to the year last mentioned. In any
text a day goes on from a day with a year told up to two sentences before it in its paragraph and
voice, and so does what "had been" or stands in front of its clause ("In May the governor fled"),
unless that year is named in passing ("the largest since 1973", "who was jailed in 2011"). Of what
is set for a day ("the election in November") the nearer one is meant. "Last night" and "overnight"
are the day before publication and that day; "the past 36 hours" are as many days, rounded up. "On
10/3" is read in the order that brings it nearer to the publication date. A duration has an interval
only when it ends or begins at publication ("the last three months"), never when counted from an
event ("a week after the attack").
"""

import datetime as dt
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from analysis.dates.context import Context, Groups, Reading, Text
from analysis.dates.patterns import Candidate, fitting
from analysis.dates.rules import RESOLVERS, Resolver
from analysis.dates.time_words import TimeLexicon, TimeWord, lower, rows, time_lexicon
from analysis.dates.values import interval, narrow, unit_of
from analysis.lexicons import OURS, Lexicon

_MAX_RANGE = 62  # days of an uncertain publication date that are tried
_UNLIKE = dt.date(1911, 2, 1), dt.date(2087, 10, 4)  # two days that have nothing in common


class DateExpression(NamedTuple):
    """A time expression of a text and what it stands for.

    `date_from` and `date_to` are the closed interval meant, both None where no calendar dates
    follow (sets, vague references, durations without an anchor). `anchor` tells what the value
    was resolved against: "absolute" (nothing), "published", "previous" (a date mentioned before),
    "event" (an event of unknown date). `mod` is TIMEX3's modifier or None.
    """

    start: int
    end: int
    text: str
    type: str
    value: str
    date_from: dt.date | None
    date_to: dt.date | None
    anchor: str
    mod: str | None


def find_dates(
    text: str, published: dt.date | str, lexicon: Lexicon = OURS
) -> list[DateExpression]:
    """The time expressions of `text`, in order and without overlaps.

    `published` is the publication date (a date, or ISO 8601 "2024-04-22"). Offsets are code
    points of `text`. Raises ValueError naming `published` when it is not a date.

    >>> [(date.text, date.value) for date in find_dates("They left on Monday.", "2024-04-24")]
    [('Monday', '2024-04-22')]
    """
    return _resolve(_find(text, lexicon), _as_date(published))


def find_dates_in_range(
    text: str,
    published_from: dt.date | str,
    published_to: dt.date | str,
    published: dt.date | str,
    lexicon: Lexicon = OURS,
) -> list[DateExpression]:
    """`find_dates` for an article published on an unknown day of a closed range.

    Values are those for `published`; the intervals are the union over all days of the range, at
    most 62 of them, evenly spread and with both ends, where it is longer. Raises ValueError
    for what is not a date and for a range that does not hold `published`.

    >>> date, = find_dates_in_range("On Monday.", "2024-04-24", "2024-04-30", "2024-04-24")
    >>> f"{date.value}: {date.date_from} to {date.date_to}"
    '2024-04-22: 2024-04-22 to 2024-04-29'
    """
    first, last, day = (_as_date(d) for d in (published_from, published_to, published))
    if not first <= day <= last:
        raise ValueError(f"published {day} is not within {first} to {last}")
    found = _find(text, lexicon)
    result = _resolve(found, day)
    days = (last - first).days
    steps = min(days, _MAX_RANGE - 1)
    for step in range(steps + 1 if days else 0):
        other = first + dt.timedelta(days=round(days * step / steps))
        spans = {(e.start, e.end): e for e in _resolve(found, other)}
        result = [_widened(e, spans.get((e.start, e.end))) for e in result]
    return result


def find_dates_undated(text: str, lexicon: Lexicon = OURS) -> list[DateExpression]:
    """`find_dates` for an article of which nobody knows when it was published.

    What can only be resolved against the day of publication has the value ``XXXX`` and no dates.
    """
    found = _find(text, lexicon)
    one, other = ({(e.start, e.end): e for e in _resolve(found, day)} for day in _UNLIKE)
    return [e if e == other.get(place) else _unresolved(e) for place, e in one.items()]


def _unresolved(expression: DateExpression) -> DateExpression:
    return expression._replace(value="XXXX", date_from=None, date_to=None)


def _widened(one: DateExpression, other: DateExpression | None) -> DateExpression:
    if not other or not (one.date_from and one.date_to and other.date_from and other.date_to):
        return one
    return one._replace(
        date_from=min(one.date_from, other.date_from),
        date_to=max(one.date_to, other.date_to),
    )


def _as_date(value: dt.date | str) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.datetime.fromisoformat(value.strip()).date()
    except (ValueError, AttributeError):
        raise ValueError(f"published: {value!r} is not an ISO date such as 2024-04-22") from None


Match = tuple[list[TimeWord], int, list[Candidate]]  # a row, a place in it, what fits there


class Found(NamedTuple):
    """Where patterns match in a text, apart from what they mean."""

    text: Text
    matches: list[Match]


def _find(text: str, lexicon: Lexicon) -> Found:
    low, known = lower(text), time_lexicon(lexicon)
    matches = [(row, *place) for row in rows(text, low, known) for place in fitting(known, row)]
    return Found(Text(text, low, known), matches)


# --- resolution -----------------------------------------------------------------------------------

_DEICTIC = {"DEICTIC", "TONIGHT", "WEEKDAY"}
_CALENDAR = _DEICTIC | {"MONTH", "YEAR", "ISO", "NUMDATE"}
_DEICTIC_WORDS = {"ago", "this", "last", "next", "now", "recently", "currently"}


def _first_year(found: Found, day: dt.date) -> int | None:
    """The year of a text's first date if it tells of that time, long before publication, else None.

    That date has a year before the last one, with a month or in front of its clause, unless another
    such year follows; and such years are more than twice as many as words of the day, such as
    "yesterday".  Years named in passing do not count.
    """
    old: list[int] = []
    near = least = 0
    for match in _apart(found):
        tags = {token.tag for token in match}
        near += match[0].word in _DEICTIC_WORDS or not tags.isdisjoint(_DEICTIC)
        if tags.isdisjoint(_CALENDAR) or not _is_told(found.text, match):
            continue
        old += [t.value for t in match if t.tag == "YEAR" and t.value < day.year - 1]
        if not old:  # the first date is of the day, or of no year
            return None
        is_fine = not tags.isdisjoint({"MONTH", "SEASON"})
        least = least or 2 - (is_fine or found.text.is_after("in_front", match[0].start))
    return old[0] if len(old) > max(least - 1, 2 * near) else None


def _apart(found: Found) -> Iterator[list[TimeWord]]:
    """Each match that overlaps none before it."""
    end = -1
    for row, first, candidates in found.matches:
        if row[first].start >= end:
            match = row[first : first + candidates[0][0]]
            end = match[-1].end
            yield match


def _is_told(text: Text, match: list[TimeWord]) -> bool:
    """Whether a date belongs to what the text itself tells."""
    start, end, tags = match[0].start, match[-1].end, {token.tag for token in match}
    is_day = "MONTH" in tags and not tags.isdisjoint({"N12", "N31", "NTH"})
    return text.quotation(start) is None and not text.is_in_passing(start, end, is_day)


@cache
def _resolvers(known: TimeLexicon) -> list[Resolver]:
    """What resolves each pattern and each reference of the lexicon."""
    return [RESOLVERS[name] for _, name in known.patterns] + [
        _fixed(value) for _, value in known.references
    ]


def _fixed(value: str) -> Resolver:
    def resolve(ctx: Context, g: Groups) -> Reading | None:
        if g.words().startswith("the ") and ctx.is_before("of"):  # "the future of the alliance"
            return None
        return Reading("DATE", value, "published", base=False)

    return resolve


def _resolve(found: Found, published: dt.date) -> list[DateExpression]:
    if not found.matches:
        return []
    ctx = Context(found.text, published, _first_year(found, published))
    done: list[tuple[int, int, Reading]] = []
    end = -1
    for match in found.matches:
        if match[0][match[1]].start >= end and (readings := _read(ctx, match)):
            done += readings
            end = done[-1][1]
    text = found.text.text
    return [
        DateExpression(
            start, end, text[start:end], r.type, r.value, *(r.span or (None, None)), r.anchor, r.mod
        )
        for start, end, r in _merged(text, done)
    ]


def _read(ctx: Context, match: Match) -> list[tuple[int, int, Reading]]:
    """Place and reading of what stands at a match, by the first of its patterns that has one."""
    row, at, candidates = match
    known = ctx.text.known
    for size, number, groups in candidates:
        part = row[at : at + size]
        ctx.move(part[0].start, part[-1].end)
        g = Groups(part, groups, known)
        try:
            answer = _resolvers(known)[number](ctx, g)
        except (ValueError, OverflowError):  # a date outside the calendar
            continue
        readings = answer if isinstance(answer, list) else [answer]
        if all(reading and reading.value for reading in readings):
            placed = []
            for reading in readings:
                first, last = reading.tokens or (0, size)
                one = _modified(reading, g, ctx)
                placed.append((part[first].start, part[last - 1].end, one))
                ctx.add(one, part[first].start, part[last - 1].end)
            return placed
    return []


def _modified(reading: Reading, g: Groups, ctx: Context) -> Reading:
    """The reading with TIMEX3's modifier, its interval narrowed accordingly."""
    span = reading.span or interval(reading.value)
    if "approx" in g:
        mod = ctx.text.known.number_modifier(g.words("approx"))
        return reading._replace(mod=mod, span=span)
    if "mod" not in g and "EARLY" not in g:
        return reading._replace(span=span)
    words = g.words("mod").split()
    mod = g.value("EARLY") or g.value("BOUND")
    if span and "earlier" in words:
        span = (span[0], max(span[0], min(span[1], ctx.published)))
    elif span and "later" in words:
        span = (min(span[1], max(span[0], ctx.published)), span[1])
    elif span and mod:
        span = narrow(span, mod)
    return reading._replace(mod=mod, span=span)


_JOINTS = {" of ", " ", ", ", ",", "\n", " on ", ", on "}
_ZONES = re.compile(r"(?: ?[(/] ?)?$")  # between the same time in two zones


def _joined(one: Reading, other: Reading, gap: str) -> Reading | None:
    """The clock time or part of day of one reading on the day of the other."""
    for time, day in ((one, other), (other, one)):
        clock = time.value.partition("T")[2]
        if time.type != "TIME" or unit_of(day.value) != "D" or not clock:
            continue
        if (gap.startswith(",") and clock.isalpha()) or (gap == " of " and time is not one):
            continue
        if day.type == "DATE" or (clock[0].isdecimal() and day.value[11:12].isalpha()):
            value = f"{day.value[:10]}T{clock}"
            return time._replace(value=value, anchor=day.anchor, span=day.span)
    return None


def _merged(text: str, done: list[tuple[int, int, Reading]]) -> list[tuple[int, int, Reading]]:
    """As in "10 p.m. Wednesday": a time of day and the day beside it are one expression."""
    result: list[tuple[int, int, Reading]] = []
    for start, end, reading in done:
        if result:
            first, last, previous = result[-1]
            gap = text[last:start]
            if gap[:1] == ")" and _ZONES.match(text[result[-2:][0][1] : first]):
                gap = " on " if gap[1:] == " " else gap[1:]  # "10:35 (0735 GMT) Friday"
                earlier = _joined(result[-2:][0][2], reading, gap) if gap in _JOINTS else None
                if earlier and len(result) > 1:
                    result[-2] = (*result[-2][:2], earlier)
            joined = _joined(previous, reading, gap) if gap in _JOINTS else None
            if joined and "on" in gap:
                if previous.type == "TIME":
                    result[-1] = (first, last, joined)
            elif joined:
                result[-1] = (first, end, joined)
                continue
        result.append((start, end, reading))
    return result
