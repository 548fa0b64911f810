"""How much of the articles a report shows: the rule `share_texts` of corpus.yml."""

from functools import partial

import pandas as pd

TEXT_COLUMNS = {"sentences": "text", "quotations": "text", "reuse": "passage", "codings": "quote"}
NOT_THE_ARTICLE = ("title", "byline", "furniture")
SNIPPET = 400  # characters of running text shown at a stretch
PASSAGE = 60  # and of a passage shared by two articles
PART = 0.25  # of an article's running text shown at most
PLACE = ["doc_id", "sent_id"]
EVIDENCE = {  # tables by which it is decided what may be shown, and their columns for that
    "sentences": [*PLACE, "kind", "start", "end"],
    **dict.fromkeys(("event_reports", "quotations", "codings"), PLACE),
}


def share(name: str, frame: pd.DataFrame, rule: str, shown: pd.MultiIndex) -> pd.DataFrame:
    """Table `name` with the running text of articles only as far as `rule` allows.

    ``full``: all of it; ``snippets``: headlines, page furniture, and of each article the sentences
    that most events, quotations and codings rest on for their length, up to `PART` of its text,
    each cut after `SNIPPET` characters; ``none``: no text.  `shown` comes from `shown_places`.
    """
    column = TEXT_COLUMNS.get(name)
    if column is None or rule == "full":
        return frame
    if rule == "none":
        return frame.assign(**{column: ""})
    length = PASSAGE if name == "reuse" else SNIPPET
    texts = frame[column]
    if name != "reuse":
        kept = pd.MultiIndex.from_frame(frame[PLACE]).isin(shown)
        if name == "sentences":
            kept |= frame["kind"].isin(NOT_THE_ARTICLE).to_numpy()
        texts = texts.where(kept, "")
    too_long = texts.str.len() > length
    return frame.assign(
        **{column: texts.mask(too_long, texts[too_long].map(partial(_snippet, length=length)))}
    )


def shown_places(sentences: pd.DataFrame, *rests_on: pd.DataFrame) -> pd.MultiIndex:
    """Places of the sentences that may be shown, by the tables `EVIDENCE`."""
    running = sentences[~sentences["kind"].isin(NOT_THE_ARTICLE)]
    running = running.assign(size=running["end"] - running["start"])
    running["most"] = PART * running.groupby("doc_id")["size"].transform("sum")
    times = pd.concat([table[PLACE] for table in rests_on]).value_counts().rename("times")
    behind = running.merge(times.reset_index().astype({"sent_id": int}), on=PLACE)
    behind["worth"] = behind["times"] / behind["size"].clip(lower=1)
    behind = behind.sort_values(["worth", *PLACE], ascending=[False, True, True])
    used = behind.groupby("doc_id")["size"].cumsum()
    return pd.MultiIndex.from_frame(behind.loc[used <= behind["most"], PLACE])


def _snippet(text: str, length: int) -> str:
    return text[:length].rsplit(" ", 1)[0] + " …"
