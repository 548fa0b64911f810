"""The cut into phases by the stated rule."""

from datetime import date, timedelta

import pandas as pd
import pytest

from analysis.timeline.phases import Rule, covered_spans, cut_phases, lanes_part

COVERED = [(date(2021, 1, 1), date(2021, 12, 31))]


def _event(day, event_type="ASSAULT", mode="", happened=True, n=1, dyad="d"):
    first = date.fromisoformat(day)
    return {
        **{"event_id": f"{day}-{event_type}", "event_type": event_type, "mode": mode},
        **{"date_from": first, "date_to": first, "happened": happened, "dyad": dyad},
        **{"n_incidents_min": n, "n_outlets": 1, "campaign": False},
    }


def _cut(*events, covered=COVERED, basis="observed"):
    phases = cut_phases(pd.DataFrame(events), "d", covered, Rule(max_gap=45, min_attacks=3))
    own = phases[phases["basis"] == basis]
    return [(p.phase, str(p.date_from), str(p.date_to)) for p in own.itertuples()]


CAMPAIGN = [_event("2021-02-01"), _event("2021-02-20"), _event("2021-03-05")]


def test_escalation_then_pause():
    assert _cut(*CAMPAIGN) == [
        ("escalation", "2021-02-01", "2021-03-05"),
        ("pause", "2021-03-06", "2021-12-31"),
    ]


def test_a_single_attack_is_a_breach_and_ends_no_pause():
    phases = _cut(*CAMPAIGN, _event("2021-08-01"))
    assert phases[-1] == ("pause", "2021-03-06", "2021-12-31")


def test_a_second_campaign_ends_the_pause():
    second = [_event("2021-09-01", n=2), _event("2021-09-10")]
    assert [p for p, *_ in _cut(*CAMPAIGN, *second)] == [
        *("escalation", "pause", "escalation", "pause")
    ]


def test_overlapping_reports_are_not_added_up():
    week = _event("2021-02-01", n=2) | {"date_to": date(2021, 2, 7)}
    assert _cut(week, _event("2021-02-03"), _event("2021-02-04", n=2)) == []
    assert _cut(week, _event("2021-02-09"))[0][0] == "escalation"


def test_few_attacks_or_other_dyads_are_no_escalation():
    assert _cut(_event("2021-02-01"), _event("2021-02-02")) == []
    assert _cut(*[e | {"dyad": "other"} for e in CAMPAIGN]) == []


def test_announcements_are_not_observed_and_attacks_are_not_declared():
    truce = _event("2021-04-01", "RETREAT", "ceasefire")
    back = _event("2021-06-01", "THREATEN", "resume", happened=False)
    assert _cut(truce, back) == []
    assert _cut(truce, back, basis="declared") == [
        ("pause", "2021-04-01", "2021-05-31"),
        ("escalation", "2021-06-01", "2021-12-31"),
    ]
    assert _cut(*CAMPAIGN, basis="declared") == []


def test_a_rejected_truce_is_no_pause():
    rejected = _event("2021-04-01", "REJECT")
    planned = _event("2021-04-02", "RETREAT", "ceasefire", happened=False)
    assert _cut(rejected, planned, basis="declared") == []


def test_time_no_article_covers_is_no_phase():
    covered = [(date(2021, 1, 1), date(2021, 4, 30)), (date(2021, 9, 1), date(2021, 12, 31))]
    assert ("not covered", "2021-05-01", "2021-08-31") in _cut(*CAMPAIGN, covered=covered)
    assert _cut(*CAMPAIGN, covered=covered)[1] == ("pause", "2021-03-06", "2021-04-30")


def test_a_truce_told_by_several_begins_on_the_day_all_agree_on():
    month = _event("2021-04-01", "RETREAT", "ceasefire") | {"date_to": date(2021, 4, 30)}
    phases = cut_phases(
        pd.DataFrame([month, _event("2021-04-12", "RETREAT", "ceasefire")]), "d", COVERED
    )
    (row,) = phases.itertuples()
    assert {row.date_from, row.start_earliest, row.start_latest} == {date(2021, 4, 12)}


def test_a_truce_after_attacks_is_a_new_one():
    first, later = (_event(day, "RETREAT", "ceasefire") for day in ("2021-04-01", "2021-04-25"))
    assert len(_cut(first, later, basis="declared")) == 1
    between = [_event(day) for day in ("2021-04-10", "2021-04-12", "2021-04-14")]
    assert _cut(first, *between, later, basis="declared") == [
        ("pause", "2021-04-01", "2021-04-24"),
        ("pause", "2021-04-25", "2021-12-31"),
    ]


def test_the_start_of_a_phase_has_a_range():
    vague = _event("2021-02-01") | {"date_to": date(2021, 2, 20)}
    phases = cut_phases(
        pd.DataFrame([vague, _event("2021-02-25"), _event("2021-03-05")]), "d", COVERED
    )
    start = phases.iloc[0]
    assert (start["start_earliest"], start["start_latest"]) == (
        vague["date_from"],
        vague["date_to"],
    )


@pytest.mark.parametrize(
    ("last", "start"), [("2021-04-12", "2021-04-12"), ("2021-04-25", "2021-04-01")]
)
def test_only_a_turn_told_closely_narrows_one_told_vaguely(last, start):
    vague = _event("2021-04-01", "RETREAT", "ceasefire") | {"date_to": date(2021, 4, 30)}
    other = _event("2021-04-12", "RETREAT", "ceasefire") | {"date_to": date.fromisoformat(last)}
    phases = cut_phases(pd.DataFrame([vague, other]), "d", COVERED)
    assert phases["start_earliest"].astype(str).tolist() == [start]


def test_where_attacks_are_frequent_a_shorter_silence_is_a_pause_if_articles_were_there():
    days = [date(2021, 1, 1) + timedelta(days=i) for i in range(360)]
    war = [_event(str(d)) for i, d in enumerate(days) if not 150 <= i < 180]
    observed = {}
    for name, published in (("told", days), ("untold", days[:150] + days[180:])):
        phases = cut_phases(pd.DataFrame(war), "d", COVERED, published=published)
        observed[name] = phases["phase"].tolist()
    assert observed == {"told": ["escalation", "pause", "escalation"], "untold": ["escalation"]}


def test_articles_vouch_for_the_days_before_them():
    spans = covered_spans([], [date(2021, 3, 1), date(2021, 4, 1), date(2021, 12, 1)], reach=45)
    assert spans == [
        (date(2021, 1, 15), date(2021, 4, 1)),
        (date(2021, 10, 17), date(2021, 12, 1)),
    ]
    assert covered_spans(COVERED, [date(2020, 1, 1)]) == COVERED


def test_lanes_part_where_the_phases_differ():
    truce = _event("2021-02-10", "RETREAT", "ceasefire")
    phases = cut_phases(pd.DataFrame([*CAMPAIGN, truce]), "d", COVERED)
    (row,) = lanes_part(phases).itertuples()
    assert (row.declared, row.observed) == ("pause", "escalation")
    assert (row.date_from, row.date_to) == (date(2021, 2, 10), date(2021, 3, 5))
