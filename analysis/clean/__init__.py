"""Which lines of a page are its article: headline, byline, date, captions, body, furniture.

Data takes this way: raw text → ``blocks`` → each line's features (``lines``) → a score by an
additive model, whose weights are in ``lexicons/clean_model.yml`` → less what its form alone shows
to be furniture (``strays``) → blocks with kind and reason.

To teach it a phrase of page furniture: one line in ``lexicons/furniture.yml``.
"""

from analysis.clean.blocks import Block, CleanText, clean_text

__all__ = ["Block", "CleanText", "clean_text"]
