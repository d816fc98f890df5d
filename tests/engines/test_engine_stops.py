"""An engine stops where it is told to, keeps its best plan, and never says more than it proved."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from engine_cases import hard_program, knapsack

from assetopt.engines import Outcome, Progress, Task, engine_named
from assetopt.engines import pulp as through_pulp
from assetopt.engines import watch as watching
from assetopt.engines.watch import watched
from assetopt.program import IMPLIED, Program

ENGINES = ("highs", "cbc", "cp-sat")


def honest(outcome: Outcome, program: Program) -> None:
    """Check what every outcome with a plan must satisfy."""
    assert outcome.values is not None
    assert outcome.objective is not None
    assert program.matrix.excess(outcome.values) <= 1e-6
    assert program.matrix.objective(outcome.values) == pytest.approx(outcome.objective)
    assert outcome.bound <= outcome.objective


@pytest.mark.parametrize("name", ENGINES)
def test_time_that_runs_out_leaves_a_feasible_plan_not_an_optimal_one(name: str) -> None:
    program = hard_program()
    start = np.zeros(program.n_columns)
    task = Task(gap=0.0, saving_gap=0.0, deadline=time.monotonic() + 3.0, threads=1, start=start)
    outcome = engine_named(name)(program, task)
    honest(outcome, program)
    assert outcome.status == "feasible"
    assert outcome.stopped == "time"
    assert outcome.objective is not None
    assert outcome.bound < outcome.objective


def test_a_wide_gap_stops_early_and_says_so() -> None:
    program = hard_program()
    task = Task(gap=0.05, saving_gap=0.0, deadline=time.monotonic() + 60.0, threads=1)
    outcome = engine_named("highs")(program, task)
    honest(outcome, program)
    assert outcome.status == "feasible"
    assert outcome.stopped == "gap"
    assert outcome.objective is not None
    assert outcome.objective - outcome.bound <= 0.05 * abs(outcome.objective)


@pytest.mark.parametrize("name", ["highs", "cp-sat"])
def test_a_saving_gap_stops_although_the_gap_is_not_met(name: str) -> None:
    program = hard_program()
    # Doing nothing costs 0. The saving gap is distance / saving = 5 %.
    task = Task(
        gap=0.0, saving_gap=0.05, objective_today=0.0, deadline=time.monotonic() + 60.0, threads=2, start=np.zeros(150)
    )
    outcome = engine_named(name)(program, task)
    honest(outcome, program)
    assert outcome.stopped == "saving_gap"
    assert outcome.status == "feasible"
    assert outcome.objective is not None
    assert outcome.objective - outcome.bound <= 0.05 * -outcome.objective


@pytest.mark.parametrize("name", ENGINES)
def test_a_stop_from_another_thread_keeps_a_plan(name: str) -> None:
    program = hard_program()
    stop = threading.Event()
    task = Task(gap=0.0, saving_gap=0.0, deadline=time.monotonic() + 120.0, threads=1, stop=stop, start=np.zeros(150))
    timer = threading.Timer(1.5, stop.set)
    timer.start()
    outcome = engine_named(name)(program, task)
    timer.join()
    honest(outcome, program)
    assert outcome.stopped == "interrupt"
    assert outcome.status == "feasible"


@pytest.mark.parametrize("name", ENGINES)
def test_a_start_that_is_a_plan_is_never_lost(name: str) -> None:
    program = knapsack([60.0, 100.0, 120.0], [10.0, 20.0, 30.0], 50.0)
    stop = threading.Event()
    stop.set()
    start = np.array([1.0, 1.0, 0.0])
    outcome = engine_named(name)(program, Task(stop=stop, start=start, deadline=time.monotonic() + 20.0))
    honest(outcome, program)
    assert outcome.objective is not None
    assert outcome.objective <= -160.0
    assert not any("not used" in note for note in outcome.notes)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize(
    ("start", "reason"), [([1.0, 1.0, 1.0], "breaks a row"), ([0.5, 0.0, 0.4], "fractional"), ([1.0], "3 columns")]
)
def test_a_start_that_is_no_plan_is_refused_with_its_reason(name: str, start: list[float], reason: str) -> None:
    program = knapsack([60.0, 100.0, 120.0], [30.0, 20.0, 30.0], 50.0)
    program.add_rows("third", 1, entries=[(0, [0, 2], [1.0, 1.0])], lower=0.8)
    task = Task(gap=0.0, saving_gap=0.0, start=np.array(start), deadline=time.monotonic() + 20.0)
    outcome = engine_named(name)(program, task)
    # The last two weigh 50 and are worth 220.
    assert outcome.objective == pytest.approx(-220.0)
    assert any(reason in note for note in outcome.notes)


def test_a_start_with_a_broken_tie_is_not_taken_for_a_proof() -> None:
    """Two zones need one service between them and the start halves it, which costs nothing and breaks no row.

    HiGHS mends such a start with a small programme of its own and reports that one's bound: the start looked optimal.
    """
    program = hard_program(n=40, m=8)
    zone = program.add_columns("served", 2, form=IMPLIED)
    program.add_rows("share", 1, entries=[(0, zone, 1.0)], lower=1.0)
    start = np.concatenate([np.zeros(40), [0.5, 0.5]])
    task = Task(gap=0.0, saving_gap=0.0, deadline=time.monotonic() + 3.0, threads=1, start=start)
    outcome = engine_named("highs")(program, task)
    honest(outcome, program)
    assert outcome.objective is not None
    assert outcome.objective < 0.0
    assert not any("not used" in note for note in outcome.notes)


def test_progress_tells_the_phase_and_only_gets_better() -> None:
    seen: list[Progress] = []
    program = hard_program(n=40, m=8)
    task = Task(gap=0.0, saving_gap=0.0, deadline=time.monotonic() + 20.0, progress=seen.append, start=np.zeros(40))
    outcome = engine_named("highs")(program, task)
    best = [line.best for line in seen if line.best is not None]
    bounds = [line.bound for line in seen if line.bound is not None]
    assert {line.phase for line in seen} >= {"branch and cut"}
    assert best == sorted(best, reverse=True)
    assert bounds == sorted(bounds)
    assert best[-1] == outcome.objective


def test_an_error_in_the_progress_function_reaches_the_caller() -> None:
    def fail(line: Progress) -> None:
        if line.phase == "branch and cut" and line.best is not None:
            raise KeyError("mine")

    program = hard_program()
    with pytest.raises(KeyError, match="mine"):
        engine_named("highs")(program, Task(progress=fail, deadline=time.monotonic() + 30.0))


def test_a_solver_that_never_stops_is_left_behind() -> None:
    released = threading.Event()
    task = Task(deadline=time.monotonic())
    assert watched(lambda: released.wait(60.0), task, grace=0.2) is None
    released.set()


def test_a_solver_that_does_not_hear_the_stop_is_left_behind() -> None:
    released = threading.Event()
    task = Task()
    task.stop.set()
    assert watched(lambda: released.wait(60.0), task, grace=0.2) is None
    released.set()


def test_a_solver_that_stops_in_time_is_heard() -> None:
    assert watched(lambda: 7, Task(), grace=0.2) == 7


def test_an_error_of_the_solver_is_raised_in_the_caller() -> None:
    def fail() -> int:
        raise ArithmeticError("inside")

    with pytest.raises(ArithmeticError, match="inside"):
        watched(fail, Task())


def test_a_highs_that_never_stops_still_gives_its_best_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    from assetopt.engines import highs as module

    released = threading.Event()

    def stubborn(*_: object) -> None:
        released.wait(60.0)

    monkeypatch.setattr(module, "_whole", stubborn)
    monkeypatch.setattr(watching, "GRACE", 0.2)
    monkeypatch.setattr(module, "watched", lambda work, task: watched(work, task, grace=0.2))
    program = knapsack([60.0, 100.0], [10.0, 20.0], 20.0)
    outcome = module.highs(program, Task(deadline=time.monotonic() + 0.2, start=np.array([1.0, 0.0])))
    released.set()
    assert outcome.status == "feasible"
    assert outcome.objective == -60.0
    assert any("left behind" in note for note in outcome.notes)


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_a_child_that_never_stops_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    script = tmp_path / "sleeper.py"
    script.write_text("import sys, time\ntime.sleep(120)\n")
    real = through_pulp.subprocess.Popen
    children = []

    def sleeper(_command: list[str], **keywords: object):  # type: ignore[no-untyped-def]
        children.append(real([sys.executable, str(script)], **keywords))  # type: ignore[call-overload]
        return children[-1]

    monkeypatch.setattr(through_pulp.subprocess, "Popen", sleeper)
    monkeypatch.setattr(through_pulp, "GRACE", 0.2)
    program = knapsack([60.0, 100.0], [10.0, 20.0], 20.0)
    outcome = engine_named("cbc")(program, Task(deadline=time.monotonic() + 0.3, start=np.array([1.0, 0.0])))
    assert children[0].poll() is not None
    assert outcome.status == "feasible"
    assert outcome.objective == -60.0
    # Worth per weight 6 and 5, room 20: all of the first and half of the second, worth 110.
    assert outcome.bound == pytest.approx(-110.0, abs=1e-6)
    assert any("was stopped" in note for note in outcome.notes)
