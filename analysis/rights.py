"""How much of the articles a report shows: the rule `share_texts` of corpus.yml."""

import pandas as pd

TEXT_COLUMNS = {"sentences": "text", "quotations": "text", "reuse": "passage", "codings": "quote"}
EVIDENCE = ("event_reports", "quotations", "codings")
NOT_THE_ARTICLE = ("title", "byline", "furniture")
SNIPPET = 400  # characters of running text shown at a stretch


def share(name: str, frame: pd.DataFrame, rule: str, evidence: list[pd.DataFrame]) -> pd.DataFrame:
    """Table `name` with the running text of articles only as far as `rule` allows.

    ``full``: all of it; ``snippets``: headlines, page furniture, and the sentences that an event,
    a quotation or a coding rests on (`evidence`: tables with doc_id and sent_id), cut after
    `SNIPPET` characters; ``none``: no text.
    """
    column = TEXT_COLUMNS.get(name)
    if column is None or rule == "full":
        return frame
    if rule == "none":
        return frame.assign(**{column: ""})
    frame = frame.assign(**{column: frame[column].map(_snippet, na_action="ignore")})
    if name != "sentences":
        return frame
    keys = ["doc_id", "sent_id"]
    rests_on = pd.MultiIndex.from_frame(pd.concat([table[keys] for table in evidence]))
    shown = pd.MultiIndex.from_frame(frame[keys]).isin(rests_on)
    shown |= frame["kind"].isin(NOT_THE_ARTICLE).to_numpy()
    return frame.assign(**{column: frame[column].where(shown, "")})


def _snippet(text: str) -> str:
    return text if len(text) <= SNIPPET else text[:SNIPPET].rsplit(" ", 1)[0] + " …"
