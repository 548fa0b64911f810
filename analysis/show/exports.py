"""Events for other programs: a table in columns like those of ACLED.

It is *like* that data set, not part of it: its columns and precision codes, filled by rules from
the articles.  What an article does not tell (coordinates, the dead) stays empty.
"""

from typing import Any

import pandas as pd

from analysis.lexicons import load

ACLED = """event_id_cnty event_date year time_precision disorder_type event_type sub_event_type
actor1 actor2 country location latitude longitude geo_precision source notes fatalities"""


def acled_like(events: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """Events that happened and are dated to a month or better, in columns of ACLED.

    `event_date` is the middle of the interval, `time_precision` 1 (day), 2 (week) or 3 (month).
    """
    table, known = load("exchange"), actors.set_index("entity_id")
    names = known["name"].to_dict() | {"": ""}
    dated = events[events["happened"]].dropna(subset=["date_from", "date_to"])
    rows = []
    for event in dated.sort_values(["date_from", "date_to", "event_id"]).itertuples():
        modes = table["acled"].get(event.event_type, {})
        kind = modes.get(event.mode, modes.get("plain"))
        precision = _precision(event, table["most_days"])
        if kind is None or precision is None:
            continue
        day = event.date_from + (event.date_to - event.date_from) / 2
        rows.append(
            {
                "event_id_cnty": event.event_id,
                "event_date": day,
                "year": day.year,
                "time_precision": precision,
                "disorder_type": _disorder(kind[0]),
                "event_type": kind[0],
                "sub_event_type": kind[1],
                "actor1": names.get(event.source, event.source),
                "actor2": names.get(event.target, event.target),
                "country": names[_country(event.place, known)],
                "location": names.get(event.place),
                "geo_precision": 1 if known["type"].get(event.place) == "FAC" else None,
                "source": event.outlets,
                "notes": event.summary,
            }
        )
    return pd.DataFrame(rows, columns=ACLED.split()).astype({"geo_precision": "Int8"})


def _precision(event: Any, most_days: dict[int, int]) -> int | None:
    """The code of the date's interval; None where it is wider than the last code allows."""
    days = (event.date_to - event.date_from).days + 1
    return next((code for code, most in most_days.items() if days <= most), None)


def _disorder(kind: str) -> str:
    if kind == "Strategic developments":
        return kind
    return "Demonstrations" if kind in ("Protests", "Riots") else "Political violence"


def _country(place: str, actors: pd.DataFrame) -> str:
    """The id of the nearest GPE above a place, itself included; `actors` are indexed by id."""
    seen = set()
    while place and place not in seen:
        if actors["type"].get(place) == "GPE":
            return place
        seen.add(place)
        place = actors["parent"].get(place, "")
    return ""
