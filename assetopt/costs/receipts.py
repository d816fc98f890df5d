"""Capital receipts: a freehold vacated in year t completes its sale in t + ceil(months_to_sale / 12).

It brings market_value x (1 - sale_cost_share) - disposal_deductions from a private buyer. A sale that would complete
after the horizon is treated as still held (see costs/residual.py). A transfer, a hand-back or a mothballed building
brings nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, flow
from assetopt.costs.ledger import Lines, lines
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import PRIVATE, Bools, Floats, Ints
from assetopt.timeline import Timeline

NAME = "receipts"
TOTAL = "npv_cost"


def sells(problem: Problem) -> Bools:
    """Return (n_sites,) which sites are sold when vacated."""
    s = problem.facts.sites
    return np.asarray(s.existing & (s.tenure == "freehold") & (s.on_exit == "sell"), dtype=bool)


def completion(problem: Problem) -> Ints:
    """Return (n_sites, D) the year index in which a sale completes, by the year of vacating; may lie behind the horizon."""
    return np.arange(problem.years)[None, :] + problem.void_years[:, None]


def receipt_by_year(problem: Problem, market_value: Floats | None = None) -> Floats:
    """Return (n_sites, D) net receipts (£, undiscounted) by the year of vacating, 0 where none completes in the horizon."""
    s = problem.facts.sites
    net = (
        problem.net_receipt if market_value is None else market_value * (1 - s.sale_cost_share) - s.disposal_deductions
    )
    inside = sells(problem)[:, None] & (completion(problem) < problem.horizon)
    return np.where(inside, net[:, None], 0.0)


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield every sale in the year it completes: a private buyer pays the site's partner."""
    p, s = form.problem, form.problem.facts.sites
    amount = receipt_by_year(p)
    site, year = np.nonzero((form.vacate >= 0) & (amount != 0))
    when, buyer = completion(p)[site, year], np.full(len(site), PRIVATE, dtype=object)
    yield flow(p, "receipt", form.vacate[site, year], buyer, amount[site, year], when, payee=s.partner[site])


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return one ledger line per completed sale: a private buyer pays the site's partner."""
    s = problem.facts.sites
    out = np.zeros((len(s), problem.horizon))
    sold = np.flatnonzero((line.vacated < problem.years) & sells(problem))
    done = line.vacated[sold] + problem.void_years[sold]
    sold, done = sold[done < problem.horizon], done[done < problem.horizon]
    out[sold, done] = problem.net_receipt[sold]
    return [lines(problem, NAME, "receipt", s.ids, np.full(len(s), PRIVATE, dtype=object), out, s.partner)]
