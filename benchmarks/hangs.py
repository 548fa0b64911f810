"""Notebooks run many times by the commands people type: does a run hang on an idle kernel?

    python benchmarks/hangs.py 50 notebooks/02_term_frequency.ipynb notebooks/05_*.ipynb

Runs each notebook so many times by papermill and by `jupyter nbconvert --execute`, one after the
other.  A run hangs if for a minute it and its kernel have neither used the processor nor waited for
it: a busy machine is no hang.  It is then ended.  Ends with status 1 if a run hung or failed.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil

WAYS = {
    "papermill": "-m papermill {notebook} {folder}/out.ipynb",
    "nbconvert": "-m nbconvert --to notebook --execute {notebook} --output-dir {folder}",
}
PATIENCE, IDLE = 60, 0.5  # seconds without work, and the seconds of processor that are no work


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("notebooks", type=Path, nargs="+")
    parser.add_argument("--way", choices=WAYS, action="append")
    options = parser.parse_args()
    bad = 0
    for notebook in options.notebooks:
        for way in options.way or WAYS:
            ends = Counter(run(way, notebook) for _ in range(options.count))
            bad += options.count - ends["passed"]
            print(f"{notebook.name}  {way}  {dict(ends)}", flush=True)
    return int(bool(bad))


def run(way: str, notebook: Path) -> str:
    """How one run ends: passed, failed or hung."""
    with tempfile.TemporaryDirectory() as folder:
        words = [
            sys.executable,
            *(w.format(notebook=notebook.resolve(), folder=folder) for w in WAYS[way].split()),
        ]
        with Path(folder, "log").open("wb") as log:
            process = psutil.Popen(words, cwd=folder, stdout=log, stderr=log)
        seen, since = 0.0, time.monotonic()
        while True:
            try:
                return "failed" if process.wait(1) else "passed"
            except psutil.TimeoutExpired:
                family = [process, *process.children(recursive=True)]
                now = sum(used(one) for one in family)
                if abs(now - seen) > IDLE or any(map(waits, family)):
                    seen, since = now, time.monotonic()
                elif time.monotonic() > since + PATIENCE:
                    for one in family:
                        one.kill()
                    process.wait()
                    return "hung"


def used(process: psutil.Process) -> float:
    """Seconds of processor that a process has used."""
    try:
        return sum(process.cpu_times()[:2])
    except psutil.NoSuchProcess:
        return 0.0


def waits(process: psutil.Process) -> bool:
    """Whether a process could go on if it had a processor, or waits for the disk."""
    try:
        return process.status() in (psutil.STATUS_RUNNING, psutil.STATUS_DISK_SLEEP)
    except psutil.NoSuchProcess:
        return False


if __name__ == "__main__":
    sys.exit(main())
