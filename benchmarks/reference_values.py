"""Largest difference between our statistics and tables of other programs and papers.

    python benchmarks/reference_values.py FOLDER

FOLDER holds outputs of quanteda, ConvoKit, tlda, shifterator, lexicalrichness and taaled, and
`published_measures.csv` (measure, input, expected, decimals, paper).  A line a comparison: the
table, what is compared, the number of values, the largest absolute difference.  Published values
are rounded: their difference is given in units of the last printed place, and 0.5 is agreement.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis import terms
from analysis.outlets import likeness
from analysis.terms import statistics as st


class Comparison(NamedTuple):
    table: str
    what: str
    values: int
    largest: float


def compare(table: str, what: str, ours, theirs) -> Comparison:
    ours, theirs = np.asarray(ours, float), np.asarray(theirs, float)
    return Comparison(table, what, theirs.size, float(np.abs(ours - theirs).max()))


def quanteda_keyness(folder: Path) -> Iterator[Comparison]:
    rows = pd.read_csv(folder / "quanteda_keyness_toy.csv")
    table = rows[["n_target", "n_reference", "N_target", "N_reference"]].to_numpy(float).T
    statistic = rows["statistic"].abs()
    for measure, what, values in (
        ("chi2", "χ²", st.chi_squared(*table)),
        ("lr", "G² of four cells (theirs adds 1e-9)", st.log_likelihood(*table)),
    ):
        chosen = (rows["measure"] == measure) & (rows["correction"] == "none")
        yield compare("quanteda_keyness_toy", what, values[chosen], statistic[chosen])
        p = st.chi_squared_p(values)
        yield compare("quanteda_keyness_toy", f"p of {what}", p[chosen], rows["p"][chosen])


def quanteda_similarity(folder: Path) -> Iterator[Comparison]:
    counts = pd.read_csv(folder / "quanteda_simil_counts.csv", index_col=0)
    rows = pd.read_csv(folder / "quanteda_simil_cosine.csv")
    pairs = rows[["document1", "document2"]].to_numpy()
    ours = [st.cosine(counts[x], counts[y]) for x, y in pairs]
    yield compare("quanteda_simil_cosine", "cosine", ours, rows["cosine"])


def inaugural(folder: Path) -> pd.DataFrame:
    counts = pd.read_csv(folder / "inaugural_counts_post_pre.csv", keep_default_na=False)
    return counts.set_index("feature").astype(int)


def quanteda_frequency(folder: Path) -> Iterator[Comparison]:
    rows = pd.read_csv(folder / "quanteda_frequency_inaugural_top100.csv").set_index("feature")
    long = inaugural(folder).rename_axis("term").reset_index().melt("term", None, "doc_id", "n")
    articles = pd.DataFrame({"doc_id": ["post", "pre"], "outlet": ["post", "pre"]})
    table = terms.term_table(long, articles).set_index("term")
    ours = table["n"].reindex(rows.index)
    yield compare("quanteda_frequency_inaugural_top100", "frequency", ours, rows["frequency"])


def convokit(folder: Path) -> Iterator[Comparison]:
    counts = inaugural(folder)
    rows = pd.read_csv(folder / "convokit_fightingwords_inaugural.csv")
    for prior, group in rows.groupby("prior"):
        if prior.startswith("uniform"):
            alpha = pd.Series(float(prior.split()[1]), counts.index)
        else:
            alpha = 1000
        table = terms.keyness(counts, "post", prior=alpha).set_index("term")
        table = table.reindex(group["feature"])
        name = "convokit_fightingwords_inaugural"
        yield compare(name, f"δ, {prior}", table["log_odds"], group["delta"])
        yield compare(name, f"z, {prior}", table["log_odds_z"], group["z_convokit"])


def tlda(folder: Path) -> Iterator[Comparison]:
    rows = pd.read_csv(folder / "tlda_dispersion.csv")
    rows = rows[rows["directionality"] == "gries"]
    for measure, formula, name, ours_from in (
        ("DP", "gries_2008", "dp", lambda x: x),
        ("DP", "lijffit_gries_2012", "dpnorm", lambda x: x),
        ("D", "disp() default", "juilland_d", lambda x: 1 - x),
        ("DKL", "base_2", "kl_divergence", lambda x: 1 - 2**-x),
    ):
        chosen = rows[(rows["measure"] == measure) & (rows["formula"] == formula)]
        ours = [
            ours_from(st.dispersion(_numbers(r.subfreq), _numbers(r.partsize))[name])
            for r in chosen.itertuples()
        ]
        yield compare("tlda_dispersion", f"{name} ({formula})", ours, chosen["value"])


def shifterator(folder: Path) -> Iterator[Comparison]:
    counts = inaugural(folder)
    rows = pd.read_csv(folder / "shifterator_inaugural.csv", keep_default_na=False)
    measures = {"proportion": "proportion", "entropy_shannon": "entropy", "jsd": "jsd"}
    for shift, group in rows.groupby("shift"):
        table = terms.word_shift(counts, "post", measure=measures[shift])
        ours = (table["share"] * np.sign(table["contribution"])).set_axis(table["term"])
        yield compare(
            "shifterator_inaugural", f"{shift}, score", ours.reindex(group["type"]), group["score"]
        )
        total = float(group["total_diff"].iloc[0])
        yield compare("shifterator_inaugural", f"{shift}, total", [table.attrs["total"]], [total])
        if shift == "jsd":
            pair = likeness.pairwise_jsd(counts[["post", "pre"]].to_numpy().T)
            yield compare("shifterator_inaugural", "jsd of two outlets", pair, [total])


def lexical_diversity(folder: Path) -> Iterator[Comparison]:
    texts = json.loads((folder / "lexdiv_tokens.json").read_text("utf-8"))
    rows = pd.read_csv(folder / "lexdiv_python_libs.csv")
    rows["value"] = pd.to_numeric(rows["value"], errors="coerce")
    for library, measure, name, window in (
        ("lexicalrichness 0.5.1", "TTR", "ttr", 50),
        ("lexicalrichness 0.5.1", "MATTR25", "mattr", 25),
        ("taaled 0.32", "mattr", "mattr", 50),
        ("lexicalrichness 0.5.1", "MTLD0.72", "mtld", 50),
        ("taaled 0.32", "mtldo", "mtld", 50),
        ("textacy 0.13.0", "mtld", "mtld", 50),
        ("lexicalrichness 0.5.1", "HDD42", "hdd", 50),
        ("taaled 0.32", "hdd", "hdd", 50),
    ):
        chosen = rows[(rows["library"] == library) & (rows["measure"] == measure)]
        ours = [terms.lexical_diversity(texts[text], window)[name] for text in chosen["text"]]
        what = f"{name}, {library} {measure}"
        yield compare("lexdiv_python_libs", what, ours, chosen["value"])


def published(folder: Path) -> Iterator[Comparison]:
    """Rows of `published_measures.csv` whose measure we have, in units of the last place."""
    rows = pd.read_csv(folder / "published_measures.csv")
    differences: dict[str, list[float]] = {}
    for row in rows.itertuples():
        ours = _published(row.measure, row.input)
        if ours is not None:
            unit = 10.0**-row.decimals
            differences.setdefault(row.measure, []).append(abs(ours - row.expected) / unit)
    for measure, found in differences.items():
        yield Comparison("published_measures", f"{measure} (last place)", len(found), max(found))
    yield Comparison(
        "published_measures", "rows of measures we have", sum(map(len, differences.values())), 0.0
    )


def _published(measure: str, given: str) -> float | None:
    """Our value for a row of the table; None for a measure that we do not have."""
    named = {k: float(v) for k, v in re.findall(r"(\w+)=([\d.]+)(?=,|$)", given)}
    if "n_ii" in named:
        n_ii, n_ix, n_xi, n = (named[k] for k in ("n_ii", "n_ix", "n_xi", "N"))
        found = st.association(n_ii, n_ix, n_xi, n)
        chi2 = st.chi_squared(n_ii, n_xi - n_ii, n_ix, n - n_ix)
        values = {"PMI": found["pmi"], "Student's t": found["t_score"], "chi-squared": chi2}
        values["log-likelihood"] = (
            np.floor(found["log_likelihood"]) if "integer" in measure else (found["log_likelihood"])
        )
        if measure.startswith("chi"):  # printed to the hundreds
            chi2 = values["chi-squared"] = np.round(chi2, -1)
    elif "o11" in named:
        o11, o12, o21, o22 = (named[k] for k in ("o11", "o12", "o21", "o22"))
        values = {"log-likelihood": st.log_likelihood(o11, o21, o11 + o12, o21 + o22)}
    elif "f_xy" in named:
        log_dice = st.association(named["f_xy"], named["f_x"], named["f_y"], 1e9)["log_dice"]
        values = {"Dice": 2 ** (log_dice - 14)}
    elif measure == "%DIFF":
        values = {"%DIFF": st.percent_diff(*(named[k] for k in ("f1", "f2", "N1", "N2")))}
    elif "v=" in given:
        values = _dispersion(given)
    elif measure.startswith("HD-D"):
        values = {"HD-D": terms.lexical_diversity(["a", "b", "c", "d", "e"] * 20)["hdd"]}
    else:
        return None
    return next((float(v) for name, v in values.items() if measure.startswith(name)), None)


def _dispersion(given: str) -> dict[str, float]:
    frequencies, _, sizes = given.split("v=")[1].partition("sizes=")
    counts = _numbers(frequencies.split(")")[0])
    parts = _numbers(sizes) if sizes else [1] * len(counts)
    found = st.dispersion(counts, parts)
    names = {"Juilland's D": "juilland_d", "DPnorm": "dpnorm"}
    names |= {"KL-divergence": "kl_divergence", "DP": "dp"}
    return {name: found[key] for name, key in names.items()} | {"1-DP": 1 - found["dp"]}


def _numbers(text: str) -> list[float]:
    return [float(x) for x in re.findall(r"\d+(?:\.\d+)?", text)]


def main(folder: str) -> None:
    checks = (quanteda_keyness, quanteda_similarity, quanteda_frequency, convokit)
    checks += (tlda, shifterator, lexical_diversity, published)
    for check in checks:
        for line in check(Path(folder)):
            print(f"{line.table:38} {line.what:64} {line.values:4} {line.largest:.1e}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
