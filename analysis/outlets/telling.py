"""Who tells of which event: one episode side by side, and events by outlets."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis.base.memory import AT_ONCE
from analysis.base.messages import days


def same_episode(
    documents: pd.DataFrame, reports: pd.DataFrame, events: pd.DataFrame, apart: int
) -> pd.DataFrame:
    """Dated events told by articles of different outlets published at most `apart` days apart.

    One row an event of the best-matched pair of articles: what it is, and the words of each.
    """
    pair = _closest_pair(documents, reports, apart)
    if not pair:
        return pd.DataFrame(columns=["event_id", "event"])
    names = documents.set_index("doc_id")["outlet"]
    reports = reports[reports["doc_id"].isin(pair)]
    if reports.empty:
        return pd.DataFrame(columns=["event_id", "event"])
    words = reports.groupby(["event_id", "doc_id"])["trigger"].agg(" · ".join).unstack("doc_id")
    table = words.reindex(columns=list(pair)).fillna("–").rename(columns=names).reset_index()
    table = table.merge(events[["event_id", "event_type", "date_from", "summary"]], on="event_id")
    table = table.dropna(subset=["date_from"])
    table["told_by_both"] = (table[[names[doc] for doc in pair]] != "–").all(axis=1)
    order = ["told_by_both", "date_from", "event_id"]
    table = table.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return table[["event_id", "event_type", "date_from", *(names[doc] for doc in pair)]]


def _closest_pair(documents: pd.DataFrame, reports: pd.DataFrame, apart: int) -> tuple[str, ...]:
    """The two articles of different outlets, at most `apart` days apart, that share most events."""
    documents = documents[documents["published"] != ""]
    day = pd.to_datetime(documents["published"]).to_numpy("datetime64[D]")
    place = np.argsort(day, kind="stable")
    until = np.searchsorted(day[place], day[place] + apart, "right")
    outlet = pd.factorize(documents["outlet"])[0][place]
    holding = reports.loc[reports["doc_id"].isin(documents["doc_id"]), ["doc_id", "event_id"]]
    holding = holding.drop_duplicates()
    row = pd.Index(documents["doc_id"].iloc[place]).get_indexer(holding["doc_id"])
    cells = (np.ones(len(row), np.int32), (row, pd.factorize(holding["event_id"])[0]))
    holds = sparse.coo_array(cells, shape=(len(place), max(cells[1][1], default=0) + 1)).tocsr()
    best, step = [], max(1, AT_ONCE // max(len(place), 1))
    for first in range(0, len(place), step):
        a = np.arange(first, min(first + step, len(place)))[:, None]
        b = np.arange(first, until[a[-1, 0]])
        shared = (holds[a[:, 0]] @ holds[b].T).toarray()
        near = (b > a) & (b < until[a]) & (outlet[a] != outlet[b])
        most = shared[near].max(initial=-1)
        i, j = np.nonzero(near & (shared == most))
        pairs = np.sort(np.stack([place[a[i, 0]], place[b[j]]]), axis=0)
        best += [(-most, *min(pairs.T.tolist()))] if len(i) else []
    return tuple(documents["doc_id"].iloc[list(min(best)[1:])]) if best else ()


def event_matrix(
    events: pd.DataFrame, reports: pd.DataFrame, documents: pd.DataFrame, most: int
) -> pd.DataFrame:
    """Events (rows) by outlets: the date reported, ``–``, or ``published earlier``.

    The `most` events told by most outlets and reports, those studied first, in order of time.
    """
    dated = events[events["date_from"].notna()]
    studied = dated[dated["studied"]] if dated["studied"].any() else dated
    order = ["n_outlets", "n_reports", "date_from", "event_id"]
    studied = studied.sort_values(order, ascending=[False, False, True, True]).head(most)
    until = documents["published_to"].where(documents["published_to"] != "", documents["published"])
    last = until.groupby(documents["outlet"]).max().replace("", date.max.isoformat())
    last = last.map(date.fromisoformat)
    outlet = documents.set_index("doc_id")["outlet"]
    reports = reports[reports["event_id"].isin(studied["event_id"])]
    reports = reports.assign(outlet=reports["doc_id"].map(outlet))
    reports_by = dict(list(reports.groupby(["event_id", "outlet"])))
    studied = studied.sort_values(["date_from", "event_id"])
    rows = [
        [_cell(reports_by.get((event.event_id, name)), event, last[name]) for name in last.index]
        for event in studied.itertuples()
    ]
    labels = [f"{event.date_from} {event.summary}" for event in studied.itertuples()]
    return pd.DataFrame(rows, index=labels, columns=list(last.index))


def _cell(reports: pd.DataFrame | None, event: Any, published: date) -> str:
    if reports is None:
        return "published earlier" if published < event.date_from else "–"
    dated = reports.dropna(subset=["date_from", "date_to"])
    if dated.empty:
        return "reported, no date"
    return days(dated["date_from"].min(), dated["date_to"].max())
