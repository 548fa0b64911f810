"""A corpus folder: read, checked, started.

- ``reading``: `read_corpus` gives documents, texts, actors and settings, or all problems at once
- ``start``: a new folder that already runs, from an export, a table or a folder of texts
- ``proposing``: the names that nobody listed, written to ``actors_proposed.csv``
- ``joining``: rows of metadata and the texts beside them
- ``languages``: in which languages the articles are, and what is left out of those not in English
- ``outlet_names``: names that may mean one outlet; ``doubtful``: texts that may be no whole article
- ``side_files``: codings by hand and published reference data
- ``readers``: one file a format

To add a format: one file in ``readers/``, named in ``readers/__init__.py``, which says how.
"""

from analysis.corpus.reading import Corpus, CorpusError, read_corpus

__all__ = ["Corpus", "CorpusError", "read_corpus"]
