"""Optional files of a corpus beside its articles: codings by hand, and published reference data."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from analysis.base.columns import file_columns, names
from analysis.base.messages import Note, nearest
from analysis.base.rows import check_row, day
from analysis.corpus.readers import ReaderError, read_csv
from analysis.lexicons import load

CODINGS, REFERENCE = "coding/events.csv", "reference"
CODING_COLUMNS = tuple(file_columns("coding/events.csv"))
REFERENCE_COLUMNS = tuple(names("reference"))
_SPAN = ("field", "start", "end")
SENTENCE_COLUMNS = ["doc_id", "sent_id", "kind", "field", "start"]  # by which codings are placed


def read_codings(
    folder: Path, texts: Mapping[str, str], titles: Mapping[str, str]
) -> tuple[pd.DataFrame, list[Note]]:
    """The codings of ``coding/events.csv``, each with `field`, `start` and `end` of its quote.

    `texts` are the articles by doc_id, `titles` the headlines given beside them.  Older event
    types become those of PLOVER 2021, and the direction follows the type.  Rows that cannot be used
    are left out, each with a note.
    """
    needed = ("doc_id", "quote", "event_type", "coder_kind")
    frame, notes = read_optional(folder / CODINGS, CODINGS, CODING_COLUMNS, needed)
    plover = load("plover")
    directions = {root: name for name, roots in plover["directions"].items() for root in roots}
    rows = []
    for number, row in zip(frame.index, frame.to_dict("records"), strict=True):
        where = f"{CODINGS}, row {number}"
        kind = plover["older_names"].get(row["event_type"].upper(), row["event_type"].upper())
        place = _place(row, {"text": texts, "title": titles})
        if row["doc_id"] not in texts:
            notes.append(
                Note(where, f"no article {row['doc_id']!r};", nearest(row["doc_id"], texts))
            )
        elif kind not in directions:
            notes.append(Note(where, f"event_type {kind!r};", nearest(kind, directions)))
        elif place is None:
            notes.append(Note(where, "the quote is not in the article;", "copy its words"))
        elif faults := check_row("codings", row, where):
            notes += faults
        else:
            coded = {"event_type": kind, "direction": directions[kind]}
            days = {c: day(row[c]) for c in ("date_from", "date_to")}
            rows.append(row | coded | days | dict(zip(_SPAN, place, strict=True)))
    columns = [*CODING_COLUMNS[:2], *_SPAN, *CODING_COLUMNS[2:]]
    return pd.DataFrame(rows, columns=columns), notes


def _place(
    row: Mapping[str, str], fields: Mapping[str, Mapping[str, str]]
) -> tuple[str, int, int] | None:
    """The first field that has the quote of a coding, and where."""
    for field, texts in fields.items():
        if span := _find(row["quote"], texts.get(row["doc_id"], "")):
            return field, *span
    return None


def _find(quote: str, text: str) -> tuple[int, int] | None:
    """Where the words of a quote stand in a text, whatever the white space between them."""
    match = re.search(r"\s+".join(map(re.escape, quote.split())), text) if quote.strip() else None
    return match.span() if match else None


def in_sentences(codings: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """Codings with the `sent_id` of the sentence in which the quote begins.

    A quote from a title cell that has no sentence, as the text repeats it, is in the text's
    headline.
    """
    place = ["doc_id", "field"]
    starts = sentences[[*place, "sent_id", "start"]].rename(columns={"start": "at"})
    starts = starts.astype({"at": "int64", **dict.fromkeys(place, object)})
    placed = codings.assign(order=range(len(codings)))
    placed = placed.astype({"start": "int64", **dict.fromkeys(place, object)})
    placed, starts = (
        placed.sort_values("start", kind="stable"),
        starts.sort_values("at", kind="stable"),
    )
    placed = pd.merge_asof(placed, starts, left_on="start", right_on="at", by=place)
    first = sentences.assign(other=sentences["kind"] != "title").sort_values(["other", "sent_id"])
    headlines = first.drop_duplicates("doc_id").set_index("doc_id")["sent_id"]
    placed["sent_id"] = placed["sent_id"].fillna(placed["doc_id"].map(headlines))
    columns = ["doc_id", "sent_id", *codings.columns[1:]]
    return placed.sort_values("order", ignore_index=True).astype({"sent_id": "int32"})[columns]


def read_reference(folder: Path) -> tuple[pd.DataFrame, list[Note]]:
    """The rows of all ``reference/*.csv``; `series` is the file's name.

    A row has a `date`, a `value` (of a series, a number) or a `text` (of a dated event), a
    `source`, a `url` and a `status`; only those ``verified`` are drawn.
    """
    frames, notes = [], []
    for path in sorted((folder / REFERENCE).glob("*.csv")):
        file = f"{REFERENCE}/{path.name}"
        frame, wrong = read_optional(path, file, REFERENCE_COLUMNS[1:], ("date", "status"))
        notes += wrong
        frames.append(frame.assign(series=path.stem))
        for number, row in zip(frame.index, frame.to_dict("records"), strict=True):
            where = f"{file}, row {number}"
            faults = check_row("reference", row, where)
            notes += faults
            if faults:
                frames[-1] = frames[-1].drop(index=number)
            elif row["status"] == "verified" and not (row["source"] and row["url"]):
                notes.append(Note(where, "verified without source and url;", "name both"))
    table = pd.concat(frames) if frames else pd.DataFrame(columns=list(REFERENCE_COLUMNS))
    table = table.assign(
        date=list(map(day, table["date"])),
        value=pd.to_numeric(table["value"], errors="coerce"),
    )
    return table[list(REFERENCE_COLUMNS)].sort_values(
        ["series", "date"], ignore_index=True, kind="stable"
    ), notes


def read_optional(
    path: Path, name: str, columns: Sequence[str], needed: Sequence[str]
) -> tuple[pd.DataFrame, list[Note]]:
    """A CSV file, called `name`, as stripped texts (index: row of the file); `columns` come first.

    Without any row where it is missing, cannot be read or has not all columns `needed`.
    """
    empty = pd.DataFrame(columns=list(columns), dtype=str)
    if not path.is_file():
        return empty, []
    try:
        frame = read_csv(path)
    except ReaderError as error:
        return empty, error.problems
    if missing := [column for column in needed if column not in frame]:
        what = f"no column {', '.join(missing)}; there are: {', '.join(frame.columns)}"
        return empty, [Note(name, what, f"columns: {', '.join(columns)}")]
    ordered = [*columns, *frame.columns.difference(columns)]
    frame = frame.reindex(columns=ordered, fill_value="").astype(object)
    return frame.apply(lambda column: column.str.strip()), []
