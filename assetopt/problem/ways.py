"""Ways between zones and sites in one unit, minutes or kilometres: all of them, those within a limit, or the nearest.

The whole of it is a matrix of zones x sites (2.4 GB for England's surgeries), so ask for the rest where that will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assetopt.estate.standards_words import members
from assetopt.problem.facts import Floats, Ints
from assetopt.travel import Travel

if TYPE_CHECKING:
    from scipy import sparse

ROAD_CIRCUITY = 1.3
"""Way by road over straight line, for standards in km by a mode without a circuity of its own (domain.md S65: 1.2-1.4)."""


class Ways(Protocol):
    """Ways by the best of several modes, in one unit; ``sites`` are site indices, shape (n,)."""

    def every(self, modes: Sequence[str], sites: Ints) -> Floats:
        """Return all ways, (n_zones, n); inf where a site cannot be reached."""

    def within(self, modes: Sequence[str], sites: Ints, limit: float | Floats) -> sparse.csr_matrix:
        """Return which ways are within the limit of their zone, (n_zones, n) bool; one limit or (n_zones,), -inf for none."""

    def nearest(self, modes: Sequence[str], sites: Ints) -> tuple[Floats, Ints]:
        """Return the shortest way of every zone, (n_zones,), inf where there is none, and its position in ``sites``."""


class Minutes:
    """Minutes by modes that have any (``crow`` has none)."""

    def __init__(self, travel: Travel) -> None:
        self._travel = travel

    def every(self, modes: Sequence[str], sites: Ints) -> Floats:
        """Return all minutes, (n_zones, n)."""
        return np.asarray(self._travel.minutes(";".join(modes), sites), dtype=np.float64)

    def within(self, modes: Sequence[str], sites: Ints, limit: float | Floats) -> sparse.csr_matrix:
        """Return which are within the limit of their zone."""
        return self._travel.within(";".join(modes), limit, sites)

    def nearest(self, modes: Sequence[str], sites: Ints) -> tuple[Floats, Ints]:
        """Return the fewest minutes of every zone and the site's position."""
        minutes, place = self._travel.nearest(";".join(modes), sites)
        return minutes, place.astype(np.int64)


class Kilometres:
    """Kilometres: straight lines, times the mode's circuity unless it is ``crow``; of several modes the straightest counts, of
    modes that must both do (``car+transit``) the more winding."""

    def __init__(self, travel: Travel) -> None:
        self._travel = travel

    def _circuity(self, modes: Sequence[str]) -> float:
        given = self._travel.params.circuity
        return min(
            max(1.0 if mode == "crow" else given.get(mode, ROAD_CIRCUITY) for mode in members(alternative))
            for alternative in modes
        )

    def every(self, modes: Sequence[str], sites: Ints) -> Floats:
        """Return all kilometres, (n_zones, n)."""
        return np.asarray(self._travel.km(sites) * self._circuity(modes), dtype=np.float64)

    def within(self, modes: Sequence[str], sites: Ints, limit: float | Floats) -> sparse.csr_matrix:
        """Return which are within the limit of their zone."""
        return self._travel.within_km(limit, sites, self._circuity(modes))

    def nearest(self, modes: Sequence[str], sites: Ints) -> tuple[Floats, Ints]:
        """Return the fewest kilometres of every zone and the site's position."""
        km, place = self._travel.nearest_km(sites)
        return km * self._circuity(modes), place.astype(np.int64)
