"""A sentence, made once, with its words and signs: what the methods on one text read."""

from dataclasses import dataclass
from functools import cached_property

from analysis.text.words import Word, split_sentences, tokens


@dataclass(eq=False)
class Sentence:
    """``source[start:end] == text``; `kind` is that of its block, `counted` no repeat of another.

    >>> [word.text for word in Sentence("They left.", 40).tokens]
    ['They', 'left', '.']
    """

    text: str
    start: int = 0
    kind: str = "body"
    counted: bool = True
    reason: str = ""

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @cached_property
    def tokens(self) -> list[Word]:
        """Its words and signs (see `analysis.text.words.tokens`), at their places in `text`."""
        return tokens(self.text)

    @cached_property
    def words(self) -> list[str]:
        """Its words: tokens without the signs and the possessive 's."""
        return [t.text for t in self.tokens if t.text[0].isalnum() or t.text[0] == "_"]


def sentences_of(text: str) -> list[Sentence]:
    """The sentences of a text of one kind.

    >>> [sentence.start for sentence in sentences_of("They left. Nobody followed.")]
    [0, 11]
    """
    return [Sentence(text[start:end], start) for start, end in split_sentences(text)]
