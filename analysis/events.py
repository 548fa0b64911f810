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

from analysis.event_phrases import Hit, Phrase, Sentence, find_phrases
from analysis.event_roles import (
    BILATERAL,
    PRONOUNS,
    Span,
    actor,
    count_incidents,
    harms,
    nearest_date,
    pair,
    parties,
    places,
    site,
    speaker,
    subject,
)

# types whose object or infinitive is asked for, promised, refused or ended, not done
GOVERNING = frozenset(
    ["REQUEST", "THREATEN", "AGREE", "REJECT", "RETREAT", "SANCTION", "CONCEDE", "ACCUSE"]
)
_LOCATED = frozenset(  # acts that happen somewhere; of words the place is not told
    ["ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "CONSULT", "AID", "COOPERATE", "RETREAT"]
)
_CAMPAIGN_DAYS = 7  # attacks over a longer time are told as one campaign
_DETERMINERS = frozenset(["a", "an", "the", "another", "its", "their"])
HOSTILE = frozenset(["ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "SANCTION", "THREATEN"])


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
        begin, outer = _group_start(s, hit), _outer(s, n, found)
        status, attribution = _status(s, hit, begin), "none"
        if outer and outer.phrase.root == "ACCUSE":
            attribution = "blamed" if outer.phrase.mode == "allege" else "none"
            status = status or "happened"
        elif outer and outer.phrase.mode in {"deny", "disclaim"}:
            attribution = "none" if hit.phrase.verbal else "denied"
            status = "denied" if hit.phrase.verbal else "happened"
            if found and found[-1].hit is outer:
                found.pop()
        elif outer:
            if found and found[-1].hit is outer and _is_threat(hit, outer):
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
        root, mode, status = "ASSAULT", "", "ongoing"
    elif status == "refused":
        root, mode, status = "REJECT", "", "happened"
    elif status == "happened" and root == "AGREE" and word in {"will", "would", "wo"}:
        status = "planned"
    elif status == "planned":
        offered = {"return", "condition", "if", "provided"} & set(s.lowers[hit.last :])
        if root != "RETREAT" or mode not in {"ceasefire", "withdraw"} or offered:
            root, mode = "AGREE", ""
    elif status == "threatened" and root != "THREATEN":
        root, mode = "THREATEN", ""
    if status and root == "THREATEN":
        status = "threatened"
    return root, mode, status


def _is_threat(hit: Hit, outer: Hit) -> bool:
    """ "is prepared to launch strikes" is no agreement."""
    hostile = hit.phrase.root in HOSTILE - {"PROTEST", "THREATEN"}
    return outer.phrase.root == "AGREE" and hit.phrase.verbal and hostile


def _group_start(s: Sentence, hit: Hit) -> int:
    i, auxiliary = hit.first, s.known.words["auxiliary"]
    while (
        hit.phrase.verbal and i and (s.lowers[i - 1] in auxiliary or s.lowers[i - 1][-2:] == "ly")
    ):
        i -= 1
    return i


def _outer(s: Sentence, n: int, found: list[_Event]) -> Hit | None:
    """The phrase in whose object, infinitive or that-clause the n-th phrase stands, if any."""
    low, words, hit = s.lowers, s.known.words, s.hits[n]
    if hit.phrase.verbal and low[hit.first - 1] == "and" and low[hit.first][-1] in "sd":
        return None  # "condemned the raid and demanded talks"
    ahead = {event.hit for event in found if event.status in {"planned", "threatened"}}
    for outer in reversed(s.hits[:n]):
        between = low[outer.last + 1 : hit.first]
        if not words["no object beyond"].isdisjoint(between):
            return None
        if not outer.phrase.verbal and not words["be"].isdisjoint(between):
            return None
        talk = outer.phrase.root == "CONSULT" and not hit.phrase.verbal
        if outer.phrase.text.startswith("broker") and hit.mode == "ceasefire":
            return None  # the truce is there
        if talk or outer.phrase.root in GOVERNING or outer in ahead:
            return outer
    return None


def _status(s: Sentence, hit: Hit, begin: int) -> str:
    """Status by the words round the phrase; "" where it is no event ("could", "if", "did not")."""
    first = s.clause_of(hit.first)[0]
    quoted = s.lowers[first] == "“" or s.lowers[: first + 1].count('"') % 2
    if first and quoted and s.lowers[first] in {"“", '"'}:
        first = s.clause_of(first - 1)[0]  # 'if they "insisted on staying"'
    clause = s.lowers[first : hit.first]
    if not hit.phrase.verbal:
        return "" if clause[:1] == ["if"] and "the" not in clause else _status_of_noun(s, hit)
    if clause and clause[0] in {"if", "unless", "whether"} and "then" not in clause:
        return ""
    opinion = not s.known.words["opinion"].isdisjoint(clause)
    return "" if opinion else _status_of_verb(s, hit, begin)


def _status_of_noun(s: Sentence, hit: Hit) -> str:
    words = s.known.words
    near = s.lowers[max(hit.first - 3, 0) : hit.first]
    before, close = set(near), set(near[-2:])
    after = [*takewhile(lambda w: w not in words["clause"], s.lowers[hit.last + 1 : hit.last + 8])]
    hostile = hit.phrase.root in HOSTILE
    status = "happened"
    topic = before & {"over", "on", "about", "of"} and words["topic"] & set(
        s.lowers[max(hit.first - 6, 0) : hit.first]
    )
    if before & words["negation"] or topic or (hostile and before & words["feared"]):
        status = ""
    elif before & words["prospective"] or "would" in after or "will" in after:
        status = "threatened" if hostile else "planned"
    elif "could" in after or "may" in after:
        status = "threatened" if hostile and speaker(s) else ""
    elif close & words["ongoing"] or (
        hit.mode == "ceasefire" and words["in_force"].intersection(s.lowers[hit.first :])
    ):
        status = "ongoing"
    return status


def _status_of_verb(s: Sentence, hit: Hit, begin: int) -> str:
    low, words = s.lowers, s.known.words
    group = set(low[begin : hit.first])
    status = "happened"
    before = low[begin - 1] if begin else ""
    infinitive = hit.first > begin and low[hit.first - 1] == "to"
    if group & words["negation"] and hit.mode == "ceasefire" and not group & words["future"]:
        status = "unstopped"
    elif group & words["negation"] or "no" in low[max(begin - 5, 0) : begin]:
        status = "refused" if group & {"will", "would", "wo"} else ""
    elif (
        group & words["future"]
        or (infinitive and before in words["future"])
        or (low[hit.first] == "prepared" and group & words["be"])
    ):
        status = "threatened" if hit.phrase.root in HOSTILE else "planned"
    elif infinitive and before in words["ongoing"]:
        status = "ongoing"
    elif group & words["conditional"] or (infinitive and before not in words["implicative"]):
        status = ""
    elif before in {"for", "of", "about"} and low[hit.first].endswith("ing"):
        status = ""  # "responsible for arming": a capability or a role
    elif (
        group & words["ongoing"]
        or ("since" in low and group & {"has", "have"})
        or (low[hit.first].endswith("ing") and group & words["be"])
    ):
        status = "ongoing"
    return status


# --- all events of a sentence ---------------------------------------------------------------------


def read_events(
    text: str,
    mentions: Iterable[Any] = (),
    dates: Sequence[Any] = (),
    lexicons: str | None = None,
) -> list[EventReading]:
    """Every event of a sentence, in textual order, by the rules of ``lexicons/codebook.md``.

    `mentions` (start, end, entity_id, type) and `dates` (start, end) are those inside the sentence,
    with offsets relative to it.  What is asked for, threatened, agreed, rejected or called off is
    not an event of its own; what is condemned, blamed or denied is.  `lexicons` is a folder with
    a corpus's additions (``events.yml``).
    """
    s, mentions = find_phrases(text, lexicons and str(lexicons)), tuple(mentions)
    readings: list[EventReading] = []
    source = None
    for event in _events(s):
        reading = _reading(s, event, mentions, dates, source)
        same = _same_act(s, event, readings)
        source = reading.source or (source if same else None)
        if not _adds_something(s, event, reading):
            continue
        if same:
            readings[-1] = _joined(readings[-1], reading, event)
        else:
            if event.mode == "allege" and _of_what_was_told(s, event, readings):
                told = readings[-1]._replace(source=reading.target, attribution="blamed")
                readings[-1] = told
            readings += _by_place(s, event, reading, mentions)
    return readings


def _joined(earlier: EventReading, reading: EventReading, event: _Event) -> EventReading:
    """An act and its harm or means as one: what the one does not tell, the other may."""
    least, most = earlier.n_incidents_min, earlier.n_incidents_max
    if not event.hit.phrase.verbal and least == most == 1:
        least, most = reading.n_incidents_min, reading.n_incidents_max
    parts = ("source", "target", "place", "date")
    return earlier._replace(
        mode=earlier.mode if event.hit.phrase.verbal else reading.mode or earlier.mode,
        n_incidents_min=least,
        n_incidents_max=most,
        **{part: getattr(earlier, part) or getattr(reading, part) for part in parts},
    )


def _of_what_was_told(s: Sentence, event: _Event, readings: list[EventReading]) -> bool:
    """ "A raid, which Belmar blamed on the Front": the accused did what stands before it."""
    between = s.text[readings[-1].end : s.spans[event.begin][0]] if readings else ""
    relative = {"which", "that"} & set(between.split())
    return bool(relative) and readings[-1].event_type == "ASSAULT" and not readings[-1].source


def _reading(
    s: Sentence, event: _Event, mentions: Sequence[Any], dates: Sequence[Any], last_source: Any
) -> EventReading:
    hit = event.hit
    doer, target = parties(s, hit, event.begin)
    attribution = event.attribution
    outer = event.outer
    if outer and outer.phrase.mode in {"deny", "disclaim"}:
        doer = subject(s, _group_start(s, outer))
    elif attribution == "blamed" and outer:
        doer = parties(s, outer, _group_start(s, outer))[1]
    elif attribution == "none" and event.root in {"ASSAULT", "COERCE", "MOBILIZE"} and doer:
        attribution = _attribution(s, event, doer)
    able = [m for m in mentions if m.type not in {"LOC", "FAC"}] if mentions else mentions
    source = actor(s, able, doer) if able or not mentions else None
    pronoun = doer and s.lowers[doer[0]] in PRONOUNS and not (source and mentions)
    said_by = speaker(s)
    if pronoun:
        source = actor(s, mentions, said_by)
    if source is None and hit.phrase.verbal and (pronoun or (doer is None and target)):
        source = last_source
    if source is None and pronoun:
        source = _before(s, mentions, doer[0])
    if source and attribution == "blamed" and not outer and actor(s, mentions, said_by) == source:
        attribution = "claimed"
    whose = target and s.lowers[target[0]] in PRONOUNS
    target = actor(s, mentions, target)
    if whose and mentions and last_source != source:
        target = target or last_source  # "attacks on its embassy": of who was named before
    both = pair(s, mentions, doer) if event.root in BILATERAL or event.mode == "ceasefire" else None
    if both and both[0] and both[1]:
        source, target = both
    named = site(s, mentions, hit, target) if event.root in HOSTILE else None
    if named:
        source = None if source == named.entity_id else source
        target = target or (named.entity_id if named.type == "FAC" else None)
    where = []
    if event.root in _LOCATED:
        passive = doer is None or doer[0] > hit.last
        where = places(s, mentions, hit, {source, target}, None if passive else doer)
    where = named.entity_id if named and named.type != "FAC" else next(iter(where), None)
    words_only = event.root in GOVERNING  # "halted its attacks" is one halt
    least, most = (1, 1) if words_only else count_incidents(s, hit)
    judged = outer and outer.phrase.mode == "disapprove"  # its date is that of the judgement
    direction, goldstein = s.known.values(event.root, event.mode)
    start, end = s.spans[event.begin][0], s.spans[hit.last][1]
    return EventReading(
        start=start,
        end=end,
        trigger=s.text[s.spans[hit.first][0] : end],
        event_type=event.root,
        mode=event.mode,
        direction=direction,
        status=event.status,
        attribution=attribution,
        source=source,
        target=target,
        place=where,
        n_incidents_min=least,
        n_incidents_max=most,
        date=nearest_date(s, hit, dates) if dates and not judged else None,
        goldstein=goldstein,
    )


def _before(s: Sentence, mentions: Sequence[Any], i: int) -> Any:
    """The first one named in the clause before that of token `i`: the likely subject there."""
    first = s.clause_of(i)[0]
    if first:
        first = s.clause_of(first - 1)[0]
    named = [m for m in mentions if s.spans[first][0] <= m.start < s.spans[i][0]]
    return next((m.entity_id for m in named if m.type not in {"LOC", "FAC"}), None)


def _by_place(
    s: Sentence, event: _Event, reading: EventReading, mentions: Sequence[Any]
) -> list[EventReading]:
    """ "Attacks on bases in Arvania and Belmar on Monday" are two events, a campaign is one."""
    if event.root not in HOSTILE or reading.status != "happened" or "and" not in s.lowers:
        return [reading]
    where = places(s, mentions, event.hit, {reading.source, reading.target})
    if len(where) < 2:
        return [reading]
    inside = min(m.start for m in mentions if m.entity_id in where) < reading.start
    doers = inside and reading.source is not None  # "militias in Arvania and Belmar attacked"
    many = reading.n_incidents_min > len(where) or {"since", "campaign"} & set(s.lowers)
    first, last = (getattr(reading.date, name, None) for name in ("date_from", "date_to"))
    if doers or many or (first and last and (last - first).days > _CAMPAIGN_DAYS):
        return [reading]
    counted = {str(len(where)), *(w for w, n in s.known.numbers.items() if n == len(where))}
    most = 1 if counted & set(s.lowers) else reading.n_incidents_max and 1
    return [reading._replace(place=one, n_incidents_min=1, n_incidents_max=most) for one in where]


def _attribution(s: Sentence, event: _Event, doer: Span) -> str:
    """Who says who did it: the doer (claimed), somebody else (blamed), or the outlet (none)."""
    words = s.known.words
    after = s.lowers[event.hit.last + 1 : min(event.hit.last + 6, s.clause_of(event.hit.last)[1])]
    near = {*s.lowers[max(event.begin - 6, 0) : event.hit.last + 1]}
    near |= set() if event.hit.phrase.verbal or "by" not in after else set(after)
    said = next((i for i, word in enumerate(s.lowers) if word in words["reporting"]), None)
    if near & words["claim"]:
        return "claimed"
    if near & words["blame"]:
        return "blamed"
    named = any(s.capitals[doer[0] : doer[1]]) or s.lowers[doer[0]] in PRONOUNS
    if said is None or not named:
        return "none"
    between = s.lowers[said + 1 : event.hit.first]
    if any(word in words["clause"] and word != "that" for word in between):
        return "none"  # said of another clause
    return "claimed" if said < event.begin and s.lowers[doer[0]] in PRONOUNS else "blamed"


def _adds_something(s: Sentence, event: _Event, reading: EventReading) -> bool:
    """A mere reference back ("the attack") counts only with an actor, place, date or number."""
    first, one_word = event.hit.first, len(event.hit.words) == 1
    back = first and one_word and s.lowers[first - 1] in {"the", "that", "this", "these", "those"}
    known = (reading.source, reading.target, reading.place, reading.date)
    told = reading.attribution != "none" or reading.status == "ongoing"
    return event.hit.phrase.verbal or not back or told or any(known)


def _same_act(s: Sentence, event: _Event, earlier: list[EventReading]) -> bool:
    """Whether it is the harm ("killing 3") or the means of the attack told before it."""
    if not earlier or event.root != earlier[-1].event_type or event.root not in HOSTILE:
        return False
    last, hit = earlier[-1], event.hit
    if hit.phrase.verbal:
        clause_start = s.spans[s.clause_of(hit.first)[0]][0]
        relative = event.begin and s.lowers[event.begin - 1] in {"that", "which"}
        participle = s.lowers[hit.first].endswith("ing") and event.begin == hit.first
        near = participle or relative or last.start >= clause_start
        struck = s.text[last.end : s.spans[event.begin][0]] == " " and " " not in last.trigger
        return event.root == "ASSAULT" and bool((harms(hit) and near) or struck)
    first = bisect_left(s.spans, (last.end,))
    between = s.lowers[first : hit.first]
    if between[:1] == ["of"] and len(between) == 1:
        return True  # "a campaign | of strikes"
    words = [w for w in between if w not in {"“", "”", '"'}]
    bare = not any(s.capitals[first : hit.first]) and not {",", *_DETERMINERS} & set(words)
    if words[:1] == ["and"] and len(words) < 4 and bare:
        return True  # "missile | and drone strikes"
    if event.root != "ASSAULT":
        return False
    before = s.lowers[max(hit.first - 5, 0) : hit.first]
    means = {"in", "by", "during", "when"} if last.mode == "kill" else {"with"}
    again = re.search(
        r", (?:an?|the)(?: \w+)?$|in (?:the (?:first|second|third|latest)|an?(?: \w+)?)$",
        " ".join(before[-3:]),
    )
    return bool(means & set(before) or again)


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
    features += [f"{a} {b}" for a, b in pairwise(words) if a and b]
    return features


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
    if not s.spans or (not events and probability < 0.5):
        return None
    root = roots[best]
    if root == "AGREE" and any(event.hit.phrase.mode == "truce" for event in events):
        root = "YIELD"
    reading = _reading(s, _main_event(s, events, root), (), (), None)
    return reading._replace(score=round(probability, 4))


def _main_event(s: Sentence, events: list[_Event], root: str) -> _Event:
    """The event of that type the rules found, else one made of the phrase that suits best."""
    wanted = {"RETREAT", "CONCEDE"} if root == "YIELD" else {root}
    for event in events:
        if event.root in wanted:
            return event
    hits = [hit for hit in s.hits if hit.phrase.root in wanted]
    name = hits[0].phrase.root if hits else "RETREAT" if root == "YIELD" else root
    mode = hits[0].mode if hits else ""
    whole = Hit(Phrase(name, "", False, (), ""), (0,), len(s.spans) - 1, "")
    hit = next(iter(hits or s.hits), whole)
    status = "threatened" if name == "THREATEN" else "happened"
    return _Event(hit, _group_start(s, hit), name, mode, status, "none", None)
