"""Backlog maintenance, paid in its year by sites still operating after that year's changes.

A blank or past ``backlog_year`` is the base year. Outside the horizon, or with ``backlog_funded`` = no, it is not paid
but remains a liability of the sites still held at the end. With ``appraisal.backlog = "statutory"`` (do minimum) a plan
pays ``statutory_backlog`` of what is not funded; business as usual does not.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, anyway, flow
from assetopt.costs.ledger import Lines, lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Floats, Ints
from assetopt.timeline import Timeline

NAME = "backlog"
TOTAL = "npv_cost"


def due(problem: Problem, usual: bool = False) -> tuple[Ints, Floats]:
    """Return (n_sites,) the year index in which backlog falls due, and what is paid of it (£), ``usual``: as today."""
    s = problem.facts.sites
    year = np.where(np.isnan(s.backlog_year), 0, s.backlog_year - problem.base_year)
    year = np.maximum(year, 0).astype(np.int64)
    asked = s.statutory_backlog if problem.scenario.appraisal.backlog == "statutory" and not usual else 0.0
    cost = np.where(s.backlog_funded, s.backlog, asked)
    return year, np.where((year < problem.horizon) & ~s.external, cost, 0.0)


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield it for existing sites, take it back for those vacated by then, and add candidates opened by then."""
    p, s = form.problem, form.problem.facts.sites
    year, paid = due(p)
    # An insecure lease that ended before its backlog fell due has been replaced by other premises.
    cost = np.where(s.existing & (p.tenure.forced <= year), 0.0, paid)
    yield anyway(p, s.existing, NAME, s.partner, cost, year)
    for block, sign in ((form.vacate, -1.0), (form.open, 1.0)):
        site, t = np.nonzero((block >= 0) & (cost != 0)[:, None] & (np.arange(p.years) <= year[:, None]))
        yield flow(p, NAME, block[site, t], s.partner[site], sign * cost[site], year[site])


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return one ledger line per site that pays."""
    s = problem.facts.sites
    year, paid = due(problem, line.usual)
    at = np.minimum(year, problem.horizon - 1)
    rows = np.arange(len(s))
    pays = (paid > 0) & line.operating[rows, at] & (line.replaced_from > year)
    out = np.zeros((len(s), problem.horizon))
    out[rows[pays], at[pays]] = paid[pays]
    return [lines(problem, NAME, "backlog", s.ids, s.partner, out)]


def liability(problem: Problem, line: Timeline) -> Floats:
    """Return (n_sites,) backlog that is neither paid nor left behind, £."""
    s = problem.facts.sites
    _, paid = due(problem, line.usual)
    held = line.operating[:, problem.horizon - 1]
    return np.where(held, np.maximum(s.backlog - paid, 0.0), 0.0)
