"""What happened: who did what to whom, where, when, and whether it did.

Data takes this way: a sentence → its clauses, verb groups, noun phrases and the phrases of
``lexicons/events.yml`` (``vocabulary``, ``phrases``, ``parse``) → which of them are events, with
status (``status``) → source, target and who says so (``parties``), whether such a one may act
(``actors``), place (``places``), number (``counts``), dead and wounded (``casualties``) → one
reading each, with the names of its rules (``readings``) → days (``when``), for which the sentences
before are asked too → which of those named takes part (``taking_part``).  Where the rules leave the
type open, the learnt weights of ``model`` decide on that of the main event.

The rules are those of ``lexicons/codebook.md``.  To add a phrase, or an idiom that only looks like
an event: one line in ``lexicons/events.yml``; a rule on status: one line in the tables of
``status``.
"""

from analysis.events.readings import EventReading, classify_sentence, read_events

__all__ = ["EventReading", "classify_sentence", "read_events"]
