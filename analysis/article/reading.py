"""One article in, its rows out: the only place where the per-article steps meet."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import accumulate
from typing import Any, NamedTuple

import pandas as pd

from analysis.article.ledger import Correction, Ledger
from analysis.clean.blocks import Block, clean_text
from analysis.clean.lines import fold
from analysis.dates.find import DateExpression, find_dates_in_range, find_dates_undated
from analysis.dates.values import interval
from analysis.entities.candidates import (
    ActorMatcher,
    Mention,
    compile_actors,
    find_candidates,
    find_entities,
)
from analysis.events.readings import read_events
from analysis.events.taking_part import Part, taking_part
from analysis.events.vocabulary import vocabulary
from analysis.events.when import Dated, date_readings
from analysis.events.when import Sentence as Line
from analysis.lexicons import OURS, Lexicon
from analysis.quotes.credits import MediaNames, find_credits
from analysis.quotes.find import Quotation, find_quotations
from analysis.quotes.labels import find_labels
from analysis.quotes.passives import find_passives
from analysis.text.language import is_read, language_of
from analysis.text.normalise import Normalised, normalise
from analysis.text.sentences import Sentence as PlainSentence
from analysis.text.words import split_sentences, term

COUNTED_KINDS = ("title", "subtitle", "body", "caption")
_BETWEEN = "\n\n"  # a title cell and the text
_PARTIES = ("source", "target", "place", "denied_by", "told_by")
_NUMBERS = tuple(
    f"{what}_{end}" for what in ("n_incidents", "killed", "wounded") for end in ("min", "max")
)
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
    lexicon: Lexicon = OURS
    clean: str = "strict"
    outlets: tuple[str, ...] = ()

    @cached_property
    def matcher(self) -> ActorMatcher:
        return compile_actors(self.actors, self.lexicon)

    @cached_property
    def media(self) -> MediaNames:
        """News organisations that an article may credit: actors on the side ``media`` too."""
        own = [entity for entity in self.matcher.entities.values() if entity.side == "media"]
        return MediaNames(own, self.outlets, self.lexicon)

    @cached_property
    def parents(self) -> dict[str, str]:
        """The entity each entity belongs to."""
        return dict(zip(self.actors["entity_id"], self.actors["parent"], strict=True))


@dataclass(eq=False)
class Sentence(PlainSentence):
    """A sentence of a page, and what was found in it, at offsets into its text.

    `quotations` are all that reach into it.
    """

    mentions: list[Mention] = field(default_factory=list)
    dates: list[DateExpression] = field(default_factory=list)
    quotations: list[Quotation] = field(default_factory=list)


def _sentences(block: Block) -> Iterator[Sentence]:
    """The sentences of a block; furniture is one."""
    whole = block.kind == "furniture"
    for start, end in [(0, len(block.text))] if whole else split_sentences(block.text):
        about = block.kind, block.counted, block.reason
        yield Sentence(block.text[start:end], block.start + start, *about)


@dataclass(frozen=True)
class Field:
    """A text of an article: its file (``text``) or the cell ``title`` of its table.

    `blocks` have offsets into the normalised text, `raw` leads back to the text as it was given.
    """

    name: str
    raw: Normalised
    blocks: tuple[Block, ...]

    def corrected(self, ledger: Ledger) -> "Field":
        return replace(self, blocks=tuple(self._corrected(ledger))) if ledger else self

    def _corrected(self, ledger: Ledger) -> Iterator[Block]:
        """Blocks with corrected labels; a corrected sentence becomes a block of its own."""
        for block in self.blocks:
            block = self._relabelled(block, ledger, "blocks")  # noqa: PLW2901
            position = block.start
            for sentence in list(_sentences(block)):
                piece = self._piece(block, sentence.start, sentence.end)
                corrected = self._relabelled(piece, ledger, "sentences")
                if corrected != piece:
                    if self.raw.text[position : piece.start].strip():
                        yield self._piece(block, position, piece.start)
                    yield corrected
                    position = piece.end
            if self.raw.text[position : block.end].strip():
                yield self._piece(block, position, block.end)

    def _piece(self, block: Block, start: int, end: int) -> Block:
        return block._replace(start=start, end=end, text=self.raw.text[start:end])

    def _relabelled(self, block: Block, ledger: Ledger, table: str) -> Block:
        key = self.name, self.raw.span(block.start, block.end)[0]
        changes = ledger.changes(table, key, block._asdict())
        if not changes:
            return block
        why = f"corrected; the machine: {block.kind}, {block.reason}"
        return block._replace(**changes, why=why)


def _title_field(title: str, machine: Field, corrected: Field) -> Field | None:
    """The title cell as a text of its own; None where the article's text has the headline too.

    That is: where a block is labelled as the title, or the first counted one begins with its words.
    """
    wanted = _folded(title)
    if not wanted or any(b.kind == "title" for b in (*machine.blocks, *corrected.blocks)):
        return None
    counted = (b.text for b in machine.blocks if b.kind in COUNTED_KINDS and b.counted)
    if _folded(next(counted, "")).startswith(wanted):
        return None
    raw = normalise(title)
    raw = replace(raw, text=raw.text.replace("\n", " "))
    return Field("title", raw, (Block("title", 0, len(raw.text), raw.text, "the title cell"),))


def _folded(line: str) -> str:
    return " ".join(fold(normalise(line).text).split())


class Page:
    """What is read of an article as one text, its sentences, and the way back to the raw texts.

    A title cell whose headline the text does not have stands before it.
    """

    def __init__(self, article: Article, settings: Settings, ledger: Ledger) -> None:
        self.doc_id = article.doc_id
        raw = normalise(article.text)
        cleaned = clean_text(
            raw.text,
            normalised=Normalised(raw.text, len(raw.text)),  # offsets are into it
            mode=settings.clean,
            title=article.title or None,
            language=article.language or None,
            lexicon=settings.lexicon,
        )
        machine = Field("text", raw, cleaned.blocks)
        text = machine.corrected(ledger)
        title = _title_field(article.title, machine, text)
        self.cleaned = replace(cleaned, blocks=text.blocks)
        self.language = language_of(article.language, self.cleaned.body)
        self._fields = [title.corrected(ledger), text] if title else [text]
        lengths = (len(field.raw.text) + len(_BETWEEN) for field in self._fields)
        self._begins = [*accumulate(lengths, initial=0)][:-1]
        self.text = _BETWEEN.join(field.raw.text for field in self._fields)
        self.blocks = [
            block._replace(start=block.start + begin, end=block.end + begin)
            for field, begin in zip(self._fields, self._begins, strict=True)
            for block in field.blocks
        ]
        self.sentences = [s for block in self.blocks for s in _sentences(block)]
        self._starts = [sentence.start for sentence in self.sentences[1:]]

    @cached_property
    def understood(self) -> list[Sentence]:
        """The counted sentences, where they are in the language that the rules read."""
        return self.counted if is_read(self.language) else []

    @cached_property
    def terms(self) -> str:
        """The counted words as they are counted, a sentence a line."""
        return "\n".join(" ".join(map(term, sentence.words)) for sentence in self.counted)

    def only(self, *kinds: str) -> str:
        """The text with everything else blanked, so that offsets stay."""
        parts, position = [], 0
        for block in self.blocks:
            if block.kind in kinds:
                parts += [self._blank[position : block.start], block.text]
                position = block.end
        return "".join(parts)

    @cached_property
    def _blank(self) -> str:
        return "\n".join(" " * len(line) for line in self.text.split("\n"))

    def raw_span(self, start: int, end: int) -> tuple[str, int, int]:
        """The field a span stands in, and its raw offsets there."""
        number = bisect_right(self._begins, start) - 1
        field, begin = self._fields[number], self._begins[number]
        return field.name, *field.raw.span(start - begin, end - begin)

    def key(self, span: Any) -> tuple[str, int]:
        """Field and raw start of a mention or date, by which its corrections are found."""
        return self.raw_span(span.start, span.end)[:2]

    def sentence_at(self, position: int) -> int:
        return bisect_right(self._starts, position)

    def place(self, start: int, end: int) -> dict[str, Any]:
        """Article, sentence, field and raw offsets of a span."""
        number, (field, *span) = self.sentence_at(start), self.raw_span(start, end)
        place = {"doc_id": self.doc_id, "sent_id": number, "field": field}
        return place | {"start": span[0], "end": span[1]}

    @cached_property
    def counted(self) -> list[Sentence]:
        """Those whose words count: no furniture, byline or dateline, repeats only once."""
        return [s for s in self.sentences if s.kind in COUNTED_KINDS and s.counted]

    def hand_out(
        self,
        mentions: Iterable[Mention],
        dates: Iterable[DateExpression],
        quotations: Iterable[Quotation],
    ) -> None:
        """Give every sentence what was found in it."""
        for mention in mentions:
            sentence = self.sentences[self.sentence_at(mention.start)]
            if mention.start < sentence.end:
                sentence.mentions.append(_shifted(mention, -sentence.start))
        for expression in dates:
            sentence = self.sentences[self.sentence_at(expression.start)]
            if expression.start < sentence.end:
                sentence.dates.append(_shifted(expression, -sentence.start))
        for quotation in quotations:
            first, last = map(self.sentence_at, (quotation.start, quotation.end - 1))
            for sentence in self.sentences[first : last + 1]:
                if quotation.start < sentence.end and sentence.start < quotation.end:
                    sentence.quotations.append(_shifted(quotation, -sentence.start))


def annotate(article: Article, settings: Settings) -> Rows:
    """Rows of one article, by their table (`analysis.base.columns.article_columns`).

    All offsets in the rows point into the raw text of their `field`.  Without a day of publication
    only those dates are resolved that do not depend on it.

    >>> article = Article("a", "The port was shelled on Monday.", "2021-05-04")
    >>> actors = pd.DataFrame(columns=["entity_id", "name", "type", "aliases", "side", "parent"])
    >>> [row["value"] for row in annotate(article, Settings(actors))["dates"]]
    ['2021-05-03']
    """
    if article.published:
        return _read(article, settings)
    years = (article._replace(**dict.fromkeys(_PUBLISHED, day)) for day in _ANY_DAYS)
    rows, others = (_read(undated, settings) for undated in years)
    for table, columns in _DATED.items():
        for row, other in zip(rows[table], others[table], strict=True):
            if any(row[column] != other[column] for column in columns):
                row.update(columns)
    return rows


_PUBLISHED = ("published", "published_from", "published_to")
_ANY_DAYS = ("2190-03-07", "2196-10-18")  # so late that all of the news was before
# What rests on the day of publication, and what stands there where that is not known.
_DATED: dict[str, dict[str, Any]] = {
    "dates": {"value": "", "mod": "", "anchor": "", "date_from": None, "date_to": None},
    "event_reports": {"date_from": None, "date_to": None, "date_basis": ""},
}


def _read(article: Article, settings: Settings) -> Rows:
    ledger = Ledger(article.doc_id, article.corrections)
    page = Page(article, settings, ledger)
    lexicon = settings.lexicon
    counted = page.only(*COUNTED_KINDS)
    found = find_entities(counted, settings.matcher, article.published)
    mentions = list(_corrected_mentions(page, found, ledger, settings.matcher)) if ledger else found
    quotations = _find_quotations(page, mentions, lexicon)
    dates = _outside_names(_find_dates(page, article, lexicon), mentions)
    dates = list(_corrected_dates(page, dates, ledger)) if ledger else dates
    page.hand_out(mentions, dates, quotations)
    reports = [
        _report_row(page, number, *report)
        for number, report in enumerate(_reports(page, article, settings), 1)
    ]
    if ledger:
        reports = list(_corrected_reports(reports, ledger, lexicon))
    return {
        "documents": [_document_row(page, article)],
        "sentences": list(_sentence_rows(page)),
        "words": [{"doc_id": page.doc_id, "terms": page.terms}],
        "mentions": [_mention_row(page, mention) for mention in mentions],
        "candidates": [
            page.place(c.start, c.end) | _fields(c, "surface", "type_guess", "sign")
            for c in find_candidates(counted, settings.matcher, found, page.language)
        ],
        "quotations": [_quotation_row(page, quotation) for quotation in quotations],
        "label_uses": list(_label_rows(page, lexicon)),
        "passives": list(_passive_rows(page, lexicon)),
        "headlines": list(_headline_rows(page, article, settings)),
        "credits": list(_credit_rows(page, settings.media)),
        "dates": [_date_row(page, expression) for expression in dates],
        "event_reports": reports,
        "corrections": ledger.rows(),
    }


def sentence_rows(article: Article, settings: Settings) -> list[dict[str, Any]]:
    """The rows of table ``sentences`` alone."""
    ledger = Ledger(article.doc_id, article.corrections)
    return list(_sentence_rows(Page(article, settings, ledger)))


def unread(article: Article, error: str) -> Rows:
    """Rows of an article whose reading failed: it is there, without anything found in it."""
    empty = dict.fromkeys(("n_sentences", "n_tokens", "n_chars_body"), 0)
    names = dict.fromkeys(("title_found", "byline", "date_in_text", "language"), "")
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
        "n_chars_body": sum(b.end - b.start for b in page.blocks if b.kind == "body"),
        "reading_error": "",
        "language": page.language,
    }


def _sentence_rows(page: Page) -> Iterator[dict[str, Any]]:
    for sentence in page.sentences:
        yield page.place(sentence.start, sentence.end) | {
            "kind": sentence.kind,
            "counted": sentence.counted and sentence.kind in COUNTED_KINDS,
            "reason": sentence.reason,
            "text": sentence.text,
        }


def _mention_row(page: Page, mention: Mention) -> dict[str, Any]:
    place = page.place(mention.start, mention.end)
    sentence = page.sentences[place["sent_id"]]
    about = {"kind": sentence.kind, "counted": sentence.counted}
    return place | about | _fields(mention, *Mention._fields[2:])


def _quotation_row(page: Page, quotation: Quotation) -> dict[str, Any]:
    columns = ("text", "speaker", "speaker_entity_id", "verb", "direct", "anonymous", "rule")
    return page.place(quotation.start, quotation.end) | _fields(quotation, *columns)


def _credit_rows(page: Page, media: MediaNames) -> Iterator[dict[str, Any]]:
    """News organisations that the article credits; early: for all of it, or in its lead."""
    lead = [s for s in page.counted if s.kind == "body"][:3]
    for credit in find_credits(page.only("byline", "dateline", "body"), media):
        yield page.place(credit.start, credit.end) | {
            "entity_id": credit.entity_id,
            "credited": credit.name,
            "early": credit.whole or any(s.start <= credit.start < s.end for s in lead),
            "rule": credit.rule,
        }


def _label_rows(page: Page, lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    for sentence in page.understood:
        if sentence.mentions:
            around = sentence.mentions, sentence.quotations
            for label in find_labels(sentence.text, *around, lexicon):
                start, end = label.start + sentence.start, label.end + sentence.start
                yield page.place(start, end) | _fields(label, "entity_id", "label", "voice", "rule")


def _passive_rows(page: Page, lexicon: Lexicon) -> Iterator[dict[str, Any]]:
    """Passives of the body; `quoted` are the words of a speaker, not the outlet's."""
    for sentence in page.understood:
        if sentence.kind == "body":
            for passive in find_passives(sentence.text, lexicon=lexicon):
                start, end = passive[:2]
                quoted = any(q.is_literal(start, end) for q in sentence.quotations)
                values = _fields(passive, "participle", "agent", "harm") | {"quoted": quoted}
                yield page.place(start + sentence.start, end + sentence.start) | values


def _headline_rows(page: Page, article: Article, settings: Settings) -> Iterator[dict[str, Any]]:
    """What the headline (given, else found) asserts: a row an event, one empty row without any."""
    title = article.title or page.cleaned.title or ""
    told = title if is_read(page.language) else ""
    mentions = find_entities(told, settings.matcher, article.published)
    passives = [p for p in find_passives(told, headline=True, lexicon=settings.lexicon) if p.harm]
    agents = {p.agent for p in passives}
    voice = "agent named" if True in agents else "no agent" if passives else ""

    for reading in read_events(told, mentions, [], lexicon=settings.lexicon) or [None]:
        parts = ("trigger", "event_type", "status", "attribution")
        values = {part: getattr(reading, part, "") for part in parts}
        named = _parties(title, reading, settings.matcher)
        parties = {role: named[role] for role in ("source", "target")}
        yield {"doc_id": page.doc_id, "title": title} | parties | values | {"passive": voice}


def _parties(sentence: str, reading: Any, matcher: ActorMatcher) -> dict[str, str]:
    """The parties of an event and its place: the entity's id, else its words, else nothing.

    Of a name that a government shares with a place, the government acts and the place is where.
    Nobody acts on himself, and some take no part (see `taking_part`).
    """
    found = {}
    for role in _PARTIES:
        party = getattr(reading, role, "") or ""
        if isinstance(party, tuple):
            party = sentence[slice(*party)]
        found[role] = party.split(";")[-1 if role == "place" else 0]
    root = getattr(reading, "event_type", "")
    part = taking_part(Part(*(found[role] for role in Part._fields)), root, matcher)
    return found | part._asdict()


def _shifted(span: Any, by: int) -> Any:
    """A mention, quotation or date with its offsets (the first two fields) moved."""
    return span._make((span.start + by, span.end + by, *span[2:]))


# --- corrections ----------------------------------------------------------------------------


def _corrected_mentions(
    page: Page, mentions: list[Mention], ledger: Ledger, matcher: ActorMatcher
) -> Iterator[Mention]:
    for mention in mentions:
        told = f"{mention.surface}: {mention.entity_id}"
        changes = ledger.changes("mentions", page.key(mention), mention._asdict(), told)
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
        changes = ledger.changes("dates", page.key(expression), expression._asdict(), told)
        delete = changes.pop("delete", False)
        if "value" in changes:
            first, last = interval(changes["value"]) or (None, None)
            changes = {"date_from": first, "date_to": last} | changes
        if not delete:
            yield expression._replace(**changes)


def _corrected_reports(
    rows: list[dict[str, Any]], ledger: Ledger, lexicon: Lexicon
) -> Iterator[dict[str, Any]]:
    """A corrected type brings its direction and weight with it."""
    for row in rows:
        told = f"{row['trigger']}: {row['event_type']}"
        changes = ledger.changes("event_reports", (row["field"], row["start"]), row, told)
        delete = changes.pop("delete", False)
        if {"event_type", "mode"} & changes.keys():
            root = changes.get("event_type", row["event_type"])
            mode = changes.get("mode", row["mode"] if root == row["event_type"] else "")
            direction, goldstein = vocabulary(lexicon).values(root, mode)
            changes = {"mode": mode, "direction": direction, "goldstein": goldstein} | changes
        if {"date_from", "date_to"} & changes.keys():
            changes["date_basis"] = "corrected"
        if changes:
            changes["rule"] = f"{row['rule']};corrected"
        if not delete:
            yield row | changes


# --- dates and events -----------------------------------------------------------------------


def _find_quotations(page: Page, mentions: list[Mention], lexicon: Lexicon) -> list[Quotation]:
    if not page.understood:
        return []
    body = [sentence for sentence in page.sentences if sentence.kind == "body"]
    return find_quotations(page.only("body"), body, mentions, lexicon)


def _find_dates(page: Page, article: Article, lexicon: Lexicon) -> list[DateExpression]:
    """Dates of the body in one go (they refer to each other), of everything else apart."""
    if not page.understood:
        return []
    published = article.published
    first, last = article.published_from or published, article.published_to or published
    found = []
    for kinds in (("body",), ("title", "subtitle"), ("caption",)):
        text = page.only(*kinds)
        if published:
            found += find_dates_in_range(text, first, last, published, lexicon)
        else:
            found += find_dates_undated(text, lexicon)
    return sorted(found, key=lambda expression: expression.start)


def _outside_names(
    dates: Iterable[DateExpression], mentions: Sequence[Mention]
) -> list[DateExpression]:
    """Dates but those that are part of a longer name ("23 March Movement")."""
    starts = [mention.start for mention in mentions]
    found = []
    for one in dates:
        before = bisect_right(starts, one.start) - 1
        name = mentions[before] if before >= 0 else None
        whole = name and (name.start, name.end) == (one.start, one.end)
        if not name or whole or name.end < one.end:
            found.append(one)
    return found


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
    page: Page, article: Article, settings: Settings
) -> list[tuple[Sentence, Dated, dict[str, str]]]:
    """Events sentence by sentence, each with its date and its parties."""
    lines = []
    before = None
    for s in page.understood:
        readings = read_events(s.text, s.mentions, s.dates, settings.lexicon, before)
        before = readings[-1].source if readings and s.kind == "body" else None
        before = before if isinstance(before, str) else None
        lines.append(Line(s.kind, s.text, readings, s.dates))
    published = article.published and tuple(
        date.fromisoformat(day or article.published)
        for day in (article.published_from, article.published_to)
    )
    dated_lines = date_readings(lines, published or None, settings.parents)
    return [
        (sentence, found, _parties(sentence.text, found.reading, settings.matcher))
        for sentence, dated in zip(page.understood, dated_lines, strict=True)
        for found in dated
    ]


def _report_row(
    page: Page, number: int, sentence: Sentence, dated: Dated, parties: dict[str, str]
) -> dict[str, Any]:
    reading = dated.reading
    return {
        "report_id": f"{page.doc_id}:{number:03d}",
        **page.place(sentence.start + reading.start, sentence.start + reading.end),
        **_fields(reading, "trigger", "event_type", "mode", "direction"),
        **parties,
        "date_from": dated.date_from,
        "date_to": dated.date_to,
        "date_basis": dated.basis,
        **_fields(reading, "status", "attribution", "mutual", "goldstein"),
        **_fields(reading, *_NUMBERS),
        "in_caption": sentence.kind == "caption",
        "in_title": sentence.kind in ("title", "subtitle"),
        "rule": reading.rule,
    }
