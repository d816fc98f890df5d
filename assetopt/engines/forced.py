"""What forcing one decision costs at least: the relaxation, solved again from where it stood with one more row in force.

bound[q] = min  offset + cost . x    subject to  A x within its sides, x within its limits (no integrality),
                                                 low[q] <= sum of the question's columns <= high[q]
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from scipy import sparse

from assetopt.engines.highs_run import money_scale, run_solver
from assetopt.errors import SolverError
from assetopt.program import Bools, Matrix
from assetopt.proof.prices import certified_bound


class ForcedRelaxation:
    """The relaxation of a programme, ready to be asked about one row after another.

    Parameters
    ----------
    matrix : Matrix
        The programme without the questions.
    rows : (q, n) sparse array
        The sum that each question speaks of; without effect until it is asked.
    """

    def __init__(self, matrix: Matrix, rows: sparse.csr_matrix) -> None:
        import highspy

        q = rows.shape[0]
        self.matrix = replace(
            matrix,
            a=sparse.vstack([matrix.a, rows], format="csr"),
            row_lower=np.append(matrix.row_lower, np.full(q, -np.inf)),
            row_upper=np.append(matrix.row_upper, np.full(q, np.inf)),
            redundant=np.append(matrix.redundant, np.zeros(q, dtype=bool)),
        )
        self.first = matrix.shape[0]
        self.scale = money_scale(matrix.cost)
        self._highs = highspy.Highs()
        for name, value in (("output_flag", False), ("threads", 1)):
            self._highs.setOptionValue(name, value)
        whole = self.matrix
        status = self._highs.passModel(
            whole.shape[1], whole.shape[0], whole.a.nnz,
            int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), whole.offset * self.scale,
            whole.cost * self.scale, whole.lower, whole.upper, whole.row_lower, whole.row_upper,
            whole.a.indptr.astype(np.int32), whole.a.indices.astype(np.int32), whole.a.data.astype(np.float64),
            np.zeros(whole.shape[1], dtype=np.int32),
        )  # fmt: skip
        if status == highspy.HighsStatus.kError:
            raise SolverError("HiGHS refuses the relaxation")

    def bound(self, seconds: float) -> float:
        """Return the bound (£) without any question: -inf where the time did not do, inf where there is no point."""
        return self._solve(self.matrix, seconds)

    def ask(self, question: int, low: float, high: float, seconds: float) -> float:
        """Return the bound (£) with one question's sum between ``low`` and ``high``; inf where the relaxation has no point."""
        row = self.first + question
        self._highs.changeRowBounds(row, low, high)
        lower, upper = self.matrix.row_lower.copy(), self.matrix.row_upper.copy()
        lower[row], upper[row] = low, high
        try:
            return self._solve(replace(self.matrix, row_lower=lower, row_upper=upper), seconds)
        finally:
            self._highs.changeRowBounds(row, -np.inf, np.inf)

    def without(self, question: int, low: float, high: float, rows: Bools, seconds: float) -> bool:
        """Say whether the relaxation has a point once some rows, (m,) of the programme, are left out."""
        import highspy

        out = np.flatnonzero(rows)
        row = self.first + question
        try:
            for r in out.tolist():
                self._highs.changeRowBounds(r, -np.inf, np.inf)
            self._highs.changeRowBounds(row, low, high)
            self._run(seconds)
            return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal)
        finally:
            for r in out.tolist():
                self._highs.changeRowBounds(r, self.matrix.row_lower[r], self.matrix.row_upper[r])
            self._highs.changeRowBounds(row, -np.inf, np.inf)

    def _run(self, seconds: float) -> None:
        self._highs.setOptionValue("time_limit", float(self._highs.getRunTime() + max(0.05, seconds)))
        run_solver(self._highs, 1)

    def _solve(self, matrix: Matrix, seconds: float) -> float:
        import highspy

        statuses = highspy.HighsModelStatus
        began = time.monotonic()
        self._run(seconds)
        status = self._highs.getModelStatus()
        if status in (statuses.kInfeasible, statuses.kUnboundedOrInfeasible):
            # Believed only when a run from nothing says so too.
            self._highs.clearSolver()
            self._run(max(1.0, seconds - (time.monotonic() - began)))
            status = self._highs.getModelStatus()
            if status == statuses.kInfeasible:
                return float(np.inf)
        duals = np.array(self._highs.getSolution().row_dual, dtype=np.float64) / self.scale
        if len(duals) != matrix.shape[0] or not np.isfinite(duals).all() or not duals.any():
            return float(-np.inf)
        return certified_bound(matrix, duals)
