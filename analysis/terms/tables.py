"""Terms: counting, keyness, collocations, concordances, lexical diversity.

A term is a word under the form that `analysis.text.words.term` gives it.  Tables:

article_counts  long: doc_id, term, n (or a pair: sparse articles × terms in the order of
                `articles`, and the terms)
articles        one row an article: doc_id, outlet, n_tokens (its words; by default the sum of n)
counts          terms × outlets, every term of the corpus: the column sums are the corpus sizes
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from functools import cache
from math import comb, fsum
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.base.thresholds import FEW_ARTICLES, MANY_ARTICLES
from analysis.terms import statistics as st
from analysis.terms import story_tests, vocabulary
from analysis.terms.vocabulary import Words, straight
from analysis.text.words import split_sentences, term, word_texts, words

_MEASURES = ["n", "doc_freq", "per_1000", "dispersion_dp", "dispersion_dpnorm", "juilland_d"]
_MEASURES += ["kl_divergence"]

# ---------------------------------------------------------------------------- counting


def count_terms(texts: pd.DataFrame) -> pd.DataFrame:
    """article_counts of a table with doc_id and text (sentences or whole articles).

    Rows that do not count (`counted` false, or `kind` furniture) are left out.
    """
    texts = _counted(texts)
    by_article: dict[str, Counter] = {}
    for doc_id, text in zip(texts["doc_id"], texts["text"], strict=True):
        by_article.setdefault(doc_id, Counter()).update(word_texts(text))
    form, rows = cache(term), []
    for doc_id, spellings in by_article.items():
        found: Counter = Counter()
        for spelling, n in spellings.items():
            found[form(spelling)] += n
        rows += [(doc_id, *item) for item in found.items()]
    return pd.DataFrame(rows, columns=["doc_id", "term", "n"])


def merge_variants(counts: pd.DataFrame, variants: dict[str, list[str]]) -> pd.DataFrame:
    """`counts` (article_counts, or terms × outlets) with each spelling counted as its canonical.

    `variants` is {canonical: [spellings]}, matched as terms (US is not us), straight and curly
    apostrophes alike.  Spellings of several words are terms where `vocabulary.joined` has made them
    one (see `phrases`).
    """
    canonical = {
        straight(" ".join(_spelled(own))): " ".join(_spelled(name))
        for name, spellings in variants.items()
        for own in spellings
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


def phrases(variants: dict[str, list[str]]) -> list[tuple[str, ...]]:
    """The names and spellings of `variants` that are of several words, as their terms."""
    every = (_spelled(own) for name, spellings in variants.items() for own in (name, *spellings))
    return [own for own in every if len(own) > 1]


def _spelled(spelling: str) -> tuple[str, ...]:
    return tuple(term(word) for word in word_texts(spelling)) or (term(spelling),)


def ngrams(sentence_tokens: Iterable[list[str]], size: int = 2, min_count: int = 1) -> pd.DataFrame:
    """ngram (words joined by a blank), n: runs of `size` words (two or more) within a sentence."""
    table = vocabulary.ngrams(Words.of([_terms(sentence_tokens)]), size, min_count)
    table = table.loc[table["size"] == size, ["term", "n"]]
    return table.rename(columns={"term": "ngram"}).reset_index(drop=True)


def _terms(sentence_tokens: Iterable[list[str]]) -> Iterator[list[str]]:
    form = cache(term)
    return ([form(token) for token in tokens] for tokens in sentence_tokens)


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    if "counted" in rows:
        return rows[rows["counted"].astype(bool)]
    return rows[rows["kind"] != "furniture"] if "kind" in rows else rows


def term_table(article_counts, articles: pd.DataFrame, min_count: int = 1) -> pd.DataFrame:
    """Every term of the corpus: term, n, doc_freq, per_1000, dispersion over articles, outlets.

    dispersion_dp, dispersion_dpnorm, juilland_d and kl_divergence are explained at
    `statistics.dispersion`; then follows one column of counts an outlet, under its name.
    """
    matrix, names, sizes = _matrix(article_counts, articles)
    by_outlet, outlets = _outlet_counts(matrix, articles)
    if taken := {"term", *_MEASURES}.intersection(outlets):
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


def sparse_counts(article_counts: pd.DataFrame, articles: pd.DataFrame):
    """article_counts as a pair, for functions that would each make it of the table."""
    return _matrix(article_counts, articles)[:2]


def _matrix(article_counts, articles: pd.DataFrame):
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


def _outlet_counts(matrix, articles: pd.DataFrame):
    """(terms × outlets, outlets in alphabetical order)"""
    codes, outlets = pd.factorize(articles["outlet"], sort=True)
    member = sparse.csr_array((np.ones(len(codes), np.int64), (codes, np.arange(len(codes)))))
    return (member @ matrix).toarray().T, list(outlets)


# ----------------------------------------------------------------------------- keyness


def keyness(
    counts: pd.DataFrame, target, reference=None, *, min_count: int = 1, sizes=None, prior=1000
) -> pd.DataFrame:
    """How much more, or less, often `target` uses each term than `reference`.

    Parameters
    ----------
    counts: terms × outlets (terms as index or column `term`; the whole of `term_table` will do).
        Every term must be there: the column sums are the corpus sizes, unless `sizes` (a mapping
        from outlet to words) gives them.
    target, reference: an outlet or a list of outlets; reference None is all the others.
    min_count: a term needs so many occurrences in target and reference together.
    prior: words of the Dirichlet prior of `log_odds`, shared out like the two corpora pooled; or
        a Series of pseudo-counts by term.

    Returns
    -------
    term, n_target, n_reference, per_1000_target, per_1000_reference, log_likelihood (G² of four
    cells, no correction, always positive: the sign of log_ratio tells the direction),
    log_likelihood_2cell, chi_squared, p_value (of log_likelihood), p_adjusted (Benjamini &
    Hochberg over the terms shown), log_ratio, percent_diff, log_odds, log_odds_z: see
    `analysis.terms.statistics`.  The most overused terms come first, the most underused last.

    p-values take words as independent; within an article they are not, so that p-values are far
    too small: prefer p_presence, p_rate and the intervals of `keyness_by_outlet`, where stories are
    the units.

    Raises KeyError for an unknown outlet, ValueError for empty or overlapping groups.
    """
    counts = _by_term(counts)
    target, reference = _groups(counts, target, reference)
    sizes = counts.sum() if sizes is None else pd.Series(sizes)
    a, b = (counts[group].sum(axis=1).to_numpy() for group in (target, reference))
    size_a, size_b = (sizes[group].sum() for group in (target, reference))
    if isinstance(prior, pd.Series):
        prior, prior_size = prior.reindex(counts.index, fill_value=0).to_numpy(float), prior.sum()
    else:
        prior, prior_size = (a + b) * prior / (size_a + size_b), prior
    shown = (a + b) >= max(min_count, 1)
    names, a, b, prior = counts.index[shown], a[shown], b[shown], prior[shown]
    four = (a, b, size_a, size_b)
    log_likelihood = st.log_likelihood(*four)
    p_value = st.chi_squared_p(log_likelihood)
    delta, z = st.log_odds(*four, prior, prior_size)
    table = {
        "term": names,
        "n_target": a,
        "n_reference": b,
        "per_1000_target": 1000 * a / size_a,
        "per_1000_reference": 1000 * b / size_b,
        "log_likelihood": log_likelihood,
        "log_likelihood_2cell": st.log_likelihood(*four, cells=2),
        "chi_squared": st.chi_squared(*four),
        "p_value": p_value,
        "p_adjusted": st.adjust_p(p_value),
        "log_ratio": st.log_ratio(*four),
        "percent_diff": st.percent_diff(*four),
        "log_odds": delta,
        "log_odds_z": z,
    }
    return _most_overused_first(pd.DataFrame(table), a / size_a - b / size_b)


def keyness_by_outlet(
    article_counts, articles, *, min_count=3, min_docs=1, rounds=1000, seed=0, confidence=0.95
) -> pd.DataFrame:
    """Keyness of each outlet against all the others, with intervals by bootstrap over stories.

    Terms are those with `min_count` occurrences in `min_docs` articles of the whole corpus.
    Column `story` of `articles` names the story an article tells: copies of one story count as
    one in every p-value and interval but those of G² (without it each article is a story).
    Columns: outlet, term, n_outlet, n_rest, the measures of `keyness`, and

    p_adjusted: p_value (of G², words as units: far too small where a term comes in clumps) by
        Benjamini & Hochberg over the whole table.
    p_presence, p_rate: as large a share of the stories has the term; the stories' relative
        frequencies have the same mean, both among stories of like length (`story_tests`).
        p_presence_adjusted, p_rate_adjusted: over all that are not too rare to test.  too_rare:
        for which of the two the term is.  n_deals: random deals behind p_rate.
    stories_outlet of stories_outlet_of, stories_rest of stories_rest_of: stories with the term,
        among those that one side alone has.
    ci_low, ci_high: interval of log_ratio; stories are drawn within each outlet.
    loo_low, loo_high, most_influential: below twenty stories in all, the span of log_ratio when
        each story is left out in turn, and (the first article of) the one that moves it most.
    doc_freq, doc_freq_outlet: articles with the term, in all and of the outlet.
    rests_on_one_article: the article, with its copies in the outlet, without which the difference
        is gone or turned round, or which is all there is of the outlet
        (`statistics.decisive_article`).
    reason: why p-values or intervals are empty.

    An outlet without words has no rows.
    """
    matrix, names, sizes = _matrix(article_counts, articles)
    doc_freq = np.bincount(matrix.indices, minlength=len(names))
    by_outlet, outlets = _outlet_counts(matrix, articles)
    counts = pd.DataFrame(by_outlet, names, outlets)
    kept = np.flatnonzero((by_outlet.sum(axis=1) >= min_count) & (doc_freq >= min_docs))
    codes, _, story = _groups_of(articles)
    present = matrix[:, kept]
    present.data[:] = 1
    units = _of_outlets(matrix[:, kept], sizes, codes, story, articles["doc_id"])
    tested = story_tests.compare(
        story_tests.Stories.of(matrix[:, kept], sizes, codes, story), seed=seed
    )
    n_stories, why_no_resampling = story.max(initial=-1) + 1, ""
    reasons = [_why_no_p(*of) for of in zip(tested.of_outlet, tested.of_rest, strict=True)]
    if few := n_stories < MANY_ARTICLES:
        why_no_resampling = (
            f"fewer than twenty stories in all ({n_stories}): leave-one-story-out instead"
        )
    elif not all(reasons):
        intervals = st.bootstrap_log_ratio(
            units.counts, units.sizes, units.outlets, rounds, seed, confidence
        )
    outlet_sizes = pd.Series(np.bincount(codes, sizes).astype(int), outlets)
    tables = []
    for code, outlet in enumerate(outlets):
        own, reason = units.outlets == code, reasons[code]
        if not (units.sizes[own].any() and units.sizes[~own].any()):
            continue
        extra = pd.DataFrame({"term": names[kept], "outlet": outlet})
        extra["ci_low"], extra["ci_high"] = np.nan, np.nan
        extra["loo_low"], extra["loo_high"], extra["most_influential"] = np.nan, np.nan, ""
        extra["doc_freq"] = doc_freq[kept]
        extra["doc_freq_outlet"] = (codes == code).astype(int) @ present
        extra = extra.assign(**_story_columns(tested, code))
        decisive = st.decisive_article(units.counts, units.sizes, own)
        extra["rests_on_one_article"] = np.where(decisive < 0, "", units.doc_ids[decisive])
        if few:
            left_out = _leave_one_out(units.counts, units.sizes, own)
            extra["loo_low"], extra["loo_high"], influential = left_out
            extra["most_influential"] = units.doc_ids[influential]
        elif not reason:
            extra["ci_low"], extra["ci_high"] = intervals[0][code], intervals[1][code]
        table = keyness(counts, outlet, sizes=outlet_sizes).merge(extra, on="term")
        if reason:
            table["p_value"] = np.nan
        tables.append(table.assign(reason="; ".join(filter(None, [reason, why_no_resampling]))))
    if not tables:
        return pd.DataFrame(columns=_BY_OUTLET_COLUMNS)
    table = pd.concat(tables, ignore_index=True)
    table["p_adjusted"] = st.adjust_p(table["p_value"])
    table.columns = table.columns.str.replace("target", "outlet").str.replace("reference", "rest")
    return table[_BY_OUTLET_COLUMNS]


class _Units(NamedTuple):
    """What each outlet has of each story, pooled: × terms, words, outlet, first article."""

    counts: sparse.csr_array
    sizes: np.ndarray
    outlets: np.ndarray
    doc_ids: np.ndarray


def _of_outlets(matrix, sizes, codes, story, doc_ids) -> _Units:
    pairs = codes.astype(np.int64) * (story.max(initial=0) + 1) + story
    unit, first = pd.factorize(pairs)[0], ~pd.Series(pairs).duplicated().to_numpy()
    member = sparse.csr_array((np.ones(len(unit), np.int32), (unit, np.arange(len(unit)))))
    doc_ids = doc_ids.astype(object).to_numpy()[first]
    return _Units(sparse.csr_array(member @ matrix), member @ sizes, codes[first], doc_ids)


def _groups_of(articles: pd.DataFrame) -> tuple[np.ndarray, list, np.ndarray]:
    """Number of each article's outlet, the outlets, and the number of its story."""
    codes, outlets = pd.factorize(articles["outlet"], sort=True)
    story = articles["story" if "story" in articles else "doc_id"]
    return codes, list(outlets), pd.factorize(story)[0]


def _story_columns(tested: story_tests.Tested, code: int) -> dict:
    """The columns of the table that come from the tests, for one outlet."""
    rare = np.where(tested.presence_rare[code], "presence", "").astype(object)
    both = tested.presence_rare[code] & tested.rate_rare[code]
    rare = rare + np.where(both, ";", "") + np.where(tested.rate_rare[code], "rate", "")
    return {
        "p_presence": tested.presence[code],
        "p_presence_adjusted": tested.presence_adjusted[code],
        "p_rate": tested.rate[code],
        "p_rate_adjusted": tested.rate_adjusted[code],
        "n_deals": tested.deals[code],
        "too_rare": rare,
        "stories_outlet": tested.n_outlet[code],
        "stories_outlet_of": tested.of_outlet[code],
        "stories_rest": tested.n_rest[code],
        "stories_rest_of": tested.of_rest[code],
    }


def false_alarms(
    article_counts, articles: pd.DataFrame, rounds: int = 20, seed: int = 0, min_count: int = 3
) -> pd.DataFrame:
    """What each p-value calls a difference where there is none: stories dealt out at random.

    Stories are dealt out to outlets of the sizes these have, and every test is made, corrected and
    read (p_adjusted < 0.05) as in `keyness_by_outlet`.  A row for each test: test (words, presence,
    rate), n_tests (in one deal, those too rare left out), uncorrected (share of them with
    p < 0.05, before correction), words_called (differences found, mean of a deal), deals_with_any
    (share of the deals in which any is), n_deals.  An honest test has any in 0.05 of the deals.
    Of very many words a random choice is tested.  Empty where no outlet has stories enough.
    """
    matrix, _, sizes = _matrix(article_counts, articles)
    codes, _, story = _groups_of(articles)
    n_outlets, rng = codes.max(initial=-1) + 1, np.random.default_rng(seed)
    kept = np.flatnonzero(matrix.sum(axis=0) >= min_count)
    cells = n_outlets * rounds * matrix[:, kept].nnz * story_tests.FIRST
    if (share := story_tests.BUDGET / max(cells, 1)) < 1:
        kept = np.sort(rng.choice(kept, int(share * len(kept)), replace=False))
    matrix, words = matrix[:, kept], sizes
    first = np.flatnonzero(~pd.Series(story).duplicated().to_numpy())
    found = []
    for _ in range(rounds):
        dealt = rng.permutation(codes[first])[story]
        stories = story_tests.Stories.of(matrix, words, dealt, story)
        tested = story_tests.compare(stories, story_tests.BUDGET // rounds, seed)
        possible = ~np.isnan(tested.presence) | tested.presence_rare
        by_outlet, _ = _outlet_counts(matrix, articles.assign(outlet=dealt))
        own, size = by_outlet.T, np.bincount(dealt, words, n_outlets)[:, None]
        rest = own.sum(axis=0) - own, size.sum() - size
        g2 = st.chi_squared_p(st.log_likelihood(own, rest[0], size, rest[1]))
        g2 = np.where(possible, g2, np.nan)
        pairs = [(g2, st.adjust_p(g2)), (tested.presence, tested.presence_adjusted)]
        pairs.append((tested.rate, tested.rate_adjusted))
        for test, (p, adjusted) in zip(("words", "presence", "rate"), pairs, strict=True):
            n_tests, called = (~np.isnan(p)).sum(), (adjusted < story_tests.LEVEL).sum()
            below = (p < story_tests.LEVEL).sum() / max(n_tests, 1)
            found.append((test, n_tests, below, called, float(called > 0), possible.any()))
    columns = ["test", "n_tests", "uncorrected", "words_called", "deals_with_any", "possible"]
    table = pd.DataFrame(found, columns=columns)
    table = table[table.pop("possible")]
    means = table.groupby("test", sort=False).mean().reset_index()
    return means.assign(n_tests=means["n_tests"].round().astype(int), n_deals=rounds)


_BY_OUTLET_COLUMNS = [
    *("outlet", "term", "n_outlet", "n_rest", "per_1000_outlet", "per_1000_rest"),
    *("log_likelihood", "log_likelihood_2cell", "chi_squared", "p_value", "p_adjusted"),
    *("p_presence", "p_presence_adjusted", "p_rate", "p_rate_adjusted", "n_deals", "too_rare"),
    *("stories_outlet", "stories_outlet_of", "stories_rest", "stories_rest_of"),
    *("log_ratio", "ci_low", "ci_high", "loo_low", "loo_high", "most_influential"),
    *("percent_diff", "log_odds", "log_odds_z", "doc_freq", "doc_freq_outlet"),
    *("rests_on_one_article", "reason"),
]


def _why_no_p(n_outlet: int, n_rest: int) -> str:
    sides = [(n_outlet, "in this outlet"), (n_rest, "in the rest")]
    parts = [f"{n} {where}" for n, where in sides if n < FEW_ARTICLES]
    return f"fewer than five independent stories: {', '.join(parts)}" if parts else ""


def _leave_one_out(matrix, sizes, own):
    """(lowest, highest log ratio, number of the article that moves it most) of each term."""
    without = st.leave_one_out_log_ratio(matrix, sizes, own)
    dense = matrix.toarray()
    whole = st.log_ratio(
        dense[own].sum(axis=0), dense[~own].sum(axis=0), sizes[own].sum(), sizes[~own].sum()
    )
    moved = np.where(np.isnan(without), np.inf, np.abs(without - whole))
    low = np.where(np.isnan(without), np.inf, without).min(axis=0)
    high = np.where(np.isnan(without), -np.inf, without).max(axis=0)
    empty = np.isinf(low)
    return np.where(empty, np.nan, low), np.where(empty, np.nan, high), moved.argmax(axis=0)


def word_shift(counts: pd.DataFrame, target, reference=None, measure: str = "jsd") -> pd.DataFrame:
    """Terms by what they contribute to the difference of two groups (Gallagher et al. 2021).

    term, n_target, n_reference, contribution (see `statistics.word_shift`; target − reference),
    share (of the sum of magnitudes), cumulative_share, higher_in.  ``attrs`` of the table holds
    total, size_target and size_reference, to be shown beside any figure of it.
    """
    counts = _by_term(counts)
    target, reference = _groups(counts, target, reference)
    a, b = (counts[group].sum(axis=1).to_numpy() for group in (target, reference))
    score = st.word_shift(a, b, measure)
    table = pd.DataFrame({"term": counts.index, "n_target": a, "n_reference": b})
    table["contribution"] = score
    table["share"] = np.abs(score) / (np.abs(score).sum() or 1.0)
    table["higher_in"] = np.where(a / a.sum() > b / b.sum(), "target", "reference")
    table = table[(a + b) > 0].sort_values(
        ["share", "term"], ascending=[False, True], ignore_index=True
    )
    table.insert(5, "cumulative_share", table["share"].cumsum())
    sizes = {"size_target": int(a.sum()), "size_reference": int(b.sum())}
    table.attrs = {"total": float(score.sum()), **sizes}
    return table


def _by_term(counts: pd.DataFrame) -> pd.DataFrame:
    """terms × outlets with the terms as index; the measures of a terms table are dropped."""
    if "term" in counts:
        counts = counts.set_index("term")
        if {"n", "doc_freq", "per_1000"} <= set(counts):
            counts = counts.drop(columns=_MEASURES, errors="ignore")
    if text := [str(c) for c, t in counts.dtypes.items() if not pd.api.types.is_numeric_dtype(t)]:
        raise ValueError(f"counts: not numbers: {', '.join(text)}")
    counts = counts.fillna(0)
    if (counts < 0).to_numpy().any():
        raise ValueError("counts: a count is negative")
    return counts if counts.index.is_unique else counts.groupby(level=0).sum()


def _known(counts: pd.DataFrame, outlets) -> list:
    outlets = [outlets] if pd.api.types.is_scalar(outlets) else list(outlets)
    for outlet in outlets:
        if outlet not in counts.columns:
            raise KeyError(_unknown("outlet", outlet, counts.columns))
    return list(dict.fromkeys(outlets))


def _unknown(what: str, name, known) -> str:
    known = [str(k) for k in known]
    near = get_close_matches(str(name), known, 1, 0.4)
    listed = ", ".join(known[:20]) + (" …" if len(known) > 20 else "")
    return f"no {what} {name!r}" + (
        f", did you mean {near[0]!r}?" if near else f" (there are: {listed})"
    )


def _groups(counts: pd.DataFrame, target, reference) -> tuple[list, list]:
    target = _known(counts, target)
    rest = [c for c in counts.columns if c not in target]
    reference = rest if reference is None else _known(counts, reference)
    if both := set(target) & set(reference):
        raise ValueError(f"in target and in reference: {', '.join(map(str, sorted(both)))}")
    for name, group in (("target", target), ("reference", reference)):
        if not counts[group].to_numpy().sum() > 0:
            raise ValueError(f"the {name} has no words")
    return target, reference


def _most_overused_first(table: pd.DataFrame, difference) -> pd.DataFrame:
    """Sorted by log_likelihood, signed by `difference`; ties keep their order."""
    signed = np.where(np.asarray(difference) < 0, -1, 1) * table["log_likelihood"].to_numpy()
    return table.iloc[np.argsort(-signed, kind="stable")].reset_index(drop=True)


# ------------------------------------------------------------------------ collocations


def collocations(
    sentence_tokens: Iterable[list[str]] | Words, min_count: int = 5, window: int = 2
) -> pd.DataFrame:
    """Pairs of words, the first before the second, at most ``window - 1`` words apart.

    bigram, n, log_likelihood, pmi, npmi, log_dice, t_score (`statistics.association`).  The 2 × 2
    table is of pairs: how often the first word comes first in a pair, the second second, among
    all pairs; no pair crosses a sentence.  Pairs that attract each other most come first, those
    that occur together less often than by chance last.
    """
    words = sentence_tokens
    if not isinstance(words, Words):
        words = Words.of([_terms(sentence_tokens)])
    names, found = words.vocabulary, [tuple(np.empty((2, 0), np.int64))]
    as_first, as_second = np.zeros((2, len(names)), np.int64)
    for _, ids, sentence, _ in words.batches():
        for d in range(1, window):
            same = sentence[:-d] == sentence[d:]
            x, y = ids[:-d][same], ids[d:][same]
            as_first += np.bincount(x, minlength=len(names))
            as_second += np.bincount(y, minlength=len(names))
            found.append(vocabulary.counted(x.astype(np.int64) * len(names) + y))
    pairs, n = vocabulary.added(found)
    pairs, n = pairs[n >= min_count], n[n >= min_count]
    x, y = np.divmod(pairs, max(len(names), 1))
    measures = st.association(n, as_first[x], as_second[y], as_first.sum())
    table = pd.DataFrame({"bigram": [f"{names[i]} {names[j]}" for i, j in zip(x, y, strict=True)]})
    table["n"] = n
    for name in ("log_likelihood", "pmi", "npmi", "log_dice", "t_score"):
        table[name] = measures[name]
    return _most_overused_first(table, table["pmi"])


# ------------------------------------------------------------------------- concordance


def kwic(
    source, pattern, window: int = 8, *, regex=None, ignore_case=True, mentions=None
) -> pd.DataFrame:
    """Key word in context: every place of `pattern`, with the words around it in its sentence.

    Parameters
    ----------
    source: a text; a list of words, or of lists of words (sentences); a table with doc_id and
        text, and sent_id if its rows are sentences; or anything with such a table as its
        `sentences`; or a corpus.  Rows that do not count (repeats, furniture) are left out.
    pattern: a word or phrase, matched as whole words, where * stands for letters (``milit*``);
        a regular expression, compiled or as text (known by its signs: a backslash, ``|``, ``[``,
        ``.*``, ``colou?r`` …, unless `regex` says True or False); with `mentions` (the table of
        mentions), an entity_id.
    window: words at each side at most; the context never leaves the sentence.

    Returns doc_id, sent_id, left, node, right, and outlet where the source has it, in the order of
    the source; `sort_kwic` sorts.  Raises KeyError for an entity that is not among the mentions.
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
    """
    rows: dict[tuple[str, bool], list[int]] = {phrase: [] for phrase in phrases}
    begins: dict[bool, dict[str, list]] = {True: {}, False: {}}
    for phrase, exact in rows:
        if wanted := _folded(word_texts(phrase), exact):
            begins[exact].setdefault(wanted[0], []).append((phrase, wanted))
    for row, text in enumerate(texts):
        tokens = word_texts(text)
        for exact, starts in begins.items():
            folded = _folded(tokens, exact)
            for phrase, wanted in (p for word in starts.keys() & folded for p in starts[word]):
                if len(wanted) == 1 or _places(wanted, folded):
                    rows[phrase, exact].append(row)
    return rows


def sort_kwic(lines: pd.DataFrame, by: str = "right") -> pd.DataFrame:
    """Lines of `kwic` sorted by the words after the node (``right``), or before it (``left``),
    the nearest word first; lines that agree keep their order."""
    if by not in ("left", "right"):
        raise ValueError(f"by is 'left' or 'right', not {by!r}")
    keys = [
        [w.text.casefold() for w in words(text)][:: 1 if by == "right" else -1]
        for text in lines[by]
    ]
    return lines.iloc[sorted(range(len(lines)), key=keys.__getitem__)].reset_index(drop=True)


def _sentences(source) -> pd.DataFrame:
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
    return _counted(source)


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


def corpus_sentences(corpus) -> pd.DataFrame:
    """The sentences of a corpus's articles, not corrected, with the outlet of each."""
    from analysis.article.reading import (  # slow to import, seldom needed
        Article,
        Settings,
        sentence_rows,
    )

    settings = Settings(corpus.actors, corpus.lexicons, corpus.settings["clean"])
    rows = []
    for given in corpus.documents.to_dict("records"):
        told = {field: given.get(field, "") for field in ("published", "title", "language")}
        article = Article(given["doc_id"], corpus.text(given["doc_id"]), **told)
        rows += [row | {"outlet": given["outlet"]} for row in sentence_rows(article, settings)]
    return pd.DataFrame(rows)


def _token_lists(tokens) -> list[list[str]]:
    """Sentences as lists of words, given as such, or as one list of words (str or Word)."""
    tokens = list(tokens)
    single = tokens and (isinstance(tokens[0], str) or hasattr(tokens[0], "text"))
    sentences = [tokens] if single else tokens
    return [[w if isinstance(w, str) else w.text for w in sentence] for sentence in sentences]


_REGEX_SIGNS = re.compile(r"[\\|\[]|\(\?|\.[*+]|\w\?\w|^\^|\$$")


def _pattern_finder(pattern, regex: bool | None, ignore_case: bool) -> Callable:
    if isinstance(pattern, str):
        if regex is None:
            regex = bool(_REGEX_SIGNS.search(pattern))
        if not regex and "*" not in pattern and words(pattern):
            return phrase_finder(pattern, ignore_case)
        if not regex:
            starred = re.escape(pattern).replace(r"\*", r"\w*")
            pattern = rf"(?<!\w){starred}(?!\w)" if words(pattern) else starred
        pattern = re.compile(pattern, re.IGNORECASE if ignore_case else 0)
    return lambda text: [m.span() for m in pattern.finditer(text) if m.group()]


def phrase_finder(phrase: str, ignore_case: bool) -> Callable[[str], list[tuple[int, int]]]:
    """A function that finds the places of `phrase`, as whole words, in a text."""
    wanted = _folded(word_texts(phrase), not ignore_case)

    def find(text: str) -> list[tuple[int, int]]:
        if wanted[0] not in (text.casefold() if ignore_case else text):
            return []
        tokens = words(text)
        places = _places(wanted, _folded([w.text for w in tokens], not ignore_case))
        return [(tokens[i].start, tokens[i + len(wanted) - 1].end) for i in places]

    return find


def _folded(tokens: list[str], exact: bool) -> list[str]:
    return tokens if exact else [token.casefold() for token in tokens]


def _places(wanted: list[str], tokens: list[str]) -> list[int]:
    """Where `wanted` stands among the `tokens`."""
    size = len(wanted)
    return [i for i in range(len(tokens) - size + 1) if tokens[i : i + size] == wanted]


def _entity_spans(
    entity_id: str, mentions: pd.DataFrame, sentences: pd.DataFrame
) -> Iterator[list[tuple[int, int]]]:
    """The counted mentions of an entity in each sentence.

    Their offsets and those of the sentences are of the raw text, the sentence's text may be
    normalised: of the places of the surface form in it the nearest is taken.
    """
    own = _counted(mentions[mentions["entity_id"] == entity_id])
    if own.empty:
        raise KeyError(_unknown("entity", entity_id, mentions["entity_id"].dropna().unique()))
    by_sentence: dict[tuple, list] = {}
    for mention in own[["doc_id", "sent_id", "surface", "start"]].itertuples(index=False):
        by_sentence.setdefault(mention[:2], []).append(mention[2:])
    columns = [sentences[name].tolist() for name in ("doc_id", "sent_id", "text", "start")]
    for *place, text, start in zip(*columns, strict=True):
        spans = []
        for surface, offset in by_sentence.get(tuple(place), ()):
            where = (m.span() for m in re.finditer(re.escape(surface), text))
            nearest = min(where, key=lambda s, at=offset - start: abs(s[0] - at), default=None)
            spans += [nearest] if nearest else []
        yield spans


# ------------------------------------------------------------------- lexical diversity


def lexical_diversity(tokens: list[str], window: int = 50) -> dict:
    """n_tokens, n_types, ttr, mattr, mtld, hdd of a list of words, as terms.

    mattr: mean type-token ratio of all windows of `window` words (Covington & McFall 2010).
    mtld: McCarthy & Jarvis (2010), threshold 0.72: a factor is complete when the ratio *reaches*
        the threshold, the last one counts in part, mean of forward and backward reading
        (lexicalrichness reads it so; taaled and textacy go on until the ratio is below).
    hdd: HD-D with 42 draws, as the mean contribution of the types: expected types in a draw / 42.

    NaN where the text is too short: fewer words than the window or the draws, or no repetition.
    """
    tokens = [term(t) for t in tokens]
    n, types = len(tokens), Counter(tokens)
    before, after = _previous(tokens), _previous(tokens[::-1])
    hdd = np.nan
    if n >= 42:
        times, draws = Counter(types.values()).items(), comb(n, 42)
        hdd = fsum(count * (1 - comb(n - often, 42) / draws) for often, count in times) / 42
    return {
        "n_tokens": n,
        "n_types": len(types),
        "ttr": len(types) / n if n else np.nan,
        "mattr": _mattr(before, window),
        "mtld": (_mtld(before) + _mtld(after)) / 2,
        "hdd": hdd,
    }


def _previous(tokens: list[str]) -> list[int]:
    """For each word the place of the last one like it before, -1 if there is none."""
    last: dict[str, int] = {}
    places = []
    for place, token in enumerate(tokens):
        places.append(last.get(token, -1))
        last[token] = place
    return places


def _mtld(previous: list[int], threshold: float = 0.72) -> float:
    factors, start, types, ratio = 0.0, 0, 0, 1.0
    for place, before in enumerate(previous):
        types += before < start
        ratio = types / (place + 1 - start)
        if ratio <= threshold:
            factors, start, types, ratio = factors + 1, place + 1, 0, 1.0
    factors += (1 - ratio) / (1 - threshold)
    return len(previous) / factors if factors else np.nan


def _mattr(previous: list[int], window: int) -> float:
    """A word adds a type to every window that holds it but none like it before it."""
    places, windows = np.arange(len(previous)), len(previous) - window + 1
    if windows < 1:
        return np.nan
    first = np.maximum(np.array(previous), places - window)
    last = np.minimum(places, windows - 1)
    return int(np.maximum(last - first, 0).sum()) / window / windows
