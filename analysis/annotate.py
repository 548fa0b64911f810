"""One article in, its rows out: the only place where the per-article steps meet."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from analysis.clean import Block, label_blocks
from analysis.credits import MediaNames, find_credits
from analysis.dates import DateExpression, find_dates_in_range
from analysis.entities import ActorMatcher, Mention, compile_actors, find_candidates, find_entities
from analysis.event_dates import Dated, date_readings
from analysis.event_dates import Sentence as Line
from analysis.event_phrases import lexicon
from analysis.events import read_events
from analysis.framing import find_labels
from analysis.ledger import Correction, Ledger
from analysis.normalise import normalise
from analysis.passives import find_passives
from analysis.quotations import Quotation, find_quotations
from analysis.timex_values import interval
from analysis.tokens import split_sentences, term, word_texts

COUNTED_KINDS = ("title", "subtitle", "body", "caption")
Rows = dict[str, list[dict[str, Any]]]


class Article(NamedTuple):
    """What is known of an article before it is read; dates are ISO strings."""

    doc_id: str
    text: str
    published: str
    published_from: str = ""
    published_to: str = ""
    title: str = ""
    language: str = ""
    corrections: tuple[Correction, ...] = ()


@dataclass(frozen=True)
class Settings:
    """Everything besides the article that its rows depend on."""

    actors: pd.DataFrame
    lexicons: Path | None = None
    clean: str = "strict"
    outlets: tuple[str, ...] = ()

    @cached_property
    def matcher(self) -> ActorMatcher:
        return compile_actors(self.actors)

    @cached_property
    def media(self) -> MediaNames:
        """News organisations that an article may credit: actors on the side ``media`` too."""
        own = [entity for entity in self.matcher.entities.values() if entity.side == "media"]
        return MediaNames(own, self.outlets)

    @cached_property
    def parents(self) -> dict[str, str]:
        """The entity each entity belongs to."""
        return dict(zip(self.actors["entity_id"], self.actors["parent"], strict=True))


class Sentence(NamedTuple):
    """A sentence of the normalised text, and the block it stands in."""

    start: int
    end: int
    block: Block


class Page:
    """An article's normalised text, its sentences, and the way back to the raw text."""

    def __init__(self, article: Article, settings: Settings, ledger: Ledger) -> None:
        self.raw = normalise(article.text)
        self.text = self.raw.text
        self.doc_id = article.doc_id
        cleaned = label_blocks(
            self.text,
            mode=settings.clean,
            title=article.title or None,
            language=article.language or None,
            lexicons=settings.lexicons,
        )
        if ledger:
            cleaned = replace(cleaned, blocks=tuple(self._corrected(cleaned.blocks, ledger)))
        self.cleaned = cleaned
        self.sentences = [s for block in cleaned.blocks for s in self._split(block)]
        self._starts = [sentence.start for sentence in self.sentences[1:]]

    def _split(self, block: Block) -> Iterator[Sentence]:
        if block.kind == "furniture":
            yield Sentence(block.start, block.end, block)
            return
        for start, end in split_sentences(block.text):
            yield Sentence(block.start + start, block.start + end, block)

    def _corrected(self, blocks: Iterable[Block], ledger: Ledger) -> Iterator[Block]:
        """Blocks with corrected labels; a corrected sentence becomes a block of its own."""
        for block in blocks:
            block = self._relabelled(block, ledger, "blocks")  # noqa: PLW2901
            position = block.start
            for sentence in list(self._split(block)):
                piece = self._piece(block, sentence.start, sentence.end)
                corrected = self._relabelled(piece, ledger, "sentences")
                if corrected != piece:
                    if self.text[position : piece.start].strip():
                        yield self._piece(block, position, piece.start)
                    yield corrected
                    position = piece.end
            if self.text[position : block.end].strip():
                yield self._piece(block, position, block.end)

    def _piece(self, block: Block, start: int, end: int) -> Block:
        return block._replace(start=start, end=end, text=self.text[start:end])

    def _relabelled(self, block: Block, ledger: Ledger, table: str) -> Block:
        changes = ledger.changes(table, self.raw_start(block), block._asdict())
        if not changes:
            return block
        why = f"corrected; the machine: {block.kind}, {block.reason}"
        return block._replace(**changes, why=why)

    @cached_property
    def terms(self) -> str:
        """The counted words as they are counted, a sentence a line."""
        sentences = (self.text[s.start : s.end] for s in self.counted)
        return "\n".join(" ".join(map(term, word_texts(text))) for text in sentences)

    def only(self, *kinds: str) -> str:
        """The text with everything else blanked, so that offsets stay."""
        parts, position = [], 0
        for block in self.cleaned.blocks:
            if block.kind in kinds:
                parts += [self._blank[position : block.start], block.text]
                position = block.end
        return "".join(parts)

    @cached_property
    def _blank(self) -> str:
        return "\n".join(" " * len(line) for line in self.text.split("\n"))

    def raw_start(self, span: Any) -> int:
        return self.raw.span(span.start, span.end)[0]

    def sentence_at(self, position: int) -> int:
        return bisect_right(self._starts, position)

    def place(self, start: int, end: int) -> dict[str, Any]:
        """Article, sentence and raw offsets of a span."""
        number = self.sentence_at(start)
        raw_start, raw_end = self.raw.span(start, end)
        return {"doc_id": self.doc_id, "sent_id": number, "start": raw_start, "end": raw_end}

    @cached_property
    def counted(self) -> list[Sentence]:
        """Those whose words count: no furniture, byline or dateline, repeats only once."""
        return [s for s in self.sentences if s.block.kind in COUNTED_KINDS and s.block.counted]

    def by_sentence(self, spans: Iterable[Any]) -> dict[int, list[Any]]:
        """Mentions or dates by the start of their sentence, with offsets into it."""
        groups: dict[int, list[Any]] = {}
        for span in spans:
            start, end, _ = self.sentences[self.sentence_at(span.start)]
            if span.start < end:
                groups.setdefault(start, []).append(_shifted(span, -start))
        return groups

    def reaching(self, quotations: Iterable[Quotation]) -> dict[int, list[Quotation]]:
        """Quotations by the start of every sentence that they reach into."""
        groups: dict[int, list[Quotation]] = {}
        for quotation in quotations:
            first, last = map(self.sentence_at, (quotation.start, quotation.end - 1))
            for sentence in self.sentences[first : last + 1]:
                groups.setdefault(sentence.start, []).append(quotation)
        return groups


def annotate(article: Article, settings: Settings) -> Rows:
    """Rows of one article, by the table they belong to (see `analysis.tables.ARTICLE_TABLES`).

    All steps work on the normalised text; all offsets in the rows point into the raw text.
    """
    ledger = Ledger(article.doc_id, article.corrections)
    page = Page(article, settings, ledger)
    counted = page.only(*COUNTED_KINDS)
    found = find_entities(counted, settings.matcher)
    mentions = list(_corrected_mentions(page, found, ledger, settings.matcher)) if ledger else found
    in_sentences = page.by_sentence(mentions)
    body = [(s.start, s.end) for s in page.sentences if s.block.kind == "body"]
    quotations = find_quotations(page.only("body"), body, mentions)
    quoted = page.reaching(quotations)
    dates = _find_dates(page, article)
    dates = list(_corrected_dates(page, dates, ledger)) if ledger else dates
    reports = [
        _report_row(page, number, *report)
        for number, report in enumerate(_reports(page, in_sentences, dates, article, settings), 1)
    ]
    return {
        "documents": [_document_row(page, article)],
        "sentences": list(_sentence_rows(page)),
        "words": [{"doc_id": page.doc_id, "terms": page.terms}],
        "mentions": [_mention_row(page, mention) for mention in mentions],
        "candidates": [
            page.place(c.start, c.end) | {"surface": c.surface, "type_guess": c.type_guess}
            for c in find_candidates(counted, settings.matcher, found)
        ],
        "quotations": [_quotation_row(page, quotation) for quotation in quotations],
        "label_uses": list(_label_rows(page, in_sentences, quoted)),
        "passives": list(_passive_rows(page, quoted)),
        "headlines": list(_headline_rows(page, article, settings)),
        "credits": list(_credit_rows(page, settings.media)),
        "dates": [_date_row(page, expression) for expression in dates],
        "event_reports": list(_corrected_reports(reports, ledger)) if ledger else reports,
        "corrections": ledger.rows(),
    }


def unread(article: Article, error: str) -> Rows:
    """Rows of an article whose reading failed: it is there, without anything found in it."""
    empty = dict.fromkeys(("n_sentences", "n_tokens", "n_chars_body"), 0)
    names = dict.fromkeys(("title_found", "byline", "date_in_text"), "")
    document = {"doc_id": article.doc_id, **names, **empty, "n_chars_raw": len(article.text)}
    return {
        "documents": [document | {"reading_error": error}],
        "sentences": [],
        "words": [{"doc_id": article.doc_id, "terms": ""}],
        "corrections": Ledger(article.doc_id, article.corrections).rows(),
    }


def _fields(item: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(item, name) for name in names}


def _document_row(page: Page, article: Article) -> dict[str, Any]:
    counted = page.counted
    found = page.cleaned.date
    return {
        "doc_id": page.doc_id,
        "title_found": page.cleaned.title or "",
        "byline": page.cleaned.byline or "",
        "date_in_text": found.iso if found else "",
        "n_sentences": len(counted),
        "n_tokens": len(page.terms.split()),
        "n_chars_raw": len(article.text),
        "n_chars_body": sum(b.end - b.start for b in page.cleaned.blocks if b.kind == "body"),
        "reading_error": "",
    }


def _sentence_rows(page: Page) -> Iterator[dict[str, Any]]:
    for number, sentence in enumerate(page.sentences):
        block, (start, end) = sentence.block, page.raw.span(sentence.start, sentence.end)
        yield {
            "doc_id": page.doc_id,
            "sent_id": number,
            "kind": block.kind,
            "counted": block.counted and block.kind in COUNTED_KINDS,
            "reason": block.reason,
            "start": start,
            "end": end,
            "text": page.text[sentence.start : sentence.end],
        }


def _mention_row(page: Page, mention: Mention) -> dict[str, Any]:
    place = page.place(mention.start, mention.end)
    block = page.sentences[place["sent_id"]].block
    return place | {
        "kind": block.kind,
        "counted": block.counted,
        **_fields(mention, *Mention._fields[2:]),
    }


def _quotation_row(page: Page, quotation: Quotation) -> dict[str, Any]:
    columns = ("text", "speaker", "speaker_entity_id", "verb", "direct", "anonymous")
    return page.place(quotation.start, quotation.end) | _fields(quotation, *columns)


def _credit_rows(page: Page, media: MediaNames) -> Iterator[dict[str, Any]]:
    """News organisations that the article credits; early: for all of it, or in its lead."""
    lead = [s for s in page.counted if s.block.kind == "body"][:3]
    for credit in find_credits(page.only("byline", "dateline", "body"), media):
        yield page.place(credit.start, credit.end) | {
            "entity_id": credit.entity_id,
            "credited": credit.name,
            "early": credit.whole or any(s.start <= credit.start < s.end for s in lead),
        }


def _label_rows(
    page: Page, mentions: dict[int, list[Mention]], quotations: dict[int, list[Quotation]]
) -> Iterator[dict[str, Any]]:
    for sentence in page.counted:
        if inside := mentions.get(sentence.start):
            quoted = (
                _shifted(q, -sentence.start)
                for q in quotations.get(sentence.start, ())
                if q.start < sentence.end and sentence.start < q.end
            )
            for label in find_labels(page.text[sentence.start : sentence.end], inside, quoted):
                start, end = label.start + sentence.start, label.end + sentence.start
                yield page.place(start, end) | _fields(label, "entity_id", "label", "voice")


def _passive_rows(page: Page, quotations: dict[int, list[Quotation]]) -> Iterator[dict[str, Any]]:
    """Passives of the body; `quoted` are the words of a speaker, not the outlet's."""
    for sentence in page.counted:
        direct = [q for q in quotations.get(sentence.start, ()) if q.direct]
        if sentence.block.kind == "body":
            for passive in find_passives(page.text[sentence.start : sentence.end]):
                start, end = passive.start + sentence.start, passive.end + sentence.start
                quoted = any(q.start <= start and end <= q.end for q in direct)
                values = _fields(passive, "participle", "agent", "harm")
                yield page.place(start, end) | values | {"quoted": quoted}


def _headline_rows(page: Page, article: Article, settings: Settings) -> Iterator[dict[str, Any]]:
    """What the headline (given, else found) asserts: a row an event, one empty row without any."""
    title = article.title or page.cleaned.title or ""
    mentions = find_entities(title, settings.matcher)
    passives = [p for p in find_passives(title, headline=True) if p.harm]
    agents = {p.agent for p in passives}
    voice = "agent named" if True in agents else "no agent" if passives else ""

    for reading in read_events(title, mentions, [], lexicons=settings.lexicons) or [None]:
        parts = ("trigger", "event_type", "status", "attribution")
        told = {part: getattr(reading, part, "") for part in parts}
        parties = {k: _named(title, getattr(reading, k, "")) for k in ("source", "target")}
        yield {"doc_id": page.doc_id, "title": title} | parties | told | {"passive": voice}


def _named(sentence: str, party: Any) -> str:
    """A party of an event: its entity id, else its words in the sentence, else nothing."""
    return sentence[slice(*party)] if isinstance(party, tuple) else party or ""


def _shifted(span: Any, by: int) -> Any:
    """A mention, quotation or date with its offsets (the first two fields) moved."""
    return span._make((span.start + by, span.end + by, *span[2:]))


# --- corrections ----------------------------------------------------------------------------


def _corrected_mentions(
    page: Page, mentions: list[Mention], ledger: Ledger, matcher: ActorMatcher
) -> Iterator[Mention]:
    for mention in mentions:
        told = f"{mention.surface}: {mention.entity_id}"
        changes = ledger.changes("mentions", page.raw_start(mention), mention._asdict(), told)
        if "entity_id" in changes:
            entity = matcher.entities[changes["entity_id"]]
            names = {"entity_id": entity.entity_id, "entity": entity.name, "type": entity.type}
            mention = mention._replace(**names, method="corrected")  # noqa: PLW2901
        if not changes.get("delete"):
            yield mention


def _corrected_dates(
    page: Page, dates: list[DateExpression], ledger: Ledger
) -> Iterator[DateExpression]:
    """A corrected value brings its interval with it, unless that is corrected too."""
    for expression in dates:
        told = f"{expression.text}: {expression.value}"
        changes = ledger.changes("dates", page.raw_start(expression), expression._asdict(), told)
        delete = changes.pop("delete", False)
        if "value" in changes:
            first, last = interval(changes["value"]) or (None, None)
            changes = {"date_from": first, "date_to": last} | changes
        if not delete:
            yield expression._replace(**changes)


def _corrected_reports(rows: list[dict[str, Any]], ledger: Ledger) -> Iterator[dict[str, Any]]:
    """A corrected type brings its direction and weight with it."""
    for row in rows:
        told = f"{row['trigger']}: {row['event_type']}"
        changes = ledger.changes("event_reports", row["start"], row, told)
        delete = changes.pop("delete", False)
        if {"event_type", "mode"} & changes.keys():
            root = changes.get("event_type", row["event_type"])
            mode = changes.get("mode", row["mode"] if root == row["event_type"] else "")
            direction, goldstein = lexicon().values(root, mode)
            changes = {"mode": mode, "direction": direction, "goldstein": goldstein} | changes
        if {"date_from", "date_to"} & changes.keys():
            changes["date_basis"] = "corrected"
        if not delete:
            yield row | changes


# --- dates and events -----------------------------------------------------------------------


def _find_dates(page: Page, article: Article) -> list[DateExpression]:
    """Dates of the body in one go (they refer to each other), of everything else apart."""
    published = article.published
    first, last = article.published_from or published, article.published_to or published
    found = []
    for kinds in (("body",), ("title", "subtitle"), ("caption",)):
        found += find_dates_in_range(page.only(*kinds), first, last, published)
    return sorted(found, key=lambda expression: expression.start)


def _date_row(page: Page, expression: DateExpression) -> dict[str, Any]:
    return page.place(expression.start, expression.end) | {
        "surface": expression.text,
        "type": expression.type,
        "value": expression.value,
        "mod": expression.mod or "",
        "anchor": expression.anchor,
        "date_from": expression.date_from,
        "date_to": expression.date_to,
    }


def _reports(
    page: Page,
    mentions: dict[int, list[Mention]],
    dates: list[DateExpression],
    article: Article,
    settings: Settings,
) -> Iterator[tuple[Sentence, Dated]]:
    """Events sentence by sentence, each with its date."""
    in_sentences = page.by_sentence(dates)
    lines = []
    for sentence in page.counted:
        text = page.text[sentence.start : sentence.end]
        inside = [spans.get(sentence.start, ()) for spans in (mentions, in_sentences)]
        readings = read_events(text, *inside, lexicons=settings.lexicons)
        lines.append(Line(sentence.block.kind, text, readings, inside[1]))
    published = tuple(
        date.fromisoformat(day or article.published)
        for day in (article.published_from, article.published_to)
    )
    dated_lines = date_readings(lines, published, settings.parents)
    for sentence, dated in zip(page.counted, dated_lines, strict=True):
        for found in dated:
            yield sentence, found


def _report_row(page: Page, number: int, sentence: Sentence, dated: Dated) -> dict[str, Any]:
    reading = dated.reading
    text = page.text[sentence.start : sentence.end]
    return {
        "report_id": f"{page.doc_id}:{number:03d}",
        **page.place(sentence.start + reading.start, sentence.start + reading.end),
        **_fields(reading, "trigger", "event_type", "mode", "direction"),
        **{part: _named(text, getattr(reading, part)) for part in ("source", "target", "place")},
        "date_from": dated.date_from,
        "date_to": dated.date_to,
        "date_basis": dated.basis,
        **_fields(reading, "status", "attribution", "goldstein"),
        **_fields(reading, "n_incidents_min", "n_incidents_max"),
        "in_caption": sentence.block.kind == "caption",
        "in_title": sentence.block.kind in ("title", "subtitle"),
    }
