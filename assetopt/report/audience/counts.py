"""Counts of people that would point at a few: hidden under ten, together with the counts that would give them away.

A count c of a whole n is unsafe where 0 < c < 10 or 0 < n - c < 10. In rows that add up to a total, hidden counts are
joined by the next smallest until at least two are hidden and both c and n - c add up to ten or more over those hidden.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LEAST = 10

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def unsafe(count: Floats, whole: Floats) -> Bools:
    """Return where a count or its complement is more than 0 and less than 10; missing counts are safe."""
    rest = whole - count

    def few(values: Floats) -> Bools:
        return np.asarray((values > 1e-9) & (values < LEAST - 1e-9), dtype=bool)

    return few(np.nan_to_num(count)) | few(np.nan_to_num(rest))


def with_complements(count: Floats, whole: Floats, hidden: Bools) -> Bools:
    """Return which of the counts that add up to a known total have to be hidden, given those that are.

    Parameters
    ----------
    count, whole : (n,) the counts and what each is a part of; their sums are known.
    hidden : (n,) those that are hidden already.
    """
    out = hidden.copy()
    size = np.where(np.isnan(count), np.inf, np.maximum(count, 0.0))
    for at in np.argsort(size, kind="stable"):
        if not out.any() or _enough(count, whole, out):
            break
        if not out[at] and np.isfinite(size[at]):
            out[at] = True
    return out


def _enough(count: Floats, whole: Floats, out: Bools) -> bool:
    together, rest = float(np.nansum(count[out])), float(np.nansum((whole - count)[out]))
    many = int((out & (np.nan_to_num(count) > 0)).sum()) > 1 or together <= 1e-9
    safe = (together <= 1e-9 or together >= LEAST - 1e-9) and (rest <= 1e-9 or rest >= LEAST - 1e-9)
    return bool(int(out.sum()) > 1 and many and safe)


def rests_on_many(parts: Floats, least: int) -> bool:
    """Say whether a sum may be shown: ``least`` parts or more make it up, and no two of them dominate it.

    After the p % rule of statistical offices with p = 10: what is left without the two largest is at least a tenth of
    the largest, so that whoever knows the second cannot come within a tenth of the first.
    """
    size = np.sort(np.abs(parts[np.abs(parts) > 0.005]))[::-1]
    return len(size) >= least and float(size[2:].sum()) >= 0.1 * float(size[0])
