"""Completes a plan: some decisions are given, the rest is worked out exactly around them."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from scipy import sparse

from assetopt.engines.highs_run import run_highs
from assetopt.engines.incumbent import TOLERANCE, Incumbent, cost_of
from assetopt.engines.outcome import Task
from assetopt.program import IMPLIED, INTEGER, Bools, Floats, Ints, Matrix


class Slicer:
    """Cuts small programmes out of a large one by freeing some columns and fixing all others.

    Parameters
    ----------
    matrix : Matrix
        The large programme; its column-wise copy is made once.
    """

    def __init__(self, matrix: Matrix) -> None:
        self.matrix = matrix
        self.columnwise: sparse.csc_matrix = matrix.a.tocsc()

    def cut(self, free: Ints, values: Floats, activity: Floats) -> tuple[Matrix, Ints]:
        """Return the programme in the ``free`` columns alone, and the numbers of its rows.

        Parameters
        ----------
        free : (k,) column numbers, increasing
        values : (n,) array
            Where the fixed columns stand; entries of free columns are ignored.
        activity : (m,) array
            ``A @ values``.

        Returns
        -------
        (Matrix, (r,) row numbers)
            Rows without a free column are dropped; the sides are shifted by what the fixed columns use.
        """
        whole = self.matrix
        part = self.columnwise[:, free]
        touched = np.zeros(whole.a.shape[0], dtype=bool)
        touched[part.indices] = True
        rows = np.flatnonzero(touched)
        number = np.cumsum(touched) - 1
        a = sparse.csc_matrix((part.data, number[part.indices], part.indptr), shape=(len(rows), len(free))).tocsr()
        fixed = activity[rows] - a @ values[free]
        cost = whole.cost[free]
        sub = Matrix(
            cost=cost,
            offset=cost_of(whole, values) - float((cost * values[free]).sum()),
            lower=whole.lower[free],
            upper=whole.upper[free],
            form=whole.form[free],
            a=a,
            row_lower=whole.row_lower[rows] - fixed,
            row_upper=whole.row_upper[rows] - fixed,
            redundant=whole.redundant[rows],
        )
        return sub, rows


def complete(matrix: Matrix, fixed_values: Floats, fixed_mask: Bools, task: Task) -> Floats | None:
    """Fix the marked columns and solve for the rest.

    Parameters
    ----------
    matrix : Matrix
        The programme.
    fixed_values : (n,) array
        Values of the fixed columns (INTEGER ones are rounded); the other entries are ignored.
    fixed_mask : (n,) array of bool
        Which columns are fixed.
    task : Task
        Time, gap, threads and seed; its ``start`` and ``progress`` are ignored.

    Returns
    -------
    (n,) array or None
        The best completion found, every row within 1e-6; None where there is none or none was found in time.
    """
    values = np.where(fixed_mask & (matrix.form == INTEGER), np.rint(fixed_values), fixed_values)
    values = np.where(fixed_mask, values, 0.0)
    if ((values < matrix.lower - TOLERANCE) | (values > matrix.upper + TOLERANCE))[fixed_mask].any():
        return None
    quiet = Task(gap=task.gap, saving_gap=0.0, deadline=task.deadline, threads=task.threads, seed=task.seed)
    free = np.flatnonzero(~fixed_mask)
    if free.size and matrix.a.nnz:
        sub, _ = Slicer(matrix).cut(free, values, matrix.a @ values)
        best = Incumbent(sub, quiet)

        def hear(plan: Floats | None, bound: float) -> bool:
            return best.hear(plan, bound) or task.stop.is_set()

        answer = run_highs(sub, seconds=task.remaining, gap=task.gap, threads=task.threads, seed=task.seed, hear=hear)
        if answer.values is not None:
            best.offer(answer.values)
        if best.values is None:
            return None
        values[free] = best.values
    elif free.size:
        values[free] = np.where(matrix.cost > 0, matrix.lower, matrix.upper)[free]
    return values if np.isfinite(values).all() and matrix.excess(values) <= TOLERANCE else None


def settle(best: Incumbent, seconds: float = 4.0) -> None:
    """Turn the best point of a solver into a plan whose every column is what its form says.

    A better point whose rounded decisions break a row is completed from its decisions; IMPLIED columns that the solver
    left fractional (a tie) are made whole around the same decisions. What cannot be mended is left as it is, with a
    note.
    """
    integer = best.matrix.form == INTEGER
    task = Task(
        gap=0.0, saving_gap=0.0, deadline=time.monotonic() + seconds, threads=best.task.threads, seed=best.task.seed
    )
    if best.rough is not None and best.rough_objective < best.objective:
        values = complete(best.matrix, best.rough, integer, task)
        if values is None or not best.offer(values):
            best.note("a cheaper point of the solver was dropped: made whole, it breaks a row")
        best.rough, best.rough_objective = None, np.inf
    if best.values is None or _whole(best.matrix, best.values):
        return
    values = complete(best.matrix, best.values, integer, task)
    if values is None or not _whole(best.matrix, values):
        form = np.where(best.matrix.form == IMPLIED, INTEGER, best.matrix.form).astype(np.int8)
        values = complete(replace(best.matrix, form=form), best.values, integer, task)
    if values is None or not best.replace(values):
        best.note("columns that should be whole around whole decisions are not")


def _whole(matrix: Matrix, values: Floats) -> bool:
    implied = values[matrix.form == IMPLIED]
    return bool(np.abs(implied - np.rint(implied)).max(initial=0.0) <= TOLERANCE)
