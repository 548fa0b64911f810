"""The report: what it holds, that it is reproducible, and that nothing of the user's is lost."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from small_report import OPEN, ROWS, make, plain_site, run, write_notebook

from analysis.base.columns import OTHERS, schema, shown_columns
from analysis.base.digests import folder_digest
from analysis.base.safe_csv import read_csv
from analysis.corpus import CorpusError
from analysis.report import make as report
from analysis.report import running, site
from analysis.report.running import Failure

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"
CONTRACT = {
    "documents": "doc_id outlet source published title byline n_sentences n_tokens n_chars_raw "
    "n_chars_body",
    "sentences": "doc_id sent_id kind start end text",
    "terms": "term n doc_freq per_1000 dispersion_dp",
    "keyness": "outlet term n_outlet n_rest log_likelihood p_adjusted log_ratio log_odds_z ci_low "
    "ci_high",
    "collocations": "bigram n log_likelihood pmi log_dice",
    "mentions": "doc_id sent_id kind counted start end surface entity_id entity type method",
    "entities": "entity_id entity type n_mentions n_documents per_1000",
    "cooccurrence": "entity_a entity_b n_sentences n_documents npmi",
    "quotations": "doc_id sent_id start end text speaker speaker_entity_id verb direct",
    "reuse": "doc_a doc_b n_shared_ngrams containment_a containment_b jaccard longest_shared "
    "direction direction_basis",
    "labels": "outlet entity_id label voice n doc_ids",
    "dates": "doc_id sent_id start end surface type value date_from date_to",
    "event_reports": "report_id event_id doc_id sent_id start end event_type direction source "
    "target place date_from date_to date_basis status attribution denied_by mutual n_incidents_min "
    "n_incidents_max killed_min killed_max wounded_min wounded_max in_caption",
    "events": "event_id event_type direction date_from date_to precision source target place dyad "
    "studied goldstein n_incidents_min n_incidents_max n_reports n_outlets n_independent_sources "
    "outlets summary",
    "phases": "basis dyad cycle phase date_from date_to start_earliest start_latest n_events "
    "first_event_id rests_on_one_article state scope condition bound_by said_by last_told ends_by "
    "proposed rule",
    "warnings": "where what what_to_do",
}


@pytest.fixture(scope="session")
def seeds_report(built, tmp_path_factory):
    folder, cache = tmp_path_factory.mktemp("first"), built.folder.parent.parent
    assert make(folder / "report", cache, SEEDS) == 0
    return folder / "report"


# --- the report of the corpus that comes along ------------------------------------------------


@pytest.mark.parametrize("name", CONTRACT)
def test_contract_tables_have_their_columns(seeds_report, name):
    columns = list(read_csv(seeds_report / f"tables/{name}.csv").columns)
    assert set(CONTRACT[name].split()) <= set(columns)
    if name in ("terms", "entities"):
        assert {"The Hill", "ESTA"} <= set(columns)


def test_every_column_of_what_is_shown_is_explained(seeds_report):
    where = "analysis/base/columns.yml"
    tables = {path.stem: path for path in sorted(seeds_report.glob("tables/*.csv"))}
    assert tables.keys() - schema()["tables"].keys()
    for path in tables.values():
        if path.stem not in schema()["tables"]:
            assert path.stem in schema()["shown"], f"add {path.stem} to `shown` in {where}"
            known = shown_columns(path.stem)
            unknown = [name for name in read_csv(path).columns if name not in known]
            assert OTHERS in known or not unknown, f"add {unknown} to `{path.stem}` in {where}"


def test_every_figure_has_three_formats_and_its_numbers(seeds_report):
    figures = {path.stem for path in (seeds_report / "figures").iterdir()}
    assert len(figures) >= 10
    for name in figures:
        for kind in ("svg", "png", "pdf"):
            assert (seeds_report / f"figures/{name}.{kind}").stat().st_size > 1000
        assert (seeds_report / f"tables/{name}.csv").is_file()


def test_every_link_between_pages_leads_somewhere(seeds_report):
    for page in seeds_report.rglob("*.html"):
        links = re.findall(r'(?:href|src)="([^"#?]+)', page.read_text("utf-8"))
        assert links, page.name
        for link in links:
            if not link.startswith(("http", "mailto:", "data:")):
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_pages_load_nothing_from_the_network(seeds_report):
    outside = r'(?:https?:)?//[^"]+'
    script = rf'<(?:script|img|iframe|source)[^>]+src="{outside}'
    sheet = rf'<link[^>]+rel="(?:stylesheet|preload)"[^>]+href="{outside}'
    loading = re.compile(f"{script}|{sheet}")
    for page in seeds_report.rglob("*.html"):
        assert not loading.search(page.read_text("utf-8")), page.name
    for sheet in seeds_report.rglob("*.css"):
        assert not re.search(
            r"url\(\s*['\"]?https?:|@import\s+['\"]https?:", sheet.read_text("utf-8")
        )


def test_every_notebook_is_a_chapter(seeds_report):
    index = (seeds_report / "index.html").read_text("utf-8")
    for path in (ROOT / "notebooks").glob("0[0-5]*.ipynb"):
        assert f"notebooks/{path.stem}.html" in index
        page = (seeds_report / f"notebooks/{path.stem}.html").read_text("utf-8")
        assert "Try it" not in page
    assert "chosen because" in index


def test_no_path_of_this_machine_is_in_the_report(seeds_report):
    here = {str(ROOT), str(seeds_report.parent), str(Path.home())} - {"/"}
    for path in seeds_report.rglob("*"):
        if path.suffix in {".html", ".csv", ".json", ".ipynb", ".svg", ".js"}:
            text = path.read_text("utf-8")
            assert not any(place in text for place in here), path


def test_another_run_gives_the_same_bytes(seeds_report, tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("HOME", str(tmp_path))
    other = tmp_path / "a folder with a longer name"
    assert make(other / "out", other / "cache", SEEDS) == 0
    assert folder_digest(other / "out") == folder_digest(seeds_report)


def test_texts_none_shows_no_sentence(seeds_report, tmp_path):
    sentences = read_csv(seeds_report / "tables/sentences.csv")
    shown = sentences["text"].notna()
    assert 0 < shown.sum() < len(sentences), "snippets: some sentences, not the article"


# --- building, on small notebooks -------------------------------------------------------------


def _ran(capsys):
    return re.findall(r"notebook  (\w+)", capsys.readouterr().out)


def test_only_what_is_out_of_date_runs(made, capsys):
    assert {path.stem for path in made.glob("out/notebooks/*.ipynb")} == {"00_words", "01_names"}
    assert run(made) == 0
    assert "Nothing has changed" in capsys.readouterr().out
    source = OPEN.format("00_words") + "study.show(study.table('terms').head(2), 'words', 'Two.')"
    write_notebook(made / "notebooks", "00_words", ROWS, source)
    assert run(made) == 0
    assert _ran(capsys) == ["00_words"]
    (made / "mine/actors.csv").write_text("entity_id,name,type\nkarsa,Karsa,LOC\n")
    assert run(made) == 0
    assert _ran(capsys) == ["01_names"], "the words do not depend on the actors"
    fresh = made / "fresh"
    assert make(fresh / "out", fresh / "cache", made / "mine", made / "notebooks") == 0
    assert folder_digest(made / "out") == folder_digest(fresh / "out")


def test_a_removed_or_changed_file_is_put_back(made, capsys):
    before = folder_digest(made / "out")
    (made / "out/index.html").write_text("changed")
    (made / "out/tables/terms.csv").unlink()
    run(made)
    assert folder_digest(made / "out") == before
    assert "put together again" in capsys.readouterr().out


def test_a_report_is_made_again_where_its_inputs_change_meanwhile(small, capsys, monkeypatch):
    text, calls = small / "mine/texts/one.txt", []

    def build_site(*arguments):
        calls.append(text.write_text(text.read_text().replace("Karsa", "Velden")))
        return site_without_pages(*arguments)

    site_without_pages = plain_site
    monkeypatch.setattr("small_report.plain_site", build_site)
    for notebook in (small / "notebooks").iterdir():
        notebook.unlink()
    assert run(small) == 0 and len(calls) == 2
    told = capsys.readouterr().out
    assert "Changed while the report was made: mine/texts/one.txt. It is made again." in told
    assert "velden" in set(read_csv(small / "out/tables/terms.csv")["term"])
    assert run(small) == 0 and "Nothing has changed" in capsys.readouterr().out


def test_no_report_of_a_corpus_that_keeps_changing(small, monkeypatch):
    tried = []

    def changes(*_):
        tried.append(1)
        raise report.InputsChangedError("mine/texts/one.txt")

    monkeypatch.setattr(report, "_make", changes)
    with pytest.raises(report.ReportError, match="out was left as it was: wait until nothing"):
        run(small)
    assert len(tried) == report.ATTEMPTS


def test_no_report_of_a_program_that_changes_meanwhile(made):
    before = report._all_inputs(made / "mine", "") | {"analysis/terms/counts.py": "before"}
    told = r"This program changed while the report was made: analysis/terms/counts\.py\. "
    with pytest.raises(report.ReportError, match=told):
        report._check_unchanged(made / "mine", "", before, made / "out")


def test_what_is_hidden_or_vanishes_is_no_input(tmp_path, monkeypatch):
    for name in (".git/index", "texts/.ipynb_checkpoints/one.txt", ".hidden", "texts/one.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("words")
    assert [*folder_digest(tmp_path)] == ["texts/one.txt"]

    def gone(path):
        raise FileNotFoundError(path)

    monkeypatch.setattr("analysis.base.digests.file_digest", gone)
    assert folder_digest(tmp_path) == {}


def test_a_failed_notebook_costs_its_chapter_only(made, capsys):
    before = folder_digest(made / "out")
    good = (made / "notebooks/01_names.ipynb").read_text()
    source = OPEN.format("01_names") + "study.table('entitys')"
    write_notebook(made / "notebooks", "01_names", ROWS, source)
    assert run(made) == 1
    printed = capsys.readouterr().out
    assert "01_names failed in section “What is it?”" in printed
    assert "no table 'entitys'" in printed
    kept = json.loads((made / "out/failed/01_names.ipynb").read_text("utf-8"))
    assert any("Traceback" in json.dumps(cell.get("outputs", "")) for cell in kept["cells"])
    after = folder_digest(made / "out")
    lost = {name for name in before if name not in after}
    assert lost == {"tables/names.csv", "tables/names.tex", "notebooks/01_names.ipynb"}
    assert report._is_whole(made / "out"), "it is a report"
    assert run(made) == 1, "a failed notebook never counts as built"
    told = capsys.readouterr().out
    assert "Tried again, as it failed: 01_names" in told
    assert "notebook  01_names (FAILED" in told and "00_words" not in told
    (made / "notebooks/01_names.ipynb").write_text(good)
    assert run(made) == 0, "as it was before the failure, but the report is not"
    assert folder_digest(made / "out") == before


def test_a_chapter_that_failed_is_a_notice_on_its_page_and_on_the_first(tmp_path, monkeypatch):
    failure = Failure("01_names", "Who & what?", "KeyError: '<b>'", tmp_path / "01_names.ipynb")
    chapter = site.Chapter("01_names", "Names *of* ships", tmp_path, [], [], failure)
    monkeypatch.setattr(site, "_run_sphinx", lambda *_: [])
    front = dict.fromkeys(("title", "description", "caveat", "rights", "methods", "cite"), "x")
    front |= dict.fromkeys(("corrections", "warnings", "datasheet", "unlisted", "told", "sure"), ())
    front["unread"] = ""
    tables = ("articles", "limits", "columns", "parameters", "versions")
    front |= {table: [{"x": 1}] for table in tables}
    site.build_site([chapter], front, tmp_path / "out", tmp_path)
    first = (tmp_path / "source/index.md").read_text("utf-8")
    own = (tmp_path / "source/notebooks/01_names.md").read_text("utf-8")
    for page, up in ((first, "."), (own, "..")):
        assert "<b>The chapter “Names *of* ships” is missing.</b> Its notebook 01_names" in page
        assert "failed in section “Who &amp; what?”: KeyError: &#39;&lt;b&gt;&#39;" in page
        assert f'<a href="{up}/failed/01_names.ipynb">failed/01_names.ipynb</a>' in page
        assert "run the same command again" in page
    assert own.startswith("# Names \\*of\\* ships\n")


def test_a_notebook_that_is_no_python_costs_its_chapter_only(made, capsys):
    write_notebook(made / "notebooks", "01_names", "rows = 5", "for")
    assert run(made) == 1
    assert "SyntaxError" in capsys.readouterr().out
    assert (made / "out/notebooks/00_words.ipynb").is_file()


def test_wrong_parameters_are_refused_before_the_work(made, monkeypatch):
    monkeypatch.setattr("analysis.tables.build.build", lambda *_: pytest.fail("work began"))
    wrong = "00_words: {row: 3, rows: many}, 01_names: {rows: true}, 00_word: {rows: 3}"
    (made / "mine/corpus.yml").write_text(f"title: Mine\nnotebooks: {{{wrong}}}\n")
    with pytest.raises(report.ReportError) as caught:
        run(made)
    for message in (
        "unknown parameter; did you mean rows?",
        "'many' is str, but int is needed",
        "True is bool, but int is needed",
        "no notebook '00_word'; did you mean 00_words?",
    ):
        assert message in str(caught.value)


def test_parameters_reach_the_notebook(made):
    (made / "mine/corpus.yml").write_text("title: Mine\nnotebooks: {00_words: {rows: 3}}\n")
    run(made)
    manifest = json.loads((made / "out/manifest.json").read_text("utf-8"))
    assert manifest["parameters"]["00_words"] == {"rows": 3}


def test_a_folder_of_somebody_else_is_refused(small):
    (small / "out").mkdir()
    (small / "out/thesis.docx").write_text("years of work")
    with pytest.raises(report.ReportError, match="not made by this program"):
        run(small)
    assert (small / "out/thesis.docx").read_text() == "years of work"


def test_files_of_the_user_in_a_report_stay(made):
    (made / "out/notes.txt").write_text("mine")
    (made / "notebooks/01_names.ipynb").unlink()
    run(made)
    assert (made / "out/notes.txt").read_text() == "mine"
    assert not (made / "out/notebooks/01_names.html").exists(), "what is gone leaves the report"


def test_an_interrupted_swap_is_completed(made):
    whole = folder_digest(made / "out")
    (note,) = (made / "cache/reports").glob("*/lock")
    note = note.with_name("temporary.json")
    report.save_json(note, {"out": str(made / "out"), "token": "5" * 32})
    left = made / f".unfinished-{'5' * 32}"
    left.mkdir()
    (made / "out").rename(left / "ready")
    run(made)
    assert folder_digest(made / "out") == whole
    assert not left.exists()


def test_two_runs_on_one_output_are_refused(made):
    from filelock import FileLock

    (lock,) = (made / "cache/reports").glob("*/lock")
    with FileLock(lock), pytest.raises(report.ReportError, match="another process"):
        run(made)


def test_no_place_of_this_machine_is_in_what_a_warning_says(tmp_path):
    write_notebook(tmp_path, "ran", "rows = 5")
    content = json.loads((tmp_path / "ran.ipynb").read_text())
    told = f"{ROOT / 'analysis/notebook.py'}:7: UserWarning: a sign is missing"
    content["cells"][1]["outputs"] = [{"output_type": "stream", "name": "stderr", "text": [told]}]
    (tmp_path / "ran.ipynb").write_text(json.dumps(content))
    running._write_plain(tmp_path / "ran.ipynb", tmp_path / "plain.ipynb")
    cells = json.loads((tmp_path / "plain.ipynb").read_text("utf-8"))["cells"]
    assert cells[1]["outputs"][0]["text"] == [told.removeprefix(f"{ROOT}/")]


def test_a_faulty_corpus_is_reported_whole(small):
    shutil.rmtree(small / "mine/texts")
    (small / "mine/articles.csv").write_text("file,outlet,published\ntexts/one.txt,,4.5.2021\n")
    with pytest.raises(CorpusError, match="3 problems"):
        run(small)


def test_a_formula_in_a_cell_is_harmless_and_comes_back(tmp_path):
    from analysis.base.safe_csv import write_csv
    from analysis.notebook import read_table

    frame = pd.DataFrame(
        {
            "text": ["=1+1", "-A byline", "plain", "'quoted", "'=kept", "@x", "\ty"],
            "n": range(-3, 4),
        }
    )
    write_csv(frame, tmp_path / "t.csv")
    cells = [line.split(",")[0] for line in (tmp_path / "t.csv").read_text().splitlines()[1:]]
    assert not any(cell.strip('"').startswith(tuple("=+-@\t")) for cell in cells)
    pd.testing.assert_frame_equal(read_table(tmp_path / "t.csv"), frame, check_dtype=False)


def test_the_figure_of_the_readme_is_the_reports(seeds_report):
    shown = (ROOT / ".github/timeline.svg").read_bytes()
    assert shown == (seeds_report / "figures/timeline.svg").read_bytes(), "copy it anew"


def test_notebooks_of_a_corpus_are_named_before_they_run_first(made, capsys):
    (made / "mine/notebooks").mkdir()
    write_notebook(made / "mine/notebooks", "20_own", "rows = 5", OPEN.format("20_own"))
    run(made)
    printed = capsys.readouterr().out
    told = "Code that came with the corpus runs now: 20_own.ipynb."
    assert printed.index(told) < printed.index("notebook  ")
    (made / "out/index.html").unlink()
    run(made)
    assert told not in capsys.readouterr().out


def test_a_datasheet_that_is_a_link_is_not_published(tmp_path):
    from analysis.report.front import _own_text

    (tmp_path / "secret.md").write_text("secret")
    (tmp_path / "DATASHEET.md").symlink_to(tmp_path / "secret.md")
    assert _own_text(tmp_path / "DATASHEET.md") == ""
    assert _own_text(tmp_path / "secret.md") == "secret"


def test_the_links_of_an_export_folder_do_not_bring_in_what_they_lead_to(tmp_path):
    from analysis.corpus.readers import read_folder

    export = tmp_path / "export"
    export.mkdir()
    (export / "one.txt").write_text("The port of Karsa was closed on Monday.")
    (export / "again.txt").symlink_to("one.txt")
    (tmp_path / "secret.txt").write_text("secret")
    (export / "two.txt").symlink_to(tmp_path / "secret.txt")
    reading = read_folder(export)
    assert {document["file"] for document in reading.documents} == {"one.txt", "again.txt"}
    assert any("1 link out of the folder" in note.what and "two.txt" in note.what
               for note in reading.notes)  # fmt: skip
