"""How many visits a service point takes, and whether people choose their point or are assigned to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from assetopt.problem.facts import Floats, codes

if TYPE_CHECKING:
    from assetopt.problem.problem import Problem


def capacities(problem: Problem, service: int) -> Floats:
    """Return the visits a year that each site takes as a point of a service, (n_sites,), NaN where nothing is said."""
    table = problem.estate.point_capacity
    rows = table[table["service_type"] == str(problem.facts.services[service])]
    out = np.full(len(problem.facts.sites), np.nan)
    out[codes(rows["site_id"], problem.facts.sites.index)] = rows["visits"].to_numpy(dtype=np.float64)
    return out


def assigned_services(problem: Problem) -> list[tuple[int, Floats]]:
    """Return (service, visits by zone) of the services whose visits the plan assigns; none where people choose."""
    return problem.journey_services if problem.scenario.costs.journeys.assignment == "system" else []
