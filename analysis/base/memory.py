"""How much is in memory together, where a corpus is worked on some at a time."""

AT_ONCE = 4_000_000  # words, five-grams, cells of a table
ROWS = 50_000  # rows of a table, with their texts
ARTICLES = 2_000  # all rows of so many
