"""What the user wrote beside the articles: corrections, codings by hand, reference data."""

from typing import NamedTuple

import pandas as pd

from analysis.base.messages import Note
from analysis.corpus.reading import Corpus
from analysis.corpus.side_files import read_codings, read_reference
from analysis.tables.corrections import read_corrections


class Beside(NamedTuple):
    """The tables of these files, read once."""

    corrections: pd.DataFrame
    codings: pd.DataFrame
    reference: pd.DataFrame


def read_beside(corpus: Corpus) -> tuple[Beside, list[Note]]:
    """The files beside the articles, and what is wrong with them."""
    tables, notes = zip(
        read_corrections(corpus.path, corpus.actors["entity_id"]),
        read_codings(corpus.path, corpus.texts, corpus.titles),
        read_reference(corpus.path),
        strict=True,
    )
    return Beside(*tables), [note for wrong in notes for note in wrong]
