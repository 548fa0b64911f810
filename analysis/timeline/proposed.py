"""Pairs of actors that a corpus without `dyads` might study."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from analysis.base.columns import names as columns_of

MOST_PROPOSED = 3  # pairs, each in both directions
LEAST_TOGETHER = 3  # articles
_ACTORS = ("GPE", "ORG", "NORP", "PERSON")


def consider_dyads(reports: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """Pairs of actors that a corpus might study: table ``dyads``, the pair most told of first.

    Counted are the articles in which both do something, to whomever, themselves or by what belongs
    to them; what they do does not count: to choose by attacks and halts would select on the
    outcome.  The first `MOST_PROPOSED` pairs are `proposed`.

    >>> reports = pd.DataFrame({"doc_id": [*"aabbcc"], "source": ["fleet", "port"] * 3})
    >>> actors = pd.DataFrame({"entity_id": ["fleet", "port"], "name": ["Fleet", "Port"]})
    >>> dyads = consider_dyads(reports, actors.assign(type="ORG", parent=""))
    >>> dyads[["id", "name", "n_documents", "proposed"]].values.tolist()[0]
    ['fleet-port', 'Fleet → Port (proposed)', 3, True]
    """
    parents = dict(zip(actors["entity_id"], actors["parent"], strict=True))
    able = actors[actors["type"].isin(_ACTORS)]
    names = dict(zip(able["entity_id"], able["name"], strict=True))
    acting = reports[reports["source"].isin(names)]
    whose = {one: _owner(one, parents, names) for one in acting["source"].unique()}
    parties = acting["source"].map(whose).groupby(acting["doc_id"]).agg(set)
    together = Counter(pair for own in parties for pair in combinations(sorted(own), 2))
    pairs = sorted(together.items(), key=lambda pair: (-pair[1], pair[0]))
    rows = [
        {
            "id": f"{source}-{target}",
            "name": f"{names[source]} → {names[target]} (proposed)",
            **{"source": source, "target": target, "n_documents": n},
            "proposed": rank < MOST_PROPOSED,
        }
        for rank, (pair, n) in enumerate(p for p in pairs if p[1] >= LEAST_TOGETHER)
        for source, target in (pair, pair[::-1])
    ]
    return pd.DataFrame(rows, columns=list(columns_of("dyads")))


def _owner(entity_id: str, parents: Mapping[str, str], names: Collection[str]) -> str:
    """The widest actor that an entity belongs to."""
    while parents.get(entity_id, "") in names:
        entity_id = parents[entity_id]
    return entity_id


def proposed_dyads(considered: pd.DataFrame) -> list[dict[str, Any]]:
    """Those proposed in the form of the setting ``dyads``, each marked `proposed`."""
    rows = considered[considered["proposed"].astype(bool)].to_dict("records")
    return [
        {"id": row["id"], "name": row["name"], "source": [row["source"]]}
        | {"target": [row["target"]], "proposed": True}
        for row in rows
    ]


def lines_to_copy(dyads: Sequence[Mapping[str, Any]]) -> str:
    """The lines of ``corpus.yml`` that make dyads proposed dyads chosen.

    >>> print(lines_to_copy([{"id": "a-b", "name": "A → B", "source": ["a"], "target": ["b"]}]))
    dyads:
      - {id: a-b, name: "A → B", source: [a], target: [b]}
    """
    lines = [
        f'  - {{id: {dyad["id"]}, name: "{dyad["name"].removesuffix(" (proposed)")}", '
        f"source: [{', '.join(dyad['source'])}], target: [{', '.join(dyad['target'])}]}}"
        for dyad in dyads
    ]
    return "\n".join(["dyads:", *lines])
