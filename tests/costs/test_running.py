"""Running a site while it is held."""

from __future__ import annotations

import pytest
from estates import GONE, line_of, two_sites
from faces import both_faces

ASKED = two_sites("tenure,running_cost,variable_share,lifecycle_cost,business_rates", "freehold,1000,0.3,40,500")


def test_a_site_that_is_kept_pays_the_whole_horizon() -> None:
    # 4 x (1000 x 0.7 + 40); business rates are a transfer
    assert both_faces(ASKED, "running", line_of(ASKED)) == pytest.approx((2960, 2960))


def test_a_site_that_is_vacated_pays_until_then() -> None:
    assert both_faces(ASKED, "running", line_of(ASKED, **GONE)) == pytest.approx((0, 0))
    late = line_of(ASKED, leave={"home": 2028}, move={"t": ("other", 2027)})
    assert both_faces(ASKED, "running", late) == pytest.approx((740, 740))
