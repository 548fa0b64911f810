"""Who, whom, where, when and how many: the parts of an event round its phrase.

All positions are numbers of tokens of a `Sentence`; a `Span` is a half-open range of them.  No
parser: noun phrases end at punctuation, prepositions, auxiliaries and the next verb of the lexicon.
"""

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from analysis.event_phrases import BREAKS, Hit, Sentence

Span = tuple[int, int]

_BEFORE_OBJECT = frozenset(
    ["on", "against", "at", "upon", "with", "for", "to", "into", "of", "over"]
)
_BEFORE_PLACE = frozenset(["in", "at", "near", "inside", "outside", "around", "across", "along"])
_PREPOSITIONS = (
    _BEFORE_OBJECT | _BEFORE_PLACE | {"from", "by", "during", "under", "about", "between"}
)
PRONOUNS = frozenset(["it", "they", "he", "she", "we", "i", "its", "their", "his", "her", "our"])
_MODIFIERS = ("'s", "’s", "-")  # what follows a name that only describes another ("Arvania's army")
_BROKERED = ("brokered", "mediated", "sponsored", "negotiated", "backed", "led", "monitored")
_PLACE_TYPES = frozenset(["GPE", "LOC", "FAC"])


def subject(s: Sentence, begin: int) -> Span | None:
    """Tokens of the noun phrase before a verb group; what stands between commas is skipped."""
    low, words, end = s.lowers, s.known.words, begin
    relative = end and low[end - 1] in {"who", "which", "that"}
    if end and low[end - 1] in {"who", "which", "that", "and"}:
        end -= 1
    if end and low[end - 1] == ",":
        commas = [k for k in range(max(end - 14, 0), end - 1) if low[k] == ","]
        end = commas[-1] if commas else end - 1
    start = end
    while start and end - start < 12 and start - 1 not in s.verbs:
        word = low[start - 1]
        if word in words["no subject beyond"]:
            break
        if relative and start < end and word in _PREPOSITIONS and word != "of":
            break
        start -= 1
    while start < end and low[start] in _PREPOSITIONS:  # "On Friday night | the army"
        start += 1
        while start < end and not s.capitals[start] and low[start] not in {"the", "a"}:
            start += 1
    return (start, end) if start < end else None


def object_after(s: Sentence, i: int) -> Span | None:
    """Tokens of the noun phrase that begins at `i`, a preposition before it skipped."""
    low, words = s.lowers, s.known.words
    i += i < len(low) and low[i] in _BEFORE_OBJECT
    if i < len(low) and low[i] in words["weekdays"]:
        return None
    end = i
    while end < min(len(low), i + 12) and end not in s.verbs:
        word = low[end]
        if word in words["phrase ends"]:
            break
        if end > i and word != "of" and (word in _PREPOSITIONS or word in words["auxiliary"]):
            break
        end += 1
    while end > i and (low[end - 1] in words["weekdays"] or low[end - 1] in {"of", "and"}):
        end -= 1
    return (i, end) if end > i else None


def parties(s: Sentence, hit: Hit, begin: int) -> tuple[Span | None, Span | None]:
    """Source and target as token ranges; the passive voice turns them round."""
    low = s.lowers
    if not hit.phrase.verbal:
        return _parties_of_noun(s, hit)
    source, target = subject(s, begin), _target(s, hit)
    group = set(low[begin : hit.first])
    after = low[hit.last + 1] if hit.last + 1 < len(low) else ""
    headline = low[hit.first] in {"hit", "killed", "wounded", "injured"} and after in {
        "for",
        "by",
        "in",
    }
    if low[hit.first].endswith("ing") or not (group & s.known.words["be"] or headline):
        return source, target
    return _by(s, hit.last + 1), source


def _target(s: Sentence, hit: Hit) -> Span | None:
    """Object of a verb; of a phrase with a noun ("fired rockets and shells at X") what follows."""
    low, start = s.lowers, hit.last + 1
    if len(hit.words) > 1:
        for i in range(start, min(start + 6, len(low))):
            if low[i] in {"on", "against", "at", "upon", "towards", "toward", "targeting"}:
                return object_after(s, i) if low[i] in _BEFORE_OBJECT else object_after(s, i + 1)
            if low[i] in BREAKS or low[i] == "," or any(i == other.first for other in s.hits):
                break
    return None if start < len(low) and low[start] == "and" else object_after(s, start)


def _by(s: Sentence, start: int) -> Span | None:
    for i in range(start, min(start + 9, len(s.lowers))):
        if s.lowers[i] == "by":
            return object_after(s, i + 1)
    return None


def _parties_of_noun(s: Sentence, hit: Hit) -> tuple[Span | None, Span | None]:
    """Those of "the Israeli strike on X", "the killing of X by Y", "X's attack"."""
    low, k, i = s.lowers, hit.first, hit.last + 1
    source = target = None
    while k and (s.capitals[k - 1] or low[k - 1] in {"'s", "’s"}):
        k -= 1
    while k < hit.first and (low[k] in s.known.words["no_actor"] or _number(s, k)):
        k += 1
    if k < hit.first and s.capitals[k] and not low[hit.first - 1].endswith(_BROKERED):
        source = (k, hit.first)
    if hit.mode == "ceasefire" and "between" in low[i : i + 2] and "and" in low[i : i + 12]:
        middle = low.index("and", i)
        return (low.index("between", i) + 1, middle), object_after(s, middle + 1)
    determiners = s.known.words["determiner"] - _PREPOSITIONS
    if low[hit.last] in _BEFORE_OBJECT:
        target = object_after(s, hit.last + 1)
    elif len(hit.words) == 2 and i < len(low) and low[i] in determiners:
        return (k, hit.last), object_after(s, i)  # "fighter jets | struck | the depot"
    for _ in range(3):
        word = low[i] if i < len(low) else ""
        span = None
        if word in {"on", "against", "of", "targeting", "at", "with"}:
            span = object_after(s, i)
            target = target or span
        elif word == "by" and not low[i - 1].endswith(_BROKERED):
            span = source = object_after(s, i + 1)
        elif word in _BEFORE_PLACE:
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
    start, end = s.spans[span[0]][0], s.spans[span[1] - 1][1]
    if not mentions:
        return (start, end)
    where = (i for i in range(span[0] + 1, span[1]) if s.lowers[i] in _BEFORE_PLACE)
    cut = s.spans[next(where, span[1] - 1)][0]  # "militias | in the north"
    inside = [m for m in mentions if start <= m.start <= cut]
    heads = [m for m in inside if not s.text.startswith(_MODIFIERS, m.end)] or inside
    return heads[-1].entity_id if heads else None


def pair(s: Sentence, mentions: Sequence[Any], span: Span | None) -> tuple[Any, Any] | None:
    """Both actors of "Arvania and Belmar met": the first is the source, the last the target."""
    if span is None or "and" not in s.lowers[span[0] : span[1]]:
        return None
    middle = s.lowers.index("and", span[0])
    if not span[0] < middle < span[1] - 1:
        return None
    return actor(s, mentions, (span[0], middle)), actor(s, mentions, (middle + 1, span[1]))


def speaker(s: Sentence) -> Span | None:
    """Subject of the first reporting verb ("the group said it ...")."""
    reporting = s.known.words["reporting"]
    verb = next((i for i, word in enumerate(s.lowers) if word in reporting), None)
    return subject(s, verb) if verb else None


def places(s: Sentence, mentions: Sequence[Any], hit: Hit, taken: set[Any]) -> list[Any]:
    """What follows the nearest preposition of place; several in "bases in A and B"."""
    weekdays = s.known.words["weekdays"]
    before = [i for i in range(*s.clause_of(hit.last)) if s.lowers[i] in _BEFORE_PLACE]
    for i in sorted(before, key=lambda i: abs(i - hit.last)):
        span = object_after(s, i + 1)
        if span is None:
            continue
        start, end = s.spans[span[0]][0], s.spans[span[1] - 1][1]
        inside = [m for m in mentions if start <= m.start < end and m.type in _PLACE_TYPES]
        named = [m.entity_id for m in inside if m.entity_id not in taken and _stands_alone(s, m)]
        if named:
            several = "and" in s.lowers[slice(*span)] and s.lowers[i - 1].endswith("s")
            return list(dict.fromkeys(named)) if several else named[:1]
        words = [k for k in range(*span) if s.capitals[k] and s.lowers[k] not in weekdays]
        found = (s.spans[words[0]][0], s.spans[words[-1]][1]) if words else None
        if found and not mentions and found not in taken:
            return [found]
    return []


def _stands_alone(s: Sentence, mention: Any) -> bool:
    """Not a mere modifier: "in Arvania", "in Karsa province", but not "at Arvanian forces"."""
    after = bisect_left(s.spans, (mention.end,))
    if s.text.startswith(_MODIFIERS[2], mention.end):
        return False
    if after == len(s.spans) or after in s.verbs or not s.lowers[after].isalpha():
        return True
    words, word = s.known.words, s.lowers[after]
    return not s.capitals[after] and (
        word in words["region"]
        or word in words["function"]
        or word in words["clause"]
        or word in words["auxiliary"]
    )


_COUNTABLE = re.compile(
    r"(?:attack|strike|raid|bombing|breach|violation|clash|assault|ambush|meeting|protest)(?:e?s)?$"
)


@lru_cache(maxsize=10_000)
def is_countable(word: str) -> bool:
    """Whether it, in lower case, names acts that are counted ("airstrikes")."""
    return bool(_COUNTABLE.search(word))


_BOUNDS = (
    (("over", "more than", "exceeding"), lambda n: (n + 1, None)),
    (("at least",), lambda n: (n, None)),
    (("up to", "as many as"), lambda n: (1, n)),
    (("fewer than", "less than"), lambda n: (1, n - 1)),
    (("about", "around", "some", "roughly"), lambda n: (round(n * 0.9), round(n * 1.1))),
    (("nearly", "almost"), lambda n: (round(n * 0.9), n - 1)),
)


def count_incidents(s: Sentence, hit: Hit) -> tuple[int, int | None]:
    """Least and most incidents (codebook, section 9): "over 160 attacks", "attacked 115 times"."""
    low, vague = s.lowers, s.known.vague_numbers
    after = low[hit.last + 1 : hit.last + 9]
    if "twice" in after:
        return 2, 2
    nouns = [i for i in hit.words if i not in s.verbs and is_countable(low[i])]
    at = hit.last + 1 + after.index("times") if "times" in after else nouns[-1] if nouns else None
    if at is None:
        return 1, 1
    plural = low[at].endswith("s")
    for i in range(at - 1, max(at - 6, -1), -1):
        word, value = low[i], _number(s, i)
        if word == "dozen" and i and (factor := _number(s, i - 1)):
            return 12 * factor, 12 * factor
        if word in vague:
            return tuple(vague[word])
        if value and (value > 1 or not plural):
            before = " ".join(low[max(i - 3, 0) : i])
            bound = (bound for words, bound in _BOUNDS if before.endswith(words))
            return next(bound, lambda n: (n, n))(value)
        if i in s.verbs or word in BREAKS or (word in _PREPOSITIONS and word != "of"):
            break
    return (2, None) if plural else (1, 1)


def _number(s: Sentence, i: int) -> int | None:
    word = s.lowers[i]
    digits = word.replace(",", "")
    if digits.isascii() and digits.isdigit() and len(digits) < 7:
        return int(digits) or None
    return s.known.numbers.get(word)


def nearest_date(s: Sentence, hit: Hit, dates: Sequence[Any]) -> Any:
    """The time expression nearest to the trigger that begins in its clause."""
    at, (first, end) = s.spans[hit.first][0], s.clause_of(hit.first)
    start, stop = s.spans[first][0], s.spans[end - 1][1]
    near = [date for date in dates if start <= date.start < stop]
    return min(near, key=lambda date: abs(date.start - at), default=None)
