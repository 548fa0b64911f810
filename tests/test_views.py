"""Tables turned for charts."""

import pandas as pd

from analysis import views


def test_initialisms_are_no_function_words():
    table = pd.DataFrame({"term": ["the", "us", "US", "truce", "2,500", "17"]})
    assert views.without_stopwords(table, "en")["term"].tolist() == ["US", "truce", "2,500"]


def test_an_outlet_could_report_until_its_last_possible_day():
    documents = pd.DataFrame(
        {
            **{
                "doc_id": ["a", "b"],
                "outlet": ["Early", "Late"],
                "published_to": ["", "2021-05-09"],
            },
            **{"published": ["2021-05-01", "2021-05-01"], "n_tokens": [10, 10]},
        }
    )
    day = pd.Timestamp("2021-05-05").date()
    event = {"event_id": "e1", "studied": True, "date_from": day, "date_to": day, "summary": "raid"}
    events = pd.DataFrame([event | {"n_outlets": 0, "n_reports": 0, "happened": True}])
    reports = pd.DataFrame(columns=["event_id", "doc_id", "date_from", "date_to"])
    (row,) = views.event_matrix(events, reports, documents, 5).to_dict("records")
    assert row == {"Early": "published earlier", "Late": "–"}
