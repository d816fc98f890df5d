"""Wishes: ``prefer`` credits its weight (£ a year) for every site where both stand together.

both[i,t] <= sum of a's teams at i, both <= sum of b's teams at i, 2 both <= sum of all of them (so that two teams meet).
Of divisible teams the shares add up: it takes a whole team's worth of either side. ``both`` has to be asked to be whole
only where shares, or a team on both sides, would let it be a fraction.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from assetopt.costs.ledger import Lines, lines
from assetopt.formulation import Formulation
from assetopt.points import Members
from assetopt.problem import Problem
from assetopt.program import IMPLIED, INTEGER
from assetopt.timeline import Timeline

NAME = "preferences"
TOTAL = "npv_preferences"

WHOLE = 2e-6
"""Shares this close to a whole team's worth are one: the rows' own tolerance, and rounding."""


def _wishes(problem: Problem) -> pd.DataFrame:
    table = problem.estate.compatibility
    return table[(table["rule"] == "prefer") & (table["weight"] > 0)]


def price(form: Formulation) -> None:
    """Credit each site and year in which a wish may come true."""
    p, program, d = form.problem, form.program, form.problem.years
    everywhere = np.arange(len(p.facts.sites))
    for number, (_, row) in enumerate(_wishes(p).iterrows()):
        a, b = p.tagged(row["a"]), p.tagged(row["b"])
        sites = np.intersect1d(Members(form, a, everywhere).place, Members(form, b, everywhere).place)
        n = len(sites)
        fraction = bool((a & b).any() or p.facts.teams.divisible[a | b].any())
        both = program.add_columns(
            f"both:{number}",
            n * d,
            form=INTEGER if fraction else IMPLIED,
            site=np.repeat(sites, d),
            year=np.tile(np.arange(d), n),
        ).reshape(n, d)
        place = np.full(len(p.facts.sites), -1, dtype=np.int64)
        place[sites] = np.arange(n)
        for who, value in ((a, 1.0), (b, 1.0), (a | b, 2.0)):
            members = Members(form, who, place)
            for t in range(d):
                there, constant = form.located(t, n, members.by_place(0), members.by_place(1), -1.0, -1.0)
                program.add_rows(
                    NAME,
                    n,
                    upper=-constant,
                    entries=[(np.arange(n), both[:, t], value), *there],
                    site=sites,
                    year=np.full(n, t),
                )
        program.charge(NAME, both, np.broadcast_to(-float(row["weight"]) * p.state_weight, both.shape))


def amount(problem: Problem, line: Timeline) -> list[Lines]:
    """Return the ledger lines by wish and year: the weight for every site where two teams meet."""
    wishes = _wishes(problem)
    out = np.zeros((len(wishes), problem.horizon))
    sides = [[problem.tagged(word) for word in wishes[side]] for side in ("a", "b")]
    a, b = (np.array(masks, dtype=bool).reshape(len(wishes), len(problem.facts.teams)) for masks in sides)
    groups = [sparse.csr_matrix(who.astype(np.float64)) for who in (a, b, a | b)]
    weight = wishes["weight"].to_numpy(dtype=np.float64)
    for t in range(problem.years if len(wishes) else 0):
        one, other, all_of = ((who @ line.shares(t)).toarray() for who in groups)
        met = (one >= 1 - WHOLE) & (other >= 1 - WHOLE) & (all_of >= 2 - WHOLE)
        out[:, t:] = (-weight * met.sum(axis=1))[:, None]  # until the next decision year, or to the end
    names = (wishes["a"] + " with " + wishes["b"]).to_numpy(dtype=object)
    return [lines(problem, NAME, "preference", names, np.full(len(wishes), "", dtype=object), out)]
