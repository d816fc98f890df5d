"""One call to HiGHS: arrays in, arrays out, money scaled on the way in and back on the way out (highs_master imports it too)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from assetopt.errors import SolverError
from assetopt.program import CONTINUOUS, INTEGER, Floats, Matrix

Heard = Callable[[Floats | None, float], bool]
"""Called from inside the solver with (a new plan or None, lower bound in £); answers whether to stop."""

_local = threading.local()

Options = Mapping[str, bool | int | float | str]
"""HiGHS options by name."""

_FEASIBLE = 0.9e-6
"""HiGHS takes a start whose violations are at most 1e-6, absolute."""

_COMPLETE = 10.0
"""Seconds that completing a start may take."""


@dataclass(frozen=True)
class Answer:
    """What HiGHS said: ``limit`` covers every early stop; ``bound`` and ``objective`` in £; ``duals`` in £ per row unit."""

    status: Literal["optimal", "infeasible", "unbounded", "limit"]
    values: Floats | None
    objective: float
    bound: float
    duals: Floats | None
    tolerance: float
    """The solver's own absolute tolerance on the objective, in £."""
    work: int = 0
    """Simplex iterations: a measure of effort that does not depend on the clock."""


def version() -> str:
    """Return the version of HiGHS."""
    import highspy

    return str(highspy.Highs().version())


def money_scale(cost: Floats) -> float:
    """Return the power of ten that brings the typical cost coefficient to 10..100.

    Pounds over thirty years reach 1e10, and HiGHS's tolerances are absolute: at the scale returned they are worth
    between a hundred-millionth and a ten-millionth of a typical cost.
    """
    size = np.abs(cost[cost != 0])
    if size.size == 0:
        return 1.0
    return float(10.0 ** (1 - int(np.floor(np.log10(np.median(size))))))


def run_highs(
    matrix: Matrix,
    *,
    relaxed: bool = False,
    seconds: float = np.inf,
    gap: float = 0.0,
    threads: int = 1,
    seed: int = 1,
    start: Floats | None = None,
    hear: Heard | None = None,
    options: Options | None = None,
) -> Answer:
    """Solve one programme with HiGHS in the calling thread.

    Parameters
    ----------
    matrix : Matrix
        The programme; INTEGER and IMPLIED columns are integer, all others continuous. See :func:`_pass`.
    relaxed : bool
        Leave all integrality out.
    seconds : float
        Wall time for this call; HiGHS may overrun it.
    gap : float
        Relative gap at which HiGHS may call the plan optimal.
    start : (n,) array, optional
        A plan to start from; see :func:`_sound_start`.
    hear : callable, optional
        Called with improving plans and bounds; True stops the solver. What it raises stops the solver and is raised here.
    options : mapping, optional
        Further HiGHS options, laid over those of this function.

    Raises
    ------
    SolverError
        If HiGHS refuses the model, an option or fails.
    """
    import highspy

    highs = highspy.Highs()
    scale = money_scale(matrix.cost)
    integer = not relaxed and bool((matrix.form != CONTINUOUS).any())
    settings: dict[str, bool | int | float | str] = {
        "output_flag": False,
        "threads": int(threads),
        "random_seed": int(seed),
        "mip_rel_gap": float(max(0.0, gap)),
        "mip_abs_gap": 1e-6,
    }
    if np.isfinite(seconds):
        settings["time_limit"] = float(max(0.0, seconds))
    for name, value in {**settings, **(options or {})}.items():
        if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverError(f"HiGHS does not take the option {name} = {value!r}")
    _pass(highs, matrix, scale, integer)
    if start is not None and integer:
        start = _sound_start(matrix, start, seconds, threads, seed)
    if start is not None and integer:
        plan = highspy.HighsSolution()
        plan.col_value = start.tolist()
        highs.setSolution(plan)
    errors: list[BaseException] = []
    if hear is not None:
        _listen(highs, scale, hear, errors)
    run_solver(highs, threads)
    if errors:
        raise errors[0]
    status = highs.getModelStatus()
    if status == highspy.HighsModelStatus.kUnboundedOrInfeasible:
        highs.setOptionValue("presolve", "off")
        run_solver(highs, threads)
        status = highs.getModelStatus()
    return _answer(highs, matrix, scale, integer)


def _sound_start(matrix: Matrix, start: Floats, seconds: float, threads: int, seed: int) -> Floats | None:
    """Return ``start`` with every whole column whole and every row within HiGHS's own absolute tolerance, or None.

    Given less than that, HiGHS first solves a small programme of its own around the start, and its callbacks report
    that programme's bound as if it were ours: the start would look proved optimal within a second. So a start is
    completed here, around its INTEGER columns, or not passed at all.
    """
    whole, decided = matrix.form != CONTINUOUS, matrix.form == INTEGER
    fraction = np.abs(start - np.rint(start))
    if (fraction[decided] > _FEASIBLE).any():
        return None
    values = np.where(decided | (whole & (fraction <= _FEASIBLE)), np.rint(start), start)
    if (fraction[whole] > _FEASIBLE).any() or _violation(matrix, values) > _FEASIBLE:
        fixed = replace(
            matrix, lower=np.where(decided, values, matrix.lower), upper=np.where(decided, values, matrix.upper)
        )
        answer = run_highs(fixed, seconds=min(seconds, _COMPLETE), threads=threads, seed=seed)
        if answer.values is None:
            return None
        values = np.where(whole, np.rint(answer.values), answer.values)
    return values if _violation(matrix, values) <= _FEASIBLE else None


def _violation(matrix: Matrix, values: Floats) -> float:
    """Return the largest absolute violation of a row or limit."""
    activity = matrix.a @ values
    parts = (matrix.row_lower - activity, activity - matrix.row_upper, matrix.lower - values, values - matrix.upper)
    return max(0.0, *(float(part.max(initial=0.0)) for part in parts))


def _pass(highs: object, matrix: Matrix, scale: float, integer: bool) -> None:
    """Hand the programme over.

    IMPLIED columns go as integer. Passed as continuous, HiGHS 1.14 works out for itself which are integral, and gets it
    wrong: on parts of a five-year county it called 6 of 39 programmes infeasible, or a plan optimal, against a cheaper
    plan that satisfies every row; passed as integer 0 of 36, at the same speed. Tolerances and presolve made no
    difference.
    """
    import highspy

    assert isinstance(highs, highspy.Highs)
    m, n = matrix.shape
    status = highs.passModel(
        n, m, matrix.a.nnz,
        int(highspy.MatrixFormat.kRowwise), int(highspy.ObjSense.kMinimize), matrix.offset * scale,
        matrix.cost * scale, matrix.lower, matrix.upper, matrix.row_lower, matrix.row_upper,
        matrix.a.indptr.astype(np.int32), matrix.a.indices.astype(np.int32), matrix.a.data.astype(np.float64),
        (matrix.form != CONTINUOUS).astype(np.int32) if integer else np.zeros(n, dtype=np.int32),
    )  # fmt: skip
    if status == highspy.HighsStatus.kError:
        raise SolverError("HiGHS refuses the programme: look for a coefficient that is not a number or beyond 1e15")


def _listen(highs: object, scale: float, hear: Heard, errors: list[BaseException]) -> None:
    import highspy

    assert isinstance(highs, highspy.Highs)
    kinds = highspy.cb.HighsCallbackType
    improving = kinds.kCallbackMipImprovingSolution
    # With an improving plan HiGHS 1.14 may name its cost as the bound, as it does for the plan to start from: not heard.
    told = {kinds.kCallbackMipInterrupt, kinds.kCallbackMipLogging}

    def callback(kind: object, _message: str, out: object, into: object, _user: object) -> None:
        values = np.array(out.mip_solution, dtype=np.float64) if kind == improving else None  # type: ignore[attr-defined]
        bound = float(out.mip_dual_bound) / scale if kind in told else -np.inf  # type: ignore[attr-defined]
        try:
            stop = bool(errors) or hear(values, bound if bound < 1e300 else -np.inf)
        except BaseException as error:
            # An exception must not travel through the solver's own frames.
            errors.append(error)
            stop = True
        if stop and into is not None:
            into.user_interrupt = True  # type: ignore[attr-defined]

    highspy._core._Highs.setCallback(highs, callback, None)
    for kind in (improving, *told, kinds.kCallbackSimplexInterrupt, kinds.kCallbackIpmInterrupt):
        highs.startCallback(kind)


def run_solver(highs: object, threads: int) -> None:
    import highspy

    assert isinstance(highs, highspy.Highs)
    # HiGHS keeps one scheduler a thread, with a fixed number of workers: another number needs a new scheduler.
    if getattr(_local, "threads", threads) != threads:
        highspy.Highs.resetGlobalScheduler(True)
    _local.threads = threads
    status = highspy._core._Highs.run(highs)
    if status == highspy.HighsStatus.kError and highs.getModelStatus() == highspy.HighsModelStatus.kSolveError:
        # HiGHS 1.14 may solve a programme in presolve and translate the answer back wrongly, which it notices itself.
        highs.clearSolver()
        highs.setOptionValue("presolve", "off")
        status = highspy._core._Highs.run(highs)
    if status == highspy.HighsStatus.kError:
        raise SolverError(f"HiGHS failed: {highs.modelStatusToString(highs.getModelStatus())}")


def _answer(highs: object, matrix: Matrix, scale: float, integer: bool) -> Answer:
    import highspy

    assert isinstance(highs, highspy.Highs)
    statuses = highspy.HighsModelStatus
    status, info = highs.getModelStatus(), highs.getInfo()
    solution = highs.getSolution()
    tolerance = 1e-6 / scale
    if status == statuses.kInfeasible:
        return Answer("infeasible", None, np.inf, np.inf, None, tolerance)
    if status in (statuses.kUnbounded, statuses.kUnboundedOrInfeasible):
        return Answer("unbounded", None, -np.inf, -np.inf, None, tolerance)
    values, duals = None, None
    if solution.value_valid and info.primal_solution_status == highspy.kSolutionStatusFeasible:
        values = np.array(solution.col_value, dtype=np.float64)
    elif solution.value_valid and matrix.shape[1] == 0:
        values = np.zeros(0)
    if not integer and len(solution.row_dual) == matrix.shape[0]:
        duals = np.array(solution.row_dual, dtype=np.float64) / scale
    done = status in (statuses.kOptimal, statuses.kModelEmpty)
    objective = matrix.objective(values) if values is not None else np.inf
    if integer:
        bound = float(info.mip_dual_bound) / scale
        bound = bound if abs(bound) < 1e300 else -np.inf
    else:
        bound = objective if done else -np.inf
    work = max(0, int(info.simplex_iteration_count))
    return Answer("optimal" if done else "limit", values, objective, min(bound, objective), duals, tolerance, work)
