"""RIS, as ProQuest and managers of references export it: fields by codes of two letters."""

import re
from collections.abc import Iterator

from analysis.corpus.readers.common import Reading, make_reading
from analysis.corpus.readers.fields import add
from analysis.lexicons import load

_CODED = re.compile(r"([A-Z][A-Z0-9])  - ?(.*)")
_START = re.compile(r"^\ufeff?TY  - ", re.MULTILINE)
_NONE = "there is no line “TY  -”."


def is_text_export(text: str) -> bool:
    """Whether a plain text is a RIS file."""
    return bool(_START.search(text[:5000])) and "\nER  -" in text


def read_text_export(text: str, name: str) -> Reading:
    """Articles of a RIS file; its abstract is the text, where it has no other."""
    return make_reading(_records(text), name, "RIS", _NONE)


def _records(text: str) -> Iterator[dict]:
    names = load("exports")["ris_codes"]
    for record in _START.split(text)[1:]:
        fields: dict = {}
        name = None
        for line in record.split("\n")[1:]:
            coded = _CODED.match(line)
            name = names.get(coded[1]) if coded else name
            value = coded[2] if coded else line
            if name == "text":
                fields["text"] = f"{fields.get('text', '')}\n{value}".lstrip("\n")
            elif name:
                add(fields, name, value)
        yield fields | {"text": fields.get("text", "").rstrip()}
