"""Who says what, and in which words the outlet speaks of whom.

- ``attribution``: reporting verbs and the noun phrases that speak
- ``find``: quotations, direct and indirect, each with its speaker
- ``credits``: where an article says that its news is another organisation's
- ``labels``: the words an actor is called by; ``passives``: acts with or without a doer

To add a reporting verb: one line in ``lexicons/reporting_verbs.yml``.
"""
