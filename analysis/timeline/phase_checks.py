"""How far the phases can be trusted: other articles, other thresholds, chance, another method."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd

from analysis.base import messages
from analysis.base.thresholds import MANY_ARTICLES, MANY_ATTACKS
from analysis.timeline.evidence import DAY, NEAR, Attack, Evidence, Record, Span
from analysis.timeline.phases import COLUMNS, Phase, Rule, cut, phase_table

RESAMPLES = 200
LEAST_DRAWS, MOST_DEALT = 100, 1_000_000  # events dealt at random in all draws together
LEAST_RESAMPLES, MOST_REPORTS = 50, 10_000_000  # reports read in all samples together
SEED = 1
GAPS, LEAST = (15, 30, 45, 60, 90), (2, 3, 4, 5)  # days, attacks: the grid of thresholds
SHARE = 0.75  # of the grid that has a phase which does not depend on the threshold


# --- other articles -------------------------------------------------------------------------


def checked_phases(record: Record, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Table ``phases``: those of every dyad, with what each boundary rests on.

    Below twenty articles each is left out in turn, and `rests_on_one_article` names those without
    which the boundary is gone or moves by more than a week.  From twenty on, `support` is the
    share of samples of as many articles (with replacement) in which it is found: `RESAMPLES`, or
    fewer where they would tell of more than `MOST_REPORTS` reports together.
    """
    dyads = {dyad["id"]: dyad for dyad in settings["dyads"]}
    evidence, chosen = record.evidence(), bool(settings["covered"])
    rules = {
        key: Rule.of(dyad, chosen).fitted(evidence[key], record.spans, len(record.doc_ids))
        for key, dyad in dyads.items()
    }
    phases = phases_by_dyad(record, rules)
    tables = [phase_table(own, dyads[key], rules[key]) for key, own in phases.items() if own]
    if not tables:
        return pd.DataFrame(columns=list(COLUMNS))
    table = _supported(pd.concat(tables, ignore_index=True), record, rules)
    return table.assign(depends_on_threshold=_depends(table, record, rules))


def phases_by_dyad(
    record: Record, rules: Mapping[str, Rule], kept: np.ndarray | None = None
) -> dict[str, list[Phase]]:
    """The phases of each dyad from all articles, or those `kept`."""
    days = record.published if kept is None else record.published[kept]
    evidence = record.evidence(kept)
    return {key: cut(evidence[key], record.spans, rules[key], days) for key in rules}


def _supported(phases: pd.DataFrame, record: Record, rules: Mapping[str, Rule]) -> pd.DataFrame:
    """`phases` with the articles each boundary rests on, or its share of the samples."""
    count = len(record.doc_ids)
    few = count < MANY_ARTICLES
    samples = ~np.eye(count, dtype=bool) if few else _drawn(count, record.size)
    begins = _begins(phases)
    found = np.array([_found(begins, phases_by_dyad(record, rules, s)) for s in samples])
    boundary = phases["phase"] != "not covered"
    if few:
        rests = [";".join(record.doc_ids[~column]) for column in found.T]
        return phases.assign(rests_on_one_article=np.where(boundary, rests, ""))
    support = np.where(boundary, found.mean(axis=0), np.nan)
    return phases.assign(support=np.round(support, 2))


def _depends(phases: pd.DataFrame, record: Record, rules: Mapping[str, Rule]) -> np.ndarray:
    """Which phases more than a quarter of the grid of thresholds does not have."""
    evidence, days, found = record.evidence(), record.published, []
    begins = _begins(phases)
    for gap, least in product(GAPS, LEAST):
        again = {
            key: cut(
                evidence[key], record.spans, replace(rule, max_gap=gap, min_attacks=least), days
            )
            for key, rule in rules.items()
        }
        found.append(_found(begins, again))
    return (np.mean(found, axis=0) < SHARE) & (phases["phase"] != "not covered").to_numpy()


def _begins(phases: pd.DataFrame) -> dict[tuple[str, str, str], dict[int, date]]:
    """The first days of the phases of one dyad, basis and kind, by their row."""
    days = phases["date_from"].fillna(phases["start_latest"])
    found: dict[tuple[str, str, str], dict[int, date]] = {}
    kinds = phases[["dyad", "basis", "phase"]].itertuples(index=False, name=None)
    for row, (kind, day) in enumerate(zip(kinds, days, strict=True)):
        found.setdefault(kind, {})[row] = day
    return found


def _found(
    begins: Mapping[tuple[str, str, str], Mapping[int, date]],
    again: Mapping[str, Sequence[Phase]],
) -> np.ndarray:
    """Which of the phases there are have one of their kind that begins within a week."""
    found = np.zeros(sum(map(len, begins.values())), dtype=bool)
    for (dyad, *kind), days in begins.items():
        own = sorted(p.start or p.latest for p in again[dyad] if [p.basis, p.kind] == kind)
        for row, day in days.items():
            after = bisect_left(own, day - NEAR * DAY)
            found[row] = after < len(own) and own[after] <= day + NEAR * DAY
    return found


def _drawn(count: int, reports: int) -> np.ndarray:
    """Which of `count` articles each sample has; where they tell of very much, fewer samples."""
    random = np.random.default_rng(SEED)
    rounds = min(RESAMPLES, max(LEAST_RESAMPLES, MOST_REPORTS // max(reports, 1)))
    samples = np.zeros((rounds, count), dtype=bool)
    for sample in samples:
        sample[random.integers(0, count, count)] = True
    return samples


# --- other thresholds -----------------------------------------------------------------------


def sensitivity(
    record: Record, dyad: str, gaps: Iterable[int] = GAPS, least: Iterable[int] = LEAST
) -> pd.DataFrame:
    """What other thresholds would cut: max_gap, min_attacks, escalations, pauses, phases."""
    evidence, published = record.evidence()[dyad], record.published
    rows = []
    for gap, attacks in product(gaps, least):
        rule = Rule(gap, attacks).fitted(evidence, record.spans, len(published))
        phases = _observed(evidence, record, rule, published)
        kinds = [phase.kind for phase in phases]
        told = "; ".join(f"{p.kind} {messages.days(p.start or p.end, p.end)}" for p in phases[:8])
        more = f"; {len(phases) - 8} more" if len(phases) > 8 else ""
        counts = kinds.count("escalation"), kinds.count("pause")
        rows.append((dyad, gap, attacks, *counts, told + more))
    columns = ["dyad", "max_gap", "min_attacks", "escalations", "pauses", "phases"]
    return pd.DataFrame(rows, columns=columns)


def _observed(evidence: Evidence, record: Record, rule: Rule, published: np.ndarray) -> list[Phase]:
    """The observed phases alone, in order of time."""
    phases = cut(evidence._replace(halts=[]), record.spans, rule, published)
    return [p for p in phases if p.basis == "observed" and p.kind != "not covered"]


# --- chance ---------------------------------------------------------------------------------


def chance(
    record: Record, dyad: str, rule: Rule, times: int = 1000, seed: int = SEED
) -> pd.DataFrame:
    """How often the rule finds as much of a pattern where the attacks' dates are dealt at random.

    Every dated attack keeps its length and gets a day drawn from the covered ones; with many
    articles, days on which more were published are drawn more often.  One row: the observed phases
    found, the turns from one to another among them, the share of `draws` with at least as many
    turns (missing where there is none: no such pattern), and the mean number.  Draws are `times`,
    or fewer where they would deal more than `MOST_DEALT` events.
    """
    evidence, published = record.evidence()[dyad], record.published
    rule = rule.fitted(evidence, record.spans, len(published))
    own = [a for a in evidence.attacks if a.first and any(_meets(a, s) for s in record.spans)]
    as_told = _observed(evidence, record, rule, published)
    days = _days(record.spans)
    weights = _weights(days, published)
    random = np.random.default_rng(seed)
    draws = min(times, max(LEAST_DRAWS, MOST_DEALT // max(len(own), 1)))
    turns, drawn = _turns(as_told), np.zeros(draws, dtype=int)
    places = sorted(range(len(own)), key=lambda i: (own[i].last - own[i].first, own[i].id))
    order = [own[i] for i in places]  # of attacks dealt to one day
    for number in range(draws):
        starts = random.choice(len(days), len(own), p=weights)[places]
        dealt = [_moved(order[i], days[starts[i]]) for i in np.argsort(starts, kind="stable")]
        again = Evidence(dealt, [], [], [], [], [])
        drawn[number] = _turns(_observed(again, record, rule, published))
    kinds = "–".join(phase.kind for phase in as_told) or "no such pattern"
    share = (drawn >= turns).mean() if turns else np.nan
    row = (dyad, "observed", kinds, turns, share, drawn.mean(), draws)
    columns = ["dyad", "basis", "pattern", "turns", "share_by_chance", "mean_by_chance", "draws"]
    return pd.DataFrame([row], columns=columns)


def _meets(attack: Attack, span: Span) -> bool:
    return attack.first <= span[1] and attack.last >= span[0]


def _turns(phases: Iterable[Phase]) -> int:
    kinds = [phase.kind for phase in phases]
    return sum({a, b} == {"escalation", "pause"} for a, b in pairwise(kinds))


def _days(spans: Sequence[Span]) -> list[date]:
    return [a + i * DAY for a, b in spans for i in range((b - a).days + 1)]


def _weights(days: Sequence[date], published: np.ndarray) -> np.ndarray:
    """Articles published in the week from each day on, or the same for every day."""
    weights = _articles(days, published)
    if len(published) < MANY_ARTICLES or not weights.any():
        weights = np.ones(len(days))
    return weights / weights.sum()


def _articles(days: Sequence[date], published: np.ndarray) -> np.ndarray:
    order = np.sort(published)
    start = np.array(days, "datetime64[D]")
    return (np.searchsorted(order, start + NEAR) - np.searchsorted(order, start)).astype(float)


def _moved(attack: Attack, day: date) -> Attack:
    shift = day - attack.first
    days = (told + shift for told in attack[1:5])
    return Attack(attack.id, *days, attack.n, attack.by)


# --- another method -------------------------------------------------------------------------


def rate_blocks(record: Record, dyad: str) -> pd.DataFrame:
    """Spans of a steady rate of dated attacks an article, by Bayesian blocks.

    Attacks dated to the day against articles published in the week from that day on, so that a
    silence of the articles is no pause.  Columns dyad, date_from, date_to, n_attacks,
    per_article (attacks dated to a day, for each article of the week from it on) and ratio (to
    the rate of the whole).  Empty below `MANY_ARTICLES` articles or `MANY_ATTACKS` attacks.
    """
    columns = ["dyad", "date_from", "date_to", "n_attacks", "per_article", "ratio"]
    attacks = [a.first for a in record.evidence()[dyad].attacks if a.first == a.last]
    published, days = record.published, _days(record.spans)
    exposure = _articles(days, published)
    days = [day for day, share in zip(days, exposure, strict=True) if share]
    exposure = exposure[exposure > 0]
    counts = pd.Series(attacks, dtype=object).value_counts().reindex(days, fill_value=0).to_numpy()
    if len(published) < MANY_ARTICLES or counts.sum() < MANY_ATTACKS:
        return pd.DataFrame(columns=columns)
    starts = bayesian_blocks(counts, exposure)
    rows = []
    for first, after in zip(starts, [*starts[1:], len(days)], strict=True):
        n, articles = int(counts[first:after].sum()), exposure[first:after].sum()
        ratio = (n / articles) / (counts.sum() / exposure.sum())
        rows.append((dyad, days[first], days[after - 1], n, n / articles, ratio))
    return pd.DataFrame(rows, columns=columns)


def bayesian_blocks(counts: np.ndarray, lengths: np.ndarray, p0: float = 0.05) -> list[int]:
    """Where the rate of events changes: the indices of the cells that begin a block.

    `counts` events in cells of `lengths` (days, or articles).  Optimal piecewise constant rate of
    Scargle et al. (2013), "Studies in astronomical time series analysis VI", ApJ 764:167: fitness
    N·(ln N − ln T) of a block (eq. 19), by dynamic programming, with the prior on the number of
    blocks of their eq. 21, `p0` the chance of a false change.  Gives the edges that
    `astropy.stats.bayesian_blocks` gives for events.
    """
    counts, lengths = np.asarray(counts, float), np.asarray(lengths, float)
    prior = 4 - np.log(73.53 * p0 * counts.sum() ** -0.478)
    best, last = np.zeros(len(counts)), np.zeros(len(counts), dtype=int)
    for end in range(len(counts)):
        n = np.cumsum(counts[end::-1])[::-1]
        length = np.cumsum(lengths[end::-1])[::-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            fitness = np.where(n > 0, n * (np.log(n) - np.log(length)), 0.0) - prior
        fitness[1:] += best[:end]
        last[end] = np.argmax(fitness)
        best[end] = fitness[last[end]]
    starts, end = [], len(counts)
    while end > 0:
        starts.append(int(last[end - 1]))
        end = starts[-1]
    return starts[::-1]
