"""How far the phases can be trusted: other articles, other thresholds, chance, another method."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.base.thresholds import MANY_ARTICLES, MANY_ATTACKS
from analysis.timeline.events import MergedReports, last_days
from analysis.timeline.phases import (
    DAY,
    Event,
    Phase,
    Rule,
    Span,
    attacks_in,
    cut,
    events_by_dyad,
    events_of,
)

NEAR = 7  # days by which a boundary may move and still be the same
RESAMPLES = 200
LEAST_DRAWS, MOST_DEALT = 100, 1_000_000  # events dealt at random in all draws together
LEAST_RESAMPLES, MOST_REPORTS = 50, 10_000_000  # reports read in all samples together
SEED = 1
GAPS, LEAST = (14, 30, 45, 60, 90), (2, 3, 5)


# --- other articles -------------------------------------------------------------------------


def robustness(
    phases: pd.DataFrame,
    reports: pd.DataFrame,
    documents: pd.DataFrame,
    spans: Sequence[Span],
    rules: dict[str, Rule],
) -> pd.DataFrame:
    """`phases` with the articles that each boundary rests on.

    Below twenty articles each is left out in turn, and `rests_on_one_article` names those without
    which the boundary is gone or moves by more than a week.  From twenty on, `support` is the
    share of samples of as many articles (with replacement) in which it is found: `RESAMPLES`, or
    fewer where they would tell of more than `MOST_REPORTS` reports together.
    `reports` has the columns of ``event_reports`` with `dyad` and `campaign`; `rules` are by dyad.
    """
    phases = phases.reset_index(drop=True)
    doc_ids = documents["doc_id"].to_numpy(object)
    days = documents["published"].to_numpy("datetime64[D]")
    few = len(doc_ids) < MANY_ARTICLES
    own_reports = reports[(reports["dyad"] != "") & reports["doc_id"].isin(doc_ids)]
    outlets = dict(zip(doc_ids, documents["outlet"], strict=True))
    merged = MergedReports(own_reports, outlets, last_days(documents))
    samples = ~np.eye(len(doc_ids), dtype=bool) if few else _drawn(len(doc_ids), len(own_reports))
    found = np.zeros((len(samples), len(phases)), dtype=bool)
    whole = events_by_dyad(merged.events(), rules)
    fitted = {
        dyad: rule.fitted(len(days), len(attacks_in(whole[dyad], spans, rule)))
        for dyad, rule in rules.items()
    }
    for number, kept in enumerate(samples):
        events = events_by_dyad(merged.events(kept), rules)
        for dyad, own in phases.groupby("dyad"):
            again = cut(events[dyad], spans, fitted[dyad], days[kept])
            for (basis, kind), same in own.groupby(["basis", "phase"]):
                starts = [phase.start for phase in again[basis] if phase.kind == kind]
                found[number, same.index] = _near(same["date_from"], starts)
    boundary = phases["phase"] != "not covered"
    if few:
        rests = [";".join(doc_ids[~column]) for column in found.T]
        return phases.assign(rests_on_one_article=np.where(boundary, rests, ""))
    support = np.where(boundary, found.mean(axis=0), np.nan)
    return phases.assign(support=np.round(support, 2))


def _drawn(count: int, reports: int) -> np.ndarray:
    """Which of `count` articles each sample has; where they tell of very much, fewer samples."""
    random = np.random.default_rng(SEED)
    rounds = min(RESAMPLES, max(LEAST_RESAMPLES, MOST_REPORTS // max(reports, 1)))
    samples = np.zeros((rounds, count), dtype=bool)
    for sample in samples:
        sample[random.integers(0, count, count)] = True
    return samples


def _near(days: Iterable[date], others: Iterable[date]) -> np.ndarray:
    """Which of `days` have one of the `others` within a week."""
    days, others = (np.array(list(d), "datetime64[D]").astype(int) for d in (days, others))
    others = np.r_[np.iinfo(np.int32).min, np.sort(others), np.iinfo(np.int32).max]
    place = np.searchsorted(others, days)
    return np.minimum(days - others[place - 1], others[place] - days) <= NEAR


# --- other thresholds -----------------------------------------------------------------------


def sensitivity(
    events: pd.DataFrame,
    dyad: str,
    spans: Sequence[Span],
    published: Sequence[date] = (),
    gaps: Iterable[int] = GAPS,
    least: Iterable[int] = LEAST,
) -> pd.DataFrame:
    """What other thresholds would cut: max_gap, min_attacks, escalations, pauses, phases."""
    own, published = events_of(events, dyad), np.array(published, "datetime64[D]")
    rows = []
    for gap in gaps:
        for attacks in least:
            rule = Rule(max_gap=gap, min_attacks=attacks)
            rule = rule.fitted(len(published), len(attacks_in(own, spans, rule)))
            phases = _pattern(cut(own, spans, rule, published)["observed"])
            kinds = [phase.kind for phase in phases]
            told = "; ".join(f"{p.kind} {p.start} to {p.end}" for p in phases[:8])
            more = f"; {len(phases) - 8} more" if len(phases) > 8 else ""
            counts = kinds.count("escalation"), kinds.count("pause")
            rows.append((dyad, gap, attacks, *counts, told + more))
    columns = ["dyad", "max_gap", "min_attacks", "escalations", "pauses", "phases"]
    return pd.DataFrame(rows, columns=columns)


def _pattern(phases: Iterable[Phase]) -> list[Phase]:
    return [phase for phase in phases if phase.kind != "not covered"]


# --- chance ---------------------------------------------------------------------------------


def chance(
    events: pd.DataFrame,
    dyad: str,
    spans: Sequence[Span],
    rule: Rule,
    published: Sequence[date] = (),
    times: int = 1000,
    seed: int = SEED,
) -> pd.DataFrame:
    """How often the rule finds as much of a pattern where the events' dates are dealt at random.

    Every dated event keeps its length and gets a day drawn from the covered ones; with many
    articles, days on which more were published are drawn more often.  One row a basis: the
    phases found, the turns from one phase to another among them, the share of `draws` with at least
    as many turns (missing where there is none: no such pattern), and the mean number.  Draws are
    `times`, or fewer where they would deal more than `MOST_DEALT` events.
    """
    own = [e for e in events_of(events, dyad) if any(_meets(e, span) for span in spans)]
    rule = rule.fitted(len(published), len(attacks_in(own, spans, rule)))
    published = np.sort(np.array(published, "datetime64[D]"))
    as_told = cut(own, spans, rule, published)
    found = {basis: _turns(phases) for basis, phases in as_told.items()}
    days = _days(spans)
    weights = _weights(days, published)
    random = np.random.default_rng(seed)
    draws = min(times, max(LEAST_DRAWS, MOST_DEALT // max(len(own), 1)))
    drawn = {basis: np.zeros(draws, dtype=int) for basis in found}
    places = sorted(range(len(own)), key=lambda i: (own[i].last - own[i].first, own[i].id))
    order = [own[i] for i in places]  # of events dealt to one day
    for number in range(draws):
        starts = random.choice(len(days), len(own), p=weights)[places]
        dealt = [_moved(order[i], days[starts[i]]) for i in np.argsort(starts, kind="stable")]
        again = cut(dealt, spans, rule, published)
        for basis, phases in again.items():
            drawn[basis][number] = _turns(phases)
    rows = []
    for basis, phases in as_told.items():
        kinds = "–".join(phase.kind for phase in _pattern(phases)) or "no such pattern"
        share = (drawn[basis] >= found[basis]).mean() if found[basis] else np.nan
        rows.append((dyad, basis, kinds, found[basis], share, drawn[basis].mean(), draws))
    columns = ["dyad", "basis", "pattern", "turns", "share_by_chance", "mean_by_chance", "draws"]
    return pd.DataFrame(rows, columns=columns)


def _meets(event: Event, span: Span) -> bool:
    return event.first <= span[1] and event.last >= span[0]


def _turns(phases: Iterable[Phase]) -> int:
    kinds = [phase.kind for phase in phases]
    return sum({a, b} == {"escalation", "pause"} for a, b in pairwise(kinds))


def _days(spans: Sequence[Span]) -> list[date]:
    return [a + i * DAY for a, b in spans for i in range((b - a).days + 1)]


def _weights(days: Sequence[date], published: Sequence[date]) -> np.ndarray:
    """Articles published in the week from each day on, or the same for every day."""
    weights = _articles(days, published)
    if len(published) < MANY_ARTICLES or not weights.any():
        weights = np.ones(len(days))
    return weights / weights.sum()


def _articles(days: Sequence[date], published: Sequence[date]) -> np.ndarray:
    order = np.sort(np.array(published, "datetime64[D]"))
    start = np.array(days, "datetime64[D]")
    return (np.searchsorted(order, start + NEAR) - np.searchsorted(order, start)).astype(float)


def _moved(event: Event, day: date) -> Event:
    return Event(event.id, day, day + (event.last - event.first), *event[3:])


# --- another method -------------------------------------------------------------------------


def rate_blocks(
    events: pd.DataFrame, dyad: str, spans: Sequence[Span], published: Sequence[date]
) -> pd.DataFrame:
    """Spans of a steady rate of dated attacks an article, by Bayesian blocks.

    Attacks dated to the day against articles published in the week from that day on, so that a
    silence of the articles is no pause.  Columns dyad, date_from, date_to, n_attacks,
    per_article (attacks dated to a day, for each article of the week from it on) and ratio (to
    the rate of the whole).  Empty below `MANY_ARTICLES` articles or `MANY_ATTACKS` attacks.
    """
    columns = ["dyad", "date_from", "date_to", "n_attacks", "per_article", "ratio"]
    attacks = [e.first for e in events_of(events, dyad) if e.attack and e.first == e.last]
    days = _days(spans)
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
