"""News-coverage analysis: the logic behind the notebooks, one module a subject."""
