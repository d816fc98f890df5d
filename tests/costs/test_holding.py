"""Keeping an empty building safe."""

from __future__ import annotations

import pytest
from estates import line_of, two_sites
from faces import both_faces


@pytest.mark.parametrize(
    ("cells", "paid"),
    [
        ("freehold,12,70,", 70),
        ("freehold,13,70,", 140),  # whole years
        ("freehold,0,70,", 0),
        ("freehold,90,70,", 210),  # to the end of the horizon
        ("licence,24,70,", 0),  # ends when vacated
        ("freehold,12,70,mothball", 210),  # held for good
        ("leasehold,24,70,", 140),
    ],
)
def test_it_is_paid_for_whole_years_from_vacating(cells: str, paid: float) -> None:
    asked = two_sites("tenure,months_to_sale,holding_cost,on_exit", cells)
    gone = line_of(asked, leave={"home": 2028}, move={"t": ("other", 2028)})
    assert both_faces(asked, "holding", gone) == pytest.approx((paid, paid))
    assert both_faces(asked, "holding", line_of(asked)) == (0, 0)
