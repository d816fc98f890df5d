"""Where today breaks a policy, the breach is searched down to nothing; what is no policy is never broken on the way."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from phased_cases import task_for, two_halls

from assetopt.engines import Task, engine_named
from assetopt.engines.incumbent import TOLERANCE, Incumbent
from assetopt.engines.mending import mended_plan
from assetopt.engines.neighbourhood import improve
from assetopt.optimise import formulate
from assetopt.program import CONTINUOUS, Floats, Program
from assetopt.read import read_model
from assetopt.timeline import business_as_usual, lay_out

MODELS = Path(__file__).parents[2] / "models"


def mended(program: Program, today: Floats) -> Floats | None:
    return mended_plan(program, today, np.ones(program.n_columns, dtype=bool), task_for(), 10.0)


def test_a_plan_needs_no_mending() -> None:
    program, today = two_halls()
    program.add_rows("limits", 1, entries=[(0, program.columns["vacate"].ids, 1.0)], upper=1.0)
    found = mended(program, today)
    assert found is not None
    assert found.tolist() == today.tolist()


@pytest.mark.parametrize("policy", ["limits", "budget", "access"])
def test_a_policy_that_today_breaks_is_kept_in_the_end(policy: str) -> None:
    program, today = two_halls()
    vacate = program.columns["vacate"].ids
    program.add_rows(policy, 1, entries=[(0, vacate[0], 1.0)], lower=1.0)
    found = mended(program, today)
    assert found is not None
    assert program.matrix.excess(found) <= TOLERANCE
    # Hall 0 goes, so its team sits in hall 1, which must stay: 5 + 5 desks fill it.
    assert found[vacate].tolist() == [1.0, 0.0]
    assert found[program.columns["move"].ids].tolist() == [1.0, 0.0]


def test_a_policy_that_nothing_keeps_is_not_mended() -> None:
    program, today = two_halls()
    program.add_rows("limits", 1, entries=[(0, program.columns["vacate"].ids, 1.0)], lower=2.0)
    assert mended(program, today) is None


def test_what_is_no_policy_is_never_broken() -> None:
    program, today = two_halls()
    program.add_rows("locks", 1, entries=[(0, program.columns["vacate"].ids[0], 1.0)], lower=1.0)
    assert mended(program, today) is None


def two_purses(sites: int = 6) -> tuple[Program, Floats]:
    """Works at every site cost £8 and save £100; purse A of £24 costs nothing to draw on, purse B of £16 costs £1 a pound.

    A pays for three sites, B for two: 600 - 5 x 100 + 16 = 116 is best.
    """
    program = Program()
    every = np.arange(sites)
    build = program.add_columns("build", sites, site=every)
    from_a = program.add_columns("pay_a", sites, form=CONTINUOUS, item=every, upper=np.full(sites, np.inf))
    from_b = program.add_columns("pay_b", sites, form=CONTINUOUS, item=every, upper=np.full(sites, np.inf))
    program.charge("works", build, -100.0)
    program.charge("works", from_b, 1.0)
    program.charge_constant("works", 100.0 * sites)
    program.add_rows(
        "budget", sites, entries=[(every, from_a, 1.0), (every, from_b, 1.0), (every, build, -8.0)], lower=0.0
    )
    for purse, most in ((from_a, 24.0), (from_b, 16.0)):
        program.add_rows("budget", 1, entries=[(np.zeros(sites, dtype=int), purse, 1.0)], upper=most)
    return program, np.zeros(program.n_columns)


@pytest.mark.parametrize("threads", [1, 2])
def test_what_a_fund_pays_follows_every_block_and_is_shared_out(threads: int) -> None:
    program, today = two_purses()
    task = Task(gap=0.0, saving_gap=0.0, start=today, threads=threads)
    exact = engine_named("highs")(program, task)
    assert exact.objective == pytest.approx(116.0)
    best = Incumbent(program.matrix, task)
    assert improve(program, best, time.monotonic() + 20.0) > 0
    assert best.objective == pytest.approx(116.0)


@pytest.mark.slow
def test_wealdmere_finds_a_plan_in_which_partners_pay_for_each_other() -> None:
    """Business as usual cannot pay for one partner's backlog in 2029; a plan that can is found from it."""
    problem = read_model(MODELS / "aligned.toml").problem()
    form = formulate(problem)
    line, _ = lay_out(problem, business_as_usual(problem))
    assert line is not None
    today, mask = form.encode(line), form.decision_mask()
    assert form.program.core.excess(today) > TOLERANCE
    found = mended_plan(form.program, today, mask, Task(threads=2, deadline=time.monotonic() + 120.0), 120.0)
    assert found is not None
    assert form.program.core.excess(found) <= TOLERANCE
