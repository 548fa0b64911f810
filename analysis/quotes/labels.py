"""Framing: how an outlet casts an actor, by the labels it gives.

Labels are counted only where they modify the actor (Entman 1993 on framing as selection): before
the name, behind it, in an apposition, as predicate, or where the actor is given as an example.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from analysis.entities.matcher import Mention
from analysis.lexicons import OURS, Lexicon
from analysis.quotes.find import Quotation
from analysis.text.words import word_texts


class Label(NamedTuple):
    """A label that modifies an actor: ``sentence[start:end]`` are the words, `label` their name.

    `voice`: ``outlet``, ``quoted`` (inside quotation marks) or ``name`` (part of the actor's name).
    `rule`: the construction: ``before``, ``behind``, ``apposition``, ``predicate``, ``naming``
    ("called … a …"), ``example`` ("militias such as …") or ``within`` (inside the actor's name).
    """

    entity_id: str
    label: str
    voice: str
    start: int
    end: int
    rule: str


_REACH = 120  # characters between an actor and a label
_NEAREST = 5  # actors on each side of a label
_Gaps = dict[str, re.Pattern[str]]


class _Term(NamedTuple):
    start: int
    end: int
    label: str


def any_of(forms: Iterable[str]) -> str:
    """Pattern of one of the forms, the longest first."""
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return "(?:" + "|".join(map(re.escape, longest_first)) + ")"


def word_of(forms: Iterable[str]) -> str:
    """Pattern of one of the forms where a word begins, such that `re` can skip to first letters."""
    by_first: dict[str, list[str]] = {}
    for form in forms:
        by_first.setdefault(form[0], []).append(form[1:])
    branches = (rf"{re.escape(first)}(?<!\w.){any_of(rest)}" for first, rest in by_first.items())
    return f"(?:{'|'.join(branches)})"


class _Terms(NamedTuple):
    """Pattern of all labels, label by form and country by form; all in lower case."""

    pattern: re.Pattern
    labels: dict[str, str]
    countries: dict[str, str]


@cache
def _terms(lexicon: Lexicon) -> _Terms:
    words = lexicon["labels"]
    labels = {f.lower(): label for label, forms in words["labels"].items() for f in forms}
    countries = {f.lower(): country for country, fs in words["countries"].items() for f in fs}
    links, stances = words["compounds"]["after"], words["compounds"]["before"]
    country = r"(?:(?:[^\W\d_]\.){2,9}|[^\W\d_]\w*+)"
    pattern = re.compile(
        rf"(?<![\w-])(?=\w)(?:(?P<of>{country})-(?P<link>{any_of(links)})"
        rf"|(?P<for>{any_of(stances)})-(?P<to>{country})|(?P<plain>{word_of(labels)}))(?![\w-])"
    )
    return _Terms(pattern, labels, countries)


def _find_terms(sentence: str, lexicon: Lexicon) -> list[_Term]:
    low = sentence.lower()
    if len(low) != len(sentence):  # Turkish İ
        low = "".join(min(c.lower(), c, key=len) for c in sentence)
    terms, found = _terms(lexicon), []
    for match in terms.pattern.finditer(low):
        if match["plain"]:
            label = terms.labels[match["plain"]]
        else:
            party = match.span("of" if match["of"] else "to")
            country = terms.countries.get(low[slice(*party)], sentence[slice(*party)])
            label = f"{country}-{match['link']}" if match["of"] else f"{match['for']}-{country}"
        found.append(_Term(*match.span(), label))
    return found


@cache
def _gaps(lexicon: Lexicon) -> _Gaps:
    """What may stand between a label and its actor, by construction; before it for `called`.

    All but `called` and `list` are matched once from one side; what is sought begins in `room`, at
    any word there.
    """
    lists = lexicon["labels"]
    words = rf"(?P<room>(?:(?!{any_of(lists['stops'])}\b)[\w.'’-]+\s+){{0,7}})"
    opening = r"(?:an?|the|one\s+of|another|part\s+of)\s+"
    label = re.sub(r"\?P<\w+>", "?:", _terms(lexicon).pattern.pattern)
    modifier = rf"(?:{any_of(lists['modifiers'])}|{label})"
    examples = any_of(lists["examples"])
    modifiers = rf"(?P<room>(?:{modifier}\s+){{0,4}})"
    gaps = {
        "before": rf"\s+{modifiers}",
        "example": rf"(?:\s+{modifier}){{0,4}},?\s+{examples}\s+(?P<room>(?:the\s+)?)",
        "list": r"\s*(?:,|,?\s+and|,?\s+or)\s+(?:the\s+)?",
        "behind": rf"\s+{modifiers}",
        "apposition": rf"(?:\s*\([^()]{{1,40}}\))?\s*,\s+{opening}{words}",
        "predicate": rf"\s+(?:is|was|are|were|remains?|became)\s+{opening}{words}",
        "called": rf"\b{any_of(lists['naming_verbs'])}\s+(?:the\s+)?\Z",
        "naming": rf"\s+(?:as\s+)?(?:{opening})?{modifiers}",
    }
    return {name: re.compile(gap, re.IGNORECASE) for name, gap in gaps.items()}


def _room(gap: re.Pattern[str], text: str, start: int) -> range:
    """Where what comes after the gap may begin; empty if `text` has no such gap at `start`."""
    match = gap.match(text, start, start + _REACH)
    return range(match.start("room"), match.end() + 1) if match else range(0)


def find_labels(
    sentence_text: str,
    mentions: Iterable[Mention],
    quotations: Iterable[Quotation] = (),
    lexicon: Lexicon = OURS,
) -> list[Label]:
    """Labels of the mentioned actors in one sentence; all offsets are into `sentence_text`.

    "Terrorist groups like ISIS" gives a label, "a proxy battleground" beside a militia none.

    >>> from analysis.entities import Mention
    >>> sentence = "The rebels of the Blue Front, a militia from the hills, left."
    >>> front = Mention(18, 28, "Blue Front", "blue", "Blue Front", "ORG", "corpus", "alias")
    >>> [(label.label, label.voice, label.rule) for label in find_labels(sentence, [front])]
    [('militia', 'outlet', 'apposition')]
    """
    terms = _find_terms(sentence_text, lexicon)
    if not terms:
        return []
    quotations = list(quotations)
    labels: dict[tuple[str, int], Label] = {}
    for mention, term, rule in _modified(sentence_text, sorted(mentions), terms, _gaps(lexicon)):
        quoted = any(q.is_literal(term.start, term.end) for q in quotations)
        is_name = rule == "within" and _is_name(mention.surface)
        voice = "name" if is_name else "quoted" if quoted else "outlet"
        label = Label(mention.entity_id, term.label, voice, term.start, term.end, rule)
        labels.setdefault((mention.entity_id, term.start), label)
    return sorted(labels.values(), key=lambda label: (label.start, label.end, label.entity_id))


def _modified(
    text: str, mentions: list[Mention], terms: list[_Term], gaps: _Gaps
) -> Iterator[tuple[Mention, _Term, str]]:
    """Each actor that a label modifies, and the construction that says so."""
    starts = [mention.start for mention in mentions]
    for term in terms:
        first, here, last = (bisect_left(starts, term.start + by) for by in (-_REACH, 0, _REACH))
        near = mentions[max(first, here - _NEAREST) : min(last, here + _NEAREST)]
        for mention in near:
            if mention.start <= term.start and term.end <= mention.end:
                yield mention, term, "within"
            elif mention.start < term.end and (rule := _stands_behind(text, mention, term, gaps)):
                yield mention, term, rule
        ahead = [mention for mention in near if term.end <= mention.start]
        for mention, rule in _stand_before(text, term, ahead, gaps) if ahead else ():
            yield mention, term, rule


def _stand_before(
    text: str, term: _Term, mentions: list[Mention], gaps: _Gaps
) -> Iterator[tuple[Mention, str]]:
    """Which of the actors after a label it modifies, and how."""
    before, example = (_room(gaps[name], text, term.end) for name in ("before", "example"))
    listed: int | None = None  # the end of the example before
    for mention in mentions:
        if _begins_in(example, text, mention) or (
            listed is not None and gaps["list"].fullmatch(text, listed, mention.start)
        ):
            listed = mention.end
            yield mention, "example"
            continue
        listed = None
        if mention.type != "GPE" and _begins_in(before, text, mention):
            yield mention, "before"


def _is_name(surface: str) -> bool:
    """ "Islamic Resistance in Iraq" is a name, "Iran-backed militias in Iraq" is none."""
    return all(word[0].isupper() for word in word_texts(surface.replace("-", " ")) if len(word) > 3)


def _begins_in(room: range, text: str, words: Mention | _Term) -> bool:
    return words.start in room and text[words.start - 1].isspace()


def _stands_behind(text: str, mention: Mention, term: _Term, gaps: _Gaps) -> str:
    """The construction by which a label modifies the actor before it; "" if it does not."""
    if not text[term.start - 1].isspace():
        return ""
    noun = ("behind",) if mention.type in {"ORG", "PERSON"} else ()
    for rule in ("apposition", "predicate", *noun, "naming"):
        if term.start in _room(gaps[rule], text, mention.end):
            near = max(0, mention.start - 40), mention.start
            if rule != "naming" or gaps["called"].search(text, *near):
                return rule
    return ""
