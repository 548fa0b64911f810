"""Corpora and reports in other stores (``s3://bucket/corpus``), by way of this machine.

A corpus is copied here first, a report is sent there when it is whole.  Addresses are those fsspec
knows; S3 needs no other package (pyarrow speaks it), what other stores need fsspec names.  They
come from whoever starts the command, never from a file of a corpus.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from filelock import FileLock

from analysis.base.digests import digest
from analysis.base.environment import MADE_BY

AT_ONCE = 16  # files under way: a store answers slowly, but many at a time
VERSION = ("size", "ETag", "mtime", "LastModified", "created", "updated", "md5Hash")
MANIFEST = "manifest.json"


class StoreError(RuntimeError):
    """A store cannot be used; the message says why."""


def is_remote(address: str) -> bool:
    return "://" in address


def fetch(address: str, cache: Path) -> Path:
    """The file or folder at the address on this machine: a copy, made anew when it has changed.

    Raises StoreError.
    """
    from analysis.tables.build import UNFINISHED, new_folder

    with _told(address):
        store, path = _open(address)
        if _is_here(store):
            return Path(path)
        files = _files(store, path)
    if not files:
        raise StoreError(f"{address}: no such file or folder, or it is empty.")
    place = cache / "fetched"
    folder = place / digest(address, {name: _version(info) for name, info in files.items()})[:32]
    target = folder / PurePosixPath(path).name
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / "lock"), _told(address):
        for left in place.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)  # of a process that was killed
        if not target.exists():
            with new_folder(folder) as new:
                places = {info["name"]: _inside(new, target.name, n) for n, info in files.items()}
                _each(places, lambda name: store.get_file(name, str(places[name])))
    return target


def staging(address: str, cache: Path) -> Path:
    """Where on this machine a report for the address is made; for file:// it is the place itself.

    Refuses a place with somebody else's files.  Raises StoreError.
    """
    with _told(address):
        store, path = _open(address)
        if _is_here(store):
            return Path(path)
        ours = _manifest(store, path).get("made_by") == MADE_BY
        if not ours and _files(store, path):
            raise StoreError(
                f"{address} is not empty and was not made by this program: nothing in it is "
                "touched. Choose another place."
            )
    return cache / "staged" / digest(address)[:16] / PurePosixPath(path).name


def push(report: Path, address: str) -> int:
    """Bring the report at the address up to date with the one here; returns the files sent.

    A store cannot swap folders, so while files are sent its manifest has no digests; the true one
    comes last: a report whose files have the digests of its manifest is whole.  What was broken off
    is sent again.  Raises StoreError.
    """
    with _told(address):
        store, path = _open(address)
        if _is_here(store):
            return 0
        manifest = f"{path}/{MANIFEST}"
        old = _manifest(store, path).get("files", {})
        new = json.loads((report / MANIFEST).read_text("utf-8"))["files"]
        if old == new:
            return 0
        under_way = {"made_by": MADE_BY, "files": dict.fromkeys(old | new, "")}
        _put(store, manifest, json.dumps(under_way).encode())
        changed = [name for name in new if old.get(name) != new[name] and name != "index.html"]
        _each(changed, lambda name: _put(store, f"{path}/{name}", (report / name).read_bytes()))
        _put(store, f"{path}/index.html", (report / "index.html").read_bytes())
        _each(old.keys() - new.keys(), lambda name: store.rm_file(f"{path}/{name}"))
        _put(store, manifest, (report / MANIFEST).read_bytes())
        return len(changed) + 2


@contextmanager
def _told(address: str) -> Iterator[None]:
    try:
        yield
    except StoreError:
        raise
    except Exception as error:  # every store has errors of its own
        raise StoreError(f"{address}: {error or type(error).__name__}") from error


def _open(address: str) -> tuple[Any, str]:
    """The store of an address, and the path in it."""
    from fsspec.core import url_to_fs
    from fsspec.implementations.arrow import ArrowFSWrapper

    if address.startswith("s3://"):
        from pyarrow.fs import FileSystem, S3FileSystem

        endpoint = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
        if endpoint.netloc:  # another store that speaks S3, as MinIO or Ceph
            store = S3FileSystem(endpoint_override=endpoint.netloc, scheme=endpoint.scheme)
            path = address.removeprefix("s3://")
        else:
            store, path = FileSystem.from_uri(address)
        return ArrowFSWrapper(store), path.rstrip("/")
    store, path = url_to_fs(address)
    return store, path.rstrip("/")


def _is_here(store: Any) -> bool:
    from fsspec.implementations.local import LocalFileSystem

    return isinstance(store, LocalFileSystem)


def _files(store: Any, path: str) -> dict[str, dict[str, Any]]:
    """What the store says of every file at or below the path, by the way to it from there."""
    found = {
        str(PurePosixPath(name).relative_to(path)): info
        for name, info in store.find(path, detail=True).items()
        if info["type"] == "file" and not name.endswith("/")
    }
    return dict(sorted(found.items()))


def _version(info: dict[str, Any]) -> list[str]:
    return [str(info.get(key)) for key in VERSION]


def _inside(folder: Path, *names: str) -> Path:
    """A place in the folder with its parents made; names that lead out of it are refused."""
    place = folder.joinpath(*names)
    if not place.resolve().is_relative_to(folder.resolve()):
        raise StoreError(f"{names[-1]!r} leads out of its folder.")
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _manifest(store: Any, path: str) -> dict[str, Any]:
    """The manifest of the report there; empty if there is none."""
    try:
        with store.open(f"{path}/{MANIFEST}", "rb") as file:
            return json.loads(file.read())
    except (FileNotFoundError, ValueError):
        return {}


def _put(store: Any, name: str, data: bytes) -> None:
    store.makedirs(name.rpartition("/")[0], exist_ok=True)
    with store.open(name, "wb") as file:
        file.write(data)


def _each(names: Iterable[str], work: Callable[[str], None]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(work, names))
