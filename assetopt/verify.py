"""The verdict on a plan, recounted from the facts and the plan alone: every rule, every pound, no solver.

Nothing here knows how the plan was found; a plan written by hand is judged in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from assetopt.account import Books, ledger
from assetopt.costs.aim import counted
from assetopt.plan import Plan, Violation
from assetopt.problem import Problem
from assetopt.rules import RULES
from assetopt.timeline import Timeline, business_as_usual, lay_out


@dataclass(frozen=True)
class Verdict:
    """Whether a plan keeps every rule, each breach, and what it costs by recount (£, None where it cannot be laid out)."""

    violations: tuple[Violation, ...]
    objective_recomputed: float | None

    @property
    def ok(self) -> bool:
        """True when no rule is broken."""
        return not self.violations

    def as_dict(self) -> dict[str, object]:
        """Return the verdict as the contract's JSON object."""
        return {
            "ok": self.ok,
            "violations": [violation.as_dict() for violation in self.violations],
            "objective_recomputed": self.objective_recomputed,
        }


@dataclass(frozen=True)
class Recount:
    """A judged plan: its years, its ledgers and the verdict; ``line`` and ``books`` are None for a plan out of form."""

    plan: Plan
    verdict: Verdict
    line: Timeline | None
    books: Books | None


def breaches(problem: Problem, line: Timeline) -> list[Violation]:
    """Return every breach of every rule."""
    return [violation for rule in RULES.values() for violation in rule.violations(problem, line)]


def judge(problem: Problem, plan: Plan) -> Recount:
    """Check every rule of a plan and recount its money."""
    line, faults = lay_out(problem, plan)
    if line is None:
        return Recount(plan, Verdict(tuple(faults), None), None, None)
    books = Books(ledger(problem, line), today_ledger(problem), counted(problem.scenario))
    return Recount(plan, Verdict(tuple(breaches(problem, line)), books.objective), line, books)


def today_ledger(problem: Problem) -> pd.DataFrame | None:
    """Return the ledger of business as usual, None where a team has no home today."""
    if (problem.facts.teams.home < 0).any():
        return None
    line, _ = lay_out(problem, business_as_usual(problem))
    return None if line is None else ledger(problem, replace(line, usual=True))


def judge_today(problem: Problem) -> Recount | None:
    """Judge today's estate as a plan in which nothing changes; None where a team has no home today."""
    if (problem.facts.teams.home < 0).any():
        return None
    return judge(problem, business_as_usual(problem))
