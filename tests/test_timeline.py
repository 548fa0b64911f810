"""The figures over time hold up: no label is cut off or lies on another, however many events."""

from datetime import date, timedelta
from itertools import combinations

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.show import figures
from analysis.show.figures import style, time_axes
from analysis.show.marks import figure_targets, marks_on
from analysis.timeline import phases
from analysis.timeline.drawn import month_of
from analysis.timeline.reference import published

START = date(2021, 1, 1)
LANES = ["north → south", "south → north", "context"]
DIRECTIONS = list(figures.DIRECTION_COLOURS)


def _events(n, days=360, close=1):
    rows = []
    for i in range(n):
        first = START + timedelta(days=(i * 37 // close) % days)
        rows.append(
            {
                **{"number": i + 1, "lane": LANES[i % 3], "direction": DIRECTIONS[i * 7 % 4]},
                **{"date_from": first, "date_to": first + timedelta(days=i * 5 % 31)},
                **{"happened": i % 5 > 0, "campaign": i % 11 == 10, "goldstein": i % 20 - 10.0},
            }
        )
    events = pd.DataFrame(rows)
    return events.assign(month=month_of(events))


def _phases():
    names = ["escalation", "pause"] * 4
    rows = []
    for lane in LANES[:2]:
        for basis, step in (("observed", 45), ("declared", 40)):
            for i, phase in enumerate(names):
                first = START + timedelta(days=i * step)
                row = {"lane": lane, "basis": basis, "phase": phase, "date_from": first}
                row |= {"date_to": first + timedelta(days=step - 1), "start_earliest": first}
                rows.append(row | {"start_latest": first + timedelta(days=5)})
    return pd.DataFrame(rows)


SPANS = {
    "one": [(START, date(2021, 12, 31))],
    "two": [(START, date(2021, 4, 30)), (date(2021, 9, 1), date(2021, 12, 31))],
    "many": [(date(2015 + i, 1, 1), date(2015 + i, 8, 31)) for i in range(8)],
}


def _texts(figure):
    """Every text drawn, with its box; the figure is laid out as it is saved."""
    with style.context(style.STYLE):
        style.lay_out(figure)
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
    found = []
    for axes in figure.axes:
        for axis, at in ((axes.xaxis, 0), (axes.yaxis, 1)):
            low, high = sorted(axis.get_view_interval())
            found += [t for t in axis.get_ticklabels() if low <= t.get_position()[at] <= high]
            found.append(axis.label)
        found += axes.texts
    if figure._supxlabel:
        found.append(figure._supxlabel)
    shown = [t for t in found if t.get_visible() and t.get_text().strip()]
    return [(t.get_text(), t.get_window_extent(renderer), t.get_rotation()) for t in shown]


def _check(figure):
    texts = _texts(figure)
    width, height = figure.bbox.width, figure.bbox.height
    cut = [
        t
        for t, box, _ in texts
        if box.x0 < -1 or box.y0 < -1 or box.x1 > width + 1 or box.y1 > height + 1
    ]
    assert not cut
    lie = [
        (a, b)
        for (a, first, turned), (b, second, _) in combinations(texts, 2)
        if turned in (0, 90)  # the box of a slanted text is wider than the text
        and min(first.x1, second.x1) - max(first.x0, second.x0) > 1
        and min(first.y1, second.y1) - max(first.y0, second.y0) > 1
    ]
    assert not lie


@pytest.mark.parametrize("spans", SPANS.values(), ids=SPANS)
@pytest.mark.parametrize("n", [1, 12, 60, 600])
def test_no_label_of_the_timeline_is_cut_off_or_covered(n, spans):
    undated = pd.DataFrame(
        {"lane": LANES[:2] * 2, "until": [date(2021, 3, 1)] * 2 + [date(2021, 11, 1)] * 2, "n": 7}
    )
    note = phases.Rule(expected=8.8, min_outlets=2)
    events = _events(n, days=360)
    _check(figures.timeline(events, LANES, _phases(), spans, str(note), undated))


@pytest.mark.parametrize("spans", SPANS.values(), ids=SPANS)
@pytest.mark.parametrize("n", [1, 12, 60, 600])
def test_no_label_of_the_intensity_is_cut_off_or_covered(n, spans):
    days = [START + timedelta(days=i) for i in (3, 4, 5, 90, 95, 300, 302)]
    counts = pd.DataFrame({"date": days, "value": range(10, 710, 100), "series": "attacks"})
    dated = pd.DataFrame({"date": days, "text": "x", "status": "verified", "value": float("nan")})
    marks = published(dated)[1]
    _check(figures.intensity(_events(n), LANES, spans, "A note.", counts, marks))


@pytest.mark.parametrize(("n", "drawn"), [(12, True), (600, False)])
def test_many_events_of_no_dyad_studied_are_no_empty_axes(n, drawn):
    events = _events(n).assign(lane="context")
    figure = figures.intensity(events, ["context"], SPANS["two"])
    said = [text.get_text() for axes in figure.axes for text in axes.texts]
    assert any("name the dyads" in text for text in said) != drawn


def test_events_of_one_week_stand_on_levels_of_their_own():
    events = _events(30, days=7)
    _check(figures.timeline(events, LANES, _phases(), SPANS["one"]))


@pytest.mark.parametrize("columns", [1, 3, 8, 15])
def test_no_label_of_the_matrix_is_cut_off_or_covered(columns):
    names = [f"The Daily Example {i}" for i in range(columns)]
    texts = ["2021-01-01", "–", "published earlier", "2021-02-01 to 03-01", "reported, no date"]
    rows = [[texts[(i + j) % 5] for j in range(columns)] for i in range(25)]
    labels = [
        f"2021-03-{i + 1:02} A party with a long name: strikes → the other ({i})" for i in range(25)
    ]
    cells = pd.DataFrame(rows, labels, names)
    _check(figures.matrix(cells, figures.CELL_COLOURS, note="A note."))


def test_more_spans_than_panels_share_one_with_the_gaps_marked():
    panels, gaps = time_axes.joined(SPANS["many"])
    assert panels == [(date(2015, 1, 1), date(2022, 8, 31))]
    assert gaps[0] == (date(2015, 9, 1), date(2015, 12, 31)) and len(gaps) == 7
    assert time_axes.joined(SPANS["two"]) == (SPANS["two"], [])


def test_each_monthly_bar_leads_to_the_events_of_its_month():
    events = _events(100).assign(event_id="")
    figure = figures.timeline(events, LANES, _phases(), SPANS["one"])
    figure.draw_without_rendering()
    targets = figure_targets(events, {})
    found = {mark.label: mark for mark in marks_on(figure, targets)}
    counted = events.loc[~events["campaign"] & (events["month"] <= "2021-12"), "month"]
    assert set(found) == set(counted)
    assert found["2021-03"].address == "../evidence/months.html#2021-03"
    assert found["2021-03"].box[0] > found["2021-02"].box[0]


def test_svg_keeps_its_text(tmp_path):
    figure = figures.timeline(_events(12), LANES, _phases(), SPANS["one"], "The rule.")
    figures.save(figure, tmp_path / "timeline")
    assert "The rule." in (tmp_path / "timeline.svg").read_text("utf-8")


def test_the_check_itself_finds_a_label_on_another():
    figure = figures.timeline(_events(3), LANES, _phases(), SPANS["one"])
    figure.axes[0].text(date(2021, 5, 1), 2, "one label")
    figure.axes[0].text(date(2021, 5, 3), 2, "another label")
    with pytest.raises(AssertionError):
        _check(figure)


def test_what_a_user_has_set_for_matplotlib_reaches_no_figure(tmp_path):
    own = {"axes.facecolor": "yellow", "xtick.direction": "in", "path.simplify": False}
    own |= {"pdf.compression": 0, "lines.markersize": 20, "mathtext.fontset": "cm"}
    own |= {"savefig.bbox": "tight", "axes.formatter.use_locale": True, "font.family": "monospace"}
    for name, settings in (("plain", {}), ("own", own)):
        with mpl.rc_context(settings):
            frame = pd.DataFrame({"word": ["strike", "port"], "n": [3, 2]})
            figures.save(figures.bars(frame, "word", "n", "uses"), tmp_path / name)
    for kind in ("svg", "png", "pdf"):
        drawn = [(tmp_path / f"{name}.{kind}").read_bytes() for name in ("plain", "own")]
        assert drawn[0] == drawn[1], kind
