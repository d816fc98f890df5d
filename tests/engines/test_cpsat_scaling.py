"""CP-SAT counts in whole numbers: what is scaled is said, the bound stays a bound, and what cannot be scaled is refused."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import knapsack
from phased_cases import task_for

from assetopt.engines import Outcome, engine_named
from assetopt.errors import SolverError
from assetopt.program import CONTINUOUS, Program


def solve(program: Program) -> Outcome:
    return engine_named("cp-sat")(program, task_for())


def test_shares_of_divisible_teams_are_refused_with_what_to_use() -> None:
    program = Program()
    share = program.add_columns("move_share", 2, form=CONTINUOUS)
    program.add_rows("whole", 1, entries=[(0, share, 1.0)], lower=1.0, upper=1.0)
    with pytest.raises(SolverError, match=r"divisible teams.*use the engine highs"):
        solve(program)


def test_a_block_of_no_shares_is_no_reason_to_refuse() -> None:
    program = knapsack([60.0], [10.0], 20.0)
    program.add_columns("move_share", 0, form=CONTINUOUS)
    assert solve(program).objective == pytest.approx(-60.0)


def test_columns_that_may_be_negative_are_refused() -> None:
    program = Program()
    x = program.add_columns("x", 1, lower=-1.0)
    program.add_rows("row", 1, entries=[(0, x, 1.0)], upper=1.0)
    with pytest.raises(SolverError, match="from zero up"):
        solve(program)


def test_numbers_too_large_for_whole_number_sums_are_refused() -> None:
    # 2^52 is 4.5e15.
    with pytest.raises(SolverError, match=r"too large.*use the engine highs"):
        solve(knapsack([1.0, 1.0], [1e16, 1.0], 1e16))


def test_the_note_tells_what_was_scaled() -> None:
    # Eighths are whole in thousandths.
    outcome = solve(knapsack([60.0, 100.0], [0.125, 1.0], 1.0))
    assert any("rows multiplied by up to 1000" in note for note in outcome.notes)
    assert not any("rounded outward" in note for note in outcome.notes)


def test_a_row_of_thirds_is_rounded_outward_and_says_so() -> None:
    outcome = solve(knapsack([60.0, 50.0, 40.0], [1 / 3, 1 / 3, 1 / 3], 2 / 3))
    # Two of three fit exactly: 60 + 50.
    assert outcome.objective == pytest.approx(-110.0)
    assert outcome.bound <= -110.0
    assert any("1 rows rounded outward" in note for note in outcome.notes)


def test_a_point_that_fits_only_the_rounded_row_is_no_plan() -> None:
    # 1/3 + 2/3 + 2e-6 is more than 1 by more than the tolerance; in millionths, rounded outward, it fits.
    program = knapsack([60.0, 50.0], [1 / 3 + 1e-6, 2 / 3 + 1e-6], 1.0)
    outcome = solve(program)
    assert outcome.bound <= -60.0
    if outcome.values is not None:
        assert program.matrix.excess(outcome.values) <= 1e-6


def test_costs_below_a_step_of_money_keep_the_bound_below_the_optimum() -> None:
    # A sum of £4e13 leaves steps of one penny or more; a third of a penny a thing is then rounded down.
    program = Program()
    x = program.add_columns("x", 2)
    program.charge("cost", x, [4e13, 1 / 300])
    program.add_rows("one", 1, entries=[(0, x, 1.0)], lower=1.0)
    outcome = solve(program)
    assert outcome.objective == pytest.approx(1 / 300)
    assert outcome.bound <= 1 / 300


def shortfall(amount: float, penalty: float) -> Program:
    """Build for £5 or fall short of ``amount`` by an amount without limit."""
    program = Program()
    x = program.add_columns("build", 1)
    short = program.add_columns("short", 1, upper=np.inf, form=CONTINUOUS)
    program.charge("cost", x, 5.0)
    program.charge("penalty", short, penalty)
    program.add_rows("serve", 1, entries=[(0, x, 1.0), (0, short, 1.0)], lower=amount)
    return program


def test_a_column_without_a_limit_serves_within_its_range() -> None:
    outcome = solve(shortfall(1000.0, 1.0))
    # 1,000 short at £1; to build saves one of them for £5. A step of a thousandth costs the bound a tenth of a penny.
    assert outcome.objective == pytest.approx(1000.0)
    assert outcome.bound == pytest.approx(1000.0, abs=0.0011)
    assert outcome.bound <= 1000.0


def test_a_need_beyond_the_range_of_whole_numbers_is_never_called_infeasible() -> None:
    # 2e9 short at £1 is a plan of £2e9.
    outcome = solve(shortfall(2e9, 1.0))
    assert outcome.status == "unknown"
    assert any("beyond that it did not look" in note for note in outcome.notes)


def test_plans_beyond_the_range_count_in_the_bound() -> None:
    # Up to 1e9 short, 1.5e9 can only be met by building for £9e9; beyond that, falling short costs £1.5e9.
    program = Program()
    x = program.add_columns("build", 1)
    short = program.add_columns("short", 1, upper=np.inf, form=CONTINUOUS)
    program.charge("cost", x, 9e9)
    program.charge("penalty", short, 1.0)
    program.add_rows("serve", 1, entries=[(0, x, 2e9), (0, short, 1.0)], lower=1.5e9)
    outcome = solve(program)
    assert outcome.bound <= 1.5e9
    assert outcome.status != "optimal"
