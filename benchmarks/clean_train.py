"""Learn the weights of the news cleaner: ``python benchmarks/clean_train.py DATA [--write]``.

DATA is a folder with `pages.jsonl` (id, url), `gold/<id>.txt` (the article) and one or more
`flat_*/<id>.txt` (the whole page as text). A line is body as far as its five-word sequences are in
the gold article; of repeated lines only as many count as the article has. The
weights are those of a ridge-smoothed logistic additive model (L-BFGS).

Pages of running text, as news articles are, weigh more than lists and guides. Prints
cross-validated precision, recall and F1 of both passes, over all pages and over those of running
text; folds are made of whole sites, so that no site is in both parts. With --write, learns from all
pages and writes lexicons/clean_model.yml.
"""

import argparse
import difflib
import json
import re
import textwrap
import zlib
from collections import Counter
from pathlib import Path
from urllib.parse import urlparse

import numpy as np
from scipy import optimize, sparse

from analysis.clean.blocks import LANGUAGES, THRESHOLDS
from analysis.clean.lines import (
    Furniture,
    Page,
    Phrases,
    context_features,
    local_features,
    page_lines,
    without_menus,
)
from analysis.lexicons import load
from analysis.text.normalise import normalise

TOKEN = re.compile(r"\w+")
FOLDS, STEPS, SMOOTHING, RIDGE = 5, 8, 30.0, 1.0
INDENT = {"initial_indent": " " * 6, "subsequent_indent": " " * 8}
HEADER = """\
# Weights of the news cleaner, written by benchmarks/clean_train.py; not edited by hand.
#
# A line's score is the log-odds that it is article text: the intercept, plus for every feature the
# weight of the interval its value falls in (`steps` are the lower ends of all intervals but the
# first); what an average line has adds 0. `first` looks at the line and its place on the page,
# `second` also at the scores the first pass gave its neighbours. The features are computed and
# named in analysis/clean/lines.py.
#
# Learnt from 690 English article pages, each in two renderings (a page as text with all its
# furniture, and with little of it), of the web content extraction benchmark by Murrough-Foley
# (CC BY 4.0); no text of theirs is in this file.
"""


def pages(data: Path) -> list[dict]:
    """Each page in each rendering: its lines, the share of each that is body, weights, fold."""
    phrases = Phrases.compile(Furniture(load("furniture"), LANGUAGES))
    out = []
    for record in map(json.loads, (data / "pages.jsonl").read_text("utf-8").splitlines()):
        gold = (data / "gold" / f"{record['id']}.txt").read_text("utf-8")
        site = ".".join(urlparse(record["url"] or record["id"]).netloc.split(".")[-2:])
        for folder in sorted(data.glob("flat_*")):
            text = normalise((folder / f"{record['id']}.txt").read_text("utf-8")).text
            lines = page_lines(text)
            if not lines.text:
                continue
            lines = lines.where(without_menus(lines))
            page = Page(lines, phrases)
            tokens = [TOKEN.findall(line.lower()) for line in lines.text]
            gold_tokens = TOKEN.findall(normalise(gold).text.lower())
            share = np.array([len(t) for t in tokens]) / max(len(gold_tokens), 30)
            running = running_text(gold)
            out.append(
                {
                    "id": record["id"],
                    "rendering": folder.name,
                    "fold": zlib.crc32(site.encode()) % FOLDS,
                    "tokens": tokens,
                    "label": body_shares(tokens, gold),
                    "gold": gold_tokens,
                    "running text": running,
                    "weight": (np.minimum(share, 0.5) + 0.3 / len(tokens)) * (0.2 + running**2),
                    "page": page,
                    "local": local_features(page),
                }
            )
    return out


def running_text(gold: str) -> float:
    """Share of an article's words that stand in paragraphs, not in lists, tables or headings."""
    lines = [(len(TOKEN.findall(line)), line.lstrip()[:1]) for line in gold.splitlines()]
    paragraphs = sum(n for n, first in lines if n >= 15 and first not in tuple("-*•+|"))
    return paragraphs / max(sum(n for n, _ in lines), 1)


def body_shares(lines: list[list[str]], gold: str) -> np.ndarray:
    """Share of each line (as tokens) that is article text, 0 to 1."""
    gold_lines = [TOKEN.findall(line.lower()) for line in normalise(gold).text.splitlines()]
    gold_lines = [line for line in gold_lines if line]
    running = [token for line in gold_lines for token in line]
    grams = {tuple(running[i : i + 5]) for i in range(len(running) - 4)}
    in_gold = Counter(map(tuple, gold_lines))
    keys = list(map(tuple, lines))
    label = np.zeros(len(lines))
    for i, line in enumerate(lines):
        if len(line) < 5:
            label[i] = tuple(line) in in_gold
        else:
            found = [tuple(line[k : k + 5]) in grams for k in range(len(line) - 4)]
            label[i] = sum(found) / len(found)
    matcher = difflib.SequenceMatcher(None, keys, list(map(tuple, gold_lines)), autojunk=False)
    aligned = {i for m in matcher.get_matching_blocks() for i in range(m.a, m.a + m.size)}
    places: dict[tuple, list[int]] = {}
    for i in np.flatnonzero(label >= 0.5):
        places.setdefault(keys[i], []).append(i)
    for key, where in places.items():
        wanted = max(1, in_gold[key])
        if len(where) > wanted:
            kept = [i for i in where if i in aligned][:wanted] or where[:wanted]
            label[[i for i in where if i not in kept]] = 0
    return label


def steps_of(values: np.ndarray) -> np.ndarray:
    """Lower ends of at most STEPS + 1 intervals of `values`: between few values, else quantiles."""
    unique = np.unique(values)
    if len(unique) <= STEPS + 1:
        return (unique[1:] + unique[:-1]) / 2
    quantiles = np.unique(np.quantile(values, np.linspace(0, 1, STEPS + 2)[1:-1]))
    return quantiles[quantiles > unique[0]]


def design(values: np.ndarray, steps: list[np.ndarray]) -> np.ndarray:
    """Number of the interval that each value falls in, one column a feature."""
    return np.column_stack([np.searchsorted(s, values[:, j], "right") for j, s in enumerate(steps)])


def fit(intervals: np.ndarray, sizes: np.ndarray, label: np.ndarray, weight: np.ndarray):
    """Intercept and one array of weights a feature, minimising the penalised weighted log loss."""
    n, features = intervals.shape
    offsets = np.concatenate([[0], np.cumsum(sizes)])
    columns = (intervals + offsets[:-1]).astype(np.int32).ravel()
    rows = np.arange(0, n * features + 1, features)
    x = sparse.csr_matrix((np.ones(n * features, np.float32), columns, rows))
    x.resize(n, int(offsets[-1]))
    xt = x.T.tocsr()
    weight = weight * n / weight.sum()
    neighbours = np.ones(offsets[-1] - 1, bool)
    neighbours[offsets[1:-1] - 1] = False

    def loss(theta: np.ndarray) -> tuple[float, np.ndarray]:
        v = theta[1:]
        score = x @ v.astype(np.float32) + theta[0]
        error = weight * (1 / (1 + np.exp(-score)) - label)
        difference = np.diff(v) * neighbours
        value = (weight * (np.logaddexp(0, score) - label * score)).sum()
        value += 0.5 * SMOOTHING * (difference**2).sum() + 0.5 * RIDGE * (v**2).sum()
        gradient = (xt @ error.astype(np.float32)).astype(float) + RIDGE * v
        gradient[1:] += SMOOTHING * difference
        gradient[:-1] -= SMOOTHING * difference
        return value, np.concatenate([[error.sum()], gradient])

    start = np.zeros(offsets[-1] + 1)
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 150})
    return found.x[0], np.split(found.x[1:], offsets[1:-1])


def predict(intervals: np.ndarray, intercept: float, weights: list[np.ndarray]) -> np.ndarray:
    return intercept + sum(w[intervals[:, j]] for j, w in enumerate(weights))


def cross_fit(values, label, weight, fold):
    """Scores of every line by a model that has not seen its site, and the model of all lines."""
    steps = [steps_of(values[:, j]) for j in range(values.shape[1])]
    intervals = design(values, steps)
    sizes = np.array([len(s) + 1 for s in steps])
    scores = np.zeros(len(label))
    for k in range(FOLDS):
        seen = fold != k
        model = fit(intervals[seen], sizes, label[seen], weight[seen])
        scores[~seen] = predict(intervals[~seen], *model)
    intercept, weights = fit(intervals, sizes, label, weight)
    for j, w in enumerate(weights):
        mean = np.average(w[intervals[:, j]], weights=weight)
        weights[j], intercept = w - mean, intercept + mean
    return scores, (steps, intercept, weights)


def as_yaml(name: str, names: list[str], steps, intercept: float, weights) -> str:
    """One pass as readable YAML."""
    lines = [f"{name}:", f"  intercept: {intercept:.3f}", "  features:"]
    for feature, ends, w in zip(names, steps, weights, strict=True):
        if len(ends):
            lines.append(f"    {feature}:")
            lines += textwrap.wrap(
                f"steps: [{', '.join(f'{end:.4g}' for end in ends)}]", 99, **INDENT
            )
            lines += textwrap.wrap(
                f"weights: [{', '.join(f'{value:.2f}' for value in w)}]", 99, **INDENT
            )
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--write", action="store_true", help="write lexicons/clean_model.yml")
    arguments = parser.parse_args()
    data = pages(arguments.data)
    label = np.concatenate([page["label"] for page in data])
    weight = np.concatenate([page["weight"] for page in data])
    fold = np.concatenate([np.full(len(page["label"]), page["fold"]) for page in data])
    ends = np.cumsum([len(page["label"]) for page in data])[:-1]
    text = HEADER
    local = np.concatenate([np.column_stack(list(page["local"].values())) for page in data])
    scores, model = cross_fit(local, label, weight, fold)
    report("first pass", np.split(scores, ends), data)
    text += as_yaml("first", list(data[0]["local"]), *model)
    contexts = []
    for page, page_scores in zip(data, np.split(scores, ends), strict=True):
        context = context_features(page["page"], page_scores)
        contexts.append(np.column_stack(list(context.values())))
    both = np.column_stack([local, np.concatenate(contexts)])
    scores, model = cross_fit(both, label, weight, fold)
    report("second pass", np.split(scores, ends), data)
    text += as_yaml("second", [*data[0]["local"], *context], *model)
    if arguments.write:
        target = Path(__file__).parent.parent / "analysis" / "lexicons" / "clean_model.yml"
        target.write_text(text, "utf-8")


def report(name: str, scores: list[np.ndarray], data: list[dict]) -> None:
    """Precision, recall and F1 in sequences of four words, over pages that no model has seen."""
    for rendering in sorted({page["rendering"] for page in data}):
        for least in (0.0, 0.9):
            rows = [
                overlap(page, page_scores > THRESHOLDS["strict"])
                for page, page_scores in zip(data, scores, strict=True)
                if page["rendering"] == rendering and page["running text"] >= least
            ]
            precision = np.mean([both / found for both, found, _ in rows if found])
            recall = np.mean([both / wanted for both, _, wanted in rows if wanted])
            f1 = 2 * precision * recall / (precision + recall)
            pages = f"{len(rows)} pages" + (f" of running text (>= {least})" if least else "")
            print(f"{name} {rendering}: P {precision:.3f} R {recall:.3f} F1 {f1:.4f}, {pages}")


def overlap(page: dict, keep: np.ndarray) -> tuple[int, int, int]:
    """Shared, found and wanted sequences of four words of a page."""
    found = grams([t for k, tokens in zip(keep, page["tokens"], strict=True) if k for t in tokens])
    wanted = grams(page["gold"])
    return (found & wanted).total(), found.total(), wanted.total()


def grams(tokens: list[str]) -> Counter:
    return Counter(zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False))


if __name__ == "__main__":
    main()
