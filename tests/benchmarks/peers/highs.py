"""HiGHS through highspy: arrays in one call, the way it is fastest to feed."""

from __future__ import annotations

import highspy
import numpy as np
from scipy import sparse

from benchmarks.case import Limits, Location
from benchmarks.found import Floats, Found
from benchmarks.handover import Handed


def solve_location(problem: Location, limits: Limits) -> Found:
    """Solve the textbook model: y open, x served; x <= y; capacity in one row a facility."""
    instance = problem.instance
    m, n = instance.cost.shape
    i, j = np.divmod(np.arange(m * n), n)
    x = m + np.arange(m * n)
    row = [j, n + np.arange(m * n), n + np.arange(m * n)]
    column, value = [x, x, i], [np.ones(m * n), np.ones(m * n), -np.ones(m * n)]
    low, high = [np.ones(n), np.full(m * n, -np.inf)], [np.ones(n), np.zeros(m * n)]
    rows = n + m * n
    if problem.capacitated:
        row += [rows + i, rows + np.arange(m)]
        column += [x, np.arange(m)]
        value += [instance.demand[j], -instance.capacity]
        low.append(np.full(m, -np.inf))
        high.append(np.zeros(m))
        rows += m
    if instance.p is not None:
        row.append(np.full(m, rows))
        column.append(np.arange(m))
        value.append(np.ones(m))
        low.append(np.array([-np.inf]))
        high.append(np.array([float(instance.p)]))
        rows += 1
    a = sparse.csr_matrix(
        (np.concatenate(value), (np.concatenate(row), np.concatenate(column))), shape=(rows, m + m * n)
    )
    whole = np.concatenate([np.ones(m, dtype=np.int32), np.full(m * n, problem.single, dtype=np.int32)])
    highs = highspy.Highs()
    settings: dict[str, bool | int | float] = {
        "output_flag": False,
        "threads": limits.threads,
        "random_seed": limits.seed,
        "mip_rel_gap": 0.0,
    }
    for name, setting in settings.items():
        highs.setOptionValue(name, setting)
    highs.passModel(
        m + m * n, rows, a.nnz,
        int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), 0.0,
        np.concatenate([instance.fixed, instance.cost.ravel()]), np.zeros(m + m * n), np.ones(m + m * n),
        np.concatenate(low), np.concatenate(high),
        a.indptr.astype(np.int32), a.indices.astype(np.int32), a.data, whole,
    )  # fmt: skip
    highs.setOptionValue("time_limit", limits.left)
    highs.run()
    info = highs.getInfo()
    bound = float(info.mip_dual_bound)
    said = highs.modelStatusToString(highs.getModelStatus())
    solution = highs.getSolution()
    if not solution.value_valid:
        return Found(said, bound if abs(bound) < 1e300 else -np.inf)
    values: Floats = np.array(solution.col_value, dtype=np.float64)
    return Found(said, bound if abs(bound) < 1e300 else -np.inf, values[:m], values[m:].reshape(m, n))


def solve_matrix(handed: Handed, limits: Limits) -> Found:
    """Solve our programme from today's plan."""
    from assetopt.engines.highs_run import run_highs

    trace: list[tuple[float, float]] = []

    def hear(values: Floats | None, _bound: float) -> bool:
        if values is not None:
            trace.append((limits.spent, handed.matrix.objective(values)))
        return False

    answer = run_highs(
        handed.matrix, seconds=limits.left, threads=limits.threads, seed=limits.seed, start=handed.start, hear=hear
    )
    return Found(answer.status, answer.bound, values=answer.values, trace=tuple(trace))
