"""HTML: a safe parser for exports, and the article of an ordinary web page."""

import re
from pathlib import Path

from lxml import etree, html

from analysis.corpus.readers.common import MEGABYTE, ReaderError, problem, squeeze
from analysis.corpus.readers.text import decode, detect_encoding, read_bytes

MAX_EXPORT = 30 * MEGABYTE
MAX_PAGE = 5 * MEGABYTE
_MAX_ELEMENTS = 30_000  # trafilatura needs 3 s for so many
_WHOLE = 60  # so many words at least has each article of a page that holds several
_HEADING = ".//h1 | .//h2 | .//h3 | .//h4 | .//*[@class='title' or @class='headline']"
_ARTICLE = frozenset(("article", "story", "news-article", "newsarticle", "news-item", "newsitem"))
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl"),
        *("dt", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody", "tr", "ul"),
    )
)
_INLINE = re.compile(r"data:[\w/+.-]{1,80};base64,[A-Za-z0-9+/=]+")
BREAK = "\ue000"  # of private use: stands for the end of a block until lines are cut
_UNSEEN = frozenset(("script", "style", "noscript", "head", "template"))


def _declared_encoding(data: bytes) -> str | None:
    match = re.search(rb"charset\s*=\s*[\"']?\s*([\w-]{2,30})", data[:4000], re.IGNORECASE)
    return match[1].decode("ascii").lower() if match else None


def decode_html(data: bytes, where: str, encoding: str | None = None) -> tuple[str, str]:
    """Text of an HTML file and its encoding: what its bytes are, then what it declares."""
    if not encoding:
        encoding = detect_encoding(data, where)
        declared = _declared_encoding(data)
        if declared and not encoding.startswith("utf"):
            try:
                return decode(data, declared, where), declared
            except ReaderError:
                pass
    return decode(data, encoding, where), encoding


def parse_html(text: str, where: str) -> etree._Element:
    """Tree of an HTML text, without network or huge trees (libxml2 stops at 256 levels).

    Raises ReaderError when the text is no HTML or was not read to its end.
    """
    # a declared encoding contradicts that the text is already decoded
    text = re.sub(r"^\s*<\?xml[^>]*>", "", text)
    parser = html.HTMLParser(huge_tree=False, no_network=True, remove_comments=True)
    try:
        tree = html.document_fromstring(text, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        what = f"this is no HTML that can be read ({error})."
        raise problem(where, what, "Save the page again.") from error
    for entry in parser.error_log:
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            what = f"the HTML is too deep or too large to be read safely ({entry.message})."
            todo = "Open it in a browser and save it again, or copy its text."
            raise problem(f"{where}, line {entry.line}", what, todo)
    return tree


def lines_of(element: etree._Element) -> list[str]:
    """The text as a reader sees it: one string a block (paragraph, row, line break)."""
    parts: list[str] = []
    _collect(element, parts)
    return [line for line in map(squeeze, "".join(parts).split(BREAK)) if line]


def _collect(element: etree._Element, parts: list[str]) -> None:
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return
    block = BREAK if element.tag in _BLOCKS else ""
    parts += (block, element.text or "")
    for child in element:
        _collect(child, parts)
        parts.append(child.tail or "")
    parts.append(block)


def articles_of(text: str, where: str) -> tuple[list[dict], int]:
    """The articles of a page that marks several, and how many marked ones are too short for one.

    None of a page of one article, beside which the beginnings of others stand.
    """
    tree = parse_html(text, where)
    for nodes in (tree.xpath("//article"), [*filter(_is_named_article, tree.iter("*"))]):
        known = set(nodes)
        outermost = (node for node in nodes if known.isdisjoint(node.iterancestors()))
        marked = [node for node in outermost if node.xpath(_HEADING)]
        whole = [node for node in marked if len("".join(node.itertext()).split()) >= _WHOLE]
        if len(whole) > 1:
            outlet = tree.xpath("string(//meta[@property='og:site_name']/@content)")
            fields = [_article_of(node) | {"outlet": squeeze(outlet)} for node in whole]
            return fields, len(marked) - len(whole)
    return [], 0


def _is_named_article(node: etree._Element) -> bool:
    """Whether the class of an element, or its type after schema.org, calls it an article."""
    words = (node.get("class") or "").lower().split()
    return not _ARTICLE.isdisjoint(words) or (node.get("itemtype") or "").endswith("Article")


def _article_of(node: etree._Element) -> dict:
    heading = node.xpath(_HEADING)[0]
    times = node.xpath("string(.//time/@datetime)") or node.xpath("string(.//time)")
    fields = {"title": squeeze("".join(heading.itertext())), "published_raw": squeeze(times)}
    for part in (heading, *node.xpath(".//time")):
        part.drop_tree()
    return fields | {"text": "\n\n".join(lines_of(node))}


def read_html_article(source: str | Path | bytes, name: str = "the page") -> dict:
    """The article of a web page (path or bytes), found by trafilatura (Barbaresi 2021).

    A dict of text, title, byline, published (ISO), outlet, url, language; None where the page
    does not say.

    Raises ReaderError for pages over 5 MB (pictures inside them not counted) or 30,000 elements,
    nested too deep, in no known encoding or without an article.
    """
    import trafilatura

    is_path = not isinstance(source, bytes)
    where = Path(source).name if is_path else name
    text, _ = decode_html(read_bytes(source, what="a web page") if is_path else source, where)
    text = _INLINE.sub("", text)
    if len(text) > MAX_PAGE:
        what = f"the page has more than {MAX_PAGE // MEGABYTE} MB, pictures not counted."
        raise problem(where, what, "No article is so long: copy its text.")
    tree = parse_html(text, where)
    if sum(1 for _ in tree.iter()) > _MAX_ELEMENTS:
        what = f"the page has more than {_MAX_ELEMENTS:,} elements."
        raise problem(where, what, "No article has so many: copy its text.")
    page = trafilatura.bare_extraction(tree, with_metadata=True, include_comments=False)
    text = (page.text or "").strip() if page else ""
    if page and page.title and text.startswith(f"{page.title}\n"):
        text = text[len(page.title) :].lstrip()
    if not text:
        todo = "Save the page once it has loaded completely, or copy the article's text."
        raise problem(where, "no article was found in this page.", todo)
    names = {"title": "title", "byline": "author", "published": "date", "outlet": "sitename"}
    names |= {"url": "url", "language": "language"}
    return {"text": text} | {ours: getattr(page, theirs) for ours, theirs in names.items()}
