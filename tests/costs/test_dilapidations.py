"""Handing a leasehold back."""

from __future__ import annotations

import pytest
from estates import GONE, line_of, two_sites
from faces import both_faces

COLUMNS = "tenure,lease_end,lease_break,break_penalty,dilapidations,landlord_partner_id"


@pytest.mark.parametrize(
    ("cells", "paid"),
    [
        ("leasehold,,2028-03-31,70,400,", 470),  # a break, with its penalty
        ("leasehold,2028-03-31,,70,400,", 400),  # expiry
        ("leasehold,2028-03-31,2028-03-31,70,400,", 400),  # both on one day: no penalty
        ("leasehold,2040-03-31,,70,400,", 0),  # no exit in the horizon
        ("leasehold,,2028-03-31,70,400,nhs", 0),  # between public bodies
        ("freehold,,2028-03-31,70,400,", 0),
    ],
)
def test_repairs_are_due_at_every_exit_and_the_penalty_at_a_break(cells: str, paid: float) -> None:
    asked = two_sites(COLUMNS, cells, appraisal={"as_at": "2026-04-01"})
    assert both_faces(asked, "dilapidations", line_of(asked, **GONE)) == pytest.approx((paid, paid))
    assert both_faces(asked, "dilapidations", line_of(asked)) == (0, 0)


def test_a_lease_that_ends_without_security_hands_back_whatever_is_decided() -> None:
    asked = two_sites("tenure,lease_end,security_of_tenure,dilapidations", "leasehold,2029-03-31,no,400")
    assert both_faces(asked, "dilapidations", line_of(asked)) == pytest.approx((400, 400))
    assert both_faces(asked, "dilapidations", line_of(asked, **GONE)) == pytest.approx((400, 400))
