"""A lease without security of tenure is left in time."""

from __future__ import annotations

import pytest
from estates import breaches_of, problem

from assetopt.problem import Problem


def asked(end: str, security: str = "no", tenure: str = "leasehold") -> Problem:
    sites = ("site_id,partner_id,name,easting,northing,tenure,lease_end,security_of_tenure\n"
             f"a,council,A,600000,150000,{tenure},{end},{security}\nb,council,B,601000,150000,freehold,,\n")  # fmt: skip
    return problem(
        {"sites": sites, "spaces": "site_id,space_type,capacity\na,office,9\nb,office,9\n",
         "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,admin,a\n",
         "needs": "team_id,space_type,amount\nt,office,1\n"}
    )  # fmt: skip


def gone(year: int) -> dict[str, object]:
    return {"leave": {"a": year}, "move": {"t": ("b", year)}}


def test_it_is_left_by_the_first_year_that_starts_after_its_end() -> None:
    late = [("a", 1.0, "a: the lease ends without security of tenure, so it must be left by 2028")]
    assert breaches_of(asked("2028-03-31"), "tenure", **gone(2028)) == []
    assert breaches_of(asked("2028-03-31"), "tenure", **gone(2027)) == []
    assert breaches_of(asked("2028-03-31"), "tenure") == late
    assert breaches_of(asked("2027-04-01"), "tenure") == late  # ends inside 2027/28


@pytest.mark.parametrize(
    ("end", "security", "tenure"),
    [
        ("2028-03-31", "yes", "leasehold"),  # renewed
        ("2028-04-01", "no", "leasehold"),  # by 2029, behind the decision years: replaced, not left
        ("2026-01-31", "no", "leasehold"),  # ended long ago: holding over
        ("", "no", "leasehold"),
        ("2028-03-31", "no", "licence"),
    ],
)
def test_others_may_stay(end: str, security: str, tenure: str) -> None:
    assert breaches_of(asked(end, security, tenure), "tenure") == []
