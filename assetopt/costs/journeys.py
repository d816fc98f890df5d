"""The public's journeys to the nearest open point, priced by the value of time; beside ``npv_cost``, never inside it.

For every public service with visits: visits x 2 (there and back) x minutes / 60 x value_of_time a year, by the mode of
[costs.journeys]. Where a zone reaches no open point, the longest journey known for that mode is counted instead. With
``assignment = "system"`` each visit goes where the plan sends it (:mod:`assetopt.assigning`), not to the nearest point.
"""

from __future__ import annotations

import numpy as np

from assetopt.assigning import share_columns
from assetopt.costs.ledger import Lines, lines
from assetopt.coverage import nearest_chain
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Floats
from assetopt.problem.standards import nearest_of
from assetopt.problem.visiting import assigned_services
from assetopt.timeline import Timeline
from assetopt.visitors import visitors

NAME = "journeys"
TOTAL = "npv_journeys"


def _longest(minutes: Floats) -> float:
    return float(minutes[np.isfinite(minutes)].max(initial=0.0)) + 1.0


def _assigned(problem: Problem, line: Timeline, service: int, year: int, minutes: Floats, worst: float) -> Floats:
    """Return each zone's mean minutes as the plan sends it, (n_zones,); what it sends nowhere counts the longest."""
    going = visitors(problem, line, service, year)
    place = np.searchsorted(problem.points(service).sites, going.site)
    known = np.minimum(place, minutes.shape[1] - 1)
    found = problem.points(service).sites[known] == going.site
    each = np.where(found, np.minimum(minutes[going.zone, known], worst), worst)
    way = np.bincount(going.zone, weights=going.share * each, minlength=len(minutes))
    sent = np.bincount(going.zone, weights=going.share, minlength=len(minutes))
    return np.asarray(way + np.maximum(0.0, 1.0 - sent) * worst, dtype=np.float64)


def price(form: Formulation) -> None:
    """Charge the way to the nearest open point in every year, without assignment columns (see coverage.nearest_chain)."""
    p, program = form.problem, form.program
    rate = p.scenario.costs.journeys.value_of_time * 2.0 / 60.0
    if rate <= 0:
        return
    system = bool(assigned_services(p))
    for q, visits in p.journey_services:
        minutes = p.minutes.every([p.scenario.costs.journeys.mode], p.points(q).sites)
        if system:
            shares = share_columns(form, "visits", q, visits)
            lost = float(visits[~np.isfinite(minutes).any(axis=1)].sum()) * _longest(minutes)
            program.charge_constant(NAME, rate * lost * float(p.state_weight.sum()))
            each = rate * visits[shares.zone] * shares.minutes
            for t in range(p.years):
                program.charge(NAME, shares.columns[:, t], each * p.state_weight[t])
            continue
        zones = np.flatnonzero(visits > 0)
        base, zone, far, step = nearest_chain(form, f"{NAME}:{q}", q, minutes, zones, _longest(minutes))
        program.charge_constant(NAME, float(rate * (visits[zones] * base).sum() * p.state_weight.sum()))
        for t in range(p.years):
            program.charge(NAME, far[:, t], rate * visits[zones[zone]] * step * p.state_weight[t])


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines by service and year; the public pays with its time."""
    rate = problem.scenario.costs.journeys.value_of_time * 2.0 / 60.0
    if rate <= 0:
        return []
    services = problem.journey_services
    out = np.zeros((len(services), problem.horizon))
    system = bool(assigned_services(problem)) and not line.usual
    for row, (q, visits) in enumerate(services):
        sites = problem.points(q).sites
        minutes = problem.minutes.every([problem.scenario.costs.journeys.mode], sites)
        worst = _longest(minutes)
        for t in range(problem.years):
            if system:
                way = _assigned(problem, line, q, t, minutes, worst)
            else:
                way = np.minimum(nearest_of(minutes[:, line.open_points(q, sites, t)]), worst)
            out[row, t if t < problem.years - 1 else slice(t, None)] = rate * float(visits @ way)
    names = problem.facts.services[[q for q, _ in services]] if services else np.empty(0, dtype=object)
    return [lines(problem, NAME, "journeys", names, np.full(len(services), "", dtype=object), out)]
