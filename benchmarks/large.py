"""Large single things, end to end to the tables: does the time grow with the size?

    python benchmarks/large.py                        # every case at half and at full size
    python benchmarks/large.py --only quotations outlets --scale 0.1

Each case is made twice, from the same seed, and its tables are built by one process with an empty
cache.  Printed are seconds of processor and GB at both sizes and the exponent of growth (1 is
linear), which a start of some seconds, the same at both, makes smaller.  Ends with status 1 where
an exponent is above 1.3.
"""

import argparse
import csv
import math
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from make_corpus import ROOT, invented
from whole_path import tables

from analysis.clean.blocks import clean_text
from analysis.corpus.reading import read_corpus

STEEP = 1.3
Articles = Iterator[tuple[str, str]]  # outlet, text
Actors = list[tuple[str, str, str]]  # entity_id, name, alias
ACTORS: Actors = [("elva", "Elva", ""), ("ferry", "Ferry Union", "the union")]
TOLD = (
    "“We waited {n} days for the boats,” said {name}. “Nobody told us why, and {n} left.” ",
    "{name} told the Gazette on Friday that “the quay will open again in {n} weeks”. ",
    "“It is over,” the {name} family said. ",
)


def paragraphs() -> list[str]:
    """The paragraphs of the articles that come along."""
    corpus = read_corpus(ROOT / "seeds")
    blocks = [b for i in corpus.documents["doc_id"] for b in clean_text(corpus.text(i)).blocks]
    return [block.text for block in blocks if block.kind == "body"]


def article(draw: random.Random, characters: float) -> tuple[Articles, Actors]:
    known, text, length = paragraphs(), [], 0
    while length < characters:
        words = (w if draw.random() < 0.9 else invented(draw) for w in draw.choice(known).split())
        text.append(" ".join(words))
        length += len(text[-1])
    return iter([("Gazette", "\n\n".join(text))]), ACTORS


def quotations(draw: random.Random, count: float) -> tuple[Articles, Actors]:
    def told() -> str:
        name = f"{invented(draw)} {invented(draw)}"
        return draw.choice(TOLD).format(n=draw.randrange(2, 99), name=name)

    lines = ("".join(told() for _ in range(5)) for _ in range(int(count) // 5))
    return iter([("Gazette", "\n\n".join(lines))]), ACTORS


def outlets(draw: random.Random, count: float) -> tuple[Articles, Actors]:
    known = paragraphs()
    return ((f"Outlet {n}", draw.choice(known)) for n in range(int(count))), ACTORS


def tiny(draw: random.Random, count: float) -> tuple[Articles, Actors]:
    known = [sentence for text in paragraphs() for sentence in text.split(". ")]
    return ((f"Outlet {n % 12}", draw.choice(known)) for n in range(int(count))), ACTORS


def actors(draw: random.Random, count: float) -> tuple[Articles, Actors]:
    """Names of two or three words out of two hundred; a last word alone means one of them."""
    words = sorted({invented(draw) for _ in range(220)})[:200]
    many = range(2 * int(count))
    names = sorted({" ".join(draw.sample(words, draw.choice((2, 3)))) for _ in many})
    names = draw.sample(names, int(count))
    owner = {name.split()[-1]: name for name in names}
    alias = {name: last for last, name in owner.items()}
    rows = [(f"e{n}", name, alias.get(name, "")) for n, name in enumerate(names)]
    texts = (
        " ".join(f"{draw.choice(names)} met {draw.choice(names)} in Elva." for _ in range(25))
        for _ in range(int(count) // 10)
    )
    return (("Gazette", text) for text in texts), rows


CASES: dict[str, tuple[Callable[[random.Random, float], tuple[Articles, Actors]], int, str]] = {
    "article": (article, 10_000_000, "characters of one article"),
    "quotations": (quotations, 100_000, "sentences with quotations in one article"),
    "outlets": (outlets, 3_000, "outlets"),
    "tiny": (tiny, 20_000, "articles of a sentence"),
    "actors": (actors, 5_000, "actors with overlapping names"),
}


def write(folder: Path, articles: Articles, rows: Actors) -> None:
    (folder / "texts").mkdir(parents=True)
    with (folder / "articles.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["file", "outlet", "published"])
        for number, (outlet, text) in enumerate(articles):
            (folder / f"texts/{number}.txt").write_text(f"The day in Elva\n\n{text}\n", "utf-8")
            table.writerow([f"texts/{number}.txt", outlet, f"2021-05-{number % 28 + 1:02d}"])
    with (folder / "actors.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["entity_id", "name", "type", "aliases"])
        table.writerows((own, name, "ORG", alias) for own, name, alias in rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--scale", type=float, default=1.0, help="of the full sizes")
    options = parser.parse_args()
    steep = 0
    for name in options.only:
        case, size, what = CASES[name]
        costs = []
        for share in (0.5, 1.0):
            count = size * options.scale * share
            with tempfile.TemporaryDirectory() as temporary:
                write(Path(temporary, "corpus"), *case(random.Random(1), count))
                cost = tables(Path(temporary, "corpus"), 1, Path(temporary, "cache"))
            costs.append(cost[0])
            print(f"{count:12,.0f} {what:42} {cost[0]:8.1f} CPU-s  {cost[2]:5.2f} GB", flush=True)
        exponent = math.log2(costs[1] / costs[0])
        steep += exponent > STEEP
        print(f"{'':12} {name:42} exponent {exponent:.2f}", flush=True)
    return int(bool(steep))


if __name__ == "__main__":
    sys.exit(main())
