"""What `check` prints of today's cost is what the ledger says, to the penny, and what business as usual gives when solved."""

from __future__ import annotations

from pathlib import Path

import pytest
from estates import PLACE, problem

import assetopt as ao
from assetopt.check import Checked, check, check_text, todays_costs
from assetopt.optimise import optimise
from assetopt.problem import Problem
from assetopt.verify import judge_today

MODELS = Path(__file__).parents[1] / "models"


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check(ao.read_model(MODELS / "baseline.toml"))


def test_the_baseline_gives_what_check_prints_to_the_penny(checked: Checked) -> None:
    result = ao.optimise(checked.problem)
    cash = result.cash[(result.cash["year"] == 2027) & (result.cash["kind"] != "end_value")]
    keys = ["partner_id", "head", "kind"]
    both = checked.costs.merge(cash, on=keys, how="outer", suffixes=("", "_solved"))
    assert len(both) == len(cash) == len(checked.costs)
    for column in ("economic", "cash_real"):
        assert (both[column] - both[f"{column}_solved"]).abs().max() < 0.005


def test_a_finance_officer_can_tick_it_against_the_columns_of_the_sites_table(checked: Checked) -> None:
    sites = checked.model.estate.sites
    ours = sites[sites["status"] == "existing"]
    costs = checked.costs.set_index(["partner_id", "head"])["cash_real"]
    for partner, rows in ours.groupby("partner_id"):
        running = costs.get((partner, "running"), 0.0) + costs.get((partner, "variable"), 0.0)
        # charges that leaving does not save (fixed_cost, none of which ends before 2028) stand under running too
        assert running == pytest.approx(
            (rows["running_cost"].fillna(0) + rows["fixed_cost"].fillna(0)).sum(), abs=0.005
        )
        assert costs.get((partner, "rates"), 0.0) == pytest.approx(rows["business_rates"].sum(), abs=0.005)
        assert costs.get((partner, "lifecycle"), 0.0) == pytest.approx(rows["lifecycle_cost"].sum(), abs=0.005)


def test_the_text_shows_every_head_both_kinds_and_the_sum(checked: Checked) -> None:
    text = check_text(checked)
    assert "Today's cost in 2027/28, £ in base-year prices" in text
    ours = checked.costs[~checked.costs["partner_id"].str.startswith("_")]
    line = next(line for line in text.splitlines() if line.startswith("  all partners"))
    assert line.split()[2:] == [f"{ours['economic'].sum():,.2f}", f"{ours['cash_real'].sum():,.2f}"]
    for word in ("revenue together", "capital together", "lifecycle", "rates"):
        assert word in text


SITES = f"""{PLACE},tenure,running_cost,lifecycle_cost,business_rates,rent,landlord_partner_id,income,backlog,backlog_funded
home,council,Home,600000,150000,leasehold,1000,50,70,300,nhs,,,
shop,nhs,Shop,600100,150000,freehold,400,,30,,,90,20,yes
hut,nhs,Hut,600200,150000,freehold,10,,,,,,500,no
"""


def small(**settings: object) -> Problem:
    return problem(
        {
            "sites": SITES,
            "spaces": "site_id,space_type,capacity\nhome,office,9\nshop,office,9\n",
            "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,home\nu,nhs,U,admin,shop\n",
            "needs": "team_id,space_type,amount\nt,office,1\nu,office,1\n",
        },
        **settings,
    )


def test_todays_cost_worked_by_hand() -> None:
    p = small()
    today = judge_today(p)
    assert today is not None
    found = todays_costs(p, today.books)
    told = {(r.partner_id, r.head): (r.economic, r.cash_real) for r in found.itertuples() if r.head != "vat"}
    assert told[("council", "running")] == (1000, 1000)
    assert told[("council", "lifecycle")] == (50, 50)
    assert told[("council", "rates")][1] == 70
    assert told[("council", "rent")] == (0, 300)  # paid to the trust: 300 out here, 300 in there,
    assert told[("nhs", "rent")] == (0, -300)  # and nothing for the public purse
    assert told[("nhs", "running")] == (410, 410)
    assert told[("nhs", "income")] == (-90, -90)
    assert told[("nhs", "backlog")] == (20, 20)  # the hut's 500 is not funded
    assert ("_billing_authority", "rates") in told
    # what the purse bears: 1000 + 50 + 410 - 90 + 20 = 1390
    assert found["economic"].sum() == pytest.approx(1390)


def test_a_missed_notice_is_told_by_check_and_in_the_reason_of_a_kept_site() -> None:
    """Story 3: a break on 31 March 2028 with six months' notice needs notice by 30 September 2027."""
    sites = (
        f"{PLACE},tenure,running_cost,rent,lease_break,lease_end,break_notice_months\n"
        "home,council,Home,600000,150000,leasehold,10,1000,2028-03-31,2035-03-31,6\n"
        "other,council,Other,600100,150000,freehold,5,,,,\n"
    )
    tables = {
        "sites": sites,
        "spaces": "site_id,space_type,capacity\nhome,office,9\nother,office,9\n",
        "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,home\n",
        "needs": "team_id,space_type,amount\nt,office,1\n",
        "placements": "team_id,site_id,one_off_cost\nt,other,{}\n",
    }
    told = "the break of 2028-03-31 needed notice by 2027-09-30 and cannot be used"

    def asked(as_at: str, cost: int) -> Problem:
        clock = {"as_at": as_at, "decision_years": 3, "appraisal_years": 6}
        return problem({**tables, "placements": tables["placements"].format(cost)}, appraisal=clock)

    # In time: leaving in 2028 saves the rent of 2028-2032, 5 x 1000, and 5 x 10 of running cost, for 2000.
    soon = optimise(asked("2027-06-01", 2000))
    assert soon.totals["npv_saving"] == pytest.approx(5 * 1010 - 2000)
    assert "notice" not in " ".join(soon.sites["reason"])
    # Too late: the rent runs on, so moving for 2000 to save 5 x 10 is not worth it, and the site says why. The empty
    # building beside it goes in 2028, which saves 5 x 5.
    late = optimise(asked("2027-11-01", 2000))
    assert late.totals["npv_saving"] == 25
    assert told in late.sites.set_index("site_id")["reason"]["home"]
    # And where the team leaves all the same (for nothing, to save 10 a year), the reason says it too.
    gone = optimise(asked("2027-11-01", 0)).sites.set_index("site_id")
    assert gone.loc["home", "action"] == "exit_lease"
    assert told in gone.loc["home", "reason"]
    p = asked("2027-11-01", 0)
    assert p.tenure.missed_words[0] == "the break of 2028-03-31 needed notice by 2027-09-30"


def test_check_prints_missed_notices(tmp_path: Path) -> None:
    from small_estate import SCENARIO, frames

    tables = frames()
    tables["sites"]["lease_break"] = [None, None, "2028-03-31"]
    tables["sites"]["lease_end"] = [None, None, "2040-03-31"]
    ao.Estate.from_frames("small", **tables).write(tmp_path / "data")
    (tmp_path / "small.toml").write_text(SCENARIO.replace("2026-04-01", "2027-11-01"), encoding="utf-8")
    found = check(ao.read_model(tmp_path / "small.toml"))
    line = "shop: the break of 2028-03-31 needed notice by 2027-09-30 and cannot be used"
    assert found.notices == (line,)
    assert f"Notice is too late on 2027-11-01 for:\n  {line}" in check_text(found)
    assert found.as_dict()["notices_missed"] == [line]
