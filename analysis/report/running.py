"""The notebooks, run by papermill two at a time; the results of each kept with what it read."""

import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analysis.base.digests import folder_digest
from analysis.base.environment import ROOT
from analysis.base.json_files import load_json, save_json
from analysis.report.notebook_files import Notebook
from analysis.tables.workers import whole_number

WORKERS, MANY_ARTICLES = 2, 50_000  # from which on notebooks run one at a time, for their memory
FAILED = "failed"  # folder of the notebooks that failed, as far as they came
CELL_SECONDS = "NEWS_CELL_SECONDS"  # the longest a cell may take, 600 seconds unless set
LONGEST = 7 * 24 * 3600
INLINE = "module://matplotlib_inline.backend_inline"  # what a cell draws is among its outputs


def warm_up() -> None:
    """Make ready for kernels, while something else is done."""
    from analysis.report import kernels

    with _environment():
        place = Path(os.environ["MPLCONFIGDIR"])
        place.mkdir(parents=True, exist_ok=True)
        with chdir(place):  # matplotlib reads settings from the folder where it is imported
            kernels.warm_up()


@dataclass
class Failure:
    """A notebook that failed: where, with what error, and its copy with the traceback."""

    notebook: str
    section: str
    error: str
    copy: Path

    @property
    def what(self) -> str:
        return f"failed in section “{self.section}”: {self.error}"

    def todo(self, out: Path) -> str:
        return (
            f"open {out / FAILED / self.copy.name} to see the cell with its traceback; mend the "
            "notebook, module or corpus it names, and run the same command again: the other "
            "chapters are whole, and kept."
        )


def run_all(
    stale: list[tuple[Notebook, str]],
    inputs_of: dict[str, dict[str, str]],
    built: Any,
    corpus_path: Path,
    home: Path,
    share_texts: str,
) -> list[Failure]:
    """Run notebooks that are out of date (each with why); the results of the good ones are kept."""
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
        failed = home / FAILED
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
        together = WORKERS if built.size("documents") < MANY_ARTICLES else 1
        with ThreadPoolExecutor(together) as pool:
            failures = [failure for failure in pool.map(run, stale) if failure]
        return sorted(failures, key=lambda failure: failure.notebook)


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    """Environment variables of the kernels: nothing of the user's machine reaches a notebook."""
    before = dict(os.environ)
    os.environ.update(
        values,
        MPLBACKEND=INLINE,
        MPLCONFIGDIR=str(ROOT / ".cache/matplotlib"),
        PYTHONNOUSERSITE="1",
        PYTHONHASHSEED="0",
        TZ="UTC",
        LC_ALL="C.UTF-8",
    )
    os.environ.pop("MATPLOTLIBRC", None)
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


def _engine() -> str:
    """Name of papermill's engine made to write a notebook once, at its end, not twice a cell."""
    from papermill.engines import NBClientEngine, papermill_engines
    from papermill.iorw import write_ipynb

    class Engine(NBClientEngine):
        @classmethod
        def execute_notebook(
            cls, nb: Any, kernel_name: str, output_path: str | None = None, **options: Any
        ) -> Any:
            try:
                return super().execute_notebook(nb, kernel_name, None, **options)
            finally:
                write_ipynb(nb, output_path)

    papermill_engines.register("report", Engine)
    return "report"


def _run(
    notebook: Notebook, inputs: dict[str, str], tables: dict[str, str], scratch: Path, failed: Path
) -> Failure | None:
    from papermill.exceptions import PapermillExecutionError

    from analysis.tables.kept import new_folder

    work = scratch / notebook.name
    work.mkdir()
    executed = work / "notebook.ipynb"
    results = scratch / "products" / notebook.name
    ends: list[int] = []
    try:
        _execute(notebook, executed, ends)
    except Exception as error:  # whatever it is, it costs this chapter only
        if isinstance(error, OSError) and not isinstance(error, TimeoutError):
            raise  # the machine's trouble, not the notebook's
        copy = failed / f"{notebook.name}.ipynb"
        _write_plain(executed if executed.is_file() else notebook.path, copy)
        if isinstance(error, PapermillExecutionError):
            cells, last = load_json(copy)["cells"], error.cell_index
        else:  # papermill has put down which cells began
            cells = load_json(executed, {"cells": []})["cells"]
            last = sum(bool(c["metadata"]["papermill"]["start_time"]) for c in cells)
        return Failure(notebook.name, _section(cells, last), _what_failed(error, ends), copy)
    results.mkdir(parents=True, exist_ok=True)
    _write_plain(executed, results / "notebook.ipynb")
    reads = load_json(results / "reads.json", [])
    (results / "reads.json").unlink(missing_ok=True)
    with new_folder(notebook.products) as products:
        shutil.copytree(results, products / "results")
        record = {
            "reads": reads,
            "inputs": inputs | {f"table {name}": tables.get(name) for name in reads},
            "files": folder_digest(products / "results"),
        }
        save_json(products / "record.json", record)
    return None


def _execute(notebook: Notebook, executed: Path, ends: list[int]) -> None:
    """Run a notebook; where its kernel dies, `ends` begins with how it ended."""
    import papermill
    from jupyter_client import AsyncKernelManager

    class Watched(AsyncKernelManager):
        async def is_alive(self) -> bool:
            ended = await self.provisioner.poll() if self.has_kernel else None
            if ended is not None:
                ends.append(ended)
            return await super().is_alive()

    papermill.execute_notebook(
        notebook.path,
        executed,
        notebook.parameters,
        engine_name=_engine(),
        kernel_manager_class=Watched,
        shutdown_kernel="immediate",  # its files are written
        kernel_name="python3",
        progress_bar=False,
        log_output=False,
        execution_timeout=cell_seconds(),
        config=_kernel_config(),
        extra_arguments=["--IPKernelApp.log_level=CRITICAL"],  # not for users
    )


def cell_seconds() -> int:
    return whole_number(CELL_SECONDS, "--cell-seconds", LONGEST, 600)


def _what_failed(error: Exception, ends: list[int]) -> str:
    """What went wrong, as far as it is known; `ends` are exit codes, below 0 signals."""
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if isinstance(error, PapermillExecutionError):
        return f"{error.ename}: {error.evalue}"
    if isinstance(error, CellTimeoutError):
        return f"a cell ran longer than {cell_seconds()} seconds; --cell-seconds allows more"
    if not isinstance(error, DeadKernelError) or not ends:
        return f"{type(error).__name__}: {error}"
    if ends[0] >= 0:
        return f"its kernel ended by itself, with exit code {ends[0]}"
    name = next((s.name for s in signal.Signals if s == -ends[0]), f"signal {-ends[0]}")
    why = " (for want of memory?)" if name == "SIGKILL" else ""
    return f"its kernel was ended by {name}{why}"


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
    text = text.replace(json.dumps(f"{ROOT}{os.sep}", ensure_ascii=False)[1:-1], "")  # in warnings
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
