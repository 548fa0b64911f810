"""Starting a corpus folder: it runs at once, and nothing of the user's is written over."""

import json
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from analysis import __main__ as commands
from analysis.base.addresses import RESERVED
from analysis.base.messages import Note, first_lines
from analysis.corpus.outlet_names import alike_outlets
from analysis.corpus.readers import ReaderError
from analysis.corpus.reading import CorpusError, read_corpus
from analysis.corpus.start import _file_name, start_corpus
from analysis.report.notebook_files import find_notebooks, parameter_problems

ROOT = Path(__file__).resolve().parent.parent
ARTICLE = (
    "Dockers walk out in Karsa\n\nThe dockers of Karsa went on strike on Monday, said Mara Lind, "
    "who leads the Dockers Union. Mara Lind called on the Karsa Port Company to offer more.\n\n"
    "The Karsa Port Company refused on Tuesday, and the Dockers Union announced a march.\n"
)


def test_an_empty_folder_gets_an_example_that_runs(tmp_path):
    start_corpus(tmp_path / "mine")
    corpus = read_corpus(tmp_path / "mine")
    assert len(corpus.documents) == 2
    assert corpus.documents["outlet"].nunique() == 2
    assert "fictional" in corpus.text(corpus.documents["doc_id"].iat[0])


def test_an_export_fills_the_folder(tmp_path):
    rows = [{"Newspaper": "Gazette", "date": "2021-05-04", "title": "Walk out", "text": ARTICLE}]
    export = tmp_path / "export.jsonl"
    export.write_text("\n".join(map(json.dumps, rows)))
    start_corpus(tmp_path / "mine", export)
    corpus = read_corpus(tmp_path / "mine")
    assert corpus.documents["published"].tolist() == ["2021-05-04"]
    assert {"Mara Lind", "Karsa Port Company"} <= set(corpus.actors["name"])


def test_own_texts_are_listed_and_what_is_missing_is_checked(tmp_path):
    (tmp_path / "mine/texts").mkdir(parents=True)
    (tmp_path / "mine/texts/one.txt").write_text(ARTICLE)
    with pytest.raises(CorpusError, match="propose one with"):
        read_corpus(tmp_path / "mine")
    start_corpus(tmp_path / "mine")
    with pytest.raises(CorpusError) as caught:
        read_corpus(tmp_path / "mine")
    columns = {problem.where.split("column ")[1] for problem in caught.value.problems}
    assert columns == {"outlet"}
    assert (tmp_path / "mine/texts/one.txt").read_text() == ARTICLE


def test_nothing_is_written_over(tmp_path):
    start_corpus(tmp_path / "mine")
    listing = tmp_path / "mine/articles.csv"
    listing.write_text(listing.read_text("utf-8-sig").replace("Harbour Gazette", "Edited"))
    before = {p: p.read_bytes() for p in (tmp_path / "mine").rglob("*") if p.is_file()}
    notes = start_corpus(tmp_path / "mine")
    assert {p: p.read_bytes() for p in before} == before
    assert [note.what for note in notes if "kept" in note.what] == [
        "already there and kept: 5 files."
    ]


def test_every_parameter_of_every_notebook_is_explained(tmp_path):
    start_corpus(tmp_path / "mine")
    text = (tmp_path / "mine/corpus.yml").read_text()
    assert "top_terms: 25  # how many terms" in text
    uncommented = text.replace("# notebooks:", "notebooks:")
    uncommented = "\n".join(
        line[1:] if line.startswith("#   ") else line for line in uncommented.splitlines()
    )
    parameters = yaml.safe_load(uncommented[uncommented.index("notebooks:") :])["notebooks"]
    assert parameters["02_term_frequency"]["top_terms"] == 25
    notebooks = find_notebooks(tmp_path / "mine", parameters, tmp_path)
    assert not parameter_problems(notebooks, parameters)
    assert parameters == {n.name: n.parameters for n in notebooks}
    assert all(n.parameters.keys() | {"corpus"} == n.defaults().keys() for n in notebooks)


def test_the_notebook_goes_from_texts_to_a_chart(tmp_path, monkeypatch, built):
    import papermill

    monkeypatch.setenv("NEWS_TABLES", str(built.folder))  # its study is the corpus at hand
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine/texts").mkdir(parents=True)
    (tmp_path / "mine/texts/one.txt").write_text(ARTICLE)
    (tmp_path / "mine/articles.csv").write_text(
        "file,outlet,published\ntexts/one.txt,Gazette,2021-05-04\n"
    )
    done = papermill.execute_notebook(
        ROOT / "notebooks/06_your_own_corpus.ipynb",
        tmp_path / "out.ipynb",
        {"folder": str(tmp_path / "mine")},
        kernel_name="python3",
        progress_bar=False,
    )
    shown = str([cell.get("outputs") for cell in done.cells])
    assert "No problems: 1 article." in shown
    assert "Figure 6.1" in shown


def test_the_notebook_prints_the_first_of_many_problems(capsys):
    def read(folder):
        kinds = ("no file", "no date", "no outlet", "twice")
        raise CorpusError([Note(f"{n} {k}", f"{k} {'x' * n}") for n in range(50) for k in kinds])

    cells = json.loads((ROOT / "notebooks/06_your_own_corpus.ipynb").read_text())["cells"]
    check = next("".join(cell["source"]) for cell in cells if cell["id"] == "check")
    names = {"read_corpus": read, "CorpusError": CorpusError, "first_lines": first_lines}
    exec(check, names | {"corpus_folder": ""})
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 41 and "make check lists all" in printed


def _export(folder, ids, **values):
    rows = [
        {"doc_id": i, "Newspaper": "Gazette", "date": "2021-05-04", "title": "T", **values}
        | {"text": f"{ARTICLE}\nNumber {n}."}
        for n, i in enumerate(ids)
    ]
    export = folder / "export.jsonl"
    export.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    return export


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "M"]), min_size=1),
        max_size=6,
    )
)
@example(["A", "a", "Á", "A\u0301", "ß", "ss", "SS"])
@example(["!!!", "???", "...", "con", "CON", "Nul", "com1", "a.b", "a-b"])
@example(["x" * 400, "x" * 401, "語" * 300, "語" * 301])
def test_every_article_has_a_file_of_its_own_on_every_system(ids):
    taken = set()
    names = [_file_name(doc_id, taken) for doc_id in ids]
    assert len({unicodedata.normalize("NFC", name.casefold()) for name in names}) == len(names)
    for name in names:
        assert len(name.encode()) < 143 and name != ".txt" and "/" not in name
        assert not RESERVED.fullmatch(name.split(".")[0])


def test_ids_that_differ_in_case_only_keep_their_texts(tmp_path):
    ids = ["A", "a", "!!!", "x" * 200, "CON"]
    start_corpus(tmp_path / "mine", _export(tmp_path, ids))
    corpus = read_corpus(tmp_path / "mine")
    assert corpus.documents["doc_id"].tolist() == ids
    for n, doc_id in enumerate(ids):
        assert f"Number {n}." in corpus.text(doc_id)


def test_cells_that_begin_like_a_formula_are_harmless_and_come_back(tmp_path):
    risky = ["=1+1", "+49", "-A", "@b", "'=kept", "''=kept", "'plain"]
    for n, text in enumerate(risky):
        folder = tmp_path / f"mine{n}"
        start_corpus(folder, _export(tmp_path, [text], title=text))
        cells = (folder / "articles.csv").read_text("utf-8-sig").splitlines()[1].split(",")
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@"))]
        documents = read_corpus(folder).documents
        assert documents["doc_id"].tolist() == documents["title"].tolist() == [text]


def test_one_outlet_for_all(tmp_path):
    start_corpus(tmp_path / "mine", _export(tmp_path, ["a", "b"]), "Evening Post")
    documents = read_corpus(tmp_path / "mine").documents
    assert documents["outlet"].tolist() == ["Evening Post"] * 2
    assert documents["outlet_given"].tolist() == ["Gazette"] * 2


def test_columns_named_on_the_second_try_are_read(tmp_path):
    export = tmp_path / "export.csv"
    export.write_text("Organ,Wort\nGazette,The dockers of Karsa went on strike.\n")
    folder = tmp_path / "mine"
    with pytest.raises(ReaderError, match="columns:\n  text: NAME"):
        start_corpus(folder, export)
    assert not folder.exists()
    folder.mkdir()
    (folder / "corpus.yml").write_text("columns:\n  text: Wort\n  outlet: Organ\n")
    start_corpus(folder, export)
    corpus = read_corpus(folder)
    assert corpus.documents["outlet"].tolist() == ["Gazette"]
    assert corpus.text(corpus.documents["doc_id"].iat[0]).startswith("The dockers")


def test_without_an_article_nothing_is_written(tmp_path):
    (tmp_path / "list.csv").write_text("url,title,date\nhttps://a.example/b,Strike,2021-05-04\n")
    with pytest.raises(ReaderError, match="no article has a text"):
        start_corpus(tmp_path / "mine", tmp_path / "list.csv")
    assert not (tmp_path / "mine").exists()


def test_without_a_name_the_folder_is_called_after_the_file(tmp_path, monkeypatch):
    _export(tmp_path, ["a"]).rename(tmp_path / "Dock strikes 2021.jsonl")
    monkeypatch.chdir(tmp_path)
    words = ["corpus", "--from", "Dock strikes 2021.jsonl"]
    assert commands._corpus(commands._parser().parse_args(words)) == 0
    assert (tmp_path / "dock-strikes-2021/articles.csv").is_file()
    assert commands._corpus(commands._parser().parse_args(["corpus"])) == 1


def test_a_folder_that_cannot_be_written_is_said_before_the_work(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ReaderError, match="nothing can be written there"):
        start_corpus(tmp_path / "file/mine", tmp_path / "not looked at")


def test_a_table_that_names_files_completes_them(tmp_path):
    (tmp_path / "from/texts").mkdir(parents=True)
    (tmp_path / "from/texts/a.txt").write_text(ARTICLE)
    table = "Datei,Zeitung,Datum\ntexts\\a.txt,Bote,04.05.2021\nb.txt,Post,05.05.2021\n"
    (tmp_path / "from/list.csv").write_text(table)
    for number, source in enumerate(("from", "from/list.csv")):
        notes = start_corpus(tmp_path / str(number), tmp_path / source)
        (row,) = read_corpus(tmp_path / str(number)).documents.to_dict("records")
        assert (row["outlet"], row["published"]) == ("Bote", "2021-05-04")
        assert any("1 of 2 articles without a text (row 3)" in note.what for note in notes)


def test_doubtful_texts_are_counted_and_no_placeholder_stays(tmp_path):
    texts = ["Video", "The dockers of Karsa went… [+1402 chars]", "cranes " * 4681]
    rows = [{"outlet": "Bote", "date": "2021-05-04", "text": text} for text in texts]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    start_corpus(tmp_path / "mine", tmp_path / "a.json")
    corpus = read_corpus(tmp_path / "mine")
    said = " ".join(note.what for note in corpus.notes)
    for words in ("has fewer than 100 characters", "only its beginning", "32,767 characters"):
        assert words in said
    assert corpus.settings["title"] == "Articles of Bote"
    assert not corpus.settings["description"]


def test_documents_put_in_texts_are_read_as_texts(tmp_path):
    (tmp_path / "mine/texts").mkdir(parents=True)
    (tmp_path / "mine/texts/a.rtf").write_text(r"{\rtf1 Dock\par The cranes stood still.\par}")
    start_corpus(tmp_path / "mine", outlet="Bote")
    corpus = read_corpus(tmp_path / "mine")
    assert corpus.text(corpus.documents["doc_id"].iat[0]).strip() == "The cranes stood still."


def test_rows_of_one_table_do_not_complete_each_other(tmp_path):
    head = "outlet,date,title,url,text"
    rows = ["Bote,2021-05-04,Quay,https://b.example/1,The cranes stood still.",
            "Bote,2021-05-05,No page,https://b.example/1,",
            "Bote,2021-05-06,Dock,https://b.example/2,The dock was shut."]  # fmt: skip
    (tmp_path / "a.csv").write_text("\n".join([head, *rows]))
    notes = start_corpus(tmp_path / "mine", tmp_path / "a.csv")
    said = " ".join(map(str, notes))
    assert "1 of 3 articles without a text (row 3)" in said and "metadata" not in said
    assert "2 articles of 1 outlet, Bote (2), published 2021-05-04 to 2021-05-06." in said
    assert list(read_corpus(tmp_path / "mine").documents["title"]) == ["Quay", "Dock"]


def test_the_day_of_fetching_is_named_where_there_is_no_other(tmp_path):
    (tmp_path / "a.csv").write_text("outlet,scraped_at,text\nBote,2021-05-04,The cranes stood.\n")
    notes = start_corpus(tmp_path / "mine", tmp_path / "a.csv")
    assert any("columns: {published: scraped_at}" in note.todo for note in notes)


def test_sites_of_one_ending_are_not_one_outlet():
    names = ("bote.example", "quay-post.example", "post.blogspot.com", "dock.blogspot.com")
    assert not list(alike_outlets(names, Path("corpus.yml")))


def test_a_note_reads_as_sentences():
    assert str(Note("a.csv", "1 article is short (a)", "look at it.")) == (
        "a.csv: 1 article is short (a). Look at it."
    )
