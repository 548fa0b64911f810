"""Whether an act of words, gifts or threats is of somebody who may act politically.

"The bridge would not bear the load" refuses nothing, "the form asks for a name" demands nothing.
"""

import re
from typing import TYPE_CHECKING

from analysis.events.parse import Parse, Span
from analysis.events.parties import Parties
from analysis.events.status import Event

if TYPE_CHECKING:
    from analysis.events.readings import EventReading

# of words and gifts only those by or to somebody who may act politically
_BY_ACTORS = {
    *("AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID"),
    *("REQUEST", "ACCUSE", "REJECT", "CONCEDE", "THREATEN"),
}
# of these the verbs are said of things as often
_OF_THINGS = {"REQUEST", "REJECT", "THREATEN", "AID", "CONSULT", "CONCEDE", "MOBILIZE", "COERCE"}
_PLAIN_NOUN = re.compile(r"(?:ing|tion|es|[b-df-hkmp-rtvwy]s)$")  # no name, at the beginning


def may_act(p: Parse, event: Event, told: Parties, reading: "EventReading") -> bool:
    """Whether an event has the parties that one of its type needs."""
    verbal = event.hit.phrase.verbal
    if event.mode == "release":
        return told.goal is None or is_captive(p, told.goal)
    if event.mode == "resume" or event.rule == "to resume":
        return True  # "the decision | to resume the attacks"
    if verbal and _is_bare(p, event, told, reading):
        return False
    if isinstance(reading.source, str) or not _needs_actor(event, told, reading):
        return True
    said_of_things = verbal and event.root in _OF_THINGS
    return _by_actor(p, told, verbal) or bool(reading.source and not said_of_things)


def _is_bare(p: Parse, event: Event, told: Parties, reading: "EventReading") -> bool:
    """ "The committee | dissolved", "those who | shelter there", "land, | occupied or not"."""
    alone = event.root in {"COERCE", "AID"} and len(event.hit.words) == 1
    if told.goal is None and alone:
        return True
    anything = told.doer or told.goal or reading.place or reading.date
    return not anything and p.subject(event.group.begin) is None


def _needs_actor(event: Event, told: Parties, reading: "EventReading") -> bool:
    verbal, planned = event.hit.phrase.verbal, reading.status == "planned"
    if planned and reading.date and not verbal:
        return False  # "talks due on Friday"
    if event.root == "MOBILIZE":
        return planned or not verbal
    return event.root in _BY_ACTORS or bool(event.mode == "restrict" and verbal and told.doer)


def _by_actor(p: Parse, told: Parties, verbal: bool) -> bool:
    """Whether somebody acts who may, or, where nobody does, it is done to such a one."""
    doer, goal = told.doer, told.goal
    if goal and p.words[goal[0]] in {"me", "you", "us"} and not p.capitals[goal[0]]:
        return False  # "they ask | me"
    person = doer and p.words[doer[0]] in {"he", "she"}
    if verbal and doer and not (person and goal):
        return is_actor(p, doer)
    return is_actor(p, goal) or (is_actor(p, doer) and not person)


def is_actor(p: Parse, span: Span | None) -> bool:
    """Whether a noun phrase names somebody who may act politically: a name, an office, a group."""
    if span is None:
        return False
    words = p.words[slice(*span)]
    if words[0] in {"it", "they", "its", "their", "he", "she"}:
        return True
    if words[0] in p.lists["nobody"]:
        return False
    named = any(p.capitals[i] and p.words[i] not in p.lists["calendar"] for i in range(*span) if i)
    first = span[0] == 0 and not (
        _PLAIN_NOUN.search(words[0])
        or p.any_list(words[0], ("before_noun", "prepositions", "pronouns", "clause"))
    )
    return named or first or _are_people(p, words)


def is_captive(p: Parse, span: Span) -> bool:
    """Whether a noun phrase names people, who may be set free."""
    words = p.words[slice(*span)]
    named = any(p.capitals[i] for i in range(*span) if i)
    return named or _are_people(p, words) or not p.lists["captives"].isdisjoint(words)


def _are_people(p: Parse, words: list[str]) -> bool:
    """Whether its head, what stands before a preposition, is of people."""
    prepositions = p.lists["prepositions"] - {"of"}
    words = words[: next((i for i, word in enumerate(words) if word in prepositions), len(words))]
    ends, others = (tuple(p.lists[name]) for name in ("people_end", "no_people_end"))
    people = (word.endswith(ends) and not word.endswith(others) for word in words)
    return not p.lists["offices"].isdisjoint(words) or any(people)
