"""How much of the articles a report shows: the rule `share_texts` of corpus.yml."""

import pandas as pd

TEXT_COLUMNS = {"sentences": "text", "quotations": "text", "reuse": "passage", "codings": "quote"}
NOT_THE_ARTICLE = ("title", "byline", "furniture")
SNIPPET = 300  # characters of running text shown at a stretch
PASSAGE = 60  # and of a passage shared by two articles, or of a line of furniture
PART = 0.25  # of an article's running text shown at most
PLACE = ["doc_id", "sent_id"]
EVIDENCE = {  # tables by which it is decided what may be shown, and their columns for that
    "sentences": [*PLACE, "kind", "start", "end"],
    "event_reports": [*PLACE, "event_id", "dyad", "date_from"],
    **dict.fromkeys(("quotations", "codings"), PLACE),
}


def share(name: str, frame: pd.DataFrame, rule: str, shown: pd.MultiIndex) -> pd.DataFrame:
    """Table `name` with the running text of articles only as far as `rule` allows.

    ``full``: all of it; ``snippets``: headlines, and of each article the sentences in
    `shown_places`, up to `PART` of its text, each cut after `SNIPPET` characters; of a line of
    page furniture its first words; ``none``: no text.
    """
    column = TEXT_COLUMNS.get(name)
    if column is None or rule == "full":
        return frame
    if rule == "none":
        return frame.assign(**{column: ""})
    texts = frame[column]
    length = pd.Series(PASSAGE if name == "reuse" else SNIPPET, frame.index)
    if name != "reuse":
        kept = pd.MultiIndex.from_frame(frame[PLACE]).isin(shown)
        if name == "sentences":
            kept |= frame["kind"].isin(NOT_THE_ARTICLE).to_numpy()
            length = length.mask(frame["kind"] == "furniture", PASSAGE)
        texts = texts.where(kept, "")
    too_long = texts.str.len() > length
    cut = [_snippet(*one) for one in zip(texts[too_long], length[too_long], strict=True)]
    return frame.assign(**{column: texts.mask(too_long, pd.Series(cut, texts.index[too_long]))})


def best_sentences(reports: pd.DataFrame, sentences: pd.DataFrame) -> pd.DataFrame:
    """One report an event, that whose sentence shows it best: of the text, dated, short.

    `reports`: doc_id, sent_id, event_id, date_from; `sentences`: doc_id, sent_id, kind, size.
    """
    placed = reports.astype({"sent_id": int}).merge(sentences[[*PLACE, "kind", "size"]], on=PLACE)
    placed["headline"], placed["undated"] = placed["kind"] != "body", placed["date_from"].isna()
    ranked = placed.sort_values(["headline", "undated", "size", *PLACE], kind="stable")
    return ranked.drop_duplicates("event_id")[list(reports.columns)]


def shown_places(
    sentences: pd.DataFrame, reports: pd.DataFrame, *rests_on: pd.DataFrame
) -> pd.MultiIndex:
    """Places of the sentences that may be shown, by the tables `EVIDENCE`.

    First comes one sentence for each event that is dated, of those studied before others; then
    what most events, quotations and codings rest on for its length.
    """
    running = sentences[~sentences["kind"].isin(NOT_THE_ARTICLE)]
    running = running.assign(size=running["end"] - running["start"])
    running["most"] = PART * running.groupby("doc_id")["size"].transform("sum")
    running["size"] = running["size"].clip(lower=1, upper=SNIPPET)
    best = best_sentences(reports[reports["date_from"].notna()], running)
    best = best.assign(rank=1 + (best["dyad"] != "")).groupby(PLACE, as_index=False)["rank"].max()
    times = pd.concat([table[PLACE] for table in (reports, *rests_on)]).value_counts()
    found = running.merge(times.rename("times").reset_index().astype({"sent_id": int}), on=PLACE)
    found = found.merge(best, on=PLACE, how="left")
    found["worth"] = found["times"] / found["size"]
    found = found.sort_values(
        ["rank", "worth", *PLACE], ascending=[False, False, True, True], na_position="last"
    )
    left: dict[str, float] = {}
    kept = []
    for doc_id, size, most in found[["doc_id", "size", "most"]].itertuples(index=False):
        fits = size <= left.setdefault(doc_id, most)
        left[doc_id] -= size if fits else 0
        kept.append(fits)
    return pd.MultiIndex.from_frame(found.loc[kept, PLACE])


def _snippet(text: str, length: int) -> str:
    return text[:length].rsplit(" ", 1)[0] + " …"
