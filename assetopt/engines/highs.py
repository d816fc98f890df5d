"""The default engine: the sparse programme goes straight to HiGHS, with our own clock, status and recount around it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from assetopt.engines.completion import complete, settle
from assetopt.engines.highs_run import Answer, Options, run_highs, version
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.neighbourhood import improve
from assetopt.engines.outcome import Outcome, Task
from assetopt.engines.screen import screen, unbounded
from assetopt.engines.watch import watched
from assetopt.engines.years import year_by_year
from assetopt.errors import SolverError
from assetopt.program import INTEGER, Bools, Floats, Matrix, Program
from assetopt.proof import Proof
from assetopt.proof.prices import certified_bound

__all__ = ["branch", "complete", "first_plan", "highs", "relaxation", "relaxation_bound"]

NAME = "highs"

LARGE = 15_000
"""More INTEGER columns than this, and HiGHS alone stalls at the root: relax, search, then branch.

Measured (2 cores): 9,000 columns (Wealdmere, one decision year) reach 0.3 % in 8 s by branch and cut and not in 45 s by
neighbourhoods; at 24,000 (Kent, one year) branch and cut shows no plan in 120 s and neighbourhoods save £195m in 45 s.
"""

SKELETON = ("placement", "open_site", "capacity", "locks", "tenure", "superior_interest", "change", "limits")
"""Labels of the rows that make a first relaxation: teams, sites and room, without access, points and preferences.

Measured on Wealdmere, five years: 8 s and £441m, the whole relaxation 28 s and £462m.
"""

MOST_STEPS = 500_000
"""Simplex iterations at which a relaxation ends with the prices it has; a limit that does not depend on the clock."""

RELAX_SHARE, YEARS_SHARE, SEARCH_SHARE = 0.5, 0.45, 0.7
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
    try:
        answer = watched(lambda: _large(program, best, task) if large else _whole(best, task), task)
    except SolverError as error:
        if best.values is None:
            raise
        best.note(f"HiGHS failed on the way ({error}); this is the best plan there was")
        return best.outcome(NAME, engine_version, stopped="ended")
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

    The bound is recomputed from the row prices outside the solver (:func:`~assetopt.proof.prices.certified_bound`).
    It is +inf where HiGHS shows that even the relaxation has no point, and -inf where it found no use of the time.
    """
    return relaxation(matrix, matrix.redundant, seconds, threads)[0]


def relaxation(
    matrix: Matrix, left_out: Bools, seconds: float = np.inf, threads: int = 1, late: Callable[[], bool] = bool
) -> tuple[float, Proof | None]:
    """Return the bound (£) of the relaxation without some rows, and its proof; +inf where it has no point.

    Parameters
    ----------
    left_out : (m,) bool
        Rows that are not passed to the solver; the proof has a price of 0 for them.
    late : callable
        Asked now and then whether to end; the prices there are then still give a bound.
    """

    def hear(_values: Floats | None, _bound: float) -> bool:
        return late()

    answer = run_highs(
        matrix.without(left_out),
        relaxed=True,
        seconds=seconds,
        threads=threads,
        hear=hear,
        options={"solver": "simplex", "simplex_iteration_limit": MOST_STEPS},
    )
    if answer.status == "infeasible":
        return np.inf, None
    prices = np.zeros(matrix.shape[0])
    if answer.duals is not None:
        prices[~left_out] = np.where(np.isfinite(answer.duals), answer.duals, 0.0)
    bound = certified_bound(matrix, prices)
    return bound, Proof("relaxation", prices, bound) if np.isfinite(bound) else None


def _whole(best: Incumbent, task: Task) -> Answer:
    """Branch and cut on the whole programme, the plan so far as its start, and a relaxation for the proof.

    With two threads or more the relaxation, redundant rows and all, runs beside; it is heard after both have ended.
    """
    best.phase = "branch and cut"
    best.report()
    matrix = best.matrix

    def relax() -> _Relaxation:
        return _Relaxation(matrix, [np.zeros(matrix.shape[0], dtype=bool)], task.remaining, task.stop.is_set)

    relaxation = relax() if task.threads > 1 else None
    answer = _take(_branch(matrix, best, task), best)
    if answer.status in ("optimal", "limit") and task.remaining > 0 and not task.stop.is_set():
        relaxation = relaxation or relax()
    if relaxation is not None:
        bound, proof = relaxation.bound()
        best.raise_bound(bound, proof)
    return answer


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
    answer = _asked_again(answer, best)
    if answer.values is not None:
        best.offer(answer.values)
    if answer.status in ("optimal", "limit"):
        best.raise_bound(answer.bound)
    elif answer.status == "infeasible" and best.values is not None:
        best.note("HiGHS finds no plan within its own tolerances; the plan given satisfies every row to 1e-6")
    settle(best)
    return answer


def _asked_again(answer: Answer, best: Incumbent) -> Answer:
    """Believe that no plan exists only if the relaxation has no point, or a second search on another path agrees.

    HiGHS 1.14 has called programmes infeasible that had plans (see ``highs_run``).
    """
    if answer.status != "infeasible" or best.values is not None:
        return answer
    matrix, task = best.matrix, best.task
    if run_highs(matrix, relaxed=True, seconds=task.remaining, threads=task.threads).status == "infeasible":
        return answer
    again = run_highs(
        matrix,
        seconds=task.remaining,
        gap=task.gap,
        threads=task.threads,
        seed=task.seed + 1,
        hear=best.hear,
        options={"presolve": "off", "mip_feasibility_tolerance": 1e-7},
    )
    if again.status != "infeasible":
        best.note("HiGHS called the programme infeasible, and a second search did not bear that out")
    return again


def branch(core: Matrix, best: Incumbent, task: Task) -> Answer:
    """Branch and cut on ``core`` from the best plan on, heard by ``best``, with the time that is left."""
    return _take(_branch(core, best, task), best)


def first_plan(core: Matrix, best: Incumbent, task: Task) -> Answer:
    """Search for any plan at all in three tenths of the time left; the answer says so where none exists."""
    best.phase = "first plan"
    best.report()
    answer = _branch(core, best, task, seconds=0.3 * task.remaining, options={"mip_max_improving_sols": 1})
    return _take(answer, best)


def _large(program: Program, best: Incumbent, task: Task) -> Answer:
    """Relax, search year by year and by neighbourhoods, then branch and cut: each phase hands on a plan or a bound.

    With two threads or more the relaxation runs beside the years. Its bound is heard only when both have ended, so that
    the same seed gives the same plan unless the time runs out.
    """
    core = best.matrix.without(best.matrix.redundant)
    best.phase = "relaxation"
    best.report()
    relaxation = _Relaxation(
        best.matrix,
        [_outside_skeleton(program), best.matrix.redundant],
        RELAX_SHARE * task.remaining,
        lambda: best.why_stop() is not None,
    )
    beside = best.values is not None and task.threads > 1
    if not beside:
        best.raise_bound(*relaxation.bound())
    if best.values is None and best.why_stop() is None:
        if relaxation.bound()[0] == np.inf:
            return Answer("infeasible", None, np.inf, np.inf, None, 0.0)
        answer = first_plan(core, best, task)
        if answer.status in ("infeasible", "unbounded"):
            return answer
    if best.values is not None and best.why_stop() is None:
        best.phase = "years"
        best.report()
        best.task = replace(task, threads=max(1, task.threads - 1)) if beside else task
        year_by_year(program, best, time.monotonic() + YEARS_SHARE * task.remaining, LARGE)
        best.task = task
        best.raise_bound(*relaxation.bound())
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


def _outside_skeleton(program: Program) -> Bools:
    """Mark the rows beyond the estate's own structure: any subset of rows keeps a bound valid."""
    rule = np.repeat([block.rule for block in program.rows], [block.size for block in program.rows])
    return np.asarray(program.matrix.redundant | ~np.isin(rule, SKELETON))


class _Relaxation:
    """The relaxation's certified bound, worked out in a thread of its own from the moment it is made.

    Several sets of rows to leave out are tried in turn, the quickest first: a bound nearly as good within seconds,
    should the next not be done in time.
    """

    def __init__(self, matrix: Matrix, left_out: list[Bools], seconds: float, late: Callable[[], bool]) -> None:
        self._bounds: list[tuple[float, Proof | None]] = []
        self._errors: list[BaseException] = []
        self._thread = threading.Thread(target=self._work, args=(matrix, left_out, seconds, late), daemon=True)
        self._thread.start()

    def _work(self, matrix: Matrix, left_out: list[Bools], seconds: float, late: Callable[[], bool]) -> None:
        ends = time.monotonic() + seconds
        try:
            for rows in left_out:
                rest = max(0.1, ends - time.monotonic())
                self._bounds.append(relaxation(matrix, rows, rest, 1, late))
                if not np.isfinite(self._bounds[-1][0]) or late():
                    break
        except BaseException as error:
            self._errors.append(error)

    def bound(self) -> tuple[float, Proof | None]:
        """Wait for it and return the better bound, £, with its proof; +inf where the relaxation has no point."""
        self._thread.join()
        if self._errors:
            raise self._errors[0]
        return max(self._bounds, key=lambda found: found[0])
