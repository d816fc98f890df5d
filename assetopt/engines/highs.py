"""The default engine: the sparse programme goes straight to HiGHS, with our own clock, status and recount around it."""

from __future__ import annotations

import time

import numpy as np

from assetopt.engines.bounds import certified_bound
from assetopt.engines.completion import complete, settle
from assetopt.engines.highs_run import Answer, Options, run_highs, version
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.neighbourhood import improve
from assetopt.engines.outcome import Outcome, Task
from assetopt.engines.screen import screen, unbounded
from assetopt.engines.watch import watched
from assetopt.engines.years import year_by_year
from assetopt.program import INTEGER, Floats, Matrix, Program

__all__ = ["complete", "highs", "relaxation_bound"]

NAME = "highs"

LARGE = 15_000
"""More INTEGER columns than this, and HiGHS alone stalls at the root: relax, search, then branch.

Measured (2 cores): 9,000 columns (Wealdmere, one decision year) reach 0.3 % in 8 s by branch and cut and not in 45 s by
neighbourhoods; at 24,000 (Kent, one year) branch and cut shows no plan in 120 s and neighbourhoods save £195m in 45 s.
"""

RELAX_SHARE, YEARS_SHARE, SEARCH_SHARE = 0.35, 0.45, 0.7
"""Shares of the time left that the relaxation, the years and the neighbourhoods may take; the rest raises the bound."""


def highs(program: Program, task: Task) -> Outcome:
    """Solve ``program`` with HiGHS within ``task``.

    Up to :data:`LARGE` INTEGER columns it is one branch and cut. Above, a relaxation bound comes first, then a search from
    the start plan, year by year and by neighbourhoods, then branch and cut with what time is left.

    Raises
    ------
    SolverError
        If the cost can fall without limit, or HiGHS fails.
    """
    matrix = program.matrix
    engine_version = version()
    answered = screen(matrix, task, NAME, engine_version)
    if answered is not None:
        return answered
    best = Incumbent(matrix, task)
    large = int((matrix.form == INTEGER).sum()) > LARGE
    answer = watched(lambda: _large(program, best, task) if large else _whole(best, task), task)
    if answer is None:
        best.note("HiGHS did not stop in time and was left behind; this is the best plan it had shown")
        return best.outcome(NAME, engine_version)
    if answer.status == "unbounded":
        raise unbounded()
    if answer.status == "infeasible" and best.values is None:
        return best.infeasible(NAME, engine_version)
    rounding = answer.tolerance if answer.status == "optimal" else 0.0
    return best.outcome(NAME, engine_version, stopped=best.why_stop() or "ended", rounding=rounding)


def relaxation_bound(matrix: Matrix, seconds: float = np.inf, threads: int = 1) -> float:
    """Return a lower bound (£) on every plan's cost from the relaxation without redundant rows.

    The bound is recomputed from the row prices outside the solver (:func:`~assetopt.engines.bounds.certified_bound`).
    It is +inf where HiGHS shows that even the relaxation has no point, and -inf where it found no use of the time.
    """
    return _relaxation(matrix.without(matrix.redundant), seconds, threads, None)


def _relaxation(matrix: Matrix, seconds: float, threads: int, best: Incumbent | None) -> float:
    def hear(_values: Floats | None, _bound: float) -> bool:
        return best is not None and best.why_stop() is not None

    answer = run_highs(matrix, relaxed=True, seconds=seconds, threads=threads, hear=hear, options={"solver": "simplex"})
    if answer.status == "infeasible":
        return np.inf
    duals = answer.duals if answer.duals is not None else np.zeros(matrix.shape[0])
    return certified_bound(matrix, np.where(np.isfinite(duals), duals, 0.0))


def _whole(best: Incumbent, task: Task) -> Answer:
    """Branch and cut on the whole programme, the plan so far as its start."""
    best.phase = "branch and cut"
    best.report()
    answer = _branch(best.matrix, best, task)
    return _take(answer, best)


def _branch(
    matrix: Matrix, best: Incumbent, task: Task, *, seconds: float = np.inf, options: Options | None = None
) -> Answer:
    return run_highs(
        matrix,
        seconds=min(seconds, task.remaining),
        gap=task.gap,
        threads=task.threads,
        seed=task.seed,
        start=best.values,
        hear=best.hear,
        options=options,
    )


def _take(answer: Answer, best: Incumbent) -> Answer:
    if answer.values is not None:
        best.offer(answer.values)
    if answer.status in ("optimal", "limit"):
        best.raise_bound(answer.bound)
    elif answer.status == "infeasible" and best.values is not None:
        best.note("HiGHS finds no plan within its own tolerances; the plan given satisfies every row to 1e-6")
    settle(best)
    return answer


def _large(program: Program, best: Incumbent, task: Task) -> Answer:
    """Relax, search neighbourhoods, then branch and cut: each phase hands on a plan or a bound."""
    core = best.matrix.without(best.matrix.redundant)
    best.phase = "relaxation"
    best.report()
    bound = _relaxation(core, RELAX_SHARE * task.remaining, task.threads, best)
    if bound == np.inf and best.values is None:
        return Answer("infeasible", None, np.inf, np.inf, None, 0.0)
    best.raise_bound(bound)
    if best.values is None and best.why_stop() is None:
        best.phase = "first plan"
        best.report()
        answer = _branch(core, best, task, seconds=0.3 * task.remaining, options={"mip_max_improving_sols": 1})
        if answer.status in ("infeasible", "unbounded"):
            return answer
        _take(answer, best)
    if best.values is not None and best.why_stop() is None:
        best.phase = "years"
        best.report()
        year_by_year(program, best, time.monotonic() + YEARS_SHARE * task.remaining, LARGE)
    if best.values is not None and best.why_stop() is None:
        best.phase = "neighbourhoods"
        best.report()
        improve(program, best, time.monotonic() + SEARCH_SHARE * task.remaining)
    if best.why_stop() is not None:
        settle(best)
        return Answer("limit", None, np.inf, -np.inf, None, 0.0)
    best.phase = "branch and cut"
    best.report()
    return _take(_branch(core, best, task), best)
