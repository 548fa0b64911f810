"""Duplicates: what is found in texts, and what a corpus makes of it."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.corpus.reading import read_corpus
from analysis.outlets.copies import Duplicate, find_duplicates
from analysis.outlets.sharing import word_codes
from analysis.tables.build import build

WORDS = [f"word{n}" for n in range(400)]


def _text(seed, n=200):
    return " ".join(random.Random(seed).choices(WORDS, k=n))


def _changed(text, n, seed=0):
    """`text` with `n` words changed, far from each other: each takes five shingles along."""
    words = text.split()
    for k in range(n):
        words[10 + (k * (len(words) - 20)) // max(n, 1)] = f"new{seed}x{k}"
    return " ".join(words)


def _duplicates(texts: dict[str, str]) -> dict[str, Duplicate]:
    return find_duplicates({name: word_codes(text) for name, text in texts.items()})


def test_exact_and_near():
    a = _text(1)
    found = _duplicates({
        "a": a, "b": _text(2), "exact": a.upper().replace(" ", ",\n"), "near": _changed(a, 3),
        "far": _changed(a, 12),
    })  # fmt: skip
    assert {doc: (d.of, d.kind) for doc, d in found.items()} == {
        "a": ("", ""), "exact": ("a", "exact"), "near": ("a", "near"),
    }  # fmt: skip
    assert {d.cluster for d in found.values()} == {"d0001"}


@pytest.mark.parametrize(("changed", "found"), [(4, True), (5, False)])
def test_the_threshold_is_on_the_jaccard_similarity_of_five_word_shingles(changed, found):
    # 196 shingles, five of them lost and five gained by a word: 176/216 = 0.815, 171/221 = 0.774
    for seed in range(40):
        a = _text(seed)
        assert bool(_duplicates({"a": a, "b": _changed(a, changed)})) == found


def test_every_pair_above_the_threshold_is_found():
    texts = {}
    for n in range(60):
        text = _text(n // 6, 40 + n)
        texts[str(n)] = _changed(text, n % 6, seed=n) if n % 2 else text + " " + _text(n, n % 5)
    words = {doc: text.split() for doc, text in texts.items()}
    grams = {doc: {tuple(w[i : i + 5]) for i in range(len(w) - 4)} for doc, w in words.items()}
    alike = {
        frozenset((a, b))
        for a in texts
        for b in texts
        if a != b and len(grams[a] & grams[b]) >= 0.8 * len(grams[a] | grams[b])
    }
    found = _duplicates(texts)
    assert set().union(*alike) == set(found) and len(found) > 20
    for pair in alike:
        assert len({found[doc].cluster for doc in pair}) == 1


def test_duplicates_of_duplicates_are_one_cluster():
    a = _text(1)
    b = _changed(a, 4, seed=1)
    c = " ".join(b.split()[:-4] + ["other"] * 4).replace("word7 ", "word8 ", 2)
    assert not _duplicates({"a": a, "c": c})
    found = _duplicates({"c": c, "x": _text(5), "a": a, "y": _text(5), "b": b})
    assert {doc: d.of for doc, d in found.items()} == {
        "c": "", "a": "c", "b": "c", "x": "", "y": "x",
    }  # fmt: skip
    assert [found[doc].cluster for doc in ("c", "x")] == ["d0001", "d0002"]


def test_empty_and_short_texts():
    texts = {
        "a": "",
        "b": " \n…",
        "c": "Three words only",
        "d": "three words, only",
        "e": "Three words",
    }
    assert {doc: d.kind for doc, d in _duplicates(texts).items()} == {"c": "", "d": "exact"}
    assert _duplicates({}) == {}


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_text_is_read_and_every_cluster_has_one_first(texts):
    found = _duplicates({str(n): text for n, text in enumerate(texts)})
    for doc, duplicate in found.items():
        first = found[duplicate.of or doc]
        assert first.of == first.kind == "" and first.cluster == duplicate.cluster
        assert bool(duplicate.of) == bool(duplicate.kind)


def test_many_alike_take_no_time():
    base = _text(1, 300)
    texts = {str(n): _changed(base, 1, seed=n) for n in range(400)}
    texts |= {f"template{n}": _changed(_text(2, 300), 9, seed=n) for n in range(400)}
    started = time.process_time()
    found = _duplicates(texts)
    assert time.process_time() - started < 10
    assert len(found) == 400 and len({d.cluster for d in found.values()}) == 1


# --- in a corpus ----------------------------------------------------------------------------

STORY = """Dockers of Port Lorne suspend their strike

The dockers of Port Lorne suspended their strike on 3 May 2022, a spokesman of their union said. \
They had stopped work for eleven days, and forty ships were waiting outside the harbour by then.

"We go back to work, but we do not go back to the old terms," the spokesman told reporters. \
The port authority welcomed the decision and promised to resume the talks within a week from now.
"""
OTHER = """Ships leave Port Lorne again

The first ships left the harbour of Port Lorne on 4 May 2022, a day after the dockers returned. \
The port authority said that it would take two weeks until all the cargo had been moved again.
"""
ACTORS = "entity_id,name,type\ndockers,dockers,ORG\nport,port authority,ORG\n"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ports")
    (folder / "corpus" / "texts").mkdir(parents=True)
    texts = {"story": STORY, "copy": STORY.replace("a week", "one week"), "other": OTHER}
    for name, text in texts.items():
        (folder / "corpus" / "texts" / f"{name}.txt").write_text(text, "utf-8")
    (folder / "corpus" / "actors.csv").write_text(ACTORS, "utf-8")
    (folder / "corpus" / "articles.csv").write_text(
        "doc_id,file,outlet,published\n"
        "copy,texts/copy.txt,Echo,2022-05-05\n"
        "story,texts/story.txt,Courier,2022-05-04\n"
        "other,texts/other.txt,Courier,2022-05-05\n",
        "utf-8",
    )

    def tables(setting):
        (folder / "corpus" / "corpus.yml").write_text(
            f"title: Ports\nworld: false\n{setting}\n", "utf-8"
        )
        return build(read_corpus(folder / "corpus"), folder / "cache").read

    return tables


def _warning(read):
    warnings = read("warnings").set_index("where")
    return warnings.loc["articles", "what"], warnings.loc["articles", "what_to_do"]


def test_duplicates_are_marked_and_kept(study):
    read = study("")
    documents = read("documents").set_index("doc_id")
    assert documents["duplicate_of"].to_dict() == {"copy": "story", "story": "", "other": ""}
    assert documents.loc["copy", "duplicate_kind"] == "near"
    assert documents["duplicate_cluster"].tolist() == ["d0001", "d0001", ""]
    assert documents["counted"].all() and documents["n_tokens"].min() > 0
    what, todo = _warning(read)
    assert "1 article is a copy of another (1 nearly), in 1 group; all are counted" in what
    assert "`duplicates: once`" in todo
    entities = read("entities").set_index("entity_id")
    assert entities.loc["dockers", "n_documents"] == 3


def test_duplicates_are_counted_once(study):
    kept, read = study("duplicates: keep"), study("duplicates: once")
    assert "each group is counted once" in _warning(read)[0]
    documents = read("documents").set_index("doc_id")
    assert documents["counted"].to_dict() == {"copy": False, "story": True, "other": True}
    assert documents.loc["copy", "n_tokens"] == 0 < kept("documents")["n_tokens"].min()
    for name in ("sentences", "mentions"):
        table = read(name)
        assert len(table) == len(kept(name))
        assert not table.loc[table["doc_id"] == "copy", "counted"].any()
        assert table.loc[table["doc_id"] == "story", "counted"].any()
    for name in ("event_reports", "quotations", "term_counts"):
        assert "copy" in set(kept(name)["doc_id"])
        assert set(read(name)["doc_id"]) <= {"story", "other"} and len(read(name))
    before, after = (r("terms").set_index("term") for r in (kept, read))
    assert (before.loc["spokesman", "n"], after.loc["spokesman", "n"]) == (4, 2)
    assert "Echo" not in after  # an outlet whose articles all count elsewhere has no words
    assert read("entities").set_index("entity_id").loc["dockers", "n_documents"] == 2
    assert "Echo" not in ";".join(read("events")["outlets"])
    assert len(read("reuse")) == len(kept("reuse")) > 0
