"""Views: the tables of the study turned the way a chart or a reader wants them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from analysis import terms
from analysis.base.messages import counted, listed
from analysis.base.thresholds import FEW_ARTICLES
from analysis.lexicons import load
from analysis.terms import statistics as st

CONTEXT = "context"
MANY_BARS = 40  # articles beyond which a chart of them shows outlets instead
MOST_OUTLETS = 20  # in a chart
MOST_SIDES = 8
SHIFTS = ("proportion", "entropy", "jsd")
MOST_PHASES = 8  # named in a finding
_AT_ONCE = 100  # articles compared with those after them


def without_stopwords(table: pd.DataFrame, language: str, column: str = "term") -> pd.DataFrame:
    """Rows of a term table that hold a content word (no function words, no mere numbers).

    Terms are in lower case but for initialisms: ``us`` is a function word, ``US`` is not.
    """
    stopwords = set(load("stopwords").get(language, []))

    def has_content(term: str) -> bool:
        return any(w not in stopwords and not w.isdigit() for w in term.split())

    return table[table[column].map(has_content).astype(bool)].reset_index(drop=True)


def kinds_of_text(
    sentences: pd.DataFrame, documents: pd.DataFrame, kinds: Iterable[str]
) -> pd.DataFrame:
    """Characters in each kind of line by article, or by outlet where there are many articles."""
    sizes = sentences.assign(characters=sentences["end"] - sentences["start"])
    table = sizes.pivot_table("characters", "doc_id", "kind", "sum", fill_value=0)
    table = table.reindex(documents["doc_id"], fill_value=0)[[k for k in kinds if k in table]]
    if len(table) > MANY_BARS:
        outlet = documents.set_index("doc_id")["outlet"]
        table = table.groupby(outlet).sum()
    return table


def per_outlet(table: pd.DataFrame, documents: pd.DataFrame, label: str) -> pd.DataFrame:
    """Rates per 1,000 words of each outlet from a table with a column of counts an outlet."""
    size = documents.groupby("outlet")["n_tokens"].sum()
    return table.set_index(label).reindex(columns=size.index) / size.where(size > 0) * 1000


def phrases(
    ngrams: pd.DataFrame, size: int, documents: pd.DataFrame, language: str
) -> pd.DataFrame:
    """N-grams of `size` words that begin and end with a content word: term, n, doc_freq."""
    stopwords = set(load("stopwords").get(language, []))
    own = ngrams[ngrams["size"] == size]
    ends = own["term"].astype(str).str.split(" ").map(lambda words: {words[0], words[-1]})
    own = own[ends.map(lambda pair: not pair & stopwords).astype(bool)]
    table = own[["term", "n", "doc_freq"]].assign(n_documents=len(documents))
    return table.sort_values(
        ["n", "doc_freq", "term"], ascending=[False, False, True], ignore_index=True
    )


def entity_rates(rates: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Entities (rows, in the order of `table`) by outlets: mentions per 1,000 words."""
    wide = rates.pivot_table(index="entity_id", columns="outlet", values="per_1000", fill_value=0.0)
    wide = wide.reindex(table["entity_id"]).fillna(0.0)
    wide.index = pd.Index(table["entity"], name="entity")
    return wide.rename_axis(columns=None)


def prominence(first: pd.DataFrame) -> pd.DataFrame:
    """In how many articles an entity is in the headline, in the first sentence, in the text."""
    groups = first.groupby(["entity_id", "entity"])
    table = groups.agg(
        in_headline=("in_headline", "sum"),
        in_first_sentence=("in_lead", "sum"),
        in_text=("doc_id", "nunique"),
    )
    order = ["in_headline", "in_first_sentence", "in_text"]
    return table.reset_index().sort_values([*order, "entity"], ascending=[False] * 3 + [True])


# --- outlets --------------------------------------------------------------------------------


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


def comparability(documents: pd.DataFrame) -> str:
    """What a comparison of these outlets cannot conclude, in words; empty if nothing stands out."""
    articles = documents.groupby("outlet").size()
    few = articles[articles < FEW_ARTICLES]
    if len(articles) < 2:
        return "There is one outlet: nothing can be compared across outlets."
    if (articles == 1).all():
        return (
            f"Each of the {len(articles)} outlets has one article. Event, date and outlet are "
            "confounded: a difference between two articles may come from any of the three. Counts "
            "and effect sizes are shown; p-values and intervals are not, because there is nothing "
            "to estimate them from."
        )
    if len(few):
        return (
            f"{len(few)} of {len(articles)} outlets have fewer than {FEW_ARTICLES} articles "
            f"({listed(few.index)}): for them counts and effect sizes are shown, but no "
            "p-values and no intervals."
        )
    return ""


def same_episode(
    documents: pd.DataFrame, reports: pd.DataFrame, events: pd.DataFrame, days: int
) -> pd.DataFrame:
    """Dated events told by articles of different outlets published at most `days` apart.

    One row an event of the best-matched pair of articles: what it is, and the words of each.
    """
    pair = _closest_pair(documents, reports, days)
    if not pair:
        return pd.DataFrame(columns=["event_id", "event"])
    names = documents.set_index("doc_id")["outlet"]
    own = reports[reports["doc_id"].isin(pair)]
    if own.empty:
        return pd.DataFrame(columns=["event_id", "event"])
    told = own.groupby(["event_id", "doc_id"])["trigger"].agg(" · ".join).unstack("doc_id")
    table = told.reindex(columns=list(pair)).fillna("–").rename(columns=names).reset_index()
    table = table.merge(events[["event_id", "event_type", "date_from", "summary"]], on="event_id")
    table = table.dropna(subset=["date_from"])
    table["told_by_both"] = (table[[names[doc] for doc in pair]] != "–").all(axis=1)
    order = ["told_by_both", "date_from", "event_id"]
    table = table.sort_values(order, ascending=[False, True, True], ignore_index=True)
    return table[["event_id", "event_type", "date_from", *(names[doc] for doc in pair)]]


def _closest_pair(documents: pd.DataFrame, reports: pd.DataFrame, days: int) -> tuple[str, ...]:
    """The two articles of different outlets, at most `days` apart, that share most events."""
    documents = documents[documents["published"] != ""]
    day = pd.to_datetime(documents["published"]).to_numpy("datetime64[D]")
    place = np.argsort(day, kind="stable")
    until = np.searchsorted(day[place], day[place] + days, "right")
    outlet = pd.factorize(documents["outlet"])[0][place]
    told = reports.loc[reports["doc_id"].isin(documents["doc_id"]), ["doc_id", "event_id"]]
    told = told.drop_duplicates()
    row = pd.Index(documents["doc_id"].iloc[place]).get_indexer(told["doc_id"])
    cells = (np.ones(len(row), np.int32), (row, pd.factorize(told["event_id"])[0]))
    holds = sparse.coo_array(cells, shape=(len(place), max(cells[1][1], default=0) + 1)).tocsr()
    found = []
    for first in range(0, len(place), _AT_ONCE):
        a = np.arange(first, min(first + _AT_ONCE, len(place)))[:, None]
        b = np.arange(first, until[a[-1, 0]])
        shared = (holds[a[:, 0]] @ holds[b].T).toarray()
        near = (b > a) & (b < until[a]) & (outlet[a] != outlet[b])
        most = shared[near].max(initial=-1)
        i, j = np.nonzero(near & (shared == most))
        pairs = np.sort(np.stack([place[a[i, 0]], place[b[j]]]), axis=0)
        found += [(-most, *min(pairs.T.tolist()))] if len(i) else []
    return tuple(documents["doc_id"].iloc[list(min(found)[1:])]) if found else ()


def episode_caption(episode: pd.DataFrame, documents: pd.DataFrame) -> str:
    if episode.empty:
        return "No two articles of different outlets, close in time, tell of an event."
    outlets = [c for c in episode.columns if c in set(documents["outlet"])]
    return f"Events told by {' and '.join(outlets)}; “–”: not told."


def event_matrix(
    events: pd.DataFrame, reports: pd.DataFrame, documents: pd.DataFrame, most: int
) -> pd.DataFrame:
    """Events (rows) by outlets: the date reported, ``–``, or ``published earlier``.

    The `most` events told by most outlets and reports, those studied first, in order of time.
    """
    dated = events[events["date_from"].notna()]
    studied = dated[dated["studied"]] if dated["studied"].any() else dated
    order = ["n_outlets", "n_reports", "date_from", "event_id"]
    studied = studied.sort_values(order, ascending=[False, False, True, True]).head(most)
    until = documents["published_to"].where(documents["published_to"] != "", documents["published"])
    last = until.groupby(documents["outlet"]).max().replace("", date.max.isoformat())
    last = last.map(date.fromisoformat)
    outlet = documents.set_index("doc_id")["outlet"]
    own = reports[reports["event_id"].isin(studied["event_id"])]
    own = own.assign(outlet=own["doc_id"].map(outlet))
    told = dict(list(own.groupby(["event_id", "outlet"])))
    studied = studied.sort_values(["date_from", "event_id"])
    rows = [
        [_cell(told.get((event.event_id, name)), event, last[name]) for name in last.index]
        for event in studied.itertuples()
    ]
    labels = [f"{event.date_from} {event.summary}" for event in studied.itertuples()]
    return pd.DataFrame(rows, index=labels, columns=list(last.index))


def _cell(reports: pd.DataFrame | None, event: Any, published: date) -> str:
    if reports is None:
        return "published earlier" if published < event.date_from else "–"
    dated = reports.dropna(subset=["date_from", "date_to"])
    if dated.empty:
        return "reported, no date"
    return _interval(dated["date_from"].min(), dated["date_to"].max())


def _interval(first: date, last: date) -> str:
    if first == last:
        return f"{first}"
    if first.year == last.year:
        return f"{first} to {last:%m-%d}"
    return f"{first} to {last}"


def speakers(quotations: pd.DataFrame) -> pd.DataFrame:
    """Number of quotations (see `voices`) by outlet (rows) and voice (columns)."""
    if quotations.empty:
        return pd.DataFrame()
    return pd.crosstab(quotations["outlet"], quotations["voice"]).rename_axis(columns=None)


def shares(items: pd.DataFrame, column: str, documents: pd.DataFrame) -> pd.DataFrame:
    """How the items of each outlet (rows with a doc_id) divide over the values of `column`.

    outlet, `column`, n, n_of (all items of the outlet), share, low, high (95 %, see
    `statistics.clustered_share_interval`), n_articles (that have an item), n_words, reason (why
    there is no interval).
    """
    table = pd.crosstab(items["doc_id"], items[column])
    outlets = documents.set_index("doc_id")["outlet"].reindex(table.index)
    words = documents.groupby("outlet")["n_tokens"].sum()
    rows = []
    for outlet, own in table.groupby(outlets):
        n_of = own.sum(axis=1)
        few = len(own) < FEW_ARTICLES
        for value, n in own.items():
            low, high = (np.nan, np.nan) if few else st.clustered_share_interval(n, n_of)
            counts = (n.sum(), n_of.sum(), n.sum() / n_of.sum(), low, high)
            rows.append((outlet, value, *counts, len(own), words[outlet], _FEW if few else ""))
    columns = ["outlet", column, "n", "n_of", "share", "low", "high", "n_articles", "n_words"]
    return pd.DataFrame(rows, columns=[*columns, "reason"])


_FEW = f"fewer than {FEW_ARTICLES} articles"


def few_articles(shares: pd.DataFrame) -> str:
    """What these shares cannot conclude, in words; empty if every outlet has an interval."""
    few = sorted(shares.loc[shares["reason"] != "", "outlet"].unique())
    if not few:
        return ""
    which = "any outlet" if len(few) == shares["outlet"].nunique() else listed(few)
    return (
        f"No interval for {which} ({_FEW}): the shares are those of these articles and say nothing "
        "about the outlet’s habits; another day or another event could give others."
    )


def verb_classes(quotations: pd.DataFrame) -> pd.DataFrame:
    """Quotations with `verb_class`, the class of their verb in ``lexicons/reporting_verbs.yml``."""
    classes = load("reporting_verbs")["classes"]
    by_verb = {verb: name for name, verbs in classes.items() for verb in verbs}
    verb_class = quotations["verb"].map(by_verb | {"according to": "according to"})
    return quotations.assign(verb_class=verb_class.fillna("other"))


def voices(quotations: pd.DataFrame, actors: pd.DataFrame) -> pd.DataFrame:
    """Quotations with `voice`: the side of their speaker, or ``anonymous``.

    Beyond `MOST_SIDES` the sides heard least are one, ``other sides``.
    """
    side = actors.set_index("entity_id")["side"].replace("", np.nan)
    voice = quotations["speaker_entity_id"].map(side).astype(object).fillna("other or unknown")
    voice = voice.mask(quotations["anonymous"].astype(bool), "anonymous")
    kept = voice.value_counts().index[:MOST_SIDES]
    return quotations.assign(voice=voice.where(voice.isin(kept), "other sides"))


def headlines(
    headlines: pd.DataFrame, documents: pd.DataFrame, actors: pd.DataFrame
) -> pd.DataFrame:
    """What each headline asserts: outlet, published, title, who, does what, to whom, how surely.

    `says` sums it up: ``names who did it`` (a mere place is no doer), ``act without doer``, ``no
    event``.
    """
    names = actors.set_index("entity_id")["name"]
    places = actors.loc[actors["type"].isin(["LOC", "FAC"]), "entity_id"]
    table = headlines.merge(documents[["doc_id", "outlet", "published"]], on="doc_id")
    told = table["trigger"] != ""
    doer = (table["source"] != "") & ~table["source"].isin(places)
    for party in ("source", "target"):
        table[party] = table[party].map(names).astype(object).fillna(table[party])
    named = doer & told | (table["passive"] == "agent named")
    told |= table["passive"] != ""
    kinds = ["names who did it", "act without doer"]
    table["says"] = np.select([named, told], kinds, "no event")
    columns = ["published", "title", "source", "trigger", "target", "event_type", "status"]
    return table[["doc_id", "outlet", *columns, "attribution", "passive", "says"]]


def shift_pair(documents: pd.DataFrame, episode: pd.DataFrame, given: Sequence[str]) -> list[str]:
    """The two outlets whose words are compared: as given, of the same episode, or the largest."""
    known = documents.groupby("outlet")["n_tokens"].sum()
    known = list(known[known > 0].sort_values(ascending=False, kind="stable").index)
    wanted = [outlet for outlet in given if outlet]
    if unknown := set(wanted) - set(known):
        raise ValueError(f"no outlet {', '.join(unknown)}; there are: {', '.join(sorted(known))}")
    order = [*wanted, *(c for c in episode.columns if c in known), *known]
    return list(dict.fromkeys(order))[:2]


def word_shifts(counts: pd.DataFrame, pair: Sequence[str]) -> pd.DataFrame:
    """Words by what they contribute to the difference of two outlets, by three measures.

    measure, rank, total (of the measure), then as `terms.word_shift`.
    """
    if len(pair) < 2:
        return pd.DataFrame(columns=["measure", "rank", "total", "term"])
    tables = []
    for measure in SHIFTS:
        table = terms.word_shift(counts, *pair, measure=measure)
        table = table.assign(measure=measure, total=table.attrs["total"])
        tables.append(table.assign(rank=range(1, len(table) + 1)))
    return pd.concat(tables, ignore_index=True)


def strongest_shifts(shifts: pd.DataFrame, each: int, language: str) -> pd.DataFrame:
    """The `each` content words of `word_shifts` that contribute most, by measure."""
    if shifts.empty:
        return shifts
    return without_stopwords(shifts, language).groupby("measure", sort=False).head(each)


def sizes(documents: pd.DataFrame, outlets: Sequence[str]) -> str:
    """What stands behind each of these outlets: articles and words."""
    table = documents.groupby("outlet")["n_tokens"].agg(["size", "sum"]).loc[list(outlets)]
    return "; ".join(f"{o}: {n} art., {w:,} words" for o, (n, w) in table.iterrows())


def top_keywords(keyness: pd.DataFrame, each: int, language: str) -> pd.DataFrame:
    """The `each` strongest overused terms of every outlet, with the interval there is."""
    over = without_stopwords(keyness[keyness["log_ratio"] > 0], language)
    order = ["outlet", "log_likelihood", "term"]
    top = over.sort_values(order, ascending=[True, False, True]).groupby("outlet").head(each)
    low = top[["ci_low", "loo_low", "log_ratio"]].replace(-np.inf, np.nan).min(axis=1)
    high = top[["ci_high", "loo_high", "log_ratio"]].replace(np.inf, np.nan).max(axis=1)
    return top.assign(low=low, high=high).reset_index(drop=True)


def tests_of_words(keyness: pd.DataFrame) -> pd.DataFrame:
    """For each outlet and question: words tested, too rare to test, and different (p < 0.05)."""
    rows = []
    for outlet, own in keyness.groupby("outlet"):
        for question in ("presence", "rate"):
            p = own[f"p_{question}_adjusted"]
            rare = own["too_rare"].str.split(";").map(lambda those, q=question: q in those)
            counts = (int(p.notna().sum()), int(rare.sum()), int((p < 0.05).sum()))
            rows.append((outlet, question, *counts))
    columns = ["outlet", "question", "n_tested", "n_too_rare", "n_different"]
    return pd.DataFrame(rows, columns=columns)


def keyness_note(keyness: pd.DataFrame, documents: pd.DataFrame) -> str:
    base = sizes(documents, sorted(documents["outlet"].unique()))
    if keyness["ci_low"].notna().any():
        return f"Lines: 95 % interval by bootstrap over stories. {base}"
    return (
        "Lines: span of the log ratio when each story is left out in turn; no interval can be "
        f"estimated. {base}"
    )


def credited(credits: pd.DataFrame, documents: pd.DataFrame) -> pd.DataFrame:
    """Who credits whom, how often, and whether the credited outlet is in the corpus."""
    outlets = documents.set_index("doc_id")["outlet"]
    table = credits.assign(outlet=credits["doc_id"].map(outlets))
    table = table[table["outlet"] != table["credited"]]
    table = table.groupby(["outlet", "doc_id", "credited"]).size().rename("n").reset_index()
    table["in_corpus"] = table["credited"].isin(set(outlets))
    return table


# --- events and phases ----------------------------------------------------------------------


def timeline_events(
    events: pd.DataFrame, dyads: Sequence[Mapping[str, Any]], longest: int, context: bool
) -> pd.DataFrame:
    """Events dated closely enough to draw, and campaigns: number by date, month, lane."""
    dated = events.dropna(subset=["date_from", "date_to"])
    width = pd.to_datetime(dated["date_to"]) - pd.to_datetime(dated["date_from"])
    precise = (width.dt.days <= longest) | dated["campaign"]
    close = dated[precise & (dated["studied"] | context)]
    close = close.sort_values(["date_from", "date_to", "event_id"], ignore_index=True)
    names = {dyad["id"]: dyad["name"] for dyad in dyads}
    lane = [names.get(dyad.split(";")[0], CONTEXT) for dyad in close["dyad"]]
    return close.assign(number=range(1, len(close) + 1), month=month_of(close), lane=lane)


def month_of(events: pd.DataFrame) -> pd.Series:
    """The month (``2024-04``) of the middle of each event's dates; missing without dates."""
    start, end = pd.to_datetime(events["date_from"]), pd.to_datetime(events["date_to"])
    return (start + (end - start) / 2).dt.strftime("%Y-%m")


def lanes(drawn: pd.DataFrame, dyads: Sequence[Mapping[str, Any]]) -> list[str]:
    named = [dyad["name"] for dyad in dyads]
    return named + ([CONTEXT] if CONTEXT in set(drawn["lane"]) else [])


def phase_strips(phases: pd.DataFrame, dyads: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    names = {dyad["id"]: dyad["name"] for dyad in dyads}
    return phases.assign(lane=phases["dyad"].map(names))


def rule_text(phases: pd.DataFrame) -> str:
    rules = list(dict.fromkeys(phases["rule"]))
    return f"Rule: {rules[0]}." if rules else ""


def timeline_key(
    drawn: pd.DataFrame, reports: pd.DataFrame, sentences: pd.DataFrame
) -> pd.DataFrame:
    """One row a numbered event: dates, type, outlets, and the sentence of its first report."""
    first = reports[["event_id", "doc_id", "sent_id"]].drop_duplicates("event_id")
    first = first[first["event_id"].isin(drawn["event_id"])]
    told = first.merge(sentences[["doc_id", "sent_id", "text"]], on=["doc_id", "sent_id"])
    table = drawn.assign(text=drawn["event_id"].map(told.set_index("event_id")["text"]))
    columns = ["number", "event_id", "date_from", "date_to", "event_type", "lane", "summary"]
    return table[[*columns, "n_independent_sources", "outlets", "text"]]


def who_says_what(
    reports: pd.DataFrame, documents: pd.DataFrame, sentences: pd.DataFrame
) -> pd.DataFrame:
    """Every report of every event in order of time, with outlet and sentence."""
    told = ["date_from", "date_to", "date_basis"]
    what = ["event_type", "status", "attribution", "trigger"]
    reports = reports.sort_values(["date_from", "event_id", "report_id"], na_position="last")
    table = reports[["doc_id", "sent_id", *told, "event_id", *what]]
    table = table.merge(documents[["doc_id", "outlet", "published"]], on="doc_id")
    table = table.merge(sentences[["doc_id", "sent_id", "text"]], on=["doc_id", "sent_id"])
    return table[[*told, "outlet", "published", "event_id", *what, "text"]]


def phase_sentences(phases: pd.DataFrame, dyads: Sequence[Mapping[str, Any]]) -> list[str]:
    """The phases of each dyad in words: a sentence for those observed, one for those declared."""
    sentences = []
    for dyad, basis in product(dyads, ("observed", "declared")):
        own = phases[(phases["dyad"] == dyad["id"]) & (phases["basis"] == basis)]
        parts = [
            f"{row.phase} {_interval(row.date_from, row.date_to)}"
            for row in own.itertuples()
            if row.phase != "not covered"
        ]
        told = "; ".join(parts[:MOST_PHASES]) or "no phase by the rule"
        more = f"; {len(parts) - MOST_PHASES} more" if len(parts) > MOST_PHASES else ""
        sentences.append(f"{dyad['name']}, {basis}: {told}{more}.")
    return sentences


def undated_attacks(
    events: pd.DataFrame, documents: pd.DataFrame, dyads: Sequence[Mapping[str, Any]]
) -> pd.DataFrame:
    """Attacks of the dyads studied that no article dates: lane, until (told), n, which."""
    own = events[events["studied"] & (events["event_type"] == "ASSAULT") & events["happened"]]
    own = own[own["date_from"].isna()]
    names = {dyad["id"]: dyad["name"] for dyad in dyads}
    told = dict(zip(documents["doc_id"], documents["published"], strict=True))
    days = (filter(None, map(told.get, ids.split(";"))) for ids in own["doc_ids"])
    own = own.assign(
        lane=[names.get(ids.split(";")[0]) for ids in own["dyad"]],
        until=[min(map(date.fromisoformat, own_days), default=None) for own_days in days],
    )
    groups = own.groupby(["lane", "until"])
    table = groups.agg(
        n=("event_id", "size"), event_ids=("event_id", ";".join), summaries=("summary", " · ".join)
    )
    return table.reset_index()


def published(reference: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What others published, verified rows only: series of counts, and events marked a, b, c …"""
    own = reference[reference["status"] == "verified"]
    counts = own[own["value"].notna()]
    dated = own[own["value"].isna()].sort_values(["date", "text"], ignore_index=True)
    return counts, dated.assign(mark=[_letter(number) for number in range(len(dated))])


def _letter(number: int) -> str:
    """a, b … z, aa, ab …"""
    more, last = divmod(number, 26)
    return (_letter(more - 1) if more else "") + chr(ord("a") + last)


def reference_near(dated: pd.DataFrame, events: pd.DataFrame, days: int) -> pd.DataFrame:
    """Published events, each with the event of the study nearest in time, at most `days` away.

    Nearness in time is all that is compared: whether it is the same event, the reader decides.
    """
    own = events[events["studied"]].dropna(subset=["date_from", "date_to"])
    rows = []
    for row in dated.itertuples():
        away = [
            max((first - row.date).days, (row.date - last).days, 0)
            for first, last in zip(own["date_from"], own["date_to"], strict=True)
        ]
        near = own.assign(away=away, width=own["date_to"] - own["date_from"])
        near = near[near["away"] <= days].sort_values(["away", "width", "event_id"]).head(1)
        found = near.iloc[0] if len(near) else None
        rows.append(
            {
                **{"mark": row.mark, "date": row.date, "published": row.text},
                **{"source": row.source, "url": row.url},
                "event_id": found["event_id"] if found is not None else "",
                "event": found["summary"] if found is not None else "",
                "dates": _interval(found["date_from"], found["date_to"]) if len(near) else "",
            }
        )
    columns = ["mark", "date", "published", "source", "url", "event_id", "event", "dates"]
    return pd.DataFrame(rows, columns=columns)


def chance_sentences(chance: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """How often the rule finds as much of a pattern by chance, in words."""
    sentences = []
    for row in chance.itertuples():
        who = f"{names[row.dyad]}, {row.basis}"
        if not row.turns:
            sentences.append(f"{who}: no such pattern (no turn between escalation and pause).")
            continue
        turns = f"{counted(row.turns, 'turn')} between escalation and pause"
        often = f"in {row.share_by_chance:.1%}" if row.share_by_chance else "in none"
        sentences.append(
            f"{who}: {turns}; with the events' dates dealt at random, as many or more {often} of "
            f"{row.draws:,} draws."
        )
    return sentences


def rests_on(phases: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """The boundaries that would be gone or move without one article, or in other samples."""
    sentences = []
    for row in phases.itertuples():
        where = f"{names[row.dyad]}, {row.basis} {row.phase} from {row.date_from}"
        if row.rests_on_one_article:
            articles = row.rests_on_one_article.replace(";", " or ")
            sentences.append(f"{where}: gone or moved by more than a week without {articles}.")
        elif pd.notna(row.support) and row.support < 0.5:
            sentences.append(f"{where}: found in only {row.support:.0%} of the samples.")
    return sentences


def part_sentences(parted: pd.DataFrame, names: Mapping[str, str], most: int) -> list[str]:
    """Where what was declared and what was observed part, in words."""
    told = [
        f"{names[row.dyad]}, {_interval(row.date_from, row.date_to)}: "
        f"declared {row.declared}, observed {row.observed}."
        for row in parted.itertuples()
    ]
    return told[:most] + ([f"{len(told) - most} more such spans."] if len(told) > most else [])


def who_coded(codings: pd.DataFrame) -> str:
    """What the codings are worth, in words."""
    if codings.empty:
        return (
            "This corpus has no codings (coding/events.csv), so there is nothing to check against. "
            "The last section says how to add them."
        )
    if "human" not in set(codings["coder_kind"]):
        return (
            "No human validation yet: all codings were made by models. Their agreement is "
            "consistency, not reliability. The last section says how people's codings are added."
        )
    people = codings.loc[codings["coder_kind"] == "human", "coder"].nunique()
    return "" if people > 1 else "One person coded: how reliably people agree is not known."
