"""The work on a corpus grows with it, not with its square, by the calls it takes."""

import cProfile
import json
import random
from dataclasses import replace
from datetime import date, timedelta

from analysis.corpus.reading import read_corpus
from analysis.tables.build import build
from analysis.timeline.evidence import Absence, Attack, Evidence, Halt
from analysis.timeline.phases import Rule, cut

ACTORS = "entity_id,name,type\nfleet,River Fleet,ORG\nguard,Coast Guard,ORG\nmorla,Morla,GPE\n"
TOLD = (
    "The River Fleet shelled the Coast Guard near Morla on {day}, killing {n}.",
    "The Coast Guard raided a camp of the River Fleet on {day}, {name} said.",
    "The River Fleet suspended its attacks on the Coast Guard on {day}.",
    "“The pier was closed for {n} days,” said {name}, a spokesman in Morla.",
    "{name} told reporters that the harbour would open again, with {n} boats.",
)
SIZES = (25, 50, 100)  # articles, of an outlet for every eight


def _corpus(folder, articles):
    draw, folder = random.Random(1), folder / str(articles)
    folder.mkdir()
    rows = []
    for number in range(articles):
        published = date(2021, 1, 4) + timedelta(days=6 * number)
        name = (
            f"{draw.choice('BDKLMRT')}{draw.choice('aeiou')}{draw.choice(('lin', 'mar', 'ster'))}"
        )
        told = (
            line.format(day=published.strftime("%d %B %Y"), n=draw.randrange(2, 40), name=name)
            for line in draw.choices(TOLD, k=4)
        )
        row = {"outlet": f"Post {number % (articles // 8)}", "published": published.isoformat()}
        rows.append(row | {"doc_id": f"a{number}", "text": "\n\n".join(told)})
    (folder / "articles.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (folder / "actors.csv").write_text(ACTORS, "utf-8")
    dyads = [{"id": "f-g", "name": "f to g", "source": ["fleet"], "target": ["guard"]}]
    settings = {"title": "Rivers", "table": "articles.jsonl", "dyads": dyads, "world": False}
    (folder / "corpus.yml").write_text(json.dumps(settings), "utf-8")
    return read_corpus(folder), folder / "cache"


def _calls(folder, articles):
    """Calls of functions while the tables of so many articles are built."""
    profile = cProfile.Profile()
    profile.runcall(build, *_corpus(folder, articles))
    return sum(entry.callcount for entry in profile.getstats())


def test_an_article_of_a_larger_corpus_costs_no_more(tmp_path):
    build(*_corpus(tmp_path, SIZES[0] - 1))  # loads what is loaded once
    few, more, many = (_calls(tmp_path, articles) for articles in SIZES)
    assert (many - more) / (SIZES[2] - SIZES[1]) < 1.5 * (more - few) / (SIZES[1] - SIZES[0])


def test_what_a_corpus_sets_in_a_notebook_builds_no_table_again(tmp_path):
    corpus, cache = _corpus(tmp_path, 8)
    parameters = {"notebooks": {"02_term_frequency": {"top": 5}}}
    again = build(replace(corpus, settings=corpus.settings | parameters), cache)
    assert again.folder == build(corpus, cache).folder


def _cut_calls(halts):
    """Calls of functions while so many halts, each among attacks, are cut into phases."""
    start, nobody = date(1990, 1, 1), frozenset()
    days = [start + timedelta(days=30 * number) for number in range(halts)]
    told = [day + timedelta(days=after) for day in days for after in (5, 9, 12)]
    attacks = [Attack(f"a{day}", day, day, day, day, 2, nobody) for day in told]
    said = ("declared", ("fleet",), ("fleet",), ("Post",), 1, "all", "")
    truces = [Halt(f"h{day}", day, day, *said) for day in days]
    calm = [Absence(f"n{day}", day, day, day, "Post") for day in days]
    profile, spans = cProfile.Profile(), [(start, start + timedelta(days=31 * halts))]
    profile.runcall(cut, Evidence(attacks, [], truces, [], calm, []), spans, Rule())
    return sum(entry.callcount for entry in profile.getstats())


def test_the_attacks_after_a_truce_are_not_counted_for_each_other_truce():
    assert _cut_calls(100) < 12 * _cut_calls(25)  # each pair of truces is looked at
