"""The phrases of ``lexicons/events.yml`` in a sentence.

`find_phrases` splits a sentence into tokens and finds every phrase that names a political event,
in any inflection, whether or not that event took place; `analysis.events.readings` decides on that.
"""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from functools import cache
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import NamedTuple

from analysis.lexicons import OURS, Lexicon, load

MAX_GAP = 6
MAX_TOKENS = 400

_TOKEN = re.compile(
    r"(\s{0,9}+)([A-Za-z]++(?![\w.'’-])|[A-Za-z]+(?=n['’]t\b)|n['’]t\b|['’]s\b|\d[\d.,]*\d|(?:[A-Z]\.)+[A-Z]?"
    r"|[^\W_]+(?:[-'’](?!s\b)[^\W_]+)*|[,;:()\"“”—–])"
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
    first: int = 0


class Entry(NamedTuple):
    """All phrases that begin with one word (or one set of alternatives), by their length."""

    verbal: bool
    single: list[Phrase]
    near: dict[str, Phrase]  # form of the second word, right behind the first -> phrase
    far: dict[str, Phrase]  # form of the second word, after a gap or none -> phrase
    longer: list[Phrase]


class Start(NamedTuple):
    """What one form of a word may begin."""

    entries: tuple[list[Entry], list[Entry]]  # all, those of nouns
    alone: tuple[list[Phrase], list[Phrase]]  # phrases of this word only, those of nouns
    seconds: frozenset[str]  # of which one follows in a longer phrase
    passives: dict[str, Phrase]  # participle -> phrase whose object the word is
    ambiguous: bool  # a noun or a verb


class Vocabulary(NamedTuple):
    """The phrases of a lexicon, with every inflected form spelled out."""

    starts: dict[str, Start]  # form of a first word, or of an object
    words: dict[str, frozenset[str]]  # the word lists of `context`, and some of them joined
    numbers: dict[str, int]
    vague_numbers: dict[str, list]
    goldstein: dict[str, dict[str, float]]
    direction: dict[str, str]  # root -> direction

    def values(self, root: str, mode: str) -> tuple[str, float]:
        """Direction and Goldstein value of a root and mode."""
        weights = self.goldstein[root]
        return self.direction[root], weights.get(mode, weights["plain"])


class Sentence(NamedTuple):
    """Tokens of a sentence, its clauses and the phrases found."""

    text: str
    starts: list[int]  # offsets of each token
    ends: list[int]
    lowers: list[str]  # in lower case
    capitals: list[bool]
    clauses: list[int]  # first tokens of the clauses, and the end
    hits: list[Hit]
    verbs: frozenset[int]  # first tokens of verbal phrases
    known: Vocabulary

    def clause_of(self, i: int) -> tuple[int, int]:
        """First token and end of the clause of token `i`."""
        n = bisect_right(self.clauses, i)
        return self.clauses[n - 1], self.clauses[n]


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
def vocabulary(lexicon: Lexicon = OURS) -> Vocabulary:
    """What is compiled from a lexicon; a corpus's additions win over ours."""
    content, plover = lexicon["events"], lexicon["plover"]
    irregular, classes = content["irregular"], content["classes"]

    @cache
    def forms(element: str) -> frozenset[str]:
        words = (classes[w[1:-1]] if w.startswith("<") else [w] for w in element.split("|"))
        return frozenset(f for group in words for w in group for f in inflections(w, irregular))

    words = {name: frozenset(group) for name, group in content["context"].items()}
    function = words["function"] | {"that"}
    entries: dict[tuple[str, bool], Entry] = {}
    passives: dict[str, dict[str, Phrase]] = {}
    ours = {phrase[:3] + phrase[4:] for phrase in _phrases(load("events")["events"], forms)}
    phrases = _phrases(content["events"], forms)
    for phrase in sorted(phrases, key=lambda phrase: phrase[:3] + phrase[4:] in ours):
        first = phrase.text.split()[0]
        key = (first, phrase.verbal)
        entry = entries.setdefault(key, Entry(phrase.verbal, [], {}, {}, []))
        if not phrase.rest:
            entry.single.append(phrase)
        elif len(phrase.rest) > 1:
            entry.longer.append(phrase)
        else:
            gap, second = phrase.rest[0]
            for form in second:
                (entry.far if gap else entry.near).setdefault(form, phrase)
            if gap and phrase.verbal and function.isdisjoint(second):
                past = irregular.get(first) or [f for f in forms(first) if f.endswith("ed")]
                for form in second:
                    table = passives.setdefault(form, {})
                    for participle in past:
                        table.setdefault(participle, phrase._replace(verbal=False))
    begins: dict[str, list[Entry]] = {form: [] for form in passives}
    for (first, _), entry in entries.items():
        for form in forms(first):
            begins.setdefault(form, []).append(entry)
    words["clause begins"] = BREAKS | words["clause"]
    words["phrase ends"] = words["clause begins"] | {","}
    words["no object beyond"] = words["phrase ends"] - {"that"} | {"during"}
    words["no subject beyond"] = words["phrase ends"] | words["reporting"]
    words["phrase may end"] = (words["auxiliary"] | words["prepositions"]) - {"of"}
    words["actor before"] = words["before_place"] | words["relatives"]
    starts = {}
    for form, of_form in begins.items():
        follow = [{*e.near, *e.far}.union(*(p.rest[0][1] for p in e.longer)) for e in of_form]
        nouns = [entry for entry in of_form if not entry.verbal]
        ambiguous = form in words["nouns"] or 0 < len(nouns) < len(of_form)
        verbs = [entry for entry in of_form if entry.verbal] if ambiguous else of_form
        starts[form] = Start(
            (of_form, nouns),
            tuple([p for entry in group for p in entry.single] for group in (verbs, nouns)),
            frozenset(words["be"] if form in passives else ()).union(*follow),
            passives.get(form, {}),
            ambiguous,
        )
    return Vocabulary(
        starts,
        words,
        content["numbers"],
        content["vague_numbers"],
        plover["goldstein"],
        {root: name for name, roots in plover["directions"].items() for root in roots},
    )


def _phrases(events: dict, forms: Callable[[str], frozenset[str]]) -> Iterator[Phrase]:
    for root, modes in events.items():
        for mode, kinds in modes.items():
            for kind, texts in kinds.items():
                for text in texts or ():
                    elements = text.split()
                    rest = tuple(
                        (before == "_", forms(element))
                        for before, element in pairwise(elements)
                        if element != "_"
                    )
                    yield Phrase(root, "" if mode == "plain" else mode, kind == "verbs", rest, text)


def find_phrases(text: str, lexicon: Lexicon = OURS) -> Sentence:
    """Tokens, clauses and phrases of a sentence (of the first 400 tokens, if it is longer)."""
    known = vocabulary(lexicon)
    pieces = _TOKEN.split(text, MAX_TOKENS)  # what is no token, white space, a token, and so on
    tokens = pieces[2::3]
    joined = " ".join(tokens).lower()
    for ours, other in _SPELLINGS:
        joined = joined.replace(ours, other)
    lowers = joined.split()
    if any(map(text.__contains__, _MONTHS)):
        pairs = enumerate(zip(tokens, lowers, strict=True))
        lowers = [token if i and token in _MONTHS else low for i, (token, low) in pairs]
    capitals = [*map(str.isupper, map(itemgetter(0), tokens))]
    begins = known.words["clause begins"]
    clauses = [0, *[i for i, word in enumerate(lowers) if word in begins], len(lowers)]
    hits = _hits(lowers, capitals, known)
    verbs = frozenset([hit.first for hit in hits if hit.phrase.verbal])
    ends = list(accumulate(map(len, pieces)))
    return Sentence(text, ends[1::3], ends[2::3], lowers, capitals, clauses, hits, verbs, known)


def _hits(lowers: list[str], capitals: list[bool], known: Vocabulary) -> list[Hit]:
    """The longest phrase at each token, without those inside a longer one; in textual order."""
    starts, headline = known.starts, sum(capitals) > 0.6 * len(capitals)
    taken: set[int] = set()  # tokens of the hits kept
    kept: list[Hit] = []
    for i, start in [(i, starts[word]) for i, word in enumerate(lowers) if word in starts]:
        several = not start.seconds.isdisjoint(lowers[i + 1 : i + 2 + MAX_GAP])
        if not (several or any(start.alone)):
            continue
        if _is_name_or_adjective(lowers, capitals, i, headline, known):
            continue
        noun = start.ambiguous and _is_noun(lowers, capitals, i, known)
        hit = several and _longest(start.entries[noun], lowers, i)
        if not hit and start.alone[noun]:
            hit = Hit(start.alone[noun][0], (i,), i, start.alone[noun][0].mode, i)
        if several and start.passives:
            hit = _passive(start.passives, known.words["be"], lowers, i) or hit
        if not hit:
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


def _longest(entries: list[Entry], lowers: list[str], i: int) -> Hit | None:
    """The longest phrase of several words that begins at token `i`; of two the nearest."""
    window = lowers[i + 1 : i + 2 + MAX_GAP]
    for entry in entries:
        for phrase in entry.longer:
            second = phrase.rest[0][1]
            if not second.isdisjoint(window) and (words := _match(phrase, lowers, i)):
                return Hit(phrase, words, words[-1], phrase.mode, i)
    for entry in entries:
        if phrase := entry.near.get(window[0]):
            return Hit(phrase, (i, i + 1), i + 1, phrase.mode, i)
        if entry.far.keys().isdisjoint(window):
            continue
        for j, word in enumerate(window, i + 1):
            if phrase := entry.far.get(word):
                return Hit(phrase, (i, j), j, phrase.mode, i)
            if word in BREAKS or word == ",":
                break
    return None


def _passive(table: dict[str, Phrase], be: frozenset[str], lowers: list[str], i: int) -> Hit | None:
    """ "sanctions on the port | were | lifted": the object, a form of "be", the participle."""
    for k in range(i + 1, min(i + 2 + MAX_GAP, len(lowers))):
        if lowers[k] in be:
            for j in range(k + 1, min(k + 4, len(lowers))):
                if phrase := table.get(lowers[j]):
                    return Hit(phrase, (i, k, j), j, phrase.mode, i)
        if lowers[k] in be or lowers[k] in BREAKS:
            break
    return None


def _match(phrase: Phrase, lowers: list[str], i: int) -> tuple[int, ...] | None:
    words, n = [i], len(lowers)
    for gap, forms in phrase.rest:
        i += 1
        stop = min(i + 1 + MAX_GAP, n) if gap else min(i + 1, n)
        while i < stop:
            word = lowers[i]
            if word in forms:
                break
            if word in BREAKS or word in {",", "response", "retaliation"}:
                return None
            i += 1
        else:
            return None
        words.append(i)
    return tuple(words)


def _is_noun(lowers: list[str], capitals: list[bool], i: int, known: Vocabulary) -> bool:
    """Whether a form that may be a noun or a verb is a noun here, by its neighbours."""
    word, words = lowers[i], known.words
    before = lowers[i - 1] if i else ""
    after = lowers[i + 1] if i + 1 < len(lowers) else ""
    gerund = word.endswith("ing")
    if before in words["pronouns"]:
        noun = False
    elif before in words["auxiliary"] and before not in words["determiner"]:
        noun = before in words["be"] and not word.endswith(("ing", "ed"))
    elif word.endswith("ed"):
        noun = False
    elif before in words["determiner"] or before[:1].isdigit() or before.endswith(("ed", "ing")):
        noun = not (gerund and after in words["determiner"] and after != "of")
    elif gerund:
        noun = after in words["noun_follows"] and before not in {",", ""}
    elif i and not capitals[i - 1] and before.isalpha() and not before.endswith("s"):
        noun = True
    elif word in words["nouns"]:
        noun = after not in words["determiner"] or after in words["noun_follows"]
    else:
        noun = not after or after in words["noun_follows"] or not after[0].isalnum()
    return noun


def _is_name_or_adjective(
    lowers: list[str], capitals: list[bool], i: int, headline: bool, known: Vocabulary
) -> bool:
    """Part of a name ("Amnesty International") or a participle before its noun ("armed men")."""
    word, words = lowers[i], known.words
    before = lowers[i - 1] if i else ","
    if capitals[i] and not headline and before not in BREAKS:
        named = not i and capitals[1:2] == [True] and lowers[1] not in words["weekdays"]
        if i or named:
            return True
    if not word.endswith(("ed", "ing")) or i + 1 == len(lowers) or capitals[i + 1]:
        return False
    if word in words["adjectives"] and before not in words["auxiliary"]:
        return True
    after = lowers[i + 1]
    named = i and capitals[i - 1] and before not in words["determiner"]
    noun = after.isalpha() and after not in words["function"] and not after.endswith("ly")
    if named or not noun or before in words["auxiliary"]:
        return False
    if word.endswith("ing"):
        return before in {"the", "a", "an"} and not known.starts[word].ambiguous
    return not i or before in words["determiner"] or before in words["function"]
