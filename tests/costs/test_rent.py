"""Rent, until the first lawful exit."""

from __future__ import annotations

import pytest
from estates import GONE, line_of, two_sites
from faces import both_faces


def test_a_lease_pays_to_its_break() -> None:
    asked = two_sites("tenure,rent,lease_break", "leasehold,1000,2029-03-31", appraisal={"as_at": "2027-01-01"})
    assert both_faces(asked, "rent", line_of(asked)) == pytest.approx((4000, 4000))
    assert both_faces(asked, "rent", line_of(asked, **GONE)) == pytest.approx((2000, 2000))


def test_rent_to_a_public_landlord_is_no_cost() -> None:
    asked = two_sites("tenure,rent,landlord_partner_id", "leasehold,1000,nhs")
    assert both_faces(asked, "rent", line_of(asked)) == (0, 0)


def test_a_lease_that_ends_behind_the_decision_years_is_replaced() -> None:
    asked = two_sites("tenure,rent,lease_end,security_of_tenure,replacement_rent", "leasehold,1000,2029-09-30,no,1500")
    # 2027, 2028, 2029 at 1000; 2030 at 1500
    assert both_faces(asked, "rent", line_of(asked)) == pytest.approx((4500, 4500))
    # left before: to its end, and nothing after
    assert both_faces(asked, "rent", line_of(asked, **GONE)) == pytest.approx((3000, 3000))
