"""Every engine reads equality rows, ranges, one-sided rows and limits in the same way."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import enumerate_optimum, random_program
from phased_cases import task_for

from assetopt.engines import Outcome, engine_named
from assetopt.program import CONTINUOUS, Program

ENGINES = ("highs", "cbc", "cp-sat")


def solve(name: str, program: Program) -> Outcome:
    outcome = engine_named(name)(program, task_for())
    assert outcome.status == "optimal"
    return outcome


def whole_numbers(cost: list[float], lower: float, upper: float, coefficients: list[float]) -> Program:
    program = Program()
    x = program.add_columns("x", len(cost), upper=9.0)
    program.charge("cost", x, cost)
    program.add_rows("row", 1, entries=[(0, x, coefficients)], lower=lower, upper=upper)
    return program


@pytest.mark.parametrize("name", ENGINES)
def test_an_equality_row_is_met_exactly(name: str) -> None:
    # 3x + 5y = 19 in whole numbers up to 9: only (3, 2); 3 * 10 + 2 * 1 = 32.
    outcome = solve(name, whole_numbers([10.0, 1.0], 19.0, 19.0, [3.0, 5.0]))
    assert outcome.values is not None
    assert outcome.values.tolist() == [3.0, 2.0]
    assert outcome.objective == pytest.approx(32.0)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(("cost", "expected"), [(1.0, 2.0), (-1.0, -3.0)])
def test_a_range_row_holds_at_both_ends(name: str, cost: float, expected: float) -> None:
    # 3 <= 2x <= 7: x is 2 or 3.
    assert solve(name, whole_numbers([cost], 3.0, 7.0, [2.0])).objective == pytest.approx(expected)


@pytest.mark.parametrize("name", ENGINES)
def test_entries_on_the_same_place_add_up(name: str) -> None:
    program = Program()
    x = program.add_columns("x", 1, upper=9.0)
    program.charge("cost", x, 1.0)
    # x + x >= 5: x = 3.
    program.add_rows("row", 1, entries=[(0, x, 1.0), (0, x, 1.0)], lower=5.0)
    assert solve(name, program).objective == pytest.approx(3.0)


@pytest.mark.parametrize("name", ENGINES)
def test_a_lower_limit_above_zero_is_kept(name: str) -> None:
    program = Program()
    x = program.add_columns("x", 2, lower=[2.0, 0.0], upper=9.0)
    program.charge("cost", x, [3.0, 1.0])
    program.add_rows("row", 1, entries=[(0, x, 1.0)], lower=5.0)
    # At least 2 of the dear one, 3 of the cheap one: 6 + 3.
    assert solve(name, program).objective == pytest.approx(9.0)


@pytest.mark.parametrize("name", ["highs", "cbc"])
def test_an_amount_may_be_negative(name: str) -> None:
    program = Program()
    x = program.add_columns("x", 1, lower=-np.inf, upper=np.inf, form=CONTINUOUS)
    program.charge("cost", x, 2.0)
    program.add_rows("row", 1, entries=[(0, x, 1.0)], lower=-3.5)
    assert solve(name, program).objective == pytest.approx(-7.0)


@pytest.mark.parametrize("name", ENGINES)
def test_a_bound_never_exceeds_the_optimum_at_a_wide_gap(name: str) -> None:
    for seed in (1, 2, 3):
        program = random_program(seed)
        known = enumerate_optimum(program)
        assert known is not None
        outcome = engine_named(name)(program, task_for(gap=0.5))
        assert outcome.bound <= known + 1e-6
        assert outcome.objective is not None
        assert outcome.objective >= known - 1e-6
