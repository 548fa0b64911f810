"""The repository keeps its promises: notebooks, locks, environment, README and Makefile agree."""

import json
import re
import subprocess
import sys
import tomllib
from calendar import month_name
from importlib import import_module
from inspect import isfunction
from pathlib import Path

import pytest

import analysis
from analysis.show.bibliography import BIBLIOGRAPHY, entries

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
HEADER = ("You will learn", "Difficulty", "Prior knowledge", "Reads", "Writes", "Limits")
LONGEST_DEF = 4
MOST_COMPLEX = 15
# Functions that are still denser, and public functions without an example: lists that only shrink.
DENSE: set[str] = set()
NO_EXAMPLE = {
    "analysis: open_study",
    "analysis: read_corpus",
    "analysis: read_table",
    "corpus: read_corpus",
    "terms: corpus_sentences",
}


def _cells(path):
    return json.loads(path.read_text("utf-8"))["cells"]


def _source(cell):
    return "".join(cell["source"])


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_is_committed_clean(path):
    notebook = json.loads(path.read_text("utf-8"))
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    identifiers = [cell["id"] for cell in notebook["cells"]]
    assert len(set(identifiers)) == len(identifiers)
    assert all(re.fullmatch(r"[a-z][a-z0-9-]+", identifier) for identifier in identifiers)
    for cell in notebook["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_follows_the_house_style(path):
    cells = _cells(path)
    assert _source(cells[0]).startswith("# ") and "?" in _source(cells[0]).splitlines()[0]
    assert all(word in _source(cells[0]) for word in HEADER)
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1, "one cell is tagged parameters"
    for line in _source(tagged[0]).splitlines():
        assert re.fullmatch(r"\w+ = [^#]+  # .+", line), f"a literal with a comment: {line}"
    for cell in cells:
        if cell["cell_type"] == "code":
            for match in re.finditer(r"^def .*(?:\n[ \t]+.*|\n(?=[ \t]))*", _source(cell), re.M):
                assert match[0].count("\n") <= LONGEST_DEF, "logic belongs in analysis/"
            assert "sys.path" not in _source(cell)
    assert any("exercise" in cell["metadata"].get("tags", []) for cell in cells)


def _pins(lock):
    return dict(re.findall(r"^([a-zA-Z0-9._-]+)==([^\s;\\]+)", (ROOT / lock).read_text(), re.M))


def test_every_dependency_is_locked_with_hashes():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locked, test_locked = _pins("requirements.lock"), _pins("requirements-test.lock")
    for name in project["project"]["dependencies"]:
        assert name in locked, f"{name} is not in requirements.lock: run make lock"
    for name in project["dependency-groups"]["test"]:
        assert name in test_locked, f"{name} is not in requirements-test.lock: run make lock"
    for lock in ("requirements.lock", "requirements-test.lock"):
        text = (ROOT / lock).read_text()
        assert "://" not in text, "a lock names no index"
        for block in re.split(r"\n(?=[a-zA-Z0-9])", text):
            if "==" in block.splitlines()[0]:
                assert "--hash=sha256:" in block
    shared = locked.keys() & test_locked.keys()
    assert {n: locked[n] for n in shared} == {n: test_locked[n] for n in shared}


def test_conda_users_get_the_locked_versions():
    text = (ROOT / "environment.yml").read_text()
    assert "- -r requirements.lock" in text
    pinned = re.search(r"- python=(3\.\d+)", text)[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["requires-python"] == ">=3.11,<3.15"
    assert (3, 11) <= tuple(map(int, pinned.split("."))) < (3, 15)


def test_readme_names_the_makefiles_commands():
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
    readme = (ROOT / "README.md").read_text()
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", readme, re.M))
    assert named <= targets, f"README names targets that do not exist: {named - targets}"
    assert {"report", "test", "lab", "check", "clean"} <= named


def test_every_target_calls_the_package():
    for line in (ROOT / "Makefile").read_text().splitlines():
        if line.startswith("\t") and "awk" not in line:
            assert line.startswith("\t$(RUN) "), line


def test_nothing_is_downloaded():
    forbidden = re.compile(r"nltk\.download\(|sys\.path\.(append|insert)|warnings\.filterwarnings")
    for path in [*ROOT.glob("analysis/**/*.py"), *NOTEBOOKS]:
        assert not forbidden.search(path.read_text("utf-8")), path.name


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_has_nothing_to_say(command):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout.decode()


def _complexities():
    """Cyclomatic complexity of every function and method, by module and name."""
    radon = pytest.importorskip("radon.complexity")
    for path in sorted((ROOT / "analysis").rglob("*.py")):
        module = path.relative_to(ROOT / "analysis").with_suffix("").as_posix()
        for block in radon.cc_visit(path.read_text("utf-8")):
            for function in getattr(block, "methods", [block]):
                yield f"{module}: {function.name}", function.complexity


def test_no_function_needs_a_second_reading():
    dense = {name for name, complexity in _complexities() if complexity > MOST_COMPLEX}
    assert not dense - DENSE, f"above {MOST_COMPLEX} by radon cc: find a better shape"
    assert not DENSE - dense, "no longer dense, or elsewhere: take them out of DENSE"


def _public_functions():
    """The functions that the pages of the rooms and `analysis` itself hand out."""
    for page in sorted((ROOT / "analysis").glob("*/__init__.py")):
        room = import_module(f"analysis.{page.parent.name}")
        for name in getattr(room, "__all__", ()):
            if isfunction(getattr(room, name)):
                yield f"{page.parent.name}: {name}", getattr(room, name)
    for name in analysis.__all__:
        yield f"analysis: {name}", getattr(analysis, name)


def test_public_functions_have_an_example():
    without = {name for name, function in _public_functions() if ">>>" not in function.__doc__}
    assert not without - NO_EXAMPLE, "give each a runnable example (>>>) in its docstring"
    assert not NO_EXAMPLE - without, "these have one: take them out of NO_EXAMPLE"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_every_work_a_notebook_cites_is_in_its_references(path):
    works = entries(BIBLIOGRAPHY.read_text("utf-8"))
    keys = {(w["author"].split(",")[0], w["year"]): key for key, w in works.items()}
    cells = {cell["id"]: _source(cell) for cell in _cells(path)}
    prose = " ".join(_source(c) for c in _cells(path) if c["cell_type"] == "markdown")
    cited = re.findall(
        r"([A-Z][\w-]+)(?: et al\.|,? (?:&|and) [A-Z][\w-]+)?,? \(?((?:19|20)\d\d)(?=[);:])", prose
    )
    cited = {work for work in cited if work[0] not in month_name}
    assert cited <= keys.keys(), "add them to notebooks/references.bib"
    shown = set(re.findall(r"[a-z]+\d{4}", cells.get("references", "")))
    assert {keys[work] for work in cited} <= shown <= works.keys()


def test_works_cited_can_be_found():
    for key, work in entries(BIBLIOGRAPHY.read_text("utf-8")).items():
        assert {"author", "title", "year"} <= work.keys(), key
        if work.get("journal"):
            assert "doi" in work or "url" in work, f"{key}: give its DOI"
