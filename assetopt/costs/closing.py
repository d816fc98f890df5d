"""Closing a team: its closing cost once, and its running cost saved from then on.

This is service closure, never an estate saving, and is totalled apart (``npv_saving_service_closure``).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.costs.ledger import lines, years
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "closing"
TOTAL = "npv_cost"


def price(form: Formulation) -> None:
    """Charge every closure in its year, less what it saves afterwards."""
    p, t = form.problem, form.problem.facts.teams
    team, year = np.nonzero(form.close >= 0)
    cost = t.closing_cost[team] * p.factors[year] - t.running_cost[team] * p.tail[year]
    form.program.charge(NAME, form.close[team, year], cost)


def amount(problem: Problem, line: Timeline) -> list[pd.DataFrame]:
    """Return one line for the closing and one a year for what it saves; the team's partner pays and saves."""
    t = problem.facts.teams
    year = years(problem)
    return [
        lines(problem, NAME, "moving", t.ids, t.partner, (year == line.closed[:, None]) * t.closing_cost[:, None]),
        lines(problem, NAME, "running", t.ids, t.partner, (year >= line.closed[:, None]) * -t.running_cost[:, None]),
    ]
