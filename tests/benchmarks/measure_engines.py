"""Engines on three shapes of estate: ``python -m tests.benchmarks.measure_engines --budget SECONDS --seeds 1,2,3``.

    room       teams of every size in buildings of every size: knapsacks, and nobody minds whom they sit with
    company    the same, and for every team another that it must not share a building with; a quarter follow a fellow
    crowd      one team of every building may share with none of the others, and one building has to go: no plan exists

Each engine has the same programme, one thread and the same budget, and no plan to start from. Answered is a gap of a
ten-thousandth, or a proof that there is no plan. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import time
from importlib.metadata import version

import numpy as np
import pandas as pd

from assetopt.certificate import gap_of
from assetopt.engines import Task, engine_named
from assetopt.estate import Estate
from assetopt.optimise import formulate
from assetopt.problem import Problem
from assetopt.scenario import Scenario

SHAPES = {"room": (10, 20), "company": (10, 20), "crowd": (12, 16)}
"""Buildings in the smaller and the larger case of each shape."""

ENGINES = ("highs", "cp-sat", "cbc")


def drawn(shape: str, sites: int, seed: int) -> Estate:
    """Return an estate of one partner, three teams a building."""
    random = np.random.default_rng(seed)
    teams = 3 * sites
    home = np.repeat(np.arange(sites), 3)
    need = random.integers(4, 40, teams)
    room = np.bincount(home, need, sites).astype(int) + random.integers(10, 80, sites)
    team, site = [f"t{k}" for k in range(teams)], [f"s{k}" for k in range(sites)]
    frames = {
        "partners": pd.DataFrame({"partner_id": ["council"], "name": ["Council"], "sector": ["council"]}),
        "sites": pd.DataFrame({
            "site_id": site, "partner_id": "council", "name": site, "tenure": "freehold",
            "easting": 570_000 + random.integers(0, 40_000, sites), "northing": 150_000 + random.integers(0, 30_000, sites),
            "running_cost": random.integers(20, 200, sites) * 1000, "market_value": random.integers(0, 900, sites) * 1000,
        }),
        "spaces": pd.DataFrame({"site_id": site, "space_type": "desk", "capacity": room}),
        "teams": pd.DataFrame({
            "team_id": team, "partner_id": "council", "name": team, "service_type": "admin",
            "site_id": [site[k] for k in home], "fte": need, "tags": [f"n{k}" for k in range(teams)],
        }),
        "needs": pd.DataFrame({"team_id": team, "space_type": "desk", "amount": need}),
    }  # fmt: skip
    rows: list[tuple[str, int, int]] = []
    if shape == "company":
        rows += [("must_not", a, int(b)) for a, b in enumerate(random.integers(0, teams, teams)) if home[a] != home[b]]
        rows += [("must", 3 * i, 3 * i + 1) for i in range(0, sites, 4)]
    if shape == "crowd":
        one_each = range(0, teams, 3)
        rows += [("must_not", a, b) for a in one_each for b in one_each if a < b]
    if rows:
        told = [{"rule": rule, "a": f"n{a}", "b": f"n{b}"} for rule, a, b in rows]
        frames["compatibility"] = pd.DataFrame(told)
    return Estate.from_frames(**frames)


def asked(shape: str, sites: int) -> Scenario:
    """Return the question: one decision year, ten years of cash flows."""
    return Scenario.model_validate({
        "appraisal": {"decision_years": 1, "appraisal_years": 10},
        "limits": {"max_sites": sites - 1} if shape == "crowd" else {},
    })  # fmt: skip


def row(shape: str, sites: int, seeds: list[int], engine: str, budget: float) -> str:
    """Return one row of the table: answers proved, mean seconds, and the widest gap of those that were not."""
    seconds, proved, widest = [], 0, 0.0
    for seed in seeds:
        program = formulate(Problem(drawn(shape, sites, seed), asked(shape, sites))).program
        task = Task(gap=1e-4, saving_gap=0.0, deadline=time.monotonic() + budget, threads=1)
        found = engine_named(engine)(program, task)
        gap = gap_of(found.objective, found.bound) if found.objective is not None else None
        done = found.status == "infeasible" or (gap is not None and gap <= task.gap)
        proved += done
        seconds.append(found.seconds)
        if not done:
            widest = max(widest, np.inf if gap is None else gap)
    told = "-" if proved == len(seeds) else "no answer" if np.isinf(widest) else f"{widest:.2%}"
    return (
        f"| {shape} | {sites} | {3 * sites} | {engine} | {proved} of {len(seeds)} | {np.mean(seconds):.1f} | {told} |"
    )


def main() -> None:
    """Print the table."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--budget", type=float, default=30.0)
    ask.add_argument("--seeds", default="1,2,3")
    given = ask.parse_args()
    seeds = [int(text) for text in given.seeds.split(",")]
    versions = ", ".join(f"{name} {version(name)}" for name in ("highspy", "ortools", "pulp"))
    print(f"{versions}; one thread, {given.budget:g} s, seeds {given.seeds}, load {os.getloadavg()[0]:.1f}\n")
    print("| shape | buildings | teams | engine | answered with proof | mean seconds | widest gap of the rest |")
    print("|---|---:|---:|---|---:|---:|---:|")
    for shape, sizes in SHAPES.items():
        for sites in sizes:
            for engine in ENGINES:
                print(row(shape, sites, seeds, engine, given.budget), flush=True)


if __name__ == "__main__":
    main()
