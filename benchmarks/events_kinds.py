"""Score `read_events` on kinds of sentence that are easily misread.

    python benchmarks/events_kinds.py [-v]

``events_kinds.tsv`` beside this script: one row for each event that a sentence tells, or one with
``none``.  The sentences were coded before the program had read them: set ``before`` before the
rules for its kind were written (20 of 94 were right then), set ``after`` afterwards (37 of 40 were
right when first read).  ``A|B``: either (nothing behind ``|``: or empty), ``*``: not judged,
``?ROOT``: may be left out.  A sentence is right if all its events are found, no other, with type,
direction, status, attribution, source and target.
"""

import csv
import sys
from collections import defaultdict
from pathlib import Path

import pandas as pd

from analysis.corpus import read_corpus
from analysis.entities import compile_actors, find_entities
from analysis.events import EventReading, read_events

INVENTED = [
    ("arvania", "Arvania", "GPE", "Arvanian"),
    ("belmar", "Belmar", "GPE", "Belmari"),
    ("corsia", "Corsia", "GPE", "Corsian"),
    ("karsa", "Karsa", "GPE", ""),
    ("front", "Red Valley Front", "ORG", "Front"),
    ("brigade", "Lowland Brigade", "ORG", "Brigade"),
]
FIELDS = ("event_type", "direction", "status", "attribution", "source", "target")
Row = dict[str, str]


def fits(row: Row, reading: EventReading) -> bool:
    """Whether a reading is the coded event."""
    coded = {field: row[field].lstrip("?") for field in FIELDS}
    return all(
        value == "*" or (getattr(reading, field) or "") in value.split("|")
        for field, value in coded.items()
    )


def right(rows: list[Row], readings: list[EventReading]) -> bool:
    """Whether every coded event is found, once, and nothing else."""
    left = list(readings)
    for row in rows:
        found = next((reading for reading in left if fits(row, reading)), None)
        if found:
            left.remove(found)
        elif row["event_type"] != "none" and not row["event_type"].startswith("?"):
            return False
    return not left


def read_and_score() -> tuple[dict[tuple[str, str], list[bool]], list[str]]:
    """Results by set and kind, and what was read of the sentences that are not right."""
    folder = Path(__file__).parent
    actors = read_corpus(folder.parent / "seeds").actors
    invented = pd.DataFrame(INVENTED, columns=["entity_id", "name", "type", "aliases"])
    matcher = compile_actors(pd.concat([actors, invented], ignore_index=True).fillna(""))
    sentences: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    with (folder / "events_kinds.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            sentences[row["set"], row["kind"], row["sentence"]].append(row)
    score: dict[tuple[str, str], list[bool]] = defaultdict(list)
    wrong: list[str] = []
    for (name, kind, text), rows in sentences.items():
        readings = read_events(text, find_entities(text, matcher))
        score[name, kind].append(right(rows, readings))
        if not score[name, kind][-1]:
            wrong.append(f"{kind}: {text}")
            wrong += [str([getattr(r, field) for field in (*FIELDS, "rule")]) for r in readings]
    return score, wrong


def main(*options: str) -> None:
    score, wrong = read_and_score()
    if "-v" in options:
        print(*wrong, sep="\n")
    for (name, kind), results in score.items():
        print(f"{name:8}{kind:24}{sum(results):3} of {len(results)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
