"""Codings by hand beside the program's reports, and published reference data."""

import re
from argparse import Namespace

import numpy as np
import pandas as pd
import pytest

from analysis.__main__ import COMMANDS
from analysis.corpus.side_files import CODING_COLUMNS, in_sentences, read_codings, read_reference
from analysis.corpus.start import start_corpus
from analysis.show import sentences
from analysis.timeline import agreement
from analysis.timeline.reference import published

TEXT = "Arvania shelled the port on Monday.  Belmar\nrejected talks. The Front declared a truce."
TITLE = "Arvania’s shells hit port"


def _mention(coder, start, event_type, direction, first=None, sent_id=0, quote="x"):
    row = {"doc_id": "a", "sent_id": sent_id, "start": start, "end": start + 5, "quote": quote}
    row |= {"coder": coder, "coder_kind": "model", "event_type": event_type}
    day = pd.Timestamp(first).date() if first else None
    row |= {"direction": direction, "date_from": day, "date_to": day}
    return row | {"status": "happened", "attribution": "none"}


def test_mentions_are_matched_within_a_sentence_and_counted():
    mentioned = pd.DataFrame(
        [
            _mention("program", 0, "ASSAULT", "escalation", "2021-01-04"),
            _mention("program", 30, "REJECT", "other"),
            _mention("program", 60, "RETREAT", "pause", sent_id=1),
            _mention("ana", 1, "ASSAULT", "escalation", "2021-01-05"),
            _mention("ana", 31, "ACCUSE", "other"),
            _mention("ana", 90, "RETREAT", "pause", sent_id=2),
        ]
    )
    matched = agreement.match(mentioned, "program", "ana")
    scored = agreement.scores(matched)
    assert (scored["pairs"], scored["n_a"], scored["n_b"]) == (2, 3, 3)
    assert (scored["same_type"], scored["same_direction"]) == (0.5, 1.0)
    assert (scored["dated_by_both"], scored["same_dates"], scored["dates_meet"]) == (1, 0, 0)
    differing = agreement.disagreements(matched)["differs_in"].tolist()
    assert sorted(differing) == ["date", "event_type", "only a", "only b"]


def test_other_words_and_another_direction_are_no_pair():
    mentioned = pd.DataFrame(
        [_mention("program", 0, "ASSAULT", "escalation"), _mention("ana", 40, "RETREAT", "pause")]
    )
    assert agreement.scores(agreement.match(mentioned, "program", "ana"))["pairs"] == 0


def test_alpha_is_krippendorffs():
    # Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", example A: binary, two
    # coders, ten units, no missing data: 0.095; example C, nominal, four coders: 0.743.
    first, second = "0100000010", "1110010000"
    assert agreement.alpha([list(first), list(second)]) == pytest.approx(0.095, abs=5e-4)
    rows = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
        [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
    ]
    assert agreement.alpha(rows) == pytest.approx(0.743, abs=5e-4)
    assert np.isnan(agreement.alpha([["a"], ["a"]])) and np.isnan(agreement.alpha([[], []]))


def test_the_programs_figures_stand_apart_for_inferred_dates():
    one = [_mention(c, 0, "ASSAULT", "escalation") for c in ("program", "ana")]
    other = [row | {"doc_id": "b"} for row in one]
    table = agreement.score_table(pd.DataFrame([*one, *other]), {"b"})
    parts = ["all", "publication date given", "publication date inferred"]
    assert table["articles"].tolist() == parts
    assert table["pairs"].tolist() == [2, 1, 1]


def test_no_codings_are_said_and_not_an_error():
    none = pd.DataFrame(columns=[*CODING_COLUMNS, "sent_id", "start", "end"])
    reports = pd.DataFrame([_mention("program", 0, "ASSAULT", "escalation") | {"trigger": "x"}])
    mentioned = agreement.mentions(reports, none)
    assert agreement.score_table(mentioned, set()).empty
    assert agreement.as_table(pd.DataFrame()).empty
    assert agreement.all_disagreements(mentioned).empty
    assert "no codings" in sentences.who_coded(none)


def test_codings_by_models_are_consistency_not_reliability():
    models = pd.DataFrame({"coder": ["a", "b"], "coder_kind": ["model", "model"]})
    people = models.assign(coder_kind="human")
    assert "No human validation yet" in sentences.who_coded(models)
    assert agreement.kind_of_agreement(models) == "consistency"
    assert (agreement.kind_of_agreement(people), sentences.who_coded(people)) == ("reliability", "")


def _write(folder, name, header, *rows):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([",".join(header), *rows]) + "\n", "utf-8")


def test_codings_are_placed_by_their_quote_and_faults_are_named(tmp_path):
    _write(
        tmp_path,
        "coding/events.csv",
        CODING_COLUMNS,
        "a,Belmar rejected talks,REJECT,,2021-01-04,2021-01-04,Belmar,,happened,none,ana,human",
        "a,declared a truce,YIELD,,,,Front,,happened,none,ana,human",
        "a,no such words,REJECT,,,,,,happened,none,ana,human",
        "b,declared a truce,REJECT,,,,,,happened,none,ana,human",
        "a,declared a truce,TRUCE,,,,,,happened,none,ana,human",
        "a,declared a truce,RETREAT,,,,,,happened,none,ana,robot",
        "a,declared a truce,RETREAT,,4.1.2021,,,,happened,none,ana,human",
        "a,shells hit port,ASSAULT,,,,,,happened,none,ana,human",
    )
    codings, notes = read_codings(tmp_path, {"a": TEXT}, {"a": TITLE})
    texts = {"text": TEXT, "title": TITLE}
    assert [texts[r.field][r.start : r.end] for r in codings.itertuples()] == [
        *("Belmar\nrejected talks", "declared a truce", "shells hit port")
    ]
    assert codings["event_type"].tolist() == ["REJECT", "RETREAT", "ASSAULT"]
    assert codings["direction"].tolist() == ["other", "pause", "escalation"]
    assert [re.search(r"row (\d+)", n.where)[1] for n in notes] == ["4", "5", "6", "7", "8"]
    starts = [0, 0, TEXT.index("Belmar"), TEXT.index("The Front")]
    sentences = pd.DataFrame({"doc_id": "a", "sent_id": range(4), "start": starts})
    sentences["field"] = ["title", *["text"] * 3]
    sentences["kind"] = ["title", *["body"] * 3]
    assert in_sentences(codings, sentences)["sent_id"].tolist() == [2, 3, 0]
    repeated = sentences[1:].assign(kind=["body", "title", "body"])  # the text has the headline
    assert in_sentences(codings, repeated)["sent_id"].tolist() == [2, 3, 2]


def test_only_verified_reference_rows_are_drawn_and_faults_are_named(tmp_path):
    header = ("date", "value", "text", "source", "url", "status", "note")
    _write(
        tmp_path,
        "reference/counts.csv",
        header,
        "2021-01-05,7,,Agency,https://example.org,verified,",
        "2021-01-02,3,,Agency,https://example.org,verified,",
        "2021-01-09,9,,Agency,,unverified,",
        "2021-01-07,,a truce,Agency,https://example.org,verified,",
        "soon,9,,Agency,,unverified,",
        "2021-01-10,9,,Agency,,verified,",
        "2021-01-11,9,,Agency,,maybe,",
    )
    reference, notes = read_reference(tmp_path)
    counts, dated = published(reference)
    assert counts["value"].tolist() == [3, 7, 9] and dated["mark"].tolist() == ["a"]
    assert [re.search(r"row (\d+)", n.where)[1] for n in notes] == ["6", "7", "8"]
    assert read_reference(tmp_path / "nowhere")[0].empty


def test_check_lists_the_faults_of_side_files_too(tmp_path, capsys):
    folder = tmp_path / "corpus"
    start_corpus(folder)
    _write(folder, "coding/events.csv", CODING_COLUMNS, "x,no,ASALT,,,,,,happened,none,ana,human")
    _write(folder, "reference/counts.csv", ("when", "value"), "2021-01-05,7")
    assert COMMANDS["check"](Namespace(corpus=str(folder))) == 0
    shown = capsys.readouterr().out
    assert "coding/events.csv, row 2: no article 'x'" in shown
    assert "reference/counts.csv: no column date, status; there are: when, value" in shown
    assert "2 to look at, none stops the report" in shown
