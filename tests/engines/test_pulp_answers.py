"""What a solver behind PuLP says is believed only as far as it can be checked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from engine_cases import hard_program, knapsack
from phased_cases import market_split, task_for

from assetopt.engines import engine_named
from assetopt.engines import pulp as module
from assetopt.engines.incumbent import Incumbent
from assetopt.engines.pulp import CBC, PulpEngine, _Answer, _cbc_bound
from assetopt.errors import SolverError
from assetopt.program import CONTINUOUS, Floats, Program

TIMED_OUT = """Result - Stopped on time limit

Objective value:                -60.00000000
Lower bound:                    -110.000
Gap:                            0.83
"""
PROVED = "Result - Optimal solution found\n\nObjective value:                -100.00000000\n"
WITHIN = "Result - Optimal solution found (within gap tolerance)\n\nObjective value:    -60.00000000\n"


def pair() -> Program:
    """Worth 60 and 100, weights 10 and 20, room 20: the second alone, -100 + the base of 1,000."""
    return knapsack([60.0, 100.0], [10.0, 20.0], 20.0, offset=1000.0)


def read(values: list[float] | None, log: str = "", status: int = 1, start: Floats | None = None) -> Incumbent:
    """Let the engine for CBC read an answer made up here."""
    matrix = pair().matrix
    best = Incumbent(matrix, task_for(start=start))
    PulpEngine(CBC, "cbc")._read(matrix, _Answer(None if values is None else np.array(values), log, status), best)
    return best


def test_a_fractional_point_is_no_plan() -> None:
    best = read([1.0, 0.5], TIMED_OUT)
    assert best.values is None
    assert any("fractional point" in note for note in best.notes)


def test_a_fractional_point_still_leaves_the_bound_that_the_log_states() -> None:
    # -110 and the base of 1,000.
    assert read([1.0, 0.5], TIMED_OUT).bound == 890.0


def test_a_point_that_breaks_a_row_is_dropped() -> None:
    best = read([1.0, 1.0], TIMED_OUT)
    assert best.values is None
    assert any("breaks a row" in note for note in best.notes)


def test_values_that_are_missing_are_no_plan() -> None:
    assert read([np.nan, 0.0], TIMED_OUT).values is None


def test_an_answer_of_another_length_is_no_plan() -> None:
    assert read([1.0], TIMED_OUT).values is None


def test_an_optimal_status_after_a_timeout_proves_nothing() -> None:
    outcome = read([1.0, 0.0], TIMED_OUT, status=1).outcome("cbc", "1", stopped="time")
    assert outcome.status == "feasible"
    assert (outcome.bound, outcome.objective) == (890.0, 940.0)


def test_a_plan_that_the_log_calls_optimal_is_its_own_bound() -> None:
    outcome = read([0.0, 1.0], PROVED).outcome("cbc", "1")
    assert outcome.status == "optimal"
    assert outcome.bound == outcome.objective == 900.0


def test_optimal_within_a_tolerance_gives_no_bound() -> None:
    assert read([1.0, 0.0], WITHIN).bound == -np.inf


def test_an_infeasible_status_is_believed_where_nothing_speaks_against_it() -> None:
    assert read(None, status=-1).infeasible_proved


def test_an_infeasible_status_beside_a_plan_is_not_believed() -> None:
    best = read(None, status=-1, start=np.array([1.0, 0.0]))
    assert not best.infeasible_proved
    assert any("not believed" in note for note in best.notes)


def test_infeasible_or_unbounded_is_not_called_infeasible() -> None:
    program = Program()
    x = program.add_columns("x", 1, upper=np.inf, form=CONTINUOUS)
    program.charge("cost", x, -1.0)
    program.add_rows("row", 1, entries=[(0, x, 1.0)], lower=1.0)
    best = Incumbent(program.matrix, task_for())
    PulpEngine(CBC, "cbc")._read(program.matrix, _Answer(None, "", -1), best)
    assert not best.infeasible_proved


def test_the_word_optimal_of_another_solver_gives_no_bound() -> None:
    matrix = pair().matrix
    best = Incumbent(matrix, task_for())
    PulpEngine("SCIP_CMD", "scip")._read(matrix, _Answer(np.array([0.0, 1.0]), PROVED, 1), best)
    assert best.objective == 900.0
    assert best.bound == -np.inf


def test_the_last_bound_of_a_log_counts() -> None:
    log = "Lower bound:   -300\nLower bound:   -200\n"
    assert _cbc_bound(log, pair().matrix, np.inf) == 800.0


def test_a_log_without_a_bound_gives_none() -> None:
    assert _cbc_bound("Cbc0010I After 0 nodes", pair().matrix, 940.0) == -np.inf


@pytest.mark.parametrize("name", ["cbc", "HiGHS"])
def test_a_timeout_that_pulp_calls_optimal_is_only_feasible(name: str) -> None:
    outcome = engine_named(name)(hard_program(), task_for(1.0, start=np.zeros(150)))
    assert outcome.status == "feasible"
    assert outcome.stopped == "time"
    assert outcome.objective is not None
    assert outcome.bound < outcome.objective


def test_zeros_that_pulp_calls_optimal_are_no_plan() -> None:
    # HiGHS through PuLP, stopped before it had a plan, answers "Optimal" with all zeros.
    outcome = engine_named("HiGHS")(market_split(), task_for(1.0))
    assert outcome.status == "unknown"
    assert outcome.values is None


def test_a_relaxation_without_a_point_proves_that_there_is_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    program = pair()
    program.add_rows("both", 1, entries=[(0, program.columns["take"].ids, 1.0)], lower=2.0)
    # 10 + 20 > 20; the solver's own answer says nothing either way.
    monkeypatch.setattr(module, "_wait", lambda folder, task: True)
    monkeypatch.setattr(module, "_collect", lambda folder: _Answer(None, "", 0))
    assert engine_named("cbc")(program, task_for()).status == "infeasible"


def test_a_solver_that_dies_without_an_answer_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_wait", lambda folder, task: True)
    monkeypatch.setattr(module, "_collect", lambda folder: None)
    with pytest.raises(SolverError, match="failed without an answer"):
        engine_named("cbc")(pair(), task_for())


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_a_solver_that_its_parent_started_is_killed_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    # The child starts a grandchild, as PuLP starts CBC, and writes its number; both sleep.
    number = tmp_path / "number"
    script = tmp_path / "family.py"
    script.write_text(
        "import subprocess, sys, time, pathlib\n"
        "other = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(120)'])\n"
        f"pathlib.Path({str(number)!r} + '.new').write_text(str(other.pid))\n"
        f"pathlib.Path({str(number)!r} + '.new').rename({str(number)!r})\n"
        "time.sleep(120)\n"
    )
    real, task, pause = subprocess.Popen, task_for(), module.time.sleep

    def nap(seconds: float) -> None:
        if number.exists():
            task.stop.set()
        pause(seconds)

    monkeypatch.setattr(
        module.subprocess, "Popen", lambda _command, **keywords: real([sys.executable, str(script)], **keywords)
    )
    monkeypatch.setattr(module.time, "sleep", nap)
    assert module._wait(tmp_path, task) is False
    assert gone(int(number.read_text()))


def gone(process: int) -> bool:
    """Say whether a process has ended, or has been killed and only waits to be buried; waits a moment for it."""
    for _ in range(100):
        state = Path(f"/proc/{process}/stat")
        try:
            os.kill(process, 0)
            if state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        module.time.sleep(0.05)
    os.kill(process, signal.SIGKILL)
    return False
