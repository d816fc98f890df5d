"""The main job: formulate a problem, let an engine search, read the plan back, have it verified, and certify how good it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event

import numpy as np

from assetopt import costs
from assetopt.breaking import Ground
from assetopt.certificate import POUNDS, Certificate, Unit, gap_of, saving_gap_of, sentence
from assetopt.conflict import find_conflicts
from assetopt.costs.aim import unit_of
from assetopt.diagnose import other_ways, relaxations
from assetopt.engines import Engine, Outcome, Progress, Task, engine_named
from assetopt.engines.incumbent import cost_of
from assetopt.engines.keeper import Keeper
from assetopt.engines.mending import mended_plan
from assetopt.engines.outcome import silent
from assetopt.engines.start import SMALL, nearest_plan
from assetopt.errors import SolverError
from assetopt.forbidding import forbid
from assetopt.formulation import Formulation, lay_columns
from assetopt.plan import Plan
from assetopt.plan_files import read_plan
from assetopt.problem import Problem
from assetopt.problem.blockers import blockers
from assetopt.problem.opened import is_small, open_up
from assetopt.program import Floats
from assetopt.proof.fingerprint import fingerprint
from assetopt.result import Result
from assetopt.rules import RULES
from assetopt.second_look import LEAST_SECONDS, cheaper_question, choose, is_whole, wants_second_look
from assetopt.timeline import Timeline, business_as_usual, lay_out
from assetopt.verify import Recount, judge, judge_today
from assetopt.warm_start import warm_start

START_SHARE = 0.2
"""Share of the time left that the search for a first plan may take where today breaks a rule."""

WAYS_SHARE, WAYS_SECONDS = 0.25, (5.0, 30.0)
"""Share of the time limit, and least and most seconds, that the ways to let a plan exist get, and the conflict again."""

FIRST_SAVE, SAVE_EVERY = 2.0, 10.0
"""Seconds after which the best plan so far is first handed to ``on_plan``, and then at most so often."""


def formulate(problem: Problem) -> Formulation:
    """Return the whole programme of a problem: columns, every rule's rows and every cost's charges."""
    form = lay_columns(problem)
    for rule in RULES.values():
        rule.constrain(form)
    costs.price(form)
    return form


def optimise(
    problem: Problem,
    *,
    start: Plan | str | Path | None = None,
    on_plan: Callable[[Result], None] | None = None,
    progress: Callable[[Progress], None] = silent,
    stop: Event | None = None,
    began: float | None = None,
) -> Result:
    """Find the plan of least cost within the scenario's time limit, verified, with a bound on how much better any could be.

    Parameters
    ----------
    problem : Problem
    start : Plan, str or pathlib.Path, optional
        A plan to start from, of this problem or another like it, or where one can be read: a report folder, a
        ``plan.json``, or a folder with ``sites.csv`` and ``teams.csv``. It is carried over by ids; where it breaks a
        rule, the best of its decisions, or a plan near it, is taken; notes of the certificate say what was done.
    on_plan : callable, optional
        Receives a verified result now and then while the search goes on, whenever there is a better plan, in a thread of
        its own; the search does not depend on it. What it raises ends these calls and is told in a note.
    progress : callable, optional
        Receives a :class:`~assetopt.engines.Progress` now and then.
    stop : threading.Event, optional
        Set it (from a signal handler, another thread) to stop early and keep the best plan.
    began : float, optional
        ``time.monotonic()`` at which the clock of ``time_limit`` started; default now.

    Returns
    -------
    Result
        With a plan, or without one: then ``certificate.status`` is "infeasible" (proved, with reasons) or "unknown".

    Raises
    ------
    DataError
        When the plan to start from cannot be read.
    SolverError
        When the engine cannot take the problem, or its plan fails the independent verification.
    """
    settings = problem.scenario.solver
    start_clock = time.monotonic() if began is None else began
    given = read_plan(start) if isinstance(start, str | Path) else start
    engine = engine_named(settings.engine)
    task = Task(
        gap=settings.gap,
        saving_gap=settings.saving_gap if unit_of(problem.scenario).saves else 0.0,
        deadline=start_clock + settings.time_limit,
        threads=settings.threads,
        seed=settings.seed,
        stop=stop or Event(),
        progress=progress,
        began=start_clock,
    )
    found = blockers(problem)
    if found and not is_small(problem):  # what is plain already is worth no search of minutes
        return _without_plan(problem, task, "infeasible", "proved", tuple(found))
    if found:
        return _with_ways(problem, task, tuple(found), None)
    task.report("formulating", None, None)
    form = formulate(problem)
    today = judge_today(problem)
    valid_today = today is not None and today.verdict.ok
    carried_on = today.books if valid_today and today is not None else None
    task = replace(task, objective_today=None if carried_on is None else carried_on.objective_today)
    name = f"the plan in {start}" if isinstance(start, str | Path) else "the plan given"
    first, told = _first(form, task, today if valid_today else None, given, name)
    task = replace(task, start=first)
    outcome = _searched(problem, form, engine, task, on_plan)
    outcome = replace(outcome, notes=(*told, *outcome.notes))
    if outcome.values is None:
        if outcome.status == "infeasible":
            return _with_ways(problem, task, (), outcome)
        return _without_plan(problem, task, outcome.status, outcome.stopped, (), outcome)
    result = _certified(problem, task, outcome, judge(problem, form.decode(outcome.values)))
    result = replace(result, proof=outcome.proof, programme=fingerprint(form.program))
    return _cheapest(problem, task, result) if wants_second_look(problem) else result


def _with_ways(problem: Problem, task: Task, blocked: tuple[str, ...], outcome: Outcome | None) -> Result:
    """Return the result of a model without any plan: why, what is in each other's way, and what would let one exist."""
    task.report("what would let a plan exist", None, None)
    form = formulate(open_up(problem))
    forbid(form, problem)
    least, most = WAYS_SECONDS
    seconds = float(np.clip(WAYS_SHARE * problem.scenario.solver.time_limit, least, most))
    ground = Ground(problem, form, replace(task, deadline=time.monotonic() + seconds), seconds / 3.0)
    ways = relaxations(ground)
    ground = replace(ground, task=replace(task, deadline=time.monotonic() + seconds))
    task.report("what is in each other's way", None, None)
    conflicts = find_conflicts(ground)
    ways = other_ways(ground, ways, conflicts)
    why = blocked or (ways[0].breaches if ways else ())
    stopped = "proved" if outcome is None else outcome.stopped
    none = _without_plan(problem, task, "infeasible", stopped, why, outcome)
    certificate = replace(
        none.certificate,
        relaxations=tuple(way.as_dict() for way in ways),
        conflicts=tuple(conflict.as_dict() for conflict in conflicts),
    )
    return replace(none, certificate=certificate)


def _cheapest(problem: Problem, task: Task, result: Result) -> Result:
    """Return the cheapest plan that is as good as this one, as far as the time that is left finds it."""
    clock = time.monotonic()
    seconds = min(task.remaining, max(LEAST_SECONDS, clock - task.began))
    first = result.recount
    if first is None or task.stop.is_set() or seconds < 1.0:
        return result
    task.report("cheapest of the best", None, None)
    asked = cheaper_question(problem, first, seconds)
    if asked is None:
        return result
    try:
        found = optimise(asked, start=first.plan, stop=task.stop, began=clock)
    except SolverError:
        return result
    if found.plan is None:
        return result
    proved = found.certificate.status == "optimal" and is_whole(problem)
    taken, said = choose(first, judge(problem, found.plan), proved)
    if not said:
        return result
    now = replace(
        result.certificate,
        seconds=round(time.monotonic() - task.began, 3),
        notes=(*result.certificate.notes, said),
    )
    return replace(result, certificate=now, recount=taken)


def _searched(
    problem: Problem, form: Formulation, engine: Engine, task: Task, on_plan: Callable[[Result], None] | None
) -> Outcome:
    """Let the engine search, and hand verified plans to ``on_plan`` meanwhile."""
    if on_plan is None:
        return engine(form.program, task)
    least = (
        np.inf if task.objective_today is None else task.objective_today - max(0.01, 1e-9 * abs(task.objective_today))
    )

    def keep(values: Floats, bound: float) -> None:
        nonlocal least
        if values.shape != (form.program.n_columns,):
            return
        recount = judge(problem, form.decode(values))
        objective = recount.verdict.objective_recomputed
        if recount.verdict.ok and objective is not None and objective < least:
            least = objective
            on_plan(_so_far(problem, task, recount, objective, bound))

    keeper = Keeper(keep, first=FIRST_SAVE, every=SAVE_EVERY, deadline=task.deadline)
    try:
        outcome = engine(form.program, replace(task, found=keeper.hear))
    finally:
        fault = keeper.close()
    if fault is not None:
        outcome = replace(outcome, notes=(*outcome.notes, f"saving plans on the way ended: {fault}"))
    return outcome


def _so_far(problem: Problem, task: Task, recount: Recount, objective: float, bound: float) -> Result:
    """Return a verified plan of a search that is still running as a result."""
    engine, seconds = problem.scenario.solver.engine, time.monotonic() - task.began
    outcome = Outcome("feasible", None, objective, bound, seconds, engine, "", "running")  # type: ignore[arg-type]
    least = min(bound, objective) if np.isfinite(bound) else None
    gap = gap_of(objective, least)
    status = "optimal" if gap is not None and gap <= 1e-6 else "feasible"
    return Result(
        problem, _certificate(task, outcome, status, objective, least, (), unit_of(problem.scenario)), recount
    )


def _first(
    form: Formulation, task: Task, today: Recount | None, given: Plan | None, name: str
) -> tuple[Floats | None, tuple[str, ...]]:
    """Return the plan to start from, the cheaper of a given one and a first one of our own, and notes on the given one."""
    matrix = form.program.core
    if given is None or not matrix.shape[1]:
        return _start(form, task, today), ()
    warm = warm_start(form, given, name, task, START_SHARE * task.remaining)
    if warm.values is None:
        return _start(form, task, today), warm.notes
    if today is None:
        return warm.values, (*warm.notes, f"the search started from {name}")
    own = _start(form, task, today)
    if own is not None and cost_of(matrix, own) < cost_of(matrix, warm.values):
        return own, (*warm.notes, f"{name} costs more than carrying on as today; the search started from today")
    return warm.values, (*warm.notes, f"the search started from {name}")


def _start(form: Formulation, task: Task, today: Recount | None) -> Floats | None:
    """Return a first plan: today's estate, or where rules forbid it, what mends it, or a plan near it."""
    from assetopt.engines.completion import complete

    matrix, mask = form.program.core, form.decision_mask()
    if not matrix.shape[1]:
        return None
    line = today.line if today is not None else _unchanged(form.problem)
    values = form.encode(line) if line is not None else None
    if today is not None and values is not None:
        # Today is a plan however little time there is: fixing its decisions leaves next to nothing to solve.
        spare = replace(task, deadline=max(task.deadline, time.monotonic() + 10.0))
        return complete(matrix, values, mask, spare)
    task.report("first plan", None, None)
    seconds = START_SHARE * task.remaining
    if values is None:
        values = np.zeros(matrix.shape[1])
    elif matrix.shape[1] >= SMALL:
        seconds /= 2
        mended = mended_plan(form.program, values, mask, task, seconds)
        if mended is not None:
            return mended
    return nearest_plan(matrix, values, mask, task, seconds)


def _unchanged(problem: Problem) -> Timeline | None:
    plan: Plan = business_as_usual(problem)
    if (problem.facts.teams.home < 0).any():
        return None
    return lay_out(problem, plan)[0]


def _certified(problem: Problem, task: Task, outcome: Outcome, recount: Recount) -> Result:
    verdict = recount.verdict
    if not verdict.ok or verdict.objective_recomputed is None:
        told = "\n".join(violation.message for violation in verdict.violations[:20])
        raise SolverError(
            f"the plan of engine {outcome.engine} fails the independent verification and is refused:\n{told}"
        )
    objective = verdict.objective_recomputed
    # A search that was stopped may leave a derived charge higher than it need be: the recount may be lower, never higher,
    # and never below the bound.
    unit = unit_of(problem.scenario)
    slack = max(0.0 if unit.name else 1.0, 1e-6 * max(1.0, abs(objective)))
    if (outcome.objective is not None and objective > outcome.objective + slack) or objective < outcome.bound - slack:
        raise SolverError(
            f"the engine says the plan comes to {unit.tell(outcome.objective or 0.0)} and none to less than "
            f"{unit.tell(outcome.bound)}, the recount says {unit.tell(objective)}; the plan is refused"
        )
    bound = min(outcome.bound, objective) if np.isfinite(outcome.bound) else None
    gap = gap_of(objective, bound)
    status = "optimal" if gap is not None and gap <= 1e-6 else "feasible"
    return Result(
        problem, _certificate(task, outcome, status, objective, bound, (), unit_of(problem.scenario)), recount
    )


def _certificate(
    task: Task,
    outcome: Outcome,
    status: str,
    objective: float | None,
    bound: float | None,
    why: tuple[str, ...],
    unit: Unit = POUNDS,
) -> Certificate:
    return Certificate(
        status=status,  # type: ignore[arg-type]
        objective=objective,
        objective_today=task.objective_today,
        bound=bound,
        gap=gap_of(objective, bound),
        saving_gap=saving_gap_of(objective, bound, task.objective_today, unit.saves),
        engine=outcome.engine,
        engine_version=outcome.engine_version,
        seconds=round(time.monotonic() - task.began, 3),
        threads=task.threads,
        seed=task.seed,
        sentence=sentence(status, objective, bound, task.objective_today, outcome.stopped, why, unit),  # type: ignore[arg-type]
        stopped=outcome.stopped,
        reasons=why,
        notes=outcome.notes,
        reductions=outcome.reductions,
    )


def _without_plan(
    problem: Problem, task: Task, status: str, stopped: str, why: tuple[str, ...], outcome: Outcome | None = None
) -> Result:
    known = outcome or Outcome(status, None, None, -np.inf, 0.0, "none", "", stopped)  # type: ignore[arg-type]
    bound = known.bound if np.isfinite(known.bound) and status != "infeasible" else None
    return Result(problem, _certificate(task, known, status, None, bound, why, unit_of(problem.scenario)), None)
