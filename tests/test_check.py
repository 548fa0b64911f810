"""What check says of settings, lexicons, notebooks and rows that cannot be run."""

import os
import time

import matplotlib.style
import pytest
from odd_corpora import GOOD_SETTINGS, NOTEBOOKS, _files

from analysis.corpus.reading import CorpusError, changed_keys, read_corpus
from analysis.corpus.side_files import read_reference
from analysis.lexicons import Lexicon
from analysis.report.notebook_files import file_problems, find_notebooks, parameter_problems
from analysis.show.figures.style import STYLE


def _write(folder, settings="title: Rivers", **files):
    made = _files(GOOD_SETTINGS[:1], [("one", "Gazette", "2021-05-04")], "", "", [], [], [], [])
    made |= {"corpus.yml": settings} | {
        n.replace("__csv", ".csv").replace("__", "/"): t for n, t in files.items()
    }
    for name, text in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("settings", "where", "todo"),
    [
        ("variants: {Morla: Morlah}", "variants: Morla", "write [Morlah]"),
        ("dyads: [{id: a, name: b, source: fleet, target: [guard]}]", "source", "write [fleet]"),
        ("dyads: [{id: a, name: b, source: [flet], target: [guard]}]", "source", "mean fleet?"),
        ("covered: [[0001-01-01, 2021-01-01]]", "covered: 1", "year"),
        ("title: 1984", "title", 'quotes: "1984"'),
        ("title: a\ntitle: b", "line 2, key title", "keep one"),
        ("outlets: {Mail: [Post], Post: [Mail Online]}", "outlets: Post", "all below 'Mail'"),
        ("variants: {quay: [kay], key: [kay]}", "variants: kay", "keep one"),
    ],
)
def test_settings(tmp_path, settings, where, todo):
    with pytest.raises(CorpusError) as caught:
        read_corpus(_write(tmp_path, settings))
    (problem,) = caught.value.problems
    assert where in problem.where and todo in problem.todo


@pytest.mark.parametrize(
    "name", ["corpus.yml", "actors.csv", "articles.csv", "lexicons/events.yml", "notebooks/a.ipynb"]
)
@pytest.mark.parametrize("kind", ["folder", "broken link", "pipe"])
def test_what_has_the_name_of_a_file_and_is_none_is_named(tmp_path, name, kind):
    file = _write(tmp_path) / name
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    make = {"folder": file.mkdir, "broken link": lambda: file.symlink_to("gone")}
    make.get(kind, lambda: os.mkfifo(file))()
    with pytest.raises(CorpusError) as caught:
        read_corpus(tmp_path)
    assert f"{tmp_path.name}/{name}" in {problem.where for problem in caught.value.problems}
    assert "is no file" in str(caught.value)


def test_a_file_in_the_place_of_a_folder_is_named(tmp_path):
    (_write(tmp_path) / "lexicons").write_text("events: {}")
    with pytest.raises(CorpusError, match=r"/?lexicons: is no folder"):
        read_corpus(tmp_path)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize("text", [BOMB, "a: " + "[" * 5000, "a: " + "7" * 5000, "a: &a [*a]"])
def test_yaml_without_bounds_is_refused_at_once(tmp_path, text):
    folder, began = _write(tmp_path, text), time.process_time()
    with pytest.raises(CorpusError) as caught:
        read_corpus(folder)
    assert len(caught.value.problems) == 1 and time.process_time() - began < 2


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("evnets", "a: b", "mean events.yml?"),
        ("labels", "lables: {}", "mean labels?"),
        ("furniture", "starts: {en: river}", "[river]"),
        ("events", "events: {ASSAULT: {plain: {verbs: [sink <wepon>]}}}", "mean weapon?"),
    ],
)
def test_lexicons(tmp_path, name, text, said):
    with pytest.raises(CorpusError) as caught:
        read_corpus(_write(tmp_path, **{f"lexicons__{name}.yml": text}))
    (problem,) = caught.value.problems
    assert f"lexicons/{name}.yml" in problem.where
    assert said in problem.todo


def test_owners_of_mediators_are_told_what_the_key_means(tmp_path):
    dyad = "{id: a, name: b, source: [fleet], target: [guard]MORE}"
    for more, told in ((", mediators: [morla]", True), ("", False)):
        settings = f"dyads: [{dyad.replace('MORE', more)}]"
        corpus = read_corpus(_write(tmp_path, **{"corpus.yml": settings}))
        notes = changed_keys(corpus)
        assert ["broker" in note.what for note in notes] == [True] * told


def test_types_that_escalate_are_types_of_plover(tmp_path):
    for key, good, bad in (("escalation", "PROTEST", "STRIKE"), ("pause", "AGREE/settle", "agree")):
        corpus = read_corpus(_write(tmp_path, **{"corpus.yml": f"{key}: [{good}]"}))
        assert corpus.settings[key] == [good]
        with pytest.raises(CorpusError) as caught:
            read_corpus(_write(tmp_path, **{"corpus.yml": f"{key}: [{bad}]"}))
        assert "type of PLOVER" in str(caught.value)


def test_a_notebook_without_cells_is_named_and_left_out(tmp_path):
    folder = _write(tmp_path, notebooks__my_own__ipynb="{}")
    (folder / "notebooks/my_own.ipynb").write_text('{"cells": []}')
    assert any("my_own.ipynb" in note.where for note in file_problems(folder))
    assert "my_own" not in [n.name for n in find_notebooks(folder, {}, folder)]


@pytest.mark.parametrize("value", ["1e400", "-1e400", "nan", "-inf", "Infinity", "1_000", "twelve"])
def test_a_published_value_that_is_no_number_is_named_with_its_row(tmp_path, value):
    rows = "date,value,source,url,status\n2021-05-04,12,S,u,verified\n"
    rows += f"2021-05-05,{value},S,u,verified\n"
    read, notes = read_reference(_write(tmp_path, reference__told__csv=rows))
    assert read["value"].tolist() == [12]
    (note,) = notes
    assert note.where == "reference/told.csv, row 3, column value" and value in note.what


def test_own_notebooks_come_after_ours_those_with_a_number_first(tmp_path):
    folder = _write(tmp_path)
    (folder / "notebooks").mkdir()
    for name in ("words", "08_pauses", "Ägäis", "10_more"):
        (folder / f"notebooks/{name}.ipynb").write_text(NOTEBOOKS[0], "utf-8")
    assert not file_problems(folder)
    names = [notebook.name for notebook in find_notebooks(folder, {}, folder)]
    assert names[-4:] == ["08_pauses", "10_more", "words", "Ägäis"] and names[0][:3] == "00_"


def test_what_a_corpus_sets_for_a_notebook_reaches_the_one_that_goes_on_from_it(tmp_path):
    folder = _write(tmp_path)
    given = {"04_compare_outlets": {"keywords_each": 5, "most_events": 9, "episode_days": 2}}
    given |= {"04b_compare_words": {"episode_days": 4}}
    notebooks = find_notebooks(folder, given, folder)
    own = {notebook.name: notebook.parameters for notebook in notebooks}
    assert own["04_compare_outlets"] == {"most_events": 9, "episode_days": 2}
    assert own["04b_compare_words"] == {"keywords_each": 5, "episode_days": 4}
    assert not any(own[name] for name in own if not name.startswith("04"))
    assert not parameter_problems(notebooks, given)


def test_a_wrong_parameter_is_told_where_the_corpus_sets_it(tmp_path):
    given = {"04_compare_outlets": {"keyword_each": 5, "rounds": "many", "most_events": 9}}
    notes = parameter_problems(find_notebooks(tmp_path, given, tmp_path), given)
    assert [note.where.split(": ", 1)[1] for note in notes] == [
        "04_compare_outlets: keyword_each",
        "04_compare_outlets: rounds",
    ]
    assert "keywords_each" in notes[0].todo and "int is needed" in notes[1].what


def test_outlets_named_as_our_columns_are_told_apart(tmp_path):
    rows = 'file,outlet,published,n_tokens\ntexts/0.txt,"term",2021-05-04,many\n'
    corpus = read_corpus(_write(tmp_path, **{"articles.csv": rows}))
    assert corpus.documents["outlet"].tolist() == ["term (outlet)"]
    assert corpus.documents["n_tokens_given"].tolist() == ["many"]


def test_a_dollar_sign_is_no_formula():
    with matplotlib.style.context(STYLE):
        assert matplotlib.rcParams["text.parse_math"] is False


def test_a_lexicon_key_without_value_empties_our_list(tmp_path):
    added = "events: {ASSAULT: {plain: {verbs: }, newer: {nouns: }}}"
    corpus = read_corpus(_write(tmp_path, **{"lexicons/events.yml": added}))
    lexicon = Lexicon.read(corpus.path / "lexicons")
    assault = lexicon["events"]["events"]["ASSAULT"]
    assert assault["plain"]["verbs"] == assault["newer"]["nouns"] == []
    assert assault["plain"]["nouns"]
