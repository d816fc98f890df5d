"""Value added tax that a partner does not get back."""

from __future__ import annotations

import pytest
from estates import GONE, line_of, two_sites

from assetopt.costs import book, vat
from assetopt.costs.ledger import KINDS
from assetopt.optimise import formulate
from assetopt.problem import Problem

WORKS = "intervention_id,site_id,capital_cost,months\nw,other,2000,0\n"
PARTNERS = "partner_id,name,sector,vat_recovery_capital,vat_recovery_opex\ncouncil,Trust,nhs,{},{}\n"


def asked(capital: str, opex: str, **defaults: object) -> Problem:
    return two_sites(
        "tenure,running_cost,lifecycle_cost,rent,dilapidations", "leasehold,600,100,300,50", other="freehold,100",
        partners=PARTNERS.format(capital, opex), interventions=WORKS,
        defaults={"use": "none", "vat_rate": 0.2, "vat_share_running": 0.6, **defaults},
    )  # fmt: skip


def told(problem: Problem, **changes: object) -> dict[tuple[str, int], float]:
    lines = book(problem, line_of(problem, **changes))
    lines = lines[lines["cost"] == "vat"]
    assert set(lines["payer"]) <= {"council"}
    assert set(lines["payee"]) <= {"_exchequer"}
    assert set(lines["head"]) <= {"vat"}
    assert (lines["economic"] == 0).all()
    return lines.groupby(["kind", "year"])["amount"].sum().round(6).to_dict()


def test_a_body_that_recovers_a_quarter_pays_three_quarters_of_it() -> None:
    # revenue: (600 + 100) running x 0.6 x 20 % x 0.75 = 63 a year. Capital: life cycle 100 x 20 % = 20 and in 2028 works 400
    # rent and dilapidations bear none
    found = told(asked("0", "0.25"), build={"w": 2028})
    assert found == {
        ("revenue", 0): 63.0, ("revenue", 1): 63.0, ("revenue", 2): 63.0, ("revenue", 3): 63.0,
        ("capital", 0): 20.0, ("capital", 1): 420.0, ("capital", 2): 20.0, ("capital", 3): 20.0,
    }  # fmt: skip


def test_who_recovers_everything_pays_none() -> None:
    assert told(asked("1", "1"), build={"w": 2028}) == {}


def test_blank_recovery_follows_the_sector_and_is_recorded() -> None:
    problem = asked("", "", vat_recovery_nhs_opex=0.25)
    assert told(problem) == told(asked("0", "0.25"))
    filled = {(a.column, a.parameter, a.value) for a in problem.assumptions if a.table == "partners"}
    assert ("vat_recovery_opex", "vat_recovery_nhs_opex", 0.25) in filled
    assert ("vat_recovery_capital", "vat_recovery_nhs_capital", 0.0) in filled
    council = two_sites("tenure,running_cost", "freehold,600", defaults={"use": "none", "vat_rate": 0.2})
    assert told(council) == {}  # section 33


def test_moving_bears_it_and_closing_a_team_does_not() -> None:
    columns = "team_id,partner_id,name,service_type,site_id,closable,move_cost,closing_cost,running_cost"
    teams = f"{columns}\nt,council,T,admin,home,yes,80,900,700\n"
    problem = two_sites(
        "tenure,running_cost", "freehold,0", partners=PARTNERS.format("0", "0"), teams=teams,
        defaults={"use": "none", "vat_rate": 0.2, "vat_share_running": 1.0},
    )  # fmt: skip
    assert told(problem, **GONE) == {("revenue", 0): 16.0}
    assert told(problem, close={"t": 2027}) == {}


def test_it_is_no_cost_to_the_purse() -> None:
    form = formulate(asked("0", "0"))
    values = form.encode(line_of(asked("0", "0"), build={"w": 2028}))
    assert values is not None
    assert form.program.term_values(values).get("vat", 0.0) == 0.0


def test_every_head_of_the_table_is_a_head_of_the_ledger() -> None:
    assert set(vat.heads()) <= set(KINDS)
    assert all(part is None or 0 <= part <= 1 for part in vat.heads().values())


def test_without_defaults_there_is_no_tax() -> None:
    problem = two_sites("tenure,running_cost", "freehold,600", partners=PARTNERS.format("0", "0"))
    assert told(problem) == {}
    assert problem.taxes.rate == pytest.approx(0.0)
