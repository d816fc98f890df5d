"""The location engine stops when it is told to, and keeps what it has."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import numpy as np
from small_locations import program_of, solved

from assetopt.engines.decomposition.location import recognise
from assetopt.engines.outcome import Progress, Task
from assetopt.program import Program
from assetopt.proof import recount


def large(seed: int = 1) -> Program:
    """Forty sites, 160 whole teams: far more than a few seconds' work to prove."""
    dice = np.random.default_rng(seed)
    sites, teams = dice.random((40, 2)), dice.random((160, 2))
    cost = 1e3 * np.hypot(*(sites[:, None] - teams[None]).transpose(2, 0, 1))
    demand = dice.integers(5, 40, 160).astype(float)
    return program_of(dice.integers(500, 900, 40) * 1.0, np.full(40, 300.0), demand, cost, whole=True)


def test_the_time_limit_is_kept_and_the_plan_too() -> None:
    program = large()
    location = recognise(program)
    assert location is not None
    began = time.monotonic()
    outcome, _ = solved(program, location, Task(gap=0.0, saving_gap=0.0, deadline=began + 1.5, threads=2))
    assert outcome.values is not None
    assert outcome.stopped == "time"
    assert outcome.objective is not None
    assert outcome.bound <= outcome.objective


def test_a_stop_from_outside_keeps_the_plan() -> None:
    program = large()
    location = recognise(program)
    assert location is not None
    stop = threading.Event()

    def heard(progress: Progress) -> None:
        if progress.best is not None:
            stop.set()

    outcome, _ = solved(program, location, Task(gap=0.0, saving_gap=0.0, stop=stop, progress=heard, threads=2))
    assert outcome.values is not None
    assert outcome.stopped == "interrupt"


def test_a_gap_that_is_met_ends_the_search_and_the_proof_recounts() -> None:
    program = large()
    location = recognise(program)
    assert location is not None
    task = Task(gap=0.1, saving_gap=0.0, threads=1)
    outcome, best = solved(program, location, task)
    assert outcome.stopped == "gap"
    assert best.proof is not None
    assert recount(program, best.proof) == best.proof.bound


def test_the_same_seed_gives_the_same_plan() -> None:
    program = large(seed=2)
    location = recognise(program)
    assert location is not None
    task = Task(gap=0.05, saving_gap=0.0, threads=1)
    plans = [solved(program, location, replace(task, seed=7))[0].values for _ in range(2)]
    assert plans[0] is not None
    assert np.array_equal(plans[0], plans[1])
