"""Odd texts and damaged files for everything that reads a text: no crash, no lost place, no hang.

    python benchmarks/fuzz.py 200000 5

First so many inputs (by Hypothesis: pieces of the articles in seeds/ and tests/data/, phrases of
the lexicons, signs that open and close things, any Unicode) are spread over the functions; what a
function says of a place in the text must hold, and a file may be refused but nothing else.  Then
large inputs: a sign or phrase repeated up to 1 MB.  Each is tried at 8 and 32 kB; where the growth
lets one expect more than so many CPU seconds for 1 MB, it is run at that size.  `--only` names
functions, `--minutes` bounds the time a function's large inputs take; `--atheris` has libFuzzer
draw the inputs, guided by what code they reach (needs the package atheris; one function at a time).
`--corpora N` makes N corpora of good and bad parts instead: what `check` passes must build its
tables.
Ends with status 1 if anything was found.
"""

import argparse
import gc
import io
import math
import random
import re
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from bisect import bisect_left
from collections import Counter
from functools import cache
from pathlib import Path
from types import FunctionType

import pandas as pd
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odd_corpora import attempt, corpora

from analysis.article.reading import Article, Settings, annotate
from analysis.clean.blocks import clean_text
from analysis.corpus import readers
from analysis.corpus.readers import ReaderError
from analysis.corpus.reading import read_corpus
from analysis.dates.find import find_dates
from analysis.entities.candidates import find_candidates
from analysis.entities.matcher import compile_actors, find_entities
from analysis.events import classify_sentence, read_events
from analysis.lexicons import Lexicon
from analysis.quotes.credits import MediaNames, find_credits
from analysis.quotes.find import find_quotations
from analysis.quotes.labels import find_labels
from analysis.quotes.passives import find_passives
from analysis.text.normalise import normalise
from analysis.text.words import split_sentences, words

ROOT = Path(__file__).resolve().parent.parent
SIGNS = [
    *"\"'“”‘’«»„()[]{}<>,.;:-–—…/\\|*_#&@$%=+\n\r\t \u00a0\u200b\u200d\ufeff\x00\ud800İßé中😀aA1",
    *(
        "\n\n",
        ". ",
        ", ",
        " and ",
        "A. ",
        "U.S. ",
        "12 ",
        "1-",
        "1/2/",
        "“a” ",
        "said ",
        "‘’",
        "&#",
    ),
    *(
        "<p>",
        "</p>",
        "<div>",
        "\\par ",
        "{\\rtf1 ",
        "A b ",
        "Ab Cd ",
        "of the ",
        "’s ",
        "a\n",
        "Ã©",
    ),
    *("1,000 ", "10:30 ", "2024-01-01 ", "May 5, ", "last ", "the day after ", "=", "\\'e9", '","'),
]
LARGE = 1_000_000
LAST = [None]  # the input at hand: after a failure, the smallest that fails
SMALL = (8_000, 32_000)


# --- what must hold of each function ----------------------------------------------------------


def check_normalise(text):
    n = normalise(text)
    spans = [n.span(i, i + 1) for i in range(len(n.text))]
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert spans == sorted(spans)


def check_clean_text(text):
    at = 0
    for block in clean_text(text).blocks:
        assert at <= block.start <= block.end and text[block.start : block.end] == block.text
        at = block.end


def check_tokens(text):
    assert all(text[w.start : w.end] == w.text for w in words(text))
    spans = split_sentences(text)
    assert all(0 <= a < b <= len(text) for a, b in spans) and spans == sorted(spans)


def check_find_dates(text):
    at = 0
    for date in find_dates(text, "2024-04-22"):
        assert at <= date.start < date.end and text[date.start : date.end] == date.text
        at = date.end


def check_find_quotations(text):
    for q in find_quotations(text, mentions=find_entities(text, matcher())):
        assert text[q.start : q.end] == q.text
        assert 0 <= q.speaker_start < q.speaker_end <= len(text)


def check_find_credits(text):
    assert all(0 <= c.start < c.end <= len(text) for c in find_credits(text, media()))


def check_find_entities(text):
    found = find_entities(text, matcher())
    for item in (*found, *find_candidates(text, matcher(), found)):
        assert text[item.start : item.end] == item.surface


def check_find_labels(text):
    mentions = find_entities(text, matcher())
    for label in find_labels(text, mentions, find_quotations(text, mentions=mentions)):
        assert 0 <= label.start < label.end <= len(text)


def check_read_events(text):
    mentions, dates = find_entities(text, matcher()), find_dates(text, "2024-04-22")
    for event in read_events(text, mentions, dates):
        assert text[event.start : event.end].endswith(event.trigger)
    classify_sentence(text)


def check_find_passives(text):
    assert all(0 <= p.start < p.end <= len(text) for p in find_passives(text))


def check_annotate(text):
    fields = {"text": text, "title": text[-90:]}
    article = Article("a", text, "2024-04-22", title=fields["title"])
    n = {field: normalise(own) for field, own in fields.items()}
    places = {f: [n[f].to_raw(i) for i in range(len(n[f].text))] for f in fields}
    for name, rows in annotate(article, corpus_settings()).items():
        for row in rows:
            if "start" in row:
                assert 0 <= row["start"] <= row["end"] <= len(fields[row["field"]]), name
            if "surface" in row:
                at = places[row["field"]]
                start, end = bisect_left(at, row["start"]), bisect_left(at, row["end"])
                there = n[row["field"]].text[start:end]
                if row["field"] == "title":
                    there = there.replace("\n", " ")
                repaired = len({*at[start:end]}) < len(there)  # mojibake has one place in all
                assert row["surface"] in there if repaired else row["surface"] == there, name


def check_file(suffix):
    """Reading a file of the text, or of bytes, either gives documents or is refused in words."""

    def check(content):
        data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
        file = folder() / f"file{suffix}"
        file.write_bytes(data)
        try:
            documents = readers.read_file(file).documents
        except ReaderError:
            return
        assert all(isinstance(document["text"], str) for document in documents)

    return check


TEXT = {
    name.removeprefix("check_"): check
    for name, check in list(globals().items())
    if name.startswith("check_") and name != "check_file"
}
TEXT_FILES = {
    f"file {s}": check_file(s) for s in (".txt", ".html", ".csv", ".jsonl", ".eml", ".rtf")
}
BINARY_FILES = {f"file {s}": check_file(s) for s in (".docx", ".xlsx", ".parquet")}
CHECKS = TEXT | TEXT_FILES | BINARY_FILES


@cache
def corpus():
    return read_corpus(ROOT / "seeds")


@cache
def matcher():
    return compile_actors(corpus().actors)


@cache
def media():
    return MediaNames(matcher().entities.values(), corpus().documents["outlet"])


@cache
def corpus_settings():
    return Settings(corpus().actors, Lexicon.read(corpus().lexicons), "strict", ("O",))


@cache
def folder():
    place = tempfile.TemporaryDirectory()
    folder.kept = place
    return Path(place.name)


# --- the inputs -------------------------------------------------------------------------------


@cache
def phrases():
    """Every text of the lexicons that is no pattern, shortest first in the file's order."""

    def texts(node):
        if isinstance(node, dict):
            node = [*node.keys(), *node.values()]
        if isinstance(node, list):
            for item in node:
                yield from texts(item)
        elif isinstance(node, str) and 1 < len(node) < 60 and not re.search(r"[\\^$*+?{}|]", node):
            yield node

    files = sorted((ROOT / "analysis" / "lexicons").glob("*.yml"))
    found = (text for file in files for text in texts(yaml.safe_load(file.read_text("utf-8"))))
    return list(dict.fromkeys(found))


@cache
def files():
    """Articles and exports that are texts, whole."""
    places = [*ROOT.glob("seeds/texts/*"), *ROOT.glob("tests/data/**/*.*")]
    kinds = {".txt", ".html", ".rtf", ".csv"}
    return [readers.read_text(file)[0] for file in sorted(places) if file.suffix in kinds]


@cache
def lines():
    return sorted({line for text in files() for line in text.splitlines() if 0 < len(line) < 500})


def odd_texts():
    """Lists of pieces put together; some are a stretch of an article with pieces in between."""
    stretch = st.builds(
        lambda text, start, length: text[start : start + length],
        *(st.sampled_from(files()), st.integers(0, 20_000), st.integers(1, 400)),
    )
    piece = st.one_of(
        *(st.sampled_from(SIGNS), st.sampled_from(phrases()), st.sampled_from(lines()), stretch),
        *(st.text(max_size=12), st.dates().map(str), st.integers().map(str)),
    )
    joined = st.builds(
        str.join, st.sampled_from(["", " ", "\n", ", "]), st.lists(piece, max_size=14)
    )
    return joined


def odd_files():
    """Bytes of a small table or document with some bytes changed, cut out or doubled."""
    edit = st.tuples(st.integers(0, 6000), st.integers(0, 20), st.binary(max_size=8))

    def edited(data, edits):
        for at, length, new in edits:
            data = data[:at] + new + data[at + length :]
        return data

    inside = st.builds(zipped, odd_texts())
    return st.builds(
        edited, st.one_of(st.sampled_from(binaries()), inside), st.lists(edit, max_size=3)
    )


@cache
def binaries():
    frame = pd.DataFrame(
        {"outlet": ["A", "B"], "published": ["2024-01-02"] * 2, "text": lines()[:2]}
    )
    excel, parquet = io.BytesIO(), io.BytesIO()
    frame.to_excel(excel, index=False)
    frame.to_parquet(parquet)
    return [excel.getvalue(), parquet.getvalue(), zipped("<w:p><w:r><w:t>Text</w:t></w:r></w:p>")]


def zipped(text):
    """A Word document with that inside its body."""
    data = io.BytesIO()
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(data, "w") as archive:
        xml = f'<w:document xmlns:w="{space}"><w:body>{text}</w:body></w:document>'
        archive.writestr("word/document.xml", xml.encode("utf-8", "surrogatepass"))
    return data.getvalue()


# --- runs -------------------------------------------------------------------------------------


def fuzz(name, count, fixed):
    """Run `count` inputs; what was found, as a line, or nothing."""
    test = test_of(name, count, fixed)
    begun = time.process_time()
    try:
        test()
        found = ""
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        found = f"{type(error).__name__}: {error} ({Path(place.filename).name}, {place.lineno})"
        found += f" of {LAST[0]!r}"
    print(
        f"{name:16} {count:7} inputs {time.process_time() - begun:7.1f} s  {found or 'ok'}",
        flush=True,
    )
    return bool(found)


def test_of(name, count, fixed=False):
    inputs = odd_files() if name in BINARY_FILES else odd_texts()
    quiet = settings(
        max_examples=count,
        database=None,
        derandomize=fixed,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )

    def check(content):
        LAST[0] = content
        CHECKS[name](content)

    return quiet(given(inputs)(check))


def large(name, limit, minutes):
    """Look for repeated pieces that take longer than `limit` CPU seconds at 1 MB; how many do."""
    units = [
        *SIGNS,
        *(unit + " " for unit in SIGNS),
        *(a + b for a in SIGNS[:24] for b in SIGNS[:24]),
    ]
    known = phrases()
    random.Random(1).shuffle(known)
    units += [unit for phrase in known for unit in (phrase + " ", phrase + ", ")]
    slow, tried, worst, began = [], 0, (0.0, ""), time.monotonic()
    for unit in dict.fromkeys(units):
        if time.monotonic() - began > 60 * minutes:
            break
        tried += 1
        times = [seconds(name, unit, size, limit) for size in SMALL]
        if times[1] < 0.005:
            continue
        power = max(1.0, math.log(times[1] / max(times[0], 1e-4), SMALL[1] / SMALL[0]))
        expected = times[1] * (LARGE / SMALL[1]) ** power
        if expected > limit:
            taken = seconds(name, unit, LARGE, 4 * limit)
            worst = max(worst, (taken, unit))
            if taken > limit:
                slow.append((taken, unit))
                print(f"{name:16} {taken:7.1f} s for 1 MB of {unit!r}", flush=True)
    print(
        f"{name:16} {tried:7} repeated pieces, {len(slow)} over {limit:g} s; "
        f"the slowest run at 1 MB: {worst[0]:.1f} s, {worst[1]!r}",
        flush=True,
    )
    return len(slow)


def seconds(name, unit, size, most):
    """CPU seconds for the piece repeated to that size; stopped at `most`."""

    def stop(number, frame):
        raise TimeoutError

    text = (unit * (size // len(unit) + 1))[:size]
    text = zipped(text) if name in BINARY_FILES else text
    signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, most)
    begun = time.process_time()
    try:
        CHECKS[name](text)
    except TimeoutError:
        pass
    except Exception as error:
        print(
            f"{name:16} {size} characters of {unit!r}: {type(error).__name__}: {error}", flush=True
        )
        return max(most, 1) * 2
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - begun


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=20_000)
    parser.add_argument("seconds", type=float, nargs="?", default=5)
    parser.add_argument("--only", nargs="+", choices=CHECKS, default=list(CHECKS))
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--fixed", action="store_true", help="the same inputs every time")
    parser.add_argument("--corpora", type=int, default=0, help="only so many random corpora")
    parser.add_argument("--atheris", choices=CHECKS, default="")
    options = parser.parse_args()
    if options.corpora:
        return random_corpora(options.corpora)
    if options.atheris:
        import atheris

        for function in gc.get_objects():
            if isinstance(function, FunctionType) and "analysis." in (function.__module__ or ""):
                atheris.instrument_func(function)
        atheris.Setup([sys.argv[0], f"-runs={options.count}"], fuzz_one(options.atheris))
        atheris.Fuzz()
    found = sum(
        fuzz(name, options.count // len(options.only), options.fixed) for name in options.only
    )
    if options.minutes:
        found += sum(large(name, options.seconds, options.minutes) for name in options.only)
    print(f"found: {found}")
    return int(bool(found))


def random_corpora(count):
    """Make corpora of good and bad parts; how many were refused, built, neither."""
    ends = Counter()

    def check(files):
        try:
            ends[attempt(files, folder())] += 1
        except Exception as error:
            ends["neither"] += 1
            print(f"{type(error).__name__}: {error} of {files!r}", flush=True)

    quiet = settings(
        max_examples=count, database=None, suppress_health_check=list(HealthCheck), deadline=None
    )
    quiet(given(corpora())(check))()
    print(dict(ends))
    return int(bool(ends["neither"] or not ends["built"] or not ends["refused"]))


def fuzz_one(name):
    return test_of(name, 1).hypothesis.fuzz_one_input


if __name__ == "__main__":
    sys.exit(main())
