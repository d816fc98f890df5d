"""The part of running cost that follows use: each team brings its share along, or pays the price per unit where given.

v[s,i] = sum_k need[s,k] x variable_cost[i,k] where given; otherwise the share the team has of its home's
variable_share x running_cost (spread over today's use). A team at i in year u pays v[s,i]; a closed team pays nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, anyway, flow
from assetopt.costs.ledger import Lines, lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "variable"
TOTAL = "npv_cost"


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield every team at home for ever, what leaving saves and what arriving costs; the site's partner pays."""
    p, f = form.problem, form.problem.facts
    housed = f.teams.home >= 0
    host = f.sites.partner[np.maximum(f.teams.home, 0)]
    at_home = np.zeros(len(f.teams))
    at_home[housed] = p.variable_cost_of(np.flatnonzero(housed), f.teams.home[housed])
    yield anyway(p, housed, NAME, host, at_home, 0, p.horizon)
    for block in (form.out, form.close):
        team, year = np.nonzero((block >= 0) & (at_home != 0)[:, None])
        yield flow(p, NAME, block[team, year], host[team], -at_home[team], year, p.horizon)
    there = p.variable_cost_of(form.pair_team, form.pair_site)
    pair, year = np.nonzero((form.move >= 0) & (there != 0)[:, None])
    payer = f.sites.partner[form.pair_site[pair]]
    yield flow(p, NAME, form.move[pair, year], payer, there[pair], year, p.horizon)


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines by site and year, summed over the teams that are there."""
    s = problem.facts.sites
    team, site, first, share = line.changes
    yearly = share * problem.variable_cost_of(team, site)
    change = np.zeros((len(s), problem.horizon))
    np.add.at(change, (site, first), yearly)
    use = np.cumsum(change, axis=1)
    use[np.abs(use) < 1e-9] = 0.0
    return [lines(problem, NAME, "variable", s.ids, s.partner, use)]
