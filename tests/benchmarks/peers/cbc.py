"""CBC: location problems modelled in PuLP, as most people meet it; an estate's programme as a file for the same CBC."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import pulp

from benchmarks.case import Limits, Location
from benchmarks.found import Floats, Found
from benchmarks.handover import Handed, write_mps


def solve_location(problem: Location, limits: Limits) -> Found:
    """Model and solve the textbook problem in PuLP."""
    instance = problem.instance
    m, n = instance.cost.shape
    cost = instance.cost.tolist()
    model = pulp.LpProblem("location", pulp.LpMinimize)
    kind = pulp.LpBinary if problem.single else pulp.LpContinuous
    y = [model.add_variable(f"y_{i}", 0, 1, pulp.LpBinary) for i in range(m)]
    x = [[model.add_variable(f"x_{i}_{j}", 0, 1, kind) for j in range(n)] for i in range(m)]
    model += pulp.lpSum(f * v for f, v in zip(instance.fixed.tolist(), y, strict=True)) + pulp.lpSum(
        cost[i][j] * x[i][j] for i in range(m) for j in range(n)
    )
    for j in range(n):
        model += pulp.lpSum(x[i][j] for i in range(m)) == 1
    for i in range(m):
        for j in range(n):
            model += x[i][j] <= y[i]
    if problem.capacitated:
        demand, capacity = instance.demand.tolist(), instance.capacity.tolist()
        for i in range(m):
            model += pulp.lpSum(demand[j] * x[i][j] for j in range(n)) <= capacity[i] * y[i]
    if instance.p is not None:
        model += pulp.lpSum(y) <= instance.p
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
        model.solve(solver)
        text = log.read_text(errors="replace") if log.exists() else ""
    opened = _values(y)
    shares = _values([v for row in x for v in row]).reshape(m, n)
    shown = float((instance.fixed * opened).sum() + (instance.cost * shares).sum())
    found = bool(np.isfinite(shown))
    bound = bound_told(text, shown)
    return Found(result_told(text), bound, opened if found else None, shares if found else None)


def solve_matrix(handed: Handed, limits: Limits) -> Found:
    """Give our programme to CBC as a file, today's plan as its start."""
    matrix = handed.matrix
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        scale = write_mps(matrix, folder / "model.mps")
        command = [pulp.PULP_CBC_CMD().path, "model.mps", "-timeMode", "elapsed", "-threads", str(limits.threads)]
        command += ["-randomCbcSeed", str(limits.seed)]
        if handed.start is not None:
            used = np.flatnonzero(handed.start)
            lines = [f"{j} c{j} {handed.start[j]!r} 0" for j in used.tolist()]
            (folder / "start.txt").write_text("\n".join(["Stopped on time - objective value 0", *lines]) + "\n")
            command += ["-mipstart", "start.txt"]
        command += ["-sec", f"{limits.left:.1f}", "-solve", "-solution", "out.txt"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        values = _solution(folder / "out.txt", matrix.shape[1])
    shown = np.inf if values is None else float(matrix.cost @ values)
    bound = bound_told(done.stdout, shown * scale) / scale + matrix.offset
    return Found(result_told(done.stdout), bound, values=values)


def result_told(log: str) -> str:
    """Return CBC's own statement of how it ended."""
    told = re.findall(r"^Result - (.*)$|^(Optimal - objective value.*)$", log, re.MULTILINE)
    return " ".join(filter(None, told[-1])) if told else "no result in its log"


def bound_told(log: str, shown: float) -> float:
    """Return the lower bound CBC's log states; ``shown`` is the cost of its point, the bound where it is called optimal."""
    stated = re.findall(r"Lower bound:\s+(\S+)", log)
    if stated:
        return float(stated[-1])
    optimal = "Result - Optimal solution found" in log or re.search(r"^Optimal - objective value", log, re.MULTILINE)
    within = "Result - Optimal solution found (within gap tolerance)" in log
    return shown if optimal and not within and np.isfinite(shown) else -np.inf


def _values(variables: list[pulp.LpVariable]) -> Floats:
    return np.array([np.nan if (v := variable.value()) is None else v for variable in variables], dtype=np.float64)


def _solution(path: Path, columns: int) -> Floats | None:
    """Read CBC's solution file; columns that it leaves out are zero."""
    if not path.is_file():
        return None
    head, *lines = path.read_text().splitlines()
    if not lines or ("infeasible" in head.lower() and "objective" not in head.lower()):
        return None
    values = np.zeros(columns)
    for line in lines:
        cells = line.replace("**", " ").split()
        values[int(cells[1][1:])] = float(cells[2])
    return values
