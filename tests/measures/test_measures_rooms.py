"""Room and use by site: counted on paper for a plan written by hand."""

from __future__ import annotations

import numpy as np
import pytest
from estates import line_of, problem

from assetopt.measures import rooms_table

TABLES = {
    "sites": (
        "site_id,partner_id,name,easting,northing,tenure,status\n"
        "hall,council,Hall,600000,150000,freehold,existing\n"
        "depot,nhs,Depot,601000,150000,freehold,existing\n"
        "shell,council,Shell,602000,150000,freehold,candidate\n"
        "church,council,Church,603000,150000,freehold,external\n"
    ),
    "spaces": (
        "site_id,space_type,capacity\nhall,office,100\nhall,parking,8\ndepot,office,50\nshell,office,40\nchurch,office,9\n"
    ),
    "teams": (
        "team_id,partner_id,name,service_type,site_id\nclerks,council,C,back,hall\nnurses,nhs,N,back,depot\n"
        "desk,nhs,D,back,depot\n"
    ),
    "needs": "team_id,space_type,amount\nclerks,office,60\nnurses,office,30\ndesk,office,10\n",
    "interventions": "intervention_id,site_id,capital_cost,months\nwing,hall,1000,0\n",
    "intervention_spaces": "intervention_id,space_type,capacity_change\nwing,office,20\n",
}  # fmt: skip


def rows() -> dict[tuple[str, str], dict[str, object]]:
    # nurses move to the hall in 2027, desk in 2028, when the wing is ready and the depot is left.
    asked = problem(TABLES)
    line = line_of(
        asked, leave={"depot": 2028}, move={"nurses": ("hall", 2027), "desk": ("hall", 2028)}, build={"wing": 2028}
    )
    found = rooms_table(asked, line).to_dict("records")
    return {(row["site_id"], row["space_type"]): row for row in found}


def test_room_and_use_today_and_after_count_works_and_moves() -> None:
    hall = rows()["hall", "office"]

    assert (hall["room_today"], hall["used_today"], hall["use_today"]) == (100, 60, 0.6)
    assert (hall["room"], hall["used"]) == (120, 100)  # 100 + 20 of the wing; 60 + 30 + 10
    assert hall["use"] == pytest.approx(100 / 120)


def test_the_fullest_year_may_lie_between_today_and_the_end() -> None:
    # 2027: 90 of 100; 2028: 100 of 120.
    hall = rows()["hall", "office"]

    assert (hall["worst_year"], hall["room_worst_year"], hall["used_worst_year"]) == (2027, 100, 90)
    assert hall["use_worst_year"] == pytest.approx(0.9)


def test_a_site_that_is_left_has_no_room_and_no_share() -> None:
    depot = rows()["depot", "office"]

    assert (depot["room_today"], depot["used_today"], depot["room"], depot["used"]) == (50, 40, 0, 0)
    assert np.isnan(depot["use"])
    assert (depot["worst_year"], depot["used_worst_year"]) == (2027, 10)  # the desk alone, in its last year


def test_space_that_nobody_uses_is_listed_and_what_is_never_held_or_not_ours_is_not() -> None:
    found = rows()

    assert found["hall", "parking"]["use"] == 0.0
    assert not {key for key in found if key[0] in ("shell", "church")}
