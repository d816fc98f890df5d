"""Deciding one year after the other keeps the caps of every year, never worsens a plan and finds savings."""

from __future__ import annotations

import time

import numpy as np
import pytest
from phased_cases import phased_county, task_for, two_halls

from assetopt.engines import engine_named
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.years import ROUNDS, year_by_year
from assetopt.program import IMPLIED, Floats, Program


def decided(program: Program, start: Floats, largest: int = 15_000, seconds: float = 30.0) -> tuple[Incumbent, int]:
    best = Incumbent(program.matrix, task_for(start=start))
    done = year_by_year(program, best, time.monotonic() + seconds, largest)
    assert best.values is not None
    return best, done


def test_the_years_save_and_keep_every_row() -> None:
    program, today = phased_county()
    best, done = decided(program, today)
    assert best.values is not None
    assert done == ROUNDS * 3
    assert best.objective < 1e6
    assert program.matrix.excess(best.values) <= 1e-6


def test_the_plan_costs_what_its_values_cost() -> None:
    program, today = phased_county()
    best, _ = decided(program, today)
    assert best.values is not None
    assert program.matrix.objective(best.values) == pytest.approx(best.objective, abs=1e-6)


@pytest.mark.parametrize("cap", [0, 1, 2])
def test_no_year_moves_more_teams_than_its_cap(cap: int) -> None:
    program, today = phased_county(sites=8, cap=cap)
    best, _ = decided(program, today)
    assert best.values is not None
    moves = program.columns["move"]
    each_year = np.bincount(moves.labels["year"], weights=best.values[moves.ids], minlength=3)
    assert each_year.max() <= cap


def test_columns_that_follow_come_back_whole() -> None:
    program, today = phased_county(sites=8)
    best, _ = decided(program, today)
    assert best.values is not None
    implied = best.values[program.matrix.form == IMPLIED]
    assert np.abs(implied - np.rint(implied)).max() <= 1e-6


def test_the_years_are_decided_the_same_way_again() -> None:
    program, today = phased_county(sites=8)
    (first, _), (second, _) = decided(program, today), decided(program, today)
    assert first.values is not None
    assert second.values is not None
    assert (first.values == second.values).all()


def test_the_years_never_worsen_an_optimal_plan() -> None:
    program, today = phased_county(sites=6)
    exact = engine_named("highs")(program, task_for(start=today))
    assert exact.status == "optimal"
    assert exact.values is not None
    best, _ = decided(program, exact.values)
    assert best.objective == pytest.approx(exact.objective, abs=1e-6)


def test_the_years_never_fall_below_the_bound() -> None:
    program, today = phased_county(sites=6)
    exact = engine_named("highs")(program, task_for(start=today))
    best, _ = decided(program, today)
    assert best.objective >= exact.bound - 1e-6


def test_years_too_large_for_one_piece_are_searched_in_neighbourhoods() -> None:
    program, today = phased_county(sites=6)
    best, done = decided(program, today, largest=1, seconds=4.0)
    assert best.values is not None
    assert done > 0
    assert best.objective < 1e6
    assert program.matrix.excess(best.values) <= 1e-6


def test_a_single_year_is_left_to_others() -> None:
    program, today = two_halls()
    best, done = decided(program, today)
    assert done == 0
    assert best.objective == 10_000.0


def test_without_a_plan_there_is_nothing_to_improve() -> None:
    program, _ = phased_county(sites=6)
    best = Incumbent(program.matrix, task_for())
    assert year_by_year(program, best, time.monotonic() + 5.0, 15_000) == 0
    assert best.values is None


def test_a_stop_ends_the_years_at_once() -> None:
    program, today = phased_county(sites=6)
    task = task_for(start=today)
    task.stop.set()
    best = Incumbent(program.matrix, task)
    assert year_by_year(program, best, time.monotonic() + 5.0, 15_000) == 0
    assert best.objective == 1e6
