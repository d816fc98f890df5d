"""A lower bound on every plan's cost, worked out from prices alone, so that nobody has to trust the solver that found them.

For ``min c.x, rl <= A x <= ru, l <= x <= u`` and any row prices y,

    offset + sum_i (y_i > 0 ? y_i rl_i : y_i ru_i) + sum_j min over [l_j, u_j] of (c - A'y)_j x_j

is a lower bound (weak duality), whatever y is; good prices only make it better. A price that would need an infinite row
side counts as zero. Rounding errors of the sums themselves are estimated and taken off.
"""

from __future__ import annotations

import numpy as np

from assetopt.program import Floats, Matrix

_EPS = float(np.finfo(np.float64).eps)


def certified_bound(matrix: Matrix, duals: Floats) -> float:
    """Return a lower bound (£) on the cost of every point of the relaxation, valid for any ``duals``.

    Parameters
    ----------
    matrix : Matrix
        The programme; forms are ignored, so the bound holds for the integer programme too.
    duals : (m,) array
        Row prices in £ per unit of the row, positive where the lower side is priced. Any finite numbers will do.

    Returns
    -------
    float
        The bound, -inf where a column without a finite limit makes the prices worthless.

    Raises
    ------
    ValueError
        If ``duals`` does not have one finite number a row.
    """
    y = np.asarray(duals, dtype=np.float64)
    if y.shape != matrix.row_lower.shape or not np.isfinite(y).all():
        raise ValueError("certified_bound needs one finite price for every row")
    lower, upper = implied_limits(matrix)
    bound = _bound(matrix, y, lower, upper)
    if bound == -np.inf:
        bound = _bound(matrix, y * (1.0 - _shrink(matrix, y, lower, upper)), lower, upper)
    return max(bound, _bound(matrix, np.zeros_like(y), lower, upper))


def implied_limits(matrix: Matrix, passes: int = 3) -> tuple[Floats, Floats]:
    """Return finite limits for columns that have none, as far as single rows imply them; shapes (n,), (n,).

    Only columns with an infinite limit are touched, and their new limits are slightly widened, so that every feasible
    point stays within them.
    """
    lower, upper = matrix.lower.copy(), matrix.upper.copy()
    entry_row = np.repeat(np.arange(matrix.a.shape[0]), np.diff(matrix.a.indptr))
    column, value = matrix.a.indices, matrix.a.data
    for _ in range(passes):
        open_low, open_high = ~np.isfinite(lower), ~np.isfinite(upper)
        touched = (open_low | open_high)[column]
        if not touched.any():
            break
        # Only rows with a column in question can teach anything.
        rows = np.zeros(matrix.a.shape[0], dtype=bool)
        rows[entry_row[touched]] = True
        use = rows[entry_row]
        _tighten(matrix, entry_row[use], column[use], value[use], lower, upper)
        if not ((open_low & np.isfinite(lower)) | (open_high & np.isfinite(upper))).any():
            break
    return lower, upper


def _tighten(matrix: Matrix, row: np.ndarray, column: np.ndarray, value: Floats, lower: Floats, upper: Floats) -> None:
    """Fill infinite limits in place from the rows' activity; (k,) entries."""
    m = matrix.a.shape[0]
    at_low = np.where(value > 0, lower[column], upper[column])
    at_high = np.where(value > 0, upper[column], lower[column])
    new_low, new_high = np.full(lower.shape, -np.inf), np.full(upper.shape, np.inf)
    for side, ends, sign in ((matrix.row_upper, at_low, 1.0), (matrix.row_lower, at_high, -1.0)):
        # sign = 1: sum a x <= row_upper with everything else at its least; sign = -1: the mirror image.
        finite = np.isfinite(ends)
        part = np.where(finite, value * np.where(finite, ends, 0.0), 0.0)
        total = np.bincount(row, weights=part, minlength=m)
        size = np.bincount(row, weights=np.abs(part), minlength=m)
        open_ends = np.bincount(row, weights=~finite, minlength=m)
        usable = np.isfinite(side[row]) & (open_ends[row] - ~finite == 0)
        rest = side[row] - (total[row] - part)
        with np.errstate(invalid="ignore"):
            limit = rest / value
            slack = 1e-9 * (1.0 + (np.abs(side[row]) + size[row]) / np.abs(value))
        is_upper = (value > 0) == (sign > 0)
        take = usable & is_upper
        np.minimum.at(new_high, column[take], limit[take] + slack[take])
        take = usable & ~is_upper
        np.maximum.at(new_low, column[take], limit[take] - slack[take])
    np.copyto(lower, new_low, where=~np.isfinite(lower))
    np.copyto(upper, new_high, where=~np.isfinite(upper))


def usable(matrix: Matrix, y: Floats) -> Floats:
    """Set prices to zero where the row side they need is infinite."""
    return np.where(((y > 0) & ~np.isfinite(matrix.row_lower)) | ((y < 0) & ~np.isfinite(matrix.row_upper)), 0.0, y)


def _bound(matrix: Matrix, y: Floats, lower: Floats, upper: Floats) -> float:
    y = usable(matrix, y)
    side = np.where(y > 0, matrix.row_lower, matrix.row_upper)
    rows = y * np.where(y == 0, 0.0, side)
    reduced = matrix.cost - matrix.a.T @ y
    # How wrong a reduced cost can be: machine precision times the terms that were added up.
    count = np.bincount(matrix.a.indices, minlength=len(reduced)) + 2
    doubt = _EPS * count * (np.abs(matrix.cost) + abs(matrix.a).T @ np.abs(y))
    end = np.where(reduced > 0, lower, upper)
    exact = (reduced == 0) & (doubt == 0)
    # A column without a limit needs the right sign beyond any doubt: no limit, no bound.
    if (((np.isinf(upper) & (reduced < doubt)) | (np.isinf(lower) & (reduced > -doubt))) & ~exact).any():
        return -np.inf
    columns = reduced * np.where(exact, 0.0, end)
    reach = np.maximum(
        np.where(np.isfinite(lower), np.abs(lower), 0.0), np.where(np.isfinite(upper), np.abs(upper), 0.0)
    )
    margin = float(doubt @ reach) + 4 * _EPS * float(np.log2(len(y) + len(end) + 2)) * float(
        np.abs(rows).sum() + np.abs(columns).sum() + abs(matrix.offset)
    )
    return float(matrix.offset + rows.sum() + columns.sum() - margin)


def _shrink(matrix: Matrix, y: Floats, lower: Floats, upper: Floats) -> float:
    """Return the share by which all prices shrink so that columns without a limit get the right sign, 0..1."""
    y = usable(matrix, y)
    reduced = matrix.cost - matrix.a.T @ y
    count = np.bincount(matrix.a.indices, minlength=len(reduced)) + 2
    target = 4 * _EPS * count * (np.abs(matrix.cost) + abs(matrix.a).T @ np.abs(y))
    sign = np.where(np.isinf(upper) & (matrix.cost > 0), 1.0, np.where(np.isinf(lower) & (matrix.cost < 0), -1.0, 0.0))
    bad = (sign != 0) & (sign * reduced < target)
    if not bad.any():
        return 0.0
    short = target[bad] - (sign * reduced)[bad]
    return float(min(1.0, (short / (np.abs(matrix.cost[bad]) - (sign * reduced)[bad])).max()))
