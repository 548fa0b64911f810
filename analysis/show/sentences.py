"""All English that is computed: sentences made from the tables, notes of figures, warnings."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd
from babel import Locale

from analysis.base.messages import counted, days, listed, listed_and
from analysis.base.thresholds import FEW_ARTICLES

MOST_TOLD = 4  # events on the first page
MOST_PHASES_TOLD = 3  # there
MOST_DAYS = 62  # that an event told there may be uncertain by
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


def boundaries(phase: Any) -> str:
    """When a phase of table ``phases`` began and how long it is told to last, each as a range.

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
        start = f"from between {days(phase.date_from, phase.start_latest).replace(' to ', ' and ')}"
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


# --- the first page -------------------------------------------------------------------------------


class Told(NamedTuple):
    """A sentence of the first page, who says it, and the event it tells of (none: of phases)."""

    text: str
    said_by: str
    event_id: str = ""


def what_is_told(
    events: pd.DataFrame, phases: pd.DataFrame, dyads: Sequence[Mapping[str, Any]]
) -> list[Told]:
    """Up to five sentences: the best attested events, turn by turn, and the phases they make.

    A turn is a run of events in one direction, escalation or pause; without events of the dyads
    studied, all dated events count.
    """
    dated = events[events["date_from"].notna() & (events["happened"] | events["studied"])]
    start = pd.to_datetime(dated["date_from"])
    wide = pd.to_datetime(dated["date_to"]) - start
    dated = dated.assign(middle=start + wide / 2)
    dated = dated[(wide.dt.days <= MOST_DAYS) | dated["campaign"]]
    studied = dated[dated["studied"] & dated["direction"].isin(TURNS)]
    own = (studied if len(studied) else dated).sort_values(["middle", "event_id"])
    turn = (own["direction"] != own["direction"].shift()).cumsum()
    order = ["n_independent_sources", "n_outlets", "n_reports"]
    best = own.assign(turn=turn).sort_values(order, ascending=False, kind="stable")
    best = best.drop_duplicates("turn").head(MOST_TOLD).sort_values(["middle", "event_id"])
    told = [_told(event) for event in best.to_dict("records")]
    return told + _phases_told(phases, dyads)


def _told(event: Mapping[str, Any]) -> Told:
    summary = event["summary"]
    if summary.startswith(("The ", "There ")):
        summary = summary[0].lower() + summary[1:]
    least = event["n_incidents_min"]
    often = f", in at least {least:,} incidents" if pd.notna(least) and least > 1 else ""
    text = f"{when(event['date_from'], event['date_to'])}, {summary}{often}."
    return Told(text, said_by(event), event["event_id"])


def said_by(event: Mapping[str, Any]) -> str:
    """Who tells of an event, and how far these are independent of each other."""
    outlets = event["outlets"].split(";")
    if len(outlets) == 1:
        return f"{outlets[0]} alone"
    n = event["n_independent_sources"]
    sources = "one source behind them" if n < 2 else f"{n} independent sources"
    return f"{listed_and(outlets) if len(outlets) < 5 else listed(outlets, 3)}; {sources}"


def when(first: date, last: date) -> str:
    """When something happened, as a sentence begins.

    >>> when(date(2024, 2, 3), date(2024, 2, 3)), when(date(2024, 2, 1), date(2024, 2, 28))
    ('On 3 February 2024', 'In February 2024')
    >>> when(date(2024, 1, 28), date(2024, 2, 4))
    'Between 28 January and 4 February 2024'
    """
    if first == last:
        return f"On {_day(first)}"
    if (first.year, first.month) == (last.year, last.month):
        if (last - first).days > 6:
            return f"In {first:%B} {first.year}"
        return f"Between {first.day} and {_day(last)}"
    start = f"{first.day} {first:%B}" if first.year == last.year else _day(first)
    return f"Between {start} and {_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def _phases_told(phases: pd.DataFrame, dyads: Sequence[Mapping[str, Any]]) -> list[Told]:
    """The observed phases of the first dyad that has some, in one sentence."""
    observed = phases[(phases["basis"] == "observed") & phases["phase"].isin(TURNS)]
    for dyad in dyads:
        own = observed[observed["dyad"] == dyad["id"]].to_dict("records")
        if not own:
            continue
        names = {"escalation": "an escalation", "pause": "a pause"}
        parts = [
            f"{names[row['phase']]} {_from(row)} to {_day(row['date_to'])}"
            for row in own[:MOST_PHASES_TOLD]
        ]
        more = len(own) - MOST_PHASES_TOLD
        parts += [f"{counted(more, 'more phase')}"] if more > 0 else []
        single = sum(bool(row["rests_on_one_article"]) for row in own)
        rests = f"; {single} of {len(own)} would change without one article" if single else ""
        text = f"By a stated rule, the reports on {dyad['name']} fall into {listed_and(parts)}."
        return [Told(text, f"the rule, not the articles{rests}")]
    return []


def _from(phase: Mapping[str, Any]) -> str:
    told = pd.notna(phase["date_from"])
    return f"from {_day(phase['date_from'])}" if told else "from a day not told"


def how_sure(
    documents: pd.DataFrame, events: pd.DataFrame, codings: pd.DataFrame
) -> list[tuple[str, str]]:
    """What the first page says of its own ground: a label and a sentence each."""
    failed = int((documents["reading_error"] != "").sum())
    inferred = int(documents["published_basis"].str.startswith("inferred").sum())
    sizes = documents["outlet"].value_counts(sort=False).sort_index()
    named = Locale("en").languages
    codes = sorted(set(documents.get("language", ())) - {""}) or ["en"]
    languages = [named.get(code, code) for code in codes]
    several = events[events["n_outlets"] > 1]
    independent = int((several["n_independent_sources"] > 1).sum())
    people = codings.loc[codings["coder_kind"] == "human", "coder"].nunique()
    coded = f"{people} {'person' if people == 1 else 'people'} coded the events too (chapter 07)."
    if not people:
        models = "; the codings there are were made by models" if len(codings) else ""
        coded = f"Not validated by people{models}: rules read the events, and misread some."
    dated = documents.loc[documents["published"] != "", "published"]
    span = f"; published from {dated.min()} to {dated.max()}" if len(dated) else ""
    return [
        (
            "Articles:",
            f"{len(documents):,} found, {int(documents['counted'].sum()):,} kept"
            + (f", {failed:,} of them could not be read" if failed else "")
            + span
            + (f"; {counted(inferred, 'date')} only inferred." if inferred else "."),
        ),
        (
            "Outlets:",
            f"{listed(f'{name} ({n})' for name, n in sizes.items())}. Any other outlet is missing "
            f"here, and any language but {listed_and(languages)}.",
        ),
        (
            "Agreement:",
            f"of {counted(len(events), 'event')}, {len(several):,} are told by more than one "
            f"outlet, {independent:,} by sources independent of each other.",
        ),
        ("Checked:", coded),
        ("Silence:", "where the chart is blank, nobody wrote, which is not peace."),
    ]
