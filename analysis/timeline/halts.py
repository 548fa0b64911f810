"""What the words around a halt say of it: its condition, who halts, that nobody announced it."""

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from analysis.lexicons import OURS, Lexicon

Place = tuple[str, int]  # of a sentence: doc_id, sent_id


def read_halts(
    reports: pd.DataFrame,
    are_halts: Iterable[bool],
    sentences: Mapping[Place, str],
    lexicon: Lexicon = OURS,
) -> pd.DataFrame:
    """Reports with condition, scope and unannounced, empty and False where they are no halts.

    `sentences` holds those of the articles that tell of halts.  What the next sentence says of the
    halt ("It includes all factions") counts for it.

    >>> report = pd.DataFrame({"doc_id": ["a"], "sent_id": [4]})
    >>> told = {("a", 4): "The unions halted the strike in return for a vote.",
    ...         ("a", 5): "It covers all branches of the union."}
    >>> read_halts(report, [True], told)[["condition", "scope", "unannounced"]].to_numpy().tolist()
    [['in return for a vote', 'all', False]]
    """
    patterns = {name: re.compile(own, re.I) for name, own in lexicon["events"]["halts"].items()}
    places = zip(reports["doc_id"], reports["sent_id"], strict=True)
    rows = [
        _read(sentences[place], sentences.get((place[0], place[1] + 1), ""), patterns)
        if halts
        else ("", "", False)
        for place, halts in zip(places, are_halts, strict=True)
    ]
    columns = ["condition", "scope", "unannounced"]
    return reports.assign(**pd.DataFrame(rows, index=reports.index, columns=columns))


def _read(text: str, after: str, patterns: Mapping[str, re.Pattern[str]]) -> tuple[str, str, bool]:
    told = f"{text} {after}" if patterns["next"].search(after) else text
    scope = next((name for name in ("some", "all") if patterns[name].search(told)), "")
    condition = patterns["condition"].search(text)
    words = condition[0] if condition else ""
    end = patterns["unconditional"].search(words)
    words = words[: end.start()] if end else words
    return words.strip(), scope, bool(patterns["unannounced"].search(text))
