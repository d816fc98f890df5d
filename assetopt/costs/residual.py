"""What is left at the end of the horizon (``residual_value``), discounted with DF(H).

A freehold still held, mothballed, or not yet sold: - max(0, net sale value). A lease still held: + its dilapidations.
An opened candidate: - ``end_value``, whatever its tenure. A transferred building is gone.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from assetopt.costs.ledger import crossing, lines
from assetopt.costs.receipts import completion, sells
from assetopt.formulation import Formulation
from assetopt.problem import Problem
from assetopt.problem.facts import PRIVATE
from assetopt.timeline import Timeline

NAME = "residual"
TOTAL = "npv_cost"


def price(form: Formulation) -> None:
    """Credit freeholds and charge leases that are held to the end, and take both back where they are left in time."""
    p, program, s = form.problem, form.program, form.problem.facts.sites
    if not p.scenario.appraisal.residual_value:
        return
    outsider = np.full(len(s), PRIVATE, dtype=object)
    freehold, leasehold = s.existing & (s.tenure == "freehold"), s.existing & (s.tenure == "leasehold")
    worth = p.end_factor * np.maximum(0.0, p.net_receipt) * crossing(p, outsider, s.partner)
    owed = p.end_factor * s.dilapidations * crossing(p, s.partner, s.landlord)
    stays = np.where(freehold, worth, np.where(leasehold & (p.tenure.forced >= p.horizon), owed, 0.0))
    program.charge_constant(NAME, float(stays.sum()))
    site, year = np.nonzero(form.vacate >= 0)
    unsold = (sells(p)[:, None] & (completion(p) >= p.horizon))[site, year] | (s.on_exit[site] == "mothball")
    stuck = p.tenure.exit_year[site, year] >= p.horizon
    kept = np.where(freehold[site], unsold, leasehold[site] & stuck)
    program.charge(NAME, form.vacate[site, year], np.where(kept, 0.0, -stays[site]))
    site, year = np.nonzero(form.open >= 0)
    gain = p.end_factor * s.end_value * crossing(p, outsider, s.partner)
    program.charge(NAME, form.open[site, year], gain[site])


def amount(problem: Problem, line: Timeline) -> list[pd.DataFrame]:
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
