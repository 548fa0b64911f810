"""Tell an article from the page it was copied with: blocks of a text, each with its kind.

A page's lines are scored by an additive model (analysis/clean/lines.py); lines above the mode's
threshold are body. Rules then give the headline, subtitle, byline, dateline and captions their
kinds, and mark what a page says twice (captions, pull quotes, headline echoes) as not counted.
Every non-blank line ends up in a block, with the reason for its kind.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import groupby, islice
from typing import NamedTuple

import numpy as np

from analysis.clean.lines import (
    CREDIT,
    HEADER,
    LONG,
    SENTENCE_END,
    STARTS,
    Furniture,
    Lines,
    Page,
    Pass,
    Phrases,
    context_features,
    fold,
    local_features,
    page_lines,
    without_menus,
)
from analysis.clean.strays import Strays, boxes, headlines, is_impersonal
from analysis.lexicons import OURS, Lexicon
from analysis.text.normalise import Normalised, normalise

THRESHOLDS = {"strict": -0.2, "lenient": -2.0}  # log-odds of being body text
LANGUAGES = ("en", "fr", "de", "es")
RUN_ON = 1.5  # how far below the threshold a paragraph right after the body may be
PARAGRAPH = 16  # words of such a paragraph
SENTENCE = 5  # and on a page of little but its article
HEADLINE_LINES = 3  # over which a headline may be broken
_BYLINE, _BYLINE_WORDS = "names the author", 12
_SUBTITLE = 45  # words
_LIGHT = 0.6  # share of lines that end as sentences do, on such a page
_TOLD = 0.4  # share of a paragraph's words that stand elsewhere in the prose of the page
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

    @cached_property
    def body(self) -> str:
        return "\n\n".join(block.text for block in self.blocks if block.kind == "body")

    @cached_property
    def title(self) -> str | None:
        """The headline; its lines, where it is broken over several, joined by spaces."""
        titles = [block.text for block in self.blocks if block.kind == "title" and block.counted]
        return " ".join(titles) or None

    @cached_property
    def byline(self) -> str | None:
        return next((block.text for block in self.blocks if block.kind == "byline"), None)


@dataclass(frozen=True)
class _Labels:
    """Kind, reason and whether it is counted of every line, as columns."""

    kind: list[str]
    why: list[str | tuple[float, str, float]]
    counted: list[bool]

    def set(self, i: int, kind: str, why: str, counted: bool = True) -> None:
        self.kind[i], self.why[i], self.counted[i] = kind, why, counted

    def rows(self) -> Iterator[tuple[str, str | tuple[float, str, float], bool]]:
        return zip(self.kind, self.why, self.counted, strict=True)

    def of(self, kind: str) -> list[int]:
        """Indices of the lines of a kind."""
        return [i for i, other in enumerate(self.kind) if other == kind]


_MENU = ("furniture", "one of many short lines in a row", True)  # kind, why, counted


class _Rules(NamedTuple):
    """The lexicon compiled for some languages and one corpus's additions."""

    phrases: Phrases
    strays: Strays
    months: dict[str, int]
    byline: re.Pattern
    header: re.Pattern
    credit_start: re.Pattern
    credit_end: re.Pattern
    date: re.Pattern

    def find_date(self, text: str) -> re.Match | None:
        return self.date.search(text) if _YEAR.search(text) else None


_NAME = r"[^\W\d_][\w.'-]{0,30}"
_URL = re.compile(r"(?:https?://|www\.)\S+$", re.I)
_SITE = re.compile(r"\s+(?:[|–—•»-]|::)\s+")  # between a headline and the name of its site
_YEAR = re.compile(r"(?:19|20)\d\d")
_DATED = re.compile(r"\b(?:19|20)\d\d\W*$|\bfile\W*$", re.I)
_TABLE = re.compile(r"[:|=<>{}/\t]|  ")  # what tables, lists and code have in a line
_PICTURE = re.compile(r"photo|foto|image|getty", re.I)
_DATELINE = re.compile(
    # SULAIMANI (ESTA) - | BAGHDAD, Jan 3 (Reuters) - | (Reuters) - | Berlin (dpa) -
    r"(?:[A-Z\u00c0-\u00de][\w.,/' -]{1,48})?"
    r"\((?:[A-Z][\w./ -]{1,24}|[a-z]{2,4}(?:/[a-z]{2,4})?)\)\s?(?:--?|[–—])\s"
    # BAGHDAD — | NEW YORK, April 3 —
    r"|[A-Z\u00c0-\u00de]{3}[A-Z\u00c0-\u00de .'/-]{0,28}(?:,[\w .]{2,24})?\s?(?:--|[–—]|\s-)\s"
)


@cache
def _rules(language: str | None, lexicon: Lexicon) -> _Rules:
    languages = tuple(dict.fromkeys((language, "en"))) if language in LANGUAGES else LANGUAGES
    furniture = Furniture(lexicon["furniture"], languages)
    either = furniture.either
    months = {
        name: number
        for k in languages
        for number, names in enumerate(lexicon["furniture"]["months"].get(k, []), 1)
        for name in names
    }
    month = "|".join(re.escape(name) for name in sorted(months, key=lambda m: (-len(m), m)))
    credit, picture = either("captions", "pictures"), either("pictures")
    return _Rules(
        phrases=Phrases.compile(furniture),
        strays=Strays(furniture),
        months=months,
        byline=re.compile(rf"(?:[-–—•]\s*)?(?:{either('bylines')}):?\s+(?P<name>\S.*)", re.I),
        header=re.compile(rf"(?:{either('headers')})\b", re.I),
        credit_start=re.compile(
            rf"\?\?.{{1,40}}\?\?\s|[(\[]?(?:{credit})\s*[:|/©]\s*\S"
            rf"|[(\[]?(?:{picture})\s(?:[-–—]\s\S|by\s[A-Z]|courtesy\b)"
            rf"|{_NAME}(?: {_NAME}){{1,3}}\s?[,/|]\s?(?:{credit})\b(?!\s*(?:,|said|reported))",
            re.I,
        ),
        credit_end=re.compile(
            rf"[(\[|/©–—-]\s?(?:[\w.' -]{{1,40}}[/,|]\s?)?(?:{credit})\b"
            rf"[^()\[\]]{{0,40}}[)\]]?\s?\.?$"
            rf"|[.!?]['\"’”]?\s[(\[]?(?:{picture})(?:\s?[:|/©-]|\s[–—]|\sby\b|\scourtesy\b).{{1,60}}$",
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
def _model(lexicon: Lexicon) -> tuple[Pass, Pass]:
    content = lexicon["clean_model"]
    return Pass.from_yaml(content["first"]), Pass.from_yaml(content["second"])


def clean_text(
    raw: str,
    *,
    mode: str = "strict",
    title: str | None = None,
    language: str | None = None,
    lexicon: Lexicon = OURS,
    normalised: Normalised | None = None,
) -> CleanText:
    """Blocks of `raw`, with offsets into it.

    `mode` strict drops doubtful lines, lenient keeps them; `title` is the known headline, if any;
    `language` (en, fr, de, es) narrows the furniture phrases; `lexicon` may hold a corpus's
    additions; `normalised` is `normalise(raw)`, where it is at hand. Raises ValueError for an
    unknown mode.

    >>> sentence = "The ferry to the island will run again from Monday, its captain said."
    >>> clean_text("Home | News\\nShare this\\n\\n" + sentence).body == sentence
    True
    """
    if mode not in THRESHOLDS:
        raise ValueError(f"unknown mode {mode!r}: use {' or '.join(THRESHOLDS)}")
    normalised = normalised or normalise(raw)
    lines = page_lines(normalised.text)
    if not lines.text:
        return CleanText(())
    rules = _rules(language, lexicon)
    kept = without_menus(lines)
    page = Page(lines.where(kept), rules.phrases)
    labels = _by_score(page, THRESHOLDS[mode], *_model(lexicon))
    _label_strays(page, labels, rules, THRESHOLDS[mode], _model(lexicon))
    lead = _lead(page, labels)
    headline = (
        _known_headline(page, lead, normalise(title).text)
        if title
        else _likely_headline(page, lead, rules)
    )
    _label_captions(page, labels, lead, rules)
    _label_head(page, labels, lead, headline, rules)
    _mark_repeated_captions(page, labels)
    if headline is not None:
        _mark_repeated_headline(page, labels, headline)
    _mark_pull_quotes(page, labels)
    day = _publication_date(page, labels, lead, headline, rules)
    if day:
        first, last = normalised.span(day.start, day.end)
        day = FoundDate(day.iso, raw[first:last], first, last)
    rows = labels.rows()
    kind, why, counted = zip(*(next(rows) if keep else _MENU for keep in kept), strict=True)
    starts, ends = (place.tolist() for place in normalised.spans(lines.start, lines.end))
    texts = [raw[start:end] for start, end in zip(starts, ends, strict=True)]
    blocks = [*map(Block._make, zip(kind, starts, ends, texts, why, counted, strict=True))]
    _split_datelines(blocks, lines, normalised, raw)
    return CleanText(tuple(blocks), day)


def _by_score(page: Page, threshold: float, first: Pass, second: Pass) -> _Labels:
    """Body or furniture by the model's passes, with the feature that speaks most for it."""
    features = local_features(page)
    features |= context_features(page, first.effects(features).sum(axis=0) + first.intercept)
    effects = second.effects(features)
    scores = effects.sum(axis=0) + second.intercept
    if not (scores > threshold).any():  # too short to tell: the best there is
        scores += threshold - scores.max() + 1e-3
    body = (scores > threshold) | page.most
    for i in np.flatnonzero(page.prose & (page.ending >= 3) & ~body).tolist():
        body[i] = _DATELINE.match(page.lines.text[i]) is not None
    least = SENTENCE if _is_light(page) else PARAGRAPH
    sentences = (page.ending >= 3) & (page.n_words >= least) & (page.speaks == 0)
    indents = page.lines.indent
    for i in np.flatnonzero(sentences & ~body & ~page.marker & (scores > threshold - RUN_ON)):
        body[i] = i > 0 and body[i - 1] and indents[i] == indents[i - 1]
    strongest = np.where(body, effects.argmax(axis=0), effects.argmin(axis=0))
    strength = effects[strongest, np.arange(len(scores))]
    names = map(second.names.__getitem__, strongest.tolist())
    labels = _Labels(
        ["body" if is_body else "furniture" for is_body in body.tolist()],
        [*zip(scores.tolist(), names, strength.tolist(), strict=True)],
        [True] * len(scores),
    )
    for i in labels.of("body"):
        if _URL.match(page.lines.text[i]):
            labels.set(i, "furniture", "a web address")
    return labels


def _label_strays(
    page: Page, labels: _Labels, rules: _Rules, threshold: float, model: tuple[Pass, Pass]
) -> None:
    """Lines that their form shows to be furniture; the rest is scored again without them.

    A stray line or a box amid an article ends no article: its paragraphs go on below.
    """
    boxed = boxes(page) if is_impersonal(page) else np.zeros(len(labels.kind), bool)
    strays = _strays(page, labels, rules)
    strays |= {i: "in a box of links" for i in labels.of("body") if boxed[i]}
    for i, why in strays.items():
        labels.set(i, "byline" if why == _BYLINE else "furniture", why)
    kept = ~boxed
    kept[list(strays)] = False
    if kept.any() and not kept.all():
        calm = Page(page.lines.where(kept.tolist()), rules.phrases)
        again = _by_score(calm, threshold, *model)
        _label_again(labels, np.flatnonzero(kept).tolist(), again, _goes_on(calm, rules))


def _strays(page: Page, labels: _Labels, rules: _Rules) -> dict[int, str]:
    """Lines of the body that are none of it, with the reason."""
    impersonal = is_impersonal(page)
    foreign = headlines(page)
    strays = {}
    for i in labels.of("body"):
        short = page.n_words[i] <= _BYLINE_WORDS
        if short and _is_byline(page.lines.text[i], rules, below_headline=False):
            strays[i] = _BYLINE
        elif impersonal and foreign[i]:
            strays[i] = "like the headline of another article"
        elif why := rules.strays.why(page, i, impersonal):
            strays[i] = why
    return strays


def _goes_on(page: Page, rules: _Rules) -> np.ndarray:
    """True for sentences that go on with an article which a stray line interrupted."""
    sentences = (page.ending >= 3) & (page.beginning > 0)
    if not _is_light(page):
        sentences &= page.prose & (page.speaks == 0) & (page.told >= _TOLD)
    for i in np.flatnonzero(sentences).tolist():
        sentences[i] = not rules.strays.why(page, i, impersonal=True)
    return sentences


def _label_again(labels: _Labels, places: list[int], again: _Labels, likely: np.ndarray) -> None:
    """Likely lines are body that a run of body, scored `again` at `places`, holds beside others."""
    for kind, run in groupby(range(len(places)), again.kind.__getitem__):
        lines = list(run)
        if kind == "body" and any(labels.kind[places[k]] == "body" for k in lines):
            for k in lines:
                if likely[k] and labels.kind[places[k]] != "body":
                    labels.set(places[k], "body", "goes on below or above a stray line")


def _is_light(page: Page) -> bool:
    """Is there little on a page but its article: do most lines end as sentences do?"""
    return bool((page.ending >= 2).mean() >= _LIGHT)


def _lead(page: Page, labels: _Labels) -> int:
    """Index of the first paragraph of the body (the first body line, if none is long)."""
    body = labels.of("body")
    long = (i for i in body if page.n_words[i] >= LONG and page.ending[i])
    return next(long, body[0] if body else 0)


def _known_headline(page: Page, lead: int, title: str) -> range | None:
    """The lines most like the known headline, or like it without the name of its site.

    A headline may be broken over a few lines; a shortened one must be there word for word.
    """
    lines = [line.split() for line in page.folded[: lead + HEAD]]
    best, most = None, 0.0
    for wanted, least in _titles(title):
        for size in range(1, HEADLINE_LINES + 1):
            for first in range(len(lines) - size + 1):
                likeness = _likeness(wanted, lines[first : first + size])
                if likeness >= least and likeness > most:
                    best, most = range(first, first + size), likeness
    return best


def _titles(title: str) -> Iterator[tuple[list[str], float]]:
    """The words of a headline, whole and without its site ("Storm kills three - The Gazette").

    With each, how like it lines must be.
    """
    yield fold(title).split(), 0.6
    parts = _SITE.split(title)
    for shortened in (parts[:-1], parts[:1], parts[1:]) if len(parts) > 1 else ():
        words = fold(" ".join(shortened)).split()
        if len(words) > 2:
            yield words, 1.0


def _likeness(wanted: list[str], run: list[list[str]]) -> float:
    """Shared part of the words, 0 where it is less than half of the wanted.

    Of several lines, each must be mostly of the headline, and their words in its order.
    """
    known, words = set(wanted), [word for line in run for word in line]
    shared = [word for word in words if word in known]
    if 2 * len(set(shared)) <= len(known):
        return 0.0
    if len(run) > 1:
        in_order = shared == [word for word in wanted if word in words]
        if not in_order or any(2 * len(known.intersection(line)) <= len(line) for line in run):
            return 0.0
    return len(set(shared)) / len(known.union(words))


def _likely_headline(page: Page, lead: int, rules: _Rules) -> range | None:
    """The likeliest headline above the lead."""
    best, best_score = None, 0.35
    story = {*" ".join(page.folded[lead : lead + HEAD]).split()}
    for i in range(max(0, lead - HEAD), lead):
        score = _as_headline(page, i, lead, story)
        glued = best is not None and page.lines.text[i] in page.lines.text[best]
        if score > best_score + (-0.1 if glued else 0.4) and not _is_other_head(page, i, rules):
            best, best_score = i, score
    return None if best is None else range(best, best + 1)


def _as_headline(page: Page, i: int, lead: int, story: set[str]) -> float:
    """How likely a line is the headline of the story that begins at `lead`.

    Likely is what shares its words with the long lines, is of a headline's length, stands near the
    lead, and does not end as a sentence does.
    """
    text, words = page.lines.text[i], page.words(i)
    if not 3 <= len(words) <= 30 or page.beginning[i] == 0 or page.marker[i]:
        return -math.inf
    content = {word for word in words if len(word) > 3}
    shared = len(content & story) / max(len(content), 1)
    likely = shared + 0.5 * (5 <= len(words) <= 20) - 0.8 * (text[-1] in ".,;:")
    return likely - (0.02 * (lead - i) + 0.3 * bool(page.opening[i] & STARTS))


def _is_other_head(page: Page, i: int, rules: _Rules) -> bool:
    """Whether a line is a byline, a caption or a date."""
    text = page.lines.text[i]
    return bool(rules.byline.match(text) or _credit(page, i, rules) or rules.find_date(text))


def _credit(page: Page, i: int, rules: _Rules) -> str | None:
    """How a line credits its picture: at its beginning, its end, or not (None)."""
    text = page.lines.text[i]
    if len(text) > 1000 or "://" in text:
        return None
    if rules.credit_start.match(text):
        return "begins"
    return "ends" if rules.credit_end.search(text[-120:]) else None


def _label_captions(page: Page, labels: _Labels, lead: int, rules: _Rules) -> None:
    """Captions: lines that credit an agency or a photographer the way captions do."""
    last = max(labels.of("body"), default=0)
    credited = page.count(CREDIT) > 0
    for i in np.flatnonzero(credited[: last + 4]).tolist():
        where = _credit(page, i, rules) if i >= lead - HEAD else None
        if where == "ends" and i >= lead:  # below, an agency's name may end a paragraph too
            text = page.lines.text[i]
            match = rules.credit_end.search(text, max(0, len(text) - 120))
            before = text[: match.start()].rstrip()
            told = _DATED.search(before) or _PICTURE.search(match.group())
            where = where if told or not SENTENCE_END.search(before) else None
        if where:
            labels.set(i, "caption", f"{where} with a picture credit")


def _label_head(
    page: Page, labels: _Labels, lead: int, headline: range | None, rules: _Rules
) -> None:
    """Headline, subtitle and byline above the first paragraph."""
    for i in headline or ():
        labels.set(i, "title", "most like a headline above the first paragraph")
    first, stop = (headline.start - 4, headline.stop) if headline else (lead - HEAD, lead)
    for i in range(max(0, first), lead):
        text, below = page.lines.text[i], i >= stop
        if labels.kind[i] in ("title", "caption"):
            continue
        if _is_byline(text, rules, below):
            labels.set(i, "byline", "names the author above the first paragraph")
        elif rules.find_date(text):
            if page.n_words[i] <= 10:
                labels.set(i, "furniture", "a date above the first paragraph")
        elif (
            below
            and (labels.kind[i] == "body" or i == stop)
            and (5 <= page.n_words[i] <= _SUBTITLE and page.beginning[i])
            and not rules.header.match(text)
        ):
            labels.set(i, "subtitle", "between headline and first paragraph")


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


def _mark_repeated_captions(page: Page, labels: _Labels) -> None:
    """Lines that say a caption again are captions that are not counted."""
    told: set[tuple] = set()
    for caption in labels.of("caption")[:1]:
        for i in range(caption, len(labels.kind)):
            runs = _runs(page.words(i), 5) if labels.kind[i] != "body" else ()
            if runs and len(runs & told) * 2 >= len(runs):
                labels.set(i, "caption", "repeats a caption", counted=False)
            elif labels.kind[i] == "caption":
                told |= runs


def _mark_repeated_headline(page: Page, labels: _Labels, headline: range) -> None:
    """Second copies of the headline, on one line or as many as it has, are not counted."""
    words = [word for i in headline for word in page.words(i)]
    for size in {1, len(headline)}:
        n_words = np.convolve(page.n_words, np.ones(size), "valid")
        for first in np.flatnonzero(n_words == len(words)).tolist():
            run = range(first, first + size)
            if first not in headline and [w for i in run for w in page.words(i)] == words:
                for i in run:
                    labels.set(i, "title", "repeats the headline", counted=False)


def _mark_pull_quotes(page: Page, labels: _Labels) -> None:
    """Lines that say again what the body says, without being sentences, are not counted."""
    sentence = page.ending >= 3
    likely = ~sentence & (page.n_words >= LONG) & (page.n_words <= 45)
    likely &= (page.beginning > 1) & (page.capitalised < 0.4)  # no heading, bullet or number
    quotes = [i for i in np.flatnonzero(likely).tolist() if labels.kind[i] == "body"]
    prose = np.flatnonzero(page.prose & sentence).tolist() if quotes else ()
    story = "\n".join(page.folded[i] for i in prose if labels.kind[i] == "body")
    for i in quotes:
        words = page.words(i)
        runs = _runs(words, max(7, round(0.4 * len(words))))
        if not _TABLE.search(page.lines.text[i]) and any(" ".join(run) in story for run in runs):
            labels.set(i, "subtitle", "a pull quote: repeats the body", counted=False)


def _runs(words: list[str], size: int) -> set[tuple]:
    return set(zip(*(words[k:] for k in range(size)), strict=False))


def _split_datelines(blocks: list[Block], lines: Lines, normalised: Normalised, raw: str) -> None:
    """The dateline before an early body line becomes a block of its own."""
    body = (i for i, block in enumerate(blocks) if block.kind == "body")
    for i in reversed([*islice(body, 3)]):
        text = lines.text[i]
        match = _DATELINE.match(text)
        if match and match.end() + 20 < len(text):
            first, after = lines.start[i], lines.end[i] - len(text[match.end() :].lstrip())
            start, end = normalised.span(first, first + len(match.group().rstrip()))
            why = "place and agency, then a dash"
            dateline = Block("dateline", start, end, raw[start:end], why)
            start, end = normalised.span(after, lines.end[i])
            blocks[i : i + 1] = dateline, blocks[i]._replace(start=start, text=raw[start:end])


def _publication_date(
    page: Page, labels: _Labels, lead: int, headline: range | None, rules: _Rules
) -> FoundDate | None:
    """The first date on a line that says so, else between headline and lead, else above them."""
    candidates = []
    near = range(max(0, lead - 2 * HEAD), lead + 1)
    for i in sorted({*near, *np.flatnonzero(page.opening & HEADER).tolist()}):
        text = page.lines.text[i]
        if labels.kind[i] in ("body", "caption") or len(text) > 120:
            continue
        labelled = rules.header.match(text)
        match = rules.find_date(text) if i in near or labelled else None
        iso = _iso(match, rules) if match else None
        if iso:
            start = int(page.lines.start[i]) + match.start()
            found = FoundDate(iso, match.group(), start, start + len(match.group()))
            above = headline is None or i < headline.start
            candidates.append(((not labelled, i not in near, above, abs(lead - i)), found))
    return min(candidates, default=(None, None))[1]


def _iso(match: re.Match, rules: _Rules) -> str | None:
    """ISO form of a date match; None when there is no such day."""
    part = {key[:-1]: value for key, value in match.groupdict().items() if value}
    month = rules.months[part["mon"].lower()] if "mon" in part else int(part["m"])
    try:
        return date(int(part["y"]), month, int(part["d"])).isoformat()
    except ValueError:
        return None
