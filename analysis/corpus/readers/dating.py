"""Publication dates as exports and tables print them; the string found is always kept."""

import re
from calendar import monthrange
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from babel import Locale

from analysis.base.messages import Note, counted
from analysis.corpus.readers.common import plain, squeeze
from analysis.lexicons import load

_NUMBERS = re.compile(r"(?<!\d)(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(?<!\d)((?:1[5-9]|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:1[5-9]|20)\d\d)(\d\d)(\d\d)(?=\d{6}(?!\d)|\D|$)")
_CHINESE = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")
_BROKEN = re.compile(r"(?<=[^\W\d]) (?=[^\W\d])")
_COUNT = re.compile(r"([2-5]\d{4})(?:\.\d*)?|(1\d{9})(?:\d{3}|\.\d*)?")
_ORDERS = {"dmy": "day first", "mdy": "month first"}


class Found(NamedTuple):
    """A date in a string. `numbers` are (first, second, year) where their order is not known.

    `until` is the last day of the month, season or year, where no more is told; `year_first` are
    the numbers of an ISO date; `basis` is what a day rests on that is not simply given.
    """

    day: date | None
    until: date | None = None
    numbers: tuple[int, int, int] | None = None
    year_first: tuple[int, int, int] | None = None
    basis: str = ""


@cache
def _months() -> dict[str, int]:
    """Numbers of the months by their names, as `plain` writes them."""
    lexicon = load("exports")
    spelt = [(name, number) for number, names in lexicon["months"].items() for name in names]
    for language in lexicon["month_languages"]:
        for context in Locale(language).months.values():
            for names in (context["wide"], context["abbreviated"]):
                spelt += [(name.rstrip("."), number) for number, name in names.items()]
    return {plain(name): number for name, number in spelt}


@cache
def _written() -> tuple[re.Pattern, ...]:
    month = "(" + "|".join(sorted(map(re.escape, _months()), key=len, reverse=True)) + r")\b\.?"
    day = r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|e|o)?[.°]?"
    year = r"((?:1[5-9]|20)\d\d)(?!\d)"
    of = r"[\s,/-]*(?:(?:de|del|of|do)\s)?"
    return (
        re.compile(rf"{day}{of}{month}{of}{year}"),
        re.compile(rf"\b{month}[\s,/-]*{day},?[\s,/-]*(?:[\w:+]+,?\s+){{0,3}}{year}"),
        re.compile(rf"{year}[\s,/-]*{month}[\s,/-]*{day}(?!\d)"),
        re.compile(rf"{day}-{month}-(\d\d)(?!\d)"),
        re.compile(rf"\b{month}{of}{year}"),
    )


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year + (2000 if year < 70 else 1900 if year < 100 else 0), month, day)
    except ValueError:
        return None


def find_date(raw: str) -> Found:
    """The first date in a string: ISO, written out in many languages, or numbers."""
    for match in _ISO.finditer(raw):
        year, first, second = map(int, match.groups())
        day = _day(year, first, second)
        if day or _day(year, second, first):
            return Found(day, year_first=(year, first, second))
    for pattern in (_CHINESE, _COMPACT):
        for match in pattern.finditer(raw):
            day = _day(*map(int, match.groups()))
            if day:
                return Found(day)
    text = plain(raw).translate({0xBA: None, 0xAA: None})
    read = _find_written(text) or _find_numbers(raw)
    if read == Found(None) and len(text) < 30:  # "Jan 11, 2 009", "Ju n 24, 2024": broken lines
        whole = re.sub(r"(?<=\d) (?=\d)", "", text)
        read = _find_written(whole) or _find_written(_BROKEN.sub("", whole)) or read
    return read


def find_span(raw: str) -> Found:
    """The date that a cell, or a line of its own, gives: also a season, a year, a count of days.

    A spreadsheet counts days from 1900, a computer seconds (or their thousandths) from 1970.
    """
    text = plain(raw)
    if match := _COUNT.fullmatch(text):
        days, seconds = match.groups()
        if not days:
            return Found(date(1970, 1, 1) + timedelta(seconds=int(seconds)))
        return Found(date(1899, 12, 30) + timedelta(days=int(days)))
    match = _spans().fullmatch(text)
    if not match:
        return find_date(raw)
    year = int(match["year"])
    if match["first"]:
        first, last = _months()[match["first"]], _months()[match["last"]]
    else:
        season = _seasons().get(match["season"] or match["after"], {"months": (1, 12)})
        is_across = bool(match["across"] and "across" in season)
        first, last = season["across" if is_across else "months"]
        year += is_across
    first_year = year - (first > last)
    return Found(date(first_year, first, 1), date(year, last, monthrange(year, last)[1]))


@cache
def _seasons() -> dict[str, dict]:
    """Each season, with its first and last month, by its names."""
    seasons = load("exports")["seasons"]
    return {plain(name): season for season in seasons for name in season["names"]}


def is_season(text: str) -> bool:
    """Whether a text is a season or quarter of a year: ``Spring 2011``."""
    match = _spans().fullmatch(plain(text))
    return bool(match and (match["season"] or match["after"]))


@cache
def _spans() -> re.Pattern:
    names = (sorted(map(re.escape, names), key=len) for names in (_months(), _seasons()))
    month, season = map("|".join, names)
    several = rf"(?P<first>{month})\.?\s?[/–-]\s?(?P<last>{month})\.?"
    year = r"(?P<year>(?:1[7-9]|20)\d\d)(?(season)(?:\s?[/–-]\s?(?P<across>(?:19|20)?\d\d))?)"
    before = rf"(?:(?:{several}|(?P<season>{season})),?\s)?"
    return re.compile(rf"{before}{year}(?:[\s-](?P<after>{season}))?")


def is_date(line: str) -> bool:
    """Whether a line gives a date, perhaps with a weekday, an edition or a time, no sentence."""
    found = find_date(line[:60])
    return len(line) < 90 and bool(found.day or found.numbers or found.year_first)


@cache
def _weekdays() -> frozenset[str]:
    locales = map(Locale, load("exports")["month_languages"])
    contexts = (context for locale in locales for context in locale.days.values())
    names = (
        name
        for context in contexts
        for key in ("wide", "abbreviated")
        for name in context[key].values()
    )
    return frozenset(plain(name).rstrip(".") for name in names)


def is_weekday(text: str) -> bool:
    """Whether a text is the name of a weekday, in any of the languages of the exports."""
    return plain(text).rstrip(".") in _weekdays()


def _find_written(text: str) -> Found | None:
    months = _months()
    *full, month_only = _written()
    for pattern, order in zip(full, ((3, 2, 1), (3, 1, 2), (1, 2, 3), (3, 2, 1)), strict=True):
        for match in pattern.finditer(text):
            year, month, day = (match[i] for i in order)
            whole_date = _day(int(year), months[month], int(day))
            if whole_date:
                return Found(whole_date)
    match = None if _NUMBERS.search(text) else month_only.search(text)
    if not match:
        return None
    year, month = int(match[2]), months[match[1]]
    return Found(date(year, month, 1), date(year, month, monthrange(year, month)[1]))


def _find_numbers(raw: str) -> Found:
    match = _NUMBERS.search(raw)
    if not match:
        return Found(None)
    first, second, year = (int(match[i]) for i in (1, 3, 4))
    if first > 12 or first == second or match[2] == ".":  # with dots, the day is always first
        return Found(_day(year, second, first), numbers=(first, second, year))
    if second > 12:
        return Found(_day(year, first, second), numbers=(first, second, year))
    return Found(None, numbers=(first, second, year))


def date_documents(documents: list[dict], where: str, order: str | None = None) -> list[Note]:
    """Set `published` (ISO) and `published_basis` of documents from their `published_raw`.

    Numbers such as 03/04/2015 are read day first or month first (`order`: ``dmy``, ``mdy``) as
    unambiguous dates of the same documents show, and the notes returned say so. Where only a
    month, season or year is given its first day is taken, and `published_from`, `published_to` are
    its ends.
    """
    dates = _turned([_look(doc) for doc in documents])
    assumed, why = _choose_order(order, documents, dates)
    groups: dict[str, list[dict]] = {}
    for doc, found in zip(documents, dates, strict=True):
        groups.setdefault(_settle(doc, found, assumed, why), []).append(doc)
    notes = []
    for group, (verbs, state, todo) in _said(assumed, why).items():
        if members := groups.get(group):
            example = squeeze(members[0]["published_raw"])[:60]
            verb = verbs[len(members) > 1]
            what = f"{len(members)} of {counted(len(documents), 'article')} {verb} {state}"
            notes.append(Note(where, f"{what}, e.g. “{example}”.", todo))
    return notes


def _look(doc: dict) -> Found:
    """The date of a document, else that of another field: the day the database took it in."""
    raw = doc["published_raw"] or ""
    found = find_span(raw)
    if found.day or found.numbers or found.year_first:
        return found
    lexicon = load("exports")
    fetched = (find_span(doc[name]).day for name in lexicon["not_published"] if doc.get(name))
    if day := _ago(raw, next(fetched, None)):
        return Found(day, basis="ago")
    for name in lexicon["other_dates"]:
        if doc.get(name):
            doc["published_raw"] = raw or doc[name]
            found = find_span(doc[name])
            if found.day or found.numbers:
                return found._replace(basis="late")
    return found


def _ago(raw: str, fetched: date | None) -> date | None:
    """The day of “2 days ago”, told from the day on which the article was fetched."""
    words = re.findall(r"\d+|[^\W\d_]+", plain(raw))
    lexicon = load("exports")
    one = len(words) == 1 or not {*words}.isdisjoint(lexicon["one"])
    number = next((int(word) for word in words if word.isdecimal()), 1 if one else None)
    if not fetched or number is None or len(words) > 5 or number > 999:
        return None
    spans = (days for days, units in lexicon["ago"].items() if {*units} & {*words})
    days = next(spans, None)
    return None if days is None else fetched - timedelta(days=days * number)


def _turned(dates: list[Found]) -> list[Found]:
    """Days of a file that writes year, day, month, as one of them shows (2024-31-07).

    Where another of its days shows year, month, day, those that may be either are left open.
    """
    written = [found.year_first for found in dates if found.year_first]
    if all(first <= 12 for _, first, _ in written):
        return dates
    mixed = any(second > 12 for *_, second in written)
    return [_turn(found, mixed) if found.year_first else found for found in dates]


def _turn(found: Found, mixed: bool) -> Found:
    year, first, second = found.year_first
    if second > 12 or first == second:
        return found
    if mixed and first <= 12:
        return Found(None, basis="either")
    return Found(_day(year, second, first), basis="turned")


def _said(assumed: str | None, why: str) -> dict[str, tuple[tuple[str, str], str, str]]:
    """What the notes say of each group: the verb of one and of many, the rest, what to do."""
    has, fill = ("has", "have"), "Fill in `published` in articles.csv."
    either = "a date that may be day first or month first"
    either += f"; read {_ORDERS[assumed]}: {why}" if assumed else f", and {why}; left empty"
    return {
        "unread": (has, "a date that could not be read", fill),
        "late": (has, "no date that can be read; the day the database has was taken", ""),
        "ago": (("says", "say"), "only how long ago; counted back from the day of fetching", ""),
        "span": (("gives", "give"), "only a month, season or year; its first day was taken", ""),
        "turned": (("is", "are"), "dated year, day, month, as the file shows, and read so", ""),
        "either": (("may", "may"), "be year, day, month or year, month, day; left empty", fill),
        "ambiguous": (has, either, "Set date_order to dmy or mdy in corpus.yml if this is wrong."),
    }


_BASES = {
    "late": "the day the database took it in",
    "ago": "inferred: counted back from the day it was fetched",
    "turned": "given; read year, day, month, as other dates of the file show",
}


def _settle(doc: dict, found: Found, assumed: str | None, why: str) -> str:
    """Date a document, numbers in the order `assumed` if there is one; returns its group."""
    group, day = found.basis, found.day
    basis = _BASES.get(group) or doc["published_basis"] or "given"
    if day is None and found.numbers:
        group = "ambiguous"
        first, second, year = found.numbers
        if assumed:
            day = _day(year, *((second, first) if assumed == "dmy" else (first, second)))
            basis = f"given; read {_ORDERS[assumed]}: {why}"
    elif day is None:
        group = group or ("unread" if squeeze(doc["published_raw"]) else "")
    elif found.until and not group:
        group, basis = "span", f"{squeeze(doc['published_raw'])[:40]} only: its first day taken"
    if found.until:
        doc["published_from"], doc["published_to"] = day.isoformat(), found.until.isoformat()
    doc["published"] = day.isoformat() if day else None
    doc["published_basis"] = basis if day else None
    return group


def _choose_order(
    order: str | None, documents: list[dict], dates: list[Found]
) -> tuple[str | None, str]:
    """The order of day and month, asked for or shown by dates that leave no doubt, and why."""
    if order:
        return order, "as asked for"
    seen: dict[str, list[str]] = {"dmy": [], "mdy": []}
    for doc, numbers in zip(documents, (one.numbers for one in dates), strict=True):
        if numbers and max(numbers[:2]) > 12:
            seen["dmy" if numbers[0] > 12 else "mdy"].append(doc["published_raw"])
    if seen["dmy"] and seen["mdy"]:
        examples = " and ".join(squeeze(seen[key][0])[:40] for key in seen)
        return None, f"the file mixes both ({examples})"
    for key, examples in seen.items():
        if examples:
            return key, f"as “{squeeze(examples[0])[:40]}” in the same file"
    return "dmy", "an assumption, no date of the file shows the order"
