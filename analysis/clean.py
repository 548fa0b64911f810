"""Tell an article from the page it was copied with: blocks of a text, each with its kind.

A page's lines are scored by an additive model (analysis/line_model.py); lines above the mode's
threshold are body. Rules then give the headline, subtitle, byline, dateline and captions their
kinds, and mark what a page says twice (captions, pull quotes, headline echoes) as not counted.
Every non-blank line ends up in a block, with the reason for its kind.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from analysis.lexicons import load
from analysis.line_model import (
    LONG,
    Pass,
    Phrases,
    context_features,
    fold,
    local_features,
    phrases,
)
from analysis.normalise import Normalised, normalise

KINDS = ("title", "subtitle", "byline", "dateline", "caption", "body", "furniture")
THRESHOLDS = {"strict": -0.4, "lenient": -2.0}  # log-odds of being body text
LANGUAGES = ("en", "fr", "de", "es")
HEAD = 12  # lines above the first paragraph in which headline, byline and date are looked for


@dataclass(frozen=True)
class Block:
    """text == raw[start:end]; `counted` is false for what the page says a second time."""

    kind: str
    start: int
    end: int
    text: str
    reason: str
    counted: bool = True


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


class Line(NamedTuple):
    """A non-blank line without its margins; `gap` counts the blank lines before it (at most 9)."""

    start: int
    end: int
    text: str
    indent: int
    gap: int


class _Label(NamedTuple):
    kind: str
    reason: str
    counted: bool = True


class _Rules(NamedTuple):
    """The lexicon compiled for one language and one corpus's additions."""

    phrases: Phrases
    byline: re.Pattern
    credit: re.Pattern
    credit_end: re.Pattern
    credit_start: re.Pattern
    header: re.Pattern
    date: re.Pattern
    months: dict[str, int]


_NAME = r"[^\W\d_][\w.'’-]*"
_URL = re.compile(r"(?:https?://|www\.)\S+$", re.I)
_DATELINE = re.compile(
    # SULAIMANI (ESTA) — | BAGHDAD, Jan 3 (Reuters) - | (Reuters) - | Berlin (dpa) -
    r"(?:[A-Z\u00c0-\u00de][\w.,/' -]{1,48})?\([A-Z][\w./ -]{1,24}\)\s?(?:-{1,2}|[–—])\s"
    # BAGHDAD — | NEW YORK, April 3 — | Berlin –
    r"|[A-Z\u00c0-\u00de]{3}[A-Z\u00c0-\u00de .'/-]{0,28}(?:,[\w .]{2,24})?\s?(?:--|[–—]|\s-)\s"
)


@cache
def _rules(language: str | None, lexicons: str | None) -> _Rules:
    lexicon = load("furniture", extra=lexicons)
    languages = tuple(dict.fromkeys((language, "en"))) if language in LANGUAGES else LANGUAGES

    def either(key: str) -> str:
        content = lexicon[key]
        entries = {e for k in ("any", *languages) for e in content.get(k, [])}
        return "|".join(re.escape(e) for e in sorted(entries, key=lambda e: (-len(e), e)))

    months = {
        name: number
        for k in languages
        for number, names in enumerate(lexicon["months"].get(k, []), 1)
        for name in names
    }
    month = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    credit = either("captions")
    return _Rules(
        phrases(lexicon, languages),
        re.compile(rf"(?:[-–—•]\s*)?(?:{either('bylines')}):?\s+(?P<name>\S.*)", re.I),
        re.compile(rf"\b(?:{credit})\b", re.I),
        re.compile(
            rf"[(\[|/©–—-]\s*(?:[\w.' -]{{1,40}}[/,|]\s*)?(?:{credit})\b[^()\[\]]{{0,40}}[)\]]?\s*\.?$",
            re.I,
        ),
        re.compile(
            rf"\?\?.{{1,40}}\?\?\s|[(\[]?(?:{credit})\s*[:|/©]\s*\S"
            rf"|{_NAME}(?: {_NAME}){{1,3}}\s*[,/|]\s*(?:{credit})\b(?!\s*(?:,|said|reported))",
            re.I,
        ),
        re.compile(rf"(?:{either('headers')})\b\s*:?", re.I),
        re.compile(
            rf"\b(?P<y1>(?:19|20)\d\d)-(?P<m1>\d\d)-(?P<d1>\d\d)\b"
            rf"|\b(?P<mon2>{month})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>(?:19|20)\d\d)\b"
            rf"|\b(?P<d3>\d{{1,2}})(?:er|st|nd|rd|th|\.|º)? (?:de |of )?(?P<mon3>{month})\.?,?"
            rf"(?: del?)? (?P<y3>(?:19|20)\d\d)\b"
            rf"|\b(?P<d4>\d{{1,2}})\.(?P<m4>\d{{1,2}})\.(?P<y4>(?:19|20)\d\d)\b",
            re.I,
        ),
        months,
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
    found = label_blocks(
        normalised.text, mode=mode, title=title, language=language, lexicons=lexicons
    )
    if normalised.starts is None and normalised.text == raw:
        return replace(found, normalised=normalised)
    blocks = []
    for block in found.blocks:
        start, end = normalised.span(block.start, block.end)
        blocks.append(Block(block.kind, start, end, raw[start:end], block.reason, block.counted))
    day = found.date
    if day:
        start, end = normalised.span(day.start, day.end)
        day = FoundDate(day.iso, raw[start:end], start, end)
    return CleanText(tuple(blocks), day, normalised)


def label_blocks(
    text: str,
    *,
    mode: str = "strict",
    title: str | None = None,
    language: str | None = None,
    lexicons: str | Path | None = None,
) -> CleanText:
    """The same as `clean_text` for a text that is normalised already; offsets are into `text`."""
    if mode not in THRESHOLDS:
        raise ValueError(f"unknown mode {mode!r}: use {' or '.join(THRESHOLDS)}")
    lines = page_lines(text)
    if not lines:
        return CleanText(())
    rules = _rules(language, str(lexicons) if lexicons else None)
    labels = _by_score(lines, rules, THRESHOLDS[mode])
    known = normalise(title).text if title else None
    lead = _lead(lines, labels)
    headline = _headline(lines, labels, lead, known, rules)
    _label_captions(lines, labels, lead, rules)
    _label_head(lines, labels, lead, headline, rules)
    _mark_repeats(lines, labels, headline)
    blocks = _blocks(lines, labels)
    return CleanText(tuple(blocks), _publication_date(lines, labels, lead, headline, rules))


def page_lines(text: str) -> list[Line]:
    """The non-blank lines of `text`."""
    lines, position, gap = [], 0, 9
    for row in text.split("\n"):
        stripped = row.strip()
        if stripped:
            indent = len(row) - len(row.lstrip())
            start = position + indent
            lines.append(Line(start, start + len(stripped), stripped, indent, min(gap, 9)))
            gap = 0
        else:
            gap += 1
        position += len(row) + 1
    return lines


def _by_score(lines: list[Line], rules: _Rules, threshold: float) -> list[_Label]:
    """Body or furniture by the model's second pass, with the features that weighed most."""
    first, second = _model()
    indents = np.array([line.indent for line in lines])
    gaps = np.array([line.gap for line in lines], float)
    features = local_features([line.text for line in lines], indents, gaps, rules.phrases)
    features |= context_features(features, first.score(features)[0], indents)
    scores, reached = second.score(features)
    if not (scores > threshold).any():
        scores = scores + (threshold - scores.max()) + 1e-6
    effects = second.effects(reached)
    strongest = np.argsort(-np.abs(effects), axis=1)[:, :2]
    labels = []
    for i, score in enumerate(scores.tolist()):
        a, b = strongest[i]
        kind = "body" if score > threshold else "furniture"
        reason = (
            f"score {score:+.1f} ({second.names[a]} {effects[i, a]:+.1f}, "
            f"{second.names[b]} {effects[i, b]:+.1f})"
        )
        if kind == "body" and _URL.match(lines[i].text):
            kind, reason = "furniture", "a web address"
        labels.append(_Label(kind, reason))
    return labels


def _lead(lines: list[Line], labels: list[_Label]) -> int:
    """Index of the first paragraph of the body (the first body line, if none is long)."""
    body = [i for i, label in enumerate(labels) if label.kind == "body"]
    long = (
        i for i in body if lines[i].text.count(" ") >= LONG and lines[i].text[-1] in ".!?\"')»…:"
    )
    return next(long, body[0] if body else 0)


def _content(text: str) -> set[str]:
    return {word for word in fold(text).split() if len(word) > 3}


def _headline(
    lines: list[Line], labels: list[_Label], lead: int, known: str | None, rules: _Rules
) -> int | None:
    """Index of the headline: the line most like the known one, else the likeliest above the lead.

    Likely is what shares its words with the body, is of a headline's length, stands alone and
    near the lead, and does not end as a sentence does.
    """
    if known:
        wanted = _content(known)
        best = max(
            range(min(lead + HEAD, len(lines))),
            key=lambda i: _likeness(wanted, _content(lines[i].text)),
        )
        return best if _likeness(wanted, _content(lines[best].text)) >= 0.6 else None
    body = _content(
        " ".join(line.text for line, b in zip(lines, labels, strict=True) if b.kind == "body")
    )
    best, best_score = None, 0.9
    for i in range(max(0, lead - HEAD), lead):
        text, folded = lines[i].text, fold(lines[i].text).split()
        n = len(folded)
        if not 3 <= n <= 30 or " ".join(folded) in rules.phrases.markers | rules.phrases.lines:
            continue
        if text[0] in "*+•-–—" or rules.byline.match(text) or rules.date.search(text):
            continue
        if rules.credit_start.match(text) or rules.credit_end.search(text):
            continue
        shared = len(_content(text) & body) / max(len(_content(text)), 1)
        score = 1.5 * shared + 0.5 * (6 <= n <= 20) - 0.8 * (text[-1] in ".,;:")
        score -= 0.04 * (lead - i) + 0.3 * (" ".join(folded[:1]) in rules.phrases.starts_first)
        if score > best_score + 0.1:
            best, best_score = i, score
    return best


def _likeness(a: set[str], b: set[str]) -> float:
    return len(a & b) / max(len(a | b), 1)


def _label_captions(lines: list[Line], labels: list[_Label], lead: int, rules: _Rules) -> None:
    """Captions: lines that credit an agency or a photographer the way captions do."""
    last = max((i for i, label in enumerate(labels) if label.kind == "body"), default=0)
    for i in range(max(0, lead - HEAD), min(last + 4, len(lines))):
        text = lines[i].text
        if text.count(" ") < 4 or not rules.credit.search(text):
            continue
        if rules.credit_start.match(text):
            labels[i] = _Label("caption", "begins with a picture credit")
        elif (end := rules.credit_end.search(text)) and (
            i < lead
            or re.search(r"\d{4}\W*$|\bfile\W*$", text[: end.start()])
            or re.search(r"photo|foto|image|getty", end.group(), re.I)
        ):
            labels[i] = _Label("caption", "ends with a picture credit")


def _label_head(
    lines: list[Line], labels: list[_Label], lead: int, headline: int | None, rules: _Rules
) -> None:
    """Headline, subtitle and byline above the first paragraph."""
    if headline is not None:
        labels[headline] = _Label("title", "most like a headline above the first paragraph")
    top = max(0, lead - HEAD) if headline is None else max(0, headline - 4)
    for i in range(top, lead):
        text = lines[i].text
        words = text.split()
        if labels[i].kind in ("title", "caption") or len(words) > 40:
            continue
        if _is_byline(text, rules, headline is not None and i > headline):
            labels[i] = _Label("byline", "names the author above the first paragraph")
    if headline is None:
        return
    for i in range(headline + 1, lead):
        words = fold(lines[i].text).split()
        if len(words) < 5 or labels[i].kind in ("byline", "caption") or lines[i].text[0] in "*+•":
            continue
        plain = not rules.header.match(lines[i].text) and not rules.date.search(lines[i].text)
        if plain and (labels[i].kind == "body" or i == headline + 1):
            labels[i] = _Label("subtitle", "between headline and first paragraph")


def _is_byline(text: str, rules: _Rules, below_headline: bool) -> bool:
    match = rules.byline.match(text)
    name = match.group("name") if match else text.lstrip("-–—• ")
    words = [w.strip(".,;") for w in name.split()]
    if not words or len(words) > (14 if match or text[0] in "-–—" else 4):
        return False
    capital = sum(w[:1].isupper() for w in words)
    if match:
        return words[0][:1].isupper() and capital * 2 >= len(words)
    dashed = below_headline and text[0] in "-–—" and name[:1].isupper()
    return dashed and capital >= 2 and capital * 3 >= len(words) * 2 and name[-1] not in ".!?"


def _mark_repeats(lines: list[Line], labels: list[_Label], headline: int | None) -> None:
    """Second copies of captions and of the headline, and pull quotes, are not counted."""
    captions = {
        i: set(fold(lines[i].text).split()) for i, b in enumerate(labels) if b.kind == "caption"
    }
    echo = fold(lines[headline].text).split() if headline is not None else None
    for i, label in enumerate(labels):
        if not (captions or echo):
            break
        folded = fold(lines[i].text).split()
        content = set(folded)
        if len(content) > 5 and any(
            k < i and len(content & c) >= 0.8 * min(len(content), len(c))
            for k, c in captions.items()
        ):
            labels[i] = _Label("caption", "repeats a caption", counted=False)
        elif echo and i != headline and folded == echo:
            labels[i] = _Label("title", "repeats the headline", counted=False)
    body = [(i, fold(lines[i].text).split()) for i, b in enumerate(labels) if b.kind == "body"]
    for i, words in body:
        if 6 <= len(words) <= 45 and lines[i].text[-1] not in ".!?:;…" and _quoted(i, words, body):
            labels[i] = _Label("subtitle", "a pull quote: repeats a body sentence", counted=False)


def _quoted(place: int, words: list[str], body: list[tuple[int, list[str]]]) -> bool:
    """Whether another, longer body line holds nearly all of `words`, or six of them in a row."""
    content = {w for w in words if len(w) > 3}
    runs = {tuple(words[k : k + 6]) for k in range(len(words) - 5)}
    for other, longer in body:
        if other == place or len(longer) <= len(words):
            continue
        shared = len(content & set(longer))
        if shared * 2 >= len(content) and (
            shared >= 0.9 * len(content)
            or any(tuple(longer[k : k + 6]) in runs for k in range(len(longer) - 5))
        ):
            return True
    return False


def _blocks(lines: list[Line], labels: list[_Label]) -> list[Block]:
    """One block a line; a dateline at the start of an early body line is one of its own."""
    blocks, seen = [], 0
    for line, label in zip(lines, labels, strict=True):
        start = line.start
        if label.kind == "body":
            match = _DATELINE.match(line.text) if seen < 3 else None
            seen += 1
            if match and len(line.text) > match.end() + 20:
                place = match.group().rstrip()
                blocks.append(
                    Block(
                        "dateline",
                        start,
                        start + len(place),
                        place,
                        "place and agency, then a dash",
                    )
                )
                start += match.end()
        body = line.text[start - line.start :]
        kept = body.lstrip()
        start += len(body) - len(kept)
        blocks.append(Block(label.kind, start, line.end, kept, label.reason, label.counted))
    return blocks


def _publication_date(
    lines: list[Line], labels: list[_Label], lead: int, headline: int | None, rules: _Rules
) -> FoundDate | None:
    """The first date on a line that says so, else between headline and lead, else above them."""
    candidates = []
    for i in range(len(lines)):
        line = lines[i]
        near = max(0, lead - 2 * HEAD) <= i <= lead
        if labels[i].kind in ("body", "caption") or len(line.text) > 120:
            continue
        labelled = rules.header.match(line.text)
        if not (near or labelled):
            continue
        match = rules.date.search(line.text)
        iso = _iso(match, rules) if match else None
        if iso:
            below = headline is not None and headline < i
            rank = (not labelled, not near, not below, abs(lead - i))
            start = line.start + match.start()
            candidates.append(
                (rank, FoundDate(iso, match.group(), start, start + len(match.group())))
            )
    return min(candidates, default=(None, None))[1]


def _iso(match: re.Match, rules: _Rules) -> str | None:
    """ISO form of a date match; None when there is no such day."""
    part = {key[:-1]: value for key, value in match.groupdict().items() if value}
    month = rules.months[part["mon"].lower()] if "mon" in part else int(part["m"])
    try:
        return date(int(part["y"]), month, int(part["d"])).isoformat()
    except ValueError:
        return None
