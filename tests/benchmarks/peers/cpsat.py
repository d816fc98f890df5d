"""CP-SAT of OR-Tools: everything in integers, costs rounded down so that its bound stays one."""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from benchmarks.case import Limits, Location
from benchmarks.found import Found
from benchmarks.handover import Handed

LARGEST = 2.0**50
"""No total cost in integer steps may be beyond this."""


def solve_location(problem: Location, limits: Limits) -> Found:
    """Model the problem in Booleans, or where customers may be split between capacities, in units of demand.

    Whole demands and capacities have a best flow in whole units, so nothing is lost by that.
    """
    instance = problem.instance
    split = problem.capacitated and not problem.single
    if problem.capacitated:
        demand, capacity, exact = _whole(instance.demand, instance.capacity)
    else:
        demand, capacity, exact = np.ones(len(instance.demand), dtype=np.int64), None, True
    if not exact:
        return Found("left out: demands or capacities are not whole in nine decimals")
    m, n = instance.cost.shape
    money = _money(float(instance.fixed.sum() + instance.cost.max(axis=0).sum()))
    model = cp_model.CpModel()
    y = [model.new_bool_var("") for _ in range(m)]
    terms, weights = list(y), np.floor(instance.fixed * money).astype(np.int64).tolist()
    if split:
        x = [[model.new_int_var(0, d, "") for d in demand.tolist()] for _ in range(m)]
        unit = np.floor(instance.cost / demand * money).astype(np.int64)
    else:
        x = [[model.new_bool_var("") for _ in range(n)] for _ in range(m)]
        unit = np.floor(instance.cost * money).astype(np.int64)
    for j in range(n):
        column = [x[i][j] for i in range(m)]
        if split:
            model.add(cp_model.LinearExpr.sum(column) == int(demand[j]))
        else:
            model.add_exactly_one(column)
    for i in range(m):
        for j, d in enumerate(demand.tolist()):
            if split:
                model.add(x[i][j] <= d * y[i])
            else:
                model.add_implication(x[i][j], y[i])
        terms += x[i]
        weights += unit[i].tolist()
        if capacity is not None:
            load = cp_model.LinearExpr.weighted_sum(x[i], [1] * n if split else demand.tolist())
            model.add(load <= int(capacity[i]) * y[i])
    if instance.p is not None:
        model.add(cp_model.LinearExpr.sum(y) <= instance.p)
    model.minimize(cp_model.LinearExpr.weighted_sum(terms, weights))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = limits.threads
    solver.parameters.random_seed = limits.seed
    solver.parameters.max_time_in_seconds = max(0.01, limits.left)
    status = solver.solve(model)
    said = solver.status_name(status)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        # Without a plan the bound is there all the same, unless the model itself was refused.
        bound = solver.best_objective_bound / money if status == cp_model.UNKNOWN else -np.inf
        return Found(said, bound if bound > 0 else -np.inf)
    opened = np.array([solver.value(v) for v in y], dtype=np.float64)
    shares = np.array([[solver.value(v) for v in row] for row in x], dtype=np.float64)
    return Found(said, solver.best_objective_bound / money, opened, shares / demand if split else shares)


def solve_matrix(handed: Handed, limits: Limits) -> Found:
    """Give our programme to CP-SAT by our own door to it, from today's plan."""
    from assetopt.engines.cpsat import cpsat
    from assetopt.engines.outcome import Progress, Task
    from assetopt.program import Program

    trace: list[tuple[float, float]] = []

    def hear(progress: Progress) -> None:
        if progress.best is not None and (not trace or progress.best < trace[-1][1]):
            trace.append((limits.spent, progress.best))

    program = Program()
    vars(program)["matrix"] = handed.matrix  # in place of the cached property: the arrays are all there is
    task = Task(
        gap=0.0,
        saving_gap=0.0,
        deadline=time.monotonic() + limits.left,
        threads=limits.threads,
        seed=limits.seed,
        start=handed.start,
        progress=hear,
    )
    outcome = cpsat(program, task)
    return Found(f"{outcome.status}, {outcome.stopped}", outcome.bound, values=outcome.values, trace=tuple(trace))


def _money(reach: float) -> float:
    """Return the steps per unit of money: as many as keep the total below `LARGEST`, at most 10,000."""
    return 10.0 ** min(4, int(np.floor(np.log10(LARGEST / max(1.0, reach)))))


def _whole(
    demand: npt.NDArray[np.float64], capacity: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], bool]:
    """Return demands and capacities times the least power of ten that makes all of them whole, and whether one does."""
    both = np.concatenate([demand, capacity])
    for power in range(10):
        scaled = both * 10.0**power
        if np.abs(scaled - np.rint(scaled)).max() <= 1e-6:
            whole = np.rint(scaled).astype(np.int64)
            return whole[: len(demand)], whole[len(demand) :], True
    return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), False
