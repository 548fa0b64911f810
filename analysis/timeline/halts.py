"""What the words around a halt say of it: its condition, who halts, whether it was made at all."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analysis.lexicons import OURS, Lexicon

Place = tuple[str, int]  # of a sentence: doc_id, sent_id
NOT_MADE = "not made"  # part of the rule of a truce that is only spoken of


def read_halts(
    reports: pd.DataFrame,
    are_halts: Iterable[bool],
    sentences: Mapping[Place, str],
    days: Mapping[Place, Sequence[date]],
    lexicon: Lexicon = OURS,
) -> pd.DataFrame:
    """Reports with condition, scope, unannounced and told_on; empty where they are no halts.

    `sentences` holds those of the articles that tell of halts, `days` the days that they name.
    What the next sentence says of the halt ("It includes all factions", "It takes effect on Friday,
    3 March") counts for it.  A truce
    that is only spoken of is planned, whatever the reading of its sentence said.

    >>> about = {"sent_id": 4, "status": "happened", "trigger": "halted", "rule": "told"}
    >>> about |= {"date_from": None, "date_to": None}
    >>> report = pd.DataFrame([{"doc_id": "a", **about}])
    >>> told = {("a", 4): "The unions halted the strike in return for a vote.",
    ...         ("a", 5): "It covers all branches of the union."}
    >>> read_halts(report, [True], told, {})[["condition", "scope", "unannounced"]].values.tolist()
    [['in return for a vote', 'all', False]]
    """
    patterns = {name: re.compile(own, re.I) for name, own in lexicon["events"]["halts"].items()}
    rows = [
        (*_read(report, sentences, days, patterns), *_effective(report, sentences, days, patterns))
        if halts
        else (report.status, report.rule, "", "", False, None, report.date_from, report.date_to)
        for report, halts in zip(reports.itertuples(), are_halts, strict=True)
    ]
    columns = ["status", "rule", "condition", "scope", "unannounced", "told_on"]
    columns += ["date_from", "date_to"]
    return reports.assign(**pd.DataFrame(rows, index=reports.index, columns=columns, dtype=object))


def _read(
    report: Any,
    sentences: Mapping[Place, str],
    days: Mapping[Place, Sequence[date]],
    patterns: Mapping[str, re.Pattern[str]],
) -> tuple[str, str, str, str, bool, date | None]:
    place = report.doc_id, report.sent_id
    text, after = sentences[place], sentences.get((report.doc_id, report.sent_id + 1), "")
    told = f"{text} {after}" if patterns["next"].search(after) else text
    scope = next((name for name in ("some", "all") if patterns[name].search(told)), "")
    condition = patterns["condition"].search(text)
    words = condition[0] if condition else ""
    end = patterns["unconditional"].search(words)
    words = words[: end.start()] if end else words
    status, rule = report.status, report.rule
    if _not_made(report, text, patterns):
        status, rule = "planned", f"{rule};{NOT_MADE}"
    said = status == "ongoing" and patterns["said"].search(text)
    told_on = max(days.get(place, ()), default=None) if said else None
    unannounced = bool(patterns["unannounced"].search(text))
    return status, rule, words.strip(), scope, unannounced, told_on


def _effective(
    report: Any,
    sentences: Mapping[Place, str],
    days: Mapping[Place, Sequence[date]],
    patterns: Mapping[str, re.Pattern[str]],
) -> tuple[date | None, date | None]:
    """The days of a halt; where the next sentence says when it takes effect, that day."""
    following = report.doc_id, report.sent_id + 1
    begun = report.status in ("happened", "planned") and "corrected" not in report.rule
    named = days.get(following)
    if begun and named and patterns["effective"].search(sentences.get(following, "")):
        return named[0], named[0]
    return report.date_from, report.date_to


def _not_made(report: Any, text: str, patterns: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether a truce is only asked for, planned, refused or asked about."""
    if report.status not in ("happened", "ongoing", "planned") or "corrected" in report.rule:
        return False
    named = patterns["truce"].search(report.trigger)
    spoken_of = named and any(
        patterns[name].search(text) for name in ("sought", "refused", "asked")
    )
    return bool(spoken_of) and not patterns["taken_up"].search(text)
