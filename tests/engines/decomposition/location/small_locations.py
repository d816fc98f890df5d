"""Small random location programmes, laid out by hand as rules would write them, and their exact optimum by counting."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from assetopt.engines.decomposition.location import Location
from assetopt.engines.highs_run import run_highs
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.outcome import Outcome, Task
from assetopt.program import CONTINUOUS, INTEGER, Program

KINDS = ("uncapacitated", "at most p", "split", "whole", "fractional demands", "candidates", "free of room")


def program_of(
    fixed: np.ndarray,
    capacity: np.ndarray | None,
    demand: np.ndarray,
    cost: np.ndarray,
    *,
    whole: bool,
    most: float = np.inf,
    candidate: np.ndarray | None = None,
) -> Program:
    """Return the programme: ``cost`` (m, n), inf where there is no arc; sites that are no candidates can be vacated."""
    m, n = cost.shape
    program = Program()
    candidate = np.zeros(m, dtype=bool) if candidate is None else candidate
    team, site = np.nonzero(np.isfinite(cost.T))
    move = program.add_columns(
        "move" if whole else "move_share",
        len(team),
        form=INTEGER if whole else CONTINUOUS,
        team=team,
        site=site,
        year=0,
    )
    old, new = np.flatnonzero(~candidate), np.flatnonzero(candidate)
    vacate = program.add_columns("vacate", len(old), site=old, year=0)
    opened = program.add_columns("open", len(new), site=new, year=0)
    program.add_rows("placement", n, lower=1.0, upper=1.0, entries=[(team, move, 1.0)], team=np.arange(n))
    switch, sign, constant = np.zeros(m, dtype=np.int64), np.where(candidate, 1.0, -1.0), np.where(candidate, 0.0, 1.0)
    switch[old], switch[new] = vacate, opened
    pair = np.arange(len(team))
    needed = (capacity is None) | (demand[team] == 0) | candidate[site]
    for redundant in (False, True):
        use = needed != redundant
        count = int(use.sum())
        entries = [(np.arange(count), move[pair[use]], 1.0), (np.arange(count), switch[site[use]], -sign[site[use]])]
        program.add_rows("open_site", count, upper=constant[site[use]], entries=entries, redundant=redundant)
    if capacity is not None:
        entries = [(site, move, demand[team]), (np.arange(m), switch, -sign * capacity)]
        program.add_rows("capacity", m, upper=constant * capacity, entries=entries, site=np.arange(m))
    if np.isfinite(most):
        program.add_rows("limits", 1, upper=most - constant.sum(), entries=[(np.zeros(m), switch, sign)])
    program.charge("moving", move, cost.T[team, site])
    program.charge("running", switch, sign * fixed)
    program.charge_constant("running", float(fixed[old].sum()))
    return program


def random_program(seed: int) -> Program:
    """Return one of :data:`KINDS`, by turns; some have no plan at all."""
    dice = np.random.default_rng(seed)
    kind = KINDS[seed % len(KINDS)]
    m, n = int(dice.integers(2, 6)), int(dice.integers(2, 8))
    cost = dice.integers(0, 60, (m, n)).astype(float)
    out = dice.random((m, n)) < 0.15
    out[dice.integers(0, m, n), np.arange(n)] = False
    cost[out] = np.inf
    fixed = dice.integers(-5, 80, m).astype(float)
    demand = dice.integers(0, 9, n).astype(float)
    capacity = dice.integers(4, 30, m).astype(float)
    if kind == "fractional demands":
        demand, cost, capacity = demand * 0.37, cost * 1.01, capacity * 0.41
    whole = kind not in ("split", "uncapacitated")
    if kind in ("uncapacitated", "at most p", "free of room"):
        return program_of(
            fixed, None if kind != "free of room" else np.full(m, 1e3), demand, cost, whole=whole,
            most=float(dice.integers(1, m + 1)) if kind == "at most p" else np.inf,
        )  # fmt: skip
    return program_of(
        fixed, capacity, demand, cost, whole=whole, candidate=dice.random(m) < 0.5 if kind == "candidates" else None
    )


def exact(program: Program) -> float:
    """Return the least cost by trying every choice of sites; inf where there is no plan."""
    matrix = program.matrix
    switches = np.concatenate([program.columns["vacate"].ids, program.columns["open"].ids])
    best = np.inf
    for choice in product((0.0, 1.0), repeat=len(switches)):
        lower, upper = matrix.lower.copy(), matrix.upper.copy()
        lower[switches] = upper[switches] = choice
        answer = run_highs(replace(matrix, lower=lower, upper=upper))
        if answer.status == "optimal":
            best = min(best, answer.objective)
    return best


def solved(program: Program, location: Location, task: Task | None = None) -> tuple[Outcome, Incumbent]:
    """Run the location engine alone."""
    from assetopt.engines.decomposition.location import solve

    asked = task if task is not None else Task(gap=0.0, saving_gap=0.0, threads=1)
    best = Incumbent(program.matrix, asked)
    solve(location, program, best, asked)
    return best.outcome("location", ""), best
