"""Event reports of the program and codings of the same articles, side by side.

Two sets of event mentions are matched one to one, within a sentence, so that as many pairs as
possible lie over one another and have the same type (optimal assignment).  What has no partner was
seen by one side only.
"""

from itertools import combinations
from typing import Any

import krippendorff
import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

MACHINE = "program"
SIDES = ("event_type", "direction", "date_from", "date_to", "status", "attribution")
MEASURES = {
    **{"precision": "precision", "recall": "recall", "same_type": "same type"},
    **{"same_direction": "same direction", "same_status": "same status"},
    **{"same_dates": "same dates", "dates_meet": "dates overlap", "alpha_type": "α of type"},
    "alpha_direction_by_sentence": "α of direction, by sentence",
}
FEW = 2  # units below which no alpha can be computed


def mentions(reports: pd.DataFrame, codings: pd.DataFrame) -> pd.DataFrame:
    """All event mentions of coded articles: coder (`program` for ours), sentence, span, what."""
    coded = reports[reports["doc_id"].isin(codings["doc_id"])]
    ours = coded.assign(coder=MACHINE, coder_kind=MACHINE, quote=coded["trigger"])
    columns = ["doc_id", "sent_id", "start", "end", "quote", "coder", "coder_kind", *SIDES]
    both = pd.concat([ours[columns], codings[columns]], ignore_index=True)
    order = ["doc_id", "start", "end", "coder"]
    return both.sort_values(order, ignore_index=True, kind="stable")


def match(mentioned: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """Mentions of coders `a` and `b` side by side: doc_id, sent_id and ``_a``, ``_b`` of the rest.

    A row without a partner has missing values on the other side.
    """
    rows = []
    own = mentioned[mentioned["coder"].isin((a, b))]
    for (doc_id, sent_id), group in own.groupby(["doc_id", "sent_id"], sort=True):
        mine, theirs = (group[group["coder"] == c].to_dict("records") for c in (a, b))
        pairs = _pairs(mine, theirs)
        alone = [(i, None) for i in range(len(mine)) if i not in {i for i, _ in pairs}]
        alone += [(None, j) for j in range(len(theirs)) if j not in {j for _, j in pairs}]
        for i, j in [*pairs, *alone]:
            left, right = mine[i] if i is not None else {}, theirs[j] if j is not None else {}
            row = {"doc_id": doc_id, "sent_id": int(sent_id)}
            for name in ("quote", *SIDES):
                row |= {f"{name}_a": left.get(name), f"{name}_b": right.get(name)}
            rows.append(row)
    names = [f"{name}_{side}" for name in ("quote", *SIDES) for side in "ab"]
    return pd.DataFrame(rows, columns=["doc_id", "sent_id", *names])


def _pairs(mine: list[dict[str, Any]], theirs: list[dict[str, Any]]) -> list[tuple[int, int]]:
    if not mine or not theirs:
        return []
    score = np.array([[_likeness(x, y) for y in theirs] for x in mine])
    return [(i, j) for i, j in zip(*linear_sum_assignment(-score), strict=True) if score[i, j] > 0]


def _likeness(x: dict[str, Any], y: dict[str, Any]) -> float:
    """How much speaks for one mention; nothing where words, type and direction all differ."""
    over = x["start"] < y["end"] and y["start"] < x["end"]
    same_type = x["event_type"] == y["event_type"]
    if not (over or same_type or x["direction"] == y["direction"]):
        return 0.0
    near = 1 / (1 + abs(x["start"] - y["start"]))
    return 2.0 * over + 2.0 * same_type + (x["direction"] == y["direction"]) + near


# --- measures -------------------------------------------------------------------------------


def scores(matched: pd.DataFrame) -> dict[str, float]:
    """How well side a finds what side b has: counts, precision, recall, F1, types, dates.

    `same_type`, `same_direction`, `same_status`: shares of the pairs.  `same_dates`: share with
    the very interval, `dates_meet`: with intervals that overlap, of the pairs dated by both.
    """
    in_a, in_b = matched["quote_a"].notna(), matched["quote_b"].notna()
    pairs = matched[in_a & in_b]
    dated = pairs.dropna(subset=["date_from_a", "date_to_a", "date_from_b", "date_to_b"])
    same = (dated["date_from_a"] == dated["date_from_b"]) & (
        dated["date_to_a"] == dated["date_to_b"]
    )
    meet = (dated["date_from_a"] <= dated["date_to_b"]) & (
        dated["date_from_b"] <= dated["date_to_a"]
    )
    return {
        **{"n_a": int(in_a.sum()), "n_b": int(in_b.sum()), "pairs": len(pairs)},
        "precision": _share(len(pairs), in_a.sum()),
        "recall": _share(len(pairs), in_b.sum()),
        "f1": _share(2 * len(pairs), in_a.sum() + in_b.sum()),
        **{
            f"same_{name}": _share((pairs[f"{column}_a"] == pairs[f"{column}_b"]).sum(), len(pairs))
            for name, column in (("type", "event_type"), ("direction", "direction"))
        },
        "same_status": _share((pairs["status_a"] == pairs["status_b"]).sum(), len(pairs)),
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
    for a, b in _couples(mentioned):
        own = _shared(mentioned, a, b)
        parts = {
            "all": own,
            "publication date given": own[~own["doc_id"].isin(inferred)],
            "publication date inferred": own[own["doc_id"].isin(inferred)],
        }
        for name, part in parts.items():
            if len(part) and (name == "all" or len(part) < len(own)):
                matched = match(part, a, b)
                rows.append({"a": a, "b": b, "articles": name} | scores(matched) | alphas(matched))
    return pd.DataFrame(rows)


def _couples(mentioned: pd.DataFrame) -> list[tuple[str, str]]:
    people = sorted(set(mentioned["coder"]) - {MACHINE})
    return list(combinations([MACHINE, *people], 2)) if people else []


def _shared(mentioned: pd.DataFrame, a: str, b: str) -> pd.DataFrame:
    """Mentions in the articles that both coders read; the program reads all."""
    by = {coder: set(own["doc_id"]) for coder, own in mentioned.groupby("coder")}
    ids = by.get(b, set()) & (by.get(b, set()) if a == MACHINE else by.get(a, set()))
    return mentioned[mentioned["doc_id"].isin(ids)]


def alphas(matched: pd.DataFrame) -> dict[str, float]:
    """Krippendorff's alpha (nominal) of two coders: type and direction.

    Over the mentions both found; and by sentence, where the value is all directions found in it,
    so that what only one of them found counts too.  Sentences without any event of either are
    not units: alpha is then the lower.
    """
    pairs = matched.dropna(subset=["quote_a", "quote_b"])
    sides = [
        matched.groupby(["doc_id", "sent_id"])[f"direction_{side}"].agg(
            lambda values: "+".join(sorted(set(values.dropna()))) or "none"
        )
        for side in "ab"
    ]
    return {
        "alpha_type": alpha([pairs["event_type_a"], pairs["event_type_b"]]),
        "alpha_direction": alpha([pairs["direction_a"], pairs["direction_b"]]),
        "alpha_direction_by_sentence": alpha(sides),
    }


def alpha(ratings: Any) -> float:
    """Krippendorff's alpha, nominal, of one row of values a coder; missing values are allowed.

    Missing where it cannot be computed: fewer than two units, or one value only.  By the package
    `krippendorff`, after Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability".
    """
    table = np.array([list(row) for row in ratings], dtype=object)
    known = sorted({value for value in table.ravel() if not pd.isna(value)})
    if table.size == 0 or table.shape[1] < FEW or len(known) < 2:
        return np.nan
    codes = np.array(
        [[np.nan if pd.isna(v) else known.index(v) for v in row] for row in table], dtype=float
    )
    return float(krippendorff.alpha(reliability_data=codes, level_of_measurement="nominal"))


def disagreements(matched: pd.DataFrame) -> pd.DataFrame:
    """The rows where the sides part, with what they part in."""
    table = matched.assign(differs_in=[_differs(row) for row in matched.to_dict("records")])
    return table[table["differs_in"] != ""].reset_index(drop=True)


def _differs(row: dict[str, Any]) -> str:
    if pd.isna(row["quote_a"]):
        return "only b"
    if pd.isna(row["quote_b"]):
        return "only a"
    parts = [n for n in ("event_type", "status", "attribution") if row[f"{n}_a"] != row[f"{n}_b"]]
    days = [[row[f"{name}_{side}"] for name in ("date_from", "date_to")] for side in "ab"]
    missing = [pd.isna(pair).any() for pair in map(np.array, days)]
    if missing[0] != missing[1] or (not any(missing) and days[0] != days[1]):
        parts.append("date")
    return ";".join(parts)


def all_disagreements(mentioned: pd.DataFrame) -> pd.DataFrame:
    """`disagreements` of every two coders, with their names in ``a`` and ``b``."""
    frames = []
    for a, b in _couples(mentioned):
        table = disagreements(match(_shared(mentioned, a, b), a, b))
        frames.append(table.assign(a=a, b=b))
    columns = ["a", "b", "differs_in", "doc_id", "sent_id"]
    columns += [f"{name}_{side}" for name in ("quote", *SIDES) for side in "ab"]
    return pd.concat([pd.DataFrame(columns=columns), *frames])[columns]


def as_table(scored: pd.DataFrame) -> pd.DataFrame:
    """Measures (rows) by pair of coders (columns), for a figure."""
    if scored.empty:
        return pd.DataFrame()
    table = scored.assign(pair=scored["a"] + " and " + scored["b"]).set_index("pair")
    return (
        table[list(MEASURES)].rename(columns=MEASURES).T.rename_axis(columns=None, index="measure")
    )


def kind_of_agreement(codings: pd.DataFrame) -> str:
    """What the agreement of these coders may be called."""
    people = codings.loc[codings["coder_kind"] == "human", "coder"].nunique()
    return "reliability" if people > 1 else "consistency"
