"""A plan laid out in years, and what is said of one that is out of form."""

from __future__ import annotations

import pandas as pd
import pytest
from estates import line_of, plan_of, problem, two_sites

from assetopt.plan import Plan
from assetopt.problem import Problem
from assetopt.problem.tenure import NEVER
from assetopt.timeline import business_as_usual, lay_out, today
from assetopt.verify import judge

TEAMS = (
    "team_id,partner_id,name,service_type,site_id,divisible,closable\nt,council,T,admin,home,no,yes\n"
    "d,council,D,admin,home,yes,no\nnew,council,N,admin,,no,no\n"
)


def asked() -> Problem:
    works = "intervention_id,site_id,capital_cost\nw,home,10\n"
    return two_sites("tenure", "freehold", teams=TEAMS, interventions=works)


NEW = {"new": ("other", 2027)}


def told(change: dict[str, tuple[str, str, object]], **plan: object) -> list[str]:
    """Lay out a plan in which one cell of some rows was changed: table -> (id, column, value)."""
    tables = plan_of(asked(), **{"move": NEW, **plan})  # type: ignore[arg-type]
    frames = {"sites": tables.sites, "teams": tables.teams, "interventions": tables.interventions}
    for name, (row, column, value) in change.items():
        frame = frames[name].astype({column: object})
        frame.loc[frame.iloc[:, 0] == row, column] = value
        frames[name] = frame
    line, faults = lay_out(asked(), Plan(**frames))
    assert (line is None) == bool(faults)
    return [fault.message for fault in faults]


def test_shares_of_each_year_follow_the_moves() -> None:
    line = line_of(asked(), move={**NEW, "t": ("other", 2028)}, split={"d": [("other", 2028, 0.25)]})
    assert line.shares(0).toarray().tolist() == [[1, 0], [1, 0], [0, 1]]
    assert line.shares(1).toarray().tolist() == [[0, 1], [0.75, 0.25], [0, 1]]


def test_a_closed_team_is_nowhere() -> None:
    line = line_of(asked(), move=NEW, close={"t": 2028})
    assert line.shares(1).toarray()[0].tolist() == [0, 0]
    assert line.closed.tolist() == [1, NEVER, NEVER]


def test_a_site_operates_until_it_is_vacated() -> None:
    line = line_of(asked(), move=NEW, leave={"home": 2028})
    assert line.operating.tolist() == [[True, False, False, False], [True] * 4]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sites": ("home", "site_id", "hom")}, "site hom is not in the estate"),
        ({"sites": ("home", "site_id", "other")}, "site home is missing from the plan"),
        ({"sites": ("home", "site_id", "other")}, "site other stands twice in the plan"),
        ({"sites": ("home", "action", "open")}, "site home: open needs a decision year, has nan"),
        (
            {"sites": ("home", "action", "sell")},
            'site home: no action "sell"; use keep, dispose, exit_lease, open, not_opened',
        ),
        ({"sites": ("home", "year", 2027)}, "site home: keep has no year, but 2027 is given"),
        ({"sites": ("home", "partner_id", "nhs")}, "site home belongs to council, not to nhs"),
        (
            {"sites": ("home", "action", "not_opened")},
            "site home: not_opened is not possible for it; possible: keep, dispose",
        ),
        ({"teams": ("new", "year", 2029)}, "team new: move needs a decision year, has 2029"),
        ({"teams": ("new", "year", 2027.5)}, "team new: move needs a decision year, has 2027.5"),
        ({"teams": ("new", "site_id", "attic")}, 'team new: no site "attic" in the estate'),
        ({"teams": ("t", "site_id", "other")}, "team t stays, but other is not its home today"),
        ({"teams": ("t", "share", 0.5)}, "team t is not divisible, but has a share of 0.5"),
        ({"teams": ("t", "share", 1.5)}, "team t: a share of 1.5 is not between 0 and 1"),
        ({"teams": ("t", "share", None)}, "team t: a share of nan is not between 0 and 1"),
        ({"interventions": ("w", "action", "build")}, "intervention w: build needs a decision year, has nan"),
        ({"interventions": ("w", "intervention_id", "v")}, "intervention w is missing from the plan"),
    ],
)
def test_a_plan_out_of_form_is_told(change: dict[str, tuple[str, str, object]], message: str) -> None:
    assert message in told(change)


def test_a_team_may_not_move_to_where_it_is() -> None:
    assert told({}, move={**NEW, "t": ("home", 2028)}) == ["team t moves to the site where it already is"]


def test_a_team_without_a_home_cannot_close() -> None:
    assert told({}, move={}, close={"new": 2027}) == ["team new is not yet housed and cannot close"]


def test_a_closed_team_has_no_site() -> None:
    assert told({"teams": ("t", "site_id", "home")}, close={"t": 2027}) == [
        "team t closes and so has no site, but home is given"
    ]


def test_a_team_stands_once_at_each_site() -> None:
    plan = plan_of(asked(), move=NEW)
    twice = Plan(plan.sites, pd.concat([plan.teams, plan.teams]), plan.interventions)
    _, faults = lay_out(asked(), twice)
    assert "team t stands twice at home" in [fault.message for fault in faults]


def test_a_plan_out_of_form_is_judged_without_a_price() -> None:
    plan = plan_of(asked(), move=NEW)
    broken = judge(asked(), Plan(plan.sites.iloc[1:], plan.teams, plan.interventions))
    assert (broken.verdict.ok, broken.verdict.objective_recomputed, broken.books) == (False, None, None)
    assert broken.verdict.violations[0].rule == "plan"


def test_today_is_no_plan_where_a_team_has_no_home() -> None:
    assert today(asked()) is None
    assert business_as_usual(asked()).teams["team_id"].tolist() == ["d", "t"]
    housed = two_sites("tenure", "freehold")
    plan = today(housed)
    assert plan is not None
    assert judge(housed, plan).verdict.ok


def test_a_lease_is_left_and_a_freehold_disposed_of() -> None:
    lease = two_sites("tenure", "leasehold")
    assert plan_of(lease, leave={"home": 2027}).sites.loc[0, "action"] == "exit_lease"
    line, faults = lay_out(lease, plan_of(lease, leave={"home": 2027}))
    assert (line is not None, faults) == (True, [])


def test_a_plan_comes_back_from_json_as_it_was() -> None:
    plan = plan_of(asked(), move=NEW, leave={"home": 2028}, split={"d": [("other", 2028, 0.25)]}, build={"w": 2027})
    assert Plan.from_records(plan.records()).same_as(plan)


def test_an_external_site_is_no_row_of_a_plan() -> None:
    sites = (
        "site_id,partner_id,name,easting,northing,status,tenure\na,council,A,600000,150000,existing,freehold\n"
        "x,council,X,600100,150000,external,freehold\n"
    )
    outside = problem({"sites": sites, "spaces": "site_id,space_type,capacity\na,office,9\n"
        "", "teams": "team_id,partner_id,name,service_type,site_id\nt,council,T,a,x\n",
                       "needs": "team_id,space_type,amount\nt,office,1\n"})  # fmt: skip
    assert plan_of(outside).sites["site_id"].tolist() == ["a"]
    assert judge(outside, plan_of(outside)).verdict.ok
