"""Score `analysis.events.classify_sentence` on sentences with PLOVER roots.

    python benchmarks/events_score.py FOLDER

``events_invented.tsv`` beside this script holds sentences made up from the codebook, before the
program had read them: set A was then used to mend it (before that: roots 0.85, directions 0.88),
set B was not.  FOLDER holds PLV_train.tsv (or another PLV_*.tsv: columns sentence, gold_root) and
plover_gsr.jsonl.
Prints macro-F1 over the roots (CONCEDE and RETREAT as one, YIELD, as in those sets) and over
escalation, pause, diplomacy and other, and sentences a second; beside it, where scikit-learn is
installed, TF-IDF with logistic regression in five-fold cross-validation.  The shipped weights were
trained on PLV_train and the GSR: their scores there are no estimate for new sentences, the
cross-validation of events_train.py comes nearer to one.
"""

import csv
import importlib.util
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from analysis.events import classify_sentence, read_events
from analysis.lexicons import load

OLD = {"DEMAND": "REQUEST", "DISAPPROVE": "ACCUSE", "INVESTIGATE": "ACCUSE", "FIGHT": "ASSAULT"}


def merged(root: str) -> str:
    """The root in the set of PLV: older names mapped, CONCEDE and RETREAT as YIELD."""
    return "YIELD" if root in {"CONCEDE", "RETREAT"} else OLD.get(root, root)


def read_plv(folder: Path) -> tuple[list[str], list[str]]:
    texts, roots = [], []
    for path in sorted(folder.glob("PLV_*.tsv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                texts.append(row["sentence"])
                roots.append(merged(row["gold_root"]))
    return texts, roots


def read_gsr(folder: Path) -> tuple[list[str], list[str]]:
    lines = (folder / "plover_gsr.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return [row["text"] for row in rows], [merged(row["event"]) for row in rows]


def directions(roots: Iterable[str]) -> list[str]:
    table = load("plover")["directions"]
    of_root = {merged(root): name for name, members in table.items() for root in members}
    return [of_root.get(root, "none") for root in roots]


def macro_f1(gold: list[str], predicted: list[str]) -> float:
    """Mean F1 over the classes of `gold`."""
    scores = []
    for name in set(gold):
        true = sum(g == p == name for g, p in zip(gold, predicted, strict=True))
        scores.append(2 * true / (gold.count(name) + predicted.count(name)))
    return sum(scores) / len(scores)


def report(name: str, gold: list[str], predicted: list[str]) -> None:
    coarse = macro_f1(directions(gold), directions(predicted))
    print(f"{name:34} roots {macro_f1(gold, predicted):.3f}  directions {coarse:.3f}")


def peer(texts: list[str], roots: list[str]) -> list[str]:
    """TF-IDF with logistic regression, five-fold cross-validation."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(C=20, class_weight="balanced", max_iter=2000),
    )
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    return list(cross_val_predict(model, texts, roots, cv=folds))


def invented() -> None:
    with Path(__file__).with_name("events_invented.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for name in ("A", "B"):
        own = [row for row in rows if row["set"] == name]
        roots = [merged(row["gold_root"]) for row in own]
        found = [_root(classify_sentence(row["sentence"])) for row in own]
        report(f"invented {name}, classify_sentence", roots, found)


def main(folder: str) -> None:
    invented()
    for name, read in (("PLV", read_plv), ("GSR", read_gsr)):
        texts, roots = read(Path(folder))
        classify_sentence(texts[0])
        start = time.perf_counter()
        readings = [classify_sentence(text) for text in texts]
        classify_time = time.perf_counter() - start
        start = time.perf_counter()
        events = [read_events(text) for text in texts]
        read_time = time.perf_counter() - start
        report(f"{name}, classify_sentence", roots, [_root(r) for r in readings])
        report(f"{name}, first of read_events", roots, [_root(next(iter(e), None)) for e in events])
        if importlib.util.find_spec("sklearn") and name == "PLV":
            report(f"{name}, TF-IDF + LR, 5 folds", roots, peer(texts, roots))
        print(
            f"{name}, sentences a second: classify_sentence {len(texts) / classify_time:,.0f}, "
            f"read_events {len(texts) / read_time:,.0f}"
        )


def _root(reading) -> str:
    return merged(reading.event_type) if reading else "none"


if __name__ == "__main__":
    main(*sys.argv[1:])
