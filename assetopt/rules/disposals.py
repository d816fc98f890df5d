"""Not too many sales in one market at once: for every market_area and year u of the horizon

sum of vacate[i,t] over freeholds i of the area whose sale completes in u <= max_per_year_per_area.

A sale that completes behind the horizon, and a site without ``market_area``, is not counted.
"""

from __future__ import annotations

import numpy as np

from assetopt.costs.receipts import completion, sells
from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "disposals"


def constrain(form: Formulation) -> None:
    """Write one row per area and year in which more sales could complete than may."""
    p, cap = form.problem, form.problem.scenario.disposals.max_per_year_per_area
    if cap is None:
        return
    when = completion(p)
    counted = (sells(p) & (p.market.of >= 0))[:, None] & (when < p.horizon)
    site, year = np.nonzero((form.vacate >= 0) & counted)
    key, row = np.unique(p.market.of[site] * p.horizon + when[site, year], return_inverse=True)
    names = [f"{p.market.names[k // p.horizon]} {p.base_year + k % p.horizon}" for k in key.tolist()]
    form.program.add_rows(
        NAME, len(key), upper=float(cap), entries=[(row, form.vacate[site, year], 1.0)], subjects=names
    )


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Count the sales of every area and year."""
    cap, s, out = problem.scenario.disposals.max_per_year_per_area, problem.facts.sites, []
    if cap is None:
        return []
    sold = (line.vacated < problem.years) & s.existing & (s.tenure == "freehold") & (s.on_exit == "sell")
    for area in sorted(set(s.market_area[sold]) - {""}):
        mine = sold & (s.market_area == area)
        done = line.vacated[mine] + problem.void_years[mine]
        for year in np.unique(done[done < problem.horizon]):
            count = int((done == year).sum())
            if count > cap:
                said = f"{count} sales complete in {area} in {problem.base_year + year}, at most {cap} may"
                out.append(Violation(NAME, f"{area} {problem.base_year + year}", float(count - cap), said))
    return out
