"""Handing a leasehold back: dilapidations in its exit year, and the break penalty when the exit is a break.

A lease without security of tenure that is not left in time hands back in the year it ends. Both are paid to the
landlord, so between public bodies they are transfers. A lease without a lawful exit in the horizon pays at the end
(costs/residual.py).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.costs.ledger import crossing, lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "dilapidations"
TOTAL = "npv_cost"


def price(form: Formulation) -> None:
    """Charge every exit in its exit year, against what an insecure lease pays anyway."""
    p, program, s = form.problem, form.program, form.problem.facts.sites
    bears = crossing(p, s.partner, s.landlord)
    leasehold = s.existing & (s.tenure == "leasehold")
    forced = np.minimum(p.tenure.forced, p.horizon)
    anyway = np.where(leasehold & (forced < p.horizon), bears * s.dilapidations * p.factors[forced], 0.0)
    program.charge_constant(NAME, float(anyway.sum()))
    site, year = np.nonzero((form.vacate >= 0) & leasehold[:, None])
    exit_year = np.where(year > p.tenure.forced[site], p.tenure.forced[site], p.tenure.exit_year[site, year])
    by_break = p.tenure.exit_by_break[site, year] & (year <= p.tenure.forced[site])
    inside = exit_year < p.horizon
    due = bears[site] * (s.dilapidations[site] + np.where(by_break, s.break_penalty[site], 0.0))
    cost = np.where(inside, due * p.factors[np.minimum(exit_year, p.horizon)], 0.0)
    program.charge(NAME, form.vacate[site, year], cost - anyway[site])


def amount(problem: Problem, line: Timeline) -> list[pd.DataFrame]:
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
