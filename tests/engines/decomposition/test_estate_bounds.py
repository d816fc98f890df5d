"""On hundreds of small random estates: no bound above the optimum, no plan below it, every proof recounted."""

from __future__ import annotations

import time

import numpy as np
import pytest
from random_estates import FEATURES, random_problem

from assetopt.engines.decomposition import decomposition
from assetopt.engines.highs import highs
from assetopt.engines.outcome import Task
from assetopt.optimise import formulate
from assetopt.program import Program
from assetopt.proof import recount
from assetopt.proof.sites import sites_bound

SEEDS = range(3 * len(FEATURES))
MORE = range(3 * len(FEATURES), 30 * len(FEATURES))


def exact(program: Program) -> float | None:
    """Return the least cost of any plan, None where there is none."""
    outcome = highs(program, Task(gap=0.0, saving_gap=0.0, threads=1, deadline=time.monotonic() + 60))
    assert outcome.status in ("optimal", "infeasible")
    return outcome.objective


def check(seed: int) -> None:
    program = formulate(random_problem(seed)).program
    best = exact(program)
    outcome = decomposition(program, Task(gap=0.0, saving_gap=0.0, threads=2, deadline=time.monotonic() + 60))
    if best is None:
        assert outcome.status == "infeasible"
        return
    slack = max(0.01, 1e-7 * abs(best))
    assert outcome.objective is not None
    assert outcome.objective == pytest.approx(best, abs=slack)
    assert outcome.bound <= best + slack
    if outcome.proof is not None:
        assert recount(program, outcome.proof) == pytest.approx(outcome.proof.bound, rel=1e-9, abs=0.01)
        assert outcome.proof.bound <= best + slack
    random = np.random.default_rng(seed)
    for size in (0.0, 1e3, 1e5):
        prices = random.normal(size=program.n_rows) * size
        assert sites_bound(program, prices) <= best + slack


@pytest.mark.parametrize("seed", SEEDS)
def test_the_optimum_is_reached_and_no_bound_is_above_it(seed: int) -> None:
    check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", MORE)
def test_the_optimum_is_reached_and_no_bound_is_above_it_on_many_more(seed: int) -> None:
    check(seed)
