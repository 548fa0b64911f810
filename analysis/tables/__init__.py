"""All tables of a corpus: built once, kept, and built again where what they depend on changed.

- ``build``: the cache and its keys, parts of articles
- ``kept``: folders that are whole or not there
- ``stored``: the tables as they are read, and what a report may show of them
- ``parts``: rows of single articles on disk; ``workers``: processes on this machine or a cluster
- ``joining``: from the rows of articles to the tables of the corpus
- ``beside``: what the user wrote beside the articles
- ``corrections``: what the user puts right in ``coding/corrections.csv``
"""
