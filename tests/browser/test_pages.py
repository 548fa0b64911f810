"""Every page of a report: silent, offline, accessible, narrow enough, each link leading on."""

import json
import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from axe_playwright_python.sync_playwright import Axe

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def _pages(report):
    pages = sorted(p for p in report.rglob("*.html") if "_static" not in p.parts)
    assert len(pages) >= 10
    return pages


@pytest.fixture(scope="session")
def one_of_each(report):
    """The pages, of those built alike only one."""
    kinds = {}
    for path in _pages(report):
        kinds.setdefault("article" if path.parent.name == "articles" else path, path)
    return list(kinds.values())


def _violations(page):
    options = {
        "runOnly": {"type": "tag", "values": WCAG},
        "resultTypes": ["violations"],
        "preload": False,
    }
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{v['id']}: {node['target']} {node['html'][:200]} {node['failureSummary']}"
        for v in found
        for node in v["nodes"][:5]
    ]


def _complaints(report, open_page):
    return {p.name: page.complaints for p in _pages(report) if (page := open_page(p)).complaints}


def test_no_page_complains_or_asks_the_network(report, open_page):
    assert _complaints(report, open_page) == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_meet_wcag_2_2_aa(one_of_each, open_page, theme):
    found = {}
    for path in one_of_each:
        page = open_page(path, color_scheme=theme)
        for details in page.query_selector_all("details"):
            details.evaluate("node => node.open = true")
        page.wait_for_timeout(500)  # colours of the theme fade in
        if violations := _violations(page):
            found[path.name] = violations
    assert found == {}, json.dumps(found, indent=1)


def test_pages_fit_a_phone(report, open_page):
    wide = {}
    for path in _pages(report):
        page = open_page(path, **PHONE)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide[path.name] = width
    assert wide == {}


def test_every_link_leads_somewhere(report):
    anchors, broken = {}, []
    for path in _pages(report):
        anchors[path.resolve()] = set(re.findall(r"\bid=[\"']([^\"']+)", path.read_text("utf-8")))
    for path in [*_pages(report), *(report / "figures").glob("*.svg")]:
        for link in re.findall(r"\bhref=[\"']([^\"']+)", path.read_text("utf-8")):
            address, fragment = urldefrag(unquote(link))
            if re.match(r"https?:|mailto:|data:", address):
                continue
            target = (path.parent / address.split("?")[0]).resolve() if address else path.resolve()
            known = anchors.get(target, {""}) | {""}
            if not target.exists() or (target in anchors and fragment not in known):
                broken.append(f"{path.name}: {link}")
    assert broken == []


def test_everything_is_reached_by_keyboard(report, open_page):
    page = open_page(report / "notebooks/05_escalation_timeline.html")
    focused = ""
    while focused != "BODY":  # once around
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(document.activeElement.dataset.reached = 'yes', document.activeElement.tagName)"
        )
    controls = page.evaluate(
        """[...document.querySelectorAll("main a[href], main button, main input, main summary")]
        .filter((node) => node.checkVisibility({visibilityProperty: true}) && node.tabIndex >= 0)
        .map((node) => [node.dataset.reached, node.outerHTML.slice(0, 200)])"""
    )
    assert len(controls) > 50
    assert [control for reached, control in controls if not reached] == []


def test_paper_shows_figures_and_whole_tables(report, open_page):
    page = open_page(report / "notebooks/05_escalation_timeline.html")
    page.emulate_media(media="print")
    assert page.locator(".study-figure img").first.is_visible()
    assert not page.locator(".filter").first.is_visible()
    assert page.locator(".study-table .scroll").first.evaluate(
        "node => getComputedStyle(node).overflowX"
    ) == "visible"  # fmt: skip


# --- what a reader does -----------------------------------------------------------------------


def test_a_bar_leads_to_its_sentences(report, open_page):
    page = open_page(report / "notebooks/03_entity_frequency.html")
    figure = page.locator("#entities_top .open")
    left, top, width, height, _, label = json.loads(figure.get_attribute("data-marks"))[0]
    figure.scroll_into_view_if_needed()
    box = figure.locator("img").bounding_box()
    x, y = left + 0.9 * width, top + height / 2
    page.mouse.move(box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100)
    assert page.locator("#entities_top .mark").is_visible()
    page.mouse.click(box["x"] + box["width"] * x / 100, box["y"] + box["height"] * y / 100)
    page.wait_for_url("**/evidence/entities.html#*")
    section = page.locator("section:target")
    assert section.locator("h2").inner_text() == label
    cite = section.locator("cite a").first
    outlet = cite.inner_text()
    cite.click()
    page.wait_for_url("**/articles/*.html#s*")
    line = page.locator(".line:target")
    assert line.count() == 1
    assert line.evaluate("node => getComputedStyle(node).backgroundColor") != "rgba(0, 0, 0, 0)"
    assert outlet.split(",")[0] in page.locator(".facts").inner_text()
    assert page.complaints == []


def test_a_mark_of_the_timeline_shows_its_card_by_pointer_and_keyboard(report, open_page):
    page = open_page(report / "index.html")
    mark = page.locator(".chart li").first
    card, link = mark.locator(".chart-card"), mark.locator("a")
    assert card.bounding_box()["width"] < 2
    mark.hover()
    assert card.bounding_box()["width"] > 200 and link.get_attribute("href").startswith("evidence/")
    page.mouse.move(0, 0)
    link.focus()
    assert card.bounding_box()["width"] > 200
    page.keyboard.press("Escape")
    assert card.bounding_box()["width"] < 2
    assert page.complaints == []


def test_on_a_phone_the_timeline_is_a_list(report, open_page):
    page = open_page(report / "index.html", **PHONE)
    assert not page.locator(".chart img").is_visible()
    cards = page.locator(".chart li:not(.minor) .chart-card")
    boxes = [card.bounding_box() for card in cards.all()]
    assert len(boxes) > 5 and all(box["width"] > 200 for box in boxes)
    assert [box["y"] for box in boxes] == sorted(box["y"] for box in boxes)


def test_one_switch_shows_how_a_page_was_made(report, open_page):
    page = open_page(report / "notebooks/05_escalation_timeline.html")
    code = page.locator(".cell_input").first
    assert not code.is_visible() and not page.locator(".study-card").first.is_visible()
    page.get_by_role("button", name="Show code and settings").click()
    assert code.is_visible() and page.locator(".study-card").first.is_visible()


def test_no_table_scrolls_sideways_before_all_columns_are_asked_for(report, open_page):
    wide = []
    for path in sorted((report / "notebooks").glob("*.html")):
        page = open_page(path, viewport={"width": 1280, "height": 900})
        wide += page.evaluate(
            """[...document.querySelectorAll(".study-table .scroll")]
            .filter((place) => place.scrollWidth > place.clientWidth + 1)
            .map((place) => place.closest(".study-table").id)"""
        )
    assert wide == []


def test_beside_the_marks_a_click_opens_the_figure(report, open_page):
    page = open_page(report / "notebooks/03_entity_frequency.html")
    figure = page.locator("#entities_top .open")
    figure.scroll_into_view_if_needed()
    box = figure.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 2, box["y"] + box["height"] - 2)
    page.wait_for_url("**/figures/entities_top.svg")


def test_an_event_of_a_table_leads_to_its_sentences(report, open_page):
    page = open_page(report / "notebooks/05_escalation_timeline.html")
    link = page.locator("#table-timeline_key td a").first
    event = link.inner_text()
    link.click()
    page.wait_for_url("**/evidence/events.html#*")
    assert page.locator("section:target h2").inner_text().startswith(f"{event}:")


def test_tables_sort_and_filter(report, open_page):
    page = open_page(report / "notebooks/02_term_frequency.html")
    table = page.locator("#table-collocations_top")
    button = table.locator("th button", has_text=re.compile("^n$"))
    column = [h.strip() for h in table.locator("th").all_inner_texts()].index("n")
    values = lambda: [  # noqa: E731
        int(text.replace(",", ""))
        for text in table.locator(f"tbody tr:visible td:nth-child({column + 1})").all_inner_texts()
    ]
    button.click()
    assert values() == sorted(values())
    button.click()
    assert values() == sorted(values(), reverse=True)
    before = len(values())
    word = table.locator("tbody tr td").first.inner_text()
    table.locator("input").fill(word)
    assert 0 < len(values()) < before


# --- articles that mean harm ------------------------------------------------------------------

HARM = "<img src=x onerror=alert(1)><script>alert(2)</script>"


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """A report of articles, outlets, files and actors whose names are markup and formulas."""
    from analysis.report.make import make_report

    folder = tmp_path_factory.mktemp("hostile")
    corpus = folder / "corpus <b onclick=alert(3)>"
    (corpus / "texts").mkdir(parents=True)
    rows = ["doc_id,file,outlet,published,title,url"]
    for number in range(4):
        name = f"texts/=cmd|' {number} <svg onload=alert(4)>.txt".replace("/=", "/=", 1)
        (corpus / name).write_text(
            f"=HYPERLINK(\"http://bad.example\",\"{number}\") {HARM}\n\n"
            f"Fighters of {HARM} attacked the port of Karsa on Monday, the mayor said. "
            f"\"`We halted attacks` {HARM} $x^2$ ```{{raw}} html\", the group said on Friday.\n\n"
            "</script><script>alert(5)</script> [a](javascript:alert(6)) The army struck the "
            "group’s camp near Karsa on 3 May 2021.\n",
            "utf-8",
        )  # fmt: skip
        outlet = f'"=1+{number % 2} {HARM} Gazette"'
        rows.append(
            f'"d{number}<script>alert(7)</script>","{name}",{outlet},2021-05-0{number + 4},'
            f'"@SUM(1) {HARM}","javascript:alert(8)"'
        )
    (corpus / "articles.csv").write_text("\n".join(rows) + "\n", "utf-8")
    (corpus / "actors.csv").write_text(
        "entity_id,name,type,aliases\n"
        f'"k<script>alert(9)</script>","Karsa {HARM}",LOC,Karsa\n'
        f'=army,"=army {HARM}",ORG,"the army;Fighters"\n',
        "utf-8",
    )
    (corpus / "corpus.yml").write_text(
        json.dumps({"title": f"*T* {HARM}", "description": HARM, "caveat": HARM,
                    "share_texts": "full"}), "utf-8",
    )  # fmt: skip
    (corpus / "DATASHEET.md").write_text(
        f"# Sheet\n\n{HARM}\n\n[x](javascript:alert(10)) ![y](http://bad.example/y.png)\n", "utf-8"
    )
    assert make_report(corpus, folder / "report") == 0
    return folder / "report"


def test_nothing_of_a_hostile_corpus_acts(hostile, open_page):
    assert _complaints(hostile, open_page) == {}
    for path in _pages(hostile):
        page = open_page(path)
        acting = page.evaluate(
            """[...document.querySelectorAll("main *, article *")].filter((node) =>
              [...node.attributes].some((a) => a.name.startsWith("on")
                || (a.value.toLowerCase().startsWith("javascript:") && a.name === "href"))
              || (node.tagName === "SCRIPT" && node.textContent.includes("alert"))
              || (node.tagName === "IMG" && !node.src.endsWith(".svg")))
              .map((node) => node.outerHTML.slice(0, 200))"""
        )
        assert acting == [], path.name
    article = next((hostile / "articles").glob("*.html")).read_text("utf-8")
    assert "&lt;script&gt;alert(2)" in article


def test_figures_of_a_hostile_corpus_do_not_act(hostile, open_page):
    paths = sorted((hostile / "figures").glob("*.svg"))
    assert len(paths) >= 10
    for path in paths:
        page = open_page(path)
        assert page.complaints == [], path.name
        assert page.locator("script").count() == 0


def test_no_cell_of_a_hostile_corpus_is_a_formula(hostile):
    import csv

    paths = sorted((hostile / "tables").glob("*.csv"))
    assert len(paths) >= 10
    for path in paths:
        with Path(path).open(encoding="utf-8", newline="") as lines:
            for row in csv.reader(lines):
                for cell in row:
                    number = re.fullmatch(r"-?[\d.]+(e[+-]?\d+)?|-inf", cell)
                    assert number or not cell.startswith(tuple("=+-@\t\r")), f"{path.name}: {cell}"
