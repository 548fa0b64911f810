"""Lexicons: what several need stands once, and a name in a list stands for its words."""

import re
from pathlib import Path

import pytest

import analysis.lexicons
from analysis.lexicons import OURS, _parse

FOLDER = Path(analysis.lexicons.__file__).parent
ELSEWHERE = {"dates", "events", "exports", "furniture"}  # with abbreviations, or in other languages
FILES = sorted(path.stem for path in FOLDER.glob("*.yml"))


def _texts(content):
    if isinstance(content, dict):
        content = [*content, *content.values()]
    if isinstance(content, list):
        for entry in content:
            yield from _texts(entry)
    elif isinstance(content, str):
        yield content


def _lists(content):
    entries = content.values() if isinstance(content, dict) else content
    if isinstance(content, list):
        yield {entry.lower() for entry in content if isinstance(entry, str)}
    if isinstance(content, dict | list):
        for entry in entries:
            yield from _lists(entry)


@pytest.mark.parametrize("name", sorted(set(FILES) - ELSEWHERE - {"calendar"}))
def test_weekdays_and_months_stand_once(name):
    calendar = OURS["calendar"]
    for words in _lists(_parse((FOLDER / f"{name}.yml").read_text("utf-8"))):
        for those in ("weekdays", "months_but_may"):
            written = words.intersection(calendar[those])
            assert len(written) < 5, f"write <{those}> in {name}.yml"


def test_a_name_in_a_list_stands_for_its_words():
    after = OURS["passives"]["no_agent"]
    assert {"Monday", "Sunday", "May", "December", "noon"} <= set(after)
    assert "May" not in OURS["reporting_verbs"]["boundaries"]


@pytest.mark.parametrize("name", FILES)
def test_no_name_is_left_that_stands_for_nothing(name):
    if name != "events":  # whose phrases name classes of words
        left = [text for text in _texts(OURS[name]) if re.fullmatch(r"<[a-z]\w*>", text)]
        assert not left
