"""Measure `analysis.dates.find` on texts with TIMEX3 annotations.

usage: python benchmarks/dates.py PLACE [--errors]

PLACE holds .tml files, or folders of them (one set each): TimeBank, AQUAINT, TempEval-3 platinum;
or it is a table of marked texts such as tests/data/time_expressions.tsv (a set a kind of text) or
benchmarks/dates_kinds.tsv (a set a part: the rules were made with the seen one only).
Prints for each set strict and relaxed span F1, type F1 and value F1 as TempEval-3 defines them
(UzZaman et al. 2013: attribute F1 = accuracy over the relaxed matches times relaxed F1; values
compared as strings; the document creation time not counted), and articles of 500 words read in a
second of processor time. Where dateparser is installed, its `search_dates` stands beside it.
"""

import argparse
import csv
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from analysis.dates.find import find_dates

try:
    from dateparser.search import search_dates
except ImportError:
    search_dates = None


class Timex(NamedTuple):
    start: int
    end: int
    type: str
    value: str
    days: str | None = None  # first and last, where they do not follow from the value


class Document(NamedTuple):
    name: str
    text: str
    published: str
    gold: list[Timex]


def read_timeml(path: Path) -> Document:
    """Text, creation day and annotated time expressions of a TimeML file."""
    root = ET.parse(path).getroot()
    created = next(
        t.get("value", "")
        for t in root.iter("TIMEX3")
        if t.get("functionInDocument") == "CREATION_TIME"
    )
    parts: list[str] = []
    gold: list[Timex] = []

    def walk(element: ET.Element) -> None:
        start = sum(map(len, parts))
        parts.append(element.text or "")
        for child in element:
            walk(child)
            parts.append(child.tail or "")
        if element.tag == "TIMEX3":
            surface = "".join(parts)[start:]
            if surface.strip():
                low = start + len(surface) - len(surface.lstrip())
                high = start + len(surface.rstrip())
                gold.append(Timex(low, high, element.get("type", ""), element.get("value", "")))

    walk(root.find("TEXT"))
    return Document(path.stem, "".join(parts), created[:10], sorted(gold))


def read_marked(path: Path) -> dict[str, list[Document]]:
    """Texts of a table by part, where it has that column, else by kind.

    "[last May|2012-05]" marks an expression and its value; "*" stands before the value of a set,
    "@2012-05-01/2012-05-02" after a value names the days meant. A line end is written "\\n".
    """
    result: dict[str, list[Document]] = {}
    lines = path.read_text("utf-8").splitlines()
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        text, gold = "", []
        for plain, surface, is_set, value, days in re.findall(
            r"([^\[]*)(?:\[([^|]+)\|(\*?)([^\]@]+)(?:@([^\]]+))?\])?",
            row["text"].replace("\\n", "\n"),
        ):
            text += plain + surface
            kinds = ("SET", is_set), ("DATE", "_REF" in value), ("DURATION", value[:1] == "P")
            type_ = next((t for t, holds in (*kinds, ("TIME", "T" in value)) if holds), "DATE")
            if value:
                place = len(text) - len(surface), len(text)
                gold.append(Timex(*place, type_, value, days or None))
        document = Document(row["kind"], text, row["published"], gold)
        result.setdefault(row.get("part", row["kind"]), []).append(document)
    return result


def match(gold: list[Timex], found: list[Timex]) -> list[tuple[Timex, Timex]]:
    """One-to-one pairs that overlap, identical spans first, then the larger overlap."""
    pairs = sorted(
        ((g[:2] != f[:2], -min(g.end, f.end) + max(g.start, f.start), g, f))
        for g in gold
        for f in found
        if min(g.end, f.end) > max(g.start, f.start)
    )
    result: list[tuple[Timex, Timex]] = []
    for _, _, g, f in pairs:
        if all(g != a and f != b for a, b in result):
            result.append((g, f))
    return result


def ours(text: str, published: str) -> list[Timex]:
    return [
        Timex(e.start, e.end, e.type, e.value, f"{e.date_from}/{e.date_to}")
        for e in find_dates(text, published)
    ]


def same_value(gold: Timex, found: Timex) -> bool:
    return gold.value == found.value and gold.days in (None, found.days)


def dateparsers(text: str, published: str) -> list[Timex]:
    """`search_dates` gives no offsets and no types: surfaces are sought in order, all dates."""
    from datetime import datetime

    settings = {"RELATIVE_BASE": datetime.fromisoformat(published)}
    result, place = [], 0
    for surface, moment in search_dates(text, languages=["en"], settings=settings) or []:
        start = text.find(surface, place)
        if start >= 0:
            place = start + len(surface)
            result.append(Timex(start, place, "DATE", moment.date().isoformat()))
    return result


def f1(hits: int, found: int, gold: int) -> float:
    return 200 * hits / (found + gold) if hits else 0.0


def measure(
    tagger: Callable[[str, str], list[Timex]], documents: list[Document], show_errors: bool = False
) -> tuple[list[float], float]:
    """F1 of strict and relaxed spans, types and values, in per cent, and articles a second."""
    n_gold = n_found = 0
    hits = [0, 0, 0, 0]
    tagger("on Monday", "2000-01-05")  # set-up is not counted
    before = time.process_time()
    answers = [tagger(d.text, d.published) for d in documents]
    seconds = time.process_time() - before
    for document, found in zip(documents, answers, strict=True):
        pairs = match(document.gold, found)
        n_gold += len(document.gold)
        n_found += len(found)
        for g, f in pairs:
            right = (g[:2] == f[:2], True, g.type == f.type, same_value(g, f))
            hits = [a + b for a, b in zip(hits, right, strict=True)]
        if show_errors:
            print_errors(document, found, pairs)
    articles = sum(len(d.text.split()) for d in documents) / 500
    return [f1(n, n_found, n_gold) for n in hits], articles / seconds


def print_errors(
    document: Document, found: Iterable[Timex], pairs: list[tuple[Timex, Timex]]
) -> None:
    rows = [("value", g, g.value, f"{f.value}@{f.days}") for g, f in pairs if not same_value(g, f)]
    rows += [("missed", g, g.value, "") for g in document.gold if all(g != p[0] for p in pairs)]
    rows += [("spurious", f, "", f.value) for f in found if all(f != p[1] for p in pairs)]
    for kind, place, gold, answer in sorted(rows, key=lambda row: row[1]):
        surface = " ".join(document.text[place.start : place.end].split())
        print(document.name, document.published, kind, surface, gold, answer, sep="\t")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the temporal tagger on TimeML files.")
    parser.add_argument("place", type=Path)
    parser.add_argument("--errors", action="store_true", help="list every error")
    options = parser.parse_args()
    place = options.place
    if place.is_dir():
        folders = [f for f in (place, *sorted(place.iterdir())) if f.is_dir()]
        sets = {f.name: [read_timeml(path) for path in sorted(f.glob("*.tml"))] for f in folders}
    else:
        sets = read_marked(place)
    taggers = {"analysis.dates.find": ours} | ({"dateparser": dateparsers} if search_dates else {})
    print(f"{'set':20}{'tagger':16}  strict   relaxed      type     value  articles/s")
    for name, documents in sets.items():
        for tagger, function in taggers.items() if documents else ():
            scores, speed = measure(function, documents, options.errors and function is ours)
            row = "  ".join(f"{score:8.2f}" for score in scores)
            print(f"{name:20}{tagger:16}{row}  {speed:10.0f}")


if __name__ == "__main__":
    main()
