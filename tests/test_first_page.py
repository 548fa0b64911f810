"""The first page: sentences made from events and phases, who says each, and how sure it is."""

from datetime import date

import pandas as pd

from analysis.show.first_page import how_sure, what_is_told
from analysis.show.named import cards, named_events, named_phases, without_history
from analysis.timeline.wording import Names

DYADS = [{"id": "g-l", "name": "gulls → larks", "source": ["gulls"], "target": ["larks"]}]
NAMES = Names({"gulls": "Gull Front", "quay": "Quay Guard"})
PAUSE = {"basis": "declared", "dyad": "g-l", "phase": "pause", "first_event_id": "e3"}
PAUSE |= {"date_from": date(2031, 4, 1), "start_latest": date(2031, 4, 1), "state": "open"}
PAUSE |= {"date_to": date(2031, 4, 9), "last_told": date(2031, 4, 9), "ends_by": None}
PAUSE |= {"bound_by": "gulls;larks", "said_by": "Courier", "scope": "not said", "condition": ""}


def _event(number, direction, first, last, **changes):
    kind = {"escalation": "ASSAULT", "pause": "RETREAT"}[direction]
    event = {"event_id": f"e{number}", "direction": direction, "date_from": first, "date_to": last}
    event |= {"studied": True, "happened": True, "campaign": False, "n_incidents_min": pd.NA}
    event |= {"n_reports": 1, "n_outlets": 1, "n_independent_sources": 1, "outlets": "Courier"}
    event |= {"event_type": kind, "mode": "", "dyad": "g-l", "month": f"{first or ''}"[:7]}
    event |= {"summary": f"The Gulls did {number}", "phrase": f"deed {number}"}
    return event | changes


def _events(*rows):
    return pd.DataFrame([_event(*row[:4], **(row[4] if len(row) > 4 else {})) for row in rows])


def _phases(*changes):
    return pd.DataFrame([PAUSE | change for change in changes], columns=[*PAUSE])


ROWS = [
    (1, "escalation", date(2031, 2, 1), date(2031, 2, 20)),
    (2, "escalation", date(2031, 3, 4), date(2031, 3, 4)),
    (3, "pause", date(2031, 4, 1), date(2031, 4, 1), {"mode": "ceasefire"}),
    (4, "escalation", date(2031, 5, 1), date(2031, 5, 1)),
]


def test_each_turn_is_told_by_its_best_attested_event_with_who_says_it():
    two = {"n_outlets": 2, "n_independent_sources": 2, "outlets": "Courier;Post"}
    events = _events(
        (*ROWS[0], two | {"n_incidents_min": 9}),
        ROWS[1],
        (3, "pause", date(2031, 4, 1), date(2031, 5, 1)),
        (4, "escalation", date(2031, 5, 1), date(2031, 12, 1)),
        (5, "escalation", None, None, two),
    )
    first, second = what_is_told(events, _phases(), DYADS, NAMES)
    assert (
        first.text == "Between 1 and 20 February 2031, the Gulls did 1, in at least nine incidents."
    )
    assert first.said_by == "Courier and Post; 2 independent sources"
    assert second.text == "Between 1 April and 1 May 2031, the Gulls did 3."
    assert (second.said_by, second.event_id) == ("Courier alone", "e3")


def test_a_halt_is_told_with_who_announced_it_and_how_it_stands():
    states = {
        "open": {"state": "open", "condition": "until the dyke is mended"},
        "contested": {"state": "contested", "last_told": date(2031, 5, 9)},
        "ended": {"state": "ended", "ends_by": date(2031, 5, 1)},
    }
    halts = {}
    for name, change in states.items():
        told = what_is_told(_events(*ROWS), _phases(change), DYADS, NAMES)
        halts[name] = next(one for one in told if one.event_id == "e3")
    start = "On 1 April 2031, the Gull Front announced a halt of attacks on larks"
    condition = f"{start} until the dyke is mended; how it ended is not told."
    assert (halts["open"].text, halts["open"].said_by) == (condition, "Courier alone")
    despite = f"{start}; it is said to hold on 9 May 2031, despite attacks from 1 May 2031 on."
    assert halts["contested"].text == despite
    assert halts["ended"].text == f"{start}; it had ended by 1 May 2031."


def test_versions_of_one_halt_are_one_sentence_and_an_event_is_left_room():
    quay = {"bound_by": "quay", "said_by": "Post"}
    told = {"basis": "told", "first_event_id": "e4", "state": "holding"}
    count = {"basis": "observed", "phase": "escalation", "first_event_id": "e1", "said_by": ""}
    campaign = {"campaign": True, "n_incidents_min": 40}
    events = _events((*ROWS[0], campaign), *ROWS[1:])
    phases = _phases({}, quay, told, count | {"date_from": date(2031, 2, 1)})
    found = what_is_told(events, phases, DYADS, NAMES)
    assert [one.event_id for one in found] == ["e1", "e2", "e3", "e4"]
    attacks, deed, halt, lull = found
    assert "there were at least 40 attacks by gulls on larks; when they ended is" in attacks.text
    assert deed.text == "On 4 March 2031, the Gulls did 2."
    assert (
        "the Gull Front and the Quay Guard announced" in halt.text
        and halt.said_by == "Courier and Post"
    )
    assert "a pause began that nobody announced; it is said to hold on 9 April 2031" in lull.text


def test_what_led_to_the_news_is_told_only_where_there_is_no_news():
    named = [ROWS[0], (9, "pause", date(1977, 4, 1), date(1977, 4, 1), {"n_outlets": 9})]
    found = what_is_told(_events(*named), _phases(), DYADS, NAMES, date(2030, 1, 1))
    assert [one.event_id for one in found] == ["e1"]
    found = what_is_told(_events(named[1]), _phases(), DYADS, NAMES, date(2030, 1, 1))
    assert [one.event_id for one in found] == ["e9"]


def test_a_pair_proposed_is_told_without_what_is_said_of_its_names():
    dyads = [DYADS[0] | {"name": "Rebels (group not named) → Police (proposed)"}]
    count = {"basis": "observed", "phase": "escalation", "first_event_id": "e1", "said_by": ""}
    told = what_is_told(_events(*ROWS), _phases(count), dyads, NAMES)
    assert any("attacks by rebels on the police;" in one.text for one in told)


def test_history_is_drawn_only_where_there_is_little_else():
    documents = pd.DataFrame({"published": ["2031-01-01", "2031-09-01", ""]})
    years = [1950, 2031, 2031]
    events = _events(*((n, "pause", date(y, 5, 1), date(y, 5, 1)) for n, y in enumerate(years)))
    assert [*without_history(events, documents)["event_id"]] == ["e1", "e2"]
    assert [*without_history(events[:2], documents)["event_id"]] == ["e0", "e1"]


def test_five_sentences_at_most_in_order_of_time():
    names = ["escalation", "pause"] * 10
    days = [date(2031, 1, 1 + n) for n in range(20)]
    events = _events(*((n, names[n], d, d, {"n_reports": n}) for n, d in enumerate(days)))
    told = what_is_told(events, _phases(), DYADS, NAMES)
    assert [one.event_id for one in told] == ["e15", "e16", "e17", "e18", "e19"]


def test_without_events_there_are_no_sentences():
    events = _events((1, "pause", None, None))
    assert what_is_told(events, _phases(), DYADS, NAMES) == []


def test_the_best_attested_dozen_is_named_the_rest_are_small_marks():
    days = [date(2031, 1, 1 + n) for n in range(20)]
    rows = [(n, "escalation", d, d, {"n_independent_sources": n % 2}) for n, d in enumerate(days)]
    named = named_events(_events(*rows), _phases({})).set_index("key")["label"]
    assert (named != "").sum() == 12 and (named[[f"e{n}" for n in range(1, 20, 2)]] != "").all()
    assert named["e1"] == "2 Jan: deed 1 (Courier)"


def test_where_few_turns_are_told_events_between_others_are_named_too():
    day = date(2031, 1, 1)
    rows = [(n, "escalation", day, day, {"studied": n < 2, "n_outlets": n}) for n in range(9)]
    rows[8][4]["happened"] = False
    named = named_events(_events(*rows), _phases()).set_index("key")["label"]
    assert (named != "").sum() == 8 and named["e8"] == ""
    many = [(n, "escalation", day, day, {"studied": n < 6}) for n in range(9)]
    named = named_events(_events(*many), _phases()).set_index("key")["label"]
    assert [*named[named != ""].index] == [f"e{n}" for n in range(6)]


def test_a_pause_between_two_escalations_rests_on_no_event_and_is_drawn():
    lull = {"basis": "observed", "first_event_id": "", "said_by": "", "state": "ended"}
    strips = named_phases(_phases(lull), _events(*ROWS), DYADS, NAMES.names)
    assert strips["labels"].iat[0] == ["pause"] and strips["said_by"].iat[0] == ""


def test_a_bar_says_less_where_it_has_less_room():
    strips = named_phases(_phases({"scope": "some"}), _events(*ROWS), DYADS, NAMES.names)
    labels = strips["labels"].iat[0]
    assert labels[0] == "halt by Gull Front, end not told (Courier)" and labels[-1] == "halt"


def test_a_card_has_only_sentences_that_may_be_shown():
    marks = named_events(_events(*ROWS), _phases())
    strips = named_phases(_phases({}), _events(*ROWS), DYADS, NAMES.names)
    reports = pd.DataFrame({"doc_id": "a", "sent_id": [0, 1, 2, 3]})
    reports = reports.assign(event_id=["e1", "e1", "e2", "e3"], date_from=date(2031, 2, 1))
    sentences = pd.DataFrame({"doc_id": "a", "sent_id": range(4), "kind": "body"})
    sentences["text"] = ["A long sentence on it.", "A short one.", "", "They stopped."]
    found = cards(marks, strips, reports, sentences, months=False).set_index("key")
    assert list(found.loc[["e1", "e2", "e3", "phase0"], "quote"]) == [
        *("A short one.", "", "They stopped.", "They stopped."),
    ]
    assert found.loc["e1", "when"] == "1–20 February 2031"
    hidden = cards(marks, strips, reports, sentences.assign(text=""), months=True)
    assert set(hidden["quote"]) == {""} and "2031-02" in set(hidden["key"])


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
    assert told["Articles:"].startswith("2 found, 1 kept; published 1 February 2031; 1 has no date")
    assert "Courier (1), Post (1). Any other outlet is missing" in told["Outlets:"]
    more = pd.concat([documents, documents[:1]])
    assert dict(how_sure(more, events, none))["Outlets:"].startswith("Post (2), Courier (1).")
    assert told["Outlets:"].endswith("any language but English.")
    assert told["Agreement:"] == "None of 1 event is told by more than one outlet."
    assert told["Checked:"].startswith("Not validated by people. Rules")
    assert "Languages:" not in told
    other = dict(how_sure(documents.assign(language="es"), events.head(0), none))
    assert other["Languages:"].endswith("not in 2 of 2 articles (Spanish).")
    assert other["Agreement:"].startswith("No event") and "Checked:" not in other
    alone = dict(how_sure(documents[:1], events, none))["Agreement:"]
    assert alone == "There is one outlet: nothing can be compared across outlets."
    unsaid = dict(how_sure(documents.drop(columns="language"), events, none))
    assert unsaid == told, "an article without a language is read as English"
    people = pd.DataFrame({"coder": ["ana"], "coder_kind": ["human"]})
    assert dict(how_sure(documents, events, people))["Checked:"].startswith("1 person coded")
