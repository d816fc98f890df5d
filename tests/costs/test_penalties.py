"""Soft access standards, priced."""

from __future__ import annotations

import pytest
from estates import NEEDS, PLACE, SPACES, TEAMS, line_of, problem
from faces import both_faces

TABLES = {
    "sites": f"{PLACE},tenure\nhome,council,Home,600000,150000,freehold\nother,council,Other,601000,150000,freehold\n",
    "spaces": SPACES, "teams": TEAMS + "u,council,U,admin,home\n", "needs": NEEDS,
    "service_types": "service_type,public\nadmin,yes\n",
    "demand": "zone_id,easting,northing,population,district\nz1,600000,150000,100,n\nz2,605000,150000,50,s\n",
    "travel": "zone_id,site_id,mode,minutes\nz1,home,car,10\nz1,other,car,25\nz2,other,car,5\n",
}  # fmt: skip
STANDARD = "standard_id,service_type,mode,max_minutes,min_share,per,force,penalty\ns,admin,car,12,1,{},{},2\n"


def test_each_person_short_costs_the_penalty_every_year() -> None:
    asked = problem({**TABLES, "standards": STANDARD.format("all", "soft")}, rules={"access": {}})
    assert both_faces(asked, "penalties", line_of(asked)) == pytest.approx((4 * 50 * 2,) * 2)
    both = line_of(asked, move={"u": ("other", 2028)})
    assert both_faces(asked, "penalties", both) == pytest.approx((100, 100))  # 50 people in 2027


def test_each_district_is_counted_by_itself() -> None:
    half = STANDARD.format("district", "soft").replace(",1,district", ",0.5,district")
    asked = problem({**TABLES, "standards": half}, rules={"access": {}})
    # north has 100 of 50 asked, south 0 of 25: the surplus of one does not help the other
    assert both_faces(asked, "penalties", line_of(asked)) == pytest.approx((4 * 25 * 2,) * 2)


def test_a_trigger_is_reported_and_never_priced() -> None:
    asked = problem({**TABLES, "standards": STANDARD.format("all", "trigger")}, rules={"access": {}})
    assert both_faces(asked, "penalties", line_of(asked)) == (0, 0)


def test_without_the_access_rule_nothing_is_priced() -> None:
    asked = problem({**TABLES, "standards": STANDARD.format("all", "soft")})
    assert both_faces(asked, "penalties", line_of(asked)) == (0, 0)


def test_a_large_county_is_priced_to_the_penny() -> None:
    people = TABLES["demand"].replace(",100,n", ",3000000,n").replace(",50,s", ",2000000,s")
    asked = problem({**TABLES, "demand": people, "standards": STANDARD.format("all", "soft")}, rules={"access": {}})
    priced, counted = both_faces(asked, "penalties", line_of(asked))
    assert priced == pytest.approx(counted, abs=0.01)
    assert counted == 4 * 2_000_000 * 2
