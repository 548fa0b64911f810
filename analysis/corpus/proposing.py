"""``actors_proposed.csv``: the names that nobody listed, proposed from a corpus's own articles."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pandas as pd

from analysis.base.columns import file_columns
from analysis.base.safe_csv import write_sheet
from analysis.clean.blocks import clean_text
from analysis.corpus.reading import PROPOSED, Corpus, read_proposed
from analysis.entities.matcher import compile_actors
from analysis.entities.proposals import MOST_ARTICLES, Text, media_names, propose_actors
from analysis.entities.world import join_actors
from analysis.lexicons import OURS, Lexicon

_BETWEEN = re.compile(r"\b(?:[Bb]y|BY|and)\b|[,;|/&]")
_ARTICLE = re.compile(r"^(?:the|el|la|le|der|die|das) ")
Given = tuple[str, str, str]  # an article's doc_id, its text and its day of publication, or ""


def propose(
    articles: Iterable[Given],
    actors: pd.DataFrame,
    lexicon: Lexicon = OURS,
    clean: str = "strict",
    makers: Iterable[str] = (),
) -> pd.DataFrame:
    """The names of articles that are not among `actors` (see `known_actors`), as rows of the file.

    `makers` are the outlet and the byline of each article: who makes the coverage is no actor in
    it, unless most articles that name them are by others; like news organisations they are then of
    the side ``media``: they tell of events.

    >>> from analysis.entities.world import known_actors
    >>> text = "Spokesman Jon Berg left the harbour. Berg said no more. The guard let Berg go."
    >>> propose([("a", text, "")], known_actors())["name"].tolist()
    ['Jon Berg']
    """
    matcher = compile_actors(actors, lexicon)
    texts = (
        Text(doc_id, clean_text(text, mode=clean, lexicon=lexicon).body, published)
        for doc_id, text, published in articles
    )
    found = propose_actors(texts, matcher)
    made = Counter(part for maker in makers for part in _apart(maker))
    others = [2 * made[_plain(name)] < n for name, n in found[["name", "n_documents"]].to_numpy()]
    media = found["name"].isin(media_names(lexicon)) | found["name"].map(_plain).isin(made)
    found = found.assign(side=media.map({True: "media", False: ""}))[others]
    return found.reindex(columns=file_columns(PROPOSED), fill_value="")


def _apart(maker: str) -> set[str]:
    """The names in a byline ("By Ada Lund and Jon Berg, Tern Wire"), or an outlet's own."""
    return {_plain(maker), *map(_plain, _BETWEEN.split(maker))}


def _plain(name: str) -> str:
    return _ARTICLE.sub("", " ".join(name.lower().split()))


def makers(documents: pd.DataFrame) -> list[str]:
    """The outlets and the bylines of articles.

    >>> makers(pd.DataFrame({"outlet": ["Tern"], "byline": ["By Ada Lund"]}))
    ['Tern', 'By Ada Lund']
    """
    given = documents.reindex(columns=["outlet", "byline"], fill_value="").fillna("")
    return [name for column in given for name in given[column] if name]


def with_proposed(corpus: Corpus, lexicon: Lexicon) -> Corpus:
    """The corpus with the names proposed among its actors.

    They are those of the file, which may have been written since the corpus was read; where there
    is none, it is written into the corpus's folder, if that is one that can be written to.
    """
    file = corpus.path / PROPOSED
    if not corpus.settings["world"]:
        return corpus
    if file.exists():
        proposed = read_proposed(corpus.path, lexicon)
    else:
        chosen = sample(corpus.documents)[["doc_id", "published"]].itertuples(index=False)
        articles = ((doc_id, corpus.text(doc_id), published) for doc_id, published in chosen)
        by = makers(corpus.documents)
        proposed = propose(articles, corpus.actors, lexicon, corpus.settings["clean"], by)
        if corpus.path.is_dir():
            write_proposed(file, proposed)
    return replace(corpus, actors=join_actors(corpus.actors, proposed, "proposed"))


def write_proposed(file: Path, proposed: pd.DataFrame) -> None:
    """Write the file, unless its folder can only be read."""
    try:
        write_sheet(proposed, file)
    except OSError:
        file.unlink(missing_ok=True)


def sample(documents: pd.DataFrame) -> pd.DataFrame:
    """All articles, or `MOST_ARTICLES` of them evenly from the first to the last.

    >>> len(sample(pd.DataFrame({"doc_id": ["a", "b"]})))
    2
    """
    step = max(1, len(documents) / MOST_ARTICLES)
    return documents.iloc[[int(n * step) for n in range(min(len(documents), MOST_ARTICLES))]]
