"""Attribution: the reporting verbs of a sentence and the noun phrases that speak."""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from analysis.lexicons import load

QUOTE = "“…”"  # the one token that stands for a passage in quotation marks
ENDS = frozenset(",.;:!?—–()[]…") | {""}
_OPENERS = ENDS | {"that", "but", "and", QUOTE}
_CITED = frozenset({"cited", "quoted"})
_TOKEN = re.compile(  # most words have no sign behind them that could go on with them
    r"\s{0,9}+(\w++(?![-‐‑.'’ʼ,])|(?:[^\W\d_]\.){2,}(?:-\w+)*"
    r"|\w++(?:(?:[-‐‑.'’ʼ](?!s\b)|,(?=\d))\w++)*+(?:['’ʼ]s?\b)?|[^\w\s])"
)
_REACH = 20  # words a noun phrase or a quotation's attribution may take


_ROLES = ("pronouns", "determiners", "inner_prepositions", "inner_after_source")

# A word, a sign, a known name or (`QUOTE`) a passage in quotation marks, and its place in a text.
Unit = tuple[int, int, str]


class Attribution(NamedTuple):
    """A reporting verb and its speaker, by numbers of tokens (the last one excluded)."""

    first: int
    last: int
    verb: str  # lemma
    speaker: tuple[int, int]
    inverted: bool  # "said the minister", "according to the minister"
    that: bool  # "that", a colon or quotation marks follow


@cache
def lists() -> dict[str, frozenset[str]]:
    """The flat lists of the lexicon of reporting verbs as sets, and sets made of them."""
    lexicon = load("reporting_verbs")
    sets = {key: frozenset(value) for key, value in lexicon.items() if isinstance(value, list)}
    speech = participles().keys() | reporting_verbs().keys()
    return sets | {
        "inner": sets["inner_prepositions"] | sets["inner_after_source"],
        "speaking": sets["anonymous"] | sets["official"],
        "no_phrase": sets["boundaries"] | speech,
        "closed": sets["boundaries"].union(speech, {"and"}, *map(sets.get, _ROLES)),
        # without any of them nothing is attributed in a sentence
        "attributing": speech | {"according", "According"},
    }


@cache
def reporting_verbs() -> dict[str, tuple[str, str]]:
    """Form -> (lemma, class) of every finite reporting verb; class neutral, claim, vow or deny."""
    return {
        form: (lemma, class_)
        for class_, lemmas in load("reporting_verbs")["classes"].items()
        for lemma, forms in lemmas.items()
        for form in forms
    }


def verb_class(lemma: str) -> str:
    """Class of a reporting verb's lemma: neutral, claim, vow or deny; neutral if unknown."""
    return dict(reporting_verbs().values()).get(lemma, "neutral")


@cache
def participles() -> dict[str, str]:
    """Participle that goes on with the sentence's speaker -> lemma."""
    return dict(load("reporting_verbs")["participles"])


def tokenise(
    text: str, start: int, end: int, units: Iterable[Unit]
) -> tuple[list[str], list[tuple[int, int]]]:
    """Words and signs of text[start:end], and their places; its units stay whole."""
    tokens: list[str] = []
    places: list[tuple[int, int]] = []
    for first, last, name in (*units, (end, end, "")):
        if first >= start:
            margin = name == QUOTE  # its quotation marks
            matches = list(_TOKEN.finditer(text, start, first - margin))
            tokens += [match[1] for match in matches]
            places += [match.span(1) for match in matches]
            start = last + margin
            if name:
                tokens.append(name)
                places.append((first, last))
    return tokens, places


def word_at(tokens: Sequence[str], i: int) -> str:
    """Token `i`, "" outside the sentence."""
    return tokens[i] if 0 <= i < len(tokens) else ""


def attributions(tokens: list[str]) -> list[Attribution]:
    """Every reporting verb or "according to" that has a speaker, in order."""
    found: list[Attribution] = []
    attributing = lists()["attributing"]
    for i, token in [(i, t) for i, t in enumerate(tokens) if t in attributing or t == "as"]:
        if found and i < found[-1].last:
            continue
        if token in {"according", "According"}:
            item = _according(tokens, i)
        elif token == "as":
            item = _as_saying(tokens, i)
        elif token in participles():
            item = _participle(tokens, i, found)
        else:
            item = _finite_verb(tokens, i)
        if item:
            found.append(item)
    return found


def _according(tokens: list[str], i: int) -> Attribution | None:
    last = phrase_end(tokens, i + 2)
    if word_at(tokens, i + 1) != "to" or last == i + 2:
        return None
    return Attribution(i, last, "according to", (i + 2, last), True, False)


def _as_saying(tokens: list[str], i: int) -> Attribution | None:
    """ "Reuters cited one of the groups as saying", "the army was quoted as saying"."""
    if word_at(tokens, i + 1) != "saying":
        return None
    end = i
    if word_at(tokens, i - 1) in _CITED and word_at(tokens, i - 2) in {"was", "were"}:
        end = i - 2
    first = phrase_start(tokens, end)
    if first == end:
        return None
    cited = word_at(tokens, first - 1) in _CITED
    opening = _subject(tokens, first - 1)[0] if cited else first
    return Attribution(opening, i + 2, "say", (first, end), False, False)


def _introduces(tokens: list[str], i: int) -> bool:
    """Does "that", a colon or a quotation follow token `i`?"""
    after = word_at(tokens, i + 1)
    return after in {"that", ":", QUOTE} or (after == "," and word_at(tokens, i + 2) == QUOTE)


def _participle(tokens: list[str], i: int, found: list[Attribution]) -> Attribution | None:
    """ "…, adding that …": the speaker of the verb before, else the sentence's subject."""
    verb = participles()[tokens[i]]
    that, near = _introduces(tokens, i), tokens[i + 1 : i + 6]
    if not that and (QUOTE not in near or near[0] in lists()["distance"]):
        return None
    if found:
        return Attribution(i, i + 1, verb, found[-1].speaker, False, that)
    first, last = clause_subject(tokens)
    if first == last or last > i:
        return None
    return Attribution(i, i + 1, verb, (first, last), False, that)


def _finite_verb(tokens: list[str], i: int) -> Attribution | None:
    form, before = tokens[i], word_at(tokens, i - 1)
    if before.lower() in lists()["no_verb_after"]:
        return None
    verb, that = reporting_verbs()[form][0], _introduces(tokens, i)
    quoted = that or before == QUOTE or QUOTE in tokens[i + 1 : i + 14]
    if verb in lists()["need_that_or_quote"] and not quoted:
        return None
    first, end = _subject(tokens, i)
    last = phrase_end(tokens, i + 1)
    if verb == "read" and lists()["texts"].isdisjoint(tokens[first:end] + tokens[i + 1 : last]):
        return None
    if last > i + 1:
        after_quote = before == QUOTE or (before == "," and word_at(tokens, i - 2) == QUOTE)
        if after_quote or (
            form in {"said", "says"}
            and not that
            and (word_at(tokens, last) in ENDS or word_at(tokens, last).endswith("ing"))
            and not _begins(tokens, first, end, tokens[i + 1 : last])
        ):
            return Attribution(i, last, verb, (i + 1, last), True, False)
    if first == end:
        return None
    return Attribution(first, i + 1, verb, (first, end), False, that)


def _begins(tokens: list[str], first: int, end: int, after: list[str]) -> bool:
    """Is the noun phrase before a verb its subject, rather than the phrase behind it?"""
    opens = first == end or word_at(tokens, first - 1) in _OPENERS
    return opens and (_may_speak(tokens[first:end]) or not _may_speak(after))


def _may_speak(phrase: list[str]) -> bool:
    """Does a noun phrase name someone, or one of those who speak in the news?"""
    pronouns = lists()["pronouns"]
    return any(speaks(token) or token.istitle() or token in pronouns for token in phrase)


def clause_subject(tokens: list[str]) -> tuple[int, int]:
    """Token numbers of the noun phrase that opens a sentence (after "On Sunday," and the like)."""
    first = 0
    if word_at(tokens, 0).lower() in lists()["circumstances"]:
        if "," in tokens:
            first = tokens.index(",") + 1
        else:
            near = range(2, min(len(tokens), 7))
            first = next((k for k in near if tokens[k] in lists()["determiners"]), 0)
    last = phrase_end(tokens, first)
    return first, last - (last - first > 1 and tokens[last - 1].endswith("ed"))


def _subject(tokens: list[str], verb: int) -> tuple[int, int]:
    """Token numbers of the noun phrase before a verb, over auxiliaries, "who" and an apposition."""
    end = verb
    while end and (tokens[end - 1] in lists()["auxiliaries"] or _adverb(tokens[end - 1])):
        end -= 1
    before = word_at(tokens, end - 1)
    if before in {"and", "but"}:
        return clause_subject(tokens[: end - 1])
    if before in lists()["relative"]:
        end -= 1 + (word_at(tokens, end - 2) == ",")
    elif before == ",":
        # "Yehia Rasool, a spokesman for the army, said": back to the comma that opens it, and on
        # where an apposition stands before it ("…, the governor of Elva, a town in the hills,")
        commas = [k for k in range(1, end - 1) if tokens[k] == ","]
        end = commas.pop() if commas else end - 1
        while commas and phrase_start(tokens, end) == commas[-1] + 1 and _described(tokens, commas):
            end = commas.pop()
    first = phrase_start(tokens, end)
    return _before_relative(tokens, first) or (first, end)


def _described(tokens: list[str], commas: list[int]) -> bool:
    """Does a determiner follow the last comma, and a name stand before it?"""
    after, before = word_at(tokens, commas[-1] + 1), word_at(tokens, commas[-1] - 1)
    return after in lists()["determiners"] and before.istitle()


def _before_relative(tokens: list[str], first: int) -> tuple[int, int] | None:
    """ "The paper which is close to the government | reported": the paper, not the government."""
    for k in range(first - 1, max(0, first - 10), -1):
        if tokens[k] in {"who", "which", "speaking"}:
            start = phrase_start(tokens, k)
            named = speaks(tokens[k - 1]) or tokens[k - 1].istitle()
            return (start, k) if start < k and named else None
        if not tokens[k][0].isalnum():
            return None
    return None


def _adverb(token: str) -> bool:
    return token.endswith("ly") and token.islower() and token not in lists()["nouns"]


@lru_cache(maxsize=100_000)
def _plain(token: str) -> bool:
    """Is it a word that goes on with any noun phrase?"""
    return token not in lists()["closed"] and token[0].isalnum() and not _adverb(token)


@lru_cache(maxsize=100_000)
def speaks(word: str) -> bool:
    """Is it a noun for those who speak in the news (source, ministry, statement)?"""
    return word.lower() in lists()["speaking"]


def _source_near(tokens: list[str], i: int) -> bool:
    """Does a noun for those who speak stand within the last words before token `i`?"""
    for token in reversed(tokens[max(0, i - 6) : i]):
        if token in lists()["boundaries"] or not token[0].isalnum():
            return False
        if speaks(token):
            return True
    return False


def phrase_start(tokens: list[str], end: int) -> int:
    """Number of the first token of the noun phrase before token `end`; `end` if there is none."""
    sets = lists()
    i = end
    while i and end - i < _REACH:
        if _plain(tokens[i - 1]):
            i -= 1
            continue
        token, before = tokens[i - 1], word_at(tokens, i - 2)
        if token in sets["pronouns"]:
            return i - (i == end)
        if token in sets["determiners"]:
            inner = before in sets["inner_prepositions"]
            linked = before in sets["inner_after_source"] or before == "and"
            if not (inner or (linked and _source_near(tokens, i - 2))):
                return i - 1
        elif token in sets["inner"]:
            inner = before[:1].isalnum() and token in sets["inner_prepositions"]
            if i == end or not (inner or _source_near(tokens, i - 1)):
                return i
        elif token == "and":
            if i == end or not (before[:1].isupper() or speaks(before)):
                return i
        elif token in sets["boundaries"] or not token[0].isalnum() or _adverb(token):
            return i
        i -= 1
    return i


def phrase_end(tokens: list[str], start: int) -> int:
    """Number of the token after the noun phrase that starts at token `start`."""
    sets = lists()
    before = word_at(tokens, start - 1)
    for i in range(start, min(len(tokens), start + _REACH)):
        token = tokens[i]
        if _plain(token):
            before = token
            continue
        if token in sets["pronouns"]:
            return i + (i == start)
        if (
            token in sets["no_phrase"]
            or not token[0].isalnum()
            or _adverb(token)
            or (token in sets["inner_after_source"] and not speaks(before))
            or (token in sets["determiners"] and i > start and before not in sets["inner"]
                and before != "and" and before not in sets["determiners"])
        ):  # fmt: skip
            return i
        before = token
    return max(start, min(len(tokens), start + _REACH))
