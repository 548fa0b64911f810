"""The whole path beside what people use instead: speed, growth, memory, in one run.

    python benchmarks/whole_path.py 1000 10000        # sizes of the corpora, smallest first
    python benchmarks/whole_path.py 1000 --add 100    # then so many articles more
    python benchmarks/whole_path.py 200 --apart       # then more articles, outlets, words

Makes its corpora (`make_corpus.py`) and runs, each in a process of its own, ``python -m analysis
tables`` (1 and 2 workers; texts to tables, cluster of events, phases, keyness, ...) and on the
texts of the smallest corpus NLTK's Treebank tokeniser with FreqDist, a blank spaCy pipeline with
PhraseMatcher, dateparser.search, scikit-learn's CountVectorizer.  A peer that is not installed is
named.  Seconds are of the whole process and its workers, start and imports included: processor
(user and system) and wall; memory is the largest sum over these processes at one time, pages they
share counted once (Linux; elsewhere the largest single process).  Printed are the exponents of
growth, with --apart in articles, in outlets and in words, one at a time, and for each peer how many
times as long ours takes an article as it does.
"""

import argparse
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

from make_corpus import OUTLETS, WORDS, make

DATEPARSER = 50  # articles: it takes about half a second an article


def nltk_freqdist(texts: list[str], names: list[str]) -> None:
    tokenizer = import_module("nltk.tokenize").TreebankWordTokenizer()
    found = import_module("nltk").FreqDist()
    for text in texts:
        found.update(tokenizer.tokenize(text))


def spacy_matcher(texts: list[str], names: list[str]) -> None:
    nlp = import_module("spacy").blank("en")
    matcher = import_module("spacy.matcher").PhraseMatcher(nlp.vocab)
    matcher.add("names", [nlp.make_doc(name) for name in names])
    for doc in nlp.pipe(texts):
        matcher(doc)


def dateparser_search(texts: list[str], names: list[str]) -> None:
    search = import_module("dateparser.search").search_dates
    for text in texts[:DATEPARSER]:
        search(text, languages=["en"])


def count_vectorizer(texts: list[str], names: list[str]) -> None:
    import_module("sklearn.feature_extraction.text").CountVectorizer().fit_transform(texts)


APART = 4  # times as many articles, outlets or words
PEERS = {
    "nltk": ("NLTK: Treebank, FreqDist", nltk_freqdist),
    "spacy": ("spaCy: blank, PhraseMatcher", spacy_matcher),
    "dateparser": (f"dateparser.search, {DATEPARSER} articles", dateparser_search),
    "sklearn": ("scikit-learn: CountVectorizer", count_vectorizer),
}


def run_peer(name: str, corpus: Path) -> None:
    """In a process of its own: read the texts, do what the peer does."""
    with (corpus / "articles.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    rows = (corpus / "actors.csv").read_text("utf-8").splitlines()[1:]
    PEERS[name][1](texts, [row.split(",")[1] for row in rows])


def measured(*words: object) -> tuple[float, float, float]:
    """(processor seconds, wall seconds, GB) of a command and all its processes."""
    before, started, memory = _children_seconds(), time.perf_counter(), 0
    process = subprocess.Popen(
        [sys.executable, *map(str, words)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None:
        memory = max(memory, sum(map(_pages, _tree(process.pid))))
        time.sleep(0.2)
    if process.returncode:
        raise SystemExit(f"failed: {' '.join(map(str, words))}")
    if not memory:
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return _children_seconds() - before, time.perf_counter() - started, memory / 1e9


def _children_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _tree(pid: int) -> list[int]:
    """The process and all that descend from it."""
    below: dict[int, list[int]] = {}
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(file.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:  # it has ended meanwhile
            continue
        below.setdefault(parent, []).append(int(file.parent.name))
    found = [pid]
    for one in found:
        found += below.get(one, [])
    return found


def _pages(pid: int) -> int:
    """Bytes of a process; of pages that several share, its part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def tell(name: str, count: int, cost: tuple[float, float, float]) -> None:
    cpu, wall, memory = cost
    print(
        f"{name:44} {count:7,} articles {count / cpu:8,.1f} a CPU-second  "
        f"{wall:8.1f} s  {memory:5.2f} GB",
        flush=True,
    )


def tables(corpus: Path, workers: int, cache: Path) -> tuple[float, float, float]:
    """`python -m analysis tables` with a cache of its own."""
    os.environ["NEWS_WORKERS"] = str(workers)
    return measured(__file__, "--tables", corpus, cache)


def growth(
    cheap: tuple[float, float, float], dear: tuple[float, float, float], times: float
) -> float:
    """The exponent of growth of processor time; 1 is linear."""
    return math.log(dear[0] / cheap[0]) / math.log(times)


def tell_growth(folder: Path, count: int, base: tuple[float, float, float]) -> None:
    """Tables of `APART` times as many articles, outlets or words, one at a time."""
    larger = {
        "articles": (APART * count, OUTLETS, WORDS),
        "outlets": (count, APART * OUTLETS, WORDS),
        "words": (count, OUTLETS, APART * WORDS),
    }
    for what, shape in larger.items():
        make(folder / what, *shape)
        cost = tables(folder / what, 1, folder / f"cache-{what}")
        tell(f"ours: {APART} times the {what}, 1 process", shape[0], cost)
        print(f"in {what}: exponent {growth(base, cost, APART):.2f} (processor time)")


def build(corpus: Path, cache: Path) -> None:
    from analysis.corpus.reading import read_corpus
    from analysis.tables.build import build

    build(read_corpus(corpus), cache)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("counts", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--add", type=int, default=0, help="articles added to the largest corpus")
    parser.add_argument("--apart", action="store_true", help="growth by articles, outlets, words")
    parser.add_argument("--tables", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--peer", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.tables:
        return build(*options.tables)
    if options.peer:
        return run_peer(options.peer[0], Path(options.peer[1]))
    with tempfile.TemporaryDirectory() as temporary:
        folder, costs = Path(temporary), []
        for count in options.counts:
            make(folder / str(count), count)
            costs.append(tables(folder / str(count), 2, folder / f"cache{count}"))
            tell("ours: texts to tables, 2 workers", count, costs[-1])
        if options.add:
            make(folder / "more", count + options.add)
            cost = tables(folder / "more", 2, folder / f"cache{count}")
            tell(f"ours: {options.add} more, of", count + options.add, cost)
        for (few, cheap), (many, dear) in zip(
            zip(options.counts, costs, strict=True),
            zip(options.counts[1:], costs[1:], strict=True),
            strict=False,
        ):
            exponent = growth(cheap, dear, many / few)
            print(f"from {few:,} to {many:,} articles: exponent {exponent:.2f} (processor time)")
        count = options.counts[0]
        ours = tables(folder / str(count), 1, folder / "alone")
        tell("ours: texts to tables, 1 process", count, ours)
        if options.apart:
            tell_growth(folder, count, ours)
        for module, (name, _) in PEERS.items():
            try:
                import_module(module)
            except ImportError:
                print(f"{name:44} not run: {module} is not installed")
                continue
            cost = measured(__file__, "--peer", module, folder / str(count))
            read = min(count, DATEPARSER) if module == "dateparser" else count
            tell(name, read, cost)
            print(f"{'':44} ours takes {ours[0] / count / (cost[0] / read):.2f} times as long")


if __name__ == "__main__":
    main()
