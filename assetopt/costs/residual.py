"""What is left at the end of the horizon (``residual_value``), discounted with DF(H).

A freehold still held, mothballed, or not yet sold: - max(0, net sale value). A lease still held: + its dilapidations.
An opened candidate: - ``end_value``, whatever its tenure. A transferred building is gone.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from assetopt.costs.flow import Flow, anyway, flow
from assetopt.costs.ledger import Lines, lines
from assetopt.costs.receipts import completion, sells
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import PRIVATE
from assetopt.timeline import Timeline

NAME = "residual"
TOTAL = "npv_cost"


def flows(form: Formulation) -> Iterator[Flow]:
    """Yield what freeholds are worth and leases owe when held to the end, less where they are left in time; candidates."""
    p, s = form.problem, form.problem.facts.sites
    if not p.scenario.appraisal.residual_value:
        return
    h, head = p.horizon, "end_value"
    outsider = np.full(len(s), PRIVATE, dtype=object)
    freehold, leasehold = s.existing & (s.tenure == "freehold"), s.existing & (s.tenure == "leasehold")
    worth = np.where(freehold, np.maximum(0.0, p.net_receipt), 0.0)
    owed = np.where(leasehold & (p.tenure.forced >= h), s.dilapidations, 0.0)
    yield anyway(p, freehold, head, outsider, worth, h, payee=s.partner)
    yield anyway(p, leasehold, head, s.partner, owed, h, payee=s.landlord)
    site, year = np.nonzero((form.vacate >= 0) & (worth != 0)[:, None])
    kept = (sells(p)[:, None] & (completion(p) >= h))[site, year] | (s.on_exit[site] == "mothball")
    gone = np.where(kept, 0.0, -worth[site])
    yield flow(p, head, form.vacate[site, year], outsider[site], gone, h, payee=s.partner[site])
    site, year = np.nonzero((form.vacate >= 0) & (owed != 0)[:, None])
    gone = np.where(p.tenure.exit_year[site, year] >= h, 0.0, -owed[site])
    yield flow(p, head, form.vacate[site, year], s.partner[site], gone, h, payee=s.landlord[site])
    site, year = np.nonzero(form.open >= 0)
    yield flow(p, head, form.open[site, year], outsider[site], s.end_value[site], h, payee=s.partner[site])


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the end values in year H; nobody pays cash."""
    if not problem.scenario.appraisal.residual_value:
        return []
    s, h = problem.facts.sites, problem.horizon
    worth = np.zeros((len(s), h + 1))
    owed = np.zeros((len(s), h + 1))
    for i in range(len(s)):
        left = line.vacated[i] < problem.years
        if s.candidate[i] and line.opened[i] < problem.years:
            worth[i, h] = s.end_value[i]
        elif s.existing[i] and s.tenure[i] == "freehold":
            sale_after = s.on_exit[i] == "sell" and line.vacated[i] + problem.void_years[i] >= h
            if not left or sale_after or s.on_exit[i] == "mothball":
                worth[i, h] = max(0.0, problem.net_receipt[i])
        elif s.existing[i] and s.tenure[i] == "leasehold":
            gone = (left and line.exit_year[i] < h) or line.replaced_from[i] < h
            owed[i, h] = 0.0 if gone else s.dilapidations[i]
    outsider = np.full(len(s), PRIVATE, dtype=object)
    return [
        lines(problem, NAME, "end_value", s.ids, outsider, worth, s.partner),
        lines(problem, NAME, "end_value", s.ids, s.partner, owed, s.landlord),
    ]
