"""Opening a candidate site: its opening cost, lifted by optimism bias, in the year it opens."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, flow
from assetopt.costs.ledger import Lines, lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "opening"
TOTAL = "npv_cost"


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield each opening in its year."""
    p, s = form.problem, form.problem.facts.sites
    site, year = np.nonzero(form.open >= 0)
    yield flow(p, NAME, form.open[site, year], s.partner[site], p.opening_cost[site], year)


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return one ledger line per opened candidate."""
    s = problem.facts.sites
    out = np.zeros((len(s), problem.horizon))
    opened = np.flatnonzero(line.opened < problem.years)
    out[opened, line.opened[opened]] = problem.opening_cost[opened]
    return [lines(problem, NAME, "opening", s.ids, s.partner, out)]
