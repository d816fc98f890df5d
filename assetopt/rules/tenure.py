"""A leasehold without security of tenure is left by the first year that starts after its end, if that is a decision year.

sum_{t <= x} vacate[i,t] = 1,  x = first financial year after ``lease_end``. When a lease may be left, and until when it
is paid for, is in :mod:`assetopt.problem.tenure`; leaving early is lawful, the rent runs on (see costs/rent.py).
"""

from __future__ import annotations

import numpy as np

from assetopt.formulation import Formulation
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.timeline import Timeline

NAME = "tenure"


def constrain(form: Formulation) -> None:
    """Write one row per site that must be left in time."""
    p = form.problem
    at = np.flatnonzero(p.tenure.forced < p.years)
    row, year = np.nonzero(form.vacate[at] >= 0)
    in_time = year <= p.tenure.forced[at][row]
    row, year = row[in_time], year[in_time]
    form.program.add_rows(
        NAME, len(at), lower=1.0, upper=1.0, entries=[(row, form.vacate[at][row, year], 1.0)], site=at
    )


def violations(problem: Problem, line: Timeline) -> list[Violation]:
    """Check that every insecure lease that ends in the decision years is left by then."""
    forced, ids = problem.tenure.forced, problem.facts.sites.ids
    return [
        Violation(
            NAME,
            str(ids[i]),
            1.0,
            (
                f"{ids[i]}: the lease ends without security of tenure, so it must be left by "
                f"{problem.base_year + forced[i]}"
            ),
        )
        for i in np.flatnonzero((forced < problem.years) & (line.vacated > forced))
    ]
