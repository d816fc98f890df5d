"""Not too many sales in one market at once."""

from __future__ import annotations

from estates import breaches_of, problem

from assetopt.optimise import optimise
from assetopt.problem import Problem

SITES = """
site_id,partner_id,name,easting,northing,tenure,use_status,market_value,months_to_sale,market_area
a,council,A,600000,150000,freehold,vacant,3000,0,town
b,nhs,B,600100,150000,freehold,vacant,2000,0,town
c,council,C,600200,150000,freehold,vacant,1000,12,town
d,council,D,600300,150000,freehold,vacant,500,0,coast
e,council,E,600400,150000,freehold,vacant,400,0,
l,council,L,600500,150000,licence,vacant,,,town
o,council,O,600600,150000,freehold,in_use,,,
"""


def asked(cap: int | None = 1) -> Problem:
    tables = {
        "sites": SITES,
        "spaces": "site_id,space_type,capacity\no,office,9\n",
        "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,o\n",
        "needs": "team_id,space_type,amount\nt,office,1\n",
    }
    return problem(tables, disposals={} if cap is None else {"max_per_year_per_area": cap})


def said(p: Problem, **leave: int) -> list[tuple[str, float, str]]:
    return breaches_of(p, "disposals", leave=leave)


def test_sales_are_counted_by_area_and_year_of_completion() -> None:
    assert said(asked(), a=2027, b=2028, d=2027, e=2027, l=2027) == []
    assert said(asked(), a=2027, b=2027) == [("town 2027", 1.0, "2 sales complete in town in 2027, at most 1 may")]
    # c is left a year before it is sold
    assert said(asked(), b=2028, c=2027) == [("town 2028", 1.0, "2 sales complete in town in 2028, at most 1 may")]
    assert said(asked(), a=2027, b=2028, c=2028) == []  # c completes in 2029
    assert said(asked(None), a=2027, b=2027) == []


def test_the_solver_spreads_sales_over_the_years() -> None:
    # Sold at once where it may be: 3000 + 2000 + 1000 + 500 + 400. One a year in town: a 2027, b 2028, and c, left in
    # 2028, completes in 2029: all of it still, in nobody's way.
    result = optimise(asked())
    assert result.totals["receipts"] == 6900
    assert result.verdict is not None
    assert result.verdict.ok


def test_no_sale_at_all_is_a_cap_of_nought() -> None:
    result = optimise(asked(0))
    assert result.totals["receipts"] == 400  # e alone is in no area
