"""Whatever is edited in whatever order: the tables are those of a fresh build, to the byte."""

import random
import shutil

import pytest

from analysis.corpus.reading import read_corpus
from analysis.tables.build import build

TEXTS = (
    "Ferry crew strikes\n\nThe Sorla Guard shelled Ketta on 3 May 2021, the Ferry Union said.\n",
    "Truce at the quay\n\n“The quay is shut,” said Ada Brandt. The Guard agreed to a truce.\n",
    "Two ferries burn\n\nThe Guard raided Ketta on Tuesday. Two ferries burned, residents said.\n",
    "Ketta waits\n\nThe Ferry Union of Ketta has waited since Monday, the Post said.\n",
)
ARTICLES = tuple(f"a{number}" for number in range(5))
BESIDE = {
    "actors.csv": (
        "entity_id,name,type,aliases,side\nguard,Sorla Guard,ORG,the Guard,sea\n",
        "entity_id,name,type,aliases,side\nguard,Sorla Guard,ORG,,sea\nketta,Ketta,GPE,,land\n",
    ),
    "corpus.yml": (
        "title: Quays\nclean: lenient\n",
        "variants: {quay: [ferry, ferries]}\nduplicates: once\n",
    ),
    "coding/corrections.csv": (
        "table,key,column,value\nsentences,a0:20,kind,caption\n",
        "table,key,column,value\nevent_reports,a2:28,delete,yes\n",
    ),
    "coding/events.csv": (
        "doc_id,quote,event_type,coder_kind\na0,shelled Ketta,ASSAULT,human\n",
        "doc_id,quote,event_type,coder_kind\na1,agreed to a truce,RETREAT,model\n",
    ),
    "reference/tolls.csv": ("date,value,status\n2021-05-04,12,unverified\n",),
    "lexicons/events.yml": ("events: {ASSAULT: {plain: {verbs: [burn]}}}\n",),
    "lexicons/labels.yml": ("labels: {crew: [crew]}\n",),
}


def _put(path, text):
    """The file with this text; without one, no file."""
    path.unlink(missing_ok=True)
    if text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def _edit(draw, folder):
    """Add, change or remove an article or a file beside the articles."""
    if draw.random() < 0.5:
        name = draw.choice(list(BESIDE))
        _put(folder / name, draw.choice([*BESIDE[name], ""]))
        return
    path = folder / f"texts/{draw.choice(ARTICLES)}.txt"
    _put(path, draw.choice([*TEXTS, ""]))
    kept = sorted((folder / "texts").iterdir()) or [path]
    _put(kept[0], kept[0].read_text("utf-8") if kept[0].exists() else TEXTS[0])
    draw.shuffle(kept)
    rows = [f"texts/{file.name},Outlet {file.stem[1]},2021-05-0{file.stem[1]}" for file in kept]
    rows = [row.replace("2021-05-00", "2021-05-09") for row in rows]
    _put(folder / "articles.csv", "\n".join(["file,outlet,published", *rows]))


def edited_in_any_order(seed, folder, count=10):
    """The digests of the tables after edits, some followed by a build, and those built afresh."""
    draw, corpus = random.Random(seed), folder / "corpus"
    for number, text in enumerate(TEXTS[:2]):
        _put(corpus / f"texts/a{number}.txt", text)
    while not (corpus / "articles.csv").exists():
        _edit(draw, corpus)
    for left in reversed(range(count)):
        _edit(draw, corpus)
        if left % 5 == 0:
            kept = build(read_corpus(corpus), folder / "cache").digests
    shutil.rmtree(folder / "cache")
    return kept, build(read_corpus(corpus), folder / "cache").digests


@pytest.mark.parametrize("seed", [1])
def test_edits_in_any_order_leave_what_a_fresh_build_makes(seed, tmp_path):
    kept, fresh = edited_in_any_order(seed, tmp_path)
    assert kept == fresh
