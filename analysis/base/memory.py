"""How much is in memory together, where a corpus is worked on some at a time."""

AT_ONCE = 4_000_000  # words, five-grams, cells of a table
