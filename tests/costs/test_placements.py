"""What a team pays each year for being at a site."""

from __future__ import annotations

import pytest
from estates import line_of, two_sites
from faces import both_faces

PAIRS = "team_id,site_id,annual_cost,annual_cost_years\nt,home,30,3\nt,other,80,2\n"
ASKED = two_sites("tenure", "freehold", placements=PAIRS)


def test_home_is_paid_from_the_base_year_as_long_as_the_pair_says() -> None:
    assert both_faces(ASKED, "placements", line_of(ASKED)) == pytest.approx((90, 90))


def test_a_move_ends_the_one_and_starts_the_other() -> None:
    moved = line_of(ASKED, move={"t": ("other", 2028)})
    assert both_faces(ASKED, "placements", moved) == pytest.approx((30 + 160,) * 2)


def test_a_term_that_outlives_the_horizon_stops_there() -> None:
    long = two_sites("tenure", "freehold", placements="team_id,site_id,annual_cost,annual_cost_years\nt,other,80,50\n")
    assert both_faces(long, "placements", line_of(long, move={"t": ("other", 2028)})) == pytest.approx((240, 240))
