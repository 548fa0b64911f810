"""The first page: sentences made from events and phases, who says each, and how sure it is."""

from datetime import date

import pandas as pd

from analysis.show.sentences import how_sure, what_is_told

DYADS = [{"id": "g-l", "name": "gulls → larks"}]


def _event(number, direction, first, last, **changes):
    event = {"event_id": f"e{number}", "direction": direction, "date_from": first, "date_to": last}
    event |= {"studied": True, "happened": True, "campaign": False, "n_incidents_min": pd.NA}
    event |= {"n_reports": 1, "n_outlets": 1, "n_independent_sources": 1, "outlets": "Courier"}
    return event | {"summary": f"The Gulls did {number}"} | changes


def _phases(**phase):
    columns = ["basis", "dyad", "phase", "date_from", "date_to", "rests_on_one_article"]
    return pd.DataFrame([phase] if phase else [], columns=columns)


def test_each_turn_is_told_by_its_best_attested_event_with_who_says_it():
    two = {"n_outlets": 2, "n_independent_sources": 2, "outlets": "Courier;Post"}
    events = pd.DataFrame(
        [
            _event(1, "escalation", date(2031, 2, 1), date(2031, 2, 20), **two, n_incidents_min=9),
            _event(2, "escalation", date(2031, 3, 4), date(2031, 3, 4)),
            _event(3, "pause", date(2031, 4, 1), date(2031, 5, 1)),
            _event(4, "escalation", date(2031, 5, 1), date(2031, 12, 1)),
            _event(5, "escalation", None, None, **two),
        ]
    )
    phase = {"basis": "observed", "dyad": "g-l", "phase": "pause", "rests_on_one_article": "a"}
    phases = _phases(**phase, date_from=date(2031, 4, 1), date_to=date(2031, 6, 1))
    first, second, cut = what_is_told(events, phases, DYADS)
    assert first.text == "In February 2031, the Gulls did 1, in at least 9 incidents."
    assert first.said_by == "Courier and Post; 2 independent sources"
    assert second.text == "Between 1 April and 1 May 2031, the Gulls did 3."
    assert (second.said_by, second.event_id) == ("Courier alone", "e3")
    assert "fall into a pause from 1 April 2031 to 1 June 2031." in cut.text
    assert "1 of 1 would change without one article" in cut.said_by and cut.event_id == ""


def test_four_events_at_most_in_order_of_time():
    days = [date(2031, 1, 1 + n) for n in range(20)]
    names = ["escalation", "pause"] * 10
    events = [_event(n, names[n], day, day, n_reports=n) for n, day in enumerate(days)]
    told = what_is_told(pd.DataFrame(events), _phases(), DYADS)
    assert [one.event_id for one in told] == ["e16", "e17", "e18", "e19"]


def test_without_events_there_are_no_sentences():
    events = pd.DataFrame([_event(1, "pause", None, None)])
    assert what_is_told(events, _phases(), DYADS) == []


def test_the_box_says_what_is_missing_and_who_coded():
    documents = pd.DataFrame(
        {
            **{"outlet": ["Post", "Courier"], "language": ["en", ""], "counted": [True, False]},
            **{"published": ["2031-02-01", ""], "published_basis": ["inferred", "given"]},
            "reading_error": ["", ""],
        }
    )
    events = pd.DataFrame([_event(1, "pause", None, None)])
    none = pd.DataFrame({"coder": [], "coder_kind": []})
    told = dict(how_sure(documents, events, none))
    assert told["Articles:"].startswith("2 found, 1 kept; published from 2031-02-01")
    assert "Courier (1), Post (1). Any other outlet is missing" in told["Outlets:"]
    assert told["Outlets:"].endswith("any language but English.")
    assert "1 event, 0 are told by more than one" in told["Agreement:"]
    assert told["Checked:"].startswith("Not validated by people: rules")
    unsaid = dict(how_sure(documents.drop(columns="language"), events, none))
    assert unsaid == told, "an article without a language is read as English"
    people = pd.DataFrame({"coder": ["ana"], "coder_kind": ["human"]})
    assert dict(how_sure(documents, events, people))["Checked:"].startswith("1 person coded")
