"""Events made of their reports: dates that agree, dates that contradict each other."""

from datetime import date

import pandas as pd

from analysis.timeline.events import event_table

OUTLETS = {"a": "The Post", "b": "The Star"}


def _event(*reports, published=None):
    """The event of reports given as (article, first day, last day, what differs)."""
    rows = []
    for doc_id, first, last, changes in reports:
        days = {
            "date_from": first and date(2021, 5, first),
            "date_to": last and date(2021, 5, last),
        }
        rows.append(
            {
                **{"event_id": "e0001", "doc_id": doc_id, "event_type": "ASSAULT", "mode": ""},
                **{"direction": "escalation", "dyad": "", "source": "front", "target": ""},
                **{"place": "", "status": "happened", "campaign": False, "goldstein": -10.0},
                **{"n_incidents_min": 1, "n_incidents_max": 1, "trigger": "raid"},
                **{"date_basis": "expression", **days, **changes},
            }
        )
    sources = {doc: frozenset([doc]) for doc in OUTLETS}
    return event_table(pd.DataFrame(rows), OUTLETS, sources, {}, published).iloc[0]


def test_dates_that_agree_are_narrowed_to_what_all_say():
    event = _event(("a", 1, 31, {}), ("b", 20, 25, {}))
    assert (event.date_from, event.date_to, event.dates_reported) == (
        *(date(2021, 5, 20), date(2021, 5, 25)),
        "",
    )


def test_dates_that_contradict_each_other_are_kept_and_shown():
    event = _event(("a", 2, 2, {}), ("a", 1, 5, {}), ("b", 3, 3, {}))
    assert (event.date_from, event.date_to) == (date(2021, 5, 2), date(2021, 5, 3))
    assert event.dates_reported == "2021-05-02 The Post;2021-05-03 The Star"


def test_what_an_article_tells_of_is_over_when_it_comes_out():
    published = {"a": date(2021, 5, 31), "b": date(2021, 5, 9)}
    told = ("a", 1, 31, {}), ("b", None, None, {})
    assert _event(*told, published=published).date_to == date(2021, 5, 9)
    planned = told[0], ("b", None, None, {"status": "planned"})
    assert _event(*planned, published=published).date_to == date(2021, 5, 31)


def test_that_a_truce_still_holds_does_not_date_it():
    pause = {"direction": "pause", "event_type": "RETREAT"}
    event = _event(("a", 2, 3, pause), ("b", 30, 30, pause | {"status": "ongoing"}))
    assert (event.date_to, event.dates_reported) == (date(2021, 5, 3), "")


def test_the_order_of_the_reports_does_not_change_the_last_digit_of_their_mean():
    values = [0.1, 0.2, 0.3, -10.0, 7.4, 3.1]
    means = {
        _event(*(("a", 1, 1, {"goldstein": v}) for v in values[k:] + values[:k])).goldstein
        for k in range(len(values))
    }
    assert len(means) == 1
