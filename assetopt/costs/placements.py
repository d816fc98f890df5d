"""What a team pays each year for being at a site (table ``placements``), for ``annual_cost_years`` from its arrival.

At home the home pair's annual cost runs from year 0, until the team leaves.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.costs.ledger import lines, years
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "placements"
TOTAL = "npv_cost"


def price(form: Formulation) -> None:
    """Charge homes for ever, less what leaving saves, and every move from its year on."""
    p, program, t = form.problem, form.program, form.problem.facts.teams
    housed = np.flatnonzero(t.home >= 0)
    home = p.placement_costs(housed, t.home[housed])
    program.charge_constant(NAME, float((home.annual * p.span(0, home.years)).sum()))
    yearly, until = np.zeros(len(t)), np.zeros(len(t), dtype=np.int64)
    yearly[housed], until[housed] = home.annual, home.years
    for block in (form.out, form.close):
        team, year = np.nonzero(block >= 0)
        program.charge(NAME, block[team, year], -yearly[team] * p.span(year, until[team]))
    pair, year = np.nonzero(form.move >= 0)
    there = p.placement_costs(form.pair_team, form.pair_site)
    paid = there.annual[pair] != 0
    pair, year = pair[paid], year[paid]
    program.charge(NAME, form.move[pair, year], there.annual[pair] * p.span(year, year + there.years[pair]))


def amount(problem: Problem, line: Timeline) -> list[pd.DataFrame]:
    """Return the ledger lines by team and year; the team's partner pays."""
    t = problem.facts.teams
    team, site, first, share = line.changes
    cost = problem.placement_costs(team, site)
    arrival = np.where(site == t.home[team], 0, first)
    year = years(problem)
    on = (year >= first[:, None]) & (year < (arrival + cost.years)[:, None])
    yearly = np.zeros((len(t), problem.horizon))
    np.add.at(yearly, team, on * (share * cost.annual)[:, None])
    yearly[np.abs(yearly) < 1e-9] = 0.0
    return [lines(problem, NAME, "placement", t.ids, t.partner, yearly)]
