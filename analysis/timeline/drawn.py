"""What a timeline draws of a corpus: events in lanes, a lane for each dyad studied."""

from collections.abc import Mapping, Sequence
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


def lanes(drawn: pd.DataFrame, dyads: Sequence[Mapping[str, Any]]) -> list[str]:
    named = [dyad["name"] for dyad in dyads]
    return named + ([CONTEXT] if CONTEXT in set(drawn["lane"]) else [])
