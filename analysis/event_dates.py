"""When an event happened, by the words of its article: every reading gets a date and its basis.

In order: a time expression of its own clause; one that stands over the whole sentence ("On
Saturday, ..." or the only one of the sentence, if no other event has it); from a dated act on that
it is said to follow; the date of an earlier report that seems to speak of the same event; for
headlines the days of publication.  A reading that nothing dates stays without a date: background
is not news of the day.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

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
    for sentence in sentences:
        own = [_own(reading, sentence, published[1]) for reading in sentence.readings]
        own = _after_another(sentence, own, published[1])
        earlier = [d for line in body[-REACH:] for d in line] if sentence.kind == "body" else []
        lead = body[0] if body else []
        done: list[Dated] = []
        for reading, interval in zip(sentence.readings, own, strict=True):
            if interval:
                found = Dated(reading, *interval, "expression")
            elif sentence.kind in ("title", "subtitle"):
                first = published[0] - timedelta(days=1)
                found = Dated(reading, first, published[1], "publication date")
            else:
                before = [*lead, *earlier, *done]
                found = _inherited(reading, sentence.text, before, parents or {})
            done.append(found)
        dated.append(done)
        if sentence.kind == "body":
            body.append(done)
    return dated


def _own(reading: Any, sentence: Sentence, last: date) -> tuple[date, date] | None:
    """Interval by the time expression of the reading's clause, else by that of the sentence."""
    calendar = [d for d in sentence.dates if d.date_from and d.type in ("DATE", "TIME")]
    if reading.date is not None and reading.date.date_from:
        return _interval(reading.date, reading, sentence.text, calendar, last)
    taken = {r.date.start for r in sentence.readings if r.date is not None}
    opening = [d for d in calendar if len(sentence.text[: d.start].split()) <= 1]
    free = [d for d in calendar if d.start not in taken]
    if opening and opening[0].date_to >= _latest_taken(sentence):
        return _interval(opening[0], reading, sentence.text, calendar, last)
    if len(calendar) == 1 and free:
        return _interval(free[0], reading, sentence.text, calendar, last)
    return None


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
    if word == "since":
        if _SUPERLATIVE & set(text[: expression.start].lower().split()):
            return None
        end = max(last, start)
    elif word in ("until", "till"):
        return None
    elif word == "from":
        following = [d for d in calendar if d.start > expression.end]
        if following and text[expression.end : following[0].start].strip() in _TO:
            end = following[0].date_to
    if _happened(reading):
        if start > last:
            return None
        end = min(end, last)
    return start, end


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


def _latest_taken(sentence: Sentence) -> date:
    ends = [r.date.date_to for r in sentence.readings if r.date is not None and r.date.date_to]
    return max(ends, default=date.min)


def _inherited(
    reading: Any, text: str, before: Sequence[Dated], parents: Mapping[str, str]
) -> Dated:
    """The date of the earlier report that agrees best with the reading, if any does."""
    best, most = None, 0.0
    for earlier in before:
        if earlier.date_from is None:
            continue
        support = _support(reading, text, earlier.reading, parents)
        if support >= most and support > 0:
            best, most = earlier, support
    if best is None:
        return Dated(reading, None, None, "")
    return Dated(reading, best.date_from, best.date_to, "inherited")


def _support(reading: Any, text: str, earlier: Any, parents: Mapping[str, str]) -> float:
    """How much speaks for one event; 0 where something speaks against it."""
    if reading.event_type != earlier.event_type or _happened(reading) != _happened(earlier):
        return 0.0
    if (reading.n_incidents_max is None) != (earlier.n_incidents_max is None):
        return 0.0
    support = 0.0
    for name in ("source", "target", "place"):
        mine, theirs = getattr(reading, name), getattr(earlier, name)
        if isinstance(mine, str) and isinstance(theirs, str):
            if related(mine, theirs, parents):
                support += 1
            elif name != "target" or not target_is_place(reading, earlier, parents):
                return 0.0
    before = text[max(reading.start - 25, 0) : reading.start].lower()
    if any(word in before for word in _DEFINITE):
        support += 0.5
    return support


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
