"""What a corpus adds to the lexicons: checked before anything is read with it."""

import re
from pathlib import Path
from typing import Any

from analysis.base.messages import Note, nearest
from analysis.base.schemas import load_schema, problems
from analysis.base.yaml_files import Yaml, YamlError, read_yaml
from analysis.lexicons import load

ADDED_TO = (  # whose additions are read so far
    *("events", "furniture", "plover", "labels", "reporting_verbs", "credits", "names", "passives"),
    "dates",
)


def check_additions(folder: Path) -> tuple[list[Note], list[Note]]:
    """What is wrong with the files of a corpus's ``lexicons/``, and which of them do not count."""
    schemas = load_schema("lexicons")
    known = [f"{name}.yml" for name in schemas if name != "$defs"]
    wrong, idle = [], []
    for path in sorted(folder.glob("*")):
        if path.name.startswith(".") or not path.is_file():
            continue  # what is no file is named where the corpus is read
        if path.name not in known:
            todo = nearest(path.name, known, "a corpus can add to")
            wrong.append(Note(str(path), "no lexicon has this name", todo))
            continue
        wrong += _check_file(path, {"$defs": schemas["$defs"], **schemas[path.stem]})
        if path.stem not in ADDED_TO:
            count = ", ".join(f"{name}.yml" for name in ADDED_TO)
            what = "what it adds does not count yet"
            idle.append(Note(str(path), what, f"additions are read from {count}"))
    return wrong, idle


def _check_file(path: Path, schema: dict[str, Any]) -> list[Note]:
    file = str(path)
    try:
        read = read_yaml(path.read_text("utf-8-sig"), file)
    except YamlError as error:
        return [error.note]
    except (OSError, UnicodeError) as error:
        return [Note(file, f"cannot be read ({error})", "save it as a text file in UTF-8")]
    read.value = _without_blanks(read.value)
    if read.value is None:
        return read.problems
    wrong = [*read.problems, *problems(read, schema, file)]
    return wrong or (_unknown_classes(read, file) if path.stem == "events" else [])


def _without_blanks(value: Any) -> Any:
    """A value without the keys that nothing stands behind: they are as good as left out."""
    if not isinstance(value, dict):
        return value
    return {key: _without_blanks(item) for key, item in value.items() if item is not None}


def _unknown_classes(read: Yaml, file: str) -> list[Note]:
    """Word classes, as in ``fire <weapon>``, that neither ours nor the addition define."""
    added = read.value
    classes = [*load("events")["classes"], *added.get("classes", {})]
    notes = []
    for root, modes in added.get("events", {}).items():
        for mode, kinds in modes.items():
            for kind, phrases in kinds.items():
                for number, phrase in enumerate(phrases or ()):
                    where = f"{file}, line {read.line(('events', root, mode, kind, number))}"
                    notes += [
                        Note(f"{where}, {phrase!r}", f"no class <{name}>", nearest(name, classes))
                        for name in re.findall(r"<([^|]*?)>?(?:\||\s|$)", phrase)
                        if name not in classes
                    ]
    return notes
