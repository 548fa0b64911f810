"""Terms counted: by article, by outlet, over the corpus; spellings of one name merged.

A term is a word under the form that `analysis.text.words.term` gives it.  Tables:

article_counts  long: doc_id, term, n (or a pair: sparse articles × terms in the order of
                `articles`, and the terms)
articles        one row an article: doc_id, outlet, n_tokens (its words; by default the sum of n)
counts          terms × outlets, every term of the corpus: the column sums are the corpus sizes
"""

from collections import Counter
from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.terms import statistics as st
from analysis.terms.vocabulary import straight
from analysis.text.words import term, word_texts

SparseCounts = tuple[sparse.csr_array, np.ndarray]  # articles × terms, and the terms
ArticleCounts = pd.DataFrame | SparseCounts
MEASURES = ["n", "doc_freq", "per_1000", "dispersion_dp", "dispersion_dpnorm", "juilland_d"]
MEASURES += ["kl_divergence"]


def count_terms(texts: pd.DataFrame) -> pd.DataFrame:
    """article_counts of a table with doc_id and text (sentences or whole articles).

    Rows that do not count (`counted` false, or `kind` furniture) are left out.

    >>> texts = pd.DataFrame({"doc_id": ["a", "a"], "text": ["Rain fell.", "More rain came."]})
    >>> count_terms(texts).head(2)
      doc_id  term  n
    0      a  rain  2
    1      a  fell  1
    """
    texts = counted_rows(texts)
    by_article: dict[str, Counter] = {}
    for doc_id, text in zip(texts["doc_id"], texts["text"], strict=True):
        by_article.setdefault(doc_id, Counter()).update(word_texts(text))
    form, rows = cache(term), []
    for doc_id, spellings in by_article.items():
        terms: Counter = Counter()
        for spelling, n in spellings.items():
            terms[form(spelling)] += n
        rows += [(doc_id, *item) for item in terms.items()]
    return pd.DataFrame(rows, columns=["doc_id", "term", "n"])


def merge_variants(counts: pd.DataFrame, variants: Mapping[str, list[str]]) -> pd.DataFrame:
    """`counts` (article_counts, or terms × outlets) with each spelling counted as its canonical.

    `variants` is {canonical: [spellings]}, matched as terms (US is not us), straight and curly
    apostrophes alike.  Spellings of several words are terms where `vocabulary.joined` has made them
    one (see `multiword_variants`).

    >>> counts = pd.DataFrame({"doc_id": "a", "term": ["harbor", "harbour"], "n": [1, 2]})
    >>> merge_variants(counts, {"harbour": ["harbor"]})
      doc_id     term  n
    0      a  harbour  3
    """
    canonical = {
        straight(" ".join(_spelled(spelling))): " ".join(_spelled(name))
        for name, spellings in variants.items()
        for spelling in spellings
    }
    if "term" not in counts:
        return counts.groupby([canonical.get(straight(term(t)), t) for t in counts.index]).sum()
    known = {t: canonical.get(straight(term(t)), t) for t in counts["term"].unique()}
    changed = {name for pair in known.items() if pair[0] != pair[1] for name in pair}
    if not changed:
        return counts
    touched = counts["term"].isin(changed).to_numpy()
    keys = [c for c in ("doc_id", "term") if c in counts]
    merged = counts[touched].astype(dict.fromkeys(keys, str))
    merged = merged.assign(term=merged["term"].map(known)).groupby(keys, sort=False).sum()
    both = [counts[~touched], merged.reset_index()]
    for key_column in keys:  # categories stay categories: a corpus has millions of rows
        if isinstance(counts[key_column].dtype, pd.CategoricalDtype):
            names = counts[key_column].cat.categories.union(merged.index.unique(key_column))
            both = [b.assign(**{key_column: pd.Categorical(b[key_column], names)}) for b in both]
    return pd.concat(both, ignore_index=True)[list(counts.columns)]


def multiword_variants(variants: Mapping[str, list[str]]) -> list[tuple[str, ...]]:
    """The names and spellings of `variants` that are of several words, as their terms.

    >>> multiword_variants({"ceasefire": ["cease-fire", "cease fire"]})
    [('cease', 'fire')]
    """
    every = (
        _spelled(spelled) for name, spellings in variants.items() for spelled in (name, *spellings)
    )
    return [spelled for spelled in every if len(spelled) > 1]


def _spelled(spelling: str) -> tuple[str, ...]:
    return tuple(term(word) for word in word_texts(spelling)) or (term(spelling),)


def counted_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Without repeats and furniture, where the rows say which they are."""
    if "counted" in rows:
        return rows[rows["counted"].astype(bool)]
    return rows[rows["kind"] != "furniture"] if "kind" in rows else rows


def term_table(
    article_counts: ArticleCounts, articles: pd.DataFrame, min_count: int = 1
) -> pd.DataFrame:
    """Every term of the corpus: term, n, doc_freq, per_1000, dispersion over articles, outlets.

    dispersion_dp, dispersion_dpnorm, juilland_d and kl_divergence are explained at
    `statistics.dispersion`; then follows one column of counts an outlet, under its name.

    >>> counts = pd.DataFrame({"doc_id": ["a", "b"], "term": "rain", "n": [1, 2]})
    >>> articles = pd.DataFrame({"doc_id": ["a", "b"], "outlet": ["Gazette", "Herald"]})
    >>> term_table(counts, articles)[["term", "n", "doc_freq", "Gazette", "Herald"]]
       term  n  doc_freq  Gazette  Herald
    0  rain  3         2        1       2
    """
    matrix, names, sizes = article_matrix(article_counts, articles)
    by_outlet, outlets = outlet_counts(matrix, articles)
    if taken := {"term", *MEASURES}.intersection(outlets):
        raise ValueError(f"an outlet has the name of a column: {', '.join(sorted(taken))}")
    spread = st.dispersion(matrix, sizes)
    n = by_outlet.sum(axis=1)
    table = {
        "term": names,
        "n": n,
        "doc_freq": np.bincount(matrix.indices, minlength=len(names)),
        "per_1000": 1000 * n / sizes.sum(),
        "dispersion_dp": spread["dp"],
        "dispersion_dpnorm": spread["dpnorm"],
        "juilland_d": spread["juilland_d"],
        "kl_divergence": spread["kl_divergence"],
    }
    table = pd.DataFrame(table | dict(zip(outlets, by_outlet.T, strict=True)))
    table = table[table["n"] >= min_count]
    return table.sort_values(["n", "term"], ascending=[False, True], ignore_index=True)


def sparse_counts(article_counts: pd.DataFrame, articles: pd.DataFrame) -> SparseCounts:
    """article_counts as a pair, for functions that would each make it of the table.

    >>> counts = pd.DataFrame({"doc_id": ["a", "b"], "term": ["rain", "sea"], "n": [1, 2]})
    >>> articles = pd.DataFrame({"doc_id": ["a", "b"], "outlet": ["Gazette", "Herald"]})
    >>> matrix, terms = sparse_counts(counts, articles)
    >>> matrix.toarray().tolist(), terms.tolist()
    ([[1, 0], [0, 2]], ['rain', 'sea'])
    """
    return article_matrix(article_counts, articles)[:2]


def article_matrix(
    article_counts: ArticleCounts, articles: pd.DataFrame
) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """(sparse articles × terms, terms, words of each article), articles in the order given."""
    if articles["doc_id"].duplicated().any():
        raise ValueError("articles: a doc_id occurs twice")
    if isinstance(article_counts, tuple):
        matrix, names = sparse.csr_array(article_counts[0]), article_counts[1]
    else:
        doc_ids = article_counts["doc_id"].astype("category").cat
        rows = pd.Index(articles["doc_id"]).get_indexer(doc_ids.categories)[doc_ids.codes]
        if (rows < 0).any():
            unknown = article_counts["doc_id"].to_numpy()[rows < 0][0]
            raise KeyError(f"article_counts has {unknown!r}, which is not among the articles")
        columns, names = pd.factorize(article_counts["term"], sort=True)
        cells = (article_counts["n"].to_numpy(np.int32), (rows.astype("i4"), columns.astype("i4")))
        matrix = sparse.coo_array(cells, shape=(len(articles), len(names))).tocsr()
    matrix.eliminate_zeros()
    counted = matrix.sum(axis=1)
    sizes = articles["n_tokens"].to_numpy(np.int64) if "n_tokens" in articles else counted
    if (short := np.flatnonzero(sizes < counted)).size:
        doc_id = articles["doc_id"].iloc[short[0]]
        raise ValueError(f"{doc_id}: n_tokens is less than the sum of the counts of its terms")
    return matrix, np.asarray(names, dtype=object), sizes


def outlet_counts(matrix: sparse.csr_array, articles: pd.DataFrame) -> tuple[np.ndarray, list[str]]:
    """(terms × outlets, outlets in alphabetical order)"""
    codes, outlets = pd.factorize(articles["outlet"], sort=True)
    member = sparse.csr_array((np.ones(len(codes), np.int64), (codes, np.arange(len(codes)))))
    return (member @ matrix).toarray().T, list(outlets)
