"""Tiny estates with money of their own: funds of several kinds, and partners that ask what a plan costs them."""

from __future__ import annotations

Tables = dict[str, str]
Settings = dict[str, object]

FUNDED: Tables = {
    "partners": """
partner_id,name,sector,receipt_retention,vat_recovery_capital,vat_recovery_opex
council,Council,council,1,1,1
nhs,Trust,nhs,0.5,0,1
""",
    "sites": """
site_id,partner_id,name,easting,northing,status,tenure,running_cost,variable_share,lifecycle_cost,backlog,backlog_year,market_value,market_value_low,sale_cost_share,months_to_sale,use_status
hall,council,Hall,600000,150000,existing,freehold,9000,0,200,900,2028,5000,4000,0,12,in_use
ward,nhs,Ward,601000,150000,existing,freehold,5000,0,100,,,3000,,0,0,in_use
""",
    "spaces": "site_id,space_type,capacity\nhall,office,10\nward,office,10\n",
    "teams": """
team_id,partner_id,name,service_type,site_id,move_cost
desk,council,Desk,admin,hall,700
ward,nhs,Ward,health,ward,300
""",
    "needs": "team_id,space_type,amount\ndesk,office,6\nward,office,6\n",
    "interventions": """
intervention_id,site_id,capital_cost,payer_partner_id,months
bay,ward,1000,council,1
""",
    "intervention_spaces": "intervention_id,space_type,capacity_change\nbay,office,3\n",
    "funds": """
fund_id,year,partner_id,amount,kind,price_basis,pays_for,uses,takes_receipts,carry_forward
c-cap,2027,council,700,capital,real,council,all,yes,yes
c-cap,2028,council,900,capital,real,council,all,yes,yes
c-rev,2027,council,800,revenue,nominal,council,moving,no,no
c-rev,2028,council,612,revenue,nominal,council,moving,no,no
n-cap,2027,nhs,320,capital,real,all,works;lifecycle,no,no
n-cap,2028,nhs,1300,capital,real,all,works;lifecycle,no,no
n-grant,2027,nhs,150,capital,real,nhs,works,no,no
n-new,2028,nhs,250,capital,real,all,works;moving,yes,yes
""",
}  # fmt: skip
"""The council would leave the hall for a bay it builds at the ward (1,000) and a move (700).

In 2027 it has 700 of capital; the trust's n-cap has 200 left after its own life-cycle cost of 100 and 20 of VAT, n-grant 150
more that only a pool opens. In 2028 the capital is there, but only 600 (612 nominal) for the move: n-new helps when aligned.
"""

ASKING: Tables = {
    "partners": """
partner_id,name,sector,consent,max_loss,max_annual_loss,payback_years
council,Council,council,none,,,
nhs,Trust,nhs,no_worse_off,,,3
mh,Homes,housing,no_worse_off,,,
police,Police,police,none,,,
""",
    "sites": """
site_id,partner_id,name,easting,northing,tenure,running_cost,variable_share,rent,landlord_partner_id,business_rates,market_value,sale_cost_share,months_to_sale,use_status,lease_break,break_penalty,lease_end,holding_cost
hall,council,Hall,600000,150000,freehold,6000,0.5,,,400,7000,0,12,in_use,,,,50
let,nhs,Let,601000,150000,leasehold,3000,0.5,1000,mh,,,,,in_use,2027-03-31,300,2040-03-31,
block,mh,Block,602000,150000,freehold,4000,0.5,,,,3000,0,0,in_use,,,,
""",
    "spaces": "site_id,space_type,capacity\nhall,office,12\nlet,office,12\nblock,office,12\n",
    "teams": """
team_id,partner_id,name,service_type,site_id,move_cost
desk,council,Desk,admin,hall,700
ward,nhs,Ward,health,let,300
beat,police,Beat,police,block,200
""",
    "needs": "team_id,space_type,amount\ndesk,office,6\nward,office,6\nbeat,office,5\n",
}
"""A trust that rents from a landlord outside the purse, and a council that would gain if others moved."""


def funded(mode: str, **rule: object) -> Settings:
    """Budgets of one kind over the plain scenario, two per cent of inflation."""
    return {
        "appraisal": {"deflator": 0.02, "appraisal_years": 4, "decision_years": 2},
        "boundaries": {"budgets": mode},
        "rules": {"budget": dict(rule)},
        "defaults": {"use": "none", "vat_rate": 0.2},
    }


def asking(side_payments: bool) -> Settings:
    """Consent over the plain scenario, discounted."""
    return {
        "appraisal": {"discount": 0.035, "residual_value": True, "decision_years": 1},
        "rules": {"no_partner_worse_off": {"side_payments": side_payments}},
    }
