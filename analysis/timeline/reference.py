"""What others published beside what the articles tell: counts, and dated events."""

import pandas as pd

from analysis.base.messages import days


def published(reference: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What others published, verified rows only: series of counts, and events marked a, b, c …"""
    own = reference[reference["status"] == "verified"]
    counts = own[own["value"].notna()]
    dated = own[own["value"].isna()].sort_values(["date", "text"], ignore_index=True)
    return counts, dated.assign(mark=[_letter(number) for number in range(len(dated))])


def _letter(number: int) -> str:
    """a, b … z, aa, ab …"""
    more, last = divmod(number, 26)
    return (_letter(more - 1) if more else "") + chr(ord("a") + last)


def reference_near(dated: pd.DataFrame, events: pd.DataFrame, near_days: int) -> pd.DataFrame:
    """Published events, each with the event of the study nearest in time, at most `near_days` away.

    Nearness in time is all that is compared: whether it is the same event, the reader decides.
    """
    own = events[events["studied"]].dropna(subset=["date_from", "date_to"])
    rows = []
    for row in dated.itertuples():
        away = [
            max((first - row.date).days, (row.date - last).days, 0)
            for first, last in zip(own["date_from"], own["date_to"], strict=True)
        ]
        near = own.assign(away=away, width=own["date_to"] - own["date_from"])
        near = near[near["away"] <= near_days].sort_values(["away", "width", "event_id"]).head(1)
        found = near.iloc[0] if len(near) else None
        rows.append(
            {
                **{"mark": row.mark, "date": row.date, "published": row.text},
                **{"source": row.source, "url": row.url},
                "event_id": found["event_id"] if found is not None else "",
                "event": found["summary"] if found is not None else "",
                "dates": days(found["date_from"], found["date_to"]) if len(near) else "",
            }
        )
    columns = ["mark", "date", "published", "source", "url", "event_id", "event", "dates"]
    return pd.DataFrame(rows, columns=columns)
