"""What rests on an assumed value: pounds that can be checked on paper, by moving the value a quarter."""

from __future__ import annotations

import pytest
from estates import NEEDS, SPACES, TEAMS, estate, line_of, scenario

from assetopt.problem import Problem
from assetopt.resting import resting_on

SITES = (
    "site_id,partner_id,name,easting,northing,tenure,gia_m2,running_cost,lease_end\n"
    "home,council,Home,600000,150000,leasehold,200,10000,2028-04-01\n"
    "other,council,Other,601000,150000,freehold,500,20000,\n"
)


def problem(**defaults: object) -> Problem:
    tables = {"sites": SITES, "spaces": SPACES, "teams": TEAMS, "needs": NEEDS}
    return Problem(estate(**tables), scenario(defaults={"use": "shipped", **defaults}))


def test_pounds_are_what_a_quarter_more_of_the_assumed_value_costs() -> None:
    # 200 m2 are handed back in 2028 at £180 per m2 assumed: a quarter more is 200 x £45 = £9,000, undiscounted here.
    # As today the lease would go on, so the plan would save as much less.
    asked = problem()
    plan = line_of(asked, leave={"home": 2028}, move={"t": ("other", 2028)})

    found = resting_on(asked, plan, ["dilapidations_per_m2"])["dilapidations_per_m2"]

    assert found.tried == 225.0
    assert found.cost == pytest.approx(9_000.0)
    assert found.saving == pytest.approx(-9_000.0)


def test_the_plan_and_its_alternative_may_rest_on_a_value_alike() -> None:
    # With nothing changed the plan is business as usual: whatever it costs more, that costs more too.
    asked = problem()
    names = {entry.parameter for entry in asked.assumptions}

    found = resting_on(asked, line_of(asked), names)

    assert found
    assert [each.saving for each in found.values()] == pytest.approx([0.0] * len(found))


def test_a_share_of_one_is_tried_a_quarter_lower() -> None:
    asked = problem(variable_share=1.0)

    assert resting_on(asked, line_of(asked), ["variable_share"])["variable_share"].tried == 0.75


def test_an_assumption_of_nothing_is_not_tried_and_neither_is_what_is_no_assumption() -> None:
    asked = problem(closing_cost=0.0)

    assert resting_on(asked, line_of(asked), ["closing_cost", "", "no_such_parameter"]) == {}
