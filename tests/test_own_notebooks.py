"""Notebooks of a user's own: started, run alone; and the house style of those that come along."""

import ast
import json
import re
from pathlib import Path

import pytest
from notebook_cells import ORIGINS, counts_of

from analysis import __main__
from analysis.base.parameters import parameters_of
from analysis.report import own_notebooks
from analysis.report.notebook_files import NOTEBOOKS, Notebook, problems_of
from analysis.report.own_notebooks import NotebookError, corpus_of, start_notebook
from analysis.show import figures

OURS = sorted(NOTEBOOKS.glob("*.ipynb"))
BY_CONTROLS = {"kwic", "word_shift", "timeline", "who_says_what_when"}  # shown by `explore`


def _code(path):
    """The cells of code by id, without exercises and what finds the project."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = {c["id"]: "".join(c["source"]) for c in cells if c["cell_type"] == "code"}
    return {name: text for name, text in code.items() if not name.startswith(("exercise", "colab"))}


def test_a_notebook_is_started_once_and_has_what_a_report_needs(tmp_path):
    path = start_notebook(tmp_path, "ferry-strikes")
    assert path == tmp_path / "notebooks/ferry-strikes.ipynb"
    notebook = Notebook(path, tmp_path)
    assert problems_of(path) == []
    assert notebook.title() == "ferry strikes?" and set(notebook.defaults()) == {"corpus", "most"}
    assert 'open_study("ferry-strikes", names=globals())' in notebook.source()
    assert "NAME" not in path.read_text()
    with pytest.raises(NotebookError, match="a notebook ferry-strikes already"):
        start_notebook(tmp_path, "ferry-strikes.ipynb")


@pytest.mark.parametrize(
    ("name", "why"), [("", "is no name"), ("../x", "is no name"), ("02_term_frequency", "already")]
)
def test_names_that_no_notebook_can_have(tmp_path, name, why):
    with pytest.raises(NotebookError, match=why):
        start_notebook(tmp_path, name)


def test_a_corpus_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NotebookError, match="make corpus NAME="):
        start_notebook(tmp_path / "none", "ferries")


def test_a_notebook_is_checked_on_the_corpus_it_lies_in():
    assert corpus_of(Path("/a/ferries/notebooks/x.ipynb"), Path("seeds")) == Path("/a/ferries")
    assert corpus_of(Path("/a/x.ipynb"), Path("seeds")) == Path("seeds")
    assert corpus_of(OURS[0], Path("ferries")) == Path("ferries")


def test_what_is_no_notebook_is_said_before_anything_runs(tmp_path):
    with pytest.raises(NotebookError, match="no such file"):
        own_notebooks.check_notebook(tmp_path / "x.ipynb", tmp_path, tmp_path)
    (tmp_path / "x.ipynb").write_text("ferries")
    with pytest.raises(NotebookError, match="save it again"):
        own_notebooks.check_notebook(tmp_path / "x.ipynb", tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("most = 3\nwords: list = ['ferry', 'pier']", {"most": 3, "words": ["ferry", "pier"]}),
        ("'Which ferries?'\nimport os\nmost = 3", {"most": 3}),
        ("", {}),
    ],
)
def test_parameters_are_what_the_tagged_cell_sets(source, found):
    cells = [{"metadata": {}, "source": "most = 9"}]
    assert parameters_of(cells) == {}
    cells += [{"metadata": {"tags": ["parameters"]}, "source": source}]
    assert parameters_of(cells) == found


def test_the_commands_say_what_is_wrong(tmp_path, capsys):
    for words, message in (
        (["notebook", "--corpus", str(tmp_path), "--name", ""], "is no name"),
        (["check-notebook", "--file", str(tmp_path / "x.ipynb")], "no such file"),
    ):
        assert __main__.main(words) == 1
        assert message in capsys.readouterr().err


def test_what_came_out_is_told(tmp_path):
    results = tmp_path / "results"
    for name in ("figures/a.svg", "tables/a.csv", "tables/b.csv"):
        (results / name).parent.mkdir(parents=True, exist_ok=True)
        (results / name).touch()
    outputs = [{"data": {"image/png": ""}}, {"data": {"image/png": "", "text/html": ""}}]
    (results / "notebook.ipynb").write_text(json.dumps({"cells": [{"outputs": outputs}]}))
    told = own_notebooks._what_came_out(Notebook(tmp_path / "x.ipynb", tmp_path))
    assert told[:3] == ["figures: a", "tables: b", "findings: 0"]
    assert told[3].startswith("1 plots without study.figure")


# --- those that come along ----------------------------------------------------------------------


@pytest.mark.parametrize("path", OURS, ids=lambda p: p.stem)
def test_cells_are_short_and_the_study_is_opened_in_one_call(path):
    long = {name for name, text in _code(path).items() if len(text.splitlines()) > 12}
    assert not long, "at most a dozen lines a cell"
    assert f'open_study("{path.stem}", names=globals())' in "".join(_code(path).values())


@pytest.mark.parametrize("path", OURS, ids=lambda p: p.stem)
def test_the_card_lists_what_is_read_and_written(path):
    card = "".join(json.loads(path.read_text("utf-8"))["cells"][0]["source"])
    reads, writes = (
        set(re.findall(r"`(\w+)`", re.search(rf"\*\*{word}\*\* \|(.*)", card)[1]))
        for word in ("Reads", "Writes")
    )
    source = "\n".join(_code(path).values())
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    shown = [c for c in calls if getattr(c.func, "attr", "") in ("show", "figure") and c.args[1:]]
    shown = {call.args[1].value for call in shown}
    assert set(re.findall(r'study\.table\("(\w+)"', source)) <= reads
    assert shown <= writes and writes - shown <= BY_CONTROLS


@pytest.mark.parametrize("path", OURS, ids=lambda p: p.stem)
def test_beside_a_chart_of_the_package_stands_the_file_that_draws_it(path):
    lines = "\n".join(_code(path).values()).splitlines()
    for above, line in zip(["", *lines], lines, strict=False):
        for name in re.findall(r"figures\.(\w+)\(", line):
            file = getattr(figures, name).__module__.replace(".", "/") + ".py"
            assert name == "palette_for" or f"# {file}" in above + line, line


def test_students_find_charts_and_nltk_in_the_cells():
    sources = {path.stem.split("_")[0]: "\n".join(_code(path).values()) for path in OURS}
    drawn = {name for name, text in sources.items() if re.search(r"plt\.subplots|\.plot\.", text)}
    assert sources.keys() == drawn
    assert {name for name, text in sources.items() if "nltk" in text} >= {"02", "03", "04", "07"}


def test_most_figures_and_tables_are_counted_in_the_cells():
    rows = [counts_of(Notebook(path, path)) for path in OURS]
    counted, chosen, made = (sum(row[name] for row in rows) for name in ORIGINS)
    assert counted > chosen + made
    assert all(row["counted"] and row["open charts"] for row in rows)


SHOWN = {
    "counted": "rows = study.table('labels').groupby('label').size()",
    "chosen": "labels = study.table('labels')\nrows = labels[labels['n'] > 1]",
    "made": "rows = by_day(study.table('labels'))\nsize = 0.3 * len(rows)",
}


@pytest.mark.parametrize("origin", SHOWN)
def test_where_numbers_come_from_is_read_off_the_code(tmp_path, origin):
    code = f"from analysis.x import by_day\n{SHOWN[origin]}\nstudy.show(rows, 'rows', 'All.')"
    card = {"cell_type": "markdown", "id": "title", "source": "| **Writes** | table `rows` |"}
    cells = [card, {"cell_type": "code", "id": "rows", "source": code}]
    (tmp_path / "08_x.ipynb").write_text(json.dumps({"cells": cells}))
    row = counts_of(Notebook(tmp_path / "08_x.ipynb", tmp_path))
    assert {name: row[name] for name in ORIGINS} == dict.fromkeys(ORIGINS, 0) | {origin: 1}
