"""One article in, its tables out: `annotate` for those who have no corpus."""

from datetime import date

import pandas as pd

from analysis.article.reading import Article, Settings, annotate

_SPAN = {"field": "string", "start": "int32", "end": "int32"}
_PLACE = {"doc_id": "string", "sent_id": "int32", **_SPAN}
ARTICLE_TABLES: dict[str, dict[str, str]] = {
    "documents": {
        **{"doc_id": "string", "title_found": "string", "byline": "string"},
        **{"date_in_text": "string", "n_sentences": "int32", "n_tokens": "int32"},
        **{"n_chars_raw": "int32", "n_chars_body": "int32", "reading_error": "string"},
    },
    "sentences": {
        **{"doc_id": "string", "sent_id": "int32", "kind": "string", "counted": "bool"},
        **{"reason": "string", **_SPAN, "text": "string"},
    },
    "words": {"doc_id": "string", "terms": "string"},
    "mentions": {
        **_PLACE,
        **{"kind": "string", "counted": "bool", "surface": "string", "entity_id": "string"},
        **{"entity": "string", "type": "string", "method": "string"},
    },
    "candidates": {**_PLACE, "surface": "string", "type_guess": "string"},
    "quotations": {
        **_PLACE,
        **{"text": "string", "speaker": "string", "speaker_entity_id": "string"},
        **{"verb": "string", "direct": "bool", "anonymous": "bool", "rule": "string"},
    },
    "credits": {
        **_PLACE,
        **{"entity_id": "string", "credited": "string", "early": "bool", "rule": "string"},
    },
    "label_uses": {
        **_PLACE,
        **{"entity_id": "string", "label": "string", "voice": "string", "rule": "string"},
    },
    "passives": {
        **_PLACE,
        **{"participle": "string", "agent": "bool", "harm": "bool", "quoted": "bool"},
    },
    "headlines": {
        **{"doc_id": "string", "title": "string", "source": "string", "target": "string"},
        **{"trigger": "string", "event_type": "string", "status": "string"},
        **{"attribution": "string", "passive": "string"},
    },
    "dates": {
        **_PLACE,
        **{"surface": "string", "type": "string", "value": "string", "mod": "string"},
        **{"anchor": "string", "date_from": "date32", "date_to": "date32"},
    },
    "event_reports": {
        "report_id": "string",
        **_PLACE,
        **{"trigger": "string", "event_type": "string", "mode": "string", "direction": "string"},
        **{"source": "string", "target": "string", "place": "string"},
        **{"date_from": "date32", "date_to": "date32", "date_basis": "string"},
        **{"status": "string", "attribution": "string", "goldstein": "float64"},
        **{"n_incidents_min": "Int32", "n_incidents_max": "Int32", "in_caption": "bool"},
        **{"in_title": "bool"},
    },
    "diversity": {
        **{"doc_id": "string", "n_tokens": "int64", "n_types": "int64", "ttr": "float64"},
        **{"mattr": "float64", "mtld": "float64", "hdd": "float64"},
    },
    "first_mentions": {
        **{"doc_id": "string", "entity_id": "string", "entity": "string", "sent_id": "int32"},
        **{"field": "string", "start": "int32", "surface": "string", "position": "float64"},
        **{"in_headline": "bool", "in_lead": "bool"},
    },
    "fingerprints": {"doc_id": "string", "words": "binary"},
    "corrections": {
        **{"table": "string", "key": "string", "column": "string"},
        **{"doc_id": "string", "machine_value": "string", "state": "string"},
    },
}
_ACTOR_COLUMNS = ("entity_id", "name", "type", "aliases", "side", "parent")


def read_article(
    text: str,
    published: date | str | None = None,
    title: str = "",
    actors: pd.DataFrame | None = None,
    language: str | None = None,
) -> dict[str, pd.DataFrame]:
    """The rows of one article in every table that `annotate` makes, without a corpus.

    `published` is a date or an ISO date; without it only those dates are resolved that do not need
    it.  `title` is a headline that may stand in the text too, `actors` are rows as in actors.csv
    (none: nobody is counted), `language` is en, fr, de or es.  The article's doc_id is "article".

    Raises ValueError naming `published` where it is no date, and for each bad row of `actors`.

    >>> tables = read_article("The truce held all night, the ministry said on 3 May 2021.")
    >>> tables["quotations"].loc[0, ["text", "speaker", "rule"]].tolist()
    ['The truce held all night', 'the ministry', 'subject-verb']
    >>> tables["dates"].loc[0, "value"]
    '2021-05-03'
    """
    try:
        day = str(date.fromisoformat(str(published))) if published else ""
    except ValueError:
        raise ValueError(f"published: {published!r} is not an ISO date as 2024-04-22") from None
    given = pd.DataFrame() if actors is None else actors
    columns = [*_ACTOR_COLUMNS, *given.columns.difference(_ACTOR_COLUMNS)]
    settings = Settings(given.reindex(columns=columns).fillna(""))
    article = Article("article", text, day, title=title, language=language or "")
    rows = annotate(article, settings)
    return {
        name: pd.DataFrame(rows[name], columns=list(columns))
        for name, columns in ARTICLE_TABLES.items()
        if name in rows
    }
