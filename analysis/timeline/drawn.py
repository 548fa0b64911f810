"""What a timeline draws of a corpus: events in lanes, a lane for each dyad studied."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import pandas as pd

CONTEXT = "context"


def timeline_events(
    events: pd.DataFrame, dyads: Sequence[Mapping[str, Any]], longest: int, context: bool
) -> pd.DataFrame:
    """Events dated closely enough to draw, and campaigns: number by date, month, lane.

    That something did not happen is no mark; it is told by the phases.
    """
    dated = events.dropna(subset=["date_from", "date_to"])
    width = pd.to_datetime(dated["date_to"]) - pd.to_datetime(dated["date_from"])
    precise = (width.dt.days <= longest) | dated["campaign"]
    close = dated[precise & ~dated["absent"] & (dated["studied"] | context)]
    close = close.sort_values(["date_from", "date_to", "event_id"], ignore_index=True)
    names = {dyad["id"]: dyad["name"] for dyad in dyads}
    lane = [names.get(dyad.split(";")[0], CONTEXT) for dyad in close["dyad"]]
    return close.assign(number=range(1, len(close) + 1), month=month_of(close), lane=lane)


def month_of(events: pd.DataFrame) -> pd.Series:
    """The month (``2024-04``) of the middle of each event's dates; missing without dates."""
    start, end = pd.to_datetime(events["date_from"]), pd.to_datetime(events["date_to"])
    return (start + (end - start) / 2).dt.strftime("%Y-%m")


def filled_lanes(
    marks: pd.DataFrame, phases: Collection[str], dyads: Sequence[Mapping[str, Any]]
) -> tuple[pd.DataFrame, list[str]]:
    """The marks with the lanes they are drawn in, and these lanes; none is empty.

    `phases` are the lanes that have phases.  A pair that the program proposed gets a lane only
    where something escalates or pauses; its other events are drawn with those between others.

    >>> marks = pd.DataFrame({"lane": ["A → B", "A → C"], "direction": ["other", "escalation"]})
    >>> dyads = [{"name": name, "proposed": True} for name in ("A → B", "A → C", "A → D")]
    >>> filled_lanes(marks, [], dyads)[1]
    ['A → C', 'context']
    """
    chosen = {dyad["name"] for dyad in dyads if not dyad.get("proposed")}
    holds = marks["lane"].isin(chosen) | marks["direction"].isin(["escalation", "pause"])
    filled = {*phases, *marks.loc[holds, "lane"]}
    marks = marks.assign(lane=marks["lane"].where(marks["lane"].isin(filled), CONTEXT))
    names = [*(dyad["name"] for dyad in dyads if dyad["name"] in filled), CONTEXT]
    return marks, [name for name in names if name in filled or name in set(marks["lane"])]
