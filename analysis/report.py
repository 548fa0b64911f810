"""The report: decide what is out of date, run the notebooks, put the report together, swap it in.

Every result is kept with the digests of what it was made from; what has the same digests is not
made again.  A report is put together in a temporary folder and swapped in by rename, so it is
whole or not there at all.
"""

import errno
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from analysis.digests import code_digests, digest, file_digest, folder_digest, module_digests
from analysis.environment import LOCK, MADE_BY, ROOT
from analysis.notebook_files import NOTEBOOKS, Notebook, find_notebooks, parameter_problems

CACHE = ROOT / ".cache"
WORKERS = 2
CELL_SECONDS = "NEWS_CELL_SECONDS"  # the longest a cell may take, 600 seconds unless set
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
    last = _load(home / "last.json")
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
    from analysis.kernels import warm_up
    from analysis.tables import UNFINISHED, build

    for left in (*home.glob("scratch-*"), *(home / "notebooks").glob(f"{UNFINISHED}*")):
        shutil.rmtree(left, ignore_errors=True)  # of a process that was killed
    try:
        corpus = read_corpus(corpus_path)
    except CorpusError as error:
        raise ReportError(str(error)) from None
    if share_texts:
        corpus.settings["share_texts"] = share_texts
    with _environment():
        warm_up()
    begun = time.monotonic()
    built = build(corpus, CACHE, lambda line: print(f"tables    {line}", flush=True))
    print(
        f"tables    {len(corpus.documents)} articles ({time.monotonic() - begun:.1f} s)", flush=True
    )
    parameters = corpus.settings["notebooks"]
    notebooks = find_notebooks(corpus_path, parameters, home / "notebooks")
    if problems := parameter_problems(notebooks, parameters):
        raise ReportError("\n".join(map(str, problems)))
    share_texts = corpus.settings["share_texts"]
    inputs_of = {n.name: _inputs(n) | {"share_texts": share_texts} for n in notebooks}
    stale = [
        (n, why) for n in notebooks if (why := _why_stale(n, inputs_of[n.name], built.digests))
    ]
    failures = _run_all(stale, inputs_of, built, corpus_path, home, share_texts)
    if failures:
        _report_failures(failures, out)
        return 1
    _assemble(notebooks, built, corpus, out, home)
    _save(home / "last.json", {"inputs": inputs})
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
    record = _load(notebook.products / "record.json")
    if not record:
        return "first run"
    now = inputs | {f"table {name}": tables.get(name) for name in record["reads"]}
    before = record["inputs"]
    changed = sorted(k for k in now.keys() | before.keys() if now.get(k) != before.get(k))
    if not changed and folder_digest(notebook.products / "results") != record["files"]:
        return "its kept results were damaged"
    return ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")


# --- running --------------------------------------------------------------------------------


@dataclass
class Failure:
    """A notebook that failed: where, with what error, and its copy with the traceback."""

    notebook: str
    section: str
    error: str
    copy: Path


def _run_all(
    stale: list[tuple[Notebook, str]],
    inputs_of: dict[str, dict[str, str]],
    built: Any,
    corpus_path: Path,
    home: Path,
    share_texts: str,
) -> list[Failure]:
    if not stale:
        return []
    with (
        tempfile.TemporaryDirectory(prefix="scratch-", dir=home) as scratch,
        _environment(
            NEWS_TABLES=str(built.folder),
            NEWS_TEXTS=share_texts,
            NEWS_CORPUS=str(corpus_path.resolve()),
            NEWS_PRODUCTS=str(Path(scratch, "products")),
            IPYTHONDIR=str(Path(scratch, "ipython")),
            JUPYTER_RUNTIME_DIR=str(Path(scratch, "runtime")),
        ),
        _working_in(scratch),
    ):
        failed = home / "failed"
        shutil.rmtree(failed, ignore_errors=True)
        failed.mkdir(parents=True)

        def run(item: tuple[Notebook, str]) -> Failure | None:
            notebook, why = item
            begun = time.monotonic()
            inputs = inputs_of[notebook.name]
            failure = _run(notebook, inputs, built.digests, Path(scratch), failed)
            state = "FAILED" if failure else f"{time.monotonic() - begun:.1f} s"
            print(f"notebook  {notebook.name} ({state}; {why})", flush=True)
            return failure

        stale = sorted(stale, key=lambda item: -len(item[0].source()))  # the long ones first
        with ThreadPoolExecutor(WORKERS) as pool:
            failures = [failure for failure in pool.map(run, stale) if failure]
        return sorted(failures, key=lambda failure: failure.notebook)


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Environment variables of the kernels: nothing of the user's machine reaches a notebook."""
    before = dict(os.environ)
    os.environ.update(
        values,
        MPLBACKEND="agg",
        MPLCONFIGDIR=str(CACHE / "matplotlib"),
        PYTHONNOUSERSITE="1",
        PYTHONHASHSEED="0",
        TZ="UTC",
        LC_ALL="C.UTF-8",
    )
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _working_in(folder: str) -> Iterator[None]:
    """All kernels start in `folder`: the working folder of a process is not a thread's."""
    from papermill.iorw import local_file_io_cwd

    with chdir(folder), local_file_io_cwd(folder):  # papermill's own leaves it behind
        yield


def _kernel_config() -> Any:
    """Kernels of a report talk over encrypted sockets where the kernel can."""
    from traitlets.config import Config

    return Config(KernelManager={"transport_encryption": "auto"})


def _run(
    notebook: Notebook, inputs: dict[str, str], tables: dict[str, str], scratch: Path, failed: Path
) -> Failure | None:
    import papermill
    from nbclient.exceptions import CellTimeoutError
    from papermill.exceptions import PapermillExecutionError

    from analysis.tables import new_folder

    work = scratch / notebook.name
    work.mkdir()
    executed = work / "notebook.ipynb"
    results = scratch / "products" / notebook.name
    seconds = int(os.environ.get(CELL_SECONDS) or 600)
    copy = failed / f"{notebook.name}.ipynb"
    try:
        papermill.execute_notebook(
            notebook.path,
            executed,
            notebook.parameters,
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            execution_timeout=seconds,
            config=_kernel_config(),
            extra_arguments=["--IPKernelApp.log_level=CRITICAL"],  # not for users
        )
    except PapermillExecutionError as error:
        _write_plain(executed, copy)
        section = _section(_load(copy)["cells"], error.cell_index)
        return Failure(notebook.name, section, f"{error.ename}: {error.evalue}", copy)
    except (CellTimeoutError, RuntimeError) as error:  # papermill has put down which cells began
        cells = _load(executed)["cells"]
        section = _section(
            cells, sum(bool(c["metadata"]["papermill"]["start_time"]) for c in cells)
        )
        _write_plain(executed, copy)
        what = "its kernel died (was it killed for want of memory?)"
        if isinstance(error, CellTimeoutError):
            what = f"a cell ran longer than {seconds} seconds; --cell-seconds allows more"
        return Failure(notebook.name, section, what, copy)
    results.mkdir(parents=True, exist_ok=True)
    _write_plain(executed, results / "notebook.ipynb")
    reads = _load(results / "reads.json", [])
    (results / "reads.json").unlink(missing_ok=True)
    with new_folder(notebook.products) as products:
        shutil.copytree(results, products / "results")
        record = {
            "reads": reads,
            "inputs": inputs | {f"table {name}": tables.get(name) for name in reads},
            "files": folder_digest(products / "results"),
        }
        _save(products / "record.json", record)
    return None


def _write_plain(executed: Path, target: Path) -> None:
    """The executed notebook without what differs from run to run: times, injected ids, versions."""
    notebook = json.loads(executed.read_text("utf-8"))
    notebook["metadata"] = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    cells = []
    for cell in notebook["cells"]:
        tags = cell["metadata"].get("tags", [])
        if "papermill-error-cell-tag" in tags:
            continue
        if "injected-parameters" in tags:
            cell["id"] = "injected-parameters"
        cell["metadata"] = {"tags": tags} if tags else {}
        cells.append(cell)
    notebook["cells"] = cells
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    target.write_text(text + "\n", "utf-8")


def _section(cells: list[dict[str, Any]], index: int) -> str:
    """The heading above the cell that failed."""
    headings = [
        line.lstrip("# ")
        for cell in cells[:index]
        if cell["cell_type"] == "markdown"
        for line in "".join(cell["source"]).splitlines()
        if line.startswith("#")
    ]
    return headings[-1] if headings else "its beginning"


def _report_failures(failures: list[Failure], out: Path) -> None:
    kept = out / "failed"
    kept.mkdir(parents=True, exist_ok=True)
    if not (out / "manifest.json").exists():
        _save(out / "manifest.json", {"made_by": MADE_BY, "files": {}})
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
    if _load(out / "manifest.json").get("made_by") != MADE_BY:
        raise ReportError(
            f"{out} is not empty and was not made by this program: nothing in it is touched. "
            "Choose another OUT, or move its files away."
        )


def _is_whole(out: Path) -> bool:
    """Whether the report has every file of its manifest, unchanged."""
    files = _load(out / "manifest.json").get("files")
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
        _save(new / "manifest.json", _manifest(corpus, built, notebooks, new))
        _swap(new, out, Path(temporary))
    print(f"report    site built ({time.monotonic() - begun:.1f} s)")


def _chapter(notebook: Notebook) -> Any:
    from analysis.site import Chapter

    results = notebook.products / "results"
    asked = [tuple(item) for item in _load(results / "evidence.json", [])]
    findings = _load(results / "findings.json", [])
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
        ours = set(_load(out / "manifest.json").get("files", {})) | {"manifest.json"}
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


def _load(path: Path, default: Any = None) -> Any:
    """Content of a JSON file; `default` ({} unless given) where it is missing or damaged."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {} if default is None else default


def _save(path: Path, content: Any) -> None:
    """Write a JSON file that is whole or not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, default=str)
    temporary.write_text(text + "\n", "utf-8")
    os.replace(temporary, path)


def remove_generated() -> Iterator[Path]:
    """Remove the cache and the reports made by this program, but no file it did not make."""
    for report in (ROOT / "report", *sorted(ROOT.glob("report-*"))):
        manifest = _load(report / "manifest.json")
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
