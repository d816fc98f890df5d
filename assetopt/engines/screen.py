"""Questions that need no solver: contradictions on the face of the programme, and programmes with nothing left to decide."""

from __future__ import annotations

import time

import numpy as np

from assetopt.engines.outcome import Outcome, Task
from assetopt.errors import SolverError
from assetopt.program import INTEGER, Floats, Matrix
from assetopt.proof import Proof
from assetopt.proof.prices import certified_bound

_SLACK = 1e-9


def screen(matrix: Matrix, task: Task, engine: str, version: str) -> Outcome | None:
    """Answer at once where the programme answers itself, else return None.

    Infeasible: a column or row whose lower limit is above its upper one, no whole number within an INTEGER column's
    limits, or an empty row that asks for something (solvers and their modelling layers drop such rows in silence).
    Solved: no columns, or no rows with entries, so that every column goes to its cheaper limit.

    Raises
    ------
    SolverError
        If the numbers are not numbers, or a column without rows could lower the cost for ever.
    """
    numbers = (matrix.cost, matrix.a.data, np.array([matrix.offset]))
    limits = (matrix.lower, matrix.upper, matrix.row_lower, matrix.row_upper)
    if not all(np.isfinite(part).all() for part in numbers) or any(np.isnan(part).any() for part in limits):
        raise SolverError("the programme has costs, coefficients or limits that are not finite numbers")
    seconds = time.monotonic() - task.began
    if _contradiction(matrix):
        return Outcome("infeasible", None, None, np.inf, seconds, engine, version, "proved")
    if matrix.a.nnz:
        return None
    values = _cheapest(matrix)
    objective = matrix.objective(values)
    bound = certified_bound(matrix, np.zeros(matrix.shape[0]))
    proof = Proof("relaxation", np.zeros(matrix.shape[0]), bound) if np.isfinite(bound) else None
    return Outcome("optimal", values, objective, objective, seconds, engine, version, "proved", proof=proof)


def _contradiction(matrix: Matrix) -> bool:
    low, high = _whole(matrix)
    empty = np.diff(matrix.a.indptr) == 0
    return bool(
        (low > high + _SLACK).any()
        or (matrix.row_lower > matrix.row_upper + _SLACK * np.maximum(1.0, np.abs(matrix.row_upper))).any()
        or (empty & ((matrix.row_lower > _SLACK) | (matrix.row_upper < -_SLACK))).any()
    )


def _whole(matrix: Matrix) -> tuple[Floats, Floats]:
    """Return the columns' limits, whole numbers for INTEGER columns."""
    integer = matrix.form == INTEGER
    low = np.where(integer, np.ceil(matrix.lower - 1e-6), matrix.lower)
    high = np.where(integer, np.floor(matrix.upper + 1e-6), matrix.upper)
    return low, high


def _cheapest(matrix: Matrix) -> Floats:
    low, high = _whole(matrix)
    values = np.where(matrix.cost > 0, low, np.where(matrix.cost < 0, high, np.clip(0.0, low, high)))
    if not np.isfinite(values).all():
        raise unbounded()
    return np.asarray(values, dtype=np.float64)


def unbounded() -> SolverError:
    """Return the error for a programme whose cost can fall for ever."""
    return SolverError(
        "the cost can fall without limit: some column with a negative cost has no upper limit. "
        "This is a fault in a rule or cost, not in the data"
    )
