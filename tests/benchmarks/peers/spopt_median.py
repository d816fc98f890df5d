"""spopt, the location models of PySAL: p-median without capacities is the one class it shares with the published sets.

It has no fixed costs, so UFLP, CFLP and SSCFLP are not in its reach.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pulp
from spopt.locate import PMedian  # type: ignore[import-untyped]

from benchmarks.case import Limits, Location
from benchmarks.found import Found
from benchmarks.peers.cbc import bound_told, result_told


def solve_location(problem: Location, limits: Limits) -> Found:
    """Solve a p-median with spopt and the solver its manual uses, CBC of PuLP."""
    instance = problem.instance
    if instance.p is None or problem.capacitated:
        return Found("left out: spopt has no fixed costs")
    m, n = instance.cost.shape
    model = PMedian.from_cost_matrix(instance.cost.T, instance.demand, p_facilities=instance.p)
    if limits.left <= 0:
        return Found(f"not built in time ({limits.spent:.0f} s)")
    with tempfile.TemporaryDirectory() as place:
        log = Path(place) / "log"
        solver = pulp.PULP_CBC_CMD(
            msg=False,
            timeLimit=limits.left,
            threads=limits.threads,
            logPath=str(log),
            options=[f"randomCbcSeed {limits.seed}"],
        )
        try:
            model.solve(solver, results=False)
            failed = ""
        except RuntimeError as error:
            failed = str(error).split(". ")[0]
        text = log.read_text(errors="replace") if log.exists() else ""
    opened = np.array([v.value() or 0.0 for v in model.fac_vars], dtype=np.float64)
    shares = np.array([[model.cli_assgn_vars[j, i].value() or 0.0 for j in range(n)] for i in range(m)])
    bound = bound_told(text, float((instance.cost * shares).sum()))
    if failed:
        return Found(failed, bound)
    return Found(result_told(text), bound, opened, shares)
