"""Reading and checking a corpus: every problem at once, each with its place and what to do."""

import os
import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from analysis.base.json_files import load_json, save_json
from analysis.corpus.reading import CorpusError, Texts, read_corpus
from analysis.dates.find import find_dates_undated
from analysis.outlets.sharing import reuse_table, word_codes
from analysis.timeline.evidence import coverage

SEEDS = Path(__file__).resolve().parent.parent / "seeds"


@pytest.fixture
def corpus(tmp_path):
    """A copy of the seeds to break."""
    folder = tmp_path / "mine"
    shutil.copytree(SEEDS, folder)
    return folder


def _edit(folder, row, **values):
    path = folder / "articles.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column, value in values.items():
        table.loc[row, column] = value
    table.to_csv(path, index=False)


def _problems(folder):
    with pytest.raises(CorpusError) as caught:
        read_corpus(folder)
    return caught.value.problems


def test_the_seeds_have_no_problem(seeds):
    assert len(seeds.documents) == 5
    assert not seeds.notes


def test_all_problems_are_listed_at_once(corpus):
    _edit(corpus, 0, published="22.04.2024")
    _edit(corpus, 1, doc_id="esta-2020-10-11")
    _edit(corpus, 2, file="texts/al-arabia.txt", outlet="")
    (corpus / "texts/the-hill-2024-07-31.txt").write_text("")
    problems = _problems(corpus)
    places = " ".join(problem.where for problem in problems)
    assert len(problems) == 5
    for place in ("row 2, column published", "row 4, column file", "row 4, column outlet"):
        assert f"mine/articles.csv, {place}" in places
    assert "row 5, column doc_id" in places
    assert all(problem.todo for problem in problems)


@pytest.mark.parametrize(
    ("value", "advice"),
    [
        ("31.07.2024", "2024-07-31"),
        ("04/05/2024", "2024-04-05 or 2024-05-04"),
        ("2024-13-01", "2024-07-31"),
        ("2924-07-31", "year"),
    ],
)
def test_a_bad_date_is_named_with_advice(corpus, value, advice):
    _edit(corpus, 4, published=value, published_from="", published_to="")
    (problem,) = _problems(corpus)
    assert "row 6, column published" in problem.where
    assert value in problem.what
    assert advice in problem.todo


def test_a_date_in_the_future_may_be_the_fault_of_the_clock(corpus):
    _edit(corpus, 4, published="2199-07-31", published_from="", published_to="")
    (problem,) = _problems(corpus)
    assert f"this machine's clock says {date.today()}" in problem.what
    assert problem.todo == "correct the year, or the clock"


def test_a_date_outside_its_range_is_a_problem(corpus):
    _edit(corpus, 0, published="2024-04-20")
    (problem,) = _problems(corpus)
    assert "2024-04-22" in problem.what


def test_a_missing_file_is_named_with_the_nearest(corpus):
    _edit(corpus, 0, file="texts/head-post-2024-04-23.txt")
    (problem,) = _problems(corpus)
    assert "head-post-2024-04-22.txt" in problem.todo


def test_files_outside_the_corpus_are_refused(corpus):
    for name in ("../../etc/passwd", "/etc/passwd"):
        _edit(corpus, 0, file=name)
        (problem,) = _problems(corpus)
        assert "outside" in problem.what
    (corpus / "texts/link.txt").symlink_to("/etc/passwd")
    _edit(corpus, 0, file="texts/link.txt")
    assert "outside" in _problems(corpus)[0].what


def test_a_latin_1_text_is_read_and_reported(corpus):
    path = corpus / "texts/al-arabiya-2024-02-09.txt"
    text = path.read_text("utf-8").replace("’", "'").replace("“", '"').replace("”", '"')
    text = text.replace("…", "...").replace("Baghdad", "Bagdàd")
    path.write_bytes(text.encode("latin-1"))
    notes = read_corpus(corpus).notes
    assert any("not UTF-8" in note.what for note in notes)
    assert any("sha256" in note.what for note in notes)


def test_a_text_that_is_not_listed_is_reported(corpus):
    (corpus / "texts/extra.txt").write_text("An article nobody listed.")
    (note,) = read_corpus(corpus).notes
    assert "extra.txt" in note.where


def test_a_typo_in_the_settings_names_the_key(corpus):
    settings = corpus / "corpus.yml"
    settings.write_text("titel: Mine\nshare_texts: some\ndyads: militias\n")
    where = {problem.where.split("key ")[1]: problem for problem in _problems(corpus)}
    assert "did you mean title" in where["titel"].todo
    assert set(where) == {"titel", "share_texts", "dyads"}


def test_broken_yaml_names_the_line(corpus):
    (corpus / "corpus.yml").write_text("title: Mine\nvariants: [a, b\n")
    (problem,) = _problems(corpus)
    assert "line" in problem.where


def test_only_two_columns_are_needed(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/one.txt").write_text("Dockers strike\n\nThe dockers struck on Monday.")
    (tmp_path / "articles.csv").write_text("file,outlet\ntexts/one.txt,Gazette\n")
    corpus = read_corpus(tmp_path)
    assert corpus.documents["doc_id"].tolist() == ["one"]
    assert corpus.documents["published"].tolist() == [""]
    assert any("1 of 1 article without a date" in note.what for note in corpus.notes)


OUTLETS = ["The Mercury", "Mercury (Eastport)", "www.mercury.co.uk", "The Eastport Times"]


def test_names_that_may_be_one_outlet_are_listed_and_joined_when_told(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/one.txt").write_text("Dockers strike\n\nThe dockers struck on Monday.")
    rows = "".join(f"a{n},texts/one.txt,{name}\n" for n, name in enumerate(OUTLETS))
    (tmp_path / "articles.csv").write_text(f"doc_id,file,outlet\n{rows}")
    corpus = read_corpus(tmp_path)
    assert corpus.documents["outlet"].tolist() == OUTLETS
    (line,) = [note.what for note in corpus.notes if "may be one outlet" in note.what]
    line = line.partition("apart: ")[2]
    assert line == "'The Mercury': ['Mercury (Eastport)', 'www.mercury.co.uk']"
    (tmp_path / "corpus.yml").write_text(f"outlets:\n  {line}\n")
    corpus = read_corpus(tmp_path)
    assert corpus.documents["outlet"].tolist() == ["The Mercury"] * 3 + OUTLETS[3:]
    assert not [note for note in corpus.notes if "may be one outlet" in note.what]


def test_problems_of_one_kind_are_one_line(tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/one.txt").write_text("Dockers strike\n\nThe dockers struck on Monday.")
    rows = "".join(f"a{n},texts/one.txt,,{n}.13.2021\n" for n in range(50))
    (tmp_path / "articles.csv").write_text(f"doc_id,file,outlet,published\n{rows}")
    outlet, published = _problems(tmp_path)
    assert "rows 2, 3, 4, 5, 6, 45 more, column outlet" in outlet.where
    assert "(50 times)" in published.what


def test_own_column_names_are_mapped(corpus):
    path = corpus / "articles.csv"
    path.write_text(path.read_text("utf-8").replace("outlet", "Newspaper", 1), "utf-8")
    assert "Newspaper" in _problems(corpus)[0].what
    settings = corpus / "corpus.yml"
    settings.write_text(settings.read_text("utf-8") + "\ncolumns: {outlet: Newspaper}\n", "utf-8")
    assert read_corpus(corpus).documents["outlet"].nunique() == 5


def test_a_missing_folder_names_the_nearest(corpus):
    with pytest.raises(CorpusError, match="did you mean mine"):
        read_corpus(corpus.parent / "mien")


def test_texts_come_back_as_they_were():
    given = {"a": "Shots “near” Karsa.\r\n", "b": "", "c": "half a pair: \ud83d"}
    assert dict(Texts(given.items())) == given


def test_an_article_without_a_date_is_left_out_only_where_one_is_needed():
    monday, given = find_dates_undated("On Monday he spoke of the truce of 3 May 2021.")
    assert (monday.value, monday.date_from) == ("XXXX", None)
    assert (given.value, str(given.date_from)) == ("2021-05-03", "2021-05-03")
    words = [f"w{n}" for n in range(60)]
    prints = {name: word_codes(" ".join(words)) for name in "abc"}
    published = {"a": "", "b": "2021-05-04", "c": ""}
    texts = " ".join(words)
    pairs = reuse_table(prints, lambda ids: dict.fromkeys(ids, texts), published, {}, {})
    assert pairs[["doc_a", "doc_b", "direction_basis"]].to_numpy().tolist() == [["a", "c", "none"]]
    documents = pd.DataFrame({"doc_id": ["a", "b"], "published": ["", "2021-05-04"]})
    reports = pd.DataFrame(
        columns=["doc_id", "date_from", "status", "in_title", "in_caption", "dyad"]
    )
    (span,) = coverage({"covered": []}, documents.assign(counted=True), reports)
    assert str(span[1]) == "2021-05-04"


def test_a_list_of_no_article_is_a_problem(corpus):
    (corpus / "articles.csv").write_text("\ufefffile,outlet,published\n", "utf-8")
    (problem,) = _problems(corpus)
    assert problem.where == "mine/articles.csv" and "lists no article" in problem.what


def test_a_file_whose_name_is_no_utf_8_is_told_and_stops_nothing(corpus, tmp_path):
    odd = Path(os.fsdecode(os.fsencode(corpus / "texts") + b"/caf\xe9.txt"))
    try:
        odd.write_text("An article nobody listed.")
    except OSError:
        pytest.skip("this disk holds names in UTF-8 only")
    (note,) = read_corpus(corpus).notes
    assert note.where == "mine/texts/caf\ufffd.txt"
    save_json(tmp_path / "inputs.json", {odd.name: "digest"})
    assert load_json(tmp_path / "inputs.json") == {odd.name: "digest"}
