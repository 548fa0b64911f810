"""The actors everybody knows, and how they stand beside those of a corpus."""

import csv
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

import pandas as pd
from babel import Locale

from analysis.lexicons import OURS

COLUMNS = (
    *("entity_id", "name", "type", "aliases", "side", "parent", "wikidata", "origin"),
    *("world", "proposed"),
)
_ALIKE = {"GPE": "actor", "ORG": "actor", "NORP": "actor", "LOC": "place", "FAC": "place"}
_YEARS = re.compile(r"\s*\[(\d{4}-\d\d-\d\d)?\.\.(\d{4}-\d\d-\d\d)?\]$")


class Years(NamedTuple):
    """The days of publication on which a name has a meaning: ISO dates, or empty."""

    since: str = ""
    until: str = ""

    def hold(self, published: str) -> bool:
        """Whether the name has it on that day; without one, whether it still has it."""
        if not published:
            return not self.until
        return self.since <= published and (not self.until or published <= self.until)


def split_years(alias: str) -> tuple[str, Years | None]:
    """An alias and the years behind it, if any.

    >>> split_years("Elva [2001-05-04..]")
    ('Elva', Years(since='2001-05-04', until=''))
    >>> split_years("Elva")
    ('Elva', None)
    """
    found = _YEARS.search(alias)
    if not found:
        return alias, None
    return alias[: found.start()], Years(found[1] or "", found[2] or "")


def version() -> str:
    """The version of the list, as it is printed beside what is counted with it.

    >>> version()[:2]
    '20'
    """
    return OURS["world"]["version"]


def world() -> pd.DataFrame:
    """The actors everybody knows, as rows of actors.csv with `origin` world.

    A capital is a place of its own, and a name of its state: the words around decide.

    >>> rows = world().set_index("entity_id")
    >>> rows.loc["norway", "aliases"], rows.loc["oslo", "parent"]
    ('Norwegian;Norwegians;Norvège;Noruega;Norwegen;النرويج;Oslo', 'norway')
    """
    return _world().copy()


@cache
def _world() -> pd.DataFrame:
    text = (files("analysis.lexicons") / "world.csv").read_text("utf-8")
    rows = [row for given in csv.DictReader(text.splitlines()) for row in _with_capitals(given)]
    actors = pd.DataFrame(rows).drop_duplicates("entity_id")  # a capital of two states in turn
    media = actors["entity_id"].isin(OURS["world"]["media"])
    actors = actors.assign(side=media.map({True: "media", False: ""}), origin="world")
    return actors.reindex(columns=COLUMNS, fill_value="").fillna("")


def _with_capitals(row: dict[str, str]) -> Iterator[dict[str, str]]:
    """A row of the list with its names in other languages, and one for each of its capitals."""
    cities = [city.split("/") for city in row["capital"].split(";") if city]
    names = [*_abroad(row), *(name for city in cities for name in city)]
    yield row | {"aliases": ";".join(filter(None, [row["aliases"], *names]))}
    for city in cities:
        name, *others = dict.fromkeys(split_years(name)[0] for name in city)
        entity_id = re.sub(r"\W+", "-", name.lower())
        place = {"entity_id": entity_id, "name": name, "type": "LOC", "aliases": ";".join(others)}
        yield place | {"parent": row["entity_id"]}


def _abroad(row: dict[str, str]) -> list[str]:
    """The names of a state in other languages, after Unicode's CLDR, less those of other things."""
    own = {row["name"], *row["aliases"].split(";"), *OURS["world"]["not_abroad"]}
    told = (Locale(code).territories.get(row["iso"], "") for code in OURS["world"]["abroad"])
    return [name for name in dict.fromkeys(told) if name and name not in own]


def known_actors(own: pd.DataFrame | None = None, with_world: bool = True) -> pd.DataFrame:
    """The actors of a corpus, then those everybody knows (see `join_actors`).

    `own` has the columns of actors.csv.  `origin` says of each row where it comes from.

    >>> columns = ["entity_id", "name", "type", "aliases"]
    >>> own = pd.DataFrame([["no", "Norway", "GPE", "Norge"]], columns=columns)
    >>> actors = known_actors(own).set_index("entity_id")
    >>> actors.loc["no", ["aliases", "origin", "world"]].tolist()
    ['Norge', 'corpus', 'Norwegian;Norwegians;Norvège;Noruega;Norwegen;النرويج;Oslo']
    """
    own = pd.DataFrame() if own is None else own
    columns = [*COLUMNS, *own.columns.difference(COLUMNS)]
    given = own.reindex(columns=columns).astype(object).fillna("")
    actors = given.assign(origin="corpus", world="", proposed="")
    return join_actors(actors, _world()) if with_world else actors


def join_actors(actors: pd.DataFrame, more: pd.DataFrame, origin: str = "world") -> pd.DataFrame:
    """`actors` and those of a later list, which comes from `origin` (world, proposed).

    An actor that both have is one, under its entity_id in `actors`; what the later list calls it
    too stands in the column of that list.  A name that `actors` gives somebody else is left out.

    >>> names = pd.DataFrame([["brandt", "Ada Brandt", "PERSON", "Brandt"]], columns=COLUMNS[:4])
    >>> join_actors(known_actors(), names, "proposed").tail(1)[["name", "origin"]].values.tolist()
    [['Ada Brandt', 'proposed']]
    """
    later = more.reindex(columns=COLUMNS, fill_value="").assign(origin=origin)
    rows = _joined(actors.to_dict("records"), later.to_dict("records"))
    return pd.DataFrame(rows, columns=actors.columns).fillna("")


def _names(row: dict[str, str]) -> list[str]:
    lists = (row[column].split(";") for column in ("aliases", "world", "proposed"))
    return [name for name in [row["name"], *chain(*lists)] if name]


def _plain(name: str) -> str:
    """A name without years and article: "the army" is the "army" that a corpus lists."""
    return split_years(name)[0].removeprefix("the ")


def _joined(actors: list[dict[str, str]], more: Iterable[dict[str, str]]) -> list[dict[str, str]]:
    """`actors` with those of a later list."""
    owners: dict[str, list[dict[str, str]]] = {}
    for row in actors:
        for name in _names(row):
            owners.setdefault(_plain(name), []).append(row)
    taken = {row["entity_id"] for row in actors}
    ids: dict[str, str] = {}
    new = []
    for row in more:
        same = _same(row, owners)
        free = [name for name in _names(row) if _plain(name) not in owners]
        if same is not None:
            ids[row["entity_id"]] = same["entity_id"]
            same[row["origin"]] = ";".join(filter(None, [same[row["origin"]], *free]))
        elif free:
            ids[row["entity_id"]] = entity_id = free_id(row["entity_id"], taken)
            name = row["name"] if row["name"] in free else split_years(free[0])[0]
            aliases = ";".join(alias for alias in free if alias != name)
            kept = {"entity_id": entity_id, "name": name, "aliases": aliases}
            new.append(row | kept)
    for row in new:
        row["parent"] = ids.get(row["parent"], "")
    return [*actors, *new]


def _same(row: dict[str, str], owners: dict[str, list[dict[str, str]]]) -> dict[str, str] | None:
    """The actor of the earlier lists that a row speaks of: one has the other's chief name."""
    kind = _ALIKE.get(row["type"], row["type"])
    own = {_plain(name) for name in _names(row)}
    for name in [row["name"], *sorted(own - {row["name"]})]:
        for actor in owners.get(name, ()):
            alike = _ALIKE.get(actor["type"], actor["type"]) == kind
            if alike and (name == row["name"] or actor["name"] in own):
                return actor
    return None


def free_id(entity_id: str, taken: set[str]) -> str:
    """The id, or with a number where a corpus has given it to somebody else."""
    number, free = 1, entity_id
    while free in taken:
        number += 1
        free = f"{entity_id}-{number}"
    taken.add(free)
    return free
