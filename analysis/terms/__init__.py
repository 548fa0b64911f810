"""Words and names counted, with the statistics that compare them.

- ``vocabulary``: the words of a corpus as numbers
- ``tables``: terms, keyness, collocations, concordance (KWIC), lexical diversity
- ``entities``: the entities of a corpus, counted
- ``content``: terms without function words, keywords to look at
- ``story_tests``: whether outlets differ in a word, tested with independent stories as units
- ``statistics``: formulas on arrays, each with its paper

To add a statistic: the formula in ``statistics``, its column in ``tables`` and in
``base/columns.yml``.
"""

from analysis.terms.tables import (
    collocations,
    corpus_sentences,
    count_terms,
    false_alarms,
    find_phrases,
    keyness,
    keyness_by_outlet,
    kwic,
    lexical_diversity,
    merge_variants,
    ngrams,
    phrase_finder,
    sort_kwic,
    sparse_counts,
    term_table,
    word_shift,
)

__all__ = [
    "collocations",
    "corpus_sentences",
    "count_terms",
    "false_alarms",
    "find_phrases",
    "keyness",
    "keyness_by_outlet",
    "kwic",
    "lexical_diversity",
    "merge_variants",
    "ngrams",
    "phrase_finder",
    "sort_kwic",
    "sparse_counts",
    "term_table",
    "word_shift",
]
