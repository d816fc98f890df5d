"""The part of a receipt that its owner hands over."""

from __future__ import annotations

import pytest
from estates import GONE, line_of, two_sites
from faces import both_faces

from assetopt.costs import book

PARTNERS = "partner_id,name,sector,receipt_retention\ncouncil,Trust,{},{}\n"
SALE = ("tenure,market_value,sale_cost_share,disposal_deductions,months_to_sale", "freehold,10000,0.02,800,12")


def test_what_is_not_kept_goes_to_the_exchequer_when_the_sale_completes() -> None:
    asked = two_sites(*SALE, partners=PARTNERS.format("nhs", "0.75"))
    lines = book(asked, line_of(asked, **GONE))
    lines = lines[lines["cost"] == "retention"]
    # 10,000 - 200 - 800 = 9000 in 2028; a quarter of it
    columns = ["subject", "head", "kind", "year", "payer", "payee", "amount", "economic"]
    assert lines[columns].to_numpy().tolist() == [
        ["home", "transfer", "capital", 1, "council", "_exchequer", pytest.approx(2250), 0.0]
    ]
    assert both_faces(asked, "retention", line_of(asked, **GONE)) == (0, 0)


def test_blank_means_all_is_kept() -> None:
    asked = two_sites(*SALE, partners=PARTNERS.format("nhs", ""))
    assert not len(book(asked, line_of(asked, **GONE)).query("cost == 'retention'"))


def test_a_sale_that_costs_more_than_it_brings_is_the_owners_alone() -> None:
    asked = two_sites(SALE[0], "freehold,500,0.02,800,12", partners=PARTNERS.format("nhs", "0.5"))
    assert not len(book(asked, line_of(asked, **GONE)).query("cost == 'retention'"))


def test_it_is_no_income_of_the_purse_even_from_an_owner_outside_it() -> None:
    asked = two_sites(*SALE, partners=PARTNERS.format("housing", "0.75"))
    assert both_faces(asked, "retention", line_of(asked, **GONE)) == (0, 0)
