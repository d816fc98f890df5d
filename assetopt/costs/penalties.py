"""Soft access standards, priced: ``penalty`` £ a year for every person short of the standard, in each group.

short[g,t] >= required[g] - sum_z weight[g,z] served[z,t], for every soft standard, group and year.
"""

from __future__ import annotations

import numpy as np

from assetopt.costs.ledger import Lines, lines
from assetopt.coverage import require_cover
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.standards import CoverTest
from assetopt.timeline import Timeline

NAME = "penalties"
TOTAL = "npv_penalties"


def _priced(problem: Problem) -> list[CoverTest]:
    if problem.scenario.rules.access is None:
        return []
    return [test for test in problem.cover_tests if test.force == "soft" and test.penalty > 0]


def price(form: Formulation) -> None:
    """Charge people short in every year."""
    p = form.problem
    for test in _priced(p):
        short = require_cover(form, NAME, test, shortfall=True)
        for t in range(p.years):
            form.program.charge(NAME, short[:, t], test.penalty * p.state_weight[t])


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines by standard and year."""
    tests = _priced(problem)
    out = np.zeros((len(tests), problem.horizon))
    for row, test in enumerate(tests):
        for t in range(problem.years):
            served = test.served(line.open_points(test.service, test.sites, t))
            short = sum(max(0.0, g.required - float(g.weight[served].sum())) for g in test.groups)
            out[row, t if t < problem.years - 1 else slice(t, None)] = test.penalty * short
    names = np.array([test.name for test in tests], dtype=object)
    return [lines(problem, NAME, "access", names, np.full(len(tests), "", dtype=object), out)]
