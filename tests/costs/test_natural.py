"""Objectives in a unit of their own, both faces, worked by hand."""

from __future__ import annotations

import pytest
from estates import NEEDS, PLACE, SPACES, TEAMS, line_of, problem
from faces import both_faces

TABLES = {
    "sites": f"{PLACE},tenure\nhome,council,Home,600000,150000,freehold\nother,council,Other,601000,150000,freehold\n",
    "spaces": SPACES, "teams": TEAMS + "u,council,U,admin,home\n", "needs": NEEDS,
    "service_types": "service_type,public\nadmin,yes\n",
    "demand": "zone_id,easting,northing,population,pop_old\nz1,600000,150000,100,10\nz2,605000,150000,50,30\n",
    "travel": "zone_id,site_id,mode,minutes\nz1,home,car,10\nz1,other,car,25\nz2,other,car,5\n",
    "visits": "zone_id,service_type,visits\nz1,admin,7\nz2,admin,3\n",
}  # fmt: skip
# Today z1 is 10 minutes from home and z2 reaches nothing: the longest way known, 25, and one minute.
# With u moved to other in 2028, z2 is 5 minutes away in three of the four years, z1 still 10.


@pytest.mark.parametrize(
    ("asked", "now", "then"),
    [
        ({"minimise": "access", "measure": "mean"}, 100 * 10 + 50 * 26, 100 * 10 + 50 * 5),
        ({"minimise": "access", "measure": "mean", "weight": "pop_old"}, 10 * 10 + 30 * 26, 10 * 10 + 30 * 5),
        ({"minimise": "access", "measure": "mean", "weight": "visits"}, 7 * 10 + 3 * 26, 7 * 10 + 3 * 5),
        ({"minimise": "access", "measure": "mean", "unreached_minutes": 60}, 100 * 10 + 50 * 60, 100 * 10 + 50 * 5),
        ({"minimise": "access", "measure": "furthest"}, 26, 10),
        ({"minimise": "access", "measure": "beyond", "within_minutes": 7}, 150, 100),
        ({"minimise": "access", "measure": "beyond", "within_minutes": 10}, 50, 0),
        ({"minimise": "points"}, 1, 2),
    ],
)
def test_each_measure_is_counted_in_its_own_unit_every_year(asked: dict[str, object], now: float, then: float) -> None:
    given = problem(TABLES, objective=asked)
    assert both_faces(given, "natural", line_of(given)) == pytest.approx((4 * now, 4 * now))
    moved = now + 3 * then
    assert both_faces(given, "natural", line_of(given, move={"u": ("other", 2028)})) == pytest.approx((moved, moved))


def test_nothing_is_counted_where_the_objective_is_money() -> None:
    given = problem(TABLES)
    assert both_faces(given, "natural", line_of(given)) == (0, 0)
