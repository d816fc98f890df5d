"""A team is only in a site that is held."""

from __future__ import annotations

from estates import breaches_of, problem

from assetopt.problem import Problem

SITES = """
site_id,partner_id,name,easting,northing,status,tenure
a,council,A,600000,150000,existing,freehold
b,council,B,601000,150000,existing,freehold
n,council,N,602000,150000,candidate,freehold
x,council,X,603000,150000,external,freehold
"""
SPACES = "site_id,space_type,capacity\na,office,9\nb,office,9\nn,office,9\nx,office,1\n"
TEAMS = "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,a\nfar,council,F,admin,x\n"
NEEDS = "team_id,space_type,amount\nt,office,1\n"
WORKS = "intervention_id,site_id,capital_cost,months\nw,b,10,0\nv,n,10,0\n"


def asked() -> Problem:
    return problem({"sites": SITES, "spaces": SPACES, "teams": TEAMS, "needs": NEEDS, "interventions": WORKS})


def test_today_holds_and_a_team_may_be_at_an_external_site() -> None:
    assert breaches_of(asked(), "open_site") == []


def test_a_team_is_not_left_behind_in_a_vacated_site() -> None:
    found = breaches_of(asked(), "open_site", leave={"a": 2028})
    assert found == [("a", 1.0, "team t is at a in 2028, but the site is not held then")]


def test_a_team_may_leave_in_the_year_its_site_is_vacated_not_after_it() -> None:
    assert breaches_of(asked(), "open_site", leave={"a": 2028}, move={"t": ("b", 2028)}) == []
    found = breaches_of(asked(), "open_site", leave={"a": 2027}, move={"t": ("b", 2028)})
    assert [message for _, _, message in found] == ["team t is at a in 2027, but the site is not held then"]


def test_nobody_moves_into_a_site_that_is_vacated_later() -> None:
    found = breaches_of(asked(), "open_site", leave={"b": 2028}, move={"t": ("b", 2027)})
    assert [message for _, _, message in found] == ["team t is at b in 2028, but the site is not held then"]


def test_a_candidate_takes_nobody_in_before_it_opens() -> None:
    assert breaches_of(asked(), "open_site", open_={"n": 2028}, move={"t": ("n", 2028)}) == []
    assert len(breaches_of(asked(), "open_site", open_={"n": 2028}, move={"t": ("n", 2027)})) == 1
    assert len(breaches_of(asked(), "open_site", move={"t": ("n", 2027)})) == 2  # in both years


def test_works_serve_only_in_a_site_that_stays_held() -> None:
    assert breaches_of(asked(), "open_site", build={"w": 2027}) == []
    found = breaches_of(asked(), "open_site", build={"w": 2027}, leave={"b": 2028})
    assert found == [("w", 1.0, "intervention w is built at b, which is not held in 2028")]
    assert len(breaches_of(asked(), "open_site", build={"v": 2027}, open_={"n": 2028})) == 1
    assert breaches_of(asked(), "open_site", build={"v": 2028}, open_={"n": 2028}) == []
