"""The superior interest in a building goes after the inferior ones.

For every site i with ``head_site_id`` h and every year t:  held[i,t] <= held[h,t].
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "superior_interest"


def constrain(form: Formulation) -> None:
    """Write one row per inferior interest and year, where both are ours."""
    s = form.problem.facts.sites
    site = np.flatnonzero((s.head >= 0) & ~s.external)
    site = site[~s.external[s.head[site]]]
    rows = np.arange(len(site))
    for t in range(form.problem.years):
        lower, ours = form.held(site, t, rows, 1.0)
        upper, heads = form.held(s.head[site], t, rows, -1.0)
        form.program.add_rows(
            NAME, len(site), upper=-ours - heads, entries=[*lower, *upper], site=site, year=np.full(len(site), t)
        )


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Check every year that no interest outlives the one above it."""
    s = problem.facts.sites
    site = np.flatnonzero((s.head >= 0) & ~s.external)
    site = site[~s.external[s.head[site]]]
    breach = (line.operating[site] & ~line.operating[s.head[site]])[:, : problem.years]
    return [
        Violation(
            NAME,
            str(s.ids[site[row]]),
            1.0,
            (
                f"{s.ids[site[row]]} is still held in {problem.base_year + int(breach[row].argmax())}, "
                f"after its superior interest {s.ids[s.head[site[row]]]} is gone"
            ),
        )
        for row in np.flatnonzero(breach.any(axis=1))
    ]
