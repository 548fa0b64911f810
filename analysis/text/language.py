"""In which language a text is written, and the function words of that language."""

import re
from functools import cache

from babel import Locale

from analysis.lexicons import OURS, Lexicon

READ = "en"  # the language in which dates, quotations, labels and events are read
_LEAST = 20  # words; a shorter text does not tell
_LOOKED_AT = 2_000  # characters
_ENGLISH = 0.25  # share of function words; news in other languages has less than half of it
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def find_language(text: str) -> str:
    """ISO 639 code of the language of `text`; empty where it is too short to tell.

    English is told by its function words, any other language by py3langid, a naive Bayes
    classifier of the bytes (Lui & Baldwin 2012).

    >>> find_language("The harbour was closed on Monday, and no ship left it before the truce "
    ...               "was signed by both of the parties in the old town hall.")
    'en'
    >>> find_language("Two words")
    ''
    """
    text = text[:_LOOKED_AT]
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _LEAST:
        return ""
    if sum(word in _own_words(READ) for word in words) >= _ENGLISH * len(words):
        return READ
    from py3langid import classify  # its model takes a second to load

    code = classify(text)[0]
    return "" if code == "zxx" else code  # zxx: no words of a language


def language_of(given: str, text: str) -> str:
    """The language that an article is given, if that is a code; else that of its text.

    >>> language_of("fr", "Two words"), language_of("unknown", "Two words")
    ('fr', '')
    """
    return given if given in Locale("en").languages else find_language(text)


@cache
def _own_words(language: str) -> frozenset[str]:
    return frozenset(OURS["stopwords"].get(language, ()))


def is_read(language: str) -> bool:
    """Whether dates, quotations and events are read in a language; one not told counts as English.

    >>> is_read("en"), is_read(""), is_read("es")
    (True, True, False)
    """
    return language in (READ, "")


def function_words(languages: str, lexicon: Lexicon = OURS) -> frozenset[str]:
    """The function words of languages, as en or ``en;fr``; of English where none is told.

    They are those of ``stopwords.yml``, and for a language that it has not those of the package
    stop-words.

    >>> sorted(function_words("nl"))[:3]
    ['aan', 'af', 'al']
    """
    own = lexicon["stopwords"]
    codes = (code or READ for code in languages.split(";"))
    lists = (own.get(code) or _listed_words(code) for code in codes)
    return frozenset().union(*lists)


@cache
def _listed_words(language: str) -> frozenset[str]:
    from stop_words import LANGUAGE_MAPPING, get_stop_words

    language = {"no": "nb", "nn": "nb"}.get(language, language)
    return frozenset(get_stop_words(language)) if language in LANGUAGE_MAPPING else frozenset()


def language_name(code: str) -> str:
    """The English name of a language.

    >>> language_name("es"), language_name("no such")
    ('Spanish', 'no such')
    """
    return Locale("en").languages.get(code, code)
