"""The notebooks as files: their code, their parameters, and what a corpus sets them to."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.base.digests import digest
from analysis.base.environment import ROOT
from analysis.base.messages import Note, nearest
from analysis.base.parameters import parameters_of
from analysis.base.schemas import load_schema, problems
from analysis.base.yaml_files import Yaml

NOTEBOOKS = ROOT / "notebooks"


@dataclass
class Notebook:
    """A notebook to run: its source, parameters for this corpus, and where its results are kept."""

    path: Path
    products: Path
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def cells(self) -> list[dict[str, Any]]:
        return json.loads(self.path.read_text("utf-8"))["cells"]

    @property
    def is_lesson(self) -> bool:
        """Whether it teaches how to work and has no results: its title is tagged ``exercise``."""
        return "exercise" in self.cells[0]["metadata"].get("tags", [])

    def source(self) -> str:
        """All Python of the notebook, without IPython's own commands."""
        lines = [
            line
            for cell in self.cells
            if cell["cell_type"] == "code"
            for line in "".join(cell["source"]).splitlines()
            if not line.lstrip().startswith(("%", "!"))
        ]
        return "\n".join(lines)

    def digest(self) -> str:
        """Of what is run and shown; outputs that JupyterLab saved with it do not count."""
        cells = [
            (c["cell_type"], "".join(c["source"]), c["metadata"].get("tags")) for c in self.cells
        ]
        return digest(cells)

    def title(self) -> str:
        first = "".join(self.cells[0]["source"])
        return first.splitlines()[0].lstrip("# ").strip()

    def defaults(self) -> dict[str, Any]:
        """The values of the cell tagged ``parameters``."""
        return parameters_of(self.cells)


def find_notebooks(corpus_path: Path, parameters: dict[str, Any], products: Path) -> list[Notebook]:
    """The notebooks to run for a corpus: ours but the lessons, then the corpus's own.

    Of its own, those with a number come first; those that cannot be read are left to
    `file_problems`.
    """
    own = [path for path in _own_files(corpus_path) if not problems_of(path)]
    own.sort(key=lambda path: (not path.stem[:1].isdigit(), path.stem))
    paths = [*sorted(NOTEBOOKS.glob("*.ipynb")), *own]
    found = [Notebook(path, products / path.stem) for path in paths]
    for notebook in found:
        notebook.parameters = _set_for(notebook, parameters)
    return [notebook for notebook in found if not notebook.is_lesson]


def _set_for(notebook: Notebook, parameters: dict[str, Any]) -> dict[str, Any]:
    """What a corpus sets of a notebook's parameters, by its name or that of one it continues."""
    own, first = notebook.name, [name for name in parameters if _continues(notebook, name)]
    known = notebook.defaults()
    given = [item for name in (*first, own) for item in (parameters.get(name) or {}).items()]
    return {key: value for key, value in given if key in known}


def _continues(notebook: Notebook, name: str) -> bool:
    """Whether a notebook of ours goes on from that called `name`, as 04b does from 04."""
    number = re.match(r"\d+(?=_)", name)
    on = number and re.match(number[0] + "[a-z]_", notebook.name)
    return bool(on) and notebook.path.parent == NOTEBOOKS


def _own_files(corpus_path: Path) -> list[Path]:
    return sorted((corpus_path / "notebooks").glob("*.ipynb")) if corpus_path.is_dir() else []


def file_problems(corpus_path: Path) -> list[Note]:
    """What keeps a corpus's own notebooks from being run."""
    return [note for path in _own_files(corpus_path) for note in problems_of(path)]


def problems_of(path: Path) -> list[Note]:
    """What keeps a file from being run as a notebook."""
    where = f"notebooks/{path.name}"
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        return [Note(where, f"no notebook ({error});", "save it again in JupyterLab")]
    if found := problems(Yaml(content), load_schema("notebook"), where):
        return found
    notebook = Notebook(path, path)
    try:
        notebook.defaults()
    except (SyntaxError, ValueError, AttributeError) as error:
        what = f"its cell tagged `parameters` holds more than plain values ({error});"
        return [Note(where, what, "write one `name = value` a line there")]
    return []


def parameter_problems(notebooks: list[Notebook], parameters: dict[str, Any]) -> list[Note]:
    """What is wrong with the parameters a corpus sets: an unknown name, or another type."""
    names = [notebook.name for notebook in notebooks]
    found = [
        Note("corpus.yml, key notebooks", f"no notebook {name!r};", nearest(name, names))
        for name in parameters
        if name not in names
    ]
    for name in sorted({name for name in names if names.count(name) > 1}):
        found.append(Note(f"{name}.ipynb", "two notebooks have this name:", "rename your own"))
    for name in filter(names.__contains__, parameters):
        defaults: dict[str, Any] = {}
        for notebook in notebooks:
            if notebook.name == name or _continues(notebook, name):
                defaults |= notebook.defaults()
        for key, value in (parameters[name] or {}).items():
            found += _misfits(f"corpus.yml, notebooks: {name}: {key}", key, value, defaults)
    return found


def _misfits(where: str, key: str, value: Any, defaults: dict[str, Any]) -> list[Note]:
    if key not in defaults:
        return [Note(where, "unknown parameter;", nearest(key, defaults))]
    if not _fits(value, default := defaults[key]):
        kinds = type(value).__name__, type(default).__name__
        what = f"{value!r} is {kinds[0]}, but {kinds[1]} is needed:"
        return [Note(where, what, f"write it like {default!r}")]
    return []


def _fits(value: Any, default: Any) -> bool:
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return default is None or type(value) is type(default)
