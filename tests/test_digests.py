"""What a result depends on: the modules that code imports, and the files that it names."""

from analysis.base.digests import code_digests, module_digests


def test_a_lexicon_counts_where_it_is_named():
    named = code_digests('words = lexicon["stopwords"]')
    assert list(named) == ["lexicons/calendar.yml", "lexicons/stopwords.yml"]
    assert list(code_digests('load("exports")')) == [
        "lexicons/calendar.yml",
        "lexicons/exports.yml",
    ]


def test_imports_are_followed_to_the_files_that_they_name():
    used = module_digests("notebook")
    assert {"notebook.py", "base/safe_csv.py", "show/templates/notebook.html"} <= used.keys()
    assert not any(name.startswith("report/") for name in used)


def test_code_without_us_depends_on_nothing_of_ours():
    assert code_digests("import json\nx = 'a text'") == {}


def test_imports_are_found_however_they_are_written():
    source = "%matplotlib inline\nimport json; import analysis.dates as d\n"
    source += "if d:\n    from analysis.text import (\n        words,\n    )\n"
    source += "from analysis import \\\n    terms\n# from analysis import quotes\n"
    used = code_digests(source)
    assert {"dates/__init__.py", "text/words.py", "terms/__init__.py"} <= used.keys()
    assert "quotes/__init__.py" not in used
