"""A corpus of any size for speed tests: the shipped and the fictional articles, recombined.

    python benchmarks/make_corpus.py FOLDER 1000 --outlets 25 --words 1000

Each article has a furnished page's head and foot and words taken paragraph by paragraph from
articles of one of the two corpora; a share of the names is changed, so that the vocabulary grows
with the corpus as it does in real ones.  As in news, the n-th outlet has a share of the articles
like 1 / n (Zipf), and lengths are log-normal about their median, from 50 words to 5,000.  The same
numbers give the same bytes.
"""

import argparse
import json
import math
import random
import re
from datetime import date, timedelta
from pathlib import Path

import pandas as pd

from analysis.clean.blocks import clean_text
from analysis.corpus.reading import read_corpus

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (ROOT / "seeds", ROOT / "tests" / "data" / "dockers")
WORDS, SHORTEST, LONGEST, SPREAD = 500, 50, 5_000, 0.7  # the last: of the logarithm
OUTLETS = 12
FIRST, DAYS = date(2020, 1, 1), 1826
_NAME = re.compile(r"\b[A-Z][a-z]{4,}\b")
_SYLLABLES = re.findall("..", "bakelominurasetivozadorefegaluhinjokelu")


def make(folder: Path, count: int, outlets: int = OUTLETS, words: int = WORDS) -> None:
    """Write a corpus folder of `count` articles: one table, the actors of both, their dyads."""
    folder.mkdir(parents=True, exist_ok=True)
    corpora = [read_corpus(source) for source in SOURCES]
    pools = [[_parts(corpus.text(i)) for i in corpus.documents["doc_id"]] for corpus in corpora]
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as table:
        for number in range(count):
            row = _article(number, pools[number % len(pools)], outlets, words)
            table.write(json.dumps(row, ensure_ascii=False) + "\n")
    actors = pd.concat(corpus.actors.query("origin == 'corpus'") for corpus in corpora)
    actors.drop(columns=["origin", "world", "proposed"]).to_csv(
        folder / "actors.csv", index=False, lineterminator="\n"
    )
    settings = {
        "title": f"{count} recombined articles",
        "table": "articles.jsonl",
        "dyads": [dyad for corpus in corpora for dyad in corpus.settings["dyads"]],
    }
    (folder / "corpus.yml").write_text(json.dumps(settings), "utf-8")


def _parts(text: str) -> tuple[list[str], list[str]]:
    """Paragraphs and furniture lines of an article."""
    blocks = clean_text(text).blocks
    body = [block.text for block in blocks if block.kind == "body"]
    return body, [block.text for block in blocks if block.kind == "furniture"]


def _article(
    number: int, pool: list[tuple[list[str], list[str]]], outlets: int, words: int
) -> dict[str, str]:
    draw = random.Random(number)
    length = min(max(words * math.exp(draw.gauss(0, SPREAD)), SHORTEST), LONGEST)
    shares = [1 / n for n in range(1, outlets + 1)]
    head, foot = (draw.sample(own, min(4, len(own))) for own in (draw.choice(pool)[1],) * 2)
    body: list[str] = []
    while sum(len(paragraph.split()) for paragraph in body) < length:
        body.append(draw.choice(draw.choice(pool)[0]))
    text = _NAME.sub(lambda m: m[0] if draw.random() < 0.9 else invented(draw), "\n\n".join(body))
    return {
        "doc_id": f"a{number:07d}",
        "outlet": f"Outlet {draw.choices(range(1, outlets + 1), shares)[0]:03d}",
        "published": (FIRST + timedelta(days=draw.randrange(DAYS))).isoformat(),
        "title": " ".join(body[0].split()[:9]),
        "text": "\n".join([*head, "", text, "", *foot]),
    }


def invented(draw: random.Random) -> str:
    """A word of two to four syllables, as a name begins."""
    return "".join(draw.choices(_SYLLABLES, k=draw.choice((2, 3, 3, 4)))).capitalize()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("count", type=int)
    parser.add_argument("--outlets", type=int, default=OUTLETS)
    parser.add_argument("--words", type=int, default=WORDS, help="median of an article")
    options = parser.parse_args()
    make(options.folder, options.count, options.outlets, options.words)
