"""Political events in a sentence: what happened, who did it to whom, where, and whether it did.

Event types are the 16 of PLOVER 2021 (Halterman et al. 2023).  Two things are kept apart:

- `read_events` finds every event of a sentence by the phrases of ``lexicons/events.yml`` and the
  words round them.  As in PLOVER the outer verb decides: "rejected a ceasefire" is REJECT,
  "threatened to strike" THREATEN, and neither is also a ceasefire or a strike.
- `classify_sentence` gives the one main event: a linear model (multinomial logistic regression,
  weights in ``lexicons/event_model.csv``) over those phrases and the words.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from analysis.lexicons import load

OUTER = {"REQUEST", "THREATEN", "AGREE", "REJECT", "RETREAT", "SANCTION", "CONCEDE"}
HOSTILE = {"ASSAULT", "COERCE", "MOBILIZE", "PROTEST", "SANCTION", "THREATEN"}
MAX_GAP = 6
MAX_TOKENS = 400

_TOKEN = re.compile(
    r"[A-Za-z]+(?=n['’]t\b)|n['’]t\b|['’]s\b|\d[\d.,]*\d|(?:[A-Z]\.)+[A-Z]?"
    r"|[^\W_]+(?:[-'’](?!s\b)[^\W_]+)*|[,;:()\[\]\"“”—–]"
)
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
    finite: bool = True


def _tokens(text: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        lower = word.lower().replace("’", "'")
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


def _hits(tokens: list[_Token], lowers: list[str], lexicon: _Lexicon) -> list[_Hit]:
    """The longest phrase at each token, without those inside a longer one; in textual order."""
    starts = lexicon.starts
    found: list[_Hit] = []
    for i, word in enumerate(lowers):
        if word not in starts:
            continue
        noun = word in lexicon.ambiguous and _is_noun(lowers, tokens, i, lexicon)
        for phrase in starts[word]:
            ambiguous = word in lexicon.ambiguous
            if ambiguous and (phrase.verbal if noun else not (phrase.verbal or phrase.rest)):
                continue
            if words := _match(phrase, lowers, i):
                found.append(_Hit(i, words[-1], phrase, words, phrase.mode))
                break
    kept: list[_Hit] = []
    taken: dict[int, _Hit] = {}
    for hit in found:
        outer = taken.get(hit.first)
        if outer and outer.phrase.root == hit.phrase.root:
            outer.mode = outer.mode or hit.mode
            outer.last = max(outer.last, hit.last)
        if outer is None:
            kept.append(hit)
            taken.update(dict.fromkeys(hit.words, hit))
    return kept


# --- who, whom, where, how many, when -------------------------------------------------------------


class _Sentence(NamedTuple):
    text: str
    tokens: list[_Token]
    lowers: list[str]
    clause: list[int]  # number of the clause each token is in
    verbs: frozenset[int]  # tokens that begin a verbal phrase
    lexicon: _Lexicon
    mentions: Sequence[Any]


_BEFORE_OBJECT = frozenset(
    ["on", "against", "at", "upon", "with", "for", "to", "toward", "towards", "into", "of", "targeting", "over"]
)
_BEFORE_PLACE = frozenset(["in", "at", "near", "inside", "outside", "around", "across", "along", "throughout"])
_PREPOSITIONS = (
    _BEFORE_OBJECT
    | _BEFORE_PLACE
    | frozenset(
        ["from", "by", "during", "under", "about", "between", "through", "amid", "since", "within", "and", "that", "and/or", "than"]
    )
)
_PLACE_TYPES = frozenset({"GPE", "LOC", "FAC"})


def _group_start(s: _Sentence, i: int) -> int:
    """First token of the verb group that ends at token `i` ("would not have | attacked")."""
    auxiliary = s.lexicon.context["auxiliary"]
    while i and (s.lowers[i - 1] in auxiliary or s.lowers[i - 1].endswith("ly")):
        i -= 1
    return i


def _subject(s: _Sentence, i: int) -> tuple[int, int] | None:
    """Token range of the noun phrase before token `i`; an apposition between commas is skipped."""
    end, low = i, s.lowers
    if end and low[end - 1] in {"who", "which", "that"}:
        end -= 1
    if end and low[end - 1] == ",":
        end -= 1
        opening = next((k for k in range(end - 1, max(end - 14, 0), -1) if low[k] == ","), None)
        if opening is None or (low[i] not in s.lexicon.context["auxiliary"] and s.clause[i] == 0):
            opening = end if opening is None else opening
        end = opening
    start, context = end, s.lexicon.context
    while start and end - start < 14:
        word = low[start - 1]
        if (
            word in _BREAKS
            or word == ","
            or word in context["clause"]
            or word in context["reporting"]
            or start - 1 in s.verbs
        ):
            break
        start -= 1
    while start < end and low[start] in _PREPOSITIONS and low[start] != "of":
        start += 1
        while start < end and not s.tokens[start].capital and low[start] not in {"the", "a", "an"}:
            start += 1
    return (start, end) if start < end else None


def _object(s: _Sentence, i: int) -> tuple[int, int] | None:
    """Token range of the noun phrase that begins at token `i`, a preposition before it skipped."""
    low, n, context = s.lowers, len(s.lowers), s.lexicon.context
    if i < n and low[i] in _BEFORE_OBJECT:
        i += 1
    end = i
    while end < n and end - i < 12:
        word = low[end]
        stop = word in _BREAKS or word == "," or word in context["clause"] or end in s.verbs
        if stop or (
            end > i and (word in _PREPOSITIONS or word in context["auxiliary"]) and word != "of"
        ):
            break
        end += 1
    return (i, end) if end > i else None


def _actor(s: _Sentence, span: tuple[int, int] | None) -> Any:
    """The entity named in a token range, else the offsets of the range."""
    if span is None:
        return None
    start, end = s.tokens[span[0]].start, s.tokens[span[1] - 1].end
    if not s.mentions:
        return (start, end)
    inside = [m for m in s.mentions if start <= m.start and m.end <= end]
    heads = [m for m in inside if s.text[m.end : m.end + 2] not in {"'s", "’s"}] or inside
    return heads[-1].entity_id if heads else None


def _of_noun(s: _Sentence, hit: _Hit) -> tuple[Any, Any]:
    """Source and target of an event named by a noun: "the Israeli strike on X", "killing of X by Y"."""
    low, n = s.lowers, len(s.lowers)
    source = target = None
    k, i = hit.first, hit.last + 1
    while k and (
        s.tokens[k - 1].capital or low[k - 1] == "'s" or low[k - 1].endswith(("led", "backed"))
    ):
        k -= 1
    if k < hit.first:
        source = (k, hit.first - (low[hit.first - 1] == "'s"))
    for _ in range(3):
        if i < n and low[i] in {"on", "against", "of", "targeting", "at", "with"} and not target:
            target = _object(s, i)
            i = target[1] if target else i + 1
        elif i < n and low[i] == "by":
            source = _object(s, i + 1)
            i = source[1] if source else i + 1
        elif i < n and low[i] in _BEFORE_PLACE:
            place = _object(s, i + 1)
            i = place[1] if place else i + 1
    if hit.phrase.root in {"CONSULT", "AGREE"} and source and not target:
        target = None
    return source, target


def _place(s: _Sentence, hit: _Hit, taken: set) -> Any:
    """The place after a preposition in the clause of the event, nearest first."""
    clause = s.clause[hit.last]
    near = sorted(
        (abs(i - hit.last), i)
        for i, word in enumerate(s.lowers[:-1])
        if word in _BEFORE_PLACE and s.clause[i] == clause
    )
    for _, i in near:
        k = i + 1 + (s.lowers[i + 1] == "the")
        if k >= len(s.tokens):
            continue
        if s.mentions:
            start, end = s.tokens[k].start, s.tokens[min(k + 6, len(s.tokens) - 1)].end
            for mention in s.mentions:
                if (
                    mention.type in _PLACE_TYPES
                    and start <= mention.start < end
                    and mention.entity_id not in taken
                ):
                    return mention.entity_id
        elif s.tokens[k].capital:
            j = k
            while j + 1 < len(s.tokens) and s.tokens[j + 1].capital:
                j += 1
            return (s.tokens[k].start, s.tokens[j].end)
    return None


_COUNTABLE = re.compile(
    r"(?:attack|strike|raid|bombing|breach|violation|incident|ambush|clash|assault)e?s$"
)


def _count(s: _Sentence, hit: _Hit) -> tuple[int, int | None]:
    """Least and most incidents: a number before the event's noun, or "115 times" after it."""
    low, lexicon = s.lowers, s.lexicon
    for i in range(hit.last + 1, min(hit.last + 9, len(low))):
        if low[i] == "times" and (number := _number(low[i - 1], lexicon)):
            return number, number
        if low[i] == "twice":
            return 2, 2
    noun = hit.last
    if not _COUNTABLE.search(low[noun]):
        return 1, 1
    for i in range(noun - 1, max(noun - 6, -1), -1):
        word = low[i]
        if word in {"of", "a", "the"}:
            continue
        if word in lexicon.vague:
            least, most = lexicon.vague[word]
            if word == "dozen" and i and (factor := _number(low[i - 1], lexicon)):
                least, most = 12 * factor, 12 * factor
            return least, most
        if number := _number(word, lexicon):
            before = " ".join(low[max(i - 2, 0) : i])
            if before.endswith(("over", "more than", "least")):
                return number + (not before.endswith("least")), None
            if before.endswith(("up to", "as many as")):
                return 1, number
            return number, number
        if word in _PREPOSITIONS or word in s.verbs or not word.isalpha():
            break
    return 1, None


def _number(word: str, lexicon: _Lexicon) -> int | None:
    digits = word.replace(",", "")
    if digits.isascii() and digits.isdigit() and len(digits) < 7:
        return int(digits) or None
    return lexicon.numbers.get(word)


def _date(s: _Sentence, hit: _Hit, dates: Sequence[Any]) -> Any:
    """The time expression nearest to the trigger in its clause."""
    clause, trigger = s.clause[hit.first], s.tokens[hit.first].start
    inside = [s.tokens[i] for i, number in enumerate(s.clause) if number == clause]
    low, high = inside[0].start, inside[-1].end
    near = [date for date in dates if date.start < high and date.end > low and date.start >= low]
    return min(near, key=lambda date: abs(date.start - trigger), default=None)


# --- events of a sentence ------------------------------------------------------------------------


def _sentence(
    text: str, mentions: Iterable[Any], lexicon: _Lexicon
) -> tuple[_Sentence, list[_Hit]]:
    tokens = _tokens(text)
    lowers = [token.lower for token in tokens]
    hits = _hits(tokens, lowers, lexicon)
    boundary, number, clause = lexicon.context["clause"], 0, []
    for word in lowers:
        number += word in boundary or word in _BREAKS
        clause.append(number)
    verbs = frozenset(hit.first for hit in hits if hit.phrase.verbal)
    return _Sentence(text, tokens, lowers, clause, verbs, lexicon, tuple(mentions)), hits


def _governors(s: _Sentence, hits: list[_Hit]) -> list[_Hit | None]:
    """For each phrase the outer one whose object or infinitive it stands in, if any."""
    found: list[_Hit | None] = []
    boundary = s.lexicon.context["clause"] - {"that", "if"}
    for n, hit in enumerate(hits):
        governor = None
        for outer in reversed(hits[:n]):
            between = s.lowers[outer.last + 1 : hit.first]
            if any(w in boundary or w in _BREAKS or w == "," for w in between):
                break
            if outer.phrase.root in OUTER | {"ACCUSE"}:
                governor = outer
                break
        found.append(governor)
    return found


def _status(s: _Sentence, hit: _Hit, group: list[str]) -> str | None:
    """Status by the words round the trigger; None: not an event (a condition, a purpose)."""
    context, low = s.lexicon.context, s.lowers
    clause_start = s.clause.index(s.clause[hit.first])
    if low[clause_start] in {"if", "unless", "whether"}:
        return None
    if context["negation"] & set(group):
        return "negated"
    hostile = hit.phrase.root in HOSTILE
    if not hit.phrase.verbal:
        before = set(low[max(hit.first - 3, 0) : hit.first])
        if before & {"possible", "potential", "planned", "future", "imminent", "further", "any"}:
            return "threatened" if hostile else "planned"
        if before & {"ongoing", "continuing", "continued"}:
            return "ongoing"
        return "happened"
    if context["future"] & set(group):
        return "threatened" if hostile else "planned"
    if context["conditional"] & set(group):
        return None
    if group[-1:] == ["to"]:
        outer = low[hit.first - len(group) - 1] if hit.first > len(group) else ""
        if outer in context["future"]:
            return "threatened" if hostile else "planned"
        if outer in context["ongoing"]:
            return "ongoing"
        return "happened" if outer in {"began", "started", "used", "managed", "went"} else None
    if context["ongoing"] & set(group) or (group and low[hit.first].endswith("ing")):
        return "ongoing"
    return "happened"


def read_events(
    text: str, mentions: Iterable[Any] = (), dates: Sequence[Any] = ()
) -> list[EventReading]:
    """Every event of a sentence, in textual order.

    `mentions` (start, end, entity_id, type) and `dates` (start, end) are those inside the sentence,
    with offsets relative to it.  What is asked for, threatened, agreed, rejected or called off is
    not an event of its own; what is condemned, blamed or denied is.
    """
    lexicon = _lexicon()
    s, hits = _sentence(text, mentions, lexicon)
    readings: list[EventReading] = []
    last_source: Any = None
    for hit, governor in zip(hits, _governors(s, hits), strict=True):
        begin = _group_start(s, hit.first) if hit.phrase.verbal else hit.first
        group = s.lowers[begin : hit.first]
        root, mode, attribution = hit.phrase.root, hit.mode, "none"
        status = _status(s, hit, group)
        if governor:
            outer = governor.phrase
            if outer.root == "ACCUSE":
                attribution = "blamed" if outer.mode in {"allege", "lawsuit"} else "none"
                status = "happened" if status is None else status
            elif outer.root == "REJECT" and outer.mode == "deny":
                if hit.phrase.verbal:
                    status = "denied"
                else:
                    attribution = "denied"
            else:
                continue
        if status is None:
            continue
        if status == "negated":
            if not {"will", "would", "wo"} & set(group):
                continue
            root, mode, status = "REJECT", "", "happened"
        if hit.phrase.verbal:
            passive = bool(lexicon.context["be"] & set(group)) and not s.lowers[hit.first].endswith(
                "ing"
            )
            source, target = _subject(s, begin), _object(s, hit.last + 1)
            if passive:
                by = next(
                    (
                        i
                        for i in range(hit.last + 1, min(hit.last + 9, len(s.lowers)))
                        if s.lowers[i] == "by"
                    ),
                    None,
                )
                source, target = (_object(s, by + 1) if by else None), source
        else:
            passive = False
            source, target = _of_noun(s, hit)
        source_actor, target_actor = _actor(s, source), _actor(s, target)
        if source_actor is None and hit.phrase.verbal and not passive:
            source_actor = last_source
        last_source = source_actor or last_source
        nearby = set(s.lowers[max(begin - 6, 0) : hit.last + 1])
        if attribution == "none" and root == "ASSAULT":
            if lexicon.context["claim"] & nearby:
                attribution = "claimed"
            elif lexicon.context["blame"] & nearby:
                attribution = "blamed"
        least, most = _count(s, hit)
        start, end = s.tokens[begin].start, s.tokens[hit.last].end
        readings.append(
            EventReading(
                start,
                end,
                text[s.tokens[hit.first].start : end],
                root,
                mode,
                lexicon.direction[root],
                status,
                attribution,
                source_actor,
                target_actor,
                _place(s, hit, {source_actor, target_actor}),
                least,
                most,
                _date(s, hit, dates) if dates else None,
                _goldstein(root, mode, lexicon),
            )
        )
    return readings


def _goldstein(root: str, mode: str, lexicon: _Lexicon) -> float:
    values = lexicon.goldstein[root]
    return values.get(mode, values["plain"])


def classify_sentence(text: str) -> EventReading | None:
    """The main event of a sentence, or None where there is none."""
    readings = read_events(text)
    return readings[0] if readings else None
