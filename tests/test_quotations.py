"""Who says what, in invented sentences."""

import csv
import runpy
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.entities.candidates import compile_actors, find_entities
from analysis.quotes.attribution import reporting
from analysis.quotes.find import find_quotations

SCORE = runpy.run_path(str(Path(__file__).parents[1] / "benchmarks" / "quotations.py"))
ACTORS = compile_actors(
    pd.DataFrame(
        [
            ("kaath", "Kaath Brigade", "ORG", ""),
            ("union", "Resistance in Norland", "ORG", ""),
            ("norland", "Norland", "GPE", "Norlander"),
            ("belmond", "Tariq Belmond", "PERSON", "Belmond"),
            ("courier", "The Courier", "ORG", ""),
        ],
        columns=["entity_id", "name", "type", "aliases"],
    )
)


def read(text):
    return find_quotations(text, mentions=find_entities(text, ACTORS))


def direct(text):
    return [(q.text, q.speaker) for q in read(text) if q.direct]


def indirect(text):
    return [(q.text, q.speaker) for q in read(text) if not q.direct]


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("“We will go on,” said Tariq Belmond.", "Tariq Belmond"),
        ("“We will go on,” Tariq Belmond, a general, told reporters.", "Tariq Belmond"),
        ('"We will go on," the ministry said in a statement.', "the ministry"),
        ("‘We will go on,’ the general’s office said.", "the general’s office"),
        ("Belmond said: “We will go on,”", "Belmond"),
        ("Belmond, who leads the army, said on Monday that “We will go on,”.", "Belmond"),
        ("According to the ministry, “We will go on,” whatever comes.", "the ministry"),
        (
            "“We will go on,” The Courier cited one of the officers as saying.",
            "one of the officers",
        ),
        ("“We will go on,” Belmond was quoted as saying by The Courier.", "Belmond"),
        ("The ministry’s statement read: “We will go on,”", "The ministry’s statement"),
        ("“We will go on,” read a statement by the ministry.", "a statement by the ministry"),
        ("In the hills a woman stood up shouting “We will go on,”", "a woman"),
        (
            "“We will go on,” Tariq Belmond, the governor of Elva, a town in the hills, said.",
            "Tariq Belmond",
        ),
        ("« We will go on, » said the minister.", "the minister"),
        ("„We will go on,“ said the minister.", "the minister"),
    ],
)
def test_speaker_of_a_direct_quotation(text, speaker):
    ((quoted, by),) = direct(text)
    assert quoted == text[slice(text.index("We"), text.index("on,") + 3)]
    assert by.startswith(speaker)


def test_quotation_goes_on_after_its_attribution():
    text = "“We won,” Belmond said on Friday. “They fled to the hills. Nobody was hurt.”"
    assert direct(text) == [
        ("We won,", "Belmond"),
        ("They fled to the hills. Nobody was hurt.", "Belmond"),
    ]


def test_quotation_over_two_paragraphs():
    text = (
        "“We won,” Belmond said.\n\n“They fled to the hills.\n\n“Nobody was hurt there,” he added."
    )
    assert [speaker for _, speaker in direct(text)] == ["Belmond"] * 3


@pytest.mark.parametrize(
    "text",
    [
        "The so-called “people’s republic” fell on Friday.",
        "Truce ‘still holds’ despite new strikes",
        "The self-declared “caliphate” has lost its towns, the ministry said.",
        "They read “The Hills of Elva” aloud.",
    ],
)
def test_scare_quotes_and_titles_are_no_quotations(text):
    assert direct(text) == []


def test_a_known_name_in_marks_is_no_quotation():
    assert direct("Officers of the “Kaath Brigade” said that the town had fallen.") == []


def test_a_quotation_within_one_is_part_of_it():
    text = "‘He told me “go away” and left,’ the minister said."
    assert direct(text) == [("He told me “go away” and left,", "the minister")]


def test_a_mark_that_opens_again_ends_the_quotation_before():
    text = 'Belmond said: "We won. "They fled." The ministry called it a "lie" on Friday.'
    assert [quoted for quoted, _ in direct(text)] == ["We won.", "They fled.", "lie"]


def test_the_source_is_the_one_named_before():
    text = (
        "A security source in Norland confirmed the raid. “It holds,” the source said. “For now,” "
        "he added. “So we hear,” the ministry said."
    )
    speakers = [speaker for _, speaker in direct(text)]
    assert speakers == ["A security source in Norland"] * 2 + ["the ministry"]


def test_partial_quotation_has_the_speaker_of_its_sentence():
    text = "The ministry called the raid a “cowardly act” and promised an answer."
    assert direct(text) == [("cowardly act", "The ministry")]


def test_pronoun_is_replaced_by_the_last_person_who_spoke():
    text = "Tariq Belmond met the council. The ministry said it was glad. “So am I,” he added."
    quotation = next(q for q in read(text) if q.direct)
    assert (quotation.speaker, quotation.speaker_entity_id) == ("Tariq Belmond", "belmond")
    assert text[quotation.speaker_start : quotation.speaker_end] == "Tariq Belmond"


@pytest.mark.parametrize(
    ("text", "content", "speaker"),
    [
        ("The ministry said the town had fallen.", "the town had fallen", "The ministry"),
        ("The town had fallen, a monitor said on Friday.", "The town had fallen", "a monitor"),
        (
            "Sources in Norland told The Courier in March that the truce was over.",
            "the truce was over",
            "Sources in Norland",
        ),
        ("The truce was over, according to residents.", "The truce was over", "residents"),
        (
            "Towns and hills had fallen said the monitor.",
            "Towns and hills had fallen",
            "the monitor",
        ),
        ("The ministry said at least two had died.", "at least two had died", "The ministry"),
        (
            "While the army has welcomed it, the council has said it is not ready.",
            "it is not ready",
            "the council",
        ),
        (
            "The Resistance in Norland announced it was halting its attacks.",
            "it was halting its attacks",
            "The Resistance in Norland",
        ),
        (
            "Belmond condemned the raid and said the truce was over.",
            "the truce was over",
            "Belmond",
        ),
        (
            "The new truce held, The Courier reported, citing officials.",
            "The new truce held",
            "The Courier",
        ),
    ],
)
def test_indirect_quotation(text, content, speaker):
    assert (content, speaker) in indirect(text)


def test_no_speech_without_a_verb_of_speech():
    assert read("The army struck a base near the border, and the reports of it spread.") == []


@pytest.mark.parametrize(
    ("text", "anonymous"),
    [
        ("“It holds,” a Norlander security source told The Courier.", True),
        ("“It holds,” two officials said.", True),
        ("“It holds,” he said, speaking on condition of anonymity.", True),
        ("“It holds,” a spokesman for the army said.", True),
        ("“It holds,” an army spokesman said.", True),
        ("“It holds,” army spokesman Tariq Belmond said.", False),
        ("“It holds,” the army said.", False),
        ("“It holds,” the official Tariq Belmond said.", False),
        ("“It holds,” the statement said.", False),
    ],
)
def test_anonymous_sources(text, anonymous):
    assert [q.anonymous for q in read(text) if q.direct] == [anonymous]


@pytest.mark.parametrize(
    ("text", "entity_id"),
    [
        ("“It holds,” a spokesman for the Kaath Brigade said.", "kaath"),
        ("“It holds,” a Norlander official said.", "norland"),
        ("“It holds,” sources in Norland said.", ""),
        ("“It holds,” Norlander media said.", ""),
        ("“It holds,” a politician with ties to the Kaath Brigade said.", ""),
        ("“It holds,” Kaath Brigade officer Tariq Belmond said.", "belmond"),
    ],
)
def test_entity_of_the_speaker(text, entity_id):
    assert [q.speaker_entity_id for q in read(text) if q.direct] == [entity_id]


VERBS = sorted(
    form
    for form, lemma in reporting().verbs.items()
    if form not in reporting().lists["with_particle"]
    and lemma not in {"read"} | reporting().lists["need_that"]
)


@pytest.mark.parametrize("order", ["Belmond {} on Friday.", "{} Tariq Belmond on Friday."])
def test_every_verb_of_speech_stands_in_either_order(order):
    for verb in VERBS:
        ((quoted, speaker),) = direct("“We will go on,” " + order.format(verb))
        assert (quoted, speaker[-7:]) == ("We will go on,", "Belmond"), verb


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("“It is late,” Belmond pointed out.", ["Belmond"]),
        ("Belmond shot the “Fox” of Elva.", []),
        ("“It is late,” the baker wrote on Telegram.", ["the baker"]),
        ("Belmond: “It is late.”", ["Belmond"]),
        ("21:40 Tariq Belmond: “It is late.”", ["Tariq Belmond"]),
        ("The verdict: “It is late.”", []),
        ("Belmond was tired. “It is late for all.”", ["Belmond"]),
        ("Belmond was tired.\n\n“It is late for all.”", []),
        ("Asked about the mill, Belmond frowned. “It is late for all.”", ["Belmond"]),
        ("Bakers spoke of an “end”, while Belmond insisted that the mill was safe.", []),
        ("Tears ran. “It is late for all.”", []),
        ("“It is late.\n\n“Go home,” said the baker.", ["the baker"] * 2),
        ("‘The bakers’ street is dark,’ said Belmond.", ["Belmond"]),
        ("'She said \"go\" to us,' said Belmond.", ["Belmond"]),
        ("“Go home,” said the letter by the bakers’ union.", ["the letter by the bakers’ union"]),
    ],
)  # fmt: skip
def test_speakers_of_other_forms(text, speakers):
    assert [speaker for _, speaker in direct(text)] == speakers


@pytest.mark.parametrize(
    "text",
    [
        "Nobody said the bridge was open.",
        "No one has claimed that the bridge was open.",
        "Neither side said the bridge was open.",
        "Would anyone say that the bridge is open?",
        "If the mayor says the bridge is open, we go.",
        "The mayor never said the bridge was open.",
    ],
)
def test_what_nobody_says_is_no_quotation(text):
    assert read(text) == []


def test_a_pronoun_is_the_last_who_spoke_not_the_last_who_is_named():
    text = "One baker said the mill had met Tariq Belmond twice. “He is lost,” he said."
    assert direct(text) == [("He is lost,", "One baker")]
    text = "The mayor said the mill was open. Tariq Belmond was angry. “It is not,” he said."
    assert direct(text) == [("It is not,", "Tariq Belmond")]


def test_words_in_marks_within_what_is_reported_are_no_quotation_of_their_own():
    (said,) = read("The mayor said the mill was “a ruin” and that it would “have to go”.")
    assert (said.direct, said.text[:18]) == (False, "the mill was “a ru")
    assert [said.text[slice(*place)] for place in said.fragments] == ["a ruin", "have to go"]


def test_what_is_named_in_marks_is_no_clause_besides():
    assert [q.text for q in read("Belmond called the mill “a ruin” and a “lost cause”.")] == [
        "a ruin",
        "lost cause",
    ]


def test_a_relative_clause_does_not_cut_what_is_reported():
    (said,) = read("Bakers say the mill, which they blame for the noise, will close.")
    assert said.text == "the mill, which they blame for the noise, will close"


def test_what_a_speaker_does_besides_is_not_said():
    (said,) = read("The mill will close by spring, two bakers said, refusing to go on.")
    assert said.text == "The mill will close by spring"


def test_a_statement_by_an_actor_is_the_actors():
    (said,) = read("“It holds,” said a statement by the Kaath Brigade.")
    assert said.speaker_entity_id == "kaath"


PIECES = st.lists(
    st.sampled_from(
        ["“", "”", '"', "'", "‘", "’", " said ", " he ", "Belmond", ", ", ". ", "\n\n", " that ",
         "according to ", " the army ", " who ", " and ", "as saying", "adding ", "é", " "]
    ),
    max_size=40,
)  # fmt: skip


@given(PIECES)
def test_texts_are_at_their_places(pieces):
    text = "".join(pieces)
    for quotation in read(text):
        assert text[quotation.start : quotation.end] == quotation.text
        assert text[quotation.speaker_start : quotation.speaker_end] == quotation.speaker
        assert quotation.text.strip()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("The mayor said Monday's raid on the harbour was a warning.", "subject-verb"),
        ("“We will stay,” said the mayor.", "verb-subject"),
        ("The bridge is shut until May, according to the mayor.", "according-to"),
        ("The paper cited the mayor as saying the bridge is shut.", "as-saying"),
        ("“We will stay” Ada Brandt the head of the oyster farmers said.", "apposition"),
    ],
)
def test_each_quotation_names_its_rule(text, rule):
    assert [quotation.rule for quotation in find_quotations(text)] == [rule]


def test_a_quotation_goes_on_by_a_rule_of_its_own():
    text = "“We will stay,” the mayor said. “Nobody leaves the town.”"
    assert [q.rule for q in find_quotations(text)] == ["subject-verb", "continued"]


def test_a_short_is_is_no_speaker():
    [said] = find_quotations("“We will stay,” he's said.")
    assert said.speaker == "he"


def test_kinds_of_quotation():
    """Invented passages of kinds that are easily misread, coded before they were first read."""
    with SCORE["KINDS"].open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    right = [SCORE["score_passage"](row)[0]["right"] for row in rows]
    assert (len(rows), sum(right) >= 84) == (90, True)


@pytest.mark.parametrize(
    ("text", "said", "speaker"),
    [
        ("The raid, officials said on Monday, killed ten dockers.", "killed ten dockers",
         "officials"),
        ("The tax, Orme said, would cost each farm 40 crowns.", "would cost each farm 40 crowns",
         "Orme"),
        ("The bridge is shut, Orme said, and the road too.", "The bridge is shut", "Orme"),
        ("As Orme put it, “the sea does not wait.”", "the sea does not wait.", "Orme"),
        ("ELVA, May 3 (NPA) - A boat sank off the cape, guards said.", "A boat sank off the cape",
         "guards"),
        ("ELVA — A second boat sank off the cape, guards said.", "A second boat sank off the cape",
         "guards"),
        ("The spokesman, Colonel Jan Roth, said the pier had burned.", "the pier had burned",
         "Colonel Jan Roth"),
        ("The court ruled that the strike was lawful.", "the strike was lawful", "The court"),
    ],
)  # fmt: skip
def test_asides_datelines_and_roles(text, said, speaker):
    assert [(q.text, q.speaker) for q in find_quotations(text)] == [(said, speaker)]


def test_put_found_and_ruled_report_nothing_by_themselves():
    text = (
        "She put it on the table. Police put the toll at nine and found “a heavy stone” there."
        " The king ruled by “old custom”."
    )
    assert find_quotations(text) == []
