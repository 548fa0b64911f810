"""Articles and fields expected and read for a folder of exports with an EXPECTED.json.

    python benchmarks/readers.py EXPORTS

EXPECTED.json is a list of objects with ``file``, ``articles`` and, where known, ``fields``: how
often a label stands in the file.  A line a file: articles expected and read, and after it every
field as found/expected; ``+`` where more is found than the labels counted (in another language, or
without one), ``!`` where less is.  Exit status 1 if a number of articles differs.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

from analysis.corpus import readers
from analysis.corpus.readers.fields import heading_of, label_of

# what EXPECTED.json counts in HTML, where fields have classes instead of labels
CLASSES = {
    **{"headline": "title", "docid": "document_id", "author": "byline", "fulltext": "text"},
    **{"pubdate": "published", "paragraphs": "paragraphs", "ABSTRACT": "highlight"},
    **{"FULL TEXT": "text", "Classification": "language", "Copyright": "copyright"},
}


def our_name(label: str) -> str | None:
    """Our name of what EXPECTED.json counts: ``Byline:``, ``Graphic$``, ``docid``."""
    known = label_of(label)
    if known and known.known:
        return known.known
    base = label.removesuffix("$")
    return CLASSES.get(base) or {"body": "text"}.get(heading_of(base), heading_of(base))


def fields_of(expected: dict[str, int], documents: list[dict]) -> str:
    """``byline 41/41`` for every field counted, labels of the same field added up."""
    counts: Counter[str] = Counter()
    for label, number in expected.items():
        if name := our_name(label):
            same = name in ("text", "language") and counts[name]
            counts[name] = max(counts[name], number) if same else counts[name] + number
    shown = []
    for name, number in counts.items():
        found = sum(bool(doc.get(name)) for doc in documents)
        if name == "paragraphs":
            found = sum(len(doc["text"].split("\n\n")) for doc in documents)
        if number or found:
            sign = "!" if found < number else "+" if found > number else ""
            shown.append(f"{name} {found}/{number}{sign}")
    return ", ".join(shown)


def main(folder: Path) -> int:
    """Print the table; return how many files differ."""
    wrong = 0
    print(f"{'file':47} expected read  format, seconds; fields found/expected")
    for entry in json.loads((folder / "EXPECTED.json").read_text("utf-8")):
        began = time.perf_counter()
        try:
            reading = readers.read_file(folder / entry["file"])
        except readers.ReaderError as error:
            print(f"{entry['file']:47} {entry['articles']:8}  error: {error}")
            wrong += 1
            continue
        differs = len(reading.documents) != entry["articles"]
        wrong += differs
        number = f"{entry['articles']:8} {len(reading.documents):4}{'!' if differs else ' '}"
        seconds = f"{reading.format}, {time.perf_counter() - began:.2f} s"
        print(f"{entry['file']:47} {number} {seconds}")
        print(f"{'':6}{fields_of(entry['fields'] or {}, reading.documents)}")
    print(f"{wrong} differ")
    return wrong


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])) > 0)
