"""Two buildings at once, in the year a team leaves a site that closes."""

from __future__ import annotations

import pytest
from estates import NEEDS, line_of, two_sites
from faces import both_faces

TEAMS = (
    "team_id,partner_id,name,service_type,site_id,divisible,closable\nt,council,T,admin,home,{},yes\n"
    "u,council,U,admin,home,no,yes\n"
)


def asked(divisible: str = "no", months: float = 3.0):  # type: ignore[no-untyped-def]
    return two_sites(
        "tenure,running_cost", "freehold,1200", teams=TEAMS.format(divisible), needs=NEEDS + "u,office,1\n",
        defaults={"use": "none", "double_running_months": months},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "paid"),
    [
        ({"leave": {"home": 2028}, "move": {"t": ("other", 2028), "u": ("other", 2028)}}, 300),  # 3/12 of 1200, once
        ({"leave": {"home": 2028}, "move": {"t": ("other", 2027), "u": ("other", 2028)}}, 300),
        ({"leave": {"home": 2028}, "move": {"t": ("other", 2027), "u": ("other", 2027)}}, 0),  # left the year before
        ({"leave": {"home": 2028}, "close": {"t": 2028, "u": 2028}}, 0),  # nobody moved out
        ({"move": {"t": ("other", 2028)}}, 0),  # not vacated
    ],
)
def test_it_is_paid_once_if_a_team_moves_out_in_the_year_of_vacating(changes: dict[str, object], paid: float) -> None:
    whole = asked()
    assert both_faces(whole, "double_running", line_of(whole, **changes)) == pytest.approx((paid, paid))


def test_of_a_divisible_team_the_share_counts() -> None:
    split = asked("yes")
    line = line_of(split, leave={"home": 2028}, split={"t": [("other", 2028, 1.0)]}, close={"u": 2027})
    assert both_faces(split, "double_running", line) == pytest.approx((300, 300))


def test_no_months_no_cost() -> None:
    none = asked(months=0.0)
    line = line_of(none, leave={"home": 2028}, move={"t": ("other", 2028), "u": ("other", 2028)})
    assert both_faces(none, "double_running", line) == (0, 0)
