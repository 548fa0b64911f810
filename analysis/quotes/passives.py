"""Passives: acts that a sentence reports with or without saying who did them."""

import re
from functools import cache
from typing import NamedTuple

from analysis.lexicons import OURS, Lexicon
from analysis.quotes.labels import any_of, word_of


class Passive(NamedTuple):
    """A passive ("was killed"); `agent`: "by …" names who did it; `harm`: done to somebody."""

    start: int
    end: int
    participle: str
    agent: bool
    harm: bool


@cache
def _patterns(lexicon: Lexicon) -> tuple[re.Pattern, re.Pattern, re.Pattern]:
    """Of a passive, of one in a headline, and of its agent behind it."""
    words = lexicon["passives"]
    participle = rf"(?P<participle>[a-z]{{2,}}ed|{any_of(words['participles'])})\b"
    be = rf"{word_of(words['be'])}\s+(?:not\s+|also\s+|[a-z]+ly\s+)?"
    after = any_of(words["headline_after"])
    harm = rf"\b(?P<harm>{any_of(words['harm'])})\b(?=\s+{after}\b(?!\s+(?:least|most)\b)|\W*\Z)"
    return (
        re.compile(be + participle),
        re.compile(rf"{be}{participle}|{harm}"),
        re.compile(rf"[^,.;:]{{0,60}}?\bby\s+(?!{any_of(words['no_agent'])}\b)"),
    )


def find_passives(
    sentence_text: str, headline: bool = False, lexicon: Lexicon = OURS
) -> list[Passive]:
    """Passives of a sentence, with or without an agent ("by …" within the same clause).

    A `headline` leaves out the verb "to be": "six killed in blast" counts there.

    >>> [(p.participle, p.agent) for p in find_passives("The port was shelled by the guard.")]
    [('shelled', True)]
    """
    words, (plain, short, agent) = lexicon["passives"], _patterns(lexicon)
    found = []
    for m in (short if headline else plain).finditer(sentence_text):
        participle = m[m.lastgroup]
        if participle not in words["no_passive"]:
            named = bool(agent.match(sentence_text, m.end()))
            found.append(Passive(*m.span(), participle, named, participle in words["harm"]))
    return found
