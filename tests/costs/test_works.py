"""Interventions: capital in their year, and running cost from then on."""

from __future__ import annotations

import pytest
from estates import line_of, two_sites
from faces import both_faces

WORKS = (
    "intervention_id,site_id,capital_cost,optimism_class,running_cost_change,months,payer_partner_id\n"
    "w,home,1000,{},-50,0,nhs\n"
)


@pytest.mark.parametrize(("class_", "capital"), [("standard", 1240), ("non_standard", 1510)])
def test_capital_is_lifted_by_its_class_and_running_cost_is_not(class_: str, capital: float) -> None:
    asked = two_sites(
        "tenure", "freehold", interventions=WORKS.format(class_), appraisal={"optimism_bias": True}, defaults={}
    )
    built = line_of(asked, build={"w": 2028})
    assert both_faces(asked, "works", built) == pytest.approx((capital - 150,) * 2)  # 3 x 50 a year saved


def test_without_optimism_bias_capital_is_what_it_says() -> None:
    asked = two_sites("tenure", "freehold", interventions=WORKS.format("non_standard"), defaults={})
    assert both_faces(asked, "works", line_of(asked, build={"w": 2028})) == pytest.approx((850, 850))
    assert both_faces(asked, "works", line_of(asked)) == (0, 0)
