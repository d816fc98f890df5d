"""Interventions: capital in the year they serve, lifted by optimism bias, and their change of running cost from then on."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.costs.ledger import lines, years
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "works"
TOTAL = "npv_cost"


def price(form: Formulation) -> None:
    """Charge each intervention for every year in which it may be built."""
    p = form.problem
    work, year = np.nonzero(form.build >= 0)
    change = p.facts.interventions.running_cost_change[work] * p.tail[year]
    form.program.charge(NAME, form.build[work, year], p.works_cost[work] * p.factors[year] + change)


def amount(problem: Problem, line: Timeline) -> list[pd.DataFrame]:
    """Return capital lines (paid by the named payer) and running lines (paid by the site's partner)."""
    iv = problem.facts.interventions
    built = np.flatnonzero(line.built < problem.years)
    capital = np.zeros((len(iv), problem.horizon))
    capital[built, line.built[built]] = problem.works_cost[built]
    running = (years(problem) >= line.built[:, None]) * iv.running_cost_change[:, None]
    host = problem.facts.sites.partner[iv.site]
    return [
        lines(problem, NAME, "works", iv.ids, iv.payer, capital),
        lines(problem, NAME, "running", iv.ids, host, running),
    ]
