"""A first plan where today's estate breaks a policy (a budget, a standard): the breach is searched down to nothing.

Rows of the policies that today breaks may be broken at a price, no other row may; from today on neighbourhoods are
decided anew until nothing is broken. What an estate owes to no policy (a team has a home, a room holds its teams) holds all
the way.

    minimise  sum_r breach[r] / max(1, |side of r|)
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from assetopt.engines.completion import complete
from assetopt.engines.elastic import elastic
from assetopt.engines.incumbent import TOLERANCE, Incumbent
from assetopt.engines.neighbourhood import search
from assetopt.engines.outcome import Task, unheard
from assetopt.program import Bools, Floats, Matrix, Program

POLICIES = ("access", "budget", "change", "compatibility", "disposals", "limits", "no_partner_worse_off")
"""Rules whose rows may be broken on the way."""


def mended_plan(program: Program, wanted: Floats, mask: Bools, task: Task, seconds: float) -> Floats | None:
    """Return a plan (n,) that keeps every rule, searched from decisions that break a policy; None where none is found.

    Parameters
    ----------
    wanted : (n,) array
        Values of the marked columns, today's.
    mask : (n,) bool
        The decisions.
    seconds : float
        At most this long.
    """
    core, rule = program.core, program.core_rule
    until = time.monotonic() + min(seconds, task.remaining)
    quiet = replace(
        task, gap=1e-9, saving_gap=0.0, deadline=until, start=None, objective_today=None,
        progress=lambda _: None, found=unheard,
    )  # fmt: skip
    soft = np.flatnonzero(np.isin(rule, POLICIES))
    softened, row = elastic(core, soft)
    values = complete(softened, _longer(wanted, softened, 0.0), _longer(mask, softened, False), quiet)
    if values is None:
        return None
    broken = np.unique(rule[row[values[len(wanted) :] > TOLERANCE]])
    if len(broken):
        softened, row = elastic(core, np.flatnonzero(np.isin(rule, broken)))
        values = complete(softened, _longer(wanted, softened, 0.0), _longer(mask, softened, False), quiet)
        if values is None:
            return None
        best = Incumbent(softened, replace(quiet, start=values))
        best.raise_bound(0.0)
        site, team = (_longer(program.column_label(name), softened, -1) for name in ("site", "team"))
        search(softened, site, team, best, until)
        assert best.values is not None
        values = best.values
    values = values[: len(wanted)]
    return values if core.excess(values) <= TOLERANCE else None


def _longer(values: np.ndarray[Any, Any], matrix: Matrix, value: float | bool) -> np.ndarray[Any, Any]:
    """Return ``values`` with ``value`` for the columns that were added."""
    return np.append(values, np.full(matrix.shape[1] - len(values), value, dtype=values.dtype))
