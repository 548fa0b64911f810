"""Full and read-only disks, dead and hanging kernels, killed builds: said clearly, nothing lost."""

import errno
import itertools
import os
import shutil
import subprocess
import sys
import time
from argparse import Namespace
from dataclasses import replace
from functools import partial
from pathlib import Path

import matplotlib
import pandas as pd
import psutil
import pytest
from small_report import ROWS, make, run, write_notebook
from test_own_files import note_files

from analysis import __main__
from analysis.article import reading as annotate
from analysis.base.digests import folder_digest
from analysis.base.messages import Note
from analysis.corpus.reading import CorpusError, read_corpus
from analysis.quotes.find import find_quotations
from analysis.report import make as report
from analysis.report import running
from analysis.report.front import front_matter
from analysis.tables import build as tables
from analysis.tables.build import build
from analysis.tables.kept import is_whole
from analysis.tables.workers import EngineError


@pytest.fixture
def disk(tmp_path):
    """A disk of 4 MB of its own; only root may mount one."""
    if not hasattr(os, "geteuid") or os.geteuid() or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", place], check=True)
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def one(small):
    """A corpus and one notebook, whose report is not made yet."""
    (small / "notebooks/01_names.ipynb").unlink()
    return small


def _old_report(out):
    """A report of before, in short, and its bytes."""
    out.mkdir()
    (out / "index.html").write_text("the report of before")
    note_files(out, "index.html")
    return folder_digest(out)


def _fill(disk, free=0):
    with (disk / "filler").open("wb", buffering=0) as file, pytest.raises(OSError):
        while file.write(bytes(4096)):
            pass
    os.truncate(disk / "filler", (disk / "filler").stat().st_size - free)


# --- disks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk is full: make room"),
        (
            errno.EFBIG,
            "a file may not be this large here: allow larger ones (ulimit -f unlimited)",
        ),
        (errno.EIO, "the disk fails: choose another place"),
    ],
)
def test_trouble_of_the_disk_under_the_tables_alone(monkeypatch, capsys, number, said):
    def full(*_):
        raise OSError(number, os.strerror(number), "words.parquet")

    monkeypatch.setattr("analysis.tables.build.build", full)
    options = Namespace(corpus="seeds", scheduler="", workers="")
    assert __main__.COMMANDS["tables"](options) == 1
    told = capsys.readouterr().err
    assert told == f"words.parquet: {said} and run the same command.\n"


def test_a_full_disk_under_the_report(one, disk):
    before = _old_report(disk / "out")
    _fill(disk, free=40_000)
    with pytest.raises(report.ReportError, match="the disk is full: make room and run the same"):
        run(one, disk / "out")
    assert folder_digest(disk / "out") == before
    (disk / "filler").unlink()
    assert run(one, disk / "out") == 0
    assert {path.name for path in disk.iterdir()} == {"out"}, "nothing is left over"
    assert report._is_whole(disk / "out")


@pytest.mark.parametrize("free", [0, 110_000])
def test_a_full_disk_under_the_cache(one, disk, capsys, free):
    before = _old_report(one / "out")
    _fill(disk, free)
    arguments = (one / "out", disk / "cache", one / "mine", one / "notebooks")
    with pytest.raises(report.ReportError, match=r"the disk is full: make room|No space left"):
        make(*arguments)
    assert folder_digest(one / "out") == before
    (disk / "filler").unlink()
    assert make(*arguments) == 0
    assert report._is_whole(one / "out")


def test_a_read_only_disk(one, disk, capsys):
    before = _old_report(disk / "out")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(report.ReportError, match="the disk can only be read: choose another place"):
        run(one, disk / "out")
    assert "tables " not in capsys.readouterr().out, "it is said before the work"
    assert folder_digest(disk / "out") == before


def test_a_whole_disk_is_no_output(one, disk):
    with pytest.raises(report.ReportError, match="is a disk of its own: choose a folder on it"):
        run(one, disk)


# --- kernels ----------------------------------------------------------------------------------


ENDS = {
    "import os\nos._exit(3)": "its kernel ended by itself, with exit code 3\n",
    "import os\nos.kill(os.getpid(), 9)": "its kernel was ended by SIGKILL (for want of mem",
    "import os\nos.kill(os.getpid(), 11)": "its kernel was ended by SIGSEGV\n",
    "import time\ntime.sleep(60)": "a cell ran longer than 2 seconds; --cell-seconds allows",
}


def test_a_kernel_that_ends_or_hangs_costs_its_chapter(one, capsys, monkeypatch):
    monkeypatch.setenv(running.CELL_SECONDS, "2")
    for number, source in enumerate(ENDS):
        write_notebook(one / "notebooks", f"0{number}_words", ROWS, source)
    assert run(one) == 1
    printed = capsys.readouterr().out
    for number, message in enumerate(ENDS.values()):
        assert f"0{number}_words failed in section “What is it?”: {message}" in printed
        assert (one / f"out/failed/0{number}_words.ipynb").is_file()
    assert report._is_whole(one / "out")


def test_no_kernel_outlives_a_report_that_is_killed(one):
    told = one / "kernel"
    source = f"import os, pathlib, time\npathlib.Path({str(told)!r}).write_text(str(os.getpid()))"
    write_notebook(one / "notebooks", "00_words", ROWS, f"{source}\ntime.sleep(100)")
    make = f"from pathlib import Path; from small_report import run; run(Path({str(one)!r}))"
    made = subprocess.Popen([sys.executable, "-c", make], cwd=Path(__file__).parent)
    while not (told.is_file() and told.read_text()):
        assert made.poll() is None
        time.sleep(0.1)
    kernel = psutil.Process(int(told.read_text()))
    left = [kernel, kernel.parent()]
    made.kill()
    made.wait()
    assert psutil.wait_procs(left, timeout=20)[1] == []


def test_the_longest_run_of_a_cell_is_an_option(monkeypatch, tmp_path):
    made = []
    monkeypatch.setattr(report, "make_report", lambda *paths: made.append(dict(os.environ)) or 0)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    words = ["report", "--corpus", str(tmp_path), "--cell-seconds", "7", "--workers", "3"]
    options = __main__._parser().parse_args([*words, "--scheduler", "tcp://127.0.0.1:9"])
    assert __main__._report(options) == 0
    names = (running.CELL_SECONDS, "NEWS_WORKERS", "DASK_SCHEDULER_ADDRESS")
    assert [made[0][name] for name in names] == ["7", "3", "tcp://127.0.0.1:9"]


# --- several builds, killed builds --------------------------------------------------------------


def test_another_corpus_may_not_make_the_same_output(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "CACHE", tmp_path / "cache")

    def meanwhile(corpus, out, *others):
        return report.make_report(tmp_path / "other", out)

    monkeypatch.setattr(report, "_bring_up_to_date", meanwhile)
    with pytest.raises(report.ReportError, match="out is being made by another process: wait"):
        report.make_report(tmp_path / "mine", tmp_path / "out")


def _killed_in_swap(out, note):
    """A temporary folder as a killed build leaves it, with its note."""
    left = out.with_name(f".unfinished-{'5' * 32}")
    left.mkdir()
    report.save_json(note, {"out": str(out), "token": "5" * 32})
    return left


def test_half_a_report_is_not_swapped_in(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "CACHE", tmp_path / "cache")
    out = tmp_path / "out"
    left = _killed_in_swap(out, report._note(out))
    before = _old_report(left / "old")
    _old_report(left / "ready")
    (left / "ready/index.html").write_text("hal")
    report.clear_left(report._note(out), partial(report._finish_swap, out))
    assert folder_digest(out) == before, "it may hold files of the user"
    assert not left.exists()


def test_what_a_killed_build_left_is_removed_and_not_read(one):
    corpus, cache = read_corpus(one / "mine"), one / "cache"
    first = build(corpus, cache)
    (store,) = (cache / "articles").iterdir()
    for left in (store / ".new-killed", cache / "tables/.new-killed"):
        left.mkdir()
        (left / "articles.json").write_text('["half a li')
    shutil.rmtree(first.folder)
    assert build(corpus, cache).digests == first.digests
    assert not list(cache.rglob(".new-*"))


DAMAGES = {
    "cut": lambda file: os.truncate(file, file.stat().st_size // 2),
    "emptied": lambda file: os.truncate(file, 0),
    "another": lambda file: file.write_bytes(file.read_bytes()[::-1]),
    "lost": lambda file: file.unlink(),
}


def test_a_damaged_cache_is_built_again(one):
    corpus, cache = read_corpus(one / "mine"), one / "cache"
    first = build(corpus, cache)
    wanted, terms = folder_digest(first.folder), first.read("terms")
    (part,) = cache.glob("articles/*/*")
    for folder in (first.folder, part):
        for file, damage in itertools.product(sorted(folder.iterdir()), DAMAGES.values()):
            kept = file.read_bytes()
            damage(file)
            assert not is_whole(folder), file.name
            file.write_bytes(kept)
        assert is_whole(folder)
    DAMAGES["cut"](first.folder / "settings.json")
    DAMAGES["cut"](part / "words.parquet")
    again = build(corpus, cache)
    assert folder_digest(again.folder) == wanted
    assert again.read("terms").equals(terms)


def test_warnings_do_not_depend_on_what_was_built_before(one):
    corpus = read_corpus(one / "mine")
    told = replace(corpus, notes=[Note("texts/two.txt", "not listed", "add a row for it")])
    before = build(corpus, one / "cache").read("warnings")
    assert "not listed" in set(build(told, one / "cache").read("warnings")["what"])
    assert build(corpus, one / "cache").read("warnings").equals(before)


# --- what a corpus may not choose -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("scheduler: tcp://10.0.0.1:8786", "unknown key"),
        ("workers: 8", "unknown key"),
        ("table: s3://bucket/articles.csv", "no such file"),
        ("table: memory://articles.csv", "no such file"),
        ("table: https://example.org/articles.csv", "no such file"),
        ("table: /etc/passwd", "lies outside the corpus folder"),
    ],
)
def test_a_corpus_names_no_scheduler_and_no_remote_table(tmp_path, settings, message):
    (tmp_path / "corpus.yml").write_text(settings)
    with pytest.raises(CorpusError, match=message):
        read_corpus(tmp_path)


@pytest.mark.parametrize("file", ["s3://bucket/one.txt", "file:///etc/passwd", "../one.txt"])
def test_a_corpus_lists_no_remote_text(tmp_path, file):
    (tmp_path / "articles.csv").write_text(f"file,outlet,published\n{file},O,2024-01-01\n")
    with pytest.raises(CorpusError, match=r"no file|lies outside"):
        read_corpus(tmp_path)


def test_settings_of_matplotlib_in_the_users_folder_reach_no_kernel(tmp_path, monkeypatch):
    (tmp_path / "matplotlibrc").write_text("date.epoch: 0000-12-31\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "matplotlibrc"))
    seen = []
    monkeypatch.setattr(
        "analysis.report.kernels.warm_up",
        lambda: seen.append(Path(matplotlib.matplotlib_fname()).resolve()),
    )
    running.warm_up()
    assert not seen[0].is_relative_to(tmp_path)
    assert matplotlib.matplotlib_fname() == "matplotlibrc", "the user's own are as they were"


# --- articles that cannot be read -----------------------------------------------------------------


@pytest.fixture
def unreadable(one, monkeypatch):
    """A function that has a corpus of so many articles built, of which so many cannot be read."""
    reading = tables.annotate

    def fails(article, settings):
        if "Kelp" in article.text:
            raise LookupError(article.text)
        return reading(article, settings)

    monkeypatch.setattr(tables, "annotate", fails)

    def built(articles, failing):
        rows = ["file,outlet,published,doc_id"]
        for number in range(articles):
            word = "Kelp" if number < failing else "Barley"
            text = f"{word} is dear\n\n{word} cost {number} crowns in Osta on Friday, they said.\n"
            (one / f"mine/texts/{number}.txt").write_text(text)
            rows.append(f"texts/{number}.txt,The Osta Mail,2021-05-04,m{number}")
        (one / "mine/articles.csv").write_text("\n".join(rows))
        return build(read_corpus(one / "mine"), one / "cache")

    return built


def test_an_article_that_cannot_be_read_costs_that_article(unreadable, one):
    found = unreadable(4, 2)
    documents = found.read("documents")
    assert list(documents["reading_error"].str.partition(", ")[0]) == [
        *["LookupError in test_faults.py"] * 2,
        *["", ""],
    ]
    assert list(documents["n_tokens"] > 0) == [False, False, True, True]
    assert set(found.read("sentences")["doc_id"]) == {"m2", "m3"}
    (told,) = found.read("warnings").query("where.str.startswith('articles m')").to_dict("records")
    assert told["where"] == "articles m0, m1" and "reading failed (LookupError" in told["what"]
    assert run(one) == 0, "the report is made"
    with_them = front_matter(read_corpus(one / "mine"), found, [])
    assert with_them["failed"] == 2 and "reading of 2 articles failed" in with_them["methods"]


@pytest.mark.parametrize(("articles", "failing", "stops"), [(9, 5, 0), (9, 6, 1), (1, 1, 1)])
def test_a_run_stops_where_many_articles_fail_or_all(unreadable, articles, failing, stops):
    if not stops:
        assert unreadable(articles, failing).size("documents") == articles
        return
    told = f"{failing} of {articles} articles cannot be read: m0 \\(LookupError in test_faults.py,"
    with pytest.raises(EngineError, match=told):
        unreadable(articles, failing)


def test_six_articles_of_six_hundred_are_few():
    tables._check_read({f"m{number}": "wrong" * (number < 6) for number in range(600)})
    with pytest.raises(EngineError, match="7 of 600"):
        tables._check_read({f"m{number}": "wrong" * (number < 7) for number in range(600)})


# --- large single things --------------------------------------------------------------------------


def test_a_sentence_is_compared_with_the_quotations_that_reach_into_it_only():
    told = "“We waited {0} days. The ferry left at {0},” said Ada Brandt. Nobody answered. "
    article = annotate.Article("one", "".join(map(told.format, range(60))), "2021-05-04")
    page = annotate.Page(article, annotate.Settings(pd.DataFrame()), annotate.Ledger("one", ()))
    quotations = find_quotations(page.text, page.sentences)
    assert len(quotations) >= 60
    page.hand_out([], [], quotations)
    for sentence in page.sentences:
        start, end = sentence.start, sentence.end
        own = [q.text for q in quotations if q.start < end and start < q.end]
        assert own == [q.text for q in sentence.quotations] and len(own) <= 2
