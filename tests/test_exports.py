"""The table in the columns of ACLED."""

from datetime import date

import pandas as pd

from analysis.show.exports import acled_like

ACTORS = pd.DataFrame(
    [
        ("front", "Red Valley Front", "ORG", ""),
        ("arvania", "Arvania", "GPE", ""),
        ("port", "Port base", "FAC", "arvania"),
    ],
    columns=["entity_id", "name", "type", "parent"],
)


def _event(last, event_type="ASSAULT", mode="rocket", happened=True):
    return {
        **{"event_id": f"e{last}", "event_type": event_type, "mode": mode, "happened": happened},
        **{"date_from": date(2021, 1, 4), "date_to": date.fromisoformat(last), "place": "port"},
        **{"source": "front", "target": "arvania", "outlets": "The Example", "doc_ids": "a"},
        "summary": "rockets",
    }


DATES = ["2021-01-04", "2021-01-09", "2021-01-10", "2021-01-31", "2021-02-20", "2023-01-01"]


def test_precision_codes_are_the_published_ones():
    events = pd.DataFrame(map(_event, DATES))
    acled = acled_like(events, ACTORS).set_index("event_id_cnty")
    assert acled["time_precision"].tolist() == [1, 2, 2, 3]
    assert acled["event_date"].iat[0] == date(2021, 1, 4)
    assert acled["event_date"].iat[2] == date(2021, 1, 7)
    assert (acled["actor1"].iat[0], acled["actor2"].iat[0]) == ("Red Valley Front", "Arvania")


def test_types_are_mapped_and_what_the_others_do_not_hold_is_left_out():
    rows = [
        _event("2021-01-04"),
        _event("2021-01-04", mode=""),
        _event("2021-01-04", "RETREAT", "ceasefire"),
        _event("2021-01-04", "CONSULT", ""),
        _event("2021-01-04", happened=False),
    ]
    acled = acled_like(pd.DataFrame(rows), ACTORS)
    assert acled["sub_event_type"].tolist() == [
        "Shelling/artillery/missile attack",
        "",
        "Agreement",
    ]
    assert acled["disorder_type"].tolist()[0] == "Political violence"
    assert set(acled["country"]) == {"Arvania"} and set(acled["geo_precision"]) == {1}
    assert acled_like(pd.DataFrame(rows).head(0), ACTORS).empty
