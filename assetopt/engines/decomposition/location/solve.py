"""Solves a pure location problem: prices first, then what they leave open.

1. Customer prices by subgradient ascent: a bound that can be recounted, and choices of facilities worth looking into.
2. A plan by the search that fits: exchange of facilities (no room limits), flows (split customers), tabu (whole ones).
3. Fixing of facilities and arcs by bound and plan, then branch and cut over what is left; where customers are whole a
   tree of our own beside it.
"""

from __future__ import annotations

import numpy as np

from assetopt.engines.decomposition.location.split import solve_split
from assetopt.engines.decomposition.location.unlimited import solve_unlimited
from assetopt.engines.decomposition.location.whole import solve_whole
from assetopt.engines.decomposition.location.work import Work
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.outcome import Task
from assetopt.program import Program
from assetopt.proof.location import Location

__all__ = ["solve"]


def solve(location: Location, program: Program, best: Incumbent, task: Task) -> None:
    """Improve ``best`` until a gap is met, the time is over or nothing better can be left.

    Parameters
    ----------
    location : Location
        What :func:`~assetopt.engines.decomposition.location.recognise.recognise` read in ``program``.
    program : Program
    best : Incumbent
        Takes plans, bounds and the proof; its ``infeasible_proved`` is set where no plan exists.
    task : Task
    """
    work = Work(program, location, best, task)
    unserved = bool((np.diff(location.first) == 0).any())
    if unserved or not np.isfinite(work.pricing.cover.least(location.fixed)):
        best.infeasible_proved = True
        return
    if not location.bounded:
        solve_unlimited(work)
    elif location.whole.all():
        solve_whole(work)
    else:
        solve_split(work)
