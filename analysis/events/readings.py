"""All events of a sentence, each with its parties, place, number and the rules that made it."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from analysis.events.counts import count_incidents
from analysis.events.parse import DONE, Parse
from analysis.events.parties import Mention, Party, PartyReader
from analysis.events.phrases import Hit, harms
from analysis.events.places import places, site
from analysis.events.status import GOVERNING, HOSTILE, Event, find_events
from analysis.lexicons import OURS, Lexicon

# acts that happen somewhere; of words the place is not told
_LOCATED = DONE | {"PROTEST", "CONSULT", "AID", "COOPERATE", "RETREAT"}
_AGAIN = re.compile(  # ", a raid that ...", "in the latest attack"
    r", (?:an?|the)(?: \w+)?$|in (?:the (?:first|second|third|latest)|an?(?: \w+)?)$"
)
_CAMPAIGN_DAYS = 7  # attacks over a longer time are told as one campaign


class TimeExpression(Protocol):
    """A time expression of the sentence."""

    start: int
    end: int


class EventReading(NamedTuple):
    """One event as one sentence reports it; offsets are code points into that sentence.

    `source`, `target` and `place` are the entity ids of the mentions given, else (start, end) of a
    noun phrase, else None.  `date` is the element of `dates` in the same clause, else None.
    `n_incidents_max` is None when the text sets no upper bound ("repeated attacks").  `goldstein`
    is the conflict-cooperation weight, -10 to +10; `score`, 0 to 1, is the probability by the model
    (`classify_sentence`), else 1.  `rule` names the rules that made it, joined by ";": the one that
    decided on its status, the one that found its parties, and the one on which the attribution
    rests, if any.
    """

    start: int
    end: int
    trigger: str
    event_type: str
    mode: str
    direction: str
    status: str = "happened"
    attribution: str = "none"
    source: Party = None
    target: Party = None
    place: Party = None
    n_incidents_min: int = 1
    n_incidents_max: int | None = 1
    date: TimeExpression | None = None
    goldstein: float = 0.0
    score: float = 1.0
    rule: str = ""
    denied_by: Party = None
    told_by: Party = None
    mutual: bool = False
    killed_min: int | None = None
    killed_max: int | None = None
    wounded_min: int | None = None
    wounded_max: int | None = None


def read_events(
    text: str,
    mentions: Iterable[Mention] = (),
    dates: Sequence[TimeExpression] = (),
    lexicon: Lexicon = OURS,
) -> list[EventReading]:
    """Every event of a sentence, in textual order, by the rules of ``lexicons/codebook.md``.

    `mentions` (start, end, entity_id, type) and `dates` (start, end) are those inside the sentence,
    with offsets relative to it.  What is asked for, threatened, agreed, rejected or called off is
    not an event of its own; what is condemned, blamed or denied is.

    >>> (reading,) = read_events("Two drivers were killed by the Front in Karsa.")
    >>> reading.event_type, reading.status, reading.rule
    ('ASSAULT', 'happened', 'told;passive')
    """
    p = Parse(text, lexicon)
    reader = Reader(p, tuple(mentions), dates)
    for event in find_events(p):
        reader.add(event)
    return reader.readings


class Reader:
    """Makes the readings of one sentence out of its events, in their order."""

    def __init__(
        self, p: Parse, mentions: Sequence[Mention], dates: Sequence[TimeExpression]
    ) -> None:
        self.p, self.mentions, self.dates = p, mentions, dates
        self.parties = PartyReader(p, mentions)
        self.readings: list[EventReading] = []

    def add(self, event: Event) -> None:
        """The reading of an event: a new one, or more of the act told before it."""
        reading = self.read(event)
        same = self._same_act(event)
        self.parties.last = reading.source or (self.parties.last if same else None)
        if not self._adds_something(event, reading):
            return
        if same:
            self.readings[-1] = _joined(self.readings[-1], reading, event.hit.phrase.verbal)
        elif self._told_by_relative_clause(event):  # "a raid, which Belmar blamed on the Front"
            by = {"source": reading.target, "attribution": "blamed"}
            self.readings[-1] = self.readings[-1]._replace(**by)
            self.readings.append(reading)
        else:
            self.readings += self._by_place(event, reading)

    def read(self, event: Event) -> EventReading:
        """An event with all that its clause tells of it."""
        p, hit = self.p, event.hit
        source, target, attribution, doer, rules = self.parties.read(event)
        where: list[Party] = []
        at = site(p, self.mentions, hit) if event.root in HOSTILE else None
        if at:
            source = None if source == at.entity_id else source
            target = target or (at.entity_id if at.type == "FAC" else None)
        if at and at.type != "FAC":
            where = [at.entity_id]
        elif event.root in _LOCATED:
            where = places(p, self.mentions, hit, {source, target}, doer)
        one = event.root in GOVERNING  # "halted its attacks" is one halt
        direction, goldstein = p.known.values(event.root, event.mode)
        start, end = p.starts[event.group.begin], p.ends[hit.last]
        return EventReading(
            *(start, end, p.text[p.starts[hit.first] : end]),
            *(event.root, event.mode, direction, event.status, attribution),
            *(source, target, next(iter(where), None)),
            *((1, 1) if one else count_incidents(p, hit)),
            date=self._date(event),
            goldstein=goldstein,
            rule=";".join([event.rule, *rules]),
        )

    def _date(self, event: Event) -> TimeExpression | None:
        """The time expression of the clause; that of a judgement is not the date of the act."""
        judged = event.outer and event.outer.phrase.mode == "disapprove"
        return nearest_date(self.p, event.hit, self.dates) if self.dates and not judged else None

    def _by_place(self, event: Event, reading: EventReading) -> list[EventReading]:
        """ "Attacks on bases in Arvania and Belmar on Monday" are two events, a campaign is one."""
        p = self.p
        if event.root not in HOSTILE or reading.status != "happened" or "and" not in p.words:
            return [reading]
        where = places(p, self.mentions, event.hit, {reading.source, reading.target})
        many = reading.n_incidents_min > len(where) or {"since", "campaign"} & set(p.words)
        if len(where) < 2 or many or _is_long(reading.date):
            return [reading]
        counted = {str(len(where)), *(w for w, n in p.known.numbers.items() if n == len(where))}
        most = 1 if counted & set(p.words) else reading.n_incidents_max and 1
        one = reading._replace(n_incidents_min=1, n_incidents_max=most)
        return [one._replace(place=place) for place in where]

    def _told_by_relative_clause(self, event: Event) -> bool:
        """Whether it blames somebody for the act told before: "a raid, which Belmar blamed on"."""
        last = self.readings[-1] if self.readings else None
        if not last or event.mode != "allege" or last.event_type != "ASSAULT" or last.source:
            return False
        between = self.p.text[last.end : self.p.starts[event.group.begin]].split()
        return not {"which", "that"}.isdisjoint(between)

    def _adds_something(self, event: Event, reading: EventReading) -> bool:
        """A mere reference back ("the attack") counts only with an actor, place, date or number."""
        first = event.hit.first
        back = first and self.p.words[first - 1] in {"the", "that", "this", "these", "those"}
        return (
            event.hit.phrase.verbal
            or not (back and len(event.hit.words) == 1)
            or any((reading.source, reading.target, reading.place, reading.date))
            or reading.attribution != "none"
            or reading.status == "ongoing"
        )

    def _same_act(self, event: Event) -> bool:
        """Whether it is the harm ("killing 3") or the means of the attack told before it."""
        last = self.readings[-1] if self.readings else None
        if last is None or event.root != last.event_type or event.root not in HOSTILE:
            return False
        attack = event.root == "ASSAULT"
        if event.hit.phrase.verbal:
            return attack and self._harm_of(last, event)
        return self._part_of(last, event.hit) or (attack and self._means_of(last, event.hit))

    def _harm_of(self, last: EventReading, event: Event) -> bool:
        p, begin = self.p, event.group.begin
        if p.text[last.end : p.starts[begin]] == " " and " " not in last.trigger:
            return True  # "a raid | killed nine"
        if not harms(event.hit):
            return False
        gerund = event.group.gerund and begin == event.hit.first
        relative = event.group.before in {"that", "which"}
        return gerund or relative or last.start >= p.starts[p.clause_of(event.hit.first)[0]]

    def _part_of(self, last: EventReading, hit: Hit) -> bool:
        """ "a campaign | of strikes", "missile | and drone strikes"."""
        words = self.p.words[bisect_left(self.p.starts, last.end) : hit.first]
        between = [word for word in words if word not in {"“", "”", '"'}]
        return between == ["of"] or (between[:1] == ["and"] and len(between) < 4)

    def _means_of(self, last: EventReading, hit: Hit) -> bool:
        before = self.p.words[max(hit.first - 5, 0) : hit.first]
        means = {"in", "by", "during", "when"} if last.mode == "kill" else {"with"}
        return not means.isdisjoint(before) or bool(_AGAIN.search(" ".join(before[-3:])))


def _joined(earlier: EventReading, reading: EventReading, verbal: bool) -> EventReading:
    """An act and its harm or means as one: what the one does not tell, the other may."""
    parts = ("source", "target", "place", "date")
    changes = {part: getattr(earlier, part) or getattr(reading, part) for part in parts}
    if not verbal:
        changes["mode"] = reading.mode or earlier.mode
        if earlier.n_incidents_min == earlier.n_incidents_max == 1:
            for bound in ("n_incidents_min", "n_incidents_max"):
                changes[bound] = getattr(reading, bound)
    return earlier._replace(**changes)


def _is_long(expression: TimeExpression | None) -> bool:
    first, last = (getattr(expression, name, None) for name in ("date_from", "date_to"))
    return bool(first and last and (last - first).days > _CAMPAIGN_DAYS)


def nearest_date(p: Parse, hit: Hit, dates: Sequence[TimeExpression]) -> TimeExpression | None:
    """The time expression nearest to the trigger in its clause, or "in May, | when" before it."""
    at, (first, end) = p.starts[hit.first], p.clause_of(hit.first)
    start = p.starts[first]
    near = [d for d in dates if start <= d.start < p.ends[end - 1]]
    if near:  # ", threatened on Monday" dates the threat
        verbs = [k for k in p.verbs if k > hit.last and p.words[k - 1] == ","]
        acts = [p.starts[k] for k in verbs if not p.words[k].endswith("ing")]
        near = [d for d in near if d.start < min(acts, default=d.end)]
    if not near and p.words[first] in {"when", "that"}:
        near = _before_clause(p, first, dates)
    return min(near, key=lambda date: abs(date.start - at), default=None)


def _before_clause(p: Parse, first: int, dates: Sequence[TimeExpression]) -> list[TimeExpression]:
    """Those right before a clause: "in May, | when", but not "said on Sunday | that"."""
    start = p.starts[first]
    near = [d for d in dates if d.end <= start and p.text[d.end : start].strip() in {"", ","}]
    if p.words[first] == "that":
        return [d for d in near if p.text[d.start :].lower().startswith("the ")]
    return near
