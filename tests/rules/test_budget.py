"""Budgets: what is paid, from which fund, in which year, and what is named when money runs out."""

from __future__ import annotations

import pytest
from estates import breaches_of, line_of, problem, scenario, two_sites
from faces import compare
from money_cases import FUNDED, funded

from assetopt.budgets.paying import spend
from assetopt.errors import DataError, ScenarioError
from assetopt.optimise import optimise
from assetopt.problem import Problem

FUND = "fund_id,year,partner_id,amount,kind,price_basis,pays_for,uses,takes_receipts,carry_forward\n"
WORKS = "intervention_id,site_id,capital_cost,payer_partner_id,months\nfit,home,1000,,1\nwing,other,400,,1\n"


def asked(
    funds: str, mode: str = "ring_fenced", home: str = "freehold", columns: str = "tenure", **rule: object
) -> Problem:
    """The council's two sites, works of 1,000 and 400, and these funds."""
    from estates import NEEDS, OTHER, PLACE, SPACES, TEAMS

    gaps = "," * columns.count(",")
    tables = {
        "sites": f"{PLACE},{columns}\nhome,council,Home,600000,150000,{home}\n{OTHER},freehold{gaps}\n",
        "spaces": SPACES, "teams": TEAMS, "needs": NEEDS, "interventions": WORKS, "funds": FUND + funds,
    }  # fmt: skip
    return problem(tables, rules={"budget": rule}, boundaries={"budgets": mode}, appraisal={"as_at": "2026-01-01"})


def test_a_fund_without_carry_forward_lapses() -> None:
    # 700 and 700: 1,000 in 2028 can be paid only where the first 700 are carried over
    lapses = asked("c,2027,council,700,capital,real,all,all,no,no\nc,2028,council,700,capital,real,all,all,no,no\n")
    carries = asked("c,2027,council,700,capital,real,all,all,no,yes\nc,2028,council,700,capital,real,all,all,no,yes\n")
    assert breaches_of(carries, "budget", build={"fit": 2028}) == []
    assert breaches_of(lapses, "budget", build={"fit": 2028}) == [
        ("council", 300.0, "council: £300 of capital in 2028 is not covered by its funds")
    ]
    # ... and not a year earlier
    assert [found[1] for found in breaches_of(carries, "budget", build={"fit": 2027})] == [300.0]


def test_nominal_money_buys_less_each_year() -> None:
    # 1,020 in the prices of 2028 at 2 % are 1,000 today: just enough; 1,019 are not
    for amount, short in ((1020, []), (1019, [0.98])):
        one = asked(f"c,2028,council,{amount},capital,nominal,all,all,no,no\n")
        found = [round(breach[1], 2) for breach in breaches_of(one, "budget", build={"fit": 2028})]
        assert found == short


def test_a_receipt_is_spent_when_the_sale_completes_and_not_before() -> None:
    # domain.md story 5 in small: 12 months to sell. Vacated in 2027, 800 arrive in 2028 (low value 800 of 1,000).
    columns, home = "tenure,market_value,market_value_low,sale_cost_share,months_to_sale", "freehold,1000,800,0,12"
    funds = "c,2027,council,0,capital,real,all,all,yes,yes\n"
    one = asked(funds, home=home, columns=columns)
    changes: dict[str, object] = {"leave": {"home": 2027}, "move": {"t": ("other", 2027)}}
    assert [v[1] for v in breaches_of(one, "budget", **changes, build={"wing": 2027})] == [400.0]
    assert breaches_of(one, "budget", **changes, build={"wing": 2028}) == []
    # no fund of the council takes receipts: never
    closed = asked(funds.replace("all,yes,yes", "all,no,yes"), home=home, columns=columns)
    assert [v[1] for v in breaches_of(closed, "budget", **changes, build={"wing": 2028})] == [400.0]


def test_a_sale_that_costs_money_has_to_be_paid() -> None:
    # 1,000 - 1,600 of remediation: 600 of capital in the year of the sale
    columns, home = "tenure,market_value,sale_cost_share,disposal_deductions,months_to_sale", "freehold,1000,0,1600,0"
    one = asked("c,2027,council,500,capital,real,all,all,yes,yes\n", home=home, columns=columns)
    changes: dict[str, object] = {"leave": {"home": 2027}, "move": {"t": ("other", 2027)}}
    assert [v[1] for v in breaches_of(one, "budget", **changes)] == [100.0]


def test_what_today_needs_beyond_its_funds_is_named_or_taken_as_funded() -> None:
    columns, home = "tenure,backlog,backlog_year", "freehold,900,2028"
    funds = "c,2027,council,300,capital,real,all,all,no,yes\n"
    strict = asked(funds, home=home, columns=columns)
    assert [v[2] for v in breaches_of(strict, "budget")] == [
        "council: £600 of capital in 2028 is not covered by its funds"
    ]
    # floor = today: the backlog is in today's budgets, and the 300 pay for works alone
    eased = asked(funds, home=home, columns=columns, floor="today")
    assert breaches_of(eased, "budget") == []
    assert [v[1] for v in breaches_of(eased, "budget", build={"wing": 2028})] == [100.0]


def test_another_partner_pays_only_where_budgets_are_aligned_and_its_fund_says_so() -> None:
    # domain.md story 6: the trust's capital for works at the council's site
    own, named, other = (f"n,2027,nhs,400,capital,real,{who},works,no,no\n" for who in ("nhs", "nhs;council", "police"))
    for funds, mode, short in (
        (named, "ring_fenced", 400.0), (named, "aligned", 0.0), (own, "aligned", 400.0), (other, "aligned", 400.0),
        (other, "pooled", 0.0), (named.replace("works", "backlog"), "aligned", 400.0),
        (named.replace("works", "backlog"), "pooled", 0.0),
    ):  # fmt: skip
        found = breaches_of(asked(funds, mode), "budget", build={"wing": 2027})
        assert sum(breach[1] for breach in found) == short, (funds, mode)


def test_revenue_is_tested_for_the_heads_that_a_fund_of_the_partner_names() -> None:
    teams = "team_id,partner_id,name,service_type,site_id,move_cost\nt,council,T,admin,home,500\n"
    for uses, short in (("moving", 200.0), ("dilapidations", 0.0), ("all", 200.0)):
        funds = FUND + f"r,2027,council,300,revenue,real,all,{uses},no,no\n"
        one = two_sites(
            "tenure", "freehold", teams=teams, rules={"budget": {}}, boundaries={"budgets": "pooled"}, funds=funds
        )
        found = breaches_of(one, "budget", move={"t": ("other", 2027)})
        assert sum(breach[1] for breach in found) == short
        # in 2028 the fund has no row: not tested
        assert breaches_of(one, "budget", move={"t": ("other", 2028)}) == []


def test_receipts_pay_for_change_as_long_as_flexible_use_lasts() -> None:
    # The hall is sold at once for 500; the move costs 500 and the council's revenue fund has 100 a year.
    teams = "team_id,partner_id,name,service_type,site_id,move_cost\nt,council,T,admin,home,500\n"
    funds = FUND + "r,2027,council,100,revenue,real,all,moving,no,no\nc,2027,council,0,capital,real,all,all,yes,yes\n"
    changes: dict[str, object] = {"leave": {"home": 2027}, "move": {"t": ("other", 2027)}}
    for until, short in ((None, 400.0), (2026, 400.0), (2027, 0.0)):
        one = two_sites(
            "tenure,market_value,sale_cost_share,months_to_sale,running_cost,variable_share", "freehold,500,0,0,100,0",
            teams=teams, funds=funds,
            rules={"budget": {"flexible_receipts_until": until}},
        )  # fmt: skip
        assert sum(breach[1] for breach in breaches_of(one, "budget", **changes)) == short
        # 500 - 500; a year later, when no fund has a row, another 100 of running cost
        assert optimise(one).certificate.objective == pytest.approx(100 if short else 0)


def test_payments_say_which_fund_pays_what_and_each_its_own_first() -> None:
    one = problem(FUNDED, **funded("aligned"))
    # The bay in 2028 (1,000) and the move (700): c-cap pays the bay, n-new 100 of the move, c-rev the rest.
    line = line_of(one, leave={"hall": 2028}, move={"desk": ("ward", 2028)}, build={"bay": 2028})
    paid = spend(one, line).payments.set_index(["fund_id", "partner_id", "year", "head"])["amount"]
    assert paid["c-cap", "council", 2028, "works"] == 1000
    assert paid["c-rev", "council", 2028, "moving"] == 600
    assert paid["n-new", "council", 2028, "moving"] == 100
    assert paid["n-cap", "nhs", 2027, "lifecycle"] == 100
    assert paid["n-cap", "nhs", 2027, "vat"] == 20
    assert spend(one, line).bills["need"].sum() == paid.sum()


@pytest.mark.parametrize(
    ("mode", "rule", "best"),
    [("ring_fenced", {}, 58_100), ("pooled", {}, 17_100), ("ring_fenced", {"floor": "today"}, 58_100), ("aligned", {}, 26_300)],
)  # fmt: skip
def test_the_wider_the_budgets_the_better_the_best_plan(mode: str, rule: dict[str, object], best: float) -> None:
    # Usual: 4 x (9,200 + 5,100) + 900 = 58,100. Out in 2028: 9,200 + 20,400 + 1,000 + 700 - 5,000 = 26,300; in 2027 17,100.
    asked = problem(FUNDED, **funded(mode, **rule))
    if mode != "aligned":  # that one is in test_faces
        found = compare(asked)
        assert found.apart == ()
        assert "budget" in found.broken
        assert found.best == pytest.approx(best)
    assert optimise(asked).certificate.objective == pytest.approx(best)


def test_a_plan_without_money_is_blamed_on_the_budget() -> None:
    tables = {**FUNDED, "sites": FUNDED["sites"].replace("900,2028", "9000,2027")}
    found = optimise(problem(tables, **funded("ring_fenced")))
    assert found.certificate.status == "infeasible"
    # Staying needs 9,200 in 2027 of 700; nearest is to leave at once, for a bay of 1,000.
    assert found.certificate.reasons == ("council: £300 of capital in 2027 is not covered by its funds",)


def test_budgets_without_funds_and_rows_that_differ_are_faults() -> None:
    with pytest.raises(ScenarioError, match="has no funds"):
        two_sites("tenure", "freehold", rules={"budget": {}})
    rows = "c,2027,council,1,capital,real,all,all,no,yes\nc,2028,council,1,revenue,real,all,all,no,yes\n"
    with pytest.raises(DataError, match="funds, c, kind: rows of one fund differ"):
        _ = asked(rows).funds
    assert scenario(rules={"budget": {}}).rules.budget is not None
