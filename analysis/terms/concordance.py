"""Concordance: the places of a word, phrase, pattern or entity, with the words around them."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from analysis.base import messages
from analysis.lexicons import Lexicon
from analysis.terms.counts import counted_rows
from analysis.terms.vocabulary import straight
from analysis.text.words import Word, split_sentences, word_texts, words

if TYPE_CHECKING:
    from analysis.corpus.reading import Corpus


class HasSentences(Protocol):
    """Anything with a table of its sentences."""

    sentences: pd.DataFrame


Tokens = str | Word | list[str] | list[Word]
Source = str | Iterable[Tokens] | pd.DataFrame | HasSentences
Finder = Callable[[str], list[tuple[int, int]]]  # the places in a text

_REGEX_SIGNS = re.compile(r"[\\|\[]|\(\?|\.[*+]|\w\?\w|^\^|\$$")


def kwic(
    source: "Source | Corpus",
    pattern: str | re.Pattern[str],
    window: int = 8,
    *,
    regex: bool | None = None,
    ignore_case: bool = True,
    mentions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Key word in context: every place of `pattern`, with the words around it in its sentence.

    Parameters
    ----------
    source: a text; a list of words, or of lists of words (sentences); a table with doc_id and
        text, and sent_id if its rows are sentences; or anything with such a table as its
        `sentences`; or a corpus.  Rows that do not count (repeats, furniture) are left out.
    pattern: a word or phrase, matched as whole words, where * stands for letters (``milit*``);
        a word in capitals is not one in small letters (``US`` is not us, ``NATO`` is Nato);
        a regular expression, compiled or as text (known by its signs: a backslash, ``|``, ``[``,
        ``.*``, ``colou?r`` …, unless `regex` says True or False); with `mentions` (the table of
        mentions), an entity_id.
    window: words at each side at most; the context never leaves the sentence.

    Returns doc_id, sent_id, left, node, right, and outlet where the source has it, in the order of
    the source; `sort_kwic` sorts.  Raises KeyError for an entity that is not among the mentions.

    >>> kwic("The old harbour wall fell.", "harbour", window=1)[["left", "node", "right"]]
      left     node right
    0  old  harbour  wall
    """
    sentences = _sentences(source)
    texts = sentences["text"].tolist()
    if mentions is not None:
        spans_of = _entity_spans(pattern, mentions, sentences)
    else:
        spans_of = map(_pattern_finder(pattern, regex, ignore_case), texts)
    lines = []
    for row, (text, spans) in enumerate(zip(texts, spans_of, strict=True)):
        tokens = words(text) if spans else []
        for start, end in spans:
            before = [w.start for w in tokens if w.end <= start]
            after = [w.end for w in tokens if w.start >= end]
            left = [*before, start][-window - 1] if window < len(before) else 0 if window else start
            right = [end, *after][window] if window < len(after) else len(text) if window else end
            context = text[left:start].strip(), text[start:end], text[end:right].strip()
            lines.append((row, *context))
    table = pd.DataFrame(lines, columns=["row", "left", "node", "right"])
    places = sentences.iloc[table.pop("row").to_numpy(int)].reset_index(drop=True)
    table.insert(0, "doc_id", places["doc_id"])
    table.insert(1, "sent_id", places["sent_id"])
    return table.assign(outlet=places["outlet"]) if "outlet" in places else table


def find_phrases(
    texts: Iterable[str], phrases: Iterable[tuple[str, bool]]
) -> dict[tuple[str, bool], list[int]]:
    """The rows of `texts` that hold each phrase as whole words, as `kwic` finds them.

    The texts are read once for all phrases; with each comes whether its case matters.

    >>> find_phrases(["They told US forces", "They told us"], [("US", True), ("us", False)])
    {('US', True): [0], ('us', False): [0, 1]}
    """
    rows: dict[tuple[str, bool], list[int]] = {phrase: [] for phrase in phrases}
    begins: dict[bool, dict[str, list]] = {True: {}, False: {}}
    for phrase, exact in rows:
        if wanted := word_texts(straight(phrase)):
            begins[exact].setdefault(_folded(wanted, exact)[0], []).append((phrase, wanted))
    for row, text in enumerate(texts):
        tokens = word_texts(straight(text))
        for exact, starts in begins.items():
            folded = _folded(tokens, exact)
            for phrase, wanted in (p for word in starts.keys() & folded for p in starts[word]):
                if _places(wanted, tokens, folded, exact):
                    rows[phrase, exact].append(row)
    return rows


def sort_kwic(lines: pd.DataFrame, by: str = "right") -> pd.DataFrame:
    """Lines of `kwic` sorted by the words after the node (``right``), or before it (``left``).

    The nearest word counts first; lines that agree keep their order.

    >>> sort_kwic(kwic("A wall stood. A wall fell.", "wall"))["right"].tolist()
    ['fell.', 'stood.']
    """
    if by not in ("left", "right"):
        raise ValueError(f"by is 'left' or 'right', not {by!r}")
    keys = [
        [w.text.casefold() for w in words(text)][:: 1 if by == "right" else -1]
        for text in lines[by]
    ]
    return lines.iloc[sorted(range(len(lines)), key=keys.__getitem__)].reset_index(drop=True)


def _sentences(source: "Source | Corpus") -> pd.DataFrame:
    """doc_id, sent_id, text, and the other columns of the source, one row a sentence."""
    if isinstance(source, str):
        source = pd.DataFrame({"doc_id": [""], "text": [source]})
    elif hasattr(source, "sentences"):
        source = source.sentences
    elif hasattr(source, "documents"):
        source = corpus_sentences(source)
    if not isinstance(source, pd.DataFrame):
        texts = [" ".join(tokens) for tokens in _token_lists(source)]
        return pd.DataFrame({"doc_id": "", "sent_id": range(len(texts)), "text": texts})
    if "sent_id" not in source:
        source = _split(source)
    return counted_rows(source)


def _split(texts: pd.DataFrame) -> pd.DataFrame:
    """One row a sentence, numbered within the article as `annotate` does: furniture is one."""
    rows = [
        row | {"text": row["text"][start:end]}
        for row in texts.to_dict("records")
        for start, end in (
            [(0, None)] if row.get("kind") == "furniture" else split_sentences(row["text"])
        )
    ]
    sentences = pd.DataFrame(rows, columns=texts.columns)
    return sentences.assign(sent_id=sentences.groupby("doc_id").cumcount())


def corpus_sentences(corpus: "Corpus") -> pd.DataFrame:
    """The sentences of a corpus's articles, not corrected, with the outlet of each."""
    from analysis.article.reading import (  # slow to import, seldom needed
        Article,
        Settings,
        sentence_rows,
    )

    settings = Settings(corpus.actors, Lexicon.read(corpus.lexicons), corpus.settings["clean"])
    rows = []
    for given in corpus.documents.to_dict("records"):
        known = {field: given.get(field, "") for field in ("published", "title", "language")}
        article = Article(given["doc_id"], corpus.text(given["doc_id"]), **known)
        rows += [row | {"outlet": given["outlet"]} for row in sentence_rows(article, settings)]
    return pd.DataFrame(rows)


def _token_lists(tokens: Iterable[Tokens]) -> list[list[str]]:
    """Sentences as lists of words, given as such, or as one list of words (str or Word)."""
    tokens = list(tokens)
    single = tokens and (isinstance(tokens[0], str) or hasattr(tokens[0], "text"))
    sentences = [tokens] if single else tokens
    return [[w if isinstance(w, str) else w.text for w in sentence] for sentence in sentences]


def _pattern_finder(
    pattern: str | re.Pattern[str], regex: bool | None, ignore_case: bool
) -> Finder:
    if isinstance(pattern, str):
        pattern = straight(pattern)
        if regex is None:
            regex = bool(_REGEX_SIGNS.search(pattern))
        if not regex and "*" not in pattern and words(pattern):
            return phrase_finder(pattern, ignore_case)
        if not regex:
            starred = re.escape(pattern).replace(r"\*", r"\w*")
            pattern = rf"(?<!\w){starred}(?!\w)" if words(pattern) else starred
        found = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
        return lambda text: [m.span() for m in found.finditer(straight(text)) if m.group()]
    return lambda text: [m.span() for m in pattern.finditer(text) if m.group()]


def phrase_finder(phrase: str, ignore_case: bool) -> Finder:
    """A function that finds the places of `phrase`, as whole words, in a text.

    >>> phrase_finder("old wall", ignore_case=True)("An old wall, an older wall")
    [(3, 11)]
    """
    wanted = word_texts(straight(phrase))
    first = wanted[0].casefold() if ignore_case else wanted[0]

    def find(text: str) -> list[tuple[int, int]]:
        text = straight(text)
        if first not in (text.casefold() if ignore_case else text):
            return []
        tokens = words(text)
        told = [w.text for w in tokens]
        places = _places(wanted, told, _folded(told, not ignore_case), not ignore_case)
        return [(tokens[i].start, tokens[i + len(wanted) - 1].end) for i in places]

    return find


def _folded(tokens: list[str], exact: bool) -> list[str]:
    return tokens if exact else [token.casefold() for token in tokens]


def _places(wanted: list[str], tokens: list[str], folded: list[str], exact: bool) -> list[int]:
    """Where `wanted` stands among the `tokens`, and their `folded` forms ("US" is not "us")."""
    size, forms = len(wanted), _folded(wanted, exact)
    capitals = [k for k, word in enumerate(wanted) if len(word) > 1 and word.isupper()]
    return [
        i
        for i in range(len(tokens) - size + 1)
        if folded[i : i + size] == forms and not any(tokens[i + k].islower() for k in capitals)
    ]


def _entity_spans(
    entity_id: str, mentions: pd.DataFrame, sentences: pd.DataFrame
) -> Iterator[list[tuple[int, int]]]:
    """The counted mentions of an entity in each sentence.

    Their offsets and those of the sentences are of the raw text, the sentence's text may be
    normalised: of the places of the surface form in it the nearest is taken.
    """
    mentioned = counted_rows(mentions[mentions["entity_id"] == entity_id])
    if mentioned.empty:
        known = mentions["entity_id"].dropna().unique()
        raise KeyError(f"no entity {entity_id!r}: {messages.nearest(entity_id, known)}")
    by_sentence: dict[tuple, list] = {}
    for mention in mentioned[["doc_id", "sent_id", "surface", "start"]].itertuples(index=False):
        by_sentence.setdefault(mention[:2], []).append(mention[2:])
    columns = [sentences[name].tolist() for name in ("doc_id", "sent_id", "text", "start")]
    for *place, text, start in zip(*columns, strict=True):
        spans = []
        for surface, offset in by_sentence.get(tuple(place), ()):
            where = (m.span() for m in re.finditer(re.escape(surface), text))
            nearest = min(where, key=lambda s, at=offset - start: abs(s[0] - at), default=None)
            spans += [nearest] if nearest else []
        yield spans
