"""SCIP through PySCIPOpt."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from pyscipopt import Eventhdlr, Model, quicksum
from pyscipopt.scip import PY_SCIP_EVENTTYPE

from benchmarks.case import Limits, Location
from benchmarks.found import Floats, Found
from benchmarks.handover import Handed, write_mps


def solve_location(problem: Location, limits: Limits) -> Found:
    """Model and solve the textbook problem."""
    instance = problem.instance
    m, n = instance.cost.shape
    cost, fixed = instance.cost.tolist(), instance.fixed.tolist()
    model = Model()
    kind = "B" if problem.single else "C"
    y = [model.addVar(vtype="B", obj=fixed[i]) for i in range(m)]
    x = [[model.addVar(vtype=kind, lb=0.0, ub=1.0, obj=cost[i][j]) for j in range(n)] for i in range(m)]
    for j in range(n):
        model.addCons(quicksum(x[i][j] for i in range(m)) == 1)
    for i in range(m):
        for j in range(n):
            model.addCons(x[i][j] <= y[i])
    if problem.capacitated:
        demand, capacity = instance.demand.tolist(), instance.capacity.tolist()
        for i in range(m):
            model.addCons(quicksum(demand[j] * x[i][j] for j in range(n)) <= capacity[i] * y[i])
    if instance.p is not None:
        model.addCons(quicksum(y) <= instance.p)
    if limits.left <= 0:
        return Found(f"not built in time ({limits.spent:.0f} s)")
    _run(model, limits)
    said, bound = str(model.getStatus()), _bound(model)
    if model.getNSols() == 0:
        return Found(said, bound)
    best = model.getBestSol()
    assert best is not None
    opened = np.array([best[v] for v in y], dtype=np.float64)
    shares = np.array([[best[v] for v in row] for row in x], dtype=np.float64)
    return Found(said, bound, opened, shares)


class _Watch(Eventhdlr):
    """Notes when a better plan is found, and what it costs."""

    def __init__(self, limits: Limits, scale: float, offset: float) -> None:
        self.limits, self.scale, self.offset = limits, scale, offset
        self.trace: list[tuple[float, float]] = []

    def eventinit(self) -> None:
        self.model.catchEvent(PY_SCIP_EVENTTYPE.BESTSOLFOUND, self)

    def eventexit(self) -> None:
        self.model.dropEvent(PY_SCIP_EVENTTYPE.BESTSOLFOUND, self)

    def eventexec(self, _event: object) -> None:
        best = self.model.getSolObjVal(self.model.getBestSol())
        self.trace.append((self.limits.spent, best / self.scale + self.offset))


def solve_matrix(handed: Handed, limits: Limits) -> Found:
    """Give our programme to SCIP as a file, today's plan as its start."""
    matrix = handed.matrix
    model = Model()
    with tempfile.TemporaryDirectory() as place:
        scale = write_mps(matrix, Path(place) / "model.mps")
        model.hideOutput()
        model.readProblem(str(Path(place) / "model.mps"))
    columns = {int(variable.name[1:]): variable for variable in model.getVars()}
    if handed.start is not None:
        start = model.createSol()
        for j in np.flatnonzero(handed.start).tolist():
            model.setSolVal(start, columns[j], float(handed.start[j]))
        model.addSol(start)
    watch = _Watch(limits, scale, matrix.offset)
    model.includeEventhdlr(watch, "trace", "notes better plans")
    if limits.left <= 0:
        return Found(f"not read in time ({limits.spent:.0f} s)")
    _run(model, limits)
    said, bound = str(model.getStatus()), _bound(model) / scale + matrix.offset
    if model.getNSols() == 0:
        return Found(said, bound)
    best = model.getBestSol()
    assert best is not None
    values: Floats = np.zeros(matrix.shape[1])
    for j, variable in columns.items():
        values[j] = best[variable]
    return Found(said, bound, values=values, trace=tuple(watch.trace))


def _run(model: Model, limits: Limits) -> None:
    model.hideOutput()
    model.setParam("limits/gap", 0.0)
    model.setParam("randomization/randomseedshift", limits.seed)
    model.setParam("timing/clocktype", 2)  # wall time
    model.setParam("limits/time", limits.left)
    model.optimize()


def _bound(model: Model) -> float:
    bound = float(model.getDualbound())
    return bound if abs(bound) < 1e20 else -np.inf
