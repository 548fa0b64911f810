"""Keywords of one group of outlets beside another: keyness and word shifts."""

from collections.abc import Collection, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from analysis.base.messages import nearest
from analysis.terms import statistics as st
from analysis.terms.counts import MEASURES

Outlets = str | Collection[str]


def keyness(
    counts: pd.DataFrame,
    target: Outlets,
    reference: Outlets | None = None,
    *,
    min_count: int = 1,
    sizes: Mapping[str, float] | pd.Series | None = None,
    prior: float | pd.Series = 1000,
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

    >>> counts = pd.DataFrame({"Gazette": [6, 4], "Herald": [1, 9]}, index=["strike", "the"])
    >>> keyness(counts, "Gazette")[["term", "n_target", "n_reference", "log_ratio"]].round(2)
         term  n_target  n_reference  log_ratio
    0  strike         6            1       2.58
    1     the         4            9      -1.17
    """
    counts = _by_term(counts)
    sizes = counts.sum() if sizes is None else pd.Series(sizes)
    target, reference = _groups(counts, target, reference, sizes)
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
    return most_overused_first(pd.DataFrame(table), a / size_a - b / size_b)


def word_shift(
    counts: pd.DataFrame, target: Outlets, reference: Outlets | None = None, measure: str = "jsd"
) -> pd.DataFrame:
    """Terms by what they contribute to the difference of two groups (Gallagher et al. 2021).

    term, n_target, n_reference, contribution (see `statistics.word_shift`; target − reference),
    share (of the sum of magnitudes), cumulative_share, higher_in.  ``attrs`` of the table holds
    total, size_target and size_reference, to be shown beside any figure of it.

    >>> counts = pd.DataFrame({"Gazette": [6, 4], "Herald": [1, 9]}, index=["strike", "the"])
    >>> word_shift(counts, "Gazette", measure="proportion")[["term", "contribution", "higher_in"]]
         term  contribution  higher_in
    0  strike           0.5     target
    1     the          -0.5  reference
    """
    counts = _by_term(counts)
    target, reference = _groups(counts, target, reference, counts.sum())
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
            counts = counts.drop(columns=MEASURES, errors="ignore")
    if text := [str(c) for c, t in counts.dtypes.items() if not pd.api.types.is_numeric_dtype(t)]:
        raise ValueError(f"counts: not numbers: {', '.join(text)}")
    counts = counts.fillna(0)
    if (counts < 0).to_numpy().any():
        raise ValueError("counts: a count is negative")
    return counts if counts.index.is_unique else counts.groupby(level=0).sum()


def _known(counts: pd.DataFrame, outlets: Outlets) -> list[str]:
    outlets = [outlets] if pd.api.types.is_scalar(outlets) else list(outlets)
    for outlet in outlets:
        if outlet not in counts.columns:
            raise KeyError(f"no outlet {outlet!r}: {nearest(outlet, counts.columns)}")
    return list(dict.fromkeys(outlets))


def _groups(
    counts: pd.DataFrame, target: Outlets, reference: Outlets | None, sizes: pd.Series
) -> tuple[list[str], list[str]]:
    target = _known(counts, target)
    rest = [c for c in counts.columns if c not in target]
    reference = rest if reference is None else _known(counts, reference)
    if both := set(target) & set(reference):
        raise ValueError(f"in target and in reference: {', '.join(map(str, sorted(both)))}")
    for name, group in (("target", target), ("reference", reference)):
        if not sizes[group].sum() > 0:
            raise ValueError(f"the {name} has no words")
    return target, reference


def most_overused_first(table: pd.DataFrame, difference: ArrayLike) -> pd.DataFrame:
    """Sorted by log_likelihood, signed by `difference`; ties keep their order."""
    signed = np.where(np.asarray(difference) < 0, -1, 1) * table["log_likelihood"].to_numpy()
    return table.iloc[np.argsort(-signed, kind="stable")].reset_index(drop=True)
