"""Of a standard that fails: the nearest value that holds, in minutes or kilometres at the share asked, and as a share.

least v with   sum_z weight[z] over zones whose way (or another limit of the standard) is at most v   >= required
"""

from __future__ import annotations

import numpy as np

from assetopt.problem.facts import Bools
from assetopt.problem.standards import CoverTest, Group, MeanTest

STEP = {"minutes": 0.1, "km": 0.01}
"""Values are rounded up to these, so that what is told does hold."""


def nearest_value(test: CoverTest, group: Group, open_points: Bools) -> str:
    """Return what would hold with these points open, such as ``16.2 minutes would hold, or a share of 83.2%``.

    ``open_points`` is (n_points,). Empty where nobody belongs to the group, or no open point is reached.
    """
    if test.kind != "share" or group.total <= 0:
        return ""
    values = [
        f"{value:.1f} minutes" if unit == "minutes" else f"{value:.2f} km"
        for value, unit in nearest_limits(test, group, open_points)
    ]
    share = float(group.weight[test.served(open_points)].sum()) / group.total
    told = f"a share of {np.floor(share * 1000 + 1e-6) / 1000:.1%}"
    return (
        f"{values[0]} would hold, {''.join(f'or {v}, ' for v in values[1:])}or {told}"
        if values
        else f"{told} would hold"
    )


def nearest_limits(test: CoverTest, group: Group, open_points: Bools) -> list[tuple[float, str]]:
    """Return the (value, unit) of each limit that would hold by itself, rounded up so that it does; see :func:`nearest_value`."""
    ways = [limit.metric.nearest(open_points) for limit in test.limits]
    values: list[tuple[float, str]] = []
    for k, limit in enumerate(test.limits):
        way = ways[k].copy()
        for other, more in enumerate(test.limits):
            if other != k:  # either will do: who is served by the other limit asks nothing of this one
                way[ways[other] <= np.asarray(more.most) + 1e-9] = 0.0
        order = np.argsort(way, kind="stable")
        enough = int(np.searchsorted(np.cumsum(group.weight[order]), group.required - 1e-9))
        if enough < len(order) and np.isfinite(way[order[enough]]):
            step = STEP[limit.unit]
            value = np.ceil(way[order[enough]] / step - 1e-6) * step
            values.append((float(value), limit.unit))
    return values


def nearest_mean(test: MeanTest, group: Group, open_points: Bools) -> str:
    """Return the mean that would hold with these points open; empty where somebody reaches none."""
    value = test.mean(group, open_points)
    if not np.isfinite(value):
        return ""
    step = STEP[test.unit]
    return (
        f"a mean of {np.ceil(value / step - 1e-6) * step:.{1 if test.unit == 'minutes' else 2}f} {test.unit} would hold"
    )
