"""From reports of events to phases of escalation and pause.

Data takes this way: reports of single articles → pairs that may tell of one event (``pairs``) →
groups (``merging``) → events (``events``) → the relation each belongs to (``dyads``), what is said
of a halt (``halts``) → what counts (``evidence``) → phases (``phases``) → how far these can be
trusted (``phase_checks``).  ``tables`` keeps that order; ``agreement`` sets reports beside codings
of the same articles, ``reference`` is what others published, ``drawn`` what a timeline shows,
``wording`` an event in a sentence.

To change the rule of phases: its codebook RULES.md first, then ``evidence`` (what counts) or
``phases`` (what begins, carries and ends), and its sentence in ``base/wording``.
"""
