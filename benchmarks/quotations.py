"""Quotations of 45 FA-KES articles, read by the program and coded by hand: precision, recall.

    python benchmarks/quotations.py fa_kes_804.csv [--errors]
    python benchmarks/quotations.py --kinds seen [--errors]

FA-KES (Abu Salem et al. 2019, CC BY 4.0) is not part of this project; quotations_fakes.csv holds
offsets into its column article_content only.  The file has straight double quotation marks but
neither apostrophes nor commas, which makes it harder than a newspaper's page.

Two samples of the 362 articles that hold a quotation mark and whose unit_id occurs once, in order
of unit_id: "seen" is `random.Random(4).sample(ids, 30)`, coded before the reader was written and
then developed on; "fresh" is `random.Random(5).sample(others, 15)` of the rest, coded before the
program had read them (direct, attributed, at the first reading: precision 1.000, recall 0.885;
indirect 0.761 and 0.761; errors found there were mended since).

One coder, a language model (coder_kind: model); no second coder, so no
agreement can be given.

Codebook.  Direct: words between quotation marks in a sentence that says who said, wrote or thinks
them, or that carry on such a quotation ("…" he said. "…"); marks not included.  Single words in
marks count if a clause of reporting encloses them, not where the outlet keeps its distance
("self-declared", "so-called").  Speaker: the noun phrase of the reporting clause, named: its
antecedent if it is a pronoun or "the body", else the same.  Indirect: the reported clause without
its speaker; coded in eight articles seen (those with rows of direct = false)
and in all fresh ones.

Words in marks within an indirect quotation are coded as direct too; so are its `fragments` here.

quotations_kinds.tsv has ninety invented passages of kinds that are easily misread, coded before any
run, half of them ("unseen") read only when the rules were finished: `D` (direct) or `I` (indirect),
the words it begins with, the speaker; `!` after him: anonymous; `/` between two codings that both
are right; `¶` a blank line.

A direct quotation is found if the read span and the coded one share at least half of the longer.
Its speaker is right if the read speaker overlaps the coded speaker or its antecedent (attributed),
or if it names the antecedent (named: a pronoun does not do).
"""

import argparse
import csv
import random
from collections import Counter
from pathlib import Path

import pandas as pd

from analysis.quotes.find import Quotation, find_quotations

KINDS = Path(__file__).with_name("quotations_kinds.tsv")
CODED = Path(__file__).with_name("quotations_fakes.csv")


def share(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Overlap of two spans as a share of the longer."""
    longer = max(a[1] - a[0], b[1] - b[0], 1)
    return max(0, min(a[1], b[1]) - max(a[0], b[0])) / longer


def speaker_right(read: Quotation, row, text: str, named: bool) -> bool:
    """Is the speaker read the coded one, by place or by a shared capitalised word?"""
    words = {w for w in text[row.named_start : row.named_end].split() if w[0].isupper()}
    if words & set(read.speaker.split()):
        return True
    if read.speaker_start is None:
        return False
    place = (read.speaker_start, read.speaker_end)
    spans = [(row.named_start, row.named_end)]
    spans += [] if named else [(row.speaker_start, row.speaker_end)]
    return any(share(place, span) > 0 for span in spans)


def compare(coded: pd.DataFrame, read: list[Quotation], text: str) -> tuple[list, list, list]:
    """(row, quotation) pairs, rows missed, quotations read too many."""
    pairs, missed, left = [], [], list(read)
    for row in coded.itertuples():
        best = max(left, key=lambda q: share((q.start, q.end), (row.start, row.end)), default=None)
        if best is not None and share((best.start, best.end), (row.start, row.end)) >= 0.5:
            pairs.append((row, best))
            left.remove(best)
        else:
            missed.append(row)
    return pairs, missed, left


def read_quotations(text: str) -> list[Quotation]:
    """The quotations of a text, the words in marks within an indirect one apart too."""
    found = find_quotations(text)
    parts = [
        q._replace(start=q.start + a, end=q.start + b, direct=True)
        for q in found
        for a, b in q.fragments
    ]
    return found + parts


def score_passage(row: dict[str, str]) -> tuple[dict[str, int], list[str]]:
    """Counts of an invented passage, and what went wrong."""
    left, wrong, found = find_quotations(row["text"].replace("¶", "\n\n")), [], 0
    expected = list(filter(None, row["expected"].split("; ")))
    for coded in expected:
        words, speaker = coded.rstrip("!").split(" > ")
        ways = [(way[0] == "D", way[2:]) for way in words.split(" / ")]
        read = [q for q in left if any(q.direct == d and q.text.startswith(w) for d, w in ways)]
        if not read:
            wrong.append(f"missed: {coded}")
            continue
        left.remove(read[0])
        if speaker in read[0].speaker and coded.endswith("!") <= read[0].anonymous:
            found += 1
        else:
            wrong.append(f"speaker {read[0].speaker!r}: {coded}")
    wrong += [f"extra: {q.text!r}, {q.speaker!r}, {q.rule}" for q in left]
    counts = {"passages": 1, "right": int(not wrong), "coded": len(expected), "found": found}
    return counts | {"extra": len(left)}, wrong


def score_kinds(part: str, errors: bool) -> None:
    """Print the counts over the invented passages of a part."""
    total = Counter()
    with KINDS.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["part"] == part:
                counts, wrong = score_passage(row)
                total.update(counts)
                if wrong and errors:
                    print(row["text"], *wrong, sep="\n    ")
    print(part, dict(total))


def score_articles(file: str, errors: bool) -> None:
    """Print the scores on the articles of FA-KES."""
    articles = pd.read_csv(file, encoding="utf-8", encoding_errors="replace")
    texts = articles.drop_duplicates("unit_id", keep=False).set_index("unit_id")["article_content"]
    coded = pd.read_csv(CODED)
    with_marks = sorted(texts.index[texts.str.contains('"', regex=False)])
    seen = random.Random(4).sample(with_marks, 30)
    fresh = random.Random(5).sample([i for i in with_marks if i not in seen], 15)
    with_indirect = set(coded.loc[~coded["direct"], "unit_id"])
    for name, sampled, direct in (
        ("seen", seen, True),
        ("seen", [i for i in seen if i in with_indirect], False),
        ("fresh", fresh, True),
        ("fresh", fresh, False),
    ):
        totals = {"read": 0, "coded": 0, "found": 0, "attributed": 0, "named": 0}
        for unit_id in sampled:
            text = texts[unit_id]
            read = [q for q in read_quotations(text) if q.direct == direct]
            rows = coded[(coded["unit_id"] == unit_id) & (coded["direct"] == direct)]
            pairs, missed, extra = compare(rows, read, text)
            wrong = [(r, q) for r, q in pairs if not speaker_right(q, r, text, named=False)]
            totals["read"] += len(read)
            totals["coded"] += len(rows)
            totals["found"] += len(pairs)
            totals["attributed"] += len(pairs) - len(wrong)
            totals["named"] += sum(speaker_right(q, r, text, named=True) for r, q in pairs)
            if errors:
                for row in missed:
                    print(f"{unit_id} MISSED {text[max(0, row.start - 80) : row.end + 60]!r}")
                for quotation in extra:
                    print(f"{unit_id} EXTRA {quotation}")
                for row, quotation in wrong:
                    speaker = text[row.speaker_start : row.speaker_end]
                    print(f"{unit_id} SPEAKER {speaker!r}: {quotation}")
        print(name, "direct" if direct else "indirect", totals)
        for measure in ("found", "attributed", "named"):
            precision = totals[measure] / max(totals["read"], 1)
            recall = totals[measure] / totals["coded"]
            print(f"  {measure:10} precision {precision:.3f}  recall {recall:.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("articles", nargs="?", help="fa_kes_804.csv")
    parser.add_argument("--kinds", choices=("seen", "unseen"), help="score invented passages")
    parser.add_argument("--errors", action="store_true", help="print what went wrong")
    options = parser.parse_args()
    if options.kinds:
        score_kinds(options.kinds, options.errors)
    else:
        score_articles(options.articles, options.errors)


if __name__ == "__main__":
    main()
