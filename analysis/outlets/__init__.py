"""Outlets beside each other: what they share, copy, credit and tell alone.

- ``copies``: articles that are there more than once
- ``sharing``: passages two articles share, independent sources, who tells of which event
- ``likeness``: how near outlets stand in their words, with its uncertainty
"""
