"""Time expressions of English news: found, typed, resolved to days.

Data takes this way: words (``time_words`` gives each a tag) → patterns of ``lexicons/dates.yml``,
the longest first (``patterns``) → a TIMEX3 value by a rule (``rules``) with tense, anchor and
earlier dates (``context``) → first and last day (``values``); ``find`` goes through them all.

To add an expression: a pattern in ``lexicons/dates.yml`` that names a rule of ``rules``.
"""

from analysis.dates.find import DateExpression, find_dates, find_dates_in_range

__all__ = ["DateExpression", "find_dates", "find_dates_in_range"]
