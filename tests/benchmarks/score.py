"""The one scorer: what a point really costs, counted from the facts, and whether it is a plan at all.

No solver's status or objective is looked at. A fractional or infeasible point is no usable plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.case import Location, Question
from benchmarks.found import Floats, Found

if TYPE_CHECKING:
    from assetopt.plan import Plan
    from assetopt.problem import Problem

TOLERANCE = 1e-5
"""How far a share, a decision or (relative) a capacity may be off: what solvers with tolerances of 1e-6 leave behind."""


@dataclass(frozen=True)
class Score:
    """The recounted objective, or None and why the point is no plan."""

    objective: float | None
    why: str = ""


def score(problem: Location | Question, found: Found) -> Score:
    """Recount an answer."""
    if isinstance(problem, Location):
        if found.opened is None or found.shares is None:
            return Score(None, "no plan")
        return score_location(problem, found.opened, found.shares)
    if found.plan is not None:
        from assetopt.plan import Plan

        return score_plan(problem.problem(), Plan.from_records(found.plan))
    if found.values is None:
        return Score(None, "no plan")
    return score_values(problem.problem(), found.values)


def score_location(problem: Location, opened: Floats, shares: Floats) -> Score:
    """Recount an assignment: ``opened`` (m,) and ``shares`` (m, n).

    Decisions within `TOLERANCE` of whole numbers are rounded, and a customer's shares, which must add up to 1 as nearly,
    are made to add up exactly; with that done every facility must have room.
    """
    instance = problem.instance
    if opened.shape != instance.fixed.shape or shares.shape != instance.cost.shape:
        return Score(None, "not an answer to this problem")
    if not (np.isfinite(opened).all() and np.isfinite(shares).all()):
        return Score(None, "a value that is no number")
    whole = np.rint(opened)
    if np.abs(opened - whole).max() > TOLERANCE:
        return Score(None, "fractional: a facility is partly open")
    if (whole < 0).any() or (whole > 1).any():
        return Score(None, "a facility is neither open nor closed")
    if problem.single and np.abs(shares - np.rint(shares)).max() > TOLERANCE:
        return Score(None, "fractional: a customer is split")
    if shares.min() < -TOLERANCE:
        return Score(None, "a negative share")
    if shares[whole == 0].max(initial=0.0) > TOLERANCE:
        return Score(None, "a customer is served from a closed facility")
    if instance.p is not None and whole.sum() > instance.p:
        return Score(None, f"{int(whole.sum())} facilities, where {instance.p} are allowed")
    kept = np.rint(shares) if problem.single else np.where(shares > TOLERANCE / 10, shares, 0.0)
    kept[whole == 0] = 0.0
    served = kept.sum(axis=0)
    if np.abs(served - 1.0).max() > 2 * TOLERANCE:
        return Score(None, "a customer is not served once")
    kept = kept / served
    if (kept @ instance.demand > instance.capacity * (1 + TOLERANCE)).any():
        return Score(None, "a facility is overfull")
    return Score(float(instance.fixed @ whole + (instance.cost * kept).sum()))


def score_plan(problem: Problem, plan: Plan) -> Score:
    """Recount an estate's plan with every rule, by the independent verifier."""
    from assetopt.verify import judge

    verdict = judge(problem, plan).verdict
    if not verdict.ok or verdict.objective_recomputed is None:
        first = verdict.violations[0].message if verdict.violations else "it cannot be laid out"
        return Score(None, f"breaks {len(verdict.violations)} rules: {first}")
    return Score(verdict.objective_recomputed)


def score_values(problem: Problem, values: Floats) -> Score:
    """Recount the plan that is written in the columns of our programme, ``values`` (n,)."""
    from assetopt.optimise import formulate
    from assetopt.program import INTEGER

    form = formulate(problem)
    matrix = form.program.matrix
    if values.shape != matrix.cost.shape or not np.isfinite(values).all():
        return Score(None, "not an answer to this problem")
    decided = values[matrix.form == INTEGER]
    if np.abs(decided - np.rint(decided)).max(initial=0.0) > TOLERANCE:
        return Score(None, "fractional: a decision is taken in part")
    return score_plan(problem, form.decode(values))
