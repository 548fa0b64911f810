"""Outlet and day of articles that have a file each, from the names of their folders and files."""

import re
from collections import Counter
from pathlib import PurePosixPath

from analysis.base.messages import Note, counted
from analysis.corpus.readers.common import plain
from analysis.corpus.readers.dating import find_date
from analysis.lexicons import load

_DAY = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d([-_. /]?)\d\d\1\d\d|\d{1,2}([-_. ])\d{1,2}\2(?:19|20)\d\d"
    r"|\d{1,2}[-_ ]?[^\W\d_]{3,9}[-_ ]?(?:19|20)\d\d|[^\W\d_]{3,9}[-_ ]\d{1,2}[-_ ,]+(?:19|20)\d\d)"
    r"(?!\d)"
)
_BETWEEN = re.compile(r"_| - |(?<=\d)-|-(?=\D)")
_NAME = re.compile(r"[^\W\d_]{2}")
_SIGNS = "_-. "
_FEW = 5  # so many files are too few to show which part of their names repeats


def name_files(documents: list[dict], where: str) -> list[Note]:
    """Set outlet and date of documents that lack them; returns notes on what was taken, from where.

    An outlet is the folder, where there are several, or the part of a name before its day; or the
    part after it, where that repeats.

    >>> document = {"file": "Gazette_2021-05-04_dock.txt", "outlet": None, "published_raw": None}
    >>> print(name_files([document], "texts")[0].what)
    the outlets of 1 article are from names of files, as “Gazette” in “Gazette_2021-05-04_dock.txt”.
    """
    undated = [doc for doc in documents if not doc["published_raw"] and _day_of(doc["file"])]
    for doc in undated:
        doc["published_raw"] = _day_of(doc["file"])
        doc["published_basis"] = "found: in the name of its file"
    nameless = [doc for doc in documents if not doc["outlet"]]
    files = [doc["file"] for doc in nameless]
    outlets = _folders(files) or _first_parts(files)
    for doc, outlet in zip(nameless, outlets, strict=False):
        doc["outlet"] = outlet
    taken = {"outlets": nameless if outlets else [], "dates": undated}
    return [
        Note(
            where,
            f"the {what} of {counted(len(those), 'article')} are from names of files, as "
            f"“{those[0]['outlet' if what == 'outlets' else 'published_raw']}” in "
            f"“{those[0]['file']}”.",
            "Check them in articles.csv.",
        )
        for what, those in taken.items()
        if those
    ]


def _day_of(file: str) -> str:
    """The day in a path (``2024/07/31/a.txt``, ``gazette_31-07-2024.txt``), as dates are read."""
    match = _DAY.search(str(PurePosixPath(file).with_suffix("")))
    raw = re.sub(r"[_/]", "-", match[0]) if match else ""
    raw = raw if raw[:4].isdecimal() or not re.search(r"[^\W\d_]", raw) else raw.replace("-", " ")
    found = find_date(raw)
    return raw if found.day or found.numbers else ""


def _folders(files: list[str]) -> list[str]:
    """The folder of each file at the depth where there are several that may be outlets."""
    paths = [PurePosixPath(file).parent.parts for file in files]
    for parts in zip(*paths, strict=False):
        if len(set(parts)) > 1 and all(map(_may_be_outlet, parts)):
            return [part.replace("_", " ") for part in parts]
    return []


def _may_be_outlet(name: str) -> bool:
    """Whether a name is neither a day, month or number nor a word for texts."""
    dated = find_date(name).day or find_date(f"{name} 2000").day
    return bool(_NAME.search(name)) and not dated and plain(name) not in load("exports")["folders"]


def _first_parts(files: list[str]) -> list[str]:
    """The part of each name before its day, or after it, where such parts are outlets."""
    stems = [PurePosixPath(file).stem for file in files]
    days = list(map(_DAY.search, stems))
    if not files or not all(days):
        return []
    pairs = list(zip(stems, days, strict=True))
    before = [stem[: day.start()].strip(_SIGNS).replace("_", " ") for stem, day in pairs]
    if all(before):
        return before if _are_outlets(before) else []
    after = [_BETWEEN.split(stem[day.end() :].strip(_SIGNS))[0] for stem, day in pairs]
    return after if _are_outlets(after, repeat=True) else []


def _are_outlets(parts: list[str], repeat: bool = False) -> bool:
    """Whether parts of names may be outlets: they repeat, or are too few to repeat."""
    repeated = len(Counter(parts)) <= len(parts) / 2
    few = len(parts) <= _FEW and not repeat
    return all(map(_may_be_outlet, parts)) and (repeated or few)
