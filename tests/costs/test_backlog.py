"""Backlog maintenance, paid in its year by sites still operating."""

from __future__ import annotations

import pytest
from estates import line_of, two_sites
from faces import both_faces


@pytest.mark.parametrize(("vacated", "paid"), [(2027, 0), (2028, 0)])
def test_leaving_by_then_avoids_it(vacated: int, paid: float) -> None:
    asked = two_sites("tenure,backlog,backlog_year", "freehold,90,2028")
    gone = line_of(asked, leave={"home": vacated}, move={"t": ("other", vacated)})
    assert both_faces(asked, "backlog", gone) == pytest.approx((paid, paid))


def test_leaving_later_does_not() -> None:
    asked = two_sites("tenure,backlog", "freehold,90")  # due in the base year
    gone = line_of(asked, leave={"home": 2028}, move={"t": ("other", 2028)})
    assert both_faces(asked, "backlog", gone) == pytest.approx((90, 90))


def test_it_is_discounted_from_its_year() -> None:
    asked = two_sites("tenure,backlog,backlog_year", "freehold,121,2029", appraisal={"discount": 0.1})
    assert both_faces(asked, "backlog", line_of(asked)) == pytest.approx((100, 100))  # 121 / 1.1^2
