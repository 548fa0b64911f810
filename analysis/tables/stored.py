"""The tables of a study as they are read from disk."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from analysis.base.rights import EVIDENCE, TEXT_COLUMNS, share, shown_places
from analysis.tables.kept import kept


@dataclass(frozen=True)
class Tables:
    """The built tables of a corpus: ``folder/NAME.parquet``."""

    folder: Path

    @cached_property
    def digests(self) -> dict[str, str]:
        """The digest of each file, by its stem."""
        return kept(self.folder)

    def read(self, name: str, columns: list[str] | None = None) -> pd.DataFrame:
        """Table `name` or some columns; dates are missing or `date`, lists ``;``-joined texts.

        Raises KeyError naming the tables there are.
        """
        if not self._file(name).is_file():
            names = sorted(file.stem for file in self.folder.glob("*.parquet"))
            raise KeyError(f"no table {name!r}; there are: {', '.join(names)}")
        return pq.read_table(self._file(name), columns=columns).to_pandas(date_as_object=True)

    def size(self, name: str) -> int:
        """How many rows table `name` has."""
        return pq.read_metadata(self._file(name)).num_rows

    def shared(self, name: str, rule: str) -> pd.DataFrame:
        """Table `name` as a report may show it (see `analysis.base.rights`)."""
        table = self.read(name)
        if name not in TEXT_COLUMNS or rule == "full":
            return table
        return share(name, table, rule, self._shown)

    @cached_property
    def _shown(self) -> pd.MultiIndex:
        return shown_places(*(self.read(*table) for table in EVIDENCE.items()))

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.parquet"
