"""Income from lettings that is lost on leaving."""

from __future__ import annotations

import pytest
from estates import GONE, line_of, two_sites
from faces import both_faces


def test_it_is_a_credit_while_the_site_is_held() -> None:
    asked = two_sites("tenure,income", "freehold,250")
    assert both_faces(asked, "income", line_of(asked)) == pytest.approx((-1000, -1000))
    assert both_faces(asked, "income", line_of(asked, **GONE)) == pytest.approx((0, 0))


def test_income_from_a_public_body_is_a_transfer() -> None:
    asked = two_sites("tenure,income,income_payer_partner_id", "freehold,250,police")
    assert both_faces(asked, "income", line_of(asked)) == (0, 0)
