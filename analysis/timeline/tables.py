"""The tables of the timeline: event_reports with their events and dyads, events, phases."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.lexicons import OURS, Lexicon
from analysis.timeline import phases
from analysis.timeline.dyads import Dyads
from analysis.timeline.events import event_table, last_days
from analysis.timeline.phase_checks import robustness
from analysis.timeline.wording import Names, event_phrases


def timeline_tables(
    reports: pd.DataFrame,
    documents: pd.DataFrame,
    sources: Mapping[str, frozenset[str]],
    actors: pd.DataFrame,
    settings: Mapping[str, Any],
    lexicon: Lexicon = OURS,
) -> Iterator[tuple[str, pd.DataFrame]]:
    """event_reports, events and phases, one after another, from `reports` that are merged.

    `sources` tell where each article's news comes from (`outlets.sources.source_keys`); `settings`
    are those of ``corpus.yml``.
    """
    dyads = Dyads(settings["dyads"], actors)
    outlets = documents.set_index("doc_id")["outlet"].to_dict()
    names = Names.of(actors, settings["dyads"])
    reports = reports.assign(dyad=dyads.of_each(reports))
    events = event_table(reports, outlets, sources, names, last_days(documents))
    events["dyad"] = dyads.of_events(events, reports, lexicon)
    events["studied"] = events["dyad"] != ""
    events["phrase"] = event_phrases(events, names, lexicon)
    reports["dyad"] = reports["event_id"].map(events.set_index("event_id")["dyad"])
    yield from {"event_reports": reports, "events": events}.items()
    dated = documents[documents["counted"] & (documents["published"] != "")]
    yield "phases", _phases(reports, events, dated, settings)


def _phases(
    reports: pd.DataFrame,
    events: pd.DataFrame,
    documents: pd.DataFrame,
    settings: Mapping[str, Any],
) -> pd.DataFrame:
    spans, published = phases.coverage(settings, documents)
    rules = {dyad["id"]: phases.Rule.of(dyad) for dyad in settings["dyads"]}
    cut = [phases.cut_phases(events, dyad, spans, rules[dyad], published) for dyad in rules]
    if not cut:
        return pd.DataFrame(columns=list(phases.COLUMNS))
    return robustness(pd.concat(cut), reports, documents, spans, rules)
