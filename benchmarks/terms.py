"""Speed of counting and keyness beside NLTK, scikit-learn and spaCy, in one run.

    python benchmarks/terms.py ARTICLES.csv [--text NAME] [--outlet NAME] [--bootstrap]

ARTICLES.csv has a column of texts and one of outlets.  Prints articles of 500 words per CPU-second
and the ratio to ours; a library that is not installed is left out, and said so.  ``--bootstrap``
adds keyness of 50,000 terms, without and with 1,000 rounds over 20,000 made-up articles.
"""

import argparse
import random
import resource
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module

import numpy as np
import pandas as pd
from entities import invented_names
from scipy import sparse

from analysis import terms
from analysis.entities.candidates import compile_actors, find_entities


def ours(articles: pd.DataFrame) -> Callable[[], object]:
    """Words, counts and keyness of every outlet."""

    def run():
        counts = terms.count_terms(articles)
        table = terms.term_table(counts, articles)
        return [terms.keyness(table, outlet) for outlet in articles["outlet"].unique()]

    return run


def ours_with_entities(articles: pd.DataFrame, names: pd.DataFrame) -> Callable[[], object]:
    count, matcher = ours(articles), compile_actors(names)
    find_entities("", matcher)  # compiles the pattern, as spaCy's is made beforehand
    return lambda: (count(), [find_entities(text, matcher) for text in articles["text"]])


def nltk_freqdist(articles: pd.DataFrame) -> Callable[[], object]:
    nltk = import_module("nltk")

    def run():  # without its sentence splitter, whose data is not in the package
        found = nltk.FreqDist()
        for text in articles["text"]:
            found.update(nltk.word_tokenize(text, preserve_line=True))
        return found

    return run


def scikit_learn(articles: pd.DataFrame) -> Callable[[], object]:
    vectorizer = import_module("sklearn.feature_extraction.text").CountVectorizer
    return lambda: vectorizer().fit_transform(articles["text"])


def spacy_matcher(articles: pd.DataFrame, names: pd.DataFrame) -> Callable[[], object]:
    spacy, matching = import_module("spacy"), import_module("spacy.matcher")
    nlp = spacy.blank("en")
    matcher = matching.PhraseMatcher(nlp.vocab)
    matcher.add("names", [nlp.make_doc(name) for name in names["name"]])
    return lambda: [matcher(nlp(text)) for text in articles["text"]]


def cpu_seconds(run: Callable[[], object]) -> float:
    started = time.process_time()
    run()
    return time.process_time() - started


def compare(articles: pd.DataFrame) -> None:
    names = invented_names(random.Random(4))
    units = articles["text"].str.split().str.len().sum() / 500
    base = None
    for name, make in (
        ("ours: words, counts, keyness", ours),
        ("ours: and 10,000 names", partial(ours_with_entities, names=names)),
        ("NLTK: word_tokenize, FreqDist", nltk_freqdist),
        ("scikit-learn: CountVectorizer", scikit_learn),
        ("spaCy: blank, PhraseMatcher, 10,000 names", partial(spacy_matcher, names=names)),
    ):
        try:
            make(articles.head(20))()  # what is loaded at first use
            run = make(articles)
        except ImportError as missing:
            print(f"{name:44} not run: {missing}")
            continue
        speed = units / min(cpu_seconds(run) for _ in range(3))
        base = base or speed
        print(f"{name:44} {speed:8,.0f} articles a CPU-second   ours is {base / speed:5.1f} times")


def bootstrap(n_articles: int = 20_000, n_terms: int = 50_000, n_outlets: int = 5) -> None:
    rng = np.random.default_rng(1)
    weights = np.cumsum(1 / np.arange(1, n_terms + 1))
    drawn = np.searchsorted(weights / weights[-1], rng.random(n_articles * 500))
    cells = (np.ones(drawn.size, np.int64), (np.repeat(np.arange(n_articles), 500), drawn))
    matrix = sparse.coo_array(cells, shape=(n_articles, n_terms)).tocsr()
    names = np.array([f"t{i:05d}" for i in range(n_terms)], dtype=object)
    outlets = [f"outlet {i}" for i in rng.integers(0, n_outlets, n_articles)]
    articles = pd.DataFrame({"doc_id": [str(i) for i in range(n_articles)], "outlet": outlets})
    table = terms.term_table((matrix, names), articles)
    started = time.perf_counter()
    terms.keyness(table, "outlet 0")
    print(f"keyness of {len(table):,} terms: {time.perf_counter() - started:.2f} s")
    started, cpu = time.perf_counter(), time.process_time()
    terms.keyness_by_outlet((matrix, names), articles, min_count=1)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"of {n_outlets} outlets with 1,000 rounds over {n_articles:,} articles: "
        f"{cpu:.1f} CPU-seconds, {seconds:.1f} s, {peak:.2f} GiB at most"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("articles")
    parser.add_argument("--text", default="text")
    parser.add_argument("--outlet", default="outlet")
    parser.add_argument("--bootstrap", action="store_true")
    options = parser.parse_args()
    table = pd.read_csv(options.articles, encoding_errors="replace")
    articles = table.rename(columns={options.text: "text", options.outlet: "outlet"})
    compare(articles[["text", "outlet"]].assign(doc_id=[str(i) for i in range(len(articles))]))
    if options.bootstrap:
        bootstrap()


if __name__ == "__main__":
    main()
