"""Train the model of `analysis.events.classify_sentence` and write its weights.

    python benchmarks/events_train.py FOLDER [WEIGHTS.csv]

FOLDER holds PLV_train.tsv (Zero-Shot-PLOVER) and plover_gsr.jsonl (openeventdata/PLOVER); neither
is part of this project.  Needs scikit-learn, which the package itself does not.  Prints macro-F1 of
five-fold cross-validation on PLV_train (same sentences in one fold), trained on PLV_train alone
and once with the GSR added, and on the GSR for a model of PLV_train alone.  The weights written are
those of a model of both sets.

The phrases of the lexicon were compiled with the training sentences in view, so cross-validation
flatters them; it compares settings, it does not foretell the score on new sentences.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from events_score import directions, read_gsr, read_plv
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedGroupKFold

from analysis.events.model import sentence_features

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


def predict(fitted, sentences: list[list[str]]) -> np.ndarray:
    vectorizer, scale, model = fitted
    return model.predict(vectorizer.transform(sentences).multiply(scale).tocsr())


def macro_f1(gold, predicted) -> str:
    roots = f1_score(gold, predicted, average="macro")
    coarse = f1_score(directions(gold), directions(predicted), average="macro")
    return f"roots {roots:.3f}  directions {coarse:.3f}"


def cross_validate(texts, features, roots, more_features=(), more_roots=()) -> np.ndarray:
    predicted = np.empty(len(roots), dtype=object)
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    for train, test in folds.split(features, roots, groups=texts):
        fitted = fit(
            [features[i] for i in train] + list(more_features),
            [roots[i] for i in train] + list(more_roots),
        )
        predicted[test] = predict(fitted, [features[i] for i in test])
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
    print("PLV_train, 5 folds          ", macro_f1(roots, cross_validate(texts, features, roots)))
    both = cross_validate(texts, features, roots, gsr, gsr_roots)
    print("PLV_train, 5 folds, GSR added", macro_f1(roots, both))
    print("GSR, trained on PLV_train    ", macro_f1(gsr_roots, predict(fit(features, roots), gsr)))
    if path:
        write(fit(features + gsr, roots + gsr_roots), Path(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
