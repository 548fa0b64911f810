"""In which languages the articles of a corpus are, and what is left out of those not in English."""

from collections import Counter
from collections.abc import Iterable

from analysis.base.messages import Note, counted, listed
from analysis.text.language import is_read, language_name, language_of


def article_languages(articles: Iterable[tuple[str, str]]) -> Counter[str]:
    """How many articles are in each language; of each comes the code it was given, and its text.

    >>> article_languages([("fr", "Deux mots"), ("", "Two words")])
    Counter({'fr': 1, '': 1})
    """
    return Counter(language_of(given, text) for given, text in articles)


def named(languages: Counter[str]) -> str:
    """The languages told, with the number of articles where there are several.

    >>> named(Counter({"en": 3, "": 1})), named(Counter({"en": 3, "es": 1}))
    ('English', 'English (3), Spanish (1)')
    """
    told = sorted(((code, n) for code, n in languages.items() if code), key=lambda one: -one[1])
    names = [language_name(code) for code, _ in told]
    if len(names) < 2:
        return "".join(names)
    return listed(f"{name} ({n:,})" for name, (_, n) in zip(names, told, strict=True))


def language_notes(languages: Counter[str], where: str) -> list[Note]:
    """What is left out of articles that are not in English; nothing where there are none.

    >>> [note] = language_notes(Counter({"es": 2, "en": 1}), "articles.csv")
    >>> print(note.what)
    2 of 3 articles are not in English: Spanish; dates, quotations and events are not read in them
    """
    others = Counter({code: n for code, n in languages.items() if not is_read(code)})
    if not others:
        return []
    n = others.total()
    are, them = ("is", "it") if n == 1 else ("are", "them")
    what = f"{n:,} of {counted(languages.total(), 'article')} {are} not in English: "
    what += f"{named(others)}; dates, quotations and events are not read in {them}"
    todo = "words and names are counted; where this is wrong, write en into the column language"
    return [Note(where, what, todo)]
