"""A search for another aim than the scenario's: the same rules and decisions, with rows and an objective of the study's own."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np

from assetopt.certificate import Certificate, Status, gap_of, saving_gap_of, sentence
from assetopt.engines import Outcome, Task, engine_named
from assetopt.errors import SolverError
from assetopt.formulation import Formulation
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.program import Floats, Ints, Program
from assetopt.result import Result
from assetopt.verify import Recount, judge

ROOM = 1e-9
"""Part of a limit by which rounding may overstep it."""


@dataclass(frozen=True)
class Line:
    """A sum over columns: ``constant`` + ``amount`` (k,) x column (k,)."""

    column: Ints
    amount: Floats
    constant: float = 0.0

    def at(self, values: Floats) -> float:
        """Return the sum at ``values``."""
        return self.constant + float(self.amount @ values[self.column])


def objective_line(program: Program) -> Line:
    """Return what the programme minimises."""
    cost = np.zeros(program.n_columns)
    for name in program.terms:
        cost += program.cost_of(name)
    column = np.flatnonzero(cost)
    return Line(column.astype(np.int64), cost[column], float(sum(program.constants.values())))


def hold_below(program: Program, line: Line, most: float) -> None:
    """Write that a sum is at most so much."""
    most += ROOM * max(1.0, abs(most))
    # A row in pounds would have coefficients beyond what a solver's absolute tolerance is made for.
    largest = float(np.abs(line.amount).max(initial=0.0))
    scale = 10.0 ** -np.ceil(np.log10(largest)) if largest > 10.0 else 1.0
    row = np.zeros(len(line.column), dtype=np.int64)
    program.add_rows(
        "limits", 1, upper=(most - line.constant) * scale, entries=[(row, line.column, line.amount * scale)]
    )


def aim_at(program: Program, *lines: Line) -> None:
    """Minimise these sums in place of what was charged."""
    program.terms.clear()
    program.constants.clear()
    for number, line in enumerate(lines):
        program.charge(f"aim {number}", line.column, line.amount)
        program.charge_constant(f"aim {number}", line.constant)


def search(
    form: Formulation, start: Plan | None, seconds: float, gap: float | None = None, today: float | None = None
) -> tuple[Recount | None, Outcome]:
    """Search the programme on one thread; return the plan found, judged, and what the engine says.

    Parameters
    ----------
    gap : float, optional
        Default that of the scenario.
    today : float, optional
        What business as usual comes to in the aim of the programme, £: then the scenario's gap of the saving ends a search too.

    Raises
    ------
    SolverError
        When the engine cannot take the programme, or its plan breaks a rule.
    """
    from assetopt.warm_start import warm_start

    settings = form.problem.scenario.solver
    task = Task(
        gap=settings.gap if gap is None else gap,
        saving_gap=0.0 if today is None else settings.saving_gap,
        objective_today=today,
        deadline=time.monotonic() + seconds,
        threads=1,
        seed=settings.seed,
    )
    if start is not None:
        task = replace(task, start=warm_start(form, start, "the plan given", task, seconds / 4).values)
    outcome = engine_named(settings.engine)(form.program, task)
    if outcome.values is None:
        return None, outcome
    recount = judge(form.problem, form.decode(outcome.values))
    if not recount.verdict.ok:
        told = "\n".join(violation.message for violation in recount.verdict.violations[:5])
        raise SolverError(
            f"the plan of engine {outcome.engine} fails the independent verification and is refused:\n{told}"
        )
    return recount, outcome


def result_within(
    problem: Problem, recount: Recount, outcome: Outcome | Certificate, bound: float | None, note: str
) -> Result:
    """Return a plan of a search for another aim as a result of the scenario: its own cost, and the scenario's bound."""
    objective = recount.verdict.objective_recomputed
    assert objective is not None
    assert recount.books is not None
    certificate = Certificate(
        status="feasible",
        objective=objective,
        objective_today=recount.books.objective_today,
        bound=None,
        gap=None,
        saving_gap=None,
        engine=outcome.engine,
        engine_version=outcome.engine_version,
        seconds=round(outcome.seconds, 3),
        threads=1,
        seed=problem.scenario.solver.seed,
        sentence="",
        stopped="ended",
        notes=(note,),
    )
    return Result(problem, with_bound(certificate, bound), recount)


def with_bound(certificate: Certificate, bound: float | None) -> Certificate:
    """Return the certificate of a plan beside a bound that is known from elsewhere; None: beside none."""
    objective, today = certificate.objective, certificate.objective_today
    assert objective is not None
    least = None if bound is None or not np.isfinite(bound) else min(bound, objective)
    gap = gap_of(objective, least)
    status: Status = "optimal" if gap is not None and gap <= 1e-6 else "feasible"
    return replace(
        certificate,
        status=status,
        bound=least,
        gap=gap,
        saving_gap=saving_gap_of(objective, least, today),
        sentence=sentence(status, objective, least, today, certificate.stopped, ()),
    )
