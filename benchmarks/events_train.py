"""Train the model that settles the type of a sentence's main event, and write its weights.

    python benchmarks/events_train.py FOLDER [WEIGHTS.csv]

FOLDER holds PLV_train.tsv (Zero-Shot-PLOVER) and plover_gsr.jsonl (openeventdata/PLOVER); neither
is part of this project.  Needs scikit-learn, which the package itself does not.  Prints macro-F1 on
PLV_train of the rules alone, and of the readings that the tables use, in five folds (same sentences
in one fold; trained on the others and the GSR, so that the weights never see the fold); a sentence
without a reading is wrong.  The weights written are those of a model of both sets.

The phrases of the lexicon were compiled with the training sentences in view, so cross-validation
flatters them; it compares settings, it does not foretell the score on new sentences.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from events_score import merged, read_gsr, read_plv, report
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from analysis.events import read_events
from analysis.events.model import Model, sentence_features, settle
from analysis.events.parse import Parse
from analysis.events.status import find_events

C = 1.0  # chosen by cross-validation; so is the weight of plain words against the lexicon
WORD_SCALE = 0.5
SMALLEST = 0.03
LEXICON = ("event ", "main ", "phrase ", "root ", "first ")


def fit(sentences: list[list[str]], roots: list[str]):
    """A vectoriser, the scale of its features and a logistic regression."""
    vectorizer = CountVectorizer(analyzer=set, min_df=2, dtype=float).fit(sentences)
    names = vectorizer.get_feature_names_out()
    scale = np.array([1.0 if name.startswith(LEXICON) else WORD_SCALE for name in names])
    model = LogisticRegression(C=C, class_weight="balanced", max_iter=3000)
    model.fit(vectorizer.transform(sentences).multiply(scale).tocsr(), roots)
    return vectorizer, scale, model


def model_of(fitted) -> Model:
    vectorizer, scale, model = fitted
    return Model(
        list(model.classes_), vectorizer.vocabulary_, (model.coef_ * scale).T, model.intercept_
    )


def main_root(text: str, model: Model | None) -> str:
    """The type of the main event as the tables have it; without a model by the rules alone."""
    p = Parse(text)
    events = find_events(p)
    if not events or not read_events(text):
        return "none"
    if model is None:
        return merged(events[0].root)
    settled, main, _ = settle(p, events, model)
    return merged(settled[main].root)


def cross_validate(texts, features, roots, more_features, more_roots) -> list[str]:
    predicted = [""] * len(roots)
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    for train, test in folds.split(features, roots, groups=texts):
        seen = [features[i] for i in train] + more_features
        model = model_of(fit(seen, [roots[i] for i in train] + more_roots))
        for i in test:
            predicted[i] = main_root(texts[i], model)
    return predicted


def write(fitted, path: Path) -> None:
    """One row a feature, one column a root; weights near zero are left empty."""
    vectorizer, scale, model = fitted
    weights = model.coef_ * scale
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["feature", *model.classes_])
        rows.writerow(["(intercept)", *(f"{value:.2f}" for value in model.intercept_)])
        for name, column in sorted(vectorizer.vocabulary_.items()):
            values = weights[:, column]
            if abs(values).max() >= 3 * SMALLEST:
                rows.writerow([name, *(f"{v:.2f}" if abs(v) >= SMALLEST else "" for v in values)])


def main(folder: str, path: str | None = None) -> None:
    texts, roots = read_plv(Path(folder))
    gsr_texts, gsr_roots = read_gsr(Path(folder))
    features = [sentence_features(text) for text in texts]
    gsr = [sentence_features(text) for text in gsr_texts]
    report("PLV_train, rules alone", roots, [main_root(text, None) for text in texts])
    both = cross_validate(texts, features, roots, gsr, gsr_roots)
    report("PLV_train, tables, 5 folds", roots, both)
    if path:
        write(fit(features + gsr, roots + gsr_roots), Path(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
