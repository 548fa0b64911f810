"""Where the work on many articles is done: in this process, on its processors, or on a cluster.

The cluster is named by whoever starts the command (``--scheduler`` or DASK_SCHEDULER_ADDRESS),
never by a corpus: what is sent to a Dask scheduler is code.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

SCHEDULER = "DASK_SCHEDULER_ADDRESS"
WORKERS = "NEWS_WORKERS"  # processes on this machine, as many as it has processors unless set
RETRIES = 5  # of a part whose worker was lost


def map_parts(function: Callable[[Any], Any], parts: Iterable[Any], count: int) -> Iterator[Any]:
    """`function` of each of the `count` parts, as they are finished; order is not kept.

    Only a few parts are under way at a time, so that memory does not grow with their number.
    """
    address = os.environ.get(SCHEDULER, "")
    workers = int(os.environ.get(WORKERS, "") or os.cpu_count() or 1)
    if not address and (count < 2 or workers < 2):
        yield from map(function, parts)
        return
    from distributed import as_completed

    with _client(address, min(workers, count)) as client:
        waiting, window = iter(parts), 2 * max(len(client.nthreads()), 2)

        def submit(part: Any) -> Any:
            return client.submit(function, part, pure=False, retries=RETRIES)

        under_way = as_completed(map(submit, islice(waiting, window)))
        for done in under_way:
            yield done.result()
            for part in islice(waiting, 1):
                under_way.add(submit(part))


@contextmanager
def _client(address: str, workers: int) -> Iterator[Any]:
    from distributed import Client, LocalCluster

    if address:
        with Client(address) as client:
            yield client
        return
    local = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**local, memory_limit=0) as cluster, Client(cluster) as client:
        yield client
