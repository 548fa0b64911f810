"""Passives: acts that a sentence reports with or without saying who did them."""

import re
from functools import cache
from typing import NamedTuple

from analysis.framing import any_of
from analysis.lexicons import load


class Passive(NamedTuple):
    """A passive ("was killed"); `agent` says whether "by …" names who did it."""

    start: int
    end: int
    participle: str
    agent: bool


@cache
def _passive_pattern() -> re.Pattern:
    lexicon = load("passives")
    participle = rf"(?:[a-z]{{2,}}ed|{any_of(lexicon['participles'])})"
    return re.compile(
        rf"\b{any_of(lexicon['be'])}\s+(?:not\s+|also\s+|[a-z]+ly\s+)?(?P<participle>{participle})\b"
    )


def find_passives(sentence_text: str) -> list[Passive]:
    """Passives of a sentence, with or without an agent ("by …" within the same clause)."""
    lexicon = load("passives")
    agent = re.compile(rf"[^,.;:]{{0,60}}?\bby\s+(?!{any_of(lexicon['no_agent'])}\b)")
    return [
        Passive(*m.span(), m["participle"], bool(agent.match(sentence_text, m.end())))
        for m in _passive_pattern().finditer(sentence_text)
        if m["participle"] not in lexicon["no_passive"]
    ]
