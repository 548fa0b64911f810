"""What the words around a halt say of it: its condition, who halts, whether it was made at all."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analysis.lexicons import OURS, Lexicon

Place = tuple[str, int]  # of a sentence: doc_id, sent_id
NOT_MADE = "not made"  # part of the rule of a truce that is only spoken of
HOLDS = "told to hold"  # part of the rule of one that is told to be kept or in force
DECLARED = "declared"  # part of the rule of one that goes on and is told as made by somebody
EFFECT = "takes effect"  # part of the rule of a halt whose day of effect is told


def read_halts(
    reports: pd.DataFrame,
    are_halts: Iterable[bool],
    sentences: Mapping[Place, str],
    days: Mapping[Place, Sequence[date]],
    published: Mapping[str, date],
    lexicon: Lexicon = OURS,
) -> pd.DataFrame:
    """Reports with condition, scope, unannounced and told_on; empty where they are no halts.

    `sentences` holds those of the articles that tell of halts, `days` the days that they name,
    `published` the day on which each came out.
    What the next sentence says of the halt ("It includes all factions", "It takes effect on Friday,
    3 March") counts for it.  A truce that is only spoken of is planned, one that is said to be kept
    or in force ongoing, whatever the reading of its sentence said.

    >>> about = {"sent_id": 4, "status": "happened", "trigger": "halted", "rule": "told"}
    >>> about |= {"date_from": None, "date_to": None}
    >>> report = pd.DataFrame([{"doc_id": "a", **about}])
    >>> told = {("a", 4): "The unions halted the strike in return for a vote.",
    ...         ("a", 5): "It covers all branches of the union."}
    >>> read_halts(report, [True], told, {}, {})[["condition", "scope"]].values.tolist()
    [['in return for a vote', 'all']]
    """
    patterns = {name: re.compile(own, re.I) for name, own in lexicon["events"]["halts"].items()}
    rows = [
        _of_halt(report, sentences, days, published, patterns)
        if halts
        else (report.status, report.rule, "", "", False, None, report.date_from, report.date_to)
        for report, halts in zip(reports.itertuples(), are_halts, strict=True)
    ]
    columns = ["status", "rule", "condition", "scope", "unannounced", "told_on"]
    columns += ["date_from", "date_to"]
    return reports.assign(**pd.DataFrame(rows, index=reports.index, columns=columns, dtype=object))


def _of_halt(
    report: Any,
    sentences: Mapping[Place, str],
    days: Mapping[Place, Sequence[date]],
    published: Mapping[str, date],
    patterns: Mapping[str, re.Pattern[str]],
) -> tuple[str, str, str, str, bool, date | None, date | None, date | None]:
    place = report.doc_id, report.sent_id
    text, after = sentences[place], sentences.get((report.doc_id, report.sent_id + 1), "")
    told = f"{text} {after}" if patterns["next"].search(after) else text
    scope = next((name for name in ("some", "all") if patterns[name].search(told)), "")
    status, rule = _made(report, text, patterns)
    said = status == "ongoing" and patterns["said"].search(text)
    told_on = max(days.get(place, ()), default=None) if said else None
    unannounced = bool(patterns["unannounced"].search(text))
    first, last = report.date_from, report.date_to
    if day := _effective(report, after, days, published, patterns):
        first = last = day
        rule = f"{rule};{EFFECT}"
    return status, rule, _condition(text, patterns), scope, unannounced, told_on, first, last


def _made(report: Any, text: str, patterns: Mapping[str, re.Pattern[str]]) -> tuple[str, str]:
    """Status and rule: whether the halt was made, and whether it is told to hold."""
    if _not_made(report, text, patterns):
        return "planned", f"{report.rule};{NOT_MADE}"
    named = report.status == "happened" and report.rule.startswith("noun")
    status, rule = report.status, report.rule
    if named and patterns["holds"].search(text, max(0, text.find(report.trigger))):
        status, rule = "ongoing", f"{rule};{HOLDS}"
    if status == "ongoing" and patterns["declared"].search(text):
        rule = f"{rule};{DECLARED}"
    return status, rule


def _condition(text: str, patterns: Mapping[str, re.Pattern[str]]) -> str:
    found = patterns["condition"].search(text)
    words = found[0] if found else ""
    end = patterns["unconditional"].search(words)
    return (words[: end.start()] if end else words).strip()


def _effective(
    report: Any,
    after: str,
    days: Mapping[Place, Sequence[date]],
    published: Mapping[str, date],
    patterns: Mapping[str, re.Pattern[str]],
) -> date | None:
    """The day on which the sentence `after` that of a halt says that it takes effect.

    One that is to come takes effect on no day before its article came out.
    """
    begun = report.status in ("happened", "planned") and "corrected" not in report.rule
    since = published.get(report.doc_id) if report.status == "planned" else None
    named = days.get((report.doc_id, report.sent_id + 1), ())
    day = next((day for day in named if since is None or day >= since), None)
    return day if begun and patterns["effective"].search(after) else None


def _not_made(report: Any, text: str, patterns: Mapping[str, re.Pattern[str]]) -> bool:
    """Whether a truce is only asked for, planned, refused or asked about."""
    if report.status not in ("happened", "ongoing", "planned") or "corrected" in report.rule:
        return False
    named = patterns["truce"].search(report.trigger)
    spoken_of = named and any(
        patterns[name].search(text) for name in ("sought", "refused", "asked")
    )
    return bool(spoken_of) and not patterns["taken_up"].search(text)
