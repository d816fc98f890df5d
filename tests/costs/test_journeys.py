"""The public's journeys to the nearest open point."""

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
VISITS = "zone_id,service_type,visits\nz1,admin,60\nz2,admin,30\n"


def test_a_zone_that_reaches_nothing_counts_the_longest_journey_known() -> None:
    asked = problem({**TABLES, "visits": VISITS}, costs={"journeys": {"value_of_time": 3.0}})
    # per minute and visit there and back: 3 x 2 / 60 = 0.1. z1: 60 x 10; z2 reaches home by no way: 25 + 1 minutes
    assert both_faces(asked, "journeys", line_of(asked)) == pytest.approx((4 * 0.1 * (600 + 30 * 26),) * 2)


def test_people_go_to_the_nearest_open_point() -> None:
    asked = problem({**TABLES, "visits": VISITS}, costs={"journeys": {"value_of_time": 3.0}})
    both = line_of(asked, move={"u": ("other", 2028)})
    expected = 0.1 * (600 + 780) + 3 * 0.1 * (600 + 30 * 5)
    assert both_faces(asked, "journeys", both) == pytest.approx((expected, expected))


def test_without_a_value_of_time_they_are_reported_and_not_priced() -> None:
    asked = problem({**TABLES, "visits": VISITS})
    assert both_faces(asked, "journeys", line_of(asked)) == (0, 0)


def test_services_that_are_not_public_have_no_journeys() -> None:
    inside = {**TABLES, "service_types": "service_type,public\nadmin,no\n", "visits": VISITS}
    asked = problem(inside, costs={"journeys": {"value_of_time": 3.0}})
    assert both_faces(asked, "journeys", line_of(asked)) == (0, 0)
