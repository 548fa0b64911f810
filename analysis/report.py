"""The report: decide what is out of date, have it run, put the report together, swap it in.

Every result is kept with the digests of what it was made from; what has the same digests is not
made again.  A report is put together in a temporary folder and swapped in by rename, so it is
whole or not there at all.
"""

import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from analysis.digests import code_digests, digest, file_digest, folder_digest, module_digests
from analysis.environment import LOCK, MADE_BY, ROOT
from analysis.notebook_files import (
    NOTEBOOKS,
    Notebook,
    file_problems,
    find_notebooks,
    parameter_problems,
)
from analysis.running import Failure, load_json, run_all, save_json, warm_up

CACHE = ROOT / ".cache"
INTERMEDIATE = ("keyness_unmerged", "term_counts")  # large tables that few open: compressed
DISK_TROUBLE = {
    errno.ENOSPC: "the disk is full: make room",
    errno.EDQUOT: "your share of the disk is used up: make room",
    errno.EROFS: "the disk can only be read: choose another place",
    errno.EACCES: "you may not write there: choose another place",
    errno.EPERM: "you may not write there: choose another place",
}


class ReportError(RuntimeError):
    """The report cannot be made; the message says why and what to do."""


def make_report(corpus_path: Path, out: Path, share_texts: str = "") -> int:
    """Bring the report of a corpus up to date; returns 0, or 1 when a notebook failed.

    Raises ReportError (a folder that is not ours, a wrong parameter, a faulty corpus, a full disk).
    """
    started = time.monotonic()
    home, lock = (
        CACHE / "reports" / digest(*map(str, paths))[:16]
        for paths in ((corpus_path.resolve(), out.resolve()), (out.resolve(),))
    )
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock.mkdir(exist_ok=True)
        with FileLock(lock / "lock", timeout=0):
            return _bring_up_to_date(corpus_path, out, home, share_texts, started)
    except Timeout:
        raise ReportError(f"{out} is being made by another process: wait for it to end.") from None
    except OSError as error:
        if trouble := disk_trouble(error):
            raise ReportError(f"{trouble}. {out} was left as it was.") from None
        raise


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
    _finish_swap(out)
    _check_out(out)
    inputs = _all_inputs(corpus_path, share_texts)
    last = load_json(home / "last.json")
    if last.get("inputs") == inputs and _is_whole(out):
        print(f"Nothing has changed: {_shown(out / 'index.html')} is up to date.")
        return 0
    _tell_changes(last.get("inputs", {}), inputs, out)
    _check_place(out)
    return _make(corpus_path, out, home, inputs, share_texts, started)


def _all_inputs(corpus_path: Path, share_texts: str) -> dict[str, str]:
    """Digest of every file a report depends on, by a name the user knows."""
    files = {f"{corpus_path.name}/{k}": v for k, v in folder_digest(corpus_path).items()}
    if corpus_path.is_file():
        files[corpus_path.name] = file_digest(corpus_path)
    for folder in (Path(__file__).parent, NOTEBOOKS):
        for name, value in folder_digest(folder).items():
            if "__pycache__" not in name and ".ipynb_checkpoints" not in name:
                files[f"{folder.name}/{name}"] = value
    files[LOCK.name] = file_digest(LOCK)
    return files | {"TEXTS": share_texts}


def _tell_changes(before: dict[str, str], now: dict[str, str], out: Path) -> None:
    if not before:
        return
    changed = sorted(k for k in before.keys() | now.keys() if before.get(k) != now.get(k))
    if changed:
        more = f" and {len(changed) - 5} more" if len(changed) > 5 else ""
        print(f"Changed: {', '.join(changed[:5])}{more}")
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
    from analysis.corpus import CorpusError, read_corpus
    from analysis.tables import UNFINISHED, build

    for left in (*home.glob("scratch-*"), *(home / "notebooks").glob(f"{UNFINISHED}*")):
        shutil.rmtree(left, ignore_errors=True)  # of a process that was killed
    try:
        corpus = read_corpus(corpus_path)
    except CorpusError as error:
        raise ReportError(str(error)) from None
    if share_texts:
        corpus.settings["share_texts"] = share_texts
    warm_up()
    begun = time.monotonic()
    built = build(corpus, CACHE, lambda line: print(f"tables    {line}", flush=True))
    print(
        f"tables    {len(corpus.documents)} articles ({time.monotonic() - begun:.1f} s)", flush=True
    )
    parameters = corpus.settings["notebooks"]
    notebooks = find_notebooks(corpus_path, parameters, home / "notebooks")
    if problems := [*file_problems(corpus_path), *parameter_problems(notebooks, parameters)]:
        raise ReportError("\n".join(map(str, problems)))
    share_texts = corpus.settings["share_texts"]
    inputs_of = {n.name: _inputs(n) | {"share_texts": share_texts} for n in notebooks}
    stale = [
        (n, why) for n in notebooks if (why := _why_stale(n, inputs_of[n.name], built.digests))
    ]
    failures = run_all(stale, inputs_of, built, corpus_path, home, share_texts)
    if failures:
        _report_failures(failures, out)
        return 1
    _assemble(notebooks, built, corpus, out, home)
    save_json(home / "last.json", {"inputs": inputs})
    _tell_end(built, out, started)
    return 0


# --- what is out of date --------------------------------------------------------------------


def _inputs(notebook: Notebook) -> dict[str, str]:
    """What the notebook's results depend on, besides the tables it reads."""
    code = {f"analysis/{k}": v for k, v in code_digests(notebook.source()).items()}
    return code | {
        f"{notebook.name}.ipynb": notebook.digest(),
        "parameters in corpus.yml": digest(notebook.parameters),
        LOCK.name: file_digest(LOCK),
    }


def _why_stale(notebook: Notebook, inputs: dict[str, str], tables: dict[str, str]) -> str:
    """Why the notebook must run, in a few words; empty when its results still hold."""
    record = load_json(notebook.products / "record.json")
    if not record:
        return "first run"
    now = inputs | {f"table {name}": tables.get(name) for name in record["reads"]}
    before = record["inputs"]
    changed = sorted(k for k in now.keys() | before.keys() if now.get(k) != before.get(k))
    if not changed and folder_digest(notebook.products / "results") != record["files"]:
        return "its kept results were damaged"
    return ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")


def _report_failures(failures: list[Failure], out: Path) -> None:
    kept = out / "failed"
    kept.mkdir(parents=True, exist_ok=True)
    if not (out / "manifest.json").exists():
        save_json(out / "manifest.json", {"made_by": MADE_BY, "files": {}})
    print()
    for failure in failures:
        shutil.copy(failure.copy, kept / failure.copy.name)
        print(
            f"{failure.notebook} failed in section “{failure.section}”:\n"
            f"    {failure.error}\n"
            f"    → open {_shown(kept / failure.copy.name)} to see the cell with its traceback;\n"
            f"      mend the notebook, module or corpus it names, and run the same command again."
        )
    print("The other notebooks' results are kept; the report is left as it was.")


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
    if load_json(out / "manifest.json").get("made_by") != MADE_BY:
        raise ReportError(
            f"{out} is not empty and was not made by this program: nothing in it is touched. "
            "Choose another OUT, or move its files away."
        )


def _is_whole(out: Path) -> bool:
    """Whether the report has every file of its manifest, unchanged."""
    files = load_json(out / "manifest.json").get("files")
    return bool(files) and all(
        (out / name).is_file() and file_digest(out / name) == value for name, value in files.items()
    )


def _assemble(notebooks: list[Notebook], built: Any, corpus: Any, out: Path, home: Path) -> None:
    from analysis.front import front_matter
    from analysis.site import build_site

    begun = time.monotonic()
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as temporary:
        new, work = Path(temporary, "unfinished"), Path(temporary, "work")
        work.mkdir()
        chapters = [_chapter(n) for n in notebooks]
        warnings = build_site(chapters, front_matter(corpus, built, notebooks), new, work)
        _write_evidence(chapters, built, corpus, new)
        for line in warnings:
            print(f"report    {line}")
        for chapter in chapters:
            for kind in ("figures", "tables"):
                if (chapter.folder / kind).is_dir():
                    shutil.copytree(chapter.folder / kind, new / kind, dirs_exist_ok=True)
            shutil.copy(
                chapter.folder / "notebook.ipynb", new / "notebooks" / f"{chapter.name}.ipynb"
            )
        _write_tables(built, corpus.settings["share_texts"], new / "tables")
        save_json(new / "manifest.json", _manifest(corpus, built, notebooks, new))
        _swap(new, out, Path(temporary))
    print(f"report    site built ({time.monotonic() - begun:.1f} s)")


def _chapter(notebook: Notebook) -> Any:
    from analysis.site import Chapter

    results = notebook.products / "results"
    asked = [tuple(item) for item in load_json(results / "evidence.json", [])]
    findings = load_json(results / "findings.json", [])
    return Chapter(notebook.name, notebook.title(), results, findings, asked)


def _write_evidence(chapters: list[Any], built: Any, corpus: Any, new: Path) -> None:
    """The pages that something in the chapters leads to, and those of the articles listed first."""
    from analysis.evidence import write_evidence
    from analysis.front import MOST_LISTED

    asked: dict[str, list[str]] = {"articles": list(corpus.documents["doc_id"].head(MOST_LISTED))}
    for kind, key in dict.fromkeys(item for chapter in chapters for item in chapter.asked):
        asked.setdefault(kind, []).append(key)
    rule = corpus.settings["share_texts"]
    write_evidence(asked, lambda name: built.shared(name, rule), corpus.settings, new, corpus.texts)


def _write_tables(built: Any, share_texts: str, folder: Path) -> None:
    from analysis.csvfile import write_csv

    folder.mkdir(exist_ok=True)
    for name in built.digests:
        if name != "settings":
            kind = "csv.gz" if name in INTERMEDIATE else "csv"
            write_csv(built.shared(name, share_texts), folder / f"{name}.{kind}")


def _manifest(corpus: Any, built: Any, notebooks: list[Notebook], new: Path) -> dict[str, Any]:
    """What the report was made from, and the digest of each of its files."""
    from analysis.front import PACKAGES

    return {
        "made_by": MADE_BY,
        "version": version(MADE_BY),
        "corpus": corpus.settings["title"],
        "settings": corpus.settings,
        "parameters": {n.name: n.defaults() | n.parameters for n in notebooks},
        "inputs": {doc_id: digest(text) for doc_id, text in corpus.texts.items()},
        "code": module_digests("aggregate", "annotate", "figures", "notebook"),
        "tables": built.digests,
        "packages": {name: version(name) for name in PACKAGES},
        "files": folder_digest(new),
    }


def _swap(new: Path, out: Path, temporary: Path) -> None:
    """Put `new` in the place of `out`; files in `out` that are not ours stay."""
    if out.exists():
        ours = set(load_json(out / "manifest.json").get("files", {})) | {"manifest.json"}
        for name in folder_digest(out):
            if name not in ours and not name.startswith("failed/") and not (new / name).exists():
                (new / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(out / name, new / name)
    ready = temporary / "ready"
    os.replace(new, ready)
    if out.exists():
        os.replace(out, temporary / "old")
    os.replace(ready, out)


def _finish_swap(out: Path) -> None:
    """Clear up after a process that was killed: complete its swap, remove its temporary folders."""
    for temporary in out.parent.glob(f".{out.name}-*"):
        if "-" in temporary.name.removeprefix(f".{out.name}-"):  # of an output with a longer name
            continue
        for left in (temporary / "ready", temporary / "old"):
            if not out.exists() and _is_whole(left):
                os.replace(left, out)
        shutil.rmtree(temporary)


def _tell_end(built: Any, out: Path, started: float) -> None:
    for row in built.read("warnings").to_dict("records"):
        print(f"warning   {row['where']}: {row['what']}\n          → {row['what_to_do']}")
    print(f"\n{_shown(out / 'index.html')} ({time.monotonic() - started:.0f} s)")


def _shown(path: Path) -> Path:
    """The path as a user in the current folder would write it."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path


def remove_generated() -> Iterator[Path]:
    """Remove the cache and the reports made by this program, but no file it did not make."""
    for report in (ROOT / "report", *sorted(ROOT.glob("report-*"))):
        manifest = load_json(report / "manifest.json")
        if manifest.get("made_by") == MADE_BY:
            for name in (*manifest["files"], "manifest.json"):
                (report / name).unlink(missing_ok=True)
            shutil.rmtree(report / "failed", ignore_errors=True)
            _remove_empty(report)
            yield report
    if CACHE.exists():
        shutil.rmtree(CACHE)
        yield CACHE


def _remove_empty(folder: Path) -> None:
    for path in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()
    if not any(folder.iterdir()):
        folder.rmdir()
