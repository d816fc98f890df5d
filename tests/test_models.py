"""The shipped scenarios on the shipped county: each is solved, verified and compared with a pinned cost.

The pinned costs are what the engine found when they were pinned, each a plan that the verifier recounted. A better plan
may come back later: then the cost is lower, never below the bound. So a test asks that the cost be no more than the
tolerance above the pin, that the bound be no higher than the pin, and that the plan be verified.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import assetopt as ao
from assetopt.result import Result

MODELS = Path(__file__).parents[1] / "models"

OWN_ESTATE = 576_650_000.0
TOTAL_PLACE = 511_970_000.0
RING_FENCED = 522_920_000.0
ACCESS_FIRST = 779_630_000.0


def solve(name: str, *overrides: str) -> Result:
    return ao.optimise(ao.read_model(MODELS / f"{name}.toml", overrides).problem())


def check(result: Result, pinned: float, tolerance: float) -> None:
    certificate = result.certificate
    assert result.verdict is not None
    assert result.verdict.ok
    assert certificate.objective is not None
    assert certificate.bound is not None
    assert certificate.objective <= pinned * (1 + tolerance)
    assert certificate.bound <= pinned * (1 + 1e-6)
    assert certificate.bound <= certificate.objective


def test_baseline_reproduces_todays_cost_to_the_penny() -> None:
    result = solve("baseline")
    assert result.certificate.status == "optimal"
    assert result.certificate.objective == pytest.approx(655_984_032.31, abs=0.01)
    assert result.totals["npv_cost"] == pytest.approx(result.totals["npv_cost_today"], abs=0.01)
    assert set(result.sites["action"]) == {"keep", "not_opened"}
    assert set(result.teams["action"]) == {"stay"}


def test_do_minimum_costs_what_the_law_asks_for_beside_business_as_usual() -> None:
    result = solve("do_minimum")
    assert result.certificate.status == "optimal"
    # Not funded today: £2,000 at ald-youth in 2027, £29,000 at har-old-library in 2031: 2,000 + 29,000 / 1.035^4
    asked = 2_000 + 29_000 / 1.035**4
    assert result.totals["npv_saving"] == pytest.approx(-asked, abs=0.01)
    assert result.totals["npv_saving_ex_backlog"] == pytest.approx(0, abs=0.01)
    assert set(result.teams["action"]) == {"stay"}


def test_quick_ends_at_its_gap_with_a_saving() -> None:
    result = solve("quick", "solver.time_limit=120")
    check(result, 216_740_704.03, 0.01)
    assert result.certificate.stopped in ("gap", "saving_gap", "proved")


@pytest.mark.slow
def test_the_same_seed_gives_the_same_plan_when_the_run_ends_by_its_gap() -> None:
    one, two = (solve("quick", "solver.time_limit=120") for _ in range(2))
    assert one.plan is not None
    assert two.plan is not None
    assert one.plan.records() == two.plan.records()
    assert one.certificate.bound == two.certificate.bound


@pytest.mark.slow
def test_every_partner_alone_saves_less_than_all_together() -> None:
    alone = solve("own_estate", "solver.time_limit=60")
    together = solve("total_place", "solver.time_limit=90")
    check(alone, OWN_ESTATE, 0.02)
    check(together, TOTAL_PLACE, 0.04)
    assert together.certificate.objective is not None
    assert alone.certificate.objective is not None
    assert together.certificate.objective < alone.certificate.objective


@pytest.mark.slow
def test_access_first_prices_the_publics_journeys() -> None:
    result = solve("access_first", "solver.time_limit=60")
    check(result, ACCESS_FIRST, 0.04)
    assert result.totals["npv_journeys"] > 0


@pytest.mark.slow
def test_budgets_hold_and_walls_between_them_cost_money() -> None:
    """Ring-fenced money first; aligned from that plan, which it allows; pooled from the aligned one: none costs more."""
    fenced = solve("ring_fenced", "solver.time_limit=90")
    check(fenced, RING_FENCED, 0.04)
    assert fenced.certificate.objective_today is None  # £464,100 of business as usual has no fund
    aligned = ao.optimise(
        ao.read_model(MODELS / "aligned.toml", ("solver.time_limit=20",)).problem(), start=fenced.plan
    )
    check(aligned, RING_FENCED, 0.04)
    pooled = ao.optimise(
        ao.read_model(MODELS / "aligned.toml", ("solver.time_limit=20", "boundaries.budgets=pooled")).problem(),
        start=aligned.plan,
    )
    check(pooled, RING_FENCED, 0.04)
    costs = [r.certificate.objective for r in (pooled, aligned, fenced)]
    assert all(cost is not None for cost in costs)
    assert costs == sorted(costs)  # type: ignore[type-var]
    assert sum(len(r.budget) for r in (fenced, aligned, pooled)) > 0
