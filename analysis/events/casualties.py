"""How many dead and wounded a sentence tells of, and at which word it does."""

from collections.abc import Iterator
from typing import NamedTuple

from analysis.events.counts import Bounds, bounds_at
from analysis.events.parse import Parse
from analysis.events.vocabulary import BREAKS

_REACH = 7  # tokens between a number and what befell so many
_OWN = {"the", "his", "her", "its", "their"}
_NO = {"no", "nobody", "none", "without", "never", "not", "n't", "zero"}


class Toll(NamedTuple):
    """A word that tells of dead (`killed`), wounded or both, and how many: least and most."""

    at: int
    killed: Bounds | None
    wounded: Bounds | None


def find_tolls(p: Parse) -> Iterator[Toll]:
    """Every number of dead or wounded; "no casualties" is none of both.

    >>> toll, other = find_tolls(Parse("A bomb killed two guards and wounded dozens."))
    >>> toll.killed, other.wounded
    ((2, 2), (24, None))
    """
    dead, hurt, both = (p.lists[name] for name in ("dead", "hurt", "casualties"))
    for i, word in enumerate(p.words):
        if word in both and _none(p, i):
            yield Toll(i, (0, 0), (0, 0))
        elif word in p.lists["claim"] and (bounds := _claims(p, i)):
            yield Toll(i, bounds, None)
        elif (word in dead or word in hurt) and (bounds := _number(p, i)):
            yield Toll(i, bounds if word in dead else None, bounds if word in hurt else None)


def _none(p: Parse, i: int) -> bool:
    return not _NO.isdisjoint(p.words[max(i - 4, 0) : i])


def _number(p: Parse, i: int) -> Bounds | None:
    if _none(p, i):
        return 0, 0
    return _behind(p, i) or _before(p, i) or _single(p, i)


def _claims(p: Parse, i: int) -> Bounds | None:
    """ "Blast in Karsa | claims | 11": lives, in headlines."""
    return _people(p, i + 1) if p.is_headline and i + 1 < len(p.words) else None


def _single(p: Parse, i: int) -> Bounds | None:
    """ "Raid on the port, driver | killed": one, in headlines, where no number is told."""
    word, before = p.words[i], p.words[i - 1] if i else "s"
    passive = p.is_headline and word in {"killed", "wounded", "injured", "hurt", "dead"}
    ends = not p.words[i + 1 : i + 2] or p.words[i + 1] in {",", "in", "as", "by", "at", "near"}
    begins = i < 2 or p.words[i - 2] in BREAKS | {",", "and"} | p.lists["before_noun"]
    many = before.endswith(("s", "men", "people", "children", "crew", "police", "dead"))
    person = before.isalpha() and not many and before not in p.lists["verb_group"]
    return (1, 1) if passive and ends and begins and person and not p.capitals[i - 1] else None


def _behind(p: Parse, i: int) -> Bounds | None:
    """ "Killed at least | two guards and a child", "the death toll rose to | nine"."""
    toll = p.words[i] == "toll"
    state = p.words[i] in p.lists["state"] and p.words[i - 1] != "shot"
    state = state and p.words[i + 1 : i + 2] != ["of"]  # "shot dead | the", "the lives | of"
    if state or not p.lists["be"].isdisjoint(p.words[max(i - 2, 0) : i]):
        return None
    if p.words[i + 1 : i + 2] and p.words[i + 1] in _NO:
        return 0, 0
    end = min(i + _REACH + 4 * toll, len(p.words))
    for k in range(i + 1, end):
        if bounds := _people(p, k):
            more = _and_more(p, k)
            return _sum(bounds, more) if more else bounds
        if not (toll or p.words[k] in p.lists["before_number"] or p.words[k] in _OWN):
            break
    return _one(p, i + 1)


def _one(p: Parse, i: int) -> Bounds | None:
    """ "Killed | the last gunman": one, where a thing told of as known is no more."""
    span = p.object_from(i) if p.words[i : i + 1] and p.words[i] in _OWN else None
    last = p.words[span[1] - 1] if span else "s"
    return None if last.endswith(("s", "men", "people", "children", "crew", "police")) else (1, 1)


def _before(p: Parse, i: int) -> Bounds | None:
    """ "Two guards and a child | were killed", "nine | dead"."""
    found: Bounds | None = None
    for k in range(i - 1, max(i - 1 - 2 * _REACH, -1), -1):
        word = p.words[k]
        if (
            word in BREAKS
            or word in {",", "including"}
            or (word in p.lists["clause"])
            or _tolls(p, k)
        ):
            break
        if bounds := _people(p, k) or _joined(p, k):
            found = _sum(found, bounds) if found else bounds
            if p.words[k - 1 : k] != ["and"] and not _joins(p, k):
                break
        elif found and word != "and" and not word.isalpha():
            break
    return found


def _joined(p: Parse, k: int) -> Bounds | None:
    """ "Two miners and | their foreman"."""
    return _one(p, k) if p.words[k - 1 : k] == ["and"] else None


def _joins(p: Parse, k: int) -> bool:
    return "and" in p.words[max(k - 2, 0) : k]


def _tolls(p: Parse, k: int) -> bool:
    return p.words[k] in p.lists["dead"] or p.words[k] in p.lists["hurt"]


def _people(p: Parse, k: int) -> Bounds | None:
    """Bounds by the number at a token; vague ones have no greatest ("dozens")."""
    if p.words[k] in {"first", "second", "third"} or (
        p.words[k][0].isdigit() and p.words[k - 1] == "in"
    ):
        return None
    bounds = bounds_at(p, k, plural=False)
    if bounds and bounds[0] != bounds[1] and p.words[k] in p.known.vague_numbers:
        return bounds[0], None
    return bounds


def _and_more(p: Parse, k: int) -> Bounds | None:
    """ "Two soldiers | and a child"."""
    near = p.words[k + 1 : k + 5]
    if "and" not in near:
        return None
    at = k + 2 + near.index("and")
    told = any(_tolls(p, n) for n in range(k + 1, min(at + 5, len(p.words))))
    return None if told or at >= len(p.words) else _people(p, at)


def _sum(one: Bounds, other: Bounds) -> Bounds:
    most = None if one[1] is None or other[1] is None else one[1] + other[1]
    return one[0] + other[0], most
