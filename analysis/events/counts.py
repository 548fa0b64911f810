"""How many incidents a phrase tells of (codebook, section 9)."""

from itertools import pairwise

from analysis.events.parse import Parse, is_weapon_at_work
from analysis.events.phrases import Hit
from analysis.events.vocabulary import BREAKS

Bounds = tuple[int, int | None]
_PERFECT = {"has", "have", "had"}
_BEFORE = 5  # tokens before a noun in which its number is looked for


def count_incidents(p: Parse, hit: Hit) -> Bounds:
    """Least and most incidents: "over 160 attacks", "attacked 115 times"; None is no bound."""
    at = _counted_word(p, hit)
    if at is None or is_weapon_at_work(p, hit):
        return (
            _by_object(p, hit) or _by_days(p, hit) or ((2, None) if _repeated(p, hit) else (1, 1))
        )
    plural = p.words[at].endswith("s")
    for i in range(at - 1, max(at - 1 - _BEFORE, -1), -1):
        if bounds := bounds_at(p, i, plural):
            return bounds
        word = p.words[i]
        if i in p.verbs or word in BREAKS or (word != "of" and word in p.lists["prepositions"]):
            break
    return (2, None) if plural else (1, 1)


def _by_object(p: Parse, hit: Hit) -> Bounds | None:
    """ "Have attacked | nine garrison towns": at least nine times."""
    told = hit.phrase.root == "ASSAULT" and not _PERFECT.isdisjoint(p.group(hit).words)
    span = p.object_from(hit.last + 1) if told else None
    if not span or p.lists["sites"].isdisjoint(p.words[slice(*span)]):
        return None
    number = number_at(p, span[0])
    return (number, None) if number and number > 1 else None


def _by_days(p: Parse, hit: Hit) -> Bounds | None:
    """ "Bombed the road | on Saturday, Sunday and Monday": three times."""
    words = enumerate(p.words[: p.clause_of(hit.last)[1]])
    named = [i for i, word in words if i > hit.last and word in p.lists["weekdays"]]
    days = [i for i in named if p.words[i + 1 : i + 2] not in (["'s"], ["’s"])]
    listed = [j for i, j in pairwise(days) if p.words[i + 1 : j] in ([","], ["and"], [",", "and"])]
    last = listed and "and" in p.words[listed[-1] - 1 : listed[-1]]
    return (len(listed) + 1,) * 2 if last else None


def _repeated(p: Parse, hit: Hit) -> bool:
    """ "Attacked | nearly every day"."""
    first, end = p.clause_of(hit.first)
    words = p.words[first:end]
    return hit.phrase.verbal and (
        not p.lists["repeated"].isdisjoint(words)
        or any(
            pair in {("every", "day"), ("every", "night"), ("each", "day")}
            for pair in pairwise(words)
        )
    )


def _counted_word(p: Parse, hit: Hit) -> int | None:
    """Token of the word before which a number counts acts."""
    after = p.words[hit.last + 1 : hit.last + 9]
    if "times" in after:
        return hit.last + 1 + after.index("times")
    counted = p.known.counted_acts.search
    return max((i for i in hit.words if i not in p.verbs and counted(p.words[i])), default=None)


def bounds_at(p: Parse, i: int, plural: bool) -> Bounds | None:
    """Bounds by the number at token `i`, if there is one."""
    word, value = p.words[i], number_at(p, i)
    if word == "dozen" and i and (factor := number_at(p, i - 1)):
        return 12 * factor, 12 * factor
    if word in p.known.vague_numbers:
        least, most = p.known.vague_numbers[word]
        return least, most
    if not value or (value == 1 and plural) or _in_name(p, i) or is_year(p, i):
        return None
    before = " ".join(p.words[max(i - 3, 0) : i])
    for phrases, *bounds in p.known.number_bounds:
        if before.endswith(tuple(phrases)):
            return tuple(bound and round(value * bound[0] + bound[1]) for bound in bounds)
    return value, value


def is_year(p: Parse, i: int) -> bool:
    """ "10 June | 2023"."""
    before = p.words[i - 1] if i else ""
    named = before in p.lists["calendar"] or before.isdigit()
    return named and p.words[i].isdigit() and len(p.words[i]) == 4


def _in_name(p: Parse, i: int) -> bool:
    """Whether a number belongs to a name: "Tower | 22"."""
    named = i and p.capitals[i - 1] and p.words[i - 1] not in p.lists["before_noun"]
    return bool(named) and not _counts_people(p, i + 1)


def _counts_people(p: Parse, i: int) -> bool:
    """ "Near Karsa 12 | villagers", but not "Tower 22 | attacks"."""
    word = p.words[i] if i < len(p.words) else ""
    plural = word.endswith(("s", "people", "men", "women", "children", "civilian"))
    if word in p.lists["dead"] | p.lists["hurt"]:
        return True
    return plural and not any(hit.first == i for hit in p.hits)


def number_at(p: Parse, i: int) -> int | None:
    """Value of a number in digits or as a word."""
    word = p.words[i]
    digits = word.replace(",", "") if word[0].isdigit() else ""
    if digits.isascii() and digits.isdigit() and len(digits) < 7:
        return int(digits) or None
    tens, _, ones = word.partition("-")  # "twenty-six"
    values = [p.known.numbers.get(part) for part in (tens, ones or tens)]
    if ones:
        return sum(values) if all(values) and values[0] % 10 == 0 else None
    return values[0]
