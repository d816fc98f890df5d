"""Limits on the plan as a whole: sites held, capital, receipts, carbon.

min_sites <= sum_i held[i,D-1] <= max_sites;  works + openings <= max_capital;  net receipts >= min_receipts (both
undiscounted, £);  carbon of sites held in the last decision year, with interventions, <= max_carbon (tCO2e a year).
"""

from __future__ import annotations

import numpy as np

from assetopt.costs.receipts import receipt_by_year
from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.tenure import NEVER
from assetopt.timeline import Timeline

NAME = "limits"


def constrain(form: Formulation) -> None:
    """Write one row per limit that the scenario gives."""
    p, program, f = form.problem, form.program, form.problem.facts
    limits = p.scenario.limits
    ours = np.flatnonzero(~f.sites.external)
    zero = np.zeros(len(ours), dtype=np.int64)
    if limits.min_sites is not None or limits.max_sites is not None:
        entries, constant = form.held(ours, p.years - 1, zero, 1.0)
        fewest = -np.inf if limits.min_sites is None else float(limits.min_sites)
        most = np.inf if limits.max_sites is None else float(limits.max_sites)
        program.add_rows(NAME, 1, lower=fewest - constant.sum(), upper=most - constant.sum(), entries=entries)
    work, when = np.nonzero(form.build >= 0)
    if limits.max_capital is not None:
        site, year = np.nonzero(form.open >= 0)
        program.add_rows(
            NAME,
            1,
            upper=limits.max_capital,
            entries=[
                (np.zeros(len(work)), form.build[work, when], p.works_cost[work]),
                (np.zeros(len(site)), form.open[site, year], p.opening_cost[site]),
            ],
        )
    if limits.min_receipts is not None:
        site, year = np.nonzero(form.vacate >= 0)
        amount = receipt_by_year(p)[site, year]
        program.add_rows(
            NAME, 1, lower=limits.min_receipts, entries=[(np.zeros(len(site)), form.vacate[site, year], amount)]
        )
    if limits.max_carbon is not None:
        entries, constant = form.held(ours, p.years - 1, zero, f.sites.carbon[ours])
        change = f.interventions.carbon_change[work]
        program.add_rows(
            NAME,
            1,
            upper=limits.max_carbon - constant.sum(),
            entries=[*entries, (np.zeros(len(work)), form.build[work, when], change)],
        )


def carbon(problem: Problem, line: Timeline) -> float:
    """Return tCO2e a year of the sites held in the last decision year, interventions included."""
    f = problem.facts
    held = line.operating[:, problem.years - 1]
    works = (line.built < NEVER) & held[f.interventions.site]
    return float(f.sites.carbon[held].sum() + f.interventions.carbon_change[works].sum())


def capital(problem: Problem, line: Timeline) -> float:
    """Return works and openings together, £ undiscounted, optimism bias included."""
    return float(problem.works_cost[line.built < NEVER].sum() + problem.opening_cost[line.opened < NEVER].sum())


def receipts(problem: Problem, line: Timeline) -> float:
    """Return net receipts completed inside the horizon, £ undiscounted."""
    sold = np.flatnonzero(line.vacated < problem.years)
    return float(receipt_by_year(problem)[sold, line.vacated[sold]].sum())


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Recount each limit."""
    limits = problem.scenario.limits
    sites = float(line.operating[:, problem.years - 1].sum())
    out = []
    for key, value, low, high, shown in (
        ("sites", sites, limits.min_sites, limits.max_sites, "{:,.0f} sites"),
        ("capital", capital(problem, line), None, limits.max_capital, "£{:,.2f}"),
        ("receipts", receipts(problem, line), limits.min_receipts, None, "£{:,.2f}"),
        ("carbon", carbon(problem, line), None, limits.max_carbon, "{:,.2f} tCO2e a year"),
    ):
        slack = 1e-6 * max(1.0, abs(value))
        said = f"{key}: {shown.format(value)}"
        if low is not None and value < low - slack:
            out.append(Violation(NAME, key, low - value, f"{said}, at least {shown.format(low)} asked"))
        if high is not None and value > high + slack:
            out.append(Violation(NAME, key, value - high, f"{said}, at most {shown.format(high)} allowed"))
    return out
