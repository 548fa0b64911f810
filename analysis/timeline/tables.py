"""The tables of the timeline: event_reports with their events and dyads, events, phases."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from analysis.lexicons import OURS, Lexicon
from analysis.timeline.dyads import Dyads, of_kinds, set_mutual
from analysis.timeline.events import event_table, last_days
from analysis.timeline.evidence import Record
from analysis.timeline.halts import Place, read_halts
from analysis.timeline.phase_checks import checked_phases
from analysis.timeline.proposed import consider_dyads, proposed_dyads
from analysis.timeline.wording import Names, event_phrases


def timeline_tables(
    reports: pd.DataFrame,
    documents: pd.DataFrame,
    sources: Mapping[str, frozenset[str]],
    actors: pd.DataFrame,
    settings: Mapping[str, Any],
    sentences: Mapping[Place, str],
    days: Mapping[Place, Sequence[date]],
    lexicon: Lexicon = OURS,
) -> Iterator[tuple[str, pd.DataFrame]]:
    """dyads, event_reports, events, phases, one after another, from `reports` that are merged.

    `sources` tell where each article's news comes from (`outlets.sources.source_keys`); `settings`
    are those of ``corpus.yml``, and where they name no dyads, those proposed are studied;
    `sentences` hold those of articles that tell of halts, `days` the days that they name.
    """
    considered = consider_dyads(reports, actors)
    if settings["dyads"]:
        considered = considered.head(0)
    settings = {**settings, "dyads": settings["dyads"] or proposed_dyads(considered)}
    yield "dyads", considered
    dyads = Dyads(settings, actors, lexicon)
    outlets = documents.set_index("doc_id")["outlet"].to_dict()
    names = Names.of(actors, settings["dyads"])
    halts = of_kinds(reports, dyads.pause)
    reports = read_halts(reports, halts, sentences, days, lexicon)
    reports = dyads.mark_doubtful(reports.assign(dyad=dyads.of_each(reports)))
    events = event_table(reports, outlets, sources, names, last_days(documents))
    events["dyad"] = dyads.of_events(events, set_mutual(reports, lexicon))
    events["studied"] = events["dyad"] != ""
    events["phrase"] = event_phrases(events, names, lexicon)
    reports["dyad"] = reports["event_id"].map(events.set_index("event_id")["dyad"])
    yield from {"event_reports": reports, "events": events}.items()
    yield "phases", checked_phases(Record(reports, documents, actors, settings, lexicon), settings)
