"""When an event happened, by the words of its article: every reading gets a date and its basis.

In order: a time expression of its own clause, or a length of time from another act ("less than a
week after ..."); one that stands over the whole sentence ("On Saturday, ..." or the only one of the
sentence, if no other event has it); the date of an earlier report that seems to speak of the same
event; from a dated act on that it is said to follow; for headlines the days of publication.  A
reading that nothing dates stays without a date: background is not news of the day.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from analysis.events.vocabulary import vocabulary
from analysis.lexicons import OURS

ARMED = frozenset(["ASSAULT", "COERCE", "MOBILIZE"])  # told by several weapons, one act
_OF_A_WAR = 1000  # so many dead are no single act's
REACH = 6  # sentences back to which an event may refer
Interval = tuple[date, date]
_DAY = timedelta(days=1)
_AFTER = {"after", "following"}
_TO = ("to", "until", "till", "through", "–", "-")
_LENGTH = re.compile(r"P(T?)(\d+|X)(H|D|W|M)$")
_UNIT_DAYS = {"D": 1, "W": 7, "M": 30}
_SOME = 6  # "days", "weeks", "months" without a number: two to six


class Sentence(NamedTuple):
    """A sentence's kind, text, event readings and time expressions (offsets into the text)."""

    kind: str
    text: str
    readings: Sequence[Any]
    dates: Sequence[Any]


class Dated(NamedTuple):
    """A reading's date; `basis` is expression, inherited, publication date or empty."""

    reading: Any
    date_from: date | None = None
    date_to: date | None = None
    basis: str = ""


@cache
def _pattern(name: str) -> re.Pattern:
    return re.compile(OURS["events"]["dating"][name])


def _has(name: str, text: str, start: int = 0, end: int = sys.maxsize) -> bool:
    return bool(_pattern(name).search(text, start, end))


def date_readings(
    sentences: Iterable[Sentence],
    published: Interval | None,
    parents: Mapping[str, str] | None = None,
) -> list[list[Dated]]:
    """For each sentence its readings with their dates.

    `published` is the first and the last possible day of publication, None where nothing is known
    of it; `parents` maps an entity to the one it belongs to, so that "the attack in Babil" may
    refer to a strike in Iraq.
    """
    last = published[1] if published else date.max
    dated: list[list[Dated]] = []
    body: list[list[Dated]] = []
    for sentence in sentences:
        own = [_own(reading, sentence, last) for reading in sentence.readings]
        own = _counted(sentence, own, published)
        following = _after_another(sentence, own, last)
        context = body[:1] + (body[-REACH:] if sentence.kind == "body" else [])
        earlier = [report for line in context for report in line]
        done: list[Dated] = []
        for reading, interval, after in zip(sentence.readings, own, following, strict=True):
            if reading.status == "absence" and reading.event_type != "RETREAT":
                found = _absent(
                    reading, sentence, dict(zip(sentence.readings, own, strict=True)), last
                )
            elif interval:
                found = _expected(Dated(reading, *interval, "expression"), sentence, last)
            elif published and sentence.kind in ("title", "subtitle"):
                found = Dated(reading, published[0] - _DAY, published[1], "publication date")
            else:
                found = _by_context(reading, sentence.text, (earlier, done), parents or {}, after)
            done.append(_with_end(found))
        dated.append(done)
        if sentence.kind == "body":
            body.append(done)
    return dated


def _with_end(dated: Dated) -> Dated:
    """No date for what lasts until the publication, of which no day is known."""
    return Dated(dated.reading) if dated.date_to == date.max else dated


def _by_context(
    reading: Any,
    text: str,
    told: tuple[Sequence[Dated], Sequence[Dated]],
    parents: Mapping[str, str],
    after: Interval | None,
) -> Dated:
    """The date of an earlier report of the act, unless it is told to follow another (`after`)."""
    lasting = reading.event_type == "RETREAT" and reading.status in ("ongoing", "absence")
    general = reading.attribution == "blamed" and reading.n_incidents_min > 1
    war = (reading.killed_min or 0) >= _OF_A_WAR  # "more than 200,000 have been killed"
    if _vague(reading) or lasting or general or war:
        return Dated(reading)
    found = _referring(reading, text, told, parents)
    if after and not (found.date_from and after[0] <= found.date_from):
        return Dated(reading, *after, "expression")
    return found


def _absent(
    reading: Any, sentence: Sentence, own: Mapping[Any, Interval | None], last: date
) -> Dated:
    """From when to when nothing happened; a beginning that is not told is empty."""
    deterred = "deterred" in reading.rule
    told = None if deterred else _told_span(reading, sentence)
    acts = [own[r] for r in sentence.readings if r.start < reading.start and own[r]]
    act = acts[0][1] if acts else None
    end = act if act and reading.rule == "first since" else last
    if told:
        first, end = _span(told, sentence.text, _calendar(sentence), end)
    else:
        first = act if deterred else None
    end = min(end, last)
    return Dated(reading, first, end, "expression") if not first or first <= end else Dated(reading)


def _calendar(sentence: Sentence) -> list[Any]:
    """Those that stand for days, "the past 24 hours" too."""
    return [
        d
        for d in sentence.dates
        if d.date_from and (d.type in ("DATE", "TIME") or getattr(d, "anchor", "") == "published")
    ]


def _told_span(reading: Any, sentence: Sentence) -> Any:
    """The expression behind "since", else that of the clause."""
    calendar = _calendar(sentence)
    words = (sentence.text[reading.start : d.start].lower().split() for d in calendar)
    since = [d for d, before in zip(calendar, words, strict=True) if "since" in before]
    return next((d for d in (*since, reading.date) if d in calendar), None)


def _span(told: Any, text: str, calendar: Sequence[Any], last: date) -> tuple[date | None, date]:
    """The time in which nothing happened by the words before its expression."""
    words = text[: told.start].lower().split()
    if span := _between(told, text, calendar):
        return span
    if words[-1:] in (["until"], ["till"], ["before"]):
        return None, told.date_to
    return told.date_from, last if "since" in words else told.date_to


def _expected(dated: Dated, sentence: Sentence, last: date) -> Dated:
    """What is dated after the publication has not happened yet; an attack then has no date.

    A pause to come begins on no day before: "takes effect on Saturday; its first day is 2 June".
    """
    reading = dated.reading
    if reading.event_type == "RETREAT" and reading.status == "planned" and last != date.max:
        ahead = (d for d in _calendar(sentence) if d.date_from and d.date_from > last)
        day = next(ahead, None)
        if dated.date_to < last and day:
            return dated._replace(date_from=day.date_from, date_to=day.date_to)
    if not _happened(dated.reading) or dated.date_from <= last:
        return dated
    if dated.reading.direction == "escalation":
        return Dated(dated.reading)
    return dated._replace(reading=dated.reading._replace(status="planned"))


def _own(reading: Any, sentence: Sentence, last: date) -> Interval | None:
    """Interval by the time expression of the reading's clause, else by that of the sentence."""
    text, own = sentence.text, reading.date
    if _dates_answer(own, reading, text):
        own = None
    calendar = [d for d in _calendar(sentence) if _may_date(d, reading, text)]
    if _vague(reading) or (own and _has("answer", text, reading.end, max(own.start, reading.end))):
        return None
    if own in calendar:
        return _interval(own, reading, text, calendar, last)
    if not calendar or _has("answer", text, 0, reading.start):
        return None
    if not text[: calendar[0].start].strip().count(" "):  # it opens the sentence
        return _interval(calendar[0], reading, text, calendar, last)
    return _left_over(calendar[0], reading, sentence, last) if len(calendar) == 1 else None


def _dates_answer(own: Any, reading: Any, text: str) -> bool:
    """ "Shelled it on Monday in revenge for | a raid": the day of the shelling."""
    before = own and own.start < reading.start
    return bool(before) and _has("answer", text, own.start, reading.start)


def _may_date(expression: Any, reading: Any, text: str) -> bool:
    if reading.status == "denied" and expression is not reading.date:
        return False  # "denied on Monday | that it had shelled the town"
    if reading.event_type == "RETREAT":  # "said in May that a truce holds" does not date the truce
        return expression.end > reading.start or not _pattern("that").match(text, expression.end)
    if reading.event_type == "REQUEST":  # "must leave by May"
        return not _has("deadline", text, reading.start, max(expression.start, reading.start))
    return True


def _left_over(expression: Any, reading: Any, sentence: Sentence, last: date) -> Interval | None:
    """Interval by the only date of the sentence, if no reading has it in its clause."""
    before = sentence.text[: expression.start].lower()
    if any(r.date is not None and r.date.start == expression.start for r in sentence.readings):
        return None

    def distance(reading: Any) -> int:
        return max(expression.start - reading.end, reading.start - expression.end, 0)

    if before.endswith("since ") and reading is not min(sentence.readings, key=distance):
        return None
    found = _interval(expression, reading, sentence.text, [expression], last)
    if found and found[0] == found[1] <= last and _AFTER & set(before[reading.end :].split()):
        return found[0], last  # "began after a raid on Monday"
    return found


def _vague(reading: Any) -> bool:
    """ "In recent weeks": dated by the text, but not closely enough."""
    return getattr(reading.date, "type", "") == "DATE" and not reading.date.date_from


def _interval(
    expression: Any, reading: Any, text: str, calendar: Sequence[Any], last: date
) -> Interval | None:
    """What the expression says of the event by the word before it; None if nothing.

    "since May" lasts until publication, "from May to June" from one to the other; "the first since
    May" and "until May" do not say when.  What has happened ends at publication at the latest.
    """
    start, end = expression.date_from, expression.date_to
    if _to_come(expression, reading, text, last):
        start, end = start + 7 * _DAY, end + 7 * _DAY
    before = text[: expression.start].lower()
    if span := _between(expression, text, calendar):
        return _until(reading, span, last)
    word = next(iter(before.split()[-1:]), "")
    if _has("since", before) and not _pattern("when").match(text, expression.end):
        if _has("superlative", before):
            return None
        end = max(last, start)
    elif word in ("until", "till"):
        return None
    elif word == "from":
        start, end = _from(expression, (start, end), text, calendar)
    elif reading.n_incidents_min > 1:
        end = max(end, _last_listed(expression, text, calendar))
    return _until(reading, (start, end), last)


def _last_listed(expression: Any, text: str, calendar: Sequence[Any]) -> date:
    """ "On | Saturday |, Sunday and Monday": the last of those listed."""
    for following in calendar:
        between = (
            text[expression.end : following.start] if following.start >= expression.end else "."
        )
        if _pattern("listed").fullmatch(between):
            expression = following
    return expression.date_to


def _from(expression: Any, span: Interval, text: str, calendar: Sequence[Any]) -> Interval:
    """ "From | October | to February"."""
    start, end = span
    following = [d for d in calendar if d.start > expression.end]
    if following and text[expression.end : following[0].start].strip() in _TO:
        end = following[0].date_to
        if end < start:  # told in November
            leap = start.month == 2 and start.day == 29
            start = start.replace(year=end.year - 1, day=28 if leap else start.day)
    return start, end


def _until(reading: Any, span: Interval, last: date) -> Interval:
    """What has happened ends at publication at the latest."""
    start, end = span
    return start, min(end, last) if _happened(reading) and start <= last else end


def _to_come(expression: Any, reading: Any, text: str, last: date) -> bool:
    """A weekday that is the next one: "strike from | Monday"."""
    if expression.start < reading.start or not _names_weekday(expression):
        return False
    passed = (last - expression.date_to).days
    begins = reading.event_type == "RETREAT" and text[: expression.start].lower().endswith("from ")
    return (reading.status == "planned" and 0 < passed < 7) or (begins and 3 < passed < 7)


def _names_weekday(expression: Any) -> bool:
    words = expression.text.lower().split()
    return (
        expression.date_from == expression.date_to
        and words[-1] in vocabulary().lists["weekdays"]
        and "last" not in words
    )


def _between(expression: Any, text: str, calendar: Sequence[Any]) -> Interval | None:
    """ "Between March and May": from the one to the other."""
    for one, other in pairwise(calendar):
        named = expression in (one, other) and text[one.end : other.start].strip() == "and"
        if named and _has("between", text[: one.start].lower()) and other.date_to >= one.date_from:
            return one.date_from, other.date_to
    return None


def _counted(
    sentence: Sentence, own: list[Interval | None], published: Interval | None
) -> list[Interval | None]:
    """An undated act told as so long before or after another ("less than a week after ...")."""
    found = list(own)
    for length in sentence.dates:
        way = _pattern("way").match(sentence.text, length.end)
        days = _days(length) if way and length.type == "DURATION" else None
        acts = _around(sentence, length)
        if not days or not acts:
            continue
        main, other = acts
        comes = main is None and _has("comes", sentence.text, 0, length.start)
        base = published if comes else None if main is None else found[main]
        sign = -1 if way[1] != "before" else 1
        if base and not found[other]:
            found[other] = _moved(base, sign, days)
        elif main is not None and found[other] and base in (None, found[other]):
            found[main] = _moved(found[other], -sign, days)
    return found


def _around(sentence: Sentence, length: Any) -> tuple[int | None, int] | None:
    """Numbers of the act dated by a length of time, if any, and of the act it counts from."""
    told = [i for i, r in enumerate(sentence.readings) if r.start >= length.end]
    if not told:
        return None
    mains = [i for i, r in enumerate(sentence.readings) if r.end <= length.start] or told[1:]
    if mains and mains[-1] < told[0]:
        return mains[-1], told[0]
    return next(iter(mains), None), told[0]


def _days(length: Any) -> tuple[int, int] | None:
    """Fewest and most days of a length of time as it is told."""
    match = _LENGTH.match(length.value)
    if not match or (match[1] and match[3] != "H"):
        return None
    number, unit = match[2], _UNIT_DAYS.get(match[3])
    if unit is None or number == "X":
        return (2 * unit, _SOME * unit) if unit else (0, 1)
    days = int(number) * unit
    least = {"LESS_THAN": 1, "MORE_THAN": days + 1}.get(length.mod, days)
    most = {"LESS_THAN": max(days - 1, 1), "MORE_THAN": 2 * days}.get(length.mod, days)
    return least, most


def _moved(base: Interval, sign: int, days: tuple[int, int]) -> Interval:
    nearest, farthest = sorted(sign * _DAY * n for n in days)
    return base[0] + nearest, base[1] + farthest


def _after_another(sentence: Sentence, own: list[Interval | None], last: date) -> list:
    """For each act from when it is, if told as following the next, a dated one ("after a raid")."""
    found: list[Interval | None] = []
    for (reading, told), (later, base) in pairwise(zip(sentence.readings, own, strict=True)):
        between = sentence.text[reading.end : later.start].lower().split()
        follows = told is None and base and base[0] <= last and _AFTER & set(between)
        found.append((base[0], last) if follows else None)
    return [*found, None][: len(own)]


def _referring(
    reading: Any, text: str, told: Iterable[Sequence[Dated]], parents: Mapping[str, str]
) -> Dated:
    """The date of the earlier report that agrees best with the reading, if any does.

    `told` are those of other sentences, of which "a raid" is none, and of the same, which may tell
    what it answers.
    """
    kind, start = reading.event_type, reading.start
    earlier, done = ([d for d in group if d.reading.event_type == kind] for group in told)
    counted = vocabulary().counted_acts.search(reading.trigger.lower())
    if counted and _has("new", text, 0, start):
        earlier = []
    if done and _has("answer", text, 0, start):
        done = []
    best, most = Dated(reading), 0.0
    for other in earlier + done:
        support = _support(reading, text, other.reading, parents)
        if support > most or (support == most > 0 and other.date_from):
            best, most = other, support
    basis = "inherited" if best.date_from else ""
    return Dated(reading, best.date_from, best.date_to if basis else None, basis)


def _support(reading: Any, text: str, earlier: Any, parents: Mapping[str, str]) -> float:
    """How much speaks for one event of a type; 0 where something speaks against it."""
    if (
        _happened(reading) != _happened(earlier)
        or (reading.mode != earlier.mode and reading.event_type not in ARMED)
        or (reading.n_incidents_max is None) != (earlier.n_incidents_max is None)
    ):
        return 0.0
    also = _pattern("also").match(text, reading.start)
    support, named = 1.0 if also else 0.0, False
    for name in ("source", "target", "place"):
        mine, theirs = getattr(reading, name), getattr(earlier, name)
        named |= isinstance(mine, str)
        if isinstance(mine, str) and isinstance(theirs, str):
            if related(mine, theirs, parents):
                support += 1
            elif name != "target" or not (also or target_is_place(reading, earlier, parents)):
                return 0.0
    if named and not support:
        return 0.0  # "the Karsa attack" is another than the one before
    near = text[max(reading.start - 25, 0) : reading.start].lower()
    return support + 0.5 * _has("definite", near)


def _happened(reading: Any) -> bool:
    return reading.status in ("happened", "ongoing")


def target_is_place(a: Any, b: Any, parents: Mapping[str, str]) -> bool:
    """Whether one names as target the place where the other has it ("an attack on Karsa")."""
    return any(
        isinstance(one.target, str)
        and isinstance(other.place, str)
        and related(one.target, other.place, parents)
        for one, other in ((a, b), (b, a))
    )


def related(a: str, b: str, parents: Mapping[str, str]) -> bool:
    """Whether two entities are the same, or one belongs to the other."""
    return a == b or a in line(b, parents) or b in line(a, parents)


def line(name: str, parents: Mapping[str, str]) -> set[str]:
    """All that an entity belongs to: its parent, the parent's parent, and so on."""
    above: set[str] = set()
    while (name := parents.get(name, "")) and name not in above:
        above.add(name)
    return above
