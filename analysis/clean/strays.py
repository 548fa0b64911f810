"""Lines that are furniture by their form, whatever stands around them.

A score by neighbours cannot tell one stray line amid clean prose; its own words can: a request to
the reader, the label of another article, a widget.  The words are in ``lexicons/furniture.yml``.
"""

import re

import numpy as np

from analysis.clean.lines import ADDRESS, Furniture, Page

_MOST = 45  # words of a line that asks something of the reader, or of a box
_FEW = 10  # words of a line made of nothing but furniture
_QUOTED = re.compile(r"[\"“”«»„]|[‘’'](?!\w)|(?<!\w)['‘]")
_HEADLINE = 5, 16  # words of another article's headline
_FOREIGN = 0.45  # share of its words that the prose around it has, at most
_HEADINGS = 2
_ADDRESSED = 0.25  # share of the paragraphs of news that say "you" or "our" outside quotations
_COMMENT = re.compile(  # "Jen82 says:", "Ros T 3 hours ago"
    r"(?:\S+ ){1,3}(?:says|wrote):\s|(?:\S+ ){0,3}\d+ (?:min(?:ute)?|hour|day)s? ago\b"
)
_LATER = re.compile(r"[.!?]\s|\s©")  # what comes after an article's sentence leaves that in
_NAME = r"(?:[A-Z\u00c0-\u00de][\w.'’-]*\s){2,4}"


class Strays:
    """The forms of stray lines, from the lexicon."""

    def __init__(self, furniture: Furniture) -> None:
        def either(key: str) -> str:
            return furniture.either(key).replace(r"\ ", r"\s")

        self._label = re.compile(rf"(?:{either('labels')})\s*(?:[:|»>]|\s[-–—])\s*\S", re.I)
        self._asks = re.compile(rf"(?:{either('asks')})\b", re.I)
        self._things = re.compile(rf"\b(?:{either('things')})\b", re.I)
        self._always = re.compile(rf"\b(?:{either('always')})\b", re.I)
        self._author = re.compile(rf"{_NAME}(?:{either('authors')})\b")
        self._plain = frozenset(
            word
            for entry in furniture.entries("words", "fillers", "captions", "pictures")
            for word in entry.lower().split()
        )

    def why(self, page: Page, i: int, impersonal: bool) -> str:
        """The rule by which line `i` is furniture, "" if none.

        Most hold only on a page whose article is `impersonal`, speaking to nobody.
        """
        text, words = page.lines.text[i], page.words(i)
        if text[0] == "©":
            return "a notice of rights"
        if self._label.match(text):
            return "labels another article"
        if self._author.match(text):
            return "tells of the author"
        if len(words) <= _FEW and self._is_plain(words):
            return "made of words of furniture"
        return self._why_amid_news(text, len(words)) if impersonal else ""

    def _why_amid_news(self, text: str, n_words: int) -> str:
        if _COMMENT.match(text):
            return "a reader's comment"
        if n_words > _MOST or _QUOTED.search(text):
            return ""
        if self._always.search(_LATER.split(text, maxsplit=1)[0]):
            return "what a site tells its readers"
        asks = self._asks.match(text) and self._things.search(text)
        return "asks something of the reader" if asks else ""

    def _is_plain(self, words: list[str]) -> bool:
        named = not all(map(str.isdigit, words))
        return named and all(word in self._plain or word.isdigit() for word in words)


def is_impersonal(page: Page) -> bool:
    """Do few paragraphs of a page speak to the reader, as in news?"""
    sentences = (page.ending >= 3) & (page.n_words >= 5)
    sentences &= np.array(['"' not in text for text in page.lines.text])
    return bool((page.count(ADDRESS)[sentences] > 0).sum() <= _ADDRESSED * sentences.sum())


def headlines(page: Page) -> np.ndarray:
    """True for a line alone between sentences that is like a headline of other things.

    Where there are more than a few such lines, they are the article's own headings.
    """
    sentence = (page.ending >= 3) & (page.n_words >= 5)
    above, below = np.append(False, sentence[:-1]), np.append(sentence[1:], True)
    like = (page.ending == 0) & (page.beginning == 3) & above & below
    like &= (page.n_words >= _HEADLINE[0]) & (page.n_words <= _HEADLINE[1])
    return like & (page.told <= _FOREIGN) & (like.sum() <= _HEADINGS)


def boxes(page: Page) -> np.ndarray:
    """True for lines of furniture, for those that head a box ("Most read"), and for its entries.

    The entries reach to a sentence.
    """
    entry = ~page.prose & (page.ending < 4)
    boxed = page.marker | ((page.speaks >= 2) & (page.n_words <= _MOST))
    for i in np.flatnonzero(page.marker).tolist():
        stop = next((k for k in range(i + 1, len(entry)) if not entry[k]), len(entry))
        boxed[i:stop] = True
    return boxed
