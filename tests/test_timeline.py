"""The figures over time hold up: no label is cut off or lies on another, however many events."""

from datetime import date, timedelta
from itertools import combinations

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from analysis.show import figures
from analysis.show.figures import style
from analysis.show.marks import boxes_of
from analysis.timeline.drawn import month_of

START = date(2021, 1, 1)
LANES = ["north → south", "south → north", "context"]
DIRECTIONS = ["escalation", "pause", "diplomacy", "other"]


def _events(n, days=360, close=1, named=12):
    rows = []
    for i in range(n):
        first = START + timedelta(days=(i * 37 // close) % days)
        name = f"{first.day} May: shelling of the northern harbour by gulls (The Courier {i})"
        rows.append(
            {
                **{"key": f"e{i}", "lane": LANES[i % 3], "direction": DIRECTIONS[i * 7 % 4]},
                **{"date_from": first, "date_to": first + timedelta(days=i * 5 % 31)},
                **{"happened": i % 5 > 0, "campaign": i % 11 == 10},
                "label": name if i < named else "",
            }
        )
    events = pd.DataFrame(rows)
    return events.assign(month=month_of(events))


def _phases(states=("", "open", "contested", "holding")):
    rows = []
    for lane in LANES[:2]:
        for basis, step in (("observed", 45), ("declared", 40), ("told", 90)):
            for i in range(360 // step):
                first = START + timedelta(days=i * step)
                who = "halt by the Larks of the northern harbour, end not told (The Courier)"
                row = {"lane": lane, "basis": basis, "phase": ["escalation", "pause"][i % 2]}
                row |= {"key": f"p{len(rows)}", "date_to": first + timedelta(days=step + 9)}
                row |= {"date_from": first if i else None, "start_latest": first}
                row |= {"state": states[i % len(states)], "breach": None}
                rows.append(row | {"labels": [who, "halt by the Larks", "halt"]})
    return pd.DataFrame(rows)


def _articles(n=5):
    days = [START + timedelta(days=i * 350 // n) for i in range(n)]
    return pd.DataFrame(
        {"outlet": [f"The Example Courier {i}" for i in range(n)], "published": days}
    )


def _drawn(events, phases=None, articles=None, title="What two articles say", note=""):
    phases = _phases() if phases is None else phases
    articles = _articles() if articles is None else articles
    return figures.timeline(events, phases, articles, LANES, title, note)


def _texts(figure):
    """Every text drawn, with its box; the figure is laid out as it is saved."""
    with style.context(style.LAID_OUT):
        style.lay_out(figure)
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
    found = []
    for axes in figure.axes:
        for axis, at in ((axes.xaxis, 0), (axes.yaxis, 1)) if axes.axison else ():
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


@pytest.mark.parametrize(
    ("n", "days", "n_articles"), [(1, 360, 1), (40, 9, 5), (60, 360, 80), (600, 3000, 80)]
)
def test_no_label_of_the_timeline_is_cut_off_or_covered(n, days, n_articles):
    _check(_drawn(_events(n, days), articles=_articles(n_articles), note="Two articles. " * 20))


def test_every_event_that_is_named_has_its_words_on_the_figure():
    events = _events(200)
    drawn = " ".join(text.get_text() for text in _drawn(events).axes[0].texts)
    assert all(f"Courier {i})" in drawn for i in range(12)) and "Courier 13)" not in drawn


def test_strips_say_what_is_told_contested_open_or_without_a_start():
    day = date(2031, 3, 1)
    row = {"lane": LANES[0], "phase": "pause", "start_latest": day, "date_to": date(2031, 5, 1)}
    row |= {"breach": date(2031, 4, 20), "labels": ["halt"], "date_from": day, "state": "ended"}
    contested = row | {"key": "c", "basis": "told", "state": "contested"}
    fading = row | {"key": "o", "basis": "observed", "state": "open", "date_from": None}
    phases = pd.DataFrame([row | {"key": "d", "basis": "declared"}, contested, fading])
    articles = pd.DataFrame({"outlet": ["Courier"], "published": [date(2031, 6, 1)]})
    axes = _drawn(_events(1).head(0), phases, articles).axes[0]
    parts = {key: [p for p in axes.patches if p.get_label() == f"_{key}"] for key in "cdo"}
    hatched = [p for p in axes.patches if p.get_hatch()]
    assert len(hatched) == 1 and hatched[0].get_x() > parts["c"][0].get_x()
    assert len({p.get_alpha() for p in parts["o"]}) > 5  # both ends fade
    assert any(p.get_facecolor()[3] == 0 for p in parts["d"])  # open: announced
    said = [text.get_text() for text in axes.texts]
    assert {"happened", "announced", "said to hold"} <= set(said)


def test_letters_are_nine_points_high_or_more():
    axes = _drawn(_events(40)).axes[0]
    assert min(text.get_fontsize() for text in axes.texts) >= 9


def test_a_series_that_began_long_ago_does_not_stretch_the_axis():
    events = _events(9)
    far = {"date_from": date(1963, 1, 1), "campaign": True, "label": ""}
    figure = _drawn(pd.concat([events, events[:1].assign(**far)], ignore_index=True))
    assert not [text for text, *_ in _texts(figure) if "19" in text]


def test_a_long_silence_is_folded_and_named():
    events = _events(6, days=60)
    later = events.assign(
        key=events["key"] + "b",
        **{c: events[c] + timedelta(days=1500) for c in ("date_from", "date_to")},
    )
    articles = pd.DataFrame({"outlet": ["Courier"], "published": [START]})
    figure = _drawn(pd.concat([events, later]), _phases().head(0), articles)
    _check(figure)
    assert "4 years blank" in [text.get_text() for text in figure.axes[0].texts]


def test_the_same_timeline_has_the_same_bytes_and_its_svg_keeps_its_text(tmp_path):
    for name in ("one", "two"):
        figures.save(_drawn(_events(12), note="What it rests on."), tmp_path / name)
    assert "What it rests on." in (tmp_path / "one.svg").read_text("utf-8")
    for kind in ("svg", "png", "pdf"):
        assert (tmp_path / f"one.{kind}").read_bytes() == (tmp_path / f"two.{kind}").read_bytes()


@pytest.mark.parametrize("columns", [1, 5, 15])
def test_no_label_of_the_matrix_is_cut_off_or_covered(columns):
    names = [f"The Daily Example {i}" for i in range(columns)]
    texts = ["2021-01-01", "–", "published earlier", "2021-02-01 to 03-01", "reported, no date"]
    rows = [[texts[(i + j) % 5] for j in range(columns)] for i in range(25)]
    labels = [
        f"2021-03-{i + 1:02} A party with a long name: strikes → the other ({i})" for i in range(25)
    ]
    cells = pd.DataFrame(rows, labels, names)
    _check(figures.matrix(cells, figures.CELL_COLOURS, note="A note."))


def test_the_parts_of_a_timeline_are_found_by_their_keys():
    events = _events(100)
    figure = _drawn(events)
    style.lay_out(figure)
    keys = {*events["month"], *events["key"], *_phases()["key"]}
    found = boxes_of(figure, keys)
    named = set(events.loc[events["label"] != "", "key"])
    counted = set(events.loc[~events["campaign"], "month"])
    assert set(found) == named | counted | set(_phases()["key"])
    assert found["2021-03"][0] > found["2021-02"][0]
    assert all(left >= 0 and left + width <= 100.1 for left, _, width, _ in found.values())


def test_the_check_itself_finds_a_label_on_another():
    figure = _drawn(_events(3))
    figure.axes[0].text(5, 2, "one label")
    figure.axes[0].text(5.1, 2, "another label")
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
