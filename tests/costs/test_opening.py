"""Opening a candidate site."""

from __future__ import annotations

import pytest
from estates import NEEDS, PLACE, SPACES, TEAMS, line_of, problem
from faces import both_faces

TABLES = {
    "sites": f"{PLACE},status,tenure,opening_cost\nhome,council,Home,600000,150000,existing,freehold,\n"
    "new,council,New,601000,150000,candidate,freehold,1000\n",
    "spaces": SPACES.replace("other", "new"), "teams": TEAMS, "needs": NEEDS,
}  # fmt: skip


def test_it_is_paid_in_the_year_of_opening() -> None:
    asked = problem(TABLES, appraisal={"discount": 0.1})
    assert both_faces(asked, "opening", line_of(asked)) == (0, 0)
    opened = line_of(asked, open_={"new": 2028})
    assert both_faces(asked, "opening", opened) == pytest.approx((1000 / 1.1,) * 2)


def test_optimism_bias_lifts_it_as_standard_building_work() -> None:
    asked = problem(TABLES, appraisal={"optimism_bias": True}, defaults={})
    assert both_faces(asked, "opening", line_of(asked, open_={"new": 2027})) == pytest.approx((1240, 1240))
