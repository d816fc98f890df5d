"""The scorecard: shares counted by hand, effects recounted by changing the assumed value in the scenario itself."""

from __future__ import annotations

import pytest
from estates import estate, plan_of, scenario

from assetopt.account.totals import totals
from assetopt.importing.scorecard import scorecard, scorecard_text
from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.verify import judge

SITES = (
    "site_id,partner_id,name,easting,northing,tenure,gia_m2,running_cost,uprn,as_of,confidence,use_status\n"
    "a,council,A,400000,300000,freehold,1000,100000,7,2025-11-01,A,in_use\n"
    "b,council,B,400500,300000,freehold,2000,900,7,2023-11-01,A,vacant\n"
    "c,nhs,C,401000,300000,freehold,,50000,9,,C,in_use\n"
)
TABLES = {
    "sites": SITES,
    "spaces": "site_id,space_type,capacity\na,office,10\nb,office,10\nc,office,10\n",
    "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,back,a\nu,nhs,U,back,c\n",
    "needs": "team_id,space_type,amount\nt,office,5\nu,office,5\n",
}  # fmt: skip


def problem(**defaults: object) -> Problem:
    return Problem(estate(**TABLES), scenario(defaults={"use": "shipped", **defaults}))


def saving(asked: Problem, plan: Plan) -> float:
    recount = judge(asked, plan)
    assert recount.line is not None
    assert recount.books is not None
    return float(totals(asked, recount.line, recount.books)["npv_saving"])  # type: ignore[arg-type]


def test_ages_gaps_and_contradictions_are_counted_by_partner() -> None:
    # asked on 2026-04-01; council: 2025-11-01 and 2023-11-01 are 0.41 and 2.42 years old, median 1.41. a and b carry one
    # UPRN, and b costs £0.45 per m2: neither is sound. nhs: one site without a date, nothing contradictory.
    asked = problem()
    found = {score.partner_id: score for score in scorecard(asked).partners}
    day = asked.scenario.appraisal.asked_on
    ages = [(day - type(day)(year, 11, 1)).days / 365.25 for year in (2025, 2023)]
    assert found["council"].age_years == pytest.approx(sum(ages) / 2)
    assert (found["council"].consistency, found["nhs"].consistency) == (0.0, 1.0)
    assert (found["council"].undated, found["nhs"].undated) == (0.0, 1.0)
    assert found["nhs"].assumed == 1.0  # its one site is marked C
    assert found["police"].completeness is None


def test_a_fact_is_worth_what_the_saving_changes_when_its_stand_in_is_a_quarter_higher() -> None:
    asked = problem()
    plan = plan_of(asked, leave={"b": 2027})
    found = scorecard(asked, plan)
    holding = next(fact for fact in found.wanted if fact.column == "holding_cost")
    value = asked.scenario.defaults.value("holding_cost_per_m2")
    by_hand = saving(problem(holding_cost_per_m2=value * 1.25), plan) - saving(asked, plan)
    assert by_hand < -1.0
    assert holding.effect == pytest.approx(by_hand)
    assert holding.where.endswith("b")
    worth = [abs(fact.effect or 0.0) for fact in found.wanted]
    assert worth == sorted(worth, reverse=True)
    assert len(found.wanted) <= 10


def test_a_floor_area_that_nothing_stands_in_for_is_asked_for_too() -> None:
    found = scorecard(problem())
    area = next(fact for fact in found.wanted if fact.column == "gia_m2")
    assert (area.rows, area.parameter, area.effect) == (1, "", None)
    assert "sites, gia_m2: 1 rows (nothing stands in): nhs 1" in scorecard_text(found)
