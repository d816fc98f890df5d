"""Interventions: capital in the year they serve, lifted by optimism bias, and their change of running cost from then on."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, flow
from assetopt.costs.ledger import Lines, lines, years
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "works"
TOTAL = "npv_cost"


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield the capital of each intervention in its year, and its change of running cost from then on."""
    p, iv = form.problem, form.problem.facts.interventions
    work, year = np.nonzero(form.build >= 0)
    column, host = form.build[work, year], p.facts.sites.partner[iv.site[work]]
    yield flow(p, NAME, column, iv.payer[work], p.works_cost[work], year)
    yield flow(p, "running", column, host, iv.running_cost_change[work], year, p.horizon)


def amount(problem: Problem, line: Timeline) -> list[Lines]:
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
