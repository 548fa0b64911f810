"""What the timeline draws, named in words: events, phases, and the cards behind them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pandas as pd

from analysis.base.messages import at_least, counted, in_words
from analysis.base.rights import PLACE, best_sentences
from analysis.lexicons import OURS
from analysis.show.sentences import TURNS

MOST_NAMED = 12  # events that the timeline names; the others are small marks
LEAST_NAMED = 6  # with fewer between the parties studied, events between others are named too
MOST_YEARS = 2  # in which the axis tells the year of a mark; of more, its label does
LEAST_PAST = 365  # days before the first article that are no history yet
BASES = {"observed": "happened", "declared": "was announced", "told": "is said to hold"}
STATES = {"contested": "contested", "open": "end not told", "holding": "holding when last told"}


def within(events: pd.DataFrame, spans: Sequence[tuple[date, date]]) -> pd.DataFrame:
    """The events that fall into the days that the articles speak of, not what is told as history.

    >>> events = pd.DataFrame({"date_from": [date(1900, 1, 1), date(2031, 2, 1)]})
    >>> len(within(events.assign(date_to=events["date_from"]), [(date(2031, 1, 1), date.max)]))
    1
    """
    inside = [
        any(row.date_from <= last and row.date_to >= first for first, last in spans)
        for row in events[["date_from", "date_to"]].itertuples()
    ]
    return events[pd.Series(inside, events.index, dtype=bool)]


def since(documents: pd.DataFrame) -> date:
    """The day before which events are history: as long before the first article as all span.

    At least a year; `documents`: published, an ISO date or empty.

    >>> since(pd.DataFrame({"published": ["2031-05-01", "", "2031-06-01"]}))
    datetime.date(2030, 5, 1)
    """
    days = sorted(map(date.fromisoformat, filter(None, documents["published"])))
    if not days:
        return date.min
    past = max((days[-1] - days[0]).days, LEAST_PAST)
    return days[0] - min(timedelta(past), days[0] - date.min)


def without_history(events: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """The events without those that are history, unless these are most of them."""
    recent = events[events["date_to"] >= since(documents)]
    return recent if 2 * len(recent) > len(events) else events


def named_events(drawn: pd.DataFrame, phases: pd.DataFrame) -> pd.DataFrame:
    """`drawn` with key and label: the best attested are named, the others have an empty label.

    First come turns between the parties studied, of them those with most independent sources,
    outlets and reports; where they are few, other events that happened.  A series of incidents that
    begins a phase is drawn as that phase.
    """
    is_strip = drawn["campaign"] & drawn["event_id"].isin(phases["first_event_id"])
    drawn = drawn[~is_strip]
    turn = drawn["studied"] & drawn["direction"].isin(TURNS)
    chosen = turn if turn.sum() >= LEAST_NAMED else turn | drawn["happened"]
    order = ["turn", "n_independent_sources", "n_outlets", "n_reports"]
    ranked = drawn.assign(turn=turn)[chosen].sort_values(order, ascending=False, kind="stable")
    named = ranked.head(MOST_NAMED).index
    many_years = drawn.loc[named, "date_from"].map(lambda day: day.year).nunique() > MOST_YEARS
    labels = pd.Series("", drawn.index)
    for row in drawn.loc[named].itertuples():
        days = day_range(row.date_from, row.date_to, month="%b", year=many_years)
        labels[row.Index] = f"{days}: {row.phrase} ({outlets(row.outlets)})"
    return drawn.assign(key=drawn["event_id"], label=labels)


def named_phases(
    phases: pd.DataFrame,
    events: pd.DataFrame,
    dyads: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
) -> pd.DataFrame:
    """The phases to draw with key, lane and labels, the fullest first.

    `names` are those of the entities.
    """
    lanes = {dyad["id"]: dyad["name"] for dyad in dyads}
    own = phases[phases["phase"].isin(TURNS) & phases["dyad"].isin(lanes)]
    first = events.set_index("event_id").reindex(own["first_event_id"])
    by = own["said_by"].where(own["said_by"] != "", first["outlets"].fillna("").to_numpy())
    own = own.assign(
        key=[f"phase{n}" for n in range(len(own))],
        lane=own["dyad"].map(lanes),
        said_by=by,
        breach=[first_breach(phase, events) for phase in own.itertuples()],
    )
    rows = zip(own.to_dict("records"), first.to_dict("records"), strict=True)
    parts = [_parts(phase, event, names) for phase, event in rows]
    return own.assign(
        labels=[_labels(*part, by) for part, by in zip(parts, own["said_by"], strict=True)],
        words=["".join(part) for part in parts],
    )


def first_breach(phase: Any, events: pd.DataFrame) -> date | None:
    """The first day of an attack after a pause of which sources disagree whether it holds."""
    if phase.state != "contested":
        return None
    attacks = events[events["happened"] & (events["direction"] == "escalation")]
    attacks = attacks[attacks["dyad"].str.split(";").map(lambda own: phase.dyad in own)]
    later = [day for day in attacks["date_from"].dropna() if phase.start_latest < day]
    return min(later, default=None)


def _parts(
    phase: Mapping[str, Any], event: Mapping[str, Any], names: Mapping[str, str]
) -> tuple[str, str, str]:
    """What a phase is called, who announced it, and how it stands."""
    bound = [names.get(key, key) for key in phase["bound_by"].split(";")[:1] if key]
    who = " by all" if phase["scope"] == "all" else "".join(f" by {name}" for name in bound)
    state = STATES.get(phase["state"], "")
    if pd.isna(phase["date_from"]):
        is_open = phase["state"] == "open"
        state = "start and end not told" if is_open else f"start not told, {state}".strip(", ")
    who = who if phase["basis"] == "declared" else ""
    return phase_words(phase, event), who, state and f", {state}"


def _labels(what: str, who: str, state: str, said_by: str) -> list[str]:
    """What stands on a phase's bar, the fullest first."""
    by = f" ({outlets(said_by)})" if said_by else ""
    few = f" ({outlets(said_by, 1)})" if said_by else ""
    parts = ([who, state, by], [who, by], [state, by], [who, few], [by], [few], [who], [])
    return list(dict.fromkeys(what + "".join(own) for own in parts))


def phase_words(phase: Mapping[str, Any], event: Mapping[str, Any]) -> str:
    """What a phase is called, by the event it begins with.

    >>> told = {"phase": "escalation", "basis": "observed"}
    >>> phase_words(told, {"event_type": "ASSAULT", "campaign": True, "n_incidents_min": 161})
    'more than 160 attacks'
    """
    known = OURS["wording"]["phases"][phase["phase"]]
    word = known.get(event["event_type"], known["plain"])
    if phase["phase"] == "escalation" and event["campaign"] == 1:
        return f"{at_least(int(event['n_incidents_min']))} {word}"
    return known["told"] if phase["basis"] == "told" else word


def outlets(names: str, most: int = 2) -> str:
    """Outlets that say something, in few words.

    >>> outlets("Courier;Post"), outlets("Courier;Post;Gazette")
    ('Courier, Post', '3 outlets')
    """
    known = names.split(";")
    return ", ".join(known) if len(known) <= most else f"{len(known)} outlets"


def day_range(
    first: date, last: date, month: str = "%B", year: bool = True, joint: str = "–"
) -> str:
    """Days in few words; `month` says how a month is written (%b: short).

    >>> day_range(date(2031, 2, 1), date(2031, 2, 28))
    'February 2031'
    >>> day_range(date(2031, 2, 3), date(2031, 2, 9), month="%b", year=False)
    '3–9 Feb'
    """
    ends = f" {last.year}" if year else ""
    if first == last:
        return f"{first.day} {first:{month}}{ends}"
    if (first.year, first.month) == (last.year, last.month):
        days = "" if is_month(first, last) else f"{first.day}{joint}{last.day} "
        return f"{days}{first:{month}}{ends}"
    begins = f" {first.year}" if year and first.year != last.year else ""
    return f"{first.day} {first:{month}}{begins} {joint.strip()} {last.day} {last:{month}}{ends}"


def is_month(first: date, last: date) -> bool:
    """Whether days are those of a month, but for a few.

    >>> is_month(date(2031, 2, 1), date(2031, 2, 28)), is_month(date(2031, 2, 9), date(2031, 3, 9))
    (True, False)
    """
    return (first.year, first.month) == (last.year, last.month) and (last - first).days > 26


def flags(documents: pd.DataFrame) -> pd.DataFrame:
    """Outlet and day of each article that has one."""
    dated = documents.loc[documents["published"] != "", ["outlet", "published"]]
    return dated.assign(published=dated["published"].map(date.fromisoformat))


def headline(title: str, documents: pd.DataFrame) -> str:
    """The title of the timeline: what it shows and whose word it is.

    >>> headline("the harbour dispute", pd.DataFrame({"doc_id": ["a", "b"]}))
    'What two articles say about the harbour dispute'
    >>> headline("Articles of Courier and Post", pd.DataFrame({"doc_id": ["a", "b"]}))
    'What two articles of Courier and Post say'
    """
    n = len(documents)
    noun, verb = ("article", "says") if n == 1 else ("articles", "say")
    if title.startswith("Articles of "):  # the title a new corpus begins with names no subject
        return f"What {in_words(n)} {noun} {title.removeprefix('Articles ')} {verb}"
    said = f"What {in_words(n)} {noun} {verb}"
    return f"{said} about {title}" if title and title != "Untitled articles" else said


# --- cards ---------------------------------------------------------------------------------------


def cards(
    marks: pd.DataFrame,
    phases: pd.DataFrame,
    reports: pd.DataFrame,
    sentences: pd.DataFrame,
    months: bool,
) -> pd.DataFrame:
    """What pointing at a part of the timeline shows: key, when, direction, what, by, quote.

    `kind` and `behind` say what evidence it leads to, `minor` that a list does without it.  The
    quote is a sentence of an article as far as it may be shown; with `months`, events without a
    label are told by month.
    """
    own = marks[marks["label"] != ""] if months else marks
    rows = [
        (m.key, m.date_from, day_range(m.date_from, m.date_to), m.direction, m.summary, m.outlets,
         "events", m.event_id)
        for m in own.itertuples()
    ]  # fmt: skip
    for p in phases.itertuples():
        begun = p.start_latest if pd.isna(p.date_from) else p.date_from
        days = f"until {day_range(p.date_to, p.date_to)}, start not told"
        days = days if pd.isna(p.date_from) else day_range(p.date_from, p.date_to)
        what = f"{p.phase.capitalize()} that {BASES[p.basis]}: {p.words}"
        rows.append((p.key, begun, days, p.phase, what, p.said_by, "events", p.first_event_id))
    counts = marks[~marks["campaign"]].groupby("month").size() if months else pd.Series(dtype=int)
    for month, n in counts.items():
        first = date.fromisoformat(f"{month}-01")
        what = f"There {'was' if n == 1 else 'were'} {counted(n, 'event')}"
        rows.append((month, first, f"{first:%B %Y}", "", what, "", "months", month))
    columns = ["key", "first", "when", "direction", "what", "by", "kind", "behind"]
    found = pd.DataFrame(rows, columns=columns).sort_values(["first", "key"], ignore_index=True)
    quotes = _quotes(reports, sentences)
    return found.assign(
        quote=[quotes.get(key, "") for key in found["behind"]],
        by=found["by"].str.replace(";", ", "),
        minor=(found["kind"] == "months")
        | found["key"].isin(marks.loc[marks["label"] == "", "key"]),
    )


def _quotes(reports: pd.DataFrame, sentences: pd.DataFrame) -> dict[str, str]:
    """For each event the sentence that shows it best, of those that may be shown."""
    shown = sentences[sentences["text"] != ""]
    shown = shown.assign(size=shown["text"].str.len())
    best = best_sentences(reports[[*PLACE, "event_id", "date_from"]], shown)
    best = best.merge(shown[[*PLACE, "text"]], on=PLACE)
    return dict(zip(best["event_id"], best["text"], strict=True))
