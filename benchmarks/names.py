"""Measure the names proposed from a table of articles against names coded by hand.

    python benchmarks/names.py TABLE CODED [--column text]

TABLE is a CSV of articles; CODED a CSV with `name` and `type` (PERSON, ORG, PLACE, or empty for
what is no name of an actor or place), coded from the texts before the program was run. Of the coded
names that the program proposes it prints how many have the right type: a name coded empty is wrong
whatever its type. Names are compared under all spellings that the program joins. `counted` are the
names that are proposed with the right type, or that the list of those everybody knows has.
``names_scores.csv`` holds what was measured, with the names by which the rules were made better
(development) and with others that were coded before these rules were run once (fresh).
"""

import argparse

import pandas as pd

from analysis.clean import clean_text
from analysis.entities import compile_actors, find_entities, known_actors
from analysis.entities.matcher import fold
from analysis.entities.proposals import Text, propose_actors

PLACES = {"LOC": "PLACE", "FAC": "PLACE", "GPE": "PLACE"}


def proposed_types(texts: list[str]) -> dict[str, str]:
    """The type of each spelling of the names proposed."""
    articles = (Text(str(n), clean_text(text).body) for n, text in enumerate(texts))
    rows = propose_actors(articles, compile_actors(known_actors())).to_dict("records")
    return {
        spelling: PLACES.get(row["type"], row["type"])
        for row in rows
        for spelling in [row["name"], *filter(None, row["aliases"].split(";"))]
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("table")
    parser.add_argument("coded")
    parser.add_argument("--column", default="text")
    options = parser.parse_args()
    articles = pd.read_csv(options.table, encoding_errors="replace")
    found = proposed_types(articles[options.column].dropna().astype(str).tolist())
    coded = pd.read_csv(options.coded, dtype=str, keep_default_na=False)
    both = [(row.name, row.type, found[fold(row.name)]) for row in coded.itertuples(index=False)
            if fold(row.name) in found]  # fmt: skip
    wrong = [row for row in both if row[1] != row[2]]
    names = int((coded["type"] != "").sum())
    right = len(both) - len(wrong)
    print(f"{len(coded)} coded, {names} of them names; {len(both)} proposed")
    print(f"right: {right}, {right / max(len(both), 1):.1%} of those proposed")
    print(f"found: {right / max(names, 1):.1%} of the names")
    world = compile_actors(known_actors())
    listed = [name for name, type_ in coded.to_numpy() if type_ and fold(name) not in found]
    known = sum(any(m.surface == name for m in find_entities(name, world)) for name in listed)
    print(f"counted: {(right + known) / max(names, 1):.1%} of the names")
    for name, type_, ours in wrong:
        print(f"  {name}: {ours}, coded {type_ or 'no name'}")


if __name__ == "__main__":
    main()
