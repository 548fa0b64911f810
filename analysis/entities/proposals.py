"""Names of a whole corpus that no list of actors has, good enough to be counted: proposed actors.

What a single article cannot tell, all of them together do: whether a word is a name or only stands
with a capital, what type most of its places speak for, whose surname it is, and which spellings are
one name.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd

from analysis.entities.candidates import ARTICLE, find_candidates, skeleton
from analysis.entities.matcher import ActorMatcher, find_entities, fold
from analysis.entities.world import free_id
from analysis.lexicons import Lexicon
from analysis.text.language import find_language, is_read
from analysis.text.words import split_sentences

COLUMNS = ("entity_id", "name", "type", "aliases", "n", "n_documents", "merged", "example")
MOST_ARTICLES = 2_000  # read for it; a name worth counting is in some of so many
MOST = 1_000  # names
LEAST, LEAST_DOCUMENTS = (
    3,
    2,
)  # mentions, articles (one is enough where the name itself tells its type)
FEW = 20  # articles; below, a name told twice in one of them is proposed too
_STRONG = {
    "head": 4,
    "given name": 3,
    "beginning": 3,
    "title": 3,
    "described": 3,
    "kind of place": 3,
}
_WEAK = 0.15  # share of a name's places that must speak for its type, where none is strong
_FURNITURE = 4  # articles, no copies of each other, that have the same sentence
_OPENING = 60  # characters, by which copies of an article are told
_LOWER = re.compile(r"\b[^\W\d_]{2,}")
_SHORT = re.compile(r" \(([A-Z]{2,8})\)")
_COMMA = re.compile(", ")
_OWNED = ("'s ", "’s ")
_OWNS = re.compile(r"['’]s?\b|[-‐‑][a-z]")
_LINKED = re.compile(r"-(?:[a-z]{3,}|[A-Z][a-z]+(?:n|sh|ese|i))$")


class Text(NamedTuple):
    """The words of an article that count; `published` is an ISO date or empty."""

    doc_id: str
    text: str
    published: str = ""


@dataclass
class Name:
    """An unknown name in all articles: how often, where, and what its places say of its type."""

    name: str
    n: int = 0
    documents: set[str] = field(default_factory=set)
    votes: Counter[str] = field(default_factory=Counter)
    strong: bool = False  # whether one of the votes rests on more than a word nearby
    short: Counter[str] = field(default_factory=Counter)
    credited: int = 0  # places behind a news organisation's name: "Tern Wire's Ada Lund"
    example: str = ""
    aliases: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        return self.name.split()

    @property
    def type(self) -> str:
        """What most speaks for; a tie, or too little, leaves it open."""
        (first, n), (_, m) = (*self.votes.most_common(2), ("", 0), ("", 0))[:2]
        enough = self.strong or n >= max(1 if " " in self.name else 2, _WEAK * self.n)
        return first if n > m and enough else ""

    @property
    def plain(self) -> bool:
        """Whether several places speak for its type and none for another."""
        return len(self.votes) == 1 and self.votes.total() > 2

    def take(self, other: "Name", why: str) -> None:
        """Make `other` a spelling of this name."""
        self.merged.append(f"{other.name}: {why} (“{other.example}”)")
        self.merged += other.merged
        self.aliases += [other.name, *other.aliases]
        self.n += other.n
        self.documents |= other.documents
        self.votes += other.votes
        self.credited += other.credited
        self.strong |= other.strong


class _Place(NamedTuple):
    """Where an unknown name stands."""

    surface: str
    doc_id: str
    sentence: str
    initial: bool  # the first word of its sentence
    type_guess: str
    sign: str
    short: str  # the letters behind it in brackets
    credited: bool


class _Articles:
    """The unknown names of articles, place by place, and their words without a capital."""

    def __init__(self, texts: Iterable[Text], matcher: ActorMatcher) -> None:
        self.places: list[_Place] = []
        self.lower: Counter[str] = Counter()
        self.sentences: dict[str, set[str]] = defaultdict(set)  # each with the articles' openings
        self.count = self._in_english = 0
        self._media = media_names(matcher.lexicon)
        for article in texts:
            self.count += 1
            self._add(article, matcher)
        plurals = {f"{word}s" for word in matcher.words["no_candidates"]}  # "Fridays"
        self._things = matcher.words["things"] | plurals
        self.places = [p for p in self.places if len(self.sentences[p.sentence]) < _FURNITURE]
        self.capital = Counter(word for place in self.places for word in place.surface.split())

    def _add(self, article: Text, matcher: ActorMatcher) -> None:
        text = article.text
        self.lower.update(word for word in _LOWER.findall(text) if word.islower())
        mentions = find_entities(text, matcher, article.published)
        owners = {m.end for m in mentions if m.entity in self._media}
        places = {m.start: m.end for m in mentions if m.type in ("GPE", "LOC")}
        own = set()
        language = find_language(text)
        self._in_english += is_read(language)
        for found in find_candidates(text, matcher, mentions, language):
            sentence = _sentence(text, found.start)
            own.add(sentence)
            surface = fold(found.surface).removeprefix("The ")
            short = _SHORT.match(text, found.end)
            guess = found[3:] if found.type_guess else _beside_place(text, found.end, places)
            self.places.append(
                _Place(
                    surface,
                    article.doc_id,
                    sentence,
                    sentence.startswith(surface),
                    *guess,
                    short[1] if short else "",
                    text[found.start - 3 : found.start] in _OWNED and found.start - 3 in owners,
                )
            )
        for sentence in own:
            self.sentences[sentence].add(text[:_OPENING])

    def names(self) -> dict[str, Name]:
        """The names, without the ordinary words that stand before them with a capital."""
        names: dict[str, Name] = {}
        for place in self.places:
            surface = self._without_openings(place)
            name = names.setdefault(surface, Name(surface))
            name.example = name.example or place.sentence
            name.n += 1
            name.documents.add(place.doc_id)
            if place.type_guess and surface == place.surface:
                name.votes[place.type_guess] += _STRONG.get(place.sign, 1)
                name.strong |= place.sign in _STRONG
            name.credited += place.credited
            if place.short:
                name.short[place.short] += 1
        for media in self._media & names.keys():
            names[media].votes["ORG"] += _STRONG["head"] * names[media].n
            names[media].strong = True
        return {key: name for key, name in names.items() if self.is_name(name)}

    def ordinary(self, word: str) -> bool:
        """Whether the texts have a word without a capital, too often for a name."""
        return 2 * self.lower[word.lower()] >= self.capital[word]

    def maybe_word(self, word: str) -> bool:
        """Whether a word may be one of the language.

        Words elsewhere than in English, whose names are less known here, need stand without a
        capital only as often as a name is worth counting.
        """
        foreign = 2 * self._in_english < self.count
        return self.ordinary(word) or (foreign and self.lower[word.lower()] >= LEAST)

    def _without_openings(self, place: _Place) -> str:
        words = place.surface.split()
        while len(words) > 1:
            often = self.lower[words[0].lower()] >= 10 * self.capital[words[0]]
            if not often and not (place.initial and self.ordinary(words[0])):
                break
            words = words[1:]
        return " ".join(words)

    def is_name(self, name: Name) -> bool:
        """No word of the language that only stands with a capital, no adjective made of names."""
        words = name.words
        last = words[-1]
        if (
            len(words) > 6
            or last in self._things
            or (_LINKED.search(last) and not ARTICLE.match(last.lower()))
            or not any(map(str.isupper, name.name))
        ):
            return False
        if len(words) == 1 and (any(map(str.isdigit, last)) or (last.isupper() and len(last) > 6)):
            return False
        ordinary = [self.ordinary(word) for word in words if word[0].isupper() or "-" in word]
        return not all(ordinary) or (name.strong and len(ordinary) > 1)


def _beside_place(text: str, end: int, places: Mapping[int, int]) -> tuple[str, str]:
    """ "Morla, Norway": a name is that of a place where a known place stands behind it."""
    comma = _COMMA.match(text, end)
    known = comma and places.get(comma.end())
    return ("LOC", "beside a place") if known and not _OWNS.match(text, known) else ("", "")


def _sentence(text: str, start: int) -> str:
    """The sentence of `text` around a place, cut at 200 characters to either side."""
    near = max(text.rfind("\n", 0, start) + 1, start - 200)
    line = text[near : start + 200].split("\n", maxsplit=1)[0]
    spans = [line[a:b] for a, b in split_sentences(line) if a <= start - near < b]
    return " ".join((spans or [line])[0].split())


def media_names(lexicon: Lexicon) -> set[str]:
    """The names of news organisations that mean nothing else.

    >>> from analysis.lexicons import OURS
    >>> {"Al-Manar", "Petra"} & media_names(OURS)
    {'Al-Manar'}
    """
    known = lexicon["credits"]["organisations"].items()
    names = {name for chief, others in known for name in (chief, *others)}
    return names.difference(lexicon["credits"]["guarded"])


def propose_actors(texts: Iterable[Text], matcher: ActorMatcher) -> pd.DataFrame:
    """The names of articles that `matcher` does not know, ready to be used as actors.

    One row a name: entity_id, name, type, aliases (``;``-joined: other spellings, and the surname
    by which a person is called later), n, n_documents, merged (each spelling joined, with the
    reason and a sentence), example (the first sentence with it).

    >>> text = "Spokeswoman Ada Brandt resigned. Later Brandt left; no one saw Brandt in town."
    >>> rows = propose_actors([Text("a", text)], ActorMatcher([]))
    >>> rows[["name", "type", "aliases"]].values.tolist()
    [['Ada Brandt', 'PERSON', 'Brandt']]
    """
    articles = _Articles(texts, matcher)
    known = articles.names()
    _learn_given_names(known.values(), articles, matcher)
    added = list(_possessives(known, matcher))
    _join_shortened(known)
    _join_persons(known, set(matcher.words["given_names"]))
    _join_spellings(known)
    least, documents = (LEAST, LEAST_DOCUMENTS) if articles.count >= FEW else (2, 1)
    kept = [
        name
        for name in known.values()
        if name.type
        and name.n >= least
        and (name.strong or name.plain or len(name.documents) >= documents)
        and 2 * name.credited < name.n
    ]
    kept.sort(key=lambda name: (-name.n, name.name))
    rows = [_row(name, name.name, name.type) for name in kept[:MOST]]
    rows = [*rows, *added]
    taken: set[str] = set()
    for row in rows:
        row["entity_id"] = free_id(row["entity_id"], taken)
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(name: Name, known_as: str, type_: str) -> dict[str, str | int]:
    return {
        "entity_id": re.sub(r"\W+", "-", known_as.lower()).strip("-"),
        "name": known_as,
        "type": type_,
        "aliases": ";".join(alias for alias in dict.fromkeys(name.aliases) if alias != known_as),
        "n": name.n,
        "n_documents": len(name.documents),
        "merged": "; ".join(name.merged),
        "example": name.example,
    }


def _learn_given_names(names: Iterable[Name], articles: _Articles, matcher: ActorMatcher) -> None:
    """First words of those who are certainly persons make persons of other names too.

    Two or three words that are no words of the language, of which nothing tells anything, are
    most often a person; a few articles do not tell what the words of the language are.
    """
    short = [name for name in names if len(name.words) in (2, 3)]
    given = Counter(name.words[0] for name in short if name.type == "PERSON" and name.strong)
    for name in short:
        if not _may_be_person(name, articles, matcher):
            continue
        if given[name.words[0]] > 1 and name.type not in ("ORG", "FAC"):
            name.votes["PERSON"] += 3
            name.strong = True
        elif not name.votes and articles.count >= FEW:
            name.votes["PERSON"] += max(2, name.n)


def _may_be_person(name: Name, articles: _Articles, matcher: ActorMatcher) -> bool:
    """Whether it has no word of the language, no known name, and no letters but initials."""
    letters = any(word.isupper() and len(word) > 2 for word in name.words) or name.name.isupper()
    plain = any(map(articles.maybe_word, name.words)) or name.words[0] in matcher.aliases
    return not (letters or plain)


def _possessives(names: dict[str, Name], matcher: ActorMatcher) -> Iterator[dict[str, str | int]]:
    """ "Brandts" is Brandt's where the apostrophe was lost, of known actors too."""
    for name in sorted(names):  # "Arvanias Morla"
        owner, _, rest = name.partition(" ")
        if rest and owner.endswith("s") and owner[:-1] in matcher.aliases:
            names.setdefault(rest, Name(rest)).take(names.pop(name), "behind the name of its owner")
            names[rest].aliases.remove(name)
    found: dict[str, Name] = {}
    for plural in sorted(names):
        single = plural[:-1]
        if not plural.endswith("s") or plural.endswith("ss"):
            continue
        if single in names and names[single].n >= names[plural].n:
            names[single].take(names.pop(plural), "its apostrophe is missing")
        elif single in matcher.aliases and len(matcher.aliases[single]) == 1:
            entity = matcher.entities[matcher.aliases[single][0]]
            found.setdefault(entity.entity_id, Name(entity.name)).take(
                names.pop(plural), "its apostrophe is missing"
            )
    for entity_id, name in found.items():
        yield _row(name, name.name, matcher.entities[entity_id].type)


def _join_shortened(names: dict[str, Name]) -> None:
    """ "Elva Relief Fund (ERF)": what stands behind a name in brackets is its short form."""
    for name in sorted(names):
        initials = "".join(w[0] for w in re.findall(r"[^\W\d_]+", name) if w[0].isupper())
        if name in names and initials in names.keys() - {name} and names[name].short[initials]:
            names[name].take(names.pop(initials), "given behind it in brackets")


def _join_persons(names: dict[str, Name], given: set[str]) -> None:
    """Persons whose first and last names agree are one; a part alone is theirs who have it."""
    whole = [n for n in names.values() if n.type in ("PERSON", "") and len(n.words) > 1]
    whole.sort(key=lambda n: (n.type == "", -n.n, len(n.words), n.name))
    first: dict[tuple[str, str], Name] = {}
    for name in whole:
        key = name.words[0], name.words[-1]
        if key in first:
            first[key].take(names.pop(name.name), "the same first and last name")
        elif name.type:
            first[key] = name
    owners: dict[str, list[Name]] = defaultdict(list)
    for person in first.values():
        for part in _parts(person.words):
            owners[part].append(person)
    for part in sorted(owners.keys() & names.keys(), key=lambda part: (-len(part.split()), part)):
        own = [person for person in owners[part] if person.name in names]
        _give(names, part, own)
    for name in given & names.keys() - owners.keys():
        del names[name]


def _parts(words: list[str]) -> set[str]:
    """By what a person is called later: the end of the name, with and without al-, or its first."""
    ends = {" ".join(words[i:]) for i in range(1, len(words))}
    return ends | {re.sub(r"^[AaEe]l-", "", end) for end in ends} | {words[0]}


def _give(names: dict[str, Name], part: str, owners: list[Name]) -> None:
    """Make a part of a name a spelling of the one person who has it where it stands alone.

    Where several have it, only the article tells whose it is, and it is no name to propose.
    """
    alone = names[part]
    if " " in part:
        for longer in [one for one in owners if one.n < alone.n]:
            alone.take(names.pop(longer.name), "with a word before it")
        owners = [one for one in owners if one.name in names]
    shared = Counter({i: len(o.documents & alone.documents) for i, o in enumerate(owners)})
    best, n = shared.most_common(1)[0] if shared else (0, 0)
    if not n:
        return
    least = 5 if part != owners[best].words[0] else 2  # a first name is shared by more people
    if 3 * n >= 2 * sum(shared.values()) and least * n >= len(alone.documents):
        owners[best].take(names.pop(part), "a part of the name alone")
    elif " " not in part and alone.type in ("PERSON", ""):
        del names[part]


def _join_spellings(names: dict[str, Name]) -> None:
    """Names with the same consonants, of one type and hardly ever in one article, are one name."""
    groups: dict[tuple[str, frozenset[str]], list[Name]] = defaultdict(list)
    for name in sorted(names.values(), key=lambda n: (-n.n, n.name)):
        kind = "PLACE" if name.type in ("LOC", "FAC", "GPE") else name.type
        consonants = skeleton(name.name)
        if sum(map(len, consonants)) >= 2 and name.type:
            groups[kind, consonants].append(name)
    for group in groups.values():
        kept: list[Name] = []
        for name in group:
            same = next((k for k in kept if _one_name(k, name)), None)
            if same:
                same.take(names.pop(name.name), "another spelling")
            else:
                kept.append(name)


def _one_name(a: Name, b: Name) -> bool:
    from nltk.metrics.distance import edit_distance  # takes a second to import

    together = len(a.documents & b.documents)
    spelled = sorted((a.name.replace("-", " ").lower(), b.name.replace("-", " ").lower()), key=len)
    near = edit_distance(*spelled) <= max(1, len(spelled[0]) // 3)
    return near and 4 * together <= min(len(a.documents), len(b.documents))
