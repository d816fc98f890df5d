"""Rent from a subtenant: a leasehold vacated in t brings ``sublet_income`` a year from t + ceil(months_to_sale / 12)
(the months it stands empty, with its holding cost) until its lawful exit, or to the end of the horizon without one.

A subtenant outside the partners pays the site's partner; the head rent runs on beside it (costs/rent.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, flow
from assetopt.costs.ledger import Lines, lines, years
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import PRIVATE, Bools
from assetopt.timeline import Timeline

NAME = "subletting"
TOTAL = "npv_cost"


def lets(problem: Problem) -> Bools:
    """Return (n_sites,) which sites are let to a subtenant once vacated."""
    s = problem.facts.sites
    return np.asarray(s.existing & (s.tenure == "leasehold") & (s.sublet_income > 0), dtype=bool)


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield the subtenant's rent of every vacating, up to the exit year that goes with it."""
    p, s = form.problem, form.problem.facts.sites
    site, year = np.nonzero((form.vacate >= 0) & lets(p)[:, None])
    # An insecure lease that runs out after its tenant has left ends by itself.
    last = np.minimum(p.tenure.exit_year[site, year], p.tenure.forced[site])
    tenant = np.full(len(site), PRIVATE, dtype=object)
    yield flow(
        p, "income", form.vacate[site, year], tenant, s.sublet_income[site], year + p.void_years[site], last,
        s.partner[site],
    )  # fmt: skip


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines by site and year: the subtenant pays the partner."""
    s, year = problem.facts.sites, years(problem)
    until = np.minimum(line.exit_year, problem.tenure.forced)[:, None]
    let = lets(problem)[:, None] & (year >= (line.vacated + problem.void_years)[:, None]) & (year < until)
    tenant = np.full(len(s), PRIVATE, dtype=object)
    return [lines(problem, NAME, "income", s.ids, tenant, let * s.sublet_income[:, None], s.partner)]
