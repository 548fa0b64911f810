"""Digests of what a result depends on: files, values, and the source code of modules."""

import hashlib
import json
import re
from contextlib import suppress
from datetime import date
from functools import cache
from pathlib import Path, PurePath
from typing import Any

PACKAGE = Path(__file__).resolve().parent.parent
_LEXICONS = (".yml", ".csv")
_IMPORT = re.compile(
    r"(?:^|;)[ \t]*(?:import[ \t]+([^;\n]*)"
    r"|from[ \t]+(analysis[\w.]*)[ \t]+import\b[ \t]*(\([^)]*|[^;\n]*))",
    re.MULTILINE,
)
_TEXT = re.compile(r"""(["'])([\w.]+)\1""")


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

    Followed are imports of ``analysis`` modules, and texts that name a lexicon (``events``) or a
    file of the package that is no code (``report.css``).
    """
    found: dict[str, str] = {}
    waiting = _uses(source)
    while waiting:
        path = waiting.pop()
        name = path.relative_to(PACKAGE).as_posix()
        if name not in found:
            found[name] = file_digest(path)
            waiting += _module_uses(path) if path.suffix == ".py" else []
    return dict(sorted(found.items()))


def module_digests(*modules: str) -> dict[str, str]:
    """`code_digests` of a source that imports these modules of the package."""
    return code_digests("\n".join(f"import analysis.{module}" for module in modules))


@cache
def _module_uses(path: Path) -> list[Path]:
    return _uses(path.read_text("utf-8"))


def _uses(source: str) -> list[Path]:
    """Found in the text: a parsed module takes twenty times as long."""
    modules: list[str] = []
    for plain, module, names in _IMPORT.findall(source.replace("\\\n", " ")):
        modules += re.findall(r"analysis[\w.]*", plain)
        modules += [module, *(f"{module}.{name}" for name in re.findall(r"\w+", names))]
    texts = {text for _, text in _TEXT.findall(source)}
    named = [file for module in modules for file in _module_files(module)]
    return named + [file for text in texts for file in _data_files().get(text, [])]


@cache
def _data_files() -> dict[str, list[Path]]:
    """The files that are no code, by the name under which code asks for them."""
    shown = [p for kind in ("mplstyle", "css", "html") for p in PACKAGE.rglob(f"*.{kind}")]
    files = {path.name: [path] for path in shown}
    lexicons = PACKAGE / "lexicons"
    calendar = lexicons / "calendar.yml"  # whose words the others name
    return files | {p.stem: [p, calendar] for p in lexicons.iterdir() if p.suffix in _LEXICONS}


def _module_files(module: str) -> list[Path]:
    root, *names = module.split(".")
    path = PACKAGE.joinpath(*names)
    files = (path / "__init__.py", path.with_suffix(".py"))
    return [file for file in files if root == "analysis" and file.is_file()]
