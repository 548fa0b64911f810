"""The phrases of ``lexicons/events.yml`` in a sentence.

`find_phrases` splits a sentence into tokens and finds every phrase that names a political event,
in any inflection, whether or not that event took place; `analysis.events` decides on that.
"""

import re
from functools import cache
from typing import Any, NamedTuple

from analysis.lexicons import load

MAX_GAP = 6
MAX_TOKENS = 400

_TOKEN = re.compile(
    r"[A-Za-z]+(?=n['’]t\b)|n['’]t\b|['’]s\b|\d[\d.,]*\d|(?:[A-Z]\.)+[A-Z]?"
    r"|[^\W_]+(?:[-'’](?!s\b)[^\W_]+)*|[,;:()\[\]\"“”—–]"
)
BREAKS = frozenset(';:()[]"“”—–')
_MONTHS = frozenset(["May", "March", "Will"])  # as names they are written with a capital
_SPELLINGS = (("’", "'"), ("cease-fire", "ceasefire"), ("air-strike", "airstrike"))


class Phrase(NamedTuple):
    """One phrase of the lexicon: a first word and, each after a gap or not, further words."""

    root: str
    mode: str
    verbal: bool
    rest: tuple[tuple[bool, frozenset[str]], ...]
    text: str


class Hit(NamedTuple):
    """A phrase found in a sentence; `words` are the indices of its own tokens."""

    phrase: Phrase
    words: tuple[int, ...]
    last: int
    mode: str

    @property
    def first(self) -> int:
        return self.words[0]


class Sentence(NamedTuple):
    """Tokens of a sentence, its clauses and the phrases found."""

    text: str
    spans: list[tuple[int, int]]  # offsets of each token
    lowers: list[str]  # in lower case
    capitals: list[bool]
    clause: list[int]  # number of the clause each token is in
    hits: list[Hit]
    verbs: frozenset[int]  # first tokens of verbal phrases


class Lexicon(NamedTuple):
    """The lexicon, with every inflected form spelled out."""

    starts: dict[str, list[Phrase]]  # form of a first word -> phrases, the longest first
    ambiguous: frozenset[str]  # forms that may be a noun or a verb
    words: dict[str, frozenset[str]]  # the word lists of `context`
    numbers: dict[str, int]
    vague_numbers: dict[str, list]
    goldstein: dict[str, dict[str, float]]
    direction: dict[str, str]  # root -> direction


def inflections(word: str, irregular: dict[str, list[str]]) -> set[str]:
    """Forms of an English word as verb and as noun; some do not exist, which does no harm."""
    stem = word[:-1] if word.endswith("e") else word
    forms = {word, stem + "ing", word + "s"}
    if word.endswith(("s", "x", "z", "ch", "sh")):
        forms |= {word + "es", word + "ed"}
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        forms |= {word[:-1] + "ies", word[:-1] + "ied"}
    else:
        forms |= {stem + "ed"}
    if re.search(r"[^aeiou][aeiou][bdgklmnprt]$", word):
        forms |= {word + word[-1] + "ed", word + word[-1] + "ing"}
    return forms | set(irregular.get(word, ()))


@cache
def lexicon(extra: str | None = None) -> Lexicon:
    """The lexicon; `extra` is a folder with a corpus's additions."""
    content, plover = load("events", extra), load("plover", extra)
    irregular, classes = content["irregular"], content["classes"]

    @cache
    def forms(element: str) -> frozenset[str]:
        words = (classes[w[1:-1]] if w.startswith("<") else [w] for w in element.split("|"))
        return frozenset(f for group in words for w in group for f in inflections(w, irregular))

    starts: dict[str, list[Phrase]] = {}
    verbs, nouns = set(), set()

    def add(phrase: Phrase, first: frozenset[str]) -> None:
        (verbs if phrase.verbal else nouns).update(first)
        for form in first:
            starts.setdefault(form, []).append(phrase)

    for root, modes in content["events"].items():
        for mode, kinds in modes.items():
            for kind, text in ((kind, t) for kind, texts in kinds.items() for t in texts or ()):
                first, *others = text.split()
                pairs = zip([first, *others], others, strict=False)
                rest = tuple((before == "_", forms(word)) for before, word in pairs if word != "_")
                name = "" if mode == "plain" else mode
                add(Phrase(root, name, kind == "verbs", rest, text), forms(first))
                if kind == "verbs" and len(others) == 2 and others[0] == "_":
                    past = frozenset(irregular.get(first, ())) or frozenset(
                        form for form in forms(first) if form.endswith("ed")
                    )
                    passive = ((True, forms("be")), (True, past))
                    add(Phrase(root, name, False, passive, text), forms(others[1]))
    for phrases in starts.values():
        phrases.sort(key=lambda phrase: -len(phrase.rest))
    return Lexicon(
        starts,
        frozenset(verbs & nouns),
        {name: frozenset(words) for name, words in content["context"].items()},
        content["numbers"],
        content["vague_numbers"],
        plover["goldstein"],
        {root: name for name, roots in plover["directions"].items() for root in roots},
    )


def find_phrases(text: str) -> Sentence:
    """Tokens, clauses and phrases of a sentence (of the first 400 tokens, if it is longer)."""
    matches = list(_TOKEN.finditer(text))[:MAX_TOKENS]
    tokens = [match[0] for match in matches]
    lowers = [token.lower() for token in tokens]
    for i, token in enumerate(tokens):
        if token in _MONTHS and i:
            lowers[i] = token
        elif "-" in token or "’" in token:
            for ours, other in _SPELLINGS:
                lowers[i] = lowers[i].replace(ours, other)
    capitals = [token[0].isupper() for token in tokens]
    boundary, number, clause = lexicon().words["clause"] | BREAKS, 0, []
    for word in lowers:
        number += word in boundary
        clause.append(number)
    hits = _hits(lowers, capitals)
    verbs = frozenset([hit.first for hit in hits if hit.phrase.verbal])
    return Sentence(text, [m.span() for m in matches], lowers, capitals, clause, hits, verbs)


def _hits(lowers: list[str], capitals: list[bool]) -> list[Hit]:
    """The longest phrase at each token, without those inside a longer one; in textual order."""
    known = lexicon()
    starts = known.starts
    headline = sum(capitals) > 0.6 * len(capitals)
    taken: set[int] = set()  # tokens of the hits kept
    kept: list[Hit] = []
    for i, word in enumerate(lowers):
        if word not in starts or _is_name_or_adjective(lowers, capitals, i, headline):
            continue
        ambiguous = word in known.ambiguous
        noun = ambiguous and _is_noun(lowers, capitals, i)
        hit = None
        for phrase in starts[word]:
            if ambiguous and (phrase.verbal if noun else not (phrase.verbal or phrase.rest)):
                continue
            if words := _match(phrase, lowers, i):
                hit = Hit(phrase, words, words[-1], phrase.mode)
                break
        if hit is None:
            continue
        outer = kept[-1] if kept and i <= kept[-1].last + (not hit.phrase.verbal) else None
        if outer and outer.phrase.root == hit.phrase.root:
            # "launched | air strikes", "drone | strike": the inner phrase refines the outer one
            last = max(outer.last, hit.last)
            kept[-1] = outer._replace(last=last, mode=outer.mode or hit.mode)
            taken.update(hit.words)
        elif i not in taken:
            taken.update(hit.words)
            kept.append(hit)
    return kept


def _match(phrase: Phrase, lowers: list[str], i: int) -> tuple[int, ...] | None:
    words, n = [i], len(lowers)
    for gap, forms in phrase.rest:
        i += 1
        stop = min(i + MAX_GAP, n) if gap else min(i + 1, n)
        while i < stop:
            word = lowers[i]
            if word in forms:
                break
            if word in BREAKS or word == ",":
                return None
            i += 1
        else:
            return None
        words.append(i)
    return tuple(words)


def _is_noun(lowers: list[str], capitals: list[bool], i: int) -> bool:
    """Whether a form that may be a noun or a verb is a noun here, by its neighbours."""
    word, words = lowers[i], lexicon().words
    before = lowers[i - 1] if i else ""
    after = lowers[i + 1] if i + 1 < len(lowers) else ""
    if before in words["auxiliary"] and before not in words["determiner"]:
        return before in words["be"] and not word.endswith(("ing", "ed"))
    if word.endswith("ed"):
        return False
    if before in words["determiner"] or before[:1].isdigit() or before.endswith(("ed", "ing")):
        return not (word.endswith("ing") and after in words["determiner"] and after != "of")
    if word.endswith("ing"):
        return after in words["noun_follows"] and before not in {",", ""}
    if i and not capitals[i - 1] and before.isalpha() and not before.endswith("s"):
        return True
    return not after or after in words["noun_follows"] or not after[0].isalnum()


def _is_name_or_adjective(lowers: list[str], capitals: list[bool], i: int, headline: bool) -> bool:
    """Part of a name ("Amnesty International") or a participle before its noun ("armed men")."""
    word, words = lowers[i], lexicon().words
    before = lowers[i - 1] if i else ","
    if capitals[i] and i and not headline and before not in BREAKS:
        return True
    if not word.endswith("ed") or i + 1 == len(lowers) or capitals[i + 1]:
        return False
    after = lowers[i + 1]
    if before in words["auxiliary"] or (i and capitals[i - 1]) or not after.isalpha():
        return False
    if after in words["function"] or after.endswith("ly"):
        return False
    return before == "," or before in words["determiner"] or before in words["function"]


def lexicon_values(root: str, mode: str) -> tuple[str, float]:
    """Direction and Goldstein value of a root and mode."""
    known = lexicon()
    values: dict[str, Any] = known.goldstein[root]
    return known.direction[root], values.get(mode, values["plain"])
