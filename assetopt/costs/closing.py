"""Closing a team: its closing cost once, and its running cost saved from then on.

This is service closure, never an estate saving, and is totalled apart (``npv_saving_service_closure``).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, flow
from assetopt.costs.ledger import Lines, lines, years
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "closing"
TOTAL = "npv_cost"


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield every closure in its year, and what it saves from then on; the team's partner pays and saves."""
    p, t = form.problem, form.problem.facts.teams
    team, year = np.nonzero(form.close >= 0)
    column, payer = form.close[team, year], t.partner[team]
    yield flow(p, "moving", column, payer, t.closing_cost[team], year)
    yield flow(p, "running", column, payer, -t.running_cost[team], year, p.horizon)


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return one line for the closing and one a year for what it saves; the team's partner pays and saves."""
    t = problem.facts.teams
    year = years(problem)
    return [
        lines(problem, NAME, "moving", t.ids, t.partner, (year == line.closed[:, None]) * t.closing_cost[:, None]),
        lines(problem, NAME, "running", t.ids, t.partner, (year >= line.closed[:, None]) * -t.running_cost[:, None]),
    ]
