"""Income from lettings that is lost on leaving: credited while a site is held, nothing when its payer is a public body."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, anyway, flow
from assetopt.costs.ledger import Lines, lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "income"
TOTAL = "npv_cost"


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield income of existing sites for ever, what vacating loses, and that of openings from their year on."""
    p, s = form.problem, form.problem.facts.sites
    yield anyway(p, s.existing, NAME, s.income_payer, s.income, 0, p.horizon, s.partner)
    for block, sign in ((form.vacate, -1.0), (form.open, 1.0)):
        site, year = np.nonzero((block >= 0) & (s.income != 0)[:, None])
        payer, payee = s.income_payer[site], s.partner[site]
        yield flow(p, NAME, block[site, year], payer, sign * s.income[site], year, p.horizon, payee)


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines by site and year; the payer is the tenant or client, the payee the site's partner."""
    s = problem.facts.sites
    return [lines(problem, NAME, "income", s.ids, s.income_payer, line.operating * s.income[:, None], s.partner)]
