"""To which relation an event belongs: attacks by their parties, halts by who stops."""

from datetime import date

import pandas as pd
import pytest

from analysis.timeline.dyads import Dyads, set_mutual

ACTORS = pd.DataFrame(
    [
        ("gulls", "gulls", "", "NORP"),
        ("red-gulls", "gulls", "gulls", "ORG"),
        ("larks", "larks", "", "GPE"),
        ("herons", "herons", "", "GPE"),
        ("militants", "", "", "NORP"),
        ("karsa", "larks", "", "LOC"),
        ("dry-lake", "", "", "LOC"),
        ("owls", "", "", "GPE"),
    ],
    columns=["entity_id", "side", "parent", "type"],
)
THERE = {"id": "there", "source": ["gulls"], "target": ["larks"], "mediators": ["herons"]}
BACK = {"id": "back", "source": ["larks"], "target": ["gulls"], "mediators": ["herons"]}
DYADS = Dyads({"dyads": [THERE, BACK]}, ACTORS)
HALT = {"event_type": "RETREAT", "mode": "ceasefire", "direction": "pause"}


def _report(source="", target="", event_id="e1", doc_id="a", **changes):
    report = {"event_type": "ASSAULT", "mode": "", "direction": "escalation", "trigger": "raid"}
    report |= {"status": "happened", "in_title": False, "in_caption": False, "sent_id": 1}
    report |= {"source": source, "target": target, "event_id": event_id, "doc_id": doc_id}
    return report | {"rule": "told", "place": "", "date_from": None, "date_to": None} | changes


def _dyads(*reports):
    """The dyad of each event."""
    table = set_mutual(pd.DataFrame(reports))
    table["dyad"] = DYADS.of_each(table)
    events = table.drop_duplicates("event_id")
    return dict(zip(events["event_id"], DYADS.of_events(events, table), strict=True))


@pytest.mark.parametrize(
    ("source", "target", "trigger", "dyad"),
    [
        ("red-gulls", "", "halted raids", "there"),
        ("gulls", "larks", "halted raids", "there"),
        ("gulls", "larks", "truce", "there;back"),
        ("larks", "herons", "truce", "there;back"),  # of the broker's: who stops is not told
        ("herons", "", "halted raids", "there;back"),  # a broker, of whose truce no more is told
    ],
)
def test_a_halt_is_of_the_dyad_of_who_stops(source, target, trigger, dyad):
    found = _dyads(_report(source, target, trigger=trigger, **HALT))
    assert found == {"e1": dyad}


def test_a_headline_names_no_one_who_stops():
    title = _report("larks", "gulls", trigger="truce", in_title=True, **HALT)
    body = _report("gulls", "", trigger="halted raids", **HALT)
    assert _dyads(title, body) == {"e1": "there"}


def test_a_truce_that_names_nobody_is_of_its_article():
    truce = _report(trigger="truce", **HALT)
    halt = _report("red-gulls", trigger="halted raids", event_id="e2", **HALT)
    assert _dyads(truce, halt)["e1"] == "there"
    attacks = [_report("larks", "gulls", event_id=f"x{n}") for n in range(3)]
    one = _report("gulls", "larks", event_id="y")
    assert _dyads(truce, *attacks, one)["e1"] == "back"
    assert _dyads(truce, *attacks, one, halt)["e1"] == "there"
    assert _dyads(truce)["e1"] == ""


def test_an_absence_of_nobodys_acts_is_of_the_attack_in_its_sentence():
    absence = _report(status="absence", event_id="n")
    beside = _report("larks", "gulls", event_id="x")
    others = [_report("gulls", "larks", event_id=f"y{n}", sent_id=2) for n in range(3)]
    assert _dyads(absence, beside, *others)["n"] == "back"
    assert _dyads(absence, *others)["n"] == "there"


def test_an_absence_of_nobodys_acts_is_no_contradiction_of_its_article():
    span = {"date_from": date(2031, 2, 1), "date_to": date(2031, 6, 30)}
    absence = _report(status="absence", event_id="n", **span)

    def attack(day, **changes):
        return _report("gulls", "larks", "x", sent_id=2, date_from=day, date_to=day, **changes)

    assert _dyads(absence, attack(date(2031, 6, 30)))["n"] == "there"  # that ended it
    assert _dyads(absence, attack(date(2031, 2, 20)))["n"] == "there"  # that it is since
    assert _dyads(absence, attack(date(2031, 5, 2)))["n"] == ""
    undated = absence | {"date_from": None}
    assert _dyads(undated, attack(date(2031, 6, 25)))["n"] == ""
    assert _dyads(undated, attack(date(2031, 5, 2)))["n"] == "there"
    truce = _report("gulls", "larks", event_id="t", trigger="truce", **HALT)
    assert _dyads(absence, truce)["n"] == "there;back"
    assert _dyads(absence, truce, attack(date(2031, 5, 2)))["n"] == ""


def test_fighting_that_names_neither_side_is_of_both():
    fighting = _report(trigger="fighting", event_id="f")
    attacks = [_report("gulls", "larks", "x"), _report("larks", "gulls", "y", sent_id=2)]
    assert _dyads(fighting | {"sent_id": 3}, *attacks)["f"] == "there;back"
    assert _dyads(fighting, *attacks)["f"] == "there"
    assert _dyads(fighting | {"trigger": "bomb"}, *attacks)["f"] == ""
    assert _dyads(fighting | {"source": "owls"}, *attacks)["f"] == ""


def test_the_headline_says_who_stops_where_no_sentence_does():
    promised = _report(trigger="halt promised", **HALT)
    title = _report("gulls", "", trigger="announce halt", in_title=True, **HALT)
    raids = [_report("larks", "gulls", event_id=f"x{n}") for n in range(3)]
    assert _dyads(promised, *raids)["e1"] == "back"
    assert _dyads(promised, title, *raids)["e1"] == "there"


def test_a_doer_of_another_side_than_the_article_names_is_doubtful():
    reports = pd.DataFrame([_report("gulls", "larks"), _report("herons", "larks")])
    marked = DYADS.mark_doubtful(reports.assign(dyad=DYADS.of_each(reports)))
    assert marked["status"].tolist() == ["happened", "doubtful"]
    reports["rule"] = ["told", "told;corrected"]
    kept = DYADS.mark_doubtful(reports.assign(dyad=DYADS.of_each(reports)))
    assert kept["status"].tolist() == ["happened", "happened"]
    often = pd.DataFrame([_report("gulls", "larks"), *[_report("larks", "gulls")] * 2])
    marked = DYADS.mark_doubtful(often.assign(dyad=DYADS.of_each(often)))
    assert marked["status"].tolist() == ["doubtful", "happened", "happened"]
    elsewhere = reports.assign(doc_id=["a", "b"], rule="told")
    apart = DYADS.mark_doubtful(elsewhere.assign(dyad=DYADS.of_each(elsewhere)))
    assert apart["status"].tolist() == ["happened", "happened"]


@pytest.mark.parametrize(
    ("source", "target", "place", "dyad"),
    [
        ("militants", "larks", "", "there"),  # of no side: it is as if nobody were named
        ("gulls", "dry-lake", "", "there"),
        ("gulls", "owls", "", ""),  # a state is a party
        ("", "", "karsa", "there"),  # whoever holds the place is hit
        ("", "", "dry-lake", ""),
        ("gulls", "owls", "karsa", ""),
    ],
)
def test_words_for_fighters_and_places_of_no_side_name_no_party(source, target, place, dyad):
    assert _dyads(_report(source, target, place=place)) == {"e1": dyad}
    assert not DYADS.circle("militants")


def test_a_halt_against_nobody_named_is_of_the_attacks_told_beside_it():
    more = [THERE, BACK, {"id": "away", "source": ["larks"], "target": ["owls"]}]
    dyads = Dyads({"dyads": more}, ACTORS)

    def of(*reports):
        table = set_mutual(pd.DataFrame(reports))
        table["dyad"] = dyads.of_each(table)
        return dyads.of_events(table.drop_duplicates("event_id"), table).iloc[0]

    raid = _report("larks", "gulls", "x")
    for target in ("", "larks"):  # nobody halts against himself
        halt = _report("larks", target, trigger="halted raids", **HALT)
        assert of(halt) == "back;away"
        assert of(halt, raid) == "back"
    against = _report("larks", "owls", trigger="halted raids", **HALT)
    assert of(against, raid) == "away"
    assert of(_report("larks", "", trigger="halted raids", **HALT), against, raid) == "away"


def test_a_ceasefire_pauses_whatever_else_a_corpus_counts_as_a_pause():
    dyads = Dyads({"dyads": [THERE], "escalation": ["PROTEST"], "pause": ["AGREE"]}, ACTORS)
    table = set_mutual(pd.DataFrame([_report("gulls", trigger="suspend strike", **HALT)]))
    table["dyad"] = dyads.of_each(table)
    assert dyads.of_events(table, table).tolist() == ["there"]


def test_a_corpus_says_which_types_escalate_and_which_pause():
    settings = {"dyads": [THERE], "escalation": ["PROTEST"], "pause": ["AGREE/settle"]}
    dyads = Dyads(settings, ACTORS)
    strike = {"event_type": "PROTEST", "mode": "strike", "direction": "other"}
    told = _report("gulls", **strike)
    settled = _report("gulls", event_id="e2", event_type="AGREE", mode="settle")
    table = set_mutual(pd.DataFrame([told, settled]))
    table["dyad"] = dyads.of_each(table)
    assert table["dyad"].tolist() == ["there", "there"]
    assert DYADS.of_each(table)[0] == ""
    assert dyads.of_events(table, table).tolist() == ["there", "there"]
