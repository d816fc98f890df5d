"""Why no plan can exist, said before any search and in the estate's words."""

from __future__ import annotations

import pytest
from estates import problem
from towns import TABLES, town

from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.problem.blockers import blockers

SITES = """
site_id,partner_id,name,easting,northing,status,tenure,lease_end,security_of_tenure,lock
a,council,A,600000,150000,existing,leasehold,{end},no,{lock}
b,council,B,601000,150000,existing,freehold,,,
"""
SPACES = "site_id,space_type,capacity\na,office,50\nb,office,{room}\n"
TEAMS = "team_id,partner_id,name,service_type,site_id,earliest_move\nt,council,T,admin,{home},{earliest}\n"


def asked(
    end: str = "", lock: str = "", room: int = 50, home: str = "a", earliest: str = "", **settings: object
) -> Problem:
    tables = {
        "sites": SITES.format(end=end, lock=lock), "spaces": SPACES.format(room=room),
        "teams": TEAMS.format(home=home, earliest=earliest), "needs": "team_id,space_type,amount\nt,office,10\n",
    }  # fmt: skip
    return problem(tables, **settings)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"home": "", "earliest": "2029"},
            "team t has no home today and may not be placed before 2029, after the last decision year",
        ),
        (
            {"home": "", "boundaries": {"estate": "pooled"}, "rules": {"capacity": {"headroom": 0.9}}},
            "team t has no home today and nowhere to go: at 2 sites it finds no room there, even with every intervention",
        ),
        (
            {"end": "2028-03-31", "lock": "keep"},
            "site a must be left by 2028, as its lease ends without security of tenure, but is locked keep",
        ),
        (
            {"lock": "close", "appraisal": {"as_at": "2028-06-01"}},
            "site a is to be closed, but as_at and the lead time allow no change by then",
        ),
        (
            {"lock": "close", "room": 3},
            "site a is to be closed, but team t cannot leave it: at 1 sites it finds no room there, even with every intervention",
        ),
        (
            {"room": 3, "decisions": {"move": {"t": "b"}}},
            "team t is decided to move to b, but it finds no room there, even with every intervention",
        ),
    ],
)
def test_a_reason_is_found(given: dict[str, object], told: str) -> None:
    stuck = asked(**given)  # type: ignore[arg-type]
    (found,) = [text for text in blockers(stuck) if text.startswith(told)]
    certificate = optimise(stuck).certificate
    assert certificate.status == "infeasible"
    assert found in certificate.reasons


def test_nothing_is_said_where_a_plan_may_exist() -> None:
    for given in ({}, {"end": "2028-03-31"}, {"lock": "close"}, {"home": ""}):
        fine = asked(**given)  # type: ignore[arg-type]
        assert blockers(fine) == []
        assert optimise(fine).certificate.status == "optimal"


def test_a_standard_out_of_reach_is_told_with_the_nearest_that_works() -> None:
    (told,) = blockers(town("car,10,1", "mode,max_minutes,min_share"))
    # with all three open: z1 5, z2 8, z3 6 within 10; z4 20: 600 of 1000
    assert told == (
        "standard s, everyone: even with all 3 possible points open only 60.0% of people are served, 100.0% asked; "
        "the largest zone left out is z4 (400 people), whose nearest possible point is east, "
        "20.0 car minutes away. 20.0 minutes would hold, or a share of 60.0%"
    )


def test_more_points_than_sites_are_told() -> None:
    types = "service_type,public,min_points\nlibrary,yes,4\n"
    assert blockers(problem({**TABLES, "service_types": types})) == [
        "library: at least 4 points asked, only 3 sites can be one"
    ]


def test_what_would_give_a_team_a_place_is_told() -> None:
    (told,) = blockers(asked(lock="close", room=3))
    assert told.endswith(". 7 more office at b would do (spaces.capacity)")
    (told,) = blockers(asked(home="", rules={"capacity": {"headroom": 0.9}}))
    assert told.endswith(". 50 more office at a would do (spaces.capacity)")  # a tenth of 50 is 5, of 100 it is 10


# --- too little room for all who can be nowhere else -------------------------------------------------------------------

TOWN = """
site_id,partner_id,name,easting,northing,status,tenure,lock,market_area
a,council,A,600000,150000,existing,freehold,{lock},north
b,council,B,601000,150000,existing,freehold,,north
c,council,C,602000,150000,candidate,freehold,,north
d,nhs,D,680000,150000,existing,freehold,,south
"""
TWO_SPACES = "site_id,space_type,capacity\na,office,30\na,desk,5\nb,office,{b}\nb,desk,5\nc,office,{c}\nd,office,500\n"
IN_TOWN = """
team_id,partner_id,name,service_type,site_id,movable,closable,radius_km
ta,council,TA,admin,a,yes,no,10
tb,council,TB,admin,a,yes,no,10
tc,council,TC,admin,b,yes,{closable},10
td,nhs,TD,clinic,d,no,no,
"""
ROOM = "team_id,space_type,amount\nta,office,20\ntb,office,10\ntc,office,20\ntd,office,50\nta,desk,2\n"


def in_town(b: int = 20, c: int = 0, closable: str = "no", lock: str = "close", works: int = 0) -> Problem:
    """Site a of a town must be left; 50 is needed there, d is out of everybody's radius."""
    tables = {
        "sites": TOWN.format(lock=lock), "spaces": TWO_SPACES.format(b=b, c=c), "teams": IN_TOWN.format(closable=closable),
        "needs": ROOM,
    }  # fmt: skip
    if works:
        tables["interventions"] = "intervention_id,site_id,capital_cost,months\nw,b,0,0\n"
        tables["intervention_spaces"] = f"intervention_id,space_type,capacity_change\nw,office,{works}\n"
    return problem(tables)


def test_too_little_room_in_a_town_is_told_with_how_much_is_missing() -> None:
    (told,) = blockers(in_town())
    assert told == (
        "office, north (b): 3 teams (ta, tb, tc) that can be nowhere else need 50, and all the room there, with every "
        "intervention, is 20. At least 30 more is wanted there (spaces.capacity, interventions), or 30 less needed "
        "(needs.amount), or somewhere else to go (teams.radius_km, placements, locks)"
    )
    (told,) = blockers(in_town(c=20, works=5))
    assert "office, north (b, c): 3 teams" in told
    assert "is 45. At least 5 more" in told


@pytest.mark.parametrize(
    "given", [{"c": 30}, {"c": 20, "works": 10}, {"b": 30, "closable": "yes", "c": 20}, {"lock": ""}]
)
def test_room_that_is_enough_is_not_complained_of(given: dict[str, object]) -> None:
    fine = in_town(**given)  # type: ignore[arg-type]
    assert blockers(fine) == []
    assert optimise(fine).certificate.status == "optimal"


# --- who must and must not be together ---------------------------------------------------------------------------------

THREE = """
site_id,partner_id,name,easting,northing,tenure,lock
a,council,A,600000,150000,freehold,{a}
b,council,B,601000,150000,freehold,
c,council,C,602000,150000,freehold,
"""
KINDS = """
team_id,partner_id,name,service_type,site_id,movable
ta,council,TA,custody,a,{ta}
tb,council,TB,nursery,b,{tb}
tc,council,TC,advice,c,no
"""


def together(rows: str, a: str = "", ta: str = "yes", tb: str = "yes", **settings: object) -> Problem:
    tables = {
        "sites": THREE.format(a=a), "spaces": "site_id,space_type,capacity\na,office,50\nb,office,50\nc,office,50\n",
        "teams": KINDS.format(ta=ta, tb=tb), "needs": "team_id,space_type,amount\nta,office,1\ntb,office,1\n",
        "compatibility": "a,b,rule,reason\n" + rows,
    }  # fmt: skip
    return problem(tables, **settings)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"rows": "custody,nursery,must,\n", "ta": "no", "tb": "no"},
            "team ta (custody) may only be where nursery is (compatibility, row 1), but may only be at a, and nursery only "
            "at b: let one of them go where the other may be, or take the row out",
        ),
        (
            {"rows": "custody,nursery,must,\nnursery,custody,must_not,\n"},
            "team ta (custody) may only be where nursery is (compatibility, row 1), but may only be at a, b, c, and must not "
            "share a site with any of nursery (must_not): take one of the two rows out",
        ),
        (
            {"rows": "custody,library,must,\n"},
            "team ta (custody) may only be where library is (compatibility, row 1), but may only be at a, b, c, and no team "
            "of library can be anywhere: add one, or take the row out",
        ),
        (
            {"rows": "custody,nursery,must_not,\n", "decisions": {"move": {"ta": "c", "tb": "c"}}},
            "teams ta and tb must not share a site (compatibility, must_not), but each may be nowhere but at c: let one of "
            "them go elsewhere (decisions, teams.movable, teams.radius_km, placements), or take the row out",
        ),
    ],
)
def test_contradictions_of_sharing_are_told(given: dict[str, object], told: str) -> None:
    stuck = together(**given)  # type: ignore[arg-type]
    assert blockers(stuck) == [told]
    assert optimise(stuck).certificate.status == "infeasible"


def test_sharing_that_can_be_kept_is_not_complained_of() -> None:
    for rows in ("custody,nursery,must,\n", "custody,nursery,must_not,\n", "custody,advice,must,\n"):
        fine = together(rows)
        assert blockers(fine) == []
        assert optimise(fine).certificate.status == "optimal"


def test_faults_are_told_all_at_once() -> None:
    rows = "custody,nursery,must_not,\ncustody,library,must,\n"
    stuck = together(rows, a="close", decisions={"keep": ["b"], "move": {"ta": "c", "tb": "c"}}, ta="yes")
    assert len(blockers(stuck)) == 2
    tables = {"sites": SITES.format(end="2028-03-31", lock="keep"), "spaces": SPACES.format(room=3),
              "teams": TEAMS.format(home="a", earliest=""), "needs": "team_id,space_type,amount\nt,office,10\n"}  # fmt: skip
    told = blockers(problem(tables))
    assert ["is locked keep" in text for text in told] == [True, False]
    assert "team t cannot leave it" in told[1]


def test_an_interest_kept_longer_than_the_one_above_it_is_told() -> None:
    sites = "site_id,partner_id,name,easting,northing,tenure,lock,head_site_id\na,council,A,600000,150000,freehold,close,\n" \
        "b,council,B,601000,150000,freehold,keep,a\n"  # fmt: skip
    tables = {
        "sites": sites, "spaces": SPACES.format(room=5), "teams": TEAMS.format(home="b", earliest=""),
        "needs": "team_id,space_type,amount\nt,office,1\n",
    }  # fmt: skip
    (told,) = blockers(problem(tables))
    assert told.startswith("site b is locked keep, but its superior interest a is to be left: keep both or neither")


def test_zones_that_no_point_is_reached_from_are_named() -> None:
    (told,) = blockers(town("walk,5,mean", "mode,max_minutes,measure"))
    assert told.startswith("standard s, everyone: 1 zones (z4; 400 people) reach none of the 3 possible points")
