"""Builds of the report killed at random moments: is the next whole one the same, byte for byte?

    python benchmarks/kill_builds.py 50

Builds the report of the corpus that comes along once undisturbed, which gives the bytes wanted and
the time T it takes.  Then so many builds on one other output are killed with SIGKILL, each at a
moment drawn from 0 to T, by turns the process and its group, and nothing is repaired in between.
After each kill the output must be missing or whole, and no process of the build go on.  A build
that ends before its moment must have the bytes wanted; its cache is then emptied, so that there is
something to kill again.  The last build is left alone.  Ends with status 1 if anything differs.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from analysis.__main__ import main as command
from analysis.base.digests import file_digest, folder_digest
from analysis.report import make as report

BUILD = "--build"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=50)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    draw = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        begun = time.monotonic()
        if build(folder / "cache-clean", folder / "clean").wait():
            raise SystemExit((folder / "clean.log").read_text("utf-8"))
        whole = time.monotonic() - begun
        wanted = folder_digest(folder / "clean")
        print(f"clean build {whole:.1f} s, {len(wanted)} files", flush=True)
        kills, ends, faults = 0, 0, 0
        while kills < options.count:
            moment = draw.uniform(0, whole)
            ended, outlived = kill_at(moment, build(folder / "cache", folder / "out"), kills % 2)
            fault = broken(folder / "out", wanted, ended) or outlived
            faults += bool(fault)
            kills += not ended
            ends += ended
            state = "ended before" if ended else f"kill {kills}"
            print(f"{moment:6.1f} s  {state:12}  {fault or found(folder / 'out')}", flush=True)
            if ended:
                shutil.rmtree(folder / "cache")
        code = build(folder / "cache", folder / "out").wait()
        last = folder_digest(folder / "out")
        differing = sorted(k for k in wanted.keys() | last.keys() if wanted.get(k) != last.get(k))
        left = sorted(path.name for path in folder.glob(".unfinished-*"))
    print(f"kills: {kills}; ended before: {ends}; faults: {faults}; last build: status {code}")
    print(f"files: {len(last)}; differing: {differing or 'none'}; left over: {left or 'none'}")
    return int(bool(code or faults or differing or left or not wanted))


def build(cache: Path, out: Path) -> subprocess.Popen:
    """A build in a process group of its own; what it says is kept beside the output."""
    words = [sys.executable, __file__, BUILD, str(cache), str(out)]
    with out.with_name(f"{out.name}.log").open("ab") as log:
        return subprocess.Popen(words, start_new_session=True, stdout=log, stderr=log)


def kill_at(moment: float, process: subprocess.Popen, alone: int) -> tuple[bool, str]:
    """Kill the process, or its group, at the moment.

    Whether the build had ended before, with status 0; and what of it still runs, if anything.
    """
    try:
        code = process.wait(moment)
    except subprocess.TimeoutExpired:
        family = psutil.Process(process.pid).children(recursive=True)
        (os.kill if alone else os.killpg)(process.pid, signal.SIGKILL)
        process.wait()
        living = psutil.wait_procs(family, timeout=20)[1]
        return False, f"{len(living)} processes go on" if living else ""
    if code:
        raise SystemExit(f"a build ended with status {code}")
    return True, ""


def broken(out: Path, wanted: dict[str, str], ended: bool) -> str:
    """What is wrong with the output; empty if it is missing (after a kill) or whole."""
    if not out.exists():
        return "ended without output" if ended else ""
    if ended:
        return "" if folder_digest(out) == wanted else "other bytes"
    files = json.loads((out / "manifest.json").read_text("utf-8"))["files"]
    differing = [name for name, value in files.items() if file_digest(out / name) != value]
    return f"not whole: {', '.join(differing[:3])}" if differing else ""


def found(out: Path) -> str:
    return "whole" if out.exists() else "not there yet"


if __name__ == "__main__":
    if sys.argv[1:2] == [BUILD]:
        report.CACHE = Path(sys.argv[2])
        corpus = str(report.ROOT / "seeds")
        sys.exit(command(["report", "--corpus", corpus, "--out", sys.argv[3]]))
    sys.exit(main())
