"""Measure the merging of reports into events against a coding of both.

    python benchmarks/merging.py FAKES_CSV [--errors]

``merging_coding.csv`` names, by offsets alone, reports of the seeds and of 17 articles of FA-KES
(rows of its file; title, empty line, content) and the event each speaks of. It was coded from the
texts, by a model, before the merging was tuned. FA-KES is read with ``merging_actors.csv``. Prints
B-cubed (Bagga and Baldwin 1998) and pairwise precision and recall over the coded reports that the
program finds too: low precision is over-merging, low recall under-merging.
"""

import argparse
import csv
import re
import tempfile
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import pandas as pd

from analysis.corpus.reading import read_corpus
from analysis.tables.build import build

HERE = Path(__file__).parent
SEEDS = HERE.parent / "seeds"
DYADS = """title: FA-KES
dyads:
  - {id: rebels-government, name: rebels on government, source: [reb], target: [gov]}
  - {id: government-rebels, name: government on rebels, source: [gov], target: [reb]}
"""
_DATE = re.compile(r"(\d{1,2} [A-Z][a-z]+ 20\d\d)|([A-Z][a-z]+ \d{1,2} 20\d\d)|(\d\d-\d\d-20\d\d)")


def published(text: str, given: str) -> str:
    """The date at the head of the text; that of the table has day and month mixed up."""
    found = _DATE.search(text[:120])
    day_first = not found or bool(found[3])
    stated = pd.to_datetime(found[0] if found else given, dayfirst=day_first, errors="coerce")
    return str((pd.to_datetime(given) if pd.isna(stated) else stated).date())


def fakes_corpus(table: Path, doc_ids: set[str], folder: Path) -> Path:
    """Those rows of FA-KES as a corpus folder."""
    rows = pd.read_csv(table, encoding="utf-8", encoding_errors="replace")
    (folder / "texts").mkdir()
    articles = []
    for number in sorted(map(int, doc_ids)):
        row = rows.loc[number]
        text = f"{row.article_title}\n\n{row.article_content}\n"
        (folder / "texts" / f"{number}.txt").write_text(text, encoding="utf-8")
        day = published(row.article_content, row.date)
        articles.append((number, f"texts/{number}.txt", row.source, day, row.article_title))
    columns = ["doc_id", "file", "outlet", "published", "title"]
    pd.DataFrame(articles, columns=columns).to_csv(folder / "articles.csv", index=False)
    (folder / "actors.csv").write_bytes((HERE / "merging_actors.csv").read_bytes())
    (folder / "corpus.yml").write_text(DYADS, encoding="utf-8")
    return folder


def coded_reports(
    reports: pd.DataFrame, coding: list[dict[str, str]]
) -> list[tuple[str, str, str]]:
    """(report, coded event, event of the program); two events of one span in their order."""
    pairs, used = [], set()
    for row in coding:
        start, end = int(row["start"]), int(row["end"])
        near = reports[
            (reports["doc_id"] == row["doc_id"])
            & (reports["start"] < end)
            & (reports["end"] > start)
        ]
        free = [r for r in near.itertuples() if r.report_id not in used]
        if free:
            best = min(free, key=lambda r: abs(r.start - start) + abs(r.end - end))
            used.add(best.report_id)
            pairs.append((best.report_id, row["event"], best.event_id))
    return pairs


def b_cubed(pairs: list[tuple[str, str, str]]) -> tuple[float, float]:
    gold, found = defaultdict(set), defaultdict(set)
    for report, event, own in pairs:
        gold[event].add(report)
        found[own].add(report)
    shared = [(len(gold[e] & found[o]), len(found[o]), len(gold[e])) for _, e, o in pairs]
    n = len(pairs)
    return sum(s / f for s, f, _ in shared) / n, sum(s / g for s, _, g in shared) / n


def pairwise(pairs: list[tuple[str, str, str]]) -> tuple[float, float]:
    both = found = gold = 0
    for (_, a, x), (_, b, y) in combinations(pairs, 2):
        both += a == b and x == y
        found += x == y
        gold += a == b
    return both / max(found, 1), both / max(gold, 1)


def measure(name: str, folder: Path, coding: list[dict[str, str]], errors: bool) -> None:
    with tempfile.TemporaryDirectory() as cache:
        reports = build(read_corpus(folder), Path(cache)).read("event_reports")
    pairs = coded_reports(reports, coding)
    cubed, two = b_cubed(pairs), pairwise(pairs)
    print(
        f"{name:8} coded {len(coding)}, found {len(pairs)}"
        f"  B-cubed P {cubed[0]:.2f} R {cubed[1]:.2f}  pairs P {two[0]:.2f} R {two[1]:.2f}"
    )
    if errors:
        own = defaultdict(list)
        for report, event, found in pairs:
            own[event].append(f"{report}={found}")
        for event, members in own.items():
            print(f"  {event}: {' '.join(members)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the merging of reports into events.")
    parser.add_argument("fakes", type=Path)
    parser.add_argument("--errors", action="store_true", help="list every coded event")
    options = parser.parse_args()
    with (HERE / "merging_coding.csv").open(encoding="utf-8", newline="") as file:
        coding = list(csv.DictReader(file))
    seeds = [row for row in coding if row["corpus"] == "seeds"]
    fakes = [row for row in coding if row["corpus"] == "fa-kes"]
    measure("seeds", SEEDS, seeds, options.errors)
    with tempfile.TemporaryDirectory() as folder:
        doc_ids = {row["doc_id"] for row in fakes}
        measure("fa-kes", fakes_corpus(options.fakes, doc_ids, Path(folder)), fakes, options.errors)


if __name__ == "__main__":
    main()
