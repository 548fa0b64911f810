"""The same work here and on other processes."""

import errno
import os
import subprocess
import sys

import pytest

from analysis.__main__ import main
from analysis.base.environment import ROOT
from analysis.tables import workers as engine
from analysis.tables.workers import WORKERS, map_parts


def _square(number):
    return number * number, os.getpid()


def test_one_process_does_the_parts_in_order(monkeypatch):
    monkeypatch.setenv(WORKERS, "1")
    done = list(map_parts(_square, iter(range(5)), 5))
    assert done == [(n * n, os.getpid()) for n in range(5)]


def test_processes_of_this_machine_do_every_part_once(monkeypatch):
    monkeypatch.setenv(WORKERS, "2")
    numbers, processes = zip(*map_parts(_square, iter(range(20)), 20), strict=True)
    assert sorted(numbers) == [n * n for n in range(20)]
    assert os.getpid() not in processes


@pytest.fixture
def said(monkeypatch, capsys, tmp_path):
    """A function that gives a command's exit code and what it says, in an environment to spoil."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr("analysis.__main__.ensure", lambda *_: sys.executable)
    monkeypatch.setattr("analysis.report.make.make_report", lambda *_: pytest.fail("work began"))
    monkeypatch.setattr("analysis.tables.build.build", lambda *_: pytest.fail("work began"))

    def run(*words):
        return main([*words, "--corpus", str(tmp_path)]), capsys.readouterr().err

    return run


@pytest.mark.parametrize("value", ["0", "-1", "many", "1e9", "1000000000", "2.5", "٣"])
@pytest.mark.parametrize(
    ("option", "most"), [("--workers", "1,000"), ("--cell-seconds", "604,800")]
)
def test_a_wrong_number_is_refused_in_a_line(said, option, most, value):
    told = f"{option} {value}: give a whole number from 1 to {most}.\n"
    assert said("report", f"{option}={value}") == (1, told)
    if option == "--workers":
        assert said("tables", f"{option}={value}") == (1, told)


def test_too_little_memory_is_said_before_the_work(said, monkeypatch):
    monkeypatch.setattr(engine, "LEAST_MEMORY", 10**18)
    code, told = said("report")
    assert code == 1 and told.startswith("Only ") and told.count("\n") == 1
    assert "MB of memory are free, 1,000,000,000,000 are needed: close other programs" in told


def test_a_machine_that_does_not_reach_itself_is_said_before_the_work(said, monkeypatch):
    def unreachable(*_, **__):
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr("socket.create_connection", unreachable)
    code, told = said("report")
    assert code == 1 and told.startswith("This machine does not reach itself at 127.0.0.1 (Network")


def test_too_few_files_are_said_before_the_work(tmp_path):
    resource = pytest.importorskip("resource")
    command = [sys.executable, "-m", "analysis", "report", "--corpus", str(tmp_path)]

    def few():
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    options = {"cwd": ROOT, "preexec_fn": few, "capture_output": True, "text": True}
    done = subprocess.run(command, check=False, **options)
    told = "Only 64 files may be open at a time, 256 are needed: allow more (ulimit -n 256).\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_files_that_may_be_allowed_are_allowed(monkeypatch):
    resource = pytest.importorskip("resource")
    allowed = []
    monkeypatch.setattr(resource, "getrlimit", lambda kind: (64, 4096))
    monkeypatch.setattr(resource, "setrlimit", lambda kind, limits: allowed.append(limits))
    monkeypatch.setattr(engine, "LEAST_MEMORY", 0)
    engine.check_machine()
    assert allowed == [(256, 4096)]


@pytest.mark.parametrize(
    ("encoding", "told"),
    [("cp1252", b"-> \x93a\x94 ? \x96\n"), ("ascii:strict", b'-> "a" ? -\n'),
     ("utf-8", "→ “a” ? –\n".encode())],
)  # fmt: skip
def test_every_terminal_can_print_everything(encoding, told):
    code = "from analysis import __main__ as m; m._print_anything(); print('→ “a” \\ud800 –')"
    environment = os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, check=True)
    assert done.stdout.replace(b"\r", b"") == told
