"""What of a folder is ours and may be removed or replaced; all else is the user's and stays."""

import json
import os
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given
from hypothesis import strategies as st

from analysis.base.digests import file_digest
from analysis.base.environment import MADE_BY
from analysis.base.json_files import save_json
from analysis.base.own_files import MANIFEST, ManifestError, carry_over, listed_files
from analysis.report import make as report


def note_files(folder, *names):
    """A manifest of `folder` that lists these files as they are now."""
    files = {name: file_digest(folder / name) for name in names}
    save_json(folder / MANIFEST, {"made_by": MADE_BY, "files": files})


def _folder(path, *files):
    """A folder of ours that holds these files."""
    for name in files:
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(f"ours: {name}")
    note_files(path, *files)
    return path


def _tree(folder):
    """Every name below a folder, with its text, or with what a link says."""
    return {
        path.relative_to(folder).as_posix(): os.readlink(path)
        if path.is_symlink()
        else path.read_text() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }  # fmt: skip


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder that stands for the project's, with one report in it."""
    monkeypatch.setattr(report, "ROOT", tmp_path)
    monkeypatch.setattr(report, "CACHE", tmp_path / "cache")
    _folder(tmp_path / "report", "index.html", "tables/words.csv")
    return tmp_path


@pytest.mark.parametrize(
    "name",
    [
        "../thesis.tex",
        "tables/../../thesis.tex",
        "{place}/thesis.tex",
        r"..\thesis.tex",
        r"C:\thesis.tex",
        "C:thesis.tex",
        "//server/thesis.tex",
        "",
        ".",
        "tables/./words.csv",
        "a\0b",
    ],
)
def test_a_manifest_that_leads_out_of_its_folder_removes_nothing(place, name):
    (place / "thesis.tex").write_text("years of work")
    files = {"index.html": "x", name.format(place=place): "x"}
    save_json(place / "report/manifest.json", {"made_by": MADE_BY, "files": files})
    before = _tree(place)
    (told,) = report.remove_generated()
    assert told.startswith(f"{place}/report/manifest.json lists")
    assert _tree(place) == before


@pytest.mark.parametrize(
    "text",
    ["", '{"made_by": "ne', "[" * 5000, '{"made_by": "OURS"}']
    + [f'{{"made_by": "OURS", "files": {files}}}' for files in ("[1]", "3", '{"index.html": 3}')],
)
def test_a_damaged_manifest_removes_nothing_and_is_named(place, text):
    (place / "report/manifest.json").write_text(text.replace("OURS", MADE_BY))
    before = _tree(place)
    (told,) = report.remove_generated()
    assert str(place / "report/manifest.json") in told and "nothing in" in told
    assert _tree(place) == before
    with pytest.raises(ManifestError, match=r"manifest\.json .*: nothing in .* is touched"):
        report.make_report(place / "corpus", place / "report")
    assert _tree(place / "report") == {n[7:]: t for n, t in before.items() if n[:7] == "report/"}


@given(st.one_of(st.binary(max_size=40), st.text(max_size=40).map(str.encode)))
def test_whatever_a_manifest_holds_it_lists_files_nothing_or_is_damaged(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    (folder / "manifest.json").write_bytes(content)
    try:
        assert listed_files(folder) is None
    except ManifestError as error:
        assert "manifest.json" in str(error)


def test_what_links_lead_to_stays(place):
    away = place / "away"
    away.mkdir()
    (away / "words.csv").write_text("a table of mine")
    (away / "page.html").write_text("a page of mine")
    (place / "report/tables/words.csv").unlink()
    (place / "report/tables").rmdir()
    (place / "report/tables").symlink_to(away)
    (place / "report/index.html").unlink()
    (place / "report/index.html").symlink_to(away / "page.html")
    _folder(away / "report-other", "index.html")
    (place / "report-linked").symlink_to(away / "report-other")
    before = _tree(place)
    assert not list(report.remove_generated())
    after = _tree(place)
    assert json.loads(after.pop("report/manifest.json"))["files"] == {}
    before.pop("report/manifest.json")
    assert after == before


def test_cleaning_leaves_what_is_not_listed_and_the_folder_can_be_used_again(place):
    (place / "report/.git").mkdir()
    (place / "report/failed").mkdir()
    (place / "report/failed/notes.txt").write_text("why it failed")
    (place / "report/own").mkdir()
    (place / "report-of-mine").mkdir()
    (place / "report-of-mine/thesis.tex").write_text("mine")
    assert list(report.remove_generated()) == [f"removed {place / 'report'}"]
    left = {".git", "failed", "failed/notes.txt", "manifest.json", "own"}
    assert _tree(place / "report").keys() == left
    report._check_out(place / "report")
    assert (place / "report-of-mine/thesis.tex").is_file()
    assert not list(report.remove_generated()), "and nothing is left to remove"


def test_cleaning_removes_a_report_whole(place):
    (place / "cache").mkdir()
    assert list(report.remove_generated()) == [f"removed {place / n}" for n in ("report", "cache")]
    assert not list(place.iterdir())


def test_nothing_is_cleaned_away_under_a_build(place):
    note = report._note(place / "report")
    save_json(note, {"out": str(place / "report"), "token": "a" * 32})
    with FileLock(note.with_name("lock")), pytest.raises(report.ReportError, match="wait"):
        list(report.remove_generated())
    assert (place / "report/index.html").is_file()


def test_all_that_is_not_listed_goes_along(tmp_path):
    old = _folder(tmp_path / "old", "index.html", "tables/gone.csv", "figures/kept.svg")
    new = _folder(tmp_path / "new", "index.html", "figures/kept.svg")
    (old / ".nojekyll").touch()
    (old / ".git/refs/heads").mkdir(parents=True)
    (old / ".git/HEAD").write_text("ref: main")
    (old / "empty/deep").mkdir(parents=True)
    (old / "figures/.own").write_text("mine")
    (old / "figures/linked.svg").symlink_to("kept.svg")
    (old / "nowhere").symlink_to(tmp_path / "not there")
    (old / "home").symlink_to(tmp_path)
    (old / "script.sh").write_text("mine")
    (old / "script.sh").chmod(0o755)
    before, wanted = _tree(old), _tree(new)
    assert carry_over(old, new) == []
    users = before.keys() - {"index.html", "tables", "tables/gone.csv", "figures/kept.svg"}
    wanted |= {name: before[name] for name in users if name not in wanted}
    assert _tree(new) == wanted
    assert (new / "script.sh").stat().st_mode & 0o777 == 0o755
    assert _tree(old) == before


def test_what_has_a_name_that_the_new_report_needs_is_renamed(tmp_path):
    old = _folder(tmp_path / "old", "index.html")
    new = _folder(tmp_path / "new", "index.html", "figures/words.svg", "tables/words.csv", "same")
    (old / "figures").symlink_to(tmp_path)
    (old / "tables/words.csv").mkdir(parents=True)
    (old / "tables/words.csv/mine").write_text("mine")
    (old / "tables/words-yours.csv").write_text("another")
    (old / "same").write_text("ours: same")
    assert carry_over(old, new) == [
        ("figures", "figures-yours"),
        ("tables/words.csv", "tables/words-yours-2.csv"),
    ]
    tree = _tree(new)
    assert tree["figures-yours"] == str(tmp_path)
    assert tree["tables/words-yours-2.csv/mine"] == "mine"
    assert tree["tables/words.csv"] == "ours: tables/words.csv"


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_hidden_things_beside_an_output_are_nobody_elses_business(place, kind):
    beside = place / ".report-backup"
    if kind == "file":
        beside.write_text("mine")
    elif kind == "link":
        beside.symlink_to(place)
    else:
        beside.mkdir()
        (beside / "thesis.tex").write_text("mine")
    (place / "report/manifest.json").unlink()
    before = _tree(place)
    with pytest.raises(report.ReportError, match="nothing in it is touched"):
        report.make_report(place / "corpus", place / "report")
    assert {n: t for n, t in _tree(place).items() if not n.startswith("cache")} == before


def test_a_swap_that_fails_puts_the_old_report_back(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "CACHE", tmp_path / "cache")
    out = _folder(tmp_path / "out", "index.html")
    (out / "notes.txt").write_text("mine")
    before, replace = _tree(out), os.replace

    def fails_at_the_last(old, new):
        if Path(old).name == "ready":
            raise PermissionError(13, "a page is open elsewhere", str(new))
        replace(old, new)

    finish = report.partial(report._finish_swap, out)
    with report.temporary_folder(out, report._note(out), finish) as temporary:
        _folder(temporary / "new", "index.html", "more.html")
        monkeypatch.setattr(os, "replace", fails_at_the_last)
        with pytest.raises(PermissionError):
            report._swap(temporary / "new", out, temporary)
        monkeypatch.setattr(report, "_is_whole", lambda folder: False)
    assert _tree(out) == before
    assert {path.name for path in tmp_path.iterdir()} == {"out", "cache"}
