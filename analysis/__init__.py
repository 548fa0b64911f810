"""News-coverage analysis: the logic behind the notebooks.

The house, from the top; a room imports only rooms above it:

    base       what any room may need: messages, safe CSV, digests, addresses
    lexicons   what the methods know, as files to read and to extend
    -- one text
    text       normalised, cut into sentences and words
    clean      which lines of a page are its article
    entities   who is named
    dates      time expressions, resolved to days
    quotes     who says what; labels, credits, passives
    events     what happened: who, whom, where, when, and whether it did
    article    one article in, its rows out
    -- one corpus
    corpus     a folder of articles: read, checked, started
    terms      words and names counted, and the statistics
    outlets    copies, shared passages, likeness
    timeline   reports merged into events, events cut into phases
    tables     all tables of a corpus, kept and renewed
    -- showing
    show       figures, views, evidence
    notebook, explore    what a notebook imports
    report     notebooks run, pages put together

A dozen names stand here for those who begin: ``from analysis import read_corpus, keyness``.  They
are imported when first used.
"""

from importlib import import_module

_HOME = {
    "clean_text": "clean",
    "compile_actors": "entities",
    "find_entities": "entities",
    "find_dates": "dates",
    "find_quotations": "quotes.find",
    "read_events": "events",
    "classify_sentence": "events",
    "read_article": "article",
    "read_corpus": "corpus",
    "keyness": "terms",
    "kwic": "terms",
    "open_study": "notebook",
    "read_table": "notebook",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'analysis' has no name {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f"analysis.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
