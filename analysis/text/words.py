"""Sentences and words with their places in the text."""

import re
import sys
from bisect import bisect_right
from functools import cache, lru_cache
from typing import NamedTuple

import nupunkt

from analysis.lexicons import OURS, Lexicon


class Word(NamedTuple):
    """A word; ``text`` equals ``source[start:end]``."""

    start: int
    end: int
    text: str


# Possessive repeats (++) never go back, which halves the time.
_PLAIN = r"""
    \w++
    (?: [-‐‑'’ʼ.,:] (?: (?<=[-‐‑'’ʼ]) (?!s\b) | (?<=\d.)(?=\d) ) \w++ )*+  # Kata'ib, 2,500, 10:30
    (?: \. (?<=\b[^\W\d_]\.) [^\W\d_]\b (?:\.[^\W\d_]\b)* \.? (?:-\w+)* )?  # U.S., U.S.-led
"""
_POSSESSIVE = r"['’ʼ]s\b"
_WORD = re.compile(rf"({_PLAIN})(?:{_POSSESSIVE})?", re.VERBOSE)
_TOKEN = re.compile(rf"({_PLAIN})({_POSSESSIVE})?|[^\w\s]", re.VERBOSE)
_PARENTHESIS_ONLY = re.compile(r"[(\[][^()\[\]]{1,80}[)\]]\.?$")
# Without one, a text is one sentence: nupunkt breaks before no other sign, none before lower case.
_INNER_END = re.compile(r"[.!?…](?=[^\w,-])(?!['\"”’)\]]*(?:\Z|\s+[a-z]))")
_NO_SENTENCE = 1000  # characters without white space, on which nupunkt takes time squared
_LONGEST = 50  # characters of a word after which a sentence goes on
_BLANK_LINE = re.compile(r"\n\s*\n")


def words(text: str, start: int = 0, end: int = sys.maxsize) -> list[Word]:
    """Words of `text` (between two places), in order.

    A word is a run of letters and digits; hyphens, apostrophes and the full stops of initialisms
    (``U.S.``) belong to it, punctuation does not, the possessive ``'s`` is cut off.  Case is kept.

    >>> [word.text for word in words("Iran-backed militias' 2,500 men aren't in the U.S.")]
    ['Iran-backed', 'militias', '2,500', 'men', "aren't", 'in', 'the', 'U.S.']
    """
    return [Word(*m.span(1), m[1]) for m in _WORD.finditer(text, start, end)]


def tokens(text: str, start: int = 0, end: int = sys.maxsize) -> list[Word]:
    """Words and signs of `text` (between two places), in order.

    The words are those of `words`; every other sign that is no white space is a token of its own,
    and so is the possessive ``'s`` behind a word.

    >>> [token.text for token in tokens('The army\\'s "halt" (in the U.S.)')]
    ['The', 'army', "'s", '"', 'halt', '"', '(', 'in', 'the', 'U.S.', ')']
    """
    pieces: list[Word] = []
    for match in _TOKEN.finditer(text, start, end):
        if match.lastindex == 2:
            pieces += [Word(*match.span(1), match[1]), Word(*match.span(2), match[2])]
        else:
            pieces.append(Word(*match.span(), match[0]))
    return pieces


def word_texts(text: str) -> list[str]:
    """The words of `text` without their places: several times as fast as `words`.

    >>> word_texts("The army's halt.")
    ['The', 'army', 'halt']
    """
    return _WORD.findall(text)


@lru_cache(maxsize=100_000)
def term(word: str) -> str:
    """The form under which a word is counted: lower case, but initialisms in capitals keep theirs.

    So ``US`` and ``us``, ``WHO`` and ``who`` stay apart.

    >>> term("WHO"), term("Who")
    ('WHO', 'who')
    """
    return word if len(word) > 1 and word.isupper() else word.casefold()


def split_sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence, without the white space around it.

    nupunkt (Punkt: Kiss & Strunk 2006, *Computational Linguistics* 32(4)) proposes the
    boundaries; one is taken back where the text goes on in lower case ("anti-U.S. attacks"),
    after a rank or title ("Lt. | Col."), and before a lone parenthesis ("2020. | (Reuters)");
    one is added between an initialism, a letter or a word and a common first word ("in the U.S. |
    The army", "on X. | The post"), or between a word and a quotation.
    A blank line always ends a sentence.

    >>> split_sentences("They left the U.S. base. Nobody followed.")
    [(0, 24), (25, 41)]
    """
    breaks = [m.span() for m in _BLANK_LINE.finditer(text)]
    starts, ends = [0, *(end for _, end in breaks)], [*(start for start, _ in breaks), len(text)]
    return [span for a, b in zip(starts, ends, strict=True) for span in _in_paragraph(text, a, b)]


def _in_paragraph(text: str, first: int, last: int) -> list[tuple[int, int]]:
    paragraph = text[first:last]
    single = not _INNER_END.search(paragraph)  # often the case: nupunkt need not be asked
    if single or max(map(len, paragraph.split())) >= _NO_SENTENCE:
        pieces = [(0, len(paragraph))]
    else:
        pieces = nupunkt.sent_spans(paragraph)
    spans: list[tuple[int, int]] = []
    for a, b in pieces:
        sentence = paragraph[a:b].strip()
        start = first + paragraph.find(sentence, a)
        before, end = spans[-1] if spans else (0, 0)
        if sentence and spans and _continues(text[max(before, end - _LONGEST) : end], sentence):
            spans[-1] = (before, start + len(sentence))
        elif sentence:
            spans.append((start, start + len(sentence)))
    stops = () if single else _full_stop(OURS).finditer(text, first, last)
    for cut in [match.start(1) for match in stops]:
        place = bisect_right(spans, (cut,)) - 1
        start, end = spans[place]
        if start < cut < end:
            spans[place : place + 1] = [(start, cut), (cut + 1, end)]
    return spans


def _continues(before: str, after: str) -> bool:
    if after[0].islower() or _PARENTHESIS_ONLY.match(after):
        return True
    return before[-1] == "." and before.rsplit(None, 1)[-1] in _no_break_after(OURS)


@cache
def _full_stop(lexicon: Lexicon) -> re.Pattern[str]:
    """A full stop that ends a sentence, in a group the white space behind it.

    It stands after a word, an initialism or a letter, and before a common first word, or after a
    word and before a quotation.
    """
    starters = "|".join(lexicon["sentences"]["starters"])
    letters = r"(?<![\w.])(?:[A-Z]\.)?[A-Z]|[a-z]{3}"
    return re.compile(rf"(?:{letters})\.(\s)(?=(?:{starters}) [a-z]|(?<=[a-z].\s)[\"“][A-Z])")


@cache
def _no_break_after(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(word for group in lexicon["sentences"]["no_break_after"] for word in group)
