"""Credits: where an article says that its news, or a part of it, is another organisation's."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from analysis.entities.matcher import Entity, fold, name_pattern
from analysis.lexicons import OURS, Lexicon
from analysis.quotes.labels import any_of, word_of

UNNAMED = "unnamed agencies"
_HEAD, _TAIL = 400, 20  # characters that a dateline, and the end of an article, may reach
_LEFT, _RIGHT = 120, 60  # characters read around a name
_Patterns = dict[str, re.Pattern[str]]


class Credit(NamedTuple):
    """A passage that credits a news organisation for what the article tells.

    `whole`: a byline, dateline or sign-off, so that the whole article rests on it; otherwise one
    statement does.  `rule`: what credits it: words ``before`` ("told Reuters") or ``after`` ("an
    AFP photographer"), ``bracket``, ``source``, ``slashes``, ``byline``, ``sign-off``,
    ``contributed``, ``dateline`` or ``closing`` (the article's last words).
    """

    start: int
    end: int
    name: str
    entity_id: str
    whole: bool
    rule: str


class _Media(NamedTuple):
    start: int
    end: int
    name: str
    entity_id: str
    guarded: bool


class MediaNames:
    """Names of news organisations: of the lexicon, of a corpus's actors and its outlets."""

    def __init__(
        self,
        entities: Iterable[Entity] = (),
        outlets: Iterable[str] = (),
        lexicon: Lexicon = OURS,
    ) -> None:
        self.lexicon = lexicon
        known = _spellings(lexicon)
        self.names = {fold(spelling): (name, "") for spelling, name in known.items()}
        self.names |= {fold(outlet): (source_name(outlet, lexicon), "") for outlet in outlets}
        for entity in entities:
            spellings = {entity.name, *entity.aliases}.difference(lexicon["credits"]["platforms"])
            same = {source_name(spelling, lexicon) for spelling in spellings}
            spellings |= {spelling for spelling, name in known.items() if name in same}
            self.names |= {fold(s): (entity.name, entity.entity_id) for s in spellings}
        capitals = {s.upper(): about for s, about in self.names.items() if len(s) > 3}
        self.names = capitals | self.names
        self._pattern = re.compile(name_pattern(self.names))

    def find(self, text: str) -> list[_Media]:
        """Every name of a news organisation in `text`, known or of a known kind, in order."""
        patterns, guarded = _patterns(self.lexicon), _word_lists(self.lexicon)["guarded"]
        known = []
        for m in self._pattern.finditer(text):
            surface = fold(m[0])
            unclear = surface in guarded and not patterns["kind_follows"].match(text, m.end())
            known.append(_Media(*m.span(), *self.names[surface], unclear))
        unnamed = [
            _Media(*m.span(), UNNAMED, "", guarded=True) for m in patterns["unnamed"].finditer(text)
        ]
        return sorted([*known, *self._of_a_kind(text, known), *unnamed])

    def _of_a_kind(self, text: str, known: list[_Media]) -> Iterator[_Media]:
        """Names that say themselves what they are ("Hawar news agency"), beside the known ones."""
        if not any(map(text.__contains__, self.lexicon["credits"]["kinds"])):
            return
        starts = [media.start for media in known]
        for m in _patterns(self.lexicon)["kind"].finditer(text):
            name = _without_qualifiers(m["name"], m["kind"], self.lexicon)
            before = bisect_left(starts, m.end()) - 1  # the last that begins before its end
            if name and (before < 0 or known[before].end <= m.start()):
                yield _Media(*m.span(), name, "", guarded=False)


@cache
def _spellings(lexicon: Lexicon) -> dict[str, str]:
    """Spelling → name of every organisation in the lexicon."""
    lists = lexicon["credits"]["organisations"].items()
    return {spelling: name for name, others in lists for spelling in (name, *others)}


@cache
def _by_key(lexicon: Lexicon) -> dict[str, str]:
    return {_key(spelling): name for spelling, name in _spellings(lexicon).items()}


def _key(name: str) -> str:
    """Letters of a name alone: "www.aljazeera.net" and "Al Jazeera" have the same."""
    bare = re.sub(r"^www\.|\.(?:com|net|org|co\.\w\w|\w\w)$", "", name.casefold().strip())
    letters = "".join(filter(str.isalnum, bare))
    return re.sub(r"^(?:the|al)(?=.{3})", "", letters)


def organisations(lexicon: Lexicon = OURS) -> frozenset[str]:
    """The names of the lexicon's news organisations.

    >>> "Reuters" in organisations()
    True
    """
    return frozenset(lexicon["credits"]["organisations"])


def source_name(name: str, lexicon: Lexicon = OURS) -> str:
    """The name the lexicon has for a news organisation, else `name` itself.

    >>> source_name("sana"), source_name("www.aljazeera.net"), source_name("The Elva Post")
    ('SANA', 'Al Jazeera', 'The Elva Post')
    """
    return _by_key(lexicon).get(_key(name), name)


def find_credits(text: str, media: MediaNames) -> list[Credit]:
    """Where `text` names a news organisation as the source of its news, in order.

    "Reuters cited …", "told Reuters", "according to the state-run SANA", "an AFP photographer";
    for the whole article: "BEIRUT (Reuters) –", "By A. Writer, Associated Press", "/SANA/",
    "Source: agencies".  The words are in ``lexicons/credits.yml``; a picture's credit is none.

    >>> [(c.name, c.rule) for c in find_credits("The port is shut, he told Reuters.", MediaNames())]
    [('Reuters', 'before')]
    """
    patterns = _patterns(media.lexicon)
    body = (len(text) - len(text.lstrip()), len(text.rstrip()))
    credits = [
        credit
        for group in _joined(text, media.find(text), patterns["joint"])
        for credit in _of_group(_Place.of(text, group, body, patterns), group, media.lexicon)
    ]
    if len(credits) == 1 and patterns["closing"].match(text, credits[0].start):
        # the article's last words, and its only credit
        return [credits[0] if credits[0].whole else credits[0]._replace(whole=True, rule="closing")]
    return credits


def _joined(text: str, media: list[_Media], joint: re.Pattern[str]) -> Iterator[list[_Media]]:
    """Names side by side ("Reuters and AFP"), which share a credit."""
    group: list[_Media] = []
    for one in media:
        if group and not joint.fullmatch(text, group[-1].end, one.start):
            yield group
            group = []
        group.append(one)
    if group:
        yield group


class _Place(NamedTuple):
    """Where names side by side stand in the body of a text."""

    start: int
    end: int
    surface: str
    left: str  # what stands around them
    right: str
    in_sight: bool  # the line's beginning
    head: bool  # where a dateline may be
    tail: bool  # where the article ends
    bracket: re.Match[str] | None  # that is opened before them and closed behind

    @classmethod
    def of(
        cls, text: str, group: list[_Media], body: tuple[int, int], patterns: _Patterns
    ) -> "_Place":
        start, end = group[0].start, group[-1].end
        left, right = text[max(0, start - _LEFT) : start], text[end : end + _RIGHT]
        return cls(
            *(start, end, text[start:end], left, right),
            in_sight="\n" in left or start <= _LEFT,
            head=start < body[0] + _HEAD,
            tail=end > body[1] - _TAIL,
            bracket=patterns["bracket"].search(left[-60:]) if right.startswith(")") else None,
        )

    @property
    def line(self) -> str:
        """What stands before them in their line."""
        return self.left.rpartition("\n")[2]


def _of_group(at: _Place, group: list[_Media], lexicon: Lexicon) -> Iterator[Credit]:
    """The credits that names side by side are given."""
    patterns = _patterns(lexicon)
    if patterns["picture"].match(at.right) or patterns["picture_before"].search(at.left[-30:]):
        return
    before, after = _crediting_words(at.left, lexicon), patterns["after"].match(at.right)
    struck = (before or after) and patterns["struck"].match(at.right)
    whole = _whole_rule(at, patterns)
    rule = whole or ("before" if before else "after" if after else "")
    for one in group if rule else ():
        if whole or not (one.guarded or struck):
            end = at.end + after.end() if after and not whole else one.end
            yield Credit(at.start - before, end, one.name, one.entity_id, bool(whole), rule)


def _crediting_words(left: str, lexicon: Lexicon) -> int:
    """How far before a name the words that credit it begin ("told the state-run …"); 0 if none."""
    lists, words = _word_lists(lexicon), left.replace("(", " ").split()[-12:]
    for last in range(len(words), max(len(words) - 6, 0), -1):
        if words[last - 1].lower() in lists["before_ends"]:
            for first in range(last - 1, max(last - 6, -1), -1):
                if " ".join(words[first:last]).lower() in lists["before"]:
                    return len(left) - left.rfind(words[first])
        word, qualifier = words[last - 1].rstrip(","), _patterns(lexicon)["qualifier"]
        if word.lower() not in lists["between"] and not qualifier.fullmatch(word):
            return 0
    return 0


@cache
def _word_lists(lexicon: Lexicon) -> dict[str, frozenset[str]]:
    lists = lexicon["credits"]
    sets = {key: frozenset(lists[key]) for key in ("before", "between", "guarded")}
    return sets | {"before_ends": frozenset(phrase.split()[-1] for phrase in sets["before"])}


def _in_dateline(at: _Place, patterns: _Patterns) -> bool:
    if not at.head or patterns["governed"].search(at.left[-9:]):
        return False
    dash = patterns["dash"].match(at.right) and not at.left[-1:].islower()
    capital = at.surface.isupper() and patterns["capital"].match(at.right)
    return bool(patterns["dated"].match(at.right) or dash or capital)


def _in_byline(at: _Place, patterns: _Patterns) -> bool:
    ends = at.in_sight and patterns["ends"].match(at.right)
    return bool(ends and patterns["byline"].fullmatch(at.line))


def _signs(at: _Place, patterns: _Patterns) -> bool:
    """Does a bracket hold the article's source, rather than a name's short form?"""
    placed = at.head and patterns["place"].search(at.line[: at.line.rfind("(")])
    dash = patterns["dash_after_bracket"].match(at.right)
    return bool(at.bracket["by"] or placed or dash or at.tail)


_WHOLE: dict[str, Callable[[_Place, _Patterns], object]] = {
    "source": lambda at, patterns: patterns["source"].search(at.left[-50:]),
    "slashes": lambda at, _: at.left.endswith("/") and at.right.startswith("/"),
    "byline": _in_byline,
    "sign-off": lambda at, patterns: at.tail and patterns["dash_before"].search(at.left[-5:]),
    "contributed": lambda at, patterns: patterns["contributed"].match(at.right),
    "dateline": _in_dateline,
}


def _whole_rule(at: _Place, patterns: _Patterns) -> str:
    """By which rule a name is a byline, a dateline or a sign-off; "" if it is none."""
    if at.bracket:
        return "bracket" if _signs(at, patterns) else ""
    return next((rule for rule, holds in _WHOLE.items() if holds(at, patterns)), "")


@cache
def _patterns(lexicon: Lexicon) -> _Patterns:
    """The lexicon's words as patterns: those before a name are searched, those after matched."""
    words = lexicon["credits"]
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


def _without_qualifiers(name: str, kind: str, lexicon: Lexicon) -> str:
    """ "Kurdish Hawar" is Hawar; "Syrian" television and "The" radio are nobody's name."""
    lists, between = lexicon["names"], _word_lists(lexicon)["between"]
    skip = {*lists["non_names"], *(lists["demonyms"] if kind.islower() else ())}
    words = name.split()
    while words and (
        words[0] in skip or words[0].lower() in between or re.search(r"['’]s$|-[a-z]+$", words[0])
    ):
        words.pop(0)
    return f"{' '.join(words)} {kind}" if words else ""
