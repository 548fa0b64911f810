"""Parties without an entity: whether words can name who acts, whom or what it is done to, where."""

import re
from functools import cache

from analysis.lexicons import OURS, Lexicon
from analysis.text.words import words

_ENDS = re.compile(
    r"\s(?:of|in|on|at|from|to|for|with|who|which|that|near|by|inside|outside|including|and|or)\s|,"
)


def may_be(phrase: str, role: str, lexicon: Lexicon = OURS) -> bool:
    """Whether `phrase` can be the `role` (source, target, place) of an event.

    A source is a name or people, a target a thing that is attacked too, a place a name or a kind
    of place.

    >>> may_be("two suicide bombers", "source"), may_be("the chemical", "source")
    (True, False)
    >>> may_be("a base in the north", "source"), may_be("a base in the north", "target")
    (False, True)
    """
    found = [word.text for word in words(_ENDS.split(phrase, maxsplit=1)[0])]
    if not found:
        return False
    nouns, no_names = _lists(lexicon)
    named = [word for word in found if word[0].isupper() and word not in no_names]
    return bool(named) or found[-1].lower() in nouns[role]


@cache
def _lists(lexicon: Lexicon) -> tuple[dict[str, set[str]], set[str]]:
    names = lexicon["names"]
    people, targets = set(names["people"]), set(names["targets"])
    nouns = {"source": people, "target": people | targets, "place": targets}
    return nouns, {*names["non_names"], *names["titles"]}
