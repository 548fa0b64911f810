"""Entities: the names of actors.csv found in a text, and the names it does not know yet."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from analysis.lexicons import load

TYPES = ("PERSON", "ORG", "GPE", "LOC", "FAC", "NORP")
_PLACES = {"LOC", "FAC"}
# Each sign stands for all its forms: apostrophes (also ayin and hamza), hyphens, white space.
_FORMS = {"'": "'’‘ʼʻ`´ʿʾ′", "-": "-‐‑–", " ": " "}
_FOLD = str.maketrans({form: sign for sign, forms in _FORMS.items() for form in forms})
_SPACE = r"\s{1,3}(?<!\n\n)"
_APOSTROPHE = "[" + _FORMS["'"] + "]"
_BOUNDARY = rf"(?!\w|{_APOSTROPHE}(?![sS]\b)\w)"
_WORD_BEFORE = re.compile(r"([\w'’.-]+)[ \n]\Z")
_WORD_AFTER = re.compile(r"[ \n](\w[\w'’-]*)")
_TOKENS = re.compile(r"\w[\w'’-]*|[^\w\s]")
_COMPOUND = re.compile(r"[-‐‑–]([^\W\d_]{3,})")


class Mention(NamedTuple):
    """A name of actors.csv in a text: ``text[start:end] == surface``.

    `method` says how it was decided: ``alias`` (only this entity has it), ``compound`` (the same,
    inside a word such as "Iran-backed"), ``context`` (a place and a government share it, the words
    around decided), ``undecided``: then `entity_id` joins the possible entities with ``;``, or
    names the one entity whose name seems to be part of a longer, unknown name.
    """

    start: int
    end: int
    surface: str
    entity_id: str
    entity: str
    type: str
    method: str


class Candidate(NamedTuple):
    """A capitalised name that actors.csv does not hold: ``text[start:end] == surface``."""

    start: int
    end: int
    surface: str
    type_guess: str


class Entity(NamedTuple):
    """One row of actors.csv."""

    entity_id: str
    name: str
    type: str
    aliases: tuple[str, ...]
    side: str
    parent: str


class ActorMatcher:
    """Compiled actors: ``entities`` by id, ``aliases`` from folded spelling to entity ids."""

    def __init__(self, entities: Iterable[Entity], names: Mapping):
        self.entities = {entity.entity_id: entity for entity in entities}
        self.names = names
        self.aliases: dict[str, tuple[str, ...]] = {}
        for entity in self.entities.values():
            for alias in (entity.name, *entity.aliases):
                self._add(fold(alias), entity.entity_id)
        for alias in list(self.aliases):
            # headlines set in capitals; short names keep their case (US is not us)
            if len(alias) > 3 and alias.upper() not in self.aliases:
                self.aliases[alias.upper()] = self.aliases[alias]

    def _add(self, alias: str, entity_id: str) -> None:
        ids = self.aliases.get(alias, ())
        if entity_id not in ids:
            self.aliases[alias] = (*ids, entity_id)

    def __reduce__(self):  # a pattern of thousands of names is smaller to send as its names
        return ActorMatcher, (list(self.entities.values()), self.names)

    @cached_property
    def pattern(self) -> re.Pattern:
        """All aliases as one trie: at each capital the longest that ends at a word boundary."""
        return re.compile(_trie_pattern(self.aliases))

    @cached_property
    def words(self) -> dict[str, set[str]]:
        """The flat lists of the names lexicon as sets."""
        return {key: set(value) for key, value in self.names.items() if isinstance(value, list)}

    @cached_property
    def capital(self) -> dict[str, set[str]]:
        return {key: set(value) for key, value in self.names["capital"].items()}


def fold(name: str) -> str:
    """`name` with plain apostrophes, hyphens and single spaces: the key of an alias."""
    return " ".join(name.translate(_FOLD).split())


def _trie_pattern(aliases: Iterable[str]) -> str:
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


def compile_actors(actors: pd.DataFrame, names_lexicon: Mapping | None = None) -> ActorMatcher:
    """Check the rows of actors.csv and make them ready for `find_entities`.

    `actors` has the columns entity_id, name, type, aliases and may have side and parent.
    Raises ValueError that lists every bad row with its row in the spreadsheet (the header is
    row 1) and column.  An alias may belong to two entities only where exactly one of them is a
    place (LOC, FAC): the words around then decide between the place and its government.
    """
    names = names_lexicon or load("names")
    errors: list[str] = []
    entities: list[Entity] = []
    missing = [c for c in ("entity_id", "name", "type", "aliases") if c not in actors]
    if missing:
        raise ValueError(f"actors.csv: missing columns: {', '.join(missing)}")
    rows = actors.reset_index(drop=True).fillna("").astype(str)
    ids = [" ".join(value.split()) for value in rows["entity_id"]]
    owners: dict[str, tuple[int, Entity]] = {}
    shared: dict[str, list[tuple[int, Entity]]] = {}
    everyday = set(names["everyday_words"])
    for line, row in enumerate(rows.to_dict("records"), start=2):

        def bad(column: str, problem: str, line: int = line) -> None:
            errors.append(f"actors.csv row {line}, column {column}: {problem}")

        values = {k: " ".join(str(row.get(k, "")).split()) for k in (*Entity._fields,)}
        values["aliases"] = tuple(filter(None, map(str.strip, row["aliases"].split(";"))))
        entity = Entity(**values)
        if not entity.entity_id:
            bad("entity_id", "empty")
        elif entity.entity_id in owners:
            bad(
                "entity_id", f"{entity.entity_id!r} is already in row {owners[entity.entity_id][0]}"
            )
        if ";" in entity.entity_id:
            bad("entity_id", "holds a semicolon, which joins ids")
        if not entity.name:
            bad("name", "empty")
        if entity.type not in TYPES:
            bad("type", f"{entity.type!r} is none of {', '.join(TYPES)}")
        if entity.parent and entity.parent not in ids:
            bad("parent", f"{entity.parent!r} is no entity_id of this file")
        owners.setdefault(entity.entity_id, (line, entity))
        for alias in dict.fromkeys(map(fold, filter(None, (entity.name, *entity.aliases)))):
            if alias in everyday:
                bad("aliases", f"{alias!r} is an everyday word and would match everywhere")
            for other_line, other in shared.setdefault(alias, []):
                if (other.type in _PLACES) == (entity.type in _PLACES):
                    bad("aliases", f"{alias!r} is also an alias of {other.entity_id!r} (row "
                        f"{other_line}); only a place (LOC, FAC) may share one with another entity")  # fmt: skip
            shared[alias].append((line, entity))
        entities.append(entity)
    if errors:
        raise ValueError("\n".join(errors))
    return ActorMatcher(entities, names)


def find_entities(text: str, matcher: ActorMatcher) -> list[Mention]:
    """Mentions of the matcher's entities in `text`, in order, not overlapping, longest first.

    Matching is exact in case (names longer than three letters also in capitals throughout),
    word-bounded, blind to the form of apostrophes, hyphens and spaces; a possessive 's is not part
    of the surface.  "Hezbollah" inside "Kataib Hezbollah" is no mention of its own if both are
    known; next to an unknown capitalised word it is undecided.
    """
    found = [
        (match.start(), match.end(), match.group()) for match in matcher.pattern.finditer(text)
    ]
    mentions = []
    for index, (start, end, surface) in enumerate(found):
        known_before = found[index - 1][1] + 1 >= start if index else False
        known_after = found[index + 1][0] <= end + 1 if index + 1 < len(found) else False
        mention = _decide(text, start, end, surface, matcher, known_before, known_after)
        if mention:
            mentions.append(mention)
    return mentions


def _decide(text, start, end, surface, matcher, known_before, known_after) -> Mention | None:
    key = fold(surface)
    ids = matcher.aliases[key]
    entity = matcher.entities[ids[0]]
    method = "alias"
    if text[end : end + 1] in _FORMS["-"] and _COMPOUND.match(text, end):
        method = "compound"
    if len(ids) > 1:
        entities = [matcher.entities[entity_id] for entity_id in ids]
        place = next(e for e in entities if e.type in _PLACES)
        actor = next(e for e in entities if e.type not in _PLACES)
        is_place = _is_place(text, start, end, matcher.capital, actor.type)
        if is_place is None:
            name = f"{actor.name} or {place.name}"
            joined = f"{actor.entity_id};{place.entity_id}"
            return Mention(start, end, surface, joined, name, actor.type, "undecided")
        entity, method = (place if is_place else actor), "context"
    elif " " not in key or key.startswith("The "):
        part = _part_of_longer(text, start, end, entity, matcher, known_before, known_after)
        if part == "other name":
            return None
        if part or (key in matcher.words["ordinary_in_capitals"] and _all_capitals(text, start)):
            method = "undecided"
    return Mention(start, end, surface, entity.entity_id, entity.name, entity.type, method)


def _all_capitals(text: str, start: int) -> bool:
    line = text[text.rfind("\n", 0, start) + 1 : start + 200].split("\n")[0]
    return line.isupper() and len(line.split()) > 2


def _title_case(text: str, start: int) -> bool:
    line = text[text.rfind("\n", max(0, start - 200), start) + 1 : start + 200].split("\n")[0]
    long_words = [word for word in line.split() if len(word) > 3]
    return sum(word[0].isupper() for word in long_words) > 0.6 * len(long_words)


def _part_of_longer(text, start, end, entity, matcher, known_before, known_after) -> str:
    """ "", "undecided" or "other name": is a short name part of a longer one that nobody listed?"""
    lists = matcher.words
    after = None if known_after else _WORD_AFTER.match(text, end, end + 40)
    if after and after[1] in lists["name_heads"]:
        return "other name"
    before = None if known_before else _WORD_BEFORE.search(text[max(0, start - 40) : start])
    if entity.type in _PLACES or entity.type in {"GPE", "NORP"}:
        return "undecided" if before and before[1] in lists["place_qualifiers"] else ""
    neighbours = [before[1]] if before else []
    neighbours += [after[1]] if after else []
    for word in neighbours:
        if word[0].isupper() and not _known_neighbour(word, lists):
            return "" if _title_case(text, start) else "undecided"
    return ""


def _known_neighbour(word: str, lists: Mapping[str, set[str]]) -> bool:
    bare = re.sub(rf"{_APOSTROPHE}s?$", "", word)
    return (
        bare != word  # a possessive ends the name before it
        or word in lists["titles"]
        or word in lists["non_names"]
        or word in lists["demonyms"]
        or "-" in word
        or word.endswith(".")  # a sentence ends before the name
        or word.endswith("ly")
    )


def _is_place(text, start, end, rules, actor_type) -> bool | None:
    """Whether a shared name is the place; None if the words around do not tell."""
    before = _TOKENS.findall(text[max(0, start - 60) : start].translate(_FOLD))
    after = _TOKENS.findall(text[end : end + 80].translate(_FOLD))
    line_start = not text[text.rfind("\n", 0, start) + 1 : start].strip()
    one, two, three = ([""] * 3 + before)[-1:-4:-1]
    compound = _COMPOUND.match(text, end)
    possessive = bool(after) and after[0] == "'" and after[1:2] == ["s"]
    rest = after[2:] if possessive else after
    following = rest[0] if rest else ""
    if compound:
        return compound[1] in rules["place_compounds"]
    if line_start and following in {"(", "—", "–", "-", ":", "/"}:
        return True  # dateline
    if following in rules["place_after"]:
        return True
    if one == "the" and two in {"of", "in"}:
        one, two = two, three
    if one in {"and", "or", ","} or (one == "the" and following not in rules["place_after"]):
        one = two = three = ""  # the first of a pair is read on its own
    if one in {"on", "from", "to", "of", "for", "in", "toward", "towards"}:
        if two in rules["government_nouns"] and one != "in":
            return False
        if two in rules["places_of"] and one == "of" or two in rules["motion"] and one != "on":
            return True
        if three in rules["motion"] and one in {"to", "from"}:
            return True
    if one.lower() in rules["place_before"] or one in rules["place_verbs"]:
        return True
    if possessive:
        return False
    if _acts(rest, rules):
        return False
    if one in rules["government_before"] or (actor_type == "PERSON" and one in {"Mr", "Dr"}):
        return False
    return None


def _acts(rest: list[str], rules: Mapping[str, set[str]]) -> bool:
    """Do the words after a name show it acting, as a government does and a place does not?"""
    words = list(rest)
    if words[:1] == [","] and words[1:2] == ["which"]:
        words = words[2:]
    if words[:1] in (["and"], ["or"]) and words[1:2] and words[1][:1].isupper():
        words = words[2:]  # "Washington and Baghdad will"
    while words and (words[0] in rules["adverbs"] or words[0].endswith("ly")):
        words = words[1:]
    if not words or words[0] in rules["stative_verbs"]:
        return False
    if words[0] in rules["auxiliaries"]:
        return not any(word in rules["place_participles"] for word in words[1:4])
    return words[0] in rules["verbs"] or (words[0].endswith("ed") and len(words[0]) > 3)


# --- Names the file does not know -------------------------------------------------------------

_UPPER = "[A-ZÀ-ÖØ-ÞĀĆČĐĒĘĞĢĪİĶŁŃŅŌŐŘŚŞŠŤŪŮŰŹŻŽ]"
_CAPITAL_WORD = rf"(?:(?:{_UPPER}\.){{2,}}|{_UPPER}[\w&]*(?:['’ʼ‘](?!s\b)\w+)*(?:[-‐‑]\w+)*)"


@cache
def _candidate_pattern() -> re.Pattern:
    particles = "|".join(sorted(filter(str.islower, load("names")["particles"])))
    word = rf"(?:(?:al|el|ash|ad|as|an)[-‐‑])?{_CAPITAL_WORD}"
    return re.compile(rf"(?<!\w){word}(?:[^\S\n]{{1,2}}(?:(?:{particles}|of|for|and the|of the)"
                      rf"[^\S\n]){{0,2}}{word})*")  # fmt: skip


def find_candidates(text: str, matcher: ActorMatcher) -> list[Candidate]:
    """Capitalised names in `text` that `matcher` does not know, with a guess at their type.

    A single word at the start of a sentence counts only if the text has it elsewhere with a
    capital; lines in title case or capitals are left out, since all their words are capitalised.
    """
    lists = matcher.words
    known = [m for m in find_entities(text, matcher) if m.method != "undecided"]
    skip = lists["non_names"] | lists["demonyms"] | lists["titles"] | lists["particles"] | {"of"}
    heads = {head for words in matcher.names["type_heads"].values() for head in words}
    found, next_known = [], 0
    for match in _candidate_pattern().finditer(text):
        start, end = match.span()
        while next_known < len(known) and known[next_known].end <= start:
            next_known += 1
        inside = []
        while next_known < len(known) and known[next_known].start < end:
            inside.append(known[next_known])
            next_known += 1
        for a, b in _outside(start, end, inside, match.group().split()[-1] in heads):
            span = _trim(text, a, b, skip)
            if span:
                found.append((*span, _sentence_initial(text, span[0], lists["titles"])))
    mid_sentence = {text[a:b] for a, b, initial in found if not initial}
    return [
        Candidate(a, b, text[a:b], _guess_type(text, a, b, matcher))
        for a, b, initial in found
        if not (initial and " " not in text[a:b] and text[a:b] not in mid_sentence)
        and not _title_case(text, a)
    ]


def _outside(start, end, inside: list[Mention], head_last: bool) -> list[tuple[int, int]]:
    """Parts of a capitalised name that no known name covers; "US State Department" stays whole."""
    if head_last and len(inside) == 1 and inside[0].type == "GPE" and inside[0].end < end:
        return [(start, end)]
    spans = []
    for mention in inside:
        spans.append((start, mention.start))
        start = mention.end
    return [(a, b) for a, b in [*spans, (start, end)] if b - a > 1]


def _trim(text: str, start: int, end: int, skip: set[str]) -> tuple[int, int] | None:
    """Span without skipped words at its ends; None if nothing of two letters is left."""
    words = [(m.start() + start, m.end() + start, m.group())
             for m in re.finditer(r"\S+", text[start:end])]  # fmt: skip
    while words and (
        words[0][2] in skip or not words[0][2][0].isupper() and "-" not in words[0][2]
    ):
        words = words[1:]
    while words and (words[-1][2] in skip or words[-1][2] in {"for", "and", "the"}):
        words = words[:-1]
    if not words or words[-1][1] - words[0][0] < 2:
        return None
    surface = text[words[0][0] : words[-1][1]]
    stripped = surface.strip("-‐‑–'’ʼ‘&")
    offset = words[0][0] + surface.index(stripped) if stripped else 0
    return (offset, offset + len(stripped)) if len(stripped) > 1 else None


def _sentence_initial(text: str, start: int, titles: set[str]) -> bool:
    before = text[max(0, start - 20) : start].rstrip(" \"'“”‘’([•*")
    if not before or before[-1] in "\n!?:…":
        return True
    return before[-1] == "." and before.split()[-1] not in titles


def _guess_type(text: str, start: int, end: int, matcher: ActorMatcher) -> str:
    words = text[start:end].split()
    for type_, heads in matcher.names["type_heads"].items():
        if words[-1] in heads or (words[0] in heads and "of" in words):
            return type_
    before = _TOKENS.findall(text[max(0, start - 30) : start])[-2:]
    after = _TOKENS.findall(text[end : end + 30])[:1]
    lists, lower = matcher.words, [word.lower() for word in before]
    if before[-1:] and before[-1] in lists["titles"] or words[0] in lists["given_names"]:
        return "PERSON"
    if len(words) == 1 and words[0].isupper():
        return "ORG"
    if after and after[0] in {"province", "governorate", "district", "city", "town", "village"}:
        return "LOC"
    if lower[-1:] and lower[-1] in {"in", "near", "at", "outside"}:
        return "LOC"
    if lower[:1] and lower[0] in {"town", "city", "village", "province"} and lower[1:] == ["of"]:
        return "LOC"
    if after and after[0] in {"said", "says", "told", "who", "added"} and len(words) > 1:
        return "PERSON"
    return "NORP" if re.search(r"(?:ians?|is|ites?|ists?)$", words[-1]) and len(words) == 1 else ""


def propose_names(
    candidates: pd.DataFrame, matcher: ActorMatcher | None = None, least: int = 1
) -> pd.DataFrame:
    """Candidates of all articles (columns doc_id, surface, type_guess) counted, for actors.csv.

    One row a name: name, n, n_documents, type_guess (the commonest), example (doc_id of its first
    mention), similar_to (``;``-joined spellings, known or not, that may be the same name).  A
    proposal only: the consonants that tie Kata'ib to Qataiba also tie Soleimani to Sulaimani.
    """
    columns = ["name", "n", "n_documents", "type_guess", "example", "similar_to"]
    if candidates.empty:
        return pd.DataFrame(columns=columns)
    table = candidates.assign(name=candidates["surface"].map(fold))
    groups = table.groupby("name", sort=True)
    names = pd.DataFrame({
        "n": groups.size(), "n_documents": groups["doc_id"].nunique(),
        "type_guess": groups["type_guess"].agg(lambda t: t.value_counts().index[0]),
        "example": groups["doc_id"].first(),
    })  # fmt: skip
    names = names[names["n"] >= least].reset_index()
    known = [a for a in matcher.aliases if a.lower() != a != a.upper()] if matcher else []
    blocks: dict[frozenset, list[str]] = {}
    for name in [*known, *names["name"]]:
        blocks.setdefault(_skeleton(name), []).append(name)
    names["similar_to"] = [
        ";".join(other for other in dict.fromkeys(blocks[_skeleton(name)]) if other != name)
        for name in names["name"]
    ]
    return names.sort_values(["n", "name"], ascending=[False, True], ignore_index=True)[columns]


def _skeleton(name: str) -> frozenset[str]:
    """The consonants of each word, with q, k, c and z, s and doubled letters as one."""
    words = re.findall(r"[^\W\d_]+", re.sub(r"'|\b(?:[Aa]l|[Ee]l|The)[- ]", "", name.casefold()))
    folded = [word.translate(str.maketrans("qcz", "kks", "aeiouyhw")) or word for word in words]
    return frozenset(re.sub(r"(.)\1+", r"\1", word) for word in folded)


# --- Tables ----------------------------------------------------------------------------------


def _counted(mentions: pd.DataFrame) -> pd.DataFrame:
    """Mentions that count: no furniture, no repeated caption."""
    return mentions[mentions["counted"].astype(bool) & (mentions["kind"] != "furniture")]


def _decided(mentions: pd.DataFrame) -> pd.DataFrame:
    counted = _counted(mentions)
    return counted[counted["method"] != "undecided"]


def poisson_interval(n, exposure, level: float = 0.95):
    """Exact interval of the rate n / exposure (Garwood 1936, *Biometrika* 28)."""
    n, tail = np.asarray(n, float), (1 - level) / 2
    low = np.where(n > 0, stats.chi2.ppf(tail, 2 * np.maximum(n, 0.5)) / 2, 0.0)
    return low / exposure, stats.chi2.ppf(1 - tail, 2 * n + 2) / 2 / exposure


def entity_table(mentions: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """One row an entity: counts, documents, rate per 1,000 words, and a count column an outlet.

    `low` and `high` are the 95 % Poisson interval of per_1000: it takes mentions as independent,
    which within an article they are not, and so is the narrowest it could be.  Undecided mentions
    are counted apart, in n_undecided of every entity they may mean.
    """
    outlets = sorted(documents["outlet"].unique())
    decided = _decided(mentions).merge(documents[["doc_id", "outlet"]], on="doc_id")
    groups = decided.groupby(["entity_id", "entity", "type"])
    table = groups.agg(n_mentions=("doc_id", "size"), n_documents=("doc_id", "nunique"))
    table = table.reset_index()
    n_tokens = max(int(documents["n_tokens"].sum()), 1)
    table["per_1000"] = 1000 * table["n_mentions"] / n_tokens
    table["low"], table["high"] = poisson_interval(table["n_mentions"], n_tokens / 1000)
    counted = _counted(mentions)
    undecided = counted.loc[counted["method"] == "undecided", "entity_id"].str.split(";").explode()
    table["n_undecided"] = table["entity_id"].map(undecided.value_counts()).fillna(0).astype(int)
    counts = pd.crosstab(decided["entity_id"], decided["outlet"]).reindex(columns=outlets)
    table = table.merge(counts.fillna(0).astype(int), left_on="entity_id", right_index=True)
    order = ["n_mentions", "entity_id"]
    return table.sort_values(order, ascending=[False, True], ignore_index=True)


def entity_rates(
    mentions: pd.DataFrame, documents: pd.DataFrame, by: str = "outlet"
) -> pd.DataFrame:
    """Rate of each entity in each group (`by`: outlet, doc_id …): n, n_tokens, per_1000, low, high."""
    extra = [] if by == "doc_id" else [by]
    decided = _decided(mentions).merge(documents[["doc_id", *extra]], on="doc_id")
    tokens = documents.groupby(by)["n_tokens"].sum().clip(lower=1)
    counts = pd.crosstab(decided["entity_id"], decided[by]).reindex(columns=tokens.index)
    table = counts.fillna(0).astype(int).stack().rename("n").reset_index()
    table["n_tokens"] = table[by].map(tokens)
    table["per_1000"] = 1000 * table["n"] / table["n_tokens"]
    table["low"], table["high"] = poisson_interval(table["n"], table["n_tokens"] / 1000)
    return table


def surface_table(mentions: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """How each entity is spelled: entity_id, entity, surface, n, and a count column an outlet."""
    decided = _decided(mentions).merge(documents[["doc_id", "outlet"]], on="doc_id")
    decided = decided.assign(surface=decided["surface"].map(fold))
    keys = [decided["entity_id"], decided["entity"], decided["surface"]]
    table = pd.crosstab(keys, decided["outlet"]).reset_index().rename_axis(columns=None)
    table.insert(3, "n", table.iloc[:, 3:].sum(axis=1))
    order = ["entity_id", "n", "surface"]
    return table.sort_values(order, ascending=[True, False, True], ignore_index=True)


def cooccurrence(mentions: pd.DataFrame, n_sentences: int | None = None) -> pd.DataFrame:
    """Pairs of entities in one sentence: entity_a, entity_b, n_sentences, n_documents, npmi.

    npmi is the normalised pointwise mutual information (Bouma 2009) over `n_sentences`, the
    sentences of the corpus; without it, over the sentences that hold an entity.
    """
    decided = _decided(mentions).drop_duplicates(["doc_id", "sent_id", "entity_id"])
    holding = decided.groupby("entity_id").size()
    sentences = decided.groupby(["doc_id", "sent_id"])["entity_id"]
    pairs = [(a, b, doc) for (doc, _), ids in sentences for a, b in combinations(sorted(ids), 2)]
    frame = pd.DataFrame(pairs, columns=["entity_a", "entity_b", "doc_id"])
    groups = frame.groupby(["entity_a", "entity_b"])["doc_id"]
    table = groups.agg(n_sentences="size", n_documents="nunique").reset_index()
    total = n_sentences or len(sentences)
    joint = table["n_sentences"].to_numpy(float) / max(total, 1)
    alone = (table[side].map(holding).to_numpy(float) / total for side in ("entity_a", "entity_b"))
    with np.errstate(divide="ignore", invalid="ignore"):
        npmi = np.log(joint / np.prod(list(alone), axis=0)) / -np.log(joint)
    table["npmi"] = np.where(joint == 1, 1.0, npmi)
    order = ["n_sentences", "entity_a", "entity_b"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def first_mentions(mentions: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """First mention of each entity in each article, and how prominent it is.

    doc_id, entity_id, entity, sent_id, start, surface, in_headline (title or subtitle), in_lead
    (first body sentence, in news usually the first paragraph), position (share of the article's
    sentences before it, 0 is the top).
    """
    decided = _decided(mentions).sort_values(["doc_id", "sent_id", "start"])
    lead = sentences[sentences["kind"] == "body"].groupby("doc_id")["sent_id"].min()
    told = sentences[sentences["kind"] != "furniture"].sort_values("sent_id")
    place = told.assign(rank=told.groupby("doc_id").cumcount())
    place["position"] = place["rank"] / place.groupby("doc_id")["rank"].transform("size")
    decided = decided.merge(place[["doc_id", "sent_id", "position"]], on=["doc_id", "sent_id"])
    decided["in_headline"] = decided["kind"].isin(["title", "subtitle"])
    decided["in_lead"] = decided["sent_id"] == decided["doc_id"].map(lead)
    groups = decided.groupby(["doc_id", "entity_id"], sort=True)
    table = groups[["entity", "sent_id", "start", "surface", "position"]].first()
    return table.join(groups[["in_headline", "in_lead"]].any()).reset_index()
