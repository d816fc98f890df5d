"""Closing a team: once its cost, then what it saves."""

from __future__ import annotations

import pytest
from estates import line_of, two_sites
from faces import both_faces


def test_closing_costs_once_and_saves_from_then_on() -> None:
    asked = two_sites(
        "tenure", "freehold", appraisal={"discount": 0.1},
        teams="team_id,partner_id,name,service_type,site_id,closable,closing_cost,running_cost\nt,council,T,admin,home,yes,600,1000\n",
    )  # fmt: skip
    expected = (600 - 1000) / 1.1 - 1000 / 1.21 - 1000 / 1.331
    assert both_faces(asked, "closing", line_of(asked, close={"t": 2028})) == pytest.approx((expected, expected))
    assert both_faces(asked, "closing", line_of(asked)) == (0, 0)
