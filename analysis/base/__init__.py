"""What any room may need and no room owns.

Nothing here knows articles, corpora or pages.

- ``messages``: a `Note` (where, what, what to do), the nearest name, numbers with their nouns
- ``own_files``: what of a folder this program made, and may remove; ``json_files``: JSON as a whole
- ``safe_csv``: tables as CSV that does no harm in a spreadsheet, the same bytes each time
- ``digests``: what a result was made from (files, values, source code)
- ``addresses``: from a number to the page and the sentences behind it
- ``parameters``: what a cell of a notebook sets to plain values
- ``wording``: sentences that stand in tables
- ``memory``: how much of a corpus is worked on together
- ``thresholds``: from how many articles on a statistic is worth its name
- ``columns``: every table's columns, with type, allowed values and meaning, from ``columns.yml``
- ``yaml_files``: YAML read within bounds; ``schemas`` and ``rows``: what is wrong in files and in
  tables, by the rules in ``schema_files/``
- ``rights``: how much of the articles a report may show
- ``environment``: the locked packages; run by any Python, so it imports nothing

To add a column or a table: its lines in ``columns.yml``; a test says which are missing.
"""
