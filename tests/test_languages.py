"""Articles in other languages: which language is found, what is counted, what is left out."""

from collections import Counter

import pandas as pd
import pytest

from analysis import read_article
from analysis.corpus.languages import article_languages, language_notes
from analysis.entities import ActorMatcher, find_candidates
from analysis.show.sentences import not_read
from analysis.terms.content import without_stopwords
from analysis.text.language import find_language, function_words

TOLD = {
    "es": "El martes por la noche las tropas atacaron el puerto de Elva y mataron a dos marineros, "
    "según dijo la ministra de Obras, Ada Lund, que viajó a la ciudad para ver los daños.",
    "fr": "Mardi soir, les troupes ont attaqué le port d'Elva et tué deux marins, a déclaré la "
    "ministre des Travaux, Ada Lund, qui est venue dans la ville pour voir les dégâts.",
    "de": "Am Dienstagabend griffen die Truppen den Hafen von Elva an und töteten zwei Matrosen, "
    "sagte die Ministerin für Bauten, Ada Lund, die in die Stadt kam, um die Schäden zu sehen.",
    "pt": "Na noite de terça-feira as tropas atacaram o porto de Elva e mataram dois marinheiros, "
    "disse a ministra das Obras, Ada Lund, que foi à cidade para ver os estragos.",
    "nl": "Dinsdagavond vielen de troepen de haven van Elva aan en doodden twee matrozen, zei de "
    "minister van Werken, Ada Lund, die naar de stad kwam om de schade te bekijken.",
    "ru": "Во вторник вечером войска напали на порт Эльва и убили двух моряков, сказала министр "
    "общественных работ Ада Лунд, которая приехала в город, чтобы увидеть ущерб и людей.",
    "en": "On Tuesday night the troops attacked the port of Elva and killed two sailors, said the "
    "works minister, Ada Lund, who had come to the town to see the damage.",
}


@pytest.mark.parametrize("language", TOLD)
def test_each_language_is_found(language):
    assert find_language(TOLD[language]) == language
    assert find_language("Elva, 12") == ""


@pytest.mark.parametrize("language", sorted(set(TOLD) - {"en"}))
def test_dates_quotations_and_events_of_other_languages_are_left_out(language):
    text = f"{TOLD[language]} “No, no: bar”, on Monday."
    tables = read_article(text, "2021-05-04", title="Elva: no bar on 12 May")
    assert tables["documents"].loc[0, "language"] == language
    for name in ("dates", "quotations", "event_reports", "passives", "label_uses"):
        assert tables[name].empty, name
    assert tables["words"].loc[0, "terms"] and len(tables["headlines"]) == 1


def test_a_language_given_is_believed():
    rows = read_article(TOLD["en"], "2021-05-04", language="es")
    assert rows["event_reports"].empty and rows["documents"].loc[0, "language"] == "es"
    assert len(read_article(TOLD["en"], "2021-05-04", language="unknown")["event_reports"])


def test_function_words_come_from_a_list_of_each_language():
    terms = pd.DataFrame({"term": ["de", "het", "haven", "the", "port"]})
    assert without_stopwords(terms, "nl")["term"].tolist() == ["haven", "the", "port"]
    assert without_stopwords(terms, "en;nl")["term"].tolist() == ["haven", "port"]
    assert function_words("xx") == frozenset()


def test_names_are_found_without_the_function_words_of_their_language():
    text = "Ayer habló Ada Lund. La Ada Lund de antes y Milo Sorell callan. En Elva no hay pan."
    found = [c.surface for c in find_candidates(text, ActorMatcher([]), [], "es")]
    assert found == ["Ada Lund", "Ada Lund", "Milo Sorell", "Elva"]


def test_what_is_left_out_is_said_where_it_is_missing():
    languages = article_languages((code, TOLD["es"]) for code in ("", "", "en"))
    assert languages == Counter({"es": 2, "en": 1})
    (note,) = language_notes(languages, "articles.csv")
    assert note.what.startswith("2 of 3 articles are not in English: Spanish;")
    assert not language_notes(Counter({"en": 3, "": 1}), "articles.csv")
    assert not_read(pd.DataFrame({"language": ["en", ""]})) == ""
