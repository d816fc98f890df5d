"""A task says when a plan is close enough to the bound."""

from __future__ import annotations

import numpy as np
import pytest
from phased_cases import task_for

from assetopt.engines import Task


def test_a_plan_at_its_bound_is_proved() -> None:
    assert Task().close_enough(100.0, 100.0) == "proved"


def test_a_billionth_of_the_cost_counts_as_rounding() -> None:
    # 1e-9 of £1e9 is £1.
    assert Task(gap=0.0).close_enough(1e9, 1e9 - 0.9) == "proved"
    assert Task(gap=0.0).close_enough(1e9, 1e9 - 1.1) is None


def test_a_bound_above_the_plan_is_no_distance() -> None:
    assert Task(gap=0.0).close_enough(100.0, 101.0) == "proved"


def test_the_gap_is_a_share_of_the_plans_cost() -> None:
    # 1 % of £200 is £2.
    task = Task(gap=0.01, saving_gap=0.0)
    assert task.close_enough(200.0, 198.0) == "gap"
    assert task.close_enough(200.0, 197.9) is None


def test_the_gap_of_a_negative_cost_is_a_share_of_its_size() -> None:
    task = Task(gap=0.01, saving_gap=0.0)
    assert task.close_enough(-200.0, -202.0) == "gap"
    assert task.close_enough(-200.0, -202.1) is None


def test_a_cost_below_a_pound_is_measured_as_a_pound() -> None:
    task = Task(gap=0.01, saving_gap=0.0)
    assert task.close_enough(0.0, -0.01) == "gap"
    assert task.close_enough(0.0, -0.011) is None


def test_the_saving_gap_is_a_share_of_the_saving() -> None:
    # Today £1,000, plan £900: saving £100, of which 5 % is £5.
    task = task_for(saving_gap=0.05, today=1000.0)
    assert task.close_enough(900.0, 895.0) == "saving_gap"
    assert task.close_enough(900.0, 894.9) is None


@pytest.mark.parametrize("objective", [1000.0, 1001.0])
def test_a_plan_that_saves_nothing_never_meets_the_saving_gap(objective: float) -> None:
    assert task_for(saving_gap=0.5, today=1000.0).close_enough(objective, 990.0) is None


def test_without_a_cost_of_today_the_saving_gap_never_stops() -> None:
    assert task_for(saving_gap=0.5).close_enough(900.0, 890.0) is None


def test_a_saving_gap_of_zero_is_switched_off() -> None:
    assert task_for(saving_gap=0.0, today=1000.0).close_enough(900.0, 899.0) is None


@pytest.mark.parametrize("bound", [-np.inf, np.inf, np.nan])
def test_a_bound_that_is_no_number_is_never_close_enough(bound: float) -> None:
    assert Task(gap=1.0, saving_gap=1.0, objective_today=1e9).close_enough(100.0, bound) is None


def test_the_time_left_is_never_negative() -> None:
    assert task_for(-5.0).remaining == 0.0
