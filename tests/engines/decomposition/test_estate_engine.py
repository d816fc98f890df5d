"""The engine for estates: any-time, bounded from below by proofs that can be recounted, the same for the same seed."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from engine_cases import county
from phased_cases import phased_county
from random_estates import random_problem

from assetopt.engines import engine_named
from assetopt.engines.auto import choice
from assetopt.engines.decomposition import country, decomposition
from assetopt.engines.decomposition.fixing import never
from assetopt.engines.decomposition.regions import can_bind, regions
from assetopt.engines.highs import highs
from assetopt.engines.outcome import Progress, Task
from assetopt.optimise import formulate
from assetopt.program import Floats, Program
from assetopt.proof import recount
from assetopt.proof.labels import Labels
from assetopt.proof.sites import Sites
from assetopt.proof.structure import read_structure


def asked(program: Program, today: Floats, seconds: float, **more: object) -> Task:
    settings: dict[str, object] = {"gap": 0.0, "saving_gap": 0.0, "threads": 2, "start": today} | more
    cost = program.matrix.objective(today)
    return Task(deadline=time.monotonic() + seconds, objective_today=cost, **settings)  # type: ignore[arg-type]


def test_a_county_gets_a_plan_and_a_bound_that_is_recounted_from_prices() -> None:
    program, today = county(sites=60, reach=12)
    outcome = decomposition(program, asked(program, today, 20.0, saving_gap=0.02))
    assert outcome.values is not None
    assert outcome.objective is not None
    assert program.matrix.excess(outcome.values) <= 1e-6
    assert outcome.objective < program.matrix.objective(today)
    assert outcome.proof is not None
    assert outcome.proof.kind == "sites"
    assert recount(program, outcome.proof) == pytest.approx(outcome.proof.bound, rel=1e-9)
    assert outcome.proof.bound <= outcome.bound + 1e-6 <= outcome.objective + 1e-5


def test_the_bound_of_packings_is_better_than_the_relaxation() -> None:
    program, today = county(sites=40, reach=12, seed=3)
    whole = decomposition(program, asked(program, today, 20.0, saving_gap=0.05))
    from assetopt.engines.highs import relaxation_bound

    assert whole.proof is not None
    assert whole.proof.bound > relaxation_bound(program.matrix)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_plan_when_a_gap_ends_the_search() -> None:
    program, today = county(sites=60, reach=12, seed=2)
    runs = [decomposition(program, asked(program, today, 60.0, saving_gap=0.05)) for _ in range(2)]
    assert [run.stopped for run in runs] == ["saving_gap", "saving_gap"]
    assert runs[0].values is not None
    assert runs[1].values is not None
    assert np.array_equal(runs[0].values, runs[1].values)


def test_years_are_decided_end_first_and_the_plan_keeps_every_year() -> None:
    program, today = phased_county(sites=10)
    outcome = decomposition(program, asked(program, today, 20.0))
    exact = highs(program, asked(program, today, 60.0))
    assert outcome.objective == pytest.approx(exact.objective)
    assert exact.objective is not None
    assert outcome.bound <= exact.objective + 0.01


def test_a_stop_keeps_plan_and_bound() -> None:
    program, today = county(sites=200)
    stop = threading.Event()
    seen: list[Progress] = []

    def listen(progress: Progress) -> None:
        seen.append(progress)
        if (
            progress.phase == "columns"
            and progress.best is not None
            and progress.best < program.matrix.objective(today)
        ):
            stop.set()

    outcome = decomposition(program, asked(program, today, 60.0, stop=stop, progress=listen))
    assert outcome.stopped == "interrupt"
    assert outcome.values is not None
    assert outcome.objective is not None
    assert outcome.bound <= outcome.objective < program.matrix.objective(today)


@pytest.mark.parametrize("seconds", [0.5, 3.0])
def test_the_clock_ends_every_phase(seconds: float) -> None:
    program, today = county(sites=300)
    task = asked(program, today, seconds)
    outcome = decomposition(program, task)
    assert outcome.stopped == "time"
    assert outcome.values is not None
    # The watch leaves a solver behind five seconds after the deadline; nothing should need it.
    assert time.monotonic() - task.deadline < 5.0


@pytest.mark.slow
def test_a_country_is_solved_by_blocks_and_the_prices_of_all_bound_it(monkeypatch: pytest.MonkeyPatch) -> None:
    program, today = county(sites=120, reach=6, seed=5)
    monkeypatch.setattr("assetopt.engines.decomposition.LARGEST", 20)
    monkeypatch.setattr(country, "SIZE", 15)
    outcome = decomposition(program, asked(program, today, 25.0))
    exact = highs(program, asked(program, today, 60.0, gap=0.02))
    assert outcome.reductions["blocks"] > 1
    assert outcome.objective is not None
    assert exact.objective is not None
    assert exact.bound - 1e-3 <= outcome.objective < program.matrix.objective(today)
    assert outcome.proof is not None
    assert outcome.proof.bound <= exact.objective + 0.01


def test_regions_take_every_site_once_and_none_is_much_too_large() -> None:
    program, _ = county(sites=90, reach=10)
    region = regions(Labels.of(program), 20)
    assert (region >= 0).all()
    assert np.bincount(region).max() <= 20 + 20 // 3


def test_rows_that_can_never_bind_are_found() -> None:
    program = Program()
    x = program.add_columns("x", 2)
    program.add_rows("r", 2, entries=[([0, 0, 1], x[[0, 1, 1]], [1.0, 1.0, 2.0])], upper=[2.0, 1.5])
    assert can_bind(program.matrix).tolist() == [False, True]


@pytest.mark.parametrize("seed", range(28))
def test_nothing_that_an_optimum_does_is_ever_fixed(seed: int) -> None:
    program = formulate(random_problem(seed)).program
    exact = highs(program, Task(gap=0.0, saving_gap=0.0, threads=1, deadline=time.monotonic() + 60))
    if exact.values is None or exact.objective is None:
        pytest.skip("no plan exists for this estate")
    sites = Sites(program.core, read_structure(program.core, Labels.of(program)))
    random = np.random.default_rng(seed)
    for size in (0.0, 2e4):
        answer = sites.answer(random.normal(size=program.core.shape[0]) * size, trace=True)
        nought, one = never(sites, answer, exact.objective + 1.0)
        assert not (exact.values[nought] > 0.5).any()
        assert not (exact.values[one] < 0.5).any()


def test_the_choice_of_engine_says_why() -> None:
    small, _ = county(sites=20, reach=9)
    large, _ = county(sites=450, per_site=2, reach=27)
    assert choice(small) == (
        "highs",
        f"{small.columns['move'].size + 20:,} decisions, at most 15,000 go to one exact solve",
    )
    assert choice(large)[0] == "decomposition"
    assert engine_named("auto")(small, Task(gap=0.5, saving_gap=0.0)).notes[-1].startswith("auto took highs")
