"""The price of long ways (Kolm-Pollak): everybody's way to the nearest open point in felt minutes; beside ``npv_cost``.

    felt(d) = aversion_minutes x (exp(d / aversion_minutes) - 1)
    cost a year = price x sum_q sum_z population[z] x felt(d[q,z])

A felt minute is a minute for those who live near, and exp(d / aversion_minutes) minutes at the end of a long way. What is
dearer here has the longer equally-distributed equivalent, and the other way round (for one service and fixed people): so the
linear sum is exact. Felt minutes rise with minutes, so that the nearest point stays the nearest (coverage.nearest_chain).
Where a zone reaches no open point, the longest way known for that mode and service, and a minute, is counted instead.
"""

from __future__ import annotations

import numpy as np

from assetopt.costs.ledger import Lines, lines
from assetopt.coverage import nearest_chain
from assetopt.errors import Issue, ScenarioError, did_you_mean
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Floats
from assetopt.problem.standards import nearest_of
from assetopt.timeline import Timeline

NAME = "equity"
TOTAL = "npv_equity"
STEEPEST = 12.0
"""Longest way / aversion_minutes at most: exp(12) = 160,000; beyond it one hamlet outweighs a county, and a solver's digits."""


def price(form: Formulation) -> None:
    """Charge the felt way to the nearest open point in every year, without assignment columns."""
    p, program = form.problem, form.program
    asked = p.scenario.costs.equity
    if asked.price <= 0:
        return
    people = _people(p)
    zones = np.flatnonzero(people > 0)
    for q in services(p):
        minutes = p.minutes.every([asked.mode], p.points(q).sites)
        longest = _longest(p, q, minutes)
        far = np.where(np.isfinite(minutes), minutes, longest)
        felt = asked.aversion_minutes * np.expm1(far / asked.aversion_minutes)
        end = float(asked.aversion_minutes * np.expm1(longest / asked.aversion_minutes))
        base, zone, columns, step = nearest_chain(form, f"{NAME}:{q}", q, felt, zones, end)
        program.charge_constant(NAME, float(asked.price * (people[zones] * base).sum() * p.state_weight.sum()))
        for t in range(p.years):
            program.charge(NAME, columns[:, t], asked.price * people[zones[zone]] * step * p.state_weight[t])


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines by service and year: minutes to the nearest open point first, then what they feel like."""
    asked = problem.scenario.costs.equity
    if asked.price <= 0:
        return []
    which, people, a = services(problem), _people(problem), asked.aversion_minutes
    out = np.zeros((len(which), problem.horizon))
    for row, q in enumerate(which):
        sites = problem.points(q).sites
        minutes = problem.minutes.every([asked.mode], sites)
        longest = _longest(problem, q, minutes)
        for t in range(problem.years):
            way = np.minimum(nearest_of(minutes[:, line.open_points(q, sites, t)]), longest)
            cost = asked.price * float(people @ (a * (np.exp(way / a) - 1.0)))
            out[row, t if t < problem.years - 1 else slice(t, None)] = cost
    names = problem.facts.services[which] if which else np.empty(0, dtype=object)
    return [lines(problem, NAME, "equity", names, np.full(len(which), "", dtype=object), out)]


def services(problem: Problem) -> list[int]:
    """Return the services whose ways are priced; raises ScenarioError for a name that is none of them."""
    if not len(problem.estate.demand):
        return []
    could = {
        str(name): q
        for q, name in enumerate(problem.facts.services)
        if problem.facts.public[q] and len(problem.points(q).sites)
    }
    named = problem.scenario.costs.equity.services
    wrong = [name for name in named if name not in could]
    if wrong:
        raise ScenarioError(
            [
                Issue(
                    "scenario, costs.equity.services",
                    f'no public service "{name}" has a point',
                    did_you_mean(name, could) or f"name some of: {', '.join(could)}",
                )
                for name in wrong
            ]
        )
    return sorted(could[name] for name in (named or could))


def _people(problem: Problem) -> Floats:
    return np.asarray(problem.estate.demand["population"], dtype=np.float64)


def _longest(problem: Problem, service: int, minutes: Floats) -> float:
    """Return what counts for a zone that reaches nothing; refuses an aversion that makes the longest way outweigh all."""
    longest = float(minutes[np.isfinite(minutes)].max(initial=0.0)) + 1.0
    asked = problem.scenario.costs.equity.aversion_minutes
    if longest / asked > STEEPEST:
        name = problem.facts.services[service]
        most = f"the longest way to {name} is {longest - 1.0:,.0f} minutes"
        what = f"{asked:g} is too short: {most}, more than {STEEPEST:g} times that"
        raise ScenarioError(
            [Issue("scenario, costs.equity.aversion_minutes", what, f"give {np.ceil(longest / STEEPEST):g} or more")]
        )
    return longest
