"""A first plan where today's estate is none: the nearest one that keeps every rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from assetopt.engines.completion import settle
from assetopt.engines.highs_run import run_highs
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.outcome import Task, unheard
from assetopt.program import INTEGER, Bools, Floats, Matrix

SMALL = 5_000
"""Below this many columns a solver finds its own first plan as fast."""


def nearest_plan(
    matrix: Matrix, wanted: Floats, mask: Bools, task: Task, seconds: float, *, smallest: int | None = None
) -> Floats | None:
    """Return a plan that differs from ``wanted`` in few of the marked columns, or None where none is found in time.

    Parameters
    ----------
    wanted : (n,) array, 0 or 1 in the marked columns
    mask : (n,) bool, the decisions
    seconds : float, at most this long
    smallest : int, columns below which it is not tried; default :data:`SMALL`
    """
    if matrix.shape[1] < (SMALL if smallest is None else smallest):
        return None
    changes = np.where(mask & (matrix.form == INTEGER), np.where(wanted > 0.5, -1.0, 1.0), 0.0)
    core = matrix.without(matrix.redundant)
    distance = replace(core, cost=changes, offset=0.0)
    best = Incumbent(
        distance, replace(task, gap=0.5, saving_gap=0.0, start=None, progress=lambda _: None, found=unheard)
    )
    answer = run_highs(
        distance, seconds=min(seconds, task.remaining), gap=0.5, threads=task.threads, seed=task.seed,
        hear=lambda values, bound: best.hear(values, bound) or task.stop.is_set(),
    )  # fmt: skip
    if answer.values is not None:
        best.offer(answer.values)
    settle(best)
    return best.values
