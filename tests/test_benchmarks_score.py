"""The benchmark scorer counts every answer from the instance alone, and takes no point that is no plan."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from benchmarks.case import Location
from benchmarks.found import Found
from benchmarks.score import score, score_location, score_plan, score_values
from published import Instance
from small_estate import problem_in_memory


def town(**changes: object) -> Location:
    """Two facilities (fixed 10 and 20, room 5 each), three customers (demand 2, 2, 3)."""
    known: dict[str, object] = {
        "name": "town",
        "fixed": np.array([10.0, 20.0]),
        "capacity": np.array([5.0, 5.0]),
        "demand": np.array([2.0, 2.0, 3.0]),
        "cost": np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
        "p": None,
        "divisible": False,
    }
    return Location(Instance(**{**known, **changes}), single=True, capacitated=True)  # type: ignore[arg-type]


BOTH = np.array([1.0, 1.0])
SPLIT_BETWEEN = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])


def test_a_plan_costs_what_is_open_and_who_is_served_from_where() -> None:
    # 10 + 20 open, 1 + 3 from the first, 5 from the second
    assert score_location(town(), BOTH, SPLIT_BETWEEN).objective == pytest.approx(39.0)


def test_rounding_errors_of_a_solver_are_rounded_away() -> None:
    nearly = SPLIT_BETWEEN + np.array([[-1e-6, 1e-6, 0.0], [1e-6, -1e-6, 0.0]])
    assert score_location(town(), BOTH - 1e-7, nearly).objective == pytest.approx(39.0, abs=1e-9)


@pytest.mark.parametrize(
    ("opened", "shares", "why"),
    [
        ([0.5, 1.0], SPLIT_BETWEEN, "fractional"),
        ([1.0, 1.0], [[1.0, 0.5, 1.0], [0.0, 0.5, 0.0]], "fractional"),
        ([1.0, 0.0], SPLIT_BETWEEN, "closed facility"),
        ([1.0, 1.0], [[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]], "not served once"),
        ([1.0, 1.0], [[1.0, 1.0, 1.0], [0.0, 1.0, 0.0]], "not served once"),
        ([1.0, 1.0], [[1.0, 1.0, 1.0], [0.0, 0.0, 0.0]], "overfull"),
        ([1.0, 1.0], [[1.0, 2.0, 1.0], [0.0, -1.0, 0.0]], "negative"),
        ([2.0, 1.0], SPLIT_BETWEEN, "neither open nor closed"),
        ([np.nan, 1.0], SPLIT_BETWEEN, "no number"),
        ([1.0], SPLIT_BETWEEN, "not an answer"),
    ],
)
def test_a_point_that_is_no_plan_is_unusable(opened: list[float], shares: list[list[float]], why: str) -> None:
    counted = score_location(town(), np.array(opened), np.array(shares))
    assert counted.objective is None
    assert why in counted.why


def test_more_facilities_than_allowed_are_no_plan() -> None:
    counted = score_location(town(p=1), BOTH, SPLIT_BETWEEN)
    assert counted.objective is None
    assert "1 are allowed" in counted.why


def test_a_customer_may_be_split_where_the_problem_lets_it() -> None:
    multi = Location(town().instance, single=False, capacitated=True)
    shares = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])
    shares[:, 2] = 0.5
    # 30 open, 1 + 1.5 from the first, 5 + 3 from the second
    assert score_location(multi, BOTH, shares).objective == pytest.approx(40.5)


@pytest.mark.parametrize("seed", range(20))
def test_no_usable_plan_is_cheaper_than_the_cheapest(seed: int) -> None:
    random = np.random.default_rng(seed)
    m, n = 3, 4
    problem = town(
        fixed=random.integers(5, 30, m).astype(float),
        capacity=random.integers(4, 9, m).astype(float),
        demand=random.integers(1, 4, n).astype(float),
        cost=random.integers(1, 20, (m, n)).astype(float),
    )
    best, usable = np.inf, 0
    offered = []
    for places in product(range(m), repeat=n):
        shares = np.zeros((m, n))
        shares[list(places), np.arange(n)] = 1.0
        opened = (shares.sum(axis=1) > 0).astype(float)
        load = shares @ problem.instance.demand
        if (load <= problem.instance.capacity).all():
            best = min(best, float(problem.instance.fixed @ opened + (problem.instance.cost * shares).sum()))
        offered.append((opened, shares))
    for opened, shares in offered:
        for noise in (0.0, 1e-6, 0.3):
            moved = np.clip(shares - noise * random.random((m, n)), 0.0, 1.0)
            counted = score_location(problem, opened - noise * random.random(m), moved).objective
            if counted is not None:
                usable += 1
                assert counted >= best - 1e-9
    assert usable > 0


def test_the_solvers_own_words_do_not_count() -> None:
    empty_handed = Found("Optimal", bound=1.0)
    assert score(town(), empty_handed).objective is None


def test_todays_estate_scores_what_the_verifier_says() -> None:
    from assetopt.timeline import business_as_usual
    from assetopt.verify import judge_today

    problem = problem_in_memory()
    today = judge_today(problem)
    assert today is not None
    assert score_plan(problem, business_as_usual(problem)).objective == today.verdict.objective_recomputed


def test_a_plan_that_breaks_a_rule_is_unusable() -> None:
    from assetopt.plan import Plan
    from assetopt.timeline import business_as_usual

    problem = problem_in_memory()
    today = business_as_usual(problem)
    # everybody into the shop, which has room for 10 of the 75
    at_home = today.teams["team_id"] == "desk"
    teams = today.teams.assign(
        action=np.where(at_home, "stay", "move"), site_id="shop", year=np.where(at_home, np.nan, 2028.0)
    )
    counted = score_plan(problem, Plan(today.sites, teams, today.interventions))
    assert counted.objective is None
    assert "breaks" in counted.why


def test_values_of_columns_are_read_as_a_plan_and_a_fractional_decision_is_none() -> None:
    from assetopt.optimise import formulate
    from assetopt.program import INTEGER
    from assetopt.verify import judge_today

    problem = problem_in_memory()
    form, today = formulate(problem), judge_today(problem)
    assert today is not None
    assert today.line is not None
    values = form.encode(today.line)
    assert values is not None
    assert score_values(problem, values).objective == pytest.approx(today.verdict.objective_recomputed)
    values[np.flatnonzero(form.program.matrix.form == INTEGER)[0]] = 0.5
    assert "fractional" in score_values(problem, values).why
