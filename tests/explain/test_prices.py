"""Prices of forcing a decision the other way: against brute force on small random estates, and by hand."""

from __future__ import annotations

import itertools
from threading import Event

import numpy as np
import pytest
from random_estates import random_problem

from assetopt.explain.run import explain
from assetopt.formulation import Formulation
from assetopt.optimise import formulate, optimise
from assetopt.problem import Problem
from assetopt.result import Result

QUICK = 10
"""Estates of the default suite; the others are slow."""


def exact(problem: Problem) -> Problem:
    solver = problem.scenario.solver.model_copy(
        update={"gap": 0.0, "saving_gap": 0.0, "time_limit": 60.0, "threads": 1}
    )
    return Problem(problem.estate, problem.scenario.model_copy(update={"solver": solver}))


def solved(seed: int) -> Result | None:
    result = optimise(exact(random_problem(seed)))
    return result if result.plan is not None else None


def cheapest_otherwise(form: Formulation, columns: np.ndarray, some: bool) -> float:
    """The least cost with the decision the other way, by another solver (SciPy's) on the plain matrix."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    m = form.program.matrix
    row = np.zeros(m.shape[1])
    row[columns] = 1.0
    sides = (1.0, np.inf) if some else (-np.inf, 0.0)
    found = milp(
        m.cost, integrality=(m.form > 0).astype(int), bounds=Bounds(m.lower, m.upper),
        constraints=[LinearConstraint(m.a, m.row_lower, m.row_upper), LinearConstraint(row, *sides)],
        options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    if found.status == 2:
        return float("inf")
    assert found.fun is not None
    return float(found.fun) + m.offset


def check(seed: int) -> int:
    result = solved(seed)
    if result is None:
        return 0
    found = explain(result, seconds=120.0, threads=1)
    cost = result.certificate.objective
    assert cost is not None
    for k, question in enumerate(found.asked):
        if question.fixed:
            continue
        true = cheapest_otherwise(found.form, question.columns, question.some)
        if true == float("inf"):
            assert found.prices.impossible[k], (seed, question)
            continue
        low, high = found.price(k)
        assert found.prices.settled[k], (seed, question)
        assert low == pytest.approx(true - cost, abs=2 * found.prices.tolerance), (seed, question)
        assert high == pytest.approx(true - cost, abs=2 * found.prices.tolerance), (seed, question)
    return len(found.asked)


@pytest.mark.parametrize("seed", range(QUICK))
def test_every_price_is_the_exact_difference(seed: int) -> None:
    check(seed)


@pytest.mark.slow
def test_two_hundred_estates() -> None:
    assert sum(check(seed) for seed in range(QUICK, 220)) > 1000


def enumerated(form: Formulation, columns: np.ndarray, some: bool) -> float:
    """The least cost with the decision the other way, by trying every combination of the decisions."""
    from assetopt.engines import Task
    from assetopt.engines.completion import complete

    m, mask = form.program.core, form.decision_mask()
    at = np.flatnonzero(mask)
    best = float("inf")
    for bits in itertools.product((0.0, 1.0), repeat=len(at)):
        values = np.zeros(m.shape[1])
        values[at] = bits
        if (values[columns].sum() >= 1) != some:
            continue
        whole = complete(m, values, mask, Task(gap=0.0))
        if whole is not None:
            best = min(best, m.objective(whole))
    return best


def test_enumeration_agrees_on_the_smallest_estates() -> None:
    tried = 0
    for seed in range(24):
        result = solved(seed)
        if result is None or int(formulate(result.problem).decision_mask().sum()) > 9:
            continue
        found = explain(result, seconds=60.0, threads=1)
        for k, question in enumerate(found.asked):
            if question.fixed or (question.kind == "team" and not question.decision.startswith("moves")):
                continue
            true = enumerated(found.form, question.columns, question.some)
            assert found.prices.impossible[k] == (true == float("inf"))
            if true < float("inf"):
                assert found.price(k)[1] == pytest.approx(true - found.prices.objective, abs=2 * found.prices.tolerance)
                tried += 1
    assert tried >= 3


def test_an_interrupted_run_keeps_true_intervals() -> None:
    result = solved(3)
    assert result is not None
    stop = Event()
    stop.set()
    whole, broken = explain(result, seconds=60.0, threads=1), explain(result, seconds=60.0, threads=1, stop=stop)
    assert not broken.prices.settled.any()
    for k in range(len(whole.asked)):
        if not whole.asked[k].fixed and not whole.prices.impossible[k]:
            assert broken.prices.low[k] <= whole.prices.low[k] + whole.prices.tolerance
            assert np.isnan(broken.price(k)[1])
            assert "no plan that has it" in broken.price_words(k)
