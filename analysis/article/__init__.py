"""One article in, its rows out: the only place where the methods on one text meet.

- ``reading``: `annotate` cleans an article, hands its sentences to every method, and makes the rows
- ``single``: `read_article`, the same for an article without a corpus, as DataFrames
- ``ledger``: the user's corrections of one article, applied while it is read

What stands here knows one article and no corpus.  To add a method: call it in `annotate`.
"""

from analysis.article.reading import Article, Rows, Settings, annotate
from analysis.article.single import read_article

__all__ = ["Article", "Rows", "Settings", "annotate", "read_article"]
