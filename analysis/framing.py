"""Framing: how an outlet casts an actor, by the labels it gives.

Labels are counted only where they modify the actor (Entman 1993 on framing as selection): before
the name, behind it, in an apposition, as predicate, or where the actor is given as an example.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from analysis.actors import Mention
from analysis.lexicons import load
from analysis.quotations import Quotation


class Label(NamedTuple):
    """A label that modifies an actor: ``sentence[start:end]`` are the words, `label` their name.

    `voice`: ``outlet``, ``quoted`` (inside quotation marks) or ``name`` (part of the actor's name).
    """

    entity_id: str
    label: str
    voice: str
    start: int
    end: int


_REACH = 120  # characters between an actor and a label


class _Term(NamedTuple):
    start: int
    end: int
    label: str


def any_of(forms: Iterable[str]) -> str:
    """Pattern of one of the forms, the longest first."""
    longest_first = sorted(forms, key=lambda form: (-len(form), form))
    return "(?:" + "|".join(map(re.escape, longest_first)) + ")"


@cache
def _terms() -> tuple[re.Pattern, dict[str, str], dict[str, str]]:
    """Pattern of all labels, label by form, country by form."""
    lexicon = load("labels")
    labels = {f.lower(): label for label, forms in lexicon["labels"].items() for f in forms}
    countries = {f.lower(): country for country, fs in lexicon["countries"].items() for f in fs}
    after, before = any_of(lexicon["compounds"]["after"]), any_of(lexicon["compounds"]["before"])
    country = r"(?:[^\W\d_]\.){2,}|[^\W\d_]\w*"
    pattern = re.compile(
        rf"(?<![\w-])(?:(?P<of>{country})-(?P<link>{after})|(?P<for>{before})-(?P<to>{country})"
        rf"|(?P<plain>{any_of(labels)}))(?![\w-])",
        re.IGNORECASE,
    )
    return pattern, labels, countries


def _find_terms(sentence: str) -> list[_Term]:
    pattern, labels, countries = _terms()
    found = []
    for match in pattern.finditer(sentence):
        if match["plain"]:
            label = labels[match["plain"].lower()]
        elif match["of"]:
            label = f"{countries.get(match['of'].lower(), match['of'])}-{match['link'].lower()}"
        else:
            label = f"{match['for'].lower()}-{countries.get(match['to'].lower(), match['to'])}"
        found.append(_Term(*match.span(), label))
    return found


@cache
def _gaps() -> dict[str, re.Pattern]:
    """What may stand between a label and its actor, by construction; before it for `called`."""
    lexicon = load("labels")
    words = rf"(?:(?!{any_of(lexicon['stops'])}\b)[\w.'’-]+\s+){{0,7}}"
    opening = r"(?:an?|the|one\s+of|another|part\s+of)\s+"
    label = re.sub(r"\?P<\w+>", "?:", _terms()[0].pattern)
    modifier = rf"(?:{any_of(lexicon['modifiers'])}|{label})"
    modifiers = rf"(?:{modifier}\s+)*"
    gaps = {
        "before": rf"\s+{modifiers}",
        "example": rf"(?:\s+{modifier})*,?\s+{any_of(lexicon['examples'])}\s+(?:the\s+)?",
        "list": r"\s*(?:,|,?\s+and|,?\s+or)\s+(?:the\s+)?",
        "behind": rf"\s+{modifiers}",
        "apposition": rf"(?:\s*\([^()]{{1,40}}\))?\s*,\s+{opening}{words}",
        "predicate": rf"\s+(?:is|was|are|were|remains?|became)\s+{opening}{words}",
        "called": rf"\b{any_of(lexicon['naming_verbs'])}\s+(?:the\s+)?\Z",
        "naming": rf"\s+(?:as\s+)?(?:{opening})?{modifiers}",
    }
    return {name: re.compile(gap, re.IGNORECASE) for name, gap in gaps.items()}


def find_labels(
    sentence_text: str, mentions: Sequence[Mention], quotations: Sequence[Quotation] = ()
) -> list[Label]:
    """Labels of the mentioned actors in one sentence; all offsets are into `sentence_text`.

    "Terrorist groups like ISIS" gives a label, "a proxy battleground" beside a militia none.
    """
    direct = [quotation for quotation in quotations if quotation.direct]
    terms = _find_terms(sentence_text)
    found: dict[tuple[str, int], Label] = {}
    for mention, term, is_name in _modified(sentence_text, sorted(mentions), terms):
        quoted = any(q.start <= term.start and term.end <= q.end for q in direct)
        voice = "name" if is_name else "quoted" if quoted else "outlet"
        key = (mention.entity_id, term.start)
        found.setdefault(key, Label(mention.entity_id, term.label, voice, term.start, term.end))
    return sorted(found.values(), key=lambda label: (label.start, label.end, label.entity_id))


def _modified(
    text: str, mentions: list[Mention], terms: list[_Term]
) -> Iterator[tuple[Mention, _Term, bool]]:
    """(mention, label, whether the label is part of a name) for every label that modifies."""
    gaps = _gaps()
    for term in terms:
        exemplified = False
        near = [bisect_left(mentions, (term.start + by,)) for by in (-_REACH, _REACH)]
        for index, mention in enumerate(mentions[slice(*near)], near[0]):
            inside = mention.start <= term.start and term.end <= mention.end
            if inside:
                yield mention, term, _is_name(mention.surface)
            elif term.end <= mention.start:
                gap = text[term.end : mention.start]
                ended = mentions[index - 1].end if index else 0
                listed = exemplified and gaps["list"].fullmatch(text, ended, mention.start)
                exemplified = bool(gaps["example"].fullmatch(gap) or listed)
                if exemplified or (gaps["before"].fullmatch(gap) and mention.type != "GPE"):
                    yield mention, term, False
            elif mention.end <= term.start and _behind(text, mention, term):
                yield mention, term, False


def _is_name(surface: str) -> bool:
    """ "Islamic Resistance in Iraq" is a name, "Iran-backed militias in Iraq" is none."""
    return all(word[0].isupper() for word in re.findall(r"\w+", surface) if len(word) > 3)


def _behind(text: str, mention: Mention, term: _Term) -> bool:
    gaps, gap = _gaps(), text[mention.end : term.start]
    named = mention.type in {"ORG", "PERSON"} and gaps["behind"].fullmatch(gap)
    verb = gaps["called"].search(text, max(0, mention.start - 40), mention.start)
    called = verb and gaps["naming"].fullmatch(gap)
    return bool(
        named or called or gaps["apposition"].fullmatch(gap) or gaps["predicate"].fullmatch(gap)
    )
