"""A Dask scheduler and three workers on this machine, one killed on the way: the same tables?

    python benchmarks/cluster.py 5000

Builds the tables of a recombined corpus in this process, then again on a real scheduler with three
worker processes, of which one is killed (SIGKILL) when a third of the articles are read.  Ends with
status 1 if a table differs.  Before, it tells what an article costs, and so what a million and a
hundred million need: processor time, space, and the memory of the step that joins all articles.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from make_corpus import make

from analysis.corpus.reading import read_corpus
from analysis.tables import build as tables
from analysis.tables import workers as engine

WORKERS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=5000)
    options = parser.parse_args()
    tables.PART_SIZE = max(1, min(tables.PART_SIZE, options.count // 30))
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make(folder / "corpus", options.count)
        corpus = read_corpus(folder / "corpus")
        os.environ[engine.WORKERS] = "1"
        begun, before = time.process_time(), peak()
        here = timed("in this process", lambda: tables.build(corpus, folder / "here"))
        tell_cost(options.count, time.process_time() - begun, peak() - before, folder)
        with cluster(folder) as workers:
            kill_when_read(workers[0], options.count // 3)
            there = timed("3 workers, 1 killed", lambda: tables.build(corpus, folder / "there"))
            lost = sum(worker.poll() is not None for worker in workers)
        one, other = here.digests, there.digests
    differing = sorted(name for name in one | other if one.get(name) != other.get(name))
    print(f"workers lost: {lost}; tables: {len(one)}; differing: {differing or 'none'}")
    return int(bool(differing) or not one or lost != 1)


def tell_cost(count: int, seconds: float, memory: int, folder: Path) -> None:
    """What the run in this process cost an article, and that cost times many articles."""
    texts, parts = (
        sum(file.stat().st_size for file in (folder / name).rglob("*") if file.is_file()) / count
        for name in ("corpus", "here/articles")
    )
    memory /= count
    print(
        f"an article: {1000 * seconds / count:.1f} ms of one core, {texts / 1e3:.1f} kB of text, "
        f"{parts / 1e3:.1f} kB of parts, {memory / 1e3:.1f} kB of memory at the peak"
    )
    for number, name in ((10**6, "a million"), (10**8, "a hundred million")):
        hours = number * seconds / count / 3600
        print(
            f"{name}: {hours:,.0f} core-hours ({hours / 100:,.1f} hours on 100 cores), "
            f"{number * (texts + parts) / 1e9:,.0f} GB on disk, "
            f"{number * memory / 1e9:,.0f} GB of memory to join them in one run"
        )


def peak() -> int:
    """Bytes of memory this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def timed(name, work):
    start = time.perf_counter()
    result = work()
    print(f"{name:22} {time.perf_counter() - start:7.1f} s")
    return result


class cluster:  # noqa: N801
    """A scheduler and its workers as processes; the address is in the environment meanwhile."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "scheduler.json"

    def __enter__(self):
        own = ["--scheduler-file", str(self.file), "--no-dashboard"]
        self.processes = [self.start("scheduler", "--host", "127.0.0.1", "--port", "0", *own)]
        worker = ["--nthreads", "1", "--no-nanny", "--memory-limit", "0", *own]
        self.processes += [self.start("worker", *worker) for _ in range(WORKERS)]
        from distributed import Client

        while not self.file.exists():
            time.sleep(0.1)
        with Client(scheduler_file=str(self.file)) as client:
            client.wait_for_workers(WORKERS)
            os.environ[engine.SCHEDULER] = client.scheduler.address
        return self.processes[1:]

    def start(self, what, *options):
        words = [sys.executable, "-m", f"distributed.cli.dask_{what}", *options]
        return subprocess.Popen(words, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def __exit__(self, *error):
        del os.environ[engine.SCHEDULER]
        for process in self.processes:
            process.kill()
            process.wait()


def kill_when_read(worker, least):
    """Have the worker killed as soon as so many articles have come back."""
    collected = 0
    original = tables.map_parts

    def counting(function, parts, count):
        nonlocal collected
        for keys, rows in original(function, parts, count):
            collected += len(keys)
            if collected >= least and worker.poll() is None:
                worker.kill()
            yield keys, rows

    tables.map_parts = counting


if __name__ == "__main__":
    sys.exit(main())
