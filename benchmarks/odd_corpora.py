"""Corpora made at random of good and bad parts: what check passes must build."""

import json
import shutil
from pathlib import Path

from hypothesis import strategies as st

from analysis.corpus.reading import CorpusError, read_corpus
from analysis.report.notebook_files import file_problems, find_notebooks, parameter_problems
from analysis.tables.build import build

ACTORS = "entity_id,name,type,aliases,side,parent\nfleet,River Fleet,ORG,the fleet,north,\n"
ACTORS += "guard,Coast Guard,ORG,,south,\nmorla,Morla,GPE,,,{parent}\n"
TEXT = "Fleet shells Morla\n\nThe River Fleet shelled Morla on 3 May 2021, the Coast Guard said. "
TEXT += "The Coast Guard raided a camp of the River Fleet on Tuesday. Both agreed to a truce.\n"
GOOD_SETTINGS = (
    *("title: Rivers", "variants: {Morla: [Morlah]}", "covered: [[2021-01-01, 2021-12-31]]"),
    *("share_texts: full", "notebooks: {}", "clean: lenient", "duplicates: once", "table:"),
    "dyads: [{id: n-s, name: north → south, source: [north], target: [guard], max_gap: 9}]",
)
BAD_SETTINGS = (
    *("variants: {Morla: Morlah}", "variants: {Morla: }", "variants: {1: [a]}", "titel: x"),
    *("title: 7", "title: [a", 'title: "\\ud83d"', "notebooks: [a]", "covered: [[a, b]]"),
    *("notebooks: {02_term_frequncy: {keyword: x}}", "columns: {file: 3}", "clean: never"),
    *("dyads: [{id: a, name: b, source: 3, target: [guard]}]", "covered: [[2021-13-01, 1]]"),
    *("dyads: [{id: a, name: b, source: [nroth], target: [guard]}]", "table: ../x.csv"),
    *("covered: [[0001-01-01, 2021-01-01]]", "title: &a [*a]", "title: !!python/none x"),
    *("variants: " + "[" * 200 + "]" * 200, "title: " + "9" * 5000, "- title"),
)
IDS, BAD_IDS = ("", "b", "B", "=1", "a/b", "term"), ("a;b", "x" * 300, "one")
OUTLETS, BAD_OUTLETS = ("Gazette", "term", "n", "$5 and $6_{ News", "A; B", "=Herald", "é"), ("",)
DAYS = ("2021-05-04", "1700-01-01", "1850-05-05")
BAD_DAYS = ("0001-01-01", "4.5.2021", "2999-01-01", "")
COLUMNS = ("", "section", "n_tokens", "text", "counted", "byline", "_where")
BAD_COLUMNS = ("doc_id",)
PARENTS, BAD_PARENTS = ("", "guard"), ("nobody",)
LEXICONS = (
    ("events.yml", "events: {ASSAULT: {plain: {verbs: [sink <craft>]}}}\nclasses: {craft: [ship]}"),
    ("events.yml", "events: {ASSAULT: {plain: {verbs: , nouns: [sinking]}}}"),
    *(("events.yml", ""), ("furniture.yml", "starts: {en: [river letter]}")),
    *(("labels.yml", "labels: {corsair: [corsairs]}"), ("labels.yml", "labels: {corsair: }")),
)
BAD_LEXICONS = (
    *(("events.yml", "events: [broken"), ("events.yml", "evnets: {}"), ("evnets.yml", "")),
    ("events.yml", "events: {ASSAULT: {plain: {verbs: [sink <crat>]}}}"),
    ("events.yml", "events: {ASALT: {plain: {verbs: [a]}}}"),
    ("events.yml", "events: {ASSAULT: {plain: {verbs: ['_']}}}"),
    *(("furniture.yml", "starts: {en: river}"), ("furniture.yml", "starts: {en: ['']}")),
    ("labels.yml", "labels: {corsair: x}"),
)
NOTEBOOK = {"cell_type": "markdown", "metadata": {}, "source": "# Mine"}
NOTEBOOKS = (json.dumps({"cells": [NOTEBOOK]}),)
BAD_NOTEBOOKS = ('{"cells": []}', "{}", "[]", '{"cells": [{"source": 1}]}', "{")
CODINGS = (
    *("one,raided a camp,ASSAULT,human,2021-05-04", "one,no such words,ASSAULT,human,"),
    *("two,x,FIGHT,robot,9999-99-99", "one,raided a camp,ASSAULT,human,0001-01-01"),
)
REFERENCE = ("2021-05-04,12,verified", "0001-01-01,1e400,verified", "x,nan,maybe", "2021-05-05,,")


PARTS = ("settings", "ids", "outlets", "days", "column", "parent", "lexicons", "notebooks")


def _some(options, most=2):
    return st.lists(st.sampled_from(options), max_size=most, unique=True)


@st.composite
def corpora(draw):
    """The files of a corpus, by path: in half of them one or two parts may be bad."""
    wrong = draw(st.one_of(st.just(set()), st.sets(st.sampled_from(PARTS), min_size=1, max_size=2)))

    def one(part, good, bad):
        return st.sampled_from(bad if part in wrong else good)

    def file(part, good, bad):
        return st.lists(one(part, good, bad), min_size=int(part in wrong), max_size=1)

    n = draw(st.integers(1, 3))
    own_ids = one("ids", IDS, BAD_IDS)
    ids = draw(st.lists(own_ids, min_size=n, max_size=n, unique="ids" not in wrong))
    rows = [
        (own, draw(one("outlets", OUTLETS, BAD_OUTLETS)), draw(one("days", DAYS, BAD_DAYS)))
        for own in ids
    ]
    return _files(
        [*draw(_some(GOOD_SETTINGS, 4)), *draw(file("settings", ("",), BAD_SETTINGS))],
        rows,
        draw(one("column", COLUMNS, BAD_COLUMNS)),
        draw(one("parent", PARENTS, BAD_PARENTS)),
        draw(file("lexicons", LEXICONS, BAD_LEXICONS)),
        draw(file("notebooks", NOTEBOOKS, BAD_NOTEBOOKS)),
        *(draw(_some(CODINGS)), draw(_some(REFERENCE))),
    )


def _files(settings, rows, column, parent, lexicons, notebooks, codings, reference):
    files = {"corpus.yml": "\n".join(["description: Made at random", *settings])}
    head = "file,outlet,published,doc_id" + (f",{column}" if column else "") + "\n"
    lines = []
    for number, (doc_id, outlet, day) in enumerate(rows):
        files[f"texts/{number}.txt"] = TEXT * (number + 1)
        given = doc_id or ("one" if number == 0 else "")
        lines.append(f'texts/{number}.txt,"{outlet}",{day},{given}' + (",own" if column else ""))
    files["articles.csv"] = head + "\n".join(lines)
    files["actors.csv"] = ACTORS.format(parent=parent)
    files |= {f"lexicons/{name}": text for name, text in lexicons}
    files |= dict(zip(["notebooks/my_own.ipynb"], notebooks, strict=False))
    head = "doc_id,quote,event_type,coder_kind,date_from\n"
    files["coding/events.csv"] = head + "\n".join(codings)
    files["reference/told.csv"] = "date,value,status\n" + "\n".join(reference)
    return files


def attempt(files, folder):
    """'refused', with every problem in its place, or 'built'; anything else raises."""
    corpus = Path(folder) / "corpus"
    shutil.rmtree(corpus, ignore_errors=True)
    for name, text in files.items():
        (corpus / name).parent.mkdir(parents=True, exist_ok=True)
        (corpus / name).write_text(text, "utf-8")
    try:
        read = read_corpus(corpus)
    except CorpusError as error:
        problems = error.problems
    else:
        parameters = read.settings["notebooks"]
        notebooks = find_notebooks(corpus, parameters, corpus)
        problems = [*file_problems(corpus), *parameter_problems(notebooks, parameters)]
    if problems:
        for problem in problems:
            assert any(name in problem.where for name in (*files, "corpus.yml")), problem
            assert problem.what and problem.todo, problem
        return "refused"
    tables = build(read, Path(folder) / "cache")
    assert tables.size("documents") == len(read.documents)
    return "built"
