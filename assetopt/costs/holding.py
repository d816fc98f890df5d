"""Keeping an empty building safe: ``holding_cost`` a year for ceil(months_to_sale / 12) whole years from vacating.

A licence ends when it is vacated and costs nothing after; a mothballed building is held to the end of the horizon.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.costs.ledger import lines, years
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Ints
from assetopt.timeline import Timeline

NAME = "holding"
TOTAL = "npv_cost"


def void_years(problem: Problem) -> Ints:
    """Return (n_sites,) whole years for which a vacated site is held empty."""
    s = problem.facts.sites
    n = np.where(s.on_exit == "mothball", problem.horizon, problem.void_years)
    return np.where(s.existing & (s.tenure != "licence"), n, 0).astype(np.int64)


def price(form: Formulation) -> None:
    """Charge the void years of every vacating."""
    p = form.problem
    site, year = np.nonzero(form.vacate >= 0)
    cost = p.facts.sites.holding_cost[site] * p.span(year, year + void_years(p)[site])
    form.program.charge(NAME, form.vacate[site, year], cost)


def amount(problem: Problem, line: Timeline) -> list[pd.DataFrame]:
    """Return the ledger lines by site and year."""
    s, year = problem.facts.sites, years(problem)
    empty = (year >= line.vacated[:, None]) & (year < (line.vacated + void_years(problem))[:, None])
    return [lines(problem, NAME, "holding", s.ids, s.partner, empty * s.holding_cost[:, None])]
