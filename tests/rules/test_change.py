"""The balance between change and maintenance, and nothing before its time."""

from __future__ import annotations

import pytest
from estates import breaches_of, problem

from assetopt.problem import Problem

SITES = """
site_id,partner_id,name,easting,northing,status,tenure
a,council,A,600000,150000,existing,freehold
b,council,B,601000,150000,existing,freehold
n,council,N,602000,150000,candidate,freehold
"""
SPACES = "site_id,space_type,capacity\na,office,9\nb,office,9\nn,office,9\n"
TEAMS = """
team_id,partner_id,name,service_type,site_id,divisible,closable,earliest_move
s,council,S,admin,a,no,yes,
t,council,T,admin,a,no,no,2028
u,council,U,admin,a,yes,no,
new,council,N,admin,,no,no,
"""
NEEDS = "team_id,space_type,amount\ns,office,1\nt,office,1\nu,office,1\nnew,office,1\n"
WORKS = "intervention_id,site_id,capital_cost,months\nv,a,10,0\nw,b,10,0\nw2,b,10,0\nlong,b,10,18\n"
NEW = {"new": ("b", 2027)}


def asked(**settings: object) -> Problem:
    return problem(
        {"sites": SITES, "spaces": SPACES, "teams": TEAMS, "needs": NEEDS, "interventions": WORKS}, **settings
    )


def said(asked: Problem, **changes: object) -> list[str]:
    return [message for _, _, message in breaches_of(asked, "change", **changes)]


def test_moves_are_capped_in_each_year_and_first_placements_do_not_count() -> None:
    capped = asked(change={"max_moves_per_year": 1})
    assert said(capped, move={**NEW, "s": ("b", 2027), "t": ("b", 2028)}) == []
    assert said(capped, move={**NEW, "s": ("b", 2028), "t": ("b", 2028)}) == ["2 teams move in 2028, at most 1 may"]


def test_a_share_of_a_team_counts_as_that_share_of_a_move() -> None:
    capped = asked(change={"max_moves_per_year": 1})
    found = breaches_of(capped, "change", move={**NEW, "s": ("b", 2027)}, split={"u": [("b", 2027, 0.5)]})
    assert found == [("2027", pytest.approx(0.5), "1.5 teams move in 2027, at most 1 may")]


def test_staff_that_move_are_capped() -> None:
    staff = TEAMS.replace("earliest_move\n", "earliest_move,fte\n").replace("no,yes,\n", "no,yes,,8\n")
    staff = (
        staff.replace("no,no,2028\n", "no,no,2028,5\n")
        .replace("yes,no,\n", "yes,no,,6\n")
        .replace("n,,no,no,\n", "n,,no,no,,99\n")
    )
    tables = {"sites": SITES, "spaces": SPACES, "teams": staff, "needs": NEEDS, "interventions": WORKS}
    capped = problem(tables, change={"max_fte_per_year": 10.0})
    assert said(capped, move={**NEW, "s": ("b", 2027), "t": ("b", 2028)}) == []
    found = breaches_of(capped, "change", move={**NEW, "s": ("b", 2027)}, split={"u": [("b", 2027, 0.5)]})
    assert found == [("2027", pytest.approx(1), "teams of 11 FTE move in 2027, at most 10 may")]


def test_moves_and_works_are_capped_by_town() -> None:
    towns = "\n".join(
        f"{line},{town}"
        for line, town in zip(SITES.strip().splitlines(), ("market_area", "east", "west", ""), strict=True)
    )
    tables = {"sites": towns, "spaces": SPACES, "teams": TEAMS, "needs": NEEDS, "interventions": WORKS}
    moves = problem(tables, change={"max_moves_per_year_per_town": 1})
    both = {**NEW, "s": ("b", 2028), "t": ("b", 2028)}
    assert breaches_of(moves, "change", move=both) == [
        ("west 2028 moves", 1.0, "2 teams move into west in 2028, at most 1 may")
    ]
    assert said(moves, move={**NEW, "s": ("b", 2027), "t": ("b", 2028)}) == []
    works = problem(tables, change={"max_sites_in_works_per_year_per_town": 0})
    assert said(works, move=NEW, build={"w": 2027, "w2": 2027}) == [
        "1 sites are in works in west in 2027, at most 0 may"
    ]


def test_staff_that_move_into_a_town_are_capped_by_fte() -> None:
    towns = "\n".join(
        f"{line},{town}"
        for line, town in zip(SITES.strip().splitlines(), ("market_area", "east", "west", ""), strict=True)
    )
    staff = (
        TEAMS.replace("earliest_move", "earliest_move,fte")
        .replace("no,yes,\n", "no,yes,,4\n")
        .replace("no,no,2028\n", "no,no,2028,5\n")
        .replace("yes,no,\n", "yes,no,,6\n")
        .replace("n,,no,no,\n", "n,,no,no,,99\n")
    )
    tables = {"sites": towns, "spaces": SPACES, "teams": staff, "needs": NEEDS, "interventions": WORKS}
    capped = problem(tables, change={"max_fte_per_year_per_town": 8.0})
    # s (4) and t (5) both go west in 2028: 9 FTE; one in 2027, one in 2028 is fine. Who has no home yet does not count.
    assert breaches_of(capped, "change", move={**NEW, "s": ("b", 2028), "t": ("b", 2028)}) == [
        ("west 2028 FTE", pytest.approx(1.0), "9 FTE move into west in 2028, at most 8 may")
    ]
    assert said(capped, move={**NEW, "s": ("b", 2027), "t": ("b", 2028)}) == []


def test_sites_in_works_are_capped_not_the_works() -> None:
    capped = asked(change={"max_sites_in_works_per_year": 1})
    assert said(capped, move=NEW, build={"w": 2027, "w2": 2027}) == []
    assert said(capped, move=NEW, build={"w": 2027, "v": 2027}) == ["2 sites are in works in 2027, at most 1 may"]


def test_a_team_does_not_move_before_its_earliest_year() -> None:
    assert said(asked(), move={**NEW, "t": ("b", 2028)}) == []
    assert said(asked(), move={**NEW, "t": ("b", 2027)}) == ["team t moves in 2027, but not before 2028"]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"leave": {"a": 2027}}, "a is vacated"),
        ({"open_": {"n": 2027}}, "n opens"),
        ({"close": {"s": 2027}}, "s closes"),
        ({"move": {**NEW, "s": ("b", 2027)}}, "s moves"),
    ],
)
def test_nothing_happens_before_the_lead_time_is_over(changes: dict[str, object], told: str) -> None:
    waiting = asked(appraisal={"as_at": "2026-10-01"}, change={"lead_months": 7})  # to 2027-05-01
    assert f"{told} in 2027, before as_at and the lead time allow any change" in said(
        waiting, **{"move": NEW, **changes}
    )


def test_the_day_the_lead_time_ends_is_soon_enough() -> None:
    ready = asked(appraisal={"as_at": "2026-10-01"}, change={"lead_months": 6})  # to 2027-04-01
    assert said(ready, move={**NEW, "s": ("b", 2027)}) == []


def test_works_take_their_time() -> None:
    started = asked(appraisal={"as_at": "2026-04-01"})
    assert said(started, move=NEW, build={"long": 2028}) == []  # 18 months: 2027-10-01
    assert said(started, move=NEW, build={"long": 2027}) == [
        "intervention long cannot be ready by 2027: lead time and works take longer"
    ]
