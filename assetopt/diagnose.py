"""When no plan exists: which rule stands in the way, shown by the nearest plan that breaks only that rule.

Each rule in turn, policy before physics, may be broken at a price; the programme is then solved for the least breach. The
plan that comes out is judged like any other, and the verifier's own words are the reason.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from assetopt.engines.completion import complete
from assetopt.engines.highs_run import run_highs
from assetopt.engines.outcome import Task
from assetopt.formulation import Formulation
from assetopt.program import CONTINUOUS, Bools, Floats, Matrix
from assetopt.timeline import business_as_usual, lay_out
from assetopt.verify import judge

ORDER = (
    "change",
    "limits",
    "budget",
    "no_partner_worse_off",
    "access",
    "service_points",
    "step_free",
    "compatibility",
    "locks",
    "tenure",
    "superior_interest",
    "capacity",
)
"""Rules that may be relaxed, those of policy first."""


def reasons(form: Formulation, task: Task, seconds: float = 10.0) -> list[str]:
    """Return what the nearest plan breaks, for the first rule whose relaxation gives a plan; empty if none is found.

    ``seconds`` bounds each of the searches.
    """
    matrix = form.program.matrix
    rule_of_row = np.concatenate(
        [np.full(block.size, block.rule.split(":")[0], dtype=object) for block in form.program.rows]
    )
    for rule in ORDER:
        rows = rule_of_row == rule
        if not rows.any() or task.stop.is_set():
            continue
        elastic = _elastic(matrix, rows)
        answer = run_highs(
            elastic,
            seconds=min(seconds, task.remaining),
            gap=0.01,
            threads=task.threads,
            seed=task.seed,
            start=_today(form, elastic, task),
        )
        if answer.values is None:
            continue
        found = judge(form.problem, form.decode(answer.values[: matrix.shape[1]])).verdict
        if found.violations:
            return [violation.message for violation in found.violations]
    return []


def _today(form: Formulation, elastic: Matrix, task: Task) -> Floats | None:
    """Return today's estate as a point of the elastic programme, None where it breaks other rules too."""
    if (form.problem.facts.teams.home < 0).any():
        return None
    line, _ = lay_out(form.problem, business_as_usual(form.problem))
    values = None if line is None else form.encode(line)
    if values is None:
        return None
    more = elastic.shape[1] - len(values)
    mask = np.concatenate([form.decision_mask(), np.zeros(more, dtype=bool)])
    return complete(elastic, np.concatenate([values, np.zeros(more)]), mask, task)


def _elastic(matrix: Matrix, rows: Bools) -> Matrix:
    """Return the programme in which the marked rows may be broken; its objective is the sum of relative breaches."""
    at = np.flatnonzero(rows)
    n, m = matrix.shape[1], matrix.shape[0]
    side = np.where(np.isfinite(matrix.row_lower[at]), np.abs(matrix.row_lower[at]), np.abs(matrix.row_upper[at]))
    weight = 1.0 / np.maximum(1.0, np.where(np.isfinite(side), side, 1.0))
    k = len(at)
    slack = sparse.csr_matrix(
        (np.concatenate([np.ones(k), -np.ones(k)]), (np.concatenate([at, at]), np.arange(2 * k))), shape=(m, 2 * k)
    )
    lengthen = np.concatenate
    return replace(
        matrix,
        cost=lengthen([np.zeros(n), weight, weight]),
        offset=0.0,
        lower=lengthen([matrix.lower, np.zeros(2 * k)]),
        upper=lengthen([matrix.upper, np.full(2 * k, np.inf)]),
        form=lengthen([matrix.form, np.full(2 * k, CONTINUOUS, dtype=np.int8)]),
        a=sparse.csr_matrix(sparse.hstack([matrix.a, slack])),
    )
