"""The report's pages: a Sphinx site built whole from executed notebooks."""

import html
import io
import json
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

from analysis.base.addresses import cell_kind
from analysis.report.front import Link
from analysis.report.running import FAILED, Failure

STYLE, SCRIPT, PLAIN_STYLE = "report.css", "report.js", "evidence.css"
LAST_PAGE = "about"
HIDDEN_IN_REPORT = "exercise"
ICON = re.compile(r"\bfa-([a-z0-9-]+)")
ICON_DRAWING = re.compile(r'"?([a-z0-9-]+)"?:\[\d+,\d+,\[([^\]]*)\],"[0-9a-f]+","[^"]*"\],?')


class Chapter(NamedTuple):
    """A notebook's results: its page, title, folder of results, findings, evidence asked for.

    Of a notebook that failed there is its `failure` instead (see `analysis.running`).
    """

    name: str
    title: str
    folder: Path
    findings: list[dict[str, str]]
    asked: list[tuple[str, str]]
    failure: Failure | None = None


def build_site(chapters: list[Chapter], front: dict[str, Any], out: Path, work: Path) -> list[str]:
    """Write the pages of `chapters` with a first page made of `front` to `out`.

    `work` is an empty folder for intermediate files.  Returns Sphinx's warnings.
    """
    # the theme puts titles on the page as they are: they must hold nothing that could be a tag
    front = {**front, "title": front["title"].translate(str.maketrans("<>", "‹›"))}
    source = work / "source"
    (source / "notebooks").mkdir(parents=True)
    (source / "static").mkdir()
    for name in (STYLE, SCRIPT, PLAIN_STYLE):
        shutil.copy(Path(__file__).with_name(name), source / "static" / name)
    for chapter in chapters:
        if chapter.failure:
            notice = f"# {_markdown(chapter.title)}\n\n{_raw(_notice(chapter, '..'))}\n"
            (source / "notebooks" / f"{chapter.name}.md").write_text(notice, "utf-8")
            continue
        page = _page(json.loads((chapter.folder / "notebook.ipynb").read_text("utf-8")))
        target = source / "notebooks" / f"{chapter.name}.ipynb"
        target.write_text(json.dumps(page, ensure_ascii=False), "utf-8")
    (source / "index.md").write_text(_first_page(chapters, front), "utf-8")
    (source / f"{LAST_PAGE}.md").write_text(_last_page(front), "utf-8")
    warnings = _run_sphinx(source, out, work / "doctrees", front["title"])
    _prune(out)
    return warnings


def _prune(out: Path) -> None:
    """Remove what a reader never needs: build records, templates, source maps, unused icons."""
    unused = (".buildinfo", "objects.inv", "_static/*webpack-macros.html", "**/*.map")
    for pattern in (*unused, "_static/vendor/**/fa-brands*"):
        for path in out.glob(pattern):
            path.unlink()
    shutil.rmtree(out / "_static" / "locales", ignore_errors=True)
    used = {"xmark"}  # the theme's script adds it
    for page in out.rglob("*.html"):
        used.update(ICON.findall(page.read_text("utf-8")))
    script = out / "_static/scripts/fontawesome.js"
    kept = ICON_DRAWING.sub(
        lambda m: "" if used.isdisjoint(re.findall(r"[\w-]+", f"{m[1]} {m[2]}")) else m[0],
        script.read_text("utf-8"),
    )
    script.write_text(kept, "utf-8")


def _page(notebook: dict[str, Any]) -> dict[str, Any]:
    """The notebook as a page: no exercises, code folded away."""
    cells = []
    for cell in notebook["cells"]:
        tags = cell["metadata"].setdefault("tags", [])
        if HIDDEN_IN_REPORT in tags:
            continue
        if cell["cell_type"] == "code":
            tags.append("hide-input")
        cells.append(cell)
    return {**notebook, "cells": cells}


# --- first and last page --------------------------------------------------------------------


def _first_page(chapters: list[Chapter], front: dict[str, Any]) -> str:
    body = [f"# {_markdown(front['title'])}"]
    body.append(_raw(f"<p class='lead'>{html.escape(front['description'])}</p>"))
    if front["caveat"]:
        caveat = html.escape(front["caveat"])
        body.append(_raw(f"<aside class='caveat'><b>Before you read.</b> {caveat}</aside>"))
    body += [_raw(_notice(chapter, ".")) for chapter in chapters if chapter.failure]
    body.append("## Findings")
    found = [chapter for chapter in chapters if chapter.findings]
    for chapter in found:
        items = "".join(f"<li>{_finding(chapter, f)}</li>" for f in chapter.findings)
        title = f"<a href='notebooks/{chapter.name}.html'>{html.escape(chapter.title)}</a>"
        body.append(_raw(f"<h3 class='chapter'>{title}</h3><ul class='findings'>{items}</ul>"))
    listed = len(front["articles"])
    more = ""
    if front["unlisted"]:
        link = "<a href='tables/documents.csv'>documents.csv</a>"
        more = f"<p>The first {listed} of {listed + front['unlisted']:,}; all are in {link}.</p>"
    if front["failed"]:
        of = f"{front['failed']:,} of {listed + front['unlisted']:,} articles"
        more += f"<p>The reading of {of} failed: see the warnings. Nothing in them is counted.</p>"
    rights = f"<p class='rights'>{html.escape(front['rights'])}</p>"
    body += ["## The articles", _raw(rights + _table(front["articles"], "The articles") + more)]
    if front["corrections"]:
        body += ["## Corrections by hand", _raw(_table(front["corrections"], "Corrections"))]
    if front["warnings"]:
        body += ["## Warnings", _raw(_table(front["warnings"], "Warnings"))]
    pages = ["Findings <self>", *(f"notebooks/{chapter.name}" for chapter in chapters), LAST_PAGE]
    body.append("\n".join(["```{toctree}", ":hidden:", "", *pages, "```"]))
    return "\n\n".join(body) + "\n"


def _notice(chapter: Chapter, up: str) -> str:
    """What stands in the place of a chapter whose notebook failed; `up` leads to the first page."""
    failure = chapter.failure
    what, todo = html.escape(failure.what), html.escape(failure.todo(Path()))
    copy = html.escape(f"{FAILED}/{failure.copy.name}")
    linked = todo.replace(copy, f"<a href='{up}/{copy}'>{copy}</a>")
    return (
        f"<aside class='caveat'><b>The chapter “{html.escape(chapter.title)}” is missing.</b> "
        f"Its notebook {html.escape(failure.notebook)} {what}<br>→ {linked}</aside>"
    )


def _last_page(front: dict[str, Any]) -> str:
    """Methods, limits, parameters, versions, data sheet, citation."""
    body = [
        "# Methods, data and how to cite",
        "## Methods, ready to paste",
        _raw(f"<p class='methods'>{html.escape(front['methods'])}</p>"),
        "## Limits",
        _raw(_table(front["limits"], "Limits of each chapter")),
        "## How to cite",
        _raw(
            f"<p>Cite the publishers of the articles too.</p><pre class='cite' tabindex='0'>"
            f"{html.escape(front['cite'])}</pre>"
        ),
        "## Columns of the tables",
        "Where a table has one column an outlet, it holds the outlet's counts. Pages "
        "show the first rows of a table, the files in `tables/` hold all.",
        _raw(_table(front["columns"], "Columns of the tables")),
        "## Parameters",
        _raw(_table(front["parameters"], "Parameters of the notebooks")),
        "## Versions",
        _raw(
            _table(front["versions"], "Versions of the packages")
            + "<p>Digests of all inputs and outputs: <a href='manifest.json'>manifest.json</a>.</p>"
        ),
    ]
    if front["datasheet"]:
        body += ["## Data sheet", _raw(_sheet(front["datasheet"]))]
    return "\n\n".join(body) + "\n"


def _sheet(markdown: str) -> str:
    """A data sheet as HTML, its headings two levels down; HTML in it is shown as text."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = parser.parse(markdown)
    for token in tokens:
        if token.type.startswith("heading_"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    rendered = parser.renderer.render(tokens, parser.options, {})
    return re.sub(r"<img[^>]*>", "", rendered)  # pictures would be loaded from elsewhere


def _raw(markup: str) -> str:
    """HTML for a Markdown page, in a fence longer than any run of backticks in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", markup)), default=0))
    return f"{fence}{{raw}} html\n{markup}\n{fence}"


def _finding(chapter: Chapter, finding: dict[str, str]) -> str:
    text = html.escape(finding["text"])
    if not finding["figure"]:
        return text
    link = html.escape(f"notebooks/{chapter.name}.html#{finding['figure']}")
    label = html.escape(f"Figure of this finding: {finding['text'][:80]}")
    return f"{text} <a class='more' href='{link}' aria-label='{label}'>figure</a>"


def _table(rows: Iterable[dict[str, Any]], label: str) -> str:
    rows = list(rows)
    head = "".join(f"<th scope='col'>{html.escape(key)}</th>" for key in rows[0])
    lines = ["<tr>" + "".join(map(_cell, row.values())) + "</tr>" for row in rows]
    return (
        f"<div class='study-table prose'><div class='scroll' tabindex='0' role='region' "
        f"aria-label='{label}'><table><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(lines)}</tbody></table></div></div>"
    )


def _cell(value: Any) -> str:
    text = value.text if isinstance(value, Link) else str(value)
    shown = html.escape(text)
    if isinstance(value, Link):
        shown = f"<a href='{html.escape(value.address)}'>{shown}</a>"
    return f"<td class='{cell_kind(text)}'>{shown}</td>"


def _markdown(text: str) -> str:
    """`text` with every character that Markdown could read as markup taken literally."""
    special = "\\`*_{}[]()<>#+-.!|$~&^\"'"
    return "".join("\\" + c if c in special else c for c in " ".join(text.split()))


# --- Sphinx ---------------------------------------------------------------------------------


def _run_sphinx(source: Path, out: Path, doctrees: Path, title: str) -> list[str]:
    from sphinx.application import Sphinx

    warnings = io.StringIO()
    settings = {
        "project": title,
        "html_title": title,
        "extensions": ["myst_nb", "analysis.report.site"],
        "html_theme": "sphinx_book_theme",
        "html_theme_options": {
            "use_download_button": False,
            "use_fullscreen_button": False,
            "show_toc_level": 2,
            "navbar_persistent": [],
            "footer_content_items": [],
            "logo": {"text": html.escape(title)},
        },
        "html_context": {"default_mode": "auto"},
        "html_static_path": ["static"],
        "html_css_files": [STYLE],
        "html_js_files": [SCRIPT],
        "html_use_index": False,
        "html_show_search_summary": False,
        "html_copy_source": False,
        "html_show_sourcelink": False,
        "html_show_sphinx": False,
        "html_show_copyright": False,
        "html_math_renderer": "mathml",
        "nb_execution_mode": "off",
        "nb_merge_streams": True,
        "nb_mime_priority_overrides": [("html", "text/html", 0)],
        "suppress_warnings": ["myst.header"],
        "language": "en",
    }
    app = Sphinx(
        source, None, out, doctrees, "html", settings, status=None, warning=warnings, freshenv=True
    )
    app.build()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", warnings.getvalue())
    return [line for line in plain.splitlines() if line.strip()]


def setup(app: Any) -> dict[str, bool]:
    """Sphinx extension: formulas become MathML, which browsers draw without any script."""

    def inline(self: Any, node: nodes.math) -> None:
        self.body.append(tex2mathml(node.astext()))
        raise nodes.SkipNode

    def block(self: Any, node: nodes.math_block) -> None:
        self.body.append(tex2mathml(node.astext(), as_block=True))
        raise nodes.SkipNode

    app.add_html_math_renderer(
        "mathml", inline_renderers=(inline, None), block_renderers=(block, None)
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
