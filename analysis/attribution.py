"""Attribution: the reporting verbs of a sentence and the noun phrases that speak."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from analysis.lexicons import load

QUOTE = "“…”"  # the one token that stands for a passage in quotation marks
ENDS = frozenset(",.;:!?—–()[]…") | {""}
_CITED = frozenset({"cited", "quoted"})
_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}(?:-\w+)*|\w+(?:(?:[-‐‑.'’ʼ](?!s\b)|,(?=\d))\w+)*(?:['’ʼ]s?\b)?|[^\w\s]"
)
_REACH = 20  # words a noun phrase or a quotation's attribution may take


class Token(NamedTuple):
    """A word, a sign, a known name or (`QUOTE`) a passage in quotation marks."""

    start: int
    end: int
    text: str


class Attribution(NamedTuple):
    """A reporting verb and its speaker; first and last are numbers of tokens, `last` excluded."""

    first: int
    last: int
    verb: str  # lemma
    speaker: tuple[int, int]  # place in the text
    inverted: bool  # "said the minister", "according to the minister"
    that: bool  # "that", a colon or quotation marks follow


@cache
def words() -> dict[str, frozenset[str]]:
    """The flat lists of the lexicon of reporting verbs as sets."""
    lexicon = load("reporting_verbs")
    return {key: frozenset(value) for key, value in lexicon.items() if isinstance(value, list)}


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


def tokenise(text: str, start: int, end: int, units: Iterable[Token]) -> list[Token]:
    """Words and punctuation of text[start:end]; `units` (quotations, known names) stay whole."""
    tokens: list[Token] = []
    for unit in [*sorted(units), Token(end, end, "")]:
        if unit.start < start:
            continue
        outer = (unit.start - 1, unit.end + 1) if unit.text == QUOTE else unit[:2]
        tokens += [Token(*m.span(), m[0]) for m in _TOKEN.finditer(text, start, outer[0])]
        tokens += [unit] if unit.text else []
        start = outer[1]
    return tokens


def word_at(tokens: list[Token], i: int) -> str:
    """Text of token `i`, "" outside the sentence."""
    return tokens[i].text if 0 <= i < len(tokens) else ""


def span(tokens: list[Token], first: int, last: int) -> tuple[int, int]:
    """Place in the text of tokens first to last (excluded)."""
    return tokens[first].start, tokens[last - 1].end


def attributions(tokens: list[Token]) -> list[Attribution]:
    """Every reporting verb or "according to" that has a speaker, in order."""
    found: list[Attribution] = []
    for i, token in enumerate(tokens):
        if found and i < found[-1].last:
            continue
        if token.text in {"according", "According"}:
            item = _according(tokens, i)
        elif token.text == "as" and word_at(tokens, i + 1) == "saying":
            item = _as_saying(tokens, i)
        elif token.text in participles():
            item = _participle(tokens, i, found)
        else:
            item = _finite_verb(tokens, i)
        if item:
            found.append(item)
    return found


def _according(tokens: list[Token], i: int) -> Attribution | None:
    last = phrase_end(tokens, i + 2)
    if word_at(tokens, i + 1) != "to" or last == i + 2:
        return None
    return Attribution(i, last, "according to", span(tokens, i + 2, last), True, False)


def _as_saying(tokens: list[Token], i: int) -> Attribution | None:
    """ "Reuters cited one of the groups as saying", "the army was quoted as saying"."""
    end = i
    if word_at(tokens, i - 1) in _CITED and word_at(tokens, i - 2) in {"was", "were"}:
        end = i - 2
    first = phrase_start(tokens, end)
    if first == end:
        return None
    cited = word_at(tokens, first - 1) in _CITED
    opening = _subject(tokens, first - 1)[0] if cited else first
    return Attribution(opening, i + 2, "say", span(tokens, first, end), False, False)


def _introduces(tokens: list[Token], i: int) -> bool:
    """Does "that", a colon or a quotation follow token `i`?"""
    after = word_at(tokens, i + 1)
    return after in {"that", ":", QUOTE} or (after == "," and word_at(tokens, i + 2) == QUOTE)


def _participle(tokens: list[Token], i: int, found: list[Attribution]) -> Attribution | None:
    """ "…, adding that …": the speaker of the verb before, else the sentence's subject."""
    verb = participles()[tokens[i].text]
    that, near = _introduces(tokens, i), [token.text for token in tokens[i + 1 : i + 6]]
    if not that and (QUOTE not in near or near[0] in words()["distance"]):
        return None
    if found:
        return Attribution(i, i + 1, verb, found[-1].speaker, False, that)
    first, last = clause_subject(tokens)
    if first == last or last > i:
        return None
    return Attribution(i, i + 1, verb, span(tokens, first, last), False, that)


def _finite_verb(tokens: list[Token], i: int) -> Attribution | None:
    form, before = tokens[i].text, word_at(tokens, i - 1)
    verb = reporting_verbs().get(form, ("",))[0]
    if not verb or before.lower() in words()["no_verb_after"]:
        return None
    that = _introduces(tokens, i)
    quoted = that or QUOTE in [token.text for token in tokens[i + 1 : i + 14]] or before == QUOTE
    if verb in words()["need_that_or_quote"] and not quoted:
        return None
    first, end = _subject(tokens, i)
    last = phrase_end(tokens, i + 1)
    after_quote = before == QUOTE or (before == "," and word_at(tokens, i - 2) == QUOTE)
    closed = word_at(tokens, last) in ENDS or word_at(tokens, last).endswith("ing")
    begins = first == end or word_at(tokens, first - 1) in ENDS | {"that", "but", "and", QUOTE}
    begins &= _may_speak(tokens[first:end]) or not _may_speak(tokens[i + 1 : last])
    trails = form in {"said", "says"} and closed and not begins and not that
    if verb == "read" and not _is_text(tokens[first:end] + tokens[i + 1 : last]):
        return None
    if last > i + 1 and (after_quote or trails):
        return Attribution(i, last, verb, span(tokens, i + 1, last), True, False)
    if first == end:
        return None
    return Attribution(first, i + 1, verb, span(tokens, first, end), False, that)


def _may_speak(phrase: list[Token]) -> bool:
    """Does a noun phrase name someone, or one of those who speak in the news?"""
    return any(
        speaks(token.text) or token.text.istitle() or token.text in words()["pronouns"]
        for token in phrase
    )


def _is_text(phrase: list[Token]) -> bool:
    return any(token.text in words()["texts"] for token in phrase)


def clause_subject(tokens: list[Token]) -> tuple[int, int]:
    """Token numbers of the noun phrase that opens a sentence (after "On Sunday," and the like)."""
    opening = word_at(tokens, 0).lower()
    first = 0
    if opening in words()["circumstances"]:
        comma = next((k + 1 for k, token in enumerate(tokens) if token.text == ","), 0)
        near = range(2, min(len(tokens), 7))
        noun = next((k for k in near if tokens[k].text in words()["determiners"]), 0)
        first = comma or noun
    last = phrase_end(tokens, first)
    return first, last - (last - first > 1 and word_at(tokens, last - 1).endswith("ed"))


def _subject(tokens: list[Token], verb: int) -> tuple[int, int]:
    """Token numbers of the noun phrase before a verb, over auxiliaries, "who" and an apposition."""
    end = verb
    while end and (word_at(tokens, end - 1) in words()["auxiliaries"] or _adverb(tokens[end - 1])):
        end -= 1
    before = word_at(tokens, end - 1)
    if before in {"and", "but"}:
        return clause_subject(tokens[: end - 1])
    if before in words()["relative"]:
        end -= 1 + (word_at(tokens, end - 2) == ",")
    elif before == ",":
        # "Yehia Rasool, a spokesman for the army, said": back to the comma that opens it, and on
        # where an apposition stands before it ("…, the governor of Elva, a town in the hills,")
        commas = [k for k in range(1, end - 1) if tokens[k].text == ","]
        end = commas.pop() if commas else end - 1
        while commas and phrase_start(tokens, end) == commas[-1] + 1 and _described(tokens, commas):
            end = commas.pop()
    first = phrase_start(tokens, end)
    return _before_relative(tokens, first) or (first, end)


def _described(tokens: list[Token], commas: list[int]) -> bool:
    """Does a determiner follow the last comma, and a name stand before it?"""
    after, before = word_at(tokens, commas[-1] + 1), word_at(tokens, commas[-1] - 1)
    return after in words()["determiners"] and before.istitle()


def _before_relative(tokens: list[Token], first: int) -> tuple[int, int] | None:
    """ "The paper which is close to the government | reported": the paper, not the government."""
    for k in range(first - 1, max(0, first - 10), -1):
        if tokens[k].text in {"who", "which", "speaking"}:
            start = phrase_start(tokens, k)
            named = speaks(tokens[k - 1].text) or tokens[k - 1].text.istitle()
            return (start, k) if start < k and named else None
        if not tokens[k].text[0].isalnum():
            return None
    return None


def _adverb(token: Token) -> bool:
    return token.text.endswith("ly") and token.text.islower() and token.text not in words()["nouns"]


def speaks(word: str) -> bool:
    """Is it a noun for those who speak in the news (source, ministry, statement)?"""
    return word.lower() in words()["anonymous"] or word.lower() in words()["official"]


def _source_near(tokens: list[Token], i: int) -> bool:
    """Does a noun for those who speak stand within the last words before token `i`?"""
    for token in reversed(tokens[max(0, i - 6) : i]):
        if token.text in words()["boundaries"] or not token.text[0].isalnum():
            return False
        if speaks(token.text):
            return True
    return False


def phrase_start(tokens: list[Token], end: int) -> int:
    """Number of the first token of the noun phrase before token `end`; `end` if there is none."""
    inner, place = words()["inner_prepositions"], words()["inner_after_source"]
    i = end
    while i and end - i < _REACH:
        token, before = tokens[i - 1].text, word_at(tokens, i - 2)
        joins = (before[:1].isalnum() and token in inner) or _source_near(tokens, i - 1)
        if token in words()["pronouns"]:
            return i - (i == end)
        if token in words()["determiners"]:
            if before not in inner | place | {"and"} or not (
                before in inner or _source_near(tokens, i - 2)
            ):
                return i - 1
        elif token in inner | place:
            if i == end or not joins:
                return i
        elif token == "and":
            if i == end or not (before[:1].isupper() or speaks(before)):
                return i
        elif token in words()["boundaries"] or not token[0].isalnum() or _adverb(tokens[i - 1]):
            return i
        i -= 1
    return i


def phrase_end(tokens: list[Token], start: int) -> int:
    """Number of the token after the noun phrase that starts at token `start`."""
    inner = words()["inner_prepositions"] | words()["inner_after_source"]
    ends = words()["boundaries"] | participles().keys()
    i = start
    while i < len(tokens) and i - start < _REACH:
        token, before = tokens[i].text, word_at(tokens, i - 1)
        if token in words()["pronouns"]:
            return i + (i == start)
        if (
            token in ends
            or token in reporting_verbs()
            or not token[0].isalnum()
            or _adverb(tokens[i])
            or (token in words()["inner_after_source"] and not speaks(before))
            or (token in words()["determiners"] and i > start and before not in inner | {"and"}
                and before not in words()["determiners"])
        ):  # fmt: skip
            break
        i += 1
    return i
