"""Visits assigned by the plan: everybody's go to open points, and no point gets more than it takes.

Only with ``assignment = "system"`` in [costs.journeys]; rows as in :mod:`assetopt.assigning`. Where people choose, they go
to the nearest open point whatever it takes, and what is too much is told, not forbidden.
"""

from __future__ import annotations

import numpy as np

from assetopt.assigning import share_columns
from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.facts import Floats
from assetopt.problem.visiting import assigned_services, capacities
from assetopt.timeline import Timeline
from assetopt.visitors import visitors

NAME = "visits"
ROUNDING = 1e-6


def constrain(form: Formulation) -> None:
    """Write the assignment of every service with visits."""
    for service, amount in assigned_services(form.problem):
        share_columns(form, NAME, service, amount)


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Add up what every zone sends and every point gets, year by year."""
    out: list[Violation] = []
    for service, amount in assigned_services(problem):
        for t in range(problem.years):
            out += _of_year(problem, line, service, amount, t)
    return out


def _of_year(problem: Problem, line: Timeline, service: int, amount: Floats, t: int) -> list[Violation]:
    name, year = str(problem.facts.services[service]), problem.base_year + t
    ids, zones = problem.facts.sites.ids, problem.estate.demand["zone_id"].to_numpy(dtype=object)
    sites = problem.points(service).sites
    reach = np.isfinite(problem.minutes.every([problem.scenario.costs.journeys.mode], sites))
    out: list[Violation] = []
    going = visitors(problem, line, service, t)
    is_open = np.zeros(len(ids), dtype=bool)
    is_open[sites[line.open_points(service, sites, t)]] = True
    place = np.full(len(ids), -1, dtype=np.int64)
    place[sites] = np.arange(len(sites))
    can = is_open[going.site]
    can[can] = reach[going.zone[can], place[going.site[can]]]
    for k in np.flatnonzero(~can):
        where = f"{ids[going.site[k]]}, which is no open point within its reach"
        text = f"{going.share[k]:.1%} of the visits of {zones[going.zone[k]]} to {name} go to {where} in {year}"
        out.append(Violation(NAME, f"{name} {zones[going.zone[k]]}", float(going.share[k]), text))
    sent = np.bincount(going.zone, weights=going.share, minlength=len(zones))
    asked = (amount > 0) & reach.any(axis=1)
    for z in np.flatnonzero(asked & (np.abs(sent - 1.0) > ROUNDING)):
        text = f"{sent[z]:.1%} of the visits of {zones[z]} to {name} are assigned in {year}, not all"
        out.append(Violation(NAME, f"{name} {zones[z]}", float(abs(sent[z] - 1.0)), text))
    came = np.bincount(going.site, weights=going.share * amount[going.zone], minlength=len(ids))
    takes = capacities(problem, service)
    for i in np.flatnonzero(came > takes + ROUNDING * np.maximum(1.0, np.nan_to_num(takes))):
        text = f"{came[i]:,.0f} visits to {name} go to {ids[i]} in {year}, and it takes {takes[i]:,.0f}"
        out.append(Violation(NAME, f"{name} {ids[i]}", float(came[i] - takes[i]), text))
    return out
