"""The whole path beside what people use instead: speed, growth, memory, in one run.

    python benchmarks/whole_path.py 1000 10000        # sizes of the corpora, smallest first
    python benchmarks/whole_path.py 1000 --add 100    # then so many articles more
    python benchmarks/whole_path.py 60 --apart --record 2026-11-30   # growth; kept as scores

Makes its corpora (`make_corpus.py`) and runs, each in a process of its own, ``python -m analysis
tables`` (1 and 2 workers; texts to tables, cluster of events, phases, keyness, ...) and on the
texts of the smallest corpus NLTK's Treebank tokeniser with FreqDist, a blank spaCy pipeline with
PhraseMatcher, dateparser.search, scikit-learn's CountVectorizer.  A peer that is not installed is
named.  Seconds are of the whole process and its workers, start and imports included: processor
(user and system) and wall; memory is the largest sum over these processes at one time, pages they
share counted once (Linux; elsewhere the largest single process).  Printed are the exponents of
growth, with --apart in articles, in outlets and in words, one at a time, and for each peer how many
times as long ours takes an article as it does.  What a corpus of two articles costs is taken off
before growth is worked out.  ``whole_path_scores.csv`` holds what was measured last: ratios and
exponents can be compared with later ones, seconds only with others of the same run.
"""

import argparse
import csv
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from itertools import pairwise
from pathlib import Path

from make_corpus import OUTLETS, SOURCES, WORDS, make

from analysis.base.digests import digest, file_digest, folder_digest

SCORES = Path(__file__).with_name("whole_path_scores.csv")
COLUMNS = ("measured", "commit", "corpora", "what", "articles", "measure", "value")
FEWEST = 2  # articles of the corpus that tells what every run costs
DATEPARSER = 20  # articles: it takes about half a second an article
Cost = tuple[float, float, float]  # processor seconds, wall seconds, GB


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


def measured(*words: object) -> Cost:
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


def corpora() -> str:
    """Digest of how the corpora are made: scores of others cannot be compared with these."""
    texts = [folder_digest(source / "texts") for source in SOURCES]
    return digest(file_digest(Path(__file__).with_name("make_corpus.py")), texts)[:16]


class Scores:
    """What was measured, printed as it comes."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, int, str, float]] = []

    def cost(self, name: str, count: int, cost: Cost) -> None:
        cpu, wall, memory = cost
        print(
            f"{name:44} {count:7,} articles {count / cpu:8,.1f} a CPU-second  "
            f"{wall:8.1f} s  {memory:5.2f} GB",
            flush=True,
        )
        measures = zip(("processor seconds", "wall seconds", "GB"), cost, strict=True)
        self.rows += [(name, count, measure, value) for measure, value in measures]

    def exponent(self, what: str, costs: tuple[Cost, Cost, Cost], times: float, count: int) -> None:
        """The exponent of growth of processor time, the start taken off; 1 is linear."""
        start, cheap, dear = (cost[0] for cost in costs)
        value = math.log(max(dear - start, 0.01) / max(cheap - start, 0.01)) / math.log(times)
        print(f"{what}: exponent {value:.2f} (processor time)", flush=True)
        self.rows.append((what, count, "exponent", value))

    def ratio(self, name: str, count: int, value: float) -> None:
        print(f"{'':44} ours takes {value:.2f} times as long", flush=True)
        self.rows.append((name, count, "times as long ours takes an article", value))

    def write(self, day: str) -> None:
        git = ["git", "rev-parse", "HEAD"]
        commit = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
        with SCORES.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(COLUMNS)
            about = day, commit, corpora()
            table.writerows((*about, *row[:3], f"{row[3]:.2f}") for row in self.rows)


def tables(corpus: Path, workers: int, cache: Path) -> Cost:
    """`python -m analysis tables` with a cache of its own."""
    os.environ["NEWS_WORKERS"] = str(workers)
    return measured(__file__, "--tables", corpus, cache)


def sizes(scores: Scores, folder: Path, counts: list[int], add: int) -> None:
    """Tables of corpora of growing size, by two workers; then of so many articles more."""
    costs = [whole(folder, FEWEST, 2)]
    for count in counts:
        costs.append(whole(folder, count, 2))
        scores.cost("ours: texts to tables, 2 workers", count, costs[-1])
    if add:
        make(folder / "more", counts[-1] + add)
        cost = tables(folder / "more", 2, folder / f"cache{counts[-1]}")
        scores.cost(f"ours: {add} more", counts[-1] + add, cost)
    for number, (few, many) in enumerate(pairwise(counts), 1):
        pair = costs[0], costs[number], costs[number + 1]
        scores.exponent(f"from {few:,} to {many:,} articles", pair, many / few, many)


def whole(folder: Path, count: int, workers: int) -> Cost:
    """Tables of a corpus of so many articles, from nothing."""
    make(folder / str(count), count)
    return tables(folder / str(count), workers, folder / f"cache{count}")


def apart(scores: Scores, folder: Path, count: int, base: Cost) -> None:
    """Tables of `APART` times as many articles, outlets or words, one at a time."""
    larger = {
        "articles": (APART * count, OUTLETS, WORDS),
        "outlets": (count, APART * OUTLETS, WORDS),
        "words": (count, OUTLETS, APART * WORDS),
    }
    make(folder / "start", FEWEST)
    start = tables(folder / "start", 1, folder / "cache-start")
    scores.cost("ours: what every run costs", FEWEST, start)
    for what, shape in larger.items():
        make(folder / what, *shape)
        cost = tables(folder / what, 1, folder / f"cache-{what}")
        scores.cost(f"ours: {APART} times the {what}, 1 process", shape[0], cost)
        scores.exponent(f"in {what}", (start, base, cost), APART, shape[0])


def peers(scores: Scores, corpus: Path, count: int, ours: Cost) -> None:
    for module, (name, _) in PEERS.items():
        try:
            import_module(module)
        except ImportError:
            print(f"{name:44} not run: {module} is not installed")
            continue
        cost = measured(__file__, "--peer", module, corpus)
        read = min(count, DATEPARSER) if module == "dateparser" else count
        scores.cost(name, read, cost)
        scores.ratio(name, read, ours[0] / count / (cost[0] / read))


def build(corpus: Path, cache: Path) -> None:
    from analysis.corpus.reading import read_corpus
    from analysis.tables.build import build

    build(read_corpus(corpus), cache)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("counts", type=int, nargs="*", default=[1000, 10_000])
    parser.add_argument("--add", type=int, default=0, help="articles added to the largest corpus")
    parser.add_argument("--apart", action="store_true", help="growth by articles, outlets, words")
    parser.add_argument("--record", metavar="DAY", help=f"write the scores to {SCORES.name}")
    parser.add_argument("--tables", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--peer", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.tables:
        return build(*options.tables)
    if options.peer:
        return run_peer(options.peer[0], Path(options.peer[1]))
    scores, count = Scores(), options.counts[0]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if len(options.counts) > 1 or options.add:
            sizes(scores, folder, options.counts, options.add)
        make(folder / "alone", count)
        ours = tables(folder / "alone", 1, folder / "cache-alone")
        scores.cost("ours: texts to tables, 1 process", count, ours)
        if options.apart:
            apart(scores, folder, count, ours)
        peers(scores, folder / "alone", count, ours)
    if options.record:
        scores.write(options.record)


if __name__ == "__main__":
    main()
