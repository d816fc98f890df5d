"""Programmes that answer themselves need no solver."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import knapsack
from phased_cases import task_for

from assetopt.engines import Outcome
from assetopt.engines.screen import screen
from assetopt.errors import SolverError
from assetopt.program import CONTINUOUS, Program


def answer(program: Program) -> Outcome | None:
    return screen(program.matrix, task_for(), "any", "1")


def status(program: Program) -> str | None:
    outcome = answer(program)
    return outcome.status if outcome is not None else None


def test_an_ordinary_programme_is_left_to_the_engine() -> None:
    assert answer(knapsack([1.0], [1.0], 1.0)) is None


def test_a_column_whose_limits_cross_is_infeasible() -> None:
    program = Program()
    x = program.add_columns("x", 1, lower=2.0, upper=1.0)
    program.add_rows("any", 1, entries=[(0, x, 1.0)], upper=5.0)
    assert status(program) == "infeasible"


def test_a_decision_without_a_whole_number_between_its_limits_is_infeasible() -> None:
    program = Program()
    x = program.add_columns("x", 1, lower=0.2, upper=0.8)
    program.add_rows("any", 1, entries=[(0, x, 1.0)], upper=5.0)
    assert status(program) == "infeasible"


def test_an_amount_between_the_same_limits_is_not() -> None:
    program = Program()
    x = program.add_columns("x", 1, lower=0.2, upper=0.8, form=CONTINUOUS)
    program.add_rows("any", 1, entries=[(0, x, 1.0)], upper=5.0)
    assert status(program) is None


def test_a_row_whose_sides_cross_is_infeasible() -> None:
    program = Program()
    x = program.add_columns("x", 1)
    program.add_rows("any", 1, entries=[(0, x, 1.0)], lower=1.0, upper=0.0)
    assert status(program) == "infeasible"


def test_entries_that_cancel_out_leave_an_empty_row() -> None:
    program = knapsack([1.0], [1.0], 1.0)
    take = program.columns["take"].ids
    program.add_rows("reach", 1, entries=[(0, take, 1.0), (0, take, -1.0)], lower=1.0)
    assert status(program) == "infeasible"


def test_an_empty_row_that_asks_for_nothing_is_harmless() -> None:
    program = knapsack([1.0], [1.0], 1.0)
    program.add_rows("reach", 1, entries=[], lower=-1.0, upper=1.0)
    assert status(program) is None


def test_without_entries_a_free_amount_without_cost_stays_at_zero() -> None:
    program = Program()
    program.add_columns("x", 1, lower=-np.inf, upper=np.inf, form=CONTINUOUS)
    outcome = answer(program)
    assert outcome is not None
    assert outcome.values is not None
    assert outcome.values.tolist() == [0.0]


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_cost_that_is_no_number_is_refused(wrong: float) -> None:
    program = knapsack([wrong], [1.0], 1.0)
    with pytest.raises(SolverError, match="finite"):
        answer(program)


def test_a_limit_that_is_no_number_is_refused() -> None:
    program = knapsack([1.0], [1.0], float("nan"))
    with pytest.raises(SolverError, match="finite"):
        answer(program)
