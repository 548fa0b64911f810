"""Words that carry content: terms without function words, keywords to look at."""

import numpy as np
import pandas as pd

from analysis.lexicons import OURS, Lexicon
from analysis.text.language import function_words


def without_stopwords(
    table: pd.DataFrame, language: str, column: str = "term", lexicon: Lexicon = OURS
) -> pd.DataFrame:
    """Rows of a term table that hold a content word (no function words, no mere numbers).

    `language` is a code, or several as ``en;fr``.  Terms are in lower case but for initialisms:
    ``us`` is a function word, ``US`` is not.

    >>> terms = pd.DataFrame({"term": ["the", "us", "US", "truce"]})
    >>> without_stopwords(terms, "en")["term"].tolist()
    ['US', 'truce']
    """
    stopwords = function_words(language, lexicon)

    def has_content(term: str) -> bool:
        return any(w not in stopwords and not w.isdigit() for w in term.split())

    return table[table[column].map(has_content).astype(bool)].reset_index(drop=True)


def top_keywords(
    keyness: pd.DataFrame, each: int, language: str, lexicon: Lexicon = OURS
) -> pd.DataFrame:
    """The `each` strongest overused terms of every outlet, with the interval there is."""
    over = without_stopwords(keyness[keyness["log_ratio"] > 0], language, lexicon=lexicon)
    order = ["outlet", "log_likelihood", "term"]
    top = over.sort_values(order, ascending=[True, False, True]).groupby("outlet").head(each)
    low = top[["ci_low", "loo_low", "log_ratio"]].replace(-np.inf, np.nan).min(axis=1)
    high = top[["ci_high", "loo_high", "log_ratio"]].replace(np.inf, np.nan).max(axis=1)
    return top.assign(low=low, high=high).reset_index(drop=True)
