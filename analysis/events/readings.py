"""All events of a sentence, each with its parties, place, number and the rules that made it."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

from analysis.events.actors import may_act
from analysis.events.casualties import Toll, find_tolls
from analysis.events.counts import count_incidents, number_at
from analysis.events.model import as_learnt, settle
from analysis.events.parse import DONE, Parse, Span, is_act, is_aside
from analysis.events.parties import NOBODY, Mention, Party, PartyReader
from analysis.events.phrases import Hit, harms
from analysis.events.places import places, site
from analysis.events.status import GOVERNING, HOSTILE, Event, find_events
from analysis.lexicons import OURS, Lexicon

# acts that happen somewhere; of words the place is not told
_LOCATED = DONE | {"PROTEST", "CONSULT", "AID", "COOPERATE", "RETREAT"}
_ONLY_TOLD = {"CONSULT", "AGREE", "SUPPORT", "COOPERATE", "AID"}  # as nouns mostly background
_AGAIN = re.compile(  # ", a raid that ...", "in the latest attack"
    r", (?:an?|the)(?: \w+){0,2}$|in (?:the|an?)(?: [\w-]+){0,2}$|one of the(?: [\w-]+){0,2}$"
)
_PUT_OFF = re.compile(
    r"\b(?:put|pushed|moved|brought|delayed|postponed|deferred|rescheduled)"
    r"(?: back| forward| off)? (?:to|until|till)(?: the)? $"
)
_FAR, _LONG = 6, 14  # words from "since" and from "first" to a date
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
    before: Party = None,
) -> list[EventReading]:
    """Every event of a sentence, in textual order, by the rules of ``lexicons/codebook.md``.

    `mentions` (start, end, entity_id, type) and `dates` (start, end) are those inside the sentence,
    with offsets relative to it; `before` is who acted in the sentence before, for what "it" may
    stand.  What is asked for, threatened, agreed, rejected or called off is
    not an event of its own; what is condemned, blamed or denied is.

    >>> (reading,) = read_events("Two drivers were killed by the Front in Karsa.")
    >>> reading.event_type, reading.status, reading.rule
    ('ASSAULT', 'happened', 'told;passive')
    """
    p = Parse(text, lexicon)
    events = find_events(p)
    if not events:
        return []
    reader = Reader(p, tuple(mentions), dates)
    reader.parties.before = before
    for event in as_learnt(p, events):
        reader.add(event)
    return reader.finish()


def classify_sentence(text: str) -> EventReading | None:
    """The main event of a sentence, one of `read_events`, or None where there is none.

    `score` is the probability of its type by the learnt weights.

    >>> classify_sentence("Corsia recalled its ambassador.").event_type
    'SANCTION'
    """
    readings = read_events(text)
    p = Parse(text)
    events = find_events(p)
    if not readings:
        return None
    events, main, probability = settle(p, events)
    own = [r for r in readings if r.event_type == events[main].root]
    return (own or readings)[0]._replace(score=round(probability, 4))


class Reader:
    """Makes the readings of one sentence out of its events, in their order."""

    def __init__(
        self, p: Parse, mentions: Sequence[Mention], dates: Sequence[TimeExpression]
    ) -> None:
        self.p, self.mentions, self.dates = p, mentions, dates
        self.parties = PartyReader(p, mentions)
        self.readings: list[EventReading] = []
        self._told = NOBODY  # the parties of the last one read
        self._harm = False  # whether the last one tells of harm done

    def add(self, event: Event) -> None:
        """The reading of an event: a new one, or more of the act told before it."""
        reading = self.read(event)
        silent = reading.status == "absence" and reading.event_type != "RETREAT"
        if silent and not (reading.date or self._spans(event)):
            return
        if not (event.outer or may_act(self.p, event, self._told, reading)):
            return
        same = self._same_act(event)
        self.parties.last = reading.source or (self.parties.last if same else None)
        if not self._adds_something(event, reading):
            return
        if same:
            self.readings[-1] = _joined(self.readings[-1], reading, event.hit.phrase.verbal)
            return
        self._harm = harms(event.hit)
        if self._in_raid(event):
            raid = self.readings.pop()
            reading = reading._replace(place=reading.place or raid.place)
        if self._blamed_on(event):  # "a raid | blamed on the Front"
            by = {"source": reading.target, "attribution": "blamed"}
            self.readings[-1] = self.readings[-1]._replace(**by)
        elif self._told_by_relative_clause(event):  # "a raid, which Belmar blamed on the Front"
            by = {"source": reading.target, "attribution": "blamed"}
            self.readings[-1] = self.readings[-1]._replace(**by)
            self.readings.append(reading)
        else:
            self.readings += self._by_place(event, reading)

    def _in_raid(self, event: Event) -> bool:
        """ "In a raid on a flat, | police detained two": no fight."""
        last = self.readings[-1] if self.readings else None
        searched = event.root == "COERCE" and event.mode in {"arrest", "seize"}
        if not searched or not last or last.event_type != "ASSAULT":
            return False
        raid = last.trigger.lower() in {"raid", "raids"} and not last.source
        return raid and self.p.text[: last.start].lower().split()[-2:-1] == ["in"]

    def _spans(self, event: Event) -> bool:
        """Whether the clause tells of a time that lasts until now ("has yet to")."""
        first, end = self.p.clause_of(event.hit.first)
        words = self.p.words[first : end + 1]
        return not self.p.lists["until_now"].isdisjoint(words)

    def _first_since(self) -> None:
        """ "The first raid since May", "the first in months": until it there was none."""
        p, words = self.p, self.p.words
        for k in [k for k, word in enumerate(words) if word == "first"]:
            if not self._first_attack(k):
                continue
            behind = [d for d in self.dates if d.start > p.starts[k] and self._since(k, d)]
            told = [
                n
                for n, r in enumerate(self.readings)
                if r.event_type == "ASSAULT" and r.status == "happened"
            ]
            told = [n for n in told if behind and self.readings[n].start < behind[0].start]
            if told:
                reading = self.readings[told[0]]
                about = {
                    "start": p.starts[k],
                    "end": p.ends[k],
                    "trigger": p.text[p.starts[k] : p.ends[k]],
                }
                none = {"n_incidents_min": 0, "n_incidents_max": 0, "rule": "first since"}
                none |= {"status": "absence", "attribution": "none", "date": behind[0]}
                self.readings.insert(told[-1] + 1, reading._replace(**about, **none))
                return

    def _first_attack(self, k: int) -> bool:
        """Whether "first" is an attack, and no "first shipment of aid since May"."""
        behind = self.p.words[k + 1 :]
        to = next((k + 1 + n for n, word in enumerate(behind) if word in {"since", "in"}), k + 1)
        named = set(self.p.words[k + 1 : to]) - self.p.lists["first_time"]
        attacks = [hit for hit in self.p.hits if hit.phrase.root == "ASSAULT"]
        return not named or any(k < hit.last < to for hit in attacks)

    def _since(self, k: int, date: TimeExpression) -> bool:
        """ "First since May", "since the strikes in May", "in months"."""
        between = self.p.text[self.p.ends[k] : date.start].lower().split()
        long = "since" in between and len(between) - between.index("since") <= _FAR
        length = between[-1:] == ["in"] and getattr(date, "type", "") == "DURATION"
        return len(between) <= _LONG and (long or length)

    def finish(self) -> list[EventReading]:
        """The readings, with the dead and wounded of each attack."""
        if any(reading.event_type == "ASSAULT" for reading in self.readings):
            self._first_since()
            for toll in find_tolls(self.p):
                self._tell(toll)
        return self.readings

    def _tell(self, toll: Toll) -> None:
        """A toll belongs to the attack that its word is part of, else to the last one before it."""
        at = self.p.starts[toll.at]
        attacks = [
            (not r.start <= at < r.end, r.start > at, abs(r.start - at), n)
            for n, r in enumerate(self.readings)
            if r.event_type == "ASSAULT" and r.status in {"happened", "ongoing", "denied"}
        ]
        for *_, n in sorted(attacks)[:1]:
            bounds = {"killed": toll.killed, "wounded": toll.wounded}
            told = {
                f"{what}_{end}": value
                for what, both in bounds.items()
                if both and getattr(self.readings[n], f"{what}_min") is None
                for end, value in zip(("min", "max"), both, strict=True)
            }
            self.readings[n] = self.readings[n]._replace(**told)

    def read(self, event: Event) -> EventReading:
        """An event with all that its clause tells of it."""
        p, hit = self.p, event.hit
        told = self.parties.read(event)
        self._told = told
        source, target, doer = told.source, told.target, told.doer
        where: list[Party] = []
        at = site(p, self.mentions, hit) if event.root in HOSTILE else None
        if at:
            source = None if source == at.entity_id else source
            target = target or (at.entity_id if at.type == "FAC" else None)
        if at and at.type != "FAC":
            where = [at.entity_id]
        elif {event.root, hit.phrase.root} & _LOCATED or event.mode == "resume":
            where = places(p, self.mentions, hit, {source, target}, doer)
        one = event.root in GOVERNING  # "halted its attacks" is one halt
        direction, goldstein = p.known.values(event.root, event.mode)
        start, end = p.starts[event.group.begin], p.ends[hit.last]
        return EventReading(
            *(start, end, p.text[p.starts[hit.first] : end]),
            *(event.root, event.mode, direction, event.status, told.attribution),
            *(source, target, next(iter(where), None)),
            *((1, 1) if one else (0, 0) if event.status == "absence" else count_incidents(p, hit)),
            date=self._date(event),
            goldstein=goldstein,
            rule=";".join([event.rule, *told.rules]),
            **{name: getattr(told, name) for name in ("denied_by", "told_by", "mutual")},
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

    def _blamed_on(self, event: Event) -> bool:
        """Whether it is a participle behind an act: "a raid | blamed on"."""
        begin, last = event.group.begin, self.readings[-1:]
        behind = any(h.last + 1 == begin and not h.phrase.verbal for h in self.p.hits)
        blamed = behind and event.mode == "allege" and event.group.word.endswith("ed")
        return blamed and bool(last) and last[0].event_type == "ASSAULT" and not last[0].source

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
        back = back or (reading.n_incidents_max is None and reading.n_incidents_min == 2)
        vague = (
            event.root in _ONLY_TOLD
            or is_aside(self.p, first)
            or self.p.words[event.hit.last] in {"lull", "calm"}
        )
        return (
            event.hit.phrase.verbal
            or not (vague or (back and len(event.hit.words) == 1))
            or any((reading.source, reading.target, reading.place))
            or (reading.date and getattr(reading.date, "type", "") != "DURATION")
            or reading.attribution != "none"
            or reading.status != "happened"
        )

    def _same_act(self, event: Event) -> bool:
        """Whether it is the harm ("killing 3") or the means of the attack told before it."""
        last = self.readings[-1] if self.readings else None
        if last is None or event.root not in HOSTILE:
            return False
        if last.event_type == "COERCE" and event.hit.phrase.text == "raid":
            near = self.p.words[event.hit.first - 2 : event.hit.first]
            return self._means_of(event.hit) or "in" in near
        absent = "absence" in {last.status, event.status} and last.status != event.status
        if event.root != last.event_type or absent:
            return False
        return self._more_of(last, event)

    def _more_of(self, last: EventReading, event: Event) -> bool:
        """Whether an event is harm, part or means of one of its type."""
        verbal, attack = event.hit.phrase.verbal, event.root in {"ASSAULT", "PROTEST"}
        if self._since_its(event) or not (verbal or attack):
            return verbal or self._part_of(last, event.hit)
        if verbal:
            return attack and self._harm_of(last, event)
        return self._part_of(last, event.hit) or self._means_of(event.hit)

    def _since_its(self, event: Event) -> bool:
        """ "Has taken nine posts | since launching its offensive"."""
        return event.group.gerund and self.p.words[event.group.begin - 1] == "since"

    def _harm_of(self, last: EventReading, event: Event) -> bool:
        p, begin = self.p, event.group.begin
        subject = p.subject(begin)
        if subject and p.starts[subject[0]] <= last.start < p.starts[begin] and is_act(p, subject):
            return True  # "a raid on the port | killed nine"
        if not harms(event.hit):
            unnamed = self._harm or last.mode == "violate-ceasefire"
            return unnamed and not last.source and self._occasion(last, event)
        if not self._harm and "passive" in self._told.rules[:1] and self._told.doer is None:
            return True  # "fired at the depot; a guard | was wounded"
        gerund = event.group.gerund and begin == event.hit.first
        first = p.clause_of(event.hit.first)[0]
        return gerund or last.start >= p.starts[first] or self._relative(last, event, first)

    def _relative(self, last: EventReading, event: Event, first: int) -> bool:
        """ "The raid | that killed nine", "the raid, | which is believed to have killed nine"."""
        p = self.p
        behind = p.words[first] == "which" and p.text[last.end : p.starts[first]].strip() == ","
        return behind or event.group.before in {"that", "which"}

    def _occasion(self, last: EventReading, event: Event) -> bool:
        """ "Two were killed | when gunmen stormed the camp"."""
        first = self.p.clause_of(event.hit.first)[0]
        word, start = self.p.words[first], self.p.starts[first]
        return word in {"when", "as", "after"} and last.end <= start

    def _part_of(self, last: EventReading, hit: Hit) -> bool:
        """ "a campaign | of strikes", "missile | and drone strikes"."""
        words = self.p.words[bisect_left(self.p.starts, last.end) : hit.first]
        between = [word for word in words if word not in {"“", "”", '"'}]
        return between == ["of"] or (between[:1] == ["and"] and len(between) < 4)

    def _means_of(self, hit: Hit) -> bool:
        before = self.p.words[max(hit.first - 5, 0) : hit.first]
        means = {"in", "by", "during", "when", "after", "as"} if self._harm else {"with", "by"}
        numbered = before[-2:-1] == ["in"] and number_at(self.p, hit.first - 1)  # "in three raids"
        again = _AGAIN.search(" ".join(before[-5:]))
        return bool(numbered or again) or not means.isdisjoint(before)


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


def _is_length(expression: TimeExpression) -> bool:
    length = getattr(expression, "type", "") == "DURATION"
    return length and getattr(expression, "anchor", "") != "published"


def nearest_date(p: Parse, hit: Hit, dates: Sequence[TimeExpression]) -> TimeExpression | None:
    """The time expression nearest to the trigger in its clause, or "in May, | when" before it."""
    at, (first, end) = p.starts[hit.first], _part_of_clause(p, hit)
    start = p.starts[first]
    near = [d for d in dates if start <= d.start < p.ends[end - 1]]
    near = _before_next_act(p, hit, near) if near else []
    if not near and p.words[first] in {"when", "that"}:
        near = _before_clause(p, first, dates)
    for says_more in _SAY_MORE:
        near = [d for d in near if says_more(p, hit, d)] or near
    near = [d for d in near if not any(_contains(p, d, other) for other in near)]
    return min(near, key=lambda date: abs(date.start - at), default=None)


def _is_said_of_act(p: Parse, hit: Hit, date: TimeExpression) -> bool:
    """Not "tore up the | May | accord", "boycott the | 29 October | vote"."""
    inside = p.starts[hit.first] < date.start and date.end < p.ends[hit.last]
    before, behind = p.text[: date.start].split()[-1:], p.text[date.end :].split()[:1]
    article = before in (["the"], ["its"], ["their"]) and behind and behind[0].islower()
    noun = article and not p.any_list(behind[0], ("beside_verb", "verb_group", "clause"))
    other = noun and bisect_left(p.starts, date.end) not in hit.words
    return not other and (not inside or before == ["on"])


def _contains(p: Parse, date: TimeExpression, other: TimeExpression) -> bool:
    """Whether another time expression of the act is finer: "this year, | on Monday"."""
    mine, theirs = (
        (getattr(d, "date_from", None), getattr(d, "date_to", None)) for d in (date, other)
    )
    since = p.text[: date.start].split()[-1:] == ["since"]
    told = all(mine) and all(theirs) and mine != theirs and not since
    return told and mine[0] <= theirs[0] and theirs[1] <= mine[1]


_SAY_MORE: tuple[Callable[[Parse, Hit, TimeExpression], bool], ...] = (
    lambda p, hit, date: p.text[: date.start].split()[-1:] != ["of"],  # "of the year"
    lambda p, hit, date: not _is_length(date),  # "jailed for two years | on Monday"
    lambda p, hit, date: getattr(date, "value", "") != "PRESENT_REF",  # "now | delayed to Sunday"
    _is_said_of_act,
    lambda p, hit, date: _PUT_OFF.search(p.text[: date.start]),  # "due on Friday was put off to"
)


def _part_of_clause(p: Parse, hit: Hit) -> Span:
    """The clause; of "after a raid, the army" the part before or behind the comma."""
    first, end = p.clause_of(hit.first)
    if p.words[first] not in p.lists["clause"] or "," not in p.words[first:end]:
        return first, end
    comma = p.words.index(",", first)
    return (first, comma) if hit.first < comma else (comma, end)


def _before_next_act(p: Parse, hit: Hit, near: list[TimeExpression]) -> list[TimeExpression]:
    """ ", threatened on Monday" dates the threat."""
    verbs = [k for k in p.verbs if k > hit.last and p.words[k - 1] == ","]
    acts = [p.starts[k] for k in verbs if not p.words[k].endswith("ing")]
    return [d for d in near if d.start < min(acts, default=d.end)]


def _before_clause(p: Parse, first: int, dates: Sequence[TimeExpression]) -> list[TimeExpression]:
    """Those right before a clause: "in May, | when", but not "said on Sunday | that"."""
    start = p.starts[first]
    near = [d for d in dates if d.end <= start and p.text[d.end : start].strip() in {"", ","}]
    if p.words[first] == "that":
        return [d for d in near if p.text[d.start :].lower().startswith("the ")]
    return near
