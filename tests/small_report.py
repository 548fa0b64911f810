"""A corpus of one article and two small notebooks, whose report takes a second to make."""

import json
from pathlib import Path

import pytest

from analysis.report import make as report
from analysis.report import notebook_files, site

OPEN = "from analysis.notebook import open_study\nstudy = open_study({!r}, rows=rows)\n"
ROWS = "rows = 5  # rows shown"


def plain_site(chapters, front, out, work):
    """Pages without Sphinx, which takes seconds: for tests of what stands around the pages."""
    (out / "notebooks").mkdir(parents=True)
    (out / "index.html").write_text(" ".join(chapter.title for chapter in chapters))
    for chapter in chapters:
        (out / f"notebooks/{chapter.name}.html").write_text(chapter.title)
    return []


def make(out, cache, corpus, notebooks=None, texts=""):
    """Make the report of `corpus`; with `notebooks`, of those in plain pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "CACHE", cache)
        if notebooks:
            patch.setattr(report, "NOTEBOOKS", notebooks)
            patch.setattr(notebook_files, "NOTEBOOKS", notebooks)
            patch.setattr(site, "build_site", plain_site)
        return report.make_report(corpus, out, texts)


def run(small, out="out", **options):
    """Make the report of what `write_small` wrote."""
    return make(
        small / out, small / "cache", small / "mine", notebooks=small / "notebooks", **options
    )


def write_small(folder):
    notebooks, corpus = folder / "notebooks", folder / "mine"
    notebooks.mkdir(parents=True)
    (corpus / "texts").mkdir(parents=True)
    (corpus / "texts/one.txt").write_text(
        "Dockers strike in Karsa\n\nThe dockers of Karsa went on strike on Monday, their union "
        "said. The port of Karsa has been closed since then, and ships wait outside.\n"
    )
    (corpus / "articles.csv").write_text(
        "file,outlet,published\ntexts/one.txt,The Karsa Gazette,2021-05-04\n"
    )
    for name, table in (("00_words", "terms"), ("01_names", "entities")):
        source = OPEN.format(name) + f"study.show(study.table({table!r}), {name[3:]!r}, 'All.')"
        write_notebook(notebooks, name, ROWS, source)


def write_notebook(folder, name, *sources):
    """A notebook with a cell for each source; the first has the parameters."""
    cells = [{"cell_type": "markdown", "id": "title", "metadata": {}, "source": "# What is it?"}]
    for number, source in enumerate(sources):
        tags = {"tags": ["parameters"]} if number == 0 else {}
        cells.append(
            {"cell_type": "code", "id": f"c{number}", "metadata": tags, "source": source,
             "outputs": [], "execution_count": None}
        )  # fmt: skip
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    content = {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    Path(folder, f"{name}.ipynb").write_text(json.dumps(content))
