"""Noun phrases, found by their edges: no parser, only the closed classes of words around them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

REACH = 20  # tokens a noun phrase may take


class ClosedWords(NamedTuple):
    """The words that begin, join and end noun phrases."""

    pronouns: frozenset[str]
    determiners: frozenset[str]
    prepositions: frozenset[str]  # that join any two nouns ("of")
    linked: frozenset[str]  # that do so only behind a noun of `heads` ("source in the army")
    heads: frozenset[str]  # in lower case
    verbs: frozenset[str]  # no part of a phrase that begins before them
    boundaries: frozenset[str]  # no part of any
    nouns: frozenset[str]  # in -ly ("family")


def word_at(tokens: Sequence[str], i: int) -> str:
    """Token `i`, "" outside the sentence."""
    return tokens[i] if 0 <= i < len(tokens) else ""


def is_possessive(token: str) -> bool:
    """Is a token the 's of "the army's"?"""
    return token[1:] == "s" and not token[0].isalnum()


def is_word(token: str) -> bool:
    """Is a token a word or a possessive 's, and no sign?

    >>> [token for token in ("army", "'s", ",") if is_word(token)]
    ['army', "'s"]
    """
    return token[:1].isalnum() or is_possessive(token)


class NounPhrases:
    """The finder of noun phrases among the tokens of a sentence.

    >>> none = frozenset()
    >>> words = ClosedWords(frozenset({"it"}), frozenset({"the", "a"}), frozenset({"of"}),
    ...     frozenset({"in"}), frozenset({"source"}), frozenset({"said"}), none, none)
    >>> find, tokens = NounPhrases(words), "On Monday , a source in the army said it left".split()
    >>> tokens[find.start(tokens, 8):8], tokens[3:find.end(tokens, 3)]
    (['a', 'source', 'in', 'the', 'army'], ['a', 'source', 'in', 'the', 'army'])
    """

    def __init__(self, words: ClosedWords) -> None:
        self.words = words
        self._inner = words.prepositions | words.linked
        self._closed = words.pronouns | words.determiners | self._inner | words.boundaries
        self._closed |= words.verbs | {"and"}
        self._is_plain = lru_cache(maxsize=100_000)(self._is_plain)  # as often as any word

    def is_adverb(self, token: str) -> bool:
        return token.endswith("ly") and token.islower() and token not in self.words.nouns

    def is_head(self, token: str) -> bool:
        return token.lower() in self.words.heads

    def start(self, tokens: Sequence[str], end: int) -> int:
        """Number of the first token of the phrase before token `end`; `end` if there is none."""
        i = end
        while i and end - i < REACH:
            token = tokens[i - 1]
            if not self._is_plain(token):
                if token in self.words.pronouns:
                    return i - (i == end)
                if token in self.words.determiners and not self._is_joined(tokens, i - 1):
                    return i - 1
                if token not in self.words.determiners and self._opens(tokens, i - 1, end):
                    return i
            i -= 1
        return i

    def end(self, tokens: Sequence[str], start: int) -> int:
        """Number of the token after the phrase that starts at token `start`."""
        last = min(len(tokens), start + REACH)
        for i in range(start, last):
            token = tokens[i]
            if not self._is_plain(token):
                if token in self.words.pronouns:
                    return i + (i == start)
                if self._closes(token, word_at(tokens, i - 1), inside=i > start):
                    return i
        return max(start, last)

    def _is_plain(self, token: str) -> bool:
        """Is it a word that goes on with any phrase?"""
        return token not in self._closed and is_word(token) and not self.is_adverb(token)

    def _is_joined(self, tokens: Sequence[str], i: int) -> bool:
        """Does the phrase go on before its determiner `i` ("a source in | the army")?"""
        before = word_at(tokens, i - 1)
        linked = before in self.words.linked or before == "and"
        return before in self.words.prepositions or (linked and self._head_near(tokens, i - 1))

    def _opens(self, tokens: Sequence[str], i: int, end: int) -> bool:
        """Does a phrase, read back from token `end`, begin only behind token `i`?"""
        token, before = tokens[i], word_at(tokens, i - 1)
        if token in self._inner:
            joins = is_word(before) and token in self.words.prepositions
            return i + 1 == end or not (joins or self._head_near(tokens, i))
        if token == "and":
            return i + 1 == end or not (before[:1].isupper() or self.is_head(before))
        return token in self.words.boundaries or not is_word(token) or self.is_adverb(token)

    def _closes(self, token: str, before: str, inside: bool) -> bool:
        """Does a phrase end before `token`?"""
        if token in self.words.linked and not self.is_head(before):
            return True
        if token in self.words.determiners:
            joins = before in self._inner or before in self.words.determiners or before == "and"
            return inside and not joins
        ends = token in self.words.boundaries or token in self.words.verbs
        return ends or not is_word(token) or self.is_adverb(token)

    def _head_near(self, tokens: Sequence[str], i: int) -> bool:
        """Does a noun of `heads` stand within the last words before token `i`?"""
        for token in reversed(tokens[max(0, i - 6) : i]):
            if token in self.words.boundaries or not is_word(token):
                return False
            if self.is_head(token):
                return True
        return False
