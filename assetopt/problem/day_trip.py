"""A day out as one length of time: minutes there, minutes of stay and minutes back, at one and the same point.

    day[z,i] = there[z,i] + stay + back[z,i]            infinite where either way cannot be made

A court's window (leave home at 07:30 or later, be back by 19:30) is ``day <= 720``, with the way back from a timetable of
its own: a place with a morning train and no evening bus is not served.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from assetopt.problem.facts import Floats, Ints
from assetopt.problem.ways import Ways


@dataclass(frozen=True)
class DayTrip:
    """Minutes away from home; a kind of :class:`assetopt.problem.ways.Ways`.

    ``ways`` are one-way minutes, ``back`` the modes of which the better takes people home, ``stay`` minutes between.
    """

    ways: Ways
    back: tuple[str, ...]
    stay: float

    def every(self, modes: Sequence[str], sites: Ints) -> Floats:
        """Return all days, (n_zones, n)."""
        return np.asarray(self.ways.every(modes, sites) + self.stay + self.ways.every(self.back, sites))

    def within(self, modes: Sequence[str], sites: Ints, limit: float | Floats) -> sparse.csr_matrix:
        """Return which days are within the limit of their zone, (n_zones, n) bool."""
        day = self.every(modes, sites)
        most = np.broadcast_to(np.asarray(limit, dtype=np.float64), len(day))
        return sparse.csr_matrix(day <= most[:, None])

    def nearest(self, modes: Sequence[str], sites: Ints) -> tuple[Floats, Ints]:
        """Return the shortest day of every zone, inf where there is none, and its position in ``sites``."""
        day = self.every(modes, sites)
        if not day.shape[1]:
            return np.full(len(day), np.inf), np.zeros(len(day), dtype=np.int64)
        place = day.argmin(axis=1)
        return day[np.arange(len(day)), place], place
