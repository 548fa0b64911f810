"""Articles expected and read for a folder of exports with an EXPECTED.json.

    python benchmarks/readers.py EXPORTS

EXPECTED.json is a list of objects with ``file`` and ``articles``. A line a file: expected, read,
the format found, how many articles have each field, seconds. Exit status 1 if a number differs.
"""

import json
import sys
import time
from pathlib import Path

from analysis import readers

FIELDS = ("title", "outlet", "published", "byline", "section", "text")


def main(folder: Path) -> int:
    """Print the table; return how many files differ."""
    wrong = 0
    print(f"{'file':46} expected read  " + " ".join(f"{name:>9}" for name in FIELDS) + "  format")
    for entry in json.loads((folder / "EXPECTED.json").read_text("utf-8")):
        began = time.perf_counter()
        try:
            reading = readers.read_file(folder / entry["file"])
        except readers.ReaderError as error:
            print(f"{entry['file']:46} {entry['articles']:8}  error: {error}")
            wrong += 1
            continue
        documents = reading.documents
        filled = [sum(bool(doc[name]) for doc in documents) for name in FIELDS]
        differs = len(documents) != entry["articles"]
        wrong += differs
        print(
            f"{entry['file']:46} {entry['articles']:8} {len(documents):4}{'!' if differs else ' '} "
            + " ".join(f"{count:9}" for count in filled)
            + f"  {reading.format}, {time.perf_counter() - began:.2f} s"
        )
    print(f"{wrong} differ")
    return wrong


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])) > 0)
