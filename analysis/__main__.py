"""The commands: ``python -m analysis COMMAND``; the Makefile calls nothing else.

Run by any Python, it first makes sure of the locked environment and goes on inside it.
"""

import argparse
import codecs
import os
import subprocess
import sys
from pathlib import Path

from analysis.base.environment import GROUPS, LOCK, PYTHON, ROOT, VENV, ensure

PLAIN = {"→": "->", "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "..."}


def main(arguments=None):
    """Run a command; returns the exit code."""
    _print_anything()
    options = _parser().parse_args(arguments)
    python = ensure(*NEEDS.get(options.command, ()))
    if python == PYTHON and Path(sys.prefix) != VENV:
        words = [str(python), "-m", "analysis", *(arguments or sys.argv[1:])]
        return subprocess.run(words, check=False).returncode
    from analysis.base.messages import PlainError

    try:
        return COMMANDS[options.command](options)
    except PlainError as error:
        print(error, file=sys.stderr)
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "analysis").startswith("analysis"):
            raise
        print(f"{sys.prefix} is damaged, it has no {error.name}: {_mend()}.", file=sys.stderr)
        return 1


def _mend():
    """What to do where a package is missing."""
    if Path(sys.prefix) == VENV:
        return "delete this folder and run the same command again, which makes it anew"
    return f"pip install -r {LOCK.name}"


def _print_anything():
    """What the terminal has no sign for is printed with plain ones, not an error."""

    def plain(error):
        signs = error.object[error.start : error.end]
        return "".join(PLAIN.get(sign, "?") for sign in signs), error.end

    codecs.register_error("plain", plain)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="plain")


def _parser():
    parser = argparse.ArgumentParser(prog="python -m analysis", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, command in COMMANDS.items():
        sub = commands.add_parser(name, help=command.__doc__)
        if name in ("report", "lab", "check", "tables", "notebook", "check-notebook"):
            sub.add_argument("--corpus", default="seeds", help="corpus folder or export")
        if name in ("report", "tables"):
            sub.add_argument("--scheduler", default="", help="address of a Dask scheduler")
            sub.add_argument("--workers", default="", help="processes on this machine")
        if name == "report":
            sub.add_argument("--out", default="", help="report/, or report-NAME/ for others")
            sub.add_argument("--texts", default="", choices=["", "full", "snippets", "none"])
            sub.add_argument("--cell-seconds", default="", help="longest run of a cell (600)")
        if name == "notebook":
            sub.add_argument("--name", default="", help="name of the notebook, my-question say")
        if name == "check-notebook":
            sub.add_argument("--file", default="", help="the notebook")
        if name == "corpus":
            sub.add_argument("--name", default="", help="folder to make or to complete")
            sub.add_argument("--from", dest="source", default="", help="export, table or folder")
            sub.add_argument("--outlet", default="", help="outlet of all articles")
    return parser


def _report(options):
    """run what is out of date and write the report"""
    from analysis.report.make import make_report
    from analysis.report.running import CELL_SECONDS, cell_seconds

    _set({CELL_SECONDS: options.cell_seconds})
    cell_seconds()
    try:
        return make_report(_corpus_path(options), _out(options), options.texts)
    except KeyboardInterrupt:
        print("\nInterrupted: what was finished is kept; run the same command to go on.")
        return 130


def _corpus_path(options):
    """Path of the corpus; the work on it goes where the options say."""
    from analysis.tables.workers import SCHEDULER, WORKERS, check_machine

    _set({SCHEDULER: options.scheduler, WORKERS: options.workers})
    check_machine()
    return Path(options.corpus).resolve()


def _set(values):
    """Options that other modules and processes read from the environment, where they are given."""
    for name, value in values.items():
        if value:
            os.environ[name] = value


def _out(options):
    corpus = Path(options.corpus)
    default = "report" if corpus.resolve() == ROOT / "seeds" else f"report-{corpus.stem}"
    return Path(options.out or ROOT / default).resolve()


def _check(options):
    """list every problem of a corpus, with file, row and column"""
    from analysis.base.messages import counted
    from analysis.corpus.languages import article_languages, language_notes, named
    from analysis.corpus.reading import changed_keys, read_corpus
    from analysis.report.notebook_files import file_problems, find_notebooks, parameter_problems
    from analysis.tables.beside import read_beside
    from analysis.tables.build import correction_notes

    corpus = read_corpus(options.corpus)
    notebooks = find_notebooks(corpus.path, corpus.settings["notebooks"], corpus.path)
    problems = file_problems(corpus.path)
    problems += parameter_problems(notebooks, corpus.settings["notebooks"])
    beside, wrong = read_beside(corpus)
    notes = [*problems, *wrong, *correction_notes(corpus, beside.corrections), *corpus.notes]
    notes += changed_keys(corpus)
    rows = corpus.documents.reindex(columns=["language", "doc_id"]).fillna("")
    languages = article_languages((code, corpus.text(of)) for code, of in rows.to_numpy())
    notes += language_notes(languages, f"{corpus.path.name}/articles.csv")
    for note in notes:
        print(f"{note.where}: {note.what}\n    → {note.todo}")
    if problems:
        return 1
    outlets = corpus.documents["outlet"].nunique()
    state = f"{len(notes)} to look at, none stops the report" if notes else "No problems"
    articles = counted(len(corpus.documents), "article")
    spoken = f", in {named(languages)}" if any(languages) else ""
    print(f"{state}: {articles} from {counted(outlets, 'outlet')}{spoken}.")
    return 0


def _corpus(options):
    """start a corpus folder, filled from an export where one is given"""
    from analysis.corpus.readers import ReaderError
    from analysis.corpus.readers.common import slug
    from analysis.corpus.start import start_corpus

    if not options.name and not options.source:
        print('Say what to start from, or a name: make corpus FROM=export NAME=folder OUTLET="…"')
        return 1
    source = Path(options.source) if options.source else None
    folder = Path(options.name or slug(source.stem, "-") or "my-corpus")
    try:
        notes = start_corpus(folder, source, options.outlet)
    except ReaderError as error:
        print(error, file=sys.stderr)
        if "corpus.yml" in str(error):
            print(f"corpus.yml is {folder}/corpus.yml; make it if need be.", file=sys.stderr)
        return 1
    for note in notes:
        print(note)
    print(f"\n{folder} is ready. Edit articles.csv and actors.csv in a spreadsheet, then:")
    print(f"  make check CORPUS={folder}    what is still missing, with row and column")
    print(f"  make report CORPUS={folder}   the report")
    return 0


def _notebook(options):
    """start a notebook of your own that runs, in the folder of a corpus"""
    from analysis.report.own_notebooks import start_notebook

    path = start_notebook(Path(options.corpus), options.name)
    print(f"{path} is ready: make lab CORPUS={options.corpus} opens it, below notebooks/.")
    print(f"make check-notebook FILE={path} runs it alone, make report with the others.")
    return 0


def _check_notebook(options):
    """run one notebook alone and say what is wrong with it"""
    from analysis.report.make import CACHE
    from analysis.report.own_notebooks import check_notebook, corpus_of

    path = Path(options.file)
    for line in check_notebook(path, corpus_of(path, Path(options.corpus).resolve()), CACHE):
        print(line)
    print(f"{path} runs.")
    return 0


def _tables(options):
    """build the tables of a corpus where needed, print their folder last"""
    from analysis.corpus.reading import read_corpus
    from analysis.report.make import CACHE, disk_trouble
    from analysis.tables.build import build

    try:
        built = build(read_corpus(_corpus_path(options)), CACHE, print)
    except OSError as error:
        if trouble := disk_trouble(error):
            print(f"{trouble}.", file=sys.stderr)
            return 1
        raise
    print(built.folder)
    return 0


def _test(options):
    """run the tests that need only Python"""
    return _python("pytest", "--ignore=tests/browser", "-n", "2", "--dist", "loadfile")


def _test_browser(options):
    """run the tests in a real browser (Chromium; CHROMIUM=path names another)"""
    return _python("pytest", "tests/browser")


def _lab(options):
    """open JupyterLab, all notebooks set to the corpus"""
    _set({"NEWS_CORPUS": str(Path(options.corpus).resolve())})
    return _python("jupyterlab", str(ROOT / "notebooks" / "00_start_here.ipynb"))


def _python(*words):
    """Run a module; returns its exit code."""
    return subprocess.run([sys.executable, "-m", *words], cwd=ROOT, check=False).returncode


def _clean(options):
    """remove what was generated, never anything in a corpus"""
    from analysis.report.make import remove_generated

    for line in remove_generated():
        print(line)
    return 0


def _lock(options):
    """renew the lock files (for developers; needs uv)"""
    compile_ = ["uv", "pip", "compile", "--universal", "--fork-strategy", "fewest"]
    compile_ += ["--generate-hashes", "--python-version", "3.11", "--no-header", "--quiet"]
    compile_ += ["--no-emit-index-url", "--no-emit-find-links"]
    for words in (
        ["pyproject.toml", "-o", LOCK.name],
        *(["--group", g, "-c", LOCK.name, "-o", lock.name] for g, lock in GROUPS.items()),
    ):
        subprocess.run([*compile_, *words], cwd=ROOT, check=True)
    return 0


NEEDS = {"test": ["test"], "test-browser": ["browser"]}
COMMANDS = {
    "report": _report,
    "check": _check,
    "corpus": _corpus,
    "notebook": _notebook,
    "check-notebook": _check_notebook,
    "tables": _tables,
    "lab": _lab,
    "test": _test,
    "test-browser": _test_browser,
    "clean": _clean,
    "lock": _lock,
}

if __name__ == "__main__":
    sys.exit(main())
