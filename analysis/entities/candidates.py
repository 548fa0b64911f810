"""Names that no actor has: where they stand in a text, and what their type seems to be."""

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from typing import NamedTuple

import pandas as pd

from analysis.entities.matcher import (
    ActorMatcher,
    Entity,
    Mention,
    compile_actors,
    find_entities,
    is_title_case,
    line_at,
)
from analysis.lexicons import Lexicon
from analysis.text.language import READ, function_words, is_read
from analysis.text.words import Word, tokens, words

__all__ = [
    "ActorMatcher",
    "Candidate",
    "Entity",
    "Mention",
    "compile_actors",
    "counted_mentions",
    "find_candidates",
    "find_entities",
    "first_mentions",
]


class Candidate(NamedTuple):
    """A capitalised name that no actor has: ``text[start:end] == surface``.

    `sign` says what `type_guess` rests on (`SIGNS`); both are empty where nothing tells.
    """

    start: int
    end: int
    surface: str
    type_guess: str
    sign: str


_ASSIMILATED = r"(?:sh|th|dh|[dlnrstz])[-‐‑]"  # the article al- before such letters
ARTICLE = re.compile(rf"[aeu]{_ASSIMILATED}")
_LINKED = re.compile(r"[-‐‑][a-z]{3,}$")  # "US-led"
_UPPER = "A-ZÀ-ÖØ-ÞĀĆČĐĒĘĞĢĪİĶŁŃŅŌŐŘŚŞŠŤŪŮŰŹŻŽ"
_BEHIND = rf"(?:\.(?:[{_UPPER}]\.)+|[\w&]*(?:['’ʼ‘](?!s\b)\w+)*(?:[-‐‑]\w+)*)"  # a capital


@cache
def _candidate_pattern(lexicon: Lexicon, language: str) -> re.Pattern:
    inside = filter(str.islower, lexicon["names"]["particles"])  # "y" is "and" in Spanish
    particles = "|".join(sorted(p for p in inside if len(p) > 1 or is_read(language)))
    word = rf"(?:[aeu]{_ASSIMILATED})?[{_UPPER}](?:\.(?=[^\S\n][{_UPPER}])|{_BEHIND})"
    # the first letter outside all brackets, so that `re` can skip to it
    article = rf"(?<=[aeu]){_ASSIMILATED}"
    first = rf"[{_UPPER}aeu](?<!\w.)(?:(?<=[{_UPPER}])|{article}[{_UPPER}])"
    return re.compile(rf"{first}{_BEHIND}(?:[^\S\n]{{1,2}}(?:(?:{particles}|of|for|and the|of the)"
                      rf"[^\S\n]){{0,2}}{word})*")  # fmt: skip


def find_candidates(
    text: str,
    matcher: ActorMatcher,
    mentions: Iterable[Mention] | None = None,
    language: str = "",
) -> list[Candidate]:
    """Capitalised names in `text` that `matcher` does not know, with a guess at their type.

    `mentions` are those of `find_entities` in the same text, where they are at hand.  A single
    word at the start of a sentence counts only if the text has it elsewhere with a capital; lines
    in title case or capitals are left out, since all their words are capitalised.  Function words
    of the `language` (English unless given) are no part of a name's ends.

    >>> text = "At noon the Elva Ministry spoke of President Ada Brandt."
    >>> [(name.surface, name.type_guess) for name in find_candidates(text, ActorMatcher([]))]
    [('Elva Ministry', 'ORG'), ('Ada Brandt', 'PERSON')]
    """
    mentions = find_entities(text, matcher) if mentions is None else mentions
    titles = matcher.words["titles"]
    names = [(a, b, text[a:b]) for a, b in _unknown(text, matcher, mentions, language)]
    initial = {a for a, _, _ in names if _sentence_initial(text, a, titles)}
    elsewhere = {surface for a, _, surface in names if a not in initial}
    around = tokens(text) if names else []
    starts = [token.start for token in around]
    return [
        Candidate(a, b, surface, *_guess_type(_name(a, b, surface, around, starts), matcher))
        for a, b, surface in names
        if (a not in initial or " " in surface or surface in elsewhere)
        and not is_title_case(line_at(text, a))
    ]


def _unknown(
    text: str, matcher: ActorMatcher, mentions: Iterable[Mention], language: str
) -> Iterator[tuple[int, int]]:
    """Where capitalised words stand that are part of no known name."""
    heads, skip = matcher.words["heads"], matcher.words["no_candidates"]
    skip = skip if is_read(language) else skip | _capitalised(language, matcher.lexicon)
    known = [m for m in mentions if m.rule != "undecided" or ";" in m.entity_id]
    next_known = 0
    for match in _candidate_pattern(matcher.lexicon, language).finditer(text):
        start, end = match.span()
        while next_known < len(known) and known[next_known].end <= start:
            next_known += 1
        inside = known[next_known : bisect_left(known, (end,), next_known)]
        outside = _outside(match, inside, heads) if inside else [(start, end)]
        yield from filter(None, (_trim(text, a, b, skip, matcher) for a, b in outside))


def _outside(match: re.Match, inside: list[Mention], heads: set[str]) -> list[tuple[int, int]]:
    """Parts of a capitalised name that no known name covers; "US State Department" stays whole."""
    start, end = match.span()
    whole = len(inside) == 1 and inside[0].type == "GPE" and inside[0].end < end
    if whole and match.group().split()[-1] in heads:
        return [(start, end)]
    spans = []
    for mention in inside:
        spans.append((start, mention.start))
        start = mention.end
    return [(a, b) for a, b in [*spans, (start, end)] if b - a > 1]


@cache
def _capitalised(language: str, lexicon: Lexicon) -> frozenset[str]:
    return frozenset(word.capitalize() for word in function_words(language, lexicon))


def _trim(
    text: str, start: int, end: int, skip: Collection[str], matcher: ActorMatcher
) -> tuple[int, int] | None:
    """Span without skipped words at its ends; None if no name of two letters is left."""
    heads = matcher.words["heads"]
    if text[start:end] in skip:  # most often: the first word of a sentence
        return None
    left = words(text, start, end)
    while left and left[-1].text in skip and not _is_body(left, matcher):
        left.pop()
    while left and (
        left[0].text in skip or left[0].text[0].islower() or _LINKED.search(left[0].text)
    ):
        if ARTICLE.match(left[0].text) or _is_body(left, matcher):
            break
        left.pop(0)
    if len(left) == 1 and left[0].text in heads:
        return None
    return (left[0].start, left[-1].end) if left and left[-1].end - left[0].start > 1 else None


def _is_body(name: list[Word], matcher: ActorMatcher) -> bool:
    """ "Supreme Court", "Foreign Ministry": what only describes elsewhere is part of the name."""
    first = name[0].text in matcher.words["body_adjectives"]
    return first and len(name) == 2 and name[-1].text in matcher.names["type_heads"]["ORG"]


def _sentence_initial(text: str, start: int, titles: set[str]) -> bool:
    before = text[max(0, start - 20) : start].rstrip(" \"'“”‘’([•*")
    if not before or before[-1] in "\n!?:…":
        return True
    return before[-1] == "." and before.split()[-1] not in titles


class _Name(NamedTuple):
    """An unknown name: its words, and the words beside it."""

    words: list[str]
    before: list[str]  # the two words before it
    after: list[str]

    def has_head(self, heads: Collection[str]) -> bool:
        """Does it end in one of the head words, or begin with one before "of"?"""
        last = self.words[-1]
        ends = last in heads or (len(self.words) > 1 and last.removesuffix("s") in heads)
        return ends or (self.words[0] in heads and "of" in self.words)

    @property
    def letters(self) -> bool:
        return len(self.words) == 1 and self.words[0].isupper()

    @property
    def last_before(self) -> str:
        return self.before[-1] if self.before else ""

    @property
    def next(self) -> str:
        return self.after[0] if self.after else ""


def _head(name: _Name, matcher: ActorMatcher) -> str:
    heads = matcher.names["type_heads"].items()
    return next((type_ for type_, words in heads if name.has_head(words)), "")


def _start(name: _Name, matcher: ActorMatcher) -> str:
    starts = matcher.names["name_starts"].items()
    if len(name.words) < 2:
        return ""
    return next((type_ for type_, words in starts if name.words[0] in words), "")


def _title(name: _Name, matcher: ActorMatcher) -> str:
    lists = matcher.words
    titled = name.last_before in lists["titles"] or name.last_before in lists["role_before"]
    office = "for" in name.words or "and" in name.words  # "Secretary | for Rural Affairs"
    return "PERSON" if titled and not (name.letters or office) else ""


def _described(name: _Name, matcher: ActorMatcher) -> str:
    """By an age, or by what somebody is: "Brandt, 34," and "Brandt, a former judge"."""
    comma, *after = *name.after, ""
    if comma != "," or name.letters:
        return ""
    aged = after[0].isdigit() and len(after[0]) < 4 and after[1:2] in ([","], ["."])
    is_one = after[0] in ("a", "an", "the") and matcher.words["role_before"].intersection(after)
    return "PERSON" if aged or is_one else ""


def _given_name(name: _Name, matcher: ActorMatcher) -> str:
    return "PERSON" if name.words[0] in matcher.words["given_names"] else ""


def _initials(name: _Name, matcher: ActorMatcher) -> str:
    """Letters alone may be a thing; they are a body where they speak or have people."""
    speaks = name.next in matcher.words["speaking"] or name.next in matcher.words["group_after"]
    alone = not name.next[:1].isalpha() or name.next in function_words(READ, matcher.lexicon)
    the_body = name.last_before in ("the", "The") and alone
    return "ORG" if name.letters and (speaks or the_body) else ""


def _kind_of_place(name: _Name, matcher: ActorMatcher) -> str:
    lists = matcher.words
    part, of = ("", "", *name.before)[-2:]
    parts = of == "of" and part.lower() in lists["place_kinds"] | lists["parts_of_places"]
    return "LOC" if parts or name.next in lists["place_kinds"] else ""


def _group(name: _Name, matcher: ActorMatcher) -> str:
    lists = matcher.words
    shown = name.next in lists["group_after"] or name.last_before in lists["group_before"]
    many = len(name.words) == 1 and name.words[0].endswith("s") and name.next in lists["plural"]
    return "ORG" if shown or (many and name.last_before in ("the", "The")) else ""


def _speaks(name: _Name, matcher: ActorMatcher) -> str:
    """Who speaks is a person; with "the" before it, a body: "the Observatory also said"."""
    lists, rules = matcher.words, matcher.capital
    between = rules["adverbs"] | rules["auxiliaries"]
    says = next((word for word in name.after if word not in between), "")
    if says in lists["speaking"] and name.last_before in ("the", "The"):
        return "ORG"
    speaks = says in lists["speaking"] or name.last_before in lists["spoken_by"]
    return "PERSON" if speaks else ""


def _at_place(name: _Name, matcher: ActorMatcher) -> str:
    before = name.last_before in matcher.capital["place_before"]
    return "LOC" if before and not name.letters else ""


# From what stands in the name itself to what stands near it; the first that tells decides.
SIGNS: dict[str, Callable[[_Name, ActorMatcher], str]] = {
    "head": _head, "given name": _given_name, "beginning": _start, "initials": _initials,
    "title": _title, "described": _described, "kind of place": _kind_of_place,
    "group": _group, "speaks": _speaks, "at a place": _at_place,
}  # fmt: skip


def _name(start: int, end: int, surface: str, around: list[Word], starts: list[int]) -> _Name:
    """A name with what stands beside it; `around` holds the words and signs of the text."""
    first, behind = bisect_left(starts, start), bisect_left(starts, end)
    before, after = around[max(0, first - 2) : first], around[behind : behind + 5]
    return _Name(surface.split(), [word.text for word in before], [word.text for word in after])


def _guess_type(name: _Name, matcher: ActorMatcher) -> tuple[str, str]:
    """The type that the first of the signs tells, and that sign."""
    guesses = ((tells(name, matcher), sign) for sign, tells in SIGNS.items())
    return next((guess for guess in guesses if guess[0]), ("", ""))


def skeleton(name: str) -> frozenset[str]:
    """The consonants of each word, with q, k, c and z, s and doubled letters as one."""
    words = re.findall(
        r"[^\W\d_]+", re.sub(rf"'|\b(?:[ae]l[- ]|the |[aeu]{_ASSIMILATED})", "", name.casefold())
    )
    folded = [word.translate(str.maketrans("qcz", "kks", "aeiouyhw")) or word for word in words]
    return frozenset(re.sub(r"(.)\1+", r"\1", word) for word in folded)


# --- Tables ----------------------------------------------------------------------------------


def counted_mentions(mentions: pd.DataFrame) -> pd.DataFrame:
    """Mentions that count: no furniture, no repeated caption."""
    return mentions[mentions["counted"].astype(bool) & (mentions["kind"] != "furniture")]


def first_mentions(mentions: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """First mention of each entity in each article, and how prominent it is.

    doc_id, entity_id, entity, sent_id, field, start, surface, in_headline (title or subtitle),
    in_lead (first body sentence, in news usually the first paragraph), position (share of the
    article's sentences before it, 0 is the top).
    """
    counted = counted_mentions(mentions)
    decided = counted[counted["rule"] != "undecided"]
    decided = decided.sort_values(["doc_id", "sent_id", "start"])
    lead = sentences[sentences["kind"] == "body"].groupby("doc_id")["sent_id"].min()
    told = sentences[sentences["kind"] != "furniture"].sort_values("sent_id")
    place = told.assign(rank=told.groupby("doc_id").cumcount())
    place["position"] = place["rank"] / place.groupby("doc_id")["rank"].transform("size")
    decided = decided.merge(place[["doc_id", "sent_id", "position"]], on=["doc_id", "sent_id"])
    decided["in_headline"] = decided["kind"].isin(["title", "subtitle"])
    decided["in_lead"] = decided["sent_id"] == decided["doc_id"].map(lead)
    groups = decided.groupby(["doc_id", "entity_id"], sort=True)
    table = groups[["entity", "sent_id", "field", "start", "surface", "position"]].first()
    return table.join(groups[["in_headline", "in_lead"]].any()).reset_index()
