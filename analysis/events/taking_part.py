"""Who takes part in an event: no place, nobody who only tells of it, no mere number of people."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from analysis.entities.matcher import ActorMatcher, Entity, fold

_PLACES = {"LOC", "FAC"}
_DONE_TO_MEDIA = {"ACCUSE", "COERCE", "SANCTION", "THREATEN"}  # all else they only tell

_WORD = re.compile(r"\w+")


class Part(NamedTuple):
    """The parties of an event and its place: ids of entities, words of the text, or empty."""

    source: str
    target: str
    place: str


def taking_part(part: Part, event_type: str, matcher: ActorMatcher) -> Part:
    """`part` without those who take none.

    A place that the corpus's own list does not have is where it happened; one that shares its name
    with a state or belongs to the doer is no target either: then it is done to that state, or to
    nobody.  Who only tells (side ``media``) does nothing, and a number of people is nobody.

    >>> city = Entity("karsa", "Karsa", "LOC", (), "", "", "proposed")
    >>> taking_part(Part("fleet", "karsa", ""), "ASSAULT", ActorMatcher([city]))
    Part(source='fleet', target='', place='karsa')
    >>> taking_part(Part("More than 40 people", "fleet", ""), "ASSAULT", ActorMatcher([city]))
    Part(source='', target='fleet', place='')
    """
    source = _party(part.source, "source", event_type, matcher)
    target = _party(part.target, "target", event_type, matcher)
    at = matcher.entities.get(target)
    if source and (target == source or (_is_place(at) and source in _wider(at, matcher))):
        target = ""
    left = [old for old, new in ((part.target, target), (part.source, source)) if old != new]
    places = [name for name in left if _is_place(matcher.entities.get(name))]
    known = matcher.entities.get(part.place)
    wide = not part.place or (known is not None and known.type == "GPE")
    return Part(source, target, places[0] if places and wide else part.place)


def _party(name: str, role: str, event_type: str, matcher: ActorMatcher) -> str:
    """The party that a name stands for, or an empty text."""
    entity = matcher.entities.get(name)
    if entity is None:
        return "" if _is_number(name, matcher) else name
    if entity.side == "media":
        return name if role == "target" and event_type in _DONE_TO_MEDIA else ""
    if not _is_place(entity):
        return name
    if not entity.parent:
        return ""
    return entity.parent if entity.parent in matcher.aliases.get(fold(entity.name), ()) else name


def _is_number(words: str, matcher: ActorMatcher) -> bool:
    """Whether words of a text tell how many people, and not who."""
    plain = {word for word in _WORD.findall(words.lower()) if word.isalpha()}
    numbers = matcher.lexicon["dates"]["words"]["NUMBER"]
    return not (plain - matcher.words["no_party"]).difference(numbers)


def _is_place(entity: Entity | None) -> bool:
    return entity is not None and entity.type in _PLACES and entity.origin != "corpus"


def _wider(entity: Entity | None, matcher: ActorMatcher) -> Iterator[str]:
    """What an entity belongs to, and what that belongs to."""
    while entity is not None and entity.parent:
        yield entity.parent
        entity = matcher.entities.get(entity.parent)
