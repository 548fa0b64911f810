"""Exploring a study without code: controls above a figure or table, in JupyterLab.

`kwic`, `outlets`, `timeline` and `event` show controls; in a report, and in Python without a
notebook, the same call shows its first state.  For those who code, `lines`, `difference`, `events`
and `sentences` return the same rows as a DataFrame.  All state is in the controls.
"""

import os
from collections.abc import Callable, Iterable
from copy import copy
from typing import Any

import ipywidgets
import pandas as pd
from IPython import get_ipython
from IPython.display import HTML, clear_output, display
from IPython.utils.capture import capture_output

from analysis import terms
from analysis.base.rights import PLACE
from analysis.notebook import Study
from analysis.outlets.shifts import SHIFTS, word_shifts
from analysis.show import figures, named
from analysis.show import sentences as english
from analysis.terms.content import without_stopwords
from analysis.timeline import drawn as on_timeline
from analysis.timeline.evidence import coverage

PRECISIONS = ("day", "week", "month", "year", "longer")
DIRECTIONS = ("escalation", "pause", "diplomacy", "other")
_TOLD = [
    *("date_from", "date_to", "date_basis", "outlet", "published", "event_id", "event_type"),
    *("status", "attribution", "trigger", "text"),
]
MEASURES = (*SHIFTS, "keyness")


def is_live() -> bool:
    """Whether somebody can turn the controls: a kernel runs, and it runs for no report."""
    return "NEWS_PRODUCTS" not in os.environ and hasattr(get_ipython(), "kernel")


# --- the rows, for those who code ---------------------------------------------------------------


def lines(
    study: Study,
    word: str = "",
    *,
    entity: str = "",
    outlet: str = "",
    window: int = 8,
    sort_by: str = "right",
) -> pd.DataFrame:
    """Key word in context: `terms.kwic` for a word, phrase or pattern, or for an entity_id.

    outlet, doc_id, sent_id, left, node, right; of one outlet if it is named.
    """
    documents = study.table("documents")[["doc_id", "outlet"]]
    if outlet:
        documents = documents[documents["outlet"] == _known(outlet, documents["outlet"])]
    source = study.table("sentences").merge(documents, on="doc_id")
    mentions = study.table("mentions") if entity else None
    concordance = terms.kwic(source, entity or word, window=window, mentions=mentions)
    columns = ["outlet", "doc_id", "sent_id", "left", "node", "right"]
    return terms.sort_kwic(concordance, by=sort_by)[columns]


def difference(study: Study, a: str, b: str, measure: str = "jsd") -> pd.DataFrame:
    """Words by what sets outlet `a` apart from outlet `b`, the strongest first.

    `measure`: proportion, entropy or jsd (`terms.word_shift`), or keyness (`terms.keyness`).
    """
    if measure not in MEASURES:
        raise ValueError(f"no measure {measure!r}; there are: {', '.join(MEASURES)}")
    if a == b:
        raise ValueError("choose two different outlets")
    counts = study.table("terms")
    if measure == "keyness":
        order = {"by": ["log_likelihood", "term"], "ascending": [False, True]}
        return terms.keyness(counts, a, b).sort_values(**order, ignore_index=True)
    return terms.word_shift(counts, a, b, measure=measure)


def events(
    study: Study,
    *,
    actor: str = "",
    precision: str = "",
    direction: str = "",
    longest: int = 62,
    context: bool = True,
) -> pd.DataFrame:
    """The events of the timeline, with the numbers they have there.

    `actor`: an entity_id, as source or target; `precision`: the least precise date that is kept
    (day, week, month, year); `direction`: escalation, pause, diplomacy or other; `longest`: days
    that a date may be uncertain by; `context`: with events between parties that are not studied.
    """
    dyads = study.settings["dyads"]
    drawn = on_timeline.timeline_events(study.table("events"), dyads, longest, context)
    if actor:
        parties = (drawn["source"] + ";" + drawn["target"]).str.split(";")
        drawn = drawn[[actor in names for names in parties]]
    if precision:
        kept = PRECISIONS[: PRECISIONS.index(_known(precision, PRECISIONS)) + 1]
        drawn = drawn[drawn["precision"].isin(kept)]
    if direction:
        drawn = drawn[drawn["direction"] == _known(direction, DIRECTIONS)]
    return drawn.reset_index(drop=True)


def sentences(study: Study, event: str = "") -> pd.DataFrame:
    """Every report of an event with its sentence: of all events, of one event_id, or of those
    whose summary has the words `event`."""
    every = study.table("events")
    reports = study.table("event_reports")
    reports = reports.sort_values(["date_from", "event_id", "report_id"], na_position="last")
    rows = reports.merge(study.table("documents")[["doc_id", "outlet", "published"]], on="doc_id")
    rows = rows.merge(study.table("sentences")[[*PLACE, "text"]], on=PLACE)[_TOLD]
    if not event:
        return rows
    by_id = every["event_id"] == event.split(maxsplit=1)[0]
    by_words = every["summary"].str.contains(event, case=False, regex=False)
    chosen = every[by_id if by_id.any() else by_words]
    return rows[rows["event_id"].isin(chosen["event_id"])].reset_index(drop=True)


def _known(name: str, names: Iterable[str]) -> str:
    if name not in (known := list(dict.fromkeys(names))):
        raise ValueError(f"no {name!r}; there are: {', '.join(known)}")
    return name


# --- the controls -------------------------------------------------------------------------------


def kwic(
    study: Study, word: str, *, entity: str = "", window: int = 8, sort_by: str = "right"
) -> None:
    """A word, phrase, pattern or entity in its sentences."""

    def draw(study: Study, **chosen: Any) -> None:
        shown, node = lines(study, **chosen), chosen["entity"] or chosen["word"]
        study.show(shown, "kwic", f"“{node}” in its sentences: {len(shown)} lines.", rows=40)

    entities = _entities(study, study.table("mentions")["entity_id"])
    sides = [("words to the right", "right"), ("words to the left", "left")]
    _explore(
        study,
        draw,
        word=ipywidgets.Text(word, description="word"),
        entity=ipywidgets.Dropdown(options=entities, value=entity, description="or entity"),
        outlet=_dropdown("outlet", study.table("documents")["outlet"].unique()),
        window=ipywidgets.IntSlider(window, 0, max(20, window), description="window"),
        sort_by=ipywidgets.Dropdown(options=sides, value=sort_by, description="sorted by"),
    )


def outlets(study: Study, pair: list[str], *, words: int = 20, language: str = "") -> None:
    """The words by which two outlets differ: word shift by three measures, or keyness.

    Function words of the `language` are left out; of those of the articles unless it is given.
    """
    language = language or study.languages
    documents = study.table("documents").query("counted")
    names = sorted(documents["outlet"].unique())
    a, b = (*pair, "", "")[:2]  # of a single outlet nothing is drawn

    def draw(study: Study, a: str, b: str, view: str, words: int) -> None:
        if view == "keyness":
            return _draw_keyness(study, documents, [a, b], words, language)
        if a and a == b:
            raise ValueError("choose two different outlets")
        pair = [name for name in (a, b) if name]
        shifts = word_shifts(study.table("terms"), pair)
        drawn = without_stopwords(shifts, language)
        drawn = drawn.groupby("measure", sort=False).head(words)
        sizes = documents.groupby("outlet")["n_tokens"].sum()[pair].to_dict()
        study.figure(
            figures.word_shift(drawn, shifts, sizes, english.sizes(documents, pair)),
            "word_shift",
            f"Words by what they contribute to the difference of {' and '.join(pair)}; colour: "
            "the outlet that uses the word more. Curves: the share of the whole difference that "
            "so many words make.",
            "Bars of words by three measures, the cumulative share below, and the size of both "
            "outlets.",
            drawn,
        )
        return study.caution(english.comparability(documents[documents["outlet"].isin(pair)]))

    _explore(
        study,
        draw,
        a=ipywidgets.Dropdown(options=names if a else [""], value=a, description="outlet"),
        b=ipywidgets.Dropdown(options=names if b else [""], value=b, description="against"),
        view=ipywidgets.Dropdown(options=["word shift", "keyness"], description="view"),
        words=ipywidgets.IntSlider(words, 5, max(40, words), description="words"),
    )


def _draw_keyness(
    study: Study, documents: pd.DataFrame, pair: list[str], words: int, language: str
) -> None:
    tables = []
    for a, b in (pair, pair[::-1]):
        table = difference(study, a, b, "keyness").query("log_ratio > 0")
        tables.append(without_stopwords(table, language).head(words).assign(outlet=a))
    drawn, note = pd.concat(tables, ignore_index=True), english.sizes(documents, pair)
    study.figure(
        figures.dots(drawn, "term", "log_ratio", "outlet", "log ratio", note=note),
        "keyness_of_two",
        f"Keywords of {' and '.join(pair)} against each other, by log-likelihood; dot: log ratio "
        "(1: twice as frequent).",
        "A panel for each of the two outlets: its keywords with their log ratio.",
        drawn,
    )


def timeline(study: Study, *, longest: int = 62, context: bool = True) -> None:
    """The timeline, by actor, precision of the date, and direction."""
    dyads, every = study.settings["dyads"], study.table("events")
    documents, actors = study.table("documents").query("counted"), study.actors()
    called = dict(zip(actors["entity_id"], actors["name"], strict=True))
    strips = named.named_phases(study.table("phases"), every, dyads, called)
    spans = coverage(study.settings, documents, study.table("event_reports"))

    def draw(study: Study, **chosen: Any) -> None:
        drawn = events(study, longest=longest, **chosen)
        told = named.within(drawn, spans)
        recent = named.without_history(told, documents)
        marks = named.named_events(recent, strips)
        title = named.headline(study.settings["title"], documents)
        if marks.empty and strips.empty:
            study.caution("No event with a date was read from these articles.")
            return
        marks, lanes = on_timeline.filled_lanes(marks, strips["lane"], dyads)
        study.figure(
            figures.timeline(
                marks,
                strips,
                named.flags(documents),
                lanes,
                title,
                english.of_timeline(study.base(), len(told) - len(recent), dyads, lanes),
            ),
            "timeline",
            "Point at a mark, a bar or a phase for its sentence. The chapter on the timeline says "
            "by which rule phases are cut.",
            title,
            drawn,
            cards=named.cards(
                marks,
                strips,
                study.table("event_reports"),
                study.table("sentences"),
                months=len(marks) > figures.MANY_EVENTS,
            ),
        )

    drawable = events(study, longest=longest)
    parties = (drawable["source"] + ";" + drawable["target"]).str.split(";").explode()
    _explore(
        study,
        draw,
        actor=ipywidgets.Dropdown(options=_entities(study, parties), description="actor"),
        precision=_dropdown("dated to", PRECISIONS[:-1]),
        direction=_dropdown("direction", DIRECTIONS),
        context=ipywidgets.Checkbox(context, description="others too", indent=False),
    )


def event(study: Study, event: str = "", *, rows: int = 120) -> None:
    """The sentences behind an event: choose it from the list, or type words of its summary."""
    every = study.table("events")
    dates = every["date_from"].astype(str).where(every["date_from"].notna(), "no date")
    labels = every["event_id"] + " " + dates + " " + every["summary"]

    def draw(study: Study, event: str) -> None:
        shown = sentences(study, event)
        caption = f"Reports of {event}: {len(shown)}." if event else "Every report of every event."
        study.show(shown, "who_says_what_when", caption, rows=rows)

    box = ipywidgets.Combobox(value=event, options=list(labels), description="event")
    _explore(study, draw, event=box)


def _explore(study: Study, draw: Callable[..., None], **controls: ipywidgets.Widget) -> None:
    """Call `draw` with the study and the values of the controls, anew whenever one changes.

    The first view is plain output below the controls, which every program shows and keeps.  It
    makes way for the widget with the next view when somebody turns a control, not before: where
    nobody does, as under papermill and nbconvert, output caught by a widget can stop the run.
    """

    def view(study: Study) -> None:
        draw(study, **{name: control.value for name, control in controls.items()})

    if not is_live():
        return view(study)

    def view_or_say_why(study: Study) -> None:
        try:
            view(study)
        except Exception as error:  # a line helps those who do not code, a traceback does not
            study.caution(f"Not shown: {error.args[0] if error.args else error}")

    fresh, turned = copy(study), ipywidgets.Output()  # a figure drawn again keeps its number

    def redraw(_: Any) -> None:
        while first:
            first.pop().update(HTML(""))
        with turned:
            clear_output(wait=True)
            view_or_say_why(copy(fresh))

    for control in controls.values():
        control.style.description_width = "initial"
        control.continuous_update = False  # of text and sliders: when the user is done
        control.observe(redraw, "value")
    row = ipywidgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap"})
    display(ipywidgets.VBox([row, turned]))
    with capture_output(stdout=False, stderr=False) as drawn:
        view_or_say_why(study)
    first = [
        display(output.data, metadata=output.metadata, raw=True, display_id=True)
        for output in drawn.outputs
    ]


def _dropdown(label: str, values: Iterable[str]) -> ipywidgets.Dropdown:
    options = [("all", ""), *((value, value) for value in values)]
    return ipywidgets.Dropdown(options=options, description=label)


def _entities(study: Study, used: pd.Series) -> list[tuple[str, str]]:
    """All, and the actors that are among the entity_ids `used`, by name."""
    actors = study.actors()
    own = actors[actors["entity_id"].isin(set(used))].sort_values("name")
    return [("all", ""), *zip(own["name"], own["entity_id"], strict=True)]
