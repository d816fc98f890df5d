"""What is left at the end of the horizon."""

from __future__ import annotations

import pytest
from estates import GONE, line_of, two_sites
from faces import both_faces

COLUMNS = "tenure,market_value,sale_cost_share,disposal_deductions,months_to_sale,dilapidations,lease_end,on_exit"


@pytest.mark.parametrize(
    ("cells", "kept", "left"),
    [
        ("freehold,10000,0.1,1000,0,,,", -8000, 0),
        ("freehold,10000,0.1,1000,48,,,", -8000, -8000),  # not yet sold in year H - 1
        ("freehold,10000,0.1,1000,0,,,mothball", -8000, -8000),
        ("freehold,10000,0.1,1000,0,,,transfer", -8000, 0),
        ("freehold,100,0.1,1000,0,,,", 0, 0),  # never below nothing
        ("leasehold,,,,,300,2028-03-31,", 300, 0),
        ("leasehold,,,,,300,2040-03-31,", 300, 300),  # no way out
        ("licence,,,,,300,,", 0, 0),
    ],
)
def test_what_is_held_counts_and_what_is_gone_does_not(cells: str, kept: float, left: float) -> None:
    asked = two_sites(COLUMNS, cells, appraisal={"residual_value": True, "as_at": "2026-04-01"})
    assert both_faces(asked, "residual", line_of(asked)) == pytest.approx((kept, kept))
    assert both_faces(asked, "residual", line_of(asked, **GONE)) == pytest.approx((left, left))


def test_it_is_discounted_with_the_factor_of_the_year_behind_the_last() -> None:
    asked = two_sites(COLUMNS, "freehold,10000,0.1,1000,0,,,", appraisal={"residual_value": True, "discount": 0.1})
    assert both_faces(asked, "residual", line_of(asked)) == pytest.approx((-8000 / 1.1**4,) * 2)


def test_it_can_be_switched_off() -> None:
    asked = two_sites(COLUMNS, "freehold,10000,0.1,1000,0,,,")
    assert both_faces(asked, "residual", line_of(asked)) == (0, 0)
