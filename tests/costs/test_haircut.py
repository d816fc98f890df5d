"""Sales that press on one market bring less, the dearest first."""

from __future__ import annotations

import pytest
from estates import OTHER, PLACE, ledger_of, line_of, problem
from faces import both_faces

from assetopt.problem import Problem

HEAD = f"{PLACE},tenure,use_status,market_value,market_value_low,sale_cost_share,months_to_sale,market_area"
SITES = f"""{HEAD}
a,council,A,600000,150000,freehold,vacant,1000,500,0.1,0,town
b,nhs,B,600100,150000,freehold,vacant,3000,,0,0,town
c,council,C,600200,150000,freehold,vacant,2000,,0,0,town
d,council,D,600300,150000,freehold,vacant,5000,,0,0,coast
e,council,E,600400,150000,freehold,vacant,4000,,0,12,town
n,council,N,600500,150000,freehold,vacant,7000,,0,0,
{OTHER},freehold,in_use,,,,,
"""


def asked(*steps: float, **more: object) -> Problem:
    tables = {
        "sites": SITES,
        "spaces": "site_id,space_type,capacity\nother,office,9\n",
        "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,other\n",
        "needs": "team_id,space_type,amount\nt,office,1\n",
    }
    return problem(tables, disposals={"haircut": list(steps)}, **more)


ALL = dict.fromkeys("abcden", 2027)


def test_the_dearest_of_an_area_and_year_is_sold_first() -> None:
    # Town in 2027: b 3000 in full, c 2000 less 10 %, a 1000 x 0.9 = 900 less 30 %. d, n (no area) and e (2028) are alone.
    p = asked(0.0, 0.1, 0.3)
    assert ledger_of(p, "haircut", leave=ALL) == pytest.approx(
        {("c", "receipt", 2027): 200, ("a", "receipt", 2027): 270}
    )
    assert both_faces(p, "haircut", line_of(p, leave=ALL)) == pytest.approx((470, 470))


def test_the_last_step_holds_for_every_further_sale_and_the_first_for_every_sale() -> None:
    # 5 % off the first: b 150, d 250, e 200; 20 % off all others in town: c 400, a 180; without an area n is whole.
    p = asked(0.05, 0.2)
    assert both_faces(p, "haircut", line_of(p, leave=ALL)) == pytest.approx((1180, 1180))


def test_sales_of_two_years_meet_in_the_year_in_which_they_complete() -> None:
    # e is left in 2027 and completes in 2028, with b left in 2028: b, the cheaper, loses 10 % of 3000.
    p = asked(0.0, 0.1)
    changes = {"leave": {"e": 2027, "b": 2028}}
    assert ledger_of(p, "haircut", **changes) == pytest.approx({("b", "receipt", 2028): 300})
    assert both_faces(p, "haircut", line_of(p, **changes)) == pytest.approx((300, 300))


def test_without_steps_nothing_is_lost() -> None:
    p = asked()
    assert both_faces(p, "haircut", line_of(p, leave=ALL)) == (0, 0)


def test_the_totals_are_net_of_it() -> None:
    from estates import plan_of

    from assetopt.account import totals
    from assetopt.verify import judge

    p = asked(0.0, 0.1)
    recount = judge(p, plan_of(p, leave={"a": 2027, "b": 2027}))
    assert recount.line is not None
    assert recount.books is not None
    found = totals(p, recount.line, recount.books)
    # b 3000 + a 900 - 90; at the low value of a, 500: b 3000 + 450 - 45
    assert (found["receipts"], found["receipts_low"]) == pytest.approx((3810, 3405))
