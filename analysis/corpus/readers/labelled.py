"""Plain texts with a head before each article: labels, or a headline, the outlet and the day.

NewsBank, Gale and EBSCO print such texts, and people write them by hand, with a line of signs
between articles.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from analysis.base.messages import Note, counted
from analysis.corpus.readers.common import Reading, make_reading, slug, squeeze
from analysis.corpus.readers.dating import find_date, is_date, is_weekday
from analysis.corpus.readers.fields import Label, add, is_rights, label_of
from analysis.lexicons import load

_RULE = re.compile(r"[ \t]*(?:([_=*#~+—–-])(?:[ \t]?\1){2,})[ \t]*")
_BETWEEN = re.compile(r",\s+|;\s*|\s+[-–—|·•]\s+|\s*\|\s*")
_HEAD = 14  # lines that may stand before a text
_LONGEST = 150
_SHORT = 60
_TELLING = ("title", "outlet", "published")  # labels by which a head is known
_SURE = 2  # so many of them make the head of a single article
_MOST = 0.8


def read_labelled(text: str, name: str) -> Reading | None:
    """The articles of a plain text of which each has a head; None where they have none.

    Several articles are told apart by lines of signs, by the label with which each begins, or by
    headlines above a line of outlet and day.
    """
    chunks = [chunk for chunk in _chunks(text.split("\n")) if any(map(str.strip, chunk))]
    articles = [_article([line.strip() for line in chunk]) for chunk in chunks]
    if not _have_heads(articles):
        return None
    for article in articles:
        del article["labels"]
    reading = make_reading(articles, name, "labelled text", "")
    first = reading.documents[0]
    what = f"{counted(len(articles), 'article')} read by what stands above each text, as "
    what += f"“{first['title']}” of “{first['outlet'] or 'no outlet'}”, "
    what += f"{first['published_raw'] or 'no date'}."
    reading.notes.append(Note(name, what, "Compare some with the file."))
    return reading


def _have_heads(articles: list[dict]) -> bool:
    """Whether most articles have a head; a single one needs labels, as it may be any text."""
    if len(articles) < 2:
        return bool(articles) and articles[0]["labels"] >= _SURE
    headed = [article for article in articles if article["labels"] or _is_dated(article)]
    return len(headed) >= _MOST * len(articles)


def _is_dated(article: dict) -> bool:
    return bool(article.get("published_raw") and article.get("outlet") and article["text"])


def _chunks(lines: list[str]) -> Iterator[list[str]]:
    """The lines of each article, cut at lines of signs, else where a head begins as the first."""
    first = label_of(next(filter(str.strip, lines), ""))
    cuts = [n for n, line in enumerate(lines) if _is_cut(line)]
    if not cuts and first and _name_of(first) in ("title", "outlet", "published"):
        again = (label_of(line) for line in lines)
        cuts = [n for n, label in enumerate(again) if label and label.printed == first.printed]
    cuts = cuts or _headlines(lines)
    for start, end in zip([0, *cuts], [*cuts, len(lines)], strict=True):
        yield [line for line in lines[start:end] if not _is_cut(line)]


def _headlines(lines: list[str]) -> list[int]:
    """The lines above one of outlet and day, if the text begins so: ``Gazette, 4 May 2021``."""
    filled = [n for n, line in enumerate(lines) if line.strip()]
    heads = [a for a, b in pairwise(filled) if len(lines[a]) < _LONGEST and _names_day(lines[b])]
    return heads if heads[:1] == filled[:1] else []


def _names_day(line: str) -> bool:
    fields: dict = {}
    if len(line) < _SHORT and is_date(line):
        _read_dated(line.strip(), fields)
    return "outlet" in fields


def _is_cut(line: str) -> bool:
    """Whether a line parts articles: signs, or a word for an article and its number."""
    return len(line) < _LONGEST and bool(_RULE.fullmatch(line) or _numbered().fullmatch(line))


@cache
def _numbered() -> re.Pattern:
    words = "|".join(sorted(load("exports")["document_words"], key=len, reverse=True))
    return re.compile(rf"\s*(?:{words}|text|no\.?|nr\.?|#)\s*\d{{1,4}}\s*[:.)]?\s*", re.IGNORECASE)


def _article(lines: list[str]) -> dict:
    """The fields of an article: head, text, labels after it; how many labels are known to us."""
    fields: dict = {"labels": 0}
    lines = lines[: _foot(lines, fields)]
    here = _read_head(lines, fields)
    fields["text"] = "\n".join(lines[here:]).strip()
    if "published" not in fields and is_date(fields.get("outlet", "")):
        _read_dated(fields.pop("outlet"), fields)
    if "published" in fields:
        fields["published_raw"] = fields.pop("published")
    return fields


def _foot(lines: list[str], fields: dict) -> int:
    """Where the labels and rights after the text begin."""
    end = len(lines)
    while end > 1 and (
        not lines[end - 1] or is_rights(lines[end - 1]) or _is_label(lines[end - 1])
    ):
        end -= 1
        label = label_of(lines[end])
        if label and _name_of(label) not in ("title", "text"):
            add(fields, _name_of(label), label.rest)
    return end


def _is_label(line: str) -> bool:
    label = label_of(line)
    return bool(label) and len(label.printed) < 30 and len(line) < _LONGEST and line[:1].isupper()


def _is_ours(label: Label, name: str) -> bool:
    return bool(label.known) or name in load("exports")["columns"]


def _name_of(label: Label) -> str:
    """Our name of a label: as databases call it, as a column is called, or the label's own."""
    if label.known:
        return "text" if label.known == "body" else label.known
    parts = [slug(part) for part in label.printed.split("/")]
    for ours, names in load("exports")["columns"].items():
        if {*map(slug, names)} & {*parts}:
            return ours
    return slug(label.printed)


def _read_head(lines: list[str], fields: dict) -> int:
    """Read headline, outlet, day and labels; returns where the text begins."""
    for here, line in enumerate(lines[:_HEAD]):
        label = label_of(line)
        name = _name_of(label) if label else ""
        if name == "text":
            lines[here] = label.rest
            return here
        ended = "title" in fields and not lines[here - 1]  # a colon in what follows is no label
        if name and _is_label(line) and (_is_ours(label, name) or not ended):
            fields["labels"] += name in _TELLING
            add(fields, name, label.rest)
        elif line and not _read_line(line, lines[here + 1 : here + 2], fields):
            return here
    return min(len(lines), _HEAD)


def _read_dated(line: str, fields: dict) -> None:
    """The day of a line, and the outlet where one stands before it: ``Gazette, 4 May 2021``."""
    first, *rest = _BETWEEN.split(line, maxsplit=1)
    apart = bool(rest) and is_date(rest[0]) and not re.search(r"\d", first)
    if apart and not is_weekday(first) and "outlet" not in fields:
        fields["outlet"] = first
        line = rest[0]
    fields["published"] = line


def _read_line(line: str, following: list[str], fields: dict) -> bool:
    """Whether a line without a label belongs to the head: a date, an outlet, a name, a headline."""
    if len(line) > _LONGEST:
        return False
    if is_date(line) and "published" not in fields:
        _read_dated(line, fields)
        return True
    words = line.split()
    if words[0].lower() in load("exports")["fields"]["byline"] and len(words) < 8:
        add(fields, "byline", " ".join(words[1:]))
        return True
    if "title" not in fields:
        fields["title"] = squeeze(line)
        return True
    dated = any(find_date(one).day and len(one) < _SHORT for one in following)
    if dated and len(line) < _SHORT and "outlet" not in fields:
        fields["outlet"] = line
        return True
    return False
