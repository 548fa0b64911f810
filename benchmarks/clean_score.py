"""Score the news cleaner: ``python benchmarks/clean_score.py DATA [--mode strict]``.

DATA is a folder with `pages.jsonl` (id; cov_RENDERING, the share of the article that a rendering
holds at all: --min-cov leaves pages out that lack theirs), `gold/<id>.txt` (the article) and one or
more `flat_*/<id>.txt` (the whole page as text). Compared in the same run: our `clean_text`, the C4
line rule (Raffel et al. 2020: lines that end as sentences do, have five words and no "javascript"),
and doing nothing.

Precision, recall and F1 are in sequences of four words, averaged over pages (precision over pages
with output, recall over pages with a gold article; F1 of the two means), the measure of the article
extraction benchmark (Zyte 2020). Speed is pages per second of processor time, reading excluded.
Scores on pages the weights were learnt from are not a test: benchmarks/clean_train.py prints
cross-validated ones.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from analysis.clean.blocks import THRESHOLDS, clean_text

TOKEN = re.compile(r"\w+")


def c4(text: str) -> str:
    """The lines the C4 rule keeps."""
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(
        line
        for line in lines
        if line.endswith((".", "!", "?", '"', "”"))
        and len(line.split()) >= 5
        and "javascript" not in line.lower()
    )


def grams(text: str) -> Counter:
    """Sequences of four words; a shorter text is one sequence."""
    tokens = TOKEN.findall(text)
    if not tokens:
        return Counter()
    return Counter(tuple(tokens[i : i + 4]) for i in range(max(1, len(tokens) - 3)))


def score(clean: Callable[[str], str], pages: list[tuple[str, Counter]]) -> str:
    """One line of the table."""
    start = time.process_time()
    cleaned = [clean(text) for text, _ in pages]
    seconds = time.process_time() - start
    precisions, recalls = [], []
    for text, (_, wanted) in zip(cleaned, pages, strict=True):
        found = grams(text)
        both = (found & wanted).total()
        if found:
            precisions.append(both / found.total())
        if wanted:
            recalls.append(both / wanted.total())
    p, r = sum(precisions) / len(precisions), sum(recalls) / len(recalls)
    return f"{p:.3f}  {r:.3f}  {2 * p * r / (p + r):.4f}  {len(pages) / max(seconds, 1e-9):9.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--mode", choices=THRESHOLDS, default="strict")
    parser.add_argument("--min-cov", type=float, default=0.0)
    arguments = parser.parse_args()
    records = [*map(json.loads, (arguments.data / "pages.jsonl").read_text("utf-8").splitlines())]
    ids = [record["id"] for record in records]
    gold = {i: grams((arguments.data / "gold" / f"{i}.txt").read_text("utf-8")) for i in ids}
    clean_text("Lexicons and the repair of mojibake (cafÃ©) are loaded before the clock starts.")
    cleaners = {
        "ours": lambda text: clean_text(text, mode=arguments.mode).body,
        "C4 line rule": c4,
        "nothing": lambda text: text,
    }
    for folder in sorted(arguments.data.glob("flat_*")):
        cov = folder.name.replace("flat", "cov")
        pages = [
            ((folder / f"{record['id']}.txt").read_text("utf-8"), gold[record["id"]])
            for record in records
            if record.get(cov, 1) >= arguments.min_cov
        ]
        print(f"{folder.name}, {len(pages)} pages\n{'':14} P      R      F1      pages/s")
        for name, clean in cleaners.items():
            print(f"{name:14} {score(clean, pages)}")


if __name__ == "__main__":
    main()
