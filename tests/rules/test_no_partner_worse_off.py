"""Consent: what a plan costs each partner, and what the others pay so that nobody loses."""

from __future__ import annotations

import pytest
from estates import breaches_of, line_of, problem, two_sites
from faces import compare
from money_cases import ASKING, asking

from assetopt.costs import book
from assetopt.errors import ScenarioError
from assetopt.optimise import optimise
from assetopt.problem import Problem

PARTNERS = "partner_id,name,sector,consent,max_loss,max_annual_loss,payback_years\n"
TEAMS = "team_id,partner_id,name,service_type,site_id,move_cost\nt,nhs,T,admin,home,800\n"
MOVE: dict[str, object] = {"leave": {"home": 2027}, "move": {"t": ("other", 2027)}}


def asked(council: str, nhs: str, **rule: object) -> Problem:
    """The trust's team leaves the council's home: the council saves 300 a year, 1,200 in all; the trust pays 800 for the move."""
    partners = f"{PARTNERS}council,Council,council,{council}\nnhs,Trust,nhs,{nhs}\n"
    return two_sites(
        "tenure,running_cost,variable_share", "freehold,300,0", partners=partners, teams=TEAMS,
        rules={"no_partner_worse_off": rule},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("nhs", "said"),
    [
        ("no_worse_off,,,", "nhs loses £800.00 of net present value; it accepts £0.00"),
        ("max_loss,700,,", "nhs loses £800.00 of net present value; it accepts £700.00"),
        ("max_loss,800,,", ""),
        ("none,,,", ""),
        (",,,", ""),
        ("max_loss,800,750,", "nhs loses £800.00 in 2027; it accepts £750.00"),
        ("max_loss,800,,4", "nhs loses £800.00 in the first 4 years; it accepts £0.00"),
    ],
)
def test_every_test_of_a_partner_is_named(nhs: str, said: str) -> None:
    one = asked("no_worse_off,,,", nhs)
    assert [found[2] for found in breaches_of(one, "no_partner_worse_off", **MOVE)] == ([said] if said else [])
    # 1,200 at home, or 800 in the other building, which costs nothing
    assert optimise(one).certificate.objective == pytest.approx(1200 if said else 800)


def test_side_payments_settle_what_is_lost_and_net_to_zero() -> None:
    one = asked("no_worse_off,,,", "max_loss,200,,", side_payments=True)
    assert breaches_of(one, "no_partner_worse_off", **MOVE) == []
    lines = book(one, line_of(one, **MOVE))
    paid = lines[lines["head"] == "side_payment"]
    # 800 - 200 over four years that count in full: 150 a year
    assert paid[["payer", "payee", "year", "amount", "economic"]].to_numpy().tolist() == [
        ["council", "nhs", year, 150.0, 0.0] for year in range(4)
    ]
    assert optimise(one).certificate.objective == pytest.approx(800)


def test_nobody_settles_up_where_the_loss_is_larger_than_the_gain() -> None:
    one = asked("max_loss,0,,1", "no_worse_off,,300,", side_payments=True)
    # The council gains 300 in each year and may give as much; the trust asks 800 - 300 = 500 a year for 2027 alone.
    found = breaches_of(one, "no_partner_worse_off", **MOVE)
    assert [(subject, excess) for subject, excess, _ in found] == [("all partners", 200.0)]
    lines = book(one, line_of(one, **MOVE))
    assert not (lines["head"] == "side_payment").any()


def test_who_has_no_test_neither_gives_nor_takes() -> None:
    one = asked("none,,,", "no_worse_off,,,", side_payments=True)
    assert [found[0] for found in breaches_of(one, "no_partner_worse_off", **MOVE)] == ["all partners"]


def test_rows_and_recount_agree_on_every_plan() -> None:
    asked = problem(ASKING, **asking(False))  # with side payments in test_faces
    found = compare(asked)
    assert found.apart == ()
    assert "no_partner_worse_off" in found.broken
    assert optimise(asked).certificate.objective == pytest.approx(found.best)


def test_a_veto_leaves_a_partner_as_it_is() -> None:
    free, bound = problem(ASKING), problem(ASKING, boundaries={"veto": ["council"]})
    assert optimise(free).certificate.objective < optimise(bound).certificate.objective
    assert breaches_of(bound, "locks", leave={"hall": 2027}, move={"desk": ("let", 2027)})[0][0] == "hall"
    assert "takes no part" in breaches_of(bound, "eligibility", move={"ward": ("hall", 2027)})[0][2]
    assert bound.why_not("ward", "hall") == "would go to a site of a partner that takes no part (boundaries.veto)"
    plan = optimise(bound)
    assert plan.verdict.ok
    assert plan.sites.set_index("site_id").loc["hall", "action"] == "keep"
    with pytest.raises(ScenarioError, match='no partner "counsil"'):
        problem(ASKING, boundaries={"veto": ["counsil"]})
