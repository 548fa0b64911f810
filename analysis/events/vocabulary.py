"""The phrases of ``lexicons/events.yml``, spelled out in every inflection, and its word lists."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from analysis.lexicons import OURS, Lexicon

BREAKS = frozenset(';:()[]"“”—–')


class Phrase(NamedTuple):
    """One phrase of the lexicon: a first word and, each after a gap or not, further words.

    An idiom, which only looks like an event, has no `root`.
    """

    root: str
    mode: str
    verbal: bool
    rest: tuple[tuple[bool, frozenset[str]], ...]
    text: str


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
    """The phrases of a lexicon and its word lists."""

    starts: dict[str, Start]  # form of a first word, or of an object
    lists: dict[str, frozenset[str]]  # the word lists of `context`, and some of them joined
    numbers: dict[str, int]
    vague_numbers: dict[str, list[int | None]]
    number_bounds: list[list]
    counted_acts: re.Pattern[str]
    goldstein: dict[str, dict[str, float]]
    direction: dict[str, str]  # root -> direction

    def values(self, root: str, mode: str) -> tuple[str, float]:
        """Direction and Goldstein value of a root and mode."""
        weights = self.goldstein[root]
        return self.direction[root], weights.get(mode, weights["plain"])


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
    """The phrases and word lists of a lexicon; a corpus's phrases win over ours.

    >>> vocabulary().values("RETREAT", "ceasefire")
    ('pause', 9.0)
    """
    content, plover = lexicon["events"], lexicon["plover"]
    numbers = {"a": 1, "an": 1} | lexicon["dates"]["words"]["NUMBER"]
    lists = _word_lists(lexicon)
    return Vocabulary(
        _starts(lexicon, lists),
        lists,
        numbers,
        content["vague_numbers"],
        content["number_bounds"],
        re.compile(content["counted_acts"]),
        plover["goldstein"],
        {root: name for name, roots in plover["directions"].items() for root in roots},
    )


def _word_lists(lexicon: Lexicon) -> dict[str, frozenset[str]]:
    lists = {name: frozenset(group) for name, group in lexicon["events"]["context"].items()}
    words = lexicon["dates"]["words"]
    lists["weekdays"] = frozenset(name for names in words["WEEKDAY"].values() for name in names)
    lists["calendar"] = frozenset(
        name
        for kind in ("WEEKDAY", "MONTH")
        for names in words[kind].values()
        for name in names
        if name not in {"sun", "sat", "mar"}
    )
    lists["calendar"] |= {"May", "March"}  # which as names keep their capital
    lists["no_actor"] |= lists["calendar"]
    lists["clause begins"] = BREAKS | lists["clause"]
    lists["phrase ends"] = lists["clause begins"] | {","}
    lists["no object beyond"] = lists["phrase ends"] - {"that"} | {"during"}
    lists["no subject beyond"] = lists["phrase ends"] | lists["reporting"]
    lists["phrase may end"] = (lists["verb_group"] | lists["prepositions"]) - {"of"}
    lists["predicate"] = lists["be"] | lists["causative"]
    lists["object pronouns"] = frozenset(["them", "him", "it", "me", "us", "you"])
    lists["no last word"] = lists["calendar"] | lists["before_number"] | {"and"}
    lists["leads to place"] = lists["before_place"] | {"on", "down"}  # "on Harbour Street"
    lists["actor before"] = lists["before_place"] | lists["relatives"]
    irregular, classes = lexicon["events"]["irregular"], lexicon["events"]["classes"]
    lists["past"] = frozenset(form for past in irregular.values() for form in past) - {*irregular}

    def forms(*names: str) -> frozenset[str]:
        words = (word for name in names for word in classes[name])
        return frozenset(form for word in words for form in inflections(word, irregular))

    lists["violence"] = forms("violence")
    lists["weapons"] = forms("weapon")
    lists["sites"] = forms("site", "vessel")
    lists["captives"] = forms("captive") | {"them", "him", "her", "us"}
    lists["undergoes"] |= forms("captive", "envoy", "guest", "gathering", "vessel")
    lists["no_party"] |= (
        forms("attack", "talks", "deal", "truce", "demand", "inquiry") | lists["calendar"]
    )
    return lists


def _starts(lexicon: Lexicon, lists: dict[str, frozenset[str]]) -> dict[str, Start]:
    """What every form of a first word may begin."""
    irregular, classes = lexicon["events"]["irregular"], lexicon["events"]["classes"]

    @cache
    def forms(element: str) -> frozenset[str]:
        words = (classes[w[1:-1]] if w.startswith("<") else [w] for w in element.split("|"))
        return frozenset(f for group in words for w in group for f in inflections(w, irregular))

    entries: dict[tuple[str, bool], Entry] = {}
    passives: dict[str, dict[str, Phrase]] = {}
    ours = {phrase[:3] + phrase[4:] for phrase in _phrases(OURS["events"], forms)}
    phrases = _phrases(lexicon["events"], forms)
    for phrase in sorted(phrases, key=lambda phrase: phrase[:3] + phrase[4:] in ours):
        first = phrase.text.split()[0]
        empty = Entry(phrase.verbal, [], {}, {}, [])
        _enter(entries.setdefault((first, phrase.verbal), empty), phrase)
        if _has_passive(phrase, lists["beside_verb"]):
            past = irregular.get(first) or [f for f in forms(first) if f.endswith("ed")]
            for form in phrase.rest[0][1]:
                of_object = passives.setdefault(form, {})
                for participle in past:
                    of_object.setdefault(participle, phrase._replace(verbal=False))
    begins: dict[str, list[Entry]] = {form: [] for form in passives}
    for (first, _), entry in entries.items():
        for form in forms(first):
            begins.setdefault(form, []).append(entry)
    return {
        form: _start(form, of_form, passives.get(form, {}), lists)
        for form, of_form in begins.items()
    }


def _enter(entry: Entry, phrase: Phrase) -> None:
    if not phrase.rest:
        entry.single.append(phrase)
    elif len(phrase.rest) > 1:
        entry.longer.append(phrase)
    else:
        gap, second = phrase.rest[0]
        for form in second:
            (entry.far if gap else entry.near).setdefault(form, phrase)


def _has_passive(phrase: Phrase, beside_verb: frozenset[str]) -> bool:
    """Whether its second word is an object, which in the passive stands before the verb."""
    gap, second = phrase.rest[0] if len(phrase.rest) == 1 else (False, frozenset[str]())
    return gap and phrase.verbal and (beside_verb | {"that"}).isdisjoint(second)


def _start(
    form: str,
    entries: list[Entry],
    passives: dict[str, Phrase],
    lists: dict[str, frozenset[str]],
) -> Start:
    follow = [{*e.near, *e.far}.union(*(p.rest[0][1] for p in e.longer)) for e in entries]
    nouns = [entry for entry in entries if not entry.verbal]
    ambiguous = form in lists["often_nouns"] or 0 < len(nouns) < len(entries)
    verbs = [entry for entry in entries if entry.verbal] if ambiguous else entries
    return Start(
        (entries, nouns),
        tuple([p for entry in group for p in entry.single] for group in (verbs, nouns)),
        frozenset(lists["be"] if passives else ()).union(*follow),
        passives,
        ambiguous,
    )


def _phrases(content: dict, forms: Callable[[str], frozenset[str]]) -> Iterator[Phrase]:
    for root, modes in content["events"].items():
        for mode, kinds in modes.items():
            for kind, texts in kinds.items():
                for text in texts or ():
                    own = "" if mode == "plain" else mode
                    yield Phrase(root, own, kind == "verbs", _rest(text, forms), text)
    for text in content["idioms"]:
        yield Phrase("", "", True, _rest(text, forms), text)


def _rest(
    text: str, forms: Callable[[str], frozenset[str]]
) -> tuple[tuple[bool, frozenset[str]], ...]:
    pairs = pairwise(text.split())
    return tuple((before == "_", forms(word)) for before, word in pairs if word != "_")
