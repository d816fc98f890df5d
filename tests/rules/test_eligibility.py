"""A team goes only where it may; the reasons why it may not are in ``tests/problem/test_pairs.py``."""

from __future__ import annotations

import pytest
from estates import breaches_of, problem

from assetopt.problem import Problem

SITES = """
site_id,partner_id,name,easting,northing,status,tenure
a,council,A,600000,150000,existing,freehold
b,nhs,B,604000,150000,existing,freehold
c,police,C,608000,150000,existing,freehold
x,council,X,601000,150000,external,freehold
"""
SPACES = "site_id,space_type,capacity\na,office,9\nb,office,9\nc,office,9\nx,office,9\n"
NEEDS = "team_id,space_type,amount\nt,office,1\nu,office,1\n"


def asked(teams: str, listed: str = "", **settings: object) -> Problem:
    extra = {"placements": listed} if listed else {}
    return problem({"sites": SITES, "spaces": SPACES, "teams": teams, "needs": NEEDS, **extra}, **settings)


TEAMS = """
team_id,partner_id,name,service_type,site_id,movable,closable,radius_km
t,council,T,admin,a,yes,no,5
u,council,U,admin,,no,no,0
"""
NEW = {"u": ("b", 2027)}


def test_a_team_may_go_anywhere_within_its_radius() -> None:
    assert breaches_of(asked(TEAMS), "eligibility", move={**NEW, "t": ("b", 2028)}) == []


def test_a_team_may_not_go_further_than_its_radius() -> None:
    (found,) = breaches_of(asked(TEAMS), "eligibility", move={**NEW, "t": ("c", 2028)})
    assert found[0] == "t"
    assert found[1] == pytest.approx(3.0, abs=0.05)  # 8 km, 5 allowed
    assert found[2] == "team t goes 8.0 km to c, further than its radius of 5 km"


def test_a_team_without_a_home_has_no_radius_and_is_placed_though_it_is_not_movable() -> None:
    assert breaches_of(asked(TEAMS), "eligibility", move={"u": ("c", 2027)}) == []


def test_a_team_that_may_not_move_stays() -> None:
    (found,) = breaches_of(asked(TEAMS.replace("a,yes", "a,no")), "eligibility", move={**NEW, "t": ("b", 2028)})
    assert found == ("t", 1.0, "team t may not move, but goes to b")


def test_an_external_site_takes_nobody_in() -> None:
    (found,) = breaches_of(asked(TEAMS), "eligibility", move={**NEW, "t": ("x", 2028)})
    assert found[2] == "team t goes to x, which is not ours to change"


def test_a_pair_that_is_not_allowed_is_refused() -> None:
    (found,) = breaches_of(
        asked(TEAMS, "team_id,site_id,allowed\nt,b,no\n"), "eligibility", move={**NEW, "t": ("b", 2028)}
    )
    assert found[2] == "team t is not allowed at b"


def test_with_only_listed_a_pair_that_is_not_listed_is_refused_but_home_stays() -> None:
    listed = asked(TEAMS, "team_id,site_id,annual_cost\nu,b,5\n", placements={"only_listed": True})
    assert breaches_of(listed, "eligibility", move=NEW) == []
    assert [found[0] for found in breaches_of(listed, "eligibility", move={**NEW, "t": ("b", 2028)})] == ["t"]


@pytest.mark.parametrize(
    ("estate", "broken"),
    [
        ("pooled", []),
        ("own", ["t", "u"]),
        ({"groups": [["council", "nhs"]]}, []),  # sectors of both
        ({"groups": [["council"], ["nhs", "police"]]}, ["t", "u"]),
    ],
)
def test_a_boundary_keeps_teams_in_the_buildings_of_their_own_or_group(estate: object, broken: list[str]) -> None:
    found = breaches_of(asked(TEAMS, boundaries={"estate": estate}), "eligibility", move={**NEW, "t": ("b", 2028)})
    assert sorted(subject for subject, _, _ in found) == broken


def test_a_team_that_may_not_close_does_not() -> None:
    (found,) = breaches_of(asked(TEAMS), "eligibility", move=NEW, close={"t": 2028})
    assert found == ("t", 1.0, "team t may not close")
