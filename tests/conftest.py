"""What several tests share: the corpus that comes along, and its tables, built once."""

from pathlib import Path

import pytest

from analysis.corpus import read_corpus
from analysis.tables import build

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def seeds():
    return read_corpus(ROOT / "seeds")


@pytest.fixture(scope="session")
def built(seeds, tmp_path_factory):
    return build(seeds, tmp_path_factory.mktemp("cache"))
