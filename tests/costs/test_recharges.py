"""What guests pay their hosts: by floor, by FTE, by weight, and rent by policy."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from estates import line_of, problem, two_sites
from random_estates import FEATURES
from random_money import moneyed_problem
from test_flow import KEY, formed, random_plans, summed

from assetopt.account import ledger
from assetopt.costs import COSTS, book, recharges
from assetopt.optimise import formulate, optimise
from assetopt.problem import Problem
from assetopt.timeline import lay_out

SITES = (
    "site_id,partner_id,name,easting,northing,tenure,gia_m2,running_cost,lifecycle_cost,fixed_cost,fixed_cost_until,business_rates,"
    "rent,landlord_partner_id,lease_end,security_of_tenure,replacement_rent,market_value\n"
)
HALL = "hall,council,Hall,600000,150000,freehold,150,1000,200,100,2028-06-30,50,,,,,,20000\n"
LEASED = "hall,council,Hall,600000,150000,leasehold,150,1000,200,,,50,400,,2029-12-31,no,900,\n"
POST = "post,police,Post,601000,150000,freehold,50,300,,,,,,,,,,\n"
TABLES = {
    "sites": SITES + HALL + POST,
    "spaces": "site_id,space_type,capacity\nhall,office,100\nhall,parking,40\npost,office,30\npost,parking,10\n",
    "teams": "team_id,partner_id,name,service_type,site_id,fte\ndesk,council,Desk,admin,hall,30\nbeat,police,Beat,crime,post,10\n",
    "needs": "team_id,space_type,amount\ndesk,office,60\nbeat,office,20\nbeat,parking,8\n",
}
COME: dict[str, object] = {"move": {"beat": ("hall", 2028)}, "leave": {"post": 2028}}


def shared(row: str, sites: str = SITES + HALL + POST, **settings: object) -> Problem:
    """The police may move into the council's hall, which has this ``cost_shares`` row (site, basis, weights, ...)."""
    rows = f"site_id,basis,weights,common_parts,rent_policy\n{row}\n" if row else ""
    more = {"cost_shares": rows} if rows else {}
    return problem({**TABLES, "sites": sites, **more}, **settings)


def owed(asked: Problem, **changes: object) -> list[float]:
    """What the police pay the council each year, £."""
    lines = book(asked, line_of(asked, **changes))
    lines = lines[lines["cost"] == "recharges"]
    assert set(lines["payer"]) <= {"police"}
    assert set(lines["payee"]) <= {"council"}
    assert (lines["economic"] == 0).all()
    assert set(lines["head"]) <= {"transfer"}
    out = np.zeros(asked.horizon)
    np.add.at(out, lines["year"].to_numpy(dtype=int), lines["amount"].to_numpy(dtype=float))
    return out.tolist()


def test_a_guest_pays_its_part_of_the_floor_whoever_else_is_there() -> None:
    # 20 of 100 m2; running 1000 + life cycle 200 + rates 50, and in 2028 alone the fixed 100 (to June 2028: 2028 and 2027)
    asked = shared("hall,floor_area,,,nil")
    assert owed(asked, **COME) == pytest.approx([0, 270, 250, 250])
    # the host's own team leaves: the guest pays no more
    gone = {"move": {"beat": ("hall", 2028), "desk": ("post", 2028)}}
    assert owed(asked, **gone) == pytest.approx([0, 270, 250, 250])
    assert owed(asked) == [0, 0, 0, 0]


def test_with_common_parts_the_whole_is_the_gross_area_less_them() -> None:
    # 150 m2 gross, a quarter shared: 112.5 m2 to hold; 20 / 112.5 x 1250 = 222.22, and 17.78 of the fixed 100
    assert owed(shared("hall,floor_area,,0.25,nil"), **COME) == pytest.approx([0, 240, 222.2222, 222.2222])
    # 60 % shared: 60 m2 would be left, but 100 m2 are there to use, so a full building pays no more than its cost
    assert owed(shared("hall,floor_area,,0.6,nil"), **COME) == pytest.approx([0, 270, 250, 250])


def test_by_fte_the_whole_is_what_the_building_holds_when_full() -> None:
    # 30 FTE use 60 of 100 m2: full it holds 50; 10 of them are a fifth
    assert owed(shared("hall,fte,,,nil"), **COME) == pytest.approx([0, 270, 250, 250])


def test_by_weight_a_partner_pays_while_any_team_of_its_is_there() -> None:
    asked = shared("hall,fixed,council=0.7;police=0.3,,nil")
    assert owed(asked, **COME) == pytest.approx([0, 405, 375, 375])
    assert owed(asked) == [0, 0, 0, 0]
    assert owed(shared("hall,benefit,council=0.9;police=0.1,,nil"), **COME) == pytest.approx([0, 135, 125, 125])


def test_a_guest_pays_for_its_own_use_in_full() -> None:
    # a quarter of 300 at the post follows its use: 28 units, all the beat's; it brings 75 along, and the hall's own
    # quarter is its desk's, so the building costs 750 + 200 + 50 (+ 100 in 2028) to share
    sites = (SITES + HALL + POST).replace("market_value\n", "market_value,variable_share\n")
    sites = sites.replace("20000\n", "20000,0.25\n").replace(",,,,,,\n", ",,,,,,,0.25\n")
    asked = shared("hall,floor_area,,,nil", sites)
    assert owed(asked, **COME) == pytest.approx([0, 75 + 220, 75 + 200, 75 + 200])


def test_rent_is_charged_as_the_policy_says() -> None:
    # cost: no rent is paid for a freehold. Market: 7 % of 20,000 = 1400, a fifth of it 280
    assert owed(shared("hall,floor_area,,,cost"), **COME) == pytest.approx([0, 270, 250, 250])
    market = shared("hall,floor_area,,,market", defaults={"use": "none", "market_rent_yield": 0.07})
    assert owed(market, **COME) == pytest.approx([0, 550, 530, 530])
    assert [a.parameter for a in market.assumptions if a.parameter == "market_rent_yield"]


@pytest.mark.parametrize("policy", ["cost", "market"])
def test_a_share_of_the_hosts_rent_follows_its_lease(policy: str) -> None:
    # a fifth of 1200 all along; of rates 50 and rent 400 to the lease's end in 2029; of the new rent 900 from 2030
    asked = shared(f"hall,floor_area,,,{policy}", SITES + LEASED + POST)
    assert owed(asked, **COME) == pytest.approx([0, 330, 330, 420])
    assert owed(shared("hall,floor_area,,,nil", SITES + LEASED + POST), **COME) == pytest.approx([0, 250, 250, 240])


def test_without_an_agreement_the_assumed_part_is_charged_at_cost() -> None:
    assert owed(shared(""), **COME) == [0, 0, 0, 0]  # use = none
    half = shared("", defaults={"use": "none", "recharge_without_agreement": 0.5})
    assert owed(half, **COME) == pytest.approx([0, 135, 125, 125])
    told = [a for a in half.assumptions if a.parameter == "recharge_without_agreement"]
    assert [(a.table, a.rows, a.value) for a in told] == [("cost_shares", 2, 0.5)]


def test_who_pays_by_an_agreed_income_pays_no_recharge_beside_it() -> None:
    sites = (SITES + HALL + POST).replace("market_value\n", "market_value,income,income_payer_partner_id\n")
    sites = sites.replace("20000\n", "20000,600,police\n").replace(",,,,,,\n", ",,,,,,,,\n")
    assert owed(shared("hall,floor_area,,,nil", sites), **COME) == [0, 0, 0, 0]


def test_a_divisible_guest_pays_for_its_share_and_its_partner_by_weight_in_full() -> None:
    teams = TABLES["teams"].replace("fte\n", "fte,divisible\n").replace("30\n", "30,no\n").replace("10\n", "10,yes\n")
    split = {"split": {"beat": [("hall", 2028, 0.5)]}}
    by_floor = {**TABLES, "teams": teams, "cost_shares": "site_id,basis\nhall,floor_area\n"}
    assert owed(problem(by_floor), **split) == pytest.approx([0, 135, 125, 125])
    weights = "site_id,basis,weights\nhall,fixed,council=0.7;police=0.3\n"
    assert owed(problem({**TABLES, "teams": teams, "cost_shares": weights}), **split) == pytest.approx(
        [0, 405, 375, 375]
    )


def test_it_divides_a_cost_that_counts_in_full_already_so_it_is_none_itself() -> None:
    partners = "partner_id,name,sector\ncouncil,Council,council\npolice,Homes,housing\n"
    asked = problem({**TABLES, "partners": partners, "cost_shares": "site_id,basis\nhall,floor_area\n"})
    assert owed(asked, **COME) == pytest.approx([0, 270, 250, 250])
    book_ = ledger(asked, line_of(asked, **COME))
    assert book_.loc[book_["cost"] == "recharges", "present"].sum() == 0


def test_it_is_not_worked_out_unless_a_rule_asks_for_cash() -> None:
    form = formulate(shared("hall,fixed,council=0.7;police=0.3,,nil"))
    assert not form.money
    assert list(recharges.flows(form)) == []


@pytest.mark.parametrize("seed", range(3 * len(FEATURES)))
def test_cash_of_flows_is_cash_of_the_ledger_with_all_money_on(seed: int) -> None:
    # Who sells first in a crowded market is told to the solver in full only where a rule looks at cash (costs/haircut.py).
    asked = moneyed_problem(seed, rules=FEATURES[seed % len(FEATURES)] in ("markets", "everything"))
    form = formed(asked)
    for values in random_plans(form, 3):
        line, faults = lay_out(asked, form.decode(values))
        assert line is not None, faults
        told = book(asked, line)
        told = told[told["cost"].isin(form.money) & (told["cost"] != "side_payments")].groupby(KEY)["amount"].sum()
        both = pd.concat([summed(asked, form.money, values), told], axis=1).fillna(0.0)
        assert np.abs(both.iloc[:, 0] - both.iloc[:, 1]).max() < 1e-3
        priced = form.program.term_values(values)
        counted = ledger(asked, line).groupby("cost")["present"].sum()
        for cost in COSTS:
            assert priced.get(cost, 0.0) == pytest.approx(counted.get(cost, 0.0), abs=0.01), cost


@pytest.mark.parametrize("seed", range(len(FEATURES)))
def test_the_plan_of_a_moneyed_estate_costs_what_the_programme_says(seed: int) -> None:
    result = optimise(moneyed_problem(seed))
    if result.plan is not None:
        assert result.verdict is not None
        assert result.verdict.ok
        assert result.certificate.objective == pytest.approx(result.verdict.objective_recomputed, abs=0.01)
        assert result.certificate.bound <= result.certificate.objective + 0.01


def test_the_small_one_is_not_touched() -> None:
    asked = two_sites("tenure,running_cost", "freehold,1000")
    assert not len(book(asked, line_of(asked)).query("cost == 'recharges'"))
