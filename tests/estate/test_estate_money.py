"""Money that would be counted wrong: each is a fault or a named warning, with file, row, column, value and what would do."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_estate import faults, package, read, said, sites

from assetopt.estate.money import weights_of

PLACE = "site_id,partner_id,name,easting,northing,tenure"
HALL, CLINIC = "hall,kcc,Hall,575000,155000", "clinic,nhs,Clinic,615000,157000"


def two(columns: str, hall: str, clinic: str = "freehold") -> str:
    gaps = "," * (columns.count(",") + 1 - clinic.count(","))
    return sites(f"{HALL},{hall}", f"{CLINIC},{clinic}{gaps}", columns=f"{PLACE},{columns}")


def test_a_lease_that_ends_before_it_starts_is_refused(tmp_path: Path) -> None:
    text = two("lease_start,lease_end", "leasehold,2030-04-01,2028-03-31")
    assert said(faults(tmp_path, sites=text)) == (
        "sites.csv, row 2, lease_end: the lease ends on 2028-03-31, before it starts on 2030-04-01; swap or correct them"
    )


def test_a_break_before_the_lease_starts_is_refused(tmp_path: Path) -> None:
    text = two("lease_start,lease_end,lease_break", "leasehold,2026-04-01,2036-03-31,2031-03-31;2025-03-31")
    assert "row 2, lease_break: the break of 2025-03-31 is before the lease starts on 2026-04-01" in said(
        faults(tmp_path, sites=text)
    )


def test_a_break_after_expiry_is_told_whatever_the_order_of_the_breaks(tmp_path: Path) -> None:
    text = two("lease_end,lease_break", "leasehold,2028-01-01,2029-01-01;2027-01-01")
    assert "Hall (hall): lease_end is before the last lease_break, 2029-01-01" in said(
        read(tmp_path, sites=text).warnings
    )


def test_money_with_vat_in_it_is_refused(tmp_path: Path) -> None:
    text = two("running_cost,includes_vat", "freehold,120,yes")
    assert said(faults(tmp_path, sites=text)) == (
        "sites.csv, row 2, includes_vat: the row's money includes VAT, and money is wanted without it; take the VAT off "
        "(£120 with VAT at 20 % is £100) and set includes_vat = no; VAT is added by partner"
    )
    works = "intervention_id,site_id,capital_cost,includes_vat\nw,hall,1200,yes\n"
    assert "interventions.csv, row 2, includes_vat" in said(faults(tmp_path, interventions=works))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("invoices incl. VAT", True),
        ("ledger including VAT", True),
        ("VAT inclusive tender", True),
        ("ledger without VAT", False),
        ("excluding VAT", False),
    ],
)
def test_a_source_that_speaks_of_vat_is_told(tmp_path: Path, source: str, told: bool) -> None:
    text = two("running_cost,source", f"freehold,120,{source}")
    found = f'sites.csv, row 2, source: "{source}" speaks of money with VAT in it' in said(
        read(tmp_path, sites=text).warnings
    )
    assert found is told


@pytest.mark.parametrize(
    ("column", "table"),
    [("running_cost", "sites"), ("rent", "sites"), ("sublet_income", "sites"), ("earlier_disposals", "partners")],
)
def test_negative_amounts_are_refused(tmp_path: Path, column: str, table: str) -> None:
    if table == "sites":
        found = faults(tmp_path, sites=two(column, "leasehold,-5"))
    else:
        found = faults(tmp_path, partners=f"partner_id,name,sector,{column}\nkcc,K,council,-5\nnhs,N,nhs,\n")
    assert f"{table}.csv, row 2, {column}" in said(found)
    assert "-5" in said(found)


SHARES = "site_id,basis,weights\n"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("hall,fixed,kcc=0.6;nhs=0.4", ""),
        ("hall,fixed,kcc=0.333;nhs=0.667", ""),
        ("hall,fixed,kcc=60%;nhs=40%", ""),
        ("hall,fixed,kcc=0.6;nhs=0.5", 'the shares "kcc=0.6;nhs=0.5" sum to 1.1, not to 1'),
        ("hall,fixed,kcc=0.6", 'the shares "kcc=0.6" sum to 0.6, not to 1'),
        ("hall,fixed,kcc=0.6;nsh=0.4", 'no partner "nsh" in partners.csv; did you mean "nhs"?'),
        ("hall,fixed,kcc 0.6", '"kcc 0.6" cannot be read as shares 0-1 of partners; write kcc=0.6;nhs=0.4'),
        ("hall,fixed,kcc=1.6;nhs=-0.6", "cannot be read as shares 0-1"),
        ("hall,benefit,", "basis benefit needs weights"),
        ("hall,floor_area,", ""),
    ],
)
def test_shares_of_a_building_sum_to_one(tmp_path: Path, row: str, told: str) -> None:
    found = faults(tmp_path, cost_shares=SHARES + row + "\n")
    assert bool(found) is bool(told)
    if told:
        assert "cost_shares.csv, row 2, weights" in said(found)
        assert told in said(found)


def test_weights_are_read() -> None:
    assert weights_of("kcc = 0.25 ; nhs=75%") == {"kcc": 0.25, "nhs": 0.75}
    assert weights_of("kcc=0.5;kcc=0.5") is None
    assert weights_of("") == {}


FUND = "fund_id,year,partner_id,amount,kind,pays_for,uses,takes_receipts,source\n"


def test_a_fund_that_pays_for_nothing_of_its_kind_is_told(tmp_path: Path) -> None:
    told = said(read(tmp_path, funds=FUND + "f,2027,kcc,9,capital,kcc,rent;running,no,\n").warnings)
    assert "funds.csv, row 2, uses: a capital fund that pays only for" in told
    assert "pays for nothing of its kind" in told
    assert "pays for nothing" not in said(
        read(tmp_path, funds=FUND + "f,2027,kcc,9,capital,kcc,rent;works,no,\n").warnings
    )


def test_a_fund_that_may_pay_for_nobody_is_refused(tmp_path: Path) -> None:
    # "none" must not be read as an empty cell, which means all.
    for row, column in (
        ("none,all", "pays_for"), ("nobody,all", "pays_for"), (";,all", "pays_for"), ("kcc,none", "uses"),
    ):  # fmt: skip
        found = said(faults(tmp_path, funds=FUND + f"f,2027,kcc,9,capital,{row},no,\n"))
        assert f"funds.csv, row 2, {column}" in found
        assert "allows nobody" in found


def test_receipts_that_stand_in_a_fund_already_are_told(tmp_path: Path) -> None:
    row = "kcc-receipts,2027,kcc,500000,capital,kcc,all,yes,\n"
    assert (
        "funds.csv, row 2, amount: £500,000 in a fund of receipts that takes_receipts: sales of the plan are added to it"
    ) in said(read(tmp_path, funds=FUND + row).warnings)
    assert "fund of receipts" not in said(read(tmp_path, funds=FUND + row.replace("-receipts", "-capital")).warnings)


def test_a_worth_that_is_counted_twice_is_told(tmp_path: Path) -> None:
    ended = read(tmp_path, sites=two("market_value,end_value", "freehold,900,800", "freehold,5")).warnings
    assert "row 2, end_value: end_value £800 of an existing site is not counted" in said(ended)
    taken = read(tmp_path, sites=two("market_value,disposal_deductions", "freehold,900,900", "freehold,5")).warnings
    assert "disposal_deductions are the market_value, £900: the receipt is counted and taken off again" in said(taken)
    twice = read(tmp_path, sites=two("market_value,head_site_id", "freehold,900,", "freehold,500,hall")).warnings
    assert 'this freehold (£500) and its superior interest "hall" (£900) both have a market_value' in said(twice)


def test_a_statutory_part_above_the_whole_backlog_is_refused(tmp_path: Path) -> None:
    found = faults(tmp_path, sites=two("backlog,statutory_backlog", "freehold,100,200"))
    assert "row 2, statutory_backlog: £200 is more than the backlog it is a part of, £100" in said(found)


def test_triggers_need_their_months_and_a_site_that_is_sold(tmp_path: Path) -> None:
    found = faults(tmp_path, disposal_triggers="site_id,kind,months\nhall,other,\n")
    assert "disposal_triggers.csv, row 2, months: a trigger of kind other needs its months" in said(found)
    (tmp_path / "more").mkdir()
    leased = {
        "sites.csv": two("lease_end", "leasehold,2030-03-31"),
        "disposal_triggers.csv": "site_id,kind\nhall,acv\n",
    }
    package(tmp_path / "more", leased)
    from assetopt.read import read_estate

    assert "hall is not a freehold that is sold on leaving" in said(read_estate(tmp_path / "more").warnings)


def test_sublet_income_of_a_freehold_is_told(tmp_path: Path) -> None:
    told = said(read(tmp_path, sites=two("sublet_income", "freehold,100")).warnings)
    assert "a freehold cannot be sublet after it is left" in told
