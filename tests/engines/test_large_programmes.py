"""Large programmes go through relaxation, years and neighbourhoods, and the answer is as honest as for small ones."""

from __future__ import annotations

import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from phased_cases import market_split, phased_county, task_for, two_halls

import assetopt.engines.highs  # noqa: F401
from assetopt.engines import Outcome, Progress, Task, engine_named
from assetopt.engines.highs import highs, relaxation_bound
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.neighbourhood import improve
from assetopt.errors import SolverError
from assetopt.program import Program

MODULE = sys.modules["assetopt.engines.highs"]


@pytest.fixture
def everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Send programmes of any size the way of the large ones."""
    monkeypatch.setattr(MODULE, "LARGE", 3)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.usefixtures("everything_is_large")
def test_two_halls_become_one(threads: int) -> None:
    program, today = two_halls()
    outcome = engine_named("highs")(program, task_for(threads=threads, start=today))
    # 10,000 today, 100 to move, 1,000 saved.
    assert outcome.status == "optimal"
    assert outcome.objective == pytest.approx(9_100.0)


@pytest.mark.usefixtures("everything_is_large")
def test_without_a_start_a_first_plan_is_found() -> None:
    program, _ = two_halls()
    outcome = engine_named("highs")(program, task_for())
    assert outcome.values is not None
    assert program.matrix.excess(outcome.values) <= 1e-6
    assert outcome.bound <= program.matrix.objective(outcome.values)


@pytest.mark.usefixtures("everything_is_large")
def test_the_phases_are_told_in_order() -> None:
    program, today = two_halls()
    heard: list[Progress] = []
    engine_named("highs")(program, replace(task_for(start=today), progress=heard.append))
    phases = list(dict.fromkeys(line.phase for line in heard))
    # The relaxation's bound is the optimum, so nothing is left for branch and cut.
    assert phases == ["start", "relaxation", "years", "neighbourhoods"]


@pytest.mark.usefixtures("everything_is_large")
def test_a_large_programme_whose_relaxation_is_empty_is_infeasible() -> None:
    program, _ = two_halls()
    # Both halls gone leaves both teams without a place.
    program.add_rows("limits", 1, entries=[(0, program.columns["vacate"].ids, 1.0)], lower=2.0)
    outcome = engine_named("highs")(program, task_for())
    assert outcome.status == "infeasible"
    assert outcome.bound == np.inf


@pytest.mark.usefixtures("everything_is_large")
def test_a_wrong_infeasible_of_the_first_search_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    program, _ = two_halls()
    real, calls = MODULE.run_highs, []

    def wrong_once(matrix, **keywords):  # type: ignore[no-untyped-def]
        calls.append(keywords.get("relaxed", False))
        if calls.count(False) == 1 and not calls[-1]:
            return MODULE.Answer("infeasible", None, np.inf, np.inf, None, 0.0)
        return real(matrix, **keywords)

    monkeypatch.setattr(MODULE, "run_highs", wrong_once)
    outcome = engine_named("highs")(program, task_for())
    assert outcome.status == "optimal"
    assert outcome.objective == pytest.approx(9_100.0)


def test_a_wrong_infeasible_of_highs_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    program, _ = two_halls()
    real, calls = MODULE.run_highs, []

    def wrong_once(matrix, **keywords):  # type: ignore[no-untyped-def]
        calls.append(matrix)
        return (
            MODULE.Answer("infeasible", None, np.inf, np.inf, None, 0.0)
            if len(calls) == 1
            else real(matrix, **keywords)
        )

    monkeypatch.setattr(MODULE, "run_highs", wrong_once)
    outcome = engine_named("highs")(program, task_for())
    assert outcome.objective == pytest.approx(9_100.0)
    assert any("did not bear that out" in note for note in outcome.notes)


@pytest.mark.parametrize("name", ["highs", "cbc", "cp-sat"])
def test_time_that_runs_out_without_a_plan_is_unknown(name: str) -> None:
    outcome: Outcome = engine_named(name)(market_split(), task_for(1.0))
    assert outcome.status == "unknown"
    assert outcome.values is None
    assert outcome.objective is None
    assert outcome.bound < np.inf


def test_the_relaxation_bounds_the_optimum_from_below() -> None:
    program, _ = two_halls()
    bound = relaxation_bound(program.matrix)
    # Half of each hall can go while both teams stay, 500 + 400, or all of hall 0, 1,000 - 100: £900 either way.
    assert bound == pytest.approx(9_100.0)
    assert bound <= 9_100.0


def neighbourhoods(program: Program, start: np.ndarray, seconds: float = 2.0) -> Incumbent:
    best = Incumbent(program.matrix, task_for(start=start))
    improve(program, best, time.monotonic() + seconds)
    return best


def test_neighbourhoods_find_the_saving_of_two_halls() -> None:
    assert neighbourhoods(*two_halls()).objective == pytest.approx(9_100.0)


def test_neighbourhoods_keep_the_cap_of_every_year() -> None:
    program, today = phased_county(sites=6, cap=1)
    best = neighbourhoods(program, today)
    assert best.values is not None
    moves = program.columns["move"]
    assert np.bincount(moves.labels["year"], weights=best.values[moves.ids]).max() <= 1.0
    assert program.matrix.excess(best.values) <= 1e-6
    assert best.objective < 1e6


def test_neighbourhoods_never_worsen_an_optimal_plan() -> None:
    program, _today = two_halls()
    best = neighbourhoods(program, np.array([1.0, 0.0, 1.0, 0.0, 0.0, 1.0]))
    assert best.objective == pytest.approx(9_100.0)


def test_a_solver_that_fails_on_the_way_does_not_lose_the_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    # max 3a + 2b with a + b <= 1, started from b alone: worth -2.
    program = Program()
    columns = program.add_columns("pick", 2)
    program.add_rows("one", 1, upper=1.0, entries=[([0, 0], columns, 1.0)])
    program.charge("worth", columns, [-3.0, -2.0])

    def fails(*_: object, **__: object) -> None:
        raise SolverError("out of memory")

    monkeypatch.setattr("assetopt.engines.highs._whole", fails)
    outcome = highs(program, Task(start=np.array([0.0, 1.0])))
    assert (outcome.status, outcome.objective) == ("feasible", -2.0)
    assert any("out of memory" in note for note in outcome.notes)
    with pytest.raises(SolverError, match="out of memory"):
        highs(program, Task())
