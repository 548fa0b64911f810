"""One article in, its tables out: `annotate` for those who have no corpus."""

from datetime import date
from functools import lru_cache
from io import StringIO

import pandas as pd

from analysis.article.reading import Article, Settings, annotate
from analysis.base.columns import article_columns
from analysis.entities.world import known_actors


@lru_cache(maxsize=4)
def _settings(actors: str) -> Settings:
    """Settings for actors written as CSV: kept, as a finder of many names takes time to make."""
    own = pd.read_csv(StringIO(actors), dtype=str, keep_default_na=False)
    return Settings(known_actors(own))


def read_article(
    text: str,
    published: date | str | None = None,
    title: str = "",
    actors: pd.DataFrame | None = None,
    language: str | None = None,
) -> dict[str, pd.DataFrame]:
    """The rows of one article in every table that `annotate` makes, without a corpus.

    `published` is a date or an ISO date; without it only those dates are resolved that do not need
    it.  `title` is a headline that may stand in the text too, `actors` are rows as in actors.csv
    (they come before the actors everybody knows), `language` is a code such as en (found in the
    text unless given; dates, quotations and events are read in English).  The
    article's doc_id is "article".

    Raises ValueError naming `published` where it is no date, and for each bad row of `actors`.

    >>> tables = read_article("The truce held all night, the ministry said on 3 May 2021.")
    >>> tables["quotations"].loc[0, ["text", "speaker", "rule"]].tolist()
    ['The truce held all night', 'the ministry', 'subject-verb']
    >>> tables["dates"].loc[0, "value"]
    '2021-05-03'
    """
    try:
        day = str(date.fromisoformat(str(published))) if published else ""
    except ValueError:
        raise ValueError(f"published: {published!r} is not an ISO date as 2024-04-22") from None
    given = pd.DataFrame() if actors is None else actors
    settings = _settings(given.to_csv(index=False) if len(given) else "entity_id,name,type,aliases")
    article = Article("article", text, day, title=title, language=language or "")
    rows = annotate(article, settings)
    return {
        name: pd.DataFrame(rows[name], columns=list(columns))
        for name, columns in article_columns().items()
        if name in rows
    }
