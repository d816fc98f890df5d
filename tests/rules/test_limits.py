"""Limits on the plan as a whole."""

from __future__ import annotations

import pytest
from estates import breaches_of, problem

SITES = """
site_id,partner_id,name,easting,northing,status,tenure,use_status,market_value,sale_cost_share,months_to_sale,opening_cost,carbon_t
a,council,A,600000,150000,existing,freehold,in_use,1000,0.1,0,,5
b,council,B,601000,150000,existing,freehold,vacant,2000,0.1,48,,3
n,council,N,602000,150000,candidate,freehold,in_use,,,,400,2
x,police,X,603000,150000,external,freehold,in_use,,,,,99
"""
TABLES = {
    "sites": SITES,
    "spaces": "site_id,space_type,capacity\na,office,9\nb,office,9\nn,office,9\n",
    "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,a\n",
    "needs": "team_id,space_type,amount\nt,office,1\n",
    "interventions": "intervention_id,site_id,capital_cost,months,carbon_change\nw,a,300,0,-4\n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("limit", "value", "changes", "told"),
    [
        ("max_sites", 2, {}, None),
        ("max_sites", 1, {}, "sites: 2 sites, at most 1 sites allowed"),
        ("max_sites", 1, {"leave": {"b": 2028}}, None),  # held in the last decision year is what counts
        ("min_sites", 2, {"leave": {"b": 2028}}, "sites: 1 sites, at least 2 sites asked"),
        ("min_sites", 2, {"leave": {"b": 2028}, "open_": {"n": 2028}}, None),
        ("max_capital", 700, {"open_": {"n": 2027}, "build": {"w": 2028}}, None),
        ("max_capital", 699, {"open_": {"n": 2027}, "build": {"w": 2028}}, "capital: £700.00, at most £699.00 allowed"),
        ("min_receipts", 900, {"leave": {"a": 2027}, "move": {"t": ("b", 2027)}}, None),  # 1000 less a tenth
        (
            "min_receipts",
            901,
            {"leave": {"a": 2027}, "move": {"t": ("b", 2027)}},
            "receipts: £900.00, at least £901.00 asked",
        ),
        (
            "min_receipts",
            1,
            {"leave": {"b": 2027}},
            "receipts: £0.00, at least £1.00 asked",
        ),  # completes behind the horizon
        ("max_carbon", 8, {}, None),
        ("max_carbon", 7, {}, "carbon: 8.00 tCO2e a year, at most 7.00 tCO2e a year allowed"),
        ("max_carbon", 4, {"build": {"w": 2028}}, None),
    ],
)
def test_a_limit(limit: str, value: float, changes: dict[str, object], told: str | None) -> None:
    found = breaches_of(problem(TABLES, limits={limit: value}), "limits", **changes)
    assert [message for _, _, message in found] == ([told] if told else [])


def test_carbon_is_capped_year_by_year() -> None:
    # 2027: 8 t; w built in 2028 takes 4 off; a cap of a year behind the decisions is held by the last of them.
    p = problem(TABLES, limits={"max_carbon_by_year": {"2027": 7.5, "2028": 4.0, "2029": 3.5}})
    found = breaches_of(p, "limits", build={"w": 2028})
    assert [(subject, excess, message) for subject, excess, message in found] == [
        ("carbon 2027", pytest.approx(0.5), "carbon: 8.00 tCO2e in 2027, at most 7.50 allowed"),
        ("carbon 2029", pytest.approx(0.5), "carbon: 4.00 tCO2e in 2029, at most 3.50 allowed"),
    ]
    assert breaches_of(p, "limits", build={"w": 2027}, leave={"b": 2028}) == []


def test_the_excess_is_in_the_unit_of_the_limit() -> None:
    found = breaches_of(problem(TABLES, limits={"max_capital": 250.0}), "limits", build={"w": 2027})
    assert found == [("capital", pytest.approx(50), "capital: £300.00, at most £250.00 allowed")]
