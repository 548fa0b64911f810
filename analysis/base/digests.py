"""Digests of what a result depends on: files, values, and the source code of modules."""

import ast
import hashlib
import json
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path, PurePath
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent


def digest(*values: Any) -> str:
    """SHA-256 of plain values (numbers, texts, lists, mappings), the same on every machine."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, date | PurePath):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no digest that is the same in another process")


def file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def folder_digest(folder: Path | None, pattern: str = "**/*") -> dict[str, str]:
    """Digest of each file below `folder`, by its path relative to it; empty without a folder."""
    if folder is None or not folder.is_dir():
        return {}
    files = sorted(p for p in folder.glob(pattern) if p.is_file() and not p.name.startswith("."))
    return {p.relative_to(folder).as_posix(): file_digest(p) for p in files}


def code_digests(source: str) -> dict[str, str]:
    """Digest of every file of this package that Python `source` uses, directly or indirectly.

    Followed are imports of ``analysis`` modules, ``lexicon["name"]`` and ``load("name")``, and the
    names of files that lie beside the modules.
    """
    found: dict[str, str] = {}
    waiting = list(_uses(source))
    while waiting:
        path = waiting.pop()
        name = path.relative_to(PACKAGE).as_posix()
        if name not in found:
            found[name] = file_digest(path)
            if path.suffix == ".py":
                waiting += _module_uses(path)
    return dict(sorted(found.items()))


def module_digests(*modules: str) -> dict[str, str]:
    """`code_digests` of a source that imports these modules of the package."""
    return code_digests("\n".join(f"import analysis.{module}" for module in modules))


@cache
def _module_uses(path: Path) -> list[Path]:
    return list(_uses(path.read_text("utf-8")))


def _uses(source: str) -> Iterator[Path]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _module_files(alias.name)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from _module_files(node.module)
            for alias in node.names:
                yield from _module_files(f"{node.module}.{alias.name}")
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "load":
            for argument in node.args[:1]:
                name = argument.value if isinstance(argument, ast.Constant) else "*"
                yield from sorted((PACKAGE / "lexicons").glob(f"{name}.*"))
        elif isinstance(node, ast.Subscript) and getattr(node.value, "id", "") == "lexicon":
            if isinstance(node.slice, ast.Constant):
                yield from sorted((PACKAGE / "lexicons").glob(f"{node.slice.value}.*"))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value
            if name.endswith((".mplstyle", ".css", ".html")) and (file := _beside(name)):
                yield file


@cache
def _beside(name: str) -> Path | None:
    """The file of this name in the package, whatever its room."""
    return next(iter(sorted(PACKAGE.rglob(name))), None)


def _module_files(module: str) -> Iterator[Path]:
    root, *names = module.split(".")
    if root != "analysis":
        return
    path = PACKAGE.joinpath(*names)
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            yield file
