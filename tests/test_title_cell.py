"""Headlines that come in a table's title cell: read like any headline, and counted once."""

from io import StringIO

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import terms
from analysis.article.ledger import read_key, row_key
from analysis.article.reading import Article, Settings, annotate
from analysis.base.addresses import anchor
from analysis.base.columns import article_columns
from analysis.corpus.reading import read_corpus
from analysis.explore import lines, sentences
from analysis.tables.build import build
from analysis.tables.corrections import FILE, by_article

TITLE = "Marsh rebels shell\u00ad Port Ardo on Friday, ‘quiet’ ends"
BODY = (
    "The streets of Port Ardo were empty in the early morning, a baker told a reporter there.\n\n"
    "On Sunday the Marsh rebels bombed the harbour of Port Ardo, according to two fishermen.\n"
)
TABLE = f'''id,outlet,title,date,text
one,Courier,"{TITLE}",2021-06-08,"{BODY}"
two,Herald,,2021-06-09,"{BODY}"
'''
ACTORS = """entity_id,name,type,aliases,side,parent
marsh,Marsh rebels,ORG,,a,
ardo,Port Ardo,GPE,,b,
"""
SETTINGS = Settings(pd.read_csv(StringIO(ACTORS), dtype=str, keep_default_na=False))
PLACED = [name for name, columns in article_columns().items() if "start" in columns]


class Study:
    def __init__(self, folder):
        self.folder, self.settings = folder, {"dyads": []}
        (folder / "corpus" / "coding").mkdir(parents=True)
        (folder / "corpus" / "export.csv").write_text(TABLE, "utf-8")
        (folder / "corpus" / "actors.csv").write_text(ACTORS, "utf-8")
        (folder / "corpus" / "corpus.yml").write_text("table: export.csv\nworld: false\n", "utf-8")

    def read(self, *corrections):
        rows = "\n".join(["table,key,column,value", *corrections])
        (self.folder / "corpus" / FILE).write_text(rows, "utf-8")
        self.corpus = read_corpus(self.folder / "corpus")
        self.table = build(self.corpus, self.folder / "cache").read
        return self.table


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    study = Study(tmp_path_factory.mktemp("study"))
    study.read()
    return study


def _rows(text, title="", **more):
    return annotate(Article("a", text, "2021-06-08", title=title, **more), SETTINGS)


def test_the_cell_is_a_headline_in_every_table_and_the_text_stays(study):
    fields = {"title": study.corpus.titles, "text": study.corpus.texts}
    named = {"sentences", "mentions", "dates", "event_reports", "first_mentions", "label_uses"}
    for name in PLACED:
        frame = study.table(name)
        assert (frame["sent_id"].diff() >= 0)[frame["doc_id"].duplicated()].all()
        for doc_id in ("one", "two"):
            own = frame[frame["doc_id"] == doc_id]
            assert set(own["field"]) <= {"title", "text"}
            assert ("title" in set(own["field"])) == (doc_id == "one" and name in named)
        for row in frame.itertuples():
            told = getattr(row, "surface", None) or getattr(row, "trigger", None) or ""
            assert fields[row.field][row.doc_id][row.start :].startswith(told[:5])
    spans = ["start", "end", "kind", "text"]
    one, two = (
        rows.loc[rows["field"] == "text", spans].to_numpy().tolist()
        for _, rows in study.table("sentences").groupby("doc_id")
    )
    assert one == two


def test_its_words_names_days_and_events_count(study):
    first = study.table("sentences").iloc[0]
    assert (first["kind"], first["field"], first["sent_id"], first["counted"]) == (
        *("title", "title", 0), True,
    )  # fmt: skip
    counts = study.table("term_counts").query("doc_id == 'one'")
    assert "shell" in set(counts["term"])
    report = study.table("event_reports").query("field == 'title'").iloc[0]
    assert (report["source"], report["target"], report["in_title"]) == ("marsh", "ardo", True)
    assert str(report["date_from"]) == "2021-06-04"
    assert study.table("first_mentions").query("in_headline")["entity_id"].tolist() == [
        *("ardo", "marsh")
    ]
    sizes = study.table("documents").set_index("doc_id")["n_tokens"]
    assert sizes["one"] - sizes["two"] == len(TITLE.split())


def test_concordance_and_sentences_of_events_have_it(study):
    told = ["doc_id", "sent_id", "node"]
    for found in (lines(study, "shell"), terms.kwic(study.corpus, "shell")):
        assert found[told].to_numpy().tolist() == [["one", 0, "shell"]]
    assert "one" in set(lines(study, entity="marsh").query("sent_id == 0")["doc_id"])
    of_events = sentences(study)
    assert len(of_events) == len(study.table("event_reports"))
    assert of_events["text"].str.startswith("Marsh rebels shell Port Ardo").sum() == 1


@pytest.mark.parametrize(
    "top",
    [
        "Marsh rebels shell Port Ardo on Friday, 'quiet' ends\n\n",
        "MARSH REBELS SHELL  PORT ARDO ON FRIDAY, “QUIET” ENDS\n\n",
        "Share\nMenu\n\nMarsh rebels shell Port Ardo on Friday, 'quiet' ends\n\n",
        "Marsh rebels shell Port Ardo on Friday, 'quiet' ends. ",
    ],
)
def test_a_headline_that_the_text_has_too_counts_once(top):
    rows = _rows(top + BODY, TITLE)
    assert {row["field"] for row in rows["sentences"]} == {"text"}
    words = rows["words"][0]["terms"].lower().split()
    assert words.count("shell") == 1
    if "\n\n" in top:
        assert rows["sentences"] == _rows(top + BODY, TITLE.lower())["sentences"]


@pytest.mark.parametrize("title", ["", " — ", "\u200b", "The streets of Port Ardo were empty in"])
def test_a_cell_without_a_headline_of_its_own_changes_nothing(title):
    rows, plain = _rows(BODY, title), _rows(BODY)
    assert {row["field"] for row in rows["sentences"]} == {"text"}
    assert rows["words"] == plain["words"]


def test_a_headline_alone_is_an_article():
    rows = _rows("", "Marsh rebels shell port.\nTen flee their homes.")
    (row,) = rows["sentences"]
    assert (row["kind"], row["text"]) == ("title", "Marsh rebels shell port. Ten flee their homes.")
    assert rows["documents"][0]["n_tokens"] == 8
    assert rows["documents"][0]["n_chars_raw"] == 0


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=60), st.text(max_size=40))
def test_every_row_lies_in_its_field(text, title):
    fields = {"text": text, "title": title}
    own = _rows(text)["sentences"]
    rows = _rows(text, title)
    for name in article_columns().keys() & rows:
        for row in rows[name]:
            assert "start" not in row or 0 <= row["start"] <= row["end"] <= len(
                fields[row["field"]]
            )
    found = rows["sentences"]
    assert [row["sent_id"] for row in found] == list(range(len(found)))
    spans = [
        [(r["start"], r["end"]) for r in part if r["field"] == "text"] for part in (own, found)
    ]
    assert spans[0] == spans[1]


def test_it_is_corrected_by_a_key_that_names_the_field(study):
    shell, friday = TITLE.index("shell"), TITLE.index("Friday")
    read = study.read(
        f"event_reports,one:title:{shell},date_from,2021-06-03",
        f"dates,one:title:{friday},delete,yes",
        "mentions,one:title:0,delete,yes",
        f"dates,one:{friday},delete,yes",
        "event_reports,one:title:0,delete,yes",
        f"event_reports,one:title:{shell},event_id,alone",
    )
    reports = read("event_reports")
    assert str(reports.query("field == 'title'")["date_from"].iat[0]) == "2021-06-03"
    assert "title" not in set(read("dates")["field"])
    todo = read("warnings")["what_to_do"].str
    assert todo.contains(f"nearest: one:{BODY.index('the early')} or").any()
    assert todo.contains(f"one:title:{shell}").any()
    assert read("corrections")["state"].tolist() == [
        *("applied", "applied", "applied", "no such key", "no such key", "applied")
    ]


def _corrected(text, table, key, column, value):
    row = {"table": table, "key": key, "column": column, "value": value, "state": ""}
    return _rows(text, TITLE, corrections=by_article(pd.DataFrame([row]), {"a"})["a"])


def test_keys_of_before_mean_what_they_meant():
    rows = _corrected(BODY, "mentions", f"a:{BODY.index('Marsh rebels')}", "delete", "yes")
    own = [row["field"] for row in rows["mentions"] if row["entity_id"] == "marsh"]
    assert own == ["title"] and rows["corrections"][0]["state"] == "applied"
    text = f"Marsh rebels shell Port Ardo, quiet ends\n\n{BODY}"
    rows = _corrected(text, "sentences", "a:0", "kind", "furniture")
    assert {row["field"] for row in rows["sentences"]} == {"text"}  # a headline taken out is out
    assert "shell" not in rows["words"][0]["terms"]


def test_a_cell_taken_out_takes_its_words_and_names_along():
    rows = _corrected(BODY, "sentences", "a:title:0", "kind", "furniture")
    first = rows["sentences"][0]
    assert (first["kind"], first["counted"], first["sent_id"]) == ("furniture", False, 0)
    assert "shell" not in rows["words"][0]["terms"]
    assert "title" not in {row["field"] for row in rows["mentions"] + rows["event_reports"]}


def test_keys_and_their_parts():
    for place in (("a", "text", 3), ("a:b", "title", 7), ("a:title", "text", 7)):
        assert read_key(row_key(*place), {"a", "a:b", "a:title"}) == place
    assert read_key("a:title:0", {"a"}) == ("a", "title", 0)
    assert read_key("title:3", {"a"}) == ("title", "text", 3)


def test_the_evidence_shows_it_above_the_text(study, tmp_path):
    from analysis.show.evidence import write_evidence

    study.read()
    settings = {"share_texts": "full", "variants": {}}
    asked = {"articles": ["one"], "terms": ["shell"], "events": ["e0001"]}
    write_evidence(asked, study.table, settings, tmp_path, study.corpus.texts)
    page = (tmp_path / "articles" / f"{anchor('one')}.html").read_text("utf-8")
    assert page.count('id="s0"') == 1
    assert '<p><span class="line title" id="s0">Marsh rebels shell Port Ardo' in page
    assert page.index('id="s0"') < page.index("The streets of Port Ardo")
    words = (tmp_path / "evidence" / "terms.html").read_text("utf-8")
    assert '#s0">' in words and "<mark>shell</mark>" in words
