"""Running a site while it is held: the part of its running cost that does not follow use, its life-cycle cost, its rates.

A site held in year u pays running_cost x (1 - variable_share) + lifecycle_cost; business rates stand in the cash ledger
only (they go to the billing authority: a transfer), and run on to a lease's exit year like its rent.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, anyway, flow
from assetopt.costs.ledger import Lines, lines, years
from assetopt.costs.rent import paid_until, until_exit
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import BILLING
from assetopt.timeline import Timeline

NAME = "running"
TOTAL = "npv_cost"


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield what existing sites pay for ever, what vacating saves and openings bring; and business rates."""
    p, s = form.problem, form.problem.facts.sites
    for head, yearly in (("running", p.fixed_running), ("lifecycle", s.lifecycle_cost)):
        yield anyway(p, s.existing, head, s.partner, yearly, 0, p.horizon)
        for block, sign in ((form.vacate, -1.0), (form.open, 1.0)):
            site, year = np.nonzero((block >= 0) & (yearly != 0)[:, None])
            yield flow(p, head, block[site, year], s.partner[site], sign * yearly[site], year, p.horizon)
    yield from until_exit(form, "rates", s.business_rates, np.full(len(s), BILLING, dtype=object))


def amount(problem: Problem, line: Timeline) -> list[Lines]:
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
