"""Who did it to whom, and who says so: the noun phrases, and the entities named in them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, Protocol

from analysis.events.counts import is_year, number_at
from analysis.events.parse import DONE, Parse, Span, VerbGroup, is_act, is_weapon_at_work
from analysis.events.phrases import Hit, harms
from analysis.events.status import DENIALS, Event
from analysis.events.vocabulary import BREAKS

Party = str | tuple[int, int] | None  # entity id, offsets of a noun phrase, or nobody

MODIFIERS = (
    "'s",
    "’s",
    "-",
    "' ",
    "’ ",
)  # what follows a name that only describes another ("Arvania's army")
_NEAR = 8  # tokens between an act and the clause that tells of it
_LONGEST = 6  # words that may name somebody; more are no name but a misread clause
_BILATERAL = {"CONSULT", "AGREE", "COOPERATE"}
_BETWEEN = _BILATERAL | {"RETREAT", "ASSAULT"}  # nouns that may name both parties: "talks between"
_OWN = {  # prepositions after a noun of that type or mode that lead to who does it
    **dict.fromkeys(("REQUEST", "THREATEN", "REJECT", "ACCUSE"), ("of", "from", "by")),
    "withdraw": ("of", "by"),
}
_UNDERGONE = ("come under", "die ", "lose _ life")  # phrases whose subject is hit
_FOR_WHICH, _RESPONSIBLE = ["for", "which"], {"responsibility", "credit"}
_AGAINST_NOBODY = {"explosion", "blast"}  # which have a place, no target
_NOBODY = {"LOC", "FAC"}  # types of entity that do nothing
_TO_WHOM = {  # further prepositions behind the noun of a phrase that lead to its target
    **dict.fromkeys(_BILATERAL, frozenset(["with"])),
    **dict.fromkeys(("AID", "aid"), frozenset(["to", "for"])),
    "investigate": {"into", "of"},
}
_TOWARDS = {"on", "against", "at", "upon", "towards", "toward", "targeting"}


class Mention(Protocol):
    """An entity named in the sentence."""

    start: int
    end: int
    entity_id: str
    type: str


class Phrases(NamedTuple):
    """The noun phrases that name doer and goal, and the rule that chose them."""

    doer: Span | None
    goal: Span | None
    rule: str


class Parties(NamedTuple):
    """Source and target, who says so, and the rules that chose them."""

    source: Party
    target: Party
    attribution: str
    doer: Span | None
    rules: tuple[str, ...]
    denied_by: Party = None
    told_by: Party = None
    mutual: bool = False
    goal: Span | None = None


NOBODY = Parties(None, None, "none", None, ())


# --- the noun phrases -----------------------------------------------------------------------------


def phrases_of(p: Parse, hit: Hit) -> Phrases:
    """Doer and goal of a verb (the passive voice turns them round) or of a noun."""
    if not hit.phrase.verbal:
        return _of_passive(p, hit) if _is_passive(p, hit) else _of_noun(p, hit)
    group = p.group(hit)
    subject, goal = _act_told_of(p, hit) or p.subject(group.begin), _goal(p, hit)
    if hit.mode == "deter":
        return Phrases(goal, None, "deterred")
    if caused := p.caused(group):
        return Phrases(caused, goal, "caused")
    if subject and is_act(p, subject):
        return Phrases(_of_act(p, subject).doer, goal, "by the act")
    if _is_passive_group(p, group):
        thrown = p.words[hit.last] in p.lists["before_object"] and _is_weapon(p, subject)
        return Phrases(p.by(hit.last + 1), goal if thrown else subject, "passive")
    if hit.phrase.text.startswith(_UNDERGONE):
        start = hit.last + 1
        sender = p.words[start : start + 1] == ["from"]
        return Phrases(p.object_from(start + 1) if sender else p.by(start), subject, "came under")
    if _is_short_passive(p, hit):
        return Phrases(p.by(hit.last + 1), subject, "short passive")
    return Phrases(_sender(p, subject) or subject, goal, "active")


def _sender(p: Parse, subject: Span | None) -> Span | None:
    """ "A drone flown by | the army", "| Arvania's | war has killed": who is behind it."""
    words = _words(p, subject)
    if subject and "war" in words:
        return p.owner_in(subject)
    if not subject or "by" not in words or p.lists["weapons"].isdisjoint(words):
        return None
    return p.object_from(subject[0] + words.index("by") + 1)


def _is_weapon(p: Parse, span: Span | None) -> bool:
    """ "Shots | were fired at": what is used, not who is hit."""
    return bool(span) and p.words[span[1] - 1] in p.lists["weapons"]


def _act_told_of(p: Parse, hit: Hit) -> Span | None:
    """ "A raid in Karsa | that killed nine"."""
    begin = p.group(hit).begin
    if not harms(hit) or not begin or p.words[begin - 1] not in {"that", "which"}:
        return None
    before = [h for h in p.hits if h.last < begin - 1]
    near = before and not before[-1].phrase.verbal and begin - before[-1].last <= _NEAR
    return (before[-1].first, before[-1].last + 1) if near else None


def _is_passive_group(p: Parse, group: VerbGroup) -> bool:
    """ "Was | killed", "got | injured", but not "is | ready to"."""
    active = group.gerund or group.word in p.lists["predicates"]
    return not active and (_has_be(p, group) or group.before in {"got", "gets"})


def _has_be(p: Parse, group: VerbGroup) -> bool:
    """ "Was | killed", but not "was about to | kill"."""
    words = p.words[group.begin : group.verb]
    after_to = words[::-1].index("to") if "to" in words else len(words)
    return not p.lists["be"].isdisjoint(words[len(words) - after_to :])


def _of_act(p: Parse, span: Span) -> Phrases:
    """Doer and goal of the act that a noun phrase names."""
    act = next(h for h in p.hits if h.first in range(*span) and not h.phrase.verbal)
    return phrases_of(p, act)


def _is_passive(p: Parse, hit: Hit) -> bool:
    """Whether its object was found before its verb: "the envoy | was expelled"."""
    return len(hit.words) == 3 and p.words[hit.words[1]] in p.lists["be"]


def _of_passive(p: Parse, hit: Hit) -> Phrases:
    thing = hit.words[0]
    by = p.by(hit.last + 1)
    if hit.phrase.root == "AID" or p.words[thing] in p.lists["weapons"]:
        return Phrases(by, _towards(p, hit), "passive")
    if p.words[thing] in p.lists["undergoes"]:
        return Phrases(by, p.subject(hit.words[1]), "passive")
    own = _of_noun(p, hit._replace(words=hit.words[:1], last=thing))
    return own._replace(doer=own.doer or by)


def _is_short_passive(p: Parse, hit: Hit) -> bool:
    """A participle without "be": "two killed in a raid", in headlines "a base shelled"."""
    word, after = p.words[hit.first], [*p.words[hit.last + 1 : hit.last + 2]]
    if word in {"hit", "killed", "wounded", "injured"} and _without_object(p, after):
        return True
    participle = word.endswith("ed") or word in p.lists["participles"]
    bare = p.group(hit).begin == hit.first and hit.first > 0
    undergone = hit.phrase.root in DONE or hit.mode == "release"
    if not participle or not bare or not undergone:
        return False
    return after == ["by"] or (
        p.is_headline and (not after or after[0] == "," or after[0] in p.lists["after_participle"])
    )


def _without_object(p: Parse, after: list[str]) -> bool:
    """Whether no object follows a verb: "killed | in a raid", "30 others wounded | ."."""
    word = after[0] if after else "."
    return not word.isalnum() or word in {"for", "by", "in", "near", "when", "during"}


def _goal(p: Parse, hit: Hit) -> Span | None:
    """Object of a verb; of a phrase with a noun ("fired rockets and shells at X") what follows."""
    words, start = p.words, hit.last + 1
    found = _goal_inside(p, hit) or _asked(p, hit) or _goal_of_noun(p, hit)
    if found or _is_infinitive(p, hit):
        return found
    if words[start : start + 1] == ["and"]:
        return p.object_from(start + 2) if start + 1 in p.verbs else None  # "arms and trains X"
    goal = p.object_from(start)
    owner = p.owner_in(goal) if goal and hit.phrase.root == "REJECT" else None
    return owner or (None if _is_street(p, hit, goal) else goal)


def _goal_of_noun(p: Parse, hit: Hit) -> Span | None:
    """ "Fired rockets at | X"; the noun itself where it undergoes: "freed the | crew"."""
    noun = p.words[hit.last]  # not in "stopped attacking | convoys"
    if len(hit.words) < 2 or noun in p.lists["prepositions"] or noun[-3:] == "ing":
        return None
    broken_up = hit.phrase.root == "COERCE" and noun in p.lists["gatherings"]
    undergoes = noun in p.lists["undergoes"] and hit.phrase.root != "AID"
    if not (undergoes or broken_up):
        return _towards(p, hit)
    return hit.first + 1, (p.object_from(hit.first + 1) or (0, hit.last + 1))[1]


def _is_infinitive(p: Parse, hit: Hit) -> bool:
    """ "Agreed to | keep the road open", but not "agreed to | the plan"."""
    to = p.words[hit.last] == "to" and hit.phrase.root in {"AGREE", "REQUEST", "REJECT"}
    return to and not _begins_object(p, hit.last + 1, named=True)


def _is_street(p: Parse, hit: Hit, span: Span | None) -> bool:
    """ "Sit-ins on | Harbour Street": where, not against whom."""
    protest = span and hit.phrase.root == "PROTEST" and p.words[span[0] - 1] == "on"
    return bool(span and protest) and p.is_road(span)


def _goal_inside(p: Parse, hit: Hit) -> Span | None:
    """ "Hold | the army | responsible", "pressed | Belmar | to", "rejected | X's | offer"."""
    words, root, first = p.words, hit.phrase.root, hit.first + 1
    if len(hit.words) < 2 or hit.words[1] == first or root == "AID":
        return None
    goal, particle = p.object_from(first), words[hit.last] in p.lists["prepositions"]
    if goal and root == "REJECT" and (owner := p.owner_in(goal)):
        return owner
    if goal and words[hit.last] in {"responsible", "guilty", "out", "leave"}:
        return goal[0], min(goal[1], hit.last)  # "ordered | the consul | out"
    inside = goal and (particle or root in {"ACCUSE", "REQUEST"}) and goal[1] <= hit.words[1]
    return goal if inside and not is_act(p, goal) else None


def _asked(p: Parse, hit: Hit) -> Span | None:
    """ "Demanded that | Belmar | withdraw": of whom."""
    that = [i for i in (hit.last, hit.last + 1) if p.words[i : i + 1] == ["that"]]
    if hit.phrase.root != "REQUEST" or not that:
        return None
    start = end = that[0] + 1
    end += p.words[start : start + 1] == ["the"]
    while end < len(p.words) and p.capitals[end]:
        end += 1
    end += p.words[end : end + 1] != [] and p.words[end] in p.lists["offices"]
    return (start, end) if p.words[start:end] not in ([], ["the"]) else None


def _towards(p: Parse, hit: Hit) -> Span | None:
    """ "Fired rockets and shells | at X", "will hold talks | with X"."""
    prepositions = _TOWARDS.union(*(_TO_WHOM.get(key, ()) for key in (hit.phrase.root, hit.mode)))
    for i in range(hit.last + 1, min(hit.last + 10, len(p.words))):
        word = p.words[i]
        if word in prepositions:
            found = p.object_from(i + (word not in p.lists["before_object"]))
            if found and not _is_street(p, hit, found):
                return found
        if word in BREAKS or word == "," or _another(p, hit, i):
            break
    return None


def _another(p: Parse, hit: Hit, i: int) -> bool:
    """Whether another event begins at a token, but for "hold | talks", "fired rocket | shells"."""
    others = [other for other in p.hits if other.first == i]
    talks = hit.phrase.root in _BILATERAL and others and others[0].phrase.root == "CONSULT"
    return bool(others) and not talks and p.words[i] not in p.lists["weapons"]


def _through_acts(p: Parse, goal: Span | None) -> Span | None:
    """Whom an act is aimed at where it is the object: "halted its attacks on | X"."""
    return _of_act(p, goal).goal if goal and is_act(p, goal) else goal


def _of_noun(p: Parse, hit: Hit) -> Phrases:
    """Those of "the Israeli strike on X", "the killing of X by Y", "X's attack"."""
    if both := _between(p, hit):
        return Phrases(*both, "between")
    words, lists, i = p.words, p.lists, hit.words[-1] + 1
    target = None
    if is_weapon_at_work(p, hit):
        return Phrases(p.subject(hit.words[1]), p.object_from(i), "weapon")
    if words[hit.last] in lists["before_object"]:
        target = p.object_from(hit.last + 1)
    elif (verb := _verb_of(p, hit)) and _begins_object(
        p, i := _after_particle(p, i), hit.phrase.root in DONE
    ):
        # "fighter jets | struck | the depot", "rockets | rained | down on the depot"
        return Phrases(p.subject(verb), p.object_from(i), "weapon")
    if subject := _moving(p, hit):
        return Phrases(subject, p.object_from(i), "moving")
    source, behind, i = _behind_noun(p, hit, hit.last + 1)
    by = None if hit.mode == "ceasefire" else p.by(i)  # mediators are no parties of a truce
    return Phrases(source or by, target or behind, "noun")


def _verb_of(p: Parse, hit: Hit) -> int:
    """The verb of a thing and what it does: "rockets | hit", "a blast | tore | through"; else 0."""
    if len(hit.words) < 2:
        return 0
    verb = hit.words[-1 - (p.words[hit.last] in p.lists["prepositions"])]
    return 0 if verb == hit.words[0] or p.words[verb] in p.lists["weapons"] else verb


def _moving(p: Parse, hit: Hit) -> Span | None:
    """ "The army | moved into the slum", a phrase of who acts and a verb."""
    at = hit.words[1] if len(hit.words) > 1 else 0
    past = p.words[at].endswith("ed") or p.words[at] in p.lists["past"]
    thing = p.words[hit.words[0]] in p.lists["no_party"]  # "attacks | stopped", "rockets | fell"
    thing = thing or hit.mode == "explosives"  # "a mine | exploded"
    return p.subject(at) if at and past and not thing else None


def _after_particle(p: Parse, i: int) -> int:
    return i + 2 if p.words[i : i + 2] in (["down", "on"], ["down", "in"]) else i


def _begins_object(p: Parse, i: int, named: bool) -> bool:
    """Whether a determiner or, if that is enough, a name stands at a token."""
    word = p.words[i] if i < len(p.words) else ""
    if word in p.lists["prepositions"] or p.any_list(word, ("calendar", "clause")):
        return False
    if p.words[i + 1 : i + 2] == ["by"]:  # "the drone attack | launched by"
        return False
    return word in p.lists["before_noun"] or (named and word != "" and p.capitals[i])


def _owner(p: Parse, hit: Hit) -> Span | None:
    """The name before a noun: "the Israeli | strike", "the Front's | attack"."""
    k = hit.first
    if owner := _plain_owner(p, k):
        return owner
    if k > 1 and p.words[k - 1] in p.lists["kinds_of_act"] and p.capitals[k - 2]:
        k -= 1
    while k and (p.capitals[k - 1] or p.words[k - 1] in {"'s", "’s"}):
        k -= 1
    names_none = p.lists["no_actor"] | p.lists["clause"]
    while k < hit.first and (p.words[k] in names_none or number_at(p, k)):
        k += 1
    if k == hit.first or not p.capitals[k] or _is_site(p, k, hit):
        return None
    mediated = p.words[hit.first - 1].endswith(tuple(p.lists["mediated"]))
    return None if mediated else (k, hit.first)


def _plain_owner(p: Parse, k: int) -> Span | None:
    """ "The rebels' | raid", "the group's | raid"."""
    if k and p.text[p.ends[k - 1] : p.starts[k]] in {"' ", "’ "}:
        return k - 1, k
    named = k > 1 and p.words[k - 1] in {"'s", "’s"} and not p.capitals[k - 2]
    return (k - 2, k - 1) if named else None


def _is_site(p: Parse, name: int, hit: Hit) -> bool:
    """ "Killed in an eastern | Karsa | raid": where it was, not whose."""
    before = [w for w in p.words[max(name - 3, 0) : name] if w not in {"a", "an", "the"}]
    place = before[-1:] if before and before[-1] in p.lists["before_place"] else before[-2:-1]
    bare = p.capitals[hit.first - 1] and not is_people(p, p.words[hit.first - 1])
    return bare and bool(place) and place[0] in {"in", "at", "near"}


def is_people(p: Parse, name: str) -> bool:
    """Whether a name is of a people, by its ending: "Turkish", "Syrian"."""
    return name.endswith(tuple(p.lists["peoples_end"]))


def _between(p: Parse, hit: Hit) -> tuple[Span, Span | None] | None:
    """ "Talks between | Arvania | and | Belmar"."""
    words, i = p.words, hit.last + 1
    both = [
        n for n in (hit.first + 1, i, i + 1) if words[n : n + 1] in (["between"], ["involving"])
    ]
    if not both or hit.phrase.root not in _BETWEEN:
        return None
    first = both[0] + 1
    if "and" not in words[first : first + 12]:
        return None
    middle = words.index("and", first)
    end = next((k for k in range(first, middle) if words[k] == ","), middle)
    return (first, end), p.object_from(middle + 1)


def _behind_noun(p: Parse, hit: Hit, i: int) -> tuple[Span | None, Span | None, int]:
    """Doer (also before the noun) and goal by the prepositions behind, and where that ends."""
    words, lists = p.words, p.lists
    mediated = tuple(lists["mediated"])
    own = _OWN.get(hit.phrase.root, _OWN.get(hit.mode, ()))
    source, target = _owner(p, hit), None
    for _ in range(3):
        word = words[i] if i < len(words) else ""
        span = None
        if word in own or (word == "by" and not words[i - 1].endswith(mediated)):
            span = source = p.object_from(i + 1)  # "the demands of the rebels"
        elif word in lists["before_target"] or _leads_to_target(p, hit, i):
            span = p.object_from(i)
            nobody = word == "against" and hit.phrase.text in _AGAINST_NOBODY
            target = target or (None if nobody else span)
        elif word in lists["before_place"] or word == "from":
            i += words[i + 1 : i + 2] == ["across"]
            span = p.object_from(i + 1)
        if not span:
            break
        i = span[1]
    return source, target, i


def _leads_to_target(p: Parse, hit: Hit, i: int) -> bool:
    """ "Rocket fire | at the base", "a visit | to Belmar"."""
    fire = p.words[i : i + 1] == ["at"] and p.words[i - 1] in {"fire", "gunfire", "shots"}
    return fire or (p.words[i : i + 1] == ["to"] and hit.mode == "visit")


def _users(p: Parse, span: Span | None) -> Span | None:
    """Who is hit where a thing is: "a base used by | Corsian troops", "a camp hosting | them"."""
    if span is None:
        return None
    for i in range(span[0] + 1, min(span[1] + 2, len(p.words))):
        if p.words[i] in p.lists["housing"]:
            by = p.words[i + 1 : i + 2] == ["by"]
            near = p.words[i + 1 : i + 5]
            return p.object_from(i + 2 + near.index("to") if "to" in near else i + 1 + by)
    return None


def _claimer(p: Parse, hit: Hit) -> Span | None:
    """Who says that the act was theirs: "X claimed responsibility for | the raid", "was behind"."""
    if hit.phrase.verbal and p.words[hit.first - 1] not in {"for", "behind"}:
        return None
    first, last = p.clause_of(hit.first)
    before = range(max(hit.first - 7, first), hit.first)
    responsible = _RESPONSIBLE.intersection(p.words[first:last])
    for i in before:
        word, following = p.words[i], p.words[i + 1 : i + 2]
        claims = word in p.lists["claim"] or (responsible and word in p.lists["takes"])
        if claims or (following == ["behind"] and word in p.lists["be"]):
            group = p.group_of(i)
            subject = p.subject(group.begin)
            said = {*group.words, *_words(p, subject), *_words(p, p.speaker)}
            denied = not p.lists["negation"].isdisjoint(said)
            return None if denied or group.before == "yet" else subject
    by = p.words.index("by", hit.last) if "by" in p.words[hit.last : last] else 0
    return p.object_from(by + 1) if by and p.words[by - 1] in p.lists["claim"] else None


def _claimer_behind(p: Parse, hit: Hit) -> Span | None:
    """ "A bomb killed nine, an attack | for which | the Front claimed responsibility"."""
    words = p.words
    if "which" not in words:
        return None
    which = next((i for i in range(hit.last, len(words)) if words[i : i + 2] == _FOR_WHICH), 0) + 1
    act = next((h for h in p.hits if h.last + 2 == which and not h.phrase.verbal), None)
    end = p.clause_of(which)[1] if act else which
    if not act or not (act == hit or "," in words[max(act.first - 4, 0) : act.first]):
        return None
    for i in range(which, end):
        if words[i] in p.lists["claim"] | p.lists["takes"] and _RESPONSIBLE & {*words[i:end]}:
            group = p.group_of(i)
            subject = p.subject(group.begin)
            said = {*group.words, *_words(p, subject)}
            unclaimed = p.lists["negation"] | p.lists["nobody"]
            return subject if unclaimed.isdisjoint(said) else None
    return None


def _counts(p: Parse, i: int) -> bool:
    """ "Blast claims | 11"."""
    return i < len(p.words) and p.words[i].isdigit()


def _words(p: Parse, span: Span | None) -> list[str]:
    return p.words[slice(*span)] if span else []


# --- the entities ---------------------------------------------------------------------------------


def actor(p: Parse, mentions: Sequence[Mention], span: Span | None) -> Party:
    """The entity named in a token range; its offsets where no mentions are known."""
    if span is None:
        return None
    if not mentions:
        named = _named(p, span)
        return (p.starts[named[0]], p.ends[named[1] - 1]) if named else None
    start, end = p.starts[span[0]], p.ends[span[1] - 1]
    mentions = [m for m in mentions if start <= m.start <= end + 2]
    named = p.text[end : end + 2] == ", " and [m for m in mentions if m.start == end + 2]
    if named and named[0].type == "PERSON":  # "its leader, Ali Dorn"
        return named[0].entity_id
    heads = _heads(p, mentions, span)
    return heads[-1].entity_id if heads else None


def _named(p: Parse, span: Span) -> Span | None:
    """The words that name who acts or is acted upon, if any do: no weapon, act, time or number."""
    start, end = _between_dates(p, span)
    ends = (i for i in range(start + 1, end) if p.words[i] in p.lists["prepositions"] - {"of"})
    head = next(ends, end) - 1
    if p.words[start] in p.lists["nobody"] | {"no"} or is_act(p, span):
        return None
    if p.words[head] in p.lists["weapons"]:  # "Belmari rockets"
        start, end = _before_weapon(p, (start, head))
        head = end - 1
    nameless = p.words[head] in p.lists["no_party"] and not (head and p.capitals[head])
    numbered = p.words[head][0].isdigit() and not p.capitals[head - 1]
    if nameless or numbered:
        return None
    end = _shortened(p, start, end)
    return (start, end) if 0 < end - start <= _LONGEST else None


def _between_dates(p: Parse, span: Span) -> Span:
    """ "10 June 2023 | rebels | on Tuesday"."""
    start, end = span
    start = max((i + 1 for i in range(start, end - 1) if is_year(p, i)), default=start)
    return start, next((i for i in range(start + 1, end) if _is_when(p, i)), end)


def _shortened(p: Parse, start: int, end: int) -> int:
    """ "Fighters | loyal to the former governor": where a long phrase has told who."""
    ends = p.lists["prepositions"] | {","} if end - start > _LONGEST else frozenset[str]()
    return next((i for i in range(start + 1, end) if p.words[i] in ends), end)


def _is_when(p: Parse, i: int) -> bool:
    """ "Brussels | on Tuesday"."""
    return p.words[i] in {"on", "in"} and not p.lists["calendar"].isdisjoint(p.words[i + 1 : i + 2])


def _before_weapon(p: Parse, span: Span) -> Span:
    """The name before a weapon: "two | Belmari | rockets"."""
    names = [i for i in range(*span) if p.capitals[i] and p.words[i] not in p.lists["before_noun"]]
    backs = tuple("-" + word for word in p.lists["backing"])
    names = [
        i for i in names if not p.words[i].endswith(backs) and p.words[i] not in p.lists["weapons"]
    ]
    owner = None if names else p.owner_in(span)  # "the group's | rockets"
    return owner or ((names[0], names[-1] + 1) if names else (span[0], span[0]))


def _heads(p: Parse, mentions: list[Mention], span: Span) -> list[Mention]:
    """Those that may name whom a noun phrase speaks of, not what describes it."""
    start, end = p.starts[span[0]], p.ends[span[1] - 1]
    ends = (i for i in range(span[0] + 1, span[1]) if p.words[i] in p.lists["actor before"])
    cut = p.starts[next(ends, span[1] - 1)]  # "militias | in the north"
    inside = [m for m in mentions if m.start <= cut and p.text[m.start - 1] != "-"]
    inside = [m for m in inside if not _only_backs(p, m, start)]
    heads = [m for m in inside if not p.text.startswith(MODIFIERS, m.end)] or inside
    stateless = p.lists["stateless"]  # "a Belmar militia" is not Belmar
    return [m for m in heads if stateless.isdisjoint(p.text[m.end : end].split()[:1])]


def _only_backs(p: Parse, mention: Mention, start: int) -> bool:
    """Whether it only backs, arms or made what is named: "Belmar-backed", "loyal to Belmar"."""
    backing = p.lists["backing"]
    behind = p.text[mention.end : mention.end + 15].lower().replace(",", " ").split()[:1]
    if behind and behind[0][:1] == "-" and behind[0][1:] in backing:
        return True
    before = [w for w in p.text[start : mention.start].lower().split() if w not in {"the", "a"}]
    return len(before) > 2 and before[-1] in {"to", "by", "with"} and before[-2] in backing


def _pair(p: Parse, mentions: Sequence[Mention], span: Span | None) -> tuple[Party, Party]:
    """Both actors of "Arvania and Belmar met": the first is the source, the last the target."""
    if span is None:
        return None, None
    for one, other in pairwise(mentions):  # "the Arvania-Belmar truce"
        if one.start == p.starts[span[0]] and p.text[one.end : other.start] == "-":
            return one.entity_id, other.entity_id
    if "and" not in p.words[span[0] + 1 : span[1] - 1]:
        return None, None
    middle = p.words.index("and", span[0] + 1)
    return actor(p, mentions, (span[0], middle)), actor(p, mentions, (middle + 1, span[1]))


def _accused(p: Parse, outer: Hit) -> Span | None:
    """ "Blamed the raid | on the Front"; None where the accused is the object."""
    goal = phrases_of(p, outer).goal if outer.phrase.text.startswith("blame") else None
    if not goal or not is_act(p, goal):
        return None
    first, end = outer.last, p.clause_of(outer.last)[1]
    behind = [i for i in range(first, end) if p.words[i] == "on"]
    return p.object_from(behind[-1] + 1) if behind else None


def _own_phrases(p: Parse, event: Event) -> tuple[Event, Phrases]:
    """Doer and goal by the act; one who claims it is its doer."""
    own = phrases_of(p, event.hit)
    inner = event.promised and phrases_of(p, event.promised).goal
    goal = inner or _accused(p, event.hit) or own.goal
    if event.root in {"RETREAT", "THREATEN", "CONCEDE"} or event.hit.phrase.text[:5] in {
        "retal",
        "respo",
    }:
        goal = _through_acts(p, goal)
    own = own._replace(goal=_users(p, goal) or goal)
    claimer = None
    if event.root in DONE and not event.outer:
        claimer = _claimer_behind(p, event.hit) or _claimer(p, event.hit)
    if claimer and event.attribution == "none":
        event = event._replace(attribution="claimed")
        own = own._replace(doer=claimer, rule="claimer")
    return event, own


class PartyReader:
    """Reads source, target and attribution of the events of one sentence.

    `last` is the source of the act told before, for what "it" and "its" may stand; `last_target`
    is the last target, for "them" and "him".
    """

    def __init__(self, p: Parse, mentions: Sequence[Mention]) -> None:
        self.p, self.mentions = p, mentions
        self.able = [m for m in mentions if m.type not in _NOBODY]
        self.last: Party = None
        self.last_target: Party = None
        self.before: Party = None

    def read(self, event: Event) -> Parties:
        """Source, target, attribution of an event."""
        p = self.p
        event, own = _own_phrases(p, event)
        doer, rule = self._doer(event, own)
        source = self._source(event, doer, own.goal if rule != "by the act" else None)
        attribution, said = self._who_says(event, doer if rule != "denier" else None, source)
        goal = None if own.goal == doer else own.goal
        target = self._target(goal, source)
        self.last_target = target or self.last_target
        both = self._both(event, doer, goal, rule)
        source, target = both if all(both) else (source, target)
        rules = tuple(filter(None, (rule, said)))
        denied_by = None
        if rule == "denier" or event.rule == "disclaimed":
            denied_by, source = source, self._denied(event, source)
        mutual = event.mode == "ceasefire" and self._binds_both(own, both, source, target)
        mutual = mutual or (all(both) and self._is_reciprocal(goal))
        told = denied_by, self._named(p.teller), mutual
        return Parties(source, target, attribution, doer, rules, *told, goal)

    def _who_says(self, event: Event, doer: Span | None, source: Party) -> tuple[str, str]:
        """Attribution and its rule; what the doer says of itself is claimed."""
        if event.status == "absence":
            return "none", ""
        if not doer or event.attribution != "none" or event.root not in DONE:
            return event.attribution, ""
        attribution, said = self._attribution(event, doer)
        own = source and not event.outer and self._named(self.p.speaker) == source
        return ("claimed" if own and attribution == "blamed" else attribution), said

    def _is_reciprocal(self, goal: Span | None) -> bool:
        """ "Accused | each other"."""
        start = goal[0] if goal else len(self.p.words)
        return self.p.words[start : start + 2] in (["each", "other"], ["one", "another"])

    def _both(
        self, event: Event, doer: Span | None, goal: Span | None, rule: str
    ) -> tuple[Party, Party]:
        """Both parties of an act that two do together, where the phrase of the doer names them."""
        together = event.root in _BILATERAL or event.mode in {"ceasefire", "sign"}
        together = together or rule == "between" or self._is_reciprocal(goal)
        return _pair(self.p, self.mentions, doer) if together else (None, None)

    def _denied(self, event: Event, denier: Party) -> Party:
        """Who is said to have done the act denied: the denier, unless another is named."""
        if event.attribution == "denied":
            return None
        subject = phrases_of(self.p, event.hit).doer
        if not event.hit.phrase.verbal:
            return self._named(subject)
        between = subject and event.outer and subject[0] > event.outer.last
        named = between and not self._is_pronoun(subject) and self._named(subject)
        return named or denier

    def _named(self, span: Span | None) -> Party:
        return actor(self.p, self.mentions, span)

    def _binds_both(
        self, own: Phrases, both: tuple[Party, Party], source: Party, target: Party
    ) -> bool:
        """Whether a pause binds both: "A and B agreed", "between A and B", "both sides"."""
        sides = not self.p.lists["mutual"].isdisjoint(_words(self.p, own.doer))
        return sides or all(both) or (own.rule == "between" and bool(source and target))

    def _doer(self, event: Event, own: Phrases) -> tuple[Span | None, str]:
        """The noun phrase of who did it: by the act, or who denies it, or the accused."""
        p, outer = self.p, event.outer
        if outer and outer.phrase.mode in DENIALS:
            return p.subject(p.group(outer).begin), "denier"
        if outer and event.attribution == "blamed":
            return _accused(p, outer) or phrases_of(p, outer).goal, "accused"
        return own.doer, own.rule

    def _source(self, event: Event, doer: Span | None, goal: Span | None) -> Party:
        p = self.p
        source = actor(p, self.able, doer) if self.able or not self.mentions else None
        if doer and self._is_pronoun(doer) and not (source and self.mentions):
            return self._stood_for(event, doer)
        unnamed = source is None and doer is None and event.group.before != "the"
        shared = event.group.gerund and event.group.before in p.lists["time_clause"]
        if unnamed and event.hit.phrase.verbal and (goal or shared):
            return self.last
        return source

    def _stood_for(self, event: Event, pronoun: Span) -> Party:
        """Who a pronoun stands for: who speaks, who acted last, who was named first, or before."""
        source = actor(self.p, self.mentions, self.p.speaker)
        source = source or (self.last if event.hit.phrase.verbal else None)
        source = source or self._first_named_before(pronoun[0])
        neutral = self.p.words[pronoun[0]] in {"it", "they"}
        return source or (self.before if neutral else None)

    def _is_pronoun(self, span: Span | None) -> bool:
        return span is not None and self.p.words[span[0]] in self.p.lists["stand_ins"]

    def _first_named_before(self, i: int) -> Party:
        """The first named in the clause before is its likely subject."""
        p = self.p
        first = p.clause_of(max(p.clause_of(i)[0] - 1, 0))[0]
        before = (m for m in self.able if p.starts[first] <= m.start < p.starts[i])
        return next((m.entity_id for m in before), None)

    def _target(self, goal: Span | None, source: Party) -> Party:
        if _words(self.p, goal) in (["them"], ["him"]):
            return self.last_target
        target = actor(self.p, self.mentions, goal)
        if self._is_pronoun(goal) and self.mentions and self.last != source:
            return target or self.last  # "attacks on its embassy": of who was named before
        return target

    def _is_the_same(self, doer: Span) -> bool:
        """ "The spokesman says | the group's rockets | hit a ferry"."""
        first, *rest = _words(self.p, doer)
        p = self.p
        same = first == "the" and not p.lists["the_same"].isdisjoint(rest[:1])
        return same and not p.lists["spokesmen"].isdisjoint(_words(p, p.speaker))

    def _is_named(self, doer: Span) -> bool:
        """Whether it holds a name; the first word of a sentence may be none."""
        return any(self.p.capitals[i] for i in range(*doer) if i or self.mentions)

    def _attribution(self, event: Event, doer: Span) -> tuple[str, str]:
        """Who says who did it: the doer (claimed), somebody else (blamed), or the outlet (none)."""
        p, hit, words = self.p, event.hit, self.p.words
        after = words[hit.last + 1 : min(hit.last + 6, p.clause_of(hit.last)[1])]
        begin = max(event.group.begin - 6, 0)
        near = [
            w for i, w in enumerate(words[begin : hit.last + 1], begin + 1) if not _counts(p, i)
        ]
        near += after if not hit.phrase.verbal and "by" in after else []
        for kind, attribution in (("claim", "claimed"), ("blame", "blamed")):
            if not p.lists[kind].isdisjoint(near):
                return attribution, kind
        said, pronoun = p.reporting_verb, self._is_pronoun(doer) or self._is_the_same(doer)
        nobody = not (p.lists["nobody"] | {"no"}).isdisjoint(_words(p, p.speaker))
        if said is None or nobody or not (pronoun or self._is_named(doer)):
            return "none", ""  # "no group said"
        if (p.lists["clause"] - {"that"}).intersection(words[said + 1 : hit.first]):
            return "none", ""  # said of another clause
        if said < event.group.begin and pronoun:
            return "claimed", "said of itself"
        return "blamed", "said"
