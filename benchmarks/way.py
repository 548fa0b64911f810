"""The way of one article through the house: the files it passes, in their order, and its climbs.

    python benchmarks/way.py [FILE]

A stay is what happens in one file before the article is handed on to another: followed are the
calls that ``analysis/article/`` makes, the one place that hands it on.  A climb is a stay in a room
that stands above the room of the stay before it (see ``analysis/__init__.py``).
"""

import re
import sys
from itertools import groupby, pairwise
from pathlib import Path
from types import FrameType
from typing import Any

import analysis
from analysis import read_article

PACKAGE = Path(analysis.__file__).parent
ROOMS = re.findall(r"^    ([a-z]+)  ", analysis.__doc__, re.M)  # from the top
HANDS_ON = "article"
TEXT = """Harbour workers end their strike

By Ada Sample

Port City, 4 May 2021 - The Harbour Union halted its strike on Monday. "We will return to work
tomorrow," its leader Rosa Example said, according to the Gazette.
"""


def calls_of(text: str) -> list[str]:
    """The files that are called for an article, one after another, as ``room/file``."""
    called: list[str] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        caller, callee = _place(frame.f_back), _place(frame)
        is_handed_on = caller.startswith(HANDS_ON) and callee.partition("/")[0] in ROOMS
        if event == "call" and is_handed_on and not callee.startswith(HANDS_ON):
            called.append(callee)

    read_article(text, "2021-05-05")  # what is imported and read once is no part of the way
    sys.setprofile(note)
    try:
        read_article(text, "2021-05-05")
    finally:
        sys.setprofile(None)
    return called


def _place(frame: FrameType | None) -> str:
    file = Path(frame.f_code.co_filename) if frame else Path()
    return file.relative_to(PACKAGE).as_posix() if file.is_relative_to(PACKAGE) else ""


def main() -> None:
    text = Path(sys.argv[1]).read_text("utf-8") if len(sys.argv) > 1 else TEXT
    stays = [file for file, _ in groupby(calls_of(text))]
    floor = [ROOMS.index(file.partition("/")[0]) for file in stays]
    climbs = [b < a for a, b in pairwise(floor)]
    for file, climbed in zip(stays, [False, *climbs], strict=True):
        print(f"{'↑' if climbed else ' '} {file}")
    print(f"{len(stays)} stays in {len(set(stays))} files, {sum(climbs)} climbs")


if __name__ == "__main__":
    main()
