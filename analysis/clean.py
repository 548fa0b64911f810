"""Tell an article from the page it was copied with: blocks of a text, each with its kind.

A page's lines are scored by an additive model (analysis/line_model.py); lines above the mode's
threshold are body. Rules then give the headline, subtitle, byline, dateline and captions their
kinds, and mark what a page says twice (captions, pull quotes, headline echoes) as not counted.
Every non-blank line ends up in a block, with the reason for its kind.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from analysis.lexicons import load
from analysis.line_model import (
    LONG,
    Line,
    Page,
    Pass,
    Phrases,
    context_features,
    fold,
    local_features,
    page_lines,
    without_menus,
)
from analysis.normalise import Normalised, normalise

KINDS = ("title", "subtitle", "byline", "dateline", "caption", "body", "furniture")
THRESHOLDS = {"strict": -0.2, "lenient": -2.0}  # log-odds of being body text
LANGUAGES = ("en", "fr", "de", "es")
RUN_ON = 1.5  # how far below the threshold a paragraph right after the body may be
PARAGRAPH = 20  # words of such a paragraph
HEAD = 12  # lines above the first paragraph in which headline, byline and date are looked for


class Block(NamedTuple):
    """text == raw[start:end]; `counted` is false for what the page says a second time.

    `why` is the rule that gave the kind, or the model's score with the feature that weighed most
    and its part; `reason` puts it in words.
    """

    kind: str
    start: int
    end: int
    text: str
    why: str | tuple[float, str, float]
    counted: bool = True

    @property
    def reason(self) -> str:
        if isinstance(self.why, str):
            return self.why
        score, feature, effect = self.why
        return f"score {score:+.1f}, most from {feature} ({effect:+.1f})"


class FoundDate(NamedTuple):
    """A publication date found in the text: never authoritative (it may be the day of copying)."""

    iso: str
    surface: str
    start: int
    end: int


@dataclass(frozen=True)
class CleanText:
    """The blocks of a text in order; title, byline and date are found, not given."""

    blocks: tuple[Block, ...]
    date: FoundDate | None = None
    normalised: Normalised | None = field(default=None, repr=False)

    @cached_property
    def body(self) -> str:
        return "\n\n".join(block.text for block in self.blocks if block.kind == "body")

    @cached_property
    def title(self) -> str | None:
        return self._first("title")

    @cached_property
    def byline(self) -> str | None:
        return self._first("byline")

    def _first(self, kind: str) -> str | None:
        return next((block.text for block in self.blocks if block.kind == kind), None)


class _Label(NamedTuple):
    kind: str
    why: str | tuple[float, str, float]
    counted: bool = True


_MENU = _Label("furniture", "one of many short lines in a row")


class _Rules(NamedTuple):
    """The lexicon compiled for some languages and one corpus's additions."""

    phrases: Phrases
    months: dict[str, int]
    credit_words: frozenset[str]
    byline: re.Pattern
    header: re.Pattern
    header_words: frozenset[str]
    credit_start: re.Pattern
    credit_end: re.Pattern
    date: re.Pattern

    def find_date(self, text: str) -> re.Match | None:
        return self.date.search(text) if _YEAR.search(text) else None


_NAME = r"[^\W\d_][\w.'-]{0,30}"
_URL = re.compile(r"(?:https?://|www\.)\S+$", re.I)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATED = re.compile(r"\b(?:19|20)\d\d\W*$|\bfile\W*$", re.I)
_PICTURE = re.compile(r"photo|foto|image|getty", re.I)
_DATELINE = re.compile(
    # SULAIMANI (ESTA) - | BAGHDAD, Jan 3 (Reuters) - | (Reuters) - | Berlin (dpa) -
    r"(?:[A-Z\u00c0-\u00de][\w.,/' -]{1,48})?"
    r"\((?:[A-Z][\w./ -]{1,24}|[a-z]{2,4}(?:/[a-z]{2,4})?)\)\s?(?:--?|[–—])\s"
    # BAGHDAD — | NEW YORK, April 3 —
    r"|[A-Z\u00c0-\u00de]{3}[A-Z\u00c0-\u00de .'/-]{0,28}(?:,[\w .]{2,24})?\s?(?:--|[–—]|\s-)\s"
)


def _first_words(alternatives: str) -> frozenset[str]:
    return frozenset(fold(entry).split()[0] for entry in alternatives.split("|"))


@cache
def _rules(language: str | None, lexicons: str | None) -> _Rules:
    lexicon = load("furniture", extra=lexicons)
    languages = tuple(dict.fromkeys((language, "en"))) if language in LANGUAGES else LANGUAGES

    def either(*keys: str) -> str:
        entries = {e for key in keys for k in ("any", *languages) for e in lexicon[key].get(k, [])}
        return "|".join(re.escape(e) for e in sorted(entries, key=lambda e: (-len(e), e)))

    months = {
        name: number
        for k in languages
        for number, names in enumerate(lexicon["months"].get(k, []), 1)
        for name in names
    }
    month = "|".join(re.escape(name) for name in sorted(months, key=lambda m: (-len(m), m)))
    credit = either("captions")
    return _Rules(
        phrases=Phrases.compile(lexicon, languages),
        months=months,
        credit_words=_first_words(credit),
        byline=re.compile(rf"(?:[-–—•]\s*)?(?:{either('bylines')}):?\s+(?P<name>\S.*)", re.I),
        header=re.compile(rf"(?:{either('headers')})\b", re.I),
        header_words=_first_words(either("headers")),
        credit_start=re.compile(
            rf"\?\?.{{1,40}}\?\?\s|[(\[]?(?:{credit})\s*[:|/©]\s*\S"
            rf"|{_NAME}(?: {_NAME}){{1,3}}\s?[,/|]\s?(?:{credit})\b(?!\s*(?:,|said|reported))",
            re.I,
        ),
        credit_end=re.compile(
            rf"[(\[|/©–—-]\s?(?:[\w.' -]{{1,40}}[/,|]\s?)?(?:{credit})\b"
            rf"[^()\[\]]{{0,40}}[)\]]?\s?\.?$",
            re.I,
        ),
        date=re.compile(
            rf"\b(?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)\b"
            rf"|\b(?P<mon2>{month})\.? (?P<d2>\d\d?)(?:st|nd|rd|th)?,? (?P<y2>(?:19|20)\d\d)\b"
            rf"|\b(?P<d3>\d\d?)(?:er|st|nd|rd|th|\.|º)? (?:de |of )?(?P<mon3>{month})\.?,?"
            rf"(?: del?)? (?P<y3>(?:19|20)\d\d)\b"
            rf"|\b(?P<d4>\d\d?)\.(?P<m4>\d\d?)\.(?P<y4>(?:19|20)\d\d)\b",
            re.I,
        ),
    )


@cache
def _model() -> tuple[Pass, Pass]:
    content = load("clean_model")
    return Pass.from_yaml(content["first"]), Pass.from_yaml(content["second"])


def clean_text(
    raw: str,
    *,
    mode: str = "strict",
    title: str | None = None,
    language: str | None = None,
    lexicons: str | Path | None = None,
) -> CleanText:
    """Blocks of `raw`, with offsets into it.

    `mode` strict drops doubtful lines, lenient keeps them; `title` is the known headline, if any;
    `language` (en, fr, de, es) narrows the furniture phrases; `lexicons` is a corpus's folder of
    additions. Raises ValueError for an unknown mode.
    """
    normalised = normalise(raw)
    return _label(normalised, raw, mode, title, language, lexicons)


def label_blocks(
    text: str,
    *,
    mode: str = "strict",
    title: str | None = None,
    language: str | None = None,
    lexicons: str | Path | None = None,
) -> CleanText:
    """The same as `clean_text` for a text that is normalised already; offsets are into `text`."""
    return _label(Normalised(text, len(text)), text, mode, title, language, lexicons)


def _label(
    normalised: Normalised,
    raw: str,
    mode: str,
    title: str | None,
    language: str | None,
    lexicons: str | Path | None,
) -> CleanText:
    if mode not in THRESHOLDS:
        raise ValueError(f"unknown mode {mode!r}: use {' or '.join(THRESHOLDS)}")
    lines = page_lines(normalised.text)
    if not lines:
        return CleanText((), normalised=normalised)
    kept = without_menus(lines)
    page = Page([lines[i] for i in kept])
    rules = _rules(language, str(lexicons) if lexicons else None)
    labels = _by_score(page, rules, THRESHOLDS[mode])
    lead = _lead(page, labels)
    headline = _headline(page, lead, normalise(title).text if title else None, rules)
    _label_captions(page, labels, lead, rules)
    _label_head(page, labels, lead, headline, rules)
    _mark_repeats(page, labels, headline)
    all_labels = [_MENU] * len(lines)
    for i, label in zip(kept, labels, strict=True):
        all_labels[i] = label
    blocks = []
    for start, end, label in _pieces(lines, all_labels):
        first, last = normalised.span(start, end)
        blocks.append(Block(label.kind, first, last, raw[first:last], label.why, label.counted))
    day = _publication_date(page, labels, lead, headline, rules)
    if day:
        first, last = normalised.span(day.start, day.end)
        day = FoundDate(day.iso, raw[first:last], first, last)
    return CleanText(tuple(blocks), day, normalised)


def _by_score(page: Page, rules: _Rules, threshold: float) -> list[_Label]:
    """Body or furniture by the model, with the two features that speak most for it."""
    first, second = _model()
    features = local_features(page, rules.phrases)
    features |= context_features(page, first.score(features))
    effects = second.effects(features)
    scores = effects.sum(axis=0) + second.intercept
    if not (scores > threshold).any():  # too short to tell: the best there is
        scores += threshold - scores.max() + 1e-3
    body = scores > threshold
    sentences = (
        (page.ending >= 3) & (page.n_words >= PARAGRAPH) & (features["furniture phrases"] == 0)
    )
    for i in np.flatnonzero(sentences & ~body & (scores > threshold - RUN_ON)):
        body[i] = i > 0 and body[i - 1] and page.indents[i] == page.indents[i - 1]
    strongest = np.where(body, effects.argmax(axis=0), effects.argmin(axis=0))
    strength = effects[strongest, np.arange(len(scores))]
    labels = []
    columns = (column.tolist() for column in (body, scores, strongest, strength))
    for line, is_body, score, feature, effect in zip(page.lines, *columns, strict=True):
        why = (score, second.names[feature], effect)
        label = _Label("body" if is_body else "furniture", why)
        if is_body and _URL.match(line.text):
            label = _Label("furniture", "a web address")
        labels.append(label)
    return labels


def _lead(page: Page, labels: list[_Label]) -> int:
    """Index of the first paragraph of the body (the first body line, if none is long)."""
    body = [i for i, label in enumerate(labels) if label.kind == "body"]
    long = (i for i in body if page.n_words[i] >= LONG and page.ending[i])
    return next(long, body[0] if body else 0)


def _headline(page: Page, lead: int, known: str | None, rules: _Rules) -> int | None:
    """Index of the headline: the line most like the known one, else the likeliest above the lead.

    Likely is what shares its words with the long lines, is of a headline's length, stands near the
    lead, and does not end as a sentence does.
    """
    if known:
        wanted = set(fold(known).split())
        near = range(min(lead + HEAD, len(page.lines)))
        likeness = [len(wanted & {*page.words[i]}) / len(wanted | {*page.words[i]}) for i in near]
        best = int(np.argmax(likeness))
        return best if likeness[best] >= 0.6 else None
    best, best_score = None, 0.35
    for i in range(max(0, lead - HEAD), lead):
        text, words = page.lines[i].text, page.words[i]
        if not 3 <= len(words) <= 30 or page.beginning[i] == 0 or rules.phrases.is_marker(words):
            continue
        if rules.byline.match(text) or _is_credit(text, words, rules) or rules.find_date(text):
            continue
        content = {word for word in words if len(word) > 3}
        shared = sum(page.in_prose[page.numbers[w]] > 0 for w in content) / max(len(content), 1)
        score = shared + 0.5 * (5 <= len(words) <= 20) - 0.8 * (text[-1] in ".,;:")
        score -= 0.02 * (lead - i) + 0.3 * (words[0] in rules.phrases.starts)
        glued = best is not None and text in page.lines[best].text
        if score > best_score + (-0.1 if glued else 0.4):
            best, best_score = i, score
    return best


def _is_credit(text: str, words: list[str], rules: _Rules) -> str | None:
    """How a line credits its picture: at its beginning, its end, or not (None)."""
    if rules.credit_words.isdisjoint(words) or len(text) > 1000 or _URL.match(text):
        return None
    if rules.credit_start.match(text):
        return "begins"
    return "ends" if rules.credit_end.search(text[-120:]) else None


def _label_captions(page: Page, labels: list[_Label], lead: int, rules: _Rules) -> None:
    """Captions: lines that credit an agency or a photographer the way captions do."""
    last = max((i for i, label in enumerate(labels) if label.kind == "body"), default=0)
    credits = page.count(rules.credit_words)
    for i in range(max(0, lead - HEAD), min(last + 4, len(labels))):
        if not credits[i]:
            continue
        text, words = page.lines[i].text, page.words[i]
        where = _is_credit(text, words, rules) if len(words) > 4 else None
        if where == "ends" and i >= lead:  # below, an agency's name may end a paragraph too
            match = rules.credit_end.search(text[-120:])
            told = _DATED.search(text[-120:][: match.start()]) or _PICTURE.search(match.group())
            where = where if told else None
        if where:
            labels[i] = _Label("caption", f"{where} with a picture credit")


def _label_head(
    page: Page, labels: list[_Label], lead: int, headline: int | None, rules: _Rules
) -> None:
    """Headline, subtitle and byline above the first paragraph."""
    if headline is not None:
        labels[headline] = _Label("title", "most like a headline above the first paragraph")
    for i in range(max(0, lead - HEAD if headline is None else headline - 4), lead):
        text = page.lines[i].text
        below = headline is not None and i > headline
        if labels[i].kind in ("title", "caption"):
            continue
        if _is_byline(text, rules, below):
            labels[i] = _Label("byline", "names the author above the first paragraph")
        elif len(page.words[i]) <= 10 and rules.find_date(text):
            labels[i] = _Label("furniture", "a date above the first paragraph")
        elif (
            below
            and len(page.words[i]) >= 5
            and page.beginning[i]
            and (labels[i].kind == "body" or i == headline + 1)
            and not rules.header.match(text)
            and not rules.find_date(text)
        ):
            labels[i] = _Label("subtitle", "between headline and first paragraph")


def _is_byline(text: str, rules: _Rules, below_headline: bool) -> bool:
    match = rules.byline.match(text)
    name = match.group("name") if match else text.lstrip("-–—• ")
    words = [word.strip(".,;") for word in name.split()]
    if not words or len(text) > 160:
        return False
    capitals = sum(word[:1].isupper() for word in words)
    if match:
        return words[0][:1].isupper() and capitals * 2 >= len(words)
    dashed = below_headline and text[0] in "-–—" and name[0].isupper() and name[-1] not in ".!?"
    return dashed and capitals >= 2 and capitals * 3 >= len(words) * 2


def _mark_repeats(page: Page, labels: list[_Label], headline: int | None) -> None:
    """Second copies of captions and of the headline, and pull quotes, are not counted."""
    captions = [i for i, label in enumerate(labels) if label.kind == "caption"]
    if captions:
        told: set[tuple] = set()
        for i in range(captions[0], len(labels)):
            runs = _runs(page.words[i], 5)
            if runs and labels[i].kind != "body" and len(runs & told) * 2 >= len(runs):
                labels[i] = _Label("caption", "repeats a caption", counted=False)
            elif labels[i].kind == "caption":
                told |= runs
    if headline is not None:
        echo = page.words[headline]
        for i in [i for i, words in enumerate(page.words) if words == echo]:
            if i != headline:
                labels[i] = _Label("title", "repeats the headline", counted=False)
    body = [i for i, label in enumerate(labels) if label.kind == "body"]
    said_twice = (page.n_shared >= 0.4 * page.n_words) & (page.ending % 2 == 0) & (page.ending < 4)
    said_twice &= page.beginning > 1  # neither a bullet nor a number
    quotes = [
        i
        for i in body
        if said_twice[i] and 10 <= page.n_words[i] <= 45 and "  " not in page.lines[i].text
    ]
    quoted = {run: i for i in quotes for run in _runs(page.words[i], 7)}
    for k in body if quoted else ():
        runs = zip(*(page.words[k][j:] for j in range(7)), strict=False)
        for i in {quoted[run] for run in runs if run in quoted}:
            if page.n_words[i] < page.n_words[k]:
                labels[i] = _Label("subtitle", "a pull quote: repeats the body", counted=False)


def _runs(words: list[str], size: int) -> set[tuple]:
    return {tuple(words[k : k + size]) for k in range(len(words) - size + 1)}


def _pieces(lines: list[Line], labels: list[_Label]) -> Iterator[tuple[int, int, _Label]]:
    """Start, end and label of each line; a dateline before an early body line is one of its own."""
    body_lines = 0
    for line, label in zip(lines, labels, strict=True):
        start = line.start
        if label.kind == "body" and body_lines < 3:
            body_lines += 1
            match = _DATELINE.match(line.text)
            if match and match.end() + 20 < len(line.text):
                end = start + len(match.group().rstrip())
                yield start, end, _Label("dateline", "place and agency, then a dash")
                start = line.end - len(line.text[match.end() :].lstrip())
        yield start, line.end, label


def _publication_date(
    page: Page, labels: list[_Label], lead: int, headline: int | None, rules: _Rules
) -> FoundDate | None:
    """The first date on a line that says so, else between headline and lead, else above them."""
    candidates = []
    for i, line in enumerate(page.lines):
        near = lead - 2 * HEAD <= i <= lead
        if not near and (not page.words[i] or page.words[i][0] not in rules.header_words):
            continue
        if labels[i].kind in ("body", "caption") or len(line.text) > 120:
            continue
        labelled = rules.header.match(line.text)
        match = rules.find_date(line.text) if near or labelled else None
        iso = _iso(match, rules) if match else None
        if iso:
            start = line.start + match.start()
            found = FoundDate(iso, match.group(), start, start + len(match.group()))
            above = headline is None or i < headline
            candidates.append(((not labelled, not near, above, abs(lead - i)), found))
    return min(candidates, default=(None, None))[1]


def _iso(match: re.Match, rules: _Rules) -> str | None:
    """ISO form of a date match; None when there is no such day."""
    part = {key[:-1]: value for key, value in match.groupdict().items() if value}
    month = rules.months[part["mon"].lower()] if "mon" in part else int(part["m"])
    try:
        return date(int(part["y"]), month, int(part["d"])).isoformat()
    except ValueError:
        return None
