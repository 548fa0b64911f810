"""Outlets beside each other: what they share, copy, credit and tell alone.

- ``copies``: articles that are there more than once
- ``sharing``: passages two articles share, independent sources, who tells of which event
- ``telling``: one episode side by side, events by outlets
- ``voices``: whom they quote and how, what headlines assert, shares with intervals
- ``shifts``: two outlets set against each other, word by word
- ``likeness``: how near outlets stand in their words, with its uncertainty
"""
