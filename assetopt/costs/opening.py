"""Opening a candidate site: its opening cost, lifted by optimism bias, in the year it opens."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.costs.ledger import lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "opening"
TOTAL = "npv_cost"


def price(form: Formulation) -> None:
    """Charge each opening in its year."""
    site, year = np.nonzero(form.open >= 0)
    p = form.problem
    form.program.charge(NAME, form.open[site, year], p.opening_cost[site] * p.factors[year])


def amount(problem: Problem, line: Timeline) -> list[pd.DataFrame]:
    """Return one ledger line per opened candidate."""
    s = problem.facts.sites
    out = np.zeros((len(s), problem.horizon))
    opened = np.flatnonzero(line.opened < problem.years)
    out[opened, line.opened[opened]] = problem.opening_cost[opened]
    return [lines(problem, NAME, "opening", s.ids, s.partner, out)]
