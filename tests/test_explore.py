"""Exploring without code: the rows behind the controls, the controls, and what a report shows."""

import pandas as pd
import pytest
from nbclient import NotebookClient
from nbclient.output_widget import OutputWidget
from nbformat.v4 import new_code_cell, new_notebook

from analysis import explore, notebook, terms
from analysis.base.safe_csv import read_csv
from analysis.notebook import Study


@pytest.fixture
def study(built, monkeypatch):
    monkeypatch.delenv("NEWS_PRODUCTS", raising=False)
    monkeypatch.delenv("NEWS_TEXTS", raising=False)
    return Study("05_escalation_timeline", built.folder, None, {})


# --- the rows -----------------------------------------------------------------------------------


def test_lines_are_those_of_kwic_with_their_outlet(study):
    found = explore.lines(study, "militia*")
    assert len(found) == len(terms.kwic(study.table("sentences"), "militia*")) > 5
    assert found["node"].str.lower().str.startswith("militia").all()
    one = explore.lines(study, "militia*", outlet="The Hill", window=2)
    assert set(one["outlet"]) == {"The Hill"}
    assert len(one) == (found["outlet"] == "The Hill").sum()
    assert (one["left"].str.split().str.len() <= 2).all()


def test_lines_of_an_entity_have_all_its_names(study):
    found = explore.lines(study, entity="kataib-hezbollah")
    assert found["node"].nunique() > 2


def test_difference_takes_two_known_outlets(study):
    keyness = explore.difference(study, "The Hill", "ESTA", "keyness")
    assert keyness["log_likelihood"].is_monotonic_decreasing
    shift = explore.difference(study, "The Hill", "ESTA", "proportion")
    back = explore.difference(study, "ESTA", "The Hill", "proportion")
    assert shift["contribution"].sum() == pytest.approx(0)
    there, again = (t.set_index("term")["contribution"] for t in (shift, back))
    pd.testing.assert_series_equal(there.sort_index(), -again.sort_index())
    for given in (("The Hill", "The Hill"), ("The Hill", "ESTA", "tone")):
        with pytest.raises(ValueError, match=r"two different|no measure"):
            explore.difference(study, *given)


def test_events_keep_their_numbers(study):
    every = explore.events(study)
    assert list(every["number"]) == list(range(1, len(every) + 1))
    numbers = every.set_index("event_id")["number"]
    chosen = {
        "actor": explore.events(study, actor="us"),
        "week": explore.events(study, precision="week"),
        "pause": explore.events(study, direction="pause"),
    }
    for part in chosen.values():
        assert 0 < len(part) < len(every)
        assert (part["event_id"].map(numbers) == part["number"]).all()
    parties = chosen["actor"]["source"] + ";" + chosen["actor"]["target"]
    assert parties.str.split(";").map(lambda ids: "us" in ids).all()
    assert set(chosen["week"]["precision"]) == {"day", "week"}
    with pytest.raises(ValueError, match="no 'hour'; there are: day"):
        explore.events(study, precision="hour")


def test_sentences_of_an_event_by_number_or_words(study):
    reports = study.table("event_reports")
    assert len(explore.sentences(study)) == len(reports)
    one = reports["event_id"].mode()[0]
    assert len(explore.sentences(study, one)) == (reports["event_id"] == one).sum()
    events = study.table("events").set_index("event_id")
    found = explore.sentences(study, "halted attacks")
    assert events.loc[found["event_id"], "summary"].str.contains("halted attacks").all()
    assert len(found)
    assert explore.sentences(study, "no such words").empty


# --- the controls -------------------------------------------------------------------------------


@pytest.fixture
def turned(monkeypatch):
    """What is displayed while the controls are live."""
    shown = []
    monkeypatch.setattr(explore, "is_live", lambda: True)
    monkeypatch.setattr(explore, "display", shown.append)
    return shown


def _controls(shown):
    return {control.description: control for control in shown[-1].children[0].children}


def test_another_word_shows_other_lines_and_a_wrong_one_a_message(study, turned, monkeypatch):
    tables, messages = [], []
    monkeypatch.setattr(Study, "caution", lambda self, text: messages.append(text))
    monkeypatch.setattr(Study, "show", lambda self, frame, *given, **named: tables.append(frame))
    explore.kwic(study, "attacks")
    assert set(tables[-1]["node"].str.lower()) == {"attacks"}
    controls = _controls(turned)
    controls["word"].value = "troops"
    assert set(tables[-1]["node"].str.lower()) == {"troops"}
    controls["outlet"].value = "The Hill"
    assert set(tables[-1]["outlet"]) == {"The Hill"}
    n = len(tables)
    controls["word"].value = "[troops"
    assert len(tables) == n
    assert "Not shown:" in messages[-1]


def test_a_figure_drawn_again_keeps_its_number(study, turned, monkeypatch):
    bundles = []
    monkeypatch.setattr(notebook, "display", lambda content, **named: bundles.append(content))
    explore.timeline(study)
    _controls(turned)["direction"].value = "pause"
    figures = [bundle["text/plain"] for bundle in bundles if isinstance(bundle, dict)]
    assert [text.split(". ")[0] for text in figures] == ["Figure 5.1", "Figure 5.1"]
    study.figure(explore.figures.empty("-"), "next", "Next.", "-", pd.DataFrame({"a": [1]}))
    assert bundles[-2]["text/plain"].startswith("Figure 5.2")


def test_two_outlets_by_another_view(study, turned, monkeypatch):
    names = []
    monkeypatch.setattr(Study, "figure", lambda self, figure, name, *given: names.append(name))
    explore.outlets(study, ["The Hill", "ESTA"])
    controls = _controls(turned)
    controls["view"].value = "keyness"
    controls["against"].value = "The Hill"  # itself
    controls["against"].value = "The National"
    assert names == ["word_shift", "keyness_of_two", "keyness_of_two"]


def test_run_with_nobody_there_shows_the_first_view_and_no_widget_catches_it(built, monkeypatch):
    """What a widget catches nbclient sends back to the kernel, and may then miss its answer."""
    caught = []
    monkeypatch.setattr(OutputWidget, "sync_state", caught.append)
    monkeypatch.delenv("NEWS_PRODUCTS", raising=False)
    monkeypatch.setenv("NEWS_TABLES", str(built.folder))
    source = """from analysis import explore, notebook
study = notebook.open_study("02_term_frequency")
explore.kwic(study, "convoy*")
explore.kwic(study, "[convoy")"""
    cell = new_code_cell(source)
    NotebookClient(new_notebook(cells=[cell]), kernel_name="python3").execute()
    shown = [output["data"].get("text/html") for output in cell["outputs"]]
    assert caught == []
    assert [bool(html) for html in shown] == [False, True, False, True], "controls, view, twice"
    assert "“convoy*” in its sentences" in shown[1]
    assert "Not shown:" in shown[3]


# --- in a report --------------------------------------------------------------------------------


def test_a_report_shows_the_first_state(built, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("NEWS_PRODUCTS", str(tmp_path))
    assert not explore.is_live()
    study = Study("02_term_frequency", built.folder, tmp_path, {})
    explore.kwic(study, "troops", window=3)
    explore.event(study)
    explore.outlets(study, ["The Hill", "ESTA"])
    assert set(read_csv(tmp_path / "tables/kwic.csv")["node"].str.lower()) == {"troops"}
    reports = study.table("event_reports")
    assert len(read_csv(tmp_path / "tables/who_says_what_when.csv")) == len(reports)
    assert (tmp_path / "figures/word_shift.svg").is_file()


def test_what_a_report_may_not_show_is_not_shown(built, tmp_path, monkeypatch):
    monkeypatch.setenv("NEWS_PRODUCTS", str(tmp_path))
    monkeypatch.setenv("NEWS_TEXTS", "none")
    study = Study("02_term_frequency", built.folder, tmp_path, {})
    assert explore.lines(study, "troops").empty
    assert set(explore.sentences(study)["text"]) == {""}


def test_one_outlet_alone_is_nothing_to_compare(study, monkeypatch):
    drawn = []
    monkeypatch.setattr(Study, "figure", lambda self, figure, *given: drawn.append(figure))
    monkeypatch.setattr(Study, "caution", lambda *given: None)
    explore.outlets(study, ["The Hill"])
    assert len(drawn) == 1
