"""A plan is completed exactly around given decisions."""

from __future__ import annotations

import time

import numpy as np
import pytest
from engine_cases import county

from assetopt.engines import Task
from assetopt.engines.completion import Slicer, complete
from assetopt.engines.highs_run import money_scale, run_highs
from assetopt.engines.incumbent import Incumbent
from assetopt.program import CONTINUOUS, IMPLIED, INTEGER, Program


def shop() -> Program:
    """One decision x, an implied y <= x worth 5, and a continuous z >= 3 - 2 x at 4 a unit."""
    program = Program()
    x = program.add_columns("x", 1)
    y = program.add_columns("y", 1, form=IMPLIED)
    z = program.add_columns("z", 1, upper=9.0, form=CONTINUOUS)
    program.charge("cost", np.concatenate([x, y, z]), [2.0, -5.0, 4.0])
    program.add_rows("link", 1, entries=[(0, y, 1.0), (0, x, -1.0)], upper=0.0)
    program.add_rows("need", 1, entries=[(0, z, 1.0), (0, x, 2.0)], lower=3.0)
    return program


def task() -> Task:
    return Task(gap=0.0, saving_gap=0.0, deadline=time.monotonic() + 20.0)


@pytest.mark.parametrize(("x", "expected"), [(0.0, [0.0, 0.0, 3.0]), (1.0, [1.0, 1.0, 1.0])])
def test_the_rest_follows_from_the_decisions(x: float, expected: list[float]) -> None:
    values = complete(shop().matrix, np.array([x, 99.0, 99.0]), np.array([True, False, False]), task())
    assert values is not None
    assert values == pytest.approx(expected)


def test_decisions_that_fit_nothing_have_no_completion() -> None:
    program = shop()
    program.add_rows("must", 1, entries=[(0, [0], 1.0)], lower=1.0)
    assert complete(program.matrix, np.zeros(3), np.array([True, False, False]), task()) is None


def test_a_decision_outside_its_limits_has_no_completion() -> None:
    assert complete(shop().matrix, np.array([2.0, 0.0, 0.0]), np.array([True, False, False]), task()) is None


def test_a_completion_may_decide_what_is_left_open() -> None:
    # y = 1 is given, so x must be 1: 2 - 5 + 4 = 1.
    values = complete(shop().matrix, np.array([0.0, 1.0, 0.0]), np.array([False, True, False]), task())
    assert values == pytest.approx([1.0, 1.0, 1.0])


def test_a_slice_at_the_plan_costs_what_the_plan_costs() -> None:
    program, today = county(sites=30, reach=6)
    matrix = program.matrix
    free = np.flatnonzero(program.column_label("site") == 3)
    part, rows = Slicer(matrix).cut(free, today, matrix.a @ today)
    assert part.objective(today[free]) == pytest.approx(matrix.objective(today))
    assert part.excess(today[free]) <= 1e-9
    assert len(rows) == part.shape[0] < matrix.shape[0]


def test_columns_marked_implied_are_told_to_highs_as_whole() -> None:
    """Half of y would do; told as continuous, HiGHS guesses for itself which columns are whole, and guesses wrong."""
    program = Program()
    x = program.add_columns("x", 1)
    y = program.add_columns("y", 1, upper=3.0, form=IMPLIED)
    program.charge("cost", np.concatenate([x, y]), [1.0, 1.0])
    program.add_rows("need", 1, entries=[(0, y, 2.0), (0, x, 1.0)], lower=3.0)
    answer = run_highs(program.matrix)
    # y = 2 alone or x = y = 1: 2; half a y less would be 1.5.
    assert answer.objective == pytest.approx(2.0)
    assert run_highs(program.matrix, relaxed=True).objective == pytest.approx(1.5)


@pytest.mark.parametrize(("cost", "scale"), [([3e6, 5e6, 0.0], 1e-5), ([4.0], 10.0), ([0.02], 1e3), ([], 1.0)])
def test_typical_money_is_scaled_to_tens(cost: list[float], scale: float) -> None:
    assert money_scale(np.array(cost)) == pytest.approx(scale)


def test_a_point_is_rounded_only_where_it_is_a_decision() -> None:
    best = Incumbent(shop().matrix, task())
    assert best.offer(np.array([1.0 - 1e-9, 1.0, 1.25]))
    assert best.values is not None
    assert best.values.tolist() == [1.0, 1.0, 1.25]
    assert not best.offer(np.array([0.0, 1.0, 9.0]))
    assert (best.matrix.form == [INTEGER, IMPLIED, CONTINUOUS]).all()
