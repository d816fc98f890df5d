"""Solving with some rules held, some left out and some that may give at a price; the plan that comes out is judged anew."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from assetopt.engines.completion import complete
from assetopt.engines.elastic import elastic
from assetopt.engines.highs_run import Answer, run_highs
from assetopt.engines.outcome import Task
from assetopt.formulation import Formulation
from assetopt.members import Member, members_of
from assetopt.plan import Violation
from assetopt.problem import Problem
from assetopt.program import Floats, Ints, Matrix
from assetopt.rules import RULES
from assetopt.timeline import Timeline, business_as_usual, lay_out

LIFTED = ("locks", "eligibility")
"""Rules that the opened problem knows nothing of: they are judged by the problem itself."""


@dataclass(frozen=True)
class Broken:
    """A plan that breaks rules: its years, all its breaches, and whether no plan breaks less (within 1 %)."""

    line: Timeline
    violations: tuple[Violation, ...]
    least: bool

    @property
    def rules(self) -> set[str]:
        """The rules it breaks."""
        return {violation.rule for violation in self.violations}


@dataclass(frozen=True)
class Ground:
    """What the searches stand on.

    Attributes
    ----------
    problem : Problem
        The one without a plan.
    form : Formulation
        Of its opened problem, with what was lifted as rows.
    task : Task
        Its deadline and its event end every search.
    seconds : float
        At most, for one search.
    """

    problem: Problem
    form: Formulation
    task: Task
    seconds: float

    @cached_property
    def members(self) -> list[Member]:
        """Every member of every rule that may give way."""
        return members_of(self.form)

    @property
    def over(self) -> bool:
        """Whether the time is up, or somebody asked to stop."""
        return self.task.stop.is_set() or self.task.deadline <= time.monotonic()

    def fits(self, held: Iterable[Member]) -> bool | None:
        """Say whether some plan keeps these members, all others left out; None where the time ended first."""
        matrix = self._without(held)
        answer = self._run(replace(matrix, cost=np.zeros(matrix.shape[1]), offset=0.0), 0.0)
        if answer is None or answer.status not in ("optimal", "infeasible"):
            return True if answer is not None and answer.values is not None else None
        return answer.status == "optimal"

    def softened(self, soft: Iterable[Member], held: Iterable[Member], gap: float = 0.01) -> Answer | None:
        """Look for the point that keeps ``held`` and breaks ``soft`` least, within ``gap``; None where no time is left.

        All other members are left out. The values are those of the programme, without the breaches.
        """
        if self.over:
            return None
        soft, held = list(soft), list(held)
        matrix, _ = elastic(self._without([*soft, *held]), _rows(soft))
        answer = self._run(matrix, gap, self._today(matrix))
        if answer is None or answer.values is None:
            return answer
        return replace(answer, values=answer.values[: self.form.program.n_columns])

    def broken(self, soft: Iterable[Member], held: Iterable[Member]) -> Broken | None:
        """Return what the plan that breaks ``soft`` least breaks by recount; None where none was found in form."""
        answer = self.softened(soft, held)
        if answer is None or answer.values is None:
            return None
        opened = self.form.problem
        line, _ = lay_out(opened, self.form.decode(answer.values))
        if line is None:
            return None
        found = [
            violation
            for name, rule in RULES.items()
            for violation in rule.violations(self.problem if name in LIFTED else opened, line)
        ]
        return Broken(line, tuple(found), answer.status == "optimal")

    def broken_members(self, values: Floats, among: Iterable[Member]) -> list[Member]:
        """Return the members of which a row is broken at a point."""
        matrix = self.form.program.matrix
        activity = matrix.a @ values
        excess = np.maximum(matrix.row_lower - activity, activity - matrix.row_upper)
        return [member for member in among if bool((excess[member.rows] > 1e-5).any())]

    def _without(self, held: Iterable[Member]) -> Matrix:
        """Return the programme in which members that are not among these ask for nothing."""
        matrix = self.form.program.matrix
        free = np.zeros(matrix.shape[0], dtype=bool)
        free[_rows(self.members)] = True
        free[_rows(held)] = False
        return replace(
            matrix,
            row_lower=np.where(free, -np.inf, matrix.row_lower),
            row_upper=np.where(free, np.inf, matrix.row_upper),
        )

    def _run(self, matrix: Matrix, gap: float, start: Floats | None = None) -> Answer | None:
        task = self.task
        if self.over:
            return None
        return run_highs(
            matrix,
            seconds=min(self.seconds, task.remaining),
            gap=gap,
            threads=1,  # with more, HiGHS has run ten times over its time in presolve
            seed=task.seed,
            start=start,
            options={"mip_detect_symmetry": False},
        )

    def _today(self, soft: Matrix) -> Floats | None:
        """Return today's estate as a point of the elastic programme, None where it breaks other rules too."""
        form = self.form
        if (form.problem.facts.teams.home < 0).any():
            return None
        line, _ = lay_out(form.problem, business_as_usual(form.problem))
        values = None if line is None else form.encode(line)
        if values is None:
            return None
        more = soft.shape[1] - len(values)
        mask = np.concatenate([form.decision_mask(), np.zeros(more, dtype=bool)])
        return complete(soft, np.concatenate([values, np.zeros(more)]), mask, self.task)


def _rows(members: Iterable[Member]) -> Ints:
    return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *(member.rows for member in members)])).astype(
        np.int64
    )
