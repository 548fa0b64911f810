"""Digests of what a result depends on: files, values, and the source code of modules."""

import ast
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
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
    """Digest of each file below `folder`, by its path relative to it; empty without a folder.

    Hidden files and all in hidden folders are left out.
    """
    found: dict[str, str] = {}
    if folder is None or not folder.is_dir():
        return found
    for path in sorted(folder.glob(pattern)):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            with suppress(FileNotFoundError):  # gone since it was listed
                found[name.as_posix()] = file_digest(path)
    return found


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
        if type(node) in _FILES_OF:
            yield from _FILES_OF[type(node)](node)


def _of_import(node: ast.Import) -> Iterator[Path]:
    for alias in node.names:
        yield from _module_files(alias.name)


def _of_import_from(node: ast.ImportFrom) -> Iterator[Path]:
    if node.module:
        yield from _module_files(node.module)
        for alias in node.names:
            yield from _module_files(f"{node.module}.{alias.name}")


def _of_call(node: ast.Call) -> Iterator[Path]:
    """``load("name")``; all lexicons where the name is worked out."""
    if getattr(node.func, "id", "") == "load" and node.args:
        argument = node.args[0]
        yield from _lexicons(argument.value if isinstance(argument, ast.Constant) else "*")


def _of_subscript(node: ast.Subscript) -> Iterator[Path]:
    """``lexicon["name"]``"""
    if getattr(node.value, "id", "") == "lexicon" and isinstance(node.slice, ast.Constant):
        yield from _lexicons(node.slice.value)


def _of_constant(node: ast.Constant) -> Iterator[Path]:
    if isinstance(node.value, str) and node.value.endswith((".mplstyle", ".css", ".html")):
        file = _beside(node.value)
        yield from [file] if file else []


_FILES_OF: dict[type, Callable[[Any], Iterator[Path]]] = {
    ast.Import: _of_import,
    ast.ImportFrom: _of_import_from,
    ast.Call: _of_call,
    ast.Subscript: _of_subscript,
    ast.Constant: _of_constant,
}


def _lexicons(name: str) -> list[Path]:
    folder = PACKAGE / "lexicons"
    return [*sorted(folder.glob(f"{name}.*")), folder / "calendar.yml"]


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
