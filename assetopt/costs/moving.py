"""Moving a team: its move cost and the pair's one-off cost, in the year it moves.

A team without a home pays no move cost when it is placed, only the pair's one-off cost.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, flow
from assetopt.costs.ledger import Lines, lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Floats, Ints
from assetopt.timeline import Timeline

NAME = "moving"
TOTAL = "npv_cost"


def _cost(problem: Problem, team: Ints, site: Ints) -> Floats:
    t = problem.facts.teams
    move = np.where(t.home[team] >= 0, t.move_cost[team], 0.0)
    return move + problem.placement_costs(team, site).one_off


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield every move in its year; the team's partner pays."""
    p = form.problem
    cost = _cost(p, form.pair_team, form.pair_site)
    pair, year = np.nonzero((form.move >= 0) & (cost != 0)[:, None])
    payer = p.facts.teams.partner[form.pair_team[pair]]
    yield flow(p, NAME, form.move[pair, year], payer, cost[pair], year)


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return one ledger line per move; the team's partner pays."""
    t = problem.facts.teams
    out = np.zeros((len(line.move_team), problem.horizon))
    out[np.arange(len(out)), line.move_year] = line.move_share * _cost(problem, line.move_team, line.move_site)
    return [lines(problem, NAME, "moving", t.ids[line.move_team], t.partner[line.move_team], out)]
