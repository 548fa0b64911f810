"""Events from the reports that were merged: what most of them say, the dates all agree on."""

from collections.abc import Iterable, Mapping
from datetime import date
from math import fsum

import numpy as np
import pandas as pd

from analysis.base.columns import names
from analysis.lexicons import OURS
from analysis.outlets.sources import count_independent
from analysis.timeline.pairs import CAMPAIGN_DAYS, HAPPENED, SERIES
from analysis.timeline.wording import Names, event_sentences

EVENT_COLUMNS = tuple(names("events"))
_KILLED = ("killed_min", "killed_max")
_PARTIES = ("source", "target", "place")
_COMMONEST = ("event_type", "mode", "direction", "dyad", *_PARTIES)
_DOERS = ("source", "target")
_LAST_OF_EQUALS = {"place"}  # headlines tell of the country, texts of the town
_READ = (
    *("date_from", "date_to", "date_basis", "status", "direction", "campaign"),
    *("n_incidents_min", "n_incidents_max", "goldstein", "in_title", "mutual"),
)
_PRECISIONS = {0: "day", 6: "week", 30: "month", 366: "year"}  # by the days from first to last
_FIRST_DAY, _LAST_DAY, _UNDATED = (np.datetime64(d, "D") for d in (date.min, date.max, "NaT"))


class MergedReports:
    """Reports with their events, as arrays: what all articles, or some, tell of each event."""

    def __init__(
        self,
        reports: pd.DataFrame,
        outlets: Mapping[str, str],
        published: Mapping[str, date],
        said: Iterable[str] = ("event_type", "mode", "dyad"),
    ) -> None:
        """`reports` are ``event_reports`` with ``event_id``, of articles in `outlets`.

        `published` gives the last day on which an article may have come out, `said` the columns
        of which an event has what most of its reports say.
        """
        event, self.ids = pd.factorize(reports["event_id"].to_numpy(object), sort=True)
        order = np.argsort(event, kind="stable")
        self.event, doc_ids = event[order], reports["doc_id"].iloc[order]
        self.reports = reports.iloc[order].reindex(columns=list(dict.fromkeys([*_READ, *said])))
        self.article = pd.Index(outlets).get_indexer(doc_ids)
        self.outlets = np.array([*outlets.values()], object)[self.article]
        outlet = pd.factorize(self.outlets)[0]
        self._by_outlet = np.lexsort((outlet, self.event))
        self._outlet = outlet[self._by_outlet]
        self._said = {column: self._coded(column) for column in said}
        self._first, self._last = self._days("date_from"), self._days("date_to")
        self._rank = self._ranked()
        out = np.array([published.get(doc_id) for doc_id in outlets], "M8[D]")[self.article]
        self._out = np.where(np.isnat(out), _LAST_DAY, out)
        self._over = np.where(self._is("status", "planned"), _LAST_DAY, self._out)
        self._happened, self._campaign = self._is("status", *HAPPENED), self._is("campaign", True)
        self._absent = self._is("status", "absence")
        # headlines shorten, and what is between two does not tell who did it to whom
        self._clear = np.where(self._is("in_title", True), 1, 3 - self._is("mutual", True))
        self._least, self._most = self._number("n_incidents_min"), self._number("n_incidents_max")

    def _is(self, column: str, *values: object) -> np.ndarray:
        return self.reports[column].isin(values).to_numpy(bool)

    def _days(self, column: str) -> np.ndarray:
        days = self.reports[column].astype(object)
        return days.where(days.notna(), None).to_numpy("M8[D]")

    def _number(self, column: str) -> np.ndarray:
        return self.reports[column].to_numpy(float, na_value=np.nan)

    def _coded(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """The values of a column as numbers, 0 for none, and what each number stands for."""
        values = self.reports[column].astype(object)
        codes, known = pd.factorize(values.where(values != "", None))
        return codes + 1, np.array(["", *known], object)

    def _ranked(self) -> np.ndarray:
        """How well a report dates its event, 0 for not at all: the best of an event date it.

        Better than the day on which an article came out are the dates that it tells; that a pause
        still goes on does not tell when it began.
        """
        dated = ~(np.isnat(self._first) | np.isnat(self._last))
        told = ~self._is("date_basis", "publication date")
        begun = ~(self._is("status", "ongoing") & self._is("direction", "pause"))
        return np.where(dated, 1 + 2 * told + begun, 0)

    def events(self, articles: np.ndarray | None = None) -> pd.DataFrame:
        """What the articles `tell` of each event, as a table."""
        columns = self.tell(articles).items()
        return pd.DataFrame(
            {n: pd.Series(own, dtype=object) if own.dtype == object else own for n, own in columns}
        )

    def tell(self, articles: np.ndarray | None = None) -> dict[str, np.ndarray]:
        """What the articles tell of each event that they report, in the order of ``event_id``.

        `articles`, if not all, says of each of `outlets` whether it is one of them.  Columns are
        event_id, those `said`, date_from, date_to (missing where no report is dated), begun (day by
        which it had begun), seen (day by which its last incident is told), told (first
        publication), contradicted (dates that cannot all be true), happened, campaign,
        absent (all tell that it did not happen), n_incidents_min, n_incidents_max, n_reports and
        n_outlets.
        """
        kept = np.full(len(self.event), True) if articles is None else articles[self.article]
        rows = np.flatnonzero(kept)
        group = _Groups(self.event[rows])
        campaign = group.most(self._campaign[rows])
        dates = self._dates(rows, group, campaign)
        by_outlet = self._by_outlet[kept[self._by_outlet]]
        new_outlet = np.diff(self._outlet[kept[self._by_outlet]], prepend=-1) != 0
        new_outlet |= np.diff(self.event[by_outlet], prepend=-1) != 0
        fewest = group.most(_finite(self._least[rows], -np.inf))
        highest = group.least(_finite(self._most[rows], np.inf))
        texts = {"event_id": self.ids[group.number]} | {
            column: values[
                group.commonest(self._heard(column, rows, group), last=column in _LAST_OF_EQUALS)
            ]
            for column, (_, values) in self._said.items()
        }
        return {
            **texts,
            **dates,
            "told": group.least(self._out[rows]),
            **{"happened": group.most(self._happened[rows]), "campaign": campaign},
            "absent": group.least(self._absent[rows]),
            "n_incidents_min": _finite(np.minimum(fewest, highest), np.nan),
            "n_incidents_max": _finite(highest, np.nan),
            **{"n_reports": group.sizes, "n_outlets": group.sum(new_outlet)},
        }

    def _heard(self, column: str, rows: np.ndarray, group: "_Groups") -> np.ndarray:
        """What reports say in a column; of doers what the clearest of those that name one say."""
        codes = self._said[column][0][rows]
        if column not in _DOERS:
            return codes
        clear = np.where(codes > 0, self._clear[rows], 0)
        return np.where(clear == group.each(group.most(clear)), codes, 0)

    def _dates(
        self, rows: np.ndarray, group: "_Groups", campaign: np.ndarray
    ) -> dict[str, np.ndarray]:
        """First and last day of each event, and whether its reports contradict each other.

        An event lasts from the latest beginning to the earliest end that it is given.  Dates that
        contradict each other leave the span of the closest ones, those that hold no other, and a
        campaign has the span of all.  What an article tells of is over when it comes out.  A count
        over a span has begun on its first day; one up to publication ends on a day not told.
        """
        rank, first, last = self._rank[rows], self._first[rows], self._last[rows]
        best = group.most(rank)
        dating = (rank > 0) & (rank == group.each(best))
        latest = group.most(np.where(dating, first, _FIRST_DAY))
        earliest = group.least(np.where(dating, last, _LAST_DAY))
        apart = ~campaign & (latest > earliest)
        # the first of the closest dates are, of those that end first, those that begin last
        ends_first, begins_last = last == group.each(earliest), first == group.each(latest)
        closest_from = group.most(np.where(dating & ends_first, first, _FIRST_DAY))
        closest_to = group.least(np.where(dating & begins_last, last, _LAST_DAY))
        whole_from = group.least(np.where(dating, first, _LAST_DAY))
        whole_to = group.most(np.where(dating, last, _FIRST_DAY))
        date_from = np.select([campaign, apart], [whole_from, closest_from], latest)
        date_to = np.select([campaign, apart], [whole_to, closest_to], earliest)
        over = np.maximum(date_from, np.minimum(date_to, group.least(self._over[rows])))
        undated = best == 0
        date_from = np.where(undated, _UNDATED, date_from)
        date_to = np.where(undated, _UNDATED, np.where(campaign, date_to, over))
        counted = (self._least[rows] > SERIES) & ((last - first).astype(int) > CAMPAIGN_DAYS)
        begun = group.least(np.where(dating, np.where(counted, first, last), _LAST_DAY))
        still = counted & (last >= self._out[rows])
        seen = group.most(np.where(dating, np.where(still, first, last), _FIRST_DAY))
        return {
            "date_from": date_from,
            "date_to": date_to,
            "begun": np.where(campaign & ~undated, begun, date_to),
            "seen": np.where(campaign & ~undated, seen, date_to),
            "contradicted": apart,
        }

    def closest_dates(self, event_id: str) -> str:
        """The closest of the dates that an event is given, each with the outlets that give it."""
        rows = np.flatnonzero(self.event == self.ids.searchsorted(event_id))
        rows = rows[self._rank[rows] == self._rank[rows].max()]
        told_by: dict[tuple[date, date], dict[str, None]] = {}
        days = zip(self._first[rows].tolist(), self._last[rows].tolist(), strict=True)
        for span, outlet in zip(days, self.outlets[rows], strict=True):
            told_by.setdefault(span, {})[outlet] = None
        parts = []
        for first, last in sorted(told_by):
            others = told_by.keys() - {(first, last)}
            if not any(first <= begin and end <= last for begin, end in others):
                span = str(first) if first == last else f"{first}..{last}"
                parts.append(f"{span} {', '.join(told_by[first, last])}")
        return ";".join(parts)


class _Groups:
    """Rows that follow each other by the number of their event, summed up for each event."""

    def __init__(self, event: np.ndarray) -> None:
        self._event, self._starts = event, np.flatnonzero(np.diff(event, prepend=-1))
        self.number, self.sizes = event[self._starts], np.diff(self._starts, append=len(event))

    def most(self, values: np.ndarray) -> np.ndarray:
        return np.maximum.reduceat(values, self._starts)

    def least(self, values: np.ndarray) -> np.ndarray:
        return np.minimum.reduceat(values, self._starts)

    def sum(self, values: np.ndarray) -> np.ndarray:
        return np.add.reduceat(values, self._starts, dtype=int)

    def each(self, values: np.ndarray) -> np.ndarray:
        """The value of its event for each row."""
        return np.repeat(values, self.sizes)

    def commonest(self, codes: np.ndarray, last: bool = False) -> np.ndarray:
        """The commonest number above 0, of equals the first told, or the last; 0 for none."""
        found = self.most(codes)
        several = self.least(np.where(codes == 0, codes.max(initial=0), codes)) < found
        rows = np.flatnonzero(self.each(several) & (codes > 0))[:: -1 if last else 1]
        many = codes.max(initial=0) + 1
        pairs, place, times = np.unique(
            self._event[rows] * many + codes[rows], return_index=True, return_counts=True
        )
        order = np.lexsort((place, -times, pairs // many))
        best = pairs[order][np.diff(pairs[order] // many, prepend=-1) != 0]
        found[several] = best % many
        return found


def _finite(values: np.ndarray, missing: float) -> np.ndarray:
    return np.where(np.isfinite(values), values, missing)


def event_table(
    reports: pd.DataFrame,
    outlets: Mapping[str, str],
    sources: Mapping[str, frozenset[str]],
    names: Names,
    published: Mapping[str, date] | None = None,
) -> pd.DataFrame:
    """One row an event, in the order of ``event_id``; columns as EVENT_COLUMNS.

    `reports` are ``event_reports`` with their events; `outlets` and `sources` give each article's
    outlet and where its news comes from (`outlets.sources.source_keys`), `names` what parties are
    called, `published` the last day on which an article may have come out.
    """
    reports = reports.assign(mode=_means(reports))
    told = MergedReports(reports, outlets, published or {}, _COMMONEST)
    events = told.events().merge(_killed(reports), on="event_id", how="left")
    events = events.assign(**_apart(events, reports))
    days = {column: events[column].to_numpy("M8[D]") for column in ("date_from", "date_to")}
    reports_of = reports.groupby("event_id", sort=True)
    doc_ids = [list(dict.fromkeys(own)) for _, own in reports_of["doc_id"]]
    events = events.assign(
        **{column: own.astype(object) for column, own in days.items()},
        precision=_precisions(days["date_to"] - days["date_from"]),
        dates_reported=events["event_id"]
        .where(events["contradicted"], "")
        .map(lambda event_id: told.closest_dates(event_id) if event_id else ""),
        studied=False,
        phrase="",  # like `studied` known when the dyads are
        goldstein=[fsum(own) / len(own) for _, own in reports_of["goldstein"]],  # in any order
        n_independent_sources=[count_independent(sources[doc] for doc in own) for own in doc_ids],
        outlets=[";".join(dict.fromkeys(outlets[doc] for doc in own)) for own in doc_ids],
        doc_ids=[";".join(own) for own in doc_ids],
        summary=event_sentences(events, names),
    )
    texts = ("precision", "dates_reported", "outlets", "doc_ids", "summary")  # also where none is
    counts = dict.fromkeys((*_KILLED, "n_incidents_min", "n_incidents_max"), "Int32")
    return events.astype(counts | dict.fromkeys(texts, str))[list(EVENT_COLUMNS)].infer_objects()


def _apart(events: pd.DataFrame, reports: pd.DataFrame) -> dict[str, pd.Series]:
    """Source and target of events; who would be both is what more reports of the text say."""
    alike = events["source"].where(events["source"] == events["target"], "")
    told = reports.reindex(columns=["event_id", "in_title", *_DOERS])
    told["party"] = told["event_id"].map(dict(zip(events["event_id"], alike, strict=True)))
    told = told[(told["party"] != "") & ~told["in_title"].isin([True])]
    does, undergoes = (
        events["event_id"].map((told[role] == told["party"]).groupby(told["event_id"]).sum())
        for role in _DOERS
    )
    return {
        "source": events["source"].mask((alike != "") & (does < undergoes), ""),
        "target": events["target"].mask((alike != "") & ~(does < undergoes), ""),
    }


def _means(reports: pd.DataFrame) -> pd.Series:
    """The modes of reports, without those that say what came of it where others say how."""
    outcome = reports["mode"].isin(OURS["wording"]["outcomes"])
    means = (reports["mode"] != "") & ~outcome
    return reports["mode"].mask(outcome & means.groupby(reports["event_id"]).transform("any"), "")


def _killed(reports: pd.DataFrame) -> pd.DataFrame:
    """How many each event killed: what most reports that tell it say, of equals the least."""
    numbers = reports.reindex(columns=["event_id", *_KILLED]).dropna(subset="killed_min")
    often = numbers.groupby(["event_id", *_KILLED], dropna=False).size().rename("n").reset_index()
    often = often.sort_values(["n", "killed_min"], ascending=[False, True], kind="stable")
    return often.drop_duplicates("event_id").drop(columns="n").astype({"event_id": object})


def _precisions(lengths: np.ndarray) -> np.ndarray:
    """How closely events of such lengths are dated; empty where they are not."""
    names = np.array([*_PRECISIONS.values(), "longer"], object)
    found = names[np.searchsorted([*_PRECISIONS], lengths.astype(int))]
    return np.where(np.isnat(lengths), "", found)


def last_days(documents: pd.DataFrame) -> dict[str, date]:
    """The last day on which each article may have come out, of those that say one."""
    days = documents["published"]
    if "published_to" in documents:
        days = documents["published_to"].where(documents["published_to"] != "", days)
    dated = days != ""
    return dict(zip(documents["doc_id"][dated], map(date.fromisoformat, days[dated]), strict=True))
