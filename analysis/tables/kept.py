"""Folders that are whole or not there: written under another name, their files noted by digest."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.base.digests import file_digest
from analysis.base.json_files import load_json

UNFINISHED = ".new-"
DIGESTS = "digests.json"


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """A folder that appears under `path` only when it is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=path.parent))
    try:
        yield temporary
        if path.exists():
            shutil.rmtree(path)
        os.replace(temporary, path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def keep(folder: Path) -> None:
    """Note the digest of each file of a folder, by its stem."""
    digests = {file.stem: file_digest(file) for file in sorted(folder.iterdir())}
    (folder / DIGESTS).write_text(json.dumps(digests), "utf-8")


def kept(folder: Path) -> dict[str, str]:
    """The digests noted of a folder's files; empty where there are none."""
    return load_json(folder / DIGESTS)


def is_whole(folder: Path) -> bool:
    """Whether the files of a folder are those noted; it is made again where one is not."""
    files = {file.stem: file for file in folder.glob("*") if file.name != DIGESTS}
    noted = kept(folder)
    return bool(noted) and all(
        name in files and file_digest(files[name]) == noted[name] for name in noted
    )
