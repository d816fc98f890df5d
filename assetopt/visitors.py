"""Who visits which service point in a year of a plan: the nearest open one, or the one the plan assigns.

With ``assignment = "system"`` a plan says for every zone, service and year what share of its visits goes to which site. A
plan that says nothing of a service sends everybody to the nearest open point. Business as usual always does.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from assetopt.problem import Problem
from assetopt.problem.facts import Floats, Ints
from assetopt.timeline import Timeline


class Visitors(NamedTuple):
    """Shares of zones' visits; each (n,)."""

    zone: Ints
    site: Ints
    share: Floats


def visitors(problem: Problem, line: Timeline, service: int, year: int) -> Visitors:
    """Return the share of each zone's visits that goes to each site in a decision year."""
    said = None if line.usual else line.assigned.get((service, year))
    if said is not None:
        return Visitors(*said)
    sites = problem.points(service).sites
    there = sites[line.open_points(service, sites, year)]
    way, place = problem.minutes.nearest([problem.scenario.costs.journeys.mode], there)
    zone = np.flatnonzero(np.isfinite(way))
    site = there[place[zone]] if len(there) else np.empty(0, dtype=np.int64)
    return Visitors(zone, site, np.ones(len(zone)))
