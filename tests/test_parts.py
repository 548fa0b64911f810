"""Rows of articles from parts on disk: in the corpus's order, each article from its own part."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.tables import parts as module
from analysis.tables.parts import Parts


@pytest.fixture
def parts(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "ARTICLES", 2)
    rows = {"one": ["c", "a", "a", "old"], "two": ["b", "old", "d"]}
    for name, ids in rows.items():
        (tmp_path / name).mkdir()
        table = pa.table({
            "doc_id": ids, "n": range(len(ids)), "counted": [True] * len(ids),
        })  # fmt: skip
        for kind in ("sentences", "dates"):
            pq.write_table(table, tmp_path / name / f"{kind}.parquet")
    own = {tmp_path / "one": {"a", "c"}, tmp_path / "two": {"b", "d", "old"}}
    return Parts(own, ["d", "a", "old", "b", "c"])


def test_rows_come_in_the_order_of_the_corpus_from_the_part_that_counts(parts):
    table = parts.read("dates", ["n", "doc_id"])
    assert list(zip(table["doc_id"], table["n"], strict=True)) == [
        ("d", 2), ("a", 1), ("a", 2), ("old", 1), ("b", 0), ("c", 0),
    ]  # fmt: skip
    assert [len(batch) for batch in parts.batches("dates")] == [3, 2, 1]
    assert parts.read("dates", ["n"], {"b", "nobody"})["n"].tolist() == [0]
    assert parts.read("dates", ["n"], set()).columns.tolist() == ["n"]


def test_articles_left_out_have_no_rows_or_do_not_count(parts, tmp_path):
    parts.left_out = {"a", "d"}
    assert parts.read("dates")["doc_id"].tolist() == ["old", "b", "c"]
    assert parts.read("sentences")["counted"].tolist() == [False] * 3 + [True] * 3
    parts.write("dates", tmp_path / "dates.parquet")
    assert pq.read_table(tmp_path / "dates.parquet")["n"].to_pylist() == [1, 0, 0]
