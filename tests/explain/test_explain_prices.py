"""Prices of forcing a decision the other way: against brute force on small random estates, and by hand."""

from __future__ import annotations

from threading import Event

import numpy as np
import pytest
from random_estates import random_problem

from assetopt.explain import pricing
from assetopt.explain.questions import questions
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


@pytest.mark.parametrize("seed", [0, 1, 2, 8, 12, 18])
def test_bounds_and_nearby_plans_hold_the_true_price(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of large estates, without its exact solves: what it says holds the truth between its two figures."""
    result = solved(seed)
    assert result is not None
    monkeypatch.setattr(pricing, "SMALL", -1)
    monkeypatch.setattr(pricing.Pricer, "_exact", lambda _pricer: None)
    form = formulate(result.problem)
    # Any finite row prices give a true bound, so random ones must too.
    duals = np.random.default_rng(seed).normal(0.0, 5_000.0, form.program.n_rows)
    found = explain(result, seconds=60.0, threads=1, duals=duals)
    tolerance, plans = found.prices.tolerance, 0
    for k, question in enumerate(found.asked):
        if question.fixed:
            continue
        true = cheapest_otherwise(found.form, question.columns, question.some)
        if found.prices.impossible[k]:
            assert true == float("inf")
            continue
        assert found.prices.least[k] <= true + tolerance
        assert found.prices.most[k] >= true - tolerance
        plans += bool(np.isfinite(found.prices.most[k]))
    assert plans >= 1


@pytest.mark.parametrize("seed", [2, 12])
def test_duals_of_the_proof_raise_the_bound_of_sites(seed: int) -> None:
    """Read from the decomposition's own proof, site by site: never above the truth, and above the plan's bound for some."""
    problem = exact(random_problem(seed))
    solver = problem.scenario.solver.model_copy(update={"engine": "decomposition"})
    result = optimise(Problem(problem.estate, problem.scenario.model_copy(update={"solver": solver})))
    assert result.proof is not None
    assert result.proof.kind == "sites"
    form, recount = formulate(problem), result.recount
    assert recount is not None
    assert recount.line is not None
    encoded = form.encode(recount.line)
    assert encoded is not None
    asked = questions(form, recount.line)
    pricer = pricing.Pricer(
        form, encoded, -np.inf, asked, result.proof.prices, seconds=30.0, threads=1, seed=1, stop=Event(),
        told=lambda _phase, _done, _of: None,
    )  # fmt: skip
    pricer._from_proof()
    raised = 0
    for k, question in enumerate(asked):
        if question.kind == "site" and not question.fixed:
            true = cheapest_otherwise(form, question.columns, question.some)
            assert pricer.prices.least[k] <= true + 1.0
            raised += bool(pricer.prices.least[k] > result.proof.bound + 1.0)
    assert raised >= 1
