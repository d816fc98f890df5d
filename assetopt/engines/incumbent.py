"""The best plan and the best bound so far, kept where both the solver's thread and the waiting thread can see them."""

from __future__ import annotations

import threading
import time

import numpy as np

from assetopt.engines.outcome import Outcome, Status, Stop, Task
from assetopt.errors import SolverError
from assetopt.program import INTEGER, Floats, Matrix
from assetopt.proof import Proof

TOLERANCE = 1e-6
"""Largest relative violation of a row that a plan may have (the contract's tolerance)."""


def cost_of(matrix: Matrix, values: Floats) -> float:
    """Return the objective at ``values`` (n,) in £.

    A plain sum: a dot product wakes the linear algebra library's threads, which took 4 ms for 23,000 columns beside a
    running solver (a sum takes 0.03 ms).
    """
    return float(matrix.offset + (matrix.cost * values).sum())


class Incumbent:
    """The best plan and bound of one solve; thread-safe, and only ever improving.

    A plan is taken only if its INTEGER columns, rounded, satisfy every row to 1e-6. One that does not is kept as
    ``rough``, for an engine that can complete it.

    Parameters
    ----------
    matrix : Matrix
        The whole programme, redundant rows included.
    task : Task
        What was asked; its ``start`` is offered at once, and a note is made if it is no plan.
    """

    def __init__(self, matrix: Matrix, task: Task) -> None:
        self.matrix = matrix
        self.task = task
        self.phase = "start"
        self.values: Floats | None = None
        self.objective = np.inf
        self.bound = -np.inf
        self.proof: Proof | None = None
        self.rough: Floats | None = None
        self.rough_objective = np.inf
        self.notes: list[str] = []
        self.infeasible_proved = False
        self._integer = matrix.form == INTEGER
        self._lock = threading.RLock()
        self._silent_until = 0.0
        if task.start is not None and not self.offer(task.start):
            self.rough, self.rough_objective = None, np.inf
            self.note(f"the plan to start from was not used: {fault_of(matrix, task.start)}")

    def note(self, text: str) -> None:
        """Keep a remark for the outcome, once."""
        with self._lock:
            if text not in self.notes:
                self.notes.append(text)

    def offer(self, values: Floats) -> bool:
        """Take ``values`` (n,) if they are a plan (rounded where INTEGER); say whether they are one."""
        values = self.rounded(values)
        if values.shape != self.matrix.cost.shape or not np.isfinite(values).all():
            return False
        objective = cost_of(self.matrix, values)
        sound = self.matrix.excess(values) <= TOLERANCE
        with self._lock:
            if sound and objective < self.objective:
                self.values, self.objective = values, objective
                self._report(force=True)
                self.task.found(values, self.bound)
            elif not sound and objective < min(self.objective, self.rough_objective):
                self.rough, self.rough_objective = values, objective
        return sound

    def replace(self, values: Floats) -> bool:
        """Put ``values`` in the place of the plan if they are a plan that costs the same but for rounding, or less."""
        values = self.rounded(values)
        with self._lock:
            objective = cost_of(self.matrix, values)
            slack = max(1e-6, 1e-9 * abs(self.objective))
            if self.matrix.excess(values) > TOLERANCE or objective > self.objective + slack:
                return False
            self.values, self.objective = values, objective
            return True

    def raise_bound(self, bound: float, proof: Proof | None = None) -> None:
        """Take a valid lower bound (£) if it is better than the one there is, and keep the best proof.

        Parameters
        ----------
        bound : float
            £; -inf or +inf is passed over.
        proof : Proof, optional
            Prices from which a bound can be recounted. The proof of the best ``proof.bound`` is kept, whether or not a
            bound without proof is better.
        """
        with self._lock:
            if proof is not None and (self.proof is None or proof.bound > self.proof.bound):
                self.proof = proof
                bound = max(bound, proof.bound)
            if np.isfinite(bound) and bound > self.bound:
                self.bound = bound
                self._report()

    def rounded(self, values: Floats) -> Floats:
        """Return a copy of ``values`` with the INTEGER columns exactly integral and all within their limits."""
        if values.shape != self.matrix.cost.shape:
            return values
        out = np.where(self._integer, np.rint(values), values)
        near = 1e-6 * np.maximum(1.0, np.abs(out))
        low, high = self.matrix.lower, self.matrix.upper
        out = np.where((out < low) & (out >= low - near), low, out)
        return np.asarray(np.where((out > high) & (out <= high + near), high, out) + 0.0)

    def met(self) -> Stop | None:
        """Say which gap is met by now, or None."""
        with self._lock:
            return self.task.close_enough(self.objective, self.bound) if self.values is not None else None

    def why_stop(self) -> Stop | None:
        """Say why the solver should stop now: a gap that was met, Ctrl-C or the clock; None to carry on."""
        if self.task.stop.is_set():
            return "interrupt"
        if time.monotonic() >= self.task.deadline:
            return "time"
        return self.met()

    def hear(self, values: Floats | None, bound: float) -> bool:
        """Listen to a solver that works on the whole programme; True when it should stop."""
        if values is not None:
            self.offer(values)
        self.raise_bound(bound)
        return self.why_stop() is not None

    def outcome(self, engine: str, version: str, *, stopped: Stop | None = None, rounding: float = 0.0) -> Outcome:
        """Return the engine's answer as it stands.

        Parameters
        ----------
        engine, version : str
            Who worked.
        stopped : Stop, optional
            Why the engine stopped; a gap that is met counts first.
        rounding : float
            Absolute tolerance (£) to which the solver itself proved the plan optimal; 0 when it did not.

        Raises
        ------
        SolverError
            If the proof's bound is above the plan: one of them must be wrong.
        """
        with self._lock:
            values, objective, bound, proof = self.values, self.objective, self.bound, self.proof
            if values is not None:
                values = values.copy()
                if proof is not None and proof.bound > objective + TOLERANCE * max(1.0, abs(objective)):
                    raise SolverError(
                        f"a bound worked out from prices, £{proof.bound:,.2f}, is above a plan that keeps every rule, "
                        f"£{objective:,.2f}: a fault of assetopt, so neither is given"
                    )
                bound = min(bound, objective)
            notes = tuple(self.notes)
        met = self.task.close_enough(objective, bound) if values is not None else None
        if values is not None and objective - bound <= rounding:
            met = "proved"
        status: Status = "unknown" if values is None else "optimal" if met == "proved" else "feasible"
        return Outcome(
            status=status,
            values=values,
            objective=objective if values is not None else None,
            bound=bound,
            seconds=time.monotonic() - self.task.began,
            engine=engine,
            engine_version=version,
            stopped=met or stopped or ("interrupt" if self.task.stop.is_set() else "time"),
            notes=notes,
            proof=proof,
        )

    def infeasible(self, engine: str, version: str) -> Outcome:
        """Return the answer that no plan exists."""
        seconds = time.monotonic() - self.task.began
        return Outcome("infeasible", None, None, np.inf, seconds, engine, version, "proved", tuple(self.notes))

    def _report(self, force: bool = False) -> None:
        now = time.monotonic()
        if not force and now < self._silent_until:
            return
        self._silent_until = now + 0.5
        self.report()

    def report(self) -> None:
        """Send one line of progress with the current phase."""
        best = self.objective if self.values is not None else None
        self.task.report(self.phase, best, self.bound if np.isfinite(self.bound) else None)


def fault_of(matrix: Matrix, values: Floats) -> str:
    """Say in words why ``values`` are no plan of ``matrix``; empty when they are one."""
    if values.shape != matrix.cost.shape:
        return f"it has {values.size} values, the programme has {matrix.cost.size} columns"
    if not np.isfinite(values).all():
        return "it has values that are no numbers"
    integer = matrix.form == INTEGER
    fraction = np.abs(values[integer] - np.rint(values[integer])).max(initial=0.0)
    if fraction > TOLERANCE:
        return f"a decision is fractional, by {fraction:.3g}"
    excess = matrix.excess(values)
    return f"it breaks a row or limit by {excess:.3g} (relative)" if excess > TOLERANCE else ""
