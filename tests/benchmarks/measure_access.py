"""How long the access tables take: every third team closes in the second of two years.

Run as ``python tests/benchmarks/measure_access.py PACKAGE``.
"""

from __future__ import annotations

import resource
import sys
import time
from dataclasses import replace

from assetopt.measures import (
    cumulative_table,
    equity_table,
    groups_table,
    points_table,
    views_of,
    worst_table,
    zones_table,
)
from assetopt.problem import Problem
from assetopt.read import read_estate
from assetopt.scenario import Scenario
from assetopt.timeline import as_usual


def main(package: str) -> None:
    """Print seconds and rows of each table, and the most memory used."""
    settings = {
        "appraisal": {"base_year": 2027, "decision_years": 2, "appraisal_years": 25},
        "rules": {"access": {"floor": "today"}},
    }
    problem = Problem(read_estate(package), Scenario.model_validate(settings))
    line = as_usual(problem)
    closed = line.closed.copy()
    closed[::3] = 1
    line = replace(line, closed=closed, usual=False)
    clock = time.perf_counter()
    views = views_of(problem, line)
    print(f"nearest points: {len(views)} views, {time.perf_counter() - clock:.2f} s")
    for table in (groups_table, zones_table, worst_table, cumulative_table, equity_table, points_table):
        clock = time.perf_counter()
        rows = len(table(problem, views))
        print(f"{table.__name__}: {rows:,} rows, {time.perf_counter() - clock:.2f} s")
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main(sys.argv[1])
