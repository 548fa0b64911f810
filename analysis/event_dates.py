"""When an event happened, by the words of its article: every reading gets a date and its basis.

In order: a time expression of its own clause, or a length of time from another act ("less than a
week after ..."); one that stands over the whole sentence ("On Saturday, ..." or the only one of the
sentence, if no other event has it); the date of an earlier report that seems to speak of the same
event (of the headline, for "the" event); from a dated act on that it is said to follow; for
headlines the days of publication.  A reading that nothing dates stays without a date: background
is not news of the day.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from analysis.event_roles import is_countable

ARMED = frozenset(["ASSAULT", "COERCE", "MOBILIZE"])  # told by several weapons, one act
REACH = 6  # sentences back to which an event may refer
_SUPERLATIVE = {"first", "last", "biggest", "deadliest", "worst", "largest", "only"}
_AFTER = {"after", "following"}
_TO = ("to", "until", "till", "through", "–", "-")
_DEFINITE = ("the ", "that ", "this ", "these ", "those ", "its ", "their ")


class Sentence(NamedTuple):
    """A sentence's kind, text, event readings and time expressions (offsets into the text)."""

    kind: str
    text: str
    readings: Sequence[Any]
    dates: Sequence[Any]


class Dated(NamedTuple):
    """A reading's date; `basis` is expression, inherited, publication date or empty."""

    reading: Any
    date_from: date | None
    date_to: date | None
    basis: str


def date_readings(
    sentences: Iterable[Sentence],
    published: tuple[date, date],
    parents: Mapping[str, str] | None = None,
) -> list[list[Dated]]:
    """For each sentence its readings with their dates.

    `published` is the first and the last possible day of publication; `parents` maps an entity to
    the one it belongs to, so that "the attack in Babil" may refer to a strike in Iraq.
    """
    dated: list[list[Dated]] = []
    body: list[list[Dated]] = []
    headline: list[Dated] = []
    for sentence in sentences:
        own = [_own(reading, sentence, published[1]) for reading in sentence.readings]
        own = _counted(sentence, own, published)
        following = _after_another(sentence, own, published[1])
        earlier = [d for line in body[-REACH:] for d in line] if sentence.kind == "body" else []
        lead = body[0] if body else []
        done: list[Dated] = []
        for reading, interval, after in zip(sentence.readings, own, following, strict=True):
            if interval:
                found = _expected(Dated(reading, *interval, "expression"), published[1])
            elif sentence.kind in ("title", "subtitle"):
                first = published[0] - timedelta(days=1)
                found = Dated(reading, first, published[1], "publication date")
            elif _vague(reading):
                found = Dated(reading, None, None, "")
            else:
                answered = _ANSWER.search(sentence.text, 0, reading.start)
                new = is_countable(reading.trigger.lower()) and _NEW.search(
                    sentence.text, 0, reading.start
                )
                again = headline if _definite(reading, sentence.text) else []
                before = [*([] if new else again + lead + earlier), *([] if answered else done)]
                found = _inherited(reading, sentence.text, before, parents or {})
                if after and not (found.date_from and after[0] <= found.date_from):
                    found = Dated(reading, *after, "expression")
            done.append(found)
        dated.append(done)
        if sentence.kind == "body":
            body.append(done)
        elif sentence.kind == "title":
            headline = done
    return dated


def _expected(dated: Dated, last: date) -> Dated:
    """What is dated after the publication has not happened yet; an attack then has no date."""
    if not _happened(dated.reading) or dated.date_from <= last:
        return dated
    if dated.reading.direction == "escalation":
        return Dated(dated.reading, None, None, "")
    return dated._replace(reading=dated.reading._replace(status="planned"))


def _own(reading: Any, sentence: Sentence, last: date) -> tuple[date, date] | None:
    """Interval by the time expression of the reading's clause, else by that of the sentence."""
    text = sentence.text
    calendar = [d for d in sentence.dates if d.date_from and d.type in ("DATE", "TIME")]
    calendar = [d for d in calendar if _may_date(d, reading, text)]
    own = reading.date
    answered = own and _ANSWER.search(text, reading.end, max(own.start, reading.end))
    state = _is_state(reading) and _dates_another(reading, sentence)
    if answered or state or _vague(reading):
        return None
    if own in calendar:
        return _interval(own, reading, text, calendar, last)
    if _ANSWER.search(text, 0, reading.start):
        return None
    if calendar and not text[: calendar[0].start].strip().count(" "):  # it opens the sentence
        if calendar[0].date_to >= _latest_taken(sentence):
            return _interval(calendar[0], reading, text, calendar, last)
    elif len(calendar) == 1:
        return _left_over(calendar[0], reading, sentence, last)
    return None


def _may_date(expression: Any, reading: Any, text: str) -> bool:
    if reading.event_type == "RETREAT":  # "said in May that a truce holds" does not date the truce
        return expression.end > reading.start or not _THAT.match(text, expression.end)
    if reading.event_type == "REQUEST":  # "must leave by May"
        return not _BY.search(text, reading.start, max(expression.start, reading.start))
    return True


def _left_over(
    expression: Any, reading: Any, sentence: Sentence, last: date
) -> tuple[date, date] | None:
    """Interval by the only date of the sentence, if no reading has it in its clause."""
    before = sentence.text[: expression.start].lower()
    if any(r.date is not None and r.date.start == expression.start for r in sentence.readings):
        return None
    if before.endswith("since ") and reading is not min(
        sentence.readings, key=lambda r: _distance(r, expression)
    ):
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
) -> tuple[date, date] | None:
    """What the expression says of the event by the word before it; None if nothing.

    "since May" lasts until publication, "from May to June" from one to the other; "the first since
    May" and "until May" do not say when.  What has happened ends at publication at the latest.
    """
    start, end = expression.date_from, expression.date_to
    before = text[: expression.start].lower().split()[-4:]
    word = before[-1] if before else ""
    if word == "since" and not _WHEN.match(text, expression.end):
        if _SUPERLATIVE & set(text[: expression.start].lower().split()):
            return None
        end = max(last, start)
    elif word in ("until", "till"):
        return None
    elif word == "from":
        following = [d for d in calendar if d.start > expression.end]
        if following and text[expression.end : following[0].start].strip() in _TO:
            end = following[0].date_to
    if _happened(reading) and start <= last:
        end = min(end, last)
    return start, end


def _counted(
    sentence: Sentence, own: list[tuple[date, date] | None], published: tuple[date, date]
) -> list[tuple[date, date] | None]:
    """An undated act told as so long before or after another ("less than a week after ...")."""
    found = list(own)
    for length in sentence.dates:
        way = _WAY.match(sentence.text, length.end)
        days = _days(length) if way and length.type == "DURATION" else None
        told = [i for i, r in enumerate(sentence.readings) if r.start >= length.end]
        if not days or not told:
            continue
        other = told[0]
        mains = [i for i, r in enumerate(sentence.readings) if r.end <= length.start] or told[1:]
        main = mains[-1] if mains and mains[-1] < other else next(iter(mains), None)
        base = found[main] if main is not None else None
        if main is None and _COMES.search(sentence.text, 0, length.start):
            base = published
        sign = -1 if way[1] != "before" else 1
        if base and not found[other]:
            found[other] = _moved(base, sign, days)
        elif main is not None and found[other] and base in (None, found[other]):
            found[main] = _moved(found[other], -sign, days)
    return found


_ANSWER = re.compile(r"\b(?:response to|retaliation for|retaliate for|revenge for)\b[^,;]*$")
_WHEN = re.compile(r",? when\b")
_ALSO = re.compile(r"(?:was|were) also ")
_THAT = re.compile(r"\s+that\b")
_BY = re.compile(r"\b(?:by|must|should)\b")
_NEW = re.compile(r"\ban?\s+(?:[\w-]+\s+){0,2}$")
_WAY = re.compile(r"\s+(after|before|following)\b")
_COMES = re.compile(r"\bc(?:ome|omes|ame)\s*(?:just|only)?\s*$")
_LENGTH = re.compile(r"P(T?)(\d+|X)(H|D|W|M)$")
_UNIT_DAYS = {"D": 1, "W": 7, "M": 30}
_SOME = 6  # "days", "weeks", "months" without a number: two to six


def _days(length: Any) -> tuple[int, int] | None:
    """Fewest and most days of a length of time as it is told."""
    match = _LENGTH.match(length.value)
    if not match or (match[1] and match[3] != "H"):
        return None
    if match[3] == "H":
        return 0, 1
    unit = _UNIT_DAYS[match[3]]
    if match[2] == "X":
        return 2 * unit, _SOME * unit
    days = int(match[2]) * unit
    if length.mod == "LESS_THAN":
        return 1, max(days - 1, 1)
    return (days + 1, 2 * days) if length.mod == "MORE_THAN" else (days, days)


def _moved(base: tuple[date, date], sign: int, days: tuple[int, int]) -> tuple[date, date]:
    nearest, farthest = (timedelta(days=sign * n) for n in days)
    return base[0] + min(nearest, farthest), base[1] + max(nearest, farthest)


def _after_another(
    sentence: Sentence, own: list[tuple[date, date] | None], last: date
) -> list[tuple[date, date] | None]:
    """An undated act told as following a dated one ("halted ... after a raid in May")."""
    found = list(own)
    for i, reading in enumerate(sentence.readings):
        for later, interval in zip(sentence.readings[i + 1 :], own[i + 1 :], strict=True):
            between = sentence.text[reading.end : later.start].lower().split()
            if own[i] is None and interval and _AFTER & set(between) and interval[0] <= last:
                found[i] = interval[0], last
            break
    return found


def _is_state(reading: Any) -> bool:
    """ "The truce": a reference to what goes on, not the news that it was declared."""
    return reading.mode == "ceasefire" and " " not in reading.trigger


def _dates_another(reading: Any, sentence: Sentence) -> bool:
    """Whether the sentence's dates stand nearer to another act than to this one."""
    acts = [r for r in sentence.readings if r is not reading and not _is_state(r)]
    return bool(acts) and all(
        min(_distance(r, d) for r in acts) < _distance(reading, d) for d in sentence.dates
    )


def _distance(reading: Any, expression: Any) -> int:
    return max(expression.start - reading.end, reading.start - expression.end, 0)


def _latest_taken(sentence: Sentence) -> date:
    ends = [r.date.date_to for r in sentence.readings if r.date is not None and r.date.date_to]
    return max(ends, default=date.min)


def _inherited(
    reading: Any, text: str, before: Sequence[Dated], parents: Mapping[str, str]
) -> Dated:
    """The date of the earlier report that agrees best with the reading, if any does."""
    best, most = None, 0.0
    for earlier in before:
        support = _support(reading, text, earlier.reading, parents)
        if support > most or (support == most > 0 and earlier.date_from):
            best, most = earlier, support
    if best is None or best.date_from is None:
        return Dated(reading, None, None, "")
    return Dated(reading, best.date_from, best.date_to, "inherited")


def _support(reading: Any, text: str, earlier: Any, parents: Mapping[str, str]) -> float:
    """How much speaks for one event; 0 where something speaks against it."""
    if reading.event_type != earlier.event_type or _happened(reading) != _happened(earlier):
        return 0.0
    if reading.mode != earlier.mode and reading.event_type not in ARMED:
        return 0.0
    if (reading.n_incidents_max is None) != (earlier.n_incidents_max is None):
        return 0.0
    also = _ALSO.match(text, reading.start)
    support = 1.0 if also else 0.0
    for name in ("source", "target", "place"):
        mine, theirs = getattr(reading, name), getattr(earlier, name)
        if isinstance(mine, str) and isinstance(theirs, str):
            if related(mine, theirs, parents):
                support += 1
            elif name != "target" or not (also or target_is_place(reading, earlier, parents)):
                return 0.0
    named = any(isinstance(x, str) for x in (reading.source, reading.target, reading.place))
    if named and not support:
        return 0.0  # "the Karsa attack" is another than the one before
    return support + 0.5 * _definite(reading, text)


def _definite(reading: Any, text: str) -> bool:
    before = text[max(reading.start - 25, 0) : reading.start].lower()
    return any(word in before for word in _DEFINITE)


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
