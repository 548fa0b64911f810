"""What happened: who did what to whom, where, when, and whether it did.

Data takes this way: a sentence → the phrases of ``lexicons/events.yml`` in it (``phrases``) → which
of them are events, with status and attribution (``readings``) → source, target, place, number
(``parties``) → days (``when``), for which the sentences before are asked too.

The rules are those of ``lexicons/codebook.md``.  To add a phrase: one line in
``lexicons/events.yml``.
"""

from analysis.events.readings import EventReading, classify_sentence, read_events

__all__ = ["EventReading", "classify_sentence", "read_events"]
