"""Readers of exports and tables: fields, dates, encodings, and input that is broken or hostile."""

import datetime
import gzip
import json
import time
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.base.messages import Note
from analysis.corpus import readers
from analysis.corpus.readers import ReaderError, europresse, frames, records
from analysis.corpus.readers.common import KEYS
from analysis.corpus.readers.dating import find_date
from analysis.corpus.readers.fields import label_of, unwrap

SAMPLES = Path(__file__).parent / "data" / "exports"
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NEXIS = """Hafen: kein Ende|Mittellandbote (fiktiv)|4. Mai 2016 Mittwoch
Copyright 2016 Bote Verlag
Section:\xa0WIRTSCHAFT; S. 1|Length:\xa012 Wörter|Byline:\xa0Rosa Beispiel
Body|Der Streik geht weiter.|Thema: der alte Kai, sagte sie.|Graphic|Ein Kai.
Classification|Language:\xa0GERMAN; DEUTSCH
Load-Date:\xa0May 5, 2016|End of Document"""
COVER = "User Name: X|Date and Time: Friday, May 6, 2016|Job Number: 1|Documents (2)|1. Hafen: x"


def docx(path: Path, paragraphs: str, head: str = "", bookmarks: bool = False) -> Path:
    """A Word document of the paragraphs of a string, separated by ``|`` or newlines."""
    body = ""
    for number, text in enumerate(paragraphs.replace("|\n", "|").replace("\n", "|").split("|")):
        mark = f'<w:bookmarkStart w:name="Bookmark_{number}"/>' if text.startswith("Hafen") else ""
        body += f"<w:p>{mark if bookmarks else ''}<w:r><w:t>{text}</w:t></w:r></w:p>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        xml = f'{head}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", xml)
    return path


def told(reading: readers.Reading) -> str:
    return "\n".join(map(str, reading.notes))


def error_of(path: Path, **options) -> str:
    with pytest.raises(ReaderError) as caught:
        readers.read_file(path, **options)
    assert all(isinstance(problem, Note) for problem in caught.value.problems)
    return str(caught.value)


def test_lexisnexis_text():
    german, french, english = readers.read_file(SAMPLES / "lexisnexis_de.txt").documents
    assert german["outlet"] == "Mittellandbote (fiktiv)"
    assert german["title"].startswith("Hafenarbeiter legen Arbeit nieder: Verhandlungen")
    assert german["byline"] == "Rosa Beispiel und Karl Muster"
    assert (german["published"], german["published_raw"]) == ("2016-05-02", "Montag 2. Mai 2016")
    assert (german["section"], german["dateline"]) == ("WIRTSCHAFT; S. 3", "Musterstadt")
    assert german["language"] == "de"
    first, second = german["text"].split("\n\n")
    assert first.startswith("Die Beschäftigten") and "\n" not in first
    assert second.startswith("LÄNGE DES STREIKS: Niemand")
    assert german["graphic"] == "Ein leerer Kai.\nFoto: Muster"
    assert (french["title"], french["byline"]) == ("Le port reprend", "Jeanne Exemple")
    assert french["text"] == "Le travail a repris mardi matin."
    assert english["title"] is None
    assert english["published"] == "2016-05-05"
    assert "database took" in english["published_basis"]


def test_lexisnexis_html_keeps_duplicates():
    first, second = readers.read_file(SAMPLES / "lexisnexis_nl.html").documents
    assert first["title"] == second["title"] == "Haven: 'wij gaan door'"
    assert first["byline"] == "Van onze verslaggever"
    assert first["text"] == "De staking duurt voort.\n\nNiemand & niets beweegt."
    assert (first["published"], first["language"]) == ("2016-05-03", "nl")
    assert first["doc_id"] != second["doc_id"]


@pytest.mark.parametrize("name", ["factiva_codes.html", "factiva_divisions.html", "factiva.rtf"])
def test_factiva(name):
    pytest.importorskip("striprtf")
    reading = readers.read_file(SAMPLES / name)
    doc = reading.documents[0]
    expected = {
        "factiva_codes.html": ("El puerto: sin acuerdo", "El Diario Inventado", "es", "2016-05-04"),
        "factiva_divisions.html": (
            "Le port : la reprise",
            "Le Courrier inventé",
            "fr",
            "2016-05-03",
        ),
        "factiva.rtf": ("Talks go on: no deal in sight", "Harbour Post", "en", "2016-05-04"),
    }[name]
    assert (doc["title"], doc["outlet"], doc["language"], doc["published"]) == expected
    assert len(doc["text"].split("\n\n")) == 2
    assert "Document" not in doc["text"] and doc["document_id"][-9:-3].startswith("ec5")
    assert ("never tested" in told(reading)) == name.endswith("rtf")


@pytest.mark.parametrize("cell", ["\t", "|", "  ", "\n"])
def test_factiva_text_with_codes(tmp_path, cell):
    rows = {"HD": "Talks: a start", "WC": "9 words", "PD": "4 May 2016", "SN": "Harbour Post"}
    rows |= {"LP": "Talks go on.", "TD": "IN the harbour nobody moves.", "AN": ""}
    text = "\n".join(f"{code}{cell}{value}" for code, value in rows.items())
    path = tmp_path / "f.txt"
    path.write_text(f"{text}Document HARBPO0020160504ec540001b\n" * 2, "utf-8")
    first, second = readers.read_file(path).documents
    assert (first["title"], first["outlet"]) == ("Talks: a start", "Harbour Post")
    assert first["text"] == "Talks go on.\n\nIN the harbour nobody moves."
    assert second["document_id"] == "HARBPO0020160504ec540001b"


def test_factiva_descriptors_with_bars_are_no_text(tmp_path):
    rows = ["HD |Dock", "PD |4 May 2021", "SN |Gazette", "LP |The cranes stood.", "TD |All day."]
    rows += ["NS |c1 : Ports | c2 : Trade |", "AN |Document GAZTTE0020210504eh5400001 |"]
    (tmp_path / "a.txt").write_text("\n".join(rows))
    (doc,) = readers.read_file(tmp_path / "a.txt").documents
    assert doc["text"] == "The cranes stood.\n\nAll day."
    assert doc["subject"] == "c1 : Ports | c2 : Trade"


def test_factiva_date_in_an_unknown_language_is_taken_from_the_number(tmp_path):
    lines = ["Talks: a start", "9 words", "4 xyz 2016", "Harbour Post", "HARBPO", "English"]
    lines += ["© 2016 Post", *BODY, "Post", "Document HARBPO0020160504ec540001b"]
    path = tmp_path / "f.txt"
    path.write_text("\n".join(lines), "utf-8")
    reading = readers.read_file(path)
    (doc,) = reading.documents
    assert (doc["published"], doc["published_raw"]) == ("2016-05-04", "4 xyz 2016")
    assert doc["outlet"] == "Harbour Post" and "the day the database has was taken" in told(reading)


def test_factiva_divisions_are_told_by_their_place():
    first, second = readers.read_file(SAMPLES / "factiva_divisions.html").documents
    assert (first["section"], first["byline"]) == ("Économie", "Jeanne Exemple")
    assert (first["credit"], first["time"], first["pages"]) == ("envoyée spéciale", "07:45", "5")
    assert (first["publisher"], first["graphic"]) == ("Courrier SA", "Légende : un quai vide.")
    assert second["byline"] is None and second["section"] is None


def test_proquest_text():
    reading = readers.read_file(SAMPLES / "proquest.txt")
    first, second = reading.documents
    assert (first["title"], first["byline"]) == ("Harbour: no deal in sight", "Doe, Jane")
    assert first["text"].endswith("Location: the old pier, said a worker.\n\nIt may last.")
    assert (first["outlet"], first["published"]) == ("Harbour Post", "2016-05-04")
    assert first["reading_level"] == "Easy" and "highlight" not in first
    assert (second["outlet"], second["published"]) == ("Le Courrier inventé", "2016-05-03")
    assert told(reading).count("skipped, no article") == 2


@pytest.mark.parametrize("as_email", [False, True])
def test_proquest_html_and_email(tmp_path, as_email):
    path = SAMPLES / "proquest.html"
    if as_email:
        page = path.read_text("utf-8")
        path = tmp_path / "sent.eml"
        head = "Subject: Your ProQuest Research\nContent-Type: text/html; charset=utf-8\n"
        path.write_text(f"{head}\n{page}", "utf-8")
    reading = readers.read_file(path)
    first, second = reading.documents
    assert first["byline"] == "Doe, Jane"
    assert first["text"] == "The strike goes on.\n\nNote: it may last."
    assert (first["outlet"], first["published"]) == ("Harbour Post", "2016-05-04")
    assert first["url"].startswith("https://search.proquest.com/docview/1000000001")
    assert second["text"] == "" and "have no text" in told(reading)


def test_europresse():
    first, second = readers.read_file(SAMPLES / "europresse.html").documents
    assert (first["outlet"], first["issue"]) == ("Le Courrier inventé", "no. 1234")
    assert (first["section"], first["pages"]) == ("Économie", "5")
    assert (first["title"], first["byline"]) == ("Le port : la reprise", "Jeanne Exemple")
    assert first["text"] == "Le travail a repris.\n\nLes navires repartent."
    assert (second["section"], second["published"]) == ("News", "2016-05-04")
    assert second["text"] == "Talks go on, the union said."


@pytest.mark.parametrize("bookmarks", [False, True])
@pytest.mark.parametrize("end", ["|End of Document", "|Ende des Dokuments", ""])
def test_nexis_docx(tmp_path, end, bookmarks):
    article = NEXIS.replace("|End of Document", end)
    path = docx(tmp_path / "two.DOCX", f"{COVER}\n{article}\n{article}", bookmarks=bookmarks)
    reading = readers.read_file(path)
    assert len(reading.documents) == 2
    for doc in reading.documents:
        assert (doc["title"], doc["outlet"]) == ("Hafen: kein Ende", "Mittellandbote (fiktiv)")
        assert (doc["byline"], doc["length"]) == ("Rosa Beispiel", "12 Wörter")
        assert doc["text"] == "Der Streik geht weiter.\n\nThema: der alte Kai, sagte sie."
        assert (doc["graphic"], doc["language"]) == ("Ein Kai.", "de")
        assert (doc["published"], doc["load_date"]) == ("2016-05-04", "May 5, 2016")
        assert doc["copyright"] == "Copyright 2016 Bote Verlag"


def test_nexis_docx_counts_against_its_cover_page(tmp_path):
    reading = readers.read_file(docx(tmp_path / "one.docx", f"{COVER}\n{NEXIS}"))
    assert "says 2 documents, 1 were found" in told(reading)


def test_an_article_without_its_end_line_is_not_lost(tmp_path):
    first = NEXIS.replace("|End of Document", "")
    path = docx(tmp_path / "three.docx", f"{first}\n{NEXIS}\n{first}")
    reading = readers.read_file(path)
    assert [doc["title"] for doc in reading.documents] == ["Hafen: kein Ende"] * 3


def test_nexis_rtf():
    pytest.importorskip("striprtf")
    reading = readers.read_file(SAMPLES / "nexis.rtf")
    (doc,) = reading.documents
    assert (doc["title"], doc["byline"], doc["length"]) == (
        "Hafen: kein Ende",
        "Rosa Beispiel",
        "12 Wörter",
    )
    assert doc["text"] == "Der Streik geht weiter." and "never tested" in told(reading)


def test_a_word_document_that_is_no_export_says_so(tmp_path):
    reading = readers.read_file(docx(tmp_path / "essay.docx", "My essay|It begins."))
    (doc,) = reading.documents
    assert (doc["title"], doc["text"]) == ("My essay", "It begins.")
    assert "read as one article" in told(reading)
    for paragraphs in ("Only a headline", f"{COVER}|2. Hafen: y"):
        assert readers.read_file(docx(tmp_path / "list.docx", paragraphs)).documents == []


# one article in nine languages, as Nexis and LexisNexis label it: title, outlet, date, counter,
# section, length, byline, text, heading of the text, of the classes, language, load date, end
LANGUAGES = {
    "en": "Talks: no deal|Harbour Post|May 4, 2016 Wednesday|1 of 2 DOCUMENTS|Section|Length"
    "|12 words|Byline|Body|Classification|Language|Load-Date|End of Document",
    "de": "Hafen: kein Ende|Bote|Mittwoch 4. Mai 2016|1 von 2 DOKUMENTEN|Rubrik|Länge|12 Wörter"
    "|Autor|Hauptteil|Klassifizierung|Sprache|Update|Ende des Dokuments",
    "fr": "Le port : rien|Le Courrier|mercredi 4 mai 2016|Document 1 de 2|Rubrique|Longueur|12 mots"
    "|Auteur|Corps|Classification|Langue|Date de chargement|Fin du document",
    "es": "El puerto: nada|El Diario|4 de mayo de 2016 miércoles|1 de 2 DOCUMENTOS|Sección|Longitud"
    "|12 palabras|Autor|Cuerpo|Clasificación|Lenguaje|Fecha de carga|Fin del documento",
    "nl": "Haven: niets|De Bode|4 mei 2016 woensdag|1 van 2 DOCUMENTEN|Sectie|Lengte|12 woorden"
    "|Auteur|Tekst|Classificatie|Taal|Laaddatum|Einde van document",
    "it": "Il porto: niente|Il Corriere|mercoledì 4 maggio 2016|1 di 2 DOCUMENTI|Sezione|Lunghezza"
    "|12 parole|Autore|Corpo|Classificazione|Lingua|Data di caricamento|Fine del documento",
    "pt": "O porto: nada|O Correio|4 de maio de 2016|1 de 2 DOCUMENTOS|Seção|Comprimento"
    "|12 palavras|Autor|Corpo|Classificação|Idioma|Data de carregamento|Fim do documento",
    "sv": "Hamnen: inget|Posten|4 maj 2016 onsdag|1 av 2 DOKUMENT|Avdelning|Längd|12 ord"
    "|Författare|Brödtext|Klassificering|Språk|Laddningsdatum|Slut på dokument",
    "pl": "Port: nic|Gazeta|4 maja 2016 środa|1 z 2 DOKUMENTÓW|Sekcja|Długość|12 słów"
    "|Autor|Treść|Klasyfikacja|Język|Data załadowania|Koniec dokumentu",
}
BODY = ["It goes on.", "Note: nothing moves, they say."]


def nexis_lines(parts: list[str], body: list[str] = BODY) -> list[str]:
    """The lines of an article of Nexis Uni with the labels of a language."""
    title, outlet, date, _, section, length, words, byline, text, classes, speech, load, end = parts
    head = [title, outlet, date, "Copyright 2016 X", f"{section}:\xa0A; 5", f"{length}:\xa0{words}"]
    tail = [classes, f"{speech}:\xa0ENGLISH", f"{load}:\xa0May 5, 2016", end]
    return [*head, f"{byline}:\xa0Jane Doe", text, *body, *tail]


def check_article(doc: dict, parts: list[str]) -> None:
    assert (doc["title"], doc["outlet"], doc["published"]) == (parts[0], parts[1], "2016-05-04")
    assert (doc["byline"], doc["section"], doc["length"]) == ("Jane Doe", "A; 5", parts[6])
    assert (doc["text"].split("\n\n"), doc["language"]) == (BODY, "en")
    assert doc["load_date"] == "May 5, 2016" and doc["copyright"] == "Copyright 2016 X"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", ["docx", "cover", "no end", "txt", "rtf"])
def test_nexis_in_many_languages(tmp_path, language, form):
    parts = LANGUAGES[language].split("|")
    lines = nexis_lines(parts)
    if form == "rtf":
        escaped = "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in "\\par\n".join(lines * 2))
        path = tmp_path / "n.rtf"
        path.write_text(f"{{\\rtf1\\ansi\\deff0{{\\fonttbl{{\\f0 Arial;}}}}\n{escaped}\\par}}")
    elif form == "txt":
        path = tmp_path / "n.txt"
        path.write_text("\n\n".join(lines * 2), "utf-8")
    else:
        lines = lines[:-1] if form == "no end" else lines
        listed = [*COVER.split("|"), "Client/Matter: -None-"] if form == "cover" else []
        path = docx(tmp_path / "n.docx", "|".join([*listed, *lines, *lines]))
    documents = readers.read_file(path).documents
    assert len(documents) == 2
    for doc in documents:
        check_article(doc, parts)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_lexisnexis_text_in_many_languages(tmp_path, language, between):
    parts = LANGUAGES[language].split("|")
    title, outlet, date, counter, section, length, words, byline, _, _, speech, load, _ = parts
    head = [f"{byline.upper()}: Jane Doe", f"{section.upper()}: A; 5", f"{length.upper()}: {words}"]
    tail = between.join([f"{load.upper()}: May 5, 2016", f"{speech.upper()}: ENGLISH"])
    centre = " " * 30
    blocks = [centre + counter, centre + outlet, centre + date, title, between.join(head), *BODY]
    path = tmp_path / "l.txt"
    path.write_text("\n\n".join([*blocks, tail, f"{centre}Copyright 2016 X\n"]) * 2, "utf-8")
    documents = readers.read_file(path).documents
    assert len(documents) == 2
    for doc in documents:
        check_article(doc, parts)


FACTIVA = {
    "fr": ("1 234 mots", "4 mai 2016", "Français", "Document"),
    "de": ("1.234 Wörter", "4. Mai 2016", "Deutsch", "Dokument"),
    "es": ("1.234 palabras", "4 mayo 2016", "Español", "Documento"),
    "it": ("1.234 parole", "4 maggio 2016", "Italiano", "Documento"),
    "ru": ("1234 слов", "4 Май 2016", "Русский", "Документ"),
    "zh": ("1234 字", "2016 年 5 月 4 日", "简体中文", "文件"),
    "ja": ("1234 文字", "2016 年 5 月 4 日", "日本語", "文書"),
    "Suomi": ("1234 xyz", "4.5.2016", "Suomi", "Asiakirja"),
}


@pytest.mark.parametrize("language", FACTIVA)
@pytest.mark.parametrize("layout", ["divisions", "codes", "lines"])
def test_factiva_in_many_languages(tmp_path, language, layout):
    length, date, speech, document = FACTIVA[language]
    number = f"{document} HARBPO0020160504ec540001b"
    path = tmp_path / "f.html"
    if layout == "divisions":
        fields = [length, date, "07:45", "Harbour Post", "HARBPO", speech, "© 2016 Post"]
        rows = "".join(f"<div>{field}</div>" for field in fields)
        text = "".join(f'<p class="articleParagraph">{part}</p>' for part in BODY)
        head = '<div id="hd"><span class="enHeadline">Talks: a start</span></div>'
        head += '<div class="author">By Jane Doe</div>'
        article = f'<div class="article enArticle">{head}{rows}{text}<p>{number}</p></div>'
    elif layout == "codes":
        cells = {"HD": "Talks: a start", "BY": "By Jane Doe", "WC": length, "PD": date}
        cells |= {"ET": "07:45", "SN": "Harbour Post", "SC": "HARBPO", "LA": speech}
        cells |= {"CY": "© 2016 Post", "LP": BODY[0], "TD": BODY[1], "AN": number}
        rows = (f"<tr><td><b>{k}</b>&nbsp;</td><td>{v}</td></tr>" for k, v in cells.items())
        article = f"<table>{''.join(rows)}</table>"
    else:
        path = tmp_path / "f.txt"
        head = ["News", "Talks: a start", "By Jane Doe", length, date, "07:45", "Harbour Post"]
        article = "\n".join([*head, "HARBPO", speech, "© 2016 Post", *BODY, "Post", number, ""])
    text = article * 2
    if path.suffix == ".html":
        text = f"<html><head><title>Factiva</title></head><body>{text}</body></html>"
    path.write_text(text, "utf-8")
    documents = readers.read_file(path).documents
    assert len(documents) == 2
    for doc in documents:
        assert (doc["title"], doc["byline"]) == ("Talks: a start", "By Jane Doe")
        assert (doc["outlet"], doc["published"]) == ("Harbour Post", "2016-05-04")
        assert (doc["length"], doc["text"].split("\n\n")) == (length, BODY)
        if language != "Suomi":
            assert doc["language"] == language


PROQUEST = {
    "en": "Author|Full text|Subject|Publication title|Publication date|Publisher"
    "|Language of publication|ProQuest document ID|Database",
    "fr": "Auteur|Texte intégral|Sujet|Titre de la publication|Date de publication|Éditeur"
    "|Langue de publication|ID de document ProQuest|Base de données",
    "es": "Autor|Texto completo|Materia|Título de publicación|Fecha de publicación|Editorial"
    "|Idioma de la publicación|ID del documento de ProQuest|Base de datos",
    "de": "Autor|Volltext|Thema|Titel der Publikation|Publikationsdatum|Verlag"
    "|Publikationssprache|ProQuest-Dokument-ID|Datenbank",
    "cut": "Author|Fulltext|Subject|Publicationtitle|Publicationdate|Publisher"  # by an e-mail
    "|Languageof publication|ProQuestdocument ID|Database",
}


@pytest.mark.parametrize("language", PROQUEST)
@pytest.mark.parametrize("suffix", ["txt", "html"])
def test_proquest_in_many_languages(tmp_path, language, suffix):
    names = PROQUEST[language].split("|")
    values = ["Doe, Jane", "\n\n".join(BODY), "Strikes", "Harbour Post; Harbourtown"]
    values += ["May 4, 2 016" if language == "cut" else "May 4, 2016", "Post Inc.", "English"]
    values += ["1000000001", "ProQuest Central"]
    pairs = list(zip(names, values, strict=True))
    link = "https://www.proquest.com/docview/1000000001"
    if suffix == "txt":
        rows = "\n\n".join(f"{name}: {value}" for name, value in pairs)
        article = f"{'_' * 60}\n\nTalks: a start\n\n{rows}\n\n{link}\n\n"
    else:
        rows = "".join(f"<p><strong>{k}: </strong>{v}</p>" for k, v in pairs)
        rows = rows.replace("\n\n", "</p><p>") + f'<a href="{link}">ProQuest</a>'
        article = f'<div><a name="DocID_1"></a><p>Talks: a start</p>{rows}</div>'
    path = tmp_path / f"p.{suffix}"
    path.write_text(article * 2, "utf-8")
    documents = readers.read_file(path).documents
    assert len(documents) == 2
    for doc in documents:
        assert (doc["title"], doc["byline"]) == ("Talks: a start", "Doe, Jane")
        assert (doc["outlet"], doc["published"]) == ("Harbour Post", "2016-05-04")
        assert (doc["text"].split("\n\n"), doc["language"]) == (BODY, "en")
        assert doc["document_id"] == "1000000001"


def test_lexisnexis_dates_in_numbers_say_how_they_were_read(tmp_path):
    centre = " " * 30
    lines = [
        "1 of 1 DOCUMENTS",
        f"{centre}Harbour Post",
        f"{centre}04/05/2016",
        "Talks",
        "LENGTH: 2",
    ]
    path = tmp_path / "l.txt"
    path.write_text("\n\n".join([*lines, "Talks go on.", "LOAD-DATE: May 5, 2016"]))
    reading = readers.read_file(path)
    assert reading.documents[0]["published_raw"] == "04/05/2016"
    assert "read day first: an assumption" in told(reading)


@pytest.mark.parametrize(
    ("header", "section"),
    [
        ("Sport, sobota 3 mai 2011", "Sport"),
        ("Holiday, 3 mai 2011, p. 4", "Holiday"),
        ("jeudi 5 mai 2011", None),
    ],
)
def test_europresse_weekdays_are_no_sections(header, section):
    fields = {}
    europresse._read_header(header, fields)
    assert fields["section"] == section


def test_europresse_article_without_publication_is_kept(tmp_path):
    path = tmp_path / "e.html"
    head = '<span class="DocPublicationName">Le Courrier</span><p class="titreArticle">Un</p>'
    other = '<p class="titreArticle">Deux</p>'
    text = "<section><div class='DocText'><p>Rien.</p></div></section>"
    page = "".join(f"<article><header>{h}</header>{text}</article>" for h in (head, other))
    path.write_text(f"<html><body>{page}</body></html>", "utf-8")
    reading = readers.read_file(path)
    assert [doc["title"] for doc in reading.documents] == ["Un", "Deux"]
    assert "1 of 2 have no outlet" in told(reading)


def test_archives_are_read_as_delivered(tmp_path):
    table = "date,title,text,outlet\n2021-05-04,Dock,The cranes stood still.,Gazette\n"
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        archive.writestr("part/a.csv", table)
        archive.writestr("../../b.txt", "The dockers of Karsa went home.")
    with gzip.open(tmp_path / "c.csv.gz", "wt") as stream:
        stream.write(table)
    outlets = [doc["outlet"] for doc in readers.read_folder(tmp_path).documents]
    assert outlets == ["Gazette", None, "Gazette"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.csv.gz", "export.zip"]


def test_archives_within_archives_are_left_alone(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("one.docx", b"PK\x03\x04 and no document")
    assert "no file that can be read" in error_of(tmp_path / "a.zip")


def test_documents_and_saved_pages_are_one_article(tmp_path):
    (tmp_path / "a.rtf").write_text(r"{\rtf1 Dock\par The cranes stood still all day.\par}")
    xml = '<d xmlns:t="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    with zipfile.ZipFile(tmp_path / "b.odt", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", f"{xml}<t:h>Dock</t:h><t:p>The cranes stood.</t:p></d>")
    docx(tmp_path / "c.docx", "Dock|The cranes stood still.")
    page = "<html><body><article><h1>Dock</h1><p>" + "The cranes stood still. " * 20
    head = "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n"
    (tmp_path / "d.mhtml").write_text(f"{head}{page}</p></article></body></html>")
    documents = readers.read_folder(tmp_path).documents
    assert [doc["title"] for doc in documents] == ["Dock"] * 4
    assert all(doc["text"].startswith("The cranes stood") for doc in documents)


HEADS = {
    "labels again and again": "Title: {title}\nSource: {outlet}, {day}\nAuthors: A. Mare\n\n"
    "Full Text:\n{text}\n\n",
    "signs between": "{title}\n{outlet} - {day}\nAuthor/Byline: A. Mare\nPage: A1\n\n{text}\n\n"
    "Record: 1F\nCopyright 2021 {outlet}\n___________\n\n",
    "words for labels": "Titel: {title}\nZeitung: {outlet}\nDatum: {day}\n\n{text}\n---\n",
    "lines of their own": "{title}\n{outlet}\n{day}\nBy A. Mare\n\n{text}\n\n* * *\n",
    "numbers": "Article 7\n{title}\n{outlet}, {day}\n\n{text}\n\n",
}


@pytest.mark.parametrize("form", HEADS)
def test_texts_with_a_head_each_are_told_apart(tmp_path, form):
    text = "The cranes: still.\n\nNobody came."
    rows = [("Dock", "Gazette", "Tuesday, May 4, 2021"), ("Canal", "Velden Post", "3 June 2021")]
    (tmp_path / "a.txt").write_text(
        "".join(HEADS[form].format(title=t, outlet=o, day=d, text=text) for t, o, d in rows)
    )
    documents = readers.read_file(tmp_path / "a.txt").documents
    assert [(doc["title"], doc["outlet"], doc["published"]) for doc in documents] == [
        ("Dock", "Gazette", "2021-05-04"),
        ("Canal", "Velden Post", "2021-06-03"),
    ]
    assert {doc["text"] for doc in documents} == {text}


@pytest.mark.parametrize(
    "text",
    [
        "Dock\n\nThe cranes stood.\n\n***\n\nNobody came.\n\n***\n\nIt rained.",
        "Talk\n\n---\n\nMayor: Why?\n\nReporter: So.\n\n---\n\nMayor: Well.",
        "Home: News\n\nDock\nBy: A. Mare\nPublished: 4 May 2021\n\nThe cranes stood.",
        "_" * 300,
    ],
)
def test_a_text_with_signs_and_colons_stays_one_article(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    assert [doc["text"] for doc in readers.read_file(tmp_path / "a.txt").documents] == [text]


def test_a_single_article_of_lexisnexis(tmp_path):
    head = (
        " " * 30 + "Gazette\n\n" + " " * 30 + "May 4, 2021 Tuesday\n\nDock\n\nLENGTH: 9 words\n\n"
    )
    (tmp_path / "a.txt").write_text(f"{head}The cranes stood.\n\nLOAD-DATE: May 5, 2021\n")
    (doc,) = readers.read_file(tmp_path / "a.txt").documents
    assert (doc["title"], doc["outlet"], doc["published"]) == ("Dock", "Gazette", "2021-05-04")
    assert doc["text"] == "The cranes stood."


@pytest.mark.parametrize(
    ("files", "outlets", "days"),
    [
        (["Gazette_2021-05-04_a.txt", "Bote_2021-05-05_b.txt"], ["Bote", "Gazette"], "54"),
        (["Gazette/2021/a.txt", "The_Post/2020/b.txt"], ["Gazette", "The Post"], ""),
        (["20210504_Post_1.txt", "20210505_Post_2.txt"], ["Post", "Post"], "45"),
        (["2021-05-04 cranes.txt", "2021-05-05 canal.txt"], [None, None], "45"),
        (["texts/a.txt", "more texts/May/b.txt"], [None, None], ""),
        (["2021/05/04/a.txt", "2021/05/05/b.txt"], [None, None], "45"),
        (["Velden Post - 04.05.2021.txt"], ["Velden Post"], "4"),
    ],
)
def test_outlet_and_day_from_names_of_files(tmp_path, files, outlets, days):
    for file in files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("The cranes stood still all day.")
    if files[0].startswith("texts"):  # names of folders for texts are no outlets
        (tmp_path / "more texts").rename(tmp_path / "html")
    reading = readers.read_folder(tmp_path)
    assert [doc["outlet"] for doc in reading.documents] == outlets
    dates = [doc["published"] for doc in reading.documents]
    assert dates == [f"2021-05-0{day}" for day in days] + [None] * (len(files) - len(days))
    assert ("names of files" in told(reading)) == any([*outlets, days])


def pdf(path: Path, lines: list[str]) -> Path:
    """A PDF of one page with lines of text."""
    drawn = "BT /F 11 Tf 14 TL 50 800 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    parts = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[4 0 R]/Count 1>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Type/Page/Parent 2 0 R/Resources<</Font<</F 3 0 R>>>>/Contents 5 0 R>>",
        f"<</Length {len(drawn)}>>\nstream\n{drawn}\nendstream",
    ]
    whole = "%PDF-1.4\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(f"{len(whole):010d} 00000 n \n")
        whole += f"{number} 0 obj\n{part}\nendobj\n"
    table = f"xref\n0 6\n0000000000 65535 f \n{''.join(places)}trailer\n<</Size 6/Root 1 0 R>>"
    path.write_bytes(f"{whole}{table}\nstartxref\n{len(whole)}\n%%EOF".encode("latin-1"))
    return path


def test_pdf(tmp_path):
    pytest.importorskip("pypdf")
    lines = [
        "Cranes of Karsa",
        "The cranes stood still on Mon-",
        "day, and nobody in the town came.",
    ]
    (doc,) = readers.read_file(pdf(tmp_path / "a.pdf", lines)).documents
    assert doc["title"] == "Cranes of Karsa"
    assert doc["text"] == "The cranes stood still on Monday, and nobody in the town came."
    assert "pictures of pages" in error_of(pdf(tmp_path / "scan.pdf", []))
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 and no more")
    assert "the PDF cannot be read" in error_of(tmp_path / "broken.pdf")


XMLS = {
    "ProQuest TDM XML": "<RECORD><Obj><TitleAtt><Title>Dock</Title></TitleAtt><NumericDate>"
    "2021-05-04</NumericDate></Obj><DFS><PubFrosting><Title>Gazette</Title></PubFrosting></DFS>"
    "<TextInfo><Text>&lt;p&gt;The cranes&lt;/p&gt;&lt;p&gt;stood.&lt;/p&gt;</Text></TextInfo>"
    "</RECORD>",
    "trafilatura XML": '<doc sitename="Gazette" title="Dock" date="2021-05-04"><main>'
    "<p>The <hi>cranes</hi></p><p>stood.</p></main></doc>",
    "TEI": '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Dock'
    "</title></titleStmt><publicationStmt><publisher>Gazette</publisher><date>2021-05-04</date>"
    "</publicationStmt></fileDesc></teiHeader><text><body><p>The cranes</p><p>stood.</p></body>"
    "</text></TEI>",
    "NITF": '<nitf><head><title>D</title><pubdata name="Gazette" date.publication="20210504"/>'
    "</head><body><body.head><hedline><hl1>Dock</hl1></hedline></body.head><body.content>"
    '<block class="full_text"><p>The cranes</p><p>stood.</p></block></body.content></body></nitf>',
    "RSS": "<rss><channel><title>Gazette</title><item><title>Dock</title><pubDate>Tue, 04 May 2021"
    " 10:00:00 +0000</pubDate><description>&lt;p&gt;The cranes&lt;p&gt;stood.</description></item>"
    "</channel></rss>",
}


@pytest.mark.parametrize("kind", XMLS)
def test_xml(tmp_path, kind):
    (tmp_path / "a.xml").write_text(f"<?xml version='1.0'?>{XMLS[kind]}")
    reading = readers.read_file(tmp_path / "a.xml")
    (doc,) = reading.documents
    assert reading.format == kind
    assert (doc["title"], doc["outlet"], doc["published"]) == ("Dock", "Gazette", "2021-05-04")
    assert doc["text"] == "The cranes\n\nstood."


def test_files_of_other_kinds_name_the_way_out(tmp_path):
    for name, words in {
        "a.ods": "save it as XLSX",
        "a.rds": "write.csv",
        "a.pages": "Export it as DOCX",
        "a.xml": "begins <menu>",
        "a.docx": "The download failed",
    }.items():
        (tmp_path / name).write_text("<menu><li>Please sign in</li></menu>")
        assert words in error_of(tmp_path / name)


def test_a_page_of_several_articles_is_not_one(tmp_path):
    story = "<article><h2>{}</h2><time datetime='2021-05-04'>today</time><p>" + "dock " * 70
    page = f"{story.format('One')}</article>{story.format('Two')}</article>"
    (tmp_path / "a.html").write_text(f"<html><body>{page}<article><h3>Next</h3></article></body>")
    reading = readers.read_file(tmp_path / "a.html")
    assert [(doc["title"], doc["published"]) for doc in reading.documents] == [
        ("One", "2021-05-04"),
        ("Two", "2021-05-04"),
    ]
    assert "1 of fewer than 60 words left out" in told(reading)


def test_ris(tmp_path):
    record = "TY  - NEWS\nT1  - Dock\nJF  - Gazette\nY1  - 2021/05/04/\nN2  - The cranes\n\nstood."
    record += "\nER  - \n"
    (tmp_path / "a.ris").write_text(record * 2)
    first, _ = readers.read_file(tmp_path / "a.ris").documents
    assert (first["title"], first["outlet"]) == ("Dock", "Gazette")
    assert first["published"] == "2021-05-04"
    assert first["text"] == "The cranes\n\nstood."


def test_a_table_of_tabs_in_a_text_file(tmp_path):
    (tmp_path / "a.txt").write_text("Titel\tZeitung\tText\nDock\tBote\tDie Kräne standen.\n")
    (doc,) = readers.read_file(tmp_path / "a.txt").documents
    assert (doc["outlet"], doc["text"]) == ("Bote", "Die Kräne standen.")


def test_lines_above_the_header_and_sheets_before_the_table(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["Downloaded for the seminar"])
    sheet = book.create_sheet("hits")
    for row in (
        ["Query: dock"],
        [],
        ["Title", "Newspaper", "Text"],
        ["Dock", "Gazette", "Cranes."],
    ):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    reading = readers.read_file(tmp_path / "a.xlsx")
    assert [doc["outlet"] for doc in reading.documents] == ["Gazette"]
    assert "read of its sheets: “hits”; left out: 1 with other columns" in told(reading)


def test_sheets_with_the_same_columns_are_one_table(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "2020"
    for sheet, day in ((book.active, "2020-05-04"), (book.create_sheet("2021"), "2021-05-04")):
        sheet.append(["Paper", "Day", "Article"])
        sheet.append(["Bote", day, "The cranes stood still."])
    book.save(tmp_path / "years.xlsx")
    documents = readers.read_file(tmp_path / "years.xlsx").documents
    assert [doc["published"] for doc in documents] == ["2020-05-04", "2021-05-04"]
    assert len({doc["doc_id"] for doc in documents}) == 2


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("May 30, 2014 Friday", "2014-05-30"),
        ("December 31, 2008 \n woensdag", "2008-12-31"),
        ("Mittwoch 31. August 2011", "2011-08-31"),
        ("mercredi 1er mai 2003", "2003-05-01"),
        ("18 de mayo de 2010", "2010-05-18"),
        ("martedì 4 dicembre 2018", "2018-12-04"),
        ("2017 年 4 月 1 日", "2017-04-01"),
        ("20150218230000", "2015-02-18"),
        ("2010-05-08T10:00:00Z", "2010-05-08"),
        ("Wed Sep  7 12:33:59 +0000 2011", "2011-09-07"),
        ("03.04.2015", "2015-04-03"),
        ("25/04/2015", "2015-04-25"),
        ("04/25/15", "2015-04-25"),
    ],
)
def test_dates_in_many_languages(raw, day):
    assert find_date(raw).day == datetime.date.fromisoformat(day)


@pytest.mark.parametrize("raw", ["", "yesterday", "April 20, 1400 GMT", "2009"])
def test_what_is_no_date(raw):
    assert find_date(raw).day is None


def table(path: Path, dates: list[str]) -> Path:
    rows = "".join(f"{day},t,x\n" for day in dates)
    path.write_text(f"date,title,text\n{rows}", "utf-8")
    return path


@pytest.mark.parametrize(
    ("dates", "order", "first", "says"),
    [
        (["03/04/2015", "25/04/2015"], None, "2015-04-03", "day first: as “25/04/2015”"),
        (["03/04/2015", "04/25/2015"], None, "2015-03-04", "month first: as “04/25/2015”"),
        (["03/04/2015"], None, "2015-04-03", "an assumption"),
        (["03/04/2015"], "mdy", "2015-03-04", "as asked for"),
        (["03/04/2015", "25/04/2015", "04/25/2015"], None, None, "mixes both"),
    ],
)
def test_ambiguous_dates_are_never_read_silently(tmp_path, dates, order, first, says):
    reading = readers.read_file(table(tmp_path / "t.csv", dates), date_order=order)
    assert reading.documents[0]["published"] == first
    assert reading.documents[0]["published_raw"] == dates[0]
    assert says in told(reading)


def written(tmp_path: Path, head: str, *rows: str) -> readers.Reading:
    """The reading of a table with these rows."""
    (tmp_path / "t.csv").write_text("\n".join([head, *rows]), "utf-8")
    return readers.read_file(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("days", "read", "says"),
    [
        (["2021-31-05", "2021-04-05"], ["2021-05-31", "2021-05-04"], "year, day, month"),
        (["2021-04-05", "2021-04-30"], ["2021-04-05", "2021-04-30"], ""),
        (["2021/31/05", "2021/04/05", "2021/06/30"], ["2021-05-31", None, "2021-06-30"], "either"),
    ],
)
def test_year_day_month(tmp_path, days, read, says):
    reading = written(tmp_path, "date,text", *(f"{day},The cranes stood." for day in days))
    assert [doc["published"] for doc in reading.documents] == read
    assert ("left empty" if says == "either" else says) in told(reading)


def test_how_long_ago_is_counted_from_the_day_of_fetching(tmp_path):
    rows = ["2 days ago,2021-05-04,x", "hace 3 horas,2021-05-04,x", "some day soon,2021-05-04,x"]
    reading = written(tmp_path, "date,scraped_at,text", *rows)
    assert [doc["published"] for doc in reading.documents] == ["2021-05-02", "2021-05-04", None]
    assert "counted back from the day of fetching" in told(reading)


@pytest.mark.parametrize(
    ("raw", "first", "last"),
    [
        ("Winter 2021/22", "2021-12-01", "2022-02-28"),
        ("Hiver 2021", "2021-01-01", "2021-12-31"),
        ("Q3 2020", "2020-07-01", "2020-09-30"),
        ("2020 Q4", "2020-10-01", "2020-12-31"),
    ],
)
def test_a_season_or_quarter_is_a_range(tmp_path, raw, first, last):
    (doc,) = written(tmp_path, "date,text", f"{raw},The cranes stood.").documents
    assert (doc["published_from"], doc["published_to"]) == (first, last)


def test_one_article_is_told_of_in_the_singular(tmp_path):
    reading = written(tmp_path, "date,text", "2021-05-04,The cranes.", "soon,The quay.")
    assert "1 of 2 articles has a date that could not be read" in told(reading)


def test_semicolons_in_the_texts_part_no_cells(tmp_path):
    cell = "&lt;p&gt;The cranes stood.&lt;/p&gt;&lt;p&gt;All day.&lt;/p&gt;"
    rows = [f"Bote,2021-05-0{n},Quay,{cell}" for n in range(1, 4)]
    reading = written(tmp_path, "outlet,date,title,text", *rows)
    assert [doc["text"] for doc in reading.documents] == ["The cranes stood.\n\nAll day."] * 3


def test_pasted_articles_are_parted_at_their_heads(tmp_path):
    head = "Quay shut\n\nBote, 4 May 2021\n\n"
    body = "The cranes stood on 3 May 2021, they said.\n\nAll day.\n\n"
    (tmp_path / "pasted.txt").write_text((head + body) * 3)
    documents = readers.read_file(tmp_path / "pasted.txt").documents
    assert [(doc["outlet"], doc["published"]) for doc in documents] == [("Bote", "2021-05-04")] * 3


def test_the_channel_of_messages_is_their_outlet(tmp_path):
    messages = [{"id": n, "date": "2021-05-04", "text": "The cranes stood."} for n in range(2)]
    dump = {"name": "Quay Channel", "type": "public_channel", "messages": messages}
    (tmp_path / "result.json").write_text(json.dumps(dump))
    documents = readers.read_file(tmp_path / "result.json").documents
    assert [doc["outlet"] for doc in documents] == ["Quay Channel"] * 2


def test_a_list_of_addresses_is_no_article(tmp_path):
    (tmp_path / "links.txt").write_text("https://bote.example/a\nhttps://bote.example/b\n")
    assert "Save each page as HTML" in error_of(tmp_path / "links.txt")


def test_cells_are_mended_and_counted(tmp_path):
    broken = "Le port fermé".encode().decode("cp1252")
    reading = written(
        tmp_path,
        "title,paper,text",
        f"Dock &amp; sea,{broken},<p>The cranes</p><p>stood.</p><script>x=1</script>",
        "nan,NULL,The <b>cranes</b> stood.",
        'One <two> three,Post,"a < b and c > d"',
    )
    cells = [(doc["title"], doc["outlet"], doc["text"]) for doc in reading.documents]
    assert cells == [
        ("Dock & sea", "Le port fermé", "The cranes\n\nstood."),
        (None, None, "The cranes stood."),
        ("One <two> three", "Post", "a < b and c > d"),
    ]
    for what in ("2 cells without a value", "3 cells with HTML", "1 cell with letters broken"):
        assert what in told(reading)


@pytest.mark.parametrize(
    "head",
    [
        "見出し,新聞,日付,本文",
        "τίτλος,εφημερίδα,ημερομηνία,κείμενο",
        "rubrik,tidning,datum,brödtext",
        "headLine,mediaName,datePublished,articleBody",
    ],
)
def test_columns_in_many_languages(tmp_path, head):
    (doc,) = written(tmp_path, head, "Dock,Gazette,2021-05-04,The cranes.").documents
    assert [doc[key] for key in ("title", "outlet", "published", "text")] == [
        *("Dock", "Gazette", "2021-05-04", "The cranes.")
    ]


def test_lines_above_a_table_of_semicolons_and_no_header_in_a_row(tmp_path):
    above = ["Suche: Hafen", "Treffer;1", "", "Titel;Zeitung;Text"]
    (doc,) = written(tmp_path, *above, "Dock;Bote;Kräne standen.").documents
    assert (doc["outlet"], doc["text"]) == ("Bote", "Kräne standen.")
    (tmp_path / "own.csv").write_text("entity_id,name,type\nla,La,ORG\ntext,Title,ORG\n")
    assert list(readers.read_csv(tmp_path / "own.csv")) == ["entity_id", "name", "type"]


def test_beginnings_stand_in_where_there_are_no_texts(tmp_path):
    reading = written(tmp_path, "headline,description", "Dock,The cranes stood on Monday")
    assert reading.documents[0]["text"] == "The cranes stood on Monday"
    assert "“description” holds their beginnings" in told(reading)


def test_tables_as_pandas_writes_them(tmp_path):
    frame = pd.DataFrame({"title": ["Dock", "Sea"], "text": ["Cranes.", "Water."]})
    for orient in ("columns", "split", "records", "index"):
        frame.to_json(tmp_path / "a.json", orient=orient)
        documents = readers.read_file(tmp_path / "a.json").documents
        assert [doc["text"] for doc in documents] == ["Cranes.", "Water."]


@pytest.mark.parametrize(
    ("raw", "first", "last"),
    [
        ("February 2012", "2012-02-01", "2012-02-29"),
        ("März/April 2019", "2019-03-01", "2019-04-30"),
        ("Dec-Jan 2020", "2019-12-01", "2020-01-31"),
        ("Herbst 2018", "2018-09-01", "2018-11-30"),
        ("Winter, 1999", "1999-01-01", "1999-12-31"),
        ("1987", "1987-01-01", "1987-12-31"),
    ],
)
def test_a_month_season_or_year_is_a_range(tmp_path, raw, first, last):
    reading = readers.read_file(table(tmp_path / "t.csv", [f'"{raw}"']))
    doc = reading.documents[0]
    assert (doc["published"], doc["published_from"], doc["published_to"]) == (first, first, last)
    assert "only a month, season or year" in told(reading)


def test_days_that_are_counted_or_broken_are_read(tmp_path):
    days = ["43832", "1577923200", "1577923200000", '"Ja n 2, 2020"', '"Octo ber 2, 20 20"']
    reading = readers.read_file(table(tmp_path / "t.csv", days))
    assert [doc["published"] for doc in reading.documents] == [*["2020-01-02"] * 4, "2020-10-02"]


def test_another_date_of_the_record_stands_in(tmp_path):
    (tmp_path / "t.csv").write_text("date,year,text\nlast week,2011,x\n2012-02-03,2012,y\n")
    first, second = readers.read_file(tmp_path / "t.csv").documents
    assert (first["published_from"], first["published_to"]) == ("2011-01-01", "2011-12-31")
    assert (second["published"], second.get("published_to")) == ("2012-02-03", None)


FRAME = pd.DataFrame(
    {
        "Headline": ["Größe: alles", "B"],
        "Article": ["Ein „Text“\nmit; Zeilen,", "zwei"],
        "Newspaper": ["N", "M"],
        "Date": ["2010-01-02", "2011-03-04"],
        "Words": [3, 4],
    }
)


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("excel.csv", {"sep": ";", "encoding": "cp1252", "lineterminator": "\r\n"}),
        ("bom.csv", {"encoding": "utf-8-sig"}),
        ("unicode.csv", {"sep": "\t", "encoding": "utf-16"}),
        ("pipe.csv", {"sep": "|"}),
        ("tabs.tsv", {"sep": "\t"}),
        ("a.jsonl", "json"),
        ("a.json", "json"),
        ("a.parquet", "parquet"),
        ("a.xlsx", "excel"),
    ],
)
def test_tables_as_people_have_them(tmp_path, name, write):
    path = tmp_path / name
    if write == "json":
        FRAME.to_json(path, orient="records", lines=name.endswith("l"), force_ascii=False)
    elif write == "parquet":
        FRAME.to_parquet(path)
    elif write == "excel":
        pytest.importorskip("openpyxl")
        FRAME.to_excel(path, index=False)
    else:
        FRAME.to_csv(path, index=False, **write)
    reading = readers.read_file(path)
    first, second = reading.documents
    assert (first["title"], first["text"]) == (FRAME.Headline[0], FRAME.Article[0])
    assert (second["outlet"], second["published"], second["words"]) == ("M", "2011-03-04", "4")
    assert "columns recognised" in told(reading)


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet", ".xlsx"])
def test_a_table_of_very_many_columns_is_refused(tmp_path, monkeypatch, suffix):
    assert records.MAX_COLUMNS == 2000
    monkeypatch.setattr(records, "MAX_COLUMNS", 60)
    path = tmp_path / f"wide{suffix}"
    table = pd.DataFrame([[f"cell {n}" for n in range(61)]]).rename(columns="c{}".format)
    if suffix == ".jsonl":  # each line with a name of its own
        path.write_text("\n".join(json.dumps({f"c{n}": n}) for n in range(61)))
    else:
        how = {".csv": table.to_csv, ".parquet": table.to_parquet, ".xlsx": table.to_excel}[suffix]
        how(path, index=False)
    assert "61 columns; 60 are read" in error_of(path)


def test_columns_can_be_mapped(tmp_path):
    path = table(tmp_path / "t.csv", ["2010-01-02"])
    doc = readers.read_file(path, columns={"title": "text", "text": "title"}).documents[0]
    assert (doc["title"], doc["text"]) == ("x", "t")
    assert "“body” named for `text` is not in the table" in error_of(path, columns={"text": "body"})


def test_identifiers_that_repeat_are_reported(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,text\na,x\na,y\n", "utf-8")
    reading = readers.read_file(path)
    assert "“a” stands in 2 rows" in told(reading)
    assert [doc["doc_id"] for doc in reading.documents] == ["t-0002", "t-0003"]
    assert [doc["doc_id_given"] for doc in reading.documents] == ["a", "a"]


@pytest.mark.parametrize(
    ("header", "row", "service"),
    [
        ("id,media_name,publish_date,title,url", "1,N,2020-01-02,T,http://a", "Media Cloud"),
        ("url,title,seendate,domain", "http://a,T,20200102T030000Z,a.org", "GDELT"),
    ],
)
def test_metadata_without_texts(tmp_path, header, row, service):
    path = tmp_path / "m.csv"
    path.write_text(f"{header}\n{row}\n", "utf-8")
    reading = readers.read_file(path)
    assert f"{service} gives metadata only" in told(reading)
    [document] = reading.documents
    assert (document["published"], document["url"]) == ("2020-01-02", "http://a")
    assert not document["text"]


def test_gdelt_events_have_no_header(tmp_path):
    cells = [""] * 61
    cells[0], cells[1], cells[60] = "123456789", "20200102", "http://a"
    path = tmp_path / "20200102.export.CSV"
    path.write_text("\t".join(cells) + "\n", "utf-8")
    reading = readers.read_file(path)
    assert "metadata only" in told(reading)
    assert reading.documents[0]["published"] == "2020-01-02"


def test_read_csv_gives_strings_and_the_rows_a_spreadsheet_shows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\na;b\n007;\"x\ny\"\n\n'=1+1;'tis\n", "utf-8")
    frame = readers.read_csv(path)
    assert frame.to_dict("list") == {"a": ["007", "=1+1"], "b": ["x\ny", "'tis"]}
    assert frame.index.name == "row" and frame.attrs["delimiter"] == ";"


def test_read_csv_lists_every_problem(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,a,b\n1,2,3\n1,2,3,4\n1,2,3,,5\n", "utf-8")
    with pytest.raises(ReaderError) as caught:
        readers.read_csv(path)
    message = str(caught.value)
    assert len(caught.value.problems) == 3
    assert "2 columns are named “a”" in message and "row 3" in message and "row 4" in message


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        ("Zürich\r\nx".encode(), "Zürich\nx", "utf-8"),
        (b"\xef\xbb\xbfZ\xc3\xbcrich", "Zürich", "utf-8-sig"),
        ("Zürich".encode("utf-16"), "Zürich", "utf-16"),
        ("Zürich and more".encode("utf-16-le"), "Zürich and more", "utf-16-le"),
        ("Die „Größe“ der Küste".encode("cp1252"), "Die „Größe“ der Küste", "cp1252"),
        ("Zürich, Köln, Málaga ".encode() + b"\x93x\x94", "Zürich, Köln, Málaga “x”", None),
    ],
)
def test_encodings(tmp_path, data, text, encoding):
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    read, used = readers.read_text(path)
    assert read == text and used == (encoding or "utf-8 with windows-1252 bytes")


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1))
@settings(max_examples=60, deadline=None)
def test_text_is_what_open_gives(text):
    data = text.encode("utf-8")
    if not text.strip() or text.startswith("\ufeff"):
        return
    from analysis.corpus.readers.text import decode, detect_encoding

    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert decode(data, detect_encoding(data, "x")) == expected


def test_labels():
    assert label_of("LÄNGE: 306 Wörter").name == "length"
    assert label_of("Byline:\xa0A, B").rest == "A, B"
    assert label_of("GUESTS: X").name == "guests"
    assert label_of("Talks at 10:30 go on") is None
    assert label_of("http://example.org") is None


def test_lines_broken_by_the_page_are_joined():
    long = "word " * 15 + "four"
    assert unwrap([long, "next line"]) == f"{long} next line"
    assert unwrap(["short", "next line"]) == "short\nnext line"


PAGE = """<html><head><title>Talks go on - Harbour Post</title>
<meta property="og:site_name" content="Harbour Post"/>
<meta property="article:published_time" content="2016-05-04T10:00:00Z"/></head>
<body><nav><a href="/">Home</a></nav><article><h1>Talks go on</h1>{}</article></body></html>"""


def test_web_page(tmp_path):
    body = "".join(
        f"<p>Sentence {n} of an article about talks in the harbour.</p>" for n in range(9)
    )
    path = tmp_path / "page.html"
    path.write_text(PAGE.format(body), "utf-8")
    reading = readers.read_file(path)
    (doc,) = reading.documents
    assert doc["text"].startswith("Sentence 0") and doc["title"] == "Talks go on"
    assert (doc["published"], doc["outlet"]) == ("2016-05-04", "Harbour Post")
    assert "read as one web page" in told(reading)
    page = readers.read_html_article(path)
    assert (page["title"], page["published"], page["byline"]) == ("Talks go on", "2016-05-04", None)


def test_pictures_inside_a_page_do_not_count(tmp_path):
    body = '<img src="data:image/png;base64,' + "A" * 6_000_000 + '"/>'
    body += "".join(f"<p>Sentence {n} of an article about the talks.</p>" for n in range(9))
    path = tmp_path / "page.html"
    path.write_text(PAGE.format(body), "utf-8")
    assert readers.read_html_article(path)["text"].startswith("Sentence 0")
    path.write_text(PAGE.format("<p>word word</p>" * 400_000), "utf-8")
    assert "more than 5 MB" in error_of(path)
    path.write_text("<p> " * 30_000, "utf-8")
    assert "more than 30,000 elements" in error_of(path)


def test_folder(tmp_path):
    for name in ("lexisnexis_nl.html", "proquest.txt"):
        (tmp_path / name).write_bytes((SAMPLES / name).read_bytes())
    (tmp_path / "broken.docx").write_bytes(b"PK\x03\x04")
    (tmp_path / ".hidden").write_text("x")
    (tmp_path / "menu.css").write_text("x")
    (tmp_path / "page_files").mkdir()
    (tmp_path / "page_files" / "menu.html").write_text("<html>x</html>")
    reading = readers.read_folder(tmp_path)
    ids = [doc["doc_id"] for doc in reading.documents]
    assert len(ids) == len(set(ids)) == 4
    assert "1 file of other kinds skipped: menu.css" in told(reading)
    assert "broken.docx: this is no complete Word document" in told(reading)
    assert ids == [doc["doc_id"] for doc in readers.read_folder(tmp_path).documents]


def test_same_name_in_one_folder_gives_different_identifiers(tmp_path):
    (tmp_path / "a.txt").write_text("one")
    (tmp_path / "a.text").write_text("two")
    (tmp_path / "A .txt").write_text("three")
    ids = [doc["doc_id"] for doc in readers.read_folder(tmp_path).documents]
    assert len(set(ids)) == 3


def test_empty_folder(tmp_path):
    with pytest.raises(ReaderError, match="no file that can be read"):
        readers.read_folder(tmp_path)


BAD = {
    "nul.txt": b"Hello\n\0world",
    "nul.csv": b"a,b\n1,\0\n",
    "nul.html": b"<html>\0</html>",
    "empty.txt": b"",
    "blank.txt": b" \n\t",
    "empty.csv": b"",
    "header.csv": b"text,title\n",
    "notext.csv": b"a,b\n1,2\n",
    "open.csv": b'text,title\n"never closed\nx,y\n',
    "cut.json": b'{"a": [1',
    "deep.json": b"[" * 100_000,
    "records.json": b"[1, 2]",
    "bad.jsonl": b'{"text": "x"}\n{"te\n',
    "bad.parquet": b"PAR1",
    "bad.xlsx": b"PK\x03\x04",
    "random.docx": b"PK\x03\x04" + bytes(range(256)),
    "a.pdf": b"%PDF-1.4",
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "other.eml": b"Subject: hello\n\nhello",
    "deep.html": b"<html><body>" + b"<div>" * 10_000 + b"hello",
    "bold.html": b"<html><body>" + b"<b>" * 10_000 + b"hello",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_gives_a_clear_error(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(BAD[name])
    began = time.monotonic()
    message = error_of(path)
    assert message.startswith(name) and len(message) > len(name) + 20
    assert "Traceback" not in message and time.monotonic() - began < 5


@pytest.mark.parametrize("name", ["gone.csv", "gone.docx", "gone.txt", "gone.xlsx"])
def test_a_missing_file_is_a_clear_error(tmp_path, name):
    assert "there is no such file" in error_of(tmp_path / name)


def test_truncated_docx(tmp_path):
    path = docx(tmp_path / "a.docx", NEXIS)
    path.write_bytes(path.read_bytes()[:-100])
    assert "no complete Word document" in error_of(path)


def test_zip_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.corpus.readers.common.MAX_UNPACKED", 2_000_000)
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 3_000_000)
    assert "zip bomb" in error_of(path)
    # an archive that lies about the size of its member
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    assert "cannot be unpacked" in error_of(path) or "zip bomb" in error_of(path)


def test_docx_with_external_entity(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    entity = f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    path = docx(tmp_path / "a.docx", "&x;|Body|text|Load-Date: May 1, 2010", head=entity)
    message = error_of(path)
    assert "document type" in message and "top secret" not in message


def test_docx_with_expanding_entities(tmp_path):
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    head = f'<!DOCTYPE d [<!ENTITY a0 "ha">{levels}]>'
    assert "not safe to read" in error_of(docx(tmp_path / "a.docx", "&a9;", head=head))


def test_docx_nested_ten_thousand_deep(tmp_path):
    path = docx(tmp_path / "a.docx", "<w:p>" * 10_000 + "</w:p>" * 10_000)
    assert "not safe to read" in error_of(path)


def test_large_files_are_refused_unread(tmp_path):
    for name, size in {"a.html": 60, "a.txt": 60, "a.csv": 1501, "a.parquet": 1600}.items():
        path = tmp_path / name
        with path.open("wb") as file:
            file.truncate(size * 1_000_000)  # a sparse file: takes no space
        assert f"{size} MB" in error_of(path)


def test_too_many_rows_are_refused(tmp_path, monkeypatch):
    assert frames.MAX_ROWS == 250_000
    monkeypatch.setattr(frames, "MAX_ROWS", 2500)
    path = tmp_path / "a.csv"
    path.write_text("text\n" + "x\n" * 2501)
    assert "more than 2,500 rows" in error_of(path)


def test_huge_cell_is_refused_without_reading_it_whole(tmp_path):
    path = tmp_path / "a.csv"
    with path.open("wb") as file:
        file.write(b'text,title\n"')
        for _ in range(12):
            file.write(b"x" * 999_999 + b"\n")
    assert "a cell has more than 10 million characters" in error_of(path)
    path.write_bytes(b"text\n" + b"x" * 10_000_001)
    assert "a cell has more than 10 million characters" in error_of(path)


@pytest.mark.parametrize(
    "text",
    [
        "1 of 9 DOCUMENTS\n" * 2000,
        "1 of 1 DOCUMENTS\n\n" + "BYLINE: x\n\n" * 20_000,
        "1 of 1 DOCUMENTS\n\nOutlet\n\nMay 3, 2010\n\nTitle\n\n" + "text here\n\n" * 20_000,
        "_" * 1_000_000,
        "a:" * 500_000,
        "______________________________________________________________ proquest\n" * 10_000,
        "Full text: " * 90_000 + "\n" + "_" * 60 + "\nproquest",
    ],
)
def test_a_megabyte_of_anything_is_read_in_seconds(tmp_path, text):
    path = tmp_path / "a.txt"
    path.write_text(text, "utf-8")
    began = time.monotonic()
    readers.read_file(path)
    assert time.monotonic() - began < 5


@given(st.text(max_size=400))
@settings(max_examples=30, deadline=None)
def test_odd_text_never_crashes(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("odd")
    heads = (
        "",
        "1 of 2 DOCUMENTS\n\n",
        "_" * 60 + "\nProQuest\n",
        "End of Document\n",
        "<html>Factiva",
    )
    for number, head in enumerate(heads):
        path = folder / f"{number}.txt"
        path.write_text(head + text, "utf-8", errors="replace")
        try:
            reading = readers.read_file(path)
        except ReaderError:
            continue
        assert all(set(KEYS) <= doc.keys() for doc in reading.documents)


def test_json_with_a_list_inside(tmp_path):
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"status": "ok", "articles": [{"text": "x", "tags": ["a", "b"]}]}))
    (doc,) = readers.read_file(path).documents
    assert (doc["text"], doc["tags"]) == ("x", "a;b")


def test_a_large_table_of_json_lines_is_read_line_by_line(tmp_path, monkeypatch):
    from analysis.corpus.readers import records, tables

    path = tmp_path / "many.jsonl"
    path.write_text('{"outlet": "Echo", "published": "2024-05-06", "text": "Né."}\n\n' * 9, "utf-8")
    small = tables.read_table(path).documents
    monkeypatch.setattr(records, "MAX_TEXT", 10)
    assert tables.read_table(path).documents == small
    assert [document["text"] for document in small] == ["Né."] * 9
    monkeypatch.setattr(records, "MAX_TABLE", 10)
    with pytest.raises(ReaderError, match="is read up to 0 MB"):
        tables.read_table(path)


ARTICLE = {"title": "Dock", "body": "The cranes stood still all day."}
PARTS = ["The cranes ", {"type": "link", "text": "stood"}, " still all day."]
ANSWERS = {
    "one object with a list": {"authors": ["A. Mare", "B. Mare"], **ARTICLE},
    "a list below others": {"data": {"tags": [{"id": 1}, {"id": 2}], "hits": [ARTICLE]}},
    "the text one level down": {
        "results": [{"title": "Dock", "fields": {"bodyText": ARTICLE["body"]}}]
    },
    "paragraphs": {
        "title": "Dock",
        "body": {"parts": [{"lines": ["The cranes stood", "still all day."]}]},
    },
    "parts of a line": {"name": "Port", "messages": [{"title": "Dock", "text": PARTS}]},
}


@pytest.mark.parametrize("kind", ANSWERS)
def test_objects_with_a_text_are_articles_wherever_they_lie(tmp_path, kind):
    (tmp_path / "a.json").write_text(json.dumps(ANSWERS[kind]))
    (doc,) = readers.read_file(tmp_path / "a.json").documents
    assert doc["title"] == "Dock"
    assert " ".join(doc["text"].split()) == ARTICLE["body"]


def test_objects_are_called_by_their_name(tmp_path):
    outlet = {"id": None, "name": "Gazette"}
    (tmp_path / "a.json").write_text(json.dumps({"articles": [ARTICLE | {"source": outlet}]}))
    assert readers.read_file(tmp_path / "a.json").documents[0]["outlet"] == "Gazette"


def test_the_better_of_two_columns_is_taken_and_the_other_named(tmp_path):
    head = "content,full_content,date,pub_date,source"
    row = f"The cranes…,{ARTICLE['body']},2024-01-01,2021-05-04,https://www.gazette.example/a"
    (tmp_path / "t.csv").write_text(f"{head}\n{row}\n")
    reading = readers.read_file(tmp_path / "t.csv")
    (doc,) = reading.documents
    assert (doc["text"], doc["published"]) == (ARTICLE["body"], "2021-05-04")
    assert doc["outlet"] == "gazette.example"
    assert "Also possible: text = “content”" in told(reading)


def test_days_under_any_name_are_found(tmp_path):
    (tmp_path / "t.csv").write_text("scraped_at,momento,text\n2024-01-01,4 de mayo de 2021,x\n")
    (doc,) = readers.read_file(tmp_path / "t.csv").documents
    assert doc["published"] == "2021-05-04"
