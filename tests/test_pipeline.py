"""The whole path on the five articles: what must be right in their tables."""

import pandas as pd
import pytest


def _read(built, name):
    return built.read(name)


def test_no_furniture_in_a_body_and_no_body_line_lost(built, seeds):
    sentences = _read(built, "sentences")
    body = sentences[sentences["kind"] == "body"]
    lines = set()
    for row in body.itertuples():
        text = seeds.text(row.doc_id)
        lines.add((row.doc_id, text.count("\n", 0, row.start)))
    assert len(lines) == 78
    shown = " ".join(body["text"]).lower()
    for furniture in ("related articles", "most popular", "open in app", "add a comment",
                      "newspapers in english", "back to top", "previous article"):  # fmt: skip
        assert furniture not in shown


def test_offsets_lead_back_to_the_raw_text(built, seeds):
    for name, column in (("mentions", "surface"), ("dates", "surface")):
        rows = _read(built, name)
        assert len(rows) > 20
        for row in rows.itertuples():
            raw = seeds.text(row.doc_id)[row.start : row.end]
            plain = raw.replace("’", "'").replace("‘", "'").replace("\u00a0", " ")
            assert plain == getattr(row, column).replace("’", "'"), (name, row)


def test_one_actor_in_four_spellings(built):
    mentions = _read(built, "mentions")
    own = mentions[mentions["entity_id"] == "kataib-hezbollah"]
    assert len(own) == 16
    assert own["counted"].sum() == 15
    spellings = _read(built, "spellings")
    assert (spellings["entity_id"] == "kataib-hezbollah").sum() == 4
    entities = _read(built, "entities").set_index("entity_id")
    assert entities.loc["kataib-hezbollah", "n_mentions"] == 15


@pytest.mark.parametrize(
    ("doc", "words", "first", "last"),
    [
        ("head-post-2024-04-22", "launch of five rockets", "2024-04-21", "2024-04-21"),
        ("the-hill-2024-07-31", "Tuesday strike", "2024-07-30", "2024-07-30"),
        ("the-hill-2024-07-31", "carried out an attack", "2024-07-30", "2024-07-30"),
        ("esta-2020-10-11", "suspended rocket attacks", "2020-10-11", "2020-10-11"),
        ("esta-2020-10-11", "suspend attacks", "2020-10-10", "2020-10-10"),
        ("the-national-2024-04-24", "bombing", "2024-04-01", "2024-04-10"),
        ("al-arabiya-2024-02-09", "resume attacks", "2024-02-09", "2024-02-09"),
    ],
)
def test_events_are_dated_from_their_article(built, doc, words, first, last):
    reports = _read(built, "event_reports")
    own = reports[(reports["doc_id"] == doc) & reports["trigger"].str.contains(words)]
    found = {(str(row.date_from), str(row.date_to)) for row in own.itertuples()}
    assert (first, last) in found


def test_the_day_of_copying_dates_nothing(built):
    documents = _read(built, "documents").set_index("doc_id")
    assert documents.loc["head-post-2024-04-22", "date_in_text"] == "2024-05-05"
    dates = _read(built, "dates")
    assert pd.to_datetime(dates["date_from"]).dt.strftime("%Y-%m").ne("2024-05").sum() > 50
    assert "2024-05-05" not in set(dates["date_from"].astype(str))


def test_an_inferred_publication_date_widens_what_rests_on_it(built):
    reports = _read(built, "event_reports")
    title = reports[(reports["doc_id"] == "head-post-2024-04-22") & reports["in_title"]]
    assert {(str(r.date_from), str(r.date_to)) for r in title.itertuples()} == {
        ("2024-04-21", "2024-04-25")
    }


def test_outlets_that_rest_on_one_source_count_once(built):
    events = _read(built, "events")
    assert (events["n_independent_sources"] <= events["n_outlets"]).all()
    assert (events["n_outlets"] > 1).any()


def test_few_articles_give_no_intervals(built):
    keyness = _read(built, "keyness")
    assert (
        len(keyness) > 100 and keyness["p_adjusted"].isna().all() and keyness["ci_low"].isna().all()
    )
    assert keyness["reason"].str.len().gt(0).all()
