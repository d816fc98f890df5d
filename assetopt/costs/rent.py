"""Rent, to outsiders a cost and between public bodies a transfer, until the first lawful exit.

An existing site pays rent while it is held, and when vacated in year t until its exit year x(t) (see
problem/tenure.py). A lease without security of tenure that is not left in time ends at x and pays ``replacement_rent``
from there. A candidate pays rent from its opening on.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.costs.ledger import crossing, lines, years
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import Ints
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


def price(form: Formulation) -> None:
    """Charge the rent of staying for ever, and the difference for every year of vacating."""
    p, program, f = form.problem, form.program, form.problem.facts
    s = f.sites
    bears = crossing(p, s.partner, s.landlord)
    rent, replacement = s.rent * bears, s.replacement_rent * bears
    ends = np.minimum(p.tenure.forced, p.horizon)
    for_ever = rent * p.span(0, ends) + replacement * p.span(ends, p.horizon)
    program.charge_constant(NAME, float(for_ever[s.existing].sum()))
    site, year = np.nonzero(form.vacate >= 0)
    late = year > p.tenure.forced[site]
    left = rent[site] * p.span(0, np.where(late, ends[site], p.tenure.exit_year[site, year]))
    left += np.where(late, replacement[site] * p.span(ends[site], year), 0.0)
    program.charge(NAME, form.vacate[site, year], left - for_ever[site])
    site, year = np.nonzero(form.open >= 0)
    program.charge(NAME, form.open[site, year], rent[site] * p.tail[year])


def amount(problem: Problem, line: Timeline) -> list[pd.DataFrame]:
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
