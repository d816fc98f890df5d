"""Without years no plan costs less: a bound for any prices, and no weaker than the relaxation at its own."""

from __future__ import annotations

import numpy as np
import pytest
from phased_cases import phased_county
from random_estates import FEATURES, random_problem

from assetopt.engines.decomposition.estate import Estate
from assetopt.engines.decomposition.timeless import Timeless
from assetopt.engines.highs_run import run_highs
from assetopt.optimise import formulate
from assetopt.program import Floats, Program

SEEDS = range(len(FEATURES))


def timeless(program: Program) -> tuple[Estate, Timeless] | None:
    estate = Estate.read(program)
    if estate is None or estate.ends.years == 1:
        return None
    return estate, Timeless.of(estate.matrix, estate.labels, estate.ends.family, estate.row_year)


def least(without: Timeless, prices: Floats) -> float:
    answer = run_highs(without.priced(prices), seconds=30.0)
    assert answer.status == "optimal"
    return answer.bound


def bounds(program: Program, seed: int) -> int:
    """Compare with the whole programme solved to proof at its relaxation's prices, none, and two drawn ones."""
    made = timeless(program)
    if made is None:
        return 0
    estate, without = made
    whole = run_highs(estate.matrix, seconds=60.0)
    if whole.status != "optimal":
        return 0
    relaxed = run_highs(estate.matrix, relaxed=True)
    assert relaxed.duals is not None
    slack = 1e-6 * max(1.0, abs(whole.objective))
    at_its_own = least(without, relaxed.duals)
    assert relaxed.objective - slack <= at_its_own <= whole.objective + slack
    rng = np.random.default_rng(seed)
    m = len(relaxed.duals)
    size = max(1.0, float(np.abs(relaxed.duals).mean()))
    for prices in (np.zeros(m), rng.normal(0.0, size, m), relaxed.duals * rng.uniform(0.0, 2.0, m)):
        assert least(without, prices) <= whole.objective + slack
    return 1


@pytest.mark.parametrize("seed", SEEDS)
def test_no_plan_of_a_drawn_estate_costs_less(seed: int) -> None:
    bounds(formulate(random_problem(seed)).program, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(len(FEATURES), 12 * len(FEATURES)))
def test_no_plan_of_many_drawn_estates_costs_less(seed: int) -> None:
    bounds(formulate(random_problem(seed)).program, seed)


def test_the_draws_are_not_all_of_one_year() -> None:
    assert sum(timeless(formulate(random_problem(seed)).program) is not None for seed in SEEDS) >= 5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_county_under_a_cap_is_bounded_closer_than_by_its_relaxation(seed: int) -> None:
    program, _ = phased_county(seed=seed)
    assert bounds(program, seed) == 1
    made = timeless(program)
    assert made is not None
    estate, without = made
    relaxed = run_highs(estate.matrix, relaxed=True)
    assert relaxed.duals is not None
    assert least(without, relaxed.duals) > relaxed.objective + 1.0


def test_a_plan_is_a_point_without_years_at_no_greater_cost() -> None:
    """Adding a plan's years up breaks no row, and what is chosen is told back for every year."""
    program, _ = phased_county(seed=1)
    made = timeless(program)
    assert made is not None
    estate, without = made
    plan = run_highs(estate.matrix).values
    assert plan is not None
    point = np.zeros(len(without.lower))
    np.add.at(point, without.place[without.event], plan[without.event])
    stands = ~without.event & (without.place >= 0)
    point[without.place[stands]] = plan[stands]
    priced = without.priced(np.zeros(estate.matrix.shape[0]))
    assert priced.excess(point) <= 1e-6
    assert priced.objective(point) <= estate.matrix.objective(plan) + 1e-6
    told = without.spread(point)
    chosen = plan[without.event] > 0.5
    assert (told[without.event][chosen] > 0.5).all()
