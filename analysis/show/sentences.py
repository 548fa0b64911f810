"""All English that is computed: sentences made from the tables, notes of figures, warnings."""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Any

import pandas as pd

from analysis.base.messages import counted, days, listed
from analysis.base.thresholds import FEW_ARTICLES, MANY_ARTICLES
from analysis.corpus.languages import named
from analysis.text.language import is_read

TURNS = ("escalation", "pause")
MOST_PHASES = 8  # named in a finding


def comparability(documents: pd.DataFrame) -> str:
    """What a comparison of these outlets cannot conclude, in words; empty if nothing stands out."""
    articles = documents.groupby("outlet").size()
    few = articles[articles < FEW_ARTICLES]
    if len(articles) < 2:
        return "There is one outlet: nothing can be compared across outlets."
    if (articles == 1).all():
        return (
            f"Each of the {len(articles)} outlets has one article. Event, date and outlet are "
            "confounded: a difference between two articles may come from any of the three. Counts "
            "and effect sizes are shown; p-values and intervals are not, because there is nothing "
            "to estimate them from."
        )
    if len(few):
        return (
            f"{len(few)} of {len(articles)} outlets have fewer than {FEW_ARTICLES} articles "
            f"({listed(few.index)}): for them counts and effect sizes are shown, but no "
            "p-values and no intervals."
        )
    return ""


def not_read(documents: pd.DataFrame) -> str:
    """Which articles are in a language that the rules do not read; empty if there are none.

    >>> not_read(pd.DataFrame({"language": ["en", "es", ""]}))
    'Dates, quotations and events are read in English: not in 1 of 3 articles (Spanish).'
    """
    languages = Counter(documents["language"])
    others = Counter({code: n for code, n in languages.items() if not is_read(code)})
    if not others:
        return ""
    return (
        f"Dates, quotations and events are read in English: not in {others.total():,} of "
        f"{counted(languages.total(), 'article')} ({named(others)})."
    )


def few_articles(shares: pd.DataFrame) -> str:
    """What these shares cannot conclude, in words; empty if every outlet has an interval."""
    few = sorted(shares.loc[shares["reason"] != "", "outlet"].unique())
    if not few:
        return ""
    which = "any outlet" if len(few) == shares["outlet"].nunique() else listed(few)
    return (
        f"No interval for {which} (fewer than {FEW_ARTICLES} articles): the shares are those of "
        "these articles and say nothing about the outlet’s habits; another day or another event "
        "could give others."
    )


def episode_caption(episode: pd.DataFrame, documents: pd.DataFrame) -> str:
    if episode.empty:
        return "No two articles of different outlets, close in time, tell of an event."
    outlets = [c for c in episode.columns if c in set(documents["outlet"])]
    return f"Events told by {' and '.join(outlets)}; “–”: not told."


def told_by_several(events: pd.DataFrame) -> str:
    """How many events more than one outlet tells; `events`: n_outlets, n_independent_sources.

    >>> told_by_several(pd.DataFrame({"n_outlets": [2, 1], "n_independent_sources": [1, 1]}))
    '1 of 2 events is told by more than one outlet, none by sources independent of each other.'
    """
    if events.empty:
        return "No event was read from these articles."
    several = events[events["n_outlets"] > 1]
    if several.empty:
        return f"None of {counted(len(events), 'event')} is told by more than one outlet."
    independent = int((several["n_independent_sources"] > 1).sum())
    verb = "is" if len(several) == 1 else "are"
    return (
        f"{len(several):,} of {counted(len(events), 'event')} {verb} told by more than one outlet, "
        f"{f'{independent:,}' if independent else 'none'} by sources independent of each other."
    )


def sizes(documents: pd.DataFrame, outlets: Sequence[str]) -> str:
    """What stands behind each of these outlets: articles and words."""
    table = documents.groupby("outlet")["n_tokens"].agg(["size", "sum"]).loc[list(outlets)]
    return "; ".join(f"{o}: {n} art., {w:,} words" for o, (n, w) in table.iterrows())


def keyness_note(keyness: pd.DataFrame, documents: pd.DataFrame) -> str:
    base = sizes(documents, sorted(documents["outlet"].unique()))
    if keyness["ci_low"].notna().any():
        return f"Lines: 95 % interval by bootstrap over stories. {base}"
    return (
        "Lines: span of the log ratio when each story is left out in turn; no interval can be "
        f"estimated. {base}"
    )


def of_timeline(
    base: str, n_before: int, dyads: Sequence[Mapping[str, Any]], drawn: Container[str]
) -> str:
    """What stands below the title of the timeline: its ground, and what is not to be seen.

    `drawn` are the names of the dyads of which something is.

    >>> of_timeline("Two articles.", 3, [{"name": "A → B", "proposed": True}], ["A → B"])
    'Two articles. Not drawn: 3 earlier events. The program chose these pairs; nobody checked them.'
    """
    nothing = [d["name"] for d in dyads if d["name"] not in drawn and not d.get("proposed")]
    parts = [base]
    if n_before:
        parts.append(f"Not drawn: {counted(n_before, 'earlier event')}.")
    if nothing:
        parts.append(f"No dated event: {'; '.join(nothing)}.")
    if any(dyad.get("proposed") and dyad["name"] in drawn for dyad in dyads):
        parts.append("The program chose these pairs; nobody checked them.")
    return " ".join(parts)


def rule_text(phases: pd.DataFrame) -> str:
    rules = list(dict.fromkeys(phases["rule"]))
    return f"Rule: {rules[0]}." if rules else ""


def phase_sentences(phases: pd.DataFrame, dyads: Sequence[Mapping[str, Any]]) -> list[str]:
    """The phases of each dyad in words: a sentence for each strip that has some."""
    sentences = []
    for dyad in dyads:
        own = phases[(phases["dyad"] == dyad["id"]) & (phases["phase"] != "not covered")]
        for basis, strip in own.groupby("basis", sort=False):
            parts = [f"{row.phase} {boundaries(row)}" for row in strip.itertuples()]
            more = f"; {len(parts) - MOST_PHASES} more" if len(parts) > MOST_PHASES else ""
            sentences.append(f"{dyad['name']}, {basis}: {'; '.join(parts[:MOST_PHASES])}{more}.")
        if own.empty:
            sentences.append(f"{dyad['name']}: no phase by the rule.")
    return sentences


def phase_table(phases: pd.DataFrame, n_articles: int) -> pd.DataFrame:
    """Table ``phases`` as it is shown: of few articles without shares of samples.

    From twenty articles on `support` is the share of samples that have the phase; below, the
    column `stands` says whether it stands without any one article.
    """
    shown = phases.drop(columns="rule")
    if n_articles >= MANY_ARTICLES:
        return shown
    stands = (shown["rests_on_one_article"] == "").map({True: "yes", False: "no"})
    place = shown.columns.get_loc("support")
    shown = shown.drop(columns="support")
    shown.insert(place, "stands", stands)
    return shown


def boundaries(phase: Any) -> str:
    """When a phase of table ``phases`` began and how long it is told to last, each as a range.

    >>> from datetime import date
    >>> day = date(2031, 4, 6)
    >>> row = pd.Series({"date_from": None, "start_latest": day, "date_to": day, "state": "open",
    ...                  "last_told": day, "ends_by": None})
    >>> boundaries(row)
    'from a day not told, by 2031-04-06, last told 2031-04-06, end not told'
    """
    if pd.isna(phase.date_from):
        start = f"from a day not told, by {phase.start_latest}"
    elif phase.date_from == phase.start_latest:
        start = f"from {phase.date_from}"
    else:
        start = f"from between {days(phase.date_from, phase.start_latest, 'and')}"
    told, by = phase.last_told, phase.ends_by
    if pd.notna(by):
        between = "" if pd.isna(told) or told == by else f"between {told} and "
        return f"{start}, ended {between or 'by '}{by}"
    last = {"holding": "told to hold until", "contested": "contested, told to hold until"}
    if phase.state in last:
        return f"{start}, {last[phase.state]} {told}"
    if phase.state == "open":
        return f"{start}, last told {told}, end not told"
    return f"{start} to {phase.date_to}"


def part_sentences(parted: pd.DataFrame, names: Mapping[str, str], most: int) -> list[str]:
    """Where what was declared and what was observed part, in words."""
    told = [
        f"{names[row.dyad]}, {days(row.date_from, row.date_to)}: "
        f"declared {row.declared}, observed {row.observed}."
        for row in parted.itertuples()
    ]
    return told[:most] + ([f"{len(told) - most} more such spans."] if len(told) > most else [])


def chance_sentences(chance: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """How often the rule finds as much of a pattern by chance, in words."""
    sentences = []
    for row in chance.itertuples():
        who = f"{names[row.dyad]}, {row.basis}"
        if not row.turns:
            sentences.append(f"{who}: no such pattern (no turn between escalation and pause).")
            continue
        turns = f"{counted(row.turns, 'turn')} between escalation and pause"
        often = f"in {row.share_by_chance:.1%}" if row.share_by_chance else "in none"
        sentences.append(
            f"{who}: {turns}; with the events' dates dealt at random, as many or more {often} of "
            f"{row.draws:,} draws."
        )
    return sentences


def rests_on(phases: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """The boundaries that would be gone or move without one article, or in other samples."""
    sentences = []
    for row in phases.itertuples():
        start = row.start_latest if pd.isna(row.date_from) else row.date_from
        where = f"{names[row.dyad]}, {row.basis} {row.phase} from {start}"
        if row.rests_on_one_article:
            articles = row.rests_on_one_article.replace(";", " or ")
            sentences.append(f"{where}: gone or moved by more than a week without {articles}.")
        elif pd.notna(row.support) and row.support < 0.5:
            sentences.append(f"{where}: found in only {row.support:.0%} of the samples.")
    return sentences


def who_coded(codings: pd.DataFrame) -> str:
    """What the codings are worth, in words."""
    if codings.empty:
        return (
            "This corpus has no codings (coding/events.csv), so there is nothing to check against. "
            "The last section says how to add them."
        )
    if "human" not in set(codings["coder_kind"]):
        return (
            "No human validation yet: all codings were made by models. Their agreement is "
            "consistency, not reliability. The last section says how people's codings are added."
        )
    people = codings.loc[codings["coder_kind"] == "human", "coder"].nunique()
    return "" if people > 1 else "One person coded: how reliably people agree is not known."
