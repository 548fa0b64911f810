"""Words of the temporal tagger: a text becomes rows of neighbouring time words, each with a tag.

The vocabulary is `lexicons/dates.yml`. A word that need not be about time ("may", "sun", "2000") is
taken only with support beside it; number words and feasts of several words become one token.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from analysis.dates.values import interval
from analysis.lexicons import load

_MAX_ROW = 40  # tokens matched at once; longer rows are cut, so that time stays linear


class Token(NamedTuple):
    """A word of the vocabulary: its place, the word in lower case, its tag and what it means."""

    start: int
    end: int
    word: str
    tag: str
    value: Any


_WORD = re.compile(
    r"(?=[\w'’])(?:[a-z]{2,}+(?![^\W\d_])|[^\W\d_]{2,}"
    r"|2(?:day|moro|morrow|mrw|nite|night)\b|\d{4}([-/])\d\d\1\d\d(?:t\d\d:\d\d(?::\d\d)?)?(?![\d-])"
    r"|\d{1,2}([/.])\d{1,2}\2(?:\d{4}|\d\d)(?![\d/])"
    r"|\d{1,2}:\d\d(?::\d\d)?(?!\d)|\d{1,2}\.\d\d(?=\s?[ap]\.?m\b)"
    r"|['’]\d0['’]?s\b|\d{2,3}0['’]?s\b|['’]\d\d(?!\d)"
    r"|1/[234](?!\d)|3/4(?!\d)|[½¼¾]"
    r"|\d+(?:,\d{3})*(?:\.\d+)?(?:(?:st|nd|rd|th)\b)?"
    r"|[ap]\.m\b|b\.c(?:\.e)?\b|a\.d\b|o['’]clock\b|['’]s\b|['’]ll\b|[qh][1-4]\b"
    r"|[^\W\d_]+)"
)
_GAP = re.compile(r"['’]?[^\S\n]*(?:\n[^\S\n]*)?([,/–—-]?)[^\S\n]*(?:\n[^\S\n]*)?$")
_SLASH = re.compile(r"['’]?\s{0,8}/")
_LOWER = {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}


def lower(text: str) -> str:
    """Lower case, code point by code point, so that offsets stay."""
    low = text.lower()
    return low if len(low) == len(text) else text.translate(_LOWER)


class Vocabulary(NamedTuple):
    words: dict[str, tuple[str, Any]]  # word -> tag and value
    literals: frozenset[str]  # words that patterns name
    groups: dict[str, list[str]]  # name in a pattern -> tags
    classes: dict[str, str]  # tag -> tags and words it stands for in a pattern
    ambiguous: dict[str, str]  # word -> kind of support it needs
    abbreviations: frozenset[str]  # words whose full stop belongs to them
    triggers: frozenset[str]  # words and tags one of which every time expression holds, but "3/10"
    phrases: dict[tuple[str, ...], tuple[str, Any]]  # words that become one token: tag and value
    phrase_starts: dict[str, list[int]]  # first word -> how many words, most first
    counted: re.Pattern[str]
    spellings: dict[str, str]


@cache
def vocabulary() -> Vocabulary:
    """The lexicon, turned round for looking up words."""
    lexicon = load("dates")
    words: dict[str, tuple[str, Any]] = {}
    for tag, table in lexicon["words"].items():
        for key, entry in table.items():
            words |= (
                dict.fromkeys(entry, (tag, key)) if isinstance(entry, list) else {key: (tag, entry)}
            )
    for word, (tag, code) in list(words.items()):
        if tag == "UNIT":
            words[word] = ("UNITS" if word.endswith(("s", "millennia")) else "UNIT", code)
            words[word + "long"] = ("LONG", code)
        elif tag == "WEEKDAY" and word.endswith("day"):
            words[word + "s"] = ("WEEKDAYS", code)
    words |= dict.fromkeys(lexicon["number_modifiers"]["APPROX"], ("APPROX", None))
    references = [p for ps in lexicon["references"].values() for p in ps]
    phrases = {_split(name): ("HOLIDAY", rule) for name, rule in lexicon["holidays"].items()}
    phrases |= {_split(word): words.pop(word) for word in list(words) if " " in word}
    starts: dict[str, list[int]] = {}
    for phrase in sorted(phrases, key=len, reverse=True):
        starts.setdefault(phrase[0], []).append(len(phrase))
    patterns = [p for ps in lexicon["patterns"].values() for p in ps]
    elements = " ".join(map(expand_macros, patterns + references)).replace(":", ": ")
    literals = frozenset(re.findall(r"(?<![\w'@:])[a-z'][a-z']*(?![\w:])", elements))
    for word in literals.union(*phrases):
        words.setdefault(word, (word, None))
    words |= {short: words[word] for short, word in lexicon["spellings"].items() if word in words}
    classes = dict(lexicon["pattern_classes"])
    for word in literals:
        tag = words[word][0]
        if tag != word:
            classes[tag] = classes.get(tag, tag) + "|" + word
    ambiguous = {names[0]: "named" for names in lexicon["words"]["WEEKDAY"].values()}
    ambiguous |= {w: kind for kind, ws in lexicon["ambiguous"].items() for w in ws}
    short = [w for t in ("MONTH", "WEEKDAY") for ws in lexicon["words"][t].values() for w in ws[1:]]
    triggers = {*lexicon["triggers"]}
    triggers |= {word for word, (tag, _) in words.items() if tag in triggers}
    fixed = (*map(_split, references), *phrases)
    triggers |= {phrase[-1] for phrase in fixed if triggers.isdisjoint(phrase)}
    return Vocabulary(
        words,
        literals,
        {name: tags.split("|") for name, tags in lexicon["pattern_classes"].items()},
        classes,
        ambiguous,
        frozenset(short) | {"a.m", "p.m"},
        frozenset(triggers),
        phrases,
        starts,
        re.compile(rf"\s+(?:more |other |new )?(?:{'|'.join(lexicon['counted'])})\b"),
        lexicon["spellings"],
    )


@cache
def _pattern_macros() -> dict[str, str]:
    return load("dates")["pattern_macros"]


def expand_macros(pattern: str) -> str:
    """A pattern with its macros ("@mod") written out."""
    for name, text in _pattern_macros().items():
        pattern = pattern.replace(name, text)
    return pattern


def _split(phrase: str) -> tuple[str, ...]:
    return tuple(m.group() for m in _WORD.finditer(phrase))


# --- words that need support --------------------------------------------------------------------


@cache
def context(name: str) -> re.Pattern[str]:
    """An expression of the lexicon's `contexts`."""
    parts = load("dates")["contexts"][name]
    return re.compile("|".join(parts) if isinstance(parts, list) else parts)


def _supported(text: str, low: str, start: int, end: int, kind: str) -> bool:
    """Whether a word that need not be a time word is one here; `kind` as in the lexicon."""
    before, after = low[max(0, start - 12) : start], low[end : end + 16]
    if kind == "eras":
        return text[start].isupper()
    then = bool(context(f"{kind}_after").match(after))
    near = bool(context(f"{kind}_before").search(before))
    if kind == "named":  # "Bloody Sunday", "the Sunday Times"
        return not (then or near)
    if kind == "seasons" and after.startswith(" of "):
        return then  # "in the fall of the city"
    if kind in {"months", "names"}:
        near = (near and text[start].isupper()) or bool(context("day_before").search(before))
    return then or near


# --- numbers ------------------------------------------------------------------------------------

_FRACTIONS = {"1/2": 0.5, "½": 0.5, "1/4": 0.25, "¼": 0.25, "3/4": 0.75, "¾": 0.75, "1/3": 1 / 3}


def _digits(word: str, low: str, start: int, end: int) -> tuple[str, Any] | None:
    """Tag and value of a word that holds digits."""
    if word in _FRACTIONS:
        return "FRAC", _FRACTIONS[word]
    dotted = word.count(".") == 2 or ("." in word and context("half_day_after").match(low, end))
    if word[4:5] in {"-", "/"} or ":" in word or word.count("/") == 2 or dotted:
        return _full_date_or_clock(word)
    if word[0] in "'’" or (word[-1] == "s" and word[-2:] != "ts"):
        return _decade_or_short_year(word)
    if word[-1].isalpha():
        return "NTH", int(re.sub(r"\D", "", word)[:9])
    plain = word.replace(",", "")[:15]
    number = float(plain) if "." in plain else int(plain)
    if len(word) == 4 and 1000 <= number < 2200 and _is_year(number, low, start, end):
        return "YEAR", number
    return "N12" if 0 < number <= 12 else "N31" if 12 < number <= 31 else "N", number


def _full_date_or_clock(word: str) -> tuple[str, Any] | None:
    if "-" not in word and re.match(r"\d+[:.]\d\d(?:$|:)", word):
        hour, minute = (int(part) for part in re.split("[:.]", word)[:2])
        return ("CLOCK", (hour, minute)) if hour < 25 and minute < 60 else None
    if word[4:5] in {"-", "/"}:
        value = word.replace("/", "-").upper()
        return ("ISO", value) if interval(value[:10]) else None
    if word.count("/") + word.count(".") < 2:  # "1.5 pm"
        return None
    first, second, year = (int(part) for part in re.split("[/.]", word))
    month, day = (second, first) if first > 12 else (first, second)
    if year < 100:
        year += 1900 if year >= 50 else 2000
    value = f"{year:04}-{month:02}-{day:02}"
    return ("NUMDATE", value) if interval(value) else None


def _decade_or_short_year(word: str) -> tuple[str, Any] | None:
    digits = word.strip("'’s")
    if not digits.isdecimal():
        return None
    if not word.endswith("s"):
        return "YY", int(digits) + (1900 if digits >= "50" else 2000)
    if len(digits) == 2:
        return "DECADE", int(digits[0])
    if len(digits) != 4 or digits[0] not in "12":
        return None
    return "DECADE", digits[:2] if digits.endswith("00") and digits < "2000" else digits[:3]


def _is_year(number: float, low: str, start: int, end: int) -> bool:
    """Four digits are a year unless the words beside them say that something is counted."""
    before, after = low[max(0, start - 20) : start], low[end : end + 24]
    sure = bool(context("year_before").search(before))
    is_round = number % 50 == 0  # "2000 rockets", "the 2000 troops", but "the 1998 attacks"
    if is_round and not sure and context("plural_after").match(after):
        return False
    sure = sure or bool(context("year_or_number_before").search(before))
    likely = 1900 <= number < 2060 and not context("no_year_before").search(before)
    if after.startswith(("%", "°")):
        return False
    if vocabulary().counted.match(after) and (is_round or not sure):
        return False
    return sure or likely


def _folded(row: list[Token]) -> list[Token]:
    """The row with number words, spelled-out years and feasts made one token each."""
    result: list[Token] = []
    starts = vocabulary().phrase_starts
    place = 0
    while place < len(row):
        token = row[place]
        size = 1
        if token.tag == "NUMBER":
            token, size = _number_words(row, place)
        elif token.word in starts and (phrase := _phrase(row, place)):
            token, size = phrase
        result.append(token)
        place += size
    return result


def _phrase(row: list[Token], place: int) -> tuple[Token, int] | None:
    known = vocabulary()
    for size in known.phrase_starts[row[place].word]:
        part = row[place : place + size]
        if (found := known.phrases.get(tuple(t.word for t in part))) is not None:
            return Token(part[0].start, part[-1].end, "", *found), size
    return None


def _number_words(row: list[Token], place: int) -> tuple[Token, int]:
    """Number words ("twenty-four", "two hundred", "nineteen ninety-six") as one token."""
    parts, last = [row[place].value], place
    while following := row[last + 1 : last + 3]:
        joint = following[0].word == "-" or (following[0].word == "and" and parts[-1] >= 100)
        number = following[-1] if joint else following[0]
        if number.tag != "NUMBER":
            break
        parts.append(number.value)
        last += 1 + joint
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


# --- rows ---------------------------------------------------------------------------------------


def rows(text: str, low: str) -> Iterator[list[Token]]:
    """Rows of neighbouring vocabulary words that hold at least one time word.

    `low` is `lower(text)`. Commas and hyphens between two words are tokens of their own.
    """
    known = vocabulary()
    words = [m for m in _WORD.finditer(low) if (w := m[0]) in known.words or not w.isalpha()]
    place = 0  # words before it are done
    for number, word in enumerate(words):
        if number < place or (word[0] in known.words and word[0] not in known.triggers):
            continue
        token = _token(known, word, text, low)
        if not token or (token.tag in known.groups["NUM"] and not _SLASH.match(low, token.end)):
            continue
        tokens, gaps = [token], []
        for step in (-1, 1):
            place, token = number + step, tokens[-1]
            while 0 <= place < len(words) and (other := _token(known, words[place], text, low)):
                first, second = (token, other)[::step]
                if (gap := _gap(low[first.end : second.start])) is None:
                    break
                tokens.append(token := other)
                gaps.append(gap)
                place += step
            tokens, gaps = tokens[::step], gaps[::step]
        yield from map(_folded, _cut(tokens, gaps))


def _cut(tokens: list[Token], gaps: list[str]) -> Iterator[list[Token]]:
    """A row with the commas and hyphens between its words, in pieces if it is long."""
    row = tokens[:1]
    for token, gap in zip(tokens[1:], gaps, strict=True):
        if len(row) >= _MAX_ROW:
            yield row
            row = []
        elif gap:
            row.append(Token(token.start - 1, token.start, gap, gap, None))
        row.append(token)
    yield row


def _token(known: Vocabulary, match: re.Match[str], text: str, low: str) -> Token | None:
    """The token of a word of the vocabulary, unless it needs support and has none."""
    word, (start, end) = match[0], match.span()
    if (kind := known.ambiguous.get(word)) and not _supported(text, low, start, end, kind):
        return None
    if (entry := known.words.get(word) or _other_word(word, low, start, end)) is None:
        return None
    if word in known.abbreviations:
        end += low.startswith(".", end)
    return Token(start, end, known.spellings.get(word) or word.replace("’", "'"), *entry)


def _other_word(word: str, low: str, start: int, end: int) -> tuple[str, Any] | None:
    if word.lstrip("'’")[:1].isdecimal() or word in _FRACTIONS:  # not "h3"
        return _digits(word, low, start, end)
    return vocabulary().words.get(word.replace("’", "'"))


def _gap(between: str) -> str | None:
    """What stands between two words of a row ("", "," or "-"); None where the row ends."""
    if between in {" ", ""}:
        return ""
    found = _GAP.match(between) if len(between) < 9 else None
    return {"": "", ",": ",", "/": "/"}.get(found[1], "-") if found else None
