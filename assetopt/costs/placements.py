"""What a team pays each year for being at a site (table ``placements``), for ``annual_cost_years`` from its arrival.

At home the home pair's annual cost runs from year 0, until the team leaves.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, anyway, flow
from assetopt.costs.ledger import Lines, lines, years
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "placements"
TOTAL = "npv_cost"


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield homes for ever, what leaving them saves, and every move from its year on; the team's partner pays."""
    p, t = form.problem, form.problem.facts.teams
    housed = np.flatnonzero(t.home >= 0)
    home = p.placement_costs(housed, t.home[housed])
    yearly, until = np.zeros(len(t)), np.zeros(len(t), dtype=np.int64)
    yearly[housed], until[housed] = home.annual, home.years
    yield anyway(p, t.home >= 0, "placement", t.partner, yearly, 0, until)
    for block in (form.out, form.close):
        team, year = np.nonzero((block >= 0) & (yearly != 0)[:, None])
        yield flow(p, "placement", block[team, year], t.partner[team], -yearly[team], year, until[team])
    there = p.placement_costs(form.pair_team, form.pair_site)
    pair, year = np.nonzero((form.move >= 0) & (there.annual != 0)[:, None])
    payer, last = t.partner[form.pair_team[pair]], year + there.years[pair]
    yield flow(p, "placement", form.move[pair, year], payer, there.annual[pair], year, last)


def amount(problem: Problem, line: Timeline) -> list[Lines]:
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
