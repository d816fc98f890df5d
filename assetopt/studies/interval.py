"""A figure with what is not known about it: no plan found is better than its bound, and no difference surer than its two solves."""

from __future__ import annotations

import math
from dataclasses import dataclass

SMALL = 0.005
"""£: half a penny; less is nothing."""


@dataclass(frozen=True)
class Interval:
    """A figure: ``value`` as the plans found have it, and ``low`` to ``high``, between which the true one lies.

    Infinite where nothing is known; NaN in ``value`` where there is no plan.
    """

    low: float
    value: float
    high: float

    @classmethod
    def exactly(cls, value: float) -> Interval:
        """Return a figure that is known."""
        return cls(value, value, value)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.value - other.value, self.high - other.low)

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.value + other.value, self.high + other.high)

    @property
    def sure(self) -> bool:
        """Whether the figure is surely more, or surely less, than nothing, or surely nothing."""
        return self.low > SMALL or self.high < -SMALL or self.high - self.low <= 2 * SMALL

    @property
    def known(self) -> bool:
        """Whether all three are numbers."""
        return all(math.isfinite(part) for part in (self.low, self.value, self.high))

    def at_least(self, floor: float) -> Interval:
        """Return the same where it is known besides that the figure is at least ``floor``."""
        return Interval(max(self.low, floor), max(self.value, floor), max(self.high, floor))


UNKNOWN = Interval(-math.inf, math.nan, math.inf)
