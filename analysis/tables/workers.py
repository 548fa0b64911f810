"""Where the work on many articles is done: in this process, on its processors, or on a cluster.

The cluster is named by whoever starts the command (``--scheduler`` or DASK_SCHEDULER_ADDRESS),
never by a corpus: what is sent to a Dask scheduler is code.
"""

import ctypes
import logging
import math
import os
import re
import socket
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

import psutil

from analysis.base.digests import PACKAGE, digest, folder_digest
from analysis.base.messages import PlainError

SCHEDULER = "DASK_SCHEDULER_ADDRESS"
WORKERS = "NEWS_WORKERS"  # processes on this machine, as many as it has processors unless set
MOST_WORKERS = 1000
LEAST_FILES, LEAST_MEMORY = 256, 600_000_000  # open at a time, bytes: for the smallest report
HERE = "127.0.0.1"  # where notebooks and workers of this machine are reached


class EngineError(PlainError, RuntimeError):
    """The machine or the cluster cannot do the work; the message says why and what to do."""


def whole_number(variable: str, option: str, most: int, default: int) -> int:
    """The value of an option that processes read from an environment variable."""
    text = os.environ.get(variable, "").strip() or str(default)
    if not re.fullmatch("[0-9]{1,9}", text) or not 1 <= int(text) <= most:
        raise EngineError(f"{option} {text}: give a whole number from 1 to {most:,}.")
    return int(text)


def workers() -> int:
    return whole_number(WORKERS, "--workers", MOST_WORKERS, os.cpu_count() or 1)


def check_machine() -> None:
    """Find out before the work that it cannot be done here; raises EngineError."""
    workers()
    bound = math.inf
    with suppress(ImportError):  # on Windows
        import resource

        files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        if 0 <= files < LEAST_FILES:
            wanted = LEAST_FILES if most < 0 else min(LEAST_FILES, most)
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
            if wanted < LEAST_FILES:
                what = f"Only {most} files may be open at a time, {LEAST_FILES} are needed"
                raise EngineError(f"{what}: allow more (ulimit -n {LEAST_FILES}).")
        space = resource.getrlimit(resource.RLIMIT_AS)[0]
        bound = space if space >= 0 else bound
    free = min(psutil.virtual_memory().available + psutil.swap_memory().free, bound)
    if free < LEAST_MEMORY:
        what = f"Only {free / 1e6:,.0f} MB of memory are free, {LEAST_MEMORY / 1e6:,.0f} are needed"
        raise EngineError(f"{what}: close other programs, or allow more (ulimit -v).")
    try:  # notebooks and workers are talked to over it
        with socket.create_server((HERE, 0)) as server:
            socket.create_connection(server.getsockname(), timeout=10).close()
    except OSError as error:
        what = f"This machine does not reach itself at {HERE} ({error.strerror or error})"
        raise EngineError(f"{what}: switch on its loopback interface (lo).") from None


def map_parts(function: Callable[[Any], Any], parts: Iterable[Any], count: int) -> Iterator[Any]:
    """`function` of each of the `count` parts, as they are finished; order is not kept.

    Only a few parts are under way at a time, so that memory does not grow with their number.  A
    part whose worker is lost is done again by another.  Raises EngineError.
    """
    address = os.environ.get(SCHEDULER, "")
    processes = workers()
    if not address and (count < 2 or processes < 2):
        yield from map(function, parts)
        return
    from distributed import KilledWorker, as_completed

    with _client(address, min(processes, count)) as client:
        waiting, window = iter(parts), 2 * max(len(client.nthreads()), 2)

        def submit(part: Any) -> Any:
            return client.submit(function, part, pure=False)

        under_way = as_completed(map(submit, islice(waiting, window)))
        for done in under_way:
            try:
                yield done.result()
            except KilledWorker as error:
                what = f"a part of the work was lost with {len(error.args)} workers in turn"
                raise EngineError(f"{what}: give them more memory. {error}") from None
            for part in islice(waiting, 1):
                under_way.add(submit(part))


@contextmanager
def _client(address: str, processes: int) -> Iterator[Any]:
    import dask
    from distributed import Client, LocalCluster

    # else the last thousand messages, with the articles in them, are kept for Dask's developers
    dask.config.set({"distributed.admin.low-level-log-length": 0})
    if address:
        try:
            client = Client(address)
        except (OSError, ValueError) as error:
            todo = "start it, or correct --scheduler (or DASK_SCHEDULER_ADDRESS)"
            raise EngineError(f"No scheduler answers at {address}: {todo}. {error}") from None
        with client:
            _check_workers(client, address)
            yield client
        return
    local = {"n_workers": processes, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    local["silence_logs"] = logging.ERROR  # that a worker is slow to stop is no one's concern
    with LocalCluster(**local, memory_limit=0) as cluster, Client(cluster) as client:
        yield client


def _check_workers(client: Any, address: str) -> None:
    """Refuse workers that would give other results: they must run the code that runs here."""
    here = code()
    there = client.run(code, on_error="return")
    other = sorted(worker for worker, digest_there in there.items() if digest_there != here)
    if other:
        what = f"{len(other)} of {len(there)} workers at {address} run other code, as {other[0]}"
        raise EngineError(f"{what}: start them from the environment and the folder used here.")


def code() -> str:
    """Digest of this package's files."""
    files = folder_digest(PACKAGE).items()
    return digest({name: value for name, value in files if "__pycache__" not in name})


def give_back_memory() -> None:
    """Give what was freed back to the system: glibc keeps it where pieces between are in use."""
    if sys.platform == "linux":
        with suppress(AttributeError):  # of other C libraries
            ctypes.CDLL(None).malloc_trim(0)
