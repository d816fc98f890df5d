"""PuLP building the programme that we formulate, from the same arrays: one variable a column, one expression a row."""

from __future__ import annotations

import time

import numpy as np
import pulp

from benchmarks.case import Limits
from benchmarks.found import Found
from benchmarks.handover import Handed
from benchmarks.watchdog import peak_mb, resident_mb


def solve_matrix(handed: Handed, limits: Limits) -> Found:
    """Build, and solve nothing."""
    from assetopt.program import CONTINUOUS

    matrix = handed.matrix
    before, began = resident_mb(), time.monotonic()
    problem = pulp.LpProblem("programme", pulp.LpMinimize)
    columns = [
        problem.add_variable(
            f"x{j}",
            None if low == -np.inf else low,
            None if high == np.inf else high,
            pulp.LpInteger if whole else pulp.LpContinuous,
        )
        for j, (low, high, whole) in enumerate(
            zip(matrix.lower.tolist(), matrix.upper.tolist(), (matrix.form != CONTINUOUS).tolist(), strict=True)
        )
    ]
    used = np.flatnonzero(matrix.cost).tolist()
    problem += pulp.LpAffineExpression([(columns[j], c) for j, c in zip(used, matrix.cost[used].tolist(), strict=True)])
    indptr, indices, data = matrix.a.indptr.tolist(), matrix.a.indices, matrix.a.data
    for row, (low, high) in enumerate(zip(matrix.row_lower.tolist(), matrix.row_upper.tolist(), strict=True)):
        at = slice(indptr[row], indptr[row + 1])
        terms = [(columns[j], v) for j, v in zip(indices[at].tolist(), data[at].tolist(), strict=True)]
        if low == high:
            problem += pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintEQ, f"r{row}", low)
            continue
        if low != -np.inf:
            problem += pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintGE, f"l{row}", low)
        if high != np.inf:
            problem += pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintLE, f"u{row}", high)
    seconds = time.monotonic() - began
    rows, count = matrix.shape
    figures = {"build": seconds, "added": peak_mb() - before, "columns": float(count), "rows": float(rows)}
    return Found(f"built {len(problem.constraints):,} rows", figures=figures)
