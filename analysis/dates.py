"""Time expressions of English news: found, typed, and resolved to calendar dates.

`find_dates` reads a text from front to back, as TimeML's annotators do. Words are looked up in
`lexicons/dates.yml`, rows of neighbouring vocabulary words are matched against the patterns of
`analysis.timex_rules`, and each match is resolved against the publication date, the date last
mentioned, the tense of the clause, or, in a narrative of long ago, the year last mentioned.

Standards. Types and values are TIMEX3 (TimeML 1.2.1, Saurí et al. 2006), which takes over
ISO 8601 (days, months, years, weeks, clock times, durations) and TIMEX2's extensions (Ferro et
al. 2005): quarters 2024-Q1, halves 2024-H1, seasons 2024-SU, weekends 2024-W06-WE, decades "199",
centuries "19", parts of the day TMO TAF TEV TNI, PAST_REF, PRESENT_REF, FUTURE_REF, X for an
unknown number; `mod` holds TIMEX3's modifiers. Numeric dates are read month first (10/11/2020 is
11 October), unless the first number is above 12; a year of two digits is 1950 to 2049.

Conventions where the standards are silent. "early", "mid" and "late" (and start, middle, end of)
leave the value alone and narrow the interval to the first, middle or last third of its days,
rounded up. "earlier this month" ends, and "later this month" begins, at the publication date.
Seasons are the meteorological ones of the northern hemisphere, a winter begins in December of the
year named. A weekday is the one last gone by (the day of publication included) unless a future
tense governs it; "last" and "next" exclude the day of publication. A duration has an interval
only when it ends or begins at publication ("the last three months").
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from analysis.lexicons import load
from analysis.timex_rules import (
    CLASSES,
    MACROS,
    Context,
    Groups,
    Reading,
    Token,
    interval,
    lexicon_rules,
    narrow,
    unit_of,
)

_MAX_ROW = 40  # vocabulary words matched at once; longer rows are cut, so time stays linear
_MAX_RANGE = 62  # days of an uncertain publication date that are tried


@dataclass(frozen=True)
class DateExpression:
    """A time expression of a text and what it stands for.

    `date_from` and `date_to` are the closed interval meant, both None where no calendar dates
    follow (sets, vague references, durations without an anchor). `anchor` tells what the value
    was resolved against: "absolute" (nothing), "published", "previous" (a date mentioned before),
    "event" (an event of unknown date). `mod` is TIMEX3's modifier or None.
    """

    start: int
    end: int
    text: str
    type: str
    value: str
    date_from: dt.date | None
    date_to: dt.date | None
    anchor: str
    mod: str | None


def find_dates(text: str, published: dt.date | str) -> list[DateExpression]:
    """The time expressions of `text`, in order and without overlaps.

    `published` is the publication date (a date, or ISO 8601 "2024-04-22"). Offsets are code
    points of `text`. Raises ValueError naming `published` when it is not a date.
    """
    return list(_resolve(text, _find(text), _as_date(published)))


def find_dates_in_range(
    text: str, published_from: dt.date | str, published_to: dt.date | str, published: dt.date | str
) -> list[DateExpression]:
    """`find_dates` for an article published on an unknown day of a closed range.

    Values are those for `published`; the intervals are the union over all days of the range, at
    most 62 of them, evenly spread and with both ends, where it is longer. Raises ValueError
    for what is not a date and for a range that does not hold `published`.
    """
    first, last, day = (_as_date(d) for d in (published_from, published_to, published))
    if not first <= day <= last:
        raise ValueError(f"published {day} is not within {first} to {last}")
    found = _find(text)
    result = list(_resolve(text, found, day))
    days = (last - first).days
    steps = min(days, _MAX_RANGE - 1)
    for step in range(steps + 1):
        other = first + dt.timedelta(days=round(days * step / steps) if steps else 0)
        spans = {(e.start, e.end): e for e in _resolve(text, found, other)}
        result = [_widened(e, spans.get((e.start, e.end))) for e in result]
    return result


def _widened(one: DateExpression, other: DateExpression | None) -> DateExpression:
    if not other or not (one.date_from and one.date_to and other.date_from and other.date_to):
        return one
    return replace(
        one,
        date_from=min(one.date_from, other.date_from),
        date_to=max(one.date_to, other.date_to),
    )


def _as_date(value: dt.date | str) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date):
        return value
    try:
        return dt.datetime.fromisoformat(value.strip()).date()
    except (ValueError, AttributeError):
        raise ValueError(f"published: {value!r} is not an ISO date such as 2024-04-22") from None


# --- words ----------------------------------------------------------------------------------------

_WORD = re.compile(
    r"2(?:day|moro|morrow|nite|night)\b|\d{4}([-/])\d\d\1\d\d(?:t\d\d:\d\d(?::\d\d)?)?(?![\d-])"
    r"|\d{1,2}([/.])\d{1,2}\2(?:\d{4}|\d\d)(?![\d/])"
    r"|\d{1,2}:\d\d(?::\d\d)?(?!\d)"
    r"|['’]\d0['’]?s\b|\d{2,3}0['’]?s\b|['’]\d\d(?!\d)"
    r"|1/[234](?!\d)|3/4(?!\d)|[½¼¾]"
    r"|\d+(?:,\d{3})*(?:\.\d+)?(?:(?:st|nd|rd|th)\b)?"
    r"|[ap]\.m\b|o['’]clock\b|['’]s\b|['’]ll\b|[qh][1-4]\b"
    r"|[^\W\d_]+"
)
_GAP = re.compile(r"['’]?[^\S\n]*(?:\n[^\S\n]*)?([,–—-]?)[^\S\n]*(?:\n[^\S\n]*)?$")
_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}


def _lower(text: str) -> str:
    """Lower case, code point by code point, so that offsets stay."""
    low = text.lower()
    return low if len(low) == len(text) else text.translate(_LOWER)


@cache
def _vocabulary() -> tuple[dict[str, tuple[str, Any]], frozenset[str], dict[str, str]]:
    """Word -> (tag, value); words that patterns name; and what a tag is in a pattern."""
    lexicon = load("dates")
    words: dict[str, tuple[str, Any]] = {}
    for tag, table in (
        ("MONTH", "months"),
        ("WEEKDAY", "weekdays"),
        ("SEASON", "seasons"),
        ("DAYPART", "dayparts"),
    ):
        words |= {w: (tag, code) for code, ws in lexicon[table].items() for w in ws}
    words |= {
        w: ("UNITS" if w.endswith("s") or w == "millennia" else "UNIT", code)
        for code, ws in lexicon["units"].items()
        for w in ws
    }
    words |= {
        w + "long": ("LONG", code) for code, ws in lexicon["units"].items() for w in ws[:1]
    }
    words |= {w: ("NUMBER", n) for w, n in lexicon["numbers"].items()}
    words |= {w: ("ORD", n) for w, n in lexicon["ordinals"].items()}
    words |= {w: ("DECADE", n) for w, n in lexicon["decades"].items()}
    words |= {w: ("QUANT", n) for w, n in lexicon["quantifiers"].items()}
    words |= {w: ("EARLY", n) for w, n in lexicon["period_modifiers"]["before"].items()}
    words |= {w: ("BOUND", n) for w, n in lexicon["period_modifiers"]["of"].items()}
    words |= {w: ("FREQUENCY", n) for w, n in lexicon["frequencies"].items()}
    words |= {w: ("DEICTIC", n) for w, n in lexicon["deictic"].items()}
    words |= dict.fromkeys(lexicon["tonight"], ("TONIGHT", 0))
    words |= {w: ("ZONE", w) for w in lexicon["zones"]}
    words |= {
        w + "s": ("WEEKDAYS", code)
        for w, (tag, code) in list(words.items())
        if tag == "WEEKDAY" and w.endswith("day")
    }
    words |= {f"{half}{n}": ("PART", f"{half.upper()}{n}") for half in "qh" for n in (1, 2, 3, 4)}
    words |= {w: ("AMPM", w[0]) for w in ("am", "pm", "a.m", "p.m")}
    words |= dict.fromkeys(lexicon["number_modifiers"]["APPROX"], ("APPROX", None))
    elements = re.findall(
        r"(?<![\w'@:])[a-z']+",
        " ".join(re.sub(r"\w+:", "", _macros(r.pattern)) for r in lexicon_rules()),
    )
    literals = frozenset(elements)
    for word in literals:
        words.setdefault(word, (word, None))
    for phrase in lexicon["holidays"]:
        for word in _split(phrase):
            words.setdefault(word, (word, None))
    classes = dict(CLASSES)
    for word in literals & words.keys():
        tag = words[word][0]
        if tag != word:
            classes[tag] = classes.get(tag, tag) + "|" + word
    return words, literals, classes


def _split(phrase: str) -> tuple[str, ...]:
    return tuple(m.group().replace("’", "'") for m in _WORD.finditer(phrase))


@cache
def _holidays() -> dict[tuple[str, ...], Any]:
    return {_split(phrase): rule for phrase, rule in load("dates")["holidays"].items()}


# --- patterns ---------------------------------------------------------------------------------------


def _macros(pattern: str) -> str:
    for name, text in MACROS.items():
        pattern = pattern.replace(name, text)
    return pattern


def _expand(name: str, classes: dict[str, str]) -> set[str]:
    """The tags and words a class name of a pattern stands for."""
    members = set(classes.get(name, name).split("|"))
    more = {m for member in members - {name} for m in _expand(member, classes)}
    return more | (members & {name})


def _compile(pattern: str, classes: dict[str, str]) -> tuple[re.Pattern[str], set[str]]:
    """A pattern as a regular expression over words and tags that each end in a blank.

    With it the tags a match can begin with.
    """
    parts: list[str] = []
    closing: list[str] = []
    # per open bracket: tags it can begin with, nothing read yet in this alternative, in an earlier
    frames: list[list[Any]] = [[set(), True, False]]
    for number, element in enumerate(_macros(pattern).split()):
        body, optional = (element[:-1], "?") if element.endswith("?") else (element, "")
        name, _, body = body.rpartition(":")
        opening = f"(?P<{name}_{number}>" if name else ""
        if body == "(":
            parts.append(opening + "(?:")
            closing.append("))" if name else ")")
            frames.append([set(), True, False])
        elif body == ")":
            parts.append(closing.pop() + optional)
            begins, empty, earlier = frames.pop()
            if frames[-1][1]:
                frames[-1][0] |= begins
                frames[-1][1] = empty or earlier or bool(optional)
        elif body == "|":
            parts.append("|")
            frames[-1][1:] = True, frames[-1][1] or frames[-1][2]
        else:
            tags = set().union(*(_expand(part, classes) for part in body.split("|")))
            choice = "|".join(map(re.escape, sorted(tags)))
            parts.append(f"{opening}(?:(?:{choice}) )" + (")" if name else "") + optional)
            if frames[-1][1]:
                frames[-1][0] |= tags
                frames[-1][1] = bool(optional)
    return re.compile("".join(parts)), frames[0][0]


@cache
def _patterns() -> dict[str, list[tuple[int, re.Pattern[str]]]]:
    """By first tag: the patterns that can begin with it, with the numbers of their rules."""
    classes = _vocabulary()[2]
    result: dict[str, list[tuple[int, re.Pattern[str]]]] = {}
    for number, rule in enumerate(lexicon_rules()):
        pattern, begins = _compile(rule.pattern, classes)
        for tag in begins:
            result.setdefault(tag, []).append((number, pattern))
    return result


Candidate = tuple[int, int, dict[str, tuple[int, int]]]  # tokens, rule, named groups


@lru_cache(maxsize=20_000)
def _candidates(tags: str) -> list[list[Candidate]]:
    """For each position of a row of tags, the patterns that match there, longest first."""
    starts = [0] + [m.end() for m in re.finditer(" ", tags)]
    index = {offset: i for i, offset in enumerate(starts)}
    result = []
    for first, offset in enumerate(starts[:-1]):
        here: list[Candidate] = []
        for number, pattern in _patterns().get(tags[offset : tags.index(" ", offset)], ()):
            if (match := pattern.match(tags, offset)) and match.end() > offset:
                groups = {"": (0, index[match.end()] - first)}
                for name in match.groupdict():
                    if match.group(name):
                        low, high = match.span(name)
                        groups[name.rpartition("_")[0]] = (index[low] - first, index[high] - first)
                here.append((groups[""][1], number, groups))
        here.sort(key=lambda c: (-c[0], c[1]))
        result.append(here)
    return result


# --- rows of tokens -----------------------------------------------------------------------------

_TRIGGERS = {
    "WEEKDAYS",
    "PART",
    "LONG",
    "WEEKDAY",
    "MONTH",
    "SEASON",
    "DAYPART",
    "UNIT",
    "UNITS",
    "YEAR",
    "YY",
    "DECADE",
    "ISO",
    "NUMDATE",
    "CLOCK",
    "AMPM",
    "HOLIDAY",
    "FREQUENCY",
    "DEICTIC",
    "TONIGHT",
}
_YEAR_BEFORE = re.compile(
    r"(?:\b(?:post|pre|in|of|since|by|from|until|till|to|around|circa|during|before|after|year|c\.|and|early"
    r"|late|mid|through|between)[\s-]+|\()$"
)
_NOT_YEAR_BEFORE = re.compile(r"(?:resolution |flight |room |route |highway |[$€£#%.:/]|\bno\. ?|[a-z]-?|\d,|\d-)$")
_MONTH_BEFORE = re.compile(
    r"(?:\b(?:in|on|last|next|this|since|until|till|by|early|late|of|from|every|each|through|during"
    r"|before|after|to|between|and|or|a|the|for|around|about|past|coming|mid|\d(?:st|nd|rd|th)?)"
    r"|['’]s)[\s-]+$"
)
_NAME_BEFORE = re.compile(
    r"\b(?:in|last|next|since|until|till|by|early|late|mid|each|every|during)[\s-]+$"
)
_WEEKDAY_BEFORE = re.compile(
    r"\b(?:on|last|next|this|every|each|by|until|till|since|from|before|after|through|late|early)\s+$"
)
_SEASON_BEFORE = re.compile(
    r"\b(?:in|last|next|this|every|each|early|late|mid|that|past|coming|by|since|until)[\s-]+$"
)
_NUMBER_AFTER = re.compile(r"\.?,?\s*(?:the )?\d")


@cache
def _ambiguous() -> dict[str, str]:
    lexicon = load("dates")
    full = {names[0]: "names" for names in lexicon["weekdays"].values()}
    return full | {
        word: kind
        for kind in ("months", "weekdays", "seasons")
        for word in lexicon[f"ambiguous_{kind}"]
    }


def _supported(text: str, low: str, start: int, end: int, kind: str) -> bool:
    """Whether a word that need not be a time word ("may", "sun", "fall") is one here."""
    before, after = low[max(0, start - 12) : start], low[end : end + 10]
    if kind == "seasons":
        return bool(_SEASON_BEFORE.search(before) or re.match(r"\s+(?:of\s+)?\d{4}", after))
    if kind == "names":
        first, last = (load("dates")["named_weekdays"][side] for side in ("before", "after"))
        previous, following = re.search(r"([a-z]+) $", before), re.match(r" ([a-z]+)", after)
        return not (previous and previous[1] in first) and not (following and following[1] in last)
    if kind == "weekdays":
        return bool(_WEEKDAY_BEFORE.search(before) or _NUMBER_AFTER.match(after))
    if _NUMBER_AFTER.match(after) or re.search(r"\d(?:st|nd|rd|th)?\s+$", before):
        return True
    near = _NAME_BEFORE if end - start == 3 and low[start:end] != "may" else _MONTH_BEFORE
    return text[start].isupper() and bool(near.search(before))


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(r"\s+(?:more |other |new )?(?:" + "|".join(load("dates")["counted"]) + r")\b")


_FRACTIONS = {"1/2": 0.5, "½": 0.5, "1/4": 0.25, "¼": 0.25, "3/4": 0.75, "¾": 0.75, "1/3": 1 / 3}


def _digits(word: str, low: str, start: int, end: int) -> tuple[str, Any] | None:
    """Tag and value of a word that holds digits."""
    if word in _FRACTIONS:
        return "FRAC", _FRACTIONS[word]
    if word[4:5] in {"-", "/"}:
        value = word.replace("/", "-").upper()
        return ("ISO", value) if interval(value[:10]) else None
    if ":" in word:
        hour, minute = (int(part) for part in word.split(":")[:2])
        return ("CLOCK", (hour, minute)) if hour < 25 and minute < 60 else None
    if parts := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{2,4})", word):
        return _numeric_date(*(int(part) for part in parts.groups()))
    if word.endswith("s") and not word.startswith(("'s", "’s")):
        digits = word.strip("'’s")
        if len(digits) == 2:
            return "DECADE", int(digits[0])
        digits = digits[:-2] if digits.endswith("00") and digits < "2000" else digits[:-1]
        return ("DECADE", digits) if digits[:1] in {"1", "2"} and len(digits) > 1 else None
    if word[0] in "'’":
        year = int(word[1:])
        return "YY", year + (1900 if year >= 50 else 2000)
    if word[-1].isalpha():
        return "ORD", int(re.sub(r"\D", "", word)[:9])
    plain = word.replace(",", "")
    if "." in plain:
        return "N", float(plain[:15])
    number = int(plain[:15])
    if len(word) == 4 and 1000 <= number < 2200:
        before, after = low[max(0, start - 10) : start], low[end : end + 24]
        sure = _YEAR_BEFORE.search(before)
        likely = 1900 <= number < 2060 and not _NOT_YEAR_BEFORE.search(before)
        if (sure or likely) and not after.startswith(("%", "°")) and not _counted().match(after):
            return "YEAR", number
    return "N12" if 0 < number <= 12 else "N31" if 0 < number <= 31 else "N", number


def _numeric_date(first: int, second: int, year: int) -> tuple[str, Any] | None:
    month, day = (second, first) if first > 12 else (first, second)
    if year < 100:
        year += 1900 if year >= 50 else 2000
    try:
        return "NUMDATE", dt.date(year, month, day).isoformat()
    except ValueError:
        return None


def _rows(text: str, low: str) -> Iterator[list[Token]]:
    """Rows of neighbouring vocabulary words that hold at least one time word."""
    words, literals, _ = _vocabulary()
    ambiguous, openers, abbreviations = _ambiguous(), _phrase_words(), _abbreviations()
    row: list[Token] = []
    trigger, end = False, 0
    for match in _WORD.finditer(low):
        word = match.group()
        entry = words.get(word)
        start = match.start()
        if entry is None:
            if word.isalpha():
                continue
            if word[0].isdecimal() or word[1:2].isdecimal() or word in _FRACTIONS:
                entry = _digits(word, low, start, match.end())
            elif "’" in word:
                word = word.replace("’", "'")
                entry = words.get(word)
            if entry is None:
                continue
        if word in ambiguous and not _supported(text, low, start, match.end(), ambiguous[word]):
            continue
        gap = None
        if row:
            between = low[end:start]
            if between in {" ", ""}:
                gap = ""
            elif len(between) < 9 and (found := _GAP.match(between)):
                gap = "," if found[1] == "," else "-" if found[1] else ""
        if gap is None or len(row) >= _MAX_ROW:
            if trigger:
                yield row
            row, trigger = [], False
        elif gap:
            place = low.index(between.strip(), end)
            row.append(Token(place, place + 1, gap, gap, None))
        tag, value = entry
        end = match.end()
        if word in abbreviations:
            end += low.startswith(".", end)
        row.append(Token(start, end, word, tag, value))
        trigger = trigger or tag in _TRIGGERS or word in openers
    if trigger:
        yield row


@cache
def _abbreviations() -> frozenset[str]:
    """Words whose full stop belongs to them."""
    lexicon = load("dates")
    short = (w for t in ("months", "weekdays") for ws in lexicon[t].values() for w in ws[1:])
    return frozenset(short) | {"a.m", "p.m"}


@cache
def _phrase_words() -> frozenset[str]:
    """Words that can make a row a time expression without any unit of time."""
    lexicon = load("dates")
    phrases = [p for ps in lexicon["references"].values() for p in ps] + list(lexicon["holidays"])
    beginnings = {"latest", "nineteen", "eighteen", "seventeen", "twenty"}
    common = {
        "the",
        "a",
        "at",
        "by",
        "so",
        "to",
        "in",
        "other",
        "just",
        "right",
        "an",
        "not",
        "too",
    }
    return frozenset(w for p in phrases for w in _split(p)) - common | beginnings


def _folded(row: list[Token]) -> list[Token]:
    """The row with number words, spelled-out years and feasts made one token each."""
    result: list[Token] = []
    feasts = _feast_words()
    place = 0
    while place < len(row):
        token = row[place]
        size = 1
        if token.tag == "NUMBER" or (token.tag == "NUM" and token.value in {100, 1000}):
            token, size = _number_words(row, place)
        elif token.word in feasts and (feast := _feast(row, place)):
            token, size = feast
        result.append(token)
        place += size
    return result


@cache
def _feast_words() -> frozenset[str]:
    return frozenset(words[0] for words in _holidays())


def _feast(row: list[Token], place: int) -> tuple[Token, int] | None:
    for size in (5, 4, 3, 2, 1):
        part = row[place : place + size]
        if (rule := _holidays().get(tuple(t.word for t in part))) is not None:
            return Token(part[0].start, part[-1].end, "", "HOLIDAY", rule), size
    return None


def _number_words(row: list[Token], place: int) -> tuple[Token, int]:
    """ "twenty-four", "two hundred", "nineteen ninety-six" as one token."""
    parts: list[int] = []
    last = place
    here = place
    while here < len(row):
        token = row[here]
        if token.tag == "NUMBER":
            parts.append(token.value)
            last = here
        elif not (
            token.word in {"-", "and"}
            and here + 1 < len(row)
            and row[here + 1].tag == "NUMBER"
            and row[here - 1].tag == "NUMBER"
            and (token.word == "-" or parts[-1] >= 100)
        ):
            break
        here += 1
    total = group = 0
    if len(parts) > 1 and parts[0] in range(10, 21) and 10 <= parts[1] < 100:
        total, tag = parts[0] * 100 + sum(parts[1:]), "YEAR"
    else:
        for part in parts:
            group = max(group, 1) * part if part == 100 else group + part if part < 1000 else group
            if part == 1000:
                total, group = total + max(group, 1) * 1000, 0
        total += group
        tag = "N12" if 0 < total <= 12 else "N31" if 0 < total <= 31 else "N"
    token = Token(row[place].start, row[last].end, "", tag, total)
    return token, last - place + 1


Found = list[tuple[str, list[tuple[list[Token], list[Candidate]]]]]


def _find(text: str) -> tuple[str, str, list[tuple[list[Token], list[Candidate]]]]:
    """Where patterns match, apart from what they mean; one entry a starting token."""
    low = _lower(text)
    literals = _vocabulary()[1]
    found = []
    for row in _rows(text, low):
        tokens = _folded(row)
        tags = "".join((t.word if t.word in literals else t.tag) + " " for t in tokens)
        for first, candidates in enumerate(_candidates(tags)):
            if candidates:
                found.append((tokens[first:], candidates))
    return text, low, found


# --- resolution -----------------------------------------------------------------------------------

# A full stop ends no sentence after one letter ("a.m.", "U.S.") or a title or a short month.
_SENTENCE_END = re.compile(
    r"(?:(?<![.\s][A-Za-z])(?<!Mr|Dr|St|Lt|Ms)"
    r"(?<!Mrs|Gen|Sen|Rep|Gov|Col|Sgt|Adm|Rev|Maj|Jan|Feb|Mar|Apr|Aug|Oct|Nov|Dec)(?<!Sept|Capt)\."
    r"|[!?])[)'\"”’]*\s+(?=[A-Z\"'`“‘])|\n\s*\n"
)
_CUE = re.compile(
    r"['’]ll\b|\b(?:is|are|was|were|be)\s+(?:to|going|due|set|scheduled|likely)\b|\bto\s+be\b"
    r"|\b(?:set|due|ready|plans?|planning|planned|hopes?|expected|scheduled)\s+(?:to|for)\b"
    r"|\bas\s+soon\s+as\b|\bbe(?:\s+[a-z]+ly)?\s+[a-z]+|[a-z]+"
)
_UNTIL = re.compile(
    r"\b(?:until|till|by)\s+(?:\d[\d:]*\s*[ap]\.?m\.?\s+(?:[a-z]{2,4}\s+)?(?:on\s+)?)?$"
)


@cache
def _cues() -> dict[str, str]:
    tense = load("dates")["tense"]
    return {w: kind for kind in ("not_past", "past", "future") for w in tense[kind]}


_FUTURE_PARTICIPLES = (" to", " going", " due", " set", " scheduled", " likely")


def _cue(words: str) -> str | None:
    if words.startswith("be") and words[2:3].isspace() and not words.endswith(_FUTURE_PARTICIPLES):
        return None  # "be held": the modal before it tells
    if len(words.split()) > 1:
        return "future"
    kind = _cues().get(words.replace("’", "'"))
    if kind is None and len(words) > 3 and words.endswith("ed"):
        return "past"
    return None if kind == "not_past" else kind


def _tense(text: str, low: str, start: int, end: int) -> str | None:
    """ "past", "future" or None, from the nearest verb of the sentence: before, else after."""
    floor, ceiling = max(0, start - 200), end + 200
    for match in _SENTENCE_END.finditer(text, floor, start):
        floor = match.end()
    if match := _SENTENCE_END.search(text, end, ceiling):
        ceiling = match.start()
    before = [k for w in _CUE.findall(low, floor, start) if (k := _cue(w))]
    if before and _UNTIL.search(low[floor:start]):
        return "future"
    if before:
        return before[-1]
    return next((k for w in _CUE.findall(low, end, ceiling) if (k := _cue(w))), None)


_DEICTIC = {"DEICTIC", "TONIGHT", "WEEKDAY"}
_DEICTIC_WORDS = {"ago", "this", "last", "next", "now", "recently", "currently"}


def _is_narrative(matches: list[tuple[list[Token], list[Candidate]]], day: dt.date) -> bool:
    """Whether a text tells of years long before its publication, as a history does."""
    firsts = [tokens[0] for tokens, _ in matches]
    seen = {t.start: t for tokens, _ in matches for t in tokens[:4] if t.tag == "YEAR"}
    old = sum(token.value < day.year - 1 for token in seen.values())
    near = sum(t.tag in _DEICTIC or t.word in _DEICTIC_WORDS for t in firsts)
    return old >= 3 and old > 2 * near


def _narrative_year(ctx: Context) -> int | None:
    """In a history, the year dates without one belong to: the one last mentioned."""
    year = ctx.history[-1][:4] if ctx.history else ""
    return int(year) if len(year) == 4 and year.isdecimal() else None


def _resolve(text: str, found: Any, published: dt.date) -> Iterator[DateExpression]:
    text, low, matches = found
    rules = lexicon_rules()
    ctx = Context(published, lambda: None, lambda: published.isoformat(), lambda: "", lambda: "")
    done: list[tuple[int, int, Reading]] = []
    narrative = _is_narrative(matches, published)
    end = -1
    for tokens, candidates in matches:
        if tokens[0].start < end:
            continue
        for size, number, groups in candidates:
            part = tokens[:size]
            start, stop = part[0].start, part[-1].end
            _set_context(ctx, text, low, start, stop, done)
            ctx.narrative_year = _narrative_year(ctx) if narrative else None
            g = Groups(part, groups)
            answer = rules[number].resolve(ctx, g)
            if not answer:
                continue
            readings = answer if isinstance(answer, list) else [answer]
            if any(r is None or not r.value for r in readings):
                continue
            for reading in readings:
                first, last = reading.tokens or (0, size)
                one = _modified(reading, g, published)
                place = (part[first].start, part[last - 1].end, one)
                done.append(place)
                if unit_of(one.value) and one.base:
                    ctx.history.append(one.value.split("T")[0])
            end = done[-1][1]
            break
    yield from _expressions(text, _merged(text, done))


def _set_context(
    ctx: Context, text: str, low: str, start: int, stop: int, done: list[tuple[int, int, Reading]]
) -> None:
    ctx.tense = lambda: _tense(text, low, start, stop)
    ctx.before = lambda: low[max(0, start - 40) : start]
    ctx.after = lambda: low[stop : stop + 20]
    near = None
    last = next((d for d in reversed(done[-3:]) if d[2].base and unit_of(d[2].value)), None)
    if last and start - last[1] < 300:
        gap = text[last[1] : start]
        if len(_SENTENCE_END.findall(gap)) < 2:
            near = last[2].value
    ctx.recent = near
    ctx.clock_date = lambda: near[:10] if near and unit_of(near) == "D" else str(ctx.published)


def _modified(reading: Reading, g: Groups, published: dt.date) -> Reading:
    """The reading with TIMEX3's modifier, its interval narrowed accordingly."""
    span = reading.span or interval(reading.value)
    mod = reading.mod
    if "mod" in g or g.tag("EARLY"):
        words = g.words("mod")
        mod = g.value("EARLY") or g.value("BOUND")
        if span and "earlier" in words.split():
            span = (span[0], max(span[0], min(span[1], published)))
        elif span and "later" in words.split():
            span = (min(span[1], max(span[0], published)), span[1])
        elif span and mod:
            span = narrow(span, mod)
    elif "approx" in g:
        mod = _number_modifier(g.words("approx"))
    return replace(reading, mod=mod, span=span)


def _number_modifier(words: str) -> str | None:
    for mod, phrases in load("dates")["number_modifiers"].items():
        if words in phrases:
            return mod
    return None


_JOINTS = {" of ", " ", ", ", ",", "\n", " on ", ", on "}


def _joined(one: Reading, other: Reading, gap: str) -> Reading | None:
    """The clock time or part of day of one reading on the day of the other."""
    for time, day in ((one, other), (other, one)):
        clock = time.value.partition("T")[2]
        if time.type != "TIME" or unit_of(day.value) != "D" or not clock:
            continue
        if (gap.startswith(",") and clock.isalpha()) or (gap == " of " and time is not one):
            continue
        if day.type == "DATE" or (clock[0].isdecimal() and day.value[11:12].isalpha()):
            value = f"{day.value[:10]}T{clock}"
            return replace(time, value=value, anchor=day.anchor, span=day.span)
    return None


def _merged(text: str, done: list[tuple[int, int, Reading]]) -> list[tuple[int, int, Reading]]:
    """ "10 p.m. Wednesday": a time of day and the day beside it are one expression."""
    result: list[tuple[int, int, Reading]] = []
    for start, end, reading in done:
        if result:
            first, last, previous = result[-1]
            gap = text[last:start]
            joined = _joined(previous, reading, gap) if gap in _JOINTS else None
            if joined and "on" in gap:
                if previous.type == "TIME":
                    result[-1] = (first, last, joined)
            elif joined:
                result[-1] = (first, end, joined)
                continue
        result.append((start, end, reading))
    return result


def _expressions(text: str, done: list[tuple[int, int, Reading]]) -> Iterator[DateExpression]:
    for start, end, r in done:
        low, high = r.span or (None, None)
        yield DateExpression(
            start, end, text[start:end], r.type, r.value, low, high, r.anchor, r.mod
        )
