"""The report's pages: a Sphinx site built whole from executed notebooks."""

import io
import json
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from jinja2 import Environment
from markupsafe import Markup, escape

from analysis.base.addresses import cell_kind
from analysis.base.json_files import load_json
from analysis.report.front import Link
from analysis.report.running import FAILED, Failure
from analysis.show.bibliography import BIBLIOGRAPHY, cited, entries
from analysis.show.pages import templates as pages_of

STYLE, SCRIPT, PLAIN_STYLE = "report.css", "report.js", "evidence.css"
LAST_PAGE = "about"
HIDDEN_IN_REPORT = "exercise"
TEMPLATES = Path(__file__).with_name("templates")
CHART, PICTURE = "timeline", "told_alone"  # the figures that the first page shows


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
            continue
        answer = chapter.findings[0]["text"] if chapter.findings else ""
        notebook = json.loads((chapter.folder / "notebook.ipynb").read_text("utf-8"))
        page = _page(notebook, answer)
        target = source / "notebooks" / f"{chapter.name}.ipynb"
        target.write_text(json.dumps(page, ensure_ascii=False), "utf-8")
    _write_pages(chapters, front, source)
    warnings = _run_sphinx(source, out, work / "doctrees")
    _prune(out)
    return warnings


def _prune(out: Path) -> None:
    """Remove what a reader never needs: build records, templates, source maps, brands' logos."""
    unused = (".buildinfo", "objects.inv", "_static/*webpack-macros.html", "**/*.map")
    for pattern in (*unused, "_static/vendor/**/fa-brands*"):
        for path in out.glob(pattern):
            path.unlink()
    shutil.rmtree(out / "_static" / "locales", ignore_errors=True)


def _page(notebook: dict[str, Any], answer: str) -> dict[str, Any]:
    """The notebook as a page: the answer first, no exercises, no section in which nothing came out.

    What tells how the page was made (code, parameters, the card at the top) stands behind the
    page's switch.
    """
    cells = [c for c in notebook["cells"] if HIDDEN_IN_REPORT not in c["metadata"].get("tags", [])]
    cells = [c for section in _sections(cells) if _has_result(section) for c in _shown(section)]
    title, _, card = "".join(cells[0]["source"]).partition("\n")
    parts = [f'<div class="made">{_sheet(card)}</div>']
    if answer:
        parts.insert(0, f'<p class="answer">{escape(answer)}</p>')
    head = "\n\n".join([title, *map(str, map(_as_html, parts))])
    return {**notebook, "cells": [{**cells[0], "source": head}, *_without(answer, cells[1:])]}


def _without(answer: str, cells: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The cells without the finding that the page begins with."""
    known = f">{escape(answer)}</blockquote>"
    for cell in cells:
        outputs = [
            output
            for output in cell.get("outputs", [])
            if known not in "".join(output.get("data", {}).get("text/html", ""))
        ]
        yield {**cell, "outputs": outputs} if "outputs" in cell else cell


def _sections(cells: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The cells from each heading to the next; the first begins with the title."""
    section: list[dict[str, Any]] = []
    for cell in cells:
        is_head = cell["cell_type"] == "markdown" and "".join(cell["source"]).startswith("## ")
        if is_head and section:
            yield section
            section = []
        section.append(cell)
    yield section


def _shown(section: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cells of a section, of that with the parameters only the code."""
    is_set_up = any("parameters" in cell["metadata"].get("tags", []) for cell in section)
    return [cell for cell in section if not (is_set_up and cell["cell_type"] == "markdown")]


def _has_result(section: list[dict[str, Any]]) -> bool:
    """Whether a section is only text, or something came out of its code."""
    code = [cell for cell in section if cell["cell_type"] == "code"]
    return not code or any(cell.get("outputs") for cell in code)


# --- what stands before and after the chapters --------------------------------------------------


def _write_pages(chapters: list[Chapter], front: dict[str, Any], source: Path) -> None:
    """The first page, the last, the notices of missing chapters, and the settings, for Sphinx."""
    pages = templates(TEMPLATES)
    missing = [chapter for chapter in chapters if chapter.failure]
    bibtex = BIBLIOGRAPHY.read_text("utf-8")
    works = cited(bibtex, entries(bibtex))
    values = {**front, "works": works, "chapters": chapters, "missing": missing}
    values |= {"chart": _figure(CHART, chapters), "picture": _figure(PICTURE, chapters)}
    wanted = {"index.md": "first.md", f"{LAST_PAGE}.md": "about.md", "conf.py": "conf.jinja"}
    for name, template in wanted.items():
        (source / name).write_text(pages.get_template(template).render(values), "utf-8")
    for chapter in missing:
        notice = pages.get_template("missing.md").render(chapter=chapter)
        (source / "notebooks" / f"{chapter.name}.md").write_text(notice, "utf-8")


def _figure(name: str, chapters: list[Chapter]) -> Markup:
    """A figure as the first page shows it: that of its chapter, with links from there."""
    wanted = f'id="{name}"'
    for chapter in chapters:
        notebook = load_json(chapter.folder / "notebook.ipynb", {"cells": []})
        outputs = [o for cell in notebook["cells"] for o in cell.get("outputs", [])]
        for output in outputs:
            shown = "".join(output.get("data", {}).get("text/html", ""))
            if wanted in shown:
                return Markup(shown.replace("../", ""))
    return Markup()


@cache
def templates(folder: Path) -> Environment:
    """The report's templates, with the signs that Markdown and Sphinx's settings need."""
    pages = pages_of(folder)
    pages.filters |= {
        "as_html": _as_html, "kind": _cell_kind, "markdown": _markdown, "sheet": _sheet,
        "python": lambda text: Markup(repr(str(text))), "todo": _todo,
    }  # fmt: skip
    pages.tests["link"] = lambda value: isinstance(value, Link)
    return pages


def _todo(failure: Failure) -> tuple[str, str, str]:
    """What to do about a failure: before, at and after the name of the notebook's copy."""
    copy = f"{FAILED}/{failure.copy.name}"
    before, _, after = failure.todo(Path()).partition(copy)
    return before, copy, after


def _cell_kind(value: Any) -> str:
    return cell_kind(value.text if isinstance(value, Link) else str(value))


def _sheet(markdown: str) -> Markup:
    """A data sheet as HTML, its headings two levels down; HTML in it is shown as text."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.disable("image")  # pictures would be loaded from elsewhere
    tokens = parser.parse(markdown)
    for token in tokens:
        if token.type.startswith("heading_"):
            token.tag = f"h{min(int(token.tag[1]) + 2, 6)}"
    return Markup(parser.renderer.render(tokens, parser.options, {}))


def _as_html(markup: str) -> Markup:
    """HTML for a Markdown page, in a fence longer than any run of backticks in it."""
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", markup)), default=0))
    return Markup(f"{fence}{{raw}} html\n{markup}\n{fence}\n\n")


def _markdown(text: str) -> Markup:
    """`text` with every character that Markdown could read as markup taken literally."""
    special = "\\`*_{}[]()<>#+-.!|$~&^\"'"
    return Markup("".join("\\" + c if c in special else c for c in " ".join(text.split())))


# --- Sphinx ---------------------------------------------------------------------------------


def _run_sphinx(source: Path, out: Path, doctrees: Path) -> list[str]:
    from sphinx.application import Sphinx

    warnings = io.StringIO()
    options = {"status": None, "warning": warnings, "freshenv": True}
    Sphinx(source, source, out, doctrees, "html", **options).build()
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
