"""Which reports are one event: what contradicts keeps apart, what agrees joins."""

from datetime import date

import numpy as np
import pandas as pd

from analysis.lexicons import Lexicon
from analysis.timeline import merging
from analysis.timeline.dyads import Dyads, set_mutual
from analysis.timeline.merging import merge_reports
from analysis.timeline.pairs import Reports

PARENTS = {"karsa-port": "karsa", "third-brigade": "front"}


def _report(**changes):
    report = {
        **{"event_type": "ASSAULT", "direction": "escalation", "mode": "", "status": "happened"},
        **{"source": "front", "target": "army", "place": "karsa"},
        **{"date_from": date(2021, 5, 3), "date_to": date(2021, 5, 3)},
        **{"n_incidents_min": 1, "n_incidents_max": 1},
    }
    return report | changes


def _events(*reports):
    return merge_reports(pd.DataFrame(reports), PARENTS)["event_id"].tolist()


def test_same_day_parties_and_place_are_one_event():
    assert _events(_report(), _report(source="", target="army")) == ["e0001", "e0001"]


def test_a_part_belongs_to_its_whole():
    inside = _report(source="third-brigade", place="karsa-port")
    assert _events(_report(), inside) == ["e0001", "e0001"]


def test_what_contradicts_keeps_apart():
    for change in (
        {"place": "belmar"},
        {"target": "police"},
        {"date_from": date(2021, 5, 5), "date_to": date(2021, 5, 5)},
        {"event_type": "COERCE"},
        {"status": "threatened"},
        {"n_incidents_min": 30, "n_incidents_max": 40},
    ):
        assert _events(_report(), _report(**change)) == ["e0001", "e0002"], change


def test_dates_a_day_apart_are_one_event_only_with_parties_and_place():
    next_day = _report(date_from=date(2021, 5, 4), date_to=date(2021, 5, 4))
    assert _events(_report(), next_day) == ["e0001", "e0001"]
    assert _events(_report(), next_day | {"place": "", "target": ""}) == ["e0001", "e0002"]


def test_undated_reports_join_in_their_article_alone():
    undated = _report(date_from=None, date_to=None, doc_id="a", sent_id=2)
    dated = _report(doc_id="a", sent_id=1)
    assert _events(dated, undated) == ["e0001", "e0001"]
    assert _events(dated, undated | {"doc_id": "b"}) == ["e0001", "e0002"]


def test_rare_words_of_the_sentences_speak_for_one_event():
    bare = [_report(source="", target="", place="") for _ in range(2)] + [
        _report(place="belmar", date_from=date(2021, 6, 1), date_to=date(2021, 6, 1))
    ]
    same = ["Shells hit the brass foundry.", "The foundry caster died.", "Belmar burned."]
    merged = merge_reports(pd.DataFrame(bare), PARENTS, min_score=4.0, texts=same)
    assert merged["event_id"].tolist()[:2] == ["e0001", "e0002"]
    same[1] = "Shells hit a brass foundry."
    merged = merge_reports(pd.DataFrame(bare), PARENTS, min_score=4.0, texts=same)
    assert merged["event_id"].tolist()[:2] == ["e0001", "e0001"]


def test_no_chain_joins_two_that_contradict():
    """A vague report fits both of two attacks; the two must still not become one."""
    vague = _report(place="", source="")
    events = _events(_report(), _report(place="belmar"), vague)
    assert events[0] != events[1]


def test_one_misread_place_parts_no_event_that_many_tell():
    vague = _report(place="")
    assert _events(_report(), vague, vague, vague, _report(place="belmar")) == ["e0001"] * 5
    apart = _events(_report(), _report(), vague, _report(place="belmar"))
    assert apart[:3] == ["e0001"] * 3 and apart[3] == "e0002"


def test_undated_reports_stay_apart():
    undated = _report(date_from=None, date_to=None)
    assert _events(undated, undated) == ["e0001", "e0002"]


def test_each_merge_says_why():
    merged = merge_reports(pd.DataFrame([_report(), _report()]), PARENTS)
    assert merged["merged_because"].iat[0] == ""
    assert "same type, date, source, target, place" in merged["merged_because"].iat[1]


def test_an_undated_report_joins_what_another_article_dates_before_it_came_out():
    dated, undated = _report(doc_id="a"), _report(doc_id="b", date_from=None, date_to=None)
    for day, same in (("2021-05-09", True), ("2021-05-02", False), ("2023-05-09", False)):
        published = {"a": date(2021, 5, 10), "b": date.fromisoformat(day)}
        table = pd.DataFrame([dated, undated])
        merged = merge_reports(table, PARENTS, published=published)
        assert (merged["event_id"].nunique() == 1) is same, day


def test_work_grows_with_the_reports_not_with_their_pairs(monkeypatch):
    compared = []
    score = Reports.score
    counted = lambda told, i, j: compared.append(len(i)) or score(told, i, j)  # noqa: E731
    monkeypatch.setattr(Reports, "score", counted)
    counts = []
    for n in (200, 400):
        compared.clear()
        reports = [_report(doc_id=f"d{i}", place=f"p{i % 7}") for i in range(n)]
        merge_reports(pd.DataFrame(reports), PARENTS)
        counts.append(sum(compared))
    assert counts[0] > 200
    assert counts[1] < 2.5 * counts[0]


def test_pairs_judged_together_are_judged_as_one_after_the_other(monkeypatch):
    rng = np.random.default_rng(3)
    days = [date(2021, 5, 1 + int(d)) for d in rng.integers(0, 6, 60)]
    reports = pd.DataFrame(
        _report(
            **{"date_from": day, "date_to": day, "doc_id": f"d{rng.integers(9)}", "sent_id": n},
            place=str(rng.choice(["", "karsa", "karsa-port", "belmar"])),
            source=str(rng.choice(["", "front", "third-brigade"])),
        )
        for n, day in enumerate(days)
    )
    together = merge_reports(reports, PARENTS)
    monkeypatch.setattr(merging, "_AT_ONCE", 1)
    pd.testing.assert_frame_equal(merge_reports(reports, PARENTS), together)
    assert 1 < together["event_id"].nunique() < 60


def test_a_corpus_says_what_speaks_for_one_event():
    stricter = Lexicon({"events": {"merging": {"date": -9.0}}})
    reports = pd.DataFrame([_report(), _report()])
    assert merge_reports(reports, PARENTS)["event_id"].nunique() == 1
    assert merge_reports(reports, PARENTS, lexicon=stricter)["event_id"].nunique() == 2


HALT = {"event_type": "RETREAT", "mode": "ceasefire", "direction": "pause", "target": ""}


def _halt(source, trigger, **changes):
    return _report(**HALT | {"source": source, "trigger": trigger, "place": ""} | changes)


def test_two_members_that_halt_are_two_halts_but_one_truce_may_name_either():
    parents = PARENTS | {"fifth-brigade": "front"}
    for trigger, same in (("halted attacks", False), ("truce", True)):
        who = ("third-brigade", "fifth-brigade")
        halts = [_halt(one, trigger, target="army") for one in who]
        found = merge_reports(pd.DataFrame(halts), parents)["event_id"].nunique()
        assert found == (1 if same else 2), trigger
    halts = [_halt("third-brigade", "halted attacks"), _halt("herons", "truce", target="terns")]
    assert merge_reports(pd.DataFrame(halts), parents)["event_id"].nunique() == 2


def test_a_truce_only_mentioned_is_no_other_truce():
    """What a sentence dates is then another act: the truce may be of weeks before."""
    begun = _halt("front", "truce was reached", target="army", doc_id="a")
    later = {"date_from": date(2021, 6, 1), "date_to": date(2021, 6, 1), "doc_id": "b"}
    assert _events(begun, _halt("army", "ceasefire", **later)) == ["e0001", "e0001"]
    assert _events(begun, _halt("army", "reached a truce", **later)) == ["e0001", "e0002"]


def test_a_truce_mentioned_in_an_act_of_another_day_may_be_that_of_an_undated_report():
    """The day is that of the act in its sentence, even where the other article came out before."""
    mentioned = {"date_from": date(2021, 5, 19), "date_to": date(2021, 5, 19), "doc_id": "a"}
    reports = pd.DataFrame(
        [
            _halt("", "ceasefire", target="", **mentioned),
            _halt("", "ceasefire", target="", date_from=None, date_to=None, doc_id="b"),
        ]
    )
    for day, same in (("2021-05-16", True), ("2021-01-16", False)):
        published = {"a": date(2021, 5, 20), "b": date.fromisoformat(day)}
        merged = merge_reports(reports, PARENTS, published=published)
        assert (merged["event_id"].nunique() == 1) is same, day


def test_the_end_of_a_truce_is_no_report_of_its_beginning():
    planned = _halt("front", "truce", target="army", status="planned")
    assert _events(planned, planned | {"status": "absence"}) == ["e0001", "e0002"]


def test_as_many_dead_speak_for_one_event_and_twice_as_many_against_it():
    first = _report(source="", place="", killed_min=12)
    next_day = first | {"date_from": date(2021, 5, 4), "date_to": date(2021, 5, 4)}
    assert _events(first, next_day) == ["e0001", "e0001"]
    assert _events(first, next_day | {"killed_min": 13}) == ["e0001", "e0002"]
    nobody = first | {"target": ""}
    assert _events(nobody, nobody | {"killed_min": 20}) == ["e0001", "e0001"]
    assert _events(nobody, nobody | {"killed_min": 24}) == ["e0001", "e0002"]


def test_general_blame_joins_no_single_attack():
    many = {"n_incidents_min": 24, "n_incidents_max": 99, "attribution": "blamed"}
    blame = _report(**many, date_from=None, date_to=None, doc_id="a", sent_id=3)
    assert _events(_report(doc_id="a"), blame) == ["e0001", "e0002"]


def test_a_corpus_says_which_words_name_a_truce_of_both_sides():
    actors = pd.DataFrame({"entity_id": ["front", "army"], "side": "", "parent": ""})
    there = {"id": "there", "source": ["front"], "target": ["army"]}
    dyads = Dyads(
        {"dyads": [there, {"id": "back", "source": ["army"], "target": ["front"]}]}, actors
    )
    told = {
        "event_id": "e0001",
        "doc_id": "a",
        "in_title": False,
        "in_caption": False,
        "sent_id": 1,
    }
    reports = pd.DataFrame([_halt("front", "sulh", target="army", **told)])
    events = reports.assign(dyad=dyads.of_each(reports))
    ours, theirs = Lexicon(), Lexicon({"events": {"mutual": ["sulh"]}})
    assert dyads.of_events(events, set_mutual(reports, ours)).tolist() == ["there"]
    assert dyads.of_events(events, set_mutual(reports, theirs)).tolist() == ["there;back"]
