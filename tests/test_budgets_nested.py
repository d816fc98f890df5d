"""Wider budgets allow more: the best plan costs least when pooled, most when ring-fenced, and plans stay plans."""

from __future__ import annotations

import pytest
from benchmarks.estates import folder
from random_estates import FEATURES, random_problem

from assetopt.engines.highs import highs
from assetopt.engines.outcome import Task
from assetopt.optimise import formulate, optimise
from assetopt.problem import Problem
from assetopt.read import read_estate
from assetopt.scenario import Scenario
from assetopt.verify import judge

MODES = ("ring_fenced", "aligned", "pooled")
FUNDED = [FEATURES.index(name) + k * len(FEATURES) for name in ("funds", "everything") for k in range(4)]


def under(problem: Problem, mode: str) -> Problem:
    """The same question with budgets of another kind."""
    boundaries = problem.scenario.boundaries.model_copy(update={"budgets": mode})
    return Problem(problem.estate, problem.scenario.model_copy(update={"boundaries": boundaries}))


@pytest.mark.parametrize("seed", FUNDED)
def test_the_best_plan_of_small_estates_costs_no_more_when_walls_fall(seed: int) -> None:
    asked = [under(random_problem(seed), mode) for mode in MODES]
    found = [highs(formulate(one).program, Task(gap=0.0, saving_gap=0.0, threads=1)) for one in asked]
    best = [float("inf") if one.objective is None else one.objective for one in found]
    assert best[0] >= best[1] - 0.01
    assert best[1] >= best[2] - 0.01


@pytest.mark.slow
@pytest.mark.skipif(not (folder("kent") / "funds.csv").is_file(), reason="the estate kent is not here")
def test_kent_costs_no_more_when_walls_fall() -> None:
    # Kent's funds hold new money: its backlog alone is 407 million, and is in today's budgets.
    asked = Problem(
        read_estate(folder("kent")),
        Scenario.model_validate(
            {
                "appraisal": {"base_year": 2026, "decision_years": 1},
                "rules": {"access": {}, "budget": {"floor": "today"}},
                "solver": {"time_limit": 30.0, "threads": 2},
            }
        ),
    )
    plan, before = None, float("inf")
    for mode in MODES:
        one = under(asked, mode)
        if plan is not None:
            assert judge(one, plan).verdict.ok  # what a wall allows is allowed without it
        found = optimise(one, start=plan)
        certificate = found.certificate
        assert certificate.objective is not None
        assert certificate.bound is not None
        assert certificate.bound <= certificate.objective <= before + 1.0
        plan, before = found.plan, certificate.objective
