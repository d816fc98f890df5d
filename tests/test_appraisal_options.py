"""Optimism bias or contingency, at its level; do minimum against business as usual; notes where data and scenario part."""

from __future__ import annotations

import pytest
from estates import PLACE, plan_of, problem, two_sites
from pydantic import ValidationError

from assetopt.account import totals
from assetopt.problem import Problem
from assetopt.scenario import Scenario
from assetopt.verify import judge

WORKS = (
    "intervention_id,site_id,capital_cost,optimism_class,months\nv,home,100,standard,10\nw,home,100,non_standard,10\n"
)


def asked(**appraisal: object) -> Problem:
    return two_sites("tenure,opening_cost", "freehold,", interventions=WORKS, appraisal=appraisal, defaults={})


@pytest.mark.parametrize(
    ("settings", "costs"),
    [
        ({"optimism_bias": True}, [124, 151]),  # Mott MacDonald, upper
        ({"optimism_bias": True, "optimism_level": 0.0}, [102, 104]),  # lower
        ({"optimism_bias": True, "optimism_level": 0.5}, [113, 127.5]),  # half way: 2 + 11, 4 + 23.5
        ({"optimism_bias": False}, [100, 100]),
        ({"optimism_bias": False, "contingency": 0.1}, [110, 110]),
    ],
)
def test_capital_is_lifted_by_bias_at_its_level_or_by_contingency(
    settings: dict[str, object], costs: list[float]
) -> None:
    assert asked(**settings).works_cost.tolist() == pytest.approx(costs)


def test_bias_and_contingency_together_are_refused() -> None:
    with pytest.raises(ValidationError, match="would lift capital a second time"):
        Scenario.model_validate({"appraisal": {"optimism_bias": True, "contingency": 0.1}})


def test_duration_is_lifted_by_the_same_level() -> None:
    # 10 months x 1.39 = 13.9, 14 whole ones from 2026-04-01: 2027-06-01, too late for 2027; x 1.02 = 10.2: 2027-03-01
    assert asked(optimism_bias=True, as_at="2026-04-01").may_build.tolist() == [[True, True], [False, True]]
    low = asked(optimism_bias=True, optimism_level=0.0, as_at="2026-04-01")
    assert low.may_build.tolist() == [[True, True], [True, True]]
    assert asked(contingency=0.5, as_at="2026-04-01").may_build.tolist() == [[True, True], [True, True]]


def test_do_minimum_pays_the_statutory_part_and_costs_that_much_more_than_business_as_usual() -> None:
    columns = "tenure,backlog,statutory_backlog,backlog_funded,backlog_year"
    for cells, paid, owed in (
        ("freehold,90,40,no,2028", 40, 50),
        ("freehold,90,,no,2028", 90, 0),  # not said: all of it
        ("freehold,90,40,yes,2028", 0, 0),  # funded: in business as usual already
    ):
        p = two_sites(columns, cells, appraisal={"backlog": "statutory"})
        recount = judge(p, plan_of(p))
        assert recount.line is not None
        assert recount.books is not None
        found = totals(p, recount.line, recount.books)
        assert (found["npv_saving"], found["npv_saving_ex_backlog"]) == pytest.approx((-paid, 0))
        assert found["backlog_liability"] == owed
        usual = two_sites(columns, cells)
        assert judge(usual, plan_of(usual)).verdict.objective_recomputed == found["npv_cost_today"]


FUNDS = "fund_id,year,partner_id,amount,kind,pays_for\nold,2020,council,5,capital,all\nold,2040,council,7,capital,all\n"


def test_money_outside_the_horizon_is_told() -> None:
    p = two_sites("tenure", "freehold")
    tables = {"funds": FUNDS}
    sites = f"{PLACE},tenure,market_value,market_area\nhome,council,H,600000,150000,freehold,9,\n"
    base = {
        "sites": sites, "spaces": "site_id,space_type,capacity\nhome,office,9\n",
        "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,home\n",
        "needs": "team_id,space_type,amount\nt,office,1\n",
    }  # fmt: skip
    assert p.notes == ()
    told = problem({**base, **tables}).notes
    assert [(note.where, note.what) for note in told] == [
        ("funds, old, year", "£12 of old stand in 2020, 2040, outside the appraisal (2027 to 2030): never used")
    ]
    caps = problem(base, disposals={"max_per_year_per_area": 1}, limits={"max_carbon_by_year": {"2050": 1.0}}).notes
    assert [note.where for note in caps] == [
        "sites, market_area", "scenario, limits.max_carbon_by_year.2050", "sites, carbon_t",
    ]  # fmt: skip
    towns = problem(base, change={"max_sites_in_works_per_year_per_town": 1}).notes
    assert "1 sites have neither a market_area nor a district" in towns[0].what


def test_steps_of_a_haircut_rise() -> None:
    with pytest.raises(ValidationError, match="must not fall"):
        Scenario.model_validate({"disposals": {"haircut": [0.1, 0.0]}})
    with pytest.raises(ValidationError, match="less than or equal to 1"):
        Scenario.model_validate({"disposals": {"haircut": [0.0, 1.5]}})


def test_years_of_a_carbon_cap_are_years() -> None:
    with pytest.raises(ValidationError, match='"soon" for a year'):
        Scenario.model_validate({"limits": {"max_carbon_by_year": {"soon": 5.0}}})
