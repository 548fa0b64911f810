"""What several tests share: the corpus that comes along, and its tables, built once."""

import os
from pathlib import Path

import hypothesis
import pytest

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
