"""Rent, to outsiders a cost and between public bodies a transfer, until the first lawful exit.

An existing site pays rent while it is held, and when vacated in year t until its exit year x(t) (see
problem/tenure.py). A lease without security of tenure that is not left in time ends at x and pays ``replacement_rent``
from there. A candidate pays rent from its opening on.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, anyway, flow
from assetopt.costs.ledger import Lines, lines, years
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Floats, Ints, Texts
from assetopt.timeline import Timeline

NAME = "rent"
TOTAL = "npv_cost"


def paid_until(problem: Problem, line: Timeline) -> Ints:
    """Return (n_sites,) the first year index without rent and rates, H where they run through."""
    s, h = problem.facts.sites, problem.horizon
    stop = np.where(line.vacated < problem.years, line.exit_year, h)
    stop = np.where(line.replaced_from < h, line.replaced_from, stop)
    stop = np.where(s.candidate | s.existing, stop, 0)
    return np.minimum(stop, h).astype(np.int64)


def until_exit(form: Formulation, head: str, yearly: Floats, payee: Texts) -> Iterator[Flow]:
    """Yield what is paid like rent: by existing sites to their exit year or forced end, by candidates once opened."""
    p, s = form.problem, form.problem.facts.sites
    ends = np.minimum(p.tenure.forced, p.horizon)
    yield anyway(p, s.existing, head, s.partner, yearly, 0, ends, payee)
    site, year = np.nonzero((form.vacate >= 0) & (yearly != 0)[:, None])
    stop = np.where(year > p.tenure.forced[site], ends[site], np.minimum(p.tenure.exit_year[site, year], p.horizon))
    # An exit before the end saves the years between; one after it pays them too.
    sign = np.where(stop < ends[site], -1.0, 1.0)
    first, last = np.minimum(stop, ends[site]), np.maximum(stop, ends[site])
    yield flow(p, head, form.vacate[site, year], s.partner[site], sign * yearly[site], first, last, payee[site])
    site, year = np.nonzero((form.open >= 0) & (yearly != 0)[:, None])
    yield flow(p, head, form.open[site, year], s.partner[site], yearly[site], year, p.horizon, payee[site])


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield the rent of staying for ever and what vacating changes, then the replacement of leases that ended."""
    p, s = form.problem, form.problem.facts.sites
    yield from until_exit(form, NAME, s.rent, s.landlord)
    forced, h = p.tenure.forced, p.horizon
    yield anyway(p, s.existing, NAME, s.partner, s.replacement_rent, forced, h, s.landlord)
    site, year = np.nonzero((form.vacate >= 0) & (s.replacement_rent != 0)[:, None])
    first = np.maximum(year, forced[site])
    yield flow(p, NAME, form.vacate[site, year], s.partner[site], -s.replacement_rent[site], first, h, s.landlord[site])


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines of rent and replacement rent by site and year."""
    s = problem.facts.sites
    year = years(problem)
    start = np.where(s.existing, 0, line.opened)[:, None]
    paid = (year >= start) & (year < paid_until(problem, line)[:, None])
    again = (year >= line.replaced_from[:, None]) & line.operating
    return [
        lines(problem, NAME, "rent", s.ids, s.partner, paid * s.rent[:, None], s.landlord),
        lines(problem, NAME, "rent", s.ids, s.partner, again * s.replacement_rent[:, None], s.landlord),
    ]
