"""The pages behind the numbers: articles, and the sentences of events, terms, entities, outlets.

Pages are written for what something in the report leads to, as plain HTML without the theme, so
that a report of many articles stays small.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis import terms
from analysis.base.addresses import anchor, article_address, evidence_address
from analysis.base.messages import counted
from analysis.base.rights import PART, PLACE
from analysis.show.pages import templates
from analysis.timeline.drawn import month_of

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
        _write(
            out / "evidence" / f"{kind}.html", "evidence.html", title=TITLES[kind],
            rule=RULES[study.rule], sections=[section(key) for key in keys],
        )  # fmt: skip
    for doc_id, article in study.articles(texts):
        _write(out / "articles" / f"{anchor(doc_id)}.html", "article.html", **article)


def _write(path: Path, template: str, **values: Any) -> None:
    path.write_text(templates().get_template(template).render(values) + "\n", "utf-8")


@dataclass
class Line:
    """A sentence on an evidence page: its words that count stand between `before` and `after`."""

    before: str
    words: str
    after: str
    hidden: bool  # only its words may be shown
    where: str  # outlet and date
    address: str
    note: str


@dataclass
class Section:
    """What stands behind one thing: sentences and, of an outlet, its articles as well."""

    key: str
    title: str
    facts: list[str]
    lines: list[Line]
    n_lines: int
    most: int = MOST_SENTENCES
    articles: list[tuple[str, str]] = field(default_factory=list)  # label, address
    n_articles: int = 0
    quotes: str = ""  # the heading over the sentences, where there are articles too

    @property
    def anchor(self) -> str:
        return anchor(self.key)


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

    def event(self, event_id: str) -> Section:
        event = self._events.loc[event_id]
        bounds = (event["date_from"], event["date_to"])
        days = " to ".join(sorted({str(day) for day in bounds if pd.notna(day)}))
        return self._section(
            event_id,
            f"{event_id}: {event['summary']}",
            [days or "no date", event["event_type"], event["direction"]],
            self._reports.get(event_id, self._none),
            lambda row: (row["trigger"], f"{row['status']}; date: {row['date_basis'] or 'none'}"),
        )

    def month(self, month: str) -> Section:
        events = self._months.get(month, [])
        return self._section(
            month,
            month,
            [f"{counted(len(events), 'event')}, by the middle of their dates"],
            self._of_months[self._of_months["event_id"].isin(events)],
            lambda row: (row["trigger"], f"{row['event_id']}; {row['status']}"),
            most=MOST_OF_A_MONTH,
        )

    def term(self, term: str) -> Section:
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

        return self._section(term, term, [f"{counted(len(rows), 'sentence')}{more}"], rows, tell)

    def entity(self, entity_id: str) -> Section:
        rows = self._mentions.get(entity_id, self._none.assign(surface=""))
        facts = [counted(len(rows), "counted mention")]
        if len(rows):
            facts.append(f"written {'; '.join(rows['surface'].unique())}")
        name = self._names.get(entity_id, entity_id)
        return self._section(entity_id, name, facts, rows, lambda row: (row["surface"], ""))

    def outlet(self, outlet: str) -> Section:
        ids = [d for d, row in self.documents.items() if row["outlet"] == outlet]
        quotations = self._quotations[self._outlets[self._quotations["line"]] == outlet]
        facts = [f"{counted(len(ids), 'article')}, {counted(len(quotations), 'quotation')}"]
        self.pointed_at.update(ids[:MOST_SENTENCES])
        return self._section(
            outlet,
            outlet,
            facts,
            quotations,
            lambda row: (row["text"], f"{row['speaker']} ({row['verb']})"),
            articles=[self._article_link(doc_id) for doc_id in ids[:MOST_SENTENCES]],
            n_articles=len(ids),
            quotes=f"Whom {outlet} quotes",
        )

    def _section(
        self,
        key: str,
        title: str,
        facts: list[str],
        rows: pd.DataFrame,
        tell: Callable[[Row], tuple[str, str]],
        most: int = MOST_SENTENCES,
        **more: Any,
    ) -> Section:
        """Up to `most` of the sentences of `rows`, each with outlet, date and its place.

        `tell` gives the words of a row to mark in its sentence, and a note.
        """
        shown = self._in_turn(rows, most).drop_duplicates("line").head(most)
        sentences = self.sentences.iloc[shown["line"]].to_dict("records")
        lines = []
        for row, sentence in zip(shown.to_dict("records"), sentences, strict=True):
            words, note = tell(row | {"sentence": sentence["text"]})
            lines.append(self._line(sentence, words, note))
        return Section(key, title, facts, lines, rows["line"].nunique(), most, **more)

    def _line(self, sentence: Row, words: str, note: str) -> Line:
        """A sentence, `words` marked where it holds them; of a hidden one the words alone."""
        self.pointed_at.add(sentence["doc_id"])
        document = self.documents[sentence["doc_id"]]
        where = f"{document['outlet']}, {document['published'] or 'no date'}"
        address = article_address(sentence["doc_id"], sentence["sent_id"])
        before, found, after = "", words, ""
        if sentence["text"]:
            parts = sentence["text"].partition(words) if words else (sentence["text"], "", "")
            before, found, after = parts
        return Line(before, found, after, not sentence["text"], where, address, note)

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

    def _article_link(self, doc_id: str) -> tuple[str, str]:
        row = self.documents[doc_id]
        return f"{row['published'] or 'no date'} · {row['title'] or doc_id}", article_address(
            doc_id
        )

    # --- an article ---

    def articles(self, texts: dict[str, str]) -> Iterator[tuple[str, Row]]:
        """Id and page of each article asked for or pointed at, in the corpus's order."""
        wanted = self.pointed_at
        lines, told = (
            _groups(rows[rows["doc_id"].isin(wanted)], "doc_id")
            for rows in (self.sentences, self._told)
        )
        for doc_id in (d for d in self.documents if d in wanted):
            own = lines[doc_id].to_dict("records") if doc_id in lines else []
            page = self._article(doc_id, own, told.get(doc_id, self._told.head(0)), texts[doc_id])
            yield doc_id, page

    def _article(self, doc_id: str, lines: list[Row], told: pd.DataFrame, raw: str) -> Row:
        """What is known of an article, then its lines, each with its events."""
        row = self.documents[doc_id]
        basis = f" ({row['published_basis']})" if row.get("published_basis") else ""
        words = f"{row['n_tokens']:,} words counted"
        day = row["published"] or "on an unknown day"
        events = told.groupby("sent_id")["event_id"].agg(list).to_dict()
        for line in lines:
            own = dict.fromkeys(events.get(line["sent_id"], []))
            line["events"] = [(event, evidence_address("events", event)) for event in own]
            line["kind"] += "" if line["counted"] else " uncounted"
        return {
            "title": row["title"] or doc_id,
            "facts": [
                row["outlet"],
                f"published {day}{basis}",
                words,
            ],
            "url": _web_address(row.get("url")),
            "rule": RULES[self.rule],
            "language": row.get("language") or "en",
            "paragraphs": _paragraphs(lines, raw),
        }


def _groups(frame: pd.DataFrame, column: str) -> dict[str, pd.DataFrame]:
    return dict(list(frame.groupby(column)))


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
            if broken and (before["text"] or line["text"]):
                yield paragraph
                paragraph = []
        paragraph.append(line)
    if paragraph:
        yield paragraph


def _web_address(url: Any) -> str:
    """The address of the article, if it is one of the web: only these become links."""
    return url if isinstance(url, str) and re.match(r"https?://", url, re.IGNORECASE) else ""
