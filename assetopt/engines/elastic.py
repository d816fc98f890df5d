"""Rows that may be broken at a price: the programme that says how near one can come to keeping them.

minimise  sum_r UNIT x breach[r] / max(1, |side of r|)
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from assetopt.program import CONTINUOUS, Ints, Matrix

UNIT = 1e3
"""Cost of breaking a row by as much as its side: large beside a solver's tolerances."""


def elastic(matrix: Matrix, rows: Ints) -> tuple[Matrix, Ints]:
    """Return the programme in which ``rows`` may be broken, and the row of each column that was added.

    Parameters
    ----------
    matrix : Matrix
        n columns; its own costs are left out.
    rows : (r,) array
        Each gets a column for every finite side.

    Returns
    -------
    Matrix
        n + k columns, the last k the breaches.
    (k,) array
    """
    low, high = (np.isfinite(side[rows]) for side in (matrix.row_lower, matrix.row_upper))
    row = np.concatenate([rows[low], rows[high]])
    sign = np.repeat([1.0, -1.0], [low.sum(), high.sum()])
    side = np.concatenate([matrix.row_lower[rows[low]], matrix.row_upper[rows[high]]])
    k = len(row)
    breach = sparse.csr_matrix((sign, (row, np.arange(k))), shape=(matrix.shape[0], k))
    a: sparse.csr_matrix = sparse.hstack([matrix.a, breach], format="csr")
    return (
        replace(
            matrix,
            cost=np.append(np.zeros(matrix.shape[1]), UNIT / np.maximum(1.0, np.abs(side))),
            offset=0.0,
            lower=np.append(matrix.lower, np.zeros(k)),
            upper=np.append(matrix.upper, np.full(k, np.inf)),
            form=np.append(matrix.form, np.full(k, CONTINUOUS, dtype=matrix.form.dtype)),
            a=a,
        ),
        row,
    )
