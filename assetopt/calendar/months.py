"""Months and dates: month 0 is the first in which anything may happen; which months blackouts close."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

_NAMES = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


@dataclass(frozen=True)
class Months:
    """Month numbers of a calendar; ``origin`` is the first day of month 0."""

    origin: date

    @classmethod
    def after(cls, ready: date) -> Months:
        """Return the months that start on or after the day from which changes may happen."""
        if ready.day == 1:
            return cls(ready)
        year, month = divmod(ready.year * 12 + ready.month, 12)
        return cls(date(year, month + 1, 1))

    def first(self, month: int) -> date:
        """Return the first day of a month."""
        year, number = divmod(self.origin.year * 12 + self.origin.month - 1 + month, 12)
        return date(year, number + 1, 1)

    def last(self, month: int) -> date:
        """Return the last day of a month."""
        day = self.first(month)
        return day.replace(day=monthrange(day.year, day.month)[1])

    def of(self, day: date) -> int:
        """Return the month in which a day lies; negative before month 0."""
        return (day.year - self.origin.year) * 12 + day.month - self.origin.month

    def at_or_after(self, day: date) -> int:
        """Return the first month that starts on a day or after it, never before month 0."""
        return max(0, self.of(day) + (day.day > 1))

    def ended(self, day: date) -> int:
        """Return the last month that is over by the end of a day: March for 31 March, and for 1 to 29 April too."""
        return self.of(day + timedelta(days=1)) - 1

    def tell(self, month: int) -> str:
        """Return a month for reading, such as May 2028."""
        day = self.first(month)
        return f"{_NAMES[day.month - 1]} {day.year}"

    def year(self, month: int) -> int:
        """Return the financial year in which a month lies: 2027 for April 2027 to March 2028."""
        day = self.first(month)
        return day.year if day.month >= 4 else day.year - 1

    def start_of(self, year: int) -> int:
        """Return the month of 1 April of a financial year."""
        return self.of(date(year, 4, 1))

    def closed(self, spans: Sequence[tuple[date, date]], months: int, least: int) -> frozenset[int]:
        """Return the months of 0..months - 1 in which spans of days (both ends in) leave fewer than ``least`` days open."""
        if not spans:
            return frozenset()
        out = set()
        for month in range(months):
            first, last = self.first(month), self.last(month)
            near = [(max(a, first), min(b, last)) for a, b in spans if a <= last and b >= first]
            shut = {first.toordinal() + k for a, b in near for k in range((a - first).days, (b - first).days + 1)}
            if (last - first).days + 1 - len(shut) < least:
                out.add(month)
        return frozenset(out)

    def open_day(self, month: int, spans: Sequence[tuple[date, date]]) -> date:
        """Return the first working day of a month outside all spans, else its first day."""
        day, last = self.first(month), self.last(month)
        while day <= last:
            if day.weekday() < 5 and not any(a <= day <= b for a, b in spans):
                return day
            day += timedelta(days=1)
        return self.first(month)


def working_days_before(day: date, count: int) -> date:
    """Return the date ``count`` working days (Monday to Friday; bank holidays count) before a day."""
    while count > 0:
        day -= timedelta(days=1)
        count -= day.weekday() < 5
    return day
