"""Serves the customers from given facilities at the least cost."""

from __future__ import annotations

import numpy as np

from assetopt.engines.decomposition.location.core import lay_out
from assetopt.engines.decomposition.location.work import Work
from assetopt.engines.highs_run import run_highs
from assetopt.program import Bools, Floats
from assetopt.proof.location import Location


def covers(p: Location, held: Bools) -> bool:
    """Say whether facilities held have room for all demand."""
    return float(p.capacity[held].sum()) >= p.total * (1 - 1e-9)


def split_among(work: Work, held: Bools, seconds: float = 10.0) -> Floats | None:
    """Return the cheapest shares (k,) from facilities held, customers split as need be, None where there are none."""
    p = work.location
    if not covers(p, held):
        return None
    core = lay_out(p, held[p.arc_facility], held, ~held, split=True)
    answer = run_highs(
        core.matrix, relaxed=True, seconds=min(seconds, work.task.remaining), hear=lambda *_: work.over()
    )
    if answer.status != "optimal" or answer.values is None:
        return None
    plan = core.plan(answer.values)
    return None if plan is None else plan[1]


def enough(p: Location, held: Bools, price: Floats) -> Bools:
    """Return ``held`` with the cheapest others (by ``price`` a facility, (m,)) added until the room does for all demand."""
    held = (held | p.always) & ~p.never
    if covers(p, held):
        return held
    others = np.flatnonzero(~held & ~p.never)
    with np.errstate(divide="ignore", invalid="ignore"):
        worth = np.where(np.isfinite(p.capacity[others]), price[others] / p.capacity[others], -np.inf)
    out = held.copy()
    for site in others[np.argsort(worth, kind="stable")]:
        out[site] = True
        if covers(p, out):
            break
    return out
