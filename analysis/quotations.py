"""Quotations: what is said in an article, directly or indirectly, and who says it.

Rules over the words around a reporting verb, in the line of Pouliquen, Steinberger & Best (2007)
for direct and Krestel, Bergler & Witte (2008) for indirect speech: no parser and no model, so that
a reader can see why a speaker was chosen.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from analysis.actors import Mention
from analysis.lexicons import load
from analysis.tokens import split_sentences


class Quotation(NamedTuple):
    """Words of a speaker: ``source[start:end] == text``, without the quotation marks.

    `speaker` is the noun phrase that names the speaker, at speaker_start:speaker_end of the same
    text (both None where nobody is named); a pronoun is replaced by the last speaker it can mean.
    `verb` is the reporting verb's lemma ("according to" where there is none).  `anonymous`: a
    source without a name that does not speak officially.
    """

    start: int
    end: int
    text: str
    speaker: str
    speaker_start: int | None
    speaker_end: int | None
    speaker_entity_id: str
    verb: str
    direct: bool
    anonymous: bool


class _Token(NamedTuple):
    start: int
    end: int
    text: str  # "“" stands for a whole passage in quotation marks


class _Attribution(NamedTuple):
    first: int  # token numbers of the attribution, its end excluded
    last: int
    verb: str
    speaker: tuple[int, int]  # place in the text
    inverted: bool  # "said the minister", "according to the minister"
    that: bool  # "that" or a colon follows


_TOKEN = re.compile(
    r"(?:[^\W\d_]\.){2,}(?:-\w+)*|\w+(?:[-‐‑.'’ʼ](?!s\b)\w+)*(?:['’ʼ]s?\b)?|[^\w\s]|\n\s*\n"
)
_MARKS = re.compile(
    r"“(?P<curly>[^“”\n]{1,3000})(?:”|(?=\n{1,3}“))"
    r'|(?<![\w"])"(?P<straight>[^"\n]{1,3000})(?:"|(?=\n{1,3}"))'
    r"|(?<!\w)[‘'](?P<single>(?=[\w\[…])(?:[^‘“”\"\n'’]|(?<=\w)['’](?=\w)){1,1000})['’](?!\w)"
)

_ENDS = set(",.;:!?—–()[]…") | {""}
_SAID = {"said", "says"}
_CITED = {"cited", "quoted"}


@cache
def _words() -> dict[str, set[str]]:
    lexicon = load("reporting_verbs")
    return {key: set(value) for key, value in lexicon.items() if isinstance(value, list)}


@cache
def reporting_verbs() -> dict[str, tuple[str, str]]:
    """Form -> (lemma, class) of every finite reporting verb; class neutral, claim, vow or deny."""
    return {
        form: (lemma, class_)
        for class_, lemmas in load("reporting_verbs")["classes"].items()
        for lemma, forms in lemmas.items()
        for form in forms
    }


def find_quotations(
    text: str,
    sentences: Sequence[tuple[int, int]] | None = None,
    mentions: Iterable[Mention] = (),
) -> list[Quotation]:
    """Direct and indirect quotations of `text`, in order of their start.

    `sentences` are (start, end) spans as of `split_sentences`; `mentions` of the same text give
    speakers their entity.  Words in quotation marks without a speaker (scare quotes, titles, names)
    are not quotations; whole sentences in marks after an attribution go on with its speaker.
    """
    mentions = sorted(mentions)
    names = {(mention.start, mention.end) for mention in mentions}
    marked = [span for m in _MARKS.finditer(text) if (span := m.span(m.lastgroup)) not in names]
    sentences = split_sentences(text) if sentences is None else sentences
    found: list[Quotation] = []
    heard = [m[:2] for m in mentions if m.type == "PERSON"]
    spoke: tuple | None = None  # speaker and verb of the unit before
    for start, end in _units(text, sentences, marked):
        tokens = _tokens(text, start, end, [span for span in marked if start <= span[0] < end])
        attributions = []
        for item in _attributions(tokens):
            speaker = _antecedent(text, item.speaker, heard, start)
            attributions.append(item._replace(speaker=speaker))
            heard.append(speaker)
        direct = _attribute_quotes(tokens, attributions, spoke)
        indirect = [(_reported(tokens, item, attributions), item) for item in attributions]
        said = direct + [(span, i.speaker, i.verb, False) for span, i in indirect if span]
        near = text[max(0, start - 5) : end + 120]
        found += [_quotation(text, *parts, mentions, near) for parts in said]
        said_last = direct[-1:] or [(None, i.speaker, i.verb, False) for i in attributions[-1:]]
        spoke = said_last[0][1:3] if said_last else None
    return sorted(found, key=lambda quotation: (quotation.start, quotation.end))


def _units(text, sentences, marked) -> list[tuple[int, int]]:
    """Sentences, joined where a quotation or a lower-case letter goes across their boundary."""
    units: list[list[int]] = []
    for start, end in sorted(sentences):
        across = units and (
            any(a < units[-1][1] and b > start for a, b in marked if a >= units[-1][0])
            or (text[start : start + 1].islower() and "\n\n" not in text[units[-1][1] : start])
            or text[units[-1][1] : start + 1].strip(" ") in {'"', "”", "’"}
        )
        if across:
            units[-1][1] = max(end, units[-1][1])
        else:
            units.append([start, end])
    return [(start, end) for start, end in units]


def _tokens(text: str, start: int, end: int, quoted: list[tuple[int, int]]) -> list[_Token]:
    """Words and punctuation; each passage in quotation marks is one token."""
    tokens = []
    for a, b in [*quoted, (end, end)]:
        tokens += [_Token(*m.span(), m[0]) for m in _TOKEN.finditer(text, start, max(start, a - 1))]
        if b > a:
            tokens.append(_Token(a, b, "“"))
        start = b + 1
    return tokens


def _attributions(tokens: list[_Token]) -> list[_Attribution]:
    """Every reporting verb (or "according to") of a unit with the noun phrase that speaks."""
    found: list[_Attribution] = []
    for i in range(len(tokens)):
        item = _attribution(tokens, i, found[-1] if found else None)
        if item:
            found.append(item)
    return found


def _attribution(
    tokens: list[_Token], i: int, previous: _Attribution | None
) -> _Attribution | None:
    words, verbs, participles = _words(), reporting_verbs(), load("reporting_verbs")["participles"]
    form, before, after = tokens[i].text, _text(tokens, i - 1), _text(tokens, i + 1)
    if form in {"according", "According"} and after == "to":
        last = _phrase_end(tokens, i + 2)
        return _Attribution(i, last, "according to", _span(tokens, i + 2, last), True, False)
    if form == "as" and after in {"saying", "telling"}:
        first = _phrase_start(tokens, i)
        opening = _subject(tokens, first - 1)[0] if _text(tokens, first - 1) in _CITED else first
        return _Attribution(opening, i + 2, "say", _span(tokens, first, i), False, False)
    that = after in {"that", ":", "“"} or (after == "," and _text(tokens, i + 2) == "“")
    quote_follows = "“" in [token.text for token in tokens[i + 1 : i + 14]]
    verb = participles.get(form) or verbs.get(form, ("",))[0]
    if not verb or (
        verb in words["need_that_or_quote"] and not (that or quote_follows or before in {"“", ","})
    ):
        return None
    if form in participles:
        speaker = previous.speaker if previous else _span(tokens, *_subject(tokens, i))
        return _Attribution(i, i + 1, verb, speaker, False, that) if speaker else None
    if before.lower() in words["no_verb_after"]:
        return None
    at_quote = before == "“" or (before == "," and _text(tokens, i - 2) == "“")
    last = _phrase_end(tokens, i + 1)
    closed = _text(tokens, last) in _ENDS or _text(tokens, last) in participles
    if last > i + 1 and (at_quote or (closed and form in _SAID and not that)):
        return _Attribution(i, last, verb, _span(tokens, i + 1, last), True, False)
    first, end = _subject(tokens, i)
    if first == end:
        return None
    return _Attribution(first, i + 1, verb, _span(tokens, first, end), False, that)


def _text(tokens: list[_Token], i: int) -> str:
    return tokens[i].text if 0 <= i < len(tokens) else ""


def _span(tokens: list[_Token], first: int, last: int) -> tuple[int, int] | None:
    return (tokens[first].start, tokens[last - 1].end) if 0 <= first < last else None


def _subject(tokens: list[_Token], verb: int) -> tuple[int, int]:
    """Token numbers of the noun phrase before a verb, over auxiliaries, "who" and an apposition."""
    words = _words()
    end = verb
    while end and (
        _text(tokens, end - 1) in words["auxiliaries"] or _is_adverb(tokens[end - 1].text)
    ):
        end -= 1
    if end and tokens[end - 1].text in words["relative"]:
        end -= 1
        end -= _text(tokens, end - 1) == ","
    elif end and tokens[end - 1].text == ",":
        # "Yehia Rasool, a spokesman for the army, said": back to the comma that opens it
        opening = next((k for k in range(end - 2, -1, -1) if tokens[k].text == ","), -1)
        end = opening if opening > 0 else end - 1
    return _phrase_start(tokens, end), end


def _is_adverb(word: str) -> bool:
    return word.endswith("ly") and word.islower() and word not in {"family", "assembly", "ally"}


def _phrase_start(tokens: list[_Token], end: int) -> int:
    """Where the noun phrase that ends before token `end` starts."""
    words = _words()
    i = end
    while i and end - i < 16:
        token, before = tokens[i - 1].text, _text(tokens, i - 2)
        if token in words["pronouns"]:
            return i - 1 if i == end else i
        if token in words["inner_prepositions"] or token in words["inner_after_source"]:
            inner = token in words["inner_prepositions"] or _speaks(before)
            if i == end or not inner or before in _ENDS:
                return i
        elif token == "and":
            if i == end or not (before[:1].isupper() or _speaks(before)):
                return i
        elif token in words["determiners"]:
            if (
                before not in words["inner_prepositions"]
                and before != "and"
                and not (before in words["inner_after_source"] and _speaks(_text(tokens, i - 3)))
            ):
                return i - 1
        elif token in words["boundaries"] or not token[0].isalnum() or _is_adverb(token):
            return i
        i -= 1
    return i


def _speaks(word: str) -> bool:
    return word.lower() in _words()["anonymous"] or word.lower() in _words()["named_or_official"]


def _phrase_end(tokens: list[_Token], start: int) -> int:
    """Where the noun phrase that starts at token `start` ends."""
    words = _words()
    i = start
    while i < len(tokens) and i - start < 20:
        token, before = tokens[i].text, _text(tokens, i - 1)
        if token in words["pronouns"]:
            return i + 1 if i == start else i
        if token in words["inner_after_source"] and not _speaks(before):
            return i
        if (
            token in words["determiners"]
            and i > start
            and before.lower()
            not in (
                words["inner_prepositions"]
                | words["inner_after_source"]
                | words["determiners"]
                | {"and"}
            )
        ):
            return i
        if token in words["boundaries"] or not token[0].isalnum() or token in reporting_verbs():
            return i
        if _is_adverb(token) or token in load("reporting_verbs")["participles"]:
            return i
        i += 1
    return i


def _attribute_quotes(tokens, attributions, spoke) -> list[tuple]:
    """(span, speaker, verb, direct) of each quotation in marks that has a speaker."""
    found = []
    alone = all(not token.text[0].isalnum() for token in tokens)
    for i, token in enumerate(tokens):
        if token.text != "“" or _text(tokens, i - 1) in _words()["distance"]:
            continue
        gap = i + 1 + (_text(tokens, i + 1) == ",")
        after = [a for a in attributions if a.first == gap]
        ahead = [a for a in attributions if a.last <= i]
        later = [a for a in attributions if a.first > i]
        choice = (after or ahead[-1:] or later)[:1]
        if choice:
            found.append(((token.start, token.end), choice[0].speaker, choice[0].verb, True))
        elif alone and spoke:
            found.append(((token.start, token.end), *spoke, True))
    return found


def _reported(tokens, item, attributions) -> tuple[int, int] | None:
    """Place of what an attribution reports indirectly, None if it only introduces quotation marks."""
    following = [a.first for a in attributions if a.first >= item.last and a is not item]
    before_from = max((a.last for a in attributions if a.last <= item.first), default=0)
    before = _trimmed(tokens, before_from, item.first)
    after_from = item.last
    if item.verb == "tell" and not item.inverted:
        after_from = _phrase_end(tokens, item.last)
    after = _trimmed(tokens, after_from, min(following, default=len(tokens)))
    trailing = item.inverted or (
        not item.that and len(before) > 3 and (len(after) < 4 or tokens[item.first - 1].text == ",")
        and before[0].text.lower() not in _words()["inner_after_source"] | {"after", "before"}
    )  # fmt: skip
    if item.verb == "according to" and item.first == 0:
        trailing = False
    content = before if trailing else after
    n_words = sum(token.text[0].isalnum() for token in content)
    return (content[0].start, content[-1].end) if n_words > 3 else None


def _trimmed(tokens: list[_Token], first: int, last: int) -> list[_Token]:
    """Tokens without punctuation, "that" and "and" at the ends; whole quotations keep their place."""
    part = tokens[first:last]
    while part and (part[0].text in {"that", "and", "but", "But"} or part[0].text in _ENDS):
        part = part[1:]
    while part and part[-1].text in _ENDS | {"and", "but"}:
        part = part[:-1]
    return part


def _antecedent(
    text: str, speaker: tuple[int, int], heard: list[tuple[int, int]], start: int
) -> tuple[int, int]:
    """The last speaker (or person named) a pronoun can mean, else the pronoun itself."""
    words = text[slice(*speaker)]
    if words not in _words()["pronouns"]:
        return speaker
    person = words in _words()["person_pronouns"]
    fitting = [
        span
        for span in heard
        if span[1] <= speaker[0]
        and text[slice(*span)] not in _words()["pronouns"]
        and (words.lower() == "they" or _is_person(text[slice(*span)]) == person)
    ]
    return fitting[-1] if fitting else speaker


def _is_person(phrase: str) -> bool:
    """Does a speaker's noun phrase name one person (he, she) rather than a body (it)?"""
    words = phrase.split()
    if {word.lower() for word in words} & _words()["persons"]:
        return True
    return words[0] not in _words()["determiners"] and not words[-1].isupper()


def _is_anonymous(phrase: str, near: str) -> bool:
    """A source without a name that does not speak officially, or one that asked for it."""
    words = re.findall(r"[\w-]+", phrase)
    heads = [word.lower() for word in words if word.islower() and _speaks(word)]
    unnamed = (
        bool(heads)
        and heads[-1] in _words()["anonymous"]
        and not re.search(rf"{heads[-1]},? [A-Z]", phrase)
    )
    return unnamed or any(words in near for words in _words()["anonymity_phrases"])


def _quotation(text, span, speaker, verb, direct, mentions: list[Mention], near) -> Quotation:
    phrase = text[slice(*speaker)]
    inside = [m for m in mentions if speaker[0] <= m.start and m.end <= speaker[1]]
    speaking = [
        m for m in inside if not re.search(r"\b(?:in|from|near) \Z", text[speaker[0] : m.start])
    ]
    order = sorted(speaking, key=lambda m: (m.type != "PERSON", m.type != "ORG", m.start))
    entity_id = order[0].entity_id if order else ""
    anonymous = _is_anonymous(phrase, near)
    return Quotation(
        *span, text[slice(*span)], phrase, *speaker, entity_id, verb, direct, anonymous
    )
