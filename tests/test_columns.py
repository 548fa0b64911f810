"""Tables, notebooks and README keep to ``columns.yml``, the one file that explains every column."""

import ast
import datetime
import json
import re
from pathlib import Path

import pandas as pd
import pytest

from analysis.article.reading import Article, Settings, annotate
from analysis.base import columns
from analysis.base.columns import (
    OTHERS,
    article_columns,
    dictionary,
    names,
    schema,
    shown_columns,
    table_columns,
)
from analysis.base.safe_csv import write_csv, write_table
from analysis.lexicons import OURS
from analysis.notebook import read_table
from analysis.tables.corrections import _fields, _spelled

ROOT = Path(__file__).resolve().parent.parent
SHOWING = ("show", "figure")
WHERE = "analysis/base/columns.yml"
PYTHON = {"day": datetime.date, "string": str, "list": str, "category": str}


def test_every_entry_can_be_read():
    for table in schema()["tables"]:
        assert table_columns(table)
    for name in schema()["shown"]:
        assert shown_columns(name)
    for entry in dictionary(schema()["tables"]):
        assert all(entry.values()), entry
    for file, own in schema()["files"].items():
        assert own is None or all(own), file


def test_an_entry_without_a_type_says_what_to_write():
    with pytest.raises(ValueError, match=r"columns.yml, ships: name: write \(TYPE\) MEANING"):
        columns._column("ships: name", "how the ship is called")


def test_a_shown_interval_says_what_it_is_of():
    own = {name for name in schema()["shown"] if "low" in columns._columns("shown", name)}
    taken = {name for name in schema()["shown"] if "low" in shown_columns(name)} - own
    assert own and all("of" in schema()["shown"][name] for name in taken)


def test_the_tables_are_those_of_the_file(built):
    tables = built.digests.keys() - {"settings"}
    known = schema()["tables"].keys() - {"words", "fingerprints"}
    assert tables <= known, f"add {sorted(tables - known)} to `tables` in {WHERE}"
    assert known <= tables, f"no longer made: take {sorted(known - tables)} out of {WHERE}"


@pytest.mark.parametrize("table", sorted(schema()["tables"].keys() - {"words", "fingerprints"}))
def test_a_table_has_the_columns_of_the_file(built, table):
    own, known = [*built.read(table)], names(table)
    unknown = [name for name in own if name not in known]
    if OTHERS not in table_columns(table):
        assert not unknown, f"add {unknown} to `{table}` in {WHERE}"
    assert [name for name in own if name in known] == known, f"{table}: order as in {WHERE}"


@pytest.mark.parametrize("table", sorted(schema()["tables"].keys() - {"words", "fingerprints"}))
def test_cells_are_what_the_file_says(built, table):
    rows = built.read(table)
    assert len(rows) or table in ("corrections", "dyads", "warnings")
    for name, column in table_columns(table).items():
        if name == OTHERS or rows.empty:
            continue
        filled = rows[name].dropna()
        filled = filled[filled != ""] if column.type in ("string", "list") else filled
        assert column.empty or len(filled) == len(rows), f"{table}: {name} is empty"
        if kind := PYTHON.get(column.type):
            assert all(isinstance(value, kind) for value in filled.unique()), f"{table}: {name}"
        wrong = set(filled) - set(column.values) if column.values else ()
        assert not wrong, f"{table}: {name} has {wrong}: add them to {WHERE}"


def test_the_rows_of_an_article_have_the_columns_of_the_file():
    text = "Divers find bell\n\nDivers said on Monday they had found a bell off Gull Point.\n"
    actors = pd.DataFrame(columns=names("actors"))
    rows = annotate(Article("a", text, published="2020-05-04"), Settings(actors))
    for table, own in rows.items():
        for row in own:
            unknown = row.keys() - article_columns()[table].keys()
            assert not unknown, f"add {sorted(unknown)} to `{table}` in {WHERE}"


def _shown(path):
    """The names that a notebook gives to ``study.show`` and ``study.figure``."""
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            for node in ast.walk(ast.parse("".join(cell["source"]))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in SHOWING:
                    yield node.args[1].value


@pytest.mark.parametrize("path", sorted(ROOT.glob("notebooks/*.ipynb")), ids=lambda p: p.stem)
def test_what_a_notebook_shows_is_in_the_file(path):
    """Names of tables and figures; the columns of both are read in the tests of the report."""
    every = [*_shown(path)]
    shown = set(every)
    twice = {name for name in shown if every.count(name) > 1}
    assert not twice, f"the CSV of the second is written over that of the first: {twice}"
    unknown = sorted(shown - schema()["shown"].keys())
    assert not unknown, f"add {unknown} to `shown` in {WHERE}"
    taken = shown & schema()["tables"].keys()
    assert not taken, f"tables of the study have these names already: {taken}"


def test_types_and_directions_of_events_are_those_of_the_method():
    directions = OURS["plover"]["directions"]
    roots = {root for own in directions.values() for root in own}
    assert set(table_columns("events")["event_type"].values) == roots
    assert set(table_columns("events")["direction"].values) == set(directions)


@pytest.mark.parametrize("table", schema()["corrected"])
def test_what_can_be_corrected_has_a_check(table):
    columns = _fields(["gull-point"])[table]
    for name, column in table_columns("sentences" if table == "blocks" else table).items():
        if name in columns:
            good = column.values[0] if column.values else {"day": "2021-02-03"}.get(column.type)
            good = good or ("7" if column.type == "int32" else "yes")
            good = "gull-point" if name == "entity_id" else good
            assert _spelled(good, columns[name]) in (good, "yes")
            if not column.empty:
                with pytest.raises(ValueError, match=r"write|one of"):
                    _spelled("", columns[name])


# --- README -----------------------------------------------------------------------------------


def _readme():
    return (ROOT / "README.md").read_text("utf-8")


def test_readme_names_the_files_of_a_corpus():
    table = _readme().split("A corpus is a folder:")[1].split("\n\n")[1]
    named = {name for row in table.splitlines() for name in re.findall(r"^\| `(.+?)`", row)}
    assert named == schema()["files"].keys()


def test_readme_names_the_columns_of_corrections():
    text = _readme().split("What the machine got wrong")[1].split("Near copies")[0]
    given = schema()["files"]["coding/corrections.csv"]
    assert re.findall(r"`(\w+)`", text)[: len(given)] == given
    text = text.split("Tables:")[1].replace("\n", " ")
    for tables, columns_ in re.findall(r"((?:`\w+`(?: and )?)+) \(([^`;)]+)", text):
        for table in re.findall(r"\w+", tables.replace(" and ", " ")):
            named = set(re.split(r",\s+", columns_))
            known = set(schema()["corrected"][table]) - {"delete", "event_id"}
            assert named == known, f"README on `{table}`"


def test_readme_names_no_column_or_table_that_there_is_not():
    every = {name for table in schema()["tables"] for name in names(table)}
    known = every | schema()["tables"].keys() | schema()["corrected"].keys()
    for name in re.findall(r"`([a-z]+_[a-z_]+)`", _readme()):
        assert name in known or name in _settings(), f"README names {name}"


def _settings():
    return (ROOT / "analysis/base/schema_files/corpus.yml").read_text("utf-8")


# --- how large a table may be -----------------------------------------------------------------


def test_a_large_table_comes_as_parquet(tmp_path, monkeypatch):
    frame = pd.DataFrame({"name": ["=tern", "gull"], "n": [1, 2]})
    write_table(frame, tmp_path, "small")
    monkeypatch.setattr("analysis.base.safe_csv.LARGEST", 10)
    write_table(frame, tmp_path, "large")
    assert {path.name for path in tmp_path.iterdir()} == {"small.csv", "large.parquet"}
    for name in ("small.csv", "large.parquet"):
        assert read_table(tmp_path / name).equals(frame)
    write_csv(frame, tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "small.csv").read_bytes()
