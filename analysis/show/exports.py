"""Events for other programs: columns like those of ACLED and of UCDP GED, and TimeML.

The tables are *like* those data sets, not part of them: their columns and precision codes, filled
by rules from the articles.  What an article does not tell (coordinates, the dead) stays empty.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pandas as pd

from analysis.base.addresses import anchor
from analysis.lexicons import load

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
ACLED = """event_id_cnty event_date year time_precision disorder_type event_type sub_event_type
actor1 actor2 country location latitude longitude geo_precision source notes fatalities"""
UCDP = """id relid year dyad_name side_a side_b number_of_sources source_article source_office
source_date source_headline where_prec where_description country latitude longitude event_clarity
date_prec date_start date_end best high low"""
TIMEML_COLUMNS = {
    "sentences": ["field", "start", "end", "text"],
    "dates": ["sent_id", "field", "start", "end", "type", "value", "mod", "date_from", "date_to"],
    "event_reports": [
        *("sent_id", "field", "start", "end", "trigger", "event_type", "status"),
        *("date_basis", "date_from", "date_to"),
    ],
}
TIMEML = "http://timeml.org/timeMLdocs/TimeML_1.2.1.xsd"


def acled_like(events: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """Events that happened and are dated to a month or better, in columns of ACLED.

    `event_date` is the middle of the interval, `time_precision` 1 (day), 2 (week) or 3 (month).
    """
    table, names, kinds = load("exchange"), _names(actors), _kinds(actors)
    rows = []
    for event in _dated(events).itertuples():
        modes = table["acled"].get(event.event_type, {})
        kind = modes.get(event.mode, modes.get("plain"))
        precision = _precision(event, table["most_days"]["acled"])
        if kind is None or precision is None:
            continue
        day = event.date_from + (event.date_to - event.date_from) / 2
        rows.append(
            {
                **{"event_id_cnty": event.event_id, "event_date": day, "year": day.year},
                **{"time_precision": precision, "disorder_type": _disorder(kind[0])},
                **{"event_type": kind[0], "sub_event_type": kind[1]},
                **{"actor1": names.get(event.source, event.source)},
                **{"actor2": names.get(event.target, event.target)},
                **{"country": _country(event.place, actors), "location": names.get(event.place)},
                "geo_precision": 1 if kinds.get(event.place) == "FAC" else None,
                **{"source": event.outlets, "notes": event.summary},
            }
        )
    return pd.DataFrame(rows, columns=ACLED.split()).astype({"geo_precision": "Int8"})


def ucdp_like(events: pd.DataFrame, documents: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """Attacks that happened and are dated to a year or better, in columns of UCDP GED.

    `event_clarity` is 1 for a single event, 2 for several told as one.  UCDP GED holds only events
    with at least one dead; the articles' rules do not count them, so that all attacks are here.
    """
    table, names, kinds = load("exchange"), _names(actors), _kinds(actors)
    told = documents.set_index("doc_id")
    rows = []
    own = _dated(events)
    for event in own[own["event_type"] == "ASSAULT"].itertuples():
        precision = _precision(event, table["most_days"]["ucdp"])
        if precision is None:
            continue
        ids = event.doc_ids.split(";")
        sides = [names.get(party, party) for party in (event.source, event.target)]
        many = pd.isna(event.n_incidents_max) or event.n_incidents_max > 1
        rows.append(
            {
                **{"id": event.event_id, "year": event.date_from.year, "relid": ""},
                **{"dyad_name": " - ".join(side or "unknown" for side in sides)},
                **{"side_a": sides[0], "side_b": sides[1]},
                "number_of_sources": event.n_independent_sources,
                "source_article": ";".join(ids),
                "source_office": event.outlets,
                "source_date": ";".join(told.loc[ids, "published"]),
                "source_headline": " ; ".join(told.loc[ids, "title"]),
                "where_prec": table["where_prec"].get(kinds.get(event.place)),
                "where_description": names.get(event.place, ""),
                "country": _country(event.place, actors),
                "event_clarity": 2 if event.campaign or many else 1,
                "date_prec": precision,
                **{"date_start": event.date_from, "date_end": event.date_to},
            }
        )
    return pd.DataFrame(rows, columns=UCDP.split()).astype({"where_prec": "Int8"})


def _dated(events: pd.DataFrame) -> pd.DataFrame:
    own = events[events["happened"]].dropna(subset=["date_from", "date_to"])
    return own.sort_values(["date_from", "date_to", "event_id"])


def _precision(event: Any, most_days: dict[int, int]) -> int | None:
    """The code of the date's interval; None where it is wider than the last code allows."""
    days = (event.date_to - event.date_from).days + 1
    return next((code for code, most in most_days.items() if days <= most), None)


def _disorder(kind: str) -> str:
    if kind == "Strategic developments":
        return kind
    return "Demonstrations" if kind in ("Protests", "Riots") else "Political violence"


def _names(actors: pd.DataFrame) -> dict[str, str]:
    return dict(zip(actors["entity_id"], actors["name"], strict=True)) | {"": ""}


def _kinds(actors: pd.DataFrame) -> dict[str, str]:
    return dict(zip(actors["entity_id"], actors["type"], strict=True))


def _country(place: str, actors: pd.DataFrame) -> str:
    """The nearest GPE above a place, itself included."""
    parents = dict(zip(actors["entity_id"], actors["parent"], strict=True))
    kinds, names, seen = _kinds(actors), _names(actors), set()
    while place and place not in seen:
        if kinds.get(place) == "GPE":
            return names[place]
        seen.add(place)
        place = parents.get(place, "")
    return ""


# --- TimeML ---------------------------------------------------------------------------------


def timeml(
    doc_id: str,
    published: str,
    sentences: Sequence[Any],
    dates: Sequence[Any],
    reports: Sequence[Any],
) -> str:
    """One article as TimeML 1.2.1 (Pustejovsky et al. 2003): TIMEX3, EVENT, MAKEINSTANCE, TLINK.

    Rows of these tables, with the columns of `TIMEML_COLUMNS` as attributes (``itertuples``).

    Text stands at its offsets in the article (code points of the content of TEXT, or of TITLE for
    a title cell); what is no sentence, or may not be shown, is blank.  An event is marked by the
    first word of its trigger that is in no time expression.
    """
    marks: dict[str, list[tuple[int, int, str, str]]] = {"title": [], "text": []}
    times: dict[Any, str] = {}  # the first time expression of a sentence with this interval
    tids = 0
    for row in sorted(dates, key=_headline_first):
        before = marks[row.field]
        if not row.value or (before and row.start < before[-1][1]):
            continue
        tids += 1
        times.setdefault((row.sent_id, row.date_from, row.date_to), f"t{tids}")
        mod = f" mod={quoteattr(row.mod)}" if row.mod else ""
        given = f'tid="t{tids}" type={quoteattr(row.type)} value={quoteattr(row.value)}'
        before.append((row.start, row.end, "TIMEX3", given + mod))
    instances, links, eids = [], [], {}
    for row in sorted(reports, key=_headline_first):
        span = _head(row, marks[row.field])
        if span is None:
            continue
        place = (row.field, *span)
        if place not in eids:
            eids[place] = f"e{len(eids) + 1}"
            kind = "I_ACTION" if row.event_type in ("THREATEN", "REQUEST") else "OCCURRENCE"
            marks[row.field].append((*span, "EVENT", f'eid="{eids[place]}" class="{kind}"'))
        number = len(instances) + 1
        polarity = "NEG" if row.status == "denied" else "POS"
        instances.append(
            f'<MAKEINSTANCE eiid="ei{number}" eventID="{eids[place]}" tense="NONE" aspect="NONE" '
            f'pos="OTHER" polarity="{polarity}"/>'
        )
        told = row.date_basis == "publication date"
        anchor_time = "t0" if told else times.get((row.sent_id, row.date_from, row.date_to))
        if anchor_time:
            links.append(
                f'<TLINK lid="l{len(links) + 1}" relType="IS_INCLUDED" '
                f'eventInstanceID="ei{number}" relatedToTime="{anchor_time}"/>'
            )
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<TimeML xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:noNamespaceSchemaLocation="{TIMEML}">\n'
        f"<DOCID>{escape(doc_id)}</DOCID>\n"
        f'<DCT><TIMEX3 tid="t0" type="DATE" value="{published}" temporalFunction="false" '
        f'functionInDocument="CREATION_TIME">{published}</TIMEX3></DCT>\n'
    )
    tail = "\n".join([*instances, *links])
    title, text = (
        _tagged(_at_offsets(*_of_field(name, sentences, dates, reports)), sorted(own))
        for name, own in marks.items()
    )
    title = f"<TITLE>{title}</TITLE>\n" if title else ""
    return f"{head}{title}<TEXT>{text}</TEXT>\n{tail}\n</TimeML>\n"


def _headline_first(row: Any) -> tuple[bool, int, int]:
    return row.field != "title", row.start, row.end


def _of_field(name: str, sentences: Iterable[Any], *marked: Iterable[Any]) -> tuple[list[Any], int]:
    """The sentences of a field, and its length."""
    own = [row for row in sentences if row.field == name]
    ends = (row.end for rows in (own, *marked) for row in rows if row.field == name)
    return own, max(ends, default=0)


def _at_offsets(sentences: Iterable[Any], length: int) -> str:
    """The sentences at their places, line feeds and blanks between them."""
    characters = [" "] * length
    for row in sentences:
        own = row.text[: row.end - row.start]
        characters[row.start : row.start + len(own)] = own
        if row.end < length and characters[row.end] == " ":
            characters[row.end] = "\n"
    return "".join(characters)


def _head(report: Any, marks: list[tuple[int, int, str, str]]) -> tuple[int, int] | None:
    for word in re.finditer(r"\w[\w’'-]*", report.trigger):
        start, end = report.start + word.start(), report.start + word.end()
        over = [(a, b) for a, b, *_ in marks if start < b and a < end]
        if end <= report.end and (not over or over == [(start, end)]):
            return start, end
    return None


def _tagged(text: str, marks: list[tuple[int, int, str, str]]) -> str:
    parts, at = [], 0
    for start, end, tag, attributes in marks:
        parts.append(_plain(text[at:start]))
        parts.append(f"<{tag} {attributes}>{_plain(text[start:end])}</{tag}>")
        at = end
    return "".join([*parts, _plain(text[at:])])


def _plain(text: str) -> str:
    """Text for XML, each character in its place; a carriage return would not come back as one."""
    return escape(NOT_XML.sub(" ", text).replace("\r", " "))


def write_timeml(study: Any) -> int:
    """``tables/timeml.zip``, a TimeML file an article; returns how many."""
    documents = study.table("documents")
    tables = [
        _by_article(study.table(name)[["doc_id", *columns]], documents["doc_id"])
        for name, columns in TIMEML_COLUMNS.items()
    ]
    told = zip(documents["doc_id"], documents["published"], *tables, strict=True)
    study.attach("timeml.zip", ((f"{anchor(row[0])}.tml", timeml(*row)) for row in told))
    return len(documents)


def _by_article(table: pd.DataFrame, doc_ids: pd.Series) -> Iterator[list[Any]]:
    """The rows of each article in turn."""
    order = pd.Index(doc_ids).get_indexer(table["doc_id"])
    if (np.diff(order) < 0).any():
        table, order = table.iloc[np.argsort(order, kind="stable")], np.sort(order)
    rows = table.itertuples(index=False)
    for count in np.bincount(order, minlength=len(doc_ids)).tolist():
        yield list(islice(rows, count))
