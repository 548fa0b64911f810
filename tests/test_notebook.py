"""What a notebook shows: tables and figures with all that the user's own have."""

import json
import subprocess
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from analysis import notebook
from analysis.base.safe_csv import read_csv
from analysis.notebook import Study, with_index
from analysis.report.running import INLINE

WORDS = pd.DataFrame(
    {
        "paper": ["Courier", "Courier", "Herald", "Herald"],
        "year": [2019, 2020, 2020, 2020],
        "tone": pd.Categorical(["calm", "loud", "calm", "calm"]),
        "n": [3, 4, 5, 6],
    }
)


@pytest.fixture
def study(tmp_path):
    return Study("09_mine", tmp_path, tmp_path / "09_mine", {})


INDEXED = {
    "groups": (WORDS.groupby("paper")[["n"]].sum(), ["paper", "n"], "Courier"),
    "two groups": (WORDS.groupby(["paper", "year"])["n"].sum(), ["paper", "year", "n"], "2019"),
    "crosstab": (pd.crosstab(WORDS["paper"], WORDS["tone"]), ["paper", "calm", "loud"], "Herald"),
    "counts": (WORDS["paper"].value_counts(), ["paper", "count"], "Herald"),
    "no name": (pd.Series({2019: 7, 2020: 8}), ["index", "value"], "2020"),
    "statistics": (WORDS[["n"]].describe(), ["index", "n"], "mean"),
    "several heads": (
        WORDS.groupby("paper").agg({"n": ["min", "max"]}),
        ["paper", "n min", "n max"],
        "Courier",
    ),
    "a name twice": (WORDS.set_index("paper", drop=False)[["paper"]], ["paper (2)", "paper"], "He"),
    "lists": (WORDS.groupby("paper")["n"].agg(list), ["paper", "n"], "[5, 6]"),
}


@pytest.mark.parametrize(("table", "columns", "cell"), INDEXED.values(), ids=INDEXED)
def test_what_the_rows_are_called_is_on_the_page_in_csv_and_latex(
    study, tmp_path, monkeypatch, table, columns, cell
):
    page = []
    monkeypatch.setattr(notebook, "_display", lambda *part: page.append(notebook._html(*part)))
    study.show(table, "mine", "A table.")
    folder = tmp_path / "09_mine" / "tables"
    saved = read_csv(folder / "mine.csv")
    assert saved.columns.tolist() == columns and len(saved) == len(table)
    for text in ((folder / "mine.csv").read_text(), (folder / "mine.tex").read_text(), *page):
        assert cell.strip("[]") in text
    assert all(f'<th scope="col">{column}</th>' in page[0] for column in columns)
    study.show(table, "mine", "A table.")
    assert ["<style>" in shown for shown in page] == [True, False]


@pytest.mark.parametrize("chosen", [WORDS, WORDS[WORDS["n"] > 3], WORDS.sort_values("n").iloc[::2]])
def test_row_numbers_are_left_out(chosen):
    assert with_index(chosen).columns.tolist() == [*WORDS.columns]
    assert with_index(WORDS["n"]).columns.tolist() == ["n"]


def test_what_is_no_table_is_refused_with_a_way_out(study):
    with pytest.raises(TypeError, match=r"DataFrame or a Series, not dict: pd.DataFrame"):
        study.show({"a": 1}, "mine", "A table.")


def test_axes_and_what_else_a_plot_gives_back_are_shown_as_their_figure(study, tmp_path):
    totals = WORDS.groupby("paper")["n"].sum()
    figure, axes = plt.subplots(1, 2)
    for drawn in (figure, axes, axes[1], axes[0].bar([1], [2]), totals.plot(), {"a": axes[0]}):
        study.figure(drawn, "mine", "A figure.", "A line.", totals)
    assert read_csv(tmp_path / "09_mine" / "tables" / "mine.csv")["paper"].tolist() == [
        *("Courier", "Herald")
    ]
    with pytest.raises(TypeError, match=r"not str: begin with"):
        study.figure("axes", "mine", "A figure.", "A line.", totals)
    plt.close("all")


def test_the_corpus_that_is_named_is_read_whatever_is_at_hand(tmp_path, monkeypatch):
    monkeypatch.setenv("NEWS_TABLES", str(tmp_path / "at hand"))
    monkeypatch.setenv("NEWS_CORPUS", str(tmp_path / "at hand"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(notebook, "_build", lambda corpus: corpus / "tables")
    for named in ("mine", tmp_path / "mine"):
        assert (
            notebook.open_study("09_mine", corpus=named)._tables.folder == tmp_path / "mine/tables"
        )
    assert notebook.open_study("09_mine")._tables.folder == tmp_path / "at hand"
    cells = {"In": ["", "corpus = ''\nmost = 3"], "corpus": str(tmp_path / "mine"), "most": 3}
    for study in (
        notebook.open_study("09_mine", names=cells),
        notebook.open_study("09_mine", tmp_path / "mine", names=cells),
    ):
        assert study._tables.folder == tmp_path / "mine/tables"
        assert study.parameters == {"most": 3}  # no path on the card


# --- a student's own plots, parameters, works cited --------------------------------------------

PLOTS = {
    "the last line is a figure": "figures.bars(words, 'paper', 'n', 'words')",
    "plt.show": "plt.barh(words['paper'], words['n'])\nplt.show()",
    "a plot of pandas": "words.plot.barh('paper', 'n');",
    "study.figure": "study.figure(words['n'].plot(), 'n', 'N.', 'N.', words)",
}


def test_what_a_cell_draws_is_among_its_outputs_once(tmp_path, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", INLINE)
    monkeypatch.setenv("NEWS_TABLES", str(tmp_path))
    monkeypatch.setenv("NEWS_PRODUCTS", str(tmp_path))
    first = """import matplotlib.pyplot as plt
import pandas as pd
from analysis.notebook import open_study
from analysis.show import figures
study = open_study("mine")
words = pd.DataFrame({"paper": ["Courier", "Herald"], "n": [3, 4]})"""
    cells = [new_code_cell(source) for source in (first, *PLOTS.values())]
    NotebookClient(new_notebook(cells=cells), kernel_name="python3").execute()
    drawn = [sum("image/png" in o.get("data", {}) for o in cell["outputs"]) for cell in cells]
    assert dict(zip(PLOTS, drawn[1:], strict=True)) == dict.fromkeys(PLOTS, 1)


def _run(*cells, **names):
    return notebook._set_by_cells({"In": ["", *cells], **names})


CALL = "study = open_study('mine', names=globals())"


def test_parameters_are_what_cells_of_plain_values_set_before_the_study():
    cells = "corpus = ''\nmost = 3  # shown", "import os", "size = len(os.sep)", CALL, "later = 4"
    given = _run(*cells, corpus="", most=5, size=1, later=4, os=None)
    assert given == {"corpus": "", "most": 5}
    assert _run("%matplotlib inline", "print(", CALL) == {}


def test_an_unknown_parameter_of_papermill_is_refused_with_the_nearest_name():
    injected = "# Parameters\ntop_term = 10"
    with pytest.raises(ValueError, match="'top_term': did you mean top_terms"):
        _run("top_terms = 25", injected, CALL, top_terms=25, top_term=10)
    assert _run("top_terms = 25", injected + "s", CALL, top_terms=10) == {"top_terms": 10}
    moved = "# Parameters\nkeywords_each = 10"  # once of 04
    with pytest.raises(ValueError, match="'keywords_each': 04b_compare_words has it"):
        _run("most_events = 25", moved, CALL, most_events=25, keywords_each=10)


def test_a_notebook_half_written_does_not_hide_where_a_parameter_is(tmp_path, monkeypatch):
    tagged = {"metadata": {"tags": ["parameters"]}, "cell_type": "code"}
    for name, source in (("08_piers", "most = 3"), ("09_ferries", "most = (")):
        (tmp_path / "notebooks").mkdir(exist_ok=True)
        page = json.dumps({"cells": [{"source": "# Which?"}, tagged | {"source": source}]})
        (tmp_path / f"notebooks/{name}.ipynb").write_text(page)
    (tmp_path / "notebooks/10_empty.ipynb").touch()
    monkeypatch.setattr(notebook, "ROOT", tmp_path)
    assert notebook._elsewhere("most") == "08_piers has it"
    assert notebook._elsewhere("least") == ""


def test_a_corpus_is_found_from_the_working_folder_and_from_the_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEWS_CORPUS", raising=False)
    assert notebook._corpus_at("seeds") == notebook.ROOT / "seeds"
    (tmp_path / "seeds").mkdir()
    assert notebook._corpus_at("seeds") == tmp_path / "seeds"
    assert notebook.corpus_path() == notebook.ROOT / "seeds"
    (tmp_path / "harbour/notebooks").mkdir(parents=True)
    (tmp_path / "harbour/corpus.yml").touch()
    monkeypatch.chdir(tmp_path / "harbour/notebooks")
    assert notebook.corpus_path() == tmp_path / "harbour"


def test_a_corpus_with_hundreds_of_problems_does_not_fill_the_notebook(monkeypatch):
    problems = "\n".join(f"articles.csv, row {n}: no ferry" for n in range(700))
    done = subprocess.CompletedProcess([], 1, stdout="", stderr=problems)
    monkeypatch.setattr(notebook.subprocess, "run", lambda *given, **named: done)
    with pytest.raises(RuntimeError, match="Lines left out: 660") as said:
        notebook._build(Path("ferries"))
    assert len(str(said.value).splitlines()) == 41


def test_works_cited_lead_to_their_address(study, monkeypatch):
    page = []
    monkeypatch.setattr(notebook, "_display", lambda *part: page.append(notebook._html(*part)))
    study.references("gries2008", "entman1993")
    assert page[0].index("Entman") < page[0].index("https://doi.org/10.1075/ijcl.13.4.02gri")
    with pytest.raises(ValueError, match="did you mean gries20"):
        study.references("gries08")


# --- wherever the kernel was started -----------------------------------------------------------

START = "".join(
    json.loads((notebook.ROOT / "notebooks/00_start_here.ipynb").read_text())["cells"][1]["source"]
)


@pytest.fixture
def start(tmp_path, monkeypatch):
    """Run the first cell as in a kernel that does not know the project; what it did."""
    monkeypatch.chdir(tmp_path)
    for name in ("COLAB_RELEASE_TAG", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name != "analysis" or None)
    monkeypatch.setattr("builtins.input", lambda question: "https://example.org/a/b")
    done = []
    monkeypatch.setattr("site.addsitedir", done.append)
    shell = type("Shell", (), {"system": lambda self, command: done.append(command)})
    return lambda: exec(START, {"get_ipython": shell}) or done


@pytest.mark.parametrize("folder", ["", "notebooks"])
def test_started_in_the_project_the_first_cell_finds_it(start, monkeypatch, folder):
    monkeypatch.chdir(notebook.ROOT / folder)
    assert start() == [str(notebook.ROOT)]


def test_started_elsewhere_the_first_cell_finds_the_project_by_the_notebooks_path(
    start, monkeypatch
):
    monkeypatch.setenv("JPY_SESSION_NAME", str(notebook.ROOT / "notebooks/00_start_here.ipynb"))
    assert start() == [str(notebook.ROOT)]


def test_where_nothing_is_known_the_first_cell_says_what_to_do(start):
    with pytest.raises(AssertionError, match="Start Jupyter by `make lab`"):
        start()


def test_on_colab_the_first_cell_asks_for_the_address_and_fetches_the_project(start, monkeypatch):
    monkeypatch.setenv("COLAB_RELEASE_TAG", "release")
    monkeypatch.chdir(notebook.ROOT)
    fetch, found = start()
    assert "git clone -q https://example.org/a/b project; pip install -qe project" in fetch
    assert found == str(notebook.ROOT)
