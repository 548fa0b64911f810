"""Notebooks of a user's own: one to start from, and a run of one alone that says what is wrong."""

import shutil
from pathlib import Path

from analysis.base.environment import ROOT
from analysis.base.json_files import load_json
from analysis.base.messages import PlainError
from analysis.corpus.reading import read_corpus
from analysis.report.notebook_files import Notebook, find_notebooks, problems_of
from analysis.report.running import run_all, warm_up
from analysis.tables.build import build

TEMPLATE = Path(__file__).with_name("templates") / "notebook.ipynb"
CHECKED = "checked"  # folder of the cache with the last run of each notebook


class NotebookError(PlainError, RuntimeError):
    """A notebook cannot be started or run; the message says why and what to do."""


def start_notebook(corpus: Path, name: str) -> Path:
    """Write a notebook that runs, ``notebooks/NAME.ipynb`` of `corpus`; an older one is kept.

    Raises NotebookError where there is one, or where `corpus` or `name` cannot have one.
    """
    if not corpus.is_dir():
        raise NotebookError(f"{corpus} is no corpus folder: make corpus NAME={corpus} starts one.")
    stem = Path(name).name.removesuffix(".ipynb")
    if not stem or stem != name.removesuffix(".ipynb"):
        raise NotebookError(f"{name!r} is no name for a notebook: NAME=my-question, say.")
    path = corpus / "notebooks" / f"{stem}.ipynb"
    if path.exists() or stem in {one.name for one in find_notebooks(corpus, {}, corpus)}:
        raise NotebookError(f"There is a notebook {stem} already: give yours another NAME.")
    path.parent.mkdir(exist_ok=True)
    text = TEMPLATE.read_text("utf-8").replace("NAME", stem)
    path.write_text(text.replace("QUESTION", stem.replace("-", " ").replace("_", " ")), "utf-8")
    return path


def corpus_of(path: Path, corpus: Path) -> Path:
    """The corpus in whose ``notebooks/`` a file lies, else `corpus`."""
    own = path.resolve().parent.parent
    return own if own != ROOT and path.resolve().parent.name == "notebooks" else corpus


def check_notebook(path: Path, corpus: Path, cache: Path) -> list[str]:
    """Run one notebook on `corpus`, as a report does; what it shows, a line each.

    Raises NotebookError with the section, the error and the copy that has the traceback.
    """
    if not path.is_file():
        raise NotebookError(f"{path}: there is no such file.")
    if problems := problems_of(path):
        raise NotebookError("\n".join(f"{n.where}: {n.what} {n.todo}" for n in problems))
    warm_up()
    read = read_corpus(corpus)
    built = build(read, cache, print)
    home = cache / CHECKED
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    notebook = Notebook(path.resolve(), home / path.stem)
    rule = read.settings["share_texts"]
    failures = run_all([(notebook, "checked")], {path.stem: {}}, built, corpus, home, rule)
    if failures:
        raise NotebookError(f"{path.name} {failures[0].what}\nSee {failures[0].copy}.")
    return _what_came_out(notebook)


def _what_came_out(notebook: Notebook) -> list[str]:
    results = notebook.products / "results"
    cells = load_json(results / "notebook.ipynb")["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    plots = sum("image/png" in o.get("data", {}) and "text/html" not in o["data"] for o in outputs)
    figures = sorted(path.stem for path in results.glob("figures/*.svg"))
    tables = sorted({path.stem for path in results.glob("tables/*.csv")} - set(figures))
    findings = load_json(results / "findings.json", [])
    lines = [
        f"figures: {', '.join(figures) or 'none'}",
        f"tables: {', '.join(tables) or 'none'}",
        f"findings: {len(findings)}",
    ]
    if plots:
        lines.append(f"{plots} plots without study.figure: shown without number, caption, files")
    return lines
