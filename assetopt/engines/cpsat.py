"""OR-Tools CP-SAT: strong where logic rules and money is coarse; the programme is scaled to integers (only ortools.sat import).

Rows are multiplied by the least power of ten that makes them integral; a row that none makes integral is rounded
outward, so that the integer programme never loses a plan. Costs are rounded down, so that its bound stays a bound.
What was scaled, and by how much, stands in the outcome's notes; every plan is checked against the true rows.
"""

from __future__ import annotations

import threading

import numpy as np

from assetopt.engines.completion import settle
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.outcome import Outcome, Task
from assetopt.engines.screen import screen, unbounded
from assetopt.engines.watch import watched
from assetopt.errors import SolverError
from assetopt.program import CONTINUOUS, Bools, Floats, Matrix, Program
from assetopt.proof.prices import implied_limits

NAME = "cp-sat"
STEP = 1_000
"""Steps per unit of a continuous column."""

LARGEST_POWER = 9
MOST = 2.0**52
"""No sum may grow beyond this: CP-SAT counts in 64-bit integers."""

UNBOUNDED = 1e9
"""What an unlimited column is limited to. Plans beyond that are not searched, so the bound counts them in; see ``beyond``."""


def cpsat(program: Program, task: Task) -> Outcome:
    """Solve ``program`` with CP-SAT.

    Raises
    ------
    SolverError
        For shares of divisible teams (they are continuous decisions), columns that may be negative, or numbers too large.
    """
    from importlib.metadata import version

    matrix = program.matrix
    label = f"OR-Tools {version('ortools')}"
    answered = screen(matrix, task, NAME, label)
    if answered is not None:
        return answered
    if any(block.size for kind, block in program.columns.items() if kind == "move_share"):
        raise SolverError("CP-SAT cannot take divisible teams, whose shares are not whole; use the engine highs")
    best = Incumbent(matrix, task)
    best.phase = NAME
    model = _Scaled(matrix)
    best.note(model.said)
    status = watched(lambda: _search(model, best, task), task)
    if status is None:
        best.note("CP-SAT did not stop in time and was left behind; this is the best plan it had shown")
    elif status == "infeasible" and best.values is None:
        if model.beyond == np.inf:
            return best.infeasible(NAME, label)
        best.note(f"CP-SAT finds no plan with every amount up to {UNBOUNDED:g}; beyond that it did not look")
    elif status == "invalid":
        raise SolverError("CP-SAT refuses the scaled programme; use the engine highs")
    settle(best)
    return best.outcome(NAME, label, stopped=best.why_stop() or ("time" if status == "late" else "ended"))


class _Scaled:
    """The programme in integers: column j is ``unit[j]`` times an integer."""

    def __init__(self, matrix: Matrix) -> None:
        if (matrix.lower < 0).any():
            raise SolverError("CP-SAT is given columns from zero up only; use the engine highs")
        self.matrix = matrix
        free = matrix.form == CONTINUOUS
        self.unit = np.where(free, 1.0 / STEP, 1.0)
        upper = implied_limits(matrix)[1]
        if (np.isinf(upper) & (matrix.cost < 0)).any():
            raise unbounded()
        self.beyond = _least_beyond(matrix, upper)
        upper = np.minimum(upper, UNBOUNDED)
        # A continuous column goes up to its next step: its limit does too.
        self.low = np.ceil(matrix.lower / self.unit - 1e-6).astype(np.int64)
        self.high = np.where(free, np.ceil(upper / self.unit), np.floor(upper + 1e-6)).astype(np.int64)
        self.rounding = float(matrix.cost[free & (matrix.cost > 0)].sum()) / STEP
        self._scale_rows(free & ~_slack(matrix))
        self._scale_cost()

    def _scale_rows(self, wide: Bools) -> None:
        """Scale every row, and widen it by what one step of its ``wide`` columns (n,) may move it."""
        a = self.matrix.a.tocsr()
        m = a.shape[0]
        row = np.repeat(np.arange(m), np.diff(a.indptr))
        value = a.data * self.unit[a.indices]
        power = np.full(m, -1, dtype=np.int64)
        for p in range(LARGEST_POWER + 1):
            scaled = value * 10.0**p
            off = np.abs(scaled - np.rint(scaled)) > np.minimum(1e-4, 1e-9 * np.maximum(1.0, np.abs(scaled)))
            exact = np.bincount(row, weights=off, minlength=m) == 0
            power[(power < 0) & exact] = p
        self.inexact = power < 0
        self.factor = 10.0 ** np.where(self.inexact, LARGEST_POWER, power)
        scaled = value * self.factor[row]
        rounded = np.rint(scaled)
        outward = self.inexact[row]
        # With columns from zero up, smaller coefficients widen an upper side and larger ones a lower side.
        self.for_upper = np.where(outward, np.floor(scaled), rounded)
        self.for_lower = np.where(outward, np.ceil(scaled), rounded)
        self.row, self.column, self.a = row, a.indices, a
        self.room = np.bincount(row, weights=np.where(wide[a.indices], np.abs(scaled), 0.0), minlength=m)
        self.widened = int((self.room > 0).sum())
        reach = np.bincount(row, weights=np.abs(scaled) * np.maximum(1, self.high[a.indices]), minlength=m)
        if reach.max(initial=0.0) > MOST:
            raise SolverError("the numbers of a row are too large for CP-SAT's integers; use the engine highs")

    def _scale_cost(self) -> None:
        cost = self.matrix.cost * self.unit
        reach = float(np.abs(cost) @ np.maximum(1, self.high))
        self.money = 10_000.0
        while reach * self.money > MOST and self.money > 1e-6:
            self.money /= 10.0
        self.cost = np.floor(cost * self.money).astype(np.int64)

    @property
    def said(self) -> str:
        """What was scaled, in words."""
        text = (
            f"CP-SAT: money in steps of £{1 / self.money:g}, rows multiplied by up to {self.factor.max(initial=1.0):g}"
        )
        if self.inexact.any():
            text += f", {int(self.inexact.sum())} rows rounded outward"
        if self.widened:
            text += f", {self.widened} rows widened by a step of 1/{STEP:,} in their continuous columns"
        return text

    def pounds(self, objective: float) -> float:
        """Return a valid bound in £ for an objective bound of the integer programme."""
        return min(objective / self.money + self.matrix.offset - self.rounding, self.beyond)


def _least_beyond(matrix: Matrix, upper: Floats) -> float:
    """Return the least (£) that a plan with some column above UNBOUNDED can cost, +inf where ``upper`` (n,) allows none."""
    capped = upper > UNBOUNDED
    if not capped.any():
        return np.inf
    # Unlimited columns with a negative cost are refused before.
    ends = np.where(matrix.cost < 0, upper, matrix.lower)
    least = matrix.offset + float((matrix.cost * ends)[matrix.cost != 0].sum())
    return float(least + (matrix.cost * (UNBOUNDED - ends))[capped].clip(min=0.0).min())


def _slack(matrix: Matrix) -> Bools:
    """Mark the columns (n,) that may always be raised: no row minds, so rounding up to a step keeps every plan."""
    a = matrix.a.tocsr()
    row = np.repeat(np.arange(a.shape[0]), np.diff(a.indptr))
    minds = np.where(a.data > 0, np.isfinite(matrix.row_upper[row]), np.isfinite(matrix.row_lower[row]))
    return np.asarray(np.bincount(a.indices, weights=minds, minlength=matrix.shape[1]) == 0)


def _search(model: _Scaled, best: Incumbent, task: Task) -> str:
    from ortools.sat.python import cp_model

    cp = cp_model.CpModel()
    low, high = model.low.tolist(), model.high.tolist()
    columns = [
        cp.new_bool_var("") if (a, b) == (0, 1) else cp.new_int_var(a, b, "") for a, b in zip(low, high, strict=True)
    ]
    matrix, indptr = model.matrix, model.a.indptr
    for r in range(matrix.shape[0]):
        at = slice(indptr[r], indptr[r + 1])
        names = [columns[j] for j in model.column[at]]
        upper, lower, factor = matrix.row_upper[r], matrix.row_lower[r], model.factor[r]
        room = model.room[r] + (1e-6 * factor if model.inexact[r] else 1e-6)
        if np.isfinite(upper):
            side = int(np.floor(upper * factor + room))
            cp.add(cp_model.LinearExpr.weighted_sum(names, model.for_upper[at].astype(np.int64).tolist()) <= side)
        if np.isfinite(lower):
            side = int(np.ceil(lower * factor - room))
            cp.add(cp_model.LinearExpr.weighted_sum(names, model.for_lower[at].astype(np.int64).tolist()) >= side)
    cp.minimize(cp_model.LinearExpr.weighted_sum(columns, model.cost.tolist()))
    if best.values is not None:
        for column, value in zip(columns, np.rint(best.values / model.unit).astype(int).tolist(), strict=True):
            cp.add_hint(column, value)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.01, task.remaining)
    solver.parameters.num_workers = task.threads
    solver.parameters.random_seed = task.seed
    solver.best_bound_callback = lambda bound: best.raise_bound(model.pounds(bound))
    listener = _listener(cp_model, columns, model, best)
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.1):
            if best.why_stop() is not None:
                # Again and again: a call before the search has begun is lost.
                solver.stop_search()

    guard = threading.Thread(target=watch, daemon=True)
    guard.start()
    try:
        status = solver.solve(cp, listener)
    finally:
        done.set()
        guard.join(1.0)
    if status == cp_model.MODEL_INVALID:
        return "invalid"
    if status == cp_model.INFEASIBLE:
        return "infeasible"
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        best.raise_bound(model.pounds(solver.best_objective_bound))
    # Its clock may be a moment ahead of ours: without a proof, and unasked, it ends only because its time is up.
    return "done" if status == cp_model.OPTIMAL else "late"


def _listener(cp_model, columns: list, model: _Scaled, best: Incumbent):  # type: ignore[no-untyped-def, type-arg]
    class Listener(cp_model.CpSolverSolutionCallback):  # type: ignore[misc]
        """Hands every improving plan on, in true units."""

        def on_solution_callback(self) -> None:
            values: Floats = np.array([self.value(column) for column in columns], dtype=np.float64) * model.unit
            best.offer(values)

    return Listener()
