"""Charges that leaving does not save: paid until their end date whether the site is held or not.

``fixed_cost`` runs until ``fixed_cost_until`` (pfi: ``lease_end``). Without an end, a freehold pays it through the
horizon, a leasehold or licence until its exit year. A candidate pays it only once opened.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, anyway, flow
from assetopt.costs.ledger import Lines, lines, years
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Ints
from assetopt.problem.tenure import NEVER
from assetopt.timeline import Timeline

NAME = "fixed"
TOTAL = "npv_cost"


def _stop(problem: Problem, exit_year: Ints) -> Ints:
    """Return the year the charge stops for sites with the given exit years (NEVER while held), shape of ``exit_year``."""
    s, end = problem.facts.sites, problem.tenure.charges_end
    ends_with_lease = s.existing & np.isin(s.tenure, ["leasehold", "licence"])
    while_held = end if exit_year.ndim == 1 else end[:, None]
    leaves = ends_with_lease if exit_year.ndim == 1 else ends_with_lease[:, None]
    stop = np.where((while_held == NEVER) & leaves, exit_year, while_held)
    return np.minimum(stop, problem.horizon).astype(np.int64)


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield what staying pays, what an exit before the end saves, and the charges of openings."""
    p, s = form.problem, form.problem.facts.sites
    held = _stop(p, np.full(len(s), NEVER))
    yield anyway(p, s.existing, "running", s.partner, s.fixed_cost, 0, held)
    left = _stop(p, p.tenure.exit_year)
    site, year = np.nonzero((form.vacate >= 0) & (s.fixed_cost != 0)[:, None])
    first, last = left[site, year], held[site]
    yield flow(p, "running", form.vacate[site, year], s.partner[site], -s.fixed_cost[site], first, last)
    site, year = np.nonzero((form.open >= 0) & (s.fixed_cost != 0)[:, None])
    yield flow(p, "running", form.open[site, year], s.partner[site], s.fixed_cost[site], year, held[site])


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines by site and year."""
    s = problem.facts.sites
    start = np.where(s.existing, 0, np.where(s.candidate, line.opened, NEVER))[:, None]
    paid = (years(problem) >= start) & (years(problem) < _stop(problem, line.exit_year)[:, None])
    return [lines(problem, NAME, "running", s.ids, s.partner, paid * s.fixed_cost[:, None])]
