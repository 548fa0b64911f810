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
OUTLETS = ("Gazette", "term", "n", "entity_id", "$5 and $6_{ News", "A; B", "=Herald", "é", "")
DAYS = ("2021-05-04", "1700-01-01", "1850-05-05", "0001-01-01", "4.5.2021", "2999-01-01", "")
IDS = ("", "a", "A", "a;b", "=1", "x" * 300, "a/b", "term")
COLUMNS = ("section", "n_tokens", "text", "counted", "byline", "_where", "doc_id")
LEXICONS = {
    "events.yml": (
        *("events: {ASSAULT: {plain: {verbs: [scuttle <craft>]}}}\nclasses: {craft: [barge]}", ""),
        *("events: [broken", "evnets: {}", "events: {ASSAULT: {plain: {verbs: [sink <crat>]}}}"),
        *("events: {ASALT: {plain: {verbs: [a]}}}", "events: {ASSAULT: {plain: {verbs: ['_']}}}"),
    ),
    "furniture.yml": ("starts: {en: [river letter]}", "starts: {en: river}", "starts: {en: ['']}"),
    "labels.yml": ("labels: {corsair: [corsairs]}", "labels: {corsair: x}"),
    "evnets.yml": ("events: {}",),
}
NOTEBOOK = {"cell_type": "markdown", "metadata": {}, "source": "# Mine"}
NOTEBOOKS = ({"cells": [NOTEBOOK]}, {"cells": []}, {}, [], {"cells": [{"source": 1}]})
CODINGS = (
    *("one,raided a camp,ASSAULT,human,2021-05-04", "one,no such words,ASSAULT,human,"),
    *("two,x,FIGHT,robot,9999-99-99", "one,raided a camp,ASSAULT,human,0001-01-01"),
)
REFERENCE = ("2021-05-04,12,verified", "0001-01-01,1e400,verified", "x,nan,maybe", "2021-05-05,,")


def _some(options, most=2):
    return st.lists(st.sampled_from(options), max_size=most, unique=True)


def corpora():
    """The files of a corpus, by path: mostly good, so that many pass."""
    rare = st.integers(0, 3).flatmap(lambda n: _some(BAD_SETTINGS, 1 if n == 0 else 0))
    row = st.tuples(*(st.one_of(st.just(o[0]), st.sampled_from(o)) for o in (IDS, OUTLETS, DAYS)))
    return st.builds(
        _files,
        st.tuples(_some(GOOD_SETTINGS, 4), rare),
        st.lists(row, min_size=1, max_size=3),
        st.sampled_from([None, None, *COLUMNS]),
        st.sampled_from(["", "", "guard", "nobody"]),
        st.lists(
            st.sampled_from([(name, text) for name, texts in LEXICONS.items() for text in texts]),
            max_size=1,
        ),
        _some([json.dumps(notebook) for notebook in NOTEBOOKS] + ["{"], 1),
        *(_some(CODINGS), _some(REFERENCE)),
    )


def _files(settings, rows, column, parent, lexicons, notebooks, codings, reference):
    files = {"corpus.yml": "\n".join([*settings[0], *settings[1]])}
    head = "file,outlet,published,doc_id" + (f",{column}" if column else "") + "\n"
    lines = []
    for number, (doc_id, outlet, day) in enumerate(rows):
        files[f"texts/{number}.txt"] = TEXT * (number + 1)
        given = doc_id or ("one" if number == 0 else "")
        lines.append(f'texts/{number}.txt,"{outlet}",{day},{given}' + (",own" if column else ""))
    files["articles.csv"] = head + "\n".join(lines)
    files["actors.csv"] = ACTORS.format(parent=parent)
    files |= {f"lexicons/{name}": text for name, text in lexicons}
    files |= dict.fromkeys(["notebooks/my_own.ipynb"][: len(notebooks)], "".join(notebooks))
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
