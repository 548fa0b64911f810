"""Words and names counted, with the statistics that compare them.

- ``vocabulary``: the words of a corpus as numbers, n-grams
- ``counts``: terms by article and by outlet, spellings merged
- ``keywords``: keyness and word shift of two groups; ``outlet_keywords``: of each outlet
- ``collocation``, ``concordance`` (KWIC), ``diversity``
- ``entities``: the entities of a corpus, counted
- ``content``: terms without function words, keywords to look at
- ``story_tests``: whether outlets differ in a word, tested with independent stories as units
- ``statistics``: formulas on arrays, each with its paper

To add a statistic: the formula in ``statistics``; its column in the file of its subject, or in the
cell of a notebook that counts it; what it means in ``base/columns.yml``.  An outlet with fewer
articles than ``base/thresholds.FEW_ARTICLES`` gets no interval and no p-value.
"""

from analysis.terms.collocation import collocations
from analysis.terms.concordance import (
    corpus_sentences,
    find_phrases,
    kwic,
    phrase_finder,
    sort_kwic,
)
from analysis.terms.counts import (
    count_terms,
    merge_variants,
    multiword_variants,
    sparse_counts,
    term_table,
)
from analysis.terms.diversity import lexical_diversity
from analysis.terms.keywords import keyness, word_shift
from analysis.terms.outlet_keywords import false_alarms, keyness_by_outlet

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
    "multiword_variants",
    "phrase_finder",
    "sort_kwic",
    "sparse_counts",
    "term_table",
    "word_shift",
]
