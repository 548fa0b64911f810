"""Names found by different methods, side by side: our rules, and spaCy and NLTK where they are.

Neither is required, and nothing is downloaded.  A method that cannot run says why.
"""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module

import pandas as pd

from analysis.entities.candidates import find_candidates
from analysis.entities.matcher import ActorMatcher, find_entities, fold
from analysis.text.words import split_sentences

# Types of OntoNotes (spaCy) and ACE (NLTK) under the names of actors.csv; others are no names.
_TYPES = {
    **{"PERSON": "PERSON", "ORG": "ORG", "GPE": "GPE", "LOC": "LOC", "FAC": "FAC", "NORP": "NORP"},
    **{"ORGANIZATION": "ORG", "LOCATION": "LOC", "FACILITY": "FAC"},
}
SPACY_MODEL = "en_core_web_sm"
_Found = Iterable[tuple[str, str]]  # name, type


def compare_methods(
    texts: Iterable[str], matcher: ActorMatcher
) -> tuple[pd.DataFrame, dict[str, str]]:
    """What each method finds in `texts`, and which methods ran.

    The table has one row a name: name, type (the first method's that gives one), known (in
    actors.csv) and a column of counts for each method that ran: ``actors.csv``, ``capitals`` (names
    the file does not know), ``spaCy``, ``NLTK``.  The second value says of each method "ran" or why
    it did not.
    """
    texts = list(texts)
    counts: dict[str, pd.Series] = {}
    types: dict[str, str] = {}
    ran: dict[str, str] = {}
    for method, make in _methods(matcher).items():
        try:
            find = make()
        except (ImportError, LookupError, OSError) as error:  # not installed, or without its data
            told = (line.strip() for line in str(error).splitlines())
            why = next((line for line in told if any(map(str.isalpha, line))), type(error).__name__)
            ran[method] = f"did not run: {why}"
            continue
        found = [(fold(name), type_) for text in texts for name, type_ in find(text)]
        for name, type_ in found:
            types[name] = types.get(name) or type_
        counts[method] = pd.Series([name for name, _ in found], dtype=object).value_counts()
        ran[method] = "ran"
    table = pd.DataFrame(counts).fillna(0).astype(int).rename_axis("name").reset_index()
    table.insert(1, "type", table["name"].map(types))
    table.insert(2, "known", table["name"].isin(matcher.aliases))
    order = table[list(counts)].sum(axis=1)
    table = table.assign(order=order).sort_values(["order", "name"], ascending=[False, True])
    return table.drop(columns="order").reset_index(drop=True), ran


def _methods(matcher: ActorMatcher) -> Mapping[str, Callable[[], Callable[[str], _Found]]]:
    return {
        "actors.csv": lambda: (
            lambda text: [(m.surface, m.type) for m in find_entities(text, matcher)]
        ),
        "capitals": lambda: (
            lambda text: [(c.surface, c.type_guess) for c in find_candidates(text, matcher)]
        ),
        "spaCy": _spacy,
        "NLTK": _nltk,
    }


def _spacy() -> Callable[[str], _Found]:
    """Named entities of spaCy's small English model (Honnibal et al. 2020)."""
    read = import_module("spacy").load(SPACY_MODEL)
    return lambda text: [
        (entity.text, _TYPES[entity.label_])
        for entity in read(text).ents
        if entity.label_ in _TYPES
    ]


def _nltk() -> Callable[[str], _Found]:
    """Named entities of NLTK's chunker; in one call a text, as each call loads its model anew."""
    nltk = import_module("nltk")

    def read(text: str) -> list[tuple[str, str]]:
        sentences = [
            nltk.word_tokenize(text[a:b], preserve_line=True) for a, b in split_sentences(text)
        ]
        trees = nltk.ne_chunk_sents(nltk.pos_tag_sents(sentences))
        return [
            (" ".join(word for word, _ in part.leaves()), _TYPES[part.label()])
            for tree in trees
            for part in tree
            if hasattr(part, "label") and part.label() in _TYPES
        ]

    read("Ann Writer left Elva.")  # raises LookupError where the data is missing
    return read
