"""The best plan is kept, checked against the true rows, and called no better than it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from engine_cases import knapsack
from phased_cases import task_for, two_halls

from assetopt.engines import Task
from assetopt.engines.completion import settle
from assetopt.engines.incumbent import Incumbent
from assetopt.errors import SolverError
from assetopt.program import CONTINUOUS, IMPLIED, Program
from assetopt.proof import Proof


def kept(task: Task | None = None) -> Incumbent:
    """Worth 60 and 100, weights 10 and 20, room 20."""
    return Incumbent(knapsack([60.0, 100.0], [10.0, 20.0], 20.0).matrix, task or task_for())


def test_a_cheaper_plan_replaces_a_dearer_one() -> None:
    best = kept()
    assert best.offer(np.array([1.0, 0.0]))
    assert best.offer(np.array([0.0, 1.0]))
    assert best.objective == -100.0


def test_a_dearer_plan_changes_nothing() -> None:
    best = kept()
    best.offer(np.array([0.0, 1.0]))
    assert best.offer(np.array([1.0, 0.0]))
    assert best.objective == -100.0


def test_a_decision_a_hair_off_is_rounded() -> None:
    best = kept()
    assert best.offer(np.array([1e-7, 1.0 - 1e-7]))
    assert best.values is not None
    assert best.values.tolist() == [0.0, 1.0]


def test_a_point_that_breaks_a_row_is_refused() -> None:
    best = kept()
    assert not best.offer(np.array([1.0, 1.0]))
    assert best.values is None


def test_values_that_are_no_numbers_are_refused() -> None:
    assert not kept().offer(np.array([np.nan, 1.0]))


def test_a_bound_only_rises() -> None:
    best = kept()
    best.raise_bound(-110.0)
    best.raise_bound(-120.0)
    assert best.bound == -110.0


@pytest.mark.parametrize("bound", [np.nan, np.inf, -np.inf])
def test_a_bound_that_is_no_number_is_not_taken(bound: float) -> None:
    best = kept()
    best.raise_bound(-110.0)
    best.raise_bound(bound)
    assert best.bound == -110.0


def test_an_outcome_never_shows_a_bound_above_its_plan() -> None:
    best = kept()
    best.offer(np.array([0.0, 1.0]))
    best.raise_bound(-99.0)
    assert best.outcome("any", "1").bound == -100.0


def test_a_plan_without_a_bound_is_only_feasible() -> None:
    best = kept()
    best.offer(np.array([0.0, 1.0]))
    assert best.outcome("any", "1", stopped="ended").status == "feasible"


def test_a_plan_within_its_gap_is_still_only_feasible() -> None:
    best = kept(task_for(gap=0.2))
    best.offer(np.array([0.0, 1.0]))
    best.raise_bound(-110.0)
    outcome = best.outcome("any", "1")
    assert (outcome.status, outcome.stopped) == ("feasible", "gap")


def test_nothing_found_is_unknown() -> None:
    outcome = kept().outcome("any", "1")
    assert (outcome.status, outcome.values, outcome.objective) == ("unknown", None, None)


def test_ctrl_c_comes_before_the_clock() -> None:
    best = kept(task_for(-1.0))
    best.task.stop.set()
    assert best.why_stop() == "interrupt"


def test_the_clock_comes_before_a_gap() -> None:
    best = kept(task_for(-1.0, gap=1.0))
    best.offer(np.array([0.0, 1.0]))
    best.raise_bound(-110.0)
    assert best.why_stop() == "time"


def test_the_plan_handed_out_is_a_copy() -> None:
    best = kept()
    best.offer(np.array([0.0, 1.0]))
    outcome = best.outcome("any", "1")
    assert outcome.values is not None
    outcome.values[:] = 0.0
    assert best.values is not None
    assert best.values.tolist() == [0.0, 1.0]


def test_a_start_counts_from_the_beginning() -> None:
    best = kept(task_for(start=np.array([1.0, 0.0])))
    assert best.objective == -60.0
    assert best.notes == []


@pytest.mark.parametrize(
    ("start", "reason"),
    [([1.0, 1.0], "breaks a row"), ([1.0], "1 values, the programme has 2"), ([np.nan, 0.0], "no numbers")],
)
def test_a_start_that_is_no_plan_is_named_with_its_fault(start: list[float], reason: str) -> None:
    best = kept(task_for(start=np.array(start)))
    assert best.values is None
    assert reason in best.notes[0]


def test_a_remark_is_kept_once() -> None:
    best = kept()
    best.note("once")
    best.note("once")
    assert best.notes == ["once"]


def test_settling_completes_a_cheaper_point_whose_amounts_broke_a_row() -> None:
    program = Program()
    x = program.add_columns("x", 1)
    y = program.add_columns("y", 1, upper=10.0, form=CONTINUOUS)
    program.charge("cost", x, -5.0)
    program.charge("cost", y, 1.0)
    program.add_rows("tie", 1, entries=[(0, x, 2.0), (0, y, -1.0)], upper=0.0)
    best = Incumbent(program.matrix, task_for(start=np.zeros(2)))
    # y must be 2 with x = 1; the point says 1.99. Completed: -5 + 2 = -3.
    assert not best.offer(np.array([1.0, 1.99]))
    settle(best)
    assert best.objective == pytest.approx(-3.0)


def test_settling_makes_columns_whole_that_should_be() -> None:
    program = Program()
    x = program.add_columns("x", 1)
    y = program.add_columns("y", 2, form=IMPLIED)
    program.charge("cost", x, 1.0)
    program.add_rows("one", 1, entries=[(0, y, 1.0), (0, x, -1.0)], lower=0.0, upper=0.0)
    program.add_rows("need", 1, entries=[(0, x, 1.0)], lower=1.0)
    best = Incumbent(program.matrix, task_for(start=np.array([1.0, 0.5, 0.5])))
    settle(best)
    assert best.values is not None
    assert sorted(best.values[y].tolist()) == pytest.approx([0.0, 1.0], abs=1e-6)
    assert best.notes == []


def test_progress_is_told_with_every_better_plan() -> None:
    program, today = two_halls()
    heard: list[float | None] = []
    best = Incumbent(program.matrix, replace(task_for(start=today), progress=lambda line: heard.append(line.best)))
    best.offer(np.array([1.0, 0.0, 1.0, 0.0, 0.0, 1.0]))
    assert heard == [10_000.0, 9_100.0]


def test_a_bound_from_prices_above_a_plan_is_refused_and_not_made_to_fit() -> None:
    program = knapsack([3.0, 2.0], [1.0, 1.0], 1.0)
    best = Incumbent(program.matrix, Task())
    assert best.offer(np.array([1.0, 0.0]))
    best.raise_bound(best.objective + 1.0, Proof("relaxation", np.zeros(program.n_rows), best.objective + 1.0))
    with pytest.raises(SolverError, match="above a plan that keeps every rule"):
        best.outcome("test", "0")
