"""Every citizen's way to every service: the access standards of the data package, in every decision year.

Cover (share, at most x minutes or km further than today), for every group g (all, or each value of ``per``) and year t:

    sum_z weight[g,z] served[z,t] >= required[g],      served[z,t] <= sum over points i that cover z of point[i,t]

Mean:  sum_z weight[g,z] way[z,t] <= limit x sum_z weight[g,z],  way = to the nearest open point.

Holds when the scenario has a table [rules.access]. Soft standards are priced (costs/penalties.py), triggers only reported.
Tolerance: 1e-6 of a group's people.
"""

from __future__ import annotations

import numpy as np

from assetopt.coverage import nearest_chain, require_cover
from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.standards import SLACK
from assetopt.timeline import Timeline

NAME = "access"


def constrain(form: Formulation) -> None:
    """Write the rows of every hard standard."""
    p = form.problem
    if p.scenario.rules.access is None:
        return
    for test in p.cover_tests:
        if test.force == "hard":
            require_cover(form, NAME, test)
    for number, mean in enumerate(p.mean_tests):
        if mean.force != "hard":
            continue
        total = np.array([g.total for g in mean.groups])
        weight = np.array([g.weight for g in mean.groups]).reshape(len(mean.groups), -1)
        required = np.array([g.required for g in mean.groups])
        # Where today reaches nobody and today is the floor, any mean will do.
        weight[np.isinf(required)] = 0.0
        limit = np.where(np.isinf(required), 0.0, required) * total * (1.0 + SLACK)
        zones = np.flatnonzero(weight.sum(axis=0) > 0)
        # A way behind the last point is as long as all limits together: no mean within its limit can afford it.
        fallback = float(
            max(
                mean.metric[np.isfinite(mean.metric)].max(initial=1.0) + 1.0,
                (
                    limit / np.maximum(weight[:, zones].min(axis=1, initial=np.inf, where=weight[:, zones] > 0), 1e-9)
                ).max()
                + 1.0,
            )
        )
        base, zone, far, step = nearest_chain(form, f"{NAME}:{number}", mean.service, mean.metric, zones, fallback)
        start = weight[:, zones] @ base
        group, at = np.nonzero(weight[:, zones[zone]] > 0)
        for t in range(p.years):
            form.program.add_rows(
                NAME,
                len(total),
                upper=limit - start,
                year=np.full(len(total), t),
                item=np.full(len(total), mean.standard),
                subjects=[f"{mean.name}: {group.label}" for group in mean.groups],
                entries=[(group, far[at, t], weight[group, zones[zone[at]]] * step[at])],
            )


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Find the nearest open points of every zone in every year and count people."""
    if problem.scenario.rules.access is None:
        return []
    out: list[Violation] = []
    for test in problem.cover_tests:
        if test.force != "hard":
            continue
        for t in range(problem.years):
            served = test.served(line.open_points(test.service, test.sites, t))
            for group in test.groups:
                have = float(group.weight[served].sum())
                short = group.required - have
                if short > 1e-6 * max(1.0, group.total):
                    share = have / group.total if group.total else 1.0
                    what = {
                        "share": "within reach",
                        "extra_minutes": "no further than allowed beyond today",
                        "extra_km": "no further than allowed beyond today",
                    }[test.kind]
                    out.append(
                        Violation(
                            NAME,
                            f"{test.name}: {group.label}",
                            short,
                            (
                                f"standard {test.name}, {group.label}, {problem.base_year + t}: {have:,.0f} of "
                                f"{group.total:,.0f} people ({share:.1%}) are {what}, "
                                f"{group.required:,.0f} ({group.required / max(group.total, 1e-9):.1%}) asked; "
                                f"{short:,.0f} short"
                            ),
                        )
                    )
    for mean in problem.mean_tests:
        if mean.force != "hard":
            continue
        for t in range(problem.years):
            points = line.open_points(mean.service, mean.sites, t)
            modes = ";".join(mean.limits[0].metric.modes) if mean.unit == "minutes" and mean.limits else ""
            word = problem.travel.word(modes) if modes else ""
            for group in mean.groups:
                value = mean.mean(group, points)
                if value > group.required * (1 + 1e-6) + 1e-9:
                    out.append(
                        Violation(
                            NAME,
                            f"{mean.name}: {group.label}",
                            value - group.required,
                            (
                                f"standard {mean.name}, {group.label}, {problem.base_year + t}: mean {value:.2f} "
                                f"{word}{mean.unit}, at most {group.required:.2f} asked"
                            ),
                        )
                    )
    return out
