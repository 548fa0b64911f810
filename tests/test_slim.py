"""A report of many articles stays small."""

import gzip

import pandas as pd
import pytest

from analysis.csvfile import write_csv
from analysis.notebook import read_table
from analysis.slim import BLOCK, NOTE, TOP, slim

ROWS = pd.DataFrame({"n": range(5000), "text": ['=a, "b"\nand more'] * 5000})


@pytest.fixture
def report(tmp_path):
    tables = tmp_path / "tables"
    (tables / "timeml").mkdir(parents=True)
    write_csv(ROWS, tables / "long.csv")
    write_csv(ROWS.head(2000), tables / "shorter.csv")
    write_csv(ROWS, tables / "few_open.csv.gz")
    for number in range(3):
        (tables / f"timeml/{number}.tml").write_text("<TimeML/>")
    page = "<a href='tables/long.csv'>long</a><a href=\"tables/shorter.csv\">shorter</a>"
    (tmp_path / "index.html").write_text(page)
    return tmp_path


def _size(report):
    return sum(-(-p.stat().st_size // BLOCK) * BLOCK for p in report.rglob("*") if p.is_file())


def test_a_small_report_stays_as_it_is(report):
    before = {path: path.read_bytes() for path in report.rglob("*") if path.is_file()}
    assert slim(report, _size(report)) == []
    assert before == {path: path.read_bytes() for path in report.rglob("*") if path.is_file()}


def test_the_largest_table_is_compressed_first_and_read_whole(report):
    limit = _size(report) - 10 * BLOCK
    (line,) = slim(report, limit)
    assert _size(report) <= limit + BLOCK  # the note
    assert line == "long.csv: the first 100 of 5,000 rows; all are in long.csv.gz"
    assert line in (report / "tables" / NOTE).read_text()
    pd.testing.assert_frame_equal(read_table(report / "tables/long.csv"), ROWS, check_dtype=False)
    assert len(pd.read_csv(report / "tables/long.csv")) == TOP
    whole = gzip.decompress((report / "tables/long.csv.gz").read_bytes())
    assert whole.startswith((report / "tables/long.csv").read_bytes())
    page = (report / "index.html").read_text()
    assert "'tables/long.csv.gz'" in page
    assert '"tables/shorter.csv"' in page


def test_where_nothing_helps_it_says_so(report):
    lines = slim(report, 1)
    assert (report / "tables/timeml.tar.gz").is_file()
    assert not (report / "tables/timeml").exists()
    assert not (report / "tables/few_open.csv.gz").exists()
    assert "too large" in lines[-1]
