"""The first page: what these articles say, who says it, and how sure that is."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from analysis.base.messages import at_least, counted, listed, listed_and
from analysis.show.named import day_range, first_breach, is_month, phase_words
from analysis.show.sentences import TURNS, comparability, not_read, told_by_several
from analysis.text.language import READ, language_name
from analysis.timeline.wording import Names, in_sentence

MOST_TOLD = 5  # sentences
MOST_DAYS = 62  # that an event told there may be uncertain by


class Told(NamedTuple):
    """A sentence of the first page: the day it leads up to, who says it, the event it rests on."""

    day: date
    event_id: str
    text: str
    said_by: str


def what_is_told(
    events: pd.DataFrame,
    phases: pd.DataFrame,
    dyads: Sequence[Mapping[str, Any]],
    names: Names,
    since: date = date.min,
) -> list[Told]:
    """Up to five sentences in order of time: phases, and the best attested events beside them.

    Phases of one strip that overlap, as two versions of a halt, are one sentence.  At least one
    sentence is left for an event, of those since a day where there are any.
    """
    own = phases[phases["phase"].isin(TURNS) & phases["first_event_id"].isin(events["event_id"])]
    first = events.set_index("event_id")
    groups = sorted(_groups(own), key=lambda group: (pd.isna(group[0].date_from), -_outlets(group)))
    told = {g[0].first_event_id: _phase_told(g, first, events, dyads, names) for g in groups[::-1]}
    best = dict([*told.items()][::-1][: MOST_TOLD - 1])
    begun = events["date_from"].map(lambda day: pd.notna(day) and day >= since)
    recent = events[begun.astype(bool)]
    events_told = _best(recent, set(best), MOST_TOLD - len(best))
    events_told = events_told or _best(events, set(best), MOST_TOLD - len(best))
    return sorted([*best.values(), *map(_event_told, events_told)])


def _groups(phases: pd.DataFrame) -> Iterator[list[Any]]:
    """The phases of one strip that overlap, together; the one best told to hold comes first."""
    order = {"contested": 0, "holding": 1, "ended": 2}
    phases = phases.assign(begun=phases["date_from"].fillna(phases["start_latest"]))
    for _, strip in phases.groupby(["dyad", "basis", "phase"], sort=False):
        group: list[Any] = []
        for phase in strip.sort_values(["begun", "date_to"]).itertuples():
            if group and phase.begun > max(one.date_to for one in group):
                yield sorted(group, key=lambda one: order.get(one.state, 3))
                group = []
            group.append(phase)
        yield sorted(group, key=lambda one: order.get(one.state, 3))


def _outlets(group: Iterable[Any]) -> int:
    return len({name for phase in group for name in phase.said_by.split(";")})


def _phase_told(
    group: list[Any],
    first: pd.DataFrame,
    events: pd.DataFrame,
    dyads: Sequence[Mapping[str, Any]],
    names: Names,
) -> Told:
    phase, event = group[0], first.loc[group[0].first_event_id]
    dyad = next(dyad for dyad in dyads if dyad["id"] == phase.dyad)
    what = f"{phase_words(phase._asdict(), event)}{_between(dyad, event)}"
    if phase.phase == "escalation":
        day, span = phase.begun, when(phase.begun, phase.date_to)
        text = f"there were {what}"
        text += "; when they ended is not told" if phase.state == "open" else ""
    else:
        day, span = phase.start_latest, when(phase.begun, max(phase.begun, phase.start_latest))
        text = f"{_announced(group, what, names)}{_held(phase, events)}"
    span = f"Before {_day(phase.start_latest)}" if pd.isna(phase.date_from) else span
    by = dict.fromkeys(name for one in group for name in (one.said_by or event.outlets).split(";"))
    alone = " alone" if len(by) == 1 else ""
    return Told(day, phase.first_event_id, f"{span}, {text}.", listed_and(by) + alone)


def _announced(group: list[Any], what: str, names: Names) -> str:
    """Who announced a pause, in whatever version, or that nobody did."""
    bound = dict.fromkeys(key for one in group for key in one.bound_by.split(";")[:1] if key)
    if group[0].basis != "declared":
        return "a pause began that nobody announced"
    if not bound:
        return f"a {what} was announced; by whom is not told"
    who = listed_and(in_sentence(names.names.get(key, key)) for key in bound)
    condition = f" {group[0].condition}" if group[0].condition else ""
    return f"{who} announced a {what}{condition}"


def _between(dyad: Mapping[str, Any], event: pd.Series) -> str:
    """By whom and on whom, as the dyad's name has it."""
    name = dyad["name"].removesuffix(" (proposed)")
    source, _, target = (part.strip() for part in name.partition("→"))
    if not target:
        return ""
    source, target = in_sentence(source), in_sentence(target)
    if event["direction"] == "pause":
        return f" of attacks on {target}" if event["mode"] == "ceasefire" else ""
    return f" by {source}" + (f" on {target}" if event["event_type"] == "ASSAULT" else "")


def _held(phase: Any, events: pd.DataFrame) -> str:
    """How long a pause is told to have held."""
    if phase.state == "contested":
        breach = first_breach(phase, events)
        attacks = f", despite attacks from {_day(breach)} on" if breach else ""
        return f"; it is said to hold on {_day(phase.last_told)}{attacks}"
    if phase.state == "holding":
        return f"; it is said to hold on {_day(phase.last_told)}"
    if phase.state == "ended" and pd.notna(phase.ends_by):
        return f"; it had ended by {_day(phase.ends_by)}"
    return "; how it ended is not told"


def _best(events: pd.DataFrame, known: set[str], most: int) -> list[Mapping[str, Any]]:
    """The best attested events, turn by turn: a turn is a run of events in one direction.

    Without events of the dyads studied, all dated events count.
    """
    dated = events[events["date_from"].notna() & (events["happened"] | events["studied"])]
    start = pd.to_datetime(dated["date_from"])
    wide = pd.to_datetime(dated["date_to"]) - start
    dated = dated.assign(middle=start + wide / 2)
    dated = dated[(wide.dt.days <= MOST_DAYS) & ~dated["campaign"]]
    studied = dated[dated["studied"] & dated["direction"].isin(TURNS)]
    own = (studied if len(studied) else dated).sort_values(["middle", "event_id"])
    turn = (own["direction"] != own["direction"].shift()).cumsum()
    order = ["n_independent_sources", "n_outlets", "n_reports"]
    best = own.assign(turn=turn).sort_values(order, ascending=False, kind="stable")
    best = best[~best["event_id"].isin(known)].drop_duplicates("turn")
    return best.head(most).to_dict("records")


def _event_told(event: Mapping[str, Any]) -> Told:
    summary = event["summary"]
    if summary.startswith(("The ", "There ")):
        summary = summary[0].lower() + summary[1:]
    least = event["n_incidents_min"]
    often = f", in {at_least(int(least))} incidents" if pd.notna(least) and least > 1 else ""
    text = f"{when(event['date_from'], event['date_to'])}, {summary}{often}."
    return Told(event["date_to"], event["event_id"], text, said_by(event))


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
    preposition = "On" if first == last else "In" if is_month(first, last) else "Between"
    return f"{preposition} {day_range(first, last, joint=' and ')}"


def _day(day: date) -> str:
    return day_range(day, day)


def how_sure(
    documents: pd.DataFrame, events: pd.DataFrame, codings: pd.DataFrame
) -> list[tuple[str, str]]:
    """What the first page says of its own ground: a label and a sentence each."""
    failed = int((documents["reading_error"] != "").sum())
    inferred = int(documents["published_basis"].str.startswith("inferred").sum())
    sizes = (
        documents["outlet"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    )
    codes = sorted(set(documents.get("language", ())) - {""}) or [READ]
    languages = map(language_name, codes)
    people = codings.loc[codings["coder_kind"] == "human", "coder"].nunique()
    coded = f"{people} {'person' if people == 1 else 'people'} coded the events too (chapter 07)."
    if not people:
        models = " (the codings there are come from models)" if len(codings) else ""
        coded = f"Not validated by people{models}. Rules read the events, and misread some."
    dated = documents.loc[documents["published"] != "", "published"].map(date.fromisoformat)
    undated = len(documents) - len(dated)
    span = ""
    if len(dated):
        span = f"; published {day_range(dated.min(), dated.max(), joint=' to ')}"
    if undated:
        span += f"; {undated:,} {'has' if undated == 1 else 'have'} no date"
    found = [
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
        ("Languages:", not_read(documents.reindex(columns=["language"], fill_value=""))),
        ("Agreement:", told_by_several(events) if len(sizes) > 1 else comparability(documents)),
        ("Checked:", coded if len(events) else ""),
        ("Silence:", "where the chart is blank, nobody wrote, which is not peace."),
    ]
    return [(label, text) for label, text in found if text]
