"""Political events in a sentence: what happened, who did it to whom, where, and whether it did.

Event types are the 16 of PLOVER 2021 (Halterman et al. 2023).  Two things are kept apart:

- `read_events` finds every event of a sentence by the phrases of ``lexicons/events.yml`` and the
  words round them.  As in PLOVER the outer verb decides: "rejected a ceasefire" is REJECT,
  "threatened to strike" THREATEN, and neither is also a ceasefire or a strike.
- `classify_sentence` gives the one main event: a linear model (multinomial logistic regression,
  weights in ``lexicons/event_model.csv``) over those phrases and the words.
"""

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from analysis.lexicons import load

# types whose object or infinitive is asked for, promised, refused or ended, not done
GOVERNING = frozenset(
    ["REQUEST", "THREATEN", "AGREE", "REJECT", "RETREAT", "SANCTION", "CONCEDE", "ACCUSE"]
)
HOSTILE = frozenset(["ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "SANCTION", "THREATEN"])
MAX_GAP = 6
MAX_TOKENS = 400

_TOKEN = re.compile(
    r"[A-Za-z]+(?=n['’]t\b)|n['’]t\b|['’]s\b|\d[\d.,]*\d|(?:[A-Z]\.)+[A-Z]?"
    r"|[^\W_]+(?:[-'’](?!s\b)[^\W_]+)*|[,;:()\[\]\"“”—–]"
)
_NAMES = frozenset(["May", "March", "Will"])  # capitalised, these are no verbs
_BREAKS = frozenset(';:()[]"“”—–')


@dataclass(frozen=True, slots=True)
class EventReading:
    """One event as one sentence reports it; offsets are code points into that sentence.

    `source`, `target` and `place` are the entity ids of the mentions given, else (start, end) of a
    noun phrase, else None.  `date` is the element of `dates` in the same clause, else None.
    `n_incidents_max` is None when the text sets no upper bound ("dozens of attacks").
    `goldstein` is the conflict-cooperation weight, -10 to +10; `score`, 0 to 1, is the probability
    by the model (`classify_sentence`), else 1.
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


# --- the lexicon ---------------------------------------------------------------------------------


class _Phrase(NamedTuple):
    root: str
    mode: str
    verbal: bool
    rest: tuple[tuple[bool, frozenset[str]], ...]  # (after a gap?, forms of the word)
    text: str


class _Lexicon(NamedTuple):
    starts: dict[str, list[_Phrase]]  # form of a first word -> phrases, the longest first
    ambiguous: frozenset[str]  # forms that may be noun or verb
    context: dict[str, frozenset[str]]
    numbers: dict[str, int]
    vague: dict[str, list]
    goldstein: dict[str, dict[str, float]]
    direction: dict[str, str]


def _inflections(word: str, irregular: dict[str, list[str]]) -> set[str]:
    """All forms of an English word as verb and as noun; some of them do not exist, which is harmless."""
    stem = word[:-1] if word.endswith("e") else word
    forms = {word, stem + "ing", word + "s"}
    if word.endswith(("s", "x", "z", "ch", "sh")):
        forms |= {word + "es", word + "ed"}
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        forms |= {word[:-1] + "ies", word[:-1] + "ied"}
    else:
        forms |= {stem + "ed"}
    if re.search(r"[^aeiou][aeiou][bdgklmnprt]$", word):
        forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    forms |= {"lying"} if word == "lie" else set()
    return forms | set(irregular.get(word, ()))


@cache
def _lexicon(extra: str | None = None) -> _Lexicon:
    content, plover = load("events", extra), load("plover", extra)
    irregular, classes = content["irregular"], content["classes"]
    known: dict[str, frozenset[str]] = {}

    def forms(element: str) -> frozenset[str]:
        if element not in known:
            words = (classes[w[1:-1]] if w.startswith("<") else [w] for w in element.split("|"))
            known[element] = frozenset(
                form.replace("cease-fire", "ceasefire")
                for group in words
                for word in group
                for form in _inflections(word, irregular)
            )
        return known[element]

    starts: dict[str, list[_Phrase]] = {}
    single: dict[bool, set[str]] = {True: set(), False: set()}
    for root, modes in content["events"].items():
        for mode, kinds in modes.items():
            for kind, phrases in kinds.items():
                for text in phrases or ():
                    first, *others = text.split()
                    rest = []
                    for before, element in zip([first, *others], others, strict=False):
                        if element != "_":
                            rest.append((before == "_", forms(element)))
                    verbal = kind == "verbs"
                    phrase = _Phrase(
                        root, "" if mode == "plain" else mode, verbal, tuple(rest), text
                    )
                    single[verbal] |= forms(first)
                    for form in forms(first):
                        starts.setdefault(form, []).append(phrase)
    for phrases in starts.values():
        phrases.sort(key=lambda phrase: -len(phrase.rest))
    return _Lexicon(
        starts,
        frozenset(single[True] & single[False]),
        {name: frozenset(words) for name, words in content["context"].items()},
        content["numbers"],
        content["vague_numbers"],
        plover["goldstein"],
        {root: name for name, roots in plover["directions"].items() for root in roots},
    )


# --- tokens and hits -----------------------------------------------------------------------------


class _Token(NamedTuple):
    start: int
    end: int
    lower: str
    capital: bool


@dataclass(slots=True)
class _Hit:
    first: int  # index of the first token
    last: int  # index of the last token
    phrase: _Phrase
    words: tuple[int, ...]  # indices of the phrase's own words
    mode: str


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        lower = word if word in _NAMES and found else word.lower().replace("’", "'")
        if "-" in lower:
            lower = lower.replace("cease-fire", "ceasefire").replace("air-strike", "airstrike")
        found.append(_Token(match.start(), match.end(), lower, word[0].isupper()))
        if len(found) == MAX_TOKENS:
            break
    return found


def _match(phrase: _Phrase, lowers: list[str], i: int) -> tuple[int, ...] | None:
    words, n = [i], len(lowers)
    for gap, forms in phrase.rest:
        i += 1
        stop = min(i + MAX_GAP, n - 1) if gap else min(i, n - 1)
        while i <= stop and lowers[i] not in forms:
            if lowers[i] in _BREAKS or lowers[i] == ",":
                return None
            i += 1
        if i > stop:
            return None
        words.append(i)
    return tuple(words)


def _is_noun(lowers: list[str], tokens: list[_Token], i: int, lexicon: _Lexicon) -> bool:
    """Whether a form that may be noun or verb is a noun here, by its neighbours."""
    word, context = lowers[i], lexicon.context
    before = lowers[i - 1] if i else ""
    after = lowers[i + 1] if i + 1 < len(lowers) else ""
    if before in context["auxiliary"] and before not in context["determiner"]:
        return before in context["be"] and not word.endswith(("ing", "ed"))
    if word.endswith("ed"):
        return False
    if before in context["determiner"] or before[:1].isdigit() or before.endswith(("ed", "ing")):
        return not (word.endswith("ing") and after in context["determiner"] and after != "of")
    if word.endswith("ing"):
        return after in context["noun_follows"] and before not in {",", ""}
    if i and not tokens[i - 1].capital and before.isalpha() and not before.endswith("s"):
        return True
    return not after or after in context["noun_follows"] or not after[0].isalnum()


def _skip(tokens: list[_Token], lowers: list[str], i: int, headline: bool, words: dict) -> bool:
    """Part of a name ("Amnesty International", "March"), or a participle before its noun."""
    word = lowers[i]
    if tokens[i].capital and i and not headline and lowers[i - 1] not in _BREAKS:
        return True
    if not word.endswith("ed") or i + 1 == len(lowers):
        return False
    before, after = lowers[i - 1] if i else ",", lowers[i + 1]
    if before in words["auxiliary"] or (i and tokens[i - 1].capital) or not after.isalpha():
        return False
    plain = (
        not tokens[i + 1].capital and after not in words["function"] and not after.endswith("ly")
    )
    return plain and (before == "," or before in words["determiner"] or before in words["function"])


def _hits(tokens: list[_Token], lowers: list[str], lexicon: _Lexicon) -> list[_Hit]:
    """The longest phrase at each token, without those inside a longer one; in textual order."""
    starts, words = lexicon.starts, lexicon.context
    headline = sum(token.capital for token in tokens) > 0.6 * len(tokens)
    found: list[_Hit] = []
    for i, word in enumerate(lowers):
        if word not in starts or _skip(tokens, lowers, i, headline, words):
            continue
        ambiguous = word in lexicon.ambiguous
        noun = ambiguous and _is_noun(lowers, tokens, i, lexicon)
        for phrase in starts[word]:
            if ambiguous and (phrase.verbal if noun else not (phrase.verbal or phrase.rest)):
                continue
            if matched := _match(phrase, lowers, i):
                found.append(_Hit(i, matched[-1], phrase, matched, phrase.mode))
                break
    kept: list[_Hit] = []
    taken: dict[int, _Hit] = {}
    for hit in found:
        outer = taken.get(hit.first)
        if outer is None:
            kept.append(hit)
            taken.update(dict.fromkeys(hit.words, hit))
        elif outer.phrase.root == hit.phrase.root:
            outer.mode = outer.mode or hit.mode
            outer.last = max(outer.last, hit.last)
    return kept


# --- the sentence --------------------------------------------------------------------------------


class _Sentence(NamedTuple):
    text: str
    tokens: list[_Token]
    lowers: list[str]
    clause: list[int]  # number of the clause each token is in
    hits: list[_Hit]
    verbs: frozenset[int]  # first tokens of verbal phrases
    words: dict[str, frozenset[str]]  # the lexicon's `context`
    mentions: Sequence[Any] = ()


class _Event(NamedTuple):
    hit: _Hit
    begin: int  # first token of the verb group
    root: str
    mode: str
    status: str
    attribution: str
    outer: _Hit | None


def _sentence(text: str, mentions: Iterable[Any] = ()) -> _Sentence:
    lexicon = _lexicon()
    tokens = _tokens(text)
    lowers = [token.lower for token in tokens]
    hits = _hits(tokens, lowers, lexicon)
    boundary, number, clause = lexicon.context["clause"], 0, []
    for word in lowers:
        number += word in boundary or word in _BREAKS
        clause.append(number)
    verbs = frozenset(hit.first for hit in hits if hit.phrase.verbal)
    return _Sentence(text, tokens, lowers, clause, hits, verbs, lexicon.context, tuple(mentions))


def _group_start(s: _Sentence, hit: _Hit) -> int:
    """First token of the verb group of a verbal phrase ("would not have | attacked")."""
    i = hit.first
    while (
        hit.phrase.verbal
        and i
        and (s.lowers[i - 1] in s.words["auxiliary"] or s.lowers[i - 1].endswith("ly"))
    ):
        i -= 1
    return i


def _outer(s: _Sentence, n: int) -> _Hit | None:
    """The phrase in whose object, infinitive or that-clause the n-th phrase stands, if any."""
    boundary = s.words["clause"] - {"that"}
    for outer in reversed(s.hits[:n]):
        between = s.lowers[outer.last + 1 : s.hits[n].first]
        if any(word in boundary or word in _BREAKS or word == "," for word in between):
            return None
        if outer.phrase.root in GOVERNING:
            return outer
    return None


def _status(s: _Sentence, hit: _Hit, begin: int) -> str:
    """Whether the act took place, by the words round it; "" where it is no event at all."""
    low, words = s.lowers, s.words
    hostile = hit.phrase.root in HOSTILE
    future = "threatened" if hostile else "planned"
    group = set(low[begin : hit.first])
    status = "happened"
    if low[s.clause.index(s.clause[hit.first])] in {"if", "unless", "whether"}:
        status = ""
    elif not hit.phrase.verbal:
        before = set(low[max(hit.first - 3, 0) : hit.first])
        if before & words["negation"]:
            status = ""
        elif before & words["prospective"]:
            status = future
        elif before & words["ongoing"]:
            status = "ongoing"
    elif group & words["negation"]:
        status = "refused" if group & {"will", "would", "wo"} else ""
    elif group & words["future"]:
        status = future
    elif group & words["conditional"]:
        status = ""
    elif hit.first > begin and low[hit.first - 1] == "to":
        before = low[begin - 1] if begin else ""
        if before in words["future"]:
            status = future
        elif before not in words["implicative"]:
            status = ""
    elif (
        group & words["ongoing"]
        or ("since" in low and group & {"has", "have"})
        or (low[hit.first].endswith("ing") and group & words["be"])
    ):
        status = "ongoing"
    return status


def _events(s: _Sentence) -> list[_Event]:
    """The phrases that are events of their own, with status and attribution (codebook, 2 to 7)."""
    found: list[_Event] = []
    for n, hit in enumerate(s.hits):
        root, mode, attribution = hit.phrase.root, hit.mode, "none"
        begin, outer = _group_start(s, hit), _outer(s, n)
        status = _status(s, hit, begin)
        if outer and outer.phrase.root == "ACCUSE":
            attribution = "blamed" if outer.phrase.mode == "allege" else "none"
            status = status or "happened"
        elif outer and outer.phrase.mode == "deny":
            if hit.phrase.verbal:
                status = "denied"
            else:
                attribution = "denied"
        elif outer:
            status = ""
        if status == "refused":
            root, mode, status = "REJECT", "", "happened"
        elif status == "threatened":
            root = "THREATEN"
        elif status == "planned" and not (
            root == "RETREAT" and hit.mode in {"ceasefire", "withdraw"}
        ):
            root, mode = "AGREE", ""
        if root == "THREATEN":
            status = status and "threatened"
        if not status or (root == "REJECT" and mode == "deny"):
            continue
        found.append(_Event(hit, begin, root, mode, status, attribution, outer))
    return found


# --- who, whom, where, how many, when ------------------------------------------------------------

_BEFORE_OBJECT = frozenset(
    ["on", "against", "at", "upon", "with", "for", "to", "into", "of", "over"]
)
_BEFORE_PLACE = frozenset(["in", "at", "near", "inside", "outside", "around", "across", "along"])
_OTHER_PREPOSITIONS = frozenset(
    ["from", "by", "during", "under", "about", "between", "through", "than"]
)
_PREPOSITIONS = _BEFORE_OBJECT | _BEFORE_PLACE | _OTHER_PREPOSITIONS
_PLACE_TYPES = frozenset({"GPE", "LOC", "FAC"})
_COUNTABLE = re.compile(
    r"(?:attack|strike|raid|bombing|breach|violation|clash|assault|ambush)(e?s)?$"
)
Span = tuple[int, int]


def _subject(s: _Sentence, begin: int) -> Span | None:
    """Tokens of the noun phrase before a verb group; what stands between commas is skipped."""
    low, end = s.lowers, begin
    if end and low[end - 1] in {"who", "which", "that", "and"}:
        end -= 1
    if end and low[end - 1] == ",":
        commas = [k for k in range(max(end - 14, 0), end - 1) if low[k] == ","]
        end = commas[-1] if commas else end - 1
    start = end
    while start and end - start < 12:
        word = low[start - 1]
        if word in _BREAKS or word == "," or word in s.words["clause"] or start - 1 in s.verbs:
            break
        if word in s.words["reporting"]:
            break
        start -= 1
    while start < end and low[start] in _PREPOSITIONS:
        start += 1
        while start < end and not s.tokens[start].capital and low[start] not in {"the", "a"}:
            start += 1
    return (start, end) if start < end else None


def _object(s: _Sentence, i: int) -> Span | None:
    """Tokens of the noun phrase that begins at `i`, a preposition before it skipped."""
    low = s.lowers
    i += i < len(low) and low[i] in _BEFORE_OBJECT
    end = i
    while end < min(len(low), i + 12):
        word = low[end]
        if word in _BREAKS or word == "," or word in s.words["clause"] or end in s.verbs:
            break
        if end > i and word != "of" and (word in _PREPOSITIONS or word in s.words["auxiliary"]):
            break
        end += 1
    return (i, end) if end > i else None


def _parties(s: _Sentence, event: _Event) -> tuple[Span | None, Span | None]:
    """Source and target as token ranges; the passive voice turns them round."""
    hit, low = event.hit, s.lowers
    if not hit.phrase.verbal:
        return _parties_of_noun(s, hit)
    source, target = _subject(s, event.begin), _object(s, hit.last + 1)
    if not (s.words["be"] & set(low[event.begin : hit.first])) or low[hit.first].endswith("ing"):
        return source, target
    by = next((i for i in range(hit.last + 1, min(hit.last + 9, len(low))) if low[i] == "by"), None)
    return (_object(s, by + 1) if by else None), source


def _parties_of_noun(s: _Sentence, hit: _Hit) -> tuple[Span | None, Span | None]:
    """Those of "the Israeli strike on X", "the killing of X by Y", "X's attack"."""
    low, k, i = s.lowers, hit.first, hit.last + 1
    source = target = None
    while k and (s.tokens[k - 1].capital or low[k - 1] in {"'s", "’s"}):
        k -= 1
    if k < hit.first:
        source = (k, hit.first)
    for _ in range(3):
        span = None
        if i < len(low) and low[i] in {"on", "against", "of", "targeting", "at", "with"}:
            span = _object(s, i)
            target = target or span
        elif i < len(low) and low[i] == "by":
            span = source = _object(s, i + 1)
        elif i < len(low) and low[i] in _BEFORE_PLACE:
            span = _object(s, i + 1)
        if not span:
            break
        i = span[1]
    return source, target


def _actor(s: _Sentence, span: Span | None) -> Any:
    """The entity named in a token range; its offsets where no mentions are known."""
    if span is None:
        return None
    start, end = s.tokens[span[0]].start, s.tokens[span[1] - 1].end
    if not s.mentions:
        return (start, end)
    inside = [m for m in s.mentions if start <= m.start and m.end <= end]
    heads = [m for m in inside if s.text[m.end : m.end + 2] not in {"'s", "’s"}] or inside
    return heads[-1].entity_id if heads else None


def _place(s: _Sentence, hit: _Hit, taken: set[Any]) -> Any:
    """What follows a preposition of place in the clause of the event, the nearest first."""
    clause, tokens = s.clause[hit.last], s.tokens
    places = [i for i, w in enumerate(s.lowers) if w in _BEFORE_PLACE and s.clause[i] == clause]
    for i in sorted(places, key=lambda i: abs(i - hit.last)):
        span = _object(s, i)
        if span is None:
            continue
        start, end = tokens[span[0]].start, tokens[span[1] - 1].end
        for m in s.mentions:
            if start <= m.start < end and m.type in _PLACE_TYPES and m.entity_id not in taken:
                return m.entity_id
        named = [k for k in range(*span) if tokens[k].capital]
        if named and not s.mentions and s.lowers[named[0]] not in s.words["weekdays"]:
            return (tokens[named[0]].start, tokens[named[-1]].end)
    return None


def _count(s: _Sentence, hit: _Hit) -> tuple[int, int | None]:
    """Least and most incidents (codebook, section 9): "over 160 attacks", "attacked 115 times"."""
    low, numbers, vague = s.lowers, _lexicon().numbers, _lexicon().vague
    times = next(
        (i for i in range(hit.last + 1, min(hit.last + 9, len(low))) if low[i] == "times"), 0
    )
    noun = next((i for i in reversed(hit.words) if _COUNTABLE.search(low[i])), None)
    at = times or noun
    if "twice" in low[hit.last : hit.last + 6]:
        return 2, 2
    if at is None or (
        not times and noun in s.verbs and s.hits and hit.phrase.verbal and noun == hit.first
    ):
        return 1, 1
    plural = low[at].endswith("s")
    for i in range(at - 1, max(at - 6, -1), -1):
        word = low[i]
        value = _number(word, numbers)
        if word in vague:
            least, most = vague[word]
            factor = _number(low[i - 1], numbers) if word == "dozen" and i else None
            return (12 * factor, 12 * factor) if factor else (least, most)
        if value and (value > 1 or not plural):
            return _bounds(value, " ".join(low[max(i - 3, 0) : i]))
        if word in s.verbs or word in _PREPOSITIONS - {"of"} or word in _BREAKS:
            break
    return (2, None) if plural else (1, 1)


def _number(word: str, numbers: dict[str, int]) -> int | None:
    digits = word.replace(",", "")
    if digits.isascii() and digits.isdigit() and len(digits) < 7:
        return int(digits) or None
    return numbers.get(word)


def _bounds(value: int, before: str) -> tuple[int, int | None]:
    if before.endswith(("over", "more than", "exceeding")):
        return value + 1, None
    if before.endswith("at least"):
        return value, None
    if before.endswith(("up to", "as many as")):
        return 1, value
    if before.endswith(("fewer than", "less than")):
        return 1, value - 1
    if before.endswith(("about", "around", "some", "roughly", "approximately")):
        return round(value * 0.9), round(value * 1.1)
    if before.endswith(("nearly", "almost")):
        return round(value * 0.9), value - 1
    return value, value


def _date(s: _Sentence, hit: _Hit, dates: Sequence[Any]) -> Any:
    """The time expression nearest to the trigger that begins in its clause."""
    clause, at = s.clause[hit.first], s.tokens[hit.first].start
    inside = [token for token, number in zip(s.tokens, s.clause, strict=True) if number == clause]
    near = [date for date in dates if inside[0].start <= date.start < inside[-1].end]
    return min(near, key=lambda date: abs(date.start - at), default=None)


# --- public --------------------------------------------------------------------------------------


def read_events(
    text: str, mentions: Iterable[Any] = (), dates: Sequence[Any] = ()
) -> list[EventReading]:
    """Every event of a sentence, in textual order, by the rules of ``lexicons/codebook.md``.

    `mentions` (start, end, entity_id, type) and `dates` (start, end) are those inside the sentence,
    with offsets relative to it.  What is asked for, threatened, agreed, rejected or called off is
    not an event of its own; what is condemned, blamed or denied is.
    """
    s = _sentence(text, mentions)
    readings: list[EventReading] = []
    source = None
    for event in _events(s):
        reading = _reading(s, event, dates, source)
        source = reading.source
        if _adds_something(s, event, reading) and not _consequence(s, event, readings):
            readings.append(reading)
    return readings


def _reading(s: _Sentence, event: _Event, dates: Sequence[Any], source: Any) -> EventReading:
    hit, lexicon = event.hit, _lexicon()
    parties = _parties(s, event)
    doer, target = _actor(s, parties[0]), _actor(s, parties[1])
    if parties[0] is None and hit.phrase.verbal and parties[1] is not None:
        doer = source
    attribution = event.attribution
    if attribution == "none" and event.root in {"ASSAULT", "COERCE", "MOBILIZE"} and doer:
        attribution = _reported(s, event, parties[0])
    elif attribution == "denied" and event.outer:
        doer = _actor(s, _subject(s, _group_start(s, event.outer))) or doer
    least, most = _count(s, hit)
    start, end = s.tokens[event.begin].start, s.tokens[hit.last].end
    values = lexicon.goldstein[event.root]
    return EventReading(
        start,
        end,
        s.text[s.tokens[hit.first].start : end],
        event.root,
        event.mode,
        lexicon.direction[event.root],
        event.status,
        attribution,
        doer,
        target,
        _place(s, hit, {doer, target}),
        least,
        most,
        _date(s, hit, dates) if dates else None,
        values.get(event.mode, values["plain"]),
    )


def _reported(s: _Sentence, event: _Event, doer: Span | None) -> str:
    """Who says who did it: the doer (claimed), somebody else (blamed), or the outlet (none)."""
    near = set(s.lowers[max(event.begin - 6, 0) : event.hit.last + 1])
    if near & s.words["claim"]:
        return "claimed"
    if near & s.words["blame"]:
        return "blamed"
    said = [i for i, word in enumerate(s.lowers) if word in s.words["reporting"]]
    if not said:
        return "none"
    if said[0] < event.begin and doer:
        own = {"it", "they", "its", "we", "he", "she", "their", "our"}
        return "claimed" if s.lowers[doer[0]] in own else "blamed"
    return "blamed"


def _adds_something(s: _Sentence, event: _Event, reading: EventReading) -> bool:
    """A mere reference back ("the attack") counts only with an actor, place, date or number."""
    first = event.hit.first
    back = first and s.lowers[first - 1] in {"the", "that", "this", "these", "those", "such"}
    if event.hit.phrase.verbal or not back:
        return True
    known = (reading.source, reading.target, reading.place, reading.date)
    return any(known) or reading.attribution != "none"


def _consequence(s: _Sentence, event: _Event, earlier: list[EventReading]) -> bool:
    """Deaths and damage belong to the attack told before them in the same clause."""
    if event.hit.mode not in {"kill", "destroy"} and event.hit.phrase.text not in {
        "wound",
        "injure",
    }:
        return False
    clause_start = s.tokens[s.clause.index(s.clause[event.begin])].start
    return any(r.event_type == "ASSAULT" and r.start >= clause_start for r in earlier)


# --- the main event of a sentence ----------------------------------------------------------------


def sentence_features(text: str) -> list[str]:
    """Names of the features of `classify_sentence`; each is either there or not.

    ``event ROOT``: found by `read_events`, ``main ROOT``: the first of them; ``phrase ...``: a
    phrase of the lexicon, ``root ROOT``: its type; plain words and pairs of words, names left out.
    """
    s = _sentence(text)
    return _features(s, _events(s))


def _features(s: _Sentence, events: list[_Event]) -> list[str]:
    features = [f"event {event.root}" for event in events]
    if events:
        features.append(f"main {events[0].root}")
    for n, hit in enumerate(s.hits):
        root = hit.phrase.root
        features += (f"phrase {hit.phrase.text}", f"root {root}")
        if n == 0:
            features += (f"first {root}", f"first {root} {hit.mode}")
    words = [
        "" if token.capital or not token.lower[0].isalpha() else _stem(token.lower)
        for token in s.tokens
    ]
    features += filter(None, words)
    features += [f"{a} {b}" for a, b in pairwise(words) if a and b]
    return features


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

    The type is the most probable one of the model, which was trained on the sample sentences of
    PLOVER: it follows their usage also where our codebook departs from it.  Without any phrase of
    the lexicon the model must be surer than not.
    """
    s = _sentence(text)
    events = _events(s)
    roots, rows, weights, intercept = _model()
    found = [rows[name] for name in set(_features(s, events)) if name in rows]
    scores = intercept + weights[found].sum(axis=0)
    odds = np.exp(scores - scores.max())
    best = int(odds.argmax())
    root, probability = roots[best], float(odds[best] / odds.sum())
    if not events and probability < 0.5:
        return None
    event = _main_event(s, events, root)
    return replace(_reading(s, event, (), None), score=round(probability, 4))


def _main_event(s: _Sentence, events: list[_Event], root: str) -> _Event:
    """The event of that type the rules found; else one of that type from a phrase of it, or any."""
    wanted = {"RETREAT", "CONCEDE"} if root == "YIELD" else {root}
    for event in events:
        if event.root in wanted:
            return event
    hits = [hit for hit in s.hits if hit.phrase.root in wanted]
    name = hits[0].phrase.root if hits else "RETREAT" if root == "YIELD" else root
    status = "threatened" if name == "THREATEN" else "happened"
    if hits or s.hits:
        hit = (hits or s.hits)[0]
    else:
        phrase = _Phrase(name, "", True, (), "")
        hit = _Hit(0, max(len(s.tokens) - 1, 0), phrase, (), "")
    return _Event(hit, _group_start(s, hit), name, hit.mode if hits else "", status, "none", None)
