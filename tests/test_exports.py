"""Tables in the columns of ACLED and UCDP GED, and TimeML files."""

from datetime import date
from xml.etree import ElementTree
from zipfile import ZipFile

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from analysis.notebook import Study
from analysis.show.exports import TIMEML_COLUMNS, acled_like, timeml, ucdp_like, write_timeml

ACTORS = pd.DataFrame(
    [
        ("front", "Red Valley Front", "ORG", ""),
        ("arvania", "Arvania", "GPE", ""),
        ("port", "Port base", "FAC", "arvania"),
    ],
    columns=["entity_id", "name", "type", "parent"],
)
DOCUMENTS = pd.DataFrame({"doc_id": ["a"], "published": ["2021-01-08"], "title": ["Rockets"]})


def _event(last, event_type="ASSAULT", mode="rocket", happened=True, n=1):
    return {
        **{"event_id": f"e{last}", "event_type": event_type, "mode": mode, "happened": happened},
        **{"date_from": date(2021, 1, 4), "date_to": date.fromisoformat(last), "place": "port"},
        **{"source": "front", "target": "arvania", "outlets": "The Example", "doc_ids": "a"},
        **{"summary": "rockets", "n_incidents_max": n, "n_independent_sources": 1},
        "campaign": False,
    }


DATES = ["2021-01-04", "2021-01-09", "2021-01-10", "2021-01-31", "2021-02-20", "2023-01-01"]


def test_precision_codes_are_the_published_ones():
    events = pd.DataFrame(map(_event, DATES))
    acled = acled_like(events, ACTORS).set_index("event_id_cnty")
    assert acled["time_precision"].tolist() == [1, 2, 2, 3]
    assert acled["event_date"].iat[0] == date(2021, 1, 4)
    assert acled["event_date"].iat[2] == date(2021, 1, 7)
    ucdp = ucdp_like(events, DOCUMENTS, ACTORS)
    assert ucdp["date_prec"].tolist() == [1, 2, 3, 4, 5]
    assert set(ucdp["where_prec"]) == {1} and set(ucdp["event_clarity"]) == {1}
    assert (ucdp["side_a"].iat[0], ucdp["side_b"].iat[0]) == ("Red Valley Front", "Arvania")


def test_types_are_mapped_and_what_the_others_do_not_hold_is_left_out():
    rows = [
        _event("2021-01-04"),
        _event("2021-01-04", mode=""),
        _event("2021-01-04", "RETREAT", "ceasefire"),
        _event("2021-01-04", "CONSULT", ""),
        _event("2021-01-04", happened=False),
    ]
    acled = acled_like(pd.DataFrame(rows), ACTORS)
    assert acled["sub_event_type"].tolist() == [
        "Shelling/artillery/missile attack",
        "",
        "Agreement",
    ]
    assert acled["disorder_type"].tolist()[0] == "Political violence"
    assert set(acled["country"]) == {"Arvania"} and set(acled["geo_precision"]) == {1}
    assert len(ucdp_like(pd.DataFrame(rows), DOCUMENTS, ACTORS)) == 2
    assert acled_like(pd.DataFrame(rows).head(0), ACTORS).empty


SENTENCES = ["The Front fired rockets on Monday & fled.", "“Talks <failed>,” it said.\r"]


def _article(texts):
    start, rows = 2, []
    for number, text in enumerate(texts):
        rows.append({"sent_id": number, "start": start, "end": start + len(text), "text": text})
        start += len(text) + 1
    return pd.DataFrame(rows, columns=["sent_id", "start", "end", "text"]).assign(field="text")


def _tables():
    sentences = _article(SENTENCES)
    monday, fired = 2 + SENTENCES[0].index("Monday"), 2 + SENTENCES[0].index("fired")
    day = {"date_from": date(2021, 1, 4), "date_to": date(2021, 1, 4)}
    times = pd.DataFrame(
        [{"sent_id": 0, "start": monday, "end": monday + 6, "type": "DATE", "mod": ""}]
    ).assign(field="text", value="2021-01-04", **day)
    report = {"sent_id": 0, "start": fired, "end": monday + 6, "trigger": "fired rockets on Monday"}
    report |= {"event_type": "ASSAULT", "status": "denied", "date_basis": "expression"}
    again = report | {"date_basis": "publication date", "status": "happened"}
    return sentences, times, pd.DataFrame([report, again]).assign(field="text", **day)


def _timeml(*tables):
    return timeml("a & b", "2021-01-08", *(list(table.itertuples()) for table in tables))


def test_timeml_stands_at_the_articles_offsets():
    sentences, times, reports = _tables()
    root = ElementTree.fromstring(_timeml(sentences, times, reports))
    text = "".join(root.find("TEXT").itertext())
    for row in sentences.itertuples():
        assert text[row.start : row.end] == row.text.replace("\r", " ")
    assert [t.text for t in root.find("TEXT")] == ["fired", "Monday"]
    assert root.find("DCT/TIMEX3").get("value") == "2021-01-08"
    links = [(k.get("eventInstanceID"), k.get("relatedToTime")) for k in root.iter("TLINK")]
    assert links == [("ei1", "t1"), ("ei2", "t0")]
    assert [i.get("polarity") for i in root.iter("MAKEINSTANCE")] == ["NEG", "POS"]


def test_timeml_has_a_title_cell_apart_with_its_own_offsets():
    sentences, times, reports = _tables()
    shift = {"start": -2, "end": -2}
    title = [
        table.assign(field="title", **{c: table[c] + by for c, by in shift.items()})
        for table in (sentences.head(1), times, reports)
    ]
    both = [pd.concat(pair) for pair in zip((sentences, times, reports), title, strict=True)]
    root = ElementTree.fromstring(_timeml(*both))
    assert "".join(root.find("TITLE").itertext()) == SENTENCES[0]
    assert [mark.get("eid") for mark in root.iter("EVENT")] == ["e1", "e2"]
    assert [mark.get("tid") for mark in root.iter("TIMEX3")] == ["t0", "t1", "t2"]
    alone = ElementTree.fromstring(_timeml(sentences, times, reports))
    assert "".join(root.find("TEXT").itertext()) == "".join(alone.find("TEXT").itertext())


def test_what_may_not_be_shown_is_blank_and_nothing_moves():
    sentences, times, reports = _tables()
    whole = ElementTree.fromstring(_timeml(sentences, times, reports))
    hidden = _timeml(sentences.assign(text=""), times, reports)
    assert "fired" not in hidden and "Talks" not in hidden
    text = ["".join(r.find("TEXT").itertext()) for r in (whole, ElementTree.fromstring(hidden))]
    assert len(text[0]) == len(text[1])


@given(st.lists(st.text(max_size=30), max_size=4))
def test_timeml_is_well_formed_for_any_text(texts):
    sentences, (_, times, reports) = _article(texts), _tables()
    root = ElementTree.fromstring(_timeml(sentences, times.head(0), reports.head(0)))
    length = max([0, *sentences["end"]])
    assert len("".join(root.find("TEXT").itertext())) == length


def test_the_archive_holds_each_articles_own_rows_whatever_their_order(tmp_path):
    tables = dict(zip(TIMEML_COLUMNS, _tables(), strict=True))
    names, ids = ["a", "b", "c"], ["c", "a"]  # b has no rows
    tables = {
        name: pd.concat([table.assign(doc_id=doc_id) for doc_id in ids])
        for name, table in tables.items()
    }
    tables["dates"] = tables["dates"][tables["dates"]["doc_id"] == "a"]
    tables["documents"] = pd.DataFrame({"doc_id": names, "published": "2021-01-08"})
    study = Study("05", tmp_path, tmp_path, {})
    study.table = tables.__getitem__
    assert write_timeml(study) == 3
    with ZipFile(tmp_path / "tables/timeml.zip") as archive:
        found = {name: archive.read(name).decode() for name in archive.namelist()}
    assert list(found) == ["a.tml", "b.tml", "c.tml"]
    assert [text.count("<TIMEX3") for text in found.values()] == [2, 1, 1]  # with that of the day
    assert [text.count("<EVENT") for text in found.values()] == [1, 0, 1]
