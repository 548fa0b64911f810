"""The report: decide what is out of date, have it run, put the report together, swap it in.

Every result is kept with the digests of what it was made from; what has the same digests is not
made again.  A report is put together in a temporary folder and swapped in by rename, so it is
whole or not there at all.  It shows one state of its inputs: where they change meanwhile it is
made again.
"""

import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from analysis.base.digests import (
    PACKAGE,
    code_digests,
    digest,
    file_digest,
    folder_digest,
    module_digests,
)
from analysis.base.environment import LOCK, MADE_BY, ROOT
from analysis.base.json_files import load_json, save_json
from analysis.base.messages import PlainError, listed
from analysis.base.own_files import (
    MANIFEST,
    ManifestError,
    carry_over,
    clear_left,
    listed_files,
    remove_listed,
    temporary_folder,
)
from analysis.report.notebook_files import (
    NOTEBOOKS,
    Notebook,
    file_problems,
    find_notebooks,
    parameter_problems,
)
from analysis.report.running import FAILED, Failure, run_all, warm_up
from analysis.show.bibliography import BIBLIOGRAPHY

CACHE = ROOT / ".cache"
LOCKED = "lock"  # while a report is made
ATTEMPTS = 3  # to make a report while its inputs change
DISK_TROUBLE = {
    errno.ENOSPC: "the disk is full: make room",
    errno.EDQUOT: "your share of the disk is used up: make room",
    errno.EROFS: "the disk can only be read: choose another place",
    errno.EACCES: "you may not write there: choose another place",
    errno.EPERM: "you may not write there: choose another place",
    errno.EFBIG: "a file may not be this large here: allow larger ones (ulimit -f unlimited)",
    errno.EIO: "the disk fails: choose another place",
    errno.EMFILE: "too many files are open: allow more (ulimit -n 1024)",
}
FULL = (errno.ENOSPC, errno.EDQUOT)  # no fault of a notebook that runs into it


class ReportError(PlainError, RuntimeError):
    """The report cannot be made; the message says why and what to do."""


class InputsChangedError(RuntimeError):
    """Inputs changed while the report was made; the message names them."""


def make_report(corpus_path: Path, out: Path, share_texts: str = "") -> int:
    """Bring the report of a corpus up to date; returns 0, or 1 when a notebook failed.

    In the place of its chapter there is a notice then.  Raises CorpusError, ManifestError, or
    ReportError (a folder that is not ours, a wrong parameter, a full disk).
    """
    started = time.monotonic()
    home = CACHE / "reports" / digest(str(corpus_path.resolve()), str(out.resolve()))[:16]
    lock = _note(out).with_name(LOCKED)
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock.parent.mkdir(exist_ok=True)
        with FileLock(lock, timeout=0):
            return _bring_up_to_date(corpus_path, out, home, share_texts, started)
    except Timeout:
        raise ReportError(f"{out} is being made by another process: wait for it to end.") from None
    except OSError as error:
        if trouble := disk_trouble(error):
            raise ReportError(f"{trouble}. {out} was left as it was.") from None
        raise


def _note(out: Path) -> Path:
    """Where a temporary folder for this output is noted, beside the output's lock."""
    return CACHE / "reports" / digest(str(out.resolve()))[:16] / "temporary.json"


def disk_trouble(error: OSError) -> str:
    """What is wrong with the disk and where; empty for other errors.

    What copies or writes for us puts the number of the error into its message only.
    """
    told = re.search(r"\[Errno (\d+)\]", str(error), re.I)
    trouble = DISK_TROUBLE.get(error.errno or (int(told[1]) if told else 0), "")
    return trouble and f"{error.filename or 'While writing'}: {trouble} and run the same command"


def _bring_up_to_date(
    corpus_path: Path, out: Path, home: Path, share_texts: str, started: float
) -> int:
    clear_left(_note(out), partial(_finish_swap, out))
    _check_out(out)
    inputs = _all_inputs(corpus_path, share_texts)
    last = load_json(home / "last.json")
    if last.get("inputs") == inputs and not last.get("failed") and _is_whole(out):
        print(f"Nothing has changed: {_shown(out / 'index.html')} is up to date.")
        return 0
    _tell_changes(last, inputs, out)
    _check_place(out)
    for _ in range(ATTEMPTS):
        try:
            return _make(corpus_path, out, home, inputs, share_texts, started)
        except InputsChangedError as changed:
            print(f"Changed while the report was made: {changed}. It is made again.", flush=True)
            inputs = _all_inputs(corpus_path, share_texts)
    raise ReportError(
        f"Each time, something changed while the report was made. {out} was left as it was: wait "
        "until nothing writes into the corpus, and run the same command again."
    )


def _all_inputs(corpus_path: Path, share_texts: str) -> dict[str, str]:
    """Digest of every file a report depends on, by a name the user knows."""
    files = {f"{corpus_path.name}/{k}": v for k, v in folder_digest(corpus_path).items()}
    if corpus_path.is_file():
        files[corpus_path.name] = file_digest(corpus_path)
    for folder in (PACKAGE, NOTEBOOKS):
        for name, value in folder_digest(folder).items():
            if "__pycache__" not in name:
                files[f"{folder.name}/{name}"] = value
    files[LOCK.name] = file_digest(LOCK)
    return files | {"TEXTS": share_texts}


def _changed(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """The names that are new, gone, or stand for another value."""
    return sorted(k for k in before.keys() | now.keys() if before.get(k) != now.get(k))


def _check_unchanged(
    corpus_path: Path, share_texts: str, inputs: dict[str, str], out: Path
) -> None:
    """Raise InputsChangedError where the report may show a mixture of two states of its inputs."""
    if changed := _changed(inputs, _all_inputs(corpus_path, share_texts)):
        names = listed(changed)
        if any(name == LOCK.name or name.startswith(f"{PACKAGE.name}/") for name in changed):
            what = f"This program changed while the report was made: {names}"
            raise ReportError(f"{what}. {out} was left as it was: run the same command again.")
        raise InputsChangedError(names)


def _tell_changes(last: dict[str, Any], now: dict[str, str], out: Path) -> None:
    before = last.get("inputs")
    if not before:
        return
    if changed := _changed(before, now):
        print(f"Changed: {listed(changed)}")
    elif last.get("failed"):
        print(f"Tried again, as it failed: {', '.join(last['failed'])}")
    else:
        print(f"Files of {_shown(out)} are missing or were changed: it is put together again.")


def _make(
    corpus_path: Path,
    out: Path,
    home: Path,
    inputs: dict[str, str],
    share_texts: str,
    started: float,
) -> int:
    from analysis.corpus.reading import read_corpus
    from analysis.tables.build import build
    from analysis.tables.kept import UNFINISHED

    for left in (*home.glob("scratch-*"), *(home / "notebooks").glob(f"{UNFINISHED}*")):
        shutil.rmtree(left, ignore_errors=True)  # of a process that was killed
    corpus = read_corpus(corpus_path)
    if share_texts:
        corpus.settings["share_texts"] = share_texts
    parameters = corpus.settings["notebooks"]
    notebooks = find_notebooks(corpus_path, parameters, home / "notebooks")
    if problems := [*file_problems(corpus_path), *parameter_problems(notebooks, parameters)]:
        raise ReportError("\n".join(map(str, problems)))
    _tell_code(corpus_path, home)
    warm_up()
    begun = time.monotonic()
    built = build(corpus, CACHE, lambda line: print(f"tables    {line}", flush=True))
    inputs = _all_inputs(corpus_path, share_texts)  # with the names that were proposed just now
    print(
        f"tables    {len(corpus.documents)} articles ({time.monotonic() - begun:.1f} s)", flush=True
    )
    rule = corpus.settings["share_texts"]
    inputs_of = {n.name: _inputs(n) | {"share_texts": rule} for n in notebooks}
    stale = [
        (n, why) for n in notebooks if (why := _why_stale(n, inputs_of[n.name], built.digests))
    ]
    failures = run_all(stale, inputs_of, built, corpus_path, home, rule)
    for failure in failures:
        if any(f"[Errno {number}]" in failure.error for number in FULL):
            raise ReportError(f"{failure.notebook}: {failure.error}. {out} was left as it was.")
    unchanged = partial(_check_unchanged, corpus_path, share_texts, inputs, out)
    _assemble(notebooks, failures, built, corpus, out, unchanged)
    failed = [failure.notebook for failure in failures]
    save_json(home / "last.json", {"inputs": inputs, "failed": failed})
    _tell_end(built, out, started)
    for failure in failures:
        print(f"\n{failure.notebook} {failure.what}\n    → {failure.todo(_shown(out))}")
    return 1 if failures else 0


def _tell_code(corpus_path: Path, home: Path) -> None:
    """Say which notebooks of the corpus run on this machine, before they first do."""
    own = folder_digest(corpus_path / "notebooks", "*.ipynb")
    if new := sorted(own.items() - load_json(home / "told.json").items()):
        print(f"Code that came with the corpus runs now: {listed(name for name, _ in new)}.")
        print(
            "    It can do on this machine whatever you can: stop (Ctrl-C) if you do not trust it."
        )
    save_json(home / "told.json", own)


# --- what is out of date --------------------------------------------------------------------


def _inputs(notebook: Notebook) -> dict[str, str]:
    """What the notebook's results depend on, besides the tables it reads."""
    code = {f"analysis/{k}": v for k, v in code_digests(notebook.source()).items()}
    return code | {
        f"{notebook.name}.ipynb": notebook.digest(),
        "parameters in corpus.yml": digest(notebook.parameters),
        LOCK.name: file_digest(LOCK),
        BIBLIOGRAPHY.name: file_digest(BIBLIOGRAPHY),
    }


def _why_stale(notebook: Notebook, inputs: dict[str, str], tables: dict[str, str]) -> str:
    """Why the notebook must run, in a few words; empty when its results still hold."""
    record = load_json(notebook.products / "record.json")
    if not record:
        return "first run"
    now = inputs | {f"table {name}": tables.get(name) for name in record["reads"]}
    before = record["inputs"]
    changed = _changed(before, now)
    if not changed and folder_digest(notebook.products / "results") != record["files"]:
        return "its kept results were damaged"
    return listed(changed, 3)


# --- putting together -----------------------------------------------------------------------


def _check_place(out: Path) -> None:
    """Find out now, not after the work, that no report can be swapped in there."""
    if out.is_mount():
        raise ReportError(f"{out} is a disk of its own: choose a folder on it, {out / 'report'}.")
    out.parent.mkdir(parents=True, exist_ok=True)
    for folder in (out.parent, out):
        if folder.is_dir():
            tempfile.TemporaryFile(dir=folder).close()


def _check_out(out: Path) -> None:
    """Refuse a folder with somebody else's files."""
    if out.is_file():
        raise ReportError(f"{out} is a file: choose another OUT.")
    if not out.is_dir() or not any(out.iterdir()):
        return
    if listed_files(out) is None:
        raise ReportError(
            f"{out} is not empty and was not made by this program: nothing in it is touched. "
            "Choose another OUT, or move its files away."
        )


def _is_whole(out: Path) -> bool:
    """Whether the report has every file of its manifest, unchanged."""
    try:
        files = listed_files(out)
    except ManifestError:
        return False
    return bool(files) and all(
        (out / name).is_file() and file_digest(out / name) == value for name, value in files.items()
    )


def _assemble(
    notebooks: list[Notebook],
    failures: list[Failure],
    built: Any,
    corpus: Any,
    out: Path,
    check: Callable[[], None],
) -> None:
    """Put the report together and swap it in, unless `check` raises an error before."""
    from analysis.report.front import front_matter
    from analysis.report.site import build_site

    begun = time.monotonic()
    out.parent.mkdir(parents=True, exist_ok=True)
    with temporary_folder(out, _note(out), partial(_finish_swap, out)) as temporary:
        new, work = temporary / "unfinished", temporary / "work"
        work.mkdir()
        by_name = {failure.notebook: failure for failure in failures}
        chapters = [_chapter(n, by_name.get(n.name)) for n in notebooks]
        front = front_matter(corpus, built, notebooks)
        warnings = build_site(chapters, front, new, work)
        _write_evidence(chapters, front, built, corpus, new)
        for line in warnings:
            print(f"report    {line}")
        for chapter in chapters:
            if chapter.failure:
                (new / FAILED).mkdir(exist_ok=True)
                shutil.copy(chapter.failure.copy, new / FAILED / f"{chapter.name}.ipynb")
                continue
            for kind in ("figures", "tables"):
                if (chapter.folder / kind).is_dir():
                    shutil.copytree(chapter.folder / kind, new / kind, dirs_exist_ok=True)
            shutil.copy(
                chapter.folder / "notebook.ipynb", new / "notebooks" / f"{chapter.name}.ipynb"
            )
        _write_tables(built, corpus.settings["share_texts"], new / "tables")
        save_json(new / MANIFEST, _manifest(corpus, built, notebooks, failures, new))
        check()
        _swap(new, out, temporary)
    print(f"report    site built ({time.monotonic() - begun:.1f} s)")


def _chapter(notebook: Notebook, failure: Failure | None) -> Any:
    from analysis.report.site import Chapter

    results = notebook.products / "results"
    if failure:
        return Chapter(notebook.name, notebook.title(), results, [], [], failure)
    asked = [tuple(item) for item in load_json(results / "evidence.json", [])]
    findings = load_json(results / "findings.json", [])
    return Chapter(notebook.name, notebook.title(), results, findings, asked)


def _write_evidence(
    chapters: list[Any], front: dict[str, Any], built: Any, corpus: Any, new: Path
) -> None:
    """The pages that something in the chapters or on the first page leads to."""
    from analysis.show.evidence import write_evidence

    asked: dict[str, list[str]] = {"articles": front["listed"]}
    first = [("events", one["event_id"]) for one in front["told"] if one["event_id"]]
    of_chapters = [item for chapter in chapters for item in chapter.asked]
    for kind, key in dict.fromkeys([*first, *of_chapters]):
        asked.setdefault(kind, []).append(key)
    rule = corpus.settings["share_texts"]
    write_evidence(asked, lambda name: built.shared(name, rule), corpus.settings, new, corpus.texts)


def _write_tables(built: Any, share_texts: str, folder: Path) -> None:
    from analysis.base.safe_csv import write_table

    folder.mkdir(exist_ok=True)
    for name in built.digests:
        if name != "settings":
            write_table(built.shared(name, share_texts), folder, name)


def _manifest(
    corpus: Any, built: Any, notebooks: list[Notebook], failures: list[Failure], new: Path
) -> dict[str, Any]:
    """What the report was made from, and the digest of each of its files."""
    from analysis.report.front import PACKAGES

    return {
        "made_by": MADE_BY,
        "version": version(MADE_BY),
        "corpus": corpus.settings["title"],
        "settings": corpus.settings,
        "parameters": {n.name: n.defaults() | n.parameters for n in notebooks},
        "failed": {failure.notebook: failure.what for failure in failures},
        "inputs": {doc_id: digest(text) for doc_id, text in corpus.texts.items()},
        "code": module_digests("tables.joining", "article.reading", "show.figures", "notebook"),
        "tables": built.digests,
        "packages": {name: version(name) for name in PACKAGES},
        "files": folder_digest(new),
    }


def _swap(new: Path, out: Path, temporary: Path) -> None:
    """Put `new` in the place of `out`; files in `out` that are not ours stay."""
    if out.exists():
        for name, kept in carry_over(out, new):
            print(f"report    {name} in {_shown(out)} is yours, now {kept}: ours has its name")
    os.replace(new, temporary / "ready")
    if out.exists():
        os.replace(out, temporary / "old")
    _finish_swap(out, temporary)


def _finish_swap(out: Path, temporary: Path) -> None:
    """Put the new report in its place, or the old one back, where a swap was begun."""
    ready, old = temporary / "ready", temporary / "old"
    if not out.exists() and _is_whole(ready):
        os.replace(ready, out)
    if not out.exists() and old.is_dir():
        os.replace(old, out)


def _tell_end(built: Any, out: Path, started: float) -> None:
    for row in built.read("warnings").to_dict("records"):
        print(f"warning   {row['where']}: {row['what']}\n          → {row['what_to_do']}")
    print(f"\n{_shown(out / 'index.html')} ({time.monotonic() - started:.0f} s)")


def _shown(path: Path) -> Path:
    """The path as a user in the current folder would write it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def remove_generated() -> Iterator[str]:
    """Remove the cache and the reports made by this program; says what, and what was left.

    No file is removed that the program did not make.  Raises ReportError while a report is made.
    """
    for note in sorted(CACHE.glob("reports/*/temporary.json")):
        try:
            with FileLock(note.with_name(LOCKED), timeout=0):
                clear_left(note, partial(_finish_swap, Path(load_json(note)["out"])))
        except Timeout:
            raise ReportError("A report is being made: wait for it to end.") from None
    for report in (ROOT / "report", *sorted(ROOT.glob("report-*"))):
        try:
            if not report.is_symlink() and remove_listed(report):
                yield f"removed {report}"
        except ManifestError as error:
            yield str(error)
    if CACHE.is_symlink():
        CACHE.unlink()
        yield f"removed {CACHE}, a link; what it led to was left"
    elif CACHE.exists():
        shutil.rmtree(CACHE)
        yield f"removed {CACHE}"
