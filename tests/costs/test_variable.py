"""The part of running cost that follows use."""

from __future__ import annotations

import pytest
from estates import GONE, line_of, two_sites
from faces import both_faces

ASKED = two_sites("tenure,running_cost,variable_share", "freehold,1000,0.3", appraisal={"discount": 0.1})
YEARS = (1.0, 1 / 1.1, 1 / 1.21, 1 / 1.331)


def test_it_follows_the_team() -> None:
    # 300 a year wherever t is
    for changes in ({}, GONE):
        assert both_faces(ASKED, "variable", line_of(ASKED, **changes)) == pytest.approx((300 * sum(YEARS),) * 2)


def test_a_dearer_building_costs_its_own_price_per_unit() -> None:
    dear = two_sites(
        "tenure,running_cost,variable_share", "freehold,1000,0.3", appraisal={"discount": 0.1},
        spaces="site_id,space_type,capacity,variable_cost\nhome,office,100,\nother,office,100,50\n",
    )  # fmt: skip
    moved = line_of(dear, move={"t": ("other", 2028)})
    # 300 in 2027, then 10 units x 50
    assert both_faces(dear, "variable", moved) == pytest.approx((300 + 500 * sum(YEARS[1:]),) * 2)


def test_a_closed_team_uses_nothing() -> None:
    closable = two_sites(
        "tenure,running_cost,variable_share", "freehold,1000,0.3",
        teams="team_id,partner_id,name,service_type,site_id,closable\nt,council,T,admin,home,yes\n",
    )  # fmt: skip
    assert both_faces(closable, "variable", line_of(closable, close={"t": 2028})) == pytest.approx((300, 300))
