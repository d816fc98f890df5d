"""Prints the table of docs/benchmarks.md: reading, formulating and solving real and large estates.

    python tests/benchmarks/estates.py [--time-limit 120]

Needs the folder named by ASSETOPT_SHARED (default ../shared) for Kent. Each line runs in a process of its own, so that
peak memory is that line's alone. "HiGHS alone" is the peer: the same matrix, rows and start plan, one call.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("ASSETOPT_SHARED", ROOT / ".." / "shared"))


def kent(years: int, seconds: float) -> dict[str, object]:
    from assetopt.optimise import formulate, optimise
    from assetopt.problem import Problem
    from assetopt.read import read_estate
    from assetopt.scenario import Scenario

    began = time.monotonic()
    estate = read_estate(SHARED / "realdata" / "kent")
    read = time.monotonic() - began
    scenario = Scenario.model_validate(
        {
            "appraisal": {"base_year": 2026, "decision_years": years},
            "rules": {"access": {}},
            "solver": {"time_limit": seconds},
        }
    )
    start = time.monotonic()
    form = formulate(Problem(estate, scenario))
    shape = form.program.matrix.shape
    made = time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = optimise(Problem(estate, scenario))
    found = result.certificate
    return {"read": read, "formulate": made, "memory": memory, "shape": shape} | {
        key: getattr(found, key)
        for key in ("objective", "objective_today", "bound", "gap", "saving_gap", "seconds", "status")
    }


def alone(years: int, seconds: float) -> dict[str, object]:
    from assetopt.engines.completion import complete
    from assetopt.engines.highs_run import run_highs
    from assetopt.engines.outcome import Task
    from assetopt.optimise import formulate
    from assetopt.problem import Problem
    from assetopt.read import read_estate
    from assetopt.scenario import Scenario
    from assetopt.verify import judge_today

    estate = read_estate(SHARED / "realdata" / "kent")
    settings = {"appraisal": {"base_year": 2026, "decision_years": years}, "rules": {"access": {}}}
    problem = Problem(estate, Scenario.model_validate(settings))
    form = formulate(problem)
    matrix, today = form.program.matrix, judge_today(problem)
    assert today is not None
    assert today.line is not None
    values = form.encode(today.line)
    assert values is not None
    plan = complete(matrix, values, form.decision_mask(), Task())
    began = time.monotonic()
    answer = run_highs(matrix, seconds=seconds, threads=2, start=plan)
    now = today.verdict.objective_recomputed or 0.0
    return {
        "shape": matrix.shape,
        "objective": answer.objective,
        "objective_today": now,
        "bound": answer.bound,
        "seconds": time.monotonic() - began,
    }


def million() -> dict[str, object]:
    """Formulate about a million columns: 2,000 sites, 5,000 teams, five years; seeded."""
    from assetopt.estate import Estate
    from assetopt.optimise import formulate
    from assetopt.problem import Problem
    from assetopt.scenario import Scenario

    random = np.random.default_rng(7)
    sites, teams = 2_000, 5_000
    names = [f"s{i}" for i in range(sites)]
    people = [f"t{i}" for i in range(teams)]
    began = time.monotonic()
    estate = Estate.from_frames(
        partners=pd.DataFrame({"partner_id": ["p"], "name": ["P"], "sector": ["council"]}),
        sites=pd.DataFrame(
            {
                "site_id": names,
                "partner_id": "p",
                "name": names,
                "easting": random.uniform(400_000, 500_000, sites).round(),
                "northing": random.uniform(150_000, 250_000, sites).round(),
                "tenure": "freehold",
                "running_cost": random.integers(10_000, 90_000, sites),
                "market_value": random.integers(100_000, 900_000, sites),
            }
        ),
        spaces=pd.DataFrame({"site_id": names, "space_type": "office", "capacity": 400}),
        teams=pd.DataFrame(
            {
                "team_id": people,
                "partner_id": "p",
                "name": people,
                "service_type": "office",
                "site_id": [names[i] for i in random.permutation(np.arange(teams) % sites)],
                "fte": 10,
                "radius_km": 8.1,
            }
        ),
        needs=pd.DataFrame({"team_id": people, "space_type": "office", "amount": random.integers(20, 120, teams)}),
    )
    read = time.monotonic() - began
    start = time.monotonic()
    form = formulate(Problem(estate, Scenario()))
    shape = form.program.matrix.shape
    made = time.monotonic() - start
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"read": read, "formulate": made, "memory": memory, "shape": shape}


def _line(name: str, row: dict[str, object]) -> str:
    def number(key: str, scale: float = 1.0, digits: int = 2) -> str:
        value = row.get(key)
        return "" if not isinstance(value, int | float) or not np.isfinite(value) else f"{value / scale:,.{digits}f}"

    shape = row["shape"]
    assert isinstance(shape, list | tuple)
    today, bound, best = (row.get(key) for key in ("objective_today", "bound", "objective"))
    saved = most = share = ""
    if isinstance(today, float) and isinstance(best, float):
        saved = f"{(today - best) / 1e6:,.1f}"
        if isinstance(bound, float) and np.isfinite(bound):
            most = f"{(today - bound) / 1e6:,.1f}"
            share = f"{(best - bound) / (today - best):.1%}" if today - best > 1 else "-"
    cells = [
        name, f"{shape[1]:,} x {shape[0]:,}", number("read"), number("formulate"), number("memory", digits=0),
        number("objective", 1e6, 1), number("bound", 1e6, 1), saved, most, share, number("seconds", digits=0),
    ]  # fmt: skip
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--time-limit", type=float, default=120.0)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    jobs = {
        "Kent, 1 decision year": lambda: kent(1, asked.time_limit),
        "Kent, 5 decision years": lambda: kent(5, asked.time_limit),
        "Kent, 1 year, HiGHS alone": lambda: alone(1, asked.time_limit),
        "a million columns": million,
    }
    if asked.one:
        print(json.dumps(jobs[asked.one]()))
        return
    print(f"assetopt {version('assetopt')}, highspy {version('highspy')}, Python {platform.python_version()}, ", end="")
    print(f"{os.cpu_count()} cores, time limit {asked.time_limit:g} s, seed 1\n")
    print(
        "| run | columns x rows | read s | formulate s | memory MB | cost £m | bound £m | saved £m | at most £m | saving gap | s |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name in jobs:
        if "Kent" in name and not SHARED.exists():
            print(f"| {name} | left out: {SHARED} is not here |")
            continue
        command = [sys.executable, __file__, "--one", name, "--time-limit", str(asked.time_limit)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        print(_line(name, json.loads(said.splitlines()[-1])), flush=True)


if __name__ == "__main__":
    main()
