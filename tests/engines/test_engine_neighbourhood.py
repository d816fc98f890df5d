"""A large plan gets better block by block, the same way every time."""

from __future__ import annotations

import time

import numpy as np
import pytest
from engine_cases import county, knapsack

from assetopt.engines import Task, engine_named, neighbourhood
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.neighbourhood import improve
from assetopt.program import IMPLIED


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep blocks small, so that a county of twelve sites is searched as a large one is."""
    monkeypatch.setattr(neighbourhood, "FIRST_BLOCK", 4)
    monkeypatch.setattr(neighbourhood, "LARGEST_BLOCK", 5)


def searched(seed: int = 1, threads: int = 1, sites: int = 12, patience: int | None = None) -> Incumbent:
    program, today = county(sites=sites, reach=5)
    best = Incumbent(program.matrix, Task(gap=0.0, saving_gap=0.0, start=today, seed=seed, threads=threads))
    improve(program, best, time.monotonic() + 60.0, patience)
    return best


@pytest.mark.usefixtures("small")
def test_a_search_improves_the_plan_and_keeps_it_a_plan() -> None:
    best = searched(patience=30)
    assert best.values is not None
    assert best.objective < 1.0e9
    assert best.matrix.excess(best.values) <= 1e-6
    assert best.matrix.objective(best.values) == pytest.approx(best.objective)
    implied = best.values[best.matrix.form == IMPLIED]
    assert np.abs(implied - np.rint(implied)).max() <= 1e-6


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_and_threads_search_the_same_way(threads: int) -> None:
    first, second = searched(threads=threads, patience=20), searched(threads=threads, patience=20)
    assert first.values is not None
    assert second.values is not None
    assert first.objective == second.objective
    assert (first.values == second.values).all()


@pytest.mark.usefixtures("small")
def test_a_search_comes_close_to_the_optimum_of_a_small_county() -> None:
    program, today = county(sites=12, reach=5)
    task = Task(gap=0.0, saving_gap=0.0, deadline=time.monotonic() + 60.0, start=today)
    exact = engine_named("highs")(program, task)
    assert exact.objective is not None
    saving = 1.0e9 - exact.objective
    best = searched()
    assert best.objective >= exact.bound
    assert 1.0e9 - best.objective >= 0.6 * saving


def test_a_stop_ends_the_search_at_once() -> None:
    program, today = county(sites=12, reach=5)
    task = Task(start=today)
    task.stop.set()
    best = Incumbent(program.matrix, task)
    assert improve(program, best, time.monotonic() + 60.0) == 0
    assert best.objective == 1.0e9


@pytest.mark.usefixtures("small")
def test_decisions_that_may_not_change_stay() -> None:
    program, today = county(sites=12, reach=5)
    best = Incumbent(program.matrix, Task(gap=0.0, saving_gap=0.0, start=today))
    kept = program.column_label("site") < 4
    improve(program, best, time.monotonic() + 30.0, 20, only=~kept)
    assert best.values is not None
    assert best.objective < 1.0e9
    held = kept & (program.matrix.form == 2)
    assert (best.values[held] == today[held]).all()


def test_a_programme_that_names_no_site_is_left_alone_with_a_note() -> None:
    program = knapsack([60.0, 100.0], [10.0, 20.0], 20.0)
    best = Incumbent(program.matrix, Task(start=np.zeros(2)))
    assert improve(program, best, time.monotonic() + 5.0) == 0
    assert any("name no sites" in note for note in best.notes)


@pytest.mark.slow
def test_a_county_saves_much_within_a_minute() -> None:
    program, today = county()
    task = Task(
        gap=0.0, saving_gap=0.0, objective_today=1.0e9, start=today, deadline=time.monotonic() + 60.0, threads=2
    )
    outcome = engine_named("highs")(program, task)
    assert outcome.objective is not None
    assert outcome.values is not None
    assert program.matrix.excess(outcome.values) <= 1e-6
    # Branch and cut alone saves nothing in this time; the relaxation leaves at most £193m.
    assert 1.0e9 - outcome.objective > 50e6
    assert 807e6 <= outcome.bound <= outcome.objective
