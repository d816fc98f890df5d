"""Handing a leasehold back: dilapidations in its exit year, and the break penalty when the exit is a break.

A lease without security of tenure that is not left in time hands back in the year it ends. Both are paid to the
landlord, so between public bodies they are transfers. A lease without a lawful exit in the horizon pays at the end
(costs/residual.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, anyway, flow
from assetopt.costs.ledger import Lines, lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "dilapidations"
TOTAL = "npv_cost"


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield what an insecure lease pays anyway, and what an exit in another year, or by a break, changes."""
    p, s = form.problem, form.problem.facts.sites
    leasehold = s.existing & (s.tenure == "leasehold")
    forced = p.tenure.forced
    yield anyway(p, leasehold, NAME, s.partner, s.dilapidations, forced, payee=s.landlord)
    site, year = np.nonzero((form.vacate >= 0) & leasehold[:, None])
    column, payer, payee = form.vacate[site, year], s.partner[site], s.landlord[site]
    late = year > forced[site]
    exit_year = np.where(late, forced[site], p.tenure.exit_year[site, year])
    other = np.where(exit_year != forced[site], s.dilapidations[site], 0.0)
    yield flow(p, NAME, column, payer, -other, forced[site], payee=payee)
    yield flow(p, NAME, column, payer, other, exit_year, payee=payee)
    penalty = np.where(p.tenure.exit_by_break[site, year] & ~late, s.break_penalty[site], 0.0)
    yield flow(p, "penalty", column, payer, penalty, exit_year, payee=payee)


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines of dilapidations and break penalties, tenant to landlord."""
    s = problem.facts.sites
    leasehold = s.existing & (s.tenure == "leasehold")
    handed_back = np.zeros((len(s), problem.horizon))
    penalty = np.zeros((len(s), problem.horizon))
    for i in np.flatnonzero(leasehold):
        replaced, left = line.replaced_from[i], line.vacated[i] < problem.years
        when = replaced if replaced < problem.horizon else line.exit_year[i] if left else problem.horizon
        if when < problem.horizon:
            handed_back[i, when] = s.dilapidations[i]
            if left and replaced >= problem.horizon and problem.tenure.exit_by_break[i, line.vacated[i]]:
                penalty[i, when] = s.break_penalty[i]
    return [
        lines(problem, NAME, "dilapidations", s.ids, s.partner, handed_back, s.landlord),
        lines(problem, NAME, "penalty", s.ids, s.partner, penalty, s.landlord),
    ]
