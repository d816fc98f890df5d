"""Statistics of ways weighted by people, for many groups at once.

Quantile: the smallest way that at least the share of a group's people does not exceed. Gini: half the mean difference of
two people's ways, divided by the mean way. Equally-distributed equivalent (Kolm-Pollak), with aversion in minutes a:

    EDE = a x ln( sum_z w_z exp(d_z / a) / sum_z w_z )      the way that, if everybody had it, would be as bad as these
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from assetopt.problem.facts import Floats, Ints


def sums(weight: Floats, code: Ints, groups: int) -> Floats:
    """Return the sum of the weight of each group, (groups,)."""
    return np.asarray(np.bincount(code, weights=weight, minlength=groups), dtype=np.float64)


def means(value: Floats, weight: Floats, code: Ints, groups: int) -> Floats:
    """Return the weighted mean of each group, NaN without weight; values without weight may be infinite."""
    total = sums(weight, code, groups)
    part = sums(np.where(weight > 0, value, 0.0) * weight, code, groups)
    return np.asarray(np.divide(part, total, out=np.full(groups, np.nan), where=total > 0), dtype=np.float64)


def quantiles(value: Floats, weight: Floats, code: Ints, groups: int, shares: Sequence[float]) -> Floats:
    """Return weighted quantiles, (len(shares), groups): NaN without weight, inf where they fall on people out of reach."""
    out = np.full((len(shares), groups), np.nan)
    at = np.flatnonzero(weight > 0)
    if not len(at):
        return out
    order = at[np.lexsort((value[at], code[at]))]
    running = np.cumsum(weight[order])
    count = np.bincount(code[order], minlength=groups)
    last = np.cumsum(count) - 1
    first = last - count + 1
    some = count > 0
    before = np.where(first > 0, running[np.maximum(first - 1, 0)], 0.0)
    total = running[np.maximum(last, 0)] - before
    for row, share in enumerate(shares):
        target = before + share * total
        target -= 1e-9 + 1e-12 * np.abs(target)
        place = np.clip(np.searchsorted(running, target[some]), first[some], last[some])
        out[row, some] = value[order[place]]
    return out


def gini(value: Floats, weight: Floats) -> float:
    """Return the Gini coefficient of finite values, 0 (all alike) to 1; NaN without weight."""
    at = weight > 0
    if not at.any():
        return float("nan")
    order = np.argsort(value[at], kind="stable")
    v, w = value[at][order], weight[at][order]
    total = float(v @ w)
    if total <= 0:
        return 0.0
    share = np.append(0.0, np.cumsum(v * w)) / total
    return max(0.0, float(1.0 - (w / w.sum()) @ (share[1:] + share[:-1])))


def worst_mean(value: Floats, weight: Floats, share: float = 0.1) -> float:
    """Return the mean over the ``share`` of people who have furthest to go; a zone on the border counts in part."""
    at = weight > 0
    if not at.any():
        return float("nan")
    order = np.argsort(-value[at], kind="stable")
    v, w = value[at][order], weight[at][order]
    asked = share * w.sum()
    before = np.append(0.0, np.cumsum(w)[:-1])
    return float(v @ np.clip(asked - before, 0.0, w) / asked)


def equally_distributed(value: Floats, weight: Floats, aversion: float) -> float:
    """Return the Kolm-Pollak equally-distributed equivalent; ``aversion`` in the unit of the values, above 0."""
    at = weight > 0
    if not at.any():
        return float("nan")
    scaled = value[at] / aversion
    top = float(scaled.max())
    return float(aversion * (top + np.log(weight[at] @ np.exp(scaled - top) / weight[at].sum())))
