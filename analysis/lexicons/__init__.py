"""Lexicons: the package's knowledge, in YAML files a reader can check and a corpus extend.

A method is handed a `Lexicon` and asks it by name.  ``additions`` checks what a corpus adds.

To add a lexicon: a file here, its rules in ``base/schema_files/lexicons.yml``.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from analysis.base.yaml_files import load_yaml

_NAMED = re.compile(r"<(\w+)>")
_parse = cache(load_yaml)


@cache
def _own(name: str) -> Any:
    return _filled(_parse((files(__name__) / f"{name}.yml").read_text("utf-8")))


def _filled(content: Any) -> Any:
    """The content of a file with the words of ``calendar.yml`` where a list names them."""
    if isinstance(content, dict):
        return {key: _filled(value) for key, value in content.items()}
    if isinstance(content, list):
        return [word for entry in content for word in _words(entry)]
    return content


def _words(entry: Any) -> list[Any]:
    named = _NAMED.fullmatch(entry) if isinstance(entry, str) else None
    if not named or named[1].lower() not in _calendar():
        return [_filled(entry)]
    words = _calendar()[named[1].lower()]
    return [word.capitalize() for word in words] if named[1][0].isupper() else words


@cache
def _calendar() -> dict[str, list[str]]:
    return _parse((files(__name__) / "calendar.yml").read_text("utf-8"))


def load(name: str) -> Any:
    """Content of ``analysis/lexicons/<name>.yml``, treated as read-only."""
    return OURS[name]


class Lexicon:
    """All that the methods know: our files, and what a corpus adds to them.

    ``lexicon["events"]`` is the content of ``events.yml``, treated as read-only: mappings are
    merged, lists joined, other values of ours replaced by the corpus's; no value empties our list.
    Lexicons with the same
    additions, told by `key`, are equal and hash alike, so that what is made from one
    (`functools.cache`) is kept.
    """

    def __init__(self, additions: Mapping[str, Any] | None = None) -> None:
        self._additions = dict(additions or {})
        self._merged: dict[str, Any] = {}
        self.key = json.dumps(self._additions, sort_keys=True, default=str)

    @classmethod
    def read(cls, folder: Path | None) -> "Lexicon":
        """Ours and the files of a corpus's ``lexicons/`` (see `additions.check_additions`)."""
        files_ = sorted(folder.glob("*.yml")) if folder and folder.is_dir() else []
        return cls({file.stem: _parse(file.read_text("utf-8-sig")) or {} for file in files_})

    def __getitem__(self, name: str) -> Any:
        if name not in self._merged:
            ours, theirs = _own(name), self._additions.get(name)
            self._merged[name] = _merge(ours, theirs) if theirs else ours
        return self._merged[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lexicon) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __reduce__(self) -> tuple[Any, ...]:
        return Lexicon, (self._additions,)


OURS = Lexicon()


def _merge(ours: Any, theirs: Any) -> Any:
    if isinstance(theirs, dict):
        ours = ours if isinstance(ours, dict) else {}
        return ours | {key: _merge(ours.get(key), value) for key, value in theirs.items()}
    if theirs is None:
        return []
    if isinstance(ours, list) and isinstance(theirs, list):
        return ours + [entry for entry in theirs if entry not in ours]
    return theirs
