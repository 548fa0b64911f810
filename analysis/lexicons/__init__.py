"""Lexicons: the package's knowledge, in YAML files a reader can check and a corpus extend."""

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def _parse(text: str) -> Any:
    return yaml.load(text, Loader=_Loader)


@cache
def _own(name: str) -> Any:
    return _parse((files(__name__) / f"{name}.yml").read_text("utf-8"))


def load(name: str, extra: str | Path | None = None) -> Any:
    """Content of ``analysis/lexicons/<name>.yml``, treated as read-only.

    `extra` is a folder that may hold a file of the same name (a corpus's ``lexicons/``);
    its entries are added to ours: mappings are merged, lists are joined, other values replaced.
    """
    content = _own(name)
    addition = Path(extra, f"{name}.yml") if extra else None
    if addition and addition.is_file():
        content = _merge(content, _parse(addition.read_text("utf-8-sig")) or {})
    return content


def _merge(ours: Any, theirs: Any) -> Any:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        both = {key: _merge(ours[key], theirs[key]) for key in ours.keys() & theirs.keys()}
        return ours | theirs | both
    if isinstance(ours, list) and isinstance(theirs, list):
        return ours + [entry for entry in theirs if entry not in ours]
    return theirs
