"""Events made of their reports: dates that agree, dates that contradict each other."""

from datetime import date

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.timeline.events import MergedReports, event_table
from analysis.timeline.wording import Names

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
    return event_table(pd.DataFrame(rows), OUTLETS, sources, Names({}), published).iloc[0]


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


def test_what_is_between_two_does_not_say_who_does_it():
    of_both = {"source": "crown", "target": "league", "mutual": True}
    halt = {"event_type": "RETREAT", "source": "rangers", "target": "crown", "mutual": False}
    told = [("a", 2, 2, of_both)] * 2
    event = _event(*told, ("b", 2, 2, halt))
    assert (event.source, event.target) == ("rangers", "crown")
    event = _event(*told)
    assert (event.source, event.target) == ("crown", "league")
    event = _event(("a", 2, 2, halt | {"in_title": True}), *told)
    assert (event.source, event.target) == ("crown", "league"), "headlines shorten"


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


def test_who_did_it_to_whom_is_told_by_the_text_before_the_headline():
    headline = ("a", 2, 2, {"source": "ports", "target": "front", "in_title": True})
    text = ("b", 2, 2, {"source": "front", "target": ""})
    event = _event(headline, headline, text)
    assert (event.source, event.target) == ("front", "")  # whom the headline says is who did it
    assert _event(headline).source == "ports"


def test_who_would_do_it_to_himself_is_what_more_reports_say():
    shot = [(doc, 2, 2, {"source": "", "target": "front"}) for doc in "ab"]
    event = _event(*shot, ("b", 2, 2, {"source": "front", "target": ""}))
    assert (event.source, event.target) == ("", "front")


def test_the_order_of_the_reports_does_not_change_the_last_digit_of_their_mean():
    values = [0.1, 0.2, 0.3, -10.0, 7.4, 3.1]
    means = {
        _event(*(("a", 1, 1, {"goldstein": v}) for v in values[k:] + values[:k])).goldstein
        for k in range(len(values))
    }
    assert len(means) == 1


# --- any reports ----------------------------------------------------------------------------

DAYS = st.one_of(st.none(), st.tuples(st.integers(1, 20), st.integers(0, 9)))
KINDS = [("ASSAULT", ""), ("RETREAT", "ceasefire"), ("RETREAT", ""), ("THREATEN", "resume")]
ARTICLES = {"a": "The Post", "b": "The Star", "c": "The Post", "d": "The Globe"}
PUBLISHED = {"a": date(2021, 5, 12), "b": date(2021, 5, 20), "c": date(2021, 6, 30)}
REPORT = st.fixed_dictionaries(
    {
        "event_id": st.sampled_from(["e0001", "e0002", "e0003"]),
        "doc_id": st.sampled_from(sorted(ARTICLES)),
        "kind": st.sampled_from(KINDS),
        "days": DAYS,
        "status": st.sampled_from(["happened", "ongoing", "planned"]),
        "date_basis": st.sampled_from(["expression", "publication date"]),
        "direction": st.sampled_from(["escalation", "pause"]),
        "dyad": st.sampled_from(["north", "north;south", ""]),
        "place": st.sampled_from(["", "Karsa", "Belmar"]),
        "campaign": st.booleans(),
        "n_incidents_min": st.integers(1, 4),
        "n_incidents_max": st.one_of(st.none(), st.integers(2, 5)),
    }
)


def _table(drawn):
    rows = []
    for report in drawn:
        days, (event_type, mode) = report["days"], report["kind"]
        first = days and date(2021, 5, days[0])
        last = days and date(2021, 5, sum(days))
        what = {"event_type": event_type, "mode": mode, "date_from": first, "date_to": last}
        who = {"source": "", "target": "", "trigger": "raid", "goldstein": -1.0}
        rows.append({**report, **what, **who})
    return pd.DataFrame(rows)


def _events_of(reports):
    sources = {doc: frozenset([doc]) for doc in ARTICLES}
    return event_table(reports, ARTICLES, sources, Names({}), PUBLISHED)


@settings(max_examples=20)
@given(st.lists(REPORT, min_size=1, max_size=12), st.lists(st.booleans(), min_size=4, max_size=4))
def test_what_some_articles_tell_is_the_table_made_of_their_reports(drawn, kept):
    reports = _table(drawn)
    merged = MergedReports(reports, ARTICLES, PUBLISHED)
    same = ["event_id", "date_from", "date_to", "dyad", "campaign", "n_reports", "n_outlets"]
    whole = merged.events()[same].astype(str).to_dict("list")
    assert whole == _events_of(reports)[same].astype(str).to_dict("list")
    ids = [doc for doc, one in zip(ARTICLES, kept, strict=True) if one]
    own = reports[reports["doc_id"].isin(ids)]
    some = merged.events(np.array(kept))
    if own.empty:
        assert some.empty
    else:
        alone = MergedReports(own, ARTICLES, PUBLISHED).events()
        pd.testing.assert_frame_equal(some, alone)


def _days_by_definition(group):
    """First and last day of an event, worked out from its reports as the rule is worded."""
    dated = [r for r in group if r["days"]]
    dated = [r for r in dated if r["date_basis"] != "publication date"] or dated
    dated = [r for r in dated if (r["status"], r["direction"]) != ("ongoing", "pause")] or dated
    if not dated:
        return None, None
    spans = {(r["date_from"], r["date_to"]) for r in dated}
    closest = [s for s in spans if not any(s[0] <= o[0] and o[1] <= s[1] for o in spans - {s})]
    first, last = max(a for a, _ in closest), min(b for _, b in closest)
    if any(r["campaign"] for r in group):
        return min(a for a, _ in spans), max(b for _, b in spans)
    if first > last:
        first, last = min(a for a, _ in closest), max(b for _, b in closest)
    over = [PUBLISHED.get(r["doc_id"], date.max) for r in group if r["status"] != "planned"]
    return first, max(first, min([last, *over]))


def test_a_count_over_a_span_has_begun_on_its_first_day_and_its_last_is_not_told():
    """ "Over 160 since the 3rd", told on the 31st; another article tells of a begin in May."""
    columns = {"mode": "", "direction": "", "source": "", "dyad": "", "date_basis": "expression"}
    counts = {"n_incidents_min": [2, 161], "n_incidents_max": [np.nan, np.nan]}
    rows = pd.DataFrame({"event_id": "e1", "doc_id": ["a", "b"], "event_type": "ASSAULT", **counts})
    rows = rows.assign(**columns, status="happened", campaign=True, goldstein=0.0)
    rows["date_from"], rows["date_to"] = [date(2021, 5, 1), date(2021, 5, 3)], date(2021, 5, 31)
    out = dict.fromkeys("ab", date(2021, 5, 31))
    (event,) = MergedReports(rows, OUTLETS, out).events().itertuples()
    assert str(event.begun)[:10] == "2021-05-03" and str(event.date_from)[:10] == "2021-05-01"
    (alone,) = MergedReports(rows[1:], OUTLETS, out).events().itertuples()
    assert str(alone.seen)[:10] == "2021-05-03" and str(alone.date_to)[:10] == "2021-05-31"


@settings(max_examples=20)
@given(st.lists(REPORT, min_size=1, max_size=8))
def test_the_days_of_an_event_are_those_of_the_rule(drawn):
    reports = _table(drawn)
    for event in _events_of(reports).itertuples():
        group = reports[reports["event_id"] == event.event_id]
        group = group.astype(object).where(group.notna(), None).to_dict("records")
        assert (event.date_from, event.date_to) == _days_by_definition(group)
        places = [r["place"] for r in group if r["place"]]
        most = max(map(places.count, places), default=0)
        assert event.place == next((p for p in places[::-1] if places.count(p) == most), "")
        outlets = dict.fromkeys(ARTICLES[r["doc_id"]] for r in group)
        assert (event.n_outlets, event.outlets) == (len(outlets), ";".join(outlets))


def test_of_no_reports_there_are_no_events():
    columns = ("event_id", "doc_id", "event_type", "mode", "direction", "dyad", "source", "target")
    more = ("place", "status", "campaign", "goldstein", "date_basis", "date_from", "date_to")
    numbers = ("n_incidents_min", "n_incidents_max", "trigger")
    assert _events_of(pd.DataFrame(columns=[*columns, *more, *numbers])).empty
