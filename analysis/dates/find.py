"""Time expressions of English news: found, typed, and resolved to calendar dates.

`find_dates` reads a text from front to back, as TimeML's annotators do. Neighbouring time words
(`analysis.dates.vocabulary`) are matched against the patterns of `lexicons/dates.yml`, the longest
first, and each match is resolved (`analysis.dates.rules`) against the publication date, the date
last mentioned, the tense of the clause, or, in a history, the year last mentioned.

Standards. Types and values are TIMEX3 (TimeML 1.2.1, Saurí et al. 2006), which takes over
ISO 8601 (days, months, years, weeks, clock times, durations) and TIMEX2's extensions (Ferro et
al. 2005): quarters 2024-Q1, halves 2024-H1, seasons 2024-SU, weekends 2024-W06-WE, decades "199",
centuries "19", parts of the day TMO TAF TEV TNI, PAST_REF, PRESENT_REF, FUTURE_REF, X for an
unknown number; `mod` holds TIMEX3's modifiers. Numeric dates are read month first (10/11/2020 is
11 October), unless the first number is above 12; a year of two digits is 1950 to 2049.

Conventions where the standards are silent. "early", "mid" and "late" (and start, middle, end of)
leave the value alone and narrow the interval to the first, middle or last third of its days,
rounded up. "earlier this month" ends, and "later this month" begins, at the publication date.
Seasons are the meteorological ones of the northern hemisphere, a winter begins in December of the
year named. A weekday is the one last gone by (the day of publication included) unless a future
tense governs it; "last" and "next" leave out the day of publication. A month or day without a year
is the one gone by after a past tense, the one to come after a future tense; without either it is
the one gone by unless the other is twice as near, and one five times nearer is taken in any case. A
text with two or more years older than the year before publication (or one, in its first date), and
more than twice as many as words like "yesterday", is a history: there, dates without a year belong
to the year last mentioned. In short messages a weekday without a verb is the one to come, and 10/3
is read in the order that brings it nearer to the publication date. A duration has an interval only
when it ends or begins at publication ("the last three months"), never when counted from an event
("a week after the attack").
"""

import datetime as dt
import re
from functools import cache, lru_cache
from typing import Any, NamedTuple

from analysis.dates.context import Context, Groups, Reading, Text
from analysis.dates.rules import RESOLVERS, Resolver
from analysis.dates.values import interval, narrow, unit_of
from analysis.dates.vocabulary import Token, expand_macros, lower, rows, vocabulary
from analysis.lexicons import load

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


def find_dates(text: str, published: dt.date | str) -> list[DateExpression]:
    """The time expressions of `text`, in order and without overlaps.

    `published` is the publication date (a date, or ISO 8601 "2024-04-22"). Offsets are code
    points of `text`. Raises ValueError naming `published` when it is not a date.
    """
    return _resolve(_find(text), _as_date(published))


def find_dates_in_range(
    text: str, published_from: dt.date | str, published_to: dt.date | str, published: dt.date | str
) -> list[DateExpression]:
    """`find_dates` for an article published on an unknown day of a closed range.

    Values are those for `published`; the intervals are the union over all days of the range, at
    most 62 of them, evenly spread and with both ends, where it is longer. Raises ValueError
    for what is not a date and for a range that does not hold `published`.
    """
    first, last, day = (_as_date(d) for d in (published_from, published_to, published))
    if not first <= day <= last:
        raise ValueError(f"published {day} is not within {first} to {last}")
    found = _find(text)
    result = _resolve(found, day)
    days = (last - first).days
    steps = min(days, _MAX_RANGE - 1)
    for step in range(steps + 1 if days else 0):
        other = first + dt.timedelta(days=round(days * step / steps))
        spans = {(e.start, e.end): e for e in _resolve(found, other)}
        result = [_widened(e, spans.get((e.start, e.end))) for e in result]
    return result


def find_dates_undated(text: str) -> list[DateExpression]:
    """`find_dates` for an article of which nobody knows when it was published.

    What can only be resolved against the day of publication has the value ``XXXX`` and no dates.
    """
    found = _find(text)
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


# --- patterns -------------------------------------------------------------------------------------


@cache
def _rules() -> list[tuple[str, Resolver]]:
    """Patterns and what resolves them; phrases with a fixed value come last."""
    lexicon = load("dates")
    rules = [(p, RESOLVERS[name]) for name, ps in lexicon["patterns"].items() for p in ps]
    return rules + [
        (phrase, _fixed(value)) for value, ps in lexicon["references"].items() for phrase in ps
    ]


def _fixed(value: str) -> Resolver:
    return lambda ctx, g: Reading("DATE", value, "published")


def _expand(name: str, classes: dict[str, str]) -> set[str]:
    """The tags and words a class name of a pattern stands for."""
    members = set(classes.get(name, name).split("|"))
    more = {m for member in members - {name} for m in _expand(member, classes)}
    return more | (members & {name})


def _compile(pattern: str, classes: dict[str, str]) -> tuple[re.Pattern[str], set[str]]:
    """A pattern as a regular expression over words and tags that each end in a blank.

    With it the tags a match can begin with.
    """
    parts: list[str] = []
    closing: list[str] = []
    # per open bracket: tags it can begin with, nothing read yet in this alternative, in an earlier
    frames: list[list[Any]] = [[set(), True, False]]
    for number, element in enumerate(expand_macros(pattern).split()):
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
            tags = set().union(*(_expand(part, classes) for part in body.split("|")))
            choice = "|".join(map(re.escape, sorted(tags)))
            parts.append(f"{opening}(?:(?:{choice}) )" + (")" if name else "") + optional)
            if frames[-1][1]:
                frames[-1][0] |= tags
                frames[-1][1] = bool(optional)
    return re.compile("".join(parts)), frames[0][0]


@cache
def _patterns() -> dict[str, list[tuple[int, re.Pattern[str]]]]:
    """By first tag: the patterns that can begin with it, with the numbers of their rules."""
    classes = vocabulary().classes
    result: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
    for number, (text, _) in enumerate(_rules()):
        pattern, begins = _compile(text, classes)
        for tag in begins:
            result.setdefault(tag, []).append((number, pattern))
    return result


Candidate = tuple[int, int, dict[str, tuple[int, int]]]  # tokens, rule, named groups


@lru_cache(maxsize=20_000)
def _places(tags: str) -> list[tuple[int, list[Candidate]]]:
    """The positions of a row of tags at which patterns match, and these."""
    starts = [0] + [m.end() for m in re.finditer(" ", tags)]
    places = ((first, _candidates(tags[offset:])) for first, offset in enumerate(starts[:-1]))
    return [(first, candidates) for first, candidates in places if candidates]


@lru_cache(maxsize=20_000)
def _candidates(tags: str) -> list[Candidate]:
    """The patterns that match at the beginning of a row of tags, longest first."""
    found: list[Candidate] = []
    for number, pattern in _patterns().get(tags.partition(" ")[0], ()):
        if (match := pattern.match(tags)) and match.end():
            groups = {"": (0, tags.count(" ", 0, match.end()))}
            for name, place in pattern.groupindex.items():
                if match[place]:
                    span = (tags.count(" ", 0, offset) for offset in match.span(place))
                    groups[name.rpartition("_")[0]] = tuple(span)
            found.append((groups[""][1], number, groups))
    return sorted(found, key=lambda candidate: (-candidate[0], candidate[1]))


Match = tuple[list[Token], int, list[Candidate]]  # a row, a place in it, what fits there


class Found(NamedTuple):
    """Where patterns match in a text, apart from what they mean."""

    text: Text
    matches: list[Match]


def _find(text: str) -> Found:
    low = lower(text)
    literals = vocabulary().literals
    found = []
    for tokens in rows(text, low):
        tags = [t.word if t.word in literals else t.tag for t in tokens]
        found += [(tokens, *place) for place in _places(" ".join(tags) + " ")]
    return Found(Text(text, low), found)


# --- resolution -----------------------------------------------------------------------------------

_DEICTIC = {"DEICTIC", "TONIGHT", "WEEKDAY"}
_DEICTIC_WORDS = {"ago", "this", "last", "next", "now", "recently", "currently"}


def _first_year(matches: list[Match], day: dt.date) -> int | None:
    """The first year of a text that tells of years long before its publication, else None.

    One such year is enough where it is that of the first date.
    """
    years, near, end = {}, 0, -1
    for row, first, candidates in matches:
        if row[first].start >= end:
            match = row[first : first + candidates[0][0]]
            end = match[-1].end
            years |= {t.start: t.value for t in match if t.tag == "YEAR"}
            near += match[0].word in _DEICTIC_WORDS or any(t.tag in _DEICTIC for t in match)
    old = [year for year in years.values() if year < day.year - 1]
    dated = (row[n:] for row, n, _ in matches if row[n].tag not in {"CLOCK", "DAYPART"})
    needed = 1 if any(t.tag == "YEAR" for t in next(dated, [])[:8]) else 2
    return old[0] if len(old) >= needed and len(old) > 2 * near else None


def _resolve(found: Found, published: dt.date) -> list[DateExpression]:
    rules, matches = _rules(), found.matches
    if not matches:
        return []
    ctx = Context(found.text, published, _first_year(matches, published))
    done: list[tuple[int, int, Reading]] = []
    end = -1
    for row, at, candidates in matches:
        if row[at].start < end:
            continue
        for size, number, groups in candidates:
            part = row[at : at + size]
            ctx.move(part[0].start, part[-1].end)
            g = Groups(part, groups)
            try:
                answer = rules[number][1](ctx, g)
            except (ValueError, OverflowError):  # a date outside the calendar
                continue
            if not answer:
                continue
            readings = answer if isinstance(answer, list) else [answer]
            if any(r is None or not r.value for r in readings):
                continue
            for reading in readings:
                first, last = reading.tokens or (0, size)
                one = _modified(reading, g, published)
                place = (part[first].start, part[last - 1].end, one)
                done.append(place)
                if unit_of(one.value) and one.base:
                    ctx.add(one.value.split("T")[0], place[1])
            end = done[-1][1]
            break
    text = found.text.text
    return [
        DateExpression(
            start, end, text[start:end], r.type, r.value, *(r.span or (None, None)), r.anchor, r.mod
        )
        for start, end, r in _merged(text, done)
    ]


def _modified(reading: Reading, g: Groups, published: dt.date) -> Reading:
    """The reading with TIMEX3's modifier, its interval narrowed accordingly."""
    span = reading.span or interval(reading.value)
    mod = reading.mod
    if "mod" in g or "EARLY" in g:
        words = g.words("mod")
        mod = g.value("EARLY") or g.value("BOUND")
        if span and "earlier" in words.split():
            span = (span[0], max(span[0], min(span[1], published)))
        elif span and "later" in words.split():
            span = (min(span[1], max(span[0], published)), span[1])
        elif span and mod:
            span = narrow(span, mod)
    elif "approx" in g:
        mod = _number_modifier(g.words("approx"))
    return Reading(*reading[:3], mod, span, *reading[5:])


@cache
def _number_modifier(words: str) -> str | None:
    modifiers = load("dates")["number_modifiers"]
    return next((mod for mod, phrases in modifiers.items() if words in phrases), None)


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
