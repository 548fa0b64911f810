"""The report as one PDF: its pages, with contents and vector figures, set by Typst.

Typst comes as a package of the index, whole and without a system's libraries; with its own fonts
and no date the same report gives the same bytes.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

from lxml import html

from analysis.base.own_files import note_files

NAME = "report.pdf"
WIDE = 8  # columns from which a table is set across the page
SKIPPED = {"details", "script", "style", "button", "input", "label", "nav"}
HEADINGS = {f"h{level}": level for level in range(1, 7)}
STYLE = r"""
#set document(title: @TITLE@, date: none)
#set page(paper: "a4", margin: (x: 2.2cm, y: 2.4cm), numbering: "1")
#set text(size: 10pt, lang: "en", hyphenate: true, font: ("Libertinus Serif", "DejaVu Sans"))
#set par(justify: true, leading: 0.6em)
#show heading: set block(above: 1.4em, below: 0.7em, sticky: true)
#show heading.where(level: 1): it => pagebreak(weak: true) + it
#show link: set text(fill: rgb("#0059b3"))
#show figure: set block(breakable: true)
#show figure.caption: set par(justify: false)
#show figure.caption: set align(left)
#set table(stroke: none, inset: (x: 3pt, y: 2.5pt))
#show table: set par(justify: false)
#let finding(body) = block(inset: (left: 8pt, y: 3pt), stroke: (left: 2pt + rgb("#0072b2")), body)
#let caveat(body) = block(inset: 8pt, width: 100%, stroke: 0.7pt + rgb("#d55e00"), body)
#let rows(size, columns, ..cells) = text(size: size, hyphenate: false, table(
  columns: columns, column-gutter: 4pt, align: left + top,
  table.hline(stroke: 0.8pt), ..cells, table.hline(stroke: 0.8pt)))
"""


def write_pdf(report: Path) -> Path:
    """Write ``report.pdf`` into a finished report and its manifest; returns its path."""
    import matplotlib
    import typst

    fonts = [str(Path(matplotlib.get_data_path(), "fonts/ttf"))]

    index = _article(report / "index.html")
    title = index.find(".//h1").text_content().rstrip("#")
    pages = [report / "index.html", *sorted((report / "notebooks").glob("*.html"))]
    pages.append(report / "about.html")
    parts = [STYLE.replace("@TITLE@", _string(title)), _title_page(title)]
    for page in pages:
        parts += _Page(page, report).blocks()
    source = "\n\n".join(parts)
    data = typst.compile(
        source.encode("utf-8"), root=report, font_paths=fonts, ignore_system_fonts=True
    )
    path = report / NAME
    path.write_bytes(data)
    note_files(report, NAME)
    return path


def _article(page: Path) -> Any:
    tree = html.fromstring(page.read_text("utf-8"), parser=html.HTMLParser(encoding="utf-8"))
    return tree.xpath("//article[contains(@class, 'bd-article')]")[0]


def _title_page(title: str) -> str:
    return (
        f"#align(center)[#v(6cm) #text(size: 22pt, weight: 700, {_string(title)})]\n#pagebreak()\n"
        "#outline(depth: 2)"
    )


def _string(text: str) -> str:
    """A text as a Typst string: nothing in it is markup or code."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"\s+", " ", escaped) + '"'


def _shown(text: str) -> str:
    return f"#{_string(text)};" if text else ""


class _Page:
    """A page of the report as Typst source, block by block."""

    def __init__(self, page: Path, report: Path) -> None:
        self.page, self.report, self.article = page, report, _article(page)
        self.first = page.name == "index.html"

    def blocks(self) -> Iterator[str]:
        yield from self._walk(self.article)

    def _walk(self, node: Any) -> Iterator[str]:
        for child in node:
            kind, classes = child.tag, set(child.get("class", "").split())
            if not isinstance(kind, str) or kind in SKIPPED or "prev-next-area" in classes:
                continue
            if "study-table" in classes:
                yield self._study_table(child)
            elif kind in HEADINGS:
                yield self._heading(child)
            elif kind in self._blocks:
                yield self._blocks[kind](self, child)
            else:
                yield from self._walk(child)

    def _heading(self, node: Any) -> str:
        level = HEADINGS[node.tag]
        title = node.text_content().strip().removesuffix("#")
        if self.first and level == 1:
            title = "Findings and articles"
        return f"#heading(level: {level}, {_string(title)})"

    def _list(self, node: Any) -> str:
        items = ", ".join(f"[{self._inline(item)}]" for item in node.iter("li"))
        return f"#{'list' if node.tag == 'ul' else 'enum'}({items})"

    def _inline(self, node: Any) -> str:
        parts = [_shown(node.text or "")]
        for child in node:
            if isinstance(child.tag, str) and child.tag not in SKIPPED:
                parts.append(self._span(child))
            parts.append(_shown(child.tail or ""))
        return "".join(parts)

    def _span(self, node: Any) -> str:
        inner = self._inline(node)
        if node.tag in ("strong", "b", "th"):
            return f"#strong[{inner}]"
        if node.tag in ("em", "i", "cite"):
            return f"#emph[{inner}]"
        if node.tag == "code":
            return f"#raw({_string(node.text_content())});"
        if "files" in node.get("class", "") or "more" in node.get("class", "").split():
            return ""
        address = node.get("href", "")
        if node.tag == "a" and re.match(r"https?://", address):
            return f"#link({_string(address)})[{inner}]"
        return f"{inner} " if node.tag in ("p", "li", "br") else inner

    def _figure(self, node: Any) -> str:
        picture = node.find(".//img")
        path = f"/figures/{Path(picture.get('src')).stem}.pdf"
        caption = self._inline(node.find("figcaption"))
        alt = _string(picture.get("alt", ""))
        image = f"image({_string(path)}, width: 100%, alt: {alt})"
        return (
            f"#figure({image}, outlined: false, numbering: none, supplement: none, "
            f"caption: [{caption}])"
        )

    def _text(self, node: Any) -> str:
        return self._inline(node).strip()

    def _study_table(self, node: Any) -> str:
        caption = node.find("p[@class='caption']")
        return self._table(node.find(".//table"), "" if caption is None else self._inline(caption))

    def _table(self, table: Any, caption: str = "") -> str:
        """A table with its caption; one of many columns stands across a page of its own."""
        rows = [[cell.text_content().strip() for cell in row] for row in table.iter("tr")]
        rows = [row for row in rows if any(row)]
        if not rows:
            return caption
        count = max(map(len, rows))
        rows = [row + [""] * (count - len(row)) for row in rows]
        columns = ", ".join(f"{_share(column):.1f}fr" for column in zip(*rows, strict=True))
        cells = [f"[{_shown(_breakable(text))}]" for row in rows for text in row]
        if any(cell.text_content().strip() for cell in table.iterfind("thead//th")):
            head = ", ".join(f"strong{cell}" for cell in cells[:count])
            cells[:count] = [f"table.header({head}, table.hline(stroke: 0.5pt))"]
        size = "8.5pt" if count <= 4 else "7.5pt" if count <= WIDE else "6.5pt"
        source = f"#rows({size}, ({columns},), {', '.join(cells)})"
        if caption:
            source = f"#block(sticky: true, above: 1.2em)[{caption}]\n{source}"
        return f"#page(flipped: true)[\n{source}\n]" if count > WIDE else source

    _blocks: ClassVar[dict[str, Callable[["_Page", Any], str]]] = {
        "figure": _figure,
        "table": _table,
        "blockquote": lambda self, node: f"#finding[{self._inline(node)}]",
        "aside": lambda self, node: f"#caveat[{self._inline(node)}]",
        "ul": _list,
        "ol": _list,
        "p": _text,
        "pre": lambda self, node: f"#raw(block: true, {_lines(node.text_content())})",
    }


def _share(column: Sequence[str]) -> float:
    """Share of the width: room for the longest word, and more for longer texts."""
    word = max(len(part) for text in column for part in re.split(r"\s|\u200b", _breakable(text)))
    longest = sorted(len(text) for text in column)[-3:]
    return max(min(1.2 * word + 2, 26), min(sum(longest) / len(longest), 90))


def _breakable(text: str) -> str:
    """Long words of machines (ids, names of columns) may break where their parts meet."""
    return " ".join(
        re.sub(r"(?<=\w)([_/;:-])(?=\w)", "\\1\u200b", word) if len(word) > 11 else word
        for word in text.split(" ")
    )


def _lines(text: str) -> str:
    escaped = text.strip().replace("\\", "\\\\").replace('"', '\\"')
    return '"' + escaped.replace("\n", "\\n") + '"'
