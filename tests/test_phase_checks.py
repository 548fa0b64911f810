"""How far phases can be trusted: other articles, other thresholds, chance, Bayesian blocks."""

import json
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from analysis.timeline import phase_checks
from analysis.timeline.evidence import Record
from analysis.timeline.phase_checks import (
    bayesian_blocks,
    chance,
    checked_phases,
    phases_by_dyad,
    rate_blocks,
    sensitivity,
)
from analysis.timeline.phases import Rule

START = date(2021, 1, 1)
COVERED = [["2021-01-01", "2021-12-31"]]
ACTORS = pd.DataFrame({"entity_id": ["gulls", "larks"], "side": "", "parent": "", "type": "ORG"})


def _day(number):
    return START + timedelta(days=number)


def _report(day, doc_id, event_type="ASSAULT", mode="", status="happened", last=None, event_id=""):
    return {
        **{"event_id": event_id or f"{event_type}-{day}", "doc_id": doc_id, "dyad": "d"},
        **{"event_type": event_type, "mode": mode, "status": status, "campaign": False},
        **{"date_from": _day(day), "date_to": _day(day if last is None else last)},
        **{"n_incidents_min": 1, "n_incidents_max": None, "date_basis": "expression"},
        **{"source": "gulls", "target": "larks", "trigger": "acted", "direction": "escalation"},
        **{"in_title": False, "in_caption": False, "goldstein": 0.0},
        **{"condition": "", "scope": "", "unannounced": False, "told_on": None, "rule": "told"},
    }


def _record(reports, doc_ids=(), published=(), covered=COVERED):
    reports = pd.DataFrame(reports)
    doc_ids = list(doc_ids) or sorted(set(reports["doc_id"]))
    published = [str(day) for day in published] or ["2021-12-31"] * len(doc_ids)
    documents = pd.DataFrame({"doc_id": doc_ids, "outlet": doc_ids, "published": published})
    settings = {"dyads": [{"id": "d", "source": ["gulls"], "target": ["larks"]}]}
    settings["covered"] = covered
    return Record(reports, documents.assign(counted=True), ACTORS, settings), settings


CAMPAIGN = [_report(day, "a") for day in (40, 50, 60)]
LATER = [_report(day, "a") for day in (240, 250, 260)]
HALT = _report(70, "b", "RETREAT", "ceasefire")


def test_a_boundary_that_rests_on_one_article_is_named():
    twice = [_report(day, "c") for day in (40, 50, 60)]
    phases = checked_phases(*_record([*CAMPAIGN, *twice, HALT]))
    rests = dict(
        zip(phases["basis"] + phases["phase"], phases["rests_on_one_article"], strict=True)
    )
    assert rests == {"declaredpause": "b", "observedescalation": ""}
    alone = checked_phases(*_record([*CAMPAIGN, HALT]))
    assert alone["rests_on_one_article"].tolist() == ["b", "a"]
    assert alone["support"].isna().all()


def test_samples_are_arrays_a_sample_more_makes_no_table_more(monkeypatch):
    days = [(20 * (n // 6) + 3 * (n % 3), f"a{n:02d}") for n in range(30)]
    told = [_report(*day) for day in days]
    told += [_report(day + 9, doc, "RETREAT", "ceasefire") for day, doc in days]
    record, made, init = _record(told), [], pd.Series.__init__

    def counted(*args, **keywords):
        made.append(1)
        init(*args, **keywords)

    monkeypatch.setattr(pd.Series, "__init__", counted)
    costs = []
    for samples in (5, 25):
        monkeypatch.setattr(phase_checks, "RESAMPLES", samples)
        made.clear()
        assert {*checked_phases(*record)["phase"]} == {"escalation", "pause"}
        costs.append(len(made))
    assert costs[0] == costs[1] > 0


def test_without_an_article_the_dates_of_the_others_stand():
    close = _report(40, "a", event_id="x")
    vague = _report(0, "b", last=80, event_id="x")
    record = _record([close, vague, _report(82, "b"), _report(84, "b")])
    (found,) = checked_phases(*record).itertuples()
    assert found.date_from == _day(40) and "a" in found.rests_on_one_article


def test_a_boundary_of_which_every_article_tells_is_found_in_every_sample():
    """Its dates are those of the table: not of publication, nor of a truce that goes on."""
    docs = [f"d{i:02}" for i in range(30)]
    reports = []
    for number, doc in enumerate(docs):
        told = _report(60, doc, "RETREAT", "ceasefire", event_id="halt") | {"direction": "pause"}
        lasts = {"status": "ongoing", "date_from": _day(150 + number), "date_to": _day(200)}
        seen = {"date_basis": "publication date", "date_from": _day(5), "date_to": _day(250)}
        reports += [told, told | lasts, told | seen]
    found = checked_phases(*_record(reports))
    assert found["basis"].tolist() == ["declared", "told"]
    assert found["date_from"].tolist() == [_day(60)] * 2 and found["support"].tolist() == [1.0] * 2
    assert set(found["state"]) == {"holding"} and set(found["last_told"]) == {_day(200)}


def test_many_articles_are_drawn_anew():
    docs = [f"d{i:02}" for i in range(30)]
    record = _record([_report(10 * i % 300, doc) for i, doc in enumerate(docs)])
    found = checked_phases(*record)
    assert found["support"].between(0, 1).all() and (found["support"] < 1).any()
    pd.testing.assert_frame_equal(found, checked_phases(*record))


def test_thresholds_change_what_is_cut():
    table = sensitivity(_record(CAMPAIGN)[0], "d").set_index(["max_gap", "min_attacks"])
    assert table.loc[(45, 3), "escalations"] == 1
    assert table.loc[(45, 5), "escalations"] == 0


def test_a_phase_that_a_quarter_of_the_grid_does_not_have_depends_on_the_threshold():
    often = [_report(day, "a", event_id=f"e{day}") for day in range(0, 60, 6)]
    for reports, depends in ((CAMPAIGN, True), (often, False)):
        (found,) = checked_phases(*_record(reports)).itertuples()
        assert found.depends_on_threshold is depends


def test_a_clear_pattern_is_seldom_found_by_chance_and_the_draws_are_repeatable():
    early = [_report(day, "a") for day in range(3, 40, 3)]
    late = [_report(day, "a") for day in range(300, 340, 3)]
    record = _record([*early, *late])[0]
    (row,) = chance(record, "d", Rule(max_gap=120), times=200).to_dict("records")
    assert row["pattern"] == "escalation–pause–escalation"
    assert row["turns"] == 2 and row["share_by_chance"] < 0.05
    again = chance(record, "d", Rule(max_gap=120), times=200)
    assert again.to_dict("records") == [row]


def test_of_very_many_events_there_are_fewer_draws(monkeypatch):
    record = _record([_report(day, "a") for day in range(3, 43, 4)])[0]
    for dealt, draws in ((10_000, 300), (2_000, 200), (500, 100)):
        monkeypatch.setattr(phase_checks, "MOST_DEALT", dealt)
        assert set(chance(record, "d", Rule(), times=300)["draws"]) == {draws}


def test_a_corpus_of_rejected_ceasefires_has_no_pattern():
    rejected = [_report(day, "a", "REJECT") for day in range(10, 300, 20)]
    planned = [_report(day, "a", "RETREAT", "ceasefire", "planned") for day in range(15, 300, 20)]
    record, settings = _record([*rejected, *planned])
    assert checked_phases(record, settings).empty
    (row,) = chance(record, "d", Rule(), times=50).itertuples()
    assert row.turns == 0 and pd.isna(row.share_by_chance)
    assert row.pattern == "no such pattern"


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
    docs = [f"d{i}-{k}" for i in range(300) for k in range(1 if 100 <= i < 200 else 4)]
    published = [_day(int(doc[1:].split("-")[0])) for doc in docs]
    often = [_report(i, f"d{i}-0", event_id=f"{i}-{k}") for i in range(300) for k in range(4)]
    quiet = [r for r in often if not 100 <= (r["date_from"] - START).days < 200]
    span = [[str(_day(0)), str(_day(299))]]
    told = [r for r in often if r in quiet or r["event_id"].endswith("-0")]
    table = rate_blocks(_record(told, docs, published, span)[0], "d")
    inner = table[(table["date_from"] > _day(5)) & (table["date_to"] < _day(290))]
    assert inner["ratio"].between(0.6, 1.7).all()
    each_day = [doc for doc in docs if doc.endswith("-0")]
    table = rate_blocks(_record(quiet, each_day, [_day(i) for i in range(300)], span)[0], "d")
    assert table["ratio"].min() == 0
    assert rate_blocks(_record(CAMPAIGN)[0], "d").empty


def test_with_every_article_kept_the_checks_give_the_table(built):
    """Events and phases are worked out in one way, in the tables and in their checks."""
    reports, documents, actors, phases = (
        built.read(name) for name in ("event_reports", "documents", "actors", "phases")
    )
    settings = json.loads((built.folder / "settings.json").read_text("utf-8"))
    record = Record(reports, documents, actors, settings)
    rules = {dyad["id"]: Rule.of(dyad) for dyad in settings["dyads"]}
    kept = np.ones(len(record.doc_ids), bool)
    again = [p for own in phases_by_dyad(record, rules, kept).values() for p in own]
    columns = ["phase", "basis", "date_from", "date_to", "state", "bound_by"]
    told = [(p.kind, p.basis, p.start, p.end, p.state, ";".join(p.bound)) for p in again]
    assert told == list(phases[columns].itertuples(index=False, name=None))
    assert len(told) > 4
