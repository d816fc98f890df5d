"""A linear programme that grows by columns and is solved again and again from where it stood (column generation's master)."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from assetopt.engines.highs_run import run_solver
from assetopt.program import Floats


class GrowingLP:
    """min c.x over rl <= A x <= ru and x within limits; rows are fixed, columns are added.

    Parameters
    ----------
    row_lower, row_upper : (m,) arrays
    scale : float
        What a pound is multiplied by inside the solver.
    """

    def __init__(self, row_lower: Floats, row_upper: Floats, scale: float) -> None:
        import highspy

        self._highs = highspy.Highs()
        self.scale = scale
        self.rows, self.columns = len(row_lower), 0
        for name, value in (("output_flag", False), ("threads", 1), ("presolve", "off"), ("solver", "simplex")):
            self._highs.setOptionValue(name, value)
        empty_int, empty = np.empty(0, dtype=np.int32), np.empty(0)
        self._highs.addRows(self.rows, row_lower, row_upper, 0, np.zeros(self.rows, dtype=np.int32), empty_int, empty)

    def add(self, cost: Floats, lower: Floats, upper: Floats, entries: sparse.csc_matrix) -> None:
        """Add columns; ``entries`` is (m, k)."""
        k = len(cost)
        self._highs.addCols(
            k, cost * self.scale, lower, upper, entries.nnz,
            entries.indptr[:-1].astype(np.int32), entries.indices.astype(np.int32), entries.data.astype(np.float64),
        )  # fmt: skip
        self.columns += k

    def solve(self, seconds: float, strategy: int | None = 4) -> tuple[float, Floats, Floats, Floats] | None:
        """Return (value, column values, row prices, reduced costs) in £, or None when it did not end in time."""
        import highspy

        if strategy is not None:
            self._highs.setOptionValue("simplex_strategy", strategy)
        self._highs.setOptionValue("time_limit", float(self._highs.getRunTime() + max(0.05, seconds)))
        run_solver(self._highs, 1)
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._highs.getSolution()
        return (
            float(self._highs.getInfo().objective_function_value) / self.scale,
            np.array(solution.col_value),
            np.array(solution.row_dual) / self.scale,
            np.array(solution.col_dual) / self.scale,
        )
