r"""Works cited: entries of a BibTeX file, as a list of references gives them.

>>> text = "@book{reed2001,\n author = {Reed, A.},\n title = {Reeds},\n year = {2001},\n}\n"
>>> cited(text, ["reed2001"])[0].text
'Reed, A. (2001). Reeds.'
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from analysis.base.environment import ROOT
from analysis.base.messages import nearest

BIBLIOGRAPHY = ROOT / "notebooks/references.bib"


class Work(NamedTuple):
    """A work cited: its key, the text of its entry, the address where it is found or empty."""

    key: str
    text: str
    address: str


def entries(bibtex: str) -> dict[str, dict[str, str]]:
    """The fields of each entry by its key; a field is one line, ``name = {value},``."""
    found = re.findall(r"^@\w+\{(\w+),\n(.*?)^\}", bibtex, re.M | re.S)
    return {key: dict(re.findall(r"^ *(\w+) = \{(.*)\},?$", own, re.M)) for key, own in found}


def cited(bibtex: str, keys: Iterable[str]) -> list[Work]:
    """The entries with these keys, by author and year.

    Raises ValueError with a key that is not there and the nearest that is.
    """
    known, works = entries(bibtex), []
    for key in keys:
        if key not in known:
            raise ValueError(f"no work {key!r} in references.bib; {nearest(key, sorted(known))}")
        works.append(Work(key, _text(known[key]), _address(known[key])))
    return sorted(works, key=lambda work: work.text.casefold())


def _text(work: dict[str, str]) -> str:
    authors = work["author"].replace(" and ", "; ")
    place = work.get("journal") or work.get("booktitle") or work.get("publisher", "")
    place = " ".join([place, *filter(None, [work.get("volume")])])
    place = ", ".join(filter(None, [place, work.get("pages")]))
    return ". ".join(filter(None, [f"{authors} ({work['year']})", work["title"], place])) + "."


def _address(work: dict[str, str]) -> str:
    return f"https://doi.org/{work['doi']}" if "doi" in work else work.get("url", "")
