"""Limits on the plan as a whole: sites held, capital, receipts, carbon.

min_sites <= sum_i held[i,D-1] <= max_sites;  works + openings <= max_capital;  net receipts >= min_receipts (both
undiscounted, £);  carbon of sites held in the last decision year, with interventions, <= max_carbon (tCO2e a year);
carbon of sites held in year u, with interventions built by then, <= max_carbon_by_year[u];  npv_cost <= max_npv_cost,
natural_units <= max_measure (their rows are written where costs are charged, costs/__init__.py).
"""

from __future__ import annotations

import numpy as np

from assetopt import costs
from assetopt.costs import haircut
from assetopt.costs.aim import NATURAL
from assetopt.costs.receipts import receipt_by_year
from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.problem.facts import Floats
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
        program.add_rows(
            NAME, 1, lower=fewest - constant.sum(), upper=most - constant.sum(), entries=entries, subjects=["sites"]
        )
    work, when = np.nonzero(form.build >= 0)
    if limits.max_capital is not None:
        site, year = np.nonzero(form.open >= 0)
        program.add_rows(
            NAME,
            1,
            upper=limits.max_capital,
            subjects=["capital"],
            entries=[
                (np.zeros(len(work)), form.build[work, when], p.works_cost[work]),
                (np.zeros(len(site)), form.open[site, year], p.opening_cost[site]),
            ],
        )
    if limits.min_receipts is not None:
        site, year = np.nonzero(form.vacate >= 0)
        entries = [(np.zeros(len(site)), form.vacate[site, year], receipt_by_year(p)[site, year])]
        if p.scenario.disposals.haircut:
            first = haircut.places(form)
            sold, when_sold, loss = haircut.at_worst(form)
            entries.append((np.zeros(len(sold)), form.vacate[sold, when_sold], -loss))
            entries.append((np.zeros(len(first.site)), first.column, first.worth))
        program.add_rows(NAME, 1, lower=limits.min_receipts, entries=entries, subjects=["receipts"])
    for name, at, most in _carbon_caps(p):
        entries, constant = form.held(ours, at, zero, f.sites.carbon[ours])
        by_then = when <= at
        change = _works_carbon(p, at)[work[by_then]]
        built = (np.zeros(by_then.sum()), form.build[work, when][by_then], change)
        program.add_rows(
            NAME, 1, upper=most - constant.sum(), entries=[*entries, built], year=np.array([at]), subjects=[name]
        )


def _carbon_caps(problem: Problem) -> list[tuple[str, int, float]]:
    """Return (name, decision year index, tCO2e a year) of every cap; years behind the last decision are like it."""
    limits, last = problem.scenario.limits, problem.years - 1
    caps = [] if limits.max_carbon is None else [("carbon", last, limits.max_carbon)]
    named = sorted((int(year) - problem.base_year, most) for year, most in limits.max_carbon_by_year.items())
    return caps + [
        (f"carbon {problem.base_year + year}", min(year, last), most)
        for year, most in named
        if 0 <= year < problem.horizon
    ]


def _works_carbon(problem: Problem, year: int) -> Floats:
    """Return (n_interventions,) what works change from then on; at a candidate a fall counts in the last year only.

    Works at a candidate may come before it opens, and only in the last year is it sure that it has.
    """
    f = problem.facts
    early = f.sites.candidate[f.interventions.site] & (year < problem.years - 1)
    return np.where(early, np.maximum(f.interventions.carbon_change, 0.0), f.interventions.carbon_change)


def carbon(problem: Problem, line: Timeline, year: int | None = None) -> float:
    """Return tCO2e of the sites held in a year (default the last decision year), interventions built by then included."""
    f = problem.facts
    at = problem.years - 1 if year is None else year
    held = line.operating[:, at]
    works = (line.built <= at) & (held | f.sites.candidate)[f.interventions.site]
    return float(f.sites.carbon[held].sum() + _works_carbon(problem, at)[works].sum())


def capital(problem: Problem, line: Timeline) -> float:
    """Return works and openings together, £ undiscounted, optimism bias included."""
    return float(problem.works_cost[line.built < NEVER].sum() + problem.opening_cost[line.opened < NEVER].sum())


def receipts(problem: Problem, line: Timeline) -> float:
    """Return net receipts completed inside the horizon, less what sales in one market cost each other, £ undiscounted."""
    sold = np.flatnonzero(line.vacated < problem.years)
    return float(receipt_by_year(problem)[sold, line.vacated[sold]].sum() - haircut.lost(problem, line).sum())


def _part(problem: Problem, line: Timeline, part: str) -> float:
    """Return what a part of the objective comes to, present value."""
    lines = costs.book(problem, line)
    lines = lines[lines["cost"].map({name: cost.TOTAL for name, cost in costs.COSTS.items()}) == part]
    factor = problem.factors[lines["year"].to_numpy(dtype=np.int64)]
    return float(lines["economic"].to_numpy(dtype=np.float64) @ factor)


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Recount each limit."""
    limits = problem.scenario.limits
    sites = float(line.operating[:, problem.years - 1].sum())
    out = []
    for year, most in sorted((int(y), most) for y, most in limits.max_carbon_by_year.items()):
        if 0 <= year - problem.base_year < problem.horizon:
            found = carbon(problem, line, year - problem.base_year)
            if found > most + 1e-6 * max(1.0, abs(most)):
                said = f"carbon: {found:,.2f} tCO2e in {year}, at most {most:,.2f} allowed"
                out.append(Violation(NAME, f"carbon {year}", found - most, said))
    cost = _part(problem, line, "npv_cost") if limits.max_npv_cost is not None else 0.0
    measure = _part(problem, line, NATURAL) if limits.max_measure is not None else 0.0
    for key, value, low, high, shown in (
        ("npv_cost", cost, None, limits.max_npv_cost, "£{:,.2f}"),
        ("measure", measure, None, limits.max_measure, "{:,.2f}"),
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
