"""Money worked out by hand, as method.md section 3 has it: every number here can be checked on paper."""

from __future__ import annotations

import pytest
from estates import GONE, NEEDS, OTHER, PLACE, SPACES, TEAMS, ledger_of, plan_of, problem, two_sites

from assetopt.account import cash_table, totals, transfer_table
from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.verify import Recount, judge

ENOUGH_YEARS = {"decision_years": 5, "appraisal_years": 6}


def judged(asked: Problem, **changes: object) -> Recount:
    return judge(asked, plan_of(asked, **changes))  # type: ignore[arg-type]


def totals_of(asked: Problem, **changes: object) -> dict[str, float | int | str | None]:
    recount = judged(asked, **changes)
    assert recount.line is not None
    assert recount.books is not None
    return totals(asked, recount.line, recount.books)


# --- discounting ------------------------------------------------------------------------------------------------------


def test_a_pound_a_year_is_discounted_from_the_second_year_on() -> None:
    asked = two_sites(
        "tenure,running_cost", "freehold,1000", appraisal={"discount": "green-book-2026", "appraisal_years": 3}
    )
    # 1000 x (1 + 1/1.035 + 1/1.035^2) = 1000 x (1 + .966184 + .933511)
    assert totals_of(asked)["npv_cost"] == pytest.approx(2899.695, abs=0.01)


def test_a_hundred_thousand_a_year_over_thirty_years() -> None:
    asked = two_sites(
        "tenure,running_cost", "freehold,100000", appraisal={"discount": "green-book-2026", "appraisal_years": 31}
    )
    # years 1..30: 1,839,205; year 0: 100,000
    assert totals_of(asked)["npv_cost"] == pytest.approx(1_939_205, abs=1)


# --- a freehold -------------------------------------------------------------------------------------------------------

FREEHOLD = (
    "tenure,running_cost,lifecycle_cost,market_value,sale_cost_share,disposal_deductions,months_to_sale,holding_cost"
)
CELLS = "freehold,1200,300,10000,0.02,800,18,50"


def test_a_freehold_vacated_runs_until_then_and_a_part_again_if_a_team_moved_out_that_year() -> None:
    asked = two_sites(FREEHOLD, CELLS, defaults={"use": "none", "double_running_months": 2.0})
    gone = {"leave": {"home": 2028}, "move": {"t": ("other", 2028)}}
    assert ledger_of(asked, "running", **gone) == {("home", "running", 2027): 1200, ("home", "lifecycle", 2027): 300}
    # 2/12 of 1200, without the life-cycle cost
    assert ledger_of(asked, "double_running", **gone) == {("home", "running", 2028): pytest.approx(200)}
    before = {"leave": {"home": 2028}, "move": {"t": ("other", 2027)}}
    assert ledger_of(asked, "double_running", **before) == {}


def test_a_freehold_is_held_empty_until_its_sale_completes_and_then_brings_its_net_price() -> None:
    asked = two_sites(FREEHOLD, CELLS)
    # 18 months = 2 whole years: 2027 and 2028; the receipt comes in 2029: 10000 x 0.98 - 800 = 9000
    assert ledger_of(asked, "holding", **GONE) == {("home", "holding", 2027): 50, ("home", "holding", 2028): 50}
    assert ledger_of(asked, "receipts", **GONE) == {("home", "receipt", 2029): -9000}


def test_without_months_to_sale_the_receipt_comes_in_the_year_of_vacating() -> None:
    asked = two_sites("tenure,market_value,months_to_sale", "freehold,5000,0")
    assert ledger_of(asked, "receipts", **GONE) == {("home", "receipt", 2027): -5000}


def test_a_freehold_still_held_is_credited_its_net_value_at_the_end() -> None:
    asked = two_sites(FREEHOLD, CELLS, appraisal={"residual_value": True, "discount": 0.1})
    # in year H = 4: 9000 / 1.1^4 = 6147.1212
    assert ledger_of(asked, "residual") == {("home", "end_value", 2031): -9000}
    # costs 1500 x (1 + 1/1.1 + 1/1.21 + 1/1.331) = 5230.2780
    assert totals_of(asked)["npv_cost"] == pytest.approx(5230.2780 - 6147.1212, abs=0.001)
    assert ledger_of(asked, "residual", **GONE) == {}


def test_a_building_that_costs_more_to_clear_than_it_fetches_has_no_negative_end_value() -> None:
    asked = two_sites("tenure,market_value,disposal_deductions", "freehold,100,900", appraisal={"residual_value": True})
    assert ledger_of(asked, "residual") == {}
    assert ledger_of(asked, "receipts", **GONE) == {("home", "receipt", 2027): 800}  # 100 - 900


def test_a_sale_that_would_complete_after_the_horizon_is_treated_as_still_held() -> None:
    asked = two_sites(FREEHOLD, CELLS.replace(",18,", ",48,"), appraisal={"residual_value": True})
    # vacated in year 0, sold in year 4 = H: no receipt, the end value stays, and it is held empty in all four years
    assert ledger_of(asked, "receipts", **GONE) == {}
    assert ledger_of(asked, "residual", **GONE) == {("home", "end_value", 2031): -9000}
    assert sum(ledger_of(asked, "holding", **GONE).values()) == 200
    on_the_edge = two_sites(FREEHOLD, CELLS.replace(",18,", ",36,"), appraisal={"residual_value": True})
    assert ledger_of(on_the_edge, "receipts", **GONE) == {("home", "receipt", 2030): -9000}


def test_a_transferred_freehold_brings_nothing_and_is_gone() -> None:
    asked = two_sites(FREEHOLD + ",on_exit", CELLS + ",transfer", appraisal={"residual_value": True})
    assert ledger_of(asked, "receipts", **GONE) == {}
    assert ledger_of(asked, "residual", **GONE) == {}


# --- leases -----------------------------------------------------------------------------------------------------------

LEASE = "tenure,rent,fixed_cost,lease_end,lease_break,break_notice_months,break_penalty,dilapidations"
BROKEN = "leasehold,1000,100,{end},2028-03-31,6,700,400"


def lease(as_at: str, end: str = "", **settings: object) -> Problem:
    return two_sites(
        LEASE, BROKEN.format(end=end), appraisal={**ENOUGH_YEARS, "as_at": as_at, "residual_value": True}, **settings
    )


def test_a_break_whose_notice_is_in_time_ends_rent_and_fixed_charges_in_the_year_after_it() -> None:
    asked = lease("2027-06-01", "2030-09-30")
    # break 2028-03-31, 6 months' notice from 2027-06-01: in time. Rent in 2027 only; penalty and dilapidations in 2028
    assert ledger_of(asked, "rent", **GONE) == {("home", "rent", 2027): 1000}
    assert ledger_of(asked, "fixed", **GONE) == {("home", "running", 2027): 100}
    assert ledger_of(asked, "dilapidations", **GONE) == {
        ("home", "dilapidations", 2028): 400,
        ("home", "penalty", 2028): 700,
    }


def test_a_missed_break_leaves_the_rent_running_to_expiry_without_a_penalty() -> None:
    asked = lease("2027-11-01", "2030-09-30")
    # 2027-11-01 + 6 months = 2028-05-01, after the break: expiry 2030-09-30 -> 2031 is the first year without rent
    assert ledger_of(asked, "rent", **GONE) == {("home", "rent", year): 1000 for year in (2027, 2028, 2029, 2030)}
    assert ledger_of(asked, "dilapidations", **GONE) == {("home", "dilapidations", 2031): 400}


def test_without_a_lawful_exit_rent_runs_to_the_end_and_the_repairs_are_owed_there() -> None:
    asked = lease("2027-11-01", "2045-09-30")
    assert sum(ledger_of(asked, "rent", **GONE).values()) == 6000  # all six years
    assert sum(ledger_of(asked, "fixed", **GONE).values()) == 600
    assert ledger_of(asked, "dilapidations", **GONE) == {}
    assert ledger_of(asked, "residual", **GONE) == {("home", "end_value", 2033): 400}


def test_a_lease_that_is_kept_is_renewed_at_its_rent_and_owes_its_repairs_at_the_end() -> None:
    asked = lease("2027-06-01", "2030-09-30")
    assert sum(ledger_of(asked, "rent").values()) == 6000
    assert ledger_of(asked, "residual") == {("home", "end_value", 2033): 400}


def test_left_at_expiry_there_is_no_penalty() -> None:
    asked = lease("2027-06-01", "2030-09-30")
    late = {"leave": {"home": 2029}, "move": {"t": ("other", 2029)}}  # after the break: the next way out is expiry
    assert ledger_of(asked, "dilapidations", **late) == {("home", "dilapidations", 2031): 400}
    assert sum(ledger_of(asked, "rent", **late).values()) == 4000  # 2027 to 2030


def test_the_first_break_of_several_after_the_vacating_counts() -> None:
    cells = BROKEN.format(end="").replace("2028-03-31", "2028-03-31;2030-03-31")
    asked = two_sites(LEASE, cells, appraisal={**ENOUGH_YEARS, "as_at": "2027-01-01"})
    late = {"leave": {"home": 2029}, "move": {"t": ("other", 2029)}}
    assert sum(ledger_of(asked, "rent", **late).values()) == 3000  # 2027, 2028, 2029
    assert ledger_of(asked, "dilapidations", **late) == {
        ("home", "dilapidations", 2030): 400,
        ("home", "penalty", 2030): 700,
    }


INSECURE = "tenure,rent,lease_end,security_of_tenure,replacement_rent,dilapidations,running_cost,backlog,backlog_year"


def test_business_as_usual_leaves_an_insecure_lease_at_its_end_and_pays_the_replacement_rent() -> None:
    asked = two_sites(
        INSECURE,
        "leasehold,1000,2029-03-31,no,1300,400,50,90,2028",
        appraisal={"decision_years": 1, "appraisal_years": 4},
    )
    # rent 2027, 2028; from 2029 (year 2) the replacement; repairs in 2029; the backlog of 2028 is still paid
    assert ledger_of(asked, "rent") == {
        ("home", "rent", 2027): 1000,
        ("home", "rent", 2028): 1000,
        ("home", "rent", 2029): 1300,
        ("home", "rent", 2030): 1300,
    }
    assert ledger_of(asked, "dilapidations") == {("home", "dilapidations", 2029): 400}
    assert ledger_of(asked, "backlog") == {("home", "backlog", 2028): 90}
    # 4600 + 400 + 4 x 50 + 90
    assert totals_of(asked)["npv_cost_today"] == pytest.approx(5290)


def test_backlog_of_an_insecure_lease_that_has_ended_by_then_is_nobodys() -> None:
    asked = two_sites(
        INSECURE,
        "leasehold,1000,2029-03-31,no,1300,400,50,90,2030",
        appraisal={"decision_years": 1, "appraisal_years": 4},
    )
    assert ledger_of(asked, "backlog") == {}


def test_an_insecure_lease_left_in_time_pays_no_replacement_and_needs_no_notice() -> None:
    asked = two_sites(
        INSECURE + ",break_notice_months",
        "leasehold,1000,2028-03-31,no,1300,400,0,,,24",
        appraisal={"as_at": "2027-04-01"},
    )
    gone = {"leave": {"home": 2028}, "move": {"t": ("other", 2028)}}
    # the lease ends by itself on 2028-03-31, though 24 months' notice could not be given any more
    assert ledger_of(asked, "rent", **gone) == {("home", "rent", 2027): 1000}
    assert ledger_of(asked, "dilapidations", **gone) == {("home", "dilapidations", 2028): 400}


def test_a_licence_ends_when_it_is_vacated() -> None:
    asked = two_sites("tenure,rent,fixed_cost,holding_cost,months_to_sale", "licence,1000,100,70,24")
    gone = {"leave": {"home": 2028}, "move": {"t": ("other", 2028)}}
    assert ledger_of(asked, "rent", **gone) == {("home", "rent", 2027): 1000}
    assert ledger_of(asked, "fixed", **gone) == {("home", "running", 2027): 100}
    assert ledger_of(asked, "holding", **gone) == {}


def test_a_pfi_contract_pays_rent_and_fixed_cost_to_its_end_wherever_the_team_is() -> None:
    asked = two_sites("tenure,rent,fixed_cost,lease_end", "pfi,1000,100,2029-03-31")
    assert sum(ledger_of(asked, "rent", **GONE).values()) == 2000  # 2027, 2028
    assert sum(ledger_of(asked, "fixed", **GONE).values()) == 200
    assert sum(ledger_of(asked, "fixed").values()) == 200


def test_a_fixed_cost_runs_to_its_date_whether_the_site_is_held_or_not() -> None:
    asked = two_sites("tenure,fixed_cost,fixed_cost_until", "freehold,100,2029-03-31")
    assert (
        ledger_of(asked, "fixed")
        == ledger_of(asked, "fixed", **GONE)
        == {("home", "running", year): 100 for year in (2027, 2028)}
    )


def test_a_fixed_cost_of_a_freehold_without_an_end_is_never_saved() -> None:
    asked = two_sites("tenure,fixed_cost", "freehold,100")
    assert sum(ledger_of(asked, "fixed", **GONE).values()) == 400


# --- backlog ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "funded", "paid"),
    [
        ("", "yes", {("home", "backlog", 2027): 90}),  # blank: the base year
        ("2020", "yes", {("home", "backlog", 2027): 90}),  # past: the base year
        ("2029", "yes", {("home", "backlog", 2029): 90}),
        ("2031", "yes", {}),  # behind the horizon 2027..2030
        ("2028", "no", {}),  # not funded: shown as a liability
    ],
)
def test_backlog_is_paid_in_its_year(year: str, funded: str, paid: dict[tuple[str, str, int], float]) -> None:
    asked = two_sites("tenure,backlog,backlog_year,backlog_funded", f"freehold,90,{year},{funded}")
    assert ledger_of(asked, "backlog") == paid
    # What is not paid stays a liability while the site is held.
    assert totals_of(asked)["backlog_liability"] == (0 if paid else 90)


def test_backlog_is_paid_only_by_sites_still_operating_after_that_years_changes() -> None:
    asked = two_sites("tenure,backlog,backlog_year", "freehold,90,2028")
    assert ledger_of(asked, "backlog", leave={"home": 2028}, move={"t": ("other", 2028)}) == {}


# --- candidates, works, moves -----------------------------------------------------------------------------------------


def test_a_candidate_costs_nothing_until_it_opens_and_its_opening_is_lifted_by_optimism_bias() -> None:
    sites = (f"{PLACE},status,tenure,running_cost,rent,fixed_cost,opening_cost,end_value,market_value\n"
             "home,council,Home,600000,150000,existing,freehold,0,,,,,\n"
             "new,council,New,601000,150000,candidate,leasehold,600,200,30,1000,450,99999\n")  # fmt: skip
    tables = {"sites": sites, "spaces": SPACES.replace("other", "new"), "teams": TEAMS, "needs": NEEDS}
    asked = problem(
        tables,
        appraisal={"optimism_bias": True, "residual_value": True},
        defaults={"use": "none", "optimism_capital_standard": 0.24},
    )
    assert totals_of(asked)["npv_cost"] == 0
    opened = {"open_": {"new": 2028}}
    assert ledger_of(asked, "opening", **opened) == {("new", "opening", 2028): pytest.approx(1240)}  # 1000 x 1.24
    # 3 years x (600 + 200 + 30) + 1240 - 450; the market value of a candidate counts for nothing
    assert totals_of(asked, **opened)["npv_cost"] == pytest.approx(2490 + 1240 - 450)


def test_works_are_lifted_by_their_class_and_change_running_cost_from_then_on() -> None:
    works = "intervention_id,site_id,capital_cost,optimism_class,running_cost_change,months\nw,home,1000,{},-40,6\n"
    for class_, capital in (("standard", 1240), ("non_standard", 1510), ("", 1240)):
        asked = two_sites(
            "tenure,running_cost", "freehold,100", interventions=works.format(class_),
            appraisal={"optimism_bias": True, "as_at": "2026-04-01"}, defaults={},
        )  # fmt: skip
        assert ledger_of(asked, "works", build={"w": 2028}) == {
            ("w", "works", 2028): pytest.approx(capital), **{("w", "running", year): -40 for year in (2028, 2029, 2030)}
        }  # fmt: skip


def test_seventy_thirty_works_of_ten_million_are_lifted_by_three_point_two_one_million() -> None:
    works = "intervention_id,site_id,capital_cost,optimism_class,months\na,home,7000000,standard,1\nb,home,3000000,non_standard,1\n"
    asked = two_sites(
        "tenure", "freehold", interventions=works, appraisal={"optimism_bias": True, "as_at": "2026-04-01"}, defaults={}
    )
    assert totals_of(asked, build={"a": 2027, "b": 2027})["capital"] == pytest.approx(13_210_000)


@pytest.mark.parametrize(
    ("months", "lead", "class_", "first"),
    [
        (12, 0, "standard", 2028),  # 12 x 1.04 = 12.48 -> 13 months from 2026-04-01 = 2027-05-01: after 1 April 2027
        (11, 0, "standard", 2027),  # 11 x 1.04 = 11.44 -> 12 months = 2027-04-01: just in time
        (11, 1, "standard", 2028),  # a month of lead time: 13 months
        (9, 0, "non_standard", 2028),  # 9 x 1.39 = 12.51 -> 13 months
        (8, 0, "non_standard", 2027),  # 8 x 1.39 = 11.12 -> 12 months
    ],
)
def test_works_serve_from_the_first_year_that_starts_after_lead_time_and_lifted_duration(
    months: int, lead: int, class_: str, first: int
) -> None:
    works = f"intervention_id,site_id,capital_cost,optimism_class,months\nw,home,1,{class_},{months}\n"
    asked = two_sites(
        "tenure", "freehold", interventions=works, appraisal={"optimism_bias": True, "as_at": "2026-04-01"},
        change={"lead_months": lead}, defaults={},
    )  # fmt: skip
    assert next(2027 + t for t in range(2) if asked.may_build[0, t]) == first


def test_a_team_that_moves_pays_once_and_then_each_year_as_long_as_the_pair_says() -> None:
    asked = two_sites(
        "tenure", "freehold", teams=TEAMS.replace("site_id\n", "site_id,move_cost\n").replace("home\n", "home,500\n"),
        placements="team_id,site_id,annual_cost,annual_cost_years,one_off_cost\nt,home,30,3,\nt,other,80,2,90\n",
    )  # fmt: skip
    assert ledger_of(asked, "placements") == {("t", "placement", year): 30 for year in (2027, 2028, 2029)}
    gone = {"move": {"t": ("other", 2028)}}
    assert ledger_of(asked, "moving", **gone) == {("t", "moving", 2028): 590}  # 500 + 90
    assert ledger_of(asked, "placements", **gone) == {
        ("t", "placement", 2027): 30,
        ("t", "placement", 2028): 80,
        ("t", "placement", 2029): 80,
    }


def test_a_team_without_a_home_pays_no_move_cost() -> None:
    asked = two_sites(
        "tenure", "freehold", teams="team_id,partner_id,name,service_type,site_id,move_cost\nt,council,T,admin,,500\n",
        placements="team_id,site_id,annual_cost,one_off_cost\nt,other,80,90\n",
    )  # fmt: skip
    placed = {"move": {"t": ("other", 2027)}}
    assert ledger_of(asked, "moving", **placed) == {("t", "moving", 2027): 90}
    found = totals_of(asked, **placed)
    assert (found["npv_cost"], found["npv_cost_today"], found["npv_saving"], found["teams_moved"]) == (
        90 + 4 * 80,
        None,
        None,
        0,
    )


def test_an_assumed_move_cost_is_three_hundred_pounds_a_head() -> None:
    asked = two_sites(
        "tenure",
        "freehold",
        teams=TEAMS.replace("site_id\n", "site_id,fte\n").replace("home\n", "home,7\n"),
        defaults={},
    )
    assert ledger_of(asked, "moving", **GONE) == {("t", "moving", 2027): 2100}


# --- what follows use -------------------------------------------------------------------------------------------------

PAIR = "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,home\nu,council,U,admin,home\n"
PAIR_NEEDS = "team_id,space_type,amount\nt,office,30\nu,office,10\n"


def test_a_team_brings_its_share_of_the_variable_running_cost_along() -> None:
    asked = two_sites("tenure,running_cost,variable_share", "freehold,1000,0.2", teams=PAIR, needs=PAIR_NEEDS)
    # 200 a year over 40 units in use: t brings 150, u 50; the other 800 stay with the building
    assert ledger_of(asked, "variable") == {("home", "variable", year): 200 for year in range(2027, 2031)}
    moved = ledger_of(asked, "variable", move={"t": ("other", 2027)})
    assert {key: value for key, value in moved.items() if key[2] == 2030} == {
        ("home", "variable", 2030): 50,
        ("other", "variable", 2030): 150,
    }
    assert ledger_of(asked, "running", move={"t": ("other", 2027)}) == {
        ("home", "running", year): 800 for year in range(2027, 2031)
    }


def test_a_price_per_unit_takes_the_place_of_the_share() -> None:
    asked = two_sites(
        "tenure,running_cost,variable_share", "freehold,1000,0.2", teams=PAIR, needs=PAIR_NEEDS,
        spaces="site_id,space_type,capacity,variable_cost\nhome,office,100,\nother,office,100,7\n",
    )  # fmt: skip
    moved = ledger_of(asked, "variable", move={"t": ("other", 2030 - 2)})
    assert moved["other", "variable", 2030] == 210  # 30 units x 7, not the 150 of home


def test_today_costs_what_the_ledger_says_whatever_the_share() -> None:
    for share in ("0", "0.25", "1"):
        asked = two_sites("tenure,running_cost,variable_share", f"freehold,1000,{share}")
        assert totals_of(asked)["npv_cost"] == pytest.approx(4000)


def test_a_building_that_nobody_uses_has_no_variable_part() -> None:
    asked = two_sites(
        "tenure,running_cost,use_status,variable_share", "freehold,0,in_use,0", other="freehold,1000,vacant,0.25"
    )
    assert totals_of(asked)["npv_cost"] == pytest.approx(4000)


# --- closing ----------------------------------------------------------------------------------------------------------


def test_what_closing_a_team_saves_is_never_an_estate_saving() -> None:
    asked = two_sites(
        "tenure,running_cost", "freehold,100",
        teams="team_id,partner_id,name,service_type,site_id,closable,closing_cost,running_cost\nt,council,T,admin,home,yes,600,1000\n",
    )  # fmt: skip
    found = totals_of(asked, close={"t": 2028}, leave={"home": 2028})
    # closing: 600 once, 1000 saved in 2028, 2029, 2030 -> 2400; the building saves 3 x 100
    assert found["npv_saving_service_closure"] == pytest.approx(2400)
    assert found["npv_saving_estate"] == pytest.approx(300)
    assert found["npv_saving"] == pytest.approx(2700)
    assert found["annual_saving"] == pytest.approx(100)  # in year D = 2 (2029), without the closure


# --- whose money ------------------------------------------------------------------------------------------------------

POLICE = "team_id,partner_id,name,service_type,site_id\nt,police,T,beat,rented\n"


def test_rent_between_public_bodies_is_no_saving_but_moves_cash() -> None:
    """Acceptance scenario 2 of domain.md, the transfer trap: police rent from the council, then use a council void."""
    tables = {
        "sites": f"{PLACE},tenure,running_cost,rent,landlord_partner_id,lease_end\n"
        "rented,police,Rented,600000,150000,leasehold,20000,100000,council,2027-03-31\n"
        "void,council,Void,601000,150000,freehold,0,,,\n",
        "spaces": SPACES.replace("home", "rented").replace("other", "void"), "teams": POLICE, "needs": NEEDS,
    }  # fmt: skip
    asked = problem(tables, appraisal={"as_at": "2026-04-01"})
    gone = {"leave": {"rented": 2027}, "move": {"t": ("void", 2027)}}
    found = totals_of(asked, **gone)
    assert found["npv_saving"] == pytest.approx(80_000)  # 4 x 20,000 of running cost and nothing of the rent
    recount = judged(asked, **gone)
    assert recount.books is not None
    cash = cash_table(asked, recount.books)
    rent = cash[cash["head"] == "rent"].assign(change=lambda t: t["cash_real"] - t["cash_real_today"])
    by_partner = rent.groupby("partner_id")["change"].sum()
    assert by_partner.to_dict() == {"police": -400_000, "council": 400_000}  # paid less, received less: nets to zero
    assert (rent["economic"] == 0).all()


def test_rent_to_an_outsider_is_a_cost() -> None:
    asked = two_sites("tenure,rent,landlord_public", "licence,1000,no")
    assert sum(ledger_of(asked, "rent").values()) == 4000
    public = two_sites("tenure,rent,landlord_public", "licence,1000,yes")
    assert ledger_of(public, "rent") == {}


def test_a_body_outside_the_public_purse_pays_rent_to_the_purse_and_sells_for_itself() -> None:
    partners = "partner_id,name,sector\ncouncil,Council,council\nhomes,Homes,housing\n"
    sites = (f"{PLACE},tenure,rent,landlord_partner_id,market_value,months_to_sale\n"
             "home,homes,Home,600000,150000,licence,1000,council,,\n"
             "own,homes,Own,601000,150000,freehold,,,5000,0\n"
             "let,council,Let,602000,150000,licence,300,homes,,\n")  # fmt: skip
    spaces = "site_id,space_type,capacity\nhome,office,100\nown,office,100\nlet,office,100\n"
    tables = {"partners": partners, "sites": sites, "spaces": spaces, "teams": TEAMS, "needs": NEEDS}
    asked = problem(tables)
    # homes -> council 1000 a year is income of the purse; council -> homes 300 a year leaves it
    assert sum(ledger_of(asked, "rent").values()) == 4 * (300 - 1000)
    assert ledger_of(asked, "receipts", leave={"own": 2027}) == {}  # a private buyer pays a body outside the purse


def test_income_from_outside_is_lost_on_leaving_and_from_public_bodies_is_a_transfer() -> None:
    asked = two_sites("tenure,income", "freehold,250")
    assert ledger_of(asked, "income", leave={"home": 2028}, move={"t": ("other", 2028)}) == {
        ("home", "income", 2027): -250
    }
    inside = two_sites("tenure,income,income_payer_partner_id", "freehold,250,nhs")
    assert ledger_of(inside, "income") == {}


def test_business_rates_are_cash_only_and_every_transfer_has_a_payer_and_a_payee() -> None:
    asked = two_sites("tenure,business_rates,rent,landlord_partner_id", "licence,70,500,nhs")
    assert totals_of(asked)["npv_cost"] == 0
    recount = judged(asked)
    assert recount.books is not None
    cash = cash_table(asked, recount.books)
    assert cash.groupby("year")["cash_real"].sum().abs().max() == 0
    assert set(cash.loc[cash["head"] == "rates", "partner_id"]) == {"council", "_billing_authority"}
    told = transfer_table(asked, recount.books.plan)
    assert told.loc[told["year"] == 2027, ["payer", "payee", "head", "amount"]].to_numpy().tolist() == [
        ["council", "_billing_authority", "rates", 70.0], ["council", "nhs", "rent", 500.0],
    ]  # fmt: skip


def test_nominal_cash_rises_with_the_deflator() -> None:
    asked = two_sites("tenure,running_cost", "freehold,100", appraisal={"deflator": 0.1})
    recount = judged(asked)
    assert recount.books is not None
    cash = cash_table(asked, recount.books)
    paid = cash[(cash["partner_id"] == "council") & (cash["head"] == "running")]
    assert paid["cash_nominal"].tolist() == pytest.approx([100, 110, 121, 133.1])


# --- beside the estate's own cost -------------------------------------------------------------------------------------

DEMAND = "zone_id,easting,northing,population\nz1,600000,150000,100\nz2,605000,150000,50\n"
TRAVEL = "zone_id,site_id,mode,minutes\nz1,home,car,10\nz1,other,car,25\nz2,home,car,30\nz2,other,car,5\n"
SERVICE = "service_type,public\nadmin,yes\n"


def served(**settings: object) -> Problem:
    """Home is 10 and 30 minutes from the two zones, other 25 and 5."""
    sites = f"{PLACE},tenure\nhome,council,Home,600000,150000,freehold\n{OTHER},freehold\n"
    tables = {
        "sites": sites,
        "spaces": SPACES,
        "teams": TEAMS,
        "needs": NEEDS,
        "demand": DEMAND,
        "travel": TRAVEL,
        "service_types": SERVICE,
    }
    given = {name: str(settings.pop(name)) for name in ("standards", "visits") if name in settings}
    return problem({**tables, **given}, **settings)


def test_journeys_are_there_and_back_at_the_value_of_time_to_the_nearest_open_point() -> None:
    asked = served(
        visits="zone_id,service_type,visits\nz1,admin,60\nz2,admin,30\n", costs={"journeys": {"value_of_time": 6.0}}
    )
    # a year at home: 60 x 2 x 10/60 x 6 + 30 x 2 x 30/60 x 6 = 120 + 180 = 300
    assert totals_of(asked)["npv_journeys"] == pytest.approx(1200)
    # from 2028 at the other: 60 x 2 x 25/60 x 6 + 30 x 2 x 5/60 x 6 = 300 + 30 = 330
    found = totals_of(asked, move={"t": ("other", 2028)})
    assert found["npv_journeys"] == pytest.approx(300 + 3 * 330)
    assert found["npv_journeys_today"] == pytest.approx(1200)
    assert found["npv_cost"] == 0


def test_a_soft_standard_costs_its_penalty_for_each_person_short_and_year() -> None:
    asked = served(
        standards="standard_id,service_type,mode,max_minutes,min_share,force,penalty\ns,admin,car,20,0.8,soft,3\n",
        rules={"access": {}},
    )
    # 150 people, 120 asked; home serves z1: 100, 20 short; other serves z2: 50, 70 short
    assert totals_of(asked)["npv_penalties"] == pytest.approx(4 * 20 * 3)
    assert totals_of(asked, move={"t": ("other", 2028)})["npv_penalties"] == pytest.approx(20 * 3 + 3 * 70 * 3)


def test_with_today_as_the_floor_a_soft_standard_is_still_priced_as_asked() -> None:
    asked = served(
        standards="standard_id,service_type,mode,max_minutes,min_share,force,penalty\ns,admin,car,20,0.8,soft,3\n",
        rules={"access": {"floor": "today"}},
    )
    assert totals_of(asked)["npv_penalties"] == pytest.approx(240)  # only hard standards are lowered


def test_a_preference_that_is_met_is_a_credit_each_year_at_each_site() -> None:
    teams = "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,home\nu,council,U,advice,other\n"
    asked = two_sites(
        "tenure", "freehold", teams=teams, needs="team_id,space_type,amount\nt,office,10\nu,office,10\n",
        compatibility="a,b,rule,weight\nadmin,advice,prefer,40\n",
    )  # fmt: skip
    assert totals_of(asked)["npv_preferences"] == 0
    found = totals_of(asked, move={"u": ("home", 2028)})
    assert (found["npv_preferences"], found["npv_cost"]) == (-120, 0)


def test_cash_can_be_told_where_journeys_and_wishes_are_priced() -> None:
    asked = served(visits="zone_id,service_type,visits\nz1,admin,60\n", costs={"journeys": {"value_of_time": 6.0}})
    recount = judged(asked)
    assert recount.books is not None
    assert len(cash_table(asked, recount.books)) == 0  # the public's time is nobody's cash


# --- totals -----------------------------------------------------------------------------------------------------------


def test_the_totals_of_a_plan() -> None:
    works = "intervention_id,site_id,capital_cost,months\nw,other,2000,0\n"
    asked = two_sites(
        "tenure,running_cost,market_value,market_value_low,market_value_high,sale_cost_share,months_to_sale,backlog,backlog_year,carbon_t",
        "freehold,600,5000,4000,6000,0.1,12,900,2029,8", other="freehold,100,,,,,,,,3", interventions=works,
        teams=TEAMS.replace("site_id\n", "site_id,move_cost\n").replace("home\n", "home,250\n"),
    )  # fmt: skip
    found = totals_of(asked, **GONE, build={"w": 2027})
    # today: 4 x 700 + 900 = 3700. Plan: 4 x 100 + 2000 + 250 - 4500 = -1850
    assert (found["npv_cost_today"], found["npv_cost"], found["npv_saving"]) == pytest.approx((3700, -1850, 5550))
    assert found["npv_saving_ex_backlog"] == pytest.approx(4650)
    assert found["annual_saving"] == pytest.approx(600)  # in 2029, without the backlog of that year
    assert (found["receipts"], found["receipts_low"], found["receipts_high"]) == pytest.approx((4500, 3600, 5400))
    assert (found["capital"], found["peak_net_capital"], found["peak_year"]) == pytest.approx((2000, 2000, 2027))
    # saved to date: 2027: 600 - 2250 = -1650; 2028: -1650 + 600 + 4500 = 3450 > 0
    assert found["payback_year"] == 2028
    assert (found["sites_kept"], found["sites_disposed"], found["teams_moved"], found["carbon_t"]) == (1, 1, 1, 3)


def test_a_plan_that_changes_nothing_saves_nothing_and_pays_nothing_back() -> None:
    found = totals_of(two_sites("tenure,running_cost", "freehold,600"))
    assert (found["npv_saving"], found["annual_saving"], found["capital"], found["payback_year"]) == (0, 0, 0, None)


def test_with_no_defaults_every_assumed_cost_is_zero() -> None:
    sites = (f"{PLACE},tenure,gia_m2,running_cost,market_value,lease_end\n"
             "home,council,Home,600000,150000,leasehold,500,1000,,2027-03-31\n"
             f"{OTHER},freehold,500,1000,5000,\n")  # fmt: skip
    tables = {
        "sites": sites,
        "spaces": SPACES,
        "teams": TEAMS.replace("site_id\n", "site_id,fte\n").replace("home\n", "home,9\n"),
        "needs": NEEDS,
    }
    bare, assumed = problem(tables), problem(tables, defaults={})
    assert totals_of(bare, **GONE)["npv_cost"] == 4000
    assert {entry.value for entry in bare.assumptions} == {0.0}
    assert {entry.parameter for entry in assumed.assumptions} >= {
        "variable_share",
        "dilapidations_per_m2",
        "move_cost_per_fte",
        "double_running_months",
    }


def test_one_undiscounted_year_is_the_textbook_location_problem() -> None:
    sites = f"{PLACE},tenure,running_cost\n" + "".join(
        f"s{i},council,S,60{i}000,150000,freehold,{cost}\n" for i, cost in enumerate((100, 70, 90))
    )
    spaces = "site_id,space_type,capacity\ns0,office,10\ns1,office,10\ns2,office,10\n"
    teams = "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,\nu,council,U,admin,\n"
    pairs = "team_id,site_id,annual_cost\nt,s0,5\nt,s1,50\nt,s2,8\nu,s0,9\nu,s1,4\nu,s2,30\n"
    asked = problem(
        {"sites": sites, "spaces": spaces, "teams": teams, "needs": NEEDS + "u,office,10\n", "placements": pairs},
        appraisal={"decision_years": 1, "appraisal_years": 1, "discount": 0},
    )
    # two sites are needed; keep s1 and s2: 70 + 90 + t at s2 8 + u at s1 4 = 172 (s0 and s1: 100 + 70 + 5 + 4 = 179)
    assert optimise(asked).certificate.objective == pytest.approx(172)
