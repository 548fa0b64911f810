"""The type of the main event of a sentence, by a learnt model, where the rules are unsure.

A multinomial logistic regression (weights in ``lexicons/event_model.csv``) over the lexicon's
phrases and the words, trained on the sample sentences of PLOVER.
"""

import csv
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np

from analysis.events.parse import Parse
from analysis.events.status import Event, find_events

_SURE = 0.5
_PLAIN = {"told", "noun told", "lasting"}  # rules of status that leave the type to the phrase


def sentence_features(text: str) -> list[str]:
    """Names of the features of the model, each there or not; they may repeat.

    ``event ROOT``: found by `read_events`, ``main ROOT``: the first of them; ``phrase ...``: a
    phrase of the lexicon, ``root ROOT``: its type, ``first ROOT mode``: of the first phrase; plain
    words and pairs of words, names left out.

    >>> sentence_features("Belmar struck.")[:2]
    ['event ASSAULT', 'main ASSAULT']
    """
    p = Parse(text)
    return _features(p, find_events(p))


def _features(p: Parse, events: list[Event]) -> list[str]:
    features = [f"event {event.root}" for event in events]
    features += [f"main {event.root}" for event in events[:1]]
    for hit in p.hits:
        features += (f"phrase {hit.phrase.text}", f"root {hit.phrase.root}")
    for hit in p.hits[:1]:
        features += (f"first {hit.phrase.root}", f"first {hit.phrase.root} {hit.mode}")
    words = [
        "" if capital or not word[0].isalpha() else _stem(word)
        for word, capital in zip(p.words, p.capitals, strict=True)
    ]
    features += filter(None, words)
    return features + [f"{a} {b}" for a, b in pairwise(words) if a and b]


@cache
def _stem(word: str) -> str:
    for ending in ("ing", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            return word[: -len(ending)]
    return word


@cache
def _model() -> tuple[list[str], dict[str, int], np.ndarray, np.ndarray]:
    """Roots, feature -> row, weights (features, roots), intercepts."""
    table = (files("analysis.lexicons") / "event_model.csv").read_text("utf-8").splitlines()
    (_, *roots), (_, *intercept), *rows = csv.reader(table)
    weights = np.array([[float(value or 0) for value in row[1:]] for row in rows])
    return roots, {row[0]: n for n, row in enumerate(rows)}, weights, np.array(intercept, float)


def settle(p: Parse, events: list[Event]) -> tuple[list[Event], int, float]:
    """The events, the number of the main one, and the probability of its type by the weights.

    The main one is the first of the likeliest type.  Where the rules have none of it, the weights
    are surer than not, and the first event is plainly told, it is of that type instead.
    """
    root, probability = _likeliest(p, events)
    first = events[0]
    if root == "AGREE" and first.mode == "ceasefire":  # a truce agreed on, in PLOVER's sample
        root = "YIELD"
    wanted = ("RETREAT", "CONCEDE") if root == "YIELD" else (root,)
    own = [n for n, event in enumerate(events) if event.root in wanted]
    if own or probability < _SURE or first.rule not in _PLAIN or first.outer:
        return events, own[0] if own else 0, probability
    hit = next((h for h in p.hits if h.phrase.root in wanted), first.hit)
    mode = hit.mode if hit.phrase.root in wanted else ""
    status = "threatened" if wanted[0] == "THREATEN" else first.status
    name = hit.phrase.root if hit.phrase.root in wanted else wanted[0]
    about = {"root": name, "mode": mode, "status": status, "rule": "learnt"}
    return [first._replace(**about), *events[1:]], 0, probability


def _likeliest(p: Parse, events: list[Event]) -> tuple[str, float]:
    roots, rows, weights, intercept = _model()
    found = [rows[name] for name in set(_features(p, events)) if name in rows]
    scores = intercept + weights[found].sum(axis=0)
    odds = np.exp(scores - scores.max())
    best = int(odds.argmax())
    return roots[best], float(odds[best] / odds.sum())
