"""From numbers to sentences: addresses, marks of figures, pages; what is shown under each rule."""

import re
from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.base import addresses as links
from analysis.base.rights import PART, PASSAGE, SNIPPET, share, shown_places
from analysis.show.evidence import MOST_SENTENCES, write_evidence
from analysis.show.latex import plain, write_latex
from analysis.show.marks import figure_targets, marks_on

HARM = "<script>alert(1)</script>"


@given(st.text(), st.text())
def test_anchors_are_plain_and_differ_on_systems_without_case(one, other):
    assert re.fullmatch(r"[a-z0-9-]+", links.anchor(one))
    if one != other:
        assert links.anchor(one) != links.anchor(other)


def test_rows_lead_to_their_evidence():
    row = {"term": "truce", "doc_id": "a-1", "sent_id": 4, "entity": "Karsa", "event_id": None}
    found = links.row_targets(row, {"Karsa": "karsa"})
    assert found["term"].address == "../evidence/terms.html#truce"
    assert found["doc_id"].address == "../articles/a-1.html#s4"
    assert found["entity"].key == "karsa"
    assert "event_id" not in found


def test_a_row_of_a_figure_is_a_mark_from_its_label_to_the_end_of_the_axes():
    from analysis.show.figures import bars

    frame = pd.DataFrame({"term": ["truce", "port"], "n": [2, 1]})
    figure = bars(frame, "term", "n", "occurrences")
    figure.draw_without_rendering()
    targets = figure_targets(frame, {})
    truce, port = sorted(marks_on(figure, targets), key=lambda mark: mark.box[1])
    assert (truce.label, port.label) == ("truce", "port")
    left, top, width, height = truce.box
    assert left + width > 90
    assert top + height == pytest.approx(port.box[1], abs=0.5)


# --- pages --------------------------------------------------------------------------------------


TITLE, LEFT, FURNITURE = f"Karsa truce {HARM}", "The army left Karsa.", "Share this"
MAYOR = "The mayor saw nothing of it, said the baker to everybody who came in for bread."
TEXT = f"{TITLE}\n{MAYOR} {LEFT}\n{FURNITURE}"


@pytest.fixture
def tables():
    sentence = {"doc_id": "d1", "counted": True, "kind": "body", "reason": "", "field": "text"}
    spans = [(TEXT.index(s), TEXT.index(s) + len(s)) for s in (TITLE, MAYOR, LEFT, FURNITURE)]
    sentences = pd.DataFrame(
        [sentence | {"sent_id": i, "start": a, "end": b, "text": TEXT[a:b]}
         for i, (a, b) in enumerate(spans)]
    )  # fmt: skip
    sentences.loc[0, "kind"] = "title"
    sentences.loc[3, ["kind", "counted"]] = ["furniture", False]
    left = TEXT.index("left")
    report = {"doc_id": "d1", "sent_id": 2, "start": left, "end": left + 4, "event_id": "e1",
              "trigger": "left", "status": "happened", "date_basis": "expression",
              "date_from": date(2021, 5, 2), "dyad": ""}  # fmt: skip
    event = {"event_id": "e1", "summary": "army: left", "event_type": "RETREAT",
             "direction": "pause", "date_from": date(2021, 5, 2), "date_to": date(2021, 5, 3),
             "campaign": False}  # fmt: skip
    mention = {"doc_id": "d1", "sent_id": 0, "entity_id": "k", "surface": "Karsa", "counted": True}
    document = {"doc_id": "d1", "outlet": HARM, "published": "2021-05-04", "title": HARM,
                "published_basis": "given", "n_tokens": 12, "url": "javascript:alert(2)",
                "language": "en"}  # fmt: skip
    quotation = ["doc_id", "sent_id", "text", "speaker", "verb"]
    return {
        "sentences": sentences,
        "event_reports": pd.DataFrame([report]),
        "events": pd.DataFrame([event]),
        "mentions": pd.DataFrame([mention]),
        "documents": pd.DataFrame([document]),
        "quotations": pd.DataFrame(columns=quotation),
        "actors": pd.DataFrame({"entity_id": ["k"], "name": ["Karsa"]}),
    }


def _write(tables, out, rule="full"):
    shown = shown_places(*(tables[name] for name in ("sentences", "event_reports", "quotations")))
    settings = {"share_texts": rule, "variants": {}}
    asked = {
        "events": ["e1", "gone"],
        "months": ["2021-05"],
        "terms": ["karsa"],
        "entities": ["k"],
        "outlets": [HARM],
    }
    write_evidence(
        asked, lambda name: share(name, tables[name], rule, shown), settings, out, {"d1": TEXT}
    )
    return {path.stem: path.read_text("utf-8") for path in out.rglob("*.html")}


def test_every_way_leads_to_a_sentence_that_is_there(tables, tmp_path):
    pages = _write(tables, tmp_path)
    for kind, sentence in (
        ("events", 2),
        ("months", 2),
        ("entities", 0),
        ("terms", 0),
        ("terms", 2),
    ):
        assert f"../articles/d1.html#s{sentence}" in pages[kind]
    for sentence in range(4):
        assert f'id="s{sentence}"' in pages["d1"]
    assert "The army <mark>left</mark> Karsa." in pages["events"]
    assert "line furniture uncounted" in pages["d1"]


def test_of_many_sentences_some_are_shown_outlets_in_turn_from_few_articles(tables, tmp_path):
    ids = [f"a{n:02d}" for n in range(40)]
    outlets = ["Gazette" if n < 30 else "Courier" for n in range(40)]
    tables["documents"] = pd.concat([tables["documents"]] * 40).assign(doc_id=ids, outlet=outlets)
    for name in ("sentences", "mentions"):
        copies = [tables[name].assign(doc_id=doc_id) for doc_id in ids]
        tables[name] = pd.concat(copies, ignore_index=True)
    for name in ("event_reports", "events"):
        tables[name] = tables[name].head(0)
    places = ("sentences", "event_reports", "quotations")
    shown = shown_places(*(tables[name] for name in places))
    write_evidence(
        {"entities": ["k"], "articles": ["a29"]},
        lambda name: share(name, tables[name], "full", shown),
        {"share_texts": "full", "variants": {}},
        tmp_path,
        dict.fromkeys(ids, TEXT),
    )
    page = (tmp_path / "evidence/entities.html").read_text("utf-8")
    cited = re.findall(r"articles/(a\d+)\.html", page)
    assert cited[:5] == ["a29", "a30", "a00", "a31", "a01"] and len(cited) == MOST_SENTENCES
    assert f"{MOST_SENTENCES} of 40; all places" in page
    assert {path.stem for path in (tmp_path / "articles").iterdir()} == set(cited)


def test_nothing_of_an_article_is_markup(tables, tmp_path):
    for page in _write(tables, tmp_path).values():
        assert "<script>alert" not in page
        assert "javascript:" not in page


@pytest.mark.parametrize("rule", ["snippets", "none"])
def test_texts_are_shown_as_far_as_the_rule_allows(tables, tmp_path, rule):
    pages = _write(tables, tmp_path, rule)
    assert not any("The mayor saw nothing" in page for page in pages.values())
    assert any("Karsa." in page for page in pages.values()) == (rule == "snippets")
    assert f"share_texts: {rule}" in pages["d1"]


def test_snippets_are_short_and_at_most_a_quarter_of_each_article():
    spans = [(100 * i, 100 * i + (90 if i % 2 else 60)) for i in range(40)]
    long = [(0, 2 * SNIPPET), (2 * SNIPPET, 20 * SNIPPET)]
    places = [("a", *span) for span in spans] + [("b", *span) for span in long]
    sentences = pd.DataFrame(places, columns=["doc_id", "start", "end"])
    sentences = sentences.assign(sent_id=sentences.groupby("doc_id").cumcount(), kind="body")
    sentences["text"] = [("word " * 2000)[: b - a] for _, a, b in places]
    reports = pd.concat([sentences[:-1], sentences[10:11]])  # the long rest of b carries nothing
    reports = reports.drop(columns="kind").assign(event_id="e1", date_from=None, dyad="")
    quotations = sentences[sentences["doc_id"] == "a"]
    places = shown_places(sentences, reports, quotations)

    shown = share("sentences", sentences, "snippets", places)
    size = shown["text"].str.len().groupby(shown["doc_id"]).sum()
    whole = (sentences["end"] - sentences["start"]).groupby(sentences["doc_id"]).sum()
    assert 0.2 * whole["a"] < size["a"] <= PART * whole["a"]
    assert 0 < size["b"] <= SNIPPET + 2
    assert shown["text"][10]  # most rests on it

    quoted = share("quotations", quotations, "snippets", places)
    assert list(quoted["text"]) == list(shown["text"][:40])
    nothing = shown_places(sentences, reports[:0], pd.DataFrame(columns=["doc_id", "sent_id"]))
    assert set(share("sentences", sentences, "snippets", nothing)["text"]) == {""}
    passage = pd.DataFrame({"passage": ["word " * 100]})
    assert len(share("reuse", passage, "snippets", places)["passage"][0]) <= PASSAGE + 2


# --- LaTeX --------------------------------------------------------------------------------------


def test_latex_tables_take_cells_literally(tmp_path):
    frame = pd.DataFrame({"a_b": [r"50 % \input{x} $y$ & #1"], "n": [1.5]})
    write_latex(frame, tmp_path / "t.tex", "t", "100 % of it")
    text = (tmp_path / "t.tex").read_text("utf-8")
    assert r"50 \% \textbackslash{}input\{x\} \$y\$ \& \#1 & 1.5 \\" in text
    assert r"\toprule" in text
    assert r"a\_b & n \\" in text


@given(st.text(alphabet="\\{}%$&#_^~ab"))
def test_latex_has_no_command_of_the_text(text):
    for command in re.findall(r"\\([a-z]+)", plain(text)):
        assert command.startswith("text")
