"""Backlog maintenance, paid in its year by sites still operating after that year's changes.

A blank or past ``backlog_year`` is the base year. Outside the horizon, or with ``backlog_funded`` = no, it is not paid
but remains a liability of the sites still held at the end.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.costs.ledger import lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Bools, Floats, Ints
from assetopt.timeline import Timeline

NAME = "backlog"
TOTAL = "npv_cost"


def due(problem: Problem) -> tuple[Ints, Bools]:
    """Return (n_sites,) the year index in which backlog falls due, and whether it is paid at all."""
    s = problem.facts.sites
    year = np.where(np.isnan(s.backlog_year), 0, s.backlog_year - problem.base_year)
    year = np.maximum(year, 0).astype(np.int64)
    return year, s.backlog_funded & (year < problem.horizon) & ~s.external


def price(form: Formulation) -> None:
    """Charge it to existing sites, less those vacated by then, plus candidates opened by then."""
    p, program, s = form.problem, form.program, form.problem.facts.sites
    year, paid = due(p)
    cost = np.where(paid, s.backlog * p.factors[np.minimum(year, p.horizon)], 0.0)
    # An insecure lease that ended before its backlog fell due has been replaced by other premises.
    cost = np.where(s.existing & (p.tenure.forced <= year), 0.0, cost)
    program.charge_constant(NAME, float(cost[s.existing].sum()))
    for block, sign in ((form.vacate, -1.0), (form.open, 1.0)):
        site, t = np.nonzero(block >= 0)
        in_time = t <= year[site]
        site, t = site[in_time], t[in_time]
        program.charge(NAME, block[site, t], sign * cost[site])


def amount(problem: Problem, line: Timeline) -> list[pd.DataFrame]:
    """Return one ledger line per site that pays."""
    s = problem.facts.sites
    year, paid = due(problem)
    at = np.minimum(year, problem.horizon - 1)
    rows = np.arange(len(s))
    pays = paid & line.operating[rows, at] & (line.replaced_from > year)
    out = np.zeros((len(s), problem.horizon))
    out[rows[pays], at[pays]] = s.backlog[pays]
    return [lines(problem, NAME, "backlog", s.ids, s.partner, out)]


def liability(problem: Problem, line: Timeline) -> Floats:
    """Return (n_sites,) backlog that is neither paid nor left behind, £."""
    s = problem.facts.sites
    _, paid = due(problem)
    held = line.operating[:, problem.horizon - 1]
    return np.where(held & ~paid, s.backlog, 0.0)
