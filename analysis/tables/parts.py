"""The rows of a corpus's articles in parts on disk: a table at a time, in the corpus's order."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis.base.memory import ARTICLES

_MARKED = ("sentences", "mentions")  # say what counts; of the other tables rows are left out
_WHOLE = ("documents", "corrections", "fingerprints")


class Parts:
    """Tables of single articles; `parts` are folders and the ids of the articles to take from each.

    A part may hold others too: earlier states of articles that have changed.
    """

    def __init__(self, parts: Mapping[Path, Collection[str]], doc_ids: Sequence[str]) -> None:
        self.doc_ids = doc_ids
        self.left_out: set[str] = set()
        self._part = {doc_id: part for part, ids in parts.items() for doc_id in ids}

    def batches(
        self, name: str, columns: Sequence[str] | None = None, only: Collection[str] | None = None
    ) -> Iterator[pa.Table]:
        """Table `name` in the corpus's order, the rows of `ARTICLES` articles at a time.

        The rows of articles that are left out are missing, or not `counted`.
        """
        ids = [i for i in self.doc_ids if only is None or i in only]
        for first in range(0, max(len(ids), 1), ARTICLES):
            yield self._batch(name, columns, ids[first : first + ARTICLES])

    def _batch(self, name: str, columns: Sequence[str] | None, doc_ids: list[str]) -> pa.Table:
        ranks_in: dict[Path, list[int]] = {self._part[self.doc_ids[0]]: []}
        for rank, doc_id in enumerate(doc_ids):
            ranks_in.setdefault(self._part[doc_id], []).append(rank)
        named = None if columns is None else list(dict.fromkeys(["doc_id", *columns]))
        tables, ranks = [], []
        for folder, places in ranks_in.items():
            table = pq.read_table(folder / f"{name}.parquet", columns=named)
            wanted = pa.array([doc_ids[rank] for rank in places], pa.string())
            position = pc.index_in(table["doc_id"], wanted)
            tables.append(table.filter(position.is_valid()))
            ranks.append(np.array(places, int)[position.drop_null().to_numpy()])
        rows = np.argsort(np.concatenate(ranks), kind="stable")
        table = pa.concat_tables(tables).take(pa.array(rows, pa.int64()))
        if self.left_out and name not in _WHOLE:
            stays = pc.invert(pc.is_in(table["doc_id"], pa.array(self.left_out, pa.string())))
            if name not in _MARKED:
                table = table.filter(stays)
            elif "counted" in table.column_names:
                place = table.column_names.index("counted")
                table = table.set_column(place, "counted", pc.and_(table["counted"], stays))
        return table if columns is None else table.select(columns)

    def read(
        self, name: str, columns: Sequence[str] | None = None, only: Collection[str] | None = None
    ) -> pd.DataFrame:
        """Some columns of some articles; dates are `datetime.date`."""
        only = only if only is None or isinstance(only, Mapping | set) else set(only)
        table = pa.concat_tables(self.batches(name, columns, only))
        return table.to_pandas(date_as_object=True)

    def write(self, name: str, path: Path) -> None:
        """Copy table `name` to a file, a batch in memory."""
        batches = self.batches(name)
        first = next(batches)
        with pq.ParquetWriter(path, first.schema) as writer:
            writer.write_table(first)
            for table in batches:
                writer.write_table(table)
