"""The type of the main event of a sentence, by a learnt model, where the rules are unsure.

A multinomial logistic regression (weights in ``lexicons/event_model.csv``) over the lexicon's
phrases and the words, trained on the sample sentences of PLOVER.
"""

import csv
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from analysis.events.parse import Parse
from analysis.events.status import ABSENT, Event, find_events

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


class Model(NamedTuple):
    """Roots, feature -> row, weights (features, roots), intercepts."""

    roots: list[str]
    rows: dict[str, int]
    weights: np.ndarray
    intercept: np.ndarray


@cache
def _model() -> Model:
    """The shipped weights."""
    table = (files("analysis.lexicons") / "event_model.csv").read_text("utf-8").splitlines()
    (_, *roots), (_, *intercept), *rows = csv.reader(table)
    weights = np.array([[float(value or 0) for value in row[1:]] for row in rows])
    numbers = {row[0]: n for n, row in enumerate(rows)}
    return Model(roots, numbers, weights, np.array(intercept, float))


def settle(
    p: Parse, events: list[Event], model: Model | None = None
) -> tuple[list[Event], int, float]:
    """The events, the number of the main one, and the probability of its type by the weights.

    The main one is the first of the likeliest type, an act rather than the absence of one.  Where
    the rules have none of it, the weights are surer than not, and the first event is plainly told,
    it is of that type instead.  `model`: other weights than the shipped ones.
    """
    root, probability = _likeliest(p, events, model or _model())
    told = _told(events)
    first = events[told[0]]
    truce = root == "AGREE" and first.mode == "ceasefire"  # agreed on, in PLOVER's sample
    wanted = ("RETREAT", "CONCEDE") if truce or root == "YIELD" else (root,)
    own = [n for n in told if events[n].root in wanted]
    if own or told[0] or probability < _SURE or not _is_open(first):
        return events, (own or told)[0], probability
    return [_retyped(p, first, wanted), *events[1:]], 0, probability


def as_learnt(p: Parse, events: list[Event]) -> list[Event]:
    """The events that `settle` gives; the weights are not asked where they cannot change them."""
    first = _told(events)[0]
    return events if first or not _is_open(events[first]) else settle(p, events)[0]


def _told(events: list[Event]) -> list[int]:
    """The numbers of the events that are acts rather than the absence of one, else the first."""
    return [n for n, event in enumerate(events) if event.status != ABSENT] or [0]


def _is_open(event: Event) -> bool:
    """Whether its type is that of its phrase only, and nothing else judges it."""
    return event.rule in _PLAIN and not event.outer


def _retyped(p: Parse, event: Event, wanted: tuple[str, ...]) -> Event:
    """The event as one of the types wanted, with the mode of a phrase of that type, if any."""
    own = next((hit for hit in p.hits if hit.phrase.root in wanted), None)
    root, mode = (own.phrase.root, own.mode) if own else (wanted[0], "")
    status = "threatened" if root == "THREATEN" else event.status
    return event._replace(root=root, mode=mode, status=status, rule="learnt")


def _likeliest(p: Parse, events: list[Event], model: Model) -> tuple[str, float]:
    roots, rows, weights, intercept = model
    found = [rows[name] for name in set(_features(p, events)) if name in rows]
    scores = intercept + weights[found].sum(axis=0)
    odds = np.exp(scores - scores.max())
    best = int(odds.argmax())
    return roots[best], float(odds[best] / odds.sum())
