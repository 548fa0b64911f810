"""What several tests share: the corpus that comes along, its tables, a small report: built once."""

import os
import shutil
from pathlib import Path

import hypothesis
import pytest
from small_report import run, write_small

from analysis.corpus.reading import read_corpus
from analysis.tables.build import build

hypothesis.settings.register_profile("any machine", deadline=None)  # a busy one is no fault
hypothesis.settings.load_profile("any machine")
ROOT = Path(__file__).resolve().parent.parent


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """With NEWS_NO_SKIPS set, a test that could not be run has failed."""
    report = yield
    if report.skipped and os.environ.get("NEWS_NO_SKIPS"):
        report.outcome = "failed"
    return report


@pytest.fixture(scope="session")
def seeds():
    return read_corpus(ROOT / "seeds")


@pytest.fixture(scope="session")
def built(seeds, tmp_path_factory):
    return build(seeds, tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def kept(tmp_path_factory):
    """A folder with `work`, where small reports are made, and a copy of it with the first one."""
    place = tmp_path_factory.mktemp("small")
    write_small(place / "work")
    assert run(place / "work") == 0
    shutil.copytree(place / "work", place / "first")
    return place


@pytest.fixture
def made(kept):
    """Two small notebooks, a corpus of one article, and their report in `out`."""
    shutil.rmtree(kept / "work")
    shutil.copytree(kept / "first", kept / "work")
    return kept / "work"


@pytest.fixture
def small(made):
    """The same before its report is made; only the tables are there."""
    shutil.rmtree(made / "out")
    shutil.rmtree(made / "cache/reports")
    return made
