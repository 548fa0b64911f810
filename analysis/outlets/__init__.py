"""Outlets beside each other: what they share, copy, credit and tell alone.

- ``copies``: articles that are there more than once
- ``sharing``: passages two articles share, and the stories articles tell
- ``sources``: who credits whom, and how many sources are independent
- ``telling``: one episode side by side, events by outlets
- ``voices``: whom they quote and how, what headlines assert, how sure shares are
- ``shifts``: two outlets set against each other, word by word
- ``likeness``: how near outlets stand in their words, with its uncertainty
"""
