"""Two outlets set against each other, word by word."""

from collections.abc import Sequence

import pandas as pd

from analysis.terms import word_shift

SHIFTS = ("proportion", "entropy", "jsd")


def shift_pair(documents: pd.DataFrame, episode: pd.DataFrame, given: Sequence[str]) -> list[str]:
    """The two outlets whose words are compared: as given, of the same episode, or the largest."""
    known = documents.groupby("outlet")["n_tokens"].sum()
    known = list(known[known > 0].sort_values(ascending=False, kind="stable").index)
    wanted = [outlet for outlet in given if outlet]
    if unknown := set(wanted) - set(known):
        raise ValueError(f"no outlet {', '.join(unknown)}; there are: {', '.join(sorted(known))}")
    order = [*wanted, *(c for c in episode.columns if c in known), *known]
    return list(dict.fromkeys(order))[:2]


def word_shifts(counts: pd.DataFrame, pair: Sequence[str]) -> pd.DataFrame:
    """Words by what they contribute to the difference of two outlets, by three measures.

    measure, rank, total (of the measure), then as `terms.word_shift`.
    """
    if len(pair) < 2:
        return pd.DataFrame(columns=["measure", "rank", "total", "term"])
    tables = []
    for measure in SHIFTS:
        table = word_shift(counts, *pair, measure=measure)
        table = table.assign(measure=measure, total=table.attrs["total"])
        tables.append(table.assign(rank=range(1, len(table) + 1)))
    return pd.concat(tables, ignore_index=True)
