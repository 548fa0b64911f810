"""Who says what, and in which words the outlet speaks of whom.

- ``attribution``: reporting verbs and the noun phrases that speak
- ``find``: quotations, direct and indirect, each with its speaker
- ``credits``: where an article says that its news is another organisation's
- ``labels``: the words an actor is called by; ``passives``: acts with or without a doer

To add a reporting verb: one line in ``lexicons/reporting_verbs.yml``.  To add a construction that
words cannot say: a method of `attribution.Clauses`, called in `_attribution` by the word that
tells it, which `Reporting.attributing` must hold.  Its name goes to the rules in `Attribution` and
in `quotations` of ``base/columns.yml``, unless it is one of those.
"""
