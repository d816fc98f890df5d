"""Capital receipts."""

from __future__ import annotations

import pytest
from estates import GONE, line_of, two_sites
from faces import both_faces

COLUMNS = "tenure,market_value,sale_cost_share,disposal_deductions,months_to_sale,on_exit"


@pytest.mark.parametrize(
    ("cells", "received"),
    [
        ("freehold,10000,0.02,800,12,", 9000 / 1.1),
        ("freehold,10000,0.02,800,25,", 9000 / 1.331),
        ("freehold,10000,0.02,800,37,", 0),  # behind the horizon
        ("freehold,500,0,800,0,", -300),  # clearing it costs more than it fetches
        ("freehold,10000,0.02,800,12,mothball", 0),
        ("leasehold,10000,0.02,800,12,", 0),
    ],
)
def test_the_net_price_comes_when_the_sale_completes(cells: str, received: float) -> None:
    asked = two_sites(COLUMNS, cells, appraisal={"discount": 0.1})
    assert both_faces(asked, "receipts", line_of(asked, **GONE)) == pytest.approx((-received, -received))
    assert both_faces(asked, "receipts", line_of(asked)) == (0, 0)
