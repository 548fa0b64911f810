"""The pages behind the numbers: articles, and the sentences of events, terms, entities, outlets.

Pages are written for what something in the report leads to, as plain HTML without the theme, so
that a report of many articles stays small.  All text is escaped: nothing of an article acts.
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import terms
from analysis.links import anchor, article_address, evidence_address
from analysis.notes import counted
from analysis.rights import PART
from analysis.views import month_of

MOST_SENTENCES = 25  # shown for a term, an entity or an outlet; the tables hold all
TITLES = {
    "events": "Events and the sentences that report them",
    "months": "Months and the sentences that report their events",
    "terms": "Words and phrases in their sentences",
    "entities": "Entities and the sentences that name them",
    "outlets": "Outlets: their articles and whom they quote",
}
RULES = {
    "full": "The whole text is shown (share_texts: full).",
    "snippets": "Shown are only sentences that an event or a quotation rests on, at most "
    f"{PART:.0%} of an article; “…” stands for the others (share_texts: snippets; TEXTS=full shows "
    "all, for your own use).",
    "none": "No text of the articles is shown (share_texts: none).",
}

Asked = dict[str, list[str]]
Rows = list[dict[str, Any]]


def write_evidence(
    asked: Asked, read: Callable[[str], pd.DataFrame], settings: dict[str, Any], out: Path,
    texts: dict[str, str],
) -> None:  # fmt: skip
    """Write ``evidence/KIND.html`` and ``articles/DOC.html`` for the keys asked for.

    `read` gives a table as the report may show it, `texts` the articles as read from their files
    (for their paragraphs).
    """
    study = _Study(read, settings)
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
    wanted = set(asked.get("articles", [])) | study.pointed_at
    for doc_id in (d for d in study.documents if d in wanted):
        page = study.article(doc_id, texts[doc_id], set(asked.get("events", [])))
        title = study.documents[doc_id]["title"] or doc_id
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
    """The tables, by what the pages look up in them."""

    def __init__(self, read: Callable[[str], pd.DataFrame], settings: dict[str, Any]) -> None:
        self._read, self._settings = read, settings
        self.rule = settings["share_texts"]
        self.documents = {row["doc_id"]: row for row in read("documents").to_dict("records")}
        self.sentences = read("sentences")
        self._texts = self.sentences.set_index(["doc_id", "sent_id"])["text"].to_dict()
        self._lines = _groups(self.sentences, "doc_id")
        events = read("events")
        self._events = events.set_index("event_id").to_dict("index")
        self._months = events[~events["campaign"]].groupby(month_of(events))["event_id"].agg(list)
        self._reports = _groups(read("event_reports"), "event_id")
        self._reports_of = _groups(read("event_reports"), "doc_id")
        self._quotations = _groups(read("quotations"), "doc_id")
        mentions = read("mentions")
        self._mentions = _groups(mentions[mentions["counted"]], "entity_id")
        actors = read("actors")
        self._names = dict(zip(actors["entity_id"], actors["name"], strict=True))
        self.pointed_at: set[str] = set()

    def knows(self, kind: str, key: str) -> bool:
        """Whether there is such a thing; a user's own notebook may show keys of its own."""
        return kind != "events" or key in self._events

    # --- sections of the evidence pages ---

    def event(self, event_id: str) -> str:
        event = self._events[event_id]
        bounds = (event["date_from"], event["date_to"])
        days = " to ".join(sorted({str(day) for day in bounds if pd.notna(day)}))
        facts = [days or "no date", event["event_type"], event["direction"]]
        return _heading(f"{event_id}: {event['summary']}", facts) + self._list(
            self._reports.get(event_id, []),
            lambda row: (row["trigger"], f"{row['status']}; date: {row['date_basis'] or 'none'}"),
        )

    def month(self, month: str) -> str:
        events = self._months.get(month, [])
        rows = [row for event_id in events for row in self._reports.get(event_id, [])]
        return _heading(
            month, [f"{counted(len(events), 'event')}, by the middle of their dates"]
        ) + self._list(rows, lambda row: (row["trigger"], f"{row['event_id']}; {row['status']}"))

    def term(self, term: str) -> str:
        spellings = [term, *self._settings["variants"].get(term, [])]
        exact = term != term.lower()
        shown = self.sentences[self.sentences["counted"] & (self.sentences["text"] != "")]
        found = [terms.kwic(shown, s, regex=False, ignore_case=not exact) for s in spellings]
        rows = pd.concat(found).drop_duplicates(["doc_id", "sent_id"]).to_dict("records")
        more = "" if self.rule == "full" else ", among those the report may show"
        return _heading(term, [f"{counted(len(rows), 'sentence')}{more}"]) + self._list(
            rows, lambda row: (row["node"], "")
        )

    def entity(self, entity_id: str) -> str:
        rows = self._mentions.get(entity_id, [])
        written = dict.fromkeys(row["surface"] for row in rows)
        facts = [f"{len(rows)} counted mentions", f"written {'; '.join(written)}" * bool(rows)]
        return _heading(self._names.get(entity_id, entity_id), facts) + self._list(
            rows, lambda row: (row["surface"], "")
        )

    def outlet(self, outlet: str) -> str:
        ids = [d for d, row in self.documents.items() if row["outlet"] == outlet]
        quotations = [row for d in ids for row in self._quotations.get(d, [])]
        items = "".join(f"<li>{self._article_link(d)}</li>" for d in ids[:MOST_SENTENCES])
        facts = [f"{len(ids)} articles, {len(quotations)} quotations"]
        return (
            f"{_heading(outlet, facts)}<ul>{items}</ul>{_rest(len(ids), 'documents')}"
            + f"<h3>Whom {html.escape(outlet)} quotes</h3>"
            + self._list(quotations, lambda row: (row["text"], f"{row['speaker']} ({row['verb']})"))
        )

    def _list(self, rows: Rows, tell: Callable[[dict[str, Any]], tuple[str, str]]) -> str:
        """Sentences, each with its outlet and date and the way to its article; outlets in turn.

        `tell` gives the words of a row to mark in its sentence, and a note.
        """
        items, seen = [], set()
        for row in self._in_turn(rows):
            place = row["doc_id"], row["sent_id"]
            if len(items) == MOST_SENTENCES:
                break
            if place in seen:
                continue
            seen.add(place)
            self.pointed_at.add(row["doc_id"])
            words, note = tell(row)
            document = self.documents[row["doc_id"]]
            where = f"{document['outlet']}, {document['published']}"
            address = html.escape(article_address(*place))
            items.append(
                f"<li>{_marked(self._texts[place], words)} <cite>"
                f"<a href='{address}'>{html.escape(where)}</a>"
                f"{html.escape(f' · {note}' if note else '')}</cite></li>"
            )
        total = len({(row["doc_id"], row["sent_id"]) for row in rows})
        return f"<ol>{''.join(items)}</ol>{_rest(total, 'sentences')}"

    def _in_turn(self, rows: Rows) -> Rows:
        """Of many rows those that may be shown first, the outlets taking turns."""
        if len(rows) <= MOST_SENTENCES:
            return rows
        turns: Counter[tuple[bool, str]] = Counter()
        order = []
        for position, row in enumerate(rows):
            hidden = not self._texts[row["doc_id"], row["sent_id"]]
            kind = hidden, self.documents[row["doc_id"]]["outlet"]
            turns[kind] += 1
            order.append((hidden, turns[kind], position))
        return [rows[position] for _, _, position in sorted(order)]

    def _article_link(self, doc_id: str) -> str:
        self.pointed_at.add(doc_id)
        row = self.documents[doc_id]
        label = f"{row['published']} · {row['title'] or doc_id}"
        return f"<a href='{html.escape(article_address(doc_id))}'>{html.escape(label)}</a>"

    # --- an article ---

    def article(self, doc_id: str, raw: str, events: set[str]) -> str:
        """An article's page: what is known of it, then its lines, each with its anchor."""
        row = self.documents[doc_id]
        basis = f" ({row['published_basis']})" if row.get("published_basis") else ""
        facts = [
            html.escape(row["outlet"]),
            html.escape(f"published {row['published']}{basis}"),
            html.escape(f"{row['n_tokens']:,} words counted"),
            _outside_link(row.get("url")),
        ]
        told: dict[int, list[str]] = {}
        for report in self._reports_of.get(doc_id, []):
            if report["event_id"] in events:
                told.setdefault(report["sent_id"], []).append(report["event_id"])
        paragraphs = [
            f"<p>{' '.join(_line(line, told.get(line['sent_id'], [])) for line in lines)}</p>"
            for lines in _paragraphs(self._lines.get(doc_id, []), raw)
        ]
        language = html.escape(row.get("language") or "en")
        return (
            f"<h1>{html.escape(row['title'] or doc_id)}</h1>"
            f"<p class='facts'>{' · '.join(filter(None, facts))}</p>"
            f"<p class='rule'>{RULES[self.rule]} Grey: page furniture, not counted. "
            "Small numbers lead to the events read from a sentence.</p>"
            f"<article lang='{language}' dir='auto'>{''.join(paragraphs)}</article>"
        )


def _groups(frame: pd.DataFrame, column: str) -> dict[str, Rows]:
    groups: dict[str, Rows] = {}
    for row in frame.to_dict("records"):
        groups.setdefault(row[column], []).append(row)
    return groups


def _heading(title: str, facts: Iterable[str]) -> str:
    return (
        f"<h2>{html.escape(title)}</h2>"
        f"<p class='facts'>{html.escape(' · '.join(f for f in facts if f))}</p>"
    )


def _rest(total: int, table: str) -> str:
    if total <= MOST_SENTENCES:
        return ""
    link = f"<a href='../tables/{table}.csv'>{table}.csv</a>"
    return f"<p class='rule'>The first {MOST_SENTENCES} of {total:,}; all places are in {link}.</p>"


def _marked(sentence: str, words: str) -> str:
    """The sentence with `words` marked where it holds them as they are; else the words alone."""
    if not sentence:
        found = f"<mark>{html.escape(words)}</mark> … " if words else ""
        return f"<span class='unshown'>… {found}(sentence not shown)</span>"
    before, found, after = sentence.partition(words) if words else (sentence, "", "")
    mark = f"<mark>{html.escape(found)}</mark>" if found else ""
    return html.escape(before) + mark + html.escape(after)


def _paragraphs(lines: Rows, raw: str) -> Iterator[Rows]:
    """Lines that stand in one line of the file, together; runs of lines not shown as one."""
    paragraph: Rows = []
    for line in lines:
        if paragraph:
            before = paragraph[-1]
            broken = re.search(r"[\n\r<]", raw[before["end"] : line["start"]])
            if broken and not (_is_unshown(before) and _is_unshown(line)):
                yield paragraph
                paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _is_unshown(line: dict[str, Any]) -> bool:
    return not line["text"]


def _line(line: dict[str, Any], events: list[str]) -> str:
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
