"""Stray lines amid clean prose: ``python benchmarks/clean_lines.py [--part seen] [--errors]``.

Puts each line (or box of lines) of clean_lines.yml alone into every gap of every article there, one
page each.  Printed for each kind: pages, and those right in every line; the share of stray lines
that are kept out of the body; the share of the article's paragraphs that are kept in it.
"""

import argparse
from collections import Counter
from pathlib import Path

import yaml

from analysis.clean.blocks import clean_text

LINES = Path(__file__).with_suffix(".yml")


def score(article: list[str], gap: int, stray: str) -> tuple[Counter, list[str]]:
    """Counts of one page, and what went wrong on it."""
    page = "\n\n".join([*article[:gap], stray.replace("\n", "\n\n"), *article[gap:]])
    body = [b.text for b in clean_text(page).blocks if b.kind in ("body", "dateline")]
    lines, kept = stray.split("\n"), set(body)
    let_in = [line for line in lines if line in kept]
    lost = [paragraph for paragraph in article if paragraph not in kept]
    counts = Counter(pages=1, right=not let_in and not lost, stray=len(lines), let_in=len(let_in))
    counts.update(paragraphs=len(article), lost=len(lost))
    place = f"gap {gap} of {len(article)}"
    return counts, [f"{place} let in: {t}" for t in let_in] + [f"{place} lost: {t}" for t in lost]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=("seen", "unseen"), default="seen")
    parser.add_argument("--errors", action="store_true", help="print what went wrong")
    options = parser.parse_args()
    part = yaml.safe_load(LINES.read_text("utf-8"))[options.part]
    total: Counter[str] = Counter()
    for kind, strays in part["lines"].items():
        of_kind: Counter[str] = Counter()
        for stray in strays:
            wrong: list[str] = []
            for article in part["articles"]:
                for gap in range(1, len(article) + 1):
                    counts, errors = score(article, gap, stray)
                    of_kind.update(counts)
                    wrong += errors
            if options.errors and wrong:
                print(stray, *(f"    {n} x {e}" for e, n in Counter(wrong).items()), sep="\n")
        print(line(kind, of_kind))
        total.update(of_kind)
    print(line("all", total))


def line(name: str, counts: Counter) -> str:
    """One line of the table."""
    out = 1 - counts["let_in"] / counts["stray"]
    kept = 1 - counts["lost"] / counts["paragraphs"]
    return (
        f"{name:26} {counts['pages']:4} pages, {counts['right'] / counts['pages']:5.1%} right; "
        f"stray lines out {out:5.1%}, paragraphs kept {kept:5.1%}"
    )


if __name__ == "__main__":
    main()
