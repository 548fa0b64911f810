"""Words as numbers: the same counts as counting texts, whatever the batches."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.terms import vocabulary
from analysis.terms.vocabulary import Words, count_by_article, ngrams

ARTICLES = st.lists(st.lists(st.lists(st.sampled_from("abcdé"), max_size=8), max_size=4))
BATCHES = st.sampled_from([7, vocabulary.AT_ONCE])


@given(ARTICLES, BATCHES)
def test_counts_are_those_of_the_texts(articles, batch):
    doc_ids = [f"d{number}" for number in range(len(articles))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vocabulary, "AT_ONCE", batch)
        table = count_by_article(Words.of(articles), doc_ids)
    expected = Counter(
        (doc_id, word)
        for doc_id, article in zip(doc_ids, articles, strict=True)
        for sentence in article
        for word in sentence
    )
    assert {(row.doc_id, row.term): row.n for row in table.itertuples()} == expected


@given(ARTICLES, st.integers(1, 3), BATCHES)
def test_ngrams_stay_within_sentences_and_count_articles(articles, min_count, batch):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vocabulary, "AT_ONCE", batch)
        table = ngrams(Words.of(articles), 3, min_count)
    for size in (2, 3):
        n, doc_freq = Counter(), Counter()
        for article in articles:
            runs = [" ".join(s[i : i + size]) for s in article for i in range(len(s) - size + 1)]
            n.update(runs)
            doc_freq.update(set(runs))
        found = table[table["size"] == size]
        assert {row.term: (row.n, row.doc_freq) for row in found.itertuples()} == {
            run: (times, doc_freq[run]) for run, times in n.items() if times >= min_count
        }
        assert found["n"].is_monotonic_decreasing
