"""Credits of eighty FA-KES articles, read by the program and coded by hand: precision, recall.

    python benchmarks/credits.py fa_kes_804.csv [--errors]

FA-KES (Abu Salem et al. 2019, CC BY 4.0) is not part of this project; credits_fakes.csv holds row
numbers of it and names only.  Sample: `random.Random(6).sample(range(804), 40)`, read while the
rules were written (set "seen"), and forty other rows by `random.Random(7)` coded before the program
had read them (set "fresh": at the first reading precision 1.000, recall 0.815; errors found there
were mended since, so that it is no longer fresh).

One coder, a language model (coder_kind: model), no second coder.

Codebook.  A credit names a news organisation other than the article's own outlet as the source of
the article or of a statement in it: byline, dateline, sign-off, "X reported", "told X", "according
to X", "a correspondent of X".  A picture's credit is none; "agencies" without a name is left out.
The unit is an article and an organisation.
"""

import argparse
from pathlib import Path

import pandas as pd

from analysis.quotes.credits import UNNAMED, MediaNames, find_credits, source_name

CODED = Path(__file__).with_name("credits_fakes.csv")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("articles", help="fa_kes_804.csv")
    parser.add_argument("--errors", action="store_true", help="print what went wrong")
    options = parser.parse_args()
    articles = pd.read_csv(options.articles, encoding="utf-8", encoding_errors="replace")
    coded = pd.read_csv(CODED, dtype={"credited": "string"})
    media = MediaNames(outlets=articles["source"].unique())
    for part, rows in coded.groupby("set", sort=False):
        n_read = n_coded = n_right = 0
        for row, names in rows.groupby("row")["credited"]:
            text, outlet = articles.loc[row, ["article_content", "source"]]
            own = {source_name(outlet), UNNAMED}
            read = {credit.name for credit in find_credits(text, media)} - own
            wanted = {source_name(name) for name in names.dropna()}
            n_read, n_coded = n_read + len(read), n_coded + len(wanted)
            n_right += len(read & wanted)
            if options.errors and read != wanted:
                print(
                    f"{part} {row}: missed {wanted - read or '-'}, too many {read - wanted or '-'}"
                )
        print(
            f"{part}: {rows['row'].nunique()} articles, {n_coded} credits coded, {n_read} read; "
            f"precision {n_right / max(n_read, 1):.3f}, recall {n_right / max(n_coded, 1):.3f}"
        )


if __name__ == "__main__":
    main()
