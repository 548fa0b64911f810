"""The one main event of a sentence, by a learnt model.

A multinomial logistic regression (weights in ``lexicons/event_model.csv``) over the lexicon's
phrases and the words, trained on the sample sentences of PLOVER.
"""

import csv
from functools import cache
from importlib.resources import files
from itertools import pairwise

import numpy as np

from analysis.events.parse import Parse
from analysis.events.phrases import Hit
from analysis.events.readings import EventReading, Reader
from analysis.events.status import Event, find_events
from analysis.events.vocabulary import Phrase


def sentence_features(text: str) -> list[str]:
    """Names of the features of `classify_sentence`, each there or not; they may repeat.

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


def classify_sentence(text: str) -> EventReading | None:
    """The main event of a sentence, or None where there is none.

    The type is the most probable one of the model, but a truce agreed on is RETREAT as in the
    codebook, where PLOVER's sample has AGREE.  Where the rules find no event at all, the model must
    be surer than not.

    >>> classify_sentence("Corsia recalled its ambassador.").event_type
    'SANCTION'
    """
    p = Parse(text)
    events = find_events(p)
    roots, rows, weights, intercept = _model()
    found = [rows[name] for name in set(_features(p, events)) if name in rows]
    scores = intercept + weights[found].sum(axis=0)
    odds = np.exp(scores - scores.max())
    best = int(odds.argmax())
    probability = float(odds[best] / odds.sum())
    if not p.starts or (not events and probability < 0.5):
        return None
    root = roots[best]
    if root == "AGREE" and any(event.hit.phrase.mode == "truce" for event in events):
        root = "YIELD"
    reading = Reader(p, (), ()).read(_main_event(p, events, root))
    return reading._replace(score=round(probability, 4))


def _main_event(p: Parse, events: list[Event], root: str) -> Event:
    """The event of that type the rules found, else one made of the phrase that suits best."""
    wanted = ("RETREAT", "CONCEDE") if root == "YIELD" else (root,)
    if own := [event for event in events if event.root in wanted]:
        return own[0]
    hits = [hit for hit in p.hits if hit.phrase.root in wanted]
    name, mode = (hits[0].phrase.root, hits[0].mode) if hits else (wanted[0], "")
    whole = Hit(Phrase(name, "", False, (), ""), (0,), len(p.starts) - 1, "")
    hit = next(iter(hits or p.hits), whole)
    status = "threatened" if name == "THREATEN" else "happened"
    return Event(hit, p.group(hit), name, mode, status, "none", None, "learnt")
