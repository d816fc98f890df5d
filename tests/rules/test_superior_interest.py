"""The superior interest in a building goes after the inferior ones."""

from __future__ import annotations

from estates import breaches_of, problem

from assetopt.problem import Problem


def asked(status: str = "existing") -> Problem:
    sites = ("site_id,partner_id,name,easting,northing,status,tenure,head_site_id\n"
             f"low,police,L,600000,150000,existing,licence,head\nhead,council,H,600000,150000,{status},freehold,\n")  # fmt: skip
    return problem(
        {"sites": sites, "spaces": "site_id,space_type,capacity\nlow,office,9\nhead,office,9\n",
         "teams": "team_id,partner_id,name,service_type,site_id\nt,police,T,admin,low\n",
         "needs": "team_id,space_type,amount\nt,office,1\n"}
    )  # fmt: skip


def test_both_may_stay_or_go_in_order() -> None:
    assert breaches_of(asked(), "superior_interest") == []
    assert breaches_of(asked(), "superior_interest", leave={"low": 2027, "head": 2028}) == []
    assert breaches_of(asked(), "superior_interest", leave={"low": 2028, "head": 2028}) == []


def test_an_inferior_interest_does_not_outlive_the_one_above_it() -> None:
    late = breaches_of(asked(), "superior_interest", leave={"low": 2028, "head": 2027})
    assert late == [("low", 1.0, "low is still held in 2027, after its superior interest head is gone")]
    assert len(breaches_of(asked(), "superior_interest", leave={"head": 2028})) == 1


def test_an_external_superior_interest_is_not_ours_to_keep() -> None:
    assert breaches_of(asked("external"), "superior_interest") == []
