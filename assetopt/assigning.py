"""Visits as columns, where the plan assigns them: share[z,i,t] of zone z's visits goes to point i in year t.

    sum_i share[z,i,t] = 1                               for every zone with visits that reaches a possible point
    share[z,i,t] <= point[i,t]
    sum_z visits[z] share[z,i,t] <= capacity[i]          where a capacity is given

Pairs that cannot be reached have no column.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from assetopt.formulation import Formulation
from assetopt.points import point_columns
from assetopt.problem.facts import Floats, Ints
from assetopt.problem.visiting import capacities
from assetopt.program import CONTINUOUS


@dataclass(frozen=True, eq=False)
class Shares:
    """Columns of one service: ``zone``, ``site``, ``minutes`` (n,) of each pair and ``columns`` (n, D)."""

    zone: Ints
    site: Ints
    minutes: Floats
    columns: Ints


def share_columns(form: Formulation, rule: str, service: int, visits: Floats) -> Shares:
    """Return the share columns of a service; made on first use, with their rows under the name ``rule``."""
    if service not in form.shares:
        form.shares[service] = _add(form, rule, service, visits)
    out: Shares = form.shares[service]
    return out


def _add(form: Formulation, rule: str, service: int, visits: Floats) -> Shares:
    p, program, d = form.problem, form.program, form.problem.years
    points = p.points(service)
    minutes = p.minutes.every([p.scenario.costs.journeys.mode], points.sites)
    zone, place = np.nonzero(np.isfinite(minutes) & (visits > 0)[:, None])
    n = len(zone)
    columns = program.add_columns(
        f"share:{service}", n * d, form=CONTINUOUS, site=np.repeat(points.sites[place], d),
        year=np.tile(np.arange(d), n), item=np.repeat(zone, d),
    ).reshape(n, d)  # fmt: skip
    shares = Shares(zone, points.sites[place], minutes[zone, place], columns)
    served, row = np.unique(zone, return_inverse=True)
    opened = point_columns(form, service)
    free = np.flatnonzero(opened[place, 0] >= 0) if n else np.empty(0, dtype=np.int64)
    capacity = capacities(p, service)[points.sites]
    limited = np.flatnonzero(~np.isnan(capacity))
    number = np.full(len(points.sites), -1, dtype=np.int64)
    number[limited] = np.arange(len(limited))
    within = np.flatnonzero(number[place] >= 0)
    scale = 10.0 ** -np.ceil(np.log10(max(1.0, float(visits.max(initial=0.0)))))
    for t in range(d):
        program.add_rows(
            rule, len(served), lower=1.0, upper=1.0, item=served, year=np.full(len(served), t),
            entries=[(np.asarray(row).ravel(), columns[:, t], 1.0)],
        )  # fmt: skip
        each = np.arange(len(free))
        program.add_rows(
            rule, len(free), upper=0.0, item=zone[free], site=points.sites[place[free]], year=np.full(len(free), t),
            entries=[(each, columns[free, t], 1.0), (each, opened[place[free], t], -1.0)],
        )  # fmt: skip
        program.add_rows(
            rule, len(limited), upper=capacity[limited] * scale, site=points.sites[limited],
            item=np.full(len(limited), service), year=np.full(len(limited), t),
            entries=[(number[place[within]], columns[within, t], visits[zone[within]] * scale)],
        )  # fmt: skip
    return shares
