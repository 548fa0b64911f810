"""Other corpora than the five articles: a labour dispute, and the smallest there can be.

``data/dockers`` is fictional and differs in all it can: subject, actors, column names, encodings,
several articles an outlet.  It is adapted by CSV and YAML alone.
"""

import json
import shutil
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest

from analysis import notebook
from analysis.base.safe_csv import read_csv
from analysis.corpus.reading import read_corpus
from analysis.report import make as report
from analysis.show import figures
from analysis.tables.build import build

DATA = Path(__file__).parent / "data" / "dockers"
NOTEBOOKS = sorted((Path(__file__).resolve().parent.parent / "notebooks").glob("0[0-5]*.ipynb"))


@pytest.fixture(scope="session")
def dockers(tmp_path_factory):
    """The whole report of the labour dispute."""
    folder = tmp_path_factory.mktemp("dockers")
    shutil.copytree(DATA, folder / "dockers")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "CACHE", folder / "cache")
        assert report.make_report(folder / "dockers", folder / "out") == 0
    return folder / "out"


@pytest.fixture(scope="session")
def reports(dockers):
    return read_csv(dockers / "tables/event_reports.csv").fillna("")


def _dates(rows):
    return set(zip(rows["date_from"], rows["date_to"], strict=True))


def test_nothing_failed_and_every_notebook_is_there(dockers):
    assert not (dockers / "failed").exists()
    for path in NOTEBOOKS:
        assert (dockers / f"notebooks/{path.stem}.html").is_file()
    assert "Port Velmar" in (dockers / "index.html").read_text("utf-8")


def test_columns_and_encodings_of_a_spreadsheet_are_read(dockers):
    documents = read_csv(dockers / "tables/documents.csv")
    assert documents["outlet"].value_counts().to_dict() == {
        "Velmar Courier": 3,
        "Brénholt Telegraph": 2,
        "Harbour News Agency": 1,
    }
    assert {"title", "Section", "Page"} <= set(documents.columns)
    assert (documents["title_basis"] == "given").all()


def test_no_strike_is_an_assault(reports):
    assert not (reports["event_type"] == "ASSAULT").any()
    began = reports[reports["trigger"] == "went on strike"]
    assert set(began["event_type"]) == {"PROTEST"}
    assert _dates(began) == {("2022-05-02", "2022-05-02")}
    assert (began["source"] == "union").all() and (began["target"] == "northquay").all()


def test_talks_are_talks(reports):
    talks = reports[reports["trigger"] == "held talks"]
    assert set(talks["event_type"]) == {"CONSULT"}
    assert _dates(talks) == {("2022-05-12", "2022-05-12")}


def test_a_suspended_strike_is_a_pause_told_by_two_outlets(dockers, reports):
    told = reports[reports["trigger"].str.match("suspended (its|their) strike")]
    assert set(told["event_type"]) == {"RETREAT"} and set(told["mode"]) == {"ceasefire"}
    assert told["event_id"].nunique() == 1
    events = read_csv(dockers / "tables/events.csv").set_index("event_id")
    event = events.loc[told["event_id"].iat[0]]
    assert (event["date_from"], event["date_to"]) == ("2022-05-20", "2022-05-20")
    assert event["dyad"] == "workers-employer"
    assert set(event["outlets"].split(";")) == {"Velmar Courier", "Harbour News Agency"}


def test_an_announced_resumption_is_a_threat_for_the_day_named(reports):
    announced = reports[reports["trigger"] == "resume its strike"]
    assert set(announced["event_type"]) == {"THREATEN"}
    assert set(announced["status"]) == {"threatened"}
    assert _dates(announced) == {("2022-06-15", "2022-06-15")}


def test_the_declared_pause_begins_with_the_suspension_and_an_announcement_does_not_end_it(dockers):
    phases = read_csv(dockers / "tables/phases.csv")
    declared = phases[phases["basis"] == "declared"]
    (pause,) = declared.to_dict("records")
    assert (pause["phase"], pause["date_from"], pause["state"]) == ("pause", "2022-05-20", "open")
    assert (pause["dyad"], pause["bound_by"]) == ("workers-employer", "union")


def test_outlets_are_compared(dockers):
    keyness = read_csv(dockers / "tables/keyness.csv")
    assert keyness["outlet"].nunique() == 3
    assert (dockers / "figures/who_reports_what.svg").is_file()
    cells = read_csv(dockers / "tables/who_reports_what.csv")
    assert {"Velmar Courier", "Brénholt Telegraph", "Harbour News Agency"} <= set(cells.columns)


def test_what_notebooks_count_is_what_the_tables_have(dockers):
    read = lambda name: read_csv(dockers / f"tables/{name}.csv")  # noqa: E731
    entities, words = read("entities"), read("documents").groupby("outlet")["n_tokens"].sum()
    columns = ["entity_id", "n_mentions", "n_documents", "per_1000", "low", "high", "n_undecided"]
    top = read("entities_top")[columns]
    assert np.allclose(top[columns[1:]], entities[columns[1:]].head(len(top)))
    assert top["entity_id"].tolist() == entities["entity_id"].head(len(top)).tolist()
    by_outlet = read("entities_by_outlet").set_index("entity")[[*words.index]]
    counted = entities.set_index("entity").loc[by_outlet.index, by_outlet.columns]
    assert np.allclose(by_outlet, 1000 * counted / words)  # without those that are undecided
    forms = read("spellings_top").merge(read("spellings"))
    assert len(forms) == len(read("spellings_top")) > 0
    keywords = read("keyness_by_outlet").merge(read("keyness"), on=["outlet", "term"])
    assert np.allclose(keywords["log_ratio_x"], keywords["log_ratio_y"])
    varied = read("diversity_by_article").merge(read("diversity"), on="doc_id")
    assert np.allclose(varied["ttr_x"], varied["ttr_y"])


def test_menus_of_the_pages_are_not_counted(dockers):
    sentences = read_csv(dockers / "tables/sentences.csv")
    shown = " ".join(sentences.loc[sentences["counted"], "text"])
    for furniture in ("Subscribe", "Most read", "newsletter", "All rights reserved"):
        assert furniture not in shown


# --- what a corpus may lack -------------------------------------------------------------------

EVENTS = (
    "Rebels attack Karsa\n\nRebels attacked the army's base in Karsa on Monday, the ministry said. "
    "The army said it had suspended its operations on Sunday. Talks began in Belmar in April.\n"
)
QUIET = "A warm spring\n\nIt was warm. The lilac is in bloom in all the gardens of the town.\n"
CORPORA = {
    "nothing happens": [("A", "2021-05-04", QUIET)],
    "one outlet": [("A", f"2021-05-0{day}", EVENTS) for day in (4, 5, 6)],
    "two articles of a word": [("A", "2021-05-04", "Karsa.\n"), ("B", "2021-05-04", "Karsa.\n")],
}


def _corpus(folder, articles, files=None):
    """A corpus with the three required columns only, and `files` besides."""
    (folder / "texts").mkdir(parents=True)
    rows = ["file,outlet,published"]
    for number, (outlet, published, text) in enumerate(articles):
        (folder / f"texts/{number}.txt").write_text(text, "utf-8")
        rows.append(f"texts/{number}.txt,{outlet},{published}")
    (folder / "articles.csv").write_text("\n".join(rows) + "\n", "utf-8")
    for name, content in (files or {}).items():
        (folder / name).write_text(content, "utf-8")
    return folder


def _save_png(figure, path):
    with mpl.rc_context({"savefig.dpi": 40}):
        path.with_suffix(".png").write_bytes(figures.image(figure))


def _run_notebooks(corpus, folder, monkeypatch):
    """Run the code of notebooks 00 to 05; returns the folder of their figures and tables."""
    built = build(read_corpus(corpus), folder / "cache")
    monkeypatch.setenv("NEWS_TABLES", str(built.folder))
    monkeypatch.setenv("NEWS_PRODUCTS", str(folder / "products"))
    monkeypatch.setattr(notebook, "display", lambda *shown, **how: None)
    monkeypatch.setattr(figures, "save", _save_png)
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        names = {}
        for cell in cells:
            if cell["cell_type"] == "code":
                exec(compile("".join(cell["source"]), f"{path.stem} {cell['id']}", "exec"), names)
    return folder / "products"


def _findings(products):
    files = sorted(products.glob("*/findings.json"))
    return [finding["text"] for file in files for finding in json.loads(file.read_text("utf-8"))]


@pytest.mark.parametrize("name", CORPORA)
def test_notebooks_run_on_what_there_is(name, tmp_path, monkeypatch):
    corpus = _corpus(tmp_path / "mine", CORPORA[name])
    products = _run_notebooks(corpus, tmp_path, monkeypatch)
    assert len(list(products.glob("*/figures/*.png"))) >= 12, "a chart says why it is empty"
    assert not [text for text in _findings(products) if "nan" in text or "NaT" in text]


def test_one_article_a_side_without_events_and_actors_without_sides(tmp_path, monkeypatch):
    files = {
        "actors.csv": "entity_id,name,type\nkarsa,Karsa,GPE\narmy,Army,ORG\n",
        "corpus.yml": "title: Mine\ndyads: [{id: d, name: one, source: [army], target: [karsa]}]",
    }
    corpus = _corpus(tmp_path / "mine", [("A", "2021-05-04", EVENTS)], files)
    products = _run_notebooks(corpus, tmp_path, monkeypatch)
    assert "a halt was announced; by whom is not told" in " ".join(_findings(products))
