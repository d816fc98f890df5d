"""Moving a team."""

from __future__ import annotations

import pytest
from estates import NEEDS, line_of, two_sites
from faces import both_faces

TEAMS = (
    "team_id,partner_id,name,service_type,site_id,divisible,move_cost\nt,council,T,admin,home,yes,500\n"
    "new,council,N,admin,,no,700\n"
)
PAIRS = "team_id,site_id,one_off_cost\nt,other,90\nnew,other,30\n"
ASKED = two_sites(
    "tenure", "freehold", teams=TEAMS, needs=NEEDS + "new,office,1\n", placements=PAIRS, appraisal={"discount": 0.1}
)


def test_a_move_costs_the_team_and_the_pair_in_its_year_and_a_placement_the_pair_alone() -> None:
    moved = line_of(ASKED, move={"t": ("other", 2028), "new": ("other", 2027)})
    assert both_faces(ASKED, "moving", moved) == pytest.approx((590 / 1.1 + 30,) * 2)


def test_a_share_of_a_team_costs_that_share() -> None:
    moved = line_of(ASKED, split={"t": [("other", 2027, 0.4)]}, move={"new": ("other", 2027)})
    assert both_faces(ASKED, "moving", moved) == pytest.approx((0.4 * 590 + 30,) * 2)
