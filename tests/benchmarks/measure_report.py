"""How long a report takes, how large it is and what memory it needs: ``python -m tests.benchmarks.measure_report DATA``.

The plan is business as usual with one decision year, so that nothing has to be solved first: every table of the estate is
written in full, those of changes are short. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from pathlib import Path

from assetopt.certificate import Certificate
from assetopt.problem import Problem
from assetopt.read import read_estate
from assetopt.result import Result
from assetopt.scenario import Scenario
from assetopt.timeline import business_as_usual
from assetopt.verify import judge


def memory() -> float:
    """Return the most memory that this process has held, GB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def main() -> None:
    """Print one row."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("data")
    estate = read_estate(ask.parse_args().data)
    asked = {"appraisal": {"decision_years": 1}, "rules": {"access": {"floor": "today"}}}
    problem = Problem(estate, Scenario.model_validate(asked))
    recount = judge(problem, business_as_usual(problem))
    cost = recount.verdict.objective_recomputed
    told = Certificate("feasible", cost, cost, None, None, None, "none", "", 0.0, 1, 1, "business as usual", "ended")
    before, began = memory(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Result(problem, told, recount).write(Path(folder) / "report")
        took = time.monotonic() - began
        page, whole = (path / "report.html").stat().st_size, sum(f.stat().st_size for f in path.glob("*.*"))
    print("| sites | seconds | report.html MB | all files MB | memory before GB | memory after GB |")
    print("|---:|---:|---:|---:|---:|---:|")
    print(
        f"| {len(estate.sites)} | {took:.1f} | {page / 1e6:.2f} | {whole / 1e6:.1f} | {before:.2f} | {memory():.2f} |"
    )


if __name__ == "__main__":
    main()
