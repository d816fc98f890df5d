"""At least and at most so many points of a service, in all and in each district, in every decision year.

min_points <= sum_i point[q,i,t] <= max_points;  sum_{i in district} point[q,i,t] >= min_points_per_district. Points are
distinct sites with an open team of the service; external sites count. A site's district is that of its nearest zone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.errors import Issue, ScenarioError
from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.points import open_points
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, codes
from assetopt.timeline import Timeline

NAME = "service_points"


def limits_of(problem: Problem) -> Iterator[tuple[int, list[str], Bools, float, float]]:
    """Yield (service, area names, (areas, n_point_sites) mask, fewest, most) for every rule in service_types."""
    table = problem.estate.service_types
    for _, row in table.iterrows():
        q = int(codes([str(row["service_type"])], problem.facts.services)[0])
        sites = problem.points(q).sites
        if not np.isnan(row["min_points"]) or not np.isnan(row["max_points"]):
            most = np.inf if np.isnan(row["max_points"]) else float(row["max_points"])
            yield q, [""], np.ones((1, len(sites)), dtype=bool), float(np.nan_to_num(row["min_points"])), most
        if row["min_points_per_district"] > 0:
            names = sorted(set(problem.estate.demand["district"].astype(str)) - {""})
            mask = np.array([problem.site_district[sites] == name for name in names], dtype=bool).reshape(
                -1, len(sites)
            )
            yield q, names, mask, float(row["min_points_per_district"]), np.inf

    for name, most in problem.scenario.limits.max_points.items():
        q = int(codes([name], problem.facts.services)[0])
        if q < 0 or not len(problem.points(q).sites):
            known = [str(s) for k, s in enumerate(problem.facts.services) if problem.facts.public[k]]
            what = f'no public service "{name}" has a point'
            raise ScenarioError([Issue("scenario, limits.max_points", what, f"name some of: {', '.join(known)}")])
        yield q, [""], np.ones((1, len(problem.points(q).sites)), dtype=bool), 0.0, float(most)


def constrain(form: Formulation) -> None:
    """Write one row per service, area and year."""
    for q, names, mask, fewest, most in limits_of(form.problem):
        n = len(names)
        for t in range(form.problem.years):
            row, column, always = open_points(form, q, t, mask)
            form.program.add_rows(
                NAME,
                n,
                lower=fewest - always,
                upper=most - always,
                entries=[(row, column, 1.0)],
                year=np.full(n, t),
                item=np.full(n, q),
                subjects=[str(form.problem.facts.services[q])] * n,
            )


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Count the open points of every service, area and year."""
    out: list[Violation] = []
    for q, names, mask, fewest, most in limits_of(problem):
        sites, service = problem.points(q).sites, problem.facts.services[q]
        for t in range(problem.years):
            count = mask[:, line.open_points(q, sites, t)].sum(axis=1)
            for area, have in zip(names, count, strict=True):
                where = f" in {area}" if area else ""
                if have < fewest:
                    out.append(
                        Violation(
                            NAME,
                            str(service),
                            float(fewest - have),
                            f"{service}{where}: {have} points in {problem.base_year + t}, at least {fewest:g} asked",
                        )
                    )
                if have > most:
                    out.append(
                        Violation(
                            NAME,
                            str(service),
                            float(have - most),
                            f"{service}{where}: {have} points in {problem.base_year + t}, at most {most:g} allowed",
                        )
                    )
    return out
