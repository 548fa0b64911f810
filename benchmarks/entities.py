"""Speed of entity matching: 10,000 names over articles of about 500 words.

    python benchmarks/entities.py [ARTICLES.csv --column NAME]

Without a file the articles are made up: a tenth of the words are capitalised, one in fifty is the
start of a name in the list.  Prints the articles per CPU-second of the compiled pattern alone, of
`find_entities`, and the seconds to compile the pattern.
"""

import argparse
import random
import time
from string import ascii_lowercase

import pandas as pd

from analysis.entities.candidates import compile_actors, find_entities

N_NAMES = 10_000
N_ARTICLES = 2_000


def invented_word(rng: random.Random) -> str:
    return "".join(rng.choices(ascii_lowercase, k=rng.randint(3, 9)))


def invented_names(rng: random.Random) -> pd.DataFrame:
    names = {
        " ".join(invented_word(rng).title() for _ in range(rng.choice([1, 2, 2, 3])))
        for _ in range(N_NAMES)
    }
    rows = [(f"e{i}", name, "ORG", "") for i, name in enumerate(sorted(names))]
    return pd.DataFrame(rows, columns=["entity_id", "name", "type", "aliases"])


def invented_articles(rng: random.Random, names: list[str]) -> list[str]:
    common = [invented_word(rng) for _ in range(5_000)]
    articles = []
    for _ in range(N_ARTICLES):
        words = rng.choices(common, k=500)
        for position in rng.sample(range(500), 50):
            words[position] = words[position].title()
        for position in rng.sample(range(500), 10):
            words[position] = rng.choice(names)
        articles.append(" ".join(words) + ".")
    return articles


def articles_per_second(function, articles: list[str]) -> float:
    started = time.process_time()
    for article in articles:
        function(article)
    return len(articles) / (time.process_time() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("articles", nargs="?", help="CSV with a column of texts")
    parser.add_argument("--column", default="text")
    options = parser.parse_args()
    rng = random.Random(4)
    actors = invented_names(rng)
    matcher = compile_actors(actors)
    started = time.process_time()
    pattern = matcher.pattern
    print(f"compile {len(actors):,} names: {time.process_time() - started:.2f} s")
    if options.articles:
        articles = pd.read_csv(options.articles, encoding_errors="replace")[options.column].tolist()
    else:
        articles = invented_articles(rng, actors["name"].tolist())
    words = sum(len(article.split()) for article in articles) / len(articles)
    print(f"{len(articles):,} articles of {words:.0f} words")
    for name, function in (
        ("pattern alone", lambda text: [match.span() for match in pattern.finditer(text)]),
        ("find_entities", lambda text: find_entities(text, matcher)),
    ):
        print(f"{name}: {articles_per_second(function, articles):,.0f} articles a CPU-second")


if __name__ == "__main__":
    main()
