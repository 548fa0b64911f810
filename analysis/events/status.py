"""Which phrases are events, and did they happen: named rules, the first that holds decides.

They read the words of the verb group, of the clause and round a noun (codebook, 2 to 7).  As in
PLOVER the outer verb decides: "rejected a ceasefire" is REJECT, "threatened to strike" THREATEN,
and neither is also a ceasefire or a strike.
"""

from collections.abc import Callable
from functools import cached_property
from itertools import pairwise, takewhile
from typing import Generic, NamedTuple, TypeVar

from analysis.events.counts import number_at
from analysis.events.parse import Parse, VerbGroup, is_act, is_weapon_at_work
from analysis.events.phrases import Hit, harms

# types whose object or infinitive is asked for, promised, refused or ended, not done
GOVERNING = {"REQUEST", "THREATEN", "AGREE", "REJECT", "RETREAT", "SANCTION", "CONCEDE", "ACCUSE"}
HOSTILE = {"ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "SANCTION", "THREATEN"}
DENIALS = {"deny", "disclaim"}
_WILL = {"will", "would", "wo"}
_POSSESSIVES = {"its", "their", "his", "her", "'s", "’s"}

NONE = ""  # no event
UNSTOPPED, REFUSED = "unstopped", "refused"  # a pause not made, an act refused
HALTED = "halted"  # acts that stopped: a pause
ABSENT = "absence"  # said not to have happened in some time; of a pause: to have ended


class Event(NamedTuple):
    """A phrase that is an event of its own; `outer` is what judges, accuses of or denies it."""

    hit: Hit
    group: VerbGroup
    root: str
    mode: str
    status: str
    attribution: str
    outer: Hit | None
    rule: str
    promised: Hit | None = None  # the pause that is agreed to


def find_events(p: Parse) -> list[Event]:
    """The phrases that are events of their own, with status and attribution."""
    events: list[Event] = []
    for n, hit in enumerate(p.hits):
        if not hit.phrase.root:
            continue  # an idiom
        outer = _outer(p, n, events) if n else None
        last = events[-1] if events and events[-1].hit is outer else None
        if outer and outer.phrase.mode in DENIALS and last:
            events.pop()  # told by what is denied
        if last and _ready_to_harm(last, hit):
            events[-1] = last._replace(root="THREATEN", mode="", status="threatened")
        elif last and last.root == "AGREE" and hit.mode == "ceasefire":  # "agreed | to hold fire"
            events[-1] = _promised(p, last, hit)
        if event := _event(p, hit, outer):
            events.append(event)
    return events


def _ready_to_harm(outer: Event, hit: Hit) -> bool:
    """ "is prepared to launch strikes" is no agreement."""
    agrees = outer.hit.phrase.root == "AGREE" and outer.hit.mode != "truce"
    return agrees and hit.phrase.verbal and hit.phrase.root in HOSTILE


def _promised(p: Parse, event: Event, pause: Hit) -> Event:
    """ "Promised | to hold fire", on a condition or not."""
    offered = event.group.word.startswith("offer")
    asked = not p.lists["in_return"].isdisjoint(p.words[event.hit.last :])
    status = "planned" if offered else event.status
    status = "conditional" if asked and status == "planned" else status
    about = {"root": "RETREAT", "mode": "ceasefire", "rule": "promised"}
    return event._replace(**about, status=status, promised=pause)


def _event(p: Parse, hit: Hit, outer: Hit | None) -> Event | None:
    group, attribution = p.group(hit), "none"
    if outer is None:
        rule, status = status_of(p, hit, group)
    elif outer.phrase.root == "ACCUSE" and hit.phrase.root == "THREATEN":
        return None
    elif outer.phrase.root == "ACCUSE":
        rule, status = status_of(p, hit, group)
        if not status and hit.phrase.root in HOSTILE:
            rule, status = "judged", "happened"
        attribution = "blamed" if outer.phrase.mode == "allege" else "none"
    elif outer.phrase.mode in DENIALS:
        rule, status, attribution = _denied(p, hit, group, outer)
    else:
        return None
    draft = _read_again(p, hit, group, _Draft(hit.phrase.root, hit.mode, status, rule))
    if not draft.status or draft.mode == "deny":
        return None
    if hit.mode == "disclaim":
        draft, attribution = draft._replace(root="ASSAULT", mode="", rule="disclaimed"), "denied"
    return Event(hit, group, *draft[:3], attribution, outer, draft.rule)


def _denied(p: Parse, hit: Hit, group: VerbGroup, outer: Hit) -> tuple[str, str, str]:
    """Rule, status and attribution of what is denied: the act, or only who did it."""
    if not p.lists["negation"].isdisjoint(p.group(outer).words):  # "did not deny that"
        return *status_of(p, hit, group), "none"
    if not (hit.phrase.verbal or _denied_report(p, outer, hit)):
        return "doer denied", "happened", "denied"
    return "act denied", NONE if group.gerund and group.before == "about" else "denied", "none"


def _denied_report(p: Parse, outer: Hit, hit: Hit) -> bool:
    """ "Denied | reports of a raid": the act, not who did it."""
    between = p.words[outer.last + 1 : hit.first]
    return outer.phrase.mode == "deny" and not (p.lists["hearsay"] | {"that"}).isdisjoint(between)


def _outer(p: Parse, n: int, events: list[Event]) -> Hit | None:
    """The phrase in whose object, infinitive or that-clause the n-th phrase stands, if any."""
    words, lists, hit = p.words, p.lists, p.hits[n]
    conjoined = words[hit.first - 1] == "and" and words[hit.first][-1] in "sd"
    if (hit.phrase.verbal and conjoined) or _tells_of(p, p.hits[n - 1], hit):
        return None  # "condemned the raid and demanded talks"
    ahead = {event.hit.first for event in events if event.status in {"planned", "threatened"}}
    for outer in reversed(p.hits[:n]):
        between = words[outer.last + 1 : hit.first]
        beyond = lists["no object beyond"] | (set() if outer.phrase.verbal else lists["predicate"])
        if _brokered(outer, hit, between) or not beyond.isdisjoint(between):
            return None
        talk = not hit.phrase.verbal and _talks(outer)
        if talk or outer.phrase.root in GOVERNING or outer.first in ahead:
            return outer
    return None


def _talks(outer: Hit) -> bool:
    """Whether what follows is only talked of: "met on | strikes", not "notified of | a strike"."""
    told = outer.phrase.text.startswith(("notify", "brief"))
    return outer.phrase.root == "CONSULT" and not told


def _brokered(outer: Hit, hit: Hit, between: list[str]) -> bool:
    """A truce that was brokered is there; so is what ended one: "broke the truce | by shelling"."""
    if between[-1:] == ["by"] and outer.mode == "resume":
        return True
    return outer.phrase.text.startswith("broker") and hit.mode == "ceasefire"


def _tells_of(p: Parse, noun: Hit, hit: Hit) -> bool:
    """ "The raid | that killed nine"."""
    begin = p.group(hit).begin
    relative = p.words[begin - 1] in {"that", "which"} and noun.last + 1 == begin - 1
    return relative and hit.phrase.verbal and not noun.phrase.verbal


# --- did it happen --------------------------------------------------------------------------------


def status_of(p: Parse, hit: Hit, group: VerbGroup) -> tuple[str, str]:
    """The rule that decides and the status by the words round the phrase; "" is no event."""
    first, end = p.clause_of(hit.first)
    clause = p.words[first : hit.first]
    if p.asks or (hit.mode == "ceasefire" and p.text.rstrip().endswith("?")):
        return "asked", NONE
    if _nobody_fights(p, p.words if p.is_headline else p.words[first:end], hit):
        return "peaceful", NONE
    if hit.phrase.verbal:
        if not p.lists["opinion"].isdisjoint(clause):
            return "opinion", NONE
        if clause and clause[0] in {"if", "unless", "whether"}:
            return "condition", NONE
        return _first(_VERB_RULES, _Verb(p, hit, group))
    if clause[:1] == ["if"] and ("the" not in clause or hit.phrase.root not in HOSTILE):
        return "condition", NONE
    return _first(_NOUN_RULES, _Noun(p, hit))


def _nobody_fights(p: Parse, clause: list[str], hit: Hit) -> bool:
    """Whether it is weather, illness, sport, an election: "the storm | killed"."""
    text = hit.phrase.text
    loose = text.split()[0] in p.lists["loose"] or text.startswith("launch _ <attack>")
    peaceful = loose and not p.lists["peaceful"].isdisjoint(clause)
    return peaceful or _is_nature(p, hit) or _is_no_act(p, hit)


def _is_nature(p: Parse, hit: Hit) -> bool:
    """Weather, illness, accidents: "the storm | killed", "a cyclone hit the port, | killing"."""
    if hit.phrase.root != "ASSAULT":
        return False
    before = p.words[max(hit.first - 4, 0) : hit.last]
    behind = p.words[hit.last + 1 : hit.last + 5]
    if hit.phrase.verbal and harms(hit):
        before = before + p.words[slice(*(p.subject(p.group(hit).begin) or (0, 0)))]
    vehicle = behind[:1] == ["by"] and not p.lists["vehicles"].isdisjoint(behind[2:3])
    accident = (p.is_accident and harms(hit)) or (vehicle and behind[3:] != ["bomb"])
    return accident or not p.lists["nature"].isdisjoint(before)


def _is_no_act(p: Parse, hit: Hit) -> bool:
    """ "Pictures | shot by", "released | a video", "declined to | comment"."""
    object_ = p.words[hit.last : hit.last + 5]
    if hit.phrase.text == "shoot":
        return not p.lists["published"].isdisjoint(p.words[max(hit.first - 4, 0) : hit.last])
    if hit.mode == "release":
        return not p.lists["published"].isdisjoint(object_)
    spoken = hit.phrase.root in {"REQUEST", "REJECT"}
    return spoken and not p.lists["idle"].isdisjoint(object_)


class _Verb:
    """What the rules ask of a verb and its group."""

    def __init__(self, p: Parse, hit: Hit, group: VerbGroup) -> None:
        self.p, self.hit, self.group, self.has = p, hit, group, group.words
        self.text, self.root, self.last = hit.phrase.text, hit.phrase.root, hit.last
        self.clause = p.clause_of(hit.first)
        self.resumes = hit.phrase.root == "THREATEN" and hit.mode == "resume"
        self.pause = hit.mode == "ceasefire"
        self.deterred = hit.mode == "deter"
        self.restraint = hit.mode == "restraint"
        self.attack = hit.phrase.root == "ASSAULT" or self.resumes
        self.hostile = hit.phrase.root in HOSTILE

    def any(self, name: str) -> bool:
        """Whether the group has a word of a list."""
        return not self.has.isdisjoint(self.p.lists[name])

    def to(self, name: str) -> bool:
        """Whether it is an infinitive behind a word of a list."""
        return self.group.governor in self.p.lists[name]

    @property
    def negated(self) -> bool:
        begin = self.group.begin
        words, first = self.p.words, self.clause[0]
        inverted = words[max(first - 1, 0) : first + 1] == ["not", "since"]  # "not since May has"
        no = "no" in words[max(begin - 5, 0) : begin]
        return self.any("negation") or no or self.nobody or inverted

    @property
    def not_yet(self) -> bool:
        """ "Has | yet to attack"."""
        return self.group.governor == "yet"

    @property
    def ended_by_act(self) -> bool:
        """ "Shelling | ended a lull": the shelling is the event."""
        subject = self.resumes and self.p.subject(self.group.begin)
        return bool(subject) and is_act(self.p, subject)

    @property
    def nobody(self) -> bool:
        """ "None of the groups | attacked", "neither Arvania nor Belmar"."""
        near = self.p.words[max(self.group.begin - 8, self.clause[0]) : self.group.begin]
        none = any(pair in {("not", "one"), ("not", "a")} for pair in pairwise(near))
        return none or not self.p.lists["nobody"].isdisjoint(near)

    @property
    def purpose(self) -> bool:
        """ "Came | to strike", but not "began to strike", "led them to strike"."""
        before = self.p.words[self.clause[0] : self.group.begin]
        used = {"use", "used", "uses"} & {*before} and self.p.lists["conditional"].isdisjoint(
            before
        )
        done = used or self.to("implicative")  # "used the base | to bomb"
        infinitive = self.group.governor is not None and not done
        return infinitive and not self.p.caused(self.group)

    @property
    def predicts(self) -> bool:
        """ "Counting will not | be over", "will not | only": nobody refuses."""
        if not self.text.startswith(("will|would not", "will|would never")):
            return self.any("be") and bool(self.has & _WILL) and self.negated
        behind = self.p.words[self.last + 1 : self.last + 2]
        return behind == ["only"] or not self.p.lists["be"].isdisjoint(behind)

    @property
    def topic(self) -> bool:
        """ "The risk of | being shot", "an interest in | attacking", "options for | raids"."""
        p, begin = self.p, self.group.begin
        gap = [p.words[i] for i in range(begin, self.last) if i not in self.hit.words]
        inside = not p.lists["topic"].isdisjoint(gap)
        led = p.words[max(begin - 1, 0)] in {"of", "in", "about", "for", "over"}
        return inside or (
            led and not p.lists["topic"].isdisjoint(p.words[max(begin - 3, 0) : begin])
        )

    @property
    def describes(self) -> bool:
        """ "A clinic | funded by X", "deputies | backing the bill": behind a noun, no act told."""
        p, group = self.p, self.group
        gifts = self.root in {"AID", "SUPPORT", "COOPERATE"} or self.hit.mode == "release"
        if not gifts or self.has or p.is_headline:
            return False
        if group.word[-2:] == "ed":
            return p.words[self.last + 1 : self.last + 2] in (["by"], ["from"])
        noun = group.before.isalpha() and not p.any_list(group.before, ("beside_verb", "clause"))
        return (
            group.gerund and noun and not p.any_list(group.before, ("prepositions", "implicative"))
        )

    @property
    def role(self) -> bool:
        """ "A permit for | striking", "talks aimed at | ending", "its | vowing": none of it done.

        But "claimed credit for | striking".
        """
        p, begin = self.p, self.group.begin
        owned = {"responsibility", "credit"}.intersection(p.words[:begin])
        gap = p.text[p.ends[begin - 1] : p.starts[begin]] if begin else ""
        possessive = self.group.before in _POSSESSIVES or gap in {"' ", "’ "}
        of = self.group.before in {"for", "of", "about", "towards", "toward"}
        aimed = self.group.before == "at" and p.any_list(p.words[max(begin - 2, 0)], ("aimed",))
        return self.group.gerund and (possessive or aimed or (of and not owned))

    @property
    def casualties(self) -> bool:
        """ "The clinic took in nineteen | wounded": people, whom another verb tells of."""
        p, verb = self.p, self.group.verb
        counted = not self.has and harms(self.hit) and verb and number_at(p, verb - 1)
        start = self.clause[0]
        return bool(counted) and any(p.is_finite(k, start) for k in range(start, verb - 1))

    @property
    def timetabled(self) -> bool:
        """ "Nurses | strike from Monday"."""
        p, group = self.p, self.group
        base = group.word in {group_word := self.text.split()[0], group_word + "s"}
        ahead = pairwise(p.words[group.verb : self.clause[1]])
        soon = any(
            word in p.lists["soon"]
            and (after in p.lists["calendar"] or word in {"next", "tomorrow"})
            for word, after in ahead
        )
        return base and not self.has and soon and not p.is_headline

    @property
    def untrue(self) -> bool:
        """ "Reports that it had struck | were false"."""
        words, verb = self.p.words, self.group.verb
        return not self.p.lists["untrue"].isdisjoint(words[verb:]) and not self.p.lists[
            "hearsay"
        ].isdisjoint(words[:verb])

    @property
    def future(self) -> bool:
        ready = self.group.word == "prepared" and self.any("be")
        is_to = self.group.governor and self.p.words[self.group.verb - 2] in {"is", "are"}
        return self.any("future") or self.to("future") or ready or is_to or self.announced

    @property
    def announced(self) -> bool:
        """ "Rebels in the north | to resume raids": a headline, with no verb before."""
        group = self.group
        if group.governor is None or group.governor in self.p.lists["takes_infinitive"]:
            return False
        p, start = self.p, self.clause[0]
        before = range(start, group.begin)
        verb = any(p.is_finite(k, start) or p.words[k] in p.lists["predicate"] for k in before)
        return p.is_headline and not verb

    @property
    def lasting(self) -> bool:
        since = "since" in self.p.words and not self.has.isdisjoint({"has", "have"})
        return self.any("ongoing") or since or (self.group.gerund and self.any("be"))


class _Noun:
    """What the rules ask of the words round a noun."""

    def __init__(self, p: Parse, hit: Hit) -> None:
        self.p, self.hit = p, hit
        self.hostile = hit.phrase.root in HOSTILE
        self.before = p.words[max(hit.first - 3, 0) : hit.first]
        self.after = self._behind(7)

    def _behind(self, most: int) -> set[str]:
        """So many words behind the noun, to the end of the phrase."""
        behind = self.p.words[self.hit.last + 1 : self.hit.last + 1 + most]
        return set(takewhile(lambda word: word not in self.p.lists["phrase ends"], behind))

    def any(self, name: str) -> bool:
        return not self.p.lists[name].isdisjoint(self.before)

    @cached_property
    def predicate(self) -> VerbGroup | None:
        """The verb of which an attack is the subject: "attacks on the port | have stopped"."""
        verbs = self.p.lists["halting"] | self.p.lists["decreasing"]
        hit, words = self.hit, self.p.words
        if hit.phrase.root not in {"ASSAULT", "COERCE"}:
            return None
        end = min([v for v in self.p.verbs if v > hit.last] + [self.p.clause_of(hit.last)[1]])
        for i in range(hit.last + 1, end):
            if words[i] in verbs:
                return self.p.group_of(i) if self._ends_clause(i + 1) else None
            if words[i] == ",":
                return None
        return None

    def _ends_clause(self, i: int) -> bool:
        """Whether no object follows: "ended overnight", but not "ended a lull"."""
        word = self.p.words[i] if i < len(self.p.words) else ","
        ends = ("prepositions", "clause", "calendar", "circumstances")
        return not word[0].isalnum() or word[-2:] == "ly" or self.p.any_list(word, ends)

    @property
    def pause(self) -> bool:
        return self.hit.phrase.root == "RETREAT" and self.hit.mode == "ceasefire"

    @property
    def over(self) -> bool:
        """ "The truce | collapsed", "the truce | is over", but not "after the truce | ended"."""
        lists, behind = self.p.lists, self._behind(12)  # "brokered by both neighbours | ended"
        gone = lists["pause_over"] & behind or ("over" in behind and lists["be"] & behind)
        not_yet = ("negation", "future", "conditional")
        told = not self.any("time_clause") and not any(lists[name] & behind for name in not_yet)
        return self.pause and gone and told

    @property
    def away(self) -> bool:
        """ "The truce | was close", "the truce | has not collapsed"."""
        lists = self.p.lists
        return self.pause and not (lists["pause_over"] | lists["pause_away"]).isdisjoint(self.after)

    @property
    def proposed(self) -> bool:
        """ "A plan for | a truce was put before them", "a truce | was sought"."""
        lists = self.p.lists
        plan = self.any("proposal") and not {"for", "of"}.isdisjoint(self.before)
        return plan or not (
            lists["sought"].isdisjoint(self.after) or lists["be"].isdisjoint(self.after)
        )

    @property
    def starts(self) -> bool:
        """ "The truce | takes effect"."""
        words = {*self.p.words[self.hit.first : self.hit.last + 1], *self.after}
        return self.pause and not self.p.lists["starts"].isdisjoint(words)

    @property
    def modifier(self) -> bool:
        """ "The ceasefire | plan", "riot | police"."""
        behind = self.p.words[self.hit.last + 1 : self.hit.last + 2]
        return not self.p.lists["modified"].isdisjoint(behind)

    @property
    def called_so(self) -> bool:
        """ "Known as the October | war", but not "as a rocket | strikes ferry"."""
        return "as" in self.before[-2:] and not is_weapon_at_work(self.p, self.hit)

    @property
    def label(self) -> bool:
        """ "Truce violation | : troops shell villages": what follows tells the act."""
        colon = self.p.words[self.hit.last + 1 : self.hit.last + 2] == [":"]
        behind = (h for h in self.p.hits if h.first > self.hit.last)
        return colon and any(h.phrase.root == self.hit.phrase.root for h in behind)

    @property
    def left_dead(self) -> bool:
        """ "An ambush on troops | left six dead"."""
        return self.hit.mode == "withdraw" and not self.p.lists["dead"].isdisjoint(self.after)

    @property
    def unlikely(self) -> bool:
        """ "Are unlikely to take up | raids"."""
        near = pairwise(self.p.words[max(self.hit.first - 6, 0) : self.hit.first])
        return any(word in self.p.lists["opinion"] and after == "to" for word, after in near)

    @property
    def share(self) -> bool:
        """ "One in three | attacks"."""
        p, first = self.p, self.hit.first
        numbered = first > 2 and all(number_at(p, k) for k in (first - 3, first - 1))
        return numbered and p.words[first - 2] == "in"

    @property
    def untrue(self) -> bool:
        """ "Reports of a raid | were false"."""
        words, first = self.p.words, self.hit.first
        hearsay = self.p.lists["hearsay"].intersection(words[max(first - 6, 0) : first])
        return bool(hearsay) and not self.p.lists["untrue"].isdisjoint(words[first:])

    @property
    def none_told(self) -> bool:
        """ "No attacks | have been reported"."""
        attack = self.hit.phrase.root == "ASSAULT"
        none = not {"no", "without", "any"}.isdisjoint(self.before)
        return attack and (none or self.not_one) and self.no

    @property
    def not_one(self) -> bool:
        """ "Not one | rocket was fired"."""
        return "not" in self.before and not {"one", "single"}.isdisjoint(self.before)

    def predicate_has(self, *names: str) -> bool:
        return any(not self.p.lists[n].isdisjoint(self.predicate.words) for n in names)

    @property
    def halted(self) -> bool:
        return bool(self.predicate) and self.predicate.word in self.p.lists["halting"]

    @property
    def single(self) -> bool:
        """One attack, which ends without a pause; fighting and attacks may pause."""
        word = self.p.words[self.hit.last]
        return bool(self.p.known.counted_acts.search(word)) and not word.endswith(("s", "ing"))

    @property
    def no(self) -> bool:
        """ "No", or "have not had | any"."""
        near = self.p.words[max(self.hit.first - 8, 0) : self.hit.first]
        return self.any("negation") or (
            "any" in self.before and not self.p.lists["negation"].isdisjoint(near)
        )

    @property
    def topic(self) -> bool:
        """ "talks on the withdrawal of troops"."""
        first = self.hit.first
        topics = self.p.lists["topic"].intersection(self.p.words[max(first - 6, 0) : first])
        return bool(topics) and not {"over", "on", "about", "of", "for"}.isdisjoint(self.before)

    @property
    def ahead(self) -> bool:
        to_come = self.after & self.p.lists["due"]
        caused = "due to" in " ".join(self.p.words[self.hit.last + 1 : self.hit.last + 4])
        to_come = (to_come and not caused) or self.after & {"would", "will"}
        return self.any("prospective") or bool(to_come)

    @property
    def lasting(self) -> bool:
        in_force = self.p.lists["in_force"].intersection(self.p.words[self.hit.first :])
        if self.hit.mode == "ceasefire" and in_force:
            return True
        return not self.p.lists["ongoing"].isdisjoint(self.before[-2:])


Evidence = TypeVar("Evidence", _Verb, _Noun)


class _Rule(NamedTuple, Generic[Evidence]):
    name: str
    holds: Callable[[Evidence], object]
    status: str


_VERB_RULES: list[_Rule[_Verb]] = [
    _Rule("deterred", lambda v: v.deterred and not v.negated, ABSENT),
    _Rule("not deterred", lambda v: v.deterred, NONE),
    _Rule("restrained", lambda v: v.restraint and v.negated, "happened"),
    _Rule("unrestrained", lambda v: v.restraint, NONE),
    _Rule("pause not made", lambda v: v.pause and v.any("negation") and not v.any("future"),
          UNSTOPPED),
    _Rule("ended by the act", lambda v: v.ended_by_act, NONE),
    _Rule("untrue", lambda v: v.untrue, "denied"),
    _Rule("not done", lambda v: v.group.before in v.p.lists["undone"] or "nearly" in v.has, NONE),
    _Rule("no refusal", lambda v: v.predicts, NONE),
    _Rule("refused", lambda v: v.negated and v.has & _WILL, REFUSED),
    _Rule("did not attack", lambda v: v.attack and (v.negated or v.not_yet), ABSENT),
    _Rule("negated", lambda v: v.negated or v.not_yet, NONE),
    _Rule("threatened", lambda v: v.future and v.hostile, "threatened"),
    _Rule("planned", lambda v: v.future, "planned"),
    _Rule("begun", lambda v: v.to("ongoing"), "ongoing"),
    _Rule("possible", lambda v: v.any("conditional"), NONE),
    _Rule("purpose", lambda v: v.purpose, NONE),
    _Rule("role", lambda v: v.role, NONE),
    _Rule("carried", lambda v: v.text.startswith("fly") and v.any("be"), NONE),
    _Rule("casualties", lambda v: v.casualties, NONE),
    _Rule("verb topic", lambda v: v.topic, NONE),
    _Rule("describes", lambda v: v.describes, NONE),
    _Rule("timetabled", lambda v: v.timetabled, "planned"),
    _Rule("lasting", lambda v: v.lasting, "ongoing"),
    _Rule("told", lambda v: True, "happened"),
]  # fmt: skip
_NOUN_RULES: list[_Rule[_Noun]] = [
    _Rule("untrue noun", lambda n: n.untrue, "denied"),
    _Rule("none told", lambda n: n.none_told, ABSENT),
    _Rule("no such", lambda n: n.no, NONE),
    _Rule("modifier", lambda n: n.modifier, NONE),
    _Rule("called so", lambda n: n.called_so, NONE),
    _Rule("label", lambda n: n.label, NONE),
    _Rule("left dead", lambda n: n.left_dead, NONE),
    _Rule("talks to", lambda n: n.p.words[n.hit.last : n.hit.last + 2] == ["talks", "to"], NONE),
    _Rule("share", lambda n: n.share, NONE),
    _Rule("considered", lambda n: n.any("considered"), NONE),
    _Rule("proposed", lambda n: n.pause and n.proposed, NONE),
    _Rule("topic", lambda n: n.topic, NONE),
    _Rule("unlikely", lambda n: n.unlikely, NONE),
    _Rule("feared", lambda n: n.hostile and n.any("feared"), NONE),
    _Rule("pause over", lambda n: n.over, ABSENT),
    _Rule("no pause", lambda n: n.away, NONE),
    _Rule("truce starts", lambda n: n.starts, "planned"),
    _Rule("decreased", lambda n: n.predicate and not n.halted, NONE),
    _Rule("one act over", lambda n: n.halted and n.single, "happened"),
    _Rule("not halted", lambda n: n.halted and n.predicate_has("negation"), UNSTOPPED),
    _Rule("may halt", lambda n: n.halted and n.predicate_has("future", "conditional"), NONE),
    _Rule("halted", lambda n: n.halted, HALTED),
    _Rule("noun threatened", lambda n: n.ahead and n.hostile, "threatened"),
    _Rule("noun planned", lambda n: n.ahead, "planned"),
    _Rule("said to come", lambda n: n.after & {"could", "may"} and n.hostile and n.p.speaker,
          "threatened"),
    _Rule("noun possible", lambda n: n.after & {"could", "may"}, NONE),
    _Rule("noun lasting", lambda n: n.lasting, "ongoing"),
    _Rule("noun told", lambda n: True, "happened"),
]  # fmt: skip


def _first(rules: list[_Rule[Evidence]], evidence: Evidence) -> tuple[str, str]:
    rule = next(rule for rule in rules if rule.holds(evidence))
    return rule.name, rule.status


# --- what is announced, refused or taken up again is another act than the act done ----------------


class _Draft(NamedTuple):
    root: str
    mode: str
    status: str
    rule: str


def _intended(p: Parse, hit: Hit, draft: _Draft) -> _Draft:
    """A pause to come, on a condition or not; what else is good and to come is a promise."""
    asked = not p.lists["in_return"].isdisjoint(p.words[hit.last :])
    if draft.mode == "ceasefire":
        return draft._replace(status="conditional") if asked else draft
    promise = asked or draft.mode != "withdraw"
    return draft._replace(root="AGREE", mode="") if promise else draft


def _read_again(p: Parse, hit: Hit, group: VerbGroup, draft: _Draft) -> _Draft:
    draft = _by_labour(p, hit, _by_mode(p, hit, draft))
    return _by_status(p, hit, _by_crowd(p, hit, group, draft))


def _by_crowd(p: Parse, hit: Hit, group: VerbGroup, draft: _Draft) -> _Draft:
    """ "Protesters | stormed the town hall": no army."""
    if draft.root != "ASSAULT" or draft.mode != "ground" or not hit.phrase.verbal:
        return draft
    crowd = not p.lists["crowd"].isdisjoint(p.words[slice(*(p.subject(group.begin) or (0, 0)))])
    return draft._replace(root="PROTEST", mode="riot") if crowd else draft


def _by_labour(p: Parse, hit: Hit, draft: _Draft) -> _Draft:
    """ "Nurses | strike": workers, not warplanes."""
    striking = not {"strike", "strikes", "struck", "striking"}.isdisjoint(
        p.words[hit.first : hit.last + 1]
    )
    if not striking or draft.root != "ASSAULT" or not p.is_labour:
        return draft
    return draft._replace(root="PROTEST", mode="strike")


def _by_mode(p: Parse, hit: Hit, draft: _Draft) -> _Draft:
    word, status = p.words[hit.first], draft.status
    if draft.mode == "resume":
        return _resumed(p, hit, draft)
    if draft.mode == "restraint":
        return draft._replace(mode="ceasefire")
    if draft.mode == "truce":
        status = "planned" if word.startswith("offer") else status
        return draft._replace(root="RETREAT", mode="ceasefire", status=status)
    pausing = draft.mode == "ceasefire" and word.endswith("ing")
    if status == "ongoing" and (draft.root == "AGREE" or pausing):
        return draft._replace(status="happened")  # "said it was suspending attacks"
    return draft


def _resumed(p: Parse, hit: Hit, draft: _Draft) -> _Draft:
    if draft.status in {"denied", ABSENT}:
        return draft._replace(root="ASSAULT", mode="")
    if _taken_up(p, hit) and draft.status == "happened":
        return draft._replace(root="ASSAULT", mode="", rule="resumed")
    resolved = p.group(hit).governor in p.lists["resolved"]  # "the decision | to resume raids"
    if (draft.status or resolved) and hit.first and p.words[hit.first - 1] == "to":
        return draft._replace(status="threatened", rule="to resume")
    return draft._replace(status=NONE) if _other_pause(p, hit) else draft


def _other_pause(p: Parse, hit: Hit) -> bool:
    """ "Lifted its suspension of | flights"."""
    lifted = hit.phrase.text.startswith("lift|end|")
    return lifted and p.lists["violence"].isdisjoint(p.words[hit.last + 1 : hit.last + 7])


def _taken_up(p: Parse, hit: Hit) -> bool:
    """ "Resumed attacks", in headlines "resume attacks"."""
    word = p.words[hit.first]
    if not hit.phrase.text.startswith("resume|"):
        return False
    return word.endswith("ed") or (p.is_headline and not word.endswith("ing"))


_BECOMES = {
    UNSTOPPED: ("ASSAULT", "", "ongoing"),
    HALTED: ("RETREAT", "ceasefire", "happened"),
    REFUSED: ("REJECT", "", "happened"),
}


def _by_status(p: Parse, hit: Hit, draft: _Draft) -> _Draft:
    root, status = draft.root, draft.status
    if status in _BECOMES:
        return _Draft(*_BECOMES[status], draft.rule)
    if status == "happened" and root == "AGREE" and p.words[hit.first] in _WILL:
        return draft._replace(status="planned", rule="planned")
    if status == "planned" and root != "PROTEST":
        return _intended(p, hit, draft)
    if status == "threatened" and root == "MOBILIZE" and hit.phrase.text[:8] != "prepare ":
        return draft._replace(status="planned")
    if status == "threatened" and root not in {"THREATEN", "PROTEST"}:
        return draft._replace(root="THREATEN", mode="")
    return draft._replace(status="threatened") if status and root == "THREATEN" else draft
