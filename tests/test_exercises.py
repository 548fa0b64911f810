"""The notebooks' exercises: there are some in each, and their solutions work on the seeds."""

import ast
import json
import re
from pathlib import Path

import pytest

from analysis.notebook import Study

NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("*.ipynb"))
WITH_SOLUTIONS = [path for path in NOTEBOOKS if not path.stem.startswith("06")]


def _cells(path):
    return json.loads(path.read_text("utf-8"))["cells"]


def _tags(cell):
    return cell["metadata"].get("tags", [])


def _value(source, namespace):
    """Run a cell as a notebook does; the value of its last line, if that is an expression."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), namespace)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), namespace) if last else None


@pytest.fixture
def silent(monkeypatch, built):
    """Notebooks read the tables of the seeds; nothing is drawn or shown."""
    monkeypatch.setenv("NEWS_TABLES", str(built.folder))
    for name in ("NEWS_PRODUCTS", "NEWS_TEXTS", "NEWS_CORPUS", "COLAB_RELEASE_TAG"):
        monkeypatch.delenv(name, raising=False)
    for name in ("show", "figure", "finding", "card", "caution"):
        monkeypatch.setattr(Study, name, lambda *given, **named: None)


@pytest.mark.parametrize("path", WITH_SOLUTIONS, ids=lambda p: p.stem)
def test_solutions_answer(path, silent, capsys):
    namespace, answers = {}, {}
    for cell in _cells(path):
        source = "".join(cell["source"])
        solved = (
            re.search(r"```python\n(.*?)```", source, re.S) if "solution" in _tags(cell) else None
        )
        if cell["cell_type"] == "code" or solved:
            capsys.readouterr()
            value = _value(solved[1] if solved else source, namespace)
            if solved or cell["id"] == "methods":
                answers[cell["id"]] = (value is not None and len(value)) or capsys.readouterr().out
    assert answers
    assert [name for name, answer in answers.items() if not answer] == []


CHANGES = {  # a cell of notebook 02, its line that begins so, and what the page for teachers says
    "top": ("axes.barh(", 'axes.plot(top["per_1000"], top["term"], "o")'),
    "conditional": ("groups =", 'groups = documents.set_index("doc_id")["published"].str[:7]'),
    "conditional ": ("words =", 'words = ["truce", "ceasefire", "attack"]'),
}


def test_three_changes_of_one_line_each_change_the_notebook(silent, monkeypatch, capsys):
    figures, namespace = {}, {}

    def keep(study, drawn, name, caption, alt, data, **named):
        figures[name] = drawn, data

    monkeypatch.setattr(Study, "figure", keep)
    page = (NOTEBOOKS[0].parent / "TEACHING.md").read_text("utf-8")
    for cell in _cells(next(path for path in NOTEBOOKS if path.stem.startswith("02"))):
        lines = "".join(cell["source"]).splitlines()
        for name, (begins, other) in CHANGES.items():
            if name.strip() == cell["id"]:
                assert other in page
                lines[[line.startswith(begins) for line in lines].index(True)] = other
        if cell["cell_type"] == "code":
            _value("\n".join(lines), namespace)
        if cell["id"] == "spread":
            break
    top, spread = figures["top_terms"][0], figures["terms_spread"][1]
    assert not top.axes[0].patches and len(top.axes[0].lines) == 1
    assert set(spread["term"]) == {"truce", "ceasefire", "attack"}
    assert "2020-10" in capsys.readouterr().out and "2020-10" in namespace["by_group"]


@pytest.mark.parametrize("path", WITH_SOLUTIONS, ids=lambda p: p.stem)
def test_two_or_three_exercises_with_hints(path):
    cells = _cells(path)
    tasks = [c for c in cells if c["cell_type"] == "markdown" and "<summary>Hint" in str(c)]
    assert 2 <= len(tasks) <= 3
    for task in tasks:  # with its solution, or a cell to work in
        assert any(cell["id"].startswith(f"{task['id']}-") for cell in cells), task["id"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_teaching_cells_stay_out_of_the_report(path):
    for cell in _cells(path):
        tags = _tags(cell)
        if cell["id"].startswith(("exercise", "try-it", "colab")) or "solution" in tags:
            assert "exercise" in tags, cell["id"]
        if "solution" in tags:  # Run All gives nothing away
            assert cell["cell_type"] == "markdown"
            assert "".join(cell["source"]).startswith("<details><summary>Solution")


def test_the_colab_cell_is_the_same_everywhere():
    found = {tuple(c["source"]) for path in NOTEBOOKS for c in _cells(path) if c["id"] == "colab"}
    assert len(found) == 1
    assert all(any(c["id"] == "colab" for c in _cells(path)) for path in NOTEBOOKS)


# --- pages for students and teachers -------------------------------------------------------------


def _prose(path):
    return "\n".join("".join(c["source"]) for c in _cells(path) if c["cell_type"] == "markdown")


def _glossary():
    rows = (NOTEBOOKS[0].parent / "GLOSSARY.md").read_text("utf-8").splitlines()[6:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_glossary_words_stand_where_it_says_first():
    prose = {path.stem.split("_")[0]: _prose(path) for path in NOTEBOOKS}
    first = {}
    for word, notebook, _ in _glossary():
        pattern = re.compile(rf"(?<!\w){re.escape(word)}", re.IGNORECASE)
        first[word, notebook] = next((n for n, text in prose.items() if pattern.search(text)), None)
    assert len(first) > 40
    assert {place: found for place, found in first.items() if place[1] != found} == {}


def test_glossary_is_in_order_and_says_something():
    words = [row[0] for row in _glossary()]
    assert words == sorted(set(words), key=lambda word: word.replace("²", "~").lower())
    assert all(len(meaning) > 10 for _, _, meaning in _glossary())


def test_the_teachers_page_plans_every_notebook():
    page = (NOTEBOOKS[0].parent / "TEACHING.md").read_text("utf-8")
    planned = set(re.findall(r"\b0\db?\b", page.split("## Before")[0]))
    assert planned == {path.stem.split("_")[0] for path in NOTEBOOKS}
