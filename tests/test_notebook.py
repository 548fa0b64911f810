"""What a notebook shows: tables and figures with all that the user's own have."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from analysis import notebook
from analysis.base.safe_csv import read_csv
from analysis.notebook import Study, with_index

WORDS = pd.DataFrame(
    {
        "paper": ["Courier", "Courier", "Herald", "Herald"],
        "year": [2019, 2020, 2020, 2020],
        "tone": pd.Categorical(["calm", "loud", "calm", "calm"]),
        "n": [3, 4, 5, 6],
    }
)


@pytest.fixture
def study(tmp_path):
    return Study("09_mine", tmp_path, tmp_path / "09_mine", {})


INDEXED = {
    "groups": (WORDS.groupby("paper")[["n"]].sum(), ["paper", "n"], "Courier"),
    "two groups": (WORDS.groupby(["paper", "year"])["n"].sum(), ["paper", "year", "n"], "2019"),
    "crosstab": (pd.crosstab(WORDS["paper"], WORDS["tone"]), ["paper", "calm", "loud"], "Herald"),
    "counts": (WORDS["paper"].value_counts(), ["paper", "count"], "Herald"),
    "no name": (pd.Series({2019: 7, 2020: 8}), ["index", "value"], "2020"),
    "statistics": (WORDS[["n"]].describe(), ["index", "n"], "mean"),
    "several heads": (
        WORDS.groupby("paper").agg({"n": ["min", "max"]}),
        ["paper", "n min", "n max"],
        "Courier",
    ),
    "a name twice": (WORDS.set_index("paper", drop=False)[["paper"]], ["paper (2)", "paper"], "He"),
    "lists": (WORDS.groupby("paper")["n"].agg(list), ["paper", "n"], "[5, 6]"),
}


@pytest.mark.parametrize(("table", "columns", "cell"), INDEXED.values(), ids=INDEXED)
def test_what_the_rows_are_called_is_on_the_page_in_csv_and_latex(
    study, tmp_path, monkeypatch, table, columns, cell
):
    page = []
    monkeypatch.setattr(notebook, "_display", lambda *part: page.append(notebook._html(*part)))
    study.show(table, "mine", "A table.")
    folder = tmp_path / "09_mine" / "tables"
    saved = read_csv(folder / "mine.csv")
    assert saved.columns.tolist() == columns and len(saved) == len(table)
    for text in ((folder / "mine.csv").read_text(), (folder / "mine.tex").read_text(), *page):
        assert cell.strip("[]") in text
    assert all(f'<th scope="col">{column}</th>' in page[0] for column in columns)


@pytest.mark.parametrize("chosen", [WORDS, WORDS[WORDS["n"] > 3], WORDS.sort_values("n").iloc[::2]])
def test_row_numbers_are_left_out(chosen):
    assert with_index(chosen).columns.tolist() == [*WORDS.columns]
    assert with_index(WORDS["n"]).columns.tolist() == ["n"]


def test_what_is_no_table_is_refused_with_a_way_out(study):
    with pytest.raises(TypeError, match=r"DataFrame or a Series, not dict: pd.DataFrame"):
        study.show({"a": 1}, "mine", "A table.")


def test_axes_and_what_else_a_plot_gives_back_are_shown_as_their_figure(study, tmp_path):
    totals = WORDS.groupby("paper")["n"].sum()
    figure, axes = plt.subplots(1, 2)
    for drawn in (figure, axes, axes[1], axes[0].bar([1], [2]), totals.plot(), {"a": axes[0]}):
        study.figure(drawn, "mine", "A figure.", "A line.", totals)
    assert read_csv(tmp_path / "09_mine" / "tables" / "mine.csv")["paper"].tolist() == [
        *("Courier", "Herald")
    ]
    with pytest.raises(TypeError, match=r"not str: begin with"):
        study.figure("axes", "mine", "A figure.", "A line.", totals)
    plt.close("all")


def test_the_corpus_that_is_named_is_read_whatever_is_at_hand(tmp_path, monkeypatch):
    monkeypatch.setenv("NEWS_TABLES", str(tmp_path / "at hand"))
    monkeypatch.setenv("NEWS_CORPUS", str(tmp_path / "at hand"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(notebook, "_build", lambda corpus: corpus / "tables")
    for named in ("mine", tmp_path / "mine"):
        assert notebook.open_study("09_mine", corpus=named)._folder == tmp_path / "mine/tables"
    assert notebook.open_study("09_mine")._folder == tmp_path / "at hand"
