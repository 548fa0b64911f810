"""Where an act happened: the phrase of place nearest to it, or the name before its noun."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from analysis.events.parse import Parse, Span
from analysis.events.parties import MODIFIERS, Mention, Party, is_people
from analysis.events.phrases import Hit, harms

_ALONG = {"on", "down"}  # a street
_PLACE_TYPES = {"GPE", "LOC", "FAC"}


def site(p: Parse, mentions: Sequence[Mention], hit: Hit) -> Mention | None:
    """The mention that names where: "the Karsa attack", not "the Arvanian attack on Karsa"."""
    start = p.starts[hit.first]
    named = not hit.phrase.verbal and [m for m in mentions if p.text[m.end : start] == " "]
    if not named or named[0].type not in _PLACE_TYPES:
        return None
    before = named[0]
    name = p.text[before.start : before.end] == getattr(before, "entity", "")
    doer = not name or p.text[: before.start].lower().split()[-1:] != ["the"]
    return None if before.type == "GPE" and doer else before


def places(
    p: Parse,
    mentions: Sequence[Mention],
    hit: Hit,
    taken: set[Party],
    doer: Span | None = None,
) -> list[Party]:
    """What follows the nearest preposition of place; several in "bases in A and B".

    `taken` are the parties: they are no places; `doer` is where an active doer is named.
    """
    sites = [m for m in mentions if m.type in _PLACE_TYPES]
    if mentions and not sites:
        return []
    for i, span in _phrases_of_place(p, hit, doer):
        named = _named(p, sites, span, taken)
        if named:
            several = "and" in p.words[slice(*span)] and p.words[i - 1].endswith("s")
            return list(dict.fromkeys(named)) if several else named[:1]
        found = None if mentions else _capitals(p, span, hit)
        if found and found not in taken:
            return [found]
    return []


def _phrases_of_place(p: Parse, hit: Hit, doer: Span | None) -> Iterator[tuple[int, Span]]:
    """Prepositions of place of the clause and the noun phrases behind them, the nearest first."""
    first, end = p.clause_of(hit.last)
    end = min([k.first for k in p.hits if hit.last < k.first < end and not harms(k)] or [end])
    home = _home(hit, doer)
    said = p.reporting_verb
    found = _prepositions(p, hit, first, end)
    found = [i for i in found if i not in home]
    if said is not None:  # where it was said is not where it was
        found = [i for i in found if (i < said) == (hit.last < said)]
    for i in sorted(found, key=lambda i: abs(i - hit.last)):
        if span := p.object_from(i + 1):
            yield i, span


def _prepositions(p: Parse, hit: Hit, first: int, end: int) -> list[int]:
    leads = p.lists["leads to place"]
    found = [i for i in range(first, end) if p.words[i] in leads]
    return [i for i in found if p.words[i] not in _ALONG or _on_road(p, hit, i)]


def _on_road(p: Parse, hit: Hit, i: int) -> bool:
    """ "Detained nine | on Harbour Street", but not "an attack | on Karsa Bridge"."""
    span = p.object_from(i + 1) if hit.phrase.verbal or p.words[i] == "down" else None
    return span is not None and p.is_road(span)


def _home(hit: Hit, doer: Span | None) -> range:
    """Where an active doer is told to be from; crowds, police and courts are where they act."""
    active = doer and doer[0] <= hit.last and hit.phrase.root not in {"PROTEST", "COERCE"}
    return range(*doer) if doer and active else range(0)


def _named(p: Parse, sites: list[Mention], span: Span, taken: set[Party]) -> list[Party]:
    start, end = p.starts[span[0]], p.ends[span[1] - 1]
    inside = [m for m in sites if start <= m.start < end]
    return [m.entity_id for m in inside if m.entity_id not in taken and _stands_alone(p, m)]


def _capitals(p: Parse, span: Span, hit: Hit) -> tuple[int, int] | None:
    """Offsets from the first to the last word with a capital, but for days and months."""
    names = [k for k in range(*span) if p.capitals[k] and p.words[k] not in p.lists["calendar"]]
    if not names:
        return None
    behind = p.words[names[-1] + 1] if names[-1] + 1 < span[1] else ""
    region = p.any_list(behind, ("region", "roads")) or behind[:1].isdigit()
    last = p.words[names[-1]]
    own = names[-1] + 1 == hit.first and not is_people(p, last)  # "in a Karsa | raid"
    ends = own or region or not behind or behind in p.lists["prepositions"]
    ends = ends or (names[0] == span[0] and _is_verb_or_new(p, names[-1] + 1))
    return (p.starts[names[0]], p.ends[names[-1] + region]) if ends else None


def _is_verb_or_new(p: Parse, i: int) -> bool:
    """ "The truce in Karsa | holds", "the raid in Karsa | its biggest town suffered"."""
    word, people = p.words[i], is_people(p, p.words[i - 1])
    verb = word.isalpha() and word[-1] in "sd" and not (people or p.capitals[i])
    return verb or word in p.lists["before_noun"] - {"'s", "’s"}


def _stands_alone(p: Parse, mention: Mention) -> bool:
    """Not a mere modifier: "in Arvania", "in Karsa province", but not "at Arvanian forces"."""
    after = bisect_left(p.starts, mention.end)
    if p.text.startswith(MODIFIERS, mention.end):
        return False
    if after == len(p.starts) or after in p.verbs or not p.words[after].isalpha():
        return True
    kinds = ("region", "beside_verb", "clause", "verb_group")
    known = any(p.words[after] in p.lists[kind] for kind in kinds)
    return known and not p.capitals[after]
