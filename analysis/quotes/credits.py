"""Credits: where an article says that its news, or a part of it, is another organisation's."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from analysis.entities.matcher import Entity, fold, name_pattern
from analysis.lexicons import load
from analysis.quotes.labels import any_of, word_of

UNNAMED = "unnamed agencies"
_HEAD, _TAIL = 400, 20  # characters that a dateline, and the end of an article, may reach
_LEFT, _RIGHT = 120, 60  # characters read around a name


class Credit(NamedTuple):
    """A passage that credits a news organisation for what the article tells.

    `whole`: a byline, dateline or sign-off, so that the whole article rests on it; otherwise one
    statement does ("told Reuters").
    """

    start: int
    end: int
    name: str
    entity_id: str
    whole: bool


class _Media(NamedTuple):
    start: int
    end: int
    name: str
    entity_id: str
    guarded: bool


class MediaNames:
    """Names of news organisations: of the lexicon, of a corpus's actors and its outlets."""

    def __init__(self, entities: Iterable[Entity] = (), outlets: Iterable[str] = ()):
        self.names = {fold(s): (name, "") for s, name in _spellings().items()}
        platforms = load("credits")["platforms"]
        self.names |= {fold(outlet): (source_name(outlet), "") for outlet in outlets}
        for entity in entities:
            spellings = {entity.name, *entity.aliases}.difference(platforms)
            same = {source_name(spelling) for spelling in spellings}
            spellings |= {s for s, name in _spellings().items() if name in same}
            self.names |= {fold(s): (entity.name, entity.entity_id) for s in spellings}
        capitals = {s.upper(): about for s, about in self.names.items() if len(s) > 3}
        self.names = capitals | self.names
        self._pattern = re.compile(name_pattern(self.names))

    def find(self, text: str) -> Iterator[_Media]:
        """Every name of a news organisation in `text`, known or of a known kind, in order."""
        found, patterns = [], _patterns()
        for m in self._pattern.finditer(text):
            surface = fold(m[0])
            guarded = surface in _word_lists()["guarded"] and not patterns["kind_follows"].match(
                text, m.end()
            )
            found.append(_Media(*m.span(), *self.names[surface], guarded))
        starts = [media.start for media in found]
        told = any(map(text.__contains__, load("credits")["kinds"]))
        for m in patterns["kind"].finditer(text) if told else ():
            name = _without_qualifiers(m["name"], m["kind"])
            before = bisect_left(starts, m.end()) - 1  # the last that begins before its end
            if name and (before < 0 or found[before].end <= m.start()):
                found.append(_Media(*m.span(), name, "", guarded=False))
        for m in patterns["unnamed"].finditer(text):
            found.append(_Media(*m.span(), UNNAMED, "", guarded=True))
        return iter(sorted(found))


@cache
def _spellings() -> dict[str, str]:
    """Spelling → name of every organisation in the lexicon."""
    lists = load("credits")["organisations"].items()
    return {spelling: name for name, others in lists for spelling in (name, *others)}


@cache
def _by_key() -> dict[str, str]:
    return {_key(spelling): name for spelling, name in _spellings().items()}


def _key(name: str) -> str:
    """Letters of a name alone: "www.aljazeera.net" and "Al Jazeera" have the same."""
    bare = re.sub(r"^www\.|\.(?:com|net|org|co\.\w\w|\w\w)$", "", name.casefold().strip())
    letters = "".join(filter(str.isalnum, bare))
    return re.sub(r"^(?:the|al)(?=.{3})", "", letters)


def organisations() -> frozenset[str]:
    """The names of the lexicon's news organisations."""
    return frozenset(load("credits")["organisations"])


def source_name(name: str) -> str:
    """The name the lexicon has for a news organisation ("sana" is SANA), else `name` itself."""
    return _by_key().get(_key(name), name)


def find_credits(text: str, media: MediaNames) -> list[Credit]:
    """Where `text` names a news organisation as the source of its news, in order.

    "Reuters cited …", "told Reuters", "according to the state-run SANA", "an AFP photographer";
    for the whole article: "BEIRUT (Reuters) –", "By A. Writer, Associated Press", "/SANA/",
    "Source: agencies".  The words are in ``lexicons/credits.yml``; a picture's credit is none.
    """
    patterns = _patterns()
    body = (len(text) - len(text.lstrip()), len(text.rstrip()))
    found = []
    for group in _joined(text, list(media.find(text))):
        start, end = group[0].start, group[-1].end
        left = text[max(0, start - _LEFT) : start]
        right = text[end : end + _RIGHT]
        if patterns["picture"].match(right) or patterns["picture_before"].search(left[-30:]):
            continue
        whole = _is_whole(text[start:end], (start, end), body, left, right)
        before, after = _crediting_words(left), patterns["after"].match(right)
        struck = (before or after) and patterns["struck"].match(right)
        for one in group:
            if whole or (not one.guarded and not struck and (before or after)):
                last = end + after.end() if after and not whole else one.end
                found.append(Credit(start - before, last, one.name, one.entity_id, whole))
    if len(found) == 1 and patterns["closing"].match(text, found[0].start):
        return [found[0]._replace(whole=True)]  # the article's last words, and its only credit
    return found


def _joined(text: str, media: list[_Media]) -> Iterator[list[_Media]]:
    """Names side by side ("Reuters and AFP"), which share a credit."""
    group: list[_Media] = []
    for one in media:
        if group and not _patterns()["joint"].fullmatch(text, group[-1].end, one.start):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


def _crediting_words(left: str) -> int:
    """How far before a name the words that credit it begin ("told the state-run …"); 0 if none."""
    lists, words = _word_lists(), left.replace("(", " ").split()[-12:]
    for last in range(len(words), max(len(words) - 6, 0), -1):
        if words[last - 1].lower() in lists["before_ends"]:
            for first in range(last - 1, max(last - 6, -1), -1):
                if " ".join(words[first:last]).lower() in lists["before"]:
                    return len(left) - left.rfind(words[first])
        word = words[last - 1].rstrip(",")
        if word.lower() not in lists["between"] and not _patterns()["qualifier"].fullmatch(word):
            return 0
    return 0


@cache
def _word_lists() -> dict[str, frozenset[str]]:
    lists = load("credits")
    sets = {key: frozenset(lists[key]) for key in ("before", "between", "guarded")}
    return sets | {"before_ends": frozenset(phrase.split()[-1] for phrase in sets["before"])}


def _is_whole(
    surface: str, place: tuple[int, int], body: tuple[int, int], left: str, right: str
) -> bool:
    """Is a name at `place` in the body of a text a byline, a dateline or a sign-off?"""
    patterns = _patterns()
    start, end = place
    head, tail = start < body[0] + _HEAD, end > body[1] - _TAIL
    line = left.rpartition("\n")[2]
    in_sight = len(line) < len(left) or start <= _LEFT  # the line's beginning
    bracket = patterns["bracket"].search(left[-60:]) if right.startswith(")") else None
    if bracket:
        placed = head and patterns["place"].search(line[: line.rfind("(")])
        return bool(bracket["by"] or placed or patterns["dash_after_bracket"].match(right) or tail)
    capital = surface.isupper() and patterns["capital"].match(right)
    dash = patterns["dash"].match(right) and not left[-1:].islower()
    return bool(
        patterns["source"].search(left[-50:])
        or (left.endswith("/") and right.startswith("/"))
        or (in_sight and patterns["byline"].fullmatch(line) and patterns["ends"].match(right))
        or (tail and patterns["dash_before"].search(left[-5:]))
        or patterns["contributed"].match(right)
        or (
            head
            and (patterns["dated"].match(right) or dash or capital)
            and not patterns["governed"].search(left[-9:])
        )
    )


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """The lexicon's words as patterns: those before a name are searched, those after matched."""
    words = load("credits")
    kind = rf"(?:['’]s)?(?: {any_of(words['kind_after'])}){{0,3}}"
    months = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
    patterns = {
        "kind": r"(?P<name>[A-Z](?<!\w.)[\w'’-]*(?: [A-Z][\w'’-]*){0,3}) "
        rf"(?P<kind>{any_of(words['kinds'])})\b",
        "kind_follows": rf" {any_of(words['kinds'])}\b",
        "unnamed": rf"{word_of(words['unnamed'])}\b",
        "qualifier": r"[\w-]+-[a-z]+|[A-Z]\w+(?:['’]?s|i|ish|ian|ese|an)",
        "after": rf"{kind},? (?:{any_of(words['after'])}|{any_of(words['reporters'])})\b",
        "picture": rf"(?: |/){any_of(words['picture'])}\b",
        "picture_before": rf"\b{any_of(words['picture'])}[^.\n]{{0,15}}\Z",
        "struck": rf"{kind}(?: {any_of(words['reporters'])})?(?: (?:was|were))? "
        rf"{any_of(words['struck'])}\b",
        "joint": r"(?:\s*[,/&]\s*|,? and (?:the )?)",
        "source": r"\b(?:Sources?|SOURCE):?\s+(?:[\w'’.]+(?:,| and| &|/)?[ /]){0,3}\Z",
        "bracket": r"[(\[](?P<by>(?:[Ww]ith(?: [a-z]+){0,3}|[Bb]y|[Ss]ources?:?) )?"
        r"(?:[\w .]{2,30}(?:,|/| and| -|-) ?)?\Z",
        "place": r"(?:^|[\s.])[A-Z]{3,}[\w ,.'’-]{0,40}\Z|^(?:[A-Z][\w.'’-]*,? ){1,5}\Z",
        "byline": r"\W*(?:(?:By|BY|From|Source)\b:? ?(?:[\w.'’-]+(?: |, ?| [|–—-] )){0,8}"
        r"(?:in [\w ]{3,20}, )?(?:for |of |and )?(?:the )?)?",
        "ends": r"[ \t)|.]*(?:\n|\Z)",
        "dash": r"\s?[-–—]\s?[A-Z]",
        "dash_before": r"[-–—]\s*\Z",
        "dash_after_bracket": r"\)\s*[-–—:]",
        "capital": r" [A-Z][a-z]",
        "closing": r"[^\n]{2,60}\breport(?:s|ed)\.?\s*[\w -]{0,20}\s*\Z",
        "contributed": r" (?:also )?contributed to th",
        "governed": r"(?:\b(?:to|by|from|told|the|of|with|and|an?|in|on|for|as)|’s|'s) \Z",
        "dated": rf"[,|]? ?(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*,? )?"
        rf"(?:\d{{1,2}} (?:{months})|(?:{months})\w* \d)",
    }
    return {name: re.compile(pattern) for name, pattern in patterns.items()}


def _without_qualifiers(name: str, kind: str) -> str:
    """ "Kurdish Hawar" is Hawar; "Syrian" television and "The" radio are nobody's name."""
    lists = load("names")
    skip = {*lists["non_names"], *(lists["demonyms"] if kind.islower() else ())}
    words = name.split()
    while words and (
        words[0] in skip
        or words[0].lower() in _word_lists()["between"]
        or re.search(r"['’]s$|-[a-z]+$", words[0])
    ):
        words.pop(0)
    return f"{' '.join(words)} {kind}" if words else ""
