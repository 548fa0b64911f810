"""The cut into phases by the codebook: what begins, carries and ends an escalation or a pause."""

from datetime import date, timedelta

import pandas as pd
import pytest

from analysis.timeline.evidence import (
    Absence,
    Attack,
    End,
    Evidence,
    Halt,
    Hold,
    Resumption,
    covered_spans,
)
from analysis.timeline.phases import Rule, cut, lanes_part, phase_table

COVERED = [(date(2021, 1, 1), date(2021, 12, 31))]
NOBODY = frozenset()


def _day(text):
    return date.fromisoformat(text) if text else None


def _attack(first, last="", n=1, by=NOBODY, **days):
    last = _day(last or first)
    ends = {"begun": last, "seen": last} | {name: _day(day) for name, day in days.items()}
    return Attack(f"a{first}", _day(first), last, n=n, by=frozenset(by), **ends)


def _halt(first, last="", stops=("gulls",), **changes):
    fields = {"basis": "declared", "bound": tuple(stops), "said_by": ("Post",), "n_outlets": 1}
    fields |= {"scope": "not said", "condition": "", "id": f"h{first}{stops}"} | changes
    return Halt(first=_day(first), last=_day(last or first), stops=tuple(stops), **fields)


def _hold(day, first="2021-04-01", last="", **changes):
    fields = {"id": "h2021-04-01('gulls',)", "parties": NOBODY} | {"outlet": "Post"} | changes
    return Hold(day=_day(day), first=_day(first), last=_day(last or first), **fields)


def _resume(day, by=("gulls",)):
    return Resumption(f"r{day}", _day(day), _day(day), frozenset(by))


def _over(day, first="", parties=NOBODY):
    return End(f"o{day}", _day(first), _day(day), frozenset(parties))


def _absence(first, last, told="2021-12-31", outlet="Post"):
    return Absence(f"n{first}{last}", _day(first), _day(last), _day(told), outlet)


KINDS = {Attack: 0, Resumption: 1, Halt: 2, Hold: 3, Absence: 4, End: 5}


def _phases(*told, covered=COVERED, rule=Rule(), published=()):  # noqa: B008
    evidence = Evidence([], [], [], [], [], [])
    for one in sorted(told, key=lambda one: getattr(one, "first", None) or date.max):
        evidence[KINDS[type(one)]].append(one)
    return cut(evidence, covered, rule, published)


def _cut(*told, basis="observed", **settings):
    phases = (p for p in _phases(*told, **settings) if p.basis == basis)
    return [(p.kind, str(p.start), str(p.end)) for p in phases]


def test_what_meets_two_spans_covered_is_one_phase():
    spans = [(date(2021, 1, 1), date(2021, 3, 1)), (date(2021, 6, 1), date(2021, 9, 1))]
    told = _cut(_attack("2021-02-01", "2021-07-01", n=40), covered=spans)
    assert len(told) == len(set(told)) and [kind for kind, *_ in told].count("escalation") == 1


def _pause(*told):
    pauses = (p for p in _phases(*told) if p.kind == "pause" and p.basis != "observed")
    return next(pauses)


CAMPAIGN = [_attack("2021-02-01"), _attack("2021-02-20"), _attack("2021-03-05")]
SECOND = [_attack("2021-09-01", n=2), _attack("2021-09-10")]


# --- observed -------------------------------------------------------------------------------


def test_an_escalation_without_an_end_told_is_open_and_no_pause_follows():
    (escalation,) = _phases(*CAMPAIGN)
    assert (escalation.start, escalation.end) == (date(2021, 2, 1), date(2021, 3, 5))
    assert (escalation.state, escalation.ends_by) == ("open", None)


def test_between_two_escalations_there_is_a_pause_and_single_attacks_are_breaches():
    phases = _phases(*CAMPAIGN, _attack("2021-06-01"), *SECOND)
    assert [p.kind for p in phases] == ["escalation", "pause", "escalation"]
    pause = phases[1]
    assert (pause.start, pause.end) == (date(2021, 3, 6), date(2021, 8, 31))
    assert pause.events == ["a2021-06-01"] and pause.ends_by == date(2021, 9, 1)
    assert phases[0].state == "ended" and phases[2].state == "open"


def test_overlapping_reports_are_not_added_up():
    week = _attack("2021-02-01", "2021-02-07", n=2)
    assert _cut(week, _attack("2021-02-03"), _attack("2021-02-04", n=2)) == []
    assert _cut(week, _attack("2021-02-09"))[0][0] == "escalation"


def test_few_attacks_are_no_escalation():
    assert _cut(_attack("2021-02-01"), _attack("2021-02-02")) == []


def test_the_start_of_an_escalation_has_a_range():
    vague = _attack("2021-02-01", "2021-02-20")
    (phase,) = _phases(vague, _attack("2021-02-25"), _attack("2021-03-05"))
    assert (phase.start, phase.latest) == (vague.first, vague.last)


def test_a_count_over_a_span_carries_an_escalation_and_its_end_is_not_told():
    count = _attack("2021-02-01", "2021-06-30", n=90, begun="2021-02-01", seen="2021-02-01")
    (phase,) = _phases(count, _attack("2021-05-03"))
    assert (phase.start, phase.latest) == (date(2021, 2, 1), date(2021, 2, 1))
    assert phase.told == date(2021, 5, 3) and phase.end == date(2021, 6, 30)
    seldom = count._replace(n=6)
    assert _cut(seldom, _attack("2021-05-03")) == []


def test_an_absence_after_its_attacks_ends_an_escalation():
    (_, phase) = _phases(*CAMPAIGN, _absence("2021-03-10", "2021-07-01"))
    assert (phase.state, phase.told) == ("ended", date(2021, 3, 5))
    assert phase.ends_by == date(2021, 3, 10)
    contradicted = _absence("2021-01-10", "2021-07-01")
    assert [p.state for p in _phases(*CAMPAIGN, contradicted)] == ["contested", "open"]


def test_attacks_told_without_a_day_are_an_escalation_whose_start_is_not_told():
    dozens = Attack("a", None, *[date(2021, 5, 2)] * 3, 24, NOBODY)
    (phase,) = _phases(dozens)
    assert (phase.start, phase.latest, phase.state) == (None, date(2021, 5, 2), "open")
    assert len(_phases(dozens, *CAMPAIGN)) == 1  # they may be the same
    assert _phases(dozens._replace(n=2)) == []


def test_time_no_article_covers_is_no_phase():
    covered = [(date(2021, 1, 1), date(2021, 4, 30)), (date(2021, 9, 1), date(2021, 12, 31))]
    found = _cut(*CAMPAIGN, *SECOND, covered=covered)
    assert [kind for kind, *_ in found] == ["escalation", "not covered", "escalation"]
    assert found[1] == ("not covered", "2021-05-01", "2021-08-31")


def test_where_attacks_are_frequent_a_shorter_silence_is_a_pause_if_articles_were_there():
    days = [date(2021, 1, 1) + timedelta(days=i) for i in range(360)]
    war = [_attack(str(d)) for i, d in enumerate(days) if not 150 <= i < 180]
    found = {}
    for name, published in (("told", days), ("untold", days[:150] + days[180:])):
        rule = Rule().fitted(Evidence(war, [], [], [], [], []), COVERED, len(published))
        phases = _phases(*war, rule=rule, published=published)
        found[name] = [phase.kind for phase in phases]
    assert found == {"told": ["escalation", "pause", "escalation"], "untold": ["escalation"]}


# --- pauses ---------------------------------------------------------------------------------


def test_a_halt_is_declared_and_stops_where_nothing_more_is_told():
    pause = _pause(_halt("2021-04-01", condition="in return for herring"), *CAMPAIGN)
    assert (pause.basis, pause.state, pause.end) == ("declared", "open", date(2021, 4, 1))
    assert pause.condition == "in return for herring" and pause.said_by == ("Post",)


def test_told_to_hold_carries_a_pause_to_that_day():
    pause = _pause(_halt("2021-04-01"), _hold("2021-07-03"))
    assert (pause.state, pause.told, pause.end) == ("holding", date(2021, 7, 3), date(2021, 7, 3))


def test_a_declared_halt_that_is_told_to_hold_stands_in_the_told_strip_too():
    declared = _halt("2021-04-01", said_by=("Echo", "Post"))
    holds = [_hold("2021-07-03"), _hold("2021-06-01", outlet="Echo")]
    held, last = _phases(declared, *holds), date(2021, 7, 3)
    assert [(p.basis, p.start, p.end) for p in held] == [
        ("declared", date(2021, 4, 1), last),
        ("told", date(2021, 4, 1), last),
    ]
    assert held[1].said_by == ("Echo", "Post") and held[1].stops == ("gulls",)
    assert [p.basis for p in _phases(declared)] == ["declared"]
    others = _hold("2021-07-03", id="another truce")  # carries it, but speaks of another halt
    assert [p.basis for p in _phases(declared, others)] == ["declared"]
    ended = _phases(declared, *holds, _over("2021-07-20"))
    assert [(p.basis, p.state) for p in ended] == [("declared", "ended"), ("told", "ended")]
    one = _phases(declared._replace(n_outlets=2), holds[0], rule=Rule(min_outlets=2))
    assert [p.basis for p in one] == ["declared"]


def test_a_pause_begins_with_its_effect_not_with_its_signature():
    signed, effect = _halt("2021-04-01"), _halt("2021-04-04", effective=True)
    assert _pause(signed, effect).start == date(2021, 4, 4)
    assert _pause(signed, effect._replace(effective=False)).start == date(2021, 4, 1)
    later = _halt("2021-04-20", effective=True)
    assert _pause(signed, later).start == date(2021, 4, 1)  # a renewal takes effect


def test_an_absence_told_between_attacks_parts_them():
    attacks = [*CAMPAIGN, _attack("2021-03-30"), _attack("2021-04-01"), _attack("2021-04-03")]
    assert len(_cut(*attacks)) == 1
    assert [kind for kind, *_ in _cut(*attacks, _absence("2021-03-08", "2021-03-28"))] == [
        "escalation",
        "pause",
        "escalation",
    ]
    assert len(_cut(*attacks, _absence("2021-03-08", "2021-03-12"))) == 1  # too short
    contested = _absence("2021-01-10", "2021-03-28")
    assert len(_cut(*attacks, contested)) == 1


def test_a_breach_contests_a_pause_while_somebody_says_that_it_holds():
    breach = _attack("2021-07-01", by=["gulls"])
    pause = _pause(_halt("2021-04-01"), breach, _resume("2021-06-30"), _hold("2021-07-03"))
    assert (pause.state, pause.ends_by, pause.told) == ("contested", None, date(2021, 7, 3))


def test_a_resumption_followed_by_an_attack_ends_a_pause_if_nobody_says_later_that_it_holds():
    back = _resume("2021-07-05")
    attack = _attack("2021-07-20", by=["gulls"])
    pause = _pause(_halt("2021-04-01"), _hold("2021-07-03"), back, attack)
    assert (pause.state, pause.told, pause.ends_by) == ("ended", date(2021, 7, 3), back.last)
    for told in ([back], [back, _attack("2021-12-20", by=["gulls"])], [attack]):
        assert _pause(_halt("2021-04-01"), *told).state == "open", told


def test_attacks_at_the_rate_of_an_escalation_end_a_pause():
    pause = _pause(_halt("2021-04-01"), *SECOND)
    assert (pause.state, pause.ends_by) == ("ended", date(2021, 9, 1))


def test_an_end_that_is_told_ends_a_pause_unless_somebody_says_later_that_it_holds():
    halt = _halt("2021-04-01")
    pause = _pause(halt, _over("2021-05-20", "2021-05-20", ["gulls"]))
    assert (pause.state, str(pause.ends_by), pause.how) == (
        "ended",
        "2021-05-20",
        "told to be over",
    )
    assert _pause(halt, _over("2021-05-20"), _hold("2021-05-01")).state == "ended"
    assert _pause(halt, _over("2021-05-20"), _hold("2021-06-01")).state == "holding"
    assert _pause(halt, _over("2021-03-20")).state == "open"  # of another truce, before it
    assert _pause(halt, _over("2021-05-20", parties=["larks"])).state == "open"


def test_an_attack_by_another_member_is_a_mark_beside_the_pause():
    others = [_attack(f"2021-09-0{n}", by=["terns"]) for n in (1, 3, 5)]
    assert _pause(_halt("2021-04-01"), *others).state == "open"


def test_each_version_of_a_halt_is_a_row():
    ours = _halt("2021-04-01", id="h", bound=("gulls", "larks"), said_by=("Post",), n_outlets=2)
    theirs = ours._replace(stops=(), bound=("herons",), said_by=("Courier",))
    phases = _phases(ours, theirs)
    assert [(p.bound, p.said_by) for p in phases] == [
        (("gulls", "larks"), ("Post",)),
        (("herons",), ("Courier",)),
    ]


def test_a_halt_told_again_renews_the_pause_and_after_attacks_it_is_a_new_one():
    first, later = _halt("2021-04-01"), _halt("2021-04-25")
    assert _pause(first, later).told == date(2021, 4, 25)
    between = [_attack(day) for day in ("2021-04-10", "2021-04-12", "2021-04-14")]
    assert _cut(first, *between, later, basis="declared") == [
        ("pause", "2021-04-01", "2021-04-10"),
        ("pause", "2021-04-25", "2021-04-25"),
    ]
    assert len(_phases(first, _halt("2021-04-25", stops=("terns",)))) == 2
    assert len(_phases(first, _halt("2021-04-25", stops=("terns", "gulls")))) == 1


@pytest.mark.parametrize(
    ("last", "start"), [("2021-04-12", "2021-04-12"), ("2021-05-25", "2021-04-01")]
)
def test_only_a_halt_within_the_range_narrows_one_told_vaguely(last, start):
    pause = _pause(_halt("2021-04-01", "2021-04-30"), _halt("2021-04-12", last))
    assert str(pause.start) == start


def test_a_halt_had_begun_when_its_parties_announce_that_they_resume():
    pause = _pause(_halt("2021-04-01", "2021-06-30"), _resume("2021-05-09"))
    assert (pause.start, pause.latest) == (date(2021, 4, 1), date(2021, 5, 9))
    other = _pause(_halt("2021-04-01", "2021-06-30"), _resume("2021-05-09", by=["terns"]))
    assert other.latest == date(2021, 6, 30)


def test_a_halt_without_a_day_has_an_empty_start():
    undated = _halt("", "2021-05-02", id="h")
    pause = _pause(undated)
    assert (pause.start, pause.latest, pause.end) == (None, undated.last, undated.last)


def test_a_halt_without_a_day_begins_when_it_is_told_to_take_effect_days_later():
    pause = _pause(_halt("", "2021-04-01"), _halt("2021-04-03", id="h2"))
    assert (str(pause.start), str(pause.latest)) == ("2021-04-03", "2021-04-03")


def test_in_a_large_corpus_a_halt_needs_two_outlets():
    rule = Rule(min_outlets=2)
    assert _cut(_halt("2021-04-01"), basis="declared", rule=rule) == []
    assert len(_cut(_halt("2021-04-01", n_outlets=2), basis="declared", rule=rule)) == 1
    undated = _halt("", "2021-05-02", n_outlets=2)
    assert _cut(undated, basis="declared", rule=rule) == []


# --- absences -------------------------------------------------------------------------------


def test_absences_told_alike_are_one_lull_and_an_attack_inside_contests_it():
    short = [_absence("2021-02-01", "2021-04-22"), _absence("2021-02-01", "2021-04-21", outlet="A")]
    long = _absence("2021-02-01", "2021-07-31", outlet="Courier")
    first, second = _phases(*short, long, _attack("2021-04-22"))
    assert first.said_by == ("A", "Post") and first.state == "ended"
    assert first.ends_by == date(2021, 4, 22)
    assert (second.said_by, second.state) == (("Courier",), "contested")
    assert second.end == date(2021, 7, 31)


def test_attacks_of_the_month_since_which_none_is_told_contradict_nothing():
    since = _absence("2021-02-01", "2021-07-31")
    lull = _phases(since, _attack("2021-02-20"))[0]
    assert lull.state == "holding"
    assert _phases(since, _attack("2021-04-22"))[0].state == "contested"


def test_an_absence_without_an_end_tells_its_beginning_alone():
    (lull,) = _phases(_absence("2021-02-01", ""))
    assert (lull.basis, lull.start, lull.end) == ("told", date(2021, 2, 1), date(2021, 2, 1))
    assert _phases(_absence("", "")) == []


# --- tables ---------------------------------------------------------------------------------


def test_lanes_part_where_the_phases_differ():
    phases = _phases(*CAMPAIGN, _halt("2021-02-10"), _hold("2021-06-01", "2021-02-10"))
    table = phase_table(phases, {"id": "d"}, Rule())
    (row,) = lanes_part(table).itertuples()
    assert (row.declared, row.observed) == ("pause", "escalation")
    assert (row.date_from, row.date_to) == (date(2021, 2, 10), date(2021, 3, 5))


def test_an_article_speaks_of_the_days_from_the_first_event_it_dates():
    out = {"a": date(2021, 3, 1), "b": date(2021, 4, 1), "c": date(2021, 12, 1)}
    told = [("b", date(2020, 11, 20)), ("c", date(1998, 5, 1)), ("c", None)]
    reports = pd.DataFrame(told, columns=["doc_id", "date_from"])
    assert covered_spans([], reports, out) == [
        (date(2020, 11, 20), date(2021, 4, 1)),
        (date(2021, 10, 17), date(2021, 12, 1)),
    ]
    assert covered_spans([["2021-01-01", "2021-12-31"]], reports, out) == COVERED


def test_the_rule_says_whether_the_days_covered_were_chosen():
    assert "chosen in corpus.yml" in str(Rule.of({}, chosen=True))
    assert "from what the articles date" in str(Rule.of({"max_gap": 20}))
