"""CBC, and whatever else PuLP lists as installed: the same programme, in a process that can be stopped (the only pulp import).

PuLP calls a plan "Optimal" that its solver only had when the time ran out, and some solvers overrun their limit for
minutes. So the solver works in a process of its own, whose group is killed five seconds after the deadline; CBC's own log is
read for what it proved; any other solver's plan counts as a plan and no more, beside a bound from our own relaxation.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from assetopt.engines.completion import settle
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.outcome import Outcome, Task
from assetopt.engines.screen import screen, unbounded
from assetopt.engines.watch import GRACE
from assetopt.errors import SolverError
from assetopt.program import CONTINUOUS, INTEGER, Floats, Matrix, Program

CBC = "PULP_CBC_CMD"
_LATE = "Result - Stopped on time limit"
_STATED_INFEASIBLE, _STATED_UNBOUNDED = -1, -2
"""PuLP's words for a solver's statement that there is no plan; for CBC they come from the head of its solution file.

CBC's log is no witness: "LP relaxation is infeasible or too expensive" is said of parts of a search.
"""


def installed() -> list[str]:
    """Return the solvers that PuLP finds on this machine."""
    import pulp

    return list(pulp.listSolvers(onlyAvailable=True))


@dataclass(frozen=True)
class PulpEngine:
    """An engine that hands the programme to one of PuLP's solvers.

    Attributes
    ----------
    solver : str
        As PuLP lists it, such as ``PULP_CBC_CMD``.
    name : str
        The name shown in the certificate.
    """

    solver: str
    name: str

    def __call__(self, program: Program, task: Task) -> Outcome:
        """Solve ``program``; raises SolverError when the solver cannot be run at all."""
        matrix = program.matrix
        version = _version()
        answered = screen(matrix, task, self.name, version)
        if answered is not None:
            return answered
        best = Incumbent(matrix, task)
        best.phase = self.solver
        best.report()
        with tempfile.TemporaryDirectory(prefix="assetopt-") as place:
            folder = Path(place)
            _hand_over(program.core, best.values, folder, self.solver, task)
            finished = _wait(folder, task)
            answer = _collect(folder)
        if not finished:
            best.note(f"{self.solver} did not stop in time and was stopped; what it had is lost")
        if answer is None:
            if finished and best.why_stop() is None:
                raise SolverError(f"{self.solver} failed without an answer; try another engine, such as highs")
        else:
            self._read(matrix, answer, best)
        settle(best)
        self._bound(matrix, task, best)
        if best.infeasible_proved:
            return best.infeasible(self.name, version)
        late = not finished or (answer is not None and _LATE in answer.log)
        return best.outcome(self.name, version, stopped=best.why_stop() or ("time" if late else "ended"))

    def _read(self, matrix: Matrix, answer: _Answer, best: Incumbent) -> None:
        log = answer.log
        if answer.status == _STATED_INFEASIBLE:
            if best.values is None and _bounded(matrix):
                best.infeasible_proved = True
            else:
                best.note(f"{self.solver} says that there is no plan; this was not believed")
            return
        if answer.status == _STATED_UNBOUNDED and not _bounded(matrix):
            raise unbounded()
        shown = np.inf
        if answer.values is not None and len(answer.values) == matrix.shape[1]:
            shown = matrix.objective(np.nan_to_num(answer.values))
            integer = matrix.form == INTEGER
            broken = np.abs(answer.values[integer] - np.rint(answer.values[integer])).max(initial=0.0) > 1e-5
            if broken or not np.isfinite(answer.values).all():
                best.note(f"{self.solver} stopped at a fractional point, which is no plan")
            elif not best.offer(answer.values):
                best.note(f"the point {self.solver} gave breaks a row and was dropped")
        if self.solver == CBC:
            best.raise_bound(_cbc_bound(log, matrix, shown))

    def _bound(self, matrix: Matrix, task: Task, best: Incumbent) -> None:
        """Add our own relaxation bound, or its proof that there is no plan, where the solver left neither."""
        if np.isfinite(best.bound) or best.infeasible_proved:
            return
        from assetopt.engines.highs import relaxation

        bound, proof = relaxation(matrix, matrix.redundant, max(2.0, min(10.0, task.remaining)))
        if bound == np.inf and best.values is None:
            best.infeasible_proved = True
        elif np.isfinite(bound):
            best.raise_bound(bound, proof)


@dataclass(frozen=True)
class _Answer:
    values: Floats | None
    log: str
    status: int


def _version() -> str:
    from importlib.metadata import version

    return f"PuLP {version('pulp')}"


def _hand_over(matrix: Matrix, start: Floats | None, folder: Path, solver: str, task: Task) -> None:
    a = matrix.a.tocsr()
    np.savez(
        folder / "programme.npz",
        cost=matrix.cost,
        lower=matrix.lower,
        upper=matrix.upper,
        # HiGHS needs to be told which columns are whole (see highs_run); the others are faster without.
        integer=matrix.form != CONTINUOUS if solver.startswith("HiGHS") else matrix.form == INTEGER,
        data=a.data,
        indices=a.indices,
        indptr=a.indptr,
        row_lower=matrix.row_lower,
        row_upper=matrix.row_upper,
        start=start if start is not None else np.empty(0),
    )
    # CBC stops at a gap relative to the objective without our offset: ask for the same distance in pounds.
    distance = task.gap * max(1.0, abs(matrix.objective(start))) if start is not None else 0.0
    settings = {
        "solver": solver,
        "seconds": max(1.0, task.remaining),
        "threads": task.threads,
        "seed": task.seed,
        "gap_abs": distance,
    }
    (folder / "settings.json").write_text(json.dumps(settings))


def _wait(folder: Path, task: Task) -> bool:
    """Run the child and wait; kill its whole process group when it overruns or is told to stop. True when it ended itself."""
    with (folder / "child.log").open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "assetopt.engines.pulp", str(folder)],
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while child.poll() is None:
                if task.stop.is_set() or time.monotonic() > task.deadline + GRACE:
                    return False
                time.sleep(0.05)
            return True
        finally:
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def _collect(folder: Path) -> _Answer | None:
    log_file = folder / "solver.log"
    log = log_file.read_text(errors="replace") if log_file.exists() else ""
    done, values = folder / "status", folder / "answer.npy"
    if not done.exists():
        return None
    return _Answer(np.load(values) if values.exists() else None, log, int(done.read_text()))


def _bounded(matrix: Matrix) -> bool:
    """Say whether no column could lower the cost for ever: some solvers only say "infeasible or unbounded"."""
    end = np.where(matrix.cost < 0, matrix.upper, matrix.lower)
    return bool(np.isfinite(end[matrix.cost != 0]).all())


def _cbc_bound(log: str, matrix: Matrix, shown: float) -> float:
    """Return the lower bound that CBC's log states, offset included; -inf where it states none.

    ``shown`` is the cost (£) of the point CBC gave, which is the bound where it says that this point is optimal.
    """
    stated = re.findall(r"Lower bound:\s+(\S+)", log)
    if stated:
        return float(stated[-1]) + matrix.offset
    optimal = "Result - Optimal solution found" in log or re.search(r"^Optimal - objective value", log, re.MULTILINE)
    within = re.search(r"Result - Optimal solution found \(within gap tolerance\)", log)
    return shown if optimal and not within and np.isfinite(shown) else -np.inf


def _child(folder: Path) -> None:
    """Build the problem in PuLP from the arrays, solve it and leave the answer in the folder."""
    import pulp

    settings = json.loads((folder / "settings.json").read_text())
    with np.load(folder / "programme.npz") as part:
        arrays = {name: part[name] for name in part.files}
    a = sparse.csr_matrix(
        (arrays["data"], arrays["indices"], arrays["indptr"]), shape=(len(arrays["row_lower"]), len(arrays["cost"]))
    )
    problem = pulp.LpProblem("assetopt", pulp.LpMinimize)
    columns = [
        problem.add_variable(
            f"x{j}",
            None if np.isneginf(low) else low,
            None if np.isposinf(high) else high,
            pulp.LpInteger if whole else pulp.LpContinuous,
        )
        for j, (low, high, whole) in enumerate(
            zip(arrays["lower"].tolist(), arrays["upper"].tolist(), arrays["integer"].tolist(), strict=True)
        )
    ]
    cost = arrays["cost"]
    used = np.flatnonzero(cost)
    # CBC is not told of columns without cost or row; a zero cost keeps them.
    problem += pulp.LpAffineExpression([(columns[j], float(cost[j])) for j in used]) + 0 * columns[0]
    for row in range(a.shape[0]):
        first, last = a.indptr[row], a.indptr[row + 1]
        terms = [(columns[j], v) for j, v in zip(a.indices[first:last], a.data[first:last].tolist(), strict=True)]
        if not terms:
            continue
        low, high = float(arrays["row_lower"][row]), float(arrays["row_upper"][row])
        if low == high:
            problem += pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintEQ, f"r{row}", low)
            continue
        if np.isfinite(low):
            problem += pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintGE, f"l{row}", low)
        if np.isfinite(high):
            problem += pulp.LpConstraint(pulp.LpAffineExpression(terms), pulp.LpConstraintLE, f"u{row}", high)
    options: dict[str, object] = {"msg": False, "timeLimit": settings["seconds"]}
    if settings["solver"] == CBC:
        options |= {
            "logPath": str(folder / "solver.log"),
            "threads": settings["threads"],
            "options": [
                f"randomCbcSeed {settings['seed']}",
                "primalTolerance 1e-8",
                f"allowableGap {settings['gap_abs']}",
                # CBC 2.10's preprocessing of whole columns loses plans now and then: a dearer one was called optimal.
                "preprocess off",
            ],
        }
        if len(arrays["start"]):
            for column, value in zip(columns, arrays["start"].tolist(), strict=True):
                column.setInitialValue(value, check=False)
            options |= {"warmStart": True, "keepFiles": False}
    os.chdir(folder)
    problem.solve(pulp.getSolver(settings["solver"], **options))
    values = [column.value() for column in columns]
    if any(value is not None for value in values):
        filled = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
        lonely = np.isnan(filled)
        filled[lonely] = np.where(cost[lonely] < 0, arrays["upper"][lonely], arrays["lower"][lonely])
        np.save(folder / "answer.npy", filled)
    (folder / "partial").write_text(str(problem.status))
    (folder / "partial").replace(folder / "status")


if __name__ == "__main__":
    _child(Path(sys.argv[1]))
