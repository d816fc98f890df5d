"""Every engine gives the same honest answer to small programmes whose answer is known."""

from __future__ import annotations

import time

import numpy as np
import pytest
from engine_cases import enumerate_optimum, knapsack, random_program

from assetopt.engines import Outcome, Task, engine_named
from assetopt.errors import SolverError
from assetopt.program import CONTINUOUS, IMPLIED, Program

ENGINES = ("highs", "cbc", "cp-sat")


def solve(name: str, program: Program, seconds: float = 60.0) -> Outcome:
    """Solve to the proof."""
    task = Task(gap=0.0, saving_gap=0.0, deadline=time.monotonic() + seconds, threads=1)
    return engine_named(name)(program, task)


@pytest.mark.parametrize("name", ENGINES)
def test_a_knapsack_is_solved_to_its_optimum(name: str) -> None:
    # Worth 60, 100, 120, weights 10, 20, 30, room 50: the last two, worth 220; 1,000 - 220 = 780.
    program = knapsack([60.0, 100.0, 120.0], [10.0, 20.0, 30.0], 50.0, offset=1000.0)
    outcome = solve(name, program)
    assert outcome.status == "optimal"
    assert outcome.stopped == "proved"
    assert outcome.values is not None
    assert outcome.values.tolist() == [0.0, 1.0, 1.0]
    assert outcome.objective == pytest.approx(780.0, abs=1e-6)
    assert outcome.bound <= outcome.objective


@pytest.mark.parametrize("name", ENGINES)
def test_large_money_is_still_counted_to_the_pound(name: str) -> None:
    # Costs of £1e9 beside £1: 2 of 3 places, so the two dearest savings, 1e9 + 3 and 1e9 + 2.
    program = knapsack([1e9 + 1, 1e9 + 2, 1e9 + 3], [1.0, 1.0, 1.0], 2.0, offset=3e9)
    outcome = solve(name, program)
    assert outcome.objective == pytest.approx(1e9 - 5, abs=1e-3)


@pytest.mark.parametrize("name", ENGINES)
def test_an_impossible_programme_is_infeasible(name: str) -> None:
    program = Program()
    x = program.add_columns("x", 2)
    program.charge("cost", x, 1.0)
    # x + y = 1 and x = y: only (0.5, 0.5), which is not whole.
    program.add_rows("sum", 1, entries=[(0, x, 1.0)], lower=1.0, upper=1.0)
    program.add_rows("same", 1, entries=[(0, x, [1.0, -1.0])], lower=0.0, upper=0.0)
    outcome = solve(name, program)
    assert outcome.status == "infeasible"
    assert outcome.values is None
    assert outcome.objective is None
    assert outcome.bound == np.inf


@pytest.mark.parametrize("name", ENGINES)
def test_an_empty_row_that_asks_for_something_is_infeasible(name: str) -> None:
    program = knapsack([1.0], [1.0], 1.0)
    program.add_rows("reach", 1, entries=[], lower=1.0)
    assert solve(name, program).status == "infeasible"


@pytest.mark.parametrize("name", ENGINES)
def test_a_programme_without_columns_costs_its_constant(name: str) -> None:
    program = Program()
    program.charge_constant("base", 42.0)
    outcome = solve(name, program)
    assert outcome.status == "optimal"
    assert outcome.objective == 42.0
    assert outcome.bound == 42.0


@pytest.mark.parametrize("name", ENGINES)
def test_a_programme_without_rows_takes_each_cheaper_limit(name: str) -> None:
    program = Program()
    x = program.add_columns("x", 3, upper=[1.0, 2.0, 1.0])
    program.charge("cost", x, [5.0, -4.0, 0.0])
    outcome = solve(name, program)
    # 0 of the first, 2 of the second: -8.
    assert outcome.status == "optimal"
    assert outcome.objective == -8.0


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("with_row", [False, True])
def test_a_cost_that_can_fall_for_ever_is_refused(name: str, with_row: bool) -> None:
    program = Program()
    x = program.add_columns("x", 1, upper=np.inf, form=CONTINUOUS)
    program.charge("cost", x, -1.0)
    if with_row:
        program.add_rows("at least", 1, entries=[(0, x, 1.0)], lower=1.0)
    with pytest.raises(SolverError, match="without limit"):
        solve(name, program)


@pytest.mark.parametrize("name", ["highs", "cbc"])
def test_a_programme_without_whole_numbers_is_solved(name: str) -> None:
    program = Program()
    x = program.add_columns("x", 2, upper=10.0, form=CONTINUOUS)
    program.charge("cost", x, [2.0, 3.0])
    program.add_rows("need", 1, entries=[(0, x, [1.0, 2.0])], lower=7.0)
    outcome = solve(name, program)
    # 3 / 2 a unit for the second, 2 for the first: 3.5 of the second, 10.5.
    assert outcome.status == "optimal"
    assert outcome.objective == pytest.approx(10.5)


@pytest.mark.parametrize("name", ENGINES)
def test_a_fractional_slack_is_priced(name: str) -> None:
    program = Program()
    x = program.add_columns("build", 1)
    short = program.add_columns("short", 1, upper=np.inf, form=CONTINUOUS)
    program.charge("cost", x, 1000.0)
    program.charge("penalty", short, 100.0)
    program.add_rows("serve", 1, entries=[(0, x, 10.0), (0, short, 1.0)], lower=7.25)
    outcome = solve(name, program)
    # Not building leaves 7.25 short at £100: £725, less than £1,000. CP-SAT counts in thousandths: 725.00 to 10p.
    assert outcome.objective == pytest.approx(725.0, abs=1e-6)
    assert outcome.bound == pytest.approx(725.0, abs=0.11)


@pytest.mark.parametrize("name", ENGINES)
def test_equal_shares_in_continuous_columns_keep_their_plan(name: str) -> None:
    program = Program()
    x = program.add_columns("x", 1)
    part = program.add_columns("part", 3, upper=1.0, form=CONTINUOUS)
    program.charge("cost", x, -10.0)
    program.charge("cost", part, [1.0, 1.0, 1.0])
    # Three equal parts make one: 1/3 each, which no thousandth is.
    program.add_rows("whole", 1, entries=[(0, part, 1.0), (0, x, -1.0)], lower=0.0, upper=0.0)
    program.add_rows("equal", 2, entries=[([0, 1], part[:2], 1.0), ([0, 1], part[1:], -1.0)], lower=0.0, upper=0.0)
    outcome = solve(name, program)
    assert outcome.objective == pytest.approx(-9.0, abs=1e-6)
    assert outcome.bound <= -9.0 + 1e-6


@pytest.mark.parametrize("name", ENGINES)
def test_implied_columns_come_back_whole(name: str) -> None:
    program = Program()
    x = program.add_columns("x", 2)
    served = program.add_columns("served", 3, form=IMPLIED)
    program.charge("cost", x, [3.0, 5.0])
    # Any two of three zones; all three are within reach of either site; nothing in the cost asks for whole zones.
    zone = np.repeat(np.arange(3), 2)
    program.add_rows("reach", 3, entries=[(np.arange(3), served, 1.0), (zone, x[np.tile([0, 1], 3)], -1.0)], upper=0.0)
    program.add_rows("share", 1, entries=[(0, served, 1.0)], lower=1.5)
    outcome = solve(name, program)
    assert outcome.objective == pytest.approx(3.0)
    assert outcome.values is not None
    assert np.abs(outcome.values - np.rint(outcome.values)).max() <= 1e-6


def agree(name: str, seed: int) -> None:
    program = random_program(seed)
    known = enumerate_optimum(program)
    outcome = solve(name, program)
    if known is None:
        assert outcome.status == "infeasible"
        return
    assert outcome.status == "optimal"
    assert outcome.objective == pytest.approx(known, abs=1e-3)
    assert outcome.values is not None
    assert program.matrix.excess(outcome.values) <= 1e-6


@pytest.mark.parametrize("seed", range(24))
@pytest.mark.parametrize("name", ["highs", "cp-sat"])
def test_small_programmes_match_brute_force(name: str, seed: int) -> None:
    agree(name, seed)


@pytest.mark.parametrize("seed", [1, 3, 5, 6])
def test_small_programmes_match_brute_force_in_cbc(seed: int) -> None:
    agree("cbc", seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("name", ["cbc", "HiGHS"])
def test_small_programmes_match_brute_force_through_pulp(name: str, seed: int) -> None:
    program = random_program(seed)
    known = enumerate_optimum(program)
    outcome = solve(name, program)
    assert (outcome.status == "infeasible") == (known is None)
    if known is not None:
        assert outcome.objective == pytest.approx(known, abs=1e-3)
        assert outcome.bound <= known + 1e-3
        assert outcome.status == "optimal" or name != "cbc"


def test_among_the_small_programmes_some_have_no_plan() -> None:
    found = {enumerate_optimum(random_program(seed)) is None for seed in range(24)}
    assert found == {True, False}


@pytest.mark.parametrize("name", ENGINES)
def test_the_same_seed_gives_the_same_plan(name: str) -> None:
    program = random_program(2, n=12, m=6)
    first, second = solve(name, program), solve(name, program)
    assert first.values is not None
    assert second.values is not None
    assert first.values.tolist() == second.values.tolist()
