"""Keeping an empty building safe: ``holding_cost`` a year for ceil(months_to_sale / 12) whole years from vacating.

A licence ends when it is vacated and costs nothing after; a mothballed building is held to the end of the horizon.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, flow
from assetopt.costs.ledger import Lines, lines, years
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


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield the void years of every vacating."""
    p, s = form.problem, form.problem.facts.sites
    site, year = np.nonzero((form.vacate >= 0) & (s.holding_cost != 0)[:, None])
    last = year + void_years(p)[site]
    yield flow(p, NAME, form.vacate[site, year], s.partner[site], s.holding_cost[site], year, last)


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines by site and year."""
    s, year = problem.facts.sites, years(problem)
    empty = (year >= line.vacated[:, None]) & (year < (line.vacated + void_years(problem))[:, None])
    return [lines(problem, NAME, "holding", s.ids, s.partner, empty * s.holding_cost[:, None])]
