"""Setting up: which Python is taken, when the environment is renewed, what is said if none fits."""

import sys
import time
from pathlib import Path
from threading import Thread

import pytest

from analysis import __main__
from analysis.base import environment


def test_the_running_environment_has_the_locked_versions():
    assert environment.differing_versions() == []


def test_a_differing_version_is_named(tmp_path):
    lock = tmp_path / "some.lock"
    lock.write_text("pandas==0.1 \\\n    --hash=sha256:00\nno-such-package==1.0\n")
    (line,) = environment.differing_versions(lock)
    assert line.startswith("pandas ") and line.endswith("(locked 0.1)")


def test_without_a_supported_python_those_found_are_named(monkeypatch, tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\necho 3 8\n")
    old.chmod(0o755)
    monkeypatch.setattr(environment, "_candidates", lambda: [str(old), "/no/such/python"])
    monkeypatch.setattr(environment, "VENV", tmp_path / "venv")
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    with pytest.raises(SystemExit) as stopped:
        environment._build()
    assert f"{old} (3.8)" in str(stopped.value)
    assert "/no/such/python (does not start)" in str(stopped.value)


def test_this_python_is_supported():
    assert environment._version(sys.executable) in environment.SUPPORTED


def test_a_changed_lock_renews_the_environment(monkeypatch, tmp_path):
    lock, venv = tmp_path / "requirements.lock", tmp_path / "venv"
    lock.write_text("a==1\n")
    (venv / "bin").mkdir(parents=True)
    monkeypatch.setattr(environment, "VENV", venv)
    monkeypatch.setattr(environment, "PYTHON", venv / "bin")
    environment._stamp(lock).write_text(environment._digest(lock))
    assert environment._is_current(lock)
    lock.write_text("a==2\n")
    assert not environment._is_current(lock)


def test_two_commands_at_once_make_the_environment_once(monkeypatch, tmp_path):
    pytest.importorskip("fcntl")
    lock, made = tmp_path / "requirements.lock", []
    lock.write_text("a==1\n")
    monkeypatch.setattr(environment, "_is_installed_here", lambda: False)
    monkeypatch.setattr(environment, "LOCK", lock)
    monkeypatch.setattr(environment, "BUSY", tmp_path / ".cache/busy")
    monkeypatch.setattr(environment, "_is_current", lambda lock: lock in made)
    monkeypatch.setattr(environment, "_build", lambda: time.sleep(0.2))
    monkeypatch.setattr(environment, "_install", made.append)
    commands = [Thread(target=environment.ensure) for _ in range(2)]
    for command in commands:
        command.start()
    for command in commands:
        command.join()
    assert made == [lock]


def test_a_package_that_is_missing_is_named(monkeypatch, capsys):
    def command(options):
        raise ModuleNotFoundError("No module named 'pandas'", name="pandas")

    monkeypatch.setitem(__main__.COMMANDS, "clean", command)
    assert __main__.main(["clean"]) == 1
    told = capsys.readouterr().err
    assert f"{sys.prefix} is damaged, it has no pandas: " in told


def test_the_environment_of_another_user_is_named(monkeypatch):
    class Closed(type(Path())):
        def exists(self):
            raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(environment, "PYTHON", Closed("/srv/theirs/.venv/bin/python"))
    with pytest.raises(SystemExit, match=r"/srv/theirs.*another user made it.*Copy the project"):
        environment._is_current(environment.LOCK)
