"""Charges that leaving does not save."""

from __future__ import annotations

import pytest
from estates import GONE, line_of, two_sites
from faces import both_faces


@pytest.mark.parametrize(
    ("columns", "cells", "kept", "left"),
    [
        ("tenure,fixed_cost", "freehold,100", 400, 400),
        ("tenure,fixed_cost,fixed_cost_until", "freehold,100,2028-03-31", 100, 100),
        ("tenure,fixed_cost,fixed_cost_until", "freehold,100,2028-04-01", 200, 200),  # due in 2028/29 as well
        ("tenure,fixed_cost", "licence,100", 400, 0),
        ("tenure,fixed_cost,lease_end", "pfi,100,2029-03-31", 200, 200),
        ("tenure,fixed_cost,lease_end", "leasehold,100,2029-03-31", 400, 200),
        ("tenure,fixed_cost,fixed_cost_until", "freehold,100,2020-03-31", 0, 0),
    ],
)
def test_it_is_paid_until_its_end(columns: str, cells: str, kept: float, left: float) -> None:
    asked = two_sites(columns, cells)
    assert both_faces(asked, "fixed", line_of(asked)) == pytest.approx((kept, kept))
    assert both_faces(asked, "fixed", line_of(asked, **GONE)) == pytest.approx((left, left))
