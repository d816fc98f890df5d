"""Every plan of tiny estates under the rules on markets, towns and carbon: solver's side and checker's side say the same."""

from __future__ import annotations

import pytest
from estates import problem
from faces import compare

from assetopt.optimise import optimise

SITES = """
site_id,partner_id,name,easting,northing,status,tenure,use_status,market_value,sale_cost_share,months_to_sale,market_area,carbon_t,running_cost,sublet_income,rent,lease_end,backlog,statutory_backlog,backlog_funded
a,council,A,600000,150000,existing,freehold,in_use,3000,0.1,0,town,5,900,,,,70,30,no
b,nhs,B,600100,150000,existing,freehold,vacant,2500,0,12,town,3,40,,,,,,
c,council,C,600200,150000,existing,freehold,vacant,2400,0,0,town,2,40,,,,,,
l,nhs,L,600300,150000,existing,leasehold,in_use,,,,port,4,300,80,100,2029-03-31,,,
"""
TABLES = {
    "sites": SITES,
    "spaces": "site_id,space_type,capacity\na,office,9\nb,office,9\nc,office,9\nl,office,9\n",
    "teams": "team_id,partner_id,name,service_type,site_id,fte\nt,council,T,admin,a,3\nu,nhs,U,admin,l,2\n",
    "needs": "team_id,space_type,amount\nt,office,1\nu,office,1\n",
}  # fmt: skip
ONE_TEAM = {
    **TABLES,
    "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,a\n",
    "needs": "team_id,space_type,amount\nt,office,1\n",
}


def without(tables: dict[str, str], *sites: str) -> dict[str, str]:
    """The tables without some sites."""
    out = dict(tables)
    for name in ("sites", "spaces"):
        out[name] = "\n".join(line for line in tables[name].splitlines() if line.split(",")[0] not in sites)
    return out


TWO_SITES = without(TABLES, "b", "c")
WORKS = {"interventions": "intervention_id,site_id,capital_cost,months,carbon_change\nw,a,10,0,-4\nv,l,10,0,-1\n"}


@pytest.mark.parametrize(
    ("tables", "settings", "rules"),
    [
        (ONE_TEAM, {"disposals": {"haircut": [0.1, 0.2, 0.6]}, "limits": {"min_receipts": 4000}}, {"limits"}),
        (ONE_TEAM, {"disposals": {"haircut": [0.0, 0.2, 0.6]}, "rules": {"no_partner_worse_off": {}}}, set()),
        (TWO_SITES, {"change": {"max_fte_per_year": 4.0}}, {"change"}),
        (TWO_SITES, {"change": {"max_moves_per_year_per_town": 0}}, {"change"}),
        (TWO_SITES, {"change": {"max_fte_per_year_per_town": 1.0}}, {"change"}),
        (without(ONE_TEAM, "b", "c"), {"appraisal": {"backlog": "statutory"}}, set()),
    ],
)
def test_both_sides_agree_on_every_plan(tables: dict[str, str], settings: dict[str, object], rules: set[str]) -> None:
    asked = problem(tables, **settings)
    found = compare(asked)
    assert found.apart == ()
    assert rules <= found.broken
    assert optimise(asked).certificate.objective == pytest.approx(found.best, abs=0.01)


@pytest.mark.parametrize(
    ("settings", "rules"),
    [
        ({"limits": {"max_carbon_by_year": {"2027": 6.0, "2028": 4.5}}}, {"limits"}),
        ({"change": {"max_sites_in_works_per_year_per_town": 0}}, {"change"}),
    ],
)
def test_both_sides_agree_on_works(settings: dict[str, object], rules: set[str]) -> None:
    asked = problem({**without(ONE_TEAM, "b", "c"), **WORKS}, **settings)
    found = compare(asked)
    assert found.apart == ()
    assert rules <= found.broken
    assert optimise(asked).certificate.objective == pytest.approx(found.best, abs=0.01)
