"""What is told about money before anything is solved: funds that cannot be used as they stand."""

from __future__ import annotations

import pytest
from estates import NEEDS, OTHER, PLACE, SPACES, TEAMS, problem

FUNDS = "fund_id,year,partner_id,amount,kind,pays_for,uses\n"


def told(row: str, budgets: str = "ring_fenced", budget: bool = True) -> str:
    tables = {
        "sites": f"{PLACE}\nhome,council,Home,600000,150000\n{OTHER}\n", "spaces": SPACES, "teams": TEAMS, "needs": NEEDS,
        "funds": FUNDS + row,
    }  # fmt: skip
    given = problem(tables, boundaries={"budgets": budgets}, **({"rules": {"budget": {}}} if budget else {}))
    return "\n".join(f"{note.where}: {note.what}" for note in given.notes)


IDLE = "funds, grant, pays_for: budgets are ring_fenced and grant of council pays for nhs alone: for nobody"


def test_a_fund_for_others_alone_pays_for_nobody_behind_a_ring_fence() -> None:
    assert IDLE in told("grant,2027,council,9,capital,nhs,all\n")


@pytest.mark.parametrize("pays_for", ["", "all", "council", "nhs;council"])
def test_a_fund_that_may_pay_for_its_own_partner_is_not_idle(pays_for: str) -> None:
    assert "for nobody" not in told(f"grant,2027,council,9,capital,{pays_for},all\n")


def test_where_partners_pay_for_each_other_no_such_fund_is_idle() -> None:
    row = "grant,2027,council,9,capital,nhs,all\n"
    assert "for nobody" not in told(row, budgets="aligned")
    assert "for nobody" not in told(row, budget=False)


def test_money_outside_the_appraisal_is_told_with_its_sum() -> None:
    said = told("grant,2020,council,7,capital,all,all\ngrant,2027,council,9,capital,all,all\n")
    assert "£7 of grant stand in 2020, outside the appraisal" in said
