"""Every notebook in JupyterLab, in a real browser: Run All passes, and the controls answer."""

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PATIENCE = 180_000  # milliseconds; a notebook takes seconds on a machine of its own
IDLE = """() => {  // no visible cell waits, and the kernel has been idle for three seconds
    const cells = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")];
    const waits = cells.some((prompt) => /[ *]/.test(prompt.textContent.trim()));
    const status = document.querySelector(".jp-Notebook-ExecutionIndicator").dataset.status;
    if (waits || status !== "idle") window.since = undefined;
    return Date.now() - (window.since ??= Date.now()) > 3000;
}"""
EXPLORED = ".jp-CodeCell:has(.jupyter-widgets)"
BAD = (
    '[data-mime-type="application/vnd.jupyter.error"], '
    '[data-mime-type="application/vnd.jupyter.stderr"]'
)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Address of a JupyterLab on a free port, on copies of the notebooks, and its token."""
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(ROOT / "notebooks", home / "notebooks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("NEWS_", "JUPYTER"))}
    own = {name: str(home / name) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR")}
    own |= {"JUPYTER_RUNTIME_DIR": str(home / "runtime"), "JUPYTERLAB_SETTINGS_DIR": str(home)}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += [f"--port={port}", f"--IdentityProvider.token={token}"]
    command += ["--ip=127.0.0.1", "--LabApp.news_url=None", f"--ServerApp.root_dir={home}"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, env=kept | own, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/api?token={token}", server)
        yield f"http://127.0.0.1:{port}", token
    finally:
        server.terminate()
        server.wait()


def _wait_for(address, server):
    for _ in range(120):
        assert server.poll() is None, "JupyterLab ended"
        try:
            return urlopen(address).close()
        except OSError:  # not yet
            time.sleep(0.5)
    raise AssertionError("JupyterLab does not answer")


@pytest.fixture
def run_all(browser, lab):
    """Opens a notebook and runs all its cells from the menu; all of them are on the page."""
    address, token = lab
    contexts = []

    def run(name):
        context = browser.new_context(viewport={"width": 1400, "height": 6000})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{address}/lab/tree/notebooks/{name}.ipynb?reset&token={token}")
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
        page.locator(".lm-MenuBar-itemLabel", has_text=re.compile("^Run$")).click()
        page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click()
        page.wait_for_function(IDLE, polling=500)
        return page

    yield run
    for context in contexts:
        context.close()


def _shown(page):
    """The lines of the tables below the controls."""
    return page.locator(f"{EXPLORED} .study-table tbody tr").all_text_contents()


def _image(page):
    images = page.locator(f"{EXPLORED} .jp-OutputArea-output img")
    sources = images.evaluate_all("images => images.map((image) => image.src)")
    assert len(sources) < 2, "shown twice"
    return sources


def _control(page, label):
    box = page.locator(".jupyter-widgets.widget-inline-hbox").filter(
        has=page.get_by_text(label, exact=True)
    )
    return box.locator("input, select").first


def _changes(page, shown, before):
    for _ in range(PATIENCE // 500):
        if (now := shown(page)) not in ([], before):  # between two views there is none
            return now
        page.wait_for_timeout(500)
    raise AssertionError("the controls changed nothing")


def _another_word_another_concordance(page):
    first = _shown(page)
    word = _control(page, "word")
    word.fill("militia*")
    word.press("Enter")
    lines = _changes(page, _shown, first)
    assert lines and all("militia" in line.lower() for line in lines)
    _control(page, "outlet").select_option("The Hill")
    lines = _changes(page, _shown, lines)
    assert lines and all("The Hill" in line for line in lines)
    word.fill("[militia")  # no regular expression
    word.press("Enter")
    page.get_by_text("Not shown:").wait_for()


def _other_outlets_another_figure(page):
    first = _image(page)
    _control(page, "view").select_option("keyness")
    second = _changes(page, _image, first)
    other = _control(page, "against").locator("option:not(:checked)").last.text_content()
    _control(page, "against").select_option(other)
    _changes(page, _image, second)


def _the_timeline_of_one_direction_and_the_sentences_of_one_event(page):
    first = _image(page)
    _control(page, "direction").select_option("pause")
    second = _changes(page, _image, first)
    _control(page, "direction").select_option("escalation")
    _changes(page, _image, second)
    lines = _shown(page)
    event = _control(page, "event")
    event.fill("e0001")
    event.press("Enter")
    own = _changes(page, _shown, lines)
    assert 0 < len(own) < len(lines)
    assert all("e0001" in line for line in own)


CONTROLS = {
    "02_term_frequency": _another_word_another_concordance,
    "04b_compare_words": _other_outlets_another_figure,
    "05_escalation_timeline": _the_timeline_of_one_direction_and_the_sentences_of_one_event,
}


@pytest.mark.parametrize("name", [path.stem for path in NOTEBOOKS])
def test_run_all_passes_and_the_controls_answer(run_all, name):
    page = run_all(name)
    assert page.locator(BAD).all_text_contents() == []
    assert page.locator(".jp-OutputArea-output").count() > 1
    if name in CONTROLS:
        CONTROLS[name](page)
        assert page.locator(BAD).all_text_contents() == []
