"""Score the event reports of the tables on coded sentences.

    python benchmarks/events_sets.py [-v] [--rules] [--record 2026-11-30] FILE.tsv…

A file has one row an event (or one with ``none``): sentence, published, kind (body or title),
event_type, direction, source, target, place, date_from, date_to, status, attribution, denied_by,
mutual, n_min, n_max, killed_min, killed_max, wounded_min, wounded_max; a party is given in the
words of the sentence.  ``A|B``: either, ``*``: not judged, ``?ROOT``: may be left out.  A file with
a column ``event_types`` instead (roots joined by ``;``) is judged by roots alone.

Every sentence is read as an article of its own, without any actors: parties are words.  A sentence
is wholly right if all its events are found with every judged field, and no other.  Intervals are 95
%, by resampling articles (columns corpus and doc) or sentences. ``-v`` prints what is wrong,
``--rules`` how often each rule fired and how often the report it helped to make was right,
``--record`` writes the scores and the day into ``events_scores.csv``, where they stand for sets
that cannot be published too.

All sets have been read since and rules made for what was wrong, so the scores of today are those of
sets developed on.  Wholly right at the first reading, before any rule was made for them: final_own
.30, final_drawn .37, unseen_1 .40, last_own .37, last_drawn .37; of ``events_sentences.tsv`` the
part "fifth" .35 (37 sentences), those of its second batch .58 (19), "sixth" .36 (45), "seventh" .71
(42).
"""

import csv
import sys
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.article.reading import Article, Settings, annotate
from analysis.base.digests import PACKAGE, digest, folder_digest
from analysis.entities import known_actors
from analysis.events.parse import Parse
from analysis.events.status import status_of

Row = dict[str, str]
PARTIES = ("source", "target", "place", "denied_by")
NUMBERS = {
    **{f"n_{end}": f"n_incidents_{end}" for end in ("min", "max")},
    **{
        f"{what}_{end}": f"{what}_{end}" for what in ("killed", "wounded") for end in ("min", "max")
    },
}
FIELDS = (
    *("direction", "status", "attribution", *PARTIES, "mutual", "date_from", "date_to"),
    *NUMBERS,
)
EMPTY = {"", "none", "false"}
LONGER = 6  # words by which a party may be told longer than it was coded
DRAWS = 2000
NOBODY = Settings(known_actors(with_world=False))


class Sentence(NamedTuple):
    """A coded sentence, the reports of it, and which report was taken for which coded event."""

    text: str
    topic: str
    coded: list[Row]
    reports: list[Row]
    pairs: list[tuple[Row, Row]]
    part: str = ""
    document: str = ""

    @property
    def none(self) -> list[Row]:
        """Reports of events that are none; that something did not happen is no event."""
        paired = [id(report) for _, report in self.pairs]
        left = [report for report in self.reports if id(report) not in paired]
        return [report for report in left if report["status"] != "absence"]

    @property
    def missed(self) -> list[Row]:
        paired = [id(row) for row, _ in self.pairs]
        return [row for row in self.coded if required(row) and id(row) not in paired]

    @property
    def right(self) -> bool:
        return not (self.none or self.missed) and all(not wrong(*pair) for pair in self.pairs)


# --- reading ----------------------------------------------------------------------------------


def read_coded(path: Path) -> dict[tuple[str, ...], list[Row]]:
    """Coded events of each sentence: its text, day, kind, topic, set and document."""
    sentences: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            document = row.get("corpus", "") + row.get("doc", "")
            about = (row.get(name, "") for name in ("kind", "topic", "set"))
            key = row["sentence"], row["published"], *about, document
            types = row["event_types"].split(";") if "event_types" in row else [row["event_type"]]
            unjudged = dict.fromkeys(FIELDS, "*") if "event_types" in row else {}
            coded = [unjudged | row | {"event_type": name} for name in types if name != "none"]
            sentences[key] += coded
    return sentences


def reports_of(text: str, published: str, kind: str) -> list[Row]:
    """The event reports of a sentence, every cell as words."""
    title = text if kind == "title" else ""
    text = "" if title else text
    article = Article("article", text, published, title=title, language="en")
    return [
        {name: "" if pd.isna(value) else str(value) for name, value in report.items()}
        for report in annotate(article, NOBODY)["event_reports"]
    ]


def required(row: Row) -> bool:
    return not row["event_type"].startswith("?")


def score(path: Path) -> list[Sentence]:
    """Every sentence of a file, read and compared."""
    found = []
    for (text, published, kind, topic, *where), coded in read_coded(path).items():
        reports = reports_of(text, published, kind)
        found.append(Sentence(text, topic, coded, reports, list(matched(coded, reports)), *where))
    return found


# --- comparing --------------------------------------------------------------------------------


def matched(coded: list[Row], reports: list[Row]) -> Iterator[tuple[Row, Row]]:
    """Coded events and reports of their type, those that agree best first."""
    possible = [
        (len(wrong(row, report)), not required(row), i, k)
        for i, row in enumerate(coded)
        for k, report in enumerate(reports)
        if report["event_type"] in row["event_type"].lstrip("?").split("|")
    ]
    rows, found = set(), set()
    for _, _, i, k in sorted(possible):
        if i not in rows and k not in found:
            rows.add(i)
            found.add(k)
            yield coded[i], reports[k]


def wrong(row: Row, report: Row) -> list[str]:
    """The judged fields in which a report differs from the coding."""
    return [name for name in FIELDS if not fits(name, row[name], value_of(name, report))]


def value_of(name: str, report: Row) -> str:
    value = report[NUMBERS.get(name, name)]
    return {"True": "true", "False": "false"}.get(value, value).removesuffix(".0")


def fits(name: str, coded: str, value: str) -> bool:
    """Whether a value is one of those allowed."""
    if coded == "*":
        return True
    if name in PARTIES:
        return any(same_party(each, value) for each in coded.split("|"))
    return value in coded.split("|") or (value in EMPTY and coded in EMPTY)


def same_party(coded: str, value: str) -> bool:
    """Whether one names the other, longer or shorter."""
    mine, theirs = (_words(text) for text in (coded.split(";", maxsplit=1)[0], value))
    if not mine or not theirs:
        return mine == theirs
    return theirs <= mine or (mine <= theirs and len(theirs - mine) <= LONGER)


def _words(text: str) -> set[str]:
    words = text.lower().replace("’", "'").replace("'s", "").replace(".", "").split()
    return {word.strip(",'\"()").rstrip("s") for word in words} - {"the", "a", "an"}


# --- printing ---------------------------------------------------------------------------------

Counted = tuple[int, int]  # right, of all


class Share(NamedTuple):
    """A share, what it is of, and its interval."""

    right: int
    whole: int
    low: float
    high: float

    def __str__(self) -> str:
        if not self.whole:
            return "-"
        share = self.right / self.whole
        return f"{share:.2f} [{self.low:.2f}, {self.high:.2f}] ({self.right} of {self.whole})"


def share_of(sentences: list[Sentence], count: Callable[[Sentence], Counted]) -> Share:
    """A share with its interval, by resampling documents (sentences, where they have none)."""
    clusters: dict[str, np.ndarray] = {}
    for sentence in sentences:
        name = sentence.document or sentence.text
        clusters[name] = clusters.get(name, np.zeros(2)) + count(sentence)
    counts = np.array([*clusters.values()], int)
    right, whole = map(int, counts.sum(axis=0))
    draws = np.random.default_rng(0).integers(len(counts), size=(DRAWS, len(counts)))
    sums = counts[draws].sum(axis=1)
    low, high = np.percentile(sums[:, 0] / np.maximum(sums[:, 1], 1), [2.5, 97.5])
    return Share(right, whole, float(low), float(high))


def precision(name: str) -> Callable[[Sentence], Counted]:
    """Right among the filled cells of reports that were taken for a coded event."""

    def count(sentence: Sentence) -> Counted:
        filled = [
            name not in wrong(row, report)
            for row, report in sentence.pairs
            if row[name] != "*" and value_of(name, report) not in EMPTY
        ]
        return sum(filled), len(filled)

    return count


def recall(name: str) -> Callable[[Sentence], Counted]:
    """Right among the filled cells of coded events, those missed included."""

    def told(row: Row) -> bool:
        return required(row) and row[name] != "*" and row[name] not in EMPTY

    def count(sentence: Sentence) -> Counted:
        right = [name not in wrong(row, report) for row, report in sentence.pairs if told(row)]
        return sum(right), len(right) + sum(told(row) for row in sentence.missed)

    return count


def shares(sentences: list[Sentence]) -> dict[str, Share]:
    """Every measure of a set."""
    counts = {
        "wholly right": lambda s: (s.right, 1),
        "sentences with an event that is none": lambda s: (bool(s.none), 1),
        "reports of events that are none": lambda s: (len(s.none), len(s.reports)),
        "events missed": lambda s: (len(s.missed), sum(map(required, s.coded))),
    }
    for field in FIELDS:
        counts |= {f"{field}, precision": precision(field), f"{field}, recall": recall(field)}
    return {name: share_of(sentences, count) for name, count in counts.items()}


def print_scores(name: str, sentences: list[Sentence]) -> None:
    reports = sum(len(sentence.reports) for sentence in sentences)
    print(f"{name}: {len(sentences)} sentences, {reports} event reports")
    for title, share in shares(sentences).items():
        if share.whole:
            print(f"  {title:38}{share}")


# --- what was measured last -------------------------------------------------------------------

SCORES = Path(__file__).parent / "events_scores.csv"
READ_WITH = (
    "events/*.py",
    "lexicons/events.yml",
    "lexicons/plover.yml",
    "lexicons/event_model.csv",
)
COLUMNS = ("set", "measured", "sentences", "measure", "right", "of", "low", "high", "digest")


def reader_digest() -> str:
    """Digest of the rules, lexicons and weights that events are read with."""
    return digest([folder_digest(PACKAGE, pattern) for pattern in READ_WITH])[:16]


def recorded() -> list[Row]:
    """The rows of the score file."""
    with SCORES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def record(name: str, sentences: list[Sentence], day: str) -> None:
    """Write the scores of a set, in place of those it had."""
    about = {"set": name, "measured": day, "sentences": len(sentences), "digest": reader_digest()}
    rows = [row for row in recorded() if row["set"] != name] if SCORES.exists() else []
    for measure, share in shares(sentences).items():
        ends = {"low": f"{share.low:.3f}", "high": f"{share.high:.3f}"}
        told = {"measure": measure, "right": share.right, "of": share.whole}
        rows += [about | told | ends] if share.whole else []
    with SCORES.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def print_wrong(sentences: Iterable[Sentence]) -> None:
    for sentence in sentences:
        if sentence.right:
            continue
        print(f"\n{sentence.text}")
        for row, report in sentence.pairs:
            for name in wrong(row, report):
                told = value_of(name, report)
                print(f"    {row['event_type']} {name}: {row[name]!r}, read {told!r}")
        for row in sentence.missed:
            print(f"    missed {row['event_type']} {row['source']} > {row['target']}")
        for report in sentence.none:
            told = (report[n] for n in ("event_type", "status", "source", "target", "trigger"))
            print(f"    none: {' / '.join(told)} ({report['rule']})")


def print_rules(sentences: Sequence[Sentence]) -> None:
    """How often each rule fired, and was right, over all files.

    A rule that makes a report is right with it; one that says that a phrase is no event ("none")
    is right where no event of that type was missed.
    """
    fired, right = Counter[str](), Counter[str]()
    for sentence in sentences:
        good = {id(report) for row, report in sentence.pairs if not wrong(row, report)}
        for report in sentence.reports:
            for rule in report["rule"].split(";"):
                fired[rule] += 1
                right[rule] += id(report) in good
        missed = {root for row in sentence.missed for root in row["event_type"].split("|")}
        for rule, root in silent(sentence.text):
            fired[rule] += 1
            right[rule] += root not in missed
    for rule, times in fired.most_common():
        print(f"  {rule:20}{times:5} {right[rule]:5}  {right[rule] / times:.2f}")


def silent(text: str) -> Iterator[tuple[str, str]]:
    """The rules that said of a phrase of a type that it is no event."""
    p = Parse(text)
    for hit in p.hits:
        rule, status = status_of(p, hit, p.group(hit))
        if not status:
            yield f"none: {rule}", hit.phrase.root


def by_topic(name: str, sentences: list[Sentence]) -> Iterator[tuple[str, list[Sentence]]]:
    """A set, and its halves where it has two topics."""
    yield name, sentences
    topics = sorted({sentence.topic for sentence in sentences})
    for topic in topics if len(topics) == 2 else ():
        yield f"{name}, {topic}", [s for s in sentences if s.topic == topic]


def main(*arguments: str) -> None:
    parser = ArgumentParser(description="Score event reports on coded sentences.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("-v", action="store_true", help="print what is wrong")
    parser.add_argument("--rules", action="store_true", help="print how often each rule was right")
    parser.add_argument("--record", metavar="DAY", help="write the scores into the score file")
    options = parser.parse_args(arguments)
    sets = {path: score(path) for path in options.files}
    for path, sentences in sets.items():
        for name, part in by_topic(path.name, sentences):
            print_scores(name, part)
            if options.record:
                record(name, part, options.record)
        if options.v:
            print_wrong(sentences)
    if options.rules:
        print_rules([sentence for sentences in sets.values() for sentence in sentences])


if __name__ == "__main__":
    main(*sys.argv[1:])
