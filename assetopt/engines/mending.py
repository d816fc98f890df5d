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
from scipy import sparse

from assetopt.engines.completion import complete
from assetopt.engines.incumbent import TOLERANCE, Incumbent
from assetopt.engines.neighbourhood import search
from assetopt.engines.outcome import Task, unheard
from assetopt.program import CONTINUOUS, Bools, Floats, Ints, Matrix, Program

POLICIES = ("access", "budget", "change", "compatibility", "disposals", "limits", "no_partner_worse_off")
"""Rules whose rows may be broken on the way."""

UNIT = 1e3
"""Cost of breaking a row by as much as its side: large beside a solver's tolerances."""


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
    elastic, row = _elastic(core, soft)
    values = complete(elastic, _longer(wanted, elastic, 0.0), _longer(mask, elastic, False), quiet)
    if values is None:
        return None
    broken = np.unique(rule[row[values[len(wanted) :] > TOLERANCE]])
    if len(broken):
        elastic, row = _elastic(core, np.flatnonzero(np.isin(rule, broken)))
        values = complete(elastic, _longer(wanted, elastic, 0.0), _longer(mask, elastic, False), quiet)
        if values is None:
            return None
        best = Incumbent(elastic, replace(quiet, start=values))
        best.raise_bound(0.0)
        site, team = (_longer(program.column_label(name), elastic, -1) for name in ("site", "team"))
        search(elastic, site, team, best, until)
        assert best.values is not None
        values = best.values
    values = values[: len(wanted)]
    return values if core.excess(values) <= TOLERANCE else None


def _elastic(core: Matrix, rows: Ints) -> tuple[Matrix, Ints]:
    """Return the programme in which ``rows`` may be broken, and the row of each column that was added."""
    low, high = (np.isfinite(side[rows]) for side in (core.row_lower, core.row_upper))
    row = np.concatenate([rows[low], rows[high]])
    sign = np.repeat([1.0, -1.0], [low.sum(), high.sum()])
    side = np.concatenate([core.row_lower[rows[low]], core.row_upper[rows[high]]])
    k = len(row)
    breach = sparse.csr_matrix((sign, (row, np.arange(k))), shape=(core.shape[0], k))
    a: sparse.csr_matrix = sparse.hstack([core.a, breach], format="csr")
    return (
        replace(
            core,
            cost=np.append(np.zeros(core.shape[1]), UNIT / np.maximum(1.0, np.abs(side))),
            offset=0.0,
            lower=np.append(core.lower, np.zeros(k)),
            upper=np.append(core.upper, np.full(k, np.inf)),
            form=np.append(core.form, np.full(k, CONTINUOUS, dtype=core.form.dtype)),
            a=a,
        ),
        row,
    )


def _longer(values: np.ndarray[Any, Any], matrix: Matrix, value: float | bool) -> np.ndarray[Any, Any]:
    """Return ``values`` with ``value`` for the columns that were added."""
    return np.append(values, np.full(matrix.shape[1] - len(values), value, dtype=values.dtype))
