"""An axis of days on which long stretches without anything to draw are folded to a narrow gap."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise

from analysis.timeline.evidence import DAY, Span, joined_spans

LEAST_FOLD = 120  # days; a shorter stretch is never folded
FOLD_SHARE = 0.15  # nor one that is less of all days left
FOLD_WIDTH = 0.5  # inches that a folded stretch takes
LEAST_RUN = 0.9  # inches that what lies between two folds takes at least
LEAST_TICK = 0.5  # inches from one label of the axis to the next
MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200)


class Days:
    """Where a day stands between `left` and `right` (inches), by the `used` spans of days.

    >>> days = Days([(date(2031, 1, 1), date(2031, 3, 1)), (date(2035, 1, 1), date(2035, 3, 1))])
    >>> [(first.year, last.year) for first, last in days.folds]
    [(2031, 2034)]
    >>> days.at(date(2031, 1, 1)) < days.at(date(2031, 3, 1)) < days.at(date(2035, 1, 1))
    True
    """

    def __init__(self, used: Iterable[Span], left: float = 0.0, right: float = 10.0) -> None:
        runs = _runs(used)
        free = right - left - FOLD_WIDTH * (len(runs) - 1)
        widths = _widths([(last - first).days + 1 for first, last in runs], free)
        self.runs: list[tuple[Span, float, float]] = []  # days, and inches from and to
        for run, width in zip(runs, widths, strict=True):
            self.runs.append((run, left, left + width))
            left += width + FOLD_WIDTH
        self.folds = [(a[1] + DAY, b[0] - DAY) for a, b in pairwise(runs)]

    def at(self, day: date) -> float:
        """Inches from the left to the beginning of a day; one outside stands at the edge."""
        for (first, last), left, right in self.runs:
            if day <= last + DAY:
                share = max((day - first).days, 0) / ((last - first).days + 1)
                return left + share * (right - left)
        return self.runs[-1][2]

    def span(self, first: date, last: date) -> tuple[float, float]:
        """From the beginning of the first day to the end of the last."""
        return self.at(first), self.at(last + DAY)

    def between(self) -> Iterable[tuple[tuple[Span, float, float], tuple[Span, float, float]]]:
        """The runs on both sides of each fold."""
        return pairwise(self.runs)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Places and labels: months, or the years or days that there is room for."""
        per_day = min((right - left) / ((b - a).days + 1) for (a, b), left, right in self.runs)
        step = next((s for s in MONTH_STEPS if per_day * 30 * s >= LEAST_TICK), MONTH_STEPS[-1])
        for (first, last), _, right in self.runs:
            firsts = [day for day in _month_starts(first, last) if _months(day) % step == 0]
            inside = [day for day in firsts if self.at(day) < right - LEAST_TICK / 2] or [first]
            year = None
            for day in inside:
                new = step < 12 and day.year != year
                yield self.at(day), _tick(day, step) + (f"\n{day.year}" if new else "")
                year = day.year


def _tick(day: date, step: int) -> str:
    """What stands below a tick, where one is drawn every so many months."""
    if step >= 12:
        return f"{day:%Y}"
    return f"{day:%b}" if day.day == 1 else f"{day.day} {day:%b}"


def _runs(used: Iterable[Span]) -> list[Span]:
    """The stretches of time between the folds: the longest are folded first."""
    merged = joined_spans(used)
    left = (merged[-1][1] - merged[0][0]).days + 1
    folded = set()
    for length, number in sorted(
        (((b[0] - a[1]).days, n) for n, (a, b) in enumerate(pairwise(merged))), reverse=True
    ):
        if length > max(LEAST_FOLD, FOLD_SHARE * left):
            folded.add(number)
            left -= length
    runs = [merged[0]]
    for number, span in enumerate(merged[1:]):
        if number in folded:
            runs.append(span)
        else:
            runs[-1] = (runs[-1][0], span[1])
    return [_padded(first, last) for first, last in runs]


def _padded(first: date, last: date) -> Span:
    """A span with a little room before and after, so that nothing touches its ends."""
    room = max((last - first).days // 40, 2) * DAY
    return max(first, date.min + room) - room, min(last, date.max - room) + room


def _widths(days: list[int], free: float) -> list[float]:
    """Inches for each run of so many days, none narrower than it needs to be read."""
    least = min(LEAST_RUN, free / len(days))
    spare = free - least * len(days)
    return [least + spare * n / sum(days) for n in days]


def _months(day: date) -> int:
    return day.year * 12 + day.month - 1


def _month_starts(first: date, last: date) -> Iterator[date]:
    for month in range(_months(first) + (first.day > 1), _months(last) + 1):
        yield date(month // 12, month % 12 + 1, 1)
