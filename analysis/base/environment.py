"""The environment: a virtual environment in ``.venv/`` with exactly the locked packages.

Run by whatever Python the user has, so it uses the standard library and old syntax only.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

MADE_BY = "news-coverage-notebooks"  # this package, in what it makes
ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOCK = ROOT / "requirements.lock"
BUSY = ROOT / ".cache" / "environment.lock"  # held while the environment is made
GROUPS = {  # what only some commands need, locked apart
    name: ROOT / f"requirements-{name}.lock" for name in ("test", "browser")
}
SUPPORTED = [(3, 14), (3, 13), (3, 12), (3, 11)]


def ensure(*groups):
    """Path of a Python that has the locked packages and those of `groups` (test, browser).

    Builds or renews ``.venv/`` when needed.

    An environment that already has this package installed (conda, mamba, Binder, Colab) is used
    as it is.  Raises SystemExit with a message where no supported Python can be found.
    """
    if _is_installed_here() and Path(sys.prefix) != VENV:
        differing = differing_versions()
        if differing:
            print(f"Not the locked versions: {', '.join(differing[:5])}.")
            print("Results may differ; pip install -r requirements.lock mends it.", flush=True)
        return Path(sys.executable)
    locks = [LOCK, *(GROUPS[group] for group in groups)]
    if not all(map(_is_current, locks)):
        with _alone():
            missing = [lock for lock in locks if not _is_current(lock)]
            if LOCK in missing:
                _build()
                missing = locks
            for lock in missing:
                _install(lock)
    return PYTHON


@contextmanager
def _alone():
    """Have other commands that would set up the environment wait, where the system can."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    BUSY.parent.mkdir(exist_ok=True)
    with BUSY.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _is_installed_here():
    from importlib.metadata import PackageNotFoundError, version

    try:
        return bool(version("news-coverage-notebooks")) and bool(version("papermill"))
    except PackageNotFoundError:
        return False


def differing_versions(lock=LOCK):
    """Packages whose installed version is not the locked one, as "name 1.0 (locked 1.1)"."""
    from importlib.metadata import PackageNotFoundError, version

    differing = []
    for line in lock.read_text("utf-8").splitlines():
        if "==" in line and not line.startswith((" ", "#")):
            name, locked = line.split()[0].split("==")
            try:
                installed = version(name)
            except PackageNotFoundError:  # of another system or Python
                continue
            if installed != locked:
                differing.append(f"{name} {installed} (locked {locked})")
    return differing


def _stamp(lock):
    return VENV / (lock.stem + ".sha256")


def _digest(lock):
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()} {ROOT}"


def _is_current(lock):
    stamp = _stamp(lock)
    try:
        return PYTHON.exists() and stamp.exists() and stamp.read_text() == _digest(lock)
    except PermissionError as error:
        raise SystemExit(
            f"{error.filename}: you may not read it, another user made it. "
            "Copy the project without .venv/ and run the same command there."
        ) from None


def _build():
    if VENV.exists():
        print("The locked versions changed: .venv/ is built anew.", flush=True)
        shutil.rmtree(VENV)
    else:
        print("Setting up .venv/ (once, some minutes) ...", flush=True)
    python = _interpreter()
    uv = shutil.which("uv")
    if uv:
        _run([uv, "venv", "--quiet", "--python", python or ">=3.11,<3.15", VENV])
    elif python:
        _run([python, "-m", "venv", VENV])
    else:
        raise SystemExit(_no_python())


def _install(lock):
    uv = shutil.which("uv")
    if uv:
        pip = [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON]
    else:
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, "--require-hashes", "-r", lock])
    if lock == LOCK:
        _run([*pip, "--no-deps", "--no-build-isolation", "-e", ROOT])
    _stamp(lock).write_text(_digest(lock))


def _version(python):
    """(major, minor) of an interpreter, None where it does not start (a pyenv shim, say)."""
    code = "import sys, venv, ensurepip; print(*sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, timeout=60, check=True)
        return tuple(map(int, done.stdout.split()))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _candidates():
    named = [f"python{major}.{minor}" for major, minor in SUPPORTED] + ["python3", "python"]
    return list(dict.fromkeys([sys.executable, *filter(None, map(shutil.which, named))]))


def _interpreter():
    """The Python that runs this, if supported; else the newest supported one that starts."""
    return next((python for python in _candidates() if _version(python) in SUPPORTED), None)


def _no_python():
    lines = ["No supported Python found: 3.11 to 3.14 is needed, with the venv module. Found:"]
    for python in _candidates():
        version = _version(python)
        lines.append(f"  {python} ({'.'.join(map(str, version)) if version else 'does not start'})")
    lines.append("Install one (python.org; on Debian: apt install python3-venv) and try again.")
    return "\n".join(lines)


def _run(command):
    words = [str(word) for word in command]
    if subprocess.run(words, cwd=str(ROOT), check=False).returncode:
        raise SystemExit(
            f"Setting up the environment failed at:\n  {' '.join(words)}\nThe lines above say why."
        )
