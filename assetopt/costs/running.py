"""Running a site while it is held: the part of its running cost that does not follow use, its life-cycle cost, its rates.

A site held in year u pays running_cost x (1 - variable_share) + lifecycle_cost; business rates stand in the cash ledger
only (they go to the billing authority: a transfer), and run on to a lease's exit year like its rent.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.costs.ledger import lines, years
from assetopt.costs.rent import paid_until
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import BILLING
from assetopt.timeline import Timeline

NAME = "running"
TOTAL = "npv_cost"


def price(form: Formulation) -> None:
    """Charge the whole horizon for existing sites, less what vacating saves; and openings from their year on."""
    p, program, f = form.problem, form.program, form.problem.facts
    yearly = p.fixed_running + f.sites.lifecycle_cost
    program.charge_constant(NAME, float(yearly[f.sites.existing].sum() * p.tail[0]))
    for block, sign in ((form.vacate, -1.0), (form.open, 1.0)):
        site, year = np.nonzero(block >= 0)
        program.charge(NAME, block[site, year], sign * yearly[site] * p.tail[year])


def amount(problem: Problem, line: Timeline) -> list[pd.DataFrame]:
    """Return the ledger lines: running, lifecycle and rates by site and year."""
    s = problem.facts.sites
    on = line.operating.astype(float)
    billing = np.full(len(s), BILLING, dtype=object)
    year = years(problem)
    start = np.where(s.existing, 0, line.opened)
    liable = (year >= start[:, None]) & (year < paid_until(problem, line)[:, None])
    return [
        lines(problem, NAME, "running", s.ids, s.partner, on * problem.fixed_running[:, None]),
        lines(problem, NAME, "lifecycle", s.ids, s.partner, on * s.lifecycle_cost[:, None]),
        lines(problem, NAME, "rates", s.ids, s.partner, liable * s.business_rates[:, None], billing),
    ]
