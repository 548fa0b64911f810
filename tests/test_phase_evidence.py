"""What counts for phases: body reports, versions of a halt, what is told to hold, conditions."""

from datetime import date

import pandas as pd
import pytest

from analysis.timeline.evidence import Record
from analysis.timeline.halts import read_halts

ACTORS = pd.DataFrame(
    [
        *(("gulls", "gulls", ""), ("red-gulls", "gulls", "gulls"), ("larks", "larks", "")),
        *(("herons", "herons", ""), ("terns", "herons", "")),
    ],
    columns=["entity_id", "side", "parent"],
).assign(type="ORG")
SETTINGS = {
    "dyads": [{"id": "d", "source": ["gulls"], "target": ["larks"], "mediators": ["herons"]}],
    "covered": [["2021-01-01", "2021-12-31"]],
}


def _report(day, doc_id="a", event_id="e1", **changes):
    report = {
        **{"event_id": event_id, "doc_id": doc_id, "dyad": "d", "trigger": "halted raids"},
        **{"event_type": "RETREAT", "mode": "ceasefire", "status": "happened", "campaign": False},
        **{"date_from": day and date.fromisoformat(day), "date_basis": "expression"},
        **{"n_incidents_min": 1, "n_incidents_max": 1, "direction": "pause", "goldstein": 0.0},
        **{"source": "gulls", "target": "", "in_title": False, "in_caption": False},
        **{"condition": "", "scope": "", "unannounced": False, "told_on": None, "rule": "told"},
    }
    report["date_to"] = report["date_from"]
    return report | changes


def _evidence(*reports):
    docs = sorted({report["doc_id"] for report in reports})
    documents = pd.DataFrame({"doc_id": docs, "outlet": docs, "published": "2021-06-01"})
    record = Record(pd.DataFrame(reports), documents.assign(counted=True), ACTORS, SETTINGS)
    return record.evidence()["d"]


def test_headlines_captions_and_doubtful_readings_do_not_count():
    for change in ({"in_title": True}, {"in_caption": True}, {"status": "doubtful"}):
        assert _evidence(_report("2021-05-01", **change)).halts == []
    assert len(_evidence(_report("2021-05-01")).halts) == 1


def test_outlets_that_name_other_parties_tell_other_versions():
    truce = {"trigger": "truce", "target": "larks"}
    ours = _report("2021-05-01", "a", **truce | {"target": "larks;whom"})
    fewer = _report("2021-05-01", "b")
    theirs = _report("2021-05-01", "c", source="herons", target="terns", trigger="truce")
    halts = _evidence(ours, fewer, theirs).halts
    assert [(h.stops, h.bound, h.said_by) for h in halts] == [
        (("gulls",), ("gulls", "larks"), ("a", "b")),
        ((), ("herons", "terns"), ("c",)),
    ]


@pytest.mark.parametrize("change", [{"unannounced": True}, {"status": "ongoing"}])
def test_a_halt_that_nobody_announced_is_told(change):
    assert [h.basis for h in _evidence(_report("2021-05-01", **change)).halts] == ["told"]
    assert [h.basis for h in _evidence(_report("2021-05-01")).halts] == ["declared"]


def test_told_to_hold_keeps_its_day_when_reports_of_one_truce_are_merged():
    begun = _report("2021-04-01")
    of_a_day = _report("2021-05-20", "b", status="ongoing")
    inherited = _report("2021-04-01", "c", status="ongoing", date_basis="inherited")
    evidence = _evidence(begun, of_a_day, inherited)
    assert [str(hold.day) for hold in evidence.holds] == ["2021-05-20", "2021-06-01"]
    assert str(evidence.halts[0].last) == "2021-04-01"


def test_an_offer_under_a_condition_is_no_halt():
    assert _evidence(_report("2021-05-01", status="conditional")).halts == []
    offered = _report("2021-05-01", status="conditional", source="red-gulls")
    (halt,) = _evidence(offered, _report("2021-05-02")).halts
    assert (str(halt.first), str(halt.last)) == ("2021-05-01", "2021-05-02")
    assert halt.bound == ("red-gulls", "gulls")


@pytest.mark.parametrize(
    ("said", "source", "scope"),
    [("all", "gulls", "all"), ("", "red-gulls", "some"), ("some", "gulls", "some")],
)
def test_a_halt_of_one_member_is_none_of_its_side(said, source, scope):
    (halt,) = _evidence(_report("2021-05-01", scope=said, source=source)).halts
    assert halt.scope == scope


def test_attacks_told_as_going_on_count_at_the_rate_of_an_escalation():
    acts = {"event_type": "ASSAULT", "mode": "", "date_to": date(2021, 5, 31)}
    (attack,) = _evidence(_report("2021-03-17", **acts, status="ongoing")).attacks
    assert (attack.n, str(attack.begun), str(attack.seen)) == (5, "2021-03-17", "2021-05-31")
    (vague,) = _evidence(_report("2021-03-17", **acts)).attacks  # once, somewhere in that time
    assert (vague.n, str(vague.begun)) == (1, "2021-05-31")


def test_an_absence_has_the_span_that_its_sentence_gives():
    acts = {"event_type": "ASSAULT", "mode": "", "status": "absence"}
    spans = [("2021-02-01", "2021-05-01"), (None, None)]
    told = [_report(a, event_id=f"n{a}", **acts) | {"date_to": b} for a, b in spans]
    for report in told:
        report["date_to"] = report["date_to"] and date.fromisoformat(report["date_to"])
    evidence = _evidence(*told)
    assert evidence.attacks == []
    assert [(str(a.first), str(a.last)) for a in evidence.absences] == [
        ("2021-02-01", "2021-05-01"),
        ("None", "None"),
    ]


def _in_sentence(**changes):
    report = {"doc_id": "a", "sent_id": 1, "status": "happened", "rule": "noun told;noun"}
    report |= {"date_from": None, "date_to": None}
    return report | {"trigger": "truce", "source": ""} | changes


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("The union put a plan for a truce before the two flocks.", "planned"),
        ("A harvest truce had been sought by the bishops.", "planned"),
        ("The gulls turned down the month-long truce for the third time.", "planned"),
        ("The plan for a spring truce was buried on Monday.", "planned"),
        ("Was there a secret truce all summer?", "planned"),
        ("The larks accepted the proposal for a truce.", "happened"),
        ("A truce began at dawn, the so-called truce of the wells.", "happened"),
        ("The truce began after months of talks.", "happened"),
    ],
)
def test_a_truce_that_is_only_spoken_of_is_not_made(text, status):
    read = read_halts(pd.DataFrame([_in_sentence()]), [True], {("a", 1): text}, {}, {})
    assert read["status"].tolist() == [status]
    made = _in_sentence(rule="told;corrected", trigger="halted raids")
    assert (
        read_halts(pd.DataFrame([made]), [True], {("a", 1): text}, {}, {})["status"][0]
        == "happened"
    )


def test_a_halt_begins_when_it_takes_effect():
    announced = {"status": "planned", "date_from": date(2021, 5, 1), "date_to": date(2021, 5, 1)}
    told = {("a", 1): "The gulls are to stop their raids, they said on Saturday."}
    days = {("a", 1): [date(2021, 5, 1)], ("a", 2): [date(2021, 4, 27), date(2021, 5, 4)]}
    for text, day in (
        ("The suspension takes effect at midnight on Tuesday, 4 May.", 4),
        ("It will come into force on Tuesday, 4 May.", 4),
        ("The herons were counted on Tuesday, 4 May.", 1),
    ):
        report = pd.DataFrame([_in_sentence(**announced)])
        out = {"a": date(2021, 5, 2)}
        read = read_halts(report, [True], told | {("a", 2): text}, days, out)
        assert read.loc[0, ["date_from", "date_to"]].tolist() == [date(2021, 5, day)] * 2, text
        row = _report("2021-05-04", source="gulls", rule=read.loc[0, "rule"])
        assert [halt.effective for halt in _evidence(row).halts] == [day == 4]


def test_that_a_truce_holds_is_dated_by_who_says_so():
    report = pd.DataFrame([_in_sentence(status="ongoing")])
    told = {("a", 1): "The truce still holds, a heron told the Post on Monday."}
    read = read_halts(report, [True], told, {("a", 1): [date(2021, 5, 31)]}, {})
    assert read["told_on"][0] == date(2021, 5, 31)
    holds = {"status": "ongoing", "date_basis": ""}
    recent = _report(None, "b", told_on=date(2021, 5, 31), **holds)
    old = _report(None, "c", told_on=date(2021, 3, 1), **holds)
    days = [str(hold.day) for hold in _evidence(_report("2021-04-01"), recent, old).holds]
    assert days == ["2021-05-31", "2021-06-01"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("The truce is being observed by both flocks, said the owls.", "ongoing"),
        ("As far as they knew the truce was in force on Monday.", "ongoing"),
        ("The truce stays in force until midnight.", "ongoing"),
        ("The truce of the wells runs until 4 June.", "ongoing"),
        ("The truce came into force at noon.", "happened"),
        ("The truce had been in force since May.", "happened"),
        ("A curfew stays in force after the truce of May.", "happened"),
    ],
)
def test_a_truce_that_is_kept_or_in_force_holds(text, status):
    read = read_halts(pd.DataFrame([_in_sentence()]), [True], {("a", 1): text}, {}, {})
    assert read["status"].tolist() == [status]
    act = _in_sentence(rule="told;active")
    kept = read_halts(pd.DataFrame([act]), [True], {("a", 1): text}, {}, {})
    assert kept["status"].tolist() == ["happened"]


def test_who_announces_that_he_halts_binds_himself():
    ahead = {"status": "planned", "rule": "planned;active"}
    assert len(_evidence(_report("2021-05-20", **ahead)).halts) == 1
    assert _evidence(_report("2021-05-20", source="herons", **ahead)).halts == []
    starts = ahead | {"rule": "truce starts;noun", "source": "", "trigger": "truce"}
    assert len(_evidence(_report("2021-05-20", **starts)).halts) == 1
    refused = _report("2021-05-20", "b", **ahead | {"rule": "noun told;noun;not made"})
    assert _evidence(_report("2021-05-20", **ahead), refused).halts == []


def test_who_names_the_same_parties_but_none_as_stopping_tells_the_same_version():
    truce = {"trigger": "truce", "source": "gulls", "target": "herons"}
    ours = _report("2021-05-01", "a", **truce, event_id="e1")
    alone = _report("2021-05-01", "a", source="gulls", event_id="e1")
    (halt,) = _evidence(ours, alone, _report("2021-05-01", "b", **truce)).halts
    assert (halt.stops, halt.said_by) == (("gulls",), ("a", "b"))


def test_a_truce_that_was_brokered_is_declared_though_it_is_told_to_go_on():
    bases = {}
    for text in ("The truce brokered by the herons still holds.", "The truce still holds."):
        said = _in_sentence(status="ongoing", rule="noun lasting;noun")
        rule = read_halts(pd.DataFrame([said]), [True], {("a", 1): text}, {}, {})["rule"][0]
        (halt,) = _evidence(_report("2021-04-01", status="ongoing", rule=rule)).halts
        bases[text] = halt.basis
    assert [*bases.values()] == ["declared", "told"]


def test_an_act_that_is_taken_up_again_is_a_resumption_and_an_attack():
    acts = {"event_type": "ASSAULT", "mode": "", "source": "gulls"}
    evidence = _evidence(_report("2021-05-20", trigger="resumed their raids", **acts))
    assert [str(one.first) for own in evidence[:2] for one in own] == ["2021-05-20"] * 2
    assert _evidence(_report("2021-05-20", trigger="raids", **acts)).resumptions == []
    told = acts | {"trigger": "resumed raids"}
    assert _evidence(_report("2021-05-20", **told | {"status": "threatened"})).resumptions == []


def test_that_a_truce_is_over_is_no_halt_but_its_end():
    over = _report("2021-05-20", trigger="truce", status="absence", event_id="e2")
    undated = _report(None, trigger="truce", status="absence", event_id="e3", source="")
    evidence = _evidence(_report("2021-04-01"), over, undated)
    assert len(evidence.halts) == 1
    assert [(str(end.first), str(end.last)) for end in evidence.ends] == [
        ("2021-05-20", "2021-05-20"),
        ("None", "2021-06-01"),
    ]
    assert evidence.ends[0].parties == {"gulls", "red-gulls"}


@pytest.mark.parametrize(
    ("text", "after", "told"),
    [
        ("They halted raids.", "", ("", "", False)),
        (
            "The gulls stopped raids on condition that the herring is shared, a heron said.",
            "It includes all flocks and all groups of the shore.",
            ("on condition that the herring is shared", "all", False),
        ),
        ("Some of the groups keep to a tacit truce.", "It was cold.", ("", "some", True)),
        ("Every faction stopped in exchange for corn.", "", ("in exchange for corn", "all", False)),
    ],
)
def test_what_the_words_around_a_halt_say_of_it(text, after, told):
    report = pd.DataFrame([_in_sentence()])
    sentences = {("a", 1): text, ("a", 2): after}
    found = read_halts(report, [True], sentences, {}, {})
    assert tuple(found[["condition", "scope", "unannounced"]].iloc[0]) == told
    other = read_halts(report, [False], {}, {}, {})
    assert tuple(other[["condition", "scope", "unannounced"]].iloc[0]) == ("", "", False)
