"""Political events in a sentence: what happened, who did it to whom, where, and whether it did.

Event types are the 16 of PLOVER 2021 (Halterman et al. 2023).  Two functions, kept apart:

- `read_events` finds every event of a sentence by the phrases of ``lexicons/events.yml`` and the
  words round them, by the rules of ``lexicons/codebook.md``.  As in PLOVER the outer verb decides:
  "rejected a ceasefire" is REJECT, "threatened to strike" THREATEN, and neither is also a ceasefire
  or a strike.
- `classify_sentence` gives the one main event: a linear model (multinomial logistic regression,
  weights in ``lexicons/event_model.csv``) over those phrases and the words, trained on the sample
  sentences of PLOVER.
"""

import csv
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise, takewhile
from typing import Any, NamedTuple

import numpy as np

from analysis.events import parties as roles
from analysis.events.phrases import Hit, Phrase, Sentence, find_phrases
from analysis.lexicons import OURS, Lexicon

# types whose object or infinitive is asked for, promised, refused or ended, not done
GOVERNING = {"REQUEST", "THREATEN", "AGREE", "REJECT", "RETREAT", "SANCTION", "CONCEDE", "ACCUSE"}
HOSTILE = {"ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "SANCTION", "THREATEN"}
_DONE = {"ASSAULT", "COERCE", "MOBILIZE"}  # hostile, and more than words
# acts that happen somewhere; of words the place is not told
_LOCATED = _DONE | {"PROTEST", "CONSULT", "AID", "COOPERATE", "RETREAT"}
_NOBODY = {"LOC", "FAC"}  # types of entity that do nothing
_DENIALS = {"deny", "disclaim"}
_AGAIN = re.compile(  # ", a raid that ...", "in the latest attack"
    r", (?:an?|the)(?: \w+)?$|in (?:the (?:first|second|third|latest)|an?(?: \w+)?)$"
)
_CAMPAIGN_DAYS = 7  # attacks over a longer time are told as one campaign


class EventReading(NamedTuple):
    """One event as one sentence reports it; offsets are code points into that sentence.

    `source`, `target` and `place` are the entity ids of the mentions given, else (start, end) of a
    noun phrase, else None.  `date` is the element of `dates` in the same clause, else None.
    `n_incidents_max` is None when the text sets no upper bound ("repeated attacks").  `goldstein`
    is the conflict-cooperation weight, -10 to +10; `score`, 0 to 1, is the probability by the model
    (`classify_sentence`), else 1.
    """

    start: int
    end: int
    trigger: str
    event_type: str
    mode: str
    direction: str
    status: str = "happened"
    attribution: str = "none"
    source: Any = None
    target: Any = None
    place: Any = None
    n_incidents_min: int = 1
    n_incidents_max: int | None = 1
    date: Any = None
    goldstein: float = 0.0
    score: float = 1.0


class _Event(NamedTuple):
    hit: Hit
    begin: int  # first token of the verb group: "would not have attacked"
    root: str
    mode: str
    status: str
    attribution: str
    outer: Hit | None


# --- what is an event, and did it happen ----------------------------------------------------------


def _events(s: Sentence) -> list[_Event]:
    """The phrases that are events of their own, with status and attribution (codebook, 2 to 7)."""
    found: list[_Event] = []
    for n, hit in enumerate(s.hits):
        begin, outer = _group_start(s, hit), _outer(s, n, found) if n else None
        status, attribution = _status(s, hit, begin), "none"
        told = bool(found) and found[-1].hit is outer
        if outer and outer.phrase.root == "ACCUSE":
            attribution = "blamed" if outer.phrase.mode == "allege" else "none"
            status = status or "happened"
        elif outer and outer.phrase.mode in _DENIALS:
            status = "denied" if hit.phrase.verbal else "happened"
            attribution = "none" if hit.phrase.verbal else "denied"
            if told:
                found.pop()
        elif outer:
            act = hit.phrase.verbal and hit.phrase.root in HOSTILE
            if told and act and outer.phrase.root == "AGREE":
                # "is prepared to launch strikes" is no agreement
                found[-1] = found[-1]._replace(root="THREATEN", mode="", status="threatened")
            continue
        root, mode, status = _by_status(s, hit, status)
        if hit.mode == "disclaim" and status:
            root, mode, attribution = "ASSAULT", "", "denied"
        if status and mode != "deny":
            found.append(_Event(hit, begin, root, mode, status, attribution, outer))
    return found


def _by_status(s: Sentence, hit: Hit, status: str) -> tuple[str, str, str]:
    """Type, mode and status where an act announced or refused is another act than the act done."""
    root, mode, word = hit.phrase.root, hit.mode, s.lowers[hit.first]
    if mode == "resume" and word == "resumed" and status == "happened":
        root, mode = "ASSAULT", ""  # not announced, done
    elif mode == "resume" and hit.first and s.lowers[hit.first - 1] == "to":
        status = "threatened"
    elif mode == "truce":
        root, mode = "RETREAT", "ceasefire"
    elif status == "ongoing" and (root == "AGREE" or (mode == "ceasefire" and word[-3:] == "ing")):
        status = "happened"  # "is willing to", "said it was suspending attacks"
    if status == "unstopped":
        return "ASSAULT", "", "ongoing"
    if status == "refused":
        return "REJECT", "", "happened"
    if status == "happened" and root == "AGREE" and word in {"will", "would", "wo"}:
        return root, mode, "planned"
    offered = {"return", "condition", "if", "provided"}
    if status == "planned" and (
        mode not in {"ceasefire", "withdraw"} or not offered.isdisjoint(s.lowers[hit.last :])
    ):
        return "AGREE", "", status
    if status == "threatened" and root != "THREATEN":
        return "THREATEN", "", status
    return root, mode, "threatened" if status and root == "THREATEN" else status


def _group_start(s: Sentence, hit: Hit) -> int:
    i, low, known = hit.first, s.lowers, s.known.words["auxiliary"]
    while hit.phrase.verbal and i and (low[i - 1] in known or low[i - 1].endswith("ly")):
        i -= 1
    return i


def _outer(s: Sentence, n: int, found: list[_Event]) -> Hit | None:
    """The phrase in whose object, infinitive or that-clause the n-th phrase stands, if any."""
    low, words, hit = s.lowers, s.known.words, s.hits[n]
    if hit.phrase.verbal and low[hit.first - 1] == "and" and low[hit.first][-1] in "sd":
        return None  # "condemned the raid and demanded talks"
    ahead = {event.hit.first for event in found if event.status in {"planned", "threatened"}}
    for outer in reversed(s.hits[:n]):
        between = low[outer.last + 1 : hit.first]
        if not words["no object beyond"].isdisjoint(between):
            return None
        if not outer.phrase.verbal and not words["be"].isdisjoint(between):
            return None
        if outer.phrase.text.startswith("broker") and hit.mode == "ceasefire":
            return None  # the truce is there
        talk = outer.phrase.root == "CONSULT" and not hit.phrase.verbal
        if talk or outer.phrase.root in GOVERNING or outer.first in ahead:
            return outer
    return None


def _status(s: Sentence, hit: Hit, begin: int) -> str:
    """Status by the words round the phrase; "" where it is no event ("could", "if", "did not")."""
    clause = s.lowers[s.clause_of(hit.first)[0] : hit.first]
    if not hit.phrase.verbal:
        return "" if clause[:1] == ["if"] and "the" not in clause else _status_of_noun(s, hit)
    opinion = not s.known.words["opinion"].isdisjoint(clause)
    if opinion or (clause and clause[0] in {"if", "unless", "whether"}):
        return ""
    return _status_of_verb(s, hit, begin)


def _status_of_noun(s: Sentence, hit: Hit) -> str:
    words = s.known.words
    near = s.lowers[max(hit.first - 3, 0) : hit.first]
    before, after = set(near), s.lowers[hit.last + 1 : hit.last + 8]
    after = set(takewhile(lambda word: word not in words["clause"], after))
    hostile = hit.phrase.root in HOSTILE
    topic = before & {"over", "on", "about", "of"} and words["topic"].intersection(
        s.lowers[max(hit.first - 6, 0) : hit.first]
    )
    lasts = hit.mode == "ceasefire" and words["in_force"].intersection(s.lowers[hit.first :])
    if before & words["negation"] or topic or (hostile and before & words["feared"]):
        return ""
    if before & words["prospective"] or after & {"would", "will"}:
        return "threatened" if hostile else "planned"
    if after & {"could", "may"}:
        return "threatened" if hostile and roles.speaker(s) else ""
    return "ongoing" if lasts or words["ongoing"].intersection(near[-2:]) else "happened"


def _status_of_verb(s: Sentence, hit: Hit, begin: int) -> str:
    low, words, verb = s.lowers, s.known.words, s.lowers[hit.first]
    group, before = set(low[begin : hit.first]), low[begin - 1] if begin else ""
    infinitive = before if hit.first > begin and low[hit.first - 1] == "to" else None
    be, ing, future = group & words["be"], verb.endswith("ing"), group & words["future"]
    status = "happened"
    if group & words["negation"] and hit.mode == "ceasefire" and not future:
        status = "unstopped"
    elif group & words["negation"] or "no" in low[max(begin - 5, 0) : begin]:
        status = "refused" if group & {"will", "would", "wo"} else ""
    elif future or infinitive in words["future"] or (verb == "prepared" and be):
        status = "threatened" if hit.phrase.root in HOSTILE else "planned"
    elif infinitive in words["ongoing"]:
        status = "ongoing"
    elif group & words["conditional"] or infinitive not in {None, *words["implicative"]}:
        status = ""
    elif before in {"for", "of", "about"} and ing:
        status = ""  # "responsible for arming": a capability or a role
    elif group & words["ongoing"] or ("since" in low and group & {"has", "have"}) or (ing and be):
        status = "ongoing"
    return status


# --- all events of a sentence ---------------------------------------------------------------------


def read_events(
    text: str, mentions: Iterable[Any] = (), dates: Sequence[Any] = (), lexicon: Lexicon = OURS
) -> list[EventReading]:
    """Every event of a sentence, in textual order, by the rules of ``lexicons/codebook.md``.

    `mentions` (start, end, entity_id, type) and `dates` (start, end) are those inside the sentence,
    with offsets relative to it.  What is asked for, threatened, agreed, rejected or called off is
    not an event of its own; what is condemned, blamed or denied is.
    """
    s, mentions = find_phrases(text, lexicon), tuple(mentions)
    readings: list[EventReading] = []
    source = None
    for event in _events(s):
        reading = _reading(s, event, mentions, dates, source)
        same = _same_act(s, event, readings)
        source = reading.source or (source if same else None)
        if not _adds_something(s, event, reading):
            continue
        if same:
            readings[-1] = _joined(readings[-1], reading, event.hit.phrase.verbal)
            continue
        earlier = readings[-1] if readings and event.mode == "allege" else None
        if earlier and earlier.event_type == "ASSAULT" and not earlier.source:
            between = s.text[earlier.end : s.starts[event.begin]].split()
            if {"which", "that"} & set(between):  # "a raid, which Belmar blamed on the Front"
                readings[-1] = earlier._replace(source=reading.target, attribution="blamed")
        readings += _by_place(s, event, reading, mentions)
    return readings


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


def _reading(
    s: Sentence, event: _Event, mentions: Sequence[Any], dates: Sequence[Any], last_source: Any
) -> EventReading:
    hit, outer, attribution = event.hit, event.outer, event.attribution
    stand_ins = s.known.words["stand_ins"]  # "it", "its"
    doer, goal = roles.parties(s, hit, event.begin)
    if outer and outer.phrase.mode in _DENIALS:
        doer = roles.subject(s, _group_start(s, outer))
    elif attribution == "blamed" and outer:
        doer = roles.parties(s, outer, _group_start(s, outer))[1]
    elif attribution == "none" and event.root in _DONE and doer:
        attribution = _attribution(s, event, doer)
    able = [m for m in mentions if m.type not in _NOBODY]
    source = roles.actor(s, able, doer) if able or not mentions else None
    pronoun = doer and s.lowers[doer[0]] in stand_ins and not (source and mentions)
    said_by = roles.speaker(s) if pronoun or attribution == "blamed" else None
    if pronoun:
        source = roles.actor(s, mentions, said_by)
    if source is None and hit.phrase.verbal and (pronoun or (doer is None and goal)):
        source = last_source
    if source is None and pronoun:  # the first named in the clause before is its likely subject
        first = s.clause_of(max(s.clause_of(doer[0])[0] - 1, 0))[0]
        before = (m for m in able if s.starts[first] <= m.start < s.starts[doer[0]])
        source = next((m.entity_id for m in before), None)
    if source and attribution == "blamed" and not outer:
        attribution = "claimed" if roles.actor(s, mentions, said_by) == source else "blamed"
    target = roles.actor(s, mentions, goal)
    if goal and s.lowers[goal[0]] in stand_ins and mentions and last_source != source:
        target = target or last_source  # "attacks on its embassy": of who was named before
    if event.root in roles.BILATERAL or event.mode == "ceasefire":
        both = roles.pair(s, mentions, doer)
        source, target = both if both and all(both) else (source, target)
    site = roles.site(s, mentions, hit) if event.root in HOSTILE else None
    if site:
        source = None if source == site.entity_id else source
        target = target or (site.entity_id if site.type == "FAC" else None)
    if site and site.type != "FAC":
        where = [site.entity_id]
    else:
        located = event.root in _LOCATED
        where = roles.places(s, mentions, hit, {source, target}, doer) if located else []
    one = event.root in GOVERNING  # "halted its attacks" is one halt
    judged = outer and outer.phrase.mode == "disapprove"  # its date is that of the judgement
    date = roles.nearest_date(s, hit, dates) if dates and not judged else None
    direction, goldstein = s.known.values(event.root, event.mode)
    start, end = s.starts[event.begin], s.ends[hit.last]
    return EventReading(
        *(start, end, s.text[s.starts[hit.first] : end]),
        *(event.root, event.mode, direction, event.status, attribution),
        *(source, target, next(iter(where), None)),
        *((1, 1) if one else roles.count_incidents(s, hit)),
        *(date, goldstein),
    )


def _by_place(
    s: Sentence, event: _Event, reading: EventReading, mentions: Sequence[Any]
) -> list[EventReading]:
    """ "Attacks on bases in Arvania and Belmar on Monday" are two events, a campaign is one."""
    if event.root not in HOSTILE or reading.status != "happened" or "and" not in s.lowers:
        return [reading]
    where = roles.places(s, mentions, event.hit, {reading.source, reading.target})
    many = reading.n_incidents_min > len(where) or {"since", "campaign"} & set(s.lowers)
    days = [getattr(reading.date, name, None) for name in ("date_from", "date_to")]
    if len(where) < 2 or many or (all(days) and (days[1] - days[0]).days > _CAMPAIGN_DAYS):
        return [reading]
    counted = {str(len(where)), *(w for w, n in s.known.numbers.items() if n == len(where))}
    most = 1 if counted & set(s.lowers) else reading.n_incidents_max and 1
    return [reading._replace(place=one, n_incidents_min=1, n_incidents_max=most) for one in where]


def _attribution(s: Sentence, event: _Event, doer: roles.Span) -> str:
    """Who says who did it: the doer (claimed), somebody else (blamed), or the outlet (none)."""
    low, words, hit = s.lowers, s.known.words, event.hit
    after = low[hit.last + 1 : min(hit.last + 6, s.clause_of(hit.last)[1])]
    near = low[max(event.begin - 6, 0) : hit.last + 1]
    near += after if not hit.phrase.verbal and "by" in after else []
    for kind, attribution in (("claim", "claimed"), ("blame", "blamed")):
        if not words[kind].isdisjoint(near):
            return attribution
    said = roles.reporting_verb(s)
    pronoun = low[doer[0]] in s.known.words["stand_ins"]
    if said is None or not (pronoun or any(s.capitals[slice(*doer)])):
        return "none"
    if (words["clause"] - {"that"}).intersection(low[said + 1 : hit.first]):
        return "none"  # said of another clause
    return "claimed" if said < event.begin and pronoun else "blamed"


def _adds_something(s: Sentence, event: _Event, reading: EventReading) -> bool:
    """A mere reference back ("the attack") counts only with an actor, place, date or number."""
    first = event.hit.first
    back = first and s.lowers[first - 1] in {"the", "that", "this", "these", "those"}
    return (
        event.hit.phrase.verbal
        or not (back and len(event.hit.words) == 1)
        or any((reading.source, reading.target, reading.place, reading.date))
        or reading.attribution != "none"
        or reading.status == "ongoing"
    )


def _same_act(s: Sentence, event: _Event, earlier: list[EventReading]) -> bool:
    """Whether it is the harm ("killing 3") or the means of the attack told before it."""
    if not earlier or event.root != earlier[-1].event_type or event.root not in HOSTILE:
        return False
    last, hit, low = earlier[-1], event.hit, s.lowers
    attack = event.root == "ASSAULT"
    if hit.phrase.verbal:
        near = (
            (low[hit.first].endswith("ing") and event.begin == hit.first)
            or (event.begin and low[event.begin - 1] in {"that", "which"})
            or last.start >= s.starts[s.clause_of(hit.first)[0]]
        )
        struck = s.text[last.end : s.starts[event.begin]] == " " and " " not in last.trigger
        return attack and bool((roles.harms(hit) and near) or struck)
    first = bisect_left(s.starts, last.end)
    between = [word for word in low[first : hit.first] if word not in {"“", "”", '"'}]
    if between == ["of"] or (between[:1] == ["and"] and len(between) < 4):
        return True  # "a campaign | of strikes", "missile | and drone strikes"
    before = low[max(hit.first - 5, 0) : hit.first]
    means = {"in", "by", "during", "when"} if last.mode == "kill" else {"with"}
    return attack and bool(means & set(before) or _AGAIN.search(" ".join(before[-3:])))


# --- the main event of a sentence -----------------------------------------------------------------


def sentence_features(text: str) -> list[str]:
    """Names of the features of `classify_sentence`, each there or not; they may repeat.

    ``event ROOT``: found by `read_events`, ``main ROOT``: the first of them; ``phrase ...``: a
    phrase of the lexicon, ``root ROOT``: its type, ``first ROOT mode``: of the first phrase; plain
    words and pairs of words, names left out.
    """
    s = find_phrases(text)
    return _features(s, _events(s))


def _features(s: Sentence, events: list[_Event]) -> list[str]:
    features = [f"event {event.root}" for event in events]
    features += [f"main {event.root}" for event in events[:1]]
    for hit in s.hits:
        features += (f"phrase {hit.phrase.text}", f"root {hit.phrase.root}")
    for hit in s.hits[:1]:
        features += (f"first {hit.phrase.root}", f"first {hit.phrase.root} {hit.mode}")
    words = [
        "" if capital or not word[0].isalpha() else _stem(word)
        for word, capital in zip(s.lowers, s.capitals, strict=True)
    ]
    features += filter(None, words)
    return features + [f"{a} {b}" for a, b in pairwise(words) if a and b]


@cache
def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            return word[: -len(ending)]
    return word


@cache
def _model() -> tuple[list[str], dict[str, int], np.ndarray, np.ndarray]:
    """Roots, feature -> row, weights (features, roots), intercepts."""
    table = (files("analysis.lexicons") / "event_model.csv").read_text("utf-8").splitlines()
    (_, *roots), (_, *intercept), *rows = csv.reader(table)
    weights = np.array([[float(value or 0) for value in row[1:]] for row in rows])
    return roots, {row[0]: n for n, row in enumerate(rows)}, weights, np.array(intercept, float)


def classify_sentence(text: str) -> EventReading | None:
    """The main event of a sentence, or None where there is none.

    The type is the most probable one of the model, but a truce agreed on is RETREAT as in the
    codebook, where PLOVER's sample has AGREE.  Where the rules find no event at all, the model must
    be surer than not.
    """
    s = find_phrases(text)
    events = _events(s)
    roots, rows, weights, intercept = _model()
    found = [rows[name] for name in set(_features(s, events)) if name in rows]
    scores = intercept + weights[found].sum(axis=0)
    odds = np.exp(scores - scores.max())
    best = int(odds.argmax())
    probability = float(odds[best] / odds.sum())
    if not s.starts or (not events and probability < 0.5):
        return None
    root = roots[best]
    if root == "AGREE" and any(event.hit.phrase.mode == "truce" for event in events):
        root = "YIELD"
    reading = _reading(s, _main_event(s, events, root), (), (), None)
    return reading._replace(score=round(probability, 4))


def _main_event(s: Sentence, events: list[_Event], root: str) -> _Event:
    """The event of that type the rules found, else one made of the phrase that suits best."""
    wanted = ("RETREAT", "CONCEDE") if root == "YIELD" else (root,)
    if own := [event for event in events if event.root in wanted]:
        return own[0]
    hits = [hit for hit in s.hits if hit.phrase.root in wanted]
    name, mode = (hits[0].phrase.root, hits[0].mode) if hits else (wanted[0], "")
    whole = Hit(Phrase(name, "", False, (), ""), (0,), len(s.starts) - 1, "")
    hit = next(iter(hits or s.hits), whole)
    status = "threatened" if name == "THREATEN" else "happened"
    return _Event(hit, _group_start(s, hit), name, mode, status, "none", None)
