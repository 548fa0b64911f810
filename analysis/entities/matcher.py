"""Actors: their names found in a text, shared names decided by context."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import dropwhile
from typing import Any, NamedTuple

import pandas as pd

from analysis.entities.world import Years, split_years
from analysis.lexicons import OURS, Lexicon
from analysis.text.words import tokens

TYPES = ("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP")
_PLACES = {"LOC", "FAC"}
# Each sign stands for all its forms: apostrophes (also ayin and hamza), hyphens, white space.
_FORMS = {"'": "'’‘ʼʻ`´ʿʾ′", "-": "-‐‑–", " ": " "}
_FOLD = str.maketrans({form: sign for sign, forms in _FORMS.items() for form in forms})
_SPACE = r"\s{1,3}(?<!\n\n)"
_APOSTROPHE = "[" + _FORMS["'"] + "]"
_BOUNDARY = rf"(?!\w|{_APOSTROPHE}(?![sS]\b)\w)"
_WORD_BEFORE = re.compile(r"[\w'’.-]+\Z")
_WORD_AFTER = re.compile(r"[ \n](\w[\w'’-]*)")
_COMPOUND = re.compile(r"[-‐‑–]([a-z]{3,})")
_HYPHENS = frozenset(_FORMS["-"])
_BLANKS = frozenset(" \n")


class Mention(NamedTuple):
    """A name of an actor in a text: ``text[start:end] == surface``.

    `method` says which list has the name: ``corpus``, ``world``, ``proposed``, or ``corrected``.
    `rule` says how it was decided: ``alias`` (only this entity has it), ``compound`` (the same,
    inside a word such as "Iran-backed"), ``context`` (the words around, or in the article,
    decided), ``role`` (forces of a state that is named elsewhere), ``undecided``: then `entity_id`
    joins the possible entities with ``;``, or names the one entity whose name seems to be part of
    a longer, unknown name.
    """

    start: int
    end: int
    surface: str
    entity_id: str
    entity: str
    type: str
    method: str
    rule: str


class Entity(NamedTuple):
    """An actor; `world` and `proposed` are the names that those lists add to it."""

    entity_id: str
    name: str
    type: str
    aliases: tuple[str, ...]
    side: str
    parent: str
    origin: str = "corpus"
    world: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()


# The entities of a spelling; the first's id, name, type and list; may it be part of a longer name?
_Known = tuple[tuple[str, ...], tuple[str, str, str, str], bool]


class ActorMatcher:
    """Compiled actors: ``entities`` by id, ``aliases`` from folded spelling to entity ids."""

    def __init__(self, entities: Iterable[Entity], lexicon: Lexicon = OURS):
        self.entities = {entity.entity_id: entity for entity in entities}
        self.lexicon = lexicon
        self.names = lexicon["names"]
        self.aliases: dict[str, tuple[str, ...]] = {}
        self.known: dict[str, _Known] = {}
        self.years: dict[str, dict[str, Years]] = {}  # by alias and entity
        self._added: dict[tuple[str, str], str] = {}  # the list that gives an entity this alias
        for entity in self.entities.values():
            for alias in (entity.name, *entity.aliases):
                self._add(alias, entity, entity.origin)
            for origin in ("world", "proposed"):
                for alias in getattr(entity, origin):
                    self._add(alias, entity, origin)
        for alias in list(self.aliases):
            # sentences begin with a capital ("Dockers left", an alias "dockers"); headlines may be
            # set in capitals; short names keep their case (US is not us)
            for form in (alias[:1].upper() + alias[1:], alias.upper() if len(alias) > 3 else alias):
                if form not in self.aliases:
                    self._copy(alias, form)

    def _copy(self, alias: str, form: str) -> None:
        self.aliases[form] = self.aliases[alias]
        self.years |= {form: self.years[alias]} if alias in self.years else {}
        for entity_id in self.aliases[alias]:
            if (alias, entity_id) in self._added:
                self._added[form, entity_id] = self._added[alias, entity_id]

    def _add(self, alias: str, entity: Entity, origin: str) -> None:
        name, years = split_years(fold(alias)) if origin == "world" else (fold(alias), None)
        forms = (name, name[:1].upper() + name[1:]) if origin == "world" else (name,)
        for form in dict.fromkeys(forms):
            ids = self.aliases.get(form, ())
            if entity.entity_id not in ids:
                self.aliases[form] = (*ids, entity.entity_id)
            if origin != "corpus":
                self._added[form, entity.entity_id] = origin
            if years:
                self.years.setdefault(form, {})[entity.entity_id] = years

    def look_up(self, surface: str) -> _Known:
        """What a matched surface stands for; kept in `known`, by the surface as it is written."""
        ids = self.aliases.get(surface) or self.aliases[fold(surface)]
        short = " " not in surface or surface.startswith("The ")
        self.known[surface] = ids, self.about(ids[0], surface), short
        return self.known[surface]

    def about(self, entity_id: str, surface: str) -> tuple[str, str, str, str]:
        """Id, name and type of an entity, and the list that gives it this name."""
        entity = self.entities[entity_id]
        method = self._added.get((fold(surface), entity_id), entity.origin)
        return entity.entity_id, entity.name, entity.type, method

    def holding(self, surface: str, ids: tuple[str, ...], published: str) -> tuple[str, ...]:
        """Those of the entities `ids` that the name has on the day of publication."""
        years = self.years.get(fold(surface), {})
        return tuple(i for i in ids if i not in years or years[i].hold(published))

    def __reduce__(self) -> tuple:  # thousands of names are smaller to send than their pattern
        return ActorMatcher, (list(self.entities.values()), self.lexicon)

    @cached_property
    def pattern(self) -> re.Pattern:
        """All aliases as one trie: at each capital the longest that ends at a word boundary."""
        return re.compile(name_pattern(self.aliases))

    @cached_property
    def words(self) -> dict[str, set[str]]:
        """The flat lists of the names lexicon as sets, and sets made of them."""
        sets = {key: set(value) for key, value in self.names.items() if isinstance(value, list)}
        no_names = [sets[key] for key in ("non_names", "demonyms", "titles", "particles")]
        return sets | {
            "no_candidates": {"of", "the"}.union(*no_names),
            "heads": set().union(*self.names["type_heads"].values()),
        }

    @cached_property
    def capital(self) -> dict[str, set[str]]:
        return {key: set(value) for key, value in self.names["capital"].items()}

    @cached_property
    def persons(self) -> dict[str, set[str]]:
        """What tells that the name of a place is a person's."""
        ours = self.lexicon["world"]
        before = {*ours["courtesy"], *self.names["given_names"]} - set(ours["also_persons"])
        return {"before": before, "names": set(ours["also_persons"])}

    @cached_property
    def contexts(self) -> dict[str, dict[str, re.Pattern]]:
        """By name the entities that it may mean, each with the words that stand near it."""
        return {
            name: {
                entity_id: re.compile(rf"\b(?:{'|'.join(map(re.escape, words))})\b")
                for entity_id, words in entities.items()
            }
            for name, entities in self.lexicon["world"]["contexts"].items()
        }


def fold(name: str) -> str:
    """`name` with plain apostrophes, hyphens and single spaces: the key of an alias."""
    return " ".join(name.translate(_FOLD).split())


def name_pattern(aliases: Iterable[str]) -> str:
    trie: dict = {}
    for alias in sorted(aliases):
        node = trie
        for sign in alias:
            node = node.setdefault(sign, {})
        node[""] = {}
    # the left boundary stands behind the first letter, so that `re` can skip to those letters
    branches = [_sign(sign) + r"(?<!\w.)" + _branch(node) for sign, node in trie.items()]
    return f"(?:{'|'.join(branches)}){_BOUNDARY}" if branches else r"(?!)"


def _sign(sign: str) -> str:
    if sign == " ":
        return _SPACE
    return f"[{_FORMS[sign]}]" if sign in _FORMS else re.escape(sign)


def _branch(node: dict) -> str:
    tail = ""
    while len(node) == 1 and "" not in node:
        (sign, node), *_ = node.items()
        tail += _sign(sign)
    options = [_sign(sign) + _branch(child) for sign, child in node.items() if sign]
    if not options:
        return tail
    group = f"(?:{'|'.join(options)})"
    return tail + group + ("?" if "" in node else "")


def compile_actors(actors: pd.DataFrame, lexicon: Lexicon = OURS) -> ActorMatcher:
    """Check the rows of actors.csv and make them ready for `find_entities`.

    `actors` has the columns entity_id, name, type, aliases and may have side and parent.
    Raises ValueError that lists every bad row with its row in the spreadsheet (the header is
    row 1) and column.  An alias may belong to two entities only where exactly one of them is a
    place (LOC, FAC): the words around then decide between the place and its government.

    >>> row = {"entity_id": "guard", "name": "Elva Guard", "type": "ORG", "aliases": "the Guard"}
    >>> sorted(compile_actors(pd.DataFrame([row])).aliases)
    ['ELVA GUARD', 'Elva Guard', 'THE GUARD', 'The Guard', 'the Guard']
    """
    missing = [c for c in ("entity_id", "name", "type", "aliases") if c not in actors]
    if missing:
        raise ValueError(f"actors.csv: missing columns: {', '.join(missing)}")
    rows = actors.reset_index(drop=True).fillna("").astype(str).to_dict("records")
    entities = [_entity(row) for row in rows]
    own = [entity for entity in entities if entity.origin == "corpus"]
    problems = [
        f"actors.csv row {row}, column {column}: {problem}"
        for row, column, problem in sorted(_problems(own, lexicon["names"]["everyday_words"]))
    ]
    if problems:
        raise ValueError("\n".join(problems))
    return ActorMatcher(entities, lexicon)


def _entity(row: Mapping[str, str]) -> Entity:
    values = {field: " ".join(row.get(field, "").split()) for field in Entity._fields}
    values["origin"] = values["origin"] or "corpus"
    lists = {
        field: tuple(filter(None, map(str.strip, values[field].split(";"))))
        for field in ("aliases", "world", "proposed")
    }
    return Entity(**(values | lists))


def _problems(entities: list[Entity], everyday: Iterable[str]) -> Iterator[tuple[int, str, str]]:
    """(row, column, problem) of everything wrong with the entities."""
    rows: dict[str, int] = {}
    for row, entity in enumerate(entities, start=2):
        first = rows.setdefault(entity.entity_id, row)
        if not entity.entity_id or ";" in entity.entity_id:
            yield row, "entity_id", "empty, or holds a semicolon (which joins ids)"
        elif first < row:
            yield row, "entity_id", f"{entity.entity_id!r} is already in row {first}"
        if not entity.name:
            yield row, "name", "empty"
        if entity.type not in TYPES:
            yield row, "type", f"{entity.type!r} is none of {', '.join(TYPES)}"
    for row, entity in enumerate(entities, start=2):
        if entity.parent and entity.parent not in rows:
            yield row, "parent", f"{entity.parent!r} is no entity_id of this file"
    for row, problem in _alias_problems(entities, everyday):
        yield row, "aliases", problem


def _alias_problems(entities: list[Entity], everyday: Iterable[str]) -> Iterator[tuple[int, str]]:
    owners: dict[str, list[tuple[int, Entity]]] = {}
    for row, entity in enumerate(entities, start=2):
        for alias in dict.fromkeys(map(fold, filter(None, (entity.name, *entity.aliases)))):
            if alias in everyday:
                yield row, f"{alias!r} is an everyday word, it would match everywhere"
            for other_row, other in owners.setdefault(alias, []):
                if (other.type in _PLACES) == (entity.type in _PLACES):
                    yield (
                        row,
                        f"{alias!r} also means {other.entity_id!r} (row {other_row}); only a place "
                        "(LOC, FAC) may share a name, with what is no place",
                    )
            owners[alias].append((row, entity))


def find_entities(text: str, matcher: ActorMatcher, published: str = "") -> list[Mention]:
    """Mentions of the matcher's entities in `text`, in order, not overlapping, longest first.

    Matching is exact in case, but for a first capital, as at the beginning of a sentence, and for
    names longer than three letters in capitals throughout; it is word-bounded, and blind to the
    form of apostrophes, hyphens and spaces; a possessive 's is not part of the surface.
    "Hezbollah" inside "Kataib Hezbollah" is no mention of its own if both are known; next to an
    unknown capitalised word it is undecided.  Names whose meaning changed have that of the day of
    publication (an ISO date; without one, of today).

    >>> guard = Entity("guard", "Elva Guard", "ORG", (), "", "")
    >>> [mention] = find_entities("The Elva Guard's boats left.", ActorMatcher([guard]))
    >>> mention.surface, mention.entity_id, mention.start
    ('Elva Guard', 'guard', 4)
    """
    spans = [m.span() for m in matcher.pattern.finditer(text)]
    before, after = [(-2, -2), *spans], [*spans[1:], (len(text) + 2, 0)]
    finder = _Finder(text, matcher, published)
    for (_, ended), span, (starts, _) in zip(before, spans, after, strict=False):
        finder.read(*span, ended, starts)
    return _with_roles(text, finder.mentions, matcher)


class _Finder:
    """Makes mentions of the names of a text, one after another."""

    def __init__(self, text: str, matcher: ActorMatcher, published: str) -> None:
        self.mentions: list[Mention] = []
        self._text, self._matcher, self._published = text, matcher, published
        self._counts: dict[str, Counter[str]] = {}

    def read(self, start: int, end: int, ended: int, starts: int) -> None:
        """Read a name between the place where the one before ended and the next one starts."""
        text, matcher, surface = self._text, self._matcher, self._text[start:end]
        ids, about, short = matcher.known.get(surface) or matcher.look_up(surface)
        if surface in matcher.years:
            if not (ids := matcher.holding(surface, ids, self._published)):
                return
            about = matcher.about(ids[0], surface)
        if about[-1] == "world" and surface in matcher.contexts:
            mention = self._by_article(start, end, ids)
        elif len(ids) > 1:
            mention = self._by_neighbours(start, end, ids, ended)
        else:
            in_compound = text[end : end + 1] in _HYPHENS and _COMPOUND.match(text, end)
            rule = "compound" if in_compound else "alias"
            if short:
                # a known name right beside it is no part of it
                left = "" if ended == start - 1 else _capital_before(text, start)
                right = "" if starts == end + 1 else _capital_after(text, end)
                rule = _beside(text, start, surface, (left, right), about, matcher) or rule
            mention = Mention(start, end, surface, *about, rule) if rule != "part" else None
        if mention:
            self.mentions.append(mention)

    def _by_neighbours(
        self, start: int, end: int, ids: tuple[str, ...], ended: int
    ) -> Mention | None:
        """A name that a place shares with what is no place."""
        text, matcher = self._text, self._matcher
        if matcher.entities[ids[0]].origin == "world" and _other(text, start, end, matcher):
            return None
        mention = _place_or_government(text, start, end, ids, matcher)
        if mention.rule == "undecided" and text[ended:start] == " and ":
            mention = _as_the_one_before(mention, self.mentions[-1:], ids, matcher)
        if mention.rule == "undecided" and mention.method == "world":
            # a capital is a place unless it acts
            place = next(one for one in ids if matcher.entities[one].type in _PLACES)
            return Mention(
                start, end, mention.surface, *matcher.about(place, mention.surface), "context"
            )
        return mention

    def _by_article(self, start: int, end: int, ids: tuple[str, ...]) -> Mention | None:
        """A name that may mean something else (`contexts`); None where it most likely does."""
        text, matcher, surface = self._text, self._matcher, self._text[start:end]
        if _other(text, start, end, matcher):
            return None
        counts = self._near(surface)
        likely = [one for one in ids if one not in counts or counts[one]]
        likely.sort(key=lambda one: -counts[one])
        if not likely and len(ids) == 1:
            word = text[max(0, start - 20) : start].split()[-1:]
            if not word or word[0] not in matcher.lexicon["world"]["place_prepositions"]:
                return None
            likely = [*ids]
        if not likely or (len(likely) > 1 and counts[likely[0]] == counts[likely[1]]):
            either = ";".join(ids), " or ".join(matcher.entities[one].name for one in ids)
            about = *either, *matcher.about(ids[0], surface)[2:]
            return Mention(start, end, surface, *about, "undecided")
        return Mention(start, end, surface, *matcher.about(likely[0], surface), "context")

    def _near(self, name: str) -> Counter[str]:
        """How many different words near each entity of that name the text has."""
        if name not in self._counts:
            near = self._matcher.contexts[name].items()
            found = {one: len(set(words.findall(self._text))) for one, words in near}
            self._counts[name] = Counter(found)
        return self._counts[name]


def _beside(
    text: str,
    start: int,
    surface: str,
    words: tuple[str, str],
    about: tuple[str, str, str, str],
    matcher: ActorMatcher,
) -> str:
    """What the capitalised words before and after a short name say of it.

    "part" of another's name, "undecided", or "" where they say nothing.
    """
    shouted = surface in matcher.words["ordinary_in_capitals"] and (
        all(len(word) > 2 and word.isupper() for word in words) or _shouted(text, start)
    )
    if any(words) and is_title_case(line_at(text, start)):
        words = ("", "")
    if words[1] in matcher.words["name_heads"]:
        return "part"
    _, _, type_, method = about
    if method == "world":
        if type_ not in {"PERSON", "ORG"} and _in_other_name(surface, type_, words, matcher):
            return "part"
        if words[1] not in matcher.words["heads"]:
            words = (words[0], "")  # "UN Special Envoy"
    return "undecided" if shouted or _in_longer_name(type_, words, matcher.words) else ""


def _in_other_name(surface: str, type_: str, words: tuple[str, str], matcher: ActorMatcher) -> bool:
    """Is a place or people that everybody knows in a person's name, or in "Salvation Army"?"""
    if _of_person(surface, words, matcher):
        return True
    apart = all(not word or _stands_apart(word, matcher.words) for word in words)
    return type_ == "NORP" and surface[0].isupper() and not apart


def _of_person(surface: str, words: tuple[str, str], matcher: ActorMatcher) -> bool:
    """Is the name of a place a person's ("Michael Jordan", "Chad Lowell", "Ms. Ireland")?"""
    before, after = words
    if before in matcher.persons["before"]:
        return True
    apart = not after or after in matcher.words["heads"] or _stands_apart(after, matcher.words)
    return surface in matcher.persons["names"] and not apart


def _other(text: str, start: int, end: int, matcher: ActorMatcher) -> bool:
    """Is a shared name part of a person's, or of another name ("Washington Post")?"""
    words = _capital_before(text, start), _capital_after(text, end)
    if any(words) and is_title_case(line_at(text, start)):
        words = ("", "")
    named = words[1] in matcher.words["name_heads"]
    return named or _of_person(text[start:end], words, matcher)


def _with_roles(text: str, mentions: list[Mention], matcher: ActorMatcher) -> list[Mention]:
    """Mentions in which the forces of a state are those of the state that they belong to.

    What stands right behind the name of a state or group is no mention of its own: "Arvanian army",
    "Front fighters"; but the rebels of a state are not the state.
    """
    roles = matcher.lexicon["world"]["roles"]
    words = {roles["state"], *roles["groups"]}
    if not any(mention.entity_id in words for mention in mentions):
        return mentions
    found: list[Mention] = []
    of_state: Mention | None = None  # whose forces were named last
    for mention in mentions:
        owner = found[-1] if found and _owns(text, found[-1], mention) else None
        if owner and _swallows(owner, mention.entity_id, roles):
            of_state = owner if owner.type == "GPE" else of_state
        elif mention.entity_id == roles["state"]:
            state = of_state or _chief_state(mentions)
            found.append(mention._replace(**_whose(state), rule="role") if state else mention)
        else:
            found.append(mention)
    return found


def _swallows(owner: Mention, role: str, roles: Mapping[str, Any]) -> bool:
    """Whether the word for a role belongs to the name before it."""
    if owner.entity_id in roles["groups"]:
        return False
    if role == roles["state"]:
        return owner.type in {"GPE", "ORG", "NORP"}
    return role in roles["groups"] and owner.type in {"ORG", "NORP", "PERSON"}


def _owns(text: str, name: Mention, role: Mention) -> bool:
    return text[name.end : role.start] in {" ", "'s ", "’s "}


def _whose(state: Mention) -> dict[str, str]:
    return {"entity_id": state.entity_id, "entity": state.entity, "type": state.type}


def _chief_state(mentions: list[Mention]) -> Mention | None:
    """A mention of the state that a text speaks of more than of all others together."""
    states = [m for m in mentions if m.type == "GPE" and ";" not in m.entity_id]
    counts = Counter(m.entity_id for m in states).most_common(1)
    if not counts or 2 * counts[0][1] <= len(states):
        return None
    return next(m for m in states if m.entity_id == counts[0][0])


def _place_or_government(
    text: str, start: int, end: int, ids: tuple[str, ...], matcher: ActorMatcher
) -> Mention:
    """A name that a place shares with what is no place, decided by the words around."""
    surface = text[start:end]
    place, actor = sorted(map(matcher.entities.get, ids), key=lambda e: e.type not in _PLACES)
    is_place = _is_place(text, start, end, matcher.capital)
    if is_place is None:
        either = (f"{actor.entity_id};{place.entity_id}", f"{actor.name} or {place.name}")
        about = *either, *matcher.about(actor.entity_id, surface)[2:]
        return Mention(start, end, surface, *about, "undecided")
    entity = place if is_place else actor
    return Mention(start, end, surface, *matcher.about(entity.entity_id, surface), "context")


def _as_the_one_before(
    mention: Mention, before: list[Mention], ids: tuple[str, ...], matcher: ActorMatcher
) -> Mention:
    """ "brokered by Moscow and Washington": what the first was decided to be, the second is too."""
    if not before or before[0].rule != "context":
        return mention
    place = before[0].type in _PLACES
    entity = next(e for e in map(matcher.entities.get, ids) if (e.type in _PLACES) == place)
    return Mention(*mention[:3], *matcher.about(entity.entity_id, mention.surface), "context")


def line_at(text: str, position: int) -> str:
    """The line of `text` that holds `position`, cut at 200 characters to either side."""
    near = max(0, position - 200)
    line_start = max(near, text.rfind("\n", near, position) + 1)
    return text[line_start : position + 200].split("\n", maxsplit=1)[0]


@lru_cache(maxsize=1)  # names beside each other are asked for
def is_title_case(line: str) -> bool:
    """Are nearly all long words of a line capitalised, so that a capital tells nothing?"""
    initials = [word[0] for word in line.split()[1:] if len(word) > 3]
    return sum(map(str.isupper, initials)) > 0.75 * len(initials)


def _shouted(text: str, start: int) -> bool:
    """Is US the pronoun or the country in a line set in capitals?  Nothing tells."""
    line = line_at(text, start)
    return line.isupper() and line.count(" ") > 1


def _capital_before(text: str, start: int) -> str:
    """The capitalised word right before `start`, which may belong to the name, else ""."""
    if text[start - 1 : start] not in _BLANKS:
        return ""
    last = text[max(0, start - 30) : start - 1].rpartition(" ")[2]
    word = None if last.islower() else _WORD_BEFORE.search(last)
    return word[0] if word and word[0][0].isupper() else ""


def _capital_after(text: str, end: int) -> str:
    if not text[end + 1 : end + 2].isupper():
        return ""
    word = _WORD_AFTER.match(text, end, end + 30)
    return word[1] if word else ""


def _in_longer_name(type_: str, neighbours: tuple[str, str], lists: Mapping[str, set[str]]) -> bool:
    """Is a short name part of a longer one that the file does not list ("Ahmed Sudani")?"""
    before, after = neighbours
    if type_ not in {"PERSON", "ORG"}:
        return before in lists["place_qualifiers"]
    return bool(
        (before and not _stands_apart(before, lists)) or (after and not _stands_apart(after, lists))
    )


def _stands_apart(word: str, lists: Mapping[str, set[str]]) -> bool:
    return (
        word in lists["titles"]
        or word in lists["non_names"]
        or word in lists["demonyms"]
        or "-" in word
        or word.endswith((".", "ly", "'", "’", "'s", "’s"))
    )


class _Context(NamedTuple):
    """The words around a name that a place shares with its government."""

    before: list[str]
    after: list[str]  # behind a possessive 's
    possessive: bool
    compound: str | None  # "-based"
    opens: bool  # set in capitals, or the first of its line

    @property
    def following(self) -> str:
        return self.after[0] if self.after else ""


def _is_place(text: str, start: int, end: int, rules: Mapping[str, set[str]]) -> bool | None:
    """Whether a shared name is the place, by the words around; None if they do not tell."""
    surface, compound = text[start:end], _COMPOUND.match(text, end)
    after = [word.text for word in tokens(text, start, end + 80) if word.start >= end]
    possessive = bool(after) and fold(after[0]) == "'s"
    context = _Context(
        [word.text for word in tokens(text, max(0, start - 60), start)],
        after[possessive:],
        possessive,
        compound and compound[1],
        surface.isupper() or line_at(text, start).lstrip().startswith(surface),
    )
    answers = (rule(context, rules) for rule in _PLACE_RULES)
    return next((answer for answer in answers if answer is not None), None)


def _in_compound(name: _Context, rules: Mapping[str, set[str]]) -> bool | None:
    """ "Tehran-based" is the place, "Tehran-backed" and "anti-Tehran" the government."""
    before = "".join(map(fold, name.before[-2:]))
    if name.compound or before.endswith(("pro-", "anti-")):
        return name.compound in rules["place_compounds"]
    return None


def _followed(name: _Context, rules: Mapping[str, set[str]]) -> bool | None:
    """By a dateline's dash, by what only a place or a government has."""
    building = name.before[-1:] == ["the"] and name.following[:1].isupper()  # "the Doha Museum"
    dateline = name.opens and name.following and name.following in "(—–-:/"
    if dateline or building or name.following in rules["place_after"]:
        return True
    return False if name.following in rules["government_after"] else None


def _governed(name: _Context, rules: Mapping[str, set[str]]) -> bool | None:
    return _governed_by_place(name.before, rules)


def _acting(name: _Context, rules: Mapping[str, set[str]]) -> bool | None:
    """As its owner, as who acts, as one of two parties: a government does, a place does not."""
    named = set(name.before[-1:]) & rules["government_before"]
    party = "between" in name.before[-5:] and name.before[-1:] == ["and"]
    return False if name.possessive or named or party or _acts(name.after, rules) else None


_PLACE_RULES = (_in_compound, _followed, _governed, _acting)


def _governed_by_place(before: list[str], rules: Mapping[str, set[str]]) -> bool | None:
    """What the preposition or verb before a name, and the word before that, say of a place."""
    three, two, one = ([""] * 3 + before)[-3:]
    if one == "on" and two.lower() in rules["place_on"]:
        return True
    if one in {"on", "from", "to", "of", "for"}:
        if two in rules["government_nouns"]:
            return False
        if one == "of" and two.lower() in rules["places_of"]:
            return True
        if one == "to" and three == "from":
            return True
        if one in {"from", "to", "for"} and {two, three} & rules["motion"]:
            return True
    return True if one.lower() in rules["place_before"] or one in rules["place_verbs"] else None


def _acts(after: list[str], rules: Mapping[str, set[str]]) -> bool:
    """Do the words after a name show it acting, as a government does and a place does not?"""
    words = after[2:] if after[:2] == [",", "which"] else after
    if words[:1] in (["and"], ["or"]) and words[1:2] and words[1][0].isupper():
        words = words[2:]  # "Washington and Baghdad will"
    words = list(dropwhile(lambda w: w in rules["adverbs"] or w.endswith("ly"), words)) or [""]
    if words[0] in rules["auxiliaries"]:
        return not rules["place_participles"].intersection(words[1:4])
    acting = words[0] in rules["verbs"] or (words[0].endswith("ed") and len(words[0]) > 3)
    return acting and words[0] not in rules["stative_verbs"]
