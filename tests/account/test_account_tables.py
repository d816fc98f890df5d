"""Bridge, budget book and heads of terms worked by hand: a trust that moves into the council's hall."""

from __future__ import annotations

import pytest
from estates import plan_of, problem

from assetopt.account import bridge_table, budget_table, cash_table, terms_table, transfer_table
from assetopt.problem import Problem
from assetopt.verify import Recount, judge

TABLES = {
    "partners": "partner_id,name,sector,vat_recovery_capital,vat_recovery_opex,receipt_retention\n"
    "council,Council,council,1,1,\nnhs,Trust,nhs,0,1,0.5\n",
    "sites": "site_id,partner_id,name,easting,northing,tenure,gia_m2,running_cost,business_rates,market_value,months_to_sale,"
    "backlog,backlog_year\n"
    "hall,council,Hall,600000,150000,freehold,150,1000,50,,,,\n"
    "clinic,nhs,Clinic,601000,150000,freehold,60,400,30,9000,12,700,2029\n",
    "spaces": "site_id,space_type,capacity\nhall,office,100\nclinic,office,40\n",
    "teams": "team_id,partner_id,name,service_type,site_id,fte,move_cost\n"
    "desk,council,Desk,admin,hall,30,\nward,nhs,Ward,health,clinic,10,60\n",
    "needs": "team_id,space_type,amount\ndesk,office,60\nward,office,20\n",
    "interventions": "intervention_id,site_id,capital_cost,payer_partner_id,months\nfit,hall,2000,nhs,0\n",
    "cost_shares": "site_id,basis,common_parts\nhall,floor_area,0.2\n",
}
SETTINGS: dict[str, object] = {
    "appraisal": {"discount": 0.25, "deflator": 0.1},
    "defaults": {"use": "none", "vat_rate": 0.2, "guest_notice_months": 6.0},
}
CHANGES: dict[str, object] = {
    "move": {"ward": ("hall", 2028)}, "leave": {"clinic": 2028}, "build": {"fit": 2028},
}  # fmt: skip


@pytest.fixture(scope="module")
def asked() -> Problem:
    return problem(TABLES, **SETTINGS)


@pytest.fixture(scope="module")
def recount(asked: Problem) -> Recount:
    recount = judge(asked, plan_of(asked, **CHANGES))  # type: ignore[arg-type]
    assert recount.line is not None
    assert recount.books is not None
    return recount


# Of the trust, years 2027 to 2030, discount factors 1, .8, .64, .512, prices 1, 1.1, 1.21, 1.331:
#   running 400 in 2027; moving 60 and works 2000 in 2028 with 400 VAT on the works (capital not recovered); receipt 9000 in
#   2029, half of it handed over; rates 30 in 2027. Its share of the hall: 20 of max(100, .8 x 150 = 120) m2 = 1/6 of
#   1000 + 50 = 175 a year from 2028 on. The backlog of 2029 is left behind. No VAT on running cost: opex is recovered.
#   VAT on moving: recovered too (revenue).


def test_the_bridge_of_the_trust(asked: Problem, recount: Recount) -> None:
    table = bridge_table(asked, recount.books)  # type: ignore[arg-type]
    trust = table[table["partner_id"] == "nhs"].set_index("item")
    wanted = {
        # 400 + .8 x 2060 - .64 x 9000
        "npv_cost": -3712, "outside": 0, "end_values": 0,
        # 400 + 2060 - 9000 = -6540
        "discounting": -2828, "economic_real": -6540,
        "rates": 30, "vat": 400, "recharges": 525, "retention": 4500, "rent": 0, "income": 0, "receipt": 0,
        "side_payments": 0, "other": 0, "cash_real": -1085,
        # .1 x (2060 + 400 + 175) + .21 x (175 - 4500) + .331 x 175 = 263.5 - 908.25 + 57.925
        "inflation": -586.83, "cash_nominal": -1671.83,
    }  # fmt: skip
    assert trust["amount"].to_dict() == pytest.approx(wanted, abs=0.011)
    # today: 400 a year and 700 of backlog in 2029 with 140 of VAT: 400 x 2.952 + .64 x 700 = 1628.80
    then = {"npv_cost": 1628.80, "economic_real": 2300, "rates": 120, "vat": 140, "recharges": 0, "cash_real": 2560}
    assert {item: trust.loc[item, "amount_today"] for item in then} == pytest.approx(then)


def test_together_recharges_net_to_zero_and_the_cost_is_that_of_the_plan(asked: Problem, recount: Recount) -> None:
    table = bridge_table(asked, recount.books)  # type: ignore[arg-type]
    both = table[table["partner_id"] == "_all"].set_index("item")["amount"]
    # the council: 1000 x 2.952 = 2952
    assert both["npv_cost"] == pytest.approx(-3712 + 2952)
    assert (both["recharges"], both["retention"], both["outside"]) == (0, 4500, 0)
    assert both["cash_real"] == pytest.approx(-1085 + 4000 + 200 - 525)


def test_the_budget_book_of_the_trust(asked: Problem, recount: Recount) -> None:
    table = budget_table(asked, recount.books)  # type: ignore[arg-type]
    trust = table[table["partner_id"] == "nhs"].pivot(index="year", columns="kind")
    assert trust["real"]["revenue"].tolist() == pytest.approx([430, 235, 175, 175])
    assert trust["real"]["capital"].tolist() == pytest.approx([0, 2400, 0, 0])
    assert trust["real"]["receipts"].tolist() == pytest.approx([0, 0, -4500, 0])
    assert trust["nominal"]["capital"].tolist() == pytest.approx([0, 2640, 0, 0])
    assert trust["real_today"]["revenue"].tolist() == pytest.approx([430] * 4)
    assert trust["real_today"]["capital"].tolist() == pytest.approx([0, 0, 840, 0])
    assert trust["backlog_today"]["capital"].tolist() == pytest.approx([0, 0, 700, 0])
    assert trust["change_real"]["revenue"].tolist() == pytest.approx([0, -195, -255, -255])
    # beyond today's budget: 2400 in 2028, then 840 less and 4500 of receipt
    assert trust["net_capital_to_date"]["capital"].tolist() == pytest.approx([0, 2400, -2940, -2940])
    assert trust["net_capital_to_date"]["revenue"].isna().all()


def test_service_closures_stand_apart_in_the_budget_book() -> None:
    teams = "team_id,partner_id,name,service_type,site_id,closable,closing_cost,running_cost\n"
    asked = problem(
        {**TABLES, "teams": f"{teams}desk,council,Desk,admin,hall,yes,90,200\nward,nhs,Ward,health,clinic,,,\n"}
    )
    recount = judge(asked, plan_of(asked, close={"desk": 2028}))
    table = budget_table(asked, recount.books)  # type: ignore[arg-type]
    council = table[(table["partner_id"] == "council") & (table["kind"] == "revenue")]
    assert council["service_closure"].tolist() == pytest.approx([0, 90 - 200, -200, -200])
    assert council["change_real"].tolist() == pytest.approx([0, 90 - 200, -200, -200])


def test_the_heads_of_terms_of_the_ward(asked: Problem, recount: Recount) -> None:
    row = terms_table(asked, recount.line, recount.books).to_dict("records")  # type: ignore[arg-type]
    assert row == [
        {
            "site_id": "hall", "occupier_partner_id": "nhs", "host_partner_id": "council", "teams": "ward", "fte": 10.0,
            "space": "office 20", "area_m2": pytest.approx(25), "common_parts": 0.2, "basis": "floor_area",
            "share": pytest.approx(1 / 6), "agreed": True, "rent_policy": "nil", "annual_charge": pytest.approx(175),
            "start_year": 2028.0, "there_today": False, "exit_notice_months": 6.0, "works": "fit", "works_cost": 2000.0,
            "works_payer": "nhs £2,000.00", "receipt": 9000.0, "receipt_kept": 4500.0, "side_payment": 0.0,
            "side_payments": "",
        }
    ]  # fmt: skip


def test_nobody_under_another_roof_needs_no_terms(asked: Problem) -> None:
    recount = judge(asked, plan_of(asked))
    assert not len(terms_table(asked, recount.line, recount.books))  # type: ignore[arg-type]


def test_transfers_say_what_they_are_for(asked: Problem, recount: Recount) -> None:
    told = transfer_table(asked, recount.books.plan)  # type: ignore[union-attr]
    rows = told.loc[told["year"] == 2029, ["payer", "payee", "head", "amount", "amount_nominal", "item"]]
    assert rows.to_numpy().tolist() == [
        ["_private", "nhs", "receipt", 9000.0, pytest.approx(10_890), "receipts"],
        ["council", "_billing_authority", "rates", 50.0, pytest.approx(60.5), "running"],
        ["nhs", "_exchequer", "transfer", 4500.0, pytest.approx(5445), "retention"],
        ["nhs", "council", "transfer", pytest.approx(175), pytest.approx(211.75), "recharges"],
    ]


def test_taxes_are_no_cost_to_the_purse_even_when_an_outsider_pays_them() -> None:
    partners = "partner_id,name,sector,vat_recovery_opex\ncouncil,Council,council,1\nnhs,Homes,housing,0\n"
    asked = problem(
        {**TABLES, "partners": partners}, defaults={"use": "none", "vat_rate": 0.2, "vat_share_running": 1.0}
    )
    recount = judge(asked, plan_of(asked))
    cash = cash_table(asked, recount.books)  # type: ignore[arg-type]
    taxes = cash[cash["head"].isin(["vat", "rates"])]
    assert set(taxes["partner_id"]) == {"council", "nhs", "_billing_authority", "_exchequer"}
    assert (taxes["economic"] == 0).all()
    assert taxes.groupby("year")["cash_real"].sum().abs().max() < 1e-9


def test_side_payments_are_listed_by_years_and_kind() -> None:
    partners = "partner_id,name,sector,consent\ncouncil,Council,council,no_worse_off\nnhs,Trust,nhs,no_worse_off\n"
    sites = "site_id,partner_id,name,easting,northing,tenure,running_cost\n"
    sites += "hall,council,Hall,600000,150000,freehold,1000\nclinic,nhs,Clinic,601000,150000,freehold,100\n"
    tables = {name: TABLES[name] for name in ("spaces", "teams", "needs")}
    asked = problem(
        {**tables, "partners": partners, "sites": sites, "cost_shares": "site_id,basis\nhall,floor_area\n"},
        rules={"no_partner_worse_off": {"side_payments": True}}, appraisal={"discount": 0.0},
    )  # fmt: skip
    recount = judge(asked, plan_of(asked, move={"ward": ("hall", 2027)}, leave={"clinic": 2027}))
    # 60 for the move, 20 of 100 m2 of 1000 = 200 a year for the hall, 100 a year saved: 60 + 4 x 100 = 460, 115 a year
    row = terms_table(asked, recount.line, recount.books).iloc[0]  # type: ignore[arg-type]
    assert row["annual_charge"] == pytest.approx(200)
    assert row["side_payment"] == pytest.approx(-460)
    assert row["side_payments"] == "2027-2030 revenue -£115.00 a year"


def test_the_cash_table_names_the_funds_that_pay() -> None:
    from assetopt.result import Result

    funds = "fund_id,year,partner_id,amount,kind,takes_receipts\n"
    funds += "\n".join(f"{fund},{year},nhs,1400,capital,no" for fund in ("n1", "n2") for year in (2027, 2028)) + "\n"
    asked = problem({**TABLES, "funds": funds}, **{**SETTINGS, "rules": {"budget": {}}})
    result = Result(asked, None, judge(asked, plan_of(asked, **CHANGES)))  # type: ignore[arg-type]
    paid = result.cash.set_index(["partner_id", "year", "head"])["fund"]
    # works of 2000 in 2028 and 400 of VAT on them; what is revenue has no fund
    assert set(";".join([paid["nhs", 2028, "works"], paid["nhs", 2028, "vat"]]).split(";")) == {"n1", "n2"}
    assert paid["nhs", 2028, "moving"] == ""
    assert result.payments.groupby("head")["amount"].sum().to_dict() == pytest.approx({"works": 2000, "vat": 400})
    assert set(paid["council"]) == {""}
