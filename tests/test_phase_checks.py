"""How far phases can be trusted: other articles, other thresholds, chance, Bayesian blocks."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analysis.timeline import phase_checks
from analysis.timeline.events import MergedReports, last_days
from analysis.timeline.phase_checks import (
    bayesian_blocks,
    chance,
    rate_blocks,
    robustness,
    sensitivity,
)
from analysis.timeline.phases import Rule, cut_phases

START = date(2021, 1, 1)
COVERED = [(START, date(2021, 12, 31))]


def _day(number):
    return START + timedelta(days=number)


def _report(day, doc_id, event_type="ASSAULT", mode="", status="happened", last=None, event_id=""):
    return {
        **{"event_id": event_id or f"{event_type}-{day}", "doc_id": doc_id, "dyad": "d"},
        **{"event_type": event_type, "mode": mode, "status": status, "campaign": False},
        **{"date_from": _day(day), "date_to": _day(day if last is None else last)},
        "n_incidents_min": 1,
    }


def _events(*reports):
    table = pd.DataFrame(reports).drop_duplicates("event_id")
    return table.assign(happened=table["status"] == "happened", n_outlets=1)


def _documents(*doc_ids):
    return pd.DataFrame(
        {"doc_id": doc_ids, "outlet": doc_ids, "published": ["2021-12-31"] * len(doc_ids)}
    )


CAMPAIGN = [_report(day, "a") for day in (40, 50, 60)]


def test_a_boundary_that_rests_on_one_article_is_named():
    halt = _report(70, "b", "RETREAT", "ceasefire")
    twice = [_report(40, "c"), _report(50, "c"), _report(60, "c")]
    reports = pd.DataFrame([*CAMPAIGN, *twice, halt])
    phases = cut_phases(_events(*CAMPAIGN, halt), "d", COVERED)
    found = robustness(phases, reports, _documents("a", "b", "c"), COVERED, {"d": Rule()})
    rests = dict(zip(found["basis"] + found["phase"], found["rests_on_one_article"], strict=True))
    assert rests == {"observedescalation": "", "observedpause": "", "declaredpause": "b"}
    alone = robustness(
        phases, pd.DataFrame([*CAMPAIGN, halt]), _documents("a", "b"), COVERED, {"d": Rule()}
    )
    assert alone["rests_on_one_article"].tolist() == ["a", "a", "b"]
    assert alone["support"].isna().all()


def test_without_an_article_the_dates_of_the_others_stand():
    close = _report(40, "a", event_id="x")
    vague = _report(0, "b", last=80, event_id="x")
    reports = pd.DataFrame([close, vague, _report(82, "b"), _report(84, "b")])
    phases = cut_phases(_events(close, _report(82, "b"), _report(84, "b")), "d", COVERED)
    found = robustness(phases, reports, _documents("a", "b"), COVERED, {"d": Rule()})
    assert phases["date_from"].iat[0] == _day(40)
    assert "a" in found["rests_on_one_article"].iat[0]


def test_a_boundary_of_which_every_article_tells_is_found_in_every_sample():
    """Its dates are those of the table: not of publication, nor of a truce that goes on."""
    docs = [f"d{i:02}" for i in range(30)]
    halt = {"event_type": "RETREAT", "mode": "ceasefire", "direction": "pause", "event_id": "halt"}
    reports = []
    for number, doc in enumerate(docs):
        told = _report(60, doc) | halt | {"date_basis": "expression"}
        lasts = {"status": "ongoing", "date_from": _day(150 + number), "date_to": _day(200)}
        seen = {"date_basis": "publication date", "date_from": _day(5), "date_to": _day(250)}
        reports += [told, told | lasts, told | seen]
    events = pd.DataFrame(reports[:1]).assign(happened=True, n_outlets=30)
    phases = cut_phases(events, "d", COVERED)
    found = robustness(phases, pd.DataFrame(reports), _documents(*docs), COVERED, {"d": Rule()})
    assert found["date_from"].tolist() == [_day(60)] and found["support"].tolist() == [1.0]


def test_many_articles_are_drawn_anew():
    docs = [f"d{i:02}" for i in range(30)]
    reports = [_report(10 * i % 300, doc) for i, doc in enumerate(docs)]
    phases = cut_phases(_events(*reports), "d", COVERED)
    found = robustness(phases, pd.DataFrame(reports), _documents(*docs), COVERED, {"d": Rule()})
    assert found["support"].between(0, 1).all() and (found["support"] < 1).any()
    again = robustness(phases, pd.DataFrame(reports), _documents(*docs), COVERED, {"d": Rule()})
    pd.testing.assert_frame_equal(found, again)


def test_thresholds_change_what_is_cut():
    table = sensitivity(_events(*CAMPAIGN), "d", COVERED).set_index(["max_gap", "min_attacks"])
    assert table.loc[(45, 3), "escalations"] == 1
    assert table.loc[(45, 5), "escalations"] == 0


def test_a_clear_pattern_is_seldom_found_by_chance_and_the_draws_are_repeatable():
    early = [_report(day, "a") for day in range(3, 40, 3)]
    late = [_report(day, "a") for day in range(300, 340, 3)]
    table = chance(_events(*early, *late), "d", COVERED, Rule(max_gap=120), times=200)
    row = table.set_index("basis").loc["observed"]
    assert row["pattern"] == "escalation–pause–escalation"
    assert row["turns"] == 2 and row["share_by_chance"] < 0.05
    again = chance(_events(*early, *late), "d", COVERED, Rule(max_gap=120), times=200)
    pd.testing.assert_frame_equal(table, again)


def test_of_very_many_events_there_are_fewer_draws(monkeypatch):
    events = _events(*(_report(day, "a") for day in range(3, 43, 4)))
    for dealt, draws in ((10_000, 300), (2_000, 200), (500, 100)):
        monkeypatch.setattr(phase_checks, "MOST_DEALT", dealt)
        assert set(chance(events, "d", COVERED, Rule(), times=300)["draws"]) == {draws}


def test_a_corpus_of_rejected_ceasefires_has_no_pattern():
    rejected = [_report(day, "a", "REJECT") for day in range(10, 300, 20)]
    planned = [_report(day, "a", "RETREAT", "ceasefire", "planned") for day in range(15, 300, 20)]
    phases = cut_phases(_events(*rejected, *planned), "d", COVERED)
    assert phases.empty
    table = chance(_events(*rejected, *planned), "d", COVERED, Rule(), times=50)
    assert (table["turns"] == 0).all() and table["share_by_chance"].isna().all()
    assert set(table["pattern"]) == {"no such pattern"}


# Edges that astropy 8.0.2 gives: astropy.stats.bayesian_blocks(t, fitness="events", p0=0.05)
ASTROPY = [
    (
        np.r_[np.arange(0, 50, 5.0), np.arange(50, 60, 0.25), np.arange(60, 120, 6.0)],
        [0, 50.125, 59.875, 114],
    ),
    (np.arange(100) ** 1.5, [0, 92.838404347, 985.037562736]),
    (np.arange(50.0), [0, 49]),
]


@pytest.mark.parametrize("times, edges", ASTROPY, ids=["burst", "slowing", "steady"])
def test_bayesian_blocks_are_those_of_astropy(times, edges):
    cells = np.r_[times[:1], (times[1:] + times[:-1]) / 2, times[-1:]]
    starts = bayesian_blocks(np.ones(len(times)), np.diff(cells))
    assert [*cells[starts], cells[-1]] == pytest.approx(edges)


def test_a_silence_of_the_articles_is_no_change_of_rate():
    published = [_day(i) for i in range(300) for _ in range(1 if 100 <= i < 200 else 4)]
    often = [_report(i, "a", event_id=f"{i}-{k}") for i in range(300) for k in range(4)]
    told = [
        r for r in often if not 100 <= (r["date_from"] - START).days < 200 or "-0" in r["event_id"]
    ]
    table = rate_blocks(_events(*told), "d", [(_day(0), _day(299))], published)
    inner = table[(table["date_from"] > _day(5)) & (table["date_to"] < _day(290))]
    assert inner["ratio"].between(0.6, 1.7).all()
    quiet = [r for r in often if not 100 <= (r["date_from"] - START).days < 200]
    table = rate_blocks(_events(*quiet), "d", [(_day(0), _day(299))], [_day(i) for i in range(300)])
    assert table["ratio"].min() == 0
    assert rate_blocks(_events(*CAMPAIGN), "d", COVERED, []).empty


def test_with_every_article_kept_the_events_are_those_of_the_table(built):
    """Dates, outlets and phases are worked out in one way, in the tables and in their checks."""
    reports, events, documents, phases = (
        built.read(name) for name in ("event_reports", "events", "documents", "phases")
    )
    documents = documents[documents["counted"]]
    outlets = dict(zip(documents["doc_id"], documents["outlet"], strict=True))
    merged = MergedReports(reports[reports["dyad"] != ""], outlets, last_days(documents))
    again = merged.events(np.ones(len(documents), bool)).set_index("event_id")
    same = ["date_from", "date_to", "n_outlets"]
    own = events.set_index("event_id").loc[again.index]
    assert len(again) > 20 and len(phases)
    assert again[same].astype(str).to_dict() == own[same].astype(str).to_dict()
