"""Where the work on many articles is done: in this process, on its processors, or on a cluster.

The cluster is named by whoever starts the command (``--scheduler`` or DASK_SCHEDULER_ADDRESS),
never by a corpus: what is sent to a Dask scheduler is code.
"""

import ctypes
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from analysis.base.digests import PACKAGE, digest, folder_digest

SCHEDULER = "DASK_SCHEDULER_ADDRESS"
WORKERS = "NEWS_WORKERS"  # processes on this machine, as many as it has processors unless set


class EngineError(RuntimeError):
    """The cluster cannot be used; the message says why and what to do."""


def map_parts(function: Callable[[Any], Any], parts: Iterable[Any], count: int) -> Iterator[Any]:
    """`function` of each of the `count` parts, as they are finished; order is not kept.

    Only a few parts are under way at a time, so that memory does not grow with their number.  A
    part whose worker is lost is done again by another.  Raises EngineError.
    """
    address = os.environ.get(SCHEDULER, "")
    workers = int(os.environ.get(WORKERS, "") or os.cpu_count() or 1)
    if not address and (count < 2 or workers < 2):
        yield from map(function, parts)
        return
    from distributed import KilledWorker, as_completed

    with _client(address, min(workers, count)) as client:
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
def _client(address: str, workers: int) -> Iterator[Any]:
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
    local = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(**local, memory_limit=0) as cluster, Client(cluster) as client:
        yield client


def _check_workers(client: Any, address: str) -> None:
    """Refuse workers that would give other results: they must run the code that runs here."""
    here = code()
    there = client.run(code, on_error="return")
    other = sorted(worker for worker, found in there.items() if found != here)
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
