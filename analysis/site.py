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

STYLE = "report.css"
HIDDEN_IN_REPORT = "exercise"


class Chapter(NamedTuple):
    """A notebook's results: its page, title, executed notebook, figures, tables, findings."""

    name: str
    title: str
    folder: Path
    findings: list[dict[str, str]]


def build_site(chapters: list[Chapter], front: dict[str, Any], out: Path, work: Path) -> list[str]:
    """Write the pages of `chapters` with a first page made of `front` to `out`.

    `work` is an empty folder for intermediate files.  Returns Sphinx's warnings.
    """
    source = work / "source"
    (source / "notebooks").mkdir(parents=True)
    (source / "static").mkdir()
    shutil.copy(Path(__file__).with_name(STYLE), source / "static" / STYLE)
    for chapter in chapters:
        page = _page(json.loads((chapter.folder / "notebook.ipynb").read_text("utf-8")))
        target = source / "notebooks" / f"{chapter.name}.ipynb"
        target.write_text(json.dumps(page, ensure_ascii=False), "utf-8")
    (source / "index.md").write_text(_first_page(chapters, front), "utf-8")
    warnings = _run_sphinx(source, out, work / "doctrees", front["title"])
    _prune(out)
    return warnings


def _prune(out: Path) -> None:
    """Remove what a reader of the pages never needs: build records, templates, source maps."""
    for pattern in (".buildinfo", "objects.inv", "_static/*webpack-macros.html", "**/*.map"):
        for path in out.glob(pattern):
            path.unlink()
    shutil.rmtree(out / "_static" / "locales", ignore_errors=True)


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


# --- first page -----------------------------------------------------------------------------


def _first_page(chapters: list[Chapter], front: dict[str, Any]) -> str:
    body = [f"<p class='lead'>{html.escape(front['description'])}</p>"]
    if front["caveat"]:
        body.append(
            f"<aside class='caveat'><b>Before you read.</b> {html.escape(front['caveat'])}</aside>"
        )
    body.append("<h2 id='findings'>Findings</h2>")
    for chapter in chapters:
        if chapter.findings:
            items = "".join(f"<li>{_finding(chapter, f)}</li>" for f in chapter.findings)
            page = f"notebooks/{chapter.name}.html"
            title = html.escape(chapter.title)
            body.append(f"<h3><a href='{page}'>{title}</a></h3><ul class='findings'>{items}</ul>")
    body.append("<h2 id='corpus'>The articles</h2>" + _table(front["articles"]))
    if front["corrections"]:
        body.append("<h2 id='corrections'>Corrections by hand</h2>" + _table(front["corrections"]))
    if front["warnings"]:
        body.append("<h2 id='warnings'>Warnings</h2>" + _table(front["warnings"]))
    body.append("<h2 id='about'>About this report</h2>" + _table(front["about"]))
    toc = "\n".join(f"notebooks/{chapter.name}" for chapter in chapters)
    return (
        f"# {_markdown(front['title'])}\n\n"
        + "```{raw} html\n"
        + "\n".join(body).replace("```", "&#96;&#96;&#96;")
        + "\n```\n\n"
        + f"```{{toctree}}\n:hidden:\n\n{toc}\n```\n"
    )


def _finding(chapter: Chapter, finding: dict[str, str]) -> str:
    text = html.escape(finding["text"])
    if not finding["figure"]:
        return text
    link = f"notebooks/{chapter.name}.html#{finding['figure']}"
    return f"{text} <a class='more' href='{html.escape(link)}'>figure</a>"


def _table(rows: Iterable[dict[str, str]]) -> str:
    rows = list(rows)
    head = "".join(f"<th>{html.escape(key)}</th>" for key in rows[0])
    lines = [
        "<tr>" + "".join(f"<td>{html.escape(str(value))}</td>" for value in row.values()) + "</tr>"
        for row in rows
    ]
    return (
        "<div class='study-table'><table><thead><tr>"
        f"{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div>"
    )


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
        "extensions": ["myst_nb", "analysis.site"],
        "html_theme": "sphinx_book_theme",
        "html_theme_options": {
            "use_download_button": False,
            "use_fullscreen_button": False,
            "show_toc_level": 2,
            "navbar_persistent": [],
        },
        "html_static_path": ["static"],
        "html_css_files": [STYLE],
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
