"""TIMEX3 values as strings ("1989-Q3", "2024-W06-WE", "P3M"): intervals and arithmetic.

ISO 8601 for days, months, years, weeks and durations; TIMEX2's extensions (Ferro et al. 2005) for
quarters, halves, seasons, weekends, decades ("199") and centuries ("19").
"""

import datetime as dt
import re
from functools import lru_cache
from typing import Any

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

Span = tuple[dt.date, dt.date]
DAY = dt.timedelta(days=1)
_SEASON_MONTH = {"SP": 3, "SU": 6, "FA": 9, "WI": 12}


def month_end(year: int, month: int) -> dt.date:
    return (dt.date(year, month, 28) + dt.timedelta(days=4)).replace(day=1) - DAY


def _months(year: int, first: int, count: int) -> Span:
    last_year, last = divmod(year * 12 + first - 1 + count - 1, 12)
    return dt.date(year, first, 1), month_end(last_year, last + 1)


_VALUE = re.compile(
    r"(?P<y>\d{4})(?:-(?P<m>\d\d)(?:-(?P<d>\d\d))?|-W(?P<w>\d\d)(?P<we>-WE)?|-Q(?P<q>[1-4])"
    r"|-H(?P<h>[12])|-(?P<s>SP|SU|FA|WI))?(?:T.*)?$"
)
_UNITS = {"y": "Y", "m": "M", "d": "D", "w": "W", "we": "WE", "q": "Q", "h": "H6", "s": "SEASON"}


@lru_cache(maxsize=20_000)
def unit_of(value: str) -> str | None:
    """Granularity of a TIMEX3 date value: D, W, WE, M, Q, H6 (half), SEASON, Y, E, C or None."""
    if match := _VALUE.match(value):
        return _UNITS[match.lastgroup]
    return {3: "E", 2: "C"}.get(len(value)) if value.isdigit() else None


@lru_cache(maxsize=20_000)
def interval(value: str) -> Span | None:
    """The closed interval a TIMEX3 date value stands for; None for durations, sets, references.

    Seasons are the meteorological ones of the northern hemisphere; a winter begins in December
    of the year named. A decade is ten years from its 0, a century a hundred years from its 00.
    """
    try:
        if value.isdecimal() and len(value) in {2, 3}:
            size = 10 ** (4 - len(value))
            first = int(value) * size
            return dt.date(max(first, 1), 1, 1), dt.date(first + size - 1, 12, 31)
        match = _VALUE.match(value)
        return _span(match) if match else None
    except ValueError:
        return None


def _span(match: re.Match[str]) -> Span:
    year, kind = int(match["y"]), match.lastgroup
    if kind == "d":
        day = dt.date(year, int(match["m"]), int(match["d"]))
        return day, day
    if kind in {"w", "we"}:
        monday = dt.date.fromisocalendar(year, int(match["w"]), 1)
        return monday + (5 if kind == "we" else 0) * DAY, monday + 6 * DAY
    first, count = 1, 12
    if kind == "s":
        first, count = _SEASON_MONTH[match["s"]], 3
    elif kind != "y":
        count = {"m": 1, "q": 3, "h": 6}[kind]
        first = count * (int(match[kind]) - 1) + 1
    return _months(year, first, count)


def narrow(span: Span, mod: str | None) -> Span:
    """The first, middle or last third of an interval (rounded up to days) for START, MID, END."""
    first, last = span
    days = (last - first).days + 1
    third = -(-days // 3)
    if mod == "START":
        return first, first + (third - 1) * DAY
    if mod == "END":
        return last - (third - 1) * DAY, last
    if mod == "MID":
        return first + (days // 3) * DAY, last - (days // 3) * DAY
    return span


def full_year(number: int) -> int:
    """The year of 1950 to 2049 that ends in two digits."""
    return number + (1900 if number >= 50 else 2000)


def week_of(day: dt.date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"


def at_unit(day: dt.date, unit: str) -> str:
    """The value of the period of size `unit` that holds `day`."""
    year = f"{day.year:04}"
    if unit == "W":
        return week_of(day)
    if unit == "WE":
        return week_of(day) + "-WE"
    return {
        "D": day.isoformat(),
        "M": year + f"-{day.month:02}",
        "Q": year + f"-Q{(day.month + 2) // 3}",
        "H6": year + f"-H{1 if day.month < 7 else 2}",
        "Y": year,
        "E": year[:3],
        "C": year[:2],
    }[unit]


def add(day: dt.date, count: float, unit: str) -> dt.date:
    """`day` moved by `count` units; months and years keep the day of the month where it exists."""
    if unit in {"D", "W", "F", "WE"}:
        return day + dt.timedelta(days=round(count * {"D": 1, "F": 14}.get(unit, 7)))
    step = {"M": 1, "Q": 3, "H6": 6, "Y": 12, "E": 120, "C": 1200, "L": 12000}[unit]
    return day + relativedelta(months=round(count * step))


def shift(value: str, count: float, unit: str) -> str | None:
    """The TIMEX3 value `count` units after `value`, as fine as `value`; None for other values."""
    span, own = interval(value), unit_of(value)
    if not span or not own:
        return None
    moved = add(span[0], count, unit)
    if own == "SEASON":
        return f"{moved.year:04}{value[4:]}"
    if own == "D" and unit in {"E", "C", "L"}:
        own = "Y"
    return at_unit(moved, own)


def duration(count: Any, unit: str) -> str | None:
    """TIMEX3 duration of `count` units; a fortnight is two weeks, a decade ten years."""
    if unit == "WE":
        return "P2D" if count == 1 else f"P{_number(count)}WE"
    if count != "X":
        count *= {"F": 2, "E": 10, "C": 100}.get(unit, 1)
        unit = {"F": "W", "E": "Y", "C": "Y"}.get(unit, unit)
        if count % 1 and unit in {"Y", "H", "MIN"}:
            whole, part = divmod(count, 1)
            small = {"Y": f"{part * 12:.0f}M", "H": f"{part * 60:.0f}M", "MIN": f"{part * 60:.0f}S"}
            head = "P" if unit == "Y" else "PT"
            return f"{head}{f'{whole:.0f}{unit[0]}' if whole else ''}{small[unit]}"
    if unit in {"S", "MIN", "H"}:
        return f"PT{_number(count)}{unit[0]}"
    return f"P{_number(count)}{unit}"


def _number(count: Any) -> str:
    return "X" if count == "X" else f"{count:g}" if count < 1e6 else str(int(count))


def holiday(rule: Any, year: int) -> dt.date:
    """The day of a feast (a `holidays` entry of the lexicon) in a year."""
    if isinstance(rule, str):
        return dt.date.fromisoformat(f"{year:04}-{rule}")
    if "easter" in rule:
        return easter(year) + dt.timedelta(days=rule["easter"])
    if rule["nth"] > 0:
        first = dt.date(year, rule["month"], 1)
        ahead = (rule["weekday"] - first.isoweekday()) % 7
        return first + dt.timedelta(days=ahead + 7 * (rule["nth"] - 1) + rule.get("plus", 0))
    last = month_end(year, rule["month"])
    return last - dt.timedelta(days=(last.isoweekday() - rule["weekday"]) % 7)
