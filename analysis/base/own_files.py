"""What of a folder is ours: the files that its manifest lists, and folders under a name we noted.

A manifest is input like any other: what it lists lies inside its folder and is reached without
links, or nothing of it is believed.  Nothing else in a folder is ever removed or replaced.
"""

import filecmp
import json
import os
import secrets
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from analysis.base.environment import MADE_BY
from analysis.base.json_files import load_json, save_json
from analysis.base.messages import PlainError

MANIFEST = "manifest.json"


class ManifestError(PlainError, ValueError):
    """A manifest of ours is damaged; the message names it and says what to do."""


# --- manifests ------------------------------------------------------------------------------


def listed_files(folder: Path) -> dict[str, str] | None:
    """Digest of each file that the manifest of `folder` lists, by name; None if none is of ours.

    Raises ManifestError where it cannot be read or names something outside the folder.
    """
    manifest = _manifest(folder)
    return None if manifest is None else manifest["files"]


def _manifest(folder: Path) -> dict[str, Any] | None:
    path = folder / MANIFEST
    if path.is_symlink() or not path.is_file():
        return None
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        raise _damaged(path, "cannot be read") from None
    if not isinstance(manifest, dict) or manifest.get("made_by") != MADE_BY:
        return None
    files = manifest.get("files")
    if not isinstance(files, dict) or not all(isinstance(value, str) for value in files.values()):
        raise _damaged(path, "does not list its files")
    if outside := [name for name in files if not _is_inside(name)]:
        raise _damaged(path, f"lists {outside[0]!r}, which is not a place in its folder")
    return manifest


def _damaged(path: Path, what: str) -> ManifestError:
    return ManifestError(
        f"{path} {what}: nothing in {path.parent} is touched. "
        "Move what you want to keep out of that folder, then delete it."
    )


def _is_inside(name: str) -> bool:
    """Whether a name leads to a place inside its folder on every system."""
    windows = PureWindowsPath(name)
    plain = name == PurePosixPath(name).as_posix() and "\\" not in name and "\0" not in name
    return plain and name != "." and ".." not in windows.parts and not windows.anchor


def is_ours(folder: Path, name: str) -> bool:
    """Whether a listed name is a file that is reached without links."""
    path = folder / name
    way = [path, *path.parents[: len(PurePosixPath(name).parts) - 1]]
    return path.is_file() and not any(step.is_symlink() for step in way)


def remove_listed(folder: Path) -> bool:
    """Remove the files that the manifest of `folder` lists; whether there was anything of ours.

    Where other files stay, so does a manifest that lists nothing: the folder can be used again.
    Raises ManifestError.
    """
    manifest = _manifest(folder)
    if manifest is None:
        return False
    ours = [name for name in manifest["files"] if is_ours(folder, name)]
    for name in ours:
        (folder / name).unlink()
    parents = {parent for name in ours for parent in PurePosixPath(name).parents[:-1]}
    for parent in sorted(parents, reverse=True):
        if not any((folder / parent).iterdir()):
            (folder / parent).rmdir()
    if any(path.name != MANIFEST for path in folder.iterdir()):
        save_json(folder / MANIFEST, {"made_by": MADE_BY, "files": {}})
    else:
        (folder / MANIFEST).unlink()
        folder.rmdir()
        return True
    return bool(ours)


def carry_over(old: Path, new: Path) -> list[tuple[str, str]]:
    """Take along into `new` all in `old` that is not listed: hidden files, links, empty folders.

    Returns what had to be renamed because `new` has another file of that name: (name, new name).
    Raises ManifestError.
    """
    ours = {name for name in listed_files(old) or () if is_ours(old, name)} | {MANIFEST}
    renamed: list[tuple[str, str]] = []
    _carry(old, new, PurePosixPath(), ours, renamed)
    return renamed


def _carry(
    old: Path, new: Path, place: PurePosixPath, ours: Collection[str], renamed: list
) -> None:
    for entry in sorted(os.scandir(old / place), key=lambda entry: entry.name):
        name, here = place / entry.name, new / place / entry.name
        if name.as_posix() in ours:
            continue
        if entry.is_dir(follow_symlinks=False) and (not os.path.lexists(here) or _is_folder(here)):
            inside = f"{name}/"
            if here.exists() or any(listed_name.startswith(inside) for listed_name in ours):
                _carry(old, new, name, ours, renamed)
                continue
        elif os.path.lexists(here):
            if entry.is_file(follow_symlinks=False) and _same_file(Path(entry.path), here):
                continue
            here = _free(here)
            renamed.append((name.as_posix(), here.relative_to(new).as_posix()))
        here.parent.mkdir(parents=True, exist_ok=True)
        _duplicate(Path(entry.path), here)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _same_file(one: Path, other: Path) -> bool:
    return other.is_file() and not other.is_symlink() and filecmp.cmp(one, other, shallow=False)


def _free(path: Path) -> Path:
    """A name beside `path` that nothing has yet."""
    number, free = 1, path.with_name(f"{path.stem}-yours{path.suffix}")
    while os.path.lexists(free):
        number += 1
        free = path.with_name(f"{path.stem}-yours-{number}{path.suffix}")
    return free


def _duplicate(old: Path, new: Path) -> None:
    if _is_folder(old):
        shutil.copytree(old, new, symlinks=True, copy_function=_duplicate_file)
    else:
        _duplicate_file(old, new)


def _duplicate_file(old: str | Path, new: str | Path) -> None:
    """The same file under a second name, or a copy where the disk knows no second names."""
    try:
        os.link(old, new, follow_symlinks=False)
    except (OSError, NotImplementedError):
        shutil.copy2(old, new, follow_symlinks=False)


# --- temporary folders ----------------------------------------------------------------------


@contextmanager
def temporary_folder(out: Path, note: Path, finish: Callable[[Path], None]) -> Iterator[Path]:
    """A folder beside `out` under a name no one else has, noted in `note` before it is made.

    At its end `finish` takes out of it what must not be lost; then it is removed.
    """
    token = secrets.token_hex(16)
    save_json(note, {"out": str(out), "token": token})
    folder = _temporary(out, token)
    folder.mkdir()
    try:
        yield folder
    finally:
        clear_left(note, finish)


def clear_left(note: Path, finish: Callable[[Path], None]) -> None:
    """Finish and remove the temporary folder that `note` names, if one is left."""
    noted = load_json(note)
    if not noted:
        return
    folder = _temporary(Path(noted["out"]), noted["token"])
    if _is_folder(folder):
        finish(folder)
        shutil.rmtree(folder)
    note.unlink(missing_ok=True)


def _temporary(out: Path, token: str) -> Path:
    return out.parent / f".unfinished-{token}"
