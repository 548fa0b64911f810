"""Reports in a real browser: the seeds' report and one of a hostile corpus, opened as files."""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from analysis.report.make import make_report

ROOT = Path(__file__).resolve().parents[2]
if find_spec("playwright") is None:  # these tests are not part of `make test`
    collect_ignore_glob = ["*"]


@pytest.fixture(scope="session")
def report():
    """The report of the corpus that comes along, brought up to date."""
    assert make_report(ROOT / "seeds", ROOT / "report") == 0
    return ROOT / "report"


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if not path:
        pytest.exit("No Chromium found: install it (Debian: apt install chromium).", 1)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser):
    """Opens a file in a new window; what it complained about is in ``page.complaints``."""
    contexts = []

    def open_(path, **options):
        context = browser.new_context(**{"viewport": {"width": 1300, "height": 900}} | options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        note = page.complaints.append
        page.on("console", lambda m: m.type in ("error", "warning") and note(m.text))
        page.on("pageerror", lambda error: note(str(error)))
        page.on("dialog", lambda dialog: (note(f"dialog {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda r: r.url.startswith(("file:", "data:")) or note(r.url))
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
