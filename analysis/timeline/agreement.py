"""Event reports of the program and codings of the same articles, side by side.

Two sets of event mentions are matched one to one, within a sentence, so that as many pairs as
possible lie over one another and have the same type (optimal assignment).  What has no partner was
seen by one side only.
"""

from collections.abc import Iterator
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any

import numpy as np
import pandas as pd
from nltk.metrics.agreement import AnnotationTask
from scipy.optimize import linear_sum_assignment

MACHINE = "program"
SIDES = ("event_type", "direction", "date_from", "date_to", "status", "attribution")
_TOLD = ("quote", *SIDES)
_MATCHED = ["doc_id", "sent_id", *(f"{name}_{side}" for name in _TOLD for side in "ab")]
MEASURES = {
    **{"precision": "precision", "recall": "recall", "same_type": "same type"},
    **{"same_direction": "same direction", "same_status": "same status"},
    **{"same_dates": "same dates", "dates_meet": "dates overlap", "alpha_type": "α of type"},
    "alpha_direction_by_sentence": "α of direction, by sentence",
}


def mentions(reports: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """All event mentions of coded articles: coder (`program` for ours), sentence, span, what."""
    coded = reports[reports["doc_id"].isin(codings["doc_id"])]
    ours = coded.assign(coder=MACHINE, coder_kind=MACHINE, quote=coded["trigger"])
    columns = ["doc_id", "sent_id", "start", "end", "quote", "coder", "coder_kind", *SIDES]
    both = pd.concat([ours[columns], codings[columns]], ignore_index=True)
    order = ["doc_id", "sent_id", "start", "end", "coder"]
    return both.sort_values(order, ignore_index=True, kind="stable")


def match(mentioned: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """Mentions of coders `a` and `b` side by side: doc_id, sent_id and ``_a``, ``_b`` of the rest.

    A row without a partner has missing values on the other side.
    """
    place = ["doc_id", "sent_id"]
    of_both = mentioned[mentioned["coder"].isin((a, b))].dropna(subset=place)
    in_order = of_both.sort_values(place, kind="stable").to_dict("records")
    rows = []
    for (doc_id, sent_id), in_sentence in groupby(in_order, itemgetter(*place)):
        by_coder: dict[str, list[dict[str, Any]]] = {a: [], b: []}
        for mention in in_sentence:
            by_coder[mention["coder"]].append(mention)
        for couple in _partners(by_coder[a], by_coder[b]):
            values = (mention.get(name) for name in _TOLD for mention in couple)
            rows.append((doc_id, int(sent_id), *values))
    return pd.DataFrame(rows, columns=_MATCHED)


def _partners(
    mine: list[dict[str, Any]], theirs: list[dict[str, Any]]
) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The mentions of a sentence in pairs, as like as can be; then those alone, beside nothing."""
    likeness = np.array([_likeness(x, y) for x in mine for y in theirs])
    likeness = likeness.reshape(len(mine), len(theirs))
    best = zip(*linear_sum_assignment(-likeness), strict=True)
    pairs = {i: j for i, j in best if likeness[i, j] > 0}
    couples = [(mine[i], theirs[j]) for i, j in pairs.items()]
    couples += [(x, {}) for i, x in enumerate(mine) if i not in pairs]
    return couples + [({}, y) for j, y in enumerate(theirs) if j not in pairs.values()]


def _likeness(x: dict[str, Any], y: dict[str, Any]) -> float:
    """How much speaks for one mention; nothing where words, type and direction all differ."""
    over = x["start"] < y["end"] and y["start"] < x["end"]
    same_type, same_direction = (x[name] == y[name] for name in ("event_type", "direction"))
    near = 1 / (1 + abs(x["start"] - y["start"]))
    return (over or same_type or same_direction) * (
        2.0 * over + 2.0 * same_type + same_direction + near
    )


# --- measures -------------------------------------------------------------------------------


def scores(matched: pd.DataFrame) -> dict[str, float]:
    """How well side a finds what side b has: counts, types, dates.

    `same_type`, `same_direction`, `same_status`: shares of the pairs.  `same_dates`: share with
    the very interval, `dates_meet`: with intervals that overlap, of the pairs dated by both.
    """
    in_a, in_b = matched["quote_a"].notna(), matched["quote_b"].notna()
    pairs = matched[in_a & in_b]
    days = [f"{name}_{side}" for name in ("date_from", "date_to") for side in "ab"]
    dated = pairs.dropna(subset=days)
    first_a, first_b, last_a, last_b = (dated[day] for day in days)
    same = (first_a == first_b) & (last_a == last_b)
    meet = (first_a <= last_b) & (first_b <= last_a)
    alike = {
        f"same_{name.removeprefix('event_')}": (pairs[f"{name}_a"] == pairs[f"{name}_b"]).mean()
        for name in ("event_type", "direction", "status")
    }
    return {
        **{"n_a": int(in_a.sum()), "n_b": int(in_b.sum()), "pairs": len(pairs)},
        **alike,
        "dated_by_both": len(dated),
        "same_dates": _share(same.sum(), len(dated)),
        "dates_meet": _share(meet.sum(), len(dated)),
    }


def _share(part: float, whole: float) -> float:
    return part / whole if whole else np.nan


def score_table(mentioned: pd.DataFrame, inferred: set[str]) -> pd.DataFrame:
    """`scores` and `alphas` of every two coders, over all articles and in two parts.

    The parts: articles whose publication date is given, and those (`inferred`) where it is not.
    """
    rows = []
    for a, b, matched in _couples(mentioned):
        guessed = matched["doc_id"].isin(inferred)
        parts = {"all": matched}
        if 0 < guessed.sum() < len(matched):
            parts["publication date given"] = matched[~guessed]
            parts["publication date inferred"] = matched[guessed]
        for name, part in parts.items():
            rows.append({"a": a, "b": b, "articles": name} | scores(part) | alphas(part))
    return pd.DataFrame(rows)


def _couples(mentioned: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Every two coders, matched in the articles both have read; the program reads all."""
    read = mentioned.groupby("coder")["doc_id"].agg(set).to_dict()
    people = sorted(read.keys() - {MACHINE})
    for a, b in combinations([MACHINE, *people] if people else [], 2):
        shared = read[b] if a == MACHINE else read[a] & read[b]
        yield a, b, match(mentioned[mentioned["doc_id"].isin(shared)], a, b)


def alphas(matched: pd.DataFrame) -> dict[str, float]:
    """Krippendorff's alpha (nominal) of two coders: type and direction.

    Over the mentions both found; and by sentence, where the value is all directions found in it,
    so that what only one of them found counts too.  Sentences without any event of either are
    not units: alpha is then the lower.
    """
    pairs = matched.dropna(subset=["quote_a", "quote_b"])
    found = matched.groupby(["doc_id", "sent_id"])[["direction_a", "direction_b"]].agg(
        lambda values: "+".join(sorted(set(filter(pd.notna, values)))) or "none"
    )
    return {
        "alpha_type": alpha([pairs["event_type_a"], pairs["event_type_b"]]),
        "alpha_direction": alpha([pairs["direction_a"], pairs["direction_b"]]),
        "alpha_direction_by_sentence": alpha([found["direction_a"], found["direction_b"]]),
    }


def alpha(ratings: Any) -> float:
    """Krippendorff's alpha, nominal, of one row of values a coder; missing values are allowed.

    Missing where it cannot be computed: fewer than two units, or one value only.  By
    `nltk.metrics.agreement`, after Krippendorff (2011), "Computing Krippendorff's
    Alpha-Reliability".

    >>> ratings = [["pause", "pause", "raid", "raid"], ["pause", "raid", "raid", "raid"]]
    >>> round(alpha(ratings), 2)
    0.53
    """
    given = [
        (coder, unit, value)
        for coder, row in enumerate(ratings)
        for unit, value in enumerate(row)
        if not pd.isna(value)
    ]
    if len({unit for _, unit, _ in given}) < 2 or len({value for *_, value in given}) < 2:
        return np.nan
    return float(AnnotationTask(given).alpha())


def disagreements(matched: pd.DataFrame) -> pd.DataFrame:
    """The rows where the sides part, with what they part in."""
    table = matched.assign(differs_in=[_differs(row) for row in matched.to_dict("records")])
    return table[table["differs_in"] != ""].reset_index(drop=True)


def _differs(row: dict[str, Any]) -> str:
    for other, side in ("ba", "ab"):
        if pd.isna(row[f"quote_{side}"]):
            return f"only {other}"
    parts = [n for n in ("event_type", "status", "attribution") if row[f"{n}_a"] != row[f"{n}_b"]]
    days = [[row[f"{name}_{side}"] for name in ("date_from", "date_to")] for side in "ab"]
    a, b = (None if pd.isna(pair).any() else pair for pair in map(np.array, days))
    return ";".join(parts if np.array_equal(a, b) else [*parts, "date"])


def all_disagreements(mentioned: pd.DataFrame) -> pd.DataFrame:
    """`disagreements` of every two coders, with their names in ``a`` and ``b``."""
    tables = [disagreements(both).assign(a=a, b=b) for a, b, both in _couples(mentioned)]
    columns = ["a", "b", "differs_in", *_MATCHED]
    return pd.concat([pd.DataFrame(columns=columns), *tables])[columns]


def as_table(scored: pd.DataFrame) -> pd.DataFrame:
    """Measures (rows) by pair of coders (columns), for a figure."""
    if scored.empty:
        return pd.DataFrame()
    table = scored.assign(pair=scored["a"] + " and " + scored["b"]).set_index("pair")
    table = table[[*MEASURES]].rename(columns=MEASURES).rename_axis(None)
    return table.T.rename_axis("measure")


def kind_of_agreement(codings: pd.DataFrame) -> str:
    """What the agreement of these coders may be called."""
    people = codings.loc[codings["coder_kind"] == "human", "coder"].nunique()
    return "reliability" if people > 1 else "consistency"
