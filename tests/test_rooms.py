"""The house: a room imports only rooms above it, and its page names the files that are there."""

import ast
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import analysis

PACKAGE = Path(analysis.__file__).parent
ROOMS = (  # from the top: what stands lower may import what stands higher
    *("base", "lexicons", "text", "clean", "entities", "dates", "quotes", "events", "article"),
    *("corpus", "terms", "outlets", "timeline", "tables", "show", "notebook", "explore", "report"),
    "__main__",
)


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imported(path: Path) -> set[str]:
    """The rooms that a module imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: name the module from analysis on"
        if isinstance(node, ast.ImportFrom) and node.module == "analysis":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module.partition("analysis.")[2].split(".")[0]}
        elif isinstance(node, ast.Import):
            found |= {alias.name.partition("analysis.")[2].split(".")[0] for alias in node.names}
    return found & set(ROOMS)


def test_every_module_stands_in_a_room():
    assert {_room(path) for path in PACKAGE.rglob("*.py")} == {*ROOMS, "__init__"}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_rooms_above_it(room):
    above = ROOMS[: ROOMS.index(room) + 1]
    for path in PACKAGE.rglob("*.py"):
        if _room(path) == room:
            assert _imported(path) <= set(above), path


@pytest.mark.parametrize("room", [room for room in ROOMS if (PACKAGE / room).is_dir()])
def test_the_page_of_a_room_names_its_files(room):
    page = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text("utf-8")))
    named = set(re.findall(r"``([a-z_]+)(?:/|``)", page))
    there = {path.stem for path in (PACKAGE / room).glob("*.py")} - {"__init__"}
    assert there <= named, f"{room}/__init__.py does not name {there - named}"


@pytest.mark.parametrize(
    "address",
    [
        *("corpus.read_corpus", "clean.clean_text", "dates.find_dates", "events.read_events"),
        *("events.classify_sentence", "terms.keyness", "terms.kwic", "notebook.read_table"),
    ],
)
def test_addresses_that_scripts_rely_on(address):
    module, name = address.rsplit(".", 1)
    assert getattr(import_module(f"analysis.{module}"), name) is getattr(analysis, name)


def test_the_door_opens_at_once():
    code = "import sys, analysis; print(len(sys.modules), 'pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[1] == "False"
    assert set(analysis.__all__) <= set(dir(analysis))
    with pytest.raises(AttributeError, match="read_corpus"):
        analysis.read_corpse  # noqa: B018
