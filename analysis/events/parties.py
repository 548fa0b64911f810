"""Who, whom, where, when and how many: the parts of an event round its phrase.

All positions are numbers of tokens of a `Sentence`; a `Span` is a half-open range of them.  No
parser: noun phrases end at punctuation, prepositions, auxiliaries and the next verb of the lexicon.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Any

from analysis.events.phrases import BREAKS, Hit, Sentence
from analysis.lexicons import load

Span = tuple[int, int]

_MODIFIERS = ("'s", "’s", "-")  # what follows a name that only describes another ("Arvania's army")
_LONGEST = 6  # words that may name somebody; more are no name but a misread clause
BILATERAL = {"CONSULT", "AGREE", "COOPERATE"}
_BETWEEN = BILATERAL | {"RETREAT"}  # nouns that may name both parties: "talks between"
_OWN = {  # prepositions after a noun of that type or mode that lead to who does it
    **dict.fromkeys(("REQUEST", "THREATEN", "REJECT", "ACCUSE"), ("of", "from", "by")),
    "withdraw": ("of", "by"),
}
_PLACE_TYPES = {"GPE", "LOC", "FAC"}


def harms(hit: Hit) -> bool:
    """Whether it tells of the harm that an attack did, rather than of the attack."""
    return hit.mode in {"kill", "destroy"} or hit.phrase.text in {"wound", "injure", "maim"}


def subject(s: Sentence, begin: int) -> Span | None:
    """Tokens of the noun phrase before a verb group; what stands between commas is skipped."""
    low, words, end = s.lowers, s.known.words, begin
    if end and low[end - 1] == "and":  # "the army condemned the raid | and demanded talks"
        start = s.clause_of(end - 1)[0]
        finite = [v for v in s.verbs if start <= v < end and low[v][-1] in "sd"]
        end = min(finite, default=end)
    if end and low[end - 1] in words["subjects"]:
        return end - 1, end
    before = low[end - 1] if end else ""
    relative = before in words["relatives"]
    end -= relative or before == "and"
    if end and low[end - 1] == ",":
        commas = [k for k in range(max(end - 14, 0), end - 1) if low[k] == "," and not relative]
        end = commas[-1] if commas else end - 1
    if end and low[end - 1] == ")" and "(" in low[max(end - 6, 0) : end]:
        end -= low[:end][::-1].index("(") + 1
    narrow = relative or low[begin].endswith("ing")  # "in response to Belmar | bombing the port"
    start, beyond = end, words["no subject beyond"]
    while start and end - start < 12 and start - 1 not in s.verbs:
        word = low[start - 1]
        if word in beyond:
            if word not in {"who", "that"} or not low[end - 1].endswith("ed") or start == end:
                break
            end = start - 1  # "factions | that he commanded"
            start = end
        elif narrow and start < end and word != "of" and word in words["prepositions"]:
            break
        else:
            start -= 1
    while start < end and low[start] in words["prepositions"]:  # "On Friday night | the army"
        start += 1
        while start < end and not s.capitals[start] and low[start] not in {"the", "a"}:
            start += 1
    return (start, end) if start < end else None


def object_after(s: Sentence, i: int) -> Span | None:
    """Tokens of the noun phrase that begins at `i`, a preposition before it skipped."""
    low, words = s.lowers, s.known.words
    i += i < len(low) and low[i] in words["before_object"]
    first = low[i] if i < len(low) else ""
    if first in words["weekdays"] or (first != "at" and first in words["before_place"]):
        return None
    end, stop = i, min(len(low), i + 12)
    ends, may_end = words["phrase ends"], words["phrase may end"]
    while end < stop and end not in s.verbs and low[end] not in ends:
        if low[end] in may_end and end > i and low[end - 1] != "belonging":
            break
        end += 1
    while end > i and (low[end - 1] in words["weekdays"] or low[end - 1] in {"of", "and"}):
        end -= 1
    return (i, end) if end > i else None


def parties(s: Sentence, hit: Hit, begin: int) -> tuple[Span | None, Span | None]:
    """Source and target as token ranges; the passive voice turns them round."""
    if not hit.phrase.verbal:
        return _parties_of_noun(s, hit)
    source, target, verb = subject(s, begin), _target(s, hit), s.lowers[hit.first]
    headline = verb in {"hit", "killed", "wounded", "injured"} and (
        not {"for", "by", "in"}.isdisjoint(s.lowers[hit.last + 1 : hit.last + 2])
    )
    be = not s.known.words["be"].isdisjoint(s.lowers[begin : hit.first])
    passive = not verb.endswith("ing") and (be or headline)
    return (_by(s, hit.last + 1), source) if passive else (source, target)


def _target(s: Sentence, hit: Hit) -> Span | None:
    """Object of a verb; of a phrase with a noun ("fired rockets and shells at X") what follows."""
    low, start, n_words = s.lowers, hit.last + 1, len(hit.words)
    if n_words > 1 and hit.words[1] > hit.first + 1 and hit.phrase.root in {"ACCUSE", "REQUEST"}:
        return object_after(s, hit.first + 1)  # "hold | the army | responsible"
    for i in range(start, min(start + 6, len(low)) if n_words > 1 else start):
        if low[i] in {"on", "against", "at", "upon", "towards", "toward", "targeting"}:
            return object_after(s, i + (low[i] not in s.known.words["before_object"]))
        if low[i] in BREAKS or low[i] == "," or any(i == other.first for other in s.hits):
            break
    if low[start : start + 1] == ["and"]:
        return object_after(s, start + 2) if start + 1 in s.verbs else None  # "arms and trains X"
    return object_after(s, start)


def _by(s: Sentence, start: int) -> Span | None:
    for i in range(start, min(start + 9, len(s.lowers))):
        if s.lowers[i] == "by":
            return object_after(s, i + 1)
        if i in s.verbs or s.lowers[i] in s.known.words["reporting"]:
            break  # "the raid was confirmed by Corsia"
    return None


def _parties_of_noun(s: Sentence, hit: Hit) -> tuple[Span | None, Span | None]:
    """Those of "the Israeli strike on X", "the killing of X by Y", "X's attack"."""
    low, k, i = s.lowers, hit.first, hit.last + 1
    words, before = s.known.words, low[hit.first - 1] if hit.first else ""
    mediated = tuple(words["mediated"])
    source = target = None
    while k and (s.capitals[k - 1] or low[k - 1] in {"'s", "’s"}):
        k -= 1
    while k < hit.first and (low[k] in words["no_actor"] or _number(s, k)):
        k += 1
    if k < hit.first and s.capitals[k] and not before.endswith(mediated):
        source = (k, hit.first)
    both = [n for n in (hit.first + 1, i, i + 1) if low[n : n + 1] in (["between"], ["involving"])]
    first = both[0] + 1 if both and hit.phrase.root in _BETWEEN else len(low)
    if "and" in low[first : first + 12]:
        middle = low.index("and", first)
        end = next((k for k in range(first, middle) if low[k] == ","), middle)
        return (first, end), object_after(s, middle + 1)
    if low[hit.last] in words["before_object"]:
        target = object_after(s, hit.last + 1)
    elif len(hit.words) == 2 and {*low[i : i + 1]} & words["determiner"] - words["prepositions"]:
        return subject(s, hit.last), object_after(s, i)  # "fighter jets | struck | the depot"
    own = _OWN.get(hit.phrase.root, _OWN.get(hit.mode, ()))
    for _ in range(3):
        word = low[i] if i < len(low) else ""
        span = None
        if word in own or (word == "by" and not low[i - 1].endswith(mediated)):
            span = source = object_after(s, i + 1)  # "the demands of the rebels"
        elif word in words["before_target"] or (word == "to" and hit.mode == "visit"):
            span = object_after(s, i)
            target = target or span
        elif word in words["before_place"]:
            span = object_after(s, i + 1)
        if not span:
            break
        i = span[1]
    by = None if hit.mode == "ceasefire" else _by(s, i)  # mediators are no parties of a truce
    return source or by, target


def actor(s: Sentence, mentions: Sequence[Any], span: Span | None) -> Any:
    """The entity named in a token range; its offsets where no mentions are known."""
    if span is None:
        return None
    start, end = s.starts[span[0]], s.ends[span[1] - 1]
    if not mentions:
        return (start, end) if span[1] - span[0] <= _LONGEST else None
    mentions = [m for m in mentions if start <= m.start <= end + 2]
    if not mentions:
        return None
    ending = s.known.words["actor before"]
    ends = (i for i in range(span[0] + 1, span[1]) if s.lowers[i] in ending)
    cut = s.starts[next(ends, span[1] - 1)]  # "militias | in the north"
    inside = [m for m in mentions if m.start <= cut and s.text[m.start - 1] != "-"]
    heads = [m for m in inside if not s.text.startswith(_MODIFIERS, m.end)] or inside
    named = s.text[end : end + 2] == ", " and [m for m in mentions if m.start == end + 2]
    if named and named[0].type == "PERSON":  # "its leader, Ali Dorn"
        return named[0].entity_id
    stateless = s.known.words["stateless"]  # "a Belmar militia" is not Belmar
    heads = [m for m in heads if stateless.isdisjoint(s.text[m.end : end].split()[:1])]
    return heads[-1].entity_id if heads else None


def site(s: Sentence, mentions: Sequence[Any], hit: Hit) -> Any:
    """The mention that names where: "the Karsa attack", not "the Arvanian attack on Karsa"."""
    start = s.starts[hit.first]
    named = not hit.phrase.verbal and [m for m in mentions if s.text[m.end : start] == " "]
    if not named or named[0].type not in _PLACE_TYPES:
        return None
    before = named[0]
    name = s.text[before.start : before.end] == getattr(before, "entity", "")
    doer = not name or s.text[: before.start].lower().split()[-1:] != ["the"]
    return None if before.type == "GPE" and doer else before


def pair(s: Sentence, mentions: Sequence[Any], span: Span | None) -> tuple[Any, Any] | None:
    """Both actors of "Arvania and Belmar met": the first is the source, the last the target."""
    if span is None:
        return None
    for one, other in pairwise(mentions):  # "the Arvania-Belmar truce"
        if one.start == s.starts[span[0]] and s.text[one.end : other.start] == "-":
            return one.entity_id, other.entity_id
    if "and" not in s.lowers[span[0] + 1 : span[1] - 1]:
        return None
    middle = s.lowers.index("and", span[0] + 1)
    return actor(s, mentions, (span[0], middle)), actor(s, mentions, (middle + 1, span[1]))


def speaker(s: Sentence) -> Span | None:
    """Subject of the first reporting verb ("the group said it ...")."""
    verb = reporting_verb(s)
    return subject(s, verb) if verb else None


def reporting_verb(s: Sentence) -> int | None:
    """Token of the first reporting verb."""
    found = s.known.words["reporting"].intersection(s.lowers)
    return min(map(s.lowers.index, found), default=None)


def places(
    s: Sentence, mentions: Sequence[Any], hit: Hit, taken: set[Any], doer: Span | None = None
) -> list[Any]:
    """What follows the nearest preposition of place; several in "bases in A and B"."""
    sites = [m for m in mentions if m.type in _PLACE_TYPES]
    if mentions and not sites:
        return []
    first, end = s.clause_of(hit.last)
    end = min([k.first for k in s.hits if hit.last < k.first < end and not harms(k)] or [end])
    home = range(*doer) if doer and doer[0] <= hit.last else ()  # where an active doer is from
    before = s.known.words["before_place"]
    before = [i for i, w in enumerate(s.lowers[first:end], first) if w in before and i not in home]
    for i in sorted(before, key=lambda i: abs(i - hit.last)):
        span = object_after(s, i + 1)
        if span is None:
            continue
        start, end = s.starts[span[0]], s.ends[span[1] - 1]
        inside = [m for m in sites if start <= m.start < end]
        named = [m.entity_id for m in inside if m.entity_id not in taken and _stands_alone(s, m)]
        if named:
            several = "and" in s.lowers[slice(*span)] and s.lowers[i - 1].endswith("s")
            return list(dict.fromkeys(named)) if several else named[:1]
        weekdays = s.known.words["weekdays"]
        words = [k for k in range(*span) if s.capitals[k] and s.lowers[k] not in weekdays]
        found = (s.starts[words[0]], s.ends[words[-1]]) if words else None
        if found and not mentions and found not in taken:
            return [found]
    return []


def _stands_alone(s: Sentence, mention: Any) -> bool:
    """Not a mere modifier: "in Arvania", "in Karsa province", but not "at Arvanian forces"."""
    after = bisect_left(s.starts, mention.end)
    if s.text.startswith(_MODIFIERS, mention.end):
        return False
    if after == len(s.starts) or after in s.verbs or not s.lowers[after].isalpha():
        return True
    kinds = ("region", "function", "clause", "auxiliary")
    known = any(s.lowers[after] in s.known.words[kind] for kind in kinds)
    return known and not s.capitals[after]


@lru_cache(maxsize=10_000)
def is_countable(word: str) -> bool:
    """Whether it, in lower case, names acts that are counted ("airstrikes")."""
    return bool(re.search(load("events")["counted_acts"], word))


def count_incidents(s: Sentence, hit: Hit) -> tuple[int, int | None]:
    """Least and most incidents (codebook, section 9): "over 160 attacks", "attacked 115 times"."""
    low, vague, prepositions = s.lowers, s.known.vague_numbers, s.known.words["prepositions"]
    after = low[hit.last + 1 : hit.last + 9]
    nouns = [i for i in hit.words if i not in s.verbs and is_countable(low[i])]
    at = hit.last + 1 + after.index("times") if "times" in after else max(nouns, default=None)
    if at is None:
        return 1, 1
    plural = low[at].endswith("s")
    for i in range(at - 1, max(at - 6, -1), -1):
        word, value = low[i], _number(s, i)
        if word == "dozen" and i and (factor := _number(s, i - 1)):
            return 12 * factor, 12 * factor
        if word in vague:
            return tuple(vague[word])
        if value and (value > 1 or not plural) and not (i and s.capitals[i - 1]):
            before = " ".join(low[max(i - 3, 0) : i])
            for words, *bounds in load("events")["number_bounds"]:
                if before.endswith(tuple(words)):
                    return tuple(bound and round(value * bound[0] + bound[1]) for bound in bounds)
            return value, value
        if i in s.verbs or word in BREAKS or (word != "of" and word in prepositions):
            break
    return (2, None) if plural else (1, 1)


def _number(s: Sentence, i: int) -> int | None:
    word = s.lowers[i]
    digits = word.replace(",", "") if word[0].isdigit() else ""
    if digits.isascii() and digits.isdigit() and len(digits) < 7:
        return int(digits) or None
    return s.known.numbers.get(word)


def nearest_date(s: Sentence, hit: Hit, dates: Sequence[Any]) -> Any:
    """The time expression nearest to the trigger in its clause, or "in May, | when" before it."""
    at, (first, end) = s.starts[hit.first], s.clause_of(hit.first)
    start, word = s.starts[first], s.lowers[first]
    near = [d for d in dates if start <= d.start < s.ends[end - 1]]
    if near:  # ", threatened on Monday" dates the threat
        verbs = [k for k in s.verbs if k > hit.last and s.lowers[k - 1] == ","]
        acts = [s.starts[k] for k in verbs if not s.lowers[k].endswith("ing")]
        near = [d for d in near if d.start < min(acts, default=d.end)]
    if not near and word in {"when", "that"}:
        near = [d for d in dates if d.end <= start and s.text[d.end : start].strip() in {"", ","}]
        if word == "that":  # not "said on Sunday that"
            near = [d for d in near if s.text[d.start :].lower().startswith("the ")]
    return min(near, key=lambda date: abs(date.start - at), default=None)
