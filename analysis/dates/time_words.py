"""Words of the temporal tagger: a text becomes rows of neighbouring time words, each with a tag.

The vocabulary is `lexicons/dates.yml`. A word that need not be about time ("may", "sun", "2000") is
taken only with support beside it; number words and feasts of several words become one token.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from typing import Any, NamedTuple

from analysis.dates.values import full_year, interval
from analysis.lexicons import Lexicon

_MAX_ROW = 40  # tokens matched at once; longer rows are cut, so that time stays linear


class TimeWord(NamedTuple):
    """A word of the vocabulary: its place, the word in lower case, its tag and what it means."""

    start: int
    end: int
    word: str
    tag: str
    value: Any


_TIME_WORD = re.compile(
    r"(?=[\w'’])(?:[a-z]{2,}+(?![^\W\d_])|[^\W\d_]{2,}"
    r"|\d{4}([-/])\d\d\1\d\d(?:t\d\d:\d\d(?::\d\d)?)?(?![\d-])"
    r"|\d{1,2}([/.])\d{1,2}\2(?:\d{4}|\d\d)(?![\d/])|(?<!-)\d\d-\d\d-\d{4}(?![\d-])"
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


Entry = tuple[str, Any]  # tag and value of a time word


class TimeLexicon:
    """`dates.yml` of a lexicon, turned round for looking up words."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.content = lexicon["dates"]

    @cached_property
    def _listed(self) -> dict[str, Entry]:
        """Words and phrases of the lexicon's tables, with the plurals and lengths made of them."""
        listed: dict[str, Entry] = {}
        for tag, table in self.content["words"].items():
            for key, entry in table.items():
                by_word = dict.fromkeys(entry, key) if isinstance(entry, list) else {key: entry}
                listed |= {word: (tag, value) for word, value in by_word.items()}
        for word, (tag, code) in list(listed.items()):
            if tag == "UNIT":
                listed[word] = ("UNITS" if word.endswith(("s", "millennia")) else "UNIT", code)
                listed[word + "long"] = ("LONG", code)
            elif tag == "WEEKDAY" and word.endswith("day"):
                listed[word + "s"] = ("WEEKDAYS", code)
        approximate = self.content["number_modifiers"]["APPROX"]
        return listed | dict.fromkeys(approximate, ("APPROX", None))

    @cached_property
    def words(self) -> dict[str, Entry]:
        words = {word: entry for word, entry in self._listed.items() if " " not in word}
        for word in self.literals.union(*self.phrases):
            words.setdefault(word, (word, None))
        return words

    @cached_property
    def phrases(self) -> dict[tuple[str, ...], Entry]:
        """Words that become one token."""
        feasts = {
            _split(name): ("HOLIDAY", rule) for name, rule in self.content["holidays"].items()
        }
        return feasts | {_split(w): entry for w, entry in self._listed.items() if " " in w}

    @cached_property
    def phrase_sizes(self) -> dict[str, list[int]]:
        """How many words the phrases that begin with a word have, most first."""
        sizes: dict[str, list[int]] = {}
        for phrase in sorted(self.phrases, key=len, reverse=True):
            sizes.setdefault(phrase[0], []).append(len(phrase))
        return sizes

    @cached_property
    def references(self) -> list[tuple[str, str]]:
        """Phrases whose value is always the same, and that value."""
        return [(p, value) for value, ps in self.content["references"].items() for p in ps]

    @cached_property
    def patterns(self) -> list[tuple[str, str]]:
        """Patterns, their macros ("@mod") written out, and the names of their resolvers."""
        return [
            (self._expanded(p), name) for name, ps in self.content["patterns"].items() for p in ps
        ]

    def _expanded(self, pattern: str) -> str:
        for name, text in self.content["pattern_macros"].items():
            pattern = pattern.replace(name, text)
        return pattern

    @cached_property
    def literals(self) -> frozenset[str]:
        """Words that patterns and references name."""
        elements = " ".join(text for text, _ in self.patterns + self.references)
        return frozenset(
            re.findall(r"(?<![\w'@:])[a-z'][a-z']*(?![\w:])", elements.replace(":", ": "))
        )

    @cached_property
    def groups(self) -> dict[str, list[str]]:
        """Tags that a name in a pattern stands for."""
        return {name: tags.split("|") for name, tags in self.content["pattern_classes"].items()}

    @cached_property
    def members(self) -> dict[str, list[str]]:
        """Tags and words that a name or tag in a pattern stands for."""
        members = {name: [*tags] for name, tags in self.groups.items()}
        for word in sorted(self.literals):
            tag = self.words[word][0]
            if tag != word:
                members.setdefault(tag, [tag]).append(word)
        return members

    @cached_property
    def ambiguous(self) -> dict[str, str]:
        """Words that need support to be time words, and of which kind."""
        weekdays = self.content["words"]["WEEKDAY"].values()
        by_kind = self.content["ambiguous"].items()
        return {names[0]: "named" for names in weekdays} | {
            word: kind for kind, words in by_kind for word in words
        }

    @cached_property
    def abbreviations(self) -> frozenset[str]:
        """Words whose full stop belongs to them."""
        tables = [self.content["words"][tag].values() for tag in ("MONTH", "WEEKDAY")]
        return frozenset({"a.m", "p.m"}.union(*(names[1:] for table in tables for names in table)))

    @cached_property
    def triggers(self) -> frozenset[str]:
        """Words and tags one of which every time expression holds, but "3/10"."""
        triggers = {*self.content["triggers"]}
        triggers |= {word for word, (tag, _) in self.words.items() if tag in triggers}
        fixed = (*(_split(phrase) for phrase, _ in self.references), *self.phrases)
        return frozenset(triggers | {p[-1] for p in fixed if triggers.isdisjoint(p)})

    @cached_property
    def counted(self) -> re.Pattern[str]:
        """A noun that is counted by the number before it."""
        return re.compile(rf"\s+(?:more |other |new )?(?:{'|'.join(self.content['counted'])})\b")

    @cached_property
    def tenses(self) -> dict[str, str]:
        """Verbs that tell the tense: not_past, open, past or future."""
        tenses = self.content["tense"]
        return {
            word: kind for kind in ("not_past", "open", "past", "future") for word in tenses[kind]
        }

    @cached_property
    def contexts(self) -> dict[str, re.Pattern[str]]:
        """Expressions for the words around a time word, by name."""
        return {
            name: re.compile("|".join(parts) if isinstance(parts, list) else parts)
            for name, parts in self.content["contexts"].items()
        }

    def number_modifier(self, words: str) -> str | None:
        """TIMEX3's modifier that the words before a counted unit stand for."""
        modifiers = self.content["number_modifiers"].items()
        return next((modifier for modifier, phrases in modifiers if words in phrases), None)


@cache
def time_lexicon(lexicon: Lexicon) -> TimeLexicon:
    return TimeLexicon(lexicon)


def _split(phrase: str) -> tuple[str, ...]:
    return tuple(m.group() for m in _TIME_WORD.finditer(phrase))


# --- words that need support --------------------------------------------------------------------


def _supported(known: TimeLexicon, text: str, low: str, start: int, end: int, kind: str) -> bool:
    """Whether a word that need not be a time word is one here; `kind` as in the lexicon."""
    contexts = known.contexts
    before, after = low[max(0, start - 12) : start], low[end : end + 16]
    if kind == "eras":
        return text[start].isupper()
    if kind == "given":
        named = text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()
        return not named or _supported(known, text, low, start, end, "months")
    then = bool(contexts[f"{kind}_after"].match(after))
    near = bool(contexts[f"{kind}_before"].search(before))
    if kind == "named":  # "Bloody Sunday", "the Sunday Times"
        return not (text[start].isupper() and (then or near))
    part = contexts.get(f"{kind}_part")
    if part and part.match(after):  # "in the fall of the city", "Mar-a-Norte"
        return then
    if kind in {"months", "names"}:
        near = (near and text[start].isupper()) or bool(contexts["day_before"].search(before))
    return then or near


# --- numbers ------------------------------------------------------------------------------------

_FRACTIONS = {"1/2": 0.5, "½": 0.5, "1/4": 0.25, "¼": 0.25, "3/4": 0.75, "¾": 0.75, "1/3": 1 / 3}


def _iso_date(word: str) -> Entry | None:
    value = word.replace("/", "-").upper()
    return ("ISO", value) if interval(value[:10]) else None


def _numeric_date(word: str) -> Entry | None:
    """The days that "9/4/2017" can mean, the likelier first: only slashes put the month first."""
    first, second, year = (int(part) for part in re.split("[/.-]", word))
    year = full_year(year) if year < 100 else year
    orders = [(second, first), (first, second)]
    both = [f"{year:04}-{m:02}-{d:02}" for m, d in (orders[::-1] if "/" in word else orders)]
    days = tuple(filter(interval, both))
    return ("NUMDATE", days) if days else None


def _clock_time(word: str) -> Entry | None:
    hour, minute = (int(part) for part in re.split("[:.]", word)[:2])
    return ("CLOCK", (hour, minute)) if hour < 25 and minute < 60 else None


def _decade(word: str) -> Entry | None:
    digits = word.strip("'’s")
    if len(digits) == 2:
        return "DECADE", int(digits[0])
    if len(digits) != 4 or digits[0] not in "12":
        return None
    return "DECADE", digits[:2] if digits.endswith("00") and digits < "2000" else digits[:3]


# What words with digits look like, and what reads them.
_WRITTEN: list[tuple[re.Pattern[str], Callable[[str], Entry | None]]] = [
    (re.compile(r"\d{4}[-/]"), _iso_date),
    (re.compile(r"\d+([/.-])\d+\1\d"), _numeric_date),
    (re.compile(r"\d+:"), _clock_time),
    (re.compile(r"['’]\d\d$"), lambda word: ("YY", full_year(int(word[1:])))),
    (re.compile(r"['’]?\d+['’]?s$"), _decade),
    (re.compile(r"[\d,.]+(?:st|nd|rd|th)$"), lambda w: ("NTH", int(re.sub(r"\D", "", w)[:9]))),
]


def _digits(known: TimeLexicon, word: str, low: str, start: int, end: int) -> Entry | None:
    """Tag and value of a word that holds digits."""
    if word in _FRACTIONS:
        return "FRAC", _FRACTIONS[word]
    for shape, read in _WRITTEN:
        if shape.match(word):
            return read(word)
    if "." in word and known.contexts["half_day_after"].match(low, end):  # "8.30 pm"
        return _clock_time(word) if re.fullmatch(r"\d+\.\d\d", word) else None
    plain = word.replace(",", "")[:15]
    number = float(plain) if "." in plain else int(plain)
    if len(word) == 4 and 1000 <= number < 2200 and _is_year(known, number, low, start, end):
        return "YEAR", number
    return _number_tag(number), number


def _number_tag(number: float) -> str:
    return "N12" if 0 < number <= 12 else "N31" if 12 < number <= 31 else "N"


def _is_year(known: TimeLexicon, number: float, low: str, start: int, end: int) -> bool:
    """Four digits are a year unless the words beside them say that something is counted."""
    contexts = known.contexts
    before, after = low[max(0, start - 20) : start], low[end : end + 24]
    sure = bool(contexts["year_before"].search(before))
    is_round = number % 50 == 0  # "2000 rockets", "the 2000 troops", but "the 1998 attacks"
    if is_round and not sure and contexts["plural_after"].match(after):
        return False
    sure = sure or bool(contexts["year_or_number_before"].search(before))
    likely = 1900 <= number < 2060 and not contexts["no_year_before"].search(before)
    if after.startswith(("%", "°")):
        return False
    if known.counted.match(after) and (is_round or not sure):
        return False
    return sure or likely


def _folded(known: TimeLexicon, row: list[TimeWord]) -> list[TimeWord]:
    """The row with number words, spelled-out years and feasts made one token each."""
    result: list[TimeWord] = []
    place = 0
    while place < len(row):
        token = row[place]
        size = 1
        if token.tag == "NUMBER":
            token, size = _number_words(row, place)
        elif phrase := _phrase(known, row, place):
            token, size = phrase
        result.append(token)
        place += size
    return result


def _phrase(known: TimeLexicon, row: list[TimeWord], place: int) -> tuple[TimeWord, int] | None:
    for size in known.phrase_sizes.get(row[place].word, ()):
        part = row[place : place + size]
        if (entry := known.phrases.get(tuple(t.word for t in part))) is not None:
            return TimeWord(part[0].start, part[-1].end, "", *entry), size
    return None


def _number_words(row: list[TimeWord], place: int) -> tuple[TimeWord, int]:
    """Number words ("twenty-four", "two hundred", "nineteen ninety-six") as one token."""
    parts, last = [row[place].value], place
    while following := row[last + 1 : last + 3]:
        joint = following[0].word == "-" or (following[0].word == "and" and parts[-1] >= 100)
        number = following[-1] if joint else following[0]
        if number.tag != "NUMBER":
            break
        parts.append(number.value)
        last += 1 + joint
    total, tag = _number_of(parts)
    token = TimeWord(row[place].start, row[last].end, "", tag, total)
    return token, last - place + 1


def _number_of(parts: list[int]) -> tuple[int, str]:
    """The number that number words say, and its tag: "nineteen ninety-six" is a year."""
    if len(parts) > 1 and parts[0] in range(10, 21) and 10 <= parts[1] < 100:
        return parts[0] * 100 + sum(parts[1:]), "YEAR"
    total = group = 0
    for part in parts:
        if part == 1000:
            total, group = total + max(group, 1) * 1000, 0
        else:
            group = max(group, 1) * part if part == 100 else group + part
    return total + group, _number_tag(total + group)


# --- rows ---------------------------------------------------------------------------------------


class _Reader:
    """A text's words of the vocabulary, as tokens, and the rows they stand in."""

    def __init__(self, text: str, low: str, known: TimeLexicon) -> None:
        self._text, self._low, self._known = text, low, known
        found = _TIME_WORD.finditer(low)
        self._words = [m for m in found if (w := m[0]) in known.words or not w.isalpha()]

    def rows(self) -> Iterator[list[TimeWord]]:
        known = self._known
        done = 0  # words before it are in a row
        for number, word in enumerate(self._words):
            if number < done or (word[0] in known.words and word[0] not in known.triggers):
                continue
            token = self._token(number)
            if not token or (token.tag in known.groups["NUM"] and not self._has_slash(token)):
                continue
            before, after = self._neighbours(token, number, -1), self._neighbours(token, number, 1)
            done = number + len(after) + 1
            tokens = [*(other for other, _ in reversed(before)), token, *(t for t, _ in after)]
            gaps = [gap for _, gap in (*reversed(before), *after)]
            for row in _cut(tokens, gaps):
                yield _folded(known, row)

    def _has_slash(self, token: TimeWord) -> bool:
        return _SLASH.match(self._low, token.end) is not None

    def _neighbours(self, token: TimeWord, number: int, step: int) -> list[tuple[TimeWord, str]]:
        """The tokens that follow (or go before, step -1) without a break, and the gaps to them."""
        neighbours = []
        while (other := self._token(number := number + step)) is not None:
            first, second = (token, other)[::step]
            if (gap := _gap(self._low[first.end : second.start])) is None:
                break
            neighbours.append((other, gap))
            token = other
        return neighbours

    def _token(self, number: int) -> TimeWord | None:
        """The token of a word, unless it needs support and has none, or there is no such word."""
        if not 0 <= number < len(self._words):
            return None
        match, known, low = self._words[number], self._known, self._low
        word, (start, end) = match[0], match.span()
        kind = known.ambiguous.get(word)
        if kind and not _supported(known, self._text, low, start, end, kind):
            return None
        if (entry := known.words.get(word) or _other_word(known, word, low, start, end)) is None:
            return None
        if word in known.abbreviations:
            end += low.startswith(".", end)
        return TimeWord(start, end, word.replace("’", "'"), *entry)


def rows(text: str, low: str, known: TimeLexicon) -> Iterator[list[TimeWord]]:
    """Rows of neighbouring vocabulary words that hold at least one time word.

    `low` is `lower(text)`. Commas and hyphens between two words are tokens of their own.
    """
    return _Reader(text, low, known).rows()


def _cut(tokens: list[TimeWord], gaps: list[str]) -> Iterator[list[TimeWord]]:
    """A row with the commas and hyphens between its words, in pieces if it is long."""
    row = tokens[:1]
    for token, gap in zip(tokens[1:], gaps, strict=True):
        if len(row) >= _MAX_ROW:
            yield row
            row = []
        elif gap:
            row.append(TimeWord(token.start - 1, token.start, gap, gap, None))
        row.append(token)
    yield row


def _other_word(known: TimeLexicon, word: str, low: str, start: int, end: int) -> Entry | None:
    if word.lstrip("'’")[:1].isdecimal() or word in _FRACTIONS:  # not "h3"
        return _digits(known, word, low, start, end)
    return known.words.get(word.replace("’", "'"))


def _gap(between: str) -> str | None:
    """What stands between two words of a row ("", "," or "-"); None where the row ends."""
    if between in {" ", ""}:
        return ""
    found = _GAP.match(between) if len(between) < 9 else None
    return {"": "", ",": ",", "/": "/"}.get(found[1], "-") if found else None
