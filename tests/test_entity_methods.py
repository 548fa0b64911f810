"""Methods of finding names side by side, with stand-ins for the programs that may be missing."""

from types import SimpleNamespace

import pandas as pd
import pytest

from analysis.entities import methods as entity_methods
from analysis.entities.matcher import compile_actors
from analysis.entities.methods import compare_methods

TEXTS = [
    "Officers of the Kaath Brigade have met General Tariq Belmond near his house in Port Elva.",
    "On Monday Tariq Belmond left the town again.",
]


@pytest.fixture
def matcher():
    rows = [("kaath", "Kaath Brigade", "ORG", "")]
    return compile_actors(pd.DataFrame(rows, columns=["entity_id", "name", "type", "aliases"]))


def stand_ins(monkeypatch, **modules):
    def find(name):
        if name not in modules:
            raise ImportError(f"No module named {name!r}")
        return modules[name]

    monkeypatch.setattr(entity_methods, "import_module", find)


class Tree(list):
    def __init__(self, label, words):
        super().__init__()
        self.label, self.leaves = lambda: label, lambda: [(word, "NNP") for word in words]


def nltk_that_finds(*names):
    return SimpleNamespace(
        word_tokenize=lambda text, preserve_line: text.split(),
        pos_tag_sents=lambda sentences: [[(w, "NNP") for w in words] for words in sentences],
        ne_chunk_sents=lambda tagged: [
            [("The", "DT"), *(Tree(label, words) for label, words in names)] for _ in tagged
        ],
    )


def test_without_spacy_and_nltk_our_own_methods_run(matcher, monkeypatch):
    stand_ins(monkeypatch)
    table, ran = compare_methods(TEXTS, matcher)
    assert ran["actors.csv"] == ran["capitals"] == "ran"
    assert ran["spaCy"] == "did not run: No module named 'spacy'"
    assert list(table) == ["name", "type", "known", "actors.csv", "capitals"]
    found = table.set_index("name")
    assert found.loc["Kaath Brigade", ["type", "known", "actors.csv"]].tolist() == ["ORG", True, 1]
    assert found.loc["Tariq Belmond", ["known", "capitals"]].tolist() == [False, 2]


def test_methods_are_counted_side_by_side(matcher, monkeypatch):
    entities = [
        SimpleNamespace(text="Tariq Belmond", label_="PERSON"),
        SimpleNamespace(text="Monday", label_="DATE"),
    ]
    spacy = SimpleNamespace(load=lambda model: lambda text: SimpleNamespace(ents=entities))
    nltk = nltk_that_finds(("GPE", ["Port", "Elva"]), ("MONEY", ["5"]))
    stand_ins(monkeypatch, spacy=spacy, nltk=nltk)
    table, ran = compare_methods(TEXTS, matcher)
    assert set(ran.values()) == {"ran"}
    found = table.set_index("name")
    assert found.loc["Tariq Belmond", ["capitals", "spaCy", "NLTK"]].tolist() == [2, 2, 0]
    assert found.loc["Port Elva", ["type", "capitals", "NLTK"]].tolist() == ["LOC", 1, 2]
    assert not {"Monday", "5"} & set(found.index)


def test_missing_data_is_said(matcher, monkeypatch):
    def missing(sentences):
        raise LookupError("\n****\n  Resource tagger not found.\n  Please use the downloader")

    nltk = nltk_that_finds()
    nltk.pos_tag_sents = missing
    stand_ins(monkeypatch, nltk=nltk)
    _, ran = compare_methods(TEXTS, matcher)
    assert ran["NLTK"] == "did not run: Resource tagger not found."
