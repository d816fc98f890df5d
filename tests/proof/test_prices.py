"""The certified bound is a bound at any prices, and the optimum at the best ones."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import county, enumerate_optimum, knapsack, random_program

from assetopt.engines.highs import relaxation_bound
from assetopt.engines.highs_run import run_highs
from assetopt.program import CONTINUOUS, Program
from assetopt.proof.prices import certified_bound, implied_limits


def test_a_price_of_zero_gives_the_cheapest_corner() -> None:
    # Everything taken, the rule ignored: 1,000 - 60 - 100 - 120 = 720.
    matrix = knapsack([60.0, 100.0, 120.0], [10.0, 20.0, 30.0], 50.0, offset=1000.0).matrix
    assert certified_bound(matrix, np.zeros(1)) == pytest.approx(720.0)


def test_the_best_price_gives_the_relaxation() -> None:
    # By worth per weight 6, 5, 4: the first two and two thirds of the third, worth 240; 1,000 - 240 = 760. Its price is 4.
    matrix = knapsack([60.0, 100.0, 120.0], [10.0, 20.0, 30.0], 50.0, offset=1000.0).matrix
    assert certified_bound(matrix, np.array([-4.0])) == pytest.approx(760.0)
    assert relaxation_bound(matrix) == pytest.approx(760.0)


def test_a_price_of_the_wrong_sign_counts_as_zero() -> None:
    matrix = knapsack([60.0, 100.0, 120.0], [10.0, 20.0, 30.0], 50.0, offset=1000.0).matrix
    assert certified_bound(matrix, np.array([7.0])) == certified_bound(matrix, np.zeros(1))


@pytest.mark.parametrize("seed", range(12))
def test_no_prices_ever_exceed_the_optimum(seed: int) -> None:
    program = random_program(seed)
    optimum = enumerate_optimum(program)
    rng = np.random.default_rng(seed)
    for _ in range(20):
        bound = certified_bound(program.matrix, rng.normal(0.0, 3000.0, program.n_rows))
        assert optimum is None or bound <= optimum + 1e-6


def test_the_solvers_prices_give_the_solvers_optimum() -> None:
    program, _ = county(sites=40, reach=8)
    core = program.matrix.without(program.matrix.redundant)
    answer = run_highs(core, relaxed=True)
    assert answer.duals is not None
    bound = certified_bound(core, answer.duals)
    assert bound <= answer.objective
    assert bound == pytest.approx(answer.objective, rel=1e-9)


def test_a_column_without_a_limit_gets_one_from_its_rows() -> None:
    program = Program()
    x = program.add_columns("x", 1)
    y = program.add_columns("y", 1, upper=np.inf, form=CONTINUOUS)
    # y <= 5 - 2 x: with x from 0 to 1 never more than 5.
    program.add_rows("room", 1, entries=[(0, x, 2.0), (0, y, 1.0)], upper=5.0)
    _, upper = implied_limits(program.matrix)
    assert upper[1] == pytest.approx(5.0, rel=1e-6)
    assert upper[1] >= 5.0


def test_prices_that_leave_an_unlimited_column_unpaid_are_shrunk() -> None:
    program = Program()
    y = program.add_columns("y", 1, upper=np.inf, form=CONTINUOUS)
    program.charge("cost", y, 10.0)
    program.add_rows("need", 1, entries=[(0, y, 1.0)], lower=7.0)
    # The best price is 10, the bound 70. At 12 the column would fall for ever; shrunk to 10 the bound is 70 again.
    assert certified_bound(program.matrix, np.array([10.0])) == pytest.approx(70.0)
    assert certified_bound(program.matrix, np.array([12.0])) == pytest.approx(70.0)


def test_a_cost_without_end_has_no_bound() -> None:
    program = Program()
    y = program.add_columns("y", 1, upper=np.inf, form=CONTINUOUS)
    program.charge("cost", y, -1.0)
    program.add_rows("need", 1, entries=[(0, y, 1.0)], lower=7.0)
    assert certified_bound(program.matrix, np.zeros(1)) == -np.inf


def test_prices_must_be_numbers() -> None:
    matrix = knapsack([1.0], [1.0], 1.0).matrix
    with pytest.raises(ValueError, match="one finite price"):
        certified_bound(matrix, np.array([np.nan]))
    with pytest.raises(ValueError, match="one finite price"):
        certified_bound(matrix, np.zeros(2))
    assert np.isfinite(certified_bound(matrix, np.zeros(1)))


def test_a_relaxation_without_a_point_is_bounded_by_infinity() -> None:
    program = knapsack([1.0, 1.0], [1.0, 1.0], 1.0)
    program.add_rows("both", 1, entries=[(0, [0, 1], 1.0)], lower=2.0)
    assert relaxation_bound(program.matrix) == np.inf
