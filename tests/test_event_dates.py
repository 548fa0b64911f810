"""When an event happened, by the words around it (codebook, section 6)."""

from datetime import date

import pytest

from analysis.dates.find import find_dates
from analysis.events.readings import read_events
from analysis.events.when import Sentence, date_readings

PUBLISHED = date(2022, 6, 15)  # a Wednesday


def _dates(*texts, kinds=None):
    sentences = []
    for text, kind in zip(texts, kinds or ["body"] * len(texts), strict=True):
        dates = find_dates(text, PUBLISHED)
        sentences.append(Sentence(kind, text, read_events(text, (), dates), dates))
    return [
        {d.reading.trigger: (str(d.date_from), str(d.date_to), d.basis) for d in dated}
        for dated in date_readings(sentences, (PUBLISHED, PUBLISHED))
    ]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Rebels shelled the port of Karsa on Monday.", "2022-06-13", "2022-06-13"),
        ("On Sunday, the army bombed a depot near Karsa.", "2022-06-12", "2022-06-12"),
        ("The Front has attacked convoys since April.", "2022-04-01", "2022-06-15"),
        ("The Front attacked convoys from April to May.", "2022-04-01", "2022-05-31"),
        ("The Front attacked convoys from April to January.", "2021-04-01", "2022-01-31"),
        ("Raiders struck the wells on Friday, Saturday and Sunday.", "2022-06-10", "2022-06-12"),
        ("The army tore up the May truce on Monday.", "2022-06-13", "2022-06-13"),
        ("The Front struck again this year, on Monday.", "2022-06-13", "2022-06-13"),
        ("Peace talks due on Thursday were put back to Saturday.", "2022-06-18", "2022-06-18"),
    ],
)
def test_own_expression(text, first, last):
    (found,) = _dates(text)
    assert (first, last, "expression") in found.values()


def test_what_follows_a_dated_act_lies_after_it():
    (found,) = _dates("The Front halted its attacks after a raid killed ten men in early May.")
    assert ("2022-05-01", "2022-06-15", "expression") in found.values()


def test_the_dead_of_a_war_do_not_take_the_day_of_a_raid():
    raid, war = _dates(
        "A raid on Karsa on Monday killed nine people.", "The raids have killed 40,000 people."
    )
    assert "2022-06-13" in str(raid) and "2022-06-13" not in str(war)


def test_first_since_does_not_date_the_event():
    (found,) = _dates("It was the first time since April that rebels bombed the port.")
    assert all(not basis for _, _, basis in found.values())


def test_a_headline_has_the_days_of_publication():
    (found,) = _dates("Rebels shell port", kinds=["title"])
    assert set(found.values()) == {("2022-06-14", "2022-06-15", "publication date")}


def test_a_reference_back_inherits_and_background_does_not():
    _, again, background = _dates(
        "Rebels bombed the port of Karsa on Monday.",
        "The attack killed three sailors, the mayor said.",
        "Police arrested the editor of a newspaper.",
    )
    assert ("2022-06-13", "2022-06-13", "inherited") in again.values()
    assert all(not basis for _, _, basis in background.values())


@pytest.mark.parametrize(
    ("text", "trigger", "first", "last"),
    [
        ("The jets struck on Monday, less than a week after rebels shelled Karsa.", "shelled",
         "2022-06-07", "2022-06-12"),
        ("The army shelled Karsa on Monday, hours after rebels bombed a depot.", "bombed",
         "2022-06-12", "2022-06-13"),
        ("Two days after the rebels bombed a depot on Friday, the army shelled Karsa.", "shelled",
         "2022-06-12", "2022-06-12"),
        ("The statement comes days after rebels bombed a depot.", "bombed",
         "2022-06-09", "2022-06-13"),
    ],
)  # fmt: skip
def test_so_long_before_or_after_another_act(text, trigger, first, last):
    (found,) = _dates(text)
    assert found[trigger] == (first, last, "expression")


def test_a_truce_to_come_is_planned():
    text = "The sides await a truce due to begin on Friday."
    dates = find_dates(text, PUBLISHED)
    line = Sentence("body", text, read_events(text, (), dates), dates)
    ((dated,),) = date_readings([line], (PUBLISHED, PUBLISHED))
    assert (str(dated.date_from), dated.reading.status) == ("2022-06-17", "planned")


@pytest.mark.parametrize(
    ("text", "trigger", "told"),
    [
        ("The raids were the first since 3 May, when a truce was reached.", "truce was reached",
         ("2022-05-03", "2022-05-03", "expression")),
        ("The drone strike came before the over 30 attacks on convoys since May.", "drone strike",
         ("None", "None", "")),
        ("Rebels began shelling convoys after the talks collapsed on Friday.", "began shelling",
         ("2022-06-10", "2022-06-15", "expression")),
        ("Monday’s raid came after both had traded attacks in recent weeks.", "traded attacks",
         ("None", "None", "")),
        ("Sources said in May that a truce holds.", "truce holds", ("None", "None", "")),
        ("He said the army must leave by May.", "said the army must", ("None", "None", "")),
    ],
)  # fmt: skip
def test_which_act_a_date_belongs_to(text, trigger, told):
    (found,) = _dates(text)
    assert found[trigger] == told
