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
    assert told in blockers(stuck)
    certificate = optimise(stuck).certificate
    assert certificate.status == "infeasible"
    assert told in certificate.reasons


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
