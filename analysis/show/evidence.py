"""The pages behind the numbers: articles, and the sentences of events, terms, entities, outlets.

Pages are written for what something in the report leads to, as plain HTML without the theme, so
that a report of many articles stays small.  All text is escaped: nothing of an article acts.
"""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import terms
from analysis.base.addresses import anchor, article_address, evidence_address
from analysis.base.messages import counted
from analysis.base.rights import PART, PLACE
from analysis.show.views import month_of

MOST_SENTENCES = 15  # shown for an event, a term, an entity or an outlet; the tables hold all
MOST_OF_A_MONTH = 10
TITLES = {
    "events": "Events and the sentences that report them",
    "months": "Months and the sentences that report their events",
    "terms": "Words and phrases in their sentences",
    "entities": "Entities and the sentences that name them",
    "outlets": "Outlets: their articles and whom they quote",
}
ARTICLE = [  # columns of `documents` that its page tells
    *("outlet", "published", "published_basis", "title", "url", "n_tokens", "language"),
]
RULES = {
    "full": "The whole text is shown (share_texts: full).",
    "snippets": "Shown are only sentences that an event or a quotation rests on, at most "
    f"{PART:.0%} of an article; “…” stands for the others (share_texts: snippets; TEXTS=full shows "
    "all, for your own use).",
    "none": "No text of the articles is shown (share_texts: none).",
}

Asked = dict[str, list[str]]
Row = dict[str, Any]


def write_evidence(
    asked: Asked, read: Callable[[str], pd.DataFrame], settings: dict[str, Any], out: Path,
    texts: dict[str, str],
) -> None:  # fmt: skip
    """Write ``evidence/KIND.html`` and ``articles/DOC.html`` for the keys asked for.

    `read` gives a table as the report may show it, `texts` the articles as read from their files
    (for their paragraphs).
    """
    study = _Study(read, settings, asked)
    sections = {
        "events": study.event,
        "months": study.month,
        "terms": study.term,
        "entities": study.entity,
        "outlets": study.outlet,
    }
    (out / "evidence").mkdir(parents=True, exist_ok=True)
    (out / "articles").mkdir(exist_ok=True)
    for kind, section in sections.items():
        keys = [key for key in asked.get(kind, []) if study.knows(kind, key)]
        body = [f"<h1>{TITLES[kind]}</h1><p class='rule'>{RULES[study.rule]}</p>"]
        body += [f"<section id='{anchor(key)}'>{section(key)}</section>" for key in keys]
        _write(out / "evidence" / f"{kind}.html", TITLES[kind], "".join(body))
    for doc_id, title, page in study.articles(texts):
        _write(out / "articles" / f"{anchor(doc_id)}.html", title, page)


def _write(path: Path, title: str, body: str) -> None:
    path.write_text(
        "<!DOCTYPE html>\n<html lang='en' data-plain><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        f"<title>{html.escape(title)}</title>"
        "<link rel='stylesheet' href='../_static/evidence.css'>"
        "<script src='../_static/report.js'></script></head><body>"
        "<nav aria-label='Report'><a href='../index.html'>← Report</a></nav>"
        f"<main>{body}</main></body></html>\n",
        "utf-8",
    )


class _Study:
    """The rows of the tables that something asked for rests on; of a large corpus these are few.

    `line` is the number of a row's sentence in `sentences`.
    """

    def __init__(
        self, read: Callable[[str], pd.DataFrame], settings: dict[str, Any], asked: Asked
    ) -> None:
        self.rule, self._variants = settings["share_texts"], settings["variants"]
        documents = read("documents").set_index("doc_id")
        self.documents = documents[[c for c in ARTICLE if c in documents]].to_dict("index")
        self.sentences = read("sentences")
        self._lines = self.sentences[PLACE].assign(line=range(len(self.sentences)))
        self._hidden = (self.sentences["text"] == "").to_numpy()
        self._outlets = self.sentences["doc_id"].map(documents["outlet"]).to_numpy()
        self.pointed_at = set(asked.get("articles", []))
        events = read("events")
        self._events = events.set_index("event_id")
        self._months = events[~events["campaign"]].groupby(month_of(events))["event_id"].agg(list)
        reports = read("event_reports")
        own = reports["event_id"].isin(asked.get("events", []))
        self._reports = _groups(self._placed(reports[own]), "event_id")
        self._none = self._placed(reports.head(0))
        self._told = reports.loc[own, [*PLACE, "event_id"]]
        of_months = [event for m in asked.get("months", []) for event in self._months.get(m, [])]
        of_months = self._placed(reports[reports["event_id"].isin(of_months)])
        rank = self._events.index.get_indexer(of_months["event_id"])
        self._of_months = of_months.iloc[np.argsort(rank, kind="stable")]
        del reports, own
        mentions = read("mentions")
        mentions = mentions[
            mentions["counted"] & mentions["entity_id"].isin(asked.get("entities", []))
        ]
        self._mentions = _groups(self._placed(mentions), "entity_id")
        self._quotations = self._placed(read("quotations"))
        actors = read("actors")
        self._names = dict(zip(actors["entity_id"], actors["name"], strict=True))
        self._terms = self._lines_with(asked.get("terms", []))

    def _placed(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows.merge(self._lines, on=PLACE, how="left")

    def _lines_with(self, asked: Iterable[str]) -> dict[tuple[str, bool], np.ndarray]:
        """Lines that may be shown and hold a spelling of a term; by it and whether case matters."""
        spellings = [
            (own, term != term.lower())
            for term in asked
            for own in (term, *self._variants.get(term, []))
        ]
        shown = np.flatnonzero(self.sentences["counted"] & ~self._hidden)
        found = terms.find_phrases(self.sentences["text"].iloc[shown], spellings)
        return {spelling: shown[rows] for spelling, rows in found.items()}

    def knows(self, kind: str, key: str) -> bool:
        """Whether there is such a thing; a user's own notebook may show keys of its own."""
        return kind != "events" or key in self._events.index

    # --- sections of the evidence pages ---

    def event(self, event_id: str) -> str:
        event = self._events.loc[event_id]
        bounds = (event["date_from"], event["date_to"])
        days = " to ".join(sorted({str(day) for day in bounds if pd.notna(day)}))
        facts = [days or "no date", event["event_type"], event["direction"]]
        return _heading(f"{event_id}: {event['summary']}", facts) + self._list(
            self._reports.get(event_id, self._none),
            lambda row: (row["trigger"], f"{row['status']}; date: {row['date_basis'] or 'none'}"),
        )

    def month(self, month: str) -> str:
        events = self._months.get(month, [])
        rows = self._of_months[self._of_months["event_id"].isin(events)]
        return _heading(
            month, [f"{counted(len(events), 'event')}, by the middle of their dates"]
        ) + self._list(
            rows,
            lambda row: (row["trigger"], f"{row['event_id']}; {row['status']}"),
            MOST_OF_A_MONTH,
        )

    def term(self, term: str) -> str:
        exact = term != term.lower()
        spellings = [term, *self._variants.get(term, [])]
        found = [
            pd.DataFrame({"line": self._terms[own, exact], "spelling": own}) for own in spellings
        ]
        rows = pd.concat(found).drop_duplicates("line")
        more = "" if self.rule == "full" else ", among those the report may show"

        def tell(row: Row) -> tuple[str, str]:
            start, end = terms.phrase_finder(row["spelling"], not exact)(row["sentence"])[0]
            return row["sentence"][start:end], ""

        return _heading(term, [f"{counted(len(rows), 'sentence')}{more}"]) + self._list(rows, tell)

    def entity(self, entity_id: str) -> str:
        rows = self._mentions.get(entity_id, self._none.assign(surface=""))
        written = rows["surface"].unique()
        facts = [f"{len(rows)} counted mentions", f"written {'; '.join(written)}" * bool(len(rows))]
        return _heading(self._names.get(entity_id, entity_id), facts) + self._list(
            rows, lambda row: (row["surface"], "")
        )

    def outlet(self, outlet: str) -> str:
        ids = [d for d, row in self.documents.items() if row["outlet"] == outlet]
        quotations = self._quotations[self._outlets[self._quotations["line"]] == outlet]
        items = "".join(f"<li>{self._article_link(d)}</li>" for d in ids[:MOST_SENTENCES])
        facts = [f"{len(ids)} articles, {len(quotations)} quotations"]
        more = _rest(len(ids), MOST_SENTENCES, "documents")
        return (
            f"{_heading(outlet, facts)}<ul>{items}</ul>{more}"
            + f"<h3>Whom {html.escape(outlet)} quotes</h3>"
            + self._list(quotations, lambda row: (row["text"], f"{row['speaker']} ({row['verb']})"))
        )

    def _list(
        self,
        rows: pd.DataFrame,
        tell: Callable[[Row], tuple[str, str]],
        most: int = MOST_SENTENCES,
    ) -> str:
        """Up to `most` sentences, each with its outlet and date and the way to its article.

        `tell` gives the words of a row to mark in its sentence, and a note.
        """
        items = []
        shown = self._in_turn(rows, most).drop_duplicates("line").head(most)
        lines = self.sentences.iloc[shown["line"]].to_dict("records")
        for row, line in zip(shown.to_dict("records"), lines, strict=True):
            document = self.documents[line["doc_id"]]
            self.pointed_at.add(line["doc_id"])
            words, note = tell(row | {"sentence": line["text"]})
            where = f"{document['outlet']}, {document['published'] or 'no date'}"
            address = html.escape(article_address(line["doc_id"], line["sent_id"]))
            items.append(
                f"<li>{_marked(line['text'], words)} <cite>"
                f"<a href='{address}'>{html.escape(where)}</a>"
                f"{html.escape(f' · {note}' if note else '')}</cite></li>"
            )
        return f"<ol>{''.join(items)}</ol>{_rest(rows['line'].nunique(), most, 'sentences')}"

    def _in_turn(self, rows: pd.DataFrame, most: int) -> pd.DataFrame:
        """Of more than `most` rows those that may be shown first, the outlets taking turns.

        Of an outlet's articles those that have a page already: so that pages stay few.
        """
        if len(rows) <= most:
            return rows
        line = rows["line"].to_numpy()
        new = ~self.sentences["doc_id"].iloc[line].isin(self.pointed_at).to_numpy()
        order = np.argsort(new, kind="stable")
        hidden, outlets = self._hidden[line[order]], self._outlets[line[order]]
        turns = pd.DataFrame({"hidden": hidden, "outlet": outlets})
        turn = turns.groupby(["hidden", "outlet"]).cumcount()
        return rows.iloc[order[np.lexsort((turn, hidden))]]

    def _article_link(self, doc_id: str) -> str:
        self.pointed_at.add(doc_id)
        row = self.documents[doc_id]
        label = f"{row['published'] or 'no date'} · {row['title'] or doc_id}"
        return f"<a href='{html.escape(article_address(doc_id))}'>{html.escape(label)}</a>"

    # --- an article ---

    def articles(self, texts: dict[str, str]) -> Iterator[tuple[str, str, str]]:
        """Id, title and page of each article asked for or pointed at, in the corpus's order."""
        wanted = self.pointed_at
        lines, told = (
            _groups(rows[rows["doc_id"].isin(wanted)], "doc_id")
            for rows in (self.sentences, self._told)
        )
        for doc_id in (d for d in self.documents if d in wanted):
            own = lines[doc_id].to_dict("records") if doc_id in lines else []
            page = self._article(doc_id, own, told.get(doc_id, self._told.head(0)), texts[doc_id])
            yield doc_id, self.documents[doc_id]["title"] or doc_id, page

    def _article(self, doc_id: str, lines: list[Row], told: pd.DataFrame, raw: str) -> str:
        """An article's page: what is known of it, then its lines, each with its anchor."""
        row = self.documents[doc_id]
        basis = f" ({row['published_basis']})" if row.get("published_basis") else ""
        facts = [
            html.escape(row["outlet"]),
            html.escape(f"published {row['published'] or 'on an unknown day'}{basis}"),
            html.escape(f"{row['n_tokens']:,} words counted"),
            _outside_link(row.get("url")),
        ]
        events = told.groupby("sent_id")["event_id"].agg(list).to_dict()
        paragraphs = [
            f"<p>{' '.join(_line(line, events.get(line['sent_id'], [])) for line in paragraph)}</p>"
            for paragraph in _paragraphs(lines, raw)
        ]
        language = html.escape(row.get("language") or "en")
        return (
            f"<h1>{html.escape(row['title'] or doc_id)}</h1>"
            f"<p class='facts'>{' · '.join(filter(None, facts))}</p>"
            f"<p class='rule'>{RULES[self.rule]} Grey: page furniture, not counted. "
            "Small numbers lead to the events read from a sentence.</p>"
            f"<article lang='{language}' dir='auto'>{''.join(paragraphs)}</article>"
        )


def _groups(frame: pd.DataFrame, column: str) -> dict[str, pd.DataFrame]:
    return dict(list(frame.groupby(column)))


def _heading(title: str, facts: Iterable[str]) -> str:
    return (
        f"<h2>{html.escape(title)}</h2>"
        f"<p class='facts'>{html.escape(' · '.join(f for f in facts if f))}</p>"
    )


def _rest(total: int, most: int, table: str) -> str:
    if total <= most:
        return ""
    link = f"<a href='../tables/{table}.csv'>{table}.csv</a>"
    return f"<p class='rule'>{most} of {total:,}; all places are in {link}.</p>"


def _marked(sentence: str, words: str) -> str:
    """The sentence with `words` marked where it holds them as they are; else the words alone."""
    if not sentence:
        found = f"<mark>{html.escape(words)}</mark> … " if words else ""
        return f"<span class='unshown'>… {found}(sentence not shown)</span>"
    before, found, after = sentence.partition(words) if words else (sentence, "", "")
    mark = f"<mark>{html.escape(found)}</mark>" if found else ""
    return html.escape(before) + mark + html.escape(after)


def _paragraphs(lines: list[Row], raw: str) -> Iterator[list[Row]]:
    """Lines that stand in one line of the file, together; runs of lines not shown as one.

    What comes from the title cell is a paragraph of its own.
    """
    paragraph: list[Row] = []
    for line in lines:
        if paragraph:
            before = paragraph[-1]
            broken = line["field"] != before["field"] or re.search(
                r"[\n\r<]", raw[before["end"] : line["start"]]
            )
            if broken and not (_is_unshown(before) and _is_unshown(line)):
                yield paragraph
                paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _is_unshown(line: Row) -> bool:
    return not line["text"]


def _line(line: Row, events: list[str]) -> str:
    kind = html.escape(line["kind"]) + ("" if line["counted"] else " uncounted")
    text = html.escape(line["text"]) or "<span class='unshown'>…</span>"
    notes = "".join(
        f"<sup><a href='{html.escape(evidence_address('events', e))}'>{html.escape(e)}</a></sup> "
        for e in dict.fromkeys(events)
    )
    return f"<span class='line {kind}' id='s{line['sent_id']}'>{text}</span>{notes}"


def _outside_link(url: Any) -> str:
    """A link to the article on the web; only addresses of the web become links."""
    if not isinstance(url, str) or not re.match(r"https?://", url, re.IGNORECASE):
        return ""
    return f"<a href='{html.escape(url)}' rel='noreferrer'>on the web</a>"
