"""Income from lettings that is lost on leaving: credited while a site is held, nothing when its payer is a public body."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.costs.ledger import crossing, lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "income"
TOTAL = "npv_cost"


def price(form: Formulation) -> None:
    """Credit income of existing sites for ever, less what vacating loses; and of openings from their year on."""
    p, program, s = form.problem, form.program, form.problem.facts.sites
    yearly = s.income * crossing(p, s.income_payer, s.partner)
    program.charge_constant(NAME, float(yearly[s.existing].sum() * p.tail[0]))
    for block, sign in ((form.vacate, -1.0), (form.open, 1.0)):
        site, year = np.nonzero(block >= 0)
        program.charge(NAME, block[site, year], sign * yearly[site] * p.tail[year])


def amount(problem: Problem, line: Timeline) -> list[pd.DataFrame]:
    """Return the ledger lines by site and year; the payer is the tenant or client, the payee the site's partner."""
    s = problem.facts.sites
    return [lines(problem, NAME, "income", s.ids, s.income_payer, line.operating * s.income[:, None], s.partner)]
