"""Sentences and words: news sentences that splitters get wrong, and offsets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.text.sentences import Sentence
from analysis.text.words import split_sentences, tokens, word_texts, words

TEXTS = [
    ["Militias say they have halted anti-U.S. attacks on bases in the U.S.", "A spokesman agreed."],
    ["They rallied outside the U.S. Embassy, Jan. 1, 2020. (Reuters)"],
    ["“What happened is the beginning,” it said.", "“We are ready.”", "The statement ended."],
    ["There have been over 160 attacks since Oct. 17.", "Asked if it was over, he left."],
    ["“We did not,” said Gen. Pat Ryder.", "Mr. Smith of Acme Inc. agreed."],
    ["The No. 2 official, Lt. Col. Jones, left at 10 a.m. on Monday.", "He said no."],
    ["The groups are armed, e.g. with rockets.", "Sen. John Doe (R-Tex.) did not vote."],
    ['"Is it over?" he asked.', '"No!" she said.'],
    ["U.S. forces shot back.", "The U.N. Security Council met in Washington D.C.", "It adjourned."],
    ["The league refused the tax.", "“It ruins us,” it said of the tax.", "It left."],
    ["He shared it on X.", "The post was deleted.", "George W. Bush and J. K. Orme left."],
]


@pytest.mark.parametrize("sentences", TEXTS, ids=lambda s: s[0][:30])
def test_sentences_of_news(sentences):
    text = " ".join(sentences)
    assert [text[a:b] for a, b in split_sentences(text)] == sentences


def test_a_blank_line_ends_a_sentence():
    text = "A headline without a full stop\n\nthe body goes on."
    assert [text[a:b] for a, b in split_sentences(text)] == text.split("\n\n")


def test_words_keep_hyphens_apostrophes_and_initialisms():
    text = "Kata’ib Hezbollah's anti-U.S. allies; the U.S.-led, Iran-backed 2,500 of 3.5% don't."
    assert [w.text for w in words(text)] == [
        "Kata’ib",
        "Hezbollah",
        "anti-U.S.",
        "allies",
        "the",
        "U.S.-led",
        "Iran-backed",
        "2,500",
        "of",
        "3.5",
        "don't",
    ]


@given(st.text(alphabet=st.sampled_from("aB .!?\n\"”“'’U.S.(),1-"), max_size=200))
def test_offsets_give_back_the_surface(text):
    assert all(text[w.start : w.end] == w.text for w in words(text))
    assert word_texts(text) == [w.text for w in words(text)]
    spans = split_sentences(text)
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)
    covered = "".join(text[a:b] for a, b in spans)
    assert "".join(covered.split()) == "".join(text.split())


def test_tokens_are_the_words_and_the_signs_between():
    text = "The Elva Guard's \"halt\" – said (in the U.S.) of 2,500 – isn't Morla‑led."
    found = tokens(text)
    assert [token.text for token in found] == [
        *("The", "Elva", "Guard", "'s", '"', "halt", '"', "–", "said", "(", "in", "the", "U.S."),
        *(")", "of", "2,500", "–", "isn't", "Morla‑led", "."),
    ]
    assert all(text[start:end] == token for start, end, token in found)


@given(st.text(alphabet=st.sampled_from("aBs .!?\n\"”“'’U.S.(),1-"), max_size=200))
def test_words_are_the_tokens_that_are_no_signs(text):
    found = Sentence(text).tokens
    assert all(text[start:end] == token for start, end, token in found)
    assert Sentence(text).words == word_texts(text)
    assert sum(len(token.text) for token in found) == len("".join(text.split()))
