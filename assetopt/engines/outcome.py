"""What every engine is asked and what it answers, in our own words and never in the solver's."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Literal, Protocol

import numpy as np

from assetopt.program import Floats, Program
from assetopt.proof import Proof

Status = Literal["optimal", "feasible", "infeasible", "unknown"]
Stop = Literal["proved", "gap", "saving_gap", "time", "interrupt", "ended"]
"""Why an engine stopped; "ended" when the solver did by itself, by a test of its own."""


@dataclass(frozen=True)
class Progress:
    """One line of progress: ``best`` and ``bound`` in £, None where there is none yet."""

    phase: str
    best: float | None
    bound: float | None
    seconds: float


def silent(_: Progress) -> None:
    """Report nothing."""


def unheard(_values: Floats, _bound: float) -> None:
    """Keep nothing."""


@dataclass(frozen=True)
class Task:
    """How far and how long to solve.

    Attributes
    ----------
    gap : float
        Stop when (objective - bound) / max(1, |objective|) is at most this.
    saving_gap : float
        Stop when (objective - bound) / (objective_today - objective) is at most this; 0 switches the test off.
    objective_today : float or None
        The cost of carrying on as today (£), None where today is no plan; then ``saving_gap`` never stops a run.
    deadline : float
        ``time.monotonic()`` at which to stop.
    start : (n,) array or None
        A plan to start from, one value a column, feasible.
    stop : threading.Event
        Set from outside (Ctrl-C) to stop as soon as possible and keep the best plan.
    found : callable
        Given every better plan as (n,) values, with the bound (£, -inf for none) as it is then. It returns at once, does
        not write to the values, and takes nothing on trust: an engine may show plans of a programme of its own.
    """

    gap: float = 1e-4
    saving_gap: float = 0.01
    objective_today: float | None = None
    deadline: float = float("inf")
    threads: int = 2
    seed: int = 1
    start: Floats | None = None
    stop: Event = field(default_factory=Event)
    progress: Callable[[Progress], None] = silent
    found: Callable[[Floats, float], None] = unheard
    began: float = field(default_factory=time.monotonic)

    @property
    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.deadline - time.monotonic())

    def report(self, phase: str, best: float | None, bound: float | None) -> None:
        """Send one line of progress."""
        self.progress(Progress(phase, best, bound, time.monotonic() - self.began))

    def close_enough(self, objective: float, bound: float) -> Stop | None:
        """Say which of the two gaps is met by this plan and bound, or None."""
        if not np.isfinite(bound):
            return None
        distance = objective - bound
        if distance <= max(1e-6, 1e-9 * abs(objective)):
            return "proved"
        if distance <= self.gap * max(1.0, abs(objective)):
            return "gap"
        if self.objective_today is not None and self.saving_gap > 0:
            saving = self.objective_today - objective
            if saving > 0 and distance <= self.saving_gap * saving:
                return "saving_gap"
        return None


@dataclass(frozen=True)
class Outcome:
    """An engine's answer.

    ``status`` is "optimal" only when the engine proved ``objective - bound`` to be nothing but rounding; "infeasible"
    only when it proved that no plan exists; "unknown" when it stopped without a plan. ``bound`` is a valid lower bound
    on every plan's cost (£), -inf where the engine has none. ``proof`` holds the prices of the best bound that can be
    recounted without the engine, which ``bound`` may be above; ``reductions`` counts what was taken out of the programme
    without losing its optimum, by kind.
    """

    status: Status
    values: Floats | None
    objective: float | None
    bound: float
    seconds: float
    engine: str
    engine_version: str
    stopped: Stop
    notes: tuple[str, ...] = ()
    proof: Proof | None = None
    reductions: Mapping[str, int] = field(default_factory=dict)


class Engine(Protocol):
    """An engine solves a programme within a task. It raises SolverError where it cannot take the programme."""

    def __call__(self, program: Program, task: Task) -> Outcome: ...
