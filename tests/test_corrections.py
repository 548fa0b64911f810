"""Corrections by hand: what they change, what they leave, and what is said of those that fail."""

import csv

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.article.ledger import Correction
from analysis.article.reading import Article, Settings, annotate
from analysis.corpus.reading import read_corpus
from analysis.tables.beside import read_beside
from analysis.tables.build import build, correction_notes
from analysis.tables.corrections import FILE, GIVEN, correct_merges, read_corrections

FIRST = """Northern militia attacks Karst base

The Northern Militia attacked the Karst base on 3 May 2022, the army of Ostland said. \
Two soldiers of Ostland were wounded in the attack, which lasted for several hours.

Ostland bombed a depot of the Northern Militia on 5 May 2022. The depot was destroyed, and the \
minister of defence said that the army would answer every attack in the same way.

Subscribe to our newsletter
"""
SECOND = """Ostland strikes back after base attack

The Northern Militia attacked the Karst base on 3 May 2022, and Ostland promised an answer. \
On 5 May 2022 Ostland bombed a depot of the Northern Militia, according to a witness there.

The government of Ostland held talks with its neighbours on 6 May 2022 in the capital.
"""
ACTORS = """entity_id,name,type,aliases,side,parent
ostland,Ostland,GPE,,a,
militia,Northern Militia,ORG,,b,
karst,Karst base,FAC,,,ostland
"""
ARTICLES = """doc_id,file,outlet,published,title
one,texts/one.txt,Courier,2022-05-06,Northern militia attacks Karst base
two,texts/two.txt,Herald,2022-05-07,Ostland strikes back after base attack
"""
SETTINGS = """title: Two articles
world: false
dyads:
  - {id: m-o, name: Militia and Ostland, source: [b], target: [a]}
covered:
  - [2022-04-01, 2022-05-10]
"""


class Study:
    """A small corpus folder whose corrections can be written and whose tables can be read."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "corpus" / "texts").mkdir(parents=True)
        (folder / "corpus" / "coding").mkdir()
        for name, text in (
            ("texts/one.txt", FIRST),
            ("texts/two.txt", SECOND),
            ("actors.csv", ACTORS),
            ("articles.csv", ARTICLES),
            ("corpus.yml", SETTINGS),
        ):
            (folder / "corpus" / name).write_text(text, "utf-8")

    def tables(self, *rows):
        with (self.folder / "corpus" / FILE).open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(GIVEN)
            writer.writerows([*row, "misread", "ab", "2024-05-01"] for row in rows)
        return build(read_corpus(self.folder / "corpus"), self.folder / "cache").read


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return Study(tmp_path_factory.mktemp("study"))


@pytest.fixture(scope="module")
def machine(study):
    return study.tables()


@pytest.fixture(scope="module")
def several(study):
    """The tables after corrections of things that do not touch each other."""
    return study.tables(
        ("sentences", _key("one", "Ostland bombed"), "kind", "furniture"),
        ("blocks", _key("one", "Subscribe"), "kind", "body"),
        ("mentions", _key("two", "Northern Militia attacked"), "entity_id", "ostland"),
        ("mentions", _key("two", "Karst base"), "delete", "TRUE"),
        ("dates", _key("two", "6 May 2022"), "value", "2022-05-09"),
        ("articles", "one", "published", "2022-05-10"),
    )


def _key(doc, words, text=None):
    text = text or {"one": FIRST, "two": SECOND}[doc]
    return f"{doc}:{text.index(words)}"


def _at(frame, key):
    doc, start = key.split(":")
    return frame[(frame["doc_id"] == doc) & (frame["start"] == int(start))]


def _report(read, doc, words):
    reports = read("event_reports")
    own = reports[(reports["doc_id"] == doc) & reports["trigger"].str.contains(words)]
    return own.iloc[0], f"{doc}:{own['start'].iat[0]}"


def test_the_study_itself(machine):
    assert len(machine("corrections")) == 0
    assert list(machine("corrections").columns) == [
        *("table", "key", "column", "value", "machine_value", "reason", "coder", "date", "state")
    ]
    first, second = _report(machine, "one", "bombed")[0], _report(machine, "two", "bombed")[0]
    assert first["event_id"] == second["event_id"]
    assert str(first["date_from"]) == "2022-05-05"


def test_what_is_corrected_is_listed_beside_what_the_machine_had(several):
    assert several("corrections")["machine_value"].tolist() == [
        *("body", "furniture", "militia", "Karst base: karst", "2022-05-06", "")
    ]
    assert several("corrections")["state"].tolist() == ["applied"] * 5 + ["no such table"]


def test_a_sentence_taken_out_takes_its_words_names_and_events_along(several, machine):
    key, read = _key("one", "Ostland bombed"), several
    row = _at(read("sentences"), key).iloc[0]
    assert row["kind"] == "furniture" and not row["counted"]
    assert "corrected; the machine: body" in row["reason"]
    assert (_at(read("sentences"), _key("one", "The depot was"))["kind"] == "body").all()
    assert _at(read("mentions"), key).empty and len(_at(machine("mentions"), key))
    terms = read("term_counts")
    assert "bombed" not in set(terms.loc[terms["doc_id"] == "one", "term"])
    reports = read("event_reports")
    assert not ((reports["doc_id"] == "one") & reports["trigger"].str.contains("bombed")).any()
    listed = read("corrections").iloc[0]
    assert (listed["machine_value"], listed["value"]) == ("body", "furniture")
    assert (listed["state"], listed["reason"], listed["coder"]) == ("applied", "misread", "ab")


def test_furniture_made_body_is_read(several, machine):
    key = _key("one", "Subscribe")
    assert (_at(machine("sentences"), key)["kind"] == "furniture").all()
    assert (_at(several("sentences"), key)["kind"] == "body").all()
    assert "newsletter" in set(several("term_counts")["term"])


def test_a_block_is_corrected_as_a_whole(study):
    key = _key("one", "Ostland bombed")
    read = study.tables(("blocks", key, "kind", "caption"))
    for words in ("Ostland bombed", "The depot was"):
        assert (_at(read("sentences"), _key("one", words))["kind"] == "caption").all()


def test_an_entity_reaches_the_events(several, machine):
    key = _key("two", "Northern Militia attacked")
    assert (_at(machine("mentions"), key)["entity_id"] == "militia").all()
    row = _at(several("mentions"), key).iloc[0]
    assert (row["entity"], row["type"], row["method"]) == ("Ostland", "GPE", "corrected")
    assert _report(several, "two", "attacked")[0]["source"] == "ostland"


def test_a_mention_is_deleted(several, machine):
    key = _key("two", "Karst base")
    assert _at(several("mentions"), key).empty
    before, after = (r("entities").set_index("entity_id")["n_mentions"] for r in (machine, several))
    assert after["karst"] == before["karst"] - 1


def test_a_date_reaches_its_report(several):
    row = _at(several("dates"), _key("two", "6 May 2022")).iloc[0]
    assert (row["value"], str(row["date_from"])) == ("2022-05-09", "2022-05-09")
    assert str(_report(several, "two", "talks")[0]["date_from"]) == "2022-05-09"


def test_the_date_of_an_event_reaches_events_and_phases(study, machine):
    keys = [_report(machine, doc, "attacked")[1] for doc in ("one", "two")]
    day = "2022-04-28"
    changes = {"date_from": day, "date_to": day, "n_incidents_min": "3", "n_incidents_max": "3"}
    read = study.tables(
        *(("event_reports", key, *item) for key in keys for item in changes.items())
    )
    report = _report(read, "one", "attacked")[0]
    assert report["date_basis"] == "corrected"
    event = read("events").set_index("event_id").loc[report["event_id"]]
    assert str(event["date_from"]) == str(event["date_to"]) == day
    assert event["n_incidents_min"] == 3
    assert machine("phases").empty
    assert day in set(read("phases")["date_from"].astype(str))
    assert read("corrections")["machine_value"].tolist() == ["2022-05-03"] * 2 + ["1"] * 2 + [
        *("2022-05-03", "2022-05-03", "1", "1")
    ]


def test_a_type_brings_direction_and_weight_along(study, machine):
    _, key = _report(machine, "one", "attacked")
    read = study.tables(("event_reports", key, "event_type", "retreat"))
    report = _report(read, "one", "attacked")[0]
    assert (report["event_type"], report["direction"], report["goldstein"]) == (
        *("RETREAT", "pause", 7.0),
    )


def test_a_false_event_is_deleted_and_the_others_keep_their_ids(study, machine):
    report, key = _report(machine, "one", "bombed")
    read = study.tables(("event_reports", key, "delete", "yes"))
    before, after = (set(r("event_reports")["report_id"]) for r in (machine, read))
    assert before - after == {report["report_id"]}
    assert "ASSAULT" in read("corrections")["machine_value"].iat[0]


def test_merges_are_split_and_made(study, machine):
    split, key = _report(machine, "two", "bombed")
    talks, talks_key = _report(machine, "two", "talks")
    attack, attack_key = _report(machine, "two", "attacked")
    for value in (attack_key, "the same", attack["event_id"]):
        rows = [("event_reports", key, "event_id", "alone")]
        rows.append(("event_reports", talks_key, "event_id", value))
        if value == "the same":
            rows.append(("event_reports", attack_key, "event_id", value))
        read = study.tables(*rows)
        talks, attack = _report(read, "two", "talks")[0], _report(read, "two", "attacked")[0]
        assert talks["event_id"] == attack["event_id"]
        event = read("events").set_index("event_id").loc[talks["event_id"]]
        assert event["date_from"] <= event["date_to"]
        assert (read("corrections")["state"] == "applied").all()
        assert read("corrections")["machine_value"].iat[0] == split["event_id"]
        one, two = _report(read, "one", "bombed")[0], _report(read, "two", "bombed")[0]
        assert one["event_id"] == split["event_id"] != two["event_id"]
        assert two["merged_because"] == "corrected"


def test_bad_rows_say_what_to_do(study, machine):
    key = _key("one", "Ostland bombed")
    _, event = _report(machine, "one", "attacked")
    read = study.tables(
        ("sentence", key, "kind", "body"),
        ("sentences", key, "sort", "body"),
        ("sentences", key, "kind", "bodyy"),
        ("sentences", "one:3", "kind", "body"),
        ("sentences", "ones:3", "kind", "body"),
        ("sentences", "one", "kind", "body"),
        ("mentions", key, "entity_id", "nobody"),
        ("dates", _key("one", "3 May"), "date_from", "3.5.2022"),
        ("events", "e0001", "date_from", "2022-05-03"),
        ("event_reports", event, "date_from", "2022-05-30"),
        ("sentences", key, "kind", "body"),
        ("event_reports", "one:1", "event_id", "alone"),
    )
    assert read("corrections")["state"].tolist() == [
        *("no such table", "no such column", "not allowed", "no such key", "no such key"),
        *("no such key", "not allowed", "not allowed", "no such table", "not allowed"),
        *("unchanged", "no such key"),
    ]
    warnings = read("warnings").set_index("where")["what_to_do"]
    warnings = warnings[warnings.index.str.startswith(FILE)]
    assert len(warnings) == 11
    for row, column, todo in (
        (2, "table", "did you mean sentences?"),
        (3, "column", "kind, counted"),
        (4, "value", "furniture"),
        (5, "key", "nearest: one:0"),
        (6, "key", "did you mean one?"),
        (7, "key", "doc_id:start"),
        (8, "value", "militia"),
        (9, "value", "2024-07-31"),
        (10, "table", "event_reports"),
        (11, "value", "date_from and date_to"),
    ):
        assert todo in warnings[f"{FILE}, row {row}, column {column}"]
    assert read("event_reports").equals(machine("event_reports"))
    # and `check` says the same, row by row, without building tables
    corpus = read_corpus(study.folder / "corpus")
    beside, wrong = read_beside(corpus)
    checked = [*wrong, *correction_notes(corpus, beside.corrections)]
    assert {note.where: note.todo for note in checked} == warnings.to_dict()


def test_of_hundreds_of_actors_the_nearest_are_named(tmp_path):
    (tmp_path / "coding").mkdir()
    rows = "".join(f"mentions,a:{n},entity_id,{name}\n" for n, name in enumerate(("ferri", "?")))
    (tmp_path / FILE).write_text(f"table,key,column,value\n{rows}")
    _, notes = read_corrections(tmp_path, ["ferry", *(f"pier-{n}" for n in range(600))])
    assert notes[0].todo == "did you mean ferry?"
    assert notes[1].todo.startswith("one of: ferry, pier-0") and len(notes[1].todo) < 250


def test_the_last_row_for_a_cell_counts(study):
    key = _key("one", "Ostland bombed")
    read = study.tables(
        ("sentences", key, "kind", "furniture"), ("sentences", key, "kind", "caption")
    )
    assert read("corrections")["state"].tolist() == ["superseded", "applied"]
    assert (_at(read("sentences"), key)["kind"] == "caption").all()


def test_a_file_that_a_spreadsheet_saved(tmp_path):
    (tmp_path / "coding").mkdir()
    text = "\ufefftable;key;column;value\nevent_reports;é:5;place;'+ Köln\n"
    (tmp_path / FILE).write_bytes(text.encode("utf-8"))
    frame, notes = read_corrections(tmp_path)
    assert not notes
    assert frame[["key", "value", "coder"]].iloc[0].tolist() == ["é:5", "+ Köln", ""]
    (tmp_path / FILE).write_text("table,key\nsentences,a:1\n")
    frame, (note,) = read_corrections(tmp_path)
    assert frame.empty and "no column column, value" in note.what


def test_only_the_corrected_article_is_read_again(study, machine, monkeypatch):
    import analysis.tables.build

    seen = []
    real = analysis.tables.build.annotate
    monkeypatch.setattr(
        analysis.tables.build, "annotate", lambda a, s: seen.append(a.doc_id) or real(a, s)
    )
    study.tables(("dates", _key("two", "6 May 2022"), "value", "2022-05-04"))
    assert seen == ["two"]


def test_offsets_are_those_of_the_raw_text(tmp_path):
    text = "\u00ad" * 7 + SECOND
    start = text.index("6 May 2022")
    correction = Correction("dates", start, "delete", "yes")
    rows = annotate(
        Article("two", text, "2022-05-07", corrections=(correction,)),
        Settings(pd.DataFrame(columns=["entity_id", "name", "type", "aliases", "side", "parent"])),
    )  # fmt: skip
    assert rows["corrections"][0]["state"] == "applied"
    assert all(row["start"] != start for row in rows["dates"])


VALUES = ["alone", "x", "y", *(f"d:{i}" for i in range(7))]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 4), min_size=6, max_size=6),
    st.lists(
        st.tuples(st.integers(0, 7), st.sampled_from(VALUES)),
        max_size=6,
        unique_by=lambda pair: pair[0],
    ),
)  # fmt: skip
def test_merges_never_lose_a_report(groups, wanted):
    reports = pd.DataFrame({
        "doc_id": "d", "field": "text", "start": range(6), "merged_because": "",
        "event_id": [f"e{group:04d}" for group in groups],
    })  # fmt: skip
    frame = pd.DataFrame(
        [("event_reports", f"d:{i}", "event_id", value, "") for i, value in wanted],
        columns=["table", "key", "column", "value", "state"],
    )
    corrected, outcomes = correct_merges(reports, frame)
    assert len(outcomes) == len(wanted)
    events = corrected["event_id"].tolist()
    touched = {i for i, _ in wanted}
    assert all(events[i] == reports["event_id"][i] for i in range(6) if i not in touched)
    for i, value in wanted:
        if i < 6 and value == "alone" and not any(v == f"d:{i}" for _, v in wanted):
            assert events.count(events[i]) == 1
        for j, other in wanted:
            if i < 6 and j < 6 and value == other and value in ("x", "y"):
                assert events[i] == events[j]
