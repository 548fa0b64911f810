"""Names proposed from invented articles, and pairs of actors proposed from invented reports."""

import pandas as pd
import pytest

from analysis.corpus.proposing import propose, with_proposed
from analysis.corpus.reading import CorpusError, read_corpus
from analysis.entities import compile_actors, known_actors
from analysis.entities.proposals import Text, propose_actors
from analysis.lexicons import OURS
from analysis.timeline.proposed import consider_dyads, lines_to_copy, proposed_dyads

MATCHER = compile_actors(known_actors())


def proposed(*texts):
    articles = [Text(f"a{n}", text) for n, text in enumerate(texts)]
    return propose_actors(articles, MATCHER).set_index("name")


def types(*texts):
    return proposed(*texts)["type"].to_dict()


def test_a_person_is_one_under_full_name_surname_and_initial():
    rows = proposed(
        "Governor Milo Sorell resigned. Later Sorell left town, and nobody saw Sorell again.",
        "Milo J. Sorell resigned, said a clerk. Sorell had been ill.",
    )
    assert rows.loc["Milo Sorell", ["type", "aliases"]].tolist() == [
        "PERSON",
        "Milo J. Sorell;Sorell",
    ]
    assert "the surname" not in rows.loc["Milo Sorell", "merged"]
    assert "Sorell left town" in rows.loc["Milo Sorell", "merged"]  # each merge with a sentence


def test_a_surname_of_two_persons_is_nobodys():
    rows = proposed(
        "Senator Ada Brandt spoke to Senator Tom Brandt. Then Brandt left and Brandt stayed."
    )
    assert not any("Brandt" in aliases.split(";") for aliases in rows["aliases"])
    assert "Brandt" not in rows.index


def test_types_come_from_the_name_and_from_what_stands_beside_it():
    found = types(
        "Spokesman Jorn Velda was in Karsa on Monday. The Karsa Port Company refused in Karsa. "
        "Fighters of the group Ostrava Dawn met the village of Mornau elders, then Mornau council. "
        "Later Jorn Velda told the Karsa Port Company so, and Ostrava Dawn militants agreed."
    )
    assert found == {
        "Jorn Velda": "PERSON",
        "Karsa": "LOC",
        "Karsa Port Company": "ORG",
        "Mornau": "LOC",
        "Ostrava Dawn": "ORG",
    }


@pytest.mark.parametrize(
    ("text", "name", "type_"),
    [
        (
            "People left al-Zarka town. Smoke hung in al-Zarka, and al-Zarka burned.",
            "al-Zarka",
            "LOC",
        ),
        ("They saw Sorell, 34, there. Sorell fell; nobody helped Sorell.", "Sorell", "PERSON"),
        ("They saw Velda, a former judge. Velda fell; all left Velda.", "Velda", "PERSON"),
        ("They asked the QRV for it. Later the QRV, and only the QRV, paid.", "QRV", "ORG"),
        ("They met in Ostrel, Norway. Boats left Ostrel, Norway. Ostrel sleeps.", "Ostrel", "LOC"),
        (
            "For the Morlans are many. Later the Morlans have won; all love the Morlans.",
            "Morlans",
            "ORG",
        ),
        ("Smoke hung over the outskirts of Zumar. Zumar burned; all left Zumar.", "Zumar", "LOC"),
        (
            "They shelled Zumar and Karsa neighbourhoods. Karsa burned; all left Karsa.",
            "Karsa",
            "LOC",
        ),
        (
            "Boats left al-Zahan village. All of al-Zahan burned; they left al-Zahan.",
            "al-Zahan",
            "LOC",
        ),
        (
            "Here the Lantern has also said so, and the Lantern later warned of rain.",
            "Lantern",
            "ORG",
        ),
        (
            "They saw host Zelda Morn there. Zelda Morn left; all love Zelda Morn.",
            "Zelda Morn",
            "PERSON",
        ),
        (
            "They read Al-Manar, and left. Later Al-Manar closed; all love Al-Manar.",
            "Al-Manar",
            "ORG",
        ),
        (
            "They wanted bread, and Elva Harbour Committees. No boat left Elva Harbour Committees.",
            "Elva Harbour Committees",
            "ORG",
        ),
    ],
)
def test_more_signs_of_what_a_name_is(text, name, type_):
    assert types(text)[name] == type_


def test_a_name_whose_type_is_certain_is_proposed_from_one_article_of_many():
    others = [f"The quay of number {n} was shut." for n in range(30)]
    told = "They had seen Judge Milo Sorell there. Judge Milo Sorell came back later. "
    told += "When Milo Sorell slept again, nobody had spoken, and Karsa slept; all knew Karsa."
    assert set(proposed(told, *others).index) == {"Milo Sorell"}


@pytest.mark.parametrize(
    "words",
    ["Hide Caption", "I'm", "Photos", "US-led", "Treaty of Lisbon Day", "Read More", "GDP", "F-16"],
)
def test_furniture_things_and_words_of_the_language_are_no_names(words):
    text = (
        f"They saw {words} there. Later {words} was seen; the photos hide more, I read a caption."
    )
    assert words not in proposed(text, text.replace("there", "here")).index


def test_what_many_articles_repeat_word_for_word_is_furniture():
    footer = "Copyright by Morla Broadcasting Company for all readers."
    texts = [f"Minister Ada Lund left for town number {n}.\n\n{footer}" for n in range(5)]
    assert set(proposed(*texts).index) == {"Ada Lund"}


def test_a_report_that_many_outlets_copy_is_no_furniture():
    report = "Minister Ada Lund left for Karsa. There Ada Lund met Judge Jon Berg at noon."
    texts = [f"{report}\n\nOutlet number {n} has it from the wire." for n in range(5)]
    assert {"Ada Lund", "Jon Berg"} <= set(proposed(*texts).index)


def test_an_office_for_something_is_no_person():
    text = (
        "They saw the Deputy Warden for Inner Harbours there. Nobody likes the Deputy Warden for "
    )
    text += "Inner Harbours, as the Deputy Warden for Inner Harbours knows."
    assert "PERSON" not in types(text).values()


def test_spellings_that_never_stand_together_are_one_name():
    rows = proposed(
        "They met in Kasemir. Later, in Kasemir, it rained.", "It rained in Qasemir, near Qasemir."
    )
    assert rows["aliases"].to_dict() == {"Kasemir": "Qasemir"}
    together = proposed(
        "They met in Kasemir. Later, in Qasemir, near Kasemir and near Qasemir, rain."
    )
    assert set(together.index) == {"Kasemir", "Qasemir"}


def test_a_lost_apostrophe_makes_no_new_name():
    rows = proposed("The envoy met Syrias allies in Morla. Later Syrias press left for Morla.")
    assert rows.loc["Syria", "aliases"] == "Syrias"


def test_names_that_differ_by_a_capital_make_a_file_that_can_be_read():
    text = "They met in Al-Morla, Al-Qaedas town. In al-Morla, al-Qaedas town, it rained in {}."
    rows = proposed(text.format("Al-Morla"), text.format("al-Morla")).reset_index()
    assert rows["entity_id"].is_unique
    assert rows["name"].tolist().count("al-Qaeda") == 1
    compile_actors(rows.astype(str))


def test_short_forms_in_brackets_belong_to_the_long_one():
    rows = proposed(
        "The Elva Relief Committee (ERC) left. The ERC said the Elva Relief Committee won."
    )
    assert rows.loc["Elva Relief Committee", "aliases"] == "ERC"


# --- in a corpus folder ---------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "texts").mkdir()
    text = (
        "Governor of Karsa resigns\n\n"
        "After weeks of protest governor Milo Sorell resigned in Karsa.\n\n"
        "It was Sorell who left for the north by boat on Monday night, the harbour said.\n"
    )
    (tmp_path / "texts/a.txt").write_text(text)
    (tmp_path / "articles.csv").write_text("file,outlet\ntexts/a.txt,Gazette\n")
    return tmp_path


def test_proposed_names_are_written_once_and_never_over(folder):
    first = with_proposed(read_corpus(folder), OURS)
    file = folder / "actors_proposed.csv"
    assert dict(first.actors[["name", "origin"]].to_numpy())["Milo Sorell"] == "proposed"
    again = read_corpus(folder)
    pd.testing.assert_frame_equal(again.actors, first.actors)
    file.write_text("entity_id,name,type,aliases\nx,Karsa,GPE,\n")
    edited = with_proposed(read_corpus(folder), OURS)
    assert edited.actors.loc[edited.actors["origin"] == "proposed", "name"].tolist() == ["Karsa"]
    assert file.read_text().startswith("entity_id,name,type,aliases\nx,Karsa")


def test_a_corpus_read_before_the_names_were_proposed_has_them_too(folder):
    early, again = read_corpus(folder), read_corpus(folder)
    first = with_proposed(early, OURS).actors
    assert (first["origin"] == "proposed").any()
    for corpus in (again, early, read_corpus(folder)):
        pd.testing.assert_frame_equal(with_proposed(corpus, OURS).actors, first)


def test_who_makes_the_coverage_is_no_actor_in_it():
    text = "Ada Lund told the Morla Gazette that minister Jon Berg was in Karsa, as it rained. "
    text += "Later in Karsa, Ada Lund left Jon Berg."
    makers = ["The Morla Gazette", "By Ada Lund and Tom Brandt, Karsa Wire"]
    found = propose([("a", text, ""), ("b", text, "")], known_actors(), makers=makers)
    assert "Jon Berg" in set(found["name"])
    assert {"Ada Lund", "Morla Gazette"}.isdisjoint(found["name"])
    texts = [(str(n), text.replace("in Karsa", f"at quay {n}"), "") for n in range(6)]
    named = propose(texts, known_actors(), makers=makers)
    sides = named.set_index("name")["side"]  # most articles that name her are by others
    assert sides[["Ada Lund", "Jon Berg"]].tolist() == ["media", ""]


def test_behind_the_name_of_an_agency_stands_its_reporter():
    text = (
        "They met CNN’s Ada Lund there, as it rained. Later CNN’s Ada Lund told of judge Jon Berg."
    )
    assert set(proposed(text, text).index) == {"Jon Berg"}


def test_without_the_world_nothing_is_proposed(folder):
    (folder / "corpus.yml").write_text("world: false\n")
    assert with_proposed(read_corpus(folder), OURS).actors.empty
    assert not (folder / "actors_proposed.csv").exists()


def test_a_dyad_of_nobody_is_told_with_the_nearest_name(folder):
    dyads = "dyads: [{id: a, name: a, source: [rebells], target: [united-states]}]\n"
    (folder / "corpus.yml").write_text(dyads)
    with pytest.raises(CorpusError, match=r"rebells.*\n.*rebels"):
        read_corpus(folder)


# --- dyads ----------------------------------------------------------------------------------------


def acts(*rows):
    return pd.DataFrame(rows, columns=["doc_id", "source", "event_type"])


def known(*rows):
    return pd.DataFrame(rows, columns=["entity_id", "name", "type", "parent"])


ACTORS = known(
    ("fleet", "Fleet", "ORG", ""), ("port", "Port", "ORG", ""), ("crew", "Crew", "NORP", "fleet"),
    ("bay", "Bay", "LOC", ""), ("guild", "Guild", "ORG", ""),
)  # fmt: skip


def test_pairs_are_ranked_by_articles_in_which_both_act_whatever_they_do():
    rows = [(doc, who, "ASSAULT") for doc in "abc" for who in ("fleet", "port")]
    rows += [(doc, who, "CONSULT") for doc in "defg" for who in ("crew", "guild", "bay")]
    considered = consider_dyads(acts(*rows), ACTORS)
    assert considered[["source", "target", "n_documents"]].to_numpy().tolist() == [
        ["fleet", "guild", 4], ["guild", "fleet", 4], ["fleet", "port", 3], ["port", "fleet", 3],
    ]  # fmt: skip
    other = acts(*((doc, who, "AID") for doc, who, _ in rows))
    pd.testing.assert_frame_equal(consider_dyads(other, ACTORS), considered)


def test_at_most_three_pairs_are_proposed_each_direction_apart():
    rows = [(doc, who, "ASSAULT") for doc in "abc" for who in "vwxyz"]
    actors = known(*((who, who.upper(), "ORG", "") for who in "vwxyz"))
    considered = consider_dyads(acts(*rows), actors)
    assert len(considered) == 20
    dyads = proposed_dyads(considered)
    assert [dyad["id"] for dyad in dyads] == ["v-w", "w-v", "v-x", "x-v", "v-y", "y-v"]
    assert all(dyad["proposed"] and "(proposed)" in dyad["name"] for dyad in dyads)
    assert "(proposed)" not in lines_to_copy(dyads)


def test_spanish_bodies_are_no_persons():
    text = (
        "Ayer la presidenta Ada Lund habló con la Corte Suprema de Elva sobre el puerto {}. Para "
        "el Gobierno Lund, según la Corte Suprema de Elva, no hay puerto {} ni barcos, dijo Jon "
        "Berg, y con Jon Berg lo dijo también Ada Lund ante el Gobierno Lund. La copa de la ciudad "
        "es la copa de todos, y la Copa Elvana es de Elva; la Copa Elvana es la copa {}."
    )
    found = types(*(text.format(n, n, n) for n in range(25)))
    assert found["Ada Lund"] == found["Jon Berg"] == "PERSON"
    assert found["Corte Suprema de Elva"] == found["Gobierno Lund"] == "ORG"
    assert "Copa Elvana" not in found
