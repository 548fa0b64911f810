"""What stands before and after the chapters: the corpus, methods, versions, limits, citation."""

import re
from datetime import date, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import yaml

from analysis.base.addresses import article_address, evidence_address
from analysis.base.columns import dictionary, names
from analysis.base.digests import digest
from analysis.base.environment import MADE_BY, ROOT
from analysis.base.messages import counted, listed_and
from analysis.base.rights import PART
from analysis.entities.world import version as version_of_world
from analysis.show.first_page import MOST_DAYS, Told, how_sure, what_is_told
from analysis.show.latex import plain
from analysis.show.pages import templates
from analysis.show.sentences import not_read
from analysis.timeline.wording import Names

PACKAGES = ("matplotlib", "nltk", "numpy", "pandas", "papermill", "pyarrow", "scipy", "sphinx")
MOST_LISTED = 50  # articles on the first page
SIZES = ("actors", "event_reports", "events", "corrections")  # of tables, told in the methods
TEMPLATES = Path(__file__).with_name("templates")
RIGHTS = {
    "full": "The whole texts are shown. Articles belong to their publishers: check that you may "
    "pass this report on.",
    "snippets": "Articles belong to their publishers: shown are headlines and single sentences "
    f"that events or quotations rest on, at most {PART:.0%} of the text of each article. For your "
    "own use, TEXTS=full shows all.",
    "none": "Articles belong to their publishers: no sentence of them is shown.",
}


class Link(NamedTuple):
    """A cell of a table that leads somewhere."""

    text: str
    address: str


def _own_text(path: Path) -> str:
    """A file's text; none of a link: what that leads to was not meant to be published."""
    return path.read_text("utf-8") if path.is_file() and not path.is_symlink() else ""


def _filled(sheet: str) -> str:
    """A data sheet without its comments and the headings that nothing follows.

    >>> _filled("# Sheet\\n\\nMine.\\n\\n## Why\\n\\n<!-- Say why. -->\\n\\n## Rights\\n\\nOurs.")
    '# Sheet\\n\\nMine.\\n\\n## Rights\\n\\nOurs.'
    """
    said = re.sub(r"<!--.*?-->", "", sheet, flags=re.DOTALL)
    return re.sub(r"^## .*\n\s*(?=^## |\Z)", "", said, flags=re.MULTILINE)


def front_matter(corpus: Any, built: Any, notebooks: list[Any]) -> dict[str, Any]:
    """Texts and tables (lists of rows) for the first and the last page of a report."""
    documents = built.read("documents")
    settings = corpus.settings
    title = settings["title"] or corpus.name
    listed = documents.assign(undated=documents["published"] == "")
    listed = listed.sort_values(["undated", "published", "doc_id"]).head(MOST_LISTED)
    events, phases = built.read("events"), built.read("phases")
    if not settings["dyads"]:  # those proposed were checked by nobody
        events, phases = events.assign(studied=False), phases.head(0)
    called = Names.of(built.read("actors"), settings["dyads"])
    told = what_is_told(events, phases, settings["dyads"], called, _since(documents))
    return {
        "told": [_sentence(one) for one in told],
        "unread": not_read(documents),
        "sure": how_sure(documents, events, built.read("codings")),
        "title": title,
        "description": settings["description"],
        "caveat": settings["caveat"],
        "rights": RIGHTS[settings["share_texts"]],
        "articles": [
            {
                "Outlet": row["outlet"],
                "Published": row["published"],
                "Headline": Link(
                    row["title"] or row["doc_id"], article_address(row["doc_id"])[len("../") :]
                ),
                "Words": f"{row['n_tokens']:,}",
                "Date is": row["published_basis"] or ("given" if row["published"] else "unknown"),
            }
            for row in listed.to_dict("records")
        ],
        "listed": [*listed["doc_id"]],
        "unlisted": max(len(documents) - MOST_LISTED, 0),
        "failed": _failed(documents),
        "warnings": [
            {"Where": row["where"], "What": row["what"], "What to do": row["what_to_do"]}
            for row in built.read("warnings").to_dict("records")
        ],
        "corrections": built.read("corrections")[names("corrections")].to_dict("records"),
        "methods": methods(built, settings, documents),
        "parameters": [
            {"Notebook": notebook.name, "Parameter": name, "Value": repr(value)}
            for notebook in notebooks
            for name, value in (notebook.defaults() | notebook.parameters).items()
        ],
        "versions": [{"Package": name, "Version": version(name)} for name in (MADE_BY, *PACKAGES)],
        "limits": [
            {"Chapter": notebook.title(), "Limit": limit}
            for notebook in notebooks
            if (limit := _limit(notebook))
        ],
        "columns": dictionary(built.digests),
        "datasheet": _filled(_own_text(Path(corpus.path, "DATASHEET.md"))),
        "cite": citation(title, digest([*map(digest, corpus.texts.values())])),
    }


def _since(documents: pd.DataFrame) -> date:
    """From when on events are what the articles report, not what led to it."""
    days = documents.loc[documents["published"] != "", "published"]
    return date.fromisoformat(days.min()) - timedelta(MOST_DAYS) if len(days) else date.min


def _sentence(told: Told) -> dict[str, str]:
    """A sentence of the first page with what it leads to."""
    return {
        **{"text": told.text, "said_by": told.said_by, "event_id": told.event_id},
        "address": evidence_address("events", told.event_id)[len("../") :],
        "label": f"What stands behind: {told.text[:80]}",
    }


def _failed(documents: pd.DataFrame) -> int:
    """How many articles could not be read."""
    return int((documents["reading_error"] != "").sum())


def _limit(notebook: Any) -> str:
    """What the card at the top of a notebook says of the method's limits."""
    found = re.search(r"^\| \*\*Limits\*\* \| (.*) \|$", "".join(notebook.cells[0]["source"]), re.M)
    return found[1].replace("`", "") if found else ""


_LISTS = {
    "corpus": "the corpus's own actors",
    "world": f"the actors everybody knows (list of {version_of_world()})",
    "proposed": "names proposed from the articles, checked by nobody",
    "corrected": "corrections",
}


def _lists(built: Any) -> str:
    """The share of mentions by the list that has the name."""
    shares = built.read("mentions", ["method"])["method"].value_counts(normalize=True)
    told = [f"{shares[name]:.0%} {of}" for name, of in _LISTS.items() if name in shares]
    return f"Of their mentions are {listed_and(told)}." if told else ""


def methods(built: Any, settings: dict[str, Any], documents: pd.DataFrame) -> str:
    """A paragraph on what was done, with this corpus's numbers, ready to paste."""
    dated = documents.loc[documents["published"] != "", "published"]
    text = templates(TEMPLATES).get_template("methods.txt")
    said = text.render(
        counted=counted,
        program=f"{MADE_BY} {version(MADE_BY)}",
        articles=len(documents),
        words=documents["n_tokens"].sum(),
        outlets=documents["outlet"].nunique(),
        days=(dated.min(), dated.max()) if len(dated) else (),
        undated=len(documents) - len(dated),
        failed=_failed(documents),
        inferred=documents["published_basis"].str.startswith("inferred").sum(),
        furniture=(built.read("sentences", ["kind"])["kind"] == "furniture").sum(),
        clean=settings["clean"],
        lists=_lists(built),
        rule=next(iter(built.read("phases")["rule"]), "").rstrip("."),
        sizes={name: built.size(name) for name in SIZES},
    )
    return " ".join(said.split())


def citation(title: str, inputs: str) -> str:
    """BibTeX for the software (from ``CITATION.cff``) and for this report."""
    software = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    authors = " and ".join(
        f"{{{person['name']}}}"
        if "name" in person
        else f"{person['family-names']}, {person['given-names']}"
        for person in software["authors"]
    )
    year = str(software["date-released"])[:4]
    return (
        f"@software{{news_coverage_notebooks,\n  author = {{{authors}}},\n"
        f"  title = {{{plain(software['title'])}}},\n  version = {{{software['version']}}},\n"
        f"  year = {{{year}}},\n  license = {{{software['license']}}}\n}}\n\n"
        f"@misc{{news_coverage_report,\n  author = {{(who ran the study)}},\n"
        f"  title = {{{plain(title)}}},\n"
        f"  note = {{Report made with {MADE_BY} {software['version']}; "
        f"SHA-256 of the texts: {inputs[:16]}}}\n}}\n"
    )
