"""At least and at most so many points, in all and in each district."""

from __future__ import annotations

import pytest
from estates import breaches_of, problem

from assetopt.problem import Problem

SITES = """
site_id,partner_id,name,easting,northing,status,tenure
a,council,A,600000,150000,existing,freehold
b,council,B,604000,150000,existing,freehold
c,council,C,608000,150000,existing,freehold
x,police,X,612000,150000,external,freehold
"""
SPACES = "site_id,space_type,capacity\na,desk,9\nb,desk,9\nc,desk,9\nx,desk,9\n"
TEAMS = """
team_id,partner_id,name,service_type,site_id,closable,divisible
l1,council,L1,library,a,yes,no
l2,council,L2,library,b,yes,no
l3,council,L3,library,b,yes,yes
lx,police,LX,library,x,no,no
"""
NEEDS = "team_id,space_type,amount\nl1,desk,1\nl2,desk,1\nl3,desk,1\nlx,desk,1\n"
DEMAND = "zone_id,easting,northing,population,district\nz1,600000,150000,9,west\nz2,604500,150000,9,west\nz3,610000,150000,9,east\n"


def asked(row: str, columns: str = "min_points,max_points,min_points_per_district,min_point_share") -> Problem:
    types = f"service_type,public,{columns}\nlibrary,yes,{row}\n"
    return problem(
        {"sites": SITES, "spaces": SPACES, "teams": TEAMS, "needs": NEEDS, "demand": DEMAND, "service_types": types}
    )


def test_points_are_distinct_sites_and_external_ones_count() -> None:
    assert breaches_of(asked("3,,,"), "service_points") == []  # a, b (two teams) and x
    assert breaches_of(asked("4,,,"), "service_points") == [
        ("library", 1.0, f"library: 3 points in {year}, at least 4 asked") for year in (2027, 2028)
    ]


def test_a_point_is_lost_only_with_its_last_team() -> None:
    assert breaches_of(asked("3,,,"), "service_points", close={"l2": 2028}) == []
    found = breaches_of(asked("3,,,"), "service_points", close={"l2": 2028, "l3": 2028})
    assert found == [("library", 1.0, "library: 2 points in 2028, at least 3 asked")]


def test_no_more_points_than_allowed() -> None:
    assert breaches_of(asked(",3,,"), "service_points") == []
    found = breaches_of(asked(",3,,"), "service_points", move={"l2": ("c", 2028)})
    assert found == [("library", 1.0, "library: 4 points in 2028, at most 3 allowed")]


def test_each_district_has_its_points() -> None:
    # x lies nearest to z3, so the east has one; c is nearest to z3 too
    assert breaches_of(asked(",,1,"), "service_points") == []
    (found, *_) = breaches_of(asked(",,2,"), "service_points")
    assert found == ("library", 1.0, "library in east: 1 points in 2027, at least 2 asked")
    assert breaches_of(asked(",,2,"), "service_points", move={"l2": ("c", 2027)}) == []


@pytest.mark.parametrize(("share", "points"), [(0.1, 3), (0.2, 4), (0.9, 4)])
def test_a_divisible_team_makes_a_point_from_its_least_share_on(share: float, points: int) -> None:
    found = breaches_of(asked("9,,,0.2"), "service_points", split={"l3": [("c", 2027, share)]})
    assert found[0][2] == f"library: {points} points in 2027, at least 9 asked"


def test_a_least_share_of_nothing_still_needs_somebody_there() -> None:
    assert breaches_of(asked("4,,,0"), "service_points")[0][2] == "library: 3 points in 2027, at least 4 asked"
    assert breaches_of(asked("4,,,0"), "service_points", split={"l3": [("c", 2027, 0.01)]}) == []
