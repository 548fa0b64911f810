"""Events in single sentences; all countries, groups and people are invented."""

from collections import namedtuple
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.dates.find import find_dates
from analysis.events.model import sentence_features
from analysis.events.parse import Parse
from analysis.events.readings import classify_sentence, read_events
from analysis.events.vocabulary import vocabulary
from analysis.lexicons import Lexicon, load

WORDS = (
    *("the", "rebels", "attacked", "attack", "strikes", "on", "will", "not", "to", "resume", ","),
    *("that", "said", "after", "ceasefire", "and", "denied", "called", "for", "by", "in", "Karsa"),
    *("160", "times", "dozens", "of", "were", "was", "it", "talks", "Monday’s"),
)
Mention = namedtuple("Mention", "start end entity_id type")
Date = namedtuple("Date", "start end")


def types(text):
    return [reading.event_type for reading in read_events(text)]


def only(text):
    readings = read_events(text)
    assert len(readings) == 1, readings
    return readings[0]


def part(text, span):
    return None if span is None else text[slice(*span)]


@pytest.mark.parametrize(
    ("sentence", "root"),
    [
        ("The Front bombed the port of Karsa.", "ASSAULT"),
        ("Police arrested nine men in Karsa.", "COERCE"),
        ("Corsia imposed sanctions on three colonels.", "COERCE"),
        ("Belmar mobilized reservists along the river.", "MOBILIZE"),
        ("The Brigade threatened to shell the dam.", "THREATEN"),
        ("Arvania withdrew its troops from the island.", "RETREAT"),
        ("The rebels declared a ten-day truce.", "RETREAT"),
        ("The premier resigned after a month of pressure.", "CONCEDE"),
        ("The two sides agreed to resume talks.", "AGREE"),
        ("The foreign ministers met in Karsa.", "CONSULT"),
        ("Belmar praised the new treaty.", "SUPPORT"),
        ("Corsia and Belmar shared intelligence on smugglers.", "COOPERATE"),
        ("Corsia donated ten ambulances to Belmar.", "AID"),
        ("The Front condemned the raid.", "ACCUSE"),
        ("Corsia called for calm on the border.", "REQUEST"),
        ("The rebels rejected a ceasefire.", "REJECT"),
        ("Thousands protested in the capital.", "PROTEST"),
        ("Corsia recalled its ambassador.", "SANCTION"),
    ],
)
def test_every_root_has_a_plain_case(sentence, root):
    assert types(sentence)[0] == root
    assert read_events(sentence)[0].direction == vocabulary().direction[root]
    assert classify_sentence(sentence).event_type == root


@pytest.mark.parametrize(
    ("sentence", "roots"),
    [
        ("The Front rejected a ceasefire.", ["REJECT"]),
        ("Belmar called for a ceasefire.", ["REQUEST"]),
        ("Rebels broke the ceasefire on Monday.", ["ASSAULT"]),
        ("The army declared a ceasefire.", ["RETREAT"]),
        ("Both armies agreed to a ceasefire.", ["RETREAT"]),
        ("The Brigade suspended its attacks on convoys.", ["RETREAT"]),
        ("The Brigade has not stopped attacking convoys.", ["ASSAULT"]),
        ("The Front vowed to resume attacks.", ["THREATEN"]),
        ("The Front resumed attacks on Monday.", ["ASSAULT"]),
        ("Belmar is prepared to launch strikes on the Front.", ["THREATEN"]),
        ("Arvania will not withdraw its troops.", ["REJECT"]),
        ("Arvania will visit Corsia next week.", ["AGREE"]),
    ],
)
def test_the_outer_verb_decides(sentence, roots):
    assert types(sentence) == roots


@pytest.mark.parametrize(
    "sentence",
    [
        "The army did not attack the village.",
        "If the Front attacks again, the truce may fail.",
        "The unit was formed to fight the Front.",
        "Corsia is responsible for arming the Brigade.",
        "Armed men stood at the gate.",
        "The river was high in March.",
        "The group is led by a former teacher.",
        "",
    ],
)
def test_no_event(sentence):
    assert read_events(sentence) == []


def test_a_sentence_may_hold_several_events_with_their_own_actors_and_dates():
    text = (
        "The Belmar army launched a strike on Friday, less than a week after Arvania carried out "
        "a drone attack in response to a raid on its embassy."
    )
    friday = Date(text.index("Friday"), text.index("Friday") + 6)
    readings = read_events(text, dates=[friday])
    assert [r.event_type for r in readings] == ["ASSAULT"] * 3
    assert [part(text, r.source) for r in readings] == ["The Belmar army", "Arvania", None]
    assert [r.date for r in readings] == [friday, None, None]
    assert readings[1].mode == "drone"
    assert part(text, readings[2].target) == "its embassy"


def test_passive_voice_turns_source_and_target_round():
    text = "Two drivers were killed by the Lowland Brigade in Karsa."
    reading = only(text)
    assert part(text, reading.source) == "the Lowland Brigade"
    assert part(text, reading.target) == "Two drivers"
    assert part(text, reading.place) == "Karsa"
    assert only("Two drivers were killed on Monday.").source is None


def test_a_passive_phrase_with_its_object_first():
    reading = only("Sanctions on the port were lifted on Monday.")
    assert (reading.event_type, reading.direction) == ("RETREAT", "pause")


def test_mentions_give_entity_ids():
    text = "Fighters of the Red Front attacked the Karsa base in Belmar."
    mentions = [
        Mention(text.index(name), text.index(name) + len(name), key, kind)
        for name, key, kind in (
            ("Red Front", "front", "ORG"),
            ("Karsa base", "karsa", "FAC"),
            ("Belmar", "belmar", "GPE"),
        )
    ]
    reading = only(text) and read_events(text, mentions)[0]
    assert (reading.source, reading.target, reading.place) == ("front", "karsa", "belmar")


@pytest.mark.parametrize(
    ("sentence", "status", "attribution"),
    [
        ("The Front shelled the port.", "happened", "none"),
        ("The Front denied shelling the port.", "denied", "none"),
        ("The Front denied responsibility for the raid on the port.", "happened", "denied"),
        ("The Front said it had shelled the port.", "happened", "claimed"),
        ("Officials said the Front had shelled the port.", "happened", "blamed"),
        ("The Front has been shelling the port.", "ongoing", "none"),
        ("The Front will shell the port.", "threatened", "none"),
        ("Arvania will send doctors.", "planned", "none"),
    ],
)
def test_status_and_attribution_are_two_things(sentence, status, attribution):
    reading = only(sentence)
    assert (reading.status, reading.attribution) == (status, attribution)


def test_accusing_of_an_act_reports_the_act_too():
    text = "Belmar accused the Front of shelling the port."
    accusation, act = read_events(text)
    assert (accusation.event_type, act.event_type) == ("ACCUSE", "ASSAULT")
    assert act.attribution == "blamed"
    assert part(text, act.source) == "the Front"


@pytest.mark.parametrize(
    ("words", "bounds"),
    [
        ("an attack", (1, 1)),
        ("two attacks", (2, 2)),
        ("a dozen attacks", (12, 12)),
        ("two dozen attacks", (24, 24)),
        ("over 160 attacks", (161, None)),
        ("at least 30 attacks", (30, None)),
        ("up to 30 attacks", (1, 30)),
        ("about 30 attacks", (27, 33)),
        ("several attacks", (3, 9)),
        ("dozens of attacks", (24, 99)),
        ("repeated attacks", (2, None)),
        ("attacks", (2, None)),
        ("2,500 attacks", (2500, 2500)),
    ],
)
def test_number_of_incidents(words, bounds):
    reading = read_events(f"The base saw {words} by the Front.")[0]
    assert (reading.n_incidents_min, reading.n_incidents_max) == bounds


def test_weapons_and_victims_are_not_incidents():
    assert only("The Front fired five rockets at the base.").n_incidents_max == 1
    assert only("The Front attacked the base 115 times.").n_incidents_min == 115


def test_a_mere_reference_back_is_no_event():
    assert read_events("The attack shocked the town.") == []
    assert types("The attack on the depot shocked the town.") == ["ASSAULT"]


def test_deaths_belong_to_the_attack():
    assert types("The Front bombed the market, killing four and wounding ten.") == ["ASSAULT"]
    assert types("Four people were killed in an air strike on the market.") == ["ASSAULT"]


def test_classification_without_an_event_gives_none():
    assert classify_sentence("The mountain is 2,000 metres high.") is None
    assert classify_sentence("") is None


def test_score_is_a_probability_and_mode_has_its_own_value():
    reading = classify_sentence("The Front declared a ceasefire on Monday.")
    assert (reading.event_type, reading.mode) == ("RETREAT", "ceasefire")
    assert 0.5 < reading.score <= 1
    assert reading.goldstein == 9.0  # CAMEO 0871 on the scale of Goldstein (1992)
    assert vocabulary().values("ASSAULT", "no such mode") == ("escalation", -10.0)


def test_an_idiom_is_no_event_unless_its_words_are_far_apart(tmp_path):
    assert types("The firm targeted young customers in Karsa.") == []
    assert types("The minister stormed out on Friday.") == []
    assert types("Rebels targeted a bus full of tired market customers.") == ["ASSAULT"]
    (tmp_path / "events.yml").write_text("idioms: [shell _ peas]\n")
    text = "The cooks shelled fresh peas."
    assert types(text) == ["ASSAULT"]
    assert read_events(text, lexicon=Lexicon.read(tmp_path)) == []


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("Rockets hit the port on Friday, the first since 4 May.", True),
        ("Rockets hit the port on Friday, the first such attack since 4 May.", True),
        ("Rockets hit the port on Friday for the first time since 4 May.", True),
        ("The port was shelled on Friday after its first delivery of flour since 4 May.", False),
        ("Shells fell on the port as the first ferry since 4 May docked.", False),
    ],
)
def test_the_first_since_a_day_is_an_attack_or_none(text, absent):
    readings = read_events(text, dates=find_dates(text, "2023-06-14"))
    assert ("absence" in {reading.status for reading in readings}) is absent


@pytest.mark.parametrize(
    "words", ["talks aimed at ending", "talks geared at ending", "moves toward ending"]
)
def test_what_is_aimed_at_is_not_done(words):
    assert "RETREAT" not in types(f"On Monday {words} the five-year war stalled.")
    assert "RETREAT" in types("On Monday the Front agreed on ending the five-year war.")


def test_who_owns_those_hit_is_not_hit():
    text = "The last strike against Belmar forces' militias was on 4 February."
    named = [Mention(24, 37, "belmar-forces", "ORG"), Mention(39, 47, "militias", "ORG")]
    (reading,) = read_events(text, named)
    assert reading.target == "militias"


def test_every_phrase_of_the_lexicon_is_well_formed():
    content, plover = load("events"), load("plover")
    assert set(content["events"]) == set(plover["goldstein"]) == set(vocabulary().direction)
    classes = {f"<{name}>" for name in content["classes"]}
    for modes in content["events"].values():
        for kinds in modes.values():
            assert set(kinds) <= {"verbs", "nouns"}
            for phrase in (text for texts in kinds.values() for text in texts):
                words = phrase.split()
                assert phrase == phrase.lower() and words[0] != "_" and words[-1] != "_", phrase
                used = {w for word in words for w in word.split("|") if w.startswith("<")}
                assert used <= classes, phrase
    for name, words in content["context"].items():
        assert all(isinstance(word, str) for word in words), name  # YAML reads a bare `on` as true


def test_a_corpus_adds_phrases_without_touching_ours(tmp_path):
    (tmp_path / "events.yml").write_text("events: {ASSAULT: {drone: {verbs: [buzz]}}}", "utf-8")
    lexicon = Lexicon.read(tmp_path)
    assert "buzzed" in vocabulary(lexicon).starts
    assert "buzzed" not in vocabulary().starts
    text = "The Front buzzed the port."
    assert read_events(text) == []
    assert [r.mode for r in read_events(text, lexicon=lexicon)] == ["drone"]


def test_names_and_months_are_no_events():
    assert read_events("Amnesty International wrote to the premier in March.") == []


@given(st.text(alphabet="The Frontatckedbymisl,;:.'’\"-0123 \né“”()é\u00a0", max_size=120))
def test_offsets_point_at_the_trigger_and_nothing_crashes(text):
    for reading in [*read_events(text), classify_sentence(text)]:
        if reading:
            assert 0 <= reading.start < reading.end <= len(text)
            assert text[reading.start : reading.end].endswith(reading.trigger)


@given(
    st.lists(
        st.sampled_from(WORDS),
        max_size=14,
    )
)
def test_any_order_of_words_gives_valid_readings(words):
    text = " ".join(words)
    directions = vocabulary().direction
    for reading in read_events(text, dates=[Date(0, 3)]):
        assert reading.direction == directions[reading.event_type]
        assert text[reading.start : reading.end]
        assert reading.n_incidents_max is None or reading.n_incidents_min <= reading.n_incidents_max
    assert Parse(text).words == Parse(text.upper()).words or "’" in text


def test_long_input_is_read_in_linear_time():
    start = perf_counter()
    for piece in ("a", "n't", "1.", "attack on ", "-", "’s "):
        read_events(piece * (300_000 // len(piece)))
        sentence_features(piece * (300_000 // len(piece)))
    assert perf_counter() - start < 5


def _mentions(text, **types):
    return [
        Mention(text.index(name), text.index(name) + len(name), name.lower(), kind)
        for name, kind in types.items()
    ]


def test_attacks_in_two_places_are_two_events_and_a_campaign_is_one():
    text = "Attacks on two bases in Arvania and Belmar on Monday were not approved."
    found = read_events(text, _mentions(text, Arvania="GPE", Belmar="GPE"))
    assert [(r.place, r.n_incidents_max) for r in found] == [("arvania", 1), ("belmar", 1)]
    text = "The Front has carried out attacks in Arvania and Belmar since June."
    found = read_events(text, _mentions(text, Arvania="GPE", Belmar="GPE", Front="ORG"))
    assert len(found) == 1


def test_mediators_are_no_parties_of_a_truce():
    text = "A Corsian-brokered truce between the army and the Front held."
    (truce,) = [r for r in read_events(text) if r.event_type == "RETREAT"]
    assert text[slice(*truce.source)] == "the army"
    assert text[slice(*truce.target)].startswith("the Front")
    assert [r.event_type for r in read_events("Corsia and Belmar brokered a truce.")] == [
        "CONSULT",
        "RETREAT",
    ]


def test_a_phrase_of_the_corpus_wins_over_ours(tmp_path):
    assert read_events("Rebels shelled the port.")[0].event_type == "ASSAULT"
    (tmp_path / "events.yml").write_text(
        "events: {PROTEST: {demo: {verbs: [shell]}}}", encoding="utf-8"
    )
    found = read_events("Rebels shelled the port.", lexicon=Lexicon.read(tmp_path))
    assert [r.event_type for r in found] == ["PROTEST"]


@pytest.mark.parametrize(
    ("text", "event_type", "status"),
    [
        ("The Front resumed its attacks on Monday.", "ASSAULT", "happened"),
        ("The Front said it would resume attacks.", "THREATEN", "threatened"),
        ("The Front announced a resumption of attacks.", "THREATEN", "threatened"),
        ("Front militias to resume attacks on port", "THREATEN", "threatened"),
        ("The army did not shell the port.", None, None),
        ("If the talks fail, the army will shell the port.", None, None),
        ("The premier disputed the result of the vote.", "ACCUSE", "happened"),
        ("The dispute over the border is old.", None, None),
    ],
)
def test_done_announced_denied(text, event_type, status):
    found = read_events(text)
    assert [(r.event_type, r.status) for r in found] == ([(event_type, status)] if status else [])


def _told(text, **types):
    """(source, target, place) of each event, as entity ids."""
    return [(r.source, r.target, r.place) for r in read_events(text, _mentions(text, **types))]


@pytest.mark.parametrize(
    ("text", "types", "told"),
    [
        ("Arvania holds Belmar responsible for attacks on its troops.",
         {"Arvania": "GPE", "Belmar": "GPE"},
         [("arvania", "belmar", None), ("belmar", "arvania", None)]),
        ("A base of Arvania was hit in a raid, which Corsia attributed to the Front.",
         {"Arvania": "GPE", "Corsia": "GPE", "Front": "ORG"},
         [("front", "arvania", None), ("corsia", "front", None)]),
        ("Belmar bombed and shelled the Front.", {"Belmar": "GPE", "Front": "ORG"},
         [("belmar", "front", None)] * 2),
        ("The Front (RF), the largest of the groups, condemned the raid.", {"Front": "ORG"},
         [("front", None, None)]),
        ("This is one of the demands of the Front.", {"Front": "ORG"}, [("front", None, None)]),
        ("The Karsa attack killed nine men of the Front.", {"Karsa": "LOC", "Front": "ORG"},
         [(None, "front", "karsa")]),
        ("A Belmar militia official was killed by the Front.", {"Belmar": "GPE", "Front": "ORG"},
         [("front", None, None)]),
        ("A truce involving Arvania, Corsia and Belmar was reached.",
         {"Arvania": "GPE", "Corsia": "GPE", "Belmar": "GPE"}, [("arvania", "belmar", None)]),
        ("The Front shelled Arvania in revenge for a raid in Karsa.",
         {"Front": "ORG", "Arvania": "GPE", "Karsa": "LOC"},
         [("front", "arvania", None), (None, None, "karsa")]),
        ("The raid on the Front was confirmed by Corsia.", {"Front": "ORG", "Corsia": "GPE"},
         [(None, "front", None)]),
    ],
)  # fmt: skip
def test_who_did_it_to_whom_and_where(text, types, told):
    assert _told(text, **types) == told


@pytest.mark.parametrize(
    "text",
    [
        "The Front fired missiles and drones and wounded nine soldiers.",
        "The Front began a campaign of strikes on convoys.",
        "A roadside blast hit a convoy near the river.",
        "The Front attacked the base with rockets and roadside bombs.",
    ],
)
def test_one_act_told_by_several_words_is_one_event(text):
    assert types(text) == ["ASSAULT"]


def test_what_is_feared_or_talked_over_has_not_happened():
    assert read_events("It was seen as a step towards air strikes.") == []
    assert types("The sides held talks on the withdrawal of troops.") == ["CONSULT"]


def test_a_claim_of_the_doer_and_a_halt_of_many_attacks():
    text = "Arvania said Arvania struck the depot."
    mentions = _mentions(text, Arvania="GPE")
    mentions.append(mentions[0]._replace(start=13, end=20))
    assert read_events(text, mentions)[0].attribution == "claimed"
    assert only("The Brigade suspended its attacks on convoys.").n_incidents_max == 1


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Two drivers were killed by the Front.", "told;passive"),
        ("The Front said it had shelled the port.", "told;active;said of itself"),
        ("The Front intends to shell the port.", "threatened;active"),
        ("The Front denied shelling the port.", "act denied;denier"),
    ],
)
def test_every_reading_names_its_rules(text, rule):
    assert only(text).rule == rule


BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def _benchmark(name):
    spec = spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    spec.loader.exec_module(module := module_from_spec(spec))
    return module


def test_coded_sentences_are_read_right():
    module = _benchmark("events_sets")
    sentences = module.score(BENCHMARKS / "events_sentences.tsv")
    for part, most_wrong, most_none in (
        ("first", 7, 1),
        ("second", 8, 6),
        ("third", 3, 2),
        ("fourth", 8, 5),
        ("fifth", 5, 3),
        ("sixth", 4, 1),
        ("seventh", 3, 1),
    ):
        own = [sentence for sentence in sentences if sentence.part == part]
        wrong = [sentence.text for sentence in own if not sentence.right]
        assert len(wrong) <= most_wrong, wrong
        assert sum(bool(sentence.none) for sentence in own) <= most_none


def test_the_main_event_of_a_sentence_is_one_of_those_of_the_tables():
    sentences = _benchmark("events_sets").read_coded(BENCHMARKS / "events_sentences.tsv")
    for text, *_ in list(sentences)[::3]:
        main, readings = classify_sentence(text), read_events(text)
        assert (main and main._replace(score=1.0)) in (readings or [None]), text


def test_scores_of_sets_that_are_not_here_belong_to_these_rules():
    """What was measured with other rules is no score of these."""
    module = _benchmark("events_sets")
    old = sorted(
        {row["set"] for row in module.recorded() if row["digest"] != module.reader_digest()}
    )
    command = "python benchmarks/events_sets.py --record DAY FILE.tsv…"
    assert not old, f"measure anew: {', '.join(old)}, with: {command}"


def test_kinds_of_sentence_that_are_easily_misread():
    score, wrong = _benchmark("events_kinds").read_and_score()
    before, after = (
        [result for (name, _), results in score.items() if name == wanted for result in results]
        for wanted in ("before", "after")
    )
    assert all(before), wrong
    assert sum(after) >= 37, wrong


@pytest.mark.parametrize(
    ("text", "killed", "wounded"),
    [
        ("A blast in Karsa killed two guards and a child.", (3, 3), (None, None)),
        ("Nine were killed and over 20 wounded in an air strike.", (9, 9), (21, None)),
        ("A raid caused no casualties.", (0, 0), (0, 0)),
        ("The Front shelled the port.", (None, None), (None, None)),
    ],
)
def test_dead_and_wounded(text, killed, wounded):
    reading = only(text)
    assert (reading.killed_min, reading.killed_max) == killed
    assert (reading.wounded_min, reading.wounded_max) == wounded


def test_who_denies_who_tells_and_whom_a_truce_binds():
    text = "The Front denied responsibility for the raid on the port."
    assert (only(text).source, part(text, only(text).denied_by)) == (None, "The Front")
    text = "The Front shelled the port, the ministry said."
    assert part(text, only(text).told_by) == "the ministry"
    assert only("Arvania and Belmar agreed to halt fighting.").mutual
    assert only("The Front would halt attacks if Belmar withdrew.").status == "conditional"
