"""Of many articles or outlets those that a chart has room for."""

import pandas as pd

MOST_OUTLETS = 20  # in a chart


def drawn_outlets(documents: pd.DataFrame) -> list[str]:
    """The outlets that a chart has room for, those with most articles, in alphabetical order."""
    sizes = documents.groupby("outlet")["n_tokens"].agg(["size", "sum"])
    most = sizes.sort_values(["size", "sum"], ascending=False, kind="stable").head(MOST_OUTLETS)
    return sorted(most.index)


def drawn(table: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """What a chart shows of a table whose rows, columns or column `outlet` are outlets."""
    left_out = set(documents["outlet"]).difference(drawn_outlets(documents))
    if "outlet" in table:
        return table[~table["outlet"].isin(left_out)]
    return table.drop(index=left_out, columns=left_out, errors="ignore")


def drawn_note(documents: pd.DataFrame, note: str) -> str:
    """`note`, and which outlets are drawn if not all are."""
    outlets = documents["outlet"].nunique()
    if outlets <= MOST_OUTLETS:
        return note
    return f"Of {outlets} outlets the {MOST_OUTLETS} with most articles are drawn. {note}"
